"""Studies: a run for each combination of settings of a grid, for each seed and each fold of a cross-validation."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import InputError, MachineError
from ...results.store.atomic_files import AlreadyThereError
from ...results.store.lock import BeingWrittenError
from ...results.store.study import (
    Study,
    begun_runs,
    change_study,
    create_study,
    open_study,
    read_study,
)
from ...results.summaries.run_names import count
from ...results.summaries.run_status import read_status
from .grid import NO_GRID, Grid, check_grid, one_at_a_time, runs_of_study, settings_of_run
from .new_limits import NO_LIMITS, changes, limits_to_come, with_limits
from .prepare import prepare
from .prepared_again import NOT_NAMED, OwnCode, named_again, with_parts
from .run import Outcome, Watch, check_place, resume, say_nothing, start
from .run_folder import run_folder
from .run_state import Progress
from .settings import AS_BEFORE, LIMITS, Settings, settings_from

#: So many runs that have failed are named.
MOST_NAMED = 10


class GoesOn(NamedTuple):
    """What `resume` is told of every run of a study that has begun."""

    named: OwnCode = NOT_NAMED
    limits: Mapping[str, Any] = NO_LIMITS
    place: Mapping[str, Any] = AS_BEFORE


def start_study(
    settings: Settings,
    watch: Watch,
    stop: threading.Event,
    command: Sequence[str] = (),
    begun: Callable[[Path], None] = say_nothing,
) -> Outcome:
    """Start a study and carry it to its end, its runs in a folder of its own.

    Args:
        settings: What the user has set, `seeds` or `folds` among it.
        watch: Called after every generation.
        stop: The run commits and ends soon after this is set.
        command: The command line, for the manifests.
        begun: Called with the folder once there is one.

    Raises:
        InputError: A setting, the data or the folder is wrong, or nothing can be held out.
        MachineError: The disk or the cluster failed; what was committed is safe.
    """
    folder = lay_out(settings, NO_GRID, command)
    begun(folder)
    named = OwnCode(settings.task, settings.wrap, settings.selection, settings.parents)
    return _carry_on(folder, read_study(folder), settings, watch, stop, GoesOn(named))


def lay_out(settings: Settings, grid: Grid, command: Sequence[str] = ()) -> Path:
    """Make the folder of a study, in which none of its runs has begun, and return it.

    Args:
        settings: What the user has set; `out` is the folder.
        grid: Settings with several values.
        command: The command line, for the manifest.

    Raises:
        InputError: A setting, the data or the folder is wrong, or nothing can be held out.
        MachineError: The disk failed, or no cluster answers.
    """
    check_grid(settings, grid)
    runs = runs_of_study(settings, grid)
    for differs in one_at_a_time(runs):  # refuses what is wrong before there is a folder
        prepare(settings_of_run(settings, differs))
    check_place(settings)
    folder = run_folder(settings)
    create_study(folder, command, settings.to_json(), runs)
    return folder


def resume_study(
    folder: Path,
    watch: Watch,
    stop: threading.Event,
    named: OwnCode = NOT_NAMED,
    limits: Mapping[str, Any] = NO_LIMITS,
    place: Mapping[str, Any] = AS_BEFORE,
) -> Outcome:
    """Go on with the first run that is not done, and carry the others to their end.

    Args:
        folder: The folder of the study.
        watch: Called after every generation.
        stop: The run commits and ends soon after this is set.
        named: The user's own code, named again.
        limits: New ones for every run, as for `resume`; runs that are done go on, too.
        place: As for `resume`.

    Raises:
        InputError: As `resume`, of any of its runs.
        MachineError: The disk or the cluster failed; what was committed is safe.
    """
    goes_on = ready_to_go_on(folder, GoesOn(named, limits, place))
    study, settings = _opened(folder, goes_on)
    return _carry_on(folder, study, settings, watch, stop, goes_on)


def ready_to_go_on(folder: Path, goes_on: GoesOn) -> GoesOn:
    """Refuse what no run of a study can go on with, and enter new limits in its manifest.

    Returns:
        What all of its runs are to be told.

    Raises:
        InputError: As `resume`, of any of its runs.
        MachineError: The disk failed.
    """
    study, _ = _opened(folder, goes_on)
    began_with, limits = settings_from(study.settings), goes_on.limits
    if limits and with_limits(began_with, limits) != began_with:
        for run in filter(_can_be_read, begun_runs(folder)):
            limits_to_come(run, limits)  # refuses what is wrong before one of them goes on
        change_study(folder, changes(study.manifest, with_limits(began_with, limits), None))
        study = read_study(folder)
    return _with_latest_limits(study, goes_on)


def _can_be_read(run: Path) -> bool:
    """Tell whether a run has a manifest and a state; one that has not fails by itself when its turn comes."""
    try:
        read_status(run)
    except InputError:
        return False
    return True


def go_on_with_one(
    folder: Path, index: int, watch: Watch, stop: threading.Event, goes_on: GoesOn
) -> Outcome:
    """Begin one run of a study or go on with it, and leave the others alone, and the study's own file.

    Processes may do so at once, each with another run.

    Args:
        folder: The folder of the study.
        index: Which run, 1 the first.
        watch: As for `resume_study`.
        stop: As for `resume_study`.
        goes_on: As for `resume_study`; new limits are those of this run.

    Raises:
        InputError: There is no such run; or as `resume` and `start`.
        MachineError: As `resume` and `start`.
    """
    study, settings = _opened(folder, goes_on)
    check_index(index, len(study.members))
    if not goes_on.limits:
        goes_on = _with_latest_limits(study, goes_on)
    return _go_on(study, index, settings, watch, stop, goes_on)


def check_index(index: int, runs: int) -> None:
    """Refuse the number of a run that a study does not have.

    Raises:
        InputError: It is not from 1 to the number of runs.
    """
    if not 1 <= index <= runs:
        raise InputError(f"index is {index}, but it must be from 1 to the number of runs, {runs}")


def _opened(folder: Path, goes_on: GoesOn) -> tuple[Study, Settings]:
    """Return a study to go on with, and its settings with new limits, and the user's own code as it is named now."""
    study = open_study(folder)
    settings, named = settings_from(study.settings), goes_on.named
    settings = with_parts(folder, named_again(folder, settings, named), named)
    return study, with_limits(settings, goes_on.limits)


