"""Changes that nobody meant, one by one: which check refuses each, how fast, and in which line.

    make test-mutations [SEED=…]

works on copies. Data, descriptor and claims: a copy of data/, its sizes and hashes renewed after the change, read by
what `make data` and `make check` run. Notebooks: a copy of one notebook, read by the checks of its form and its figures,
then run in this process and compared with the outputs that it stores. Each mutation has to be refused within ten
seconds by one line that says what was found, where, and what was expected. Kinds that cannot be told from a real
correction are listed as such.
"""

import copy
import csv
import hashlib
import json
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "book")]

from IPython.core.interactiveshell import InteractiveShell  # noqa: E402
from IPython.utils.capture import capture_output  # noqa: E402

from companion.data import DESCRIPTOR, DataError, load, resource, resources  # noqa: E402
from companion.theme import MIME  # noqa: E402
from press import check_figures, register, register_check, rules  # noqa: E402
from press.notebooks import dumps  # noqa: E402

MOST = 10  # seconds


# --- Data ---------------------------------------------------------------------------------------


def columns(name, *types):
    """The columns of a file that have one of these types, by their constraints not of few values."""
    fields = resource(name)["schema"]["fields"]
    return [
        f["name"] for f in fields if f["type"] in types and "enum" not in f.get("constraints", {})
    ]


def pick(rng, rows, wanted):
    """A (row, column) whose cell has a value, of the columns wanted; None where there is none."""
    places = [(n, c) for n, row in enumerate(rows) for c in wanted if row[c]]
    return rng.choice(places) if places else None


def _number(change):
    def mutate(rng, name, rows):
        if not (place := pick(rng, rows, columns(name, "number", "integer"))):
            return None
        row, column = place
        old = rows[row][column]
        rows[row][column] = change(old)
        return None if rows[row][column] == old else (row, column)

    return mutate


def _digit(text):
    place = max(n for n, sign in enumerate(text) if sign.isdigit())
    return text[:place] + str((int(text[place]) + 3) % 10) + text[place + 1 :]


def _text(wanted, pattern, change):
    def mutate(rng, name, rows):
        places = [
            (n, c)
            for n, row in enumerate(rows)
            for c in wanted(name)
            if re.search(pattern, row.get(c, ""))
        ]
        if not places:
            return None
        row, column = rng.choice(places)
        rows[row][column] = re.sub(pattern, change, rows[row][column], count=1)
        return row, column

    return mutate


def _day(column, years):
    def mutate(rng, name, rows):
        places = [n for n, row in enumerate(rows) if row.get(column)]
        if not places:
            return None
        row = rng.choice(places)
        text = rows[row][column]
        rows[row][column] = f"{int(text[:4]) + years}{text[4:]}".replace("-02-29", "-02-28")
        return row, column

    return mutate


def _exchange(rng, name, rows):
    """Two rows exchange a value."""
    if not (wanted := columns(name, "number", "integer")):
        return None
    column = rng.choice(wanted)
    pairs = [
        (a, b) for a in range(len(rows)) for b in range(a) if rows[a][column] != rows[b][column]
    ]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    rows[a][column], rows[b][column] = rows[b][column], rows[a][column]
    return min(a, b), column


def _years(rng, name, rows):
    """Two rows exchange their years."""
    column = next((c for c in ("year", "fiscal_year", "period") if rows and c in rows[0]), None)
    pairs = [
        (a, b)
        for a in range(len(rows))
        for b in range(a)
        if column and rows[a][column] != rows[b][column]
    ]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    rows[a][column], rows[b][column] = rows[b][column], rows[a][column]
    return min(a, b), column


def _delete(rng, name, rows):
    if len(rows) < 3:
        return None
    row = rng.randrange(1, len(rows) - 1)
    del rows[row]
    return row, ""


def _double(rng, name, rows):
    row = rng.randrange(len(rows))
    rows.insert(row, dict(rows[row]))
    return row, ""


def _empty(rng, name, rows):
    place = pick(rng, rows, [c for c in rows[0] if c not in ("note",)])
    row, column = place
    rows[row][column] = ""
    return row, column


