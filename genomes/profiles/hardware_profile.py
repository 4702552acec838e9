"""Hardware profiles: the neuron model, the arithmetic, and what every number of a genome may be."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError, did_you_mean
from ...sim import models
from . import rules
from .ranges import Allowed, Choice, Range
from .rules import Traits, plain, plural, read_field, read_parameter

GENES_WITH_OPERATOR = (
    "threshold",
    "leak",
    "refractory",
    "bias",
)  # genes with an operator of their own

# What makes a profile, and so no change of one: parameters change one by one, traits with the task.
_FIXED = ("name", "model", "arithmetic", "traits")


class Layout(NamedTuple):
    """Places of the numbers of a genome in a network.

    Attributes:
        shared: (P,) float32, one row of `Network.parameters`, 0 where neurons inherit the value.
        columns: (G,) int32, for each gene its column in that row.
        bias: The column of the bias, -1 if the model has none.
        shift: The column that holds a leak 1 - 2^-k as the shift k, -1 if none does.
        refractory: The column of the refractory period, -1 if the model has none.
    """

    shared: NDArray[np.float32]
    columns: NDArray[np.int32]
    bias: int
    shift: int
    refractory: int


@dataclass(frozen=True)
class Profile:
    """Limits, ranges and arithmetic of the hardware: a genome is always valid for its profile.

    Charges (weights, biases, external charge) lie on `grid`, and the largest sum of them stays
    below 2^24 times the grid (2^53 in float64), so that every sum is exact, in any order. Genomes
    hold float32 in every arithmetic, and so do shared parameters. Delays and refractory periods are
    in ticks, the rest in the units of the neuron model.

    Attributes:
        name: Name of the profile that this one was made from.
        model: Neuron model, one of `sim.models.names()`.
        arithmetic: One that the model has: `"float32"`, `"float64"` or `"integer"`.
        inputs: `"sources"`, which have no potential and no incoming synapses, or `"neurons"`:
            inputs are ordinary neurons that receive external charge.
        weight: Of a synapse.
        delay: Of a synapse, ≥ 1 tick.
        parameters: What a neuron may have as each parameter of the model, by name and in the
            model's order: a `Range` or a `Choice` is inherited, a number is shared by all neurons.
            `lif` in integer arithmetic has leaks 0, 1 or 1 - 2^-k with k = 1 … 7.
        max_charge: Largest external charge, positive or negative, of one neuron in one tick.
        max_hidden: Most hidden neurons of a genome.
        max_synapses: Most synapses of a genome.
        max_fan_in: Most incoming synapses of a neuron.
        direct: Whether synapses may lead from inputs straight to outputs.
        traits: Values that genomes may have of each trait, rising. No matter of the hardware: the
            task says them, for the settings that a genome chooses for itself.

    Raises:
        InputError: Naming the field, its value and what is allowed.
    """

    name: str
    model: str
    arithmetic: str
    inputs: str
    weight: Range
    delay: Range
    parameters: Mapping[str, Allowed | float] = field(hash=False)
    max_charge: float
    max_hidden: int
    max_synapses: int
    max_fan_in: int
    direct: bool = True
    traits: Traits = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Check every field."""
        try:
            self._check()
        except InputError as error:
            raise InputError(f"profile {self.name}: {error}") from None

    @cached_property
    def genes(self) -> Mapping[str, Allowed]:
        """Return the parameters that neurons inherit: the columns of `Genome.parameters`."""
        return {
            name: allowed
            for name, allowed in self.parameters.items()
            if not isinstance(allowed, float)
        }

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """Return the column of each gene in `Genome.parameters`."""
        return {name: column for column, name in enumerate(self.genes)}

    @cached_property
    def genes_without_operator(self) -> tuple[str, ...]:
        """Return the genes of more than one value that no operator is named after."""
        return tuple(
            name
            for name, allowed in self.genes.items()
            if allowed.steps and name not in GENES_WITH_OPERATOR
        )

    @cached_property
    def varied_traits(self) -> tuple[int, ...]:
        """Return the indices of the traits of more than one value."""
        return tuple(i for i, values in enumerate(self.traits.values()) if len(values) > 1)

    @cached_property
    def shared(self) -> Mapping[str, float]:
        """Return the parameters that all neurons share."""
        return {name: value for name, value in self.parameters.items() if isinstance(value, float)}

    @cached_property
    def layout(self) -> Layout:
        """Return where the numbers of a genome stand in a network."""
        names = models.parameters(self.model)
        return Layout(
            shared=np.array([self.shared.get(name, 0.0) for name in names], np.float32),
            columns=np.array([names.index(name) for name in self.genes], np.int32),
            bias=names.index("bias") if "bias" in names else -1,
            shift=names.index("leak") if self.leak_is_shift else -1,
            refractory=names.index("refractory") if "refractory" in names else -1,
        )

    @property
    def leak_is_shift(self) -> bool:
        """Return whether a leak is a shift of bits: 0, 1 or 1 - 2^-k."""
        return rules.leak_is_shift(self.model, self.arithmetic)

    @property
    def grid(self) -> float:
        """Return the grid of every charge: of weights, biases and external charge."""
        bias = self.parameters.get("bias")
        if isinstance(bias, Range) and (bias.low or bias.high):
            return min(self.weight.grid, bias.grid)
        return self.weight.grid

    @property
    def full_charge(self) -> float:
        """Return the charge of a spike at an input that is a neuron: the largest weight."""
        return max(abs(self.weight.low), abs(self.weight.high))

    def first_target(self, inputs: int) -> int:
        """Return the index of the first neuron with a potential, given the number of inputs."""
        return inputs if self.inputs == "sources" else 0

    def changed(self, changes: Mapping[str, object]) -> "Profile":
        """Return the profile with some of its fields and parameters replaced.

        Args:
            changes: Plain values by key, in the ways of `plain_values`; a range without a grid
                keeps its own.

        Raises:
            InputError: Naming the key that is unknown or wrong, the value and what is allowed.
        """
        keys = tuple(key for key in _kinds() if key not in _FIXED)
        try:
            values = _read(changes, keys, models.parameters(self.model), self)
        except InputError as error:
            raise InputError(f"profile {self.name}: {error}") from None
        return replace(self, **values)

    def __reduce__(self) -> tuple[Callable[[object], "Profile"], tuple[object]]:
        """Pickle, for workers, as plain values: mappings that cannot be written to cannot be pickled."""
        return Profile.from_json, (self.to_json(),)

    def to_json(self) -> dict[str, object]:
        """Return every field and parameter as a plain value, in the ways of `plain_values`."""
        values = {key: plain(getattr(self, key)) for key in _kinds()}
        for name, allowed in self.parameters.items():
            values[plural(name) if isinstance(allowed, Choice) else name] = plain(allowed)
        return values

    @staticmethod
    def from_json(values: object) -> "Profile":
        """Undo `to_json`; the order of the keys does not matter.

        Fields with a default may be missing, since files of earlier versions lack some of them.

        Raises:
            InputError: Naming the key that is missing, unknown or wrong.
        """
        if not isinstance(values, Mapping):
            raise InputError(f"profile is {values!r}; it must be an object")
        for name in _required():
            if name not in values:
                raise InputError(f"profile: the key {name!r} is missing")
        model = str(read_field("model", str, values["model"]))
        rules.check_model(model)
        names = models.parameters(model)
        for name in names:
            if name not in values and plural(name) not in values:
                raise InputError(f"profile: the key {name!r} or {plural(name)!r} is missing")
        return Profile(**_read(values, tuple(_kinds()), names))

    def _check(self) -> None:
        rules.check_model(self.model)
        models.check_name(self.model, self.arithmetic)
        rules.check_inputs(self.inputs)
        rules.check_direct(self.direct, self.max_hidden)
        rules.check_delay(self.delay)
        if self.arithmetic == "integer":
            rules.check_whole_numbers(self.model, {"weight": self.weight, **self.parameters})
        rules.check_parameters(self.model, self.arithmetic, self.parameters)
        rules.check_max_charge(self.max_charge, self.inputs, self.full_charge)
        bias = self.parameters.get("bias", 0.0)
        rules.check_bias(bias, self.weight.grid)
        largest = abs(bias) if isinstance(bias, float) else max(abs(bias.low), abs(bias.high))
        rules.check_sums(
            self.arithmetic,
            self.grid,
            self.max_fan_in,
            weight=self.full_charge,
            bias=largest,
            max_charge=self.max_charge,
        )


