"""The ledger of claims as readers see it: cards in the chapters, notes, the whole ledger, the table of verdicts."""

import re
from collections.abc import Collection
from datetime import date

import pandas as pd

from companion.checks import CHECKS, flips, run, run_all, today
from companion.data import load
from companion.days import spell_day
from companion.markup import code, joined, link, marked
from companion.output import Markdown, say, table

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


DISPUTED = ("depends on the measure", "contradicted", "source does not carry the point")
"""Verdicts beside which the author's answer stands in the line itself."""


def _number(row):
    """Return the number of a claim, which leads to its entry in the ledger."""
    return link(row["id"], f"#{row['id'].lower()}")


def _opening(row):
    """Return the mark, number and verdict that open a claim."""
    if pd.isna(row["verdict"]):
        return marked("**{}.**", _number(row))
    verdict = row["verdict"]
    return marked("{} **{} · {}.**", SHAPES[verdict], _number(row), verdict.capitalize())


def _record(row):
    """Return the paragraph that says in which reading a claim was judged and what the record says."""
    record = marked("*The record:* {}", row["evidence"])
    if pd.notna(row["reading_judged"]):
        record = marked("*Read* {}. {}", row["reading_judged"], record)
    if pd.notna(row["reader_note"]):
        record = marked("{} *Note:* {}", record, row["reader_note"])
    return record


def _short_line(row, names):
    remark = row["reader_note"] if pd.notna(row["reader_note"]) else row["evidence"]
    answer = ""
    if row["verdict"] in DISPUTED and pd.notna(row["could_answer"]):
        answer = marked(" *The author could answer:* {}", row["could_answer"])
    return marked(
        "- {} **{}.** {}: {}. *{}.*{} ({})",
        SHAPES[row["verdict"]],
        row["verdict"].capitalize(),
        names[row["article"]],
        row["claim"],
        remark.rstrip("."),
        answer,
        _number(row),
    )


def _on_another_day(row, as_of):
    """Return what a claim's check says on a day that is not the one by which the ledger judges it, or None where it has no check."""
    judged = row["judged_as_of"]
    if row["id"] not in CHECKS or (as_of is not None and pd.Timestamp(as_of) == judged):
        return None
    day = "With all that is known" if as_of is None else f"On {spell_day(pd.Timestamp(as_of))}"
    try:
        found = today(row["id"]) if as_of is None else run(row["id"], as_of)
    except (LookupError, ValueError):  # its rows were not public yet
        return f"{day} too little was public for the computation behind this verdict."
    same = "the same verdict" if found.verdict == row["verdict"] else f"“{found.verdict}”"
    return f"{day} the computation behind this verdict returns {same} ({found})."


def _card(row, as_of):
    """Return the paragraphs of a claim's card: its sentence, the record, the author's answer, the source."""
    lines = [marked("{}.", row["claim"]), _record(row)]
    if pd.notna(row["could_answer"]):
        lines.append(marked("*The author could answer:* {}", row["could_answer"]))
    if told := _on_another_day(row, as_of):
        lines.append(marked("*Another day:* {}", told))
    if pd.notna(row["cite_as"]):
        lines.append(marked("*Source:* {}", link(row["cite_as"], row["url"])))
    return lines


def _line(row):
    """Return the line of a claim in a section's list: mark, number, verdict, our paraphrase, what a reader should note."""
    parts = [marked("{} {}", _opening(row), row["line"])]
    if row["verdict"] != "supported" and pd.notna(row["reader_note"]):
        parts.append(marked("*{}*", row["reader_note"]))
    if row["verdict"] in DISPUTED and pd.notna(row["could_answer"]):
        parts.append(marked("*The author could answer:* {}", row["could_answer"]))
    return joined(" ", parts)


