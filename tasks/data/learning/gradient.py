"""Weights learned by a surrogate gradient through time: the compiled half of learning.

A network is run on a batch of samples, a lane each, by the ticks of its model, and the loss of its
decoder (`losses`) is led back through all ticks, synapses, delays and loops of the network. The
derivative of a spike, which is 0 nearly everywhere, is replaced by
1 / (1 + 2·|u − θ| / θ)² / θ, u being the potential before the reset (the fast sigmoid of Zenke, Ganguli
2018, SuperSpike, section 2.2, equation 2.11). A reset is not differentiated (Neftci, Mostafa, Zenke 2019,
Surrogate gradient learning in spiking neural networks, section "Surrogate gradients"): of a soft one the
potential passes on what flows back, of a hard one, and where `v_min` holds a potential, nothing does.

The numbers that are learned are one vector: a weight of each synapse, a bias and a threshold of each
neuron. It is run rounded to the grid of the hardware, and led back as if it were not (the
straight-through estimator of Bengio, Léonard, Courville 2013, section 2.3), so what is learned is what
the hardware runs. Adam (Kingma, Ba 2015, algorithm 1) moves it, with decay of weights beside the
gradient (Loshchilov, Hutter 2019).

Everything is added up in one order, without functions of the C library: the same numbers on every
processor.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from ....sim.compile import kernel, reads, writes
from .forward import is_plain, run
from .lanes import add_products, add_scaled, fill, flow_back, total
from .losses import LED, LOSS, Loss, led_back
from .trace import (
    ADAPTATION,
    ADAPTATION_LEAK,
    EPOCH_SETTINGS,
    EXACT,
    FIRST_MOMENT,
    GRADIENT,
    GRID,
    GROUPS,
    HIGH,
    LEAK,
    LOW,
    NUMBERS,
    ROUNDED,
    SECOND_MOMENT,
    SHOWN,
    SOFT_RESET,
    STEP,
    STEPS,
    SYNAPTIC_LEAK,
    TRACE,
    V_MIN,
    WIRING,
    EpochSettings,
    Groups,
    Numbers,
    Shown,
    Trace,
    Wiring,
)

_KEPT = (0.9, 0.999)  # of the moments, from one batch to the next
_SMALLEST = 1e-8  # added to the root of the second moment
_REAL: Any = types.float64


@kernel(inline=True, allocates=False)
def _slope(distance, threshold):  # type: ignore[no-untyped-def]
    """Return the derivative that stands for that of a spike; distance is u − θ."""
    one, two = np.float32(1), np.float32(2)
    wide = one + two * abs(distance) / threshold
    return one / (wide * wide * threshold)


@kernel(inline=True, allocates=False)
def _into_spike(wiring, numbers, trace, pace, t, j):  # type: ignore[no-untyped-def]
    """Add up what flows back into the spike of a neuron, in scratch row 0."""
    ticks, neurons, lanes = trace.charge.shape
    fill(trace.rows, j * lanes, 0)
    add_scaled(trace.rows, j * lanes, np.float32(pace.spike_price), trace.share, 0)
    for place in range(wiring.out_offsets[j], wiring.out_offsets[j + 1]):
        s = wiring.out_synapses[place]
        later = t + wiring.delays[s]
        if later < ticks:
            weight, source_at = numbers.values[ROUNDED, s], later * neurons + wiring.targets[s]
            add_scaled(trace.rows, j * lanes, weight, trace.charge, source_at * lanes)


@kernel(inline=True, allocates=False)
def _back(wiring, numbers, trace, history, t, j):  # type: ignore[no-untyped-def]
    """Lead back through a tick of a neuron; see `Trace.rows`."""
    neuron, neurons, lanes = wiring.neurons[j], len(wiring.neurons), trace.spikes.shape[2]
    threshold = numbers.values[ROUNDED, len(wiring.sources) + neurons + j]
    if not is_plain(neuron, wiring.whole[0]):
        return _back_slowly(wiring, threshold, trace, history, t, j)
    here, row = (t * neurons + j) * lanes, neurons * lanes
    own = j * lanes
    flow_back(
        trace.rows,
        (trace.before, trace.after, trace.spikes),
        trace.charge,
        (
            *(own, own + row, own + 4 * row, own + 5 * row, own + 6 * row),
            *(here, here, here + history * row, here),
        ),
        (threshold, neuron[LEAK], neuron[V_MIN], np.float32(1) / threshold, neuron[SOFT_RESET]),
    )


@kernel(allocates=False)
def _back_slowly(wiring, threshold, trace, history, t, j):  # type: ignore[no-untyped-def]
    """Lead back through a tick of any neuron, lane by lane."""
    neuron, zero, one = wiring.neurons[j], np.float32(0), np.float32(1)
    leak, soft = neuron[LEAK], neuron[SOFT_RESET] > 0
    for lane in range(trace.spikes.shape[2]):
        limit = threshold + neuron[ADAPTATION] * trace.raised[t, j, lane]
        spike, into_raised = trace.spikes[history + t, j, lane], trace.rows[3, j, lane]
        held = trace.held[t, j, lane]
        into_spike, into_v = trace.rows[0, j, lane] + into_raised, trace.rows[1, j, lane]
        sloped = zero if held else into_spike * _slope(trace.before[t, j, lane] - limit, limit)
        passed = into_v if soft else into_v * (one - spike)
        into_limit = zero if held else -sloped - (passed * spike if soft else zero)
        flowing = zero if held else passed + sloped + trace.rows[4, j, lane]
        current = flowing + neuron[SYNAPTIC_LEAK] * trace.rows[2, j, lane]
        trace.charge[t, j, lane] = trace.rows[2, j, lane] = current
        kept = leak * trace.after[t, j, lane] > neuron[V_MIN]
        led = flowing * leak if kept else zero
        trace.rows[1, j, lane] = into_v + trace.rows[4, j, lane] if held else led
        more = neuron[ADAPTATION_LEAK] * into_raised
        trace.rows[3, j, lane] = more + neuron[ADAPTATION] * into_limit
        trace.rows[5, j, lane] += into_limit
        trace.rows[6, j, lane] += current


@kernel(allocates=False)
def _lead_back(wiring, numbers, trace, pace):  # type: ignore[no-untyped-def]
    """Lead the loss back through all ticks, and write the gradient."""
    ticks, neurons, lanes = trace.charge.shape
    history, first = trace.spikes.shape[0] - ticks, wiring.first[0]
    for row in range(1, trace.rows.shape[0]):
        for j in range(first, neurons):
            fill(trace.rows, (row * neurons + j) * lanes, 0)
    for o in range(len(trace.outputs)):
        for lane in range(lanes):
            if trace.moment[lane] < 0:
                trace.rows[1, trace.outputs[o], lane] = trace.left[o, lane]
    for t in range(ticks - 1, -1, -1):
        for j in range(first, neurons):
            _into_spike(wiring, numbers, trace, pace, t, j)
        for o in range(len(trace.outputs)):
            _into_output(trace, t, o, trace.outputs[o])
        for j in range(first, neurons):
            _back(wiring, numbers, trace, history, t, j)
    for s in range(len(wiring.sources)):
        _into_weight(wiring, numbers, trace, history, s)
    for j in range(first, neurons):
        place = len(wiring.sources) + j
        numbers.values[GRADIENT, place] = total(trace.rows, (6 * neurons + j) * lanes)
        numbers.values[GRADIENT, place + neurons] = total(trace.rows, (5 * neurons + j) * lanes)


@kernel(inline=True, allocates=False)
def _into_output(trace, t, o, j):  # type: ignore[no-untyped-def]
    """Add what the loss leads into the spike of an output, and into its potential where it asks."""
    outputs, lanes = trace.left.shape
    said_at = (t * outputs + o) * lanes
    add_scaled(trace.rows, j * lanes, np.float32(1), trace.said, said_at)
    if trace.moment[0] >= 0:
        for lane in range(lanes):
            here = trace.moment[lane] == t
            trace.rows[4, j, lane] = trace.left[o, lane] if here else np.float32(0)


@kernel(inline=True, allocates=False)
def _into_weight(wiring, numbers, trace, history, s):  # type: ignore[no-untyped-def]
    """Write what flows back into a weight: every lane's, then all lanes."""
    i, j = wiring.sources[s], wiring.targets[s]
    ticks, neurons, lanes = trace.charge.shape
    fill(trace.rows, 0, 0)  # the row of a neuron whose tick has been led through
    for t in range(ticks):
        row = history + t - wiring.delays[s]
        if trace.live[row, i]:
            flowing_at, source_at = (t * neurons + j) * lanes, (row * neurons + i) * lanes
            add_products(trace.rows, 0, trace.charge, flowing_at, trace.spikes, source_at)
    numbers.values[GRADIENT, s] = total(trace.rows, 0)


