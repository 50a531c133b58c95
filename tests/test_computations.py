"""The named computations of the field, on numbers worked out elsewhere (said where)."""

from datetime import date

import altair as alt
import pandas as pd
import pytest

import companion
from companion import days, ledger, meetings, output, seal, spending, surveys
from companion.theme import PALETTE


def about(value, places=4):
    return pytest.approx(value, abs=0.5 * 10**-places)


# --- Surveys ------------------------------------------------------------------------------------


def test_the_margin_of_half_in_a_thousand():
    # 1.959964 * sqrt(0.25 / 1000) = 0.030990; with a design effect of 1.5, times 1.224745
    assert surveys.margin(50, 1000) == about(3.0990)
    assert surveys.margin(50, 1000, deff=1.5) == about(3.7955)


def test_a_step_of_two_waves():
    # 30% and 36% of 1,000 each: variances .21/1000 and .2304/1000, their root .0209857; z = 2.85910
    change, z, p = surveys.step_test(30, 1000, 36, 1000)
    assert (change, round(z, 4), round(p, 4)) == (6, 2.8591, 0.0042)


@pytest.mark.parametrize("frame", ["panel", "quota", "unknown"])
def test_a_sample_that_is_not_random_has_no_margin(frame):
    with pytest.raises(surveys.FrameError, match=f"found a frame '{frame}'.*AAPOR"):
        surveys.margin(50, 1000, frame=frame)
    with pytest.raises(surveys.FrameError, match="expected 'probability'"):
        surveys.step_test(40, 1000, 50, 1000, frame=frame)


def test_holm_in_the_order_given():
    # By hand: .005 * 4 = .02; .01 * 3 = .03; .03 * 2 = .06; .04 * 1 = .04, raised to .06
    assert surveys.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert surveys.holm([0.5, 0.9]) == [1.0, 1.0]


def test_nine_interviews_at_a_point():
    assert surveys.cluster_effect(9, 0.02) == pytest.approx(1.16)
    assert surveys.cluster_effect(9, 0.05) == pytest.approx(1.40)


def test_answers_needed_for_three_points():
    # (.21 + .2211) * (1.959964 + .841621)**2 / .0009 = .4311 * 7.848879 / .0009 = 3,759.6
    assert surveys.needed(30, 33, power=0.8) == pytest.approx(3759.6, abs=0.1)


def test_a_poll_of_four_prints_quarters():
    # a fair coin thrown four times: 1, 4, 6, 4, 1 of 16
    assert surveys.published(50, 4) == pytest.approx(
        {0: 1 / 16, 25: 4 / 16, 50: 6 / 16, 75: 4 / 16, 100: 1 / 16}
    )
    # two polls of one answer each, both at 50%: the second falls below the first one time in four
    assert surveys.run_chance([50, 50], [1, 1]) == pytest.approx(0.75)
    assert surveys.run_chance([50, 50], [1, 1], strict=True) == pytest.approx(0.25)


# --- Meetings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "count, low, high",
    [(0, 0.000, 3.689), (1, 0.025, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390)],
)
def test_limits_of_a_count_as_garwood_tabulates_them(count, low, high):
    assert meetings.poisson_limits(count) == pytest.approx((low, high), abs=0.0006)


def test_an_uneven_split():
    # 0 of 5 at one half: (1 + 1) / 32; 1 of 6: 2 * (1 + 6) / 64
    assert meetings.split_chance(0, 5, 0.5) == pytest.approx(0.0625)
    assert meetings.split_chance(1, 5, 0.5) == pytest.approx(14 / 64)


def test_the_power_of_a_split():
    # no change is found at most at the level; a tenfold rate always
    assert meetings.split_power(1, 30, 10, 1) <= 0.05
    assert meetings.split_power(1, 30, 30, 10) == pytest.approx(1, abs=1e-3)


def test_months_and_rates():
    assert meetings.months("2024-01-01", "2025-01-01") == about(366 / (365.25 / 12))
    assert meetings.months("2025-01-01", "2024-01-01") == 0
    assert meetings.rate(6, 12)[0] == 0.5 and pd.isna(list(meetings.rate(3, 0))).all()


def test_periods_cut_at_each_change_of_office():
    rows = meetings.periods("2024-09-01", "2025-07-01")
    assert list(rows["start"].dt.strftime("%Y-%m-%d")) == [
        "2024-09-01", "2024-10-01", "2024-12-14", "2025-01-20", "2025-06-04",
    ]  # fmt: skip
    assert rows["who"].iloc[0] == "Biden, Kishida, Yoon"
    assert len(meetings.periods("2024-09-01", "2025-07-01", by=("Tokyo",))) == 2
    with pytest.raises(ValueError, match="found 'Beijing'; expected Washington, Tokyo, Seoul"):
        meetings.periods("2024-09-01", "2025-07-01", by=("Beijing",))


# --- Spending -----------------------------------------------------------------------------------


def test_growth_needs_the_year_before():
    amounts = pd.Series({2020: 100.0, 2021: 107.0, 2023: 120.0})
    assert spending.growth(amounts).round(6).dropna().to_dict() == {2021: 7.0}


