"""Which rows of the data differ from the last edition's, cell by cell, as text.

A checkout without that edition's commit (a shallow copy, an archive) has nothing to compare with, and says so.
"""

import csv
import io
import json
from functools import lru_cache
from typing import NamedTuple

from companion.data import DESCRIPTOR
from press.edition import being_published, commit_of, published
from press.trees import commit_tree

NAME = "corrections"
"""The register itself (press.register), which is not compared."""

ROW = "row"  # as a column: the row as a whole
ADDED, GONE = ("", "added"), ("there", "gone")


class Table(NamedTuple):
    """A file of the package as text: its name, its columns, and {key: (row of the file, cells)}."""

    file: str
    columns: list[str]
    rows: dict[tuple[str, ...], tuple[int, dict[str, str]]]


class Change(NamedTuple):
    """A row that differs: where it stands (row 0: nowhere), and {column: (old, new)}."""

    resource: str
    key: tuple[str, ...]
    file: str
    row: int
    cells: dict[str, tuple[str, str]]


def last_edition():
    """Return (version, tree) of the newest edition before this copy; the tree is None where this copy lacks its commit, the version "" where there is no edition."""
    before = [row for row in published() if row["version"] != being_published()]
    if not before:
        return "", None
    found = commit_of(before[-1])
    return before[-1]["version"], _kept_tree(found) if found else None


@lru_cache(1)
def _kept_tree(commit):
    return commit_tree(commit)


def keys_of(tree):
    """Return {resource: (file, key columns)} of a tree's package."""
    package = json.loads(tree(f"data/{DESCRIPTOR}") or '{"resources": []}')
    return {
        item["name"]: (item["path"], item["schema"]["primaryKey"]) for item in package["resources"]
    }


def tables(tree, keys=None) -> dict[str, Table]:
    """Return {resource: Table} of a tree's package, the register left out; `keys` {resource: key columns} where another tree's hold."""
    found = {}
    for name, (path, own) in keys_of(tree).items():
        if name == NAME:
            continue
        reader = csv.DictReader(io.StringIO(tree(f"data/{path}"), newline=""))
        cells = [{k: v or "" for k, v in row.items() if k} for row in reader]
        columns = list(reader.fieldnames or [])
        key = (keys or {}).get(name, own)
        key = key if set(key) <= set(columns) else own
        found[name] = Table(
            path,
            columns,
            {tuple(row[c] for c in key): (n, row) for n, row in enumerate(cells, start=2)},
        )
    return found


def compare(old: dict[str, Table], new: dict[str, Table]) -> list[Change]:
    """Return every row that differs between two packages, in the order of the new one; then the rows that are gone."""
    found = []
    for name in [*new, *(name for name in old if name not in new)]:
        none = Table("", [], {})
        was, now = old.get(name, none), new.get(name, none)
        for key, (number, row) in now.rows.items():
            if key not in was.rows:
                found.append(Change(name, key, now.file, number, {ROW: ADDED}))
                continue
            before = was.rows[key][1]
            cells = {
                c: (before.get(c, ""), row.get(c, ""))
                for c in dict.fromkeys([*now.columns, *was.columns])
                if before.get(c, "") != row.get(c, "")
            }
            if cells:
                found.append(Change(name, key, now.file, number, cells))
        found += [
            Change(name, key, now.file or was.file, 0, {ROW: GONE})
            for key in was.rows
            if key not in now.rows
        ]
    return found
