"""The notebook on China's budget: its named computations on numbers worked out elsewhere, and what its cells show.

No expected number here is computed by the formula that it tests. A comment says how it was worked out; the made-up
numbers are chosen so that the usual slips (a sign, the wrong base, a difference for a ratio, a logarithm for a rate,
one year off, rows out of order) give another result.
"""

import re
from math import inf

import pandas as pd
import pytest
from conftest import by, close, notebooks

from companion import spending
from companion.data import load
from companion.theme import MIME

BUDGET = "year kind scope amount_bn_cny growth_announced_pct headline"
OUTPUTS = [
    output
    for cell in notebooks()["china-budget"]["cells"]
    for output in cell.get("outputs", [])
    if "data" in output
]
TEXTS = ["".join(output["data"].get("text/markdown", "")) for output in OUTPUTS]
FIGURES = {
    spec["usermeta"]["companion"]["name"]: spec
    for spec in (output["data"].get(MIME) for output in OUTPUTS)
    if spec
}


def central(*rows):
    """Central budgets, all headlines: (year, amount, announced rate)."""
    return [(year, "budget", "central", amount, rate, "true") for year, amount, rate in rows]


def said(words):
    """The one output of the notebook that says `words`."""
    found = [text for text in TEXTS if words in text]
    assert len(found) == 1, f"{words!r} stands in {len(found)} outputs"
    return found[0]


def table(name):
    """A table of the notebook, as rows of cells."""
    text = next(
        "".join(output["data"]["text/markdown"])
        for output in OUTPUTS
        if output["metadata"].get("companion", {}).get("name") == name
    )
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return [[re.sub(r"\[(.*?)\]\(<.*?>\)", r"\1", cell) for cell in row] for row in rows[2:]]


def drawn(name):
    """The rows behind a figure, a dict each."""
    told = FIGURES[name]["usermeta"]["companion"]["table"]
    return [dict(zip(told["columns"], row)) for row in told["rows"]]


# ---------------------------------------------------------------- which number is the headline


def test_dividing_headlines_goes_up_and_down_from_the_year_before(made_up):
    made_up(
        "china_defense_budget",
        BUDGET,
        [
            *central((2018, 117, 8), (2016, 100, 8)),  # out of order: rows are sorted by year
            (2017, "budget", "national", 130, 8, "true"),
            (2018, "budget", "national", 150, 8, "false"),  # no headline
            *central((2020, 200, 8)),  # no headline of 2019: nothing to divide by
        ],
    )
    # 130/100 = 1.30; 117/130 = 0.90
    rows = spending.divided("headline")
    assert by(rows, "year", "divided") == {2017: 30.0, 2018: -10.0}
    assert by(rows, "year", "gap") == {2017: 22.0, 2018: -18.0}  # 30 - 8, -10 - 8
    assert rows[["before", "scope"]].to_numpy().tolist()[-1] == ["national", "central"]
    assert by(spending.divided("national"), "year", "divided") == {2018: 15.4}  # 150/130


def test_dividing_headlines_gives_the_false_rates_known_from_the_record():
    rows = spending.divided()
    false, announced = by(rows, "year", "divided"), by(rows, "year", "growth_announced_pct")
    assert (false[2013], false[2017], false[2018]) == (7.4, 9.4, 6.0)
    assert (announced[2013], announced[2017], announced[2018]) == (10.7, 7.0, 8.1)
    assert false[2025] == announced[2025] == 7.2
    right = by(spending.divided("central"), "year", "divided")
    assert (right[2017], right[2018]) == (7.1, 8.3), "one scope: 1,022.581 after 954.354"


def test_each_false_rate_has_its_cause():
    causes = {row[0]: row[-1] for row in table("tab-china-budget-headlines")}
    assert list(causes) == ["2007", "2008", "2010", "2013", "2017", "2018"]
    assert causes["2013"] == causes["2018"] == "the scope, from national to central"
    assert causes["2017"] == "the scope, from central to national"
    assert causes["2010"].startswith("not the scope")
    assert "In three of them (2013, 2017 and 2018) the scope changed" in said("the division misses")


def test_headline_scopes():
    told = {}
    for row in drawn("fig-china-budget-headlines"):
        if row["Role"].startswith("reported as"):
            told.setdefault(int(row["Year"]), []).append(row["Scope"])
    assert all(told[year] == ["National"] for year in (*range(2006, 2013), 2017))
    assert all(told[year] == ["Central"] for year in range(2013, 2027) if year != 2017)
    assert sorted(told[2005]) == ["Central", "National"]


