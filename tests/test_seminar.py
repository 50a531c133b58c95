"""The sessions: their files, what is made of them, and the seal of their day."""

import json
import re
import subprocess
import zipfile
from datetime import date
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from conftest import BOOK, ROOT, build, need, open_window
from sample_chapter import LATER, write_chapter
from sample_seminar import NOTE, plant_seminar, write_session

from press import seminar
from press.seminar_evidence import Shelf, dates_after

SIZES = [(1280, 720), (1920, 1080)]
FOUND, FAULTS = seminar.sessions()
ASKED = {"d-lin-ii-1-1": SimpleNamespace(text="Rate or sum?")}
NOTED = {"d-lin-ii-1-1": SimpleNamespace(minutes=11)}


# --- The files of the book --------------------------------------------------------------------------


def test_the_sessions_are_sound():
    assert len(FOUND) >= 5 and not FAULTS, "\n".join(FAULTS)


def test_every_prompt_is_used_or_marked_spare():
    named = {stop.prompt for one in FOUND for stop in one.stops}
    spare = {name for one in FOUND for name in one.spare}
    assert set(seminar.prompts()) == named | spare
    assert not named & spare, "marked spare and used"


@pytest.mark.parametrize("session", FOUND, ids=lambda one: one.name)
def test_minutes_add_up(session):
    for length in (20, 50, 75):
        slots = [stop.minutes[length] for stop in session.stops]
        assert 0 < sum(slots) <= length - 5, f"{length}: {slots}"
        rest = [slots[length] for slots in seminar.AROUND.values()]
        assert rest[0] == 4 and len(rest) == 3 and min(rest) >= 1, "half page, exit, envelope"
        assert sum(slots) + sum(rest) <= length - 5, f"{length}: {slots} and {rest}"


@pytest.mark.parametrize("session", FOUND, ids=lambda one: one.name)
def test_the_seal_is_broken_once_and_opens_what_was_shown(session):
    for length in (20, 50, 75):
        held = [stop for stop in session.stops if stop.minutes[length]]
        early = [what for stop in held[:-1] for what in stop.opens[length]]
        early = [what for what in early if what.startswith(("fig-", "since-"))]
        assert not early, f"{length} minutes: broken before the last stop"
        shown = {name for stop in held for name in stop.show}
        figures = {name for name in held[-1].opens[length] if name.startswith("fig-")}
        assert figures <= shown, f"{length} minutes: opened and never shown: {figures - shown}"


@pytest.mark.parametrize("session", FOUND, ids=lambda one: one.name)
def test_what_an_instructor_reads_before_the_reveal_is_of_the_day(session):
    told = [session.without_reading, *session.in_brief, *session.wrong_turns, session.exit["ask"]]
    named = [*(stop.prompt for stop in session.stops), *session.spare]
    asked, noted = seminar.prompts(), seminar.notes()
    told += [f"{asked[name].text} {noted[name].text}" for name in named]
    told += [f"{stop.title} {stop.aside} {stop.short}" for stop in session.stops]
    late = {text[:50]: dates_after(text, session.as_of) for text in told}
    assert not any(late.values()), {text: days for text, days in late.items() if days}


def test_every_stop_is_held_in_some_length_and_named_by_those_that_hold_it():
    for session in FOUND:
        for number, stop in enumerate(session.stops, 1):
            assert stop.number == number and stop.lengths, f"{session.name}: {stop.name}"
    lengths = {stop.name: stop.only for one in FOUND for stop in one.stops}
    assert lengths["controversy"] == "75 minutes only"
    assert lengths["criterion"] == "50 and 75 minutes" and lengths["significant"] == ""


@pytest.mark.parametrize("session", FOUND, ids=lambda one: one.name)
def test_votes_ask_for_no_verdict_on_an_author(session):
    for stop in session.stops:
        assert not re.search(
            r"\b(Lin|Johnson) (is|was) (right|wrong)", stop.ask + str(stop.options)
        )
    assert len(session.without_reading.split()) <= 320, "half a page is read in four minutes"


def test_prompts_stand_in_their_chapters_alone():
    for path in (BOOK / "sessions").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        for prompt in seminar.prompts().values():
            assert prompt.text[:60] not in text, f"{path.name} repeats {prompt.name}"


