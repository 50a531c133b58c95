"""What takes long or needs rights of its own: kills, loads, places, users, languages, clocks, other Pythons. Run by `make stress`."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import BOOK, ROOT, build, need, version
from test_build import ABOUT, INDEX, plain, plant, sample_page, write

RUNS = int(os.environ.get("RUNS", 20))
ROOT_ONLY = pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root may do this")
NAME = f"alliances-in-transition-{version()}.pdf"


def pages(root, folder="html"):
    """{name: bytes} of the pages of a built book."""
    made = root / "_build" / folder
    return {p.relative_to(made).as_posix(): p.read_bytes() for p in made.rglob("*.html")}


def run(root, task="html", before=(), user=None, **env):
    """Build in a tree with more of an environment; returns what it said, and fails where the build does."""
    made = subprocess.run(
        [*before, sys.executable, "-m", "press.build", task],
        cwd=root,
        user=user,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": str(root / "book"), **env},
    )
    assert made.returncode == 0, made.stdout
    return made.stdout


# --- Loads --------------------------------------------------------------------------------------


@contextmanager
def loaded(count=4):
    """So many processes that do nothing but work."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for one in busy:
            one.kill()


def test_notebooks_give_the_same_in_any_order_on_a_busy_machine():
    """RUNS times nbval, four other loads beside it; the seed of each order is printed."""
    books = sorted(BOOK.glob("*.ipynb"))
    with loaded():
        for turn in range(RUNS):
            random.Random(turn).shuffle(books)
            made = subprocess.run(
                [sys.executable, "-m", "pytest", "--nbval", *books, "--nbval-current-env", "-q"]
                + ["-p", "no:randomly", "-p", "no:cacheprovider"],
                cwd=ROOT,
                text=True,
                capture_output=True,
            )
            assert made.returncode == 0, f"run {turn + 1}, seed {turn}:\n{made.stdout[-4000:]}"


# --- Kills --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A small book that is built whole, and how long a changed one takes."""
    root = tmp_path_factory.mktemp("killed")
    plant(root)
    task = "book" if shutil.which("xelatex") else "html"
    build(root, task)
    write(root, index=INDEX + "\nA change.\n")
    begun = time.monotonic()
    build(root, task)
    return root, task, time.monotonic() - begun


@pytest.mark.parametrize("seed", range(10))
def test_a_build_killed_at_any_moment_leaves_the_last_good_book(killed, seed):
    root, task, took = killed
    before = pages(root)
    pdf = root / "_build" / "pdf" / NAME
    paper = pdf.read_bytes() if task == "book" else b""
    new = INDEX + f"\nChange {seed}.\n"
    write(root, index=new)
    # The second half of the moments is aimed at the end, where the swap is.
    at = took * (random.Random(seed).random() if seed < 5 else 0.85 + 0.03 * (seed - 5))
    begun = subprocess.Popen(
        [sys.executable, "-m", "press.build", task],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "book")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(at)
    begun.send_signal(signal.SIGKILL)
    begun.wait()
    aside = root / "_build" / "html.aside"
    stands = pages(root, "html.aside") if aside.exists() and not pages(root) else pages(root)
    assert set(stands) == set(before), f"killed after {at:.1f} s: pages are missing"
    assert stands == before or f"Change {seed}." in stands["book/index.html"].decode(), "two books"
    assert task != "book" or pdf.read_bytes()[-6:].strip() == b"%%EOF" and len(paper) > 0
    build(root, task)
    assert f"Change {seed}.".encode() in pages(root)["book/index.html"]


def test_two_builds_at_once_give_one_whole_book(killed):
    root, _, _ = killed
    write(root, about=ABOUT + "\nBoth.\n")
    words = [sys.executable, "-m", "press.build", "html"]
    env = {**os.environ, "PYTHONPATH": str(root / "book")}
    both = [subprocess.Popen(words, cwd=root, env=env, stderr=subprocess.PIPE) for _ in range(2)]
    told = [one.communicate()[1].decode() for one in both]
    assert [one.returncode for one in both] == [0, 0], told
    assert b"Both." in pages(root)["book/about.html"]


