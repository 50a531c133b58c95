"""The two articles together: what may be counted under each set of leaders, what was known when, and how forecasts fared.

Counted are only kinds of meeting that the list is believed to hold whole: formal meetings of leaders and
in-person meetings of foreign ministers and vice foreign ministers in 2022-2025, exercises of the three in
2024-2025. Calls, statements, passing encounters, exercises that were not held and whatever was only
recalled stay out. Intervals for rates are exact 95% Poisson limits (those of Garwood);
they treat meetings as if they fell by chance, which makes them a yardstick and no model.
"""

from datetime import date

import altair as alt
import pandas as pd

from companion import alliances, indicators
from companion.chance import poisson_limits, split_chance
from companion.data import load
from companion.days import JOHNSON, LIN, RECORD_END, spell_day
from companion.output import say, table
from companion.theme import PALETTE

FROM, TO = pd.Timestamp("2022-01-01"), pd.Timestamp("2026-01-01")
"""The years for which the list of meetings is believed whole; TO is the first day outside."""

EXERCISES_FROM = pd.Timestamp("2024-01-01")
MONTH = 365.25 / 12  # days
SHORT = 3  # months; a rate over less is not printed
MET = {
    "leaders": "Leaders",
    "foreign ministers": "Foreign ministers",
    "vice foreign ministers": "Vice ministers",
}
OTHER = ["defense ministers", "national security advisers"]
CAPITALS = ("Washington", "Tokyo", "Seoul")


# --- Literature ---------------------------------------------------------------------------------

STUDIES = [
    (
        "Leeds, Mattes and Vogel (2009)",
        "https://doi.org/10.1111/j.1540-5907.2009.00381.x",
        "Bilateral alliances, 1919 to 2001: early end after a leader with other supporters takes over",
        "Likelier in nondemocracies; no such effect found in democracies",
        "against it, for treaties of democracies",
    ),
    (
        "Leeds and Mattes (2022)",
        None,
        "Alliances, votes in the United Nations, sanctions and trade when new coalitions take office",
        "Democracies keep the steadier course in the first three; in trade both kinds change",
        "against it, except in trade",
    ),
    (
        "Gartzke and Gleditsch (2004)",
        "https://doi.org/10.1111/j.0092-5853.2004.00101.x",
        "Intervention on an ally's side, by kind of government",
        "Democracies do worse; turnover and organized interests weaken informal commitments",
        "for it, above all in what is informal",
    ),
    (
        "Mattes (2012)",
        "https://www.cambridge.org/core/product/identifier/S0020818311000336/type/journal_article",
        "Choice between a pact of defense and one of consultation",
        "A defense pact binds successors more; it is chosen where rivals with other aims may follow and the cost is bearable",
        "for it, where the form is loose",
    ),
    (
        "Pilster, Böhmelt and Tago (2015)",
        "https://doi.org/10.1111/insp.12058",
        "Early withdrawal from coalition operations, 1946 to 2001",
        "New leaders make it likelier",
        "for it, in operations",
    ),
]
"""Study, address, what was measured, finding, which way it points on the shared sentence; from abstracts."""


def studies_table():
    """Return what five studies measured and found, by their abstracts, as a table."""
    rows = pd.DataFrame(STUDIES, columns=["cite_as", "url", "measured", "finding", "points"])
    return table(
        rows,
        {
            "cite_as": "Study",
            "measured": "What was measured",
            "finding": "Finding",
            "points": "Which way it points",
        },
        caption="Five studies of leader change, by their abstracts",
        name="tab-together-studies",
    )


# --- What may be counted ------------------------------------------------------------------------


def countable():
    """Return the meetings and exercises that may be counted, one row each: date, group, id, place, cite_as, url.

    `group` is a level of meeting or "exercises". See the module's head for what is left out.
    """
    rows = load("meetings")
    rows = rows[rows["date"].notna() & (rows["date"] >= FROM) & (rows["date"] < TO)]
    rows = rows[~rows["date"].dt.strftime("%Y-%m-%d").isin(alliances.NOT_FORMAL)].copy()
    rows["group"] = rows["level"].where(
        (rows["kind"] == "meeting") & rows["level"].isin([*MET, *OTHER])
    )
    rows.loc[(rows["kind"] == "exercise") & (rows["date"] >= EXERCISES_FROM), "group"] = "exercises"
    return rows[rows["group"].notna()].sort_values("date").reset_index(drop=True)


