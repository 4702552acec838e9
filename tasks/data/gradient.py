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
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim.batch import unpack_lanes
from ...sim.compile import kernel, read_only, reads, writes
from ...sim.neurons.neuron_model import FLUSH
from .lanes import LANES, add_products, add_scaled, fill, fire, flow_back, spread, total
from .losses import LOSS, led_back

#: Columns of `Wiring.neurons`.
LEAK, REFRACTORY, V_RESET, V_MIN, SOFT_RESET, SYNAPTIC_LEAK, ADAPTATION, ADAPTATION_LEAK = range(8)

#: Rows of `Numbers.values`.
EXACT, ROUNDED, GRADIENT, FIRST_MOMENT, SECOND_MOMENT = range(5)

#: Rows of `Numbers.limits`.
LOW, HIGH, GRID, STEPS, STEP = range(5)

_KEPT = (0.9, 0.999)  # of the moments, from one batch to the next
_SMALLEST = 1e-8  # added to the root of the second moment


class Wiring(NamedTuple):
    """What of a network is not learned.

    Attributes:
        first: (1,) int64, index of the first neuron with a potential: the number of sources.
        offsets: (neurons + 1,) int32, the synapses of target j are offsets[j] … offsets[j + 1] − 1.
        sources: (synapses,) int32, the neuron at which a synapse begins.
        delays: (synapses,) int32, ticks ≥ 1.
        out_offsets: (neurons + 1,) int32, as `offsets`, of the synapses that begin at a neuron.
        out_synapses: (synapses,) int32, those synapses.
        targets: (synapses,) int32, the neuron at which a synapse ends.
        neurons: (neurons, 8) float32; the columns are this module's constants. A parameter that the
            model does not have is that of a neuron without its effect.
        whole: (1,) int64, 1 where leaks round towards zero and potentials keep to 16 bits.
    """

    first: NDArray[np.int64]
    offsets: NDArray[np.int32]
    sources: NDArray[np.int32]
    delays: NDArray[np.int32]
    out_offsets: NDArray[np.int32]
    out_synapses: NDArray[np.int32]
    targets: NDArray[np.int32]
    neurons: NDArray[np.float32]
    whole: NDArray[np.int64]


class Numbers(NamedTuple):
    """What is learned: weights, then a bias and a threshold of every neuron.

    Attributes:
        values: (5, synapses + 2 · neurons) float32; the rows are this module's constants.
        limits: (5, synapses + 2 · neurons) float32: lowest and highest value, grid and its
            inverse, and the step of Adam, 0 for what is not learned.
    """

    values: NDArray[np.float32]
    limits: NDArray[np.float32]


class Shown(NamedTuple):
    """Samples that networks learn from.

    Attributes:
        spikes: (ticks, inputs, words) uint64, one bit a sample; (0, 0, 0) where inputs are neurons.
        charges: (ticks, inputs, samples) float32; (0, 0, 0) where inputs are sources.
        labels: (samples, answers) int32, the right ones; (0, 0) where numbers are predicted.
        targets: (samples, numbers) float32 in [0, 1]; (0, 0) where classes are told apart.
        weights: (samples,) float32, what an error in a sample counts.
    """

    spikes: NDArray[np.uint64]
    charges: NDArray[np.float32]
    labels: NDArray[np.int32]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]


class Groups(NamedTuple):
    """Samples in batches.

    Attributes:
        members: (batches, lanes) int32, the sample in each lane; −1 in lanes that are not used.
        bits: (batches, ticks, inputs) uint32, their spikes, a bit a lane; (batches, 0, 0) where inputs
            are neurons.
    """

    members: NDArray[np.int32]
    bits: NDArray[np.uint32]


