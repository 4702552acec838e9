"""Tasks by name: ours, gymnasium's environments, and the user's own.

Environments are named `gym:ID`, the user's tasks `module:Class` or `path/to/file.py:Class`.
Modules are imported when one of their tasks is first asked for, so that listing names is cheap.
"""

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import InputError, MachineError, did_you_mean
from .catalogue import CATALOGUE
from .gym import GYM
from .task import Task, TaskSettings, task_problem
from .user_code import describe, module_at, modules_of


def names() -> tuple[str, ...]:
    """Return the names of the built-in tasks, without loading any."""
    return tuple(CATALOGUE)


def load(spec: str, settings: TaskSettings | None = None) -> Task:
    """Make a task.

    Args:
        spec: A name of `names()`, `gym:ID`, `gym:module:ID`, `module:Class`, or
            `path/to/file.py:Class`.
        settings: What the user has set; the task's own choices otherwise.

    Raises:
        InputError: No such task, environment, module, file or class; or a setting that the task
            refuses; or the user's own class fails.
    """
    settings = settings or TaskSettings()
    if spec.startswith(GYM):
        return _environment(spec.removeprefix(GYM), settings)
    chosen = find(spec).chosen_by(settings)
    try:
        task = chosen(settings)
        wrong = task_problem(task)
    except (InputError, MachineError):
        raise
    except (Exception, SystemExit) as error:
        if spec in CATALOGUE:  # an error of ours, not of the user's
            raise
        raise InputError(f"task {spec!r}: {describe(error, modules_of(chosen))}") from error
    if wrong is not None:
        raise InputError(f"task {getattr(task, 'name', spec)}: {wrong}")
    return task


def is_own(spec: str) -> bool:
    """Return whether the name of a task names code of the user's that is to be imported."""
    return ":" in spec.removeprefix(GYM)


def is_own_wrapper(text: str) -> bool:
    """Return whether the name of a wrapper of an environment names code of the user's."""
    return ":" in text


def find(spec: str) -> type[Task]:
    """Find the class that a task's name stands for.

    Raises:
        InputError: No such task, module, file or class.
    """
    if spec in CATALOGUE:
        module, name, _ = CATALOGUE[spec]
        found: type[Task] = getattr(importlib.import_module(f".{module}", __package__), name)
        return found
    where, _, name = spec.rpartition(":")
    if spec.endswith(".py"):
        raise InputError(f"task {spec!r} is a file: its class is given as {spec}:Class")
    if not where:
        raise InputError(
            f"unknown task {spec!r}{did_you_mean(spec, CATALOGUE)}; "
            "your own is given as module:Class or path/to/file.py:Class"
        )
    return _class(module_at(where, "task"), name, spec)


def _environment(name: str, settings: TaskSettings) -> Task:
    from .gym.gymnasium_task import GymnasiumTask

    module, _, identifier = name.rpartition(":")
    if module.endswith(".py"):
        raise InputError(
            f"environment {name!r}: the module that registers it is named as Python imports it, without "
            f".py, from the working folder: gym:{Path(module).stem}:{identifier}"
        )
    if module:
        module_at(module, "task")
    return GymnasiumTask(name, settings)


def _class(module: ModuleType, name: str, spec: str) -> type[Task]:
    there = [
        key
        for key, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, Task)
        and value.__module__ == module.__name__  # not one that was imported there
    ]
    found: Any = getattr(module, name, None)
    if found is None:
        hint = did_you_mean(name, there) if there else " (it has no tasks)"
        raise InputError(f"task {spec!r}: there is no class {name!r}{hint}")
    if not (isinstance(found, type) and issubclass(found, Task)):
        raise InputError(
            f"task {spec!r}: {name} is not a task (it must be a subclass of spikevolve.tasks.Task, "
            "such as Classification, Regression, Control or PythonTask)"
        )
    missing = sorted(getattr(found, "__abstractmethods__", ()))
    if missing:
        raise InputError(f"task {spec!r}: {name} must define {missing[0]}()")
    return found
