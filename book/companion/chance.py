"""What chance alone would do: margins of shares, tests of steps between polls, limits for counts; all by scipy.

A margin is half the 95% interval of a share from a simple random sample; a design effect multiplies its variance.
"""

from math import sqrt

from scipy.special import ndtr, ndtri

Z95 = float(ndtri(0.975))


def margin(share, n, deff=1.0):
    """Return the 95% margin, in points, of a share (%) among n answers; `deff` is the design effect."""
    return 100 * Z95 * sqrt(deff * share / 100 * (1 - share / 100) / n)


def step_margin(share_1, n_1, share_2, n_2, deff=1.0):
    """Return the 95% margin, in points, of the difference between two independent shares (%)."""
    return sqrt(margin(share_1, n_1, deff) ** 2 + margin(share_2, n_2, deff) ** 2)


def step_test(share_1, n_1, share_2, n_2, deff=1.0):
    """Return (change in points, z, two-sided p) for two independent shares (%)."""
    change = share_2 - share_1
    z = change / (step_margin(share_1, n_1, share_2, n_2, deff) / Z95)
    return change, z, 2 * ndtr(-abs(z))


def poisson_limits(number, level=0.95):
    """Return the exact limits for the mean of a Poisson count (Garwood 1936), by quantiles of chi-squared."""
    from scipy.stats import chi2  # a second to import, which most notebooks need not spend

    tail = (1 - level) / 2
    low = chi2.ppf(tail, 2 * number) / 2 if number else 0.0
    return float(low), float(chi2.ppf(1 - tail, 2 * number + 2) / 2)


def split_chance(one, other, share):
    """Return the chance of a split of `one + other` events at least as uneven as this, if each falls into the first span with `share`.

    Exact two-sided binomial test, by the sum of all splits no likelier than the one seen.
    """
    from scipy.stats import binomtest

    return float(binomtest(one, one + other, share).pvalue)