def _enum(rng, name, rows):
    fields = [
        f
        for f in resource(name)["schema"]["fields"]
        if len(f.get("constraints", {}).get("enum", ())) > 1
    ]
    if not (place := fields and pick(rng, rows, [f["name"] for f in fields])):
        return None
    row, column = place
    allowed = next(f for f in fields if f["name"] == column)["constraints"]["enum"]
    rows[row][column] = rng.choice([one for one in map(str, allowed) if one != rows[row][column]])
    return row, column


TEXTS = lambda name: columns(name, "string")  # noqa: E731
CELLS: dict[str, Callable] = {
    "a value ten times as high": _number(lambda text: f"{float(text) * 10:g}"),
    "a value a tenth": _number(lambda text: text if float(text) % 10 and "." not in text else f"{float(text) / 10:g}"),
    "one digit": _number(_digit),
    "another sign": _number(lambda text: text[1:] if text.startswith("-") else f"-{text}"),
    "two values exchanged": _exchange,
    "two years exchanged": _years,
    "a row deleted": _delete,
    "a row twice": _double,
    "a cell emptied": _empty,
    "another word of those allowed": _enum,
    "public a year sooner": _day("public_from", -1),
    "public a year later": _day("public_from", 1),
    "an event a year sooner": _day("date", -1),
    "a modal verb": _text(TEXTS, r"\b(will|shall)\b", "may"),
    "a number in a text": _text(TEXTS, r"\b\d{2,}\b", lambda found: _digit(found[0])),
    "an address": _text(lambda name: ["url"], r"[a-z](?=[^a-z]*$)", "x"),
    "true for false": _text(lambda name: columns(name, "boolean"), "true|false", lambda found: {"true": "false", "false": "true"}[found[0]]),
}  # fmt: skip
BYTES = {
    "mojibake": lambda raw: raw.decode("latin-1").encode("utf-8"),
    "a NUL byte": lambda raw: raw[:-30] + b"\0" + raw[-30:],
    "a byte-order mark": lambda raw: b"\xef\xbb\xbf" + raw,
    "carriage returns": lambda raw: raw.replace(b"\n", b"\r\n"),
    "semicolons": lambda raw: raw.replace(b",", b";"),
    "cut in the middle": lambda raw: raw[: len(raw) * 2 // 3],
    "the last row cut off": lambda raw: raw[: raw[:-1].rindex(b"\n") + 1],
    "the header alone": lambda raw: raw[: raw.index(b"\n") + 1],
}
CLAIMS = {
    "a number in a claim's evidence": _text(lambda name: ["evidence"], r"\b\d+(\.\d+)?\b", lambda found: _digit(found[0])),
    "another verdict": _enum,
    "another source of a claim": _text(lambda name: ["cite_as"], r"\b20\d\d\b", "2019"),
    "a check that is another": lambda rng, name, rows: _exchange_texts(rng, rows, "check"),
    "essential for not": CELLS["true for false"],
    "a claim of another section": lambda rng, name, rows: _exchange_texts(rng, rows, "section"),
}  # fmt: skip


def _exchange_texts(rng, rows, column):
    pairs = [
        (a, b)
        for a in range(len(rows))
        for b in range(a)
        if rows[a][column] and rows[b][column] and rows[a][column] != rows[b][column]
    ]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    rows[a][column], rows[b][column] = rows[b][column], rows[a][column]
    return min(a, b), column


def renew(folder):
    """Sizes and hashes, as whoever hides a change would renew them."""
    path = folder / DESCRIPTOR
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        for item in package["resources"]:
            raw = (folder / item["path"]).read_bytes()
            item.update(bytes=len(raw), hash="sha256:" + hashlib.sha256(raw).hexdigest())
        path.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except (OSError, TypeError, KeyError, AttributeError):
        return  # what a descriptor has to have is gone


def refusal(folder):
    """The line by which a folder of data is refused, or "". What `make data` and `make check` do, in their order."""
    try:
        for item in resources(folder):
            load(item["name"], folder=folder)
        rules.check(folder)
        register_check.keep(folder, may_write=False)
    except DataError as error:
        return str(error)
    return ""


def mutate_cells(folder, rng, names, mutate):
    """Change a file of a folder by `mutate`; returns the words that a line has to name, or None where no file allows it."""
    for name in rng.sample(names, len(names)):
        path = folder / resource(name)["path"]
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        header, before = list(rows[0]), copy.deepcopy(rows)
        if not mutate(rng, name, rows) or rows == before:
            continue
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, header, lineterminator="\n")
            out.writeheader()
            out.writerows(rows)
        return [path.name]
    return None


