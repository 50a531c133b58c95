"""A figure on a page of the site: the drawing, its data, what a reader may take away, how to cite it."""

import csv
import html
import io
import json
import re
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.util.osutil import relative_uri

from companion.vegalite import controls
from press.drawing import COMING, draw, narrow


def _inline_svg(node):
    text = draw(node["spec"], "svg").read_text(encoding="utf-8")
    # Ids count per drawing; on one page they would meet, and figures would clip each other.
    for number, old in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', text)), 1):
        new = f"{node['name']}-{number}"
        text = (
            text.replace(f'id="{old}"', f'id="{new}"')
            .replace(f"url(#{old})", f"url(#{new})")
            .replace(f'"#{old}"', f'"#{new}"')
        )
    return text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def visit_drawing_html(self, node):
    """Write the static drawing and, as data, the specification from which the page redraws it; twice, for wide and narrow windows."""
    if node["name"] in COMING:
        COMING.pop(node["name"]).result()
    wide = {"spec": node["spec"], "name": node["name"]}
    for kind, drawn in (
        ("wide", wide),
        ("narrow", {"spec": narrow(node["spec"]), "name": f"{node['name']}-narrow"}),
    ):
        data = json.dumps(drawn["spec"], ensure_ascii=False, separators=(",", ":")).replace(
            "</", "<\\/"
        )
        self.body.append(
            f'<div class="chart {kind}"><div class="chart-view" role="img" aria-label="{html.escape(node["alt"])}">{_inline_svg(drawn)}</div>'
            f'<div class="chart-controls" style="--controls:{len(controls(drawn["spec"]))}"></div>'
            f'<script type="application/json" class="chart-spec">{data}</script></div>'
        )
    raise nodes.SkipNode


def visit_drawing_text(self, node):
    """Write the text alternative where no picture can stand."""
    self.add_text(node["alt"]) if hasattr(self, "add_text") else None
    raise nodes.SkipNode


def visit_data_table_html(self, node):
    """Write the numbers behind a figure as a table, folded away on a page, and how to cite it; beside a page the downloads."""
    builder, name = self.builder, node["name"]
    page = builder.current_docname
    number = ".".join(
        map(str, builder.env.toc_fignumbers.get(page, {}).get("figure", {}).get(name, ()))
    )
    head = "".join(f'<th scope="col">{html.escape(c)}</th>' for c in node["columns"])
    body = "".join(
        "<tr>" + "".join(f"<td>{_linked(c)}</td>" for c in row) + "</tr>" for row in node["rows"]
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    under = (
        f'<p class="figure-rows">Source of all rows: {_linked(node["all_rows"])}.</p>'
        if "all_rows" in node
        else ""
    )
    cited = html.escape(cite_figure(node, number, builder.config.version))
    if builder.name == "epub":
        self.body.append(
            f'<p><strong>Figure {number}.</strong> {html.escape(node["caption"])} <a href="#{name}">Back to the figure</a></p>{table}{under}<p>Cite: {cited}</p>'
        )
        raise nodes.SkipNode
    _write_downloads(
        Path(builder.outdir) / "figures",
        node,
        number,
        relative_uri("figures/", builder.get_target_uri(page)),
        builder.config.version,
    )
    base = relative_uri(builder.get_target_uri(page), f"figures/{name}")
    links = " · ".join(
        f'<a href="{base}.{end}" download>{label}</a>'
        for end, label in (
            ("csv", "CSV"),
            ("svg", "SVG"),
            ("png", "PNG"),
            ("vl.json", "Vega-Lite"),
            ("bib", "BibTeX"),
        )
    )
    self.body.append(
        f'<details class="figure-data"><summary>Show data, download, cite</summary><div class="table-scroll" tabindex="0" role="region" '
        f'aria-label="Data of figure {number}">{table}</div>{under}<p>Download figure {number}: {links}</p><p>Cite: {cited} '
        f'<a href="{base}.html">Permanent address</a>.</p></details>'
    )
    raise nodes.SkipNode


LINK = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\(<([^>]*)>\)")  # as companion.output.link writes it


def _linked(cell):
    """Return a table's cell as HTML, its sources as links."""
    parts = LINK.split(cell)
    text = lambda part: html.escape(re.sub(r"\\([\[\]])", r"\1", part))
    return "".join(
        text(part)
        if n % 3 == 0
        else f'<a href="{html.escape(parts[n + 1])}">{text(part)}</a>'
        if n % 3 == 1
        else ""
        for n, part in enumerate(parts)
    )


def cite_figure(node, number, version):
    """Return how to cite a figure: the data's source first, the companion second."""
    caption = re.split(r"(?<=[.?])\s", node["caption"])[0].rstrip(".")
    return f"{node['source']}. Figure {number}, “{caption},” in The companion's editors, Alliances in Transition, version {version} (2026), figure {node['name']}."


def _plain(cell):
    """Return a table cell as a machine reads it: no thousands separators, a plain minus sign, nothing for a missing value, addresses after names."""
    cell = re.sub(r"\\([\[\]])", r"\1", LINK.sub(r"\1, \2", cell))
    if cell == "–":
        return ""
    return (
        cell.replace(",", "").replace("−", "-")
        if re.fullmatch(r"[−-]?[\d,]+(\.\d+)?", cell)
        else cell
    )


def _write_downloads(folder, node, number, page, version):
    """Write what a reader may take away: numbers, drawings, specification, citation, and the figure's permanent address."""
    folder.mkdir(exist_ok=True)
    name, cited = node["name"], cite_figure(node, number, version)
    table = io.StringIO()
    table.write(
        f"# {cited}\n"
        + (f"# Source of all rows: {_plain(node['all_rows'])}\n" if "all_rows" in node else "")
    )
    csv.writer(table, lineterminator="\n").writerows(
        [node["columns"], *([_plain(cell) for cell in row] for row in node["rows"])]
    )
    (folder / f"{name}.csv").write_text(table.getvalue(), encoding="utf-8")
    shutil.copyfile(draw(node["spec"], "svg"), folder / f"{name}.svg")
    shutil.copyfile(draw(node["spec"], "png"), folder / f"{name}.png")
    (folder / f"{name}.vl.json").write_text(
        json.dumps(node["spec"], ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    (folder / f"{name}.bib").write_text(
        f"@misc{{{name},\n  author = {{{{The companion's editors}}}},\n  title = {{Figure {number}: {node['caption']}}},\n  year = {{2026}},\n"
        f"  howpublished = {{Alliances in Transition, version {version}}},\n  note = {{Data: {node['source']}}}\n}}\n",
        encoding="utf-8",
    )
    lead_on(folder / f"{name}.html", f"{page}#{name}", f"Figure {number}")


def lead_on(path, address, title, canonical=None):
    """Write a page that does nothing but lead to another address."""
    told = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{told}'
        f'<meta http-equiv="refresh" content="0; url={address}"></head><body><p><a href="{address}">{title}</a></p></body></html>\n',
        encoding="utf-8",
    )


def skip(self, node):
    """Leave a node out of an output format."""
    raise nodes.SkipNode
