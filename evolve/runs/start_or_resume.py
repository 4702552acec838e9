"""One call for every time that a scheduler starts a job: a run is started, goes on, or is done."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import InputError
from ...results.store.folder import MANIFEST, read_commit, read_manifest
from ...results.store.study import is_study, read_study
from .new_limits import limits_to_come
from .prepare import prepare
from .prepared_again import OwnCode
from .run import Outcome, Watch, resume, say_nothing, start
from .run_folder import run_folder
from .settings import ELSEWHERE, LIMITS, Settings
from .studies import is_for_study, resume_study, start_study

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
        return begin(settings, watch, stop, command, begun)
    _refuse_other(folder, settings, _settings_of(folder, study), study)
    begun(folder)
    named = OwnCode(*(getattr(settings, name) for name in _NAMED_AGAIN))
    limits = {n: limit for n in LIMITS if (limit := getattr(settings, n)) is not None}
    place = {name: getattr(settings, name) for name in ELSEWHERE}
    if not study and _is_beyond(folder, limits):
        return Outcome(folder, "done")
    go_on = resume_study if study else resume
    return go_on(folder, watch, stop, named, limits, place)


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


def _refuse_other(folder: Path, settings: Settings, before: Mapping[str, Any], study: bool) -> None:
    """Raise InputError where a run began with other settings than it is to go on with."""
    if study != is_for_study(settings):
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
    if others:
        raise InputError(f"{folder} is a run of other settings: {'; '.join(others)}")


def _is_own(value: object) -> bool:
    """Return whether a setting names code of the user's."""
    return any(":" in str(text) for text in (value if isinstance(value, list) else [value]))
