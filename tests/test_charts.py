"""Charts as people write them: drawn whole on a page, a phone and in JupyterLab; the rules that figures keep; the palette."""

import itertools
import json
import os
import re
import subprocess
import sys

import altair as alt
import pandas as pd
import pytest
import vl_convert
from colorspacious import cspace_convert, deltaE
from conftest import BOOK, ROOT

from companion import figure, kinds
from companion.theme import DARK, PALETTE
from companion.vegalite import views
from press.check_figures import ALIKE_IN_GREY, LONGEST, faults, stored
from press.drawing import PHONE, draw, narrow
from press.outputs import drawn_on_a_page

JUPYTERLAB = "5.8"  # the nearest to JupyterLab's own Vega-Lite that vl-convert carries
STATES = ["Japan", "South Korea", "China"]
YEARS = pd.DataFrame(
    [
        {"year": year, "state": state, "share": round(1 + rank + 0.05 * (year - 2015), 2)}
        for year in range(2015, 2025)
        for rank, state in enumerate(STATES)
    ]
)
ONE = YEARS[YEARS["state"] == "Japan"].reset_index(drop=True)
LONG = "Agreement on the establishment of a standing mechanism for consultation among "
LAWS = pd.DataFrame({"law": [LONG + state for state in STATES], "part": [1, 2, 3]})

SHARE = alt.Y("share:Q", title="Spending, % of GDP")
YEAR = alt.X("year:O", title=None)
STATE = alt.Color("state:N", title=None)


def bars(frame=ONE):
    return alt.Chart(frame).mark_bar().encode(YEAR, SHARE)


def lines():
    return alt.Chart(YEARS).mark_line(point=True).encode(alt.X("year:Q", title=None), SHARE, STATE)


def slider():
    """The commonest interactive chart: a parameter without a name, used in an expression."""
    first = alt.param(value=2018, bind=alt.binding_range(min=2015, max=2022, step=1, name="First"))
    return lines().add_params(first).transform_filter(alt.datum.year >= first)


def picked():
    """Selections without a name in two layers of two views."""
    pick = alt.selection_point(
        fields=["state"], bind=alt.binding_select(options=STATES, name="State")
    )
    seen = alt.when(pick).then(alt.value(1)).otherwise(alt.value(0.2))
    one = lines().encode(opacity=seen).add_params(pick)
    return (one + one.mark_text(dy=-9).encode(text="share:Q")) & bars(YEARS).encode(opacity=seen)


def repeated(way):
    x = alt.X(alt.repeat(way), type="quantitative")
    return alt.Chart(YEARS).mark_point().encode(x, SHARE).repeat(**{way: ["year", "share"]})


CHARTS = {
    "slider": slider,
    "picked": picked,
    "years": lines,
    "stacked": lambda: bars() & lines(),
    "beside": lambda: bars() | lines(),
    "rows": lambda: bars(YEARS).properties(height=80).facet(row="state:N"),
    "columns": lambda: bars(YEARS).properties(width=150).facet(column="state:N"),
    "wrapped": lambda: bars(YEARS).properties(width=200).facet("state:N", columns=2),
    "repeated": lambda: repeated("column"),
    "repeated in a list": lambda: repeated("repeat"),
    "long names": lambda: alt.Chart(LAWS).mark_bar().encode(alt.X("part:Q"), alt.Y("law:N")),
    "long legend": lambda: alt.Chart(LAWS).mark_bar().encode(alt.X("part:Q"), alt.Color("law:N")),
}


def page(name):
    return drawn_on_a_page(figure(CHARTS[name]()).spec)


def svg(spec, version=None):
    if version is None:
        return draw(spec, "svg").read_text(encoding="utf-8")
    spec = {**spec, "$schema": f"https://vega.github.io/schema/vega-lite/v{version[0]}.json"}
    return vl_convert.vegalite_to_svg(json.dumps(spec), vl_version=version, allowed_base_urls=[])


def texts(drawn):
    """The texts of a drawing; those in lines are joined."""
    found = re.findall(r"<text[^>]*>(.*?)</text>", drawn)
    return [" ".join(re.findall(r"<tspan[^>]*>([^<]*)", text)) or text for text in found]


