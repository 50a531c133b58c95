"""The download menu of a page: what there is of this page, then of the book, with its sizes.

A page is written before the PDF is pressed, so the menus are filled in the folder of a site once all its
files are there; a link stands only where its file does.
"""

import html
import re
import shutil
from pathlib import Path

from press.edition import NAME, read_version

MENU = re.compile(
    r'(<div class="dropdown dropdown-download-buttons">.*?<ul class="dropdown-menu">)(.*?)(</ul>)',
    re.S,
)
ITEM = re.compile(r"<li\b.*?</li>", re.S)


def size(path):
    """Return the size of a file as a menu tells it: "84 KB", "2.0 MB"."""
    count = path.stat().st_size
    return f"{max(1, round(count / 1024))} KB" if count < 1_000_000 else f"{count / 1024**2:.1f} MB"


def _heading(words):
    return f'<li class="menu-heading">{words}</li>'


def _link(path, site, above, words, ending):
    href, told = above + path.relative_to(site).as_posix(), ""
    if ending == "zip":
        told = f' title="Unpack it; there: pip install -r requirements.txt, then jupyter lab {path.stem}.ipynb"'
    return (
        f'<li class="menu-file"><a class="btn btn-sm dropdown-item" href="{html.escape(href)}"{told} download>'
        f'<span class="btn__icon-container"><i class="fas fa-file{"-pdf" * (ending == "pdf")}"></i></span>'
        f'<span class="btn__text-container">{words} <span class="menu-size">(.{ending}, {size(path)})</span></span></a></li>'
    )


def _items(page, site, old):
    """Return the items of a page's menu; `old` are those that the theme or an earlier call wrote."""
    above = "../" * (len(page.relative_to(site).parts) - 1)
    name, items = page.stem, [_heading("This page")]
    files = [
        (site / "notebooks" / f"{name}.zip", "Notebook that runs", "zip"),
        (site / f"{NAME}-{read_version()}-{name}.pdf", "This chapter", "pdf"),
    ]
    items += [_link(path, site, above, words, end) for path, words, end in files if path.exists()]
    items += [  # the theme's: the text of a page that is no notebook, and what prints the page
        item
        for item in old
        if "data-print" in item or ("btn-download-source-button" in item and '.ipynb"' not in item)
    ]
    files = [
        (site / f"{NAME}-{read_version()}.{end}", f"The book as {end.upper()}", end)
        for end in ("pdf", "epub")
    ]
    book = [_link(path, site, above, words, end) for path, words, end in files if path.exists()]
    return items + [_heading("The book")] * bool(book) + book


def fill_menus(site):
    """Fill the download menus of all pages in the folder of a site. What they said before is replaced."""
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        if found := MENU.search(text):
            items = "".join(_items(page, site, ITEM.findall(found[2])))
            filled = text[: found.start(2)] + items + text[found.end(2) :]
        else:
            filled = text
        if filled != text:
            page.write_text(filled, encoding="utf-8")


def add_files(site, *paths):
    """Copy files, and with the PDF of the book those of its chapters, into the folder of a site, and let its menus offer them."""
    for path in paths:
        for one in (path, *path.parent.glob(f"{path.stem}-*{path.suffix}")):
            shutil.copyfile(one, site / one.name)
    fill_menus(site)


def word_menu(app, pagename, templatename, context, doctree):
    """Word what the theme's items say (the event `html-page-context`, after the theme's own handler)."""
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if button.get("label") == "download-pdf-button":  # which prints the page
                button.update(text="Print this page", tooltip="Print it, or keep it as PDF")
            if button.get("label") == "download-source-button":
                button.update(text="Text of this page (.md)", tooltip="As the editors wrote it")


def fill_built(app, error):
    """After a build, fill the menus with what the build made (the event `build-finished`)."""
    if not error and app.builder.name == "html":
        fill_menus(Path(app.outdir))
