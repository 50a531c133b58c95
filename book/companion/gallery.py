"""One small example of each kind of chart that the book uses, on the book's own data.

Each function returns all that `companion.figure` wants, so that a cell is one line:
`companion.figure(**gallery.bars())`. The page "House style: figures" shows them and says which rule each keeps;
a new kind of chart gets its example here first.
"""

import altair as alt
import pandas as pd

from companion import alliances, budget, indicators, polls
from companion.data import cited
from companion.days import JOHNSON, LIN
from companion.markup import code
from companion.theme import DARK, PALETTE

YEARS = alt.Axis(format="d", tickMinStep=1, labelAngle=0, grid=False)


USES = {
    "ink": "text, points of events",
    "gray": "what stands back: rules, the undecided, what is given for scale",
    "rule": "grid lines, pale fills with an outline",
    "blue": "the first or only series",
    "orange": "the second series; what the article says",
    "green": "the third series",
    "purple": "the fourth series",
    "red": "the day by which an article is judged",
    "paleblue": "bars that stand back; never text",
}


def palette():
    """Return the colors of the charts: name, value, partner in dark mode, and use."""
    return pd.DataFrame(
        [
            {"name": name, "light": code(color), "dark": code(DARK[name]), "use": USES[name]}
            for name, color in PALETTE.items()
        ]
    )


def _size(chart, height=170, width=430):
    return chart.properties(width=width, height=height)


def bars():
    """Return a figure of bars: a count a year, from zero, its number on top, an empty year left empty."""
    rows = alliances.launches()[["year", "value", "cite_as"]]
    rows = rows[rows["year"] >= 2016]
    years = list(range(rows["year"].min(), rows["year"].max() + 1))
    base = alt.Chart(rows[["year", "value"]]).encode(
        alt.X("year:O", title=None, scale=alt.Scale(domain=years), axis=alt.Axis(labelAngle=0)),
        alt.Y("value:Q", title="Missiles launched in the year", scale=alt.Scale(domain=[0, 80])),
    )
    top, empty = rows.loc[rows["value"].idxmax()], sorted(set(years) - set(rows["year"]))
    return {
        "chart": _size(
            alt.layer(base.mark_bar(size=26), base.mark_text(dy=-8).encode(text="value:Q"))
        ),
        "name": "fig-gallery-bars",
        "caption": "Bars: a count or an amount a year. The bars start at zero, and each carries its number.",
        "alt": f"Bars from {years[0]} to {years[-1]}; the highest, {top['value']}, is {top['year']}'s."
        + f" {empty[0]} has no bar, as no entry was found." * bool(empty),
        "source": ["dprk_tests"],
        "table": rows,
        "columns": {"year": "Year", "value": "Missiles launched"},
    }


def ranking():
    """Return a figure of horizontal bars: countries in the order of their values."""
    rows = alliances.shares()
    rows = rows[rows["year"] == rows["year"].max()].sort_values("share", ascending=False)
    year, first, last = rows["year"].max(), rows.iloc[0], rows.iloc[-1]
    base = alt.Chart(rows[["country", "share"]]).encode(
        alt.Y("country:N", title=None, sort=list(rows["country"])),
        alt.X("share:Q", title=f"Military spending, % of GDP, {year}"),
    )
    return {
        "chart": _size(
            alt.layer(
                base.mark_bar(size=20),
                base.mark_text(align="left", dx=5).encode(text=alt.Text("share:Q", format=".1f")),
            ),
            120,
            360,
        ),
        "name": "fig-gallery-ranking",
        "caption": "Horizontal bars: one value for each of several names, in order of size, so that long names stay readable.",
        "alt": f"Four bars. The longest is that of {first['country']}, {first['share']:.1f}%; the shortest that of {last['country']}, {last['share']:.1f}%.",
        "source": ["sipri_milex"],
        "table": rows,
        "columns": {"country": "Country", "share": "% of GDP", "cite_as": "Source"},
    }