def periods(by=CAPITALS):
    """Return unbroken periods of office within the years covered: who, start, end (first day after).

    `by` names the capitals whose holders make up a period; leave one out and its changes cut nothing.
    """
    terms = alliances.terms()
    terms = terms[terms["capital"].isin(by)].assign(label=lambda f: f["label"].str.rstrip("*"))
    cuts = sorted({FROM, TO, *(day for day in terms["start"] if FROM < day < TO)})
    who = [
        [
            terms[(terms["capital"] == c) & (terms["start"] <= day) & (terms["end"] > day)][
                "label"
            ].iloc[0]
            for c in by
        ]
        for day in cuts[:-1]
    ]
    return pd.DataFrame(
        {"who": [", ".join(names) for names in who], "start": cuts[:-1], "end": cuts[1:]}
    )


def _months(start, end):
    return max((end - start).days, 0) / MONTH


def counts(by=CAPITALS):
    """Return for each period of office its months, a count for each group, and two rates per month with 95% limits.

    `met`, `rate`, `low`, `high`: leaders, foreign and vice foreign ministers. `ex_months`, `exercises`, `ex_rate`,
    `ex_low`, `ex_high`: exercises from 2024 on; empty where a period ended before.
    """
    rows, found = periods(by), countable()
    inside = [
        found[(found["date"] >= start) & (found["date"] < end)]
        for start, end in zip(rows["start"], rows["end"])
    ]
    for group in [*MET, *OTHER, "exercises"]:
        rows[group] = [int((part["group"] == group).sum()) for part in inside]
    rows["months"] = [_months(start, end) for start, end in zip(rows["start"], rows["end"])]
    rows["ex_months"] = [
        _months(max(start, EXERCISES_FROM), end) for start, end in zip(rows["start"], rows["end"])
    ]
    rows["met"] = rows[list(MET)].sum(axis=1)
    for name, number, months in (("", "met", "months"), ("ex_", "exercises", "ex_months")):
        for column, value in zip(
            ("rate", "low", "high"), zip(*(rate(k, m) for k, m in zip(rows[number], rows[months])))
        ):
            rows[name + column] = value
    return rows


def rate(number, months):
    """Return a rate per month with its exact 95% Poisson limits; three NaN where no months were covered."""
    if not months:
        return (float("nan"),) * 3
    low, high = poisson_limits(number)
    return number / months, low / months, high / months


def periods_table(by=CAPITALS):
    """Return the counts under each set of leaders as a table; rates over less than three months are left out.

    `by` names the capitals whose changes cut the years into periods. "Per month" is for the three levels of meeting together.
    """
    rows = counts(by)
    rows["when"] = [
        f"**{row.who}**, {row.start:%b %Y} to {row.end - pd.Timedelta(days=1):%b %Y}"
        for row in rows.itertuples()
    ]
    rows["shown"] = [f"{row.rate:.2f}" if row.months >= SHORT else "–" for row in rows.itertuples()]
    rate_ = [f" ({row.ex_rate:.2f})" if row.ex_months >= SHORT else "" for row in rows.itertuples()]
    rows["drills"] = [
        f"{row.exercises}{text}" if row.ex_months else "–"
        for row, text in zip(rows.itertuples(), rate_)
    ]
    rows["span"] = rows["months"].round(1)
    return table(
        rows,
        {
            "when": "In office",
            "span": "Months",
            "leaders": "Leaders",
            "foreign ministers": "Foreign ministers",
            "vice foreign ministers": "Vice ministers",
            "shown": "Per month",
            "drills": "Exercises (per month)",
        },
        caption="Three-way meetings and exercises found, by who held the three offices, 2022 to 2025",
        name="tab-together-periods",
    )


REACH = 1.6  # right end of the axis, per month; intervals of short periods go further
KINDS = {"met": "Meetings per month", "ex": "Exercises per month, from 2024"}


