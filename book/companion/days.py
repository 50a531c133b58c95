"""Days: those by which the articles are judged, and how a day is written."""

from datetime import date

LIN = date(2025, 3, 8)
"""The latest date in Lin's notes; his article is judged by what was public then."""

JOHNSON = date(2025, 8, 12)
"""The day Johnson's article appeared; it is judged by what was public then."""


RECORD_END = date(2026, 5, 31)
"""The end of the record, up to which events are covered."""


def spell_day(day: date, short: bool = False) -> str:
    """Return a date in words, "March 8, 2025" (or "Mar 8, 2025"), on every system the same."""
    return f"{day:%b}" * short + f"{day:%B}" * (not short) + f" {day.day}, {day.year}"
