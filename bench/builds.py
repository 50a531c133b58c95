"""How long builds take: this book beside its peers, and made-up books of two lengths."""

import gzip
import json
import os
import re
import shutil
import sys

from bench import trees
from bench.machine import WORK, median, python, timed


def _ours(folder, task):
    env = {"PYTHONPATH": str(folder / "book")}
    return timed([sys.executable, "-m", "press.build", task], folder, WORK / "ours.log", env)


def _stock(folder, task="html"):
    code = "from jupyter_book.cli.main import main; main()"
    words = [python("stock"), "-c", code, "build", "."]
    return timed(words, folder, WORK / f"{folder.name}.log", {"PYTHONUTF8": "1"})


def _mkdocs(folder, task="html"):
    env = {"PYTHONPATH": str(folder / "book"), "NO_MKDOCS_2_WARNING": "1"}
    return timed(
        [python("mkdocs"), "-m", "mkdocs", "build", "-q"], folder, WORK / "mkdocs.log", env
    )


SYSTEMS = {
    "ours": (trees.ours, _ours),
    "stock Jupyter Book": (trees.stock, _stock),
    "MkDocs Material": (trees.mkdocs, _mkdocs),
}


KERNEL = """import press, sys, nbformat; from nbclient import NotebookClient
NotebookClient(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(sys.argv[1])]), kernel_name="python3").execute()"""
COMPANION = "import companion"


def floor():
    """Return {what no build can do without: seconds of wall time} measured once, beside a clean build, and the number of notebooks."""
    one, book = trees.one_page(), trees.ours()
    whole = _ours(book, "html")["wall"]
    _ours(book, "pdf")
    env = {"PYTHONPATH": os.pathsep.join([str(book), str(book / "book")])}
    pressed = ["latexmk", "-xelatex", "-gg", "-interaction=nonstopmode", "book.tex"]
    runs = {
        "a kernel that runs one empty cell": ([sys.executable, "-c", KERNEL, "1"], one),
        "a kernel that imports companion": ([sys.executable, "-c", KERNEL, COMPANION], one),
        "TeX, of the finished LaTeX": (pressed, book / "_build" / "next" / "_build" / "latex"),
    }
    found = {what: timed(*run, WORK / "floor.log", env)["wall"] for what, run in runs.items()}
    found |= {"a stock Jupyter Book of one page": _stock(one)["wall"], "a clean HTML build": whole}
    return {"walls": found, "notebooks": len(list((book / "book").glob("*.ipynb")))}


def build(runs):
    """Return {what: {system: {wall, cpu, peak}}}, medians of so many runs in turn. A peer that fails is told with its line."""
    found, failed = {}, {}
    for turn in range(runs):
        for name, (make, go) in SYSTEMS.items():
            if name in failed:
                continue
            try:
                folder = make()
                tasks = [
                    ("clean, HTML", None),
                    *((f"{what} changed", what) for what in trees.CHANGES),
                ]
                for told, what in tasks:
                    if what:
                        trees.change(folder, what, turn)
                    print(f"  {told}: {name}, run {turn + 1}", file=sys.stderr)
                    used = go(folder, "html")
                    found.setdefault(told, {}).setdefault(name, []).append(used)
                if name == "ours":
                    shutil.rmtree(folder / "_build")
                    used = go(folder, "book")
                    found.setdefault("clean, HTML and PDF", {}).setdefault(name, []).append(used)
            except RuntimeError as error:
                failed[name] = str(error)
    medians = {
        what: {name: median(all_) for name, all_ in by.items()} for what, by in found.items()
    }
    return {"figures": medians, "failed": failed}


def grow(runs, lengths=(5, 25)):
    """Return {chapters: {measure: seconds or bytes}} of made-up books with ten figures a chapter, medians of so many runs in turn."""
    found = {}
    for turn in range(runs):
        for chapters in lengths:
            print(f"  {chapters} chapters, run {turn + 1}", file=sys.stderr)
            folder = trees.made_up(chapters)
            clean = _ours(folder, "html")
            path = folder / "book" / "chapter-001.ipynb"
            told = re.sub(r"A line\.", f"A line {turn}.", path.read_text())
            path.write_text(told.replace("words of its own", f"words {turn}", 1))
            edited = _ours(folder, "html")
            index = folder / "_build" / "html" / "_static" / "search-index.js"
            found.setdefault(chapters, []).append(
                {
                    "clean": clean["wall"],
                    "clean, CPU": clean["cpu"],
                    "a chapter": clean["wall"] / chapters,
                    "one chapter edited": edited["wall"],
                    "search index, bytes gzip": len(gzip.compress(index.read_bytes())),
                    "PDF": _ours(folder, "pdf")["wall"],
                }
            )
    return {str(chapters): median(all_) for chapters, all_ in found.items()}


def durations():
    """Return {command: {seconds, slowest}} of `make check` and `make test`, run once."""
    told = {}
    for task in ("check", "test"):
        log = WORK / f"{task}.log"
        try:
            used = timed(["make", task], WORK.parents[1], log, {"CI": os.environ.get("CI", "")})
        except RuntimeError as error:
            told[task] = {"failed": str(error).splitlines()[0]}
            continue
        slowest = re.findall(r"^[\d.]+s (?:call|setup|teardown) .*$", log.read_text(), re.M)
        told[task] = {"seconds": used["wall"], "slowest": slowest[:15]}
    return told


def keep(found):
    """Write what was measured as JSON."""
    (WORK / "bench.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
