"""What is typed on the pages of the sessions is what the data hold: numbers, days, criteria."""

import re
from datetime import date

import pytest
from conftest import BOOK

import companion
from companion.days import read_day

FOLDER = BOOK / "sessions"

TYPED = [
    # page, words on it, resource, what picks the row, column, value as typed
    ("reading-a-defense-budget", "Balance 2025* | 235 |", "china_estimates", "label == 'IISS, Balance 2025'", "low", 235),
    ("reading-a-defense-budget", "330 to 450", "china_estimates", "label == 'US DoD, 2024 report'", "low", 330),
    ("reading-a-defense-budget", "330 to 450", "china_estimates", "label == 'US DoD, 2024 report'", "high", 450),
    ("reading-a-defense-budget", "Heginbotham | 471 |", "china_estimates", "label == 'Fravel et al., TNSR 2024'", "low", 471),
    ("reading-a-defense-budget", "| 2013 | 720.168 |", "china_defense_budget", "year == 2013 and headline", "amount_bn_cny", 720.168),
    ("reading-a-defense-budget", "720.168 | 670.274 |", "china_defense_budget", "year == 2012 and headline", "amount_bn_cny", 670.274),
    ("reading-a-defense-budget", "| 2017 | 1,044.397 |", "china_defense_budget", "year == 2017 and headline", "amount_bn_cny", 1044.397),
    ("reading-a-defense-budget", "1,044.397 | 954.354 |", "china_defense_budget", "year == 2016 and headline", "amount_bn_cny", 954.354),
    ("reading-a-defense-budget", "| 2018 | 1,106.951 |", "china_defense_budget", "year == 2018 and headline", "amount_bn_cny", 1106.951),
    ("reading-a-defense-budget", "| 2025 | 1,784.665 |", "china_defense_budget", "year == 2025 and headline", "amount_bn_cny", 1784.665),
    ("reading-a-defense-budget", "1,784.665 | 1,665.54 |", "china_defense_budget", "year == 2024 and headline", "amount_bn_cny", 1665.54),
    ("reading-a-defense-budget", "billions of dollars: 235", "china_estimates", "label == 'IISS, Balance 2025'", "low", 235),
    ("reading-a-defense-budget", "models), 471", "china_estimates", "label == 'Fravel et al., TNSR 2024'", "low", 471),
    ("seoul-june-2025", "49.42% of the vote", "rok_election_2025", "item == 'official result' and candidate == 'Lee Jae Myung' and unit == 'percent of valid votes' and election_date.astype('str') == '2025-06-03'", "value", 49.42),
    ("seoul-june-2025", "turnout of 79.4%", "rok_election_2025", "item == 'turnout' and election_date.astype('str') == '2025-06-03'", "value", 79.4),
    ("seoul-june-2025", "67% of South Koreans had no confidence", "alliance_views", "question == 'no confidence' and population == 'South Korea' and year == 2025", "value", 67),
    ("seoul-june-2025", "75.3% of 1,509", "alliance_views", "series == 'EAI' and year == 2025", "value", 75.3),
    ("seoul-june-2025", "75.3% of 1,509", "alliance_views", "series == 'EAI' and year == 2025", "n_responses", 1509),
    ("seoul-june-2025", "about 50 North Korean warheads", "dprk_tests", "series == 'SIPRI' and year == 2025 and metric.str.startswith('assembled')", "value", 50),
    ("seoul-june-2025", "material for up to 90", "dprk_tests", "series == 'SIPRI' and year == 2025 and metric.str.startswith('warheads that')", "value", 90),
    ("seoul-june-2025", "Europe's 5% of output", "burden", "country == 'Asian allies'", "value", 5),
    ("seoul-june-2025", "Japan was asked for 3.5%", "burden", "measure == 'reported demand'", "value", 3.5),
    ("seoul-june-2025", "60% of South Koreans, 56% of Japanese", "alliance_views", "series == 'Asahi-Dong-A' and year == 2025 and population == 'South Korea'", "value", 60),
    ("seoul-june-2025", "60% of South Koreans, 56% of Japanese", "alliance_views", "series == 'Asahi-Dong-A' and year == 2025 and population == 'Japan'", "value", 56),
    ("seoul-june-2025", "26% of South Koreans, 29% of Japanese", "japan_korea_views", "series == 'Asahi-Dong-A' and year == 2025 and direction == 'Koreans on Japan'", "favorable_pct", 26),
    ("seoul-june-2025", "26% of South Koreans, 29% of Japanese", "japan_korea_views", "series == 'Asahi-Dong-A' and year == 2025 and direction == 'Japanese on South Korea'", "favorable_pct", 29),
    ("seoul-june-2025", "55 and 52%", "japan_korea_views", "series == 'Yomiuri-Hankook Ilbo' and year == 2025 and measure == 'bilateral relations good' and direction == 'Koreans on Japan'", "favorable_pct", 55),
    ("seoul-june-2025", "55 and 52%", "japan_korea_views", "series == 'Yomiuri-Hankook Ilbo' and year == 2025 and measure == 'bilateral relations good' and direction == 'Japanese on South Korea'", "favorable_pct", 52),
    ("seoul-june-2025", "64% approve", "rok_approval", "item == 'Lee job approval' and fieldwork_end.astype('str') == '2025-06-26'", "approve_pct", 64),
    ("seoul-june-2025", "1,004 answers", "rok_approval", "item == 'Lee job approval' and fieldwork_end.astype('str') == '2025-06-26'", "n_responses", 1004),
]  # fmt: skip


