"""What `make` calls: build the book beside the good one and swap, press the PDF, store notebook outputs.

Usage: python -m press.build book | html | pdf | epub | notebooks | edition
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

from press.edition import NAME, ROOT, label, read_version

WORK = ROOT / "_build" / "next"  # what is being built; the good book stays until this one is whole
MADE = WORK / "_build"
LATEX_NEEDS = {
    "Debian or Ubuntu": "sudo apt-get install --no-install-recommends $(cat apt.txt)",
    "Fedora": "sudo dnf install latexmk texlive-scheme-medium texlive-xecjk texlive-titlesec texlive-tocloft linux-libertine-fonts linux-libertine-biolinum-fonts google-noto-serif-cjk-fonts google-noto-sans-cjk-fonts liberation-fonts",
    "macOS": "brew install --cask mactex font-linux-libertine font-noto-serif-cjk font-noto-sans-cjk font-liberation",
}


class BuildError(Exception):
    """A build failed; the message is one line for people."""


def _run(words, log, **more):
    """Run a command with its output in a log file; return its exit code and that output."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "w", encoding="utf-8") as out:
        code = subprocess.run(words, stdout=out, stderr=subprocess.STDOUT, **more).returncode
    return code, log.read_text(encoding="utf-8", errors="replace")


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
    code, text = _run(words, ROOT / "_build" / f"{builder}.log", cwd=ROOT, env=_environment())
    if code:
        # A doctree written before the failure would let the next build pass with the fault in the page.
        shutil.rmtree(MADE / ".doctrees", ignore_errors=True)
        raise BuildError(
            f"{_reason(text)}\n{builder}: the build failed; the last good book is untouched. All output: _build/{builder}.log"
        )


def _reason(log):
    """Return the lines of a Sphinx log that tell a person what to mend: page, line or cell, and what was found."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", log).replace(str(ROOT) + os.sep, "")
    failed = re.search(r"(\S+\.ipynb): WARNING: Executing notebook failed", plain)
    cell = re.search(
        r"while executing the following cell:\n-+\n(.*?)\n-+\n.*?^(\w*(?:Error|Exception|Interrupt): .*?)$",
        plain,
        re.S | re.M,
    )
    if failed and cell:
        return f"{failed[1]}: the cell that begins {cell[1].strip().splitlines()[0]!r}: {cell[2].strip()}"
    said = [
        line.strip()
        for line in plain.splitlines()
        if re.search(r"(WARNING|ERROR|CRITICAL|Error): ", line) and "IPKernelApp" not in line
    ]
    return "\n".join(dict.fromkeys(said)) or plain[-2000:]


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


def _is_current(made):
    """Tell whether `made` was built from the inputs as they are."""
    stamp = ROOT / "_build" / f".{made.suffix[1:]}.inputs"
    return made.exists() and stamp.exists() and stamp.read_text() == _inputs()


def _stamp(made, inputs):
    (ROOT / "_build" / f".{made.suffix[1:]}.inputs").write_text(inputs)


def html():
    """Build the HTML book, then put it in place of the old one. Returns the path of its front page."""
    new, good = ROOT / "_build" / "html.new", ROOT / "_build" / "html"
    if _is_current(good / "index.html"):
        return good / "index.html"
    inputs = _inputs()  # before the build: what changes during it is not in the book
    _sphinx("html")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(MADE / "html", new)
    shutil.rmtree(good, ignore_errors=True)
    new.rename(good)
    _stamp(good / "index.html", inputs)
    return good / "index.html"


def missing_for_pdf():
    """Return what the PDF needs and this machine lacks, by name; empty where all is there."""
    lacks = [tool for tool in ("latexmk", "xelatex") if not shutil.which(tool)]
    if not lacks and shutil.which("kpsewhich"):
        for style in ("titlesec.sty", "tocloft.sty", "xeCJK.sty", "tabulary.sty"):
            if not subprocess.run(
                ["kpsewhich", style], capture_output=True, text=True
            ).stdout.strip():
                lacks.append(style)
    if not lacks and shutil.which("fc-list"):
        fonts = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True).stdout
        lacks += [
            font
            for font in (
                "Linux Libertine O",
                "Linux Biolinum O",
                "Liberation Mono",
                "Noto Serif CJK JP",
            )
            if font not in fonts
        ]
    return lacks


def _pdf_path():
    return ROOT / "_build" / "pdf" / f"{NAME}-{read_version()}.pdf"


def _press(inputs):
    """Turn the LaTeX that Sphinx wrote into the PDF and put it in place. A glyph that no font has, or a dead reference, is an error."""
    good, folder = _pdf_path(), MADE / "latex"
    code, text = _run(
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
    faults = re.findall(r"^! .*$", log, re.M) if code else []
    faults += sorted(set(re.findall(r"Missing character: There is no .*", log)))
    faults += sorted(
        set(
            re.findall(r"LaTeX Warning: (?:Reference|Hyper reference|Citation) .* undefined.*", log)
        )
    )
    if code or faults:
        (folder / "book.pdf").unlink(missing_ok=True)
        shutil.rmtree(MADE / ".doctrees", ignore_errors=True)
        raise BuildError(
            "\n".join(faults or [text[-2000:]])
            + "\npdf: the build failed; the last good PDF is untouched. All output: _build/pdf.log"
        )
    good.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / "book.pdf", good)
    _stamp(good, inputs)


def pdf(beside=lambda: None):
    """Build the PDF, and call `beside` while TeX is at work. Returns its path."""
    if lacks := missing_for_pdf():
        raise BuildError(
            f"The PDF needs {', '.join(lacks)}. Install it with\n"
            + "\n".join(f"  {system}: {line}" for system, line in LATEX_NEEDS.items())
        )
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
    good.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(MADE / "epub" / "book.epub", good)
    _stamp(good, inputs)
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
        print(html().relative_to(ROOT), made.relative_to(ROOT), sep="\n")


def _pack(folder, target, top):
    """Write a folder as a zip whose bytes depend on its files alone; all files stand below `top` in it."""
    when = time.gmtime(int(_environment()["SOURCE_DATE_EPOCH"]))[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{top}/{path.relative_to(folder).as_posix()}", when)
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            out.writestr(entry, path.read_bytes())


EXEMPT = ("MANIFEST.sha256", "_static/editions.js")
"""What no manifest lists: itself, and the list of editions, which every later edition renews."""


def manifest(folder):
    """Return the sums of a folder's files but EXEMPT, in the form that `sha256sum --check` reads."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [(path, path.relative_to(folder).as_posix()) for path in paths]
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n"
        for path, name in names
        if name not in EXEMPT
    )