@kernel(inline=True, allocates=False)
def _round(numbers, place):  # type: ignore[no-untyped-def]
    """Bring a number into its range, and what is run of it onto the grid; halves to the even one.

    One that cannot move is run as it is: it may be any float32.
    """
    values, limits = numbers.values, numbers.limits
    low, high = limits[LOW, place], limits[HIGH, place]
    inside = min(max(values[EXACT, place], low), high)
    on_grid = np.rint(inside * limits[STEPS, place]) * limits[GRID, place]
    values[EXACT, place] = inside
    values[ROUNDED, place] = on_grid if low < high else inside


@kernel(allocates=False)
def _power(base, exponent):  # type: ignore[no-untyped-def]
    """Return a power by repeated squaring: the same on every processor."""
    found = 1.0
    while exponent > 0:
        if exponent & 1:
            found *= base
        base *= base
        exponent >>= 1
    return found


@kernel(allocates=False)
def _move(numbers, weights, pace, batches):  # type: ignore[no-untyped-def]
    """Move the numbers by Adam; `batches` are those so far, with this one."""
    values, limits = numbers.values, numbers.limits
    first, second = _power(_KEPT[0], min(batches, 1000)), _power(_KEPT[1], batches)
    for p in range(values.shape[1]):
        step = np.float64(limits[STEP, p]) * pace.step
        if step > 0:
            g = np.float64(values[GRADIENT, p])
            m = _KEPT[0] * values[FIRST_MOMENT, p] + (1.0 - _KEPT[0]) * g
            v = _KEPT[1] * values[SECOND_MOMENT, p] + (1.0 - _KEPT[1]) * g * g
            values[FIRST_MOMENT, p] = m
            values[SECOND_MOMENT, p] = v
            exact = np.float64(values[EXACT, p])
            if p < weights:
                exact -= pace.step * pace.decay * exact
            exact -= step * (m / (1.0 - first)) / (np.sqrt(v / (1.0 - second)) + _SMALLEST)
            values[EXACT, p] = exact
            _round(numbers, p)


