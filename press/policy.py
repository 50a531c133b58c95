"""Which scripts of the built site a host may allow: a Content-Security-Policy with the hashes of what stands in the pages.

Usage: python -m press.policy [folder]

The site runs under `script-src 'self'` with these hashes, without `unsafe-inline` and without `unsafe-eval`.
A host sends the line as a header; a `meta` element would forbid all scripts of a page opened from disk.
"""

import base64
import hashlib
import re
import sys
from pathlib import Path

from press.edition import ROOT

SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.S)


def inline_scripts(page):
    """Return the scripts that stand in the HTML of a page, without those that are data or lie in a file."""
    found = SCRIPT.findall(page)
    return [body for told, body in found if "src=" not in told and "application/" not in told]


def policy(folder):
    """Return the policy of the site in a folder, as the value of the header."""
    found = set()
    for page in Path(folder).rglob("*.html"):
        found |= set(inline_scripts(page.read_text(encoding="utf-8")))
    hashes = sorted(
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in found
    )
    return " ".join(["script-src 'self'", *(f"'sha256-{one}'" for one in hashes)])


if __name__ == "__main__":
    told = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "_build" / "html"
    print(f"Content-Security-Policy: {policy(told)}")
