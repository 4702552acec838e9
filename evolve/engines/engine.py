"""Engines: where networks are measured, piece by piece. This process's own measures on threads."""

import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from functools import partial
from types import MappingProxyType
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...genomes import Genome
from ...posix import available_cores
from ...sim.batch import Batch, part
from ...tasks.task import Task
from ...tasks.workload import Measurements, Workload
from ..evaluation.evaluate import Evaluation, evaluate, evaluate_cases
from ..evaluation.learn import Lesson, learned, make_ready

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


class LearnedPiece(NamedTuple):
    """What came of a lesson.

    Attributes:
        lesson: Its index.
        genomes: What the genome has become after each stage; empty where the worker has died of it.
        seconds: Time that it took.
    """

    lesson: int
    genomes: list[Genome]
    seconds: float


#: What a function that is applied makes of its argument.
Result = TypeVar("Result")


class AppliedPiece(NamedTuple, Generic[Result]):
    """What a function made of an argument.

    Attributes:
        argument: Its index.
        result: What the function returned; None where there is a fault.
        seconds: Time that it took.
        fault: Why there is no result: a network took too long, filled the memory or ended its worker.
    """

    argument: int
    result: Result | None
    seconds: float
    fault: str | None = None


class Onlooker(NamedTuple):
    """Who waits for what a function makes of an argument.

    Attributes:
        given_up: Set when nobody waits for the result any more.
        network_done: Called after each network that is measured, where a network has a longest time; None
            where it has none.
    """

    given_up: threading.Event
    network_done: Callable[[], None] | None = None


class Shared(Protocol):
    """What all calls of a function need; workers hold it, and are sent it when the digest changes."""

    @property
    def digest(self) -> str:
        """Equal for equal content."""
        ...


Piece = TypeVar("Piece")
Data = TypeVar("Data", bound=Shared)
Argument = TypeVar("Argument")
#: A function of a module: of the task, what all calls need, an argument, and who waits for the result.
Applied = Callable[[Task, Data, Argument, Onlooker], Result]


class Engine(Protocol):
    """Measures networks somewhere; the measurements do not depend on where."""

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

    def learn(
        self, task: Task, workload: Workload, lessons: Sequence[Lesson]
    ) -> Generator[LearnedPiece | None]:
        """Yield, in the same way, what came of each lesson on a workload."""
        ...

    def apply(
        self,
        task: Task,
        data: Data,
        function: Applied[Data, Argument, Result],
        arguments: Sequence[Argument],
    ) -> Generator[AppliedPiece[Result] | None]:
        """Yield, in the same way, what a function makes of each argument.

        Where a network may hang or crash, the function says when each is done, and a piece without a result
        says what went wrong. It does not say with which network.
        """
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


#: What takes less in all is measured by the caller: threads would spend longer on waiting for
#: Python's lock than on networks.
QUICK_SECONDS = 3e-3
#: Longest time without a sign of life to the caller.
PATIENCE_SECONDS = 0.2


