"""The notebook on polls: its named computations on numbers worked out elsewhere, and what its cells show."""

import json
import re
from itertools import pairwise, product

import conftest  # noqa: F401  puts book/ on the path
import pandas as pd
import pytest
from conftest import ROOT
from scipy.stats import binom, norm

from companion import surveys
from companion.data import load
from companion.theme import MIME

MOBILE = "landline and mobile"
CELLS = json.loads((ROOT / "book" / "polling.ipynb").read_text(encoding="utf-8"))["cells"]
CODE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code")
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
OUTPUTS = [one for cell in CELLS for one in cell.get("outputs", []) if "data" in one]
SAID = "\n".join("".join(one["data"].get("text/markdown", "")) for one in OUTPUTS)
FIGURES = {
    spec["usermeta"]["companion"]["name"]: spec["usermeta"]["companion"]
    for spec in (one["data"].get(MIME) for one in OUTPUTS)
    if spec
}


def table(name):
    """A stored table of the notebook as rows, each a dict by heading; links are their text."""
    text = next(
        "".join(one["data"]["text/markdown"])
        for one in OUTPUTS
        if one["metadata"].get("companion", {}).get("name") == name
    )
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    rows = [[re.sub(r"\[(.*?)\]\(<.*?>\)", r"\1", cell) for cell in row] for row in rows]
    return [dict(zip(rows[0], row)) for row in rows[2:]]


def drawn(name):
    """The rows behind a stored figure, each a dict by heading."""
    told = FIGURES[name]["table"]
    return [dict(zip(told["columns"], row)) for row in told["rows"]]


def seen_waves():
    """The years of the telephone waves whose need was seen in a source: those that are compared."""
    steps = surveys.steps(surveys.waves(mode=MOBILE))
    return [*steps["start"], steps["end"].iloc[-1]]


def series(what):
    """A tested series: its waves, the column of its share, the column of its answers."""
    if what == "Article 9":
        rows = load("nhk_article9").query(
            "mode == @MOBILE and question == 'need to revise Article 9'"
        )
        return rows, "no_need_pct", "n_responses"
    if what == "security":
        rows = load("nhk_reasons").query("reason == 'security environment' and year >= 2018")
        base = rows["n_responses"] * rows["need_pct"] / 100
        return rows.assign(base=base), "share_pct_of_need", "base"
    return surveys.waves(mode=MOBILE), what, "n_responses"


# ---------------------------------------------------------------- named computations


@pytest.mark.parametrize("share, n, simple, wide", [(36, 1534, 2.40, 2.94), (35, 1544, 2.38, 2.91)])
def test_margins(share, n, simple, wide):
    assert surveys.margin(share, n) == pytest.approx(simple, abs=0.005)
    assert surveys.margin(share, n, 1.5) == pytest.approx(wide, abs=0.005)
    assert surveys.margin(50, 1002) == pytest.approx(3.1, abs=0.05), "what Gallup Korea states"


def test_a_difference_with_its_interval():
    # 35.0 to 36.0 among 1,544 and 1,534: 1.96 sqrt(0.35 * 0.65 / 1544 + 0.36 * 0.64 / 1534) = 3.38 points
    assert surveys.difference(35, 1544, 36, 1534) == pytest.approx((1, -2.38, 4.38), abs=0.005)
    assert surveys.difference(35, 1544, 36, 1534, 1.5) == pytest.approx((1, -3.14, 5.14), abs=0.005)
    with pytest.raises(surveys.FrameError, match="'panel'"):
        surveys.difference(35, 1544, 36, 1534, frame="panel")


