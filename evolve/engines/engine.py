"""Where networks are measured: the interface of an engine, and the one of this process."""

import os
import time
from collections.abc import Generator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import MappingProxyType
from typing import NamedTuple, Protocol

from ...sim.batch import Batch, part
from ...tasks.network_measurements import Measurements
from ...tasks.task import Task
from ...tasks.workload import Workload
from ..evaluation.evaluate import evaluate

#: Longest piece of work that is handed out at once; a stop waits for at most this long.
PIECE_SECONDS = 0.25
#: Shortest piece worth the cost of handing it out.
SMALLEST_PIECE_SECONDS = 1e-3
#: What takes less in all is measured by the caller: threads would spend longer on waiting for
#: Python's lock than on networks.
QUICK_SECONDS = 3e-3
#: Longest time without a sign of life to the caller.
PATIENCE_SECONDS = 0.2
#: Pieces per worker, so that workers end at about the same time.
PIECES_PER_WORKER = 4


class Answer(NamedTuple):
    """What came of networks ``start`` … ``stop − 1`` of a batch.

    Attributes:
        start: Index of the first one.
        stop: Index after the last one.
        measurements: Of each; NaN where the evaluation failed.
        seconds: Time that they took.
        faults: What went wrong, by the place after ``start``.
    """

    start: int
    stop: int
    measurements: Measurements
    seconds: float
    faults: Mapping[int, str] = MappingProxyType({})


class Engine(Protocol):
    """Measures networks somewhere; the answers do not depend on where."""

    workers: int

    def measure(self, task: Task, workload: Workload, batch: Batch) -> Generator[Answer | None]:
        """Yields answers for all networks of a batch as they come in, in any order.

        Yields None now and then while none comes in, so that the caller can look at the clock.
        Closing the iterator early gives up what has not been started.
        """
        ...

    def close(self) -> None:
        """Frees the engine's threads or processes."""
        ...


def piece_size(networks: int, workers: int, seconds_per_network: float | None) -> int:
    """Chooses how many networks to hand out at once.

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


class LocalEngine:
    """Measures on threads of this process: compiled kernels release Python's lock.

    Args:
        workers: Number of threads; None for all cores that this process may use.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or len(os.sched_getaffinity(0))
        self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="measure")
        self._seconds_per_sample: float | None = None

    def measure(self, task: Task, workload: Workload, batch: Batch) -> Generator[Answer | None]:
        """Yields answers for all networks of a batch as they come in, None while none does."""
        networks = len(batch.headers)
        expected = self._seconds_per_sample and self._seconds_per_sample * workload.size
        if expected is not None and expected * networks < QUICK_SECONDS:
            answer = _measure_piece(task, workload, batch, 0, networks)
            seconds = answer.seconds
            yield answer
        else:
            size = piece_size(networks, self.workers, expected)
            seconds = yield from self._hand_out(task, workload, batch, size)
        self._seconds_per_sample = seconds / (networks * workload.size)

    def _hand_out(
        self, task: Task, workload: Workload, batch: Batch, size: int
    ) -> Generator[Answer | None, None, float]:
        """Yields answers from the threads, in pieces of a size; returns the seconds of them all."""
        waiting: set[Future[Answer]] = {
            self._threads.submit(_measure_piece, task, workload, batch, start, start + size)
            for start in range(0, len(batch.headers), size)
        }
        seconds = 0.0
        try:
            while waiting:
                done, waiting = wait(waiting, PATIENCE_SECONDS, FIRST_COMPLETED)
                if not done:
                    yield None
                for future in done:
                    answer = future.result()
                    seconds += answer.seconds
                    yield answer
        finally:
            for future in waiting:
                future.cancel()
        return seconds

    def close(self) -> None:
        """Ends the threads, once they have finished the pieces in their hands."""
        self._threads.shutdown(cancel_futures=True)


def _measure_piece(task: Task, workload: Workload, batch: Batch, start: int, stop: int) -> Answer:
    stop = min(stop, len(batch.headers))
    began = time.thread_time()  # without the time spent on waiting for Python's lock
    measurements, faults = evaluate(task, workload, part(batch, start, stop))
    return Answer(start, stop, measurements, time.thread_time() - began, faults)
