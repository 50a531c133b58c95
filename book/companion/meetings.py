"""Offices, meetings, exercises: who governed, what may be counted, and what a count can tell.

Counted are only kinds of meeting that the list is believed to hold whole: formal meetings of leaders and
in-person meetings of ministers, military exercises of all three. Calls, statements, passing encounters, the
drill of the coast guards, and exercises that were not held stay out, and so does whatever was announced only.
"""

import numpy as np
import pandas as pd

from companion.data import load

CAPITALS = {"United States": "Washington", "Japan": "Tokyo", "South Korea": "Seoul"}
MONTH = 365.25 / 12  # days
FORMAL = {
    "leaders": "Leaders",
    "foreign ministers": "Foreign ministers",
    "vice foreign ministers": "Vice ministers",
    "defense ministers": "Defense ministers",
    "national security advisers": "Security advisers",
}
"""Levels of meetings that may be counted, as the charts name them."""

NOT_FORMAL = ["2023-05-21", "2023-09-22", "2023-11-16"]
"""Encounters that the ministries themselves do not call meetings (Hiroshima, New York, San Francisco)."""


def countable(as_of=None):
    """Return the meetings and exercises of the three that may be counted, a row each, oldest first.

    The column `group` is one of FORMAL's keys or "exercises". See the module's head for what is left out.
    """
    rows = load("meetings", as_of=as_of)
    rows = rows[rows["date"].notna() & ~rows["date"].dt.strftime("%Y-%m-%d").isin(NOT_FORMAL)]
    group = rows["level"].where((rows["kind"] == "meeting") & rows["level"].isin(list(FORMAL)))
    group = group.mask(rows["kind"] == "exercise", "exercises")
    rows = rows.assign(group=group)
    return rows[rows["group"].notna()].sort_values("date").reset_index(drop=True)


def terms(as_of=None, first="2021-01-01"):
    """Return terms of office, a row each: country, capital, name (the family name), acting, start, end, cite_as, url.

    A term that had not ended by the day, or whose end was not known then, has no end. In Seoul the acting presidents
    form one term, which begins when the president's powers are suspended. first: terms that ended before are left out.
    """
    rows = load("leaders", as_of=as_of).sort_values("start").reset_index(drop=True)
    if as_of is not None:
        rows["end"] = rows["end"].where(rows["end"] <= pd.Timestamp(as_of))
    words = rows["name"].str.split()
    rows["acting"] = rows["office"] == "acting president"
    rows["name"] = words.str[0].where(rows["country"] != "United States", words.str[-1])
    if rows["acting"].any():
        begin = rows.loc[rows["acting"], "start"].min()
        seoul = (rows["country"] == "South Korea") & ~rows["acting"] & (rows["start"] < begin)
        suspended = seoul & (rows["end"].isna() | (rows["end"] > begin))
        rows.loc[suspended, "end"] = begin
        one = rows[rows["acting"]].iloc[[0]].assign(end=rows.loc[rows["acting"], "end"].iloc[-1])
        rows = pd.concat([rows[~rows["acting"]], one.assign(name="acting")], ignore_index=True)
    rows["capital"] = rows["country"].map(CAPITALS)
    kept = rows["end"].isna() | (rows["end"] > pd.Timestamp(first))
    return rows[kept].sort_values(["capital", "start"]).reset_index(drop=True)


def in_office(day, as_of=None):
    """Return who held each office on a day, a row a capital: country, capital, name in full, start, acting.

    A suspended president gives way to the acting one.
    """
    rows, day = load("leaders", as_of=as_of or day), pd.Timestamp(day)
    rows = rows[(rows["start"] <= day) & (rows["end"].isna() | (rows["end"] > day))]
    rows = rows.assign(
        capital=rows["country"].map(CAPITALS), acting=rows["office"] == "acting president"
    )
    return rows.sort_values(["acting", "start"]).drop_duplicates("country", keep="last")