def periods_chart():
    """Return two stacked panels of rates per month with 95% limits, one line a period, in time from the top."""
    rows = counts().assign(line=lambda f: f["who"])
    order, panels = list(rows["line"]), []
    for key, title in KINDS.items():
        names = ["rate", "low", "high"] if key == "met" else ["ex_rate", "ex_low", "ex_high"]
        data = rows[["line", *names]].set_axis(["line", "rate", "low", "high"], axis=1).dropna()
        data = data.assign(high=data["high"].clip(upper=REACH)).round(3)
        data["Period"] = [line.partition(",")[0] for line in data["line"]]
        lines = [line for line in order if line in set(data["line"])]
        y = alt.Y(
            "line:N",
            title=None,
            scale=alt.Scale(domain=lines),
            axis=alt.Axis(labelLimit=200, labelPadding=9, domain=False, ticks=False, grid=True),
        )
        x = alt.X(
            "rate:Q",
            title=title,
            scale=alt.Scale(domain=[0, REACH]),
            axis=alt.Axis(values=[0, 0.5, 1, 1.5], format="~g", grid=False),
        )
        color = alt.Color(
            "Period:N",
            legend=None,
            scale=alt.Scale(domain=["Biden", "Trump"], range=[PALETTE["blue"], PALETTE["orange"]]),
        )
        bars = (
            alt.Chart(data)
            .mark_rule(strokeWidth=2)
            .encode(
                alt.X("low:Q", scale=alt.Scale(domain=[0, REACH]), title=title),
                y,
                color,
                x2="high:Q",
            )
        )
        dots = alt.Chart(data).mark_point(filled=True, size=90, opacity=1).encode(x, y, color)
        panels.append(alt.layer(bars, dots).properties(width=330, height=21 * len(lines)))
    return alt.vconcat(*panels, spacing=18)


def periods_text():
    """Return name, caption, alternative, sources and table for `periods_chart`."""
    rows = counts()
    solid = rows[rows["months"] >= SHORT]
    top, low = solid.loc[solid["rate"].idxmax()], solid.loc[solid["rate"].idxmin()]
    overlap = solid["low"].max() <= solid["high"].min()
    shown = rows.assign(
        **{
            c: rows[c].round(2)
            for c in ("months", "rate", "low", "high", "ex_rate", "ex_low", "ex_high")
        }
    )
    return {
        "name": "fig-together-periods",
        "caption": "Three-way meetings (leaders, foreign and vice foreign ministers) and exercises per month in office, 2022 to 2025, with 95% limits as if they fell by chance. A bar that reaches the right edge goes further. "
        "Blue: Biden; orange: Trump. The day in May 2022 on which Yoon followed Moon is recalled, not seen in a source.",
        "alt": f"Dots with long bars. Of the {len(solid)} periods of three months or more, the rate of meetings is highest under {top['who']} ({top['rate']:.2f} a month) and lowest under "
        f"{low['who']} ({low['rate']:.2f}); the bars of these periods {'all overlap' if overlap else 'do not all overlap'}. Short periods have bars across most of the panel.",
        "source": ["meetings", "leaders"],
        "table": shown,
        "columns": {
            "who": "In office",
            "months": "Months",
            "met": "Meetings",
            "rate": "Per month",
            "low": "Low",
            "high": "High",
            "exercises": "Exercises from 2024",
            "ex_rate": "Per month from 2024",
            "ex_low": "Low, exercises",
            "ex_high": "High, exercises",
        },
    }


SWITCH = pd.Timestamp("2025-01-20")
BOTH = {
    "Leaders": ["leaders"],
    "Foreign ministers": ["foreign ministers"],
    "Vice ministers": ["vice foreign ministers"],
    "Exercises (from 2024)": ["exercises"],
}


def sides():
    """Return rates per month before and after January 20, 2025 for each kind: kind, side, number, months, rate, low, high."""
    found, out = countable(), []
    for kind, groups in BOTH.items():
        dates = found[found["group"].isin(groups)]["date"]
        begin = EXERCISES_FROM if "exercises" in groups else FROM
        for side, (start, end) in {"Biden": (begin, SWITCH), "Trump": (SWITCH, TO)}.items():
            number, months = int(((dates >= start) & (dates < end)).sum()), _months(start, end)
            out.append((kind, side, number, months, *rate(number, months)))
    return pd.DataFrame(out, columns=["kind", "side", "number", "months", "rate", "low", "high"])


