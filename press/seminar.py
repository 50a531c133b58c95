"""A session of the seminar: its file, the prompts and notes that it names, and what is wrong with it in a line.

A session is `book/sessions/<name>.md`: front matter that tells question, day, reading and stops, then the
student's page. Prompts stand in the chapters and notes in `book/instructor/`, each once; a session names them.
"""

import json
import re
from collections import Counter
from datetime import date
from functools import lru_cache
from types import SimpleNamespace

import yaml
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from companion.data import load
from press.edition import BOOK, ROOT

FOLDER = "book/sessions"
LENGTHS = (20, 50, 75)
"""The lengths of a session, in minutes."""

FREE = 5  # minutes of each length that are kept for coming and going
AROUND = {
    "half page": {20: 4, 50: 4, 75: 4},
    "exit": {20: 1, 50: 2, 75: 2},
    "envelope": {20: 1, 50: 1, 75: 1},
}
"""What each length has beside its stops, in minutes."""

KEYS = "question as_of reading in_brief without_reading stops exit envelope wrong_turns print spare".split()
OPTIONAL = ["cards", "apart"]
"""Keys that a session may have: a table to print as cards, a row a card; whether the evidence of each stop has its own page."""

STOP_KEYS = "name title show prompt commit reveal minutes".split()
MAY = ["short", "aside"]
"""Keys that a stop may have: why a slot is shorter than its note, and where a figure is that the prompt names."""

COMMITS = {"vote": "options", "draw": "figure", "write": None, "rank": "items"}
"""Ways to commit, and what each needs beside the question that is asked."""

VOTE = 4  # minutes that a vote before and after a discussion takes, with eyes closed
TALK = 4  # minutes of discussion that remain in the shortest slot of a session of 20
SHOWN = re.compile(r"(fig|tab)-[a-z0-9-]+")
REVEALED = re.compile(r"(fig|tab|since)-[a-z0-9-]+|[a-z]-\d+")
NAMED = re.compile(r"\(#((?:fig|tab)-[a-z0-9-]+)\)")
LATE_NOTE = re.compile(r"^:::\{dropdown\} When the seal is broken\n(.+?)^:::$\n?", re.M | re.S)

_PARSER = create_md_parser(
    MdParserConfig(enable_extensions={"colon_fence", "attrs_inline", "attrs_block", "deflist"}),
    RendererHTML,
)
_PARSER.options["typographer"] = True
_PARSER.enable("smartquotes")


def to_html(text, address=None):
    """Return MyST as HTML. `address` gives the address of a label; without it links are plain words."""
    text = re.sub(r"\{[\w:]+\}`([^`<]*)(?:<[^>]*>)?`", r"\1", str(text))

    def lead(found):
        target = address and address(found[1].lstrip("#")) if found[1][:1] == "#" else found[1]
        return f'<a href="{target}">{found[2]}</a>' if address and target else found[2]

    return re.sub(r'<a href="([^"]*)"[^>]*>(.*?)</a>', lead, _PARSER.render(text), flags=re.S)


def inline(text, address=None):
    """Return a line of MyST as HTML, without the paragraph around it."""
    return to_html(text, address).strip().removeprefix("<p>").removesuffix("</p>")


def front_matter(text):
    """Return (what the front matter of a page says or {}, the page without it, its lines left empty)."""
    tokens = _PARSER.parse(text)
    if not tokens or tokens[0].type != "front_matter":
        return {}, text
    lines = text.split("\n")
    end = tokens[0].map[1] + 1
    return yaml.safe_load(tokens[0].content) or {}, "\n" * end + "\n".join(lines[end:])


@lru_cache(8)
def _prompts_of(path, _changed):
    try:
        text = path.read_text(encoding="utf-8")
        told = json.loads(text)["cells"] if path.suffix == ".ipynb" else []
    except (ValueError, KeyError):  # whoever runs the notebook says what is wrong with it
        return {}
    texts = ["".join(cell["source"]) for cell in told if cell["cell_type"] == "markdown"]
    cells = texts if path.suffix == ".ipynb" else [text]
    found = {}
    for token in [one for cell in cells if "prompt" in cell for one in _PARSER.parse(cell)]:
        if token.type == "colon_fence" and re.search(r"^:class: prompt", token.content, re.M):
            name = re.search(r"^:name: (\S+)", token.content, re.M)
            text = re.sub(r"^:\w+:.*\n", "", token.content, flags=re.M).strip()
            kind = token.info.partition("}")[2].strip()
            found[name[1]] = SimpleNamespace(name=name[1], kind=kind, text=text, page=path.stem)
    return found


