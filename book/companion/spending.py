"""Defense budgets: rates, amounts, prices. Named computations, each with its formula, unit and assumptions.

Three rules keep the numbers honest. A rate is compared only with rates, an amount only with amounts of
the same scope (central or national, budget or executed). Real values deflate with the year's own
prices, after the fact. Dollars serve only to set estimates of one year side by side.

Every function takes `as_of`, a day (date or text) or None, and then uses what was public on that day.
"""

from math import inf, log

import pandas as pd

from companion.data import load

FIRST_CENTRAL = 2013
"""From this year on the amount reported as "the" budget is the central level, but for 2017."""

PRICES = {"gdp_deflator_change": "GDP deflator", "cpi_inflation": "consumer prices"}
"""Measures of prices: the indicator in china_macro, and its name."""


def official(kind="budget", scope="central", first=1989, as_of=None):
    """Return one series of China's official amounts, a row a year, sorted.

    kind: "budget" or "executed". scope: "central", "national", or "headline" for the figure that was
    reported that March as "the" budget, whatever its scope. first: the first year. Columns as in the
    resource china_defense_budget: amount_bn_cny (billion yuan, current prices), growth_announced_pct, cite_as,
    url and the rest. Raises ValueError for another kind or scope.
    """
    for word, allowed in (
        (kind, ("budget", "executed")),
        (scope, ("central", "national", "headline")),
    ):
        if word not in allowed:
            raise ValueError(f"official: found {word!r}; expected one of {', '.join(allowed)}")
    rows = load("china_defense_budget", as_of=as_of)
    rows = rows[(rows["kind"] == kind) & (rows["year"] >= first)]
    if scope == "headline":  # in 2005 two figures circulated; the national one continues the series
        rows = rows[rows["headline"]].sort_values("scope", key=lambda names: names != "national")
    else:
        rows = rows[rows["scope"] == scope]
    return rows.drop_duplicates("year").sort_values("year").reset_index(drop=True)


def central_budgets(as_of=None):
    """Return the announced central budgets from 2013 on, a row a year: amount (billion yuan), announced rate (%).

    The announced rate sets this year's budget against last year's spending as executed; it is the
    publisher's, not computed here.
    """
    return official("budget", "central", FIRST_CENTRAL, as_of)


def growth(amounts):
    """Return the growth of a series by year, % on the year before; none where the year before is missing.

    amounts: a pandas Series indexed by year. Formula: amount / amount of the year before - 1.
    """
    amounts = amounts.dropna().sort_index()
    before = amounts.reindex(amounts.index - 1).set_axis(amounts.index)
    return (amounts / before - 1) * 100


def macro(indicator, as_of=None):
    """Return one macroeconomic series of China as a pandas Series by year, in the unit the data package states."""
    rows = load("china_macro", as_of=as_of)
    return rows[rows["indicator"] == indicator].set_index("year")["value"].sort_index()


def price_change(kind, as_of=None):
    """Return yearly price changes, %, of `kind`, a key of PRICES.

    Where the package holds a deflator that was derived and rounded, it is derived again here, unrounded:
    (1 + nominal growth) / (1 + real growth) - 1.
    """
    rows = load("china_macro", as_of=as_of)
    rows = rows[rows["indicator"] == kind].set_index("year").sort_index()
    changes = rows["value"].astype(float).copy()
    nominal, real = growth(macro("gdp_nominal", as_of)), macro("gdp_real_growth", as_of)
    for year in changes.index[rows["grade"] == "derived"]:
        if pd.notna(nominal.get(year)) and pd.notna(real.get(year)):
            changes[year] = (1 + nominal[year] / 100) / (1 + real[year] / 100) * 100 - 100
    return changes


def price_index(kind, base, as_of=None):
    """Return an index of prices by year, year `base` = 1, chained from the yearly changes of `kind`, a key of PRICES.

    Raises ValueError with the years that may be chosen where `base` is not among them.
    """
    index = (1 + price_change(kind, as_of) / 100).cumprod()
    if base not in index.index:
        told = f"{index.index.min()} to {index.index.max()}" if len(index) else "none"
        raise ValueError(f"price_index: found the base year {base}; expected one of {told}")
    return index / index[base]


def real_growth(as_of=None):
    """Return the announced rate in real terms by year, %: (1 + rate) / (1 + price change) - 1, for both price measures.

    A frame by year with growth_announced_pct and a column for each key of PRICES. Prices are those of
    the budget's own year, known only afterwards, so that the latest budget of a day has no real rate yet.
    """
    table = central_budgets(as_of).set_index("year")[["growth_announced_pct"]]
    for kind in PRICES:
        prices = price_change(kind, as_of).reindex(table.index)
        table[kind] = (1 + table["growth_announced_pct"] / 100) / (1 + prices / 100) * 100 - 100
    return table.dropna().round(2)