def test_the_budget_of_2025_by_three_rates():
    # 1,784.665 over 1,665.54 is 1.07152; 7.2% after prices that fell 0.9% would be 1.072 / 0.991 = 1.08174
    implied = spending.implied_spending().set_index("year")
    assert implied.loc[2025, "on_budget"] == 7.15
    assert implied.loc[2024, "implied"] == about(1784.665 / 1.072, 1)
    real = spending.real_growth().loc[2024]
    prices = spending.price_change("cpi_inflation")[2024]
    assert real["cpi_inflation"] == about((1.072 / (1 + prices / 100) - 1) * 100, 2)


def test_seven_percent_doubles_in_ten_years():
    assert spending.doubling_time(7) == about(10.2448)  # ln 2 / ln 1.07
    assert spending.doubling_time(2, 2) == float("inf")
    rows = spending.project(100, 2025, 10, 2, 0)
    assert rows["nominal"].tolist() == [100.0, 110.0, 121.0] and rows["year"].iloc[-1] == 2027


def test_an_unforeseen_choice_is_told_what_is_allowed():
    with pytest.raises(ValueError, match="found 'local'; expected one of central, national, head"):
        spending.official(scope="local")
    with pytest.raises(ValueError, match="found the base year 1900; expected one of"):
        spending.price_index("cpi_inflation", 1900)


@pytest.mark.parametrize(
    "allowed, told",
    [
        (["central", "national"], "one of 'central', 'national'"),
        (pd.Series([2013, 2014, 2015, 2018]), "2013 to 2015 and 2018"),
        (range(2014, 2024), "2014 to 2023"),
        ([0.5, 2], "one of 0.5, 2"),
    ],
)
def test_what_may_be_chosen_is_told_in_one_line(allowed, told):
    with pytest.raises(ValueError, match=f"^found 'local'; expected {told}$"):
        output.choose("local", allowed)
    assert output.choose(list(allowed)[0], allowed) == list(allowed)[0]


# --- The seal -----------------------------------------------------------------------------------


def made(as_of=None):
    rows = pd.DataFrame(
        {"year": [2023, 2024, 2025], "value": [1.0, 2.0, 3.0], "public": ["2023", "2024", "2025"]}
    )
    if as_of is not None:  # in 2024 the value of 2023 was another
        rows = rows[rows["public"] <= str(as_of)[:4]]
        rows.loc[rows["year"] == 2023, "value"] = 1.5
    return rows.drop(columns="public")


def test_new_and_changed_rows_are_later():
    rows = seal.sealed(made, "2024-06-01")
    told = rows[["year", "value", "later"]].values.tolist()
    assert told == [[2023, 1.5, False], [2024, 2.0, False], [2023, 1.0, True], [2025, 3.0, True]]
    assert rows.attrs["as_of"] == "2024-06-01"


def test_all_that_is_known_has_nothing_later():
    assert not seal.sealed(made, None)["later"].any()
    assert len(seal.sealed(made, date(1900, 1, 1))) == 3


# --- Days, output, outlines ---------------------------------------------------------------------


def test_days_and_runs_of_days_in_words():
    start = pd.to_datetime(["2025-03-02", "2025-02-08", "2025-02-27", None])
    end = pd.to_datetime([None, "2025-02-18", "2025-03-03", None])
    told = ["Mar 2, 2025", "Feb 8–18, 2025", "Feb 27 – Mar 3, 2025", "–"]
    assert companion.dates(pd.Series(start), pd.Series(end)) == told


def test_a_chapter_stands_on_its_day_or_at_the_end_of_the_record():
    assert companion.day("2024-06-01") == companion.day(date(2024, 6, 1))
    assert companion.day(None) == pd.Timestamp(days.RECORD_END)


def test_growth_of_output_is_not_computed_across_the_census():
    # 129.4 of after the census over 120.4724 of before it would be 7.4%; 134.9084 over 129.4 is 4.26%
    then = spending.output_growth("2025-03-08")
    assert pd.isna(then.loc[2023, "nominal"]) and then.loc[2023, "real"] == 5.2
    assert then.loc[2024, "nominal"] == about(4.257, 2) and then.loc[2024, "real"] == 5.0
    assert then.loc[2022, "nominal"] == about((120.4724 / 114.924 - 1) * 100, 6)
    assert spending.output_growth().loc[2023, "nominal"] == about((129.427 / 123.403 - 1) * 100, 6)


def test_a_bar_without_a_color_of_its_own_gets_an_outline():
    rows = pd.DataFrame({"year": [2024, 2025], "value": [1, 2], "later": [False, True]})
    chart = alt.Chart(rows).mark_bar().encode(x="year:O", y="value:Q")
    assert companion.figure(chart).spec["mark"]["stroke"] == PALETTE["blue"]


def test_notes_may_leave_some_to_the_ledger():
    whole, some = ledger.notes("lin-2025"), ledger.notes("lin-2025", without=["L-02"])
    assert "[L-02]" in whole.text and "[L-02]" not in some.text
    with pytest.raises(KeyError, match="L-01 is no note"):
        ledger.notes("lin-2025", without=["L-01"])
