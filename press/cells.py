"""Which pages show their code, and how the others fold it: under one switch, with a sign at each figure."""

import html

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from press.outputs import drawing, figure_number

OPEN = ("book/china-budget", "book/polling", "book/reading-together", "book/house-style")
"""The notebooks whose code is part of what is read. All others fold theirs."""

SWITCH = (
    '<p class="code-switch"><label><input type="checkbox" id="show-code" autocomplete="off"> '
    "Show the code of this page</label></p>"
)


class folded_code(nodes.General, nodes.Element):
    """The code of a figure's cell, folded; `figure` is its number as text."""


def visit_folded_code(self, node):
    """Open the element that folds, with its sign."""
    figure = html.escape(node["figure"])
    self.body.append(
        '<details class="figure-code"><summary>Code'
        f'<span class="visually-hidden"> of figure {figure}</span></summary>'
    )


def depart_folded_code(self, node):
    """Close it."""
    self.body.append("</details>")


def _prepared(cell):
    """Return the code of the cells right before a figure's that show nothing: they prepare what it draws. Their cells go."""
    found, place = [], cell.parent.index(cell) - 1
    while place >= 0:
        before = cell.parent[place]
        if before.get("nb_element") != "cell_code" or len(before) != 1:
            break
        found.insert(0, before[0])
        cell.parent.remove(before)
        place -= 1
    return found


class FoldCode(SphinxPostTransform):
    """On a page that is not OPEN: a figure's code into an element that unfolds, other code out of sight until the switch is on.

    The tag `hide-input`, by which Jupyter Book folds each cell by itself, has no say.
    """

    default_priority = 198  # before myst-nb folds by tags
    builders = ("html",)

    def run(self, **kwargs):
        """Run the transform."""
        page = self.env.docname
        cells = [
            node
            for node in self.document.findall(nodes.container)
            if node.get("nb_element") == "cell_code"
            and node.children
            and node[0].get("nb_element") == "cell_code_source"
        ]
        for cell in cells:
            if cell.get("hide_mode") == "input":
                del cell["hide_mode"]
            if page in OPEN or cell.parent is None or not cell.children:
                continue
            figure = next(cell.findall(drawing), None)
            if figure is None:
                (cell if len(cell) == 1 else cell[0])["classes"].append("quiet-code")
            else:
                number = figure_number(self.env, page, figure["name"])
                code = cell[0]
                cell.replace(code, folded_code("", *_prepared(cell), code, figure=number))
        if cells and page not in OPEN:
            title = self.document.next_node(nodes.title)
            title.parent.insert(title.parent.index(title) + 1, nodes.raw("", SWITCH, format="html"))
