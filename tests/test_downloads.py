"""What a reader takes away of a figure: CSV files that any program reads, BibTeX and RIS that say what the page says."""

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, version
from pybtex.database import parse_string

from companion.markup import pieces
from press import citing
from press.changes import figures, folder_tree
from press.downloads import NUMBER, plain, safe, table_rows

FIGURES = figures(folder_tree(ROOT))
COPY = {
    "who": "The companion's editors",
    "title": "Alliances in Transition: A Research Companion",
    "which": "draft after 2026.11.1",
    "when": "2026-11-23",
    "base": "",
}


@pytest.fixture(scope="module")
def drawn(html):
    """{name: figure} of all figures of the HTML book."""
    pages = (
        BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")
        for path in (html / "book").glob("*.html")
    )
    return {figure["id"]: figure for page in pages for figure in page.select("figure.chart-figure")}


def cited(name, number=7, **more):
    meta = FIGURES[name]
    return citing.cite_figure({**COPY, **more}, name, number, meta["caption"], meta["source"])


def shown(cell):
    return "".join(part for part, _ in pieces(cell))


def test_there_are_figures_to_take_away():
    assert len(FIGURES) > 40


@pytest.mark.parametrize("name", FIGURES)
def test_a_plain_reader_finds_the_table(html, drawn, name):
    """pandas without options finds the columns and rows of the page, numbers as numbers, and source and citation in each row."""
    path = html / "figures" / f"{name}.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "Excel reads UTF-8 by this mark only"
    read, table = pd.read_csv(path), FIGURES[name]["table"]
    width = len(table["columns"])
    columns = [safe(heading) for heading in table["columns"]]
    columns[0] = columns[0].replace(",", ";")
    assert path.read_bytes()[3:4] != b'"', "behind the mark DuckDB takes it for part of the heading"
    assert list(read.columns[:width]) == columns and len(read) == len(table["rows"])
    assert len(set(read.columns)) == len(read.columns)
    for number, heading in enumerate(columns):
        cells = [shown(row[number]) for row in table["rows"]]
        there = [cell != "–" for cell in cells]
        assert list(read[heading].notna()) == there, heading
        if any(there) and all(NUMBER.fullmatch(cell) for cell in cells if cell != "–"):
            assert pd.api.types.is_numeric_dtype(read[heading]), heading
            want = [float(cell.replace(",", "").replace("−", "-")) for cell in cells if cell != "–"]
            assert list(read[heading].dropna()) == want, heading
        assert not read[heading].astype(str).str.contains(r"^[A-Z][a-z]{2} \d{1,2}, \d{4}$").any()
    assert read["Cite as"].nunique() == 1 and FIGURES[name]["source"] in read["Cite as"][0]
    for_all, page = drawn[name].select_one(".figure-rows"), drawn[name].select_one("table")
    if for_all:
        assert shown(table["all_rows"]) in for_all.get_text()
        assert shown(table["all_rows"]).split(";")[0] in read["Source"][0]
    else:
        assert re.search("Source|Read in", " ".join(read.columns[:width]))
    everything = page.get_text() + path.read_text(encoding="utf-8")
    assert "](<" not in everything, "a link that was not made one"


def test_cells_are_plain():
    for cell, want in (
        ("−5.2", "-5.2"), ("1,044.397", "1044.397"), ("+7.2", "7.2"), ("-5.2", "-5.2"), ("–", ""), ("2025", "2025"),
        ("Mar 8, 2025", "2025-03-08"), ("March 8, 2025", "2025-03-08"), ("8.2 to 9", "8.2 to 9"), ("1,2", "1,2"),
        (r"Suga\*", "Suga*"), (r"[NHK \[a\]](<https://e.org/?a=1&b>)", "NHK [a], https://e.org/?a=1&b"),
    ):  # fmt: skip
        assert plain(cell) == want, cell


@pytest.mark.parametrize(
    "value", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"]
)
def test_a_spreadsheet_computes_no_text(value):
    assert safe(value) == plain(value) == f"'{value}"
    node = {"columns": [value], "rows": [[value]], "all_rows": value}
    assert all(
        cell == f"'{value}" for row in table_rows(node, value) for cell in row if value in cell
    )
    assert table_rows({"columns": ["Source"], "rows": [["a"]], "all_rows": "b"}, "c")[0] == [
        "Source", "Source of the figure", "Cite as",
    ]  # fmt: skip


def untex(value):
    """The text of a field that `citing.tex` wrote: the inverse of its table, in braces or not."""
    back = {written: sign for sign, written in citing.TEX.items()}
    return re.sub(
        "|".join(map(re.escape, sorted(back, key=len, reverse=True))), lambda m: back[m[0]], value
    )


SIGNS = r"50% & more_of # $5 {a} ~b ^c \d } “q” 国防费"


