"""A figure on a page of the site: the drawing, its data, what a reader may take away, how to cite it."""

import html
import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.util.osutil import relative_uri

from companion.markup import pieces
from press.answers import answering, points
from press.citing import about_copy, cite_figure
from press.controls import write_controls
from press.downloads import KINDS, write_downloads
from press.draw_first import blank, check, form
from press.drawing import draw, narrow, svg_size
from press.outputs import figure_number
from press.painter import await_drawing
from press.tables import scrolling


def inline_svg(node):
    """Return the drawing of a figure as SVG for a page: `spec`, and `name`, of which its ids are made."""
    text = draw(node["spec"], "svg").read_text(encoding="utf-8")
    # Ids count per drawing; on one page they would meet, and figures would clip each other.
    for number, old in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', text)), 1):
        new = f"{node['name']}-{number}"
        text = (
            text.replace(f'id="{old}"', f'id="{new}"')
            .replace(f"url(#{old})", f"url(#{new})")
            .replace(f'"#{old}"', f'"#{new}"')
        )
    return text.replace(
        "<svg ", f'<svg aria-hidden="true" focusable="false"{_stretch(node, text)} ', 1
    )


def _stretch(node, text):
    """Return how far a column may stretch a wide drawing: its type, of 13 pixels, grows to 15 and no further."""
    if node["name"].endswith("-narrow"):
        return ""
    return f' style="max-width:{svg_size(text)[0] * STRETCH:.0f}px"'


STRETCH = 1.15
HINT = "Point at a mark, tap it, or use the arrow keys."


def _as_data(value):
    """Return a value as JSON for a script element."""
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # "</script" would end the element, "<!--" with "<script" keep it open
    return data.replace("<", "\\u003c")


def _shared(places):
    """Return the points of both drawings with their words, which are mostly the same, once."""
    words = list(dict.fromkeys(point[4] for found in places.values() for point in found))
    number = {text: place for place, text in enumerate(words)}
    kinds = {
        kind: [[*point[:4], number[point[4]]] for point in found] for kind, found in places.items()
    }
    return {"words": words, **kinds}


def visit_drawing_html(self, node):
    """Write the static drawing and, as data, the specification from which the page redraws it; twice, for wide and narrow windows."""
    await_drawing(node["name"])
    wide = {"spec": node["spec"], "name": node["name"]}
    opened = "".join(
        f' data-opened-{key}="{html.escape(told)}"' for key, told in (node["opened"] or {}).items()
    )
    places, asked = {}, node.get("draw")
    if asked:
        self.body.append(blank(asked))
    for kind, drawn in (
        ("wide", wide),
        ("narrow", {"spec": narrow(node["spec"]), "name": f"{node['name']}-narrow"}),
    ):
        told = answering(drawn["spec"])
        scene = json.loads(draw(told, "scene").read_text(encoding="utf-8"))
        places[kind] = points(scene)
        plot = check(node["name"], asked, scene, places[kind]) if asked else ""
        self.body.append(
            f'<div class="chart {kind}"{opened}{plot}><div class="chart-plot"><div class="chart-view" role="img" aria-label="{html.escape(node["alt"])}">{inline_svg(drawn)}</div></div>'
            f'<div class="chart-controls">{write_controls(drawn["spec"], drawn["name"])}</div>'
            f'<script type="application/json" class="chart-spec">{_as_data(told)}</script></div>'
        )
    self.body.append(
        f'<div class="chart-line"><p class="chart-answer" role="status" data-hint="{HINT}"></p></div>'
        f'<script type="application/json" class="chart-points">{_as_data(_shared(places))}</script>'
    )
    if asked:
        self.body.append(form(node["name"], asked, _as_data(asked)))
    raise nodes.SkipNode


def visit_drawing_text(self, node):
    """Write the text alternative where no picture can stand."""
    self.add_text(node["alt"]) if hasattr(self, "add_text") else None
    raise nodes.SkipNode


def visit_data_table_html(self, node):
    """Write the numbers behind a figure as a table, folded away on a page, and how to cite it; beside a page the downloads."""
    builder, name = self.builder, node["name"]
    page = builder.current_docname
    number = figure_number(builder.env, page, name)
    table = _table(node["columns"], node["rows"])
    under = (
        f'<p class="figure-rows">Source of all rows: {_linked(node["all_rows"])}.</p>'
        if "all_rows" in node
        else ""
    )
    if node.get("bare"):
        self.body.append(f"{table}{under}")
        raise nodes.SkipNode
    if not hasattr(builder.app, "companion_copy"):
        builder.app.companion_copy = about_copy()
    cited = cite_figure(builder.app.companion_copy, name, number, node["caption"], node["source"])
    said = html.escape(cited["text"])
    if builder.name == "epub":
        self.body.append(
            f'<p><strong>Figure {number}.</strong> {html.escape(node["caption"])} <a href="#{name}">Back to the figure</a></p>{table}{under}<p>Cite: {said}</p>'
        )
        raise nodes.SkipNode
    address = relative_uri("figures/", builder.get_target_uri(page))
    folder, tables = Path(builder.outdir) / "figures", scrolling(table, "Data") + under
    copy = builder.app.companion_copy
    write_downloads(folder, node, cited, f"{address}#{name}", number, copy, tables)
    base = relative_uri(builder.get_target_uri(page), f"figures/{name}")
    links = " · ".join(
        f'<a href="{base}.{end}" download>{label}</a>' for end, label in KINDS.items()
    )
    later = ""
    if node.get("later"):
        rows = _table(node["columns"], node["later"])
        later = (
            f'<details class="figure-later"><summary>What came later</summary>{scrolling(rows, f"Figure {number}, what came later")}'
            f'<p>Download: <a href="{base}.later.csv" download>CSV of what came later</a></p></details>'
        )
    self.body.append(
        f'<details class="figure-data"><summary>Show data, download, cite</summary>{scrolling(table, f"Data of figure {number}")}{under}{later}<p>Download figure {number}: {links}</p><p><span class="figure-cite">Cite: {said}</span> '
        f'<a href="{base}.html">Permanent address</a>.</p>'
        '<p class="figure-share"><button type="button" data-copy="link">Copy link</button> <button type="button" data-copy="cite">Copy citation</button></p></details>'
    )
    raise nodes.SkipNode


def _table(columns, rows):
    head = "".join(f'<th scope="col">{html.escape(c)}</th>' for c in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{_linked(c)}</td>" for c in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _linked(cell):
    """Return a table's cell as HTML, its sources as links."""
    return "".join(
        f'<a href="{html.escape(url)}">{html.escape(shown)}</a>' if url else html.escape(shown)
        for shown, url in pieces(cell)
    )


def skip(self, node):
    """Leave a node out of an output format."""
    raise nodes.SkipNode