def edition():
    """Build all that an edition publishes into _build/edition: HTML, PDF, EPUB, data package, zip for reading offline, manifest."""
    new, good = ROOT / "_build" / "edition.new", ROOT / "_build" / "edition"
    made, name = pdf(beside=html), f"{NAME}-{read_version()}"
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(html().parent, new)
    shutil.copyfile(made, new / made.name)
    shutil.copyfile(epub(), new / f"{name}.epub")
    _pack(ROOT / "data", new / f"{name}-data.zip", f"{name}-data")
    (new / EXEMPT[0]).write_text(manifest(new), encoding="utf-8")
    _pack(new, ROOT / "_build" / "offline.zip", name)
    (ROOT / "_build" / "offline.zip").replace(new / f"{name}.zip")
    (new / EXEMPT[0]).write_text(manifest(new), encoding="utf-8")
    shutil.rmtree(good, ignore_errors=True)
    new.rename(good)
    return good


def normal(notebook):
    """Return a notebook (dict) in its stored form: counted in order, no times or editor's traces, keys in order."""
    count = 0
    for cell in notebook["cells"]:
        cell["metadata"] = (
            {"tags": cell["metadata"]["tags"]} if cell["metadata"].get("tags") else {}
        )
        if cell["cell_type"] == "code":
            count += 1
            cell["execution_count"] = count  # nbval takes a cell without one for unrun
            for output in cell["outputs"]:
                output.pop("execution_count", None)
    notebook["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    return notebook


def dumps(notebook):
    """Return a notebook as the text that is stored."""
    return json.dumps(normal(notebook), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def notebooks():
    """Run every notebook of the book and store its outputs in their normal form."""
    import nbformat
    from nbclient import NotebookClient

    for path in sorted((ROOT / "book").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        try:
            NotebookClient(
                notebook,
                timeout=120,
                kernel_name="python3",
                record_timing=False,
                resources={"metadata": {"path": str(path.parent)}},
            ).execute()
        except Exception as error:
            raise BuildError(
                f"{path.relative_to(ROOT)}: {str(error).strip().splitlines()[-1]}"
            ) from None
        path.write_text(dumps(json.loads(nbformat.writes(notebook))), encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    tasks = {
        "book": book,
        "html": html,
        "pdf": pdf,
        "epub": epub,
        "notebooks": notebooks,
        "edition": edition,
    }
    if len(sys.argv) != 2 or sys.argv[1] not in tasks:
        sys.exit(f"usage: python -m press.build {' | '.join(tasks)}")
    try:
        made = tasks[sys.argv[1]]()
    except BuildError as error:
        sys.exit(str(error))
    if made:
        print(made.relative_to(ROOT))
