"""The look of the charts: colors, type, the house style of Vega-Lite, and the type of output that carries a figure."""

MIME = "application/vnd.vegalite.v5+json"
"""What JupyterLab draws without help; Altair's newer `v6` type is unknown to it."""

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"  # same metrics in vl-convert and in browsers

PALETTE = {
    "ink": "#1f2933",
    "gray": "#6b7480",
    "rule": "#d5dae0",
    "blue": "#005a9d",
    "orange": "#c8501f",
    "green": "#2f855b",
    "purple": "#6b2c66",
    "red": "#860f1c",
    "paleblue": "#5a99ce",
}
"""The only colors of the book's charts. Dark mode replaces each literal value by its partner in `DARK`.

Any two but `rule` differ for the three color-vision deficiencies; all but `rule` and `paleblue` are dark enough for text;
`rule` is for grid lines and pale fills with an outline. tests/test_charts.py computes this.
"""

DARK = {
    "ink": "#e8eaed",
    "gray": "#9298a6",
    "rule": "#3c4650",
    "blue": "#9cc4f8",
    "orange": "#f0a63c",
    "green": "#2fae88",
    "purple": "#a070dc",
    "red": "#dd6350",
    "paleblue": "#47667f",
}
"""The partner of each color in dark mode, as the page's style sheet draws it; a test compares the two."""

COUNTRIES = {
    "United States": PALETTE["blue"],
    "Japan": PALETTE["orange"],
    "South Korea": PALETTE["green"],
    "China": PALETTE["red"],
    "Taiwan": PALETTE["purple"],
    "North Korea": PALETTE["gray"],
    "Russia": PALETTE["ink"],
}
"""A country has one color in the whole book."""

ARTICLES = {"Lin": PALETTE["purple"], "Johnson": PALETTE["ink"]}
"""The color of each article: of the day by which it is judged, and of a figure that it gives."""

CATEGORIES = [PALETTE[name] for name in ("blue", "orange", "green", "purple", "red", "gray")]

THEME = {
    "background": "white",
    "font": FONT,
    "view": {"stroke": None},
    "mark": {"color": PALETTE["blue"]},
    "axis": {
        "labelColor": PALETTE["ink"],
        "titleColor": PALETTE["ink"],
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "gridColor": PALETTE["rule"],
        "domainColor": PALETTE["gray"],
        "tickColor": PALETTE["gray"],
        "labelPadding": 4,
        "labelLimit": 0,
        "titlePadding": 8,
    },
    "axisX": {"grid": False, "labelFlush": False},
    "axisY": {
        "domain": False,
        "ticks": False,
        "titleAngle": 0,
        "titleAlign": "left",
        "titleAnchor": "start",
        "titleX": 0,
        "titleY": -12,
        "titleBaseline": "bottom",
    },
    "legend": {
        "labelColor": PALETTE["ink"],
        "titleColor": PALETTE["ink"],
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "orient": "top",
        "offset": 26,
        "symbolStrokeWidth": 2,
        "titleLimit": 0,
        "labelLimit": 0,
    },
    "header": {
        "labelColor": PALETTE["ink"],
        "titleColor": PALETTE["ink"],
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
    },
    "facet": {"spacing": 40},
    "headerFacet": {"labelPadding": 30},
    "headerColumn": {"labelPadding": 30},
    "title": {
        "color": PALETTE["ink"],
        "fontSize": 14,
        "anchor": "start",
        "fontWeight": "bold",
        "subtitleColor": PALETTE["ink"],
        "subtitleFontSize": 13,
    },
    "text": {"color": PALETTE["ink"], "fontSize": 13, "font": FONT},
    "line": {"color": PALETTE["blue"], "strokeWidth": 2.5},
    "point": {"color": PALETTE["blue"], "filled": True, "opacity": 1, "size": 60},
    "bar": {"color": PALETTE["blue"]},
    "rule": {"color": PALETTE["gray"]},
    "geoshape": {"stroke": "white"},
    "selection": {"interval": {"mark": {"fill": PALETTE["gray"]}}},
    "range": {
        "category": CATEGORIES,
        "ordinal": [PALETTE["paleblue"], PALETTE["blue"]],
        "ramp": [PALETTE["rule"], PALETTE["blue"]],
        "heatmap": [PALETTE["rule"], PALETTE["blue"]],
        "diverging": [PALETTE["orange"], PALETTE["rule"], PALETTE["blue"]],
    },
}
"""House style, laid under each chart's own `config`.

A limit of 0 is none: no label is cut. Between the panels of a facet, and under their heads, stands the title of y, above the plot.
"""