# --- What is wrong is named ------------------------------------------------------------------------


def _set(place, key, value):
    return lambda told: _at(told, place).__setitem__(key, value)


def _at(told, place):
    for key in place:
        told = told[key]
    return told


STOP, PLACE = ("stops", 0), "book/sessions/sample.md, stop 'rate'"
WRONG = {
    "an unknown key": (_set((), "lenght", 50), ("sample.md: keys", "lenght", "each of")),
    "seven stops": (lambda told: told.update(stops=told["stops"][:1] * 7), ("stops", "one to six")),
    "three pieces of evidence": (_set(STOP, "show", ["fig-a", "fig-b", "fig-c"]), (PLACE, "show", "one or two")),
    "a prompt that no chapter has": (_set(STOP, "prompt", "d-none"), (PLACE, "'d-none'", "id of a prompt")),
    "two ways to commit": (_set((*STOP, "commit"), "write", {"ask": "?"}), (PLACE, "commit", "exactly one")),
    "a vote without options": (lambda told: _at(told, (*STOP, "commit", "vote")).pop("options"), (PLACE, "commit", "options")),
    "an unknown reveal": (_set(STOP, "reveal", ["later"]), (PLACE, "reveal", "since-<section>")),
    "minutes of another length": (_set(STOP, "minutes", {90: 15}), (PLACE, "minutes", "20, 50 and 75")),
    "a slot under its note and vote": (_set((*STOP, "minutes"), 50, 14), (PLACE, "found 14", "at least 15")),
    "more minutes than there are": (_set((*STOP, "minutes"), 20, 16), ("minutes of 20", "a sum from 1 to 9")),
    "a slot that no reason excuses": (_set((*STOP, "minutes"), 20, 7), (PLACE, "found 7", "at least 8")),
    "an argument in one line": (_set((), "in_brief", ["one"]), ("in_brief", "three lines")),
    "a table to reveal that has no name": (_set(STOP, "reveal", ["tab_rows"]), (PLACE, "reveal", "tab-…")),
    "one thing revealed twice": (_set(("stops", 1), "reveal", ["fig-later"]), ("reveal in 50 minutes", "fig-later", "each once")),
    "a day that is none": (_set((), "as_of", "August"), ("as_of", "August", "YYYY-MM-DD")),
    "no exit question": (_set((), "exit", {}), ("exit", "a question")),
    "two votes": (_set(("stops", 2), "commit", {"write": {"ask": "?"}}), ("votes", "three items")),
}  # fmt: skip


def read(tmp_path, monkeypatch, change=None):
    monkeypatch.setattr(seminar, "ROOT", tmp_path)
    (tmp_path / "book").mkdir(exist_ok=True)
    write_session(tmp_path, change)
    return seminar.read_session(tmp_path / "book" / "sessions" / "sample.md", ASKED, NOTED)


def test_the_sample_is_sound(tmp_path, monkeypatch):
    session, faults = read(tmp_path, monkeypatch)
    assert not faults and session.as_of == date(2025, 8, 12) and len(session.stops) == 4


@pytest.mark.parametrize("fault", WRONG)
def test_a_fault_names_session_stop_and_what_was_expected(tmp_path, monkeypatch, fault):
    change, words = WRONG[fault]
    _, faults = read(tmp_path, monkeypatch, change)
    assert [line for line in faults if all(word in line for word in words)], "\n".join(faults)
    assert all("\n" not in line and "; expected " in line for line in faults)


def test_a_figure_that_a_prompt_names_is_on_the_screen_or_said_to_be_elsewhere(tmp_path, monkeypatch):  # fmt: skip
    asked = {"d-lin-ii-1-1": SimpleNamespace(text="As in [Figure 9](#fig-other)?")}
    monkeypatch.setitem(ASKED, "d-lin-ii-1-1", asked["d-lin-ii-1-1"])
    told = read(tmp_path, monkeypatch)[1]
    assert len(told) == 4 and all("fig-other" in line and "aside" in line for line in told)

    def place(session):
        for stop, key, value in zip(session["stops"], ("aside", "show", "reveal", "aside"), ("It is in the chapter.", ["fig-other"], ["fig-other"], "Here.")):  # fmt: skip
            stop[key] = value

    assert not [line for line in read(tmp_path, monkeypatch, place)[1] if "prompt" in line]


