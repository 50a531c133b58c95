"""Drawing: a specification becomes SVG, PNG or PDF, once for wide pages and once for phones."""

import hashlib
import json
import math
import os
import re
import textwrap
import threading

import vl_convert

from companion.vegalite import channels, views
from press.edition import ROOT
from press.pdf import stable_pdf

PHONE = 350  # pixels that a phone's column leaves a figure
UNSIZED = 300  # pixels of a plot for which no width was said
CONCAT = ("hconcat", "vconcat", "concat")
VEGA_LITE = "6.4"  # twin, page and PDF draw with the same one; a test compares it with what JupyterLab draws with


def _place(told, ending):
    """Return the path in _build/.figures of what is made of `told`, text that says all it depends on."""
    key = hashlib.sha256(f"{vl_convert.__version__} {told}".encode()).hexdigest()[:24]
    return ROOT / "_build" / ".figures" / f"{key}.{ending}"


def _kept(told, ending, make):
    """Return the path of what `make()` returns, bytes; made once for each `told`."""
    path = _place(told, ending)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
        part.write_bytes(make())
        part.replace(path)
    return path


def _text(spec):
    return json.dumps(spec, sort_keys=True)


def is_drawn(spec, form):
    """Return whether a chart was drawn as `form` before and is kept."""
    return _place(f"{VEGA_LITE} {form} {_text(spec)}", form).exists()


def draw(spec, form):
    """Return the path of a chart drawn as `form`, "svg", "pdf" or "scene" (its marks, as JSON); each content is drawn once.

    Drawings are kept in _build/.figures by hash of specification, version and form.
    """
    text = _text(spec)

    def make():
        if form == "svg":
            return vl_convert.vegalite_to_svg(text, VEGA_LITE, allowed_base_urls=[]).encode()
        if form == "scene":
            made = vl_convert.vegalite_to_scenegraph(text, VEGA_LITE, allowed_base_urls=[])
            return json.dumps(made, ensure_ascii=False).encode()
        return stable_pdf(vl_convert.svg_to_pdf(draw(spec, "svg").read_text(encoding="utf-8")))

    return _kept(f"{VEGA_LITE} {form} {text}", form, make)


def png(svg, scale):
    """Return the path of an SVG as PNG of `scale` times its size; kept like what `draw` draws."""
    return _kept(f"{scale} {svg}", "png", lambda: vl_convert.svg_to_png(svg, scale=scale))


def has_png(svg, scale):
    """Return whether `png` has made this before."""
    return _place(f"{scale} {svg}", "png").exists()


def svg_size(svg):
    """Return width and height of an SVG, in pixels."""
    return [float(re.search(rf'<svg[^>]* {s}="([\d.]+)"', svg)[1]) for s in ("width", "height")]


def _size(spec):
    return svg_size(draw(spec, "svg").read_text(encoding="utf-8"))


def _width(spec):
    return _size(spec)[0]


def fit_page(spec):
    """Return a specification as the page and paper draw it: the long names of its rows and colors in lines."""
    told = json.loads(json.dumps(spec))
    _wrap_names(told, 48)
    return told


def narrow(spec, room=PHONE):
    """Return a specification redrawn for a phone, `room` pixels wide: text keeps its size, views stack, plots take the width."""
    small = json.loads(json.dumps(spec))
    for view in views(small):
        _stack(view)
        for channel in ("x", "y"):
            _wrap_title(view.get("encoding", {}).get(channel), channel)
    style = small["config"]
    style["legend"] = {**style.get("legend", {}), "columns": 1}
    style["axis"] = {**style.get("axis", {}), "labelOverlap": True, "labelSeparation": 3}
    sized = list(_plots(small))
    for view in sized:
        if not isinstance(view.get("width"), (int, float)):
            view["width"] = UNSIZED
    full = max(view["width"] for view in sized)
    for view in views(small):
        _shrink_mark(view.get("mark"), (room - 50) / full)
    # The wide drawing of a lone view is there already; what stands beside its plot tells how far to shrink at first.
    alone = len(sized) == 1 and sized[0]["width"] == spec.get("width")
    _fit(small, sized, room, _width(spec) - room if alone else None)
    for letters in (34, 28, 24, 20, 16):  # what is still too wide are the names of the rows
        if _width(small) <= room:
            break
        _wrap_names(small, letters, size=11)
    _fit(small, sized, room)
    return small


def for_room(spec, room, least):
    """Return a specification redrawn to be enlarged on a wall: `room` is (width, height) in pixels, no label falls below `least`.

    Plots shrink until the drawing fits, or as far as their labels allow; views stay beside each other.
    """
    told = json.loads(json.dumps(spec))
    _raise_type(told, least)
    if not any(item.get("title") for name, item in channels(told) if name == "y"):
        told["config"]["legend"] = {**told["config"].get("legend", {}), "offset": 8}
    sized = list(_plots(told))
    for view in sized:
        view["width"] = view["width"] if isinstance(view.get("width"), (int, float)) else UNSIZED
    for _attempt in range(12):
        over = [size - most for size, most in zip(_size(told), room)]
        if max(over) <= 0:
            break
        for view in sized:
            height, lines = view.get("height"), "split(" in json.dumps(view.get("encoding", view))
            if over[0] > 0:
                view["width"] = max(110, math.floor(view["width"] - over[0]))
            if over[1] > 0 and isinstance(height, (int, float)):
                view["height"] = max(90, math.floor(height - over[1]))
            elif over[1] > 0 and isinstance(height, dict) and "step" in height:
                view["height"] = {"step": max(31 if lines else 17, height["step"] - 2)}
    return told


