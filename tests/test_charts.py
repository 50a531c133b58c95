"""Charts that the helper has not seen, after the kinds in Altair's documentation: each is drawn right or refused with a line
that says what to do. And the palette, by computation: for three color-vision deficiencies, in grey print, on light and dark."""

import itertools
import json
import math
import random
import re
from collections import Counter
from functools import cache

import altair as alt
import pandas as pd
import pytest
import vl_convert
from conftest import ROOT, notebooks

from companion import FigureError, figure
from companion.figures import LARGEST
from companion.theme import CATEGORIES, DARK, MIME, PALETTE
from press.drawing import VEGA_LITE, draw, narrow

JUPYTERLAB = "5.8"  # the nearest to JupyterLab's own Vega-Lite that vl-convert carries
PHONE, SMALLEST = 360, 11  # pixels: widest twin for a phone, smallest text

dice = random.Random(8)
STATES = ["Japan", "South Korea", "China"]
YEARS = pd.DataFrame(
    [
        {
            "year": year,
            "state": state,
            "share": round(1 + rank + 0.2 * math.sin(year) + 0.05 * (year - 2015), 2),
        }
        for year in range(2015, 2025)
        for rank, state in enumerate(STATES)
    ]
)
ONE = YEARS[YEARS["state"] == "Japan"].reset_index(drop=True)
LAST = YEARS[YEARS["year"] == 2024].reset_index(drop=True)
CLOUD = pd.DataFrame(
    [
        {
            "spending": round(dice.gauss(50, 12), 1),
            "growth": round(dice.gauss(3, 1), 2),
            "state": STATES[n % 3],
            "jitter": round(dice.random(), 3),
        }
        for n in range(90)
    ]
)
DAYS = pd.DataFrame(
    {
        "day": [f"2024-{1 + n // 28:02d}-{1 + n % 28:02d}" for n in range(168)],
        "flights": [dice.randint(0, 40) for _ in range(168)],
    }
)
TERMS = pd.DataFrame(
    {
        "task": ["draft", "debate", "vote"],
        "start": ["2024-01-01", "2024-03-01", "2024-06-01"],
        "end": ["2024-02-20", "2024-06-10", "2024-06-20"],
    }
)
STEPS = pd.DataFrame(
    {
        "step": ["2023", "personnel", "equipment", "upkeep", "2024"],
        "amount": [100.0, 12.0, 9.0, -4.0, 117.0],
    }
)
ANSWERS = pd.DataFrame(
    [
        {"survey": survey, "answer": answer, "part": part}
        for survey, parts in {
            "2022": (35, 19, 46),
            "2023": (35, 19, 46),
            "2024": (36, 19, 45),
        }.items()
        for answer, part in zip(("needed", "not needed", "cannot say"), parts)
    ]
)
SHAPES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": name, "share": share},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, y], [x, y + 4], [x + 5, y + 4], [x + 5, y], [x, y]]],
            },
        }
        for name, share, x, y in (
            ("west", 1.2, 120, 30),
            ("middle", 2.4, 126, 33),
            ("east", 1.8, 132, 31),
        )
    ],
}

SHARE = alt.Y("share:Q", title="Spending, % of GDP")
YEAR = alt.X("year:Q", title=None, axis=alt.Axis(format="d"), scale=alt.Scale(zero=False))
STATE = alt.Color("state:N", title=None)
SPENDING = alt.X("spending:Q", title="Spending, billion dollars", scale=alt.Scale(zero=False))
GROWTH = alt.Y("growth:Q", title="Growth, % a year")
PART = alt.X("part:Q", title="Share of answers, %")
DAY = alt.X("day:T", title=None)
FLIGHTS = alt.Y("flights:Q", title="Flights a day")

ACCEPTED, REFUSED = {}, {}


def accepted(make):
    """A chart that becomes a figure; the name of the function says of what kind."""
    ACCEPTED[make.__name__] = make
    return make


def refused(reason):
    """A chart that is refused with a line in which `reason` (a pattern) stands."""

    def keep(make):
        REFUSED[make.__name__] = (make, reason)
        return make

    return keep


def base(frame=ONE, width=400, height=200):
    return alt.Chart(frame).properties(width=width, height=height)


# --- Simple and layered -------------------------------------------------------------------------


@accepted
def bars():
    return base().mark_bar().encode(alt.X("year:O", title=None), SHARE)


@accepted
def bars_with_labels():
    chart = base(LAST).encode(
        alt.Y("state:N", title=None, sort="-x"), alt.X("share:Q", title="Spending, % of GDP")
    )
    return chart.mark_bar() + chart.mark_text(align="left", dx=4).encode(
        text=alt.Text("share:Q", format=".1f")
    )


@accepted
def bars_with_a_mean():
    chart = base()
    return chart.mark_bar().encode(alt.X("year:O", title=None), SHARE) + chart.mark_rule(
        color=PALETTE["orange"]
    ).encode(alt.Y("mean(share):Q", title="Spending, % of GDP"))


@accepted
def lines_by_category():
    return base(YEARS).mark_line().encode(YEAR, SHARE, STATE)


@accepted
def lines_with_direct_labels():
    chart = base(YEARS).encode(YEAR, SHARE, alt.Color("state:N", legend=None))
    return chart.mark_line(point=True) + chart.transform_filter("datum.year == 2024").mark_text(
        align="left", dx=6
    ).encode(text="state:N")


@accepted
def step_line():
    return base().mark_line(interpolate="step-after").encode(YEAR, SHARE)


@accepted
def scatter():
    return (
        base(CLOUD).mark_point().encode(SPENDING, GROWTH, STATE, alt.Shape("state:N", title=None))
    )


