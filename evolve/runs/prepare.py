"""From settings to the parts of a run: the task, the profile, the search and its selections."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple

from ...errors import InputError, did_you_mean
from ...genomes import MutationRates, Profile, profile
from ...tasks import registry
from ...tasks.task import Task, TaskSettings
from ...tasks.text_form import parse
from ...tasks.user_code import module_at, source_digest
from ..evaluation.learn import MODELS
from ..search.objectives import Objective, constraint, objectives
from ..search.search_settings import LearningSettings, SearchSettings
from ..search.selection import PARENTS, SURVIVORS, ParentSelection, SurvivorSelection, Tournament
from ..search.selection.own import OwnParents, OwnSurvivors
from .learning_defaults import learning_settings, why_not_learned, with_learnable_neurons
from .many_searches import check_indices, initial_settings, island_settings, tournament_settings
from .presets import preset_defaults
from .run_state import Limits
from .search_defaults import search_defaults
from .settings import Settings
from .start_from import Given, from_json, given_networks

#: Settings that name a part, and the parts of each that there are.
PARTS: Mapping[str, Mapping[str, Any]] = {"selection": SURVIVORS, "parents": PARENTS}

_CHOOSES = {"selection": "survivors", "parents": "parents"}


def survivor_selection(text: str) -> SurvivorSelection:
    """Return the selection of survivors that a text names.

    Raises:
        InputError: There is none, or a setting of it is not allowed.
    """
    if is_own("selection", text):
        return OwnSurvivors(text, _function(text, "selection"))
    _check_kind("selection", text)
    return parse(text, SURVIVORS, "selection")


def parent_selection(text: str, tournament: int | None, by_merit: float | None) -> ParentSelection:
    """Return the selection of parents that a text names.

    Args:
        text: The text.
        tournament: Individuals per tournament, where it is tournaments.
        by_merit: Share of the tournaments that the score decides, where it is tournaments.

    Raises:
        InputError: There is none, or a setting of it is not allowed.
    """
    if is_own("parents", text):
        return OwnParents(text, _function(text, "parents"))
    _check_kind("parents", text)
    if text == Tournament.name:
        return Tournament(tournament or Tournament.size, by_merit or 0.0)
    found = parse(text, PARENTS, "parents")
    if isinstance(found, Tournament):
        raise InputError(
            f"parents is {text!r}, but what tournaments are is said by --tournament and --by-merit"
        )
    return found


def weighted_objectives(text: str, weights: str | Sequence[float] | None) -> tuple[Objective, ...]:
    """Return the objectives that a text names, with their weights.

    Args:
        text: `NAME,NAME,…`.
        weights: `NAME=X,…`, or three numbers: the weights of score, spikes and latency.

    Raises:
        InputError: A name or a weight is wrong.
    """
    if weights is None:
        return objectives(text)
    if isinstance(weights, str) and "=" not in weights:
        weights = _three_numbers(weights)
    if isinstance(weights, str):
        return objectives(text, _weights(weights))
    return objectives(text, dict(zip(("score", "spikes", "latency"), weights, strict=True)))


def is_own(setting: str, text: str) -> bool:
    """Return whether a text names code of the user's that is to be imported.

    Args:
        setting: `selection` or `parents`.
        text: Its value.
    """
    return ":" in text and text.partition(":")[0] not in {*SURVIVORS, *PARENTS}


def own_parts(settings: Settings) -> dict[str, str]:
    """Return the texts of the settings that name parts of the user's own, by setting."""
    given = {name: getattr(settings, name) for name in PARTS}
    return {name: text for name, text in given.items() if text and is_own(name, text)}


def own_source_digest(*parts: object) -> str | None:
    """Return the SHA-256 (hex) of the files that the user's own parts are from, or None."""
    functions = [part.function for part in parts if isinstance(part, OwnSurvivors | OwnParents)]
    return source_digest([function.__module__ for function in functions])


def _check_kind(setting: str, text: str) -> None:
    """Raise InputError where a text names a part of the other kind, or none."""
    name = text.partition(":")[0].strip()
    for other, known in PARTS.items():
        if other != setting and name in known:
            raise InputError(
                f"{setting} is {text!r}, but that chooses {_CHOOSES[other]}: say --{other} {text}"
            )
    if name not in PARTS[setting]:
        raise InputError(
            f"{setting}: there is no {name!r}{did_you_mean(name, PARTS[setting])}; "
            "your own is given as module:function or path/to/file.py:function"
        )


def _function(spec: str, setting: str) -> Callable[..., Any]:
    where, _, name = spec.rpartition(":")
    module = module_at(where, setting)
    found = getattr(module, name, None)
    if found is None:
        there = [key for key, value in vars(module).items() if callable(value)]
        hint = did_you_mean(name, there) if there else " (it has none)"
        raise InputError(f"{setting} {spec!r}: there is no function {name!r}{hint}")
    if not callable(found):
        raise InputError(f"{setting} {spec!r}: {name} is not a function")
    function: Callable[..., Any] = found
    return function


def _three_numbers(text: str) -> list[float] | str:
    """Return the numbers of a text that is three numbers, else the text."""
    try:
        found = [float(word) for word in text.replace(",", " ").split()]
    except ValueError:
        return text
    return found if len(found) == 3 else text


