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

from companion.data import DESCRIPTOR, DataError
from companion.schema import shown
from press.differences import (
    ADDED,
    GONE,
    NAME,
    ROW,
    Change,
    Table,
    compare,
    keys_of,
    last_edition,
    tables,
)
from press.trees import folder_tree

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


# --- What `make data` does ----------------------------------------------------------------------


def _place(change, column):
    where = f"{change.file}, row {change.row}" if change.row else change.file
    return where if column == ROW else f'{where}, column "{column}"'


def _says(change, column, version):
    """Return what is found at a change and what the last edition has."""
    old, new = change.cells[column]
    if column != ROW:
        there = f"where edition {version} has {shown(old)}"
        return f"{_place(change, column)}: found {shown(new)}, {there}"
    what, there = ("no row", "has it") if new == GONE[1] else ("the row", "has none")
    name = BETWEEN.join(change.key)
    return f"{_place(change, column)}: found {what} {name}, where edition {version} {there}"


def _admits(line, change):
    """Return the columns of a change that a line may name, by all but its sums."""
    if not fits(line, change.resource, change.key):
        return []
    return [
        c
        for c in columns_of(line)
        if c in change.cells
        and all(
            line[side] in (VARIOUS, value) for side, value in zip(("old", "new"), change.cells[c])
        )
    ]


def _skeletons(version, changes, old, new):
    """Return a line without a reason for each cell that differs, and one in all for a new file or a new column."""
    lines: dict[tuple, dict[str, Any]] = {}
    for change in changes:
        before, now = (tables.get(change.resource) for tables in (old, new))
        for column, (was, is_now) in change.cells.items():
            fresh = not before or column != ROW and column not in before.columns
            key = "*" if fresh else BETWEEN.join(change.key)
            line = lines.setdefault(
                (change.resource, key, column),
                {
                    **dict.fromkeys(HEADER, ""),
                    "since": version,
                    "resource": change.resource,
                    "key": key,
                    "column": column,
                    "old": was,
                    "new": VARIOUS if fresh and column != ROW else is_now,
                    "rows": 0,
                    "says": _says(change, column, version),
                },
            )
            line["rows"] += 1
            if is_set(line):
                line["sums"] += sum_of(line, change.key, now.rows[change.key][1])
    return [{**line, "rows": str(line["rows"])} for line in lines.values()]


def _cover(line, inside, new, single):
    """Take the cells that a line names out of the changes `inside` its file; return their sums, and add cells with a line of their own to `single`."""
    found, known = [], sums(line)
    for change in list(inside.values()):
        columns = _admits(line, change)
        cells = new[change.resource].rows[change.key][1] if columns and change.row else None
        sum_here = sum_of(line, change.key, cells) if columns and is_set(line) else ""
        if not columns or is_set(line) and known and sum_here not in known:
            continue
        found.append(sum_here)
        for column in columns:
            del change.cells[column]
            single += [(change.resource, change.key, column)] * (not is_set(line))
        if not change.cells:
            del inside[change.key]
    return found


def _stand(line, new):
    """Return the sums of what a line names as it stands, where the last edition is not at hand."""
    found = [sum_of(line, key, cells) for key, _, cells in named(line, new)]
    return found or (sorted(sums(line) or {""}) if line["new"] == GONE[1] else [])


def _count(line, found, single):
    """Write into a set its sums, where it has none, or where a row left it for a line of its own."""
    left_it = {
        key
        for name, key, column in single
        if is_set(line) and fits(line, name, key) and column in columns_of(line)
    }
    begun = is_set(line) and not line["sums"] and found
    if begun or found and len(found) < int(line["rows"] or 0) <= len(found) + len(left_it):
        line["sums"], line["rows"] = "".join(found), str(len(found))


