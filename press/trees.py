"""What stands in a tree of the book: pages, figures, sections, claims, data, redirects; of a folder or of a commit.

A tree is a function that returns the text of a file by its path, or "" where there is none. Stored
notebooks hold the numbers behind each figure, so that nothing need be run to read them.
"""

import csv
import json
import re
from functools import lru_cache

from companion.theme import MIME
from press.edition import git


def commit_tree(commit):
    """Return the tree of a commit of this repository."""
    return lru_cache(None)(lambda path: git("show", f"{commit}:{path}"))


def folder_tree(root):
    """Return the tree of a folder."""
    return lambda path: (root / path).read_text(encoding="utf-8") if (root / path).is_file() else ""


def pages(tree):
    """Return the pages of a tree's book, in order, such as "book/lin-2025"."""
    return re.findall(r"(?:root|file): (\S+)", tree("_toc.yml"))


def redirects(tree):
    """Return {old: new} of a tree's `book/redirects.txt`: addresses below the site's root, without ".html", of pages and figures that were renamed or left.

    Raises ValueError with one line for a line that is not two addresses.
    """
    told = {}
    for number, line in enumerate(tree("book/redirects.txt").splitlines(), 1):
        words = line.partition("#")[0].split()
        if len(words) not in (0, 2) or words and words[0] in told:
            raise ValueError(
                f"book/redirects.txt, line {number}: found {' '.join(words)!r}; expected an old address, not yet named, and the new one, such as 'figures/fig-old figures/fig-new'"
            )
        told.update([words] if words else [])
    return told


def cells(tree, page):
    """Yield (kind, text or bundle) of a page: "text" a reader's prose, "computed" what cells said, "figure" a figure's record."""
    if not (stored := tree(f"{page}.ipynb")):
        yield "text", tree(f"{page}.md")
        return
    for cell in json.loads(stored)["cells"]:
        if cell["cell_type"] == "markdown":
            yield "text", "".join(cell["source"])
        for output in cell.get("outputs", []):
            told = output.get("metadata", {}).get("companion", {}).get("kind")
            if MIME in output.get("data", {}):
                yield "figure", output["data"][MIME]
            elif "text/markdown" in output.get("data", {}) and told != "caption":
                yield "computed", "".join(output["data"]["text/markdown"])


def figures(tree):
    """Return {name: {page, caption, source, resources, table, spec}} of all figures of a tree."""
    found = {}
    for page in pages(tree):
        for kind, bundle in cells(tree, page):
            if kind == "figure":
                meta = bundle["usermeta"]["companion"]
                found[meta["name"]] = {
                    **meta,
                    "page": page,
                    "spec": {key: value for key, value in bundle.items() if key != "usermeta"},
                }
    return found


def sections(tree):
    """Return {(page, heading): (prose, computed)} of all sections of a tree's pages, in order."""
    found = {}
    for page in pages(tree):
        heading = ""
        for kind, text in cells(tree, page):
            if kind == "figure":
                continue
            for part in re.split(r"^(?=#{1,4} )", text, flags=re.M) if kind == "text" else [text]:
                if kind == "text" and part.startswith("#"):
                    heading = part.splitlines()[0].lstrip("# ")
                prose, computed = found.get((page, heading), ("", ""))
                # A label before the next heading says nothing to a reader.
                part = re.sub(r"^\([\w-]+\)=$", "", part, flags=re.M).strip()
                found[page, heading] = (
                    (prose + "\n" + part, computed)
                    if kind == "text"
                    else (prose, computed + "\n" + part)
                )
    return found


def vintages(tree):
    """Return {resource: (title, vintage, rows)} of a tree's data package."""
    package = json.loads(tree("data/datapackage.json") or '{"resources": []}')
    return {
        item["name"]: (
            item["title"],
            item.get("vintage", ""),
            [tuple(row) for row in csv.reader(tree(f"data/{item['path']}").splitlines())][1:],
        )
        for item in package["resources"]
    }


def claims(tree):
    """Return {id: row} of a tree's ledger."""
    return {row["id"]: row for row in csv.DictReader(tree("data/claims.csv").splitlines())}
