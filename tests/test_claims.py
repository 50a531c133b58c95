"""The ledger and its checks: they agree, each can fail, and every claim stands where a reader finds it."""

import csv
import inspect
import json
import re
import shutil
from datetime import date

import pandas as pd
import pytest
from conftest import BOOK, ROOT, notebooks

from companion import checks as claims
from companion import data, markup
from companion.data import DataError, load
from companion.days import JOHNSON, LIN
from companion.ledger import MEANINGS, READ_AT, SHAPES, notes
from companion.ledger import whole as ledger

LEDGER = load("claims").set_index("id", drop=False)
CHECKED = sorted(claims.CHECKS)
ARTICLES = load("articles").set_index("id")
SECTIONS = load("sections").set_index("label")


# ---------------------------------------------------------------- ledger and data


@pytest.mark.parametrize("claim_id", CHECKED)
def test_the_data_return_the_verdict_of_the_ledger(claim_id):
    row, found = LEDGER.loc[claim_id], claims.run(claim_id)
    assert found.verdict == row["verdict"], (
        f"{claim_id}, {row['claim']!r}: the ledger says {row['verdict']!r}, {row['check']} computes {found.verdict!r} from {found}"
    )
    assert found.figures and found.verdict in SHAPES


def test_every_check_is_named_in_the_ledger_and_every_name_is_a_check():
    named = LEDGER["check"].dropna().to_dict()
    assert named == {claim_id: function.__name__ for claim_id, function in claims.CHECKS.items()}
    assert len(set(named.values())) == len(named), "two claims name one function"
    assert list(claims.run_all()) == list(named)


def test_every_check_says_what_it_reads_and_types_no_verdict_without_a_condition():
    for claim_id, function in claims.CHECKS.items():
        assert function.__doc__ and list(inspect.signature(function).parameters) == ["as_of"], (
            claim_id
        )
        source = inspect.getsource(function)
        assert len({verdict for verdict in SHAPES if f'"{verdict}"' in source}) >= 2, (
            f"{claim_id}: the check has only one outcome"
        )
        assert "as_of)" in source or "as_of," in source, f"{claim_id}: the day is not handed on"


def test_newer_data_that_turn_a_verdict_show_in_since_then():
    turned = {claim_id: (then.verdict, now.verdict) for claim_id, then, now in claims.flips()}
    assert "L-26" in turned, "this one has turned already"
    for claim_id, (then, _) in turned.items():
        assert then == LEDGER.at[claim_id, "verdict"], "what came later counts in the verdict"
        assert pd.notna(LEDGER.at[claim_id, "since_then"]), f"{claim_id}: nothing under since_then"
    assert ledger().text.count("Said of the newest data") == len(turned)


def test_a_claim_has_one_check():
    with pytest.raises(
        ValueError,
        match="L-26: another comes after budget_years_above_seven; a claim has one check",
    ):

        @claims.check("L-26")
        def another(as_of):
            """Nothing."""


# ---------------------------------------------------------------- a check can fail

