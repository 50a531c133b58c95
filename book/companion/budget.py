"""China's announced defense budget: its rate, its level, its real growth, and what outsiders estimate.

Three rules keep the numbers honest. A rate is compared only with rates, an amount only with amounts of
the same scope (central or national, budget or executed). Real values deflate with the year's own
prices, after the fact. Dollars serve only to set estimates of one year side by side.
"""

import altair as alt
import pandas as pd

from companion import LIN
from companion.data import load
from companion.figures import PALETTE
from companion.output import say

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
    rows = rows[(rows["kind"] == "budget") & (rows["scope"] == "central") & (rows["year"] >= FIRST_CENTRAL)]
    return rows.sort_values("year").reset_index(drop=True)


def chained_headlines(as_of=None):
    """Return year and growth (%) got by dividing one headline amount by the one before, whatever their scope."""
    rows = load("china_defense_budget", as_of=as_of)
    rows = rows[(rows["kind"] == "budget") & rows["headline"] & rows["amount_bn_cny"].notna()].sort_values("year")
    rows = rows[~rows.duplicated("year", keep=False) | (rows["scope"] == "national")]
    growth = (rows["amount_bn_cny"] / rows["amount_bn_cny"].shift() - 1) * 100
    chained = pd.DataFrame({"year": rows["year"], "chained_pct": growth.round(1), "consecutive": rows["year"].diff() == 1})
    return chained[chained["consecutive"] & (chained["year"] >= FIRST_CENTRAL)].drop(columns="consecutive").reset_index(drop=True)


def macro(indicator):
    """Return one macroeconomic series as a pandas Series by year, in the unit the data package states."""
    rows = load("china_macro")
    return rows[rows["indicator"] == indicator].set_index("year")["value"].sort_index()


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
        table[kind] = (1 + table["growth_announced_pct"] / 100) / (1 + price_change(kind) / 100) * 100 - 100
    return table.dropna().round(2)


# --- The announced rate -------------------------------------------------------------------------

def growth_chart(as_of=LIN):
    """Return the announced rates as bars, and as diamonds the rates that chained headlines would give where they differ."""
    rates = central_budgets(as_of)[["year", "growth_announced_pct"]].rename(columns={"growth_announced_pct": "rate"})
    rates["claimed"] = rates["year"] >= 2022
    false = chained_headlines(as_of).merge(rates, on="year")
    false = false[(false["chained_pct"] - false["rate"]).abs() > 1]
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0))
    y = alt.Y("rate:Q", title="Announced growth, % (nominal)", scale=alt.Scale(domain=[0, 13]))
    bars = alt.Chart(rates).mark_bar(size=30).encode(
        x, y, color=alt.condition("datum.claimed", alt.value(PALETTE["blue"]), alt.value(PALETTE["paleblue"])))
    labels = alt.Chart(rates).mark_text(dy=-10, fontSize=13).encode(
        x, y=alt.datum(0), text=alt.Text("rate:Q", format=".1f"), color=alt.condition("datum.claimed", alt.value("white"), alt.value(PALETTE["ink"])))
    line = alt.Chart(pd.DataFrame({"seven": [7]})).mark_rule(color=PALETTE["ink"], strokeDash=[4, 3]).encode(y="seven:Q")
    diamonds = alt.Chart(false).mark_point(shape="diamond", size=90, filled=False, color=PALETTE["orange"], strokeWidth=2.5).encode(x, y=alt.Y("chained_pct:Q"))
    told = alt.Chart(false.nlargest(1, "chained_pct").assign(text="headlines chained")).mark_text(
        dy=-14, fontSize=13, color=PALETTE["orange"]).encode(x, alt.Y("chained_pct:Q"), text="text:N")
    return alt.layer(bars, line, labels, diamonds, told, data=rates).properties(width=540, height=250)


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
        "columns": {"year": "Year", "growth_announced_pct": "Announced rate, %", "amount_bn_cny": "Central budget, billion yuan",
                    "chained_pct": "Chained headlines, %", "cite_as": "Source"},
    }


