"""What runs in Ray's worker processes, and what travels to them and back.

Three processes take part: the search with its ``ray_engine``; the ``ray_pool`` that it starts, which
talks to Ray; and the workers. Tasks, workloads, batches and answers are pickled at the ends of the
way; the pool passes them on unopened.
"""

import os
import pickle
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Literal, NamedTuple

from .. import InputError, MachineError

#: Longest message of a foreign exception that is passed on, in characters.
_LONGEST_MESSAGE = 300


class Parcel(NamedTuple):
    """A pickled object.

    Attributes:
        pickled: The object without its large arrays.
        buffers: Their bytes, which the workers of one machine share.
    """

    pickled: bytes
    buffers: Sequence[Any]


class Piece(NamedTuple):
    """Networks ``start`` … ``stop − 1`` of a batch, pickled as a batch of their own."""

    start: int
    stop: int
    batch: bytes


class Order(NamedTuple):
    """What the engine wants measured; whatever was ordered before is given up.

    Attributes:
        number: Stands in the replies.
        task: The task, None if it is still the same.
        workload: The workload, None if it is still the same.
        pieces: What to measure.
    """

    number: int
    task: Parcel | None
    workload: Parcel | None
    pieces: Sequence[Piece]


class Reply(NamedTuple):
    """What the pool says to the engine.

    Attributes:
        number: Of the order, 0 before the first.
        kind: ``ready``: content is the number of workers. ``answer``: the fields of an ``Answer``,
            pickled. All others are failures and their content is text: ``raised``, the task's code
            raised an exception; ``mistake`` and ``failure``, the sentence of an ``InputError`` or a
            ``MachineError``.
        content: As the kind says.
    """

    number: int
    kind: Literal["ready", "answer", "raised", "mistake", "failure"]
    content: Any


def wrap(content: object) -> Parcel:
    """Pickles an object, by value where workers could not import its class.

    Raises:
        Exception: Whatever pickling raises, of any type.
    """
    from ray import cloudpickle  # half a second that the pool and the workers do without

    buffers: list[pickle.PickleBuffer] = []
    dumps: Any = cloudpickle.dumps
    return Parcel(dumps(content, protocol=5, buffer_callback=buffers.append), buffers)


def unwrap(parcel: Parcel) -> Any:
    """Makes the object again; its large arrays are read-only."""
    buffers = [memoryview(buffer).toreadonly() for buffer in parcel.buffers]
    return pickle.loads(parcel.pickled, buffers=buffers)


class Worker:
    """Holds a task and a workload, and measures pieces on them; an actor of Ray's.

    Args:
        paths: Folders in which the search looks for modules. They come last here: a file of the
            user's that happens to be called like a module must not hide it.
        home: Working folder of the search, which becomes the worker's if there is one like it.
    """

    def __init__(self, paths: Sequence[str], home: str) -> None:
        sys.path.extend(path for path in paths if path not in sys.path)
        with suppress(OSError):
            os.chdir(home)
        self._task: Any = None
        self._workload: Any = None

    def hold(self, task: Parcel | None, workload: Parcel | None) -> tuple[str, str] | None:
        """Takes a new task, a new workload or both; None keeps the old one.

        Returns:
            None, or kind and content of a ``Reply`` that says why it cannot.
        """
        try:
            if task is not None:
                self._task = None
                self._task = unwrap(task)
            if workload is not None:
                self._workload = unwrap(workload)
        except Exception as error:
            return "failure", f"a Ray worker cannot load the task: {_describe(error)}"
        return None

    def measure(self, start: int, stop: int, batch: bytes) -> tuple[str, bytes | str]:
        """Measures a piece.

        Returns:
            Kind and content of a ``Reply``.
        """
        began = time.perf_counter()
        try:
            measurements = self._task.evaluate(self._workload, pickle.loads(batch))
            answer = (start, stop, measurements, time.perf_counter() - began)
            return "answer", pickle.dumps(answer, protocol=5)
        except InputError as error:
            return "mistake", str(error)
        except MachineError as error:
            return "failure", str(error)
        except BaseException as error:  # sys.exit() in a user's code must not end the worker
            return "raised", _describe(error) + _where(error, type(self._task).__module__)


def _describe(error: BaseException) -> str:
    """Type and message of an exception in one line."""
    message = " ".join(str(error).split())[:_LONGEST_MESSAGE]
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _where(error: BaseException, module: str) -> str:
    """The line that raised an exception, the last one in the file of a module if any is."""
    frames = traceback.extract_tb(error.__traceback__)
    file = getattr(sys.modules.get(module), "__file__", None)
    own = [frame for frame in frames if frame.filename == file] or frames
    return f" ({own[-1].filename}, line {own[-1].lineno})"