# --- Descriptor ---------------------------------------------------------------------------------


def _item(rng, package):
    return rng.choice([item for item in package["resources"] if item["name"] != register.NAME])


def _field(rng, package, *types):
    return rng.choice(
        [f for item in package["resources"] for f in item["schema"]["fields"] if f["type"] in types]
    )


DESCRIPTORS: dict[str, Callable] = {
    "a key of a missing column": lambda r, p: _item(r, p)["schema"].update(primaryKey=["nothing"]),
    "a bound of another type": lambda r, p: _field(r, p, "integer").update(constraints={"minimum": "one"}),
    "a list for an object": lambda r, p: _item(r, p).update(schema=[]),
    "a text for a list": lambda r, p: _item(r, p)["schema"].update(fields="none"),
    "a vintage soon": lambda r, p: _item(r, p).update(vintage="soon"),
    "a day of reading soon": lambda r, p: _item(r, p)["sources"][0].update(accessed="soon"),
    "a type that is none": lambda r, p: _field(r, p, "number").update(type="decimal"),
    "a column less": lambda r, p: _item(r, p)["schema"]["fields"].pop(),
    "two columns exchanged": lambda r, p: _item(r, p)["schema"]["fields"].reverse(),
    "another file": lambda r, p: _item(r, p).update(path="other.csv"),
    "a file left out": lambda r, p: p["resources"].remove(next(i for i in p["resources"] if i["name"] == "leaders")),
    "a bound too tight": lambda r, p: p["resources"][0]["schema"]["fields"][0]["constraints"].update(maximum=1990),
    "a rule of a missing column": lambda r, p: p["resources"][0]["rules"][0].update(by="nothing"),
    "a rule that is none": lambda r, p: p["resources"][0]["rules"][0].update(rule="add"),
}  # fmt: skip
UNTOLD = {
    "a word of a description, a title or a license in the descriptor": "prose about the data; no other place says the same, so only a reader can tell a slip from an edit (git diff shows it)",
    "a wider bound, a rule taken away": "the data still fit, and whether a check is meant to be weaker no file can know",
    "a sentence of a notebook's own prose": "an edit of prose looks like this; where the sentence has a number of the data, tests/test_chapters.py refuses it as typed",
    "a figure, a table or a sentence taken out of a notebook with its cell": "a chapter may lose one on purpose; a reference to it breaks the build, and `make cut` asks where its address leads",
    "a changed cell together with its line in the register": "that is what a correction is; it stands in the register, in What changed and under the figure, with its reason",
    "any change of a row of the last edition in a copy without that edition": "there is nothing to compare with; the check says so in a line, and holds what the register names",
}
"""Kinds that cannot be told from a real correction, and why."""


# --- Notebooks ----------------------------------------------------------------------------------


def _outputs(notebook, kind):
    return [
        (n, output)
        for n, cell in enumerate(notebook["cells"])
        for output in cell.get("outputs", [])
        if kind in output.get("data", {})
    ]


def _stored_number(rng, notebook):
    places = [
        (n, output)
        for n, output in _outputs(notebook, "text/markdown")
        if re.search(r"(?<![\w/.-])\d+\.\d\b", "".join(output["data"]["text/markdown"]))
    ]
    number, output = rng.choice(places)
    text = "".join(output["data"]["text/markdown"])
    output["data"]["text/markdown"] = re.sub(
        r"(?<![\w/.-])\d+\.\d\b", lambda found: _digit(found[0]), text, count=1
    )
    return number


def _stored_row(rng, notebook):
    places = [
        (n, o["data"][MIME]["usermeta"]["companion"])
        for n, o in _outputs(notebook, MIME)
        if o["data"][MIME].get("usermeta", {}).get("companion", {}).get("table", {}).get("rows")
    ]
    number, told = rng.choice(places)
    row = rng.choice(told["table"]["rows"])
    row[-1] = f"{row[-1]}9"
    return number


