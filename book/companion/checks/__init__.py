"""Checks: what the data of the package decide about single claims of the ledger.

Each module beside this one holds the checks of a few sections of an article, named after it; whatever lies here
is read. The tests run every check with the day by which its sentence is judged and compare the verdict with the ledger's.
"""

import importlib
import pkgutil
from datetime import date

from companion.checks.finding import CHECKS, Finding, check
from companion.data import load

__all__ = ["CHECKS", "Finding", "check", "disagreements", "flips", "run", "run_all", "today"]

for _module in pkgutil.iter_modules(__path__, f"{__name__}."):
    importlib.import_module(_module.name)


def run(claim_id: str, as_of: date | None = None) -> Finding:
    """Return the Finding of a claim with what was public on `as_of`; without it, on the day by which the ledger judges the claim."""
    if as_of is None:
        ledger = load("claims").set_index("id")
        as_of = ledger.at[claim_id, "judged_as_of"].date()
    return CHECKS[claim_id](as_of)


def run_all() -> dict[str, Finding]:
    """Return {claim id: Finding} of all checks, each on the day by which its claim is judged, in the ledger's order."""
    return {claim_id: run(claim_id) for claim_id in load("claims")["id"] if claim_id in CHECKS}


def today(claim_id: str) -> Finding:
    """Return the Finding of a claim with all that is known, as if its sentence were said again with the newest data.

    It tells nothing of what the author could know, and never counts in the verdict.
    """
    return CHECKS[claim_id](None)


def flips() -> list[tuple[str, Finding, Finding]]:
    """Return [(claim id, Finding when judged, Finding with all that is known)] where the two verdicts differ.

    Each of these claims must say in `since_then` what has come.
    """
    pairs = [(claim_id, found, today(claim_id)) for claim_id, found in run_all().items()]
    return [(claim_id, then, now) for claim_id, then, now in pairs if then.verdict != now.verdict]


def disagreements() -> list[str]:
    """Return one line for each claim whose ledger verdict its check does not return: id, sentence, both verdicts, figures."""
    ledger = load("claims").set_index("id")
    return [
        f"{claim_id} ({CHECKS[claim_id].__name__}): {ledger.at[claim_id, 'claim']!r}: the ledger says {ledger.at[claim_id, 'verdict']!r}, "
        f"the data say {found.verdict!r} ({found})"
        for claim_id, found in run_all().items()
        if found.verdict != ledger.at[claim_id, "verdict"]
    ]
