"""Parts, claims and the ways to read as HTML; in other formats they are what is in them."""

import html

from docutils import nodes

from companion.ledger import SHAPES
from press.parts import claim, part, sign, summary, ways

WAYS = {"argument": "Argument", "evidence": "With evidence", "everything": "Everything"}
"""The ways to read a chapter, as the address and as the button names them."""

CLOSED = ("since", "about", "end")
"""Kinds of parts that the page keeps closed at first."""

# Before anything of the chapter is drawn, so that nothing moves; parts.js does the rest.
CHOOSE = (
    "(function () { var way, kept; try { kept = localStorage.getItem('read'); } catch (error) { kept = null; } "
    "way = new URLSearchParams(location.search).get('read') || kept; "
    "if (way === 'argument' || way === 'evidence') "
    "document.querySelector('.bd-article').classList.add('read-' + way); })();"
)


def _visit_part(self, node):
    if self.builder.name == "html" and node["kind"] in CLOSED:
        self.body.append(self.starttag(node, "details", CLASS=f"part part-{node['kind']}"))
        self.body.append(f"<summary>{html.escape(node['label'])}</summary>\n")
        return
    named = {"CLASS": f"part part-{node['kind']}", "role": "group", "aria-label": node["label"]}
    self.body.append(self.starttag(node, "div", **named))


def _depart_part(self, node):
    page = self.builder.name == "html" and node["kind"] in CLOSED
    self.body.append("</details>\n" if page else "</div>\n")


def _visit_ways(self, node):
    if self.builder.name == "html":
        buttons = "".join(
            f'<button type="button" data-read="{way}" aria-pressed="{str(way == "everything").lower()}">{name}</button>'
            for way, name in WAYS.items()
        )
        self.body.append(
            f'<div class="ways" role="group" aria-label="Ways to read this chapter"><span>Read</span>{buttons}</div>'
            f"<script>{CHOOSE}</script>\n"
        )
    raise nodes.SkipNode


def _visit_claim(self, node):
    self.body.append(self.starttag(node, "details", CLASS="claim"))


def _depart_claim(self, node):
    self.body.append("</details>\n")


def _visit_summary(self, node):
    self.body.append("<summary>")


def _depart_summary(self, node):
    self.body.append("</summary>\n")


def _visit_sign(self, node):
    verdict = next(name for name, shape in SHAPES.items() if shape == node.astext())
    self.body.append(f'<span class="sign verdict-{verdict.replace(" ", "-")}" aria-hidden="true">')


def _depart_sign(self, node):
    self.body.append("</span>")


def _pass(self, node):
    """Write nothing of a node but what is in it."""


def _skip(self, node):
    raise nodes.SkipNode


def register(app):
    """Tell Sphinx how each node of `press.parts` is written."""
    through = (_pass, _pass)
    others = {name: through for name in ("latex", "text", "man", "texinfo")}
    app.add_node(part, html=(_visit_part, _depart_part), **others)
    app.add_node(claim, html=(_visit_claim, _depart_claim), **others)
    app.add_node(summary, html=(_visit_summary, _depart_summary), **others)
    app.add_node(sign, html=(_visit_sign, _depart_sign), **others)
    app.add_node(ways, html=(_visit_ways, None), **{name: (_skip, None) for name in others})
