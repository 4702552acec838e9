"""Work on a study for `sweep` and `resume`: all of its runs, one after another or side by side, or one of them."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import InputError
from ..evolve.runs.settings import PLACE
from ..posix import available_cores
from .side_by_side import carry_on_side_by_side
from .stoppable_run import command_line

if TYPE_CHECKING:
    from ..evolve.runs.run import Outcome
    from ..evolve.runs.studies import GoesOn
    from .progress import Watch

Jobs = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        rich_help_panel=PLACE,
        show_default=False,
        help="So many runs at a time, each in a process of its own; one after another by default.",
    ),
]
Index = Annotated[
    int | None,
    typer.Option(
        metavar="K",
        rich_help_panel=PLACE,
        show_default=False,
        help="Only this run of them, from 1 on: for job arrays.",
    ),
]


@dataclass(frozen=True)
class Share:
    """Which runs of a study one command carries out, and how many at a time.

    Attributes:
        jobs: At a time; None is one, in this process.
        index: Only this run, 1 the first; None is all.
    """

    jobs: int | None = None
    index: int | None = None

    def check(self) -> None:
        """Refuse what is no share.

        Raises:
            InputError: A number is below 1, or both are given.
        """
        for name, number in asdict(self).items():
            if number is not None and number < 1:
                raise InputError(f"{name} is {number}, but it must be a whole number of at least 1")
        if self.jobs is not None and self.index is not None:
            raise InputError(
                "--index is one run, and --jobs says how many at a time: give one of them"
            )


#: Seconds in which processes side by side have ended, once their own patience is over.
PROCESSES_LEAVE_SECONDS = 4.0

#: All runs, one after another.
ALL_IN_TURN = Share()


def go_on_with_study(
    folder: Path,
    share: Share,
    goes_on: "GoesOn",
    watch: "Watch",
    stop: threading.Event,
    tell: Callable[[str], None],
) -> "Outcome":
    """Begin the runs of a study that have not begun, and go on with the others.

    Args:
        folder: The folder of the study.
        share: Which of them.
        goes_on: What each of them is told.
        watch: Called after every generation, of runs in this process.
        stop: They save and end soon after this is set.
        tell: Called with a sentence when a run in a process of its own begins, and when it ends.

    Raises:
        InputError: As of `studies.resume_study`, or there is no run of this number.
        MachineError: Some runs have failed; names them.
    """
    from ..evolve.runs.studies import go_on_with_one, ready_to_go_on, resume_study

    if share.index is not None:
        return go_on_with_one(folder, share.index, watch, stop, goes_on)
    if share.jobs is None:
        return resume_study(folder, watch, stop, *goes_on)
    again = ready_to_go_on(folder, goes_on)
    told = {**again.named._asdict(), **again.limits, **_place(again, share.jobs)}
    line = f"{command_line('resume', folder, told)} --quiet"
    return carry_on_side_by_side(folder, line, share.jobs, again.limits, stop, tell)


def _place(goes_on: "GoesOn", jobs: int) -> Mapping[str, Any]:
    """Return where the runs go on: those of this machine share its cores."""
    place = dict(goes_on.place)
    if place.get("workers") is None and place.get("address") is None:
        place["workers"] = max(1, available_cores() // jobs)
    return place
