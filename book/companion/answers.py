"""Answers to try: `check` recomputes one from the data and says whether yours is right, or which misreading it looks like.

A hint never holds the number. Each answer is computed when it is asked for, so that a corrected row corrects it.
"""

from collections.abc import Callable
from functools import partial
from math import sqrt
from numbers import Real
from typing import Any, NamedTuple

import pandas as pd

from companion import spending, surveys
from companion.data import load
from companion.days import JOHNSON
from companion.output import Markdown


class Answer(NamedTuple):
    """What is asked, the answer, how far off may be right, what a right one shows, and misreadings: (what they give, hint)."""

    asked: str
    right: float
    within: float
    shows: str
    misreadings: list[tuple[float, str]]


ANSWERS: dict[str, Callable[[], Answer]] = {}
"""Each answer by the name that a notebook gives `check`."""


def _growth(year):
    """The announced growth of the headline budget of a year, %, and what other divisions give."""
    heads = spending.official("budget", "headline").set_index("year")
    mixed = spending.divided("headline").set_index("year").divided
    parts = [
        (mixed.get(year), "this divides one headline by the last, and the two cover different scopes: central and national mixed"),
    ]  # fmt: skip
    for scope in ("central", "national"):
        rows = spending.official("budget", scope).set_index("year")
        if rows.growth_announced_pct.get(year) is not None:
            parts.append((rows.growth_announced_pct[year], f"this is the rate of the {scope} budget, and that year's headline has another scope"))  # fmt: skip
        parts.append((spending.growth(rows.amount_bn_cny).get(year), f"this sets the {scope} budget against the {scope} budget of the year before, as announced; the rate is reckoned on what was spent, as executed"))  # fmt: skip
    spent = spending.official("executed", "national").set_index("year").amount_bn_cny
    parts.append((spending.growth(spent).get(year), "this is the growth of what was spent, as executed, at all levels; asked is the budget as announced"))  # fmt: skip
    real = spending.real_growth()
    for kind, name in spending.PRICES.items():
        parts.append((real[kind].get(year), f"this is real growth, after {name}; announced rates are nominal"))  # fmt: skip
    return Answer(
        f"by how many percent the headline budget of {year} rose, as announced",
        float(heads.growth_announced_pct[year]), 0.04,
        "like is compared with like, one scope on both sides", parts,
    )  # fmt: skip


for _year in (2013, 2017, 2018):
    ANSWERS[f"growth-{_year}"] = partial(_growth, _year)


def _spent():
    told = spending.implied_spending().set_index("year")
    year = (
        2024  # the newest for which the plan and what the next rate implies differ beyond rounding
    )
    before, after = told.budget[year], told.budget[year + 1]
    rate = told.announced[year + 1] / 100
    return Answer(
        f"how many billion yuan the rate announced for {year + 1} implies were spent in {year}",
        float(told.implied[year]), 0.3, "a rate and an amount of one year give what was executed in the last", [
            (before, "this is the budget as announced; what was executed is not the plan"),
            (after, "this is the new budget; go back by its rate"),
            (after * (1 - rate), "this takes the rate off the new budget; the rate is reckoned on the sum before the rise, so divide"),
            (before / (1 + told.announced[year] / 100), "this goes back a year too far: take the budget of the year after"),
        ],
    )  # fmt: skip


ANSWERS["spent"] = _spent


def _last_waves():
    rows = surveys.waves(mode="landline and mobile").dropna(subset=["need_pct", "n_responses"])
    return rows.iloc[-2], rows.iloc[-1]


def _margin():
    _, last = _last_waves()
    share, size = float(last.need_pct), float(last.n_responses)
    right = surveys.margin(share, size)
    return Answer(
        f"the margin of NHK's {last.year:.0f} reading of a need to revise, in points, for a simple random sample",
        right, 0.04, "half of a 95% interval, from those who answered", [
            (right / surveys.Z95, "this is one standard error; a margin is nearly two"),
            (2 * right, "this is the whole interval; a margin is half of it"),
            (surveys.margin(share, float(last.n_sampled)), "this counts those who were called, and not those who answered"),
            (surveys.margin(share, size, 1.5), "this has a design effect in it; asked is the simple one"),
            (100 / sqrt(size), "this is the rule of thumb for a share of one half, rounded up; take the share"),
        ],
    )  # fmt: skip


