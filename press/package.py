"""What `make data` does: check every resource of the Data Package and renew the recorded sizes and hashes.

Usage: python -m press.package [check]

With `check` nothing is written; a file that differs from what is recorded is named instead.
"""

import hashlib
import json
import sys
from pathlib import Path

from companion import data
from companion.data import DESCRIPTOR, DataError, load, resource, resources


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


def main(words=()):
    """Return 0 and print a line of summary if all is well; 1 and the one line that says what is not."""
    check = list(words) == ["check"]
    try:
        changed = renew(write=not check)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    if check and changed:
        print(
            f"{resource(changed[0])['path']}: found a size or hash other than {DESCRIPTOR} records; expected `make data` after a change",
            file=sys.stderr,
        )
        return 1
    told = "as recorded" if check else f"renewed: {', '.join(changed) or 'none'}"
    print(f"{len(resources())} resources valid; {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