# File: which row (values that pick it out), what is changed; the claims that then part from the ledger, and only those.
CHANGES = {
    "a budget rate": (
        "china_defense_budget.csv",
        {"year": "2022", "kind": "budget", "scope": "central"},
        {"growth_announced_pct": "6.9"},
        {"L-26"},
    ),
    "a budget amount": (
        "china_defense_budget.csv",
        {"year": "2024", "kind": "budget", "scope": "central"},
        {"amount_bn_cny": "1685.54"},
        {"L-25"},
    ),
    "the headline of 2025": (
        "china_defense_budget.csv",
        {"year": "2025", "kind": "budget", "scope": "central"},
        {"growth_announced_pct": "7.5"},
        {"L-23", "L-25"},
    ),
    "a growth target": (
        "china_macro.csv",
        {"year": "2025", "indicator": "gdp_growth_target"},
        {"value": "8"},
        {"L-27"},
    ),
    "a poll": ("nhk_constitution.csv", {"year": "2024"}, {"need_pct": "30"}, {"L-45", "L-46"}),
    "a reason": (
        "nhk_reasons.csv",
        {"year": "2024", "reason": "security environment"},
        {"share_pct_of_need": "20"},
        {"L-47"},
    ),
    "an exercise": (
        "exercise_examples.csv",
        {"event": "Pacific Steller"},
        {"kind": "port call"},
        {"L-11"},
    ),
    "an official's words": (
        "commitments.csv",
        {"text": "Commitment to Consult"},
        {"note": "no armed attack, no use of force mentioned"},
        {"J-35"},
    ),
    "a term of office": (
        "leaders.csv",
        {"name": "Ishiba Shigeru"},
        {"start": "2023-10-01"},
        {"L-01"},
    ),
    "a meeting moved": ("meetings.csv", {"id": "T-75"}, {"date": "2025-02-16"}, {"L-51"}),
    "a transit": ("taiwan_strait_transits.csv", {"number": "2"}, {"date": "2025-02-05"}, {"L-40"}),
    "a stock of investment": (
        "us_inward_fdi.csv",
        {"year": "2023", "country": "Canada"},
        {"position_bn_usd": "799.6"},
        {"L-32"},
    ),
    "an election": (
        "rok_election_2025.csv",
        {"item": "official result", "candidate": "Kim Moon-soo", "unit": "percent of valid votes"},
        {"value": "50.1"},
        {"J-25"},
    ),
    "a duty": (
        "commitments.csv",
        {"text": "Commitment to Consult"},
        {"duty": "treat a threat to one as a threat to all"},
        {"J-35"},
    ),
    "a standing": (
        "commitments.csv",
        {"text": "Commitment to Consult"},
        {"legal_status": "treaty, binding"},
        {"J-40"},
    ),
    "warheads": (
        "dprk_tests.csv",
        {"year": "2025", "series": "SIPRI", "unit": "warheads"},
        {"value": "5"},
        {"J-44"},
    ),
    "a day of one report": (
        "taiwan_strait_transits.csv",
        {"number": "2"},
        {"disputed_date": "2025-02-01"},
        {"L-40"},
    ),
    "a second first day": (
        "exercise_examples.csv",
        {"event": "Pacific Steller"},
        {"date": "2025-02-10"},
        {"L-08"},
    ),
    "a protest": ("threat_indicators.csv", {"unit": "persons"}, {"period": "July 2024"}, {"J-49"}),
    "a share of imports": (
        "threat_indicators.csv",
        {"indicator": "share of imported machine tools from China"},
        {"value": "20"},
        {"J-55"},
    ),
    "a ban": (
        "arms_export_rules.csv",
        {"country": "South Korea", "year": "2018"},
        {"event": "Exports of missiles are banned"},
        {"J-75"},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_value_fails_the_right_claims_by_name(change, tmp_path, monkeypatch):
    name, pick, new, wanted = CHANGES[change]
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data", folder)
    with open(folder / name, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    chosen = [row for row in rows if all(row[column] == value for column, value in pick.items())]
    assert chosen, "the change would touch nothing"
    for row in chosen:
        row.update(new)
    with open(folder / name, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    monkeypatch.setattr(data, "FOLDER", folder)
    told = claims.disagreements()
    assert {line.partition(" ")[0] for line in told} == wanted, told
    for line in told:
        assert LEDGER.at[line.partition(" ")[0], "claim"] in line and "the data say" in line


def test_a_check_that_loses_its_row_says_so(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data", folder)
    path = folder / "taiwan_strait_transits.csv"
    path.write_bytes(
        b"".join(
            line
            for line in path.read_bytes().splitlines(keepends=True)
            if not line.startswith(b"1,")
        )
    )
    monkeypatch.setattr(data, "FOLDER", folder)
    with pytest.raises(DataError, match="found 0 rows for the first transit; expected one"):
        claims.run("L-39")


def test_only_what_was_public_counts():
    early = claims.run("L-26", as_of=date(2025, 3, 4))  # the day before the budget of 2025
    assert (
        early.figures["years in a row above 7%, to 2024"] == 3 and early.verdict == "contradicted"
    )


# ---------------------------------------------------------------- the rules of the ledger

MONTHS = {
    name: number
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}


def days_in(text):
    """Days printed in a citation, American style."""
    found = re.findall(
        r"\b(Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? (\d{1,2}), (\d{4})\b",
        text,
    )
    return [date(int(year), MONTHS[month[:3]], int(day)) for month, day, year in found]


@pytest.mark.parametrize("claim_id", LEDGER.index[LEDGER["verdict"] == "contradicted"])
def test_contradicted_rests_on_a_publishers_source_of_the_time(claim_id):
    row = LEDGER.loc[claim_id]
    assert row["read_at"] == "publisher" and row["url"].startswith("http")
    days = days_in(row["cite_as"])
    assert days and min(days) <= row["judged_as_of"].date(), (
        f"{claim_id}: no source with a day before the article"
    )


def test_a_contradicted_claim_had_one_fair_reading():
    rows = LEDGER[LEDGER["verdict"] == "contradicted"]
    assert not rows["reading_judged"].str.contains("read as", na=False).any()


REMARKS = re.compile(
    r"\?\?|\b(?:TODO|FIXME|XXX|TBD|check|recheck|verify|dossier|reviewers?|editors?|helper|plan review|ledger row|to be done)\b",
    re.I,
)


def test_no_remark_for_editors_ships():
    told = [column for column in LEDGER.columns if column not in ("id", "url", "check")]
    for claim_id, row in LEDGER.iterrows():
        for column in told:
            assert not REMARKS.search(str(row[column])), (
                f"data/claims.csv, {claim_id}, {column}: {row[column]}"
            )
    for text in [ledger().text] + [notes(article).text for article in ARTICLES.index]:
        assert not re.search(r"\?\?|\bTODO\b|\bXXX\b|<NA>|\bnan\b|\bNaT\b|None\b", text)


def test_no_remark_for_editors_stands_in_the_data_or_on_a_page():
    marks = re.compile(
        r"\?\?|\b(?:TODO|FIXME|XXX|TBD|dossier)\b|\bplan review\b|\bto be done\b", re.I
    )
    for path in [*(ROOT / "data").iterdir(), *BOOK.glob("*.md"), *BOOK.glob("*.ipynb")]:
        found = [match[0] for match in marks.finditer(path.read_text(encoding="utf-8"))]
        assert not found, f"{path.name}: {found[:3]}"


def test_garbled_dates():
    month = "(?:Jan|Feb|Mar|Apr|May|June|July|Aug|Sept|Oct|Nov|Dec)[a-z]*"
    for claim_id, row in LEDGER.iterrows():
        for column in ("claim", "evidence", "reader_note", "since_then"):
            assert not re.search(
                rf"\b(?:from|is|on) \d{{1,2}} (?:to|or|and) {month} \d", str(row[column])
            ), f"{claim_id}, {column}"


# ---------------------------------------------------------------- where a reader finds them


def shown(article, kind):
    """What the chapter of an article shows as outputs of one kind ("checked", "notes"), as one text."""
    outputs = [out for cell in notebooks()[article]["cells"] for out in cell.get("outputs", [])]
    return "\n".join(
        "".join(out["data"]["text/markdown"])
        for out in outputs
        if out.get("metadata", {}).get("companion", {}).get("kind") == kind
    )


@pytest.mark.parametrize("article", ARTICLES.index)
def test_every_card_stands_once_in_its_chapter_and_every_note_at_most_once(article):
    """A note without a source outside the article may be left to the ledger, which has all."""
    rows = LEDGER[LEDGER["article"] == article]
    for tier, kind in (("card", "checked"), ("note", "notes")):
        lines = re.findall(r"^- .*?\*\*\[([A-Z]-\d\d)\]\(#", shown(article, kind), re.M)
        wanted = set(rows.index[rows["tier"] == tier])
        assert len(lines) == len(set(lines)), f"twice on the page: {lines}"
        assert set(lines) <= wanted, f"no {tier} of this article: {set(lines) - wanted}"
        assert tier == "note" or set(lines) == wanted, f"not shown: {wanted - set(lines)}"


def test_a_claim_is_numbered_dated_and_placed_as_its_article():
    for claim_id, row in LEDGER.iterrows():
        article = ARTICLES.loc[row["article"]]
        assert claim_id.startswith(article["letter"] + "-"), claim_id
        assert row["judged_as_of"] == article["judged_as_of"], claim_id
        assert SECTIONS.at[row["section"], "article"] == row["article"], claim_id
    assert set(LEDGER["read_at"].dropna()) <= set(READ_AT)


def test_days_by_which_articles_are_judged_stand_in_one_place():
    days = ARTICLES["judged_as_of"].dt.date
    assert (days["lin-2025"], days["johnson-2025"]) == (LIN, JOHNSON)


def test_the_ledger_tells_the_page_the_name_of_every_article():
    """The page makes its choice of articles from these; no script names one."""
    told = re.findall(r"^<!-- article (\S+) (.+) -->$", ledger().text, re.M)
    assert dict(told) == ARTICLES["name"].to_dict()
    script = (ROOT / "press" / "static" / "tables.js").read_text(encoding="utf-8")
    style = (ROOT / "press" / "book.sty").read_text(encoding="utf-8")
    for article, row in ARTICLES.iterrows():
        for text in (script, style):
            assert article not in text and not re.search(rf"\b{row['name']}\b", text), article


def test_the_ledger_has_every_claim_once_under_its_own_address():
    text = ledger().text
    assert re.findall(r"^\(([a-z]-\d\d)\)=$", text, re.M) == [
        claim_id.lower()
        for section in SECTIONS.index
        for claim_id in LEDGER.index[LEDGER["section"] == section]
    ]
    for claim_id, row in LEDGER.iterrows():
        entry = text.partition(f"({claim_id.lower()})=\n")[2].partition("<!--")[0]
        assert entry.startswith("> ")
        assert markup.text(row["claim"]) in entry and markup.text(row["evidence"]) in entry
        assert (
            pd.isna(row["verdict"])
            or f"{SHAPES[row['verdict']]} **[{claim_id}](#{claim_id.lower()}) · {row['verdict'].capitalize()}.**"
            in entry
        )
        assert ("*Since then, not counted in the verdict:*" in entry) == pd.notna(row["since_then"])
        assert (f"`{row['check']}`" in entry) == pd.notna(row["check"])


def test_the_page_of_the_ledger():
    page = json.dumps(notebooks()["claims"], ensure_ascii=False)
    assert page.count("ledger.whole()") == 1 and page.count("companion.essential()") == 1
    assert "ledger.verdicts()" in page and list(MEANINGS) == list(SHAPES), (
        "the page explains every verdict with its mark"
    )
    assert "(claims)=" in page and "(#corrections)" in page and "(../data/claims.csv)" in page
    assert len(page.encode()) < 200_000