def boxes(spec, word):
    """Where a text stands in a drawing: [(y, text)], from the transforms around it."""
    from lxml import etree

    found = []
    for node in etree.fromstring(svg(spec).encode()).iter("{*}text"):
        if word == node.text:
            around = [node, *node.iterancestors()]
            shifts = [
                re.match(r"translate\([^,]*,([-\d.]+)\)", one.get("transform", ""))
                for one in around
            ]
            found.append(sum(float(shift[1]) for shift in shifts if shift))
    return sorted(found)


@pytest.mark.parametrize("name", CHARTS)
def test_drawn_everywhere(name):
    """On the page, on a phone (no wider than one), on paper, and with the Vega-Lite of JupyterLab."""
    spec = page(name)
    small = svg(narrow(spec))
    for drawn in (svg(spec), small, svg(figure(CHARTS[name]()).spec, JUPYTERLAB)):
        assert re.search(r"role-mark[^>]*>\s*(<g[^>]*>\s*)*<(path|text|rect|line)\b", drawn)
        assert not {"null", "undefined", "NaN"} & set(texts(drawn))
        assert "…" not in drawn, "a label is cut"
    assert float(re.search(r'<svg[^>]* width="([\d.]+)"', small)[1]) <= PHONE
    assert min(map(float, re.findall(r'font-size="([\d.]+)px"', small))) >= 11
    assert draw(spec, "pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("name", ["beside", "columns", "wrapped", "repeated", "repeated in a list"])
def test_on_a_phone_panels_stand_one_below_the_other(name):
    """Each takes the width, instead of shrinking beside the next."""
    small = narrow(page(name))
    assert min(view["width"] for view in views(small) if "width" in view) > PHONE * 2 / 3


def test_on_a_phone_words_on_the_plot_are_small_whoever_set_their_size():
    """The theme sets 13 pixels; a phone has 11, as for a size that the chart itself says."""
    written = bars() + bars().mark_text(dy=-8).encode(text="share:Q")
    small = narrow(drawn_on_a_page(figure(written).spec))
    assert [view["mark"]["fontSize"] for view in small["layer"][1:]] == [11]


@pytest.mark.parametrize("marks", ["mark_point", "mark_line"])
def test_color_and_shape_of_kinds_have_one_legend(marks):
    """Also in layers, where Vega-Lite merges two legends only if both scales name the same kinds."""
    base = getattr(alt.Chart(YEARS), marks)(**{"point": True} if marks == "mark_line" else {})
    base = base.encode(YEAR, SHARE, *kinds(YEARS, "state"))
    one = alt.Chart(ONE).mark_rule().encode(YEAR, y="min(share):Q", y2="max(share):Q") + base
    for version in (None, JUPYTERLAB):
        drawn = svg(figure(one).spec, version)
        assert [text for text in texts(drawn) if text in STATES] == STATES


def test_kinds_that_came_later_are_not_named():
    rows = YEARS.assign(later=YEARS["state"] == "China")
    color, shape = (channel.to_dict() for channel in kinds(rows, "state"))
    assert color["scale"]["domain"] == shape["scale"]["domain"] == ["Japan", "South Korea"]


def test_unnamed_parameters_are_the_same_on_every_run():
    """In another process, after other charts, with another seed of hashes: byte for byte."""
    made = [figure(CHARTS[name]()).spec for name in ("slider", "picked")]
    again = [
        f"import json, sys; sys.path[:0] = {[str(ROOT / 'tests'), str(ROOT), str(BOOK)]!r}",
        "import test_charts as t",
        "t.alt.param(value=1); t.alt.selection_point(); t.figure(t.picked() | t.slider())",
        "print(json.dumps([t.figure(t.CHARTS[name]()).spec for name in ('slider', 'picked')]))",
    ]
    run = subprocess.run(
        [sys.executable, "-c", "\n".join(again)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    assert run.stdout.strip() == json.dumps(made), run.stderr
    assert not re.search(r"(param|view)_[0-9a-f]{16}", run.stdout)


def test_an_unnamed_parameter_has_its_name_in_expressions():
    spec = figure(slider()).spec
    assert (spec["params"][0]["name"], spec["transform"][0]["filter"]) == (
        "param_1",
        "(datum.year >= param_1)",
    )


def test_names_in_data_and_words_stay():
    frame = ONE.assign(param_1=1, word="data-0a see param_2 and view_1")
    chart = bars(frame).transform_filter("datum.param_1 > 0").encode(tooltip="param_1:Q")
    spec = figure(chart.add_params(alt.selection_interval())).spec
    assert spec["transform"][0]["filter"] == "datum.param_1 > 0"
    assert spec["encoding"]["tooltip"]["field"] == "param_1"
    assert spec["datasets"]["values_1"][0]["word"] == "data-0a see param_2 and view_1"


def test_years_print_as_years():
    assert {"2016", "2024"} <= set(texts(svg(page("years"))))
    amounts = ONE.assign(amount=1500.5 + ONE["year"])
    drawn = svg(drawn_on_a_page(figure(alt.Chart(amounts).mark_point().encode(x="amount:Q")).spec))
    assert "3,000" in texts(drawn), "only whole numbers are years"
    own = alt.X("year:Q", axis=alt.Axis(format=",.1f"))
    assert figure(lines().encode(own)).spec["encoding"]["x"]["axis"] == {"format": ",.1f"}


@pytest.mark.parametrize("name", ["rows", "wrapped"])
def test_titles_of_panels_stand_above_their_own_plot(name):
    """Clear of the bars above and of the head of the panel."""
    spec = page(name)
    titles = boxes(spec, "Spending, % of GDP")
    heads = boxes(spec, "China" if name == "wrapped" else "0")
    assert len(titles) >= 2
    for one in heads:
        assert min(abs(title - one) for title in titles) >= 13, (titles, heads)


@pytest.mark.parametrize("name", ["long names", "long legend"])
def test_long_names_are_whole_and_in_lines(name):
    spec = page(name)
    drawn = svg(spec)
    assert {LONG + state for state in STATES} <= set(texts(drawn))
    assert float(re.search(r'<svg[^>]* width="([\d.]+)"', drawn)[1]) <= 640


# --- The rules ------------------------------------------------------------------------------------

GOOD = {
    "name": "fig-sample",
    "caption": "Spending.",
    "alt": "Bars of three per cent.",
    "source": ["sipri_milex"],
}
GROUPS = pd.DataFrame({"group": list("abcdefgh"), "part": range(8)})
PART = alt.X("part:Q", title="Share of answers, %")
LIST = alt.binding_select(options=STATES, name="State")
RULES = {
    "bars without zero": (lambda: bars().encode(SHARE.scale(zero=False)), "y without zero"),
    "bars from a domain": (lambda: bars().encode(SHARE.scale(domain=[1, 2])), "y without zero"),
    "no unit": (lambda: bars().encode(alt.Y("share:Q", title="Share")), "title 'Share' of y"),
    "no title": (lambda: bars().encode(alt.Y("share:Q", title=None)), "title '' of y"),
    "a legend without a unit": (
        lambda: bars().encode(color=alt.Color("share:Q", scale=alt.Scale(range=[PALETTE["rule"]] * 2))),
        "legend title 'share' of color",
    ),
    "no such column": (lambda: bars().encode(alt.Y("shares:Q", title="Share, %")), "'shares' in y"),
    "an empty word": (
        lambda: bars(YEARS.replace("China", None)).encode(alt.X("state:N", title=None)),
        "empty value in column 'state'",
    ),
    "a long label": (
        lambda: bars() + alt.Chart(LAWS).mark_text().encode(text="law:N"),
        f"label of {len(LONG) + 5} characters.*at most {LONGEST}",
    ),
    "too many colors": (
        lambda: alt.Chart(GROUPS).mark_bar().encode(PART, alt.Y("group:N"), alt.Color("group:N")),
        "8 categories in color",
    ),
    "another palette": (lambda: bars().mark_bar(color="firebrick"), "color 'firebrick'"),
    "another palette, not seen at first": (
        lambda: bars().encode(color=alt.condition("datum.share > 9", alt.value("#ff7f0e"), alt.value(PALETTE["blue"]))),
        "color '#ff7f0e'",
    ),
    "alike in grey print": (
        lambda: alt.Chart(YEARS).mark_line().encode(YEAR, SHARE, STATE),
        "orange and green told apart by color alone",
    ),
    "a legend to click": (
        lambda: lines().add_params(alt.selection_point(fields=["state"], bind="legend")),
        "bound to a legend",
    ),
    "a selection alone": (lambda: bars().add_params(alt.selection_interval()), "only a pointer"),
    "a control without a label": (
        lambda: bars().add_params(alt.param(bind=alt.binding_range(min=0, max=1))),
        "'param_1' without a label",
    ),
    "chance": (lambda: bars().transform_calculate(a="random()"), "chance or the clock"),
    "bootstrap": (lambda: bars().mark_errorbar(extent="ci"), "chance or the clock"),
    "two clocks": (
        lambda: alt.Chart(YEARS).mark_point().encode(
            alt.X("year:T", title=None, scale=alt.Scale(type="utc"), axis=alt.Axis(labelExpr="month(datum.value)")), SHARE),
        r"month\(\) beside a scale in UTC",
    ),
    "an image": (
        lambda: alt.Chart(ONE.assign(flag="f.png")).mark_image().encode(YEAR, SHARE, url="flag:N"),
        "an image mark",
    ),
    "too large": (
        lambda: bars(pd.concat([ONE.assign(word="a" * 12)] * 300)),
        "bytes.*aggregate first",
    ),
    "too wide": (lambda: bars().properties(width=1600), r"16\d\d pixels wide on a page.*stack"),
    "too high": (lambda: bars().properties(height=2000), "20.. pixels high"),
    "a cut label": (
        lambda: alt.Chart(LAWS).mark_bar().encode(PART, alt.Y("law:N", title=None, axis=alt.Axis(labelLimit=90))),
        "whole words",
    ),
}  # fmt: skip


def found(spec):
    return [f"found {found}; expected {expected}" for found, expected in faults(spec)]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_names_the_fault(rule):
    make, reason = RULES[rule]
    lines = found(figure(make(), **GOOD).spec)
    assert [line for line in lines if re.search(reason, line)], lines


def test_a_chart_that_keeps_the_rules_passes():
    picked = alt.selection_point(
        fields=["year"], bind=alt.binding_select(options=[2015], name="Year")
    )
    assert found(figure(bars().add_params(picked), **GOOD).spec) == []


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"alt": ""}, "without a text alternative"),
        ({"source": []}, "without a source"),
        ({"alt": "Spending"}, "the caption as alt"),
        ({"alt": "A bar. " * 120}, "840 characters"),
    ],
)
def test_a_figure_of_the_book_has_its_words(change, reason):
    assert re.search(reason, "\n".join(found(figure(bars(), **{**GOOD, **change}).spec)))


