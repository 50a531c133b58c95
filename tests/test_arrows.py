"""Which module may import which: press/ the companion, notebooks the companion, none back, none in a circle; and how long a file may be."""

import ast
import graphlib
import inspect
import sys

import pytest
from conftest import BOOK, ROOT, notebooks

import companion

MOST = 300  # lines of a file


def name_of(path):
    """The name by which a file is imported, such as "companion.checks"."""
    base = BOOK if BOOK in path.parents else ROOT
    return ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(".__init__")


FILES = {
    name_of(path): path
    for folder in (BOOK / "companion", ROOT / "press")
    for path in sorted(folder.rglob("*.py"))
}


def imports(source):
    """Every (module, name or None) that Python source imports, wherever it does."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import of {node.module}"
            yield from ((node.module, alias.name) for alias in node.names)


def arrows(name):
    """The modules of this tree that a module imports; `from companion import data` leads to companion.data."""
    for module, what in imports(FILES[name].read_text(encoding="utf-8")):
        inner = f"{module}.{what}"
        if inner in FILES or module in FILES:
            yield inner if inner in FILES else module


ARROWS = {name: set(arrows(name)) for name in FILES}


def test_the_arrows_are_seen():
    assert "companion.data" in ARROWS["companion.output"]
    assert "companion.checks" in ARROWS["companion.ledger"]
    assert "companion.theme" in ARROWS["press.outputs"]


@pytest.mark.parametrize("name", FILES)
def test_the_companion_knows_nothing_of_the_press(name):
    if name.startswith("companion"):
        back = [other for other in ARROWS[name] if other.startswith("press")]
        assert not back, f"{name} imports {back}"
    face = {"companion", "press"} & ARROWS[name]
    assert not face, f"{name} imports names from the face of {face}; name the module that has them"


def test_no_module_imports_itself_by_way_of_others():
    graphlib.TopologicalSorter(ARROWS).prepare()  # raises CycleError, which names the circle


def test_a_build_with_nothing_to_do_need_not_import_the_companion():
    reached, ahead = set(), {"press.build"}
    while ahead:
        reached |= ahead
        ahead = {other for name in ahead for other in ARROWS[name]} - reached
    assert not [name for name in reached if name.startswith("companion")]


def test_notebooks_import_the_companion_and_what_an_analyst_knows():
    known = {"companion", "altair", "pandas", *sys.stdlib_module_names}
    for page, notebook in notebooks().items():
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                for module, _ in imports("".join(cell["source"])):
                    assert module.partition(".")[0] in known, f"book/{page}.ipynb imports {module}"


def test_files_are_short():
    lines = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in FILES.values()
    }
    long = {name: count for name, count in lines.items() if count > MOST}
    assert not long, f"more than {MOST} lines: {long}"


def test_what_notebooks_call_says_its_types():
    for name in companion.__all__:
        function = getattr(companion, name)
        if callable(function) and not isinstance(function, type):
            signature = inspect.signature(function)
            told = [
                signature.return_annotation,
                *(p.annotation for p in signature.parameters.values()),
            ]
            assert inspect.Signature.empty not in told, f"companion.{name}"
