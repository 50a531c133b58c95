"""What the tests share: the book, built once; a browser without a network; small books to break."""

import csv
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from bs4 import BeautifulSoup
from docutils import nodes
from told import pytest_runtest_makereport, values  # noqa: F401  pytest takes the first from here

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
BASE = "/some/base/"  # the book is served below a path, as most hosts do
sys.path[:0] = [str(ROOT), str(BOOK)]


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: left out of `make test`; `make test-all` runs it")
    config.addinivalue_line("markers", "built: needs the built book or a browser; set by conftest")
    config.option.markexpr = config.option.markexpr or "not slow"


BUILT = {"html", "pdf", "epub", "site", "chromium", "figures"}
"""Fixtures for which the book is built or a browser is started."""


def pytest_collection_modifyitems(items):
    for item in items:
        if BUILT & set(getattr(item, "fixturenames", ())):
            item.add_marker("built")


def cases(names, often):
    """Cases of a test: `make test` runs those named in `often`, `make test-all` the others."""
    assert set(often) <= set(names), f"{sorted(set(often) - set(names))} are no cases"
    return [
        pytest.param(name, id=name, marks=() if name in often else pytest.mark.slow)
        for name in names
    ]


def need(tool, *names):
    """Path of a program. Where it is missing, the test is skipped, or fails with CI=true."""
    for name in names or (tool,):
        if path := shutil.which(name):
            return path
    line = f"{tool} is missing; install the packages of apt.txt"
    pytest.fail(line, pytrace=False) if os.environ.get("CI") == "true" else pytest.skip(line)


def build(root, task, check=True):
    """Run `python -m press.build` in a tree; returns (code, what it printed)."""
    run = subprocess.run(
        [sys.executable, "-m", "press.build", task],
        cwd=root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": str(root / "book")},
    )
    if check and run.returncode:
        pytest.fail(f"press.build {task} failed:\n{run.stdout}", pytrace=False)
    return run.returncode, run.stdout


def pages():
    """The pages of the book, in its order, as file names below the site's root; the front page is first."""
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    return ["index.html"] + [f"{name}.html" for name in re.findall(r"file: (\S+)", toc)]


def notebooks():
    """{name: notebook} of all notebooks of the book."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(BOOK.glob("*.ipynb"))
    }


def left_to_the_screen():
    """Labels of the figures whose page the PDF leaves to the screen."""
    from press.screen_pages import ON_SCREEN

    stored = [
        output.get("data", {})
        for stem, notebook in notebooks().items()
        if f"book/{stem}" in ON_SCREEN
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
    ]
    specs = [spec for data in stored for spec in data.values() if isinstance(spec, dict)]
    return {spec.get("usermeta", {}).get("companion", {}).get("name") for spec in specs} - {None}


def version():
    return str(yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"])


@pytest.fixture(scope="session")
def html():
    """The folder of the HTML book."""
    build(ROOT, "html")
    return ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def pdf(html):
    """The PDF: its path, its text page by page, and the log of its making."""
    for tool in ("latexmk", "xelatex", "pdftotext", "pdfinfo", "pdffonts"):
        need(tool)
    build(ROOT, "pdf")
    path = ROOT / "_build" / "pdf" / f"alliances-in-transition-{version()}.pdf"
    text = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True
    ).stdout.decode()
    log = (ROOT / "_build" / "next" / "_build" / "latex" / "book.log").read_text(
        encoding="utf-8", errors="replace"
    )
    folder = ROOT / "_build" / "next" / "_build" / "latex"
    return SimpleNamespace(path=path, pages=text.split("\f")[:-1], log=log, folder=folder)


@pytest.fixture(scope="session")
def epub(html):
    """The EPUB: its path, and its files as {name: bytes}."""
    build(ROOT, "epub")
    path = ROOT / "_build" / "epub" / f"alliances-in-transition-{version()}.epub"
    with zipfile.ZipFile(path) as book:
        return SimpleNamespace(path=path, files={name: book.read(name) for name in book.namelist()})


@pytest.fixture(scope="session")
def figures(html):
    """{label: (number, caption)} of all figures of the HTML book."""
    found = {}
    for page in sorted((html / "book").glob("*.html")):
        for figure in BeautifulSoup(page.read_text(encoding="utf-8"), "lxml").select(
            "figure.chart-figure"
        ):
            found[figure["id"]] = (
                int(re.search(r"\d+", figure.select_one(".caption-number").get_text())[0]),
                figure.select_one(".caption-text").get_text(),
            )
    assert sorted(number for number, _ in found.values()) == list(range(1, len(found) + 1)) != []
    return found


class _Below(http.server.SimpleHTTPRequestHandler):
    def translate_path(self, path):
        inside = path.startswith(BASE)
        return super().translate_path("/" + path[len(BASE) :]) if inside else os.devnull + "/none"

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """Say nothing of a page that left while it was being answered."""


@contextmanager
def served(folder):
    """A folder on a web server, below a base path; yields its address."""
    server = _Server(("127.0.0.1", 0), partial(_Below, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{BASE}"
    server.shutdown()


@pytest.fixture(scope="session")
def site(html):
    """Address of the HTML book, served below a base path."""
    with served(html) as address:
        yield address


def script_data(path):
    """The value that a script file of the site assigns."""
    return json.loads(path.read_text(encoding="utf-8").partition("=")[2].rstrip().removesuffix(";"))


@pytest.fixture(scope="module", params=["http", "disk"])
def place(request, html, site):
    """Where the HTML book is read from: a server and the disk, one after the other."""
    return site if request.param == "http" else f"{html.as_uri()}/"


def drawing_html(spec):
    """The HTML of a figure's drawing, controls and data, as a page of the book has it."""
    from press.figure_page import visit_drawing_html
    from press.outputs import drawn_on_a_page

    told, page = spec["usermeta"]["companion"], SimpleNamespace(body=[])
    node = {key: told.get(key) for key in ("name", "alt", "opened", "draw")}
    with pytest.raises(nodes.SkipNode):
        visit_drawing_html(page, {**node, "spec": drawn_on_a_page(spec)})
    return "".join(page.body)


