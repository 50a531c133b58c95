"""A figure that travels: its drawing with title, source, book and address, and a page of its own."""

import html
import textwrap

from companion.theme import FONT, PALETTE
from press.citing import first_sentence
from press.drawing import svg_size

MARGIN, TITLE, NOTE = 14, 15, 11  # pixels: around the drawing, and the heights of type


def carry(svg, title, notes):
    """Return a drawing (SVG text) on white with a title above and notes, a list of lines, below it; long ones are broken."""
    wide, high = svg_size(svg)
    room = max(wide, 420)
    above = textwrap.wrap(title, int(room / (TITLE * 0.54)))
    below = [line for note in notes for line in textwrap.wrap(note, int(room / (NOTE * 0.5)))]
    top = MARGIN + len(above) * (TITLE + 5) + 8
    total = top + high + 10 + len(below) * (NOTE + 4) + MARGIN
    width = room + 2 * MARGIN
    inner = svg.replace("<svg ", f'<svg x="{MARGIN}" y="{top}" ', 1)
    lines = _lines(above, MARGIN + TITLE, TITLE, PALETTE["ink"], ' font-weight="bold"')
    lines += _lines(below, top + high + 10 + NOTE, NOTE, PALETTE["gray"], "")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width:g}" height="{total:g}" viewBox="0 0 {width:g} {total:g}">'
        f'<rect width="100%" height="100%" fill="white"/>{lines}{inner}</svg>'
    )


def _lines(lines, top, size, color, more):
    step = size + (5 if size == TITLE else 4)
    return "".join(
        f'<text x="{MARGIN}" y="{top + number * step:g}" font-family="{FONT}" font-size="{size}px" fill="{color}"{more}>{html.escape(line)}</text>'
        for number, line in enumerate(lines)
    )


def notes_of(copy, node, number, address):
    """Return the lines under a drawing that travels: source, book with edition, and address, where the site has one."""
    return [
        f"Source: {node['source']}.",
        f"Figure {number} of {copy['title']}, {copy['which']}, {copy['when'][:4]}. {address}".rstrip(),
    ]


def own_page(copy, node, cited, number, address, parts):
    """Return the page of a figure: its drawing, caption, data and citation.

    `address`: the place in the book where it stands; `parts`: the HTML of its tables.
    """
    name, title = node["name"], html.escape(f"Figure {number}: {first_sentence(node['caption'])}")
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="stylesheet" href="../_static/figure.css"></head>
<body><main>
<p><a href="{html.escape(address)}">{html.escape(copy["title"])}: the figure in its chapter</a></p>
<h1>{title}</h1>
<img src="{name}.svg" alt="{html.escape(node["spec"].get("description", ""))}">
<p>{html.escape(node["caption"])}</p>
<p>Source: {html.escape(node["source"])}.</p>
<h2>Data</h2>
{parts}
<h2>Cite</h2>
<p>{html.escape(cited["text"])}</p>
<p class="book-edition">{html.escape(copy["title"])}, {html.escape(copy["which"])}</p>
</main></body></html>
"""