@accepted
def connected_scatter():
    return (
        base(ONE.assign(growth=ONE["share"].diff().fillna(0).round(2)))
        .mark_line(point=True)
        .encode(
            alt.X("share:Q", title="Spending, % of GDP", scale=alt.Scale(zero=False)),
            GROWTH,
            order="year:Q",
        )
    )


@accepted
def bubbles():
    return (
        base(CLOUD.head(30))
        .mark_circle()
        .encode(SPENDING, GROWTH, alt.Size("jitter:Q", title="Weight, points"))
    )


@accepted
def area():
    return base().mark_area().encode(YEAR, SHARE)


@accepted
def stacked_area():
    return base(YEARS).mark_area().encode(YEAR, SHARE, STATE)


@accepted
def streamgraph():
    return base(YEARS).mark_area().encode(YEAR, alt.Y("share:Q", stack="center", axis=None), STATE)


@accepted
def lollipop():
    chart = base(LAST).encode(
        alt.Y("state:N", title=None),
        alt.X("share:Q", title="Spending, % of GDP", scale=alt.Scale(domainMin=0)),
    )
    return chart.mark_rule(strokeWidth=2).encode(x2=alt.datum(0)) + chart.mark_point(size=120)


@accepted
def slope():
    return (
        base(YEARS[YEARS["year"].isin([2015, 2024])], width=200)
        .mark_line(point=True)
        .encode(alt.X("year:O", title=None, scale=alt.Scale(padding=0.2)), SHARE, STATE)
    )


@accepted
def ticks():
    return base(CLOUD, height=90).mark_tick().encode(SPENDING, alt.Y("state:N", title=None))


# --- Parts of a whole ---------------------------------------------------------------------------


@accepted
def stacked_bars():
    return (
        base(ANSWERS)
        .mark_bar()
        .encode(PART, alt.Y("survey:N", title=None), alt.Color("answer:N", title=None))
    )


@accepted
def normalized_bars():
    return (
        base(ANSWERS)
        .mark_bar()
        .encode(
            alt.X(
                "part:Q", stack="normalize", title="Share of answers, %", axis=alt.Axis(format="%")
            ),
            alt.Y("survey:N", title=None),
            alt.Color("answer:N", title=None),
        )
    )


@accepted
def grouped_bars():
    return (
        base(ANSWERS)
        .mark_bar()
        .encode(
            alt.X("survey:N", title=None),
            alt.Y("part:Q", title="Share of answers, %"),
            alt.Color("answer:N", title=None),
            xOffset="answer:N",
        )
    )


@accepted
def diverging_bars():
    return (
        base(ANSWERS)
        .transform_calculate(signed="datum.answer == 'not needed' ? -datum.part : datum.part")
        .mark_bar()
        .encode(
            alt.X("signed:Q", title="Share of answers, %"),
            alt.Y("survey:N", title=None),
            alt.Color("answer:N", title=None),
        )
    )


@accepted
def pie():
    return (
        base(ANSWERS.head(3), width=220, height=220)
        .mark_arc()
        .encode(theta="part:Q", color=alt.Color("answer:N", title=None))
    )


@accepted
def donut_with_labels():
    chart = base(ANSWERS.head(3), width=240, height=240).encode(
        alt.Theta("part:Q", stack=True), alt.Color("answer:N", legend=None)
    )
    return chart.mark_arc(innerRadius=50, outerRadius=85) + chart.mark_text(radius=102).encode(
        text="part:Q"
    )


@accepted
def pyramid():
    rows = YEARS[YEARS["state"] != "China"].assign(
        signed=lambda f: f["share"].where(f["state"] == "Japan", -f["share"])
    )
    return (
        base(rows)
        .mark_bar()
        .encode(alt.X("signed:Q", title="Spending, % of GDP"), alt.Y("year:O", title=None), STATE)
    )


@accepted
def waterfall():
    total = "datum.step == '2024' || datum.step == '2023'"
    return (
        base(STEPS)
        .transform_window(sum="sum(amount)")
        .transform_calculate(
            top="datum.step == '2024' ? datum.amount : datum.sum",
            foot=f"{total} ? 0 : datum.sum - datum.amount",
        )
        .mark_bar()
        .encode(
            alt.X("step:O", title=None, sort=None, axis=alt.Axis(labelAngle=0)),
            alt.Y("foot:Q", title="Budget, billion yuan"),
            y2="top:Q",
            color=alt.condition(total, alt.value(PALETTE["gray"]), alt.value(PALETTE["blue"])),
        )
    )


# --- Spread and margins -------------------------------------------------------------------------


@accepted
def histogram():
    return (
        base(CLOUD)
        .mark_bar()
        .encode(
            alt.X("spending:Q", bin=True, title="Spending, billion dollars"),
            alt.Y("count()", title="Number of cases"),
        )
    )


@accepted
def count_without_a_title():
    return (
        base(CLOUD)
        .mark_bar()
        .encode(
            alt.X("spending:Q", bin=alt.Bin(step=10), title="Spending, billion dollars"),
            y="count()",
        )
    )


@accepted
def binned_scatter():
    return (
        base(CLOUD)
        .mark_circle()
        .encode(
            alt.X("spending:Q", bin=True, title="Spending, billion dollars"),
            alt.Y("growth:Q", bin=True, title="Growth, % a year"),
            alt.Size("count()", title="Number of cases"),
        )
    )


@accepted
def heat_map():
    return (
        base(YEARS)
        .mark_rect()
        .encode(
            alt.X("year:O", title=None),
            alt.Y("state:N", title=None),
            alt.Color("share:Q", title="Spending, % of GDP"),
        )
    )


