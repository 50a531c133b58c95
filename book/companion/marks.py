"""What repeats in charts: the axis of years, the colors of countries, the looks of kinds, names at line ends, lines that break."""

from typing import Any

import altair as alt
import pandas as pd

from companion.seal import LATER
from companion.theme import COUNTRIES


def years(rows: pd.DataFrame, column: str = "year") -> alt.X:
    """Return the axis of years for `rows`: every year from the first to the last, also those without a row.

    With rows marked `later` the axis reaches to the last known year, and further once the control is set.
    """
    every = rows[column].dropna().astype(int)
    known = rows.loc[~rows["later"], column].dropna().astype(int) if "later" in rows else every
    first, last = (int(known.min()), int(known.max())) if len(known) else (0, -1)
    domain: Any = list(range(first, last + 1))
    if len(every) and not len(known):  # all of it came later
        domain = alt.ExprRef(f"{LATER} ? sequence({every.min()}, {every.max() + 1}) : []")
    elif len(every) and (every.min() < first or every.max() > last):
        start = f"{LATER} ? {min(every.min(), first)} : {first}" if every.min() < first else first
        end = f"{LATER} ? {max(every.max(), last) + 1} : {last + 1}"
        domain = alt.ExprRef(f"sequence({start}, {end})")
    axis = alt.Axis(labelAngle=0, labelOverlap=True, labelSeparation=4, format="d")
    return alt.X(f"{column}:O", title=None, scale=alt.Scale(domain=domain), axis=axis)


def countries(rows: pd.DataFrame, column: str = "country", legend: bool = True) -> alt.Color:
    """Return the colors of countries, the same in the whole book, for those that `rows` name.

    Raises KeyError for a country without a color in `companion.theme.COUNTRIES`.
    """
    known = rows.loc[~rows["later"], column] if "later" in rows else rows[column]
    names = [name for name in COUNTRIES if name in set(known.dropna())]
    strange = sorted(set(rows[column].dropna()) - set(COUNTRIES))
    if strange:
        raise KeyError(
            f"countries: found {strange[0]!r}; expected one of {', '.join(COUNTRIES)}, the countries with a color"
        )
    scale = alt.Scale(domain=names, range=[COUNTRIES[name] for name in names])
    told = alt.Legend(title=None) if legend else None
    return alt.Color(f"{column}:N", scale=scale, legend=told)


def kinds(rows: pd.DataFrame, column: str) -> tuple[alt.Color, alt.Shape]:
    """Return color and shape of marks by the kinds in `column`, in their order in `rows`, with one legend for both.

    The shape tells them apart in grey. Two legends merge only where both scales name the same domain.
    """
    known = rows.loc[~rows["later"], column] if "later" in rows else rows[column]
    names = list(known.dropna().unique())
    long = sum(map(len, names)) > 60  # too long for one line above the plot
    legend = alt.Legend(columns=1) if long else alt.Undefined
    look: dict[str, Any] = {"title": None, "scale": alt.Scale(domain=names), "legend": legend}
    return alt.Color(f"{column}:N", **look), alt.Shape(f"{column}:N", **look)


def ends(chart: alt.Chart, label: str, dx: int = 6, last: bool = True) -> alt.LayerChart:
    """Return a line chart with the name of each line at its last (or first) point.

    chart: encodes x, y and the color of the lines. label: the column whose value is written. The
    point is found by Vega, so that the label goes to the new end when later rows are shown.
    """
    spec = chart.to_dict()["encoding"]
    x, y = spec["x"], spec["y"]
    pick = "argmax" if last else "argmin"
    kinds = {"quantitative": "Q", "ordinal": "O", "nominal": "N", "temporal": "T"}
    place = alt.X(f"{x['field']}:{kinds[x['type']]}", aggregate="max" if last else "min")
    if x["type"] in ("ordinal", "nominal"):
        top = chart.transform_joinaggregate(
            end_=f"{'max' if last else 'min'}({x['field']})", groupby=[label]
        ).transform_filter(f"datum.end_ == datum['{x['field']}']")
        text = top.mark_text(align="left" if last else "right", dx=dx if last else -dx)
        return chart + text.encode(text=f"{label}:N")
    text = chart.mark_text(align="left" if last else "right", dx=dx if last else -dx).encode(
        x=place,
        y=alt.Y(y["field"], type=y["type"], aggregate={pick: x["field"]}),
        text=f"{label}:N",
    )
    return chart + text


def runs(rows: pd.DataFrame, by: str | list[str], gap: int = 1) -> pd.DataFrame:
    """Return rows with a column `run`: what a line may join, one value of each column in `by`, years at most `gap` apart.

    rows: with `year`. A change of mode, wording, population or definition named in `by` breaks the line.
    """
    by = [by] if isinstance(by, str) else list(by)
    rows = rows.sort_values([*by, "year"]).reset_index(drop=True)
    new = pd.Series(False, index=rows.index)
    for column in by:
        new |= rows[column].ne(rows[column].shift())
    new |= rows["year"].diff() > gap
    return rows.assign(run=new.cumsum())
