"""The register of changes: no row differs from the last edition's without a line that says why, and no line says what is not there."""

import csv
import json
import re
import shutil

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT

from companion.data import DataError
from companion.markup import text as written
from press import corrected, register, register_check
from press.differences import keys_of, tables
from press.edition import published
from press.trees import figures, folder_tree, vintages

DATA = ROOT / "data"
VERSION, TREE = register_check.last_edition()
compared = pytest.mark.skipif(TREE is None, reason="the last edition is not in this copy")
VIEWS = "japan_korea_views.csv"


FEW = ("japan_korea_views", "leaders", "nhk_constitution", "sipri_milex")
WHY = "made up: where the row was read", "made up: the report of 2013 tells it"


def few(path):
    """A file of the package as it is, the descriptor with some files alone."""
    text = (ROOT / path).read_text(encoding="utf-8")
    if path.endswith(".json"):
        package = json.loads(text)
        package["resources"] = [item for item in package["resources"] if item["name"] in FEW]
        return json.dumps(package)
    return text


def planted(path):
    """An edition before this one, made up, so that these tests do not hang on what the last one changed: a set of grades, and a cell."""
    if path == f"data/{VIEWS}":
        return few(path).replace("secondary transcription", "read-in-archived-copy")
    if path == "data/nhk_constitution.csv":
        was, told = few(path), re.compile(r"^(2007,(?:[^,]*,){9})30,", re.M)
        assert told.search(was), "the row of which the tests tell"
        return told.sub(r"\1,", was)
    return few(path)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A package of a few files, an edition before it in which some rows were otherwise, and the register of these."""
    for name in FEW:
        shutil.copy(DATA / f"{name}.csv", tmp_path)
    (tmp_path / "datapackage.json").write_text(few("data/datapackage.json"), encoding="utf-8")
    monkeypatch.setattr(register_check, "last_edition", lambda: (VERSION, planted))
    refused(tmp_path, may_write=True)
    begun = register.read(tmp_path)
    grades = [line for line in begun if line["column"] == "grade"]
    cells = [{**line, "why": WHY[1]} for line in begun if line not in grades]
    many = {**grades[0], "key": "*", "why": WHY[0], "rows": "", "sums": ""}
    register.write(tmp_path, [many, *cells])
    assert register_check.keep(tmp_path) == ""
    assert [line["rows"] for line in register.read(tmp_path)] == [str(len(grades)), "1"]
    return tmp_path


def rows_of(folder, name):
    with open(folder / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def put(folder, name, rows):
    with open(folder / name, "w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def change(folder, name, number, **cells):
    """Change cells of a row, by its row in the file; returns what stood there."""
    rows = rows_of(folder, name)
    before = {key: rows[number - 2][key] for key in cells}
    rows[number - 2].update(cells)
    put(folder, name, rows)
    return before


def refused(folder, may_write=False):
    with pytest.raises(DataError) as caught:
        register_check.keep(folder, may_write=may_write)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@compared
def test_every_row_that_differs_from_the_last_edition_is_named_with_its_reason():
    assert register_check.keep(DATA, may_write=False) == ""
    lines = register.read(DATA)
    for line in lines:
        assert line["why"], f"{register.FILE}, row {line['at']}: no reason"
    assert {line["since"] for line in lines} <= {VERSION, *(row["version"] for row in published())}


def test_a_change_gets_a_line_and_waits_for_its_reason(folder):
    """Refused without a line, begun by `make data`, refused without a reason, and accepted with one."""
    place = f'{VIEWS}, row 5, column "favorable_pct"'
    old = change(folder, VIEWS, 5, favorable_pct="25.5")["favorable_pct"]
    found = f'{place}: found "25.5", where edition {VERSION} has "{old}"'
    assert (
        refused(folder) == f"{found}; expected a line in corrections.csv, which `make data` begins"
    )
    number = len(register.read(folder)) + 2
    asked = f'{found}; expected the reason in corrections.csv, row {number}, column "why"'
    assert refused(folder, True) == asked
    assert refused(folder).startswith(f'corrections.csv, row {number}, column "why": found nothing')
    begun = register.read(folder)[-1]
    assert (begun["column"], begun["old"], begun["new"]) == ("favorable_pct", old, "25.5")
    assert refused(folder, True) == asked, "asked again"
    change(
        folder, register.FILE, number, why="The report of the survey prints 25.5", source="made up"
    )
    assert register_check.keep(folder) == register_check.keep(folder, False) == ""
    change(folder, VIEWS, 5, favorable_pct="2.55")
    for may_write in (False, True):
        told = f'{place}: found "2.55"; expected "25.5", as corrections.csv, row {number} tells'
        assert refused(folder, may_write) == told
    change(folder, VIEWS, 5, favorable_pct=old)
    told = f'{place}: found "{old}"; expected "25.5", as corrections.csv, row {number} tells'
    assert refused(folder, True) == told, "a line that outlived its change"


def test_rows_that_come_go_or_change_places_are_named(folder):
    rows = rows_of(folder, VIEWS)
    key = " | ".join(
        rows[6][column] for column in keys_of(folder_tree(ROOT))["japan_korea_views"][1]
    )
    put(folder, VIEWS, rows[:6] + rows[7:])
    assert f"no row {key}" in refused(folder)
    put(folder, VIEWS, rows[:4] + [{**rows[4], "year": "1990"}] + rows[4:])
    assert f"{VIEWS}, row 6: found the row" in refused(folder)
    number = len(register.read(folder)) + 2
    refused(folder, True)
    change(folder, register.FILE, number, why="made up")
    assert register_check.keep(folder) == ""
    change(folder, VIEWS, 6, favorable_pct="1")
    assert refused(folder).startswith(f"{VIEWS}, row 6: found"), "a new row, changed afterwards"
    two = rows_of(folder, "nhk_constitution.csv")
    two[3]["need_pct"], two[4]["need_pct"] = two[4]["need_pct"], two[3]["need_pct"]
    put(folder, VIEWS, rows)
    put(folder, "nhk_constitution.csv", two)
    register.write(folder, [line for line in register.read(folder) if line["why"] != "made up"])
    assert refused(folder).startswith('nhk_constitution.csv, row 5, column "need_pct"')


def test_a_row_of_a_set_is_named_when_it_changes(folder):
    line = next(
        line
        for line in register.read(folder)
        if line["column"] == "grade" and int(line["rows"]) > 20
    )
    name = f"{line['resource']}.csv"
    number = next(
        n for n, row in enumerate(rows_of(folder, name), 2) if row["grade"] == line["new"]
    )
    change(folder, name, number, grade="derived")
    for may_write in (False, True):
        told = refused(folder, may_write)
        assert told.startswith(f'{name}, row {number}, column "grade": found "derived"'), told
    lines = register.read(folder)
    assert (lines[-1]["column"], lines[-1]["new"], lines[-1]["why"]) == ("grade", "derived", "")
    register.write(folder, [*lines[:-1], {**lines[-1], "why": "made up"}])
    assert register_check.keep(folder) == "", "with a line of its own the row leaves the set"
    left = next(one for one in register.read(folder) if one["at"] == line["at"])
    assert (int(left["rows"]), left["why"]) == (int(line["rows"]) - 1, line["why"])


def test_one_line_may_name_many_rows(folder):
    """A key with "*" and empty sums takes what no other line names; `make data` writes the sums."""
    rows = rows_of(folder, "sipri_milex.csv")
    many = [row for row in rows if row["country"] == "Japan" and row["metric"] == rows[0]["metric"]]
    for row in many:
        row["unit"] = "made up"
    put(folder, "sipri_milex.csv", rows)
    refused(folder, True)
    lines = register.read(folder)
    begun = [line for line in lines if not line["why"]]
    assert len(begun) == len(many)
    rule = {**begun[0], "key": "Japan | * | * | *", "why": "made up", "rows": "", "sums": ""}
    register.write(folder, [*lines[: -len(begun)], rule])
    assert refused(folder).startswith(
        f'corrections.csv, row {len(lines) - len(begun) + 2}, column "sums"'
    )
    assert register_check.keep(folder) == "" and register_check.keep(folder, False) == ""
    assert register.read(folder)[-1]["rows"] == str(len(many))


def test_a_new_column_is_one_line(folder):
    rows = rows_of(folder, "leaders.csv")
    put(folder, "leaders.csv", [{**row, "extra": "made up"} for row in rows])
    path = folder / "datapackage.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    item = next(item for item in told["resources"] if item["name"] == "leaders")
    item["schema"]["fields"].append({"name": "extra", "type": "string"})
    path.write_text(json.dumps(told), encoding="utf-8")
    refused(folder, True)
    begun = [line for line in register.read(folder) if not line["why"]]
    assert [(line["key"], line["column"], line["rows"]) for line in begun] == [
        ("*", "extra", str(len(rows)))
    ]


def test_without_the_last_edition_it_says_so_and_holds_what_is_named(folder, monkeypatch):
    monkeypatch.setattr(register_check, "last_edition", lambda: (VERSION, None))
    assert f"edition {VERSION} is not in this copy" in register_check.keep(folder, False)
    change(folder, "nhk_constitution.csv", 3, undecided_pct="31")
    number = next(
        n
        for n, row in enumerate(rows_of(folder, "nhk_constitution.csv"), 2)
        if row["year"] == "2007"
    )
    change(folder, "nhk_constitution.csv", number, undecided_pct="39")
    assert refused(folder).startswith(
        f'nhk_constitution.csv, row {number}, column "undecided_pct": found "39"; expected "30"'
    )


def test_a_register_of_other_columns_is_refused(folder):
    path = folder / register.FILE
    path.write_text(
        path.read_text(encoding="utf-8").replace("since,", "from,", 1), encoding="utf-8"
    )
    assert refused(folder).startswith(
        "corrections.csv, row 1: found other columns; expected since, resource"
    )


# --- What a reader is told ----------------------------------------------------------------------


@pytest.fixture
def told_of(folder, monkeypatch):
    """What a reader is told if the planted edition is the last one."""
    lines, new = register.read(folder), tables(folder_tree(ROOT))
    monkeypatch.setattr(corrected, "_found", lambda stamp: (VERSION, lines, new))
    return corrected


def on_paper(told):
    return re.sub(r"````\{only\} builder_html\n.*?\n````", "", told, flags=re.S)


def test_a_figure_says_what_was_corrected_in_the_rows_that_it_shows(told_of):
    shown = figures(folder_tree(ROOT))
    told = told_of.under(shown["fig-nhk-constitution"])
    assert told == (
        f"Corrected since edition {VERSION}: 2007, landline, cannot say: nothing → 30. [What changed](#changed-rows)."
    )
    sealed = {**shown["fig-nhk-constitution"], "table": {"columns": ["Year"], "rows": [["2024"]]}}
    assert told_of.under(sealed) == "", "of a row that the figure does not show, nothing is said"
    assert told_of.under(shown["fig-views"]) == "", "a new grade corrects no number"
    assert told_of.under(shown["fig-johnson-democracy"]) == ""


def test_the_page_tells_every_reason_once_and_folds_the_rows(told_of):
    told = told_of.part(vintages(folder_tree(ROOT)))
    for why in WHY:
        assert told.count(f"\n\n{written(why)}. *") == 1, why
    assert "2007 | landline: nothing → 30" in told, "old and new"
    assert "<li>" in told and "<" not in on_paper(told), "on paper the reasons alone"


def since_the_last():
    """The lines of this copy's register since the last edition: none in the commit that follows one."""
    return [line for line in register.read(DATA) if line["since"] == VERSION]


