"""One call for every time that a scheduler starts a job: a run is started, goes on, or is done."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import InputError
from ...results.store.atomic_files import AlreadyThereError
from ...results.store.folder import MANIFEST, read_commit, read_manifest
from ...results.store.study import is_study, read_study
from .grid import NO_GRID, Grid, is_for_study
from .new_limits import limits_to_come
from .prepare import prepare
from .prepared_again import OwnCode
from .run import Outcome, Watch, resume, say_nothing, start
from .run_folder import run_folder
from .settings import ELSEWHERE, LIMITS, Settings
from .studies import GoesOn, lay_out, resume_study, start_study

#: What may differ when a run goes on: how long, where, and what it is called by.
_MAY_DIFFER = (*LIMITS, *ELSEWHERE, "out", "evaluation_seconds")
#: Named again where they are the user's own; their files may lie elsewhere by now.
_NAMED_AGAIN = ("task", "wrap", "selection", "parents")


def begin(
    settings: Settings,
    watch: Watch,
    stop: threading.Event,
    command: Sequence[str] = (),
    begun: Callable[[Path], None] = say_nothing,
) -> Outcome:
    """Start a run, or a study where settings ask for several; arguments and errors as of `start`."""
    return (start_study if is_for_study(settings) else start)(settings, watch, stop, command, begun)


def begin_or_go_on(
    settings: Settings,
    watch: Watch,
    stop: threading.Event,
    command: Sequence[str] = (),
    begun: Callable[[Path], None] = say_nothing,
) -> Outcome:
    """Start a run or study, or go on with it where its folder is there; nothing is done where it is done.

    Args:
        settings: As of `start`; of a run that is there limits, engine, workers and address may be others.
        watch: As of `start`.
        stop: As of `start`.
        command: As of `start`.
        begun: Called with the run folder, new or not.

    Raises:
        InputError: As `start` and `resume`; or the folder is of a run with other settings, which are named.
        MachineError: The disk or the cluster failed; what was committed is safe.
    """
    folder = run_folder(settings)
    study = is_study(folder)
    if not (study or os.path.lexists(folder / MANIFEST)):
        try:
            return begin(settings, watch, stop, command, begun)
        except AlreadyThereError:  # another process began it this moment
            study = is_study(folder)
    _refuse_other(folder, settings, _settings_of(folder, study), study)
    begun(folder)
    goes_on = as_said_now(settings)
    if not study and _is_beyond(folder, goes_on.limits):
        return Outcome(folder, "done")
    return (resume_study if study else resume)(folder, watch, stop, *goes_on)


def lay_out_or_find(settings: Settings, grid: Grid, command: Sequence[str] = ()) -> Path:
    """Make the folder of a study, or find it there, made by another process perhaps, with the same settings.

    Args:
        settings: As of `lay_out`; limits, engine, workers and address may be others.
        grid: As of `lay_out`.
        command: As of `lay_out`.

    Raises:
        InputError: As `lay_out`; or the folder is of a run, or of a study with other settings, which are named.
        MachineError: As `lay_out`.
    """
    folder = run_folder(settings)
    if not is_study(folder) and not os.path.lexists(folder / MANIFEST):
        try:
            return lay_out(settings, grid, command)
        except InputError:
            if not is_study(folder):
                raise
    study = is_study(folder)
    _refuse_other(folder, settings, _settings_of(folder, study), study, grid)
    return folder


def as_said_now(settings: Settings) -> GoesOn:
    """Return what a run that goes on is told of settings that are given once more."""
    return GoesOn(
        OwnCode(*(getattr(settings, name) for name in _NAMED_AGAIN)),
        {n: limit for n in LIMITS if (limit := getattr(settings, n)) is not None},
        {name: getattr(settings, name) for name in ELSEWHERE},
    )


def _is_beyond(folder: Path, limits: Mapping[str, Any]) -> bool:
    """Return whether a run is done and has gone further than limits, which `resume` would refuse."""
    if read_commit(folder).search.get("state") != "done":
        return False
    try:
        limits_to_come(folder, limits)
    except InputError:
        return True
    return False


def _settings_of(folder: Path, study: bool) -> Mapping[str, Any]:
    if study:
        return read_study(folder).settings
    said = read_manifest(folder).get("settings")
    if not isinstance(said, dict):
        raise InputError(f"{folder / MANIFEST} is damaged: settings must be an object")
    return said


def _refuse_other(
    folder: Path,
    settings: Settings,
    before: Mapping[str, Any],
    study: bool,
    grid: Grid = NO_GRID,
) -> None:
    """Raise InputError where a run or study began with other settings than it is to go on with."""
    if study != is_for_study(settings, grid):
        is_what, asked = ("a study", "a run") if study else ("a run", "a study")
        raise InputError(f"{folder} is {is_what}, and these settings are of {asked}")
    now = settings.to_json()
    names = ["task"] if before.get("task") != settings.task else [*now]
    if not study and names != ["task"]:
        # What the task and Spikevolve chose is compared, too: a default may have been set by hand.
        manifest: dict[str, Any] = read_manifest(folder)
        measured = manifest.get("task", {}).get("measured")
        now = prepare(settings, measured, manifest.get("given")).settings.to_json()
    others = [
        f"{name} is {now[name]!r}, it began with {before[name]!r}"
        for name in names
        if name not in _MAY_DIFFER and name in before and before[name] != now[name]
        # What is the user's own `resume` compares itself: its file may lie elsewhere by now.
        if name not in _NAMED_AGAIN or not _is_own(before[name])
    ]
    others += _differences(grid, read_study(folder).grid) if study else []
    if others:
        raise InputError(
            f"{folder} is {'a study' if study else 'a run'} of other settings: {'; '.join(others)}"
        )


def _differences(now: Grid, before: Grid) -> list[str]:
    """Say which settings of two grids differ."""

    def said(grid: Grid, name: str) -> str:
        return ", ".join(map(repr, grid[name])) if name in grid else "one value"

    return [
        f"{name} has {said(now, name)}, it began with {said(before, name)}"
        for name in {**now, **before}
        if list(now.get(name, ())) != list(before.get(name, ()))
    ]


def _is_own(value: object) -> bool:
    """Return whether a setting names code of the user's."""
    return any(":" in str(text) for text in (value if isinstance(value, list) else [value]))