def planted(root, plant):
    """A small book that `plant` writes into a folder, built as HTML."""
    plant(root)
    build(root, "html")
    return root


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A small book, built once for the tests of a file, which may break it."""
    from test_build import plant

    return planted(tmp_path_factory.mktemp("tree"), plant)


@pytest.fixture(scope="session")
def chapter(tmp_path_factory):
    """A book with one chapter in parts (tests/sample_chapter.py) and a session (tests/sample_seminar.py), built as HTML."""
    from sample_seminar import plant_seminar

    return planted(tmp_path_factory.mktemp("chapter"), plant_seminar)


@pytest.fixture(scope="session")
def chapter_page(chapter):
    """That chapter, parsed."""
    text = (chapter / "_build" / "html" / "book" / "sample.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "lxml").select_one("article.bd-article")


@pytest.fixture(scope="session")
def chapter_address(chapter):
    """The address of that chapter, served below a base path."""
    with served(chapter / "_build" / "html") as site:
        yield f"{site}book/sample.html"


@pytest.fixture(scope="session")
def chromium():
    """The browser."""
    path = need("chromium", "chromium", "chromium-browser", "google-chrome")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


def open_window(browser, **options):
    """A browser context without a network beyond this machine, and a record of what went on in it.

    `record.said`: console errors and warnings and page errors; `.outside`: requests to other hosts,
    all cut off; `.failed`: requests that failed or were answered with an error; `.asked`: all requests.
    """
    context = browser.new_context(**options)
    record = SimpleNamespace(said=[], outside=[], failed=[], asked=[])
    local = re.compile(r"(https?|wss?)://127\.0\.0\.1[:/]|file:|data:|blob:|about:")
    context.route(
        lambda url: not local.match(url),
        lambda route: (record.outside.append(route.request.url), route.abort()),
    )
    context.on(
        "console",
        lambda line: (
            record.said.append(f"{line.type}: {line.text} ({line.location['url']})")
            if line.type in ("error", "warning")
            else None
        ),
    )
    context.on("weberror", lambda error: record.said.append(f"page error: {error.error}"))
    context.on("request", lambda request: record.asked.append(request.url))
    # A page that is left calls off what it was still asking for: no fault of the book's.
    context.on(
        "requestfailed",
        lambda request: (
            record.failed.append(f"{request.url}: {request.failure}")
            if request.failure != "net::ERR_ABORTED"
            else None
        ),
    )
    context.on(
        "response",
        lambda answer: (
            record.failed.append(f"{answer.url}: {answer.status}") if answer.status >= 400 else None
        ),
    )
    return context, record


def by(frame, key, column):
    """{key: value} of two columns of a frame; a key that is missing is named."""
    return values(frame, key, column)


def close(expected, places=2):
    """What is printed to `places` decimals."""
    return pytest.approx(expected, abs=0.5 * 10**-places + 1e-9)


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """Put made-up rows in the place of a resource: made_up("china_macro", "year indicator value", rows)."""
    from companion import data

    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data", folder)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    fields = {item["name"]: item["schema"]["fields"] for item in package["resources"]}
    for field in (field for columns in fields.values() for field in columns):
        field.pop("constraints", None)  # a sample of four answers is small enough to count by hand
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    usual = {
        "cite_as": "made up",
        "read_at": "publisher",
        "public_from": "2000-01-01",
        "grade": "read-in-archived-copy",
    }

    def write(name, columns, rows):
        names = [field["name"] for field in fields[name]]
        given = columns.split()
        assert set(given) <= set(names), f"{name} has the columns {names}"
        with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, names, lineterminator="\n")
            out.writeheader()
            for row in rows:
                out.writerow({**usual, **dict(zip(given, row, strict=True))})

    monkeypatch.setattr(data, "FOLDER", folder)
    return write
