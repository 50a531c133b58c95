"""Text on paper: entries of the index, and East Asian text in the glyphs of its language."""

import csv
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from press.citing import tex
from press.edition import BOOK
from press.languages import FOREIGN, chinese_titles, glyphs
from press.paper import latex
from press.prose import outside

UNINDEXED = ("book/bibliography", "book/glossary", "on-the-screen")
"""Pages whose text the index does not enter; a term's entry in the glossary is."""


NO_WORDS = (nodes.raw, nodes.literal_block, nodes.image)
NO_READING = (nodes.title, nodes.figure, nodes.table, nodes.raw, nodes.literal, nodes.image)
"""What the index passes over: tables, figures, headings, code."""

GLYPHS = {
    "language-ja": "japanese",
    "language-ko": "korean",
    "language-zh-Hans": "simplified",
    "language-zh-Hant": "traditional",
    "language-ru": None,
}
"""Whose glyphs a text is set in that says its language (press/chicago.py)."""


def entries():
    """Return {words as they stand in the text: entry of the index} of `book/names.csv`, persons and bodies by the word that sorts them."""
    with open(BOOK / "names.csv", encoding="utf-8", newline="") as file:
        return {row["name"]: row["entry"] for row in csv.DictReader(file)}


def index_command(entry, how=""):
    """Return the LaTeX that enters a word in the index, sorted without accents and case; `how` is a style of its page number."""
    plain = entry.lower().translate(str.maketrans("āēīōūŏŭ’'", "aeiouou  "))
    sort = re.sub(r"[^a-z0-9 ,-]", "", plain)
    shown = tex(entry).replace("!", '"!').replace("@", '"@').replace("|", '"|')
    return rf"\index{{{sort}@{shown}{'|' + how if how else ''}}}"


class PaperText(SphinxPostTransform):
    """For the PDF: marks what the index enters, and sets Japanese, Chinese and Korean in their own glyphs."""

    default_priority = 195  # after `Paper`, whose drawings and cells have no such text
    builders = ("latex",)

    def run(self, **kwargs):
        """Run the transform."""
        self._index()
        self._set_languages()

    def _index(self):
        names = entries() if (BOOK / "names.csv").exists() else {}
        terms = {}
        for node in list(self.document.findall(addnodes.index)):
            node.parent.remove(node)  # Sphinx's own, which would sort apart from ours
        for node in self.document.findall(nodes.term):
            if isinstance(node.parent.parent.parent, addnodes.glossary):
                text = node.astext()
                terms[text] = names.get(text, text)
                node.insert(0, latex(index_command(terms[text], "textbf")))
        found = {**terms, **names}
        if not found:
            return
        words = re.compile(
            rf"(?<![\w-])({'|'.join(re.escape(w) for w in sorted(found, key=len)[::-1])})(?!\w)",
            re.I,
        )
        known = {word.lower(): (word, entry) for word, entry in found.items()}
        files = list(self.document.findall(addnodes.start_of_file)) or [self.document]
        for file in files:
            if file.get("docname") not in UNINDEXED:
                for section in file.findall(nodes.section):
                    self._index_section(section, words, known)

    @staticmethod
    def _index_section(section, words, known):
        """Enter each word once for a section, where it stands first in running text."""
        seen = set()
        for text in list(outside(section, nodes.Text, lambda node: isinstance(node, NO_READING))):
            hits = []
            for hit in words.finditer(str(text)):
                word, entry = known[hit[1].lower()]
                named = word != word.lower()  # a name is one only as it is written
                if entry not in seen and (hit[1] == word or not named):
                    seen.add(entry)
                    hits.append((hit.start(), entry))
            if hits:
                parts, start = [], 0
                for place, entry in hits:
                    parts += [nodes.Text(str(text)[start:place]), latex(index_command(entry))]
                    start = place
                parts.append(nodes.Text(str(text)[start:]))
                text.parent.replace(text, [part for part in parts if part.astext()])

    def _set_languages(self):
        chinese = chinese_titles()
        for text in list(self.document.findall(nodes.Text)):
            if text.parent is None or isinstance(text.parent, NO_WORDS):
                continue
            whole, parts, start = str(text), [], 0
            said = [name for name in text.parent.get("classes", []) if name in GLYPHS]
            for run in FOREIGN.finditer(whole):
                if face := GLYPHS[said[0]] if said else glyphs(run[0], chinese):
                    parts += [nodes.Text(whole[start : run.start()]), latex(rf"\companion{face}{{")]
                    parts += [nodes.Text(run[0]), latex("}")]
                    start = run.end()
            if parts:
                parts.append(nodes.Text(whole[start:]))
                text.parent.replace(text, [p for p in parts if isinstance(p, nodes.raw) or str(p)])