# --- Places, users, languages, clocks -----------------------------------------------------------


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """A small book, and its pages as they are built here."""
    root = tmp_path_factory.mktemp("usual")
    plant(root)
    build(root, "html")
    return root, pages(root)


def test_a_path_with_spaces_and_chinese_letters(usual, tmp_path):
    root = tmp_path / "a book of 國防 費" / "my copy"
    root.mkdir(parents=True)
    plant(root)
    build(root, "html")
    assert pages(root) == usual[1]
    if shutil.which("xelatex"):
        build(root, "pdf")
    assert "Executing" in plain(root) or "the first word" in sample_page(root)


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C", "LANG": "C"},
        {"TZ": "Pacific/Kiritimati"},
        {"TZ": "America/Los_Angeles"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0"},
    ],
    ids=str,
)
def test_pages_are_the_same_in_every_language_and_on_every_clock(usual, tmp_path, env):
    plant(tmp_path)
    run(tmp_path, **env)
    assert pages(tmp_path) == usual[1]


@ROOT_ONLY
def test_no_network_after_set_up(usual, tmp_path):
    need("unshare")
    plant(tmp_path)
    lo = ["sh", "-c", 'ip link set lo up 2>/dev/null || ifconfig lo up 2>/dev/null; exec "$@"', "-"]
    if subprocess.run(["unshare", "-n", "true"]).returncode:
        pytest.skip("this machine does not let a process leave the network")
    run(tmp_path, before=["unshare", "-n", *lo])
    assert pages(tmp_path) == usual[1]


@ROOT_ONLY
def test_a_user_who_is_not_root(usual, tmp_path):
    root = tmp_path / "theirs"
    root.mkdir()
    plant(root)
    home = tmp_path / "home"
    home.mkdir()
    for path in [root, home, *root.rglob("*")]:
        os.chown(path, 65534, 65534)
    for path in [tmp_path, *tmp_path.parents][:-2]:
        path.chmod(path.stat().st_mode | 0o055)
    try:
        run(root, user=65534, HOME=str(home))
    except PermissionError as error:
        pytest.skip(f"{error.filename}: no other user may run this Python")
    assert pages(root) == usual[1]


@ROOT_ONLY
def test_a_checkout_that_may_only_be_read_and_a_build_elsewhere(usual, tmp_path):
    root, elsewhere = tmp_path / "read-only", tmp_path / "elsewhere"
    root.mkdir()
    elsewhere.mkdir()
    plant(root)
    (root / "_build").symlink_to(elsewhere)
    if subprocess.run(["mount", "--bind", root, root]).returncode:
        pytest.skip("this machine does not let a folder be mounted")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", root], check=True)
        run(root)
        made = {
            p.relative_to(elsewhere / "html").as_posix(): p.read_bytes()
            for p in (elsewhere / "html").rglob("*.html")
        }
        assert made == usual[1]
    finally:
        subprocess.run(["umount", root], check=True)


# --- Other Pythons ------------------------------------------------------------------------------


def pythons():
    """{version: interpreter} of newer Pythons on this machine."""
    found = {}
    for minor in (12, 13):
        places = [shutil.which(f"python3.{minor}")]
        places += sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python"))
        for path in filter(None, places):
            if not subprocess.run([path, "-c", "import ssl"], capture_output=True).returncode:
                found[f"3.{minor}"] = path
    return found


@pytest.mark.parametrize("name", ["3.12", "3.13"])
def test_a_newer_python_builds_the_same_text(usual, tmp_path, name):
    """Installs the lock into an environment of its own, which needs the network."""
    if name not in pythons():
        pytest.skip(f"Python {name} is not on this machine")
    subprocess.run([pythons()[name], "-m", "venv", tmp_path / "venv"], check=True)
    path = tmp_path / "venv" / "bin" / "python"
    install = [path, "-m", "pip", "install", "--quiet", "-r", ROOT / "requirements.txt"]
    subprocess.run(install, check=True)
    root = tmp_path / "book"
    root.mkdir()
    plant(root)
    env = {**os.environ, "PYTHONPATH": str(root / "book")}
    words = [path, "-m", "press.build", "html"]
    made = subprocess.run(words, cwd=root, env=env, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    assert sample_page(root) == usual[1]["book/sample.html"].decode()
