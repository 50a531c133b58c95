"""The last good book stays whole: kills at every step, full disks, trees that are not ours."""

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from conftest import build
from test_build import CELLS, notebook, write
from test_command import UNIX, ended, python, until

from press import swap

# --- The swap -----------------------------------------------------------------------------------

KILLED_AT = """
import os, signal, sys
from pathlib import Path
from press import swap
folder, step, count = Path(sys.argv[1]), int(sys.argv[2]), 0
def watch(event, _):
    global count
    if event in ("os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "open"):
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
swap.put_in_place(folder / "new", folder / "good", folder / "stamp", "new")
"""


def lay(folder, kind):
    """A good book and a new one, as folders or as files, and the stamp of the good one."""
    for name in ("good", "new"):
        if kind == "folder":
            (folder / name / "below").mkdir(parents=True)
            for path in (folder / name / "index", folder / name / "below" / "page"):
                path.write_text(name)
        else:
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(name)
    (folder / "stamp").write_text("good")


def stands(folder):
    """Which book stands there whole: "good" or "new"."""
    good = folder / "good"
    if good.is_file():
        return good.read_text()
    assert {path.relative_to(good).as_posix() for path in good.rglob("*")} == {
        "index",
        "below",
        "below/page",
    }
    said = {path.read_text() for path in good.rglob("*") if path.is_file()}
    assert len(said) == 1, "two books are mixed"
    return said.pop()


@UNIX
@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_kill_at_any_step_leaves_a_whole_book_and_a_true_stamp(tmp_path, kind):
    seen, step = set(), 0
    while True:
        step += 1
        folder = tmp_path / str(step)
        lay(folder, kind)
        run = python(KILLED_AT, folder, step)
        said, _ = run.communicate()
        assert run.returncode in (0, -signal.SIGKILL), said
        swap.restore(folder)
        book, stamp = stands(folder), folder / "stamp"
        assert not stamp.exists() or stamp.read_text() == book, f"step {step}: the stamp lies"
        assert not list(folder.glob("*.aside"))
        seen.add((book, stamp.exists()))
        if run.returncode == 0:
            break
    assert (book, stamp.read_text()) == ("new", "new")
    assert step > (7 if kind == "folder" else 3), "the kills met no step"
    assert {("good", True), ("good", False), ("new", False), ("new", True)} <= seen


@pytest.mark.parametrize("turn", [1, 2])
def test_a_rename_that_fails_leaves_the_good_book_at_once(tmp_path, monkeypatch, turn):
    lay(tmp_path, "folder")
    real, calls = Path.rename, []

    def rename(self, target):
        calls.append(target)
        if len(calls) == turn:
            raise OSError(errno.EACCES, "Permission denied", str(self))
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError):
        swap.put_in_place(tmp_path / "new", tmp_path / "good", tmp_path / "stamp", "new")
    assert stands(tmp_path) == "good" and not (tmp_path / "stamp").exists()


# --- Builds that are killed ---------------------------------------------------------------------


def kernels(top):
    found = []
    for child in top.children(recursive=True):
        with suppress(psutil.Error):  # one that has just ended
            found += [child] if "ipykernel_launcher" in child.cmdline() else []
    return found


def cut_off(root, name):
    """Start a build, kill it by a signal while a cell runs, and see its children end; returns what it said."""
    run = subprocess.Popen(
        [sys.executable, "-m", "press.build", "html"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "book")},
        text=True,
        stderr=subprocess.PIPE,
    )
    top = psutil.Process(run.pid)
    until(lambda: kernels(top), "a kernel")
    time.sleep(1)
    children = top.children(recursive=True)
    run.send_signal(getattr(signal, name))
    said = run.communicate()[1]
    ended(children)
    return said


@UNIX
@pytest.mark.slow
def test_a_build_killed_in_a_cell_leaves_no_kernel_and_the_next_one_is_whole(tree):
    front = tree / "_build" / "html" / "index.html"
    before = front.read_bytes()
    write(tree, sample=notebook(*CELLS, "import time\ntime.sleep(300)"))
    try:
        said = cut_off(tree, "SIGINT")
        assert said.strip() == "interrupted; the book that was built last is as it was"
        cut_off(tree, "SIGKILL")
        assert front.read_bytes() == before
    finally:
        write(tree, sample=notebook(*CELLS))
    half = tree / "_build" / "next" / "half"
    half.write_text("half written")
    (tree / "_build" / ".html.inputs").unlink(missing_ok=True)
    build(tree, "html")
    assert not half.exists(), "what the killed build had begun was trusted"
    assert front.read_bytes() == before


# --- Disks and trees ----------------------------------------------------------------------------


def test_a_full_disk_stops_the_build_in_a_line_and_the_good_book_stays(tree, tmp_path):
    """A build on a disk of one megabyte, where root can make one; the line above stands for other machines."""
    root = tmp_path / "full"
    shutil.copytree(tree, root, ignore=shutil.ignore_patterns("_build"))
    (root / "_build").mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(root / "_build")]
    if os.name == "nt" or os.geteuid() or subprocess.run(words, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        good = root / "_build" / "html" / "index.html"
        good.parent.mkdir()
        good.write_text("good")
        for _turn in range(2):
            code, said = build(root, "html", check=False)
            assert code and "Traceback" not in said, said
            assert said.splitlines()[0].endswith("expected a gigabyte of free space"), said
            assert good.read_text() == "good"
    finally:
        subprocess.run(["umount", str(root / "_build")], check=True)


STRANGER = """
import os, sys
from press import build, command
if not os.geteuid():
    os.setgid(65534)
    os.setuid(65534)
command.main(build.run, "html", kept="all")
"""


@UNIX
def test_a_tree_that_is_not_ours_stops_the_build_in_a_line(tree):
    """The tree of another user (as root, by becoming one), and of one's own without the right to write."""
    made = tree / "_build"
    before = {path: path.stat().st_mtime_ns for path in made.rglob("*")}
    modes = {path: path.stat().st_mode for path in [tree, made, made / ".build.lock"]}
    for path in [*tree.parents][:-2]:
        if not os.geteuid() and path.stat().st_uid == 0:
            modes[path] = path.stat().st_mode
            path.chmod(0o755)
    try:
        for path in (tree, made, made / ".build.lock"):
            path.chmod(0o444 if path.is_file() else 0o555)
        run = subprocess.run(
            [sys.executable, "-c", STRANGER],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": f"{tree}{os.pathsep}{tree / 'book'}"},
            capture_output=True,
            text=True,
        )
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    line = r"_build\S*: Permission denied; expected a checkout that you own and may write to\n"
    assert run.returncode == 1 and re.fullmatch(line, run.stderr), run.stderr
    assert {path: path.stat().st_mtime_ns for path in made.rglob("*")} == before
