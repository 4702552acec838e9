"""Work on a run that is watched, can be stopped, and is reported: for `run`, `resume`, `test`."""

import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .exit_status import StopSignals, say
from .requeue import TRY_AGAIN, Requeue, StopInTime

if TYPE_CHECKING:
    from ..evolve.runs.run import Outcome
    from ..evolve.runs.settings import Settings
    from ..results.summaries.page import Markup
    from .progress import Watch

#: Time in which a run must have committed; the compiler, say, cannot be asked to stop.
PATIENCE_SECONDS = 4.0
_SHOW_CURSOR = b"\x1b[?25h"


def carry_out(
    work: "Callable[[Watch, threading.Event], Outcome]",
    folder: Path,
    quiet: bool,
    again: str,
    requeue: Requeue | None = None,
    more_patience: float = 0.0,
) -> None:
    """Do work on a run, to its end, to a signal or to shortly before the end of the job, and say how it ended.

    Args:
        work: Called with what to call after every generation, and with the event that asks it to
            stop.
        folder: The run folder, as the user calls it.
        quiet: Print nothing on standard output.
        again: The command line that goes on where the work was stopped.
        requeue: When the work stops for the job to be queued again.
        more_patience: Seconds beyond `PATIENCE_SECONDS`, for work in processes that have these, too.

    Raises:
        typer.Exit: Stopped, with the exit status of the signal, or `TRY_AGAIN`.
    """
    from .progress import shown

    def leave() -> None:
        """End now, as a kill would: what is on the disk is whole, and a kill loses no more."""
        why, status = stopped()
        saved = "what was saved before stays" if _is_run(folder) else "nothing had been saved yet"
        goes_on = f". To go on: {again}" if _is_run(folder) else ""
        if sys.stdout.isatty():
            os.write(1, _SHOW_CURSOR)  # the live table has hidden it
        os.write(2, f"Stopped at once {why}; {saved}{goes_on}\n".encode())
        os._exit(status)

    def stopped() -> tuple[str, int]:
        if requeue is not None and in_time.reached:
            return f"{requeue.said} before the job ends", TRY_AGAIN
        return f"by {signals.name}", signals.exit_status

    def patience() -> float:
        return PATIENCE_SECONDS + more_patience if _is_run(folder) else 0.0  # nothing to commit yet

    signals = StopSignals(leave, patience)
    in_time = StopInTime(requeue, signals.event, leave)
    with signals, in_time, shown(quiet) as watch:
        outcome = work(watch, signals.event)
    if outcome.state == "stopped" and (signals.received or in_time.reached):
        why, status = stopped()
        say(f"Stopped {why}. To go on: {again}")
        raise typer.Exit(status)
    for sentence in outcome.left_alone:
        say(f"Left alone: {sentence}")
    if not quiet:
        whole = outcome.folder.absolute() == folder.absolute()
        print_report(folder if whole else outcome.folder)  # else of one run of a study


def print_report(folder: Path) -> None:
    """Print the report of a run for people, and where it lies."""
    typer.echo(report_of(folder))


def report_of(
    folder: Path, markup: "Markup" = "text", everything: bool = False, test_scores: bool = False
) -> str:
    """Return the report of a run or of a study; see `report_page.summarize`."""
    from ..results.store.study import is_study
    from ..results.summaries.report_page import summarize
    from ..results.summaries.study_report import summarize_study

    if is_study(folder):
        page, where = summarize_study(folder, markup), f"The runs are in {folder}"
    else:
        page = summarize(folder, markup, everything, test_scores)
        where = f"The run is in {folder}"
    return f"{page}\n\n{where}" if markup == "text" else page


def own_code_in(settings: "Settings") -> dict[str, Any]:
    """Return what must be said again where a run goes on, by option: what is the user's own."""
    from ..evolve.runs.prepare import own_parts
    from ..tasks.registry import is_own, is_own_wrapper

    wrap = settings.wrap if any(map(is_own_wrapper, settings.wrap or ())) else None
    task = settings.task if is_own(settings.task) else None
    return {"task": task, "wrap": wrap, **own_parts(settings)}


def command_line(
    command: str, folder: Path, named: Mapping[str, str | float | Sequence[str] | None]
) -> str:
    """Return the command line for a run.

    Args:
        command: The command.
        folder: The run folder.
        named: What must be said again, by the option for it: what is the user's own, and another place.
    """
    import shlex

    words = ["spikevolve", command, str(folder)]
    for name, spec in named.items():
        option = f"--{name.replace('_', '-')}"
        if isinstance(spec, bool):
            words += [option] if spec else []
        else:
            for said in [spec] if isinstance(spec, str | int | float) else spec or ():
                words += [option, str(said)]
    return shlex.join(words)


def _is_run(folder: Path) -> bool:
    return (folder / "run.json").exists() or (folder / "study.json").exists()
