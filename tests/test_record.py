"""The record: grades by rule, days that say what they are, frames of polls, what was known on a day."""

import csv
import re
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest

from companion import surveys
from companion.data import load, resource, resources
from companion.days import JOHNSON, LIN, RECORD_END
from companion.meetings import countable

DATA = Path(__file__).resolve().parents[1] / "data"
ROWS = {
    item["name"]: load(item["name"], recalled=True)
    for item in resources()
    if "grade" in [field["name"] for field in item["schema"]["fields"]]
}
DATED = [name for name in ROWS if "public_from" in ROWS[name]]


def told(name, rows):
    """The rows of a resource that are wrong, as file and line of the file."""
    return [f"{name}.csv, row {number + 2}" for number in rows.index]


# --- Grades -------------------------------------------------------------------------------------

GRADES = {
    "publisher": {"read-in-archived-copy"},
    "mirror": {"secondary transcription", "verified mirror"},
    "repost": {"secondary transcription"},
    "secondary": {"secondary transcription"},
    "machine translation": {"secondary transcription"},
    "general knowledge": {"general knowledge"},
}
"""What a grade may be by where a row was read; `derived` and `uncertain` say something else and may follow any."""


@pytest.mark.parametrize("name", ROWS)
def test_a_grade_follows_where_the_row_was_read(name):
    rows = ROWS[name]
    for place, allowed in GRADES.items():
        here = rows[rows["read_at"] == place]
        free = {"derived", "uncertain"} - ({*()} if place != "general knowledge" else {"derived"})
        wrong = here[~here["grade"].isin(allowed | free)]
        assert wrong.empty, f"{told(name, wrong)}: read_at {place}, grade {set(wrong['grade'])}"
    assert set(rows["read_at"].dropna()) <= set(GRADES), name


def test_a_verified_mirror_says_by_what():
    for name, rows in ROWS.items():
        if (rows["grade"] == "verified mirror").any():
            words = resource(name)["description"] + " ".join(rows["note"].dropna())
            assert re.search(r"checksum|MD5|witness|agree", words), f"{name}: verified by what?"


WEAK = re.compile(
    r"(^|\.)(5ch\.net|2ch\.\w+|wikipedia\.org|livedoor\.com|minkara\.\w+|reportify\.\w+|deepnewz\.com"
    r"|newzino\.com|verityledger\.com|autotrendly\.com|tellerreport\.com)$"
)
"""Boards, blogs, aggregators and an encyclopedia: no verdict rests on them."""
NOT_FOUND_ELSEWHERE = {"J-48"}  # the entry in the encyclopedia is all that was found


def test_no_verdict_rests_on_a_board_or_an_aggregator():
    claims = load("claims")
    judged = claims[claims["verdict"].notna() & claims["url"].notna()]
    weak = {row.id for row in judged.itertuples() if WEAK.search(urlsplit(row.url).hostname or "")}
    assert weak == NOT_FOUND_ELSEWHERE, f"data/claims.csv: {sorted(weak)}"


# --- Days ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DATED)
def test_a_day_of_publication_says_whether_it_is_the_day_or_the_latest(name):
    rows = ROWS[name]
    assert set(rows["dated"].dropna()) <= {"on", "by"}, name
    wrong = rows[rows["public_from"].notna() != rows["dated"].notna()]
    assert wrong.empty, f"{told(name, wrong)}: public_from and dated go together"


@pytest.mark.parametrize("name", [name for name in DATED if "known_from" in ROWS[name]])
def test_what_was_known_earlier_was_known_earlier(name):
    rows = ROWS[name]
    late = rows[rows["known_from"] > rows["public_from"]]
    assert late.empty, f"{told(name, late)}: known_from after public_from"
    if "value_then" in rows:
        loose = rows[rows["value_then"].notna() & rows["known_from"].isna()]
        assert loose.empty, f"{told(name, loose)}: value_then without known_from"


@pytest.mark.parametrize("name, column", [("democracy", "edition"), ("sipri_milex", "edition")])
def test_no_value_was_public_before_its_edition(name, column):
    rows = ROWS[name]
    year = rows[column].str.extract(r"(20\d\d)", expand=False).astype("Float64")
    early = rows[year.notna() & (rows["public_from"].dt.year < year - 1)]
    assert early.empty, f"{told(name, early)}: public before the edition"


BEHIND = {  # the chapter's day: resource, the column that tells its series apart
    LIN: [
        ("china_defense_budget", "scope"),
        ("china_macro", "indicator"),
        ("nhk_constitution", "mode"),
        ("sipri_milex", "country"),
        ("dprk_tests", "series"),
        ("japan_korea_views", "series"),
    ],
    JOHNSON: [
        ("unga_ideal_points", "country"),
        ("democracy", "source_index"),
        ("sipri_milex", "country"),
        ("dprk_tests", "series"),
        ("alliance_views", "series"),
    ],
}