def test_a_slot_may_be_short_for_a_reason(tmp_path, monkeypatch):
    def shorten(told):
        told["stops"][0]["minutes"][50], told["stops"][0]["short"] = (
            12,
            "The follow-up is left out.",
        )

    assert read(tmp_path, monkeypatch, shorten)[1] == []


# --- The seal --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, late",
    [
        ("March 5, 2026", ["March 5, 2026"]),
        ("Feb 8–18, 2026", ["Feb 8–18, 2026"]),
        ("2025-08-13", ["2025-08-13"]),
        ("Sept. 15, 2025", ["Sept. 15, 2025"]),
        ("September 2025", ["September 2025"]),
        ("August 12, 2025 and Aug 2025, 2025-08-12", []),
        ("May 31, 2024, in 2026 words", []),
    ],
)  # fmt: skip
def test_dates_after_a_day_are_seen(text, late):
    assert dates_after(text, date(2025, 8, 12)) == late


SEEN = {
    "heads": ["Year", "What", "Judged by"],
    "rows": [["2025", "met on July 1, 2025", "December 31, 2026"]],
    "caption": "A table.",
    "alt": "",
    "day": date(2025, 3, 8),
    "own": False,
}
UNSEALED = {
    "a late row": ({"rows": [["2026", "x", ""]]}, "with 2026"),
    "a late day in a row": ({"rows": [["2025", "met on May 5, 2026", ""]]}, "May 5, 2026"),
    "a late alternative": ({"alt": "Lines to March 2026."}, "March 2026"),
    "a late caption": ({"caption": "To May 31, 2026."}, "May 31, 2026"),
    "a chapter of a later day": ({"day": date(2026, 1, 1)}, "stands on January 1, 2026"),
    "a figure that stands on no day": ({"day": None}, "stands on no day"),
}


@pytest.mark.parametrize("fault", [None, *UNSEALED])
def test_evidence_that_breaks_the_seal_is_refused(monkeypatch, fault):
    change, words = UNSEALED[fault] if fault else ({}, "")
    monkeypatch.setattr(Shelf, "find", lambda *_: SimpleNamespace(**{**SEEN, **change}))
    told = Shelf(None).fault("fig-x", date(2025, 8, 12))
    assert (told is None) if fault is None else words in told[0], told


@pytest.fixture
def session_page(chapter):
    path = chapter / "_build" / "html" / "book" / "sessions" / "sample.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")


@pytest.fixture
def stops(session_page):
    """The stops of the room view; what stands in a template is another document to a parser."""
    kit = session_page.find("template", id="room-kit").decode_contents()
    return BeautifulSoup(kit, "lxml").select(".stop")


def told(node):
    """All that a reader or a program may take from a piece of a page: text, alternatives, drawings."""
    return node.get_text(" ") + " ".join(tag["aria-label"] for tag in node.select("[aria-label]"))


def test_each_stop_keeps_its_seal_and_the_key_opens_it(stops):
    names = [stop["data-title"] for stop in stops]
    assert names == ["Rate or sum", "Which years", "A table of the session", "Draw it"]
    opened = []
    for stop in stops:
        opened += [one.extract() for one in stop.select(".reveal")]
        assert stop.select_one(".evidence .sheet") and stop.select_one(".prompt")
        assert not LATER.search(told(stop)), f"{stop['data-title']} gives away what came later"
        options = [one.get_text() for one in stop.select(".prompt .ask li")]
        assert options == (["the rate", "the sum"] if stop["data-title"] != "Draw it" else [])
    figure, since, card = map(told, opened)
    assert "2033" in figure and "March 2026" in since and "L-25" in card
    seals = [one["data-seal"] for one in opened]
    assert seals == ["What came later", "What came later", "The record"]
    assert "It stands on March 8, 2025." in told(stops[0]), (
        "a figure of another day than the session's"
    )
    assert [one["data-number"] for one in stops] == ["1", "2", "3", "4"]