@accepted
def calendar_heat_map():
    return (
        base(DAYS, width=360)
        .mark_rect()
        .encode(
            alt.X("date(day):O", title="Day of the month"),
            alt.Y("month(day):O", title=None),
            alt.Color("sum(flights):Q", title="Flights a day"),
        )
    )


@accepted
def box_plot():
    return base(CLOUD).mark_boxplot().encode(alt.X("state:N", title=None), GROWTH)


@accepted
def density():
    return (
        base(CLOUD)
        .transform_density("growth", as_=["growth", "density"], steps=60)
        .mark_area()
        .encode(
            alt.X("growth:Q", title="Growth, % a year"),
            alt.Y("density:Q", title="Density of cases"),
        )
    )


@accepted
def violin():
    return (
        alt.Chart(CLOUD)
        .transform_density("growth", as_=["growth", "density"], groupby=["state"], steps=40)
        .mark_area(orient="horizontal")
        .encode(
            alt.X("density:Q", stack="center", axis=None),
            alt.Y("growth:Q", title="Growth, % a year"),
            alt.Column("state:N", title=None),
        )
        .properties(width=120, height=180)
    )


@accepted
def error_bars():
    chart = base(CLOUD).encode(alt.Y("state:N", title=None))
    mean = alt.X("growth:Q", title="Growth, % a year", scale=alt.Scale(zero=False))
    return chart.mark_errorbar(extent="stderr").encode(mean) + chart.mark_point().encode(
        alt.X("mean(growth):Q")
    )


@accepted
def error_bars_from_columns():
    rows = ONE.assign(low=ONE["share"] - 0.3, high=ONE["share"] + 0.3)
    return base(rows).mark_errorbar(ticks=True).encode(
        YEAR, alt.Y("low:Q", title="Share, %"), y2="high:Q"
    ) + base(rows).mark_point().encode(YEAR, SHARE)


@accepted
def error_band():
    chart = base(YEARS)
    return chart.mark_errorband(extent="stdev").encode(YEAR, SHARE) + chart.mark_line().encode(
        YEAR, alt.Y("mean(share):Q")
    )


@accepted
def strip_with_computed_jitter():
    return (
        base(CLOUD, width=360)
        .mark_circle()
        .encode(alt.X("state:N", title=None), GROWTH, xOffset=alt.XOffset("jitter:Q"))
    )


@accepted
def candlesticks():
    rows = DAYS.head(14).assign(
        low=range(14), high=range(6, 20), opened=range(2, 16), closed=range(5, 19)
    )
    chart = base(rows).encode(DAY)
    return chart.mark_rule().encode(
        alt.Y("low:Q", title="Price, dollars"), y2="high:Q"
    ) + chart.mark_bar(size=8).encode(y="opened:Q", y2="closed:Q")


# --- Ranges and time ----------------------------------------------------------------------------


@accepted
def ranged_dots():
    chart = base(YEARS[YEARS["year"].isin([2015, 2024])]).encode(
        alt.X("share:Q", title="Spending, % of GDP"), alt.Y("state:N", title=None)
    )
    return chart.mark_line(color=PALETTE["gray"]).encode(detail="state:N") + chart.mark_point(
        size=90
    ).encode(alt.Color("year:O", title=None))


@accepted
def gantt():
    return (
        base(TERMS)
        .mark_bar()
        .encode(alt.X("start:T", title=None), x2="end:T", y=alt.Y("task:N", title=None, sort=None))
    )


@accepted
def months_of_days():
    return (
        base(DAYS)
        .mark_line()
        .encode(
            alt.X("yearmonth(day):T", title=None), alt.Y("sum(flights):Q", title="Flights a month")
        )
    )


@accepted
def log_scale():
    rows = pd.DataFrame({"year": range(2015, 2023), "amount": [10 ** (n / 2) for n in range(1, 9)]})
    return (
        base(rows)
        .mark_point()
        .encode(
            YEAR, alt.Y("amount:Q", title="Amount, billion yuan (log)", scale=alt.Scale(type="log"))
        )
    )


@accepted
def two_axes():
    chart = base(ONE.assign(flights=[n * 7 for n in range(10)])).encode(YEAR)
    return alt.layer(
        chart.mark_bar(opacity=0.4).encode(SHARE),
        chart.mark_line(color=PALETTE["orange"]).encode(alt.Y("flights:Q", title="Flights a year")),
    ).resolve_scale(y="independent")


@accepted
def trail():
    return base().mark_trail().encode(YEAR, SHARE, alt.Size("share:Q", legend=None))


# --- Several views ------------------------------------------------------------------------------


@accepted
def side_by_side():
    return alt.hconcat(lines_by_category().properties(width=220), bars().properties(width=220))


@accepted
def one_above_the_other():
    return alt.vconcat(bars().properties(height=120), step_line().properties(height=120))


@accepted
def wrapped_concat():
    return alt.concat(
        *(
            bars().properties(width=220, height=100, title=word)
            for word in ("One", "Two", "Three", "Four")
        ),
        columns=2,
    )


@accepted
def nested_concat():
    return (step_line().properties(width=180) | bars().properties(width=180)) & area()


@accepted
def facet_by_row():
    return base(YEARS, height=70).mark_line().encode(YEAR, SHARE, alt.Row("state:N", title=None))


@accepted
def facet_by_column():
    return base(YEARS, width=150).mark_line().encode(YEAR, SHARE, alt.Column("state:N", title=None))


@accepted
def facet_wrapped():
    return (
        base(YEARS, width=200, height=120)
        .mark_line()
        .encode(YEAR, SHARE)
        .facet("state:N", columns=2)
    )


@accepted
def facet_of_layers():
    chart = alt.Chart(YEARS).encode(YEAR, SHARE).properties(width=140, height=120)
    return (chart.mark_line() + chart.mark_point()).facet(alt.Column("state:N", title=None))


