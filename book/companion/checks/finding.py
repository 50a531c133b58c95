"""What a check is: a small function of one claim, from a day to a Finding; and the few ways in which checks read the data.

What comes in is a day, `as_of`, or None for all that is known; what comes out are the figures that decide
and the verdict they give. A check reads the package through `companion.load` alone, which leaves out
what was only recalled.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from companion.data import DataError, load
from companion.days import spell_day


@dataclass(frozen=True)
class Finding:
    """What a check found: `figures`, {what it is: value}, and the `verdict` that they give, one of the ledger's."""

    figures: dict[str, Any]
    verdict: str

    def __str__(self):
        return "; ".join(f"{name}: {written(value)}" for name, value in self.figures.items())


CHECKS: dict[str, Callable[[date | None], Finding]] = {}
"""Claim id: the function that checks it."""


def written(value):
    """Return a value of a finding as the ledger prints it."""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(written, value)) or "none"
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


def rows_of(name, as_of, /, **wanted):
    """Return the rows of a resource public on `as_of`, without what was only recalled, that have the wanted values."""
    rows = load(name, as_of=as_of)
    for column, value in wanted.items():
        rows = rows[rows[column].isin(value if isinstance(value, list) else [value])]
    return rows.reset_index(drop=True)


def only(rows, what):
    """Return the only row; raise DataError where there is none or more than one, for then the check has lost its ground."""
    if len(rows) != 1:
        raise DataError(f"check: found {len(rows)} rows for {what}; expected one")
    return rows.iloc[0]


def day_of(stamp):
    """Return a cell's date, or None where it is empty."""
    return None if pd.isna(stamp) else stamp.date()


def events(as_of, pattern):
    """Return the rows of the timeline whose event has the pattern, a regular expression."""
    rows = rows_of("timeline", as_of)
    return rows[rows["event"].str.contains(pattern)]


def met(as_of, **wanted):
    """Return the rows of the list of meetings that have the wanted values."""
    return rows_of("meetings", as_of, **wanted)
