"""A Vega-Lite specification: what is in it, and the form in which the book stores it.

`prepared` lays the house style under a chart and makes the specification equal on every run and for
every reader's clock. It serves figures, sketches and plain Altair charts alike.
"""

import copy
import json
import math
import re

from companion.markup import UNSEEN
from companion.theme import THEME

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
YEARS = (1900, 2100)  # whole numbers between them, alone on an axis, are years
GUIDES = {"x": "axis", "y": "axis", "color": "legend", "size": "legend"}
UNNAMED = re.compile(r"(?<![A-Za-z0-9.])(view|param)_([0-9a-f]{16}|\d+)(?![A-Za-z0-9])")
DATE = r"\d{4}(-\d\d){0,2}"  # JavaScript reads such a text in UTC


LEVELS = ("layer", "hconcat", "vconcat", "concat")


def views(spec):
    """Yield a specification and all views inside it, outermost first."""
    yield spec
    for key in LEVELS:
        for part in spec.get(key, []):
            yield from views(part)
    if isinstance(spec.get("spec"), dict):
        yield from views(spec["spec"])


def drawn_rows(spec, above=()):
    """Yield (view, rows) for each view with a mark whose rows the specification carries."""
    chain = (*above, spec)
    if "mark" in spec:
        source: dict = next((view["data"] for view in reversed(chain) if view.get("data")), {})
        rows = chain[0].get("datasets", {}).get(source.get("name"), source.get("values"))
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            yield spec, rows
    for part in [part for key in LEVELS for part in spec.get(key, [])]:
        yield from drawn_rows(part, chain)
    if isinstance(spec.get("spec"), dict):
        yield from drawn_rows(spec["spec"], chain)


def channels(spec):
    """Yield (channel, definition) for each definition of a channel, in all views of a specification."""
    for view in views(spec):
        for channel, item in view.get("encoding", {}).items():
            for one in item if isinstance(item, list) else [item]:
                if isinstance(one, dict):
                    yield channel, one


def without_data(spec):
    """Return a specification as JSON, without its rows and its style."""
    left_out = ("datasets", "config", "usermeta")
    return json.dumps({key: value for key, value in spec.items() if key not in left_out})


def outside_address(spec):
    """Return the address from which a chart would load its data, or None where it carries them."""
    found = re.search(r'"url": ("(?:[^"\\]|\\.)*")', without_data(spec))
    return json.loads(found[1]) if found else None


def bindings(spec):
    """Yield (parameter, field or None, binding) for each control that a reader gets."""
    for param in [param for view in views(spec) for param in view.get("params", [])]:
        bind = param.get("bind")
        if isinstance(bind, dict):
            for field, control in ({None: bind} if "input" in bind else bind).items():
                if isinstance(control, dict) and "input" in control:
                    yield param, field, control


def controls(spec):
    """Return the controls of a chart, [(name of the parameter, label, value it starts with)]; no value stands for all."""
    found = []
    for param, field, control in bindings(spec):
        value = param.get("value")
        chosen = value[0] if isinstance(value, list) and value else value
        if isinstance(chosen, dict):
            chosen = chosen.get(field) if field else ", ".join(map(str, chosen.values()))
        found.append((param["name"], control.get("name", param["name"]), chosen))
    return found


def describe(spec):
    """Return a sentence for a chart that came without a text alternative: what it draws."""
    drawn = dict.fromkeys(
        item["field"] for _, item in channels(spec) if isinstance(item.get("field"), str)
    )
    return f"A chart of {', '.join(drawn)}." if drawn else "A chart."


