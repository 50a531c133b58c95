"""China's announced defense budget: its rate, its level, its real growth, and what outsiders estimate.

Three rules keep the numbers honest. A rate is compared only with rates, an amount only with amounts of
the same scope (central or national, budget or executed). Real values deflate with the year's own
prices, after the fact. Dollars serve only to set estimates of one year side by side.
"""

from math import inf, log

import altair as alt
import pandas as pd

from companion.data import cited, load
from companion.days import LIN
from companion.output import link, say, table
from companion.theme import PALETTE

FIRST_CENTRAL = 2013
"""From this year on the amount reported as "the" budget is the central level, but for 2017."""

PRICES = {"gdp_deflator_change": "GDP deflator", "cpi_inflation": "consumer prices"}
BASE_YEAR = 2024


def central_budgets(as_of=None):
    """Return the announced central budgets by year: amount (billion yuan), announced rate (%), cite_as, url.

    From 2013 on, one row a year. The announced rate sets this year's budget against last year's
    spending as executed; it is the publisher's, not computed here.
    """
    rows = load("china_defense_budget", as_of=as_of)
    rows = rows[
        (rows["kind"] == "budget") & (rows["scope"] == "central") & (rows["year"] >= FIRST_CENTRAL)
    ]
    return rows.sort_values("year").reset_index(drop=True)


def chained_headlines(as_of=None):
    """Return year and growth (%) got by dividing one headline amount by the one before, whatever their scope."""
    rows = load("china_defense_budget", as_of=as_of)
    rows = rows[
        (rows["kind"] == "budget") & rows["headline"] & rows["amount_bn_cny"].notna()
    ].sort_values("year")
    rows = rows[~rows.duplicated("year", keep=False) | (rows["scope"] == "national")]
    growth = (rows["amount_bn_cny"] / rows["amount_bn_cny"].shift() - 1) * 100
    chained = pd.DataFrame(
        {
            "year": rows["year"],
            "chained_pct": growth.round(1),
            "consecutive": rows["year"].diff() == 1,
        }
    )
    return (
        chained[chained["consecutive"] & (chained["year"] >= FIRST_CENTRAL)]
        .drop(columns="consecutive")
        .reset_index(drop=True)
    )


def macro(indicator):
    """Return one macroeconomic series as a pandas Series by year, in the unit the data package states."""
    rows = load("china_macro")
    return rows[rows["indicator"] == indicator].set_index("year")["value"].sort_index()


def rows_behind(*indicators):
    """Return the rows that a series in terms of prices, output or dollars is computed from: the budgets', and those of the macroeconomic `indicators`."""
    rows = load("china_macro")
    return central_budgets(), rows[rows["indicator"].isin(indicators)]


def price_change(kind):
    """Return yearly price changes, %, of `kind`, a key of PRICES.

    Where the package holds a deflator that was derived and rounded, it is derived again here, unrounded:
    (1 + nominal growth) / (1 + real growth) - 1.
    """
    rows = load("china_macro")
    rows = rows[rows["indicator"] == kind].set_index("year").sort_index()
    changes = rows["value"].copy()
    nominal, real = macro("gdp_nominal"), macro("gdp_real_growth")
    for year in changes.index[rows["grade"] == "derived"]:
        changes[year] = (nominal[year] / nominal[year - 1]) / (1 + real[year] / 100) * 100 - 100
    return changes


def price_index(kind):
    """Return an index of prices by year, BASE_YEAR = 1, chained from yearly changes of `kind`, a key of PRICES."""
    index = (1 + price_change(kind) / 100).cumprod()
    return index / index[BASE_YEAR]


def real_growth(as_of=None):
    """Return the announced rate in real terms by year, %: (1 + rate) / (1 + price change) - 1, for both price measures.

    Prices are those of the budget's own year, known only afterwards; 2025 is preliminary.
    """
    table = central_budgets(as_of).set_index("year")[["growth_announced_pct"]]
    for kind in PRICES:
        table[kind] = (1 + table["growth_announced_pct"] / 100) / (
            1 + price_change(kind) / 100
        ) * 100 - 100
    return table.dropna().round(2)


# --- The announced rate -------------------------------------------------------------------------


def growth_chart(as_of=LIN):
    """Return the announced rates as bars, and as diamonds the rates that chained headlines would give where they differ."""
    rates = central_budgets(as_of)[["year", "growth_announced_pct"]].rename(
        columns={"growth_announced_pct": "rate"}
    )
    rates["claimed"] = rates["year"] >= 2022
    false = chained_headlines(as_of).merge(rates, on="year")
    false = false[(false["chained_pct"] - false["rate"]).abs() > 1]
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0))
    y = alt.Y("rate:Q", title="Announced growth, % (nominal)", scale=alt.Scale(domain=[0, 13]))
    bars = (
        alt.Chart(rates)
        .mark_bar(size=30)
        .encode(
            x,
            y,
            color=alt.condition(
                "datum.claimed", alt.value(PALETTE["blue"]), alt.value(PALETTE["paleblue"])
            ),
        )
    )
    labels = (
        alt.Chart(rates)
        .mark_text(dy=-10, fontSize=13)
        .encode(
            x,
            y=alt.datum(0),
            text=alt.Text("rate:Q", format=".1f"),
            color=alt.condition("datum.claimed", alt.value("white"), alt.value(PALETTE["ink"])),
        )
    )
    line = (
        alt.Chart(pd.DataFrame({"seven": [7]}))
        .mark_rule(color=PALETTE["ink"], strokeDash=[4, 3])
        .encode(y="seven:Q")
    )
    diamonds = (
        alt.Chart(false)
        .mark_point(
            shape="diamond", size=90, filled=False, color=PALETTE["orange"], strokeWidth=2.5
        )
        .encode(x, y=alt.Y("chained_pct:Q"))
    )
    told = (
        alt.Chart(false.nlargest(1, "chained_pct").assign(text="headlines chained"))
        .mark_text(dy=-14, fontSize=13, color=PALETTE["orange"])
        .encode(x, alt.Y("chained_pct:Q"), text="text:N")
    )
    return alt.layer(bars, line, labels, diamonds, told, data=rates).properties(
        width=540, height=250
    )


def growth_text(as_of=LIN):
    """Return name, caption, alternative, sources and table for `growth_chart`."""
    rates = central_budgets(as_of)
    latest = rates.iloc[-1]
    above = rates[rates["growth_announced_pct"] > latest["growth_announced_pct"]]
    false = chained_headlines(as_of).merge(rates, on="year")
    false = false[(false["chained_pct"] - false["growth_announced_pct"]).abs() > 1]
    table = rates.merge(chained_headlines(as_of), on="year", how="left")
    return {
        "name": "fig-budget-growth",
        "caption": "Announced growth of China's central defense budget. Dark bars: the four years that Lin counts. Dashed line: 7%. "
        "Diamonds: the false rates that come from dividing headline amounts whose scope changed.",
        "alt": f"Bars by year from {rates['year'].min()} to {latest['year']}. The rate of {latest['year']} is {latest['growth_announced_pct']:.1f}%, "
        f"as in the two years before; {len(above)} earlier years stand higher, the last of them {above['year'].max()}. "
        f"Diamonds for {', '.join(map(str, false['year']))} lie well off the bars.",
        "source": ["china_defense_budget"],
        "table": table,
        "columns": {
            "year": "Year",
            "growth_announced_pct": "Announced rate, %",
            "amount_bn_cny": "Central budget, billion yuan",
            "chained_pct": "Chained headlines, %",
            "cite_as": "Source",
        },
    }


# --- The chart the reader changes ---------------------------------------------------------------

SCOPES = {
    "Central budget": ("budget", "central"),
    "National budget": ("budget", "national"),
    "National, as executed": ("executed", "national"),
}
VIEWS = ["Yearly increase", "Level"]
PRICE_VIEWS = {
    "Nominal": None,
    f"Real, GDP deflator ({BASE_YEAR} prices)": "gdp_deflator_change",
    f"Real, consumer prices ({BASE_YEAR} prices)": "cpi_inflation",
}


def explorer_data(as_of=LIN):
    """Return one row for each scope, view, kind of prices and year: value in billion yuan, and whether it was public by `as_of`.

    Values that were only recalled are left out. An increase needs two consecutive years of one scope.
    A real value was not public before its year's prices were, so from 2025 on it is set off.
    """
    rows = load("china_defense_budget")
    rows = rows[rows["amount_bn_cny"].notna()]
    out = []
    for scope, (kind, level) in SCOPES.items():
        chosen = (
            rows[(rows["kind"] == kind) & (rows["scope"] == level)]
            .drop_duplicates("year")
            .set_index("year")
            .sort_index()
        )
        for prices, index in PRICE_VIEWS.items():
            amount = (
                chosen["amount_bn_cny"]
                if index is None
                else (chosen["amount_bn_cny"] / price_index(index)).dropna()
            )
            known = pd.to_datetime(chosen["public_from"]).reindex(amount.index) <= pd.Timestamp(
                as_of
            )
            if index:
                known &= amount.index < as_of.year
            increase = amount.diff()[amount.index.to_series().diff() == 1]
            for view, values in zip(VIEWS, (increase, amount)):
                out += [
                    {
                        "year": int(year),
                        "scope": scope,
                        "view": view,
                        "prices": prices,
                        "value": round(float(value), 1),
                        "known": bool(known[year]),
                    }
                    for year, value in values.items()
                ]
    return pd.DataFrame(out)


