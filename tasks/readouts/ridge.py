"""Ridge regression on spike counts, compiled: the same bits on every processor.

Sums of counts are whole numbers and exact. What follows is in float64, in a fixed order, without
fused operations; a library's linear algebra would differ in the last bits between processors.
"""

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim.compile import kernel, reads, writes
from ...sim.count import lowest

_LANES = 128  # samples whose leverages are worked out at a time: their scratch fits into the cache
_MOST_SUM = 2**31 - 1


@kernel(
    types.void(
        reads(types.uint64, 3),  # raster
        types.int64,  # history
        types.int64,  # first
        types.int64,  # bins
        writes(types.int16, 2),  # counts
    )
)
def count_in_bins(raster, history, first, bins, counts):  # type: ignore[no-untyped-def]
    """Count the spikes of neurons in parts of a window.

    Args:
        raster: (history + ticks, neurons, words) uint64, as in the simulator's kernels.
        history: Rows before the window.
        first: The first neuron that counts; all later ones do.
        bins: Parts of the window; tick t of T lies in part ⌊t · bins / T⌋.
        counts: (bins · counted neurons, lanes) int16, written; the neurons of a part lie together.
    """
    ticks, counted = raster.shape[0] - history, raster.shape[1] - first
    for row in range(counts.shape[0]):
        for lane in range(counts.shape[1]):
            counts[row, lane] = 0
    for tick in range(ticks):
        before = tick * bins // ticks * counted
        for neuron in range(counted):
            own = counts[before + neuron]
            for word in range(raster.shape[2]):
                fired = raster[history + tick, first + neuron, word]
                while fired != np.uint64(0):
                    own[64 * word + lowest(fired)] += 1
                    fired &= fired - np.uint64(1)


@kernel(
    types.void(
        reads(types.int16, 2),  # counts
        reads(types.float64, 2),  # weights
        writes(types.float64, 2),  # said
    )
)
def say(counts, weights, said):  # type: ignore[no-untyped-def]
    """Write what a readout says: (features, samples) counts to (samples, answers); see `fit`."""
    features, samples = counts.shape
    for sample in range(samples):
        for answer in range(weights.shape[1]):
            said[sample, answer] = weights[features, answer]
    for feature in range(features):
        for sample in range(samples):
            count = np.float64(counts[feature, sample])
            if count != 0.0:
                for answer in range(weights.shape[1]):
                    said[sample, answer] += count * weights[feature, answer]


@kernel(
    types.void(
        reads(types.int16, 2),  # counts
        reads(types.int64),  # totals
        types.int64,  # block
        writes(types.float64, 2),  # scatter
    )
)
def _scatter(counts, totals, block, scatter):  # type: ignore[no-untyped-def]
    """Write the upper triangle of Σ (x - mean x)(x - mean x)ᵀ, each value rounded once.

    Sums over `block` samples fit into 32 bits, which processors add up fastest.
    """
    features, samples = counts.shape
    for i in range(features):
        for j in range(i + 1):
            total = np.int64(0)
            for start in range(0, samples, block):
                a = counts[i, start : start + block]
                b = counts[j, start : start + block]
                part = np.int32(0)
                for sample in range(len(a)):
                    product = np.int32(np.int32(a[sample]) * np.int32(b[sample]))
                    part = np.int32(part + product)
                total += part
            scatter[j, i] = (samples * total - totals[i] * totals[j]) / samples


@kernel()
def _subtract(row, known, shares, first):  # type: ignore[no-untyped-def]
    """Subtract `shares[k]` · `known[k, first:]` from a row, k rising.

    Four of them at a time, so that the row is read and written a quarter as often.
    """
    size, k = len(row), 0
    while k + 4 <= len(shares):
        p, q, r, s = shares[k], shares[k + 1], shares[k + 2], shares[k + 3]
        a, b = known[k, first : first + size], known[k + 1, first : first + size]
        c, d = known[k + 2, first : first + size], known[k + 3, first : first + size]
        for i in range(size):
            row[i] = row[i] - p * a[i] - q * b[i] - r * c[i] - s * d[i]
        k += 4
    while k < len(shares):
        a = known[k, first : first + size]
        for i in range(size):
            row[i] -= shares[k] * a[i]
        k += 1


@kernel()
def _divide(row, divisor):  # type: ignore[no-untyped-def]
    """Divide a row in place; loops compile in a fraction of the time of NumPy's operators."""
    for i in range(len(row)):
        row[i] /= divisor


@kernel()
def _factorise(matrix):  # type: ignore[no-untyped-def]
    """Replace the upper triangle of a symmetric positive definite matrix by U of UᵀU (Cholesky)."""
    for i in range(len(matrix)):
        row = matrix[i, i:]
        _subtract(row, matrix, matrix[:i, i], np.int64(i))
        row[0] = np.sqrt(row[0])
        _divide(row[1:], row[0])


