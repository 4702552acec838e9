"""A task held to the contract of all tasks, in a process of its own: it may hang or crash."""

import multiprocessing
import signal
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import NamedTuple

from .. import InputError
from .settings import Settings

#: Networks that are measured: the first of a search's first generation.
NETWORKS = 6
_LOADING = "the task loads"


class Finding(NamedTuple):
    """What came of a check.

    Attributes:
        check: What the task promises.
        sentence: How it breaks the promise, None if it does not.
    """

    check: str
    sentence: str | None


def check_task(settings: Settings, seconds: float) -> Iterator[Finding]:
    """Runs the checks of ``tasks.contract`` on a task, and yields what comes of each.

    A check that hangs or crashes is the last one.

    Args:
        settings: The task and what a user can set about it.
        seconds: Longest time for one check.

    Raises:
        InputError: There is no such task, or a setting is wrong.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_check, args=(theirs, settings), daemon=True)
    process.start()
    theirs.close()
    try:
        yield from _findings(ours, process, seconds)
    finally:
        process.kill()
        process.join()
        ours.close()


def _findings(connection: Connection, process: BaseProcess, seconds: float) -> Iterator[Finding]:
    """Passes on what the process says: the name of a check, what came of it, and so on, and None."""
    name = _LOADING
    try:
        while (name := connection.recv()) is not None:
            if not connection.poll(seconds):
                yield Finding(name, f"it took longer than {seconds:g} seconds")
                return
            sentence = connection.recv()
            if isinstance(sentence, InputError):
                raise sentence
            yield Finding(name, sentence)
    except EOFError:
        process.join()
        yield Finding(name, f"the process ended{_manner(process.exitcode)}")


def _manner(status: int | None) -> str:
    if status is not None and status < 0:
        return f" by {signal.Signals(-status).name}"
    return f" with exit status {status}"


def _check(connection: Connection, settings: Settings) -> None:
    """What the process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the other process's business
    connection.send(_LOADING)
    from ..genomes import express
    from ..sim.batch import pack
    from ..tasks import contract
    from .prepare import prepare
    from .search import Search

    try:
        prepared = prepare(settings)
        profile = prepared.search.profile
        individuals = Search(prepared.search).ask()[:NETWORKS]
        batch = pack([express(individual.genome, profile) for individual in individuals])
    except InputError as error:
        connection.send(error)
        return
    connection.send(None)
    for name, check in contract.CHECKS.items():
        connection.send(name)
        connection.send(contract.run(check, prepared.task, batch))
    connection.send(None)