# Recomputed apart from the book, with unpooled variances: change, z, p (None: below 0.001), z with an effect of 1.5
STEPS = {
    ("need_pct", 2020, 2021): (1, 0.59, 0.55, 0.48),
    ("need_pct", 2021, 2022): (2, 1.16, 0.24, 0.95),
    ("need_pct", 2022, 2023): (0, 0, 1, 0),
    ("need_pct", 2023, 2024): (1, 0.58, 0.56, 0.47),
    ("need_pct", 2020, 2024): (4, 2.35, 0.019, 1.92),
    ("need_pct", 2018, 2024): (7, 4.35, None, 3.55),
    ("no_need_pct", 2018, 2024): (-8, -5.59, None, -4.57),
    ("Article 9", 2020, 2024): (-8, -4.75, None, -3.88),
    ("security", 2022, 2024): (-10, -3.31, None, -2.70),
    ("security", 2020, 2024): (-3, -0.97, 0.33, -0.79),
    ("security", 2023, 2024): (-7, -2.32, 0.020, -1.89),
}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step[0]} {step[1]}-{step[2]}")
def test_steps(step):
    what, start, end = step
    change, z, p, wide = STEPS[step]
    for deff, expected in ((1.0, z), (1.5, wide)):
        rows = surveys.steps(*series(what), deff, end=end).set_index("start")
        row = rows.loc[start]
        half = (row["high"] - row["low"]) / 2
        assert row["change"] == change and (row["high"] + row["low"]) / 2 == pytest.approx(change)
        assert change / (half / surveys.Z95) == pytest.approx(expected, abs=0.006)
        assert (abs(change) > half) == (row["p"] < 0.05), "an interval and a test never differ"
        if deff == 1:
            assert row["p"] < 0.001 if p is None else row["p"] == pytest.approx(p, abs=0.006)


def test_neighboring_waves_are_those_that_were_seen():
    rows = surveys.steps(surveys.waves(mode=MOBILE).query("year <= 2024"))
    assert list(zip(rows["start"], rows["end"])) == [
        (2018, 2020),
        (2020, 2021),
        (2021, 2022),
        (2022, 2023),
        (2023, 2024),
    ]


def test_no_step_joins_two_modes_or_leaves_random_samples():
    with pytest.raises(ValueError, match="steps: found the modes .*landline.*; expected one"):
        surveys.steps(surveys.waves())
    rows = pd.DataFrame(
        {"year": [2024, 2025], "need_pct": [41.7, 52.4], "n_responses": [1006, 1585]}
    )
    for frame in ("panel", "quota", "unknown"):
        with pytest.raises(surveys.FrameError, match=f"'{frame}'"):
            surveys.steps(rows.assign(frame=["probability", frame]))


@pytest.mark.parametrize(
    "power, deff, answers",
    [(None, 1, 17600), (None, 1.5, 26400), (0.8, 1, 35900), (0.8, 1.5, 53900)],
)
def test_answers_needed_for_one_point(power, deff, answers):
    assert surveys.needed(35, 36, power, deff) == pytest.approx(answers, abs=100)


def test_power_and_size_agree():
    assert surveys.detection(surveys.needed(35, 36, 0.8), 35, 1) == pytest.approx(0.8, abs=0.001)
    assert surveys.detection(1534, 35, 0) == pytest.approx(0.05)
    assert surveys.detection(1534, 35, 3, 1.5) < surveys.detection(1534, 35, 3)


def test_published_shares_are_a_distribution():
    chances = surveys.published(36, 1534)
    assert sum(chances.values()) == pytest.approx(1, abs=1e-6)
    assert max(chances, key=chances.get) == 36
    # 35.5% of 1,534 is 544.6 answers, 36.5% is 559.9
    inside = binom.cdf(559, 1534, 0.36) - binom.cdf(544, 1534, 0.36)
    assert chances[36] == pytest.approx(inside)


def test_chance_of_a_run_by_enumeration():
    truths, sizes = [30, 32, 31], [40, 50, 45]
    waves = [surveys.published(share, n) for share, n in zip(truths, sizes)]
    for strict in (False, True):
        whole = sum(
            waves[0][a] * waves[1][b] * waves[2][c]
            for a, b, c in product(*waves)
            if (a < b < c if strict else a <= b <= c)
        )
        assert surveys.run_chance(truths, sizes, strict) == pytest.approx(whole)


def test_a_step_of_one_point_in_approval():
    change, z, p = surveys.step_test(65, 1001, 66, 1002)
    assert change == 1 and p == pytest.approx(2 * norm.sf(z)) and p > 0.5


# ---------------------------------------------------------------- what the notebook shows


def test_the_wave_of_2019_is_named_and_no_step_jumps_it_in_silence():
    waves = {row["Year"]: row for row in table("tab-polling-waves")}
    assert waves["2019 (need not seen)"]["Needed, %"] == "–"
    assert waves["2019 (need not seen)"]["Not needed, %"] == "27"
    steps = [row["Step"] for row in table("tab-nhk-steps")]
    more = [year for year in seen_waves() if year > 2024]
    assert "2018 to 2020, over 2019 (not seen)" in steps and len(steps) == 9 + len(more)
    assert "passes over 2019, whose need was not seen" in SAID
    assert "leaves out 2019, not seen" in FIGURES["fig-polling-runs"]["caption"]


