"""A sample of the mutations that `make test-mutations` tries: each is refused in one line that names the place."""

import pytest
from mutations import UNTOLD, in_data, judge

SAMPLE = {
    "a value ten times as high",
    "two years exchanged",
    "a row deleted",
    "public a year sooner",
    "a modal verb",
    "a number in a claim's evidence",
    "mojibake",
    "a vintage soon",
}


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    return dict(in_data(7, tmp_path_factory.mktemp("mutations")))


@pytest.mark.parametrize("kind", sorted(SAMPLE))
def test_a_change_that_nobody_meant_is_refused(kind, kinds):
    fault = judge(kind, *kinds[kind]())
    assert not fault, fault


def test_what_cannot_be_told_is_listed_with_its_reason():
    assert len(UNTOLD) >= 4 and all(len(reason) > 40 for reason in UNTOLD.values())


def test_a_mutation_that_passes_is_said():
    assert judge("a kind", ["x.csv"], "", 0) == "a kind: passed (x.csv)"
    assert "does not name y.csv" in judge(
        "a kind", ["y.csv"], "x.csv, row 2: found 1; expected 2", 0
    )
