"""What datapackage.json itself must be, before any file is read by it: the parts in their places, bounds that fit their type, keys of columns that exist."""

import json
import re
from pathlib import Path
from typing import Any

from companion.schema import TYPES, DataError, as_date

PARTS: dict[str, type] = {
    "name": str,
    "path": str,
    "title": str,
    "citation": str,
    "vintage": str,
    "sources": list,
    "licenses": list,
    "schema": dict,
}
WORDS = {str: "text", list: "a list", dict: "an object", int: "a number", bool: "true or false"}


def _refuse(where, found, expected):
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    raise DataError(f"datapackage.json, {where}: found {text[:60]}; expected {expected}")


def _is(value, kind, where):
    if not isinstance(value, kind):
        _refuse(where, value if value is not None else "nothing", WORDS[kind])
    return value


def _objects(value, where):
    return [
        _is(one, dict, f"{where}, number {n}") for n, one in enumerate(_is(value, list, where), 1)
    ]


def _limit(field, bound, where):
    """Return a bound as its column's cells are read, so that both can be compared."""
    value, kind = field["constraints"][bound], field.get("type")
    fits: tuple[type, ...] = {"integer": (int,), "number": (int, float), "date": (str,)}.get(
        kind, ()
    )
    if isinstance(value, bool) or not isinstance(value, fits):
        _refuse(
            f"{where}, {bound}",
            value,
            f"a bound for the type {kind}" if fits else f"none, as the type {kind} has no bounds",
        )
    if kind != "date":
        return value
    try:
        return as_date(value)
    except ValueError:
        _refuse(f"{where}, {bound}", value, TYPES["date"][0])


def _field(field, where):
    rules = _is(field.get("constraints", {}), dict, f"{where}, constraints")
    bounds = [_limit(field, bound, where) for bound in ("minimum", "maximum") if bound in rules]
    if len(bounds) == 2 and bounds[0] > bounds[1]:
        _refuse(
            f"{where}, minimum",
            f"{rules['minimum']}, above the maximum {rules['maximum']}",
            "a smaller one",
        )
    _is(rules.get("required", False), bool, f"{where}, required")
    _is(rules.get("enum", []), list, f"{where}, enum")
    try:
        re.compile(_is(rules.get("pattern", ""), str, f"{where}, pattern"))
    except re.error as error:
        _refuse(f"{where}, pattern", rules["pattern"], f"a regular expression ({error})")


def _columns(told, known, where):
    for column in _is(told, list, where):
        if column not in known:
            _refuse(where, f'the column "{column}"', f"one of: {', '.join(known)}")
    return told


def _resource(item, names):
    where = item["name"]
    for part, kind in PARTS.items():
        _is(item.get(part), kind, f"{where}, {part}")
    if not re.search(r"\b(19|20)\d\d\b|\bas read\b", item["vintage"]):
        _refuse(
            f"{where}, vintage",
            item["vintage"],
            'words that name a year, such as "waves to April 2025"',
        )
    for n, source in enumerate(_objects(item["sources"], f"{where}, sources"), 1):
        try:
            as_date(_is(source.get("accessed"), str, f"{where}, source {n}, accessed"))
        except ValueError:
            _refuse(f"{where}, source {n}, accessed", source["accessed"], TYPES["date"][0])
    schema, columns = item["schema"], []
    for n, field in enumerate(_objects(schema.get("fields"), f"{where}, fields"), 1):
        columns.append(_is(field.get("name"), str, f"{where}, field {n}, name"))
        _field(field, f'{where}, column "{columns[-1]}"')
    _columns(schema.get("primaryKey", []), columns, f"{where}, primaryKey")
    for n, key in enumerate(_objects(schema.get("foreignKeys", []), f"{where}, foreignKeys"), 1):
        place = f"{where}, foreign key {n}"
        _columns(key.get("fields"), columns, f"{place}, fields")
        target = _is(key.get("reference"), dict, f"{place}, reference")
        if target.get("resource") not in ("", *names):
            _refuse(
                f"{place}, resource", target.get("resource"), "a resource, or nothing for this one"
            )
    _objects(item.get("rules", []), f"{where}, rules")


def read_descriptor(path: Path) -> dict[str, Any]:
    """Return the descriptor as a dict; DataError with one line at the first thing that is not as it must be."""
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path.name}: not readable as JSON ({error})") from None
    _is(package, dict, "the whole")
    items = _objects(package.get("resources"), "resources")
    names = [_is(item.get("name"), str, f"resource {n}, name") for n, item in enumerate(items, 1)]
    for name in names:
        if names.count(name) > 1:
            _refuse(name, "the resource twice", "it once")
    for item in items:
        _resource(item, names)
    return package
