"""The register of changes, data/corrections.csv: every row that differs from the last edition's is named in it, with the reason.

A line names one cell by its key, or a set of rows by a key with "*" for what may be anything. A set, or a line that does not
spell its values ("…"), carries a short sum of each row as it now stands in the columns of the line, so that no other row
and no other value passes under it. `make data` adds a line for what no line names, and asks for its reason.
"""

import base64
import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

from companion.data import DataError
from press.differences import ADDED, NAME, ROW, Table

FILE = f"{NAME}.csv"
HEADER = ["since", "resource", "key", "column", "old", "new", "rows", "why", "source", "sums"]
VARIOUS = "…"
BETWEEN = " | "


# --- Lines --------------------------------------------------------------------------------------


def read(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of a package's register, each with its row in the file as `at`; [] where there is none."""
    path = Path(folder) / FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != HEADER:
            raise DataError(f"{FILE}, row 1: found other columns; expected {', '.join(HEADER)}")
        return [{**dict.fromkeys(HEADER, ""), **row, "at": n} for n, row in enumerate(reader, 2)]


def write(folder: Path, lines: list[dict[str, Any]]) -> None:
    """Write the register where it differs."""
    out = io.StringIO(newline="")
    file = csv.DictWriter(out, HEADER, lineterminator="\n", extrasaction="ignore")
    file.writeheader()
    file.writerows(lines)
    path, raw = Path(folder) / FILE, out.getvalue().encode("utf-8")
    if not path.is_file() or path.read_bytes() != raw:
        path.write_bytes(raw)


def columns_of(line):
    """Return the columns that a line names."""
    return line["column"].split("; ")


def is_set(line):
    """Return whether a line names its rows by their sums: more than one, or values that it does not spell."""
    whole = line["column"] == ROW and line["new"] == ADDED[1]
    return "*" in line["key"].split(BETWEEN) or VARIOUS in (line["old"], line["new"]) or whole


def fits(line, resource, key):
    """Return whether the key of a line fits a row."""
    if line["resource"] != resource:
        return False
    wanted = line["key"].split(BETWEEN)
    return (
        wanted == ["*"]
        or len(wanted) == len(key)
        and all(part in ("*", cell) for part, cell in zip(wanted, key))
    )


def sum_of(line, key, cells):
    """Return four letters for a row as it stands in the columns of a line; `cells` is None for a row that is gone."""
    whole = line["column"] == ROW
    now = cells and (cells if whole else {c: cells.get(c, "") for c in columns_of(line)})
    told = json.dumps([line["resource"], list(key), now], ensure_ascii=False)
    return base64.b32encode(hashlib.sha256(told.encode()).digest())[:4].decode().lower()


def sums(line):
    """Return the set of sums of a line."""
    text = line["sums"]
    return {text[n : n + 4] for n in range(0, len(text), 4)}


def named(line, new: dict[str, Table]):
    """Yield (key, row of the file, cells) of the rows that stand in the package and that a line names."""
    table = new.get(line["resource"])
    known = sums(line) if is_set(line) else set()
    for key, (number, cells) in table.rows.items() if table else ():
        if fits(line, line["resource"], key) and (
            sum_of(line, key, cells) in known
            if is_set(line)
            else cells.get(line["column"], "") == line["new"]
        ):
            yield key, number, cells
