"""What a small box shows of a source, a term, a claim or a figure where a page links to it; `previews.js` shows it.

It is a script file, like the list of the search, and gives no verdict away before a reader opens it.
"""

import html

from bs4 import NavigableString

from press.finding import (
    all_figures,
    all_works,
    caption,
    claims,
    entries,
    pages_of,
    words,
    write_script,
)


def _inner(node):
    """Return what is in a node as HTML without links, ids and blocks: what a small box may show."""
    shown = []
    for one in node.children:
        if isinstance(one, NavigableString):
            shown.append(html.escape(str(one), quote=False))
        elif one.name in ("em", "strong", "i", "b"):
            shown.append(f"<{one.name}>{_inner(one)}</{one.name}>")
        elif one.get("lang"):
            shown.append(f'<span lang="{html.escape(one["lang"])}">{_inner(one)}</span>')
        else:
            shown.append(_inner(one))
    return " ".join("".join(shown).split())


def previews(pages):
    """Return {id: [what it is, HTML, drawing or ""]} of works, terms, claims and figures; call before `entries`."""
    told = {}
    for claim in claims(pages):
        read = html.escape(claim["title"]) + (
            f" <em>{html.escape(claim['text'])}</em>" if claim.get("text") else ""
        )
        told[claim["at"].rpartition("#")[2]] = [f"Claim {claim['name']}, {claim['of']}", read, ""]
    for article in pages.values():
        for work in all_works(article):
            told[work["id"]] = ["Source", _inner(work), ""]
        for group in article.find_all("dl", class_="glossary"):
            for term in group.find_all("dt", id=True):
                meaning = term.find_next_sibling("dd")
                told[term["id"]] = [words(term), _inner(meaning), ""]
        for figure in all_figures(article):
            number, said = caption(figure)
            if number and said:
                # What a reader is asked to draw first no small box gives away.
                drawn = "" if figure.select("form.draw") else f"figures/{figure['id']}.svg"
                told[figure["id"]] = [words(number), _inner(said), drawn]
    return told


def write_finding(out, env):
    """Write what `search.js` and `previews.js` look up beside the pages of a built site."""
    pages = pages_of(out, env)
    write_script(out / "_static" / "preview-index.js", "companionPreviews", previews(pages))
    write_script(out / "_static" / "search-index.js", "companionEntries", entries(pages))
