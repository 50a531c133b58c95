"""What another author brings along: formulas, frames of pandas, pictures, directives of Jupyter Books; nothing is cut or lost, or a line says what and where."""

import base64
import re
import struct
import subprocess
import zlib

import pytest
from bs4 import BeautifulSoup
from conftest import build, need, open_window, version
from test_build import TOC, notebook, plant

from press.foreign import frame
from press.formulas import mathml
from press.tex import find_wide
from press.wide import parts_of

# --- A book that another author wrote -----------------------------------------------------------

LONG = "a_name_without_any_place_to_break_" * 4
CODE = "value = " + "+".join(f"number_{n}" for n in range(40))
PAGE = rf"""(other)=
# Another author

Energy is $E = mc^2$, and it cost \$5 and $6 or $7-$8. The code `{LONG}end` is long.

$$
\begin{{aligned}} a &= \sum_{{i=1}}^n x_i \\ b &= \frac{{\alpha}}{{\beta}} \end{{aligned}}
$$ (eq-sums)

See {{eq}}`eq-sums`.

```python
{CODE}
{LONG * 2}last
```

::::{{tab-set}}
:::{{tab-item}} First tab
Text of the first tab.
:::
:::{{tab-item}} Second tab
Text of the second tab.
:::
::::

:::{{card}} A card
Text of the card.
:::

:::{{margin}} In the margin
Text of the margin.
:::

:::{{sidebar}} Beside
Text of the sidebar.
:::

:::{{dropdown}} Folded
Text that unfolds.
:::

```{{epigraph}}
Text of the epigraph.
```

| One | Two |
|---|---|
| {LONG}tableend | $x^2$ |
"""
TEXTS = [
    *("Text of the first tab", "Text of the second tab", "Text of the card"),
    *("Text of the margin", "Text of the sidebar", "Text that unfolds", "Text of the epigraph"),
]


def png(width, height):
    """The bytes of a gray picture, as a plotting library would put them out."""
    part = lambda kind, body: (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    )
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    head = part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", rows) + part(b"IEND", b"")


PLOT = base64.b64encode(png(1400, 300)).decode()
CELLS = [
    "import pandas as pd\nfrom IPython.display import display",
    "frame = pd.DataFrame({f'column_{n}': [n * 1000.25, n + 0.5] for n in range(18)}, index=['first row', 'second row'])\nframe",
    f"display({{'image/png': '{PLOT}', 'text/plain': '<Figure>'}}, raw=True)",
    f"display({{'application/vnd.plotly.v1+json': {{}}, 'text/html': '<script src=\"https://example.org/plotly.js\"></script>', 'image/png': '{PLOT}'}}, raw=True)",
    "frame.iloc[:, :2].style.format('{:.1f}').set_caption('Styled')",
    "print('word ' * 60)\nprint('x' * 300 + 'end')",
]


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    root = tmp_path_factory.mktemp("other")
    plant(root)
    (root / "_toc.yml").write_text(TOC + "      - file: book/other\n")
    (root / "book" / "other.md").write_text(PAGE, encoding="utf-8")
    (root / "book" / "sample.ipynb").write_text(notebook(*CELLS), encoding="utf-8")
    build(root, "html")
    return root


def page(root, name):
    path = root / "_build" / "html" / "book" / f"{name}.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").select_one("article")


def test_formulas_are_mathml_and_money_is_text(other):
    found = page(other, "other")
    assert len(found.find_all("math")) == 3 and found.select_one(".formula math mtable")
    shown = re.sub(r"\s+", " ", found.get_text())
    assert "cost $5 and $6 or $7-$8" in shown, "amounts of money were taken for a formula"
    assert found.select_one(".eqno").get_text().startswith("(1)") and "See (1)" in shown
    html = (other / "_build" / "html" / "book" / "other.html").read_text(encoding="utf-8")
    assert not re.search(r"<script[^>]*mathjax", html, re.I)


def test_directives_of_other_books_keep_their_text_on_the_page(other):
    shown = re.sub(r"\s+", " ", page(other, "other").get_text())
    assert [text for text in TEXTS if text not in shown] == []


def test_a_wide_frame_is_a_table_that_scrolls(other):
    found = page(other, "sample")
    table = found.select_one("[role=region][tabindex='0'] table.frame")
    assert len(table.select("thead th")) == 19 and "17004.25" in table.get_text()
    assert "Styled" in found.get_text(), "the caption of a Styler is lost"


def test_a_plotly_chart_with_a_picture_is_that_picture(other):
    found = page(other, "sample")
    assert len(found.select(".cell_output img")) == 2 and not found.select("script[src]")


@pytest.mark.parametrize("name", ["other", "sample"])
def test_nothing_of_it_widens_a_phones_page_or_asks_for_something_outside(other, chromium, name):
    context, record = open_window(chromium, viewport={"width": 390, "height": 800})
    window = context.new_page()
    window.goto((other / "_build" / "html" / "book" / f"{name}.html").as_uri())
    assert window.evaluate("document.documentElement.scrollWidth") == 390, name
    cut = """[...document.querySelectorAll('article p, article img, article .formula')].filter(one =>
        !one.closest('.table-scroll, .pst-scrollable-table-container, pre') && one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 80))"""
    assert window.evaluate(cut) == []
    context.close()
    assert (record.said, record.outside, record.failed) == ([], [], [])


