"""A task held to the contract of all tasks, in a process of its own: it may hang or crash."""

import multiprocessing
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ...errors import InputError
from .settings import Settings

if TYPE_CHECKING:
    from ...sim.batch import Batch
    from ...tasks.task import Task
    from .prepare import Prepared

#: Networks that are measured: the first of a search's first generation.
NETWORKS = 6
_LOADING = "the task loads"
_GRACE_SECONDS = 2.0  # for the process to say where it hangs, if its Python still runs
_NOT_THE_USERS = (str(Path(__file__).parents[2]), sys.prefix, sys.base_prefix, "<")


class Finding(NamedTuple):
    """What came of a check.

    Attributes:
        check: What the task promises.
        sentence: How it breaks the promise, None if it does not.
        notes: What a user is told of the task, a sentence each, once it is loaded.
    """

    check: str
    sentence: str | None
    notes: tuple[str, ...] = ()


class _Loaded(NamedTuple):
    """The task is there.

    Attributes:
        notes: `Task.notes`.
    """

    notes: tuple[str, ...]


class Understood(NamedTuple):
    """What a task has understood of a user's files.

    Attributes:
        columns: What each column is, as of `Preparation.to_json`; None of signals.
        classes: Samples of each class, by name; empty where numbers are predicted.
        splits: Samples of each part, by name.
        notes: What was found out about the file, a sentence each.
    """

    columns: Mapping[str, Any] | None
    classes: Mapping[str, int]
    splits: Mapping[str, int]
    notes: tuple[str, ...]


class _Overdue(NamedTuple):
    """A check has not ended in time.

    Attributes:
        place: What it was doing, for the end of a sentence.
    """

    place: str


def check_task(settings: Settings, seconds: float) -> Iterator[Finding | Understood]:
    """Run the checks of `tasks.contract` on a task, and yield what comes of each.

    What was understood of a user's table comes first. A check that hangs or crashes is the last one.

    Args:
        settings: The task and what a user can set about it.
        seconds: Longest time for one check.

    Raises:
        InputError: There is no such task, or a setting is wrong.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_check, args=(theirs, settings, seconds), daemon=True)
    process.start()
    theirs.close()
    try:
        yield from _findings(ours, process, seconds)
    finally:
        process.kill()
        process.join()
        ours.close()


def _findings(
    connection: Connection, process: BaseProcess, seconds: float
) -> Iterator[Finding | Understood]:
    """Pass on what the process says: the name of a check, what came of it, and so on, and None."""
    name = _LOADING
    try:
        while (name := connection.recv()) is not None:
            in_time = connection.poll(seconds + _GRACE_SECONDS)
            sentence = connection.recv() if in_time else _Overdue("")
            if isinstance(sentence, _Overdue):
                yield Finding(name, f"it took longer than {seconds:g} seconds{sentence.place}")
                return
            if isinstance(sentence, InputError):
                raise sentence
            if isinstance(sentence, Understood):
                yield sentence
                yield Finding(name, None)
            elif isinstance(sentence, _Loaded):
                yield Finding(name, None, sentence.notes)
            else:
                yield Finding(name, sentence)
    except EOFError:
        process.join()
        yield Finding(name, f"the process ended{_manner(process.exitcode)}")


def _manner(status: int | None) -> str:
    if status is not None and status < 0:
        return f" by {signal.Signals(-status).name}"
    return f" with exit status {status}"


@contextmanager
def _watched(connection: Connection, seconds: float) -> Iterator[None]:
    """Say where the block is if it has not ended in time."""
    watch = threading.Timer(seconds, lambda: connection.send(_Overdue(_place())))
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _place() -> str:
    """Name the method that the main thread is in, one of the user's own if any is."""
    frame = sys._current_frames()[threading.main_thread().ident or 0]
    stack = traceback.extract_stack(frame)
    own = [call for call in stack if not call.filename.startswith(_NOT_THE_USERS)] or stack
    return f", in {own[-1].name} ({Path(own[-1].filename).name}, line {own[-1].lineno})"


def _check(connection: Connection, settings: Settings, seconds: float) -> None:
    """Run the checks in a process of their own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the other process's business
    from ...tasks import contract
    from .prepare import prepare  # now: the time that the compiler takes is not the task's

    connection.send(_LOADING)
    try:
        with _watched(connection, seconds):
            prepared = prepare(settings)
            batch = _networks(prepared)
    except InputError as error:
        connection.send(error)
        return
    connection.send(_understood(prepared.task) or _Loaded(prepared.task.notes))
    for name, check in contract.CHECKS.items():
        connection.send(name)
        with _watched(connection, seconds):
            sentence = contract.run(check, prepared.task, batch)
        connection.send(sentence)
    connection.send(None)


def _understood(task: "Task") -> Understood | None:
    """Return what a task has understood of a user's files; None if it has none."""
    from ...tasks.data.classification import Classification
    from ...tasks.data.own_data import OwnData

    if not isinstance(task, OwnData):
        return None
    told: dict[str, Any] = task.describe()
    classes = task.class_sizes() if isinstance(task, Classification) else {}
    return Understood(told["columns"], classes, told["splits"], task.notes)


def _networks(prepared: "Prepared") -> "Batch":
    """Return random networks for the task."""
    from ...genomes import express
    from ...sim.batch import pack
    from ..search.search import Search

    profile = prepared.search.profile
    individuals = Search(prepared.search).ask()[:NETWORKS]
    return pack([express(one.genome, profile) for one in individuals])
