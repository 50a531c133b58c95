"""From an Altair chart to a figure that works for every reader.

`figure` checks that a chart has all a reader needs (name, caption, text alternative, source, data)
and emits it once, as Vega-Lite. JupyterLab draws that output as it stands, offline; the Sphinx
extension `press.extension` makes numbered figures of it in the HTML book and the PDF. Everything
beside the drawing travels in the specification's own `usermeta`.
"""

import copy
import json
import math
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd
from IPython.display import display

from companion import data
from companion.output import heading_map, link, text_cells
from companion.theme import CATEGORIES, MIME, PALETTE, THEME

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
LARGEST = 100_000  # bytes of a specification; larger ones make slow pages and large notebooks


class FigureError(ValueError):
    """A chart lacks something that a reader needs. One line: which figure, what is missing."""


class Figure:
    """A chart ready to be shown; see `figure`."""

    def __init__(self, spec, caption):
        self.spec, self.caption = spec, caption

    def _ipython_display_(self):
        meta = self.spec["usermeta"]["companion"]
        display(
            {MIME: self.spec, "text/plain": meta["alt"]},
            raw=True,
            metadata={MIME: {"embed_options": {"actions": False}}},
        )
        # The book takes caption and source from the specification and leaves this second output out.
        text = f"**{meta['caption']}** {meta['alt']} *Source:* {meta['source']}"
        display(
            {"text/markdown": text, "text/plain": text},
            raw=True,
            metadata={"companion": {"kind": "caption"}},
        )


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
        return round(value, 6) if math.isfinite(value) else None
    return value


def _merge(base, over):
    out = copy.deepcopy(base)
    for key, value in over.items():
        out[key] = (
            _merge(out[key], value)
            if isinstance(value, dict) and isinstance(out.get(key), dict)
            else value
        )
    return out


def _stable_names(spec):
    """Give views and data sets names by their order; Altair's own depend on what was drawn before."""
    text = json.dumps(spec)
    for kind, short in (
        ("view", "view"),
        ("param", "param"),
        ("data", "values"),
    ):  # "data_1" is a name of Vega's own
        found = dict.fromkeys(re.findall(rf'"({kind}[-_][0-9a-f]+)"', text))
        for number, old in enumerate(found, 1):
            text = text.replace(f'"{old}"', f'"{short}_{number}"').replace(
                f'"{old}_', f'"{short}_{number}_'
            )
    return json.loads(text)


# --- What is refused ----------------------------------------------------------------------------

WIDTH, HEIGHT = (
    (120, 640),
    (40, 900),
)  # pixels of the plot; text of 13 pixels stays readable on paper and in a column
UNITS = (
    "x",
    "y",
    "color",
    "fill",
    "stroke",
    "size",
)  # channels of a quantity that has an axis or a legend
COLORED = ("color", "fill", "stroke")
KNOWN_COLORS = {
    *PALETTE.values(),
    "white",
    "#ffffff",
    "#fff",
    "black",
    "#000",
    "transparent",
    "none",
    "height",
    "width",
}
LONGEST = 50  # characters of a label on the plot: what a phone holds
LEVEL = ("layer", "hconcat", "vconcat", "concat")


def _parts(view):
    return [part for key in LEVEL for part in view.get(key, [])] + (
        [view["spec"]] if isinstance(view.get("spec"), dict) else []
    )


def _walk(view, above=()):
    """Yield each view with the views around it, outermost first."""
    yield view, above
    for part in _parts(view):
        yield from _walk(part, (*above, view))


def _rows(spec, chain):
    """Return the rows that the innermost view of `chain` draws, or None where they cannot be told."""
    source = next((view["data"] for view in reversed(chain) if view.get("data")), {})
    values = spec.get("datasets", {}).get(source.get("name"), source.get("values"))
    return (
        values
        if isinstance(values, list) and all(isinstance(row, dict) for row in values)
        else None
    )


def _encoding(chain):
    """Return the channels of the innermost view with those it inherits; a channel may have several definitions."""
    return {channel: item for view in chain for channel, item in view.get("encoding", {}).items()}


def _mark(view):
    mark = view.get("mark")
    return mark if isinstance(mark, dict) else {"type": mark}


