"""What learning takes for a wrong answer: a loss for each kind of decoder, and its derivative.

- `COUNT`, of `spike_count` and `bins`: cross-entropy of temperature × (spikes + 0.3 · last potential / θ).
  The potential says how far a silent output is from a spike. A share of the loss may be the mean over
  all ticks of that of the spikes so far, which makes answers early.
- `FIRST`, of `first_spike` and `first_to:k`: in the tick of the decision, or the last one, cross-entropy
  of temperature × progress, and half of the binary cross-entropies of 4 × (progress − k). Progress is
  the spikes before that tick + potential / θ in it, before the reset.
- `MEMBRANE`: cross-entropy of temperature × last potential / θ.
- `NUMBERS`, of `vector` and `rate`: temperature × squared error of what the decoder reads, in which last
  potential / θ counts as the part of a spike that it is.

θ is the threshold that a neuron inherits; it is not differentiated here.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import types

from ....sim.compile import as_argument, kernel, reads
from .lanes import add_scaled, fill
from .trace import SHOWN, TRACE

COUNT, FIRST, MEMBRANE, NUMBERS = range(4)

#: What a whole threshold of the last potential counts beside a spike.
PART = 0.3

_STEEPNESS, _SHARE = 4.0, 0.5  # of the binary cross-entropies of `FIRST`
_TAYLOR = np.array([1.0 / math.factorial(n) for n in range(12, -1, -1)])
_SERIES = np.array([1.0 / n for n in range(25, 0, -2)])
_PER_LN2 = 1.0 / math.log(2.0)
_MIDDLE = 1022
_POWERS = np.ldexp(1.0, np.arange(-_MIDDLE, 1024))  # of two, 2^0 in the middle
_LN2_HIGH, _LN2_LOW = 0.693147180369123816490, 1.90821492927058770002e-10  # ln 2 in two parts


class Loss(NamedTuple):
    """What learning takes for a wrong answer.

    Attributes:
        kind: One of this module's constants.
        width: Outputs among which one answer is chosen (`COUNT`), or that say one number together
            (`NUMBERS`: 1 for `vector`, 2 for `rate`).
        most: Spikes that decide (`FIRST`), or that stand for 1 (`NUMBERS`).
        temperature: Steepness of the cross-entropy; what a squared error is multiplied by.
        early: Share of `COUNT` that is the mean over all ticks, 0 to 1.
    """

    kind: int
    width: int
    most: float
    temperature: float
    early: float


_named: Any = types.NamedTuple
LOSS = _named((types.int64, types.int64, types.float64, types.float64, types.float64), Loss)


@kernel(allocates=False)
def exponential(x):  # type: ignore[no-untyped-def]
    """Return e^x, the same on every processor; x is kept to ±700.

    x = k · ln 2 + r with |r| ≤ ln 2 / 2, and e^r is its Taylor polynomial of degree 12.
    """
    x = min(max(x, -700.0), 700.0)
    k = np.floor(x * _PER_LN2 + 0.5)
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    total = _TAYLOR[0]
    for n in range(1, 13):
        total = total * r + _TAYLOR[n]
    return total * _POWERS[np.int64(k) + _MIDDLE]


@kernel(allocates=False)
def logarithm(x):  # type: ignore[no-untyped-def]
    """Return ln x of x ≥ 2^-1000, the same on every processor.

    x = m · 2^k with m in [0.75, 1.5), and ln m = 2 · artanh((m − 1) / (m + 1)) by its series.
    """
    k = 0.0
    while x >= 1.5:
        x *= 0.5
        k += 1.0
    while x < 0.75:
        x *= 2.0
        k -= 1.0
    ratio = (x - 1.0) / (x + 1.0)
    square, total = ratio * ratio, 0.0
    for n in range(13):
        total = total * square + _SERIES[n]
    return 2.0 * ratio * total + k * (_LN2_HIGH + _LN2_LOW)


@kernel(allocates=False)
def _cross_entropy(scores, first, width, right, chances):  # type: ignore[no-untyped-def]
    """Return the cross-entropy of some scores; `chances` becomes its derivative by each of them."""
    largest = scores[first]
    for o in range(first + 1, first + width):
        largest = max(largest, scores[o])
    total = 0.0
    for o in range(first, first + width):
        chances[o] = exponential(scores[o] - largest)
        total += chances[o]
    for o in range(first, first + width):
        chances[o] /= total
    loss = logarithm(total) - (scores[first + right] - largest)
    chances[first + right] -= 1.0
    return loss


@kernel(allocates=False)
def _count(trace, counts):  # type: ignore[no-untyped-def]
    """Add up the spikes of the outputs, (outputs, lanes) float32, over the window."""
    ticks, outputs, lanes = trace.said.shape
    neurons, history = trace.spikes.shape[1], trace.spikes.shape[0] - ticks
    for o in range(outputs):
        fill(counts, o * lanes, 0)
        for t in range(ticks):
            spikes_at = ((history + t) * neurons + trace.outputs[o]) * lanes
            add_scaled(counts, o * lanes, np.float32(1), trace.spikes, spikes_at)


@kernel(allocates=False)
def _of_counts(shown, sample, lane, thresholds, trace, loss, counts, scores, chances):  # type: ignore[no-untyped-def]
    """Lead back `COUNT` in one lane into the last potentials, and return it.

    What flows into a spike is left to `_spread_early`, but for the loss of the whole window, which
    stands in `counts` afterwards.
    """
    ticks, outputs = trace.said.shape[0], trace.said.shape[1]
    total, share = 0.0, trace.share[lane]
    for o in range(outputs):
        part = PART * trace.after[ticks, trace.outputs[o], lane] / thresholds[o]
        scores[o] = loss.temperature * (counts[o, lane] + part)
    for first in range(0, outputs, loss.width):
        right = shown.labels[sample, first // loss.width]
        total += _cross_entropy(scores, first, loss.width, right, chances)
    for o in range(outputs):
        last = (1.0 - loss.early) * loss.temperature * chances[o]
        trace.left[o, lane] = share * last * PART / thresholds[o]
        counts[o, lane] = share * last
    return (1.0 - loss.early) * total


@kernel(allocates=False)
def _of_counts_so_far(shown, sample, lane, trace, loss, scores, chances):  # type: ignore[no-untyped-def]
    """Write the share of `COUNT` that is early into `said`, tick by tick, and return it."""
    ticks, outputs = trace.said.shape[0], trace.said.shape[1]
    history, total = trace.spikes.shape[0] - ticks, 0.0
    factor = trace.share[lane] * loss.early * loss.temperature / ticks
    for o in range(outputs):
        scores[o] = 0.0
    for t in range(ticks):
        for o in range(outputs):
            scores[o] += loss.temperature * trace.spikes[history + t, trace.outputs[o], lane]
        for first in range(0, outputs, loss.width):
            right = shown.labels[sample, first // loss.width]
            total += _cross_entropy(scores, first, loss.width, right, chances)
        for o in range(outputs):
            trace.said[t, o, lane] = factor * chances[o]
    return loss.early * total / ticks


@kernel(allocates=False)
def _spread_early(trace, loss, counts):  # type: ignore[no-untyped-def]
    """Make `said` what flows into a spike of each tick: that of all later ticks and of the window."""
    ticks, outputs, lanes = trace.said.shape
    for t in range(ticks - 1, -1, -1):
        for o in range(outputs):
            at = (t * outputs + o) * lanes
            if loss.early > 0:
                add_scaled(counts, o * lanes, np.float32(1), trace.said, at)
            fill(trace.said, at, 0)
            add_scaled(trace.said, at, np.float32(1), counts, o * lanes)


@kernel(allocates=False)
def _deciding_tick(trace, loss, lane, scores):  # type: ignore[no-untyped-def]
    """Return the first tick in which an output has as many spikes as decide, else the last one.

    `scores` becomes the spikes of each output before that tick.
    """
    ticks, outputs = trace.said.shape[0], trace.said.shape[1]
    history = trace.spikes.shape[0] - ticks
    for o in range(outputs):
        scores[o] = 0.0
    for t in range(ticks):
        decided = t == ticks - 1
        for o in range(outputs):
            spike = trace.spikes[history + t, trace.outputs[o], lane]
            decided |= spike > 0 and scores[o] + 1.0 >= loss.most
        if decided:
            return t
        for o in range(outputs):
            scores[o] += trace.spikes[history + t, trace.outputs[o], lane]
    return ticks - 1


@kernel(allocates=False)
def _of_the_first(shown, sample, lane, thresholds, trace, loss, scores, chances):  # type: ignore[no-untyped-def]
    """Lead back `FIRST` in one lane."""
    ticks, outputs = trace.said.shape[0], trace.said.shape[1]
    moment = _deciding_tick(trace, loss, lane, scores)
    trace.moment[lane] = moment
    right, share = shown.labels[sample, 0], trace.share[lane]
    for o in range(outputs):
        scores[o] += trace.before[moment, trace.outputs[o], lane] / thresholds[o]
    for o in range(outputs):
        scores[o] *= loss.temperature
    total = _cross_entropy(scores, 0, outputs, right, chances)
    for o in range(outputs):
        wanted = 1.0 if o == right else 0.0
        z = _STEEPNESS * (scores[o] / loss.temperature - loss.most)
        raised = exponential(-abs(z))
        chance = 1.0 / (1.0 + raised) if z >= 0 else raised / (1.0 + raised)
        total += _SHARE * (max(z, 0.0) - z * wanted + logarithm(1.0 + raised))
        into = loss.temperature * chances[o] + _SHARE * _STEEPNESS * (chance - wanted)
        trace.left[o, lane] = share * into / thresholds[o]
        for t in range(ticks):
            trace.said[t, o, lane] = share * into if t < moment else 0.0
    return total


@kernel(allocates=False)
def _of_potentials(shown, sample, lane, thresholds, trace, loss, scores, chances):  # type: ignore[no-untyped-def]
    """Lead back `MEMBRANE` in one lane."""
    ticks, outputs = trace.said.shape[0], trace.said.shape[1]
    for o in range(outputs):
        scores[o] = loss.temperature * trace.after[ticks, trace.outputs[o], lane] / thresholds[o]
    total = _cross_entropy(scores, 0, outputs, shown.labels[sample, 0], chances)
    for o in range(outputs):
        trace.left[o, lane] = trace.share[lane] * loss.temperature * chances[o] / thresholds[o]
        for t in range(ticks):
            trace.said[t, o, lane] = 0
    return total


@kernel(allocates=False)
def _of_numbers(shown, sample, lane, thresholds, trace, loss, scores):  # type: ignore[no-untyped-def]
    """Lead back `NUMBERS` in one lane."""
    ticks, outputs = trace.said.shape[0], trace.said.shape[1]
    history, numbers = trace.spikes.shape[0] - ticks, outputs // loss.width
    total = 0.0
    for o in range(outputs):
        scores[o] = trace.after[ticks, trace.outputs[o], lane] / thresholds[o]
        for t in range(ticks):
            scores[o] += trace.spikes[history + t, trace.outputs[o], lane]
    for number in range(numbers):
        if loss.width == 1:
            # So many thresholds and a half become that many spikes: the rest is cut off.
            said = (scores[number] - 0.5) / loss.most
        else:
            said = (1.0 + (scores[2 * number + 1] - scores[2 * number]) / loss.most) / 2.0
        error = said - shown.targets[sample, number]
        total += loss.temperature * error * error / numbers
        into = loss.temperature * trace.share[lane] * 2.0 * error / numbers / loss.most / loss.width
        for side in range(loss.width):
            o = loss.width * number + side
            signed = -into if loss.width == 2 and side == 0 else into
            trace.left[o, lane] = signed / thresholds[o]
            for t in range(ticks):
                trace.said[t, o, lane] = signed
    return total


@kernel(allocates=False)
def _begin(shown, members, trace):  # type: ignore[no-untyped-def]
    """Write the share of each lane's sample in the loss of the batch."""
    weights = 0.0
    for sample in members:
        weights += shown.weights[sample] if sample >= 0 else 0.0
    for lane in range(len(trace.share)):
        used = members[lane] >= 0
        trace.share[lane] = shown.weights[members[lane]] / weights if used else 0.0
        trace.moment[lane] = -1


