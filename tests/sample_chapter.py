"""A book with one chapter of every part that a chapter has."""

import re

from test_build import TOC, plant

from companion.ledger import checked
from press.notebooks import dumps

HEAD = """(lin-ii-1)=
## 1. The Challenge

*What can a budget tell the neighbors?*

**The argument.** Growth lets China press its interests ([Cha 1998](#ref-cha-1999)), as [Figure 9](#fig-later) shows.

A second paragraph of the argument.

*At its strongest, in our words.* Neighbors must plan now.
"""
EVIDENCE = "**The evidence.** *Choose your measure before you look.*"
LIMITS = (
    "**How far it goes.** A budget is a plan. See [the table](#tab-rows) and [Table ?](#tab-rows)."
)
CHECKED = "**What was checked.**"
DISCUSS = """**Discuss.**

:::{admonition} Opening
:class: prompt opening
:name: d-lin-ii-1-1
Rate or sum?
:::
"""
SINCE = "**Since then.**"
LAST = """(lin-ii-2)=
## 2. Trade

*Is trade an answer?*

**The argument.** It is, and [L-24](#l-24) is in the ledger.
"""
END = """**Since then.**"""
ABOUT = """:::{admonition} About this chapter
:class: card dropdown
Who wrote it, and who pays.
:::
"""
KEY = """## Key points

- One point.
"""
NOTES = "## Notes on the text\n\n(note-one)=\nA note with a verdict."
HELPERS = '''import altair as alt
import companion
from companion.ledger import checked
from companion.output import since
from companion.sample import growth

AS_OF = "2025-03-08"'''
FIGURE = """rows = companion.sealed(growth, AS_OF)
shown = alt.Chart(rows).mark_bar().encode(x="year:O", y="pct:Q").properties(width=420, height=220)
companion.figure(shown, name="fig-later", caption="Growth of a budget.", source=["china_defense_budget"],
                 alt=lambda r: f"{len(r)} bars; the last is {r.pct.iloc[-1]:.1f}%.", columns={"year": "Year", "pct": "Growth, %"})"""
TABLE = (
    """companion.table(rows[~rows.later], {"year": "Year"}, caption="Years.", name="tab-rows")"""
)
SINCE_1 = 'since("March 2026: the growth was {x:.1f}% ([a paper](https://example.org/a)).", x=7.7)'
SINCE_2 = 'since("May 2026: trade grew ([a paper](https://example.org/b)).")'
CELLS = [
    "# A chapter\n\n*Who is right?*\n\nThree lines on the article.",
    ABOUT,
    (HELPERS,),
    HEAD,
    EVIDENCE,
    (FIGURE,),
    (TABLE,),
    LIMITS,
    CHECKED,
    ('checked("lin-ii-1", as_of=AS_OF)',),
    DISCUSS,
    SINCE,
    (SINCE_1,),
    LAST,
    END,
    (SINCE_2,),
    KEY,
    NOTES,
]
HELPER = '''

def growth(as_of=None):
    """Growth of three years, the last of them public in March 2026."""
    import pandas as pd

    years = [2023, 2024] if as_of else [2023, 2024, 2033]
    return pd.DataFrame({"year": years, "pct": [7.3, 7.1, 9.9][: len(years)]})
'''
CLAIMS = re.findall(r"^- . \*\*\[([A-Z]-\d+)\]", checked("lin-ii-1").text, re.M)
LATER = re.compile(r"2033|9\.9")
"""What nobody is to see before the control is set."""


def write_chapter(cells=CELLS):
    made = []
    for number, source in enumerate(cells):
        code = isinstance(source, tuple)
        cell = (
            {"cell_type": "code", "outputs": [], "source": source[0]}
            if code
            else {"cell_type": "markdown", "source": source}
        )
        made.append({"id": f"c{number}", "metadata": {}, **cell})
    return dumps({"cells": made})


def ledger():
    from companion.data import load

    rows = load("claims")
    rows = rows[rows["section"] == "lin-ii-1"]
    return "(claims)=\n# Ledger\n\n" + "\n\n".join(
        f"({key.lower()})=\n> {key}" for key in rows["id"]
    )


def plant_chapter(root):
    plant(root)
    (root / "_toc.yml").write_text(TOC + "      - file: book/claims\n")
    (root / "book" / "claims.md").write_text(ledger() + "\n", encoding="utf-8")
    (root / "book" / "sample.ipynb").write_text(write_chapter(), encoding="utf-8")
    helper = root / "book" / "companion" / "sample.py"
    helper.write_text(helper.read_text() + HELPER)
