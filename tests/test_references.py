"""The bibliography: every reference complete, every citation resolved, and the Chicago style exact."""

import json
import re
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml
from pybtex.database import parse_file
from pybtex.plugin import find_plugin

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
sys.path.insert(0, str(BOOK))

from companion.data import load  # noqa: E402
from press import chicago  # noqa: E402

ENTRIES = parse_file(str(BOOK / "references.bib")).entries
OTHER_SCRIPT = re.compile(r"[\u0400-\u04ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
KINDS = {
    "article",
    "primary",
    "further-reading",
    "record",
    # What an article's own notes, figures and bibliography cite.
    *(
        f"{key.partition('-')[0]}-{kind}"
        for key in load("articles")["id"]
        for kind in ("note", "figure", "bibliography")
    ),
}


def printed():
    """{key: reference in plain text} of the whole bibliography, in its order."""
    style = chicago.Style()
    text = find_plugin("pybtex.backends", "plaintext")()
    return {entry.key: entry.text.render(text) for entry in style.format_entries(ENTRIES.values())}


def labels():
    style = chicago.Style()
    entries = style.sort(ENTRIES.values())
    return dict(zip((entry.key for entry in entries), style.format_labels(entries)))


@pytest.mark.parametrize("key", ENTRIES)
def test_entry_has_what_a_reference_needs(key):
    entry, fields = ENTRIES[key], ENTRIES[key].fields
    assert {"title", "year", "keywords"} <= set(fields), "title, year and keywords"
    assert fields["keywords"].split(",")[0] in KINDS, f"first keyword is one of {sorted(KINDS)}"
    assert re.fullmatch(r"\d{4}|\[\d{4}\]|n\.d\.", fields["year"]), (
        "2025, [2025] where it is inferred, or n.d."
    )
    assert "day" not in fields or "month" in fields, "no day without a month"
    assert 1 <= int(fields.get("month", 1)) <= 12 and 1 <= int(fields.get("day", 1)) <= 31, (
        "month and day are numbers"
    )
    assert "author" in entry.persons or fields["keywords"].startswith("primary"), (
        "an author, unless a primary text"
    )
    if entry.type == "article":
        assert "journal" in fields, "an article has a journal or newspaper"
    elif "author" not in entry.persons:
        assert {"publisher", "location"} & set(fields), (
            "a text without author has a publisher or a place"
        )
    if entry.type == "book":
        assert "publisher" in fields, "a book has a publisher"
    assert "volume" not in fields or "pages" in fields, "a volume has pages"
    found_by = {"url", "doi", "isbn", "pages"} & set(fields)
    assert found_by or fields.get("addendum", "").startswith("Editors: "), (
        "an address, a number, pages, or a remark"
    )
    assert fields.get("url", "https://").startswith(("https://", "http://")), "a whole address"


@pytest.mark.parametrize("key", ENTRIES)
def test_other_scripts_have_a_gloss_and_a_language(key):
    fields = ENTRIES[key].fields
    if OTHER_SCRIPT.search(fields["title"]):
        assert fields.get("titleaddon"), "English gloss in titleaddon"
        assert not OTHER_SCRIPT.search(fields["titleaddon"]), "the gloss is in English"
        assert fields.get("langid") in chicago.LANGUAGES, (
            f"langid is one of {sorted(chicago.LANGUAGES)}"
        )
    else:
        assert "langid" not in fields, "langid only where the title is in another language"


def test_nothing_is_listed_twice():
    twice = Counter((e.fields.get("url"), e.fields["title"]) for e in ENTRIES.values())
    assert [entry for entry, count in twice.items() if count > 1] == []
    address = Counter(e.fields["url"] for e in ENTRIES.values() if "url" in e.fields)
    assert [url for url, count in address.items() if count > 1] == []


def test_labels_are_distinct_and_in_order_of_date():
    by_key = labels()
    assert len(set(by_key.values())) == len(by_key)
    nhk = [
        (by_key[k], int(e.fields["month"]), int(e.fields["day"]))
        for k, e in ENTRIES.items()
        if by_key[k].startswith("NHK 2025")
    ]
    assert [date for _, *date in sorted(nhk)] == sorted(date for _, *date in nhk)
    assert by_key["kang-nd-rok-us-70"] == "Kang n.d."
    assert by_key["leeds-mattes-vogel-2009"] == "Leeds et al. 2009"
    assert by_key["us-japan-1960"] == "U.S.-Japan Treaty 1960"


EXAMPLES = {
    "leeds-mattes-vogel-2009": "Leeds, Brett Ashley, Michaela Mattes, and Jeremy S. Vogel. 2009. “Interests, Institutions, and the Reliability of "
    "International Commitments.” American Journal of Political Science 53 (2): 461–476. "
    "https://doi.org/10.1111/j.1540-5907.2009.00381.x.",
    "nhk-2024-constitution": "NHK. 2024. “NHK 世論調査 憲法改正「必要」は36%「必要ない」は19%” [NHK poll: revision of the constitution “needed” 36%, "
    "“not needed” 19%]. May 3. https://www3.nhk.or.jp/news/html/20240503/k10014439651000.html.",
    "rfa-2024-missile-test": "Radio Free Asia. 2024. “Days before US election, North Korea stages record long missile test.” October 30. "
    "https://www.rfa.org/english/korea/2024/10/31/north-korea-missile-launch-japan/. "
    "[Editors: dated as figure 6 prints it; the address carries October 31, 2024].",
    "cha-1999": "Cha, Victor D. 1999. Alignment Despite Antagonism: The US-Korea-Japan Security Triangle. Stanford University Press.",
}


@pytest.mark.parametrize("key", EXAMPLES)
def test_style_prints_known_examples(key):
    assert printed()[key] == EXAMPLES[key]


def test_every_citation_has_an_entry():
    role, missing = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`"), []
    for page in [*BOOK.rglob("*.md"), *BOOK.glob("*.ipynb")]:
        text = page.read_text(encoding="utf-8")
        if page.suffix == ".ipynb":
            text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
        for keys in role.findall(text):
            for key in re.sub(r"\{[^{}]*\}", "", keys).split(","):
                if key.strip() not in ENTRIES:
                    missing.append(f"{page.name}: {key.strip()}")
    assert missing == []


def test_configuration_uses_the_style():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]
    assert config["bibtex_default_style"] == config["bibtex_reference_style"] == "chicago"


def test_citations_and_list_in_a_built_page(tmp_path):
    from sphinx.application import Sphinx

    (tmp_path / "conf.py").write_text(
        "from press import chicago\n"
        "extensions = ['sphinxcontrib.bibtex']\n"
        f"bibtex_bibfiles = [{str(BOOK / 'references.bib')!r}]\n"
        "bibtex_default_style = bibtex_reference_style = 'chicago'\n"
        "bibtex_cite_id = 'ref-{key}'\n"
        "def setup(app):\n    chicago.register(app)\n"
    )
    (tmp_path / "index.rst").write_text(
        "Page\n====\n\n"
        ":cite:p:`nhk-2025-taiwan-strait`; :cite:t:`mattes-2012`; :cite:p:`{see}cha-1999{p. 3},kang-nd-rok-us-70`.\n\n"
        ".. bibliography::\n   :all:\n"
    )
    app = Sphinx(
        tmp_path,
        tmp_path,
        tmp_path / "html",
        tmp_path / "trees",
        "html",
        status=None,
        warningiserror=True,
    )
    app.build()
    html = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    text = re.sub(r"<[^>]+>", "", html)
    assert (
        f"({labels()['nhk-2025-taiwan-strait']}); Mattes (2012); (see Cha 1999, p. 3; Kang n.d.)."
        in text
    )
    assert (
        'href="#ref-cha-1999"' in html
        and '<p id="ref-cha-1999">Cha, Victor D. 1999. <em>Alignment' in html
    )
    assert (
        '<span lang="ja">海自護衛艦2回目の台湾海峡通過「航行の自由」主張のねらいか</span>' in html
    )
    assert (
        '<span lang="ko">중앙일보</span>' in html and '<span lang="ru">Сергей Шелин</span>' in html
    )
