"""Identities of rows, and the descriptor itself: each broken rule and each broken part of datapackage.json is one line."""

import json
import shutil

import pandas as pd
import pytest
from conftest import ROOT

from companion import data
from companion.data import DataError, load, resources
from press import package, rules

DATA = ROOT / "data"


def lines(rule, rows, **types):
    """What a rule says of made-up rows."""
    return list(rules.faults({"name": "x", "path": "x.csv", "rules": [rule]}, pd.DataFrame(rows)))


def test_the_data_keep_their_rules():
    rules.check()
    assert sum(len(item.get("rules", [])) for item in resources()) > 40


def test_a_series_that_is_whole_misses_no_year():
    rule = {"rule": "whole", "by": "year", "of": ["country"], "except": [2020]}
    rows = {"country": ["A"] * 4 + ["B"] * 2, "year": [2018, 2019, 2021, 2023, 1990, 1991]}
    assert lines(rule, rows) == [
        'x.csv, row 5, column "year": found 2023 after 2021; expected a row for 2022, as A is whole'
    ]


def test_a_value_ten_times_its_neighbor_is_found():
    rule = {"rule": "steady", "column": "value", "by": "year", "of": ["country"], "times": 3}
    rows = {"country": ["A"] * 3, "year": [2020, 2022, 2021], "value": [4.0, 4.2, 40.0]}
    assert lines(rule, rows)[0] == (
        'x.csv, row 4, column "value": found 40 after 4 in 2020; expected at most 3 times as much or as little as the row before'
    )
    assert lines(rule, {**rows, "value": [-1.0, 0.0, 90.0]}) == [], "no ratio over zero"


def test_shares_add_up():
    rule = {"rule": "sum", "columns": ["yes", "no"], "least": 99, "most": 101}
    assert lines(rule, {"yes": [50.0, 50.0, None], "no": [50.0, 5.0, 1.0]}) == [
        'x.csv, row 3, column "yes + no": found 55; expected 99 to 101'
    ]


def test_growth_is_computed_again():
    rule = {
        "rule": "growth",
        "amount": "sum",
        "rate": "rate",
        "by": "year",
        "of": [],
        "within": 0.3,
    }
    rows = {"year": [2020, 2021, 2023], "sum": [100.0, 107.2, 200.0], "rate": [None, 2.7, 9.0]}
    assert lines(rule, rows) == [
        'x.csv, row 3, column "rate": found 2.7; expected 7.2 within 0.3, from 100 to 107.2 of sum'
    ]


def test_nothing_is_public_before_it_happened_unless_it_was_announced():
    rule = {"rule": "order", "days": ["date", "public_from"], "unless": {"status": ["announced"]}}
    days = pd.to_datetime(["2025-03-05"] * 3)
    rows = {
        "date": days,
        "public_from": days - pd.to_timedelta([1, 1, 0], "D"),
        "status": ["held", "announced", "held"],
    }
    assert lines(rule, rows) == [
        'x.csv, row 2, column "public_from": found 2025-03-04; expected 2025-03-05 or later, the day of date'
    ]
    assert lines({**rule, "slack": 1}, rows) == []


def test_a_rule_that_is_none_is_named():
    with pytest.raises(
        DataError,
        match=r"^datapackage\.json, x, rule 1: found 'add' with rule; expected one of: whole, ",
    ):
        lines({"rule": "add"}, {"a": [1]})
    with pytest.raises(DataError, match=r'rule 1: found the column "b"; expected one of a$'):
        lines({"rule": "sum", "columns": ["b"], "least": 1, "most": 2}, {"a": [1]})


# --- The descriptor -----------------------------------------------------------------------------


def leaders(package):
    return next(item for item in package["resources"] if item["name"] == "leaders")


def field(package, name="leaders", number=0):
    item = next(item for item in package["resources"] if item["name"] == name)
    return item["schema"]["fields"][number]


