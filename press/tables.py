"""Tables: how their columns share a line of the PDF, how they stand on a phone, the source that all rows share."""

import html
import re
import textwrap
from collections import Counter
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


TEXTS = 14
"""Characters from which on a column, on average, is one of texts; two of them, and a phone stacks the rows."""


def for_phones(table):
    """Return the HTML of a table with what a phone needs to show it.

    A table of texts stacks its rows there, each cell under its column's name (`stacks`); in any other the first
    column stays while the rest scrolls (`stays`). Two columns have room.
    """
    heads = [plain(cell) for cell in re.findall(r"<th\b[^>]*>(.*?)</th>", table, re.S)]
    rows = [
        [plain(cell) for cell in re.findall(r"<td\b[^>]*>(.*?)</td>", row, re.S)]
        for row in re.findall(r"<tr\b[^>]*>(.*?)</tr>", table, re.S)
    ]
    rows = [row for row in rows if row]
    if len(heads) < 3 or any(len(row) != len(heads) for row in rows) or not rows:
        return table
    means = [sum(map(len, column)) / len(rows) for column in zip(*rows)]
    if sum(mean > TEXTS for mean in means) < 2 or sum(means) < 60:
        return re.sub(r'<table class="', '<table class="stays ', table, count=1)
    # A browser that shows rows as blocks may forget that they are a table.
    table = re.sub(r'<table class="', '<table role="table" class="stacks ', table, count=1)
    for tag, role in (("thead", "rowgroup"), ("tbody", "rowgroup"), ("tr", "row")):
        table = re.sub(rf"<{tag}\b", f'<{tag} role="{role}"', table)
    table = re.sub(r"<th\b", '<th role="columnheader"', table)
    columns = iter(heads * len(rows))
    return re.sub(
        r"<td\b", lambda _: f'<td role="cell" data-label="{html.escape(next(columns))}"', table
    )


def with_chips(table):
    """Return what stands above a table of class `chips-N`: a chip for each value of column N, most frequent first; tables.js makes them work."""
    heads = [plain(cell) for cell in re.findall(r"<th\b[^>]*>(.*?)</th>", table, re.S)]
    rows = [re.findall(r"<td\b[^>]*>(.*?)</td>", row, re.S) for row in table.split("<tr")[1:]]
    groups = []
    for column in map(int, re.findall(r"\bchips-(\d+)", table.partition(">")[0])):
        cells = [plain(row[column]) for row in rows if row]
        values = Counter(value for cell in cells for value in cell.split("; ") if value)
        chips = "".join(
            f'<button type="button" class="chip" aria-pressed="false" data-value="{html.escape(value)}">{html.escape(value)}</button>'
            for value, count in values.most_common(10)
        )
        name = html.escape(heads[column])
        groups.append(
            f'<div class="chips" role="group" aria-label="{name}" data-column="{column}"><span>{name}</span>{chips}</div>'
        )
    return f'<div class="chip-groups">{"".join(groups)}</div>' if groups else ""


def plain(cell):
    """Return the text of a cell of HTML."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", cell)).split())


def keep_columns(table, columns):
    """Leave of a table the columns with these numbers, in the order in which they stand."""
    group = next(table.findall(nodes.tgroup))
    for number, spec in enumerate(list(group.findall(nodes.colspec))):
        if number not in columns:
            group.remove(spec)
    group["cols"] = len(columns)
    for row in table.findall(nodes.row):
        row.children = [row.children[number] for number in columns]


def share_source(table):
    """Take the column "Source" out of a table whose rows all have the same; return it as a line for under the table, or None."""
    group = next(table.findall(nodes.tgroup))
    head, body = (next(group.findall(kind)) for kind in (nodes.thead, nodes.tbody))
    names = [entry.astext() for entry in head[0]]
    if "Source" not in names or len(names) < 2 or len(body) < 3:
        return None
    at = names.index("Source")
    if len({str(row[at]) for row in body}) > 1 or not body[0][at].astext().strip("– "):
        return None
    said = [child for paragraph in body[0][at] for child in paragraph.children]
    keep_columns(table, [n for n in range(len(names)) if n != at])
    return nodes.paragraph("", "Source of all rows: ", *said, classes=["table-source"])


def name_days(table):
    """Give each row that begins with a day such as 2025-03-08 an address, `day-2025-03-08`; a second of that day ends in -2."""
    seen: dict[str, int] = {}
    for row in next(table.findall(nodes.tbody)):
        day = row[0].astext()
        if re.fullmatch(r"\d{4}(-\d\d){2}", day):
            seen[day] = seen.get(day, 0) + 1
            row["ids"] = [f"day-{day}" + f"-{seen[day]}" * (seen[day] > 1)]


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


def share_width(table, line=LINE):
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
    fixed = {n: asked[n] for n in range(len(asked)) if asked[n] <= 18 or sum(asked) <= line}
    while len(fixed) < len(
        asked
    ):  # share what is left; a column that would fall below its longest word is fixed there
        rest = line - sum(fixed.values())
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
        if sum(asked) > line
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
