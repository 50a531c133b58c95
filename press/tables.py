"""How the columns of a table share a line of the PDF."""

import re
import textwrap
from functools import cache
from itertools import permutations

from docutils import nodes

LINE = 92  # characters of table text that a line of the PDF holds
WORDS = 110  # what the longest words of all columns may sum up to in such a line, as few cells hold them
BETWEEN = 3  # characters that the space between two columns takes


@cache
def _cell_lines(text, width):
    return len(textwrap.wrap(text, max(width - BETWEEN, 1))) or 1


def scrolling(table, label):
    """Return the HTML of a table inside an element of this name, in which it scrolls where it is too wide, also by keyboard."""
    return (
        f'<div class="table-scroll" tabindex="0" role="region" aria-label="{label}">{table}</div>'
    )


def _lines(rows, widths):
    """Return the lines of each cell, row by row, in columns of these widths."""
    return [[_cell_lines(cell, width) for cell, width in zip(row, widths)] for row in rows]


def _cost(rows, widths):
    lines = _lines(rows, widths)
    return sum(map(max, lines)) + sum(
        map(sum, lines)
    )  # the table's height; and a cell that breaks reads worse, even where the row has room


def _texts(table, part):
    """Return the text of each cell of a table's head or body, row by row."""
    return [
        [entry.astext() for entry in row.children]
        for group in table.findall(part)
        for row in group.findall(nodes.row)
    ]


def wishes(table):
    """Return three widths of each column of a table, in characters: for its longest word, the least that reads well, what it asks for.

    A column asks for its longest cell, a heading may break at words; a short one reads well from two thirds on.
    """
    heads, rows = _texts(table, nodes.thead), _texts(table, nodes.tbody)
    words, least, asked = [], [], []
    for number in range(len((heads or rows)[0])):
        head_word = max(
            (
                len(w) + len(re.findall("[MW]", w))  # they take the room of two
                for head in heads
                for w in re.split(r"[\s/-]", head[number])
            ),
            default=0,
        )
        word = max((len(w) for row in rows for w in row[number].split()), default=1)
        words.append(max(head_word, word) + BETWEEN)
        least.append(max(head_word + 1, word) + BETWEEN)  # heads are bold
        asked.append(max([head_word + 1] + [len(row[number]) for row in rows]) + BETWEEN)
        if asked[-1] <= 18:  # a date breaks once, after the day
            least[-1] = max(least[-1], 2 * asked[-1] // 3 + 2)
    return words, least, asked


def share_width(table):
    """Give each column of a table its share of the line, in characters; return how many lines the table fills.

    Where all columns ask for more than the line holds, short ones keep their width and long ones share the
    rest by the root of their length; then columns give to one another while that saves lines of the table
    and of its cells. None falls below its longest word, a short one not below two thirds. A table for which
    the line is too short all the same is set in parts (press/wide.py).
    """
    rows, (words, least, asked) = _texts(table, nodes.tbody), wishes(table)
    if sum(words) > WORDS:
        for spec, width in zip(table.findall(nodes.colspec), words):
            spec["colwidth"] = width
        return sum(map(max, _lines(rows, words)))
    fixed = {n: asked[n] for n in range(len(asked)) if asked[n] <= 18 or sum(asked) <= LINE}
    while len(fixed) < len(
        asked
    ):  # share what is left; a column that would fall below its longest word is fixed there
        rest = LINE - sum(fixed.values())
        roots = sum(asked[n] ** 0.5 for n in range(len(asked)) if n not in fixed)
        shares = {
            n: int(rest * asked[n] ** 0.5 / roots) for n in range(len(asked)) if n not in fixed
        }
        short = {n: least[n] for n, share in shares.items() if share < least[n]}
        fixed.update(short or shares)
    widths = [fixed[n] for n in range(len(asked))]
    moves = (
        [
            (giver, taker, step)
            for giver, taker in permutations(range(len(widths)), 2)
            for step in range(1, 9)
        ]
        if sum(asked) > LINE
        else []
    )
    best = _cost(rows, widths)
    while moves:
        tried = [
            [width - step * (n == giver) + step * (n == taker) for n, width in enumerate(widths)]
            for giver, taker, step in moves
            if widths[giver] - step >= least[giver]
        ]
        found = min(tried, key=lambda one: _cost(rows, one), default=widths)
        if _cost(rows, found) >= best:
            break
        widths, best = found, _cost(rows, found)
    for spec, width in zip(table.findall(nodes.colspec), widths):
        spec["colwidth"] = width
    return sum(map(max, _lines(rows, widths)))