@accepted
def repeat_by_column():
    rows = CLOUD.rename(
        columns={"growth": "Growth, % a year", "spending": "Spending, billion dollars"}
    )
    return (
        base(rows, width=220)
        .mark_point()
        .encode(
            alt.X("jitter:Q", title="Chance, 0 to 1"),
            alt.Y(alt.repeat("column"), type="quantitative"),
        )
        .repeat(column=["Growth, % a year", "Spending, billion dollars"])
    )


@accepted
def repeat_by_row():
    rows = CLOUD.rename(
        columns={"growth": "Growth, % a year", "spending": "Spending, billion dollars"}
    )
    return (
        base(rows, height=120)
        .mark_bar()
        .encode(
            alt.X(alt.repeat("row"), type="quantitative", bin=True),
            alt.Y("count()", title="Number of cases"),
        )
        .repeat(row=["Growth, % a year", "Spending, billion dollars"])
    )


@accepted
def repeat_by_layer():
    rows = ONE.rename(columns={"share": "Japan"}).assign(**{"South Korea": ONE["share"] + 1})
    return (
        base(rows)
        .mark_line()
        .encode(
            YEAR,
            alt.Y(alt.repeat("layer"), type="quantitative", title="Spending, % of GDP"),
            color=alt.ColorDatum(alt.repeat("layer")),
        )
        .repeat(layer=["Japan", "South Korea"])
    )


# --- What a reader may move ---------------------------------------------------------------------


@accepted
def bound_range():
    first = alt.param(
        "first",
        value=2015,
        bind=alt.binding_range(min=2015, max=2022, step=1, name="First year shown"),
    )
    return lines_by_category().add_params(first).transform_filter("datum.year >= first")


@accepted
def bound_checkbox_and_radio():
    wide = alt.param("wide", value=False, bind=alt.binding_checkbox(name="Thick lines"))
    one = alt.param("one", value="Japan", bind=alt.binding_radio(options=STATES, name="State"))
    return (
        lines_by_category()
        .add_params(wide, one)
        .encode(
            strokeWidth=alt.condition("wide", alt.value(5), alt.value(2)),
            opacity=alt.condition("datum.state == one", alt.value(1), alt.value(0.3)),
        )
    )


@accepted
def point_selection_bound_to_a_list():
    picked = alt.selection_point(
        fields=["state"], value="Japan", bind=alt.binding_select(options=STATES, name="State")
    )
    return (
        lines_by_category()
        .add_params(picked)
        .encode(opacity=alt.condition(picked, alt.value(1), alt.value(0.3)))
    )


@accepted
def interval_beside_a_control():
    brush = alt.selection_interval(encodings=["x"])
    least = alt.param(
        "least", value=0, bind=alt.binding_range(min=0, max=80, name="Least spending")
    )
    chart = (
        base(CLOUD)
        .add_params(brush, least)
        .mark_point()
        .encode(
            SPENDING,
            GROWTH,
            color=alt.condition(brush, alt.value(PALETTE["blue"]), alt.value(PALETTE["gray"])),
        )
    )
    return chart.transform_filter("datum.spending >= least")


@accepted
def pan_and_zoom():
    return scatter().interactive()


@accepted
def color_by_condition():
    return bars().encode(
        color=alt.condition(
            "datum.share > 1.2", alt.value(PALETTE["orange"]), alt.value(PALETTE["blue"])
        )
    )


@accepted
def opacity_of_a_quantity():
    return (
        base(CLOUD)
        .mark_circle(size=80)
        .encode(SPENDING, GROWTH, alt.Opacity("jitter:Q", legend=None))
    )


# --- Transforms ---------------------------------------------------------------------------------


def fitted(transform, **options):
    """Points with the curve that a transform of Vega-Lite lays through them."""
    chart = base(CLOUD).encode(SPENDING, GROWTH)
    return chart.mark_point() + getattr(chart, transform)(
        "spending", "growth", **options
    ).mark_line(color=PALETTE["orange"])


@accepted
def regression():
    return fitted("transform_regression")


@accepted
def polynomial_regression():
    return fitted("transform_regression", method="poly", order=3)


@accepted
def loess():
    return fitted("transform_loess")


@accepted
def cumulative():
    return (
        base(DAYS)
        .transform_window(total="sum(flights)", sort=[{"field": "day"}])
        .mark_area()
        .encode(DAY, alt.Y("total:Q", title="Flights since January"))
    )


@accepted
def moving_average():
    mean = (
        base(DAYS)
        .transform_window(mean="mean(flights)", frame=[-7, 7])
        .mark_line(color=PALETTE["orange"])
        .encode(DAY, alt.Y("mean:Q"))
    )
    return base(DAYS).mark_point(size=15).encode(DAY, FLIGHTS) + mean


@accepted
def top_by_rank():
    return (
        base(CLOUD)
        .transform_window(rank="rank()", sort=[alt.SortField("spending", order="descending")])
        .transform_filter("datum.rank <= 5")
        .mark_bar()
        .encode(
            alt.X("spending:Q", title="Spending, billion dollars"), alt.Y("rank:O", title="Rank")
        )
    )


@accepted
def lookup():
    capitals = pd.DataFrame({"country": STATES, "capital": ["Tokyo", "Seoul", "Beijing"]})
    return (
        base(LAST)
        .mark_bar()
        .transform_lookup("state", alt.LookupData(capitals, "country", ["capital"]))
        .encode(alt.X("capital:N", title=None), SHARE)
    )


@accepted
def fold():
    rows = pd.DataFrame({"year": range(2015, 2025), "Japan": range(10), "China": range(5, 15)})
    return (
        base(rows)
        .transform_fold(["Japan", "China"])
        .mark_line()
        .encode(YEAR, alt.Y("value:Q", title="Exercises a year"), alt.Color("key:N", title=None))
    )


