"""What comes from data is text wherever it goes: a small book with a hostile text in every place."""

import html
import json
import re
import xml.etree.ElementTree as ElementTree
import zipfile
from urllib.parse import quote

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import build, open_window, served, version
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from test_build import INDEX, notebook, plant, write

from companion.days import read_day, spell_day
from companion.markup import Marked, code, link, marked, pieces, text
from companion.output import catalog, say, table
from press import changes, corrected, register
from press.differences import Table

RUN = '<script>alert(1)</script><img src=x onerror="alert(2)"></script><!-- x -->'
MARKUP = (
    "{{ 7*7 }} {cite}`x` {raw}`x` $x$ a|b **b** _i_ ~~s~~ [a](javascript:alert(3)) ![p](//other.test/p) "
    r"{onclick=alert(4)} =HYPERLINK(x) \input{x} \(y\) 100% & &lt; # ^ @@0@@ 国防费 ✈"
)
HOSTILE = f"{RUN} {MARKUP}"
"""No quotation marks or dashes but in RUN: Sphinx makes them typographic."""

BLOCKS = [
    "# a", "- a", "+ a", "---", "===", "2024. x", "12) a", "(a)=", "% c", ": a", "> b", "```{raw} html", ":::{note}",
    "~~~", "| a |", "a\n\n# b", "\ta", "<!-- a -->", "{.a}", "+++", "* a", "[^a]: b", "[a]: b", "    a", "&copy;", "a\\",
]  # fmt: skip


def parsed(markdown):
    """The HTML of Markdown by the book's own parser."""
    config = MdParserConfig(
        enable_extensions=["attrs_block", "attrs_inline", "colon_fence", "deflist"]
    )
    return create_md_parser(config, RendererHTML).render(markdown)


@pytest.mark.parametrize("value", [HOSTILE, *MARKUP.split(), *BLOCKS])
def test_a_text_is_shown_as_it_stands(value):
    shown = re.sub(r"[ \t\n]+", " ", value).strip()
    for written, before in ((text(value), ""), (f"So: {text(value)}", "So: ")):
        found = re.sub(" +", " ", html.unescape(parsed(written)))
        assert found == f"<p>{before}{shown}</p>\n"
        assert len(re.findall("<[^>]*>", parsed(written))) == 2
    assert "".join(part for part, _ in pieces(text(value))).strip() == shown


def test_neighbors_make_no_markup_of_two_texts():
    for one, two in (("<", "b>"), ("!", "[a](b)"), ("{raw}", "`x`"), ("a", "{.b}")):
        found = parsed(str(marked("x {}{}", one, two)))
        assert found == f"<p>x {html.escape(one + two, quote=False)}</p>\n"
    assert "<img" not in parsed(str(marked("{}{}", "!", link("a", "https://example.org"))))
    assert "class" not in parsed(str(marked("{}{}", link("a", "https://example.org"), "{.b}")))


def test_what_no_xml_may_hold_is_left_out():
    assert text("a\x01b\ud800\uffff") == "a\ufffdb\ufffd\ufffd"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//other.test",
        "ftp://x.y",
        "../x",
        "#a b",
        "",
        None,
        float("nan"),
    ],
)
def test_a_source_leads_to_the_web_or_nowhere(url):
    assert str(link("NHK [2025]", url)) == r"NHK \[2025\]"


def test_an_address_cannot_leave_its_link():
    written = str(link(HOSTILE, 'https://example.org/a>b)|c`d"e f?x=1&copy;=2_3_'))
    ((shown, url),) = pieces(written)
    assert shown == HOSTILE
    assert url == "https://example.org/a%3Eb)%7Cc%60d%22e%20f?x=1&copy;=2_3_"
    found = BeautifulSoup(parsed(written), "lxml").select("a")
    assert [one.get_text() for one in found] == [HOSTILE] and len(found[0].attrs) == 1


def test_a_template_is_markdown_and_its_values_are_text():
    assert say("**{x}** {n:word} {f:.1f} {m}", x="*a*", n=2, f=-0.25, m=Marked("*b*")).text == (
        r"**\*a\*** two −0.2 *b*"
    )
    rows = pd.DataFrame({"a|b": ["x|y", Marked("*z*")], "n": [-5.2, None]})
    assert table(rows).text.splitlines() == [
        r"| A\|b | N |", "| :--- | ---: |", r"| x\|y | −5.2 |", "| *z* | – |",
    ]  # fmt: skip
    assert str(code("a`b")) == "`` a`b ``"
    assert "`year`" in catalog().text


def test_a_day_is_read_as_it_was_written():
    for day in pd.date_range("2024-01-29", "2025-12-31", freq="17D"):
        assert read_day(spell_day(day)) == read_day(spell_day(day, short=True)) == day.date()
    assert read_day("May 35, 2024") is None and read_day("in May 3, 2024") is None


