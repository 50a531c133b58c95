"""What changed between two editions: figures, claims, sections, data. Generated from the two trees, never written."""

from companion.markup import pieces
from companion.markup import text as written
from press.corrected import part as changed_rows
from press.edition import ROOT, being_published, commit_of, published, spell
from press.trees import (
    claims,
    commit_tree,
    figures,
    folder_tree,
    pages,
    redirects,
    sections,
    vintages,
)

CELLS = 6  # changed cells told of one figure; more are counted
OTHER = "its table has other columns: "


def _keyed(table):
    """Return {key: row} of a figure's table, the key being the fewest first columns that tell rows apart, with their number."""
    for width in range(1, len(table["columns"]) + 1):
        rows = {tuple(row[:width]): row for row in table["rows"]}
        if len(rows) == len(table["rows"]):
            break
    return rows, width


def _numbers(old, new):
    """Return the lines that tell how the numbers of a figure changed; none where they did not."""
    if old["columns"] != new["columns"]:
        return [OTHER + ", ".join(new["columns"])] if old["rows"] != new["rows"] else []
    old, new = (
        {
            **table,
            "rows": [
                ["".join(shown for shown, _ in pieces(cell)) for cell in row]
                for row in table["rows"]
            ],
        }
        for table in (old, new)
    )
    (before, width), (after, _) = _keyed(old), _keyed(new)
    lines = []
    for key, row in after.items():
        name = ", ".join(filter(None, key))
        if key not in before:
            lines.append(
                f"{name}: new, "
                + "; ".join(
                    f"{column} {cell}"
                    for column, cell in list(zip(new["columns"], row))[width : width + 3]
                    if cell
                )
            )
        else:
            lines += [
                f"{name}, {column}: {was or 'nothing'} → {now or 'nothing'}"
                for column, was, now in zip(new["columns"], before[key], row)
                if was != now
            ]
    return lines + [f"{', '.join(filter(None, key))}: gone" for key in before if key not in after]


def compare(old, new):
    """Return what changed from tree `old` to tree `new`.

    A dict of lists: `figures` (name, page, lines, resources), `drawn` (name, page), `figures_new`, `figures_gone`,
    `verdicts` (id, page, claim, old, new), `claims` (ids with another text), `claims_new`, `claims_gone`,
    `sections` (page, heading, what changed of each), `sections_new`, `sections_gone`,
    `data` (title, old vintage, new vintage, old number of rows, new number, how many are new or changed).
    """
    found = {}
    was, now = figures(old), figures(new)
    moved = {
        name: redirects(new).get(f"figures/{name}", name).removeprefix("figures/") for name in was
    }
    both = [(moved[name], name) for name in was if moved[name] in now]
    changed = {name: _numbers(was[before]["table"], now[name]["table"]) for name, before in both}
    found["figures"] = [
        (name, now[name]["page"], changed[name], now[name]["resources"])
        for name in changed
        if changed[name]
    ]
    found["drawn"] = [
        (name, now[name]["page"])
        for name, before in both
        if not changed[name]
        and any(was[before][key] != now[name][key] for key in ("spec", "caption", "alt", "source"))
    ]
    found["figures_new"] = [
        (name, now[name]["page"]) for name in now if name not in [name for name, _ in both]
    ]
    found["figures_gone"] = [name for name in was if moved[name] not in now]
    was, now = claims(old), claims(new)
    found["verdicts"] = [
        (key, now[key]["claim"], was[key]["verdict"], now[key]["verdict"])
        for key in now
        if key in was and was[key]["verdict"] != now[key]["verdict"]
    ]
    found["claims"] = [
        key
        for key in now
        if key in was and was[key] != now[key] and was[key]["verdict"] == now[key]["verdict"]
    ]
    found["claims_new"], found["claims_gone"] = (
        [key for key in now if key not in was],
        [key for key in was if key not in now],
    )
    was, now = sections(old), sections(new)
    told = {
        key: " and ".join(
            kind for kind, a, b in zip(("text", "computed results"), was[key], now[key]) if a != b
        )
        for key in now
        if key in was
    }
    found["sections"] = [(*key, kind) for key, kind in told.items() if kind]
    found["sections_new"], found["sections_gone"] = (
        [key for key in now if key not in was],
        [key for key in was if key not in now],
    )
    was, now = vintages(old), vintages(new)
    none = ("", "not there", [])
    found["data"] = [
        (
            now[key][0],
            was.get(key, none)[1],
            now[key][1],
            len(was.get(key, none)[2]),
            len(now[key][2]),
            len(set(now[key][2]) - set(was.get(key, none)[2])),
        )
        for key in now
        if was.get(key, none)[1:] != now[key][1:]
    ]
    found["data"] += [
        (was[key][0], was[key][1], "gone", len(was[key][2]), 0, 0) for key in was if key not in now
    ]
    return found


def lost(old, new):
    """Return the addresses of pages and figures of tree `old` that tree `new` neither has nor leads on from."""
    addresses = lambda tree: [*pages(tree), *(f"figures/{name}" for name in figures(tree))]
    kept = {*addresses(new), *redirects(new)}
    return [name for name in addresses(old) if name not in kept]


