"""Checks: what the data of the package decide about single claims of the ledger.

A check is a small function of one claim. What comes in is a day, `as_of`, or None for all that is known;
what comes out is a Finding: the figures that decide and the verdict they give. A check reads the package
through `companion.load` alone and leaves out what was only recalled. The tests run every check with the
day by which its sentence is judged and compare the verdict with the ledger's.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from companion.data import DataError, load
from companion.days import JOHNSON, spell_day
from companion.polls import step_margin

CHECKS = {}
"""Claim id: the function that checks it."""


@dataclass(frozen=True)
class Finding:
    """What a check found: `figures`, {what it is: value}, and the `verdict` that they give, one of the ledger's."""

    figures: dict
    verdict: str

    def __str__(self):
        return "; ".join(f"{name}: {_written(value)}" for name, value in self.figures.items())


def _written(value):
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_written, value)) or "none"
    if isinstance(value, date):
        return "not stated" if pd.isna(value) else spell_day(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".").replace("-", "−")
    return (
        "none"
        if value is None
        else f"{value:,}"
        if isinstance(value, int) and abs(value) > 9999
        else str(value)
    )


def check(claim_id):
    """Register the function below as the check of a claim; raise ValueError where the claim has one already."""

    def register(function):
        if claim_id in CHECKS:
            raise ValueError(
                f"{claim_id}: {function.__name__} comes after {CHECKS[claim_id].__name__}; a claim has one check"
            )
        CHECKS[claim_id] = function
        return function

    return register


def run(claim_id, as_of=None):
    """Return the Finding of a claim with what was public on `as_of`; without it, on the day by which the ledger judges the claim."""
    if as_of is None:
        ledger = load("claims").set_index("id")
        as_of = ledger.at[claim_id, "judged_as_of"].date()
    return CHECKS[claim_id](as_of)


def run_all():
    """Return {claim id: Finding} of all checks, each on the day by which its claim is judged, in the ledger's order."""
    return {claim_id: run(claim_id) for claim_id in load("claims")["id"] if claim_id in CHECKS}


def today(claim_id):
    """Return the Finding of a claim with all that is known, as if its sentence were said again with the newest data.

    It tells nothing of what the author could know, and never counts in the verdict.
    """
    return CHECKS[claim_id](None)


def flips():
    """Return [(claim id, Finding when judged, Finding with all that is known)] where the two verdicts differ.

    Each of these claims must say in `since_then` what has come.
    """
    pairs = [(claim_id, found, today(claim_id)) for claim_id, found in run_all().items()]
    return [(claim_id, then, now) for claim_id, then, now in pairs if then.verdict != now.verdict]


def disagreements():
    """Return one line for each claim whose ledger verdict its check does not return: id, sentence, both verdicts, figures."""
    ledger = load("claims").set_index("id")
    return [
        f"{claim_id} ({CHECKS[claim_id].__name__}): {ledger.at[claim_id, 'claim']!r}: the ledger says {ledger.at[claim_id, 'verdict']!r}, "
        f"the data say {found.verdict!r} ({found})"
        for claim_id, found in run_all().items()
        if found.verdict != ledger.at[claim_id, "verdict"]
    ]


def _rows(name, as_of, /, **wanted):
    """Return the rows of a resource public on `as_of`, without what was only recalled, that have the wanted values."""
    rows = load(name, as_of=as_of)
    for column, value in wanted.items():
        rows = rows[rows[column].isin(value if isinstance(value, list) else [value])]
    return rows.reset_index(drop=True)


def _one(rows, what):
    """Return the only row; raise DataError where there is none or more than one, for then the check has lost its ground."""
    if len(rows) != 1:
        raise DataError(f"check: found {len(rows)} rows for {what}; expected one")
    return rows.iloc[0]


def _day(stamp):
    return None if pd.isna(stamp) else stamp.date()


# --- Lin: offices, meetings, exercises ----------------------------------------------------------

CAPITALS = ["United States", "Japan", "South Korea"]