# ---------------------------------------------------------------- scopes and execution


def test_scopes_are_never_mixed_and_recalled_values_stay_out():
    spec = FIGURES["fig-china-budget-scopes"]
    rows = pd.DataFrame(next(iter(spec["datasets"].values())))
    assert not rows.duplicated(["series", "year"]).any()
    for _, run in rows.groupby("run"):
        assert (run["year"].diff().dropna() == 1).all() and run["series"].nunique() == 1
    grades = {row["Grade"] for row in drawn("fig-china-budget-scopes")}
    assert grades <= {"read-in-archived-copy", "derived", "secondary transcription"}


def test_the_national_budget_exceeds_the_central_one():
    # 740.6 on 720.168 is 20.432 more, 2.84%; 1,940 on 1,909.561 is 30.439 more, 1.59%; 1,580.508 on 1,580 is 0.03%
    told = said("The national budget exceeds")
    assert "by 2.8% in 2013 and by 1.6% in 2026" in told and "1,580.5 billion yuan, 0.03%" in told


def test_implied_spending_divides_the_next_budget_by_its_rate(made_up):
    made_up("china_defense_budget", BUDGET, central((2014, 112.2, 10), (2013, 100, 5)))
    rows = spending.implied_spending().set_index("year")
    assert rows.loc[2014, "on_budget"] == 12.2
    # 112.2/1.10 = 102 was spent in 2013, 2% above its budget. At rates of 10.05 and 9.95%: 101.954 and 102.046.
    assert rows.loc[2013, "implied"] == 102.0 and rows.loc[2013, "away"] == 2.0
    assert (rows.loc[2013, "low"], rows.loc[2013, "high"]) == (1.95, 2.05)
    assert pd.isna(rows.loc[2014, "implied"]), "no later rate tells what was spent"


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
    row = spending.implied_spending().set_index("year").loc[year]
    assert row["on_budget"] == pytest.approx(on_budget, abs=0.051)
    assert row["implied"] == pytest.approx(implied, abs=0.051)
    assert row["low"] <= row["away"] <= row["high"] and abs(row["away"]) < 0.4


def test_the_budget_of_2025_on_the_budget_of_2024():
    # As printed each March: 1,784.665 after 1,665.54 billion yuan. 1,665.54 x 7.15% = 119.086, and 1,665.54 + 119.125 is the sum.
    rows = spending.implied_spending().set_index("year")
    assert rows.loc[2025, "on_budget"] == 7.15
    assert rows.loc[2025, "budget"] == 1784.665 and rows.loc[2024, "budget"] == 1665.54


def test_implied_spending_meets_the_one_figure_that_was_reported():
    told = said("The method can be tested once")
    assert "650.6 billion yuan, and 650.6 implied" in told
    assert "10.7% on the budget before and 7.5% on what had been spent" in told


# ---------------------------------------------------------------- prices and output


def test_a_derived_deflator_is_nominal_over_real_growth(made_up):
    made_up(
        "china_macro",
        "year indicator value grade",
        [
            (2024, "gdp_nominal", 110, "derived"),
            (2023, "gdp_nominal", 100, "derived"),
            (2024, "gdp_real_growth", 25, "derived"),
            (2024, "gdp_deflator_change", -11, "derived"),
            (2023, "gdp_deflator_change", 3, "read-in-archived-copy"),
        ],
    )
    # 1.10/1.25 = 0.88: prices fell by 12%. What was read stays as it was read.
    told = spending.price_change("gdp_deflator_change").to_dict()
    assert told == {2023: 3.0, 2024: close(-12, 9)}


def test_a_price_index_is_chained_and_stands_at_one_in_its_base_year(made_up):
    prices = [
        (2022, "cpi_inflation", 7),
        (2023, "cpi_inflation", 10),
        (2024, "cpi_inflation", 25),
        (2025, "cpi_inflation", -20),
    ]
    made_up("china_macro", "year indicator value", prices[::-1])
    # 2023: 1/1.25 = 0.8; 2022: 0.8/1.10 = 8/11; 2025: 1 x 0.80
    assert spending.price_index("cpi_inflation", 2024).to_dict() == {
        2022: close(8 / 11, 9),
        2023: close(0.8, 9),
        2024: 1,
        2025: close(0.8, 9),
    }
    # 2022: 1/1.10; 2024: 1.25; 2025: 1.25 x 0.80
    assert spending.price_index("cpi_inflation", 2023).to_dict() == {
        2022: close(10 / 11, 9),
        2023: 1,
        2024: close(1.25, 9),
        2025: close(1, 9),
    }


