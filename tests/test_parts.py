"""A section's parts are groups, claims unfold, what came since is closed, and there are three ways to read a chapter."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from conftest import open_window
from sample_chapter import CLAIMS


@pytest.fixture
def window(chromium, chapter_address):
    """A window on the chapter, without a network; afterwards the console must have been silent."""
    context, record = open_window(chromium, viewport={"width": 1280, "height": 900})
    shown = context.new_page()
    yield shown
    context.close()
    assert record.said == record.failed == record.outside == []


# --- Groups -------------------------------------------------------------------------------------


def test_parts_are_named_groups_and_no_headings(chapter_page):
    section = chapter_page.select_one("section:has(> #lin-ii-1)")
    told = [(part["class"][1], part.get("aria-label")) for part in section.select(":scope > .part")]
    assert told == [
        ("part-argument", "The argument"),
        ("part-evidence", "The evidence"),
        ("part-limits", "How far it goes"),
        ("part-checked", "What was checked"),
        ("part-discuss", "Discuss"),
        ("part-since", None),  # its summary names it
    ]
    assert all(part["role"] == "group" for part in section.select("div.part"))
    assert len(section.select("h1, h2, h3, h4, h5, h6")) == 1
    argument, evidence = section.select(".part-argument, .part-evidence")
    assert len(argument.select(":scope > p")) == 2
    assert argument.select_one(".part-strongest[role=group]").get_text().strip().endswith("now.")
    assert evidence.select_one("#fig-later") and evidence.select_one("#tab-rows")
    prompt = section.select_one(".part-discuss > .part-prompt[role=group]")
    assert prompt["aria-label"] == "Discuss: Opening"
    assert prompt.select_one("#d-lin-ii-1-1.admonition.prompt")


def test_question_stands_under_its_heading(chapter_page):
    told = [found.get_text() for found in chapter_page.select("p.question")]
    assert told == ["Who is right?", "What can a budget tell the neighbors?", "Is trade an answer?"]


def test_ledger_and_plain_pages_have_no_ways(chapter):
    for name, ways in (("sample", 1), ("claims", 0), ("about", 0)):
        text = (chapter / "_build" / "html" / "book" / f"{name}.html").read_text(encoding="utf-8")
        assert len(BeautifulSoup(text, "lxml").select(".ways")) == ways


# --- Claims -------------------------------------------------------------------------------------


def test_every_card_is_reached_from_its_line(chapter_page):
    claims = chapter_page.select(".part-checked li > details.claim")
    assert len(claims) == len(CLAIMS)
    assert [claim.select_one("summary strong").get_text()[:4] for claim in claims] == CLAIMS
    for claim, number in zip(claims, CLAIMS, strict=True):
        line, card = claim.select(":scope > *")
        assert line.name == "summary" and not line.select("p, div, blockquote, a")
        assert card["id"] == number.lower()
        leads = [link["href"] for link in card.select(".claim-leads a")]
        assert leads == [f"#{card['id']}", f"claims.html#{card['id']}"]
        assert card.name == "blockquote" and "The record:" in card.get_text()
        assert "id" not in claim.attrs and "open" not in claim.attrs
        assert line.select_one("[aria-hidden=true]").get_text() in "●◐◇×≠▽○△"
        assert re.search(
            r"Supported|Depends|Forecast", line.get_text()
        )  # what the mark says, in words
    ids = [found["id"] for found in chapter_page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_a_claim_named_in_prose_leads_to_the_ledger(chapter_page):
    links = [
        link["href"]
        for link in chapter_page.select(".part-argument a")
        if link.get_text() == "L-24"
    ]
    assert links == ["claims.html#l-24"]


OPEN = "document.getElementById('l-24').checkVisibility({contentVisibilityAuto: true})"


def test_address_opens_its_card(window, chapter_address):
    window.goto(f"{chapter_address}#l-24")
    window.wait_for_function(OPEN)
    window.goto(chapter_address + "?again")
    assert not window.evaluate(OPEN)
    window.evaluate("location.hash = '#l-24'")
    window.wait_for_function(OPEN)
    window.evaluate("document.getElementById('l-24').closest('details').open = false")
    window.evaluate(
        "document.querySelector('.claim-leads a[href=\"#l-24\"]').click()"
    )  # the same address
    window.wait_for_function(OPEN)
    assert window.evaluate(
        "document.getElementById('l-24').getBoundingClientRect().top < innerHeight"
    )


def test_all_unfolds_in_print_and_without_scripts(chromium, chapter_address, window):
    window.goto(f"{chapter_address}?read=argument")
    window.emulate_media(media="print")
    shown = "[...document.querySelectorAll('details.claim blockquote, .computed-since, .part > p')].every(e => e.checkVisibility({contentVisibilityAuto: true}))"
    assert window.evaluate(shown)
    assert not window.locator(".ways").is_visible()
    context, _ = open_window(chromium, java_script_enabled=False)
    bare = context.new_page()
    bare.goto(f"{chapter_address}?read=argument#l-24")
    assert bare.locator("#l-24").is_visible()
    assert (
        bare.locator(".part-evidence").first.is_visible() and not bare.locator(".ways").is_visible()
    )
    assert (
        not bare.locator("#l-27").is_visible()
        and not bare.locator(".computed-since").first.is_visible()
    )
    context.close()


# --- Since then ---------------------------------------------------------------------------------


def test_since_then_is_closed_and_last_in_its_section(chapter_page):
    found = chapter_page.select("details.part-since")
    assert len(found) == 2
    for details in found:
        assert "open" not in details.attrs and details.summary.get_text() == "Since then"
        assert details.get_text().count("Since then") == 1
        assert details.select_one(".computed-since li a[href]")
        assert not details.find_next_siblings(class_="part")
        assert details.parent.name == "section"


def test_what_a_chapter_says_of_itself_is_closed(chapter_page):
    about = chapter_page.select_one("details.part-about")
    assert about.summary.get_text() == "About this chapter" and "open" not in about.attrs
    assert "who pays" in about.select_one(".admonition.dropdown").get_text()


def test_what_is_looked_up_is_closed_below_its_heading(chapter_page, window, chapter_address):
    section = chapter_page.select_one("section:has(> details.part-end)")
    assert section.find(["h2", "h3"]).get_text().startswith("Notes on the text")
    assert "open" not in section.details.attrs
    assert section.details.summary.get_text() == "Show notes on the text"
    window.goto(chapter_address)
    note = window.get_by_text("A note with a verdict.")
    assert not note.is_visible()
    window.goto(chapter_address + "#note-one")
    note.wait_for()
    window.emulate_media(media="print")
    assert note.is_visible()


# --- Ways to read -------------------------------------------------------------------------------

SIGNS = "[...document.querySelectorAll('.sign')].filter(e => e.checkVisibility()).length"
SHIFT = """window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => window.moved += entry.value))
    .observe({type: 'layout-shift', buffered: true});"""


def visible(window):
    names = (
        "question",
        "part-argument",
        "part-strongest",
        "part-evidence",
        "part-limits",
        "part-checked",
        "part-discuss",
        "part-since",
        "set-aside",
    )
    return {name for name in names if window.locator(f".bd-article .{name}").first.is_visible()}


def test_ways_to_read(window, chapter_address):
    window.add_init_script(SHIFT)
    window.goto(f"{chapter_address}?read=argument")
    argument = {"question", "part-argument", "part-strongest"}
    assert visible(window) == argument and window.evaluate(SIGNS) == 0
    shown = [title for title in window.locator("h2").all() if title.is_visible()]
    assert shown[-1].inner_text().startswith("Key points") and len(shown) == 3
    assert window.locator("text=One point.").is_visible()
    assert not window.locator("text=A note with a verdict.").is_visible()
    window.wait_for_timeout(300)
    assert window.evaluate("window.moved") < 0.02
    window.goto(chapter_address)
    assert "part-checked" in visible(window)  # an address is not kept
    button = window.locator(".ways button", has_text="With evidence")
    button.focus()
    window.keyboard.press("Enter")
    assert visible(window) == argument | {"part-evidence", "part-limits"}
    pressed = (
        "[...document.querySelectorAll('.ways button')].map(e => e.getAttribute('aria-pressed'))"
    )
    assert window.evaluate(pressed) == ["false", "true", "false"]
    window.goto(chapter_address)
    assert visible(window) == argument | {"part-evidence", "part-limits"}  # a choice is
    assert window.evaluate(pressed) == ["false", "true", "false"]
    window.goto(f"{chapter_address}?read=everything")
    assert window.evaluate(SIGNS) == len(CLAIMS)
    window.locator(".ways button", has_text="Argument").click()
    window.reload()  # the address named another way
    assert visible(window) == argument


@pytest.mark.parametrize("target", ["l-24", "d-lin-ii-1-1", "fig-later", "notes-on-the-text"])
def test_a_link_into_what_is_left_out_shows_everything(window, chapter_address, target):
    window.goto(f"{chapter_address}?read=argument#{target}")
    window.wait_for_function(f"document.getElementById('{target}').checkVisibility()")
    window.goto(f"{chapter_address}?read=argument&again")
    assert not window.locator(f"#{target}").is_visible()
    window.evaluate(f"location.hash = '#{target}'")
    window.wait_for_function(f"document.getElementById('{target}').checkVisibility()")
    assert (
        window.evaluate("document.querySelector('.ways [data-read=everything]').ariaPressed")
        == "true"
    )


def test_a_link_to_an_argument_keeps_the_way(window, chapter_address):
    window.goto(f"{chapter_address}?read=argument#lin-ii-2")
    assert "part-evidence" not in visible(window)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_fault(chromium, chapter_address, width, theme):
    context, _ = open_window(chromium, viewport={"width": width, "height": 900}, color_scheme=theme)
    shown = context.new_page()
    shown.goto(chapter_address)
    shown.evaluate("document.querySelectorAll('.bd-article details').forEach(e => e.open = true)")
    found = Axe().run(shown, context=".bd-article").response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found] == []
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
