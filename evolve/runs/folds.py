"""Cross-validation: one search after another, each tested on the fold that it did not learn from."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from ...results.store.cross_validation import create_folds, fold_folder, open_folds, read_folds
from .checkpoint import NOT_NAMED, OwnParts, named_again, with_parts
from .prepare import prepare
from .run import Outcome, Watch, resume, start
from .run_state import Progress
from .settings import Settings, run_folder, settings_from


def start_folds(
    settings: Settings, watch: Watch, stop: threading.Event, command: Sequence[str] = ()
) -> Outcome:
    """Start a cross-validation and carry it to its end, its runs in a folder of its own.

    Args:
        settings: What the user has set, `folds` among it.
        watch: Called after every generation.
        stop: The run commits and ends soon after this is set.
        command: The command line, for the manifests.

    Raises:
        InputError: A setting, the data or the folder is wrong, or nothing can be held out.
        MachineError: The disk or the cluster failed; what was committed is safe.
    """
    prepare(replace(settings, fold=1))  # refuses what is wrong before there is a folder
    folder = run_folder(settings)
    create_folds(folder, {"command": list(command), "settings": settings.to_json()})
    parts = OwnParts(settings.selection, settings.parents)
    return _carry_on(folder, settings, watch, stop, settings.task, parts)


def resume_folds(
    folder: Path,
    watch: Watch,
    stop: threading.Event,
    task: str | None = None,
    parts: OwnParts = NOT_NAMED,
) -> Outcome:
    """Go on with the first fold that is not done, and carry the others to their end.

    Args:
        folder: The folder of the cross-validation.
        watch: Called after every generation.
        stop: The run commits and ends soon after this is set.
        task: The user's own task, named again: code named by a folder is never imported.
        parts: The user's own parts of the search, named again.

    Raises:
        InputError: As `resume`, of any of its runs.
        MachineError: The disk or the cluster failed; what was committed is safe.
    """
    settings = named_again(folder, settings_from(open_folds(folder)["settings"]), task)
    settings = with_parts(folder, settings, parts)
    return _carry_on(folder, settings, watch, stop, task, parts)


def _carry_on(
    folder: Path,
    settings: Settings,
    watch: Watch,
    stop: threading.Event,
    task: str | None,
    parts: OwnParts,
) -> Outcome:
    """Run one fold after another until all are done or one is stopped."""
    folds = settings.folds or 0
    for number in range(1, folds + 1):
        own_watch = partial(_watch_fold, watch, (number, folds))
        own_folder = fold_folder(folder, number)
        if own_folder.exists():  # a run that is done says so at once
            outcome = resume(own_folder, own_watch, stop, task, parts)
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
