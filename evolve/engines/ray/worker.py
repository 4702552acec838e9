"""What runs in Ray's worker processes, and what travels to them and back.

Three processes take part: the search with its `engine`; the `pool` that it starts, which
talks to Ray; and the workers. Tasks, workloads, batches and measurements are pickled at the ends of the
way; the pool passes them on unopened.
"""

import math
import os
import pickle
import resource
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Literal, NamedTuple

from ....errors import InputError, MachineError
from ....posix import machine_memory
from ...evaluation.versions import installed_versions, version_differences
from .awake_clock import AwakeClock


class Parcel(NamedTuple):
    """A pickled object.

    Attributes:
        pickled: The object without its large arrays.
        buffers: Their bytes, which the workers of one machine share.
    """

    pickled: bytes
    buffers: Sequence[Any]


#: Name of the group of methods that answer while another one measures.
WATCH = "watch"
#: How much longer the first network of a task may take: the worker loads kernels, or compiles them.
FIRST_SECONDS = 60.0
#: What workers answer: kind and content of a `Reply`.
Answer = tuple[Literal["piece", "mistake", "failure"], Any]
#: What a worker finds out of networks.
Wanted = Literal["measurements", "cases", "genomes", "result"]


class Piece(NamedTuple):
    """Networks `start` … `stop − 1`.

    Attributes:
        start: Index of the first one.
        stop: Index after the last one.
        batch: Pickled batch that has them; a pickled list of lessons where `genomes` are wanted, a
            function and its argument where its `result` is.
        first: Index of the first network of that batch.
        wanted: `measurements`, the scores in all `cases`, the `genomes` that lessons make, or the
            `result` of a function.
    """

    start: int
    stop: int
    batch: bytes
    first: int
    wanted: Wanted = "measurements"

    @property
    def networks(self) -> range:
        """Indices of its networks."""
        return range(self.start, self.stop)

    def split(self) -> "list[Piece]":
        """Return each network as a piece of its own."""
        return [self._replace(start=n, stop=n + 1) for n in self.networks]


class Order(NamedTuple):
    """What the engine wants measured; whatever was ordered before is given up.

    Attributes:
        number: Stands in the replies.
        task: The task, None if it is still the same.
        workload: The workload, None if it is still the same.
        pieces: What to measure.
        seconds: Longest time for a network, None for any.
    """

    number: int
    task: Parcel | None
    workload: Parcel | None
    pieces: Sequence[Piece]
    seconds: float | None


class Reply(NamedTuple):
    """What the pool says to the engine.

    Attributes:
        number: Of the order, 0 before the first.
        kind: `workers`: content is their number; the first such reply says that Ray has started.
            `piece`: the fields of a `MeasuredPiece`, pickled. `fault`: a network cannot be
            measured; its index, the time it took, and what went wrong. `notice`: a sentence that
            says for what. `mistake` and `failure`: the sentence of an `InputError` or a
            `MachineError`.
        content: As the kind says.
    """

    number: int
    kind: Literal["workers", "piece", "fault", "notice", "mistake", "failure"]
    content: Any


def wrap(content: object) -> Parcel:
    """Pickle an object, by value where workers could not import its class.

    Raises:
        Exception: Whatever pickling raises, of any type.
    """
    from ray import cloudpickle  # half a second that the pool and the workers do without

    buffers: list[pickle.PickleBuffer] = []
    dumps: Any = cloudpickle.dumps
    return Parcel(dumps(content, protocol=5, buffer_callback=buffers.append), buffers)


def unwrap(parcel: Parcel) -> Any:
    """Make the object again; its large arrays are read-only."""
    buffers = [memoryview(buffer).toreadonly() for buffer in parcel.buffers]
    return pickle.loads(parcel.pickled, buffers=buffers)


def other_versions(versions: Mapping[str, str]) -> str | None:
    """Say which packages of this machine have other versions than the search's; None where none has."""
    names = [name for name in versions if name != "python"]
    differences = version_differences(installed_versions(names), versions, "here")
    if not differences:
        return None
    return (
        f"node {os.uname().nodename} has other versions of packages: {differences}; install the same, or "
        "go on with --allow-version-change, and results may depend on the node"
    )


