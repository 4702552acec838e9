"""Runs started and resumed from Python, by the words of the command line."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from ...errors import InputError, did_you_mean
from ...tasks.task import Task
from ..runs.prepare import Prepared, prepare
from ..runs.prepared_again import own_code
from ..runs.run import Watch, start
from ..runs.run import resume as go_on
from ..runs.run_folder import run_folder
from ..runs.run_state import Progress
from ..runs.settings import LIMITS, Settings, settings_from
from .stored_run import Run

#: Gets the progress after every generation; what it returns stops the run if it is true.
Callback = Callable[[Progress], object]

#: A task by its name, a path such as `mine.py:Parity`, or the class of a task of one's own.
TaskName = str | Path | type[Task]


def run(task: TaskName, *, callback: Callback | None = None, **settings: Any) -> Run:
    """Evolve networks for a task, as `spikevolve run` does, without a word on the terminal.

    Args:
        task: Name of a task, `path/to/file.py:Class`, or the class of a task of one's own.
        callback: Called after every generation with a `Progress`; the run stops, to be resumed later,
            where it returns something true. What it raises ends the run as a kill would.
        settings: The words of the command line, with `_` for `-`: `population=50`, `minutes=2`,
            `constraint=["synapses <= 10"]`, `ranges={"max_hidden": 5}`, `out="runs/first"`. What is left
            out, the task chooses.

    Returns:
        The run: `done`, or `stopped` by the callback.

    Raises:
        InputError: A setting, the data or the folder is wrong.
        MachineError: The disk or the cluster failed; what was committed is safe.
    """
    given = settings_of(task, settings)
    _refuse_several(given)
    command = ["spikevolve.run", given.task, *(f"{name}={v!r}" for name, v in settings.items())]
    stop = threading.Event()
    with_folder = replace(given, out=str(run_folder(given)))
    return Run(start(with_folder, _watch(callback, stop), stop, command).folder)


def resume(
    folder: str | Path,
    *,
    callback: Callback | None = None,
    task: TaskName | None = None,
    wrap: Sequence[str] | None = None,
    selection: str | None = None,
    parents: str | None = None,
    **limits: float,
) -> Run:
    """Carry a stopped or killed run on to its end, or any run to another end, as `spikevolve resume` does.

    Args:
        folder: The run folder.
        callback: As of `run`.
        task: A task of one's own, named again: code that a run folder names is never imported.
        wrap: All wrappers of the environment, named again if one of them is one's own.
        selection: A selection of survivors of one's own, named again.
        parents: A selection of parents of one's own, named again.
        limits: `generations`, `evaluations`, `minutes`, `target` or `patience`, counted from the start of
            the run. They take the place of all that it had.

    Raises:
        InputError: Not a run, being written by another process, its data have changed, or it has passed
            a limit.
        MachineError: The disk or the cluster failed; what was committed is safe.
    """
    for name in limits:
        if name not in LIMITS:
            raise InputError(f"{name!r} is no limit of a run{did_you_mean(name, LIMITS)}")
    stop, own_task = threading.Event(), None if task is None else task_name(task)
    named = own_code(own_task, wrap, selection, parents)
    return Run(go_on(Path(folder), _watch(callback, stop), stop, named, limits).folder)


def prepare_search(task: TaskName, **settings: Any) -> Prepared:
    """Load a task and resolve everything that the settings leave open, for a loop of one's own.

    Args:
        task: As of `run`.
        settings: As of `run`. `gradient` is `off` and `searches` 1 unless they are given: a loop of one's own
            has no workers on which networks learn, and a single search.

    Returns:
        The `task`, its data loaded, and the settings of a `Search` as `search`.

    Raises:
        InputError: A setting or the data are wrong, or networks were to learn, or searches to be several.
    """
    given = settings_of(task, {"gradient": "off", "searches": 1, **settings})
    if given.gradient != "off":
        raise InputError(
            f"gradient is {given.gradient!r}, but in a loop of your own networks do not learn: it must "
            "be 'off'; `run` evolves networks that learn"
        )
    if (given.searches or 1) > 1 or (given.islands or 1) > 1:
        name, value = (
            ("searches", given.searches) if given.islands is None else ("islands", given.islands)
        )
        raise InputError(
            f"{name} is {value}, but a loop of your own is a single search: it must be 1; `run` makes several"
        )
    return prepare(given)


def settings_of(task: TaskName, settings: Mapping[str, Any]) -> Settings:
    """Return checked settings of the words of Python: paths as texts, one constraint as a list.

    Raises:
        InputError: A word is unknown (names the nearest) or a value is not allowed.
    """
    words = {name: _plain(value) for name, value in settings.items()}
    if isinstance(words.get("constraint"), str):
        words["constraint"] = [words["constraint"]]
    return settings_from({"task": task_name(task), **words})


def task_name(task: TaskName) -> str:
    """Return the text that names a task."""
    if isinstance(task, type):
        return f"{task.__module__}:{task.__qualname__}"
    return str(task)


def _plain(value: object) -> object:
    return fspath(value) if isinstance(value, PathLike) else value


def _refuse_several(settings: Settings) -> None:
    if settings.seeds is not None:
        raise InputError(
            f"seeds is {settings.seeds!r}, which makes a run for each: give seed instead, one at a time, or "
            "start the study by `spikevolve run --seeds` and read it with load_all"
        )
    if settings.folds is not None and settings.fold is None:
        raise InputError(
            f"folds is {settings.folds}, which makes {settings.folds} runs: give fold, too, from 1 to "
            f"{settings.folds}, for each of them"
        )


def _watch(callback: Callback | None, stop: threading.Event) -> Watch:
    def watch(progress: Progress) -> None:
        if callback is not None and callback(progress):
            stop.set()

    return watch
