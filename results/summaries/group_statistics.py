"""Statistics of groups of runs: medians with intervals, tests of two groups, effect sizes.

Intervals are percentile bootstrap intervals of 95 % (Efron, Tibshirani, 1993, chapter 13). Tests are
two-sided, without an assumption about the distribution, as scores and sizes of networks want.
"""

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

CONFIDENCE = 0.95
RESAMPLES = 9_999


class Spread(NamedTuple):
    """How values are spread; None where there are too few of them.

    Attributes:
        n: How many there are.
        median: Their median.
        lower_quartile: Their quartile, by linear interpolation.
        upper_quartile: Likewise.
        low_95: Lower end of the interval of the median.
        high_95: Its upper end.
    """

    n: int
    median: float | None
    lower_quartile: float | None
    upper_quartile: float | None
    low_95: float | None
    high_95: float | None


class Difference(NamedTuple):
    """What sets two groups apart, the first less the second.

    Attributes:
        n: Pairs; or values of the smaller group, where they are not paired.
        median: Median of the differences of pairs; or difference of the medians.
        low_95: Lower end of its interval; None for fewer than two.
        high_95: Its upper end.
        test: Name of the test.
        p: Its p-value; None without values.
        effect: What the effect is measured by.
        effect_size: 0.5 of `Vargha-Delaney A`, 0 of `rank-biserial` where neither group is larger; 1
            where the first one is throughout.
    """

    n: int
    median: float | None
    low_95: float | None
    high_95: float | None
    test: str
    p: float | None
    effect: str
    effect_size: float | None


def spread(values: ArrayLike, rng: np.random.Generator) -> Spread:
    """Describe values, (n,) finite numbers or infinity, which is a number that was never reached.

    Quartiles and ends of the interval that are infinite, or lie between a number and infinity, are None.
    """
    x = np.asarray(values, np.float64)
    if not len(x):
        return Spread(0, None, None, None, None, None)
    lower, upper = quantiles(x, [0.25, 0.75])
    median, low, high = _with_interval((x,), np.median, rng)
    return Spread(len(x), median, lower, upper, low, high)


def of_pairs(first: ArrayLike, second: ArrayLike, rng: np.random.Generator) -> Difference:
    """Compare pairs, (n,) each: Wilcoxon's signed-rank test, matched-pairs rank-biserial correlation.

    The correlation is (R⁺ − R⁻) / (R⁺ + R⁻) of the ranks of differences other than 0 (Kerby, 2014,
    Comprehensive Psychology 3:1).
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    test, effect = "Wilcoxon signed-rank", "rank-biserial"
    if not len(a):
        return Difference(0, None, None, None, test, None, effect, None)
    with np.errstate(invalid="ignore"):  # infinity less infinity
        median, low, high = _with_interval((a - b,), np.median, rng)
    differences = np.subtract(*_reached(a, b))
    apart = differences[differences != 0]
    if not len(apart):  # SciPy knows no p-value of nothing
        return Difference(len(a), median, low, high, test, 1.0, effect, 0.0)
    ranks = stats.rankdata(np.abs(apart))
    size = float((ranks * np.sign(apart)).sum() / ranks.sum())
    p = float(stats.wilcoxon(apart).pvalue)
    return Difference(len(a), median, low, high, test, p, effect, size)


def of_groups(first: ArrayLike, second: ArrayLike, rng: np.random.Generator) -> Difference:
    """Compare independent values, (m,) and (n,): Mann-Whitney U test, Vargha-Delaney A.

    A is how likely a value of the first is above one of the second, ties counting half (Vargha, Delaney,
    2000, Journal of Educational and Behavioral Statistics 25:101): U / (m n).
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    n = min(len(a), len(b))
    test, effect = "Mann-Whitney U", "Vargha-Delaney A"
    if not n:
        return Difference(0, None, None, None, test, None, effect, None)
    median, low, high = _with_interval((a, b), _median_difference, rng)
    found = stats.mannwhitneyu(*_reached(a, b))
    size = float(found.statistic / (len(a) * len(b)))
    return Difference(n, median, low, high, test, float(found.pvalue), effect, size)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Correct p-values of several tests by Holm's method; None stays None and counts as no test.

    The i-th smallest of m is multiplied by m − i + 1, and none falls below one before it (Holm, 1979,
    Scandinavian Journal of Statistics 6:65).
    """
    known = [(p, place) for place, p in enumerate(p_values) if p is not None]
    corrected: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, place) in enumerate(sorted(known)):
        largest = max(largest, min(1.0, (len(known) - rank) * p))
        corrected[place] = largest
    return corrected


def smallest_p(pairs: int) -> float:
    """Return the smallest p-value that Wilcoxon's test can have for so many pairs: 2 / 2^n."""
    return float(min(1.0, 2.0 ** (1 - pairs)))


def _reached(
    a: NDArray[np.float64], b: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both, infinity replaced by a number above all others: tests go by ranks."""
    finite = np.concatenate([a[np.isfinite(a)], b[np.isfinite(b)]])
    worst = 2 * np.abs(finite).max(initial=0.0) + 1.0
    return np.where(np.isinf(a), worst, a), np.where(np.isinf(b), worst, b)


def _with_interval(
    samples: tuple[NDArray[np.float64], ...], statistic: Any, rng: np.random.Generator
) -> tuple[float | None, float | None, float | None]:
    """Return a statistic, and the ends of its bootstrap interval, each sample resampled on its own.

    Ends are None where a sample has one value; everything that is not finite is None.
    """
    with np.errstate(invalid="ignore"), warnings.catch_warnings():  # infinity less infinity
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        value = _finite(statistic(*samples, axis=0))
        if min(map(len, samples)) < 2:
            return value, None, None
        low, high = stats.bootstrap(
            samples,
            statistic,
            n_resamples=RESAMPLES,
            confidence_level=CONFIDENCE,
            method="percentile",
            rng=rng,
        ).confidence_interval
    return value, _finite(low), _finite(high)


def _median_difference(
    a: NDArray[np.float64], b: NDArray[np.float64], axis: int
) -> NDArray[np.float64]:
    return np.asarray(np.median(a, axis=axis) - np.median(b, axis=axis))


def quantiles(values: NDArray[np.float64], shares: Sequence[float]) -> list[float | None]:
    """Return quantiles by linear interpolation; None where one is not finite."""
    with np.errstate(invalid="ignore"):
        return list(map(_finite, np.quantile(values, shares)))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
