"""What a notebook says may be changed can be changed: every value named in a line `NAME = value  # change me: a, b`.

For each value the cell that names it is run with it, and all cells below: none may fail, and something shown must
differ from what the notebook shows as it is written. A value that was not foreseen is answered in one
line that names what is allowed.
"""

import ast
import json
import os
import re
import subprocess
import sys

import pytest
from conftest import BOOK, ROOT, cases

KNOB = re.compile(r"^([A-Z][A-Z_]*) = (.+?)\s+# change me: (.+)$", re.M)
UNFORESEEN = "'not foreseen'"
SHOW_CODE = ["china-budget", "polling", "reading-together"]
"""Notebooks that ask the reader to change something in at least four places."""


def sources(name):
    """The code cells of a notebook, each as text."""
    cells = json.loads((BOOK / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def knobs(name):
    """Each line that may be changed: (number of the cell, name, the line, values named), a value as it would be typed."""
    return [
        (number, found[1], found[0], values(found[3]))
        for number, source in enumerate(sources(name))
        for found in KNOB.finditer(source)
    ]


def values(told):
    """The values in a comment: `"a", "b"` or `2024, 2019 (a remark)`."""
    listed = re.sub(r"\s*\([^()]*\)$", "", told)
    return [ast.unparse(item) for item in ast.parse(f"[{listed}]", mode="eval").body.elts]


def run(shell, cells):
    """Run cells in a shell; yield what each shows. The first that fails raises its error."""
    from IPython.utils.capture import capture_output

    for cell in cells:
        with capture_output() as captured:
            result = shell.run_cell(cell)
        if not result.success:
            raise result.error_in_exec or result.error_before_exec
        yield [output.data for output in captured.outputs]


def report(name):
    """Try every knob of a notebook; print {knob, value, error, differs} as JSON, a line each.

    At a knob's cell the process forks for each value, so that what stands above need not be run again.
    """
    from IPython.core.interactiveshell import InteractiveShell

    sys.path[:0] = [str(BOOK)]
    shell = InteractiveShell.instance()
    cells, found = sources(name), knobs(name)
    plain = list(run(shell, cells))
    shell.reset(new_session=False)
    for number, cell in enumerate(cells):
        for _, knob, line, listed in (one for one in found if one[0] == number):
            for value in [*listed, UNFORESEEN]:
                if child := os.fork():
                    os.waitpid(child, 0)
                    continue
                try:
                    first = cell.replace(line, f"{knob} = {value}", 1)
                    shown, error = list(run(shell, [first, *cells[number + 1 :]])), None
                except Exception as raised:
                    shown, error = None, f"{type(raised).__name__}: {raised}"
                told = {"knob": f"{knob}, code cell {number + 1}", "value": value, "error": error}
                print(json.dumps(told | {"differs": shown != plain[number:]}), flush=True)
                os._exit(0)
        list(run(shell, [cell]))


NOTEBOOKS = sorted(path.stem for path in BOOK.glob("*.ipynb") if knobs(path.stem))


@pytest.fixture(scope="module", params=cases(NOTEBOOKS, ["lin-2025"]))
def tried(request):
    """What `report` found for a notebook, in a process of its own."""
    if not hasattr(os, "fork"):
        pytest.skip("this system does not fork")
    ran = subprocess.run(
        [sys.executable, __file__, request.param], capture_output=True, text=True, cwd=ROOT
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(found) == sum(len(listed) + 1 for *_, listed in knobs(request.param))
    return found


def test_every_value_named_runs_and_changes_what_is_shown(tried):
    for one in [one for one in tried if one["value"] != UNFORESEEN]:
        assert one["error"] is None, one
        assert one["differs"], f"{one['knob']} = {one['value']} changes nothing"


def test_a_value_that_was_not_foreseen_is_told_what_is_allowed(tried):
    for one in [one for one in tried if one["value"] == UNFORESEEN]:
        assert one["error"], f"{one['knob']} takes {UNFORESEEN} without a word"
        kind, _, said = one["error"].partition(": ")
        assert kind == "ValueError" and "\n" not in said, one
        assert re.search(r"found .*not foreseen.*; expected .*\w", said), one


@pytest.mark.parametrize("name", SHOW_CODE)
def test_an_open_notebook_has_something_to_change(name):
    assert len(knobs(name)) >= 4
    for _, knob, line, listed in knobs(name):
        assert len(listed) >= 2 and KNOB.match(line)[2] not in listed, f"{knob}: {line}"


def test_values_are_read_as_they_would_be_typed():
    assert values('"central", "national"') == ["'central'", "'national'"]
    assert values("0.2, [1, 2] (points by which it misses)") == ["0.2", "[1, 2]"]
    assert KNOB.match('SCOPE = "headline"      # change me: "central"').groups() == (
        "SCOPE", '"headline"', '"central"',
    )  # fmt: skip


if __name__ == "__main__":
    report(sys.argv[1])
