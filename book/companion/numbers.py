"""The numbers that figures and tables have in the book, so that JupyterLab can show them and links can jump to them.

`make notebooks` renews `numbers.json`. The book itself counts anew, whatever stands there.
"""

import json
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("numbers.json")


@cache
def _numbers():
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def opening(name: str | None) -> tuple[str, str]:
    """Return what opens the caption of a figure or table in JupyterLab: its label, to which links jump, and "Figure 4. ".

    name: its label, such as "fig-leaders", or None for what has none; the number is left out where none is known yet.
    """
    if not name:
        return "", ""
    number = _numbers().get(name)
    word = "Table" if name.startswith("tab-") else "Figure"
    return f"({name})=\n", f"{word} {number}. " if number else ""
