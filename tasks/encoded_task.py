"""Tasks with an encoder whose settings can be part of a search, as traits of genomes."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .encoders import Encoder
from .encoders.encoder_kinds import Setting
from .task import Task, TaskSettings, Traits

E = TypeVar("E", bound=Encoder)


class EncodedTask(Task):
    """A task that shows values to its networks by an encoder.

    With the setting `evolve_encoder` the traits are those fields of the encoder that it names as
    `searched`. Every network then has an encoder of its own, and a workload is encoded once for
    each setting that is met. Every feature has as many inputs as the widest setting needs; of a
    narrower one the last of them are silent.
    """

    takes = Task.takes | {"evolve_encoder"}

    _encoder: Encoder | None

    def __init__(self, settings: TaskSettings) -> None:
        """Keep the settings; raises InputError for one that the task does not take."""
        super().__init__(settings)
        self._by_traits: dict[Traits, Self] = {}

    def with_traits(self, traits: Traits) -> Self:
        """Return the task with the encoder that the traits describe; the same object for equal traits."""
        if not traits:
            return self
        if traits not in self._by_traits:
            # A shallow copy without __init__: data that were loaded are shared.
            made = object.__new__(type(self))
            made.__dict__ |= self.__dict__
            made._encoder = with_fields(self._required(), dict(traits))
            made._encoder_changed()
            self._by_traits[traits] = made
        return self._by_traits[traits]

    def own_traits(self) -> Traits:
        """Return the settings of the encoder as they are without evolution."""
        return tuple((name, float(getattr(self._required(), name))) for name in self.traits)

    @abstractmethod
    def _encoder_changed(self) -> None:
        """Renew what was made with another encoder."""

    def _publish_traits(self, usable: Callable[[Encoder], bool]) -> None:
        """Set `traits`, if the encoder is to evolve.

        Args:
            usable: Whether the task can use an encoder, for the length of its window.

        Raises:
            InputError: There is no encoder, or nothing to search in it.
        """
        if not self.settings.evolve_encoder:
            return
        encoder, traits = self._required(), {}
        for name, values in settings_to_try(encoder).items():
            others = {value: with_fields(encoder, {name: value}) for value in values}
            found = tuple(v for v, other in others.items() if other == encoder or usable(other))
            if len(found) > 1:
                traits[name] = found
        self.traits = traits
        if not self.traits:
            raise InputError(
                f"task {self.name}: encoder {encoder.name} has no settings that can evolve here"
            )

    def _setting(self) -> Setting:
        """Return what the encoder encodes for."""
        s = self.settings
        return Setting(self.ticks, s.arithmetic, s.grid, s.full_charge, s.max_charge)

    def _require(self, *names: str) -> None:
        """Check that the class defines attributes; raise InputError otherwise."""
        for needed in names:
            if not hasattr(self, needed):
                raise InputError(f"task {self.name} must define {needed}")

    def _at_least_one(self, name: str) -> int:
        """Return a setting, or the class's own; raise InputError if it is no whole number ≥ 1."""
        given: object = getattr(self.settings, name, None)
        value = getattr(self, name) if given is None else given
        if not isinstance(value, int) or value < 1:
            raise InputError(
                f"task {self.name}: {name} must be a whole number of at least 1 (got {value!r})"
            )
        return value

    def _width(self) -> int:
        """Return the inputs of a feature, for the widest setting of the encoder."""
        return self._widest().width

    def _widest(self) -> Encoder:
        """Return the encoder with the setting, of those that can evolve, that has most inputs."""
        encoder = self._required()
        others = [
            with_fields(encoder, {name: value})
            for name, values in self.traits.items()
            for value in values
        ]
        return max((encoder, *others), key=lambda each: each.width)

    def _name_inputs(self, features: int) -> None:
        """Name the inputs after the features, which are `x0`, … where nobody has named them.

        Without an encoder the features are the inputs, and have no names but those that are given.

        Args:
            features: How many there are.

        Raises:
            InputError: `feature_names` are not as many.
        """
        names = tuple(map(str, self.feature_names))
        if names and len(names) != features:
            raise InputError(
                f"task {self.name}: feature_names has {len(names)} names, but there are {features} "
                "features"
            )
        if self._encoder is None:
            self.feature_names = self.input_names = names
        else:
            self.feature_names = names or unnamed(features)
            self.input_names = self._widest().names(self.feature_names)

    def _required(self) -> Encoder:
        if self._encoder is None:
            raise InputError(f"task {self.name} has no encoder to evolve: its data are spikes")
        return self._encoder

    def _state(self) -> dict[str, object]:
        """Leave out the tasks of other encoders."""
        return self.__dict__ | {"_by_traits": {}}


def unnamed(features: int) -> tuple[str, ...]:
    """Return what features are called that have no names: `x0`, `x1`, …."""
    return tuple(f"x{number}" for number in range(features))


def settings_to_try(encoder: Encoder) -> dict[str, tuple[float, ...]]:
    """Return the fields that an encoder names as `searched`, with their values and its own, rising."""
    return {
        name: tuple(sorted({*map(float, values), float(getattr(encoder, name))}))
        for name, values in encoder.searched.items()
    }


def with_fields(encoder: E, values: Mapping[str, float]) -> E:
    """Return the encoder with other values in some fields, each of the field's type."""
    types: dict[str, Any] = {field.name: field.type for field in fields(encoder)}
    return replace(encoder, **{name: types[name](value) for name, value in values.items()})


def encode_samples(
    encoder: Encoder | None,
    samples: NDArray[Any],
    setting: Setting,
    inputs: int,
    rng: np.random.Generator,
) -> NDArray[Any]:
    """Encode samples for networks of so many inputs.

    Args:
        encoder: The encoder; None where samples are spikes already.
        samples: (samples, features) or (samples, steps, channels) in [0, 1]; or (samples, ticks,
            inputs) bool, no longer than the window.
        setting: Window and arithmetic.
        inputs: Of the networks; those of a feature that the encoder does not need are silent.
        rng: Source of chance, for encoders that are `random`.

    Returns:
        (ticks, inputs, samples) bool spikes, or charges.

    Raises:
        InputError: As `Encoder.encode`.
    """
    if encoder is None:
        spikes = np.zeros((setting.ticks, inputs, len(samples)), np.bool_)
        spikes[: samples.shape[1]] = samples.transpose(1, 2, 0)
        return spikes
    return widened(encoder.encode(samples, setting, rng), samples.shape[-1], inputs)


def widened(inputs: NDArray[Any], features: int, wanted: int) -> NDArray[Any]:
    """Add silent inputs after those of each feature: (ticks, wanted, samples)."""
    ticks, found, samples = inputs.shape
    if found == wanted:
        return inputs
    each = inputs.reshape(ticks, features, -1, samples)
    more = wanted // features - each.shape[2]
    padded = np.pad(each, ((0, 0), (0, 0), (0, more), (0, 0)))
    return padded.reshape(ticks, wanted, samples)
