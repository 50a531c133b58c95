"""From a chart to a figure: what is refused, what is kept, and that all programs draw the same."""

import json
import re
import unicodedata
from collections import Counter

import altair
import pandas
import pytest
import vl_convert
from bs4 import BeautifulSoup
from conftest import left_to_the_screen, notebooks
from docutils import nodes

from companion import FigureError, figure
from companion.data import cited
from companion.seal import LATER
from companion.theme import MIME
from companion.vegalite import controls
from press import outputs, paper
from press.drawing import VEGA_LITE
from press.languages import chinese_titles, mark_languages, script_language
from press.tables import LINE, share_width

FRAME = pandas.DataFrame({"year": ["2023", "2024"], "share": [1.0, 1.25]})
GOOD = {
    "name": "fig-sample",
    "caption": "Two shares.",
    "alt": "The share rises.",
    "source": ["sipri_milex"],
    "table": FRAME,
}
JUPYTERLAB = "5.8"  # the nearest to JupyterLab's own Vega-Lite that vl-convert carries
STORED = {
    output["data"][MIME]["usermeta"]["companion"]["name"]: output["data"][MIME]
    for notebook in notebooks().values()
    for cell in notebook["cells"]
    for output in cell.get("outputs", [])
    if MIME in output.get("data", {})
}


def chart(frame=FRAME):
    axis = altair.Y("share:Q", title="Share of output (%)")
    return (
        altair.Chart(frame).mark_bar().encode(x="year:O", y=axis).properties(width=300, height=220)
    )


def controlled():
    """A chart with a slider and a list."""
    first = altair.param(
        name="first", value=1, bind=altair.binding_range(min=0, max=9, name="First")
    )
    unit = altair.param(
        name="unit",
        value="yuan",
        bind=altair.binding_select(options=["yuan", "dollars"], name="Unit"),
    )
    return chart().add_params(first, unit)


def drawing(spec, version):
    """The texts of a drawing and the number of its marks, by kind."""
    spec = {key: value for key, value in spec.items() if key != "usermeta"}
    spec["$schema"] = f"https://vega.github.io/schema/vega-lite/v{version[0]}.json"
    svg = vl_convert.vegalite_to_svg(json.dumps(spec), vl_version=version, allowed_base_urls=[])
    return Counter(re.findall(r"<text[^>]*>([^<]*)</text>", svg)), Counter(
        re.findall(r"<(path|line|rect|circle|image)\b", svg)
    )