def _code(pattern, change):
    def mutate(rng, notebook):
        places = [
            n
            for n, cell in enumerate(notebook["cells"])
            if cell["cell_type"] == "code" and re.search(pattern, "".join(cell["source"]))
        ]
        if not places:
            return None
        number = rng.choice(places)
        cell = notebook["cells"][number]
        cell["source"] = re.sub(pattern, change, "".join(cell["source"]), count=1)
        return number

    return mutate


def _drop_code(rng, notebook):
    """Delete a cell that names something which no other cell does and a later one uses."""
    sources = ["".join(c["source"]) * (c["cell_type"] == "code") for c in notebook["cells"]]
    places = []
    for number, source in enumerate(sources):
        for name in re.findall(r"(?m)^(\w+) = ", source):
            makers = [
                n for n, other in enumerate(sources) if re.search(rf"(?m)^ *{name}\b[^=]*=", other)
            ]
            if makers == [number] and any(
                re.search(rf"\b{name}\b[.\[,)]", other) for other in sources[number + 1 :]
            ):
                places.append(number)
    number = rng.choice(places)
    del notebook["cells"][number]
    return number


def _drop_alternative(rng, notebook):
    number, output = rng.choice(
        [
            (n, o)
            for n, o in _outputs(notebook, MIME)
            if "alt" in o["data"][MIME].get("usermeta", {}).get("companion", {})
        ]
    )
    output["data"][MIME]["usermeta"]["companion"]["alt"] = ""
    return number


NOTEBOOKS: dict[str, Callable] = {
    "a stored number": _stored_number,
    "a stored row of a figure": _stored_row,
    "a file that is none": _code(r'load\("\w+"', 'load("nothing"'),
    "a column that is none": _code(r'"(year|value|date)"', '"nothing"'),
    "a cell deleted that others need": _drop_code,
    "a day that is none": _code(r"(?m)^AS_OF = \S+", 'AS_OF = "soon"'),
    "a figure without words": _drop_alternative,
}  # fmt: skip


LINKS = re.compile(r"\{\w[\w:]*\}`[^`]*`|\]\([^)]*\)|(?:Figure|Table) \d+")


def _same(stored, made):
    """Whether a stored output says what a run made; links and numbers of figures are renewed apart from the run."""
    if MIME in stored:
        return stored[MIME] == made.get(MIME)
    texts = [LINKS.sub(" ", "".join(one.get("text/markdown", ""))) for one in (stored, made)]
    return (
        len({tuple(re.findall(r"\d+\.\d+", text)) for text in texts}) == 1 or texts[0] == texts[1]
    )


def notebook_refusal(name, notebook):
    """The line by which a notebook is refused, or "": by the rules of its figures, then by a run of its cells."""
    for number, cell in enumerate(notebook["cells"], 1):
        for output in cell.get("outputs", []):
            for found, expected in (
                check_figures.faults(output["data"][MIME]) if MIME in output.get("data", {}) else ()
            ):
                return f"book/{name}.ipynb, cell {number}: found {found}; expected {expected}"
    shell = InteractiveShell.instance()
    shell.reset(new_session=False)
    for number, cell in enumerate(notebook["cells"], 1):
        if cell["cell_type"] != "code":
            continue
        with capture_output() as told:
            done = shell.run_cell("".join(cell["source"]))
        where = f"book/{name}.ipynb, cell {number}"
        if fault := done.error_before_exec or done.error_in_exec:
            said = (str(fault).splitlines() or [""])[0]
            return f"{where}: found {type(fault).__name__}: {said}; expected a cell that runs"
        stored = [output["data"] for output in cell["outputs"] if "data" in output]
        made = [json.loads(json.dumps(output.data)) for output in told.outputs]
        for n in range(max(len(stored), len(made))):
            if n >= len(made) or n >= len(stored) or not _same(stored[n], made[n]):
                return f"{where}, output {n + 1}: found another than the cell makes; expected that of `make notebooks`"
    return ""


# --- All of them --------------------------------------------------------------------------------