def page(name):
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name, words, resource, query, column, value", TYPED)
def test_a_number_on_a_page_is_that_of_the_data(name, words, resource, query, column, value):
    assert words in page(name), f"{name}: {words!r} is gone; renew the list above"
    rows = companion.load(resource).query(query)
    assert len(rows) == 1, f"{resource}: {len(rows)} rows for {query}"
    assert float(rows[column].iloc[0]) == value, f"{name}: {words!r} is not what {resource} holds"


@pytest.mark.parametrize("day", ["June 4, 2025", "June 18, 2025", "June 27, 2025"])
def test_a_sheet_of_the_role_play_holds_nothing_after_its_day(day):
    last = read_day(day)
    found = re.search(rf"Evidence of {day}\n.*?\n:::", page("seoul-june-2025"), re.S)
    rows = [row.split("|")[1:-1] for row in found[0].split("\n") if row.startswith("| ")][1:]
    assert len(rows) > 5
    for row in rows:
        told = re.findall(r"((?:[A-Z][a-z]+|June) \d+)(?: and \d+)?(?:, (\d{4}))?", row[0] + row[2])
        for words, year in told:
            when = read_day(f"{words}, {year or last.year}")
            assert when is None or when <= last, f"{row[0]}: later than {day}"


def test_criteria_on_the_page_have_the_days_of_the_list():
    rows = companion.load("forecasts").set_index("id")
    text = page("judging-forecasts")
    found = re.findall(r"^\| \*\*(F-\d\d)\*\*.*\| (\w+ \d+, \d{4}) \|$", text, re.M)
    assert len(found) == 4
    for name, words in found:
        assert str(read_day(words)) == str(rows.horizon[name])[:10], f"{name}: {words}"


def test_a_session_asks_for_a_forecast_that_is_still_open():
    ends = companion.days.RECORD_END
    for path in sorted(FOLDER.glob("*.md")):
        for due in re.findall(r"^    due: (\S+)$", path.read_text(encoding="utf-8"), re.M):
            assert date.fromisoformat(due) > ends, f"{path.stem}: the record holds that day"


def test_the_page_for_five_cities_gives_each_word_with_its_source():
    text = page("in-your-room")
    assert re.findall(r"^## (.+)$", text, re.M) == [
        "Anywhere", "Warsaw", "Taipei", "Tokyo", "Seoul", "Washington",
    ]  # fmt: skip
    foreign = re.findall(r"^\|(.*)\|$", text, re.M)
    for row in [row for row in foreign if re.search("[぀-ヿ㐀-鿿가-힣]", row)]:
        assert "{.language-" in row and "](http" in row or row.strip().endswith("the same"), row
    for city in text.split("\n## ")[2:]:
        for part in ("*It will not know*", "*Who may not be free:*", "*To disclose:*"):
            assert part in city, f"{city.split()[0]}: no {part}"
