"""Draw it before you see it: the last years of a figure that a reader draws or types before the page shows them.

`covered` works out, from what an author asks for in `companion.figure(draw_first=...)`, the line that is drawn, the
years that stay open and those that are covered. The page does the covering (`press/draw_first.py`, `draw.js`).
"""

import math

MOST = 6
"""Years that a reader may be asked to draw."""

ASKED = {"column": "the column that is drawn", "last": "how many of its last years are covered"}
MAY_SAY = {"line": "what it is called", "unit": "its unit", "where": "which rows are the line"}


class CoverError(ValueError):
    """What a figure asks its reader to draw is not there. One line: what was found, what was expected."""


def covered(frame, asked, day=None):
    """Return what a page must know to let a reader draw first, or None where a day leaves too few years to draw on.

    frame: the rows behind the figure that were known, with a column `year`. asked: `column`, `last` and, if need
    be, `line` (its name), `unit` ("%") and `where` (a pandas query that leaves one row a year). day: the figure's
    day, or None. Returns {"line", "unit", "open": [[year, value]], "covered": [[year, value]], "alt"}, oldest first.
    Raises CoverError.
    """
    unknown = sorted(asked.keys() - ASKED.keys() - MAY_SAY.keys())
    if unknown or not ASKED.keys() <= asked.keys():
        found = f"{unknown[0]!r}" if unknown else f"no {min(ASKED.keys() - asked.keys())!r}"
        raise CoverError(
            f"found {found} in draw_first; expected {_told(ASKED)}; it may say {_told(MAY_SAY)}"
        )
    column, last, where = asked["column"], asked["last"], asked.get("where")
    for name in ("year", column):
        if name not in frame:
            raise CoverError(
                f"found no column {name!r} to draw first; expected one of {', '.join(map(str, frame.columns))}"
            )
    if not isinstance(last, int) or not 1 <= last <= MOST:
        raise CoverError(f"found {last!r} years to draw first; expected 1 to {MOST}")
    rows = frame.query(where) if where else frame
    rows = rows.dropna(subset=["year", column]).sort_values("year")
    twice = rows.year[rows.year.duplicated()]
    if len(twice):
        raise CoverError(
            f"found no single line to draw first: two values of {column!r} for {twice.iloc[0]}; expected one a year, "
            "chosen by `where`"
        )
    line = [[int(year), _plain(value)] for year, value in zip(rows.year, rows[column])]
    shown, hidden = line[:-last], line[-last:]
    if len({value for _, value in shown}) < 2:
        if day is not None:
            return None
        raise CoverError(
            f"found {len(shown)} years before the {last} that are drawn first; expected two or more, of different value"
        )
    name, unit = asked.get("line", column.replace("_", " ")), asked.get("unit", "%")
    return {
        "line": name,
        "unit": unit,
        "open": shown,
        "covered": hidden,
        "alt": _alt(name, unit, shown, hidden),
    }


def _amount(value, unit):
    """Return a value with its unit: "7.2%", "40 aircraft"."""
    return f"{value:g}".replace("-", "−") + (unit if unit == "%" else f" {unit}")


def _alt(name, unit, shown, hidden):
    """Return the text alternative of the covered figure: what stands open, and what is covered."""
    (first, one), (last, other) = shown[0], shown[-1]
    years = [str(year) for year, _ in hidden]
    return (
        f"{name}: {_amount(one, unit)} in {first}, {_amount(other, unit)} in {last}. What follows is covered, "
        f"{years[0]}{f' to {years[-1]}' if len(years) > 1 else ''}, until you have drawn or typed it."
    )


def _told(words):
    return ", ".join(f"{key} ({told})" for key, told in words.items())


def _plain(value):
    value = round(float(value), 2)
    return int(value) if math.isclose(value, round(value)) else value