def explorer_chart(as_of=LIN):
    """Return the budget by year with controls for scope, view, prices and first year shown."""
    rows = explorer_data(as_of)
    scope = alt.param(
        "scope", value=list(SCOPES)[0], bind=alt.binding_select(options=list(SCOPES), name="Scope")
    )
    view = alt.param("view", value=VIEWS[0], bind=alt.binding_select(options=VIEWS, name="Show"))
    prices = alt.param(
        "prices",
        value=list(PRICE_VIEWS)[0],
        bind=alt.binding_select(options=list(PRICE_VIEWS), name="Prices"),
    )
    first = alt.param(
        "first",
        value=2014,
        bind=alt.binding_range(min=2002, max=2022, step=1, name="First year shown"),
    )
    base = (
        alt.Chart(rows)
        .add_params(scope, view, prices, first)
        .transform_filter(
            "datum.scope == scope && datum.view == view && datum.prices == prices && datum.year >= first"
        )
    )
    bars = base.mark_bar(strokeWidth=1.5, stroke=PALETTE["blue"]).encode(
        alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        alt.Y("value:Q", title="Billion yuan"),
        color=alt.condition("datum.known", alt.value(PALETTE["blue"]), alt.value("white")),
    )
    labels = base.mark_text(dy=-8, fontSize=12, color=PALETTE["ink"]).encode(
        alt.X("year:O"), alt.Y("value:Q"), alt.Text("value:Q", format=",.0f")
    )
    return alt.layer(bars, labels).properties(width=540, height=280)


def explorer_text(as_of=LIN):
    """Return name, caption, alternative, sources and table for `explorer_chart`."""
    rows = explorer_data(as_of)
    start = rows[
        (rows["scope"] == "Central budget")
        & (rows["view"] == VIEWS[0])
        & (rows["prices"] == "Nominal")
        & (rows["year"] >= 2014)
    ]
    known = start[start["known"]]
    wide = (
        rows[rows["view"] == "Level"]
        .pivot_table(index=["scope", "year"], columns="prices", values="value")
        .reset_index()
        .sort_values(["scope", "year"])
    )
    behind = [
        load("china_defense_budget")
        .query("kind == @kind and scope == @level")
        .drop_duplicates("year")
        .assign(scope=scope)
        for scope, (kind, level) in SCOPES.items()
    ]
    top = known.loc[known["value"].idxmax()]
    after = start[~start["known"]]
    return {
        "name": "fig-budget-explorer",
        "caption": "The budget as the reader wants it: choose scope, view, prices and first year. Shown first: the yearly increase of the central budget "
        "in billion yuan. Filled bars were public when Lin wrote; outlined bars came later.",
        "alt": f"Bars of the yearly increase of the central budget from 2014. The largest that was public by March 2025 is {top['year']}'s, "
        f"{top['value']:.0f} billion yuan. "
        + " ".join(
            f"{row.year}, known later, adds {row.value:.0f} billion." for row in after.itertuples()
        ),
        "source": ["china_defense_budget", "china_macro"],
        "table": cited(wide, *behind, on=["scope", "year"]),
        "columns": {
            "scope": "Scope",
            "year": "Year",
            **{name: f"{name}, billion yuan" for name in PRICE_VIEWS},
            "cite_as": "Source of the nominal amount",
        },
        "paper": [
            {},
            {"view": "Level"},
            {"prices": list(PRICE_VIEWS)[1]},
            {"scope": list(SCOPES)[-1]},
        ],
    }


# --- Nominal, real, and the economy -------------------------------------------------------------

BEHIND_PACE = ("gdp_nominal", "gdp_real_growth", "gdp_deflator_change")


def pace(first=2014):
    """Return defense and GDP growth by year, nominal and real (GDP deflator), %, and whether each was public when Lin wrote."""
    real = real_growth()
    gdp = macro("gdp_nominal")
    series = {
        ("Nominal", "Defense budget"): real["growth_announced_pct"],
        ("Nominal", "GDP"): (gdp / gdp.shift() - 1) * 100,
        ("Real", "Defense budget"): real["gdp_deflator_change"],
        ("Real", "GDP"): macro("gdp_real_growth"),
    }
    rows = [
        {
            "terms": terms,
            "what": what,
            "year": int(year),
            "growth": round(float(value), 1),
            "known": year < LIN.year or (terms, what) == ("Nominal", "Defense budget"),
        }
        for (terms, what), values in series.items()
        for year, value in values.dropna().items()
        if first <= year <= gdp.index.max()
    ]
    return pd.DataFrame(rows)


def burden_chart():
    """Return two panels, nominal and real, each with the budget's growth and that of GDP."""
    rows = pace()
    color = alt.Color(
        "what:N",
        title=None,
        scale=alt.Scale(
            domain=["Defense budget", "GDP"], range=[PALETTE["blue"], PALETTE["orange"]]
        ),
        legend=None,
    )
    panels = []
    for terms in ("Nominal", "Real"):
        part = rows[rows["terms"] == terms]
        base = alt.Chart(part).encode(
            alt.X(
                "year:Q",
                title=None,
                axis=alt.Axis(format="d", values=[2014, 2017, 2020, 2023], labelAngle=0),
                scale=alt.Scale(domain=[2014, int(rows["year"].max()) + 0.2]),
            ),
            alt.Y("growth:Q", title="Growth, % a year", scale=alt.Scale(domain=[0, 15])),
            color,
        )
        lines = base.mark_line(strokeWidth=2.5)
        points = base.mark_point(size=45, strokeWidth=2, filled=False).encode(
            fill=alt.condition("datum.known", color, alt.value("white"))
        )
        places = {"Defense budget": (2014, 25, -12), "GDP": (2021, -17, -12)}
        label = [
            alt.Chart(part[(part["what"] == what) & (part["year"] == year)])
            .mark_text(align="left", dx=dx, dy=dy, fontSize=13)
            .encode(alt.X("year:Q"), alt.Y("growth:Q"), alt.Text("what:N"), color)
            for what, (year, dx, dy) in places.items()
        ]
        panels.append(
            alt.layer(lines, points, *label).properties(
                width=235, height=230, title=f"{terms} growth"
            )
        )
    return alt.hconcat(*panels, spacing=28).resolve_scale(y="shared")


def burden_text():
    """Return name, caption, alternative, sources and table for `burden_chart`."""
    rows = pace()
    wide = rows.pivot_table(index="year", columns=["terms", "what"], values="growth")
    last = wide.loc[2024]
    table = wide.copy()
    table.columns = [f"{what}, {terms.lower()}" for terms, what in table.columns]
    table = cited(table.reset_index(), *rows_behind(*BEHIND_PACE))
    return {
        "name": "fig-budget-pace",
        "caption": "Growth of the announced central budget beside growth of the economy, in nominal and in real terms (GDP deflator). "
        "Outlined points rest on figures published after March 2025.",
        "alt": f"Two panels. Nominal: since 2023 defense runs at about 7% while GDP slows, to {last[('Nominal', 'GDP')]:.1f}% in 2024. "
        f"Real: because prices fell, defense rose about {last[('Real', 'Defense budget')]:.0f}% in 2024 against GDP growth of {last[('Real', 'GDP')]:.1f}%.",
        "source": ["china_defense_budget", "china_macro"],
        "table": table,
        "columns": {
            name: name.capitalize() + ("" if name == "year" else ", %")
            for name in table.columns
            if name != "cite_as"
        },
    }


def sentence(kind, as_of=LIN):
    """Return one computed sentence: "rate", "yuan", "real" or "share"."""
    budgets = central_budgets(as_of).set_index("year")
    year = int(budgets.index.max())
    rate = budgets["growth_announced_pct"]
    if kind == "rate":
        equal = [int(y) for y in rate.index if y < year and rate[y] == rate[year]]
        higher = [int(y) for y in rate.index if y < year and rate[y] > rate[year]]
        return say(
            "By the announced rate, {year} ({rate:.1f}%) equals {equal} and stands below {higher}.",
            year=year,
            rate=rate[year],
            equal=" and ".join(map(str, equal)),
            higher=", ".join(f"{y} ({rate[y]:.1f}%)" for y in higher[-2:])
            + f" and {len(higher) - 2} years before",
        )
    if kind == "yuan":
        added = budgets["amount_bn_cny"].diff().dropna().sort_values(ascending=False)
        first, second = added.index[:2]
        return say(
            "By the yuan added, budget to budget, {first} comes first: {a:.0f} billion, after {b:.0f} billion in {second}. "
            "So it must be, as long as a growing sum rises at an unchanged rate.",
            first=first,
            a=added.iloc[0],
            b=added.iloc[1],
            second=second,
        )
    if kind == "real":
        real = real_growth()
        low, high = real.loc[year - 1], real.loc[year]
        return say(
            "In real terms {year} rises {a:.1f}% by the GDP deflator and {b:.1f}% by consumer prices; {before} rose {c:.1f}% and {d:.1f}%. "
            "Prices of {year} are preliminary, and the two years lie less than {gap:.1f} points apart: the record ranks neither first.",
            year=year,
            a=high["gdp_deflator_change"],
            b=high["cpi_inflation"],
            before=year - 1,
            c=low["gdp_deflator_change"],
            d=low["cpi_inflation"],
            gap=max(0.2, round((high - low).abs().max() + 0.05, 1)),
        )
    if kind == "share":
        share = (
            central_budgets()["amount_bn_cny"].set_axis(central_budgets()["year"])
            / macro("gdp_nominal")
            / 10
        ).dropna()
        return say(
            "As a share of GDP the central budget went from {a:.2f}% ({first}) to {b:.2f}% ({last}).",
            a=share[2022],
            first=2022,
            b=share[2025],
            last=2025,
        )
    raise ValueError(f"sentence: unknown kind {kind!r}; expected 'rate', 'yuan', 'real' or 'share'")


