"""Tables on paper: sources that a column repeats become one line under the table."""

from docutils import nodes

from press.tables import keep_columns, share_width

HEADS = ("Source", "Sources")
LINE = 112
"""Characters of a table's small sans that a line of the PDF holds."""

MOST_LINES = 40
"""Lines of a table that stays in one piece; a longer one breaks over pages."""


def gather_sources(table):
    """Take the column of sources out of a table; return the paragraph that tells them under it, or None for a table without such a column.

    One source for all rows is told as it is. Several get letters, which stand in the column.
    """
    heads = [list(row.children) for part in table.findall(nodes.thead) for row in part.children]
    rows = [list(row.children) for part in table.findall(nodes.tbody) for row in part.children]
    if len(heads) != 1 or len(rows) < 2 or not _plain([*heads, *rows]):
        return None
    found = [n for n, head in enumerate(heads[0]) if head.astext().strip() in HEADS]
    if len(found) != 1 or len(heads[0]) < 2:
        return None
    column, told = found[0], {}
    for row in rows:
        text = row[column].astext().strip()
        if text not in ("", "–"):
            told.setdefault(text, row[column])
    if not told:
        return None
    letters = dict(zip(told, _letters(len(told))))
    note = nodes.paragraph("", "", classes=["table-sources"])
    note += nodes.Text("Source: " if len(told) == 1 else "Sources: ")
    for number, (text, entry) in enumerate(told.items()):
        if len(told) > 1:
            note += [nodes.Text("; " if number else ""), nodes.emphasis("", letters[text])]
            note += nodes.Text(" ")
        note += [piece.deepcopy() for part in entry.children for piece in part.children]
    note += nodes.Text("" if note.astext().endswith(".") else ".")
    if len(told) == 1:
        keep_columns(table, [n for n in range(len(heads[0])) if n != column])
    else:
        for row in rows:
            letter = letters.get(row[column].astext().strip(), "–")
            row[column].children = []
            row[column] += nodes.paragraph("", "", nodes.emphasis("", letter))
    return note


def fit(table):
    """Share the line of the PDF among the columns of a computed table; one that is short enough stays in one piece."""
    if "computed" not in table["classes"]:
        return
    lines = share_width(table, LINE)
    if lines <= MOST_LINES and "longtable" in table["classes"]:
        table["classes"].remove("longtable")


def _plain(rows):
    """Tell whether all rows have one cell a column."""
    return len({len(row) for row in rows}) == 1 and not any(
        entry.get("morecols") or entry.get("morerows") for row in rows for entry in row
    )


def _letters(count):
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    return [*alphabet, *(a + b for a in alphabet for b in alphabet)][:count]
