"""What `make data` does: check every resource of the Data Package and renew the recorded sizes and hashes.

Usage: python -m press.package
"""

import hashlib
import json
import sys
from pathlib import Path

from companion import data
from companion.data import DESCRIPTOR, DataError, load, resources


def _strangers(folder):
    known = {item["path"] for item in resources(folder)}
    return sorted(p.name for p in folder.glob("*.csv") if p.name not in known)


def renew(folder=None):
    """Check every resource, then renew bytes and hash in the descriptor where they changed.

    Returns the names of the resources renewed; DataError at the first thing that is wrong.
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
