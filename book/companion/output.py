"""Tables, computed sentences and the lists of the data, emitted as Markdown.

One Markdown output reads well in three places: JupyterLab shows it as it stands, the HTML book and
the PDF get a real table or sentence from it. What the book must know beside the text (a table's
label and caption) travels as output metadata under the key ``companion``.
"""

import os
import re
from collections.abc import Iterable
from numbers import Integral
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import display

from companion.data import FOLDER, load, resource, resources
from companion.days import spell_day
from companion.markup import Marked, code, format_part, joined, link, marked, text
from companion.numbers import opening


class Markdown:
    """One Markdown output; `metadata` tells the book what it is, `plain` stands for a long text where no Markdown is shown."""

    def __init__(self, text: str, plain: str | None = None, **metadata: Any) -> None:
        self.text, self.plain, self.metadata = text, plain or text, metadata

    def _ipython_display_(self):
        metadata = {"companion": self.metadata} if self.metadata else {}
        text = self.text.replace(
            "$", "\\$"
        )  # JupyterLab would set what stands between two as a formula
        display({"text/markdown": text, "text/plain": self.plain}, raw=True, metadata=metadata)


def say(
    template: str, rows: pd.DataFrame | None = None, least: int = 1, **values: object
) -> Markdown:
    """Return one computed sentence or paragraph.

    `template` is Markdown with named fields as in `str.format`, the values are text; a date prints in words with the
    format ``{day:day}``, a count up to ten with ``{n:word}`` or ``{n:times}``. A number that the data decide reaches the page only in this way.
    With `rows`, what the sentence rests on, a value may be a function of them; where there are fewer than
    `least`, one sentence says so instead, since on some days too little was public.
    """
    if rows is not None:
        if len(rows) < least:
            return Markdown(too_little(rows.attrs.get("as_of")), kind="sentence")
        values = {key: value(rows) if callable(value) else value for key, value in values.items()}
    return Markdown(marked(template, **values).markdown, kind="sentence")


def since(*lines: str, **values: object) -> Markdown:
    """Return what came after the chapter's day, for a section's last part, which the book keeps closed.

    lines: Markdown, one dated sentence each with its source as a link, oldest first, with named fields as in
    `say`; values: numbers from the newest data.
    """
    items = [f"- {marked(line, **values).markdown}" for line in lines]
    return Markdown("\n".join(items), kind="since")


def too_little(as_of: Any = None) -> str:
    """Return the sentence that stands where a day leaves too little to compute."""
    if as_of is None:
        return "The data hold too little for this."
    day = pd.Timestamp(as_of)
    return f"On {spell_day(day)} too little of this was public."


def choose(value: Any, allowed: Iterable[Any]) -> Any:
    """Return `value` if it is one of `allowed`; for the lines `# change me` of a notebook.

    Raises ValueError with one line that names what is allowed.
    """
    allowed = list(allowed)
    if value not in allowed:
        numbers = all(isinstance(one, Integral) and not isinstance(one, bool) for one in allowed)
        told = spans(allowed) if numbers else f"one of {', '.join(map(repr, allowed))}"
        raise ValueError(f"found {value!r}; expected {told}")
    return value


def _decimals(column):
    shown = [f"{value:.3f}".rstrip("0") for value in column.dropna()]
    return max((len(text.partition(".")[2]) for text in shown), default=0)


def text_cells(column: pd.Series) -> list[str]:
    """Return a column's values as the text a reader sees; a missing value is an en dash."""
    if pd.api.types.is_bool_dtype(column.dtype):
        write = lambda value: "yes" if value else "no"
    elif pd.api.types.is_datetime64_any_dtype(column.dtype):
        write = lambda day: spell_day(day, short=True)
    elif pd.api.types.is_float_dtype(column.dtype):
        places = _decimals(column)
        write = lambda value: f"{value:,.{places}f}".replace("-", "−")
    else:
        write = str
    # One by one: `map` of pandas 2 makes floats of whole numbers beside a missing one.
    return ["–" if pd.isna(value) or value == "" else write(value) for value in column]


def marked_cells(column):
    """Return a column's values as Markdown cells: what is marked as it stands, all else as text."""
    return [
        str(value) if isinstance(value, Marked) else text(shown)
        for value, shown in zip(column, text_cells(column))
    ]


def heading_map(
    frame: pd.DataFrame, columns: dict[str, str] | list[str] | str | None
) -> dict[str, str]:
    """Return {column: heading} for `columns` given as a dict, a space-separated string or None (all)."""
    if columns is None:
        columns = list(frame.columns)
    if isinstance(columns, str):
        columns = columns.split()
    if not isinstance(columns, dict):
        columns = {name: name.replace("_", " ").capitalize() for name in columns}
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise KeyError(
            f"table: no column {missing[0]!r}; the frame has {', '.join(map(str, frame.columns))}"
        )
    return columns


