"""From events to the spikes of a network's inputs: times to ticks, pixels or channels to inputs."""

import numpy as np
from numpy.typing import NDArray


def spikes_of(counts: NDArray[np.integer], events_per_spike: int = 1) -> NDArray[np.bool_]:
    """A spike whenever another so many events have come, at most one in a tick.

    Args:
        counts: (…, ticks, inputs) events.
        events_per_spike: ≥ 1; what is left over counts towards the next spike.
    """
    reached = np.cumsum(counts, axis=-2) // events_per_spike
    spikes: NDArray[np.bool_] = np.diff(reached, axis=-2, prepend=0) > 0
    return spikes


def pooled(places: NDArray[np.integer], wide: int, pools: int) -> NDArray[np.integer]:
    """The pool of each place 0 … wide - 1: ⌊place · pools / wide⌋, neighbours together."""
    found: NDArray[np.integer] = places.astype(np.int64) * pools // wide
    return found