def test_nothing_to_print_holds_what_came_later(chapter):
    folder = chapter / "_build" / "html" / "seminar" / "sample"
    for name in ("run-sheet", "worksheet"):
        page = BeautifulSoup((folder / f"{name}.html").read_text(encoding="utf-8"), "lxml")
        assert not LATER.search(told(page)), name
        assert "Did you already know?" in told(page)
    for name in ("slips", "evidence", "cards"):
        page = BeautifulSoup((folder / f"{name}.html").read_text(encoding="utf-8"), "lxml")
        assert not LATER.search(told(page)), name


def paper(chapter, name):
    path = chapter / "_build" / "html" / "seminar" / "sample" / f"{name}.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")


def test_a_slip_can_be_handed_in_before_the_discussion(chapter):
    page = paper(chapter, "slips")
    assert "Print on one side only" in told(page)
    slips = [one.select_one(".when").get_text(" ") for one in page.select(".slip")]
    when = [re.search(r"stop (\d) · +(before|after)", one).groups() for one in slips]
    assert when == [(n, side) for n in "123" for side in ("before", "after")]
    for slip, (_, side) in zip(page.select(".slip"), when):
        assert [one.get_text() for one in slip.select("li")] == ["the rate", "the sum"]
        assert ("Did you already know?" in told(slip)) == (side == "before")
    envelope = told(page.select_one(".envelope"))
    assert "____ %" in envelope and "Did you already know?" not in envelope
    assert not paper(chapter, "worksheet").select(".slip, .ticket"), "the back of a slip is a note"


def test_a_stop_has_one_number_and_its_lengths_on_all_paper(chapter):
    for name in ("run-sheet", "worksheet", "evidence"):
        words = " ".join(told(paper(chapter, name)).split())
        for number, title in enumerate(("Rate or sum", "Which years", "A table of the session", "Draw it"), 1):  # fmt: skip
            only = {2: " 50 and 75 minutes", 3: " 75 minutes only", 4: " 75 minutes only"}
            if (
                name != "evidence" or number < 3
            ):  # what an earlier stop or the cards have is not printed twice
                assert f"{number}. {title}{only.get(number, '')}" in words, f"{name}: {number}"
    assert "Stop 2: 50 and 75 minutes. Stop 3: 75 minutes only." in told(paper(chapter, "slips"))


def test_a_run_sheet_counts_all_minutes_and_names_what_to_print(chapter):
    page = paper(chapter, "run-sheet")
    rows = [[cell.get_text() for cell in row.select("td.n")] for row in page.select("tbody tr")]
    sums = [sum(int(row[n].replace("–", "0")) for row in rows) for n in range(3)]
    assert sums == [20, 50, 75], rows
    heads = [row.td.get_text() for row in page.select("tbody tr")]
    assert heads[0] == "Half page" and heads[-3:-1] == ["Exit", "Envelope"]
    assert [one.get_text() for one in page.select(".option")] == ["□ the rate", "□ the sum"] * 3
    assert "holds for eyes closed" in told(page)
    links = {a["href"] for a in page.select("li a")}
    assert links == {f"{name}.html" for name in ("worksheet", "slips", "evidence", "cards")}


def test_a_worksheet_serves_a_latecomer(chapter):
    page = paper(chapter, "worksheet")
    assert len(page.select(".brief li")) == 3
    assert "book/sessions/sample.html" in told(page) and "What had been said" in told(page)
    assert page.select_one(".criterion .lines"), "no lines for the criterion"
    assert "Did you already know?" in told(page.select_one(".stop.draw"))


# --- What is made ----------------------------------------------------------------------------------


def test_the_prompt_comes_from_its_chapter(stops, chapter):
    assert all("Rate or sum?" in one.select_one(".prompt").get_text() for one in stops)
    assert "Rate or sum" not in (chapter / "book/sessions/sample.md").read_text(encoding="utf-8").partition("---\n\n")[2]  # fmt: skip
    assert write_chapter() == (chapter / "book" / "sample.ipynb").read_text(encoding="utf-8")


