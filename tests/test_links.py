"""References that read in JupyterLab: names and numbers in links, in notebooks and in the book."""

import json
import re

import pandas as pd
from bs4 import BeautifulSoup
from conftest import build
from sample_chapter import CELLS, FIGURE, HEAD, TABLE, write_chapter

import companion
from companion import numbers
from companion.theme import MIME
from press import lab

# --- References ---------------------------------------------------------------------------------


def test_links_print_true_names_and_numbers(chapter_page):
    argument, limits = (
        chapter_page.select_one(".part-argument"),
        chapter_page.select_one(".part-limits"),
    )
    told = [(link.get_text(), link["href"]) for link in argument.select("a")]
    assert told == [("Cha 1999", "about.html#ref-cha-1999"), ("Figure 1", "#fig-later")]
    told = [(link.get_text(), link["href"]) for link in limits.select("a")]
    assert told == [("the table", "#tab-rows"), ("Table 1", "#tab-rows")]


ROLES = "{cite:p}`cha-1999,kang-nd-rok-us-70` {cite:p}`{see}cha-1999{p. 3}` {cite:t}`mattes-2012` {cite:alp}`cha-1999` {numref}`fig-later` {numref}`Table %s <tab-rows>`"
LINKS = (
    "([Cha 1999](#ref-cha-1999); [Kang n.d.](#ref-kang-nd-rok-us-70)) (see [Cha 1999](#ref-cha-1999), p. 3) "
    "[Mattes (2012)](#ref-mattes-2012) [Cha 1999](#ref-cha-1999) [Figure 7](#fig-later) [Table 2](#tab-rows)"
)
NUMBERS = {"fig-later": 7, "tab-rows": 2}


def test_roles_become_links_that_are_renewed():
    labels = lab.names()
    assert lab.without_roles(ROLES, labels, NUMBERS) == LINKS
    typed = (
        re.sub(r"\d+(?=\]\(#(fig|tab))", "?", LINKS)
        .replace("Cha 1999", "Cha 1998a")
        .replace("(2012)", "(2021)")
    )
    assert typed != LINKS and lab.renewed(typed, labels, NUMBERS) == LINKS
    own = "[his essay](#ref-cha-1999), [as drawn](#fig-later), [Figure 3](#fig-other), [Lin](#lin-ii-1)"
    assert lab.renewed(own, labels, NUMBERS) == own


def test_roles_and_links_read_alike_in_the_book(chapter):
    """The same references, as roles and as links, come out the same on a page."""
    about = chapter / "book" / "about.md"
    before = about.read_text(encoding="utf-8")
    links = lab.without_roles(ROLES, lab.names(), {"fig-later": 3, "tab-rows": 3})
    about.write_text(before.replace("A page.", f"{ROLES}\n\n{links}"), encoding="utf-8")
    build(chapter, "html")
    text = (chapter / "_build" / "html" / "book" / "about.html").read_text(encoding="utf-8")
    about.write_text(before, encoding="utf-8")
    first, second = BeautifulSoup(text, "lxml").select("article section > p")[:2]
    assert first.get_text() == second.get_text() and "Figure 1 Table 1" in first.get_text()
    targets = [
        [link["href"].replace("about.html", "") for link in told.select("a")]
        for told in (first, second)
    ]
    assert targets[0] == targets[1]


def test_notebooks_are_counted_and_renewed():
    notebook = json.loads(write_chapter())
    words, figure, table = (
        notebook["cells"][CELLS.index(one)] for one in (HEAD, (FIGURE,), (TABLE,))
    )
    figure["outputs"] = [
        {"data": {MIME: {"usermeta": {"companion": {"name": "fig-later"}}}}},
        {"data": {"text/markdown": "(fig-later)=\n**Growth.** Two bars."}},
    ]
    table["outputs"] = [
        {
            "data": {"text/markdown": "(tab-rows)=\n**Table 8. Years.**\n\n| a |"},
            "metadata": {"companion": {"kind": "table", "name": "tab-rows"}},
        }
    ]
    numbers = lab.count([notebook])
    assert numbers == {"fig-later": 1, "tab-rows": 1}
    lab.renew(notebook, lab.names(), numbers)
    assert "[Cha 1999](#ref-cha-1999)" in "".join(words["source"])
    assert "[Figure 1](#fig-later)" in "".join(words["source"])
    assert "".join(figure["outputs"][1]["data"]["text/markdown"]).startswith(
        "(fig-later)=\n**Figure 1. Growth.**"
    )
    assert "".join(table["outputs"][0]["data"]["text/markdown"]).startswith(
        "(tab-rows)=\n**Table 1. Years.**"
    )


def test_captions_open_with_label_and_number(monkeypatch):
    monkeypatch.setattr(numbers, "_numbers", lambda: {"fig-a": 4, "tab-a": 2})
    assert numbers.opening("fig-a") == ("(fig-a)=\n", "Figure 4. ")
    assert numbers.opening("fig-b") == ("(fig-b)=\n", "") and numbers.opening(None) == ("", "")
    frame = pd.DataFrame({"year": [2024]})
    assert companion.table(frame, caption="Years.", name="tab-a").text.startswith(
        "(tab-a)=\n**Table 2. Years.**\n\n|"
    )


def test_typed_names_and_numbers_of_the_book_are_current():
    stored = [json.loads(path.read_text(encoding="utf-8")) for path in lab.pages()]
    labels, numbers = lab.names(), lab.count(stored)
    for path, notebook in zip(lab.pages(), stored, strict=True):
        for cell in notebook["cells"]:
            source = "".join(cell["source"])
            assert lab.renewed(source, labels, numbers) == source, f"{path.name}: `make notebooks`"
