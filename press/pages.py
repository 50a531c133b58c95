"""What a page says of itself in its head: for search, for cards, for reference managers."""

import html
import re
import textwrap
from pathlib import Path

import jinja2
from docutils import nodes

from companion.theme import PALETTE
from press.changes import since_last
from press.citing import cite
from press.edition import (
    BOOK,
    NAME,
    PRESS,
    ROOT,
    being_published,
    citation,
    commit,
    day,
    label,
    published,
    read_version,
    record_end,
    spell,
)
from press.epub import EPUB_SHEETS
from press.judge import closed
from press.languages import chinese_titles, mark_languages
from press.painter import paint
from press.parts import part
from press.tables import for_phones, scrolling, with_chips

FILLED = ("book/editions", "book/changes", "book/about", "book/glossary")
"""Pages with words that only a build can tell; `fill_page` puts them in."""


def fill_page(app, docname, source):
    """Put into a page of FILLED what this copy is, how to cite it, what changed (the event `source-read`; Jinja, as in Sphinx's templates)."""
    if docname not in FILLED:
        return
    told = {
        "name": NAME,
        "version": read_version(),
        "label": label(),
        "edition": being_published(),
        "day": spell(day()),
        "commit": commit(),
        "record_end": spell(record_end()),
        "published": published(),
        "repository": citation().get("repository-code", ""),
        "url": citation().get("url", ""),
        **cite(),
    }
    if docname == "book/changes":
        told["changes"] = since_last()
        for path in [*BOOK.glob("*.ipynb"), *BOOK.glob("*.md"), *(ROOT / "data").glob("*.csv")]:
            app.env.note_dependency(str(path))
    source[0] = jinja2.Template(source[0]).render(told)


def finish_page(app, pagename, templatename, context, doctree):
    """Mark languages in a page's text, make wide tables scroll inside themselves, and say in its head what the page is about;
    an EPUB has neither scrolling nor such a head, and links its own sheets alone."""
    book = app.builder.name == "epub"
    if book:
        context["html_tag"] = context["html_tag"].replace(">", ' lang="en" xml:lang="en">')
        context["metatags"], context["pageurl"] = "", None
        context["css_files"] = [
            sheet
            for sheet in context["css_files"]
            if str(getattr(sheet, "filename", sheet)).rpartition("/")[2] in EPUB_SHEETS
        ]
    if not context.get("body"):
        return
    if doctree and not book:
        if pagename == app.config.root_doc and context["pageurl"]:
            context["pageurl"] = (
                app.config.html_baseurl
            )  # the front page stands at the root as well
        title = html.unescape(re.sub(r"<[^>]+>", "", context["title"]))
        card = f"_static/cards/{pagename.split('/')[-1]}.png"
        write_card(Path(app.outdir) / card, title, citation()["title"])
        context["metatags"] += share_lines(
            title,
            description(doctree),
            context["pageurl"],
            app.config.html_baseurl and app.config.html_baseurl + card,
            context["docstitle"],
        )
    if not hasattr(app, "companion_chinese"):
        app.companion_chinese = chinese_titles()
    body = mark_languages(context["body"], app.companion_chinese)
    if book:
        context["body"] = re.sub(r'(<[^>]*) lang="([\w-]+)"', r'\1 lang="\2" xml:lang="\2"', body)
        return
    body = re.sub(
        r'<table class="[^"]*\btable\b.*?</table>',
        lambda table: for_phones(closed(table[0])),
        body,
        flags=re.S,
    )
    body = re.sub(
        r'<div class="pst-scrollable-table-container">(<table [^>]*class="[^"]*chips-.*?</table>)',
        lambda table: with_chips(table[1]) + table[0],
        body,
        flags=re.S,
    )
    body = re.sub(
        r'(<table [^>]*class="[^"]*docutils.*?</table>)',
        scrolling(r"\1", "Table"),
        body,
        flags=re.S,
    )
    context["body"] = body


def escape_title(app, pagename, templatename, context, doctree):
    """Make text of a page's title, which the theme writes into its heading for print as HTML; after the theme's own handler."""
    if "pagetitle" in context:
        context["pagetitle"] = html.escape(context["pagetitle"])


