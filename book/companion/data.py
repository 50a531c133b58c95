"""The way to the data: one Data Package in data/, read through load().

What comes in is the name of a resource ("nhk_constitution") and, with as_of, a day;
what comes out is a pandas DataFrame with typed columns. Before anything is returned the
file is checked against the schema in data/datapackage.json, and DataError says in one line
which file, row and column is wrong, what was found and what was expected.

The checks are our own, so that loading stays quick and the message exact; the tests run
Frictionless over the same descriptor. Method and field names follow the Data Package
standard, version 2 (https://datapackage.org/standard/data-package/).

From the command line, `python -m companion.data` (make data) checks every resource and
renews the recorded bytes and hashes.
"""

import csv
import difflib
import hashlib
import io
import json
import re
import sys
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import pandas as pd

_HERE = Path(__file__).resolve()
#: The folder of the Data Package: the nearest data/ above this module, wherever it is run from.
FOLDER = next(
    (p / "data" for p in _HERE.parents if (p / "data" / "datapackage.json").is_file()),
    _HERE.parents[2] / "data",
)
DESCRIPTOR = "datapackage.json"


class DataError(ValueError):
    """Something in the data is not as the schema says; the message is one line."""


def _as_date(text):
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _as_number(kind, pattern, text):
    if not re.fullmatch(pattern, text):
        raise ValueError(text)
    return kind(text)


# Table Schema type: what it is called in a message, how a cell is read, the pandas type.
_TYPES = {
    "string": ("text", str, "string"),
    "integer": ("a whole number", lambda s: _as_number(int, r"-?\d+", s), "Int64"),
    "number": (
        "a number with a decimal point and no separators",
        lambda s: _as_number(float, r"-?\d+(\.\d+)?", s),
        "float64",
    ),
    "boolean": ("true or false", lambda s: {"true": True, "false": False}[s], "boolean"),
    "date": ("a date as YYYY-MM-DD", _as_date, "datetime64[ns]"),
}


# ---------------------------------------------------------------- descriptor


def _stamp(path):
    try:
        info = path.stat()
    except OSError:
        raise DataError(f"{path.name}: not found in the folder {path.parent.name}/") from None
    return str(path), info.st_mtime_ns, info.st_size


@lru_cache(maxsize=8)
def _package(stamp):
    path = Path(stamp[0])
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path.name}: not readable as JSON ({error})") from None


def _descriptor(folder=None):
    return _package(_stamp(Path(folder or FOLDER) / DESCRIPTOR))


def resources(folder=None):
    """The descriptors of all resources, in the order of the package: a list of dicts."""
    return _descriptor(folder)["resources"]


def resource(name, folder=None):
    """The descriptor of one resource: a dict with title, sources, licenses, vintage, schema.

    DataError, with the names that come close, if there is no such resource.
    """
    known = {item["name"]: item for item in resources(folder)}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(str(name), known, n=3) or known
    raise DataError(f'{DESCRIPTOR}: found no resource "{name}"; expected one of: {", ".join(near)}')


def citation(name, folder=None):
    """The short citation of a resource, as a figure's source line prints it: a string."""
    return resource(name, folder)["citation"]


# ---------------------------------------------------------------- reading and checking


def _shown(text):
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
                f"{_shown(name)} in this place",
                f"{_shown(wanted)}, in the schema's order",
            )


def _cell(file, row, field, text):
    """Read one cell by the type and constraints of its field; None for an empty one."""
    rules = field.get("constraints", {})
    column = field["name"]
    if text == "":
        if rules.get("required"):
            _refuse(file, row, column, "nothing", "a value (required)")
        return None
    what, read, _ = _TYPES[field["type"]]
    try:
        value = read(text)
    except (ValueError, KeyError):
        _refuse(file, row, column, _shown(text), what)
    if "enum" in rules and text not in map(str, rules["enum"]):
        _refuse(file, row, column, _shown(text), "one of: " + ", ".join(map(str, rules["enum"])))
    if "pattern" in rules and not re.fullmatch(rules["pattern"], text):
        _refuse(file, row, column, _shown(text), f"the form {rules['pattern']}")
    for bound, sign in (("minimum", "at least"), ("maximum", "at most")):
        if bound in rules:
            limit = _as_date(rules[bound]) if field["type"] == "date" else rules[bound]
            if value < limit if bound == "minimum" else value > limit:
                _refuse(file, row, column, _shown(text), f"{sign} {rules[bound]}")
    return value


