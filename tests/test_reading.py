"""What a reader meets on the built pages: how many words, each card once, and the glossary from the first use of a word."""

import re

import pytest
from bs4 import BeautifulSoup

LIMIT = {"lin-2025": 7500, "johnson-2025": 7500}
"""Visible words of a chapter with everything folded."""

UNSEEN = "svg, script, style, template, .headerlink, .cell_input, .ways, details > :not(summary), [hidden]"


def visible_words(part):
    """Count the words of a part of a page as it opens: nothing unfolded, the code folded, drawings apart."""
    copy = BeautifulSoup(str(part), "lxml")
    for node in copy.select(UNSEEN):
        node.decompose()
    return len(re.findall(r"\w[\w'’.,%-]*", copy.get_text(" ")))


@pytest.fixture(scope="module", params=LIMIT)
def page(html, request):
    """A chapter: its name and its article element."""
    text = (html / "book" / f"{request.param}.html").read_text(encoding="utf-8")
    return request.param, BeautifulSoup(text, "lxml").select_one("article.bd-article")


def test_words_are_counted_as_they_are_seen():
    told = """<div><h2>One heading<a class="headerlink">#</a></h2><p>Three more words, 7.2%</p>
    <details><summary>Show</summary><p>not seen</p></details><svg><text>drawn</text></svg></div>"""
    assert visible_words(told) == 2 + 4 + 1


def test_a_chapter_is_not_too_long(page):
    name, article = page
    words = visible_words(article)
    assert words <= LIMIT[name], (
        f"{name} has {words} visible words, at most {LIMIT[name]} are meant"
    )


def test_no_card_stands_twice_on_a_page(page):
    name, article = page
    cards = [card["id"] for card in article.select("details.claim > blockquote[id]")]
    assert cards and len(cards) == len(set(cards)), f"{name}: {sorted(cards)}"


def test_what_came_since_is_closed_and_below_the_prompts(page):
    name, article = page
    found = article.select("details.part-since")
    assert found
    for part in found:
        section = part.find_parent("section")
        before = [one["class"] for one in part.find_previous_siblings(class_="part")]
        assert "open" not in part.attrs, f"{name}, {section['id']}: Since then is open"
        assert any("part-discuss" in kinds for kinds in before), f"{name}, {section['id']}"
        for sentence in part.select(".computed-since li"):
            assert sentence.select_one("a[href]"), f"{name}: no source: {sentence.get_text()}"


def test_words_of_the_glossary_lead_there_once_a_section(page):
    name, article = page
    count = 0
    for section in article.select("section"):
        inside = [
            link["href"]
            for link in section.select("a[href*='glossary.html#term-']")
            if link.find_parent("section") is section
        ]
        assert len(inside) == len(set(inside)), f"{name}, {section['id']}: {sorted(inside)}"
        count += len(inside)
    assert count >= 15, f"{name} leads to the glossary {count} times"


@pytest.mark.parametrize(
    "page, section, term",
    [
        ("lin-2025", "lin-iii-1", "NHK"),
        ("lin-2025", "lin-i-1", "C4ISR"),
        ("johnson-2025", "johnson-elections-camp-david", "AUKUS"),
        ("polling", None, "design effect"),
    ],
)
def test_a_term_is_linked_where_it_is_first_used(html, page, section, term):
    text = (html / "book" / f"{page}.html").read_text(encoding="utf-8")
    found = BeautifulSoup(text, "lxml").select_one("article.bd-article")
    if section:
        found = found.find(id=section).find_parent("section")
    links = [link.get_text() for link in found.select("a[href*='glossary.html#term-']")]
    assert term in links, links