class Worker:
    """Holds a task and a workload, and measures pieces on them; an actor of Ray's.

    One thread of it measures. Another answers `look` meanwhile, and a third counts how long this process
    has been running, since a clock would run on while it is stopped.

    Args:
        paths: Folders in which the search looks for modules. They come last here: a file of the
            user's that happens to be called like a module must not hide it.
        home: Working folder of the search, which becomes the worker's if there is one like it.
        versions: Versions of packages by name that the worker must have; None for any.
    """

    def __init__(
        self, paths: Sequence[str], home: str, versions: Mapping[str, str] | None = None
    ) -> None:
        sys.path.extend(path for path in paths if path not in sys.path)
        with suppress(OSError):
            os.chdir(home)
        _limit_memory()
        self._versions = versions
        self._task: Any = None
        self._workload: Any = None
        self._warm = False
        self._in_hand: Any = None  # a `PieceInHand`, loaded with the first
        self._clock = AwakeClock(self._arm)

    def node(self) -> str:
        """Return the id of the node that this worker is on."""
        from ray import get_runtime_context

        return str(get_runtime_context().get_node_id())

    def hold(self, task: Parcel | None, workload: Parcel | None) -> Answer | None:
        """Take a new task, a new workload or both; None keeps the old one.

        Returns:
            None, or kind and content of a `Reply` that says why it cannot.
        """
        if self._versions is not None and (sentence := other_versions(self._versions)):
            return "failure", sentence
        try:
            if task is not None:
                self._task, self._warm = None, False
                self._task = unwrap(task)
            if workload is not None:
                self._workload = unwrap(workload)
        except Exception as error:
            from ....tasks.user_code import describe

            return "failure", f"a Ray worker cannot load the task: {describe(error)}"
        return None

    def measure(
        self,
        start: int,
        stop: int,
        batch: bytes,
        first: int,
        wanted: Wanted,
        seconds: float | None,
    ) -> Answer:
        """Measure a piece.

        Args:
            start: As of `Piece`, with the four that follow.
            stop: As of `Piece`.
            batch: As of `Piece`.
            first: As of `Piece`.
            wanted: As of `Piece`.
            seconds: Longest time for a network, None for any.

        Returns:
            Kind and content of a `Reply`.
        """
        if wanted == "result":
            return self._apply(pickle.loads(batch), start, seconds)
        if wanted == "genomes":
            return self._learn(pickle.loads(batch)[start - first], start)
        from ....sim.batch import part

        networks = part(pickle.loads(batch), start - first, stop - first)
        try:
            if seconds is None:
                return _answer(self._measure_together(networks, start, wanted))
            return _answer(self._measure_one_by_one(networks, start, wanted, seconds))
        except MachineError as error:
            return "failure", str(error)
        finally:
            self._in_hand, self._warm = None, True

    def look(self) -> tuple[int, float, Answer | None] | None:
        """Say whether a network takes too long, while another thread measures it.

        Returns:
            None, or the index of the network, how many seconds this worker has been at it, and what came of
            those of its piece that are finished; None if there are none.
        """
        in_hand = self._in_hand
        stuck = in_hand and in_hand.stuck()
        if stuck is None:
            return None
        return stuck.network, stuck.seconds, stuck.finished and _answer(stuck.finished)

    def _measure_together(self, networks: Any, start: int, wanted: Wanted) -> Any:
        """Measure a piece at once; where the memory cannot hold that, one network after the other."""
        from ..engine import MeasuredPiece

        began = time.perf_counter()
        try:
            found, faults = self._evaluation(wanted)(networks)
        except MemoryError:
            return self._measure_one_by_one(networks, start, wanted, math.inf)
        seconds = time.perf_counter() - began
        return MeasuredPiece(start, start + networks.networks, found, seconds, faults)

    def _measure_one_by_one(self, networks: Any, start: int, wanted: Wanted, seconds: float) -> Any:
        """Measure a piece so that it is known which network it stands at."""
        from ...evaluation.evaluate import no_cases, nothing_measured

        nothing = no_cases(self._workload) if wanted == "cases" else nothing_measured()
        self._take_in_hand(start, seconds)
        return self._in_hand.measure(self._evaluation(wanted), networks, nothing)

    def _take_in_hand(self, start: int, seconds: float) -> None:
        """Look from now on at how long each network takes."""
        from .piece_in_hand import PieceInHand

        grace = 0.0 if self._warm else FIRST_SECONDS
        self._in_hand = PieceInHand(start, self._clock, seconds, grace)
        self._arm()  # else the first network could hang before the clock's next count

    def _evaluation(self, wanted: Wanted) -> Any:
        """Return what evaluates a batch."""
        from ...evaluation.evaluate import evaluate, evaluate_cases

        return partial(
            evaluate_cases if wanted == "cases" else evaluate, self._task, self._workload
        )

    def _arm(self) -> None:
        """Have the system end this process should a network hold Python's lock for too long.

        Then no thread of Python's can say so. This is called as often as one can, and each time sets the
        timer anew; it counts processor time, none of which a stopped process uses.
        """
        in_hand = self._in_hand
        seconds = 0.0 if in_hand is None or in_hand.allowed == math.inf else in_hand.allowed
        signal.setitimer(signal.ITIMER_PROF, seconds)

    def _learn(self, lesson: Any, index: int) -> Answer:
        """Carry out a lesson, and return kind and content of a `Reply`."""
        from ...evaluation.learn import learned, make_ready
        from ..engine import MeasuredPiece

        make_ready(self._task, self._workload)
        began = time.perf_counter()
        try:
            genomes = learned(self._task, self._workload, lesson)
        except MachineError as error:
            return "failure", str(error)
        except MemoryError:
            genomes = []
        return _answer(MeasuredPiece(index, index + 1, genomes, time.perf_counter() - began))

    def _apply(self, call: tuple[Any, Any], index: int, seconds: float | None) -> Answer:
        """Apply a function to an argument, and return kind and content of a `Reply`."""
        from ..engine import MeasuredPiece, Onlooker
        from .piece_in_hand import MEMORY_FULL

        function, argument = call
        onlooker, result, faults = Onlooker(threading.Event()), None, {}
        began = time.perf_counter()
        try:
            if seconds is not None:
                self._take_in_hand(index, seconds)
                onlooker = onlooker._replace(network_done=self._in_hand.next_network)
            result = function(self._task, self._workload, argument, onlooker)
        except InputError as error:
            return "mistake", str(error)
        except MachineError as error:
            return "failure", str(error)
        except MemoryError:
            faults = {0: MEMORY_FULL}
        finally:
            self._in_hand, self._warm = None, True
        took = time.perf_counter() - began
        return _answer(MeasuredPiece(index, index + 1, result, took, faults))


def _answer(piece: Any) -> Answer:
    """Return kind and content of a `Reply` that brings a `MeasuredPiece`."""
    return "piece", pickle.dumps((*piece[:4], dict(piece.faults)), protocol=5)


def _limit_memory() -> None:
    """Let this process fill half of the machine's memory at most, so that it can say that it is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = [n for n in (soft, machine_memory() // 2) if n != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min(allowed), hard))
