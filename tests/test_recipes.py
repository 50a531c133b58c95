"""CONTRIBUTING.md's recipes, followed step by step in a copy of the tree: what is edited by hand is made up, and every
`make` that a recipe names is run in its order."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT, need

INSIDE = "COMPANION_RECIPE"
pytestmark = pytest.mark.skipif(INSIDE in os.environ, reason="a recipe that runs the suite")


@pytest.fixture
def tree(tmp_path):
    """A clone of the repository with what is not committed yet; what the tests do there stays there."""
    root = tmp_path / "clone"
    git = lambda *words: (
        subprocess.run(  # noqa: E731
            [need("git"), *words], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
    )
    git("clone", "--quiet", str(ROOT), str(root))
    for name in git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if not name:
            continue
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
        else:
            (root / name).unlink(missing_ok=True)
    return root


def recipe(title):
    """The targets that a recipe names, in its order."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    assert section, f"CONTRIBUTING.md has no recipe {title!r}"
    return re.findall(r"`make ([a-z-]+)`", section)


def make(root, *targets):
    """Run targets with the environment of these tests; returns what they printed."""
    words = [need("make"), "-o", "setup", "-o", "setup-tests", "-o", "setup-system"]
    said = ""
    for target in targets:
        run = subprocess.run(
            [*words, f"VENV={sys.prefix}", target],
            cwd=root,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")},
                INSIDE: "1",
            },
        )
        assert run.returncode == 0, f"make {target} failed:\n{run.stdout[-4000:]}"
        said += run.stdout
    return said


def give_reasons(root):
    """`make data`, which asks for the reason of each changed row, and the reasons written into the register."""
    with pytest.raises(
        AssertionError, match=r'expected the reason in corrections\.csv, row \d+, column "why"'
    ):
        make(root, "data")
    lines = read(root, "corrections")
    assert sum(not line["why"] for line in lines) >= 1, "no line was begun"
    write(root, "corrections", [{**line, "why": line["why"] or "Made up"} for line in lines])


