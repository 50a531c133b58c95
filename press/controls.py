"""The controls of a figure as a page writes them, before any script runs; `figures.js` listens to them."""

import html
import json

from companion.vegalite import bindings


def write_controls(spec, name):
    """Return the HTML of a chart's controls; ids begin with `name`.

    Each carries the signal of Vega that it sets (`data-signal`); options hold their value as JSON.
    """
    made = []
    for number, (param, field, control) in enumerate(bindings(spec), 1):
        signal = f"{param['name']}_{field}" if field else param["name"]
        value = _value(param.get("value"), field)
        told = html.escape(control.get("name", param["name"]))
        here = (
            f' id="{name}-control-{number}" data-signal="{html.escape(signal)}" autocomplete="off"'
        )
        made.append(
            f'<label><span class="control-name">{told}</span>{_field(control, value, here)}</label>'
        )
    return "".join(made)


def _value(value, field):
    """Return what a parameter starts with; that of a selection is a list of its fields."""
    chosen = value[0] if isinstance(value, list) and value else value
    if isinstance(chosen, dict):
        chosen = chosen.get(field) if field else next(iter(chosen.values()), None)
    return chosen


def _field(control, value, here):
    kind = control["input"]
    if kind == "checkbox":
        return f'<input type="checkbox"{here}{" checked" * (value is True)}>'
    if kind in ("select", "radio"):
        options = control["options"]
        labels = control.get("labels", options)
        return (
            f"<select{here}>"
            + "".join(
                f'<option value="{html.escape(json.dumps(one, ensure_ascii=False))}"'
                f"{' selected' * (one == value)}>{html.escape(_label(label))}</option>"
                for one, label in zip(options, labels)
            )
            + "</select>"
        )
    bounds = "".join(
        f' {key}="{control[key]:g}"'
        for key in ("min", "max", "step")
        if isinstance(control.get(key), (int, float))
    )
    shown = "" if value is None else f"{value:g}" if isinstance(value, (int, float)) else value
    made = f'<input type="{html.escape(kind)}"{here}{bounds} value="{html.escape(str(shown))}">'
    return made + (f"<output>{shown}</output>" if kind == "range" else "")


def _label(label):
    return "all" if label is None else str(label)
