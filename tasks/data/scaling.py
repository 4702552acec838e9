"""Features to [0, 1], by what the training data show."""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError

# Quantiles of the training data that become 0 and 1; by the extremes themselves, one outlier would
# press all other values together.
LOW, HIGH = 0.01, 0.99


class Scaling(NamedTuple):
    """x to clip((x - low) / (high - low), 0, 1), (features,) float64 each.

    `low` and `high` are the 1 % and 99 % quantiles of the training data (linear interpolation);
    where these are equal, the smallest and largest value; of a constant feature all values are 0.5.
    The features of signals are their channels, at all steps.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def fit(cls, features: NDArray[np.float64]) -> Self:
        """Fit to training data, (samples, features) or (samples, steps, channels), not empty."""
        features = features.reshape(-1, features.shape[-1])
        low, high = np.quantile(features, [LOW, HIGH], axis=0)
        flat = low == high
        return cls(
            np.where(flat, features.min(axis=0), low), np.where(flat, features.max(axis=0), high)
        )

    @classmethod
    def unit(cls, features: NDArray[np.float64], where: str) -> Self:
        """Keep features that lie in [0, 1] already; raise InputError where they do not."""
        low, high = float(features.min()), float(features.max())
        if low < 0.0 or high > 1.0:
            raise InputError(
                f"{where}: features must lie in 0 … 1 without scaling (got {low} … {high})"
            )
        return cls(np.zeros(features.shape[-1]), np.ones(features.shape[-1]))

    def to_json(self) -> dict[str, list[float]]:
        """Return both ends as plain values."""
        return {"low": self.low.tolist(), "high": self.high.tolist()}

    def __call__(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scale (samples, features) or (samples, steps, channels) to [0, 1]."""
        width = self.high - self.low
        constant = width == 0.0
        scaled = np.clip((features - self.low) / np.where(constant, 1.0, width), 0.0, 1.0)
        return np.where(constant, 0.5, scaled)
