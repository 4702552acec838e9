"""`--requeue-before`: a command stops, saved, before its scheduler ends the job, and says so by its exit status."""

import os
import re
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Annotated, NamedTuple, Self

import typer

from ..errors import InputError
from ..evolve.runs.settings import PLACE

RequeueBefore = Annotated[
    str | None,
    typer.Option(
        "--requeue-before",
        metavar="TIME",
        rich_help_panel=PLACE,
        show_default=False,
        help="Stop, saved, so long before Slurm ends the job, such as 120s, 5m or 1h; exit status 75.",
    ),
]

#: Exit status of a command that stopped before the end of its job: `EX_TEMPFAIL` of sysexits.h, "try again later".
TRY_AGAIN = 75
#: Where Slurm says when it ends a job, in seconds since 1970.
END_OF_JOB = "SLURM_JOB_END_TIME"

_SECONDS = {"s": 1, "m": 60, "h": 3600}


class Requeue(NamedTuple):
    """When a command stops for its job to be queued again.

    Attributes:
        said: How long before the end of the job, in the user's words.
        seconds: How long from now.
        patience: Seconds in which it must have stopped then; it is ended otherwise, still before the job is.
    """

    said: str
    seconds: float
    patience: float


def requeue_at(before: str | None) -> Requeue | None:
    """Return when a command stops that is to stop so long before its job ends; None if it is not.

    Args:
        before: A number and its unit: s, m or h.

    Raises:
        InputError: It is none, nothing says when the job ends, or less time than that is left: a job that is queued
            again would end at once, again and again.
    """
    if before is None:
        return None
    margin = _duration(before)
    end = _end_of_job(before)
    left = end - time.time()
    if left <= margin:
        raise InputError(
            f"--requeue-before is {before}, but the job ends in {max(0.0, left):.0f} s, says {END_OF_JOB}: it must "
            "be less than what is left of the job's time limit"
        )
    return Requeue(before, min(left - margin, threading.TIMEOUT_MAX), margin / 2)


def _duration(text: str) -> float:
    """Return the seconds that a text such as `120s` stands for."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)([smh])", text, re.ASCII)
    seconds = float(found[1]) * _SECONDS[found[2]] if found else 0.0
    if seconds <= 0:
        raise InputError(
            f"--requeue-before is {text!r}, but it must be a number above 0 with its unit, s, m or h, such as 120s"
        )
    return seconds


def _end_of_job(before: str) -> float:
    """Return when the job ends, in seconds since 1970."""
    text = os.environ.get(END_OF_JOB)
    if text is None:
        raise InputError(
            f"--requeue-before is {before}, but {END_OF_JOB} is not set: Slurm sets it in jobs; where an old one does "
            f'not, say export {END_OF_JOB}=$(date -d "$(squeue -h -j $SLURM_JOB_ID -o %e)" +%s)'
        )
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
        raise InputError(
            f"{END_OF_JOB} is {text!r}, but --requeue-before needs the end of the job there, in seconds since 1970"
        )
    return float(text)


class StopInTime:
    """While entered, sets an event when it is time to stop; if that does not help, leaves.

    Args:
        requeue: When; None is never.
        event: Asks the work to stop.
        leave: Ends the process at once, from another thread.

    Attributes:
        reached: Whether it was time to stop.
    """

    def __init__(
        self, requeue: Requeue | None, event: threading.Event, leave: Callable[[], None]
    ) -> None:
        self.reached = False
        self._requeue, self._event, self._leave = requeue, event, leave
        self._over = threading.Event()

    def __enter__(self) -> Self:
        """Begin to wait."""
        if self._requeue is not None:
            threading.Thread(target=self._wait, args=(self._requeue,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Wait no more."""
        self._over.set()

    def _wait(self, requeue: Requeue) -> None:
        if self._over.wait(requeue.seconds) or self._event.is_set():
            return  # done, or stopped by a signal, before
        self.reached = True
        self._event.set()
        if not self._over.wait(requeue.patience):
            self._leave()
