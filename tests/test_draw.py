"""Draw it before you see it: a figure whose last years a reader draws or types first, and forecasts that are judged before their outcome opens."""

import re
import shutil

import altair as alt
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, drawing_html, open_window, served

import companion
from press.site import vega_bundle

OPEN = [(2019, 4.0), (2020, 6.0), (2021, 5.0)]
COVERED = [(2022, 7.5), (2023, 7.2), (2024, 2.5)]
LATER = (2025, 9.9)
SECRET = re.compile(r"\b(7\.5|7\.2|2\.5)\b")
NEVER = re.compile(r"9\.9|2025")
ASKED = {"column": "rate", "last": 3, "line": "Rate"}


def rows(later=False):
    """Rows of a figure; with `later`, as it stands on a day after which one more came."""
    frame = pd.DataFrame(OPEN + COVERED + [LATER] * later, columns=["year", "rate"])
    if later:
        frame["later"] = frame.year == LATER[0]
        frame.attrs["as_of"] = "2025-01-01"
    return frame


def chart(frame, kind="line"):
    base = alt.Chart(frame)
    mark = base.mark_bar() if kind == "bar" else base.mark_line(point=True)
    rate = alt.Y("rate:Q", title="Rate, %", scale=alt.Scale(domain=[0, 10]))
    return mark.encode(alt.X("year:O", title=None), rate).properties(width=360, height=200)


def figure(frame=None, kind="line", asked=ASKED, **more):
    frame = rows() if frame is None else frame
    told = lambda known: f"It ends at {known.rate.iloc[-1]} in {known.year.iloc[-1]}."
    return companion.figure(
        chart(frame, kind), name="fig-drawn", caption="Does it rise?", alt=told,
        source=["china_defense_budget"], table=frame, draw_first=asked, **more
    )  # fmt: skip


