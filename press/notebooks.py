"""Notebooks as files and as runs: the form in which they are stored, running them, and what is wrong in a line."""

import asyncio
import json
import os
import re
import threading

import nbformat
import yaml

from press.command import BuildError
from press.edition import BOOK, ROOT
from press.swap import write


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


def _name(path):
    return path.relative_to(ROOT).as_posix()


def read(path):
    """Return a notebook of the book. Errors: BuildError that says which line or cell is no part of a notebook."""
    try:
        text = path.read_text(encoding="utf-8")
        if mark := re.search(r"^(<{7}|={7}|>{7}).*$", text, re.M):
            line = text.count("\n", 0, mark.start()) + 1
            raise BuildError(
                f"{_name(path)}, line {line}: a merge conflict, {mark[0]!r}; expected one of the two versions: "
                f"`git checkout --ours {_name(path)}` or `--theirs`, then `make notebooks`"
            )
        json.loads(text)
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except json.JSONDecodeError as error:
        what = f", line {error.lineno}: no JSON, {error.msg}"
    except UnicodeDecodeError as error:
        what = f": not UTF-8 at byte {error.start}"
    except nbformat.ValidationError as error:
        where = [part for part in error.absolute_path if isinstance(part, int)]
        cell = f", cell {where[0] + 1}" if where else ""
        said = _line(error.message).replace(repr(error.instance), "this")
        what = f"{cell}: not in a notebook's form, {said[:120]}"
    else:
        return notebook
    raise BuildError(
        f"{_name(path)}{what}; expected a notebook: `git checkout {_name(path)}` gives the last committed one"
    )


def cell_name(notebook, index):
    """Return how a message names a cell: its place from the top, texts counted too, and how it begins."""
    source = "".join(notebook["cells"][index]["source"]).strip()
    return f'cell {index + 1} ("{_line(source)[:60]}")'


def name_cells(text):
    """Return a log in which myst-nb's line numbers (60002 for the first line of cell 6) are cells and their lines."""

    def place(found):
        index, line = int(found[2]) // 10_000 - 1, int(found[2]) % 10_000 - 1
        path = ROOT / found[1]
        try:
            cell = cell_name(json.loads(path.read_text(encoding="utf-8")), index)
        except (OSError, ValueError, LookupError):
            return found[0]
        return f"{found[1]}, {cell}, line {max(line, 1)}"

    return re.sub(r"([^\s:]+\.ipynb):(\d{5,})\b", place, text)


def _line(text):
    return str(text).strip().split("\n")[0]


# The last cell of a run, which asks on which resources it rests; it is not kept.
ASK = """import sys
known = sys.modules.get("companion.data")
print(*(known.used() if known else []))"""


async def _run(path, timeout, kernel):
    """Run a notebook and return it with its outputs, and in its metadata what it `used`: names of resources.

    Errors: BuildError that names notebook, cell and remedy.
    """
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient, exceptions

    notebook, at = read(path), None

    def start(cell, cell_index):
        nonlocal at
        at = cell_index

    kernel = kernel or notebook.metadata.get("kernelspec", {}).get("name") or "python3"
    notebook.cells.append(nbformat.v4.new_code_cell(ASK))
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name=kernel,
        record_timing=False,
        shutdown_kernel="immediate",  # a cell that loops would be waited for
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=start,
    )
    try:
        await client.async_execute()
        notebook.metadata["used"] = "".join(
            out.get("text", "") for out in notebook.cells.pop().outputs
        ).split()
        return notebook
    except NoSuchKernel:
        what = f"unknown kernel {kernel!r}; expected 'python3', which `make notebooks` stores"
    except exceptions.CellTimeoutError:
        what = f"still at work after {timeout} s; expected a cell that ends, or a longer `timeout` in _config.yml"
    except exceptions.DeadKernelError:
        what = "the kernel died; expected a cell that neither ends Python nor asks for more memory than there is"
    except exceptions.CellExecutionError as error:
        what = f"{error.ename}: {_line(error.evalue)}"
    except Exception as error:  # the kernel did not start: whatever its makers raise
        what = f"the kernel did not answer, {type(error).__name__}: {_line(error)}; expected one that starts: `make setup`"
    raise BuildError(
        f"{_name(path)}{f', {cell_name(notebook, at)}' if at is not None else ''}: {what}"
    )


def run_all(paths, timeout, kernel=None):
    """Run notebooks, as many at once as there are processors, in `kernel` or in the one that each names.

    Returns {path: notebook with outputs} and the faults, a line each.
    """
    found = []

    async def run():
        gate = asyncio.Semaphore(os.cpu_count() or 1)

        async def one(path):
            async with gate:
                return await _run(path, timeout, kernel)

        return await asyncio.gather(*map(one, paths), return_exceptions=True)

    # In the main thread nbclient would take over the signals, and an interrupted build would go on.
    thread = threading.Thread(target=lambda: found.extend(asyncio.run(run())), daemon=True)
    thread.start()
    thread.join()
    for result in found:
        if isinstance(result, BaseException) and not isinstance(result, BuildError):
            raise result
    pairs = list(zip(paths, found, strict=True))
    done = {path: result for path, result in pairs if not isinstance(result, BuildError)}
    return done, [str(result) for _, result in pairs if isinstance(result, BuildError)]


def notebooks():
    """Run every notebook of the book, renew its references, and store it in its normal form; one with a fault stays as it is."""
    from press.lab import renew_all  # it needs much that a build with nothing to do does not

    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    done, faults = run_all(
        sorted(BOOK.glob("*.ipynb")), settings["execute"]["timeout"], kernel="python3"
    )
    done = {path: json.loads(nbformat.writes(notebook)) for path, notebook in done.items()}
    renew_all(done)
    for path, notebook in done.items():
        write(path, dumps(notebook))
        print(_name(path))
    if faults:
        raise BuildError("\n".join(faults))
