"""The branch `students`: what a class pulls to a hub. It holds the bundles alone and shares no history with main.

nbgitpuller clones a branch whole and merges what is new, so the branch grows by a commit whenever the bundles
change, and is never written anew. It is written past the work tree and the index, which stay as they are.
"""

import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import quote, urlencode

from press.command import BuildError
from press.edition import ROOT, citation, git, label

BRANCH = "students"
FOLDER = ROOT / "_build" / "html" / "seminar"

README = """The bundles of {title}, {label}, for a class on a JupyterHub.

One folder a bundle: a notebook, the code that it imports, the data that it loads. This branch is written by
`make students`; whatever is changed here by hand goes with the next one.
"""


def bundle_files(zips):
    """Return {path: bytes} of the files in zips (paths), each as it lies in its zip: below a folder of its own.

    Raises BuildError where a zip has a file outside a folder, two zips share one, or there is none.
    """
    files, owners = {}, {}
    for path in sorted(zips):
        with zipfile.ZipFile(path) as zipped:
            for name in sorted(name for name in zipped.namelist() if not name.endswith("/")):
                top, _, rest = name.partition("/")
                if not rest or ".." in name.split("/"):
                    raise BuildError(f"{path.name}: found {name}; expected files below one folder")
                if owners.setdefault(top, path) != path:
                    raise BuildError(
                        f"{path.name}: found the folder {top}, which {owners[top].name} has, too; "
                        "expected a folder of its own"
                    )
                files[name] = zipped.read(name)
    if not files:
        raise BuildError("no bundle was found; expected zips, which `make html` writes")
    return files


def _stream(files, branch, onto, message, who, when):
    """Return what `git fast-import` reads: one commit that holds these files and no others."""
    told = message.encode("utf-8")
    yield b"commit refs/heads/%s\ncommitter %s %s +0000\n" % (
        branch.encode(),
        who.encode("utf-8"),
        when.encode(),
    )
    yield b"data %d\n%s\n" % (len(told), told)
    if onto:
        yield b"from %s\n" % onto.encode()
    yield b"deleteall\n"
    for name, body in sorted(files.items()):
        yield b"M 100644 inline %s\ndata %d\n" % (name.encode("utf-8"), len(body))
        yield body + b"\n"
    yield b"done\n"


def _import(root, *stream):
    done = subprocess.run(
        ["git", "fast-import", "--quiet", "--done", "--force", "--date-format=raw"],
        cwd=root,
        input=b"".join(*stream),
        capture_output=True,
    )
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no word"]
        raise BuildError(
            f"git fast-import: found {words[0]}; expected a repository to write a branch in"
        )


def write_branch(files, root=ROOT, branch=BRANCH):
    """Write files, {path: bytes}, as the branch's next commit; return its id, or "" where nothing has changed.

    The first commit has no parent. Author and time are those of HEAD, so that the branch depends on the commit alone.
    Raises BuildError where the branch is checked out or grew out of HEAD's history.
    """
    old = git("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}", root=root)
    if f"branch refs/heads/{branch}" in git("worktree", "list", "--porcelain", root=root):
        raise BuildError(f"branch {branch}: found it checked out; expected a branch nobody is on")
    if old and git("merge-base", old, "HEAD", root=root):
        raise BuildError(f"branch {branch}: found history shared with HEAD; expected bundles alone")
    who, when = git("log", "-1", "--format=%cn <%ce>%x00%ct", root=root).split("\0")
    trial = f"{branch}-being-written"
    try:
        _import(root, _stream(files, trial, old, f"Bundles of {label()}\n", who, when))
        new = git("rev-parse", f"refs/heads/{trial}", root=root)
        tree = git("rev-parse", f"{new}^{{tree}}", root=root)
        if old and tree == git("rev-parse", f"{old}^{{tree}}", root=root):
            return ""
        git("update-ref", f"refs/heads/{branch}", new, *([old] if old else []), root=root)
        return new
    finally:
        git("update-ref", "-d", f"refs/heads/{trial}", root=root)


def pull_link(hub, repository, path, branch=BRANCH):
    """Return the address on a hub (with nbgitpuller) that pulls the branch and opens a file of it (path) in JupyterLab."""
    folder = repository.rstrip("/").rpartition("/")[2].removesuffix(".git")
    query = {
        "repo": repository,
        "branch": branch,
        "urlpath": f"lab/tree/{quote(f'{folder}/{path}')}?autodecode",
    }
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(query)}"


def main(words=()):
    """Write the branch from the zips of a folder and print the links for a class; 1 and one line where it cannot."""
    folder = Path(words[0]) if words else FOLDER
    try:
        files = bundle_files(folder.rglob("*.zip"))
        readme = README.format(title=citation()["title"], label=label())
        new = write_branch(files | {"README.md": readme.encode("utf-8")})
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"branch {BRANCH}: {f'commit {new[:10]}' if new else 'nothing has changed'}")
    hub = "https://HUB"
    repository = citation().get("repository-code", "https://REPOSITORY")
    for path in sorted(name for name in files if name.endswith(".ipynb") and name.count("/") == 1):
        print(pull_link(hub, repository, path))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
