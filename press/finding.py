"""What a reader may look for, page by page: sections, claims, figures, tables, terms, events, works.

It is read from the pages as they were written, so that names, numbers and addresses are those a reader
sees. A sealed book gives nothing away before it is opened: of what came later a result says only where
it stands, and no claim tells its verdict. `search.js` looks through the list, which is a script file,
since a page on a disk may fetch nothing.
"""

import json
import re

from bs4 import BeautifulSoup, NavigableString, Tag  # with lxml, which pikepdf brings

from companion.data import load
from press.parts import CLAIM

UNREAD = (
    r"<svg\b.*?</svg>|<script\b.*?</script>|<!--.*?-->"
    r'|<div class="highlight-.*?</pre>\s*</div>\s*</div>'
)
"""What no search looks into: drawings, specifications, code."""

BLOCK_ENDS = r"(</(?:p|div|li|t[dhr]|d[dt]|h[1-6]|summary|caption|figcaption|blockquote)>|<br)"
"""Where words part though nothing stands between them."""

NUMBERED = re.compile(r"(?:Lin|Johnson)\b.*?\b([IVX]+(?:\.\d)?|\d)(?=:|$)")
LONGEST = 12_000
"""Characters of a data table that are looked through; no result shows them."""


def read_article(text):
    """Return the article of a built page, from its text, without drawings, scripts and code."""
    shown = re.sub(UNREAD, "", text, flags=re.S)
    article = BeautifulSoup(re.sub(BLOCK_ENDS, r" \1", shown), "lxml")
    for link in article.find_all(class_=["headerlink", "ways", "code-switch", "sign"]):
        link.decompose()
    return article


def words(node):
    """Return the text of a node in one line."""
    return " ".join(node.get_text().split())


def _take(nodes):
    """Return nodes, each out of its page, so that no section counts their text again."""
    return [node.extract() for node in nodes]


def all_figures(article):
    """Return the figures of an article that have an address."""
    return article.find_all("figure", class_="chart-figure", id=True)


def all_works(article):
    """Return the works that an article lists."""
    return [
        work
        for group in article.find_all("div", class_="references")
        for work in group.find_all("p", id=True)
    ]


def caption(node):
    """Return the number and the text of a caption, as nodes or None."""
    return (node.find(class_=f"caption-{part}") for part in ("number", "text"))


def entry(kind, title, address, text="", **more):
    """Return an entry: `key` are other names, `data` is looked through and never shown, `later` closes its text."""
    told = {"kind": kind, "title": title, "at": address, "text": text, **more}
    return {key: value for key, value in told.items() if value}


def _later(article, page):
    """Take what came later out of a page; return an entry for each, whose text no result shows."""
    found = []
    for part in _take(article.find_all("details", class_="part-since")):
        if part.get("id"):
            name = part["id"].removesuffix("-since")
            found.append((name, entry("later", "", f"{page}#{part['id']}", words(part), later=1)))
    _take(article.find_all(class_="computed-checked"))
    return found


def _figures(article, page):
    for figure in _take(all_figures(article)):
        _take(figure.find_all(class_="figure-later"))
        number, said_of_it = caption(figure)
        said = [words(one) for one in figure.find_all(class_="figure-source")]
        rows = figure.find("table")
        yield entry(
            "figure",
            words(said_of_it) if said_of_it else "",
            f"{page}#{figure['id']}",
            " ".join(said),
            name=words(number) if number else "Figure",
            data=words(rows)[:LONGEST] if rows else "",
        )


def _tables(article, page, sealed):
    for table in _take(article.find_all("table", id=True)):
        number, said_of_it = caption(table)
        events = table.find_all("tr", id=re.compile("^day-"))
        yield entry(
            "table",
            words(said_of_it) if said_of_it else "",
            f"{page}#{table['id']}",
            name=words(number) if number else "Table",
            data="" if events else words(table)[:LONGEST],
        )
        heads = [words(head) for head in table.find_all("th")]
        for row in events:
            cells = dict(zip(heads, (words(cell) for cell in row.find_all("td"))))
            day, at = cells[heads[0]], f"{page}#{row['id']}"
            who, what = cells.get("Who", ""), cells.get("What happened", "")
            yield entry("event", what, at, who, name=day, later=int(day > sealed))
    _take(article.find_all("table"))


def _terms(article, page):
    for group in _take(article.find_all("dl", class_="glossary")):
        terms = []
        for node in group.find_all(["dt", "dd"], recursive=False):
            if node.name == "dt":
                terms.append(node)
                continue
            for term in terms:
                others = [words(one) for one in terms if one is not term]
                yield entry("term", words(term), f"{page}#{term['id']}", words(node), key=others)
            terms = []


def _works(article, page):
    for work in _take(all_works(article)):
        yield entry("work", words(work), f"{page}#{work['id']}")


