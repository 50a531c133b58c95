"""The Data Package: valid, complete, sourced, consistent with itself, and refused with a clear line when it is not."""

import csv
import hashlib
import itertools
import json
import re
import shutil
import sys
from datetime import date
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from told import Keyed, hold, same, values

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
sys.path.insert(0, str(ROOT / "book"))

from companion import data  # noqa: E402
from companion.data import DataError, load  # noqa: E402
from companion.days import JOHNSON, LIN, RECORD_END  # noqa: E402
from press import package  # noqa: E402

PACKAGE = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
NAMES = [item["name"] for item in PACKAGE["resources"]]
TAIL = [
    "cite_as",
    "url",
    "read_at",
    "public_from",
    "dated",
    "known_from",
    "value_then",
    "grade",
    "note",
]
OPTIONAL = ["known_from", "value_then"]  # where a series has values of an earlier vintage
OWN = ["articles", "sections", "claims", "corrections"]  # tables of the book itself
WITH_TAIL = [name for name in NAMES if name not in OWN]
VERDICTS = {
    "supported",
    "supported with caveat",
    "depends on the measure",
    "contradicted",
    "internally inconsistent",
    "source does not carry the point",
    "not verifiable here",
    "forecast or opinion",
}


def read_on(item):
    """The day on which the newest source of a resource was read."""
    return max(date.fromisoformat(source["accessed"]) for source in item["sources"])


