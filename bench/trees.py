"""The books that are built: this one, the same notebooks as a stock book and for MkDocs, and made-up ones of any length."""

import json
import re
import shutil

import yaml

from bench.machine import ROOT, WORK

PLAIN = '''

def figure(chart, *_, **__):
    """Return a chart as Altair makes it: what an author without this press would show."""
    return chart


import altair as _altair  # noqa: E402

_altair.theme.enable("default")
_altair.renderers.enable({renderer})
'''
RENDERERS = {"stock": '"default"', "inline": '"html", template="inline"', "mkdocs": '"default"'}
CONFIG = {
    "title": "Stock",
    "only_build_toc_files": True,
    "execute": {"execute_notebooks": "cache", "timeout": 120},
    "parse": {"myst_enable_extensions": ["attrs_block", "attrs_inline", "colon_fence", "deflist"]},
    "bibtex_bibfiles": ["book/references.bib"],
}


def _fresh(name):
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _copy(folder, *names):
    skipped = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in names:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=skipped)
        elif (ROOT / name).exists():
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


def ours():
    """Write a copy of this book; returns its folder."""
    folder = _fresh("ours")
    _copy(
        folder, "book", "data", "press", "_config.yml", "_toc.yml", "CITATION.cff", "CHANGELOG.md"
    )
    _copy(folder, "constraints.txt", "requirements.txt", "LICENSE")
    return folder


def _plain(folder, kind):
    """Write pages and notebooks with Altair's own charts, without stored outputs."""
    _copy(folder, "book", "data")
    face = folder / "book" / "companion" / "__init__.py"
    face.write_text(
        face.read_text(encoding="utf-8") + PLAIN.replace("{renderer}", RENDERERS[kind]),
        encoding="utf-8",
    )
    for path in (folder / "book" / "sessions").glob("*.md"):  # no peer knows the stops
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S), encoding="utf-8")
    for path in (folder / "book").glob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
        path.write_text(json.dumps(notebook), encoding="utf-8")


def stock(kind="stock"):
    """Write the same notebooks as a Jupyter Book with its documented defaults; `kind` "inline" puts Altair's scripts into each chart."""
    folder = _fresh(kind)
    _plain(folder, kind)
    _copy(folder, "_toc.yml")
    (folder / "_config.yml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    return folder


def one_page():
    """Write a stock book of one page without code."""
    folder = _fresh("one")
    (folder / "_config.yml").write_text(
        yaml.safe_dump({"title": "One", "only_build_toc_files": True})
    )
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    (folder / "index.md").write_text("# One\n\nA page.\n")
    return folder


def mkdocs():
    """Write the same notebooks for MkDocs with the Material theme and mkdocs-jupyter, which executes them."""
    folder = _fresh("mkdocs")
    _plain(folder, "mkdocs")
    pages = re.findall(r"(?:root|file): book/(\S+)", (ROOT / "_toc.yml").read_text())
    files = [
        next(
            f"{page}{end}" for end in (".ipynb", ".md") if (ROOT / "book" / f"{page}{end}").exists()
        )
        for page in pages
    ]
    told = {
        "site_name": "Stock",
        "docs_dir": "book",
        "theme": {"name": "material", "font": False},
        "plugins": ["search", {"mkdocs-jupyter": {"execute": True}}],
        "nav": files,
    }
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(told), encoding="utf-8")
    return folder


# --- Changes ------------------------------------------------------------------------------------


def change(folder, what, turn):
    """Change one thing in a tree: "nothing", "a sentence", "a value" of one CSV file, "a helper"."""
    if what == "a sentence":
        path = folder / "book" / "lin-2025.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cell = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"][-1]
        cell["source"] = "".join(cell["source"]) + f"\n\nA sentence, changed for the {turn}th time."
        path.write_text(json.dumps(notebook), encoding="utf-8")
    elif what == "a value":
        path = folder / "data" / "unga_ideal_points.csv"
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"2024,Russia,-0\.\d+", f"2024,Russia,-0.59{turn}1", text))
    elif what == "a helper":
        path = folder / "book" / "companion" / "spending.py"
        path.write_text(path.read_text(encoding="utf-8") + f"\n# Changed, {turn}.\n")


CHANGES = ("nothing", "a sentence", "a value", "a helper")

# --- Made-up books ------------------------------------------------------------------------------

CELL = """companion.figure(
    alt.Chart(pd.DataFrame({{"year": range(20), "value": [{chapter} + (n * {figure}) % 7 for n in range(20)]}}))
    .mark_line().encode(x="year:Q", y="value:Q").properties(width=420, height=220),
    name="fig-{chapter}-{figure}", caption="Figure {figure} of chapter {chapter}.", alt="A line.", source="democracy",
)"""


def made_up(chapters, figures=10):
    """Write a book of so many chapters with so many figures each."""
    folder = _fresh(f"grow-{chapters}")
    _copy(folder, "book/companion", "book/references.bib", "data", "press", "_config.yml")
    _copy(folder, "CITATION.cff", "constraints.txt", "requirements.txt")
    book = folder / "book"
    (book / "index.md").write_text("# A made-up book\n\nA page.\n")
    (book / "works.md").write_text("# Works\n\n```{bibliography}\n```\n")
    words = "The paragraph has words of its own, such as {w}{c}, so that the search has something to find. "
    for chapter in range(1, chapters + 1):
        sources = [("code", "import altair as alt\nimport pandas as pd\n\nimport companion")]
        for figure in range(1, figures + 1):
            text = "".join(words.format(w=f"word{figure}x{n}y", c=chapter) for n in range(12))
            sources += [
                ("markdown", f"## Section {figure}\n\n{text}"),
                ("code", CELL.format(chapter=chapter, figure=figure)),
            ]
        cells = [
            {"cell_type": kind, "id": f"c{n}", "metadata": {}, "source": source}
            | ({"outputs": [], "execution_count": None} if kind == "code" else {})
            for n, (kind, source) in enumerate([("markdown", f"# Chapter {chapter}"), *sources])
        ]
        kernel = {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
        }
        told = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        (book / f"chapter-{chapter:03}.ipynb").write_text(json.dumps(told))
    lines = [f"      - file: book/chapter-{n:03}" for n in range(1, chapters + 1)]
    head = ["format: jb-book", "root: book/index", "parts:", "  - caption: All", "    chapters:"]
    toc = [*head, *lines, "      - file: book/works"]
    (folder / "_toc.yml").write_text("\n".join(toc) + "\n")
    return folder
