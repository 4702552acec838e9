"""Multinomial logistic regression in cross-validation: the same bits on every processor.

Minimises Σ over samples of -log p(class) + ½ Σ_i λ_i |w_i|², p the softmax of W x, the last feature
being the constant 1. Böhning (1992, "Multinomial logistic regression algorithm", Annals of the
Institute of Statistical Mathematics 44:197) bounds the matrix of second derivatives from above by
A = ½ Xᵀ X + diag λ, the same for each class, so that each step W - A⁻¹ ∇ leads down with no search
for its length. Steps are accelerated (Nesterov, 1983; weights of Beck, Teboulle, 2009), in a fixed
number. As more samples make A larger only, that of all samples serves every fold.

What NumPy does here element by element is the same everywhere; products of matrices are compiled,
since those of a library add up in another order on another processor.
"""

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim.compile import kernel, reads, writes

Matrix = NDArray[np.float64]

_LANES = 256  # columns that are worked out at a time: their sums stay in the cache


@kernel(
    types.void(
        reads(types.float64, 2),  # left
        reads(types.float64, 2),  # right
        writes(types.float64, 2),  # product
    )
)
def _multiply(left, right, product):  # type: ignore[no-untyped-def]
    """Write left · right, terms added from first to last; four at a time, to read each sum less often."""
    terms = left.shape[1]
    for start in range(0, right.shape[1], _LANES):
        lanes = slice(start, start + _LANES)
        for k in range(len(left)):
            sums = product[k, lanes]
            for i in range(len(sums)):
                sums[i] = 0.0
            n = 0
            while n + 4 <= terms:
                p, q, r, s = left[k, n], left[k, n + 1], left[k, n + 2], left[k, n + 3]
                a, b = right[n, lanes], right[n + 1, lanes]
                c, d = right[n + 2, lanes], right[n + 3, lanes]
                for i in range(len(sums)):
                    sums[i] = sums[i] + p * a[i] + q * b[i] + r * c[i] + s * d[i]
                n += 4
            while n < terms:
                p, a = left[k, n], right[n, lanes]
                for i in range(len(sums)):
                    sums[i] += p * a[i]
                n += 1


# ln 2 in two parts, of which the first has so few digits that its multiples here are exact (fdlibm).
_LN_2_HIGH, _LN_2_LOW = 0.6931471803691238, 1.9082149292705877e-10
_PER_LN_2 = 1.4426950408889634
_HALVINGS = 60
_POWERS = np.append(np.ldexp(1.0, -np.arange(_HALVINGS)), 0.0)  # what is below counts as 0


def exponential(x: Matrix) -> Matrix:
    """Return e^x for x ≤ 0, 0 below 2^-60: Taylor's series after reduction by ln 2; error < 1e-15."""
    halvings = np.minimum(np.floor(0.5 - x * _PER_LN_2), _HALVINGS)
    rest = np.maximum((x + halvings * _LN_2_HIGH) + halvings * _LN_2_LOW, -1.0)
    total = np.ones_like(x)
    for n in range(12, 0, -1):
        total *= rest
        total /= n
        total += 1.0
    total *= _POWERS[halvings.astype(np.int64)]
    return total


def inverse(matrix: Matrix) -> Matrix:
    """Return the inverse of a symmetric positive definite matrix (Gauss, Jordan, no pivoting)."""
    found = matrix.copy()
    for pivot in range(len(found)):
        scale = 1.0 / found[pivot, pivot]
        row, column = found[pivot] * scale, found[:, pivot].copy()
        row[pivot], column[pivot] = scale, 0.0
        found[:, pivot], found[pivot] = 0.0, row
        found -= column[:, np.newaxis] * row
    return found


def cross_validate(
    counts: NDArray[np.int64],
    labels: NDArray[np.int64],
    folds: NDArray[np.int64],
    penalty: float,
    iterations: int,
) -> Matrix:
    """Return how probable each class is for each sample, to a model fitted to the other folds.

    Args:
        counts: (samples, features) whole numbers; the squares of a feature sum to less than 2^53.
        labels: (samples,) classes, 0 … classes - 1.
        folds: (samples,) fold of each sample, 0 … folds - 1.
        penalty: λ of a feature scaled to a standard deviation of 1; λ_i is that times its variance.
        iterations: Steps.

    Returns:
        (classes, samples).
    """
    samples, classes, parts = len(counts), int(labels.max()) + 1, int(folds.max()) + 1
    rows = np.ones((samples, counts.shape[1] + 1))
    rows[:, :-1] = counts
    columns = np.ascontiguousarray(rows.T)
    products = np.empty((len(columns), len(columns)))
    _multiply(columns, rows, products)
    sums = products[-1]
    variances = (samples * products.diagonal() - sums * sums) / (samples * samples)
    # A feature that does not vary says what the constant says, whose own penalty is next to none.
    penalties = penalty * np.where(variances > 0.0, variances, 1.0)
    penalties[-1] = 1e-6
    steps = inverse(0.5 * products + np.diag(penalties))
    right = np.equal.outer(np.arange(classes), labels).astype(np.float64)
    learnt = np.not_equal.outer(np.arange(parts), folds)[:, np.newaxis]
    shape = (parts, classes, samples)
    weights = before = np.zeros((parts * classes, len(penalties)))
    scores, slopes, moves = np.empty((len(weights), samples)), weights.copy(), weights.copy()
    pace = 1.0
    for _ in range(iterations):
        _multiply(weights, columns, scores)
        errors = (_softmax(scores.reshape(shape)) - right) * learnt
        _multiply(errors.reshape(scores.shape), rows, slopes)
        slopes += penalties * weights
        _multiply(slopes, steps, moves)
        stepped = weights - moves
        following = (1.0 + np.sqrt(1.0 + 4.0 * pace * pace)) / 2.0
        weights = stepped + (pace - 1.0) / following * (stepped - before)
        before, pace = stepped, following
    _multiply(before, columns, scores)
    said = _softmax(scores.reshape(shape))
    return np.ascontiguousarray(said[folds, :, np.arange(samples)].T)


def _softmax(scores: Matrix) -> Matrix:
    """Turn scores, (folds, classes, samples), into probabilities."""
    powers = exponential(scores - scores.max(axis=1, keepdims=True))
    total = powers[:, 0].copy()
    for k in range(1, powers.shape[1]):
        total += powers[:, k]
    powers /= total[:, np.newaxis]
    return powers
