"""Charts without a name, and plain Altair charts: drawn in the HTML book, the PDF, the EPUB and JupyterLab, and never asking another host."""

import subprocess
import zipfile

import altair as alt
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import build, cases, need, notebooks, open_window, served, version
from test_build import CELLS, notebook, plant, refuse, write
from test_html import wake_charts

from companion import FigureError, figure
from companion.theme import MIME
from companion.vegalite import prepared

SETUP = """import altair as alt
import companion
import pandas as pd
rows = pd.DataFrame({"year": range(2015, 2025), "share": range(3, 13)})
days = pd.DataFrame({"day": pd.to_datetime(["2024-01-01", "2024-03-01", "2024-06-01"]), "flights": [3, 9, 4]})
line = alt.Chart(rows).mark_line().encode(x="year:Q", y="share:Q")
first = alt.param(value=2016, bind=alt.binding_range(min=2015, max=2020, step=1, name="First year"))"""
SKETCHES = [
    "line.mark_bar() & line",  # a plain chart of Altair's
    "companion.figure(line.add_params(first).transform_filter(alt.datum.year >= first))",
    'companion.figure(alt.Chart(days).mark_line().encode(alt.X("day:T", axis=alt.Axis(format="%b %d", values=[])), y="flights:Q")'
    ' + alt.Chart(days.assign(day=["2024-01-01", "2024-03-01", "2024-06-01"])).mark_text(dy=-9).encode(x="day:T", y="flights:Q", text=alt.Text("day:T", format="%b %d")),'
    ' caption="Flights & <b>days</b>.", source="sipri_milex")',
]
FRAME = pd.DataFrame({"year": ["2023", "2024"], "share": [1.0, 1.25]})


def outputs(shown, monkeypatch):
    """What a cell shows: [(bundle, metadata)]."""
    made = []
    keep = lambda bundle, raw, metadata: made.append((bundle, metadata))  # noqa: E731
    monkeypatch.setattr("companion.figures.display", keep)
    shown._ipython_display_()
    return made


def chart(frame=FRAME):
    return alt.Chart(frame).mark_bar().encode(x="year:O", y="share:Q")


def test_a_chart_alone_is_drawn_with_one_quiet_line(monkeypatch):
    (drawn, how), (line, kind) = outputs(figure(chart()), monkeypatch)
    assert drawn[MIME]["usermeta"] == {
        "companion": {
            "alt": "A chart of year, share.",
            "missing": ["a name", "a caption", "a text alternative (alt)", "a source"],
        }
    }
    assert drawn["text/plain"] == drawn[MIME]["description"] == "A chart of year, share."
    assert how == {MIME: {"embed_options": {"actions": False}}}
    assert line["text/markdown"] == (
        "*As a figure of the book it would need a name, a caption, "
        "a text alternative (alt) and a source.*"
    )
    assert kind == {"companion": {"kind": "caption"}}, "the book leaves it out"


def test_a_figure_says_only_what_it_lacks(monkeypatch):
    made = figure(chart(), name="fig-a", caption="Shares.", alt="They rise.")
    assert outputs(made, monkeypatch)[1][0]["text/markdown"] == (
        "(fig-a)=\n**Shares.** They rise. *As a figure of the book it would need a source.*"
    )


def test_a_plain_chart_gives_the_same_output():
    bundle, metadata = chart()._repr_mimebundle_()
    assert list(bundle) == [MIME, "text/plain"] and list(metadata) == [MIME]
    sketch = figure(chart()).spec
    assert {**bundle[MIME], "usermeta": 0} == {**sketch, "usermeta": 0}


def behind(chart, **more):
    made = figure(chart, name="fig-a", caption="A.", source=["sipri_milex"], **more).spec
    return made["usermeta"]["companion"]["table"]["rows"]


def test_the_data_of_a_layered_chart_are_found():
    """The one frame of all layers, or the longest; wherever it stands."""
    label = FRAME.tail(1).assign(word="last")
    told = [["2023", "1.00"], ["2024", "1.25"]]
    assert behind(chart() + chart().mark_text()) == told
    assert behind(chart(label) + chart()) == told
    assert behind((chart(label) + chart()) | chart(label)) == told
    assert behind((chart(FRAME) & chart(label)).resolve_scale(y="independent")) == told
    assert behind(chart().facet(row="year:O")) == told
    inline = alt.Data(values=FRAME.to_dict("records"))
    assert behind(alt.Chart(inline).mark_bar().encode(x="year:O", y="share:Q")) == told
    assert behind(chart(), table=label, columns="word") == [["last"]]


def test_words_may_be_a_function_of_the_rows():
    made = figure(
        chart(FRAME.tail(1)) + chart(),
        name="fig-a",
        caption=lambda rows: f"{len(rows)} shares.",
        alt=lambda rows: f"The last is {rows['share'].iloc[-1]:.2f}.",
    )
    told = made.spec["usermeta"]["companion"]
    assert (told["caption"], told["alt"]) == ("2 shares.", "The last is 1.25.")


@pytest.mark.parametrize(
    "make, reason",
    [
        (
            lambda: alt.Chart("https://a.example/b.json").mark_bar().encode(x="a:O"),
            "a.example.*rows",
        ),
        (lambda: alt.Chart(FRAME).mark_bar().encode(x="none"), "Altair refuses.*none"),
        (lambda: chart(pd.concat([FRAME] * 3000)), "Altair refuses.*5000"),
    ],
)
def test_refuses_what_cannot_be_drawn(make, reason):
    with pytest.raises(FigureError, match=reason) as caught:
        figure(make())
    assert str(caught.value).startswith("figure: ") and "\n" not in str(caught.value)