def test_notes_are_on_one_page_that_one_link_reaches(session_page, chapter):
    site = chapter / "_build" / "html"
    page = BeautifulSoup((site / "seminar/sample/instructor.html").read_text("utf-8"), "lxml")
    assert page.select_one("meta[name=robots]")["content"].startswith("noindex")
    assert len(page.select("details")) == 4 and "March 2026" in told(page.details)
    late = [one.extract() for one in page.select("details")]
    assert late and not LATER.search(told(page)), "told before the seal is broken"
    prompt = page.find("blockquote")
    assert "Rate or sum?" in prompt.get_text()
    assert "Misreading." in prompt.find_parent("section").get_text().partition("Rate or sum?")[2]
    figure = page.find("a", string="the figure")["href"]
    assert figure.endswith("book/sample.html#fig-later"), "a link of the note leads nowhere"
    links = [a["href"] for a in session_page.select("article a[href*=instructor]")]
    assert links == ["../../seminar/sample/instructor.html"]
    words = NOTE.partition("**Misreading.** ")[2].partition(".")[0]
    for path in [*site.rglob("*.html"), *site.rglob("*.js"), *site.rglob("*.md"), *site.rglob("*.txt")]:  # fmt: skip
        if path.name != "instructor.html":
            assert words not in path.read_text(encoding="utf-8", errors="replace"), path


def test_the_bundle_holds_what_runs(chapter):
    with zipfile.ZipFile(chapter / "_build/html/seminar/sample/sample.zip") as zipped:
        names = zipped.namelist()
        package = json.loads(zipped.read("sample/data/datapackage.json"))
        readme = zipped.read("sample/README.txt").decode()
        cells = json.loads(zipped.read("sample/sample.ipynb"))["cells"]
    assert not any(cell.get("outputs") for cell in cells), "outputs tell what came later"
    for name in (
        "worksheet.html",
        "slips.html",
        "evidence.html",
        "cards.html",
        "sample.ipynb",
        "companion/answers.py",
        "requirements.txt",
    ):
        assert f"sample/{name}" in names
    assert all(f"sample/data/{item['path']}" in names for item in package["resources"])
    assert "sample.ipynb" in readme and not [name for name in names if "instructor" in name]


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: "x".join(map(str, size)))
def room(request, chromium, chapter):
    """The room view from disk at a projector's size."""
    wide, high = request.param
    context, record = open_window(chromium, viewport={"width": wide, "height": high})
    page = context.new_page()
    page.goto((chapter / "_build/html/book/sessions/sample.html").as_uri() + "?room=75")
    page.wait_for_selector(".room header h1")
    yield SimpleNamespace(page=page, record=record, unit=min(wide / 1280, high / 720))
    context.close()


MEASURE = """() => {
  const screen = [...document.querySelectorAll('.room .screen')].find(one => !one.hidden);
  const seen = name => [...screen.querySelectorAll(name)].filter(one => one.getBoundingClientRect().width);
  const type = one => parseFloat(getComputedStyle(one).fontSize);
  const svg = seen('svg')[0];
  return {
    title: document.querySelector('.room header h1').textContent,
    seal: document.querySelector('.room header p').textContent,
    prompts: seen('.prompt > p:not(.kind, .ask)').map(type),
    labels: [...seen('.caption, td, th, .ask, .ask li, .aside, .kind').map(type),
             ...(svg ? [...svg.querySelectorAll('text')].map(one => type(one) * svg.getScreenCTM().a) : [])],
    over: [document.documentElement, ...document.querySelectorAll('.room, .room *')].filter(one =>
      one.getClientRects().length && !(one instanceof SVGElement) && one.clientWidth &&
      (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1) &&
      getComputedStyle(one).display !== 'inline').map(one => one.tagName + '.' + one.className),
    words: document.querySelector('.room').innerText
      + seen('[aria-label]').map(one => one.getAttribute('aria-label')).join(' '),
  };
}"""


def check_screen(room, title):
    now = room.page.evaluate(MEASURE)
    assert now["title"] == title
    assert not now["over"], f"{title}: {now['over']} has to be scrolled"
    assert all(size >= 27.9 * room.unit for size in now["prompts"]), now["prompts"]
    assert all(size >= 17.9 * room.unit for size in now["labels"]), now["labels"]
    return now


