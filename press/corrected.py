"""What the register of changes (press.register) says to a reader: under a figure that it touches, and on the page "What changed"."""

import html
import re
from collections import defaultdict
from datetime import date
from functools import cache, lru_cache

from companion.data import resource
from companion.days import spell, spell_day
from companion.markup import pieces
from companion.markup import text as written
from press.differences import ROW, last_edition, tables
from press.edition import ROOT
from press.register import BETWEEN, FILE, VARIOUS, columns_of, named, read
from press.trees import folder_tree

QUIET = (
    "cite_as",
    "url",
    "canonical_url",
    "read_at",
    "public_from",
    "dated",
    "known_from",
    "grade",
    "note",
)
"""Columns that say where a value comes from: no figure draws them."""

MANY = 8  # rows told of one line; more are counted
FILES = 3  # files named of one reason; more are counted
TOLD = 3  # corrections told under a figure; more are counted


def _stamp():
    return tuple((path.name, path.stat().st_mtime_ns) for path in sorted((ROOT / "data").glob("*")))


@lru_cache(1)
def _found(stamp):
    version = last_edition()[0]
    lines = [line for line in read(ROOT / "data") if line["since"] == version]
    return version, lines, tables(folder_tree(ROOT))


def _titles(name):
    """Return {column: title} of a resource, a column that it no longer has by its name."""
    fields = {field["name"]: field["title"] for field in resource(name)["schema"]["fields"]}
    return defaultdict(str, fields)


@cache
def _forms(value):
    """Return the ways in which a figure's table may print a value."""
    if re.fullmatch(r"-?\d+(\.\d+)?", value):
        number = float(value)
        return {
            value,
            f"{number:g}",
            f"{number:,.0f}",
            f"{number:.1f}",
            f"{number:,.1f}",
            f"{number:.2f}",
        }
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        day = date.fromisoformat(value)
        return {value, spell_day(day), spell_day(day, short=True)}
    return {value}


def _shows(shown, cells, column):
    """Return whether a row of a figure's table, as its texts, stands for a row of a file and prints its value of a column."""
    if not _forms(cells[column]) & set(shown):
        return False
    year = cells.get("year") or cells.get("fiscal_year") or ""
    at_home = any(cells["cite_as"] in text for text in shown) if cells.get("cite_as") else False
    return at_home and any(re.search(rf"\b{re.escape(year)}\b", text) for text in shown)


def corrections(meta):
    """Return ("2026.11.1", what was corrected in the rows of a figure: texts), from the figure's record `meta`."""
    version, lines, new = _found(_stamp())
    told = []
    if not lines:
        return version, told
    printed = [["".join(part for part, _ in pieces(cell)) for cell in row] for row in meta["table"]["rows"]]  # fmt: skip
    for line in lines:
        column = line["column"]
        if (
            line["resource"] not in meta.get("resources", ())
            or column in (*QUIET, ROW)
            or "; " in column
        ):
            continue
        if line["new"] in ("", VARIOUS) or line["old"] == VARIOUS:
            continue
        for key, _, cells in named(line, new):
            if any(_shows(row, cells, column) for row in printed):
                name = ", ".join(part for part in key if part != "1")  # the first wave
                if len(key) == 1 and (when := cells.get("date")):  # an id alone says nothing
                    name = f"{name} of {spell(when)}"
                title = _titles(line["resource"])[column].lower()
                told.append(f"{name}, {title}: {line['old'] or 'nothing'} → {line['new']}")
    return version, told


def under(meta):
    """Return the line under a figure that a correction since the last edition touches, as Markdown; "" under others."""
    version, told = corrections(meta)
    if not told:
        return ""
    more = f"; and {len(told) - TOLD} more" if len(told) > TOLD else ""
    return f"Corrected since edition {version}: {written('; '.join(told[:TOLD]))}{more}. [What changed](#changed-rows)."


# --- What changed -------------------------------------------------------------------------------


def _count(number, word):
    return f"{int(number):,} {word}" + "s" * (int(number) != 1)


def _rows(line, new):
    """Return what a line says of its rows, in a line for each; of a set whose values it does not spell the keys alone."""
    if line["column"] == ROW and line["new"] == "gone":
        return [f"{line['key']}: gone"]
    if line["key"] == "*" and (line["old"], line["new"]) == ("", VARIOUS):
        return []  # a new column
    keys = [BETWEEN.join(key) for key, _, _ in named(line, new)]
    spelled = VARIOUS not in (line["old"], line["new"])
    change = f": {line['old'] or 'nothing'} → {line['new'] or 'nothing'}" if spelled else ""
    change = ": added" if line["column"] == ROW else change
    more = [f"and {len(keys) - MANY} more"] if len(keys) > MANY else []
    return [f"{key}{change}" for key in keys[:MANY]] + more


def by_reason(titles):
    """Return the rows that differ from the last edition's, by reason, as Markdown; in the book's pages the rows unfold. `titles` {resource: title}."""
    _, lines, new = _found(_stamp())
    reasons: dict[str, dict[str, list]] = {}
    for line in lines:
        reasons.setdefault(line["why"], {}).setdefault(line["resource"], []).append(line)
    parts = []
    for why, files in reasons.items():
        told, folded = [], []
        for name, own in files.items():
            title = titles.get(name, (name,))[0]
            columns = dict.fromkeys(c for line in own for c in columns_of(line) if c != ROW)
            rows = sum(int(line["rows"]) for line in own)
            keys = dict.fromkeys(key for line in own for key, _, _ in named(line, new))
            if len(own) > 1:  # the same row in several lines
                rows = len(keys)
            if 0 < len(keys) <= FILES and all(len(key) == 1 for key in keys):
                title += f" ({', '.join(key[0] for key in keys)})"
            of = f" ({', '.join(f'`{c}`' for c in columns)})" if 0 < len(columns) < 4 else ""
            told.append((written(title), rows, of))
            folded += [
                f"<li>{html.escape(title)}, {html.escape(line['column'])}, {_count(line['rows'], 'row')}"
                + "".join(f"<br>{html.escape(row)}" for row in _rows(line, new))
                + "</li>"
                for line in own
            ]
        said = "; ".join(f"{title}, {_count(rows, 'row')}{of}" for title, rows, of in told)
        if len(told) > FILES:
            columns = dict.fromkeys(of for _, _, of in told)
            of = next(iter(columns)) if len(columns) == 1 else ""
            said = f"{_count(sum(rows for _, rows, _ in told), 'row')} of {len(told)} files{of}"
        parts.append(
            f"{written(why)}. *{said}.*\n\n"
            "````{only} builder_html\n```{raw} html\n"
            f'<details class="figure-later"><summary>Rows</summary><ul>{"".join(folded)}</ul></details>\n'
            "```\n````"
        )
    return "\n\n".join(parts) or "None."


def part(titles):
    """Return the part of "What changed" that the register fills; "" where it has no line since the last edition."""
    version, lines, _ = _found(_stamp())
    if not lines:
        return ""
    head = f"Every row that differs from edition {version} is named in `data/{FILE}`, with old, new and reason: in {len(lines)} lines. By reason:"
    return f"\n\n(changed-rows)=\n## Changed rows and why\n\n{head}\n\n{by_reason(titles)}"
