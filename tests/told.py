"""What a failing test says of the data: file, row, column, found, expected; and, under any failure, what `make data` would say."""

from functools import cache

import pytest


class Keyed(dict):
    """{key: value} of rows of a file; a key that is missing is named with its file."""

    def __init__(self, pairs, name, what="row"):
        super().__init__(pairs)
        self.name, self.what = name, what

    def __missing__(self, key):
        pytest.fail(f"{self.name}: found no {self.what} of {key}; expected one", pytrace=False)


def file_of(rows):
    """The file that a frame was loaded from."""
    name = rows.attrs.get("resource")
    return f"{name}.csv" if name else "a computed table"


def values(rows, key, column):
    """{key: value} of two columns of a frame, or of several as key."""
    keys = rows[key] if isinstance(key, str) else list(zip(*(rows[one] for one in key)))
    return Keyed(zip(keys, rows[column]), file_of(rows), f"row with {column}")


def hold(rows, right, column, expected):
    """Fail at the first row of a frame for which `right` (a boolean each) is not true, with its row in the file."""
    wrong = rows[~right.fillna(False).astype(bool)]
    for row in wrong.index[:1]:
        line = f'{file_of(rows)}, row {row + 2}, column "{column}": found {wrong.loc[row, column]}; expected {expected}'
        more = f" ({len(wrong)} such rows)" if len(wrong) > 1 else ""
        pytest.fail(line + more, pytrace=False)


def same(rows, key, column, expected, within=0.0):
    """Fail at the first of {key: value} that a frame's column does not have; `key` names the column of the keys, or several."""
    found = values(rows, key, column)
    for one, value in expected.items():
        if not (abs(found[one] - value) <= within if within else found[one] == value):
            chosen = (
                rows[key].eq(one) if isinstance(key, str) else (rows[list(key)] == one).all(axis=1)
            )
            row = rows.index[chosen][-1]
            near = f" within {within:g}" if within else ""
            pytest.fail(
                f'{file_of(rows)}, row {row + 2}, column "{column}": found {found[one]}; expected {value}{near}, for {one}',
                pytrace=False,
            )


@cache
def _fault():
    from mutations import ROOT, refusal

    return refusal(ROOT / "data")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Put beneath a failure what the checks of the data say, where they refuse them: a test that looks up a year cannot know which row lost it."""
    report = yield
    if report.failed and (line := _fault()):
        report.sections.append(("the data, as `make check` reads them", line))
    return report
