"""What came later: a sealed figure tells nothing of it on page or paper, its control does, and paper tells it at the chapter's end."""

import csv
import subprocess
import zipfile

import pytest
from bs4 import BeautifulSoup
from conftest import build, need, open_window
from sample_chapter import CLAIMS, LATER

from companion.data import resource

BUDGET_YEARS = resource("china_defense_budget")["citation"].split(", ")[1]

# --- What came later ----------------------------------------------------------------------------


def test_a_sealed_figure_tells_nothing_of_later_rows(chapter, chapter_page):
    figure = BeautifulSoup(str(chapter_page.select_one("#fig-later")), "lxml")
    later = figure.select_one("details.figure-later").extract()
    assert later.summary.get_text() == "What came later" and LATER.search(later.get_text())
    marks = figure.select_one("script.chart-points").string
    assert "2024" in marks and not LATER.search(marks), "what the marks answer"
    for script in figure.select("script.chart-spec"):
        script.extract()
    assert not LATER.search(figure.get_text())
    assert not any(LATER.search(view["aria-label"]) for view in figure.select("[aria-label]"))
    assert "as public on March 8, 2025" in figure.select_one(".figure-source").get_text()
    folder = chapter / "_build" / "html" / "figures"
    for end in ("csv", "svg", "html", "bib", "ris"):
        assert not LATER.search((folder / f"fig-later.{end}").read_text(encoding="utf-8-sig")), end
    rows = list(
        csv.reader((folder / "fig-later.later.csv").read_text(encoding="utf-8-sig").splitlines())
    )
    assert [row[:2] for row in rows] == [["Year", "Growth, %"], ["2033", "9.9"]]
    assert LATER.search((folder / "fig-later.vl.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("width", [1280, 390])
def test_control_opens_a_figure(chromium, chapter_address, width):
    context, record = open_window(chromium, viewport={"width": width, "height": 900})
    shown = context.new_page()
    shown.goto(chapter_address)
    chart = shown.locator(f"#fig-later .chart.{'wide' if width > 480 else 'narrow'}")
    chart.scroll_into_view_if_needed()
    box = chart.get_by_label("What came later")
    view, source = (
        chart.locator(".chart-view:not(.drawn)"),
        shown.locator("#fig-later .figure-source").last,
    )
    shown.locator("#fig-later details.figure-data > summary").click()
    box.wait_for()
    assert not shown.locator("#fig-later .figure-later").is_visible() and not LATER.search(
        chart.inner_text()
    )
    sealed = view.get_attribute("aria-label"), source.inner_text()
    box.check()
    chart.locator(".vega-embed").wait_for()
    assert view.get_attribute("aria-label") == "3 bars; the last is 9.9%."
    assert BUDGET_YEARS in source.inner_text() and "as public" not in source.inner_text()
    assert shown.locator("#fig-later .figure-later").is_visible() and "2033" in chart.inner_text()
    box.uncheck()
    shown.locator("#fig-later .figure-later").wait_for(state="hidden")
    assert (view.get_attribute("aria-label"), source.inner_text()) == sealed
    assert not shown.locator("#fig-later .figure-later").is_visible()
    assert record.said == []
    context.close()


# --- Paper --------------------------------------------------------------------------------------


def test_pdf_tells_what_came_later_at_the_end(chapter):
    for tool in ("latexmk", "xelatex", "pdftotext"):
        need(tool)
    build(chapter, "pdf")
    path = next((chapter / "_build" / "pdf").glob("*.pdf"))
    text = subprocess.run(
        ["pdftotext", str(path), "-"], capture_output=True, check=True
    ).stdout.decode()
    text = text[text.index("Who is right?") :]
    first, ended = text.split("\nSince then\n")
    ended = ended[: ended.index("\nAbout\n")]
    assert not LATER.search(first) and "March 2026" not in first and "controls" not in first + ended
    assert "Figure 1 shows" in first and "Table 1" in first and "(Cha 1999)" in first
    card = "● L-24 · Supported. The rise is consistent with the two years before. The rise is consistent with the two preceding years."
    assert card in " ".join(first.split())
    order = [
        "1. The Challenge",
        "March 2026",
        "2. Trade",
        "May 2026",
        "What came later",
        "2033",
        "Figure 1 with what came later. Source:",
    ]
    places = [ended.index(words) for words in order]
    assert places == sorted(places)


def test_epub_tells_what_came_later_at_the_end(chapter):
    build(chapter, "epub")
    with zipfile.ZipFile(next((chapter / "_build" / "epub").glob("*.epub"))) as book:
        text = book.read("book/sample.xhtml").decode()
    body = BeautifulSoup(text, "lxml").body
    assert not body.select("details, button, .ways") and "Since then." not in body.get_text()
    assert len(body.select(".claim-line + blockquote")) == len(CLAIMS)
    titles = [heading.get_text() for heading in body.select("h2")]
    assert titles[-3:] == ["Since then", "What came later", "Data of the figures"]
    since = body.select_one("#since-then")
    assert [name.get_text() for name in since.select("p > strong")] == [
        "1. The Challenge",
        "2. Trade",
    ]
    later = body.select_one("#what-came-later")
    assert later.img["alt"] == "3 bars; the last is 9.9%." and "2033" in later.table.get_text()
    since.extract(), later.extract()
    assert not LATER.search(body.get_text()) and not LATER.search(
        body.select_one("#fig-later img")["alt"]
    )
