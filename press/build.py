"""What `make` calls: build the book beside the good one and swap, press the PDF, store notebook outputs.

Usage: python -m press.build book | html | pdf | epub | notebooks | edition | seminar
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from press.bundle import EXEMPT, manifest, pack
from press.command import BuildError, alone, call, is_full, main
from press.edition import NAME, ROOT, git, label, read_version
from press.menu import add_files
from press.notebooks import name_cells, notebooks
from press.policy import policy
from press.sheets import write_sheets
from press.swap import put_in_place, restore
from press.tex import advise, find_faults, find_wide, missing_for_pdf

WORK = ROOT / "_build" / "next"  # what is being built; the good book stays until this one is whole
MADE = WORK / "_build"


def _environment():
    stamp = (
        subprocess.run(
            ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True
        ).stdout.strip()
        or "1763769600"
    )
    return {
        **os.environ,
        "SOURCE_DATE_EPOCH": stamp,
        "FORCE_SOURCE_DATE": "1",
        "PYTHONUTF8": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "book")]),
    }


# Python would search Sphinx's large heap for garbage again and again, a sixth of a build's time; half a gigabyte is enough without.
SPHINX = "import gc; gc.disable(); import press, companion; from jupyter_book.cli.main import main; main()"


def _sphinx(builder):
    words = [
        sys.executable,
        "-c",
        SPHINX,
        "build",
        ".",
        "--path-output",
        str(WORK),
        "-W",
        "--keep-going",
        *(
            ["--builder", builder]
            if builder in ("html", "latex")
            else ["--builder", "custom", "--custom-builder", builder]
        ),
    ]
    code, text = call(words, ROOT / "_build" / f"{builder}.log", cwd=ROOT, env=_environment())
    if code:
        raise _failed(builder, reason(text), text)


def _failed(task, what, log):
    """Return the error of a build that failed; what it had read of the pages goes.

    A doctree written before the failure would let the next build pass with the fault in the page.
    """
    shutil.rmtree(MADE / ".doctrees", ignore_errors=True)
    if is_full(log):
        what = "_build: no space left on the disk; expected a gigabyte of free space"
    return BuildError(
        f"{what}\n{task}: the build failed; the last good one is untouched. All output: _build/{task}.log"
    )


def reason(log):
    """Return the lines of a Sphinx log that tell a person what to mend: page, line or cell, and what was found."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", log).replace(str(ROOT) + os.sep, "")
    if fault := re.search(r"^Notebook fault:\n(.*?)(?=^Traceback|\Z)", plain, re.S | re.M):
        return fault[1].strip()
    said = [
        line.strip()
        for line in name_cells(plain).splitlines()
        if re.search(r"(WARNING|ERROR|CRITICAL|Error): \S", line) and "IPKernelApp" not in line
    ]
    said = [re.sub(r"Unknown directive type: '(\w+).*", _of_extension, line) for line in said]
    return "\n".join(dict.fromkeys(said)) or plain[-2000:]


def _of_extension(found):
    """Return what is said of an unknown directive, with the package that brings it."""
    package = {"exercise": "sphinx-exercise", "solution": "sphinx-exercise", "prf": "sphinx-proof"}
    told = found[0].partition(" [")[0]
    if found[1] not in package:
        return told
    name = package[found[1]]
    return f"{told}; expected a directive of this book, or `{name}` in requirements.txt and {name.replace('-', '_')} in `extensions` of _config.yml"


def _inputs():
    """Return a digest of all that a build reads: every page, module, data file and setting, and the commit it prints."""
    files = [
        path
        for folder in ("book", "data", "press")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
    ]
    total = hashlib.sha256((sys.version + _environment()["SOURCE_DATE_EPOCH"] + label()).encode())
    for path in sorted(
        files
        + [
            ROOT / name
            for name in (
                "_config.yml",
                "_toc.yml",
                "CITATION.cff",
                "constraints.txt",
                "requirements.txt",
            )
        ]
    ):
        total.update(f"{path.relative_to(ROOT).as_posix()}\0".encode() + path.read_bytes())
    return total.hexdigest()


def _stamp(made):
    return ROOT / "_build" / f".{made.suffix[1:]}.inputs"


def _is_current(made):
    """Tell whether `made` was built from the inputs as they are."""
    stamp = _stamp(made)
    return made.exists() and stamp.exists() and stamp.read_text() == _inputs()


def _keep(made, good, inputs):
    """Put a copy of the file that was made in the place of the good one."""
    new = good.with_name(f"{good.name}.new")
    new.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made, new)
    put_in_place(new, good, _stamp(good), inputs)


def html():
    """Build the HTML book, then put it in place of the old one. Returns the path of its front page."""
    new, good = ROOT / "_build" / "html.new", ROOT / "_build" / "html"
    front = good / "index.html"
    if _is_current(front):
        return front
    inputs = _inputs()  # before the build: what changes during it is not in the book
    _sphinx("html")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(MADE / "html", new)
    told = policy(new)
    put_in_place(new, good, _stamp(front), inputs)
    print(f"Content-Security-Policy: {told}")
    return front


