"""Hardware profiles: the neuron model, the arithmetic, and what every number of a genome may be."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import InputError
from .fields import RANGES, nearest, read_field
from .ranges import EXACT, Range

GENES = {"lif": ("threshold", "leak", "refractory", "bias")}
THRESHOLD, LEAK, REFRACTORY, BIAS = range(4)  # columns of `Genome.parameters` for "lif"

INTEGER_LEAKS = (0.0, *(1 - 2.0**-k for k in range(1, 8)), 1.0)

_LONGEST = 2**15  # ticks, as in the simulator
_INT16 = 2**15
_FIXED = ("name", "model", "arithmetic")  # what makes a profile; no override changes it
_CHOICES = {
    "model": ("lif",),
    "arithmetic": ("float32", "integer"),
    "inputs": ("sources", "neurons"),
}


@dataclass(frozen=True)
class Profile:
    """What hardware allows: a genome is always valid for its profile.

    Charges (weights, biases, external charge) lie on `grid`, and the largest sum of them stays
    below 2^24 times the grid, so that every sum is exact in float32, in any order. Potentials,
    thresholds and charges are in the same unit; delays and refractory periods in ticks.

    Attributes:
        name: Name of the profile that this one was made from.
        model: Neuron model, `"lif"`.
        arithmetic: `"float32"`, or `"integer"`: int32 potentials that saturate at 16 bits.
        inputs: `"sources"`, which have no potential and no incoming synapses, or `"neurons"`:
            inputs are ordinary neurons that receive external charge.
        weight: Of a synapse.
        threshold: Of a neuron, > 0.
        bias: Charge that a neuron receives in every tick; 0 to 0 is off.
        leaks: λ, the share of the potential that is left after a tick, rising, each in [0, 1]; in
            integer arithmetic 0, 1 or 1 - 2^-k with k = 1 … 7.
        delay: Of a synapse, ≥ 1 tick.
        refractory: Ticks after a spike in which a neuron ignores charge, ≥ 0.
        v_reset: Potential after a spike, below every threshold.
        v_min: Lowest potential that decay leaves, ≤ 0 and ≤ v_reset.
        soft_reset: A spike takes the threshold from the potential instead of resetting it.
        max_charge: Largest external charge, positive or negative, of one neuron in one tick.
        max_hidden: Most hidden neurons of a genome.
        max_synapses: Most synapses of a genome.
        max_fan_in: Most incoming synapses of a neuron.

    Raises:
        InputError: Naming the field, its value and what is allowed.
    """

    name: str
    model: str
    arithmetic: str
    inputs: str
    weight: Range
    threshold: Range
    bias: Range
    leaks: tuple[float, ...]
    delay: Range
    refractory: Range
    v_reset: float
    v_min: float
    soft_reset: bool
    max_charge: float
    max_hidden: int
    max_synapses: int
    max_fan_in: int

    def __post_init__(self) -> None:
        """Check every field."""
        try:
            for check in (_check_choices, _check_ranges, _check_leaks, _check_potentials):
                check(self)
            _check_sums(self)
        except InputError as error:
            raise InputError(f"profile {self.name}: {error}") from None

    @property
    def genes(self) -> tuple[str, ...]:
        """Names of a neuron's inherited parameters: the columns of `Genome.parameters`."""
        return GENES[self.model]

    @property
    def grid(self) -> float:
        """The grid of every charge: of weights, biases and external charge."""
        return min(self.weight.grid, self.bias.grid) if self.has_bias else self.weight.grid

    @property
    def has_bias(self) -> bool:
        """Whether neurons may have a bias."""
        return bool(self.bias.low or self.bias.high)

    @cached_property
    def fixed_parameters(self) -> NDArray[np.float32]:
        """(3,) v_reset, v_min and soft_reset, which every neuron shares."""
        return np.array((self.v_reset, self.v_min, self.soft_reset), np.float32)

    @cached_property
    def inherited_leaks(self) -> tuple[float, ...]:
        """`leaks` as genomes hold them: rounded to float32."""
        return tuple(float(np.float32(leak)) for leak in self.leaks)

    def first_target(self, inputs: int) -> int:
        """Index of the first neuron with a potential in a genome with that many inputs."""
        return inputs if self.inputs == "sources" else 0

    def to_json(self) -> dict[str, object]:
        """Every field as a plain value, a range as [low, high, grid]."""
        values: dict[str, object] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Range):
                value = [_short(bound) for bound in (value.low, value.high, value.grid)]
            values[field.name] = list(value) if isinstance(value, tuple) else value
        return values

    @staticmethod
    def from_json(values: object) -> "Profile":
        """Undo `to_json`.

        Raises:
            InputError: Naming the key that is missing, unknown or wrong.
        """
        if not isinstance(values, Mapping):
            raise InputError(f"profile is {values!r}; it must be an object")
        names = [field.name for field in fields(Profile)]
        for name in names:
            if name not in values:
                raise InputError(f"profile: the key {name!r} is missing")
        return Profile(**_read(values, names, None))


