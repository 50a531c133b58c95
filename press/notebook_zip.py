"""The download of a notebook's page: a zip in which the notebook runs, with its code and the data it loads."""

import ast
import json
import re
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from press.bundle import pack_files
from press.edition import BOOK, ROOT, citation, day, label, latest_url

LAB = ("jupyterlab", "jupyterlab-myst", "pandas", "altair", "scipy")
"""What a notebook and `companion` need, of requirements.txt; the rest there makes the book."""

README = """{title}: the notebook {name}.ipynb
from {book}, {label}{address}

It runs offline, in an environment of its own with Python 3.11 or newer. In this folder:

    pip install -r requirements.txt
    jupyter lab {name}.ipynb

Then Run > Run All Cells. `companion/` is the code that the notebook imports, `data/` what it loads, each
file described in `data/datapackage.json`. Code: MIT License. Our text and work on the data: CC BY 4.0;
third-party data and quotations keep their own terms. See LICENSE, and `licenses` in the description.
"""


def _words(node):
    """Return what a piece of Python may mean: names that it does not itself set, attributes, and its texts as (text,)."""
    found, local = set(), set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            (found if isinstance(part.ctx, ast.Load) else local).add(part.id)
        elif isinstance(part, ast.arg):
            local.add(part.arg)
        elif isinstance(part, ast.Attribute):
            found.add(part.attr)
        elif isinstance(part, ast.alias):
            found.add(part.name)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            found.add((part.value,))
    return found - local


def _is_computed(node):
    """Tell whether something is called when a module is read, and not later, by a function that stands there."""
    parts = [node]
    while parts:
        part = parts.pop()
        if isinstance(part, ast.Call):
            return True
        if not isinstance(part, ast.Lambda):
            parts += ast.iter_child_nodes(part)
    return False


def _registers(function):
    """Return the names in which a decorator keeps what it decorates (`CHECKS[...] = function`)."""
    return {
        part.value.id
        for part in ast.walk(function)
        if isinstance(part, ast.Subscript)
        and isinstance(part.ctx, ast.Store)
        and isinstance(part.value, ast.Name)
    }


@lru_cache(2)  # the same for every notebook and every bundle of a build
def _definitions(modules):
    """Return {name: words that its definitions in modules (their texts) use}; under "" what runs when a module is read."""
    said, kept, decorated = defaultdict(set), {}, []
    for text in modules:
        for node in ast.parse(text).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                said[node.name] |= _words(node)
                kept[node.name] = _registers(node)
                decorated += [(_words(by), node.name) for by in node.decorator_list]
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                for target in getattr(node, "targets", [getattr(node, "target", None)]):
                    for part in ast.walk(target):
                        if isinstance(part, ast.Name):
                            said[part.id] |= _words(node)
                if _is_computed(node):
                    said[""] |= _words(node)
            elif not isinstance(node, (ast.Import, ast.ImportFrom)):
                said[""] |= _words(node)
    for decorators, name in decorated:
        for register in {word for by in decorators for word in kept.get(by, ())}:
            said[register].add(name)
    return said


def resources_used(notebook, companion=BOOK / "companion", names=None):
    """Return the names of the data resources that a notebook (dict) may load, sorted.

    Those that its code cells name, in code or in remarks, and those that the definitions of `companion`
    name which the cells reach by names: rather one too many than one too few. All, where it lists the catalog.
    """
    names = set(names or (item["name"] for item in _package()["resources"]))
    cells = "\n".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"
    )
    modules = (path.read_text(encoding="utf-8") for path in sorted(companion.rglob("*.py")))
    told = _told(cells, tuple(modules))
    return sorted(names if told is None else names & told)


@lru_cache(32)  # a notebook is packed for its page and for each session that reads it
def _told(cells, modules):
    """Return the texts that code cells and what they reach of modules name; None where that may be all."""
    reached, said = set(), _definitions(modules)
    try:
        new = _words(ast.parse(re.sub(r"^\s*[%!].*$", "", cells, flags=re.M))) | said[""]
    except SyntaxError:  # IPython knows more than Python
        return None
    if "catalog" in new:
        return None
    while new:
        reached |= new
        new = {word for name in new if name in said for word in said[name]} - reached
    return {word[0] for word in reached if isinstance(word, tuple)} | set(re.findall(r"\w+", cells))


def _package():
    return json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))


def referred_to(names, package):
    """Return resources and those to which their foreign keys lead, by which they are checked when they are loaded."""
    keys = {
        item["name"]: [
            key["reference"]["resource"] for key in item["schema"].get("foreignKeys", [])
        ]
        for item in package["resources"]
    }
    found, new = set(), set(names)
    while new:
        found |= new
        new = {other for name in new for other in keys[name] if other} - found
    return found


def _requirements():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if re.split(r"[=<>~ \[]", line)[0] in LAB) + "\n"


def contents(path):
    """Return the files of a notebook's zip, {name below its folder: bytes}, from the path of the notebook."""
    text = path.read_text(encoding="utf-8")
    notebook, package = json.loads(text), _package()
    used = referred_to(resources_used(notebook), package)
    package["resources"] = [item for item in package["resources"] if item["name"] in used]
    title = next(
        re.search(r"^# (.*)$", "".join(cell["source"]), re.M)[1]
        for cell in notebook["cells"]
        if re.search(r"^# ", "".join(cell["source"]), re.M)
    )
    readme = README.format(
        title=title,
        name=path.stem,
        book=citation()["title"],
        label=label(),
        address=f": {latest_url()}" if latest_url() else "",
    )
    files = {
        f"{path.stem}.ipynb": text.replace("](../data/", "](data/"),  # in the zip it lies beside it
        "README.txt": readme,
        "requirements.txt": _requirements(),
        "LICENSE": (ROOT / "LICENSE").read_bytes() if (ROOT / "LICENSE").exists() else b"",
        "data/datapackage.json": json.dumps(package, indent=2, ensure_ascii=False) + "\n",
    }
    for item in package["resources"]:
        files[f"data/{item['path']}"] = (ROOT / "data" / item["path"]).read_bytes()
    for module in [*(BOOK / "companion").rglob("*.py"), BOOK / "companion" / "numbers.json"]:
        files[module.relative_to(BOOK).as_posix()] = module.read_bytes()
    return {
        name: body.encode("utf-8") if isinstance(body, str) else body
        for name, body in sorted(files.items())
        if body
    }


def day_of_files():
    """Return the day by which the files of zips are dated, that of the book, as a time tuple."""
    return (*map(int, day().split("-")), 0, 0, 0)


def write_zip(path, target):
    """Write the zip of a notebook; its bytes depend on the book alone."""
    target.parent.mkdir(parents=True, exist_ok=True)
    pack_files(target, path.stem, contents(path).items(), day_of_files())


def write_zips(app, error):
    """After a build, put the zip of each notebook into notebooks/ of the site (the event `build-finished`)."""
    if error or app.builder.name != "html":
        return
    folder = Path(app.outdir) / "notebooks"
    paths = [Path(app.env.doc2path(name)) for name in sorted(app.env.found_docs)]
    made = {path.stem: path for path in paths if path.suffix == ".ipynb"}
    for old in folder.glob("*.zip"):
        if old.stem not in made:
            old.unlink()
    for name, path in made.items():
        write_zip(path, folder / f"{name}.zip")
