"""What a class needs on a hub: the branch that it pulls, the configurations, and the end of the term."""

import io
import os
import re
import subprocess
import zipfile
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from conftest import ROOT

from press.command import BuildError
from press.students import bundle_files, pull_link, write_branch

DEPLOY = ROOT / "deploy"


def git(root, *words):
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def bundle(path, **files):
    with zipfile.ZipFile(path, "w") as out:
        for name, body in files.items():
            out.writestr(f"{path.stem}/{name}", body)
    return path


@pytest.fixture
def tree(tmp_path):
    """A repository with a file that is changed and not committed, and one that is only staged."""
    root = tmp_path / "tree"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "An Editor")
    git(root, "config", "user.email", "editor@example.org")
    (root / "page.md").write_text("one\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "A page")
    (root / "page.md").write_text("two\n")
    (root / "new.md").write_text("new\n")
    git(root, "add", "new.md")
    return root


def test_the_branch_of_students_holds_the_bundles_alone_and_leaves_the_work_tree(tree, tmp_path):
    zips = [bundle(tmp_path / "budget.zip", **{"budget.ipynb": "{}", "a.csv": "x\n1\n"})]
    before = git(tree, "status", "--porcelain"), git(tree, "rev-parse", "HEAD")
    first = write_branch(bundle_files(zips), root=tree)
    assert (git(tree, "status", "--porcelain"), git(tree, "rev-parse", "HEAD")) == before
    assert git(tree, "ls-tree", "-r", "--name-only", "students").split("\n") == [
        "budget/a.csv", "budget/budget.ipynb",
    ]  # fmt: skip
    assert git(tree, "rev-list", "--count", "students") == "1", "the branch has a past"
    assert "students-being-written" not in git(tree, "branch", "--list")
    assert write_branch(bundle_files(zips), root=tree) == "", "nothing new, and yet a commit"

    # A student pulls, changes a file, and pulls again: what is new comes, what was changed stays.
    git(tmp_path, "clone", "-q", "--branch", "students", str(tree), "home")
    (tmp_path / "home" / "budget" / "budget.ipynb").write_text('{"mine": 1}')
    bundle(zips[0], **{"budget.ipynb": "{}", "a.csv": "x\n2\n"})
    second = write_branch(bundle_files(zips), root=tree)
    assert git(tree, "rev-parse", "students^") == first != second
    git(tmp_path / "home", "pull", "-q", "--ff-only")
    assert (tmp_path / "home" / "budget" / "a.csv").read_text() == "x\n2\n"
    assert "mine" in (tmp_path / "home" / "budget" / "budget.ipynb").read_text()


def test_a_branch_that_is_not_the_students_is_refused(tree, tmp_path):
    files = bundle_files([bundle(tmp_path / "budget.zip", **{"budget.ipynb": "{}"})])
    git(tree, "branch", "students")
    with pytest.raises(BuildError, match="branch students: found history shared with HEAD"):
        write_branch(files, root=tree)
    git(tree, "branch", "-D", "students")
    write_branch(files, root=tree)
    git(tree, "worktree", "add", "-q", str(tmp_path / "other"), "students")
    with pytest.raises(BuildError, match="found it checked out"):
        write_branch(files, root=tree)


def test_a_zip_that_would_spill_is_refused(tmp_path):
    for name in ("loose.txt", "../up/x.txt"):
        with zipfile.ZipFile(tmp_path / "odd.zip", "w") as out:
            out.writestr(name, "x")
        with pytest.raises(BuildError, match="odd.zip: found .*; expected files below one folder"):
            bundle_files([tmp_path / "odd.zip"])
    one, two = bundle(tmp_path / "one.zip", a="1"), tmp_path / "two.zip"
    two.write_bytes(one.read_bytes())
    with pytest.raises(BuildError, match="two.zip: found the folder one, which one.zip has, too"):
        bundle_files([one, two])
    with pytest.raises(BuildError, match="no bundle was found"):
        bundle_files([])


def test_a_link_pulls_the_students_branch_and_opens_the_notebook():
    made = pull_link("https://hub.test/", "https://host.test/o/book.git", "budget/budget.ipynb")
    parts = urlsplit(made)
    assert f"{parts.netloc}{parts.path}" == "hub.test/hub/user-redirect/git-pull"
    assert parse_qs(parts.query) == {
        "repo": ["https://host.test/o/book.git"],
        "branch": ["students"],
        "urlpath": ["lab/tree/book/budget/budget.ipynb?autodecode"],
    }


def test_deployed_hubs_have_a_login_and_an_end():
    for path in (path for path in DEPLOY.rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8")
        assert not re.search("dummy|tmpauth|127.0.0.1", text, re.I), f"{path.name}: no real login"
    tljh = yaml.safe_load((DEPLOY / "tljh" / "config.yaml").read_text(encoding="utf-8"))
    assert "NativeAuthenticator" in tljh["auth"]["type"]
    assert tljh["auth"]["NativeAuthenticator"]["open_signup"] is False
    assert tljh["https"]["enabled"] is True
    values = yaml.safe_load((DEPLOY / "z2jh" / "values.yaml").read_text(encoding="utf-8"))
    config = values["hub"]["config"]
    assert config["JupyterHub"]["authenticator_class"] == "generic-oauth"
    assert config["Authenticator"]["allowed_users"] and "allow_all" not in config["Authenticator"]
    assert values["proxy"]["https"]["enabled"] is True
    assert "client_secret" not in config["GenericOAuthenticator"]
    command = values["hub"]["services"]["end-of-term"]["command"]
    assert "--cull-users=true" in command, "nothing deletes the work after the term"
    told = values["hub"]["templateVars"]["announcement"]
    (days,) = (int(word[10:]) // 86400 for word in command if word.startswith("--timeout="))
    assert f"for {days} days is deleted" in told, "the page names another number of days"
    days = {
        path: set(re.findall(r"\b20\d\d-\d\d-\d\d\b", path.read_text(encoding="utf-8")))
        for path in (DEPLOY / "tljh").iterdir() if path.name in ("announce.py", "end-of-term")
    }  # fmt: skip
    assert len({frozenset(found) for found in days.values()}) == 1, f"two last days: {days}"


def test_the_end_of_a_term_deletes_the_homes_of_the_class_and_nothing_else(tmp_path):
    for name in ("jupyter-instructor", "jupyter-one", "jupyter-two", "somebody"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "work.ipynb").write_text("{}")
    (tmp_path / "jupyter-link").symlink_to(tmp_path / "somebody")

    def end(today, *words, ends="2027-02-28"):
        there = {"HOMES": str(tmp_path), "TODAY": today, "TERM_ENDS": ends, "KEEP": "instructor"}
        return subprocess.run(
            [DEPLOY / "tljh" / "end-of-term", *words],
            env=os.environ | there, capture_output=True, text=True,
        )  # fmt: skip

    left = lambda: sorted(path.name for path in tmp_path.iterdir())
    everybody = left()
    assert end("2027-02-27").stdout == "" and left() == everybody
    told = end("2027-02-27", "--tell").stdout.split()
    assert [line.rpartition("/")[2] for line in told] == ["jupyter-one", "jupyter-two"]
    assert left() == everybody, "it was only to tell"
    wrong = end("2027-03-01", ends="28 Feb")
    assert wrong.returncode == 1 and "expected a day as 2027-02-28" in wrong.stderr
    assert end("2027-03-01").returncode == 0
    assert left() == ["jupyter-instructor", "jupyter-link", "somebody"]
    assert (tmp_path / "somebody" / "work.ipynb").exists()


def test_a_bundle_of_bytes_is_read_as_it_lies(tmp_path):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as out:
        out.writestr("b/国防费.csv", b"\xef\xbb\xbfx\r\n")
        out.writestr("b/empty/", b"")
    (tmp_path / "b.zip").write_bytes(body.getvalue())
    assert bundle_files([tmp_path / "b.zip"]) == {"b/国防费.csv": b"\xef\xbb\xbfx\r\n"}
