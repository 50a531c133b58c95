"""The Sphinx extension that makes a book of the notebooks' outputs.

It turns a figure that `companion.figure` emitted into a numbered figure: in HTML an inline SVG that
is there before any script runs, with the specification beside it for `figures.js` to bring to life;
in the PDF and the EPUB a vector drawing, which says what its controls would show. It gives computed
tables their number and caption, re-runs a notebook when the data or code behind it change, and looks
after what themes and builders leave undone (parts in the PDF, language marks, a real front page, a
light page without outside requests).
"""

import csv
import hashlib
import html
import io
import json
import math
import os
import re
import shutil
import sys
import textwrap
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import permutations
from pathlib import Path

import jinja2
import pikepdf
import vl_convert
from docutils import nodes
from fontTools import subset
from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
from myst_nb.core import render
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from companion import chicago
from companion.changes import folder_tree, redirects, since_last
from companion.edition import BOOK, NAME, ROOT, being_published, citation, cite, commit, data_vintage, day, label, latest_url, published, read_version, spell
from companion.figures import FONT, MIME, PALETTE, controls

log = logging.getLogger(__name__)

PHONE = 350  # pixels that a phone's column leaves a figure
VEGA_LITE = "6.4"  # twin, page and PDF draw with the same one; a test compares it with what JupyterLab draws with


# --- What an output becomes ---------------------------------------------------------------------

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
        if kind in ("table", "cards", "notes", "ledger") and data.mime_type == "text/markdown":
            return _computed(renderer, data, data.output_metadata["companion"])
        return None


def _markdown(renderer, text, line=None, inline=True):
    holder = nodes.Element()
    with renderer.renderer.current_node_context(holder):
        renderer.renderer.nested_render_text(text, line or 0, inline=inline)
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
    _draw_ahead(meta["name"], drawn)
    figure += drawing(spec=drawn, name=meta["name"], alt=meta["alt"], paper=meta.get("paper", []))
    figure += nodes.caption("", "", *_markdown(renderer, meta["caption"]))
    source = nodes.paragraph("", "Source: ", *_markdown(renderer, meta["source"]), nodes.Text("."), classes=["figure-source"])
    figure += nodes.legend("", source, data_table(name=meta["name"], caption=meta["caption"], source=meta["source"], spec=drawn, **meta["table"]))
    _register(renderer, figure, meta["name"])
    return figure


def _computed(renderer, data, meta):
    text = data.content
    if meta["kind"] == "table" and "caption" in meta:
        text = text.partition("\n\n")[2]  # the caption line is for JupyterLab
    found = _markdown(renderer, text, data.line, inline=False)
    for table in [node for node in found if isinstance(node, nodes.table)]:
        table["classes"] += ["computed", "colwidths-given"] + ["filterable"] * bool(meta.get("filterable"))
        table["lines"] = _share_width(table)
        if table["lines"] > 40:
            table["classes"] += ["longtable"]  # in the PDF it breaks over pages
        if "caption" in meta:
            table.insert(0, nodes.title("", "", *_markdown(renderer, meta["caption"])))
        if "name" in meta:
            _register(renderer, table, meta["name"])
    classes = ["computed-cards", "computed-ledger"] if meta["kind"] == "ledger" else [f"computed-{meta['kind']}"]
    return [nodes.container("", *found, classes=classes)]


LINE = 92  # characters of table text that a line of the PDF holds


BETWEEN = 3  # characters that the space between two columns takes


@lru_cache(maxsize=None)
def _cell_lines(text, width):
    return len(textwrap.wrap(text, max(width - BETWEEN, 1))) or 1


def _lines(rows, widths):
    """Return the lines of each cell, row by row, in columns of these widths."""
    return [[_cell_lines(cell, width) for cell, width in zip(row, widths)] for row in rows]


def _cost(rows, widths):
    lines = _lines(rows, widths)
    return sum(map(max, lines)) + sum(map(sum, lines))  # the table's height; and a cell that breaks reads worse, even where the row has room