@accepted
def pivot():
    return (
        base(YEARS)
        .transform_pivot("state", groupby=["year"], value="share")
        .mark_bar()
        .encode(alt.X("year:O", title=None), alt.Y("Japan:Q", title="Spending, % of GDP"))
    )


@accepted
def calculate_and_filter():
    return (
        base(YEARS)
        .transform_filter("datum.state != 'China'")
        .transform_calculate(double="2 * datum.share")
        .mark_line()
        .encode(YEAR, alt.Y("double:Q", title="Spending, half % of GDP"), STATE)
    )


@accepted
def aggregate_and_sort():
    return (
        base(YEARS)
        .transform_aggregate(mean="mean(share)", groupby=["state"])
        .mark_bar()
        .encode(
            alt.X("mean:Q", title="Mean spending, % of GDP"),
            alt.Y("state:N", title=None, sort="-x"),
        )
    )


@accepted
def quantiles():
    return (
        base(CLOUD)
        .transform_quantile("growth", step=0.05)
        .mark_point()
        .encode(
            alt.X("prob:Q", title="Quantile, 0 to 1"), alt.Y("value:Q", title="Growth, % a year")
        )
    )


# --- Maps and text ------------------------------------------------------------------------------


@accepted
def map_of_outlines():
    return (
        alt.Chart(alt.Data(values=SHAPES, format=alt.DataFormat(property="features", type="json")))
        .mark_geoshape()
        .properties(width=400, height=240)
    )


@accepted
def map_of_a_quantity():
    return (
        alt.Chart(alt.Data(values=SHAPES["features"]))
        .mark_geoshape()
        .encode(alt.Color("properties.share:Q", title="Spending, % of GDP"))
        .project("equirectangular")
        .properties(width=400, height=240)
    )


@accepted
def map_with_points():
    towns = pd.DataFrame({"town": ["Busan", "Sasebo"], "lon": [129.0, 129.7], "lat": [35.2, 33.2]})
    points = base(towns).encode(longitude="lon:Q", latitude="lat:Q")
    return alt.layer(
        alt.Chart(alt.Data(values=SHAPES["features"])).mark_geoshape(fill=PALETTE["rule"]),
        points.mark_circle(size=60),
        points.mark_text(dy=-12).encode(text="town:N"),
    )


@accepted
def text_table():
    chart = base(LAST, width=240, height=120).encode(alt.Y("state:N", title=None))
    return chart.mark_text().encode(text="state:N") | base(
        LAST, width=120, height=120
    ).mark_text().encode(alt.Y("state:N", axis=None), text="share:Q")


@accepted
def labels_in_three_scripts():
    rows = pd.DataFrame({"word": ["防衛費", "国防费", "국방비", "оборона"], "part": [1, 2, 3, 4]})
    return base(rows).mark_bar().encode(PART, alt.Y("word:N", title=None))


@accepted
def very_long_labels():
    long = "Agreement on the establishment of a standing mechanism for consultation among "
    rows = pd.DataFrame({"word": [long + state for state in STATES], "part": [1, 2, 3]})
    return base(rows).mark_bar().encode(PART, alt.Y("word:N", title=None))


@refused("label of 7. characters.*at most 50")
def long_text_on_the_plot():
    rows = LAST.assign(
        word="A remark on the point that runs on for rather longer than a phone is wide"
    )
    return base(rows).mark_point().encode(YEAR, SHARE) + base(rows.head(1)).mark_text(
        dy=-12, align="right"
    ).encode(YEAR, SHARE, text="word:N")


@accepted
def title_and_subtitle():
    return bars().properties(title={"text": "Spending", "subtitle": "as a share of output"})


# --- Gaps and sizes -----------------------------------------------------------------------------


@accepted
def gap_in_a_line():
    return (
        base(ONE.assign(share=ONE["share"].where(ONE["year"] != 2019)))
        .mark_line(point=True)
        .encode(YEAR, SHARE)
    )


@accepted
def infinite_value():
    return (
        base(ONE.assign(share=ONE["share"].where(ONE["year"] != 2019, float("inf"))))
        .mark_point()
        .encode(YEAR, SHARE)
    )


@accepted
def very_wide():
    return bars().properties(width=640)


@accepted
def very_small():
    return (
        base(width=120, height=40)
        .mark_line()
        .encode(
            alt.X("year:Q", axis=None, scale=alt.Scale(zero=False)), alt.Y("share:Q", axis=None)
        )
    )


@accepted
def very_tall():
    return (
        base(CLOUD.head(40).assign(case=[f"Case {n}" for n in range(40)]), height=800)
        .mark_point()
        .encode(SPENDING, alt.Y("case:N", title=None))
    )


@accepted
def thousand_points():
    rows = pd.DataFrame(
        {"a": [n % 40 for n in range(1000)], "b": [n * n % 97 for n in range(1000)]}
    )
    return (
        base(rows)
        .mark_point(size=8)
        .encode(alt.X("a:Q", title="First, points"), alt.Y("b:Q", title="Second, points"))
    )


# --- Refused ------------------------------------------------------------------------------------


@refused("bound to a legend.*binding_select")
def legend_selection():
    picked = alt.selection_point(fields=["state"], bind="legend")
    return (
        lines_by_category()
        .add_params(picked)
        .encode(opacity=alt.condition(picked, alt.value(1), alt.value(0.2)))
    )


@refused("only a pointer can make.*control beside it")
def point_selection_alone():
    return scatter().add_params(alt.selection_point(on="pointerover"))


@refused("only a pointer can make.*control beside it")
def interval_selection_alone():
    return scatter().add_params(alt.selection_interval())


