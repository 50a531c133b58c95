"""NHK's yearly survey on the constitution: its series, its margins, and what one step between two waves can tell.

A margin is half the 95% interval of a share from a simple random sample. Weighting and two telephone
frames widen it; `DESIGN_EFFECT` shows by how much in a common case. Waves of one mode form a series;
between modes (landline, face to face, landline and mobile) nothing is joined or compared.
"""

from math import sqrt
from statistics import NormalDist

import altair as alt
import pandas as pd

from companion import LIN
from companion.data import load
from companion.figures import PALETTE
from companion.output import say, table

Z95 = NormalDist().inv_cdf(0.975)
DESIGN_EFFECT = 1.5
ANSWERS = {"need_pct": "Revision is needed", "no_need_pct": "Not needed", "undecided_pct": "Cannot say either way"}
MOBILE = "landline and mobile"


def margin(share, n, deff=1.0):
    """Return the 95% margin, in points, of a share (%) among n answers; `deff` is the design effect."""
    return 100 * Z95 * sqrt(deff * share / 100 * (1 - share / 100) / n)


def step_margin(share_1, n_1, share_2, n_2, deff=1.0):
    """Return the 95% margin, in points, of the difference between two independent shares (%)."""
    return sqrt(margin(share_1, n_1, deff) ** 2 + margin(share_2, n_2, deff) ** 2)


def waves(as_of=None):
    """Return NHK's constitution surveys, one row a wave; a share that was only recalled is left out."""
    rows = load("nhk_constitution", as_of=as_of)
    return rows[rows["grade"] != "general knowledge"].sort_values("year").reset_index(drop=True)


VIEWS = ["All answers, with the undecided", "Only those who chose a side"]


def nhk_data():
    """Return one row for each view, wave and answer: share (%), 95% limits, mode, unbroken run, and whether public when Lin wrote.

    A run is a line that may be drawn: waves of one mode no more than two years apart.
    """
    rows = waves()
    rows["known"] = rows["public_from"] <= pd.Timestamp(LIN)
    gap = (rows["year"].diff() > 2) | (rows["mode"] != rows["mode"].shift())
    rows["run"] = gap.cumsum()
    out = []
    for wave in rows.itertuples():
        decided = wave.need_pct + wave.no_need_pct
        shares = {VIEWS[0]: {column: getattr(wave, column) for column in ANSWERS},
                  VIEWS[1]: {"need_pct": 100 * wave.need_pct / decided, "no_need_pct": 100 * wave.no_need_pct / decided}}
        for view, values in shares.items():
            base = wave.n_responses if view == VIEWS[0] else (wave.n_responses * decided / 100 if pd.notna(wave.n_responses) else pd.NA)
            for column, share in values.items():
                if pd.isna(share):
                    continue
                half = margin(share, base) if pd.notna(base) else None
                out.append({"view": view, "year": int(wave.year), "answer": ANSWERS[column], "share": round(float(share), 1),
                            "low": None if half is None else round(float(share - half), 1), "high": None if half is None else round(float(share + half), 1),
                            "mode": wave.mode, "run": f"{wave.run} {column}", "known": bool(wave.known)})
    return pd.DataFrame(out)


def nhk_chart():
    """Return the series with margins, modes by shape, and controls for the undecided and the first year shown."""
    rows = nhk_data()
    rows = rows[rows["year"] >= 2007]
    view = alt.param("view", value=VIEWS[0], bind=alt.binding_select(options=VIEWS, name="Count"))
    first = alt.param("first", value=2007, bind=alt.binding_range(min=2007, max=2022, step=1, name="First year shown"))
    color = alt.Color("answer:N", title=None, scale=alt.Scale(domain=list(ANSWERS.values()), range=[PALETTE["blue"], PALETTE["orange"], PALETTE["gray"]]),
                      legend=alt.Legend(symbolType="circle", symbolStrokeWidth=0))
    modes = list(dict.fromkeys(rows["mode"]))
    shape = alt.Shape("mode:N", scale=alt.Scale(domain=modes, range=["square", "diamond", "circle", "triangle-up"][:len(modes)]), legend=None)
    base = alt.Chart(rows).add_params(view, first).transform_filter("datum.view == view && datum.year >= first")
    x = alt.X("year:Q", title=None, axis=alt.Axis(format="d", tickMinStep=1, labelAngle=0), scale=alt.Scale(zero=False, nice=False, padding=12))
    y = alt.Y("share:Q", title="Share of answers, %", scale=alt.Scale(domain=[0, 80]))
    lines = base.mark_line(strokeWidth=2).encode(x, y, color, detail="run:N")
    limits = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1.5).encode(x, alt.Y("low:Q"), color, y2="high:Q")
    points = base.mark_point(size=70, strokeWidth=2, filled=False).encode(x, y, color, shape, fill=alt.condition("datum.known", color, alt.value("white")))
    names = pd.DataFrame({"year": [2014, 2017, 2021], "mode": ["landline", "face to face", "landline and mobile"], "row": [8, 24, 8]})
    labels = alt.Chart(names).transform_filter("datum.year >= first").mark_text(fontSize=12, color=PALETTE["ink"]).encode(
        x, alt.Y("row:Q", scale=None), text="mode:N")
    return alt.layer(lines, limits, points, labels).properties(width=540, height=290)


