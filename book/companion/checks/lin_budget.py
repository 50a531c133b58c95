"""Lin: China's budget."""

from companion.checks.finding import Finding, check, only, rows_of


def _budgets(as_of):
    rows = rows_of("china_defense_budget", as_of, kind="budget", scope="central")
    return rows.dropna(subset=["amount_bn_cny"]).set_index("year").sort_index()


@check("L-23")
def budget_of_2025(as_of):
    """Amount and rate announced for 2025. Their scope is told and does not count: central and local budgets are what was presented."""
    rows = rows_of("china_defense_budget", as_of, kind="budget", year=2025)
    row = only(rows[rows["headline"]], "the headline budget of 2025")
    agrees = round(row["amount_bn_cny"] / 1000, 2) == 1.78 and row["growth_announced_pct"] == 7.2
    return Finding(
        {
            "amount, billion yuan": row["amount_bn_cny"],
            "announced rate, %": row["growth_announced_pct"],
            "scope": row["scope"],
        },
        "supported" if agrees else "contradicted",
    )


@check("L-24")
def budget_like_years_before(as_of):
    """The newest announced rate beside the two before it; within half a point is called consistent."""
    rates = _budgets(as_of)["growth_announced_pct"].tail(3)
    spread = round(float(rates.max() - rates.min()), 1)
    verdict = (
        "supported" if spread <= 0.5 else "supported with caveat" if spread <= 1 else "contradicted"
    )
    return Finding(
        {"announced rates, %": [f"{rate:.1f} ({year})" for year, rate in rates.items()]}, verdict
    )


@check("L-25")
def budget_largest_rise(as_of):
    """Whether the newest rise exceeds each of the five before it, by announced rate and by yuan added, budget to budget.

    Real growth is left aside, since the year's prices are known only afterwards.
    """
    rows = _budgets(as_of)
    rate = rows["growth_announced_pct"].tail(6)
    added = rows["amount_bn_cny"].diff()[rows.index.to_series().diff() == 1].tail(6)
    tops = {
        "by rate": bool(rate.iloc[-1] > rate.iloc[:-1].max()),
        "by yuan added": bool(added.iloc[-1] > added.iloc[:-1].max()),
    }
    verdict = {2: "supported", 1: "depends on the measure", 0: "contradicted"}[sum(tops.values())]
    figures = {
        f"rate of {rate.index[-1]}, %": float(rate.iloc[-1]),
        "highest of the five years before, %": float(rate.iloc[:-1].max()),
        "added, billion yuan": round(float(added.iloc[-1]), 1),
        "most in the five years before": round(float(added.iloc[:-1].max()), 1),
    }
    return Finding(figures, verdict)


@check("L-26")
def budget_years_above_seven(as_of):
    """How many years in a row, up to the newest, the announced rate was above 7%.

    The sentence speaks of expenditure; the report in its note counts the budgets that are announced, and so does this.
    """
    rates = _budgets(as_of)["growth_announced_pct"]
    streak = []
    for year, rate in reversed(list(rates.items())):
        if not rate > 7:
            break
        streak.append(year)
    return Finding(
        {
            f"years in a row above 7%, to {rates.index[-1]}": len(streak),
            "announced rates, %": [f"{rate:.1f} ({year})" for year, rate in rates.tail(6).items()],
        },
        "supported" if len(streak) >= 4 else "contradicted",
    )


@check("L-27")
def budget_and_slowdown(as_of):
    """The newest budget's rate beside the growth target, and that target beside those of 2010-2019.

    Official growth rates of 2024 entered the package with a later vintage and are not used.
    """
    targets = (
        rows_of("china_macro", as_of, indicator="gdp_growth_target")
        .set_index("year")["value"]
        .sort_index()
    )
    rate = float(_budgets(as_of)["growth_announced_pct"].iloc[-1])
    now, before, decade = float(targets.iloc[-1]), float(targets.iloc[-2]), targets.loc[2010:2019]
    verdict = "contradicted" if rate <= now or now >= decade.min() else "supported"
    return Finding(
        {
            f"budget of {targets.index[-1]}, %": rate,
            "growth target, %": now,
            "target of the year before, %": before,
            "targets of 2010-2019, %": f"{decade.min():g} to {decade.max():g}",
        },
        verdict,
    )