# --- Announced beside outside estimates ---------------------------------------------------------


def estimates(year=2024):
    """Return estimates of China's spending in one year, USD billion: who, edition, low, high, what it counts, known when Lin wrote.

    The announced central budget is converted at the year's average rate and stands first.
    """
    budget = central_budgets().set_index("year").loc[year]
    dollars = round(budget["amount_bn_cny"] / macro("cny_per_usd_avg")[year], 1)
    rows = load("china_estimates")
    rows = rows[rows["year"] == year].copy()
    rows["who"] = rows["publisher"] + ", " + rows["edition"].str.extract(r"(20\d\d)", expand=False)
    own = pd.DataFrame(
        [
            {
                "who": "Announced central budget",
                "low": dollars,
                "high": dollars,
                "counts": "the budget as announced, at the average exchange rate",
                "cite_as": budget["cite_as"],
                "public_from": budget["public_from"],
            }
        ]
    )
    rows = pd.concat(
        [
            own,
            rows[["who", "low", "high", "counts", "cite_as", "public_from"]].sort_values(
                ["high", "low"]
            ),
        ],
        ignore_index=True,
    )
    rows["known"] = pd.to_datetime(rows["public_from"]) <= pd.Timestamp(LIN)
    return rows


def estimates_chart(year=2024):
    """Return the estimates of one year as points and ranges on one dollar axis."""
    rows = estimates(year).drop(columns=["public_from", "cite_as", "counts"])
    rows["label"] = [
        f"{low:,.0f}" if low == high else f"{low:,.0f}–{high:,.0f}"
        for low, high in zip(rows["low"], rows["high"])
    ]
    y = alt.Y("who:N", sort=list(rows["who"]), title=None, axis=alt.Axis(labelLimit=300))
    x = alt.X("low:Q", title="Billion US dollars", scale=alt.Scale(domain=[0, 600]))
    base = alt.Chart(rows)
    bars = base.mark_rule(strokeWidth=5, color=PALETTE["blue"]).encode(x, y, x2="high:Q")
    ends = base.mark_point(size=80, strokeWidth=2.5, filled=False, color=PALETTE["blue"]).encode(
        x, y, fill=alt.condition("datum.known", alt.value(PALETTE["blue"]), alt.value("white"))
    )
    tops = ends.encode(alt.X("high:Q"))
    labels = base.mark_text(align="left", dx=9, fontSize=13, color=PALETTE["ink"]).encode(
        alt.X("high:Q"), y, alt.Text("label:N")
    )
    return alt.layer(bars, ends, tops, labels).properties(width=300, height=30 * len(rows))


def estimates_text(year=2024):
    """Return name, caption, alternative, sources and table for `estimates_chart`."""
    rows = estimates(year)
    top = rows.loc[rows["high"].idxmax()]
    return {
        "name": "fig-budget-estimates",
        "caption": f"China's military spending in {year}: the announced central budget and what others estimate, each counting other things. "
        "Filled points were public when Lin wrote.",
        "alt": f"A row for each estimate. The announced budget stands lowest at about {rows.iloc[0]['low']:.0f} billion dollars; "
        f"the highest is {top['who']}, {top['high']:.0f} billion.",
        "source": ["china_defense_budget", "china_estimates"],
        "table": rows,
        "columns": {
            "who": "Who",
            "low": "Low, USD billion",
            "high": "High, USD billion",
            "counts": "What it counts",
            "cite_as": "Source",
        },
    }


# === What the notebook china-budget adds ========================================================

SCOPE_NAMES = {"central": "Central", "national": "National", "unstated": "Not stated"}


def _reported():
    """Return the rows of the official budget that were read in a source, by year."""
    return load("china_defense_budget").sort_values(["year", "scope"]).reset_index(drop=True)


def _series(kind, scope):
    """Return one series of official amounts, billion yuan, as a pandas Series by year."""
    rows = _reported()
    rows = rows[(rows["kind"] == kind) & (rows["scope"] == scope) & rows["amount_bn_cny"].notna()]
    return rows.set_index("year")["amount_bn_cny"]


def _years(step=None, first=None, last=None):
    """Return an x axis of years; `first` and `last` fix its ends."""
    scale = (
        alt.Scale(zero=False, nice=False, padding=10)
        if first is None
        else alt.Scale(domain=[first - 0.6, last + 0.6])
    )
    values = list(range(first, last + 1, step)) if step else alt.Undefined
    return alt.X(
        "year:Q",
        title=None,
        axis=alt.Axis(format="d", tickMinStep=1, labelAngle=0, values=values),
        scale=scale,
    )


def linked(rows, column):
    """Return a column's cells as Markdown links to each row's `url`; a row without an address keeps its text."""
    return [link(str(cell), url) for cell, url in zip(rows[column], rows["url"])]


# --- Which number was the headline --------------------------------------------------------------


def headline_scopes(first=2002):
    """Return budget figures by year and scope, and whether each was the one that March reported as "the" budget."""
    rows = _reported()
    rows = rows[(rows["kind"] == "budget") & (rows["year"] >= first)]
    return (
        rows[["year", "scope", "headline", "amount_bn_cny", "cite_as", "url"]]
        .assign(
            shown=rows["scope"].map(SCOPE_NAMES),
            role=rows["headline"].map({True: "headline", False: "published beside it"}),
        )
        .reset_index(drop=True)
    )


def scopes_chart():
    """Return a strip of years: which scope the headline had (filled), and which other figure was published (outlined)."""
    rows = headline_scopes()[["year", "shown", "headline"]]
    y = alt.Y("shown:N", title=None, sort=list(SCOPE_NAMES.values()), axis=alt.Axis(grid=True))
    return (
        alt.Chart(rows)
        .mark_point(size=110, strokeWidth=2, filled=False, color=PALETTE["blue"])
        .encode(
            _years(4, 2002, int(rows["year"].max())),
            y,
            fill=alt.condition("datum.headline", alt.value(PALETTE["blue"]), alt.value("white")),
        )
        .properties(width=450, height=120)
    )


def scopes_text():
    """Return name, caption, alternative, sources and table for `scopes_chart`."""
    rows = headline_scopes()
    told = rows[rows["headline"]].drop_duplicates("year", keep="last").set_index("year")["scope"]
    national = [year for year, scope in told.items() if scope == "national"]
    return {
        "name": "fig-china-budget-headlines",
        "caption": "What the budget figure reported each March covered. Filled: the figure that was reported as “the” budget. Outlined: another figure "
        "published for the same year. In 2005 both circulated. For 2007 and 2009 the scope is inferred; for 2015 and 2016 it is recalled, not seen.",
        "alt": f"A strip from {rows['year'].min()} to {rows['year'].max()}. The filled marks lie on the national line from {national[0]} to {national[-2]} and again in {national[-1]}, "
        f"on the central line from {FIRST_CENTRAL} on in every other year. Outlined marks beside them are few before 2021 and yearly since.",
        "source": ["china_defense_budget"],
        "table": rows,
        "columns": {
            "year": "Year",
            "shown": "Scope",
            "role": "Role",
            "amount_bn_cny": "Billion yuan",
            "cite_as": "Source",
        },
    }


def headline_rates(first=2006):
    """Return one row a year: headline amount and scope, announced rate, the rate from dividing headlines (%), their gap in points."""
    rows = _reported()
    rows = rows[(rows["kind"] == "budget") & rows["headline"] & rows["amount_bn_cny"].notna()]
    rows = (
        rows[~rows.duplicated("year", keep=False) | (rows["scope"] == "national")]
        .sort_values("year")
        .reset_index(drop=True)
    )
    chained = (rows["amount_bn_cny"] / rows["amount_bn_cny"].shift() - 1) * 100
    rows["chained_pct"] = chained.where(rows["year"].diff() == 1).round(1)
    rows["gap"] = (rows["chained_pct"] - rows["growth_announced_pct"]).round(1)
    rows["why"] = [
        f"the scope, from {old} to {new}"
        if old != new
        else "not the scope: the announced rate starts from spending"
        for old, new in zip(["", *rows["scope"]], rows["scope"])
    ]
    return rows[(rows["year"] >= first) & rows["gap"].notna()].reset_index(drop=True)


