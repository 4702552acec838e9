"""Rank order: the inputs spike one after the other, the largest value first."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .base import Mirrored, Setting, spikes_at


@dataclass(frozen=True)
class RankOrder(Mirrored):
    """``rank_order``: the input of rank k, 0 for the largest value, spikes at tick k * gap.

    Of equal values the first input comes first. Thorpe, Gautrais (1998), "Rank order coding".

    Attributes:
        gap: Ticks from one spike to the next, ≥ 1.
        first: How many inputs spike, the others being silent; 0: all.
    """

    name: ClassVar[str] = "rank_order"
    main: ClassVar[str | None] = "gap"
    searched = MappingProxyType({"gap": (1, 2, 3)})

    gap: int = 1
    first: int = 0

    def shortest(self, features: int) -> int:
        """Up to the spike of the smallest value."""
        inputs = self.inputs(features)
        return (min(self.first or inputs, inputs) - 1) * self.gap + 1

    def _validate(self) -> None:
        self._at_least("gap", 1)
        self._at_least("first", 0)

    def _encode(
        self, values: NDArray[np.float64], setting: Setting, rng: np.random.Generator
    ) -> NDArray[np.bool_]:
        x = self._all_sides(values)
        order = np.argsort(-x, axis=1, kind="stable")
        ranks = np.argsort(order, axis=1)
        times = np.where(ranks < (self.first or x.shape[1]), ranks * self.gap, -1)
        return spikes_at(times, setting.ticks)
