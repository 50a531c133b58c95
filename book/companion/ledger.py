"""The ledger of claims as readers see it: cards in the chapters, notes, the whole ledger, the table of verdicts."""

import pandas as pd

from companion.checks import CHECKS, flips, run_all, today
from companion.data import load
from companion.output import Markdown, link, say, table

SHAPES = {
    "supported": "●",
    "supported with caveat": "◐",
    "depends on the measure": "◇",
    "contradicted": "×",
    "internally inconsistent": "≠",
    "source does not carry the point": "▽",
    "not verifiable here": "○",
    "forecast or opinion": "△",
}
"""The mark that goes with each verdict, so that a verdict never rests on color."""

MEANINGS = {
    "supported": "the record bears the sentence out",
    "supported with caveat": "the record bears it out in substance; the entry says what is left out, loosely put or not shown",
    "depends on the measure": "true by one usual measure or sense of a word, not by another",
    "contradicted": "a publisher's source of the time says otherwise, and no other fair reading was found",
    "internally inconsistent": "the sentence and another passage of the article do not fit",
    "source does not carry the point": "the source given deals with something else; the sentence may still be true",
    "not verifiable here": "nothing was found that decides it, or it was not looked into",
    "forecast or opinion": "no record could decide it when it was written",
}
"""What each verdict says of a sentence."""


def _number(row):
    """Return the number of a claim, which leads to its entry in the ledger."""
    return f"[{row['id']}](#{row['id'].lower()})"


def _opening(row):
    """Return the mark, number and verdict that open a claim."""
    if pd.isna(row["verdict"]):
        return f"**{_number(row)}.**"
    return f"{SHAPES[row['verdict']]} **{_number(row)} · {row['verdict'].capitalize()}.**"


def _record(row):
    """Return the paragraph that says in which reading a claim was judged and what the record says."""
    record = f"*The record:* {row['evidence']}"
    if pd.notna(row["reading_judged"]):
        record = f"*Read* {row['reading_judged']}. {record}"
    if pd.notna(row["reader_note"]):
        record += f" *Note:* {row['reader_note']}"
    return record


def _claim_lines(row):
    lines = [f"{_opening(row)} {row['claim']}.", _record(row)]
    if pd.notna(row["cite_as"]):
        lines.append("*Source:* " + link(row["cite_as"], row["url"]))
    return "\n>\n> ".join(lines)


def _short_line(row, names):
    remark = row["reader_note"] if pd.notna(row["reader_note"]) else row["evidence"]
    return f"- {SHAPES[row['verdict']]} **{row['verdict'].capitalize()}.** {names[row['article']]}: {row['claim']}. *{remark.rstrip('.')}.* ({_number(row)})"


def cards(section: str) -> Markdown:
    """Return the claim cards of a section (a label such as "lin-ii-3"), or for "essential" the ten in a line each.

    A card may hold several claims that stand or fall together. Raises KeyError where the ledger
    has no card for the section.
    """
    rows = load("claims")
    if section == "essential":
        names = load("articles").set_index("id")["name"]
        ten = rows[rows["essential"]]
        return Markdown(
            "\n".join(_short_line(row, names) for _, row in ten.iterrows()), kind="cards"
        )
    chosen = rows[(rows["section"] == section) & (rows["tier"] == "card")]
    if chosen.empty:
        raise KeyError(f"cards: data/claims.csv has no card for section {section!r}")
    groups = [group for _, group in chosen.groupby("card", sort=False)]
    blocks = [
        "\n>\n".join(f"> {_claim_lines(row)}" for _, row in group.iterrows()) for group in groups
    ]
    return Markdown("\n\n<!-- next card -->\n\n".join(blocks), kind="cards")


def notes(article: str) -> Markdown:
    """Return the ledger's notes on an article, by its id such as "lin-2025": small points, in reading order."""
    rows = load("claims")
    chosen = rows[(rows["article"] == article) & (rows["tier"] == "note")]
    if chosen.empty:
        raise KeyError(f"notes: data/claims.csv has no note on article {article!r}")
    lines = []
    for _, row in chosen.iterrows():
        verdict = f" *{row['verdict'].capitalize()}.*" if pd.notna(row["verdict"]) else ""
        remark = row["reader_note"] if pd.notna(row["reader_note"]) else row["evidence"]
        source = (
            " " + link(row["cite_as"], row["url"]) + "."
            if pd.notna(row["cite_as"]) and "the article itself" not in row["cite_as"]
            else ""
        )
        lines.append(
            f"- **{_number(row)}** ([passage](#{row['section']})). {row['claim']}.{verdict} {remark}{source}"
        )
    return Markdown("\n".join(lines), kind="notes")