def _share_width(table):
    """Give each column of a table its share of the line, in characters; return how many lines the table fills.

    A column asks for its longest cell, a heading may break at words. Where all ask for more than the
    line holds, short columns keep their width and long ones share the rest by the root of their length;
    then columns give to one another while that saves lines of the table and of its cells. None falls below its longest word, a short one not below two thirds.
    """
    heads = [[entry.astext() for entry in row.children] for part in table.findall(nodes.thead) for row in part.findall(nodes.row)]
    rows = [[entry.astext() for entry in row.children] for part in table.findall(nodes.tbody) for row in part.findall(nodes.row)]
    least, asked = [], []
    for number in range(len(heads[0])):
        head_word = max(len(w) for head in heads for w in re.split(r"[\s/-]", head[number]))
        word = max((len(w) for row in rows for w in row[number].split()), default=1)
        least.append(max(head_word + 1, word) + BETWEEN)  # heads are bold
        asked.append(max([head_word + 1] + [len(row[number]) for row in rows]) + BETWEEN)
        if asked[-1] <= 18:  # a date breaks once, after the day
            least[-1] = max(least[-1], 2 * asked[-1] // 3 + 2)
    fixed = {n: asked[n] for n in range(len(asked)) if asked[n] <= 18 or sum(asked) <= LINE}
    while len(fixed) < len(asked):  # share what is left; a column that would fall below its longest word is fixed there
        rest = LINE - sum(fixed.values())
        roots = sum(asked[n] ** 0.5 for n in range(len(asked)) if n not in fixed)
        shares = {n: int(rest * asked[n] ** 0.5 / roots) for n in range(len(asked)) if n not in fixed}
        short = {n: least[n] for n, share in shares.items() if share < least[n]}
        fixed.update(short or shares)
    widths = [fixed[n] for n in range(len(asked))]
    moves = [(giver, taker, step) for giver, taker in permutations(range(len(widths)), 2) for step in range(1, 9)] if sum(asked) > LINE else []
    best = _cost(rows, widths)
    while moves:
        tried = [[width - step * (n == giver) + step * (n == taker) for n, width in enumerate(widths)] for giver, taker, step in moves if widths[giver] - step >= least[giver]]
        found = min(tried, key=lambda one: _cost(rows, one), default=widths)
        if _cost(rows, found) >= best:
            break
        widths, best = found, _cost(rows, found)
    for spec, width in zip(table.findall(nodes.colspec), widths):
        spec["colwidth"] = width
    return sum(map(max, _lines(rows, widths)))


# --- Drawing ------------------------------------------------------------------------------------

def draw(spec, form):
    """Return the path of a chart drawn as `form`, "svg", "png" or "pdf"; each content is drawn once.

    Drawings are kept in _build/.figures by hash of specification, version and form.
    """
    text = json.dumps(spec, sort_keys=True)
    key = hashlib.sha256(f"{vl_convert.__version__} {VEGA_LITE} {form} {text}".encode()).hexdigest()[:24]
    path = ROOT / "_build" / ".figures" / f"{key}.{form}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        if form == "svg":
            drawn = vl_convert.vegalite_to_svg(text, vl_version=VEGA_LITE, allowed_base_urls=[]).encode()
        elif form == "png":
            svg = re.sub(r"<svg[^>]*>", r'\g<0><rect width="100%" height="100%" fill="white"/>', draw(spec, "svg").read_text(encoding="utf-8"), count=1)
            drawn = vl_convert.svg_to_png(svg, scale=2)
        else:
            drawn = _stable_pdf(vl_convert.svg_to_pdf(draw(spec, "svg").read_text(encoding="utf-8")))
        part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
        part.write_bytes(drawn)
        part.replace(path)
    return path


AHEAD = ThreadPoolExecutor(2)
COMING = {}  # name of a figure: what is being drawn of it while Sphinx reads on


def _draw_ahead(name, spec):
    """Begin to draw what the HTML page will ask for."""
    COMING[name] = AHEAD.submit(lambda: [draw(spec, "png"), draw(narrow(spec), "svg")])


def _stable_pdf(drawn):
    """Rewrite a PDF so that equal drawings have equal bytes; vl-convert orders objects at random."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        pdf.remove_unreferenced_resources()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _width(spec):
    return float(re.search(r'<svg[^>]* width="([\d.]+)"', draw(spec, "svg").read_text(encoding="utf-8"))[1])


def _views(spec):
    """Yield a specification and all views inside it."""
    yield spec
    for key in ("layer", "hconcat", "vconcat", "concat"):
        for part in spec.get(key, []):
            yield from _views(part)
    if isinstance(spec.get("spec"), dict):
        yield from _views(spec["spec"])


def narrow(spec, room=PHONE):
    """Return a specification redrawn for a phone, `room` pixels wide: text keeps its size, views stack, plots take the width."""
    small = json.loads(json.dumps(spec))
    for view in list(_views(small)):
        if "hconcat" in view:
            view["vconcat"] = view.pop("hconcat")
        if "columns" in view or isinstance(view.get("facet"), dict) and "field" in view["facet"]:
            view["columns"] = 1
        for place in (view.get("facet"), view.get("encoding")):  # panels beside each other stack, too
            if isinstance(place, dict) and "column" in place and "row" not in place:
                place["row"] = place.pop("column")
            if isinstance(place, dict) and isinstance(place.get("facet"), dict):
                place["facet"]["columns"] = 1
        for channel in ("x", "y"):
            _wrap_title(view.get("encoding", {}).get(channel), channel)
    small["config"]["legend"] = {**small["config"].get("legend", {}), "columns": 1}
    small["config"]["axis"] = {**small["config"].get("axis", {}), "labelOverlap": True, "labelSeparation": 3}
    sized = [view for view in _views(small) if isinstance(view.get("width"), (int, float))]
    full = max((view["width"] for view in sized), default=0)
    for view in _views(small):
        mark = view.get("mark")
        if isinstance(mark, dict) and mark.get("type") == "text" and mark.get("fontSize", 0) > 11:
            mark["fontSize"] = 11
        if isinstance(mark, dict) and mark.get("type") == "bar" and isinstance(mark.get("size"), (int, float)) and full:
            mark["size"] = max(4, round(mark["size"] * (room - 50) / full))
    # The wide drawing of a lone view is there already; what stands beside its plot tells how far to shrink at first.
    _fit(small, sized, room, _width(spec) - room if len(sized) == 1 else None)
    for letters in (34, 28, 24, 20, 16):  # what is still too wide are the names of the rows
        if _width(small) <= room:
            break
        _wrap_names(small, letters)
    _fit(small, sized, room)
    return small


def _fit(spec, sized, room, excess=None):
    """Shrink or widen the plots `sized` of `spec` until the drawing takes `room` pixels or little less; below 110 pixels none goes."""
    shrunk = False  # a label that comes and goes with the width must not make it swing
    for attempt in range(5):
        excess = _width(spec) - room if excess is None else excess
        if excess <= 0 and (shrunk or excess >= -5):
            return
        shrunk = shrunk or excess > 0
        for view in sized:
            view["width"] = max(110, math.floor(view["width"] - excess))
        excess = None


def _wrap_title(channel, name, letters=45):
    """Break the long title of an axis into lines; that of y, which stands above the plot, grows upward."""
    for place in (channel, channel.get("axis")) if isinstance(channel, dict) else ():
        if isinstance(place, dict) and isinstance(place.get("title"), str) and len(place["title"]) > letters:
            place["title"] = textwrap.wrap(place["title"], letters)
            if name == "y":
                channel["axis"] = {**(channel.get("axis") or {}), "titleY": -12 - 15 * (len(place["title"]) - 1)}


def _wrap_names(spec, letters):
    """Set the names of rows in 11 pixels, in lines of at most `letters`, and give the rows the height for them."""
    names = {value for rows in spec.get("datasets", {}).values() for row in rows for value in row.values() if isinstance(value, str)}
    lines = {name: [line for part in name.split("|") for line in textwrap.wrap(part, letters)] for name in sorted(names) if len(name) > letters}
    told = f"({json.dumps(lines, ensure_ascii=False)})[datum.label] || split(datum.label, '|')"
    for view in _views(spec):
        for part in [view, *view.get("layer", [])]:
            y = part.get("encoding", {}).get("y")
            if isinstance(y, dict) and isinstance(y.get("field"), str) and y.get("type") in ("nominal", "ordinal") and y.get("axis", {}) is not None:
                y["axis"] = {**y.get("axis", {}), "labelExpr": told, "labelFontSize": 11, "labelLineHeight": 13}
                rows = {row[y["field"]] for values in spec.get("datasets", {}).values() for row in values if isinstance(row.get(y["field"]), str)}
                need = len(rows) * (13 * max((len(lines.get(name, name.split("|"))) for name in rows), default=1) + 8)
                if isinstance(view.get("height"), (int, float)):
                    view["height"] = max(view["height"], need)


def _inline_svg(node):
    text = draw(node["spec"], "svg").read_text(encoding="utf-8")
    # Ids count per drawing; on one page they would meet, and figures would clip each other.
    for number, old in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', text)), 1):
        new = f"{node['name']}-{number}"
        text = text.replace(f'id="{old}"', f'id="{new}"').replace(f"url(#{old})", f"url(#{new})").replace(f'"#{old}"', f'"#{new}"')
    return text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def visit_drawing_html(self, node):
    """Write the static drawing and, as data, the specification from which the page redraws it; twice, for wide and narrow windows."""
    if node["name"] in COMING:
        COMING.pop(node["name"]).result()
    wide = {"spec": node["spec"], "name": node["name"]}
    for kind, drawn in (("wide", wide), ("narrow", {"spec": narrow(node["spec"]), "name": f"{node['name']}-narrow"})):
        data = json.dumps(drawn["spec"], ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
        self.body.append(
            f'<div class="chart {kind}"><div class="chart-view" role="img" aria-label="{html.escape(node["alt"])}">{_inline_svg(drawn)}</div>'
            f'<div class="chart-controls" style="--controls:{len(controls(drawn["spec"]))}"></div>'
            f'<script type="application/json" class="chart-spec">{data}</script></div>')
    raise nodes.SkipNode


def visit_drawing_text(self, node):
    """Write the text alternative where no picture can stand."""
    self.add_text(node["alt"]) if hasattr(self, "add_text") else None
    raise nodes.SkipNode


def visit_data_table_html(self, node):
    """Write the numbers behind a figure as a table, folded away on a page, and how to cite it; beside a page the downloads."""
    builder, name = self.builder, node["name"]
    page = builder.current_docname
    number = ".".join(map(str, builder.env.toc_fignumbers.get(page, {}).get("figure", {}).get(name, ())))
    head = "".join(f'<th scope="col">{html.escape(c)}</th>' for c in node["columns"])
    body = "".join("<tr>" + "".join(f"<td>{_linked(c)}</td>" for c in row) + "</tr>" for row in node["rows"])
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    under = f'<p class="figure-rows">Source of all rows: {_linked(node["all_rows"])}.</p>' if "all_rows" in node else ""
    cited = html.escape(cite_figure(node, number, builder.config.version))
    if builder.name == "epub":
        self.body.append(f'<p><strong>Figure {number}.</strong> {html.escape(node["caption"])} <a href="#{name}">Back to the figure</a></p>{table}{under}<p>Cite: {cited}</p>')
        raise nodes.SkipNode
    _write_downloads(Path(builder.outdir) / "figures", node, number, relative_uri("figures/", builder.get_target_uri(page)), builder.config.version)
    base = relative_uri(builder.get_target_uri(page), f"figures/{name}")
    links = " · ".join(f'<a href="{base}.{end}" download>{label}</a>' for end, label in
                       (("csv", "CSV"), ("svg", "SVG"), ("png", "PNG"), ("vl.json", "Vega-Lite"), ("bib", "BibTeX")))
    self.body.append(
        f'<details class="figure-data"><summary>Show data, download, cite</summary><div class="table-scroll" tabindex="0" role="region" '
        f'aria-label="Data of figure {number}">{table}</div>{under}<p>Download figure {number}: {links}</p><p>Cite: {cited} '
        f'<a href="{base}.html">Permanent address</a>.</p></details>')
    raise nodes.SkipNode


LINK = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\(<([^>]*)>\)")  # as companion.output.link writes it


def _linked(cell):
    """Return a table's cell as HTML, its sources as links."""
    parts = LINK.split(cell)
    text = lambda part: html.escape(re.sub(r"\\([\[\]])", r"\1", part))
    return "".join(text(part) if n % 3 == 0 else f'<a href="{html.escape(parts[n + 1])}">{text(part)}</a>' if n % 3 == 1 else "" for n, part in enumerate(parts))


def cite_figure(node, number, version):
    """Return how to cite a figure: the data's source first, the companion second."""
    caption = re.split(r"(?<=[.?])\s", node["caption"])[0].rstrip(".")
    return f"{node['source']}. Figure {number}, “{caption},” in The companion's editors, Alliances in Transition, version {version} (2026), figure {node['name']}."


def _plain(cell):
    """Return a table cell as a machine reads it: no thousands separators, a plain minus sign, nothing for a missing value, addresses after names."""
    cell = re.sub(r"\\([\[\]])", r"\1", LINK.sub(r"\1, \2", cell))
    if cell == "–":
        return ""
    return cell.replace(",", "").replace("−", "-") if re.fullmatch(r"[−-]?[\d,]+(\.\d+)?", cell) else cell


def _write_downloads(folder, node, number, page, version):
    """Write what a reader may take away: numbers, drawings, specification, citation, and the figure's permanent address."""
    folder.mkdir(exist_ok=True)
    name, cited = node["name"], cite_figure(node, number, version)
    table = io.StringIO()
    table.write(f"# {cited}\n" + (f"# Source of all rows: {_plain(node['all_rows'])}\n" if "all_rows" in node else ""))
    csv.writer(table, lineterminator="\n").writerows([node["columns"], *([_plain(cell) for cell in row] for row in node["rows"])])
    (folder / f"{name}.csv").write_text(table.getvalue(), encoding="utf-8")
    shutil.copyfile(draw(node["spec"], "svg"), folder / f"{name}.svg")
    shutil.copyfile(draw(node["spec"], "png"), folder / f"{name}.png")
    (folder / f"{name}.vl.json").write_text(json.dumps(node["spec"], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / f"{name}.bib").write_text(
        f"@misc{{{name},\n  author = {{{{The companion's editors}}}},\n  title = {{Figure {number}: {node['caption']}}},\n  year = {{2026}},\n"
        f"  howpublished = {{Alliances in Transition, version {version}}},\n  note = {{Data: {node['source']}}}\n}}\n", encoding="utf-8")
    _lead_on(folder / f"{name}.html", f"{page}#{name}", f"Figure {number}")


def _lead_on(path, address, title, canonical=None):
    """Write a page that does nothing but lead to another address."""
    told = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{told}'
                    f'<meta http-equiv="refresh" content="0; url={address}"></head><body><p><a href="{address}">{title}</a></p></body></html>\n', encoding="utf-8")


def skip(self, node):
    """Leave a node out of an output format."""
    raise nodes.SkipNode


APPENDIX = "book/claims"
"""The page that on paper stands after all others."""


def in_state(spec, state):
    """Return a specification with its controls set to `state`, {parameter: value}."""
    told = json.loads(json.dumps(spec))
    for param in [param for view in _views(told) for param in view.get("params", [])]:
        if param["name"] in state:
            param["value"] = state[param["name"]]
    return told


def describe_state(spec, only=None):
    """Return in words where the controls of a chart stand, those named in `only` or all: "Prices: Nominal; Years ahead: 10"."""
    return "; ".join(f"{label}: {'all' if value is None else str(value).replace('-', '−')}" for name, label, value in controls(spec) if only is None or name in only)


def paper_drawings(node):
    """Return [(specification, text alternative)] of what stands for a chart where nothing moves: itself, or a small multiple of its states."""
    spec, states = node["spec"], node["paper"]
    if not states:
        return [(spec, node["alt"])]
    told, changed = [], {name for state in states for name in state}
    first = controls(in_state(spec, states[0]))
    for number, state in enumerate(states):
        one = in_state(spec, state)
        label = describe_state(one, changed if number == 0 else {now[0] for now, then in zip(controls(one), first) if now != then})
        one["title"] = {"text": textwrap.wrap(label, 46), "fontSize": 13, "fontWeight": "normal", "anchor": "start"}
        told.append((narrow(one), node["alt"] if number == 0 else f"The same chart. {label}."))
    return told


def paper_note(node):
    """Return the sentence that says, where nothing moves, which state of its controls a chart shows; None for a chart without controls."""
    if not controls(node["spec"]):
        return None
    changed = {name for state in node["paper"] for name in state}
    still = describe_state(node["spec"], {name for name, _, _ in controls(node["spec"])} - changed)
    if not node["paper"]:
        return f"Drawn here with {still}. The HTML edition has controls for the rest."
    return "Each drawing shows one state of the controls that the HTML edition has" + (f", all of them with {still}." if still else ".")


def _latex(node, before, after=""):
    """Set raw LaTeX before and after a node."""
    place = node.parent.index(node)
    node.parent[place:place + 1] = [nodes.raw("", before, format="latex"), node] + [nodes.raw("", after, format="latex")] * bool(after)


class Paper(SphinxPostTransform):
    """For the PDF and the EPUB: charts become vector images that say what their controls would show; code, which paper does not need, goes; the PDF ends with the ledger."""

    default_priority = 190
    builders = ("latex", "epub")

    def run(self, **kwargs):
        """Run the transform."""
        files = list(self.document.findall(addnodes.start_of_file))
        for ledger in [file for file in files if file["docname"] == APPENDIX]:
            ledger.parent.remove(ledger)
            files[-1].parent += [nodes.raw("", r"\part{Appendix}", format="latex"), ledger]
        form = "pdf" if self.app.builder.name == "latex" else "svg"
        for node in list(self.document.findall(drawing)):
            if note := paper_note(node):
                node.parent[-1].insert(0, nodes.paragraph("", note, classes=["figure-state"]))
            drawn = paper_drawings(node)
            images = []
            for spec, alt in drawn:
                path = draw(spec, form).as_posix()
                self.env.images.add_file(self.env.docname, path)
                images.append(nodes.image(uri=path, candidates={"*": path}, alt=alt, **({"width": "49%"} if len(drawn) > 1 and form == "pdf" else {})))
            node.replace_self(images if len(images) == 1 else nodes.paragraph("", "", *(part for image in images for part in (image, nodes.Text(" ")))))
        for node in list(self.document.findall(lambda n: n.get("nb_element") == "cell_code_source" if isinstance(n, nodes.container) else False)):
            node.parent.remove(node)
        self._keep_together() if form == "pdf" else self._gather_tables()

    def _keep_together(self):
        """Keep a run-in heading with its text and a claim with its record and source; let a table with a number float, as figures do."""
        for node in list(self.document.findall(nodes.paragraph)):
            parts = [part for part in node if part.astext()]  # the parser leaves empty texts around emphasis
            if isinstance(node.parent, nodes.entry):
                continue
            if len(parts) == 1 and isinstance(parts[0], (nodes.strong, nodes.emphasis)):
                _latex(node, r"\needspace{8\baselineskip}", r"\companionkeep ")
            elif parts and isinstance(parts[0], nodes.strong) and parts[0].astext().endswith("."):
                _latex(node, r"\needspace{5\baselineskip}")
        for card in [node for node in self.document.findall(nodes.block_quote) if "computed-cards" in node.parent.get("classes", [])]:
            for node in card[1:]:
                _latex(node, r"\vspace{1mm}" if any(isinstance(part, nodes.strong) for part in node) else r"\nopagebreak ")
        for node in list(self.document.findall(nodes.table)):
            if "longtable" in node["classes"]:
                _latex(node, r"\needspace{12\baselineskip}")
            elif isinstance(node[0], nodes.title):
                _latex(node, r"\begin{companiontable}", r"\end{companiontable}")

    def _gather_tables(self):
        """Move the data of a page's figures to its end, as e-readers fold nothing; on the first page, say which edition it is."""
        section = nodes.section("", nodes.title("", "Data of the figures"), ids=["data-of-the-figures"])
        for node in list(self.document.findall(data_table)):
            label = f"{node['name']}-data"
            node.replace_self(nodes.paragraph("", "", nodes.reference("", "Data of this figure", refid=label, internal=True), classes=["figure-data"]))
            section += nodes.container("", node, ids=[label])
        if len(section) > 1:
            self.document.next_node(nodes.section).append(section)
        if self.env.docname == self.app.config.root_doc:
            for toctree in self.document.findall(addnodes.toctree):
                toctree["titlesonly"], toctree["maxdepth"] = False, 2  # an e-reader's contents lead to sections, too
            heading = self.document.next_node(nodes.title)
            heading.parent.insert(1, nodes.paragraph("", edition_line(), classes=["edition"]))


# --- The book's frame ---------------------------------------------------------------------------

def edition_line():
    """Return version, date, commit and vintage of the data in a line."""
    return f"{label()[0].upper()}{label()[1:]}, {spell(day())}, commit {commit()}. Sources of the data read up to {spell(data_vintage())}."


def configure(app, config):
    """Set version, dates, addresses and the frames of LaTeX and EPUB, which `_config.yml` cannot compute."""
    config.version = config.release = read_version()
    config.epub_uid = config.epub_identifier = f"alliances-in-transition-{config.version}"  # equal, as the two tables of contents must name one book
    config.epub_cover = ("_static/cover.png", "epub-cover.html")
    config.html_baseurl = latest_url()  # Sphinx makes canonical links of it
    repository = citation().get("repository-code", "")
    if repository:
        config.html_theme_options.update(repository_url=repository, repository_branch=being_published() or "main", use_repository_button=True, use_issues_button=True,
                                         launch_buttons={"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"})
    config.html_context.update(version=config.version, label=label(), edition=being_published(), data_vintage=spell(data_vintage()), latest_url=latest_url())
    config.latex_additional_files = ["book/companion/book.sty"]
    config.latex_elements = {
        "papersize": "a4paper", "pointsize": "10pt", "extraclassoptions": "openany,twoside",
        "geometry": r"\usepackage[paperwidth=170mm,paperheight=240mm,inner=23mm,outer=19mm,top=24mm,bottom=22mm,headsep=7mm,footskip=10mm]{geometry}",
        "fontpkg": "", "preamble": r"\usepackage{book}", "sphinxsetup": "verbatimvisiblespace={}", "fncychap": "", "figure_align": "!htb", "makeindex": "", "printindex": "",
        "maketitle": r"\companiontitle{%s}{%s}{%s}{%s}" % (label(), spell(day()), commit(), spell(data_vintage())),
        "tableofcontents": r"\companioncontents",
    }


FILLED = ("book/editions", "book/changes", "book/about")
"""Pages with words that only a build can tell; `fill_page` puts them in."""


def fill_page(app, docname, source):
    """Put into a page of FILLED what this copy is, how to cite it, what changed (the event `source-read`; Jinja, as in Sphinx's templates)."""
    if docname not in FILLED:
        return
    told = {"name": NAME, "version": read_version(), "label": label(), "edition": being_published(), "day": spell(day()), "commit": commit(), "vintage": spell(data_vintage()),
            "published": published(), "repository": citation().get("repository-code", ""), "url": citation().get("url", ""), **cite()}
    if docname == "book/changes":
        told["changes"] = since_last()
        for path in [*BOOK.glob("*.ipynb"), *BOOK.glob("*.md"), *(ROOT / "data").glob("*.csv")]:
            app.env.note_dependency(str(path))
    source[0] = jinja2.Template(source[0]).render(told)


def add_parts(app, doctree):
    """Keep the text of the site's front page out of the PDF, and put a part's title before its chapters there."""
    if app.env.docname != app.config.root_doc:
        return
    section = next(doctree.findall(nodes.section))
    for child in list(section.children):
        toctree = next(child.findall(addnodes.toctree), None)
        if toctree is None and not isinstance(child, nodes.title):
            child.replace_self(addnodes.only("", child.deepcopy(), expr="html"))
        elif toctree is not None and toctree.get("caption"):
            child.replace_self([nodes.raw("", r"\part{%s}" % toctree["caption"], format="latex"), child])


# --- Staleness ----------------------------------------------------------------------------------

def _digest(paths):
    total = hashlib.sha256(sys.version.encode())
    for path in sorted(paths):
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _cache_path(app):
    return app.config.nb_execution_cache_path or str(Path(app.outdir).parent / ".jupyter_cache")


FRAME = ("book", "chicago", "edition", "changes")
"""Modules that shape pages and that no notebook runs."""


def find_outdated(app, env, added, changed, removed):
    """Name the pages that Sphinx would wrongly keep (the event `env-get-outdated`).

    A notebook depends on the helper code, the data and the lock, a page on this extension and the
    bibliography; neither Sphinx nor jupyter-cache sees that. A notebook whose inputs changed loses
    its record in the cache and is executed again. Changed static files call for one page, since
    Sphinx copies them only when it writes something.
    """
    code = [path for path in (BOOK / "companion").glob("*.py") if path.stem not in (*FRAME, "build", "publish")]
    inputs = _digest([*code, *(ROOT / "data").glob("*"), *ROOT.glob("constraints.txt")])
    frame = _digest([*(BOOK / "companion" / f"{name}.py" for name in FRAME), ROOT / "CITATION.cff"]) + label()
    static = _digest([path for folder in ("_static", "_templates") for path in (BOOK / folder).rglob("*") if path.is_file()])
    kept = getattr(env, "companion_keys", {})
    env.companion_keys = {"inputs": inputs, "frame": frame, "static": static, "commit": commit()}
    notebooks = {name for name in env.found_docs if env.doc2path(name).endswith(".ipynb")}
    outdated = set()
    if kept.get("inputs") != inputs:
        cache = get_cache(_cache_path(app))
        paths = {str(Path(env.doc2path(name))) for name in notebooks}
        for record in cache.list_cache_records():
            if record.uri in paths:
                cache.remove_cache(record.pk)
        outdated |= notebooks
    if kept.get("frame") != frame:
        outdated |= env.found_docs
    if kept.get("commit") != commit():
        outdated |= env.found_docs & set(FILLED)
    if kept.get("static") != static:
        outdated.add(app.config.root_doc)
    _execute_together(app, [env.doc2path(name) for name in sorted(notebooks & (outdated | set(added)))])
    return sorted(outdated - set(added) - set(removed))


def _execute_together(app, paths):
    """Fill the cache with several notebooks at once, where the system forks; myst-nb would run them one by one.

    A notebook that fails is left to myst-nb, which runs it again and says where.
    """
    if len(paths) < 2 or sys.platform == "win32" or app.config.nb_execution_mode != "cache":
        return
    cache = get_cache(_cache_path(app))
    for path in paths:
        cache.add_nb_to_project(path)
    load_executor("local-parallel", cache=cache).run_and_cache(filter_uris=paths, timeout=app.config.nb_execution_timeout)


# --- HTML ---------------------------------------------------------------------------------------

SCRIPTS = {"ja": "\u3005-\u30ff\u3400-\u9fff\uff01-\uff9f\u300a-\u301f", "ko": "\uac00-\ud7a3", "ru": "\u0400-\u04ff"}
FOREIGN = re.compile("[%s](?:[%s\\s、。・,.:：「」『』〈〉《》0-9%%…!?()-]*[%s」』〉》])?" % (("".join(SCRIPTS.values()),) * 3))


def script_language(text, known=()):
    """Return the language tag of a run of non-Latin text.

    Hangul, kana and Cyrillic tell; characters that Chinese and Japanese share are Japanese unless a
    Chinese title among `known` (strings from the bibliography) holds them.
    """
    if re.search("[\uac00-\ud7a3]", text):
        return "ko"
    if re.search("[\u0400-\u04ff]", text):
        return "ru"
    if re.search("[\u3041-\u30ff]", text):
        return "ja"
    return "zh" if any(text.strip() in title for title in known) else "ja"


def _chinese_titles():
    text = (BOOK / "references.bib").read_text(encoding="utf-8")
    return [entry for entry in re.split(r"\n@", text) if re.search(r"langid\s*=\s*[{\"]chinese", entry)]


def mark_languages(body, known):
    """Wrap each run of Japanese, Chinese, Korean or Russian text in a span with its language."""
    parts = re.split(r"(<(?:script|style|svg)\b.*?</(?:script|style|svg)>|<span[^>]* lang=.*?</span>|<[^>]+>)", body, flags=re.S)
    for index in range(0, len(parts), 2):
        parts[index] = FOREIGN.sub(lambda run: f'<span lang="{script_language(run[0], known)}">{run[0]}</span>', parts[index])
    return "".join(parts)


def finish_page(app, pagename, templatename, context, doctree):
    """Mark languages in a page's text, make wide tables scroll inside themselves, and say in its head what the page is about;
    an EPUB has neither scrolling nor such a head, and links its own sheets alone."""
    book = app.builder.name == "epub"
    if book:
        context["html_tag"] = context["html_tag"].replace(">", ' lang="en" xml:lang="en">')
        context["metatags"], context["pageurl"] = "", None
        context["css_files"] = [sheet for sheet in context["css_files"] if str(getattr(sheet, "filename", sheet)).rpartition("/")[2] in EPUB_SHEETS]
    if not context.get("body"):
        return
    if doctree and not book:
        if pagename == app.config.root_doc and context["pageurl"]:
            context["pageurl"] = app.config.html_baseurl  # the front page stands at the root as well
        title = html.unescape(re.sub(r"<[^>]+>", "", context["title"]))
        card = f"_static/cards/{pagename.split('/')[-1]}.png"
        write_card(Path(app.outdir) / card, title, citation()["title"])
        context["metatags"] += share_lines(title, description(doctree), context["pageurl"], (app.config.html_baseurl or context["content_root"]) + card, context["docstitle"])
    if not hasattr(app, "companion_chinese"):
        app.companion_chinese = _chinese_titles()
    body = mark_languages(context["body"], app.companion_chinese)
    if book:
        context["body"] = re.sub(r'(<[^>]*) lang="([\w-]+)"', r'\1 lang="\2" xml:lang="\2"', body)
        return
    body = re.sub(r'(<table class="[^"]*docutils.*?</table>)', r'<div class="table-scroll" tabindex="0" role="region" aria-label="Table">\1</div>', body, flags=re.S)
    context["body"] = body


def describe_edition(app, pagename, templatename, context, doctree):
    """Give a page the meta elements from which a reference manager learns title, editors, date, edition and PDF."""
    about = citation()
    pairs = [("citation_title", about["title"]), *(("citation_author", author["name"]) for author in about["authors"]), ("citation_publication_date", day().replace("-", "/")),
             ("citation_language", "en"), ("DC.title", about["title"]), *(("DC.creator", author["name"]) for author in about["authors"]),
             ("DC.date", day()), ("DC.type", "Text"), ("DC.language", "en"), ("DC.identifier", f"{about['title']}, {label()}")]
    if version := being_published():
        path = f"{NAME}-{version}.pdf"
        pairs.append(("citation_pdf_url", f"{about['url'].rstrip('/')}/{version}/{path}" if "url" in about else context["pathto"](path, 1)))
    context["metatags"] = context.get("metatags", "") + "".join(f'\n<meta name="{name}" content="{html.escape(value)}">' for name, value in pairs)


def description(doctree, limit=200):
    """Return what a page is about in at most `limit` characters: its summary in plain language, or its first paragraph of text.

    Whole sentences where they fill a good part of the room, otherwise as many words as fit; "" where the page has no such paragraph.
    """
    texts = [" ".join(node.astext().split()) for node in doctree.findall(nodes.paragraph) if isinstance(node.parent, nodes.section)
             and not (node.astext().strip() and isinstance(next(child for child in node if child.astext().strip()), nodes.strong) and "plain language" not in node.astext()[:20])]
    text = min(texts, key=lambda text: not text.startswith("In plain language. "), default="").removeprefix("In plain language. ")
    sentences = re.split(r"(?<=[.?!]) (?=[A-Z“])", text)
    whole = [" ".join(sentences[:count]) for count in range(len(sentences) + 1)]
    fits = max((part for part in whole if len(part) <= limit), key=len)
    return fits if len(fits) > limit * .4 else textwrap.shorten(text, limit, placeholder=" …")


def share_lines(title, about, address, picture, site):
    """Return the lines of a page's head from which other programs show it: as a search result, as a card in a message.

    `address` of the page may be empty; `picture` is then an address relative to the page.
    """
    told = {"og:type": "article", "og:site_name": site, "og:title": title, "og:description": about, "og:url": address, "og:image": picture,
            "og:image:width": "1200", "og:image:height": "630", "og:image:alt": f"{title}. {site}"}
    lines = [f'<meta property="{name}" content="{html.escape(value)}" />' for name, value in told.items() if value]
    named = {"description": about, "twitter:card": "summary_large_image"}
    return "\n".join(["", *lines, *(f'<meta name="{name}" content="{html.escape(value)}" />' for name, value in named.items() if value)])


CARD = """<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" font-family="Liberation Sans">
<rect width="1200" height="630" fill="{paper}"/><rect width="24" height="630" fill="{blue}"/><g transform="translate(980 400) scale(5)">{mark}</g>
<g font-size="68" font-weight="bold" fill="{ink}">{lines}</g><text x="90" y="545" font-size="36" fill="{gray}">{site}</text></svg>"""


def write_card(path, title, site):
    """Write the picture that stands for a page when it is shared: its title and the book's (PNG, 1200 by 630 pixels, equal bytes for equal titles)."""
    lines = textwrap.wrap(title, 28)
    drawn = CARD.format(**PALETTE, paper="#f7f5f0", site=html.escape(site), mark=re.search(r"<g.*</g>", (BOOK / "_static" / "favicon.svg").read_text(encoding="utf-8"), re.S)[0],
                        lines="".join(f'<text x="90" y="{150 + 84 * number}">{html.escape(line)}</text>' for number, line in enumerate(lines)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(vl_convert.svg_to_png(drawn))


def vega_bundle():
    """Return the path of the one script file that draws charts, made from what vl-convert carries and kept in _build/.figures."""
    path = ROOT / "_build" / ".figures" / f"vega-{vl_convert.__version__}-{VEGA_LITE}.js"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE)
        # Its top-level names would collide with the theme's.
        path.write_text("(function () {\n" + bundle + "\n})();\n", encoding="utf-8")
    return path


ICONS = (0xf0c9, 0xf002, 0xf019, 0xf0eb, 0xf05a, 0xf071, 0xf186, 0xf185, 0xf042, 0xf054, 0xf053, 0xf104, 0xf105, 0xf107,
         0xf078, 0xf077, 0xf15b, 0xf1c1, 0xf1c9, 0xf065, 0xf00d, 0xf0c1, 0xf062, 0xf03a, 0xf111, 0xf06a, 0xf0f3, 0xf02d,
         0xf0a4, 0xf057, 0xf060, 0xf061, 0xf35d, 0xf0ca, 0xf03e, 0xf24d, 0xf058, 0xf1f8, 0xf02e, 0xf0f6, 0xf7d9)


def cut_icons(path):
    """Cut the theme's icon font down to the icons in use (156 KB become a few), in its place, so that no page can ask for the whole one."""
    options = subset.Options(flavor="woff2")
    font = subset.load_font(str(path), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=ICONS)
    cutter.subset(font)
    font["head"].modified = font["head"].created
    subset.save_font(font, str(path), options)


MOVED = "This page has moved"


def write_redirects(out, env):
    """Write a page that leads on at each old address of book/redirects.txt, after removing what an earlier build left there and of figures that are gone.

    Returns what is wrong, a line each: an old address that is in use, a new one that is not.
    """
    figures = {name for kinds in env.toc_fignumbers.values() for name in kinds.get("figure", {})}
    left = [path for path in (out / "figures").glob("*") if path.name.partition(".")[0] not in figures]
    for path in {*left, *(path for path in out.rglob("*.html") if f"<title>{MOVED}" in path.read_text(encoding="utf-8"))}:
        path.unlink()
    there, faults = env.found_docs | {f"figures/{name}" for name in figures}, []
    try:
        told = redirects(folder_tree(ROOT))
    except ValueError as error:
        return [str(error)]
    for old, new in told.items():
        if old in there or new not in there:
            faults.append(f"book/redirects.txt: found {old} {new}; expected " + ("an old address that nothing has any more" if old in there else "a new address that the book has"))
        else:
            _lead_on(out / f"{old}.html", relative_uri(f"{old}.html", f"{new}.html"), MOVED, env.config.html_baseurl and f"{env.config.html_baseurl}{new}.html")
    return faults


UNTHEMED = 'document.documentElement.dataset.theme = localStorage.getItem("theme") || "auto";'
THEMED = ('document.documentElement.dataset.theme = document.documentElement.dataset.mode !== "auto" ? document.documentElement.dataset.mode'
          ' : matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";')
"""The theme's line leaves a page without colors and borders until its own script has come, and things move when it does."""


def finish_html(app, error):
    """After a build: Vega and icons beside the pages, a light page without scripts, and a real front page."""
    if error or app.builder.name != "html":
        return
    out = Path(app.outdir)
    shutil.copyfile(vega_bundle(), out / "_static" / "vega.js")
    (out / "_static" / "favicon.png").write_bytes(vl_convert.svg_to_png((BOOK / "_static" / "favicon.svg").read_text(encoding="utf-8"), scale=6))
    for leftover in ("webpack-macros.html", "sbt-webpack-macros.html"):  # templates, which the theme keeps among its static files
        (out / "_static" / leftover).unlink(missing_ok=True)
    icons = out / "_static" / "vendor" / "fontawesome" / "webfonts" / "fa-solid-900.woff2"
    if icons.exists() and icons.stat().st_size > 50_000:  # as the theme brought it
        cut_icons(icons)
    for page in out.rglob("*.html"):
        text = page.read_text(encoding="utf-8").replace('data-theme="auto"', 'data-theme="light"', 1)
        text = text.replace(UNTHEMED, THEMED)
        if page.name != "search.html":  # the theme brings the index (28 KB) to every page, for a search while typing that is switched off
            text = re.sub(r'<script src="[^"]*(?:searchtools|language_data|searchindex)\.js"></script>\s*', "", text)
        # The first build of a folder computes this sum before the file is there, a second one after.
        page.write_text(re.sub(r"(mystnb\.\w+\.css)\?v=\w+", r"\1", text), encoding="utf-8")
    write_front_page(out, app.config.root_doc)
    for fault in write_redirects(out, app.env):
        log.warning(fault)


def write_front_page(out, root):
    """Write index.html as the front page itself: the root page, one folder up."""
    folder = os.path.dirname(root)
    text = (out / f"{root}.html").read_text(encoding="utf-8")

    def lift(match):
        target = match[3]
        if re.match(r"[a-z]+:|//|#", target) or target == "":
            return match[0]
        path, mark, rest = re.match(r"([^?#]*)([?#]?)(.*)", target, re.S).groups()
        path = os.path.normpath(os.path.join(folder, path)).replace(os.sep, "/") + ("/" if path.endswith("/") else "")
        return f"{match[1]}={match[2]}{path}{mark}{rest}{match[2]}"

    text = re.sub(r'\b(href|src|action)=(")([^"]*)"', lift, text)
    text = text.replace('data-content_root="../"', 'data-content_root="./"').replace('content="../_static/', 'content="_static/')
    (out / "index.html").write_text(text, encoding="utf-8")


# --- EPUB ---------------------------------------------------------------------------------------

EPUB_SHEETS = ("epub.css", "ebook.css")
ACCESS = {
    "accessMode": ("textual", "visual"), "accessModeSufficient": ("textual", "textual,visual"), "accessibilityHazard": ("none",),
    "accessibilityFeature": ("alternativeText", "longDescription", "structuralNavigation", "tableOfContents", "readingOrder"),
    "accessibilitySummary": ("Every figure has a text alternative and a table of its data. The languages of passages are marked.",),
}
"""What the EPUB says of itself to catalogs of accessible books (schema.org's terms)."""


def begin_epub(app):
    """Draw the cover that an e-reader's shelf shows: title, editors, version and date; leave out what only a site has, as the page for missing addresses."""
    if app.builder.name != "epub":
        return
    app.config.html_additional_pages = {}
    lines = [(150, 58, "Alliances"), (220, 58, "in Transition"), (290, 22, "A research companion to two articles"), (700, 22, "The companion’s editors"),
             (735, 18, f"{label()[0].upper()}{label()[1:]}, {day()}")]
    text = "".join(f'<text x="60" y="{y}" font-size="{size}" font-family="{FONT}" fill="white">{html.escape(line)}</text>' for y, size, line in lines)
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="800"><rect width="600" height="800" fill="{PALETTE["blue"]}"/>{text}</svg>'
    path = Path(app.outdir) / "_static" / "cover.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(vl_convert.svg_to_png(drawn, scale=2))


def finish_epub(app, error):
    """After a build: the EPUB with what it says on accessibility, and without the times of its files, so that equal books have equal bytes."""
    if error or app.builder.name != "epub":
        return
    path = Path(app.outdir) / f"{app.config.epub_basename}.epub"
    with zipfile.ZipFile(path) as made:
        files = [(name, made.read(name)) for name in made.namelist()]
    told = "".join(f'  <meta property="schema:{name}">{value}</meta>\n' for name, values in ACCESS.items() for value in values)
    with zipfile.ZipFile(path, "w") as out:
        for name, content in files:
            entry = zipfile.ZipInfo(name)  # dated 1980, as zip begins
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            out.writestr(entry, content.replace(b"</metadata>", told.encode() + b"  </metadata>") if name == "content.opf" else content)


def setup(app):
    """Register the extension with Sphinx."""
    chicago.register(app)
    plugins = render.load_mime_renders()  # entry points would need packaging; a test holds that this list is what myst-nb reads
    if OutputRenderer not in plugins:
        plugins.append(OutputRenderer)
    html_, other = (visit_drawing_html, None), (skip, None)
    app.add_node(drawing, html=html_, latex=other, text=(visit_drawing_text, None), man=other, texinfo=other)
    app.add_node(data_table, html=(visit_data_table_html, None), latex=other, text=other, man=other, texinfo=other)
    app.add_post_transform(Paper)
    app.connect("config-inited", configure)
    app.connect("doctree-read", add_parts)
    app.connect("source-read", fill_page)
    app.connect("html-page-context", describe_edition)
    app.connect("env-get-outdated", find_outdated)
    app.connect("html-page-context", finish_page)
    app.connect("build-finished", finish_html)
    app.connect("builder-inited", begin_epub)
    app.connect("build-finished", finish_epub)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