def _lead_counts(shown, members, trace, loss):  # type: ignore[no-untyped-def]
    _begin(shown, members, trace)
    _count(trace, trace.counts)
    total, scores, chances = 0.0, trace.scores[0], trace.scores[1]
    for lane in range(len(trace.share)):
        sample = max(members[lane], 0)
        one = _of_counts(
            shown, sample, lane, trace.scores[2], trace, loss, trace.counts, scores, chances
        )
        if loss.early > 0:
            one += _of_counts_so_far(shown, sample, lane, trace, loss, scores, chances)
        total += one * shown.weights[sample] if members[lane] >= 0 else 0.0
    _spread_early(trace, loss, trace.counts)
    return total


def _lead_the_first(shown, members, trace, loss):  # type: ignore[no-untyped-def]
    _begin(shown, members, trace)
    total, scores, chances = 0.0, trace.scores[0], trace.scores[1]
    for lane in range(len(trace.share)):
        sample = max(members[lane], 0)
        one = _of_the_first(shown, sample, lane, trace.scores[2], trace, loss, scores, chances)
        total += one * shown.weights[sample] if members[lane] >= 0 else 0.0
    return total


def _lead_potentials(shown, members, trace, loss):  # type: ignore[no-untyped-def]
    _begin(shown, members, trace)
    total, scores, chances = 0.0, trace.scores[0], trace.scores[1]
    for lane in range(len(trace.share)):
        sample = max(members[lane], 0)
        one = _of_potentials(shown, sample, lane, trace.scores[2], trace, loss, scores, chances)
        total += one * shown.weights[sample] if members[lane] >= 0 else 0.0
    return total