def test_what_changed_is_told_as_text():
    table = {"columns": ["A", "B"], "rows": [["x", text("old *a*")]]}
    lines = changes._numbers(table, {**table, "rows": [["x", text(HOSTILE)]]})
    found = {key: [] for key in changes.compare(lambda _: "", lambda _: "")} | {
        "figures": [("fig-x", "book/x", lines, ["x"])],
        "verdicts": [("L-01", HOSTILE, "supported", "contradicted")],
        "data": [(HOSTILE, "a", HOSTILE, 1, 1, 0)],
    }
    told = changes.tell(found, {"x": (HOSTILE, HOSTILE)})
    shown = BeautifulSoup(parsed(re.sub("(?m)^```.*$", "", told)), "lxml")  # for screen or paper
    assert lines == [f"x, B: old *a* → {HOSTILE}"]
    assert shown.get_text().count(HOSTILE) == 6 and not shown.select("img, script")


def test_the_register_is_told_as_text(monkeypatch):
    line = dict.fromkeys(register.HEADER, "") | {
        "since": "2026.11.1", "resource": "x", "key": "k", "column": "c", "old": HOSTILE, "new": HOSTILE,
        "rows": "1", "why": HOSTILE, "at": 2,
    }  # fmt: skip
    table = Table("x.csv", ["k", "c"], {("k",): (2, {"k": "k", "c": HOSTILE})})
    monkeypatch.setattr(corrected, "_found", lambda _: ("2026.11.1", [line], {"x": table}))
    told = corrected.part({"x": (HOSTILE,)})
    folded = BeautifulSoup(re.search("(?m)^<details.*$", told)[0], "lxml")
    assert folded.get_text().count(HOSTILE) == 3 and not folded.select("img, script")
    page = re.sub(r"(?ms)^````\{only\}.*?^````$", "", told)
    shown = BeautifulSoup(parsed(page), "lxml")
    assert shown.get_text().count(HOSTILE) == 2 and not shown.select("img, script")


# --- A book with it in every place --------------------------------------------------------------

CELLS = [
    "import altair, pandas\nimport companion\nfrom companion import hostile, ledger\nfrom companion.markup import text\nH = hostile.HOSTILE",
    'companion.say("A sentence: {x}. End", x=H)',
    "companion.say(hostile.RUN + ' a template')",
    'companion.table(pandas.DataFrame({"cell": [H], "cite_as": [H], "url": ["https://example.org/<b>"]}), {"cell": H, "cite_as": "Source"}, caption=hostile.RUN, name="tab-x")',
    'companion.checked("lin-i")',
    "ledger.whole()",
    'companion.notes("lin-2025")',
    "companion.catalog()",
    "companion.datasets('claims')",
    """rows = pandas.DataFrame({"label": [H, "b"], "n": [-5.25, 1234.0], "day": pandas.to_datetime(["2025-03-08", None]),
                         "formula": ["=1+1", "@x"], "cite_as": [H, "b"], "url": ["javascript:alert(5)", "https://example.org/?a=1&b=2"]})
chart = (altair.Chart(rows[["label", "n"]], title=H).mark_bar().properties(width=200, height=200)
         .encode(x=altair.X("n:Q", title=H), y=altair.Y("label:N", title=H), tooltip=["label", "n"]))
companion.figure(chart, name="fig-x", caption=text(H) + " " + hostile.RUN + " End.", alt=H + " An alternative.", source=["claims"], table=rows,
                 columns={"label": H, "n": "N", "day": "Day", "formula": "Formula", "cite_as": "Source"})""",
]
HEADING = "<script>alert(7)</script><img src=x onerror=alert(8)>"
PLACES = 20  # times that it is at least to be read on the page