def in_data(seed, folder):
    """Yield (kind, what has to be named, function that returns the refusal) for data, descriptor and claims, in a copy in `folder`."""
    fresh = folder / "data"

    def prepared(change):
        def run():
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(ROOT / "data", fresh)
            named = change(fresh)
            renew(fresh)
            begun = time.process_time()
            return named, refusal(fresh), time.process_time() - begun

        return run

    names = [item["name"] for item in resources() if item["name"] != register.NAME]
    exchange = lambda rng, name, rows: _exchange_texts(rng, rows, "new")  # noqa: E731
    kinds = [(kind, names, mutate) for kind, mutate in CELLS.items()]
    kinds += [(kind, ["claims"], mutate) for kind, mutate in CLAIMS.items()]
    kinds += [("a value in the register", [register.NAME], exchange)]
    for kind, among, mutate in kinds:
        rng = random.Random(f"{seed} {kind}")
        yield kind, prepared(lambda at, r=rng, a=among, m=mutate: mutate_cells(at, r, a, m))
    for kind, change in BYTES.items():
        paths = [resource(name)["path"] for name in names]
        paths = [
            name
            for name in paths
            if change((ROOT / "data" / name).read_bytes()) != (ROOT / "data" / name).read_bytes()
        ]
        name = random.Random(f"{seed} {kind}").choice(paths)

        def spoil(at, name=name, change=change):
            (at / name).write_bytes(change((at / name).read_bytes()))
            return [name]

        yield kind, prepared(spoil)
    for kind, change in DESCRIPTORS.items():

        def bend(at, change=change, rng=random.Random(f"{seed} {kind}")):  # noqa: B008
            package = json.loads((at / DESCRIPTOR).read_text(encoding="utf-8"))
            change(rng, package)
            (at / DESCRIPTOR).write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
            return []

        yield kind, prepared(bend)


def in_notebooks(seed):
    """Yield (kind, function that returns what has to be named, the refusal and its seconds) for notebooks."""
    for kind, mutate in NOTEBOOKS.items():

        def run(kind=kind, mutate=mutate):
            rng = random.Random(f"{seed} {kind}")
            paths = sorted((ROOT / "book").glob("*.ipynb"))
            for path in rng.sample(paths, len(paths)):
                notebook = json.loads(path.read_text(encoding="utf-8"))
                before = dumps(copy.deepcopy(notebook))
                try:
                    done = mutate(rng, notebook)
                except IndexError:  # this one has nothing of the kind
                    continue
                if done is None or dumps(copy.deepcopy(notebook)) == before:
                    continue
                begun = time.process_time()
                return (
                    [f"book/{path.name}", "cell"],
                    notebook_refusal(path.stem, notebook),
                    time.process_time() - begun,
                )
            return None, "", 0

        yield kind, run


def judge(kind, named, line, seconds):
    """What is wrong with how a mutation was refused, or ""."""
    if named is None:
        return f"{kind}: nothing to change was found"
    if not line:
        return f"{kind}: passed ({', '.join(named)})"
    told = "found" in line and ("expected" in line or "not found in the folder" in line)
    if "\n" in line or not told:
        return f"{kind}: the line does not say what was found and expected: {line!r}"
    if lacking := [word for word in named if word not in line]:
        return f"{kind}: the line does not name {', '.join(lacking)}: {line}"
    return f"{kind}: took {seconds:.1f} s: {line}" if seconds > MOST else ""


def main(seed):
    """Try every kind once; print a line each, and what cannot be told. Returns 1 where one passed."""
    print(f"seed {seed}; seconds are of this process alone")
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, run in [*in_data(seed, Path(folder)), *in_notebooks(seed)]:
            named, line, seconds = run()
            fault = judge(kind, named, line, seconds)
            wrong += [fault] * bool(fault)
            print(
                f"{'PASSED ' if fault else 'refused'} {seconds:4.1f} s  {kind}: {fault or line}",
                flush=True,
            )
    print("\nNot to be told from a real correction:")
    for kind, reason in UNTOLD.items():
        print(f"- {kind}: {reason}")
    print(
        f"\n{len(wrong)} of the mutations were not refused as they should be"
        if wrong
        else "\nall refused"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(10**6)))