DAMAGE = {
    "a key of a missing column": (
        lambda p: leaders(p)["schema"].update(primaryKey=["country", "offices"]),
        'leaders, primaryKey: found the column "offices"; expected one of: country, office, name,',
    ),
    "a number as the bound of a date": (
        lambda p: field(p, number=4).update(constraints={"minimum": 1990}),
        'leaders, column "start", minimum: found 1990; expected a bound for the type date',
    ),
    "a text as the bound of a number": (
        lambda p: field(p, "china_macro").update(constraints={"maximum": "2035"}),
        'china_macro, column "year", maximum: found 2035; expected a bound for the type integer',
    ),
    "a bound of a text": (
        lambda p: field(p).update(constraints={"minimum": 3}),
        'leaders, column "country", minimum: found 3; expected none, as the type string has no bounds',
    ),
    "a bound that is no day": (
        lambda p: field(p, number=4).update(constraints={"minimum": "soon"}),
        'leaders, column "start", minimum: found soon; expected a date as YYYY-MM-DD',
    ),
    "bounds that cross": (
        lambda p: field(p, "china_macro").update(constraints={"minimum": 9, "maximum": 1}),
        'china_macro, column "year", minimum: found 9, above the maximum 1; expected a smaller one',
    ),
    "a list for an object": (
        lambda p: field(p).update(constraints=["required"]),
        'leaders, column "country", constraints: found ["required"]; expected an object',
    ),
    "a list for the schema": (
        lambda p: leaders(p).update(schema=[]),
        "leaders, schema: found []; expected an object",
    ),
    "a text for a list": (
        lambda p: leaders(p)["schema"].update(primaryKey="country"),
        "leaders, primaryKey: found country; expected a list",
    ),
    "no fields": (
        lambda p: leaders(p).update(schema={}),
        "leaders, fields: found nothing; expected a list",
    ),
    "no name": (
        lambda p: p["resources"][1].pop("name"),
        "resource 2, name: found nothing; expected text",
    ),
    "a name twice": (
        lambda p: p["resources"].append(p["resources"][0]),
        "china_defense_budget: found the resource twice; expected it once",
    ),
    "a vintage soon": (
        lambda p: leaders(p).update(vintage="soon"),
        'leaders, vintage: found soon; expected words that name a year, such as "waves to April 2025"',
    ),
    "a day of reading soon": (
        lambda p: leaders(p)["sources"][0].update(accessed="soon"),
        "leaders, source 1, accessed: found soon; expected a date as YYYY-MM-DD",
    ),
    "a pattern that is none": (
        lambda p: field(p).update(constraints={"pattern": "("}),
        'leaders, column "country", pattern: found (; expected a regular expression',
    ),
    "a reference to nothing": (
        lambda p: next(i for i in p["resources"] if i["name"] == "claims")["schema"]["foreignKeys"][
            0
        ]["reference"].update(resource="articels"),
        "claims, foreign key 1, resource: found articels; expected a resource",
    ),
    "a rule that is a text": (
        lambda p: leaders(p).update(rules=["whole"]),
        "leaders, rules, number 1: found whole; expected an object",
    ),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_broken_descriptor_is_refused_in_one_line(case, tmp_path, monkeypatch, capsys):
    damage, expected = DAMAGE[case]
    told = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    damage(told)
    (tmp_path / "datapackage.json").write_text(json.dumps(told), encoding="utf-8")
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    assert package.main() == 1
    said = capsys.readouterr().err
    assert said.startswith(f"datapackage.json, {expected}") and said.count("\n") == 1, said


# --- Text that cannot be read -------------------------------------------------------------------

UNREADABLE = {
    "mojibake": (
        lambda raw: raw.decode("utf-8").encode("utf-8").decode("cp1252", "replace").encode("utf-8"),
        r"claims\.csv, row \d+: found \"..?\"; expected text decoded once, as UTF-8|claims\.csv, row \d+: found the character U\+FFFD",
    ),
    "mojibake of Latin-1": (
        lambda raw: raw.decode("latin-1").encode("utf-8"),
        r"claims\.csv, row \d+: found .*; expected text",
    ),
    "a NUL byte": (
        lambda raw: raw.replace(b"a", b"\0", 1),
        r"claims\.csv, row 1: found the character U\+0000; expected text that can be read",
    ),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_text_that_cannot_be_read_is_refused(case, tmp_path):
    damage, expected = UNREADABLE[case]
    for name in ("datapackage.json", "claims.csv", "articles.csv", "sections.csv"):
        shutil.copy(DATA / name, tmp_path)
    path = tmp_path / "claims.csv"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match=expected):
        load("claims", folder=tmp_path)
