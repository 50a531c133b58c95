"""What a reader may take away of a figure: numbers, drawings, specification, citation, permanent address."""

import csv
import html
import json
import re

from companion.days import read_day
from companion.markup import pieces
from press.carried import carry, notes_of, own_page
from press.citing import first_sentence
from press.drawing import draw
from press.painter import paint

NUMBER = re.compile(r"[+−-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
"""What a spreadsheet may take for a formula (OWASP, "CSV Injection")."""

KINDS = {
    "csv": "CSV",
    "svg": "SVG",
    "png": "PNG",
    "vl.json": "Vega-Lite",
    "bib": "BibTeX",
    "ris": "RIS",
}
"""The files beside a figure: how they end, and what the page calls them."""


def safe(shown):
    """Return a text for a file that spreadsheets open; where they would compute it, it begins with an apostrophe."""
    return f"'{shown}" if FORMULA.match(shown) else shown


def plain(cell):
    """Return a table's cell as a machine reads it.

    A number without separators of thousands and with a plain minus sign, a day as YYYY-MM-DD, nothing for a missing
    value, addresses after names.
    """
    shown = "".join(f"{part}, {url}" if url else part for part, url in pieces(cell))
    if shown == "–":
        return ""
    if NUMBER.fullmatch(shown):
        return shown.replace(",", "").replace("−", "-").removeprefix("+")
    day = read_day(shown)
    return day.isoformat() if day else safe(shown)


def table_rows(node, cited, part="rows"):
    """Return the rows of a figure's CSV file, the header first: its table, the source where all rows share one, and its citation.

    `part` is "rows", what was known on the figure's day, or "later".
    """
    more = {"Cite as": safe(cited)}
    if "all_rows" in node:
        more = {"Source": plain(node["all_rows"]), **more}
    head = [safe(name) for name in node["columns"]]
    # DuckDB does not see quotation marks behind a byte-order mark.
    head[0] = head[0].replace(",", ";").replace('"', "'")
    added = [f"{name} of the figure" if name in head else name for name in more]
    return [head + added, *([*(plain(cell) for cell in row), *more.values()] for row in node[part])]


def write_downloads(folder, node, cited, address, number, copy, parts):
    """Write the files of KINDS for a figure, and the page at its permanent address, which leads to `address`.

    `cited`: what `press.citing.cite_figure` returns; `copy`: what `about_copy` returns; `parts`: its tables as HTML.
    """
    folder.mkdir(exist_ok=True)
    name = node["name"]
    # With a byte-order mark Excel reads dashes, and pandas, polars and DuckDB pass over it.
    for part, end in (("rows", "csv"), ("later", "later.csv")):
        if node.get(part):
            with open(folder / f"{name}.{end}", "w", encoding="utf-8-sig", newline="") as file:
                rows = table_rows(node, cited["text"], part)
                csv.writer(file, lineterminator="\n").writerows(rows)
    drawn = draw(node["spec"], "svg").read_text(encoding="utf-8")
    where = f"{copy['base']}figures/{name}.html" if copy["base"] else ""
    carried = carry(drawn, first_sentence(node["caption"]), notes_of(copy, node, number, where))
    (folder / f"{name}.svg").write_text(carried, encoding="utf-8")
    paint(carried, folder / f"{name}.png")
    (folder / f"{name}.vl.json").write_text(
        json.dumps(node["spec"], ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    (folder / f"{name}.bib").write_text(cited["bibtex"], encoding="utf-8")
    (folder / f"{name}.ris").write_text(cited["ris"], encoding="utf-8", newline="\r\n")
    page = own_page(copy, node, cited, number, address, parts)
    (folder / f"{name}.html").write_text(page, encoding="utf-8")


def lead_on(path, address, title, canonical=None):
    """Write a page that does nothing but lead to another address."""
    address, title = html.escape(address), html.escape(title)
    told = f'<link rel="canonical" href="{html.escape(canonical)}">' if canonical else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{told}'
        f'<meta http-equiv="refresh" content="0; url={address}"></head><body><p><a href="{address}">{title}</a></p></body></html>\n',
        encoding="utf-8",
    )
