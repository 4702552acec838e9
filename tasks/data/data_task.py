"""What all data tasks share: samples, their split, their scaling and their encoding."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.batch import Batch, pack, pack_lanes
from ...sim.network import Network
from ..encoded_task import encode_samples
from ..encoders import encoder
from ..readouts import linear_readout
from ..readouts.linear_readout import readout
from ..task import TaskSettings
from ..text_form import text_of
from ..workload import Measurements, Split, Workload, random_stream
from . import baselines, samples, scoring, splits
from .encoder_probe import FOR_SIGNALS, USUAL
from .gaps import GapsFilled
from .samples import Scaling
from .splits import TEST_SHARE, Manner, Parts

_KEPT_APART: tuple[Split, ...] = ("train", "validation", "test")


class _Part(NamedTuple):
    features: NDArray[Any]
    targets: NDArray[Any]


class DataTask(GapsFilled):
    """Samples with targets: labels (`Classification`) or numbers (`Regression`).

    The settings of a run come before the attributes of the class. The arrays of a workload are the
    inputs (packed spikes or charges, see `scoring.Samples`), the targets, a row each, and
    (1,) int64 how many spikes or charges the inputs are; then, if it is equipped, readouts.

    With a readout no decoder decides. On training data the score is then that of leave-one-out: what
    is said of a sample is learnt from all others. It is what a score on new data is expected to be,
    where the fit to the data that the readout was made for is not.

    Attributes:
        encoder: Encoder of the features, as text; if empty, `rate:mirrored`, and for classes what
            suits the data (see `Classification`).
        decoder: Decoder of the outputs, as text.
        score: Name of the score; of the task's own choice if empty.
        ticks: Length of the window; if 0, 10, and for classes what suits the data. Signals, and data
            that are spikes already, bring at least their own.
        scaling: `quantiles` fits the features, or the channels of signals, to [0, 1] by the
            training data; `none` where they lie there already.
        usually_jittered: Whether small tables have noisy copies unless the user says otherwise.
        sample_shape: (features,), (steps, channels), or (ticks, inputs) of spikes.
        held_out: Whether a third of the samples is kept for the test unless the user says otherwise.
        groups: (samples,) the group of each, whole numbers or texts, where no group may be in two
            parts of the data; None where samples have none.
        learnt: How many of the first samples are for training, where all others are test data as they
            come; None where a share of them is held out.
    """

    encoder: str = ""
    decoder: str
    score: str = ""
    ticks: int = 0
    scaling: Literal["quantiles", "none"] = "quantiles"
    held_out: bool = True
    groups: NDArray[Any] | None = None
    learnt: int | None = None
    usually_jittered: bool = True
    sample_shape: tuple[int, ...]
    score_range = (0.0, 1.0)
    takes = GapsFilled.takes - {"episodes"} | {
        *("readout", "score", "jitter"),
        *("folds", "held_out", "time_order"),
    }

    def __init__(self, settings: TaskSettings) -> None:
        """Keep the settings.

        Raises:
            InputError: A setting is given that the task does not take, or a readout and a decoder.
        """
        super().__init__(settings)
        self._readout = readout(settings.readout) if settings.readout else None
        if self._readout is not None and settings.decoder:
            raise InputError(
                f"task {self.name} takes a readout or a decoder, not both "
                f"(got {settings.readout!r} and {settings.decoder!r})"
            )

    def _set_inputs(self, features: NDArray[Any]) -> None:
        """Work out window and inputs from the encoder, or from data that are spikes already."""
        are_spikes, shape = features.dtype == np.bool_, features.shape[1:]
        signals = features.ndim == 3 and not are_spikes and self._readout is None
        usual = FOR_SIGNALS if signals else USUAL.encoder
        text = self.settings.encoder or self.encoder or usual
        self._encoder = None if are_spikes else encoder(text)
        self.ticks = self.ticks or USUAL.ticks
        self.ticks = self._at_least_one("ticks")
        shortest = self._encoder.window(shape) if self._encoder else shape[0]
        # Signals and spikes have a length of their own, to which the window is widened.
        if features.ndim == 3 and self.settings.ticks is None:
            self.ticks = max(self.ticks, shortest)
        if self._encoder is None:
            self._check_spikes(shortest)
        else:
            self._encoder.check(self._setting(), shortest)
            self.input_kind = "charges" if self._encoder.kind == "charges" else self.input_kind
        self._publish_traits(lambda other: other.window(shape) <= self.ticks)
        self.sample_shape, self.features = shape, shape[-1]
        self.inputs = self.features * (self._width() if self._encoder else 1)
        self._name_inputs(shape[-1])
        if self._readout is not None:
            linear_readout.check_window(self._readout, self.ticks, f"task {self.name}")
        self._set_fresh()

    @property
    def change_in_time(self) -> bool:
        """Whether samples are signals or spike trains, (samples, steps, channels)."""
        return self._parts["train"].features.ndim == 3

    @property
    def are_spikes(self) -> bool:
        """Whether the data are spikes already, so that there is no encoder."""
        return self._encoder is None

    def _check_spikes(self, shortest: int) -> None:
        """Check the settings for data that are spikes already, of so many ticks."""
        if self.settings.encoder is not None:
            raise InputError(
                f"task {self.name} takes no encoder, since its data are spikes "
                f"(got {self.settings.encoder!r})"
            )
        if self.ticks < shortest:
            raise InputError(
                f"task {self.name}: ticks must be at least {shortest}, as the data last "
                f"(got {self.ticks})"
            )

    def _encoder_changed(self) -> None:
        self._made: dict[tuple[Split, int], Workload] = {}

    def _set_fresh(self) -> None:
        fresh = self.settings.fresh_episodes
        random = self._encoder is not None and self._encoder.random
        if fresh is not None and not random:
            raise InputError(
                f"task {self.name} takes fresh_episodes with a random encoder only, such as poisson"
            )
        self.fresh = random and fresh is not False

    def divide(self, strata: NDArray[np.int32], names: tuple[str, ...]) -> Parts:
        """Cut the samples into training, validation and test data.

        Args:
            strata: (samples,) number of the class of each; every part has its share of each class.
            names: Names of the classes, for messages.

        Raises:
            InputError: The samples cannot be cut as the user says.
        """
        usual = TEST_SHARE if self.held_out else 0.0
        share, fold = splits.asked(self.settings, None if self.learnt else usual, self.name)
        known = self.learnt or len(strata)
        parts = splits.cut(self._manner(strata[:known], names), known, share, fold)
        return parts._replace(test=np.arange(known, len(strata))) if self.learnt else parts

    def _manner(self, strata: NDArray[np.int32], names: tuple[str, ...]) -> Manner:
        groups = None if self.groups is None else self.groups[: len(strata)]
        return splits.manner_of(self.settings, strata, names, groups, f"task {self.name}")

    def _set_parts(self, features: NDArray[Any], targets: NDArray[Any], parts: Parts) -> None:
        """Scale the features by the training data, and keep the parts."""
        self._scaling: Scaling | None = None
        self._divided, self._targets = parts, targets
        # As loaded, for `baselines`; spikes are kept in the parts as they are.
        self._values: NDArray[Any] | None = None
        if self._encoder is not None:
            self._values = features
            self._scaling = self._fit_scaling(features, features[parts.train])
            features = self._scaling(features)
        self._cut(features)
        self.samples = len(parts.train)
        self.has_validation = len(parts.validation) > 0
        self.jitter = self._usual_jitter(features.ndim)
        if self.has_validation and self.settings.learned and self.why_not_learned() is None:
            self.selection_split = "selection"
        self.has_test = len(parts.test) > 0

    def _cut(self, features: NDArray[Any]) -> None:
        """Keep the parts of samples as they are encoded."""
        self._parts: dict[Split, _Part] = {
            name: _Part(features[cut], self._targets[cut])
            for name, cut in zip(_KEPT_APART, self._divided, strict=True)
        }
        self._encoder_changed()

    def rescale(self, scaling: Scaling) -> None:
        """Scale features as a network has learned to see them, and not by the training data."""
        if self._values is not None:
            self._scaling = scaling
            self._cut(scaling(self._values))

    def _usual_jitter(self, dimensions: int) -> float:
        """Return the noise on copies of the training data: the user's, or some for small tables.

        Args:
            dimensions: Of the features: 2 for plain values, 3 for signals and spikes.

        Raises:
            InputError: The user wants some on data that are spikes.
        """
        given = self.settings.jitter
        if given and self._encoder is None:
            raise InputError(
                f"task {self.name} takes no jitter, since its data are spikes (got {given:g})"
            )
        if given is not None:
            return given
        if dimensions != 2 or self.has_validation or not (self.held_out and self.usually_jittered):
            return 0.0
        return samples.usual_noise(self.samples)

    def _fit_scaling(self, features: NDArray[np.float64], train: NDArray[np.float64]) -> Scaling:
        return Scaling.named(self.scaling, features, train, f"task {self.name}")

    def training_features(self) -> NDArray[Any]:
        """Return the features of the training data as they are encoded, scaled to 0 … 1."""
        return self._parts["train"].features

    def _part(self, split: Split) -> _Part:
        """Return the data of a split."""
        if split == "all":
            both = self._parts["train"], self._parts["validation"]
            return _Part(*(np.concatenate(arrays) for arrays in zip(*both, strict=True)))
        return self._parts["validation" if split == "selection" else split]

    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        """Encode a part of the data; drawn anew in every generation only if `fresh`."""
        if len(self._part(split).targets) == 0:
            raise ValueError(f"task {self.name} has no {split} data")
        if self._encoder is None or not self._encoder.random:
            seed = 0  # chance plays no part
        if self.fresh and generation is not None:
            return self._encode(split, seed, generation)
        # Encoded once: every generation is measured on the same arrays.
        if (split, seed) not in self._made:
            self._made[split, seed] = self._encode(split, seed, None)
        return self._made[split, seed]

    def _encode(self, split: Split, seed: int, generation: int | None) -> Workload:
        features, targets = self._part(split)
        if split in ("train", "all") and self.jitter:
            noise = samples.Noise(self.jitter, self.settings.split_seed)
            features, targets = samples.with_noisy_copies(features, targets, noise)
        rng = random_stream(seed, split, generation)
        inputs = encode_samples(self._encoder, features, self._setting(), self.inputs, rng)
        injected = np.array([np.count_nonzero(inputs)], np.int64)
        packed = pack_lanes(inputs) if self.input_kind == "spikes" else self.receive(inputs)
        return Workload.of(split, len(targets), packed, targets, injected)

    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        """Measure score, spikes, synaptic operations and latency of every network.

        Raises:
            InputError: The networks are not for this task.
        """
        self.check_fit(batch)
        if self._readout is not None:
            return self._evaluate_readouts(workload, batch)
        answers = self._answer(workload, batch)
        scores = self._scores(workload, answers)
        latency = answers.latencies.sum(axis=1, dtype=np.int64)
        return scoring.measurements(workload, batch, self.ticks, scores, answers.sums, latency)

    def case_scores(self, workload: Workload, batch: Batch) -> NDArray[np.float64]:
        """Score every network in every sample.

        Raises:
            InputError: The networks are not for this task.
        """
        self.check_fit(batch)
        if self._readout is not None:
            return self._sample_scores_read(workload, self._read(workload, batch))
        return self._sample_scores(workload, self._answer(workload, batch))

    def why_not_learned(self) -> str | None:
        """Say why networks cannot learn the task by a gradient: a readout learns in their place."""
        if self._readout is None:
            return None
        return f"task {self.name} has a readout, which learns the answers"

    def readouts(
        self, workload: Workload, networks: Sequence[Network]
    ) -> dict[str, NDArray[np.float64]]:
        """Fit readouts on a workload of training data, and return them by hash of the network."""
        if self._readout is None:
            return {}
        weights = (self._read(workload, pack([network])).weights[0] for network in networks)
        return {network.hash: found for network, found in zip(networks, weights, strict=True)}

    def equip(self, workload: Workload, readouts: Mapping[str, NDArray[np.float64]]) -> Workload:
        """Add readouts to a workload of validation or test data."""
        return workload if self._readout is None else linear_readout.equip(workload, readouts)

    def _as_loaded(self) -> baselines.Samples:
        """Return the split with features as they were loaded."""
        train, validation, test = (self._part(split) for split in _KEPT_APART)
        learnt = np.concatenate([train.features, validation.features])
        tested = test.features
        if self._values is not None:
            order = np.concatenate([self._divided.train, self._divided.validation])
            learnt, tested = self._values[order], self._values[self._divided.test]
        targets = np.concatenate([train.targets, validation.targets])
        return baselines.Samples(baselines.flat(learnt), targets, baselines.flat(tested))

    def _evaluate_readouts(self, workload: Workload, batch: Batch) -> Measurements:
        reading = self._read(workload, batch)
        latency = np.full(batch.networks, self.ticks * workload.size)
        scores = self._scores_read(workload, reading)
        measured = scoring.measurements(workload, batch, self.ticks, scores, reading.sums, latency)
        multiplications = reading.multiplications / workload.size
        return measured._replace(readout_multiplications=multiplications)

    def _read(self, workload: Workload, batch: Batch) -> linear_readout.Reading:
        """Fit readouts on training data, use those of the workload on others."""
        assert self._readout is not None  # else nobody calls this
        inputs, targets, _, *more = workload.arrays
        shown = linear_readout.Shown(inputs, self.ticks, workload.size)
        if workload.split in ("train", "all"):
            return linear_readout.learn(batch, shown, self._readout, self._readout_targets(targets))
        return linear_readout.use(batch, shown, self._readout, linear_readout.equipped(more, batch))

    @abstractmethod
    def _answer(self, workload: Workload, batch: Batch) -> scoring.Answers:
        """Run every network on every sample."""

    @abstractmethod
    def _scores(self, workload: Workload, answers: scoring.Answers) -> NDArray[np.float64]:
        """Score of every network, (networks,)."""

    @abstractmethod
    def _readout_targets(self, targets: NDArray[Any]) -> NDArray[np.float64]:
        """Return the targets of readouts, (samples, targets)."""

    @abstractmethod
    def _sample_scores(self, workload: Workload, answers: scoring.Answers) -> NDArray[np.float64]:
        """Score every network in every sample, (networks, samples)."""

    @abstractmethod
    def _sample_scores_read(
        self, workload: Workload, reading: linear_readout.Reading
    ) -> NDArray[np.float64]:
        """Score every readout in every sample, (networks, samples)."""

    @abstractmethod
    def _scores_read(
        self, workload: Workload, reading: linear_readout.Reading
    ) -> NDArray[np.float64]:
        """Score of every readout, (networks,)."""

    def describe(self) -> dict[str, object]:
        """Return the task as plain values, with what was chosen and fitted, and sizes of the splits."""
        return super().describe() | {
            "encoder": text_of(self._encoder) if self._encoder else None,
            "scaling": self._scaling.to_json() if self._scaling else None,
            "readout": text_of(self._readout) if self._readout else None,
            "sample_shape": list(self.sample_shape),
            "jitter": self.jitter,
            "score": self.score,
            "splits": {name: len(self._parts[name].targets) for name in _KEPT_APART},
        }

    def _state(self) -> dict[str, object]:
        """Leave out the data and the settings of runs: workers are sent workloads."""
        nothing = dict.fromkeys(("_values", "_divided", "_targets"))
        return super()._state() | nothing | {"_parts": {}, "_made": {}, "defaults": {}}
