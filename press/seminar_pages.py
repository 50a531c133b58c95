"""What is made of a session: the student's page, the room view, run sheet, worksheet, instructor's view and the student's bundle."""

import json
import re
from datetime import date
from pathlib import Path

import jinja2
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from companion.days import spell
from press import seminar
from press.bundle import pack_files
from press.edition import BOOK, PRESS, citation, label
from press.notebook_zip import contents, day_of_files
from press.seminar_evidence import Shelf, sheets

log = logging.getLogger(__name__)
TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(PRESS / "templates" / "seminar"),
    autoescape=jinja2.select_autoescape(["html"]),
    trim_blocks=True,
    lstrip_blocks=True,
)


def find_sessions(app):
    """Read the sessions (the event `builder-inited`); those whose page is in this book are kept, {page: session}."""
    found, faults = seminar.sessions()
    app.seminar = {f"{seminar.FOLDER}/{one.name}": one for one in found}
    app.seminar_faults, app.seminar_shelf = faults, None


def add_lead(app, docname, source):
    """Put what the front matter tells students into a session's page (the event `source-read`): question, day, reading, text, stops."""
    session = app.seminar.get(docname)
    if session is None:
        return
    for path in sorted((BOOK / "instructor").glob("*.md")):
        app.env.note_dependency(str(path))
    page = seminar.front_matter(source[0])[1]
    told = {
        "session": session,
        "lengths": seminar.LENGTHS,
        "prompts": seminar.prompts(),
        "author": seminar.author_of,
        "around": seminar.AROUND,
    }
    lead, stops = (
        TEMPLATES.get_template(name).render(**told, day=spell(session.as_of))
        for name in ("lead.md", "stops.md")
    )
    source[0] = re.sub(r"^# .+$", lambda head: f"{head[0]}\n\n{lead}", page, count=1, flags=re.M)
    source[0] += f"\n\n{stops}"


def _shelf(app):
    app.seminar_shelf = app.seminar_shelf or Shelf(app.env)
    return app.seminar_shelf


def check(app, env):
    """Say what is wrong with the sessions of this book, a line each (the event `env-check-consistency`)."""
    shelf, faults = _shelf(app), []
    for page in sorted(set(app.seminar) & env.found_docs):
        session = app.seminar[page]
        faults += [one for one in app.seminar_faults if one.startswith(f"{page}.md")]
        if session.cards and (told := shelf.fault(session.cards, session.as_of)):
            faults.append(f"{page}.md: cards: found {told[0]}; expected {told[1]}")
        for stop in session.stops:
            for what in filter(None, [*stop.show, stop.figure]):
                if told := shelf.fault(what, session.as_of):
                    faults.append(f"{page}.md, stop {stop.name!r}: show: found {told[0]}; expected {told[1]}")  # fmt: skip
            for what in stop.reveal:
                if shelf.revealed(what) is None:
                    faults.append(f"{page}.md, stop {stop.name!r}: reveal: found {what}; expected a table, a figure with rows that came later, since-<section with Since then>, or a claim that a chapter checks")  # fmt: skip
        for name in session.reading or ():
            if shelf.page(name) is None:
                faults.append(f"{page}.md: reading: found {name}; expected the label of a page or section")  # fmt: skip
    for fault in faults:
        log.warning(fault)
    app.seminar_sound = not faults


def renew(app, env):
    """Have the page of a session written again when a page that it draws on was read again (the event `env-updated`)."""
    shelf, stale = _shelf(app), []
    for page in sorted(set(app.seminar) & env.found_docs):
        stops = app.seminar[page].stops
        named = [name for stop in stops for name in [*stop.show, stop.prompt, *stop.reveal]]
        made = Path(app.outdir) / f"{page}.html"
        read = [Path(app.doctreedir) / f"{one}.doctree" for one in filter(None, map(shelf.page, named))]  # fmt: skip
        if made.exists() and any(one.stat().st_mtime > made.stat().st_mtime for one in read):
            stale.append(page)
    return stale


