"""Indicators for the chapter on Johnson: what stood on record for three factors, three pairs, four dangers.

Every function takes `as_of`, the day by which the article is judged, and keeps what was public then;
where only a later edition of a source exists, the table says so. Distances in UN voting follow Bailey,
Strezhnev and Voeten (2017): the absolute difference of two states' ideal points on final passage, which
has no unit. Nothing is joined by a line across a change of wording, mode, index or definition.
"""

import altair as alt
import pandas as pd

from companion.data import cited, load
from companion.days import JOHNSON, spell_day
from companion.output import say
from companion.theme import PALETTE

US, JAPAN, ROK = "United States", "Japan", "South Korea"
PAIR = {"us_japan": (US, JAPAN), "us_rok": (US, ROK), "japan_rok": (JAPAN, ROK)}
PAIR_NAME = {
    "us_japan": "United States and Japan",
    "us_rok": "United States and South Korea",
    "japan_rok": "Japan and South Korea",
}
COLOR = {US: PALETTE["orange"], JAPAN: PALETTE["blue"], ROK: PALETTE["green"]}
CAMP_DAVID = pd.Timestamp("2023-08-18")
WEAK = ("general knowledge", "uncertain")


def _solid(rows):
    """Return rows without those that were recalled or rest on a weak source."""
    return rows[~rows["grade"].isin(WEAK)]


def _whole(value):
    """Return a share as a whole number, halves upward, as the chart prints it."""
    return f"{value + 1e-9:.0f}"


def _month(text):
    """Return "2025-02" as "Feb 2025"; a year stays a year."""
    return f"{pd.Timestamp(text):%b} {text[:4]}" if len(text) == 7 else text


# --- The crisis in Seoul ------------------------------------------------------------------------

CRISIS = {
    "2024-12-03": "martial law",
    "2024-12-14": "impeachment",
    "2025-04-04": "removal",
    "2025-06-03": "election",
    "2025-08-12": "article",
}
FROM, DECLARED, ELECTED = (pd.Timestamp(day) for day in ("2024-11-01", "2024-12-03", "2025-06-03"))
SHOWN = [
    alt.DateTime(year=2024, month=10, date=24, utc=True),
    alt.DateTime(year=2025, month=8, date=16, utc=True),
]
LANES = {
    "leaders": "Leaders",
    "foreign ministers": "Foreign ministers",
    "vice foreign ministers": "Vice foreign ministers",
    "chiefs of defense": "Military chiefs, officials",
    "defense officials": "Military chiefs, officials",
    "Trilateral Secretariat": "Secretariat",
}


def contacts(as_of=JOHNSON):
    """Return three-way meetings and exercises from November 2024 to `as_of`, one row each, with their lane.

    Calls, written statements and exercises that were not held are left out; so are rows only recalled.
    A meeting whose day is not known keeps its month in `shown` and has no `date`.
    """
    rows = _solid(load("meetings", as_of=as_of))
    rows = rows[
        rows["kind"].isin(["meeting", "exercise"]) & (rows["date_as_known"] >= f"{FROM:%Y-%m}")
    ].copy()
    rows["lane"] = rows["level"].map(LANES).where(rows["kind"] == "meeting", "Exercises")
    rows["shown"] = [
        spell_day(day, short=True) if pd.notna(day) else _month(known)
        for day, known in zip(rows["date"], rows["date_as_known"])
    ]
    return rows.sort_values("date_as_known").reset_index(drop=True)


def crisis_chart(as_of=JOHNSON):
    """Return the three-way contacts by level over the months of the crisis, with its turning points and the article as lines."""
    rows = contacts(as_of).dropna(subset=["date"])
    data = rows[["lane", "kind", "shown"]].assign(day=rows["date"].dt.strftime("%Y-%m-%d"))
    turns = pd.DataFrame(
        {"day": list(CRISIS), "what": list(CRISIS.values()), "row": [0, 1, 0, 1, 0]}
    )
    months = alt.Axis(
        format="%b",
        tickCount="month",
        labelExpr="utcmonth(datum.value) == 0 ? [utcFormat(datum.value, '%b'), utcFormat(datum.value, '%Y')] : utcFormat(datum.value, '%b')",
    )
    framed = alt.X("day:T", title=None, axis=months, scale=alt.Scale(type="utc", domain=SHOWN))
    x = alt.X(
        "day:T", title=None, axis=months
    )  # Vega-Lite takes a time domain that is said twice for a conflict
    lanes = list(dict.fromkeys([*LANES.values(), "Exercises"]))
    band = (
        alt.Chart(pd.DataFrame({"day": [f"{DECLARED:%Y-%m-%d}"], "end": [f"{ELECTED:%Y-%m-%d}"]}))
        .mark_rect(color=PALETTE["gray"], opacity=0.14)
        .encode(x, x2="end:T")
    )
    rules = alt.Chart(turns).mark_rule(color=PALETTE["gray"], strokeDash=[4, 3]).encode(framed)
    names = [
        alt.Chart(turns[turns["row"] == row])
        .mark_text(align="left", baseline="bottom", dx=2)
        .encode(x, y=alt.value(-4 - 17 * row), text="what:N")
        for row in (0, 1)
    ]
    points = (
        alt.Chart(data)
        .mark_point(filled=True, size=110, opacity=1)
        .encode(
            x,
            y=alt.Y(
                "lane:N",
                title=None,
                sort=lanes,
                scale=alt.Scale(domain=lanes),
                axis=alt.Axis(labelLimit=200, grid=True),
            ),
            color=alt.Color(
                "kind:N",
                legend=None,
                scale=alt.Scale(
                    domain=["meeting", "exercise"], range=[PALETTE["blue"], PALETTE["orange"]]
                ),
            ),
            shape=alt.Shape(
                "kind:N",
                legend=None,
                scale=alt.Scale(domain=["meeting", "exercise"], range=["circle", "square"]),
            ),
        )
    )
    return alt.layer(band, rules, points, *names, data=data).properties(width=360, height=220)


