"""Draw it before you see it: what a page and paper hold of a figure whose last years the reader draws first.

The page brings the drawing whole. `draw.js` lays the band over it, opens the form under it, and tells the record;
without scripts the figure stands as it is, below a table to fill with a pen.
"""

import html

from docutils import nodes
from sphinx.util import logging

from press.answers import PART

log = logging.getLogger(__name__)

ASK = "Before you look, write down what you expect"


def check(name, asked, scene, points):
    """Return as an attribute of a chart where its plot stands, top and height in pixels of the drawing.

    asked: what `companion.covering.covered` returns. points: what `press.answers.points` finds in the scene; by them
    the page knows where years and values lie. A year without a mark is a warning, which ends the build.
    """
    marked = {point[4].split(PART)[1] for point in points}
    if missing := [year for year, _ in asked["covered"] if str(year) not in marked]:
        log.warning(
            f"figure '{name}': found no mark of {missing[0]} to draw first; expected marks by year"
        )
    top, plot = scene["origin"][1], scene["scenegraph"]["items"][0]
    return f' data-plot="{top + plot.get("y", 0):g} {plot["height"]:g}"'


def _head(asked):
    return html.escape(f"{asked['line']}, {asked['unit']}")


def blank(asked):
    """Return the table to fill for a page without scripts."""
    rows = "".join(f'<tr><th scope="row">{year}</th><td></td></tr>' for year, _ in asked["covered"])
    return (
        f'<noscript><table class="draw-blank"><caption>{ASK}.</caption><thead><tr><th scope="col">Year</th>'
        f'<th scope="col">{_head(asked)}</th></tr></thead><tbody>{rows}</tbody></table></noscript>'
    )


def form(name, asked, data):
    """Return the form under the drawing, which `draw.js` opens; `data` is what it must know, as JSON."""
    digits = max(
        len(f"{value:g}".partition(".")[2]) for _, value in asked["open"] + asked["covered"]
    )
    step, unit = f"{10**-digits:g}", html.escape(asked["unit"])
    points = "points" if asked["unit"] == "%" else unit
    rows = "".join(
        f'<tr><th scope="row"><label for="{name}-draw-{year}">{year}, {unit}</label></th>'
        f'<td><input type="number" id="{name}-draw-{year}" data-year="{year}" step="{step}" inputmode="decimal" '
        'autocomplete="off"></td><td class="draw-told"></td><td class="draw-told"></td></tr>'
        for year, _ in asked["covered"]
    )
    return (
        f'<form class="draw" hidden data-digits="{digits}"><table><caption>{html.escape(asked["line"])}<span class="draw-ask">: draw on the band, or type here</span></caption>'
        '<thead><tr><th scope="col">Year</th><th scope="col">Yours</th><th scope="col" class="draw-told">Record</th>'
        f'<th scope="col" class="draw-told">Apart, {points}</th></tr></thead><tbody>{rows}</tbody></table>'
        '<p><button type="submit">Show the record</button></p><p class="draw-said" role="status"></p>'
        f'<script type="application/json">{data}</script></form>'
    )


def ask_on_paper(figure, asked):
    """Put a line to fill before a figure on paper, which covers nothing."""
    years = " · ".join(f"{year} ______" for year, _ in asked["covered"])
    said = f" ({asked['line']}, {asked['unit']}): {years}"
    line = nodes.paragraph(
        "", "", nodes.emphasis("", ASK), nodes.Text(said), classes=["draw-on-paper"]
    )
    figure.parent.insert(figure.parent.index(figure), line)
