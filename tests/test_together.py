"""Reading the two together: counts against the rows, the scorecard against the ledger, labels against the chapters."""

import csv
import re
from datetime import date

import pandas as pd
import pytest
from conftest import BOOK, ROOT, notebooks

from companion import meetings
from companion.data import RECALLED, load
from companion.days import RECORD_END
from companion.theme import MIME

ARTICLES = load("articles").set_index("id")
OPEN = {"too early", "cannot be told"}


def cells(name):
    with open(ROOT / "data" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FORECASTS = cells("forecasts")
IDS = [row["id"] for row in FORECASTS]


def sources(name="reading-together"):
    return "\n\n".join("".join(cell["source"]) for cell in notebooks()[name]["cells"])


def stored(name="reading-together"):
    """All that a notebook shows, in its order: texts of its outputs, and the specifications of its figures."""
    outputs = [out for cell in notebooks()[name]["cells"] for out in cell.get("outputs", [])]
    texts = ["".join(out.get("data", {}).get("text/markdown", "")) for out in outputs]
    specs = [out["data"][MIME] for out in outputs if MIME in out.get("data", {})]
    return [text for text in texts if text], specs


def figure(label):
    """What stands behind a stored figure: columns and rows, as a frame of text."""
    meta = [spec["usermeta"]["companion"] for spec in stored()[1]]
    table = next(one["table"] for one in meta if one.get("name") == label)
    return pd.DataFrame(table["rows"], columns=table["columns"])


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
        group = {"meeting": row["level"], "exercise": "exercises"}.get(row["kind"])
        if group in meetings.FORMAL or group == "exercises" and row["year"] >= "2024":
            wanted[group] = wanted.get(group, 0) + 1
    assert (
        wanted
        == {
            "leaders": 4,
            "foreign ministers": 13,
            "vice foreign ministers": 6,
            "defense ministers": 4,
            "national security advisers": 4,
            "exercises": 11,  # 2024: Jan 15, Apr 2 and 11, June 27, Nov 3 and 13; 2025: Jan 15, Mar 17, June 18, July 11, Sept 15
        }
    )
    found = meetings.countable().query("'2022-01-01' <= date <= '2025-12-31'")
    found = found[(found["group"] != "exercises") | (found["date"] >= "2024-01-01")]
    assert found["group"].value_counts().to_dict() == wanted


def test_nothing_that_was_not_held_nor_a_call_nor_a_statement_is_counted():
    found = meetings.countable()
    kinds = load("meetings").set_index("id")["kind"]
    assert set(kinds.loc[found["id"]]) == {"meeting", "exercise"}
    left_out = {"exercise not held", "civilian exercise", "multinational exercise", "announcement"}
    assert left_out <= set(kinds), "the rows that must stay out are there"
    assert not set(found["grade"]) & set(RECALLED) and set(found["status"]) == {"held"}
    assert not set(found["date"].dt.strftime("%Y-%m-%d")) & set(meetings.NOT_FORMAL)


def test_periods_cover_the_years_without_gap_or_overlap():
    rows = meetings.periods("2022-01-01", "2026-01-01")
    assert rows["start"].iloc[0] == pd.Timestamp("2022-01-01")
    assert rows["end"].iloc[-1] == pd.Timestamp("2026-01-01")
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
    months = [meetings.months(row.start, row.end) for row in rows.itertuples()]
    assert sum(months) == pytest.approx(48, abs=0.05)


def test_the_two_sides_of_a_day_add_up():
    """Of the stored figure: leaders 4, foreign ministers 13, vice ministers 6, as counted by hand above."""
    rows = figure("fig-together-sides")
    rows["Found"] = rows["Found"].astype(float)
    totals = rows.groupby("Kind")["Found"].sum()
    assert totals[["Leaders", "Foreign ministers", "Vice ministers"]].tolist() == [4, 13, 6]
    for column in ("Low", "High", "Per month"):
        rows[column] = rows[column].astype(float)
    assert (rows["Low"] <= rows["Per month"]).all() and (rows["Per month"] <= rows["High"]).all()


def test_what_each_author_could_know_is_told_by_days_of_the_data():
    """Two of the eight facts were public by March 8, 2025, four more by August 12, 2025."""
    text = "\n".join(stored()[0])
    assert "two were public for both authors, four for Johnson only, two for neither" in text


def test_no_row_of_the_burden_table_is_weak():
    table = next(text for text in stored()[0] if "Burden and demands in time" in text)
    rows = load("burden", recalled=True)
    weak = rows[rows["grade"].isin(RECALLED)]
    assert table.count("\n| ") >= 9 and not [c for c in weak["cite_as"] if f"[{c}]" in table]


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
    rows = meetings.countable()
    return rows.loc[rows["date"] > day, "group"].value_counts().to_dict()


def test_outcomes_that_the_data_decide_agree_with_the_data():
    found = (
        meetings.countable()
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
        outcome["F-24"]["outcome"] == "cannot be judged from this record"
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
    told = [text for text in stored()[0] if re.match(r"Of (?:the )?\d+ forecasts", text)]
    assert told and str(len(FORECASTS)) in told[0]
    assert not [name for name in ARTICLES["name"] for text in told if name in text]
    assert not re.search(r"groupby\(.*article", sources())


def test_criteria_come_before_outcomes_on_the_page():
    table = next(text for text in stored()[0] if "a criterion for each" in text)
    heads, _, *rows = [line[2:-2].split(" | ") for line in table.splitlines() if line[:1] == "|"]
    assert heads.index("Criterion") < heads.index("Outcome") == len(heads) - 1
    assert len(rows) == len(FORECASTS) and all(row[0].startswith("**F-") for row in rows)
    shown = [row[0] for row in rows if re.search("[◐○●×△◇]", "".join(row[:-1]))]
    assert not shown, "an outcome's mark stands beside a criterion"
    assert 'judge_first="shown"' in sources(), "the outcomes stand open"


# ---------------------------------------------------------------- labels


def test_sections_that_are_named_exist():
    known = "\n".join(sources(name) for name in notebooks())
    known += "\n".join(path.read_text(encoding="utf-8") for path in BOOK.glob("*.md"))
    labels = set(re.findall(r"^\(([\w-]+)\)=$", known, re.M))
    labels |= set(re.findall(r'name="([\w-]+)"', known))
    labels |= set(re.findall(r"^:name: ([\w-]+)$", known, re.M))
    assert {row["section"] for row in FORECASTS} <= labels
    named = set(re.findall(r"\]\(#([\w-]+)\)", sources()))
    named |= set(re.findall(r"\{numref\}`([\w-]+)`", sources()))
    assert {name for name in named if not re.match(r"ref-|[a-z]-\d\d$", name)} <= labels