def headline_table(smallest=0.5):
    """Return the years in which dividing headlines misses the announced rate by `smallest` points or more, as a table."""
    rows = headline_rates()
    rows["year"] = linked(rows, "year")
    return table(
        rows[rows["gap"].abs() >= smallest],
        {
            "year": "Year",
            "amount_bn_cny": "Headline, billion yuan",
            "growth_announced_pct": "Announced, %",
            "chained_pct": "Headlines divided, %",
            "gap": "Gap, points",
            "why": "What changed",
        },
        caption=f"Where dividing one headline by the last goes wrong by {smallest} points or more (the years lead to the sources)",
        name="tab-china-budget-headlines",
    )


def headline_remark(smallest=0.5):
    """Return how many years are wrong, what part of that is scope, and how close the other years are."""
    rows = headline_rates()
    wrong = rows[rows["gap"].abs() >= smallest]
    scope = wrong[wrong["why"].str.startswith("the scope")]
    rest = rows.drop(wrong.index)
    return say(
        "From {first} to {last} the division misses by half a point or more in {n:word} of {all} years. In {m:word} of them ({years}) the scope changed; "
        "in the others the scope is the same and the base is not. In all remaining years the two rates lie within {close:.1f} points, "
        "and that is the trap: the shortcut works until it does not.",
        first=int(rows["year"].min()),
        last=int(rows["year"].max()),
        n=len(wrong),
        all=len(rows),
        m=len(scope),
        years=", ".join(map(str, scope["year"])),
        close=rest["gap"].abs().max(),
    )


# --- Three scopes, each on its own --------------------------------------------------------------


def scope_series(first=2010):
    """Return central budget, national budget and national spending as executed: year, amount (billion yuan), run, seen at the publisher."""
    rows = _reported()
    out = []
    for name, (kind, scope) in SCOPES.items():
        part = rows[
            (rows["kind"] == kind)
            & (rows["scope"] == scope)
            & (rows["year"] >= first)
            & rows["amount_bn_cny"].notna()
        ]
        run = (part["year"].diff() > 1).cumsum()
        out.append(
            part.assign(
                scope=name,
                run=[f"{name} {n}" for n in run],
                firm=(part["grade"] == "read-in-archived-copy")
                & ~part["note"].fillna("").str.contains("rounded"),
            )
        )
    return pd.concat(out)[
        ["scope", "year", "amount_bn_cny", "run", "firm", "grade", "cite_as"]
    ].reset_index(drop=True)


def scope_panels():
    """Return three panels of one size and one scale, a scope in each; lines join consecutive years only."""
    rows = scope_series()
    panels = []
    for name in SCOPES:
        part = rows[rows["scope"] == name][["year", "amount_bn_cny", "run", "firm"]]
        base = alt.Chart(part).encode(
            _years(5, 2010, int(rows["year"].max())), alt.Y("amount_bn_cny:Q", title="Billion yuan")
        )
        points = base.mark_point(
            size=40, strokeWidth=2, filled=False, color=PALETTE["blue"]
        ).encode(fill=alt.condition("datum.firm", alt.value(PALETTE["blue"]), alt.value("white")))
        panels.append(
            alt.layer(
                base.mark_line(color=PALETTE["blue"], strokeWidth=2).encode(detail="run:N"), points
            ).properties(width=138, height=190, title=name)
        )
    return alt.hconcat(*panels, spacing=14).resolve_scale(y="shared")


def scope_text():
    """Return name, caption, alternative, sources and table for `scope_panels`."""
    rows = scope_series()
    counts = rows.groupby("scope")["year"].agg(["min", "max", "count"])
    told = "; ".join(
        f"{name.lower()}, {counts.loc[name, 'count']} years from {counts.loc[name, 'min']} to {counts.loc[name, 'max']}"
        for name in SCOPES
    )
    return {
        "name": "fig-china-budget-scopes",
        "caption": "Three scopes of the official figure, each on its own, on one scale. Lines join consecutive years. Outlined: rounded in the source, or read in a third party's transcription only.",
        "alt": f"Three panels that rise alike and differ in what they hold: {told}. Only the central budget runs without a gap from {FIRST_CENTRAL} to the latest year.",
        "source": ["china_defense_budget"],
        "table": rows,
        "columns": {
            "scope": "Scope",
            "year": "Year",
            "amount_bn_cny": "Billion yuan",
            "grade": "Grade",
            "cite_as": "Source",
        },
    }


def scope_remark():
    """Return by how much the national budget exceeds the central one, in the first and the last year that have both, and the last executed year."""
    central, national, executed = (
        _series("budget", "central"),
        _series("budget", "national"),
        _series("executed", "national"),
    )
    more = ((national / central - 1) * 100).dropna()
    more = more[more.index >= FIRST_CENTRAL]
    return say(
        "The national budget exceeds the central one by {a:.1f}% in {first} and by {b:.1f}% in {last}; the figures of the last {n:word} years are rounded to ten billion yuan. "
        "Executed spending is known here to {known}: {amount:,.1f} billion yuan, {gap:.2f}% away from that year's rounded national budget.",
        first=more.index[0],
        a=more.iloc[0],
        last=more.index[-1],
        b=more.iloc[-1],
        n=int((more.index >= 2023).sum()),
        known=executed.index[-1],
        amount=executed.iloc[-1],
        gap=abs(executed.iloc[-1] / national[executed.index[-1]] - 1) * 100,
    )


# --- Budget on budget, budget on execution ------------------------------------------------------


def execution():
    """Return by year: announced rate, budget-on-budget rate, and how far the spending implied by the next announced rate lies from the budget, %.

    The rate announced for a year divides its budget by the spending of the year before, so that
    spending = budget / (1 + rate). `low` and `high` follow from rounding the rate to a tenth of a point.
    """
    rows = central_budgets().set_index("year")
    amount, rate = rows["amount_bn_cny"], rows["growth_announced_pct"]
    out = pd.DataFrame(
        {"announced": rate, "on_budget": ((amount / amount.shift() - 1) * 100).round(2)}
    )
    for name, shift in (("implied", 0), ("low", 0.05), ("high", -0.05)):
        spent = (amount / (1 + (rate + shift) / 100)).shift(-1)
        out[name] = spent.round(1) if name == "implied" else ((spent / amount - 1) * 100).round(2)
    out["away"] = ((out["implied"] / amount - 1) * 100).round(2)
    return out.assign(budget=amount).reset_index()


def execution_chart():
    """Return by year how far implied spending lay from the budget, with the room that rounding leaves."""
    rows = execution()[["year", "away", "low", "high"]].dropna()
    base = alt.Chart(rows).encode(_years(2, int(rows["year"].min()), int(rows["year"].max())))
    y = alt.Y(
        "low:Q", title="Implied spending against budget, %", scale=alt.Scale(domain=[-0.5, 0.2])
    )
    zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=PALETTE["ink"]).encode(y="zero:Q")
    return alt.layer(
        zero,
        base.mark_rule(strokeWidth=2, color=PALETTE["blue"]).encode(y=y, y2="high:Q"),
        base.mark_point(size=70, filled=True, color=PALETTE["blue"]).encode(alt.Y("away:Q")),
        data=rows,
    ).properties(width=520, height=230)


def execution_text():
    """Return name, caption, alternative, sources and table for `execution_chart`."""
    rows = execution()
    seen = rows.dropna(subset=["away"])
    far = seen.loc[seen["away"].abs().idxmax()]
    return {
        "name": "fig-china-budget-execution",
        "caption": "Spending of the central level that the next year's announced rate implies, set against the year's own budget. Bars: the room that rounding the rate to a tenth leaves.",
        "alt": f"A point for each year from {seen['year'].min()} to {seen['year'].max()}, near the line at zero. The farthest is {far['year']:.0f}, {abs(far['away']):.2f}% below its budget; "
        f"the bars of {int(((seen['low'] <= 0) & (seen['high'] >= 0)).sum())} of {len(seen)} years touch zero.",
        "source": ["china_defense_budget"],
        "table": cited(
            rows, central_budgets(), central_budgets().assign(year=lambda next_: next_["year"] - 1)
        ),
        "columns": {
            "year": "Year",
            "budget": "Central budget, billion yuan",
            "announced": "Announced rate, %",
            "on_budget": "Budget on budget, %",
            "implied": "Implied spending, billion yuan",
            "away": "Implied against budget, %",
        },
    }


