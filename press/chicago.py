"""Chicago author-date for sphinxcontrib-bibtex.

The bibliography prints ``Author. Year. “Title” [English gloss]. Publisher, Month day. Address. [Editors: …].``
with titles of books and journals in italics. A citation prints ``(NHK 2025a)``, ``{cite:t}`` prints ``NHK (2025a)``.
What the fields of references.bib mean is said at the top of that file.

sphinxcontrib-bibtex takes the year of a citation from the entry, so that works of one author and year look alike.
Here the label carries author, year and letter, and both the entry and the citations print what the label says.
The letters follow the dates of one bibliography: the book has one bibliography, of all entries.

``register(app)`` makes both styles known as "chicago"; a Sphinx extension calls it in its ``setup``, with
``bibtex_default_style = bibtex_reference_style = "chicago"`` in the configuration.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

import docutils.nodes
import pybtex.plugin
import pybtex_docutils
import sphinxcontrib.bibtex.plugin
from pybtex.database import Entry, Person
from pybtex.richtext import BaseMultipartText, HRef, Tag, Text
from pybtex.style import FormattedEntry
from pybtex.style.formatting import BaseStyle
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.sorting import BaseSortingStyle
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle
from sphinxcontrib.bibtex.style.template import node

LANGUAGES = {
    "japanese": "ja",
    "chinese": "zh-Hant",
    "korean": "ko",
    "russian": "ru",
}  # langid -> lang; Chinese is from Taiwan
OTHER_SCRIPT = re.compile(
    r"[\u0400-\u04ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af][\u0400-\u04ff\u3000-\u9fff\uac00-\ud7af・ ]*"
)
MONTHS = (
    "January February March April May June July August September October November December".split()
)


class Foreign(BaseMultipartText):
    """Text in another language: a span with ``lang`` in HTML (docutils makes it from the class), plain elsewhere."""

    def __init__(self, lang, *parts):
        self.info = (lang,)
        super().__init__(*parts)

    def render(self, backend):
        inside = super().render(backend)
        if isinstance(backend, pybtex_docutils.Backend):
            return [docutils.nodes.inline("", "", *inside, classes=[f"language-{self.info[0]}"])]
        return inside


def plain(entry, name):
    """A field without markup, "" where it is missing."""
    return str(Text.from_latex(entry.fields[name])) if name in entry.fields else ""


def marked(text, entry):
    """Text whose runs in another script carry the language of the entry."""
    lang, parts, end = LANGUAGES.get(entry.fields.get("langid")), [], 0
    for match in OTHER_SCRIPT.finditer(text) if lang else ():
        run = match[0].rstrip()
        parts += [text[end : match.start()], Foreign(lang, run)]
        end = match.start() + len(run)
    return Text(*parts, text[end:])


def persons(entry):
    """(family, given) of each author, as plain text; an institution has no given name."""
    for person in entry.persons.get("author", []):
        given = " ".join(person.first_names + person.middle_names)
        yield tuple(
            str(Text.from_latex(part))
            for part in (" ".join(person.prelast_names + person.last_names), given)
        )


def short_author(entry):
    """What a citation prints before the year: short name, family names, or the title of a work without author."""
    if short := plain(entry, "shortauthor"):
        return short
    names = [family for family, _ in persons(entry)]
    if not names:
        return plain(entry, "shorttitle") or plain(entry, "title")
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)


def head(entry):
    """What opens the entry in the bibliography: all authors, the first one inverted, or the title."""
    names = [
        given and (f"{given} {family}" if i else f"{family}, {given}") or family
        for i, (family, given) in enumerate(persons(entry))
    ]
    full = (
        ", ".join(names[:-1]) + ", and " + names[-1]
        if len(names) > 1
        else names[0]
        if names
        else plain(entry, "title")
    )
    short = plain(entry, "shortauthor" if names else "shorttitle")
    return full if full.startswith(short) else f"{short} ({full})"


def date(entry):
    """“Month day”, “Month” or “”; the year stands after the author."""
    month, day = entry.fields.get("month"), entry.fields.get("day")
    return f"{MONTHS[int(month) - 1]} {day or ''}".strip() if month else ""


def closed(text):
    """The text with a period, unless it ends with a mark already."""
    return text if str(text).rstrip("”").endswith((".", "?", "!")) else Text(text, ".")


class SortingStyle(BaseSortingStyle):
    """By author or title, year (undated works last), date, title."""

    def sorting_key(self, entry):
        fold = unicodedata.normalize("NFKD", head(entry)).casefold()
        digits = re.sub(r"\D", "", entry.fields["year"])
        return (
            fold.removeprefix("the "),
            int(digits or 9999),
            int(entry.fields.get("month", 0)),
            int(entry.fields.get("day", 0)),
            plain(entry, "title"),
        )


class LabelStyle(BaseLabelStyle):
    """“NHK 2025a”, “Kang n.d.”: author and year, with a letter where two would be alike."""

    def format_labels(self, sorted_entries):
        labels = [f"{short_author(entry)} {entry.fields['year']}" for entry in sorted_entries]
        total, seen = Counter(labels), Counter()
        for label in labels:
            dash = "-" if label.endswith(".") else ""
            yield label + (dash + chr(ord("a") + seen[label]) if total[label] > 1 else "")
            seen[label] += 1


class Style(BaseStyle):
    """One template for all types: what an entry has is printed, in Chicago's order."""

    default_name_style, default_label_style, default_sorting_style = (
        "plain",
        LabelStyle,
        SortingStyle,
    )

    def format_entry(self, label, entry, bib_data=None):
        parts = [closed(marked(head(entry), entry)), closed(label.rsplit(" ", 1)[-1])]
        if "author" in entry.persons:
            parts.append(self.title(entry))
        parts += [self.published(entry), self.address(entry)]
        if "addendum" in entry.fields:
            parts.append(Text("[", plain(entry, "addendum"), "]."))
        return FormattedEntry(entry.key, Text(" ").join(part for part in parts if part), label)

    def title(self, entry):
        title, gloss = plain(entry, "title"), plain(entry, "titleaddon")
        if entry.type == "book":
            title = Tag("em", title)
        else:
            title = title.translate(str.maketrans("“”", "‘’"))
            title = (
                Foreign(LANGUAGES[entry.fields["langid"]], title)
                if "langid" in entry.fields
                else Text(title)
            )
            title = Text("“", title, "”") if gloss else Text("“", closed(title), "”")
        return Text(title, f" [{gloss}].") if gloss else closed(title)

    def published(self, entry):
        """Journal with volume, number and pages, or publisher, or place; and the date, where there is no volume."""
        volume, number, pages = (plain(entry, name) for name in ("volume", "number", "pages"))
        numbers = (
            f" {volume}" + (f" ({number})" if number else "")
            if volume
            else f", no. {number}"
            if number
            else ""
        )
        if pages:
            numbers += ": " + pages.replace("--", "–")
        if "journal" in entry.fields:
            where = Text(Tag("em", plain(entry, "journal")), numbers)
        else:
            where = marked(plain(entry, "publisher") or plain(entry, "location"), entry)
        when = "" if pages or entry.type == "book" else date(entry)
        both = Text(", ").join(part for part in (where, when) if part)
        return closed(both) if both else None

    def address(self, entry):
        url = (
            "https://doi.org/" + entry.fields["doi"]
            if "doi" in entry.fields
            else entry.fields.get("url")
        )
        return Text(HRef(url, url), ".") if url else None