def test_real_growth_divides_and_does_not_subtract(made_up):
    made_up(
        "china_macro",
        "year indicator value",
        [
            *((2023, kind, 8) for kind in spending.PRICES),
            *((2024, kind, -10) for kind in spending.PRICES),
            (2025, "gdp_deflator_change", 25),
            (2025, "cpi_inflation", 0),
        ],
    )
    made_up("china_defense_budget", BUDGET, central((2023, 90, 8), (2024, 97, 8), (2025, 105, 8)))
    rows = spending.real_growth()
    # 1.08/1.08 = 1; 1.08/0.90 = 1.20; 1.08/1.25 = 0.864; 1.08/1 = 1.08
    assert rows["gdp_deflator_change"].to_dict() == {2023: 0.0, 2024: 20.0, 2025: -13.6}
    assert rows["cpi_inflation"].to_dict() == {2023: 0.0, 2024: 20.0, 2025: 8.0}


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
    row = spending.real_growth().loc[year]
    # the published prices of earlier years stand in the package to a tenth
    room = 0.051 if year >= 2024 else 0.12
    assert row["gdp_deflator_change"] == pytest.approx(deflator, abs=room)
    assert row["cpi_inflation"] == pytest.approx(cpi, abs=room)


def test_the_revision_that_levels_two_years(made_up):
    made_up(
        "china_macro",
        "year indicator value",
        [
            (2024, "gdp_deflator_change", 5),
            (2025, "gdp_deflator_change", -3.75),
            (2025, "gdp_nominal", 120),
        ],
    )
    made_up("china_defense_budget", BUDGET, central((2024, 100, 10), (2025, 121, 21)))
    # 1.21/1.10 = 1.10 times last year's 1.05 is 1.155, which is 20% above 0.9625; 20% of 120 is 24.
    assert spending.leveling_revision(2025) == (close(20, 6), close(24, 6))


def test_the_revision_of_the_record_levels_its_two_years():
    percent, amount = spending.leveling_revision(2025)
    gdp, growth = spending.macro("gdp_nominal"), spending.macro("gdp_real_growth")
    prices = [
        (gdp[2025] + amount) / gdp[2024] / (1 + growth[2025] / 100),
        gdp[2024] / gdp[2023] / (1 + growth[2024] / 100),
    ]
    assert prices[0] == pytest.approx(prices[1], rel=1e-9)
    assert 0 < percent < 0.25


def test_the_usual_change_of_prices_is_a_geometric_mean(made_up):
    changes = {2021: 90, 2022: 0, 2023: 25, 2024: -20}
    made_up(
        "china_macro",
        "year indicator value",
        [(year, "gdp_deflator_change", value) for year, value in changes.items()],
    )
    # 1 x 1.25 x 0.80 = 1: prices stand where they stood three years before (their mean change is 1.7%)
    assert spending.usual_change("gdp_deflator_change", years=3) == close(0, 9)


def test_output_grows_on_the_year_before(made_up):
    made_up(
        "china_macro",
        "year indicator value",
        [
            (2022, "gdp_nominal", 100),
            (2023, "gdp_nominal", 125),
            (2024, "gdp_nominal", 110),
            *(
                (year, name, 2)
                for year in (2023, 2024)
                for name in (*spending.PRICES, "gdp_real_growth")
            ),
        ],
    )
    made_up("china_defense_budget", BUDGET, central((2023, 90, 8), (2024, 97, 8)))
    rows = spending.pace().set_index(["terms", "what", "year"])["growth"]
    assert rows["Nominal", "GDP"].to_dict() == {2023: 25.0, 2024: -12.0}  # 110/125 = 0.88
    assert rows["Real", "Defense budget"].to_dict() == {2023: 5.9, 2024: 5.9}  # 1.08/1.02 = 1.0588


def test_the_base_year_changes_heights_and_no_growth():
    rows = drawn("fig-china-budget-level")
    number = lambda row, name: float(row[name].replace(",", ""))  # noqa: E731
    real = [name for name in rows[0] if name.startswith("Billion yuan, of 2024")]
    assert len(real) == 2
    nominal, base = "Billion yuan, as announced", next(r for r in rows if r["Year"] == "2024")
    assert all(number(base, name) == number(base, nominal) for name in real)
    # 1,784.665 / 720.168 = 2.4781
    assert "rose by 148% as announced" in said("whatever the base year")