def execution_remark():
    """Return both rates for 2025, the check against the executed central figure of 2012, and the national case of 2010."""
    rows = execution().set_index("year")
    year = LIN.year
    spent, planned = _series("executed", "national"), _series("budget", "national")
    known = _series("executed", "central")
    implied = central_budgets().set_index("year").loc[FIRST_CENTRAL]
    return say(
        "For {year}: {announced:.1f}% announced, on spending; {on:.2f}% from budget to budget. The method can be tested once, since central spending of {test} was reported: "
        "{seen:.1f} billion yuan, and {implied:.1f} implied. Where a plan is overrun the two rates part: national spending of 2009 came to {spent:.1f} billion yuan "
        "against {planned:.1f} budgeted, so the budget of 2010 rose {wrong:.1f}% on the budget before and {right:.1f}% on what had been spent.",
        year=year,
        announced=rows.loc[year, "announced"],
        on=rows.loc[year, "on_budget"],
        test=known.index[0],
        seen=known.iloc[0],
        implied=implied["amount_bn_cny"] / (1 + implied["growth_announced_pct"] / 100),
        spent=spent[2009],
        planned=planned[2009],
        wrong=(planned[2010] / planned[2009] - 1) * 100,
        right=(planned[2010] / spent[2009] - 1) * 100,
    )


# --- After prices -------------------------------------------------------------------------------

MEASURES = {
    "growth_announced_pct": "announced",
    "gdp_deflator_change": "real, GDP deflator",
    "cpi_inflation": "real, consumer prices",
}


def real_chart():
    """Return the announced rate and its two real values by year; a rule spans each year, nothing joins the years."""
    rows = real_growth().reset_index().melt("year", list(MEASURES), "measure", "rate")
    rows["measure"], rows["rate"] = rows["measure"].map(MEASURES), rows["rate"].round(1)
    ends = rows.groupby("year")["rate"].agg(low="min", high="max").reset_index()
    y = alt.Y("rate:Q", title="Growth of the central budget, %", scale=alt.Scale(domain=[0, 13]))
    known = {"domain": list(MEASURES.values())}
    color = alt.Color(
        "measure:N",
        title=None,
        scale=alt.Scale(**known, range=[PALETTE["gray"], PALETTE["blue"], PALETTE["orange"]]),
    )
    shape = alt.Shape(
        "measure:N", title=None, scale=alt.Scale(**known, range=["circle", "diamond", "square"])
    )
    rules = (
        alt.Chart(ends)
        .mark_rule(color=PALETTE["rule"], strokeWidth=2)
        .encode(
            _years(2, FIRST_CENTRAL, LIN.year),
            alt.Y("low:Q", scale=alt.Scale(domain=[0, 13])),
            y2="high:Q",
        )
    )
    points = (
        alt.Chart(rows)
        .mark_point(size=75, filled=True)
        .encode(_years(2, FIRST_CENTRAL, LIN.year), y, color, shape)
    )
    return alt.layer(rules, points, data=rows).properties(width=520, height=260)


def real_text():
    """Return name, caption, alternative, sources and table for `real_chart`."""
    rows = real_growth()
    apart = (rows["gdp_deflator_change"] - rows["cpi_inflation"]).abs()
    return {
        "name": "fig-china-budget-real",
        "caption": "The announced rate, and what it comes to after that year's prices by two measures. Prices are known only afterwards, and those of 2025 are preliminary.",
        "alt": f"Three marks a year from {rows.index.min()} to {rows.index.max()}. The two real values lie up to {apart.max():.1f} points apart ({apart.idxmax()}) and change places. "
        f"From 2023 on, as prices fell, the deflator's mark stands above the announced rate: {rows.loc[2024, 'gdp_deflator_change']:.1f}% in 2024 and {rows.loc[2025, 'gdp_deflator_change']:.1f}% in 2025.",
        "source": ["china_defense_budget", "china_macro"],
        "table": cited(rows.reset_index().round(1), *rows_behind(*PRICES)),
        "columns": {
            "year": "Year",
            "growth_announced_pct": "Announced, %",
            "gdp_deflator_change": "Real, GDP deflator, %",
            "cpi_inflation": "Real, consumer prices, %",
        },
    }


def reversal(year=2025):
    """Return by how much (%, trillion yuan) nominal GDP of `year` must be revised for its real rate to equal that of the year before.

    It supposes that the volume of output is not revised with it.
    """
    rate = central_budgets().set_index("year")["growth_announced_pct"]
    wanted = (
        (1 + rate[year] / 100)
        / (1 + rate[year - 1] / 100)
        * (1 + price_change("gdp_deflator_change")[year - 1] / 100)
    )
    percent = wanted / (1 + price_change("gdp_deflator_change")[year] / 100) * 100 - 100
    return percent, macro("gdp_nominal")[year] * percent / 100


def real_remark():
    """Return the gap of two neighboring years, what rounding leaves of it, the revision that would reverse them, and the last revision there was."""
    rows = real_growth()
    percent, sum_ = reversal()
    return say(
        "By the deflator {year} exceeds {before} by {gap:.2f} points, by consumer prices by {cpi:.1f}. The growth rates of output and the price changes that enter are printed to a tenth, and that alone leaves {room:.1f} points either way. An upward revision of {year}'s nominal GDP by {percent:.2f}%, or {sum:.2f} trillion yuan, "
        "would put the two years level. The final figure for {before} differed from the preliminary one by {was:.2f}%.",
        year=2025,
        before=2024,
        gap=rows.loc[2025, "gdp_deflator_change"] - rows.loc[2024, "gdp_deflator_change"],
        cpi=rows.loc[2025, "cpi_inflation"] - rows.loc[2024, "cpi_inflation"],
        room=2 * 0.05 * (1 + rows.loc[2025, "gdp_deflator_change"] / 100),
        percent=percent,
        sum=sum_,
        was=abs(macro("gdp_nominal")[2024] / macro("gdp_nominal_preliminary")[2024] - 1) * 100,
    )


# --- Share of output ----------------------------------------------------------------------------

SIPRI_EDITION = "April 2026"
OUTSIDE = "SIPRI’s estimate"


def shares():
    """Return shares of GDP (%) by year on three bases: SIPRI's estimate, national spending as executed, central budget."""
    gdp = macro("gdp_nominal") * 1000
    rows = load("sipri_milex")
    sipri = rows[
        (rows["country"] == "China")
        & (rows["metric"] == "share_gdp_pct")
        & (rows["edition"] == SIPRI_EDITION)
    ].set_index("year")["value"]
    bases = {
        OUTSIDE: sipri,
        "National, as executed": _series("executed", "national") / gdp * 100,
        "Central budget": _series("budget", "central") / gdp * 100,
    }
    return (
        pd.concat(
            [
                pd.DataFrame({"basis": name, "year": values.index, "share": values.round(2).values})
                for name, values in bases.items()
            ]
        )
        .dropna()
        .query("year >= 2013")
        .reset_index(drop=True)
    )


def share_chart():
    """Return the three shares as three lines, named where they end."""
    rows = shares()
    colors = dict(zip(rows["basis"].unique(), ("orange", "gray", "blue")))
    color = alt.Color(
        "basis:N",
        legend=None,
        scale=alt.Scale(domain=list(colors), range=[PALETTE[c] for c in colors.values()]),
    )
    x, y = (
        _years(2, 2013, int(rows["year"].max())),
        alt.Y("share:Q", title="Share of GDP, %", scale=alt.Scale(domain=[0, 2])),
    )
    base = alt.Chart(rows).encode(x, y, color)
    names = rows[rows["year"] == 2013].assign(share=[1.82, 1.4, 1.05])
    labels = (
        alt.Chart(names)
        .mark_text(align="left", dx=-5, fontSize=13)
        .encode(x, y, color, text="basis:N")
    )
    return alt.layer(
        base.mark_line(strokeWidth=2.5), base.mark_point(size=40, filled=True), labels, data=rows
    ).properties(width=520, height=250)


def share_text():
    """Return name, caption, alternative, sources and table for `share_chart`."""
    wide = shares().pivot(index="year", columns="basis", values="share")
    executed = _reported().query("kind == 'executed' and scope == 'national'")
    outside = load("sipri_milex").query(
        "country == 'China' and metric == 'share_gdp_pct' and edition == @SIPRI_EDITION"
    )
    ends = {name: values.dropna().iloc[-1] for name, values in wide.items()}
    return {
        "name": "fig-china-budget-share",
        "caption": "China's military spending as a share of GDP on three bases, none joined to another. SIPRI counts more than the budget does and divides by its own figure for GDP.",
        "alt": f"Three lines that run nearly level from {wide.index.min()} to {wide.index.max()}. SIPRI's lies highest and ends at {ends[OUTSIDE]:.2f}%; the central budget ends at "
        f"{ends['Central budget']:.2f}%; national spending lies just above it and ends in {wide['National, as executed'].dropna().index[-1]}.",
        "source": ["china_defense_budget", "china_macro", "sipri_milex"],
        "table": cited(wide.reset_index(), executed, *rows_behind("gdp_nominal"), outside),
        "columns": {
            "year": "Year",
            "Central budget": "Central budget, %",
            "National, as executed": "National, executed, %",
            OUTSIDE: "SIPRI, %",
        },
    }