def crisis_text(as_of=JOHNSON):
    """Return name, caption, alternative, sources and table for `crisis_chart`."""
    rows = contacts(as_of)
    inside = rows[(rows["date"] >= DECLARED) & (rows["date"] <= ELECTED)]
    count = inside["lane"].value_counts()
    return {
        "name": "fig-johnson-crisis",
        "caption": "Three-way meetings (circles) and exercises (squares) that were found, by level. Shaded: from martial law to the election. "
        "A Secretariat meeting of February 2025, whose day is not known, stands in the data only.",
        "alt": f"Points in six lanes from November 2024 to July 2025. In the shaded months the lane of leaders is empty; there are "
        f"{count.get('Foreign ministers', 0)} meetings of foreign ministers and {count.get('Exercises', 0)} exercises. After the election the points go on, without leaders.",
        "source": ["meetings"],
        "table": rows,
        "columns": {"shown": "Date", "kind": "Kind", "level": "Level", "place": "Place"},
    }


ELECTION = {
    "candidate": "Candidate",
    "party": "Party",
    "share": "Share of valid votes, %",
    "cite_as": "Source",
}


def election_table(as_of=JOHNSON):
    """Return the official result of 3 June 2025: candidate, party, share of valid votes (%), source.

    Candidates below 0.5% are left out: outlets differ on the votes of one of them.
    """
    rows = load("rok_election_2025", as_of=as_of)
    rows = rows[
        (rows["election_date"] == ELECTED)
        & (rows["item"] == "official result")
        & (rows["unit"] == "percent of valid votes")
        & (rows["value"] >= 0.5)
    ]
    rows["cite_as"] = "Final count, " + rows["cite_as"].str.rpartition("final count, ")[2]
    return (
        rows.rename(columns={"value": "share"})
        .sort_values("share", ascending=False)
        .reset_index(drop=True)
    )


INDEX = {"V-Dem": "Liberal Democracy Index", "Freedom House": "Freedom in the World, total score"}


def democracy_scores(as_of=JOHNSON):
    """Return two indices of democracy for the three states, one row for index, country and year.

    V-Dem: Liberal Democracy Index, version 15, 0 to 1. Freedom House: total score, 0 to 100. One edition
    of V-Dem only, as it revises past years; point estimates, since no intervals were at hand.
    """
    rows = _solid(load("democracy", as_of=as_of))
    rows = rows[
        rows["country"].isin(COLOR)
        & (rows["measure"] == rows["source_index"].map(INDEX))
        & (rows["edition"] != "v16")
    ]
    return (
        rows[["source_index", "edition", "country", "year", "value", "cite_as"]]
        .sort_values(["source_index", "country", "year"])
        .reset_index(drop=True)
    )


def democracy_chart(as_of=JOHNSON):
    """Return both indices side by side, each on its own scale, of which the upper half is drawn."""
    rows = democracy_scores(as_of)
    panels = []
    for index, title, scale in (
        ("V-Dem", "V-Dem, liberal democracy, 0 to 1", [0.5, 1]),
        ("Freedom House", "Freedom House, total score, 0 to 100", [50, 100]),
    ):
        data = (
            rows[rows["source_index"] == index]
            .drop(columns="cite_as")
            .assign(year=lambda frame: frame["year"].astype(int))
        )
        first = data[data["year"] == data["year"].min()]
        x = alt.X(
            "year:Q",
            title=None,
            scale=alt.Scale(domain=[2015, 2024]),
            axis=alt.Axis(format="d", values=[2015, 2018, 2021, 2024], grid=False),
        )
        y = alt.Y("value:Q", title=title, scale=alt.Scale(domain=scale))
        color = alt.Color(
            "country:N",
            legend=None,
            scale=alt.Scale(domain=list(COLOR), range=list(COLOR.values())),
        )
        lines = (
            alt.Chart(data).mark_line(point={"size": 30}).encode(x, y, color, detail="country:N")
        )
        names = [
            alt.Chart(first[first["country"] == country])
            .mark_text(align="left", dy=dy, fontWeight="bold")
            .encode(x, y, color, text="country:N")
            for country, dy in ((US, -10), (JAPAN, -10), (ROK, 15))
        ]
        panels.append(alt.layer(lines, *names).properties(width=225, height=240))
    return alt.hconcat(*panels, spacing=36)