def lines():
    """Return a figure of lines with their names at the end; outlined points were not yet public."""
    rows = alliances.shares()
    rows = rows[rows["country"].isin(["Japan", "South Korea"])]
    last = rows["year"].max()
    color = alt.Color(
        "country:N",
        legend=None,
        scale=alt.Scale(
            domain=["Japan", "South Korea"], range=[PALETTE["blue"], PALETTE["orange"]]
        ),
    )
    base = alt.Chart(rows[["country", "year", "share", "known"]]).encode(
        alt.X(
            "year:Q", title=None, axis=YEARS, scale=alt.Scale(zero=False, nice=False, padding=10)
        ),
        alt.Y("share:Q", title="Military spending, % of GDP", scale=alt.Scale(domain=[0, 3])),
        color,
    )
    points = base.mark_point(size=40, strokeWidth=1.8, filled=False).encode(
        fill=alt.condition("datum.known", color, alt.value("white"))
    )
    names = (
        base.transform_filter(f"datum.year == {last}")
        .mark_text(align="right", dy=-14)
        .encode(text="country:N")
    )
    ends = rows[rows["year"] == last].set_index("country")["share"]
    return {
        "chart": _size(alt.layer(base.mark_line(), points, names)),
        "name": "fig-gallery-lines",
        "caption": "Lines: one series by year, named on the plot and not in a legend. Filled points were public when the author wrote; outlined points came later.",
        "alt": f"Two lines to {last}, where South Korea's stands at {ends['South Korea']:.1f}% and Japan's at {ends['Japan']:.1f}%. The points at the end are outlined.",
        "source": ["sipri_milex"],
        "table": rows,
        "columns": {"country": "Country", "year": "Year", "share": "% of GDP", "cite_as": "Source"},
    }


def broken_line():
    """Return a figure of a series with margins that changed its method: each method has a shape, and no line joins two."""
    rows = polls.nhk_data()
    rows = rows[
        (rows["view"] == polls.VIEWS[0])
        & (rows["answer"] == "Revision is needed")
        & rows["low"].notna()
        & rows["known"]
    ]
    rows = rows[["year", "share", "low", "high", "mode", "run"]]
    modes = list(dict.fromkeys(rows["mode"]))
    x = alt.X("year:Q", title=None, axis=YEARS, scale=alt.Scale(zero=False, nice=False, padding=14))
    y = alt.Y("share:Q", title="A need to revise, % of answers", scale=alt.Scale(domain=[0, 60]))
    base = alt.Chart(rows).encode(x)
    points = base.mark_point(size=70).encode(
        y,
        shape=alt.Shape(
            "mode:N",
            title=None,
            scale=alt.Scale(domain=modes, range=["square", "diamond", "circle"][: len(modes)]),
            legend=alt.Legend(symbolFillColor=PALETTE["blue"], columns=3, offset=34),
        ),
    )
    limits = base.mark_rule(color=PALETTE["blue"]).encode(alt.Y("low:Q"), y2="high:Q")
    last = rows.iloc[-1]
    return {
        "chart": _size(alt.layer(base.mark_line().encode(y, detail="run:N"), limits, points)),
        "name": "fig-gallery-break",
        "caption": "A broken series: each mode of asking has its shape, and a line joins waves of one mode only. Upright bars are 95% margins.",
        "alt": f"Points with upright bars in {len(modes)} shapes; the lines stop where the mode changes. The last point, {last['year']}, stands at {last['share']:.0f}%.",
        "source": ["nhk_constitution"],
        "table": cited(rows, polls.waves()),
        "columns": {
            "year": "Year",
            "mode": "Mode",
            "share": "Needed, %",
            "low": "Margin from, %",
            "high": "to, %",
        },
    }