def share_remark():
    """Return how each basis moved since its lowest recent year, and SIPRI's yuan figure against the national one."""
    wide = shares().pivot(index="year", columns="basis", values="share")
    rows = load("sipri_milex")
    yuan = rows[(rows["country"] == "China") & (rows["metric"] == "bn_cny")].set_index("year")[
        "value"
    ]
    times = (yuan / _series("executed", "national")).dropna()
    central, sipri = wide["Central budget"], wide[OUTSIDE]
    return say(
        "From {low} to {last} the central budget went from {a:.2f} to {b:.2f}% of GDP, SIPRI's estimate from {c:.2f} to {d:.2f}%: the same slope on two levels. In {first} the shares had been "
        "{e:.2f} and {f:.2f}%. In yuan, SIPRI's estimate was between {g:.2f} and {h:.2f} times national spending as executed, {n} years from {start} to {end}.",
        low=central.idxmin(),
        last=wide.index[-1],
        a=central.min(),
        b=central.iloc[-1],
        c=sipri[central.idxmin()],
        d=sipri.iloc[-1],
        first=wide.index[0],
        e=central.iloc[0],
        f=sipri.iloc[0],
        g=times.min(),
        h=times.max(),
        n=len(times),
        start=times.index[0],
        end=times.index[-1],
    )


# --- In dollars, and why not --------------------------------------------------------------------


def dollars():
    """Return by year the central budget in billion dollars at the average rate, its growth in dollars and in yuan, and the currency's change, %."""
    amount, rate = _series("budget", "central"), macro("cny_per_usd_avg")
    amount = amount[amount.index >= FIRST_CENTRAL]
    usd = (amount / rate).dropna()
    out = pd.DataFrame(
        {
            "usd": usd.round(1),
            "in_dollars": (usd / usd.shift() - 1) * 100,
            "in_yuan": (amount / amount.shift() - 1) * 100,
            "yuan_value": (rate.shift() / rate - 1) * 100,
        }
    )
    return out.dropna().round(1).reset_index()


def dollars_chart():
    """Return by year the growth of one budget in yuan and in dollars, with a rule between them: the exchange rate."""
    rows = dollars()
    rows = rows[["year", "in_yuan", "in_dollars"]].rename(
        columns={"in_yuan": "in yuan", "in_dollars": "in dollars"}
    )
    long = rows.melt("year", ["in yuan", "in dollars"], "unit", "growth")
    known = {"domain": ["in yuan", "in dollars"]}
    color = alt.Color(
        "unit:N", title=None, scale=alt.Scale(**known, range=[PALETTE["blue"], PALETTE["orange"]])
    )
    shape = alt.Shape("unit:N", title=None, scale=alt.Scale(**known, range=["circle", "diamond"]))
    x, y = (
        _years(2, 2014, int(long["year"].max())),
        alt.Y("growth:Q", title="Budget on budget, %", scale=alt.Scale(domain=[0, 18])),
    )
    spans = (
        alt.Chart(long.groupby("year")["growth"].agg(low="min", high="max").reset_index())
        .mark_rule(color=PALETTE["rule"], strokeWidth=3)
        .encode(x, alt.Y("low:Q", scale=alt.Scale(domain=[0, 18])), y2="high:Q")
    )
    return alt.layer(
        spans,
        alt.Chart(long).mark_point(size=75, filled=True).encode(x, y, color, shape),
        data=long,
    ).properties(width=520, height=250)


def dollars_text():
    """Return name, caption, alternative, sources and table for `dollars_chart`."""
    rows = dollars().set_index("year")
    return {
        "name": "fig-china-budget-dollars",
        "caption": "Growth of the central budget, budget on budget: the same sums in yuan and in dollars at the year's average rate. The rule between two marks is the exchange rate.",
        "alt": f"Two marks a year. In yuan they stay between {rows['in_yuan'].min():.1f} and {rows['in_yuan'].max():.1f}%; in dollars they run from {rows['in_dollars'].min():.1f}% "
        f"({rows['in_dollars'].idxmin()}) to {rows['in_dollars'].max():.1f}% ({rows['in_dollars'].idxmax()}).",
        "source": ["china_defense_budget", "china_macro"],
        "table": cited(rows.reset_index(), *rows_behind("cny_per_usd_avg")),
        "columns": {
            "year": "Year",
            "usd": "Central budget, USD billion",
            "in_yuan": "Growth in yuan, %",
            "in_dollars": "Growth in dollars, %",
            "yuan_value": "Value of the yuan, change, %",
        },
    }


def dollars_remark(year=2023):
    """Return one budget's rise in yuan and in dollars."""
    rows = dollars().set_index("year")
    rate = central_budgets().set_index("year")["growth_announced_pct"]
    return say(
        "From {before} to {year} the budget went from {a:.1f} to {b:.1f} billion dollars, up {c:.1f}%; the announced rate was {d:.1f}%. The yuan had lost {e:.1f}% of its value in dollars.",
        before=year - 1,
        year=year,
        a=rows.loc[year - 1, "usd"],
        b=rows.loc[year, "usd"],
        c=rows.loc[year, "in_dollars"],
        d=rate[year],
        e=-rows.loc[year, "yuan_value"],
    )


# --- What others estimate, and what they count --------------------------------------------------

COUNTS = {
    "budget, market rate": "gray",
    "budget, purchasing power": "green",
    "wider, market rate": "blue",
    "wider, purchasing power": "orange",
}


def _counted(text):
    power = "purchasing power" if "purchasing" in text else "market rate"
    return f"{'budget' if text.startswith('official budget') else 'wider'}, {power}"


def multiples():
    """Return every estimate as a multiple of the central budget of its own year at that year's average dollar rate: who, year, low, high, what it counts."""
    rows = load("china_estimates")
    budgets = _series("budget", "central") / macro("cny_per_usd_avg")
    base = rows["year"].map(budgets)
    short = (
        rows["publisher"]
        .str.replace("US Department of Defense", "US DoD")
        .str.replace(r" \(Mackenzie Eaglen\)", "", regex=True)
        .str.replace("Fravel, Gilboy and Heginbotham", "Fravel et al.")
    )
    edition = (
        rows["edition"]
        .str.replace("Texas National Security Review", "TNSR")
        .str.replace("Military Balance", "Balance")
        .str.replace(r" report \(.*\)", " report", regex=True)
        .str.replace("as cited by SIPRI in 2021", "as cited in 2021")
        .str.replace(r"estimate for \d+", "estimate", regex=True)
    )
    return (
        rows.assign(
            base=base.round(1),
            times_low=(rows["low"] / base).round(2),
            times_high=(rows["high"] / base).round(2),
            counted=rows["counts"].map(_counted),
            who=rows["year"].astype(str)
            + ": "
            + short
            + ", "
            + edition
            + rows["counts"].str.contains("power parity").map({True: " (PPP)", False: ""}),
        )
        .sort_values(["year", "times_high"])
        .reset_index(drop=True)
    )


def multiples_chart():
    """Return the estimates as multiples of the announced budget, colored by what they count; a broken rule marks one."""
    rows = multiples()
    rows["mark"] = [
        "≥ " * ("lower bound" in counts)
        + "≈ " * ("approximate" in counts)
        + (f"{low:.2f}" if low == high else f"{low:.2f}–{high:.2f}")
        for counts, low, high in zip(rows["counts"], rows["times_low"], rows["times_high"])
    ]
    data = rows[["who", "times_low", "times_high", "counted", "mark"]]
    y = alt.Y("who:N", sort=list(rows["who"]), title=None, axis=alt.Axis(labelLimit=260, grid=True))
    x = alt.X(
        "times_low:Q",
        title="Multiple of the central budget of the same year",
        scale=alt.Scale(domain=[0, 4]),
        axis=alt.Axis(tickCount=5),
    )
    known = {"domain": list(COUNTS)}
    color = alt.Color(
        "counted:N",
        title=None,
        scale=alt.Scale(**known, range=[PALETTE[c] for c in COUNTS.values()]),
        legend=alt.Legend(columns=1, labelLimit=300),
    )
    shape = alt.Shape(
        "counted:N",
        title=None,
        scale=alt.Scale(**known, range=["circle", "square", "circle", "diamond"]),
    )
    one = (
        alt.Chart(pd.DataFrame({"one": [1]}))
        .mark_rule(color=PALETTE["ink"], strokeDash=[4, 3])
        .encode(x="one:Q")
    )
    base = alt.Chart(data)
    return alt.layer(
        one,
        base.mark_rule(strokeWidth=4).encode(
            x,
            y,
            alt.Color(
                "counted:N", scale=alt.Scale(**known, range=[PALETTE[c] for c in COUNTS.values()])
            ),
            x2="times_high:Q",
        ),
        base.mark_point(size=80, filled=True).encode(x, y, color, shape),
        base.mark_point(size=80, filled=True).encode(alt.X("times_high:Q"), y, color, shape),
        base.mark_text(align="left", dx=9, fontSize=12).encode(
            alt.X("times_high:Q"), y, text="mark:N"
        ),
        data=data,
    ).properties(width=280, height=26 * len(rows))


