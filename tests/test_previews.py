"""What a link names, shown in place: by pointer, keyboard and long press, over http and from a disk."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import open_window, pages, script_data

LIN = "book/lin-2025.html"
LINKS = {
    "a source": 'article a[href*="#ref-"]',
    "a term": 'article a[href*="#term-"]',
    "a figure": 'article a.reference[href*="#fig-"]',
    "a claim": 'article a[href*="claims.html#l-"]',
}


@pytest.fixture(scope="module")
def told(html):
    return script_data(html / "_static" / "preview-index.js")


def reach(window, css):
    """Bring the first link that can be seen to the middle of the window; return it."""
    window.evaluate(
        """css => { document.querySelectorAll('details').forEach(part => { part.open = true; });
            const link = [...document.querySelectorAll(css)].find(link => link.offsetParent && !link.closest('blockquote, figcaption'))
                || [...document.querySelectorAll(css)].find(link => link.offsetParent);
            link.setAttribute('data-tried', ''); link.scrollIntoView({block: 'center'}); }""",
        css,
    )
    return window.locator("[data-tried]")


def test_each_link_to_a_source_term_figure_or_claim_has_a_preview(html, told):
    missing = set()
    for page in pages():
        article = (html / page).read_text(encoding="utf-8").partition("<article")[2]
        links = r'<a [^>]*href="[^":]*#((?:ref|term|fig)-[\w-]+|[lj]-\d+)"'
        missing |= set(re.findall(links, article)) - set(told)
    assert not missing, missing


def test_previews_give_no_verdict_away(told):
    from companion.ledger import SHAPES

    for name, (_, said, _) in told.items():
        if re.fullmatch(r"[lj]-\d+", name):
            assert not any(f"{verdict.capitalize()}." in said for verdict in SHAPES), name
            assert "Since then" not in said and "could answer" not in said, name


@pytest.mark.parametrize("what", LINKS)
def test_keyboard_and_pointer_bring_it_and_escape_takes_it_away(chromium, place, what):
    context, record = open_window(chromium, viewport={"width": 1280, "height": 800})
    window = context.new_page()
    window.goto(place + LIN)
    link = reach(window, LINKS[what])
    link.evaluate("link => link.focus({focusVisible: true})")
    box = window.locator("#preview")
    box.wait_for(state="visible")
    assert link.get_attribute("aria-describedby") == "preview"
    assert box.get_attribute("role") == "tooltip" and len(box.inner_text()) > 15
    edges = box.bounding_box()
    assert edges["x"] >= 0 and edges["x"] + edges["width"] <= 1280 and edges["y"] >= 0
    if what == "a figure":
        window.wait_for_function("document.querySelector('#preview img').naturalWidth > 100")
    window.keyboard.press("Escape")
    box.wait_for(state="hidden")
    assert link.get_attribute("aria-describedby") is None
    assert link.evaluate("link => link === document.activeElement")
    link.evaluate("link => link.blur()")
    link.hover()
    box.wait_for(state="visible")
    box.hover()  # the box itself may be pointed at
    window.wait_for_timeout(400)
    assert box.is_visible()
    window.mouse.move(2, 2)
    box.wait_for(state="hidden")
    assert record.outside == record.failed == record.said == []
    context.close()


def test_long_press_brings_it_and_does_not_follow_the_link(chromium, site):
    context, record = open_window(
        chromium, viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    window = context.new_page()
    window.goto(site + LIN)
    link, before = reach(window, LINKS["a source"]), window.url
    edges = link.bounding_box()
    point = {"x": edges["x"] + 5, "y": edges["y"] + 5}
    touch = context.new_cdp_session(window)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    window.locator("#preview").wait_for(state="visible")
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    window.wait_for_timeout(300)
    assert window.url == before and window.locator("#preview").is_visible()
    edges = window.locator("#preview").bounding_box()
    assert edges["x"] >= 0 and edges["x"] + edges["width"] <= 390
    window.touchscreen.tap(20, 70)
    window.locator("#preview").wait_for(state="hidden")
    assert record.said == []
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1280])
def test_axe_finds_nothing_in_what_opens(chromium, site, width, theme):
    """The search with results, a preview, the download menu, chips and rows of the timeline."""
    context, record = open_window(
        chromium, viewport={"width": width, "height": 850}, color_scheme=theme
    )
    window, faults = context.new_page(), []

    def look(where, part=None):
        found = Axe().run(window, context=part).response["violations"]
        faults.extend(
            f"{where}: {one['id']} {[node['html'][:120] for node in one['nodes'][:3]]}"
            for one in found
        )

    window.goto(site + "book/timeline.html")
    window.locator(".chip", has_text="Japan").first.click()
    window.locator(".table-filter input").fill("Camp David")
    look("timeline", {"include": [[".computed-table"]]})
    window.goto(site + LIN)
    reach(window, LINKS["a figure"]).evaluate("link => link.focus({focusVisible: true})")
    window.locator("#preview").wait_for(state="visible")
    look("preview", {"include": [["#preview"]]})
    window.keyboard.press("Escape")
    window.locator(".dropdown-download-buttons .dropdown-toggle").click()
    look("menu", {"include": [[".dropdown-download-buttons"]]})
    window.keyboard.press("Escape")
    window.keyboard.press("Control+k")
    window.keyboard.type("budget")
    window.locator("#pst-search-dialog .search-hit").first.wait_for()
    look("search", {"include": [["#pst-search-dialog"]]})
    window.goto(site + "search.html?q=deflator")
    window.locator("#search-results .search-hit").first.wait_for()
    look("page of results", {"include": [["main"]]})
    assert not faults, faults
    said = [line for line in record.said if "basic.css" not in line]  # axe asks for it, no page
    assert said == []
    context.close()


def test_by_keyboard_alone(chromium, site):
    """Into the text, to a preview, into a closed claim, to the menu and its files, to chips, each with the one ring around it."""
    context, record = open_window(chromium, viewport={"width": 1280, "height": 850})
    window = context.new_page()
    window.goto(site + LIN)

    def ring():
        style = window.evaluate(
            "(style => [style.outlineStyle, style.outlineWidth, style.boxShadow])(getComputedStyle(document.activeElement))"
        )
        assert style == ["solid", "2px", "none"], (
            window.evaluate("document.activeElement.outerHTML.slice(0, 200)"),
            style,
        )

    def tab_to(css, most=80, key="Tab"):
        for _ in range(most):
            window.keyboard.press(key)
            if window.evaluate("css => document.activeElement.matches(css)", css):
                return ring()
        raise AssertionError(f"{css} is not reached in {most} steps")

    window.keyboard.press("Tab")
    assert window.evaluate("document.activeElement.hash") == "#main-content"
    window.keyboard.press("Enter")
    tab_to(".dropdown-download-buttons .dropdown-toggle")
    window.keyboard.press("Enter")
    window.keyboard.press("ArrowDown")
    assert window.evaluate("document.activeElement.closest('.menu-file') !== null")
    ring()
    window.keyboard.press("Escape")
    tab_to('article a[href*="#ref-"]')
    window.locator("#preview").wait_for(state="visible")
    window.keyboard.press("Escape")
    window.locator("#preview").wait_for(state="hidden")
    tab_to("details.claim > summary", 120)
    window.keyboard.press("Enter")
    assert window.evaluate("document.activeElement.parentElement.open")
    window.goto(site + "book/timeline.html")
    window.locator("article h1").click()
    tab_to('.chip[data-value="exercise"]')
    window.keyboard.press("Space")
    told = window.locator(".table-filter [role=status]").inner_text()
    shown, every = map(int, re.findall(r"\d+", told))
    assert 0 < shown < every, told
    assert window.locator("#tab-timeline tbody tr:visible").count() == shown
    window.keyboard.press("Space")
    assert window.locator("#tab-timeline tbody tr:visible").count() == every
    assert record.said == []
    context.close()


def test_contents_mark_the_section_after_a_jump_into_its_middle(chromium, site):
    context, _ = open_window(chromium, viewport={"width": 1400, "height": 850})
    window = context.new_page()
    window.goto(site + LIN)
    for jump, section in (("#l-25", "understanding-the-nature"), ("#lin-iv", "iv-conclusion")):
        window.evaluate("jump => { location.hash = jump; }", jump)
        window.wait_for_function(
            "section => { const now = [...document.querySelectorAll('#pst-page-toc-nav a.active')]; return now.length === 1 && now[0].hash.startsWith('#' + section); }",
            arg=section,
            timeout=5000,
        )
    context.close()


def test_a_table_on_a_phone_stacks_its_rows_or_keeps_its_first_column(chromium, site):
    context, _ = open_window(chromium, viewport={"width": 390, "height": 850})
    window = context.new_page()
    window.goto(site + LIN)
    stacked = window.evaluate(
        """[...document.querySelectorAll('table.stacks')].filter(table => table.offsetParent).map(table => [
            table.id, table.scrollWidth <= table.parentElement.clientWidth,
            [...table.querySelectorAll('tbody td')].every(cell => getComputedStyle(cell, '::before').content.length > 2)])"""
    )
    assert len(stacked) > 3 and all(fits and named for _, fits, named in stacked), stacked
    stays = window.locator("#tab-nhk-reasons")
    box = stays.locator("xpath=..")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    before = stays.locator("tbody td").first.bounding_box()["x"]
    box.evaluate("box => { box.scrollLeft = 120; }")
    assert stays.locator("tbody td").first.bounding_box()["x"] == pytest.approx(before, abs=1)
    assert "gradient" in box.evaluate("box => getComputedStyle(box).backgroundImage")
    window.set_viewport_size({"width": 1280, "height": 850})
    left = stays.locator("tbody td").first.evaluate("cell => getComputedStyle(cell).paddingLeft")
    assert float(left.removesuffix("px")) > 5
    context.close()