def write_page(path, frame, kind):
    """Write a page with the figure, its table and a sentence under it, as the book has them."""
    drawn = drawing_html(figure(frame, kind).spec)
    table = "".join(f"<tr><td>{year}</td><td>{rate}</td></tr>" for year, rate in OPEN + COVERED)
    path.write_text(
        '<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8"><title>A page</title>'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="figures.css"><link rel="stylesheet" href="draw.css">'
        '<link rel="stylesheet" media="print" href="print.css"><style>figure { margin: 0; max-width: 700px; }</style>'
        f'<article class="bd-article"><div class="cell"><div class="cell_output"><figure id="fig-drawn" class="chart-figure">{drawn}'
        '<p class="figure-source">Source: A budget.</p><details class="figure-data" open><summary>Show data</summary>'
        f'<div class="table-scroll"><table><thead><tr><th>Year</th><th>Rate</th></tr></thead><tbody>{table}</tbody></table></div></details>'
        '</figure></div></div><div class="cell"><div class="cell_output"><p>It fell to 2.5.</p></div></div>'
        '<div class="cell"><div class="cell_output"><table><tr><td>Another table</td></tr></table></div></div></article>'
        + "".join(f'<script src="{name}.js"></script>' for name in ("figures", "answers", "draw")),
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A folder with pages of the figure, as line, as bars, and on a day, with the scripts of the book."""
    folder = tmp_path_factory.mktemp("draw")
    for path in (ROOT / "press" / "static").glob("*.*"):
        shutil.copy(path, folder)
    shutil.copy(vega_bundle(), folder / "vega.js")
    write_page(folder / "line.html", rows(), "line")
    write_page(folder / "bar.html", rows(), "bar")
    write_page(folder / "sealed.html", rows(later=True), "line")
    return folder


@pytest.fixture
def look(chromium):
    """Opens an address in a new window; at the end nothing was said in the console and nothing was asked outside."""
    opened = []

    def go(address, **options):
        context, record = open_window(
            chromium, **{"viewport": {"width": 1000, "height": 900}, **options}
        )
        opened.append((context, record))
        window = context.new_page()
        window.goto(address)
        return window

    yield go
    for context, record in opened:
        context.close()
        failed = [one for one in record.failed if not one.endswith(": csp")]  # scripts switched off
        assert record.said == failed == record.outside == []


def said(window):
    return window.locator("form.draw .draw-said").inner_text()


def heard(window):
    """What assistive technology is told of a page, and what the figure's marks answer to the arrow keys."""
    view = window.locator(".chart:visible .chart-view:visible")
    answers = []
    for key in ("Home", *["ArrowRight"] * 8, "End"):
        view.press(key)
        answers.append(window.locator(".chart-answer").inner_text())
    view.press("Escape")
    return window.locator("article").aria_snapshot() + "\n".join(answers)


@pytest.mark.parametrize("width", [1000, pytest.param(390, marks=pytest.mark.slow)])
def test_by_keyboard_alone_from_disk(look, shelf, width):
    window = look((shelf / "line.html").as_uri(), viewport={"width": width, "height": 900})
    for _ in range(6):
        window.keyboard.press("Tab")
        if window.evaluate("document.activeElement.dataset.year") == "2022":
            break
    assert window.get_by_label("2022, %").evaluate("input => input === document.activeElement")
    for value in ("8.5", "7.2", "2"):
        window.keyboard.type(value)
        window.keyboard.press("Tab")
    assert window.evaluate("document.activeElement.textContent") == "Show the record"
    window.keyboard.press("Enter")
    # 8.5 - 7.5, 7.2 - 7.2 and 2 - 2.5 are 1, 0 and -0.5 points: 1.5 / 3
    assert said(window) == (
        "You drew 2.0% for 2024; the record is 2.5%. On average you were 0.5 percentage points off, "
        "above the record in 1 of 3 years."
    )
    told = window.locator("form.draw tbody tr").all_inner_texts()
    assert [re.split(r"\s+", row.strip())[-2:] for row in told] == [
        ["7.5", "+1.0"], ["7.2", "0.0"], ["2.5", "\u22120.5"],
    ]  # fmt: skip
    assert window.evaluate("document.activeElement.textContent") == "Draw again"
    assert window.locator(".chart:visible .draw-own text").text_content() == "your line"


def drag(window, *points):
    """Draw on the band from point to point, each (year, value), by the chart's own scale: 0 to 10 on 200 pixels."""
    band = window.locator(".chart:visible .draw-band")
    box, by = band.bounding_box(), 0
    by = box["height"] / 206
    years = window.locator(".chart:visible .draw-year")
    for number, (year, value) in enumerate(points):
        line = years.nth(year - COVERED[0][0]).bounding_box()
        x, y = line["x"] + line["width"] / 2, box["y"] + (6 + (10 - value) * 20) * by
        window.mouse.move(x, y)
        if not number:
            window.mouse.down()
    window.mouse.up()


@pytest.mark.parametrize("page", ["line", "bar"])
def test_by_pointer_and_a_leap_fills_the_years_between(look, shelf, page):
    window = look((shelf / f"{page}.html").as_uri())
    drag(window, (2022, 5), (2024, 8))
    typed = [float(one.input_value()) for one in window.locator("form.draw input").all()]
    assert typed == pytest.approx([5, 6.5, 8], abs=0.1)
    drag(window, (2023, 3))
    assert float(window.get_by_label("2023, %").input_value()) == pytest.approx(3, abs=0.1)
    assert window.locator(".chart-tip").first.is_hidden(), "under the band a mark answered"
    window.get_by_role("button", name="Show the record").click()
    # 5 - 7.5, 3 - 7.2 and 8 - 2.5: 2.5 + 4.2 + 5.5 = 12.2, over 3 years 4.07
    assert re.search(
        r"You drew 8\.\d% for 2024; .* were 4\.[01] .* above the record in 1 of 3", said(window)
    )
    window.get_by_role("button", name="Draw again").click()
    assert [one.input_value() for one in window.locator("form.draw input").all()] == [""] * 3


def test_by_touch_on_a_phone(look, shelf):
    window = look(
        (shelf / "line.html").as_uri(), viewport={"width": 390, "height": 800}, has_touch=True
    )
    box = window.locator(".chart.narrow .draw-band").bounding_box()
    assert box["width"] > 90 and box["x"] + box["width"] <= 390
    window.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + 6 + (box["height"] - 6) / 2)
    assert [one.input_value() != "" for one in window.locator("form.draw input").all()].count(
        True
    ) == 1
    assert (
        window.locator(".draw-band").first.evaluate("band => getComputedStyle(band).touchAction")
        == "none"
    )


def test_nothing_covered_is_told_before_the_record_and_all_of_it_after(look, shelf):
    window = look((shelf / "line.html").as_uri())
    before = heard(window)
    assert not SECRET.search(before), SECRET.search(before)
    assert "Rate: 4% in 2019, 5% in 2021. What follows is covered, 2022 to 2024" in before
    assert "2021: Rate, %: 5." in before and "It fell" not in before and "Another table" in before
    window.get_by_role("button", name="Show the record").click()
    assert said(window) == "You drew no year. The record of 2024 is 2.5%."
    after = heard(window)
    for words in (
        "It ends at 2.5 in 2024.",
        "2024: Rate, %: 2.5.",
        'cell "7.5"',
        "It fell to 2.5.",
    ):
        assert words in after
    assert "covered" not in after