def democracy_text(as_of=JOHNSON):
    """Return name, caption, alternative, sources and table for `democracy_chart`."""
    rows = democracy_scores(as_of)
    korea = {
        index: part.set_index("year")["value"]
        for index, part in rows[rows["country"] == ROK].groupby("source_index")
    }
    v, f = korea["V-Dem"], korea["Freedom House"]
    rows["shown"] = [
        f"{row.value:.2f}" if row.source_index == "V-Dem" else f"{row.value:.0f}"
        for row in rows.itertuples()
    ]
    wide = rows.pivot(
        index=["source_index", "year"], columns="country", values="shown"
    ).reset_index()
    return {
        "name": "fig-johnson-democracy",
        "caption": "Two indices of democracy, each on the upper half of its own scale, in the editions at hand that were public when Johnson wrote. "
        "Point estimates; the range of the experts' judgments is left out.",
        "alt": f"Two panels of lines for the United States, Japan and South Korea. In V-Dem's index South Korea falls from {v[2021]:.2f} in 2021 to "
        f"{v[v.index.max()]:.2f} in {v.index.max()}, most of it by {v.diff().idxmin()}; in Freedom House's it stays between {f.min():.0f} and {f.max():.0f} throughout.",
        "source": ["democracy"],
        "table": cited(wide, rows, on=["source_index", "year"]),
        "columns": {"source_index": "Index", "year": "Year", US: US, JAPAN: JAPAN, ROK: ROK},
    }


# --- Three factors, three pairs -----------------------------------------------------------------

PAIRS = {
    "indicator": "Factor and indicator",
    "us_japan": "US and Japan",
    "us_rok": "US and South Korea",
    "japan_rok": "Japan and South Korea",
}


def distances(as_of=JOHNSON):
    """Return distances in UN voting by year for the three pairs and, for scale, the United States and China."""
    rows = load("unga_ideal_points", as_of=as_of)
    points = rows.pivot(index="year", columns="country", values="idealpoint_final_passage")
    pairs = {
        **{PAIR_NAME[key]: pair for key, pair in PAIR.items()},
        "United States and China": (US, "China"),
    }
    table = pd.DataFrame(
        {name: (points[one] - points[two]).abs() for name, (one, two) in pairs.items()}
    )
    return (
        table.round(2)
        .reset_index()
        .melt("year", var_name="pair", value_name="distance")
        .assign(year=lambda frame: frame["year"].astype(int))
    )


def threats_in(country, as_of=JOHNSON):
    """Return the countries most named as the greatest threat in Pew's survey of 2025: a frame, most named first."""
    rows = load("alliance_views", as_of=as_of)
    rows = rows[
        (rows["population"] == country)
        & (rows["question"] == "greatest threat (open-ended)")
        & (rows["year"] == as_of.year)
    ]
    return _solid(rows).sort_values("value", ascending=False)


def _named(country, as_of):
    rows = threats_in(country, as_of)
    return "not found" if rows.empty else f"{rows['target'].iloc[0]} {rows['value'].iloc[0]:.0f}%"


def changes_of_party(as_of=JOHNSON):
    """Return for each country, in words, what changed at the top between Camp David and `as_of`."""
    rows = load("leaders", as_of=as_of)
    rows = rows[rows["office"].isin(["president", "prime minister"])]
    words = {}
    for country in COLOR:
        terms = rows[
            (rows["country"] == country) & (rows["end"].isna() | (rows["end"] > CAMP_DAVID))
        ].sort_values("start")
        last, first = terms.iloc[-1], terms.iloc[0]
        if len(terms) == 1:
            words[country] = "no change"
        else:
            what = "party" if last["party"] != first["party"] else "leader, not party"
            words[country] = f"{what}, {last['start']:%b} {last['start'].year}"
    return words


def pairs_table(as_of=JOHNSON):
    """Return the three factors as indicators, one row each, with a cell for each pair of countries.

    A ratio or distance is one number for a pair; where an indicator belongs to a state, the cell gives
    both, in the order of the heading. SIPRI's amounts are of the edition of April 2026, the only one with all three states; the row says so.
    """
    year = as_of.year - 1
    far = distances(as_of).query("year == @year").set_index("pair")["distance"]
    sipri = load("sipri_milex")
    sipri = sipri[(sipri["year"] == year) & (sipri["edition"] == "April 2026")]
    money, share = (
        sipri[sipri["metric"] == metric].set_index("country")["value"]
        for metric in ("usd_bn_current", "share_gdp_pct")
    )
    scores = democracy_scores(as_of)
    latest = {
        index: part[part["year"] == part["year"].max()].set_index("country")["value"]
        for index, part in scores.groupby("source_index")
    }
    when = scores.groupby("source_index")["year"].max()
    changed = changes_of_party(as_of)
    both = lambda text: {key: text(one) + " / " + text(two) for key, (one, two) in PAIR.items()}
    late = "SIPRI, edition of April 2026, later than the article"
    rows = [
        (
            "**Threats.** Greatest threat named by each public (Pew, 2025)",
            {
                key: "; ".join(f"{country}: {_named(country, as_of)}" for country in pair)
                for key, pair in PAIR.items()
            },
        ),
        (
            f"**Threats.** Distance in UN votes, {year}; 0 = alike (Bailey, Strezhnev and Voeten)",
            {key: f"{far[PAIR_NAME[key]]:.2f}" for key in PAIR},
        ),
        (
            f"**Capability.** Military spending, {year}, the first as a multiple of the second ({late})",
            {key: f"{money[one] / money[two]:.1f}" for key, (one, two) in PAIR.items()},
        ),
        (
            f"**Capability.** Military spending, {year}, % of GDP ({late})",
            both(lambda c: f"{share[c]:.1f}"),
        ),
        (
            f"**Domestic politics.** Liberal democracy, {when['V-Dem']}, 0 to 1 (V-Dem, version 15)",
            both(lambda c: f"{latest['V-Dem'][c]:.2f}"),
        ),
        (
            f"**Domestic politics.** Total score, {when['Freedom House']}, 0 to 100 (Freedom House)",
            both(lambda c: f"{latest['Freedom House'][c]:.0f}"),
        ),
        (
            "**Domestic politics.** Change at the top since Camp David (American parties recalled, not seen)",
            both(lambda c: changed[c]),
        ),
    ]
    return pd.DataFrame([{"indicator": indicator, **cells} for indicator, cells in rows])


