"""What every measurement shares: a command with its time, the machine, the environments of the peers."""

import importlib.metadata
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "_build" / "bench"

PEERS = {
    "stock": "jupyter-book==1.0.4.post1 altair==6.3.0 vl-convert-python==1.9.0.post1 pandas scipy ipykernel",
    "mkdocs": "mkdocs-material mkdocs-jupyter altair==6.3.0 pandas scipy ipykernel",
}
"""What is installed for each peer, within this book's own lock where it names a package."""


def timed(words, cwd, log, env=None):
    """Run a command; return {wall, cpu, peak}: seconds, seconds of all processes, megabytes of the largest one. Errors: RuntimeError with the end of its log."""
    begun = time.perf_counter()
    with open(log, "wb") as out:
        run = subprocess.Popen(
            [str(word) for word in words],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode:
        said = Path(log).read_text(encoding="utf-8", errors="replace")[-1500:]
        raise RuntimeError(f"{' '.join(map(str, words))} failed in {cwd}:\n{said}")
    return {
        "wall": time.perf_counter() - begun,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss / 1024,
    }


def median(found):
    """Return {measure: median} of several runs, each {measure: number}."""
    return {key: statistics.median(run[key] for run in found) for key in found[0]}


def python(peer):
    """Return the interpreter of a peer's environment, which is made the first time (that needs the network)."""
    folder = WORK / f"venv-{peer}"
    path = folder / "bin" / "python"
    if not (folder / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        lock = ["-c", ROOT / "constraints.txt"] if peer == "stock" else []
        words = [path, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*words, *PEERS[peer].split(), *lock], check=True)
        (folder / "whole").touch()
    return path


def versions(peer):
    """Return what a peer's environment holds of the packages that matter."""
    names = "jupyter-book sphinx myst-nb mkdocs mkdocs-material mkdocs-jupyter altair pandas"
    code = "import importlib.metadata as m, sys\nfor n in sys.argv[1:]:\n try: print(n, m.version(n))\n except m.PackageNotFoundError: pass"
    told = subprocess.run(
        [python(peer), "-c", code, *names.split()], capture_output=True, text=True, check=True
    )
    return ", ".join(told.stdout.strip().splitlines())


def _at_work(seconds=3):
    """Return the share of time in which the processors work now; the load average still holds what ended a minute ago."""

    def ticks():
        told = [int(one) for one in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
        return sum(told), told[3] + told[4]

    before = ticks()
    time.sleep(seconds)
    whole, idle = (now - then for now, then in zip(ticks(), before))
    return 1 - idle / whole


def machine():
    """Return a line on the machine and on what else it is doing."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    ours = ", ".join(
        f"{name} {importlib.metadata.version(name)}"
        for name in ("jupyter-book", "sphinx", "myst-nb", "altair", "pandas")
    )
    share = _at_work()
    busy = "" if share < 0.25 else " It was busy: these figures are no measure."
    return (
        f"{os.cpu_count()} processors ({model}), {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {ours}; processors at work {100 * share:.0f}% of the time before it began.{busy}"
    )