@check("L-01")
def offices_changed(as_of):
    """Of the three capitals, how many had a head of government or state in office, not acting, who began in the year before.

    An acting head counts as an open office. An end of term later than the day is not used, since it was not known then.
    """
    rows = _rows("leaders", as_of)
    day = pd.Timestamp(as_of) if as_of else rows["start"].max()
    begun = rows[rows["start"] <= day].sort_values("start")
    holders = begun.groupby("country").tail(1).set_index("country")
    changed = [
        c
        for c in CAPITALS
        if holders.at[c, "office"] != "acting president"
        and (day - holders.at[c, "start"]).days <= 365
    ]
    acting = [c for c in CAPITALS if holders.at[c, "office"] == "acting president"]
    verdict = (
        "supported"
        if len(changed) == len(CAPITALS)
        else "supported with caveat"
        if changed
        else "contradicted"
    )
    return Finding({"new in office": changed, "acting head": acting}, verdict)


@check("L-04")
def colby_three_percent(as_of):
    """A US statement that Japan should spend 3% of GDP, and its day; the article's source is dated March 5, the hearing was in Washington."""
    rows = _rows(
        "burden",
        as_of,
        country="Japan",
        item="US statement on allies' defense spending",
        unit="percent of GDP",
    )
    rows = rows[rows["value"] == 3]
    if rows.empty:
        return Finding({"statements of 3%": 0}, "not verifiable here")
    row = rows.iloc[0]
    apart = abs((row["date"] - pd.Timestamp(2025, 3, 5)).days)
    verdict = "supported" if apart <= 1 else "supported with caveat"
    return Finding(
        {"share asked, % of GDP": row["value"], "day in Washington": _day(row["date"])}, verdict
    )


def _events(as_of, pattern):
    rows = _rows("timeline", as_of)
    return rows[rows["event"].str.contains(pattern)]


@check("L-07")
def summit_february(as_of):
    """Whether the list of events has a meeting of Ishiba and Trump on February 7, 2025."""
    days = [_day(day) for day in _events(as_of, "Ishiba-Trump summit")["date"]]
    return Finding(
        {"summits of Ishiba and Trump": days},
        "supported"
        if date(2025, 2, 7) in days
        else "contradicted"
        if days
        else "not verifiable here",
    )


def _example(as_of, event):
    rows = _rows("exercise_examples", as_of)
    return _one(rows[rows["event"].str.contains(event)], event)


@check("L-08")
def pacific_steller_days(as_of):
    """First and last day of the exercise; where the row has another first day, the navies differ."""
    row = _example(as_of, "Pacific Steller")
    starts = [_day(day) for day in (row["date"], row["other_date"]) if pd.notna(day)]
    ends = row["end_date"] == pd.Timestamp(2025, 2, 18)
    begins = row["date"] == pd.Timestamp(2025, 2, 8)
    verdict = (
        "contradicted"
        if not ends
        else "supported"
        if begins and len(starts) < 2
        else "supported with caveat"
    )
    return Finding({"first day, by report": starts, "last day": _day(row["end_date"])}, verdict)


@check("L-09")
def pacific_steller_place(as_of):
    """The place that the navies give; the open sea east of the Philippines is not Philippine waters in the strict sense."""
    place = _example(as_of, "Pacific Steller")["place"]
    verdict = (
        "supported"
        if "Philippine waters" in place
        else "supported with caveat"
        if "Philippine" in place
        else "contradicted"
    )
    return Finding({"place": place}, verdict)


@check("L-10")
def carrier_at_busan(as_of):
    """Day and place of the carrier's call."""
    row = _example(as_of, "Carl Vinson")
    right = row["date"] == pd.Timestamp(2025, 3, 2) and "Busan" in row["place"]
    return Finding(
        {"day": _day(row["date"]), "place": row["place"]}, "supported" if right else "contradicted"
    )


@check("L-11")
def drills_by_kind(as_of):
    """Kind of the two events that are called joint military drills, and whether all three countries took part in any."""
    rows = [_example(as_of, "Pacific Steller"), _example(as_of, "Carl Vinson")]
    drills = [row["event"] for row in rows if row["kind"] == "exercise"]
    verdict = {2: "supported", 1: "supported with caveat", 0: "contradicted"}[len(drills)]
    return Finding(
        {
            "kinds": [row["kind"] for row in rows],
            "with all three countries": sum(bool(row["all_three"]) for row in rows),
        },
        verdict,
    )