def test_panels_with_a_title_each_are_told_apart_by_it():
    """A country keeps its color in panels of its own; without the titles only the color would tell."""
    rows = lambda state: alt.Chart(YEARS[YEARS["state"] == state]).properties(height=120)  # noqa: E731
    look = STATE.scale(domain=STATES, range=[PALETTE[c] for c in ("red", "orange", "green")])
    parts = [rows(state).mark_line().encode(YEAR, SHARE, look) for state in STATES]
    named = [part.properties(title=state) for part, state in zip(parts, STATES)]
    both = [lines().properties(height=120, title=state) for state in STATES[:2]]
    alone = lambda *panels: "color alone" in str(found(figure(alt.vconcat(*panels), **GOOD).spec))  # noqa: E731
    assert (alone(*named), alone(*parts), alone(*both)) == (False, True, True)


def test_of_a_sketch_only_what_can_be_drawn_is_asked():
    assert found(figure(bars().encode(alt.Y("share:Q", title="Share"))).spec) == []
    assert found(figure(bars().transform_sample(2)).spec) != []


STORED = list(stored())


@pytest.mark.parametrize("n", range(len(STORED)), ids=lambda n: STORED[n][0])
def test_stored_figures_keep_the_rules(n):
    assert found(STORED[n][1]) == []


