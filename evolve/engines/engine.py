"""What every engine is: it measures networks somewhere, piece by piece."""

from collections.abc import Generator, Mapping
from types import MappingProxyType
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...sim.batch import Batch
from ...tasks.network_measurements import Measurements
from ...tasks.task import Task
from ...tasks.workload import Workload

#: Longest piece of work that is handed out at once; a stop waits for at most this long.
PIECE_SECONDS = 0.25
#: Shortest piece worth the cost of handing it out.
SMALLEST_PIECE_SECONDS = 1e-3
#: Pieces per worker, so that workers end at about the same time.
PIECES_PER_WORKER = 4


#: What is found out of networks, a row for each: `Measurements`, or scores of cases.
Found = TypeVar("Found")


class MeasuredPiece(NamedTuple, Generic[Found]):
    """What came of networks `start` … `stop − 1` of a batch.

    Attributes:
        start: Index of the first one.
        stop: Index after the last one.
        measurements: Of each, or its scores in every case; NaN where the evaluation failed.
        seconds: Time that they took.
        faults: What went wrong, by the place after `start`.
    """

    start: int
    stop: int
    measurements: Found
    seconds: float
    faults: Mapping[int, str] = MappingProxyType({})


class Engine(Protocol):
    """Measures networks somewhere; they do not depend on where."""

    workers: int

    def measure(
        self, task: Task, workload: Workload, batch: Batch
    ) -> Generator[MeasuredPiece[Measurements] | None]:
        """Yield the measurements of all networks of a batch piece by piece, in any order.

        Yields None now and then while none comes in, so that the caller can look at the clock.
        Closing the iterator early gives up what has not been started.
        """
        ...

    def score_cases(
        self, task: Task, workload: Workload, batch: Batch
    ) -> Generator[MeasuredPiece[NDArray[np.float64]] | None]:
        """Yield, in the same way, (networks, cases) scores in every sample or episode."""
        ...

    def close(self) -> None:
        """Free the engine's threads or processes."""
        ...


def piece_size(networks: int, workers: int, seconds_per_network: float | None) -> int:
    """Choose how many networks to hand out at once.

    Args:
        networks: How many there are in all, at least 1.
        workers: How many workers share them.
        seconds_per_network: What one is expected to take, None if nothing is known.
    """
    if seconds_per_network is None:
        return 1
    seconds_per_network = max(seconds_per_network, 1e-9)
    even = -(-networks // (workers * PIECES_PER_WORKER))
    worthwhile = int(SMALLEST_PIECE_SECONDS / seconds_per_network)
    prompt = int(PIECE_SECONDS / seconds_per_network)
    per_worker = -(-networks // workers)
    return max(1, min(prompt, max(even, min(worthwhile, per_worker))))