def implied_spending(as_of=None):
    """Return by year what the next year's announced rate implies was spent: spending = budget / (1 + rate).

    A frame: year, budget (billion yuan), announced (%), on_budget (%, budget on the budget before), implied
    (billion yuan), away (implied against budget, %), and low and high, the room that rounding the rate to a
    tenth of a point leaves for `away`.
    """
    rows = central_budgets(as_of).set_index("year")
    amount, rate = rows["amount_bn_cny"], rows["growth_announced_pct"]
    out = pd.DataFrame({"budget": amount, "announced": rate, "on_budget": growth(amount).round(2)})
    for name, shift in (("implied", 0), ("low", 0.05), ("high", -0.05)):
        spent = (amount / (1 + (rate + shift) / 100)).shift(-1)
        out[name] = spent.round(1) if name == "implied" else ((spent / amount - 1) * 100).round(2)
    out["away"] = ((out["implied"] / amount - 1) * 100).round(2)
    return out.reset_index()


def in_dollars(as_of=None):
    """Return the central budget by year in billion US dollars at the average market rate of the year, a pandas Series."""
    amounts = central_budgets(as_of).set_index("year")["amount_bn_cny"]
    return (amounts / macro("cny_per_usd_avg", as_of)).dropna()


def leveling_revision(year, as_of=None):
    """Return by how much nominal GDP of `year` must be revised for the budget's real rate to equal that of the year before.

    A pair: percent, and trillion yuan. It supposes that the volume of output is not revised with it.
    """
    rate = central_budgets(as_of).set_index("year")["growth_announced_pct"]
    prices = price_change("gdp_deflator_change", as_of)
    wanted = (1 + rate[year] / 100) / (1 + rate[year - 1] / 100) * (1 + prices[year - 1] / 100)
    percent = wanted / (1 + prices[year] / 100) * 100 - 100
    return percent, macro("gdp_nominal", as_of)[year] * percent / 100


def doubling_time(growth, prices=0.0):
    """Return the years in which a sum that grows `growth` % a year doubles, after prices that change `prices` % a year.

    Formula: log 2 / log((1 + growth) / (1 + prices)); infinity if it never does.
    """
    real = (1 + growth / 100) / (1 + prices / 100)
    return log(2) / log(real) if real > 1 else inf


def project(amount, year, growth, horizon, prices):
    """Return a sum carried on at a steady rate: year, nominal and real amount (in the unit and prices of `year`).

    amount: the sum of `year`. growth and prices: % a year. horizon: years ahead. Arithmetic, no forecast.
    """
    steps = pd.Series(range(horizon + 1))
    return pd.DataFrame(
        {
            "year": year + steps,
            "nominal": (amount * (1 + growth / 100) ** steps).round(1),
            "real": (amount * ((1 + growth / 100) / (1 + prices / 100)) ** steps).round(1),
        }
    )


def military(as_of=None):
    """Return military expenditure as SIPRI had it on a day, for the newest year then known: a row a country, by name.

    Columns: year, usd_bn (billion US dollars, current prices and rates), share_gdp (% of GDP), published (the day of
    the edition), later_vintage (a value of a later edition stands in). Source: SIPRI Military Expenditure Database.
    Assumption: estimates of one edition may be compared; each edition revises past years, so none is mixed with another.
    """
    rows = load("sipri_milex", as_of=as_of).sort_values("public_from")
    wanted = {"usd_bn_current": "usd_bn", "share_gdp_pct": "share_gdp"}
    rows = rows[rows["metric"].isin(list(wanted)) & (rows["year"] == rows["year"].max())]
    rows = rows[rows["edition"].isin(rows["edition"].tail(1))]
    late = rows["later_vintage"].any() if "later_vintage" in rows else False
    known = rows["public_from"] if as_of is None else rows["known_from"].fillna(rows["public_from"])
    out = rows.pivot(index="country", columns="metric", values="value")
    out = out.reindex(columns=list(wanted)).rename(columns=wanted)
    out = out.assign(year=rows["year"].max(), published=known.max(), later_vintage=bool(late))
    out.attrs = rows.attrs
    return out


CENSUS = pd.Timestamp("2024-12-26")
"""On this day the fifth economic census raised the level of China's output; the years before 2023 followed in later vintages."""


def output_growth(as_of=None):
    """Return the growth of China's output by year, %: a frame by year with `nominal` and `real`.

    Nominal: gdp_nominal on the year before, both as known on the day. Where one value is of before the census and
    the other of after it, the two levels do not compare, and the year has none. Real: as published.
    """
    rows = load("china_macro", as_of=as_of)
    rows = rows[rows["indicator"] == "gdp_nominal"].set_index("year").sort_index()
    day = pd.Timestamp.max if as_of is None else pd.Timestamp(as_of)
    vintage = rows["public_from"].where(rows["public_from"] <= day, rows["known_from"])
    level = (vintage >= CENSUS).astype(float)
    nominal = growth(rows["value"])
    nominal = nominal.where(level == level.reindex(level.index - 1).set_axis(level.index))
    return pd.DataFrame({"nominal": nominal, "real": macro("gdp_real_growth", as_of)})


