"""Cut an edition, and build the site of all published editions.

Usage: python -m press.publish cut VERSION | site [--again]

`cut` writes version and date into CITATION.cff, commits and tags, and lists the edition in `book/editions.csv`.
`site` reads that list, since tags do not travel with every copy of a repository. It builds each edition in a clean
worktree of its commit, with the software of its lock, by that commit's own `build edition`, once; then
it puts all of them side by side in _build/site.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime

from jinja2 import Template

from press.bundle import EXEMPT, manifest
from press.changes import commit_tree, folder_tree, lost
from press.command import BuildError, alone, call, main
from press.edition import NAME, PRESS, ROOT, citation, commit_of, git, published, spell, zenodo
from press.swap import put_in_place, restore, write

LIST = ROOT / "book" / "editions.csv"
KEPT = ROOT / "_build" / "editions"  # editions that were built, by version


def _changelog(text, version):
    """Return what a changelog says of a version, or ""."""
    found = re.search(rf"^## {re.escape(version)}\b[^\n]*\n(.*?)(?=^## |\Z)", text, re.S | re.M)
    return found[1].strip() if found else ""


def _order(version):
    return [int(part) for part in version.split(".")]


def _git(*words, root=ROOT):
    """Run a git command that changes something; BuildError with git's own last line where it fails."""
    run = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True)
    if run.returncode:
        said = run.stderr.strip().splitlines()
        told = next((line for line in said if line.startswith(("fatal: ", "error: "))), said[-1])
        raise BuildError(f"git {words[0]}: {told}")


