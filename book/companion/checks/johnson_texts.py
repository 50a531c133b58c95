"""Johnson: treaties and texts."""

import re

import pandas as pd

from companion.checks.finding import Finding, check, day_of, only, rows_of, written
from companion.days import JOHNSON


def _text(as_of, name, article=None):
    rows = rows_of("commitments", as_of, text=name)
    return only(
        rows if article is None else rows[rows["article"] == article],
        f"{name} {article or ''}".strip(),
    )


@check("J-19")
def treaty_age(as_of):
    """Years from the signing of the US-ROK treaty to the article."""
    signed = rows_of("commitments", as_of, text="US-ROK Mutual Defense Treaty")["signed"].min()
    years = round((pd.Timestamp(JOHNSON) - signed).days / 365.25, 1)
    return Finding(
        {"signed": day_of(signed), "years": years}, "supported" if years > 70 else "contradicted"
    )


@check("J-35")
def threat_to_all(as_of):
    """Whether the duty in the Camp David commitment has the clause of NATO's Article 5, one for all, or a duty to consult as in Article 4.

    Where the text has it not and an official announced it so, the sentence, on the language of a principle, depends on the measure:
    the other two documents of that day are not in the package.
    """
    camp = _text(as_of, "Commitment to Consult")
    five, four = (
        _text(as_of, "North Atlantic Treaty", article) for article in ("Art. 5", "Art. 4")
    )
    for_all = lambda row: bool(re.search(r"against all|to all", row["duty"]))
    consults = lambda row: "consult" in row["duty"]
    announced = bool(re.search(r"to all \(that phrase came from a US official", str(camp["note"])))
    if for_all(camp):
        verdict = "supported" if for_all(five) else "supported with caveat"
    elif consults(camp) and for_all(five):
        verdict = "depends on the measure" if announced else "contradicted"
    else:
        verdict = "not verifiable here"
    return Finding(
        {
            "announced so by an official": announced,
            "one for all": [
                f"{name}: {written(for_all(row))}"
                for name, row in (("Camp David", camp), ("Article 5", five), ("Article 4", four))
            ],
            "duty to consult": [
                f"{name}: {written(consults(row))}"
                for name, row in (("Camp David", camp), ("Article 5", five), ("Article 4", four))
            ],
        },
        verdict,
    )


@check("J-39")
def commitment_wording(as_of):
    """Number of paragraphs and subject of the commitment."""
    camp = _text(as_of, "Commitment to Consult")
    two, named = (
        "two paragraphs" in camp["article"],
        camp["trigger"].startswith("regional challenges, provocations and threats"),
    )
    return Finding(
        {"text": camp["article"], "subject": camp["trigger"].partition(" affecting")[0]},
        "supported" if two and named else "supported with caveat" if named else "contradicted",
    )


@check("J-40")
def commitment_status(as_of):
    """The legal standing that the commitment gives itself."""
    status = _text(as_of, "Commitment to Consult")["legal_status"]
    return Finding(
        {"standing": status},
        "contradicted"
        if status.startswith("treaty")
        else "supported"
        if "not intended to give rise" in status
        else "supported with caveat",
    )