DAYS = ["2024-01-01", "2024-06"]


@pytest.mark.parametrize(
    "scale, frame, told",
    [
        ({}, DAYS, ["2024-01-01T00:00:00", "2024-06-01T00:00:00"]),
        ({"type": "utc"}, DAYS, DAYS),
        ({"type": "utc"}, pd.to_datetime(DAYS[:1]), DAYS[:1]),
        ({"type": "utc"}, pd.to_datetime(["2024-01-01 09:30"]), ["2024-01-01T09:30:00Z"]),
        ({}, pd.to_datetime(["2024-01-01 09:30"]), ["2024-01-01T09:30:00"]),
    ],
)
def test_a_day_is_written_for_the_clock_of_its_axis(scale, frame, told):
    x = alt.X("day:T", scale=alt.Scale(domain=["2024-01-01", "2024-07-01"], **scale))
    made = prepared(alt.Chart(pd.DataFrame({"day": frame})).mark_point().encode(x).to_dict())
    assert [row["day"] for row in made["datasets"]["values_1"]] == told
    end = made["encoding"]["x"]["scale"]["domain"][0]
    assert end == ("2024-01-01" if scale else "2024-01-01T00:00:00")


# --- In the book ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A small book with sketches beside a figure."""
    root = tmp_path_factory.mktemp("sketches")
    plant(root)
    write(root, sample=notebook(*CELLS, SETUP, *SKETCHES))
    build(root, "html")
    return root


def page(tree):
    return BeautifulSoup((tree / "_build/html/book/sample.html").read_text("utf-8"), "lxml")


def test_sketches_are_drawn_in_html_without_a_number(tree):
    found = page(tree).select(".chart-sketch")
    assert len(found) == len(SKETCHES)
    assert [len(sketch.select(".chart-view > svg")) for sketch in found] == [2, 2, 2]
    assert not page(tree).select(".chart-sketch :is(.caption-number, details, figcaption)")
    assert [number.get_text() for number in page(tree).select(".caption-number")] == ["Figure 1 "]
    assert "Source: SIPRI" in found[2].get_text() and "it would need" not in page(tree).get_text()
    assert "alt.VConcatChart" not in page(tree).get_text() and len(notebooks()) > 1


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo"])
def test_sketches_come_to_life_as_they_are_drawn(tree, chromium, zone):
    with served(tree / "_build" / "html") as address:
        context, record = open_window(chromium, timezone_id=zone)
        window = context.new_page()
        window.goto(f"{address}book/sample.html")
        wake_charts(window)
        alive = ".chart-sketch .chart.wide[data-state=live]"
        assert window.locator(alive).count() == 1, "of four charts one has a control"
        for sketch in window.locator(alive).all():
            live, drawn = (
                sketch.locator(f".chart-view{kind} svg text").all_text_contents()
                for kind in (":not(.drawn)", ".drawn")
            )
            assert live == drawn != []
        texts = "[...document.querySelectorAll('.chart-sketch')][1].querySelector('.chart.wide .vega-embed svg').textContent"
        assert "2016" in window.evaluate(texts) and "2,016" not in window.evaluate(texts)
        slider = window.locator(".chart-sketch .chart.wide input[type=range]")
        slider.focus()
        window.keyboard.press("End")
        window.wait_for_function(f"!{texts}.includes('2016')")
        assert record.outside == [] and record.said == []
        context.close()


def test_sketches_are_drawn_on_paper_and_in_the_epub(tree):
    for tool in ("latexmk", "xelatex", "pdftotext"):
        need(tool)
    build(tree, "pdf")
    build(tree, "epub")
    name = f"alliances-in-transition-{version()}"
    text = subprocess.run(
        ["pdftotext", str(tree / "_build" / "pdf" / f"{name}.pdf"), "-"],
        capture_output=True,
        text=True,
    ).stdout
    assert (
        text.count("Jan 01") == 1 and text.count("share") >= 3 and "Flights & <b>days</b>." in text
    )
    assert "First year: 2016" in text, "the state of the slider"
    assert "Figure 1" in text and "Figure 2" not in text and "VConcatChart" not in text
    with zipfile.ZipFile(tree / "_build" / "epub" / f"{name}.epub") as book:
        chapter = BeautifulSoup(book.read("book/sample.xhtml"), "lxml")
    assert [len(one.find_all("img")) for one in chapter.find_all(class_="chart-sketch")] == [1] * 3


NOT_DRAWN = {
    "data from another host": (
        notebook(*CELLS, SETUP, 'alt.Chart("https://a.example/b.json").mark_bar().encode(x="a:O")'),
        ("book/sample.ipynb", "cell 6", "https://a.example/b.json"),
    ),
    "without the companion": (
        notebook(SETUP.replace("import companion\n", ""), SKETCHES[0]),
        ("book/sample.ipynb", "cell 3", "import companion"),
    ),
}


@pytest.mark.parametrize("fault", cases(NOT_DRAWN, ["data from another host"]))
def test_a_chart_that_is_not_drawn_stops_the_html_twice(tree, fault):
    text, words = NOT_DRAWN[fault]
    good = notebook(*CELLS, SETUP, *SKETCHES)
    write(tree, sample=text)
    try:
        refuse(tree, "html", tree / "_build" / "html" / "index.html", *words)
    finally:
        write(tree, sample=good)
