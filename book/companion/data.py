"""The way to the data: one Data Package in data/, read through load().

What comes in is the name of a resource ("nhk_constitution") and, with as_of, a day;
what comes out is a pandas DataFrame with typed columns. Before anything is returned the
file is checked against the schema in data/datapackage.json (companion.schema), and DataError
says in one line which file, row and column is wrong, what was found and what was expected.
"""

import difflib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from companion.descriptor import read_descriptor
from companion.schema import DataError, as_date, check_references, read_table

_HERE = Path(__file__).resolve()
#: The folder of the Data Package: the nearest data/ above this module, wherever it is run from.
FOLDER = next(
    (p / "data" for p in _HERE.parents if (p / "data" / "datapackage.json").is_file()),
    _HERE.parents[2] / "data",
)
DESCRIPTOR = "datapackage.json"
#: Grades of evidence of rows that stay out of every figure and sentence, unless it shows them on purpose.
RECALLED = ("general knowledge", "uncertain")
_used: set[str] = set()


def _stamp(path):
    try:
        info = path.stat()
    except OSError:
        raise DataError(f"{path.name}: not found in the folder {path.parent.name}/") from None
    return str(path), info.st_mtime_ns, info.st_size


@lru_cache(maxsize=8)
def _package(stamp):
    return read_descriptor(Path(stamp[0]))


def _descriptor(folder=None):
    return _package(_stamp(Path(folder or FOLDER) / DESCRIPTOR))


def resources(folder: Path | str | None = None) -> list[dict[str, Any]]:
    """The descriptors of all resources, in the order of the package: a list of dicts."""
    items = _descriptor(folder)["resources"]
    _used.update(item["name"] for item in items)
    return items


def used() -> list[str]:
    """The names of the resources that were asked for since Python started, so that a build knows on which a notebook rests."""
    return sorted(_used)


def resource(name: str, folder: Path | str | None = None) -> dict[str, Any]:
    """The descriptor of one resource: a dict with title, sources, licenses, vintage, schema.

    DataError, with the names that come close, if there is no such resource.
    """
    known = {item["name"]: item for item in _descriptor(folder)["resources"]}
    if name in known:
        _used.add(name)
        return known[name]
    near = difflib.get_close_matches(str(name), known, n=3) or known
    raise DataError(f'{DESCRIPTOR}: found no resource "{name}"; expected one of: {", ".join(near)}')


def citation(name: str, folder: Path | str | None = None) -> str:
    """The short citation of a resource, as a figure's source line prints it: a string."""
    return resource(name, folder)["citation"]


@lru_cache(maxsize=128)
def _table(stamp, package_stamp, name):
    return read_table(Path(stamp[0]), resource(name, Path(package_stamp[0]).parent)["schema"])


def _whole(name, folder):
    path = folder / resource(name, folder)["path"]
    return _table(_stamp(path), _stamp(folder / DESCRIPTOR), name)


def _day(value):
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return as_date(value)
    except (TypeError, ValueError):
        raise DataError(f"as_of: found {value!r}; expected a date or text as YYYY-MM-DD") from None


def _as_known(frame, day):
    """Return rows with `known` (could the observation be known on `day`?), `later_vintage`, and the values of that day."""
    if "known_from" not in frame:
        return frame.assign(known=frame["public_from"] <= day)
    known = frame["known_from"].fillna(frame["public_from"]) <= day
    early = known & ~(frame["public_from"] <= day)  # known then, read in a later vintage
    if "value_then" not in frame:
        return frame.assign(known=known, later_vintage=early)
    found = early & frame["value_then"].notna()
    value = frame["value"].where(~found, frame["value_then"])
    return frame.assign(value=value, known=known, later_vintage=early & ~found)


def load(
    name: str,
    as_of: date | str | None = None,
    recalled: bool = False,
    folder: Path | str | None = None,
) -> pd.DataFrame:
    """One resource as a DataFrame: the only way in.

    name: a name from resources(). as_of: a date or "YYYY-MM-DD"; only rows that were known on
    that day are kept, those with known_from, or else public_from, on or before it; rows without
    either are left out. A row that was known, but read in a vintage that came later, takes the value of
    its time (value_then) where that was found; where not, it keeps the later one, and `later_vintage` is True.
    Rows whose grade is in RECALLED, not seen in a source that bears them, are left out too,
    unless `recalled` asks for them.
    Columns are typed: Int64, float64, boolean, datetime64, string; missing is NA, NaN or NaT.
    The frame is a copy and carries attrs {"resource": name, "as_of": day or None}.
    DataError (one line) if the file does not fit its schema, the name is unknown, or as_of
    is asked of a resource whose rows carry no public_from. folder is for tests.
    """
    folder = Path(folder or FOLDER)
    described = resource(name, folder)
    path, frame = folder / described["path"], _whole(name, folder)
    check_references(path, frame, described["schema"], lambda other: _whole(other, folder))
    keep = pd.Series(True, index=frame.index)
    if not recalled and "grade" in frame:
        keep &= ~frame["grade"].isin(RECALLED)
    day = None
    if as_of is not None:
        day = _day(as_of)
        if "public_from" not in frame:
            raise DataError(
                f'{path.name}: found no column "public_from"; expected one, as as_of={day} was asked for'
            )
        frame = _as_known(frame, pd.Timestamp(day))
        keep &= frame.pop("known")
    frame = frame[keep].reset_index(drop=True)
    frame.attrs = {"resource": name, "as_of": day}
    return frame


def cited(frame: pd.DataFrame, *used: pd.DataFrame, on: str | list[str] = "year") -> pd.DataFrame:
    """Return a frame that was computed from others with a column `cite_as`: the sources, a tuple, of all their rows.

    `used`: the frames it was computed from, with `cite_as`; a row's sources are those of the rows that have its
    value in `on` (a column, or a list of columns).
    """
    keys = [on] if isinstance(on, str) else list(on)
    rows = pd.concat([one[[*keys, "cite_as"]] for one in used]).dropna().drop_duplicates()
    told = rows.groupby(keys)["cite_as"].agg(tuple).reset_index()
    out = frame.merge(told, how="left", on=keys)
    out.attrs = frame.attrs
    return out
