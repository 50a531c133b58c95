"""One list of dated events from three resources: the timeline, the three-country meetings, and history."""

import pandas as pd

from companion.data import load
from companion.output import table


def _meeting(row):
    words = {
        "exercise": f"Exercise, {row['level']}",
        "exercise not held": "Exercise not held",
        "call": f"Call of {row['level']}",
        "joint statement": f"Joint statement of {row['level']}",
    }.get(row["kind"], f"Meeting of {row['level']}")
    if row["level"] == "Trilateral Secretariat":
        words = "Meeting of the Trilateral Secretariat"
    place = f", {row['place']}" if pd.notna(row["place"]) else ""
    note = f" ({row['note']})" if pd.notna(row["note"]) else ""
    return words + place + note


def events():
    """Return all events that were seen in a source, oldest first: date (as text, as exact as known), who, event, cite_as, url.

    Rows graded general knowledge or uncertain are left out. An event that two resources hold stands once,
    as the timeline words it.
    """
    timeline = load("timeline").assign(
        day=lambda f: f["date"].dt.strftime("%Y-%m-%d"), who=lambda f: f["country"]
    )
    meetings = load("meetings")
    meetings = meetings[meetings["kind"] != "mechanism"]
    meetings = meetings.assign(
        day=meetings["date_as_known"],
        who="United States; Japan; South Korea",
        event=[_meeting(row) for _, row in meetings.iterrows()],
    )
    history = load("history_events").assign(
        day=lambda f: f["date_as_known"], who=lambda f: f["country"]
    )
    rows = pd.concat(
        [
            frame[["day", "who", "event", "cite_as", "url"]]
            for frame in (timeline, meetings, history)
        ]
    )
    return (
        rows.drop_duplicates(["day", "who"])
        .sort_values("day", kind="stable")
        .reset_index(drop=True)
    )


def timeline_table():
    """Return the events as a table that a reader can filter in the browser and that prints as a list."""
    return table(
        events(),
        {"day": "Date", "who": "Who", "event": "What happened", "cite_as": "Source"},
        name="tab-timeline",
        caption="Events in the book's data, oldest first",
        filterable=True,
    )