def read(root, name):
    with open(root / "data" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(root, name, rows):
    with open(root / "data" / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def add(root, name, like, **new):
    """Add a row after the last that has the values `like`, as that one but for what is new."""
    rows = read(root, name)
    place = max(
        n for n, row in enumerate(rows) if all(row[key] == text for key, text in like.items())
    )
    rows.insert(place + 1, {**rows[place], "note": "", **new})
    write(root, name, rows)


def describe(root, name, accessed, vintage, year):
    """Step 2 of a year more: the descriptor's days and years."""
    path = root / "data" / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    item = next(item for item in package["resources"] if item["name"] == name)
    item["vintage"], item["sources"][0]["accessed"] = vintage, accessed
    for key in ("title", "citation"):
        item[key] = re.sub(r"(\d{4})-\d{4}", rf"\g<1>-{year}", item[key])
    path.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def add_a_year(root):
    """The next year of a budget that is announced each March, and of a yearly poll."""
    last = max(
        int(row["year"])
        for row in read(root, "china_defense_budget")
        if (row["kind"], row["scope"]) == ("budget", "central")
    )
    add(
        root,
        "china_defense_budget",
        {"year": str(last), "kind": "budget", "scope": "central"},
        year=str(last + 1),
        amount_bn_cny="2041.321",
        growth_announced_pct="6.9",
        cite_as=f"Made up, report on the draft {last + 1} budget, Mar. 5, {last + 1}",
        url="https://example.org/budget",
        public_from=f"{last + 1}-03-05",
    )
    describe(
        root,
        "china_defense_budget",
        f"{last + 1}-03-20",
        f"budget reports to March {last + 1}",
        last + 1,
    )
    wave = max(int(row["year"]) for row in read(root, "nhk_constitution"))
    add(
        root,
        "nhk_constitution",
        {"year": "2024"},
        year=str(wave + 1),
        fieldwork_start=f"{wave + 1}-04-03",
        fieldwork_end=f"{wave + 1}-04-05",
        need_pct="37",
        no_need_pct="20",
        undecided_pct="39",
        cite_as=f"Made up, NHK, constitution survey of Apr. 3-5, {wave + 1}",
        url="https://example.org/nhk",
        public_from=f"{wave + 1}-05-03",
    )
    rows = read(root, "nhk_constitution")
    write(root, "nhk_constitution", sorted(rows, key=lambda row: int(row["year"])))
    describe(
        root,
        "nhk_constitution",
        f"{max(last, wave) + 1}-05-20",
        f"waves to April {wave + 1}",
        wave + 1,
    )
    return [
        ("book/china-budget.ipynb", f'"year": {last + 1}'),
        ("book/polling.ipynb", f"[{wave + 1}](<https://example.org/nhk>)"),
    ]


def correct_a_figure(root):
    """One share of one poll, and the line that says so."""
    rows = read(root, "japan_korea_views")
    row = next(
        row for row in rows if row["direction"] == "Koreans on Japan" and row["year"] == "2015"
    )
    old, row["favorable_pct"] = row["favorable_pct"], f"{float(row['favorable_pct']) + 0.5:g}"
    write(root, "japan_korea_views", rows)
    path = root / "CHANGELOG.md"
    text = path.read_text(encoding="utf-8")
    entry = (
        f"## 2099.1.0\n\n- Corrected: {row['favorable_pct']} for {old} in the views of 2015.\n\n"
    )
    path.write_text(text.replace("## 20", entry + "## 20", 1), encoding="utf-8")
    return [("book/polling.ipynb", row["favorable_pct"])]


CHAPTER = [
    """# A Made-up Third Article: A. N. Other (2026)

(other-front)=
**A. N. Other**, Made-up Institute. *A Made-up Third Article*, January 15, 2026 {cite:p}`other-2026-made-up`""",
    (
        """import companion

AS_OF = "2026-01-15"  # the day of the article""",
        "parameters",
    ),
    """(other-one)=
## The Only Section

*What does a budget buy, and can a reader tell it from the amount?*

**The argument.** Budgets rise, the article says, and nobody asks what they buy.

**The evidence.** What the record has on the budgets:""",
    (
        """rows = companion.load("china_defense_budget", as_of=AS_OF).tail(3)
companion.table(rows, {"year": "Year", "amount_bn_cny": "Billion yuan", "cite_as": "Source"},
                caption="Made up: three budgets", name="tab-other-budgets")""",
    ),
    ('companion.say("The last is of {year}.", rows=rows, year=lambda rows: rows.year.iloc[-1])',),
    "**How far it goes.** Amounts say nothing of what they buy.",
    "**What was checked.**",
    ('companion.checked("other-one", as_of=AS_OF)',),
    """**Discuss.**

:::{admonition} Opening
:class: prompt opening
:name: d-other-one-q1
Does [the table](#tab-other-budgets) answer the article?
:::""",
    "## Key points\n\n- Budgets rise.\n\n## Notes",
    ('companion.notes("other-2026")',),
]
"""Texts, and cells of code in brackets, with a tag where they have one beside the usual one."""


def add_an_article(root):
    """A made-up third article, by what the recipe names and nothing else."""
    claims = read(root, "claims")
    empty = dict.fromkeys(claims[0], "")
    usual = {
        "article": "other-2026",
        "section": "other-one",
        "essential": "false",
        "kind": "figure",
        "article_source": "none given",
        "evidence": "The budgets rose each year in the record.",
        "verdict": "supported",
        "confidence": "high",
        "judged_as_of": "2026-01-15",
        "cite_as": "Xinhua, report on the draft 2025 budget, Mar. 5, 2025",
        "url": "http://en.people.cn/n3/2025/0305/c90000-20284956.html",
        "read_at": "publisher",
    }
    claims.append(
        {
            **empty,
            **usual,
            "id": "X-01",
            "tier": "card",
            "card": "X-01",
            "claim": "Budgets rise",
            "line": "Budgets rise.",
        }
    )
    claims.append({**empty, **usual, "id": "X-02", "tier": "note", "claim": "They rose in 2025"})
    write(root, "claims", claims)
    articles, sections = read(root, "articles"), read(root, "sections")
    articles.append(
        {
            **dict.fromkeys(articles[0], ""),
            "id": "other-2026",
            "letter": "X",
            "author": "A. N. Other",
            "name": "Other",
            "title": "A Made-up Third Article",
            "publisher": "Made-up Institute",
            "published": "January 15, 2026",
            "judged_as_of": "2026-01-15",
        }
    )
    none = {**dict.fromkeys(sections[0], ""), "article": "other-2026"}
    sections.append({**none, "label": "other-front", "heading": "Other: title"})
    sections.append(
        {
            **none,
            "label": "other-one",
            "heading": "Other: The Only Section",
            "words": "200",
            "size": "short",
        }
    )
    write(root, "articles", articles)
    write(root, "sections", sections)
    cells = [
        {"cell_type": "markdown", "id": f"cell-{n}", "metadata": {}, "source": cell}
        if isinstance(cell, str)
        else {
            "cell_type": "code",
            "id": f"cell-{n}",
            "metadata": {"tags": ["hide-input", *cell[1:]]},
            "source": cell[0],
            "outputs": [],
            "execution_count": None,
        }
        for n, cell in enumerate(CHAPTER)
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (root / "book" / "other-2026.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (root / "book" / "instructor" / "other-2026.md").write_text(
        "# Instructor's notes: A. N. Other (2026)\n\n## d-other-one-q1\n\n**Purpose.** To ask.\n\n**Where it goes.** On.\n\n"
        "**Misreading.** None.\n\n**Follow-up.** Why?\n\n**Minutes.** 5\n",
        encoding="utf-8",
    )
    toc = root / "_toc.yml"
    text = toc.read_text(encoding="utf-8")
    chapter = "      - file: book/johnson-2025\n"
    assert chapter in text
    toc.write_text(
        text.replace(chapter, chapter + "      - file: book/other-2026\n"), encoding="utf-8"
    )
    with open(root / "book" / "references.bib", "a", encoding="utf-8") as file:
        file.write(
            "\n@online{other-2026-made-up,\n  author    = {Other, A. N.},\n  title     = {A made-up third article},\n"
            "  publisher = {Made-up Institute},\n  year      = {2026}, month = {1}, day = {15},\n"
            "  url       = {https://example.org/other},\n  keywords  = {article}\n}\n"
        )
    return [
        ("book/claims.ipynb", "(x-01)="),
        ("book/claims.ipynb", "<!-- article other-2026 Other -->"),
    ]


RECIPES = {
    "Add a year to a series": add_a_year,
    "Correct a figure": correct_a_figure,
    "Add an article": add_an_article,
}
ALONE = [pytest.param([title], id=title) for title in RECIPES]


@pytest.mark.slow
@pytest.mark.parametrize("titles", [pytest.param(list(RECIPES), id="together"), *ALONE])
def test_a_recipe_works_when_it_is_followed(titles, tree):
    """What each leaves behind: pairs of a file and a text that stands in it afterwards."""
    left = [pair for title in titles for pair in RECIPES[title](tree)]
    steps = {title: recipe(title) for title in titles}
    assert list(steps.values()) == [["data", "data", "notebooks", "check"]] * len(titles), steps
    give_reasons(tree)
    make(tree, "data", "notebooks", "check")
    for name, text in left:
        assert text in (tree / name).read_text(encoding="utf-8"), f"{name}: nothing of {text!r}"


@pytest.mark.slow
def test_the_whole_suite_after_all_recipes(tree):
    """With the book built from a tree in which all three were followed."""
    for edit in RECIPES.values():
        edit(tree)
    give_reasons(tree)
    make(tree, "data", "notebooks", "test")
