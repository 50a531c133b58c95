"""The EPUB: whole by its format's rules, without scripts or outside files, its figures those of the page and of the PDF."""

import os
import re
import subprocess
import unicodedata
import zipfile
from urllib.parse import unquote, urldefrag

import pytest
from conftest import ROOT, left_to_the_screen, need, pages, version
from lxml import etree

X = {
    "x": "http://www.w3.org/1999/xhtml",
    "o": "http://www.idpf.org/2007/opf",
    "d": "http://purl.org/dc/elements/1.1/",
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture(scope="module")
def parsed(epub):
    """{name: tree} of all pages, the contents among them; a page that is not XML fails here."""
    return {
        name: etree.fromstring(content)
        for name, content in epub.files.items()
        if name.endswith(".xhtml")
    }


@pytest.fixture(scope="module")
def package(epub):
    return etree.fromstring(epub.files["content.opf"])


@pytest.fixture(scope="module")
def spine(package):
    """The files of the book, in the order of reading."""
    items = {item.get("id"): item.get("href") for item in package.iterfind(".//o:item", X)}
    return [items[item.get("idref")] for item in package.iterfind(".//o:itemref", X)]


def test_the_container(epub):
    with zipfile.ZipFile(epub.path) as book:
        first = book.infolist()[0]
        assert (first.filename, first.compress_type, book.read(first)) == (
            "mimetype",
            zipfile.ZIP_STORED,
            b"application/epub+zip",
        )
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}, (
            "times of files make each build another file"
        )
        assert len(book.namelist()) == len(set(book.namelist()))
    assert b'full-path="content.opf"' in epub.files["META-INF/container.xml"]


def test_the_manifest_names_every_file_and_every_file_is_named(epub, package):
    named = [unquote(item.get("href")) for item in package.iterfind(".//o:item", X)]
    assert len(named) == len(set(named))
    assert set(named) == set(epub.files) - {"mimetype", "content.opf", "META-INF/container.xml"}


def test_every_page_is_in_the_spine_and_in_the_contents(parsed, spine):
    wanted = [page.replace(".html", ".xhtml") for page in pages()[1:]]
    assert spine[:2] == ["epub-cover.xhtml", "book/index.xhtml"] and spine[2:] == wanted
    assert set(spine) == set(parsed) - {"nav.xhtml"}
    led = [
        urldefrag(link.get("href"))[0] for link in parsed["nav.xhtml"].iterfind(".//x:nav//x:a", X)
    ]
    assert list(dict.fromkeys(led)) == spine[1:]
    assert len(led) > 2 * len(spine), "the contents lead to sections, too"


def test_what_the_book_says_of_itself(package, parsed):
    said = {
        field: package.findtext(f".//d:{field}", namespaces=X)
        for field in ("title", "creator", "language", "identifier", "date")
    }
    assert (said["title"], said["creator"], said["language"]) == (
        "Alliances in Transition",
        "The companion's editors",
        "en",
    )
    assert version() in said["identifier"] and re.match(r"\d{4}-\d\d-\d\d", said["date"])
    assert package.get("unique-identifier") == package.find(".//d:identifier", X).get("id")
    metas = {meta.get("property"): meta.text for meta in package.iterfind(".//o:meta", X)}
    assert (
        metas["schema:accessMode"]
        and metas["schema:accessibilitySummary"]
        and metas["schema:accessibilityHazard"] == "none"
    )
    front = "".join(parsed["book/index.xhtml"].find(".//x:p[@class='edition']", X).itertext())
    assert version() in front and "commit" in front


def test_no_script_and_nothing_from_outside(epub, parsed):
    for name, page in parsed.items():
        for element in page.iter(etree.Element):
            kind = etree.QName(element).localname
            assert kind not in ("script", "iframe", "object", "form", "input", "button"), (
                f"{name}: <{kind}>"
            )
            for key, value in element.attrib.items():
                assert not key.startswith("on"), f"{name}: {key}"
                assert (
                    key not in ("src", "srcset")
                    and kind != "link"
                    or not re.match(r"(\w+:)?//", value)
                ), f"{name}: asks for {value}"
    sheets = {name for name in epub.files if name.endswith(".css")}
    assert sheets == {"_static/basic.css", "_static/epub.css", "_static/ebook.css"}, (
        "epub.css imports basic.css; no other sheet belongs in an e-reader"
    )
    for name in epub.files:
        assert not name.endswith(".js")
        assert not name.endswith(".css") or not re.search(rb"url\(.?(https?:)?//", epub.files[name])