def test_all_signs_come_back():
    entry = parse_string(
        citing.bibtex(
            "misc", "x", {"author": SIGNS, "title": SIGNS, "note": SIGNS, "year": "2026"}
        ),
        "bibtex",
    ).entries["x"]
    assert untex(entry.fields["title"]) == f"{{{SIGNS}}}" and untex(entry.fields["note"]) == SIGNS
    assert (
        untex(str(entry.persons["author"][0])) == f"{{{SIGNS}}}" and entry.fields["year"] == "2026"
    )
    assert not re.search(r"(?<!\\)[%&_#$]", entry.fields["title"])


@pytest.mark.parametrize("name", FIGURES)
def test_bibtex_and_ris_say_what_the_page_says(html, drawn, name):
    figure = drawn[name]
    number = re.search(r"\d+", figure.select_one(".caption-number").get_text())[0]
    said = next(
        p for p in figure.select(".figure-data p") if p.get_text().startswith("Cite: ")
    ).get_text()
    files = html / "figures"
    ((key, entry),) = parse_string(
        (files / f"{name}.bib").read_text(encoding="utf-8"), "bibtex"
    ).entries.items()
    fields = {field: untex(value) for field, value in entry.fields.items()}
    ris = [
        line.partition("  - ")[::2]
        for line in (files / f"{name}.ris").read_text(encoding="utf-8").splitlines()
    ]
    told = dict(ris)
    sentence = citing.first_sentence(FIGURES[name]["caption"])
    assert FIGURES[name]["caption"].startswith(sentence) and len(sentence) > 8
    assert key == told["ID"] == name
    assert fields["title"] == f"{{{told['TI']}}}" == f"{{Figure {number}: {sentence}}}"
    assert fields["note"] == told["N1"] == f"Data: {FIGURES[name]['source']}"
    assert fields["edition"] == told["ET"] and re.match("(draft|edition) ", told["ET"])
    assert fields["howpublished"] == f"{told['T2']}, {told['ET']}"
    assert fields["year"] == told["PY"] == told["DA"][:4] and told["AU"] in untex(
        str(entry.persons["author"][0])
    )
    assert ris[0] == ("TY", "FIGURE") and ris[-1] == ("ER", "")
    assert all(re.fullmatch("[A-Z][A-Z0-9]", tag) for tag, _ in ris)
    for part in (
        FIGURES[name]["source"],
        f"Figure {number}, “{sentence}",
        told["ET"],
        f"figure {name}",
    ):
        assert part in said, part
    assert {f"{name}.bib", f"{name}.ris"} <= {
        a["href"].rpartition("/")[2] for a in figure.select("a[download]")
    }


def test_a_draft_cites_itself_as_a_draft(monkeypatch):
    name = "fig-budget-growth"
    monkeypatch.setenv("COMPANION_EDITION", "")
    monkeypatch.setattr("press.edition.git", lambda *words, **more: "")
    monkeypatch.setattr(
        "press.citing.citation", lambda: {**REAL, "url": "https://example.org/book/"}
    )
    monkeypatch.setattr("press.citing.latest_url", lambda: "https://example.org/book/latest/")
    for which in cited(name, **citing.about_copy()).values():
        assert f"draft after {version()}" in which or f"draft of {version()}" in which
        assert f"edition {version()}" not in which and f"version {version()}" not in which
        assert f"https://example.org/book/latest/figures/{name}.html" in which
    monkeypatch.setenv("COMPANION_EDITION", version())
    for which in cited(name, **citing.about_copy()).values():
        assert f"edition {version()}" in which and "draft" not in which
        assert f"https://example.org/book/{version()}/figures/{name}.html" in which
    monkeypatch.undo()
    assert all("http" not in which for which in cited(name).values()), "without url no address"


REAL = citing.citation()


@pytest.mark.parametrize(
    ("caption", "sentence"),
    [
        ("One. Two.", "One"),
        ("Is it so? Yes.", "Is it so?"),
        (
            "As read on Mar. 5, 2025 in the U.S. Senate. Two.",
            "As read on Mar. 5, 2025 in the U.S. Senate",
        ),
        ("Growth of 7.2% a year.\nTwo.", "Growth of 7.2% a year"),
        ("A “word.” Then more.", "A “word.” Then more"),
    ],
)
def test_the_first_sentence_of_a_caption(caption, sentence):
    assert citing.first_sentence(caption) == sentence


def test_the_book_itself_is_cited_with_signs_escaped(monkeypatch):
    monkeypatch.setattr(
        "press.citing.citation", lambda: {**REAL, "title": SIGNS, "authors": [{"name": SIGNS}]}
    )
    told = citing.cite()
    (entry,) = parse_string(told["bibtex"], "bibtex").entries.values()
    assert untex(entry.fields["title"]) == f"{{{SIGNS}}}"
    assert f"TI  - {SIGNS}" in told["ris"].splitlines()
    assert r"\{a\}" in told["text"] and "\n" not in told["text"]