@refused("control .* without a label.*name=")
def control_without_a_label():
    return bars().add_params(alt.param(bind=alt.binding_range(min=0, max=1)))


@refused("https://example.org/states.json.*rows themselves")
def data_from_an_address():
    return alt.Chart("https://example.org/states.json").mark_bar().encode(alt.X("year:O"), SHARE)


@refused("https://example.org/world.json.*rows themselves")
def map_from_an_address():
    return alt.Chart(
        alt.topo_feature("https://example.org/world.json", "countries")
    ).mark_geoshape()


@refused("image mark")
def images():
    return (
        base(pd.DataFrame({"x": [1], "y": [1], "picture": ["https://example.org/flag.png"]}))
        .mark_image()
        .encode(x=alt.X("x:Q", title="First, points"), url="picture:N")
    )


@refused("bytes.*aggregate first")
def five_thousand_rows():
    rows = pd.DataFrame({"a": range(5000), "b": range(5000)})
    return (
        base(rows)
        .mark_point()
        .encode(alt.X("a:Q", title="First, points"), alt.Y("b:Q", title="Second, points"))
    )


@refused("no rows to draw.*at least one row")
def empty_frame():
    return base(ONE.head(0)).mark_bar().encode(alt.X("year:O", title=None), SHARE)


@refused("plot 1600 pixels in width.*120 to 640")
def too_wide():
    return bars().properties(width=1600)


@refused("plot 60 pixels in width.*120 to 640")
def too_narrow():
    return (
        base(LAST)
        .mark_bar()
        .encode(alt.X("state:N", title=None), SHARE)
        .properties(width=alt.Step(20))
    )


@refused("plot 820 pixels in width.*stack")
def too_wide_together():
    return bars() | bars()


@refused("plot 1200 pixels in width.*stack")
def too_many_panels():
    return base(YEARS).mark_line().encode(YEAR, SHARE, alt.Column("state:N"))


@refused("plot 2000 pixels in height")
def too_tall():
    return bars().properties(height=2000)


@refused("size of 'container'.*number of pixels")
def size_of_the_container():
    return bars().properties(width="container")


@refused("axis title 'share' of y.*unit")
def title_left_to_the_column():
    return base().mark_bar().encode(alt.X("year:O"), alt.Y("share:Q"))


@refused("axis title 'Growth' of y.*unit")
def title_without_a_unit():
    return base(CLOUD).mark_point().encode(SPENDING, alt.Y("growth:Q", title="Growth"))


@refused("quantity in y without axis title")
def quantity_without_a_title():
    return base().mark_bar().encode(alt.X("year:O"), alt.Y("share:Q", title=None))


@refused("legend title 'share' of color.*unit")
def legend_without_a_unit():
    return base(YEARS).mark_rect().encode(alt.X("year:O"), alt.Y("state:N"), alt.Color("share:Q"))


@refused("axis title 'flights' of y.*unit")
def second_axis_without_a_unit():
    chart = base(ONE.assign(flights=1)).encode(YEAR)
    return alt.layer(
        chart.mark_bar().encode(SHARE), chart.mark_line().encode(alt.Y("flights:Q"))
    ).resolve_scale(y="independent")


@refused("column 'shares' in y.*one of share, state, year")
def column_that_is_not_there():
    return base().mark_bar().encode(alt.X("year:O"), alt.Y("shares:Q", title="Share, %"))


@refused("Altair refuses.*shares")
def column_without_a_type():
    return base().mark_bar().encode(alt.X("year:O"), y="shares")


@refused("empty value in column 'state'.*dropped")
def empty_label():
    return (
        base(LAST.assign(state=["Japan", None, "China"]))
        .mark_bar()
        .encode(alt.X("state:N", title=None), SHARE)
    )


@refused("8 categories in color.*at most 6")
def too_many_colors():
    return (
        base(pd.DataFrame({"group": list("abcdefgh"), "part": range(8)}))
        .mark_bar()
        .encode(PART, alt.Y("group:N"), alt.Color("group:N"))
    )


@refused("bars on a scale of y without zero")
def bars_cut_off():
    return base().mark_bar().encode(alt.X("year:O"), SHARE.scale(zero=False))


@refused("bars on a scale of y without zero")
def bars_from_a_domain_above_zero():
    return base().mark_bar().encode(alt.X("year:O"), SHARE.scale(domain=[1, 2]))


@refused("bars on a scale of y without zero")
def bars_on_a_log_scale():
    return base().mark_bar().encode(alt.X("year:O"), SHARE.scale(type="log"))


@refused("chance or the clock.*seed")
def jitter_by_chance():
    return (
        base(CLOUD)
        .transform_calculate(shift="random()")
        .mark_point()
        .encode(alt.X("state:N"), GROWTH, xOffset="shift:Q")
    )


@refused("chance or the clock.*seed")
def intervals_by_bootstrap():
    return (
        base(CLOUD)
        .mark_errorbar(extent="ci")
        .encode(alt.Y("state:N", title=None), alt.X("growth:Q", title="Growth, % a year"))
    )


@refused("color 'firebrick'.*PALETTE")
def color_of_another_palette():
    return bars().encode(
        color=alt.condition("datum.share > 1.2", alt.value("firebrick"), alt.value(PALETTE["blue"]))
    )


@refused("color '#ff7f0e'.*PALETTE")
def range_of_another_palette():
    return (
        base(YEARS)
        .mark_line(color="white")
        .encode(
            YEAR,
            SHARE,
            alt.Color("state:N", scale=alt.Scale(range=["#ff7f0e", "#005a9d", "#2f855b"])),
        )
    )


