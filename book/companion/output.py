"""Tables, computed sentences and claim cards, emitted as Markdown.

One Markdown output reads well in three places: JupyterLab shows it as it stands, the HTML book and
the PDF get a real table or sentence from it. What the book must know beside the text (a table's
label and caption) travels as output metadata under the key ``companion``.
"""

from datetime import date, datetime
from numbers import Integral

import pandas as pd
from IPython.display import display

from companion.data import load, resources

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


class Markdown:
    """One Markdown output; `metadata` tells the book what it is, `plain` stands for a long text where no Markdown is shown."""

    def __init__(self, text, plain=None, **metadata):
        self.text, self.plain, self.metadata = text, plain or text, metadata

    def _ipython_display_(self):
        metadata = {"companion": self.metadata} if self.metadata else {}
        text = self.text.replace("$", "\\$")  # JupyterLab would set what stands between two as a formula
        display({"text/markdown": text, "text/plain": self.plain}, raw=True, metadata=metadata)


class _Day(date):
    def __format__(self, spec):
        return spell_day(self) if spec in ("", "day") else super().__format__(spec)


class _Count(int):
    def __format__(self, spec):
        words = "none one two three four five six seven eight nine ten".split()
        if spec == "word":
            return words[self] if 0 <= self < len(words) else str(int(self))
        return super().__format__(spec)


def spell_day(day, short=False):
    """Return a date in words, "March 8, 2025" (or "Mar 8, 2025"), on every system the same."""
    return f"{day:%b}" * short + f"{day:%B}" * (not short) + f" {day.day}, {day.year}"


def say(template, **values):
    """Return one computed sentence or paragraph.

    `template` is Markdown with named fields as in `str.format`; a date prints in words with the
    format ``{day:day}``, a count up to ten with ``{n:word}``. A number that the data decide reaches the page only in this way.
    """
    for key, value in values.items():
        if isinstance(value, (date, datetime, pd.Timestamp)):
            values[key] = _Day(value.year, value.month, value.day)
        elif isinstance(value, Integral) and not isinstance(value, bool):
            values[key] = _Count(value)
    return Markdown(template.format(**values), kind="sentence")


def _decimals(column):
    shown = [f"{value:.3f}".rstrip("0") for value in column.dropna()]
    return max((len(text.partition(".")[2]) for text in shown), default=0)


def text_cells(column):
    """Return a column's values as the text a reader sees; a missing value is an en dash."""
    if pd.api.types.is_bool_dtype(column.dtype):
        written = column.map({True: "yes", False: "no"})
    elif pd.api.types.is_datetime64_any_dtype(column.dtype):
        written = column.map(lambda day: spell_day(day, short=True), na_action="ignore")
    elif pd.api.types.is_float_dtype(column.dtype):
        places = _decimals(column)
        written = column.map(lambda value: f"{value:,.{places}f}".replace("-", "−"), na_action="ignore")
    else:
        written = column.map(str, na_action="ignore")
    return ["–" if pd.isna(value) or value == "" else str(value) for value in written]


def heading_map(frame, columns):
    """Return {column: heading} for `columns` given as a dict, a space-separated string or None (all)."""
    if columns is None:
        columns = list(frame.columns)
    if isinstance(columns, str):
        columns = columns.split()
    if not isinstance(columns, dict):
        columns = {name: name.replace("_", " ").capitalize() for name in columns}
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise KeyError(f"table: no column {missing[0]!r}; the frame has {', '.join(map(str, frame.columns))}")
    return columns


def link(text, url):
    """Return a source as a Markdown link to its address, or as its text where it has none."""
    text = text.replace("[", "\\[").replace("]", "\\]")
    return f"[{text}](<{url}>)" if isinstance(url, str) and url.startswith("http") else text


