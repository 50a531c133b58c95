"""What the commands of the press share: children end with them, one works at a time, a fault of the disk is a line."""

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from conftest import ROOT, need

from press import command

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
    _, alive = psutil.wait_procs(processes, timeout=15)
    for process in alive:
        process.kill()
    assert not alive, alive


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
    run = subprocess.Popen(
        [make, "--no-print-directory"], cwd=tmp_path, env=ENV, text=True, stdout=subprocess.PIPE
    )
    assert run.stdout.readline() == "at work\n"
    children = family(run, 1)
    run.kill()
    run.wait()
    ended(children)


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


# --- Disks --------------------------------------------------------------------------------------


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
