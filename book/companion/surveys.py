"""Opinion polls: margins, tests, power. Named computations, each with its formula, unit and assumptions.

A margin is half the 95% interval of a share from a simple random sample. Weighting, two telephone frames
and sampling points widen it by the root of the design effect. A sample that is not random has no margin
of sampling error: the functions that take a `frame` refuse one for it. Waves of one mode form a series;
between modes nothing is joined or compared.
"""

from math import erfc, sqrt
from statistics import NormalDist

import pandas as pd

from companion.data import load

Z95 = NormalDist().inv_cdf(0.975)

NO_MARGIN = {
    "panel": "an access panel of volunteers",
    "quota": "a quota sample",
    "unknown": "a sample whose design was not found",
}
"""Frames without a margin of sampling error, in words. AAPOR: the margin is a property of probability samples."""


class FrameError(ValueError):
    """A margin or a test was asked of a sample that allows none; one line says which."""


def need_probability(*frames):
    """Refuse frames that allow no margin of sampling error.

    frames: values of the data's column `frame`. Raises FrameError, after the American Association for
    Public Opinion Research (AAPOR, Guidance on Reporting Precision for Nonprobability Samples): such a
    sample may be described, and no margin or test "as if random" is stated for it.
    """
    for frame in frames:
        if frame != "probability":
            raise FrameError(
                f"margin: found a frame {frame!r}, {NO_MARGIN.get(frame, 'not known here')}; expected "
                "'probability', as only a random sample has a margin of sampling error (AAPOR)"
            )


def margin(share, n, deff=1.0, frame="probability"):
    """Return the 95% margin, in points, of a share (%) among n answers.

    Formula: 1.96 sqrt(deff p (1 - p) / n), the normal approximation for a random sample. deff: the design
    effect, by which the design multiplies the variance. Raises FrameError for another frame.
    """
    need_probability(frame)
    return 100 * Z95 * sqrt(deff * share / 100 * (1 - share / 100) / n)


def step_margin(share_1, n_1, share_2, n_2, deff=1.0, frame="probability"):
    """Return the 95% margin, in points, of the difference between two independent shares (%): the two margins squared and added."""
    return sqrt(margin(share_1, n_1, deff, frame) ** 2 + margin(share_2, n_2, deff, frame) ** 2)


def step_test(share_1, n_1, share_2, n_2, deff=1.0, frame="probability"):
    """Return (change in points, z, two-sided p) for two independent shares (%), with unpooled variances."""
    change = share_2 - share_1
    z = change / (step_margin(share_1, n_1, share_2, n_2, deff, frame) / Z95)
    return change, z, erfc(abs(z) / sqrt(2))


def holm(ps):
    """Return p-values adjusted for a family of tests after Holm (1979), in their order.

    The smallest is multiplied by the number of tests, the next by one less, and so on; none falls below
    the one before it, none exceeds 1. It holds the chance of any false finding in the family at the level.
    """
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    out, least = [0.0] * len(ps), 0.0
    for rank, place in enumerate(order):
        least = max(least, min(1.0, (len(ps) - rank) * ps[place]))
        out[place] = least
    return out


def cluster_effect(size, rho):
    """Return the design effect of interviews in clusters of `size`: 1 + (size - 1) rho, after Kish (1965).

    rho: how alike answers at one sampling point are; 0.02 to 0.05 is usual for opinions. Only for
    houses that publish their sampling points; a poll by random digits has no such clusters.
    """
    return 1 + (size - 1) * rho


def needed(share_1, share_2, power=None, deff=1.0):
    """Return the answers that each of two waves needs for the step to pass its margin, or to pass it with probability `power`.

    Without `power` the step as observed is just significant at 5%. With it, the two shares are taken as true.
    """
    spread = share_1 * (100 - share_1) + share_2 * (100 - share_2)
    reach = Z95 + (NormalDist().inv_cdf(power) if power else 0)
    return deff * spread * (reach / (share_2 - share_1)) ** 2


