"""Runs of a study side by side: a process for each, so many at a time, which is `spikevolve resume --index`."""

import shlex
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import InputError
from .exit_status import STOPPED_BY, USER_MISTAKE

if TYPE_CHECKING:
    from ..evolve.runs.run import Outcome
    from ..results.store.study import Member

#: Seconds between two looks at the processes.
_PAUSE = 0.1
#: Seconds in which a signal that has ended a process of a group has reached all of them.
_ALL_HAVE_IT = 1.0


class _Process(NamedTuple):
    """A process that carries out one run.

    Attributes:
        number: Which run of the study, 1 the first.
        name: What the run is called.
        process: Its process.
        reader: Takes what it says on standard error, so that it never waits.
        said: The last line of it.
    """

    number: int
    name: str
    process: subprocess.Popen[str]
    reader: threading.Thread
    said: deque[str]


def carry_on_side_by_side(
    folder: Path,
    resume: str,
    jobs: int,
    limits: Mapping[str, Any],
    stop: threading.Event,
    tell: Callable[[str], None],
) -> "Outcome":
    """Carry all runs of a study to their end, several at a time; one that fails ends no other.

    Runs that other processes are at work on are left alone.

    Args:
        folder: The folder of the study.
        resume: The command line that goes on with the study.
        jobs: How many at a time.
        limits: Those in the command line; with new ones runs that are done go on, too.
        stop: All processes save and end soon after this is set.
        tell: Called with a sentence when a run begins and when it ends.

    Raises:
        MachineError: Some runs have failed; names them.
    """
    from ..evolve.runs.run import Outcome
    from ..evolve.runs.studies import outcome_of_study
    from ..results.store.study import read_study

    members = read_study(folder).members
    waiting = [index for index, run in enumerate(members, 1) if not _is_done(run, limits)]
    running: list[_Process] = []
    failed: dict[int, str] = {}
    left_alone: dict[int, str] = {}
    try:
        while (waiting or running) and not stop.is_set():
            while waiting and len(running) < jobs:
                index = waiting.pop(0)
                name = f"{members[index - 1].name} ({index} of {len(members)})"
                tell(f"{name}: begins")
                arguments = [*shlex.split(resume)[1:], "--index", str(index)]
                running.append(_start(index, name, arguments))
            running = list(_still_running(running, failed, left_alone, stop, tell))
            stop.wait(_PAUSE)
    finally:
        for one in running:
            one.process.terminate()  # asks it to save
        for one in running:
            one.process.wait()
    if stop.is_set():
        return Outcome(folder, "stopped")
    return outcome_of_study(folder, _in_order(failed), _in_order(left_alone), len(members))


def _in_order(sentences: Mapping[int, str]) -> list[str]:
    return [sentences[number] for number in sorted(sentences)]


def _is_done(run: "Member", limits: Mapping[str, Any]) -> bool:
    """Return whether a run is known to have ended; what is wrong with one its own process says."""
    from ..evolve.runs.new_limits import limits_to_come
    from ..results.store.folder import read_commit

    try:
        done = run.begun and read_commit(run.folder).search.get("state") == "done"
        return done and not limits_to_come(run.folder, limits)
    except InputError:
        return False


def _start(number: int, name: str, arguments: Sequence[str]) -> _Process:
    process = subprocess.Popen(
        [sys.executable, "-m", "spikevolve", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    said: deque[str] = deque(maxlen=1)  # the last line tells why it has failed
    reader = threading.Thread(target=_read, args=(process, said), daemon=True)
    reader.start()
    return _Process(number, name, process, reader, said)


def _read(process: subprocess.Popen[str], said: deque[str]) -> None:
    """Take what a process says on standard error until it has ended."""
    if process.stderr is not None:
        with process.stderr as lines:
            said.extend(lines)


def _still_running(
    running: Sequence[_Process],
    failed: dict[int, str],
    left_alone: dict[int, str],
    stop: threading.Event,
    tell: Callable[[str], None],
) -> Iterator[_Process]:
    """Yield the processes that go on; tell how the others ended, and enter those that are not done."""
    from ..results.store.lock import BEING_WRITTEN

    for one in running:
        status = one.process.poll()
        if status is None:
            yield one
        elif status == 0:
            tell(f"{one.name}: done")
        elif status <= STOPPED_BY or not stop.wait(_ALL_HAVE_IT):  # Ctrl-C reaches us, too
            one.reader.join(_ALL_HAVE_IT)  # what it has left behind may keep the pipe open
            why = "".join(one.said).strip().removeprefix("Error: ")
            if status < 0 or not why:
                why = (
                    f"ended by {signal.Signals(-status).name}" if status < 0 else f"status {status}"
                )
            elsewhere = status == USER_MISTAKE and BEING_WRITTEN in why
            (left_alone if elsewhere else failed)[one.number] = f"{one.name}: {why}"
            tell(f"{one.name}: {'left alone' if elsewhere else 'failed'}: {why}")
