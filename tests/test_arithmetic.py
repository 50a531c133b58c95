"""The arithmetic of the pages on numbers worked out elsewhere: by hand on small made-up tables, or printed in textbooks.

No expected number here is computed by the formula that it tests. A comment says how it was worked out; the made-up
numbers are chosen so that the usual slips (a sign, the wrong base, a difference for a ratio, a logarithm for a rate,
a median for a mean, one year off, rows out of order) give another result. What a chapter computes in its cells is
held by the sentences and tables that it stores.
"""

import csv
from datetime import date

import pytest
from conftest import ROOT, close, notebooks

from companion import meetings, surveys

# ---------------------------------------------------------------- surveys


def test_margins_of_error_are_those_of_the_textbooks():
    # Half of the answers among 1,000: 3.1 points, among 400: 4.9, as pollsters print them; a design effect of 4 doubles a margin
    assert surveys.margin(50, 400) == close(4.900, 3)
    assert surveys.margin(10, 900) == close(1.96, 2)  # the root of 0.1 x 0.9 / 900 is 0.01
    assert surveys.margin(10, 900, 4) == close(3.92, 2)
    # Two independent shares: margins of 3 and 4 make 5. At 50%, 3 points want 1,067.07 answers and 4 want 600.23.
    assert surveys.step_margin(50, 1067.072, 50, 600.228) == close(5, 4)


def test_z_and_p_are_those_of_the_normal_table():
    # Standard error: the root of 0.25/1,000 + 0.2475/1,000 is 0.022305; 0.05 over it is 2.242.
    # Of the normal curve 0.01250 lie beyond 2.2414 (table), twice that 0.0250.
    change, z, p = surveys.step_test(50, 1000, 55, 1000)
    assert (change, z, p) == (5, close(2.242, 3), close(0.0250, 4))
    assert surveys.step_test(55, 1000, 50, 1000)[1] == close(-2.242, 3)
    assert surveys.step_test(50, 1000, 55, 1000, 4)[1] == close(1.121, 3)


def test_sample_sizes_are_those_of_the_textbooks():
    # Two proportions, 40 and 50%, two-sided 5%, power 80%, not pooled: (1.960 + 0.842)^2 x (0.24 + 0.25) / 0.1^2 = 385 a group
    assert surveys.needed(40, 50, 0.8) == close(384.6, 1)
    assert surveys.needed(40, 50, 0.8, 2) == close(769.2, 1)
    assert surveys.needed(40, 50) == close(188.2, 1)  # 1.960^2 x 0.49 / 0.01
    assert surveys.detection(384.6, 40, 10) == close(0.80, 3)


def test_printed_shares_of_a_small_poll_can_be_counted():
    # Eight answers with a design effect of 2 are four: 1, 4, 6, 4, 1 of 16
    four = {0: 1 / 16, 25: 4 / 16, 50: 6 / 16, 75: 4 / 16, 100: 1 / 16}
    assert surveys.published(50, 8, deff=2) == pytest.approx(four)
    one_of_eight = surveys.published(50, 8)[13]  # 12.5% is printed as 13
    assert one_of_eight == pytest.approx(8 / 256)
    assert surveys.published(25, 2) == pytest.approx({0: 9 / 16, 50: 6 / 16, 100: 1 / 16})


def test_the_chance_of_a_run_can_be_counted():
    # Two answers each (1, 2, 1 of 4): they are equal in 6 of 16 cases, and the other ten fall and rise alike.
    assert surveys.run_chance([50, 50], [2, 2]) == pytest.approx(11 / 16)
    assert surveys.run_chance([50, 50], [2, 2], strict=True) == pytest.approx(5 / 16)
    # Three waves of one answer, truth 30%: 0.7^3 + 0.7^2 x 0.3 + 0.7 x 0.3^2 + 0.3^3 = 0.343 + 0.147 + 0.063 + 0.027
    assert surveys.run_chance([30, 30, 30], [1, 1, 1]) == pytest.approx(0.58)


# ---------------------------------------------------------------- counts and rates


@pytest.mark.parametrize(
    "number, low, high",
    [(1, 0.0253, 5.5716), (3, 0.6187, 8.7673), (10, 4.7954, 18.3904), (20, 12.2165, 30.8884)],
)
def test_poisson_limits_are_those_of_the_published_table(number, low, high):
    # Garwood 1936, as tabled in textbooks of epidemiology
    assert meetings.poisson_limits(number) == (close(low, 4), close(high, 4))


def test_poisson_limits_of_another_level_and_of_nothing():
    # -log 0.95; table
    assert meetings.poisson_limits(1, 0.90) == (close(0.0513, 4), close(4.7439, 4))
    assert meetings.rate(0, 2) == (0, 0, close(3.6889 / 2, 4))  # -log 0.025 over two months
    assert meetings.rate(10, 4) == (2.5, close(4.7954 / 4, 4), close(18.3904 / 4, 4))