@check("L-12")
def rotation_at_iwakuni(as_of):
    """Whether March 8, 2025 falls in the days of the rotation at Iwakuni."""
    row = _example(as_of, "Iwakuni")
    last = row["date"] if pd.isna(row["end_date"]) else row["end_date"]
    inside = row["date"] <= pd.Timestamp(2025, 3, 8) <= last
    return Finding(
        {"first day": _day(row["date"]), "last day": _day(last)},
        "supported" if inside else "contradicted",
    )


def _met(as_of, **wanted):
    return _rows("meetings", as_of, **wanted)


@check("L-51")
def munich_meeting(as_of):
    """Whether the list of meetings has the three foreign ministers on February 15, 2025."""
    rows = _met(as_of, kind="meeting", level="foreign ministers")
    rows = rows[rows["date"] == pd.Timestamp(2025, 2, 15)]
    return Finding(
        {"meetings on the day": list(rows["place"])}, "supported" if len(rows) else "contradicted"
    )


@check("L-54")
def drill_of_january(as_of):
    """Whether an exercise of January 15, 2025 is on record, and whether it was one of all three countries."""
    rows = _met(as_of, kind="exercise")
    rows = rows[rows["date"] == pd.Timestamp(2025, 1, 15)]
    example = _example(as_of, "Trilateral air drill")
    three = bool(example["all_three"]) and example["date"] == pd.Timestamp(2025, 1, 15)
    verdict = (
        "supported"
        if len(rows) and three
        else "supported with caveat"
        if len(rows)
        else "contradicted"
    )
    return Finding(
        {"exercises of the three on the day": len(rows), "all three took part": three}, verdict
    )


# --- Lin: China's budget ------------------------------------------------------------------------


def _budgets(as_of):
    rows = _rows("china_defense_budget", as_of, kind="budget", scope="central")
    return rows.dropna(subset=["amount_bn_cny"]).set_index("year").sort_index()


