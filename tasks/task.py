"""What every task is: the interface between a search and what its networks are for, and its check."""

import json
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..sim.batch import INPUTS, OUTPUTS, SOURCES, Batch
from ..sim.models import DTYPES
from ..sim.network import Network
from .user_code import modules_of, reduce
from .workload import Measurements, Split, Workload


@dataclass(frozen=True, slots=True)
class TaskSettings:
    """What a task needs to know of the settings of its run; None means the task's own choice.

    Down to `evolve_encoder` they are the user's, under their names in `evolve.runs.settings`, which
    says what they mean and has checked them. The others follow from the hardware profile.

    Attributes:
        arithmetic: Arithmetic of the networks, `float32`, `float64` or `integer`.
        grid: Grid of charges: the profile's grid of weights (1 in integer arithmetic).
        inputs: Whether the inputs of networks are `sources` of spikes or ordinary `neurons`.
        full_charge: What an input that is a neuron receives for a spike, or for the largest value
            that an encoder turns into charge: the profile's largest weight.
        max_charge: Largest charge that an input may receive in a tick: the profile's.
        measured: What the task found out by trial when the run began, from its description; None
            lets it try anew.
        columns: How columns of a table become the features of a network that is there already, from the
            description of its task; None finds it out.
        learned: Whether networks learn by a gradient, where the task has one.
    """

    split_seed: int = 1
    fold: int = 1
    encoder: str | None = None
    decoder: str | None = None
    readout: str | None = None
    jitter: float | None = None
    score: str | None = None
    training_score: str | None = None
    ticks: int | None = None
    data: str | Path | None = None
    label: str | None = None
    features: str | None = None
    drop: str | None = None
    missing: Literal["refuse", "median", "flag"] | None = None
    separator: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    no_header: bool | None = None
    env: Mapping[str, Any] | None = None
    wrap: tuple[str, ...] | None = None
    max_steps: int | None = None
    folds: int | None = None
    held_out: float | None = None
    time_order: bool | None = None
    normal: str | None = None
    test_data: str | Path | None = None
    groups: str | None = None
    target_column: str | None = None
    kind: Literal["classification", "regression", "anomaly"] | None = None
    as_spikes: bool | None = None
    episodes: int | None = None
    fresh_episodes: bool | None = None
    evolve_encoder: bool | None = None
    arithmetic: str = "float32"
    grid: float = 2.0**-10
    inputs: str = "sources"
    full_charge: float = 1.0
    max_charge: float = math.inf
    measured: Mapping[str, Any] | None = None
    columns: Mapping[str, Any] | None = None
    learned: bool = False


#: Settings that a user may give or not, and that a task may take or not.
_OPTIONS = tuple(
    f.name
    for f in fields(TaskSettings)
    if f.default is None and f.name not in ("measured", "columns")
)

#: Settings of a task that a genome carries: names and values.
Traits = tuple[tuple[str, float], ...]


