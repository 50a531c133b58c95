"""Drawing: a specification becomes SVG, PNG or PDF, once for wide pages and once for phones."""

import hashlib
import io
import json
import math
import os
import re
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import vl_convert

from press.edition import ROOT

PHONE = 350  # pixels that a phone's column leaves a figure
VEGA_LITE = "6.4"  # twin, page and PDF draw with the same one; a test compares it with what JupyterLab draws with


def draw(spec, form):
    """Return the path of a chart drawn as `form`, "svg", "png" or "pdf"; each content is drawn once.

    Drawings are kept in _build/.figures by hash of specification, version and form.
    """
    text = json.dumps(spec, sort_keys=True)
    key = hashlib.sha256(
        f"{vl_convert.__version__} {VEGA_LITE} {form} {text}".encode()
    ).hexdigest()[:24]
    path = ROOT / "_build" / ".figures" / f"{key}.{form}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        if form == "svg":
            drawn = vl_convert.vegalite_to_svg(
                text, vl_version=VEGA_LITE, allowed_base_urls=[]
            ).encode()
        elif form == "png":
            svg = re.sub(
                r"<svg[^>]*>",
                r'\g<0><rect width="100%" height="100%" fill="white"/>',
                draw(spec, "svg").read_text(encoding="utf-8"),
                count=1,
            )
            drawn = vl_convert.svg_to_png(svg, scale=2)
        else:
            drawn = _stable_pdf(
                vl_convert.svg_to_pdf(draw(spec, "svg").read_text(encoding="utf-8"))
            )
        part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
        part.write_bytes(drawn)
        part.replace(path)
    return path


AHEAD = ThreadPoolExecutor(2)
COMING = {}  # name of a figure: what is being drawn of it while Sphinx reads on


def draw_ahead(name, spec):
    """Begin to draw what the HTML page will ask for."""
    COMING[name] = AHEAD.submit(lambda: [draw(spec, "png"), draw(narrow(spec), "svg")])


def _stable_pdf(drawn):
    """Rewrite a PDF so that equal drawings have equal bytes; vl-convert orders objects at random."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        pdf.remove_unreferenced_resources()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _width(spec):
    return float(
        re.search(r'<svg[^>]* width="([\d.]+)"', draw(spec, "svg").read_text(encoding="utf-8"))[1]
    )


def views(spec):
    """Yield a specification and all views inside it."""
    yield spec
    for key in ("layer", "hconcat", "vconcat", "concat"):
        for part in spec.get(key, []):
            yield from views(part)
    if isinstance(spec.get("spec"), dict):
        yield from views(spec["spec"])


def narrow(spec, room=PHONE):
    """Return a specification redrawn for a phone, `room` pixels wide: text keeps its size, views stack, plots take the width."""
    small = json.loads(json.dumps(spec))
    for view in list(views(small)):
        if "hconcat" in view:
            view["vconcat"] = view.pop("hconcat")
        if "columns" in view or isinstance(view.get("facet"), dict) and "field" in view["facet"]:
            view["columns"] = 1
        for place in (
            view.get("facet"),
            view.get("encoding"),
        ):  # panels beside each other stack, too
            if isinstance(place, dict) and "column" in place and "row" not in place:
                place["row"] = place.pop("column")
            if isinstance(place, dict) and isinstance(place.get("facet"), dict):
                place["facet"]["columns"] = 1
        for channel in ("x", "y"):
            _wrap_title(view.get("encoding", {}).get(channel), channel)
    small["config"]["legend"] = {**small["config"].get("legend", {}), "columns": 1}
    small["config"]["axis"] = {
        **small["config"].get("axis", {}),
        "labelOverlap": True,
        "labelSeparation": 3,
    }
    sized = [view for view in views(small) if isinstance(view.get("width"), (int, float))]
    full = max((view["width"] for view in sized), default=0)
    for view in views(small):
        mark = view.get("mark")
        if isinstance(mark, dict) and mark.get("type") == "text" and mark.get("fontSize", 0) > 11:
            mark["fontSize"] = 11
        if (
            isinstance(mark, dict)
            and mark.get("type") == "bar"
            and isinstance(mark.get("size"), (int, float))
            and full
        ):
            mark["size"] = max(4, round(mark["size"] * (room - 50) / full))
    # The wide drawing of a lone view is there already; what stands beside its plot tells how far to shrink at first.
    _fit(small, sized, room, _width(spec) - room if len(sized) == 1 else None)
    for letters in (34, 28, 24, 20, 16):  # what is still too wide are the names of the rows
        if _width(small) <= room:
            break
        _wrap_names(small, letters)
    _fit(small, sized, room)
    return small


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


def _wrap_names(spec, letters):
    """Set the names of rows in 11 pixels, in lines of at most `letters`, and give the rows the height for them."""
    names = {
        value
        for rows in spec.get("datasets", {}).values()
        for row in rows
        for value in row.values()
        if isinstance(value, str)
    }
    lines = {
        name: [line for part in name.split("|") for line in textwrap.wrap(part, letters)]
        for name in sorted(names)
        if len(name) > letters
    }
    told = f"({json.dumps(lines, ensure_ascii=False)})[datum.label] || split(datum.label, '|')"
    for view in views(spec):
        for part in [view, *view.get("layer", [])]:
            y = part.get("encoding", {}).get("y")
            if (
                isinstance(y, dict)
                and isinstance(y.get("field"), str)
                and y.get("type") in ("nominal", "ordinal")
                and y.get("axis", {}) is not None
            ):
                y["axis"] = {
                    **y.get("axis", {}),
                    "labelExpr": told,
                    "labelFontSize": 11,
                    "labelLineHeight": 13,
                }
                rows = {
                    row[y["field"]]
                    for values in spec.get("datasets", {}).values()
                    for row in values
                    if isinstance(row.get(y["field"]), str)
                }
                need = len(rows) * (
                    13 * max((len(lines.get(name, name.split("|"))) for name in rows), default=1)
                    + 8
                )
                if isinstance(view.get("height"), (int, float)):
                    view["height"] = max(view["height"], need)