def multiples_text():
    """Return name, caption, alternative, sources and table for `multiples_chart`."""
    rows = multiples()
    group = rows.groupby("counted")["times_high"].agg(["min", "max"])
    told = "; ".join(
        f"{name}, {low:.2f} to {high:.2f}" if low != high else f"{name}, {low:.2f}"
        for name, low, high in group.reindex(list(COUNTS)).itertuples()
    )
    return {
        "name": "fig-china-budget-multiples",
        "caption": "Estimates as multiples of the central budget of their own year, turned into dollars at that year's average rate. Broken rule: the budget itself. Wider: more is counted than the budget. "
        "Estimates of different years stand beside each other only in this form.",
        "alt": f"Rows of marks to the right of the rule at 1, in groups by what is counted. Upper ends: {told}.",
        "source": ["china_estimates", "china_defense_budget", "china_macro"],
        "table": rows,
        "columns": {
            "who": "Year, who, edition",
            "low": "Low, USD billion",
            "high": "High, USD billion",
            "base": "Central budget, USD billion",
            "times_low": "Multiple, low",
            "times_high": "Multiple, high",
            "counts": "What it counts",
            "note": "Note",
            "cite_as": "Source",
        },
    }


def counts_table():
    """Return each estimate with what it counts and where it was read, as a table."""
    rows = multiples()
    rows["sum"] = [
        f"{low:,.0f}" if low == high else f"{low:,.0f}–{high:,.0f}"
        for low, high in zip(rows["low"], rows["high"])
    ]
    return table(
        rows,
        {
            "who": "Estimate for",
            "sum": "USD billion",
            "counts": "What it counts",
            "cite_as": "Source",
        },
        caption="What each estimate counts",
        name="tab-china-budget-counts",
    )


# --- Vintages -----------------------------------------------------------------------------------


def vintages(year=2024):
    """Return what two editions of one publisher say of one year: whose spending, measure, earlier and later figure, change (%)."""
    rows = load("sipri_milex")
    rows = rows[(rows["year"] == year) & rows["metric"].isin(["usd_bn_current", "real_growth_pct"])]
    wide = (
        rows.pivot_table(index=["country", "metric"], columns="edition", values="value")
        .dropna()
        .reset_index()
    )
    out = [
        {
            "what": f"{row['country']} in {year}, SIPRI, "
            + ("USD billion" if row["metric"] == "usd_bn_current" else "real growth, %"),
            "earlier": f"{row['April 2025']:.1f}",
            "later": f"{row['April 2026']:.1f}",
            "editions": "April 2025, April 2026",
            "change": f"{(row['April 2026'] / row['April 2025'] - 1) * 100:+.1f}%"
            if row["metric"] == "usd_bn_current"
            else f"{row['April 2026'] - row['April 2025']:+.1f} points",
        }
        for _, row in wide.sort_values(["metric", "country"], ascending=[False, True]).iterrows()
    ]
    both = load("china_estimates")
    both = both[
        (both["publisher"] == "US Department of Defense") & (both["year"] == year)
    ].sort_values("public_from")
    first, second = both.iloc[0], both.iloc[-1]
    out.append(
        {
            "what": f"China in {year}, US Department of Defense, USD billion",
            "earlier": f"{first['low']:.0f}–{first['high']:.0f}",
            "later": f"{second['low']:.0f}–{second['high']:.0f}",
            "editions": "December 2024, December 2025",
            "change": f"{(second['low'] / first['low'] - 1) * 100:+.1f}% and {(second['high'] / first['high'] - 1) * 100:+.1f}%",
        }
    )
    method = (
        load("china_estimates")
        .query("publisher == 'SIPRI' and year == 2019")
        .set_index("edition")["low"]
    )
    out.append(
        {
            "what": "China in 2019, SIPRI, USD billion",
            "earlier": f"{method['method before 2021']:.0f}",
            "later": f"{method['method of 2021']:.0f}",
            "editions": "before and after the method of 2021",
            "change": f"{(method['method of 2021'] / method['method before 2021'] - 1) * 100:+.1f}%",
        }
    )
    return pd.DataFrame(out).assign(change=lambda frame: frame["change"].str.replace("-", "−"))


def vintages_table():
    """Return the vintages as a table."""
    return table(
        vintages(),
        {
            "what": "Whose spending, by whom",
            "editions": "Editions",
            "earlier": "Earlier",
            "later": "Later",
            "change": "Change",
        },
        caption="One year, two editions",
        name="tab-china-budget-vintages",
    )


def vintages_remark():
    """Return what a reader who mixes editions would see for China between 2024 and 2025."""
    rows = load("sipri_milex").query("country == 'China' and metric == 'usd_bn_current'")
    old = rows[(rows["year"] == 2024) & (rows["edition"] == "April 2025")]["value"].iloc[0]
    new = rows[rows["edition"] == SIPRI_EDITION].set_index("year")["value"]
    return say(
        "Divide SIPRI's {year} by its {before} in one edition and the estimate rises {right:.1f}% in dollars; take {before} from the edition a year older and it rises {wrong:.1f}%. "
        "Nothing was spent in between.",
        year=2025,
        before=2024,
        right=(new[2025] / new[2024] - 1) * 100,
        wrong=(new[2025] / old - 1) * 100,
    )


# --- Neighbors, each on its own definition ------------------------------------------------------

NEIGHBORS = {
    "China": ("billion yuan", "Central budget, announced in March"),
    "Japan": (
        "billion yen",
        "Initial budget, with the agreed costs of US bases on Okinawa (SACO), of realigning US forces and the like; from FY2023 its core is the Defense Buildup Program",
    ),
    "South Korea": ("trillion won", "Main (initial) budget, general account"),
    "Taiwan": ("billion Taiwan dollars", "Cabinet proposal with special budgets and funds"),
}
_BASES = {"Japan": "with SACO", "South Korea": "main (initial)", "Taiwan": "overall: MND"}


def neighbors(first=2013):
    """Return each government's own figure by year in its own unit: country, year, value, run (what may be joined), cite_as, url."""
    rows = load("defense_budgets")
    rows = rows[rows["metric"] == "defense_budget"].rename(columns={"fiscal_year": "year"})
    parts = [central_budgets().assign(country="China", value=lambda frame: frame["amount_bn_cny"])]
    parts += [
        rows[
            (rows["country"] == name) & rows["basis"].str.startswith(basis)
            | (rows["country"] == name) & rows["basis"].str.contains(basis, regex=False)
        ]
        for name, basis in _BASES.items()
    ]
    out = (
        pd.concat(parts)[["country", "year", "value", "cite_as", "url"]]
        .query("year >= @first")
        .reset_index(drop=True)
    )
    out["run"] = out["country"] + [
        " since FY2023" if (name, year >= 2023) == ("Japan", True) else ""
        for name, year in zip(out["country"], out["year"])
    ]
    return out


def neighbors_chart():
    """Return four panels, each government's figure in its own unit on its own scale from zero."""
    rows = neighbors()
    panels = []
    for name, (unit, _) in NEIGHBORS.items():
        part = rows[rows["country"] == name][["year", "value", "run"]]
        base = alt.Chart(part).encode(
            _years(3, 2013, int(rows["year"].max())),
            alt.Y(
                "value:Q",
                title=unit[:1].upper() + unit[1:],
                scale=alt.Scale(zero=True),
                axis=alt.Axis(tickCount=4),
            ),
        )
        panels.append(
            alt.layer(
                base.mark_line(color=PALETTE["blue"], strokeWidth=2).encode(detail="run:N"),
                base.mark_point(size=35, filled=True, color=PALETTE["blue"]),
                data=part,
            ).properties(width=200, height=130, title=alt.TitleParams(name, frame="group"))
        )
    return alt.concat(*panels, columns=2, spacing=24).resolve_scale(
        x="independent", y="independent"
    )


def neighbors_text():
    """Return name, caption, alternative, sources and table for `neighbors_chart`."""
    rows = neighbors()
    spans = rows.groupby("country")["year"].agg(["min", "max"])
    told = ", ".join(
        f"{name} {spans.loc[name, 'min']}–{spans.loc[name, 'max']}" for name in NEIGHBORS
    )
    return {
        "name": "fig-china-budget-neighbors",
        "caption": "Four governments' own figures, each in its own unit, on its own definition and its own scale: compare shapes, not heights. "
        "Japan's line stops where the definition changed. Taiwan's figure for 2026 is a proposal.",
        "alt": f"Four panels ({told}). All rise to their last year. China's and South Korea's rise steadily; Japan's is nearly level to 2022 and then climbs steeply; Taiwan's is short and climbs.",
        "source": ["china_defense_budget", "defense_budgets"],
        "table": rows.assign(unit=rows["country"].map(lambda name: NEIGHBORS[name][0])),
        "columns": {
            "country": "Government",
            "year": "Year",
            "value": "Amount",
            "unit": "Unit",
            "cite_as": "Source",
        },
    }


def neighbors_table(year=2025):
    """Return each government's figure for `year` and its growth on the same definition, as a table."""
    rows = neighbors()
    rows["growth"] = [
        f"{value:+.1f}".replace("-", "−")
        for value in rows.groupby("country")["value"].pct_change() * 100
    ]
    rows = rows[rows["year"] == year].assign(
        counts=lambda frame: frame["country"].map(lambda name: NEIGHBORS[name][1]),
        unit=lambda frame: frame["country"].map(lambda name: NEIGHBORS[name][0]),
    )
    rows["amount"] = [f"{value:,.1f} {unit}" for value, unit in zip(rows["value"], rows["unit"])]
    rows["country"] = linked(rows, "country")
    return table(
        rows,
        {
            "country": "Government",
            "amount": "Amount",
            "growth": "On the year before, %",
            "counts": "What it is",
        },
        caption=f"Budgets of {year}, each on its own definition, in alphabetical order (the names lead to the sources)",
        name="tab-china-budget-neighbors",
    )