def divided(scope="headline", as_of=None):
    """Return by year what dividing one budget of `scope` by the last gives, beside the rate that was announced.

    A frame: year, amount_bn_cny (billion yuan), scope, before (the scope of the year before), growth_announced_pct,
    divided (%, to a tenth), gap (points, divided less announced), cite_as, url. Formula: amount / amount of the year
    before - 1, whatever the two cover; a year whose neighbor has no amount is left out. `scope` as in `official`.
    """
    rows = official("budget", scope, as_of=as_of).dropna(subset="amount_bn_cny")
    rate = growth(rows.set_index("year")["amount_bn_cny"]).round(1)
    rows = rows.assign(before=rows["scope"].shift(), divided=rate.to_numpy())
    rows["gap"] = (rows["divided"] - rows["growth_announced_pct"]).round(1)
    names = "year amount_bn_cny scope before growth_announced_pct divided gap cite_as url".split()
    return rows.dropna(subset="divided")[names].reset_index(drop=True)


def pace(as_of=None):
    """Return the growth of the central budget and of GDP, %, nominal and real, a row each: terms, what, year, growth.

    The budget's is the announced rate; "Real" deflates it with the GDP deflator, as the statistical office does GDP.
    """
    real = real_growth(as_of)
    series = {
        ("Nominal", "Defense budget"): real["growth_announced_pct"],
        ("Nominal", "GDP"): growth(macro("gdp_nominal", as_of)),
        ("Real", "Defense budget"): real["gdp_deflator_change"],
        ("Real", "GDP"): macro("gdp_real_growth", as_of),
    }
    rows = pd.concat({key: one.astype(float) for key, one in series.items()})
    rows = rows.rename_axis(["terms", "what", "year"]).rename("growth").dropna().round(1)
    return rows.reset_index().query("year in @real.index").reset_index(drop=True)


def shares(edition, as_of=None):
    """Return three shares of GDP by year, %, a column a basis: central budget, national spending as executed, SIPRI's estimate.

    The first two are set against the statistical office's nominal GDP; SIPRI's share is its own, of one `edition`.
    """
    gdp, sipri = macro("gdp_nominal", as_of) * 1000, load("sipri_milex", as_of=as_of)
    sipri = sipri[(sipri["country"] == "China") & (sipri["metric"] == "share_gdp_pct")]
    bases = {
        "Central budget": official("budget", "central", as_of=as_of),
        "National, as executed": official("executed", "national", as_of=as_of),
    }
    out = {name: rows.set_index("year")["amount_bn_cny"] / gdp for name, rows in bases.items()}
    out = pd.DataFrame(out).astype(float) * 100
    out["SIPRI’s estimate"] = sipri[sipri["edition"] == edition].set_index("year")["value"]
    return out.dropna(how="all").round(2)


def dollars(as_of=None):
    """Return by year the central budget in billion dollars, its growth in dollars and in yuan, and the change of the yuan in dollars, %.

    A frame by year: usd, in_dollars, in_yuan, yuan_value; at the year's average market rate, budget on budget.
    """
    yuan, usd = central_budgets(as_of).set_index("year")["amount_bn_cny"], in_dollars(as_of)
    value = growth(1 / macro("cny_per_usd_avg", as_of))
    out = {"usd": usd, "in_dollars": growth(usd), "in_yuan": growth(yuan), "yuan_value": value}
    return pd.DataFrame(out).astype(float).dropna().round(1)


def multiples(as_of=None):
    """Return the outside estimates, each with the central budget of its own year in dollars and as a multiple of it.

    Columns as in the resource china_estimates, and base (billion US dollars at the year's average market rate),
    low_x and high_x (multiples of it), counted (what is counted, and at which prices).
    """
    rows = load("china_estimates", as_of=as_of)
    base = rows["year"].map(in_dollars(as_of)).astype(float)
    what = rows["counts"].str.startswith("official").map({True: "budget", False: "wider"})
    at = rows["counts"].str.contains("purchasing").map({True: "purchasing power", False: "market rate"})  # fmt: skip
    rows = rows.assign(base=base.round(1), counted=what + ", " + at)
    rows["low_x"], rows["high_x"] = (rows["low"] / base).round(2), (rows["high"] / base).round(2)
    return rows.sort_values(["year", "high_x"]).reset_index(drop=True)


def usual_change(kind, years=10, as_of=None):
    """Return the mean yearly change of prices over the last `years` years, %: the geometric mean, of `kind`, a key of PRICES."""
    factors = 1 + price_change(kind, as_of).tail(years) / 100
    return (factors.prod() ** (1 / len(factors)) - 1) * 100


def rows_behind(*indicators, as_of=None):
    """Return the rows that a series in terms of prices, output or dollars rests on: budgets, and those of `indicators` in china_macro."""
    rows = load("china_macro", as_of=as_of)
    return central_budgets(as_of), rows[rows["indicator"].isin(indicators)]
