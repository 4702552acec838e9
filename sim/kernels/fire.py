"""One tick of a leaky integrate-and-fire neuron: the part of the plain loops that models share."""

from typing import Any, NamedTuple

import numpy as np

from ..compile import kernel
from ..neurons.lif import FLUSH, HIGHEST, LOWEST

_FLUSH = np.float32(FLUSH)
_ZERO = np.float32(0)
_LOWEST, _HIGHEST = np.int32(LOWEST), np.int32(HIGHEST)


class Neuron(NamedTuple):
    """The parameters of one neuron, with the meaning that `neurons.lif` gives them."""

    threshold: Any
    leak: Any
    v_reset: Any
    v_min: Any
    soft_reset: Any


@kernel(inline=True)
def flushed(number):  # type: ignore[no-untyped-def]
    """0 for a float32 closer to 0 than the limit, else the number."""
    return _ZERO if abs(number) < _FLUSH else number


@kernel()
def fire_float32(potential, charge, held, neuron, count):  # type: ignore[no-untyped-def]
    """Advance one neuron by a tick in the first `count` lanes of a word; its spikes as bits.

    `potential` and `charge` begin with the word's first lane, `held` are the refractory lanes as
    bits.
    """
    threshold, leak = neuron.threshold, neuron.leak
    v_min, v_reset, soft = neuron.v_min, neuron.v_reset, neuron.soft_reset != _ZERO
    fired = np.uint64(0)
    for lane in range(count):
        after = max(flushed(leak * potential[lane]), v_min) + charge[lane]
        spike = after >= threshold
        after = (after - threshold if soft else v_reset) if spike else after
        is_held = (held >> np.uint64(lane)) & np.uint64(1) != np.uint64(0)
        potential[lane] = potential[lane] if is_held else after
        fired |= np.uint64(spike and not is_held) << np.uint64(lane)
    return fired


@kernel()
def fire_integer(potential, charge, held, neuron, count):  # type: ignore[no-untyped-def]
    """The same in int32.

    v >> 31 is −1 for a negative v, so that `rounding` makes the shift round towards zero; a shift
    by 0 takes all of v, one by 31 nothing.
    """
    threshold, leak = neuron.threshold, neuron.leak
    v_min, v_reset, soft = neuron.v_min, neuron.v_reset, neuron.soft_reset != 0
    rounding = np.int32((np.int64(1) << np.int64(leak)) - 1)
    fired = np.uint64(0)
    for lane in range(count):
        before = potential[lane]
        lost = np.int32(before + ((before >> np.int32(31)) & rounding)) >> leak
        after = np.int32(max(np.int32(before - lost), v_min) + charge[lane])
        after = min(max(after, _LOWEST), _HIGHEST)
        spike = after >= threshold
        after = (np.int32(after - threshold) if soft else v_reset) if spike else after
        is_held = (held >> np.uint64(lane)) & np.uint64(1) != np.uint64(0)
        potential[lane] = before if is_held else after
        fired |= np.uint64(spike and not is_held) << np.uint64(lane)
    return fired
