"""Which output has most spikes, or reaches so many first: 64 samples at a time, bit by bit.

Numbers of 64 lanes lie in planes: bit l of plane k is bit k of lane l's number. Adding a spike to
all lanes that have one, and comparing two numbers in all lanes, take a few operations a plane.

Indices are unsigned, since Numba would let negative ones count from the end, at a price.
"""

import numpy as np

from ..sim.compile import kernel
from ..sim.count import lowest

_ONE = np.uint64(1)
_NONE = np.uint64(0)
_ALL = ~np.uint64(0)


@kernel()
def race(raster, history, outputs, target, lanes, decisions, latencies):  # type: ignore[no-untyped-def]
    """Decide for every lane; the arguments are those of ``decoders.decide``, target 0 or more.

    Without a target the running winner decides, the lowest index among the outputs with most
    spikes so far; with one, the first output to reach it.
    """
    ticks, count = raster.shape[0] - history, len(outputs)
    width, indices = _bits(ticks), _bits(count - 1)
    counts = np.empty(count * width, np.uint64)  # the planes of one output after the other's
    best, winner, settled = np.empty((3, max(width, indices)), np.uint64)
    for word in range(raster.shape[2]):
        start = 64 * word
        waiting = _ALL >> np.uint64(64 - min(64, lanes - start))
        begun, used = _NONE, _NONE
        counts[:], best[:], winner[:], settled[:] = _NONE, _NONE, _NONE, _NONE
        _write(waiting, start, ticks, latencies)
        for row in range(history, raster.shape[0]):
            fired = _NONE
            for output in range(count):
                spikes = raster[row, np.uint64(outputs[output]), word]
                if spikes != _NONE:
                    fired |= spikes
                    first = np.uint64(output) * width
                    used = max(used, _add(counts, first, spikes))
                    _lead(counts, first, used, best, winner, indices, output, spikes)
                    if target > 0:
                        won = spikes & waiting & _equal(counts, first, width, target)
                        waiting ^= won
                        _write(won, start, output, decisions)
                        _write(won, start, row - history + 1, latencies)
            if target == 0:
                changed = fired & (~begun | _settle(winner, settled, indices))
                begun |= fired
                _write(changed, start, row - history + 1, latencies)
            elif waiting == _NONE:
                break
        _write_numbers(waiting, start, winner, indices, decisions)


@kernel(inline=True)
def _bits(number):  # type: ignore[no-untyped-def]
    """Planes that hold 0 … number."""
    width = _ONE
    while np.uint64(number) >> width:
        width += _ONE
    return width


@kernel(inline=True)
def _add(counts, first, spikes):  # type: ignore[no-untyped-def]
    """Count spikes; returns the number of planes that changed."""
    plane, carry = _NONE, spikes
    while carry != _NONE:
        before = counts[first + plane]
        counts[first + plane] = before ^ carry
        carry &= before
        plane += _ONE
    return plane


@kernel(inline=True)
def _lead(counts, first, used, best, winner, indices, output, spikes):  # type: ignore[no-untyped-def]
    """Where an output that spiked has more than the winner, or as many and a lower index, it leads.

    ``used`` planes of the counts, and of the best, are not all zero.
    """
    more, same = _NONE, spikes
    for down in range(_ONE, used + _ONE):
        own, other = counts[first + used - down], best[used - down]
        more |= same & own & ~other
        same &= ~(own ^ other)
    later, equal = _NONE, same
    for down in range(_ONE, indices + _ONE):
        plane = indices - down
        own, other = _plane(output, plane), winner[plane]
        later |= equal & other & ~own
        equal &= ~(own ^ other)
    wins = more | later
    for plane in range(used):
        best[plane] ^= (best[plane] ^ counts[first + plane]) & wins
    for plane in range(indices):
        winner[plane] ^= (winner[plane] ^ _plane(output, plane)) & wins


@kernel(inline=True)
def _plane(number, plane):  # type: ignore[no-untyped-def]
    """A plane of the same number in all lanes."""
    return _NONE - ((np.uint64(number) >> plane) & _ONE)


@kernel(inline=True)
def _equal(counts, first, width, number):  # type: ignore[no-untyped-def]
    """Lanes that have a number."""
    if np.uint64(number) >> width:
        return _NONE
    same = _ALL
    for plane in range(width):
        same &= ~(counts[first + plane] ^ _plane(number, plane))
    return same


@kernel(inline=True)
def _settle(winner, settled, indices):  # type: ignore[no-untyped-def]
    """Lanes whose winner is another than before; from now on it is this one."""
    changed = _NONE
    for plane in range(indices):
        changed |= winner[plane] ^ settled[plane]
        settled[plane] = winner[plane]
    return changed


@kernel(inline=True)
def _write(some, start, number, numbers):  # type: ignore[no-untyped-def]
    """Write a number for some lanes of a word that begins with lane `start`."""
    while some != _NONE:
        numbers[np.uint64(start + lowest(some))] = number
        some &= some - _ONE


@kernel(inline=True)
def _write_numbers(some, start, planes, width, numbers):  # type: ignore[no-untyped-def]
    """Write each of some lanes' number."""
    while some != _NONE:
        lane = np.uint64(lowest(some))
        some &= some - _ONE
        number = _NONE
        for plane in range(width):
            number |= ((planes[plane] >> lane) & _ONE) << plane
        numbers[np.uint64(start) + lane] = np.int32(number)
