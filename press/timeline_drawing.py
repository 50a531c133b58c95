"""The timeline on paper: two facing pages, drawn from the data of the book.

Time runs down the page, from event to event: each event has its line of text, and terms of office and
meetings lie between the lines by their dates.
"""

import html
import re
from bisect import bisect_right
from functools import cache

import pandas as pd
import vl_convert
from docutils import nodes
from fontTools.ttLib import TTFont
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from companion.data import load
from companion.days import RECORD_END
from companion.theme import COUNTRIES, PALETTE
from press.edition import ROOT
from press.fonts import FONTS, paper_fonts
from press.paper import latex
from press.pdf import stable_pdf

WIDTH, LINE, SIZE = 394, 8.3, 6.6  # points: the measure, a line of small type, its size
HEIGHTS = (440, 592)  # of the two drawings; the first stands under the page's heading
LANES = {"United States": 42, "Japan": 54, "South Korea": 66}
MET = {
    "leaders": 84,
    "foreign ministers": 92,
    "defense ministers": 92,
    "national security advisers": 92,
}
EXERCISES = 100
DAYS, CHIPS, TEXT = 112, 143, 161
TOP = 30.0  # of the drawing, below the heads of its columns


@cache
def _advances(face):
    font = TTFont(FONTS / f"{face}.woff2")
    widths, chars = font["hmtx"].metrics, font.getBestCmap()
    scale = font["head"].unitsPerEm
    return {chr(code): widths[name][0] / scale for code, name in chars.items()}


def _wrap(text, room):
    """Return a text in lines that fit into `room` points."""
    advances = _advances("sans-regular")
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if sum(advances.get(sign, 0.5) for sign in longer) * SIZE > room and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def events():
    """Return the events that the spread names, by day: those of Japan and Korea, those of the two years of the articles, and meetings of the three leaders."""
    turns = load("timeline")
    turns = turns[
        (turns.track != "articles and polls") | turns.event.str.contains("article|paper appears")
    ]
    past = load("history_events")
    past = past[~past.date.isin(turns.date)]
    met = load("meetings").query("kind == 'meeting' and level == 'leaders'")
    met = met[~met.date.isin(turns.date)]
    met = met.assign(
        country="United States; Japan; South Korea", event="The three leaders meet, " + met.place
    )
    columns = ["date", "country", "event", "status"]
    told = pd.concat([turns[columns], past[columns], met[columns]]).dropna(subset=["date"])
    told = told.assign(date=pd.to_datetime(told.date)).drop_duplicates(["date", "event"])
    return told.sort_values("date", kind="stable").reset_index(drop=True)


def lines_of(row):
    """Return the text of an event in lines."""
    text = re.sub(r'"([^"]*)"', r"“\1”", row.event.replace("'", "’"))
    text = f"{text} (announced)" if row.status == "announced" and "nnounce" not in text else text
    text = f"{text} (canceled)" if row.status == "canceled" and "put off" not in text else text
    return _wrap(text, WIDTH - TEXT)


def pages(told):
    """Return the events in two lists that fill the drawings alike, and the height that a line has in both."""
    heights = _heights(told, told.date.iloc[0])
    share = sum(heights) * HEIGHTS[0] / sum(HEIGHTS)
    cut, filled = 0, 0.0
    while filled + heights[cut] <= share:
        filled += heights[cut]
        cut += 1
    return [told.iloc[:cut], told.iloc[cut:]]


def _heights(told, first):
    """Return the room that each event takes, in lines: its text, and before it room for meetings that would lie on one another."""
    met = pd.to_datetime(load("meetings").date.dropna()).tolist()
    out = []
    for row in told.itertuples():
        between = sum(first < day <= row.date for day in met)
        out.append(len(lines_of(row)) + 0.25 + min(max(between - 5, 0) * 0.3, 2.5))
        first = row.date
    return out


def drawing_of(told, first, last, height):
    """Return one page of the spread as SVG: `told` events from `first` to `last` day, in `height` points."""
    texts = [lines_of(row) for row in told.itertuples()]
    rooms = _heights(told, first)
    step = min((height - TOP - 8) / sum(rooms), LINE * 1.25)
    y, places = TOP + 8.0, []
    for lines, room in zip(texts, rooms):
        y += room * step
        places.append(y - (len(lines) + 0.25) * step)
    end = y
    days = [first, *told.date, last]
    tops = [TOP, *(place - 2.4 for place in places), end]

    def at(day):
        number = min(max(bisect_right(days, day) - 1, 0), len(days) - 2)
        span = (days[number + 1] - days[number]).days or 1
        part = min(max((day - days[number]).days / span, 0), 1)
        return tops[number] + part * (tops[number + 1] - tops[number])

    out = [*_heads(), *_years(told, places, at, first, last)]
    out += _terms(at, first, last)
    out += _meetings(at, first, last)
    for row, lines, place in zip(told.itertuples(), texts, places):
        out.append(_text(DAYS, place, f"{row.date:%b} {row.date.day}", fill=PALETTE["gray"]))
        for number, country in enumerate(str(row.country).split("; ")[:3]):
            color = COUNTRIES.get(country, PALETTE["gray"])
            out.append(
                f'<rect x="{CHIPS + 5 * number}" y="{place - 4.6:.1f}" width="4" height="4" fill="{color}"/>'
            )
        out += [_text(TEXT, place + number * step, line) for number, line in enumerate(lines)]
    body = "\n".join(out)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{end + 2:.0f}" viewBox="0 0 {WIDTH} {end + 2:.0f}" '
        f'font-family="Companion Sans" font-size="{SIZE}" fill="{PALETTE["ink"]}">{body}</svg>'
    )