def _weights(text: str) -> dict[str, float]:
    """Return weights by name; a `-` before a name, as in the objectives, changes nothing."""
    found: dict[str, float] = {}
    for item in text.split(","):
        name, equals, number = (part.strip() for part in item.partition("="))
        name = name.removeprefix("-")
        if not equals:
            raise InputError(f"weights {text!r} must be NAME=X,…, such as score=1,spikes=0.001")
        if name in found:
            raise InputError(f"weights {text!r}: {name!r} is given twice")
        try:
            found[name] = float(number)
        except ValueError:
            found[name] = float("nan")
        if not abs(found[name]) < float("inf"):
            raise InputError(f"weights {text!r}: {number!r} must be a finite number")
    return found


#: How many generations' fresh data must have confirmed an individual before it is archived: the
#: best of many that are measured once has been lucky.
ARCHIVE_EVALUATIONS = 3

#: Settings that the search takes as they are.
_SEARCH_WORDS = (
    "population",
    "elites",
    "crossover",
    "mutations",
    "breeding_floor",
    "duplicates",
    "seed",
)


class Prepared(NamedTuple):
    """The parts of a run that settings stand for.

    Attributes:
        settings: Completed from the task's defaults.
        task: The task, its data loaded.
        search: Settings of the search.
        limits: When it ends.
        notes: What is to be said of the task, and of networks that it starts from, a sentence each.
    """

    settings: Settings
    task: Task
    search: SearchSettings
    limits: Limits
    notes: tuple[str, ...] = ()


def prepare(
    settings: Settings, measured: Mapping[str, Any] | None = None, kept: object = None
) -> Prepared:
    """Load the task and resolve everything that the user left open.

    Args:
        settings: What the user has set.
        measured: What the task measured when the run began, if it is taken up again.
        kept: The networks that it started from, as its manifest has them; None reads `start_from`.

    Raises:
        InputError: The task, its data, the profile or one of their settings is wrong.
    """
    # The task first, with the profile as the user gives it: what suits the task decides the rest.
    task = registry.load(settings.task, replace(task_settings(settings), measured=measured))
    return prepare_for(task, settings, kept)


def prepare_for(task: Task, settings: Settings, kept: object = None) -> Prepared:
    """Resolve everything that the user left open about a search for a task that is loaded.

    Args:
        task: The task, made with `task_settings`.
        settings: What the user has set.
        kept: As of `prepare`.

    Raises:
        InputError: The profile or a setting is wrong.
    """
    why_not = why_not_learned(settings, task)
    if why_not is None and settings.initial not in (None, "random"):
        raise InputError(
            f"initial is {settings.initial!r}, but on task {task.name} networks learn, and paths begin "
            "the search: say --gradient off for one without learning"
        )
    settings = settings.completed(preset_defaults(settings.preset, search_defaults(task)))
    if why_not is None:
        settings = with_learnable_neurons(settings)
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
        patience=settings.patience or None,
    )
    learning = learning_settings(settings, task, chip) if why_not is None else None
    search = _search_settings(settings, task, chip, learning)
    begin = _given(settings, task, chip, kept)
    notes = (*task.notes, *begin.notes)
    return Prepared(settings, task, replace(search, given=begin.genomes), limits, notes)


def _given(settings: Settings, task: Task, chip: Profile, kept: object) -> Given:
    """Return the networks that a search starts from: those of its manifest, or read anew."""
    if kept is not None:
        return Given(from_json(kept, chip))
    if settings.start_from is None:
        return Given()
    return given_networks(settings.start_from, task, chip, settings.population or 1)


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


def task_settings(settings: Settings) -> TaskSettings:
    """Return what the task needs to know: settings of the same names, and of the profile.

    Raises:
        InputError: There is no such profile, or its ranges are wrong.
    """
    chip = profile(settings.profile, settings.ranges)
    shared = {f.name for f in fields(Settings)} & {f.name for f in fields(TaskSettings)}
    given: dict[str, Any] = {name: getattr(settings, name) for name in shared}
    given["fold"] = settings.fold or 1  # a cross-validation is tried with its first fold
    return TaskSettings(
        **given,
        learned=settings.gradient != "off" and not settings.preset and chip.model in MODELS,
        arithmetic=chip.arithmetic,
        grid=chip.weight.grid,
        inputs=chip.inputs,
        full_charge=chip.full_charge,
        max_charge=chip.max_charge,
    )


def _search_settings(
    settings: Settings, task: Task, chip: Profile, learning: LearningSettings | None
) -> SearchSettings:
    """Return the settings of the search, of settings that are complete."""
    chosen: dict[str, Any] = {name: getattr(settings, name) for name in _SEARCH_WORDS}
    parents = parent_selection(settings.parents or "", settings.tournament, settings.by_merit)
    if parents.asks_for_cases and type(task).case_scores is Task.case_scores:
        raise InputError(
            f"parents is {settings.parents!r}, which asks for a score in every sample or episode, but "
            f"task {task.name} gives none"
        )
    initial = initial_settings(settings)
    if settings.searches == 1 and len(initial) > 1:
        raise InputError(
            f"initial is {settings.initial!r}, but a single search has first networks of one kind: "
            "say --searches, 2 or more"
        )
    search = SearchSettings(
        inputs=task.inputs,
        outputs=task.outputs,
        profile=chip,
        chance_score=task.chance_score,
        luck=task.luck,
        fresh=task.fresh,
        archive_evaluations=ARCHIVE_EVALUATIONS if task.fresh else 1,
        objectives=weighted_objectives(settings.objectives or "", settings.weights),
        constraints=tuple(map(constraint, settings.constraint or ())),
        selection=survivor_selection(settings.selection or ""),
        parents=parents,
        initial=initial[0],
        rates=mutation_rates(settings.rates).fitting(chip),
        learning=learning,
        islands=island_settings(settings),
        tournament=tournament_settings(settings, task, parents),
        **chosen,
    )
    check_indices(search)
    return search


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