def sides_chart():
    """Return rates per month by kind, two dots a kind with 95% limits: under Biden and under Trump."""
    rows = sides().round(3)
    kinds = list(BOTH)
    y = alt.Y(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=kinds),
        axis=alt.Axis(labelLimit=200, labelPadding=9, domain=False, ticks=False),
    )
    off = alt.YOffset("side:N", scale=alt.Scale(domain=["Biden", "Trump"]))
    x = alt.X(
        "rate:Q",
        title="Per month",
        scale=alt.Scale(domain=[0, 1.1]),
        axis=alt.Axis(values=[0, 0.5, 1], format="~g", grid=True),
    )
    color = alt.Color(
        "side:N",
        legend=None,
        scale=alt.Scale(domain=["Biden", "Trump"], range=[PALETTE["blue"], PALETTE["orange"]]),
    )
    bars = (
        alt.Chart(rows)
        .mark_rule(strokeWidth=2)
        .encode(
            alt.X("low:Q", scale=alt.Scale(domain=[0, 1.1]), title="Per month"),
            y,
            color,
            x2="high:Q",
            yOffset=off,
        )
    )
    dots = (
        alt.Chart(rows)
        .mark_point(filled=True, size=100, opacity=1)
        .encode(
            x,
            y,
            color,
            alt.Shape(
                "side:N",
                legend=None,
                scale=alt.Scale(domain=["Biden", "Trump"], range=["circle", "square"]),
            ),
            yOffset=off,
        )
    )
    names = (
        alt.Chart(
            rows.assign(label=[f"{side}: {n}" for side, n in zip(rows["side"], rows["number"])])
        )
        .mark_text(align="left", dx=7, fontSize=12)
        .encode(alt.X("high:Q", title="Per month"), y, color, text="label:N", yOffset=off)
    )
    return alt.layer(bars, dots, names).properties(width=400, height=220)


def sides_text():
    """Return name, caption, alternative, sources and table for `sides_chart`."""
    rows = sides()
    wide = rows.pivot(index="kind", columns="side", values="rate")
    more = [kind.lower() for kind in BOTH if wide.loc[kind, "Trump"] > wide.loc[kind, "Biden"]]
    fewer = [kind.lower() for kind in BOTH if wide.loc[kind, "Trump"] < wide.loc[kind, "Biden"]]
    return {
        "name": "fig-together-sides",
        "caption": "Three-way meetings and exercises per month before and after January 20, 2025, by kind, with 95% limits as if they fell by chance. The numbers are counts; "
        "the span before is 2022 to then (exercises: 2024 to then), the span after ends with 2025.",
        "alt": f"Two dots for each of {len(BOTH)} kinds. Higher under Trump: {', '.join(more) or 'none'}. Lower: {', '.join(fewer) or 'none'}. The bars of every pair overlap.",
        "source": ["meetings"],
        "table": rows.round(2),
        "columns": {
            "kind": "Kind",
            "side": "President",
            "number": "Found",
            "months": "Months",
            "rate": "Per month",
            "low": "Low",
            "high": "High",
        },
    }


# --- Burden -------------------------------------------------------------------------------------

ASKED = {
    "2024-10-02": "Special Measures Agreement for 2026 to 2030 agreed",
    "2025-03-04": "Nominee's written answer, on Japan",
    "2025-03-05": "Reply of the prime minister",
    "2025-06-19": "Pentagon spokesperson, on Asian allies",
    "2025-06-20": "Newspaper report of a demand on Japan",
    "2025-06-25": "NATO's pledge at The Hague",
    "2025-10-29": "Japan brings its goal forward",
    "2025-11-14": "South Korea's pledge in the fact sheet",
}
YARDSTICK = {
    "2024-10-02": "won, share of the cost of American forces",
    "2025-03-05": "none: Japan decides by itself",
    "2025-03-04": "not stated in the reports read",
    "2025-06-19": "Europe's 5%, named as the standard",
    "2025-06-20": "not stated; unnamed officials",
    "2025-06-25": "3.5 core and 1.5 related, by 2035",
    "2025-10-29": "Japan's own count",
    "2025-11-14": "as soon as possible, no year in the text",
}


