"""The last good book stays whole: kills at every step, full disks, trees that are not ours, two builds at once."""

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
from conftest import ROOT, build, need
from test_build import CELLS, notebook, plant, write

from press import command, swap

UNIX = pytest.mark.skipif(os.name == "nt", reason="signals and locks of Unix")
ENV = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'book'}"}


def python(script, *words, **more):
    """A Python process with the press on its path, and `script` to run."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *(str(word) for word in words)],
        env=ENV,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **more,
    )


def until(true, what, seconds=60):
    for _ in range(seconds * 10):
        if true():
            return
        time.sleep(0.1)
    pytest.fail(f"after {seconds} s: {what}", pytrace=False)


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


# --- Children -----------------------------------------------------------------------------------

FAMILY = """
import sys
from pathlib import Path
from press.command import call
nap = "import time; time.sleep(300)"
call([sys.executable, "-c", f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {nap!r}]); {nap}"], Path(sys.argv[1]))
"""
WAITING = """
import time
from press.command import main
main(lambda: [print("at work", flush=True), time.sleep(300)], kept="all")
"""


def family(process, size):
    """All descendants of a process, once there are `size` of them."""
    top = psutil.Process(process.pid)
    until(lambda: len(top.children(recursive=True)) >= size, f"{size} children")
    return top.children(recursive=True)


def ended(processes):
    gone, alive = psutil.wait_procs(processes, timeout=15)
    assert not alive, [process.cmdline() for process in alive]


@UNIX
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"])
def test_children_end_with_the_command(tmp_path, name):
    run = python(FAMILY, tmp_path / "log")
    children = family(run, 3)
    run.send_signal(getattr(signal, name))
    run.communicate()
    ended(children)


@UNIX
def test_a_killed_make_takes_its_command_along(tmp_path):
    make = need("make")
    how = re.search(r"^PYTHON_BOOK := (.*)$", (ROOT / "Makefile").read_text(), re.M)[1]
    how = how.replace("PYTHONPATH=book", "A=b").replace("$(BIN)/python", sys.executable)
    (tmp_path / "waiting.py").write_text(WAITING)
    (tmp_path / "Makefile").write_text(f"all:\n\t@{how} waiting.py\n")
    run = subprocess.Popen([make], cwd=tmp_path, env=ENV, text=True, stdout=subprocess.PIPE)
    assert run.stdout.readline() == "at work\n"
    children = family(run, 1)
    run.kill()
    run.wait()
    ended(children)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A small book, built once."""
    root = tmp_path_factory.mktemp("swap")
    plant(root)
    build(root, "html")
    return root


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


# --- One at a time ------------------------------------------------------------------------------

HOLDING = """
import sys, time
from pathlib import Path
from press import command
command.ROOT = Path(sys.argv[1])
with command.alone("build") as cut_off:
    print("cut off" if cut_off else "fresh", flush=True)
    time.sleep(float(sys.argv[2]))
print("end", flush=True)
"""


@UNIX
def test_two_builds_in_one_checkout_wait_for_each_other(tmp_path):
    first = python(HOLDING, tmp_path, 2)
    assert first.stdout.readline() == "fresh\n"
    second = python(HOLDING, tmp_path, 0)
    assert second.stdout.readline().startswith("another build is at work in this checkout; waiting")
    assert second.stdout.readline() == "fresh\n"
    assert first.poll() is not None or first.stdout.readline() == "end\n"
    first.communicate()
    second.communicate()


@UNIX
def test_the_next_build_knows_that_one_was_killed(tmp_path):
    first = python(HOLDING, tmp_path, 300)
    assert first.stdout.readline() == "fresh\n"
    first.kill()
    first.communicate()
    for said in ("cut off", "fresh"):
        assert python(HOLDING, tmp_path, 0).communicate()[0] == f"{said}\nend\n"


# --- Disks and trees ----------------------------------------------------------------------------


def test_a_fault_of_the_disk_is_one_line_with_path_and_remedy(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "page").write_text("x")

    def full(source, target, **_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))

    monkeypatch.setattr(command, "ROOT", tmp_path)
    with pytest.raises(shutil.Error) as caught:
        shutil.copytree(tmp_path / "a", tmp_path / "b", copy_function=full)
    page = Path("b") / "page"
    full = f"{page}: No space left on device; expected a gigabyte of free space"
    assert command.explain(caught.value) == full
    assert command.explain(OSError(errno.ENOSPC, "No space left on device", str(page))) == full
    said = command.explain(PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "c")))
    assert said == "c: Permission denied; expected a checkout that you own and may write to"
    assert "program of this name" in command.explain(FileNotFoundError(errno.ENOENT, "x", "git"))


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