def test_a_weak_wave_has_no_interval():
    waves = {row["Year"]: row for row in table("tab-polling-waves")}
    assert waves["2025 (weak source)"]["Margin, points"] == "–"
    assert not any("2025" in row["Step"] for row in table("tab-nhk-steps"))
    weak = [row for row in drawn("fig-polling-article9") if row["Grade"] == "uncertain"]
    assert [row["House"] for row in weak] == ["Mainichi"]


def test_steps_of_the_table_that_moved_here():
    rows = {row["Step"]: row for row in table("tab-nhk-steps")}
    assert rows["2013 to 2014"]["Change"] == "−14"
    assert rows["2013 to 2014"]["95% interval"] == "−17.3 to −10.7"
    assert [step for step, row in rows.items() if row["Told from chance?"] == "yes"] == [
        "2013 to 2014"
    ]
    assert rows["2023 to 2024"]["95% interval"] == "−2.4 to +4.4"


def test_one_family_is_tested_with_holms_correction():
    rows = {row["Step"]: row for row in table("tab-polling-tests")}
    years = seen_waves()
    assert years[:6] == [2018, 2020, 2021, 2022, 2023, 2024]
    whole, *neighbors = ((2018, years[-1]), *((a, b) for a, b in pairwise(years) if a > 2018))
    assert list(rows) == [f"{start} to {end}" for start, end in (whole, *neighbors)]
    (adjusted,) = (name for name in next(iter(rows.values())) if name.startswith("p, Holm"))
    assert adjusted == f"p, Holm, {len(rows)} tests"
    first, *others = ((row[adjusted], row["Told from chance at 5%?"]) for row in rows.values())
    assert first == ("0.002", "yes") or years[-1] > 2024 and first[1] == "yes"
    assert others[:4] == [("1.00", "no")] * 4
    assert "holm-1979" in PROSE and "kish-1965" in PROSE and "aapor-nd-opt-in" in PROSE
    assert not re.search(r"\bz = |\bz, ", SAID), "a z beyond the one family"


def test_security_is_shown_from_every_base_year():
    rows = {(row["Share"], row["From"]): row for row in drawn("fig-polling-base")}
    assert {year for what, year in rows if what == "Security, of these"} == {
        "2020",
        "2021",
        "2022",
        "2023",
    }
    assert rows["Security, of these", "2020"]["95% interval"] == "−10.4 to +4.4"
    assert rows["Security, of these", "2022"]["95% interval"] == "−17.3 to −2.7"
    assert len([row for row in table("tab-polling-reasons")]) == 8
    assert "it went from 16 to 17% between 2020 and 2024" in SAID
    assert "moved against" not in PROSE + SAID


def test_samples_that_are_not_random_get_no_interval():
    views = load("japan_korea_views")
    web = views[(views["direction"] == "Koreans on Japan") & (views["mode"] == "web panel")]
    assert set(web["frame"]) == {"panel"}
    said = next(line for line in SAID.splitlines() if "From web to web" in line)
    assert "10.7 points higher" in said and "no interval" in said and "±" not in said
    assert "found a frame 'panel'" in SAID and "house states a margin of 2.5 points" in SAID
    june = next(line for line in SAID.splitlines() if "April to June 2022" in line)
    assert "from 42 to 32%" in june and "this change has no interval" in june
    assert PROSE.count("no estimates of sampling error can be calculated") == 1


def test_runs():
    rows = drawn("fig-polling-runs")
    flat, rising, always = list(rows[0])[2:]
    years = seen_waves()
    more = len(years) - 6  # waves after 2024, which come with a rarer run
    assert [round(float(row[flat])) for row in rows][: len(rows) - more] == [61, 30, 13, 5, 2]
    assert round(float(rows[3][always])) == 5
    assert all(float(row[rising]) > float(row[flat]) for row in rows)
    assert [row["First wave"] for row in rows] == [str(year) for year in years[-2::-1]]
    assert [str(year) for year in years[4::-1]] == ["2023", "2022", "2021", "2020", "2018"]


def test_houses_in_2024():
    rows = {row["House"]: row for row in table("tab-polling-decided")}
    assert {house: row["For, % of those who chose"] for house, row in rows.items()} == {
        "Kyodo": "76.5",
        "Nikkei": "70.8",
        "NHK": "65.5",
        "Yomiuri": "64.3",
        "Asahi": "57.6",
        "Mainichi": "34.2",
    }
    assert rows["NHK"]["Neither or no answer, %"] == "45"
    assert "Of NHK's 45 points, 41 said that they could not say either way" in SAID
    assert "27 points apart among all asked" in SAID
    assert "lie 48 points, 16 times the margin of NHK's figure (2.9 points" in SAID