def listed(values: Iterable[object]) -> str:
    """Return values as a phrase: "2019", "2019 and 2020", "2019, 2020 and 2021"; "none" where there are none."""
    words = [str(value) for value in values]
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words) or "none"


def spans(years: Iterable[Any]) -> str:
    """Return years as a phrase that joins neighbors: "2006 to 2012 and 2017"."""
    out: list[list[int]] = []
    years = sorted({int(year) for year in years})
    for year in years:
        if out and year == out[-1][1] + 1:
            out[-1][1] = year
        else:
            out.append([year, year])
    return listed(f"{a} to {b}" if a < b else a for a, b in out)


def table(
    frame: pd.DataFrame,
    columns: dict[str, str] | str | None = None,
    caption: str | None = None,
    name: str | None = None,
    filterable: bool | list[str] = False,
    judge_first: str | None = None,
) -> Markdown:
    """Return a frame as a real table.

    `columns` selects, orders and heads them: {column: heading}, or a space-separated string of
    names. Cells and headings are text, but for what `companion.markup` marked. A column `cite_as`
    becomes a link where the frame has a `url`. `caption` is one short sentence, in Markdown; `name`
    a label such as "tab-transits". With `filterable` the HTML page gets a field that filters
    the rows; where it names columns, also a chip for each of their values ("Japan; South Korea" are two). The cells of
    the column `judge_first` are closed on the page until a reader opens them, and stand at the section's end on
    paper; JupyterLab shows them. Of a frame without rows one sentence says so. Raises KeyError for a column that is not there.
    """
    if frame.empty:
        return Markdown(too_little(frame.attrs.get("as_of")), kind="sentence")
    columns = heading_map(frame, columns)
    cells = {}
    for column in columns:
        cells[column] = marked_cells(frame[column])
        if column == "cite_as" and "url" in frame:
            cells[column] = [
                str(link(cite, url)) for cite, url in zip(text_cells(frame[column]), frame["url"])
            ]
    right = [
        pd.api.types.is_numeric_dtype(frame[c].dtype)
        and not pd.api.types.is_bool_dtype(frame[c].dtype)
        for c in columns
    ]
    rows = [
        [format_part(head) for head in columns.values()],
        ["---:" if r else ":---" for r in right],
        *zip(*cells.values()),
    ]
    lines = [
        "| " + " | ".join(re.sub(r"(?<!\\)\|", r"\\|", cell) for cell in row) + " |" for row in rows
    ]
    written = "\n".join(lines)
    if caption:
        label, number = opening(name)
        written = f"{label}**{number}{caption}**\n\n{written}"
    told: dict[str, Any] = {"name": name, "caption": caption, "filterable": bool(filterable)}
    if isinstance(filterable, list):
        told["chips"] = [list(columns).index(column) for column in filterable]
    if judge_first:
        told["judge"] = list(heading_map(frame, columns)).index(judge_first)
    return Markdown(written, kind="table", **{key: value for key, value in told.items() if value})


def _file(item):
    """Return the address of a resource's file from where the notebook runs: in the book, in a download."""
    return f"{Path(os.path.relpath(FOLDER)).as_posix()}/{item['path']}"


def datasets(*names: str) -> Markdown:
    """Return the table of the resources that a notebook draws on: title with its file, rows, vintage. Raises DataError for an unknown name."""
    rows = pd.DataFrame(
        [
            {
                "title": link(item["title"], _file(item)),
                "rows": len(load(item["name"], recalled=True)),
                "vintage": item["vintage"],
            }
            for item in map(resource, names)
        ]
    )
    return table(rows, {"title": "Data of this notebook", "rows": "Rows", "vintage": "Vintage"})


def catalog() -> Markdown:
    """Return the list of all data resources: what each holds, its sources and vintage, its terms, and a download."""
    blocks = []
    for item in resources():
        licenses = joined(
            "; ",
            (
                link(entry.get("title") or entry["name"], entry.get("path"))
                for entry in item["licenses"]
            ),
        )
        permits = " ".join(
            dict.fromkeys(entry["permits"] for entry in item["licenses"] if entry.get("permits"))
        )
        sources = joined(
            "; ", (link(source["title"], source.get("path")) for source in item["sources"])
        )
        blocks.append(
            str(
                marked(
                    "**{title}** · {file}, {rows} rows, vintage {vintage}\n\n: {description} *Sources:* {sources}. "
                    "*Terms:* {licenses}. {permits} *Columns:* {fields}.",
                    title=item["title"],
                    file=link(item["path"], _file(item)),
                    rows=str(len(load(item["name"], recalled=True))),
                    vintage=item["vintage"],
                    description=item["description"],
                    sources=sources,
                    licenses=licenses,
                    permits=permits,
                    fields=joined(", ", (code(one["name"]) for one in item["schema"]["fields"])),
                )
            )
        )
    return Markdown("\n\n".join(blocks), kind="catalog")