def prompts():
    """Return {id: prompt} of the book: name, kind ("Opening"), text (MyST) and page, as it stands in its chapter."""
    paths = sorted([*BOOK.glob("*.ipynb"), *BOOK.glob("*.md")])
    return {k: v for path in paths for k, v in _prompts_of(path, path.stat().st_mtime_ns).items()}


def notes():
    """Return {id of a prompt: note} for the instructor: text (MyST), minutes, page, and what is for after the reveal."""
    found = {}
    for path in sorted((BOOK / "instructor").glob("*.md")):
        for part in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
            name, _, text = part.partition("\n")
            minutes, late = re.search(r"\*\*Minutes\.\*\* (\d+)", text), LATE_NOTE.search(text)
            found[name.strip()] = SimpleNamespace(
                text=LATE_NOTE.sub("", text).strip(),
                later=late[1].strip() if late else "",
                minutes=int(minutes[1]) if minutes else 0,
                page=path.stem,
            )
    return found


def around(length):
    """Return how many minutes of a length go to what is no stop: coming and going, half page, exit, envelope."""
    return FREE + sum(slots[length] for slots in AROUND.values())


def _by_length(told, empty):
    """Return {length: what a file tells for it}; what is told once holds for every length."""
    return {n: told.get(n, empty) if isinstance(told, dict) else told or empty for n in LENGTHS}


def _stop(told, number, say):
    """Return a stop of a session from what its file tells; `say(what, found, expected)` gets what is wrong.

    Beside the keys of the file it has number, kind, ask, options and figure of what is committed, twice (a vote
    before and after), lengths (those that hold it) and only (these in words, "" where all do). `reveal` holds
    what it opens in any length, `opens` and `short` are by length.
    """
    told = told if isinstance(told, dict) else {}
    if odd := set(told) - {*STOP_KEYS, *MAY} | set(STOP_KEYS) - set(told):
        say("keys", sorted(odd), f"each of {', '.join(STOP_KEYS)}, and perhaps {', '.join(MAY)}")
    stop = SimpleNamespace(**{key: told.get(key) for key in [*STOP_KEYS, *MAY]}, number=number)
    stop.opens, stop.short = _by_length(stop.reveal, []), _by_length(stop.short, "")
    stop.show = list(stop.show or ())
    stop.reveal = list(dict.fromkeys(what for opened in stop.opens.values() for what in opened))
    if not 1 <= len(stop.show) <= 2 or not all(SHOWN.fullmatch(str(one)) for one in stop.show):
        say("show", stop.show, "one or two of fig-… and tab-…")
    if odd := [one for one in stop.reveal if not REVEALED.fullmatch(str(one))]:
        say("reveal", odd, "fig-…, tab-…, since-<section> or a claim such as l-25")
    commit = stop.commit if isinstance(stop.commit, dict) else {}
    kind = next(iter(commit), None)
    more = commit.get(kind) if isinstance(commit.get(kind), dict) else {}
    wanted = {"ask", COMMITS.get(kind)} - {None}
    if len(commit) != 1 or kind not in COMMITS or not wanted <= set(more):
        say("commit", commit, "exactly one of vote (ask, options), draw (ask, figure), write (ask), rank (ask, items)")  # fmt: skip
    stop.kind, stop.ask, stop.twice = kind, more.get("ask", ""), bool(more.get("before_and_after"))
    stop.probability = "probability" in stop.ask.lower()
    stop.options, stop.figure = more.get("options", more.get("items", [])), more.get("figure")
    minutes = stop.minutes if isinstance(stop.minutes, dict) else {}
    if set(minutes) != set(LENGTHS) or not all(isinstance(n, int) for n in minutes.values()):
        say("minutes", stop.minutes, "whole minutes for 20, 50 and 75; 0 leaves the stop out")
    stop.minutes = {length: minutes.get(length) or 0 for length in LENGTHS}
    stop.lengths = [length for length in LENGTHS if stop.minutes[length]]
    words = f"{' and '.join(map(str, stop.lengths))} minutes{' only' * (len(stop.lengths) == 1)}"
    stop.only = "" if len(stop.lengths) == len(LENGTHS) else words
    return stop


