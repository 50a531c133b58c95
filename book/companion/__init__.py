"""What the notebooks of *Alliances in Transition* share: data, tables, figures and claim cards.

A notebook needs two lines::

    import companion
    from companion import LIN          # the day by which Lin's article is judged

and then calls `companion.load`, `companion.table`, `companion.say`, `companion.figure` and
`companion.checked`. Charts and their words stand in the cells of the notebooks; what a field computes
(growth, margins of error, limits of a count) in `spending`, `surveys` and `meetings`.
"""

import sys

# Altair's validator would build a grammar of internationalized addresses, which takes every notebook 1.6 s and nobody here uses.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from companion.answers import check
from companion.data import DataError, cited, load
from companion.days import JOHNSON, LIN, RECORD_END, dates, day, spell, spell_day
from companion.figures import FigureError, figure
from companion.ledger import checked, essential, notes
from companion.marks import countries, ends, kinds, runs, years
from companion.output import catalog, choose, datasets, listed, say, since, spans, table
from companion.seal import sealed

__all__ = [
    "JOHNSON",
    "LIN",
    "RECORD_END",
    "DataError",
    "FigureError",
    "catalog",
    "check",
    "checked",
    "choose",
    "cited",
    "countries",
    "datasets",
    "dates",
    "day",
    "ends",
    "essential",
    "figure",
    "kinds",
    "listed",
    "load",
    "notes",
    "runs",
    "say",
    "sealed",
    "since",
    "spans",
    "spell",
    "spell_day",
    "table",
    "years",
]
