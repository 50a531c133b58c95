"""Editions: what a copy calls itself and how it is cited, what changed, cutting, the site of all editions, rebuilding."""

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile

import pytest
from conftest import BOOK, ROOT, need, open_window, served
from test_build import TOC, notebook, plant, write

from companion.theme import MIME
from press import changes, citing, edition, register, trees

PAGES = TOC + "      - file: book/editions\n      - file: book/changes\n      - file: book/extra\n"
SHIPS = [
    'import companion\nfrom companion import sample\n\nships = companion.load("taiwan_strait_transits")',
    'companion.say("There are {n} rows.", n=len(ships))',
    'companion.figure(sample.chart(ships), name="fig-sample", caption="A sample.", alt="One bar.", source=["taiwan_strait_transits"],\n'
    '                 table=ships[["ship"]].assign(n=1).groupby("ship", as_index=False).sum(), columns={"ship": "Ship", "n": "Passages"})',
]


def git(root, *words):
    return subprocess.run(
        ["git", *words], cwd=root, check=True, capture_output=True, text=True
    ).stdout.strip()


def publish(root, *words):
    """Run `python -m press.publish`; returns (code, what it printed)."""
    run = subprocess.run(
        [sys.executable, "-m", "press.publish", *words],
        cwd=root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": str(root / "book")},
    )
    return run.returncode, run.stdout.strip()


def refused(root, *words, says):
    """The command fails with one line that says `says`, and changes neither history nor tree."""
    before = git(root, "rev-parse", "HEAD"), git(root, "status", "--porcelain"), git(root, "tag")
    code, said = publish(root, *words)
    assert code == 1 and len(said.splitlines()) == 1 and says in said, said
    assert (
        git(root, "rev-parse", "HEAD"),
        git(root, "status", "--porcelain"),
        git(root, "tag"),
    ) == before


