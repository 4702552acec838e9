"""What all data tasks share: samples, their split, their scaling and their encoding."""

from abc import abstractmethod
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import InputError
from ..sim.batch import NEURONS, SOURCES, Batch
from ..sim.bits import pack_lanes
from . import scoring, splits
from .encoders import Scaling, encoder
from .encoders.base import Setting
from .spec import text_of
from .task import (
    Measurements,
    Split,
    Task,
    Totals,
    Workload,
    generator,
)


class _Part(NamedTuple):
    features: NDArray[Any]
    answers: NDArray[Any]


class DataTask(Task):
    """Samples and the right answer to each: classes (``Classification``) or numbers (``Regression``).

    The settings of a run come before the attributes of the class. The arrays of a workload are the
    inputs (packed spikes or charges, see ``scoring.Samples``), the right answers, a row each, and
    (1,) int64 how many spikes or charges the inputs are.

    Attributes:
        encoder: Encoder of the features, as text.
        decoder: Decoder of the outputs, as text.
        score: Name of the score; of the task's own choice if empty.
        ticks: Length of the window; signals, and data that are spikes already, bring at least
            their own.
        scaling: ``quantiles`` fits the features, or the channels of signals, to [0, 1] by the
            training data; ``none`` where they lie there already.
        held_out: Whether a third of the samples is kept for the test; if not, all are for training.
    """

    encoder: str = "rate:mirrored"
    decoder: str
    score: str = ""
    ticks: int = 10
    scaling: Literal["quantiles", "none"] = "quantiles"
    held_out: bool = True
    score_range = (0.0, 1.0)
    takes = frozenset({"encoder", "decoder", "score", "ticks", "fresh_episodes"})

    def _set_inputs(self, features: NDArray[Any]) -> None:
        """Work out window and inputs from the encoder, or from data that are spikes already."""
        are_spikes = features.dtype == np.bool_
        self._encoder = None if are_spikes else encoder(self.settings.encoder or self.encoder)
        ticks = self.settings.ticks
        if self._encoder is not None:
            shortest = self._encoder.window(features.shape[1:])
            why = f"encoder {self._encoder.name} needs"
            self.inputs = self._encoder.inputs(features.shape[-1])
            self.input_kind = "charges" if self._encoder.kind == "charges" else self.input_kind
        else:
            shortest, self.inputs = features.shape[1:]
            why = "the data last"
        self.ticks = type(self).ticks if ticks is None else ticks
        if features.ndim == 3 and ticks is None:
            self.ticks = max(self.ticks, shortest)
        if self.ticks < shortest:
            raise InputError(
                f"task {self.name}: ticks must be at least {shortest}, as {why} (got {self.ticks})"
            )
        self._set_fresh()

    def _set_fresh(self) -> None:
        fresh = self.settings.fresh_episodes
        random = self._encoder is not None and self._encoder.random
        if fresh is not None and not random:
            raise InputError(
                f"task {self.name} takes fresh_episodes with a random encoder only, such as poisson"
            )
        self.fresh = random and fresh is not False

    def divide(self, strata: NDArray[np.int32], names: tuple[str, ...]) -> splits.Parts:
        """Cut the samples into training, validation and test data.

        Args:
            strata: (samples,) number of the class of each; every part has its share of each class.
            names: Names of the classes, for messages.
        """
        if not self.held_out:
            return splits.whole(len(strata))
        return splits.split(strata, names, self.settings.split_seed, f"task {self.name}")

    def _set_parts(
        self, features: NDArray[Any], answers: NDArray[Any], parts: splits.Parts
    ) -> None:
        """Scale the features by the training data, and keep the parts."""
        if self._encoder is not None:
            features = self._scale(features, parts.train)
        self._parts: dict[Split, _Part] = {
            "train": _Part(features[parts.train], answers[parts.train]),
            "validation": _Part(features[parts.validation], answers[parts.validation]),
            "test": _Part(features[parts.test], answers[parts.test]),
        }
        self._made: dict[tuple[Split, int], Workload] = {}
        self.samples = len(parts.train)
        self.has_validation = len(parts.validation) > 0
        self.has_test = len(parts.test) > 0

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

    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        """Encode a part of the data; drawn anew in every generation only if ``fresh``."""
        if len(self._parts[split].answers) == 0:
            raise ValueError(f"task {self.name} has no {split} data")
        if self._encoder is None or not self._encoder.random:
            seed = 0  # chance plays no part
        if self.fresh and generation is not None:
            return self._encode(split, seed, generation)
        if (split, seed) not in self._made:
            self._made[split, seed] = self._encode(split, seed, None)
        return self._made[split, seed]

    def _encode(self, split: Split, seed: int, generation: int | None) -> Workload:
        features, answers = self._parts[split]
        if self._encoder is None:
            inputs = np.zeros((self.ticks, self.inputs, len(answers)), np.bool_)
            inputs[: features.shape[1]] = features.transpose(1, 2, 0)
        else:
            s = self.settings
            setting = Setting(self.ticks, s.arithmetic, s.grid, s.full_charge)
            inputs = self._encoder.encode(features, setting, generator(seed, split, generation))
        injected = np.array([np.count_nonzero(inputs)], np.int64)
        packed = pack_lanes(inputs) if self.input_kind == "spikes" else self.receive(inputs)
        return Workload.of(split, len(answers), packed, answers, injected)

    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        """Score, spikes, synaptic operations and latency of every network.

        Raises:
            InputError: The networks are not for this task.
        """
        self.check_fit(batch)
        answers = self._answer(workload, batch)
        networks = batch.networks
        totals = Totals(
            np.full(networks, workload.size),
            answers.sums[:, scoring.SPIKES],
            np.full(networks, workload.arrays[2][0]),
            answers.sums[:, scoring.SYNAPTIC_OPERATIONS],
            answers.latencies.sum(axis=1, dtype=np.int64),
        )
        neurons = batch.headers[:, NEURONS] - batch.headers[:, SOURCES]
        return Measurements.of(
            self._scores(answers, workload.arrays[1]), totals, neurons, self.ticks
        )

    @abstractmethod
    def _answer(self, workload: Workload, batch: Batch) -> scoring.Answers:
        """Run every network on every sample."""

    @abstractmethod
    def _scores(self, answers: scoring.Answers, right: NDArray[Any]) -> NDArray[np.float64]:
        """Score of every network, (networks,)."""

    def describe(self) -> dict[str, object]:
        """The task as plain values, with its encoder, decoder, score and sizes of the splits."""
        return super().describe() | {
            "encoder": text_of(self._encoder) if self._encoder else None,
            "score": self.score,
            "splits": {split: len(part.answers) for split, part in self._parts.items()},
        }

    def _state(self) -> dict[str, object]:
        """Everything but the data: workers are sent workloads."""
        return self.__dict__ | {"_parts": {}, "_made": {}}


def check_score(task: Task, name: str, there: tuple[str, ...]) -> None:
    """Raise InputError for a score that a task does not have."""
    if name not in there:
        raise InputError(
            f"task {task.name}: there is no score {name!r} (there are: {', '.join(there)})"
        )
