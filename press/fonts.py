"""Type: the fonts that pages and PDF share, cut for each.

`press/fonts/` holds static faces of Source Serif 4 and Source Sans 3 (SIL Open Font License, beside them), which keep
Latin, Cyrillic, figures and signs. As the license reserves the name Source for unchanged fonts, these are called Companion.
"""

import hashlib
import shutil
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from press.edition import PRESS, ROOT

FONTS = PRESS / "fonts"

WEB = (
    "serif-regular",
    "serif-italic",
    "serif-semibold",
    "sans-regular",
    "sans-italic",
    "sans-semibold",
)
"""The faces of the site; a page asks only for those it uses."""

SIGNS = "–—‘’“”…−×≈≤≥→←↑↓•·′″€£¥₂²³½¼¾†‡−∞Δσρμ"
LETTERS = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x100)])) + "āēīōūŌŪŏŭŎŬčšžŠŽłńśźżćĀĪ"
FEATURES = ["kern", "liga", "ccmp", "mark", "locl", "lnum", "tnum"]


def cut(name):
    """Return the path of a face of the site as WOFF2, kept in _build/.figures by what it is cut from and to."""
    source = FONTS / f"{name}.woff2"
    asked = f"{LETTERS}{SIGNS}{FEATURES}".encode() + source.read_bytes()
    path = ROOT / "_build" / ".figures" / f"{name}-{hashlib.sha256(asked).hexdigest()[:16]}.woff2"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False)
        font = TTFont(source, recalcTimestamp=False)
        cutter = subset.Subsetter(options)
        cutter.populate(text=LETTERS + SIGNS)
        cutter.subset(font)
        subset.save_font(font, str(path), options)
    return path


def web_fonts(app, error):
    """Put the faces of the site beside its pages (the event `build-finished`)."""
    if error or app.builder.name != "html":
        return
    folder = Path(app.outdir) / "_static" / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    for name in WEB:
        shutil.copyfile(cut(name), folder / f"{name}.woff2")
    for license_ in FONTS.glob("OFL-*.txt"):
        shutil.copyfile(license_, folder / license_.name)


def paper_fonts():
    """Return the folder with all faces as TrueType, which is what TeX and drawings read; made once, in _build/.fonts."""
    folder = ROOT / "_build" / ".fonts"
    folder.mkdir(parents=True, exist_ok=True)
    for source in FONTS.glob("*.woff2"):
        made = folder / f"{source.stem}.ttf"
        if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            font = TTFont(source, recalcTimestamp=False)
            font.flavor = None
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
