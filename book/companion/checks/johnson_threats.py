"""Johnson: threats and arms exports."""

from datetime import date

from companion.checks.finding import Finding, check, only, rows_of
from companion.days import JOHNSON


@check("J-44")
def arsenal_grows(as_of):
    """SIPRI's estimates of assembled warheads, first and newest, and of what the material could yield. Intentions are not in the data."""
    rows = rows_of("dprk_tests", as_of, series="SIPRI").dropna(subset=["value"]).sort_values("year")
    ready = rows[rows["metric"].str.startswith("assembled")].set_index("year")["value"]
    could = (
        rows[rows["metric"].str.startswith("warheads that")]
        .assign(high=lambda f: f["value_high"].fillna(f["value"]))
        .set_index("year")["high"]
    )
    grows = [bool(series.iloc[-1] > series.iloc[0]) for series in (ready, could)]
    verdict = (
        "supported" if all(grows) else "supported with caveat" if any(grows) else "contradicted"
    )
    return Finding(
        {
            f"assembled, {ready.index[0]} and {ready.index[-1]}": [
                float(ready.iloc[0]),
                float(ready.iloc[-1]),
            ],
            f"possible at most, {could.index[0]} and {could.index[-1]}": [
                float(could.iloc[0]),
                float(could.iloc[-1]),
            ],
        },
        verdict,
    )


LISTED_FORECAST = date(2024, 9, 5)
"""Date of the item on the Russian Central Bank in the article's list of references."""


@check("J-51")
def russian_forecast(as_of):
    """The Bank of Russia's forecast beside the growth of the year before, and whether it came after the source that the article lists."""
    rows = rows_of("threat_indicators", as_of, threat="Russia")
    forecast = only(
        rows[
            rows["indicator"].str.startswith("Bank of Russia forecast") & (rows["period"] == "2025")
        ],
        "the forecast for 2025",
    )
    grown = only(rows[rows["indicator"] == "growth of output"], "the growth of 2024")
    lower, later = (
        forecast["value_high"] < grown["value"],
        forecast["public_from"].date() > LISTED_FORECAST,
    )
    verdict = "contradicted" if not lower else "supported with caveat" if later else "supported"
    return Finding(
        {
            "growth in 2024, %": float(grown["value"]),
            "forecast for 2025, %": f"{forecast['value']:g} to {forecast['value_high']:g}",
            "newer than the source listed": bool(later),
        },
        verdict,
    )


@check("J-49")
def protests_in_the_far_east(as_of):
    """The largest protest reported and how many years before the article it was; "more recently" fits one of the year before."""
    rows = rows_of("threat_indicators", as_of, threat="Russia", unit="persons")
    largest = rows.sort_values("value").tail(1)
    if largest.empty:
        return Finding({"protests": 0}, "not verifiable here")
    year, persons = int(largest["period"].iloc[0][-4:]), int(largest["value"].iloc[0])
    return Finding(
        {"largest protest, persons, by the highest report": persons, "year": year},
        "supported" if JOHNSON.year - year <= 1 else "supported with caveat",
    )


@check("J-55")
def inputs_from_china(as_of):
    """China's shares in Russia's imports of two inputs; with one year at hand the dependence shows, its increase does not."""
    rows = rows_of("threat_indicators", as_of, threat="Russia", unit="percent")
    rows = rows[rows["indicator"].str.endswith("from China")]
    if rows.empty:
        return Finding({"shares": 0}, "not verifiable here")
    series = [part.sort_values("period")["value"] for _, part in rows.groupby("indicator")]
    verdict = (
        "supported"
        if all(len(shares) > 1 and shares.iloc[-1] > shares.iloc[0] for shares in series)
        else "supported with caveat"
        if rows["value"].min() > 50
        else "contradicted"
    )
    return Finding(
        {
            f"{row['indicator']}, {row['period']}, %": float(row["value"])
            for _, row in rows.iterrows()
        },
        verdict,
    )


def _rules(as_of, country):
    """Rules on arms exports; a row without a day is a rule in force whose page prints none, and is used only with all that is known."""
    return rows_of("arms_export_rules", as_of, country=country)


@check("J-74")
def japan_export_rules(as_of):
    """Japan's rules on arms exports: how many allow a transfer, and whether one of them is an article of the constitution."""
    events = _rules(as_of, "Japan")["event"]
    allow = events.str.contains(
        r"\bexcepted|\bexceptions\b|may (?:go|be exported)|\bon Transfer\b|chooses"
    )
    constitution = int(events.str.contains("[Cc]onstitution").sum())
    if constitution:
        verdict = "supported with caveat" if allow.any() else "supported"
    else:
        verdict = (
            "contradicted"
            if allow.any() and events.str.contains(r"\blaw\b").any()
            else "not verifiable here"
        )
    return Finding(
        {
            "rules and decisions": len(events),
            "that allow a transfer": int(allow.sum()),
            "articles of the constitution": constitution,
        },
        verdict,
    )


@check("J-75")
def korea_export_rules(as_of):
    """South Korea's rules on arms exports: how many provide for licenses or controls, and whether one bans a category of arms."""
    events = _rules(as_of, "South Korea")["event"]
    licensed = events.str.contains(r"licens|approval|export-control")
    banned = events.str.contains(r"\bban(?:ned|s)?\b|refrain|prohibit")
    verdict = (
        "contradicted"
        if banned.any()
        else "supported with caveat"
        if licensed.any()
        else "not verifiable here"
    )
    return Finding(
        {
            "rules that provide for licenses or controls": int(licensed.sum()),
            "rules that ban a category": int(banned.sum()),
        },
        verdict,
    )
