"""How near the numbers of networks are: scores of regression, 1 less an error, all in [0, 1]."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

# (…, samples, numbers): predictions and targets, both with the lowest training target at 0 and
# the highest at 1; and the range, (2, numbers), of those. Errors are in [0, 1] for each number.
Numbers = NDArray[np.float64]


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


#: `mae`: 1 - mean absolute error ÷ range of the training targets.
#: `smape`: 1 - sMAPE / 200 (symmetric mean absolute percentage error, 0 … 200).
ERRORS: dict[str, Callable[[Numbers, Numbers, Numbers], Numbers]] = {
    "mae": _absolute,
    "smape": _symmetric,
}


def scores(name: str, predicted: Numbers, targets: Numbers, ends: Numbers) -> NDArray[np.float64]:
    """Return 1 - the mean error over samples and numbers: of (…, samples, numbers) the (…) scores."""
    mean: NDArray[np.float64] = 1.0 - ERRORS[name](predicted, targets, ends).mean(axis=(-2, -1))
    return mean


def sample_scores(name: str, said: Numbers, right: Numbers, ends: Numbers) -> NDArray[np.float64]:
    """Return 1 - the mean error over numbers: of (…, samples, numbers) the (…, samples) scores."""
    mean: NDArray[np.float64] = 1.0 - ERRORS[name](said, right, ends).mean(axis=-1)
    return mean