def article():
    """Return a figure with the article's own number marked: a dashed line with its words, beside the record."""
    rows = (
        budget.central_budgets(LIN)[["year", "growth_announced_pct", "cite_as"]]
        .rename(columns={"growth_announced_pct": "rate"})
        .tail(7)
    )
    base = alt.Chart(rows[["year", "rate"]]).encode(
        alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0))
    )
    told = alt.Chart(
        pd.DataFrame({"year": [rows["year"].min()], "rate": [7], "word": ["Lin: more than 7%"]})
    )
    y = alt.Y("rate:Q", title="Announced growth, % (nominal)", scale=alt.Scale(domain=[0, 9]))
    marks = [
        base.mark_bar(size=26, color=PALETTE["paleblue"]).encode(y),
        told.mark_rule(color=PALETTE["orange"], strokeWidth=2, strokeDash=[5, 3]).encode(y),
        base.mark_text(baseline="bottom", dy=-4).encode(
            y=alt.datum(0), text=alt.Text("rate:Q", format=".1f")
        ),
    ]
    name = told.mark_text(color=PALETTE["orange"], align="right", dy=-16).encode(
        x=alt.value("width"), y=y, text="word:N"
    )
    above = rows[rows["rate"] > 7]["year"]
    return {
        "chart": _size(alt.layer(*marks, name)),
        "name": "fig-gallery-article",
        "caption": "The article's own figure: dashed, in orange, with its words. The record stands in blue.",
        "alt": f"Bars from {rows['year'].min()} to {rows['year'].max()} and a dashed line at 7%. Above the line are {', '.join(map(str, above))}.",
        "source": ["china_defense_budget"],
        "table": rows,
        "columns": {"year": "Year", "rate": "Announced rate, %", "cite_as": "Source"},
    }


def panels():
    """Return a figure of two panels with one scale: the same quantity in two terms."""
    rows = budget.pace(2018)
    rows = rows[rows["known"] & (rows["what"] == "Defense budget")][["terms", "year", "growth"]]
    one = lambda terms: (
        alt.Chart(rows[rows["terms"] == terms], title=terms)
        .mark_line(point=alt.OverlayMarkDef(size=40))
        .encode(
            alt.X(
                "year:Q",
                title=None,
                axis=alt.Axis(format="d", values=[2018, 2020, 2022, 2024], grid=False),
            ),
            alt.Y(
                "growth:Q", title="Growth of the budget, % a year", scale=alt.Scale(domain=[0, 10])
            ),
        )
    )
    wide = rows.pivot(index="year", columns="terms", values="growth")
    low = wide["Real"].idxmin()
    return {
        "chart": alt.hconcat(
            *(_size(one(terms), 150, 205) for terms in ("Nominal", "Real")), spacing=36
        ).resolve_scale(y="shared"),
        "name": "fig-gallery-panels",
        "caption": "Panels: the same quantity in two terms, on one scale. On a phone they stand one above the other.",
        "alt": f"Two lines side by side. In nominal terms growth stays between {wide['Nominal'].min():.1f} and {wide['Nominal'].max():.1f}%; in real terms it is lowest in {low}, {wide.loc[low, 'Real']:.1f}%.",
        "source": ["china_defense_budget", "china_macro"],
        "table": cited(wide.reset_index(), *budget.rows_behind("gdp_deflator_change")),
        "columns": {"year": "Year", "Nominal": "Nominal, %", "Real": "Real, %"},
    }


