"""The parts of a section: argument, evidence, what was checked and the rest, each a named group; the claims that unfold; the ways to read.

A chapter is written with run-in headings, so that it reads alike in JupyterLab and on paper. Here the
doctree gets what only the page needs of them: groups that a screen reader can name and the ways to read
can leave out, and `details` for what is closed at first.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from companion.ledger import SHAPES

RUN_IN = {
    "The argument": "argument",
    "At its strongest, in our words": "strongest",
    "The evidence": "evidence",
    "How far it goes": "limits",
    "What was checked": "checked",
    "Discuss": "discuss",
    "Since then": "since",
}
"""The words that open a part, and the part's name in classes."""

END = (
    "Further reading",
    "The article’s figures",
    "The article’s picture",
    "The article’s notes",
    "The article’s references",
    "Notes on the text",
)
"""Sections at the end of a chapter to look things up in: the page keeps what is in them closed."""

CLAIM = re.compile(r"[a-z]-\d+")


class part(nodes.General, nodes.Element):
    """A group within a section: `kind` (a value of RUN_IN, or "prompt"), `label` (what a screen reader calls it)."""


class ways(nodes.General, nodes.Element):
    """The buttons at the top of a chapter."""


class summary(nodes.Part, nodes.TextElement):
    """The line of a claim, which unfolds to its card."""


class claim(nodes.General, nodes.Element):
    """A claim on a page: its line, then its card."""


class sign(nodes.Inline, nodes.TextElement):
    """The mark of a verdict; the verdict's word stands beside it."""


def first_words(node):
    """Return the emphasized words that open a paragraph, as (node, text without the period), or (None, "")."""
    if isinstance(node, nodes.paragraph):
        said = next((child for child in node if child.astext().strip()), None)
        if isinstance(said, (nodes.strong, nodes.emphasis)):
            return said, said.astext().strip().rstrip(".")
    return None, ""


def _computed(node, kind):
    """Tell whether a node is or holds the output of a cell of one kind, such as "since"."""
    return any(
        f"computed-{kind}" in found.get("classes", []) for found in node.findall(nodes.container)
    )


def _open(child, now):
    """Return the part that a child of a section opens, or None; `now` is the kind of the part that is open."""
    said, words = first_words(child)
    if words in RUN_IN:
        return part(kind=RUN_IN[words], label=words)
    for kind, words in (("since", "Since then"), ("checked", "What was checked")):
        if kind != now and _computed(child, kind):
            return part(kind=kind, label=words)
    return None


def _group(section):
    """Wrap what stands between the run-in headings of a section in parts."""
    outer = inner = None
    named: set[str] = set()  # an address stands once
    for child in list(section.children):
        if isinstance(child, (nodes.title, nodes.section)):
            outer = inner = None
            continue
        if opened := _open(child, outer and outer["kind"]):
            place, inner = section, None
            if opened["kind"] == "strongest" and outer is not None and outer["kind"] == "argument":
                place, inner = outer, opened
            else:
                outer = opened
            if place is section:
                section.insert(section.index(child), opened)
            else:
                place += opened
        here = inner if inner is not None else outer
        if here is not None:
            section.remove(child)
            here += child
            if opened and opened["kind"] == "since":
                _drop_heading(opened, child)
                opened["ids"] += [f"{one}-since" for one in section["ids"][-1:] if one not in named]
                named.add(section["ids"][-1] if section["ids"] else "")


def _drop_heading(opened, paragraph):
    """Take the words "Since then" out of the paragraph that opens the part, as its summary says them."""
    said, words = first_words(paragraph)
    if words not in RUN_IN:  # the cell stands without a heading
        return
    paragraph.remove(said)
    if paragraph.astext().strip():
        return
    opened["ids"] += paragraph["ids"]
    opened.remove(paragraph)


def _name_prompts(discussed):
    """Wrap each prompt in a group that its title names."""
    found = [
        node
        for node in discussed.findall(nodes.Admonition)
        if "prompt" in node.get("classes", []) and isinstance(node[0], nodes.title)
    ]
    for prompt in found:
        group = part(kind="prompt", label=f"Discuss: {prompt[0].astext()}")
        prompt.parent[prompt.parent.index(prompt)] = group
        group += prompt


def _fold_about(doctree):
    """Let an admonition of class "dropdown", as Jupyter Book knows it, be closed on the page; paper shows it as it stands."""
    for box in list(doctree.findall(nodes.Admonition)):
        if "dropdown" in box.get("classes", []) and isinstance(box[0], nodes.title):
            group = part(kind="about", label=box[0].astext())
            box.parent[box.parent.index(box)] = group
            group += box