class Task(ABC):
    """What networks are for: workloads, and the measurements of networks on them.

    Attributes:
        name: What the user calls it.
        kind: `compiled` (bounded loops, no Python: threads serve) or `python` (may hang or
            crash: worker processes only).
        inputs: Inputs of a network for this task.
        outputs: Outputs of a network for this task.
        input_kind: `spikes` (inputs are sources) or `charges` (inputs are ordinary neurons that
            receive external charge).
        ticks: Length of the window of one sample or decision.
        chance_score: Score of the best constant prediction on the training data; a network that is not
            above it has learnt nothing.
        luck: How far above the chance score luck alone may take the score of one evaluation.
        guess_score: Score of random guessing.
        score_range: Lowest and highest possible score; higher is better.
        samples: Training samples (data), 0 where episodes are drawn (control).
        features: Numbers, or channels, of a sample; 0 where episodes are drawn.
        episodes: Episodes of one evaluation in training, None where there are samples. Where there
            are episodes, the first array of a workload has a row for each.
        fresh: Whether the training workload changes with the generation.
        has_validation: Whether there is a validation split, or further starts, to choose by.
        has_test: Whether anything is held out.
        selection_split: What a search measures its networks on: `train`, or `selection` where they have
            learned from that.
        most_tested: Networks of a front that are measured on test data, at most.
        takes: Names of the settings that the task can take, besides `split_seed` and arithmetic.
        defaults: Settings of a run that suit a task of the user's, by their names in `Settings`; for
            built-in ones `evolve.runs.search_defaults` has them.
        data_digest: SHA-256 of the data, None where there are none.
        traits: Settings of the task that every genome has for itself, and the values of each.
        feature_names: Names of the features of samples, or of what is observed; empty if unknown.
        input_names: Names of the inputs of networks, of which a feature may have several; empty if
            unknown.
        notes: What a user is told of the task before a search, a sentence each.
    """

    name: str
    kind: Literal["compiled", "python"] = "compiled"
    inputs: int
    outputs: int
    input_kind: Literal["spikes", "charges"] = "spikes"
    ticks: int
    chance_score: float
    guess_score: float
    luck: float = 0.0
    score_range: tuple[float, float]
    samples: int = 0
    features: int = 0
    episodes: int | None = None
    fresh: bool = False
    has_validation: bool = False
    has_test: bool = True
    selection_split: Split = "train"
    most_tested: int = 50
    takes: frozenset[str] = frozenset({"encoder", "decoder", "ticks", "episodes", "fresh_episodes"})
    defaults: Mapping[str, object] = MappingProxyType({})
    data_digest: str | None = None
    traits: Mapping[str, tuple[float, ...]] = MappingProxyType({})
    feature_names: Sequence[str] = ()
    input_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __init__(self, settings: TaskSettings) -> None:
        """Keep the settings.

        Raises:
            InputError: A setting is given that the task does not take.
        """
        self.settings = settings
        self.name = getattr(self, "name", type(self).__name__)
        if settings.inputs == "neurons":
            self.input_kind = "charges"
        for option in _OPTIONS:
            given = getattr(settings, option)
            if option not in self.takes and given is not None and given != {}:
                raise InputError(f"task {self.name} takes no {option} (got {given!r})")

    @classmethod
    def chosen_by(cls, settings: TaskSettings) -> "type[Task]":
        """Return the class that does what settings ask for: this one, unless it knows another."""
        return cls

    def own_traits(self) -> Traits:
        """Return traits for a genome that nobody has chosen any for."""
        return tuple((name, values[0]) for name, values in self.traits.items())

    def with_traits(self, traits: Traits) -> "Task":
        """Return the task as it is for genomes with these traits, which make its workloads their own.

        `evaluate` is called on the task itself, with such a workload. Without traits, the task.
        """
        return self

    @abstractmethod
    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        """Make what networks are measured on; called in the driver only.

        Args:
            split: Which part of the data, or which starts.
            seed: Seed of the run, for episodes and random inputs.
            generation: Number of the generation, or None for the fixed draw. Tasks that are not
                `fresh` ignore it.

        Raises:
            ValueError: The task has no such split (see `has_validation` and `has_test`).
        """

    @abstractmethod
    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        """Measure every network of a batch on a workload.

        Callable anywhere and from many threads at once; compiled tasks release the interpreter's
        lock. The same arguments give the same measurements.
        """

    def case_scores(self, workload: Workload, batch: Batch) -> NDArray[np.float64]:
        """Score every network in every sample or episode of a workload, for selections that ask.

        Tasks that can tell define it; with others such selections are refused. Called as `evaluate` is.

        Returns:
            (networks, cases) float64, finite, larger is better; the cases are the samples or
            episodes of the workload, in order.
        """
        raise InputError(f"task {self.name} gives no score for single samples or episodes")

    def score_of_mean(self, mean: float) -> float:
        """Return the score of data whose `case_scores` have this mean: the mean itself, unless defined."""
        return mean

    def readouts(
        self, workload: Workload, networks: Sequence[Network]
    ) -> dict[str, NDArray[np.float64]]:
        """Fit what networks learn from training data outside evolution: their readouts, by hash.

        Each is (features + 1, targets), the constants last (see `readouts.Ridge`). There are none
        unless the user asks for readouts; then other data are measured with these, see `equip`.
        """
        return {}

    def equip(self, workload: Workload, readouts: Mapping[str, NDArray[np.float64]]) -> Workload:
        """Add the readouts of the networks to be measured to a workload of validation or test data."""
        return workload

    def why_not_learned(self) -> str | None:
        """Say why networks cannot learn the task by a gradient, None if they can."""
        return f"task {self.name} has no samples with right answers to learn from"

    def teaching(self, workload: Workload) -> Any:
        """Return what networks learn from, `data.teaching.Teaching`; called as `evaluate` is.

        Args:
            workload: Training data.

        Raises:
            InputError: The task cannot be learned.
        """
        raise InputError(str(self.why_not_learned()))

    def baselines(self) -> Mapping[str, float]:
        """Score what one would have without networks on the test data, by name; called once at most.

        There are none unless the task defines some. They are shown beside the champion's score, and
        decide nothing.
        """
        return {}

    def modules(self) -> Sequence[str]:
        """Name the modules that the task is made of, where some of them may be the user's."""
        return modules_of(type(self))

    def packages(self) -> Sequence[str]:
        """Name the packages that scores depend on, besides those that every run names."""
        return ()

    def __reduce__(self) -> Any:
        """Pickle, for workers; a class from a user's file takes the file's text along."""
        return reduce(self, self._state())

    def _state(self) -> dict[str, object]:
        """Return what workers need of the object's attributes to `evaluate`."""
        return self.__dict__

    def receive(self, inputs: NDArray[Any]) -> NDArray[Any]:
        """Turn encoded spikes into charges where inputs are neurons; leave others as they are."""
        if self.input_kind == "spikes":
            return inputs
        return as_charges(inputs, self.settings.arithmetic, self.settings.full_charge)

    def check_fit(self, batch: Batch) -> None:
        """Check that networks have the task's inputs and outputs.

        Raises:
            InputError: Saying what they have and what the task needs.
        """
        headers = batch.headers
        wrong = (headers[:, INPUTS] != self.inputs) | (headers[:, OUTPUTS] != self.outputs)
        if wrong.any():
            inputs, outputs = headers[int(np.argmax(wrong)), [INPUTS, OUTPUTS]]
            raise InputError(
                f"task {self.name} needs networks of {self.inputs} inputs and {self.outputs} "
                f"outputs (got {inputs} and {outputs})"
            )
        sources = 0 if self.input_kind == "charges" else self.inputs
        if (headers[:, SOURCES] != sources).any():
            raise InputError(
                f"task {self.name} gives its inputs {self.input_kind}: they must be "
                f"{'sources' if sources else 'neurons'}"
            )

    def describe(self) -> dict[str, object]:
        """Return the task as plain values, for the manifest of a run."""
        return {
            "name": self.name,
            "kind": self.kind,
            "inputs": self.inputs,
            "outputs": self.outputs,
            "input_kind": self.input_kind,
            "ticks": self.ticks,
            "chance_score": self.chance_score,
            "luck": self.luck,
            "guess_score": self.guess_score,
            "score_range": [end if math.isfinite(end) else None for end in self.score_range],
            "samples": self.samples,
            "fresh": self.fresh,
            "has_validation": self.has_validation,
            "has_test": self.has_test,
            "data_sha256": self.data_digest,
            "traits": {name: list(values) for name, values in self.traits.items()},
            "features": list(self.feature_names),
            "input_names": list(self.input_names),
        }