def ranges():
    """Return a figure of estimates as points and ranges, one row each."""
    rows = budget.estimates()
    rows = rows[rows["known"]]
    made = budget.estimates_text()
    top = rows.loc[rows["high"].idxmax()]
    base = alt.Chart(rows[["who", "low", "high"]]).encode(
        alt.Y("who:N", title=None, sort=list(rows["who"]), axis=alt.Axis(labelLimit=300))
    )
    x = alt.X("low:Q", title="Billion US dollars", scale=alt.Scale(domain=[0, 600]))
    return {
        "chart": _size(
            alt.layer(
                base.mark_rule(strokeWidth=5, color=PALETTE["blue"]).encode(x, x2="high:Q"),
                base.mark_point(size=80).encode(x),
                base.mark_point(size=80).encode(alt.X("high:Q")),
            ),
            26 * len(rows),
            280,
        ),
        "name": "fig-gallery-ranges",
        "caption": "Ranges: what several publishers estimate, each on its own row, since each counts other things.",
        "alt": f"{len(rows)} rows. The announced budget stands lowest, at {rows.iloc[0]['low']:.0f} billion dollars; the highest estimate, by {top['who']}, is {top['high']:.0f} billion.",
        "source": made["source"],
        "table": rows,
        "columns": made["columns"],
    }


def spans():
    """Return a figure of periods as bars on an axis of time, with a day marked."""
    rows = alliances.terms()
    rows = rows[rows["capital"].isin(["Tokyo", "Washington"])]
    day = lambda column: column.dt.strftime("%Y-%m-%d")
    data = rows[["capital", "label", "known"]].assign(
        start=day(rows["start"]), end=day(rows["end"])
    )
    y = alt.Y("capital:N", title=None, axis=alt.Axis(domain=False, ticks=False, grid=False))
    x = alt.X(
        "start:T",
        title=None,
        scale=alt.Scale(type="utc"),
        axis=alt.Axis(format="%Y", tickCount="year"),
    )
    base = alt.Chart(data).encode(x, y)
    bars_ = base.mark_bar(height=12, stroke=PALETTE["blue"], strokeWidth=1.5).encode(
        x2="end:T",
        color=alt.condition("datum.known", alt.value(PALETTE["paleblue"]), alt.value("white")),
    )
    rule = (
        alt.Chart(pd.DataFrame({"start": [f"{LIN:%Y-%m-%d}"]}))
        .mark_rule(color=PALETTE["red"], strokeDash=[5, 3], strokeWidth=1.5)
        .encode(x)
    )
    return {
        "chart": _size(
            alt.layer(
                bars_,
                rule,
                *alliances.haloed(base.encode(text="label:N"), align="left", dy=-16, fontSize=12),
            ),
            100,
            480,
        ),
        "name": "fig-gallery-spans",
        "caption": "Periods: bars from a first to a last day. The dashed line is the day by which the article is judged; a star says that dates were recalled and not seen.",
        "alt": f"Two rows of bars, for Tokyo and Washington, {len(rows)} terms in all. A dashed line stands at March 8, 2025; outlined bars begin after it.",
        "source": ["leaders"],
        "table": data.assign(cite_as=rows["cite_as"]),
        "columns": {"capital": "Capital", "label": "Leader", "start": "From", "end": "To"},
    }


def lanes():
    """Return a figure of dated events as points, one lane a kind."""
    rows = alliances.encounters(JOHNSON)
    rows = rows[rows["date"] >= "2023-01-01"]
    data = rows[["group", "known"]].assign(day=rows["date"].dt.strftime("%Y-%m-%d"))
    base = (
        alt.Chart(data)
        .mark_point(size=60, strokeWidth=1.6, filled=False, color=PALETTE["blue"])
        .encode(
            alt.X(
                "day:T",
                title=None,
                scale=alt.Scale(type="utc", padding=12),
                axis=alt.Axis(format="%b %Y", tickCount=alt.TimeIntervalStep("month", 6)),
            ),
            alt.Y("group:N", title=None, axis=alt.Axis(grid=True, domain=False, ticks=False)),
            fill=alt.condition("datum.known", alt.value(PALETTE["blue"]), alt.value("white")),
        )
    )
    counts = data["group"].value_counts()
    return {
        "chart": _size(base, 110, 400),
        "name": "fig-gallery-lanes",
        "caption": "Events: points on an axis of time, one lane a kind, filled where the day lies before the article.",
        "alt": "Three lanes of points: "
        + ", ".join(
            f"{name.lower()} {count} times" if name.endswith("met") else f"{count} {name.lower()}"
            for name, count in counts.items()
        )
        + ".",
        "source": ["meetings"],
        "table": data.assign(cite_as=rows["cite_as"]),
        "columns": {"day": "Day", "group": "Kind"},
    }


