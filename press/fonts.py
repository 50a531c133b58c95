"""Type: the fonts that pages and PDF share. `python -m press.fonts` cuts those of the pages anew, into `press/static/fonts/`.

`press/fonts/` holds static faces of Source Serif 4 and Source Sans 3 (SIL Open Font License, beside them), which keep
Latin, Cyrillic, figures and signs. As the license reserves the name Source for unchanged fonts, these are called Companion.
"""

import shutil
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from press.edition import PRESS, ROOT

FONTS = PRESS / "fonts"

WEB = ("serif-regular", "serif-italic", "sans-regular", "sans-semibold")
"""The faces of the site, 33 KB together; what is bold on a page is set in the sans (`fonts.css`)."""

SIGNS = "\u00a0·×–—‘’“”†‡…→−≤≥"
LETTERS = "".join(map(chr, range(0x20, 0x7F))) + "åéö"
"""What the faces of the site hold; tests/test_fonts.py names what a page needs beside them."""

FEATURES = ["kern"]


def cut(name, folder):
    """Write a face of the site as WOFF2 into a folder, cut to LETTERS and SIGNS; return its path."""
    path = folder / f"{name}.woff2"
    options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False)
    font = TTFont(FONTS / f"{name}.woff2", recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=LETTERS + SIGNS)
    cutter.subset(font)
    subset.save_font(font, str(path), options)
    return path


def paper_fonts():
    """Return the folder with all faces as TrueType, which is what TeX and drawings read; made once, in _build/.fonts."""
    folder = ROOT / "_build" / ".fonts"
    folder.mkdir(parents=True, exist_ok=True)
    for source in FONTS.glob("*.woff2"):
        made = folder / f"{source.stem}.ttf"
        newest = max(source.stat().st_mtime, Path(__file__).stat().st_mtime)
        if not made.exists() or made.stat().st_mtime < newest:
            font = TTFont(source, recalcTimestamp=False)
            font.flavor = None
            for table in font["cmap"].tables:  # else the PDF's text has these for every hyphen
                for code in (0xAD, 0x2010, 0x2011):
                    table.cmap.pop(code, None)
            part = made.with_suffix(".part")
            font.save(part)
            part.replace(made)
    return folder


def write_paper_fonts(app, error):
    """Put all faces beside the LaTeX (the event `build-finished`)."""
    if error or app.builder.name != "latex":
        return
    for made in paper_fonts().glob("*.ttf"):
        shutil.copyfile(made, Path(app.outdir) / made.name)


if __name__ == "__main__":
    for face in WEB:
        print(cut(face, PRESS / "static" / "fonts"))
