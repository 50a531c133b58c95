"""Johnson's chapter: the named computations on numbers worked out elsewhere, and the helpers that its cells lean on."""

import pandas as pd
import pytest

import companion
from companion import meetings, spending
from companion.markup import marked


def test_military_expenditure_is_that_of_the_edition_of_the_day():
    """SIPRI's edition of April 28, 2025, Fact Sheet: 997, 55.3 and 47.6 billion dollars; Japan 1.4% of GDP."""
    rows = spending.military("2025-08-12")
    assert list(rows.loc[["United States", "Japan", "South Korea"], "usd_bn"]) == [
        997.3,
        55.3,
        47.6,
    ]
    assert f"{rows.share_gdp['Japan']:.1f}" == "1.4"
    assert set(rows.year) == {2024} and set(rows.published) == {pd.Timestamp("2025-04-28")}
    assert not rows.later_vintage.any()
    assert spending.military("2024-06-01").usd_bn["Japan"] == 50.2
    assert spending.military().usd_bn["Japan"] == 62.2
    assert spending.military("1900-01-01").empty


def test_vote_distances_are_differences_of_ideal_points(monkeypatch):
    points = pd.DataFrame(
        [(2001, "Japan", 0.75), (2001, "South Korea", 0.5), (2001, "United States", 2.25)],
        columns=["year", "country", "idealpoint_final_passage"],
    )
    monkeypatch.setattr(meetings, "load", lambda name, as_of=None: points)
    rows = meetings.vote_distances().set_index(["one", "other"]).distance
    assert rows.to_dict() == {
        ("United States", "Japan"): 1.5,
        ("United States", "South Korea"): 1.75,
        ("Japan", "South Korea"): 0.25,
    }


@pytest.mark.parametrize("n, told", [(0, "not once"), (1, "once"), (2, "twice"), (5, "five times"), (12, "12 times")])  # fmt: skip
def test_a_count_reads_as_times(n, told):
    assert str(marked("{n:times}", n=n)) == told


def test_a_section_lists_the_claims_of_its_passages():
    told = companion.checked("johnson-recommendations").text
    assert "J-74" in told and "J-85" in told and "J-33" not in told


def test_a_table_without_rows_becomes_a_sentence():
    rows = companion.load("commitments", as_of="1900-01-01")
    shown = companion.table(rows, "text article", name="tab-x", caption="X")
    assert shown.metadata == {"kind": "sentence"} and "January 1, 1900" in shown.text