def alignment_chart(as_of=JOHNSON):
    """Return the distances in UN voting as lines, with the United States and China for scale."""
    rows = distances(as_of)
    color = {
        **dict(zip(PAIR_NAME.values(), (PALETTE["blue"], PALETTE["green"], PALETTE["purple"]))),
        "United States and China": PALETTE["gray"],
    }
    spot = pd.DataFrame(
        {"pair": list(color), "year": [1991, 1996, 1993, 1997], "dy": [22, -12, -12, -10]}
    ).merge(rows)
    x = alt.X(
        "year:Q",
        title=None,
        scale=alt.Scale(domain=[1991, 2024]),
        axis=alt.Axis(format="d", grid=False, values=[1991, 1997, 2003, 2009, 2015, 2021]),
    )
    y = alt.Y(
        "distance:Q",
        title="Distance in UN votes (0 = alike; no unit)",
        scale=alt.Scale(domain=[0, 5]),
    )
    shade = alt.Color(
        "pair:N", legend=None, scale=alt.Scale(domain=list(color), range=list(color.values()))
    )
    lines = alt.Chart(rows).mark_line().encode(x, y, shade, detail="pair:N")
    names = [
        alt.Chart(spot[spot["pair"] == pair])
        .mark_text(align="left", dy=dy, fontWeight="bold")
        .encode(x, y, shade, text="pair:N")
        for pair, dy in zip(spot["pair"], spot["dy"])
    ]
    return alt.layer(lines, *names, data=rows).properties(width=540, height=280)


def alignment_text(as_of=JOHNSON):
    """Return name, caption, alternative, sources and table for `alignment_chart`."""
    wide = distances(as_of).pivot(index="year", columns="pair", values="distance")
    last, start = wide.loc[wide.index.max()], wide.loc[2015]
    names = PAIR_NAME
    return {
        "name": "fig-johnson-alignment",
        "caption": "How far apart two states stand in the votes of the UN General Assembly (final passage), by year. The uncertainty of the estimates is "
        "left out: the source gives it for each state, not for the distance between two.",
        "alt": f"Four lines from {wide.index.min()} to {wide.index.max()}. The United States stands {last[names['us_japan']]:.2f} from Japan and {last[names['us_rok']]:.2f} from "
        f"South Korea in the last year, down from {start[names['us_japan']]:.2f} and {start[names['us_rok']]:.2f} in 2015. Japan and South Korea stay near zero, "
        f"never above {wide.loc[2000:, names['japan_rok']].max():.2f} since 2000; the United States and China stay about three apart.",
        "source": ["unga_ideal_points"],
        "table": wide.reset_index(),
        "columns": {"year": "Year", **{pair: pair for pair in wide.columns}},
    }


# --- What was promised --------------------------------------------------------------------------

ASPECTS = {
    "trigger": "Trigger",
    "duty": "Duty",
    "verb_of_obligation": "Verb",
    "who_decides": "Who decides",
    "legal_status": "In law",
}
PROMISES = {
    "consult": {
        ("North Atlantic Treaty", "Art. 4"): "North Atlantic Treaty, Article 4",
        ("Commitment to Consult", "sole text, two paragraphs"): "Commitment to Consult, 2023",
        ("US-ROK Mutual Defense Treaty", "Art. II"): "US-ROK treaty, Article II",
    },
    "act": {
        ("North Atlantic Treaty", "Art. 5"): "North Atlantic Treaty, Article 5",
        ("US-Japan Security Treaty", "Art. V"): "US-Japan treaty, Article V",
        ("US-ROK Mutual Defense Treaty", "Art. III"): "US-ROK treaty, Article III",
    },
}


def clauses(promise, as_of=JOHNSON):
    """Return three clauses side by side, paraphrased: those that promise to "consult" or those that promise to "act".

    One row for each aspect (trigger, duty, verb, who decides, legal status), one column for each clause.
    Article IV of the US-Japan treaty, also a promise to consult, is left out: its text was only recalled.
    """
    rows = _solid(load("commitments", as_of=as_of)).set_index(["text", "article"])
    table = {"Aspect": list(ASPECTS.values())}
    for key, heading in PROMISES[promise].items():
        table[heading] = list(rows.loc[key, list(ASPECTS)])
    return pd.DataFrame(table)


