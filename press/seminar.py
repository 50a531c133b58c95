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
"""The lengths of a session, in minutes; five of each are kept free for coming and going."""

KEYS = "question as_of reading without_reading stops exit envelope wrong_turns print spare".split()
STOP_KEYS = "name title show prompt commit reveal minutes".split()
COMMITS = {"vote": "options", "draw": "figure", "write": None, "rank": "items"}
"""Ways to commit, and what each needs beside the question that is asked."""

VOTE = 4  # minutes that a vote before and after a discussion takes
SHOWN = re.compile(r"(fig|tab)-[a-z0-9-]+")
REVEALED = re.compile(r"fig-[a-z0-9-]+|since-[a-z0-9-]+|[a-z]-\d+")

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
    """Return {id of a prompt: note} for the instructor: text (MyST), minutes and page."""
    found = {}
    for path in sorted((BOOK / "instructor").glob("*.md")):
        for part in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
            name, _, text = part.partition("\n")
            minutes = re.search(r"\*\*Minutes\.\*\* (\d+)", text)
            found[name.strip()] = SimpleNamespace(
                text=text.strip(), minutes=int(minutes[1]) if minutes else 0, page=path.stem
            )
    return found


def _stop(told, say):
    """Return a stop of a session from what its file tells; `say(what, found, expected)` gets what is wrong."""
    told = told if isinstance(told, dict) else {}
    if odd := set(told) - {*STOP_KEYS, "short"} | set(STOP_KEYS) - set(told):
        say("keys", sorted(odd), "each of " + ", ".join(STOP_KEYS) + ", and perhaps short")
    stop = SimpleNamespace(**{key: told.get(key) for key in [*STOP_KEYS, "short"]})
    stop.show, stop.reveal = list(stop.show or ()), list(stop.reveal or ())
    if not 1 <= len(stop.show) <= 2 or not all(SHOWN.fullmatch(str(one)) for one in stop.show):
        say("show", stop.show, "one or two of fig-… and tab-…")
    if odd := [one for one in stop.reveal if not REVEALED.fullmatch(str(one))]:
        say("reveal", odd, "fig-…, since-<section> or a claim such as l-25")
    commit = stop.commit if isinstance(stop.commit, dict) else {}
    kind = next(iter(commit), None)
    more = commit.get(kind) if isinstance(commit.get(kind), dict) else {}
    wanted = {"ask", COMMITS.get(kind)} - {None}
    if len(commit) != 1 or kind not in COMMITS or not wanted <= set(more):
        say("commit", commit, "exactly one of vote (ask, options), draw (ask, figure), write (ask), rank (ask, items)")  # fmt: skip
    stop.kind, stop.ask, stop.twice = kind, more.get("ask", ""), bool(more.get("before_and_after"))
    stop.options, stop.figure = more.get("options", more.get("items", [])), more.get("figure")
    minutes = stop.minutes if isinstance(stop.minutes, dict) else {}
    if set(minutes) != set(LENGTHS) or not all(isinstance(n, int) for n in minutes.values()):
        say("minutes", stop.minutes, "whole minutes for 20, 50 and 75; 0 leaves the stop out")
    stop.minutes = {length: minutes.get(length) or 0 for length in LENGTHS}
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

    if odd := set(told) ^ set(KEYS):
        say("keys", sorted(odd), "each of " + ", ".join(KEYS))
    title = re.search(r"^# (.+)$", page, re.M)
    stops = told.get("stops") or []
    names = [str((one or {}).get("name")) if isinstance(one, dict) else "" for one in stops]
    if not 1 <= len(stops) <= 6 or len(set(names)) < len(names):
        say("stops", names, "one to six, each with a name of its own")
    session = SimpleNamespace(**{key: told.get(key) for key in KEYS if key != "print"})
    session.name, session.title = path.stem, title[1].strip() if title else path.stem
    session.to_print = told.get("print") or []
    session.spare, session.wrong_turns = told.get("spare") or [], told.get("wrong_turns") or []
    session.stops = [_stop(one, lambda *more, at=name: say(*more, stop=at)) for one, name in zip(stops, names)]  # fmt: skip
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
        elif stop.prompt not in noted:
            say("prompt", stop.prompt, "one with a note in book/instructor", stop.name)
    if sum(stop.kind == "vote" and stop.twice for stop in session.stops) < 3:
        say("votes", "fewer than three", "three items to vote on before and after")


def _check_minutes(session, noted, say):
    for length in LENGTHS:
        slots = {stop.name: stop.minutes[length] for stop in session.stops}
        if not 0 < sum(slots.values()) <= length - 5:
            say(f"minutes of {length}", slots, f"a sum from 1 to {length - 5}")
        for stop in session.stops:
            note = noted[stop.prompt].minutes if stop.prompt in noted else 0
            need = note + VOTE * (stop.kind == "vote" and stop.twice)
            if 0 < slots[stop.name] < need and not stop.short:
                say(
                    f"minutes of {length}",
                    slots[stop.name],
                    f"at least {need}, by the note and the vote, or a reason in short",
                    stop.name,
                )
        told = Counter(what for stop in session.stops if slots[stop.name] for what in stop.reveal)
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