READ_AT = {
    "publisher": "publisher's page",
    "repost": "repost of the text",
    "mirror": "mirror of the page",
    "secondary": "another outlet's report",
    "machine translation": "machine translation",
    "general knowledge": "recalled, not seen",
}


def _entry(row, then, now):
    """Return one entry of the ledger: a line for the filter, the permanent address, and the claim as a quotation block.

    `then` and `now` are the findings of the claim's check, when judged and with all that is known, or None.
    """
    kind = "slip or fact of the text" if row["kind"] == "text" else row["kind"]
    lines = [
        f"{_opening(row)} {row['claim']}. ({kind[0].upper()}{kind[1:]}{', one of the ten essential claims' if row['essential'] else ''})",
        _record(row),
    ]
    if then is not None:
        lines.append(f"*Recomputed* by `{row['check']}`: {then}.")
    if pd.notna(row["cite_as"]):
        read = f" ({READ_AT[row['read_at']]})" if pd.notna(row["read_at"]) else ""
        lines.append(
            f"*Source:* {link(row['cite_as'], row['url'])}{read}. *Confidence:* {row['confidence']}."
        )
    else:
        lines.append(f"*Source:* nothing was found to cite. *Confidence:* {row['confidence']}.")
    later = row["since_then"] if pd.notna(row["since_then"]) else ""
    if now is not None and now.verdict != then.verdict:
        later += f" Said of the newest data, the same computation returns “{now.verdict}”: {now}."
    if later:
        lines.append(f"*Since then, not counted in the verdict:* {later.strip()}")
    told = [
        row["article"],
        row["section"],
        row["kind"],
        "none" if pd.isna(row["verdict"]) else row["verdict"].replace(" ", "-"),
    ]
    return f"<!-- claim {' '.join(told)} -->\n\n({row['id'].lower()})=\n> " + "\n>\n> ".join(lines)


def whole() -> Markdown:
    """Return the whole ledger: every claim in reading order under its section, each with a permanent address such as #l-26.

    Comments tell `tables.js` the articles with their names, and before each entry article, section, kind and verdict;
    without scripts all entries stand.
    """
    rows, found = load("claims"), run_all()
    parts = [
        f"<!-- article {key} {name} -->"
        for key, name in load("articles")[["id", "name"]].itertuples(index=False)
    ]
    for section, heading in load("sections")[["label", "heading"]].itertuples(index=False):
        chosen = rows[rows["section"] == section]
        if not chosen.empty:
            parts.append(f"<!-- section {section} -->\n\n**[{heading}](#{section})**")
        parts += [
            _entry(row, found.get(row["id"]), today(row["id"]) if row["id"] in found else None)
            for _, row in chosen.iterrows()
        ]
    return Markdown(
        "\n\n".join(parts),
        plain=f"The ledger: {len(rows)} claims, {len(found)} of them recomputed from the data",
        kind="ledger",
    )


def verdicts() -> Markdown:
    """Return the table of verdicts, with the mark and the meaning of each."""
    rows = pd.DataFrame(
        {
            "mark": SHAPES.values(),
            "verdict": [name.capitalize() for name in SHAPES],
            "meaning": [MEANINGS[name] for name in SHAPES],
        }
    )
    return table(
        rows, {"mark": "Mark", "verdict": "Verdict", "meaning": "It says that"}
    )  # without a number, as on paper the ledger comes last


def summary() -> Markdown:
    """Return the computed sentence that tells how many claims have a check, and how many checks newer data would turn."""
    return say(
        "Where the data of this book decide, a short function computes figures and verdict from what the package held as public on the day in question: "
        "{checks} of the {claims} claims have such a check. A test stops the book where ledger and data part. With all that is known now, {flips:word} of "
        "the checks would return another verdict; their entries say so under *since then*.",
        checks=len(CHECKS),
        claims=len(load("claims")),
        flips=len(flips()),
    )
