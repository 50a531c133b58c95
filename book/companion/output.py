"""Tables, computed sentences and the lists of the data, emitted as Markdown.

One Markdown output reads well in three places: JupyterLab shows it as it stands, the HTML book and
the PDF get a real table or sentence from it. What the book must know beside the text (a table's
label and caption) travels as output metadata under the key ``companion``.
"""

import os
from datetime import date, datetime
from numbers import Integral
from pathlib import Path

import pandas as pd
from IPython.display import display

from companion.data import FOLDER, load, resources
from companion.days import spell_day


class Markdown:
    """One Markdown output; `metadata` tells the book what it is, `plain` stands for a long text where no Markdown is shown."""

    def __init__(self, text, plain=None, **metadata):
        self.text, self.plain, self.metadata = text, plain or text, metadata

    def _ipython_display_(self):
        metadata = {"companion": self.metadata} if self.metadata else {}
        text = self.text.replace(
            "$", "\\$"
        )  # JupyterLab would set what stands between two as a formula
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
        raise KeyError(
            f"table: no column {missing[0]!r}; the frame has {', '.join(map(str, frame.columns))}"
        )
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
    right = [
        pd.api.types.is_numeric_dtype(frame[c].dtype)
        and not pd.api.types.is_bool_dtype(frame[c].dtype)
        for c in columns
    ]
    rows = [list(columns.values()), ["---:" if r else ":---" for r in right], *zip(*cells.values())]
    lines = [
        "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
        for row in rows
    ]
    text = "\n".join(lines)
    if caption:
        text = f"**{caption}**\n\n{text}"
    told = {"name": name, "caption": caption, "filterable": filterable}
    return Markdown(text, kind="table", **{key: value for key, value in told.items() if value})


def _file(item):
    """Return the address of a resource's file from where the notebook runs: in the book, in a download."""
    return f"{Path(os.path.relpath(FOLDER)).as_posix()}/{item['path']}"


def datasets(*names):
    """Return the table of the resources that a notebook draws on: title with its file, rows, vintage. Raises KeyError for an unknown name."""
    described = {item["name"]: item for item in resources()}
    rows = pd.DataFrame(
        [
            {
                "title": f"[{item['title']}]({_file(item)})",
                "rows": len(load(item["name"])),
                "vintage": item["vintage"],
            }
            for item in (described[name] for name in names)
        ]
    )
    return table(rows, {"title": "Data of this notebook", "rows": "Rows", "vintage": "Vintage"})


def catalog():
    """Return the list of all data resources: what each holds, its sources and vintage, its terms, and a download."""
    blocks = []
    for item in resources():
        licenses = "; ".join(
            link(entry.get("title") or entry["name"], entry.get("path"))
            for entry in item["licenses"]
        )
        permits = " ".join(
            dict.fromkeys(entry["permits"] for entry in item["licenses"] if entry.get("permits"))
        )
        sources = "; ".join(link(source["title"], source.get("path")) for source in item["sources"])
        fields = ", ".join(f"`{field['name']}`" for field in item["schema"]["fields"])
        blocks.append(
            f"**{item['title']}** · [{item['path']}]({_file(item)}), {len(load(item['name']))} rows, vintage {item['vintage']}\n\n"
            f": {item['description']} *Sources:* {sources}. *Terms:* {licenses}. {permits} *Columns:* {fields}."
        )
    return Markdown("\n\n".join(blocks), kind="catalog")