def read_session(path, asked, noted):
    """Return (session, faults) of a file; faults are lines that name session, stop, what was found and expected.

    asked: the prompts; noted: the notes. The session has the keys of the front matter as attributes (`print`
    as `to_print`), name and title. A page without a session in its front matter gives (None, []).
    """
    place, faults = path.relative_to(ROOT).as_posix(), []
    try:
        told, page = front_matter(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        return None, [f"{place}: {' '.join(str(error).split())}; expected front matter in YAML"]
    if "session" not in told:
        return None, []
    told = told["session"] or {}

    def say(what, found, expected, stop=None):
        at = f"{place}, stop {stop!r}" if stop else place
        faults.append(f"{at}: {what}: found {found!r}; expected {expected}")

    if odd := set(told) - set(OPTIONAL) ^ set(KEYS):
        say("keys", sorted(odd), "each of " + ", ".join(KEYS))
    title = re.search(r"^# (.+)$", page, re.M)
    stops = told.get("stops") or []
    names = [str((one or {}).get("name")) if isinstance(one, dict) else "" for one in stops]
    if not 1 <= len(stops) <= 6 or len(set(names)) < len(names):
        say("stops", names, "one to six, each with a name of its own")
    session = SimpleNamespace(
        **{key: told.get(key) for key in [*KEYS, *OPTIONAL] if key != "print"}
    )
    session.name, session.title = path.stem, title[1].strip() if title else path.stem
    session.to_print = told.get("print") or []
    session.spare, session.wrong_turns = told.get("spare") or [], told.get("wrong_turns") or []
    session.stops = [
        _stop(one, number, lambda *more, at=name: say(*more, stop=at))
        for number, (one, name) in enumerate(zip(stops, names), 1)
    ]
    if len(session.in_brief or ()) != 3:
        say("in_brief", session.in_brief, "the argument in three lines")
    if not isinstance(session.as_of, date):
        say("as_of", session.as_of, "a day as YYYY-MM-DD")
    _check_asked(session, asked, noted, say)
    _check_minutes(session, noted, say)
    return session, faults


def _check_asked(session, asked, noted, say):
    for key in ("exit", "envelope"):
        found = getattr(session, key)
        if not isinstance(found, dict) or not found.get("ask"):
            say(key, found, "a question: {ask: …}")
            setattr(session, key, {"ask": ""})
    for name in [one for one in session.spare if one not in asked]:
        say("spare", name, "the id of a prompt in a chapter")
    for stop in session.stops:
        if stop.prompt not in asked:
            say("prompt", stop.prompt, "the id of a prompt in a chapter, such as d-lin-i-1-q1", stop.name)  # fmt: skip
            continue
        if stop.prompt not in noted:
            say("prompt", stop.prompt, "one with a note in book/instructor", stop.name)
        away = set(NAMED.findall(asked[stop.prompt].text)) - {*stop.show, *stop.reveal}
        if away and not stop.aside:
            say("prompt", sorted(away), "what it names in show or reveal, or where it is in aside", stop.name)  # fmt: skip
    if sum(stop.kind == "vote" and stop.twice for stop in session.stops) < 3:
        say("votes", "fewer than three", "three items to vote on before and after")


def _check_minutes(session, noted, say):
    for length in LENGTHS:
        slots = {stop.name: stop.minutes[length] for stop in session.stops}
        if not 0 < sum(slots.values()) <= length - around(length):
            say(f"minutes of {length}", slots, f"a sum from 1 to {length - around(length)}")
        for stop in session.stops:
            note = noted[stop.prompt].minutes if stop.prompt in noted else 0
            vote = VOTE * (stop.kind == "vote" and stop.twice)
            need, why = note + vote, "by the note and the vote, or a reason in short"
            if stop.short[length]:
                need, why = (vote + TALK if length == min(LENGTHS) else note), "with a reason, too"
            if 0 < slots[stop.name] < need:
                say(f"minutes of {length}", slots[stop.name], f"at least {need}, {why}", stop.name)
        told = Counter(what for stop in session.stops if slots[stop.name] for what in stop.opens[length])  # fmt: skip
        if again := [what for what, times in told.items() if times > 1]:
            say(f"reveal in {length} minutes", again, "each once")


def author_of(label):
    """Return whose article a section's label belongs to, with a comma after it, or ""."""
    articles = load("articles").set_index("id")["name"]
    sections = load("sections").set_index("label")["article"]
    return f"{articles[sections[label]]}, " if label in sections else ""


def sessions():
    """Return ([session], [fault]) of all files in book/sessions, by name."""
    paths = sorted((ROOT / FOLDER).glob("*.md"))
    asked, noted = (prompts(), notes()) if paths else ({}, {})
    read = [read_session(path, asked, noted) for path in paths]
    return [one for one, _ in read if one], [fault for _, faults in read for fault in faults]
