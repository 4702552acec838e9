"""From settings to the parts of a run: the task, the settings of its search, its limits."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, NamedTuple

from ...errors import InputError, did_you_mean
from ...genomes import InitialSettings, MutationRates, Profile, profile
from ...tasks import registry
from ...tasks.task import Task, TaskSettings
from ..search.objectives import constraint
from ..search.settings import SearchSettings
from .limits import Limits
from .search_defaults import search_defaults
from .search_parts import parent_selection, survivor_selection, weighted_objectives
from .settings import Settings

#: How many generations' fresh data must have confirmed an individual before it is archived: the
#: best of many that are measured once has been lucky.
ARCHIVE_EVALUATIONS = 3

#: Settings that the search takes as they are.
_SEARCH_WORDS = (
    "population",
    "elites",
    "crossover",
    "mutations",
    "seed",
)


class Prepared(NamedTuple):
    """The parts of a run that settings stand for.

    Attributes:
        settings: Completed from the task's defaults.
        task: The task, its data loaded.
        search: Settings of the search.
        limits: When it ends.
    """

    settings: Settings
    task: Task
    search: SearchSettings
    limits: Limits


def prepare(settings: Settings, measured: Mapping[str, Any] | None = None) -> Prepared:
    """Load the task and resolve everything that the user left open.

    Args:
        settings: What the user has set.
        measured: What the task measured when the run began, if it is taken up again.

    Raises:
        InputError: The task, its data, the profile or one of their settings is wrong.
    """
    # The task first, with the profile as the user gives it: what suits the task decides the rest.
    given = _task_settings(settings, profile(settings.profile, settings.ranges))
    task = registry.load(settings.task, replace(given, measured=measured))
    settings = settings.completed(search_defaults(task))
    _check_racing(settings, task)
    _check_target(settings, task)
    # A task that gives charges needs inputs with a potential, whatever the profile says.
    inputs = {"inputs": "neurons"} if task.input_kind == "charges" else {}
    chip = profile(settings.profile, {**settings.ranges, **inputs})
    chip = replace(chip, traits=task.traits)
    limits = Limits(
        generations=settings.generations,
        evaluations=settings.evaluations,
        seconds=None if settings.minutes is None else settings.minutes * 60,
        target=settings.target,
    )
    return Prepared(settings, task, _search_settings(settings, task, chip), limits)


def _check_racing(settings: Settings, task: Task) -> None:
    """Refuse a race that nobody could lose, or that might leave no parents."""
    if settings.racing is None:
        return
    if task.episodes is None:
        raise InputError(
            f"racing is {settings.racing}, but task {task.name} has samples instead of episodes"
        )
    if settings.racing >= task.episodes:
        raise InputError(
            f"racing is {settings.racing}, but it must be below the number of episodes, "
            f"{task.episodes}"
        )
    if task.fresh and settings.elites == 0:
        raise InputError(
            "racing wants at least 1 elite where episodes are fresh: all newborns may lose"
        )


def _check_target(settings: Settings, task: Task) -> None:
    """Refuse a target that no network can reach: the search might never end."""
    highest = task.score_range[1]
    if settings.target is not None and settings.target > highest:
        raise InputError(
            f"target is {settings.target:g}, but the scores of task {task.name} end at {highest:g}"
        )


def _task_settings(settings: Settings, chip: Profile) -> TaskSettings:
    """Return what the task needs to know: settings of the same names, and the profile."""
    shared = {f.name for f in fields(Settings)} & {f.name for f in fields(TaskSettings)}
    given: dict[str, Any] = {name: getattr(settings, name) for name in shared}
    given["fold"] = settings.fold or 1  # a cross-validation is tried with its first fold
    return TaskSettings(
        **given,
        arithmetic=chip.arithmetic,
        grid=chip.weight.grid,
        inputs=chip.inputs,
        full_charge=chip.full_charge,
        max_charge=chip.max_charge,
    )


def _search_settings(settings: Settings, task: Task, chip: Profile) -> SearchSettings:
    """Return the settings of the search, of settings that are complete."""
    chosen: dict[str, Any] = {name: getattr(settings, name) for name in _SEARCH_WORDS}
    initial: dict[str, Any] = {name: getattr(settings, name) for name in ("hidden", "density")}
    parents = parent_selection(settings.parents or "", settings.tournament, settings.by_merit)
    if parents.asks_for_cases and type(task).case_scores is Task.case_scores:
        raise InputError(
            f"parents is {settings.parents!r}, which asks for a score in every sample or episode, but "
            f"task {task.name} gives none"
        )
    return SearchSettings(
        inputs=task.inputs,
        outputs=task.outputs,
        profile=chip,
        chance_score=task.chance_score,
        fresh=task.fresh,
        archive_evaluations=ARCHIVE_EVALUATIONS if task.fresh else 1,
        objectives=weighted_objectives(settings.objectives or "", settings.weights),
        constraints=tuple(map(constraint, settings.constraint or ())),
        selection=survivor_selection(settings.selection or ""),
        parents=parents,
        initial=InitialSettings(**initial),
        rates=mutation_rates(settings.rates).fitting(chip),
        **chosen,
    )


def mutation_rates(rates: Mapping[str, Any]) -> MutationRates:
    """Return the usual rates with some of them replaced.

    Raises:
        InputError: There is no such mutation (names the nearest), or a rate is not allowed.
    """
    names = [field.name for field in fields(MutationRates)]
    for name in rates:
        if name not in names:
            raise InputError(f"rates: there is no mutation {name!r}{did_you_mean(name, names)}")
    return MutationRates(**rates)
