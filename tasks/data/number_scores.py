"""How good predicted numbers are: 1 less an error, averaged over the samples."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# (…, samples, numbers): predictions and targets, both with the lowest training target at 0 and
# the highest at 1; and the range, (2, numbers), of those.
Numbers = NDArray[np.float64]


class NumberScore(NamedTuple):
    """A score of numbers.

    Attributes:
        errors: From predictions, targets and range to the errors, (…, samples, numbers), ≥ 0.
        of_mean: From 1 - the mean error, a number or an array, to the score; rising.
        lowest: Lowest possible score.
    """

    errors: Callable[[Numbers, Numbers, Numbers], Numbers]
    of_mean: Callable[[Any], Any]
    lowest: float = 0.0


def _absolute(predicted: Numbers, targets: Numbers, ends: Numbers) -> Numbers:
    """Return the absolute error in shares of the range, at most 1."""
    error: Numbers = np.minimum(np.abs(predicted - targets), 1.0)
    return error


def _symmetric(predicted: Numbers, targets: Numbers, ends: Numbers) -> Numbers:
    """Return abs(p - y) / (abs(p) + abs(y)) in the targets' own unit, sMAPE / 200; 0 / 0 counts as 0."""
    low, width = ends[0], ends[1] - ends[0]
    p, y = low + predicted * width, low + targets * width
    total = np.abs(p) + np.abs(y)
    error: Numbers = np.divide(np.abs(p - y), total, out=np.zeros_like(total), where=total > 0)
    return error


def _squared(predicted: Numbers, targets: Numbers, ends: Numbers) -> Numbers:
    """Return the square of the error in shares of the range."""
    error: Numbers = (predicted - targets) ** 2
    return error


def _unexplained(predicted: Numbers, targets: Numbers, ends: Numbers) -> Numbers:
    """Return the squared error in shares of the variance that the targets of these samples have.

    Of a number that is the same in all of them, it is the squared error in shares of the range.
    """
    variance = targets.var(axis=-2, keepdims=True)
    error: Numbers = _squared(predicted, targets, ends) / np.where(variance > 0, variance, 1.0)
    return error


def _same(mean: Any) -> Any:
    return mean


def _less_root(mean: Any) -> Any:
    """Return 1 - √(mean error)."""
    return 1.0 - np.sqrt(1.0 - mean)


#: `mae`: 1 - mean absolute error ÷ range of the training targets.
#: `smape`: 1 - sMAPE / 200 (symmetric mean absolute percentage error, 0 … 200).
#: `rmse`: 1 - root of the mean squared error ÷ range of the training targets.
#: `r2`: the coefficient of determination, 1 - mean squared error ÷ variance; of several numbers the mean.
NUMBER_SCORES: dict[str, NumberScore] = {
    "mae": NumberScore(_absolute, _same),
    "smape": NumberScore(_symmetric, _same),
    "rmse": NumberScore(_squared, _less_root, -math.inf),
    "r2": NumberScore(_unexplained, _same, -math.inf),
}


def scores(name: str, predicted: Numbers, targets: Numbers, ends: Numbers) -> NDArray[np.float64]:
    """Return the scores, (…), of (…, samples, numbers)."""
    score = NUMBER_SCORES[name]
    errors = score.errors(predicted, targets, ends)
    found: NDArray[np.float64] = score.of_mean(1.0 - errors.mean(axis=(-2, -1)))
    return found


def sample_scores(name: str, said: Numbers, right: Numbers, ends: Numbers) -> NDArray[np.float64]:
    """Return 1 - the mean error over numbers, (…, samples); `of_mean` makes the score of their mean."""
    mean: NDArray[np.float64] = 1.0 - NUMBER_SCORES[name].errors(said, right, ends).mean(axis=-1)
    return mean


def constant_score(name: str, targets: Numbers, ends: Numbers) -> float:
    """Return the score of the best constant prediction for targets, (samples, numbers).

    It is sought, for each number by itself, among 101 quantiles of the targets and their mean.
    """
    score = NUMBER_SCORES[name]
    quantiles = np.quantile(targets, np.linspace(0.0, 1.0, 101), axis=0)
    constants = np.concatenate([quantiles, targets.mean(axis=0, keepdims=True)])[:, np.newaxis]
    errors = score.errors(constants, targets, ends).mean(axis=1).min(axis=0)
    return float(score.of_mean(1.0 - errors.mean()))