# --- What publics want --------------------------------------------------------------------------

WORDING = {
    "trilateral military cooperation should be strengthened": "strengthen three-way military cooperation",
    "need to strengthen trilateral security cooperation on DPRK nuclear crisis": "more three-way cooperation on the North",
    "approve strengthening trilateral security cooperation": "stronger three-way security cooperation",
    "positive on strengthening trilateral military-security cooperation": "stronger three-way military cooperation",
    "Japan-ROK military alliance needed against DPRK": "alliance with Japan against the North",
    "strengthen military cooperation with Japan": "stronger Japan-Korea defense cooperation",
    "strengthen defense cooperation with ROK": "stronger Japan-Korea defense cooperation",
    "strengthen Japan-ROK defense cooperation": "stronger Japan-Korea defense cooperation",
}


def support(as_of=JOHNSON):
    """Return every survey item on security cooperation: survey, wording, mode, public, share in favor (%), asked after `as_of`?

    "After" goes by fieldwork, and by publication where the fieldwork's days are not known.
    """
    rows = _solid(load("alliance_views"))
    rows = rows[rows["target"] == "trilateral / bilateral security cooperation"].copy()
    rows["wording"] = rows["question"].map(WORDING).fillna(rows["question"])
    rows["mode"] = rows["mode"].fillna("mode not stated")
    rows["three"] = rows["wording"].str.contains("three-way")
    rows["after"] = rows["fieldwork_end"].fillna(rows["public_from"]) > pd.Timestamp(as_of)
    weak = rows["cite_as"].str.contains("blog").map({True: ", from a blog", False: ""})
    rows["survey"] = rows["series"] + " " + rows["year"].astype(str)
    rows["line"] = rows["survey"] + " (" + rows["mode"] + weak + ")|" + rows["wording"]
    return rows.sort_values(["three", "year", "series"], ascending=[False, True, True]).reset_index(
        drop=True
    )


def support_chart(as_of=JOHNSON):
    """Return the shares in favor as dots, one line a survey; hollow where asked after `as_of`."""
    rows = support(as_of)
    data = rows[["line", "population", "value", "after"]].copy()
    lines = list(dict.fromkeys(data["line"]))
    y = alt.Y(
        "line:N",
        title=None,
        sort=lines,
        axis=alt.Axis(
            labelExpr="split(datum.label, '|')", labelLimit=380, labelLineHeight=15, grid=True
        ),
    )
    x = alt.X(
        "value:Q",
        title="In favor, %",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(values=[0, 50, 100], grid=True),
    )
    known = {"domain": [ROK, JAPAN]}
    color = alt.Color(
        "population:N", title=None, scale=alt.Scale(**known, range=[COLOR[ROK], COLOR[JAPAN]])
    )
    shape = alt.Shape(
        "population:N", title=None, scale=alt.Scale(**known, range=["circle", "diamond"])
    )
    dots = [
        alt.Chart(data[data["after"] == after])
        .mark_point(filled=not after, size=110, opacity=1, strokeWidth=2.5)
        .encode(x, y, color, shape)
        for after in (False, True)
    ]
    left = data.duplicated("line", keep=False) & (
        data["value"] == data.groupby("line")["value"].transform("min")
    )
    numbers = [
        alt.Chart(data[left == side])
        .mark_text(dx=-9 if side else 9, align="right" if side else "left", fontSize=12)
        .encode(
            x,
            y,
            alt.Color("population:N", scale=alt.Scale(**known, range=[COLOR[ROK], COLOR[JAPAN]])),
            text=alt.Text("value:Q", format=".0f"),
        )
        for side in (True, False)
    ]
    return alt.layer(*dots, *numbers, data=data).properties(width=220, height=37 * len(lines))


def support_text(as_of=JOHNSON):
    """Return name, caption, alternative, sources and table for `support_chart`."""
    rows = support(as_of)
    before = rows[~rows["after"]].groupby("population")["value"]
    later = rows[rows["after"]]
    extra = "; ".join(f"{_whole(row.value)}% in {row.population}" for row in later.itertuples())
    return {
        "name": "fig-johnson-support",
        "caption": "Support for security cooperation, first of the three, then of Japan and South Korea; one line a survey, with its mode and wording. "
        "Circles: South Koreans. Diamonds: Japanese. Hollow: asked after the article appeared. The share of 2020 is derived from the change reported in 2021.",
        "alt": f"{rows['line'].nunique()} surveys on separate lines. Before the article, shares in favor run from {_whole(before.min()[ROK])} to {_whole(before.max()[ROK])}% in South Korea "
        f"and from {_whole(before.min()[JAPAN])} to {_whole(before.max()[JAPAN])}% in Japan. One hollow mark, asked later, stands at {extra}.",
        "source": ["alliance_views"],
        "table": rows,
        "columns": {
            "survey": "Survey",
            "population": "Public",
            "question": "Wording, in English and shortened",
            "mode": "Mode",
            "value": "In favor, %",
        },
    }


# --- Dangers ------------------------------------------------------------------------------------