@refused("chance or the clock.*seed")
def sample_by_chance():
    return base(CLOUD).transform_sample(20).mark_point().encode(SPENDING, GROWTH)


# --- The tests of the charts --------------------------------------------------------------------

DIFFERS = {
    "two_axes": "5.8 draws grid and ticks for one of the two axes only",
    "bubbles": "5.8 leaves zero out of a legend of sizes",
    "binned_scatter": "5.8 leaves zero out of a legend of sizes",
    "stacked_area": "5.8 chooses other ticks for a stacked sum",
}
"""Charts whose drawing in JupyterLab is not, mark for mark, that of the book, with the reason."""

UNSEEN = {
    "caption": "A chart that the helper has not seen.",
    "alt": "What the chart shows.",
    "source": ["sipri_milex"],
    "table": YEARS.head(3),
}


def made(chart, name):
    """The specification that the book draws, as the extension `press.extension` prepares it."""
    spec = figure(chart, name=f"fig-{name.replace('_', '-')}", **UNSEEN).spec
    drawn = {key: value for key, value in spec.items() if key != "usermeta"}
    return {
        **drawn,
        "$schema": f"https://vega.github.io/schema/vega-lite/v{VEGA_LITE[0]}.json",
        "config": {**spec["config"], "background": None},
    }


@cache
def unseen(name):
    return made(ACCEPTED[name](), name)


def texts_of(svg):
    return Counter(re.findall(r"<text[^>]*>([^<]*)</text>", svg))


def drawn(spec, version=VEGA_LITE):
    if version == VEGA_LITE:
        return draw(spec, "svg").read_text(encoding="utf-8")
    spec = {**spec, "$schema": f"https://vega.github.io/schema/vega-lite/v{version[0]}.json"}
    return vl_convert.vegalite_to_svg(json.dumps(spec), vl_version=version, allowed_base_urls=[])


def test_there_are_many_kinds():
    assert len(ACCEPTED) >= 60 and len(REFUSED) >= 25


@pytest.mark.parametrize("name", ACCEPTED)
def test_drawn(name):
    svg = re.sub(
        r' aria-label="[^"]*"', "", drawn(unseen(name))
    )  # the page hides what Vega says of single marks
    assert re.search(r"role-mark[^>]*>\s*(<g[^>]*>\s*)*<(path|text|rect|line)\b", svg), (
        "no mark is drawn"
    )
    assert not re.search(r"NaN|undefined|Infinity", svg) and not {"null", "undefined", "NaN"} & set(
        texts_of(svg)
    )
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", svg), "an outside address"


@pytest.mark.parametrize("name", ACCEPTED)
def test_drawn_the_same_in_jupyterlab(name):
    book, lab = (drawn(unseen(name), version) for version in (VEGA_LITE, JUPYTERLAB))
    count = lambda svg: Counter(re.findall(r"<(path|line|rect|circle)\b", svg))  # noqa: E731
    same = texts_of(book) == texts_of(lab) and count(book) == count(lab)
    assert same != (name in DIFFERS), (
        texts_of(book) - texts_of(lab),
        texts_of(lab) - texts_of(book),
        count(book),
        count(lab),
    )


def fits_a_phone(spec):
    svg = drawn(narrow(spec))
    assert float(re.search(r'<svg[^>]* width="([\d.]+)"', svg)[1]) <= PHONE
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)px"', svg)]
    assert min(sizes, default=SMALLEST) >= SMALLEST
    assert not re.search(r"NaN|undefined", re.sub(r' aria-label="[^"]*"', "", svg))


@pytest.mark.parametrize("name", ACCEPTED)
def test_drawn_for_a_phone(name):
    fits_a_phone(unseen(name))


@pytest.mark.parametrize("name", ACCEPTED)
def test_drawn_on_paper(name):
    assert draw(unseen(name), "pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    make, reason = REFUSED[name]
    with pytest.raises(FigureError) as caught:
        made(make(), name)
    line = str(caught.value)
    assert (
        line.startswith(f"figure 'fig-{name.replace('_', '-')}': ")
        and "expected" in line
        and "\n" not in line
    )
    assert re.search(reason, line), line


@pytest.mark.parametrize(
    "alternative, reason",
    [
        ("A chart that the helper has not seen", "found the caption as alt"),
        ("A bar. " * 120, "840 characters"),
        ("", "alt is missing"),
    ],
)
def test_a_text_alternative_says_what_is_seen(alternative, reason):
    with pytest.raises(FigureError, match=reason):
        figure(bars(), name="fig-alt", **{**UNSEEN, "alt": alternative})


# --- The palette --------------------------------------------------------------------------------

DEFICIENCIES = {  # Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
FAR = 10  # CIEDE2000: ten times what a trained eye just tells apart
GREY = 9  # difference in lightness (L*, 0 to 100) that holds in grey print
ALIKE_IN_GREY = {
    ("gray", "orange"),
    ("gray", "green"),
    ("orange", "green"),
    ("blue", "purple"),
    ("purple", "red"),
}
"""Pairs that grey print does not tell apart by lightness: where they meet, a label on the plot or the shape of the mark must tell."""
MARKS = [name for name in PALETTE if name != "rule"]
TEXTS = [name for name in MARKS if name != "paleblue"]


def css(name):
    return (ROOT / "press" / "static" / name).read_text(encoding="utf-8")


def partners():
    """{color: its partner in dark mode}, as figures.css has them, for fill and stroke; "white" is the page."""
    found = {}
    for kind in ("fill", "stroke"):
        for selectors, partner in re.findall(
            rf"([^{{}}]*)\{{ {kind}: (#[0-9a-f]{{6}}); \}}", css("figures.css")
        ):
            for color in re.findall(rf'\[data-theme=dark\][^,]*\[{kind}="([^"]+)"\]', selectors):
                found.setdefault(color, {})[kind] = partner
    return found


PAGES = {"light": (PALETTE, "#ffffff"), "dark": (DARK, partners()["white"]["fill"])}


def linear(color):
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(color):
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear(color)))


