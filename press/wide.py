"""What would run over the edge of the paper: tables of many columns are set in parts, long words and codes may break."""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from press.paper import latex
from press.tables import LINE, WORDS, keep_columns, share_width, wishes

log = logging.getLogger(__name__)

WORD = 24  # letters that a line always has room for, even in a narrow column
PLAIN = (None, "none", "text", "myst-ansi", "ipythontb")
"""Languages without colors, in whose long words Sphinx lets nothing break."""


def parts_of(least, line=LINE, most=WORD):
    """Return the columns of each part in which a table is set: as many as the line holds, the first column before each."""
    room = [min(width, most) for width in least]
    told = [[0]]
    for number in range(1, len(room)):
        if len(told[-1]) > 1 and sum(room[n] for n in told[-1]) + room[number] > line:
            told.append([0])
        told[-1].append(number)
    return told


def split_table(table):
    """Return the tables that stand for one that is too wide, each with the columns of a part; [table] where it fits."""
    spans = any(e.get("morecols") or e.get("morerows") for e in table.findall(nodes.entry))
    if spans or not list(table.findall(nodes.row)):
        return [table]
    words, least, _ = wishes(table)
    if sum(words) <= WORDS:
        return [table]
    made = []
    for number, columns in enumerate(parts_of(least)):
        part = table.deepcopy()
        if number:
            part["ids"], part["names"] = [], []
            for title in list(part.findall(nodes.title)):
                part.remove(title)
        keep_columns(part, columns)
        part["classes"] = list(dict.fromkeys([*part["classes"], "colwidths-given"]))
        part["lines"] = share_width(part)
        for spec in part.findall(nodes.colspec):
            spec["colwidth"] = min(spec["colwidth"], WORD + 4)
        _break_words(part)
        made.append(part)
    return made


def _break_words(part, letters=10):
    """Let words that a narrow column may not hold break."""
    for text in list(part.findall(nodes.Text)):
        if re.search(rf"\S{{{letters}}}", text):
            _breakable(text, letters)


def _breakable(text, letters):
    """Let a text break within its long words: after a sign, and after so many letters."""
    signs = r"/._,;:=&?()\[\]{}-"
    pieces = re.findall(rf"\s+|[^\s{signs}]{{1,{letters}}}[{signs}]*|\S", text)
    joined = [one for piece in pieces for one in (nodes.Text(piece), latex(r"\hspace{0pt}"))]
    place = text.parent.index(text)
    text.parent[place : place + 1] = joined[:-1]


class Wide(SphinxPostTransform):
    """For the PDF: nothing runs over the edge, and HTML that paper would leave out is named."""

    default_priority = 185  # before what keeps tables together
    builders = ("latex",)

    def run(self, **kwargs):
        """Run the transform."""
        for code in list(self.document.findall(nodes.literal)):
            for text in list(code.findall(nodes.Text)):
                if re.search(r"\S{30}", text):
                    _breakable(text, 12)
        for block in list(self.document.findall(nodes.literal_block)):
            told = re.sub(r"(\S{80})(?=\S)", r"\1\n", block.astext())
            if block.get("language") in PLAIN and told != block.astext():
                block.rawsource = told
                block.children = [nodes.Text(told)]
        for table in list(self.document.findall(nodes.table)):
            if (parts := split_table(table)) != [table]:
                table.replace_self([one for n, part in enumerate(parts) for one in _said(n, part)])
        for raw in self.document.findall(nodes.raw):
            shown = re.sub(r"(?s)<!--.*?-->|<style.*?</style>|<[^>]*>", "", raw.astext()).strip()
            if raw.get("format") == "html" and shown:
                log.warning(
                    f"paper cannot show this HTML, '{' '.join(shown.split())[:60]}'; expected Markdown",
                    location=raw,
                )


def _said(number, part):
    words = "The same rows, further columns."
    before = [nodes.paragraph("", "", nodes.emphasis("", words))] if number else []
    return [*before, part]
