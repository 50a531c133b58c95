"""What a figure of the book must keep, checked over the specifications that notebooks store.

    python -m press.check_figures

prints one line a fault, with notebook, cell and figure, what was found and what was expected, and ends with
status 1 where there is one. `companion.figure` draws what it can; this check holds what a reader of the book
needs: a scale that does not mislead, words that are whole and say what is measured, colors for every eye,
controls for every hand, a width for every window, and the same drawing on every run. Of a sketch, a
chart without a name, it asks only that it can be drawn, offline and the same again.
"""

import json
import re
import sys

from companion.theme import CATEGORIES, MIME, PALETTE
from companion.vegalite import bindings, channels, drawn_rows, outside_address, views, without_data
from press.drawing import CONCAT, PHONE, draw, narrow, svg_size
from press.edition import BOOK
from press.outputs import drawn_on_a_page

LARGEST = 100_000  # bytes of a specification; larger ones make slow pages and large notebooks
WIDEST, TALLEST = (
    640,
    1000,
)  # pixels of a drawing; text of 13 pixels stays readable in a column and on paper
SMALLEST = 11  # pixels of text on a phone
LONGEST = 50  # characters of a label on the plot: what a phone holds
ALTERNATIVE = 600  # characters that a reader listens to in place of a look
COLORED = ("color", "fill", "stroke")
GROUNDS = {"white", "#ffffff", "#fff", "black", "#000", "#000000", "none", "transparent"}
ALIKE_IN_GREY = (
    ("gray", "orange"),
    ("gray", "green"),
    ("orange", "green"),
    ("blue", "purple"),
    ("purple", "red"),
)
"""Pairs that grey print does not tell apart by lightness: where they meet, a label on the plot or the shape of the mark must tell."""


