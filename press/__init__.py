"""What makes the book of the notebooks: the Sphinx extension, drawing, paper, pages, editions, the build.

No notebook imports it; it imports `companion`, which lies in `book/`, as the notebooks do.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "book"))

# As in `companion`: the validator that nbformat and Altair use would build a grammar of internationalized addresses, for 1.6 s.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
