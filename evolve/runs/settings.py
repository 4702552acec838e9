"""What a user can set about a run: one set of words for flags, TOML files and run folders."""

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeGuard

from ...errors import InputError, did_you_mean

ENGINES = ("auto", "local", "ray")
SELECTIONS = ("nsga2", "weighted")
GENOMES_KEPT = ("survivors", "all")
LIMITS = ("generations", "evaluations", "minutes", "target")

#: For settings that neither the user nor the task chooses.
FALLBACKS: Mapping[str, object] = MappingProxyType(
    {
        "population": 100,
        "selection": "nsga2",
        "weights": (1.0, 0.001, 0.001),
        "generations": 200,
        "tournament": 2,
        "crossover": 0.5,
        "mutations": 1.0,
        "hidden": 3,
        "density": 0.3,
    }
)

_WHOLE = {  # smallest and largest value
    "seed": (0, 2**63 - 1),
    "split_seed": (0, 2**32 - 1),
    "folds": (2, 10_000),
    "fold": (1, 10_000),
    "population": (4, 10**6),
    "generations": (1, 10**9),
    "evaluations": (1, 10**12),
    "workers": (1, 10**5),
    "ticks": (1, 10**5),
    "episodes": (1, 10**6),
    "racing": (1, 10**6),
    "elites": (0, 10**6),
    "tournament": (1, 10**6),
    "hidden": (0, 10**5),
}
_REAL = {
    "minutes": (0.0, math.inf),
    "evaluation_seconds": (0.1, 1e9),
    "target": (-math.inf, math.inf),
    "by_merit": (0.0, 1.0),
    "crossover": (0.0, 1.0),
    "mutations": (0.0, 1000.0),
    "density": (0.0, 1.0),
}
_CHOICES = {"engine": ENGINES, "selection": SELECTIONS, "genomes": GENOMES_KEPT}
_TABLES = {"ranges": "the profile's fields", "rates": "mutations"}
_YES_NO = ("fresh_episodes", "evolve_encoder")
_TEXTS = (
    "task",
    "data",
    "label",
    "address",
    "out",
    "profile",
    "encoder",
    "decoder",
    "readout",
    "score",
    "training_score",
)

#: Ranges of a task that mean the same in every profile; others are in the units of the usual one.
_FOR_EVERY_PROFILE = ("direct", "max_hidden", "max_synapses", "max_fan_in", "delay")