# ---------------------------------------------------------------- shares, dollars, estimates


def test_shares_of_output_are_percent_of_trillions(made_up):
    made_up(
        "china_macro",
        "year indicator value",
        [(2024, "gdp_nominal", 120), (2023, "gdp_nominal", 100)],
    )
    made_up(
        "china_defense_budget",
        BUDGET,
        [
            *central((2023, 1200, 7), (2024, 1800, 7)),
            (2024, "executed", "national", 2400, 7, "false"),
        ],
    )
    rows = spending.shares("April 2026")
    # 1,200 billion of 100 trillion; 1,800 and 2,400 of 120 trillion
    assert rows["Central budget"].dropna().to_dict() == {2023: 1.2, 2024: 1.5}
    assert rows["National, as executed"].dropna().to_dict() == {2024: 2.0}


@pytest.mark.parametrize(
    "year, central, sipri",
    [(2014, 1.23, 1.71), (2022, 1.18, 1.59), (2024, 1.24, 1.66), (2025, 1.27, 1.72)],
)
def test_shares_of_output(year, central, sipri):
    row = spending.shares("April 2026").loc[year]
    assert row["Central budget"] == pytest.approx(central, abs=0.0051)
    assert row["SIPRI’s estimate"] == sipri


def test_dollars_divide_by_the_rate_and_the_yuan_loses_what_the_dollar_gains(made_up):
    made_up(
        "china_macro",
        "year indicator value",
        [(2024, "cny_per_usd_avg", 7.5), (2023, "cny_per_usd_avg", 7.0)],
    )
    made_up("china_defense_budget", BUDGET, central((2024, 1650, 7), (2023, 1400, 7)))
    row = spending.dollars().loc[2024]
    # 1,400/7 = 200, 1,650/7.5 = 220: 10% up; in yuan 250/1,400 = 17.86%; 7/7.5 = 0.9333
    assert row.to_dict() == {"usd": 220.0, "in_dollars": 10.0, "in_yuan": 17.9, "yuan_value": -6.7}


def test_dollars_hide_a_rise_in_yuan():
    rows = spending.dollars()
    assert (rows.loc[2022, "usd"], rows.loc[2023, "usd"], rows.loc[2025, "usd"]) == (
        215.6,
        219.4,
        248.3,
    )
    assert rows.loc[2023, "in_dollars"] < 2 < 7 < rows.loc[2023, "in_yuan"]


def test_estimates_are_multiples_of_the_budget_of_their_year(made_up):
    made_up(
        "china_macro",
        "year indicator value",
        [(2024, "cny_per_usd_avg", 7.5), (2023, "cny_per_usd_avg", 7.0)],
    )
    made_up("china_defense_budget", BUDGET, central((2024, 1650, 7), (2023, 1400, 7)))
    made_up(
        "china_estimates",
        "publisher edition label year low high unit counts",
        [
            ("A", "2024", "A", 2023, 300, 500, "billion US dollars", "wider"),
            ("B", "2025", "B", 2024, 110, 330, "billion US dollars", "official, purchasing power"),
        ],
    )
    rows = spending.multiples().set_index("publisher")
    assert rows.loc["A", ["low_x", "high_x"]].tolist() == [1.5, 2.5]  # over 1,400/7 = 200
    assert rows.loc["B", ["low_x", "high_x"]].tolist() == [0.5, 1.5]  # over 1,650/7.5 = 220
    assert rows["counted"].tolist() == ["wider, market rate", "budget, purchasing power"]
    assert rows["base"].tolist() == [200.0, 220.0]


def test_estimates_of_the_record():
    rows = spending.multiples()
    assert rows["high_x"].notna().all()
    pentagon = rows[(rows["publisher"] == "US Department of Defense") & (rows["year"] == 2024)]
    assert len(pentagon) == 2, "both editions of the Pentagon's report stand"
    told = rows[rows["year"] == 2024].set_index("label")
    assert told.loc["IISS, Balance 2025", "low_x"] == pytest.approx(235 / 231.5, abs=0.01)
    assert told.loc["Fravel et al., TNSR 2024", "counted"] == "wider, purchasing power"
    shown = [row["Year, who, edition"] for row in drawn("fig-china-budget-multiples")]
    assert len(shown) == len(set(shown)) == len(rows)
    first = drawn("fig-budget-estimates")[0]
    assert (first["Who"], first["Low, USD billion"]) == ("Announced central budget", "231.5")


