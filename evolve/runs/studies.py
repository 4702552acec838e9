"""Studies: one search after another, for each seed, each fold of a cross-validation, or both."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from ...results.store.study import (
    Study,
    begun_runs,
    change_study,
    create_study,
    open_study,
    read_study,
)
from .new_limits import NO_LIMITS, changes, limits_to_come, with_limits
from .prepare import prepare
from .prepared_again import NOT_NAMED, OwnCode, named_again, with_parts
from .run import Outcome, Watch, check_place, resume, say_nothing, start
from .run_folder import run_folder
from .run_state import Progress
from .setting_kinds import numbers_of
from .settings import AS_BEFORE, LIMITS, Settings, settings_from


class _GoesOn(NamedTuple):
    """What `resume` is told of every run of a study that has begun."""

    named: OwnCode
    limits: Mapping[str, Any] = NO_LIMITS
    place: Mapping[str, Any] = AS_BEFORE


def is_for_study(settings: Settings) -> bool:
    """Return whether settings ask for more than one run: for seeds, or for all of the folds."""
    return settings.seeds is not None or (settings.folds is not None and settings.fold is None)


def runs_of_study(settings: Settings) -> list[dict[str, int]]:
    """Return what sets each run of a study apart: `seed`, `fold` or both; all folds of a seed together."""
    seeds = [{}] if settings.seeds is None else [{"seed": n} for n in numbers_of(settings.seeds)]
    if settings.folds is None or settings.fold is not None:
        return seeds
    return [{**seed, "fold": n} for seed in seeds for n in range(1, settings.folds + 1)]


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
    runs = runs_of_study(settings)
    prepare(_of_run(settings, runs[0]))  # refuses what is wrong before there is a folder
    check_place(settings)
    folder = run_folder(settings)
    create_study(folder, command, settings.to_json(), runs)
    begun(folder)
    named = OwnCode(settings.task, settings.wrap, settings.selection, settings.parents)
    return _carry_on(folder, read_study(folder), settings, watch, stop, _GoesOn(named))


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
    study = open_study(folder)
    began_with = settings_from(study.settings)
    settings = with_parts(folder, named_again(folder, began_with, named), named)
    for run in begun_runs(folder):  # refuses what is wrong before one of them goes on
        limits_to_come(run, limits)
    if limits and with_limits(began_with, limits) != began_with:
        change_study(folder, changes(study.manifest, with_limits(began_with, limits), None))
        study = read_study(folder)
    if "limits" in study.manifest:  # for runs that had not come to them when they were stopped
        limits = {n: limit for n, limit in study.manifest["limits"][-1].items() if n in LIMITS}
    goes_on = _GoesOn(named, limits, place)
    return _carry_on(folder, study, with_limits(settings, limits), watch, stop, goes_on)


def _of_run(settings: Settings, differs: dict[str, int]) -> Settings:
    """Return the settings of one run of a study."""
    seed, fold = differs.get("seed", settings.seed), differs.get("fold", settings.fold)
    return replace(settings, seeds=None, seed=seed, fold=fold)


def _carry_on(
    folder: Path,
    study: Study,
    settings: Settings,
    watch: Watch,
    stop: threading.Event,
    goes_on: _GoesOn,
) -> Outcome:
    """Make one run after another until all are done or one is stopped."""
    count = len(study.members)
    for number, member in enumerate(study.members, 1):
        own_watch = partial(_watch_run, watch, f"{member.name} ({number} of {count})")
        if member.folder.exists():  # a run that is done says so at once
            outcome = resume(member.folder, own_watch, stop, *goes_on)
        else:
            own = replace(_of_run(settings, dict(member.differs)), out=str(member.folder))
            outcome = start(own.elsewhere(goes_on.place), own_watch, stop, study.command)
        if outcome.state != "done":
            return Outcome(folder, outcome.state)
    return Outcome(folder, "done")


def _watch_run(watch: Watch, name: str, progress: Progress) -> None:
    """Pass on the progress of one run, with what the run is called in the study."""
    watch(progress._replace(member=name))
