"""What an output becomes: docutils nodes for figures, tables, sentences, cards and the ledger."""

import re

from docutils import nodes
from myst_nb.core import render
from sphinx.util import logging

from companion.theme import MIME
from press.drawing import VEGA_LITE, draw_ahead
from press.tables import share_width

log = logging.getLogger(__name__)


class drawing(nodes.General, nodes.Element):
    """The chart itself: `spec` (Vega-Lite), `name`, `alt`, `paper` (the states of its controls that paper shows)."""


class data_table(nodes.General, nodes.Element):
    """The numbers behind a figure: `columns`, `rows`."""


class OutputRenderer(render.MimeRenderPlugin):
    """Renders the outputs of `companion.figures` and `companion.output`; leaves all others alone."""

    mime_priority_overrides = [("*", MIME, 1)]

    @staticmethod
    def handle_mime(renderer, data, inline):
        """Return docutils nodes, or None for an output that is not ours (the protocol of myst-nb)."""
        kind = data.output_metadata.get("companion", {}).get("kind")
        if data.mime_type == MIME and "companion" in data.content.get("usermeta", {}):
            return [_figure(renderer, data.content)]
        if kind == "caption":
            return []  # the book has the caption from the figure itself
        if kind and data.mime_type == "text/markdown":
            return _computed(renderer, data, data.output_metadata["companion"])
        return None


OWN_COMMENT = re.compile(r"<!-- (?:next card|(?:claim|section)(?: \w+(?:-\w+)*)+) -->\s*")
"""The one HTML that stays: what stands between cards and before entries of the ledger, for `tables.js`."""


def _markdown(renderer, text, line=None, inline=True):
    """Return what computed Markdown becomes. HTML in it does not run: it is shown as text."""
    holder = nodes.Element()
    with renderer.renderer.current_node_context(holder):
        renderer.renderer.nested_render_text(text, line or 0, inline=inline)
    for raw in list(holder.findall(nodes.raw)):
        shown = raw.astext()
        if OWN_COMMENT.fullmatch(shown):
            continue
        if isinstance(raw.parent, nodes.TextElement) or inline:
            raw.replace_self(nodes.Text(shown))
        else:
            raw.replace_self(nodes.paragraph("", shown))
    return holder.children


def _register(renderer, node, name):
    node["ids"], node["names"] = [name], [name]
    renderer.renderer.document.note_explicit_target(node, node)


def _figure(renderer, spec):
    meta = spec["usermeta"]["companion"]
    figure = nodes.figure(align="default", classes=["chart-figure"])
    drawn = {key: value for key, value in spec.items() if key != "usermeta"}
    drawn["$schema"] = f"https://vega.github.io/schema/vega-lite/v{VEGA_LITE[0]}.json"
    drawn["config"] = {**spec["config"], "background": None}  # the page's own, light or dark
    draw_ahead(meta["name"], drawn)
    figure += drawing(spec=drawn, name=meta["name"], alt=meta["alt"], paper=meta.get("paper", []))
    caption = nodes.caption("", "", *_markdown(renderer, meta["caption"]))
    figure += caption
    source = nodes.paragraph("", f"Source: {meta['source']}.", classes=["figure-source"])
    figure += nodes.legend(
        "",
        source,
        data_table(
            name=meta["name"],
            caption=caption.astext(),
            source=meta["source"],
            spec=drawn,
            **meta["table"],
        ),
    )
    _register(renderer, figure, meta["name"])
    return figure


def _computed(renderer, data, meta):
    text = data.content
    if meta["kind"] == "table" and "caption" in meta:
        text = text.partition("\n\n")[2]  # the caption line is for JupyterLab
    found = _markdown(renderer, text, data.line, inline=False)
    for table in [node for node in found if isinstance(node, nodes.table)]:
        table["classes"] += ["computed", "colwidths-given"] + ["filterable"] * bool(
            meta.get("filterable")
        )
        table["lines"] = share_width(table)
        if table["lines"] > 40:
            table["classes"] += ["longtable"]  # in the PDF it breaks over pages
        if "caption" in meta:
            table.insert(0, nodes.title("", "", *_markdown(renderer, meta["caption"])))
        if "name" in meta:
            _register(renderer, table, meta["name"])
    if meta["kind"] == "sentence":
        return found
    classes = (
        ["computed-cards", "computed-ledger"]
        if meta["kind"] == "ledger"
        else [f"computed-{meta['kind']}"]
    )
    return [nodes.container("", *found, classes=classes)]