def test_the_room_view_is_taught_by_keyboard_alone(room):
    press = room.page.keyboard.press
    first = check_screen(room, "A session")
    assert "What can a budget tell the neighbors?" in first["words"]
    assert "August 12, 2025" in first["words"]
    press("ArrowRight")
    assert "Neighbors must plan now." in check_screen(room, "Without the reading: four minutes")["words"]  # fmt: skip
    for title, late in (("Rate or sum", "2033"), ("Which years", "March 2026"), ("A table of the session", "L-25")):  # fmt: skip
        press("PageDown")
        now = check_screen(room, title)
        assert now["prompts"] and not LATER.search(now["words"]) and late not in now["words"]
        press("r")
        opened = check_screen(room, title)
        seal = "The record" if title == "A table of the session" else "What came later"
        assert late in opened["words"] and opened["seal"] == seal
        press("r")
        assert late not in check_screen(room, title)["words"], "the seal is not closed again"
    press("ArrowRight")
    assert "Figure 1" in check_screen(room, "Draw it")["words"]
    press("e")
    assert "Table 1" in check_screen(room, "Draw it")["words"]
    press(" ")
    last = check_screen(room, "Before you go")
    assert "Which number would change your mind?" in last["words"]
    assert "You stand on August 12, 2025" in last["words"] and last["seal"] == "August 12, 2025"
    press("ArrowLeft")
    press("b")
    assert room.page.locator(".room .blank").is_visible()
    press("b")
    assert room.page.locator(".room .blank").is_hidden()
    press("2")
    press("ArrowRight")
    press("ArrowRight")
    check_screen(room, "Rate or sum")
    press("ArrowRight")
    check_screen(room, "Before you go")  # a stop of no minutes is left out
    press("7")
    assert not room.record.said and not room.record.outside and not room.record.failed


def test_votes_are_counted_by_arrow_keys_and_shown_from_five(room):
    press = room.page.keyboard.press
    press("7")
    press("ArrowRight")
    press("ArrowRight")
    press("v")
    panel = room.page.locator(".room .panel")
    rows = lambda: [row.inner_text().split("\t") for row in panel.locator("tbody tr").all()]
    for _ in range(3):
        press("ArrowRight")
    press("ArrowDown")
    press("ArrowRight")
    assert [row[1] for row in rows()] == ["–", "–", "–"], "a count under five is shown"
    press("ArrowDown")
    press("ArrowRight")
    assert [row[:2] for row in rows()] == [["the rate", "3"], ["the sum", "1"], ["blank", "1"]]
    press("ArrowLeft")
    assert [row[1] for row in rows()] == ["–", "–", "–"]
    press("Tab")
    for _ in range(6):
        press("ArrowRight")
    assert [row[2] for row in rows()] == ["0", "0", "6"]
    assert not room.page.evaluate(MEASURE)["over"]
    press("Escape")
    assert panel.is_hidden()
    kept = room.page.evaluate("() => [document.cookie, JSON.stringify(localStorage)].join()")
    assert "sum" not in kept and "vote" not in kept.lower()


def test_the_clock_counts_the_minutes_of_the_stop(room):
    page = room.page
    page.keyboard.press("7")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    clock = page.locator(".room .clock")
    assert clock.inner_text().startswith("15:00")
    page.keyboard.press("c")
    page.wait_for_function("document.querySelector('.room .clock').textContent === '14:59'")
    page.keyboard.press("c")
    assert clock.inner_text().startswith("14:59 ")
    page.keyboard.press("ArrowLeft")
    assert clock.inner_text().startswith("4:00"), "the half page is read in four minutes"
    page.keyboard.press("ArrowRight")
    assert clock.inner_text().startswith("14:59 "), "the clock began anew on the way back"