def table(frame, columns=None, caption=None, name=None, filterable=False):
    """Return a frame as a real table.

    `columns` selects, orders and heads them: {column: heading}, or a space-separated string of
    names. A column `cite_as` becomes a link where the frame has a `url`. `caption` is one short
    sentence; `name` a label such as "tab-transits". With `filterable` the HTML page gets a field that filters
    the rows. Raises KeyError for a column that is not there.
    """
    columns = heading_map(frame, columns)
    cells = {}
    for column in columns:
        cells[column] = text_cells(frame[column])
        if column == "cite_as" and "url" in frame:
            cells[column] = [link(text, url) for text, url in zip(cells[column], frame["url"])]
    right = [pd.api.types.is_numeric_dtype(frame[c].dtype) and not pd.api.types.is_bool_dtype(frame[c].dtype)
             for c in columns]
    rows = [list(columns.values()), ["---:" if r else ":---" for r in right], *zip(*cells.values())]
    lines = ["| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    text = "\n".join(lines)
    if caption:
        text = f"**{caption}**\n\n{text}"
    told = {"name": name, "caption": caption, "filterable": filterable}
    return Markdown(text, kind="table", **{key: value for key, value in told.items() if value})


def _opening(row):
    """Return the mark, number and verdict that open a claim; the number leads to its entry in the ledger."""
    link = f"[{row['id']}](#{row['id'].lower()})"
    return f"**{link}.**" if pd.isna(row["verdict"]) else f"{SHAPES[row['verdict']]} **{link} · {row['verdict'].capitalize()}.**"


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


def _short_line(row):
    remark = row["reader_note"] if pd.notna(row["reader_note"]) else row["evidence"]
    author = "Lin" if row["article"] == "lin-2025" else "Johnson"
    return f"- {SHAPES[row['verdict']]} **{row['verdict'].capitalize()}.** {author}: {row['claim']}. *{remark.rstrip('.')}.* ([{row['id']}](#{row['id'].lower()}))"


def cards(section):
    """Return the claim cards of a section (a label such as "lin-ii-3"), or for "essential" the ten in a line each.

    A card may hold several claims that stand or fall together. Raises KeyError where the ledger
    has no card for the section.
    """
    ledger = load("claims")
    if section == "essential":
        return Markdown("\n".join(_short_line(row) for _, row in ledger[ledger["essential"]].iterrows()), kind="cards")
    chosen = ledger[(ledger["section"] == section) & (ledger["tier"] == "card")]
    if chosen.empty:
        raise KeyError(f"cards: data/claims.csv has no card for section {section!r}")
    groups = [group for _, group in chosen.groupby("card", sort=False)]
    blocks = ["\n>\n".join(f"> {_claim_lines(row)}" for _, row in group.iterrows()) for group in groups]
    return Markdown("\n\n<!-- next card -->\n\n".join(blocks), kind="cards")


def notes(article):
    """Return the ledger's notes on an article ("lin-2025" or "johnson-2025"): small points, in reading order."""
    ledger = load("claims")
    chosen = ledger[(ledger["article"] == article) & (ledger["tier"] == "note")]
    if chosen.empty:
        raise KeyError(f"notes: data/claims.csv has no note on article {article!r}")
    lines = []
    for _, row in chosen.iterrows():
        verdict = f" *{row['verdict'].capitalize()}.*" if pd.notna(row["verdict"]) else ""
        remark = row["reader_note"] if pd.notna(row["reader_note"]) else row["evidence"]
        source = " " + link(row["cite_as"], row["url"]) + "." if pd.notna(row["cite_as"]) and "the article itself" not in row["cite_as"] else ""
        lines.append(f"- **[{row['id']}](#{row['id'].lower()})** ([passage](#{row['section']})). {row['claim']}.{verdict} {remark}{source}")
    return Markdown("\n".join(lines), kind="notes")


SECTIONS = {
    "lin-front": "Lin: title, keywords and notes", "lin-abstract": "Lin: Abstract", "lin-i": "Lin I: Strengthen Alliances",
    "lin-i-1": "Lin I.1: The Role of New Leadership", "lin-i-2": "Lin I.2: Confronting Common Threats",
    "lin-ii": "Lin II: Geopolitical Responses to China", "lin-ii-1": "Lin II.1: The Nature of China's Challenge",
    "lin-ii-2": "Lin II.2: Trade Coordination", "lin-ii-3": "Lin II.3: Maritime Security Cooperation",
    "lin-iii": "Lin III: Domestic Politics and Foreign Policy", "lin-iii-1": "Lin III.1: Domestic Issues and Foreign Policy",
    "lin-iii-2": "Lin III.2: Building Public Support", "lin-iv": "Lin IV: Conclusion",
    "johnson-front": "Johnson: lead picture", "johnson-complicated": "Johnson: A Complicated Trilateral Alliance",
    "johnson-elections-factors": "Johnson, Elections: the three factors", "johnson-elections-seoul": "Johnson, Elections: Seoul",
    "johnson-elections-camp-david": "Johnson, Elections: Camp David", "johnson-threats-prc": "Johnson, Threats: China",
    "johnson-threats-dprk": "Johnson, Threats: North Korea", "johnson-threats-russia": "Johnson, Threats: Russian Far East",
    "johnson-threats-taiwan": "Johnson, Threats: Taiwan", "johnson-conclusions": "Johnson: Conclusions",
    **{f"johnson-rec-{n}": f"Johnson, Recommendations: {n}" for n in range(1, 7)}, "johnson-back": "Johnson: references",
}
"""Sections of the articles, in reading order, as the ledger heads them."""

READ_AT = {
    "publisher": "publisher's page", "repost": "repost of the text", "mirror": "mirror of the page", "secondary": "another outlet's report",
    "machine translation": "machine translation", "general knowledge": "recalled, not seen",
}


def _entry(row, then, now):
    """Return one entry of the ledger: a line for the filter, the permanent address, and the claim as a quotation block.

    `then` and `now` are the findings of the claim's check, when judged and with all that is known, or None.
    """
    kind = "slip or fact of the text" if row["kind"] == "text" else row["kind"]
    lines = [f"{_opening(row)} {row['claim']}. ({kind[0].upper()}{kind[1:]}{', one of the ten essential claims' if row['essential'] else ''})", _record(row)]
    if then is not None:
        lines.append(f"*Recomputed* by `{row['check']}`: {then}.")
    if pd.notna(row["cite_as"]):
        read = f" ({READ_AT[row['read_at']]})" if pd.notna(row["read_at"]) else ""
        lines.append(f"*Source:* {link(row['cite_as'], row['url'])}{read}. *Confidence:* {row['confidence']}.")
    else:
        lines.append(f"*Source:* nothing was found to cite. *Confidence:* {row['confidence']}.")
    later = row["since_then"] if pd.notna(row["since_then"]) else ""
    if now is not None and now.verdict != then.verdict:
        later += f" Said of the newest data, the same computation returns “{now.verdict}”: {now}."
    if later:
        lines.append(f"*Since then, not counted in the verdict:* {later.strip()}")
    told = [row["article"], row["section"], row["kind"], "none" if pd.isna(row["verdict"]) else row["verdict"].replace(" ", "-")]
    return f"<!-- claim {' '.join(told)} -->\n\n({row['id'].lower()})=\n> " + "\n>\n> ".join(lines)


def ledger():
    """Return the whole ledger: every claim in reading order under its section, each with a permanent address such as #l-26.

    A comment before each entry tells `tables.js` article, section, kind and verdict; without scripts all entries stand.
    """
    from companion import claims  # it needs what stands in this module

    rows, found = load("claims"), claims.run_all()
    parts = []
    for section, title in SECTIONS.items():
        chosen = rows[rows["section"] == section]
        if not chosen.empty:
            parts.append(f"<!-- section {section} -->\n\n**[{title}](#{section})**")
        parts += [_entry(row, found.get(row["id"]), claims.today(row["id"]) if row["id"] in found else None) for _, row in chosen.iterrows()]
    return Markdown("\n\n".join(parts), plain=f"The ledger: {len(rows)} claims, {len(found)} of them recomputed from the data", kind="ledger")


def datasets(*names):
    """Return the table of the resources that a notebook draws on: title with its file, rows, vintage. Raises KeyError for an unknown name."""
    described = {item["name"]: item for item in resources()}
    rows = pd.DataFrame([{"title": f"[{item['title']}](../data/{item['path']})", "rows": len(load(item["name"])), "vintage": item["vintage"]}
                         for item in (described[name] for name in names)])
    return table(rows, {"title": "Data of this notebook", "rows": "Rows", "vintage": "Vintage"})


def catalog():
    """Return the list of all data resources: what each holds, its sources and vintage, its terms, and a download."""
    blocks = []
    for item in resources():
        licenses = "; ".join(link(entry.get("title") or entry["name"], entry.get("path")) for entry in item["licenses"])
        permits = " ".join(dict.fromkeys(entry["permits"] for entry in item["licenses"] if entry.get("permits")))
        sources = "; ".join(link(source["title"], source.get("path")) for source in item["sources"])
        fields = ", ".join(f"`{field['name']}`" for field in item["schema"]["fields"])
        blocks.append(f"**{item['title']}** · [{item['path']}](../data/{item['path']}), {len(load(item['name']))} rows, vintage {item['vintage']}\n\n"
                      f": {item['description']} *Sources:* {sources}. *Terms:* {licenses}. {permits} *Columns:* {fields}.")
    return Markdown("\n\n".join(blocks), kind="catalog")
