"""What `make seminar` writes: what is printed for a session as PDF on two papers, and the bundles, from the HTML book."""

import os
import shutil
from pathlib import Path

from press.command import BuildError, call
from press.edition import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PAPERS = ("A4", "Letter")
PRINTED = ("run-sheet", "worksheet", "slips", "evidence", "cards")


def write_sheets(site, out):
    """Write <session>/run-sheet-A4.pdf and its like and <session>.zip of the book in `site` to `out`; return what is missing, in words, or "".

    Where no browser is found that prints, the pages are copied as they are. Raises BuildError for a browser that does not print.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    for folder in sorted(path for path in (site / "seminar").iterdir() if path.is_dir()):
        made = out / folder.name
        made.mkdir(parents=True)
        for bundle in folder.glob("*.zip"):
            shutil.copyfile(bundle, made / bundle.name)
        for page in filter(Path.exists, (folder / f"{name}.html" for name in PRINTED)):
            if not browser:
                shutil.copyfile(page, made / page.name)
            for paper in PAPERS if browser else ():
                _print(browser, page, made / f"{page.stem}-{paper}.pdf", paper)
    return "" if browser else f"no {BROWSERS[0]} was found: print the pages from a browser"


def _print(browser, page, target, paper):
    text = page.read_text(encoding="utf-8")
    sized = target.with_suffix(".html")
    sized.write_text(text.replace("</style>", f"@page {{ size: {paper}; }}</style>", 1), "utf-8")
    root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium refuses its sandbox to root
    words = [browser, "--headless", *(["--no-sandbox"] if root else []), "--disable-gpu"]
    words += ["--no-pdf-header-footer", f"--print-to-pdf={target}", sized.as_uri()]
    code, said = call(words, ROOT / "_build" / "sheets.log")
    sized.unlink()
    if code or not target.exists():
        raise BuildError(
            f"{target.name}: {browser} printed nothing; expected a PDF of {page.parent.name}/{page.name}. All output: _build/sheets.log"
        )