def _link(name, page):
    return f"[{name}](#{name}) ({page.partition('/')[2]})"


def _heading(page, heading):
    return f"{page.partition('/')[2]}, “{heading}”" if heading else page.partition("/")[2]


def _by_page(sections):
    """Return a line for each page and kind of change, with the headings."""
    told: dict[tuple, list] = {}
    for page, heading, kind in sections:
        told.setdefault((page, kind), []).append(f"“{heading}”" if heading else "its head")
    return [
        f"{page.partition('/')[2]}: {kind} changed in {', '.join(headings)}."
        for (page, kind), headings in told.items()
    ]


def tell(found, vintage):
    """Return what `compare` found as Markdown, with `vintage` {resource: (title, vintage, …)} for the sources of figures."""
    parts = []

    def part(title, lines, none, paper=""):
        """Add a part; `paper` is a line that takes the place of its lines on paper, where they would fill pages."""
        said = "\n".join(f"- {line}" for line in lines) if lines else none
        if paper and lines:
            said = f"```{{only}} not builder_latex\n{said}\n```\n\n```{{only}} builder_latex\n{paper}\n```"
        parts.append(f"## {title}\n\n{said}")

    def figure(name, page, lines, resources):
        sources = [line for line in lines if ", Source: " in line]
        lines = [line for line in lines if line not in sources]
        lines += [f"{len(sources)} of its sources"] * bool(sources)
        more = f"; and {len(lines) - CELLS} more" if len(lines) > CELLS else ""
        data = "; ".join(
            f"{vintage[key][0]}, vintage {vintage[key][1]}" for key in resources if key in vintage
        )
        return f"{_link(name, page)}: {written('; '.join(lines[:CELLS]))}{more}. *Data:* {written(data)}."

    other = [row for row in found["figures"] if row[2][0].startswith(OTHER)]
    part(
        "Figures whose numbers changed",
        [figure(*row) for row in found["figures"] if row not in other]
        + [f"Other columns in the table: {', '.join(_link(*row[:2]) for row in other)}."]
        * bool(other),
        "None.",
        paper=f"{', '.join(_link(*row[:2]) for row in found['figures'])}. The book on the screen lists the numbers.",
    )
    part(
        "Other changes in figures",
        [f"{_link(*row)}: new." for row in found["figures_new"]]
        + [f"{_link(*row)}: same numbers, other drawing or words." for row in found["drawn"]]
        + [f"`{name}`: gone." for name in found["figures_gone"]],
        "None.",
    )
    part(
        "Claims whose verdict changed",
        [
            f"[{key}](#{key.lower()}): *{written(old or 'none')}* → *{written(new or 'none')}*. {written(claim)}."
            for key, claim, old, new in found["verdicts"]
        ],
        "None.",
    )
    part(
        "Other changes in claims",
        [
            f"{title}: "
            + ", ".join(f"[{key}](#{key.lower()})" if link else key for key in found[kind])
            + "."
            for kind, title, link in (
                ("claims", "Evidence, wording or sources", True),
                ("claims_new", "New", True),
                ("claims_gone", "Gone", False),
            )
            if found[kind]
        ],
        "None.",
    )
    part(
        "Sections",
        _by_page(found["sections"])
        + [f"{_heading(*row)}: new." for row in found["sections_new"]]
        + [f"{_heading(*row)}: gone." for row in found["sections_gone"]],
        "None changed.",
        paper=f"{len(found['sections'])} changed, {len(found['sections_new'])} are new and {len(found['sections_gone'])} gone. The book on the screen lists them.",
    )
    kept = [row for row in found["data"] if row[1] == row[2] and row[3] == row[4]]
    part(
        "Data",
        [
            f"{written(title)}: vintage {written(old if old == new else f'{old} → {new}')}, {f'{rows} rows' if rows == now else f'{rows} → {now} rows'}, {fresh} new or changed."
            for title, old, new, rows, now, fresh in found["data"]
            if (title, old, new, rows, now, fresh) not in kept
        ]
        + [
            "Of the same vintage and length, new or changed: "
            + "; ".join(f"{written(row[0])}, {row[5]} of {row[4]} rows" for row in kept)
            + "."
        ]
        * bool(kept),
        "None changed.",
    )
    return "\n\n".join(parts)


def since_last():
    """Return the Markdown of the page "What changed": from the newest edition before this one to the tree as it is.

    Errors: ValueError in an edition whose predecessor is listed but not in this copy of the repository.
    """
    before = [edition for edition in published() if edition["version"] != being_published()]
    if not before:
        return "This is the first edition; there is none to compare it with."
    last, new = before[-1], folder_tree(ROOT)
    found = commit_of(last)
    if not found:
        line = f"commit {last['commit'][:10]} of edition {last['version']} is not in this copy of the repository"
        if being_published():
            raise ValueError(f"book/editions.csv: {line}; fetch its whole history")
        return f"Nothing could be compared: {line}." + changed_rows(vintages(new))
    return (
        f"Compared with edition {last['version']} of {spell(last['date'])}. The list is computed from the two editions' files.\n\n"
        + tell(compare(commit_tree(found), new), vintages(new))
        + changed_rows(vintages(new))
    )
