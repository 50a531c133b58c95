"""A checked claim on paper: its line, and its card in one paragraph that does not say again what the line says."""

from docutils import nodes

from press.paper import latex


def on_paper(line, card):
    """Return the nodes that stand for a claim in the PDF: the line, then what its card adds, in one paragraph."""
    told = nodes.paragraph("", "", classes=["claim-card"])
    paragraphs = [node for one in card for node in one.findall(nodes.paragraph)]
    for pieces in (piece for node in paragraphs for piece in _sentences(node)):
        if len(told) and not told.astext().endswith(" "):
            told += nodes.Text(" ")
        if not _said(pieces, line.astext()):
            told += pieces
    shown = [latex(r"\companionclaim "), line]
    if told.astext().strip():
        shown += [latex(r"\companioncard "), told]
    return shown


def _sentences(paragraph):
    """Return the passages of a paragraph of a card, each a list of nodes; a passage opens with its label in italics."""
    passages = [[]]
    for child in list(paragraph.children):
        if isinstance(child, nodes.emphasis) and child.astext().endswith(":") and passages[-1]:
            passages.append([])
        passages[-1].append(child)
        child.parent = None
    return passages


def _said(passage, line):
    """Tell whether a note or an answer stands in the claim's line already."""
    if not isinstance(passage[0], nodes.emphasis):
        return False
    label = passage[0].astext()
    text = "".join(piece.astext() for piece in passage[1:]).strip().rstrip(".")
    return label in ("Note:", "The author could answer:") and bool(text) and text in line
