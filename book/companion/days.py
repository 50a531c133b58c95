"""Days: those by which the articles are judged, and how a day is written."""

import re
from datetime import date

import pandas as pd

LIN = date(2025, 3, 8)
"""The latest date in Lin's notes; his article is judged by what was public then."""

JOHNSON = date(2025, 8, 12)
"""The day Johnson's article appeared; it is judged by what was public then."""


RECORD_END = date(2026, 5, 31)
"""The end of the record, up to which events are covered."""


def day(as_of: str | date | None = None) -> pd.Timestamp:
    """Return the day on which a chapter stands, for sentences: `as_of`, or the end of the record where that is None."""
    return pd.Timestamp(RECORD_END if as_of is None else as_of)


def spell_day(day: date, short: bool = False) -> str:
    """Return a date in words, "March 8, 2025" (or "Mar 8, 2025"), on every system the same."""
    return f"{day:%b}" * short + f"{day:%B}" * (not short) + f" {day.day}, {day.year}"


def dates(start: pd.Series, end: pd.Series) -> list[str]:
    """Return days, or runs of days, in words: "Mar 2, 2025", "Feb 8–18, 2025", "Feb 27 – Mar 3, 2025"; a missing day is an en dash."""
    out = []
    for first, last in zip(start, end):
        if pd.isna(first):
            out.append("–")
        elif pd.isna(last) or last == first:
            out.append(spell_day(first, short=True))
        elif (first.year, first.month) == (last.year, last.month):
            out.append(f"{first:%b} {first.day}–{last.day}, {first.year}")
        else:
            out.append(f"{first:%b} {first.day} – {spell_day(last, short=True)}")
    return out


def spell(day: date | str) -> str:
    """Return a day in words, "March 8, 2025"; it may be a date, a timestamp, or text as YYYY-MM-DD."""
    return spell_day(date.fromisoformat(str(day)[:10]))


MONTHS = "January February March April May June July August September October November December"


def read_day(text):
    """Return the date that `spell_day` wrote as `text`, long or short, or None where it is no such text."""
    if not (found := re.fullmatch(r"([A-Z][a-z]+) (\d{1,2}), (\d{4})", text)):
        return None
    for number, month in enumerate(MONTHS.split(), 1):
        if found[1] in (month, month[:3]):
            try:
                return date(int(found[3]), number, int(found[2]))
            except ValueError:
                return None
    return None
