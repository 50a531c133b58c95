"""What a failing test says: file, row, column, found and expected, in a line, and what the checks of the data say beneath it."""

import pandas as pd
import pytest
import told
from told import hold, same, values


@pytest.fixture
def rows():
    frame = pd.DataFrame({"year": [2010, 2012], "value": [1.5, 2.5]}, index=[3, 4])
    frame.attrs["resource"] = "made_up"
    return frame


def said(call, *words, **more):
    with pytest.raises(pytest.fail.Exception) as caught:
        call(*words, **more)
    return str(caught.value)


def test_a_missing_year_is_named_with_its_file(rows):
    assert values(rows, "year", "value")[2012] == 2.5
    missing = said(values(rows, "year", "value").__getitem__, 2011)
    assert missing == "made_up.csv: found no row with value of 2011; expected one"


def test_a_wrong_value_is_named_with_its_row(rows):
    same(rows, "year", "value", {2010: 1.6}, within=0.2)
    assert said(same, rows, "year", "value", {2012: 2.4}) == (
        'made_up.csv, row 6, column "value": found 2.5; expected 2.4, for 2012'
    )
    assert said(hold, rows, rows["value"] > 2, "value", "more than 2") == (
        'made_up.csv, row 5, column "value": found 1.5; expected more than 2'
    )


def test_beneath_a_failure_stands_what_the_data_lack(monkeypatch):
    from types import SimpleNamespace

    monkeypatch.setattr(told, "_fault", lambda: "x.csv, row 2: found 1; expected 2")
    for failed, sections in ((True, 1), (False, 0)):
        report = SimpleNamespace(failed=failed, sections=[])
        hook = told.pytest_runtest_makereport(None, None)
        next(hook)
        with pytest.raises(StopIteration):
            hook.send(report)
        assert len(report.sections) == sections