def test_what_was_drawn_is_kept_and_printed(look, shelf):
    with served(shelf) as site:
        window = look(f"{site}line.html")
        window.emulate_media(media="print")
        assert window.locator(".chart.wide .draw-band").is_visible()
        assert window.get_by_label("2023, %").is_visible(), "no table to fill on paper"
        assert window.get_by_role("button", name="Show the record").is_hidden()
        assert not window.locator(".chart.wide .draw-own path").count()
        window.emulate_media(media="screen")
        window.get_by_label("2023, %").fill("6")
        window.reload()
        assert window.get_by_label("2023, %").input_value() == "6" and said(window) == ""
        window.get_by_role("button", name="Show the record").click()
        window.reload()
        # one year: 6 - 7.2
        told = "You drew 6.0% for 2023; the record is 7.2%. On average you were 1.2 percentage points off, above the record in none of 1 year."
        assert said(window) == told
        window.emulate_media(media="print")
        assert window.locator(".chart.wide .draw-band").is_hidden()
        assert window.locator(".chart.wide .draw-own circle").is_visible() and said(window) == told


def test_what_the_browser_kept_wrong_or_refuses_to_keep_does_no_harm(look, shelf):
    with served(shelf) as site:
        window = look(f"{site}line.html")
        for kept in ("{", '{"values": {"2023": "no"}, "shown": 1}'):
            window.evaluate("kept => localStorage.setItem('draw fig-drawn', kept)", kept)
            window.reload()
            assert window.locator(".chart.wide .draw-band").is_visible()
    window.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } })"
    )
    window.goto((shelf / "line.html").as_uri())
    window.get_by_label("2023, %").fill("6")
    window.get_by_role("button", name="Show the record").click()
    assert said(window).startswith("You drew 6.0% for 2023")


def test_without_scripts_there_is_a_table_to_fill_and_the_figure_is_whole(look, shelf):
    window = look((shelf / "line.html").as_uri(), java_script_enabled=False)
    blank = window.locator("table.draw-blank")
    assert blank.is_visible() and blank.locator("th[scope=row]").all_inner_texts() == [
        "2022",
        "2023",
        "2024",
    ]
    assert blank.locator("td").all_inner_texts() == [""] * 3
    assert window.locator("form.draw").is_hidden() and not window.locator(".draw-band").count()
    assert window.get_by_role("img", name="It ends at 2.5 in 2024.").count() == 1
    assert window.locator(".figure-data .table-scroll").is_visible()


def test_a_later_row_stays_sealed_until_its_own_control(look, shelf):
    window = look((shelf / "sealed.html").as_uri())
    box = window.locator(".chart.wide").get_by_label("What came later")
    assert box.is_disabled() and not NEVER.search(heard(window))
    window.get_by_label("2024, %").fill("4")
    window.get_by_role("button", name="Show the record").click()
    assert "You drew 4.0% for 2024" in said(window) and not NEVER.search(heard(window))
    y = window.locator(".chart.wide .draw-own circle").bounding_box()
    box.check()
    window.locator(".chart.wide .vega-embed .draw-own circle").wait_for()
    assert "9.9" in heard(window), "the control does not work"
    live = window.locator(".chart.wide .vega-embed .draw-own circle").bounding_box()
    assert abs(live["y"] - y["y"]) < 3 and live["x"] < y["x"], "the reader's line left its place"
    window.get_by_role("button", name="Draw again").click()
    assert box.is_disabled() and not SECRET.search(heard(window)) and "9.9" not in heard(window)