def _pdf_path():
    return ROOT / "_build" / "pdf" / f"{NAME}-{read_version()}.pdf"


def _press(inputs):
    """Turn the LaTeX that Sphinx wrote into the PDF and put it in place. A glyph that no font has, or a dead reference, is an error."""
    good, folder = _pdf_path(), MADE / "latex"
    code, text = call(
        ["latexmk", "-xelatex", "-interaction=nonstopmode", "-halt-on-error", "book.tex"],
        ROOT / "_build" / "pdf.log",
        cwd=folder,
        env=_environment(),
    )
    log = (
        (folder / "book.log").read_text(encoding="utf-8", errors="replace")
        if (folder / "book.log").exists()
        else text
    )
    faults = find_faults(log, code)
    if not code:
        faults += find_wide(log, (folder / "book.tex").read_text(encoding="utf-8"))
    if code or faults:
        (folder / "book.pdf").unlink(missing_ok=True)
        raise _failed("pdf", "\n".join(faults or [text[-2000:]]), text + log)
    from press.chapter_pdf import cut_chapters  # slow to import, for a build with nothing to do

    good.parent.mkdir(parents=True, exist_ok=True)
    for old in good.parent.glob(f"{good.stem}-*.pdf"):
        old.unlink()
    try:
        cut_chapters(folder / "book.pdf", good.parent, good.name)
    except ValueError as error:
        raise _failed("pdf", str(error), text + log) from error
    _keep(folder / "book.pdf", good, inputs)


def pdf(beside=lambda: None):
    """Build the PDF, and call `beside` while TeX is at work. Returns its path."""
    if lacks := missing_for_pdf():
        raise BuildError(advise(lacks))
    if _is_current(_pdf_path()):
        beside()
        return _pdf_path()
    inputs = _inputs()
    _sphinx("latex")
    with ThreadPoolExecutor(1) as press:
        pressing = press.submit(_press, inputs)
        beside()
    pressing.result()
    return _pdf_path()


def epub():
    """Build the EPUB, then put it in place of the old one. Returns its path."""
    good = ROOT / "_build" / "epub" / f"{NAME}-{read_version()}.epub"
    if _is_current(good):
        return good
    inputs = _inputs()
    shutil.rmtree(MADE / "epub", ignore_errors=True)  # all that lies there is packed
    _sphinx("epub")
    _keep(MADE / "epub" / "book.epub", good, inputs)
    return good


def book():
    """Build both; where the PDF's tools are missing, build the HTML and say what installs them."""
    if missing_for_pdf():
        print(html().relative_to(ROOT))
    try:
        made = pdf(beside=html)
    except BuildError as error:
        if not missing_for_pdf():
            raise
        print(f"No PDF was built. {error}")
    else:
        front = html()
        add_files(front.parent, made)
        print(front.relative_to(ROOT), made.relative_to(ROOT), sep="\n")


def edition():
    """Build all that an edition publishes into _build/edition: HTML, PDF, EPUB, data package, zip for reading offline, manifest."""
    new, good = ROOT / "_build" / "edition.new", ROOT / "_build" / "edition"
    made, name = pdf(beside=html), f"{NAME}-{read_version()}"
    when = time.gmtime(int(_environment()["SOURCE_DATE_EPOCH"]))[:6]
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(html().parent, new)
    add_files(new, made, epub())
    pack(ROOT / "data", new / f"{name}-data.zip", f"{name}-data", when)
    (new / EXEMPT[0]).write_text(manifest(new), encoding="utf-8")
    pack(new, ROOT / "_build" / "offline.zip", name, when)
    (ROOT / "_build" / "offline.zip").replace(new / f"{name}.zip")
    (new / EXEMPT[0]).write_text(manifest(new), encoding="utf-8")
    put_in_place(new, good)
    return good


def seminar():
    """Write run sheets, worksheets and bundles of all sessions into _build/seminar. Returns the folder."""
    new, good = ROOT / "_build" / "seminar.new", ROOT / "_build" / "seminar"
    site = html().parent
    shutil.rmtree(new, ignore_errors=True)
    if missing := write_sheets(site, new):
        print(missing)
    put_in_place(new, good)
    return good


def run(task):
    """Run one of TASKS, alone in this checkout, after mending what a killed build left."""
    with alone("build") as cut_off:
        if cut_off:
            shutil.rmtree(WORK, ignore_errors=True)  # some of it may be half written
        restore(ROOT / "_build")
        if (ROOT / ".git").exists() and not git("rev-parse", "--git-dir"):
            print(
                "git does not read this checkout, so that pages say 'commit not recorded'; "
                "expected one that you own, or what `git status` advises",
                file=sys.stderr,
            )
        return TASKS[task]()


TASKS = {task.__name__: task for task in (book, html, pdf, epub, notebooks, edition, seminar)}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in TASKS:
        sys.exit(f"usage: python -m press.build {' | '.join(TASKS)}")
    main(run, sys.argv[1], kept="the book that was built last is as it was")
