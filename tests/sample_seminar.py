"""A book with one chapter and one session, to look at and to break."""

import yaml
from sample_chapter import plant_chapter

SESSION = {
    "question": "What can a budget tell the neighbors?",
    "as_of": "2025-08-12",
    "reading": ["lin-ii-1"],
    "in_brief": ["The budget grows.", "Growth tells an aim.", "Neighbors should plan."],
    "without_reading": "A half page.\n\n*At its strongest, in our words.* Neighbors must plan now.",
    "stops": [
        {
            "name": name,
            "title": title,
            "show": [show],
            "prompt": "d-lin-ii-1-1",
            "commit": {
                "vote": {
                    "ask": f"Which measure, {name}?",
                    "options": ["the rate", "the sum"],
                    "before_and_after": True,
                }
            },
            "reveal": reveal,
            "minutes": minutes,
            "short": {20: "In 20 minutes the follow-up is left out."},
        }
        for name, title, show, reveal, minutes in (
            ("rate", "Rate or sum", "fig-later", ["fig-later"], {20: 9, 50: 15, 75: 15}),
            ("years", "Which years", "tab-rows", ["since-lin-ii-1"], {20: 0, 50: 15, 75: 15}),
            ("own", "A table of the session", "tab-session-own", ["l-25"], {20: 0, 50: 0, 75: 15}),
        )
    ]
    + [
        {
            "name": "draw",
            "title": "Draw it",
            "show": ["fig-later", "tab-rows"],
            "prompt": "d-lin-ii-1-1",
            "commit": {"draw": {"ask": "Draw the next two years.", "figure": "fig-later"}},
            "reveal": [],
            "minutes": {20: 0, 50: 0, 75: 12},
        }
    ],
    "exit": {"ask": "Which number would change your mind?"},
    "envelope": {"ask": "How likely is a rise of 7% or more in March 2027?", "due": "2027-03-31"},
    "wrong_turns": ["One number is a lie.", "The largest is the truest.", "A share shows aims."],
    "print": ["an envelope"],
    "cards": "tab-session-own",
    "spare": [],
}
PAGE = """(session-sample)=
# A session

See [the figure](#fig-later).

:::{table} What had been said
:name: tab-session-own

| Who | What | Judged by |
|:---|:---|:---|
| one | 7.1, on March 5, 2024 | December 31, 2026 |
:::
"""
NOTE = """# Notes

## d-lin-ii-1-1

**Purpose.** To choose a measure, as [the figure](#fig-later) lets one.

:::{dropdown} When the seal is broken
Ask about [the figure](#fig-later) in March 2026.
:::

**Misreading.** That one measure is the honest one.

**Minutes.** 11
"""


def write_session(root, change=None, page=PAGE):
    """Write the session's file; `change(session)` may spoil it first."""
    told = yaml.safe_load(yaml.safe_dump(SESSION))
    if change:
        change(told)
    front = yaml.safe_dump({"session": told}, sort_keys=False, allow_unicode=True)
    # YAML would quote the day as the text it is here.
    front = front.replace("'2025-08-12'", "2025-08-12").replace("'2027-03-31'", "2027-03-31")
    path = root / "book" / "sessions" / "sample.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"---\n{front}---\n\n{page}", encoding="utf-8")


def plant_seminar(root):
    """Write the book of tests/sample_chapter.py with a session and an instructor's note."""
    plant_chapter(root)
    toc = root / "_toc.yml"
    toc.write_text(toc.read_text() + "      - file: book/sessions/sample\n")
    (root / "book" / "instructor").mkdir(exist_ok=True)
    (root / "book" / "instructor" / "sample.md").write_text(NOTE, encoding="utf-8")
    write_session(root)
