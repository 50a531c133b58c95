"""What the notebook on polls computes, against published figures, against scipy and by hand."""

from itertools import product

import conftest  # noqa: F401  puts book/ on the path
import pytest
from scipy.stats import binom, norm

from companion import polls
from companion.data import RECALLED


@pytest.mark.parametrize("share, n, simple, wide", [(36, 1534, 2.40, 2.94), (35, 1544, 2.38, 2.91)])
def test_margins(share, n, simple, wide):
    assert polls.margin(share, n) == pytest.approx(simple, abs=0.005)
    assert polls.margin(share, n, 1.5) == pytest.approx(wide, abs=0.005)


def test_margin_of_a_step():
    assert polls.step_margin(35, 1544, 36, 1534) == pytest.approx(3.38, abs=0.005)
    assert polls.step_margin(35, 1544, 36, 1534, 1.5) == pytest.approx(4.14, abs=0.005)


STEPS = {  # what, from, to: change, z, p, z with a design effect of 1.5; p None is below 0.001
    ("need for revision", 2020, 2021): (1, 0.59, 0.55, 0.48),
    ("need for revision", 2021, 2022): (2, 1.16, 0.24, 0.95),
    ("need for revision", 2022, 2023): (0, 0, 1, 0),
    ("need for revision", 2023, 2024): (1, 0.58, 0.56, 0.47),
    ("need for revision", 2020, 2024): (4, 2.35, 0.019, 1.92),
    ("need for revision", 2018, 2024): (7, 4.35, None, 3.55),
    ("no need for revision", 2018, 2024): (-8, -5.59, None, -4.57),
    ("no need to revise Article 9", 2020, 2024): (-8, -4.75, None, -3.88),
    ("security named, of those who see a need", 2022, 2024): (-10, -3.31, None, -2.70),
    ("need for revision (landline)", 2013, 2014): (-14, -8.41, None, -6.87),
}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step[0]} {step[1]}-{step[2]}")
def test_steps(step):
    change, z, p, wide = STEPS[step]
    row = polls.tests().set_index(["what", "from", "to"]).loc[step]
    assert row["change"] == change
    assert row["z"] == pytest.approx(z, abs=0.006) and row["z_wide"] == pytest.approx(
        wide, abs=0.006
    )
    assert row["p"] < 0.001 if p is None else row["p"] == pytest.approx(p, abs=0.006)


def test_verdicts_follow_the_margins():
    for row in polls.tests().itertuples():
        assert row.verdict == (
            "yes" if row.p_wide < 0.05 else "only without a design effect" if row.p < 0.05 else "no"
        )
        assert (abs(row.z) > polls.Z95) == (row.p < 0.05)


def test_no_step_joins_two_modes():
    modes = polls.waves().set_index("year")["mode"]
    for row in polls.tests().query("what == 'need for revision'").itertuples():
        assert modes[row[2]] == modes[row.to] == polls.MOBILE


@pytest.mark.parametrize(
    "power, deff, answers",
    [(None, 1, 17600), (None, 1.5, 26400), (0.8, 1, 35900), (0.8, 1.5, 53900)],
)
def test_answers_needed_for_one_point(power, deff, answers):
    assert polls.needed(35, 36, power, deff) == pytest.approx(answers, abs=100)


def test_power_and_size_agree():
    assert polls.detection(polls.needed(35, 36, 0.8), 35, 1) == pytest.approx(0.8, abs=0.001)
    assert polls.detection(1534, 35, 0) == pytest.approx(0.05)
    assert polls.detection(1534, 35, 3, 1.5) < polls.detection(1534, 35, 3)


def test_published_shares_are_a_distribution():
    chances = polls.published(36, 1534)
    assert sum(chances.values()) == pytest.approx(1, abs=1e-6)
    assert max(chances, key=chances.get) == 36
    inside = binom.cdf(559, 1534, 0.36) - binom.cdf(
        544, 1534, 0.36
    )  # 35.5% of 1,534 is 544.6 answers, 36.5% is 559.9
    assert chances[36] == pytest.approx(inside)