def describe_edition(app, pagename, templatename, context, doctree):
    """Give a page the meta elements from which a reference manager learns title, editors, date, edition and PDF."""
    about = citation()
    pairs = [
        ("citation_title", about["title"]),
        *(("citation_author", author["name"]) for author in about["authors"]),
        ("citation_publication_date", day().replace("-", "/")),
        ("citation_language", "en"),
        ("DC.title", about["title"]),
        *(("DC.creator", author["name"]) for author in about["authors"]),
        ("DC.date", day()),
        ("DC.type", "Text"),
        ("DC.language", "en"),
        ("DC.identifier", f"{about['title']}, {label()}"),
    ]
    if version := being_published():
        path = f"{NAME}-{version}.pdf"
        pairs.append(
            (
                "citation_pdf_url",
                f"{about['url'].rstrip('/')}/{version}/{path}"
                if "url" in about
                else context["pathto"](path, 1),
            )
        )
    context["metatags"] = context.get("metatags", "") + "".join(
        f'\n<meta name="{name}" content="{html.escape(value)}">' for name, value in pairs
    )


def description(doctree, limit=200):
    """Return what a page is about in at most `limit` characters: its summary in plain language, or its first paragraph of text.

    Whole sentences where they fill a good part of the room, otherwise as many words as fit; "" where the page has no such paragraph.
    """
    texts = [
        " ".join(node.astext().split())
        for node in doctree.findall(nodes.paragraph)
        if isinstance(node.parent, (nodes.section, part))
        and not (
            node.astext().strip()
            and isinstance(next(child for child in node if child.astext().strip()), nodes.strong)
            and "plain language" not in node.astext()[:20]
        )
    ]
    text = min(
        texts, key=lambda text: not text.startswith("In plain language. "), default=""
    ).removeprefix("In plain language. ")
    sentences = re.split(r"(?<=[.?!]) (?=[A-Z“])", text)
    whole = [" ".join(sentences[:count]) for count in range(len(sentences) + 1)]
    fits = max((part for part in whole if len(part) <= limit), key=len)
    return fits if len(fits) > limit * 0.4 else textwrap.shorten(text, limit, placeholder=" …")


def share_lines(title, about, address, picture, site):
    """Return the lines of a page's head from which other programs show it: as a search result, as a card in a message.

    `address` of the page and of its `picture` are whole addresses, which such programs ask for; both are empty
    where the book does not know its own.
    """
    told = {
        "og:type": "article",
        "og:site_name": site,
        "og:title": title,
        "og:description": about,
        "og:url": address,
        "og:image": picture,
        "og:image:width": picture and "1200",
        "og:image:height": picture and "630",
        "og:image:alt": picture and f"{title}. {site}",
    }
    lines = [
        f'<meta property="{name}" content="{html.escape(value)}" />'
        for name, value in told.items()
        if value
    ]
    named = {"description": about, "twitter:card": picture and "summary_large_image"}
    return "\n".join(
        [
            "",
            *lines,
            *(
                f'<meta name="{name}" content="{html.escape(value)}" />'
                for name, value in named.items()
                if value
            ),
        ]
    )


CARD = """<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" font-family="Liberation Sans">
<rect width="1200" height="630" fill="{paper}"/><rect width="24" height="630" fill="{blue}"/><g transform="translate(980 400) scale(5)">{mark}</g>
<g font-size="68" font-weight="bold" fill="{ink}">{lines}</g><text x="90" y="545" font-size="36" fill="{gray}">{site}</text></svg>"""


def write_card(path, title, site):
    """Begin to write the picture that stands for a page when it is shared: its title and the book's (PNG, 1200 by 630 pixels, equal bytes for equal titles)."""
    lines = textwrap.wrap(title, 28)
    drawn = CARD.format(
        **PALETTE,
        paper="#f7f5f0",
        site=html.escape(site),
        mark=re.search(
            r"<g.*</g>", (PRESS / "static" / "favicon.svg").read_text(encoding="utf-8"), re.S
        )[0],
        lines="".join(
            f'<text x="90" y="{150 + 84 * number}">{html.escape(line)}</text>'
            for number, line in enumerate(lines)
        ),
    )
    paint(drawn, path, scale=1)
