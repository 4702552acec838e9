"""What comes in is to come out: whole, though it went through few neurons or was damaged."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data.regression import Regression


class Reconstruct(Regression):
    """``reconstruct``: a spiking autoencoder; small images of digits come in and are to come out.

    The images of ``digits``, pooled to 4 x 4 pixels. All goes through at most eight hidden neurons,
    unless ``ranges`` say otherwise (``direct``, ``max_hidden``). The score is 1 - mean absolute error
    of a pixel in shares of its range.
    """

    name = "reconstruct"
    encoder = "rate:8"
    ticks = 12
    decoder = "vector:8"
    scaling = "none"

    def load(self) -> tuple[Any, Any]:
        """(1797, 16) brightness in 0 … 1, twice."""
        from sklearn.datasets import load_digits

        images = load_digits().images.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)) / 16.0
        pixels = images.reshape(len(images), -1)
        return pixels, pixels


class Recall(Regression):
    """``recall``: an associative memory; of 16 bits a quarter is flipped, the stored ones are to
    come out.

    Three stored patterns, in each of which another third of the bits is 0, so that a damaged one is
    always nearest to its own; each is shown 60 times with other bits flipped. An output that spikes
    says 1. The score is the share of right bits. Giving back the damaged pattern scores 0.75.
    """  # noqa: D205 - the first sentence is a definition

    name = "recall"
    encoder = "latency:0,silent_below=0.5"
    ticks = 12
    decoder = "vector:1"
    scaling = "none"

    BITS, SHOWN = 16, 60

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(180, 16) damaged patterns, (180, 16) stored ones."""
        patterns = np.array([np.arange(self.BITS) % 3 != k for k in range(3)], np.float64)
        stored = np.repeat(patterns, self.SHOWN, axis=0)
        order = np.random.default_rng(1982).random(stored.shape).argsort(axis=1)
        flipped = order < self.BITS // 4
        return np.abs(stored - flipped), stored