def _epoch(lead, wiring, numbers, shown, groups, order, trace, pace, loss, chance):  # type: ignore[no-untyped-def]
    """Learn from batches in an order; see `epoch`."""
    for place in range(numbers.values.shape[1]):
        _round(numbers, place)
    losses = 0.0
    for batch in order:
        for o in range(len(trace.outputs)):
            place = len(wiring.sources) + len(wiring.neurons) + trace.outputs[o]
            trace.scores[2, o] = numbers.values[ROUNDED, place]
        run(wiring, numbers, shown, groups, batch, trace, pace, chance)
        losses += lead(shown, groups.members[batch], trace, loss)
        if pace.step > 0:
            chance[1] += np.uint64(1)
            _lead_back(wiring, numbers, trace, pace)
            _move(numbers, len(wiring.sources), pace, np.int64(chance[1]))
    return losses


@cache
def _compiled() -> Callable[..., float]:
    order, chance = reads(types.int32), writes(types.uint64)
    shown = (WIRING, NUMBERS, SHOWN, GROUPS, order, TRACE, EPOCH_SETTINGS, LOSS, chance)
    compiled: Callable[..., float] = kernel(
        _REAL(types.FunctionType(LED), *shown), allocates=False
    )(_epoch)
    return compiled


def make_ready(kind: int) -> None:
    """Compile what learns by a kind of loss, unless that has been done."""
    led_back(kind)
    _compiled()


def epoch(
    wiring: Wiring,
    numbers: Numbers,
    shown: Shown,
    groups: Groups,
    order: NDArray[np.int32],
    trace: Trace,
    pace: EpochSettings,
    loss: Loss,
    chance: NDArray[np.uint64],
) -> float:
    """Learn from batches in an order, and return the sum of their losses.

    With a step of 0 it only measures: nothing is led back, and no number moves.

    Args:
        wiring: The network.
        numbers: Its numbers, which are rounded and moved.
        shown: The samples.
        groups: These samples in batches.
        order: (any,) batches.
        trace: Room, as `trace.trace` makes it for the network and the window.
        pace: How it is learned.
        loss: What is taken for a wrong answer.
        chance: (2,) state of the generator, not 0; batches so far.
    """
    lead = led_back(loss.kind)
    return _compiled()(lead, wiring, numbers, shown, groups, order, trace, pace, loss, chance)
