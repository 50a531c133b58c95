"""Notebooks as JupyterLab shows them: references are links with a name or a number, where Sphinx's roles would show a key.

`{cite:p}`pan-2018-indsr`` becomes `([Pan 2018](#ref-pan-2018-indsr))`, `{numref}`fig-leaders`` becomes
`[Figure 4](#fig-leaders)`. Names and numbers in such links are renewed from the bibliography and from the
order of figures and tables in the book.
"""

import json
import re

import yaml
from pybtex.database import parse_file

from press import chicago
from press.edition import BOOK, ROOT
from press.swap import write

FILE = BOOK / "companion" / "numbers.json"
"""What `companion.numbers` reads."""

ROLE = re.compile(r"\{(cite:p|cite:t|cite:alp|numref)\}`([^`]+)`")
CITED = re.compile(r"(?:\{([^{}]*)\})?([\w-]+)(?:\{([^{}]*)\})?")
"""A key of a role, with what stands before and after it: `{see}cha-1999{p. 3}`."""

LINK = re.compile(r"\[((?:[^\[\]\n]|\[[^\[\]\n]*\])+)\]\(#((?:ref|fig|tab)-[\w-]+)\)")
YEAR = r"(?:\d{4}|\[\d{4}\]|n\.d\.)(?:-?[a-z])?"
NAMED = re.compile(rf".+? (?:({YEAR})|\(({YEAR})\))")
NUMBERED = re.compile(r"((?:Figure|Table)[ \u00a0])(?:\d+|\?)", re.IGNORECASE)


def names():
    """Return {key: label} of the whole bibliography, "Pan 2018", as citations print it."""
    entries = parse_file(str(BOOK / "references.bib"), "bibtex").entries.values()
    style = chicago.Style()
    ordered = style.sort(entries)
    return dict(zip((entry.key for entry in ordered), style.format_labels(ordered), strict=True))


def pages():
    """Return the paths of the book's notebooks in its order."""
    told = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [told["root"]]
    files += [chapter["file"] for part in told.get("parts", []) for chapter in part["chapters"]]
    return [path for file in files if (path := ROOT / f"{file}.ipynb").exists()]


def count(notebooks):
    """Return {label: number} of the figures and tables that notebooks (dicts, in the book's order) show in their outputs."""
    found = {"fig": [], "tab": []}
    for cell in [cell for notebook in notebooks for cell in notebook["cells"]]:
        for output in cell.get("outputs", []):
            drawn = [data for data in output.get("data", {}).values() if isinstance(data, dict)]
            charts = [spec.get("usermeta", {}).get("companion", {}) for spec in drawn]
            table = output.get("metadata", {}).get("companion", {})
            found["fig"] += [chart["name"] for chart in charts if "name" in chart]
            if table.get("kind") == "table" and table.get("name"):
                found["tab"].append(table["name"])
    return {name: n for kind in found.values() for n, name in enumerate(kind, 1)}


def _parted(label):
    author, year = label.rsplit(" ", 1)
    return f"{author} ({year})"


def renamed(typed, label):
    """Return a link's text with the work's own name: "Pan 2018" or "Pan (2018)", as typed; other words stay."""
    found = NAMED.fullmatch(typed)
    return typed if not found else label if found[1] else _parted(label)


def renumbered(typed, number):
    """Return a link's text with the true number of its figure or table; other words stay."""
    found = NUMBERED.fullmatch(typed)
    return f"{found[1]}{number}" if found else typed


def renewed(text, labels, numbers):
    """Return Markdown with the names and numbers of its links as they are now; links to what is unknown stay."""

    def put(found):
        typed, target = found[1], found[2]
        if target in numbers:
            typed = renumbered(typed, numbers[target])
        elif label := labels.get(target.removeprefix("ref-")):
            typed = renamed(typed, label)
        return f"[{typed}](#{target})"

    return LINK.sub(put, text)


def without_roles(text, labels, numbers):
    """Return Markdown whose citations and numbers are links. Errors: KeyError for a work that the bibliography lacks."""

    def put(found):
        role, told = found[1], found[2]
        if role == "numref":
            title, label = re.fullmatch(r"(?:(.*?)\s*<)?([\w-]+)>?", told).groups()
            title = title or ("Table %s" if label.startswith("tab-") else "Figure %s")
            return f"[{title.replace('%s', str(numbers.get(label, '?')))}](#{label})"
        cited = []
        for before, key, after in CITED.findall(told):
            name = _parted(labels[key]) if role == "cite:t" else labels[key]
            before, after = before and f"{before} ", after and f", {after}"
            cited.append(f"{before}[{name}](#ref-{key}){after}")
        if role == "cite:t":
            return " and ".join([", ".join(cited[:-1]), cited[-1]] if cited[1:] else cited)
        return "; ".join(cited) if role == "cite:alp" else f"({'; '.join(cited)})"

    return ROLE.sub(put, text)


def renew(notebook, labels, numbers):
    """Give a notebook (dict, changed in place) links for roles in its texts, and true names and numbers in texts, code and outputs."""
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            source = without_roles(source, labels, numbers)
        cell["source"] = renewed(source, labels, numbers).splitlines(keepends=True)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for form in data.keys() & {"text/markdown", "text/plain"}:
                told = "".join(data[form])
                told = renewed(_renumber_caption(told, numbers), labels, numbers)
                data[form] = told.splitlines(keepends=True)


CAPTION = re.compile(r"\A\(((?:fig|tab)-[a-z0-9-]+)\)=\n\*\*(?:(?:Figure|Table) \d+\. )?")
"""How the caption of a figure or a table begins in JupyterLab; `companion.numbers.opening` writes it."""


def _renumber_caption(text, numbers):
    def put(found):
        word = "Table" if found[1].startswith("tab-") else "Figure"
        number = f"{word} {numbers[found[1]]}. " if found[1] in numbers else ""
        return f"({found[1]})=\n**{number}"

    return CAPTION.sub(put, text)


def renew_all(done):
    """Renew the notebooks that were run, {path: notebook}, and the file of numbers that captions in JupyterLab read.

    Where a notebook of the book is not among them, since it has a fault, the numbers stay as they were.
    """
    if set(pages()) <= done.keys():
        numbers = count([done[path] for path in pages()])
        write(FILE, json.dumps(numbers, indent=1, sort_keys=True) + "\n")
    else:
        numbers = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    labels = names()
    for notebook in done.values():
        renew(notebook, labels, numbers)