def nhk_text():
    """Return name, caption, alternative, sources and table for `nhk_chart`."""
    rows = waves()
    mobile = rows[(rows["mode"] == MOBILE) & (rows["public_from"] <= pd.Timestamp(LIN))]
    start, end = mobile.iloc[0], mobile.iloc[-1]
    top = rows[(rows["mode"] == "landline")].nlargest(1, "need_pct").iloc[0]
    shown = rows.assign(margin=[round(margin(r.need_pct, r.n_responses), 1) if pd.notna(r.n_responses) else None for r in rows.itertuples()])
    return {
        "name": "fig-nhk-constitution",
        "caption": "NHK's constitution survey: is there a need to revise the present constitution? Bars are 95% margins. Lines join waves of one mode only; "
                   "the outlined wave came after Lin's article and rests on a weak copy. The wave of 2019 is left out, as its answers were not seen.",
        "alt": f"In the landline series the share that sees a need reached {top['need_pct']:.0f}% in {top['year']} and lay below 30% from 2014 to 2016. "
               f"With mobile telephones added it rises from {start['need_pct']:.0f}% in {start['year']} to {end['need_pct']:.0f}% in {end['year']}, flat since 2022. "
               f"Those who cannot say are the largest group throughout that series, {end['undecided_pct']:.0f}% at its end.",
        "source": ["nhk_constitution"],
        "table": shown,
        "columns": {"year": "Year", "mode": "Mode", "n_responses": "Answers", "need_pct": "Needed, %", "margin": "Margin, points",
                    "no_need_pct": "Not needed, %", "undecided_pct": "Cannot say, %", "grade": "Grade", "cite_as": "Source"},
    }


def steps(as_of=LIN):
    """Return each step between neighboring waves of one mode: years, change in points, its margins, and whether it passes them."""
    out = []
    for mode, group in waves(as_of).groupby("mode", sort=False):
        group = group[group["n_responses"].notna()]
        for a, b in zip(group.itertuples(), list(group.itertuples())[1:]):
            change = b.need_pct - a.need_pct
            simple = step_margin(a.need_pct, a.n_responses, b.need_pct, b.n_responses)
            wide = step_margin(a.need_pct, a.n_responses, b.need_pct, b.n_responses, DESIGN_EFFECT)
            told = "yes" if abs(change) > wide else "only without a design effect" if abs(change) > simple else "no"
            out.append({"mode": mode, "step": f"{a.year} to {b.year}", "from_pct": a.need_pct, "to_pct": b.need_pct, "change": f"{change:+.0f}".replace("-", "−").replace("+0", "0"),
                        "margin": round(simple, 1), "margin_deff": round(wide, 1), "told_apart": told})
    return pd.DataFrame(out)


def steps_table(as_of=LIN):
    """Return the steps of the landline and the mobile series as a table."""
    rows = steps(as_of)
    return table(rows[rows["mode"].isin(["landline", MOBILE])],
                 {"mode": "Mode", "step": "Step", "from_pct": "From, %", "to_pct": "To, %", "change": "Change", "margin": "Margin",
                  "margin_deff": f"With design effect {DESIGN_EFFECT}", "told_apart": "Larger than the margin?"},
                 caption="Can a step between two waves be told from chance?", name="tab-nhk-steps")


def sentence(kind, as_of=LIN):
    """Return one computed sentence: "change" (over the series and over the last two years) or "undecided"."""
    mobile = waves(as_of)
    mobile = mobile[mobile["mode"] == MOBILE].set_index("year")
    last, first = mobile.iloc[-1], mobile.iloc[0]
    if kind == "change":
        near = mobile.loc[last.name - 2]
        values = {}
        for key, start in (("long", first), ("short", near)):
            values[key] = last["need_pct"] - start["need_pct"]
            values[f"{key}_margin"] = step_margin(start["need_pct"], start["n_responses"], last["need_pct"], last["n_responses"])
        return say("From {first} to {last} the share that sees a need rose by {long:.0f} points, with a margin of {long_margin:.1f}; "
                   "from {near} to {last} by {short:.0f}, with a margin of {short_margin:.1f}.", first=first.name, last=last.name, near=near.name, **values)
    if kind == "undecided":
        decided = last["need_pct"] + last["no_need_pct"]
        return say("In {year}, {undecided:.0f}% could not say, more than the {need:.0f}% who saw a need. "
                   "Of those who chose a side, {share:.0f}% saw one.", year=last.name, undecided=last["undecided_pct"], need=last["need_pct"],
                   share=100 * last["need_pct"] / decided)
    raise ValueError(f"sentence: unknown kind {kind!r}; expected 'change' or 'undecided'")


def reasons_table(as_of=LIN):
    """Return the reasons that those who see a need gave, by year, and how many of all asked named security."""
    rows = load("nhk_reasons", as_of=as_of)
    wide = rows.pivot(index=["year", "need_pct"], columns="reason", values="share_pct_of_need").reset_index()
    security = next(name for name in wide.columns if "security" in name)
    wide["of_all"] = (wide[security] * wide["need_pct"] / 100).round(0)
    reasons = [security] + [name for name in rows["reason"].unique() if name != security]
    columns = {"year": "Year", **{name: f"{name[:1].upper()}{name[1:]}, %" for name in reasons}, "of_all": "Security, % of all asked"}
    return table(wide, columns, caption="Why? Reasons given by those who see a need to revise", name="tab-nhk-reasons")
