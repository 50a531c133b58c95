"""`companion.check`: right answers pass, at least three wrong ones fail each check, and no hint holds the number."""

import re

import pytest
from conftest import notebooks

import companion
from companion import spending
from companion.answers import ANSWERS, check

NUMBERS = {"growth-2013": 10.7, "growth-2017": 7.0, "growth-2018": 8.1, "margin": 2.40, "step-margin": 3.38, "score": 0.49}  # fmt: skip
MIXED = {2013: 7.4, 2017: 9.4, 2018: 6.0}
"""What dividing one headline by the last gives, where the two have different scopes."""


@pytest.mark.parametrize("name", ANSWERS)
def test_the_right_answer_passes(name):
    answer = ANSWERS[name]()
    assert check(name, answer.right).text.startswith("*Right:*")
    if name in NUMBERS:  # worked out elsewhere
        assert check(name, NUMBERS[name]).text.startswith("*Right:*")


@pytest.mark.parametrize("name", ANSWERS)
def test_three_misreadings_are_named_without_the_number(name):
    answer, hints = ANSWERS[name](), set()
    for given, _ in answer.misreadings:
        if given is None or given != given or abs(given - answer.right) <= answer.within:
            continue
        told = check(name, round(float(given), 2)).text
        assert told.startswith("*Not yet:* this "), f"{given}: {told}"
        assert not re.search(r"\d", told), f"a hint holds a number: {told}"
        hints.add(told)
    assert len(hints) >= 3, hints


@pytest.mark.parametrize("year", MIXED)
def test_mixed_scopes_are_called_so(year):
    assert spending.divided("headline").set_index("year").divided[year] == MIXED[year]
    told = check(f"growth-{year}", MIXED[year]).text
    assert "different scopes" in told and str(MIXED[year]) not in told


def test_announced_and_executed_are_told_apart():
    told = spending.implied_spending().set_index("year")
    assert "the budget as announced" in check("spent", told.budget[2024]).text


@pytest.mark.parametrize("value", ["7,4", "", float("nan"), True, [10.7]])
def test_what_is_no_number_is_said_so(value):
    assert "no number" in check("growth-2013", value).text


def test_an_answer_yet_to_come_is_asked_for():
    assert check("growth-2013", None).text.startswith("*To answer:* by how many percent")
    assert "share of one" in check("growth-2013", 0.107).text
    assert "too high" in check("margin", 40).text and "too low" in check("margin", 0.01).text


def test_an_unknown_check_is_refused():
    with pytest.raises(ValueError, match="found 'nothing'; expected one of .*growth-2013"):
        companion.check("nothing", 1)


def test_the_notebooks_ask_each_question():
    code = "\n".join("".join(cell["source"]) for one in notebooks().values() for cell in one["cells"] if cell["cell_type"] == "code")  # fmt: skip
    for name in ANSWERS:
        wanted = 'f"growth-{' if name.startswith("growth") else f'companion.check("{name}"'
        assert wanted in code, f"no notebook asks {name}"