def _text(x, y, text, **more):
    told = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in more.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{told}>{html.escape(text)}</text>'


def _heads():
    words = {
        42: "Washington",
        54: "Tokyo",
        66: "Seoul",
        84: "leaders",
        92: "ministers",
        100: "exercises",
    }
    return [
        f'<text transform="translate({x + 2} {TOP - 3}) rotate(-42)" font-size="5.6">{word}</text>'
        for x, word in words.items()
    ]


def _years(told, places, at, first, last):
    """Return a number beside the first event of each year, and a line where a year begins."""
    out, seen = [], set()
    for row, place in zip(told.itertuples(), places):
        if row.date.year in seen:
            continue
        seen.add(row.date.year)
        start = pd.Timestamp(row.date.year, 1, 1)
        y = min(max(at(max(start, first)), TOP), place - 7.2)
        out.append(
            f'<line x1="0" x2="{DAYS - 4}" y1="{y:.1f}" y2="{y:.1f}" stroke="{PALETTE["rule"]}" stroke-width=".6"/>'
        )
        out.append(_text(0, place, str(row.date.year), font_weight=600, font_size=8))
    return out


def _terms(at, first, last):
    out = []
    for row in load("leaders").itertuples():
        start, end = pd.Timestamp(row.start), row.end
        end = last if pd.isna(end) else pd.Timestamp(end)
        if start >= last or end <= first or row.country not in LANES:
            continue
        top, bottom, x = at(max(start, first)), at(min(end, last)), LANES[row.country]
        acting = "acting" in row.office
        color = PALETTE["gray"] if acting else COUNTRIES[row.country]
        out.append(
            f'<rect x="{x - 3.5}" y="{top:.1f}" width="8.5" height="{max(bottom - top - 0.8, 0.8):.1f}" fill="{color}"/>'
        )
        name = row.name
        family = name.split()[-1] if row.country == "United States" else name.split()[0]
        if bottom - top > 4 * len(family):
            out.append(
                f'<text transform="translate({x - 1.3} {top + 3:.1f}) rotate(90)" font-size="6.3" fill="white">{family}</text>'
            )
    return out


def _meetings(at, first, last):
    out = []
    for row in load("meetings").dropna(subset=["date"]).itertuples():
        day = pd.Timestamp(row.date)
        if not first <= day <= last:
            continue
        if row.kind == "exercise":
            out.append(
                f'<rect x="{EXERCISES - 2}" y="{at(day) - 0.7:.1f}" width="6" height="1.4" fill="{PALETTE["ink"]}"/>'
            )
        elif row.kind == "meeting" and row.level in MET:
            fill = PALETTE["ink"] if row.level == "leaders" else "none"
            out.append(
                f'<circle cx="{MET[row.level] + 1}" cy="{at(day):.1f}" r="1.7" fill="{fill}" stroke="{PALETTE["ink"]}" stroke-width=".6"/>'
            )
    return out


def draw_spread(folder):
    """Write the two pages of the spread into a folder as PDF; return their paths."""
    vl_convert.register_font_directory(str(paper_fonts()))
    told = events()
    halves = pages(told)
    cut = halves[1].date.iloc[0]
    spans = ((told.date.iloc[0], cut), (cut, pd.Timestamp(RECORD_END)))
    made = []
    for number, (half, (first, last), height) in enumerate(zip(halves, spans, HEIGHTS), start=1):
        svg = drawing_of(half, first, last, height)
        path = folder / f"timeline-{number}.pdf"
        path.write_bytes(stable_pdf(vl_convert.svg_to_pdf(svg)))
        made.append(path)
    return made


SAID = (
    "Down the page, the events of the book’s data that bear on the two articles, each with the countries it concerns "
    "(squares in the colors of the figures). On the left, who governed in the three capitals from September 2020, gray where acting; "
    "beside it, by day, when the leaders of the three met (filled), when their foreign or defense ministers or security advisers did (open), "
    "and when their forces exercised together (bars). The distance between two lines is no measure of time. "
    "Every event and its source are in the list of the HTML edition."
)


class TimelineSpread(SphinxPostTransform):
    """For the PDF: sets the drawing in the place of the timeline's list, on two facing pages."""

    default_priority = 186  # after `OnScreen` emptied the page
    builders = ("latex",)

    def run(self, **kwargs):
        """Run the transform."""
        for file in list(self.document.findall(addnodes.start_of_file)):
            if file["docname"] == "book/timeline":
                folder = ROOT / "_build" / ".figures"
                folder.mkdir(parents=True, exist_ok=True)
                section = next(file.findall(nodes.section))
                place = file.parent.index(file)
                file.parent.insert(
                    place, latex(r"\companioneven")
                )  # the spread begins on a left page
                section += nodes.container("", nodes.paragraph("", SAID), classes=["timeline-said"])
                for path in draw_spread(folder):
                    self.env.images.add_file(self.env.docname, path.as_posix())
                    section += nodes.image(
                        uri=path.as_posix(),
                        candidates={"*": path.as_posix()},
                        alt="The timeline, drawn.",
                        width="100%",
                    )
