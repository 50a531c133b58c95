"""Which pages must be made anew: what Sphinx and jupyter-cache do not see."""

import hashlib
import json
import sys
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from sphinx.errors import SphinxError
from sphinx.util import logging

from companion.data import DESCRIPTOR
from press.command import BuildError
from press.edition import BOOK, PRESS, ROOT, commit, label
from press.notebooks import read, run_all
from press.pages import FILLED

COMMANDS = ("build", "command", "links", "policy", "publish", "sheets", "swap", "tex")
"""Modules that no page depends on."""
CORRECTIONS = "corrections"
"""The resource from which pages, and no notebook, take what was corrected."""


class NotebookFault(SphinxError):
    """A notebook that cannot be read or run; the message is a line for each."""

    category = "Notebook fault"


def _digest(paths, described=None):
    total = hashlib.sha256(sys.version.encode())
    total.update(json.dumps(described, sort_keys=True).encode())
    for path in sorted(paths):
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _cache_path(app):
    return app.config.nb_execution_cache_path or str(Path(app.outdir).parent / ".jupyter_cache")


def find_outdated(app, env, added, changed, removed):
    """Name the pages that Sphinx would wrongly keep (the event `env-get-outdated`).

    A notebook depends on the helper code, the lock and the resources that it used in its last run, a
    page on this extension and the bibliography; neither Sphinx nor jupyter-cache sees that. A notebook
    whose inputs changed loses its record in the cache and is executed again. Changed static files call
    for one page, since Sphinx copies them only when it writes something.
    """
    code, files = _inputs()
    frame = (
        _digest(
            [
                *(path for path in PRESS.glob("*.py") if path.stem not in COMMANDS),
                ROOT / "CITATION.cff",
            ]
        )
        + label()
    )
    static = _digest(
        [
            path
            for folder in ("static", "templates")
            for path in (PRESS / folder).rglob("*")
            if path.is_file()
        ]
    )
    kept = getattr(env, "companion_keys", {})
    notebooks = {name for name in env.found_docs if env.doc2path(name).endswith(".ipynb")}
    outdated, cache = set(), get_cache(_cache_path(app))
    for record in cache.list_cache_records():  # all: by path, those of a moved tree would stay
        rests = record.data.get("rests_on", {})
        if record.data.get("code") != code or any(files.get(one) != rests[one] for one in rests):
            cache.remove_cache(record.pk)
    runs = _runs(cache)
    outdated |= {name for name in notebooks if kept.get("runs", {}).get(name) != runs.get(name)}
    corrected = files.get(CORRECTIONS)
    if kept.get("corrected") != corrected:  # said under the figures that they touch
        outdated |= notebooks
    if kept.get("frame") != frame:
        outdated |= env.found_docs
    if kept.get("commit") != commit():
        outdated |= env.found_docs & set(FILLED)
    if kept.get("static") != static:
        outdated.add(app.config.root_doc)
    asked = sorted(notebooks & (outdated | added | changed))
    _execute(app, cache, {Path(env.doc2path(page)): page for page in asked}, code, files)
    env.companion_keys = {
        "frame": frame,
        "static": static,
        "commit": commit(),
        "corrected": corrected,
        "runs": _runs(cache),
    }
    return sorted(outdated - set(added) - set(removed))


def _inputs():
    """Return the key of what every notebook rests on, and {resource: key of its file and description}."""
    package = json.loads((ROOT / "data" / DESCRIPTOR).read_text(encoding="utf-8"))
    files = {}
    for item in package.pop("resources"):
        path = ROOT / "data" / item["path"]
        described = {key: value for key, value in item.items() if key not in ("bytes", "hash")}
        files[item["name"]] = _digest([path] if path.is_file() else [], described)
    code = [*(BOOK / "companion").rglob("*.py"), *ROOT.glob("constraints.txt")]
    return _digest(code, package), files


def _runs(cache):
    """Return {page: its runs that the cache holds}; a page whose runs are others than at the last build is read again."""
    runs = {}
    for record in cache.list_cache_records():
        runs.setdefault(record.data.get("page"), []).append(f"{record.pk}, {record.created}")
    return {page: sorted(found) for page, found in runs.items()}


def _execute(app, cache, pages, code, files):
    """Fill the cache, from which myst-nb takes the outputs; NotebookFault says which notebook and cell is at fault.

    pages: {path: page}. myst-nb alone would run them one by one, and stop at an unknown kernel or a dead one without a name.
    """
    if app.config.nb_execution_mode != "cache":
        return
    asked, faults = [], []
    for path in pages:
        try:
            cache.match_cache_notebook(read(path))
        except KeyError:
            asked.append(path)
        except BuildError as error:
            faults.append(str(error))
    for path in asked:
        logging.getLogger(__name__).info(f"Executing {path.relative_to(ROOT).as_posix()}")
    done, failed = run_all(asked, app.config.nb_execution_timeout) if asked else ({}, [])
    for path, notebook in done.items():
        rests = {name: files[name] for name in notebook.metadata.pop("used") if name in files}
        told = {"page": pages[path], "code": code, "rests_on": rests}
        bundle = CacheBundleIn(notebook, str(path), data=told)
        cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    if faults or failed:
        raise NotebookFault("\n".join(faults + failed))