THREATS_NAMED = {
    "threat": "Named as the greatest threat",
    JAPAN: "Japan, %",
    ROK: "South Korea, %",
    "remark": "Remark",
}


def threats_named(as_of=JOHNSON):
    """Return the countries named as the greatest threat (Pew, 2025) by the publics of Japan and South Korea, %.

    An empty cell means that the share was not found, not that nobody gave the answer.
    """
    rows = pd.concat([threats_in(country, as_of) for country in (JAPAN, ROK)])
    table = rows.pivot(index="target", columns="population", values="value").reindex(
        columns=[JAPAN, ROK]
    )
    table = table.assign(order=table.max(axis=1)).sort_values("order", ascending=False)
    weak = rows[rows["note"].fillna("").str.contains("low-grade")].groupby("target").size()
    table["remark"] = ["weak source" if target in weak.index else "" for target in table.index]
    return table.rename_axis("threat").reset_index()


THREATS = {
    "indicator": "Danger and indicator",
    "value": "Earlier and latest",
    "limit": "What it cannot say",
    "cite_as": "Source",
}
_CHANGES = [
    (
        "China",
        "Scrambles of Japan against Chinese aircraft",
        "pla_activity",
        {"series": "Japan, ASDF scrambles", "metric": "against Chinese aircraft"},
        2016,
        "A scramble is Japan's answer; fewer of them need not mean fewer flights.",
    ),
    (
        "North Korea",
        "Missiles launched, as counted by Japan's defense ministry",
        "dprk_tests",
        {"series": "Japan MOD", "metric": "missiles launched"},
        2022,
        "One count among several; launches are not capability, and none for 2024 was found.",
    ),
    (
        "North Korea",
        "Assembled warheads, estimate",
        "dprk_tests",
        {"series": "SIPRI", "metric": "assembled warheads, January of the year"},
        2022,
        "SIPRI calls its own estimate highly uncertain; it says nothing of use.",
    ),
    (
        "Taiwan",
        "Aircraft entering Taiwan's air defense identification zone",
        "pla_activity",
        {"series": "Taiwan, ADIZ", "metric": "aircraft entering the ADIZ"},
        2021,
        "The zone is not airspace. {note}.",
    ),
]
_LATEST = [
    (
        "China",
        "announced central defense budget, growth",
        "A plan for money, in nominal terms; no arms and no aims.",
    ),
    ("Russia", "growth of output", "The nation, not the Far East."),
    (
        "Russia",
        "Bank of Russia forecast, growth of output",
        "The nation, not the Far East; a forecast.",
    ),
    (
        "Russia",
        "share of imported microelectronics from China",
        "An estimate for one year; no trend, no word on quality.",
    ),
    (
        "Russia",
        "protesters in Khabarovsk, largest report",
        "One city, one month, five years before the article; smaller protests came in 2022.",
    ),
    (
        "Russia",
        "North Korean soldiers in Russia, by allied governments",
        "More than this number, says the source; not in the section.",
    ),
]


def _amount(row, unit=True):
    """Return a value with its range and unit, "1 to 2%"."""
    text = f"{row['value']:,.1f}".removesuffix(".0")
    if "value_high" in row and pd.notna(row["value_high"]):
        text += f" to {row['value_high']:,.1f}".removesuffix(".0")
    return text + ("%" if row["unit"] == "percent" else "")


def threats_table(as_of=JOHNSON):
    """Return indicators of the four dangers, one row each: earlier and latest value, what it cannot say, source.

    Where one year only was found, it stands alone. Values that the national statistics of Russia give
    are the nation's; no series for its Far East was read.
    """
    table = []
    for danger, title, resource, pick, first, limit in _CHANGES:
        rows = load(resource, as_of=as_of)
        for column, wanted in pick.items():
            rows = rows[rows[column] == wanted]
        rows = _solid(rows).sort_values("year")
        then, now = rows[rows["year"] == first].iloc[0], rows.iloc[-1]
        period = "period" if "period" in rows else "year"
        note = str(now["note"]).partition(":")[0] if pd.notna(now["note"]) else ""
        table.append(
            {
                "danger": danger,
                "indicator": f"**{danger}.** {title}",
                "value": f"{_amount(then)} ({then[period]}), {_amount(now)} ({now[period]})",
                "limit": limit.format(note=note),
                "cite_as": now["cite_as"],
                "url": now["url"],
            }
        )
    found = load("threat_indicators", as_of=as_of)
    for danger, title, limit in _LATEST:
        row = found[(found["threat"] == danger) & (found["indicator"] == title)].iloc[0]
        table.append(
            {
                "danger": danger,
                "indicator": f"**{danger}.** {title[0].upper()}{title[1:]}",
                "value": f"{_amount(row)} ({row['period']})",
                "limit": limit,
                "cite_as": row["cite_as"],
                "url": row["url"],
            }
        )
    order = {"China": 0, "North Korea": 1, "Russia": 2, "Taiwan": 3}
    return (
        pd.DataFrame(table)
        .sort_values("danger", key=lambda column: column.map(order), kind="stable")
        .reset_index(drop=True)
    )


KINDS = {
    "assembled warheads, January of the year": "assembled",
    "warheads that the fissile material could yield (potential), January of the year": "what the material could yield",
}


