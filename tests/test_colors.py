"""A country has one color in all figures of the book, and a verdict's chip the colors of the charts."""

import json
import re

import pytest
from conftest import ROOT

from companion.days import JOHNSON, LIN
from companion.ledger import SHAPES
from companion.theme import ARTICLES, COUNTRIES, DARK, PALETTE
from companion.vegalite import drawn_rows
from press.answers import PART, answering
from press.check_figures import stored
from press.drawing import draw
from press.outputs import drawn_on_a_page

NAMED = [spec for _, spec in stored() if "name" in spec["usermeta"]["companion"]]


def painted(mark):
    """Yield (what a mark stands for, its colors) for each mark and legend symbol of a scene."""
    items = mark.get("items", [])
    for item in items:
        if mark["marktype"] == "group":
            for part in item.get("items", []):
                yield from painted(part)
        elif PART in item.get("description", ""):
            colors = {item.get("fill"), item.get("stroke")} & set(PALETTE.values())
            yield item["description"].split(PART)[0].split(", "), colors


@pytest.mark.parametrize(
    "n", range(len(NAMED)), ids=lambda n: NAMED[n]["usermeta"]["companion"]["name"]
)
def test_a_country_has_its_color(n):
    scene = draw(answering(drawn_on_a_page(NAMED[n])), "scene").read_text(encoding="utf-8")
    for series, colors in painted(json.loads(scene)["scenegraph"]):
        named = [one for one in series if one in COUNTRIES]
        if len(set(named)) == 1 and "acting" not in series and series[-1] == named[0]:
            assert colors <= {COUNTRIES[named[0]]}, f"{named[0]} is drawn in {colors}"


def test_a_chip_of_each_verdict_has_a_color_of_the_charts():
    css = (ROOT / "press" / "static" / "parts.css").read_text(encoding="utf-8")
    for theme, palette in (("light", PALETTE), ("dark", DARK)):
        rules = re.findall(rf"data-theme={theme}\] \.sign(\S[^{{]*) {{ --verdict: (#\w+); }}", css)
        assert {color for _, color in rules} <= set(palette.values()), theme
        told = set(re.findall(r"verdict-([\w-]+)", " ".join(one for one, _ in rules)))
        known = {verdict.replace(" ", "-") for verdict in SHAPES}
        assert told < known and known - told == {"not-verifiable-here", "forecast-or-opinion"}


def test_the_day_of_an_article_has_its_color():
    days, seen = {"Lin": str(LIN), "Johnson": str(JOHNSON)}, set()
    for spec in NAMED:
        for view, rows in drawn_rows(spec):
            if not isinstance(view["mark"], dict) or view["mark"]["type"] != "rule":
                continue
            for article, day in days.items():
                if {str(row.get("date", row.get("day")))[:10] for row in rows} == {day}:
                    seen.add((spec["usermeta"]["companion"]["name"], article))
                    assert view["mark"]["color"] == ARTICLES[article]
    assert seen == {
        (name, article)
        for name in ("fig-home", "fig-timeline", "fig-together-known")
        for article in days
    }
