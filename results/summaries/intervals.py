"""Intervals of scores: how far the score of a finite test may lie from that on data without end."""

from collections.abc import Sequence
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
