"""The list of figures and tables at the front of the PDF."""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from press.citing import tex
from press.paper import latex
from press.screen import page_of

LONGEST = 95
"""Letters of a caption that the list shows; longer ones end at a clause."""


def short(caption):
    """Return the first sentence of a caption (with the next, where it is a word or two), or as much of it as the list has room for, ended at a clause or a word."""
    sentences = re.split(r"(?<=[.?!])\s+(?=[A-Z“‘])", " ".join(caption.split()))
    first = next(
        told
        for told in (" ".join(sentences[:count]) for count in range(1, len(sentences) + 1))
        if len(told) >= 20 or told == " ".join(sentences)
    ).rstrip(".")
    if len(first) <= LONGEST:
        return first
    clauses = [first[: found.start()] for found in re.finditer(r"[,;:(]\s?|\s[–—]\s", first)]
    fitting = [
        one.rstrip(" ,;:(")
        for one in clauses
        if 25 <= len(one) <= LONGEST and one.count("(") == one.count(")")
    ]
    return fitting[-1] if fitting else first[:LONGEST].rpartition(" ")[0] + " …"


class Lists(SphinxPostTransform):
    """For the PDF: a list of its figures and one of its tables, after the contents."""

    default_priority = 188  # after pages left to the screen are gone, before figures are drawn
    builders = ("latex",)

    def run(self, **kwargs):
        """Run the transform."""
        told = []
        for kind, kinds, heads in (
            ("figure", (nodes.figure,), nodes.caption),
            ("table", (nodes.table,), nodes.title),
        ):
            lines = []
            for node in self.document.findall(lambda n, kinds=kinds: isinstance(n, kinds)):
                head = next((child for child in node if isinstance(child, heads)), None)
                page = page_of(node) or self.app.config.root_doc
                if head is None or not node["ids"]:
                    continue
                numbers = self.env.toc_fignumbers.get(page, {}).get(kind, {})
                number = next((numbers[one] for one in node["ids"] if one in numbers), None)
                if number:
                    label = f"{page}:{node['ids'][0]}"
                    lines.append(
                        rf"\companionlisted{{{'.'.join(map(str, number))}}}{{{tex(short(head.astext()))}}}{{\detokenize{{{label}}}}}"
                    )
            if lines:
                told += [rf"\companionlisthead{{{kind.capitalize()}s}}", *lines]
        if told:
            heading = r"\companionlists{" + "\n".join(told) + "}"
            self.document.insert(0, latex(heading))