def test_cluster_effects_only_where_points_are_published():
    rows = {(row["House"], row["Year"]): row for row in table("tab-polling-points")}
    asahi = rows["Asahi", "2022"]
    assert (asahi["Points"], asahi["Persons at a point"]) == ("334", "9.0")
    assert (asahi["Design effect, ρ 0.02"], asahi["ρ 0.05"]) == ("1.16", "1.40")
    published = load("constitution_polls").dropna(subset="points")
    assert {house for house, _ in rows} == set(published["house"]) | {"NHK"}


def test_same_house_another_vehicle():
    said = next(line for line in SAID.splitlines() if line.startswith("Within one week"))
    assert "−5 points (interval −9.4 to −0.6)" in said
    assert "+16 points (interval +11.6 to +20.4)" in said


def test_lines_join_one_series_in_one_mode_only():
    spec = next(
        one["data"][MIME]
        for one in OUTPUTS
        if one["data"].get(MIME, {}).get("usermeta", {}).get("companion", {}).get("name")
        == "fig-polling-mutual"
    )
    rows = pd.DataFrame(next(iter(spec["datasets"].values())))
    shown = pd.DataFrame(drawn("fig-polling-mutual"))
    assert len(rows) == len(shown)
    for _, run in shown.groupby(rows["run"].to_numpy()):
        assert run[["Who on whom", "Survey", "Question", "Mode"]].drop_duplicates().shape[0] == 1


def test_trust_and_value():
    rows = {(row["Public"], row["Question"]): row["Share, %"] for row in drawn("fig-polling-trust")}
    assert len(rows) == 8, "each question of the list was found"
    assert float(rows["South Korea", "No confidence in the US president (Pew)"]) == 67
    assert float(rows["Japan", "No confidence in the US president (Pew)"]) == 61
    assert float(rows["South Korea", "United States is the top ally (Pew)"]) == 89
    assert float(rows["Japan", "United States is the top ally (Pew)"]) == 78


def test_every_poll_on_nuclear_arms_has_wording_and_year():
    rows = drawn("fig-polling-nuclear")
    asked = load("alliance_views").query(
        "target == 'nuclear armament' and population == 'South Korea'"
    )
    assert len(rows) == len(asked) - 1, "KINU's 36 to 37% are one row"
    for row in rows:
        assert row["Wording, in English and shortened"].endswith("?")
        assert re.search(r"\d{4}", row["When"])
    costs = {
        (row["Survey"], row["When"]): row["In favor, %"]
        for row in rows
        if row["Form"] == "with a cost named"
    }
    assert costs == {
        ("Asan Institute", "Mar. 2022"): "64",
        ("Asan Institute", "Nov. 2022"): "55",
        ("KINU", "2023"): "36–37",
    }
    assert "the share falls, by 7 to 24 points" in FIGURES["fig-polling-nuclear"]["alt"]


def test_exit_polls_by_the_margin_that_they_state():
    rows = table("tab-polling-exit")
    worst = next(
        row for row in rows if row["Winner"].endswith("2025") and row["Poll"].startswith("KBS")
    )
    assert (worst["Error, points"], worst["Margin that the poll states"]) == ("+2.28", "0.8")
    assert worst["Error in such margins"] == "2.85"
    assert sum(row["Winner"] == "Lee Jae Myung, 2025" for row in rows) == 4
    assert "simple random sample of this size would have 0.35" in SAID
    assert "a design effect of 5.3" in SAID  # (0.8 / 0.346) squared


def test_records():
    rows = drawn("fig-polling-approval")
    assert [row["Approve, %"] for row in rows][-3:] == ["65", "66", "67"]
    assert [row["Reported"] for row in rows][-3:] == ["as a reading", "as a record", "as a record"]
    assert "still rise twice with a probability of 9%" in SAID


def test_the_notebook_has_its_knobs_and_no_module_of_its_own():
    for name in ("DEFF", "JOIN", "BASE", "SPLIT"):
        assert re.search(rf"(?m)^{name} = .+ # change me: ", CODE), name
    assert "DEFF = 1.5          # change me: 1.0, 2.0" in CODE
    assert "polls." not in CODE.replace("constitution_polls", "")