def checked(section: str, as_of: date | str | None = None) -> Markdown:
    """Return what was checked in a section (a label such as "lin-ii-3"): a line a claim, supported ones first, each with its card.

    A section's passages ("johnson-rec-2" in "johnson-recommendations") are part of it. In the book a line unfolds to the card beneath it. With another day than the one by which the ledger judges, a card
    tells what its check says on that day. Raises KeyError where the ledger has no card for the section.
    """
    rows, places = load("claims"), load("sections")
    inside = [section, *places.loc[places["part_of"] == section, "label"]]
    chosen = rows[rows["section"].isin(inside) & (rows["tier"] == "card")]
    if chosen.empty:
        raise KeyError(f"checked: data/claims.csv has no card for section {section!r}")
    order = list(SHAPES)
    items = []
    for _, row in chosen.sort_values(
        "verdict", key=lambda v: v.map(order.index), kind="stable"
    ).iterrows():
        card = "\n  >\n".join(f"  > {line}" for line in _card(row, as_of))
        items.append(f"- {_line(row)}\n\n{card}")
    return Markdown("\n\n".join(items), kind="checked")


def essential() -> Markdown:
    """Return the ten essential claims, a line each."""
    rows, names = load("claims"), load("articles").set_index("id")["name"]
    ten = rows[rows["essential"]]
    return Markdown(
        "\n".join(str(_short_line(row, names)) for _, row in ten.iterrows()), kind="cards"
    )


def notes(article: str, without: Collection[str] = ()) -> Markdown:
    """Return the ledger's notes on an article, by its id such as "lin-2025": small points, in reading order.

    without: numbers of notes that only the ledger holds. Raises KeyError for an article without notes, or a number that is none.
    """
    rows = load("claims")
    chosen = rows[(rows["article"] == article) & (rows["tier"] == "note")]
    if strange := sorted(set(without) - set(chosen["id"])):
        raise KeyError(f"notes: {strange[0]} is no note on article {article!r}")
    chosen = chosen[~chosen["id"].isin(list(without))]
    if chosen.empty:
        raise KeyError(f"notes: data/claims.csv has no note on article {article!r}")
    lines = []
    for _, row in chosen.iterrows():
        cited = pd.notna(row["cite_as"]) and "the article itself" not in row["cite_as"]
        line = marked(
            "- **{number}** ({passage}). {claim}.{verdict} {remark}{source}",
            number=_number(row),
            passage=link("passage", f"#{row['section']}"),
            claim=row["claim"],
            verdict=marked(" *{}.*", row["verdict"].capitalize())
            if pd.notna(row["verdict"])
            else "",
            remark=row["reader_note"] if pd.notna(row["reader_note"]) else row["evidence"],
            source=marked(" {}.", link(row["cite_as"], row["url"])) if cited else "",
        )
        lines.append(str(line))
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
        marked(
            "{} {}. ({}{})",
            _opening(row),
            row["claim"],
            kind[0].upper() + kind[1:],
            ", one of the ten essential claims" if row["essential"] else "",
        ),
        _record(row),
    ]
    if pd.notna(row["could_answer"]):
        lines.append(marked("*The author could answer:* {}", row["could_answer"]))
    if then is not None:
        lines.append(marked("*Recomputed* by {}: {}.", code(row["check"]), then))
    if pd.notna(row["cite_as"]):
        read = f" ({READ_AT[row['read_at']]})" if pd.notna(row["read_at"]) else ""
        source = marked("{}{}", link(row["cite_as"], row["url"]), read)
    else:
        source = "nothing was found to cite"
    lines.append(marked("*Source:* {}. *Confidence:* {}.", source, row["confidence"]))
    later = row["since_then"] if pd.notna(row["since_then"]) else ""
    if now is not None and now.verdict != then.verdict:
        later += f" Said of the newest data, the same computation returns “{now.verdict}”: {now}."
    if later:
        lines.append(marked("*Since then, not counted in the verdict:* {}", later.strip()))
    told = [
        row["article"],
        row["section"],
        row["kind"],
        "none" if pd.isna(row["verdict"]) else row["verdict"].replace(" ", "-"),
    ]
    facts = re.sub(r"[^\w -]", "", " ".join(told))  # it stands in a comment
    body = "\n>\n> ".join(map(str, lines))
    return f"<!-- claim {facts} -->\n\n({row['id'].lower()})=\n> {body}"


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
            parts.append(f"<!-- section {section} -->\n\n**{link(heading, '#' + section)}**")
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