@pytest.mark.parametrize(
    "day, name, column", [(day, *pair) for day, pairs in BEHIND.items() for pair in pairs]
)
def test_no_series_behind_a_chapter_is_empty_on_its_day(day, name, column):
    begun = ROWS[name][ROWS[name]["grade"] != "general knowledge"]
    if "year" in begun:
        begun = begun[begun["year"] < day.year - 1]
    several = begun[column].value_counts()
    begun = begun[begun[column].isin(several[several > 2].index)]  # a series, not a single poll
    missing = set(begun[column]) - set(load(name, as_of=day)[column])
    if name == "china_macro":
        missing -= {"gdp_nominal_preliminary"}
    assert not missing, f"{name}.csv: nothing of {sorted(missing)} is known on {day}"


def test_a_value_of_the_day_takes_the_place_of_a_later_one():
    then = load("sipri_milex", as_of=JOHNSON)
    japan = then.query(
        "country == 'Japan' and metric == 'usd_bn_current' and year == 2024"
    ).drop_duplicates("value")
    assert japan["value"].tolist() == [55.3] and not japan["later_vintage"].any()
    now = load("sipri_milex").query("country == 'Japan' and metric == 'usd_bn_current'")
    assert 55.3 not in now.query("year == 2024 and edition != 'April 2025'")["value"].tolist()


def test_a_later_value_that_stands_in_is_marked():
    votes = load("unga_ideal_points", as_of=LIN)
    assert len(votes) and votes["later_vintage"].all()


# --- Events -------------------------------------------------------------------------------------


def test_an_announcement_is_not_counted_as_held():
    rows = ROWS["meetings"]
    announced = rows[(rows["status"] == "announced") | (rows["kind"] == "announcement")]
    assert len(announced) and not set(announced["id"]) & set(countable()["id"])


def test_the_drill_of_the_coast_guards_is_in_no_military_count():
    rows = ROWS["meetings"]
    drill = rows[(rows["date"] == "2024-06-06") & (rows["kind"] == "civilian exercise")]
    assert len(drill) == 1 and drill["id"].iloc[0] not in set(countable()["id"])
    air = rows[(rows["date"] == "2024-04-02") & (rows["kind"] == "exercise")]
    assert len(air) == 1 and air["id"].iloc[0] in set(countable()["id"])


def test_a_record_that_ends_before_a_forecasts_day_never_says_did_not_happen():
    rows = ROWS["forecasts"]
    for row in rows.itertuples():
        day = re.fullmatch(r"\d{4}-\d\d-\d\d", str(row.horizon))
        if day and pd.Timestamp(row.horizon) > pd.Timestamp(RECORD_END):
            assert row.outcome != "did not happen", f"forecasts.csv, {row.id}"


# --- Polls --------------------------------------------------------------------------------------

POLLS = [name for name in ROWS if "frame" in ROWS[name]]


def test_every_poll_names_its_frame():
    asked = {name for name in ROWS if "n_responses" in ROWS[name]}
    assert asked <= set(POLLS), f"no column frame: {sorted(asked - set(POLLS))}"
    for name in POLLS:
        assert set(ROWS[name]["frame"].dropna()) <= {"probability", "panel", "quota", "unknown"}


@pytest.mark.parametrize("series", ["EAI", "KEI"])
def test_a_panel_has_no_margin(series):
    rows = ROWS["alliance_views"]
    rows = rows[rows["series"].str.contains(series) & (rows["frame"] == "panel")]
    assert len(rows), series
    with pytest.raises(surveys.FrameError):
        surveys.margin(50, 1000, frame=rows["frame"].iloc[0])


def test_a_year_has_one_spelling_of_a_mode():
    for name in POLLS:
        if "mode" in ROWS[name]:
            modes = ROWS[name]["mode"].dropna()
            assert len({mode.lower() for mode in modes}) == modes.nunique(), name


def test_the_package_says_where_the_record_ends():
    text = (DATA / "datapackage.json").read_text(encoding="utf-8")
    assert f'"record_ends": "{RECORD_END}"' in text


def test_files_have_no_byte_that_a_spreadsheet_would_hide():
    for path in DATA.glob("*.csv"):
        raw = path.read_bytes()
        assert b"\x00" not in raw and not raw.startswith(b"\xef\xbb\xbf"), path.name
        assert next(csv.reader(raw.decode("utf-8").splitlines())), path.name
