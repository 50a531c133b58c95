"""The PDF: nothing is missing or sticks out, and its links and bookmarks work; test_epub.py compares its figures."""

import re
import subprocess
import unicodedata

import pikepdf
import pytest
import yaml
from conftest import ROOT
from pybtex.database import parse_file

from press.edition import label, record_end, spell
from press.languages import glyphs
from press.screen_pages import ON_SCREEN

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
    for trace in ("alt.Chart(", "<IPython", "\ufffd", "\u2011"):
        assert trace not in text, f"found {trace!r}"
    assert "Three-way" in text, "hyphens cannot be searched for"
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
    """On the page of the line stand the years of its drawing, too."""
    told = [page for page in pdf.pages if "with what came later" in page]
    assert told
    for page in told:
        assert len(re.findall(r"\b20\d\d\b", page)) > page.count("with what came later"), page[:200]


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


def test_it_is_a_book_to_read(pdf):
    """Look-ups are on the screen: about 130 pages, and one of them says where the rest is."""
    assert 110 < len(pdf.pages) <= 155, f"{len(pdf.pages)} pages"
    told = [page for page in pdf.pages if "On the screen" in page and "book/claims.html" in page]
    assert len(told) == 1
    for page in ON_SCREEN:
        assert bare(f"{page}.html") in bare(told[0]), f"the page On the screen does not name {page}"
    assert "Both articles were read" not in "".join(pdf.pages), "the ledger is in the PDF"


def test_the_timeline_is_a_spread(pdf):
    numbers = [
        number
        for number, text in enumerate(pdf.pages, start=1)
        if "Treaty on Basic Relations and four agreements" in text
        and "Camp David trilateral summit" in text
    ]
    assert numbers and numbers[0] % 2 == 0, (
        f"the timeline begins on page {numbers}, not on a left one"
    )
    assert "Trump-Xi summit in Beijing" in " ".join(pdf.pages[numbers[0]].split())


def test_figures_and_tables_are_listed_with_their_pages(pdf):
    """Each number of the list leads to the page that has the figure or table of this number."""
    first = next(
        n for n, page in enumerate(pdf.pages) if page.lstrip().startswith("Figures and tables")
    )
    listed = bare("".join(pdf.pages[first : first + 2]))
    for kind in ("Figure", "Table"):
        printed = {
            int(found[1]): number
            for number, page in enumerate(pdf.pages[first + 2 :], start=first + 3)
            for found in re.finditer(rf"^{kind} (\d+)\. (?=\S)", page, re.M)
        }
        assert sorted(printed) == list(range(1, len(printed) + 1)), f"{kind}s: {sorted(printed)}"
        for number, page in printed.items():
            line = pdf.pages[page - 1].split(f"{kind} {number}. ", 1)[1]
            words = bare(" ".join(line.split()[:3])).rstrip(".,:;")
            assert re.search(rf"{re.escape(words)}.{{0,120}}?{page}", listed), (
                f"{kind} {number} ({line[:40]}) is not in the list with page {page}"
            )


def test_the_index_leads_to_its_names(pdf):
    index = next(n for n, page in enumerate(pdf.pages) if "Names and terms, by page" in page)
    text = re.sub(r"\s+", " ", " ".join(pdf.pages[index:]))
    for name, word in (
        ("Ishiba Shigeru", "Ishiba"),
        ("Camp David", "Camp David"),
        ("design effect", "design effect"),
    ):
        entry = re.search(rf"{name}, ((?:\d+(?:–\d+)?,? ?)+)", text)
        assert entry, f"{name} is not in the index"
        places = [int(number) for number in re.findall(r"\d+", entry[1])]
        for place in places:
            near = re.sub(r"-\s+", "", " ".join(pdf.pages[place - 1].split()))
            assert word.lower() in near.lower(), f"the index sends {name} to page {place}"