# ---------------------------------------------------------------- vintages and neighbors


def test_two_editions_differ_in_percent_of_the_earlier():
    rows = {what: (old, new, change) for what, _, old, new, change in table("tab-china-budget-vintages")}  # fmt: skip
    # 311.9 after 313.7 is 1.8 less, 0.57%; 304 after 330 is 26 less, 7.9%; 377 after 450 is 73 less, 16.2%; 240 after 261 is 21 less, 8.0%
    assert rows["China in 2024, SIPRI, USD billion"] == ("313.7", "311.9", "−0.6%")
    assert rows["China in 2024, SIPRI, real growth, %"] == ("7.0", "6.7", "−0.3 points")
    assert rows["China in 2024, US Department of Defense, USD billion"] == (
        "330–450",
        "304–377",
        "−7.9% and −16.2%",
    )
    assert rows["China in 2019, SIPRI, USD billion"] == ("261", "240", "−8.0%")


def test_neighbors_keep_one_definition_each():
    rows = drawn("fig-china-budget-neighbors")
    names = list(dict.fromkeys(row["Government"] for row in rows))
    assert names == ["China", "Japan", "South Korea", "Taiwan"]
    values = {(row["Government"], int(row["Year"])): row["Amount"] for row in rows}
    assert len(values) == len(rows)
    assert float(values["Japan", 2025].replace(",", "")) == 8700.5
    assert float(values["Taiwan", 2026].replace(",", "")) == 813.6
    panels = FIGURES["fig-china-budget-neighbors"]["datasets"].values()
    japan = {row["year"]: row["run"] for rows in panels for row in rows if row["country"] == "Japan"}  # fmt: skip
    assert japan[2022] != japan[2023] == japan[2024]


def test_growth_of_the_neighbors_is_on_their_own_year_before():
    rows = {name: (amount, growth) for name, amount, growth, _ in table("tab-china-budget-neighbors")}  # fmt: skip
    # Initial budgets as printed: 1,784.665 after 1,665.54 (7.15%); Japan 8,700.5 after 7,949.6 billion yen, 750.9 more (9.45%)
    assert rows["China"] == ("1,784.7 billion yuan", "+7.2")
    assert rows["Japan"] == ("8,700.5 billion yen", "+9.4")


def test_revised_output_and_the_wider_standard_are_rows_of_their_own():
    macro = load("china_macro").query("year == 2024").set_index("indicator")["value"]
    change = macro["gdp_nominal"] / macro["gdp_nominal_preliminary"] * 100 - 100
    shown = f"{change:+.2f}%".replace("-", "−")
    assert f"differed from the preliminary one by {shown}" in said("The final figure for 2024")
    # 813.6 after 647.0 is 166.6 more, 25.7%; 949.5 after 773.5 is 176 more, 22.8%
    assert "25.7% on the old standard and 22.8% on the new one" in said("Taiwan's proposal")


# ---------------------------------------------------------------- what if


@pytest.mark.parametrize(
    "growth, prices, years",
    [(7.2, 0, 9.97), (7, 0, 10.24), (7, 2, 14.48), (100, 0, 1), (3, 4, inf), (2, 2, inf)],
)
def test_doubling_times(growth, prices, years):
    assert spending.doubling_time(growth, prices) == pytest.approx(years, abs=0.01)


def test_a_projection_doubles_when_it_says():
    rows = spending.project(1909.561, 2026, 100, 3, 0)
    assert list(rows["nominal"] / rows["nominal"][0]) == pytest.approx([1, 2, 4, 8], rel=1e-4)
    level = spending.project(1909.561, 2026, 5, 4, 5)
    assert level["real"].round(0).unique().tolist() == [1910]


def test_the_controls_start_where_the_words_say():
    spec = FIGURES["fig-china-budget-what-if"]
    bound = {param["name"]: param for param in spec["params"] if "bind" in param}
    start = {name: param["value"] for name, param in bound.items()}
    last = spending.central_budgets().iloc[-1]
    assert start == {
        "growth": last["growth_announced_pct"],
        "horizon": 10,
        "prices": round(spending.usual_change("gdp_deflator_change"), 1),
    }
    for param in bound.values():
        bind = param["bind"]
        assert bind["input"] == "range" and bind["min"] <= param["value"] <= bind["max"]
    told = said("At the start the controls stand")
    assert f"{start['growth']:.1f}%, {start['horizon']} years" in told
    assert f"{start['prices']:+.1f}% a year" in told