def warheads(as_of=JOHNSON):
    """Return SIPRI's estimates of North Korea's warheads by January of the year: kind, value, high end of the range where one is given."""
    rows = load("dprk_tests", as_of=as_of)
    rows = _solid(rows[rows["series"] == "SIPRI"].dropna(subset=["value"])).copy()
    rows["kind"] = rows["metric"].map(KINDS)
    rows["high"] = rows["value_high"].fillna(rows["value"])
    most = rows["note"].fillna("").str.match("up to|at most")
    rows["shown"] = [
        ("up to " if top else "") + _amount(row) for row, top in zip(rows.to_dict("records"), most)
    ]
    return rows.sort_values(["year", "kind"]).reset_index(drop=True)


def warheads_chart(as_of=JOHNSON):
    """Return SIPRI's two kinds of estimate as marks that no line joins, with the year 2022 as a break."""
    rows = warheads(as_of)[["year", "kind", "value", "high", "shown"]].assign(
        year=lambda frame: frame["year"].astype(int),
        shown=lambda frame: frame["shown"].str.replace("up to ", "≤ ").str.replace(" to ", "–"),
    )
    x = alt.X(
        "year:Q",
        title="January of the year",
        scale=alt.Scale(domain=[2015.5, 2025.5]),
        axis=alt.Axis(format="d", tickMinStep=1, values=list(range(2016, 2026)), grid=False),
    )
    y = alt.Y("value:Q", title="Warheads, SIPRI’s estimate", scale=alt.Scale(domain=[0, 100]))
    kinds = list(KINDS.values())
    color = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=kinds, range=[PALETTE["blue"], PALETTE["orange"]]),
        legend=alt.Legend(labelLimit=300),
    )
    shape = alt.Shape(
        "kind:N", title=None, scale=alt.Scale(domain=kinds, range=["circle", "diamond"])
    )
    cut = alt.Chart(pd.DataFrame({"year": [2021.5], "text": ["from 2022 also assembled"]}))
    rule = cut.mark_rule(color=PALETTE["gray"], strokeDash=[4, 3]).encode(x)
    told = cut.mark_text(align="right", dx=-6, baseline="top", color=PALETTE["gray"]).encode(
        x, y=alt.value(2), text="text:N"
    )
    spans = (
        alt.Chart(rows[rows["high"] > rows["value"]])
        .mark_rule(strokeWidth=4)
        .encode(
            x,
            y,
            y2="high:Q",
            color=alt.Color(
                "kind:N", scale=alt.Scale(domain=kinds, range=[PALETTE["blue"], PALETTE["orange"]])
            ),
        )
    )
    points = (
        alt.Chart(rows[rows["high"] == rows["value"]])
        .mark_point(filled=True, size=110, opacity=1)
        .encode(x, y, color, shape)
    )
    numbers = (
        alt.Chart(rows).mark_text(dy=-12, fontSize=12).encode(x, alt.Y("high:Q"), text="shown:N")
    )
    return alt.layer(rule, told, spans, points, numbers, data=rows).properties(
        width=540, height=240
    )


def warheads_text(as_of=JOHNSON):
    """Return name, caption, alternative, sources and table for `warheads_chart`."""
    rows = warheads(as_of)
    ready = rows[rows["kind"] == "assembled"].set_index("year")["value"]
    could = rows[rows["kind"] != "assembled"].set_index("year")
    return {
        "name": "fig-johnson-warheads",
        "caption": "North Korean warheads as estimated by SIPRI. Until 2021 the estimate was of what the fissile material could yield; from 2022 it also gives assembled warheads. "
        "The two are different things, and no line joins them. Bars: ranges.",
        "alt": f"Marks by year. What the material could yield goes from {could['shown'].iloc[0]} in {could.index[0]} to {could['shown'].iloc[-1]} in {could.index[-1]}. "
        f"Assembled warheads appear in {ready.index[0]} with {ready.iloc[0]:.0f} and stand at {ready.iloc[-1]:.0f} in {ready.index[-1]}, as in the year before.",
        "source": ["dprk_tests"],
        "table": rows,
        "columns": {
            "year": "January of",
            "kind": "Kind of estimate",
            "shown": "Warheads",
            "cite_as": "Read in",
        },
    }


# --- President and alliance ---------------------------------------------------------------------

TRUST = {
    "about": "About",
    "question": "Answer",
    JAPAN: "Japan, %",
    ROK: "South Korea, %",
    "survey": "Survey",
}
_ASKED = [
    (
        "the president",
        "no confidence in him",
        "no confidence",
        {JAPAN: "Pew Global Attitudes", ROK: "Pew Global Attitudes"},
    ),
    (
        "the country",
        "trust the United States",
        "trust the US|trust (great deal + somewhat)",
        {JAPAN: "Yomiuri (2017-2024 with Gallup)", ROK: "EAI"},
    ),
    (
        "the alliance",
        "most important ally: the United States",
        "most important ally (open-ended)",
        {JAPAN: "Pew Global Attitudes", ROK: "Pew Global Attitudes"},
    ),
    (
        "the alliance",
        "the security treaty is useful",
        "Japan-US security treaty useful (incl. fairly)",
        {JAPAN: "Japan Cabinet Office SDF/defense survey"},
    ),
]