def stored(folder=BOOK):
    """Yield (where, specification) for each chart that a notebook of `folder` stores."""
    for path in sorted(folder.glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for number, cell in enumerate(cells, 1):
            for output in cell.get("outputs", []):
                if spec := output.get("data", {}).get(MIME):
                    yield f"{folder.name}/{path.name}, cell {number}", spec


def faults(spec):
    """Yield (found, expected) for each rule that a stored specification breaks."""
    spec = {"config": {}, **spec}
    yield from _same_everywhere(spec)
    meta = spec.get("usermeta", {}).get("companion", {})
    if outside_address(spec) or not meta.get("name"):
        return
    yield from _told(meta)
    for plot, above in _walk(spec):
        if "mark" in plot or "layer" in plot:
            if not any("layer" in view for view in above):
                yield from _titles(plot, above)
        if "mark" in plot:
            yield from _columns(spec, (*above, plot))
            yield from _bars(plot, _encoding((*above, plot)))
    yield from _controls(spec)
    yield from _drawings(spec)


def _walk(view, above=()):
    """Yield each view with those around it, outermost first."""
    yield view, above
    inner = [view["spec"]] if isinstance(view.get("spec"), dict) else []
    for part in inner + [p for key in ("layer", *CONCAT) for p in view.get(key, [])]:
        yield from _walk(part, (*above, view))


def _encoding(chain):
    """Return the channels of the innermost view with those it inherits."""
    return {channel: item for view in chain for channel, item in view.get("encoding", {}).items()}


def _mark(view):
    mark = view.get("mark")
    return mark if isinstance(mark, dict) else {"type": mark}


def _same_everywhere(spec):
    """Yield what keeps a chart from being drawn offline, or the same on every run and by every clock."""
    text = without_data(spec)
    if address := outside_address(spec):
        yield f"data from {address!r}", "the rows themselves, as the book asks no other host"
    if any(_mark(view)["type"] == "image" for view in views(spec)):
        yield "an image mark, which asks another host", "marks drawn from data"
    if re.search(r'\b(random|now)\(|"sample":|"extent": "ci"', text):  # "ci" is drawn by bootstrap
        yield "chance or the clock in a transform", "values computed in Python, with a seed"
    local = re.search(r"(?<!\w)(year|quarter|month|date|day|hours|minutes|timeFormat)\(", text)
    if local and '"utc' in text:
        yield (
            f"{local[1]}() beside a scale in UTC, which differs by the reader's clock",
            "utcFormat() for timeFormat(), else 'utc' before the name",
        )
    size = len(json.dumps(spec, ensure_ascii=False).encode())
    if size > LARGEST:
        yield f"a specification of {size:,} bytes", f"at most {LARGEST:,}: aggregate first"


def _told(meta):
    """Yield what is missing beside the chart."""
    for lack in meta.get("missing", []):
        yield f"a figure without {lack}", "one, as all figures of the book have it"
    alt, caption = meta.get("alt", ""), meta.get("caption", "")
    if alt.strip().rstrip(".") == caption.strip().rstrip("."):
        yield "the caption as alt", "one to three sentences on what is to be seen"
    elif len(alt) > ALTERNATIVE:
        yield f"{len(alt)} characters as alt", "one to three sentences on what is to be seen"


def _columns(spec, chain):
    """Yield what is wrong with the columns that a view draws."""
    source = next((view["data"] for view in reversed(chain) if view.get("data")), {})
    rows = spec.get("datasets", {}).get(source.get("name"), source.get("values"))
    transforms = [step for view in chain for step in view.get("transform", [])]
    if not isinstance(rows, list):
        return  # made by a generator
    if not rows:
        yield "no rows to draw", "data with at least one row"
    filtered = any("filter" in step for step in transforms)
    for channel, item in channels({"encoding": _encoding(chain)}):
        field = item.get("field")
        if not isinstance(field, str) or channel in ("tooltip", "detail"):
            continue
        values = [row[field] for row in rows if field in row]
        if rows and not values and not transforms:
            known = ", ".join(sorted({key for row in rows for key in row}))
            yield f"column {field!r} in {channel}, which has no such column", f"one of {known}"
        word = channel == "text" or item.get("type") in ("nominal", "ordinal")
        if word and not filtered and any(value in (None, "") for value in values):
            yield (
                f"an empty value in column {field!r}, drawn as {channel}",
                "rows without a value dropped, or a word in its place",
            )
        long = [str(value) for value in values if len(str(value)) > LONGEST]
        if channel == "text" and long and "lineBreak" not in _mark(chain[-1]):
            yield (
                f"a label of {len(long[0])} characters, {long[0][:20] + '...'!r}",
                f"at most {LONGEST}: put the rest in the caption",
            )
        own = {"range", "scheme"} & (item.get("scale") or {}).keys()
        groups = len(set(map(str, values)))
        if channel in COLORED and item.get("type") == "nominal" and not own:
            if groups > len(CATEGORIES):
                yield (
                    f"{groups} categories in {channel}",
                    f"at most {len(CATEGORIES)}, as colors would repeat: group the rest or use panels",
                )


def _titles(plot, above):
    """Yield the axes and legends of a plot that show a quantity without saying which, and in what unit."""
    for channel in ("x", "y", *COLORED, "size"):
        guide = "axis" if channel in "xy" else "legend"
        titles = []
        for view, around in _walk(plot):
            item = _encoding((*above, *around, view)).get(channel, {})
            shown = item.get(guide, {}) is not None and item.get("scale", {}) is not None
            if "mark" in view and shown and item.get("type") == "quantitative":
                titles.append(_title(item, item.get(guide) or {}))
        if titles and not any(title is None or re.search(r"\S\s\S|%", title) for title in titles):
            yield (
                f"the {guide} title {max(titles)!r} of {channel}",
                "what is measured and its unit, such as 'Growth, % a year'",
            )


def _title(item, guide):
    """Return the title of a quantity; None where it says nothing on purpose: years, or no labels at all."""
    if guide.get("labels") is False or not ({"field", "aggregate"} & item.keys()):
        return None
    title = guide.get("title", item.get("title", item.get("field", "")))
    if item.get("aggregate") == "count" and "title" not in guide | item:
        return "count of records"
    if isinstance(title, list):
        title = " ".join(title)
    if not isinstance(title, str):
        title = ""  # left out, or that of a repeated column
    return None if guide.get("format") == "d" and title in ("", item.get("field")) else title


def _bars(view, encoding):
    """Yield bars and areas whose length does not show their value."""
    kind = _mark(view)["type"]
    if kind not in ("bar", "area"):
        return
    long = [
        channel
        for channel in ("y", "x")
        if encoding.get(channel, {}).get("type") == "quantitative"
        and not encoding[channel].get("bin")
        and f"{channel}2" not in encoding
    ]
    if len(long) == 2:
        long = ["x"] if _mark(view).get("orient") == "horizontal" else ["y"]
    for channel in long:
        scale = encoding[channel].get("scale") or {}
        domain = scale.get("domain")
        ends = (
            [end for end in domain if isinstance(end, (int, float))]
            if isinstance(domain, list)
            else []
        )
        cut = bool(ends) and not min(ends) <= 0 <= max(ends)
        if scale.get("zero") is False or scale.get("type") == "log" or cut:
            yield f"{kind}s on a scale of {channel} without zero", "a scale from zero, or points"


def _controls(spec):
    """Yield what keeps a reader without a pointer from a chart's controls."""
    params = [param for view in views(spec) for param in view.get("params", [])]
    bound = list(bindings(spec))
    for param in params:
        if param.get("bind") == "legend" or "legend" in (param.get("bind") or {}):
            yield (
                f"selection {param['name']!r} bound to a legend, which no keyboard reaches",
                "a control: bind=alt.binding_select(options=[...], name='...')",
            )
    for param, _, control in bound:
        if not control.get("name"):
            yield f"control {param['name']!r} without a label", "name='...' in its binding"
    loose = [param["name"] for param in params if param.get("select") and not param.get("bind")]
    if loose and not bound:
        yield (
            f"selection {loose[0]!r} that only a pointer can make",
            "a control beside it: bind=alt.binding_select(...) or alt.binding_range(...)",
        )


def _drawings(spec):
    """Yield what is wrong with a chart as it is drawn, on a page and on a phone."""
    page, whole = drawn_on_a_page(spec), json.dumps(spec, ensure_ascii=False)
    wide, small = (draw(one, "svg").read_text(encoding="utf-8") for one in (page, narrow(page)))
    for svg, name, room in ((wide, "page", WIDEST), (small, "phone", PHONE)):
        width, height = svg_size(svg)
        if width > room:
            yield (
                f"a drawing {width:.0f} pixels wide on a {name}",
                f"at most {room}: set the width, or stack panels",
            )
        if name == "page" and height > TALLEST:
            yield f"a drawing {height:.0f} pixels high", f"at most {TALLEST}"
        texts = re.findall(r"<(?:text|tspan)[^>]*>([^<]+)<", svg)
        cut = [text for text in texts if "…" in text and "…" not in whole]
        for text in cut + [text for text in texts if text in ("null", "undefined", "NaN")]:
            yield f"the label {text!r} on a {name}", "whole words: labelLimit=0, no empty values"
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)px"', small)]
    if min(sizes, default=SMALLEST) < SMALLEST:
        yield f"text of {min(sizes):g} pixels on a phone", f"at least {SMALLEST}"
    yield from _colors(spec, wide)


