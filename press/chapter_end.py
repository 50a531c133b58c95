"""What paper tells at a chapter's end: what came after its day, in words and in the figures; and checked claims, line over card."""

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from companion.seal import LATER
from press.drawing import narrow
from press.outputs import data_table, drawing, figure_number
from press.paper import in_state, latex
from press.paper_claims import on_paper
from press.parts import checked_items, part

MOST = 14  # lines for which a claim with its card asks at the foot of a page


class ChapterEnd(SphinxPostTransform):
    """For the PDF and the EPUB, which fold nothing: moves "Since then" to the end of its chapter, draws figures there with what came later, unfolds claims."""

    default_priority = 185  # before `Paper` draws
    builders = ("latex", "epub")

    def run(self, **kwargs):
        """Run the transform."""
        self._unfold_claims()
        files = list(self.document.findall(addnodes.start_of_file)) or [self.document]
        for file in files:
            chapter = next(file.findall(nodes.section), None)
            if chapter is not None:
                chapter += [*self._since(chapter), *self._later(chapter)]

    def _unfold_claims(self):
        for item in checked_items(self.document):
            line, *card = item.children
            line["classes"] += ["claim-line"]
            if self.app.builder.name == "latex":
                item.parent.replace(item, on_paper(line, card))
                continue
            room = min(sum(len(node.astext()) // 80 + 1 for node in (line, *card)) + 2, MOST)
            held = [latex(rf"\needspace{{{room}\baselineskip}}"), line]
            for node in card:
                held += [latex(r"\nopagebreak "), node]
            item.parent.replace(item, held)
        for box in self.document.findall(nodes.container):
            if "computed-checked" in box["classes"]:
                box.children = [
                    child
                    for one in box
                    for child in (one if isinstance(one, nodes.bullet_list) else [one])
                ]
                for child in box:
                    child.parent = box

    def _since(self, chapter):
        """Return the section "Since then" of a chapter, by section, or nothing where nothing came."""
        found = [node for node in chapter.findall(part) if node["kind"] == "since"]
        if not found:
            return []
        end = nodes.section("", nodes.title("", "Since then"), ids=["since-then"])
        for node in found:
            section = node.parent
            while not isinstance(section, nodes.section):
                section = section.parent
            name = nodes.strong("", "", *(one.deepcopy() for one in section[0].children))
            node.parent.remove(node)
            # The label before the next heading is that section's, which has it already.
            told = [child for child in node.children if not isinstance(child, nodes.target)]
            end += [nodes.paragraph("", "", name), *told]
        return [end]

    def _later(self, chapter):
        """Return the section "What came later" of a chapter: its sealed figures, drawn again with the control set."""
        end = nodes.section("", nodes.title("", "What came later"), ids=["what-came-later"])
        paper = self.app.builder.name == "latex"
        for node in list(chapter.findall(drawing)):
            if not node["opened"]:
                continue
            figure = node.parent
            label = figure["ids"][0] if isinstance(figure, nodes.figure) else None
            told = node.copy()
            told["spec"], told["alt"] = in_state(node["spec"], {LATER: True}), node["opened"]["alt"]
            half = paper and not node["paper"]  # two stand in a row
            if half:
                told["spec"] = narrow(told["spec"])
            told["name"], told["opened"] = f"{node['name']}-later", None
            source = nodes.Text(f"Source: {node['opened']['source']}.")
            said = nodes.paragraph("", "", classes=["figure-source"])
            if label:
                number = addnodes.number_reference(
                    "", "", refid=label, internal=True, title="Figure %s"
                )
                number_told = figure_number(self.env, self.env.docname, label)
                number += nodes.inline("", f"Figure {number_told}")
                said += [number, nodes.Text(" with what came later. ")]
            said += source
            rows = [
                self._later_rows(table)
                for table in figure.findall(data_table)
                if table.get("later") and self.app.builder.name == "epub"
            ]
            under = nodes.container("", said, *rows)
            end += nodes.container("", told, under, classes=["chart-later" + "-half" * half])
        # Figures that still wait for a page would push the drawings off theirs.
        return [latex(r"\FloatBarrier"), end] if len(end) > 1 else []

    @staticmethod
    def _later_rows(table):
        told = table.copy()
        told["rows"], told["later"], told["name"] = table["later"], [], f"{table['name']}-later"
        told["bare"] = True
        return told
