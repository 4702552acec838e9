"""What a user can set about a run: one set of words for options, TOML files and run folders.

Each field of `Settings` is the one place where its setting is declared. The command line
(`cli/options_from_settings.py`), the words of TOML files, the checks of values and the tables of docs/commands.md
(a test compares) follow from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from ...errors import InputError, did_you_mean
from .setting_kinds import (
    Choice,
    FilePath,
    Numbers,
    Real,
    Setting,
    Table,
    Text,
    Texts,
    UpTo,
    Weights,
    Whole,
    YesNo,
    declared_in,
    setting,
)
from .settings_of_many_searches import SEARCH, SettingsOfManySearches
from .task_settings_of_run import TASK

LENGTH = "How long to search (the first limit that is reached ends it)"
PROFILE = "The hardware profile"
PLACE = "Where it runs, and what it writes"

#: Headings in the order of their help.
GROUPS = (LENGTH, TASK, SEARCH, PROFILE, PLACE)

#: Selections that put individuals into one order, in which the score counts already.
_ONE_ORDER = ("weighted", "lexicographic")

#: First networks that the density says nothing of.
_WHOLLY_JOINED = ("dense", "layered")

_TOURNAMENT = "tournament"
#: Settings of a run that is many searches.
_OF_SEARCHES = ("sources", "heat")

_OF_TOURNAMENTS = ("tournament", "by_merit")

#: Ranges of a task that mean the same in every profile; others are in the units of the usual one.
_FOR_EVERY_PROFILE = ("direct", "max_hidden", "max_synapses", "max_fan_in", "delay")


@dataclass(frozen=True)
class Settings(SettingsOfManySearches):
    """Settings of a run; None lets the task, then Spikevolve, choose."""

    generations: int | None = setting(Whole(1, 10**9), LENGTH, "Generations.", fallback=200)
    evaluations: int | None = setting(
        Whole(1, 10**12),
        LENGTH,
        "Evaluations of networks, repeats from memory aside; an epoch of learning counts as three.",
    )
    minutes: float | None = setting(Real(0.0), LENGTH, "Minutes of search.")
    target: float | None = setting(
        Real(), LENGTH, "Score of the champion, test data aside.", metavar="SCORE"
    )
    patience: float | None = setting(
        Real(0.0, 1.0),
        LENGTH,
        "End when nothing was gained for this share of the cost so far; 0 never.",
        metavar="SHARE",
    )

    preset: str | None = setting(
        Choice("eons", "neat"),
        SEARCH,
        "Search as EONS or NEAT does, as far as settings go, instead of as suits the task.",
    )
    population: int | None = setting(
        Whole(4, 10**6), SEARCH, "Networks in a generation.", fallback=100
    )
    seed: int = setting(Whole(0, 2**63 - 1), SEARCH, "Seed of the search.", default=1)
    seeds: str | None = setting(
        Numbers(0, 2**63 - 1), SEARCH, "A search for each of these seeds, such as 1-10 or 1,4,7."
    )
    objectives: str | None = setting(
        Text(),
        SEARCH,
        "Measurements to optimise, such as score,synapses; -NAME turns a direction.",
        fallback="score,spikes,latency",
        metavar="NAME,…",
    )
    constraint: tuple[str, ...] | None = setting(
        Texts(),
        SEARCH,
        "A bound on a measurement, such as 'synapses <= 10'; repeatable.",
    )
    gradient: str = setting(
        Choice("auto", "on", "off"),
        SEARCH,
        "Whether networks learn weights by a gradient: where they can (auto), on or off.",
        default="auto",
    )
    paths: int | None = setting(
        Whole(1, 10_000),
        SEARCH,
        "Dense networks that learn and are pruned to begin a search that learns.",
    )
    selection: str | None = setting(
        Text(),
        SEARCH,
        "Who survives: nsga2, weighted, lexicographic, spea2, nsga3 or module:function.",
        fallback="nsga2",
        metavar="SPEC",
    )
    duplicates: str | None = setting(
        Choice("network", "behaviour"),
        SEARCH,
        "Which networks survive but once: equal ones, or all that act alike.",
        fallback="network",
    )
    weights: str | tuple[float, ...] | None = setting(
        Weights(),
        SEARCH,
        "For weighted: weights of the objectives, such as score=1,spikes=0.001.",
    )
    parents: str | None = setting(
        Text(),
        SEARCH,
        "Who breeds: tournament, epsilon_lexicase or module:function.",
        fallback="tournament",
        metavar="SPEC",
    )
    elites: int | None = setting(
        Whole(0, 10**6),
        SEARCH,
        "Networks that survive by their score alone, or as the best of their size.",
    )
    tournament: int | None = setting(
        Whole(1, 10**6), SEARCH, "Networks that compete to be a parent.", fallback=2
    )
    by_merit: float | None = setting(
        Real(0.0, 1.0), SEARCH, "Share of parents that win by score alone, 0 to 1."
    )
    breeding_floor: float | None = setting(
        Real(0.0, 1.0),
        SEARCH,
        "How far parents have come from chance to the best score, 0 to 1.",
        fallback=0.0,
        metavar="SHARE",
    )
    crossover: float | None = setting(
        Real(0.0, 1.0), SEARCH, "Share of children with two parents, 0 to 1.", fallback=0.5
    )
    mutations: float | None = setting(
        Real(0.0, 1000.0), SEARCH, "Mean number of mutations beyond the first.", fallback=1.0
    )
    rates: Mapping[str, Any] = setting(
        Table("mutations", "add_synapse=0.2 or split_synapse=0"),
        SEARCH,
        "Relative rate of a mutation, such as add_synapse=0.2; repeatable.",
    )
    start_from: str | None = setting(
        FilePath(),
        SEARCH,
        "Networks to start from: a file with one, a run, or weights.npz.",
    )
    initial: str | None = setting(
        Text(),
        SEARCH,
        "First networks, of many searches by turns: random, dense, layered or reservoir.",
        fallback="random",
        metavar="NAME,…",
    )
    hidden: int | str | None = setting(
        UpTo(0, 10**5),
        SEARCH,
        "Most hidden neurons of a first network, or the least and the most, such as 6,6.",
        fallback=3,
    )
    density: float | None = setting(
        Real(0.0, 1.0), SEARCH, "Share of possible synapses in a first network.", fallback=0.3
    )

    profile: str = setting(
        Text(),
        PROFILE,
        "Neuron model and ranges: float, int8, if, alif, cuba_lif, izhikevich or risp.",
        default="float",
        metavar="NAME",
        check=True,
    )
    ranges: Mapping[str, Any] = setting(
        Table("the profile's fields", "max_hidden=5 or weight=[-0.5, 0.5]"),
        PROFILE,
        "A change to the profile, such as max_hidden=5; repeatable.",
        check=True,
    )

    engine: str = setting(
        Choice("auto", "local", "ray"),
        PLACE,
        "auto, local (threads of this process) or ray.",
        default="auto",
    )
    workers: int | None = setting(
        Whole(1, 10**5), PLACE, "Threads or Ray workers; all cores by default."
    )
    address: str | None = setting(
        Text(), PLACE, "Address of a Ray cluster, or auto.", metavar="ADDRESS"
    )
    allow_version_change: bool = setting(
        YesNo(no="same-versions"),
        PLACE,
        "Go on with other versions of packages, or with nodes of a cluster that have others.",
        default=False,
    )
    evaluation_seconds: float | None = setting(
        Real(0.1, 1e9),
        PLACE,
        "Longest time for one network in a worker process; 60 in plain Python.",
    )
    out: str | None = setting(
        FilePath(), PLACE, "Folder of the run; runs/TASK-SEED-… by default.", metavar="DIR"
    )
    genomes: str = setting(
        Choice("survivors", "all"),
        PLACE,
        "Genomes that the tables keep: survivors or all.",
        default="survivors",
        metavar="WHICH",
    )

    def __post_init__(self) -> None:
        """Refuse values of a wrong kind or out of range.

        Raises:
            InputError: Names the setting, its value and what is allowed.
        """
        for declared in SETTINGS:
            value, kind = getattr(self, declared.name), declared.kind
            if value is not None and not kind.accepts(value):
                raise InputError(f"{declared.name} is {value!r}, but it must be {kind.allowed}")
        if self.fold is not None and not 1 <= self.fold <= (self.folds or 0):
            raise InputError(
                f"fold is {self.fold!r}, but it must be from 1 to the number of folds, "
                f"{self.folds or 'which is not given'}"
            )
        for name in _OF_TOURNAMENTS if self.parents not in (None, _TOURNAMENT) else ():
            if getattr(self, name) is not None:
                raise InputError(
                    f"{name} is {getattr(self, name)!r}, but parents are chosen by {self.parents}"
                )
        if self.density is not None and _is_wholly_joined(self.initial):
            raise InputError(
                f"density is {self.density!r}, but {self.initial} first networks are joined wholly"
            )
        if self.elites and self.population and self.elites > self.population:
            raise InputError(
                f"elites is {self.elites!r}, but it must be at most the population, "
                f"{self.population}"
            )

    def completed(self, defaults: Mapping[str, Any]) -> "Settings":
        """Fill what is None from a task's defaults, then from the fallbacks that are declared.

        Default limits apply only where the user gave no limit at all but patience; a task's `ranges` and
        `rates` only to the names that the user left alone. Weights and parameters of neurons are
        in the units of the usual profile; in another one they are left out of the ranges.
        """
        if self.profile != Settings.profile:
            ranges = defaults.get("ranges", {})
            defaults = {
                **defaults,
                "ranges": {k: ranges[k] for k in _FOR_EVERY_PROFILE if k in ranges},
            }
        if any(getattr(self, limit) is not None for limit in LIMITS if limit != "patience"):
            limits: dict[str, Any] = {}
        else:
            given = {k: v for k, v in defaults.items() if k in LIMITS}
            limits = given or {k: v for k, v in _FALLBACKS.items() if k in LIMITS}
        others = {k: v for k, v in {**_FALLBACKS, **defaults}.items() if k not in LIMITS}
        if self.objectives is not None:
            others.pop("weights", None)  # the task's are of its own objectives
        by_tournament = (self.parents or others["parents"]) == _TOURNAMENT
        if not by_tournament:
            others = {k: v for k, v in others.items() if k not in _OF_TOURNAMENTS}
        if self._needs_a_single_search():
            others |= {"searches": 1}
        if (self.searches or others["searches"]) == 1:
            others["initial"] = others["initial"].partition(",")[0]
            others = {k: v for k, v in others.items() if k not in _OF_SEARCHES}
        if _is_wholly_joined(self.initial or others["initial"]):
            others.pop("density")
        tables: dict[str, Any] = {
            name: _beside(others.pop(name, {}), getattr(self, name)) for name in TABLES
        }
        changes = {k: v for k, v in {**others, **limits}.items() if getattr(self, k) is None}
        filled = replace(self, **changes, **tables)
        dependent: dict[str, Any] = {"elites": max(1, (filled.population or 0) // 10)}
        if by_tournament:
            one_order = (filled.selection or "").partition(":")[0] in _ONE_ORDER
            dependent["by_merit"] = 0.0 if one_order else 0.5
        return replace(filled, **{k: v for k, v in dependent.items() if getattr(filled, k) is None})

    def _needs_a_single_search(self) -> bool:
        """Return whether the user asks for what a tournament of searches does not go with."""
        other_parents = self.parents not in (None, _TOURNAMENT)
        fixed = self.fresh_episodes is False
        return other_parents or fixed or self.racing is not None or self.islands is not None

    def elsewhere(self, place: Mapping[str, Any]) -> "Settings":
        """Return settings of a run that goes on elsewhere: on another engine, address, number of workers.

        Args:
            place: Values of `ELSEWHERE` by name. Of an engine and an address that exclude each other the one
                that is given counts.
        """
        changes = dict(place)
        if changes.get("engine") == "local":
            changes.setdefault("address", None)
        if changes.get("address") is not None and self.engine == "local":
            changes.setdefault("engine", "auto")
        return replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON values, for the run folder."""
        return {declared.name: _plain(getattr(self, declared.name)) for declared in SETTINGS}