TWO = pd.concat([rows().assign(who="Japan"), rows().assign(who="Korea")], ignore_index=True)
REFUSED = {
    "no such column": ({**ASKED, "column": "growth"}, None, "no column 'growth' to draw first; expected one of year, rate"),
    "no year": ({**ASKED, "last": 0}, None, "found 0 years to draw first; expected 1 to 6"),
    "seven years": ({**ASKED, "last": 7}, None, "found 7 years to draw first; expected 1 to 6"),
    "two lines": (ASKED, TWO, "no single line to draw first: two values of 'rate' for 2019"),
    "nothing open": ({**ASKED, "last": 6}, None, "found 0 years before the 6 that are drawn first"),
    "no column named": ({"last": 3}, None, "found no 'column' in draw_first; expected column"),
    "a word unknown": ({**ASKED, "years": 3}, None, "found 'years' in draw_first; expected column"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_figure_that_cannot_be_drawn_first_is_refused_in_one_line(case):
    asked, frame, words = REFUSED[case]
    with pytest.raises(companion.FigureError) as refusal:
        figure(frame, asked=asked)
    line = str(refusal.value)
    assert line.startswith("figure 'fig-drawn': ") and words in line and "\n" not in line


def test_one_of_two_lines_is_chosen_and_a_day_with_too_few_years_covers_nothing():
    one = figure(TWO, asked={**ASKED, "where": "who == 'Korea'"}).spec["usermeta"]["companion"]
    assert one["draw"]["covered"] == [list(row) for row in COVERED]
    early = rows(later=True).assign(later=lambda frame: frame.year > 2020)
    early.attrs["as_of"] = "2021-01-01"
    assert "draw" not in figure(early).spec["usermeta"]["companion"]


# --- The book -----------------------------------------------------------------------------------

DRAWN = {"fig-budget-growth": "china-budget", "fig-views": "lin-2025"}


@pytest.mark.parametrize("name, width", list(zip(DRAWN, [1280, 390])))
def test_the_books_figures_tell_nothing_before_the_record(look, html, name, width):
    window = look(
        f"{html.as_uri()}/book/{DRAWN[name]}.html#{name}", viewport={"width": width, "height": 900}
    )
    box = window.locator(f"#{name}")
    asked = box.locator("form.draw script").evaluate("script => JSON.parse(script.textContent)")
    box.locator("details.figure-data > summary").click()
    assert box.locator("[data-signal]:enabled").count() == 0
    first = asked["covered"][0][0]
    told = (
        box.locator(".chart:visible .chart-view").get_attribute("aria-label")
        + box.locator("figcaption").inner_text()
    )
    shown = box.aria_snapshot()
    for year, value in asked["covered"]:
        written = re.escape(f"{value:.1f}")
        assert not re.search(rf"\b{written}\b", told), f"{year} is told: {told}"
        assert f'row "{year} ' not in shown.replace(f'row "{year}, %', ""), (
            f"a row of {year} is told"
        )
    words = box.locator("script.chart-points").evaluate(
        "script => JSON.parse(script.textContent).words"
    )
    edge = float(box.locator(".chart:visible").get_attribute("data-covered"))
    kind = "wide" if width > 480 else "narrow"
    points = box.locator("script.chart-points").evaluate(
        f"script => JSON.parse(script.textContent).{kind}"
    )
    for x, _, wide, _, word in points:
        year = int(re.search(r"\b(20\d\d)\b", words[word])[1])
        assert (x + wide / 2 >= edge) == (year >= first), f"the band parts {year} wrongly"
    box.get_by_label(f"{first}, %").fill(str(asked["covered"][0][1]))
    box.get_by_role("button", name="Show the record").click()
    assert "were 0.0 percentage points off" in box.locator(".draw-said").inner_text()
    assert f"{asked['covered'][-1][1]:g}" in box.locator(".table-scroll").first.inner_text()


def test_forecasts_are_judged_before_their_outcome_opens(look, html):
    window = look(f"{html.as_uri()}/book/reading-together.html", java_script_enabled=False)
    table = window.locator("table#tab-together-criteria")
    closed = table.locator("tbody tr > td > details.judge")
    count = len(companion.load("forecasts"))
    assert closed.count() == table.locator("tbody tr").count() == count
    outcome = re.compile("Happened|Partly|Not so far|Too early|Cannot be")
    first = closed.first
    assert "Judge first: F-01" == first.locator("summary").text_content()
    assert not first.locator("p, strong").first.is_visible()
    first.locator("summary").click()
    assert outcome.search(first.inner_text()), "an open outcome says nothing"
    assert not outcome.search(closed.nth(1).inner_text())


def test_paper_asks_before_a_drawn_figure_and_tells_outcomes_at_the_sections_end(epub):
    pages = {
        name.rpartition("/")[2]: text
        for name, text in epub.files.items()
        if name.endswith(".xhtml")
    }
    for name, page in DRAWN.items():
        body = BeautifulSoup(pages[f"{page}.xhtml"].decode(), "lxml")
        asked = body.select_one("p.draw-on-paper")
        assert re.search(r"write down what you expect .*: 20\d\d _+ ·", asked.get_text())
        assert asked.find_next("figure" if body.find("figure") else "img") is not None
        assert body.find(id=name) in asked.find_all_next()
    body = BeautifulSoup(pages["reading-together.xhtml"].decode(), "lxml")
    criteria = body.find(id="tab-together-criteria")
    outcomes = [
        table for table in criteria.find_all_next("table") if table.find("th", string="Outcome")
    ]
    rows = len(companion.load("forecasts"))
    assert not body.select("details") and "Outcome" not in criteria.get_text()
    assert [len(table.select("tbody tr")) for table in (criteria, *outcomes)] == [rows, rows]
    assert outcomes[0].select_one("tbody td").get_text(strip=True) == "F-01."