def dots():
    """Return a figure of answers to surveys as dots, one row a survey, the public told by shape as well as by color."""
    rows = indicators.support(JOHNSON)
    rows = rows[rows["three"]]
    data = rows[["survey", "population", "value"]]
    known = alt.Scale(
        domain=[indicators.ROK, indicators.JAPAN], range=[PALETTE["green"], PALETTE["blue"]]
    )
    base = (
        alt.Chart(data)
        .mark_point(size=100)
        .encode(
            alt.X(
                "value:Q",
                title="In favor of three-way cooperation, %",
                scale=alt.Scale(domain=[0, 100]),
            ),
            alt.Y("survey:N", title=None, sort=None, axis=alt.Axis(grid=True, labelLimit=260)),
            alt.Color("population:N", title=None, scale=known),
            alt.Shape(
                "population:N",
                title=None,
                scale=alt.Scale(domain=known.domain, range=["circle", "diamond"]),
            ),
        )
    )
    return {
        "chart": _size(base, 26 * data["survey"].nunique(), 280),
        "name": "fig-gallery-dots",
        "caption": "Dots: shares from different surveys, one row each. No line joins them, since each asks in other words; shape and color both tell whose answer it is.",
        "alt": f"{data['survey'].nunique()} rows of dots between {data['value'].min():.0f} and {data['value'].max():.0f}%. Circles are South Koreans, diamonds Japanese.",
        "source": ["alliance_views"],
        "table": rows,
        "columns": {
            "survey": "Survey",
            "population": "Public",
            "value": "In favor, %",
            "cite_as": "Source",
        },
    }


def control():
    """Return a figure with a control that sets one line off from the others."""
    shares = alliances.shares()
    rows, cites = shares[["country", "year", "share"]], shares["cite_as"]
    names = ["Japan", "South Korea", "United States"]
    rows = rows[rows["country"].isin(names)]
    pick = alt.param(
        "country", value="Japan", bind=alt.binding_select(options=names, name="Country")
    )
    last = rows["year"].max()
    base = (
        alt.Chart(rows)
        .add_params(pick)
        .encode(
            alt.X(
                "year:Q",
                title=None,
                axis=YEARS,
                scale=alt.Scale(zero=False, nice=False, padding=10),
            ),
            alt.Y("share:Q", title="Military spending, % of GDP", scale=alt.Scale(domain=[0, 5])),
            detail="country:N",
            color=alt.condition(
                "datum.country == country", alt.value(PALETTE["blue"]), alt.value(PALETTE["gray"])
            ),
        )
    )
    line = base.mark_line().encode(
        strokeWidth=alt.condition("datum.country == country", alt.value(3.5), alt.value(1.2))
    )
    name = (
        base.transform_filter(f"datum.year == {last}")
        .mark_text(align="left", dx=6)
        .encode(text="country:N")
    )
    ends = rows[rows["year"] == last].set_index("country")["share"]
    return {
        "chart": _size(alt.layer(line, name), width=340),
        "name": "fig-gallery-control",
        "caption": "A control: a labelled list, reached by keyboard, chooses the line that stands out. On paper the first choice is shown.",
        "alt": f"Three named lines, of which Japan's is drawn strongly; it ends at {ends['Japan']:.1f}% in {last}, that of {ends.idxmax()}, the highest, at {ends.max():.1f}%.",
        "source": ["sipri_milex"],
        "table": rows.assign(cite_as=cites),
        "columns": {"country": "Country", "year": "Year", "share": "% of GDP"},
    }
