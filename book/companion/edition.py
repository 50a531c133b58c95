"""Which edition of the book this is: version, day, commit, vintage of its data, and where it will stand.

The version stands in CITATION.cff and nowhere else. This module is light, so that whatever needs only these
facts has them at once.
"""

import json
import os
import subprocess
from pathlib import Path

import yaml

BOOK = Path(__file__).resolve().parents[1]
ROOT = BOOK.parent


def citation():
    """Return CITATION.cff as a dict."""
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def read_version():
    """Return the version that stands in CITATION.cff."""
    return str(citation()["version"])


def git(*words):
    """Return what git says in this tree, or "" where there is no git or no answer."""
    try:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def commit():
    """Return the commit that is checked out, in ten digits."""
    return git("rev-parse", "--short=10", "HEAD") or "not recorded"


def day():
    """Return the day of that commit, or of the release where there is no git, as YYYY-MM-DD."""
    return git("log", "-1", "--format=%cs") or str(citation()["date-released"])


def data_vintage():
    """Return the latest day on which the sources of the data package were read, as YYYY-MM-DD."""
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    return max((source.get("accessed", "") for item in package["resources"] for source in item.get("sources", [])), default="")