REFUSED = {
    "no caption": ({"caption": ""}, "caption is missing"),
    "unknown source": ({"source": ["sipri_milexx"]}, "sipri_milexx.*sipri_milex"),
    "unknown column": ({"columns": {"shares": "Share"}}, "'shares'.*year, share"),
    "paper without such a control": ({"paper": [{"first": 2}]}, "'first' in paper.*no controls"),
    "paper with a value out of range": (
        {"chart": controlled(), "paper": [{"first": 12}]},
        "12 for the control 'first'.*0 to 9",
    ),
    "paper with a choice that is none": (
        {"chart": controlled(), "paper": [{"unit": "yen"}]},
        "'yen' for the control 'unit'.*dollars",
    ),
    "no rows": ({"table": FRAME.head(0)}, "no data"),
    "no label": ({"name": "Sample"}, "fig-"),
    "capital letters": ({"name": "fig-Sample"}, "lower-case"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case):
    change, reason = REFUSED[case]
    with pytest.raises(FigureError, match=reason) as caught:
        figure(**{"chart": chart(), **GOOD, **change})
    line = str(caught.value)
    assert change.get("name", "fig-sample") in line and "\n" not in line


def test_same_chart_gives_the_same_figure():
    layered = lambda: altair.layer(chart(), chart().mark_text()).add_params(
        altair.param(name="first", bind=altair.binding_range(), value=1)
    )  # noqa: E731
    first = figure(layered(), **GOOD).spec
    figure(chart(pandas.DataFrame({"year": ["2025"], "share": [3.0]})), **GOOD)
    assert figure(layered(), **GOOD).spec == first


def test_floats_are_rounded_and_gaps_are_null():
    spec = figure(
        chart(pandas.DataFrame({"year": ["1", "2"], "share": [1 / 3, float("nan")]})), **GOOD
    ).spec
    assert [row["share"] for row in next(iter(spec["datasets"].values()))] == [0.333333, None]


@pytest.mark.parametrize("name", STORED)
def test_jupyterlab_and_the_book_draw_the_same(name):
    (texts, marks), (book_texts, book_marks) = (
        drawing(STORED[name], JUPYTERLAB),
        drawing(STORED[name], VEGA_LITE),
    )
    assert texts - book_texts == book_texts - texts == Counter()
    assert marks == book_marks


def as_drawn(chart, **more):
    spec = figure(chart, **GOOD, **more).spec
    return outputs.drawing(
        spec=spec,
        name="fig-sample",
        alt="The share rises.",
        paper=spec["usermeta"]["companion"].get("paper", []),
    )


def test_paper_says_which_state_of_the_controls_it_shows():
    assert paper.paper_note(as_drawn(chart())) is None
    one = as_drawn(controlled())
    assert (
        paper.paper_note(one)
        == "Drawn here with First: 1; Unit: yuan. The HTML edition has controls for the rest."
    )
    assert paper.paper_drawings(one) == [(one["spec"], "The share rises.")]


def test_paper_shows_states_beside_each_other():
    two = as_drawn(controlled(), paper=[{}, {"unit": "dollars"}])
    assert (
        paper.paper_note(two)
        == "Each drawing shows one state of the controls that the HTML edition has, all of them with First: 1."
    )
    (first, alt), (second, other) = paper.paper_drawings(two)
    assert [controls(spec)[1][2] for spec in (first, second)] == ["yuan", "dollars"]
    assert (first["title"]["text"], second["title"]["text"]) == (["Unit: yuan"], ["Unit: dollars"])
    assert alt == "The share rises." and other == "The same chart. Unit: dollars."


def test_a_selection_bound_to_fields_is_told_by_field():
    pick = altair.selection_point(
        name="pick",
        fields=["year"],
        bind=altair.binding_select(options=["2023", "2024"], name="Year"),
        value=[{"year": "2024"}],
    )
    free = altair.selection_point(
        name="free",
        fields=["year"],
        bind={"year": altair.binding_select(options=["2023", "2024"], name="Any year")},
    )
    assert controls(figure(chart().add_params(pick, free), **GOOD).spec) == [
        ("pick", "Year", "2024"),
        ("free", "Any year", None),
    ]


@pytest.mark.parametrize("name", [name for name in STORED if controls(STORED[name])])
def test_a_figure_with_controls_says_on_paper_what_it_shows(name, pdf, epub):
    """Neither PDF nor EPUB has such a figure without its sentence; one with several states is drawn once for each."""
    meta = STORED[name]["usermeta"]["companion"]
    note = paper.paper_note({"spec": STORED[name], "paper": meta.get("paper", [])})
    later = {control for control, *_ in controls(STORED[name])} == {LATER}
    assert bool(note) != later, "what came later is drawn at the chapter's end instead"
    pages = [
        BeautifulSoup(content, "lxml-xml")
        for path, content in epub.files.items()
        if path.endswith(".xhtml")
    ]
    figure_ = next(found for page in pages if (found := page.find("figure", id=name)))
    told = figure_.find(class_="figure-state")
    assert (told and told.get_text()) == note
    assert len(figure_.find_all("img")) == max(1, len(meta.get("paper", [])))
    bare = lambda text: re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    if name not in left_to_the_screen():
        assert bare(note or "") in bare("".join(pdf.pages))


def test_sources_of_the_rows():
    """Each row's own; one line where all share it or the rows were counted; an address where the frame or a resource has one."""
    behind = lambda table, source: figure(
        chart(), **{**GOOD, "table": table, "source": [source], "columns": "year share"}
    ).spec["usermeta"]["companion"]["table"]
    told = FRAME.assign(cite_as=["A [2023]", ("B", "C")], url=["https://a.example/", None])
    assert [row[-1] for row in behind(told, "nhk_article9")["rows"]] == [
        "[A \\[2023\\]](<https://a.example/>)",
        "B; C",
    ]
    same = behind(FRAME.assign(cite_as="A"), "nhk_article9")
    assert same["all_rows"] == "A" and same["columns"] == ["Year", "Share"]
    assert behind(FRAME, "unga_ideal_points")["all_rows"].startswith("[Michael A. Bailey")
    assert (
        behind(FRAME, "nhk_article9")["all_rows"]
        == "computed from data/nhk_article9.csv, where each row names its own"
    )


def test_a_computed_row_has_the_sources_of_the_rows_it_came_from():
    one = pandas.DataFrame({"year": [1, 1, 2], "cite_as": ["A", "B", "A"]})
    other = pandas.DataFrame({"year": [1, 2], "cite_as": ["C", None]})
    found = cited(pandas.DataFrame({"year": [1, 2, 3], "sum": [4, 5, 6]}), one, other)
    assert list(found["cite_as"][:2]) == [("A", "B", "C"), ("A",)] and pandas.isna(
        found["cite_as"][2]
    )


@pytest.mark.parametrize("name", STORED)
def test_every_row_of_a_stored_figure_has_its_source(name):
    table = STORED[name]["usermeta"]["companion"]["table"]
    if "all_rows" in table:
        assert len(table["all_rows"]) > 5
    else:
        column = max(
            n
            for n, head in enumerate(table["columns"])
            if head.startswith("Source") or head == "Read in"
        )
        assert all(row[column] not in ("", "–") for row in table["rows"])


@pytest.mark.parametrize("name", STORED)
def test_stored_figure(name):
    spec = STORED[name]
    assert len(json.dumps(spec, ensure_ascii=False).encode()) < 60_000, (
        "60 KB are enough: aggregate, or drop columns"
    )
    assert spec["description"] == spec["usermeta"]["companion"]["alt"] != ""
    assert spec["usermeta"]["companion"]["table"]["rows"]


def test_there_are_stored_figures():
    assert STORED, "no notebook holds a figure: run `make notebooks`"


CHINESE = "中共 2025 軍費破 8 兆 連 4 年增幅 7%"
TEXTS = {
    "국방부": "ko",
    "海自護衛艦2回目の台湾海峡通過": "ja",
    "Дальний Восток": "ru",
    "日米首脳会談": "ja",
    "軍費破": "zh",
}


@pytest.mark.parametrize("text", TEXTS)
def test_language_of_a_text(text):
    assert script_language(text, known=[f"title = {{{CHINESE}}}"]) == TEXTS[text]


def test_chinese_titles_come_from_the_bibliography():
    assert [entry for entry in chinese_titles() if "軍費破" in entry]
    assert not [entry for entry in chinese_titles() if "日米首脳会談" in entry]


def test_languages_are_marked_once_and_only_in_text():
    page = '<p title="日本">In Tokyo, 〈日米首脳会談〉 and <b>국방부</b> met.</p><svg><text>日本</text></svg><span lang="zh">國防費</span>'
    marked = mark_languages(page, known=())
    assert re.findall(r'<span lang="(\w+)">([^<]*)</span>', marked) == [
        ("ja", "〈日米首脳会談〉"),
        ("ko", "국방부"),
        ("zh", "國防費"),
    ]
    assert re.sub(r"</?span[^>]*>", "", marked) == re.sub(r"</?span[^>]*>", "", page)
    assert mark_languages(marked, known=()) == marked


def grid(*rows):
    """A docutils table; the first row is its head."""
    group = nodes.tgroup("", *(nodes.colspec() for _ in rows[0]), cols=len(rows[0]))
    lines = [
        nodes.row("", *(nodes.entry("", nodes.paragraph("", cell)) for cell in row)) for row in rows
    ]
    group += [nodes.thead("", lines[0]), nodes.tbody("", *lines[1:])]
    return nodes.table("", group)


LONG = "a sentence of several words that runs on and on until it is far longer than one line of a page can be "
TABLES = {
    "short": grid(("Year", "Share"), ("2024", "1.25")),
    "one long column": grid(("Date", "Event"), ("March 8, 2025", LONG)),
    "three long columns": grid(
        ("Date", "Event", "Clause", "Status"), ("Mar 8, 2025", LONG, LONG * 3, LONG)
    ),
    "a long word": grid(("Event", "Law"), (LONG * 4, "Counterrevolutionaryinterventionism holds")),
    "many columns": grid(
        *[("Pair", "Threats", "Capability", "Domestic politics", "Source")] * 2,
        ("Japan and South Korea", LONG, "1.2", LONG, "Zeitenwendeberichterstattung 2025"),
    ),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_column_holds_its_longest_word(kind):
    table = TABLES[kind].deepcopy()
    share_width(table)
    widths = [spec["colwidth"] for spec in table.findall(nodes.colspec)]
    columns = zip(*([entry.astext() for entry in row.children] for row in table.findall(nodes.row)))
    longest = [max(len(word) for cell in column for word in cell.split()) for column in columns]
    assert sum(longest) + 2 * len(longest) <= LINE, "the example itself does not fit"
    line = min(1, LINE / sum(widths))  # wider than the line, a table is set in proportion
    assert all(width * line >= word for width, word in zip(widths, longest)), (
        f"columns of {widths} for words of {longest}"
    )
