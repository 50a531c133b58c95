"""What an ordinary notebook brings along: frames of pandas, pictures, charts of other libraries, HTML.

What the book can show, it shows, on every page and on paper. What would load something from outside, or
need a script of its own, is named in a line that ends the build: file, cell, what was found, what to write.
"""

import re

from bs4 import BeautifulSoup
from docutils import nodes
from myst_nb.core import render
from sphinx.util import logging

from companion.theme import MIME
from press.outputs import NOT_DRAWN
from press.tables import scrolling, share_width

log = logging.getLogger(__name__)

PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "application/pdf")
SHOWN = (*PICTURES, MIME, "text/html", "text/plain", "text/markdown", "text/latex")
"""Outputs that the book can show; all others need scripts."""

LOADS = re.compile(
    r"""<(?:script|iframe|object|embed)\b|<(?:img|link|video|audio|source)\b[^>]*?(?:src|href)\s*=\s*["']?(?:https?:)?//|@import|\bon\w+\s*=\s*["']""",
    re.I,
)
"""HTML that runs a script or loads something from outside."""

ADVICE = {
    "plotly": "a picture (`plotly.io.renderers.default = 'png'`, which needs kaleido), or a chart of Altair by `companion.figure`",
    "widget": "a figure with controls of its own (`companion.figure`), or the output of one setting",
    "bokeh": "a picture (`bokeh.io.export_svg`), or a chart of Altair by `companion.figure`",
    "": "a picture, a table or text: the book works offline and runs no script of an output",
}


class Unknown(render.MimeRenderPlugin):
    """Keeps a place for outputs of kinds that myst-nb does not know, for which it would only say that it skips them."""

    @staticmethod
    def handle_mime(renderer, data, inline):
        """Return an empty container for an output that needs scripts, None for all others (the protocol of myst-nb)."""
        return None if data.mime_type in SHOWN else [nodes.container()]


def find_foreign(app, doctree):
    """Give what other libraries put out a form that every builder writes, or say what cannot have one (the event `doctree-read`)."""
    for bundle in list(doctree.findall(nodes.container)):
        if bundle.get("nb_element") == "mime_bundle":
            _settle(bundle)
    for raw in doctree.findall(nodes.raw):
        if "html" in raw.get("format", "") and (found := LOADS.search(raw.astext())):
            _say(
                raw, f"HTML that runs or loads something, {_begin(raw.astext(), found.start())}", ""
            )
    for image in doctree.findall(nodes.image):
        if re.match(r"(?:https?:)?//", image["uri"]):
            log.warning(
                f"a picture lies outside, {image['uri']}; expected a file beside this page",
                location=image,
            )


def _begin(text, start=0):
    return f"'{' '.join(text[start : start + 60].split())}'"


def _say(node, found, library):
    log.warning(f"cannot be shown: {found}; expected {ADVICE[library]}", location=node)


def _settle(bundle):
    """Reduce the forms of one output to those that the book can show."""
    forms = {child["mime_type"]: child for child in bundle if "mime_type" in child}
    if MIME in forms:
        return
    refused = [kind for kind in forms if kind not in SHOWN]
    page = forms.get("text/html")
    html = page.astext() if page is not None else ""
    if page is not None and LOADS.search(html) and not NOT_DRAWN["text/html"].match(html):
        refused.append("text/html")
    elif page is not None and (table := frame(html)):
        if "<style" not in html or "#T_" not in html:
            bundle.replace_self(nodes.container("", *table, classes=["computed-frame"]))
            return
        # The colors of a Styler may say something; paper has the numbers alone.
        page.children = [nodes.raw("", scrolling(html, "Table"), format="html")]
        for kind in [kind for kind in forms if kind != "text/html"]:
            bundle.remove(forms[kind])
        bundle += nodes.container("", *table, mime_type="text/latex")
        return
    for kind in refused:
        bundle.remove(forms.pop(kind))
    if refused and not set(forms) & {*PICTURES, "text/markdown", "text/latex", "text/html"}:
        shown = " ".join(refused) + html[:100_000]
        library = next((name for name in ADVICE if name in shown.lower()), "")
        _say(bundle, f"an output of kind {', '.join(refused)}", library)


# --- Frames -------------------------------------------------------------------------------------


def frame(html):
    """Return the nodes of a frame that pandas wrote as HTML: its table, and the line on its size; None where `html` is more than that.

    A table of Sphinx scrolls on a page and has columns that fit the paper; the HTML would be cut on both.
    """
    if "<table" not in html:
        return None
    page = BeautifulSoup(html, "html.parser")
    for style in page(["style"]):
        style.decompose()
    tables = page("table")
    if len(tables) != 1 or page.find(["img", "svg", "input", "button", "details"]):
        return None
    rows = _square(tables[0])
    heads = [row for row in rows if row[0]]
    body = [row for row in rows if not row[0]]
    width = max((len(cells) for _, cells in rows), default=0)
    if not width or not body:
        return None
    made = nodes.table(classes=["docutils", "computed", "colwidths-given", "frame"])
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in range(width)), cols=width)
    group += nodes.thead("", *(_row(cells, width, True) for _, cells in heads or [(True, [])]))
    group += nodes.tbody("", *(_row(cells, width) for _, cells in body))
    made += group
    made["lines"] = share_width(made)
    if made["lines"] > 40:
        made["classes"] += ["longtable"]
    caption = tables[0].caption
    before = [nodes.paragraph("", caption.get_text(" ", strip=True))] if caption else []
    tables[0].decompose()
    rest = page.get_text(" ", strip=True)
    return [*before, made] + ([nodes.paragraph("", rest, classes=["frame-size"])] if rest else [])


def _square(table):
    """Return (whether a heading, texts of the cells) of each row; a cell over several rows or columns stands in the first."""
    told, over = [], {}
    for line in table("tr"):
        cells, left = [], list(line(["th", "td"]))
        while left or over.get(len(cells)):
            if over.get(len(cells)):
                over[len(cells)] -= 1
                cells.append("")
                continue
            cell = left.pop(0)
            for part in range(int(cell.get("colspan", 1))):
                if int(cell.get("rowspan", 1)) > 1:
                    over[len(cells)] = int(cell["rowspan"]) - 1
                cells.append(cell.get_text(" ", strip=True) if part == 0 else "")
        head = line.find_parent("thead") is not None or not line("td")
        told.append((head, cells))
    return told


def _row(cells, width, head=False):
    made = nodes.row()
    for number in range(width):
        text = cells[number] if number < len(cells) else ""
        entry = nodes.entry("", nodes.paragraph("", text))
        if number and re.fullmatch(r"[-+−$€£]?[\d,.]+(?:e[-+]\d+)?%?|NaN|<NA>|NaT", text):
            entry["classes"] += ["text-right"]
        made += entry
    return made
