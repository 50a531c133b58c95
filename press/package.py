"""What `make data` does: keep the register of changes, check every resource, renew sizes and hashes, write the README.

Usage: python -m press.package [check]

With `check` nothing is written; a file that differs from what is recorded is named instead.
"""

import hashlib
import json
import sys
from pathlib import Path

from companion import data
from companion.data import DESCRIPTOR, RECALLED, DataError, load, resource, resources
from companion.markup import link, text
from companion.output import spans
from press import register_check, rules

README = "README.md"
HEAD = """# From source to row

{count} files, described column by column in `datapackage.json`. This page tells for each what was done between its
sources and its rows: where the items were read, which grade that gives, and which rows the editors computed. It is
written by `make data` from the descriptor and the rows; correct these. Row 1 of a file is its header.

A value that is not derived stands as the item that its row cites gives it, in the unit of its column. Rows graded
{recalled} stay out of figures and sentences, unless one shows them on purpose.
"""


def _strangers(folder):
    known = {item["path"] for item in resources(folder)}
    return sorted(p.name for p in folder.glob("*.csv") if p.name not in known)


def renew(folder=None, write=True):
    """Check every resource, then renew bytes and hash in the descriptor where they changed.

    Returns the names of the resources renewed, or with `write` False to be renewed; DataError at the first thing that is wrong.
    The descriptor keeps its order and is written with two spaces of indent.
    """
    folder = Path(folder or data.FOLDER)
    if strangers := _strangers(folder):
        raise DataError(
            f"{strangers[0]}: found a file without a resource; expected it in {DESCRIPTOR}"
        )
    package = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    changed = []
    for item in package["resources"]:
        load(item["name"], folder=folder)
        raw = (folder / item["path"]).read_bytes()
        current = {"bytes": len(raw), "hash": "sha256:" + hashlib.sha256(raw).hexdigest()}
        if any(item.get(key) != value for key, value in current.items()):
            item.update(current)
            changed.append(item["name"])
    if changed and write:
        text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
        (folder / DESCRIPTOR).write_bytes(text.encode("utf-8"))
    return changed


def _counted(column):
    return ", ".join(f"{value} {number}" for value, number in column.value_counts().items())


def _entry(item, rows):
    """Return what was done from source to row in one file, as Markdown."""
    told = [f"**{text(item['title'])}**, {len(rows)} rows, vintage {text(item['vintage'])}."]
    sources = (
        f"{link(one['title'], one.get('path'))} (read {one['accessed']})" for one in item["sources"]
    )
    told.append(f"*Sources:* {'; '.join(sources)}.")
    if "read_at" in rows:
        told.append(f"*Read at:* {_counted(rows['read_at'])}.")
    if "grade" in rows:
        told.append(f"*Graded:* {_counted(rows['grade'])}.")
        derived = rows[rows["grade"] == "derived"]
        notes = derived["note"].fillna("by the arithmetic of its columns") if len(derived) else []
        lines = [
            f"- {text(note)} (rows {spans(derived.index[notes == note] + 2)})"
            for note in dict.fromkeys(notes)
        ]
        if lines:
            told.append("*Derived by the editors:*\n\n" + "\n".join(lines))
    if "known_from" in rows:
        known = rows["known_from"].notna().sum()
        then = rows["value_then"].notna().sum() if "value_then" in rows else 0
        told.append(
            f"*Known before the vintage read:* {known} rows, {then} of them with the value of the time."
        )
    return f"## {item['path']}\n\n" + "\n\n".join(told) + "\n"


def account(folder=None):
    """Return the README of the Data Package: for each file what was done from source to row (Markdown)."""
    parts = [HEAD.format(count=len(resources(folder)), recalled=" or ".join(RECALLED))]
    for item in resources(folder):
        parts.append(_entry(item, load(item["name"], recalled=True, folder=folder)))
    return "\n".join(parts)


def _write_account(folder, write):
    """Write the README where it is not current; return whether it was not."""
    path, now = folder / README, account(folder)
    if path.exists() and path.read_text(encoding="utf-8") == now:
        return False
    if write:
        path.write_bytes(now.encode("utf-8"))
    return True


def main(words=()):
    """Return 0 and print a line of summary if all is well; 1 and the one line that says what is not."""
    check = list(words) == ["check"]
    try:
        renew(write=False)  # a row that cannot be read is named first
        rules.check(data.FOLDER)
        unseen = register_check.keep(data.FOLDER, may_write=not check)
        changed = renew(write=not check)
        stale = _write_account(data.FOLDER, write=not check)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    if check and changed:
        print(
            f"{resource(changed[0])['path']}: found a size or hash other than {DESCRIPTOR} records; expected `make data` after a change",
            file=sys.stderr,
        )
        return 1
    if check and stale:
        print(
            f"{README}: found an account of other rows; expected `make data` after a change",
            file=sys.stderr,
        )
        return 1
    told = "as recorded" if check else f"renewed: {', '.join(changed) or 'none'}"
    print(f"{len(resources())} resources valid; {told}" + (f"\n{unseen}" if unseen else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