def neighbors_remark():
    """Return what a change of standard does to Taiwan's growth, and Japan's share of output before and after a supplement."""
    rows = load("defense_budgets")
    taiwan = rows[(rows["country"] == "Taiwan") & (rows["metric"] == "defense_budget")]
    old = taiwan[taiwan["basis"].str.startswith("Executive Yuan proposal, overall")].set_index(
        "fiscal_year"
    )["value"]
    new = taiwan[taiwan["basis"].str.contains("NATO-style")].set_index("fiscal_year")["value"]
    japan = rows[
        (rows["country"] == "Japan")
        & (rows["metric"] == "share_of_gdp")
        & (rows["fiscal_year"] == 2025)
    ]["value"]
    return say(
        "Taiwan's proposal for {year} rises {a:.1f}% on the old standard and {b:.1f}% on the new one; whoever sets the new figure beside last year's old one gets {c:.1f}%. Japan's government counted {d:.1f}% of GDP "
        "for {last} before the supplementary budget and {e:.1f}% after it, over the GDP of fiscal {base}.",
        year=2026,
        a=(old[2026] / old[2025] - 1) * 100,
        b=(new[2026] / new[2025] - 1) * 100,
        c=(new[2026] / old[2025] - 1) * 100,
        d=japan.min(),
        e=japan.max(),
        last=2025,
        base=2022,
    )


# --- What if ------------------------------------------------------------------------------------


def doubling_time(growth, prices=0.0):
    """Return the years in which a sum that grows `growth` % a year doubles, after prices that change `prices` % a year; infinity if it never does."""
    real = (1 + growth / 100) / (1 + prices / 100)
    return log(2) / log(real) if real > 1 else inf


def usual_prices(years=10):
    """Return the average yearly change of China's GDP deflator over the last `years` years, %, to a tenth."""
    changes = price_change("gdp_deflator_change").tail(years) / 100 + 1
    return round((changes.prod() ** (1 / len(changes)) - 1) * 100, 1)


def start_of_what_if():
    """Return where the controls of `what_if_chart` stand first: the latest budget, its announced rate, ten years, usual prices."""
    last = central_budgets().iloc[-1]
    return {
        "year": int(last["year"]),
        "amount": float(last["amount_bn_cny"]),
        "growth": float(last["growth_announced_pct"]),
        "horizon": 10,
        "prices": usual_prices(),
    }


def project(growth, horizon, prices):
    """Return the latest central budget carried on for `horizon` years: year, nominal and real amount (billion yuan of the first year)."""
    start = start_of_what_if()
    return pd.DataFrame(
        [
            {
                "year": start["year"] + step,
                "nominal": round(start["amount"] * (1 + growth / 100) ** step, 1),
                "real": round(
                    start["amount"] * ((1 + growth / 100) / (1 + prices / 100)) ** step, 1
                ),
            }
            for step in range(horizon + 1)
        ]
    )


def what_if_chart():
    """Return the latest budget carried on at a rate, for a time and at prices that the reader moves, with doubling times."""
    start = start_of_what_if()
    told = {
        "growth": ("Growth of the budget, % a year", 0, 15, 0.1),
        "horizon": ("Years ahead", 5, 30, 1),
        "prices": ("Change of prices, % a year", -2, 6, 0.1),
    }
    controls = [
        alt.param(
            name,
            value=start[name],
            bind=alt.binding_range(min=low, max=high, step=step, name=label),
        )
        for name, (label, low, high, step) in told.items()
    ]
    years = pd.DataFrame({"step": range(31)})
    twice = "rate > 0.00001 ? 'doubles in ' + format(log(2) / log(1 + rate), '.1f') + ' years' : 'never doubles'"
    base = (
        alt.Chart(years)
        .add_params(*controls)
        .transform_filter("datum.step <= horizon")
        .transform_calculate(
            year=f"{start['year']} + datum.step",
            nominal=f"{start['amount']} * pow(1 + growth / 100, datum.step)",
            real=f"{start['amount']} * pow((1 + growth / 100) / (1 + prices / 100), datum.step)",
        )
        .transform_fold(["nominal", "real"], ["kind", "value"])
        .transform_calculate(what="datum.kind == 'nominal' ? 'Nominal' : 'After prices'")
    )
    x = alt.X(
        "year:Q",
        title=None,
        axis=alt.Axis(format="d", tickMinStep=1, labelAngle=0),
        scale=alt.Scale(zero=False, nice=False, padding=6),
    )
    y = alt.Y("value:Q", title="Billion yuan", axis=alt.Axis(format=",.0f"))
    color = alt.Color(
        "what:N",
        legend=None,
        scale=alt.Scale(
            domain=["Nominal", "After prices"], range=[PALETTE["gray"], PALETTE["blue"]]
        ),
    )
    notes = []
    for row, (what, name, rate) in enumerate(
        (
            ("Nominal", "gray", "growth / 100"),
            ("After prices", "blue", "(1 + growth / 100) / (1 + prices / 100) - 1"),
        )
    ):
        notes.append(
            base.transform_filter("datum.step == horizon && datum.kind == 'nominal'")
            .transform_calculate(
                label=f"'{what}: ' + format(datum.{'nominal' if row == 0 else 'real'}, ',.0f') + ' in ' + datum.year + ', ' + ({twice.replace('rate', '(' + rate + ')')})"
            )
            .mark_text(align="left", fontSize=13, color=PALETTE[name])
            .encode(x=alt.value(8), y=alt.value(10 + 20 * row), text="label:N")
        )
    return alt.layer(
        base.mark_line(strokeWidth=2.5).encode(x, y, color), *notes, data=years
    ).properties(width=520, height=280)


def what_if_text():
    """Return name, caption, alternative, sources and table for `what_if_chart`."""
    start = start_of_what_if()
    rows = project(start["growth"], start["horizon"], start["prices"])
    end = rows.iloc[-1]
    budgets, prices = rows_behind("gdp_deflator_change")
    sources = tuple(
        dict.fromkeys(
            [*budgets["cite_as"].tail(1), *prices.sort_values("year")["cite_as"].tail(10)]
        )
    )
    return {
        "name": "fig-china-budget-what-if",
        "caption": f"Not a forecast: the central budget of {start['year']} carried on at a steady rate. Move the rate, the number of years and the change of prices. "
        f"It starts at the announced rate of {start['year']}, {start['horizon']} years, and the average change of the GDP deflator over ten years. After prices: in yuan of {start['year']}.",
        "alt": f"Two rising curves from {start['amount']:,.0f} billion yuan. At {start['growth']:.1f}% a year and prices up {start['prices']:.1f}% a year, {end['year']:.0f} comes to {end['nominal']:,.0f} billion, "
        f"or {end['real']:,.0f} in yuan of {start['year']}; the sum doubles in {doubling_time(start['growth']):.1f} years, after prices in {doubling_time(start['growth'], start['prices']):.1f}.",
        "source": ["china_defense_budget", "china_macro"],
        "table": rows.assign(cite_as=[sources] * len(rows)),
        "columns": {
            "year": "Year",
            "nominal": "Nominal, billion yuan",
            "real": f"Billion yuan of {start['year']}",
        },
        "paper": [{}, {"growth": 5}, {"growth": 10}, {"prices": -1}],
    }


def what_if_remark():
    """Return in words what the starting position shows, for paper."""
    start = start_of_what_if()
    end = project(start["growth"], start["horizon"], start["prices"]).iloc[-1]
    return say(
        "At the start the controls stand at {growth:.1f}%, {horizon} years and prices up {prices:.1f}% a year. The budget of {year}, {amount:,.0f} billion yuan, would come to {nominal:,.0f} billion in {last}, "
        "or {real:,.0f} billion in yuan of {year}. It would double in {a:.1f} years, and after prices in {b:.1f}.",
        **{**start, "growth": start["growth"]},
        nominal=end["nominal"],
        real=end["real"],
        last=int(end["year"]),
        a=doubling_time(start["growth"]),
        b=doubling_time(start["growth"], start["prices"]),
    )


def doubling_table(rates=(3, 5, 7, 7.2, 10), prices=(-1, 0, 2, 4)):
    """Return doubling times in years by growth and by the change of prices, as a table."""
    rows = pd.DataFrame(
        [
            {
                "rate": f"{rate:g}%",
                **{
                    f"p{price}": "never"
                    if (years := doubling_time(rate, price)) == inf
                    else f"{years:.1f}"
                    for price in prices
                },
            }
            for rate in rates
        ]
    )
    return table(
        rows,
        {
            "rate": "Growth a year",
            **{
                f"p{price}": f"Prices {price:+g}%".replace("-", "−").replace("+0%", "level")
                for price in prices
            },
        },
        caption="Years until a budget has doubled after prices",
        name="tab-china-budget-doubling",
    )
