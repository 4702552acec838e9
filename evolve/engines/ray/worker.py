"""What runs in Ray's worker processes, and what travels to them and back.

Three processes take part: the search with its `engine`; the `pool` that it starts, which
talks to Ray; and the workers. Tasks, workloads, batches and measurements are pickled at the ends of the
way; the pool passes them on unopened.
"""

import os
import pickle
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal, NamedTuple

from ....errors import MachineError
from ...evaluation.versions import installed_versions, version_differences


class Parcel(NamedTuple):
    """A pickled object.

    Attributes:
        pickled: The object without its large arrays.
        buffers: Their bytes, which the workers of one machine share.
    """

    pickled: bytes
    buffers: Sequence[Any]


#: What a worker finds out of networks.
Wanted = Literal["measurements", "cases", "genomes"]


class Piece(NamedTuple):
    """Networks `start` … `stop − 1`.

    Attributes:
        start: Index of the first one.
        stop: Index after the last one.
        batch: Pickled batch that has them; a pickled list of lessons where `genomes` are wanted.
        first: Index of the first network of that batch.
        wanted: `measurements`, the scores in all `cases`, or the `genomes` that lessons make.
    """

    start: int
    stop: int
    batch: bytes
    first: int
    wanted: Wanted = "measurements"


class Order(NamedTuple):
    """What the engine wants measured; whatever was ordered before is given up.

    Attributes:
        number: Stands in the replies.
        task: The task, None if it is still the same.
        workload: The workload, None if it is still the same.
        pieces: What to measure.
        seconds: Longest time for a piece, None for any; then a piece is one network.
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
        kind: `ready`: content is the number of workers. `piece`: the fields of a `MeasuredPiece`,
            pickled. `fault`: a network cannot be measured; its index, the time it took, and what
            went wrong. `mistake` and `failure`: the sentence of an `InputError` or a
            `MachineError`.
        content: As the kind says.
    """

    number: int
    kind: Literal["ready", "piece", "fault", "mistake", "failure"]
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
        self._versions = versions
        self._task: Any = None
        self._workload: Any = None

    def hold(self, task: Parcel | None, workload: Parcel | None) -> tuple[str, str] | None:
        """Take a new task, a new workload or both; None keeps the old one.

        Returns:
            None, or kind and content of a `Reply` that says why it cannot.
        """
        if self._versions is not None and (sentence := other_versions(self._versions)):
            return "failure", sentence
        try:
            if task is not None:
                self._task = None
                self._task = unwrap(task)
            if workload is not None:
                self._workload = unwrap(workload)
        except Exception as error:
            from ....tasks.user_code import describe

            return "failure", f"a Ray worker cannot load the task: {describe(error)}"
        return None

    def measure(
        self, start: int, stop: int, batch: bytes, first: int, wanted: Wanted
    ) -> tuple[str, bytes | str]:
        """Measure a piece.

        Returns:
            Kind and content of a `Reply`.
        """
        from ....sim.batch import part
        from ...evaluation.evaluate import Evaluation, evaluate, evaluate_cases

        if wanted == "genomes":
            return self._learn(pickle.loads(batch)[start - first], start)
        began = time.perf_counter()
        networks = part(pickle.loads(batch), start - first, stop - first)
        try:
            found: Evaluation[Any] = (evaluate if wanted == "measurements" else evaluate_cases)(
                self._task, self._workload, networks
            )
        except (MachineError, MemoryError) as error:
            return "failure", str(error) or "the memory of a Ray worker is full"
        seconds = time.perf_counter() - began
        measured = (start, stop, found.measurements, seconds, found.faults)
        return "piece", pickle.dumps(measured, protocol=5)

    def _learn(self, lesson: Any, index: int) -> tuple[str, bytes | str]:
        """Carry out a lesson, and return kind and content of a `Reply`."""
        from ...evaluation.learn import learned, make_ready

        make_ready(self._task, self._workload)
        began = time.perf_counter()
        try:
            genomes = learned(self._task, self._workload, lesson)
        except (MachineError, MemoryError) as error:
            return "failure", str(error) or "the memory of a Ray worker is full"
        seconds, no_faults = time.perf_counter() - began, dict[int, str]()
        piece = (index, index + 1, genomes, seconds, no_faults)
        return "piece", pickle.dumps(piece, protocol=5)
