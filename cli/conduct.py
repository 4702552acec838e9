"""What ``run``, ``resume`` and ``test`` share: work that is watched, can be stopped, is reported."""

import shlex
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from .errors import INTERRUPTED, say
from .signals import StopSignals

if TYPE_CHECKING:
    from ..evolve.run import Outcome
    from .progress import Watch


def conduct(
    work: "Callable[[Watch, threading.Event], Outcome]", folder: Path, quiet: bool, again: str
) -> None:
    """Do work on a run, to its end or to a signal, and say how it ended.

    Args:
        work: Called with what to call after every generation, and with the event that asks it to
            stop.
        folder: The run folder, as the user calls it.
        quiet: Print nothing on standard output.
        again: The command line that goes on where a signal stopped the work.

    Raises:
        typer.Exit: Stopped by a signal, with its exit status.
    """
    from .progress import shown

    signals = StopSignals()
    try:
        with signals, shown(quiet) as watch:
            outcome = work(watch, signals.event)
    except KeyboardInterrupt:
        say(f"Left without saving what came after the last commit. To go on: {again}")
        raise typer.Exit(INTERRUPTED) from None
    if signals.received and outcome.state == "stopped":
        say(f"Stopped by {signals.name}. To go on: {again}")
        raise typer.Exit(signals.exit_status)
    if not quiet:
        from .report import print_report

        print_report(folder)


def command_line(command: str, folder: Path, task: str | None = None) -> str:
    """Return the command line for a run; ``task`` is the user's own, which must be named again."""
    words = ["spikevolve", command, str(folder), *(["--task", task] if task else [])]
    return shlex.join(words)
