"""A chart says the same on every reader's clock: each figure that a control brought to life is compared with its drawing, west and east of Greenwich."""

import json

import pytest
from conftest import cases, notebooks, open_window
from test_html import wake_charts

ZONES = ("America/Los_Angeles", "Asia/Tokyo")
CONTROLLED = [
    f"book/{name}.html" for name, book in notebooks().items() if '"bind"' in json.dumps(book)
]
TEXTS = """[...document.querySelectorAll('.chart.wide[data-state]')].map(chart => [
    chart.closest('figure').id,
    ...['.drawn', ':not(.drawn)'].map(kind => [...chart.querySelectorAll(`.chart-view${kind} svg text`)].map(text => text.textContent))])"""


@pytest.mark.parametrize("page", cases(CONTROLLED, ["book/lin-2025.html"]))
@pytest.mark.parametrize("zone", ZONES)
def test_live_figures_say_what_their_drawings_say(chromium, site, page, zone):
    context, _ = open_window(chromium, timezone_id=zone, viewport={"width": 1280, "height": 900})
    window = context.new_page()
    window.goto(site + page)
    wake_charts(window)
    found = window.evaluate(TEXTS)
    context.close()
    assert found and all(drawn for _, drawn, _ in found)
    assert {
        name: (drawn, live) for name, drawn, live in found if sorted(drawn) != sorted(live)
    } == {}
