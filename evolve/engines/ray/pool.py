"""Hands pieces of work to Ray's workers, and passes on what they measure.

A worker that dies, hangs or says nothing is no reason to end a search, nor to blame what it had in hand:
others do its work, and what is to blame is found by handing out networks one by one.
"""

import math
from collections import Counter, deque
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import ray
from ray.exceptions import ObjectStoreFullError, OutOfDiskError, OutOfMemoryError, RayError

from .awake_clock import AwakeClock
from .cluster import cpus, dead_servers, living_nodes, one_line
from .notices import Notices
from .slots import Call, Slot
from .worker import FIRST_SECONDS, WATCH, Answer, Order, Parcel, Piece, Reply

#: How often a network is tried whose worker dies, and a worker started that dies at once.
TRIES = 3
#: Pieces in the hands of one worker: the next one waits there while it measures.
PIECES_AT_ONCE = 2
#: How long pieces that were given up may take to end before their workers are replaced.
GRACE_SECONDS = 1.0
#: Longest wait for the first worker of a local Ray, on a slow disk.
WORKER_SECONDS = 120.0
#: After how long without a worker the user is told why.
WAIT_SECONDS = 10.0
#: After how long a worker that says nothing is asked whether it is there.
ASK_SECONDS = 2.0
#: How long it may take to answer before others are given its work, too.
SILENT_SECONDS = 5.0
#: How often the pool looks for CPUs that have come, and for nodes that have gone.
LOOK_SECONDS = 2.0
#: How often the pool looks at the pipe and at Ray's health while no piece comes in.
_PATIENCE_SECONDS = 0.2