@dataclass(frozen=True)
class Settings:
    """Settings of a run; None means that the task, then spikevolve, chooses.

    Attributes:
        task: Name of a task, ``module:Class`` or ``file.py:Class``.
        data: Data file of the tasks ``data`` and ``csv``, folder of ``shd`` and ``nmnist``.
        label: Label column, or array, of the data file; the last one if None.
        seed: Seed of the search, 0 … 2^63 − 1.
        split_seed: Seed of the split into training and test data.
        folds: Number of folds of a cross-validation.
        fold: The one that this run holds out, 1 … folds; a run for each if None.
        population: Individuals per generation, at least 4.
        generations: Stop after so many generations.
        evaluations: Stop once so many individuals have been measured.
        minutes: Stop after so much time of searching, counted from the first network measured.
        target: Stop once the champion reaches this score on the data that choose it.
        engine: ``local`` (threads), ``ray``, or ``auto``: Ray where an address is given or the
            task is plain Python.
        workers: Threads or worker processes; all cores if None.
        address: Address of a Ray cluster.
        evaluation_seconds: Longest time for one evaluation in a worker process; 60 for tasks in
            plain Python, else any, if nobody chooses.
        out: Run folder; ``runs/TASK-SEED-…`` in the working folder if None.
        profile: Name of a hardware profile.
        ranges: Changes to the profile, by the names of its fields.
        encoder: Spike encoder, ``NAME[:KEY=VALUE,…]``.
        decoder: Spike decoder, the same way.
        readout: Linear readout in place of a decoder, the same way, for tasks with data.
        score: What networks are judged by, for tasks with data.
        training_score: What they are judged by on training data, for tasks with classes.
        ticks: Length of the window of a sample or decision.
        episodes: Episodes per evaluation (control).
        fresh_episodes: Whether every generation has episodes of its own (control).
        racing: After so many first episodes a newborn network that is hopeless gets no more
            (control); None for all episodes for all.
        evolve_encoder: Whether every genome has settings of the encoder for itself.
        selection: ``nsga2`` or ``weighted``.
        weights: Weights of score, spikes and latency in the weighted sum.
        elites: Survivors by score alone; a tenth of the population if nobody chooses.
        tournament: Individuals per tournament for a parent.
        by_merit: Share of parents that win their tournament by score alone; half of them under
            NSGA-II, none under the weighted sum, if nobody chooses.
        crossover: Probability of a second parent.
        mutations: Mean number of mutations beyond the first.
        rates: Relative rates of mutations by name; those not named keep their usual rate.
        hidden: Largest number of hidden neurons of a first genome.
        density: Share of possible synapses that a first genome has.
        genomes: Which genomes the tables keep: ``survivors`` or ``all``.
    """

    task: str
    data: str | None = None
    label: str | None = None
    seed: int = 1
    split_seed: int = 1
    folds: int | None = None
    fold: int | None = None
    population: int | None = None
    generations: int | None = None
    evaluations: int | None = None
    minutes: float | None = None
    target: float | None = None
    engine: str = "auto"
    workers: int | None = None
    address: str | None = None
    evaluation_seconds: float | None = None
    out: str | None = None
    profile: str = "float"
    ranges: Mapping[str, Any] = field(default_factory=dict)
    encoder: str | None = None
    decoder: str | None = None
    readout: str | None = None
    score: str | None = None
    training_score: str | None = None
    ticks: int | None = None
    episodes: int | None = None
    fresh_episodes: bool | None = None
    racing: int | None = None
    evolve_encoder: bool | None = None
    selection: str | None = None
    weights: tuple[float, float, float] | None = None
    elites: int | None = None
    tournament: int | None = None
    by_merit: float | None = None
    crossover: float | None = None
    mutations: float | None = None
    rates: Mapping[str, Any] = field(default_factory=dict)
    hidden: int | None = None
    density: float | None = None
    genomes: str = "survivors"

    def __post_init__(self) -> None:
        """Refuses values of a wrong kind or out of range.

        Raises:
            InputError: Names the setting, its value and what is allowed.
        """
        for setting in fields(self):
            value = getattr(self, setting.name)
            if value is not None and (problem := _problem(setting.name, value)) is not None:
                raise InputError(f"{setting.name} is {value!r}, but it must be {problem}")
        if self.fold is not None and not 1 <= self.fold <= (self.folds or 0):
            raise InputError(
                f"fold is {self.fold!r}, but it must be from 1 to the number of folds, "
                f"{self.folds or 'which is not given'}"
            )
        if self.elites and self.population and self.elites > self.population:
            raise InputError(
                f"elites is {self.elites!r}, but it must be at most the population, "
                f"{self.population}"
            )

    def completed(self, defaults: Mapping[str, Any]) -> "Settings":
        """Fills what is None from a task's defaults, then from ``FALLBACKS``.

        Default limits apply only where the user gave no limit at all; a task's ``ranges`` and
        ``rates`` only to the names that the user left alone. Weights and parameters of neurons are
        in the units of the usual profile; in another one they are left out of the ranges.
        """
        if self.profile != Settings.profile:
            ranges = defaults.get("ranges", {})
            defaults = {
                **defaults,
                "ranges": {k: ranges[k] for k in _FOR_EVERY_PROFILE if k in ranges},
            }
        if any(getattr(self, limit) is not None for limit in LIMITS):
            limits: dict[str, Any] = {}
        else:
            given = {k: v for k, v in defaults.items() if k in LIMITS}
            limits = given or {k: v for k, v in FALLBACKS.items() if k in LIMITS}
        others = {k: v for k, v in {**FALLBACKS, **defaults}.items() if k not in LIMITS}
        tables: dict[str, Any] = {
            name: _beside(others.pop(name, {}), getattr(self, name)) for name in _TABLES
        }
        changes = {k: v for k, v in {**others, **limits}.items() if getattr(self, k) is None}
        filled = replace(self, **changes, **tables)
        dependent: dict[str, Any] = {
            "elites": max(1, (filled.population or 0) // 10),
            "by_merit": 0.5 if filled.selection == "nsga2" else 0.0,
        }
        return replace(filled, **{k: v for k, v in dependent.items() if getattr(filled, k) is None})

    def to_json(self) -> dict[str, Any]:
        """Returns the settings as JSON values, for the run folder."""
        tables = {name: dict(getattr(self, name)) for name in _TABLES}
        return asdict(self) | {"weights": list(self.weights) if self.weights else None} | tables


def settings_from(values: Mapping[str, Any]) -> Settings:
    """Builds settings from words of a file, of flags or of a run folder.

    Raises:
        InputError: A word is unknown (names the nearest) or a value is not allowed.
    """
    names = [f.name for f in fields(Settings)]
    for word in values:
        if word not in names:
            raise InputError(f"there is no setting {word!r}{did_you_mean(word, names)}")
    if "task" not in values:
        raise InputError("the settings name no task; give one, for example 'iris'")
    given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    return Settings(**given)


def run_folder(settings: Settings) -> Path:
    """Returns the folder of a run that starts now: ``out``, else ``runs/TASK-SEED-TIME``."""
    if settings.out is not None:
        return Path(settings.out)
    task = re.sub(r"[^A-Za-z0-9_.-]+", "-", Path(settings.task).name)
    return Path("runs") / f"{task}-{settings.seed}-{datetime.now():%Y%m%d-%H%M%S}"


def _beside(chosen: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Adds what a task chooses to what the user gives: ``leak`` or, as a list, ``leaks``."""
    said = {form for name in given for form in (name, f"{name}s", name.removesuffix("s"))}
    return {k: v for k, v in chosen.items() if k not in said} | dict(given)


def _problem(name: str, value: object) -> str | None:
    """Says what a setting must be, or None if it is."""
    if name in _WHOLE:
        low, high = _WHOLE[name]
        fine = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return None if fine else f"a whole number from {low} to {high}"
    if name in _REAL:
        least, most = _REAL[name]
        return None if _is_real(value) and least <= value <= most else _interval(least, most)
    if name in _CHOICES:
        return None if value in _CHOICES[name] else f"one of {', '.join(_CHOICES[name])}"
    if name in _TEXTS:
        return None if isinstance(value, str) and value else "a text that is not empty"
    if name in _YES_NO:
        return None if isinstance(value, bool) else "true or false"
    if name in _TABLES:
        return None if isinstance(value, Mapping) else f"a table of {_TABLES[name]}"
    three = isinstance(value, tuple) and len(value) == 3 and all(map(_is_real, value))
    return None if three else "three numbers: the weights of score, spikes and latency"


def _is_real(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _interval(least: float, most: float) -> str:
    if math.isinf(least):
        return "a number"
    return f"a number of at least {least:g}" if math.isinf(most) else f"from {least:g} to {most:g}"