def burden_table():
    """Return demands, replies and pledges on defense spending in time, one row each, with the yardstick of each number."""
    rows = load("burden")
    day = rows["date"].dt.strftime("%Y-%m-%d")
    rows = (
        rows[day.isin(ASKED) & ~((day == "2025-11-14") & (rows["unit"] != "percent of GDP"))]
        .sort_values("date")
        .copy()
    )
    day = rows["date"].dt.strftime("%Y-%m-%d")
    rows["what"], rows["yardstick"] = day.map(ASKED), day.map(YARDSTICK)
    rows["share"] = [f"{value:g}% of GDP" if pd.notna(value) else pd.NA for value in rows["value"]]
    return table(
        rows,
        {
            "date": "When",
            "what": "Event",
            "share": "Number",
            "yardstick": "By which yardstick",
            "cite_as": "Source",
        },
        caption="Burden and demands in time: not one series",
        name="tab-together-burden",
    )


# --- What each author could know ----------------------------------------------------------------

FACTS = [
    ("Three ministers meet|in Munich", "meetings", {"id": "T-75"}),
    (
        "China’s central|budget, draft",
        "china_defense_budget",
        {"year": 2025, "scope": "central", "kind": "budget"},
    ),
    (
        "China’s national|total",
        "china_defense_budget",
        {"year": 2025, "scope": "national", "kind": "budget"},
    ),
    ("Court removes Yoon", "timeline", {"event": "Constitutional Court removes Yoon 8-0"}),
    ("Lee in office", "leaders", {"name": "Lee Jae Myung"}),
    ("Three governments meet|in Kuala Lumpur", "meetings", {"id": "T-81"}),
    (
        "Lee and Ishiba issue|a joint document",
        "timeline",
        {"event": "Lee-Ishiba summit in Tokyo; first joint document in 17 years"},
    ),
    ("Third Freedom Edge|announced", "meetings", {"id": "T-85"}),
]
"""What, resource, and the values that pick its one row."""


def facts():
    """Return eight facts with the day each became public, by the data: fact, day, for_lin, for_johnson, cite_as, url."""
    out = []
    for fact, name, pick in FACTS:
        rows = load(name)
        for column, value in pick.items():
            rows = rows[rows[column] == value]
        row = rows.iloc[0]
        out.append((fact, row["public_from"], row["cite_as"], row["url"]))
    rows = pd.DataFrame(out, columns=["fact", "day", "cite_as", "url"]).sort_values(
        "day", ignore_index=True
    )
    return rows.assign(
        for_lin=rows["day"] <= pd.Timestamp(LIN), for_johnson=rows["day"] <= pd.Timestamp(JOHNSON)
    )


def known_chart():
    """Return the facts as dots on the day each became public, with the two days by which the articles are judged."""
    rows = facts()
    data = rows.assign(day=rows["day"].dt.strftime("%Y-%m-%d"), who=_who(rows))[
        ["fact", "day", "who"]
    ]
    days = pd.DataFrame(
        {
            "day": [f"{LIN:%Y-%m-%d}", f"{JOHNSON:%Y-%m-%d}"],
            "name": ["Lin, Mar 8", "Johnson, Aug 12"],
        }
    )
    scale = alt.Scale(type="utc", domain=["2025-02-01", "2025-10-01"])
    x = alt.X(
        "day:T",
        title="2025",
        scale=scale,
        axis=alt.Axis(format="%b", tickCount="month", grid=False, labelOverlap=True),
    )
    y = alt.Y(
        "fact:N",
        title=None,
        scale=alt.Scale(domain=list(data["fact"])),
        axis=alt.Axis(
            labelExpr="split(datum.label, '|')",
            labelLimit=220,
            labelLineHeight=14,
            domain=False,
            ticks=False,
            grid=True,
        ),
    )
    color = alt.Color(
        "who:N",
        legend=None,
        scale=alt.Scale(domain=list(KNEW), range=[PALETTE[c] for c in KNEW.values()]),
    )
    rules = (
        alt.Chart(days)
        .mark_rule(color=PALETTE["red"], strokeWidth=1.5, strokeDash=[5, 3])
        .encode(x)
    )
    flags = (
        alt.Chart(days)
        .mark_text(color=PALETTE["red"], fontSize=12, baseline="bottom", dy=-3)
        .encode(x, y=alt.value(0), text="name:N")
    )
    dots = (
        alt.Chart(data)
        .mark_point(filled=True, size=110, opacity=1)
        .encode(
            x,
            y,
            color,
            alt.Shape(
                "who:N",
                legend=None,
                scale=alt.Scale(domain=list(KNEW), range=["circle", "diamond", "square"]),
            ),
        )
    )
    return alt.layer(rules, flags, dots, data=data).properties(width=380, height=290)