def save(root, line):
    """Store the notebook's outputs, give changed rows a reason, keep the data package's sums right, and commit all."""
    package = ["-c", "import sys; from press.package import main; sys.exit(main())"]
    for words, must in (
        (["-m", "press.build", "notebooks"], True),
        (package, False),
        (package, True),
    ):
        run = subprocess.run(
            [sys.executable, *words],
            cwd=root,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(root / "book")},
        )
        assert not must or run.returncode == 0, run.stderr
        register.write(
            root / "data",
            [{**row, "why": row["why"] or "Made up"} for row in register.read(root / "data")],
        )
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", line)


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A small book under git, without an edition."""
    root = tmp_path_factory.mktemp("repository")
    plant(root)
    (root / "_toc.yml").write_text(PAGES)
    (root / ".gitignore").write_text("_build/\n__pycache__/\n")
    (root / "CHANGELOG.md").write_text(
        "# Changelog\n\n## 2026.11.1\n\n- One passage corrected.\n\n## 2026.11.0\n\n- First.\n"
    )
    (root / "book" / "editions.csv").write_text("version,date,commit,tree\n")
    lines = register.read(root / "data")  # the book's own stay as those of an edition long past
    register.write(root / "data", [{**row, "since": "2020.1.0"} for row in lines])
    for name in ("editions", "changes"):
        shutil.copy(BOOK / f"{name}.md", root / "book")
    write(root, sample=notebook(*SHIPS), extra="(extra)=\n# Extra\n\nA page that goes.\n")
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "Tests")
    git(root, "config", "user.email", "tests@example.org")
    save(root, "A small book")
    return root


@pytest.fixture(scope="module")
def editions(repository):
    """The small book with two editions: between them a passage less, and a page that is led on to another."""
    assert publish(repository, "cut", "2026.11.0")[0] == 0
    path = repository / "data" / "taiwan_strait_transits.csv"
    path.write_text(
        "".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8"
    )
    save(repository, "Correct a passage")
    return repository


def test_cutting_refuses_what_no_edition_may_be(editions):
    root = editions
    refused(root, "cut", "v2", says="expected year.month.count")
    refused(root, "cut", "2026.11.0", says="this edition exists")
    refused(root, "cut", "2026.10.4", says="expected one after 2026.11.0")
    refused(root, "cut", "2026.12.0", says="CHANGELOG.md: no entry '## 2026.12.0'")
    (root / "stray.txt").write_text("x")
    refused(root, "cut", "2026.11.1", says="stray.txt: not committed")
    (root / "stray.txt").unlink()
    git(root, "rm", "--quiet", "book/extra.md")
    (root / "_toc.yml").write_text(PAGES.replace("      - file: book/extra\n", ""))
    git(root, "commit", "--quiet", "--all", "--message", "Drop a page")
    refused(
        root, "cut", "2026.11.1", says="book/extra: in edition 2026.11.0 and no longer in the book"
    )


@pytest.fixture(scope="module")
def site(editions):
    """The site of the two editions of the small book."""
    for tool in ("latexmk", "xelatex"):
        need(tool)
    root = editions
    if (root / "book" / "extra.md").exists():  # where the test of refusals did not run
        git(root, "rm", "--quiet", "book/extra.md")
        (root / "_toc.yml").write_text(PAGES.replace("      - file: book/extra\n", ""))
    (root / "book" / "redirects.txt").write_text("book/extra book/about\n")
    git(root, "add", "book/redirects.txt")
    git(root, "commit", "--quiet", "--all", "--message", "Lead on from a page that went")
    code, said = publish(root, "cut", "2026.11.1")
    assert code == 0, said
    code, said = publish(root, "site")
    assert code == 0, said
    return root / "_build" / "site"


def test_the_site_holds_every_edition_whole(site):
    names = {
        "index.html",
        "MANIFEST.sha256",
        "alliances-in-transition-{0}.pdf",
        "alliances-in-transition-{0}.epub",
        "alliances-in-transition-{0}.zip",
        "alliances-in-transition-{0}-data.zip",
    }
    for folder, version in (
        ("2026.11.0", "2026.11.0"),
        ("2026.11.1", "2026.11.1"),
        ("latest", "2026.11.1"),
    ):
        for name in names:
            assert (site / folder / name.format(version)).is_file(), f"{folder} lacks {name}"
        listed = dict(
            reversed(line.split("  ", 1))
            for line in (site / folder / "MANIFEST.sha256").read_text().splitlines()
        )
        there = {
            path.relative_to(site / folder).as_posix()
            for path in (site / folder).rglob("*")
            if path.is_file()
        }
        assert there - set(listed) == {"MANIFEST.sha256", "_static/editions.js"}
        assert all(
            hashlib.sha256((site / folder / name).read_bytes()).hexdigest() == total
            for name, total in listed.items()
        )
        with zipfile.ZipFile(site / folder / f"alliances-in-transition-{version}.zip") as packed:
            inside = {name.partition("/")[2] for name in packed.namelist()}
        assert inside == there - {f"alliances-in-transition-{version}.zip"}
    for link in re.findall(r'href="([^"]+)"', (site / "index.html").read_text(encoding="utf-8")):
        assert (site / link).is_file(), f"the front page leads to {link}, which is not there"


def test_what_changed_tells_figure_data_and_sections(site):
    page = re.sub(
        r"\s+",
        " ",
        re.sub(
            r"<[^>]+>",
            "",
            (site / "2026.11.1" / "book" / "changes.html").read_text(encoding="utf-8"),
        ),
    )
    ships = json.loads(
        (site / "2026.11.1" / "figures" / "fig-sample.vl.json").read_text(encoding="utf-8")
    )
    assert ships and "Compared with edition 2026.11.0" in page and "fig-sample (sample)" in page
    assert re.search(r"Passages: (\d+) → (\d+)|: gone", page), (
        "the page names no old and new number"
    )
    assert "computed results changed" in page and re.search(r"\d+ → \d+ rows", page)
    assert "This is the first edition" in (site / "2026.11.0" / "book" / "changes.html").read_text(
        encoding="utf-8"
    )


def test_an_edition_cites_itself_and_a_draft_says_it_is_one(site):
    for version in ("2026.11.0", "2026.11.1"):
        page = (site / version / "book" / "editions.html").read_text(encoding="utf-8")
        assert (
            f"edition {version}" in page
            and "draft" not in re.search(r"<article.*</article>", page, re.S)[0].lower()
        )
        assert (
            f'<meta name="citation_pdf_url" content="../alliances-in-transition-{version}.pdf">'
            in page
        )
        for link in re.findall(r'href="\.\./([^"#]*(?:pdf|epub|zip|sha256))"', page):
            assert (site / version / link).is_file(), link
    listed = edition.published(site.parents[1])
    assert [row["version"] for row in listed] == ["2026.11.0", "2026.11.1"]
    told = subprocess.run(
        [sys.executable, "-c", "from press.edition import label; print(label())"],
        cwd=site.parents[1],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(site.parents[1] / "book")},
    ).stdout.strip()
    assert told == "draft after 2026.11.1"


def test_the_switcher_leads_to_the_same_page_from_a_server_and_from_disk(site, chromium):
    context, record = open_window(chromium, viewport={"width": 1280, "height": 900})
    with served(site) as address:
        for start in (address, site.as_uri() + "/"):
            page = context.new_page()
            page.goto(start + "2026.11.0/book/sample.html")
            assert "The newest is edition 2026.11.1" in page.inner_text(".edition-banner")
            page.click(".edition-switcher summary")
            page.click(".edition-switcher a >> text=2026.11.1")
            page.wait_for_load_state()
            assert page.url == start + "2026.11.1/book/sample.html"
            page.wait_for_selector(".edition-switcher summary", state="attached")
            assert page.locator(".edition-banner").count() == 0
            page.goto(start + "2026.11.0/index.html")
            page.click(".edition-banner a >> nth=0")
            page.wait_for_load_state()
            assert page.url == start + "2026.11.1/index.html"
            page.goto(start + "latest/book/editions.html")
            page.click(".edition-switcher summary")
            page.click(".edition-switcher a >> text=2026.11.0")
            page.wait_for_load_state()
            assert page.url == start + "2026.11.0/book/editions.html"
            page.close()
    failed = [
        line for line in record.failed if "ERR_ABORTED" not in line
    ]  # a page that is left gives up what it still asked for
    assert not record.outside and not record.said and not failed, (record, failed)
    context.close()


def test_an_edition_that_fails_leaves_the_site_and_is_named(site):
    root = site.parents[1]
    before = (site / "index.html").stat().st_mtime_ns
    listed = root / "book" / "editions.csv"
    good = listed.read_text()
    try:
        listed.write_text(good + f"2026.11.2,2026-11-30,{'0' * 40},{'0' * 40}\n")
        code, said = publish(root, "site")
        assert (
            code == 1
            and said
            == "edition 2026.11.2: commit 0000000000 is not in this copy of the repository; fetch its whole history"
        )
        head, tree = git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "HEAD^{tree}")
        listed.write_text(good + f"2026.11.2,2026-11-30,{head},{tree}\n")
        code, said = publish(root, "site")
        assert (
            code == 1
            and "CHANGELOG.md has no entry '## 2026.11.2'" in said
            and len(said.splitlines()) == 1
        )
    finally:
        listed.write_text(good)
    assert (site / "index.html").stat().st_mtime_ns == before
    kept = {path.name: path.stat().st_mtime_ns for path in (root / "_build" / "editions").iterdir()}
    assert publish(root, "site")[0] == 0
    assert {
        path.name: path.stat().st_mtime_ns for path in (root / "_build" / "editions").iterdir()
    } == kept, "an edition was built again"


# --- What changed, without a build --------------------------------------------------------------


def chapter(rows, text="A sentence."):
    spec = {
        "mark": "bar",
        "usermeta": {
            "companion": {
                "name": "fig-a",
                "caption": "A.",
                "alt": "A.",
                "source": "S",
                "resources": ["china_defense_budget"],
                "table": {"columns": ["Year", "Sum"], "rows": rows},
            }
        },
    }
    cells = [
        {"cell_type": "markdown", "source": f"(a)=\n# A\n\n{text}"},
        {"cell_type": "code", "source": "", "outputs": [{"data": {MIME: spec}, "metadata": {}}]},
    ]
    return json.dumps({"cells": cells})


def small(rows, ledger="id,claim,verdict\nL-01,One,supported\n", toc="root: book/a\n", **more):
    files = {"_toc.yml": toc, "book/a.ipynb": chapter(rows, **more), "data/claims.csv": ledger}
    return lambda path: files.get(path, "")


def test_a_changed_number_is_told_with_old_and_new():
    found = changes.compare(
        small([["2024", "7.2"], ["2025", "7.2"]]), small([["2024", "7.1"], ["2026", "7.0"]])
    )
    assert found["figures"] == [
        (
            "fig-a",
            "book/a",
            ["2024, Sum: 7.2 → 7.1", "2026: new, Sum 7.0", "2025: gone"],
            ["china_defense_budget"],
        )
    ]
    told = changes.tell(found, {"china_defense_budget": ("China's budget", "March 2026")})
    assert "7.2 → 7.1" in told and "China's budget, vintage March 2026" in told


def test_a_changed_verdict_and_a_changed_sentence_are_told():
    old, new = (
        small([]),
        small(
            [],
            ledger="id,claim,verdict\nL-01,One,contradicted\nL-02,Two,supported\n",
            text="Another sentence.",
        ),
    )
    found = changes.compare(old, new)
    assert found["verdicts"] == [("L-01", "One", "supported", "contradicted")] and found[
        "claims_new"
    ] == ["L-02"]
    assert (
        found["sections"] == [("book/a", "A", "text")]
        and not found["figures"]
        and not found["drawn"]
    )


def test_nothing_changed_is_said_in_every_part():
    told = changes.tell(changes.compare(small([]), small([])), {})
    assert told.count("None") == 6


def test_what_went_without_a_redirect_is_lost():
    gone = lambda path: {
        "_toc.yml": "root: book/b\n",
        "book/b.md": "# B\n",
        "book/redirects.txt": "book/a book/b\n",
    }.get(path, "")
    assert changes.lost(small([]), gone) == ["figures/fig-a"]


def test_a_year_more_is_one_row_and_moves_all_that_rests_on_it(tmp_path):
    """Adding next year's budget: chart, sentences and "What changed" move, and no verdict of the articles' days does."""
    for name in ("book", "data", "press"):
        shutil.copytree(
            ROOT / name,
            tmp_path / name,
            ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"),
        )
    for name in ("_toc.yml", "_config.yml", "CITATION.cff"):
        shutil.copy(ROOT / name, tmp_path)
    path = tmp_path / "data" / "china_defense_budget.csv"
    text = path.read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    last = max(
        (row for row in rows if row["growth_announced_pct"] and row["scope"] == "central"),
        key=lambda row: int(row["year"]),
    )
    year = int(last["year"]) + 1
    added = {
        **last,
        "year": str(year),
        "growth_announced_pct": "9.9",
        "public_from": f"{year}-03-05",
        "note": "",
    }
    added["amount_bn_cny"] = f"{float(last['amount_bn_cny']) * 1.099:.1f}"
    with path.open("a", encoding="utf-8", newline="") as out:
        csv.DictWriter(out, rows[0].keys(), lineterminator="\n").writerow(added)
    script = (
        "import json, nbformat; from nbclient import NotebookClient; from press.notebooks import dumps\n"
        "for name in ('lin-2025', 'china-budget', 'claims'):\n"
        "    n = nbformat.read(f'book/{name}.ipynb', as_version=4)\n"
        "    NotebookClient(n, kernel_name='python3', record_timing=False, resources={'metadata': {'path': 'book'}}).execute()\n"
        "    open(f'book/{name}.ipynb', 'w').write(dumps(json.loads(nbformat.writes(n))))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", "from press.package import main; main()\n" + script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{tmp_path / 'book'}{os.pathsep}{ROOT}"},
    )
    assert ran.returncode == 0, ran.stderr[-1500:]
    found = changes.compare(trees.folder_tree(ROOT), trees.folder_tree(tmp_path))
    moved = {name: lines for name, _, lines, _ in found["figures"]}
    names = {"fig-china-budget-headlines", "fig-budget-growth"}
    assert names <= set(moved), "the series in China's budget end with the newest year"
    assert "fig-budget-explorer" not in moved, "a sealed figure ends with the record"
    assert any(
        line.startswith(f"{year}, Central: new") for line in moved["fig-china-budget-headlines"]
    ), moved["fig-china-budget-headlines"]
    assert any(
        page == "book/china-budget" and "computed results" in kind
        for page, _, kind in found["sections"]
    )
    assert (
        found["verdicts"] == []
        and [title for title, *_ in found["data"]]
        and found["data"][0][4] == found["data"][0][3] + 1
    )
    ledger = "".join(
        text
        for kind, text in trees.cells(trees.folder_tree(tmp_path), "book/claims")
        if kind == "computed"
    )
    before = "".join(
        text
        for kind, text in trees.cells(trees.folder_tree(ROOT), "book/claims")
        if kind == "computed"
    )
    assert ledger != before and "Since then" in ledger


# --- How a copy is cited ------------------------------------------------------------------------


def test_the_version_stands_in_one_place():
    assert re.fullmatch(r"20\d\d\.\d\d?(\.\d+)?", edition.read_version())
    assert (ROOT / ".zenodo.json").read_text(encoding="utf-8") == edition.zenodo(), (
        ".zenodo.json is not what CITATION.cff says; `make cut` writes it"
    )
    for path in [
        *BOOK.glob("*.md"),
        *(ROOT / "press" / "templates").rglob("*.html"),
        ROOT / "_config.yml",
        ROOT / "README.md",
    ]:
        assert edition.read_version() not in path.read_text(encoding="utf-8"), (
            f"{path.name} names the version, which stands in CITATION.cff"
        )


def test_the_three_ways_to_cite_say_the_same(monkeypatch):
    monkeypatch.setenv("COMPANION_EDITION", "2026.11.0")
    cited = citing.cite()
    title = edition.citation()["title"]
    assert all(
        title in text and "edition 2026.11.0" in text.lower() and "companion's editors" in text
        for text in cited.values()
    )
    lines = cited["ris"].splitlines()
    assert (
        lines[0] == "TY  - BOOK"
        and lines[-1] == "ER  - "
        and all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines)
    )
    assert cited["bibtex"].startswith("@book{") and cited["bibtex"].count("{") == cited[
        "bibtex"
    ].count("}")
    monkeypatch.delenv("COMPANION_EDITION")


@pytest.mark.slow
def test_the_citation_file_keeps_its_schema(tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "cffconvert==2.0.0"], check=True)
    run = subprocess.run(
        [tmp_path / "env" / "bin" / "cffconvert", "--validate", "-i", ROOT / "CITATION.cff"],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.slow
def test_the_same_commit_gives_the_same_bytes(tmp_path):
    """The edition of the commit that is checked out, built twice: in other folders, at other times."""
    sums = []
    for name in ("one", "another/folder"):
        root = tmp_path / name
        git(ROOT, "worktree", "add", "--detach", str(root), "HEAD")
        try:
            run = subprocess.run(
                [sys.executable, "-m", "press.build", "edition"],
                cwd=root,
                capture_output=True,
                text=True,
                env={
                    **os.environ,
                    "PYTHONPATH": str(root / "book"),
                    "COMPANION_EDITION": edition.read_version(),
                },
            )
            assert run.returncode == 0, run.stdout + run.stderr
            sums.append((root / "_build" / "edition" / "MANIFEST.sha256").read_text())
        finally:
            git(ROOT, "worktree", "remove", "--force", str(root))
        time.sleep(2)
    assert sums[0].splitlines() == sums[1].splitlines()
