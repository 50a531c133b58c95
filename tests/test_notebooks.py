"""Notebooks that cannot be read or run: each fault is one line that names notebook, cell and remedy, twice in a row."""

import json

import pytest
from conftest import build
from test_build import CELLS, TOC, notebook, plain, plant, write

from press.notebooks import name_cells

LIGHT = [
    "n = {}",
    "print(len(n))",
]  # a busy machine imports pandas for longer than the loop may take
KERNEL = json.loads(notebook(*LIGHT))
KERNEL["metadata"]["kernelspec"]["name"] = "foo"
WHOLE = notebook(*LIGHT)
FAULTS = {
    "kernel": (
        json.dumps(KERNEL),
        "book/kernel.ipynb: unknown kernel 'foo'; expected 'python3', which `make notebooks` stores",
    ),
    "dead": (
        notebook(LIGHT[0], "import os\nos._exit(3)"),
        'book/dead.ipynb, cell 3 ("import os"): the kernel died; expected a cell that neither ends '
        "Python nor asks for more memory than there is",
    ),
    "loop": (
        notebook(LIGHT[0], "while True:\n    pass"),
        'book/loop.ipynb, cell 3 ("while True:"): still at work after 8 s; expected a cell that '
        "ends, or a longer `timeout` in _config.yml",
    ),
    "conflict": (
        WHOLE.replace('   "id": "c1",', '<<<<<<< HEAD\n   "id": "c1",\n=======\n>>>>>>> theirs'),
        "book/conflict.ipynb, line 20: a merge conflict, '<<<<<<< HEAD'; expected one of the two "
        "versions: `git checkout --ours book/conflict.ipynb` or `--theirs`, then `make notebooks`",
    ),
    "half": (
        "\n".join(WHOLE.splitlines()[:12]),
        "book/half.ipynb, line 12: no JSON, Expecting property name enclosed in double quotes; "
        "expected a notebook: `git checkout book/half.ipynb` gives the last committed one",
    ),
    "form": (
        WHOLE.replace('"cell_type": "code"', '"cell_type": "kode"', 1),
        "book/form.ipynb, cell 2: not in a notebook's form, this is not valid under any of the given "
        "schemas; expected a notebook: `git checkout book/form.ipynb` gives the last committed one",
    ),
    "failing": (
        notebook(LIGHT[0], "n['no such column']"),
        "book/failing.ipynb, cell 3 (\"n['no such column']\"): KeyError: 'no such column'",
    ),
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A small book with a notebook for each fault; its last good HTML is one file."""
    root = tmp_path_factory.mktemp("faults")
    plant(root)
    write(root, sample=notebook(*LIGHT))
    settings = root / "_config.yml"
    settings.write_text(settings.read_text().replace("timeout: 120", "timeout: 8"))
    for name, (text, _) in FAULTS.items():
        (root / "book" / f"{name}.ipynb").write_text(text, encoding="utf-8")
    (root / "_toc.yml").write_text(TOC + "".join(f"      - file: book/{name}\n" for name in FAULTS))
    good = root / "_build" / "html" / "index.html"
    good.parent.mkdir(parents=True)
    good.write_text("good")
    return root


def missing(said, *names):
    """The lines that a person should have been told, and was not."""
    lines = said.splitlines()
    wanted = [FAULTS[name][1] for name in names or FAULTS]
    return [line for line in wanted if not any(one.startswith(line) for one in lines)]


def test_the_build_names_every_faulty_notebook_twice_in_a_row(tree):
    for _turn in range(2):
        code, said = build(tree, "html", check=False)
        assert code == 1 and missing(said) == [], said
        assert len(said.splitlines()) == len(FAULTS) + 1, said
        assert (tree / "_build" / "html" / "index.html").read_text() == "good"


@pytest.mark.slow
def test_a_plain_build_names_them_too(tree):
    said = plain(tree, fails=True)
    assert missing(said) == [], said


def test_make_notebooks_names_them_keeps_them_and_stores_the_others(tree):
    """An unknown kernel is what it mends; the rest stays as it was."""
    before = {name: (tree / "book" / f"{name}.ipynb").read_bytes() for name in FAULTS}
    code, said = build(tree, "notebooks", check=False)
    assert code == 1 and missing(said, *(set(FAULTS) - {"kernel"})) == [], said
    assert "Traceback" not in said and "book/sample.ipynb\n" in said
    after = {name: (tree / "book" / f"{name}.ipynb").read_bytes() for name in FAULTS}
    assert {name for name in FAULTS if before[name] != after[name]} == {"kernel"}
    assert json.loads(after["kernel"])["metadata"]["kernelspec"]["name"] == "python3"
    assert json.loads((tree / "book" / "sample.ipynb").read_text())["cells"][1]["outputs"] == []
    assert json.loads((tree / "book" / "sample.ipynb").read_text())["cells"][2]["outputs"]


def test_a_warning_in_a_cell_names_the_cell(tmp_path, monkeypatch):
    monkeypatch.setattr("press.notebooks.ROOT", tmp_path)
    (tmp_path / "book").mkdir()
    write(tmp_path, sample=notebook(*CELLS))
    said = name_cells(
        "book/sample.ipynb:30002: WARNING: no target 'x'\nbook/a.md:12345: WARNING: y"
    )
    assert said.splitlines() == [
        'book/sample.ipynb, cell 3 ("companion.say("There are {n} rows, and {word}.", n=len(ships"), '
        "line 1: WARNING: no target 'x'",
        "book/a.md:12345: WARNING: y",
    ]
    gone = "book/sample.ipynb:990002: WARNING: no such cell"
    assert name_cells(gone) == gone
