"""Which pages must be made anew: what Sphinx and jupyter-cache do not see."""

import hashlib
import sys
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from sphinx.errors import SphinxError
from sphinx.util import logging

from press.command import BuildError
from press.edition import BOOK, PRESS, ROOT, commit, label
from press.notebooks import read, run_all
from press.pages import FILLED

COMMANDS = ("build", "command", "links", "policy", "publish", "sheets", "swap", "tex")
"""Modules that no page depends on."""


class NotebookFault(SphinxError):
    """A notebook that cannot be read or run; the message is a line for each."""

    category = "Notebook fault"


def _digest(paths):
    total = hashlib.sha256(sys.version.encode())
    for path in sorted(paths):
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _cache_path(app):
    return app.config.nb_execution_cache_path or str(Path(app.outdir).parent / ".jupyter_cache")


def find_outdated(app, env, added, changed, removed):
    """Name the pages that Sphinx would wrongly keep (the event `env-get-outdated`).

    A notebook depends on the helper code, the data and the lock, a page on this extension and the
    bibliography; neither Sphinx nor jupyter-cache sees that. A notebook whose inputs changed loses
    its record in the cache and is executed again. Changed static files call for one page, since
    Sphinx copies them only when it writes something.
    """
    code = (BOOK / "companion").rglob("*.py")
    inputs = _digest([*code, *(ROOT / "data").glob("*"), *ROOT.glob("constraints.txt")])
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
    env.companion_keys = {"inputs": inputs, "frame": frame, "static": static, "commit": commit()}
    notebooks = {name for name in env.found_docs if env.doc2path(name).endswith(".ipynb")}
    outdated = set()
    if kept.get("inputs") != inputs:
        cache = get_cache(_cache_path(app))
        for record in cache.list_cache_records():  # all: by path, those of a moved tree would stay
            cache.remove_cache(record.pk)
        outdated |= notebooks
    if kept.get("frame") != frame:
        outdated |= env.found_docs
    if kept.get("commit") != commit():
        outdated |= env.found_docs & set(FILLED)
    if kept.get("static") != static:
        outdated.add(app.config.root_doc)
    _execute(app, [env.doc2path(name) for name in sorted(notebooks & (outdated | added | changed))])
    return sorted(outdated - set(added) - set(removed))


def _execute(app, paths):
    """Fill the cache, from which myst-nb takes the outputs; NotebookFault says which notebook and cell is at fault.

    myst-nb alone would run them one by one, and stop at an unknown kernel or a dead one without a name.
    """
    if app.config.nb_execution_mode != "cache":
        return
    cache, paths, faults = get_cache(_cache_path(app)), [Path(path) for path in paths], []
    asked = []
    for path in paths:
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
        bundle = CacheBundleIn(notebook, str(path))
        cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    if faults or failed:
        raise NotebookFault("\n".join(faults + failed))
