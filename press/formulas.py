"""Formulas: LaTeX becomes MathML when the book is built, which browsers and e-readers draw by themselves.

No script and no font is loaded. On paper TeX sets the same source.
"""

import re
from functools import cache

from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

log = logging.getLogger(__name__)

SAME = {
    r"(?<=\\begin\{)split(?=\})": "aligned",
    r"(?<=\\end\{)split(?=\})": "aligned",
    r"\\cr(?![A-Za-z])": r"\\",
}
"""What TeX reads and the converter does not, and what says the same to both."""

ENTITIES = {"&ApplyFunction;": "\u2061", "&InvisibleTimes;": "\u2062", "&nbsp;": "\u00a0"}
"""Names that HTML knows and the XML of an EPUB does not."""


@cache
def _converter():
    from math_core import LatexToMathML  # a book without a formula needs none

    return LatexToMathML(xml_namespace=True, annotation=False, fancy_error=False)


def mathml(latex, block):
    """Return LaTeX as an element of MathML, on its own line (`block`) or in a line of text.

    Errors: ValueError that says what in the formula is not known.
    """
    told = re.sub(r"\\label\{[^}]*\}", "", latex)
    if r"\\" in told and not told.lstrip().startswith(r"\begin"):
        told = rf"\begin{{aligned}}{told}\end{{aligned}}"  # as Sphinx does on paper
    # Sphinx counts, for the whole page.
    told = re.sub(r"(\\(?:begin|end)\{(?:equation|align|gather|multline))\}", r"\1*}", told)
    for found, same in SAME.items():
        told = re.sub(found, lambda _, same=same: same, told)
    from math_core import LatexError

    try:
        made = _converter().convert_with_local_state(told.strip(), displaystyle=block)
    except LatexError as error:
        raise ValueError(re.sub(r"^\d+: ", "", str(error)).splitlines()[0]) from None
    for name, letter in ENTITIES.items():
        made = made.replace(name, letter)
    return made


def _written(self, node, latex, block):
    try:
        return mathml(latex, block)
    except ImportError:
        what = "the package math-core is missing; expected what `make setup` installs"
    except ValueError as error:
        what = f"{error} Expected LaTeX that math-core knows"
    shown = " ".join(latex.split())[:60]
    log.warning(f"the formula '{shown}' cannot be drawn: {what}", location=node)
    return self.encode(latex)


def visit_formula(self, node):
    """Write a formula that stands in a line of text."""
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate"))
    self.body.append(_written(self, node, node.astext(), False) + "</span>")
    raise nodes.SkipNode


def visit_formula_block(self, node):
    """Write a formula with a line of its own, and its number where it has a label; a wide one scrolls, also by keyboard."""
    self.body.append(self.starttag(node, "div", CLASS="math notranslate"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    role = "" if self.builder.name == "epub" else ' tabindex="0" role="group" aria-label="Formula"'
    # Sphinx lets an empty line part equations that stand one below the other.
    parts = [part for part in re.split(r"\n\s*\n", node.astext()) if part.strip()]
    for part in parts:
        self.body.append(f'<div class="formula"{role}>{_written(self, node, part, True)}</div>')
    self.body.append("</div>\n")
    raise nodes.SkipNode


def register(app):
    """Let Sphinx write formulas as MathML in the HTML book and the EPUB."""
    app.add_html_math_renderer("mathml", (visit_formula, None), (visit_formula_block, None))