# --- The chart the reader changes ---------------------------------------------------------------

SCOPES = {"Central budget": ("budget", "central"), "National budget": ("budget", "national"), "National, as executed": ("executed", "national")}
VIEWS = ["Yearly increase", "Level"]
PRICE_VIEWS = {"Nominal": None, f"Real, GDP deflator ({BASE_YEAR} prices)": "gdp_deflator_change", f"Real, consumer prices ({BASE_YEAR} prices)": "cpi_inflation"}


def explorer_data(as_of=LIN):
    """Return one row for each scope, view, kind of prices and year: value in billion yuan, and whether it was public by `as_of`.

    Values that were only recalled are left out. An increase needs two consecutive years of one scope.
    A real value was not public before its year's prices were, so from 2025 on it is set off.
    """
    rows = load("china_defense_budget")
    rows = rows[~rows["grade"].isin(["general knowledge", "uncertain"]) & rows["amount_bn_cny"].notna()]
    out = []
    for scope, (kind, level) in SCOPES.items():
        chosen = rows[(rows["kind"] == kind) & (rows["scope"] == level)].drop_duplicates("year").set_index("year").sort_index()
        for prices, index in PRICE_VIEWS.items():
            amount = chosen["amount_bn_cny"] if index is None else (chosen["amount_bn_cny"] / price_index(index)).dropna()
            known = pd.to_datetime(chosen["public_from"]).reindex(amount.index) <= pd.Timestamp(as_of)
            if index:
                known &= amount.index < as_of.year
            increase = amount.diff()[amount.index.to_series().diff() == 1]
            for view, values in zip(VIEWS, (increase, amount)):
                out += [{"year": int(year), "scope": scope, "view": view, "prices": prices, "value": round(float(value), 1),
                         "known": bool(known[year])} for year, value in values.items()]
    return pd.DataFrame(out)


def explorer_chart(as_of=LIN):
    """Return the budget by year with controls for scope, view, prices and first year shown."""
    rows = explorer_data(as_of)
    scope = alt.param("scope", value=list(SCOPES)[0], bind=alt.binding_select(options=list(SCOPES), name="Scope"))
    view = alt.param("view", value=VIEWS[0], bind=alt.binding_select(options=VIEWS, name="Show"))
    prices = alt.param("prices", value=list(PRICE_VIEWS)[0], bind=alt.binding_select(options=list(PRICE_VIEWS), name="Prices"))
    first = alt.param("first", value=2014, bind=alt.binding_range(min=2002, max=2022, step=1, name="First year shown"))
    base = alt.Chart(rows).add_params(scope, view, prices, first).transform_filter(
        "datum.scope == scope && datum.view == view && datum.prices == prices && datum.year >= first")
    bars = base.mark_bar(strokeWidth=1.5, stroke=PALETTE["blue"]).encode(
        alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        alt.Y("value:Q", title="Billion yuan"),
        color=alt.condition("datum.known", alt.value(PALETTE["blue"]), alt.value("white")))
    labels = base.mark_text(dy=-8, fontSize=12, color=PALETTE["ink"]).encode(
        alt.X("year:O"), alt.Y("value:Q"), alt.Text("value:Q", format=",.0f"))
    return alt.layer(bars, labels).properties(width=540, height=280)


