"""What the PDF and the EPUB need: drawings that say what their controls would show, blocks that hold together, the ledger at the end."""

import json
import textwrap

import vl_convert
from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from companion.seal import LATER
from companion.theme import FONT
from companion.vegalite import controls, views
from press.draw_first import ask_on_paper
from press.drawing import draw, narrow
from press.edition import edition_line
from press.fonts import paper_fonts
from press.outputs import data_table, drawing
from press.paper_tables import fit, gather_sources


def in_state(spec, state):
    """Return a specification with its controls set to `state`, {parameter: value}."""
    told = json.loads(json.dumps(spec))
    for param in [param for view in views(told) for param in view.get("params", [])]:
        if param["name"] in state:
            param["value"] = state[param["name"]]
    return told


def in_type(spec):
    """Return a specification that sets its text in the small sans of the PDF."""
    return json.loads(json.dumps(spec).replace(f'"{FONT}"', f'"Companion Sans, {FONT}"'))


def describe_state(spec, only=None):
    """Return in words where the controls of a chart stand, those named in `only` or all: "Prices: Nominal; Years ahead: 10"."""
    return "; ".join(
        f"{label}: {'all' if value is None else str(value).replace('-', '−')}"
        for name, label, value in controls(spec)
        if only is None or name in only
    )


def paper_drawings(node):
    """Return [(specification, text alternative)] of what stands for a chart where nothing moves: itself, or a small multiple of its states."""
    spec, states = node["spec"], node["paper"]
    if not states:
        return [(spec, node["alt"])]
    told, changed = [], {name for state in states for name in state}
    first = controls(in_state(spec, states[0]))
    for number, state in enumerate(states):
        one = in_state(spec, state)
        label = describe_state(
            one,
            changed
            if number == 0
            else {now[0] for now, then in zip(controls(one), first) if now != then},
        )
        one["title"] = {
            "text": textwrap.wrap(label, 46),
            "fontSize": 13,
            "fontWeight": "normal",
            "anchor": "start",
        }
        told.append((narrow(one), node["alt"] if number == 0 else f"The same chart. {label}."))
    return told


def paper_note(node):
    """Return the sentence that says, where nothing moves, which state of its controls a chart shows; None for a chart without controls."""
    named = {name for name, _, _ in controls(node["spec"])} - {LATER}  # drawn at the chapter's end
    if not named:
        return None
    still = describe_state(
        node["spec"], named - {name for state in node["paper"] for name in state}
    )
    if not node["paper"]:
        return f"Drawn here with {still}. The HTML edition has controls for the rest."
    return "Each drawing shows one state of the controls that the HTML edition has" + (
        f", all of them with {still}." if still else "."
    )


def latex(text):
    """Return LaTeX as a node, which other builders leave out."""
    return nodes.raw("", text, format="latex")


def _around(node, before, after=""):
    """Set LaTeX before and after a node."""
    place = node.parent.index(node)
    node.parent[place : place + 1] = [latex(before), node] + [latex(after)] * bool(after)


