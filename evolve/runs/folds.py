"""Cross-validation: one search after another, each tested on the fold that it did not learn from."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ...results.store.cross_validation import (
    begun_folds,
    change_folds,
    create_folds,
    fold_folder,
    open_folds,
    read_folds,
)
from .checkpoint import NOT_NAMED, OwnParts, named_again, with_parts
from .new_limits import NO_LIMITS, changes, limits_to_come, with_limits
from .prepare import prepare
from .run import Outcome, Watch, resume, say_nothing, start
from .run_state import Progress
from .settings import LIMITS, Settings, run_folder, settings_from


def start_folds(
    settings: Settings,
    watch: Watch,
    stop: threading.Event,
    command: Sequence[str] = (),
    begun: Callable[[Path], None] = say_nothing,
) -> Outcome:
    """Start a cross-validation and carry it to its end, its runs in a folder of its own.

    Args:
        settings: What the user has set, `folds` among it.
        watch: Called after every generation.
        stop: The run commits and ends soon after this is set.
        command: The command line, for the manifests.
        begun: Called with the folder once there is one.

    Raises:
        InputError: A setting, the data or the folder is wrong, or nothing can be held out.
        MachineError: The disk or the cluster failed; what was committed is safe.
    """
    prepare(replace(settings, fold=1))  # refuses what is wrong before there is a folder
    folder = run_folder(settings)
    create_folds(folder, {"command": list(command), "settings": settings.to_json()})
    begun(folder)
    parts = OwnParts(settings.selection, settings.parents)
    return _carry_on(folder, settings, watch, stop, settings.task, parts, NO_LIMITS)


def resume_folds(
    folder: Path,
    watch: Watch,
    stop: threading.Event,
    task: str | None = None,
    parts: OwnParts = NOT_NAMED,
    limits: Mapping[str, Any] = NO_LIMITS,
) -> Outcome:
    """Go on with the first fold that is not done, and carry the others to their end.

    Args:
        folder: The folder of the cross-validation.
        watch: Called after every generation.
        stop: The run commits and ends soon after this is set.
        task: The user's own task, named again: code named by a folder is never imported.
        parts: The user's own parts of the search, named again.
        limits: New ones for every fold, as for `resume`; folds that are done go on, too.

    Raises:
        InputError: As `resume`, of any of its runs.
        MachineError: The disk or the cluster failed; what was committed is safe.
    """
    manifest = open_folds(folder)
    began_with = settings_from(manifest["settings"])
    settings = with_parts(folder, named_again(folder, began_with, task), parts)
    for run in begun_folds(folder).values():  # refuses what is wrong before one of them goes on
        limits_to_come(run, limits)
    if limits and with_limits(began_with, limits) != began_with:
        manifest |= changes(manifest, with_limits(began_with, limits), None)
        change_folds(folder, manifest)
    if (
        "limits" in manifest
    ):  # a fold that has not come to them before the folds were stopped goes on, too
        limits = {name: limit for name, limit in manifest["limits"][-1].items() if name in LIMITS}
    settings = with_limits(settings, limits)
    return _carry_on(folder, settings, watch, stop, task, parts, limits)


def _carry_on(
    folder: Path,
    settings: Settings,
    watch: Watch,
    stop: threading.Event,
    task: str | None,
    parts: OwnParts,
    limits: Mapping[str, Any],
) -> Outcome:
    """Run one fold after another until all are done or one is stopped."""
    folds = settings.folds or 0
    for number in range(1, folds + 1):
        own_watch = partial(_watch_fold, watch, (number, folds))
        own_folder = fold_folder(folder, number)
        if own_folder.exists():  # a run that is done says so at once
            outcome = resume(own_folder, own_watch, stop, task, parts, limits)
        else:
            command = read_folds(folder)["command"]
            own = replace(settings, fold=number, out=str(own_folder))
            outcome = start(own, own_watch, stop, command)
        if outcome.state != "done":
            return Outcome(folder, outcome.state)
    return Outcome(folder, "done")


def _watch_fold(watch: Watch, fold: tuple[int, int], progress: Progress) -> None:
    """Pass on the progress of one fold, with its number and how many there are."""
    watch(progress._replace(fold=fold))