def _raise_type(place, least):
    """Set no type of a specification, its rows apart, smaller than `least` pixels."""
    for key, item in place.items() if isinstance(place, dict) else enumerate(place):
        if key == "datasets":
            continue
        if isinstance(item, (dict, list)):
            _raise_type(item, least)
        elif key == "labelLineHeight":
            place[key] = least + 1
        elif str(key).lower().endswith("fontsize") and isinstance(item, (int, float)):
            place[key] = max(item, least)


def _stack(view):
    """Set the views and panels that stand beside each other in a view one below the other."""
    if "hconcat" in view:
        view["vconcat"] = view.pop("hconcat")
    split = view.get("facet", view.get("repeat"))
    wrapped = isinstance(split, list) or isinstance(split, dict) and "field" in split
    if "columns" in view or wrapped or "concat" in view:
        view["columns"] = 1
    for place in (split, view.get("encoding")):
        if isinstance(place, dict) and "column" in place and "row" not in place:
            place["row"] = place.pop("column")
            for _, item in channels(view) if "repeat" in view else ():
                if item.get("field") == {"repeat": "column"}:
                    item["field"] = {"repeat": "row"}
        if isinstance(place, dict) and isinstance(place.get("facet"), dict):
            place["facet"]["columns"] = 1


def _plots(view):
    """Yield the views of a specification that have a plot of their own."""
    if "mark" in view or "layer" in view:
        yield view
        return
    inner = [view["spec"]] if isinstance(view.get("spec"), dict) else []
    for part in inner + [part for key in CONCAT for part in view.get(key, [])]:
        yield from _plots(part)


def _shrink_mark(mark, scale):
    """Set a mark of type text no larger than 11 pixels, and a bar of fixed width in proportion to its plot."""
    if not isinstance(mark, dict):
        return
    if mark.get("type") == "text" and mark.get("fontSize", 13) > 11:  # 13 is the theme's own
        mark["fontSize"] = 11
    if mark.get("type") == "bar" and isinstance(mark.get("size"), (int, float)):
        mark["size"] = max(4, round(mark["size"] * scale))


def _fit(spec, sized, room, excess=None):
    """Shrink or widen the plots `sized` of `spec` until the drawing takes `room` pixels or little less; below 110 pixels none goes."""
    shrunk = False  # a label that comes and goes with the width must not make it swing
    for _attempt in range(5):
        excess = _width(spec) - room if excess is None else excess
        if excess <= 0 and (shrunk or excess >= -5):
            return
        shrunk = shrunk or excess > 0
        for view in sized:
            view["width"] = max(110, math.floor(view["width"] - excess))
        excess = None


def _wrap_title(channel, name, letters=45):
    """Break the long title of an axis into lines; that of y, which stands above the plot, grows upward."""
    for place in (channel, channel.get("axis")) if isinstance(channel, dict) else ():
        if (
            isinstance(place, dict)
            and isinstance(place.get("title"), str)
            and len(place["title"]) > letters
        ):
            place["title"] = textwrap.wrap(place["title"], letters)
            if name == "y":
                channel["axis"] = {
                    **(channel.get("axis") or {}),
                    "titleY": -12 - 15 * (len(place["title"]) - 1),
                }


def _names(spec, item, guide):
    """Return the words that a channel shows beside its axis or legend, in order."""
    named = isinstance(item, dict) and item.get("type") in ("nominal", "ordinal")
    if not named or not isinstance(item.get("field"), str) or item.get(guide, {}) is None:
        return []
    rows = [row for values in spec.get("datasets", {}).values() for row in values]
    words = {row.get(item["field"]) for row in rows}
    return sorted(word for word in words if isinstance(word, str))


def _wrap_names(spec, letters, size=None):
    """Set the names of rows and colors in lines of at most `letters`, and give the rows the height for them.

    With a `size` of type, in pixels, the names of rows are set in it, long or not; without, an axis that has
    its own way to write its names keeps it.
    """
    found = []
    for plot in _plots(spec):
        for part in views(plot):
            for channel, guide in (("y", "axis"), ("color", "legend")):
                item = part.get("encoding", {}).get(channel)
                if names := _names(spec, item, guide):
                    found.append((plot, item, guide, names))
    words = {name for *_, names in found for name in names}
    lines = {name: _in_lines(name, letters) for name in sorted(words) if len(name) > letters}
    told = f"({json.dumps(lines, ensure_ascii=False)})[datum.label] || split(datum.label, '|')"
    for plot, item, guide, names in found:
        own = size is None and "labelExpr" in (item.get(guide) or {})
        if own or not lines.keys() & set(names) and not (size and guide == "axis"):
            continue
        item[guide] = {**(item.get(guide) or {}), "labelExpr": told}
        if guide == "legend":
            item[guide]["columns"] = 1
        else:
            line = (size or 13) + 2
            item[guide] |= {"labelFontSize": size or 13, "labelLineHeight": line}
            most = max(len(lines.get(name, name.split("|"))) for name in names)
            _give_height(plot, len(names), line * most + 8)


def _in_lines(name, letters):
    return [line for part in name.split("|") for line in textwrap.wrap(part, letters)]


def _give_height(plot, rows, step):
    """Give each of the rows of a plot at least `step` pixels."""
    height = plot.get("height")
    if isinstance(height, (int, float)):
        plot["height"] = max(height, rows * step)
    else:
        plot["height"] = {"step": max(step, (height or {}).get("step", 20))}