def periods(first, last, by=("Washington", "Tokyo", "Seoul"), as_of=None):
    """Return unbroken periods of office between two days: who, start, end (the first day after).

    by: the capitals whose holders make up a period; leave one out and its changes cut nothing. Raises
    ValueError for a capital that is not one of the three.
    """
    strange = [capital for capital in by if capital not in CAPITALS.values()]
    if strange:
        raise ValueError(f"periods: found {strange[0]!r}; expected {', '.join(CAPITALS.values())}")
    first, last = pd.Timestamp(first), pd.Timestamp(last)
    held = terms(as_of)
    held = held[held["capital"].isin(by)].assign(end=held["end"].fillna(last))
    cuts = sorted({first, last, *(day for day in held["start"] if first < day < last)})
    who = []
    for day in cuts[:-1]:
        then = held[(held["start"] <= day) & (held["end"] > day)].drop_duplicates(
            "capital", keep="last"
        )
        names = then.set_index("capital")["name"]
        who.append(", ".join(names.get(capital, "not known") for capital in by))
    return pd.DataFrame({"who": who, "start": cuts[:-1], "end": cuts[1:]})


def months(start, end):
    """Return the months of 30.4 days from one day to another, none below zero."""
    return max((pd.Timestamp(end) - pd.Timestamp(start)).days, 0) / MONTH


def poisson_limits(number, level=0.95):
    """Return the exact limits for the mean of a Poisson count, after Garwood (1936): quantiles of gamma distributions.

    It assumes events at a constant rate at random times. What keeps a calendar scatters less, so that
    for such events the limits are too wide.
    """
    from scipy.special import gammaincinv  # slow to import, which most notebooks need not spend

    tail = (1 - level) / 2
    low = gammaincinv(number, tail) if number else 0.0
    return float(low), float(gammaincinv(number + 1, 1 - tail))


def rate(number, span):
    """Return a rate per month with its exact 95% limits (Garwood): (rate, low, high); three NaN where no months were covered."""
    if not span:
        return (float("nan"),) * 3
    low, high = poisson_limits(number)
    return number / span, low / span, high / span


def split_chance(one, other, share):
    """Return the chance of a split of `one + other` events at least as uneven as this, if each falls into the first span with `share`.

    The exact two-sided binomial test, by the sum of all splits no likelier than the one seen.
    """
    from scipy.stats import binomtest  # a second to import, which most notebooks need not spend

    return float(binomtest(one, one + other, share).pvalue)


def split_power(total_rate, before, after, times, level=0.05):
    """Return the probability that `split_chance` finds a rate that is multiplied by `times` after a day.

    total_rate: events a month before it. before, after: months on either side. Exact: over all counts
    that two Poisson processes would give with a chance of more than one in a billion.
    """
    from scipy.stats import binom, poisson

    share = before / (before + after)
    total = total_rate * (before + times * after)
    under = before / (before + times * after)
    found = 0.0
    for number in range(int(poisson.ppf(1e-9, total)), int(poisson.ppf(1 - 1e-9, total)) + 1):
        splits = np.arange(number + 1)
        chance = binom.pmf(splits, number, share)
        p = np.array([chance[chance <= one * (1 + 1e-7)].sum() for one in chance])
        uneven = splits[p <= level]
        found += poisson.pmf(number, total) * binom.pmf(uneven, number, under).sum()
    return float(found)


PAIRS = [("United States", "Japan"), ("United States", "South Korea"), ("Japan", "South Korea"), ("United States", "China")]  # fmt: skip
"""Pairs of states whose votes are compared; the last for scale."""


def vote_distances(as_of=None):
    """Return how far apart the states of PAIRS stood in votes of the UN General Assembly: year, one, other, distance, later_vintage.

    Formula: |ideal point of one - ideal point of the other|, on final passage; 0 is alike, without unit. Source and
    method: Bailey, Strezhnev and Voeten (2017). The ideal points are estimates, whose uncertainty is given for each
    state and not for the distance of two.
    """
    rows = load("unga_ideal_points", as_of=as_of)
    points = rows.pivot(index="year", columns="country", values="idealpoint_final_passage")
    points = points.reindex(columns=sorted({name for pair in PAIRS for name in pair}))
    out = pd.concat(
        [
            (points[one] - points[other])
            .abs()
            .round(2)
            .to_frame("distance")
            .assign(one=one, other=other)
            for one, other in PAIRS
        ]
    )
    late = rows[rows["later_vintage"]] if "later_vintage" in rows else rows[:0]
    out = out.dropna(subset="distance").reset_index()
    out["later_vintage"] = out["year"].isin(late["year"])
    out.attrs = rows.attrs
    return out
