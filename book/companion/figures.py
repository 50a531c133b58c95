"""From an Altair chart to a figure that works for every reader.

`figure` emits a chart once, as Vega-Lite. JupyterLab draws that output as it stands, offline; the Sphinx
extension `press.extension` makes numbered figures of it in the HTML book, the PDF and the EPUB. Everything
beside the drawing travels in the specification's own `usermeta`. A chart without a name is a sketch: it is
drawn in all these places, unnumbered, and so is a plain Altair chart at the end of a cell.
What a figure of the book must keep beyond that is checked by `press.check_figures`.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import altair
import pandas as pd
from IPython.display import display

from companion import data
from companion.covering import CoverError, covered
from companion.days import spell_day
from companion.markup import joined, link, text
from companion.numbers import opening
from companion.output import Markdown, heading_map, listed, marked_cells, too_little
from companion.seal import open_by_control
from companion.theme import MIME
from companion.vegalite import bindings, describe, outside_address, prepared

Words = str | Callable[[pd.DataFrame], str]
"""Text, or a function of the rows behind a figure that gives it."""

SHOWN = {MIME: {"embed_options": {"actions": False}}}  # JupyterLab draws without a menu

ASKED = {
    "name": "a name",
    "caption": "a caption",
    "alt": "a text alternative (alt)",
    "source": "a source",
}
"""What the book asks for beside a chart, in words."""


class FigureError(ValueError):
    """A chart cannot be drawn or numbered. One line: which figure, what was found, what was expected."""


class Figure:
    """A chart ready to be shown; see `figure`."""

    def __init__(self, spec, missing=()):
        self.spec, self.missing = spec, list(missing)

    def _ipython_display_(self):
        meta = self.spec["usermeta"]["companion"]
        display({MIME: self.spec, "text/plain": meta["alt"]}, raw=True, metadata=SHOWN)
        # The book takes caption and source from the specification and leaves this second output out.
        label, number = opening(meta.get("name"))
        parts = [
            meta.get("caption") and f"{label}**{number}{meta['caption']}** {text(meta['alt'])}",
            meta.get("source") and f"*Source:* {text(meta['source'])}",
            self.missing and f"*As a figure of the book it would need {listed(self.missing)}.*",
        ]
        written = " ".join(part for part in parts if part).replace("$", "\\$")
        display(
            {"text/markdown": written, "text/plain": written},
            raw=True,
            metadata={"companion": {"kind": "caption"}},
        )


def _show_plain(spec, **_options):
    """Return what Jupyter shows for a plain Altair chart: the same output as `figure`, unnamed (Altair's renderer protocol)."""
    spec, alt = prepared(spec), describe(spec)
    spec |= {"description": alt, "usermeta": {"companion": {"alt": alt}}}
    return {MIME: spec, "text/plain": alt}, SHOWN


altair.renderers.register("companion", _show_plain)
altair.renderers.enable("companion")


def _frames(chart):
    """Yield the frames that a chart and its parts draw, outermost first."""
    own = getattr(chart, "data", None)
    if isinstance(own, altair.SchemaBase):  # rows written as such: alt.Data(values=[...])
        rows = own.to_dict().get("values")
        own = pd.DataFrame(rows) if isinstance(rows, list) else None
    if isinstance(own, pd.DataFrame):
        yield own
    for key in ("layer", "hconcat", "vconcat", "concat"):
        parts = getattr(chart, key, None)
        for part in parts if isinstance(parts, list) else []:
            yield from _frames(part)
    if isinstance(getattr(chart, "spec", None), altair.TopLevelMixin):
        yield from _frames(chart.spec)


def _table(frame, columns, names):
    """Return what stands behind a figure: columns (text), rows (Markdown, as `companion.markup` writes cells), and the source of each row, or of all where they share one.

    A frame's `cite_as` tells (several to a row as a tuple), with its `url` or the one that the resources `names` have
    for it; else the resources, where all their rows cite the same; else their files are named. Rows marked
    `later` stand apart, under "later".
    """
    columns, told, rows = dict(columns), {}, [data.load(name, recalled=True) for name in names]
    known = {cite: url for one in rows for cite, url in zip(one["cite_as"], one["url"])}
    cited = lambda pairs: str(joined("; ", (link(cite, url) for cite, url in pairs)))
    if "cite_as" in frame:
        columns.setdefault("cite_as", "Source")
        sources = _row_sources(frame, known, cited)
    elif len(known) == len(names):
        sources = [cited(known.items())] * len(frame)
    else:
        files = " and ".join("data/" + data.resource(name)["path"] for name in names)
        sources = [text(f"computed from {files}, where each row names its own")] * len(frame)
    if len(set(sources)) == 1:
        columns.pop("cite_as", None)
        told = {"all_rows": sources[0]} if sources[0] else {}
    cells = [sources if name == "cite_as" else marked_cells(frame[name]) for name in columns]
    rows = [list(row) for row in zip(*cells)]
    later = list(frame["later"]) if "later" in frame else [False] * len(frame)
    told["rows"] = [row for row, came in zip(rows, later) if not came]
    if any(later):
        told["later"] = [row for row, came in zip(rows, later) if came]
    return {"columns": list(columns.values()), **told}


def _row_sources(frame, known, cited):
    """Return the source of each row of a frame as Markdown; `known` has {citation: address}, `cited` writes pairs of them."""
    cites = [cell if isinstance(cell, tuple) else (cell,) for cell in frame["cite_as"]]
    urls = [None] * len(frame)
    if "url" in frame:
        urls = [url if isinstance(url, str) and url else None for url in frame["url"]]
    return [
        cited((cite, url or known.get(cite)) for cite in row if isinstance(cite, str)) or "–"
        for row, url in zip(cites, urls)
    ]


def _check_paper(spec, paper):
    """Refuse states for paper that no reader of the page could set."""
    known = {param["name"]: control for param, _, control in bindings(spec)}
    for param, value in [pair for state in paper for pair in state.items()]:
        if param not in known:
            expected = (
                "one of " + ", ".join(known) if known else "none, as the chart has no controls"
            )
            raise FigureError(f"found the control {param!r} in paper; expected {expected}")
        options, low, high = (known[param].get(key) for key in ("options", "min", "max"))
        outside = low is not None and not low <= value <= high
        if outside or options is not None and value not in options:
            expected = f"one of {options}" if options else f"{low} to {high}"
            raise FigureError(
                f"found {value!r} for the control {param!r} in paper; expected {expected}"
            )


def _specification(chart):
    """Return a chart's specification as the book stores it, or refuse what cannot be drawn offline."""
    try:
        spec = prepared(chart.to_dict())
    except (ValueError, TypeError, altair.MaxRowsError) as error:
        # Altair's own: a column without a type, a word that Vega-Lite does not know, too many rows
        said = " ".join(str(error).split())[:300]
        raise FigureError(
            f"found a chart that Altair refuses: {said}; expected one it accepts"
        ) from None
    if address := outside_address(spec):
        raise FigureError(
            f"found data from {address!r}; expected the rows themselves, as the book asks no "
            "other host: pass a frame, or alt.Data(values=...)"
        )
    return spec


def _words(frame, told):
    """Return a caption or an alternative as text; a function is asked for it, with the rows behind the figure."""
    told = told(frame) if callable(told) else told
    return told.strip() and told if isinstance(told, str) else None


def _sealed(frame):
    """Return the rows of a frame that were known on its day."""
    return frame[~frame["later"]] if frame is not None and "later" in frame else frame


def _source_line(names, as_of):
    """Return the short citations of resources; of a figure that stands on a day without the vintages read since."""
    if as_of is None or not names:
        return "; ".join(data.citation(name) for name in names)
    told = "; ".join(data.resource(name)["publishers"] for name in names)
    return f"{told}; as public on {spell_day(pd.Timestamp(as_of))}"


def _meta(chart, name, caption, alt, source, table, columns, draw_first=None):
    """Return what travels beside the drawing, as far as it was given."""
    frame = max(_frames(chart), key=len, default=None) if table is None else table
    source = [source] if isinstance(source, str) else list(source or ())
    known, day = _sealed(frame), _day(chart, table)
    meta = {"name": name, "caption": _words(known, caption), "alt": _words(known, alt)}
    meta["source"] = _source_line(source, day)
    if known is not frame and len(known) < len(frame):  # what the control tells when it is set
        meta["opened"] = {"alt": _words(frame, alt), "source": _source_line(source, None)}
    if not name:
        return {key: value for key, value in meta.items() if value}
    if not re.fullmatch(r"fig-[a-z0-9-]+", name):
        raise FigureError(
            "the name is not a label; expected 'fig-' and lower-case words joined by hyphens"
        )
    if not meta["caption"]:
        raise FigureError(
            "caption is missing; expected a sentence, as only what has one is numbered"
        )
    if frame is None or frame.empty:
        raise FigureError("no data behind the figure; pass table= with at least one row")
    shown = [column for column in frame if column != "later"] if columns is None else columns
    if draw_first and (drawn := covered(known, draw_first, day)):
        meta["draw"] = drawn
    return {**meta, "resources": source, "table": _table(frame, heading_map(frame, shown), source)}


def _day(chart, table):
    """Return the day on which a figure stands, or None; pandas drops it from a table that was pivoted or merged."""
    frames = [frame for frame in [table, *_frames(chart)] if frame is not None]
    days = [frame.attrs.get("as_of") for frame in frames]
    return next((day for day in days if day is not None), None)


def _nothing_known(chart, table):
    """Tell whether what a figure draws, or its table, is marked and holds no row that was known on the day."""
    frames = [frame for frame in [table, *_frames(chart)] if frame is not None]
    marked = [frame for frame in frames if "later" in frame]
    return bool(marked) and all(frame["later"].all() for frame in marked)


def figure(
    chart: Any,
    *,
    name: str | None = None,
    caption: Words | None = None,
    alt: Words | None = None,
    source: Sequence[str] = (),
    table: pd.DataFrame | None = None,
    columns: dict[str, str] | str | None = None,
    paper: Sequence[dict[str, Any]] = (),
    draw_first: dict[str, Any] | None = None,
) -> "Figure | Markdown":
    """Return a chart as a figure; with `chart` alone as a sketch, drawn and not numbered.

    `chart`: an Altair chart. `name`: its permanent label, "fig-" and lower-case words. `caption`: a
    sentence on what is shown. `alt`: one to three sentences on what is to be seen; both may be a function of the
    rows behind the figure. `source`: names of data resources, which print as their short citation with vintage.
    `table`, `columns`: the frame behind the figure and the columns a reader sees ({column: heading}); by default
    the chart's own data, of several frames the longest.
    `paper`: for a chart with controls, the states ({parameter: value}) that PDF and EPUB draw beside each other,
    `{}` for the one it starts in; without them they draw that one and say so.
    Rows marked `later` (see `companion.sealed`) are left out until the reader sets the control "What came later",
    which the figure then has; caption, alternative, source and table are those of the rows that were known, and
    where none was, one sentence stands for the figure.
    `draw_first`: the last years of one line lie under a band on the page until the reader has drawn or typed them,
    such as `{"column": "share", "last": 4}` (see `companion.covering`); the caption then asks and does not tell. In
    JupyterLab nothing is covered, as who runs a notebook sees its rows.
    Raises FigureError with one line that names the figure, for what cannot be drawn or numbered.
    """
    if _nothing_known(chart, table):
        return Markdown(too_little(_day(chart, table)), kind="sentence")
    try:
        meta = _meta(chart, name, caption, alt, source, table, columns, draw_first)
        spec = _specification(chart)
        open_by_control(spec)
        _check_paper(spec, paper)
    except (FigureError, CoverError, data.DataError, KeyError) as error:
        said = error.args[0] if isinstance(error, KeyError) else error
        raise FigureError(f"figure {name!r}: {said}" if name else f"figure: {said}") from None
    missing = [words for key, words in ASKED.items() if not meta.get(key)]
    spec["description"] = meta["alt"] = meta.get("alt") or describe(spec)
    spec["usermeta"] = {"companion": meta}
    if paper:
        meta["paper"] = list(paper)
    if missing:
        meta["missing"] = missing
    return Figure(spec, missing)