def test_no_page_begins_within_a_sentence_after_a_figure(pdf):
    """Figures stand where they are spoken of, or at the foot of a page: none at its head, before the rest of a sentence."""
    faults = []
    for number, page in enumerate(pdf.pages, start=1):
        for found in re.finditer(r"^Source: (?:.+\n)+\n+([a-z]\w*(?: \w+)*)", page, re.M):
            above = page[: found.start()].strip().split("\n\n")
            if len(above) <= 3 and "Figure" in above[-1]:
                faults.append(f"page {number}: after a figure {found[1]}")
    assert not faults, faults


def test_links_do_not_turn_tables_blue(pdf, tmp_path):
    """The page of a table whose sources are links has no pixel of the color of links between its head and its sources."""
    number = next(n for n, page in enumerate(pdf.pages, start=1) if "Table 2. Exercises" in page)
    boxes = subprocess.run(
        ["pdftotext", "-bbox", "-f", str(number), "-l", str(number), str(pdf.path), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    words = re.findall(r'yMin="([\d.]+)".*yMax="([\d.]+)">([^<]*)<', boxes)
    top = max(float(low) for low, _, word in words if word == "Table")
    foot = max(
        float(high)
        for _, high, word in words
        if word == "Trilateral" or word == "trilateral" or word == "2025."
    )
    subprocess.run(
        [
            "pdftoppm",
            "-r",
            "72",
            "-f",
            str(number),
            "-l",
            str(number),
            str(pdf.path),
            str(tmp_path / "page"),
        ],
        check=True,
    )
    data = next(tmp_path.glob("page*.ppm")).read_bytes()
    head = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", data)
    width, pixels = int(head[1]), data[head.end() :]
    part = pixels[int(top) * width * 3 : int(foot) * width * 3]
    blue = sum(part[n + 2] > part[n] + 60 for n in range(0, len(part), 3))
    assert len(part) > 10_000 and not blue, f"page {number}: {blue} blue pixels in Table 2"


def test_each_chapter_has_a_pdf(pdf):
    """Its pages, title, bookmarks and the line that says whence; links within it lead to its pages, others to the book beside it."""
    for page in ("lin-2025", "johnson-2025", "china-budget", "polling", "reading-together"):
        path = pdf.path.with_name(f"{pdf.path.stem}-{page}.pdf")
        with pikepdf.open(path) as chapter, chapter.open_outline() as outline:
            assert 8 < len(chapter.pages) < 60 and path.stat().st_size < 800_000, page
            assert outline.root[0].title in str(chapter.docinfo["/Title"])
            assert len(outline.root[0].children) > 3, page
            own = {one.objgen for one in chapter.pages}
            inside = outside = 0
            for note in (note for one in chapter.pages for note in one.get("/Annots", [])):
                if "/Dest" in note:
                    inside += 1
                    assert note.Dest[0].objgen in own, page
                elif note.A.S == "/GoToR":
                    outside += 1
                    assert str(note.A.F) == pdf.path.name
                else:
                    assert str(note.A.URI).startswith(("http", "mailto:"))
            assert inside > 5 and outside > 5, page
        first = subprocess.run(
            ["pdftotext", "-l", "1", str(path), "-"], capture_output=True, text=True, check=True
        ).stdout
        assert "A chapter of Alliances in Transition" in first and label() in first, page


def test_chinese_has_chinese_glyphs(pdf):
    """Each language has the face of its own: one character differs in shape between Japanese, Korean and two ways of writing Chinese."""
    tex = (pdf.folder / "book.tex").read_text(encoding="utf-8")
    fonts = subprocess.run(
        ["pdffonts", str(pdf.path)], capture_output=True, text=True, check=True
    ).stdout
    used = set(re.findall(r"\\companion(japanese|korean|simplified|traditional)\{", tex))
    assert {"japanese", "korean", "traditional"} <= used
    # The faces of one collection are embedded under one name.
    assert len(re.findall("NotoSerifCJK", fonts)) >= len(used), fonts
    assert "companionjapanese{自由時報" not in tex and "companiontraditional{自由時報" in tex
    known = ["[chinese] 国防费", "[chinese] 美日韓合作"]
    assert glyphs("国防费", known) == "simplified" and glyphs("美日韓合作", known) == "traditional"
    assert (
        glyphs("防衛白書") == "japanese"
        and glyphs("국방부") == "korean"
        and glyphs("Министр") is None
    )


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