def _lead_numbers(shown, members, trace, loss):  # type: ignore[no-untyped-def]
    _begin(shown, members, trace)
    total, scores = 0.0, trace.scores[0]
    for lane in range(len(trace.share)):
        sample = max(members[lane], 0)
        one = _of_numbers(shown, sample, lane, trace.scores[2], trace, loss, scores)
        total += one * shown.weights[sample] if members[lane] >= 0 else 0.0
    return total


_LEAD = {
    COUNT: _lead_counts,
    FIRST: _lead_the_first,
    MEMBRANE: _lead_potentials,
    NUMBERS: _lead_numbers,
}

#: The signature of `led_back`.
LED = types.float64(SHOWN, reads(types.int32), TRACE, LOSS)


@cache
def led_back(kind: int) -> Callable[..., float]:
    """Return the kernel of a kind of loss, as an argument of others, compiled when first asked for.

    It writes what flows into spikes and potentials of the outputs, and returns the sum of the losses. Its
    arguments: `trace.Shown`; (lanes,) int32, the sample in each lane, −1 where there is none;
    `trace.Trace` of the batch, its thresholds written; `Loss`.
    """
    compiled = kernel(LED, allocates=False)(_LEAD[kind])
    found: Callable[..., float] = as_argument(compiled, LED)
    return found
