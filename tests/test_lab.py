"""JupyterLab itself, offline: every notebook of the book opens, runs from top to bottom and shows its figures."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from conftest import BOOK, ROOT, cases, notebooks, open_window
from test_build import notebook
from test_sketches import SETUP, SKETCHES

from companion.theme import MIME

TOKEN = "book"
IN_ORDER = [
    name
    for name in re.findall(
        r"^(?:root:|\s*- file:) book/(\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"), re.M
    )
    if name in notebooks()
]
RUN = """async () => {
    const app = window.jupyterapp;
    await app.restored;
    const panel = await app.commands.execute('docmanager:open', {path: %r});
    await panel.context.ready;
    await panel.sessionContext.ready;
    await app.commands.execute('notebook:run-all-cells');
    return [...panel.content.model.cells].filter(cell => cell.type === 'code').map(cell => cell.toJSON());
}"""


@pytest.fixture(scope="module")
def lab_root(tmp_path_factory):
    """The folder in which JupyterLab runs."""
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def lab(lab_root):
    """A running JupyterLab in a copy of the book, without a way out; its address."""
    root = lab_root
    shutil.copytree(
        BOOK, root / "book", ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    )
    shutil.copytree(ROOT / "data", root / "data")
    settings = root / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text(
        json.dumps({"windowingMode": "none"})
    )  # draw cells out of sight, too
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    nowhere = "http://127.0.0.1:9"
    folders = {
        f"JUPYTER_{kind}_DIR": str(root / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")
    }
    words = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        f"--ServerApp.port={port}",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={root}",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.extension_manager=readonly",
        f"--LabApp.user_settings_dir={root / 'settings'}",
        f"--LabApp.workspaces_dir={root / 'workspaces'}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    with open(root / "lab.log", "w") as log:
        server = subprocess.Popen(
            words,
            cwd=root,
            stdout=log,
            stderr=log,
            env={
                **os.environ,
                **folders,
                "IPYTHONDIR": str(root / "ipython"),
                "HTTP_PROXY": nowhere,
                "HTTPS_PROXY": nowhere,
                "NO_PROXY": "127.0.0.1,localhost",
            },
        )
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(120):
            try:
                urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                    f"{address}api?token={TOKEN}", timeout=5
                ).close()
                break
            except OSError:
                assert server.poll() is None, (root / "lab.log").read_text()
                time.sleep(0.5)
        else:
            pytest.fail((root / "lab.log").read_text(), pytrace=False)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def desk(chromium, lab):
    """JupyterLab in one window, in which the notebooks are opened one after the other."""
    context, record = open_window(chromium, viewport={"width": 1280, "height": 900})
    window = context.new_page()
    window.goto(f"{lab}lab?token={TOKEN}&reset")
    window.wait_for_function(
        "window.jupyterapp && window.jupyterapp.commands.hasCommand('notebook:run-all-cells')",
        timeout=60_000,
    )
    yield window, record
    context.close()


def faults(said):
    """What a console said that a reader should not see: errors, and what Vega warns of.

    That a plugin is slow is no fault, nor that jupyterlab-myst finds no target for a reference to another page.
    """
    found = []
    for line in said:
        words = re.sub(r" \(\S*\)$", "", line)  # without the script's address
        slow = re.match(r"warning: Plugin \S+ took \d", words)
        if slow or "/jupyterlab-myst/" in line:
            continue
        if re.match("error|page error", words) or re.search(
            r"\bWARN\b|vega|domain|scale", words, re.I
        ):
            found.append(line)
    return found


def test_the_console_is_read_for_faults_not_for_slowness():
    slow = "warning: Plugin @jupyterlab/vega5-extension:factory took 16107ms to activate (http://127.0.0.1:1/a.js)"
    quiet = "warning: The AudioContext was not allowed to start (http://127.0.0.1:1/vega.js)"
    vega = [
        'warning: WARN Infinite extent for field "a": [Infinity, -Infinity] (http://127.0.0.1:1/a.js)',
        "warning: Domains that should be unioned has conflicting sort properties. (http://x/a.js)",
    ]
    wrong = ["error: Failed to load resource (http://127.0.0.1:1/a.js)", "page error: TypeError: x"]
    myst = 'error: No target for internal reference "#x" was found. (http://x/jupyterlab-myst/a.js)'
    assert faults([slow, quiet, myst, *vega, *wrong]) == vega + wrong


@pytest.mark.parametrize("name", cases(IN_ORDER, ["lin-2025", "polling"]))
def test_run_all_cells(desk, name):
    window, record = desk
    record.said.clear()
    cells = window.evaluate(RUN % f"book/{name}.ipynb")
    failed = [
        f"{''.join(cell['source'])[:80]}: {out['ename']}: {out['evalue']}"
        for cell in cells
        for out in cell["outputs"]
        if out["output_type"] == "error"
    ]
    assert not failed, "\n".join(failed)
    assert all(cell["execution_count"] for cell in cells if "".join(cell["source"]).strip()), (
        "a cell was not run"
    )

    figures = sum(MIME in out.get("data", {}) for cell in cells for out in cell["outputs"])
    drawn = "[...document.querySelectorAll('.jp-OutputArea-output .vega-embed')].filter(e => e.querySelector('svg, canvas')?.getBoundingClientRect().width > 100).length"
    try:
        window.wait_for_function(f"{drawn} >= {figures}", timeout=20_000)
    except Exception:
        pytest.fail(
            f"{window.evaluate(drawn)} of {figures} figures are drawn; {record.said}", pytrace=False
        )
    assert (
        window.locator(
            ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']"
        ).count()
        == 0
    )
    assert faults(record.said) == []
    assert record.outside == []
    window.evaluate("""async () => {
        const panel = window.jupyterapp.shell.currentWidget;
        await panel.sessionContext.shutdown();
        await panel.context.revert();
        panel.dispose();
    }""")


def test_sketches_are_drawn(desk, lab_root):
    """A chart alone in `companion.figure` and a plain Altair chart, with a slider of a parameter without a name."""
    window, record = desk
    (lab_root / "book" / "sketches.ipynb").write_text(notebook(SETUP, *SKETCHES))
    cells = window.evaluate(RUN % "book/sketches.ipynb")
    assert [out for cell in cells for out in cell["outputs"] if out["output_type"] == "error"] == []
    here = "window.jupyterapp.shell.currentWidget.node"
    drawn = f"[...{here}.querySelectorAll('.vega-embed')].filter(one => one.querySelector('svg, canvas'))"
    window.wait_for_function(f"{drawn}.length == {len(SKETCHES)}", timeout=20_000)
    assert window.evaluate(f"{here}.querySelectorAll('.vega-embed input[type=range]').length") == 1
    assert window.evaluate(f"{here}.textContent").count("As a figure of the book") == 2
    assert record.outside == []


def test_every_notebook_is_a_page_of_the_book():
    assert set(IN_ORDER) == set(notebooks())
