"""What comes from data is text: here, and nowhere else, it is written into Markdown.

A value of a table, a claim, a title or a computed sentence is not Markdown, whatever is in it.
`text` writes it so that Jupyter Book and JupyterLab show it as it stands. Markdown that the book's
own code writes around values is made by `marked`, `link` and `code` and is known by its type.
"""

import html
import re
from datetime import date, datetime
from numbers import Integral, Number
from string import Formatter

from companion.days import spell_day


class Marked:
    """Markdown that the book's own code wrote, for a cell or a value. No `str`: pandas would make plain text of it."""

    def __init__(self, markdown):
        self.markdown = markdown

    def __str__(self):
        return self.markdown

    def __format__(self, spec):
        return self.markdown


UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that no XML, and so no EPUB, may hold."""

MARKS = re.compile(
    r"[`*\[\]{}|~]"  # code, roles, emphasis, links, attributes, cells, deletions
    r"|(?<![^\W_])_|_(?![^\W_])"  # within a word it is no emphasis
    r"|!$"  # before a link it would make an image
)
START = re.compile(
    r"^( ?)(?:(?=#+(?:\s|$)|[-+](?:\s|$|[-+])|=+\s*$|[>%:]|\([^)]*\)=)|(\d+)(?=[.)](?:\s|$)))"
)
"""What opens a heading, list, quotation, comment, definition or label where a value begins a line."""


def text(value):
    """Return a value as Markdown that shows the value itself, in one line: no markup, role or HTML in it has an effect."""
    shown = re.sub(r"[\t\n\r\x0b\x0c\x85\u2028\u2029]+", " ", str(value))
    shown = re.sub("^ +", " ", UNSEEN.sub("\ufffd", shown))
    # Not a second backslash: JupyterLab takes two before a bracket for a formula.
    shown = re.sub(r"&(?=#?\w+;)", "&amp;", shown).replace("\\", "&#92;")
    shown = shown.replace("@@", "@&#64;")  # JupyterLab's own sign for a formula's place
    shown = shown.replace("$", "&#36;")  # else a formula
    shown = re.sub(r"<(?=[A-Za-z/!?]|$)", "&lt;", shown)
    shown = MARKS.sub(r"\\\g<0>", shown)
    return START.sub(r"\1\2\\", shown)


class _Day(date):
    def __format__(self, spec):
        return spell_day(self) if spec in ("", "day") else super().__format__(spec)


class _Count(int):
    def __format__(self, spec):
        words = "none one two three four five six seven eight nine ten".split()
        if spec == "word":
            return words[self] if 0 <= self < len(words) else str(int(self))
        if spec == "times":
            few = {0: "not once", 1: "once", 2: "twice"}
            return few[int(self)] if self in few else f"{self:word} times"
        return super().__format__(spec)


class _Filler(Formatter):
    def format_field(self, value, spec):
        if isinstance(value, (date, datetime)):
            value = _Day(value.year, value.month, value.day)
        elif isinstance(value, Integral) and not isinstance(value, bool):
            value = _Count(value)
        shown = format(value, spec)
        if isinstance(value, Number):
            return shown.replace("-", "−")
        return shown if isinstance(value, (date, Marked)) else text(shown)


def marked(template, *args, **values):
    """Return Markdown with values filled in as `str.format` does; the template is Markdown, the values are text.

    A date prints in words with the format ``{day:day}``, a count up to ten with ``{n:word}``, or as "once",
    "twice", "three times" with ``{n:times}``.
    """
    return Marked(_Filler().vformat(template, args, values))


WEB = re.compile(r"https?://[^\s/]+.*", re.IGNORECASE | re.DOTALL)
OWN = re.compile(r"#[\w-]+|(?:\.\./)*data/[\w.-]+")
"""Addresses inside the book that helpers write: a label, a file of the data package."""


def _quoted(found):
    return "".join(f"%{byte:02X}" for byte in found[0].encode())


def link(shown, url):
    """Return a source as a Markdown link to its address, or as its text where it has none.

    `url` may be http(s), a label ("#l-26") or a file of the package; any other is left out.
    """
    label = shown.markdown if isinstance(shown, Marked) else text(shown)
    if isinstance(url, str) and OWN.fullmatch(url):
        return Marked(f"[{label}]({url})")
    if isinstance(url, str) and WEB.fullmatch(url.strip()):
        # none of these may stand in an address
        safe = re.sub(r'[\x00-\x20\x7f<>\\|`"{}]', _quoted, url.strip())
        safe = re.sub(r"&(?=#?\w+;)", "&amp;", safe)
        return Marked(f"[{label}](<{safe}>)")
    return Marked(label)


def code(value):
    """Return a value as Markdown in the typewriter's letters."""
    shown = UNSEEN.sub("\ufffd", " ".join(str(value).split()))
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    pad = " " * ("`" in shown)
    return Marked(f"{fence}{pad}{shown}{pad}{fence}")


def joined(separator, parts):
    """Return parts, marked or text, as one piece of Markdown; the separator is Markdown."""
    return Marked(separator.join(format_part(part) for part in parts))


def format_part(value):
    """Return a value as Markdown: what is marked as it stands, all else as text."""
    return value.markdown if isinstance(value, Marked) else text(value)


LINK = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\(<([^>]*)>\)")  # as `link` writes it


def pieces(cell):
    """Yield (text, address or None) of a cell that `text` and `link` wrote."""
    clean = lambda part: html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", part))
    parts = LINK.split(cell)
    for n in range(0, len(parts), 3):
        if parts[n]:
            yield clean(parts[n]), None
        if n + 1 < len(parts):
            yield clean(parts[n + 1]), html.unescape(parts[n + 2])