@check("L-23")
def budget_of_2025(as_of):
    """Amount and rate announced for 2025, and their scope: the sentence says central and local, the amount is that of the central level."""
    rows = _rows("china_defense_budget", as_of, kind="budget", year=2025)
    row = _one(rows[rows["headline"]], "the headline budget of 2025")
    agrees = round(row["amount_bn_cny"] / 1000, 2) == 1.78 and row["growth_announced_pct"] == 7.2
    verdict = (
        "contradicted"
        if not agrees
        else "supported"
        if row["scope"] == "national"
        else "supported with caveat"
    )
    return Finding(
        {
            "amount, billion yuan": row["amount_bn_cny"],
            "announced rate, %": row["growth_announced_pct"],
            "scope": row["scope"],
        },
        verdict,
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

    Of what was spent in these years the package has only a transcription without a day of publication, which is not used when
    the sentence is judged; so the caveat stays, that a budget is no expenditure, until executed amounts show four such years too.
    """
    rates = _budgets(as_of)["growth_announced_pct"]
    executed = (
        _rows("china_defense_budget", as_of, kind="executed", scope="national")
        .set_index("year")["amount_bn_cny"]
        .sort_index()
    )
    spent = (executed / executed.shift() - 1) * 100
    streak = []
    for year, rate in reversed(list(rates.items())):
        if not rate > 7:
            break
        streak.append(year)
    verdict = (
        "contradicted"
        if len(streak) < 4
        else "supported"
        if all(spent.get(year, 0) > 7 for year in streak)
        else "supported with caveat"
    )
    return Finding(
        {
            f"years in a row above 7%, to {rates.index[-1]}": len(streak),
            "announced rates, %": [f"{rate:.1f} ({year})" for year, rate in rates.tail(6).items()],
        },
        verdict,
    )


@check("L-27")
def budget_and_slowdown(as_of):
    """The newest budget's rate beside the growth target, and that target beside those of 2010-2019.

    Official growth rates of 2024 entered the package with a later vintage and are not used.
    """
    targets = (
        _rows("china_macro", as_of, indicator="gdp_growth_target")
        .set_index("year")["value"]
        .sort_index()
    )
    rate = float(_budgets(as_of)["growth_announced_pct"].iloc[-1])
    now, before, decade = float(targets.iloc[-1]), float(targets.iloc[-2]), targets.loc[2010:2019]
    if rate <= now or now >= decade.min():
        verdict = "contradicted"
    else:
        verdict = "supported" if now < before else "supported with caveat"
    return Finding(
        {
            f"budget of {targets.index[-1]}, %": rate,
            "growth target, %": now,
            "target of the year before, %": before,
            "targets of 2010-2019, %": f"{decade.min():g} to {decade.max():g}",
        },
        verdict,
    )


# --- Lin: investment, transits, opinion ---------------------------------------------------------


def _positions(as_of):
    rows = _rows("us_inward_fdi", as_of)
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
    row = _one(_rows("taiwan_strait_transits", as_of, number=1), "the first transit")
    right = row["date"] == pd.Timestamp(2024, 9, 25)
    return Finding(
        {"ship": row["ship"], "day": _day(row["date"])}, "supported" if right else "contradicted"
    )


@check("L-40")
def second_transit(as_of):
    """The day of the second known transit, as far as the reports agree on one."""
    row = _one(_rows("taiwan_strait_transits", as_of, number=2), "the second transit")
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
            "day on which the reports agree": _day(row["date"]),
            "day of one report": _day(row["disputed_date"]),
            "as reported": row["date_as_printed"],
        },
        verdict,
    )


def _nhk(as_of):
    rows = _rows("nhk_constitution", as_of, mode="landline and mobile")
    return rows.dropna(subset=["need_pct"]).sort_values("year").reset_index(drop=True)


@check("L-45")
def nhk_shares(as_of):
    """NHK's shares of 2024, and the days of its fieldwork: the sentence dates the poll by its publication."""
    row = _one(_nhk(as_of).query("year == 2024"), "the NHK survey of 2024")
    agrees = row["need_pct"] == 36 and row["no_need_pct"] == 19
    on_day = row["fieldwork_start"] <= pd.Timestamp(2024, 5, 3) <= row["fieldwork_end"]
    verdict = "contradicted" if not agrees else "supported" if on_day else "supported with caveat"
    return Finding(
        {
            "needed, %": float(row["need_pct"]),
            "not needed, %": float(row["no_need_pct"]),
            "neither, %": float(row["undecided_pct"]),
            "fieldwork": [_day(row["fieldwork_start"]), _day(row["fieldwork_end"])],
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
        verdict = "supported" if clear == len(steps) else "supported with caveat"
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
        _rows("nhk_reasons", as_of, year=2024)
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


# --- Johnson: the crisis in Seoul and the meetings of the three ---------------------------------


def _single(as_of, pattern):
    return _day(_one(_events(as_of, pattern), pattern)["date"])


def _declared(as_of):
    return _single(as_of, "declares emergency martial law")


def _elected(as_of):
    return _single(as_of, "Snap presidential election")


def _months_later(day, months):
    return (pd.Timestamp(day) + pd.DateOffset(months=months)).date()


@check("J-09")
def martial_law(as_of):
    """The day on which martial law was declared, as the list of events has it."""
    day = _declared(as_of)
    return Finding({"declared": day}, "supported" if day == date(2024, 12, 3) else "contradicted")


@check("J-10")
def election_this_june(as_of):
    """Whether the election fell in June of the year in which the article appeared."""
    day = _elected(as_of)
    return Finding(
        {"election": day},
        "supported" if (day.year, day.month) == (JOHNSON.year, 6) else "contradicted",
    )


@check("J-11")
def crisis_length(as_of):
    """From the declaration of martial law to the election: more than six calendar months, or six to the day."""
    start, end = _declared(as_of), _elected(as_of)
    limit = _months_later(start, 6)
    verdict = (
        "supported"
        if end > limit
        else "supported with caveat"
        if limit - end <= timedelta(days=7)
        else "contradicted"
    )
    return Finding(
        {"from": start, "to": end, "days": (end - start).days, "six months would end on": limit},
        verdict,
    )


@check("J-14")
def contacts_in_the_crisis(as_of):
    """Meetings of the three between martial law and the election, by leaders and by foreign ministers. What Japan said is not in the data."""
    rows = _met(as_of, kind="meeting")
    rows = rows[rows["date"].between(pd.Timestamp(_declared(as_of)), pd.Timestamp(_elected(as_of)))]
    leaders, ministers = (
        rows[rows["level"] == "leaders"],
        rows[rows["level"] == "foreign ministers"],
    )
    verdict = (
        "contradicted"
        if rows.empty
        else "supported"
        if len(leaders) and len(ministers)
        else "supported with caveat"
    )
    return Finding(
        {
            "meetings of leaders": len(leaders),
            "meetings of foreign ministers": [_day(day) for day in ministers["date"]],
        },
        verdict,
    )


@check("J-22")
def unrest_in_2025(as_of):
    """Events of the crisis in Seoul from January 2025 to the new president's first day, and how long they spread."""
    rows = _rows("timeline", as_of, track="South Korea")
    rows = rows[rows["date"].between("2025-01-01", "2025-06-04")].sort_values("date")
    if rows.empty:
        return Finding({"events": 0}, "not verifiable here")
    days = int((rows["date"].iloc[-1] - rows["date"].iloc[0]).days)
    verdict = (
        "supported"
        if days >= 90 and len(rows) >= 3
        else "supported with caveat"
        if days >= 30
        else "contradicted"
    )
    return Finding(
        {
            "events": len(rows),
            "first": _day(rows["date"].iloc[0]),
            "last": _day(rows["date"].iloc[-1]),
        },
        verdict,
    )


@check("J-23")
def progress_since(as_of):
    """How long before the article the term began in which the three leaders met again, set against the four years of the sentence."""
    leaders = _rows("leaders", as_of, country="South Korea", office="president")
    begun = _one(leaders[leaders["name"] == "Yoon Suk Yeol"], "President Yoon")["start"]
    summits = _met(as_of, kind="meeting", level="leaders")["date"].sort_values()
    again = summits[summits >= begun].iloc[0]
    years = round((pd.Timestamp(JOHNSON) - begun).days / 365.25, 1)
    verdict = (
        "supported"
        if 3.75 <= years <= 4.25
        else "supported with caveat"
        if 2 <= years < 6
        else "contradicted"
    )
    return Finding(
        {
            "term of President Yoon from": _day(begun),
            "leaders of the three met again": _day(again),
            "years before the article": years,
        },
        verdict,
    )


@check("J-24")
def contacts_under_lee(as_of):
    """Meetings of the three, and of the leaders of Japan and South Korea, from the new president's first day.

    A forecast stays one as long as such meetings go on; with none on record the sentence would be borne out so far.
    """
    start = _one(_rows("leaders", as_of, name="Lee Jae Myung"), "President Lee")["start"]
    three = _met(
        as_of, kind="meeting", level=["leaders", "foreign ministers", "vice foreign ministers"]
    )
    three = three[three["date"] > start]
    two = _rows("timeline", as_of, track="between two", country="Japan; South Korea")
    two = two[two["date"] > start]
    verdict = "forecast or opinion" if len(three) + len(two) else "supported with caveat"
    return Finding(
        {
            "meetings of the three": [_day(day) for day in three["date"].sort_values()],
            "meetings of the two leaders": [_day(day) for day in two["date"].sort_values()],
        },
        verdict,
    )


@check("J-25")
def lee_elected(as_of):
    """The official result, and who held the office before, with which party."""
    rows = _rows("rok_election_2025", as_of, item="official result", unit="percent of valid votes")
    shares = (
        rows[rows["election_date"] == pd.Timestamp(2025, 6, 3)]
        .set_index("candidate")["value"]
        .sort_values(ascending=False)
    )
    holders = _rows("leaders", as_of, country="South Korea", office="president").sort_values(
        "start"
    )
    before, now = holders.iloc[-2], holders.iloc[-1]
    right = (
        shares.index[0] == now["name"] == "Lee Jae Myung"
        and now["party"] == "Democratic Party"
        and before["name"] == "Yoon Suk Yeol"
    )
    return Finding(
        {f"{name}, %": float(share) for name, share in shares.head(2).items()}
        | {"party": now["party"], "before him": before["name"]},
        "supported" if right else "contradicted",
    )


@check("J-33")
def camp_david_summit(as_of):
    """Whether the leaders of the three met at Camp David in August 2023."""
    rows = _met(as_of, kind="meeting", level="leaders", place="Camp David")
    days = [_day(day) for day in rows["date"]]
    right = any((day.year, day.month) == (2023, 8) for day in days)
    return Finding({"summits at Camp David": days}, "supported" if right else "contradicted")


# --- Johnson: treaties and texts ----------------------------------------------------------------


def _text(as_of, name, article=None):
    rows = _rows("commitments", as_of, text=name)
    return _one(
        rows if article is None else rows[rows["article"] == article],
        f"{name} {article or ''}".strip(),
    )


@check("J-01")
def texts_of_three(as_of):
    """Texts among the three countries, and whether one of them is a binding treaty. Whether "alliance" needs one is the measure."""
    rows = _rows("commitments", as_of)
    three = rows[rows["parties"].str.startswith("US; Japan; ROK")]
    binding = three["legal_status"].str.startswith("treaty")
    pairs = rows[
        rows["parties"].isin(["US; Japan", "US; ROK"])
        & rows["legal_status"].str.startswith("treaty")
    ]["text"].unique()
    verdict = (
        "supported" if binding.any() else "depends on the measure" if len(three) else "contradicted"
    )
    return Finding(
        {
            "binding treaties of two": list(pairs),
            "texts of the three": list(three["text"]),
            "binding among these": int(binding.sum()),
        },
        verdict,
    )


@check("J-19")
def treaty_age(as_of):
    """Years from the signing of the US-ROK treaty to the article."""
    signed = _rows("commitments", as_of, text="US-ROK Mutual Defense Treaty")["signed"].min()
    years = round((pd.Timestamp(JOHNSON) - signed).days / 365.25, 1)
    return Finding(
        {"signed": _day(signed), "years": years}, "supported" if years > 70 else "contradicted"
    )


@check("J-35")
def threat_to_all(as_of):
    """Whether the duty in the Camp David commitment has the clause of NATO's Article 5, one for all, or a duty to consult as in Article 4."""
    camp = _text(as_of, "Commitment to Consult")
    five, four = (
        _text(as_of, "North Atlantic Treaty", article) for article in ("Art. 5", "Art. 4")
    )
    for_all = lambda row: bool(re.search(r"against all|to all", row["duty"]))
    consults = lambda row: "consult" in row["duty"]
    if for_all(camp):
        verdict = "supported" if for_all(five) else "supported with caveat"
    else:
        verdict = "contradicted" if consults(camp) and for_all(five) else "not verifiable here"
    return Finding(
        {
            "one for all": [
                f"{name}: {_written(for_all(row))}"
                for name, row in (("Camp David", camp), ("Article 5", five), ("Article 4", four))
            ],
            "duty to consult": [
                f"{name}: {_written(consults(row))}"
                for name, row in (("Camp David", camp), ("Article 5", five), ("Article 4", four))
            ],
        },
        verdict,
    )


@check("J-39")
def commitment_wording(as_of):
    """Number of paragraphs and subject of the commitment."""
    camp = _text(as_of, "Commitment to Consult")
    two, named = (
        "two paragraphs" in camp["article"],
        camp["trigger"].startswith("regional challenges, provocations and threats"),
    )
    return Finding(
        {"text": camp["article"], "subject": camp["trigger"].partition(" affecting")[0]},
        "supported" if two and named else "supported with caveat" if named else "contradicted",
    )


@check("J-40")
def commitment_status(as_of):
    """The legal standing that the commitment gives itself."""
    status = _text(as_of, "Commitment to Consult")["legal_status"]
    return Finding(
        {"standing": status},
        "contradicted"
        if status.startswith("treaty")
        else "supported"
        if "not intended to give rise" in status
        else "supported with caveat",
    )


# --- Johnson: threats and arms exports ----------------------------------------------------------


@check("J-44")
def arsenal_grows(as_of):
    """SIPRI's estimates of assembled warheads, first and newest, and of what the material could yield. Intentions are not in the data."""
    rows = _rows("dprk_tests", as_of, series="SIPRI").dropna(subset=["value"]).sort_values("year")
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
    rows = _rows("threat_indicators", as_of, threat="Russia")
    forecast = _one(
        rows[
            rows["indicator"].str.startswith("Bank of Russia forecast") & (rows["period"] == "2025")
        ],
        "the forecast for 2025",
    )
    grown = _one(rows[rows["indicator"] == "growth of output"], "the growth of 2024")
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
    rows = _rows("threat_indicators", as_of, threat="Russia", unit="persons")
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
    rows = _rows("threat_indicators", as_of, threat="Russia", unit="percent")
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
    return _rows("arms_export_rules", as_of, country=country)


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
