"""The chapters and the notebooks of evidence against their contract, read as they are stored."""

import ast
import csv
import json
import re
import statistics
from types import SimpleNamespace

import pytest
from conftest import BOOK, ROOT, notebooks

from companion.data import load
from companion.days import RECORD_END, spell
from press.notebooks import dumps

with open(ROOT / "data" / "sections.csv", encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
with open(ROOT / "data" / "articles.csv", encoding="utf-8", newline="") as file:
    ARTICLES = [row["id"] for row in csv.DictReader(file)]
# {label: how many words it has in the article}, for sections and for the passages treated one by one.
WORDS = {row["label"]: int(row["words"]) for row in ROWS if row["words"]}
SIZE = {row["label"]: row["size"] for row in ROWS}
INSIDE = {label: [row["label"] for row in ROWS if row["part_of"] == label] for label in WORDS}
# A section whose passages are treated one by one has a heading and a question, and they have its parts.
SPLIT = {label for label in WORDS if set(INSIDE[label]) & set(WORDS)}
SECTIONS = [(row["article"], row["label"]) for row in ROWS if row["label"] in WORDS.keys() - SPLIT]
BOOKS = notebooks()
EVIDENCE = ["china-budget", "polling", "reading-together"]
ARGUMENT, SHOWN, LIMITS, CHECKED, DISCUSS, SINCE = PARTS = [
    "The argument", "The evidence", "How far it goes", "What was checked", "Discuss", "Since then",
]  # fmt: skip
TITLES = {"opening": "Opening", "probing": "Probing", "counter": "Counter-argument"}
NOTES = ["Purpose", "Where it goes", "Misreading", "Follow-up", "Minutes"]
LABEL = re.compile(r"^\(([\w-]+)\)=$")
SOURCE = r"\]\(<?(?:https?://|#|\.\./data/)|\{cite:"
PART = re.compile(r"^\*\*({})\.\*\*".format("|".join(PARTS)))
each_section = pytest.mark.parametrize("chapter, section", SECTIONS)


def code(cell):
    return "".join(cell["source"]) if cell["cell_type"] == "code" else ""


def text_of(name):
    """A notebook as one text; code cells stand in it as fenced blocks."""
    fence = {"markdown": "{}", "code": "```{{code-cell}}\n{}\n```"}
    return "\n\n".join(
        fence[cell["cell_type"]].format("".join(cell["source"])) for cell in BOOKS[name]["cells"]
    )


def parts_of(chapter):
    """{label: [(part or "", text, code cells)]}: what stands under each section, in order; passages that are not
    treated by themselves belong to the section around them."""
    found, label = {}, ""
    for cell in BOOKS[chapter]["cells"]:
        if cell["cell_type"] == "code":
            if label:
                found[label][-1].cells.append(cell)
            continue
        for line in "".join(cell["source"]).split("\n"):
            if (new := LABEL.match(line)) and new[1] in WORDS:
                label = new[1]
                found[label] = [SimpleNamespace(name="", text="", cells=[])]
            elif label and line.startswith("## ") and found[label][-1].name:
                label = ""  # what follows the last section
            if not label:
                continue
            if new := PART.match(line):
                found[label].append(SimpleNamespace(name=new[1], text="", cells=[]))
                line = line[new.end() :]
            found[label][-1].text += line + "\n"
        if label:
            found[label][-1].text += "\n"
    return found


def read(chapter, section):
    """The parts of a section, {name: text and code cells}; the head is named ""."""
    told = parts_of(chapter)
    assert section in told, f"{chapter}: no heading with the label ({section})="
    return {part.name: part for part in told[section]}


def outputs(cells, kind):
    """The outputs of one kind of `companion.output` in code cells, as text."""
    return [
        "".join(out["data"]["text/markdown"])
        for cell in cells
        for out in cell["outputs"]
        if out.get("metadata", {}).get("companion", {}).get("kind") == kind
    ]


def figures(cells):
    """The specifications of the named figures in code cells."""
    return [
        spec
        for cell in cells
        for out in cell.get("outputs", [])
        for mime, spec in out.get("data", {}).items()
        if "vegalite" in mime and "name" in spec["usermeta"]["companion"]
    ]


def prompts(text):
    """The prompts in a text: kind, title, name, what they ask."""
    form = r"^:::\{admonition\} (.+)\n:class: prompt(.*)\n(?::name: (.*)\n)?((?:.*\n)*?):::$"
    return [
        SimpleNamespace(title=m[1], kind=m[2].strip(), name=m[3], text=m[4])
        for m in re.finditer(form, text, re.M)
    ]


def words(text):
    """How many words a reader reads: citations and labels are none."""
    text = re.sub(
        r"\{cite[\w:]*\}`[^`]*`|\[[^\]]*\]\(#ref-[^)]*\)|^\([\w-]+\)=$", "", text, flags=re.M
    )
    text = re.sub(r"\{[\w:]+\}`([^`<]*)(?:<[^>]*>)?`", r"\1", text)
    return len(re.findall(r"\S*\w\S*", re.sub(r"\]\([^)]*\)|[*_]", "", text)))


def note_ids(chapter):
    text = (BOOK / "instructor" / f"{chapter}.md").read_text(encoding="utf-8")
    return {
        entry.partition("\n")[0].strip(): entry for entry in re.split(r"^## ", text, flags=re.M)[1:]
    }


def carded(section):
    """Whether the ledger has a card for a section or for a passage that is not treated by itself."""
    own = [section, *(label for label in INSIDE[section] if label not in WORDS)]
    claims = load("claims", recalled=True)
    return bool((claims["section"].isin(own) & (claims["tier"] == "card")).any())


@pytest.mark.parametrize("chapter", ARTICLES)
def test_sections_stand_in_the_order_of_the_article(chapter):
    inner = {label for labels in INSIDE.values() for label in labels}
    wanted = [
        row["label"]
        for row in ROWS
        if row["article"] == chapter and row["label"] in WORDS.keys() | inner
    ]
    found = [
        label for label in re.findall(r"^\(([\w-]+)\)=$", text_of(chapter), re.M) if label in wanted
    ]
    assert found == wanted


@pytest.mark.parametrize(
    "chapter, section", [(row["article"], row["label"]) for row in ROWS if row["label"] in WORDS]
)
def test_a_question_stands_under_each_heading_and_nothing_else(chapter, section):
    head = read(chapter, section)[""]
    assert re.fullmatch(
        r"\([\w-]+\)=\n#{2,3} [^\n]+\n\s*\*[^*\n]+\?\*\s*(?:\([\w-]+\)=\s*)?", head.text
    ), head.text
    assert not head.cells, f"{section}: a cell stands before the argument"


@each_section
def test_the_parts_of_a_section(chapter, section):
    found = [part.name for part in parts_of(chapter)[section]][1:]
    assert found == [part for part in PARTS if part in found], f"{section}: {found}"
    wanted = {ARGUMENT, SHOWN, LIMITS, DISCUSS} | ({CHECKED} if carded(section) else set())
    assert wanted <= set(found) and (CHECKED in wanted or CHECKED not in found), (
        f"{section}: {found}"
    )


@pytest.mark.parametrize("section", sorted(SPLIT))
def test_a_section_that_is_split_has_its_parts_in_its_passages(section):
    chapter = next(row["article"] for row in ROWS if row["label"] == section)
    assert [part.name for part in parts_of(chapter)[section]] == [""]


@each_section
def test_argument(chapter, section):
    """The argument whole, before anything is weighed; 40% of the section, or 60 words, is the one measure."""
    part = read(chapter, section)[ARGUMENT]
    assert not part.cells, f"{section}: the argument is prose"
    blocks = [block for block in part.text.split("\n\n") if block.strip().strip("+")]
    strong = [block for block in blocks if block.startswith("*At its strongest, in our words.*")]
    told = words("\n\n".join(block for block in blocks if block not in strong))
    limit = max(60, WORDS[section] * 40 // 100)
    assert 0 < told <= limit, f"{section}: the restatement has {told} words; at most {limit}"
    assert len(strong) == (SIZE[section] == "full"), (
        f"{section}: the strongest case stands in full sections"
    )
    if strong:
        assert blocks[-1] == strong[0], f"{section}: the strongest case comes last"
        case = strong[0].partition("words.*")[2].strip()
        assert len(re.findall(r"[.?!](?=\s|$)", case)) == 2, f"{section}: two sentences: {case}"


@each_section
def test_evidence_is_computed_and_ends_with_what_the_record_answers(chapter, section):
    part = read(chapter, section)[SHOWN]
    tables = len(outputs(part.cells, "table")) + len(re.findall(r"^:+\{table\}", part.text, re.M))
    drawn = len(figures(part.cells)) + tables
    assert 1 <= drawn <= 2, f"{section}: {drawn} figures and tables; one or two"
    assert outputs(part.cells[-1:], "sentence"), (
        f"{section}: the last cell says what the record answers"
    )


@each_section
def test_what_was_checked_is_called_once_for_the_day_of_the_chapter(chapter, section):
    parts = read(chapter, section)
    called = [
        code(cell)
        for part in parts.values()
        for cell in part.cells
        if "companion.checked(" in code(cell)
    ]
    if CHECKED not in parts:
        assert not called
        return
    assert called == [f'companion.checked("{section}", as_of=AS_OF)']
    assert [code(cell) for cell in parts[CHECKED].cells] == called and not parts[
        CHECKED
    ].text.strip()
    assert len(outputs(parts[CHECKED].cells, "checked")) == 1


@each_section
def test_since_then_is_last_and_each_sentence_has_its_source(chapter, section):
    parts = read(chapter, section)
    elsewhere = [code(cell) for name in parts if name != SINCE for cell in parts[name].cells]
    assert not [source for source in elsewhere if "companion.since(" in source]
    if SINCE not in parts:
        return
    told = outputs(parts[SINCE].cells, "since")
    assert len(told) == len(parts[SINCE].cells) == 1 and not parts[SINCE].text.strip(), section
    for line in told[0].split("\n"):
        assert re.match(r"- .*\d{4}\b", line) and re.search(SOURCE, line), (
            f"{section}: a sentence without its day or its source: {line}"
        )


@pytest.mark.parametrize("chapter", ARTICLES)
def test_every_cell_of_a_chapter_stands_on_its_day(chapter):
    """Only *Since then* reads the newest data; tables of the book itself carry no day."""
    cells = BOOKS[chapter]["cells"]
    first = next(cell for cell in cells if cell["cell_type"] == "code")
    assert "parameters" in first["metadata"]["tags"] and re.search(
        r"^AS_OF = (?:[A-Z]+|\"[\d-]+\") +# ", code(first), re.M
    )
    faults = []
    for cell in cells:
        source = code(cell)
        if "companion.since(" in source:
            continue
        for call in [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]:
            if ast.unparse(call.func) not in ("load", "companion.load"):
                continue
            day = {word.arg: ast.unparse(word.value) for word in call.keywords}.get("as_of")
            if day in (None, "None"):
                faults.append(ast.unparse(call))
    assert not faults, f"{chapter}: read without the day of the chapter: {faults}"


@each_section
def test_prompts(chapter, section):
    parts = read(chapter, section)
    found = prompts(parts[DISCUSS].text)
    passage = next(row["part_of"] for row in ROWS if row["label"] == section) in SPLIT
    kinds = [prompt.kind for prompt in found]
    if passage:
        assert len(kinds) == 1, f"{section}: one prompt under each heading"
    else:
        wanted = list(TITLES) if SIZE[section] == "full" else ["opening"]
        assert kinds == wanted, f"{section}: {kinds}; expected {wanted}"
    assert [prompt.title for prompt in found] == [TITLES[kind] for kind in kinds]
    assert [prompt.name for prompt in found] == [
        f"d-{section}-q{number}" for number in range(1, len(kinds) + 1)
    ]
    assert not prompts("".join(parts[name].text for name in parts if name != DISCUSS))
    for prompt in found:
        assert points_at_something(prompt), f"{prompt.name} points at nothing"
        assert prompt.text.count("?") <= 1, f"{prompt.name} asks more than one question"


@pytest.mark.parametrize("section", sorted(SPLIT))
def test_the_passages_of_a_full_section_have_its_three_kinds_of_prompts(section):
    chapter = next(row["article"] for row in ROWS if row["label"] == section)
    found = [
        prompt.kind
        for label in INSIDE[section]
        for prompt in prompts(read(chapter, label)[DISCUSS].text)
    ]
    assert sorted(found) == sorted(TITLES)


def points_at_something(prompt):
    """Whether a prompt names a figure, a passage or table, words in quotation marks, an article of a treaty, or a claim."""
    return re.search(
        r"\{numref\}`|\]\([^)]*#[^)]+\)|[\"“][^\"“”]+[\"”]|\bArticle \d|\b[A-Z]-\d+|\b(?:table|figure|chart|list|column|clauses)\b",
        prompt.text,
    )


@pytest.mark.parametrize("name", EVIDENCE)
def test_a_notebook_of_evidence_has_its_parts(name):
    text = text_of(name)
    headings = re.findall(r"^## (.+)$", text, re.M)
    assert headings[-3:] == ["How far it goes", "Discuss", "Further reading"] and len(headings) >= 8
    assert text.count("# change me: ") >= 4, "lines to change, with the values that make sense"
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
    assert "](#ref-" in text.partition("\n## Further reading\n")[2]


@pytest.mark.parametrize("chapter", [*ARTICLES, *EVIDENCE])
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


def test_the_end_of_the_record_is_one_day_and_no_season():
    """No chapter says it; where another page does, the words are filled by a cell or by the build."""
    for page in [*BOOK.glob("*.md"), *BOOK.glob("*.ipynb")]:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"\b(?:to|by|in|after) spring 20\d\d", text, re.I), page.name
        found = re.findall(r"known to this\W+companion up to (\S+ \S+)", text, re.I)
        assert page.stem not in ARTICLES or not found, page.name
        for words_ in found:
            assert re.match(rf"\{{|{spell(RECORD_END)[:6]}", words_), f"{page.name}: {words_}"


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
        labels = re.findall(
            r"^\(([\w-]+)\)=$|^:name: ([\w-]+)$|\bname=\"(?!fig-)([\w-]+)\"", text, re.M
        )
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
        told = ["".join(found) for found in labels]
        for label in told + [name for name in figures if name not in told]:
            assert label not in seen, (
                f"{page.name}: the label {label!r} stands already in {seen[label]}"
            )
            seen[label] = page.name


LONGEST, MOST, WIDTH = 25, 40, 100  # lines of a cell, of the one exception, characters of a line


@pytest.mark.parametrize("name", BOOKS)
def test_code_cells(name):
    faults, long = [], []
    for number, cell in enumerate(BOOKS[name]["cells"], 1):
        if cell["cell_type"] != "code":
            continue
        source = code(cell)
        tree, lines = ast.parse(source), source.splitlines()
        told = f"cell {number} ({lines[0][:60]})"
        bare = [re.sub(r"https?://\S+", "", line) for line in lines]  # an address is not broken
        if wide := [line for line in bare if len(line) > WIDTH]:
            faults.append(f"{told}: a line of {len(wide[0])} characters; at most {WIDTH}")
        if len(lines) > LONGEST:
            long.append(told)
            if len(lines) > MOST or not lines[0].startswith("# "):
                faults.append(
                    f"{told}: {len(lines)} lines; at most {LONGEST}, or {MOST} where its first line says why"
                )
        if [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "print"]:
            faults.append(f"{told}: print, use companion.say")
        if [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name.startswith("_")]:
            faults.append(f"{told}: a private function")
        if isinstance(tree.body[-1], ast.Expr) and not cell["outputs"]:
            faults.append(f"{told}: no stored output, run `make notebooks`")
        for output in cell["outputs"]:
            if output["output_type"] != "display_data" or "text/html" in output["data"]:
                faults.append(f"{told}: shows something bare, use companion.table, say or figure")
    if len(long) > 1:
        faults.append(f"more than one long cell: {', '.join(long)}")
    assert not faults, f"book/{name}.ipynb: " + "\n".join(faults)


def test_cells_with_charts_are_short():
    lines = {
        f"{name}, cell {number}": len(code(cell).splitlines())
        for name in BOOKS
        for number, cell in enumerate(BOOKS[name]["cells"], 1)
        if "companion.figure(" in code(cell)
    }
    assert len(lines) > 20 and statistics.median(lines.values()) <= 12, sorted(
        lines.items(), key=lambda pair: -pair[1]
    )


def test_charts_and_their_words_stand_in_the_notebooks():
    """No module of the companion draws a chart, gives a caption, or is named for the text it returns."""
    faults = []
    for path in sorted((BOOK / "companion").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and re.search(
                r"\w_(?:text|chart|remark|sentence|caption)$", node.name
            ):
                faults.append(f"{path.name}, {node.name}")
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            given = [
                word
                for word in node.keywords
                if word.arg == "caption" and ast.unparse(word.value) != "None"
            ]
            if called in ("alt.Chart", "altair.Chart", "figure", "companion.figure") or (
                given and called in ("table", "companion.table", "output.table")
            ):
                faults.append(f"{path.name}, line {node.lineno}: {called}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", BOOKS)
def test_notebook_is_stored_in_its_normal_form(name):
    text = (BOOK / f"{name}.ipynb").read_text(encoding="utf-8")
    same = dumps(json.loads(text)) == text  # not asserted at once: pytest would print both
    assert same, f"book/{name}.ipynb holds what an editor or a run left in it: run `make notebooks`"
