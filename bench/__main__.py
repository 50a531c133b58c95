"""Measure and write BENCH.md. Usage: python -m bench [build] [floor] [read] [grow] [test]; all where none is named; RUNS=1 for a trial."""

import json
import os
import sys
from datetime import UTC, datetime

from bench import builds, reading
from bench.machine import ROOT, WORK, machine, versions

PARTS = ("build", "floor", "read", "grow", "test")
HEAD = """# Measured

Written by `make bench`; not part of any page. {when}. {machine}

Peers, each with its documented defaults: stock Jupyter Book with stock Altair ({stock}); MkDocs with the Material theme and mkdocs-jupyter ({mkdocs}). The same notebooks, whose figures the peers show as Altair makes them, without caption, table, downloads, phone and paper form. A ratio is ours to theirs. A stock Jupyter Book does not run a notebook again when a value in `data/` or a helper changes: its short times there are those of pages that stay as they were.
"""


def ratio(ours, theirs):
    """Return two measures as a ratio in words."""
    return f"{ours / theirs:.2f}" if theirs else "–"


def _table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def build_table(told):
    """Return the table of builds: wall and CPU seconds, megabytes, ratios of wall time."""
    rows = []
    for what, by in told["figures"].items():
        for name, one in by.items():
            times = (
                ratio(by["ours"]["wall"], one["wall"]) if name != "ours" and "ours" in by else ""
            )
            rows.append(
                [what, name, f"{one['wall']:.1f}", f"{one['cpu']:.1f}", f"{one['peak']:.0f}", times]
            )
    heads = ["Build", "By", "Wall, s", "CPU, s", "Peak of one process, MB", "Ratio of wall"]
    failed = [f"\n{name} failed: {why.splitlines()[-1]}" for name, why in told["failed"].items()]
    return _table(heads, rows) + "".join(failed)


def floor_table(told):
    """Return what no build can do without, and its share of a clean build."""
    walls = told["walls"]
    least = walls["a kernel that imports companion"] * told["notebooks"] / (os.cpu_count() or 1)
    least += walls["a stock Jupyter Book of one page"]
    lines = "\n".join(f"- {what}: {wall:.1f} s" for what, wall in walls.items())
    return (
        f"{lines}\n\nKernels with their imports for {told['notebooks']} notebooks on all processors, and a book of one page: "
        f"{least:.1f} s, {100 * least / walls['a clean HTML build']:.0f}% of the clean build."
    )


def read_table(told):
    """Return the table of pages."""
    keys = ["bytes before the first figure", "bytes", "requests"]
    keys += ["first figure, ms", "first answer, ms", "layout shift"]
    rows = [
        [
            path,
            name,
            *(
                f"{one[k] / 1000:.0f} KB"
                if k.startswith("bytes")
                else f"{one[k]:.3g}"
                if k == "layout shift"
                else f"{one[k]:.0f}"
                for k in keys
            ),
        ]
        for path, by in told["figures"].items()
        for name, one in by.items()
    ]
    failed = "".join(f"\n\nNot measured: {line}" for line in told["failed"])
    return _table(["Page", "By", *(f"{key[0].upper()}{key[1:]}" for key in keys)], rows) + failed


def grow_table(told):
    """Return the table of made-up books, and what a chapter and an edit cost in the longer one against the shorter."""
    names = list(told)
    keys = list(told[names[0]])
    rows = [
        [
            key,
            *(f"{told[name][key]:.1f}" for name in names),
            ratio(told[names[-1]][key], told[names[0]][key]),
        ]
        for key in keys
    ]
    return _table(["Seconds", *(f"{name} chapters" for name in names), "Ratio"], rows)


def test_table(told):
    """Return how long the tests take, and the slowest."""
    lines = []
    for task, one in told.items():
        lines.append(f"`make {task}`: " + (one.get("failed") or f"{one['seconds']:.0f} s"))
        lines += [f"- {line}" for line in one.get("slowest", [])]
    return "\n".join(lines)


def main(parts, runs):
    """Measure the parts named and write JSON and page; what was not measured now stays as it stands in the JSON."""
    WORK.mkdir(parents=True, exist_ok=True)
    kept = WORK / "bench.json"
    found = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    found |= {
        "when": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "stock": versions("stock"),
        "mkdocs": versions("mkdocs"),
    }
    measure = {
        "build": lambda: builds.build(runs),
        "floor": builds.floor,
        "read": lambda: reading.read(runs),
        "grow": lambda: builds.grow(runs),
        "test": builds.durations,
    }
    tables = {
        "build": build_table,
        "floor": floor_table,
        "read": read_table,
        "grow": grow_table,
        "test": test_table,
    }
    for part in parts:
        print(part, file=sys.stderr)
        found[part] = measure[part]()
        found.setdefault("runs", {})[part] = 1 if part in ("floor", "test") else runs
        builds.keep(found)
    told = [HEAD.format(**found)]
    for part in PARTS:
        if part in found:
            many = found["runs"][part]
            times = "One run each." if many == 1 else f"Medians of {many} runs, in turn."
            told.append(f"## {part.capitalize()}\n\n{times}\n\n{tables[part](found[part])}\n")
    page = "\n".join(told)
    (ROOT / "BENCH.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    asked = sys.argv[1:] or list(PARTS)
    if set(asked) - set(PARTS):
        sys.exit(f"usage: python -m bench {' '.join(f'[{part}]' for part in PARTS)}")
    main(asked, int(os.environ.get("RUNS", 5)))
