"""What a session shows and reveals: figures, tables, "Since then" and cards, from the pages that Sphinx has read, and their seal."""

import html
import re
from datetime import date
from types import SimpleNamespace

from docutils import nodes

from companion.data import load
from companion.days import MONTHS, read_day, spell
from companion.markup import pieces
from companion.seal import LATER
from press.drawing import for_room
from press.figure_page import inline_svg
from press.outputs import data_table, drawing
from press.paper import describe_state, in_state
from press.parts import part

LEAST = 13  # pixels of the smallest label of a drawing; the room view shows it half as large again
ROOM = (540, 330)  # width and height of a drawing for the room view, in the same pixels
NAMES = [*MONTHS.split(), *(month[:3] for month in MONTHS.split()), "Sept"]
MONTH = "|".join(sorted(NAMES, key=len, reverse=True))
DAYS = re.compile(rf"\b(?:({MONTH})\.? (?:(\d{{1,2}})(?:[–-]\d{{1,2}})?, )?(\d{{4}})|(\d{{4}})-(\d\d)-(\d\d))\b")  # fmt: skip
AHEAD = re.compile(r"\b(by|until|due|horizon|source)\b", re.I)
"""Headings of columns that may name a later day: a deadline looks ahead, a source may have been read later."""


def dates_after(text, day):
    """Return the dates in a text that lie after a day, as they stand there."""
    found = []
    for one in DAYS.finditer(str(text)):
        month = NAMES.index(one[1]) % 12 + 1 if one[1] and one[1] != "Sept" else 9
        year, month, number = (one[3], month, one[2] or 1) if one[1] else (one[4], one[5], one[6])
        try:
            when = date(int(year), int(month), int(number))
        except ValueError:
            continue
        found += [one[0]] if when > day else []
    return found


class Shelf:
    """The evidence of a book: what its pages hold by label, from the doctrees of a build."""

    def __init__(self, env):
        self.env, self.trees = env, {}
        self.judged = dict(zip(load("articles")["id"], load("articles")["judged_as_of"]))

    def page(self, label):
        """Return the page on which a label stands, or None."""
        return self.env.get_domain("std").anonlabels.get(label, (None,))[0]

    def title(self, label):
        """Return the heading that a label stands at, or the title of its page."""
        told = self.env.get_domain("std").labels.get(label)
        return told[2] if told else self.env.titles[self.page(label)].astext()

    def told(self, what):
        """Return in words what a key of `reveal` opens."""
        if what.startswith("since-"):
            return f"Since then, {self.title(what.removeprefix('since-'))}"
        seen = self.find(what) if what.startswith(("fig-", "tab-")) else None
        return f"{seen.kind.capitalize()} {seen.number}" if seen else what.upper()

    def keeps_the_day(self, what, day):
        """Return whether a key of `reveal` opens what was public on a day: a table of it, or a card that was judged by then."""
        if what.startswith(("fig-", "since-")):
            return False
        if what.startswith("tab-"):
            return self.fault(what, day) is None
        judged = load("claims").set_index("id")["judged_as_of"][what.upper()].date()
        return judged <= day and not dates_after(" ".join(self.revealed(what)[2]), day)

    def _tree(self, page):
        if page not in self.trees:
            self.trees[page] = self.env.get_doctree(page)
        return self.trees[page]

    def find(self, label):
        """Return what a label shows (kind, page, number, caption, alt, day, heads, rows, later, spec), or None where no page has it."""
        page = self.page(label)
        if page is None:
            return None
        kind = "figure" if label.startswith("fig-") else "table"
        place = next((n for n in self._tree(page).findall(nodes.Element) if label in n.get("ids", [])), None)  # fmt: skip
        if not isinstance(place, nodes.figure if kind == "figure" else nodes.table):
            return None
        number = ".".join(map(str, self.env.toc_fignumbers.get(page, {}).get(kind, {}).get(label, ())))  # fmt: skip
        found = SimpleNamespace(label=label, kind=kind, page=page, number=number, own=False)
        return (self._figure if kind == "figure" else self._table)(found, place)

    @staticmethod
    def _figure(found, figure):
        drawn, told = next(figure.findall(drawing)), next(figure.findall(data_table))
        found.caption, found.alt, found.source = told["caption"], drawn["alt"], told["source"]
        day = re.search(r"; as public on (.*)$", found.source)
        found.day = read_day(day[1]) if day else None
        found.heads, found.rows, found.later = told["columns"], told["rows"], told.get("later", [])
        found.spec, found.opened, found.states = drawn["spec"], drawn["opened"], drawn["paper"]
        return found

    def _table(self, found, table):
        title = next(table.findall(nodes.title), None)
        rows = [[entry.astext() for entry in row] for row in table.findall(nodes.row)]
        found.caption = title.astext() if title is not None else ""
        found.alt, found.source, found.later, found.opened = "", "", [], None
        found.heads, found.rows = rows[0], rows[1:]
        judged = self.judged.get(found.page.rpartition("/")[2])
        found.day = judged.date() if judged is not None else None
        found.own = "computed" not in table["classes"] or judged is None
        return found

    def fault(self, label, day):
        """Return what is wrong with showing something before the seal of a day is broken: (found, expected), or None."""
        seen = self.find(label)
        if seen is None:
            return label, "the label of a figure or table that a page of the book has"
        if seen.day is None and not seen.own:
            return f"{label}, which stands on no day", f"one sealed on {spell(day)} or before"
        if seen.day and seen.day > day:
            return f"{label}, which stands on {spell(seen.day)}", f"{spell(day)} or before"
        late = dates_after(f"{seen.caption} {seen.alt}", day)
        for row in seen.rows:
            for head, cell in zip(seen.heads, row):
                cell = "".join(shown for shown, _ in pieces(cell))
                year = re.fullmatch(r"(19|20)\d\d", cell) if re.search(r"\byear\b", head, re.I) else None  # fmt: skip
                if not AHEAD.search(head):
                    late += dates_after(cell, day)
                    late += [cell] if year and int(cell) > day.year else []
        if late:
            return f"{label} with {', '.join(late)}", f"nothing after {spell(day)}"
        return None

    def revealed(self, what):
        """Return what a key of `reveal` opens: ("shown", found) or ("text", title, [lines]); None where there is nothing."""
        if what.startswith(("fig-", "tab-")):
            seen = self.find(what)
            return ("shown", seen) if seen and (seen.opened or seen.kind == "table") else None
        if what.startswith("since-"):
            return self._since(what.removeprefix("since-"))
        number, claims = what.upper(), load("claims").set_index("id")["section"]
        page = self.page(claims.get(number))
        for item in self._tree(page).findall(nodes.list_item) if page else ():
            if re.match(rf"\W*{number} · ", item[0].astext()):
                lines = [one.astext() for one in item.findall(nodes.paragraph)]
                return "text", f"Card {number}", [one for one in lines if not one.startswith("Source: ")]  # fmt: skip
        return None

    def _since(self, label):
        page = self.page(label)
        for section in self._tree(page).findall(nodes.section) if page else ():
            if label in section["ids"]:
                for one in section.findall(part):
                    if one["kind"] == "since":
                        return "text", "Since then", [item.astext() for item in one.findall(nodes.list_item)]  # fmt: skip
        return None