def test_uneven_splits_are_counted_exactly():
    # 7 of 10 at even chance: 2 x (120 + 45 + 10 + 1) of 1,024
    assert meetings.split_chance(7, 3, 0.5) == pytest.approx(352 / 1024)
    # 3 of 4 at a quarter: 12/256 and 4 of 4 1/256; none of 4 (81/256) is likelier, and so are 1 and 2
    assert meetings.split_chance(3, 1, 0.25) == pytest.approx(13 / 256)
    # none of 4: all but the likeliest split, 1 of 4 (108/256)
    assert meetings.split_chance(0, 4, 0.25) == pytest.approx(148 / 256)


MEETINGS = "id year date date_as_known kind level participants grade"


def meeting(number, day, level, kind="meeting", grade="read-in-archived-copy"):
    return (f"T-{number:02d}", day[:4], day, day, kind, level, "all three", grade)


def test_what_may_be_counted(made_up):
    made_up(
        "meetings",
        MEETINGS,
        [
            meeting(2, "2025-03-08", "defense ministers"),  # out of order
            meeting(1, "2022-01-01", "leaders"),
            meeting(3, "2023-05-21", "leaders"),  # Hiroshima: not called a meeting
            meeting(4, "2024-05-01", "foreign ministers", "call"),
            meeting(5, "2024-05-02", "foreign ministers", grade="general knowledge"),
            meeting(6, "2023-06-01", "leaders", "joint statement"),
            meeting(7, "2024-01-01", "navies", "exercise"),
            meeting(8, "2024-06-01", "air forces", "exercise not held"),
            meeting(9, "2024-06-06", "coast guards", "civilian exercise"),
            meeting(10, "2024-07-29", "navies", "multinational exercise"),
            meeting(11, "2025-01-01", "chiefs of defense"),  # a level not held whole
            meeting(12, "2025-02-01", "joint chiefs of staff", "announcement"),
        ],
    )
    found = meetings.countable()
    assert dict(zip(found["id"], found["group"])) == {
        "T-01": "leaders",
        "T-07": "exercises",
        "T-02": "defense ministers",
    }
    assert found["date"].is_monotonic_increasing


# ---------------------------------------------------------------- what the chapters store


def shown(name):
    """All texts that the cells of a notebook show, as one."""
    outputs = [out for cell in notebooks()[name]["cells"] for out in cell.get("outputs", [])]
    return "\n".join("".join(out.get("data", {}).get("text/markdown", "")) for out in outputs)


SAID = {
    # 1,784.665 - 1,665.54 = 119.125; 1,665.54 - 1,553.7 = 111.84 billion yuan
    "the yuan added": ("lin-2025", "119 billion after 112"),
    # 783.3 - 749.6 = 33.7 billion dollars, as the bureau printed them in July 2024
    "the first investor": ("lin-2025", "Japan came first with 783 billion dollars, 34 billion before"),
    # 36 of the 36 + 19 who chose are 65.45%
    "those who chose a side": ("lin-2025", "of those who chose a side, 65% saw one"),
    # 50% of the 32% who saw a need in 2020 are 16.0; 47% of 36% in 2024 are 16.9
    "security, of all asked": ("lin-2025", "16% named it in 2020 and 17% in 2024"),
    # Genron NPO and EAI, as printed each year
    "impressions": ("lin-2025", "from 12.3 to 28.9% among Koreans and from 25.9 to 37.4% among Japanese"),
    # of the ministry's fiscal year, not of its first three quarters
    "scrambles": ("lin-2025", "| FY2023 | 479 | 669 |"),
    # 997 billion dollars over 55.3 and over 47.6, in 2024
    "multiples": ("johnson-2025", "18 times what Japan did and 21 times what South Korea did"),
    # Biden to Trump, Yoon to Lee; Kishida to Ishiba of one party
    "parties": ("johnson-2025", "changed in Washington and Seoul, the leader alone in Tokyo"),
    # |ideal point of one - of the other| in 2024, as the record gives them
    "distances": ("johnson-2025", "| 1.41 | 1.14 | 0.27 |"),
}  # fmt: skip


@pytest.mark.parametrize("what", SAID)
def test_a_chapter_says_what_comes_out_by_hand(what):
    name, phrase = SAID[what]
    assert phrase in shown(name), f"book/{name}.ipynb does not say {phrase!r}"


def test_contacts_between_martial_law_and_the_election_and_after():
    """Counted once more from the file as text: both days belong to the time between them."""
    with open(ROOT / "data" / "meetings.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in ("meeting", "exercise")]
    ends, last = (date(2024, 12, 3), date(2025, 6, 3)), date(2025, 8, 12)
    count = {"meeting": [0, 0], "exercise": [0, 0]}
    for row in rows:
        day = date.fromisoformat((row["date"] or row["date_as_known"] + "-01")[:10])
        if ends[0] <= day <= ends[1] or ends[1] < day <= last:
            count[row["kind"]][day > ends[1]] += 1
    words = {1: "once", 2: "twice"}
    told = {kind: [words.get(n, f"{n} times") for n in two] for kind, two in count.items()}
    spelled = {"3 times": "three times", "4 times": "four times", "5 times": "five times"}
    met, drilled = ([spelled.get(one, one) for one in told[kind]] for kind in told)
    text = shown("johnson-2025")
    assert f"the three met {met[0]} and exercised together {drilled[0]}" in text
    assert f"they met {met[1]} and exercised {drilled[1]}" in text
