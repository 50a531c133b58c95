"""Type: the faces of the pages are light, hold what the pages print, and come with their license."""

import re
from html import unescape

from conftest import ROOT, open_window

from press.fonts import LETTERS, SIGNS, WEB, cut

FACES = ROOT / "press" / "static" / "fonts"


def test_faces_are_light():
    """All faces together are well within the 90 KB that the first figure of a page may take for type: a page in all has 600."""
    sizes = {path.name: path.stat().st_size for path in FACES.glob("*.woff2")}
    assert sorted(sizes) == sorted(f"{name}.woff2" for name in WEB)
    assert sum(sizes.values()) < 36_000, sizes


def test_license_lies_beside_the_faces():
    for folder in (FACES, ROOT / "press" / "fonts"):
        for name in ("OFL-source-serif.txt", "OFL-source-sans.txt"):
            assert "SIL Open Font License, Version 1.1" in (folder / name).read_text(
                encoding="utf-8"
            )


def test_faces_are_cut_from_those_of_the_pdf(tmp_path):
    made = cut("sans-regular", tmp_path)
    assert made.read_bytes() == (FACES / made.name).read_bytes(), "run python -m press.fonts"


def test_pages_print_no_letter_that_the_faces_lack(html):
    """Letters and signs of European text; other scripts, arrows and marks of charts come from the reader's system."""
    told = re.compile("[\u0021-\u024f\u1e00-\u1eff\u2010-\u205e\u20a0-\u20bf\u2200-\u22ff]")
    unread = re.compile(r"<(script|style|svg|code|pre)\b.*?</\1>|<[^>]+>", re.S)
    lacking = {}
    for path in sorted((html / "book").glob("*.html")):
        page = path.read_text(encoding="utf-8").split("<article", 1)[1].split("</article", 1)[0]
        for sign in set(told.findall(unescape(unread.sub("", page)))) - set(LETTERS + SIGNS):
            lacking.setdefault(sign, path.stem)
    assert lacking.keys() <= {"≠", "\u2011"}, f"add to press/fonts.py: {lacking}"


def test_a_page_from_disk_is_set_in_its_own_type(chromium, html):
    context, record = open_window(chromium)
    window = context.new_page()
    window.goto((html / "book" / "start-here.html").as_uri())
    window.evaluate("document.fonts.ready.then(() => 1)")
    loaded = window.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
    )
    assert {"Companion Serif", "Companion Sans"} <= {name.strip('"') for name in loaded}
    assert not record.said and not record.outside and not record.failed
    context.close()
