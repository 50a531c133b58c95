"""The search: what a reader types and what comes first, over http and from a disk; and what it gives away."""

import re

import pytest
from conftest import open_window, script_data

FIRST = {  # what is typed: the address of the first hit
    "L-25": "book/claims.html#l-25",
    "l25": "book/claims.html#l-25",
    "J-20": "book/claims.html#j-20",
    "7.2": "book/claims.html#l-23",
    "7.2%": "book/claims.html#l-23",
    "II.1": "book/lin-2025.html#lin-ii-1",
    "China's challenge": "book/lin-2025.html#lin-ii-1",
    "China’s challenge": "book/lin-2025.html#lin-ii-1",
    "recommendation 2": "book/johnson-2025.html#johnson-rec-2",
    "Camp David": "book/johnson-2025.html#johnson-elections-camp-david",
    "Figure 2": "book/lin-2025.html#fig-leaders",
    "Table 3": "book/lin-2025.html#tab-scrambles",
    "NHK": "book/glossary.html#term-NHK",
    "gsomia": "book/glossary.html#term-GSOMIA",
    "gsomai": "book/glossary.html#term-GSOMIA",
    "C4ISR": "book/glossary.html#term-C4ISR",
    "margin of error": "book/glossary.html#term-margin-of-error",
    "deflator": "book/glossary.html#term-deflator",
    "石破": "book/bibliography.html#ref-tanaka-2025-summit",
    "Pan 2018": "book/bibliography.html#ref-pan-2018-indsr",
    "2023-08-18": "book/timeline.html#day-2023-08-18",
    "timeline": "book/timeline.html",
}


@pytest.fixture(scope="module")
def listed(html):
    """What can be found, as the script file holds it."""
    return script_data(html / "_static" / "search-index.js")


def typed(window, query):
    """Type into the open search and return its hits as (address, text)."""
    window.locator("#pst-search-dialog input").fill(query)
    window.wait_for_function(
        "document.querySelector('#pst-search-dialog .search-status').textContent"
    )
    return [
        (link["at"], link["said"])
        for link in window.eval_on_selector_all(
            "#pst-search-dialog .search-hit a",
            "links => links.map(link => ({at: link.href, said: link.innerText}))",
        )
    ]


def test_first_hits(chromium, place):
    context, record = open_window(chromium)
    window = context.new_page()
    window.goto(place + "book/about.html")
    window.keyboard.press("Control+k")
    window.wait_for_function("window.companionEntries")
    found = {query: typed(window, query)[:1] for query in FIRST}
    wrong = {
        query: hits[0][0] if hits else "nothing"
        for query, hits in found.items()
        if not hits or hits[0][0] != place + FIRST[query]
    }
    assert not wrong, wrong
    assert record.outside == record.said == record.failed == []
    context.close()


def test_the_search_by_keyboard_opens_the_claim_itself(chromium, place):
    context, record = open_window(chromium)
    window = context.new_page()
    window.goto(place + "book/about.html")
    window.keyboard.press("Control+k")
    window.keyboard.type("L-25")
    window.wait_for_function("document.querySelector('#pst-search-dialog .search-hit')")
    window.keyboard.press("ArrowDown")
    assert window.evaluate("document.activeElement.closest('.search-hit') !== null")
    window.keyboard.press("ArrowUp")
    assert window.evaluate("document.activeElement.name") == "q"
    window.keyboard.press("Enter")
    window.wait_for_url("**/claims.html#l-25")
    window.wait_for_function(
        "(box => box.top >= 0 && box.top < innerHeight)(document.getElementById('l-25').getBoundingClientRect())"
    )
    window.keyboard.press("Control+k")
    window.keyboard.press("Escape")
    assert not window.locator("#pst-search-dialog").is_visible()
    assert record.said == []
    context.close()


def test_the_page_of_results_has_an_address(chromium, site):
    context, record = open_window(chromium)
    window = context.new_page()
    window.goto(site + "search.html?q=deflator")
    window.locator("#search-results .search-hit a").first.wait_for()
    found = [
        link.get_attribute("href") for link in window.locator("#search-results .search-hit a").all()
    ]
    assert found[0].endswith("book/glossary.html#term-deflator") and len(found) > 5, found
    window.goto(site + "search.html?q=zzzzqq")
    window.wait_for_function(
        "document.querySelector('#search-results .search-status').textContent.includes('Nothing')"
    )
    assert record.outside == record.failed == record.said == []
    context.close()


def test_every_kind_is_found_and_every_address_is_there(listed, html):
    kinds = {entry["kind"] for entry in listed}
    assert kinds == {
        "page",
        "section",
        "claim",
        "figure",
        "table",
        "term",
        "event",
        "work",
        "later",
    }
    ids = {}
    for entry in listed:
        page, _, part = entry["at"].partition("#")
        if page not in ids:
            text = (html / page).read_text(encoding="utf-8")
            ids[page] = set(re.findall(r'\bid="([^"]+)"', text))
        assert not part or part in ids[page], entry["at"]
        assert entry["title"].strip(), entry["at"]


def test_results_give_nothing_away(chromium, site, listed):
    """What came later, and a claim's verdict, are told by no result before it is opened."""
    from companion.data import load

    claims = load("claims").set_index("id")
    for entry in listed:
        if entry["kind"] == "claim":
            row = claims.loc[entry["name"]]
            told = entry["title"] + entry.get("text", "")  # of the rest no result shows anything
            for column in ("since_then", "reader_note", "could_answer"):
                said = row[column]
                assert not isinstance(said, str) or said[:60] not in told, (entry["name"], column)
            assert set(entry) <= {"kind", "name", "title", "text", "at", "of", "data"}
    context, _ = open_window(chromium)
    window = context.new_page()
    window.goto(site + "book/about.html")
    window.keyboard.press("Control+k")
    window.wait_for_function("window.companionEntries")
    later = next(
        one for one in listed if one["kind"] == "event" and one["at"].endswith("2025-06-03")
    )
    hits = dict(typed(window, "2025-06-03"))
    shown = hits[site + later["at"]]
    assert later["title"] not in shown and "an event after the first article" in shown
    words = next(one for one in listed if one["kind"] == "later")["text"].split()
    hits = dict(typed(window, " ".join(words[:4])))
    assert any("Nothing of it is shown" in said for said in hits.values())
    assert not any(" ".join(words[:9]) in said for said in hits.values()), hits
    context.close()


def test_no_index_of_sphinx_is_left(html):
    assert not (html / "searchindex.js").exists()
    for page in html.rglob("*.html"):
        assert "searchtools.js" not in page.read_text(encoding="utf-8"), page.name


def test_a_page_loads_the_list_at_the_first_search_only(chromium, site):
    context, record = open_window(chromium)
    window = context.new_page()
    window.goto(site + "book/about.html")
    window.wait_for_timeout(300)
    assert not [url for url in record.asked if "-index.js" in url]
    context.close()
