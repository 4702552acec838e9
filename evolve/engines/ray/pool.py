"""The process that talks to Ray: it hands pieces of work to workers and passes on what they measure.

Ray takes over a process: it prints, sets signal handlers, and ends the process when it has lost its
cluster for a while. So it gets one of its own, in a session of its own, where no signal meant for
the search arrives. The engine starts it as `python -m spikevolve.evolve.engines.ray.pool` and speaks to it
over a pipe; it ends when the pipe is closed.
"""

import json
import os
import shutil
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import numpy as np
import ray
from ray.exceptions import RayError

from ....errors import InputError, MachineError
from .cluster import connect, dead_servers
from .worker import Order, Parcel, Piece, Reply, Worker

#: How often a network is tried whose worker dies, a worker started that dies at once, and a folder
#: removed that others use.
TRIES = 3
#: Pieces in the hands of one worker: the next one waits there while it measures.
PIECES_AT_ONCE = 2
#: How long pieces that were given up may take to end before their workers are replaced.
GRACE_SECONDS = 1.0
#: Longest wait for the first worker, on a busy cluster or a slow disk.
WORKER_SECONDS = 120.0
#: How much longer a worker's first piece may take: it loads kernels, or compiles them.
FIRST_SECONDS = 60.0
#: How often the pool looks at the pipe and at Ray's health while no piece comes in.
_PATIENCE_SECONDS = 0.2


@dataclass(eq=False)
class Work:
    """A piece on its way, and how many workers have died of it."""

    piece: Piece
    deaths: int = 0


@dataclass(eq=False)
class Slot:
    """A worker.

    Attributes:
        actor: Ray's handle.
        alive: It has answered before.
        held: References to the task and the workload that it was sent last.
        works: What it was given to measure, in this order.
        began: When the first of these was its turn, by the monotonic clock.
        warm: It has measured something for the task that it holds.
    """

    actor: Any
    alive: bool = False
    began: float = 0.0
    warm: bool = False
    held: tuple[Any, Any] = (None, None)
    works: deque[Work] = field(default_factory=deque)


class Call(NamedTuple):
    """A call of an actor's method: of `measure` with some work, or of `hold` without."""

    order: int
    slot: Slot
    work: Work | None


def single(piece: Piece) -> Iterator[Piece]:
    """Each network of a piece as a piece of its own."""
    return (piece._replace(start=index, stop=index + 1) for index in range(piece.start, piece.stop))