def cut(version):
    """Make the tree as committed the edition `version`: two commits and a tag. Returns what was done, in a line.

    Errors, before anything is changed: BuildError for a version of another form or one that exists, a tree with
    uncommitted changes, a changelog without an entry, a page or figure of the last edition that went without a redirect.
    """
    if not re.fullmatch(r"20\d\d\.([1-9]|1[0-2])\.\d+", version):
        raise BuildError(f"version {version!r}: expected year.month.count, such as 2027.3.0")
    before = published()
    if version in [edition["version"] for edition in before] or git("tag", "--list", version):
        raise BuildError(f"version {version}: this edition exists; expected a new number")
    if before and _order(version) <= _order(before[-1]["version"]):
        raise BuildError(f"version {version}: expected one after {before[-1]['version']}")
    if dirty := git("status", "--porcelain"):
        raise BuildError(f"{dirty.split()[1]}: not committed; an edition is cut from a clean tree")
    if not _changelog((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version):
        raise BuildError(
            f"CHANGELOG.md: no entry '## {version}'; expected what a reader of the last edition must know"
        )
    if before and (gone := lost(commit_tree(commit_of(before[-1])), folder_tree(ROOT))):
        raise BuildError(
            f"{gone[0]}: in edition {before[-1]['version']} and no longer in the book; expected a line for it in book/redirects.txt"
        )
    path = ROOT / "CITATION.cff"
    text = re.sub(r"(?m)^version: .*$", f'version: "{version}"', path.read_text(encoding="utf-8"))
    write(
        path,
        re.sub(r"(?m)^date-released: .*$", f'date-released: "{datetime.now(UTC):%Y-%m-%d}"', text),
    )
    write(ROOT / ".zenodo.json", zenodo())
    _git("add", "CITATION.cff", ".zenodo.json")
    _git("commit", "--quiet", "--message", f"Edition {version}")
    _git("tag", version)
    with LIST.open("a", encoding="utf-8", newline="\n") as out:
        out.write(
            ",".join(
                [
                    version,
                    git("log", "-1", "--format=%cs"),
                    git("rev-parse", "HEAD"),
                    git("rev-parse", "HEAD^{tree}"),
                ]
            )
            + "\n"
        )
    _git("commit", "--quiet", "--message", f"List edition {version}", "book/editions.csv")
    return f"edition {version}: tagged and listed; `make edition` builds the site"


# --- Building editions --------------------------------------------------------------------------


def _lock(root):
    """Return a short digest of the software that a tree asks for, and of this Python."""
    total = hashlib.sha256(sys.version.encode())
    for name in ("requirements.txt", "constraints.txt"):
        total.update((root / name).read_bytes())
    return total.hexdigest()[:12]


def _python(root):
    """Return a Python with the software of a tree's lock: this one where the locks are equal, else one kept by the lock's digest."""
    if _lock(root) == _lock(ROOT):
        return sys.executable
    home = ROOT / "_build" / "environments" / _lock(root)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not (home / ".whole").exists():
        shutil.rmtree(home, ignore_errors=True)
        for words in (
            [sys.executable, "-m", "venv", home],
            [
                python,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
                root / "requirements.txt",
            ],
        ):
            code, said = call(words, ROOT / "_build" / "environment.log")
            if code:
                raise BuildError(f"environment {home.name}: {said.strip().splitlines()[-1]}")
        (home / ".whole").touch()
    return str(python)


def _check(edition):
    """Refuse an edition whose commit is not here, is not what the list says, or has no entry in its changelog."""
    version, commit = edition["version"], commit_of(edition)
    if not commit:
        raise BuildError(
            f"edition {version}: commit {edition['commit'][:10]} is not in this copy of the repository; fetch its whole history"
        )
    tree, tagged = (
        git("rev-parse", f"{commit}^{{tree}}"),
        git("rev-parse", "--verify", "--quiet", f"refs/tags/{version}^{{commit}}"),
    )
    if tree != edition["tree"]:
        raise BuildError(
            f"edition {version}: commit {commit[:10]} has tree {tree[:10]}, book/editions.csv says {edition['tree'][:10]}"
        )
    if tagged and tagged != commit:
        raise BuildError(
            f"edition {version}: the tag is at {tagged[:10]}, book/editions.csv says {commit[:10]}"
        )
    if not _changelog(git("show", f"{commit}:CHANGELOG.md"), version):
        raise BuildError(
            f"edition {version}: CHANGELOG.md has no entry '## {version}' at commit {commit[:10]}"
        )


def build(edition, again=False):
    """Build a published edition (a row of the list), unless it is there already. Returns its folder."""
    version, good = edition["version"], KEPT / edition["version"]
    stamp = KEPT / f"{version}.tree"
    if not again and stamp.exists() and stamp.read_text() == edition["tree"]:
        return good
    work = ROOT / "_build" / "worktrees" / version
    shutil.rmtree(work, ignore_errors=True)
    _git("worktree", "prune")
    _git("worktree", "add", "--quiet", "--detach", str(work), commit_of(edition))
    try:
        print(f"edition {version}: building from {edition['commit'][:10]}", flush=True)
        module = (
            "press.build" if (work / "press").is_dir() else "companion.build"
        )  # where the build of 2026.11 lies
        code, said = call(
            [_python(work), "-m", module, "edition"],
            ROOT / "_build" / f"edition-{version}.log",
            cwd=work,
            env={**os.environ, "PYTHONPATH": str(work / "book"), "COMPANION_EDITION": version},
        )
        if code:
            raise BuildError(f"edition {version}: {said.strip()}")
        put_in_place(work / "_build" / "edition", good, stamp, edition["tree"])
    finally:
        shutil.rmtree(work, ignore_errors=True)
        _git("worktree", "prune")
    return good


# --- The site -----------------------------------------------------------------------------------


def _pages(folder):
    """Return the pages of a built edition to which a switcher may lead."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*.html")]
    return sorted(name for name in names if not name.startswith(("figures/", "_static/")))


def _front(editions):
    """Return the front page of the site, newest edition first; it needs no script."""
    shown = []
    for edition in reversed(editions):
        version = edition["version"]
        files = [
            ("Read", "index.html"),
            ("PDF", f"{NAME}-{version}.pdf"),
            ("EPUB", f"{NAME}-{version}.epub"),
            ("zip for reading offline", f"{NAME}-{version}.zip"),
            ("data package", f"{NAME}-{version}-data.zip"),
            ("what changed", "book/changes.html"),
            ("sums of all files", "MANIFEST.sha256"),
        ]
        shown.append({**edition, "day": spell(edition["date"]), "files": files})
    template = (PRESS / "templates" / "editions.html").read_text(encoding="utf-8")
    return Template(template, autoescape=True, trim_blocks=True).render(
        title=citation()["title"], about=" ".join(citation()["abstract"].split()), editions=shown
    )


def site(again=False):
    """Build every published edition that is not built yet and put them side by side in _build/site. Returns its front page.

    The site that stands there is replaced only when the new one is whole. Errors: BuildError where nothing is
    published, an edition cannot be built, or a built one differs from its manifest.
    """
    editions = published()
    if not editions:
        raise BuildError("book/editions.csv lists no edition; `make cut VERSION=…` makes one")
    for edition in editions:
        _check(edition)
    folders = {edition["version"]: build(edition, again) for edition in editions}
    for older, newer in zip(editions, editions[1:]):
        if gone := lost(commit_tree(commit_of(older)), commit_tree(commit_of(newer))):
            raise BuildError(
                f"{gone[0]}: in edition {older['version']} and not in {newer['version']}; book/redirects.txt of that edition has no line for it"
            )
    new, good = ROOT / "_build" / "site.new", ROOT / "_build" / "site"
    shutil.rmtree(new, ignore_errors=True)
    told = [
        {"version": version, "date": spell(edition["date"]), "pages": _pages(folder)}
        for edition, (version, folder) in zip(editions, folders.items())
    ]
    newest = editions[-1]["version"]
    for name, folder in [*folders.items(), ("latest", folders[newest])]:
        shutil.copytree(folder, new / name)
        (new / name / "_static" / "editions.js").write_text(
            f"window.companionEditions = {json.dumps(told, indent=1)};\n", encoding="utf-8"
        )
        if manifest(new / name) != (new / name / EXEMPT[0]).read_text(encoding="utf-8"):
            raise BuildError(
                f"_build/editions/{name}: a file differs from MANIFEST.sha256; remove that folder's .tree file and build again"
            )
    (new / "index.html").write_text(_front(editions), encoding="utf-8")
    (new / ".nojekyll").touch()  # a host that runs Jekyll would drop folders such as _static
    if (new / "latest" / "404.html").exists():
        shutil.copyfile(new / "latest" / "404.html", new / "404.html")
    put_in_place(new, good)
    return good / "index.html"


def run(words):
    """Run `cut VERSION` or `site [--again]`, alone in this checkout, after putting back what a killed run left aside."""
    with alone("publish"):
        restore(ROOT / "_build")
        restore(KEPT)
        _git("rev-parse", "--git-dir")  # where git refuses the checkout, it says why
        return cut(words[1]) if words[0] == "cut" else site(again="--again" in words)


if __name__ == "__main__":
    words = sys.argv[1:]
    if not (words[:1] == ["cut"] and len(words) == 2 or words in (["site"], ["site", "--again"])):
        sys.exit("usage: python -m press.publish cut VERSION | site [--again]")
    main(run, words, kept="the site and the editions that stood here are as they were")