def _with_latest_limits(study: Study, goes_on: GoesOn) -> GoesOn:
    """Return what runs are told, those that had not come to new limits when they were stopped among them."""
    if "limits" not in study.manifest:
        return goes_on
    latest = study.manifest["limits"][-1]
    return goes_on._replace(limits={name: latest[name] for name in LIMITS if name in latest})


def _carry_on(
    folder: Path,
    study: Study,
    settings: Settings,
    watch: Watch,
    stop: threading.Event,
    goes_on: GoesOn,
) -> Outcome:
    """Make one run after another until all have ended or one is stopped; one that fails ends no other."""
    failed, left_alone = [], []
    for index, member in enumerate(study.members, 1):
        try:
            outcome = _go_on(study, index, settings, watch, stop, goes_on)
        except BeingWrittenError as error:
            left_alone.append(f"{member.name}: {error}")
        except (InputError, MachineError, MemoryError, OSError) as error:
            failed.append(f"{member.name}: {str(error) or 'the memory is full'}")
        else:
            if outcome.state != "done":
                return Outcome(folder, outcome.state)
    return outcome_of_study(folder, failed, left_alone, len(study.members))


def outcome_of_study(
    folder: Path, failed: Sequence[str], left_alone: Sequence[str], runs: int
) -> Outcome:
    """Return how a study ended all of whose runs have had their turn.

    Args:
        folder: The folder of the study.
        failed: A sentence for each run that has failed.
        left_alone: Likewise, that another process is at work on.
        runs: How many there are.

    Raises:
        MachineError: Some have failed; names them, and what was left alone.
    """
    if failed:
        more = f"; and {len(failed) - MOST_NAMED} more" if len(failed) > MOST_NAMED else ""
        rest = "the others are done" if not left_alone else "others are being written"
        others = f", {rest}" if len(failed) < runs else ""
        raise MachineError(
            f"{len(failed)} of {count(runs, 'run')} failed{others}: "
            f"{'; '.join(failed[:MOST_NAMED])}{more}{_also(left_alone)}"
        )
    return Outcome(folder, "done", left_alone)


def _also(left_alone: Sequence[str]) -> str:
    """Say which runs were left alone, after those that have failed."""
    return f". Left alone: {'; '.join(left_alone[:MOST_NAMED])}" if left_alone else ""


def _go_on(
    study: Study,
    index: int,
    settings: Settings,
    watch: Watch,
    stop: threading.Event,
    goes_on: GoesOn,
) -> Outcome:
    """Begin a run of a study, or go on with it; one that is done says so at once."""
    member = study.members[index - 1]
    own_watch = partial(_watch_run, watch, f"{member.name} ({index} of {len(study.members)})")
    if member.folder.exists():
        return resume(member.folder, own_watch, stop, *goes_on)
    own = replace(settings_of_run(settings, member.differs), out=str(member.folder))
    try:
        return start(own.elsewhere(goes_on.place), own_watch, stop, study.command)
    except AlreadyThereError:  # another process began it this moment
        return resume(member.folder, own_watch, stop, *goes_on)


def _watch_run(watch: Watch, name: str, progress: Progress) -> None:
    """Pass on the progress of one run, with what the run is called in the study."""
    watch(progress._replace(member=name))
