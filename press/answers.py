"""What the marks of a figure answer to pointer, tap and keys: where each stands, and what it says.

`answering` gives each mark of a specification its words, as Vega's `description`; `points` reads from a scene,
as vl-convert returns it, where those marks stand. `answers.js` does the second again for a figure whose controls
were used. The words of a mark are parts joined by `PART`: its series, its place, its quantity, its value, its range, and the axis ("x" or "y") of its place.
"""

from companion.vegalite import LEVELS

PART = "\u241f"
ANSWERING = {"bar", "point", "circle", "square", "tick", "line", "area", "trail", "rect", "arc"}
SERIES = ("color", "fill", "stroke", "shape", "xOffset", "yOffset")
PANELS = ("row", "column", "facet")
SILENT = {"run", "later"}  # columns that group marks and say nothing to a reader


def answering(spec):
    """Return a specification (Vega-Lite) whose marks carry their words."""
    told = _copy(spec)
    sets = spec.get("datasets", {})
    above = {"encoding": {}, "data": None, "series": [], "title": None, "mates": [], "sets": sets}
    _tell(told, above)
    return told


def _copy(view):
    """Return a view whose parts can be changed; rows and style stay shared."""
    own = dict(view)
    for key in LEVELS:
        if key in own:
            own[key] = [_copy(part) for part in own[key]]
    if isinstance(own.get("spec"), dict):
        own["spec"] = _copy(own["spec"])
    return own


def _tell(view, above):
    """Give the marks of a view their words; `above` is what it inherits."""
    around = {
        "encoding": {**above["encoding"], **view.get("encoding", {})},
        "data": view.get("data") or above["data"],
        "series": above["series"],
        "title": above["title"],
        "mates": above["mates"],
        "sets": above["sets"],
    }
    split = view.get("facet")
    if isinstance(split, dict):
        parts = [split] if "field" in split else split.values()
        around["series"] = [*around["series"], *(part["field"] for part in parts)]
    title = view.get("title")
    if isinstance(title, dict):
        title = title.get("text")
    if isinstance(title, str) and "mark" not in view:
        around["title"] = title
    if "layer" in view and not above["mates"]:
        around["mates"] = list(_marks(view, around["encoding"], around["data"]))
    if "mark" in view:
        own = [(_kind(view), around["encoding"], around["data"])]
        if isinstance(title, str):
            around["title"] = title
        words = _words(own[0], around["mates"] or own, around)
        if words and _kind(view) in {*ANSWERING, "rule"}:
            view["encoding"] = {
                **view.get("encoding", {}),
                "description": {"value": {"expr": words}},
            }
        else:
            view["encoding"] = {**view.get("encoding", {}), "description": {"value": ""}}
    for key in LEVELS:
        for part in view.get(key, []):
            _tell(part, around)
    if isinstance(view.get("spec"), dict):
        _tell(view["spec"], around)


def _kind(view):
    mark = view["mark"]
    return mark["type"] if isinstance(mark, dict) else mark


def _marks(view, encoding, data):
    """Yield (kind, channels, data) of the marks of a layered view."""
    encoding, data = {**encoding, **view.get("encoding", {})}, view.get("data") or data
    if "mark" in view:
        yield _kind(view), encoding, data
    for part in view.get("layer", []):
        yield from _marks(part, encoding, data)


def _words(own, mates, around):
    """Return the expression of what a mark says, or None where another mark of its plot says it."""
    kind, encoding, data = own
    if any("aggregate" in item or "bin" in item for item in encoding.values() if _plain(item)):
        return None
    same = [mate for mate in mates if mate[0] in ANSWERING and mate[2] == data]
    if kind == "rule" and same:
        return None
    quantities = [c for c in ("y", "x") if _is(encoding.get(c), "quantitative")]
    named = [c for c in ("x", "y") if _plain(encoding.get(c)) and c not in quantities]
    years = [c for c in quantities if _of_years(encoding[c])]
    value = next((c for c in quantities if c not in years), None)
    place = list(dict.fromkeys(c for c in (*named, *years, *quantities) if c != value))
    if kind == "rule" and not value and not place:
        return None
    series = [encoding[c]["field"] for c in SERIES if _names(encoding.get(c))]
    detail = encoding.get("detail", [])
    if not series:
        listed = detail if isinstance(detail, list) else [detail]
        series = [item["field"] for item in listed if _names(item)]
    series += [encoding[c]["field"] for c in PANELS if _names(encoding.get(c))]
    series += around["series"]
    labels = {encoding[c]["field"] for c in place}
    columns = _columns(data, around["sets"])
    written = [mate[1].get("text") for mate in mates if mate[0] == "text"]
    texts = [item["field"] for item in written if _names(item) and item["field"] in columns]
    if not value or not series and not labels:
        series = [*texts, *series]
    series = [field for field in dict.fromkeys(series) if field not in labels | SILENT]
    shown = [_text(f"datum[{field!r}]") for field in series]
    if around["title"]:
        shown = [_quoted(around["title"]), *shown]
    parts = [
        " + ', ' + ".join(shown) or "''",
        " + ', ' + ".join(_place(encoding, c, mates) for c in place) or "''",
        _quoted(_title(mates, value, encoding) if value else ""),
        _number(encoding[value]["field"]) if value else "''",
        _range(encoding, value, mates, data) if value else "''",
        _quoted(place[0] if place else ""),
    ]
    return f" + '{PART}' + ".join(f"({part})" for part in parts)


