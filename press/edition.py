"""Which edition of the book this is: version, day, commit, end of its record, how to cite it, and which editions there are.

The version stands in CITATION.cff and nowhere else; `book/editions.csv` lists what was published.
This module is light, so that whatever needs only these facts has them at once.
"""

import csv
import json
import os
import subprocess
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
PRESS = ROOT / "press"
NAME = "alliances-in-transition"
"""What the files of an edition are called: this, a hyphen, the version."""


@lru_cache(1)  # a build asks for it some three hundred times
def _parsed(text):
    return yaml.safe_load(text)


def citation():
    """Return CITATION.cff as a dict."""
    return dict(_parsed((ROOT / "CITATION.cff").read_text(encoding="utf-8")))


def read_version():
    """Return the version that stands in CITATION.cff."""
    return str(citation()["version"])


def latest_url():
    """Return the address of the latest edition, below the optional `url` of CITATION.cff; "" where there is none."""
    return f"{citation()['url'].rstrip('/')}/latest/" if citation().get("url") else ""


def git(*words, root=ROOT):
    """Return what git says in this tree, or "" where there is no git or no answer."""
    try:
        return (
            subprocess.run(["git", *words], cwd=root, capture_output=True, check=True)
            .stdout.decode("utf-8")
            .strip()
        )
    except (OSError, subprocess.CalledProcessError):
        return ""


def commit():
    """Return the commit that is checked out, in ten digits."""
    return git("rev-parse", "--short=10", "HEAD") or "not recorded"


def day():
    """Return the day of that commit, or of the release where there is no git, as YYYY-MM-DD."""
    return git("log", "-1", "--format=%cs") or str(citation()["date-released"])


def record_end():
    """Return the last day that the record covers, as YYYY-MM-DD: `record_ends` of the data package."""
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    return package["record_ends"]


def published(root=ROOT):
    """Return the published editions, oldest first: dicts of version, date, commit, tree (of `book/editions.csv`)."""
    path = root / "book" / "editions.csv"
    return (
        list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) if path.exists() else []
    )


def commit_of(row):
    """Return the commit of a published edition, by its hash or, where history was written anew, by its tree; "" where this copy has neither."""
    if git("cat-file", "-t", row["commit"]) == "commit":
        return row["commit"]
    known = (line.split() for line in git("log", "--all", "--format=%H %T").splitlines())
    return next((commit for commit, tree in known if tree == row["tree"]), "")


def being_published():
    """Return the version that `make edition` is building here, or ""; a checkout of an edition's tag is that edition too."""
    asked = os.environ.get("COMPANION_EDITION", "")
    return asked or (
        read_version() if read_version() in git("tag", "--points-at", "HEAD").split() else ""
    )


def label():
    """Return what this copy calls itself: "edition 2027.3.0", or "draft after 2027.3.0" where it is none."""
    if being_published():
        return f"edition {being_published()}"
    return f"draft {'after' if read_version() in [edition['version'] for edition in published()] else 'of'} {read_version()}"


def spell(iso):
    """Return 2026-11-22 as November 22, 2026."""
    # As companion.days writes it, whose import would bring pandas and Altair: a build with nothing to do takes 0.4 s, not 1.5.
    when = date.fromisoformat(iso)
    return f"{when:%B} {when.day}, {when.year}"


def edition_line():
    """Return version, date, commit and end of the record in a line."""
    return f"{label()[0].upper()}{label()[1:]}, {spell(day())}, commit {commit()}. The record ends on {spell(record_end())}."


def zenodo():
    """Return the text of .zenodo.json, made from CITATION.cff."""
    about = citation()
    told = {
        "title": about["title"],
        "description": " ".join(about["abstract"].split()),
        "version": read_version(),
        "publication_date": str(about["date-released"]),
        "upload_type": "publication",
        "publication_type": "book",
        "creators": [{"name": author["name"]} for author in about["authors"]],
        "license": about["license"][-1],
        "keywords": about["keywords"],
        "language": "eng",
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"