#: All settings as they are declared, in the order of their help.
SETTINGS: tuple[Setting, ...] = tuple(
    sorted(declared_in(Settings), key=lambda declared: GROUPS.index(declared.group))
)

#: Those that are tables, by name.
TABLES: Mapping[str, Table] = {s.name: s.kind for s in SETTINGS if isinstance(s.kind, Table)}

#: Those that may be others whenever a run goes on.
ELSEWHERE = ("engine", "workers", "address", "allow_version_change")

#: A run goes on where it was.
AS_BEFORE: Mapping[str, Any] = MappingProxyType({})

#: Those that end a search.
LIMITS = tuple(s.name for s in SETTINGS if s.group == LENGTH)
_FALLBACKS = {s.name: s.fallback for s in SETTINGS if s.fallback is not None}


def settings_from(values: Mapping[str, Any]) -> Settings:
    """Build settings from words of a file, of options or of a run folder.

    Raises:
        InputError: A word is unknown (names the nearest) or a value is not allowed.
    """
    names = [declared.name for declared in SETTINGS]
    for word in values:
        if word not in names:
            raise InputError(f"there is no setting {word!r}{did_you_mean(word, names)}")
    if "task" not in values:
        raise InputError("the settings name no task; give one, for example 'iris'")
    given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    return Settings(**given)


def _is_wholly_joined(initial: str | None) -> bool:
    """Tell whether all first networks are of kinds that the density says nothing of."""
    return initial is not None and all(
        name.strip() in _WHOLLY_JOINED for name in initial.split(",")
    )


def _beside(chosen: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Add what a task chooses to what the user gives: `leak` or, as a list, `leaks`."""
    said = {form for name in given for form in (name, f"{name}s", name.removesuffix("s"))}
    return {k: v for k, v in chosen.items() if k not in said} | dict(given)


def _plain(value: object) -> object:
    """Return a value as JSON holds it: tables as dictionaries, tuples as lists."""
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value