def _colors(spec, svg):
    """Yield the colors of a chart that have no partner in dark mode, and those that grey print does not tell apart."""
    text = without_data(spec)
    told = re.findall(r'\b(?:fill|stroke|stop-color)="([^"(]+)"', svg)
    told += re.findall(r'"(#[0-9a-fA-F]{3,8})"', text)
    for color in dict.fromkeys(color.lower() for color in told):
        if color not in {*PALETTE.values(), *GROUNDS}:
            yield f"color {color!r}", "one of companion.theme.PALETTE, as it has a dark partner"
    # Gray is the color of axes, too.
    used = {name for name, value in PALETTE.items() if value in text + svg * (name != "gray")}
    pairs = [" and ".join(pair) for pair in ALIKE_IN_GREY if set(pair) <= used]
    apart = r'"type": "text"|"shape": \{|"strokeDash": \[|"(row|column|facet)": \{'
    if pairs and not _named_panels(spec) and not re.search(apart, text):
        yield f"{pairs[0]} told apart by color alone", "labels on the plot, shapes or dashes"


def _named_panels(spec):
    """Tell whether a chart has panels with a title each, and in each no more than one color that data choose."""
    panels = [part for key in CONCAT for part in spec.get(key, [])]
    chosen = [(view.get("encoding", {}).get("color", {}), rows) for view, rows in drawn_rows(spec)]
    one = all(len({row.get(color.get("field")) for row in rows}) <= 1 for color, rows in chosen)
    return one and bool(panels) and all("title" in panel for panel in panels)


def main():
    """Print each fault of the stored figures; return their number."""
    count = 0
    for where, spec in stored():
        name = spec.get("usermeta", {}).get("companion", {}).get("name", "without a name")
        for found, expected in faults(spec):
            print(f"{where}, figure {name}: found {found}; expected {expected}")
            count += 1
    return count


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