def _size(spec, chain, side):
    """Return the width or height of a plot in pixels, without its axes; None where it cannot be told."""
    view = chain[-1]
    x, row, across = ("x", "column", "hconcat") if side == "width" else ("y", "row", "vconcat")
    inner = [
        size for part in _parts(view) if (size := _size(spec, (*chain, part), side)) is not None
    ]
    counted = lambda field: len({str(item.get(field)) for item in _rows(spec, chain) or [{}]})
    if "facet" in view or "repeat" in view:
        split = view.get("facet", view.get("repeat"))
        total = (
            len(split)
            if isinstance(split, list)
            else counted(split["field"])
            if "field" in split
            else None
        )
        wrapped = view.get("columns", total) if total else None
        if wrapped:
            times = min(wrapped, total) if side == "width" else -(-total // wrapped)
        else:
            lane = split.get(row, [None])
            times = counted(lane.get("field")) if isinstance(lane, dict) else len(lane)
        return inner[0] * times if inner else None
    if across in view:
        return sum(inner) + view.get("spacing", 20) * (len(inner) - 1)
    if "concat" in view:
        columns = view.get("columns", len(inner))
        return sum(inner[:columns]) if side == "width" else sum(inner[::columns])
    own = view.get(side)
    item = _encoding(chain).get(x, {})
    discrete = item.get("type") in ("nominal", "ordinal") or isinstance(own, dict)
    if isinstance(own, (int, float)):
        size = own
    elif inner:
        return max(inner)
    elif discrete and isinstance(item.get("field"), str):
        size = (own or {}).get("step", 20) * counted(item["field"])
    else:
        return None
    lane = _encoding(chain).get(row, _encoding(chain).get("facet", {}) if side == "width" else {})
    return (
        size * min(counted(lane["field"]), lane.get("columns", 99))
        if isinstance(lane.get("field"), str)
        else size
    )


def _made(chain):
    """Return the columns that transforms add, or None where they depend on the data."""
    made = set()
    for step in [step for view in chain for step in view.get("transform", [])]:
        if "pivot" in step:
            return None
        if {"fold", "density", "quantile", "regression", "loess"} & set(step):
            made |= {
                "key",
                "value",
                "density",
                "prob",
                step.get("regression"),
                step.get("loess"),
                step.get("on"),
            }
        made |= (
            set(step.get("from", {}).get("fields", []))
            if isinstance(step.get("from"), dict)
            else set()
        )
        for found in [
            step,
            *(
                item
                for key in ("aggregate", "joinaggregate", "window")
                for item in step.get(key, [])
                if isinstance(item, dict)
            ),
        ]:
            made |= set(found["as"]) if isinstance(found.get("as"), list) else {found.get("as")}
    return made


def _missing(spec, chain):
    """Yield what is wrong with the columns that a view draws: not there, or empty where a word is drawn."""
    rows, made = _rows(spec, chain), _made(chain)
    if not rows or made is None:
        return
    known = {key for row in rows for key in row}
    filtered = any("filter" in step for view in chain for step in view.get("transform", []))
    for channel, item in _encoding(chain).items():
        for one in item if isinstance(item, list) else [item]:
            field = one.get("field") if isinstance(one, dict) else None
            if not isinstance(field, str):
                continue
            plain = field.replace("\\", "")
            if plain not in known | made and re.split(r"[.\[]", field)[0] not in known:
                yield f"column {plain!r} in {channel}", f"one of {', '.join(sorted(known))}"
            elif (
                (channel == "text" or one.get("type") in ("nominal", "ordinal"))
                and channel not in ("tooltip", "detail")
                and plain in known - made
                and not filtered
            ):
                if any(row.get(plain) in (None, "") for row in rows):
                    yield (
                        f"an empty value in column {plain!r}, drawn as {channel}",
                        "rows without a value dropped, or a word in its place",
                    )
            if (
                channel == "text"
                and (
                    long := [
                        str(row[plain])
                        for row in rows
                        if plain in row and len(str(row[plain])) > LONGEST
                    ]
                )
                and "lineBreak" not in _mark(chain[-1])
            ):
                yield (
                    f"a label of {len(long[0])} characters, {long[0][:20] + '...'!r}",
                    f"at most {LONGEST}: put the rest in the caption",
                )
            if (
                channel in COLORED
                and one.get("type") == "nominal"
                and not {"range", "scheme"} & set(one.get("scale") or {})
            ):
                if (number := len({str(row[plain]) for row in rows if plain in row})) > len(
                    CATEGORIES
                ):
                    yield (
                        f"{number} categories in {channel}",
                        f"at most {len(CATEGORIES)}, as colors would repeat: group the rest or use panels",
                    )


def _title(item, repeated):
    """Return a channel's title as text, or None for a channel whose title is left out on purpose."""
    guide = {**(item.get("axis") or {}), **(item.get("legend") or {})}
    for place in (item, guide):
        if "title" in place:
            title = place["title"]
            return (
                " ".join(title)
                if isinstance(title, list)
                else title
                or (None if guide.get("format") == "d" or guide.get("labels") is False else "")
            )
    if item.get("aggregate") == "count":
        return "count of records"
    field = item.get("field", "")
    return (
        field if isinstance(field, str) else min(repeated, key=lambda name: " " in name, default="")
    )


def _untitled(chain):
    """Yield the axes and legends of a plot that show a quantity without saying which, and in what unit."""
    top = chain[-1]
    resolve = {**top.get("resolve", {}).get("axis", {}), **top.get("resolve", {}).get("scale", {})}
    repeat = [view["repeat"] for view in chain if "repeat" in view]
    repeated = [
        name
        for item in repeat
        for names in (item.values() if isinstance(item, dict) else [item])
        for name in names
    ]
    units = [_encoding((*chain[:-1], *above, view)) for view, above in _walk(top) if "mark" in view]
    for channel in UNITS:
        guide = "axis" if channel in "xy" else "legend"
        items = [unit[channel] for unit in units if isinstance(unit.get(channel), dict)]
        items = [
            item
            for item in items
            if item.get("type") == "quantitative"
            and item.get(guide, {}) is not None
            and item.get("scale", {}) is not None
            and ("field" in item or "aggregate" in item)
            and (item.get(guide) or {}).get("labels") is not False
        ]
        titles = [_title(item, repeated) for item in items]
        wrong = [
            title for title in titles if title is not None and not re.search(r"\S\s\S|%", title)
        ]
        if wrong and (len(wrong) == len(titles) or resolve.get(channel) == "independent"):
            yield (
                f"the {guide} title {wrong[0]!r} of {channel}"
                if wrong[0]
                else f"a quantity in {channel} without {guide} title",
                "what is measured and its unit, such as 'Growth, % a year'",
            )


def _strange_colors(spec):
    """Yield the colors, written as such, that have no partner in dark mode."""

    def under(item, key):
        if isinstance(item, dict):
            for inner, value in item.items():
                yield from under(
                    value,
                    inner
                    if inner in COLORED
                    else key
                    if inner in ("value", "range", "condition", "scale")
                    else None,
                )
        elif isinstance(item, list):
            for value in item:
                yield from under(value, key)
        elif key and isinstance(item, str):
            yield item

    for view, _ in _walk(spec):
        for part in (_mark(view), view.get("encoding", {})):
            for color in under(part, None):
                if color.lower() not in KNOWN_COLORS and re.fullmatch(
                    r"#[0-9a-fA-F]{3,8}|[a-z]{3,20}|(rgb|hsl)a?\(.*", color
                ):
                    yield (
                        f"color {color!r}",
                        "one of companion.theme.PALETTE, which has a partner in dark mode",
                    )


def _cut_bars(view, chain):
    if _mark(view)["type"] not in ("bar", "area"):
        return
    encoding = _encoding(chain)
    long = [
        c
        for c in ("y", "x")
        if encoding.get(c, {}).get("type") == "quantitative"
        and not encoding[c].get("bin")
        and f"{c}2" not in encoding
    ]
    if len(long) == 2:
        long = ["x"] if _mark(view).get("orient") == "horizontal" else ["y"]
    for channel in long:
        scale = encoding[channel].get("scale") or {}
        ends = (
            [end for end in scale.get("domain", []) if isinstance(end, (int, float))]
            if isinstance(scale.get("domain"), list)
            else []
        )
        if (
            scale.get("zero") is False
            or scale.get("type") == "log"
            or (ends and not min(ends) <= 0 <= max(ends))
        ):
            yield (
                f"{_mark(view)['type']}s on a scale of {channel} without zero",
                "a scale from zero, or points in place of bars",
            )


def controls(spec):
    """Return the controls of a chart, [(name of the parameter, label, value it starts with)]; no value stands for all."""
    found = []
    for param in [param for view, _ in _walk(spec) for param in view.get("params", [])]:
        bind, value = param.get("bind"), param.get("value")
        for field, control in (
            ({None: bind} if "input" in bind else bind).items() if isinstance(bind, dict) else ()
        ):
            if isinstance(control, dict) and "input" in control:
                chosen = value[0] if isinstance(value, list) and value else value
                if isinstance(chosen, dict):
                    chosen = chosen.get(field) if field else ", ".join(map(str, chosen.values()))
                found.append((param["name"], control.get("name", param["name"]), chosen))
    return found


def _controls(spec):
    """Yield what keeps a reader without a pointer from a chart's controls; name each control that has no label of its own."""
    params = [param for view, _ in _walk(spec) for param in view.get("params", [])]
    bound = False
    for param in params:
        bind = param.get("bind")
        if bind == "legend" or isinstance(bind, dict) and "legend" in bind:
            yield (
                f"selection {param['name']!r} bound to a legend, which no keyboard reaches",
                "a control: bind=alt.binding_select(options=[...], name='...')",
            )
        for field, control in (
            ({None: bind} if "input" in bind else bind).items() if isinstance(bind, dict) else ()
        ):
            if isinstance(control, dict) and "input" in control:
                bound = True
                word = field or (
                    None if re.fullmatch(r"param_\d+", param["name"]) else param["name"]
                )
                control.setdefault("name", word and word.replace("_", " ").capitalize())
                if not control["name"]:
                    yield f"control {param['name']!r} without a label", "name='...' in its binding"
    loose = [param["name"] for param in params if param.get("select") and not param.get("bind")]
    if loose and not bound:
        yield (
            f"selection {loose[0]!r} that only a pointer can make",
            "a control beside it: bind=alt.binding_select(...) or alt.binding_range(...)",
        )


def _faults(spec):
    """Yield (found, expected) for each reason to refuse a chart."""
    text = json.dumps(
        {key: value for key, value in spec.items() if key not in ("datasets", "config")}
    )
    if any(_mark(view)["type"] == "image" for view, _ in _walk(spec)):
        yield "an image mark, which asks another host", "marks drawn from data"
    if outside := re.search(r'"url": ("(?:[^"\\]|\\.)*")', text):
        yield (
            f"data from {json.loads(outside[1])!r}",
            "the rows themselves, as the book asks no other host: pass a frame, or alt.Data(values=...)",
        )
    if re.search(
        r'\b(random|now)\(|"sample":|"extent": "ci"|"ci[01]"', text
    ):  # an interval "ci" is drawn by bootstrap
        yield (
            "chance or the clock in a transform, which draws another chart each time",
            "values computed in Python, with a seed",
        )
    data = [
        rows
        for view, above in _walk(spec)
        if "mark" in view and (rows := _rows(spec, (*above, view))) is not None
    ]
    if data and not any(data):
        yield "no rows to draw", "data with at least one row"
    for view, above in _walk(spec):
        chain = (*above, view)
        if "container" in (view.get("width"), view.get("height")):
            yield "a size of 'container'", "a number of pixels"
        if "mark" in view:
            yield from _missing(spec, chain)
            yield from _cut_bars(view, chain)
        if "mark" in view or "layer" in view:
            if not (above and "layer" in above[-1]):
                yield from _untitled(chain)
    for side, (least, most) in (("width", WIDTH), ("height", HEIGHT)):
        size = _size(spec, (spec,), side)
        if size is not None and not least <= size <= most:
            yield (
                f"a plot {size:.0f} pixels in {side}",
                f"{least} to {most}: set {side}, or stack its panels",
            )
    yield from _strange_colors(spec)
    yield from _controls(spec)


def _table(frame, columns, names):
    """Return what stands behind a figure: columns, rows, and the source of each row, or of all where they share one.

    A frame's `cite_as` tells (several to a row as a tuple), with its `url` or the one that the resources `names` have
    for it; else the resources, where all their rows cite the same; else their files are named.
    """
    columns, told, rows = dict(columns), {}, [data.load(name, recalled=True) for name in names]
    known = {cite: url for one in rows for cite, url in zip(one["cite_as"], one["url"])}
    if "cite_as" in frame:
        columns.setdefault("cite_as", "Source")
        cites = [cell if isinstance(cell, tuple) else (cell,) for cell in frame["cite_as"]]
        urls = (
            [(url,) if isinstance(url, str) else () for url in frame["url"]]
            if "url" in frame
            else [()] * len(frame)
        )
        sources = [
            "; ".join(
                link(cite, (url or (known.get(cite),))[0]) for cite in row if isinstance(cite, str)
            )
            or "–"
            for row, url in zip(cites, urls)
        ]
    elif len(known) == len(names):
        sources = ["; ".join(link(cite, url) for cite, url in known.items())] * len(frame)
    else:
        files = ["data/" + data.resource(name)["path"] for name in names]
        sources = [f"computed from {' and '.join(files)}, where each row names its own"] * len(
            frame
        )
    if len(set(sources)) == 1:
        columns.pop("cite_as", None)
        told["all_rows"] = sources[0]
    cells = [sources if name == "cite_as" else text_cells(frame[name]) for name in columns]
    return {"columns": list(columns.values()), "rows": [list(row) for row in zip(*cells)], **told}


def _check_paper(name, spec, paper):
    """Refuse states for paper that no reader of the page could set."""
    known = {
        param["name"]: param["bind"]
        for view, _ in _walk(spec)
        for param in view.get("params", [])
        if isinstance(param.get("bind"), dict)
    }
    for state in paper:
        for param, value in state.items():
            if param not in known:
                raise FigureError(
                    f"figure {name!r}: found the control {param!r} in paper; expected {'one of ' + ', '.join(known) if known else 'none, as the chart has no controls'}"
                )
            options, low, high = (known[param].get(key) for key in ("options", "min", "max"))
            if (
                options is not None
                and value not in options
                or low is not None
                and not low <= value <= high
            ):
                raise FigureError(
                    f"figure {name!r}: found {value!r} for the control {param!r} in paper; expected {f'one of {options}' if options else f'{low} to {high}'}"
                )


def figure(
    chart: Any,
    *,
    name: str,
    caption: str,
    alt: str,
    source: Sequence[str],
    table: pd.DataFrame | None = None,
    columns: dict[str, str] | str | None = None,
    paper: Sequence[dict[str, Any]] = (),
) -> Figure:
    """Return a chart as a figure of the book.

    `chart`: an Altair chart. `name`: its permanent label, "fig-" and lower-case words. `caption`: a
    sentence on what is shown. `alt`: one to three sentences on what is to be seen. `source`: names of
    data resources, which print as their short citation with vintage. `table`, `columns`: the frame
    behind the figure and the columns a reader sees ({column: heading}); by default the chart's own data.
    `paper`: for a chart with controls, the states ({parameter: value}) that PDF and EPUB draw beside each other,
    `{}` for the one it starts in; without them they draw that one and say so.
    Raises FigureError with one line that names the figure and what is missing.
    """
    if not re.fullmatch(r"fig-[a-z0-9-]+", name or ""):
        raise FigureError(
            f"figure {name!r}: the name is not a label; expected 'fig-' and lower-case words joined by hyphens"
        )
    for field, value in (("caption", caption), ("alt", alt)):
        _require(name, field, value)
    if alt.strip().rstrip(".") == caption.strip().rstrip(".") or len(alt) > 600:
        found = f"{len(alt)} characters" if len(alt) > 600 else "the caption"
        raise FigureError(
            f"figure {name!r}: found {found} as alt; expected one to three sentences on what is to be seen"
        )
    if not source:
        raise FigureError(
            f"figure {name!r}: source is missing; expected names of resources in data/datapackage.json"
        )
    try:
        cited = "; ".join(data.citation(item) for item in source)
    except data.DataError as error:
        raise FigureError(f"figure {name!r}: {error}") from None
    frame = chart.data if table is None else table
    if not isinstance(frame, pd.DataFrame) or frame.empty:
        raise FigureError(
            f"figure {name!r}: no data behind the figure; pass table= with at least one row"
        )
    try:
        columns = heading_map(frame, columns)
    except KeyError as error:
        raise FigureError(f"figure {name!r}: {error.args[0]}") from None
    try:
        spec = _clean(_stable_names(chart.to_dict()))
    except (
        ValueError,
        TypeError,
    ) as error:  # Altair's own: a column without a type, a word that Vega-Lite does not know
        raise FigureError(
            f"figure {name!r}: found a chart that Altair refuses: {' '.join(str(error).split())[:300]}; expected one it accepts"
        ) from None
    spec["$schema"] = SCHEMA
    spec["description"] = alt
    spec["config"] = _merge(THEME, {k: v for k, v in spec.get("config", {}).items()})
    spec["usermeta"] = {
        "companion": {
            "name": name,
            "caption": caption,
            "alt": alt,
            "source": cited,
            "resources": list(source),
            "table": _table(frame, columns, source),
        }
    }
    size = len(json.dumps(spec, ensure_ascii=False).encode())
    if size > LARGEST:
        raise FigureError(
            f"figure {name!r}: the specification has {size:,} bytes; expected at most {LARGEST:,}: aggregate first"
        )
    for found, expected in _faults(spec):
        raise FigureError(f"figure {name!r}: found {found}; expected {expected}")
    _check_paper(name, spec, paper)
    if paper:
        spec["usermeta"]["companion"]["paper"] = list(paper)
    return Figure(spec, caption)
