"""What the notebook on China's budget computes, against published figures and by hand."""

import re
from math import inf

import conftest  # noqa: F401  puts book/ on the path
import pytest

from companion import budget


def by_year(frame, column):
    return dict(zip(frame["year"], frame[column]))


def test_dividing_headlines_gives_the_false_rates_known_from_the_record():
    rows = budget.headline_rates()
    chained, announced = by_year(rows, "chained_pct"), by_year(rows, "growth_announced_pct")
    assert (chained[2013], chained[2017], chained[2018]) == (7.4, 9.4, 6.0)
    assert (announced[2013], announced[2017], announced[2018]) == (10.7, 7.0, 8.1)
    assert chained[2025] == announced[2025] == 7.2


def test_each_false_rate_has_its_cause():
    rows = budget.headline_rates()
    causes = by_year(rows, "why")
    assert (
        causes[2013] == causes[2018] == "the scope, from national to central"
        and causes[2017] == "the scope, from central to national"
    )
    assert causes[2010].startswith("not the scope")
    table = budget.headline_table().text
    assert re.findall(r"^\| \[(\d{4})\]\(<http", table, re.M) == [
        "2007",
        "2008",
        "2010",
        "2013",
        "2017",
        "2018",
    ]


def test_headline_scopes():
    rows = budget.headline_scopes()
    told = rows[rows["headline"]].groupby("year")["scope"].agg(list)
    assert all(told[year] == ["national"] for year in (*range(2006, 2013), 2017))
    assert all(told[year] == ["central"] for year in range(2013, 2027) if year != 2017)
    assert told[2005] == ["central", "national"]


def test_scopes_are_never_mixed_and_recalled_values_stay_out():
    rows = budget.scope_series()
    assert not rows.duplicated(["scope", "year"]).any()
    assert set(rows["grade"]) <= {"read-in-archived-copy", "derived", "secondary transcription"}
    for _, run in rows.groupby("run"):
        assert (run["year"].diff().dropna() == 1).all() and run["scope"].nunique() == 1


@pytest.mark.parametrize(
    "year, on_budget, implied",
    [
        (2014, 12.2, 805.5),
        (2015, 9.7, 886.9),
        (2018, 8.3, 1106.9),
        (2023, 7.1, 1553.7),
        (2024, 7.2, 1664.8),
        (2025, 7.15, 1784.6),
    ],
)
def test_budget_on_budget_and_implied_spending(year, on_budget, implied):
    row = budget.execution().set_index("year").loc[year]
    assert row["on_budget"] == pytest.approx(on_budget, abs=0.051)
    assert row["implied"] == pytest.approx(implied, abs=0.051)
    assert row["low"] <= row["away"] <= row["high"] and abs(row["away"]) < 0.4


def test_implied_spending_meets_the_one_figure_that_was_reported():
    text = budget.execution_remark().text
    assert "650.6 billion yuan, and 650.6 implied" in text
    assert "10.7% on the budget before and 7.5% on what had been spent" in text


@pytest.mark.parametrize(
    "year, deflator, cpi",
    [
        (2013, 8.4, 7.9),
        (2015, 10.1, 8.5),
        (2017, 2.8, 5.4),
        (2021, 2.2, 5.8),
        (2024, 8.1, 7.0),
        (2025, 8.2, 7.2),
    ],
)
def test_real_rates(year, deflator, cpi):
    row = budget.real_growth().loc[year]
    room = (
        0.051 if year >= 2024 else 0.12
    )  # the published prices of earlier years stand in the package to a tenth
    assert (row["gdp_deflator_change"], row["cpi_inflation"]) == (
        pytest.approx(deflator, abs=room),
        pytest.approx(cpi, abs=room),
    )


def test_the_revision_that_levels_two_years_does_so():
    percent, amount = budget.reversal()
    gdp, growth = budget.macro("gdp_nominal"), budget.macro("gdp_real_growth")
    prices = [
        (gdp[2025] + amount) / gdp[2024] / (1 + growth[2025] / 100),
        gdp[2024] / gdp[2023] / (1 + growth[2024] / 100),
    ]
    assert prices[0] == pytest.approx(prices[1], rel=1e-9)
    assert 0 < percent < 0.25


@pytest.mark.parametrize(
    "year, central, sipri",
    [(2014, 1.23, 1.71), (2022, 1.18, 1.59), (2024, 1.24, 1.66), (2025, 1.27, 1.72)],
)
def test_shares_of_output(year, central, sipri):
    wide = budget.shares().pivot(index="year", columns="basis", values="share")
    assert wide.loc[year, "Central budget"] == pytest.approx(central, abs=0.0051)
    assert wide.loc[year, budget.OUTSIDE] == sipri


