"""What a reader reads on in a section, as against its headings, tables, figures and code: where a word is used first."""

from docutils import nodes


def outside(node, kinds, apart):
    """Yield the nodes of some kinds below a node, in their order: none in the sections in it, nor where `apart(node)` holds; none in one another."""
    for child in node.children:
        if isinstance(child, kinds):
            yield child
        elif isinstance(child, nodes.Element) and not (
            isinstance(child, nodes.section) or apart(child)
        ):
            yield from outside(child, kinds, apart)