def cards(article, page):
    """Return [(id, address, whether it is folded)] of the claims' cards and entries in an article."""
    found = article.find_all("blockquote", id=CLAIM)
    return [(card["id"], f"{page}#{card['id']}", card.parent.name == "details") for card in found]


def claims(found):
    """Yield the claims whose card or entry a page holds, from the `cards` of all pages; the ledger's address, where it has one."""
    at = {}
    for name, address, folded in found:
        if name not in at or not folded:
            at[name] = address
    rows, sections = load("claims"), load("sections").set_index("label")["heading"]
    for row in rows.to_dict("records"):
        if row["id"].lower() in at:
            read = row["reading_judged"] if isinstance(row["reading_judged"], str) else ""
            evidence = row["evidence"] if isinstance(row["evidence"], str) else ""
            yield entry(
                "claim",
                row["claim"].rstrip(".") + ".",
                at[row["id"].lower()],
                f"Read {read}." if read else "",
                name=row["id"],
                of=sections.get(row["section"], ""),
                data=evidence,
            )


def _own(section):
    """Return the text of a section without its heading and the sections in it."""
    told = []
    for child in section.children:
        if isinstance(child, NavigableString):
            told.append(str(child))
        elif (
            isinstance(child, Tag)
            and child.name != "section"
            and not re.fullmatch("h[1-6]", child.name)
        ):
            told.append(words(child))
    return " ".join(" ".join(told).split())


def _label(section):
    """Return the address of a section within its page: the label its author gave it, else the one made of its title."""
    named = [one["id"] for one in section.find_all("span", id=True, recursive=False)]
    return named[-1] if named else section["id"]


def _sections(article, page, headings, closed):
    top = article.find("section")
    for section in article.find_all("section", id=True):
        title = section.find(re.compile("^h[1-6]$"), recursive=False)
        if title is None:
            continue
        above = section.find_parent("section")
        label, kind = _label(section), "page" if section is top else "section"
        of = [
            words(one.find(re.compile("^h[1-6]$")))
            for one in (top, above)
            if one not in (None, section)
        ]
        heading = headings.get(label, "")
        number = NUMBERED.match(heading)
        yield entry(
            kind,
            words(title),
            page if kind == "page" else f"{page}#{label}",
            _own(section),
            of=" › ".join(dict.fromkeys(of)),
            key=[heading, number[1]] if number else [heading] if heading else [],
        )
        names = {label, section["id"]}
        for name, later in closed:
            if name in names:
                yield {
                    **later,
                    "title": f"Since then: {words(title)}",
                    "of": " › ".join(dict.fromkeys(of)),
                }


def _passages(article, page, headings):
    """Yield the passages within a section that the book names, such as a single recommendation."""
    for label in article.find_all(["span", "p", "li"], id=lambda one: one in headings):
        told = label.find_parent(["p", "li"]) or label
        if label.name == "span" and told is label:
            told = label.find_next(["p", "li", *(f"h{n}" for n in range(1, 7))])
        if told is not None and not re.fullmatch("h[1-6]", told.name):
            name = headings[label["id"]]
            yield entry("section", name, f"{page}#{label['id']}", words(told))


def judged_from():
    """Return what the entries of a page rest on beside its text: the day before which a book is sealed, and the sections' headings."""
    sealed = min(str(day)[:10] for day in load("articles")["judged_as_of"])
    return sealed, dict(load("sections")[["label", "heading"]].itertuples(index=False))


def entries(article, page, sealed, headings):
    """Return what can be found on a page, its claims apart; the article, from `read_article`, is taken apart."""
    found = list(_figures(article, page))
    _take(article.find_all(class_="computed-cards"))  # they tell verdicts
    closed = _later(article, page)
    found += _tables(article, page, sealed)
    found += _terms(article, page)
    found += _works(article, page)
    found += _sections(article, page, headings, closed)
    found += _passages(article, page, headings)
    return found


def write_script(path, name, told):
    """Write a value as a script file that assigns it to `window`, which a page on a disk can load too."""
    data = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    path.write_text(f"window.{name} = {data};\n", encoding="utf-8")


def pages_of(out, env):
    """Return {address: text of its article} of the pages of a built site in the order of the book; the root page stands at index.html."""
    root, order = env.config.root_doc, []

    def follow(page):
        if page not in order:
            order.append(page)
            for below in env.toctree_includes.get(page, []):
                follow(below)

    follow(root)
    order += sorted(env.found_docs - set(order))
    found = {}
    for page in order:
        if (out / f"{page}.html").exists():
            text = (out / f"{page}.html").read_text(encoding="utf-8")
            article = re.search(r"<article\b.*</article>", text, re.S)
            found["index" if page == root else page] = article[0] if article else ""
    return {f"{page}.html": text for page, text in found.items()}