def explorer_text(as_of=LIN):
    """Return name, caption, alternative, sources and table for `explorer_chart`."""
    rows = explorer_data(as_of)
    start = rows[(rows["scope"] == "Central budget") & (rows["view"] == VIEWS[0]) & (rows["prices"] == "Nominal") & (rows["year"] >= 2014)]
    known = start[start["known"]]
    top = known.loc[known["value"].idxmax()]
    after = start[~start["known"]]
    return {
        "name": "fig-budget-explorer",
        "caption": "The budget as the reader wants it: choose scope, view, prices and first year. Shown first: the yearly increase of the central budget "
                   "in billion yuan. Filled bars were public when Lin wrote; outlined bars came later.",
        "alt": f"Bars of the yearly increase of the central budget from 2014. The largest that was public by March 2025 is {top['year']}'s, "
               f"{top['value']:.0f} billion yuan. " + " ".join(f"{row.year}, known later, adds {row.value:.0f} billion." for row in after.itertuples()),
        "source": ["china_defense_budget", "china_macro"],
        "table": rows[rows["view"] == "Level"].pivot_table(index=["scope", "year"], columns="prices", values="value").reset_index().sort_values(["scope", "year"]),
        "columns": {"scope": "Scope", "year": "Year", **{name: f"{name}, billion yuan" for name in PRICE_VIEWS}},
    }


# --- Nominal, real, and the economy -------------------------------------------------------------

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
    rows = [{"terms": terms, "what": what, "year": int(year), "growth": round(float(value), 1),
             "known": year < LIN.year or (terms, what) == ("Nominal", "Defense budget")}
            for (terms, what), values in series.items() for year, value in values.dropna().items() if first <= year <= 2025]
    return pd.DataFrame(rows)


def burden_chart():
    """Return two panels, nominal and real, each with the budget's growth and that of GDP."""
    rows = pace()
    color = alt.Color("what:N", title=None, scale=alt.Scale(domain=["Defense budget", "GDP"], range=[PALETTE["blue"], PALETTE["orange"]]), legend=None)
    panels = []
    for terms in ("Nominal", "Real"):
        part = rows[rows["terms"] == terms]
        base = alt.Chart(part).encode(
            alt.X("year:Q", title=None, axis=alt.Axis(format="d", values=[2014, 2017, 2020, 2023], labelAngle=0), scale=alt.Scale(domain=[2014, 2025.2])),
            alt.Y("growth:Q", title="Growth, % a year", scale=alt.Scale(domain=[0, 15])), color)
        lines = base.mark_line(strokeWidth=2.5)
        points = base.mark_point(size=45, strokeWidth=2, filled=False).encode(
            fill=alt.condition("datum.known", color, alt.value("white")))
        places = {"Defense budget": (2014, 25, -12), "GDP": (2021, -17, -12)}
        label = [alt.Chart(part[(part["what"] == what) & (part["year"] == year)]).mark_text(align="left", dx=dx, dy=dy, fontSize=13).encode(
            alt.X("year:Q"), alt.Y("growth:Q"), alt.Text("what:N"), color) for what, (year, dx, dy) in places.items()]
        panels.append(alt.layer(lines, points, *label).properties(width=235, height=230, title=f"{terms} growth"))
    return alt.hconcat(*panels, spacing=28).resolve_scale(y="shared")


def burden_text():
    """Return name, caption, alternative, sources and table for `burden_chart`."""
    rows = pace()
    wide = rows.pivot_table(index="year", columns=["terms", "what"], values="growth")
    last = wide.loc[2024]
    table = wide.copy()
    table.columns = [f"{what}, {terms.lower()}" for terms, what in table.columns]
    table = table.reset_index()
    return {
        "name": "fig-budget-pace",
        "caption": "Growth of the announced central budget beside growth of the economy, in nominal and in real terms (GDP deflator). "
                   "Outlined points rest on figures published after March 2025.",
        "alt": f"Two panels. Nominal: since 2023 defense runs at about 7% while GDP slows, to {last[('Nominal', 'GDP')]:.1f}% in 2024. "
               f"Real: because prices fell, defense rose about {last[('Real', 'Defense budget')]:.0f}% in 2024 against GDP growth of {last[('Real', 'GDP')]:.1f}%.",
        "source": ["china_defense_budget", "china_macro"],
        "table": table,
        "columns": {name: name.capitalize() + ("" if name == "year" else ", %") for name in table.columns},
    }


