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


WIDE = re.compile(
    r"Overfull \\hbox \(([\d.]+)pt too wide\) (?:in paragraph|in alignment|detected) at lines? (\d+)(?:--(\d+))?"
)


def find_wide(log, source, most=6):
    """Return a line for each place where more than `most` points run over the edge of the column: page of the book, excess, words.

    `source` is the LaTeX that TeX read.
    """
    lines, told = source.splitlines(), {}
    pages = [
        (number, found[1])
        for number, line in enumerate(lines, 1)
        if (found := re.search(r"\\label\{\\detokenize\{([^{}:]+)::doc\}\}", line))
    ]
    for excess, first, last in WIDE.findall(log):
        if float(excess) <= most:
            continue
        first, last = int(first), int(last or first)
        page = next((name for number, name in reversed(pages) if number <= first), "the book")
        text = " ".join(lines[max(first - 1, 0) : last])
        text = re.sub(r"\\hspace\{0pt\}|\\[A-Za-z]+\*?(?:\[[^\]]*\])?|[{}\\&]", " ", text)
        words = " ".join(text.split())[:70]
        told[page, words] = max(float(excess), told.get((page, words), 0))
    return [
        f"{page}: runs {excess:.0f} points over the edge of the paper: '{words}'; expected what fits or can break"
        for (page, words), excess in told.items()
    ]
