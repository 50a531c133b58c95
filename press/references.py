"""References that read in JupyterLab: `[Pan 2018](#ref-pan-2018-indsr)`, `[Figure 4](#fig-leaders)`.

In the book the first leads to the list of works, and the second prints the number that its figure has,
whatever was typed; so with the name of a work. A word of the glossary leads there from its first use in each section.
"""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

from press.lab import NUMBERED, renamed
from press.outputs import data_table
from press.parts import summary
from press.prose import outside

COMMON = {"real", "nominal", "vintage"}
"""Terms that are common words as well: they lead to the glossary only where the author says so."""

NO_PROSE = (
    nodes.reference,
    nodes.literal,
    nodes.literal_block,
    nodes.title,
    nodes.rubric,
    nodes.table,
    nodes.figure,
    nodes.caption,
    nodes.footnote,
    summary,
    data_table,
)
"""What a word of the glossary does not lead from, beside the list of works: links, code, headings, tables, figures, and lines that are buttons."""


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


class Terms(SphinxPostTransform):
    """On screens, let each word of the glossary lead to its entry from its first use in the prose of a section."""

    default_priority = 190  # after claims have their lines, in which no link may stand
    formats = ("html",)

    def run(self, **kwargs):
        """Run the transform."""
        entries = {
            name: (page, target)
            for name, _, kind, page, target, _ in self.env.get_domain("std").get_objects()
            if kind == "term"
        }
        if not entries or self.env.docname in {page for page, _ in entries.values()}:
            return
        names = sorted(entries, key=len, reverse=True)
        self.entries = {name.lower(): entries[name] for name in names}
        looked_for = (name for name in names if name not in COMMON)
        self.pattern = re.compile(
            r"(?<![\w-])(?:" + "|".join(_as_used(name) for name in looked_for) + r")(?![\w-])"
        )
        for section in self.document.findall(nodes.section):
            done = {
                link["refuri"].rpartition("#")[2]
                for link in outside(section, nodes.reference, lambda node: False)
                if "#term-" in link.get("refuri", "")
            }
            for paragraph in list(outside(section, nodes.paragraph, _no_prose)):
                for text in list(outside(paragraph, nodes.Text, _no_prose)):
                    text.parent.replace(text, self._pieces(text, done))

    def _pieces(self, text, done):
        """Return a text as nodes in which the terms that are not yet `done` are links."""
        pieces, at, words = [], 0, text.astext()
        for found in self.pattern.finditer(words):
            page, target = self._entry(found[0])
            if target in done:
                continue
            done.add(target)
            pieces.append(nodes.Text(words[at : found.start()]))
            shown = nodes.inline(found[0], found[0], classes=["std-term"])
            builder = self.app.builder
            pieces.append(make_refnode(builder, self.env.docname, page, target, shown))
            at = found.end()
        return [*pieces, nodes.Text(words[at:])] if pieces else [text]

    def _entry(self, used):
        for ending in ("", "s"):
            if entry := self.entries.get(used.lower().removesuffix(ending)):
                return entry
        raise KeyError(used)


def _as_used(name):
    """Return the pattern of a term in prose: a name as it is written, another word with a capital too, both in the plural."""
    first = name[0]
    if name[1:] == name[1:].lower() and first.islower():
        return f"[{first}{first.upper()}]{re.escape(name[1:])}s?"
    return f"{re.escape(name)}s?"


def _no_prose(node):
    return isinstance(node, NO_PROSE) or "references" in node.get("classes", [])
