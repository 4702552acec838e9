"""Small patterns, to be told apart (`xor`, `gaps`) or restored (`reconstruct`, `recall`)."""

import numpy as np
from numpy.typing import NDArray

from ..data.classification import Classification
from ..data.regression import Regression
from .scikit_learn import DIGITS, read_table


class Xor(Classification):
    """`xor`: are two bits different? Four patterns.

    As in the NEAT literature (Stanley, Miikkulainen, 2002) a network has three inputs, the two bits
    and a bias that is always 1. It has an output for each class.
    """

    name = "xor"
    encoder = "latency:6"
    ticks = 16
    scaling = "none"
    held_out = False

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the four patterns, (4, 3): first bit, second bit, bias."""
        features = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], np.float64)
        return features, np.array([0, 1, 1, 0])


class Gaps(Classification):
    """`gaps`: three spikes on one line, each gap 2 or 8 ticks; do the two gaps differ?

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
        """Return the four patterns as spikes, (4, 17, 1), the first spike at tick 0."""
        gaps = [(a, b) for a in (self.SHORT, self.LONG) for b in (self.SHORT, self.LONG)]
        spikes = np.zeros((len(gaps), 2 * self.LONG + 1, 1), np.bool_)
        for pattern, (first, second) in enumerate(gaps):
            spikes[pattern, [0, first, first + second]] = True
        return spikes, np.array([int(first != second) for first, second in gaps])


class Reconstruct(Regression):
    """`reconstruct`: a spiking autoencoder; small images of digits come in and are to come out.

    The images of `digits`, pooled to 4 x 4 pixels. All goes through at most eight hidden neurons,
    unless `ranges` overrides it (`direct`, `max_hidden`). The score is 1 - mean absolute error
    of a pixel in shares of its range.
    """

    name = "reconstruct"
    encoder = "rate:8"
    ticks = 12
    decoder = "vector:8"
    scaling = "none"

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Load (1797, 16) brightness in 0 … 1, as features and as targets."""
        digits = read_table(DIGITS).features
        images = digits.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)) / 16.0
        pixels = images.reshape(len(images), -1)
        return pixels, pixels


class Recall(Regression):
    """`recall`: an associative memory; of 16 bits a quarter is flipped, the stored ones are to
    come out.

    Three stored patterns, in each of which another third of the bits is 0, so that a damaged one is
    always nearest to its own; each is shown 60 times with other bits flipped. An output that spikes
    stands for 1. The score is the share of correct bits. Giving back the damaged pattern scores 0.75.
    """  # noqa: D205 - the first sentence is a definition

    name = "recall"
    encoder = "latency:0,silent_below=0.5"
    ticks = 12
    decoder = "vector:1"
    scaling = "none"

    BITS, SHOWN = 16, 60

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Make (180, 16) damaged patterns and (180, 16) stored ones."""
        patterns = np.array([np.arange(self.BITS) % 3 != k for k in range(3)], np.float64)
        stored = np.repeat(patterns, self.SHOWN, axis=0)
        order = np.random.default_rng(1982).random(stored.shape).argsort(axis=1)
        flipped = order < self.BITS // 4
        return np.abs(stored - flipped), stored