@pytest.mark.parametrize("n", range(len(STORED)), ids=lambda n: STORED[n][0])
def test_no_kind_stands_in_two_legends(n):
    """As of color and of outline, where Vega-Lite found no reason to make one of them."""
    drawn = draw(drawn_on_a_page(STORED[n][1]), "svg").read_text(encoding="utf-8")
    named = re.findall(r'aria-label="Symbol legend[^"]* values: ([^"]*)"', drawn)
    assert len(named) == len(set(named)), named


def test_the_check_prints_a_line_a_fault(tmp_path):
    """As `make check` runs it: status 0 for the book; a fault gives a line with notebook, cell and figure."""
    spec = figure(bars().encode(SHARE.scale(zero=False)), **GOOD).spec
    output = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"application/vnd.vegalite.v5+json": spec},
    }
    (tmp_path / "one.ipynb").write_text(
        json.dumps({"cells": [{"cell_type": "code", "outputs": [output]}]})
    )
    code = "import pathlib, sys; from press import check_figures as c; c.stored.__defaults__ = (pathlib.Path(sys.argv[1]),); sys.exit(c.main())"
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, text=True, capture_output=True
    )
    assert run.returncode == 1 and re.search(
        r"one\.ipynb, cell 1, figure fig-sample: found bars", run.stdout
    )


