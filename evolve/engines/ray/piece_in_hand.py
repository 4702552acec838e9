"""What a worker measures, network by network, while another thread of it looks on."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from ....sim.batch import Batch, part
from ...evaluation.evaluate import Evaluation, joined
from ..engine import MeasuredPiece
from .awake_clock import AwakeClock

#: Why a network has no measurements.
MEMORY_FULL = "the memory of its worker process was full"


class Stuck(NamedTuple):
    """A network that has taken too long.

    Attributes:
        network: Its index, or that of the argument that a function is applied to.
        seconds: How long the worker has been at it.
        finished: What came of the networks of its piece before it; None if it is the first.
    """

    network: int
    seconds: float
    finished: MeasuredPiece[Any] | None


class PieceInHand:
    """Networks that are measured one after the other.

    Args:
        start: Index of the first network.
        clock: Counts how long this process has been running.
        seconds: Longest time for a network.
        grace: How much longer the first one may take.

    Attributes:
        allowed: Longest time for the network in hand.
    """

    def __init__(self, start: int, clock: AwakeClock, seconds: float, grace: float) -> None:
        self.allowed = seconds + grace
        self._start = start
        self._clock = clock
        self._seconds = seconds
        self._found: list[Evaluation[Any]] = []
        self._since = clock.seconds
        self._took = 0.0

    def measure(
        self, evaluate: Callable[[Batch], Evaluation[Any]], networks: Batch, nothing: Any
    ) -> MeasuredPiece[Any]:
        """Measure all networks of the piece.

        Args:
            evaluate: Measures a batch.
            networks: Those of the piece.
            nothing: Stands for the measurements of a network that has none.
        """
        began = time.perf_counter()
        for n in range(networks.networks):
            try:
                found = evaluate(part(networks, n, n + 1))
            except MemoryError:
                found = Evaluation(nothing, {0: MEMORY_FULL})
            self.next_network()
            self._took = time.perf_counter() - began
            self._found.append(found)
        return self._finished(networks.networks)

    def next_network(self) -> None:
        """Count the time of the network that comes next."""
        self._since, self.allowed = self._clock.seconds, self._seconds

    def stuck(self) -> Stuck | None:
        """Say whether the network in hand has taken too long; called by another thread."""
        count = len(self._found)
        seconds = self._clock.seconds - self._since
        if seconds <= self.allowed or count < len(self._found):
            return None
        finished = self._finished(count) if count else None
        return Stuck(self._start + count, seconds, finished)

    def _finished(self, count: int) -> MeasuredPiece[Any]:
        found, faults = joined(self._found[:count])
        return MeasuredPiece(self._start, self._start + count, found, self._took, faults)