def _fold_end(section):
    """Let a section of END keep its heading and be closed below it; an address within it opens it."""
    title = section[0].astext().replace("'", "’")
    if title not in END:
        return
    group = part(kind="end", label=f"Show {title[0].lower()}{title[1:]}")
    group.extend(section.children[1:])
    section.children = [section[0]]
    section += group


def _mark_question(section):
    """Mark the italic paragraph right under a heading as the section's question."""
    for child in section.children:
        if isinstance(child, nodes.paragraph):
            told = [piece for piece in child if piece.astext().strip()]
            if len(told) == 1 and isinstance(told[0], nodes.emphasis):
                child["classes"] += ["question"] * (first_words(child)[1] not in RUN_IN)
            return
        if not isinstance(child, (nodes.title, nodes.target, nodes.comment)):
            return


def _keeps(section):
    """Tell whether the reader of the arguments alone sees a section: it has an argument or a question, or holds the key points."""
    return section[0].astext() == "Key points" or any(
        isinstance(node, part)
        and node["kind"] == "argument"
        or "question" in node.get("classes", [])
        for node in section.findall(nodes.Element)
    )


def _set_aside(section, chapter):
    """Mark what stands in a section outside its parts and is neither heading, question nor section."""
    if section is not chapter and not _keeps(section):
        section["classes"] += ["set-aside"]
        return
    for child in section.children:
        if isinstance(child, nodes.section):
            _set_aside(child, chapter)
        elif isinstance(child, nodes.Element) and not isinstance(child, (nodes.title, part, ways)):
            cell = "nb_element" in child
            parts = any(isinstance(one, part) for one in section)
            if cell or parts and section is not chapter and "question" not in child["classes"]:
                child["classes"] += ["set-aside"] * (section[0].astext() != "Key points")


def _split_signs(document):
    """Set the mark of a verdict apart from the words after it."""
    for node in list(document.findall(nodes.paragraph)):
        for text in node.children[:1]:
            if isinstance(text, nodes.Text) and text[:1] in SHAPES.values() and text[1:2] == " ":
                rest = nodes.Text(text[1:])
                node.replace(text, [sign("", text[:1]), rest])


def find_parts(app, doctree):
    """Group the parts of a page's sections (the event `doctree-read`); a page with arguments gets the ways to read."""
    sections = list(doctree.findall(nodes.section))
    for section in sections:
        _mark_question(section)
        _group(section)
    _split_signs(doctree)
    _fold_about(doctree)
    for section in sections:
        _fold_end(section)
    for node in list(doctree.findall(part)):
        if node["kind"] == "discuss":
            _name_prompts(node)
    if sections and any(node["kind"] == "argument" for node in doctree.findall(part)):
        sections[0].insert(sections[0].first_child_matching_class(nodes.title) + 1, ways())
        _set_aside(sections[0], sections[0])


class Claims(SphinxPostTransform):
    """On a page of the site the line of a claim unfolds to its card, which has the claim's address and leads to the ledger."""

    default_priority = 180
    builders = ("html",)

    def run(self, **kwargs):
        """Run the transform."""
        for item in checked_items(self.document):
            line, *card = item.children
            if not card:
                continue
            number = claim_number(line)
            if number:
                card[0]["ids"] = [number]
                card[-1] += _leads(line, number)
            for link in list(line.findall(nodes.reference)):
                link.parent[link.parent.index(link) : link.parent.index(link) + 1] = link.children
            item.children = []
            item += claim("", summary("", "", *line.children), *card)


def _leads(line, number):
    """Return what stands at the foot of a card: its own address, and its entry in the ledger. In the line, which is a button, no link may stand."""
    entry = next(one for one in line.findall(nodes.reference) if one.astext().lower() == number)
    entry = entry.deepcopy()
    entry.children = []
    entry += nodes.Text("Entry in the ledger")
    here = nodes.reference("", f"Address of {number.upper()}", refid=number, internal=True)
    return nodes.paragraph("", "", here, nodes.Text(" · "), entry, classes=["claim-leads"])


def checked_items(document):
    """Return the items of all lists of claims that were checked."""
    return [
        item
        for box in document.findall(nodes.container)
        if "computed-checked" in box["classes"]
        for item in box.findall(nodes.list_item)
        if "computed-checked" in item.parent.parent["classes"]
    ]


def claim_number(line):
    """Return the number by which a claim's line leads to its entry, such as "l-24", or None."""
    shown = (link.astext().lower() for link in line.findall(nodes.reference))
    return next((text for text in shown if CLAIM.fullmatch(text)), None)