# --- The palette ----------------------------------------------------------------------------------

FAR = 11  # difference in CAM02-UCS, in which 1 is just seen; today's nearest are 11.6 (light) and 12.2 (dark)
GREY = 9  # difference in lightness (L*, 0 to 100) that holds in grey print
DEFICIENCIES = ("protanomaly", "deuteranomaly", "tritanomaly")  # each at its full severity
MARKS = [name for name in PALETTE if name != "rule"]
TEXTS = [name for name in MARKS if name != "paleblue"]


def partners():
    """{color: its partner in dark mode}, as figures.css has them, for fill and stroke; "white" is the page."""
    css, found = (ROOT / "press" / "static" / "figures.css").read_text(encoding="utf-8"), {}
    for kind in ("fill", "stroke"):
        rules = re.findall(rf"([^{{}}]*)\{{ {kind}: (#[0-9a-f]{{6}}); \}}", css)
        for selectors, partner in rules:
            for color in re.findall(rf'\[data-theme=dark\][^,]*\[{kind}="([^"]+)"\]', selectors):
                found.setdefault(color, {})[kind] = partner
    return found


PAGES = {"light": (PALETTE, "#ffffff"), "dark": (DARK, partners()["white"]["fill"])}


def rgb(color, deficiency=None):
    """Red, green and blue from 0 to 1, as seen with a deficiency."""
    told = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    eye = {"name": "sRGB1+CVD", "cvd_type": deficiency, "severity": 100}
    return cspace_convert(told, eye, "sRGB1").clip(0, 1) if deficiency else told


def contrast(one, two):
    """The contrast of WCAG 2, from 1 to 21."""
    low, high = sorted(cspace_convert(rgb(color), "sRGB1", "XYZ1")[1] for color in (one, two))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", PALETTE)
def test_a_color_has_one_partner_in_dark_mode(name):
    partner = {"fill": DARK[name], "stroke": DARK[name]}
    assert partners().get(PALETTE[name]) == partner, (
        f"figures.css, {name}: not as theme.DARK has it"
    )


def test_dark_mode_knows_no_other_colors():
    assert set(partners()) <= set(PALETTE.values()) | {"white", "#ffffff", "#000", "black"}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("pair", list(itertools.combinations(MARKS, 2)), ids="-".join)
def test_two_colors_differ_for_every_eye(page, pair):
    colors = PAGES[page][0]
    for eye in (None, *DEFICIENCIES):
        assert deltaE(*(rgb(colors[name], eye) for name in pair), input_space="sRGB1") >= FAR, eye


@pytest.mark.parametrize("page", PAGES)
def test_contrast_with_the_page(page):
    colors, ground = PAGES[page]
    reached = {name: contrast(colors[name], ground) for name in MARKS}
    assert {name: value for name, value in reached.items() if value < 3} == {}
    assert {name: reached[name] for name in TEXTS if reached[name] < 4.5} == {}


@pytest.mark.parametrize("text, ground", [("white", "blue"), ("ink", "paleblue"), ("ink", "rule")])
@pytest.mark.parametrize("page", PAGES)
def test_text_on_a_bar(page, text, ground):
    colors, white = PAGES[page]
    assert contrast(white if text == "white" else colors[text], colors[ground]) >= 4.5


def test_pairs_alike_in_grey_print_are_listed():
    light = {name: cspace_convert(rgb(PALETTE[name]), "sRGB1", "CIELab")[0] for name in MARKS}
    pairs = itertools.combinations(MARKS, 2)
    alike = {frozenset(pair) for pair in pairs if abs(light[pair[0]] - light[pair[1]]) < GREY}
    assert alike == set(map(frozenset, ALIKE_IN_GREY))
