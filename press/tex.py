"""TeX: what the PDF needs of a machine, and the faults in its log."""

import re
import shutil
import subprocess

LATEX_NEEDS = {
    "Debian or Ubuntu": "sudo apt-get install --no-install-recommends $(cat apt.txt)",
    "Fedora": "sudo dnf install latexmk texlive-scheme-medium texlive-xecjk texlive-titlesec texlive-tocloft google-noto-serif-cjk-fonts google-noto-sans-cjk-fonts liberation-fonts",
    "macOS": "brew install --cask mactex font-noto-serif-cjk font-noto-sans-cjk font-liberation",
}


def missing_for_pdf():
    """Return what the PDF needs and this machine lacks, by name; empty where all is there."""
    lacks = [tool for tool in ("latexmk", "xelatex", "makeindex") if not shutil.which(tool)]
    if not lacks and shutil.which("kpsewhich"):
        for style in (
            "titlesec.sty",
            "tocloft.sty",
            "xeCJK.sty",
            "tabulary.sty",
            "newunicodechar.sty",
        ):
            if not subprocess.run(
                ["kpsewhich", style], capture_output=True, text=True
            ).stdout.strip():
                lacks.append(style)
    if not lacks and shutil.which("fc-list"):
        fonts = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True).stdout
        lacks += [font for font in ("Liberation Mono", "Noto Serif CJK JP") if font not in fonts]
    return lacks


def advise(lacks):
    """Return what to say where the PDF's tools are missing: what they are and what installs them on each system."""
    return f"The PDF needs {', '.join(lacks)}. Install it with\n" + "\n".join(
        f"  {system}: {line}" for system, line in LATEX_NEEDS.items()
    )


def find_faults(log, code):
    """Return the lines of TeX's log that stop a book: an error, a glyph that no font has, a dead reference."""
    faults = re.findall(r"^! .*$", log, re.M) if code else []
    faults += sorted(set(re.findall(r"Missing character: There is no .*", log)))
    return faults + sorted(
        set(
            re.findall(r"LaTeX Warning: (?:Reference|Hyper reference|Citation) .* undefined.*", log)
        )
    )
