"""The download menu of a page, and tables that share a source, on made-up folders and tables."""

import re

import pytest
from bs4 import BeautifulSoup

from press.menu import fill_menus, size
from press.tables import for_phones

MENU = (
    '<div class="dropdown dropdown-download-buttons"><button>x</button><ul class="dropdown-menu">'
    '<li><a href="a.ipynb" class="btn-download-source-button">.ipynb</a></li>'
    "<li><button data-print>Print this page</button></li></ul></div>"
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "one.zip").write_bytes(b"x" * 90_000)
    for page in ("index.html", "book/one.html", "book/two.html"):
        (tmp_path / page).write_text(MENU, encoding="utf-8")
    return tmp_path


def offered(folder, page):
    links = BeautifulSoup((folder / page).read_text(encoding="utf-8"), "lxml").select("li a")
    for link in links:
        assert ((folder / page).parent / link["href"]).resolve().is_file(), link["href"]
    return {link["href"]: re.sub(r"\s+", " ", link.get_text()).strip() for link in links}


def test_a_menu_offers_what_is_there_and_nothing_else(folder):
    from press.edition import NAME, read_version

    fill_menus(folder)
    assert offered(folder, "book/one.html") == {
        "../notebooks/one.zip": "Notebook that runs (.zip, 88 KB)"
    }
    assert offered(folder, "book/two.html") == offered(folder, "index.html") == {}
    book = f"{NAME}-{read_version()}"
    (folder / f"{book}.pdf").write_bytes(b"x" * 2_100_000)
    (folder / f"{book}.epub").write_bytes(b"x" * 500_000)
    (folder / f"{book}-two.pdf").write_bytes(b"x" * 300_000)
    for _ in range(2):  # filled again, it says the same
        fill_menus(folder)
    assert offered(folder, "book/two.html") == {
        f"../{book}-two.pdf": "This chapter (.pdf, 293 KB)",
        f"../{book}.pdf": "The book as PDF (.pdf, 2.0 MB)",
        f"../{book}.epub": "The book as EPUB (.epub, 488 KB)",
    }
    assert list(offered(folder, "index.html"))[0] == f"{book}.pdf"
    text = (folder / "book" / "two.html").read_text(encoding="utf-8")
    assert text.count("data-print") == 1 and text.count("The book</li>") == 1


def test_sizes_are_told_in_words(tmp_path):
    path = tmp_path / "file"
    for count, told in ((10, "1 KB"), (90_000, "88 KB"), (1_979_634, "1.9 MB")):
        path.write_bytes(b"x" * count)
        assert size(path) == told


def rows(*lines):
    head, *body = [line.split("|") for line in lines]
    shown = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in body)
    heads = "".join(f"<th>{cell}</th>" for cell in head)
    return f'<table class="table"><thead><tr>{heads}</tr></thead><tbody>{shown}</tbody></table>'


def test_texts_stack_and_numbers_stay():
    words = "a long text in which much is said"
    stacked = for_phones(rows("Day|What|Source", f"Jan 1|{words}|{words} &amp; more"))
    assert 'class="stacks table"' in stacked and 'data-label="Source"' in stacked
    assert stacked.count('role="cell"') == 3 and stacked.count('role="columnheader"') == 3
    assert 'class="stays table"' in for_phones(rows("Year|A|B|C", "2024|1.0|2.0|3.0"))
    two = rows("Day|What", f"Jan 1|{words}")
    assert for_phones(two) == two
