"""Judge first: a column of a computed table whose cells stay closed until a reader has judged.

A page closes each cell by itself, without a script. Paper, which folds nothing, tells the column in a table of its own
at the end of the section.
"""

import html
import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from press.paper import latex
from press.tables import keep_columns, plain, share_width

COLUMN = re.compile(r"judge-(\d+)")


def closed(table):
    """Return the HTML of a table with the cells of its column `judge-N` closed; any other as it is."""
    found = COLUMN.search(table.partition(">")[0])
    if not found:
        return table
    column = int(found[1])

    def close(row):
        cells = re.findall(r"<td\b.*?</td>", row[0], re.S)
        if not cells:
            return row[0]
        start, shown, end = re.fullmatch(r"(<td\b[^>]*>)(.*)(</td>)", cells[column], re.S).groups()
        first = plain(cells[0]).split()[0].rstrip(".")
        summary = f'Judge first<span class="visually-hidden">: {html.escape(first)}</span>'
        cells[column] = (
            f'{start}<details class="judge"><summary>{summary}</summary>{shown}</details>{end}'
        )
        return row[0][: row[0].index("<td")] + "\n".join(cells) + "\n</tr>"

    return re.sub(r"<tr\b.*?</tr>", close, table, flags=re.S)


class JudgedOnPaper(SphinxPostTransform):
    """For the PDF and the EPUB: takes the closed column out of its table and tells it at the end of the section."""

    default_priority = 180  # before tables are fitted to the paper
    builders = ("latex", "epub")

    def run(self, **kwargs):
        """Run the transform."""
        for table in list(self.document.findall(nodes.table)):
            found = COLUMN.search(" ".join(table["classes"]))
            if not found:
                continue
            column = int(found[1])
            rows = list(table.findall(nodes.row))
            told, name = table.deepcopy(), rows[0][column].astext()
            told["ids"], told["names"] = [], []
            for title in list(told.findall(nodes.title)):
                told.remove(title)
            for one in (table, told):
                one["classes"] = [word for word in one["classes"] if not COLUMN.match(word)]
            keep_columns(table, [n for n in range(len(rows[0])) if n != column])
            for row in told.findall(nodes.row):  # what a row begins with in bold names it
                if strong := next(row[0].findall(nodes.strong), None):
                    row[0].children = []
                    row[0] += nodes.paragraph("", "", strong.deepcopy())
            keep_columns(told, [0, column])
            for one in (table, told):
                one["lines"] = share_width(one)
            section = table.parent
            while not isinstance(section, nodes.section):
                section = section.parent
            inner = (n for n, node in enumerate(section) if isinstance(node, nodes.section))
            place = next(inner, len(section))
            while isinstance(section[place - 1], nodes.target):  # the label of the next heading
                place -= 1
            # It has no number: what breaks over pages would count as a table, and say which.
            begin = latex(r"\begingroup\renewcommand{\sphinxtablecontinued}[1]{}")
            end = latex(r"\endgroup\addtocounter{table}{-1}")
            head = nodes.paragraph("", "", nodes.strong("", f"{name}."))
            section[place:place] = [head, begin, told, end]