def test_every_link_leads_to_a_page_of_the_book(epub, parsed, spine):
    ids = {
        name: [element.get("id") for element in page.iter(etree.Element) if element.get("id")]
        for name, page in parsed.items()
    }
    twice = {
        name: sorted({one for one in found if found.count(one) > 1})
        for name, found in ids.items()
        if len(found) != len(set(found))
    }
    assert not twice
    dead, seen = [], 0
    for name, page in parsed.items():
        for element in page.iter(etree.Element):
            target = element.get("href") or element.get("src")
            if not target or re.match(r"[a-z]+:", target):
                continue
            path, mark = urldefrag(unquote(target))
            path = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
            seen += 1
            if (
                path not in epub.files
                or etree.QName(element).localname == "a"
                and (path not in spine or mark and mark not in ids[path])
            ):
                dead.append(f"{name}: {target}")
    assert seen > 300 and not dead, dead[:10]


def test_every_figure_has_its_words_and_its_data(epub, parsed, figures):
    found = {}
    for _name, page in parsed.items():
        for figure in page.iterfind(".//x:figure", X):
            label, images = figure.get("id"), figure.findall(".//x:img", X)
            assert images and all(
                image.get("alt") and image.get("src").endswith(".svg") for image in images
            ), label
            assert "Source: " in "".join(figure.itertext()), label
            data = page.find(f".//x:div[@id='{label}-data']", X)
            assert (
                len(data.findall(".//x:tbody/x:tr", X)) >= 1
                and len(data.findall(".//x:th", X)) >= 2
            ), label
            assert "Cite: " in "".join(data.itertext()), label
            found[label] = len(images)
    assert set(found) == set(figures)


def test_other_languages_are_marked(parsed):
    marked = {
        element.get("lang").partition("-")[0]
        for page in parsed.values()
        for element in page.iterfind(".//x:span[@lang]", X)
    }
    assert {"ja", "zh", "ko", "ru"} <= marked
    for name, page in parsed.items():
        assert page.get("lang") == page.get(LANG) == "en", name
        assert all(
            element.get("lang") == element.get(LANG) for element in page.iter(etree.Element)
        ), name


def bare(text):
    """Text without white space and hyphens, which lines add, in one form."""
    return re.sub(r"[\s\u00ad-]+", "", unicodedata.normalize("NFKC", text))


def test_figures_are_the_same_in_all_editions(figures, parsed, pdf):
    """Number and caption of each figure in HTML, EPUB and PDF, and no figure more; the PDF is without the pages that are for the screen."""
    book = {}
    for page in parsed.values():
        for figure in page.iterfind(".//x:figure", X):
            parts = {
                part.get("class"): "".join(part.itertext())
                for part in figure.iterfind(".//x:figcaption//x:span", X)
            }
            book[figure.get("id")] = (
                int(re.search(r"\d+", parts["caption-number"])[0]),
                parts["caption-text"],
            )
    assert book == figures
    printed = bare("\n".join(pdf.pages))
    screen = left_to_the_screen()
    on_paper = [told for name, told in figures.items() if name not in screen]
    missing = [
        number
        for number, caption in on_paper
        if not re.search(rf"Figure{number}[.:]?" + re.escape(bare(caption)), printed)
    ]
    assert not missing, f"figures without their number and caption in the PDF: {missing}"
    assert not re.search(rf"Figure{len(on_paper) + 1}\.", printed), (
        "the PDF has more figures than the HTML"
    )


def how_to_run(path):
    """The words that start a program, whether it is one, a script without a first line that says so, or a jar."""
    with open(path, "rb") as file:
        begin = file.read(4)
    if begin == b"PK\3\4":  # Debian's is a jar, which a kernel runs only where it was told how
        return [need("java"), "-jar", path]
    return [path] if begin[:2] == b"#!" or begin == b"\x7fELF" or os.name == "nt" else ["sh", path]


@pytest.mark.skipif(os.name == "nt", reason="scripts of Unix")
def test_a_script_without_a_first_line_runs(tmp_path):
    for name, text in (("bare", "echo ran $1\n"), ("whole", "#!/bin/sh\necho ran $1\n")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
        words = [*how_to_run(str(tmp_path / name)), "it"]
        assert subprocess.run(words, capture_output=True, text=True).stdout == "ran it\n"


@pytest.mark.slow
def test_epubcheck_finds_no_fault(epub):
    # Debian's package of that name brings Java, and apt.txt leaves it out
    words = [*how_to_run(need("epubcheck")), str(epub.path)]
    run = subprocess.run(words, capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr
