"""Data tasks: samples in, classes out. A task of one's own needs to say ``load`` only."""

from abc import abstractmethod
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import InputError
from ..sim.batch import NEURONS, SOURCES, Batch
from ..sim.bits import pack_lanes
from . import scoring, splits
from .dataset import Dataset, dataset
from .decoders import decoder
from .encoders import Scaling, encoder
from .encoders.base import Setting
from .spec import text_of
from .task import (
    Measurements,
    Split,
    Task,
    TaskSettings,
    Totals,
    Workload,
    digest,
    generator,
)


class _Part(NamedTuple):
    features: NDArray[Any]
    labels: NDArray[np.int32]


class Classification(Task):
    """A labelled data set: the network's decision is the class of a sample, the score accuracy.

    A subclass says ``load``. The settings of a run come before the attributes of the class. The
    arrays of a workload are the inputs (packed spikes or charges, see ``scoring.Samples``), the
    labels (samples,) int32, and (1,) int64 how many spikes or charges the inputs are.

    Attributes:
        encoder: Encoder of the features, as text.
        decoder: Decoder of the outputs, as text.
        ticks: Length of the window; signals, and data that are spikes already, bring at least
            their own.
        scaling: ``quantiles`` fits the features, or the channels of signals, to [0, 1] by the
            training data; ``none`` where they lie there already.
        held_out: Whether a third of the samples is kept for the test; if not, all are for training.
    """

    encoder: str = "rate:mirrored"
    decoder: str = "first_spike"
    ticks: int = 10
    scaling: Literal["quantiles", "none"] = "quantiles"
    held_out: bool = True
    score_range = (0.0, 1.0)
    takes = frozenset({"encoder", "decoder", "ticks", "fresh_episodes"})

    def __init__(self, settings: TaskSettings) -> None:
        """Load, check and split the data.

        Raises:
            InputError: A setting or the data are not as they must be.
        """
        super().__init__(settings)
        data = dataset(*self.load(), f"task {self.name}")
        self.classes = data.classes
        self.outputs = len(data.classes)
        self.guess_score = 1.0 / self.outputs
        self.data_digest = digest(data.features, data.labels, np.array(data.classes))
        self._decoder = decoder(settings.decoder or self.decoder)
        are_spikes = data.features.dtype == np.bool_
        self._encoder = None if are_spikes else encoder(settings.encoder or self.encoder)
        self._set_inputs(data)
        self._set_fresh()
        self._split(data)
        self._made: dict[tuple[Split, int], Workload] = {}

    @abstractmethod
    def load(self) -> tuple[Any, Any]:
        """The data.

        Returns:
            Features, (samples, features) numbers; or signals, (samples, steps, channels) numbers; or
            (samples, ticks, inputs) bool where they are spikes already. And labels, (samples,)
            whole numbers or texts.
        """

    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        """Encode a part of the data; drawn anew in every generation only if ``fresh``."""
        if len(self._parts[split].labels) == 0:
            raise ValueError(f"task {self.name} has no {split} data")
        if self._encoder is None or not self._encoder.random:
            seed = 0  # chance plays no part
        if self.fresh and generation is not None:
            return self._encode(split, seed, generation)
        if (split, seed) not in self._made:
            self._made[split, seed] = self._encode(split, seed, None)
        return self._made[split, seed]

    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        """Accuracy, spikes, synaptic operations and latency of every network."""
        answers = self.answers(workload, batch)
        _, labels, injected = workload.arrays
        networks = batch.networks
        totals = Totals(
            np.full(networks, workload.size),
            answers.sums[:, scoring.SPIKES],
            np.full(networks, injected[0]),
            answers.sums[:, scoring.SYNAPTIC_OPERATIONS],
            answers.latencies.sum(axis=1, dtype=np.int64),
        )
        score = (answers.decisions == labels).mean(axis=1)
        neurons = batch.headers[:, NEURONS] - batch.headers[:, SOURCES]
        return Measurements.of(score, totals, neurons, self.ticks)

    def answers(self, workload: Workload, batch: Batch) -> scoring.Answers:
        """Decision and latency of every network on every sample.

        Raises:
            InputError: The networks are not for this task.
        """
        self.check_fit(batch)
        inputs, size = workload.arrays[0], workload.size
        return scoring.answer(batch, inputs, self.ticks, size, self._decoder.target)

    def describe(self) -> dict[str, object]:
        """The task as plain values, with its classes, encoder, decoder and sizes of the splits."""
        return super().describe() | {
            "classes": list(self.classes),
            "encoder": text_of(self._encoder) if self._encoder else None,
            "decoder": text_of(self._decoder),
            "splits": {split: len(part.labels) for split, part in self._parts.items()},
        }

    def _state(self) -> dict[str, object]:
        """Everything but the data: workers are sent workloads."""
        return self.__dict__ | {"_parts": {}, "_made": {}}

    def _set_inputs(self, data: Dataset) -> None:
        """Work out window and inputs from the encoder, or from data that are spikes already."""
        ticks = self.settings.ticks
        if self._encoder is not None:
            shortest = self._encoder.window(data.features.shape[1:])
            why = f"encoder {self._encoder.name} needs"
            self.inputs = self._encoder.inputs(data.features.shape[-1])
            self.input_kind = self._encoder.kind
        else:
            shortest, self.inputs = data.features.shape[1:]
            why = "the data last"
        self.ticks = type(self).ticks if ticks is None else ticks
        if data.features.ndim == 3 and ticks is None:
            self.ticks = max(self.ticks, shortest)
        if self.ticks < shortest:
            raise InputError(
                f"task {self.name}: ticks must be at least {shortest}, as {why} (got {self.ticks})"
            )

    def _set_fresh(self) -> None:
        fresh = self.settings.fresh_episodes
        random = self._encoder is not None and self._encoder.random
        if fresh is not None and not random:
            raise InputError(
                f"task {self.name} takes fresh_episodes with a random encoder only, such as poisson"
            )
        self.fresh = random and fresh is not False

    def _split(self, data: Dataset) -> None:
        features, labels = data.features, data.labels
        parts = splits.whole(len(labels))
        if self.held_out:
            where = f"task {self.name}"
            parts = splits.split(labels, data.classes, self.settings.split_seed, where)
        if self._encoder is not None:
            features = self._scale(features, parts.train)
        self._parts: dict[Split, _Part] = {
            "train": _Part(features[parts.train], labels[parts.train]),
            "validation": _Part(features[parts.validation], labels[parts.validation]),
            "test": _Part(features[parts.test], labels[parts.test]),
        }
        self.samples = len(parts.train)
        self.has_validation = len(parts.validation) > 0
        self.has_test = len(parts.test) > 0
        self.chance_score = float(np.bincount(labels[parts.train]).max() / self.samples)

    def _scale(
        self, features: NDArray[np.float64], train: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        if self.scaling == "quantiles":
            return Scaling.fit(features[train])(features)
        low, high = float(features.min()), float(features.max())
        if low < 0.0 or high > 1.0:
            raise InputError(
                f"task {self.name}: features must lie in 0 … 1 without scaling (got {low} … {high})"
            )
        return features

    def _encode(self, split: Split, seed: int, generation: int | None) -> Workload:
        features, labels = self._parts[split]
        if self._encoder is None:
            inputs = np.zeros((self.ticks, self.inputs, len(labels)), np.bool_)
            inputs[: features.shape[1]] = features.transpose(1, 2, 0)
        else:
            setting = Setting(self.ticks, self.settings.arithmetic, self.settings.grid)
            inputs = self._encoder.encode(features, setting, generator(seed, split, generation))
        injected = np.array([np.count_nonzero(inputs)], np.int64)
        packed = pack_lanes(inputs) if self.input_kind == "spikes" else inputs
        return Workload.of(split, len(labels), packed, labels, injected)
