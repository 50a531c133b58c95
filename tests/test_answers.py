"""Every figure answers pointer, tap and keys, from its drawing, without Vega; and the state of its controls has an address."""

import json
import re

import altair as alt
import pandas as pd
import pytest
from conftest import open_window
from test_html import wake_charts

from companion.data import load
from companion.vegalite import prepared
from press.answers import PART, answering, points
from press.check_figures import stored
from press.drawing import draw, narrow
from press.outputs import drawn_on_a_page

NAMED = [(where, spec) for where, spec in stored() if "name" in spec["usermeta"]["companion"]]
BURDEN, BUDGET = "fig-burden-lines", "fig-budget-explorer"
ROWS = pd.DataFrame(
    {
        "year": [2023, 2024, 2023, 2024],
        "country": ["Japan", "Japan", "China", "China"],
        "share": [1.25, 1.5, 1.75, -2],
        "low": [1, 1.5, 1, -3],
        "high": [2, 1.5, 2, -1],
    }
)


def answers(chart):
    """What the marks of a chart say, each as a list of its parts."""
    scene = draw(answering(drawn_on_a_page(prepared(chart.to_dict()))), "scene")
    found = points(json.loads(scene.read_text(encoding="utf-8")))
    return sorted(point[4].split(PART) for point in found)


def lines():
    year = alt.X("year:O", title=None)
    share = alt.Y("share:Q", title="Share, %")
    return alt.Chart(ROWS).mark_line(point=True).encode(year, share, color="country:N")


def test_a_point_on_a_line_says_series_place_quantity_and_value_once():
    assert answers(lines()) == [
        ["China", "2023", "Share, %", "1.75", "", "x"],
        ["China", "2024", "Share, %", "\u22122", "", "x"],
        ["Japan", "2023", "Share, %", "1.25", "", "x"],
        ["Japan", "2024", "Share, %", "1.5", "", "x"],
    ]


def test_a_point_with_a_margin_says_it_and_its_rule_says_nothing():
    rule = alt.Chart(ROWS).mark_rule().encode(x="year:O", y="low:Q", y2="high:Q", detail="country")
    point = alt.Chart(ROWS).mark_point().encode(x="year:O", y="share:Q", color="country:N")
    assert [said[3:5] for said in answers(rule + point)] == [
        ["1.75", "from 1 to 2"],
        ["\u22122", "from \u22123 to \u22121"],
        ["1.25", "from 1 to 2"],
        ["1.5", ""],
    ]


def test_an_apostrophe_or_backslash_in_a_title_is_written_as_it_stands():
    chart = lines().encode(alt.Y("share:Q", title="Author's \\ share, %"))
    assert {said[2] for said in answers(chart)} == {"Author's \\ share, %"}


@pytest.mark.parametrize(
    "n", range(len(NAMED)), ids=lambda n: NAMED[n][1]["usermeta"]["companion"]["name"]
)
def test_every_figure_answers_wide_and_narrow(n):
    page = drawn_on_a_page(NAMED[n][1])
    told = []
    for spec in (page, narrow(page)):
        found = points(json.loads(draw(answering(spec), "scene").read_text(encoding="utf-8")))
        assert found, "no mark answers"
        for *_, words in found:
            parts = words.split(PART)
            assert len(parts) == 6 and (parts[1] or parts[3]), f"a mark says nothing: {words}"
            assert not re.search(r"undefined|null|NaN|Invalid|\|", words), words
            assert not parts[3] or len(parts[2]) > 2, f"a value without its quantity: {words}"
        told.append(sorted(words for *_, words in found))
    assert told[0] == told[1], "the two drawings say different things"


@pytest.fixture(scope="module", params=["wide", "narrow"])
def reader(request, chromium, site):
    """A window on Lin's chapter: (window, kind of drawing, record)."""
    context, record = open_window(
        chromium,
        viewport={"width": 1280 if request.param == "wide" else 390, "height": 900},
        has_touch=request.param == "narrow",
    )
    window = context.new_page()
    window.goto(f"{site}book/lin-2025.html")
    yield window, request.param, record
    context.close()
    assert record.said == record.failed == record.outside == []