def examine(version, old, new, lines):
    """Compare two packages by the lines of a register that are of edition `version`.

    old: {resource: Table} of that edition, or None where this copy lacks it: then only what the lines name is checked.
    Returns (lines to add, faults); a fault is one line. Lines whose `sums` are empty get them.
    """
    own, faults = [line for line in lines if line["since"] == version], []
    changes = compare(old, new) if old is not None else None
    left: dict[str, dict[tuple, Change]] = {}
    for change in changes or ():
        inside = left.setdefault(change.resource, {})
        inside[change.key] = change._replace(cells=dict(change.cells))
    single: list[tuple] = []  # the cells that have a line of their own
    for line in sorted(own, key=lambda line: (is_set(line), not line["sums"])):
        inside = left.get(line["resource"], {})
        found = _stand(line, new) if changes is None else _cover(line, inside, new, single)
        _count(line, found, single)
        if str(len(found)) != line["rows"] or not found:
            faults.append(_astray(line, found, list(inside.values()), new, version))
            if not is_set(line) and (own_cell := inside.get(tuple(line["key"].split(BETWEEN)))):
                own_cell.cells.pop(
                    line["column"], None
                )  # the line is to be mended, not a second begun
        elif not line["why"].strip():
            faults.append(
                f'{FILE}, row {line["at"]}, column "why": found nothing; expected why {line["column"]} of {line["resource"]}, {line["key"]}, went from {shown(line["old"])} to {shown(line["new"])}'
            )
    rest = [change for inside in left.values() for change in inside.values()]
    return _skeletons(version, rest, old or {}, new), faults


def _astray(line, found, left, new, version):
    """Return what is wrong with a line that does not name as many rows as it says."""
    at = f"{FILE}, row {line['at']}"
    for change in left:
        here = [c for c in columns_of(line) if c in change.cells]
        if here and fits(line, change.resource, change.key):
            was, now = change.cells[here[0]]
            if line["new"] == now and line["old"] != was:
                return f'{at}, column "old": found {shown(line["old"])}; expected {shown(was)}, as edition {version} has it'
            told = (
                line["new"]
                if line["new"] != VARIOUS
                else "what it tells of, or a line for the cell alone"
            )
            return f"{_place(change, here[0])}: found {shown(now)}; expected {told if is_set(line) else shown(told)}, as {at} tells"
    for change in left:  # a row that a set names is gone
        if change.cells.get(ROW) == GONE and fits(line, change.resource, change.key):
            return f"{_says(change, ROW, version)}; expected it, as {at} tells of it"
    table = new.get(line["resource"])
    if table and not is_set(line) and (key := tuple(line["key"].split(BETWEEN))) in table.rows:
        number, cells = table.rows[key]
        now = cells.get(line["column"], "")
        return f'{table.file}, row {number}, column "{line["column"]}": found {shown(now)}; expected {shown(line["new"])}, as {at} tells'
    file = table.file if table else DESCRIPTOR
    return f"{file}, column {line['column']}: found {len(found)} rows as {at} tells, key {line['key']}; expected {line['rows'] or 'its number of rows'}: one is gone, other than told, or as in edition {version}"


def keep(folder: Path, may_write: bool = True) -> str:
    """Hold the register of a package against the last edition, and add the lines that it lacks.

    Returns "" or, where nothing can be compared, a line that says why. DataError at the first line that does not say what
    is there or lacks its reason, and at the first difference without a line; the file then has the beginning of one,
    unless `may_write` is False.
    """
    lines, (version, tree) = read(folder), last_edition()
    if not version:
        return ""
    inside = folder_tree(Path(folder))
    here = lambda path: inside(path.removeprefix("data/"))  # noqa: E731
    keys = {name: key for name, (_, key) in keys_of(here).items()}
    if may_write:  # what was begun for an earlier state of the rows is begun anew
        lines = [line for line in lines if line["why"].strip() or line["since"] != version]
    for line in [] if may_write else lines:
        if line["since"] == version and is_set(line) and not line["sums"]:
            raise DataError(
                f'{FILE}, row {line["at"]}, column "sums": found nothing; expected `make data` after a change'
            )
    added, faults = examine(version, tree and tables(tree, keys), tables(here), lines)
    if may_write:
        write(folder, lines + added)
    if faults:
        raise DataError(faults[0])
    if added:
        at = f'the reason in {FILE}, row {len(lines) + 2}, column "why"'
        expected = at if may_write else f"a line in {FILE}, which `make data` begins"
        raise DataError(f"{added[0]['says']}; expected {expected}")
    if tree:
        return ""
    return f"{FILE}: rows without a line were not looked for, as edition {version} is not in this copy of the repository (git fetch --unshallow brings it)"