def cells(name):
    """The rows of a CSV as dicts of text."""
    with open(DATA / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def every(name):
    """All rows of a resource, those too that were only recalled."""
    return load(name, recalled=True)


# ---------------------------------------------------------------- the package


def test_package_is_valid_for_frictionless():
    report = frictionless.Package(str(DATA / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])[:5]


@pytest.mark.parametrize("name", NAMES)
def test_resource_loads_with_the_types_of_its_schema(name):
    frame = every(name)
    kinds = {
        "string": "string",
        "integer": "Int64",
        "number": "float64",
        "boolean": "boolean",
        "date": "datetime64",
    }
    fields = data.resource(name)["schema"]["fields"]
    assert list(frame.columns) == [field["name"] for field in fields]
    for field in fields:
        assert str(frame[field["name"]].dtype).startswith(kinds[field["type"]]), field["name"]
    assert frame.attrs == {"resource": name, "as_of": None}


def test_every_file_has_a_resource_and_its_size_and_hash_are_current():
    assert sorted(path.name for path in DATA.glob("*.csv")) == sorted(
        item["path"] for item in PACKAGE["resources"]
    )
    before = (DATA / "datapackage.json").read_bytes()
    copy = json.loads(before)
    for item in copy["resources"]:
        raw = (DATA / item["path"]).read_bytes()
        assert (item["bytes"], item["hash"]) == (
            len(raw),
            "sha256:" + hashlib.sha256(raw).hexdigest(),
        ), f"{item['path']} changed: run make data"
    assert before.decode("utf-8") == json.dumps(copy, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("item", PACKAGE["resources"], ids=NAMES)
def test_years_in_title_and_citation_end_with_the_data(item):
    frame = every(item["name"])
    column = next((name for name in ("year", "fiscal_year") if name in frame), None)
    titled = re.search(r"(\d{4})-(\d{4})", item["title"])
    if not column or not titled:
        return
    for where in ("title", "citation"):
        for last in re.findall(rf"{titled[1]}-(\d{{4}})", item[where]):
            assert int(last) == frame[column].max(), (
                f"datapackage.json, {item['name']}, {where}: ends with {last}, the data with {frame[column].max()}"
            )


@pytest.mark.parametrize("item", PACKAGE["resources"], ids=NAMES)
def test_descriptor_is_complete(item):
    for key in ("title", "description", "vintage", "citation", "bytes", "hash"):
        assert item[key], key
    assert item["sources"] and all(s["title"] for s in item["sources"]) and read_on(item)
    assert item["licenses"] and all(
        s["name"] and s["title"] and s["permits"].endswith(".") for s in item["licenses"]
    )
    assert item["schema"]["missingValues"] == [""] and item["schema"]["primaryKey"]
    plain = {"year", "fiscal_year", "wave", "number", "points"}
    for field in item["schema"]["fields"]:
        assert field["title"] and field["description"].endswith("."), field["name"]
        if field["type"] in ("integer", "number") and field["name"] not in plain:
            assert field.get("unit"), f"{field['name']} has no unit"
            assert {"minimum", "maximum"} <= set(field["constraints"]), field["name"]


def test_third_party_data_keep_their_own_terms():
    licenses = {
        item["name"]: {entry["name"] for entry in item["licenses"]} for item in PACKAGE["resources"]
    }
    assert licenses["sipri_milex"] == {"other-nc"}
    assert licenses["democracy"] == {"CC-BY-SA-4.0", "notspecified"}
    assert licenses["unga_ideal_points"] == {"notspecified"}
    a_year = every("sipri_milex").groupby("year").size()
    assert a_year.index.min() >= 2012 and a_year.max() < 20, "a small extract only"


# ---------------------------------------------------------------- every row


@pytest.mark.parametrize("name", WITH_TAIL)
def test_every_row_says_what_to_cite_where_it_was_read_and_how_good_it_is(name):
    frame = every(name)
    tail = [column for column in TAIL if column in frame or column not in OPTIONAL]
    assert list(frame.columns[-len(tail) :]) == tail
    for column in ("cite_as", "read_at", "grade"):
        assert frame[column].notna().all(), column
    recalled = frame["read_at"] == "general knowledge"
    assert (frame.loc[recalled, "grade"] == "general knowledge").all(), (
        "what was not read is graded as recalled"
    )
    assert frame.loc[recalled, "cite_as"].str.contains("recalled").all()
    unmarked = (frame["grade"] == "general knowledge") & ~frame["note"].fillna("").str.contains(
        "recalled"
    )
    assert frame.loc[unmarked, "read_at"].eq("general knowledge").all(), (
        "a recalled row that was read says what is recalled"
    )


@pytest.mark.parametrize("name", NAMES)
def test_text_is_clean(name):
    machine = re.compile(
        r"(?<![\w.])/(work|tmp|home|root|Users)/|\b[A-Z]:\\|file://|localhost|pythonhosted|pypi"
    )
    project = re.compile(r"file id|plan review|claims outline|dossier|helper", re.I)
    for row, record in enumerate(cells(name), start=2):
        for column, text in record.items():
            where = f"{name}.csv, row {row}, {column}: {text[:80]}"
            assert text == text.strip() and "  " not in text, where
            assert not machine.search(text) and not project.search(text), where
            if column in ("url", "canonical_url") and text:
                assert (
                    re.fullmatch(r"https?://[^/\s]+\.[^/\s]+(/\S*)?", text) and "..." not in text
                ), where
            british = r"(?i)\b(defence|favour\w*|programme|licence|labour\w*|organis\w+|behaviour|neighbour\w*)\b"
            if column not in ("cite_as", "url", "canonical_url"):
                assert not re.search(british, text), where


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_later_than_the_day_of_reading_and_days_are_in_order(name):
    frame, last = every(name), read_on(data.resource(name))
    for column in frame.select_dtypes("datetime").columns:
        late = frame.loc[frame[column] > pd.Timestamp(last), column]
        assert late.empty, (
            f"{name}.csv, {column}: {late.max():%Y-%m-%d} is later than {last}, the last day on which a source was "
            'read; renew "accessed" in datapackage.json'
        )
    for first, last in (
        ("fieldwork_start", "fieldwork_end"),
        ("date", "end_date"),
        ("start", "end"),
        ("signed", "in_force"),
    ):
        if last in frame:
            assert not (frame[last] < frame[first]).any(), f"{first} after {last}"
    if "fieldwork_end" in frame:
        assert not (frame["public_from"] < frame["fieldwork_end"]).any(), (
            "public before the fieldwork ended"
        )
    if "date_as_known" in frame:
        day = frame["date"].notna()
        assert (
            frame.loc[day, "date"].dt.strftime("%Y-%m-%d") == frame.loc[day, "date_as_known"]
        ).all()
        dated = frame["year"].notna()
        assert (
            frame.loc[dated, "date_as_known"].str[:4] == frame.loc[dated, "year"].astype(str)
        ).all()


@pytest.mark.parametrize("name", ["meetings", "leaders", "timeline", "history_events"])
def test_no_event_is_later_than_the_end_of_the_record(name):
    frame = every(name)
    for column in frame.select_dtypes("datetime").columns:
        late = frame.loc[frame[column] > pd.Timestamp(RECORD_END), column]
        assert late.empty, (
            f"{name}.csv, {column}: {late.max():%Y-%m-%d} is later than the end of the record, {RECORD_END}"
        )


def test_what_the_record_warns_of_stays_out():
    assert set(every("sipri_milex")["country"]) == {
        "China",
        "Japan",
        "South Korea",
        "Taiwan",
        "United States",
    }
    votes = every("rok_election_2025").query("unit == 'votes'")
    assert "Song Jin-ho" not in set(votes["candidate"]), "outlets differ on these votes"
    cabinet = every("alliance_views").query(
        "series == 'Japan Cabinet Office diplomacy survey' and year == 2025"
    )
    assert len(cabinet) and cabinet["n_responses"].isna().all(), (
        "the count closed before the fieldwork did"
    )
    for name in ("history_events", "timeline"):
        assert not every(name)["event"].str.contains("Andong").any()
    assert not every("constitution_polls")["house"].eq("NHK").any()


# ---------------------------------------------------------------- as_of


def test_as_of_keeps_what_was_public_on_that_day():
    budget = load("china_defense_budget", as_of=LIN)
    assert budget.attrs["as_of"] == LIN and budget["public_from"].max() <= pd.Timestamp(LIN)
    latest = budget.query("year == 2025")
    assert list(latest["scope"]) == ["central"], "the national figure came on 9 March"
    assert (
        load("china_defense_budget", as_of="2025-03-09").query("year == 2025")["scope"].nunique()
        == 2
    )
    assert set(load("nhk_constitution", as_of=LIN)["year"]) >= {2018, 2020, 2021, 2022, 2023, 2024}
    assert not {2019, 2025} & set(load("nhk_constitution", as_of=LIN)["year"])
    assert len(load("unga_ideal_points", as_of=JOHNSON)) == len(every("unga_ideal_points"))
    assert len(load("taiwan_strait_transits", as_of=LIN)) == 2
    assert len(load("exercise_examples", as_of=LIN)) == 4
    targets = (
        load("china_macro", as_of=LIN)
        .query("indicator == 'gdp_growth_target'")
        .set_index("year")["value"]
    )
    assert list(targets.loc[[2023, 2024, 2025]]) == [5, 5, 5]
    assert load("us_inward_fdi", as_of=LIN).query("basis == 'ultimate owner'")[
        "year"
    ].unique().tolist() == [2023]
    assert load("threat_indicators", as_of=JOHNSON).shape == every("threat_indicators").shape


def test_as_of_takes_a_date_or_its_text_and_refuses_the_rest():
    assert load("timeline", as_of=LIN).equals(load("timeline", as_of="2025-03-08"))
    assert load("timeline", as_of=pd.Timestamp("2025-03-08 15:00")).equals(
        load("timeline", as_of=LIN)
    )
    with pytest.raises(
        DataError, match=r"^as_of: found '8 March'; expected a date or text as YYYY-MM-DD$"
    ):
        load("timeline", as_of="8 March")
    with pytest.raises(
        DataError,
        match=r'^claims\.csv: found no column "public_from"; expected one, as as_of=2025-03-08',
    ):
        load("claims", as_of=LIN)


# ---------------------------------------------------------------- numbers against numbers


def central():
    rows = (
        every("china_defense_budget")
        .query("kind == 'budget' and scope == 'central'")
        .set_index("year")
    )
    return rows.dropna(subset="amount_bn_cny")


BUDGET_EXCEPTIONS = {
    2015: "the rate is over the execution of 2014, which was below the budget; the amount is rounded to 886.9"
}


def test_announced_growth_agrees_with_the_central_amounts():
    rows, off = central(), {}
    for year in rows.index:
        if year - 1 in rows.index:
            growth = 100 * (rows.amount_bn_cny[year] / rows.amount_bn_cny[year - 1] - 1)
            if abs(growth - rows.growth_announced_pct[year]) > 0.3:
                off[year] = round(growth, 2)
    for year in sorted(set(off) ^ set(BUDGET_EXCEPTIONS)):
        pytest.fail(
            f"china_defense_budget.csv, {year}, budget, central: found growth_announced_pct {rows.growth_announced_pct.get(year)}, "
            f"the amounts give {off.get(year, 'the same')}; expected both equal, but for {list(BUDGET_EXCEPTIONS)}"
        )


def test_announced_growth_agrees_with_national_budget_over_national_execution():
    rows = every("china_defense_budget").query("scope == 'national'")
    budget = rows.query("kind == 'budget'").set_index("year")
    executed = rows.query("kind == 'executed'").set_index("year")["amount_bn_cny"]
    compared = 0
    for year, row in budget.dropna(subset="growth_announced_pct").iterrows():
        if year - 1 in executed:
            grown = 100 * (row.amount_bn_cny / executed[year - 1] - 1)
            assert grown == pytest.approx(row.growth_announced_pct, abs=0.3), (
                f"china_defense_budget.csv, {year}, national: found growth_announced_pct {row.growth_announced_pct}; "
                f"expected {grown:.1f}, the budget over the execution of {year - 1}"
            )
            compared += 1
    assert compared >= 12


def test_national_totals_are_not_below_central_ones_and_headlines_are_one_a_year():
    rows = every("china_defense_budget")
    wide = (
        rows.query("kind == 'budget'")
        .pivot(index="year", columns="scope", values="amount_bn_cny")
        .dropna(subset=["central", "national"])
    )
    for year, row in wide[wide["national"] < wide["central"]].iterrows():
        pytest.fail(
            f"china_defense_budget.csv, {year}, amount_bn_cny: found national {row['national']}; expected at least central {row['central']}"
        )
    assert len(wide) >= 9, f"china_defense_budget.csv: found both scopes in {list(wide.index)}"
    headlines = rows[rows["headline"]].groupby("year").size()
    assert (headlines.drop(2005) == 1).all() and headlines[2005] == 2, (
        "two figures circulated in 2005"
    )


def test_the_budget_of_2025_is_as_the_ledger_says():
    rows = central()
    told = every("china_defense_budget").query("kind == 'budget' and scope == 'central'")
    rates = {2018: 8.1, 2019: 7.5, 2022: 7.1, 2023: 7.2, 2024: 7.2, 2025: 7.2, 2026: 7.0}
    same(told, "year", "growth_announced_pct", rates)
    added = Keyed(rows["amount_bn_cny"].diff().round(), "china_defense_budget.csv")
    for year, more in {2023: 103, 2024: 112, 2025: 119, 2026: 125}.items():
        assert added[year] == more, (
            f"china_defense_budget.csv, {year}, central, amount_bn_cny: found {added[year]} billion more than {year - 1}; expected {more}"
        )


def test_macro_series_agree_with_one_another():
    rows = every("china_macro")
    wide = rows.pivot(index="year", columns="indicator", values="value")
    derived = rows.query("indicator == 'gdp_deflator_change' and grade == 'derived'")["year"]
    assert {2024, 2025} <= set(derived)
    for year in derived:
        nominal = wide.gdp_nominal[year] / wide.gdp_nominal[year - 1]
        deflator = 100 * (nominal / (1 + wide.gdp_real_growth[year] / 100) - 1)
        assert deflator == pytest.approx(wide.gdp_deflator_change[year], abs=0.06), (
            f"china_macro.csv, {year}, gdp_deflator_change: found {wide.gdp_deflator_change[year]}; "
            f"expected {deflator:.2f}, from gdp_nominal of {year - 1} and {year} and gdp_real_growth"
        )
    ranges = wide.dropna(subset="gdp_growth_target_high")
    for year in ranges.index[ranges["gdp_growth_target_high"] < ranges["gdp_growth_target"]]:
        pytest.fail(
            f"china_macro.csv, {year}, gdp_growth_target_high: found less than gdp_growth_target"
        )
    set_ = wide.gdp_growth_target.dropna().index
    assert [*set_] == [year for year in range(2004, set_.max() + 1) if year != 2020], (
        "a target each spring but in 2020"
    )


def test_sipri_shares_and_growth_are_plausible():
    rows = every("sipri_milex")
    newest = max(rows["edition"], key=lambda text: pd.to_datetime(text, format="%B %Y"))
    rows = rows[rows["edition"] == newest]
    shares = rows.query("metric == 'share_gdp_pct'")
    hold(
        shares, shares["value"].between(0.85, 4.5), "value", "a share of 0.85 to 4.5 percent of GDP"
    )
    assert len(shares) == shares["country"].nunique() * shares["year"].nunique()
    dollars = rows.query("metric == 'usd_bn_current'").pivot(
        index="year", columns="country", values="value"
    )
    assert list(dollars.index) == list(range(2012, dollars.index.max() + 1))
    assert dollars.notna().all().all() and set(shares["year"]) == set(dollars.index)
    for big, times, small in (("United States", 2.5, "China"), ("China", 1, "Japan")):
        for year in dollars.index[dollars[big] <= times * dollars[small]]:
            pytest.fail(
                f"sipri_milex.csv, {year}, usd_bn_current: found {big} {dollars[big][year]}, {small} {dollars[small][year]}; "
                f"expected more than {times} times as much"
            )
    china = rows.query("country == 'China'").pivot(index="year", columns="metric", values="value")
    constant = next(name for name in china if name.startswith("usd_bn_constant"))
    growth = 100 * china[constant].pct_change()
    for year in growth.index[(growth - china["real_growth_pct"]).abs() >= 0.1]:
        pytest.fail(
            f"sipri_milex.csv, China, {year}, real_growth_pct: found {china['real_growth_pct'][year]}; expected {growth[year]:.2f}, from {constant}"
        )
    old = every("sipri_milex").query("edition == 'April 2025'")
    assert len(old) == 6 and set(old["year"]) == {2024}


def test_estimates_are_ranges_and_do_not_stray_from_the_database():
    rows = every("china_estimates")
    hold(rows, rows["low"] <= rows["high"], "low", "no more than high")
    assert rows.query("publisher == 'US Department of Defense' and year == 2024")[
        ["low", "high"]
    ].values.tolist() == [[330, 450], [304, 377]]
    sipri = (
        every("sipri_milex")
        .query("country == 'China' and metric == 'usd_bn_current'")
        .set_index(["edition", "year"])["value"]
    )
    for _, row in rows[rows["edition"].isin(["April 2025", "April 2026"])].iterrows():
        assert row["low"] == row["high"] == sipri[row["edition"], row["year"]]


def test_korean_budget_growth_is_the_growth_of_the_budget():
    rows = every("defense_budgets").query("country == 'South Korea'")
    budget = rows.query("metric == 'defense_budget'").set_index("fiscal_year")["value"]
    for year, rate in rows.query("metric == 'growth'").set_index("fiscal_year")["value"].items():
        if year - 1 in budget:
            grown = 100 * (budget[year] / budget[year - 1] - 1)
            assert grown == pytest.approx(rate, abs=0.5), (
                f"defense_budgets.csv, South Korea, {year}, growth: found {rate}; expected {grown:.1f}, from the budgets of {year - 1} and {year}"
            )
    japan = every("defense_budgets").query("country == 'Japan' and metric == 'defense_budget'")
    wide = (
        japan.assign(core=japan["basis"].str.startswith("core"))
        .pivot(index="fiscal_year", columns="core", values="value")
        .dropna()
    )
    assert (wide[False] > wide[True]).all() and len(wide) >= 17


NHK_RATES = {
    2007: 58.3,
    2013: 60.1,
    2014: 60.0,
    2015: 61.4,
    2016: 62.8,
    2017: 55.1,
    2018: 54.3,
    2020: 58.2,
    2022: 50.6,
    2023: 47.1,
    2024: 49.0,
}


def test_nhk_response_rates_are_those_published():
    rows = every("nhk_constitution").dropna(subset=["n_sampled", "n_responses"]).set_index("year")
    rates = 100 * rows["n_responses"].astype(float) / rows["n_sampled"].astype(float)
    found = Keyed(rates.round(1), "nhk_constitution.csv")
    for year, rate in found.items():
        assert 30 < rate < 70 and (year not in NHK_RATES or rate == NHK_RATES[year]), (
            f"nhk_constitution.csv, {year}: found n_responses over n_sampled {rate} percent; expected {NHK_RATES.get(year, '30 to 70')}"
        )
    assert not set(NHK_RATES) - set(found), (
        f"nhk_constitution.csv: found no n_sampled or n_responses of {sorted(set(NHK_RATES) - set(found))}"
    )


def test_nhk_waves_are_each_there_once_with_mode_and_grade():
    told = every("nhk_constitution")
    rows = told.set_index("year")
    assert list(rows.index) == [1992, 2002, 2007, *range(2013, rows.index.max() + 1)]
    assert set(rows.loc[:2025].index[rows.loc[:2025, "mode"] == "face-to-face"]) == {
        1992,
        2002,
        2017,
    }
    for column, expected in {
        "grade": {2002: "derived", 2019: "general knowledge", 2025: "uncertain"},
        "mode": {2025: "telephone, unspecified"},
        "need_pct": {2024: 36},
        "no_need_pct": {2024: 19},
        "undecided_pct": {2024: 41},
        "public_from": {2024: pd.Timestamp("2024-05-03")},
    }.items():
        same(told, "year", column, expected)


# Where the three printed shares leave more than five percent: those who gave no answer are not printed.
SHORT_SUMS = {
    ("nhk_constitution", 2014, "landline"),
    ("nhk_constitution", 2017, "face-to-face"),
    ("nhk_article9", 2017, "face-to-face"),
    ("nhk_same_house", 2007, "landline"),
    ("nhk_same_house", 2015, "landline"),
    ("nhk_same_house", 2017, "face-to-face"),
    ("nhk_same_house", 2017, "telephone, unspecified"),
    ("nhk_same_house", 2022, "landline and mobile"),
    ("nhk_article9", 2014, "landline"),
    ("nhk_article9", 2015, "landline"),
    ("nhk_article9", 2018, "landline and mobile"),
}


@pytest.mark.parametrize(
    "name, columns",
    [
        ("nhk_constitution", ["need_pct", "no_need_pct", "undecided_pct"]),
        ("nhk_article9", ["need_pct", "no_need_pct", "undecided_pct"]),
        ("nhk_same_house", ["need_pct", "no_need_pct", "undecided_pct"]),
        ("constitution_polls", ["favor_pct", "oppose_pct", "undecided_pct"]),
        ("article9_polls", ["change_pct", "keep_pct"]),
        ("japan_korea_views", ["favorable_pct", "unfavorable_pct"]),
        ("rok_approval", ["approve_pct", "oppose_pct", "undecided_pct"]),
    ],
)
def test_poll_shares_add_up(name, columns):
    rows = every(name)
    total = rows[columns].sum(axis=1)
    hold(rows, total <= 101, columns[0], f"shares that add up to at most 101: {', '.join(columns)}")
    if len(columns) == 3:
        whole = rows[columns].notna().all(axis=1)
        short = rows[whole & (total < 95)]
        found = {(name, int(year), str(mode)) for year, mode in zip(short["year"], short["mode"])}
        for _, year, mode in sorted(found ^ {key for key in SHORT_SUMS if key[0] == name}):
            pytest.fail(
                f"{name}.csv, {year}, {mode}: found {', '.join(columns)} that "
                f"{'leave more' if (name, year, mode) in found else 'leave no more'} than five percent; expected what SHORT_SUMS lists"
            )


def test_nhk_parts_agree_with_the_whole():
    whole = every("nhk_constitution").query("mode != 'face-to-face'").set_index("year")
    reasons = every("nhk_reasons")
    for column in ("n_responses", "need_pct"):
        right = reasons["year"].map(whole[column]) == reasons[column]
        hold(reasons, right, column, f"{column} of that year in nhk_constitution.csv")
    house = every("nhk_same_house").query(
        "survey == 'NHK constitution survey' and mode != 'face-to-face'"
    )
    right = house["year"].map(whole["need_pct"]) == house["need_pct"]
    hold(house, right, "need_pct", "need_pct of that year in nhk_constitution.csv")
    security = reasons.query("reason == 'security environment'")
    same(security, "year", "share_pct_of_need", {2022: 57, 2023: 54, 2024: 47})


def test_election_shares_and_votes():
    rows = every("rok_election_2025").query("item == 'official result'")
    shares = rows.query("unit == 'percent of valid votes'")
    totals = shares.groupby("election_date")["value"].sum()
    assert (
        totals.loc["2025-06-03"] == pytest.approx(100, abs=0.05)
        and 98 < totals.loc["2022-03-09"] < 100
    )
    votes = rows.query("unit == 'votes'").set_index("candidate")["value"]
    final = shares[shares["election_date"] == "2025-06-03"].set_index("candidate")["value"]
    for candidate in votes.index:
        assert votes[candidate] / votes["Lee Jae Myung"] == pytest.approx(
            final[candidate] / final["Lee Jae Myung"], abs=2e-4
        )


def test_north_korean_counts_agree_between_the_rules():
    rows = every("dprk_tests")
    cns = rows.query("series == 'CNS/NTI'").pivot(index="year", columns="metric", values="value")
    assert list(cns.index) == list(range(2010, cns.index.max() + 1))
    for part in ("days with a launch", "ICBM-class launched"):
        for year in cns.index[~(cns[part] <= cns["missiles launched"])]:
            pytest.fail(
                f"dprk_tests.csv, {year}, CNS/NTI, {part}: found {cns[part][year]}; expected at most the missiles launched, {cns['missiles launched'][year]}"
            )
    for _, row in rows.query("series == 'CNS/NTI' and metric == 'missiles launched'").iterrows():
        parts = re.match(r"success (\d+), failure (\d+), unknown (\d+)", row["note"])
        parts_sum = sum(map(int, parts.groups())) if parts else 0
        assert parts_sum == row["value"], (
            f'dprk_tests.csv, row {row.name + 2}, column "value": found {row["value"]}; expected {parts_sum}, as its note counts'
        )
        without = rows.query(
            "series == 'other counts' and counting_rule.str.startswith('NTI/CNS')"
        ).set_index("year")["value"]
        if parts and row["year"] in without:
            assert row["value"] - int(parts[2]) == without[row["year"]]
    japan = (
        rows.query("series == 'Japan MOD'")
        .pivot(index="year", columns="metric", values="value")
        .dropna()
    )
    for year in japan.index[japan["launch rounds"] > japan["missiles launched"]]:
        pytest.fail(
            f"dprk_tests.csv, {year}, Japan MOD: found more launch rounds than missiles launched"
        )
    assert rows.query("metric == 'nuclear tests' and year <= 2025")["value"].sum() == 6
    ranges = rows.dropna(subset="value_high")
    hold(ranges, ranges["value"] < ranges["value_high"], "value", "less than value_high")


def test_scores_positions_and_investments_are_those_of_the_record():
    unga = every("unga_ideal_points")
    point = unga["idealpoint_final_passage"]
    inside = (unga["q5_final_passage"] <= point) & (point <= unga["q95_final_passage"])
    hold(unga, inside, point.name, "between q5_final_passage and q95_final_passage")
    points = unga.pivot(index="year", columns="country", values="idealpoint_final_passage")
    far = points.rsub(points["United States"], axis=0).round(2)
    assert (
        far["Japan"].loc[[2015, 2024]].tolist() == [1.77, 1.41]
        and far["South Korea"].loc[2024] == 1.14
    )
    assert list(points.index) == list(range(1991, points.index.max() + 1))
    assert points.notna().all().all()
    scores = (
        every("democracy")
        .query(
            "measure == 'Liberal Democracy Index' and edition == 'v15' and country == 'South Korea'"
        )
        .set_index("year")["value"]
    )
    assert scores.loc[[2015, 2018, 2022, 2023, 2024]].round(2).tolist() == [
        0.61,
        0.80,
        0.73,
        0.63,
        0.63,
    ]
    index = every("democracy").query("unit == 'index, 0-1'")
    hold(index, index["value"].between(0, 1), "value", "0 to 1, as the unit says")
    owners = every("us_inward_fdi").query("basis == 'ultimate owner'")
    for year, group in owners.groupby("year"):
        assert (
            group.sort_values("position_bn_usd", ascending=False)["country"].iloc[0] == "Japan"
        ), year
    assert "South Korea" not in set(owners["country"])


def test_offices_pass_from_one_to_the_next():
    leaders = every("leaders")
    for country in ("United States", "Japan"):
        rows = leaders[leaders["country"] == country].sort_values("start")
        ended = rows.iloc[:-1]
        right = pd.Series(ended["end"].values == rows["start"].iloc[1:].values, index=ended.index)
        hold(ended, right, "end", "the day on which the next in office starts")
    assert leaders["end"].isna().sum() == 3
    on_lins_day = leaders[(leaders["start"] <= "2025-03-08") & ~(leaders["end"] < "2025-03-08")]
    assert set(on_lins_day["name"]) == {
        "Donald Trump",
        "Ishiba Shigeru",
        "Yoon Suk Yeol",
        "Choi Sang-mok",
    }


# Meetings that the ministries' own lists name; a year more adds to them and takes none away.
KNOWN_MEETINGS = {
    "leaders": "2022-06-29 2022-11-13 2023-08-18 2024-11-15",
    "foreign ministers": "2022-02-12 2022-07-08 2022-09-22 2023-02-18 2023-07-14 2023-11-14 2024-02-22 2024-09-23 "
    "2025-02-15 2025-04-03 2025-07-11 2025-09-22 2025-10-29",
    "defense ministers": "2022-06-11 2023-06-03 2024-06-02 2024-07-28",
}


def test_meetings_are_each_there_once():
    rows = every("meetings")
    assert rows["id"].is_unique
    pattern = data.resource("meetings")["schema"]["fields"][0]["constraints"]["pattern"]
    assert re.fullmatch(pattern, "T-100"), "a year more takes the numbers past 99"
    met = rows[(rows["kind"] == "meeting") & rows["date"].notna()]
    assert not met.duplicated(["date", "level", "place"]).any()
    for level, days in KNOWN_MEETINGS.items():
        found = met.loc[met["level"] == level, "date"].dt.strftime("%Y-%m-%d")
        assert set(days.split()) <= set(found), level
    assert met.query("year == 2025 and level == 'leaders'").empty
    freedom = rows[rows["level"].str.contains("Freedom Edge")]["date"].dt.strftime("%Y-%m-%d")
    assert freedom.tolist()[:3] == ["2024-06-27", "2024-11-13", "2025-09-15"]


def test_threat_indicators_repeat_the_series_they_come_from():
    threats = values(every("threat_indicators"), ["threat", "indicator", "period"], "value")
    pla = values(every("pla_activity"), ["period", "series", "metric"], "value")
    dprk = (
        every("dprk_tests").query("series == 'SIPRI' and year == 2025").set_index("metric")["value"]
    )
    scrambles = "Japan, ASDF scrambles"
    same(
        every("threat_indicators"),
        ["threat", "indicator", "period"],
        "value",
        {
            ("China", "announced central defense budget, growth", "2025"): central()[
                "growth_announced_pct"
            ][2025],
            ("China", "aircraft entering Taiwan's air defense identification zone", "2024"): pla[
                "2024", "Taiwan, ADIZ", "aircraft entering the ADIZ"
            ],
            ("China", "scrambles of Japan against Chinese aircraft", "FY2024"): pla[
                "FY2024", scrambles, "against Chinese aircraft"
            ],
            ("Russia", "scrambles of Japan against Russian aircraft", "FY2024"): pla[
                "FY2024", scrambles, "against Russian aircraft"
            ],
        },
    )
    assert (
        sorted(value for (threat, *_), value in threats.items() if threat == "North Korea")
        == sorted(dprk)
        == [50, 90]
    )


def test_claims_named_elsewhere_are_in_the_ledger():
    ledger = set(every("claims")["id"])
    for name in ("exercise_examples", "threat_indicators"):
        assert {
            part for text in every(name)["claim"].dropna() for part in text.split("+")
        } <= ledger


# ---------------------------------------------------------------- the ledger


def test_ledger():
    rows = every("claims")
    for initial, ids in rows.groupby(rows["id"].str[0])["id"]:
        assert ids.is_unique and list(ids) == sorted(ids), f"{initial}: ids in their order, once"
        assert ids.str.fullmatch(r"[A-Z]-\d\d\d?").all()
    hold(
        rows, rows["verdict"].isna() | rows["verdict"].isin(VERDICTS), "verdict", "one of VERDICTS"
    )
    assert rows["essential"].sum() == 10 and (rows.loc[rows["essential"], "tier"] == "card").all()
    assert set(rows.loc[rows["verdict"].isna(), "kind"]) == {"text"}, (
        "only slips and facts of the text carry no verdict"
    )
    hold(
        rows,
        rows["card"].notna().eq(rows["tier"] == "card"),
        "card",
        "one for each claim of the tier card",
    )
    cards = rows[rows["tier"] == "card"]
    own = [one in card.split("+") for one, card in zip(cards["id"], cards["card"])]
    hold(cards, pd.Series(own, index=cards.index), "card", "the claim's own id among its parts")


def test_contradicted_needs_a_dated_source_of_a_publisher():
    for _, row in every("claims").query("verdict == 'contradicted'").iterrows():
        assert row["read_at"] == "publisher" and row["url"].startswith("http"), row["id"]
        assert re.search(r"\b(19|20)\d\d\b", row["cite_as"]), row["id"]


def test_a_claim_without_a_source_says_that_it_could_not_be_verified():
    rows = every("claims")
    assert set(rows.loc[rows["cite_as"].isna(), "verdict"]) == {"not verifiable here"}


# ---------------------------------------------------------------- bad data is refused, with the right line


def line(text, number, change):
    lines = text.split("\n")
    lines[number - 1] = change(lines[number - 1])
    return "\n".join(lines)


def replace(where, old, new):
    """Change a row, given by its number or by the text that it begins with."""

    def change(text):
        rows = text.split("\n")
        number = (
            where
            if isinstance(where, int)
            else 1 + next(n for n, row in enumerate(rows) if row.startswith(where))
        )
        assert old in rows[number - 1], "the damage would do nothing"
        return line(text, number, lambda row: row.replace(old, new, 1))

    return change


def utf8(change):
    return lambda raw: change(raw.decode("utf-8")).encode("utf-8")


REASONS = ",".join(every("nhk_reasons").columns)
WIDTH = len(every("nhk_reasons").columns)
COLUMNS = REASONS.replace(",", ", ")
DAMAGE = {
    "missing column": (
        "nhk_reasons",
        utf8(replace(1, "need_pct,", "")),
        f'nhk_reasons.csv, row 1, column "need_pct": found no such column; expected the columns {COLUMNS}',
    ),
    "extra column": (
        "nhk_reasons",
        utf8(replace(1, "note", "note,extra")),
        f'nhk_reasons.csv, row 1, column "extra": found a column that the schema does not have; expected the columns {COLUMNS}',
    ),
    "columns in another order": (
        "nhk_reasons",
        utf8(replace(1, "year,reason", "reason,year")),
        'nhk_reasons.csv, row 1, column "reason": found "reason" in this place; expected "year", in the schema\'s order',
    ),
    "column twice": (
        "nhk_reasons",
        utf8(replace(1, "year,reason", "year,year")),
        'nhk_reasons.csv, row 1, column "year": found the column twice; expected it once',
    ),
    "wrong type": (
        "nhk_reasons",
        utf8(replace(3, "2016,", "MMXVI,")),
        'nhk_reasons.csv, row 3, column "year": found "MMXVI"; expected a whole number',
    ),
    "decimal comma": (
        "china_macro",
        utf8(replace(10, ",7.5,", ',"7,5",')),
        'china_macro.csv, row 10, column "value": found "7,5"; expected a number with a decimal point and no separators',
    ),
    "thousands separator": (
        "china_defense_budget",
        utf8(replace("2026,budget,central", "1909.561", '"1,909.561"')),
        'china_defense_budget.csv, row {row}, column "amount_bn_cny": found "1,909.561"; expected a number with a decimal point and no separators',
    ),
    "not a number": (
        "china_macro",
        utf8(replace(10, ",7.5,", ",nan,")),
        'china_macro.csv, row 10, column "value": found "nan"; expected a number with a decimal point and no separators',
    ),
    "truth value": (
        "claims",
        utf8(replace(2, ",true,", ",yes,")),
        'claims.csv, row 2, column "essential": found "yes"; expected true or false',
    ),
    "date": (
        "timeline",
        utf8(replace(2, "2022-03-09", "9 March 2022")),
        'timeline.csv, row 2, column "date": found "9 March 2022"; expected a date as YYYY-MM-DD',
    ),
    "day that does not exist": (
        "timeline",
        utf8(replace(2, "2022-03-09", "2022-02-30")),
        'timeline.csv, row 2, column "date": found "2022-02-30"; expected a date as YYYY-MM-DD',
    ),
    "duplicate key": (
        "leaders",
        utf8(lambda text: text + text.split("\n")[2] + "\n"),
        'leaders.csv, row {row}, column "country, office, start": found United States, president, 2025-01-20 again (first in row 3); expected a key used once',
    ),
    "too high": (
        "nhk_constitution",
        utf8(replace("2023,", ",35,", ",350,")),
        'nhk_constitution.csv, row {row}, column "need_pct": found "350"; expected at most 100',
    ),
    "too low": (
        "nhk_constitution",
        utf8(replace("2023,", ",35,", ",-35,")),
        'nhk_constitution.csv, row {row}, column "need_pct": found "-35"; expected at least 0',
    ),
    "missing value": (
        "nhk_constitution",
        utf8(replace("2023,", ",35,", ",,")),
        'nhk_constitution.csv, row {row}, column "need_pct": found nothing; expected a value (required)',
    ),
    "cell too many": (
        "nhk_reasons",
        utf8(lambda text: line(text, 5, lambda row: row + ",more")),
        f"nhk_reasons.csv, row 5: found {WIDTH + 1} cells; expected {WIDTH}, as in the header",
    ),
    "broken row": (
        "nhk_reasons",
        utf8(lambda text: line(text, 5, lambda row: row[:30])),
        f"nhk_reasons.csv, row 5: found 2 cells; expected {WIDTH}, as in the header",
    ),
    "empty line": (
        "nhk_reasons",
        utf8(lambda text: line(text, 5, lambda row: row + "\n")),
        f"nhk_reasons.csv, row 6: found 0 cells; expected {WIDTH}, as in the header",
    ),
    "broken quotes": (
        "nhk_reasons",
        utf8(lambda text: line(text, 5, lambda row: row.replace('"NHK', '"NHK" and', 1))),
        "nhk_reasons.csv, row 5: found broken quoting (',' expected after '\"'); expected commas and paired double quotes",
    ),
    "line break in a cell": (
        "nhk_reasons",
        utf8(lambda text: line(text, 5, lambda row: row.replace('"NHK', '"\nNHK', 1))),
        "nhk_reasons.csv, row 5: found a line break inside a cell; expected one line for each row",
    ),
    "last line cut off": (
        "nhk_reasons",
        lambda raw: raw[:-40],
        "nhk_reasons.csv, row {row}: found no line end at the end of the file; expected a whole last line (cut off?)",
    ),
    "Latin-1": (
        "claims",
        lambda raw: b"\n".join(
            row.replace(b"e", b"\xe9", 1) if number == 7 else row
            for number, row in enumerate(raw.split(b"\n"), start=1)
        ),
        "claims.csv, row 7: found the byte 0xe9; expected text in UTF-8",
    ),
    "byte-order mark": (
        "nhk_reasons",
        lambda raw: b"\xef\xbb\xbf" + raw,
        "nhk_reasons.csv, row 1: found a byte-order mark; expected UTF-8 without one",
    ),
    "CRLF": (
        "nhk_reasons",
        lambda raw: raw.replace(b"\n", b"\r\n"),
        "nhk_reasons.csv, row 1: found a carriage return (CR); expected lines that end in LF only",
    ),
    "semicolons": (
        "nhk_reasons",
        lambda raw: raw.replace(b",", b";"),
        f'nhk_reasons.csv, row 1, column "year": found no such column; expected the columns {COLUMNS}',
    ),
    "header alone": (
        "nhk_reasons",
        lambda raw: raw[: raw.index(b"\n") + 1],
        "nhk_reasons.csv, row 2: found nothing; expected at least one row",
    ),
    "empty file": (
        "nhk_reasons",
        lambda raw: b"",
        "nhk_reasons.csv, row 1: found no line end at the end of the file; expected a whole last line (cut off?)",
    ),
    "unknown claim section": (
        "claims",
        utf8(replace(2, "lin-abstract", "lin-summary")),
        'claims.csv, row 2, column "section": found "lin-summary"; expected one of: lin-front, lin-abstract, ',
    ),
    "unknown article": (
        "sections",
        utf8(replace(2, ",lin-2025,", ",lin-2026,")),
        'sections.csv, row 2, column "article": found "lin-2026"; expected one of: lin-2025, ',
    ),
    "part of nothing": (
        "sections",
        utf8(replace(18, ",johnson-elections,", ",johnson-election,")),
        'sections.csv, row 18, column "part_of": found "johnson-election"; expected one of: lin-front, ',
    ),
    "unknown verdict": (
        "claims",
        utf8(replace(2, ",supported,", ",mostly true,")),
        'claims.csv, row 2, column "verdict": found "mostly true"; expected one of: supported, supported with caveat, ',
    ),
    "unknown grade": (
        "timeline",
        utf8(replace(2, "read-in-archived-copy", "sure")),
        'timeline.csv, row 2, column "grade": found "sure"; expected one of: read-in-archived-copy, ',
    ),
    "no address": (
        "timeline",
        utf8(replace(2, "http://world", "world")),
        'timeline.csv, row 2, column "url": found "world.kbs.co.kr/service/news_view.htm..."; expected the form https?://',
    ),
}


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.parametrize("case", DAMAGE)
def test_bad_data_is_refused_with_the_right_line(case, folder):
    name, damage, expected = DAMAGE[case]
    path = folder / f"{name}.csv"
    load(name, folder=folder)
    raw = path.read_bytes()
    broken = damage(raw)
    assert broken != raw, "the damage did nothing"
    rows = itertools.zip_longest(raw.split(b"\n"), broken.split(b"\n"))
    row = next(number for number, (old, new) in enumerate(rows, start=1) if old != new)
    expected = expected.replace("{row}", str(row))
    path.write_bytes(broken)
    with pytest.raises(DataError) as caught:
        load(name, folder=folder)
    message = str(caught.value)
    assert message == expected or (
        expected.endswith((", ", "//")) and message.startswith(expected)
    ), message
    assert "\n" not in message


def test_unknown_names_and_missing_files_are_refused(folder):
    with pytest.raises(
        DataError,
        match=r'^datapackage\.json: found no resource "nhk_consitution"; expected one of: nhk_constitution',
    ):
        load("nhk_consitution")
    with pytest.raises(DataError, match=r"expected one of: china_defense_budget, china_macro"):
        load("xyz")
    (folder / "leaders.csv").unlink()
    with pytest.raises(DataError, match=r"^leaders\.csv: not found in the folder data/$"):
        load("leaders", folder=folder)
    text = (folder / "datapackage.json").read_text(encoding="utf-8")
    (folder / "datapackage.json").write_text(
        text.replace('"type": "date"', '"type": "year"', 1), encoding="utf-8"
    )
    with pytest.raises(
        DataError,
        match=r'^datapackage\.json, column "public_from": found the type "year"; expected one of: string,',
    ):
        load("china_defense_budget", folder=folder)
    (folder / "datapackage.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match=r"^datapackage\.json: not readable as JSON"):
        load("timeline", folder=folder)


def test_make_data_renews_sizes_and_hashes_and_nothing_else(folder, monkeypatch, capsys):
    monkeypatch.setattr(data, "FOLDER", folder)
    monkeypatch.setattr(
        package.register_check, "keep", lambda *_, **__: ""
    )  # tests/test_register.py
    monkeypatch.setattr(package.register_check, "keep", lambda *_, **__: "not compared")
    assert package.main() == 0
    assert capsys.readouterr().out == f"{len(NAMES)} resources valid; renewed: none\nnot compared\n"
    path = folder / "timeline.csv"
    path.write_bytes(path.read_bytes().replace(b"re-elects", b"elects again", 1))
    assert package.main() == 0 and "renewed: timeline" in capsys.readouterr().out
    before, after = PACKAGE, json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    changed = [
        key
        for a, b in zip(before["resources"], after["resources"])
        for key in a
        if a[key] != b[key]
    ]
    assert changed == ["bytes", "hash"] and [list(a) for a in before["resources"]] == [
        list(b) for b in after["resources"]
    ]
    (folder / "stray.csv").write_text("a\n1\n", encoding="utf-8")
    assert package.main() == 1 and capsys.readouterr().err.startswith(
        "stray.csv: found a file without a resource"
    )


def test_the_check_names_a_changed_file_and_writes_nothing(folder, monkeypatch, capsys):
    monkeypatch.setattr(data, "FOLDER", folder)
    monkeypatch.setattr(
        package.register_check, "keep", lambda *_, **__: ""
    )  # tests/test_register.py
    assert package.main(["check"]) == 0
    assert capsys.readouterr().out == f"{len(NAMES)} resources valid; as recorded\n"
    path, before = folder / "timeline.csv", (folder / "datapackage.json").read_bytes()
    path.write_bytes(path.read_bytes().replace(b"re-elects", b"elects again", 1))
    assert package.main(["check"]) == 1
    assert capsys.readouterr().err == (
        "timeline.csv: found a size or hash other than datapackage.json records; expected `make data` after a change\n"
    )
    assert (folder / "datapackage.json").read_bytes() == before


def test_the_readme_tells_what_was_done_from_source_to_row_and_is_current(
    folder, monkeypatch, capsys
):
    told = (DATA / "README.md").read_text(encoding="utf-8")
    assert told == package.account(), "data/README.md tells of other rows: run make data"
    assert re.findall(r"^## (\S+)$", told, re.M) == [item["path"] for item in PACKAGE["resources"]]
    derived = every("defense_budgets").query("grade == 'derived'")
    part = told.partition("## defense_budgets.csv\n")[2].partition("\n## ")[0]
    assert len(derived) and all(note in part for note in derived["note"].dropna().head(2))
    monkeypatch.setattr(data, "FOLDER", folder)
    (folder / "README.md").write_text(
        told.replace(f"{len(NAMES)} files", "33 files"), encoding="utf-8"
    )
    assert package.main(["check"]) == 1
    assert capsys.readouterr().err == (
        "README.md: found an account of other rows; expected `make data` after a change\n"
    )
    assert package.main() == 0 and (folder / "README.md").read_text(encoding="utf-8") == told


# ---------------------------------------------------------------- the way in


def test_load_works_from_any_folder_and_gives_copies(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    frame = load("leaders")
    frame.loc[:, "name"] = "changed"
    assert "Ishiba Shigeru" in set(load("leaders")["name"])
    assert data.citation("sipri_milex") == "SIPRI Military Expenditure Database, April 2026 edition"
    assert [item["name"] for item in data.resources()] == NAMES


def test_the_descriptor_offers_every_resource_the_chapters_count_on():
    assert set(NAMES) == set(
        "china_defense_budget china_macro sipri_milex china_estimates defense_budgets nhk_constitution nhk_reasons "
        "nhk_article9 nhk_same_house constitution_polls article9_polls alliance_views japan_korea_views "
        "rok_election_2025 rok_approval meetings leaders commitments burden us_inward_fdi democracy dprk_tests "
        "pla_activity unga_ideal_points history_events arms_export_rules taiwan_strait_transits exercise_examples "
        "threat_indicators timeline articles sections claims forecasts corrections".split()
    )


def test_rows_that_were_only_recalled_come_when_asked_for():
    """Once, in load: no call need remember it. As text, the file says which they are."""
    for name in WITH_TAIL:
        recalled = sum(row["grade"] in ("general knowledge", "uncertain") for row in cells(name))
        assert not set(load(name)["grade"]) & set(data.RECALLED), name
        assert len(load(name)) == len(cells(name)) - recalled, name
        assert len(every(name)) == len(cells(name)), name
    left_out = sum(len(every(name)) - len(load(name)) for name in WITH_TAIL)
    assert left_out, "the rule has something to leave out"
    assert list(load("leaders").index) == list(range(len(load("leaders"))))
    known = load("meetings", as_of=LIN, recalled=True)
    assert known["public_from"].max() <= pd.Timestamp(LIN)