class Pool:
    """Workers, what they hold and what they are doing.

    Args:
        connection: The pipe to the engine.
        workers: Number of workers, each on a core of its own.
        start: Has Ray start a worker.
    """

    def __init__(self, connection: Connection, workers: int, start: Callable[[], Any]) -> None:
        self._connection = connection
        self._start = start
        self._slots = [Slot(start()) for _ in range(workers)]
        self._held: tuple[Any, Any] = (None, None)
        self._waiting: deque[Work] = deque()
        self._in_flight: dict[Any, Call] = {}
        self._order = 0
        self._seconds: float | None = None
        self._lost_starts = 0
        self._progress = time.monotonic()

    def serve(self) -> None:
        """Work until the engine closes the pipe.

        Raises:
            EOFError: It did.
        """
        while True:
            if self._connection.poll(_PATIENCE_SECONDS if self._idle else 0):
                self._take(self._connection.recv())
            self._feed()
            if self._in_flight:
                patience = 0 if self._idle else _PATIENCE_SECONDS
                done, _ = ray.wait(list(self._in_flight), timeout=patience)
                for reference in done:
                    self._receive(reference)
                if not done:
                    self._look_after()
                self._end_hung()

    def end(self) -> None:
        """End all workers, whatever they are doing."""
        for slot in self._slots:
            ray.kill(slot.actor)

    @property
    def _idle(self) -> bool:
        """Whether the order has been carried out."""
        return not self._waiting and not any(slot.works for slot in self._slots)

    def _take(self, order: Order | None) -> None:
        """Give up the old order and takes up a new one, if there is one."""
        self._waiting.clear()
        self._give_up()
        if order is not None:
            self._order, self._seconds = order.number, order.seconds
            task, workload = self._held
            if order.task is not None:
                task = _put(order.task)
            if order.workload is not None:
                workload = _put(order.workload)
            self._held = task, workload
            self._waiting.extend(Work(piece) for piece in order.pieces)
            self._progress = time.monotonic()

    def _give_up(self) -> None:
        """Wait a moment for what is being measured, then replaces the workers that hang."""
        references = [reference for reference, call in self._in_flight.items() if call.work]
        if references:
            done, _ = ray.wait(references, num_returns=len(references), timeout=GRACE_SECONDS)
            for reference in done:
                self._receive(reference)
            for slot in [slot for slot in self._slots if slot.works]:
                self._replace(slot)
        self._waiting.clear()

    def _feed(self) -> None:
        """Hand out what is waiting, evenly."""
        if self._waiting:
            for slot in self._slots:
                self._bring_up_to_date(slot)
        for count in range(PIECES_AT_ONCE):
            for slot in self._slots:
                if self._waiting and slot.alive and len(slot.works) == count:
                    work = self._waiting.popleft()
                    slot.began = slot.began if slot.works else time.monotonic()
                    slot.works.append(work)
                    reference = slot.actor.measure.remote(*work.piece)
                    self._in_flight[reference] = Call(self._order, slot, work)

    def _bring_up_to_date(self, slot: Slot) -> None:
        if slot.held != self._held:
            new_task, new_workload = (
                mine if mine is not old else None
                for mine, old in zip(self._held, slot.held, strict=True)
            )
            self._in_flight[slot.actor.hold.remote(new_task, new_workload)] = Call(
                self._order, slot, None
            )
            slot.warm = slot.warm and new_task is None
            slot.held = self._held

    def _receive(self, reference: Any) -> None:
        """Pass on what a worker says."""
        if reference not in self._in_flight:  # its worker was lost meanwhile
            return
        order, slot, work = self._in_flight.pop(reference)
        try:
            reply = ray.get(reference)
        except RayError as error:
            self._lost(slot, str(error))
            return
        slot.alive = True
        self._lost_starts = 0
        self._progress = time.monotonic()
        if work:
            slot.works.remove(work)
            slot.began, slot.warm = time.monotonic(), True
        if reply:
            self._connection.send(Reply(order, *reply))

    def _lost(self, slot: Slot, reason: str) -> None:
        """Replace a worker that died, and has its work done by others.

        Of several networks in its hands each is tried alone, to find the one that it died of.
        """
        again: list[Work] = []
        if slot.works:
            first = slot.works.popleft()
            if first.piece.stop - first.piece.start > 1:
                again = [Work(piece) for piece in single(first.piece)]
            elif first.deaths + 1 < TRIES:
                again = [Work(first.piece, first.deaths + 1)]
            else:
                self._blame(slot, first, f"its worker process died, {TRIES} times in a row")
        else:
            self._lost_starts += 1
        self._waiting.extendleft(reversed([*again, *slot.works]))
        self._replace(slot)
        if self._lost_starts == TRIES:
            detail = " ".join(reason.strip().splitlines()[-1].split())
            self._fail(f"{TRIES} Ray workers in a row died while starting: {detail}")

    def _end_hung(self) -> None:
        """Replace workers that have measured one network for too long."""
        seconds = self._seconds
        if seconds is None:
            return
        for slot in list(self._slots):
            allowed = seconds + (0.0 if slot.warm else FIRST_SECONDS)
            if slot.works and time.monotonic() - slot.began > allowed:
                work = slot.works.popleft()
                self._blame(slot, work, f"it took longer than {seconds:g} seconds")
                self._waiting.extendleft(reversed(slot.works))
                self._replace(slot)

    def _blame(self, slot: Slot, work: Work, sentence: str) -> None:
        """Give up a network."""
        fault = work.piece.start, time.monotonic() - slot.began, sentence
        self._connection.send(Reply(self._order, "fault", fault))

    def _replace(self, slot: Slot) -> None:
        """End a worker and has Ray start another one."""
        for reference, call in list(self._in_flight.items()):
            if call.slot is slot:
                del self._in_flight[reference]
        ray.kill(slot.actor)
        self._slots[self._slots.index(slot)] = Slot(self._start())

    def _fail(self, sentence: str) -> None:
        self._waiting.clear()
        self._connection.send(Reply(self._order, "failure", sentence))

    def _look_after(self) -> None:
        """Fail when Ray, or every worker, has been silent for too long."""
        dead = dead_servers()
        if dead:
            self._fail(f"Ray's process {dead[0]} has ended unexpectedly")
            raise EOFError
        hopeless = time.monotonic() - self._progress > WORKER_SECONDS
        if hopeless and not self._idle and not any(slot.alive for slot in self._slots):
            self._fail(f"Ray started no worker within {WORKER_SECONDS:.0f} seconds")


def _put(parcel: Parcel) -> Any:
    """Put a parcel where all workers find it; arrays of bytes are not copied for each of them."""
    buffers = [np.frombuffer(buffer, np.uint8) for buffer in parcel.buffers]
    return ray.put(parcel._replace(buffers=buffers))


class Setup(NamedTuple):
    """What the process is told when it starts.

    Attributes:
        descriptor: Of the pipe to the engine.
        workers: As for `connect`.
        address: As for `connect`.
        folder: All files of this process and of Ray's; removed at its end.
        rays_files: As for `connect`, the folder.
        paths: As for `Worker`.
        home: As for `Worker`.
        versions: As for `Worker`.
    """

    descriptor: int
    workers: int | None
    address: str | None
    folder: str
    rays_files: str
    paths: list[str]
    home: str
    versions: dict[str, str] | None


def main(setup: Setup) -> None:
    """Run the process."""
    connection = Connection(setup.descriptor)
    try:
        workers = connect(setup.workers, setup.address, setup.rays_files)
    except InputError as error:
        connection.send(Reply(0, "mistake", str(error)))
    except MachineError as error:
        connection.send(Reply(0, "failure", str(error)))
    else:
        connection.send(Reply(0, "ready", workers))
        actors = ray.remote(num_cpus=1)(Worker)
        told = setup.paths, setup.home, setup.versions
        pool = Pool(connection, workers, lambda: actors.remote(*told))
        with suppress(EOFError, OSError):  # the engine has gone
            pool.serve()
        pool.end()
    for _ in range(TRIES):  # Ray's processes may still be making files there
        shutil.rmtree(setup.folder, ignore_errors=True)
    if setup.address is None:
        os.killpg(0, signal.SIGKILL)  # quicker than Ray's own way, and surer
    ray.shutdown()


if __name__ == "__main__":
    main(Setup(**json.loads(sys.argv[1])))
