"""What the notebooks of *Alliances in Transition* share: data, tables, figures and claim cards.

A notebook needs two lines::

    import companion
    from companion import LIN          # the day by which Lin's article is judged

and then calls `companion.load`, `companion.table`, `companion.say`, `companion.figure` and
`companion.cards`. Charts and computations live in the modules beside this file.
"""

import sys
from datetime import date

# Altair's validator would build a grammar of internationalized addresses, which takes every notebook 1.6 s and nobody here uses.
sys.modules.setdefault("rfc3987_syntax", None)

from companion.data import DataError, load
from companion.figures import FigureError, figure
from companion.output import cards, catalog, datasets, ledger, notes, say, table

LIN = date(2025, 3, 8)
"""The latest date in Lin's notes; his article is judged by what was public then."""

JOHNSON = date(2025, 8, 12)
"""The day Johnson's article appeared; it is judged by what was public then."""

__all__ = ["JOHNSON", "LIN", "DataError", "FigureError", "cards", "catalog", "datasets", "figure", "ledger", "load", "notes", "say", "table"]