@lru_cache(maxsize=128)
def _table(stamp, package_stamp, name):
    path = Path(stamp[0])
    schema = resource(name, Path(package_stamp[0]).parent)["schema"]
    fields = schema["fields"]
    names = [field["name"] for field in fields]
    for field in fields:
        if field["type"] not in _TYPES:
            _refuse(
                DESCRIPTOR,
                None,
                field["name"],
                f'the type "{field["type"]}"',
                "one of: " + ", ".join(_TYPES),
            )
    header, *lines = _rows(path.name, path.read_bytes()) or [[]]
    _check_header(path.name, header, names)
    if not lines:
        _refuse(path.name, 2, None, "nothing", "at least one row")
    columns = {column: [] for column in names}
    key, seen = schema.get("primaryKey", []), {}
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
        {f["name"]: pd.Series(columns[f["name"]], dtype=_TYPES[f["type"]][2]) for f in fields}
    )


def _day(value):
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return _as_date(value)
    except (TypeError, ValueError):
        raise DataError(f"as_of: found {value!r}; expected a date or text as YYYY-MM-DD") from None


def load(name, as_of=None, folder=None):
    """One resource as a DataFrame: the only way in.

    name: a name from resources(). as_of: a date or "YYYY-MM-DD"; only rows that were public
    on that day are kept (public_from on or before it), rows without public_from are left out.
    Columns are typed: Int64, float64, boolean, datetime64, string; missing is NA, NaN or NaT.
    The frame is a copy and carries attrs {"resource": name, "as_of": day or None}.
    DataError (one line) if the file does not fit its schema, the name is unknown, or as_of
    is asked of a resource whose rows carry no public_from. folder is for tests.
    """
    folder = Path(folder or FOLDER)
    path = folder / resource(name, folder)["path"]
    frame = _table(_stamp(path), _stamp(folder / DESCRIPTOR), name).copy()
    day = None
    if as_of is not None:
        day = _day(as_of)
        if "public_from" not in frame:
            raise DataError(
                f'{path.name}: found no column "public_from"; expected one, as as_of={day} was asked for'
            )
        frame = frame[frame["public_from"] <= pd.Timestamp(day)].reset_index(drop=True)
    frame.attrs = {"resource": name, "as_of": day}
    return frame


def cited(frame, *used, on="year"):
    """Return a frame that was computed from others with a column `cite_as`: the sources, a tuple, of all their rows.

    `used`: the frames it was computed from, with `cite_as`; a row's sources are those of the rows that have its
    value in `on` (a column, or a list of columns).
    """
    keys = [on] if isinstance(on, str) else list(on)
    rows = pd.concat([one[[*keys, "cite_as"]] for one in used]).dropna().drop_duplicates()
    told = rows.groupby(keys)["cite_as"].agg(tuple).reset_index()
    return frame.merge(told, how="left", on=keys)


# ---------------------------------------------------------------- make data


def _strangers(folder):
    known = {item["path"] for item in resources(folder)}
    return sorted(p.name for p in folder.glob("*.csv") if p.name not in known)


def renew(folder=None):
    """Check every resource, then renew bytes and hash in the descriptor where they changed.

    Returns the names of the resources renewed; DataError at the first thing that is wrong.
    The descriptor keeps its order and is written with two spaces of indent.
    """
    folder = Path(folder or FOLDER)
    if _strangers(folder):
        raise DataError(
            f"{_strangers(folder)[0]}: found a file without a resource; expected it in {DESCRIPTOR}"
        )
    package = json.loads(json.dumps(_descriptor(folder)))
    changed = []
    for item in package["resources"]:
        load(item["name"], folder=folder)
        raw = (folder / item["path"]).read_bytes()
        current = {"bytes": len(raw), "hash": "sha256:" + hashlib.sha256(raw).hexdigest()}
        if any(item.get(key) != value for key, value in current.items()):
            item.update(current)
            changed.append(item["name"])
    if changed:
        text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
        (folder / DESCRIPTOR).write_bytes(text.encode("utf-8"))
    return changed


def main():
    """make data: 0 and a line of summary if all is well, 1 and the one line that says what is not."""
    try:
        changed = renew()
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(resources())} resources valid; renewed: {', '.join(changed) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