def _columns(data, sets):
    """Return the columns of the rows that a mark draws."""
    rows = sets.get((data or {}).get("name")) or (data or {}).get("values") or [{}]
    return rows[0] if isinstance(rows, list) and isinstance(rows[0], dict) else {}


def _plain(item):
    return isinstance(item, dict) and isinstance(item.get("field"), str)


def _is(item, kind):
    return _plain(item) and item.get("type") == kind


def _names(item):
    return _plain(item) and item.get("type") in ("nominal", "ordinal", None)


def _of_years(item):
    return (item.get("axis") or {}).get("format") == "d"


def _quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _text(value):
    """Return the expression of a name; "|" parts its lines on an axis."""
    return f"replace(toString({value}), /\\|/g, ', ')"


def _number(field):
    column = f"datum[{field!r}]"
    return f"isNumber({column}) ? format({column}, ',.2~f') : ''"


def _place(encoding, channel, mates):
    """Return the expression of where a mark stands on an axis that does not measure, or on the first of two that do."""
    item = encoding[channel]
    column = f"datum[{item['field']!r}]"
    if item["type"] == "temporal":
        write = "utcFormat" if (item.get("scale") or {}).get("type") == "utc" else "timeFormat"
        end = encoding.get(f"{channel}2")
        told = f"{write}({column}, '%B %-d, %Y')"
        if _plain(end):
            told += f" + ' to ' + {write}(toDate(datum[{end['field']!r}]), '%B %-d, %Y')"
        return told
    if item["type"] == "quantitative" and not _of_years(item):
        return f"{_quoted(_title(mates, channel, encoding) + ' ')} + {_number(item['field'])}"
    return _text(column)


def _title(mates, channel, encoding):
    """Return the title that an axis has from its mark or another of the same plot."""
    for item in (encoding.get(channel), *(mate[1].get(channel) for mate in mates)):
        if isinstance(item, dict):
            title = (item.get("axis") or {}).get("title") or item.get("title")
            if isinstance(title, list):
                title = " ".join(title)
            if title:
                return title
    return encoding[channel]["field"].replace("_", " ")


def _range(encoding, channel, mates, data):
    """Return the expression of the range that a rule or bar of the same rows draws: "from 30 to 35"."""
    for kind, other, of in mates:
        one, two = other.get(channel), other.get(f"{channel}2")
        if kind in ("rule", "bar") and of == data and _plain(one) and _plain(two):
            if one["field"] != two["field"] and "aggregate" not in one:
                low, high = f"datum[{one['field']!r}]", f"datum[{two['field']!r}]"
                both = f"isNumber({low}) && isNumber({high}) && {low} != {high}"
                lower, upper = f"min({low}, {high})", f"max({low}, {high})"
                return f"{both} ? 'from ' + format({lower}, ',.2~f') + ' to ' + format({upper}, ',.2~f') : ''"
    return "''"


def points(scene):
    """Return where the marks of a scene stand: [[x, y, width, height, words]], in pixels of the drawing, by series and place.

    scene: what `vl_convert.vegalite_to_scenegraph` returns for an `answering` specification.
    """
    found = []
    _walk(scene["scenegraph"], *scene["origin"], found)
    kept = []
    said = {}  # a line and the points on it say the same; the fuller words stay
    for point in found:
        alike = said.setdefault(PART.join(point[4].split(PART)[1:4]), [])
        twin = next((other for other in alike if _together(kept[other], point)), None)
        if twin is None:
            alike.append(len(kept))
            kept.append(point)
        elif len(kept[twin][4]) <= len(point[4]):
            kept[twin] = point
    return kept


def _together(one, two):
    """Tell whether two marks have one center."""
    return all(abs(one[n] + one[n + 2] / 2 - two[n] - two[n + 2] / 2) < 1.5 for n in (0, 1))


def _walk(mark, x, y, found):
    for item in mark.get("items", []):
        if mark["marktype"] == "group":
            for part in item.get("items", []):
                _walk(part, x + item.get("x", 0), y + item.get("y", 0), found)
        elif PART in item.get("description", "") and item.get("defined", True):
            box = _box(mark["marktype"], item, x, y)
            if box:
                found.append([*box, item["description"]])


def _box(kind, item, x, y):
    """Return left, top, width and height of a mark; those of a point on a line are 0."""
    left, top = item.get("x", 0), item.get("y", 0)
    wide, high = item.get("width", 0), item.get("height", 0)
    if kind == "rule":
        left, right = sorted((left, item.get("x2", left)))
        top, low = sorted((top, item.get("y2", top)))
        wide, high = right - left, low - top
    elif kind == "symbol":
        side = item.get("size", 64) ** 0.5
        left, top, wide, high = left - side / 2, top - side / 2, side, side
    elif kind not in ("rect", "line", "area", "trail"):
        return None
    return [round(number, 1) for number in (x + left, y + top, wide, high)]