def grouped(shown: Shown, order: NDArray[np.int64]) -> Groups:
    """Put samples into batches, in an order."""
    batches = -(-len(order) // LANES)
    members = np.full(batches * LANES, -1, np.int32)
    members[: len(order)] = order
    bits = np.zeros((batches, *shown.spikes.shape[:2]), np.uint32)
    for tick, packed in enumerate(shown.spikes):
        lanes = np.zeros((len(packed), batches * LANES), np.bool_)
        lanes[:, : len(order)] = unpack_lanes(packed, len(shown.weights))[:, order]
        octets = np.packbits(lanes, axis=1, bitorder="little")
        bits[:, tick] = octets.view("<u4").T
    return Groups(read_only(members.reshape(batches, LANES)), read_only(bits))


class Trace(NamedTuple):
    """What a batch leaves behind, tick by tick; the lanes are its samples.

    Attributes:
        spikes: (history + ticks, neurons, lanes) float32, 0 or 1; `history` ticks before the window.
        live: (history + ticks, neurons) bool, whether a neuron spiked in any lane.
        before: (ticks, neurons, lanes) float32, potentials before the reset; of a refractory neuron
            the one that it keeps.
        after: (ticks + 1, neurons, lanes) float32, potentials after it, from before the window on.
        raised: (ticks + 1, neurons, lanes) float32, adaptation, from before the window on.
        held: (ticks, neurons, lanes) bool, whether a neuron was refractory.
        charge: (ticks, neurons, lanes) float32, what flows back into the charge of a tick.
        said: (ticks, outputs, lanes) float32, what the loss leads into a spike of an output.
        left: (outputs, lanes) float32, what it leads into the last potential.
        rows: (7, neurons, lanes) float32, scratch: charges and currents; on the way back what flows
            into the spike of a tick (0), the potential after it (1), the synaptic current (2) and the
            adaptation (3) of the next one, the potential before the reset (4); sums over all
            ticks of what flows into the threshold (5) and the bias (6).
        share: (lanes,) float32, the part of a sample in the loss of the batch; 0 of unused lanes.
        moment: (lanes,) int32, the tick to whose potentials `left` belongs; −1 for after the last.
        outputs: (outputs,) int32, the neuron that is output i.
        counts: (outputs, lanes) float32, spikes of the outputs, and what is made of them.
        scores: (3, outputs) float64, scratch of one lane, and the thresholds of the outputs.
    """

    spikes: NDArray[np.float32]
    live: NDArray[np.bool_]
    before: NDArray[np.float32]
    after: NDArray[np.float32]
    raised: NDArray[np.float32]
    held: NDArray[np.bool_]
    charge: NDArray[np.float32]
    said: NDArray[np.float32]
    left: NDArray[np.float32]
    rows: NDArray[np.float32]
    share: NDArray[np.float32]
    moment: NDArray[np.int32]
    outputs: NDArray[np.int32]
    counts: NDArray[np.float32]
    scores: NDArray[np.float64]


class Lesson(NamedTuple):
    """How an epoch is learned.

    Attributes:
        step: Share of `Numbers.limits[STEP]` by which Adam moves; 0 learns nothing.
        decay: What a step of 1 takes of a weight.
        dropout: Share of the inputs that a sample is not shown.
        spike_price: What a spike of any neuron costs, in units of the loss.
    """

    step: float
    decay: float
    dropout: float
    spike_price: float


def trace(ticks: int, history: int, neurons: int, outputs: NDArray[np.int32]) -> Trace:
    """Make room for what a batch leaves behind.

    Args:
        ticks: Length of the window.
        history: Longest delay or refractory period, ticks.
        neurons: Of the network, sources included.
        outputs: (outputs,) the neuron that is output i.
    """
    lanes = LANES
    return Trace(
        np.zeros((history + ticks, neurons, lanes), np.float32),
        np.zeros((history + ticks, neurons), np.bool_),
        np.zeros((ticks, neurons, lanes), np.float32),
        np.zeros((ticks + 1, neurons, lanes), np.float32),
        np.zeros((ticks + 1, neurons, lanes), np.float32),
        np.zeros((ticks, neurons, lanes), np.bool_),
        np.zeros((ticks, neurons, lanes), np.float32),
        np.zeros((ticks, len(outputs), lanes), np.float32),
        np.zeros((len(outputs), lanes), np.float32),
        np.zeros((7, neurons, lanes), np.float32),
        np.zeros(lanes, np.float32),
        np.zeros(lanes, np.int32),
        read_only(outputs),
        np.zeros((len(outputs), lanes), np.float32),
        np.zeros((3, len(outputs)), np.float64),
    )


_REAL = types.float64
_named: Any = types.NamedTuple
_WIRING = _named(
    (
        reads(types.int64),
        *(reads(types.int32),) * 6,
        reads(types.float32, 2),
        reads(types.int64),
    ),
    Wiring,
)
_NUMBERS = _named((writes(types.float32, 2), reads(types.float32, 2)), Numbers)
_SHOWN = _named(
    (
        reads(types.uint64, 3),
        reads(types.float32, 3),
        reads(types.int32, 2),
        reads(types.float32, 2),
        reads(types.float32),
    ),
    Shown,
)
_GROUPS = _named((reads(types.int32, 2), reads(types.uint32, 3)), Groups)
_TRACE = _named(
    (
        writes(types.float32, 3),
        writes(types.boolean, 2),
        writes(types.float32, 3),
        writes(types.float32, 3),
        writes(types.float32, 3),
        writes(types.boolean, 3),
        writes(types.float32, 3),
        writes(types.float32, 3),
        writes(types.float32, 2),
        writes(types.float32, 3),
        writes(types.float32),
        writes(types.int32),
        reads(types.int32),
        writes(types.float32, 2),
        writes(types.float64, 2),
    ),
    Trace,
)
_alike: Any = types.NamedUniTuple
_LESSON = _alike(_REAL, 4, Lesson)


@kernel(inline=True, allocates=False)
def _draw(chance):  # type: ignore[no-untyped-def]
    """Return a number in [0, 1) and move on (Marsaglia 2003, Xorshift RNGs, the triple 13, 7, 17)."""
    state = chance[0]
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    state ^= state << np.uint64(17)
    chance[0] = state
    return np.float64(state >> np.uint64(11)) * 2.0**-53


@kernel(allocates=False)
def _show(wiring, groups, batch, trace, history, dropout, chance):  # type: ignore[no-untyped-def]
    """Write the spikes of a batch into the trace, of inputs that somebody hears."""
    neurons, bits, lanes = trace.spikes.shape[1], groups.bits[batch], trace.spikes.shape[2]
    for i in range(bits.shape[1]):
        if wiring.out_offsets[i] < wiring.out_offsets[i + 1]:
            shown = np.uint32(0xFFFFFFFF)
            for lane in range(lanes if dropout > 0 else 0):
                if _draw(chance) < dropout:
                    shown &= ~np.uint32(np.uint32(1) << np.uint32(lane))
            for t in range(bits.shape[0]):
                spiked = bits[t, i] & shown
                spread(spiked, trace.spikes, ((history + t) * neurons + i) * lanes)
                trace.live[history + t, i] = spiked != 0


@kernel(inline=True, allocates=False)
def _charge(wiring, numbers, shown, members, trace, history, t, j):  # type: ignore[no-untyped-def]
    """Add up what arrives at a neuron in a tick, in scratch row 0."""
    neurons, lanes = trace.spikes.shape[1], trace.spikes.shape[2]
    fill(trace.rows, j * lanes, numbers.values[ROUNDED, len(wiring.sources) + j])
    if j < shown.charges.shape[1]:
        for lane in range(lanes):
            if members[lane] >= 0:
                trace.rows[0, j, lane] += shown.charges[t, j, members[lane]]
    for s in range(wiring.offsets[j], wiring.offsets[j + 1]):
        i, row = wiring.sources[s], history + t - wiring.delays[s]
        if trace.live[row, i]:
            weight, source_at = numbers.values[ROUNDED, s], (row * neurons + i) * lanes
            add_scaled(trace.rows, j * lanes, weight, trace.spikes, source_at)


@kernel(inline=True, allocates=False)
def _leaked(v, leak, v_min, whole):  # type: ignore[no-untyped-def]
    """Return what a tick leaves of a potential, as the models `lif` do."""
    if whole:
        lost = v * (np.float32(1) - leak)
        left = v - (np.floor(lost) if lost > 0 else np.ceil(lost))
    else:
        left = leak * v
        if abs(left) < np.float32(FLUSH):
            left = np.float32(0)
    return left if left > v_min else v_min


@kernel(inline=True, allocates=False)
def _is_plain(neuron, whole):  # type: ignore[no-untyped-def]
    """Return whether a neuron neither adapts nor waits, has no synaptic current, and is of float32."""
    more = neuron[ADAPTATION] > 0 or neuron[REFRACTORY] > 0 or neuron[SYNAPTIC_LEAK] > 0
    return not (more or whole == 1)


@kernel(inline=True, allocates=False)
def _tick(wiring, numbers, trace, history, t, j):  # type: ignore[no-untyped-def]
    """Leak, sum, spike and reset of one neuron in all lanes; the charge is in scratch row 0."""
    neuron, neurons, lanes = wiring.neurons[j], len(wiring.neurons), trace.spikes.shape[2]
    threshold = numbers.values[ROUNDED, len(wiring.sources) + neurons + j]
    if not _is_plain(neuron, wiring.whole[0]):
        return _tick_slowly(wiring, threshold, trace, history, t, j)
    here, spikes_at = (t * neurons + j) * lanes, ((history + t) * neurons + j) * lanes
    mask = fire(
        trace.rows,
        (trace.before, trace.after, trace.spikes),
        (j * lanes, here, here, here + neurons * lanes, spikes_at),
        (threshold, neuron[LEAK], neuron[V_MIN], neuron[V_RESET], neuron[SOFT_RESET]),
    )
    trace.live[history + t, j] = mask != 0


@kernel(allocates=False)
def _tick_slowly(wiring, threshold, trace, history, t, j):  # type: ignore[no-untyped-def]
    """Run a tick of any neuron, lane by lane."""
    neuron, whole, live = wiring.neurons[j], wiring.whole[0] == 1, False
    zero, most = np.float32(0), np.float32(2.0**15 - 1)
    for lane in range(trace.spikes.shape[2]):
        flowing = neuron[SYNAPTIC_LEAK] * trace.rows[1, j, lane]
        flowing = zero if abs(flowing) < np.float32(FLUSH) else flowing
        trace.rows[1, j, lane] = flowing + trace.rows[0, j, lane]
        v = trace.after[t, j, lane]
        u = _leaked(v, neuron[LEAK], neuron[V_MIN], whole) + trace.rows[1, j, lane]
        u = min(max(u, -most - np.float32(1)), most) if whole else u
        held = False
        for back in range(1, np.int64(neuron[REFRACTORY]) + 1):
            held |= trace.spikes[history + t - back, j, lane] > 0
        limit = threshold + neuron[ADAPTATION] * trace.raised[t, j, lane]
        fired = u >= limit and not held
        reset = u - limit if neuron[SOFT_RESET] > 0 else neuron[V_RESET]
        trace.before[t, j, lane], trace.held[t, j, lane] = v if held else u, held
        trace.after[t + 1, j, lane] = v if held else (reset if fired else u)
        trace.spikes[history + t, j, lane] = np.float32(1) if fired else zero
        left = neuron[ADAPTATION_LEAK] * trace.raised[t, j, lane]
        left = zero if abs(left) < np.float32(FLUSH) else left
        trace.raised[t + 1, j, lane] = left + trace.spikes[history + t, j, lane]
        live |= fired
    trace.live[history + t, j] = live


@kernel(allocates=False)
def _run(wiring, numbers, shown, groups, batch, trace, lesson, chance):  # type: ignore[no-untyped-def]
    """Run the samples of a batch from rest."""
    ticks = trace.before.shape[0]
    history, lanes = trace.spikes.shape[0] - ticks, trace.spikes.shape[2]
    first, neurons = wiring.first[0], len(wiring.neurons)
    _show(wiring, groups, batch, trace, history, lesson.dropout, chance)
    for j in range(first, neurons):
        for rows in (trace.after, trace.raised):
            fill(rows, j * lanes, 0)
        fill(trace.rows, (neurons + j) * lanes, 0)
    for t in range(ticks):
        for j in range(first, neurons):
            _charge(wiring, numbers, shown, groups.members[batch], trace, history, t, j)
            _tick(wiring, numbers, trace, history, t, j)


@kernel(inline=True, allocates=False)
def _slope(distance, threshold):  # type: ignore[no-untyped-def]
    """Return the derivative that stands for that of a spike; distance is u − θ."""
    one, two = np.float32(1), np.float32(2)
    wide = one + two * abs(distance) / threshold
    return one / (wide * wide * threshold)


@kernel(inline=True, allocates=False)
def _into_spike(wiring, numbers, trace, lesson, t, j):  # type: ignore[no-untyped-def]
    """Add up what flows back into the spike of a neuron, in scratch row 0."""
    ticks, neurons, lanes = trace.charge.shape
    fill(trace.rows, j * lanes, 0)
    add_scaled(trace.rows, j * lanes, np.float32(lesson.spike_price), trace.share, 0)
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
    if not _is_plain(neuron, wiring.whole[0]):
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
def _lead_back(wiring, numbers, trace, lesson):  # type: ignore[no-untyped-def]
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
            _into_spike(wiring, numbers, trace, lesson, t, j)
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
def _move(numbers, weights, lesson, batches):  # type: ignore[no-untyped-def]
    """Move the numbers by Adam; `batches` are those so far, with this one."""
    values, limits = numbers.values, numbers.limits
    first, second = _power(_KEPT[0], min(batches, 1000)), _power(_KEPT[1], batches)
    for p in range(values.shape[1]):
        step = np.float64(limits[STEP, p]) * lesson.step
        if step > 0:
            g = np.float64(values[GRADIENT, p])
            m = _KEPT[0] * values[FIRST_MOMENT, p] + (1.0 - _KEPT[0]) * g
            v = _KEPT[1] * values[SECOND_MOMENT, p] + (1.0 - _KEPT[1]) * g * g
            values[FIRST_MOMENT, p] = m
            values[SECOND_MOMENT, p] = v
            exact = np.float64(values[EXACT, p])
            if p < weights:
                exact -= lesson.step * lesson.decay * exact
            exact -= step * (m / (1.0 - first)) / (np.sqrt(v / (1.0 - second)) + _SMALLEST)
            values[EXACT, p] = exact
            _round(numbers, p)


def _epoch(wiring, numbers, shown, groups, order, trace, lesson, loss, chance):  # type: ignore[no-untyped-def]
    """Learn from batches in an order; see `epoch`."""
    for place in range(numbers.values.shape[1]):
        _round(numbers, place)
    losses = 0.0
    for batch in order:
        for o in range(len(trace.outputs)):
            place = len(wiring.sources) + len(wiring.neurons) + trace.outputs[o]
            trace.scores[2, o] = numbers.values[ROUNDED, place]
        _run(wiring, numbers, shown, groups, batch, trace, lesson, chance)
        losses += led_back(shown, groups.members[batch], trace, loss)
        if lesson.step > 0:
            chance[1] += np.uint64(1)
            _lead_back(wiring, numbers, trace, lesson)
            _move(numbers, len(wiring.sources), lesson, np.int64(chance[1]))
    return losses


@cache
def epoch() -> Callable[..., float]:
    """Return the kernel that learns from batches in an order, compiled when first asked for.

    It goes batch by batch and returns the sum of the losses. With a step of 0 it only measures: nothing is
    led back, and no number moves. Its arguments:

    - wiring: `Wiring`
    - numbers: `Numbers`, which it rounds and moves
    - shown: `Shown`
    - groups: `Groups` of these samples
    - order: (any,) int32, batches
    - trace: `Trace`, as `trace` makes it for the network and the window
    - lesson: `Lesson`
    - loss: `Loss`
    - chance: (2,) uint64, state of the generator, not 0; batches so far
    """
    order, chance = reads(types.int32), writes(types.uint64)
    signature = _REAL(_WIRING, _NUMBERS, _SHOWN, _GROUPS, order, _TRACE, _LESSON, LOSS, chance)
    compiled: Callable[..., float] = kernel(signature, allocates=False)(_epoch)
    return compiled
