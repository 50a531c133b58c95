"""From an Altair chart to a figure that works for every reader.

`figure` checks that a chart has all a reader needs (name, caption, text alternative, source, data)
and emits it once, as Vega-Lite. JupyterLab draws that output as it stands, offline; the Sphinx
extension `companion.book` makes numbered figures of it in the HTML book and the PDF. Everything
beside the drawing travels in the specification's own `usermeta`.
"""

import copy
import json
import math
import re

import pandas as pd
from IPython.display import display

from companion import data
from companion.output import heading_map, text_cells

MIME = "application/vnd.vegalite.v5+json"
"""What JupyterLab draws without help; Altair's newer `v6` type is unknown to it."""

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
LARGEST = 100_000  # bytes of a specification; larger ones make slow pages and large notebooks

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"  # same metrics in vl-convert and in browsers

PALETTE = {
    "ink": "#1f2933",
    "gray": "#7b8794",
    "rule": "#d5dae0",
    "blue": "#0b6fae",
    "orange": "#c8590b",
    "green": "#00795a",
    "purple": "#7a4b9e",
    "red": "#b3261e",
    "paleblue": "#8fc1e3",
}
"""The only colors of the book's charts. Dark mode replaces each literal value by its partner in figures.css."""

THEME = {
    "background": "white",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": PALETTE["ink"], "titleColor": PALETTE["ink"], "labelFontSize": 13, "titleFontSize": 13,
        "titleFontWeight": "normal", "gridColor": PALETTE["rule"], "domainColor": PALETTE["gray"],
        "tickColor": PALETTE["gray"], "labelPadding": 4, "titlePadding": 8,
    },
    "axisX": {"grid": False, "labelFlush": False},
    "axisY": {"domain": False, "ticks": False, "titleAngle": 0, "titleAlign": "left", "titleAnchor": "start",
              "titleX": 0, "titleY": -12, "titleBaseline": "bottom"},
    "legend": {"labelColor": PALETTE["ink"], "titleColor": PALETTE["ink"], "labelFontSize": 13, "titleFontSize": 13,
               "titleFontWeight": "normal", "orient": "top", "offset": 26, "symbolStrokeWidth": 2},
    "header": {"labelColor": PALETTE["ink"], "titleColor": PALETTE["ink"], "labelFontSize": 13, "titleFontSize": 13},
    "title": {"color": PALETTE["ink"], "fontSize": 14, "anchor": "start", "fontWeight": "bold"},
    "text": {"color": PALETTE["ink"], "fontSize": 13, "font": FONT},
    "line": {"color": PALETTE["blue"], "strokeWidth": 2.5},
    "point": {"color": PALETTE["blue"], "filled": True, "opacity": 1, "size": 60},
    "bar": {"color": PALETTE["blue"]},
    "rule": {"color": PALETTE["gray"]},
    "range": {"category": [PALETTE[c] for c in ("blue", "orange", "green", "purple", "red", "gray")]},
}
"""House style, laid under each chart's own `config`."""


class FigureError(ValueError):
    """A chart lacks something that a reader needs. One line: which figure, what is missing."""


class Figure:
    """A chart ready to be shown; see `figure`."""

    def __init__(self, spec, caption):
        self.spec, self.caption = spec, caption

    def _ipython_display_(self):
        meta = self.spec["usermeta"]["companion"]
        display({MIME: self.spec, "text/plain": meta["alt"]}, raw=True, metadata={MIME: {"embed_options": {"actions": False}}})
        # The book takes caption and source from the specification and leaves this second output out.
        text = f"**{meta['caption']}** {meta['alt']} *Source:* {meta['source']}"
        display({"text/markdown": text, "text/plain": text}, raw=True, metadata={"companion": {"kind": "caption"}})


def _require(name, field, value):
    if not isinstance(value, str) or not value.strip():
        raise FigureError(f"figure {name!r}: {field} is missing; expected a sentence")


def _clean(value):
    """Round floats and drop what JSON cannot carry, so that stored outputs are the same on every run."""
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 6)
    return value


def _merge(base, over):
    out = copy.deepcopy(base)
    for key, value in over.items():
        out[key] = _merge(out[key], value) if isinstance(value, dict) and isinstance(out.get(key), dict) else value
    return out


def _stable_names(spec):
    """Give views and data sets names by their order; Altair's own depend on what was drawn before."""
    text = json.dumps(spec)
    for kind, short in (("view", "view"), ("param", "param"), ("data", "values")):  # "data_1" is a name of Vega's own
        found = dict.fromkeys(re.findall(rf'"({kind}[-_][0-9a-f]+)"', text))
        for number, old in enumerate(found, 1):
            text = text.replace(f'"{old}"', f'"{short}_{number}"').replace(f'"{old}_', f'"{short}_{number}_')
    return json.loads(text)


def figure(chart, *, name, caption, alt, source, table=None, columns=None):
    """Return a chart as a figure of the book.

    `chart`: an Altair chart. `name`: its permanent label, "fig-" and lower-case words. `caption`: a
    sentence on what is shown. `alt`: one to three sentences on what is to be seen. `source`: names of
    data resources, which print as their short citation with vintage. `table`, `columns`: the frame
    behind the figure and the columns a reader sees ({column: heading}); by default the chart's own data.
    Raises FigureError with one line that names the figure and what is missing.
    """
    if not re.fullmatch(r"fig-[a-z0-9-]+", name or ""):
        raise FigureError(f"figure {name!r}: the name is not a label; expected 'fig-' and lower-case words joined by hyphens")
    for field, value in (("caption", caption), ("alt", alt)):
        _require(name, field, value)
    if not source:
        raise FigureError(f"figure {name!r}: source is missing; expected names of resources in data/datapackage.json")
    try:
        cited = "; ".join(data.citation(item) for item in source)
    except data.DataError as error:
        raise FigureError(f"figure {name!r}: {error}") from None
    frame = chart.data if table is None else table
    if not isinstance(frame, pd.DataFrame) or frame.empty:
        raise FigureError(f"figure {name!r}: no data behind the figure; pass table= with at least one row")
    try:
        columns = heading_map(frame, columns)
    except KeyError as error:
        raise FigureError(f"figure {name!r}: {error.args[0]}") from None
    spec = _clean(_stable_names(chart.to_dict()))
    spec["$schema"] = SCHEMA
    spec["description"] = alt
    spec["config"] = _merge(THEME, {k: v for k, v in spec.get("config", {}).items()})
    spec["usermeta"] = {"companion": {
        "name": name, "caption": caption, "alt": alt, "source": cited, "resources": list(source),
        "table": {"columns": list(columns.values()), "rows": [list(row) for row in zip(*(text_cells(frame[c]) for c in columns))]},
    }}
    size = len(json.dumps(spec, ensure_ascii=False).encode())
    if size > LARGEST:
        raise FigureError(f"figure {name!r}: the specification has {size:,} bytes; expected at most {LARGEST:,}: aggregate first")
    return Figure(spec, caption)
