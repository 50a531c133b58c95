"""What an output becomes: docutils nodes for figures, tables, sentences, cards and the ledger."""

import hashlib
import json
import re

from docutils import nodes
from myst_nb.core import render
from sphinx.util import logging

from companion.theme import MIME
from companion.vegalite import bindings, outside_address
from press.corrected import under
from press.drawing import VEGA_LITE, fit_page
from press.painter import draw_ahead
from press.tables import name_days, share_source, share_width

log = logging.getLogger(__name__)


class drawing(nodes.General, nodes.Element):
    """The chart itself: `spec` (Vega-Lite), `name`, `alt`, `paper` (the states of its controls that paper shows), `opened` (alternative and source with what came later, or None), `draw` (what a reader draws first, or None)."""


class data_table(nodes.General, nodes.Element):
    """The numbers behind a figure: `columns`, `rows`, and `later`, the rows that came after the figure's day."""


class OutputRenderer(render.MimeRenderPlugin):
    """Renders the outputs of `companion.figures` and `companion.output`; leaves all others alone."""

    mime_priority_overrides = [("*", MIME, 1)]

    @staticmethod
    def handle_mime(renderer, data, inline):
        """Return docutils nodes, or None for an output that is not ours (the protocol of myst-nb)."""
        kind = data.output_metadata.get("companion", {}).get("kind")
        if data.mime_type == MIME and "companion" in data.content.get("usermeta", {}):
            if address := outside_address(data.content):
                return _refuse(renderer, data, f"its data lie at {address}; expected the rows")
            named = "name" in data.content["usermeta"]["companion"]
            return [(_figure if named else _sketch)(renderer, data.content)]
        if data.mime_type in NOT_DRAWN and NOT_DRAWN[data.mime_type].match(data.content):
            expected = "expected `import companion` in the first cell, and a chart Altair accepts"
            return _refuse(renderer, data, f"Altair showed it by itself or not at all; {expected}")
        if kind == "caption":
            return []  # the book has the caption from the figure itself
        if kind and data.mime_type == "text/markdown":
            return _computed(renderer, data, data.output_metadata["companion"])
        return None


def figure_number(env, page, name):
    """Return the number that Sphinx gave a figure of a page, such as "3"; empty where it has none."""
    return ".".join(map(str, env.toc_fignumbers.get(page, {}).get("figure", {}).get(name, ())))


OWN_COMMENT = re.compile(
    r"<!-- (?:next card|(?:claim|section)(?: \w+(?:-\w+)*)+|article \w+(?:-\w+)*(?: [\w.’'-]+)+) -->\s*"
)
"""The one HTML that stays: what stands between cards and before entries of the ledger, for `tables.js`."""


def _markdown(renderer, text, line=None, inline=True):
    """Return what computed Markdown becomes. HTML in it does not run: it is shown as text."""
    holder, within = nodes.Element(), renderer.renderer
    config = within.md_config  # in Markdown of an author `<img>` is a picture
    within.md_config = config.copy(enable_extensions=config.enable_extensions - {"html_image"})
    try:
        with within.current_node_context(holder):
            within.nested_render_text(text, line or 0, inline=inline)
    finally:
        within.md_config = config
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


NOT_DRAWN = {
    "text/plain": re.compile(r"alt\.\w*Chart\(\.\.\.\)"),
    "text/html": re.compile(r"(?s).*vegaEmbed"),
}
"""What Altair shows where `companion` was not imported, or where it refused a chart."""


def _refuse(renderer, data, found):
    """Say which page holds a chart that cannot be drawn; the warning ends the build."""
    document = renderer.renderer.document
    cell = f", cell {data.cell_index + 1}" if data.cell_index is not None else ""
    log.warning(f"a chart cannot be drawn{cell}: {found}", location=document.settings.env.docname)
    return []


def drawn_on_a_page(spec):
    """Return a stored specification as the page and paper draw it: without what travels beside it, on the page's own ground."""
    drawn = {key: value for key, value in spec.items() if key != "usermeta"}
    drawn["$schema"] = f"https://vega.github.io/schema/vega-lite/v{VEGA_LITE[0]}.json"
    title = {**spec["config"].get("title", {}), "fontSize": 13}  # type is 13 to 15 pixels high
    legend = {**spec["config"].get("legend", {}), "offset": 32}  # clear of the title of the axis
    own = {"background": None, "title": title, "legend": legend}  # the page is light or dark
    drawn["config"] = {**spec["config"], **own}
    if next(bindings(spec), None):  # Vega measures the room around a plot once, for the first state
        drawn.setdefault("padding", {"left": 5, "top": 5, "right": 14, "bottom": 5})
    return fit_page(drawn)


def _drawing(spec, name):
    drawn, meta = drawn_on_a_page(spec), spec["usermeta"]["companion"]
    draw_ahead(name, drawn)
    opened = meta.get("opened")
    if opened:  # it takes the place of a line whose apostrophes Sphinx sets
        opened = {**opened, "source": opened["source"].replace("'", "’")}
    beside = {"alt": meta["alt"], "paper": meta.get("paper", []), "draw": meta.get("draw")}
    return drawing(spec=drawn, name=name, opened=opened, **beside)


def _said(text):
    """Return a line of text under a figure."""
    return nodes.paragraph("", text, classes=["figure-source"])


def _sketch(renderer, spec):
    """Return a chart without a name: drawn like a figure, with neither number nor data beside it."""
    meta = spec["usermeta"]["companion"]
    name = "sketch-" + hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:8]
    under = []
    if "caption" in meta:
        said = _markdown(renderer, meta["caption"])
        under.append(nodes.paragraph("", "", *said, classes=["figure-source"]))
    under += [_said(f"Source: {meta['source']}.")] if "source" in meta else []
    below = nodes.container("", *under)
    return nodes.container("", _drawing(spec, name), below, classes=["chart-sketch"])


def _figure(renderer, spec):
    meta = spec["usermeta"]["companion"]
    figure = nodes.figure(align="default", classes=["chart-figure"])
    figure += _drawing(spec, meta["name"])
    drawn = figure[0]["spec"]
    caption = nodes.caption("", "", *_markdown(renderer, meta["caption"]))
    figure += caption
    corrected = under(meta)
    figure += nodes.legend(
        "",
        _said(f"Source: {meta['source']}."),
        *[nodes.paragraph("", "", *_markdown(renderer, corrected), classes=["figure-corrected"])]
        * bool(corrected),
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
        if said := share_source(table):
            found = [*found, said]
        table["classes"] += [f"chips-{column}" for column in meta.get("chips", [])]
        if "judge" in meta:
            table["classes"] += [f"judge-{meta['judge']}"]
        if meta.get("filterable"):
            name_days(table)
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
