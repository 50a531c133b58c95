"""The seal: a chapter stands on a day, and what became public later is a layer that the reader adds.

`sealed` marks the rows that came later. `companion.figure` sees the mark and calls `open_by_control`:
the drawing begins without those rows, and one control, "What came later", adds them.
"""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd

from companion.theme import PALETTE
from companion.vegalite import drawn_rows

LATER = "what_came_later"
"""The name of the control's parameter in every figure."""

CONTROL = {"name": LATER, "value": False, "bind": {"input": "checkbox", "name": "What came later"}}
LATER_ROWS = {"field": "later", "type": "nominal"}
OUTLINED = ("bar", "area", "point", "circle", "square", "rect", "arc")
ASIDE = ("note", "url", "read_at", "public_from", "dated", "known_from", "grade")
"""Columns in which two rows may differ and still say the same."""


def sealed(
    compute: Callable[..., pd.DataFrame], as_of: str | date | None = None, **given: Any
) -> pd.DataFrame:
    """Return what `compute` returns for a day, and below it the rows that are new or changed since.

    compute: a function with the argument `as_of`, such as `spending.central_budgets`; `given` goes to
    it as well. as_of: a date, text as YYYY-MM-DD, or None for all that is known. The column `later` is
    True for rows that became public, or took another value, after the day; with None it is False
    throughout. The frame's attrs keep the day under "as_of".
    """
    known = compute(as_of=as_of, **given).assign(later=False)
    if as_of is None:
        rows = known
    else:
        every = compute(as_of=None, **given)
        told = [name for name in every if name in known and name not in ASIDE]
        before = set(_keys(known[told]))
        new = [key not in before for key in _keys(every[told])]
        later = every[new].assign(later=True)
        rows = pd.concat([known, later], ignore_index=True) if len(later) else known
        rows["later"] = rows["later"].astype(bool)
    rows = rows.reset_index(drop=True)
    rows.attrs = {"as_of": as_of}
    return rows


def _keys(frame):
    numbers = frame.select_dtypes("number")
    rounded = frame.assign(**numbers.round(6))  # pandas warns of days that are rounded
    return list(rounded.astype("string").fillna("").itertuples(index=False, name=None))


def open_by_control(spec: dict) -> bool:
    """Put the control "What came later" into a specification some of whose rows are marked `later`; return whether there was any.

    spec: Vega-Lite, changed in place. Each view that draws such rows leaves them out until the control is
    set, and then draws them outlined.
    """
    found = False
    for view, rows in list(drawn_rows(spec)):
        if any(row.get("later") is True for row in rows):
            found = True
            shown = {"filter": f"!datum.later || {LATER}"}
            view["transform"] = [shown, *view.get("transform", [])]
            _outline(view)
            _part_revised_lines(view, rows)
    if found:
        spec["params"] = [*spec.get("params", []), copy.deepcopy(CONTROL)]
    return found


def _part_revised_lines(view, rows):
    """Draw a line that was revised since as a second, dashed one; what only continues a line stays joined to it."""
    mark = view["mark"] if isinstance(view["mark"], dict) else {"type": view["mark"]}
    if mark["type"] not in ("line", "trail"):
        return
    encoding = view["encoding"]
    apart = ("x", "color", "detail", "strokeDash", "shape", "row", "column", "facet")
    fields = [encoding[name].get("field") for name in apart if isinstance(encoding.get(name), dict)]
    places: dict[bool, set] = {True: set(), False: set()}
    for row in rows:
        places[row.get("later") is True].add(tuple(row.get(field) for field in fields))
    if places[True] & places[False]:
        detail = encoding.get("detail", [])
        encoding["detail"] = [*(detail if isinstance(detail, list) else [detail]), LATER_ROWS]
        dashed = {"condition": {"test": "datum.later", "value": [4, 3]}, "value": [1, 0]}
        encoding.setdefault("strokeDash", dashed)


def _outline(view):
    mark = view["mark"] if isinstance(view["mark"], dict) else {"type": view["mark"]}
    encoding = view.setdefault("encoding", {})
    if mark["type"] not in OUTLINED or "fillOpacity" in encoding:
        return
    encoding["fillOpacity"] = {"condition": {"test": "datum.later", "value": 0.15}, "value": 1}
    if "color" in encoding and "stroke" not in encoding:
        # Legends of one domain become one, and must agree; without a domain told they stand twice.
        told = "domain" in (encoding["color"].get("scale") or {})
        alone = {} if told or "field" not in encoding["color"] else {"legend": None}
        encoding["stroke"] = encoding["color"] | alone
    else:
        mark = {"stroke": mark.get("color", PALETTE["blue"]), **mark}
    view["mark"] = {"strokeWidth": 1.5, **mark}
