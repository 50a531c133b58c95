"""NHK's yearly survey on the constitution: its series, its margins, and what one step between two waves can tell.

A margin is half the 95% interval of a share from a simple random sample. Weighting and two telephone
frames widen it; `DESIGN_EFFECT` shows by how much in a common case. Waves of one mode form a series;
between modes (landline, face to face, landline and mobile) nothing is joined or compared.
"""

from math import sqrt

import altair as alt
import pandas as pd
from scipy.special import ndtr, ndtri

from companion.alliances import WORDS
from companion.budget import linked
from companion.data import load
from companion.days import LIN
from companion.output import say, table
from companion.theme import PALETTE

Z95 = float(ndtri(0.975))
DESIGN_EFFECT = 1.5
ANSWERS = {
    "need_pct": "Revision is needed",
    "no_need_pct": "Not needed",
    "undecided_pct": "Cannot say either way",
}
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
        shares = {
            VIEWS[0]: {column: getattr(wave, column) for column in ANSWERS},
            VIEWS[1]: {
                "need_pct": 100 * wave.need_pct / decided,
                "no_need_pct": 100 * wave.no_need_pct / decided,
            },
        }
        for view, values in shares.items():
            base = (
                wave.n_responses
                if view == VIEWS[0]
                else (wave.n_responses * decided / 100 if pd.notna(wave.n_responses) else pd.NA)
            )
            for column, share in values.items():
                if pd.isna(share):
                    continue
                half = margin(share, base) if pd.notna(base) else None
                out.append(
                    {
                        "view": view,
                        "year": int(wave.year),
                        "answer": ANSWERS[column],
                        "share": round(float(share), 1),
                        "low": None if half is None else round(float(share - half), 1),
                        "high": None if half is None else round(float(share + half), 1),
                        "mode": wave.mode,
                        "run": f"{wave.run} {column}",
                        "known": bool(wave.known),
                    }
                )
    return pd.DataFrame(out)


def nhk_chart():
    """Return the series with margins, modes by shape, and controls for the undecided and the first year shown."""
    rows = nhk_data()
    rows = rows[rows["year"] >= 2007]
    view = alt.param("view", value=VIEWS[0], bind=alt.binding_select(options=VIEWS, name="Count"))
    first = alt.param(
        "first",
        value=2007,
        bind=alt.binding_range(min=2007, max=2022, step=1, name="First year shown"),
    )
    color = alt.Color(
        "answer:N",
        title=None,
        scale=alt.Scale(
            domain=list(ANSWERS.values()),
            range=[PALETTE["blue"], PALETTE["orange"], PALETTE["gray"]],
        ),
        legend=alt.Legend(symbolType="circle", symbolStrokeWidth=0),
    )
    modes = list(dict.fromkeys(rows["mode"]))
    shape = alt.Shape(
        "mode:N",
        scale=alt.Scale(
            domain=modes, range=["square", "diamond", "circle", "triangle-up"][: len(modes)]
        ),
        legend=None,
    )
    base = (
        alt.Chart(rows)
        .add_params(view, first)
        .transform_filter("datum.view == view && datum.year >= first")
    )
    x = alt.X(
        "year:Q",
        title=None,
        axis=alt.Axis(format="d", tickMinStep=1, labelAngle=0),
        scale=alt.Scale(zero=False, nice=False, padding=12),
    )
    y = alt.Y("share:Q", title="Share of answers, %", scale=alt.Scale(domain=[0, 80]))
    lines = base.mark_line(strokeWidth=2).encode(x, y, color, detail="run:N")
    limits = (
        base.transform_filter("isValid(datum.low)")
        .mark_rule(strokeWidth=1.5)
        .encode(x, alt.Y("low:Q"), color, y2="high:Q")
    )
    points = base.mark_point(size=70, strokeWidth=2, filled=False).encode(
        x, y, color, shape, fill=alt.condition("datum.known", color, alt.value("white"))
    )
    names = pd.DataFrame(
        {
            "year": [2014, 2017, 2021],
            "mode": ["landline", "face to face", "landline and mobile"],
            "row": [8, 24, 8],
        }
    )
    labels = (
        alt.Chart(names)
        .transform_filter("datum.year >= first")
        .mark_text(fontSize=12, color=PALETTE["ink"])
        .encode(x, alt.Y("row:Q", scale=None), text="mode:N")
    )
    return alt.layer(lines, limits, points, labels).properties(width=540, height=290)