def sentence(kind, as_of=LIN):
    """Return one computed sentence: "rate", "yuan", "real" or "share"."""
    budgets = central_budgets(as_of).set_index("year")
    year = int(budgets.index.max())
    rate = budgets["growth_announced_pct"]
    if kind == "rate":
        equal = [int(y) for y in rate.index if y < year and rate[y] == rate[year]]
        higher = [int(y) for y in rate.index if y < year and rate[y] > rate[year]]
        return say("By the announced rate, {year} ({rate:.1f}%) equals {equal} and stands below {higher}.", year=year, rate=rate[year],
                   equal=" and ".join(map(str, equal)),
                   higher=", ".join(f"{y} ({rate[y]:.1f}%)" for y in higher[-2:]) + f" and {len(higher) - 2} years before")
    if kind == "yuan":
        added = budgets["amount_bn_cny"].diff().dropna().sort_values(ascending=False)
        first, second = added.index[:2]
        return say("By the yuan added, budget to budget, {first} comes first: {a:.0f} billion, after {b:.0f} billion in {second}. "
                   "So it must be, as long as a growing sum rises at an unchanged rate.", first=first, a=added.iloc[0], b=added.iloc[1], second=second)
    if kind == "real":
        real = real_growth()
        low, high = real.loc[year - 1], real.loc[year]
        return say("In real terms {year} rises {a:.1f}% by the GDP deflator and {b:.1f}% by consumer prices; {before} rose {c:.1f}% and {d:.1f}%. "
                   "Prices of {year} are preliminary, and the two years lie less than {gap:.1f} points apart: the record ranks neither first.",
                   year=year, a=high["gdp_deflator_change"], b=high["cpi_inflation"], before=year - 1, c=low["gdp_deflator_change"], d=low["cpi_inflation"],
                   gap=max(0.2, round((high - low).abs().max() + 0.05, 1)))
    if kind == "share":
        share = (central_budgets()["amount_bn_cny"].set_axis(central_budgets()["year"]) / macro("gdp_nominal") / 10).dropna()
        return say("As a share of GDP the central budget went from {a:.2f}% ({first}) to {b:.2f}% ({last}).",
                   a=share[2022], first=2022, b=share[2025], last=2025)
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
    own = pd.DataFrame([{"who": "Announced central budget", "low": dollars, "high": dollars, "counts": "the budget as announced, at the average exchange rate",
                         "cite_as": budget["cite_as"], "public_from": budget["public_from"]}])
    rows = pd.concat([own, rows[["who", "low", "high", "counts", "cite_as", "public_from"]].sort_values(["high", "low"])], ignore_index=True)
    rows["known"] = pd.to_datetime(rows["public_from"]) <= pd.Timestamp(LIN)
    return rows


def estimates_chart(year=2024):
    """Return the estimates of one year as points and ranges on one dollar axis."""
    rows = estimates(year).drop(columns=["public_from", "cite_as", "counts"])
    rows["label"] = [f"{low:,.0f}" if low == high else f"{low:,.0f}–{high:,.0f}" for low, high in zip(rows["low"], rows["high"])]
    y = alt.Y("who:N", sort=list(rows["who"]), title=None, axis=alt.Axis(labelLimit=300))
    x = alt.X("low:Q", title="Billion US dollars", scale=alt.Scale(domain=[0, 600]))
    base = alt.Chart(rows)
    bars = base.mark_rule(strokeWidth=5, color=PALETTE["blue"]).encode(x, y, x2="high:Q")
    ends = base.mark_point(size=80, strokeWidth=2.5, filled=False, color=PALETTE["blue"]).encode(
        x, y, fill=alt.condition("datum.known", alt.value(PALETTE["blue"]), alt.value("white")))
    tops = ends.encode(alt.X("high:Q"))
    labels = base.mark_text(align="left", dx=9, fontSize=13, color=PALETTE["ink"]).encode(alt.X("high:Q"), y, alt.Text("label:N"))
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
        "columns": {"who": "Who", "low": "Low, USD billion", "high": "High, USD billion", "counts": "What it counts", "cite_as": "Source"},
    }
