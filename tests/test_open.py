"""Open notebooks: the download that runs, the launch menu, code that is shown or folded."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import BOOK, ROOT, build, cases, notebooks, open_window
from fontTools.ttLib import TTFont
from test_build import plant

from companion.theme import MIME
from press.cells import OPEN
from press.notebook_zip import resources_used, write_zip

FOLDED = [f"book/{name}" for name in notebooks() if f"book/{name}" not in OPEN]
RUN = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=120, kernel_name="python3", record_timing=False).execute()
nbformat.write(notebook, "run.ipynb")
"""
OLDER = ["pandas==2.2.*", "altair==5.5.*", "scipy"]


def unpack(archive, folder):
    """Unpack a zip; returns the path of its one folder."""
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    (made,) = folder.iterdir()
    return made


def run_all(python, folder):
    """Run the notebook of an unpacked zip in a fresh process that sees nothing of this tree; returns it as run."""
    keep = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
    env = {name: os.environ[name] for name in keep if name in os.environ}
    env |= {"IPYTHONDIR": str(folder / ".ipython"), "JUPYTER_RUNTIME_DIR": str(folder / ".runtime")}
    run = subprocess.run(
        [python, "-c", RUN, f"{folder.name}.ipynb"],
        cwd=folder,
        env=env,
        text=True,
        capture_output=True,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return nbformat.read(folder / "run.ipynb", as_version=4)


def told(notebook):
    """Return what the cells of a notebook show: texts, tables, captions, and specifications of figures."""
    outputs = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
    assert not [out for out in outputs if out.output_type == "stream"], "a cell printed a warning"
    return [out.data[MIME] if MIME in out.data else out.data["text/markdown"] for out in outputs]


@pytest.mark.parametrize("name", cases(notebooks(), ["lin-2025"]))
def test_a_download_runs_by_itself(name, tmp_path):
    """All cells run with what is in the zip, and say what the book says."""
    write_zip(BOOK / f"{name}.ipynb", tmp_path / "notebook.zip")
    folder = unpack(tmp_path / "notebook.zip", tmp_path / "unpacked")
    stored = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    assert told(run_all(sys.executable, folder)) == told(stored)
    links = "".join(text for text in told(stored) if isinstance(text, str)).split("](data/")[1:]
    for link in links:
        assert (folder / "data" / link.partition(")")[0]).is_file(), f"a dead link, {link[:40]}"
    listed = json.loads((folder / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert {item["path"] for item in listed["resources"]} == {
        path.name for path in (folder / "data").glob("*.csv")
    }
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    assert f"jupyter lab {name}.ipynb" in readme and "MIT" in readme


def test_a_download_has_equal_bytes_and_no_more_than_it_needs(tmp_path):
    for turn in ("one", "two"):
        write_zip(BOOK / "timeline.ipynb", tmp_path / f"{turn}.zip")
    one = (tmp_path / "one.zip").read_bytes()
    assert one == (tmp_path / "two.zip").read_bytes()
    names = zipfile.ZipFile(io.BytesIO(one)).namelist()
    assert names == sorted(names) and {name.split("/")[0] for name in names} == {"timeline"}
    assert "timeline/LICENSE" in names and not [name for name in names if "cache" in name]
    assert "timeline/data/timeline.csv" in names and "timeline/data/pla_activity.csv" not in names
    with zipfile.ZipFile(io.BytesIO(one)) as packed:
        lines = packed.read("timeline/requirements.txt").decode().split()
    assert set(lines) < set((ROOT / "requirements.txt").read_text().split())
    assert {line.split("==")[0] for line in lines} >= {"jupyterlab", "pandas", "altair", "scipy"}


MODULES = {
    "a": 'def first():\n    return load("direct")\n\n\ndef unused():\n    return load("left_out")\n',
    "b": 'from lib.a import first\n\nNAMES = ["by_list"]\n\n\ndef second():\n    return first(), [load(n) for n in NAMES]\n',
    "c": "KEPT = {}\n\n\ndef keep(name):\n    def inside(function):\n        KEPT[name] = function\n    return inside\n\n\n"
    '@keep("x")\ndef third():\n    return load("registered")\n\n\ndef run():\n    return KEPT["x"]()\n',
}


@pytest.mark.parametrize(
    "cell, expected",
    [
        ('load("left_out")', {"left_out"}),
        ("first()", {"direct"}),
        ("b.second()", {"by_list", "direct"}),
        ("c.run()", {"registered"}),
        ('x = "other"  # change me: "direct"', {"direct"}),
        ("companion.catalog()", {"left_out", "direct", "by_list", "registered"}),
    ],
)
def test_the_data_of_a_download_are_found_by_name(cell, expected, tmp_path):
    for name, text in MODULES.items():
        (tmp_path / f"{name}.py").write_text(text)
    notebook = {"cells": [{"cell_type": "code", "source": [cell]}]}
    names = {"direct", "left_out", "by_list", "registered"}
    assert set(resources_used(notebook, tmp_path, names)) == expected


@pytest.mark.slow
@pytest.mark.parametrize("versions", ["lock", "older"])
def test_a_download_runs_in_an_environment_of_its_own(versions, tmp_path, html):
    """As a reader does it: a new environment, the zip from the site, its requirements; and with what Colab and other hubs have."""
    names = ("china-budget", "lin-2025")
    folders = {name: unpack(html / "notebooks" / f"{name}.zip", tmp_path / name) for name in names}
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    wanted = OLDER + ["ipykernel", "nbclient"]
    if versions == "lock":
        wanted = ["-r", folders[names[0]] / "requirements.txt"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    for name, folder in folders.items():
        stored = nbformat.read(folder / f"{name}.ipynb", as_version=4)
        assert told(run_all(python, folder)) == told(stored), name


def test_a_page_offers_the_notebook_that_runs(html):
    for name in notebooks():
        page = BeautifulSoup((html / "book" / f"{name}.html").read_text(encoding="utf-8"), "lxml")
        links = page.select(".dropdown-download-buttons a")
        assert links[0]["href"] == f"../notebooks/{name}.zip", name
        assert "pip install -r requirements.txt" in links[0]["title"]
        assert (html / "book" / links[0]["href"]).resolve().is_file()
    assert {path.stem for path in (html / "notebooks").iterdir()} == set(notebooks())
    about = (html / "book" / "about.html").read_text(encoding="utf-8")
    assert "How to run a chapter" in about and "git clone" not in about


def test_no_launch_menu_without_a_repository(html):
    for page in html.rglob("*.html"):
        assert "launch-buttons" not in page.read_text(encoding="utf-8"), page.name


def menu(root):
    """Return {entry: address} of the launch menu of the sample page in a built tree."""
    page = (root / "_build" / "html" / "book" / "sample.html").read_text(encoding="utf-8")
    links = BeautifulSoup(page, "lxml").select(".dropdown-launch-buttons a")
    return {link.get_text(strip=True): link["href"] for link in links}


@pytest.mark.slow
def test_the_launch_menu_opens_the_edition(tmp_path):
    """With a repository: Binder and Colab; with the address of a hub that one, too; all at the tag of the edition."""
    plant(tmp_path)
    about = yaml.safe_load((tmp_path / "CITATION.cff").read_text(encoding="utf-8"))
    about |= {"repository-code": "https://github.com/an-owner/a-book", "version": "2099.1.0"}
    (tmp_path / "CITATION.cff").write_text(yaml.safe_dump(about, sort_keys=False))
    build(tmp_path, "html")
    colab = "https://colab.research.google.com/github/an-owner/a-book/blob"
    binder = "https://mybinder.org/v2/gh/an-owner/a-book"
    assert menu(tmp_path) == {
        "Binder": f"{binder}/main?urlpath=lab/tree/book/sample.ipynb",
        "Colab": f"{colab}/main/book/sample.ipynb",
    }
    fonts = tmp_path / "_build/html/_static/vendor/fontawesome/webfonts"
    for name, glyph in (("fa-solid-900", 0xF135), ("fa-brands-400", 0xF09B)):  # rocket, GitHub
        path = fonts / f"{name}.woff2"
        assert path.stat().st_size < 10_000 and glyph in TTFont(path).getBestCmap(), name
    config = (tmp_path / "_config.yml").read_text(encoding="utf-8")
    assert 'jupyterhub_url: ""' in config
    (tmp_path / "_config.yml").write_text(
        config.replace('jupyterhub_url: ""', "jupyterhub_url: https://hub.example.org")
    )
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    (tmp_path / ".gitignore").write_text("_build\n")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "All"], ["tag", "2099.1.0"]):
        subprocess.run([*git, *words], cwd=tmp_path, check=True)
    build(tmp_path, "html")
    assert menu(tmp_path) == {
        "Binder": f"{binder}/2099.1.0?urlpath=lab/tree/book/sample.ipynb",
        "JupyterHub": "https://hub.example.org/hub/user-redirect/git-pull?repo=https%3A//github.com/an-owner/a-book"
        "&urlpath=lab/tree/a-book/book/sample.ipynb&branch=2099.1.0&backup=true",
        "Colab": f"{colab}/2099.1.0/book/sample.ipynb",
    }


def test_open_notebooks_show_their_code(html):
    assert {Path(name).stem for name in OPEN} <= set(notebooks())
    for name in OPEN:
        page = BeautifulSoup((html / f"{name}.html").read_text(encoding="utf-8"), "lxml")
        cells = sum(cell["cell_type"] == "code" for cell in notebooks()[Path(name).stem]["cells"])
        assert len(page.select("article .cell_input")) == cells > 0
        assert not page.select("details .cell_input, .quiet-code, #show-code"), name


@pytest.mark.parametrize("name", FOLDED)
def test_other_pages_fold_their_code(html, name):
    page = BeautifulSoup((html / f"{name}.html").read_text(encoding="utf-8"), "lxml")
    assert len(page.select("#show-code")) == 1 and not page.select("details.hide")
    figures = page.select("figure.chart-figure")
    signs = page.select(".cell > details.figure-code")
    assert len(signs) == len(figures)
    for sign, figure in zip(signs, figures):
        number = figure.select_one(".caption-number").get_text(strip=True)
        assert sign.summary.get_text() == f"Code of {number.lower()}", figure["id"]
    for code in page.select("article .cell_input"):
        assert code.find_parent(class_="figure-code") or "quiet-code" in [
            *code["class"],
            *code.parent["class"],
        ]


SHOWN = "[...document.querySelectorAll('article .cell_input')].filter(code => code.checkVisibility()).length"
ALL = "[...document.querySelectorAll('article .cell_input')].filter(code => !code.closest('details:is(.part-since, .part-about, .part-end):not([open])')).length"


@pytest.mark.parametrize("width", [1280, 390])
def test_one_switch_for_the_code_of_a_page(chromium, html, width):
    """From the keyboard and from disk: a sign unfolds one figure's code, the switch all; the browser remembers it."""
    context, record = open_window(chromium, viewport={"width": width, "height": 900})
    window = context.new_page()
    window.goto((html / "book" / "lin-2025.html").as_uri())
    assert window.evaluate(SHOWN) == 0
    window.locator("details.figure-code > summary").first.focus()
    window.keyboard.press("Enter")
    assert 1 <= window.evaluate(SHOWN) < 6, "the cells that make one figure"
    window.get_by_role("checkbox", name="Show the code of this page").focus()
    window.keyboard.press("Space")
    assert window.evaluate(SHOWN) == window.evaluate(ALL) > 40
    wide = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    assert window.evaluate(wide)[0] <= window.evaluate(wide)[1]
    window.goto((html / "book" / "johnson-2025.html").as_uri())
    assert window.evaluate(SHOWN) == window.evaluate(ALL) > 20
    window.get_by_role("checkbox", name="Show the code of this page").click()
    assert window.evaluate(SHOWN) == 0
    window.reload()
    assert window.evaluate(SHOWN) == 0
    assert record.said == [] and record.outside == []
    context.close()


def test_the_switch_without_scripts(chromium, html):
    context, record = open_window(chromium, java_script_enabled=False)
    window = context.new_page()
    window.goto((html / "book" / "lin-2025.html").as_uri())
    code = window.locator(".quiet-code .highlight:visible, .quiet-code.cell_input:visible")
    assert code.count() == 0
    window.locator("#show-code").check()
    assert code.count() > 20
    sign = window.locator("details.figure-code").first
    sign.locator("summary").click()
    assert sign.locator("pre").first.is_visible()
    context.close()


def test_paper_shows_no_code(chromium, html):
    for name in ("lin-2025", "china-budget"):
        context, _ = open_window(chromium)
        window = context.new_page()
        window.goto((html / "book" / f"{name}.html").as_uri())
        window.evaluate("document.querySelector('#show-code')?.click()")
        window.emulate_media(media="print")
        assert window.evaluate(SHOWN) == 0
        assert window.locator(".code-switch").filter(visible=True).count() == 0
        context.close()
