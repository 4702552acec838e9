"""Which output spikes first, in every lane: words of 64 lanes that still wait are cleared bit by bit."""

import numpy as np

from ...sim.compile import kernel
from ...sim.count import lowest


@kernel()
def first_spike(raster, history, outputs, lanes, decisions, latencies):  # type: ignore[no-untyped-def]
    """Decide for every lane by the first output spike; the arguments are those of ``decide``."""
    for word in range(raster.shape[2]):
        start = 64 * word
        waiting = _ones(min(64, lanes - start))
        for row in range(history, raster.shape[0]):
            for output in range(len(outputs)):
                fired = raster[row, outputs[output], word] & waiting
                waiting ^= fired
                while fired != np.uint64(0):
                    lane = start + lowest(fired)
                    fired &= fired - np.uint64(1)
                    decisions[lane] = output
                    latencies[lane] = row - history + 1
            if waiting == np.uint64(0):
                break
        while waiting != np.uint64(0):
            lane = start + lowest(waiting)
            waiting &= waiting - np.uint64(1)
            decisions[lane] = 0
            latencies[lane] = raster.shape[0] - history


@kernel()
def _ones(count):  # type: ignore[no-untyped-def]
    """The lowest 1 … 64 bits set."""
    return ~np.uint64(0) >> np.uint64(64 - count)
