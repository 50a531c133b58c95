"""Do the sources of the book still answer? Asks every address in data, bibliography and pages.

Usage: python -m press.links

It needs the network, and is therefore no test: `make links`, and once a week .github/workflows/links.yml.
An address that does not answer is named with the place where it stands, and with its copy in the
Wayback Machine where there is one.
"""

import csv
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from press.edition import ROOT

ADDRESS = re.compile(r"https?://[^\s<>\"'`{}|\\^\[\]]+")
AGENT = "Mozilla/5.0 (compatible; link check of a book)"
ARCHIVE = "https://archive.org/wayback/available?url="
REFUSES = (401, 403, 405, 406, 429, 999)
"""Answers by which a site turns away programs; the page may well be there."""


def _trimmed(address):
    address = address.rstrip(".,;:!?*_")
    while address.endswith(")") and address.count("(") < address.count(")"):
        address = address[:-1].rstrip(".,;:")
    return address


def addresses(root=ROOT):
    """Return {address: first place where it stands}, such as "data/claims.csv, row 3"; rows count from 1, below the header."""
    found = {}
    for path in sorted((root / "data").glob("*.csv")):
        for number, row in enumerate(
            csv.reader(path.read_text(encoding="utf-8").splitlines(keepends=True))
        ):
            for cell in row:
                for address in ADDRESS.findall(cell):
                    found.setdefault(_trimmed(address), f"data/{path.name}, row {number}")
    for path in [
        root / "data" / "datapackage.json",
        *sorted((root / "book").glob("*.bib")),
        *sorted((root / "book").glob("*.md")),
        *sorted((root / "book").glob("*.ipynb")),
    ]:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if path.suffix == ".ipynb":
            cells = json.loads(text)["cells"]
            text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        for address in ADDRESS.findall(text):
            found.setdefault(_trimmed(address), path.relative_to(root).as_posix())
    return found


def _open(address, timeout):
    quoted = urllib.parse.quote(address, safe="%/:=&?~#+!$,;'@()*[]")
    request = urllib.request.Request(quoted, headers={"User-Agent": AGENT, "Accept": "*/*"})
    return urllib.request.urlopen(request, timeout=timeout)


def fault(address, timeout=30):
    """Return what is wrong with an address, or None where it answers or merely turns programs away."""
    try:
        with _open(address, timeout):
            return None
    except urllib.error.HTTPError as error:
        return None if error.code in REFUSES else f"answers {error.code}"
    except (OSError, ValueError) as error:
        return f"does not answer ({getattr(error, 'reason', error)})"


def archived(address, service=ARCHIVE, timeout=30):
    """Return the address of a copy in an archive, or None."""
    try:
        with _open(service + urllib.parse.quote(address, safe=""), timeout) as answer:
            told = json.load(answer)
    except (OSError, ValueError):
        return None
    return told.get("archived_snapshots", {}).get("closest", {}).get("url")


def check(found, service=ARCHIVE, workers=8):
    """Return a line for each address of `found` that does not answer; one site is asked one thing at a time."""
    locks, held = defaultdict(Lock), Lock()

    def one(item):
        address, place = item
        with held:
            lock = locks[urllib.parse.urlsplit(address).netloc]
        with lock:
            what = fault(address)
        if not what:
            return None
        copy = archived(address, service)
        return f"{place}: {address} {what}; " + (
            f"archived at {copy}" if copy else "no archived copy is known"
        )

    with ThreadPoolExecutor(workers) as asked:
        return [line for line in asked.map(one, sorted(found.items())) if line]


if __name__ == "__main__":
    asked = addresses()
    lines = check(asked)
    print(*lines, f"{len(asked)} addresses, {len(lines)} do not answer", sep="\n")
    sys.exit(bool(lines))