def merge(base, over):
    """Return a dict with the values of `over` laid over those of `base`, at every depth."""
    out = copy.deepcopy(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = merge(out[key], value) if both else value
    return out


def _clean(value):
    """Round floats and drop what JSON or XML cannot carry, so that stored outputs are the same on every run."""
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return UNSEEN.sub("\ufffd", value) if isinstance(value, str) else value


def _stable_names(spec):
    """Name views, parameters and data sets by their order; Altair's own names depend on how, and how often, a chart was made.

    A parameter's name stands inside expressions, too; what only looks like a name there (a column, say) stays.
    """
    body = {key: value for key, value in spec.items() if key != "datasets"}
    new: dict = {}
    text = json.dumps(body)
    given = {view.get("name") for view in views(spec)}
    given |= {param["name"] for view in views(spec) for param in view.get("params", [])}
    known = {found[0] for name in given if name and (found := UNNAMED.match(name))}
    for kind in ("view", "param"):
        met = dict.fromkeys(m[0] for m in UNNAMED.finditer(text) if m[1] == kind)
        new |= {old: f"{kind}_{n}" for n, old in enumerate((o for o in met if o in known), 1)}
    text = UNNAMED.sub(lambda m: new.get(m[0], m[0]), text)
    sets = dict.fromkeys(re.findall(r'"(data-[0-9a-f]+)"', text))
    sets = {old: f"values_{n}" for n, old in enumerate(sets, 1)}  # "data_1" is a name of Vega's own
    for old, short in sets.items():
        text = text.replace(f'"{old}"', f'"{short}"')
    rows = {sets.get(name, name): rows for name, rows in spec.get("datasets", {}).items()}
    return json.loads(text) | ({"datasets": rows} if rows else {})


def _rows(spec):
    """Return the rows of all data sets of a chart."""
    inline = [
        view["data"]["values"] for view in views(spec) if "values" in (view.get("data") or {})
    ]
    sets = [*spec.get("datasets", {}).values(), *inline]
    return [row for rows in sets if isinstance(rows, list) for row in rows if isinstance(row, dict)]


def _print_years(spec):
    """Let a column of years print as years ("2012", not "2,012") and begin near the first of them, unless the chart says otherwise."""
    met: dict = {}
    rows = _rows(spec)
    for channel, item in channels(spec):
        plain = item.get("type") == "quantitative" and not {"aggregate", "bin"} & item.keys()
        if channel in GUIDES and plain and isinstance(item.get("field"), str):
            met.setdefault((channel, item["field"]), []).append(item)
    for (channel, field), items in met.items():
        values = {row[field] for row in rows if row.get(field) is not None}
        numbers = all(isinstance(value, (int, float)) for value in values)
        if not values or not numbers or any(v % 1 or not YEARS[0] <= v <= YEARS[1] for v in values):
            continue
        guide = GUIDES[channel]
        if any({"format", "labelExpr"} & (item.get(guide) or {}).keys() for item in items):
            continue
        for item in items:
            if item.get(guide, {}) is not None:
                item[guide] = {**item.get(guide, {}), "format": "d"}
        if guide == "axis" and not any("scale" in item for item in items):
            for item in items:
                item["scale"] = {"zero": False}


def _keep_days(spec):
    """Let the day that a row names be the day that is drawn, wherever the reader's clock stands.

    JavaScript reads "2024-05-01" in UTC and "2024-05-01T00:00:00" by the reader's clock; an axis is
    drawn by that clock unless its scale is of type "utc". Here both are made to agree.
    """
    utc = '"utc' in without_data(spec)
    items = [item for _, item in channels(spec) if item.get("type") == "temporal"]

    def told(value):
        if not isinstance(value, str):
            return value
        if utc:
            value = value.removesuffix("T00:00:00")
            return value + "Z" if re.fullmatch(DATE + r"T[\d:.]+", value) else value
        whole = value + "-01-01"[len(value) - 4 :]
        return f"{whole}T00:00:00" if re.fullmatch(DATE, value) else value

    fields = {item["field"] for item in items if isinstance(item.get("field"), str)}
    for row in _rows(spec):
        row.update({field: told(row[field]) for field in fields & row.keys()})
    for item in items:
        scale = item.get("scale") or {}
        if isinstance(scale.get("domain"), list):
            scale["domain"] = [told(end) for end in scale["domain"]]


def prepared(spec):
    """Return Altair's specification (dict) in the form that the book stores: house style, names by order, years and days as written."""
    spec = _clean(_stable_names(spec))
    _print_years(spec)
    _keep_days(spec)
    for param, field, control in bindings(spec):
        word = field or (None if UNNAMED.match(param["name"]) else param["name"])
        if word:
            control.setdefault("name", word.replace("_", " ").capitalize())
    spec["$schema"] = SCHEMA
    spec["config"] = merge(THEME, spec.get("config", {}))
    return spec
