"""What a small box shows of a source, a term, a claim or a figure where a page links to it; `previews.js` shows it.

It is a script file, like the list of the search, and gives no verdict away before a reader opens it.
"""

import hashlib
import html
import json

from bs4 import NavigableString

from press.finding import (
    all_figures,
    all_works,
    caption,
    cards,
    claims,
    entries,
    judged_from,
    pages_of,
    read_article,
    words,
    write_script,
)
from press.swap import write


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


def previews(article):
    """Return {id: [what it is, HTML, drawing or ""]} of the works, terms and figures of an article; call before `entries`."""
    told = {}
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


def _of_claims(found):
    for claim in found:
        read = html.escape(claim["title"])
        read += f" <em>{html.escape(claim['text'])}</em>" if claim.get("text") else ""
        yield claim["at"].rpartition("#")[2], [f"Claim {claim['name']}, {claim['of']}", read, ""]


def _look(page, text, rests):
    article = read_article(text)
    told = {"cards": cards(article, page), "previews": previews(article)}
    return told | {"entries": entries(article, page, *rests)}


def write_finding(out, env):
    """Write what `search.js` and `previews.js` look up beside the pages of a built site.

    What was found on a page is kept beside the site, so that the next build reads only the pages that changed.
    """
    path, rests = out.parent / ".finding.json", judged_from()
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    key = json.dumps([env.companion_keys["frame"], rests])
    looked = {}
    for page, text in pages_of(out, env).items():
        name = hashlib.sha256(f"{key}\0{page}\0{text}".encode()).hexdigest()
        looked[name] = kept.get(name) or _look(page, text, rests)
    write(path, json.dumps(looked, ensure_ascii=False))
    found = list(claims(card for told in looked.values() for card in told["cards"]))
    boxes = dict(_of_claims(found))
    for told in looked.values():
        boxes |= told["previews"]
        found += told["entries"]
    write_script(out / "_static" / "preview-index.js", "companionPreviews", boxes)
    write_script(out / "_static" / "search-index.js", "companionEntries", found)
