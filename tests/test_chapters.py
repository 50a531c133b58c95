"""The chapters and the notebooks of evidence against their contract, read as they are stored."""

import ast
import csv
import json
import re
import statistics
from types import SimpleNamespace

import pytest
from conftest import BOOK, ROOT, notebooks

from companion.days import RECORD_END
from press.notebooks import dumps

PENDING = []  # sections that stand as headings only; empty when the chapters are whole

with open(ROOT / "data" / "sections.csv", encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
with open(ROOT / "data" / "articles.csv", encoding="utf-8", newline="") as file:
    ARTICLES = list(csv.DictReader(file))
# Article: {section: how many words it has in the article}.
WORDS = {
    article["id"]: {
        row["label"]: int(row["words"])
        for row in ROWS
        if row["article"] == article["id"] and row["words"]
    }
    for article in ARTICLES
}
EVIDENCE = ["china-budget", "polling", "reading-together"]
OPEN = ["china-budget"]  # notebooks whose charts are made in their cells
FULL = {row["label"] for row in ROWS if row["size"] == "full"}
PARTS = ["The argument", "The evidence", "How far it goes", "Discuss"]
KINDS = {3: ["opening", "probing", "counter"], 1: ["opening"]}
TITLES = {"opening": "Opening", "probing": "Probing", "counter": "Counter-argument"}
NOTES = ["Purpose", "Where it goes", "Misreading", "Follow-up", "Minutes"]
SEASON = ["winter", "spring", "summer", "autumn"][RECORD_END.month % 12 // 3]
KNOWN_TO = f"{SEASON} {RECORD_END.year}"
SECTIONS = [(chapter, section) for chapter in WORDS for section in WORDS[chapter]]
BOOKS = notebooks()


def text_of(name):
    """A notebook as one text; code cells stand in it as fenced blocks."""
    fence = {"markdown": "{}", "code": "```{{code-cell}}\n{}\n```"}
    return "\n\n".join(
        fence[cell["cell_type"]].format("".join(cell["source"])) for cell in BOOKS[name]["cells"]
    )


def passages(section):
    """The labels inside a section, in their order."""
    return [row["label"] for row in ROWS if row["part_of"] == section]


def text_of_section(chapter, section):
    text = text_of(chapter)
    assert f"\n({section})=\n#" in text, f"{chapter}: no heading with the label ({section})="
    text = text.partition(f"\n({section})=\n")[2]
    others = "|".join(re.escape(label) for label in WORDS[chapter])
    return re.split(
        rf"^\((?:{others})\)=$|(?<!\A)^(?:\([\w-]+\)=\n)?## ", text, maxsplit=1, flags=re.M
    )[0]


def read(chapter, section):
    """The parts of a section, {run-in heading: text}; skips a section that is still to come."""
    text = text_of_section(chapter, section)
    if section in PENDING:
        assert len(text.strip().splitlines()) == 1, (
            f"{section} has content: take it off the list PENDING"
        )
        pytest.skip(f"{section} is still to come")
    pieces = re.split(r"^\*\*({})\.\*\*".format("|".join(PARTS)), text, flags=re.M)
    assert pieces[1::2] == PARTS, (
        f"{section}: the run-in headings are {pieces[1::2]}; expected {PARTS}"
    )
    return dict(zip(PARTS, pieces[2::2]))


def prompts(text):
    """The prompts in a text: kind, title, name, what they ask."""
    form = r"^:::\{admonition\} (.+)\n:class: prompt(.*)\n(?::name: (.*)\n)?((?:.*\n)*?):::$"
    return [
        SimpleNamespace(title=m[1], kind=m[2].strip(), name=m[3], text=m[4])
        for m in re.finditer(form, text, re.M)
    ]


def split_argument(text):
    """(question, restatement, strongest case): the paragraphs of the first part by their kind."""
    blocks = [
        block.strip() for block in text.split("\n\n") if block.strip() and block.strip() != "+++"
    ]
    question = blocks.pop(0) if re.fullmatch(r"\*[^*]+\?\*", blocks[0]) else ""
    strongest = [block for block in blocks if block.startswith("*At its strongest.*")]
    return question, [block for block in blocks if block not in strongest], strongest


def words(blocks):
    text = re.sub(r"\{[\w:]+\}`[^`]*`|^\([\w-]+\)=$", "", "\n".join(blocks), flags=re.M)
    return len(re.findall(r"\S*\w\S*", re.sub(r"\]\([^)]*\)|[*_]", "", text)))


def note_ids(chapter):
    text = (BOOK / "instructor" / f"{chapter}.md").read_text(encoding="utf-8")
    return {
        entry.partition("\n")[0].strip(): entry for entry in re.split(r"^## ", text, flags=re.M)[1:]
    }


@pytest.mark.parametrize("chapter", WORDS)
def test_sections_stand_in_the_order_of_the_article(chapter):
    wanted = [
        label
        for section in WORDS[chapter]
        for label in [section, *(passages(section) if section not in PENDING else [])]
    ]
    found = [
        label for label in re.findall(r"^\(([\w-]+)\)=$", text_of(chapter), re.M) if label in wanted
    ]
    assert found == wanted


@pytest.mark.parametrize("chapter, section", SECTIONS)
def test_argument(chapter, section):
    question, restatement, strongest = split_argument(read(chapter, section)["The argument"])
    assert restatement and not re.search(r"^```", "\n".join(restatement), re.M), (
        "the argument is prose, before anything is weighed"
    )
    limit = max(60, WORDS[chapter][section] * 40 // 100)
    limit = limit if section in FULL else min(limit, 120)
    assert words(restatement) <= limit, (
        f"the restatement has {words(restatement)} words; at most {limit}"
    )
    if section in FULL:
        assert question, "a full section opens with the question at stake, in italics"
        assert len(strongest) == 1, (
            "a full section closes with one paragraph that begins *At its strongest.*"
        )
    else:
        assert not question and not strongest, (
            "a short section has neither question nor strongest case"
        )


@pytest.mark.parametrize("chapter, section", SECTIONS)
def test_evidence_is_computed_and_later_events_stand_apart(chapter, section):
    parts = read(chapter, section)
    assert "```{code-cell}" in parts["The evidence"], "no code cell in the evidence"
    for box in re.findall(
        r"^:::\{admonition\} Since then\n((?:.*\n)*?):::$", parts["How far it goes"], re.M
    ):
        assert (
            box.startswith(":class: since\n")
            and f"Known to this companion up to {KNOWN_TO}." in box
        )


@pytest.mark.parametrize("chapter, section", SECTIONS)
def test_prompts(chapter, section):
    parts = read(chapter, section)
    found = prompts(parts["Discuss"])
    kinds = KINDS[3 if section in FULL else 1]
    assert [prompt.kind for prompt in found] == kinds
    assert [prompt.title for prompt in found] == [TITLES[kind] for kind in kinds]
    assert [prompt.name for prompt in found] == [
        f"d-{section}-{number}" for number in range(1, len(kinds) + 1)
    ]
    assert not prompts("".join(parts[part] for part in PARTS[:3])), "prompts stand under Discuss"
    for prompt in found:
        assert points_at_something(prompt), f"{prompt.name} points at nothing"


def points_at_something(prompt):
    """Whether a prompt names a figure, a passage or table, words in quotation marks, an article of a treaty, or a claim."""
    return re.search(
        r"\{numref\}`|\]\([^)]*#[^)]+\)|[\"“][^\"“”]+[\"”]|\bArticle \d|\b[A-Z]-\d+", prompt.text
    )


@pytest.mark.parametrize("name", EVIDENCE)
def test_a_notebook_of_evidence_has_its_parts(name):
    text = text_of(name)
    headings = re.findall(r"^## (.+)$", text, re.M)
    assert headings[-3:] == ["How far it goes", "Discuss", "Further reading"] and len(headings) >= 8
    told = rf"known to this\W+companion up to ({KNOWN_TO}|\{{end:day\}})"
    assert re.search(told, text.lower()), "the page says to which day the record is known"
    listed = set(re.findall(r'"(\w+)"', re.search(r"companion\.datasets\((.*?)\)", text, re.S)[1]))
    drawn = [
        spec["usermeta"]["companion"]
        for cell in BOOKS[name]["cells"]
        for output in cell.get("outputs", [])
        for mime, spec in output.get("data", {}).items()
        if "vegalite" in mime
    ]
    assert drawn and {resource for meta in drawn for resource in meta["resources"]} <= listed, (
        "a figure draws on data that the page does not list"
    )
    found = prompts(text.partition("\n## Discuss\n")[2])
    assert len(found) >= 5 and found == prompts(text), "prompts stand under Discuss"
    assert [prompt.name for prompt in found] == [
        f"d-{name}-{number}" for number in range(1, len(found) + 1)
    ]
    for prompt in found:
        assert prompt.title == TITLES[prompt.kind] and points_at_something(prompt), prompt.name
    assert {prompt.kind for prompt in found} == set(TITLES)
    assert "{cite:t}" in text.partition("\n## Further reading\n")[2]


@pytest.mark.parametrize("chapter", [*WORDS, *EVIDENCE])
def test_every_prompt_has_a_note_for_instructors_and_no_note_is_left_over(chapter):
    wanted = [prompt.name for prompt in prompts(text_of(chapter))]
    found = note_ids(chapter)
    assert list(found) == wanted
    for name, note in found.items():
        assert re.findall(r"^\*\*([\w -]+)\.\*\*", note, re.M) == NOTES, name
        assert re.search(r"\*\*Minutes\.\*\* \d+", note), f"{name}: minutes are a number"


def test_notes_for_instructors_are_not_in_the_book():
    assert "instructor" not in (ROOT / "_toc.yml").read_text(encoding="utf-8")
    for name in BOOKS:
        assert "instructor/" not in text_of(name), f"{name} leads to the notes for instructors"


def test_cards_stand_in_their_sections():
    """Every section with claims of tier card shows them, in the section and once."""
    with open(ROOT / "data" / "claims.csv", encoding="utf-8", newline="") as file:
        claims = [row for row in csv.DictReader(file) if row["tier"] == "card"]
    for chapter in WORDS:
        wanted = {
            row["section"]
            for row in claims
            if row["article"] == chapter
            and not any(row["section"] in (s, *passages(s)) for s in PENDING)
        }
        shown = re.findall(r'companion\.cards\("([\w-]+)"\)', text_of(chapter))
        assert sorted(shown) == sorted(wanted)
        for section in [s for s in WORDS[chapter] if s not in PENDING]:
            inside = re.findall(
                r'companion\.cards\("([\w-]+)"\)', read(chapter, section)["How far it goes"]
            )
            assert inside == [
                label for label in [section, *passages(section)] if label in wanted
            ], section


def test_sections_of_the_ledger_are_labels_of_the_book():
    with open(ROOT / "data" / "claims.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert f"({row['section']})=" in text_of(row["article"]), (
                f"data/claims.csv, {row['id']}: unknown section {row['section']!r}"
            )


def test_labels_are_unique():
    seen = {}
    for page in sorted([*BOOK.glob("*.md"), *BOOK.glob("*.ipynb")]):
        text = text_of(page.stem) if page.suffix == ".ipynb" else page.read_text(encoding="utf-8")
        labels = re.findall(r"^\(([\w-]+)\)=$|^:name: ([\w-]+)$|\bname=\"([\w-]+)\"", text, re.M)
        stored = (
            [output for cell in BOOKS[page.stem]["cells"] for output in cell.get("outputs", [])]
            if page.suffix == ".ipynb"
            else []
        )
        figures = [
            spec["usermeta"]["companion"]["name"]
            for output in stored
            for mime, spec in output.get("data", {}).items()
            if "vegalite" in mime
        ]
        for label in ["".join(found) for found in labels] + figures:
            assert label not in seen, (
                f"{page.name}: the label {label!r} stands already in {seen[label]}"
            )
            seen[label] = page.name


@pytest.mark.parametrize("name", BOOKS)
def test_code_cells(name):
    faults = []
    for cell in [cell for cell in BOOKS[name]["cells"] if cell["cell_type"] == "code"]:
        source = "".join(cell["source"])
        tree = ast.parse(source)
        if name not in OPEN and len(source.splitlines()) > 15:
            faults.append(f"more than 15 lines, move code into companion/: {source}")
        if name in OPEN and max(map(len, source.splitlines())) > 100:
            faults.append(f"a line over 100 characters: {source}")
        if [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "print"]:
            faults.append(f"print, use companion.say: {source}")
        if isinstance(tree.body[-1], ast.Expr) and not cell["outputs"]:
            faults.append(f"no stored output, run `make notebooks`: {source}")
        for output in cell["outputs"]:
            if output["output_type"] != "display_data" or "text/html" in output["data"]:
                faults.append(f"shows something bare, use companion.table, say or figure: {source}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", OPEN)
def test_chart_cells_are_short(name):
    """At most 12 lines in the median, none over 25; one may have 40, if its first line says why in a comment."""
    cells = ["".join(cell["source"]) for cell in BOOKS[name]["cells"]]
    charts = [source for source in cells if "companion.figure(" in source]
    lines = sorted(len(source.splitlines()) for source in charts)
    assert statistics.median(lines) <= 12, lines
    long = [source for source in charts if len(source.splitlines()) > 25]
    assert len(long) <= 1 and lines[-1] <= 40, lines
    assert all(source.startswith("# ") for source in long), "the first line says why it is long"


@pytest.mark.parametrize("name", WORDS)
def test_code_cells_are_short(name):
    lines = [
        len("".join(cell["source"]).splitlines())
        for cell in BOOKS[name]["cells"]
        if cell["cell_type"] == "code"
    ]
    assert statistics.median(lines) <= 4


@pytest.mark.parametrize("name", BOOKS)
def test_notebook_is_stored_in_its_normal_form(name):
    text = (BOOK / f"{name}.ipynb").read_text(encoding="utf-8")
    same = dumps(json.loads(text)) == text  # not asserted at once: pytest would print both
    assert same, f"book/{name}.ipynb holds what an editor or a run left in it: run `make notebooks`"
