"""Johnson: the crisis in Seoul and the meetings of the three."""

from datetime import date, timedelta

import pandas as pd

from companion.checks.finding import Finding, check, day_of, events, met, only, rows_of
from companion.days import JOHNSON


def _single(as_of, pattern):
    return day_of(only(events(as_of, pattern), pattern)["date"])


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
    rows = met(as_of, kind="meeting")
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
            "meetings of foreign ministers": [day_of(day) for day in ministers["date"]],
        },
        verdict,
    )


@check("J-22")
def unrest_in_2025(as_of):
    """Events of the crisis in Seoul from January 2025 to the new president's first day, and how long they spread."""
    rows = rows_of("timeline", as_of, track="South Korea")
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
            "first": day_of(rows["date"].iloc[0]),
            "last": day_of(rows["date"].iloc[-1]),
        },
        verdict,
    )


@check("J-23")
def progress_since(as_of):
    """How long before the article the term began in which the three leaders met again, set against the four years of the sentence."""
    leaders = rows_of("leaders", as_of, country="South Korea", office="president")
    begun = only(leaders[leaders["name"] == "Yoon Suk Yeol"], "President Yoon")["start"]
    summits = met(as_of, kind="meeting", level="leaders")["date"].sort_values()
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
            "term of President Yoon from": day_of(begun),
            "leaders of the three met again": day_of(again),
            "years before the article": years,
        },
        verdict,
    )


@check("J-24")
def contacts_under_lee(as_of):
    """Meetings of the three, and of the leaders of Japan and South Korea, from the new president's first day.

    A forecast stays one as long as such meetings go on; with none on record the sentence would be borne out so far.
    """
    start = only(rows_of("leaders", as_of, name="Lee Jae Myung"), "President Lee")["start"]
    three = met(
        as_of, kind="meeting", level=["leaders", "foreign ministers", "vice foreign ministers"]
    )
    three = three[three["date"] > start]
    two = rows_of("timeline", as_of, track="between two", country="Japan; South Korea")
    two = two[two["date"] > start]
    verdict = "forecast or opinion" if len(three) + len(two) else "supported with caveat"
    return Finding(
        {
            "meetings of the three": [day_of(day) for day in three["date"].sort_values()],
            "meetings of the two leaders": [day_of(day) for day in two["date"].sort_values()],
        },
        verdict,
    )


@check("J-25")
def lee_elected(as_of):
    """The official result, and who held the office before, with which party."""
    rows = rows_of(
        "rok_election_2025", as_of, item="official result", unit="percent of valid votes"
    )
    shares = (
        rows[rows["election_date"] == pd.Timestamp(2025, 6, 3)]
        .set_index("candidate")["value"]
        .sort_values(ascending=False)
    )
    holders = rows_of("leaders", as_of, country="South Korea", office="president").sort_values(
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
    rows = met(as_of, kind="meeting", level="leaders", place="Camp David")
    days = [day_of(day) for day in rows["date"]]
    right = any((day.year, day.month) == (2023, 8) for day in days)
    return Finding({"summits at Camp David": days}, "supported" if right else "contradicted")
