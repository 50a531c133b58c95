"""The PDF: nothing is missing or sticks out, and its links and bookmarks work; test_epub.py compares its figures."""

import re
import subprocess
import unicodedata

import pikepdf
import pytest
import yaml
from conftest import ROOT
from pybtex.database import parse_file

from companion.data import load
from press.edition import label, record_end, spell

OTHER_SCRIPT = re.compile(r"[\u0400-\u04ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]{3,}")


@pytest.fixture(scope="module")
def opened(pdf):
    with pikepdf.open(pdf.path) as document:
        yield document


def bare(text):
    """Text without white space, in one form, for comparison across line ends."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def test_no_code_and_no_missing_glyph(pdf):
    text = "\n".join(pdf.pages)
    for trace in ("alt.Chart(", "<IPython", "\ufffd"):
        assert trace not in text
    assert re.findall(r"Missing character: .*", pdf.log) == []
    assert re.findall(r"LaTeX Warning: (?:Reference|Citation|Hyper reference) .*", pdf.log) == []


def test_nothing_sticks_out(pdf):
    """No line is more than 5 points too wide; says on which page, and where in book.tex."""
    wide, page = [], 0
    for found in re.finditer(
        r"\[(\d+)(?=[\]\s{<])|Overfull \\hbox \(([\d.]+)pt too wide\) (.*)\n(.*)", pdf.log
    ):
        page = int(found[1]) if found[1] else page
        if found[2] and float(found[2]) > 5:
            wide.append(f"after page {page}: {found[2]}pt, {found[3]}: {found[4][:90]}")
    assert not wide, "\n".join(wide)


def test_a_figure_with_what_came_later_keeps_its_line(pdf):
    """Above the line stand words or years of its drawing, not the head of the page alone."""
    told = [page for page in pdf.pages if "with what came later" in page]
    assert told
    for page in told:
        above = page[: page.index("with what came later")].split("\n", 2)[-1]
        assert re.search(r"\b20\d\d\b", above), page[:200]


def test_no_page_is_blank(pdf):
    assert len(pdf.pages) > 10
    blank = [
        number for number, text in enumerate(pdf.pages[1:], start=2) if len(text.strip()) <= 40
    ]
    assert not blank, f"pages with next to nothing on them: {blank}"


def test_version_commit_and_end_of_the_record_stand_at_the_front(pdf):
    front = " ".join("".join(pdf.pages[:2]).split())
    assert label() in front.replace("Draft", "draft").replace("Edition", "edition")
    commit = subprocess.run(
        ["git", "rev-parse", "--short=10", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    assert (commit or "not recorded") in front
    assert record_end() and spell(record_end()) in front


def test_metadata(opened):
    assert "Alliances in Transition" in str(opened.docinfo.get("/Title", ""))
    assert "companion's editors" in str(opened.docinfo.get("/Author", "")).replace("’", "'")
    assert str(opened.docinfo.get("/Subject", "")).startswith(label())


def test_bookmarks_hold_parts_and_chapters(opened):
    def titles(items):
        return [title for item in items for title in (item.title, *titles(item.children))]

    with opened.open_outline() as outline:
        found = titles(outline.root)
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    wanted = [part["caption"] for part in toc["parts"]]
    places = [found.index(caption) for caption in wanted if caption in found]
    assert len(places) == len(wanted) and places == sorted(places), found
    chapters = sum(len(part["chapters"]) for part in toc["parts"])
    assert len(found) >= len(wanted) + chapters


def test_the_ledger_is_a_compact_appendix(opened, pdf):
    with opened.open_outline() as outline:
        assert [item.title for item in outline.root][-1] == "Appendix" and [
            item.title for item in outline.root[-1].children
        ] == ["The claims ledger"]
    first = next(
        number
        for number, text in enumerate(pdf.pages)
        if "How a verdict is reached" in text
        and "Both articles were read" in "".join(pdf.pages[number - 1 : number + 1])
    )
    assert len(pdf.pages) - first <= 22, (
        "the ledger takes more pages than an appendix to look things up in should"
    )
    text = bare("".join(pdf.pages[first:]))
    assert [claim_id for claim_id in load("claims")["id"] if claim_id not in text] == []


def names(node):
    """The destinations in a PDF's name tree."""
    found = {str(name) for name in node.get("/Names", [])[::2]}
    return found.union(*(names(kid) for kid in node.get("/Kids", [])))


def test_links_lead_somewhere(opened):
    known = names(opened.Root.Names.Dests)
    inside, outside, dead = 0, 0, []
    for page in opened.pages:
        for note in page.get("/Annots", []):
            action = note.get("/A", {})
            target = action.get("/D", note.get("/Dest"))
            if "/URI" in action:
                outside += 1
                assert re.match(r"https?://|mailto:", str(action["/URI"])), (
                    f"a link to {action['/URI']}"
                )
            elif target is not None:
                inside += 1
                if not isinstance(target, pikepdf.Array) and str(target) not in known:
                    dead.append(str(target))
    assert inside > 50 and outside > 20
    assert not dead, sorted(set(dead))[:10]


def test_fonts_are_embedded(pdf):
    table = subprocess.run(
        ["pdffonts", str(pdf.path)], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    fonts = [re.search(r"(yes|no) +(?:yes|no) +(?:yes|no) +\d+ +\d+$", line) for line in table[2:]]
    assert len(fonts) > 5 and all(font and font[1] == "yes" for font in fonts), table


def test_other_scripts_are_there(pdf):
    """Titles in Japanese, Chinese, Korean and Russian that the bibliography prints can be read and searched in the PDF."""
    text = bare("\n".join(pdf.pages))
    titles = [
        entry.fields["title"]
        for entry in parse_file(str(ROOT / "book" / "references.bib")).entries.values()
    ]
    runs = {
        bare(title): OTHER_SCRIPT.search(title)[0] for title in titles if OTHER_SCRIPT.search(title)
    }
    missing = [title for title, run in runs.items() if bare(run) not in text]
    assert runs and not missing, missing
    for script in ("\u0400-\u04ff", "\u3041-\u30ff", "\u4e00-\u9fff", "\uac00-\ud7a3"):
        if [run for run in runs.values() if re.search(f"[{script}]", run)]:
            assert re.search(f"[{script}]", text)
