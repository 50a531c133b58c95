"""`make hub-test`: JupyterHub itself on this machine, and a class that comes at once. Nothing leaves 127.0.0.1.

Run by the Python of the hub's own environment, `_build/hub/venv`: the hub, nbgitpuller and what a bundle needs.
"""

import argparse
import os
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psutil
import requests

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from visit import visit_all  # noqa: E402

STEPS = ("logged in", "server ready", "bundle there", "first figure", "all cells run")


def free_ports(count):
    """Ports of 127.0.0.1 that nobody listens on."""
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def start_hub(folder, proxy):
    """Start the hub in a group of its own; return its process, its address and the password of the day."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "homes").mkdir(parents=True)
    port, hub_port, proxy_port = free_ports(3)
    password = secrets.token_hex(16)
    there = {
        "HUB_TEST_FOLDER": str(folder), "HUB_TEST_PORT": str(port), "HUB_TEST_HUB_PORT": str(hub_port),
        "HUB_TEST_PROXY_PORT": str(proxy_port), "HUB_TEST_PROXY": str(proxy), "HUB_TEST_PASSWORD": password,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    with open(folder / "hub.log", "wb") as log:
        hub = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", str(HERE / "jupyterhub_config.py")],
            cwd=folder, env=os.environ | there, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    for _ in range(240):
        if hub.poll() is not None:
            break
        try:
            if requests.get(f"{address}/hub/api", timeout=5).ok:
                return hub, address, password
        except requests.ConnectionError:
            pass
        time.sleep(0.5)
    stop(hub, folder)
    sys.exit(f"the hub did not start; see {folder / 'hub.log'}")


def owned(folder):
    """The processes that run for a student, {name: [processes]}, by the home that each was given."""
    found = {}
    for process in psutil.process_iter():
        try:
            home = Path(process.environ().get("HOME", "/"))
        except (psutil.Error, OSError):
            continue
        if home.parent == folder / "homes":
            found.setdefault(home.name, []).append(process)
    return found


def memory(folder):
    """Megabytes a student: what server and kernel hold alone, and their share of what they hold with others."""
    shares = {}
    for name, processes in owned(folder).items():
        held = []
        for process in processes:
            try:
                held.append(process.memory_full_info().pss / 2**20)
            except psutil.Error:
                continue
        shares[name] = sum(held)
    return shares


def stop(hub, folder):
    """End the hub, its proxy and every server that it started, by their ids."""
    if hub.poll() is None:
        os.killpg(hub.pid, signal.SIGTERM)
        try:
            hub.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(hub.pid, signal.SIGKILL)
    left = [process for processes in owned(folder).values() for process in processes]
    note = folder / "proxy.pid"  # a hub that dies while it starts leaves its proxy behind
    if note.exists() and psutil.pid_exists(int(note.read_text())):
        left.append(psutil.Process(int(note.read_text())))
    for process in left:
        try:
            process.kill()
        except psutil.Error:
            continue


def report(students, shares, load):
    """Print what the class met; return the number of students for whom something failed."""
    cores, room = os.cpu_count(), psutil.virtual_memory().total / 2**30
    print(f"machine: {cores} cores, {room:.0f} GiB; load before: {load:.1f}")
    print(f"students at once: {len(students)}")
    for step in STEPS:
        times = [student.times[step] for student in students if step in student.times]
        if times:
            print(
                f"{step:>14}: {statistics.median(times):5.1f} s for the median student, "
                f"{max(times):5.1f} s for the last ({len(times)} of {len(students)})"
            )
    if shares:
        values = list(shares.values())
        print(
            f"        memory: {statistics.median(values):.0f} MiB a student (median), {max(values):.0f} MiB "
            f"(most), {sum(values) / 1024:.1f} GiB for all"
        )
    failed = [student for student in students if student.faults]
    print(f"      failures: {len(failed)}")
    for student in failed:
        print(f"  {student.name}: {student.faults[0]} (last step: {[*student.times][-1:]})")
    return len(failed)


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--students", type=int, default=20)
    words.add_argument("--proxy", type=Path, required=True, help="configurable-http-proxy")
    words.add_argument("--folder", type=Path, required=True, help="where the hub may write")
    words.add_argument("--repository", required=True, help="a repository with the branch")
    words.add_argument("--branch", default="students")
    words.add_argument("--notebook", required=True, help="path of a notebook in the branch")
    told = words.parse_args()
    load = os.getloadavg()[0]
    hub, address, password = start_hub(told.folder, told.proxy)
    try:
        names = [f"student{number:02d}" for number in range(1, told.students + 1)]
        students = visit_all(
            address, names, password, told.repository, told.branch, "seminar", told.notebook
        )
        failed = report(students, memory(told.folder), load)
    finally:
        stop(hub, told.folder)
    shutil.rmtree(told.folder / "homes", ignore_errors=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
