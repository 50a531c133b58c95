"""A figure that is taken away says what it is, and has a page of its own."""

import xml.etree.ElementTree as ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from conftest import open_window

from press.carried import carry
from press.citing import first_sentence
from press.edition import label


def typed(text):
    """A text as it was typed: a page sets apostrophes, a file keeps them."""
    return text.replace("’", "'")


SMALL = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect width="9" height="9"/></svg>'


def test_a_drawing_gets_its_words_on_white_and_stays_well_formed():
    made = ElementTree.fromstring(carry(SMALL, "A & b " * 30, ["Source: <x>."]))
    words = [text.text for text in made.findall("{*}text")]
    assert " ".join(words[:-1]).split() == ["A", "&", "b"] * 30 and words[-1] == "Source: <x>."
    tops = [float(text.get("y")) for text in made.findall("{*}text")]
    drawing = made.find("{*}svg")
    assert tops == sorted(tops) and tops[-2] < float(drawing.get("y")) < tops[-1] - 100
    assert tops[-1] < float(made.get("height")) and made.find("{*}rect").get("fill") == "white"


def test_every_figure_travels_with_title_source_and_edition(html, figures):
    for name, (number, caption) in figures.items():
        svg = ElementTree.parse(html / "figures" / f"{name}.svg")
        words = " ".join(text.text for text in svg.getroot().findall("{*}text"))
        assert typed(first_sentence(caption)) in typed(words) and "Source: " in words, name
        assert f"Figure {number} of " in words and label() in words, name
        assert (html / "figures" / f"{name}.png").read_bytes()[:4] == b"\x89PNG", name


def test_every_figure_has_a_page(html, figures):
    for name, (number, caption) in figures.items():
        page = BeautifulSoup((html / "figures" / f"{name}.html").read_text("utf-8"), "lxml")
        assert page.h1.get_text().startswith(f"Figure {number}: "), name
        assert page.img["src"] == f"{name}.svg" and len(page.img["alt"]) > 20, name
        assert typed(caption) in typed(page.main.get_text()) and page.select("tbody tr"), name
        assert f"figure {name}" in page.main.get_text(), f"{name} is not cited"
        assert page.select_one("main a")["href"].endswith(f".html#{name}"), name


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_of_a_figure_is_accessible_and_fits(chromium, site, width):
    context, record = open_window(chromium, viewport={"width": width, "height": 900})
    window = context.new_page()
    window.goto(f"{site}figures/fig-burden-lines.html")
    assert not Axe().run(window).response["violations"]
    assert window.evaluate("document.documentElement.scrollWidth") <= width
    assert record.said == record.failed == []
    context.close()