def test_keys_move_between_points_and_series(reader):
    window, kind, record = reader
    figure = window.locator(f"#{BURDEN}")
    view, line = figure.locator(f".chart.{kind} .chart-view"), figure.locator(".chart-answer")
    assert figure.locator("[tabindex='0']:visible").count() == 1, "one stop for the tab key"
    assert line.get_attribute("role") == "status"
    view.press("ArrowRight")
    seen = []
    for key in ("Home", "ArrowRight", "ArrowDown", "ArrowLeft", "End"):
        view.press(key)
        seen.append(line.inner_text())
    assert [re.match(r"[\w ]+, \d{4}", said)[0] for said in seen] == [
        "China, 2012",
        "China, 2013",
        "Japan, 2013",
        "Japan, 2012",
        "Japan, 2023",
    ]
    assert re.match(r"Japan, 2023: Military spending, % of GDP: 1\.2\. Also 2023: China", seen[-1])
    assert "United States 3.36" in seen[-1] and "Source: SIPRI" in seen[-1]
    rule = figure.locator(f".chart.{kind} .chart-rule").bounding_box()
    assert rule["width"] < 3 and rule["height"] > 80, "a rule over all series of the year"
    tip = figure.locator(f".chart.{kind} .chart-tip")
    assert tip.inner_text().startswith("Japan, 2023")
    around, inside = figure.locator(f".chart.{kind} .chart-plot").bounding_box(), tip.bounding_box()
    assert around["x"] <= inside["x"] and around["y"] <= inside["y"]
    assert inside["x"] + inside["width"] <= around["x"] + around["width"] + 1
    view.press("Escape")
    assert line.inner_text() == "" and not tip.is_visible()
    assert window.evaluate("document.activeElement === document.body"), "Escape leaves"
    assert not [url for url in record.asked if url.endswith("vega.js")]


def test_a_pointer_or_a_tap_gets_an_answer_and_nothing_moves(reader):
    window, kind, record = reader
    figure = window.locator(f"#{BUDGET}")
    view, line = figure.locator(f".chart.{kind} .chart-view"), figure.locator(".chart-answer")
    view.scroll_into_view_if_needed()
    height, box = figure.bounding_box()["height"], view.bounding_box()
    x, y = box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.8
    window.mouse.move(x, y) if kind == "wide" else window.touchscreen.tap(x, y)
    said = line.inner_text()
    assert re.match(r"20\d\d: .*%.*: \d+(\.\d+)?\. Source: .*20\d\d", said), said
    ring = figure.locator(f".chart.{kind} .chart-mark").bounding_box()
    assert ring["x"] <= x <= ring["x"] + ring["width"], "the ring is around the bar"
    assert figure.bounding_box()["height"] == height
    if kind == "wide":
        window.mouse.move(5, 5)
        assert line.inner_text() == ""
    assert not [url for url in record.asked if url.endswith("vega.js")]


def test_a_live_chart_answers_as_its_drawing(reader):
    """What `figures.js` collects is what `press.answers` wrote, and the marks stand in the same places."""
    window, kind, _ = reader
    window.evaluate(
        "document.querySelectorAll('.chart').forEach(c => c.addEventListener('drawn', e => { c.found = e.detail; }))"
    )
    wake_charts(window)
    pairs = window.evaluate(
        """kind => [...document.querySelectorAll('.chart.' + kind)].filter(c => c.found).map(c => {
            const told = JSON.parse((c.closest('figure') || c.parentElement).querySelector('.chart-points').textContent);
            return [c.closest('figure').id, told[kind].map(p => [...p.slice(0, 4), told.words[p[4]]]), c.found]; })""",
        kind,
    )
    assert len(pairs) > 3
    for name, drawn, live in pairs:
        assert sorted(p[4] for p in drawn) == sorted(p[4] for p in live), name
        for one, two in zip(
            sorted(drawn, key=lambda p: p[4:] + p[:4]), sorted(live, key=lambda p: p[4:] + p[:4])
        ):
            assert one[:4] == pytest.approx(two[:4], abs=1.5), (name, one, two)


def test_the_state_of_the_controls_has_an_address(chromium, site):
    context, record = open_window(chromium, viewport={"width": 1280, "height": 900})
    window = context.new_page()
    window.goto(f"{site}book/lin-2025.html#{BUDGET}?measure=yuan-added-billion&what-came-later=yes")
    chart = window.locator(f"#{BUDGET} .chart.wide")
    chart.locator(".vega-embed").wait_for()
    assert chart.locator("select").input_value() == '"Yuan added, billion"'
    last = str(load("china_defense_budget").query("kind == 'budget'").year.max())
    assert chart.locator("input").is_checked() and last in chart.inner_text()
    told = chart.locator(".vega-embed").get_attribute("aria-label")
    assert "Measure: Yuan added, billion; What came later: yes." in told and last in told
    assert 0 <= chart.bounding_box()["y"] < 500, "the figure is in the window"
    chart.locator("input").uncheck()
    window.wait_for_function("!location.hash.includes('later')")
    assert window.evaluate("location.hash") == f"#{BUDGET}?measure=yuan-added-billion"
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    window.locator(f"#{BUDGET} details.figure-data > summary").click()
    for button, words in (
        ("Copy link", f"#{BUDGET}?measure="),
        ("Copy citation", "Alliances in Transition"),
    ):
        window.locator(f"#{BUDGET}").get_by_role("button", name=button).click()
        window.locator(f"#{BUDGET} .chart-answer", has_text="copied").wait_for()
        assert words in window.evaluate("navigator.clipboard.readText()")
    assert record.said == record.failed == []
    context.close()
