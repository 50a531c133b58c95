"""A PDF of each chapter, cut from the book's by its bookmarks: with a line on its first page that says whence, and links that work."""

import html
import warnings
from io import BytesIO

import pikepdf
import vl_convert
import yaml

from press.edition import NAME, ROOT, label, read_version
from press.fonts import paper_fonts
from press.pdf import stable_pdf
from press.screen_pages import ON_SCREEN

PARTS = ("Articles", "Evidence")
"""The parts of the book whose pages are read by themselves."""


def chapter_names():
    """Return [(page, part)] of the pages that get a PDF of their own, in the order of the contents, without those left to the screen."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [
        (one["file"].rpartition("/")[2], part["caption"])
        for part in toc.get("parts", [])
        if part.get("caption") in PARTS
        for one in part["chapters"]
        if one["file"] not in ON_SCREEN
    ]


def chapter_file(page):
    """Return what the PDF of a page is called: alliances-in-transition-<version>-<page>.pdf."""
    return f"{NAME}-{read_version()}-{page}.pdf"


def _destinations(node):
    """Return {name: destination} of a name tree."""
    told = list(node.get("/Names", []))
    found = {str(name): value for name, value in zip(told[::2], told[1::2])}
    for kid in node.get("/Kids", []):
        found |= _destinations(kid)
    return found


def _array(value):
    return value.D if isinstance(value, pikepdf.Dictionary) else value


def _target(item, named):
    """Return where a bookmark leads, as an explicit destination."""
    told = item.destination
    if told is None and item.action is not None:
        told = item.action.get("/D")
    return _array(named[str(told)]) if not isinstance(told, pikepdf.Array) else told


def _bookmarks(book, named):
    """Return [(part, title, number of the first page, [(title of a section, destination)])] of all chapters, in order."""
    numbers = {page.objgen: number for number, page in enumerate(book.pages)}
    found = []
    with book.open_outline() as outline:
        for top in outline.root:
            inside = [
                (top.title, item, [(one.title, _target(one, named)) for one in item.children])
                for item in top.children
            ]
            for part, item, sections in inside or [("", top, [])]:
                first = numbers[_target(item, named)[0].objgen]
                found.append((part, str(item.title), first, sections))
    return found


def cut_chapters(path, folder, book_name):
    """Cut the chapters of the PDF at `path` into `folder`; return their paths. Errors: ValueError where bookmarks and contents differ.

    A link within the chapter stays one, a link to another chapter opens the book's PDF, which is expected beside it as `book_name`.
    """
    made, wanted = [], chapter_names()
    if not wanted:
        return made
    with pikepdf.open(path) as book:
        named = _destinations(book.Root.Names.Dests)
        marks = _bookmarks(book, named)
        chapters = [
            (mark, following[2])
            for mark, following in zip(marks, [*marks[1:], ("", "", len(book.pages), [])])
            if mark[0] in PARTS
        ]
        if len(chapters) != len(wanted):
            raise ValueError(
                f"{path.name}: found {len(chapters)} chapters by bookmark, expected {len(wanted)}"
            )
        for (page, _), ((_, title, first, sections), end) in zip(wanted, chapters):
            made.append(
                _cut(
                    book,
                    book_name,
                    named,
                    title,
                    range(first, end),
                    sections,
                    folder / chapter_file(page),
                )
            )
    return made


def _cut(book, book_name, named, title, numbers, sections, target):
    pages = {book.pages[number].objgen: place for place, number in enumerate(numbers)}
    inside = {
        name: _array(value) for name, value in named.items() if _array(value)[0].objgen in pages
    }
    with pikepdf.new() as told:
        with warnings.catch_warnings():  # its links are led anew below
            warnings.simplefilter("ignore")
            told.pages.extend([book.pages[number] for number in numbers])

        def here(place):
            return pikepdf.Array([told.pages[pages[place[0].objgen]].obj, *list(place)[1:]])

        for page, number in zip(told.pages, numbers):
            notes = []
            for note in book.pages[number].get("/Annots", []):
                copied = told.copy_foreign(_unhook(book, note))
                action = note.get("/A", {})
                place = action.get("/D", note.get("/Dest"))
                if place is not None:
                    _lead(told, copied, str(place), inside, here, book_name)
                notes.append(told.make_indirect(copied))
            if notes:
                page.obj.Annots = pikepdf.Array(notes)
        with told.open_outline() as outline:
            top = pikepdf.OutlineItem(title, here([book.pages[numbers[0]].obj, pikepdf.Name.Fit]))
            for name, place in sections:
                top.children.append(pikepdf.OutlineItem(str(name), here(place)))
            outline.root.append(top)
        _say_whence(told)
        told.docinfo["/Title"] = f"{title}. Alliances in Transition: A Research Companion"
        for key in ("/Author", "/Subject"):
            told.docinfo[key] = str(book.docinfo.get(key, ""))
        told.Root.Lang = pikepdf.String("en-US")
        told.remove_unreferenced_resources()
        told.save(
            target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate
        )
    return target


def _unhook(book, note):
    """Return a link of the book without what ties it to its page, which would bring the whole book along."""
    kept = {
        key: note[key]
        for key in ("/Type", "/Subtype", "/Border", "/H", "/C", "/Rect")
        if key in note
    }
    action = note.get("/A", {})
    if "/URI" in action:
        kept["/A"] = pikepdf.Dictionary(
            Type=pikepdf.Name.Action, S=pikepdf.Name.URI, URI=action.URI
        )
    return book.make_indirect(pikepdf.Dictionary(kept))


def _lead(told, note, name, inside, here, book_name):
    """Lead a link to its place in the chapter, or in the book beside it."""
    if name in inside:
        note.Dest = here(inside[name])
    else:
        note.A = pikepdf.Dictionary(
            Type=pikepdf.Name.Action,
            S=pikepdf.Name.GoToR,
            F=pikepdf.String(book_name),
            D=pikepdf.String(name),
        )


def _say_whence(told):
    """Set two lines at the head of the first page: of which book and edition this is a chapter."""
    vl_convert.register_font_directory(str(paper_fonts()))
    first = told.pages[0]
    left, bottom, right, top = (float(one) for one in first.mediabox)
    width, height = right - left, top - bottom
    lines = (
        f"A chapter of Alliances in Transition: A Research Companion. The companion’s editors, {label()}.",
        "Text CC BY 4.0, without the restated expression, quotations and third-party data. Links to other chapters open the book’s PDF beside this file.",
    )
    told_lines = "".join(
        f'<text x="59" y="{30 + 9 * number}">{html.escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="Companion Sans" font-size="6.6" fill="#444">{told_lines}</svg>'
    )
    with pikepdf.open(BytesIO(stable_pdf(vl_convert.svg_to_pdf(svg)))) as drawn:
        form = told.copy_foreign(drawn.pages[0].as_form_xobject())
    # Not `add_overlay`, which draws a name for it by lot.
    resources = first.obj.Resources
    resources.XObject = pikepdf.Dictionary({**resources.get("/XObject", {}), "/Whence": form})
    first.contents_add(b"q\n", prepend=True)
    first.contents_add(b"\nQ q /Whence Do Q")