def trust_table(as_of=JOHNSON):
    """Return what the publics of Japan and South Korea said of the president, the country and the alliance, %.

    The newest answer public on `as_of` for each survey; an empty cell means that no such question was found.
    """
    views = _solid(load("alliance_views", as_of=as_of))
    table = []
    for about, answer, questions, series in _ASKED:
        line, surveys = {"about": about, "question": answer}, []
        for country, name in series.items():
            rows = views[
                (views["population"] == country)
                & (views["series"] == name)
                & views["question"].isin(questions.split("|"))
            ].sort_values("year")
            if not rows.empty:
                line[country] = rows["value"].iloc[-1]
                surveys.append(f"{name.partition(' (')[0]} {rows['year'].iloc[-1]}")
        table.append({**line, "survey": "; ".join(dict.fromkeys(surveys))})
    return pd.DataFrame(table)


# --- Rules on arms exports ----------------------------------------------------------------------

RULES = {"country": "Country", "when": "When", "event": "Rule or decision", "cite_as": "Source"}


def _when(row):
    note = row["note"] if pd.notna(row["note"]) else ""
    if row["date_as_known"] == "n.d.":
        return "in force, undated"
    if "date recalled" in note or "year confirmed" in note or "dates recalled" in note:
        return f"{row['year']}" + (" (year recalled)" if "date recalled" in note else "")
    if "month confirmed" in note:
        return _month(row["date_as_known"][:7])
    return (
        spell_day(row["date"], short=True)
        if pd.notna(row["date"])
        else _month(row["date_as_known"])
    )


def export_rules(as_of=JOHNSON):
    """Return the rules on arms exports of Japan and South Korea to `as_of`, in time; what was only recalled is left out or marked.

    A rule in force whose source prints no date stands at the end of its country.
    """
    rows = _solid(load("arms_export_rules"))
    rows = rows[
        (rows["public_from"] <= pd.Timestamp(as_of)) | (rows["date_as_known"] == "n.d.")
    ].copy()
    rows["when"] = [_when(row) for row in rows.to_dict("records")]
    return rows.sort_values(["country", "year"], na_position="last", kind="stable").reset_index(
        drop=True
    )


# --- Computed sentences -------------------------------------------------------------------------

SENTENCES = {}


def sentence(name, as_of=JOHNSON):
    """Return one computed sentence of the chapter: "crisis", "alignment" or "support"."""
    return SENTENCES[name](as_of)


def _say_crisis(as_of):
    rows = contacts(as_of)
    known = rows["date"].fillna(pd.to_datetime(rows["date_as_known"], format="mixed"))
    during, after = rows[(known >= DECLARED) & (known <= ELECTED)], rows[known > ELECTED]
    counts = {
        f"{kind}_{when}": int((part["kind"] == kind).sum())
        for when, part in (("during", during), ("after", after))
        for kind in ("meeting", "exercise")
    }
    return say(
        "From {start:day} to {end:day}, {days} days, the list has {meeting_during} meetings of the three and {exercise_during} exercises, "
        "none of them at the level of leaders. From the election to the article it adds {meeting_after} meetings and {exercise_after} exercises.",
        start=DECLARED,
        end=ELECTED,
        days=(ELECTED - DECLARED).days,
        **counts,
    )


def _say_alignment(as_of):
    wide = distances(as_of).pivot(index="year", columns="pair", values="distance")
    pair = wide[PAIR_NAME["japan_rok"]]
    own = (
        load("unga_ideal_points", as_of=as_of)
        .query("country == @US")
        .set_index("year")["idealpoint_final_passage"]
    )
    last = int(wide.index.max())
    return say(
        "Since 2015 Japan and South Korea have stood between {low:.2f} and {high:.2f} apart, and {quarrel:.2f} apart in 2019, the year of their dispute over export licenses. "
        "From 2015 to {last} the American distance from Japan went from {japan_then:.2f} to {japan_now:.2f}, from South Korea from {korea_then:.2f} to {korea_now:.2f}; "
        "part of that is the American position itself, which went from {us_then:.2f} to {us_now:.2f}.",
        low=pair.loc[2015:].min(),
        high=pair.loc[2015:].max(),
        quarrel=pair[2019],
        us_then=own[2015],
        us_now=own[last],
        last=last,
        japan_then=wide.at[2015, PAIR_NAME["us_japan"]],
        japan_now=wide.at[last, PAIR_NAME["us_japan"]],
        korea_then=wide.at[2015, PAIR_NAME["us_rok"]],
        korea_now=wide.at[last, PAIR_NAME["us_rok"]],
    )


def _say_support(as_of):
    rows = support(as_of)
    before = rows[~rows["after"]]
    japan = before[(before["population"] == JAPAN) & before["three"]].sort_values("value")
    low, high = japan.iloc[0], japan.iloc[-1]
    return say(
        "Among Japanese the shares for three-way cooperation run from {low}% ({first}) to {high}% ({second}): the distance is one of "
        "questions and answer boxes at least as much as of years.",
        low=_whole(low["value"]),
        first=low["survey"],
        high=_whole(high["value"]),
        second=high["survey"],
    )


SENTENCES.update(crisis=_say_crisis, alignment=_say_alignment, support=_say_support)
