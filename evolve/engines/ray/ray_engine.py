"""Measuring in Ray's worker processes, on this machine or on a cluster."""

import logging
import pickle
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError, MachineError
from ....posix import available_cores
from ....sim.batch import Batch, part
from ....tasks.task import Task
from ....tasks.workload import Measurements, Workload
from ...evaluation.evaluate import no_cases, nothing_measured
from ...evaluation.learn import Lesson
from ..engine import (
    Applied,
    AppliedPiece,
    Argument,
    Data,
    LearnedPiece,
    MeasuredPiece,
    Result,
    Shared,
)
from .pool_process import PoolProcess
from .worker import Order, Parcel, Piece, Reply, Wanted, wrap

logger = logging.getLogger("spikevolve")

#: Shortest piece, where there is enough to do for every worker.
PIECE_SECONDS = 0.2


class RayEngine:
    """Measures in Ray's worker processes; user code may hang or crash there.

    Without an address it starts a Ray of its own, reachable from this machine only. That takes some
    seconds, which the first call of `measure` waits for.

    Args:
        workers: Number of workers; None for all cores of this machine or of the cluster.
        address: Address of a Ray cluster that is running, `HOST:PORT` or `auto`.
        evaluation_seconds: Longest time for a network on a training workload, and in proportion on
            larger ones; None for any.
        tell: Is told in a sentence what is waited for, where no worker can begin, and which nodes of a cluster
            are lost or do not answer.
        any_versions: Whether nodes of the cluster may have other versions of packages than this machine.
    """

    def __init__(
        self,
        workers: int | None = None,
        address: str | None = None,
        evaluation_seconds: float | None = None,
        tell: Callable[[str], None] = logger.warning,
        *,
        any_versions: bool = False,
    ) -> None:
        self._evaluation_seconds = evaluation_seconds
        self.workers = workers or (1 if address else available_cores())
        self._tell = tell
        self._pool = PoolProcess(workers, address, any_versions=any_versions)
        self._ready = False
        self._task: Task | None = None
        self._digest: str | None = None
        self._order = 0
        self._seconds: float | None = None  # per network and sample or episode

    def measure(
        self, task: Task, workload: Workload, batch: Batch
    ) -> Generator[MeasuredPiece[Measurements] | None]:
        """Yield the measurements of a batch piece by piece as they come in, None while none does.

        Raises:
            InputError: The task cannot be sent to a worker.
            MachineError: Ray cannot be started or reached, was lost, or its workers do not start.
        """
        return self._pieces(task, workload, batch, "measurements")

    def score_cases(
        self, task: Task, workload: Workload, batch: Batch
    ) -> Generator[MeasuredPiece[NDArray[np.float64]] | None]:
        """Yield (networks, cases) scores in every sample or episode in the same way.

        Raises:
            InputError: The task cannot be sent to a worker.
            MachineError: Ray cannot be started or reached, was lost, or its workers do not start.
        """
        return self._pieces(task, workload, batch, "cases")

    def learn(
        self, task: Task, workload: Workload, lessons: Sequence[Lesson]
    ) -> Generator[LearnedPiece | None]:
        """Yield what came of each lesson in the same way.

        Raises:
            InputError: The task cannot be sent to a worker.
            MachineError: Ray cannot be started or reached, was lost, or its workers do not start.
        """
        yield from self._until_ready()
        pieces = [
            Piece(index, index + 1, pickle.dumps([lesson], protocol=5), index, "genomes")
            for index, lesson in enumerate(lessons)
        ]
        for piece in self._ordered(task, workload, pieces, nothing=[], seconds=None):
            yield piece and LearnedPiece(piece.start, piece.measurements, piece.seconds)

    def apply(
        self,
        task: Task,
        data: Data,
        function: Applied[Data, Argument, Result],
        arguments: Sequence[Argument],
    ) -> Generator[AppliedPiece[Result] | None]:
        """Yield what a function makes of each argument in the same way.

        Raises:
            InputError: The task cannot be sent to a worker, or the function raises it.
            MachineError: Ray cannot be started or reached, was lost, or its workers do not start.
        """
        yield from self._until_ready()
        pieces = [
            Piece(index, index + 1, pickle.dumps((function, one), protocol=5), index, "result")
            for index, one in enumerate(arguments)
        ]
        longest = self._evaluation_seconds
        for piece in self._ordered(task, data, pieces, nothing=None, seconds=longest):
            yield piece and AppliedPiece(
                piece.start, piece.measurements, piece.seconds, piece.faults.get(0)
            )

    def _pieces(
        self, task: Task, workload: Workload, batch: Batch, wanted: Wanted
    ) -> Generator[MeasuredPiece[Any] | None]:
        yield from self._until_ready()
        pieces = self._cut(batch, workload.size, wanted)
        nothing = no_cases(workload) if wanted == "cases" else nothing_measured()
        longest, seconds = self._seconds_for(task, workload), 0.0
        for piece in self._ordered(task, workload, pieces, nothing, longest):
            seconds += piece.seconds if piece else 0.0
            yield piece
        self._seconds = seconds / (len(batch.headers) * workload.size)

    def _ordered(
        self,
        task: Task,
        workload: Shared,
        pieces: list[Piece],
        nothing: object,
        seconds: float | None,
    ) -> Generator[MeasuredPiece[Any] | None]:
        """Order pieces and yield what comes back, until all has.

        Args:
            task: The task.
            workload: What the pieces are about, a workload or what functions need.
            pieces: The pieces.
            nothing: Stands for what could not be found out of a network.
            seconds: Longest time for a network; None for any.
        """
        self._place_order(task, workload, pieces, seconds)
        missing = sum(piece.stop - piece.start for piece in pieces)
        try:
            while missing:
                piece = self._next_piece(nothing)
                if piece is not None:
                    missing -= piece.stop - piece.start
                yield piece
        finally:
            if missing:
                self._task = self._digest = None
                with suppress(MachineError):
                    self._pool.send(None)

    def close(self) -> None:
        """End Ray's processes, or leaves the cluster, whatever the workers are doing."""
        self._pool.close()

    def _until_ready(self) -> Iterator[None]:
        """Wait for Ray to start."""
        while not self._ready:
            reply = self._pool.receive()
            if reply is None:
                self._pool.check_start()
                yield None
            else:
                if not self._take_note(reply):
                    _content(reply)
                self._ready = True

    def _take_note(self, reply: Reply) -> bool:
        """Take what the pool says of itself; false if it says something of networks."""
        if reply.kind == "workers":
            self.workers = reply.content
        elif reply.kind == "notice":
            self._tell(reply.content)
        return reply.kind in ("workers", "notice")

    def _cut(self, batch: Batch, samples: int, wanted: Wanted) -> list[Piece]:
        networks = len(batch.headers)
        seconds = None if self._seconds is None else self._seconds * samples
        size = networks_per_call(networks, self.workers, seconds)
        return [
            Piece(start, stop, pickle.dumps(part(batch, start, stop), protocol=5), start, wanted)
            for start in range(0, networks, size)
            for stop in [min(start + size, networks)]
        ]

    def _place_order(
        self, task: Task, workload: Shared, pieces: list[Piece], seconds: float | None
    ) -> None:
        """Send what is to be measured; task and workload only if they have changed."""
        new_task = None if task is self._task else _wrap_task(task)
        new_workload = None if workload.digest == self._digest else wrap(workload)
        self._order += 1
        self._pool.send(Order(self._order, new_task, new_workload, pieces, seconds))
        self._task, self._digest = task, workload.digest

    def _seconds_for(self, task: Task, workload: Workload) -> float | None:
        """Longest time for a network on a workload."""
        if self._evaluation_seconds is None:
            return None
        usual = task.episodes or task.samples or workload.size
        return self._evaluation_seconds * max(1.0, workload.size / usual)

    def _next_piece(self, nothing: object) -> MeasuredPiece[Any] | None:
        """Return the next piece of the current order, None if there is none for a moment.

        Args:
            nothing: Stands for what could not be measured of a network.
        """
        reply = self._pool.receive()
        if reply is None or self._take_note(reply) or reply.number != self._order:
            return None
        if reply.kind == "fault":
            index, seconds, sentence = reply.content
            return MeasuredPiece(index, index + 1, nothing, seconds, {0: sentence})
        return MeasuredPiece(*pickle.loads(_content(reply)))


def networks_per_call(networks: int, workers: int, seconds_per_network: float | None) -> int:
    """Choose how many networks to hand out at once.

    A call of a worker costs about a millisecond of the pool's processor time, however long it takes.

    Args:
        networks: How many there are in all, at least 1.
        workers: How many workers share them.
        seconds_per_network: What one is expected to take, None if nothing is known.
    """
    if seconds_per_network is None:
        return 1
    seconds_per_worker = networks * seconds_per_network / workers
    pieces = workers * max(1, int(seconds_per_worker / PIECE_SECONDS))
    return -(-networks // pieces)


def _wrap_task(task: Task) -> Parcel:
    try:
        return wrap(task)
    except Exception as error:
        raise InputError(
            f"task {task.name} cannot be sent to worker processes: {type(error).__name__}: {error}"
        ) from error


def _content(reply: Reply) -> Any:
    """Return what a reply brings.

    Raises:
        InputError: It tells a mistake.
        MachineError: It tells a failure.
    """
    if reply.kind == "mistake":
        raise InputError(reply.content)
    if reply.kind == "failure":
        raise MachineError(reply.content)
    return reply.content
