"""References that read in JupyterLab: `[Pan 2018](#ref-pan-2018-indsr)`, `[Figure 4](#fig-leaders)`.

In the book the first leads to the list of works, and the second prints the number that its figure has,
whatever was typed; so with the name of a work.
"""

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from press.lab import NUMBERED, renamed


def enter_citations(app, env):
    """Let links find the works of the bibliography (the event `env-updated`): each is a label of the standard domain."""
    labels = env.get_domain("std").anonlabels
    for citation in env.get_domain("cite").citations:
        labels[citation.citation_id] = citation.bibliography_key.docname, citation.citation_id


class Numbers(SphinxPostTransform):
    """Make of a link such as `[Figure 4](#fig-leaders)` what `{numref}` makes, so that the number is the true one; write the true names of works."""

    default_priority = 8  # before links are resolved

    def run(self, **kwargs):
        """Run the transform."""
        links = [
            *self.document.findall(nodes.reference),
            *self.document.findall(addnodes.pending_xref),
        ]
        labels = {
            citation.citation_id: citation.formatted_entry.label
            for citation in self.env.get_domain("cite").citations
        }
        for link in links:
            target = link.get("refid") or (link.get("reftype") == "myst" and link.get("reftarget"))
            typed = NUMBERED.fullmatch(link.astext())
            if target in labels:
                for text in list(link.findall(nodes.Text)):
                    text.parent.replace(text, nodes.Text(renamed(text, labels[target])))
            elif typed and target and target.startswith(("fig-", "tab-")):
                words = f"{typed[1]}%s"
                asked = addnodes.pending_xref(
                    "",
                    nodes.inline("", words),
                    refdomain="std",
                    reftype="numref",
                    reftarget=target,
                    refexplicit=True,
                    refwarn=True,
                    refdoc=link.get("refdoc", self._page(link)),
                )
                asked.source, asked.line = link.source, link.line
                link.replace_self(asked)

    def _page(self, node):
        """Return the page that a node is on; the PDF is one tree of all."""
        while node is not None and not isinstance(node, addnodes.start_of_file):
            node = node.parent
        return node["docname"] if node is not None else self.env.docname
