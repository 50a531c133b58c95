"""The register of changes against the last edition: what no line names, and what a line says that is not there."""

import os
from pathlib import Path
from typing import Any

from companion.data import DESCRIPTOR, DataError
from companion.schema import shown
from press.differences import ADDED, GONE, ROW, Change, compare, keys_of, last_edition, tables
from press.register import (
    BETWEEN,
    FILE,
    HEADER,
    VARIOUS,
    columns_of,
    fits,
    is_set,
    named,
    read,
    sum_of,
    sums,
    write,
)
from press.trees import folder_tree


def _apart(one, other):
    """Return two texts as a message shows them, long ones from shortly before they part."""
    part = len(os.path.commonprefix([one, other]))
    start = one.rfind(" ", 0, max(part - 10, 0)) + 1 if part > 30 else 0
    lead = "..." * bool(start)
    return tuple(shown(lead + text[start:]) if text else shown(text) for text in (one, other))


def _place(change, column):
    where = f"{change.file}, row {change.row}" if change.row else change.file
    return where if column == ROW else f'{where}, column "{column}"'


def _says(change, column, version):
    """Return what is found at a change and what the last edition has."""
    old, new = change.cells[column]
    if column != ROW:
        here, there = _apart(new, old)
        return f"{_place(change, column)}: found {here}, where edition {version} has {there}"
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
            if here == [ROW]:
                return f"{_place(change, ROW)}: found the row {BETWEEN.join(change.key)}; expected that of which {at} tells"
            told = shown(line["new"]) if line["new"] != VARIOUS else "what is told of it"
            alone = ", or a line for the cell alone" * is_set(line)
            return f"{_place(change, here[0])}: found {shown(now)}; expected {told}, as {at} tells{alone}"
    for change in left:  # a row that a set names is gone
        if change.cells.get(ROW) == GONE and fits(line, change.resource, change.key):
            return f"{_says(change, ROW, version)}; expected it, as {at} tells of it"
    for change in left:  # it has another key now
        if change.cells.get(ROW) == ADDED == (line["old"], line["new"]):
            return f"{_place(change, ROW)}: found the row {BETWEEN.join(change.key)}; expected {line['key']}, as {at} tells"
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
