"""Lin: investment, transits, opinion."""

import pandas as pd

from companion.checks.finding import Finding, check, day_of, only, rows_of
from companion.surveys import step_margin


def _positions(as_of):
    rows = rows_of("us_inward_fdi", as_of)
    return rows[rows["country"] != "All countries"]


@check("L-32")
def japan_largest_investor(as_of):
    """Japan's rank by stock of direct investment, for each basis and year in the package.

    By ultimate owner the package holds the end of 2023 only as of the article; the ranks of the four years before rest on
    the source that the row names. Another basis that puts another country first calls for the caveat.
    """
    rows = _positions(as_of)
    rank = rows.assign(
        rank=rows.groupby(["year", "basis"])["position_bn_usd"].rank(ascending=False)
    ).query("country == 'Japan'")
    owner = rank[rank["basis"] == "ultimate owner"].set_index("year")["rank"]
    other = rank[rank["basis"] != "ultimate owner"].set_index("year")["rank"]
    if owner.empty or (owner > 1).any():
        verdict = "contradicted" if len(owner) else "not verifiable here"
    else:
        verdict = (
            "supported" if len(owner) >= 5 and not (other > 1).any() else "supported with caveat"
        )
    return Finding(
        {
            "rank by ultimate owner": [f"{int(value)} ({year})" for year, value in owner.items()],
            "rank by foreign parent": [f"{int(value)} ({year})" for year, value in other.items()],
        },
        verdict,
    )


@check("L-33")
def korea_below_japan(as_of):
    """Korea's stock of investment beside Japan's where both stand on one basis, and its share; other Korean figures are not compared."""
    wide = _positions(as_of).pivot_table(
        index=["year", "basis"], columns="country", values="position_bn_usd"
    )
    both = wide[["Japan", "South Korea"]].dropna()
    if both.empty:
        return Finding({"years with both on one basis": 0}, "not verifiable here")
    below = (both["South Korea"] < both["Japan"]).all()
    figures = {
        f"{year}, {basis}, billion dollars": f"South Korea {row['South Korea']:,.1f}, Japan {row['Japan']:,.1f}"
        for (year, basis), row in both.iterrows()
    }
    return Finding(figures, "supported" if below else "contradicted")


@check("L-39")
def first_transit(as_of):
    """The day of the first known transit."""
    row = only(rows_of("taiwan_strait_transits", as_of, number=1), "the first transit")
    right = row["date"] == pd.Timestamp(2024, 9, 25)
    return Finding(
        {"ship": row["ship"], "day": day_of(row["date"])}, "supported" if right else "contradicted"
    )


@check("L-40")
def second_transit(as_of):
    """The day of the second known transit, as far as the reports agree on one."""
    row = only(rows_of("taiwan_strait_transits", as_of, number=2), "the second transit")
    if pd.notna(row["date"]):
        verdict = "supported" if row["date"] == pd.Timestamp(2025, 2, 5) else "contradicted"
    else:
        verdict = (
            "supported with caveat"
            if row["disputed_date"] == pd.Timestamp(2025, 2, 5)
            else "not verifiable here"
        )
    return Finding(
        {
            "ship": row["ship"],
            "day on which the reports agree": day_of(row["date"]),
            "day of one report": day_of(row["disputed_date"]),
            "as reported": row["date_as_printed"],
        },
        verdict,
    )


def _nhk(as_of):
    rows = rows_of("nhk_constitution", as_of, mode="landline and mobile")
    return rows.dropna(subset=["need_pct"]).sort_values("year").reset_index(drop=True)


@check("L-45")
def nhk_shares(as_of):
    """NHK's shares of 2024, and the days of its fieldwork: the sentence dates the poll by its publication."""
    row = only(_nhk(as_of).query("year == 2024"), "the NHK survey of 2024")
    agrees = row["need_pct"] == 36 and row["no_need_pct"] == 19
    on_day = row["fieldwork_start"] <= pd.Timestamp(2024, 5, 3) <= row["fieldwork_end"]
    verdict = "contradicted" if not agrees else "supported" if on_day else "supported with caveat"
    return Finding(
        {
            "needed, %": float(row["need_pct"]),
            "not needed, %": float(row["no_need_pct"]),
            "neither, %": float(row["undecided_pct"]),
            "fieldwork": [day_of(row["fieldwork_start"]), day_of(row["fieldwork_end"])],
        },
        verdict,
    )


@check("L-46")
def nhk_rises_each_year(as_of):
    """Each step of the one comparable series, and the change from its first to its last wave beside the 95% margin of that change."""
    rows = _nhk(as_of)
    first, last = rows.iloc[0], rows.iloc[-1]
    steps = [float(step) for step in rows["need_pct"].diff().dropna()]
    change = float(last["need_pct"] - first["need_pct"])
    margin = step_margin(
        first["need_pct"], first["n_responses"], last["need_pct"], last["n_responses"]
    )
    pairs = zip(rows.to_dict("records"), rows.to_dict("records")[1:])
    clear = sum(
        b["need_pct"] - a["need_pct"]
        > step_margin(a["need_pct"], a["n_responses"], b["need_pct"], b["n_responses"])
        for a, b in pairs
    )
    if change <= margin:
        verdict = "contradicted" if change <= 0 else "not verifiable here"
    else:
        verdict = "supported" if clear == len(steps) else "depends on the measure"
    return Finding(
        {
            f"change {first['year']}-{last['year']}, points": change,
            "its margin, points": round(float(margin), 1),
            "steps from wave to wave, points": steps,
            "steps larger than their margin": int(clear),
        },
        verdict,
    )


@check("L-47")
def nhk_security_first(as_of):
    """The reasons that NHK's respondents for revision gave in 2024."""
    rows = (
        rows_of("nhk_reasons", as_of, year=2024)
        .set_index("reason")["share_pct_of_need"]
        .sort_values(ascending=False)
    )
    security = rows.get("security environment", 0)
    verdict = (
        "supported"
        if security == rows.max() and security >= 25
        else "supported with caveat"
        if security >= 25
        else "contradicted"
    )
    return Finding(
        {f"{reason}, %": float(share) for reason, share in rows.head(2).items()}, verdict
    )
