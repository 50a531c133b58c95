"""Reading the two together: counts against the rows, the scorecard against the ledger, labels against the chapters."""

import csv
import re
from datetime import date

import pandas as pd
import pytest
from conftest import BOOK, ROOT, notebooks

from companion import alliances, together
from companion.data import RECALLED, load
from companion.days import RECORD_END

ARTICLES = load("articles").set_index("id")
OPEN = {"too early", "cannot be told"}


def cells(name):
    with open(ROOT / "data" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FORECASTS = cells("forecasts")
IDS = [row["id"] for row in FORECASTS]


def sources(name="reading-together"):
    return "\n\n".join("".join(cell["source"]) for cell in notebooks()[name]["cells"])


# ---------------------------------------------------------------- what is counted


def test_counts_are_those_of_the_rows():
    """Counted once more by hand, from the file as text and without the module's own filters."""
    passing = {"2023-05-21", "2023-09-22", "2023-11-16"}
    rows = [
        row
        for row in cells("meetings")
        if row["grade"] not in ("general knowledge", "uncertain")
        and "2022-01-01" <= row["date"] <= "2025-12-31"
        and row["date"] not in passing
    ]
    wanted = {}
    for row in rows:
        group = (
            row["level"]
            if row["kind"] == "meeting"
            else "exercises"
            if row["kind"] == "exercise" and row["year"] >= "2024"
            else None
        )
        if group in {*together.MET, *together.OTHER, "exercises"}:
            wanted[group] = wanted.get(group, 0) + 1
    assert wanted == {
        "leaders": 4,
        "foreign ministers": 13,
        "vice foreign ministers": 6,
        "defense ministers": 4,
        "national security advisers": 4,
        "exercises": 10,
    }
    for by in (together.CAPITALS, ("Tokyo", "Seoul"), ("Washington",)):
        found = together.counts(by)
        assert {group: found[group].sum() for group in wanted} == wanted, by


def test_nothing_that_was_not_held_nor_a_call_nor_a_statement_is_counted():
    found = together.countable()
    kinds = load("meetings").set_index("id")["kind"]
    assert set(kinds.loc[found["id"]]) == {"meeting", "exercise"}
    assert "exercise not held" in set(kinds), "the row that must stay out is there"
    assert not set(found["grade"]) & set(RECALLED)
    assert not set(found["date"].dt.strftime("%Y-%m-%d")) & set(alliances.NOT_FORMAL)


def test_periods_cover_the_years_without_gap_or_overlap():
    rows = together.periods()
    assert rows["start"].iloc[0] == together.FROM and rows["end"].iloc[-1] == together.TO
    assert (rows["end"].iloc[:-1].values == rows["start"].iloc[1:].values).all()
    assert list(rows["who"]) == [
        "Biden, Kishida, Moon",
        "Biden, Kishida, Yoon",
        "Biden, Ishiba, Yoon",
        "Biden, Ishiba, acting",
        "Trump, Ishiba, acting",
        "Trump, Ishiba, Lee",
        "Trump, Takaichi, Lee",
    ]
    assert together.counts()["months"].sum() == pytest.approx(48, abs=0.05)


def test_rates_have_exact_limits():
    assert together.poisson_limits(0) == pytest.approx((0, 3.6889), abs=1e-4)
    assert together.poisson_limits(5) == pytest.approx(
        (1.6235, 11.6683), abs=1e-4
    )  # half the chi-squared quantiles
    assert together.split_chance(1, 1, 0.5) == pytest.approx(1) and together.split_chance(
        5, 0, 0.5
    ) == pytest.approx(2 / 32)
    assert all(value != value for value in together.rate(3, 0)), "no months, no rate"
    short = together.counts().query("months < @together.SHORT")
    assert len(short) == 3, "periods whose rates the table leaves out"


def test_sides_add_up_and_every_pair_of_bars_overlaps_as_the_text_says():
    rows = together.sides()
    totals = together.counts()[[*together.MET, "exercises"]].sum()
    assert rows.groupby("kind", sort=False)["number"].sum().tolist() == totals.tolist()
    for _, pair in rows.groupby("kind"):
        assert pair["low"].max() <= pair["high"].min()


def test_facts_have_one_row_each_and_their_days_come_from_the_data():
    for fact, name, pick in together.FACTS:
        rows = load(name)
        for column, value in pick.items():
            rows = rows[rows[column] == value]
        assert (
            len(rows) == 1
            and rows["public_from"].notna().all()
            and rows["grade"].iloc[0] not in RECALLED
        ), fact
    rows = together.facts()
    assert rows["for_lin"].sum() == 2 and (rows["for_johnson"] & ~rows["for_lin"]).sum() == 4


def test_every_row_of_the_burden_table_is_named_and_none_is_weak():
    text = together.burden_table().text
    assert set(together.ASKED) == set(together.YARDSTICK) | {"2025-03-05"}
    for day, event in together.ASKED.items():
        assert event in text, day


# ---------------------------------------------------------------- the scorecard


def test_every_forecast_of_the_ledger_is_on_the_scorecard():
    ledger = {row["id"]: row for row in cells("claims")}
    wanted = {name for name, row in ledger.items() if row["kind"] == "forecast"}
    assert wanted - {row["claim"] for row in FORECASTS} == set()
    named = [row["claim"] for row in FORECASTS if row["claim"]]
    assert len(named) == len(set(named)) and set(named) <= set(ledger)
    for row in FORECASTS:
        if row["claim"]:
            assert (row["article"], row["section"]) == (
                ledger[row["claim"]]["article"],
                ledger[row["claim"]]["section"],
            ), row["id"]


def test_the_conclusions_of_both_articles_are_on_the_scorecard():
    count = pd.Series([row["section"] for row in FORECASTS]).value_counts()
    assert count["lin-iv"] >= 5 and count["johnson-conclusions"] >= 4


@pytest.mark.parametrize("row", FORECASTS, ids=IDS)
def test_forecast_has_a_criterion_and_an_outcome_has_a_source(row):
    assert len(row["criterion"].split()) >= 8 and row["outcome_note"]
    if row["outcome"] in OPEN:
        assert not row["outcome_on"], "no event decides yet"
        assert "the article itself" in row["cite_as"]
        return
    assert row["outcome_on"] and "the article itself" not in row["cite_as"], (
        "an outcome has a day and a source"
    )
    assert row["url"] or row["cite_as"].startswith("Mint"), "and an address"
    article = ARTICLES.at[row["article"], "judged_as_of"]
    assert str(article.date()) < row["outcome_on"] <= str(RECORD_END), (
        "after the article, within the record"
    )
    assert row["grade"] not in RECALLED


@pytest.mark.parametrize(
    "row", [row for row in FORECASTS if row["outcome"] == "too early"], ids=lambda row: row["id"]
)
def test_too_early_means_that_the_day_for_judging_lies_ahead(row):
    day = re.fullmatch(r"\d{4}-\d{2}-\d{2}", row["horizon"])
    assert not day or date.fromisoformat(row["horizon"]) > RECORD_END


def found_since(day):
    rows = together.countable()
    return rows.loc[rows["date"] > day, "group"].value_counts().to_dict()


def test_outcomes_that_the_data_decide_agree_with_the_data():
    found = (
        together.countable()
        .assign(year=lambda f: f["date"].dt.year)
        .groupby(["year", "group"])
        .size()
    )
    number = lambda year, group: found.get((year, group), 0)  # noqa: E731
    outcome = {row["id"]: row for row in FORECASTS}
    assert outcome["F-02"]["outcome"] == "not so far" and number(2025, "exercises") <= number(
        2024, "exercises"
    )
    formal = sum(
        number(year, group)
        for year in (2023, 2024)
        for group in ("leaders", "foreign ministers", "defense ministers")
    )
    since = found_since("2025-08-12")
    assert (
        outcome["F-24"]["outcome"] == "too early"
        and "five a year" in outcome["F-24"]["outcome_note"]
        and formal == 10
    )
    assert since == {"foreign ministers": 2, "exercises": 1}
    assert outcome["F-11"]["outcome"] == "partly" and number(2025, "defense ministers") == 0
    freedom = load("meetings").query("level.str.contains('Freedom Edge') and year == 2025")
    assert (
        len(freedom) == 1 and outcome["F-04"]["outcome_on"] == f"{freedom['date'].iloc[0]:%Y-%m-%d}"
    )


def test_no_outcome_is_counted_by_author():
    text = together.sentence("forecasts").text
    assert not [name for name in ARTICLES["name"] if name in text]
    assert str(len(FORECASTS)) in text
    assert sum(
        int(n)
        for n in re.findall(r"(?:happened|partly|not so far|too early|cannot be told) (\d+)", text)
    ) == len(FORECASTS)
    assert not re.search(
        r"groupby\(.*article", (BOOK / "companion" / "together.py").read_text(encoding="utf-8")
    )


def test_criteria_come_before_outcomes_on_the_page():
    text = sources()
    assert 0 < text.index("criteria_table()") < text.index("outcomes_table()")
    assert not set(together.OUTCOMES) & set(
        re.findall(r"[A-Z][\w ]+", together.criteria_table().text)
    )


# ---------------------------------------------------------------- labels


def test_sections_that_are_named_exist():
    known = "\n".join(sources(name) for name in (*ARTICLES.index, "reading-together"))
    labels = (
        set(re.findall(r"^\(([\w-]+)\)=$", known, re.M))
        | set(re.findall(r'name="([\w-]+)"', known))
        | set(re.findall(r"^:name: ([\w-]+)$", known, re.M))
    )
    code = (BOOK / "companion" / "together.py").read_text(encoding="utf-8")
    labels |= set(re.findall(r'name="(tab-[\w-]+)"', code))
    figures = {
        m
        for path in (BOOK / "companion").rglob("*.py")
        for m in re.findall(r'"(fig-[\w-]+)"', path.read_text(encoding="utf-8"))
    }
    assert {row["section"] for row in FORECASTS} <= labels
    assert set(re.findall(r"\]\(#([\w-]+)\)", sources())) <= labels
    assert set(re.findall(r"\{numref\}`([\w-]+)`", sources())) <= figures