class LocalEngine:
    """Measures on threads of this process: compiled kernels release Python's lock.

    Args:
        workers: Number of threads; None for all cores that this process may use.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or available_cores()
        self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="measure")
        self._seconds_per_sample: float | None = None

    def measure(
        self, task: Task, workload: Workload, batch: Batch
    ) -> Generator[MeasuredPiece[Measurements] | None]:
        """Yield the measurements of a batch piece by piece as they come in, None while none does."""
        return self._pieces(partial(evaluate, task, workload), workload, batch)

    def score_cases(
        self, task: Task, workload: Workload, batch: Batch
    ) -> Generator[MeasuredPiece[NDArray[np.float64]] | None]:
        """Yield (networks, cases) scores in every sample or episode in the same way."""
        return self._pieces(partial(evaluate_cases, task, workload), workload, batch)

    def learn(
        self, task: Task, workload: Workload, lessons: Sequence[Lesson]
    ) -> Generator[LearnedPiece | None]:
        """Yield what came of each lesson as it comes in, None while none does."""
        make_ready(task, workload)  # else each thread would wait for the compiler
        given_up = threading.Event()
        waiting = {
            self._threads.submit(_learn_piece, task, workload, index, lesson, given_up)
            for index, lesson in enumerate(lessons)
        }
        try:
            yield from _as_they_come(waiting)
        finally:
            given_up.set()

    def apply(
        self,
        task: Task,
        data: Data,
        function: Applied[Data, Argument, Result],
        arguments: Sequence[Argument],
    ) -> Generator[AppliedPiece[Result] | None]:
        """Yield what a function makes of each argument as it comes in, None while none does."""
        given_up = threading.Event()
        waiting = {
            self._threads.submit(_apply, task, data, function, index, argument, Onlooker(given_up))
            for index, argument in enumerate(arguments)
        }
        try:
            yield from _as_they_come(waiting)
        finally:
            given_up.set()

    def _pieces(
        self, work: Callable[[Batch], Evaluation[Found]], workload: Workload, batch: Batch
    ) -> Generator[MeasuredPiece[Found] | None]:
        networks = len(batch.headers)
        expected = self._seconds_per_sample and self._seconds_per_sample * workload.size
        if expected is not None and expected * networks < QUICK_SECONDS:
            piece = _measure_piece(work, batch, 0, networks)
            seconds = piece.seconds
            yield piece
        else:
            size = piece_size(networks, self.workers, expected)
            seconds = yield from self._hand_out(work, batch, size)
        self._seconds_per_sample = seconds / (networks * workload.size)

    def _hand_out(
        self, work: Callable[[Batch], Evaluation[Found]], batch: Batch, size: int
    ) -> Generator[MeasuredPiece[Found] | None, None, float]:
        """Yield pieces from the threads and return the seconds of them all."""
        waiting: set[Future[MeasuredPiece[Found]]] = {
            self._threads.submit(_measure_piece, work, batch, start, start + size)
            for start in range(0, len(batch.headers), size)
        }
        seconds = 0.0
        pieces = _as_they_come(waiting)
        with closing(pieces):
            for piece in pieces:
                seconds += piece.seconds if piece else 0.0
                yield piece
        return seconds

    def close(self) -> None:
        """End the threads, once they have finished the pieces in their hands."""
        self._threads.shutdown(cancel_futures=True)


class SerialEngine:
    """Measures on the thread that calls: inside a piece of another engine's work.

    Args:
        onlooker: Networks learn no further once they are given up; those that may hang are measured one by
            one, and it is told of each.
    """

    workers = 1

    def __init__(self, onlooker: Onlooker) -> None:
        self._onlooker = onlooker

    def measure(
        self, task: Task, workload: Workload, batch: Batch
    ) -> Generator[MeasuredPiece[Measurements] | None]:
        """Yield the measurements of a batch, in one piece where no network may hang."""
        return self._pieces(partial(evaluate, task, workload), batch)

    def score_cases(
        self, task: Task, workload: Workload, batch: Batch
    ) -> Generator[MeasuredPiece[NDArray[np.float64]] | None]:
        """Yield (networks, cases) scores in every sample or episode in the same way."""
        return self._pieces(partial(evaluate_cases, task, workload), batch)

    def learn(
        self, task: Task, workload: Workload, lessons: Sequence[Lesson]
    ) -> Generator[LearnedPiece | None]:
        """Yield what came of each lesson, one after another."""
        make_ready(task, workload)
        for index, lesson in enumerate(lessons):
            yield _learn_piece(task, workload, index, lesson, self._onlooker.given_up)

    def apply(
        self,
        task: Task,
        data: Data,
        function: Applied[Data, Argument, Result],
        arguments: Sequence[Argument],
    ) -> Generator[AppliedPiece[Result] | None]:
        """Yield what a function makes of each argument, one after another."""
        for index, argument in enumerate(arguments):
            yield _apply(task, data, function, index, argument, self._onlooker)

    def _pieces(
        self, work: Callable[[Batch], Evaluation[Found]], batch: Batch
    ) -> Generator[MeasuredPiece[Found] | None]:
        network_done, networks = self._onlooker.network_done, len(batch.headers)
        if network_done is None:
            yield _measure_piece(work, batch, 0, networks)
            return
        for index in range(networks):
            piece = _measure_piece(work, batch, index, index + 1)
            network_done()
            yield piece

    def close(self) -> None:
        """Have nothing to free."""


def _as_they_come(waiting: set[Future[Piece]]) -> Generator[Piece | None]:
    """Yield what threads return as it comes in, None while nothing does; cancel the others when closed."""
    try:
        while waiting:
            done, waiting = wait(waiting, PATIENCE_SECONDS, FIRST_COMPLETED)
            if not done:
                yield None
            for future in done:
                yield future.result()
    finally:
        for future in waiting:
            future.cancel()


def _apply(
    task: Task,
    data: Data,
    function: Applied[Data, Argument, Result],
    index: int,
    argument: Argument,
    onlooker: Onlooker,
) -> AppliedPiece[Result]:
    began = time.perf_counter()
    result = function(task, data, argument, onlooker)
    return AppliedPiece(index, result, time.perf_counter() - began)


def _measure_piece(
    work: Callable[[Batch], Evaluation[Found]], batch: Batch, start: int, stop: int
) -> MeasuredPiece[Found]:
    stop = min(stop, len(batch.headers))
    began = time.thread_time()  # without the time spent on waiting for Python's lock
    measurements, faults = work(part(batch, start, stop))
    return MeasuredPiece(start, stop, measurements, time.thread_time() - began, faults)


def _learn_piece(
    task: Task, workload: Workload, index: int, lesson: Lesson, given_up: threading.Event
) -> LearnedPiece:
    began = time.thread_time()
    genomes = learned(task, workload, lesson, given_up.is_set)
    return LearnedPiece(index, genomes, time.thread_time() - began)