def test_nothing_of_it_is_cut_or_lost_on_paper(other):
    for tool in ("latexmk", "xelatex", "pdftotext"):
        need(tool)
    build(other, "pdf")
    path = other / "_build" / "pdf" / f"alliances-in-transition-{version()}.pdf"
    told = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True)
    text = told.stdout.decode()
    shown = re.sub(r"\s+", " ", text)
    assert [said for said in TEXTS if said not in shown] == []
    close = re.sub(r"\s+", "", re.sub(r"-\n", "", text))
    assert "number_39" in close and close.count("break_end") == 1 and "tableend" in close
    lost = [n for n in range(18) if f"column_{n}" not in close or f"{n * 1000.25}" not in close]
    assert lost == [], "columns of the frame are lost"
    assert "further columns" in shown and "xend" in close
    log = (other / "_build" / "next" / "_build" / "latex" / "book.log").read_text(errors="replace")
    wide = [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log)]
    assert max(wide, default=0) <= 6, "something runs over the edge of the paper"


# --- What cannot be shown is said ---------------------------------------------------------------

REFUSED = {
    "plotly without a picture": (
        "sample.ipynb",
        "display({'application/vnd.plotly.v1+json': {}, 'text/html': '<div></div><script>Plotly</script>'}, raw=True)",
        ("book/sample.ipynb, cell 3", "vnd.plotly", "renderers.default"),
    ),
    "a widget": (
        "sample.ipynb",
        "display({'application/vnd.jupyter.widget-view+json': {}, 'text/plain': 'IntSlider()'}, raw=True)",
        ("book/sample.ipynb, cell 4", "widget-view", "companion.figure"),
    ),
    "a video": (
        "sample.ipynb",
        "from IPython.display import YouTubeVideo\nYouTubeVideo('x')",
        ("book/sample.ipynb, cell 5", "text/html", "offline"),
    ),
    "a frame in a page": (
        "other.md",
        '<iframe src="https://example.org"></iframe>',
        ("book/other.md:3", "<iframe"),
    ),
    "a picture from outside": (
        "other.md",
        "![A picture](https://example.org/a.png)",
        ("book/other.md:5", "https://example.org/a.png", "beside this page"),
    ),
    "a formula that nobody knows": (
        "other.md",
        r"$\nosuchmacro{x}$",
        ("book/other.md:7", "nosuchmacro", "Unknown command"),
    ),
    "an exercise": (
        "other.md",
        ":::{exercise}\nDo it.\n:::",
        ("book/other.md:9", "'exercise'", "sphinx-exercise"),
    ),
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """What the build of a book says in which all of REFUSED stands."""
    root = tmp_path_factory.mktemp("refused")
    plant(root)
    (root / "_toc.yml").write_text(TOC + "      - file: book/other\n")
    cells = [text for file, text, _ in REFUSED.values() if file == "sample.ipynb"]
    lines = [text for file, text, _ in REFUSED.values() if file == "other.md"]
    (root / "book" / "sample.ipynb").write_text(
        notebook("from IPython.display import display", *cells)
    )
    (root / "book" / "other.md").write_text("# Other\n\n" + "\n\n".join(lines) + "\n")
    code, said = build(root, "html", check=False)
    assert code
    return said


@pytest.mark.parametrize("fault", REFUSED)
def test_what_cannot_be_shown_is_named_in_a_line(refused, fault):
    words = REFUSED[fault][2]
    assert [line for line in refused.splitlines() if all(word in line for word in words)], (
        f"no line names {words}:\n{refused}"
    )


# --- The pieces ---------------------------------------------------------------------------------


def test_a_formula_is_read_or_refused_in_words():
    made = mathml(r"\operatorname{Var}(X) \cr \begin{split}a&=b\end{split}", True)
    assert 'display="block"' in made and "&Apply" not in made
    with pytest.raises(ValueError, match="Unknown command"):
        mathml(r"\nosuchmacro", False)


def test_a_table_with_cells_over_columns_keeps_all_texts():
    html = "<table><thead><tr><th></th><th colspan='2'>Both</th></tr></thead><tbody><tr><th rowspan='2'>Key</th><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></tbody></table><p>2 rows</p>"
    table, size = frame(html)
    rows = [
        [entry.astext() for entry in row] for row in table.findall(lambda n: n.tagname == "row")
    ]
    assert rows == [["", "Both", ""], ["Key", "1", "2"], ["", "3", "4"]]
    assert size.astext() == "2 rows"
    assert frame(html + html) is None


def test_a_wide_table_is_set_in_parts_with_its_first_column():
    assert parts_of([10, 40, 40, 40], line=60, most=30) == [[0, 1], [0, 2], [0, 3]]
    assert parts_of([10, 10, 10], line=60) == [[0, 1, 2]]


def test_what_runs_over_the_edge_names_the_page_and_the_words():
    source = "x\n\\label{\\detokenize{book/a::doc}}\ny\n\\label{\\detokenize{book/b::doc}}\n\\sphinxcode{long words}\n"
    log = "Overfull \\hbox (183.0pt too wide) in paragraph at lines 5--5\nOverfull \\hbox (2.0pt too wide) in paragraph at lines 3--3\n"
    (line,) = find_wide(log, source)
    assert line.startswith("book/b: runs 183 points over the edge") and "long words" in line