def test_chance_of_a_run_by_enumeration():
    truths, sizes = [30, 32, 31], [40, 50, 45]
    waves = [polls.published(share, n) for share, n in zip(truths, sizes)]
    for strict in (False, True):
        whole = sum(
            waves[0][a] * waves[1][b] * waves[2][c]
            for a, b, c in product(*waves)
            if (a < b < c if strict else a <= b <= c)
        )
        assert polls.run_chance(truths, sizes, strict) == pytest.approx(whole)


def test_runs():
    rows = polls.runs().set_index("waves")
    assert [round(rows.loc[waves, "flat"]) for waves in (3, 4, 5, 6)] == [30, 13, 5, 2]
    assert round(rows.loc[5, "always"]) == 5
    assert (rows["rising"] > rows["flat"]).all()
    assert list(rows["first"]) == [2023, 2022, 2021, 2020, 2018]


def test_houses_in_2024():
    rows = polls.houses().set_index("house")
    assert {house: row["decided"] for house, row in rows.iterrows()} == {
        "Mainichi": 34.2,
        "Asahi": 57.6,
        "Yomiuri": 64.3,
        "NHK": 65.5,
        "Nikkei": 70.8,
        "Kyodo": 76.5,
    }
    assert rows["favor_pct"].max() - rows["favor_pct"].min() == 48
    assert "27 points apart among all asked" in polls.decided_remark().text


def test_same_house_another_vehicle():
    text = polls.vehicles_remark().text
    assert "z = 2.7" in text and "z = 8.7" in text and "z = 6.1" in text


def test_weak_copies_are_marked():
    article9 = polls.article9()
    assert list(article9[article9["grade"] == "uncertain"]["line"].str.contains("weak source")) == [
        True
    ]
    assert "weak source" in polls.waves_table().text
    assert 2025 not in set(polls.tests()["to"]) | set(polls.runs()["first"])


def test_lines_join_one_series_in_one_mode_only():
    rows = polls.mutual()
    for _, run in rows.groupby("run"):
        assert run[["direction", "series", "measure", "mode"]].drop_duplicates().shape[0] == 1
    assert not rows["grade"].isin(RECALLED).any()
    assert "10.7 points in 2025 (z = 5.4; 4.4 with" in polls.mutual_remark().text


def test_trust_and_value():
    rows = polls.trust().set_index(["population", "about", "series"])["value"]
    assert (
        rows["South Korea", "the president", "Pew Global Attitudes"] == 67
        and rows["Japan", "the president", "Pew Global Attitudes"] == 61
    )
    assert (
        rows["South Korea", "the alliance", "Pew Global Attitudes"] == 89
        and rows["Japan", "the alliance", "Pew Global Attitudes"] == 78
    )
    with pytest.raises(ValueError, match="no row of"):
        polls.trust(2012)


def test_every_poll_on_nuclear_arms_has_wording_and_year():
    rows = polls.nuclear()
    assert rows["wording"].notna().all() and rows["when"].str.contains(r"\d{4}").all()
    costs = rows.dropna(subset=["cost_low"]).set_index(["series", "when"])[
        ["value", "cost_low", "cost_high"]
    ]
    assert list(costs.loc[("Asan Institute", "Mar. 2022")]) == [70.2, 63.6, 63.6]
    assert list(costs.loc[("Asan Institute", "Nov. 2022")]) == [64.3, 54.7, 54.7]
    assert list(costs.loc[("KINU", "2023")]) == [60.2, 36, 37]
    assert (costs["cost_high"] < costs["value"]).all()


def test_exit_polls():
    rows = polls.exit_polls()
    worst = rows[
        (rows["election"] == "2025-06-03")
        & rows["agency"].str.startswith("KBS")
        & (rows["candidate"] == "Lee Jae Myung")
    ].iloc[0]
    assert (worst["error"], worst["se"]) == (2.28, 5.6)
    assert polls.exit_table().text.count("Lee Jae Myung, 2025") == 4


def test_records():
    rows = polls.approval()
    assert list(rows["share"].tail(3)) == [65, 66, 67]
    assert polls.margin(50, 1002) == pytest.approx(3.1, abs=0.05), (
        "the margin that the pollster states"
    )
    change, z, p = polls.step_test(65, 1001, 66, 1002)
    assert change == 1 and p == pytest.approx(2 * norm.sf(z)) and p > 0.5