@kernel()
def _covariances(counts, targets, means, target_means, weights):  # type: ignore[no-untyped-def]
    """Write Σ (x - mean x) (y - mean y), (features, answers), into `weights`."""
    features, samples = counts.shape
    for feature in range(features):
        row = weights[feature]
        for answer in range(len(row)):
            row[answer] = 0.0
        for sample in range(samples):
            count = np.float64(counts[feature, sample])
            if count != 0.0:
                for answer in range(len(row)):
                    row[answer] += count * targets[sample, answer]
        for answer in range(len(row)):
            row[answer] -= means[feature] * samples * target_means[answer]


@kernel(
    types.void(
        reads(types.int16, 2),  # counts
        reads(types.float64, 2),  # targets
        reads(types.float64),  # means
        reads(types.float64),  # target_means
        writes(types.float64, 2),  # factor
        writes(types.float64, 2),  # weights
    )
)
def _solve(counts, targets, means, target_means, factor, weights):  # type: ignore[no-untyped-def]
    """Solve UᵀU W = covariances, and write W and the constants into `weights`, as of `fit`.

    `factor` is the matrix of the left side, (features, features), and becomes U.
    """
    features = np.int64(len(factor))
    _factorise(factor)
    right = weights[:features]
    _covariances(counts, targets, means, target_means, right)
    for i in range(features):
        _subtract(right[i], right, factor[:i, i], np.int64(0))
        _divide(right[i], factor[i, i])
    for i in range(features - 1, -1, -1):
        _subtract(right[i], right[i + 1 :], factor[i, i + 1 :], np.int64(0))
        _divide(right[i], factor[i, i])
    for answer in range(targets.shape[1]):
        constant = target_means[answer]
        for feature in range(features):
            constant -= means[feature] * weights[feature, answer]
        weights[features, answer] = constant


@kernel(
    types.void(
        reads(types.int16, 2),  # counts
        reads(types.float64),  # means
        reads(types.float64, 2),  # targets
        writes(types.float64, 2),  # factor
        writes(types.float64, 2),  # z
        writes(types.float64),  # leverages
        writes(types.float64, 2),  # left_out
    )
)
def _leave_out(counts, means, targets, factor, z, leverages, left_out):  # type: ignore[no-untyped-def]
    """Turn what the readout says of each sample into what one fitted without the sample would say.

    The leverage of a sample is 1 / samples + zᵀ z, Uᵀ z = x - mean x; `z`, (features, lanes), and
    `leverages`, (lanes,), are scratch for some samples at a time.
    """
    features, samples = counts.shape
    for start in range(0, samples, len(leverages)):
        lanes = min(np.int64(len(leverages)), samples - start)
        for lane in range(lanes):
            leverages[lane] = 1.0 / samples
        for i in range(features):
            row = z[i, :lanes]
            for lane in range(lanes):
                row[lane] = counts[i, start + lane] - means[i]
            _subtract(row, z, factor[:i, i], np.int64(0))
            _divide(row, factor[i, i])
            for lane in range(lanes):
                leverages[lane] += row[lane] * row[lane]
        for lane in range(lanes):
            sample = start + lane
            for answer in range(targets.shape[1]):
                right = targets[sample, answer]
                error = right - left_out[sample, answer]
                left_out[sample, answer] = right - error / (1.0 - leverages[lane])


def fit(
    counts: NDArray[np.int16],
    targets: NDArray[np.float64],
    penalty: float,
    weights: NDArray[np.float64],
    left_out: NDArray[np.float64],
) -> None:
    """Fit a readout, and say of each sample what one fitted without this sample would say.

    Leaving out sample s, of target y, answer p and leverage h, the answer is y - (y - p) / (1 - h)
    (Allen, 1974, Technometrics 16:125), λ being that of all samples.

    Args:
        counts: (features, samples) int16, ≥ 0, at least 2 samples.
        targets: (samples, answers) float64.
        penalty: As of `Ridge`.
        weights: (features + 1, answers) float64, written; the constants come last.
        left_out: (samples, answers) float64, written.
    """
    features, samples = counts.shape
    totals, most = counts.sum(axis=1, dtype=np.int64), max(int(counts.max()), 1)
    means = totals / samples
    factor = np.zeros((features, features))
    _scatter(counts, totals, max(_MOST_SUM // most**2, 1), factor)
    spread = np.cumsum(factor.diagonal())[-1]  # first to last, as no processor adds up otherwise
    factor.flat[:: features + 1] += penalty * (spread / features) if spread > 0.0 else 1.0
    target_means = np.cumsum(targets, axis=0)[-1] / samples
    _solve(counts, targets, means, target_means, factor, weights)
    say(counts, weights, left_out)
    scratch = np.empty((features, _LANES)), np.empty(_LANES)
    _leave_out(counts, means, targets, factor, *scratch, left_out)