def profile(name: str = "float", overrides: Mapping[str, object] | None = None) -> Profile:
    """A profile by name, some of its fields replaced.

    Args:
        name: A key of `PROFILES`.
        overrides: Field → value: a range as [low, high] or [low, high, grid], `leaks` as a list,
            everything else as itself. A range without a grid keeps the profile's.

    Raises:
        InputError: For an unknown name or field, naming the nearest, or a value not allowed.
    """
    if name not in PROFILES:
        raise InputError(f"profile {name!r} is unknown{nearest(name, list(PROFILES))}")
    base = PROFILES[name]
    names = [field.name for field in fields(Profile) if field.name not in _FIXED]
    try:
        values = _read(overrides or {}, names, base)
    except InputError as error:
        raise InputError(f"profile {name}: {error}") from None
    return replace(base, **values)


def _read(values: Mapping[str, object], names: list[str], base: Profile | None) -> dict[str, Any]:
    read = {}
    for key, value in values.items():
        if key not in names:
            raise InputError(f"{key!r} is not a field of a profile{nearest(key, names)}")
        grid = getattr(base, key).grid if base and key in RANGES else None
        read[key] = read_field(key, value, grid)
    return read


def _short(number: float) -> float:
    return int(number) if number.is_integer() else number


def _check_choices(profile: Profile) -> None:
    for key, allowed in _CHOICES.items():
        value = getattr(profile, key)
        if value not in allowed:
            raise InputError(f"{key} is {value!r}; it must be {' or '.join(allowed)}")


def _check_ranges(profile: Profile) -> None:
    bounds = {"delay": (1.0, _LONGEST), "refractory": (0.0, _LONGEST)}
    if profile.arithmetic == "integer":
        bounds["threshold"] = (1.0, _INT16 - 1)
    for key in RANGES:
        allowed: Range = getattr(profile, key)
        whole = key in ("delay", "refractory") or profile.arithmetic == "integer"
        if whole and allowed.grid < 1:
            raise InputError(f"{key}: grid is {allowed.grid:g}; it must be at least 1")
        low, high = bounds.get(key, (-math.inf, math.inf))
        if not low <= allowed.low <= allowed.high <= high:
            raise InputError(f"{key} is {allowed}; it must be within {low:g} to {high:g}")
    if profile.threshold.low <= 0:
        raise InputError(f"threshold is {profile.threshold}; it must be above 0")


def _check_leaks(profile: Profile) -> None:
    for leak in profile.leaks:
        if profile.arithmetic == "integer" and leak not in INTEGER_LEAKS:
            raise InputError(f"a leak is {leak:g}; it must be 0, 1 or 1 - 2^-k with k from 1 to 7")
        if not 0 <= leak <= 1:
            raise InputError(f"a leak is {leak:g}; it must be from 0 to 1")
    rising = profile.inherited_leaks
    if any(a >= b for a, b in pairwise(rising)):
        raise InputError(f"leaks is {list(profile.leaks)}; it must rise, each given once")


def _check_potentials(profile: Profile) -> None:
    v_reset, v_min = profile.v_reset, profile.v_min
    if not v_reset < profile.threshold.low:
        raise InputError(
            f"v_reset is {v_reset:g}; it must be below every threshold ({profile.threshold})"
        )
    if not v_min <= min(0, v_reset):
        raise InputError(f"v_min is {v_min:g}; it must be at most 0 and at most v_reset")
    for key, value in (("v_reset", v_reset), ("v_min", v_min)):
        if profile.arithmetic == "integer" and (value % 1 or value < -_INT16):
            raise InputError(f"{key} is {value:g}; it must be a whole number from {-_INT16}")
        if value != float(np.float32(value)):
            raise InputError(f"{key} is {value!r}; float32 must hold it exactly")


def _check_sums(profile: Profile) -> None:
    if profile.max_charge < 0:
        raise InputError(f"max_charge is {profile.max_charge:g}; it must be at least 0")
    weight = max(abs(profile.weight.low), abs(profile.weight.high))
    bias = max(abs(profile.bias.low), abs(profile.bias.high))
    largest = profile.max_fan_in * weight + bias + profile.max_charge
    if not largest < EXACT * profile.grid:
        raise InputError(
            f"max_fan_in {profile.max_fan_in} x weight {weight:g} + bias {bias:g} + max_charge "
            f"{profile.max_charge:g} is {largest:g}; it must be below 2^24 x the grid "
            f"{profile.grid:g} = {EXACT * profile.grid:g}, so that sums are exact"
        )


_FLOAT = Profile(
    name="float",
    model="lif",
    arithmetic="float32",
    inputs="sources",
    weight=Range(-1, 1, 2**-10),
    threshold=Range(2**-4, 4, 2**-4),
    bias=Range(0, 0, 2**-10),
    leaks=(0.0, 0.5, 0.75, 0.9, 1.0),
    delay=Range(1, 15, 1),
    refractory=Range(0, 3, 1),
    v_reset=0.0,
    v_min=-4.0,
    soft_reset=False,
    max_charge=16.0,
    max_hidden=64,
    max_synapses=4096,
    max_fan_in=1024,
)

_INT8 = replace(
    _FLOAT,
    name="int8",
    arithmetic="integer",
    weight=Range(-127, 127, 1),
    threshold=Range(1, 255, 1),
    bias=Range(0, 0, 1),
    leaks=INTEGER_LEAKS,
    v_min=-255.0,
    max_charge=255.0,
)

PROFILES = {"float": _FLOAT, "int8": _INT8}