class Paper(SphinxPostTransform):
    """For the PDF and the EPUB: charts become vector images that say what their controls would show; code, which paper does not need, goes."""

    default_priority = 190
    builders = ("latex", "epub")

    def run(self, **kwargs):
        """Run the transform."""
        form = "pdf" if self.app.builder.name == "latex" else "svg"
        if form == "pdf":
            vl_convert.register_font_directory(str(paper_fonts()))
        for node in list(self.document.findall(drawing)):
            if note := paper_note(node):
                node.parent[-1].insert(0, nodes.paragraph("", note, classes=["figure-state"]))
            if node.get("draw") and isinstance(node.parent, nodes.figure):
                ask_on_paper(node.parent, node["draw"])
            drawn = paper_drawings(node)
            images = []
            for spec, alt in drawn:
                path = draw(in_type(spec) if form == "pdf" else spec, form).as_posix()
                self.env.images.add_file(self.env.docname, path)
                images.append(
                    nodes.image(
                        uri=path,
                        candidates={"*": path},
                        alt=alt,
                        **({"width": "49%"} if len(drawn) > 1 and form == "pdf" else {}),
                    )
                )
            node.replace_self(
                images
                if len(images) == 1
                else nodes.paragraph(
                    "", "", *(part for image in images for part in (image, nodes.Text(" ")))
                )
            )
        for node in list(
            self.document.findall(
                lambda n: (
                    n.get("nb_element") == "cell_code_source"
                    if isinstance(n, nodes.container)
                    else False
                )
            )
        ):
            node.parent.remove(node)
        self._keep_together() if form == "pdf" else self._gather_tables()

    def _keep_together(self):
        """Keep a run-in heading with its text and a claim with its record and source; let a table with a number float, as figures do."""
        for node in list(self.document.findall(nodes.paragraph)):
            parts = [
                part for part in node if part.astext()
            ]  # the parser leaves empty texts around emphasis
            if isinstance(node.parent, nodes.entry):
                continue
            if len(parts) == 1 and isinstance(parts[0], (nodes.strong, nodes.emphasis)):
                _around(node, r"\needspace{8\baselineskip}", r"\companionkeep ")
            elif parts and isinstance(parts[0], nodes.strong) and parts[0].astext().endswith("."):
                _around(node, r"\needspace{5\baselineskip}")
        for card in [
            node
            for node in self.document.findall(nodes.block_quote)
            if "computed-cards" in node.parent.get("classes", [])
        ]:
            for node in card[1:]:
                _around(
                    node,
                    r"\vspace{1mm}"
                    if any(isinstance(part, nodes.strong) for part in node)
                    else r"\nopagebreak ",
                )
        for node in list(self.document.findall(nodes.table)):
            note = gather_sources(node)
            fit(node)
            told = [latex(r"\companionsources{"), note, latex("}")] if note else []
            if "longtable" in node["classes"]:
                _around(node, r"\needspace{12\baselineskip}")
            elif isinstance(node[0], nodes.title):
                _around(node, r"\begin{companiontable}", r"\end{companiontable}")
            place = node.parent.index(node) + 1
            node.parent[place:place] = told
        for box in list(self.document.findall(nodes.Admonition)):
            if "prompt" in box.get("classes", []) and isinstance(box[0], nodes.title):
                self._run_in(box)

    @staticmethod
    def _run_in(prompt):
        """Set the title of a prompt before its first sentence."""
        title, *rest = prompt.children
        if not isinstance(rest[0], nodes.paragraph):
            return
        name = title.astext().strip().rstrip(".")
        targets = [nodes.target("", "", ids=[one]) for one in prompt["ids"]]
        rest[0][0:0] = [*targets, nodes.strong("", f"{name}."), nodes.Text(" ")]
        prompt.parent[prompt.parent.index(prompt)] = nodes.container(
            "", *rest, classes=["prompt-on-paper"]
        )

    def _gather_tables(self):
        """Move the data of a page's figures to its end, as e-readers fold nothing; on the first page, say which edition it is."""
        section = nodes.section(
            "", nodes.title("", "Data of the figures"), ids=["data-of-the-figures"]
        )
        for node in list(self.document.findall(data_table)):
            if node.get("bare"):  # at the chapter's end, beside its figure
                continue
            label = f"{node['name']}-data"
            node.replace_self(
                nodes.paragraph(
                    "",
                    "",
                    nodes.reference("", "Data of this figure", refid=label, internal=True),
                    classes=["figure-data"],
                )
            )
            section += nodes.container("", node, ids=[label])
        if len(section) > 1:
            self.document.next_node(nodes.section).append(section)
        if self.env.docname == self.app.config.root_doc:
            for toctree in self.document.findall(addnodes.toctree):
                toctree["titlesonly"], toctree["maxdepth"] = (
                    False,
                    2,
                )  # an e-reader's contents lead to sections, too
            heading = self.document.next_node(nodes.title)
            heading.parent.insert(1, nodes.paragraph("", edition_line(), classes=["edition"]))