@node
def labeled(children, data):
    """Formats a citation with author and year from the label of the bibliography, not from the entry."""
    author, year = data["formatted_entry"].label.rsplit(" ", 1)
    entry = Entry(
        "misc", fields={"year": year}, persons={"author": [Person(last="{" + author + "}")]}
    )
    return children[0].format_data({**data, "entry": entry})


@dataclass
class ReferenceStyle(AuthorYearReferenceStyle):
    """The author-year citations of sphinxcontrib-bibtex, all roles, in Chicago's punctuation and with the letters."""

    bracket_textual: BracketStyle = field(default_factory=lambda: BracketStyle("(", ")"))
    bracket_parenthetical: BracketStyle = field(
        default_factory=lambda: BracketStyle("(", ")", sep="; ")
    )
    author_year_sep: str = " "

    def inner(self, role_name):
        return labeled[super().inner(role_name)]


class ReferenceList(SphinxPostTransform):
    """Prints the bibliography where it stands, as paragraphs without labels: the entry itself opens with the label.

    Runs after sphinxcontrib-bibtex has made its citation nodes (priority 5) and before citations are resolved (10).
    Otherwise Sphinx would move the list to the end of the PDF and print every author and year twice.
    In HTML the list has the class "references", for a hanging indent.
    """

    default_priority = 6

    def run(self, **kwargs):
        def latex(text):
            return (
                [docutils.nodes.raw("", text, format="latex")]
                if self.app.builder.format == "latex"
                else []
            )

        for first in [
            c
            for c in self.document.findall(docutils.nodes.citation)
            if c.parent and c is c.parent[0]
        ]:
            entries = docutils.nodes.container(classes=["references"])
            for citation in first.parent.findall(docutils.nodes.citation):
                target = f"cite.{citation['docname']}:{citation['ids'][0]}"  # the name that the citations link to
                label = f"{citation['docname']}:{citation['ids'][0]}"  # and the one that links do
                anchor = latex(
                    f"\\hypertarget{{{target}}}{{}}\\phantomsection\\label{{\\detokenize{{{label}}}}}"
                )
                entries += docutils.nodes.paragraph(
                    "", "", *anchor, *citation[1].children, ids=citation["ids"]
                )
            hanging = "\\begingroup\\raggedright\\leftskip1.5em\\parindent-1.5em\\parskip.5ex"
            first.parent.replace_self([*latex(hanging), entries, *latex("\\par\\endgroup")])


def register(app=None):
    """Make the styles known to pybtex and sphinxcontrib-bibtex as "chicago"; with a Sphinx app, the list as well."""
    pybtex.plugin.register_plugin("pybtex.style.formatting", "chicago", Style, force=True)
    sphinxcontrib.bibtex.plugin.register_plugin(
        "sphinxcontrib.bibtex.style.referencing", "chicago", ReferenceStyle, force=True
    )
    if app:
        app.add_post_transform(ReferenceList)
