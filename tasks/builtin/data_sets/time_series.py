"""Classes of signals, drawn by a published recipe."""

import numpy as np
from numpy.typing import NDArray

from ...data.classification import Classification


class CylinderBellFunnel(Classification):
    """``cylinder_bell_funnel``: which of three shapes lies hidden in noise? 300 signals.

    Saito (1994), "Local feature extraction and its applications using a library of bases": over
    t = 1 … 128, with a uniform among 16 … 32, b - a among 32 … 96 and height 6 + N(0, 1), a
    cylinder is the height from a to b, a bell rises to it, (t - a) / (b - a), a funnel falls from
    it, (b - t) / (b - a); outside all are 0; and N(0, 1) is added to every step.
    """

    name = "cylinder_bell_funnel"
    encoder = "bins:4"
    decoder = "spike_count"
    ticks = 128

    STEPS, EACH = 128, 100

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
        """(300, 128, 1) signals, (300,) shapes."""
        rng = np.random.default_rng(1994)
        count = 3 * self.EACH
        shapes = np.repeat(["cylinder", "bell", "funnel"], self.EACH)
        start = rng.integers(16, 33, (count, 1))
        length = rng.integers(32, 97, (count, 1))
        height = 6.0 + rng.standard_normal((count, 1))
        way = (np.arange(1, self.STEPS + 1) - start) / length  # 0 at a, 1 at b
        profile = np.select(
            [shapes[:, np.newaxis] == "bell", shapes[:, np.newaxis] == "funnel"],
            [way, 1.0 - way],
            1.0,
        )
        signals = np.where((way >= 0.0) & (way <= 1.0), height * profile, 0.0)
        return (signals + rng.standard_normal(signals.shape))[:, :, np.newaxis], shapes
