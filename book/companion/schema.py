"""What a file of the package must be: UTF-8, comma, LF, the columns, types and constraints of its schema.

The checks are our own, so that loading stays quick and the message exact; the tests run
Frictionless over the same descriptor. Method and field names follow the Data Package
standard, version 2 (https://datapackage.org/standard/data-package/).
"""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

TWICE = re.compile(r"[ÂÃÅâãäåæçèéêëìí][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
"""What UTF-8 looks like where it was read as Latin-1 or Windows-1252 and written again."""


class DataError(ValueError):
    """Something in the data is not as the schema says; the message is one line."""


def as_date(text: str) -> date:
    """Return the date written as YYYY-MM-DD; ValueError for any other text."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _as_number(kind, pattern, text):
    if not re.fullmatch(pattern, text):
        raise ValueError(text)
    return kind(text)


# Table Schema type: what it is called in a message, how a cell is read, the pandas type.
TYPES: dict[str, tuple[str, Callable[[str], Any], str]] = {
    "string": ("text", str, "string"),
    "integer": ("a whole number", lambda s: _as_number(int, r"-?\d+", s), "Int64"),
    "number": (
        "a number with a decimal point and no separators",
        lambda s: _as_number(float, r"-?\d+(\.\d+)?", s),
        "float64",
    ),
    "boolean": ("true or false", lambda s: {"true": True, "false": False}[s], "boolean"),
    "date": ("a date as YYYY-MM-DD", as_date, "datetime64[ns]"),
}


def shown(text: str) -> str:
    """Return a cell as a message shows it: in quotation marks, cut at 40 characters; "nothing" for an empty one."""
    text = text if len(text) <= 40 else text[:37] + "..."
    return f'"{text}"' if text else "nothing"


def _refuse(file, row=None, column=None, found="", expected=""):
    place = "".join([file, f", row {row}" if row else "", f', column "{column}"' if column else ""])
    raise DataError(f"{place}: found {found}; expected {expected}")


def _rows(file, raw):
    """Split the bytes of a CSV into rows of text; refuse what is not UTF-8, LF, comma."""
    if raw.startswith(b"\xef\xbb\xbf"):
        _refuse(file, 1, None, "a byte-order mark", "UTF-8 without one")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        _refuse(file, row, None, f"the byte 0x{raw[error.start]:02x}", "text in UTF-8")
    if odd := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]", text):
        row, found = text.count("\n", 0, odd.start()) + 1, f"the character U+{ord(odd[0]):04X}"
        _refuse(file, row, None, found, "text that can be read")
    if odd := TWICE.search(text):
        row = text.count("\n", 0, odd.start()) + 1
        _refuse(file, row, None, f'"{odd[0]}"', "text decoded once, as UTF-8")
    if "\r" in text:
        row = text.count("\n", 0, text.index("\r")) + 1
        _refuse(file, row, None, "a carriage return (CR)", "lines that end in LF only")
    if not text.endswith("\n"):
        row = text.count("\n") + 1
        _refuse(
            file, row, None, "no line end at the end of the file", "a whole last line (cut off?)"
        )
    reader = csv.reader(io.StringIO(text), strict=True)
    rows = []
    try:
        for cells in reader:
            rows.append(cells)
            if reader.line_num != len(rows):
                _refuse(
                    file, len(rows), None, "a line break inside a cell", "one line for each row"
                )
    except csv.Error as error:
        _refuse(
            file,
            len(rows) + 1,
            None,
            f"broken quoting ({error})",
            "commas and paired double quotes",
        )
    return rows


def _check_header(file, header, names):
    for name in header:
        if header.count(name) > 1:
            _refuse(file, 1, name, "the column twice", "it once")
    for name in names:
        if name not in header:
            _refuse(file, 1, name, "no such column", f"the columns {', '.join(names)}")
    for name in header:
        if name not in names:
            _refuse(
                file,
                1,
                name,
                "a column that the schema does not have",
                f"the columns {', '.join(names)}",
            )
    for name, wanted in zip(header, names):
        if name != wanted:
            _refuse(
                file,
                1,
                name,
                f"{shown(name)} in this place",
                f"{shown(wanted)}, in the schema's order",
            )


def _cell(file, row, field, text):
    """Read one cell by the type and constraints of its field; None for an empty one."""
    rules = field.get("constraints", {})
    column = field["name"]
    if text == "":
        if rules.get("required"):
            _refuse(file, row, column, "nothing", "a value (required)")
        return None
    what, read, _ = TYPES[field["type"]]
    try:
        value = read(text)
    except (ValueError, KeyError):
        _refuse(file, row, column, shown(text), what)
    if "enum" in rules and text not in map(str, rules["enum"]):
        _refuse(file, row, column, shown(text), "one of: " + ", ".join(map(str, rules["enum"])))
    if "pattern" in rules and not re.fullmatch(rules["pattern"], text):
        _refuse(file, row, column, shown(text), f"the form {rules['pattern']}")
    for bound, sign in (("minimum", "at least"), ("maximum", "at most")):
        if bound in rules:
            limit = as_date(rules[bound]) if field["type"] == "date" else rules[bound]
            if value < limit if bound == "minimum" else value > limit:
                _refuse(file, row, column, shown(text), f"{sign} {rules[bound]}")
    return value


def read_table(
    path: Path, schema: dict[str, Any], descriptor: str = "datapackage.json"
) -> pd.DataFrame:
    """Return a CSV file as a DataFrame with the types of its schema, a dict from the descriptor.

    DataError at the first thing that does not fit, with file, row and column.
    """
    fields = schema["fields"]
    names = [field["name"] for field in fields]
    for field in fields:
        if field["type"] not in TYPES:
            _refuse(
                descriptor,
                None,
                field["name"],
                f'the type "{field["type"]}"',
                "one of: " + ", ".join(TYPES),
            )
    header, *lines = _rows(path.name, path.read_bytes()) or [[]]
    _check_header(path.name, header, names)
    if not lines:
        _refuse(path.name, 2, None, "nothing", "at least one row")
    columns: dict[str, list] = {column: [] for column in names}
    key, seen = schema.get("primaryKey", []), dict[tuple, int]()
    for row, cells in enumerate(lines, start=2):
        if len(cells) != len(names):
            _refuse(path.name, row, None, f"{len(cells)} cells", f"{len(names)}, as in the header")
        for field, text in zip(fields, cells):
            columns[field["name"]].append(_cell(path.name, row, field, text))
        if key:
            mark = tuple(columns[column][-1] for column in key)
            if mark in seen:
                found = f"{', '.join(map(str, mark))} again (first in row {seen[mark]})"
                _refuse(path.name, row, ", ".join(key), found, "a key used once")
            seen[mark] = row
    return pd.DataFrame(
        {f["name"]: pd.Series(columns[f["name"]], dtype=TYPES[f["type"]][2]) for f in fields}
    )


def check_references(
    path: Path, frame: pd.DataFrame, schema: dict[str, Any], look_up: Callable[[str], pd.DataFrame]
) -> None:
    """Refuse a value whose foreign key leads nowhere; `look_up` returns the frame of another resource by its name."""
    for key in schema.get("foreignKeys", []):
        (column,), target = key["fields"], key["reference"]
        other = look_up(target["resource"]) if target["resource"] else frame
        known = other[target["fields"][0]]
        strange = frame[column].dropna()
        strange = strange[~strange.isin(known)]
        for row, value in strange.items():
            _refuse(path.name, row + 2, column, shown(value), f"one of: {', '.join(known)}")
