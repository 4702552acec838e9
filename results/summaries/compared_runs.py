"""Groups of runs to be compared, as a user names them, read from their folders."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..store.folder import read_manifest, run_values
from ..store.reader import read_table
from ..store.study import find_runs, is_study, read_study
from .front_rows import Row
from .run_names import Objective, ScoreNames, objectives, score_names
from .run_report import build_report


class RunFacts(NamedTuple):
    """What a comparison knows of one run.

    Attributes:
        folder: Its folder.
        key: Seed, split and fold, by which runs of two groups make pairs.
        done: Whether it has ended.
        about: Task, SHA-256 of the data and name of the test score, equal in all that are compared.
        scores: Names of its scores.
        objectives: What it searched for.
        champion: Its row of the front; empty where there is none.
        front: Points of the front by objective, (networks,) float64 each.
        cost: (generations,) float64, what it had taken after each generation, in evaluations.
        best: (generations,) float64, the best score on training data by then; NaN before the first.
    """

    folder: Path
    key: tuple[int, int, int | None]
    done: bool
    about: tuple[object, ...]
    scores: ScoreNames
    objectives: tuple[Objective, ...]
    champion: Row
    front: Mapping[str, NDArray[np.float64]]
    cost: NDArray[np.float64]
    best: NDArray[np.float64]


class Group(NamedTuple):
    """Runs that are one group: a run, those of a study, or those that a pattern matches.

    Attributes:
        name: What it is called.
        runs: Those that can be read.
        damaged: Why others of a study cannot be read, a sentence for each; with the first group of the study stand
            those of groups that have no other run.
    """

    name: str
    runs: list[RunFacts]
    damaged: Sequence[str] = ()


def read_groups(given: Sequence[str]) -> list[Group]:
    """Read the groups that a user names.

    Args:
        given: Run folders, folders of studies, or patterns, a group each; of a sweep a group for each combination
            of settings.

    Raises:
        InputError: One matches no run, or none that can be read, or they are of different tasks, data or scores.
    """
    names = _names(given)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"{twice} is given twice: every group of runs is named once")
    groups = [
        group for name, path in zip(names, given, strict=True) for group in _groups_of(name, path)
    ]
    runs = [run for group in groups for run in group.runs]
    for place, what in enumerate(("tasks", "data", "scores")):
        for other in runs[1:]:
            if other.about[place] != runs[0].about[place]:
                raise InputError(
                    f"runs of different {what} are not compared: {runs[0].folder} has "
                    f"{runs[0].about[place]}, {other.folder} has {other.about[place]}"
                )
    return groups


def _groups_of(name: str, path: str) -> list[Group]:
    """Return the groups that a user names at once; of a study without its runs that cannot be read.

    Raises:
        InputError: There is no run, or none that can be read.
    """
    found = find_runs(path)
    if not is_study(Path(path)):
        return [Group(name, [_facts(run) for run in found])]
    groups = [
        _group(f"{name}: {settings}" if settings else name, [m.folder for m in members if m.begun])
        for settings, members in read_study(Path(path)).groups.items()
    ]
    readable = [group for group in groups if group.runs]
    unread = [why for group in groups if not group.runs for why in group.damaged]
    if not readable:
        raise InputError(unread[0])
    first, *others = readable
    return [first._replace(damaged=[*unread, *first.damaged]), *others]


def _group(name: str, folders: Sequence[Path]) -> Group:
    """Read the runs of a group, and keep apart those that cannot be read."""
    runs, damaged = [], []
    for folder in folders:
        try:
            runs.append(_facts(folder))
        except InputError as error:
            damaged.append(str(error))
    return Group(name, runs, damaged)


def _names(given: Sequence[str]) -> list[str]:
    """Return what groups are called: their paths, without the folders that all lie in."""
    paths = [os.path.abspath(path) for path in given]
    shared = os.path.dirname(os.path.commonpath(paths)) if len(set(paths)) == 1 else None
    return [os.path.relpath(path, shared or os.path.commonpath(paths)) for path in paths]


def _facts(folder: Path) -> RunFacts:
    manifest: dict[str, Any] = read_manifest(folder)
    values, report = run_values(folder, manifest), build_report(folder)
    scores = score_names(manifest["task"])
    generations = read_table(folder, "generations", ["cost", "best_score"])
    compared = objectives(manifest["settings"])
    front = {
        objective.name: np.array([_mean(row, objective.name) for row in report["front"]], float)
        for objective in compared
    }
    return RunFacts(
        folder=folder,
        key=(values["seed"], values["split"], values["fold"]),
        done=report["state"] == "done",
        about=(values["task"], manifest.get("data_sha256"), scores.test),
        scores=scores,
        objectives=compared,
        champion=report["champion"] or {},
        front=front,
        cost=generations["cost"].to_numpy(float),
        best=generations["best_score"].to_numpy(float),
    )


def _mean(row: Row, name: str) -> float | None:
    value: float | None = row["mean_score"] if name == "score" else None
    return row[name] if value is None else value