class Pool:
    """Workers, what they hold and what they are doing.

    Args:
        connection: The pipe to the engine.
        workers: Most workers, each on a CPU of its own; None for all CPUs that there are at any time.
        local: Whether Ray is our own, on this machine.
        start: Has Ray start a worker.
    """

    def __init__(
        self, connection: Connection, workers: int | None, local: bool, start: Callable[[], Any]
    ) -> None:
        self._connection = connection
        self._workers = workers
        self._local = local
        self._start = start
        self._clock = AwakeClock()
        self._slots: list[Slot] = []
        self._held: tuple[Any, Any] = (None, None)
        self._waiting: deque[Piece] = deque()
        self._missing: set[int] = set()
        self._deaths: Counter[int] = Counter()
        self._in_flight: dict[Any, Call] = {}
        self._order = 0
        self._seconds: float | None = None
        self._lost_starts = 0
        self._looked = self._progress = self._clock.seconds
        self._notices = Notices(
            lambda sentence: connection.send(Reply(self._order, "notice", sentence))
        )

    def serve(self) -> None:
        """Work until the engine closes the pipe.

        Raises:
            EOFError: It did.
        """
        self._fill_slots(cpus())
        while True:
            if self._connection.poll(_PATIENCE_SECONDS if self._idle else 0):
                self._take(self._connection.recv())
            self._feed()
            if not self._listen():
                self._look_after()
            self._ask()
            if self._clock.seconds - self._looked > LOOK_SECONDS:
                self._looked = self._clock.seconds
                self._notices.living(living_nodes())
                if self._workers is None:
                    self._fill_slots(cpus())

    def end(self) -> None:
        """End all workers, whatever they are doing."""
        for slot in self._slots:
            ray.kill(slot.actor)

    @property
    def _idle(self) -> bool:
        """Whether the order has been carried out."""
        return not self._missing

    def _fill_slots(self, cpus: int) -> None:
        """Start workers for CPUs that have come, and wait no longer for those that have gone."""
        wanted = self._workers or max(1, cpus)
        before = len(self._slots)
        while len(self._slots) < wanted:
            self._slots.append(self._new_slot())
        for slot in [slot for slot in self._slots if not slot.alive][: len(self._slots) - wanted]:
            self._drop(slot)
        if len(self._slots) != before:
            self._connection.send(Reply(0, "workers", len(self._slots)))

    def _new_slot(self) -> Slot:
        slot = Slot(self._start(), heard=self._clock.seconds)
        self._in_flight[slot.actor.node.remote()] = Call(self._order, slot, "node")
        return slot

    def _drop(self, slot: Slot) -> None:
        """End a worker, and forget what was asked of it."""
        for reference, call in list(self._in_flight.items()):
            if call.slot is slot:
                del self._in_flight[reference]
        ray.kill(slot.actor)
        self._slots.remove(slot)

    def _replace(self, slot: Slot) -> None:
        """End a worker and have Ray start another one."""
        self._drop(slot)
        self._slots.append(self._new_slot())

    def _take(self, order: Order | None) -> None:
        """Give up the old order and take up a new one, if there is one."""
        self._give_up()
        if order is None:
            return
        self._order, self._seconds = order.number, order.seconds
        self._progress = self._clock.seconds
        task, workload = self._held
        try:
            task = task if order.task is None else _put(order.task)
            workload = workload if order.workload is None else _put(order.workload)
        except (ObjectStoreFullError, OutOfDiskError) as error:
            self._fail(
                f"the task and its data do not fit into Ray's object store: {one_line(error)}"
            )
            return
        self._held = task, workload
        self._waiting.extend(order.pieces)
        self._missing = {network for piece in order.pieces for network in piece.networks}
        self._deaths = Counter()

    def _give_up(self) -> None:
        """Wait a moment for what is being measured, then replace the workers that hang."""
        self._waiting.clear()
        self._missing.clear()
        references = [
            reference
            for reference, call in self._in_flight.items()
            if call.piece and not call.slot.silent
        ]
        if references:
            done, _ = ray.wait(references, num_returns=len(references), timeout=GRACE_SECONDS)
            for reference in done:
                self._receive(reference)
        for slot in [slot for slot in self._slots if slot.pieces]:
            self._replace(slot)

    def _feed(self) -> None:
        """Hand out what is waiting, evenly."""
        if not self._waiting:
            return
        ready = [slot for slot in self._slots if not slot.silent]
        for slot in ready:
            self._bring_up_to_date(slot)
        doubted = {slot.node: slot.asked for slot in self._slots if slot.silent}
        for count in range(PIECES_AT_ONCE):
            for slot in ready:
                present = slot.alive and slot.heard > (doubted.get(slot.node) or -1.0)
                if present and len(slot.pieces) == count:
                    self._hand_out(slot)

    def _hand_out(self, slot: Slot) -> None:
        """Give a worker the next piece that nobody has measured meanwhile."""
        while self._waiting:
            piece = self._waiting.popleft()
            if self._missing.issuperset(piece.networks):
                slot.began = slot.began if slot.pieces else self._clock.seconds
                slot.pieces.append(piece)
                reference = slot.actor.measure.remote(*piece, self._seconds)
                self._in_flight[reference] = Call(self._order, slot, "measure", piece)
                return

    def _bring_up_to_date(self, slot: Slot) -> None:
        """Send a worker the task and the workload, as far as it does not hold them."""
        if slot.held != self._held:
            new_task, new_workload = (
                mine if mine is not old else None
                for mine, old in zip(self._held, slot.held, strict=True)
            )
            reference = slot.actor.hold.remote(new_task, new_workload)
            self._in_flight[reference] = Call(self._order, slot, "hold")
            slot.warm = slot.warm and new_task is None
            slot.held = self._held

    def _listen(self) -> bool:
        """Receive what has come in, waiting for it for a moment; say whether something has."""
        patience = 0 if self._idle else _PATIENCE_SECONDS
        references = list(self._in_flight)
        if not references:
            return False
        done, rest = ray.wait(references, timeout=patience)
        if done and rest:
            done += ray.wait(rest, num_returns=len(rest), timeout=0)[0]
        for reference in done:
            self._receive(reference)
        return bool(done)

    def _receive(self, reference: Any) -> None:
        """Take what a worker says."""
        if reference not in self._in_flight:  # its worker was lost meanwhile
            return
        call = self._in_flight.pop(reference)
        slot = call.slot
        try:
            said = ray.get(reference)
        except RayError as error:
            self._lost(slot, error)
            return
        self._notices.node_answers(slot.node)
        slot.alive, slot.silent, slot.asked = True, False, None
        slot.heard = self._progress = self._clock.seconds
        self._lost_starts = 0
        if call.piece:
            slot.pieces.remove(call.piece)
            slot.began, slot.warm = self._clock.seconds, True
            if call.order == self._order:
                self._pass_on(call.piece.networks, said)
        elif call.method == "node":
            slot.node = said
            self._notices.node_works(said)
        elif call.method == "hold" and said:
            self._connection.send(Reply(call.order, *said))
        elif call.method == "look" and said:
            self._end_stuck(slot, *said)

    def _pass_on(self, networks: range, answer: Answer) -> None:
        """Send what came of networks to the engine, unless others were quicker with one of them."""
        if self._missing.issuperset(networks):
            self._missing.difference_update(networks)
            self._connection.send(Reply(self._order, *answer))

    def _end_stuck(self, slot: Slot, index: int, seconds: float, finished: Answer | None) -> None:
        """Give up a network that takes too long; others measure the rest of its piece."""
        if not slot.pieces or index not in slot.pieces[0].networks:  # it is done after all
            return
        piece = slot.pieces.popleft()
        if finished:
            self._pass_on(range(piece.start, index), finished)
        self._blame(index, seconds, self._too_long)
        if index + 1 < piece.stop:
            slot.pieces.appendleft(piece._replace(start=index + 1))
        self._replace(slot)
        self._again(slot.pieces)

    def _lost(self, slot: Slot, error: RayError) -> None:
        """Replace a worker that died; others measure what it had in its hands."""
        if not slot.alive:
            self._lost_starts += 1
        elif slot.pieces and slot.node in living_nodes():
            self._suspect(slot, cause_of_death(error))
        self._replace(slot)
        self._again(slot.pieces)
        if self._lost_starts >= TRIES and not any(slot.alive for slot in self._slots):
            detail = str(error).strip().splitlines()[-1]
            self._fail(f"{TRIES} Ray workers in a row died while starting: {one_line(detail)}")

    def _suspect(self, slot: Slot, cause: str) -> None:
        """Find the network that a worker has died of.

        Of several networks each is tried alone. A single one is given up once that has happened `TRIES`
        times, or when it had its time: the worker has ended itself, or it would not have been silent so long.
        What a function is applied to is given up at once, as the search can do without.
        """
        piece = slot.pieces.popleft()
        if len(piece.networks) > 1:
            slot.pieces.extendleft(reversed(piece.split()))
            return
        index, seconds = piece.start, self._clock.seconds - slot.began
        self._deaths[index] += 1
        if seconds > 0.9 * self._allowed(slot) and (not slot.silent or self._deaths[index] > 1):
            self._blame(index, seconds, self._too_long)
        elif piece.wanted == "result":
            self._blame(index, seconds, cause)
        elif self._deaths[index] == TRIES:
            self._blame(index, seconds, f"{cause}, {TRIES} times in a row")
        else:
            slot.pieces.appendleft(piece)

    def _allowed(self, slot: Slot) -> float:
        """Longest time in seconds for the network that a worker has in hand."""
        if self._seconds is None:
            return math.inf
        return self._seconds + (0.0 if slot.warm else FIRST_SECONDS)

    @property
    def _too_long(self) -> str:
        return f"it took longer than {self._seconds:g} seconds"

    def _blame(self, index: int, seconds: float, sentence: str) -> None:
        """Give up a network."""
        if index in self._missing:
            self._missing.remove(index)
            self._connection.send(Reply(self._order, "fault", (index, seconds, sentence)))

    def _again(self, pieces: Iterable[Piece]) -> None:
        """Have pieces measured by others, as far as they have not been, and nobody is at it."""
        held = Counter(n for slot in self._slots for piece in slot.pieces for n in piece.networks)
        answering = [slot.pieces for slot in self._slots if not slot.silent]
        taken = {n for p in (*answering, self._waiting) for piece in p for n in piece.networks}
        wanted = {n for n in self._missing - taken if held[n] + self._deaths[n] < TRIES}
        for piece in reversed(list(pieces)):
            if wanted.issuperset(piece.networks):
                self._waiting.appendleft(piece)
            else:
                self._waiting.extendleft(p for p in piece.split() if p.start in wanted)

    def _ask(self) -> None:
        """Ask workers that say nothing whether they are there."""
        now = self._clock.seconds
        for slot in list(self._slots):
            if slot.asked is None:
                if slot.alive and now - slot.heard > ASK_SECONDS:
                    slot.asked = now
                    look = slot.actor.look.options(concurrency_group=WATCH)
                    self._in_flight[look.remote()] = Call(self._order, slot, "look")
            elif not slot.silent and now - slot.asked > SILENT_SECONDS:
                slot.silent = True
                self._notices.node_silent(slot.node)
                self._double(slot)
            elif slot.silent and slot.pieces and now - slot.began > self._allowed(slot):
                self._suspect(slot, "")
                self._replace(slot)
                self._again(slot.pieces)

    def _double(self, slot: Slot) -> None:
        """Have what a silent worker has in its hands measured by others, too; the first answer counts.

        Where a network may be the reason why it is silent, each is handed out alone.
        """
        for piece in list(slot.pieces):
            self._again([piece] if self._seconds is None else piece.split())

    def _fail(self, sentence: str) -> None:
        self._waiting.clear()
        self._missing.clear()
        self._connection.send(Reply(self._order, "failure", sentence))

    def _look_after(self) -> None:
        """Fail when Ray has gone, and say what is waited for while there is no worker."""
        dead = dead_servers()
        if dead:
            self._fail(f"Ray's process {dead[0]} has ended unexpectedly")
            raise EOFError
        if self._idle or any(slot.alive and not slot.silent for slot in self._slots):
            return
        waited = self._clock.seconds - self._progress
        if self._local and waited > WORKER_SECONDS:
            self._fail(f"Ray started no worker within {WORKER_SECONDS:.0f} seconds")
        elif not self._local and waited > WAIT_SECONDS:
            self._notices.waiting(all_are_silent=any(slot.alive for slot in self._slots))


def cause_of_death(error: RayError) -> str:
    """Return why a worker has died, as far as Ray knows it."""
    if isinstance(error, OutOfMemoryError):
        return "its worker process was ended because the memory was full"
    if isinstance(error, (ObjectStoreFullError, OutOfDiskError)):
        return "Ray's object store was full"
    return "its worker process died"


def _put(parcel: Parcel) -> Any:
    """Put a parcel where all workers find it; arrays of bytes are not copied for each of them."""
    buffers = [np.frombuffer(buffer, np.uint8) for buffer in parcel.buffers]
    return ray.put(parcel._replace(buffers=buffers))