def contrast(one, two):
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def lab(color, deficiency=None):
    """CIE L*a*b* of a color as seen with a deficiency."""
    rgb = linear(color)
    if deficiency:
        rgb = [sum(a * b for a, b in zip(row, rgb)) for row in DEFICIENCIES[deficiency]]
    r, g, b = (min(1, max(0, part)) for part in rgb)
    xyz = (
        (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047,
        0.2126729 * r + 0.7151522 * g + 0.0721750 * b,
        (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883,
    )
    x, y, z = (
        part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116 for part in xyz
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(one, two):
    (l1, a1, b1), (l2, a2, b2) = one, two
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    a1, a2 = (a * (1.5 - 0.5 * math.sqrt(mean**7 / (mean**7 + 25**7))) for a in (a1, a2))
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0
    dl, dc, dh = l2 - l1, c2 - c1, 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    l, c, h = (l1 + l2) / 2, (c1 + c2) / 2, (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    wave = lambda factor, shift: math.cos(math.radians(factor * h + shift))  # noqa: E731
    t = 1 - 0.17 * wave(1, -30) + 0.24 * wave(2, 0) + 0.32 * wave(3, 6) - 0.20 * wave(4, -63)
    sl, sc, sh = (
        1 + 0.015 * (l - 50) ** 2 / math.sqrt(20 + (l - 50) ** 2),
        1 + 0.045 * c,
        1 + 0.015 * c * t,
    )
    rt = (
        -2
        * math.sqrt(c**7 / (c**7 + 25**7))
        * math.sin(math.radians(60 * math.exp(-(((h - 275) / 25) ** 2))))
    )
    return math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * dc / sc * dh / sh)


@pytest.mark.parametrize(
    "one, two, far",
    [  # from the test data of Sharma, Wu and Dalal 2005
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_measure_of_difference(one, two, far):
    assert ciede2000(one, two) == pytest.approx(far, abs=1e-4)


@pytest.mark.parametrize("name", PALETTE)
def test_a_color_has_one_partner_in_dark_mode(name):
    assert partners().get(PALETTE[name]) == {"fill": DARK[name], "stroke": DARK[name]}, (
        f"figures.css, {name}: not as theme.DARK has it"
    )


def test_dark_mode_knows_no_other_colors():
    assert set(partners()) <= set(PALETTE.values()) | {"white", "#ffffff", "#000", "black"}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("pair", list(itertools.combinations(MARKS, 2)), ids="-".join)
def test_two_colors_differ_for_every_eye(page, pair):
    colors = PAGES[page][0]
    for deficiency in (None, *DEFICIENCIES):
        assert ciede2000(*(lab(colors[name], deficiency) for name in pair)) >= FAR, deficiency


@pytest.mark.parametrize("page", PAGES)
def test_contrast_with_the_page(page):
    colors, ground = PAGES[page]
    assert {
        name: contrast(colors[name], ground) for name in MARKS if contrast(colors[name], ground) < 3
    } == {}
    assert {
        name: contrast(colors[name], ground)
        for name in TEXTS
        if contrast(colors[name], ground) < 4.5
    } == {}


@pytest.mark.parametrize("text, ground", [("white", "blue"), ("ink", "paleblue"), ("ink", "rule")])
@pytest.mark.parametrize("page", PAGES)
def test_text_on_a_bar(page, text, ground):
    colors, white = PAGES[page]
    assert contrast(white if text == "white" else colors[text], colors[ground]) >= 4.5


def test_pairs_alike_in_grey_print_are_listed():
    alike = {
        pair
        for pair in itertools.combinations(MARKS, 2)
        if abs(lab(PALETTE[pair[0]])[0] - lab(PALETTE[pair[1]])[0]) < GREY
    }
    assert {frozenset(pair) for pair in alike} == {frozenset(pair) for pair in ALIKE_IN_GREY}


STORED = {
    output["data"][MIME]["usermeta"]["companion"]["name"]: output["data"][MIME]
    for notebook in notebooks().values()
    for cell in notebook["cells"]
    for output in cell.get("outputs", [])
    if MIME in output.get("data", {})
}


@pytest.mark.parametrize("name", STORED)
def test_stored_figure_on_a_phone(name):
    fits_a_phone({key: value for key, value in STORED[name].items() if key != "usermeta"})


@pytest.mark.parametrize("name", STORED)
def test_colors_alike_in_grey_have_a_label_or_a_shape(name):
    spec = {key: value for key, value in STORED[name].items() if key not in ("usermeta", "config")}
    text = json.dumps(spec)
    used = {color for color, value in PALETTE.items() if value in text}
    if any(set(pair) <= used for pair in ALIKE_IN_GREY):
        assert re.search(
            r'"type": "text"|"shape": \{|"strokeDash": \[|"(row|column|facet)": \{', text
        ), "told apart by color alone"


def test_the_theme_uses_the_palette_alone():
    for name, _make in ACCEPTED.items():
        if name in ("heat_map", "calendar_heat_map", "map_of_a_quantity", "ranged_dots"):
            continue  # a ramp between two colors of the palette
        colors = {
            color.lower()
            for color in re.findall(r'\b(?:fill|stroke)="([^"]+)"', drawn(unseen(name)))
            if not color.startswith("url(")
        }
        assert colors <= set(PALETTE.values()) | {
            "white",
            "#ffffff",
            "#fff",
            "none",
            "transparent",
        }, name
    assert len(set(CATEGORIES)) == 6 and LARGEST == 100_000