def as_charges(inputs: NDArray[Any], arithmetic: str, full_charge: float) -> NDArray[Any]:
    """Return the charges that spikes inject into inputs that are neurons; charges stay as they are."""
    if inputs.dtype != np.bool_:
        return inputs
    charges: NDArray[Any] = inputs * DTYPES[arithmetic](full_charge)
    return charges


def task_problem(task: Task) -> str | None:
    """Say what is wrong with sizes, scores or the description, None if nothing is."""
    if not hasattr(task, "settings"):
        return "its __init__ must call super().__init__(settings)"
    for name in ("inputs", "outputs", "ticks"):
        value = getattr(task, name, None)
        if not isinstance(value, int) or value < 1:
            return f"{name} must be a whole number of at least 1 (got {value!r})"
    try:
        low, high = map(float, task.score_range)
    except (AttributeError, TypeError, ValueError):
        return "score_range must be the lowest and the highest score, two numbers"
    for name, below in (("chance_score", ", below its end"), ("guess_score", "")):
        value = getattr(task, name, None)
        fits = isinstance(value, int | float) and low <= value <= high
        if not fits or (below and value == high):
            return f"{name} must lie in score_range, {low} … {high}{below} (got {value!r})"
    described = task.describe()
    try:
        plain = json.loads(json.dumps(described, allow_nan=False)) == described
    except (TypeError, ValueError):
        plain = False
    return None if plain else "describe() must return plain JSON values"