def nhk_text():
    """Return name, caption, alternative, sources and table for `nhk_chart`."""
    rows = waves()
    mobile = rows[(rows["mode"] == MOBILE) & (rows["public_from"] <= pd.Timestamp(LIN))]
    start, end = mobile.iloc[0], mobile.iloc[-1]
    top = rows[(rows["mode"] == "landline")].nlargest(1, "need_pct").iloc[0]
    shown = rows.assign(
        margin=[
            round(margin(r.need_pct, r.n_responses), 1) if pd.notna(r.n_responses) else None
            for r in rows.itertuples()
        ]
    )
    return {
        "name": "fig-nhk-constitution",
        "caption": "NHK's constitution survey: is there a need to revise the present constitution? Bars are 95% margins. Lines join waves of one mode only; "
        "the outlined wave came after Lin's article and rests on a weak copy. The wave of 2019 is left out, as its answers were not seen.",
        "alt": f"In the landline series the share that sees a need reached {top['need_pct']:.0f}% in {top['year']} and lay below 30% from 2014 to 2016. "
        f"With mobile telephones added it rises from {start['need_pct']:.0f}% in {start['year']} to {end['need_pct']:.0f}% in {end['year']}, flat since 2022. "
        f"Those who cannot say are the largest group throughout that series, {end['undecided_pct']:.0f}% at its end.",
        "source": ["nhk_constitution"],
        "table": shown,
        "columns": {
            "year": "Year",
            "mode": "Mode",
            "n_responses": "Answers",
            "need_pct": "Needed, %",
            "margin": "Margin, points",
            "no_need_pct": "Not needed, %",
            "undecided_pct": "Cannot say, %",
            "grade": "Grade",
            "cite_as": "Source",
        },
        "paper": [{"view": view} for view in VIEWS],
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
            told = (
                "yes"
                if abs(change) > wide
                else "only without a design effect"
                if abs(change) > simple
                else "no"
            )
            out.append(
                {
                    "mode": mode,
                    "step": f"{a.year} to {b.year}",
                    "from_pct": a.need_pct,
                    "to_pct": b.need_pct,
                    "change": f"{change:+.0f}".replace("-", "−").replace("+0", "0"),
                    "margin": round(simple, 1),
                    "margin_deff": round(wide, 1),
                    "told_apart": told,
                }
            )
    return pd.DataFrame(out)


def steps_table(as_of=LIN):
    """Return the steps of the landline and the mobile series as a table."""
    rows = steps(as_of)
    return table(
        rows[rows["mode"].isin(["landline", MOBILE])],
        {
            "mode": "Mode",
            "step": "Step",
            "from_pct": "From, %",
            "to_pct": "To, %",
            "change": "Change",
            "margin": "Margin",
            "margin_deff": f"With design effect {DESIGN_EFFECT}",
            "told_apart": "Larger than the margin?",
        },
        caption="Can a step between two waves be told from chance?",
        name="tab-nhk-steps",
    )


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
            values[f"{key}_margin"] = step_margin(
                start["need_pct"], start["n_responses"], last["need_pct"], last["n_responses"]
            )
        return say(
            "From {first} to {last} the share that sees a need rose by {long:.0f} points, with a margin of {long_margin:.1f}; "
            "from {near} to {last} by {short:.0f}, with a margin of {short_margin:.1f}.",
            first=first.name,
            last=last.name,
            near=near.name,
            **values,
        )
    if kind == "undecided":
        decided = last["need_pct"] + last["no_need_pct"]
        return say(
            "In {year}, {undecided:.0f}% could not say, more than the {need:.0f}% who saw a need. "
            "Of those who chose a side, {share:.0f}% saw one.",
            year=last.name,
            undecided=last["undecided_pct"],
            need=last["need_pct"],
            share=100 * last["need_pct"] / decided,
        )
    raise ValueError(f"sentence: unknown kind {kind!r}; expected 'change' or 'undecided'")


def reasons_table(as_of=LIN):
    """Return the reasons that those who see a need gave, by year, and how many of all asked named security."""
    rows = load("nhk_reasons", as_of=as_of)
    wide = rows.pivot(
        index=["year", "need_pct"], columns="reason", values="share_pct_of_need"
    ).reset_index()
    security = next(name for name in wide.columns if "security" in name)
    wide["of_all"] = (wide[security] * wide["need_pct"] / 100).round(0)
    reasons = [security] + [name for name in rows["reason"].unique() if name != security]
    columns = {
        "year": "Year",
        **{name: f"{name[:1].upper()}{name[1:]}, %" for name in reasons},
        "of_all": "Security, % of all asked",
    }
    return table(
        wide,
        columns,
        caption="Why? Reasons given by those who see a need to revise",
        name="tab-nhk-reasons",
    )


# === What the notebook polling adds =============================================================
#
# All tests compare two independent samples by the normal approximation, with the standard error of
# the two shares as they were found (not pooled), so that a test and a margin never disagree. A
# design effect multiplies the variance. Shares are published as whole percents and taken as printed.

WEAK = ["general knowledge", "uncertain"]


def _solid(name):
    rows = load(name)
    return rows[~rows["grade"].isin(WEAK)].copy()


def _signed(values, places=0):
    return [f"{value:+.{places}f}".replace("-", "−") for value in values]


def step_test(share_1, n_1, share_2, n_2, deff=1.0):
    """Return (change in points, z, two-sided p) for two independent shares (%)."""
    change = share_2 - share_1
    z = change / (step_margin(share_1, n_1, share_2, n_2, deff) / Z95)
    return change, z, 2 * ndtr(-abs(z))


def needed(share_1, share_2, power=None, deff=1.0):
    """Return the answers that each of two waves needs for the step to pass its margin, or to pass it with probability `power`.

    Without `power` the step as observed is just significant at 5%. With it, the two shares are taken as true.
    """
    spread = share_1 * (100 - share_1) + share_2 * (100 - share_2)
    reach = Z95 + (ndtri(power) if power else 0)
    return deff * spread * (reach / (share_2 - share_1)) ** 2


def detection(n, share, change, deff=1.0):
    """Return the probability that two waves of `n` answers each tell a true `change` (points) from `share` (%) at 5%, two-sided."""
    away = change / (step_margin(share, n, share + change, n, deff) / Z95)
    return ndtr(away - Z95) + ndtr(-Z95 - away)


# --- The series and its steps -------------------------------------------------------------------


def waves_table():
    """Return NHK's waves with mode, size, response rate and both margins; a wave from a weak copy says so."""
    rows = waves()
    rows = rows[rows["year"] >= 2007].copy()
    rows["rate"] = (100 * rows["n_responses"] / rows["n_sampled"]).astype(float).round(1)
    for name, deff in (("simple", 1), ("wide", DESIGN_EFFECT)):
        rows[name] = [
            round(margin(r.need_pct, r.n_responses, deff), 2) if pd.notna(r.n_responses) else None
            for r in rows.itertuples()
        ]
    rows["wave"] = [
        f"{link} (weak source)" if grade == "uncertain" else link
        for link, grade in zip(linked(rows, "year"), rows["grade"])
    ]
    return table(
        rows,
        {
            "wave": "Year",
            "mode": "Mode",
            "n_sampled": "Sampled",
            "n_responses": "Answered",
            "rate": "Rate, %",
            "need_pct": "Needed, %",
            "simple": "Margin, points",
            "wide": f"Design effect {DESIGN_EFFECT}",
        },
        caption="NHK's constitution survey, wave by wave (the years lead to the sources)",
        name="tab-polling-waves",
    )


def waves_remark():
    """Return the range of response rates by mode, and what the weak copy of the last wave would make of it."""
    rows = waves()
    rows = rows[rows["n_sampled"].notna() & rows["n_responses"].notna()].assign(
        rate=lambda f: 100 * f["n_responses"].astype(float) / f["n_sampled"].astype(float)
    )
    ends = {
        mode: (
            group["rate"].iloc[0],
            group["rate"].iloc[-1],
            group["year"].iloc[0],
            group["year"].iloc[-1],
        )
        for mode, group in rows.groupby("mode")
    }
    old, new = ends["landline"], ends[MOBILE]
    return say(
        "By landline {a:.1f}% of those called answered in {b} and {c:.1f}% in {d}; with mobile telephones added it was {e:.1f}% in {f} and {g:.1f}% in {h}.",
        a=old[0],
        b=int(old[2]),
        c=old[1],
        d=int(old[3]),
        e=new[0],
        f=int(new[2]),
        g=new[1],
        h=int(new[3]),
    )


def _base(year, source="nhk_constitution", column="need_pct", **wanted):
    rows = _solid(source)
    rows = rows[rows["year"] == year]
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    row = rows.iloc[0]
    return row[column], row["n_responses"] if source != "nhk_reasons" else row["n_responses"] * row[
        "need_pct"
    ] / 100


def tests():
    """Return the tested steps: what, step, change (points), z and p simple, z and p with the design effect, and a verdict."""
    years = [int(year) for year in waves().query("mode == @MOBILE")["year"]]
    pairs = [("need for revision", a, b, {}) for a, b in zip(years, years[1:])]
    pairs += [("need for revision", a, 2024, {}) for a in (2018, 2020, 2022)]
    pairs += [
        ("need for revision (landline)", 2013, 2014, {}),
        ("no need for revision", 2018, 2024, {"column": "no_need_pct"}),
        (
            "no need to revise Article 9",
            2020,
            2024,
            {"source": "nhk_article9", "column": "no_need_pct"},
        ),
        (
            "security named, of those who see a need",
            2022,
            2024,
            {
                "source": "nhk_reasons",
                "column": "share_pct_of_need",
                "reason": "security environment",
            },
        ),
    ]
    out = []
    for what, first, second, how in pairs:
        one, two = _base(first, **how), _base(second, **how)
        change, z, p = step_test(*one, *two)
        _, z_wide, p_wide = step_test(*one, *two, DESIGN_EFFECT)
        out.append(
            {
                "what": what,
                "from": first,
                "to": second,
                "change": float(change),
                "z": float(z),
                "p": float(p),
                "z_wide": float(z_wide),
                "p_wide": float(p_wide),
                "verdict": "yes"
                if p_wide < 0.05
                else "only without a design effect"
                if p < 0.05
                else "no",
            }
        )
    return pd.DataFrame(out)


def tests_table():
    """Return the tested steps as a table."""
    rows = tests()
    few = lambda p: "<0.001" if p < 0.001 else f"{p:.2f}" if p >= 0.095 else f"{p:.3f}"
    rows = rows.assign(
        step=rows["from"].astype(str) + "–" + rows["to"].astype(str),
        change=_signed(rows["change"]),
        z=_signed(rows["z"], 2),
        z_wide=_signed(rows["z_wide"], 2),
        p=rows["p"].map(few),
        p_wide=rows["p_wide"].map(few),
    )
    return table(
        rows,
        {
            "what": "Share",
            "step": "Step",
            "change": "Change",
            "z": "z",
            "p": "p",
            "z_wide": f"z, design effect {DESIGN_EFFECT}",
            "p_wide": "p",
            "verdict": "Told from chance at 5%?",
        },
        caption="Every step tested",
        name="tab-polling-tests",
    )


def tests_remark():
    """Return what the last step's test says, and how easily one of the yearly steps would pass by luck alone."""
    rows = tests()
    yearly = rows[
        (rows["what"] == "need for revision") & (rows["to"] - rows["from"] <= 2)
    ].drop_duplicates(["from", "to"])
    yearly = yearly[yearly["to"] - yearly["from"] < 2]
    last = yearly.iloc[-1]
    return say(
        "The step from {a} to {b} has z = {z:.2f} and p = {p:.2f}. None of the {n:word} yearly steps passes; had each been tested with nothing to find, "
        "about {luck:.0%} of such series would show at least one that does (by the rule for independent tests, which these are not quite).",
        a=int(last["from"]),
        b=int(last["to"]),
        z=last["z"],
        p=last["p"],
        n=len(yearly),
        luck=1 - 0.95 ** len(yearly),
    )


def power_data(changes=(1, 2, 3, 5), year=2023):
    """Return the probability of telling a true change from the share of `year`, by size of change and answers per wave."""
    share = float(waves().set_index("year").loc[year, "need_pct"])
    sizes = [round(500 * 120 ** (step / 40)) for step in range(41)]
    return pd.DataFrame(
        [
            {
                "change": f"{change:+d} point{'s' * (change > 1)}",
                "n": n,
                "found": round(100 * float(detection(n, share, change)), 1),
            }
            for change in changes
            for n in sizes
        ]
    )


def power_chart():
    """Return curves of the probability of finding a change of 1, 2, 3 or 5 points, over answers per wave; a rule at NHK's size."""
    rows = power_data()
    size = int(waves().set_index("year").loc[2024, "n_responses"])
    known = list(dict.fromkeys(rows["change"]))
    color = alt.Color(
        "change:N",
        legend=None,
        scale=alt.Scale(
            domain=known, range=[PALETTE[c] for c in ("blue", "orange", "green", "purple")]
        ),
    )
    x = alt.X(
        "n:Q",
        title="Answers per wave",
        scale=alt.Scale(type="log", domain=[500, 60000]),
        axis=alt.Axis(values=[500, 1000, 2000, 5000, 10000, 20000, 50000], format=",d"),
    )
    y = alt.Y(
        "found:Q",
        title="Probability that the step is told from chance, %",
        scale=alt.Scale(domain=[0, 100]),
    )
    lines = alt.Chart(rows).mark_line(strokeWidth=2.5).encode(x, y, color)
    places = pd.concat(
        [
            rows[(rows["change"] == name)].iloc[
                (rows[rows["change"] == name]["found"] - height).abs().argsort()[:1]
            ]
            for name, height in zip(known, (50, 50, 50, 50))
        ]
    )
    labels = (
        alt.Chart(places.assign(label=places["change"].str.split().str[0]))
        .mark_text(align="left", dx=9, fontSize=14, fontWeight="bold")
        .encode(x, y, color, text="label:N")
    )
    here = alt.Chart(pd.DataFrame({"n": [size], "low": [3], "text": [f"NHK 2024: {size:,}"]}))
    eighty = (
        alt.Chart(pd.DataFrame({"found": [80]}))
        .mark_rule(color=PALETTE["gray"], strokeDash=[2, 3])
        .encode(y=y)
    )
    return alt.layer(
        eighty,
        here.mark_rule(color=PALETTE["ink"], strokeDash=[4, 3]).encode(x),
        lines,
        labels,
        here.mark_text(align="left", dx=5, fontSize=12).encode(x, alt.Y("low:Q"), text="text:N"),
        data=rows,
    ).properties(width=520, height=260)


def power_text():
    """Return name, caption, alternative, sources and table for `power_chart`."""
    size = int(waves().set_index("year").loc[2024, "n_responses"])
    found = {change: 100 * float(detection(size, 35, change)) for change in (1, 2, 3, 5)}
    return {
        "name": "fig-polling-power",
        "caption": "How often two waves of a given size would tell a true change of 1, 2, 3 or 5 points from chance, starting from 35%. Simple random samples, a two-sided test at 5%. Fine dots: the usual aim of 80%.",
        "alt": f"Four rising curves. At NHK's {size:,} answers a true rise of one point is found {found[1]:.0f}% of the time, of two points {found[2]:.0f}%, of three {found[3]:.0f}%, of five {found[5]:.0f}%.",
        "source": ["nhk_constitution"],
        "table": power_data().pivot(index="n", columns="change", values="found").reset_index(),
        "columns": {
            "n": "Answers per wave",
            **{name: f"{name}, %" for name in dict.fromkeys(power_data()["change"])},
        },
    }


def power_remark():
    """Return how many answers it takes to see one point."""
    values = {
        f"{name}{'_wide' * (deff > 1)}": round(needed(35, 36, power, deff), -2)
        for name, power in (("just", None), ("sure", 0.8))
        for deff in (1, DESIGN_EFFECT)
    }
    hidden = step_test(34.5, 1544, 36.5, 1534)[1]
    return say(
        "For one point, 35 to 36%, to be just significant each wave would need about {just:,.0f} answers, and {just_wide:,.0f} with a design effect of {deff}. To find it four times out of five it takes "
        "{sure:,.0f}, or {sure_wide:,.0f}. Rounding does not rescue the step: if it hid the largest possible rise, from 34.5 to 36.5, z would be {hidden:.2f}.",
        deff=DESIGN_EFFECT,
        hidden=hidden,
        **values,
    )


# --- Runs ---------------------------------------------------------------------------------------


def published(share, n, deff=1.0):
    """Return {whole percent: probability} of the share that a poll of `n` answers would print if the truth is `share` (%).

    Exact, from the binomial distribution; half a point rounds up. A design effect shrinks the sample.
    """
    from scipy.stats import binom  # a second to import, which most notebooks need not spend

    size = round(n / deff)
    low, high = (int(binom.ppf(q, size, share / 100)) for q in (1e-9, 1 - 1e-9))
    out = {}
    for count, chance in zip(
        range(low, high + 1), binom.pmf(range(low, high + 1), size, share / 100)
    ):
        printed = int(100 * count / size + 0.5)
        out[printed] = out.get(printed, 0.0) + float(chance)
    return out


def run_chance(truths, sizes, strict=False, deff=1.0):
    """Return the probability that printed shares never fall (or, `strict`, always rise) over waves with these truths (%) and sizes."""
    chance = published(truths[0], sizes[0], deff)
    for share, n in zip(truths[1:], sizes[1:]):
        step = published(share, n, deff)
        chance = {
            now: p
            * sum(
                q for before, q in chance.items() if before < now or (before == now and not strict)
            )
            for now, p in step.items()
        }
    return sum(chance.values())


def runs(deff=1.0):
    """Return by number of NHK's latest waves up to 2024 the chances (%) of RUNS, and the first year.

    The flat truth stands at the mean of the waves; the rising one gains one point a wave and ends at the last share.
    """
    rows = waves().query("mode == @MOBILE and year <= 2024")
    out = []
    for count in range(2, len(rows) + 1):
        part = rows.tail(count)
        sizes, last = [int(n) for n in part["n_responses"]], float(part["need_pct"].iloc[-1])
        flat, rising = (
            [part["need_pct"].mean()] * count,
            [last - count + 1 + step for step in range(count)],
        )
        chances = {
            "flat": run_chance(flat, sizes, deff=deff),
            "rising": run_chance(rising, sizes, deff=deff),
            "always": run_chance(rising, sizes, strict=True, deff=deff),
        }
        out.append(
            {
                "waves": count,
                "first": int(part["year"].iloc[0]),
                **{key: round(100 * chance, 1) for key, chance in chances.items()},
            }
        )
    return pd.DataFrame(out)


RUNS = {
    "flat": "Nothing changes, and no reading falls",
    "rising": "One point a wave, and no reading falls",
    "always": "One point a wave, and every reading rises",
}


def runs_chart():
    """Return the three chances by number of waves, as bars side by side."""
    rows = runs().melt(["waves", "first"], list(RUNS), "case", "chance")
    rows["case"] = rows["case"].map(RUNS)
    color = alt.Color(
        "case:N",
        title=None,
        scale=alt.Scale(
            domain=list(RUNS.values()), range=[PALETTE["gray"], PALETTE["blue"], PALETTE["orange"]]
        ),
        legend=alt.Legend(columns=1, labelLimit=320),
    )
    base = alt.Chart(rows).encode(
        alt.X("waves:O", title="Waves looked at, up to 2024", axis=alt.Axis(labelAngle=0)),
        alt.XOffset("case:N", sort=list(RUNS.values())),
    )
    y = alt.Y("chance:Q", title="Probability, %", scale=alt.Scale(domain=[0, 100]))
    return alt.layer(
        base.mark_bar().encode(y=y, color=color),
        base.mark_text(dy=-8, fontSize=12).encode(y=y, text=alt.Text("chance:Q", format=".0f")),
        data=rows,
    ).properties(width=480, height=240)


def runs_text():
    """Return name, caption, alternative, sources and table for `runs_chart`."""
    rows = runs().set_index("waves")
    return {
        "name": "fig-polling-runs",
        "caption": "What a run of readings proves: how often the printed share would never fall, or always rise, if nothing changed and if the truth rose by one point a wave. "
        "Exact, with NHK's sample sizes and whole percents.",
        "alt": f"Three bars for each number of waves from {rows.index.min()} to {rows.index.max()}, all shrinking. Over three waves: {rows.loc[3, 'flat']:.0f}% without a fall if nothing changes, {rows.loc[3, 'rising']:.0f}% if the truth rises "
        f"one point a wave, {rows.loc[3, 'always']:.0f}% with a rise every time. Over six: {rows.loc[6, 'flat']:.0f}, {rows.loc[6, 'rising']:.0f} and {rows.loc[6, 'always']:.0f}%.",
        "source": ["nhk_constitution"],
        "table": rows.reset_index(),
        "columns": {
            "waves": "Waves",
            "first": "First wave",
            **{key: f"{name}, %" for key, name in RUNS.items()},
        },
    }


def runs_remark():
    """Return what the short and the long run say."""
    rows, wide = runs().set_index("waves"), runs(DESIGN_EFFECT).set_index("waves")
    return say(
        "A run of three without a fall comes with {a:.0f}% probability if nothing changes at all; the whole run since 2018, six waves, with {b:.0f}% ({c:.0f} and {d:.0f}% with a design effect of {deff}). "
        "The reverse is as telling: had the truth risen by exactly one point in each of five waves, NHK would have printed a rise every time with a probability of only {e:.0f}%.",
        a=rows.loc[3, "flat"],
        b=rows.loc[6, "flat"],
        c=wide.loc[3, "flat"],
        d=wide.loc[6, "flat"],
        e=rows.loc[5, "always"],
        deff=DESIGN_EFFECT,
    )


# --- Houses, wordings, vehicles -----------------------------------------------------------------

ASKED = {
    "need to revise the present constitution / no need": "is there a need to revise?",
    "necessary to change / not necessary": "is change necessary?",
    "better to revise / better not to revise": "better to revise?",
    "better to revise / better not to": "better to revise?",
    "necessary + somewhat necessary / not + not very (4-point)": "necessary? four steps",
    "revision under PM Kishida: for / against": "revision under Kishida?",
}


def houses(year=2024):
    """Return the answers of all houses in one year: house, mode, wording, in favor and against (%), neither, share of those who chose a side."""
    rows = _solid("constitution_polls")[
        ["house", "year", "question", "mode", "favor_pct", "oppose_pct", "cite_as", "url"]
    ]
    nhk = (
        waves()
        .rename(columns={"need_pct": "favor_pct", "no_need_pct": "oppose_pct"})
        .assign(house="NHK", question=next(iter(ASKED)))
    )
    rows = pd.concat([rows, nhk[rows.columns]]).query("year == @year").copy()
    rows["mode"] = (
        rows["mode"]
        .replace({MOBILE: "telephone"})
        .str.replace("phone and SMS (assumed)", "telephone and SMS", regex=False)
    )
    rows["wording"] = rows["question"].map(ASKED).fillna(rows["question"])
    rows["neither"] = (100 - rows["favor_pct"] - rows["oppose_pct"]).astype(float)
    rows["decided"] = (
        (100 * rows["favor_pct"] / (rows["favor_pct"] + rows["oppose_pct"])).astype(float).round(1)
    )
    return rows.sort_values("favor_pct", ascending=False).reset_index(drop=True)


def _dots(rows, first, second, names, title, width=250, step=40, domain=(0, 100), limit=260):
    """Return a dot plot: one row a `line` ("label|second line"), two columns of numbers, named `names`."""
    long = rows.melt("line", [first, second], "answer", "share").dropna()
    long["answer"] = long["answer"].map(dict(zip((first, second), names)))
    lines = list(rows["line"])
    y = alt.Y(
        "line:N",
        title=None,
        sort=lines,
        axis=alt.Axis(
            labelExpr="split(datum.label, '|')", labelLimit=limit, labelLineHeight=15, grid=True
        ),
    )
    x = alt.X(
        "share:Q",
        title=title,
        scale=alt.Scale(domain=list(domain)),
        axis=alt.Axis(values=[0, 25, 50, 75, 100]),
    )
    known = {"domain": list(names)}
    color = alt.Color(
        "answer:N", title=None, scale=alt.Scale(**known, range=[PALETTE["blue"], PALETTE["orange"]])
    )
    shape = alt.Shape("answer:N", title=None, scale=alt.Scale(**known, range=["circle", "diamond"]))
    left = long["share"] == long.groupby("line")["share"].transform("min")
    single = ~long.duplicated("line", keep=False)
    long["left"] = left & ~single
    dots = (
        alt.Chart(long[["line", "answer", "share"]])
        .mark_point(size=100, filled=True)
        .encode(x, y, color, shape)
    )
    plain = alt.Color(
        "answer:N", scale=alt.Scale(**known, range=[PALETTE["blue"], PALETTE["orange"]])
    )
    numbers = [
        alt.Chart(long[long["left"] == side][["line", "answer", "share"]])
        .mark_text(dx=-9 if side else 9, align="right" if side else "left", fontSize=12)
        .encode(x, y, plain, text=alt.Text("share:Q", format=".0f"))
        for side in (True, False)
        if (long["left"] == side).any()
    ]
    return alt.layer(dots, *numbers, data=long).properties(width=width, height=step * len(lines))


def houses_chart(year=2024):
    """Return the houses as rows with mode and wording, shares in favor and against as dots."""
    rows = houses(year)
    rows["line"] = rows["house"] + ", " + rows["mode"] + "|" + rows["wording"]
    return _dots(
        rows[["line", "favor_pct", "oppose_pct"]].astype({"favor_pct": float, "oppose_pct": float}),
        "favor_pct",
        "oppose_pct",
        ("For revision", "Against"),
        "Share of answers, %",
    )


def houses_text(year=2024):
    """Return name, caption, alternative, sources and table for `houses_chart`."""
    rows = houses(year)
    top, low = rows.iloc[0], rows.iloc[-1]
    return {
        "name": "fig-polling-houses",
        "caption": f"One public, {WORDS[len(rows)]} answers: revision of the constitution in {year}, by house, with mode and wording. What is missing to 100% gave neither answer. Mainichi's mode is assumed.",
        "alt": f"A row for each house. Shares in favor run from {low['favor_pct']:.0f}% ({low['house']}) to {top['favor_pct']:.0f}% ({top['house']}); in {int((rows['favor_pct'] > rows['oppose_pct']).sum())} of "
        f"{len(rows)} rows they exceed the shares against.",
        "source": ["constitution_polls", "nhk_constitution"],
        "table": rows,
        "columns": {
            "house": "House",
            "mode": "Mode",
            "question": "Wording, in English and shortened",
            "favor_pct": "For, %",
            "oppose_pct": "Against, %",
            "neither": "Neither, %",
            "cite_as": "Source",
        },
    }


def houses_remark(year=2024):
    """Return the spread between houses beside the margin of one of them."""
    rows = houses(year)
    nhk = waves().set_index("year").loc[year]
    return say(
        "Between the highest and the lowest house lie {spread:.0f} points, {times:.0f} times the margin of NHK's figure.",
        spread=rows["favor_pct"].max() - rows["favor_pct"].min(),
        times=(rows["favor_pct"].max() - rows["favor_pct"].min())
        / margin(nhk["need_pct"], nhk["n_responses"]),
    )


def directions_table(years=range(2020, 2026)):
    """Return for and against by house and year, so that directions can be compared; each house only with itself."""
    rows = _solid("constitution_polls")
    rows = rows[
        (rows["question"] != "revision under the Abe government: for / against")
        & rows["year"].isin(years)
    ]
    nhk = (
        waves()
        .query("grade != 'uncertain' and year in @years")
        .rename(columns={"need_pct": "favor_pct", "no_need_pct": "oppose_pct"})
        .assign(house="NHK")
    )
    rows = pd.concat([rows, nhk])[["house", "year", "question", "mode", "favor_pct", "oppose_pct"]]
    rows["cell"] = [
        f"{row.favor_pct:.0f} / {row.oppose_pct:.0f}"
        + " †" * ("under PM" in str(row.question))
        + " ‡" * (row.mode == "online panel")
        for row in rows.itertuples()
    ]
    wide = rows.pivot(index="house", columns="year", values="cell").reindex(
        ["NHK", "Yomiuri", "Asahi", "Kyodo", "Mainichi"]
    )
    wide.columns = [f"y{year}" for year in wide.columns]
    return table(
        wide.reset_index(),
        {"house": "House", **{f"y{year}": str(year) for year in years}},
        caption="For / against revision, %, each house in its own wording († the question names the prime minister; ‡ online panel)",
        name="tab-polling-directions",
    )


def vehicles():
    """Return pairs of surveys by one house: pair, survey, answer, share (%), answers counted."""
    rows = _solid("nhk_same_house")
    rows = rows[rows["year"].isin([2015, 2017, 2022])]
    names = {
        2015: "April 2015, one week apart",
        2017: "February and March 2017",
        2022: "April and June 2022",
    }
    answers = {"need_pct": "Needed", "no_need_pct": "Not needed", "undecided_pct": "Cannot say"}
    return pd.DataFrame(
        [
            {
                "pair": names[row.year],
                "year": row.year,
                "survey": "constitution survey"
                if "constitution" in row.survey
                else "political poll",
                "mode": row.mode,
                "answer": name,
                "share": float(getattr(row, column)),
                "n": row.n_responses,
                "cite_as": row.cite_as,
            }
            for row in rows.itertuples()
            for column, name in answers.items()
        ]
    )


def vehicles_chart():
    """Return three panels, a pair of surveys in each, with the shares of the three answers."""
    rows = vehicles()
    order = ["Needed", "Not needed", "Cannot say"]
    known = {"domain": ["political poll", "constitution survey"]}
    panels = []
    for pair in rows["pair"].unique():
        part = rows[rows["pair"] == pair][["survey", "answer", "share"]]
        x = alt.X(
            "share:Q", title="%", scale=alt.Scale(domain=[0, 50]), axis=alt.Axis(values=[0, 25, 50])
        )
        y = alt.Y("answer:N", title=None, sort=order, axis=alt.Axis(grid=True))
        color = alt.Color(
            "survey:N",
            title=None,
            scale=alt.Scale(**known, range=[PALETTE["orange"], PALETTE["blue"]]),
        )
        shape = alt.Shape(
            "survey:N", title=None, scale=alt.Scale(**known, range=["diamond", "circle"])
        )
        spans = (
            alt.Chart(part.groupby("answer")["share"].agg(low="min", high="max").reset_index())
            .mark_rule(strokeWidth=2, color=PALETTE["rule"])
            .encode(alt.X("low:Q", scale=alt.Scale(domain=[0, 50])), y, x2="high:Q")
        )
        panels.append(
            alt.layer(
                spans,
                alt.Chart(part).mark_point(size=95, filled=True).encode(x, y, color, shape),
                data=part,
            ).properties(width=98, height=120, title=pair.replace(", ", ",|").split("|"))
        )
    return alt.hconcat(*panels, spacing=16)


def vehicles_text():
    """Return name, caption, alternative, sources and table for `vehicles_chart`."""
    rows = vehicles()
    wide = rows.pivot_table(index=["year", "answer"], columns="survey", values="share")
    gap = wide["constitution survey"] - wide["political poll"]
    return {
        "name": "fig-polling-vehicles",
        "caption": "One house, one question, two surveys: NHK's political poll and its constitution survey. In 2015 and 2022 both were by telephone; in 2017 the constitution survey was face to face. "
        "The political poll of 2015 took persons from 20, the constitution survey from 18.",
        "alt": f"Three panels, two marks for each answer. In 2015 those who could not say were {gap[(2015, 'Cannot say')]:.0f} points more in the constitution survey, in 2022 {gap[(2022, 'Cannot say')]:.0f}; "
        f"face to face in 2017 the need stood {gap[(2017, 'Needed')]:.0f} points higher.",
        "source": ["nhk_same_house"],
        "table": rows,
        "columns": {
            "pair": "Pair",
            "survey": "Survey",
            "mode": "Mode",
            "answer": "Answer",
            "share": "Share, %",
            "n": "Answers",
            "cite_as": "Source",
        },
    }


def vehicles_remark():
    """Return the tests of the pairs of 2015 and 2022."""
    rows = vehicles().dropna(subset=["n"])
    share = rows.set_index(["year", "survey", "answer"])[["share", "n"]]
    values = {}
    for key, year, answer, one, two in (
        ("need", 2015, "Needed", "political poll", "constitution survey"),
        ("week", 2015, "Cannot say", "political poll", "constitution survey"),
        ("later", 2022, "Cannot say", "constitution survey", "political poll"),
    ):
        values[key], values[f"{key}_z"], _ = step_test(
            *share.loc[(year, one, answer)].astype(float),
            *share.loc[(year, two, answer)].astype(float),
        )
    return say(
        "Within one week of 2015 the need fell by {need:.0f} points (z = {need_z:.1f}) and those who could not say rose by {week:.0f} (z = {week_z:.1f}); "
        "from April to June 2022 they fell by {later:.0f} (z = {later_z:.1f}). A week is short for a change of mind, and the questionnaire, its order and the age floor were others.",
        **{key: abs(value) for key, value in values.items()},
    )


def article9(year=2024):
    """Return the answers on Article 9 in one year by house and wording: line, change and keep (%), weak copies marked."""
    rows = load("article9_polls").query("year == @year")
    rows = rows[rows["grade"] != "general knowledge"][
        ["house", "question", "mode", "change_pct", "keep_pct", "grade", "cite_as"]
    ]
    nhk = (
        load("nhk_article9")
        .query("year == @year")
        .rename(columns={"need_pct": "change_pct", "no_need_pct": "keep_pct"})
        .assign(house="NHK")
    )
    rows = pd.concat([rows, nhk[rows.columns]]).sort_values("change_pct", ascending=False)
    short = {
        "change / better not change (text shown)": "better to change it? (text shown)",
        "change / better not change": "better to change it?",
        "Art. 9 para. 2: revise / no need": "revise paragraph 2?",
        "Art. 9 para. 1: revise / no need": "revise paragraph 1?",
        "Art. 9 revision necessary / not": "is revision necessary?",
        "write SDF into Art. 9: for / against": "write the forces in?",
        "need to revise Article 9": "need to revise it?",
    }
    rows["line"] = (
        rows["house"]
        + ["; weak source" if grade == "uncertain" else "" for grade in rows["grade"]]
        + "|"
        + rows["question"].map(short).fillna(rows["question"])
    )
    return rows.reset_index(drop=True)


def article9_chart(year=2024):
    """Return the wordings on Article 9 as rows, change and keep as dots."""
    rows = article9(year)[["line", "change_pct", "keep_pct"]].astype(
        {"change_pct": float, "keep_pct": float}
    )
    return _dots(rows, "change_pct", "keep_pct", ("Change", "Keep"), "Share of answers, %")


def article9_text(year=2024):
    """Return name, caption, alternative, sources and table for `article9_chart`."""
    rows = article9(year)
    more = rows[rows["change_pct"] > rows["keep_pct"]]
    return {
        "name": "fig-polling-article9",
        "caption": f"Article 9 in {year}, by house and wording. NHK alone offers a third answer. “The forces” are the Self-Defense Forces.",
        "alt": f"{len(rows)} rows. Change leads in {len(more)}; it runs from {rows['change_pct'].min():.0f}% where the first paragraph is named to {rows['change_pct'].max():.0f}% where the second is.",
        "source": ["article9_polls", "nhk_article9"],
        "table": rows,
        "columns": {
            "house": "House",
            "question": "Wording, in English and shortened",
            "mode": "Mode",
            "change_pct": "Change, %",
            "keep_pct": "Keep, %",
            "grade": "Grade",
            "cite_as": "Source",
        },
    }


def decided_table(year=2024):
    """Return the houses' shares among all asked and among those who chose a side, as a table."""
    rows = houses(year).sort_values("decided", ascending=False)
    return table(
        rows,
        {
            "house": "House",
            "favor_pct": "For, %",
            "oppose_pct": "Against, %",
            "neither": "Neither, %",
            "decided": "For, % of those who chose",
            "cite_as": "Source",
        },
        caption=f"The same answers without those who chose no side, {year}",
        name="tab-polling-decided",
    )


def decided_remark(year=2024):
    """Return what setting the middle aside does to the distance of two houses, and to NHK's own series."""
    rows = houses(year).set_index("house")
    nhk = waves().query("mode == @MOBILE").set_index("year")
    part = 100 * nhk["need_pct"] / (nhk["need_pct"] + nhk["no_need_pct"])
    first, last = nhk.index[0], year
    return say(
        "NHK and Yomiuri stand {all:.0f} points apart among all asked and {chosen:.1f} among those who chose a side. In NHK's own series the need among the decided went from {a:.0f}% in {first} "
        "to {b:.0f}% in {last}, with fewer who see no need (down {c:.0f} points) and more who see one (up {d:.0f}).",
        all=abs(rows.loc["Yomiuri", "favor_pct"] - rows.loc["NHK", "favor_pct"]),
        chosen=abs(rows.loc["Yomiuri", "decided"] - rows.loc["NHK", "decided"]),
        a=part[first],
        b=part[last],
        first=int(first),
        last=int(last),
        c=nhk.loc[first, "no_need_pct"] - nhk.loc[last, "no_need_pct"],
        d=nhk.loc[last, "need_pct"] - nhk.loc[first, "need_pct"],
    )


# --- Japan and South Korea ----------------------------------------------------------------------

MEASURE = {
    "impression good / not good": "good impression",
    "bilateral relations good": "relations are good",
    "relations going well": "relations go well",
    "feel close to the other country": "feel close",
    "feel close to ROK": "feel close",
}


def mutual():
    """Return every question on the other country: direction, question, year, share (%), mode, and the run that may be joined (one series, one mode)."""
    rows = _solid("japan_korea_views")
    rows = rows[rows["favorable_pct"].notna()].assign(
        share=lambda f: f["favorable_pct"].astype(float), asked=lambda f: f["measure"].map(MEASURE)
    )
    rows = rows[rows["asked"].notna()]
    rows["mode"] = (
        rows["mode"]
        .where(rows["series"] != "Genron NPO-EAI joint poll", "in person")
        .fillna("not stated")
    )
    rows["run"] = rows["direction"] + rows["series"] + rows["measure"] + rows["mode"]
    rows["year"] = rows["year"] + 0.5 * (
        (rows["series"] == "Japan Cabinet Office diplomacy survey")
        & (rows["year"] == 2016)
        & (rows["wave"] == 2)
    )
    rows["web"] = rows["mode"].isin(["web panel", "online"])
    return rows.sort_values(["direction", "series", "year"]).reset_index(drop=True)


def mutual_chart():
    """Return two panels, one for each public; lines join one series in one mode, diamonds are web surveys."""
    rows = mutual()
    asked = ["good impression", "feel close", "relations are good", "relations go well"]
    panels = []
    for direction in ("Japanese on South Korea", "Koreans on Japan"):
        part = rows[rows["direction"] == direction][["year", "share", "asked", "run", "web"]]
        base = alt.Chart(part).encode(
            _axis(),
            alt.Y("share:Q", title="%", scale=alt.Scale(domain=[0, 65])),
            alt.Color(
                "asked:N",
                title=None,
                scale=alt.Scale(
                    domain=asked, range=[PALETTE[c] for c in ("blue", "orange", "green", "purple")]
                ),
                legend=alt.Legend(columns=2, symbolType="circle"),
            ),
        )
        points = base.mark_point(size=45, filled=True).encode(
            shape=alt.Shape(
                "web:N",
                legend=None,
                scale=alt.Scale(domain=[False, True], range=["circle", "diamond"]),
            ),
            size=alt.condition("datum.web", alt.value(110), alt.value(40)),
        )
        panels.append(
            alt.layer(
                base.mark_line(strokeWidth=2).encode(detail="run:N"), points, data=part
            ).properties(width=225, height=230, title=direction)
        )
    return alt.hconcat(*panels, spacing=18)


def _axis():
    return alt.X(
        "year:Q",
        title=None,
        axis=alt.Axis(format="d", labelAngle=0, values=[2013, 2017, 2021, 2025]),
        scale=alt.Scale(domain=[2012.5, 2025.5]),
    )


def mutual_text():
    """Return name, caption, alternative, sources and table for `mutual_chart`."""
    rows = mutual()
    last = rows[(rows["year"] == 2025) & (rows["direction"] == "Japanese on South Korea")]
    return {
        "name": "fig-polling-mutual",
        "caption": "How the two publics see each other, by question. Lines join one series in one mode, as far as the reports state it; large diamonds are web surveys. Where a method or a sponsor changed, the line stops.",
        "alt": f"Two panels of broken lines that rise after 2019 or 2020. In 2025 Japanese answers run from {last['share'].min():.0f}% (a good impression, web) to {last['share'].max():.0f}% (relations are good, telephone). "
        "Among Koreans two diamonds stand well above the line of surveys in person that ends in 2023.",
        "source": ["japan_korea_views"],
        "table": rows.assign(year=rows["year"].astype(int).astype(str)),
        "columns": {
            "direction": "Who on whom",
            "year": "Year",
            "asked": "Question",
            "share": "Share, %",
            "series": "Survey",
            "mode": "Mode",
            "n_responses": "Answers",
            "cite_as": "Source",
        },
    }


def mutual_remark():
    """Return the step that method and time share, the step within one method, and two Japanese answers of one year."""
    rows = mutual()
    korean = rows[
        (rows["direction"] == "Koreans on Japan") & (rows["asked"] == "good impression")
    ].set_index("year")
    change, z, _ = step_test(
        *(float(v) for year in (2024, 2025) for v in korean.loc[year, ["share", "n_responses"]])
    )
    _, wide, _ = step_test(
        *(float(v) for year in (2024, 2025) for v in korean.loc[year, ["share", "n_responses"]]),
        DESIGN_EFFECT,
    )
    japan = rows[
        (rows["direction"] == "Japanese on South Korea") & (rows["year"] == 2025)
    ].set_index("asked")["share"]
    return say(
        "Among Koreans the good impression of Japan went from {a:.1f}% in person (2023) to {b:.1f}% on the web (2024): opinion, method or both, and no test can divide them. From web to web it rose by {c:.1f} points "
        "in {d} (z = {z:.1f}; {wide:.1f} with a design effect of {deff}). In the summer of {d} {e:.0f}% of Japanese called relations good by telephone and {f:.0f}% had a good impression on the web.",
        a=korean.loc[2023, "share"],
        b=korean.loc[2024, "share"],
        c=change,
        d=2025,
        z=z,
        wide=wide,
        deff=DESIGN_EFFECT,
        e=japan["relations are good"],
        f=japan["good impression"],
    )


# --- A president and an alliance ----------------------------------------------------------------

TRUST = [  # series, question, label, about whom
    (
        "Pew Global Attitudes",
        "no confidence",
        "No confidence in the US president (Pew)",
        "the president",
    ),
    (
        "Yomiuri (2017-2024 with Gallup)",
        "do not trust",
        "Do not trust the United States (Yomiuri)",
        "the country",
    ),
    ("EAI-API-KEI", "do not trust the US", "Do not trust the United States (EAI)", "the country"),
    (
        "Pew Global Attitudes",
        "most important ally (open-ended)",
        "United States is the top ally (Pew)",
        "the alliance",
    ),
    (
        "Asan Institute",
        "maintain current level",
        "Keep US forces at their level (Asan)",
        "the alliance",
    ),
    (
        "Japan Cabinet Office SDF/defense survey",
        "Japan-US security treaty useful (incl. fairly)",
        "The treaty is useful (Cabinet Office)",
        "the alliance",
    ),
]


def trust(year=2025):
    """Return distrust of a president and of a country beside the value of the alliance, in both publics, %, one year."""
    rows = _solid("alliance_views").query("year == @year")
    parts = []
    for series, question, label, about in TRUST:
        part = rows[(rows["series"] == series) & (rows["question"] == question)]
        if part.empty:
            raise ValueError(f"trust: no row of {series!r} with question {question!r} in {year}")
        parts.append(part.assign(line=label, about=about, value=part["value"].astype(float)))
    return pd.concat(parts).reset_index(drop=True)


def trust_chart(year=2025):
    """Return two panels, one for each public, with bars colored by what the question is about."""
    rows = trust(year)
    rows["line"] = rows["line"].str.replace(" (", "|", regex=False).str.rstrip(")")
    known = ["the president", "the country", "the alliance"]
    order = list(dict.fromkeys(rows["line"]))
    color = alt.Color(
        "about:N",
        title="About",
        scale=alt.Scale(domain=known, range=[PALETTE["orange"], PALETTE["gray"], PALETTE["blue"]]),
    )
    panels = []
    for public in ("Japan", "South Korea"):
        part = rows[rows["population"] == public][["line", "about", "value"]]
        base = alt.Chart(part).encode(
            alt.Y(
                "line:N",
                title=None,
                sort=order,
                axis=alt.Axis(
                    labelExpr="split(datum.label, '|')", labelLimit=230, labelLineHeight=15
                ),
            ),
            alt.X(
                "value:Q",
                title="Share of answers, %",
                scale=alt.Scale(domain=[0, 110]),
                axis=alt.Axis(values=[0, 50, 100]),
            ),
        )
        panels.append(
            alt.layer(
                base.mark_bar(size=15).encode(color=color),
                base.mark_text(align="left", dx=5, fontSize=12).encode(
                    text=alt.Text("value:Q", format=".0f")
                ),
                data=part,
            ).properties(width=250, height=38 * len(part), title=public)
        )
    return alt.vconcat(*panels, spacing=14).resolve_scale(color="shared")


def trust_text(year=2025):
    """Return name, caption, alternative, sources and table for `trust_chart`."""
    rows = trust(year)
    of = lambda about, public: " and ".join(
        f"{value:.0f}"
        for value in rows[(rows["about"] == about) & (rows["population"] == public)]["value"]
    )
    return {
        "name": "fig-polling-trust",
        "caption": f"Three questions that are often told as one, {year}: confidence in the president, trust in the country, the value of the alliance. Houses, modes and wordings differ from bar to bar.",
        "alt": f"Bars for each public. In Japan {of('the president', 'Japan')}% have no confidence in the president, while {of('the alliance', 'Japan')}% value the alliance, by two questions; "
        f"in South Korea {of('the president', 'South Korea')}% and {of('the alliance', 'South Korea')}%. Distrust of the country, by two houses: {of('the country', 'Japan')}% in Japan, {of('the country', 'South Korea')}% in South Korea.",
        "source": ["alliance_views"],
        "table": rows,
        "columns": {
            "population": "Public",
            "line": "Question",
            "about": "About",
            "value": "Share, %",
            "mode": "Mode",
            "n_responses": "Answers",
            "cite_as": "Source",
        },
    }


# --- Nuclear arms in South Korea, by wording ----------------------------------------------------

NUCLEAR = {
    "support developing own nuclear weapons": "support developing own weapons?",
    "should have nuclear weapons if DPRK does not give them up": "if the North keeps its own?",
    "own nuclear development needed": "is own development needed?",
    "support ROK nuclear armament": "support own armament?",
    "support own nuclear armament": "support own armament?",
    "support own nuclear weapons": "support own weapons?",
    "ROK should possess nuclear weapons: yes": "should the country possess them?",
}


COSTS = {
    "": "",
    "if sanctions follow": "sanctions named",
    "once each of six costs is put": "six costs put in turn",
}
"""What a question goes on to name, as the data put it after a comma: how the table puts it."""


def nuclear():
    """Return every poll of South Koreans on nuclear arms: survey, wording, year, share (%), and the share once a cost is named (`cost_low`, `cost_high`)."""
    rows = _solid("alliance_views")
    rows = rows[(rows["target"] == "nuclear armament") & (rows["population"] == "South Korea")]
    parts = rows["question"].str.partition(", ")
    rows = rows.assign(asked=parts[0], condition=parts[2].str.partition(":")[0].map(COSTS))
    key = ["series", "year", "asked", "wave"]
    named = (
        rows[rows["condition"] != ""]
        .groupby(key)
        .agg(
            cost_low=("value", "min"), cost_high=("value", "max"), condition=("condition", "first")
        )
    )
    rows = (
        rows[rows["condition"] == ""]
        .drop(columns="condition")
        .join(named, on=key)
        .fillna({"condition": ""})
    )
    rows["wording"] = rows["asked"].map(NUCLEAR)
    month = rows["note"].str.extract(r"fieldwork (Mar|Nov|Apr|Oct)\. \d{4}", expand=False)
    rows["when"] = [f"{m}. {y}" if pd.notna(m) else str(y) for m, y in zip(month, rows["year"])]
    rows["mode"] = rows["mode"].fillna("mode not stated")
    return rows.sort_values(["year", "value"], ascending=[True, False]).reset_index(drop=True)


def nuclear_chart(years=(2022, 2023)):
    """Return the polls of some years as rows with survey, date and wording; outlined marks are the same survey with a cost named."""
    rows = nuclear()
    rows = rows[rows["year"].isin(years)]
    rows["line"] = rows["series"] + ", " + rows["when"] + "|" + rows["wording"]
    plain = rows[["line", "value"]].assign(form="as asked", high=rows["value"])
    cost = (
        rows.dropna(subset=["cost_low"])[["line", "cost_low", "cost_high"]]
        .rename(columns={"cost_low": "value", "cost_high": "high"})
        .assign(form="with a cost named")
    )
    data = pd.concat([plain, cost]).astype({"value": float, "high": float})
    data["text"] = [
        f"{low:.0f}" if low == high else f"{low:.0f}–{high:.0f}"
        for low, high in zip(data["value"], data["high"])
    ]
    y = alt.Y(
        "line:N",
        title=None,
        sort=list(rows["line"]),
        axis=alt.Axis(
            labelExpr="split(datum.label, '|')", labelLimit=280, labelLineHeight=15, grid=True
        ),
    )
    x = alt.X(
        "value:Q",
        title="In favor, %",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(values=[0, 25, 50, 75, 100]),
    )
    shape = alt.Shape(
        "form:N",
        title=None,
        scale=alt.Scale(domain=["as asked", "with a cost named"], range=["circle", "diamond"]),
    )
    color = alt.Color(
        "form:N",
        title=None,
        scale=alt.Scale(
            domain=["as asked", "with a cost named"], range=[PALETTE["blue"], PALETTE["orange"]]
        ),
    )
    base = alt.Chart(data).encode(x, y)
    texts = [
        alt.Chart(data[data["form"] == form])
        .mark_text(align=side, dx=9 if side == "left" else -9, fontSize=12)
        .encode(x, y, text="text:N")
        for form, side in (("as asked", "left"), ("with a cost named", "right"))
    ]
    return alt.layer(
        base.mark_point(size=100, filled=True).encode(color=color, shape=shape), *texts, data=data
    ).properties(width=230, height=40 * len(rows))


def nuclear_text(years=(2022, 2023)):
    """Return name, caption, alternative, sources and table for `nuclear_chart`."""
    rows = nuclear()
    shown = rows[rows["year"].isin(years)]
    one = shown[shown["year"] == years[0]]
    cost = shown.dropna(subset=["cost_low"])
    return {
        "name": "fig-polling-nuclear",
        "caption": "South Korean answers on nuclear arms, each with survey, date and wording. Diamonds: the same survey once sanctions or other costs are named. "
        "The figures say what was answered to a question and recommend nothing.",
        "alt": f"{len(shown)} rows. In {years[0]} alone the shares in favor run from {one['value'].min():.1f} to {one['value'].max():.1f}%. In the {len(cost)} surveys that go on to name a cost, "
        f"the share falls, by {(cost['value'] - cost['cost_high']).min():.0f} to {(cost['value'] - cost['cost_low']).max():.0f} points.",
        "source": ["alliance_views"],
        "table": rows,
        "columns": {
            "series": "Survey",
            "when": "When",
            "wording": "Wording, in English and shortened",
            "mode": "Mode",
            "value": "In favor, %",
            "cost_high": "With a cost named, %",
            "condition": "Condition",
            "cite_as": "Source",
        },
    }


# --- Exit polls and approval --------------------------------------------------------------------


def exit_polls():
    """Return the forecasts for each election's two leading candidates: election, winner, agency, candidate, forecast, result, error (points), stated margin, error in standard errors."""
    rows = _solid("rok_election_2025")
    result = rows[
        (rows["item"] == "official result") & (rows["unit"] == "percent of valid votes")
    ].set_index(["election_date", "candidate"])["value"]
    asked = rows[rows["item"] == "exit or prediction poll"].copy()
    first = {day: result[day].idxmax() for day in result.index.get_level_values(0).unique()}
    second = {day: result[day].nlargest(2).index[1] for day in first}
    asked["result"] = [
        float(result[(row.election_date, row.candidate)]) for row in asked.itertuples()
    ]
    asked["error"] = (asked["value"].astype(float) - asked["result"]).round(2)
    asked["se"] = (
        asked["error"].abs() / (asked["stated_margin_points"].astype(float) / Z95)
    ).round(1)
    lead = asked[
        [
            row.candidate in (first[row.election_date], second[row.election_date])
            for row in asked.itertuples()
        ]
    ]
    return (
        lead.assign(
            election=lead["election_date"].astype(str), winner=lead["election_date"].map(first)
        )
        .sort_values(["election", "agency", "value"], ascending=[True, True, False])
        .reset_index(drop=True)
    )


def exit_table():
    """Return the exit and prediction polls for the two leading candidates beside the count."""
    rows = exit_polls().query("candidate == winner")
    return table(
        rows.assign(
            error=_signed(rows["error"], 2),
            who=rows["candidate"] + ", " + rows["election"].str[:4],
            agency=linked(rows, "agency"),
        ),
        {
            "who": "Winner",
            "agency": "Poll",
            "value": "Forecast, %",
            "result": "Count, %",
            "error": "Error, points",
            "stated_margin_points": "Stated margin",
            "se": "Error, standard errors",
        },
        caption="The winner's share as forecast on election night, and as counted (the polls lead to the sources)",
        name="tab-polling-exit",
    )


def exit_remark():
    """Return the error of the largest poll in standard errors."""
    rows = exit_polls()
    worst = (
        rows[(rows["election"] == "2025-06-03") & rows["agency"].str.startswith("KBS")]
        .nlargest(1, "error")
        .iloc[0]
    )
    return say(
        "With {n:,} answers and a stated margin of {margin:.1f} points, the networks put {name} {error:.2f} points too high in 2025: {se:.1f} standard errors. That margin is already more than twice the {srs:.2f} of a simple random sample of this size. Chance does not do that.",
        n=int(worst["n_responses"]),
        margin=worst["stated_margin_points"],
        name=worst["candidate"],
        error=worst["error"],
        se=worst["se"],
        srs=margin(50, worst["n_responses"]),
    )


def approval():
    """Return Gallup Korea's readings of President Lee's approval: day (first of fieldwork), share (%), answers, 95% limits."""
    rows = _solid("rok_approval")
    rows = rows[rows["item"] == "Lee job approval"].copy()
    half = [margin(float(row.approve_pct), row.n_responses) for row in rows.itertuples()]
    rows["share"] = rows["approve_pct"].astype(float)
    return rows.assign(
        margin=[round(m, 1) for m in half],
        low=(rows["share"] - half).round(1),
        high=(rows["share"] + half).round(1),
        day=rows["period"].astype(str),
    ).reset_index(drop=True)


def approval_chart():
    """Return the readings with their margins, not joined, as months lie between some of them."""
    rows = approval()[["day", "share", "low", "high"]]
    top = rows["share"].nlargest(1).index
    base = alt.Chart(rows).encode(
        alt.X(
            "day:T",
            title=None,
            axis=alt.Axis(format="%b %Y", tickCount=5, labelAngle=0, labelOverlap=True),
            scale=alt.Scale(type="utc", nice=False, padding=14),
        )
    )
    y = alt.Y(
        "low:Q",
        title="Approve of President Lee, %",
        scale=alt.Scale(domain=[45, 75], zero=False, nice=False),
    )
    return alt.layer(
        base.mark_rule(strokeWidth=2, color=PALETTE["blue"]).encode(y=y, y2="high:Q"),
        base.mark_point(size=60, filled=True, color=PALETTE["blue"]).encode(
            alt.Y("share:Q", scale=alt.Scale(domain=[45, 75], zero=False, nice=False))
        ),
        alt.Chart(rows.loc[top].assign(text="“record”"))
        .mark_text(align="right", dx=-12, dy=-33, fontSize=12)
        .encode(
            alt.X("day:T"),
            alt.Y("share:Q", scale=alt.Scale(domain=[45, 75], zero=False, nice=False)),
            text="text:N",
        ),
        data=rows,
    ).properties(width=520, height=240)


def approval_text():
    """Return name, caption, alternative, sources and table for `approval_chart`."""
    rows = approval()
    last = rows.tail(3)
    return {
        "name": "fig-polling-approval",
        "caption": "Approval of President Lee Jae Myung in the Gallup Korea readings found, with 95% margins of a simple random sample. The axis does not start at zero. Readings are not joined; many weeks are missing.",
        "alt": f"{len(rows)} points with bars of about three points up and down. They fall from {rows['share'].iloc[0]:.0f}% to {rows['share'].min():.0f}% in the autumn of 2025 and end with "
        f"{', '.join(f'{value:.0f}' for value in last['share'])}%, three bars that overlap almost wholly.",
        "source": ["rok_approval"],
        "table": rows,
        "columns": {
            "fieldwork_start": "From",
            "fieldwork_end": "To",
            "share": "Approve, %",
            "margin": "Margin, points",
            "n_responses": "Answers",
            "cite_as": "Source",
        },
    }


def records_remark():
    """Return the test of the last two steps of approval beside NHK's last step."""
    rows = approval().tail(3).reset_index(drop=True)
    steps_ = [
        step_test(
            rows["share"][i],
            int(rows["n_responses"][i]),
            rows["share"][i + 1],
            int(rows["n_responses"][i + 1]),
        )
        for i in (0, 1)
    ]
    both = step_test(
        rows["share"][0], int(rows["n_responses"][0]), rows["share"][2], int(rows["n_responses"][2])
    )
    here = step_test(*(float(v) for year in (2023, 2024) for v in _base(year)))
    chance = run_chance(
        [float(rows["share"].mean())] * 3, [int(n) for n in rows["n_responses"]], strict=True
    )
    return say(
        "The two steps of {a:+.0f} have z = {z1:.2f} and {z2:.2f}, both together {z3:.2f}; NHK's step from 2023 to 2024 has {z4:.2f}. If nothing changed in those weeks, three readings in a row would still rise twice with a "
        "probability of {chance:.0%}.",
        a=steps_[0][0],
        z1=steps_[0][1],
        z2=steps_[1][1],
        z3=both[1],
        z4=here[1],
        chance=chance,
    )