def _reveals(stop, shelf, day):
    """Return what a stop reveals as the templates take it: sheet, or title and lines; in which lengths; whether it is of the day."""
    made = []
    for what in stop.reveal:
        kind, *one = shelf.revealed(what)
        told = {
            "lengths": [n for n in seminar.LENGTHS if what in stop.opens[n]],
            "seal": "The record" if shelf.keeps_the_day(what, day) else "What came later",
        }
        if kind == "text":
            made.append({**told, "title": one[0], "lines": one[1]})
        else:
            opened = bool(one[0].opened)
            drawn = sheets(one[0], f"{stop.name}-{what}", day, opened)
            made += [{**told, "sheet": sheet} for sheet in drawn]
    return made


def _opened(stop, shelf):
    """Return [(what a stop reveals in words, the lengths in which it does, or "" where the stop always does)]."""
    told = []
    for what in stop.reveal:
        which = [n for n in stop.lengths if what in stop.opens[n]]
        told += [(shelf.told(what), "" if which == stop.lengths else ", ".join(map(str, which)))] if which else []  # fmt: skip
    return told


def _stops(session, shelf, asked, noted):
    """Return the stops of a session as the templates take them: prompt, note, sheets of evidence and of what is revealed."""
    made, day = [], session.as_of
    for stop in session.stops:
        seen = [shelf.find(name) for name in stop.show]
        drawn = sheets(shelf.find(stop.figure), f"{stop.name}-draw", day) if stop.figure else [""]
        made.append(
            {
                "stop": stop,
                "asked": asked[stop.prompt],
                "note": noted[stop.prompt],
                "seen": seen,
                "sheets": [one for f in seen for one in sheets(f, f"{stop.name}-{f.label}", day)],
                "reveals": _reveals(stop, shelf, day),
                "drawn": drawn[0],
            }
        )
    return made


def _evidence(session, shelf):
    """Return [(stop, sheets)] of all that the stops show, each figure and table once, to print."""
    made, met = [], {session.cards}
    for stop in session.stops:
        new = [name for name in stop.show if name not in met]
        met.update(new)
        drawn = [sheets(shelf.find(name), f"evidence-{name}", session.as_of) for name in new]
        made += [(stop, sum(drawn, []))] if new else []
    return made


