"""The EPUB: cover, what it says on accessibility, equal bytes."""

import html
import shutil
import zipfile
from pathlib import Path

from companion.theme import FONT, PALETTE
from press.drawing import png
from press.edition import day, label

EPUB_SHEETS = ("epub.css", "ebook.css")
ACCESS = {
    "accessMode": ("textual", "visual"),
    "accessModeSufficient": ("textual", "textual,visual"),
    "accessibilityHazard": ("none",),
    "accessibilityFeature": (
        "alternativeText",
        "longDescription",
        "structuralNavigation",
        "tableOfContents",
        "readingOrder",
    ),
    "accessibilitySummary": (
        "Every figure has a text alternative and a table of its data. The languages of passages are marked.",
    ),
}
"""What the EPUB says of itself to catalogs of accessible books (schema.org's terms)."""


def begin_epub(app):
    """Draw the cover that an e-reader's shelf shows: title, editors, version and date; leave out what only a site has, as the page for missing addresses."""
    if app.builder.name != "epub":
        return
    app.config.html_additional_pages = {}
    lines = [
        (150, 58, "Alliances"),
        (220, 58, "in Transition"),
        (290, 22, "A research companion to two articles"),
        (700, 22, "The companion’s editors"),
        (735, 18, f"{label()[0].upper()}{label()[1:]}, {day()}"),
    ]
    text = "".join(
        f'<text x="60" y="{y}" font-size="{size}" font-family="{FONT}" fill="white">{html.escape(line)}</text>'
        for y, size, line in lines
    )
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="800"><rect width="600" height="800" fill="{PALETTE["blue"]}"/>{text}</svg>'
    path = Path(app.outdir) / "_static" / "cover.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(png(drawn, scale=2), path)


def finish_epub(app, error):
    """After a build: the EPUB with what it says on accessibility, and without the times of its files, so that equal books have equal bytes."""
    if error or app.builder.name != "epub":
        return
    path = Path(app.outdir) / f"{app.config.epub_basename}.epub"
    with zipfile.ZipFile(path) as made:
        files = [(name, made.read(name)) for name in made.namelist()]
    told = "".join(
        f'  <meta property="schema:{name}">{value}</meta>\n'
        for name, values in ACCESS.items()
        for value in values
    )
    with zipfile.ZipFile(path, "w") as out:
        for name, content in files:
            entry = zipfile.ZipInfo(name)  # dated 1980, as zip begins
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            out.writestr(
                entry,
                content.replace(b"</metadata>", told.encode() + b"  </metadata>")
                if name == "content.opf"
                else content,
            )