def _kinds() -> dict[str, object]:
    """Return the type of each field that is a key of its own: all but the parameters."""
    return {found.name: found.type for found in fields(Profile) if found.name != "parameters"}


def _required() -> list[str]:
    """Return the names of those fields that have no default."""
    without = {f.name for f in fields(Profile) if f.default is f.default_factory is MISSING}
    return [key for key in _kinds() if key in without]


def _read(
    values: Mapping[str, object],
    keys: tuple[str, ...],
    names: tuple[str, ...],
    before: Profile | None = None,
) -> dict[str, Any]:
    """Read fields and parameters of a profile.

    Args:
        values: Plain values by key, in the ways of `plain_values`.
        keys: Fields that may be given.
        names: Parameters of the neuron model.
        before: The profile whose values these replace.

    Returns:
        What `Profile` holds, by field. `parameters` has those of `before` and the given ones.

    Raises:
        InputError: Naming the key that is unknown or wrong.
    """
    kinds = _kinds()
    parameter_of = {plural(name): name for name in names} | {name: name for name in names}
    parameters = dict(before.parameters) if before else {}
    found: dict[str, Any] = {}
    for key, value in values.items():
        if key in keys:
            found[key] = read_field(key, kinds[key], value, getattr(before, key, None))
        elif key in parameter_of:
            name = parameter_of[key]
            parameters[name] = read_parameter(name, values, parameters.get(name))
        else:
            raise InputError(
                f"{key!r} is not a field of a profile{did_you_mean(key, (*keys, *names))}"
            )
    return found | {"parameters": {name: parameters[name] for name in names}}