def add_kit(app, pagename, templatename, context, doctree):
    """Put the bar and the room view into a session's page, and write what goes with it (the event `html-page-context`)."""
    session = app.seminar.get(pagename)
    if app.builder.name != "html" or session is None or not getattr(app, "seminar_sound", True):
        return
    shelf = _shelf(app)
    folder = f"seminar/{session.name}"

    def address(name, here=f"{folder}/run-sheet.html"):
        page, place = app.env.get_domain("std").anonlabels.get(name, ("", ""))
        return page and f"{relative_uri(here, app.builder.get_target_uri(page))}#{place}"

    plain, asked, noted = seminar.to_html, seminar.prompts(), seminar.notes()
    told = {
        "session": session,
        "stops": _stops(session, shelf, asked, noted),
        "lengths": seminar.LENGTHS,
        "around": seminar.AROUND,
        "ending": {
            n: seminar.AROUND["exit"][n] + seminar.AROUND["envelope"][n] for n in seminar.LENGTHS
        },
        "opened": lambda stop: _opened(stop, shelf),
        "evidence": _evidence(session, shelf),
        "cards": shelf.find(session.cards).rows if session.cards else [],
        "day": spell(session.as_of),
        "due": spell(session.envelope["due"])
        if isinstance(session.envelope.get("due"), date)
        else "",  # fmt: skip
        "html": lambda text: jinja2.utils.markupsafe.Markup(plain(text)),
        "inline": lambda text: jinja2.utils.markupsafe.Markup(seminar.inline(text)),
        "linked": lambda text: jinja2.utils.markupsafe.Markup(plain(text, address)),
        "address": address,
        "page": relative_uri(f"{folder}/run-sheet.html", f"{pagename}.html"),
        "titles": {name: seminar.author_of(name) + shelf.title(name) for name in session.reading},
        "spare": [(asked[name], noted.get(name)) for name in session.spare],
        "style": (PRESS / "static" / "seminar-paper.css").read_text(encoding="utf-8"),
        "book": citation()["title"],
        "label": label(),
        "site": citation().get("url", "").rstrip("/"),
        "pagename": pagename,
    }
    out = Path(app.outdir) / folder
    out.mkdir(parents=True, exist_ok=True)
    given = ["worksheet", "slips", "evidence", *(["cards"] if session.cards else [])]
    made = {}
    for name in ["run-sheet", "instructor", *given]:
        made[name] = TEMPLATES.get_template(f"{name}.html").render(**told)
        (out / f"{name}.html").write_text(made[name], encoding="utf-8")
    used = [found.page for one in told["stops"] for found in one["seen"]] + [one["asked"].page for one in told["stops"]]  # fmt: skip
    names = dict.fromkeys(name.rpartition("/")[2] for name in used)
    notebooks = [path for name in names if (path := BOOK / f"{name}.ipynb").exists()]
    sheets_given = {f"{name}.html": made[name].encode() for name in given}
    write_bundle(session, notebooks, sheets_given, out / f"{session.name}.zip")
    bar = TEMPLATES.get_template("bar.html").render(
        session=session, base=relative_uri(f"{pagename}.html", f"{folder}/")
    )
    room = TEMPLATES.get_template("room.html").render(**told)
    context["body"] = context["body"].replace("</h1>", f"</h1>\n{bar}", 1) + room
    app.add_css_file("seminar.css")
    app.add_js_file("seminar.js", loading_method="defer")


def _unrun(body):
    """Return a notebook (bytes) without its outputs: what is stored in them would tell what came later, before the class asks."""
    notebook = json.loads(body)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def write_bundle(session, notebooks, given, target):
    """Write the student's bundle of a session: what is printed ({name: bytes}), notebooks, `companion` and data; its bytes depend on the book alone."""
    files, package = {}, None
    for path in notebooks:
        made = contents(path)
        told = json.loads(made["data/datapackage.json"])
        package = package or {**told, "resources": []}
        there = {item["name"] for item in package["resources"]}
        package["resources"] += [item for item in told["resources"] if item["name"] not in there]
        files |= made
    if package:
        files["data/datapackage.json"] = (json.dumps(package, indent=2, ensure_ascii=False) + "\n").encode()  # fmt: skip
    readme = TEMPLATES.get_template("bundle.txt").render(
        session=session, notebooks=notebooks, book=citation()["title"], label=label()
    )
    for name in [name for name in files if name.endswith(".ipynb")]:
        files[name] = _unrun(files[name])
    files |= {"README.txt": readme.encode(), **given}
    pack_files(target, session.name, sorted(files.items()), day_of_files())


class PromptPlaces(SphinxPostTransform):
    """For the PDF: gives each prompt a place to which a session's table leads; Sphinx writes none for an admonition."""

    default_priority = 185
    builders = ("latex",)

    def run(self, **kwargs):
        """Run the transform."""
        for prompt in list(self.document.findall(nodes.Admonition)):
            if "prompt" in prompt.get("classes", []) and prompt["ids"]:
                place = nodes.target("", "", ids=prompt["ids"])
                prompt["ids"] = []
                prompt.parent.insert(prompt.parent.index(prompt), place)


def register(app):
    """Tell Sphinx what becomes of the sessions."""
    app.add_post_transform(PromptPlaces)
    app.connect("builder-inited", find_sessions)
    app.connect("source-read", add_lead)
    app.connect("env-check-consistency", check)
    app.connect("env-updated", renew, priority=950)
    app.connect("html-page-context", add_kit)
