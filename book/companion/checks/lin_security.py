"""Lin: offices, meetings, exercises."""

from datetime import date

import pandas as pd

from companion.checks.finding import Finding, check, day_of, events, met, only, rows_of

CAPITALS = ["United States", "Japan", "South Korea"]


@check("L-01")
def offices_changed(as_of):
    """Of the three capitals, in how many the head of government or state had begun in the year before, as holder of the office or acting.

    An acting head in place of a suspended one is a change at the top, with an open outcome. An end of term later than the day
    is not used, since it was not known then.
    """
    rows = rows_of("leaders", as_of)
    day = pd.Timestamp(as_of) if as_of else rows["start"].max()
    known = rows[rows["start"] <= day].sort_values("start")
    holders = known.groupby("country").tail(1).set_index("country")
    begun = [c for c in CAPITALS if (day - holders.at[c, "start"]).days <= 365]
    acting = [c for c in begun if holders.at[c, "office"] == "acting president"]
    changed = [c for c in begun if c not in acting]
    verdict = (
        "supported"
        if len(begun) == len(CAPITALS)
        else "supported with caveat"
        if begun
        else "contradicted"
    )
    return Finding({"new in office": changed, "acting head": acting}, verdict)


@check("L-04")
def colby_three_percent(as_of):
    """A US statement that Japan should spend 3% of GDP, and its day; the article's source is dated March 5, the hearing was in Washington."""
    rows = rows_of(
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
        {"share asked, % of GDP": row["value"], "day in Washington": day_of(row["date"])}, verdict
    )


@check("L-07")
def summit_february(as_of):
    """Whether the list of events has a meeting of Ishiba and Trump on February 7, 2025."""
    days = [day_of(day) for day in events(as_of, "Ishiba-Trump summit")["date"]]
    return Finding(
        {"summits of Ishiba and Trump": days},
        "supported"
        if date(2025, 2, 7) in days
        else "contradicted"
        if days
        else "not verifiable here",
    )


def _example(as_of, event):
    rows = rows_of("exercise_examples", as_of)
    return only(rows[rows["event"].str.contains(event)], event)


@check("L-08")
def pacific_steller_days(as_of):
    """First and last day of the exercise; where the row has two first days, either is a navy's own and will do."""
    row = _example(as_of, "Pacific Steller")
    starts = [day_of(day) for day in (row["date"], row["other_date"]) if pd.notna(day)]
    ends = row["end_date"] == pd.Timestamp(2025, 2, 18)
    begins = pd.Timestamp(2025, 2, 8).date() in starts
    verdict = "contradicted" if not ends else "supported" if begins else "supported with caveat"
    return Finding({"first day, by report": starts, "last day": day_of(row["end_date"])}, verdict)


@check("L-09")
def pacific_steller_place(as_of):
    """The place that the navies give; "Philippine waters", in a translation, is read as waters near the Philippines."""
    place = _example(as_of, "Pacific Steller")["place"]
    verdict = "supported" if "Philippine" in place else "contradicted"
    return Finding({"place": place}, verdict)


@check("L-10")
def carrier_at_busan(as_of):
    """Day and place of the carrier's call."""
    row = _example(as_of, "Carl Vinson")
    right = row["date"] == pd.Timestamp(2025, 3, 2) and "Busan" in row["place"]
    return Finding(
        {"day": day_of(row["date"]), "place": row["place"]},
        "supported" if right else "contradicted",
    )


@check("L-11")
def drills_by_kind(as_of):
    """Kind of the two events that are called joint military drills: one exercise among them bears the plural of a translation out."""
    rows = [_example(as_of, "Pacific Steller"), _example(as_of, "Carl Vinson")]
    kinds = [row["kind"] for row in rows]
    return Finding({"kinds": kinds}, "supported" if "exercise" in kinds else "contradicted")


@check("L-12")
def rotation_at_iwakuni(as_of):
    """Whether March 8, 2025 falls in the days of the rotation at Iwakuni."""
    row = _example(as_of, "Iwakuni")
    last = row["date"] if pd.isna(row["end_date"]) else row["end_date"]
    inside = row["date"] <= pd.Timestamp(2025, 3, 8) <= last
    return Finding(
        {"first day": day_of(row["date"]), "last day": day_of(last)},
        "supported" if inside else "contradicted",
    )


@check("L-51")
def munich_meeting(as_of):
    """Whether the list of meetings has the three foreign ministers on February 15, 2025."""
    rows = met(as_of, kind="meeting", level="foreign ministers")
    rows = rows[rows["date"] == pd.Timestamp(2025, 2, 15)]
    return Finding(
        {"meetings on the day": list(rows["place"])}, "supported" if len(rows) else "contradicted"
    )


@check("L-54")
def drill_of_january(as_of):
    """Whether an exercise of January 15, 2025 is on record, and whether it was one of all three countries."""
    rows = met(as_of, kind="exercise")
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