def sheets(seen, name, day, opened=False):
    """Return the HTML of a figure or table for screen and paper, a sheet for each state of its controls that paper shows.

    day: that of the session, so that what stands on another says so; name: makes the ids of the drawing its own.
    """
    head = f"{seen.kind.capitalize()} {seen.number}".strip()
    if seen.kind == "table":
        keep = [n for n, title in enumerate(seen.heads) if title != "Source"]
        line = lambda tag, row: "".join(f"<{tag}>{html.escape(row[n])}</{tag}>" for n in keep)
        rows = "".join(f"<tr>{line('td', row)}</tr>" for row in seen.rows)
        return [f'<p class="caption"><b>{head}.</b> {html.escape(seen.caption)}</p><table><thead><tr>{line("th", seen.heads)}</tr></thead><tbody>{rows}</tbody></table>']  # fmt: skip
    made = []
    for number, state in enumerate(seen.states or [{}]):
        one = in_state(seen.spec, {**state, **({LATER: True} if opened else {})})
        alt, source = (seen.opened["alt"], seen.opened["source"]) if opened else (seen.alt, seen.source)  # fmt: skip
        at = f" {describe_state(one, set(state))}." if state else ""
        at += f" It stands on {spell(seen.day)}." if seen.day != day and not opened else ""
        said = (
            f"<b>{head} with what came later.</b>"
            if opened
            else f"<b>{head}.</b> {html.escape(seen.caption)}"
        )
        made.append(
            f'<div class="drawing" role="img" aria-label="{html.escape(alt)}">{inline_svg({"spec": for_room(one, ROOM, LEAST), "name": f"{name}-{number}{opened:d}"})}</div>'
            f'<p class="caption">{said}{html.escape(at)} <span class="source">Source: {html.escape(source)}.</span></p>'
        )
    return made
