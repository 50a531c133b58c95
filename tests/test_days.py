"""A chapter on any day: it runs, it says something else, and on its own day it tells nothing of what came later.

The cells run in this process. The day is set after the cell tagged `parameters`, as a reader sets it. What stands
before the reader opens anything is the *sealed view*: all texts, tables, captions, alternatives, sources, and the
drawings in their first state; what `companion.since` says is not in it. That view must not change when all rows
that came later are taken out of the data, nor when such rows are put in.
"""

import csv
import json
import re
import shutil
from datetime import date
from functools import cache, lru_cache

import pandas as pd
import pytest
import vl_convert
from conftest import BOOK, ROOT
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from companion import JOHNSON, LIN, data
from companion.output import too_little
from companion.theme import MIME
from companion.vegalite import drawn_rows

CHAPTERS = {"lin-2025": LIN, "johnson-2025": JOHNSON}
DAYS = ["2024-06-01", date(2020, 1, 1), date(2025, 3, 8), "2025-12-31", None, "1900-01-01"]
PLANTED = "2031-05-05"
each_chapter = pytest.mark.parametrize("name", CHAPTERS)


def run(name, as_of, *more, since=True):
    """Return the outputs of a notebook's cells, and of `more` cells after them, on a day; `since`: of those that tell what came later, too."""
    cells = json.loads((BOOK / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    shell = InteractiveShell.instance()
    shell.reset(new_session=False)
    made, set_day = [], False
    for number, cell in enumerate(cells, 1):
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and (since or "companion.since(" not in source):
            made += _run_cell(shell, source, f"{name}, cell {number}, {as_of}")
            if "parameters" in cell["metadata"].get("tags", []):
                shell.user_ns["AS_OF"], set_day = as_of, True
    assert set_day, f"{name}: no cell is tagged parameters, so that no day can be set"
    for source in more:
        made += _run_cell(shell, source, source)
    return made


def _run_cell(shell, source, where):
    with capture_output() as told:
        done = shell.run_cell(source)
    fault = done.error_before_exec or done.error_in_exec
    assert fault is None, f"{where}: {type(fault).__name__}: {fault}"
    assert not told.stderr, f"{where}: {told.stderr}"
    return told.outputs


@cache
def ran(name, as_of):
    return run(name, as_of)


def sealed_view(outputs):
    """Return what a reader meets before opening anything: a list of texts and drawings."""
    seen = []
    for output in outputs:
        if (output.metadata or {}).get("companion", {}).get("kind") == "since":
            continue
        if MIME not in output.data:
            seen.append(output.data.get("text/markdown", output.data.get("text/plain")))
            continue
        spec = output.data[MIME]
        told = {**spec["usermeta"]["companion"], "opened": None}
        told["table"] = {**told.get("table", {}), "later": None}
        seen += [json.dumps(told, ensure_ascii=False, sort_keys=True), _drawn(json.dumps(spec))]
    return seen


@lru_cache(maxsize=64)
def _drawn(spec):
    """Return a drawing without the outline that a figure gets along with its control, and without the numbers of unbroken runs."""
    svg = vl_convert.vegalite_to_svg(spec, vl_version="5.8", allowed_base_urls=[])
    return re.sub(r' (stroke|stroke-width|fill-opacity)="[^"]*"|(?<=; run: )\d+', "", svg)


def changed(view, other):
    """Return the pieces in which two views differ, for a message."""
    return [
        (a[:300], b[:300]) for a, b in zip(view, other, strict=len(view) == len(other)) if a != b
    ]


def figures(outputs):
    return [output.data[MIME] for output in outputs if MIME in output.data]


@each_chapter
def test_a_chapter_runs_on_any_day_and_says_something_else(name):
    views = [sealed_view(ran(name, as_of)) for as_of in DAYS]
    assert len({json.dumps(view) for view in views}) == len(DAYS), "two days gave the same chapter"
    assert figures(ran(name, None)), "no figure of all that is known"
    early = "\n".join(views[-1])
    assert too_little("1900-01-01") in early and not figures(ran(name, "1900-01-01"))


@each_chapter
def test_a_day_may_be_text_or_a_date(name):
    assert sealed_view(ran(name, "2025-03-08")) == sealed_view(ran(name, date(2025, 3, 8)))


@each_chapter
def test_on_its_own_day_a_chapter_has_all_that_it_shows(name):
    made = ran(name, CHAPTERS[name])
    lacking = [piece for piece in sealed_view(made) if too_little(CHAPTERS[name]) in piece]
    assert not lacking, "a sentence, table or figure was left out"
    for spec in figures(made):
        for _, rows in drawn_rows(spec):
            told = spec["usermeta"]["companion"]["name"]
            assert any(row.get("later") is not True for row in rows), f"{told}: an empty series"


def keys(described):
    key = described["schema"].get("primaryKey", [])
    return [key] if isinstance(key, str) else key


def copy_of_data(folder, change):
    """Write the data package to `folder`, with the rows of each resource that knows days changed: `change(described, rows)`."""
    shutil.copytree(ROOT / "data", folder)
    for described in data.resources():
        path = folder / described["path"]
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        if rows and "public_from" in rows[0]:
            kept = change(described, rows)
            with open(path, "w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
                writer.writeheader()
                writer.writerows(kept)
    return folder


def without_later(day):
    known = lambda row: (row.get("known_from") or row["public_from"] or "0") <= f"{day}"  # noqa: E731
    return lambda described, rows: [row for row in rows if known(row)] or rows[:1]


KINDS = (
    "country",
    "series",
    "metric",
    "indicator",
    "kind",
    "scope",
    "level",
    "direction",
    "measure",
)


def with_later(described, rows):
    """Return the rows with one more of each kind, a copy of the last but for its day, public from PLANTED on."""
    fields = described["schema"]["fields"]
    kinds = [field["name"] for field in fields if field["name"] in KINDS]
    last = {tuple(row[name] for name in kinds): row for row in rows}
    return rows + [_planted(row, fields, keys(described), n) for n, row in enumerate(last.values())]


def _planted(row, fields, key, number):
    new = {**row, "public_from": PLANTED}
    new |= {name: "" for name in ("known_from", "value_then", "end", "end_date") if name in new}
    for field in fields:
        name, limits = field["name"], field.get("constraints", {})
        if field["type"] == "date" and name in ("date", "start", "signed") and new[name]:
            new[name] = "2031-05-01"
        elif name in ("year", "fiscal_year", "number"):
            new[name] = str(limits.get("maximum", 2031))
        elif name in ("period", "date_as_known"):
            new[name] = re.sub(r"20\d\d", "2031", new[name])
        elif name == "id":
            ids = [f"{new[name].split('-')[0]}-{first + number}" for first in (900, 90)]
            new[name] = next(one for one in ids if re.fullmatch(limits["pattern"], one))
        elif name in key and field["type"] == "string" and not {"enum", "pattern"} & limits.keys():
            new[name] = f"{new[name]} planted {number}"
    return new


@pytest.fixture
def in_data(monkeypatch, tmp_path):
    def use(change):
        monkeypatch.setattr(data, "FOLDER", copy_of_data(tmp_path / change.__name__, change))

    return use


@each_chapter
def test_the_first_state_is_that_of_a_record_that_ended_on_the_day(name, in_data):
    day = CHAPTERS[name]
    before = sealed_view(ran(name, day))
    in_data(without_later(day))
    assert len(data.load("meetings")) < len(data.load("meetings", folder=ROOT / "data"))
    assert not changed(sealed_view(run(name, day, since=False)), before)


@each_chapter
def test_a_row_that_comes_later_changes_nothing_before_it_is_opened(name, in_data):
    day = CHAPTERS[name]
    before = sealed_view(ran(name, day))
    in_data(with_later)
    for described in data.resources():  # each planted file is a valid one
        rows = data.load(described["name"], recalled=True)
        planted = "public_from" not in rows or rows["public_from"].max() == pd.Timestamp(PLANTED)
        assert planted, described["name"]
    assert not changed(sealed_view(run(name, day, since=False)), before)


LEAKS = {
    "a sentence": "companion.say('{n}', n=len(companion.load('meetings')))",
    "a table": "companion.table(companion.load('leaders').tail(3), 'name start')",
    "a caption": """companion.figure(alt.Chart(budget).mark_bar().encode(companion.years(budget), y="value:Q"),
    name="fig-a", caption=f"To {budget.year.max()}.", alt="Bars.", source=["china_defense_budget"])""",
    "an axis": """domain = list(range(2013, int(budget.year.max()) + 1))
companion.figure(alt.Chart(budget).mark_bar().encode(
    alt.X("year:O", scale=alt.Scale(domain=domain)), y="value:Q"))""",
}


@pytest.mark.parametrize("change", [without_later(LIN), with_later], ids=["taken out", "put in"])
def test_a_cell_that_tells_what_came_later_is_seen(change, in_data):
    """What the two tests above look at does change with such a cell."""
    before = sealed_view(run("lin-2025", LIN, *LEAKS.values(), since=False))
    in_data(change)
    after = sealed_view(run("lin-2025", LIN, *LEAKS.values(), since=False))
    assert after[:-8] == before[:-8]
    told = [one != other for one, other in zip(after[-8:], before[-8:])]
    assert told[0] and told[1] and any(told[2:5]) and any(told[5:]), dict(zip(LEAKS, told))