def test_dollars_hide_a_rise_in_yuan():
    rows = budget.dollars().set_index("year")
    assert (rows.loc[2022, "usd"], rows.loc[2023, "usd"], rows.loc[2025, "usd"]) == (
        215.6,
        219.4,
        248.3,
    )
    assert rows.loc[2023, "in_dollars"] < 2 < 7 < rows.loc[2023, "in_yuan"]


def test_estimates_are_divided_by_the_budget_of_their_own_year():
    rows = budget.multiples()
    assert rows["times_high"].notna().all() and not rows.duplicated("who").any()
    times = rows.set_index("who")[["times_low", "times_high", "counted"]]
    pentagon = rows[rows["publisher"] == "US Department of Defense"].query("year == 2024")
    assert len(pentagon) == 2, "both editions of the Pentagon's report stand"
    assert times.loc["2024: IISS, Balance 2025", "times_low"] == pytest.approx(
        235 / 231.5, abs=0.01
    )
    assert times.loc["2024: Fravel et al., TNSR 2024", "counted"] == "wider, purchasing power"
    assert set(rows["counted"]) == set(budget.COUNTS)


def test_vintages():
    rows = budget.vintages().set_index("what")
    assert list(rows.loc["China in 2024, SIPRI, USD billion"][["earlier", "later"]]) == [
        "313.7",
        "311.9",
    ]
    assert list(
        rows.loc["China in 2024, SIPRI, real growth, %"][["earlier", "later", "change"]]
    ) == ["7.0", "6.7", "−0.3 points"]
    assert list(
        rows.loc["China in 2024, US Department of Defense, USD billion"][["earlier", "later"]]
    ) == ["330–450", "304–377"]
    assert list(rows.loc["China in 2019, SIPRI, USD billion"][["earlier", "later"]]) == [
        "261",
        "240",
    ]


def test_neighbors_keep_one_definition_each():
    rows = budget.neighbors()
    assert list(dict.fromkeys(rows["country"])) == list(budget.NEIGHBORS)
    assert not rows.duplicated(["country", "year"]).any()
    japan = rows[rows["country"] == "Japan"].set_index("year")
    assert japan.loc[2022, "run"] != japan.loc[2023, "run"] and japan.loc[2025, "value"] == 8700.5
    assert rows[(rows["country"] == "Taiwan") & (rows["year"] == 2026)]["value"].item() == 813.6
    assert "25.7% on the old standard and 22.8% on the new one" in budget.neighbors_remark().text


@pytest.mark.parametrize(
    "growth, prices, years",
    [(7.2, 0, 9.97), (7, 0, 10.24), (7, 2, 14.48), (100, 0, 1), (3, 4, inf), (2, 2, inf)],
)
def test_doubling_times(growth, prices, years):
    assert budget.doubling_time(growth, prices) == pytest.approx(years, abs=0.01)


def test_a_projection_doubles_when_it_says():
    rows = budget.project(100, 3, 0)
    assert list(rows["nominal"] / rows["nominal"][0]) == pytest.approx([1, 2, 4, 8], rel=1e-4)
    assert list(budget.project(5, 4, 5)["real"].round(0).unique()) == [round(rows["nominal"][0])]


def test_the_controls_start_where_the_words_say():
    start, spec = budget.start_of_what_if(), budget.what_if_chart().to_dict()
    bound = {param["name"]: param for param in spec["params"] if "bind" in param}
    assert {name: param["value"] for name, param in bound.items()} == {
        name: start[name] for name in ("growth", "horizon", "prices")
    }
    assert all(
        param["bind"]["input"] == "range"
        and param["bind"]["min"] <= param["value"] <= param["bind"]["max"]
        for param in bound.values()
    )
    assert f"{start['growth']:.1f}%, {start['horizon']} years" in budget.what_if_remark().text


def test_revised_output_and_the_wider_standard_are_rows_of_their_own():
    macro = budget.load("china_macro").query("year == 2024").set_index("indicator")
    assert (
        f"differed from the preliminary one by {(macro.at['gdp_nominal_preliminary', 'value'] / macro.at['gdp_nominal', 'value'] - 1) * 100:.2f}%"
        in budget.real_remark().text
    )
    wide = (
        budget.load("defense_budgets")
        .query("country == 'Taiwan' and basis.str.contains('NATO-style')")
        .set_index("fiscal_year")["value"]
    )
    assert (
        sorted(wide.index) == [2025, 2026]
        and f"{(wide[2026] / wide[2025] - 1) * 100:.1f}% on the new one"
        in budget.neighbors_remark().text
    )
