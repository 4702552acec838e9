"""Intervals of scores: how far the score of a finite test may lie from that on data without end."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95


class Interval(NamedTuple):
    """A confidence interval.

    Attributes:
        low: Its lower end.
        high: Its upper end.
        level: Its confidence level, 0 … 1.
        method: `Wilson`, `Student's t` or `bootstrap`.
    """

    low: float
    high: float
    level: float
    method: str

    def through(self, rising: Callable[[float], float]) -> "Interval":
        """Return the interval of what a rising function makes of a value with this one."""
        return self._replace(low=rising(self.low), high=rising(self.high))


def of_share(right: int, n: int, level: float = LEVEL) -> Interval:
    """Return the interval of a share by Wilson's score (1927, Probable inference, equation 5).

    Unlike p ± 2 standard errors it stays within [0, 1], and has a width where all answers are right.

    Args:
        right: How many of the answers are right.
        n: How many there are, at least 1.
        level: Confidence level.
    """
    from scipy import stats  # half a second to load, which most commands can do without

    found = stats.binomtest(right, n).proportion_ci(level, method="wilson")
    return Interval(float(found.low), float(found.high), level, "Wilson")


def of_mean(
    values: Sequence[float] | NDArray[np.float64],
    bounds: tuple[float | None, float | None] = (None, None),
    level: float = LEVEL,
) -> Interval | None:
    """Return the interval of a mean by Student's t; None for fewer than two values.

    Args:
        values: Of single samples or episodes.
        bounds: Lowest and highest possible mean, at which the interval ends; None where there is none.
        level: Confidence level.
    """
    from scipy import stats

    if len(values) < 2:
        return None
    mean, error = float(np.mean(values)), float(stats.sem(values))
    half = error * float(stats.t.ppf((1 + level) / 2, len(values) - 1))
    low, high = bounds
    return Interval(
        mean - half if low is None else max(low, mean - half),
        mean + half if high is None else min(high, mean + half),
        level,
        "Student's t",
    )


def standard_error(score: float, samples: int) -> float:
    """Return the standard error of a mean score p over n samples, √(q(1 − q)/n).

    q is Jeffreys' estimate (np + ½)/(n + 1) (Brown, Cai, DasGupta 2001, Interval estimation for a
    binomial proportion, section 4.3): a network without an error in training is not certain to make none,
    as √(p(1 − p)/n) would have it. For means of values in [0, 1], which accuracy is, q(1 − q) is the
    largest variance; others are judged alike, and the error of a score outside [0, 1] is 0.
    """
    if not 0.0 <= score <= 1.0:
        return 0.0
    likely = (samples * score + 0.5) / (samples + 1.0)
    return math.sqrt(likely * (1.0 - likely) / samples)
