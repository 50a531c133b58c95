"""Identities and ranges that rows of one file owe each other, as its resource declares them under `rules` in datapackage.json.

    whole   {by, of, where, except}          in each series of `of` a row for each year of `by` between the first and the last
    steady  {column, by, of, where, times}   from one row of a series to the next a value at most `times` as high or as low
    sum     {columns, least, most, where}    the columns of a row that has all of them add up to this
    growth  {amount, rate, by, of, where, within, except}  the rate is that of the amounts of two years running, in percent
    order   {days, unless, slack}            the second day is not before the first, or no more than `slack` days, but for
                                             rows with one of these values

`where` and `unless` are {column: [values]}; a row must have all of the first, and one of the second.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from companion.data import DESCRIPTOR, DataError, load, resources

NEEDS = {
    "whole": ("by", "of"),
    "steady": ("column", "by", "of", "times"),
    "sum": ("columns", "least", "most"),
    "growth": ("amount", "rate", "by", "of", "within"),
    "order": ("days",),
}


def _chosen(rows, where):
    keep = pd.Series(True, index=rows.index)
    for column, values in (where or {}).items():
        keep &= rows[column].isin(values)
    return keep


def _series(rows, rule):
    """Yield (name, rows in order) of each series."""
    rows = rows[_chosen(rows, rule.get("where"))].dropna(subset=[rule["by"]])
    for name, part in rows.groupby(rule["of"], sort=False) if rule["of"] else [((), rows)]:
        yield ", ".join(map(str, name)), part.sort_values(rule["by"])


def _whole(rows, rule):
    by = rule["by"]
    for name, part in _series(rows, rule):
        years = list(part[by])
        for before, after, row in zip(years, years[1:], part.index[1:]):
            missing = {*range(before + 1, after)} - {*rule.get("except", ())}
            if missing:
                yield (
                    row,
                    by,
                    f"{after} after {before}",
                    f"a row for {min(missing)}, as {name or 'the series'} is whole",
                )


def _steady(rows, rule):
    column, by = rule["column"], rule["by"]
    for _, part in _series(rows.dropna(subset=[column]), rule):
        told = list(zip(part.index, part[by], part[column]))
        for (_, year, before), (row, _, now) in zip(told, told[1:]):
            if before * now > 0 and not 1 / rule["times"] <= now / before <= rule["times"]:
                yield (
                    row,
                    column,
                    f"{now:g} after {before:g} in {year}",
                    f"at most {rule['times']:g} times as much or as little as the row before",
                )


def _sum(rows, rule):
    rows = rows[_chosen(rows, rule.get("where"))].dropna(subset=rule["columns"])
    total = rows[rule["columns"]].sum(axis=1)
    for row, found in total[(total < rule["least"]) | (total > rule["most"])].items():
        yield row, " + ".join(rule["columns"]), f"{found:g}", f"{rule['least']} to {rule['most']}"


def _growth(rows, rule):
    amount, rate, by = rule["amount"], rule["rate"], rule["by"]
    for _, part in _series(rows.dropna(subset=[amount]), rule):
        told = list(zip(part.index, part[by], part[amount], part[rate]))
        for (_, year, before, _), (row, now, after, stated) in zip(told, told[1:]):
            if now != year + 1 or now in rule.get("except", ()) or pd.isna(stated):
                continue
            grown = 100 * (after / before - 1)
            if abs(grown - stated) > rule["within"]:
                yield (
                    row,
                    rate,
                    f"{stated:g}",
                    f"{grown:.1f} within {rule['within']}, from {before:g} to {after:g} of {amount}",
                )


def _order(rows, rule):
    first, second = rule["days"]
    rows = rows.dropna(subset=rule["days"])
    for column, values in rule.get("unless", {}).items():
        rows = rows[~rows[column].isin(values)]
    early = rows[second] < rows[first] - pd.Timedelta(days=rule.get("slack", 0))
    for row, (before, after) in rows.loc[early, rule["days"]].iterrows():
        yield row, second, f"{after:%Y-%m-%d}", f"{before:%Y-%m-%d} or later, the day of {first}"


CHECKS = {"whole": _whole, "steady": _steady, "sum": _sum, "growth": _growth, "order": _order}


def faults(item: dict[str, Any], rows: pd.DataFrame) -> Iterator[str]:
    """Yield a line for each row that breaks a rule of its resource: file, row, column, found, expected.

    Errors: DataError where a rule is none of these or names a column that the file has not.
    """
    for number, rule in enumerate(item.get("rules", []), start=1):
        kind = rule.get("rule")
        where = f"{DESCRIPTOR}, {item['name']}, rule {number}"
        if kind not in CHECKS or not {*NEEDS[kind]} <= {*rule}:
            wanted = (
                f"{kind} with {', '.join(NEEDS[kind])}"
                if kind in NEEDS
                else f"one of: {', '.join(NEEDS)}"
            )
            raise DataError(f"{where}: found {kind!r} with {', '.join(rule)}; expected {wanted}")
        named = [rule.get(key) for key in ("by", "column", "amount", "rate")]
        named += [*rule.get("of", ()), *rule.get("columns", ()), *rule.get("days", ())]
        named += [*rule.get("where", ()), *rule.get("unless", ())]
        for column in filter(None, named):
            if column not in rows:
                raise DataError(
                    f'{where}: found the column "{column}"; expected one of {", ".join(rows)}'
                )
        for row, column, found, expected in CHECKS[kind](rows, rule):
            yield f'{item["path"]}, row {row + 2}, column "{column}": found {found}; expected {expected}'


def check(folder=None) -> None:
    """Hold all resources to their rules; DataError with the first line."""
    for item in resources(folder):
        for line in faults(item, load(item["name"], recalled=True, folder=folder)):
            raise DataError(line)