KNEW = {"both": "blue", "Johnson only": "green", "neither": "gray"}


def _who(rows):
    return [
        "both" if lin else "Johnson only" if johnson else "neither"
        for lin, johnson in zip(rows["for_lin"], rows["for_johnson"])
    ]


def known_text():
    """Return name, caption, alternative, sources and table for `known_chart`."""
    rows = facts()
    rows["fact"], rows["who"] = rows["fact"].str.replace("|", " "), _who(rows)
    number = rows["who"].value_counts()
    after = rows[~rows["for_lin"]].iloc[0]
    return {
        "name": "fig-together-known",
        "caption": "Eight facts on the day each became public, against the two days by which the articles are judged (dashed). "
        "Circles were public for both, diamonds for Johnson only, squares for neither.",
        "alt": f"A line of dots from {spell_day(rows['day'].iloc[0])} to {spell_day(rows['day'].iloc[-1])}: {number['both']} lie before Lin's day, {number['Johnson only']} between the two days, "
        f"{number['neither']} after Johnson's. The first after Lin's day, {after['fact']}, came {(after['day'] - pd.Timestamp(LIN)).days} day later.",
        "source": ["meetings", "timeline", "leaders", "china_defense_budget"],
        "table": rows,
        "columns": {"fact": "Fact", "day": "Public from", "who": "Public for", "cite_as": "Source"},
    }


# --- The scorecard ------------------------------------------------------------------------------

OUTCOMES = {
    "happened": "●",
    "partly": "◐",
    "not so far": "○",
    "too early": "…",
    "cannot be told": "?",
}
"""The mark that goes with each outcome, so that none rests on color."""


def criteria_table():
    """Return every forecast with its section, its criterion and the day by which it can be judged; no outcome."""
    rows = load("forecasts")
    rows["what"] = [
        f"**{row.id}.** {row.forecast} ([passage](#{row.section}))" for row in rows.itertuples()
    ]
    rows["by"] = [
        spell_day(date.fromisoformat(text), short=True) if str(text)[:2] == "20" else text
        for text in rows["horizon"].fillna("")
    ]
    return table(
        rows,
        {"what": "Forecast", "criterion": "Criterion", "by": "To be judged by"},
        caption="Forecasts of both articles and a criterion for each",
        name="tab-together-criteria",
    )


def outcomes_table():
    """Return the outcome of every forecast up to spring 2026: id, outcome with its mark, why, source."""
    rows = load("forecasts")
    on = [f", {spell_day(day, short=True)}" if pd.notna(day) else "" for day in rows["outcome_on"]]
    rows["shown"] = [
        f"**{row.id}.** {OUTCOMES[row.outcome]} {row.outcome.capitalize()}{day}"
        for row, day in zip(rows.itertuples(), on)
    ]
    rows[["cite_as", "url"]] = rows[["cite_as", "url"]].where(rows["outcome_on"].notna())
    return table(
        rows,
        {"shown": "Outcome", "outcome_note": "Why, and what stays open", "cite_as": "Source"},
        caption="The same forecasts, with the outcome up to spring 2026",
        name="tab-together-outcomes",
    )


# --- Computed sentences -------------------------------------------------------------------------


def sentence(kind):
    """Return one computed sentence: "counted", "sides", "commitment", "democracy", "forecasts" or "known"."""
    return SENTENCES[kind]()


def _say_counted():
    rows = counts()
    left = load("meetings", recalled=True).query(
        "kind == 'exercise' and grade == 'general knowledge' and year == 2024"
    )
    total = rows[[*MET, *OTHER, "exercises"]].sum()
    assert countable().query("group in @OTHER")["date"].max() < SWITCH, "the sentence below says so"
    return say(
        "From January 2022 to December 2025 the list holds {leaders} formal meetings of leaders, {ministers} of foreign ministers and {deputies} of vice ministers; from January 2024, {drills} exercises. "
        "Defense ministers met {defense} times and security advisers {advisers}, all before January 20, 2025. "
        "{recalled} exercise of 2024 that was only recalled is not counted. The three offices passed through {n} combinations of holders, the shortest of them {short:.0f} days long.",
        leaders=int(total["leaders"]),
        ministers=int(total["foreign ministers"]),
        deputies=int(total["vice foreign ministers"]),
        drills=int(total["exercises"]),
        defense=int(total["defense ministers"]),
        advisers=int(total["national security advisers"]),
        recalled={1: "One"}.get(len(left), str(len(left))),
        n=len(rows),
        short=rows["months"].min() * MONTH,
    )