ANSWERS["margin"] = _margin


def _step():
    first, last = _last_waves()
    given = [float(x) for x in (first.need_pct, first.n_responses, last.need_pct, last.n_responses)]
    one, two = surveys.margin(*given[:2]), surveys.margin(*given[2:])
    right = surveys.step_margin(*given)
    return Answer(
        f"the margin of the step from {first.year:.0f} to {last.year:.0f} in the need to revise, in points",
        right, 0.04, "two samples err independently, so that squares are added", [
            (one, "this is the margin of the earlier reading alone; a step has two"),
            (two, "this is the margin of the later reading alone; a step has two"),
            (one + two, "this adds the margins; independent errors partly cancel, so add their squares"),
            (abs(given[2] - given[0]), "this is the step itself; asked is how uncertain it is"),
        ],
    )  # fmt: skip


ANSWERS["step-margin"] = _step


def _later(until):
    rows = load("meetings")
    rows = rows[(rows.kind == "meeting") & (rows.level == "leaders")]
    return int(rows.date.between(pd.Timestamp(JOHNSON), pd.Timestamp(until)).sum())


def _score():
    said, came = 0.7, float(_later("2025-12-31") > 0)
    return Answer(
        "the score of a forecast: on August 12, 2025 you gave 0.7 to a meeting of the three leaders before the end of 2025",
        (said - came) ** 2, 0.004, "the distance between what you said and what came, squared", [
            ((said - 1 + came) ** 2, "this scores the opposite outcome: look in the record what came"),
            (abs(said - came), "this is the distance; the score squares it, so that confident errors cost more"),
            (abs(said - 1 + came), "this is the distance to the opposite outcome, and not yet squared"),
            (0.25, "this is the score of whoever always says one half"),
        ],
    )  # fmt: skip


ANSWERS["score"] = _score


def _seen():
    rows, day = load("forecasts"), pd.Timestamp("2025-12-31")
    seen = rows.outcome_on <= day
    return Answer(
        "how many forecasts of the list have an outcome that rests on something seen by December 31, 2025",
        float(seen.sum()), 0.4, "the day decides what may be read", [
            (rows.outcome_on.notna().sum(), "this counts what was seen on any day; the class stands on an earlier one"),
            ((seen & (rows.outcome == "happened")).sum(), "this counts what happened; that something was seen does not make it happen"),
            ((rows.outcome_on.isna()).sum(), "this counts those of which nothing is dated"),
            (len(rows), "this counts the whole list"),
            ((pd.to_datetime(rows.horizon) <= day).sum(), "this counts windows that have closed; an open one can have been answered"),
        ],
    )  # fmt: skip


ANSWERS["seen-by-day"] = _seen


def check(name: str, value: Any) -> Markdown:
    """Return one line on an answer: right, or a hint that names the misreading, never the number.

    name: a key of ANSWERS, such as "growth-2013". value: your number, or None while there is none yet.
    Raises ValueError with the names there are, for another one.
    """
    if name not in ANSWERS:
        raise ValueError(f"check: found {name!r}; expected one of {', '.join(sorted(ANSWERS))}")
    answer = ANSWERS[name]()
    if value is None:
        return _line(f"*To answer:* {answer.asked}.")
    if isinstance(value, bool) or not isinstance(value, Real) or value != value:
        return _line("*Not yet:* that is no number; write digits, with a point for decimals.")
    number = float(value)
    off = abs(number - answer.right)
    if off <= answer.within:
        return _line(f"*Right:* {answer.shows}.")
    near = [(abs(number - float(given)), hint) for given, hint in answer.misreadings if pd.notna(given)]  # fmt: skip
    distance, hint = min(near, default=(off, ""))
    if distance <= answer.within and distance < off:
        return _line(f"*Not yet:* {hint}.")
    if "percent" in answer.asked and abs(number * 100 - answer.right) <= answer.within:
        return _line("*Not yet:* this looks like a share of one; write percent.")
    side = "high" if number > answer.right else "low"
    return _line(f"*Not yet:* too {side}. Say first what is reckoned from what, and on which day.")  # fmt: skip


def _line(text):
    return Markdown(text, kind="sentence")