def detection(n, share, change, deff=1.0):
    """Return the probability that two waves of `n` answers each tell a true `change` (points) from `share` (%) at 5%, two-sided."""
    away = change / (step_margin(share, n, share + change, n, deff) / Z95)
    return (erfc((Z95 - away) / sqrt(2)) + erfc((Z95 + away) / sqrt(2))) / 2


def published(share, n, deff=1.0):
    """Return {whole percent: probability} of the share that a poll of `n` answers would print if the truth is `share` (%).

    Exact, from the binomial distribution; half a point rounds up. A design effect shrinks the sample.
    """
    from scipy.stats import binom  # a second to import, which most notebooks need not spend

    size = round(n / deff)
    low, high = (int(binom.ppf(q, size, share / 100)) for q in (1e-9, 1 - 1e-9))
    counts = range(low, high + 1)
    out: dict[int, float] = {}
    for count, chance in zip(counts, binom.pmf(counts, size, share / 100)):
        printed = int(100 * count / size + 0.5)
        out[printed] = out.get(printed, 0.0) + float(chance)
    return out


def run_chance(truths, sizes, strict=False, deff=1.0):
    """Return the probability that printed shares never fall (or, `strict`, always rise) over waves with these truths (%) and sizes."""
    chance = published(truths[0], sizes[0], deff)
    for share, n in zip(truths[1:], sizes[1:]):
        chance = {
            now: p
            * sum(
                q for before, q in chance.items() if before < now or (before == now and not strict)
            )
            for now, p in published(share, n, deff).items()
        }
    return sum(chance.values())


def waves(as_of=None, mode=None):
    """Return NHK's surveys on the constitution, a row a wave, oldest first; with `mode`, those of one mode."""
    rows = load("nhk_constitution", as_of=as_of)
    if mode:
        rows = rows[rows["mode"] == mode]
    return rows.sort_values("year").reset_index(drop=True)


def difference(share_1, n_1, share_2, n_2, deff=1.0, frame="probability"):
    """Return (change, low, high), in points: the difference of two independent shares (%) and its 95% interval.

    Formula: the change, plus and minus `step_margin`; the normal approximation for each share, which
    holds where some dozens of answers fall on either side. Raises FrameError for another frame.
    """
    half = step_margin(share_1, n_1, share_2, n_2, deff, frame)
    return share_2 - share_1, share_2 - share_1 - half, share_2 - share_1 + half


def steps(rows, share="need_pct", size="n_responses", deff=1.0, end=None):
    """Return the steps between neighboring waves of one series, each as a difference with its 95% interval, in points.

    rows: waves of one question in one mode, with `year`, `frame`, `share` (%) and `size`, the answers
    that it is a share of; a wave without either is left out. end: with a year, each step leads from an
    earlier wave to that one. Columns: start, end, before, after, change, low, high, and p, two-sided,
    which is fit to be read only where the test was fixed before looking. Raises FrameError for a sample
    that is not random, ValueError for waves of several modes.
    """
    modes = rows["mode"].unique() if "mode" in rows else []
    if len(modes) > 1:
        raise ValueError(
            f"steps: found the modes {', '.join(modes)}; expected one, as none is joined"
        )
    seen = rows.dropna(subset=[share, size]).sort_values("year")
    seen = [
        (int(w["year"]), float(w[share]), float(w[size]), w["frame"]) for _, w in seen.iterrows()
    ]
    pairs = list(zip(seen, seen[1:]))
    if end:
        pairs = [(one, two) for one in seen for two in seen if one[0] < two[0] == end]
    out = []
    for (start, before, n_1, frame), (stop, after, n_2, other) in pairs:
        need_probability(frame, other)
        change, low, high = difference(before, n_1, after, n_2, deff)
        p = float(step_test(before, n_1, after, n_2, deff)[2])
        out.append((start, stop, before, after, change, low, high, p))
    return pd.DataFrame(out, columns="start end before after change low high p".split())
