"""Learning forward: a batch of samples run through a network, by the ticks of its neurons' models."""

import numpy as np

from ....sim.compile import kernel
from ....sim.neurons.neuron_model import FLUSH
from .lanes import add_scaled, fill, fire, spread
from .trace import (
    ADAPTATION,
    ADAPTATION_LEAK,
    LEAK,
    REFRACTORY,
    ROUNDED,
    SOFT_RESET,
    SYNAPTIC_LEAK,
    V_MIN,
    V_RESET,
)


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
def is_plain(neuron, whole):  # type: ignore[no-untyped-def]
    """Return whether a neuron neither adapts nor waits, has no synaptic current, and is of float32."""
    more = neuron[ADAPTATION] > 0 or neuron[REFRACTORY] > 0 or neuron[SYNAPTIC_LEAK] > 0
    return not (more or whole == 1)


@kernel(inline=True, allocates=False)
def _tick(wiring, numbers, trace, history, t, j):  # type: ignore[no-untyped-def]
    """Leak, sum, spike and reset of one neuron in all lanes; the charge is in scratch row 0."""
    neuron, neurons, lanes = wiring.neurons[j], len(wiring.neurons), trace.spikes.shape[2]
    threshold = numbers.values[ROUNDED, len(wiring.sources) + neurons + j]
    if not is_plain(neuron, wiring.whole[0]):
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
def run(wiring, numbers, shown, groups, batch, trace, pace, chance):  # type: ignore[no-untyped-def]
    """Run the samples of a batch from rest."""
    ticks = trace.before.shape[0]
    history, lanes = trace.spikes.shape[0] - ticks, trace.spikes.shape[2]
    first, neurons = wiring.first[0], len(wiring.neurons)
    _show(wiring, groups, batch, trace, history, pace.dropout, chance)
    for j in range(first, neurons):
        for rows in (trace.after, trace.raised):
            fill(rows, j * lanes, 0)
        fill(trace.rows, (neurons + j) * lanes, 0)
    for t in range(ticks):
        for j in range(first, neurons):
            _charge(wiring, numbers, shown, groups.members[batch], trace, history, t, j)
            _tick(wiring, numbers, trace, history, t, j)
