"""Building, on a book of three pages: faults stop it twice in a row, and what changed is built anew."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import BOOK, ROOT, build, cases, need, version

TOC = "format: jb-book\nroot: book/index\nparts:\n  - caption: Sample\n    chapters:\n      - file: book/sample\n      - file: book/about\n"
INDEX = "(home)=\n# A small book\n\nSee [the sample](#about) and {cite:p}`cha-1999`.\n"
ABOUT = "(about)=\n# About\n\nA page.\n\n```{bibliography}\n```\n"
CELLS = [
    'import companion\nfrom companion import sample\n\nships = companion.load("taiwan_strait_transits")',
    'companion.say("There are {n} rows, and {word}.", n=len(ships), word=sample.WORD)',
    'companion.figure(sample.chart(ships), name="fig-sample", caption="A sample.", alt="One bar.", source=["taiwan_strait_transits"])',
]
HELPER = '''"""A helper of the sample book."""
import altair

WORD = "the first word"


def chart(frame):
    """One bar."""
    return altair.Chart(frame[["ship"]]).mark_bar().encode(x=altair.X("count():Q", title="Number of rows")).properties(width=200, height=220)
'''


def notebook(*sources):
    """A notebook as the book stores it, from code cells; a heading goes before them."""
    from press.notebooks import dumps

    cells = [{"cell_type": "markdown", "id": "head", "metadata": {}, "source": "# Sample"}]
    cells += [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "outputs": [], "source": text}
        for n, text in enumerate(sources)
    ]
    return dumps({"cells": cells})


def write(root, **pages):
    for name, text in pages.items():
        (root / "book" / (f"{name}.ipynb" if name == "sample" else f"{name}.md")).write_text(
            text, encoding="utf-8"
        )


def plant(root):
    """Write a small book with the real configuration, code, templates and data."""
    for name in ("_config.yml", "CITATION.cff", "constraints.txt", "requirements.txt"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "data", root / "data")
    for name in ("book/companion", "press"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(BOOK / "references.bib", root / "book")
    (root / "_toc.yml").write_text(TOC)
    (root / "book" / "companion" / "sample.py").write_text(HELPER)
    write(root, index=INDEX, about=ABOUT, sample=notebook(*CELLS))


def plain(root, fails=False):
    """`jupyter-book build .`, as anyone would type it, which succeeds or `fails`; returns its log."""
    run = subprocess.run(
        [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", "."],
        cwd=root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert bool(run.returncode) == fails, run.stdout
    return re.sub(r"\x1b\[[0-9;]*m", "", run.stdout)


def sample_page(root):
    return (root / "_build" / "html" / "book" / "sample.html").read_text(encoding="utf-8")


def refuse(root, task, good, *words):
    """The build fails twice in a row, says why in one line, and leaves the good file alone."""
    before = good.read_bytes()
    for turn in ("first", "second"):
        code, said = build(root, task, check=False)
        assert code != 0, f"the {turn} build passed"
        assert [line for line in said.splitlines() if all(word in line for word in words)], (
            f"no line of the {turn} build names {words}: {said}"
        )
        assert "Traceback" not in said
        assert good.read_bytes() == before, f"the {turn} build changed the last good {task}"


FAULTS = {
    "a broken label": (
        {"index": INDEX + "\nSee [nothing](#no-such-label).\n"},
        ("book/index.md", "no-such-label"),
    ),
    "a broken label that a cell computes": (
        {"sample": notebook(*CELLS, "companion.say('See [nothing](#no-such-label).')")},
        ("book/sample.ipynb, cell 5", "companion.say('See", "line 1", "no-such-label"),
    ),
    "a failing cell": (
        {"sample": notebook(*CELLS, "ships['no such column']")},
        ("book/sample.ipynb, cell 5", "no such column"),
    ),
}


@pytest.mark.parametrize("fault", cases(FAULTS, ["a failing cell"]))
def test_a_fault_stops_the_html_twice(tree, fault):
    change, words = FAULTS[fault]
    write(tree, **change)
    try:
        refuse(tree, "html", tree / "_build" / "html" / "index.html", *words)
    finally:
        write(tree, index=INDEX, sample=notebook(*CELLS))


REDIRECTS = {
    "an old address in use": (
        "book/about book/sample",
        ("redirects.txt", "book/about", "nothing has"),
    ),
    "a new address that is not there": (
        "figures/fig-old figures/fig-none",
        ("redirects.txt", "fig-none", "the book has"),
    ),
    "a line without a new address": ("figures/fig-old", ("redirects.txt, line 1", "fig-old")),
}


@pytest.mark.parametrize("fault", cases(REDIRECTS, [*REDIRECTS][:1]))
def test_a_redirect_that_leads_nowhere_stops_the_html_twice(tree, fault):
    line, words = REDIRECTS[fault]
    path = tree / "book" / "redirects.txt"
    path.write_text(f"{line}\n")
    try:
        refuse(tree, "html", tree / "_build" / "html" / "index.html", *words)
    finally:
        path.unlink()


def test_a_renamed_figure_keeps_its_address(tree):
    figures, path = tree / "_build" / "html" / "figures", tree / "book" / "redirects.txt"
    write(tree, sample=notebook(*CELLS[:2], CELLS[2].replace("fig-sample", "fig-renamed")))
    path.write_text(
        "# figures\nfigures/fig-sample  figures/fig-renamed\nbook/old/page  book/about  # a page\n"
    )
    try:
        build(tree, "html")
        assert sorted(file.name for file in figures.glob("fig-sample.*")) == ["fig-sample.html"], (
            "what the old name left is gone"
        )
        assert 'url=fig-renamed.html"' in (figures / "fig-sample.html").read_text(encoding="utf-8")
        assert 'url=../about.html"' in (
            tree / "_build" / "html" / "book" / "old" / "page.html"
        ).read_text(encoding="utf-8")
        assert (figures / "fig-renamed.csv").exists()
    finally:
        path.unlink()
        write(tree, sample=notebook(*CELLS))
    build(tree, "html")
    assert not (figures / "fig-renamed.csv").exists() and (figures / "fig-sample.csv").exists()


def test_equal_books_are_equal_epubs(tree):
    made = []
    for _turn in range(2):
        build(tree, "epub")
        made.append(
            (tree / "_build" / "epub" / f"alliances-in-transition-{version()}.epub").read_bytes()
        )
        shutil.rmtree(tree / "_build" / "epub")
    assert made[0] == made[1]


@pytest.mark.slow
def test_bad_data_stops_the_html_twice(tree):
    path = tree / "data" / "taiwan_strait_transits.csv"
    good = path.read_bytes()
    path.write_bytes(good.rstrip(b"\n"))
    try:
        refuse(
            tree,
            "html",
            tree / "_build" / "html" / "index.html",
            "book/sample.ipynb",
            "taiwan_strait_transits.csv, row",
        )
    finally:
        path.write_bytes(good)


def test_a_plain_build_gives_the_same_pages_and_follows_every_change(tree):
    build(tree, "html")
    made = {
        path.relative_to(tree / "_build" / "html"): path.read_bytes()
        for path in (tree / "_build" / "html").rglob("*.html")
    }
    shutil.rmtree(tree / "_build" / "html")

    assert "Executing" in plain(tree)
    for name in made:
        same = (tree / "_build" / "html" / name).read_bytes() == made[name]
        assert same, f"{name} differs from what `make html` makes"

    log = plain(tree)
    assert "Executing" not in log and "Using cached" not in log, (
        "nothing changed, yet a notebook was read"
    )

    data = tree / "data" / "taiwan_strait_transits.csv"
    rows = len(data.read_text(encoding="utf-8").splitlines()) - 1
    assert f"There are {rows} rows" in sample_page(tree)
    lines = data.read_text(encoding="utf-8").splitlines(keepends=True)
    data.write_text("".join(lines[:-1]), encoding="utf-8")
    plain(tree)
    assert f"There are {rows - 1} rows" in sample_page(tree)
    data.write_text("".join(lines), encoding="utf-8")
    assert "Executing book/sample.ipynb" in plain(tree)

    other = tree / "data" / "leaders.csv"
    other.write_bytes(other.read_bytes().rpartition(b"\n")[0].rpartition(b"\n")[0] + b"\n")
    assert "Executing" not in plain(tree), "a notebook ran again for data that it does not use"

    helper = tree / "book" / "companion" / "sample.py"
    helper.write_text(HELPER.replace("first", "second"))
    plain(tree)
    assert f"There are {rows} rows, and the second word" in sample_page(tree)

    style = tree / "press" / "static" / "book.css"
    style.write_text(style.read_text(encoding="utf-8") + "/* changed */\n", encoding="utf-8")
    plain(tree)
    assert "/* changed */" in (tree / "_build" / "html" / "_static" / "book.css").read_text(
        encoding="utf-8"
    )


@pytest.mark.slow
def test_a_moved_tree_follows_every_change(tree, tmp_path):
    """The cache of executions tells notebooks apart by their code, not by the folder in which they lie."""
    plain(tree)
    moved = tmp_path / "moved"
    shutil.copytree(tree, moved, symlinks=True)
    helper = moved / "book" / "companion" / "sample.py"
    helper.write_text(HELPER.replace("first", "third"))
    plain(moved)
    assert "the third word" in sample_page(moved)


def test_an_address_in_citation_cff_gives_canonical_links(tree):
    path = tree / "CITATION.cff"
    good = path.read_text(encoding="utf-8")
    path.write_text(good + "url: https://example.org/companion/\n", encoding="utf-8")
    try:
        build(tree, "html")
        made = {
            name: (tree / "_build" / "html" / name).read_text(encoding="utf-8")
            for name in ("index.html", "book/about.html", "404.html", "sitemap.xml")
        }
    finally:
        path.write_text(good, encoding="utf-8")
    latest = "https://example.org/companion/latest/"
    for name, address in (("index.html", latest), ("book/about.html", f"{latest}book/about.html")):
        assert (
            f'<link rel="canonical" href="{address}"' in made[name]
            and f'<meta property="og:url" content="{address}"' in made[name]
        ), name
        assert f'<meta property="og:image" content="{latest}_static/cards/' in made[name], name
    listed = re.findall("<loc>(.*?)</loc>", made["sitemap.xml"])
    assert latest in listed and f"{latest}book/about.html" in listed and len(listed) == 3
    assert f'href="{latest}"' in made["404.html"] and "fetch(" not in made["404.html"]


FRONT = [
    "(home)=\n# A small book\n\nFor the screen alone, with {cite:p}`cha-1999`.",
    (
        "import companion\nfrom companion import sample\n\nships = companion.load('taiwan_strait_transits')",
    ),
    (CELLS[2].replace("fig-sample", "fig-front").replace("A sample.", "In front."),),
    ('companion.say("Computed for the screen: {n}.", n=len(ships))',),
    "## Below\n\nThe next figure is {numref}`fig-sample`.",
]
"""A front page that is a notebook: texts, and code in brackets."""


@pytest.mark.slow
def test_a_front_page_may_be_a_notebook(tmp_path):
    """Its words stay out of the PDF, its figure has one number everywhere."""
    from press.notebooks import dumps

    for tool in ("latexmk", "xelatex", "pdftotext"):
        need(tool)
    plant(tmp_path)
    cells = [
        {"cell_type": "markdown", "id": f"f{n}", "metadata": {}, "source": one}
        if isinstance(one, str)
        else {"cell_type": "code", "id": f"f{n}", "metadata": {}, "outputs": [], "source": one[0]}
        for n, one in enumerate(FRONT)
    ]
    (tmp_path / "book" / "index.md").unlink()
    (tmp_path / "book" / "index.ipynb").write_text(dumps({"cells": cells}), encoding="utf-8")
    build(tmp_path, "html")
    front = (tmp_path / "_build" / "html" / "index.html").read_text(encoding="utf-8")
    shown = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", front))
    for text in ("For the screen alone", "Computed for the screen", "Figure 1 In front."):
        assert text in shown, text
    assert 'href="figures/fig-front.csv"' in front and 'href="notebooks/index.zip"' in front
    build(tmp_path, "pdf")
    path = tmp_path / "_build" / "pdf" / f"alliances-in-transition-{version()}.pdf"
    text = subprocess.run(
        ["pdftotext", str(path), "-"], capture_output=True, check=True
    ).stdout.decode()
    assert "Figure 1. In front." in text and "Figure 2. A sample." in text
    assert not re.search(r"the screen|Below", text)


@pytest.mark.slow
def test_a_glyph_that_no_font_has_stops_the_pdf_twice(tree):
    for tool in ("latexmk", "xelatex"):
        need(tool)
    write(tree, index=INDEX, about=ABOUT)
    build(tree, "pdf")
    write(tree, about=ABOUT.replace("A page.", "A page with \U00013000."))
    try:
        refuse(
            tree,
            "pdf",
            tree / "_build" / "pdf" / f"alliances-in-transition-{version()}.pdf",
            "\U00013000",
        )
    finally:
        write(tree, about=ABOUT)
