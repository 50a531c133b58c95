"""What the commands of the press share: one at a time in a checkout, children that end with them, faults in a line."""

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from press.edition import ROOT

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

FULL = "No space left on device"
OWN = "a checkout that you own and may write to"


class BuildError(Exception):
    """A command failed; the message is one line for people."""


# --- Children -----------------------------------------------------------------------------------

# Runs a command and, when the pipe from the press closes, ends it with its family. The pipe closes however
# the press ends, by SIGKILL too, on any system. Kernels have sessions of their own and end by themselves
# when their parent does. Windows has no process groups of this kind: the command ends there, not its family.
KEEPER = """
import os, signal, subprocess, sys, threading
def end():
    os.read(0, 1)
    os.killpg(0, signal.SIGKILL) if hasattr(os, "killpg") else child.kill()
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
threading.Thread(target=end, daemon=True).start()
code = child.wait()
os._exit(code if code >= 0 else 128 - code)
"""


def call(words, log, **more):
    """Run a command, which ends when this process does, with its output in the file `log`; return its exit code and that output."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        open(log, "wb") as out,
        subprocess.Popen(
            [sys.executable, "-c", KEEPER, *(str(word) for word in words)],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **more,
        ) as keeper,
    ):
        code = keeper.wait()
    return code, log.read_text(encoding="utf-8", errors="replace")


def _end_with_make():
    """End when the `make` that called this ends; make itself passes on SIGTERM and SIGINT, yet not SIGKILL."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


# --- One at a time ------------------------------------------------------------------------------


@contextmanager
def alone(name):
    """Wait until no other command of this name works in this checkout; yields whether the last one was killed at work.

    Windows and file systems without locks: nobody waits, and a killed command is not noticed.
    """
    path = ROOT / "_build" / f".{name}.lock"
    path.parent.mkdir(exist_ok=True)
    with open(path, "a+", encoding="ascii") as lock:
        try:
            if fcntl:
                _wait(lock, name)
        except OSError:
            yield False
            return
        lock.seek(0)
        cut_off = bool(fcntl and lock.read())
        lock.write("at work")
        lock.flush()
        try:
            yield cut_off
        finally:
            lock.truncate(0)


def _wait(lock, name):
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"another {name} is at work in this checkout; waiting for it", file=sys.stderr)
        fcntl.flock(lock, fcntl.LOCK_EX)


# --- Faults -------------------------------------------------------------------------------------


def explain(error):
    """Return an OSError in one line: the path, what the system says of it, what is expected."""
    if isinstance(error, shutil.Error) and isinstance(error.args[0], list):  # of copytree
        path, why = error.args[0][0][1:]
        found = re.search(r"\[Errno (\d+)\]", why)
        code = int(found[1]) if found else None
        why = os.strerror(code) if found else why
    else:
        path, why, code = error.filename2 or error.filename, error.strerror, error.errno
    if isinstance(path, (str, os.PathLike)) and Path(path).is_relative_to(ROOT):
        path = Path(path).relative_to(ROOT)
    expected = {
        errno.ENOSPC: "a gigabyte of free space",
        errno.EDQUOT: "a gigabyte of free space",
        errno.ENOENT: "this file, or the program of this name",
        errno.EACCES: OWN,
        errno.EPERM: OWN,
        errno.EROFS: OWN,
    }.get(code, "a disk that can be read and written")
    return f"{path or ROOT}: {why or error}; expected {expected}"


def is_full(log):
    """Tell whether a command failed for want of space: its log says so, or the disk has no room for a log."""
    return FULL in log or shutil.disk_usage(ROOT / "_build").free < 100_000


def main(task, *arguments, kept):
    """Run a command and end with its exit code: faults are a line; `kept` says what an interrupted one leaves as it was."""

    def leave(*_):
        print(f"\ninterrupted; {kept}", file=sys.stderr)
        os._exit(130)  # at once: the pipes close, and what runs beside ends with them

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)
    if os.environ.get("MAKELEVEL") and hasattr(os, "getppid"):
        threading.Thread(target=_end_with_make, daemon=True).start()
    try:
        made = task(*arguments)
    except BuildError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(explain(error))
    if made:
        print(made.relative_to(ROOT) if isinstance(made, Path) else made)