def test_escape_leaves_the_room_view_at_once(chromium, chapter):
    context, record = open_window(chromium, viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto((chapter / "_build/html/book/sessions/sample.html").as_uri() + "?room")
    for key in ("ArrowRight", "?", "Escape"):
        page.keyboard.press(key)
    page.wait_for_url(re.compile(r"sample\.html$"))
    assert page.locator(".room").count() == 0
    assert not record.said
    context.close()


def test_axe_finds_no_fault(chromium, chapter):
    context, _ = open_window(chromium, viewport={"width": 1280, "height": 720})
    page, site = context.new_page(), chapter / "_build" / "html"
    for address in ("book/sessions/sample.html?room=75", "book/sessions/sample.html", "seminar/sample/instructor.html", "seminar/sample/run-sheet.html", "seminar/sample/worksheet.html", "seminar/sample/slips.html", "seminar/sample/evidence.html", "seminar/sample/cards.html"):  # fmt: skip
        page.goto(f"{site.as_uri()}/{address}")
        for _ in range(3 if "?" in address else 1):
            page.keyboard.press("ArrowRight")
        found = Axe().run(page).response["violations"]
        assert not found, f"{address}: {[(one['id'], one['nodes'][0]['html'][:90]) for one in found]}"  # fmt: skip
    context.close()


def sides(chromium, folder, target, name, paper):
    """How many pages the browser prints of a page, and what does not fit on one of them."""
    page = chromium.new_page()
    page.goto((folder / f"{name}.html").as_uri())
    page.emulate_media(media="print")
    cut = page.evaluate(
        "[...document.querySelectorAll('.side')].filter(one => one.scrollHeight > one.clientHeight + 1).length"
    )
    page.pdf(path=target, format=paper)
    page.close()
    told = subprocess.run([need("pdfinfo"), target], capture_output=True, text=True).stdout
    return int(re.search(r"Pages:\s+(\d+)", told)[1]), cut


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_run_sheet_is_one_page_and_a_worksheet_two(chromium, chapter, tmp_path, paper):
    folder = chapter / "_build" / "html" / "seminar" / "sample"
    assert sides(chromium, folder, tmp_path / "r.pdf", "run-sheet", paper) == (1, 0)
    assert sides(chromium, folder, tmp_path / "w.pdf", "worksheet", paper) == (2, 0)
    assert sides(chromium, folder, tmp_path / "s.pdf", "slips", paper) == (1, 0)


LABELS = """() => {
  const screen = [...document.querySelectorAll('.room .screen')].find(one => !one.hidden);
  return [...screen.querySelectorAll('svg')].filter(one => one.getClientRects().length).flatMap(svg =>
    [...svg.querySelectorAll('text')].map(one => parseFloat(getComputedStyle(one).fontSize) * svg.getScreenCTM().a));
}"""


@pytest.mark.parametrize("name", [one.name for one in FOUND])
def test_every_label_of_every_stop_is_read_from_the_back(chromium, html, name):
    context, _ = open_window(chromium, viewport={"width": 1280, "height": 720})
    page, met = context.new_page(), set()
    stops = next(one for one in FOUND if one.name == name).stops
    page.goto((html / "book" / "sessions" / f"{name}.html").as_uri() + "?room=75")
    press = page.keyboard.press
    for key in "752":  # what 75 minutes hold, and then what only a shorter session has
        if len(met) == len(stops):
            break
        press(key)
        for _ in range(8):
            press("ArrowRight")
            now = page.evaluate(MEASURE)
            number = page.locator(".room header span").inner_text()
            if number and number not in met:
                met.add(number)
                first = page.locator(".room footer [role=status]").inner_text()
                for _ in range(int((re.search(r"evidence 1 of (\d)", first) or [0, 1])[1])):
                    now = page.evaluate(MEASURE)
                    sizes = page.evaluate(LABELS) + now["labels"]
                    assert min(sizes) >= 17.9, f"{number}: {min(sizes):.1f} pixels"
                    assert not now["over"] and min(now["prompts"]) >= 27.9, f"{number}: {now}"
                    press("e")
    assert len(met) == len(stops)
    context.close()


def test_a_session_is_one_link_from_the_first_screen(chromium, html):
    context, _ = open_window(chromium, viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto((html / "book" / "index.html").as_uri())
    link = page.get_by_role("link", name="Teach a session")
    assert link.bounding_box()["y"] < 700 and "seminar.html" in link.get_attribute("href")
    context.close()


# --- The book itself, and builds: slow ---------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", [one.name for one in FOUND])
def test_a_session_of_the_book_prints_and_fits(chromium, html, tmp_path, name):
    for paper in ("A4", "Letter"):
        for sheet, pages in (("run-sheet", 1), ("worksheet", 2), ("slips", 1)):
            made = sides(chromium, html / "seminar" / name, tmp_path / "x.pdf", sheet, paper)
            assert made == (pages, 0), f"{name}: {sheet} on {paper}"
        rounds = {"seoul-june-2025": 4}  # a page a round, handed out at its round
        made = sides(chromium, html / "seminar" / name, tmp_path / "x.pdf", "evidence", paper)
        assert made[0] <= rounds.get(name, 2), f"{name}: evidence on {paper}"
    for wide, high in SIZES:
        context, record = open_window(chromium, viewport={"width": wide, "height": high})
        page = context.new_page()
        page.goto((html / "book" / "sessions" / f"{name}.html").as_uri() + "?room=75")
        place = SimpleNamespace(page=page, unit=min(wide / 1280, high / 720))
        status = page.locator(".room footer [role=status]")
        for _ in range(40):
            title = page.evaluate(MEASURE)["title"]
            check_screen(place, title)
            seen = re.search(r"(\d+) of (\d+)(?:, evidence (\d+) of (\d+))?", status.inner_text())
            if seen[3] != seen[4]:
                page.keyboard.press("e")
                continue
            page.keyboard.press("r")
            while "reveal" in status.inner_text() or page.evaluate(MEASURE)["seal"] in ("The record", "What came later"):  # fmt: skip
                check_screen(place, title)
                page.keyboard.press("r")
            if seen[1] == seen[2]:
                break
            page.keyboard.press("ArrowRight")
        assert seen[1] == seen[2], "the last screen is not reached"
        assert not record.said and not record.outside and not record.failed
        context.close()


@pytest.mark.slow
def test_a_planted_late_row_stops_the_build_twice(tmp_path):
    plant_seminar(tmp_path)
    build(tmp_path, "html")
    good = (tmp_path / "_build/html/index.html").read_bytes()
    text = (tmp_path / "book/sessions/sample.md").read_text(encoding="utf-8")
    (tmp_path / "book/sessions/sample.md").write_text(
        text.replace("| one | 7.1, on March 5, 2024", "| one | 7.7, on March 5, 2026"), "utf-8"
    )
    for _ in range(2):
        code, said = build(tmp_path, "html", check=False)
        assert code and "book/sessions/sample.md, stop 'own'" in said, said
        assert "March 5, 2026" in said and "nothing after August 12, 2025" in said
        assert (tmp_path / "_build/html/index.html").read_bytes() == good
    (tmp_path / "book/sessions/sample.md").write_text(text, "utf-8")
    note = tmp_path / "book" / "instructor" / "sample.md"
    note.write_text(NOTE.replace("To choose a measure", "To fix a measure"), encoding="utf-8")
    build(tmp_path, "html")
    page = (tmp_path / "_build/html/seminar/sample/instructor.html").read_text(encoding="utf-8")
    assert "To fix a measure" in page, "the page is not made anew when a note changes"


@pytest.mark.slow
@pytest.mark.parametrize("name", [one.name for one in FOUND])
def test_a_bundle_runs_alone(html, tmp_path, name):
    from press.notebooks import run_all

    with zipfile.ZipFile(html / "seminar" / name / f"{name}.zip") as zipped:
        zipped.extractall(tmp_path)
    paths = sorted((tmp_path / name).glob("*.ipynb"))
    assert paths and not (tmp_path / name / "companion" / "sample.py").exists()
    done, faults = run_all(paths, 300, kernel="python3")
    assert len(done) == len(paths) and not faults, faults


@pytest.mark.slow
def test_paper_has_the_students_page_alone(html, pdf):
    text = "\n".join(pdf.pages)
    for session in FOUND:
        assert session.exit["ask"][:30].split("…")[0] in " ".join(text.split()), session.name
    assert "Misreading." not in text and "Run sheet" not in text
    index = (html / "_static" / "search-index.js").read_text(encoding="utf-8")
    assert "seminar/" not in index and (ROOT / "_build").exists()