def hostile_tree(root):
    """A small book whose data, configuration and notebook hold HOSTILE."""
    plant(root)
    (root / "book" / "companion" / "hostile.py").write_text(
        f'"""Hostile texts."""\n\nRUN = {RUN!r}\nHOSTILE = {HOSTILE!r}\n', encoding="utf-8"
    )
    ledger = root / "data" / "claims.csv"
    rows = pd.read_csv(ledger, dtype=str, keep_default_na=False)
    chosen = (rows["section"] == "lin-i") & (rows["tier"] == "card")
    chosen |= (rows["article"] == "lin-2025") & (rows["tier"] == "note")
    for column in ("claim", "evidence", "reader_note", "since_then", "cite_as", "reading_judged"):
        rows.loc[chosen, column] = f"{HOSTILE} {column}"
    rows.loc[chosen, "url"] = "https://example.org/%3Cb%3E"
    rows.to_csv(ledger, index=False, lineterminator="\n", encoding="utf-8")
    path = root / "data" / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    item = next(item for item in package["resources"] if item["name"] == "claims")
    item.update(title=HOSTILE, description=HOSTILE, vintage=f"{HOSTILE} 2025")
    item["sources"] = [{"title": HOSTILE, "path": "javascript:alert(6)", "accessed": "2026-11-22"}]
    path.write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
    path = root / "CITATION.cff"
    about = path.read_text(encoding="utf-8")
    about = re.sub(r"(?m)^title: .*$", lambda _: f"title: {json.dumps(HOSTILE)}", about)
    path.write_text(about + "url: https://example.org/companion/\n", encoding="utf-8")
    labels = sorted({*rows["section"]})
    sections = "\n".join(f"({label})=\n## {label}\n" for label in labels)
    title, below = text(f"{HOSTILE} Title"), text(f"{HEADING} below")
    about = f"(about)=\n# {title}\n\nA page.\n\n{{{{ 1 + 1 }}}}\n\n## {below}\n\n{sections}\n```{{bibliography}}\n```\n"
    write(root, index=INDEX, about=about, sample=notebook(*CELLS))
    return root


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The hostile book, built as HTML."""
    root = hostile_tree(tmp_path_factory.mktemp("hostile"))
    build(root, "html")
    return root


def seen(shown):
    """A text in one line, without the marks that Sphinx makes of quotation marks and dashes."""
    shown = re.sub(r"\s+", " ", shown).replace("--", "–")
    return shown.translate(str.maketrans("“”‘’", "\"\"''"))


# Sphinx finds a heading by half of it at least.
SEARCH = "search.html?q=" + quote(f"{HEADING} below")


def test_nothing_of_it_runs_on_a_page(book, chromium):
    out = book / "_build" / "html"
    with served(out) as address:
        window, record = open_window(chromium)
        page = window.new_page()
        page.on(
            "dialog",
            lambda dialog: (record.said.append(f"dialog {dialog.message}"), dialog.accept()),
        )
        for name in ("book/sample.html", "book/about.html", "index.html", SEARCH):
            page.goto(f"{address}{name}", wait_until="networkidle")
            if name.startswith("search"):
                page.wait_for_selector("#search-results li a")
                assert "alert(8)> below" in page.inner_text("#search-results")
            if name == "book/sample.html":
                page.locator(".chart.wide .chart-view").press("ArrowRight")
                page.wait_for_selector(".chart-answer:not(:empty)")
                page.locator(".figure-data summary").first.click()
                page.wait_for_timeout(500)
                shown = seen(page.inner_text("article"))
        window.close()
    assert record.said == [] and record.outside == [] and record.failed == []
    assert shown.count(seen(HOSTILE)) > PLACES
    assert shown.count(seen(RUN)) > shown.count(seen(HOSTILE)) + 2, (
        "caption, template, caption of a table"
    )


def test_a_page_holds_no_markup_of_it(book):
    for path in (book / "_build" / "html").rglob("*.html"):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")
        assert not soup.select("[onerror], [onclick*=alert], img[src=x], [src*='other.test']"), (
            path.name
        )
        assert not [
            tag
            for tag in soup.find_all(["a", "script"])
            if "alert(" in tag.get("href", "") or tag.string == "alert(1)"
        ], path.name
    sample = (book / "_build" / "html" / "book" / "sample.html").read_text(encoding="utf-8")
    soup = BeautifulSoup(sample, "lxml")
    for spec in soup.select("script.chart-spec"):
        assert json.loads(spec.string)["title"] and "<" not in spec.string
    links = {a["href"] for a in soup.select("a[href^=http]")}
    assert {"https://example.org/%3Cb%3E", "https://example.org/?a=1&b=2"} <= links
    comments = re.findall(r"<!-- (claim|section) [\w -]+ -->", sample)
    assert comments.count("claim") > 100 and comments.count("section") > 10, "tables.js reads them"


def test_an_epub_of_it_is_well_formed(book):
    build(book, "epub")
    path = book / "_build" / "epub" / f"alliances-in-transition-{version()}.epub"
    with zipfile.ZipFile(path) as made:
        names = [name for name in made.namelist() if re.search(r"\.(xhtml|opf|ncx|xml|svg)$", name)]
        assert len(names) > 5
        for name in names:
            tree = ElementTree.fromstring(made.read(name))
            for tag in tree.iter():
                assert not str(tag.tag).endswith("}script"), name
                assert not [key for key in tag.attrib if key.startswith("on")], name
        shown = "".join(ElementTree.fromstring(made.read("book/sample.xhtml")).itertext())
    assert seen(shown).count(seen(HOSTILE)) > PLACES


def test_latex_of_it_is_escaped(book):
    build(
        book, "pdf", check=False
    )  # the fonts need not have each sign; what matters is the text for TeX
    found = list((book / "_build").rglob("latex/*.tex"))
    tex = max(found, key=lambda path: path.stat().st_size).read_text(encoding="utf-8")
    assert r"\input{x}" not in tex and "100%" not in tex
    assert tex.count(r"\textbackslash{}input\{x\}") > PLACES
    assert not re.search(r"(?<!\\)\$x\$", tex)


# --- What a reader takes away -------------------------------------------------------------------


def test_a_spreadsheet_computes_nothing_of_it(book):
    path = book / "_build" / "html" / "figures" / "fig-x.csv"
    rows = pd.read_csv(path)
    assert list(rows["N"]) == [-5.25, 1234.0] and list(rows["Day"].dropna()) == ["2025-03-08"]
    assert list(rows["Formula"]) == ["'=1+1", "'@x"]
    assert rows.iloc[0, 0] == HOSTILE == rows["Source"][0]
    assert rows.columns[0] == HOSTILE.replace('"', "'")
    assert rows["Source"][1] == "b, https://example.org/?a=1&b=2"