@compared
def test_this_copy_tells_every_reason_once(html):
    told = corrected.part(vintages(folder_tree(ROOT)))
    reasons = {line["why"] for line in since_the_last()}
    paper = on_paper(told)
    assert bool(told) == bool(reasons) and "<" not in paper and len(paper) < 13_000
    assert {why: told.count(f"\n\n{written(why)}. *") for why in reasons} == dict.fromkeys(
        reasons, 1
    )
    page = BeautifulSoup((html / "book" / "changes.html").read_text(encoding="utf-8"), "lxml")
    folded = page.select("details.figure-later")
    assert len(folded) == len(reasons) and not any("open" in one.attrs for one in folded)


@compared
def test_the_line_stands_under_the_figures_that_it_touches(html):
    """On each page under those of which the register tells, and under no other; it leads to the reasons."""
    said = {
        name: text
        for name, meta in figures(folder_tree(ROOT)).items()
        if (text := corrected.under(meta))
    }
    found = {}
    for path in (html / "book").glob("*.html"):
        for line in BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").select(
            ".figure-corrected"
        ):
            found[line.find_parent("figure")["id"]] = line
    assert set(found) == set(said)
    for name, line in found.items():
        assert line.get_text().startswith(f"Corrected since edition {VERSION}: "), name
        assert line.a["href"] == "changes.html#changed-rows", name
