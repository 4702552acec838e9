"""Small tasks with a handful of patterns, all of them known: nothing is held out."""

import numpy as np
from numpy.typing import NDArray

from ...data.classification import Classification


class Xor(Classification):
    """``xor``: are two bits different? Four patterns.

    As in the NEAT literature (Stanley, Miikkulainen, 2002) a network has three inputs, the two bits
    and a bias that is always 1. It has an output for each answer.
    """

    name = "xor"
    encoder = "latency:6"
    ticks = 16
    scaling = "none"
    held_out = False

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The four patterns, (4, 3): first bit, second bit, bias."""
        features = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], np.float64)
        return features, np.array([0, 1, 1, 0])


class Gaps(Classification):
    """``gaps``: three spikes on one line, each gap 2 or 8 ticks; do the two gaps differ?

    Four patterns. A network must remember: without hidden neurons and recurrence, with all delays 1
    and full leak, whether an output spikes depends on the last tick alone, and which output is the
    first to have two spikes does not depend on the gaps.
    """

    name = "gaps"
    decoder = "first_to:2"
    ticks = 24
    held_out = False
    takes = frozenset({"decoder", "ticks"})

    SHORT, LONG = 2, 8

    def load(self) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """The four patterns as spikes, (4, 17, 1), the first spike at tick 0."""
        gaps = [(a, b) for a in (self.SHORT, self.LONG) for b in (self.SHORT, self.LONG)]
        spikes = np.zeros((len(gaps), 2 * self.LONG + 1, 1), np.bool_)
        for pattern, (first, second) in enumerate(gaps):
            spikes[pattern, [0, first, first + second]] = True
        return spikes, np.array([int(first != second) for first, second in gaps])