def _say_sides():
    rows = sides().set_index(["kind", "side"])
    chance = {}
    for kind in ("Foreign ministers", "Leaders"):
        one, other = rows.loc[(kind, "Biden")], rows.loc[(kind, "Trump")]
        chance[kind] = split_chance(
            int(one["number"]),
            int(other["number"]),
            one["months"] / (one["months"] + other["months"]),
        )
    return say(
        "Foreign ministers met {a} times in {m1:.0f} months under Biden and {b} times in {m2:.0f} months under Trump; leaders met {c} times under Biden and {d} under Trump. "
        "If nothing but chance placed the meetings, splits at least as uneven would come up in about {p1:.0f} of 100 cases for the ministers and in about {p2:.0f} of 100 for the leaders.",
        a=int(rows.loc[("Foreign ministers", "Biden"), "number"]),
        b=int(rows.loc[("Foreign ministers", "Trump"), "number"]),
        m1=rows.loc[("Leaders", "Biden"), "months"],
        m2=rows.loc[("Leaders", "Trump"), "months"],
        c=int(rows.loc[("Leaders", "Biden"), "number"]),
        d={0: "not once", 1: "once"}.get(
            int(rows.loc[("Leaders", "Trump"), "number"]), "more than once"
        ),
        p1=100 * chance["Foreign ministers"],
        p2=100 * chance["Leaders"],
    )


def _say_commitment():
    issued = load("commitments").query("text == 'Commitment to Consult'")["signed"].iloc[0]
    terms = load("leaders", recalled=True)  # of these terms the beginning is recalled, not the end
    ends = terms[(terms["start"] <= issued) & (terms["end"] > issued)].sort_values("end")
    listed = "; ".join(
        f"{name} on {spell_day(day)}" for name, day in zip(ends["name"], ends["end"])
    )
    return say(
        "The three leaders who issued it on {issued:day} have all left office ({listed}), the last of them within {months:.0f} months.",
        issued=issued,
        listed=listed,
        months=(ends["end"].max() - issued).days / MONTH,
    )


def _say_democracy():
    rows = indicators.democracy_scores(JOHNSON)
    v, f = (
        rows[(rows["source_index"] == index) & (rows["country"] == "South Korea")].set_index(
            "year"
        )["value"]
        for index in ("V-Dem", "Freedom House")
    )
    return say(
        "For South Korea V-Dem's index fell from {a:.2f} in {y0} to {b:.2f} in {y1}, a year without a change of government; Freedom House gave {c:.0f} points for {y0} and {d:.0f} for {y2}, its last year at hand.",
        a=v[2022],
        b=v[2023],
        c=f[2022],
        d=f[f.index.max()],
        y0="2022",
        y1="2023",
        y2=str(f.index.max()),
    )


def _say_forecasts():
    rows = load("forecasts")
    number = rows["outcome"].value_counts()
    later = sum(
        str(day) > str(RECORD_END) for day in rows["horizon"].fillna("") if str(day)[:2] == "20"
    )
    listed = ", ".join(f"{outcome} {number.get(outcome, 0)}" for outcome in OUTCOMES)
    return say(
        "Of the {n} forecasts of both articles together, the record up to spring 2026 gives: {listed}. For {days} the day set for judging lies after the record ends.",
        n=len(rows),
        listed=listed,
        days="all of them" if later == len(rows) else f"{later} of them",
    )


def _say_known():
    rows = facts()
    return say(
        "Of the {n:word} facts, {both:word} were public on {lin:day}, and {more:word} more by {johnson:day}; the next came {days} days after that.",
        both=int(rows["for_lin"].sum()),
        n=len(rows),
        more=int((rows["for_johnson"] & ~rows["for_lin"]).sum()),
        days=(rows.loc[~rows["for_johnson"], "day"].min() - pd.Timestamp(JOHNSON)).days,
        lin=LIN,
        johnson=JOHNSON,
    )


SENTENCES = {
    "counted": _say_counted,
    "sides": _say_sides,
    "commitment": _say_commitment,
    "democracy": _say_democracy,
    "forecasts": _say_forecasts,
    "known": _say_known,
}
