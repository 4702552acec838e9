"""Classification of samples; a task of one's own needs to define `load` only."""

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.batch import Batch
from ..decoders.classes import MEMBRANE, decoder
from ..readouts.linear_readout import Reading
from ..task import TaskSettings
from ..text_form import text_of
from ..workload import Workload, digest
from . import baselines, scoring
from .class_labels import MISSING
from .data_task import DataTask
from .encoder_probe import Probe, candidates, probe, remembered
from .learning.teaching import Teaching, of_classes
from .samples import Dataset, dataset, pair_of
from .scores import (
    SCORES,
    Score,
    chances_of,
    check_score,
    credits_of,
    usual_score,
    usual_training_score,
)
from .splits import Parts


class Classification(DataTask):
    """A labelled data set: the network's decision is the class of a sample.

    A subclass defines `load`. The score is accuracy, or balanced accuracy where the classes of the
    training data differ in size by more than a factor of 2, unless `score` names another. The
    labels in a workload are (samples,) int32. For the other attributes see `DataTask`.

    Where neither the user nor a subclass names an encoder or a window, features that are values get
    those that suit the training data best (see `encoder_probe`).

    Attributes:
        training_score: Name of the score on training data, which a search climbs; of the task's own
            choice if empty: `h_credit` where spikes tell apart more than five classes.
        missing_labels: Texts that stand for no label, and are refused; None and NaN always are.
    """

    decoder: str = "spike_count"
    training_score: str = ""
    missing_labels: frozenset[str] = MISSING
    takes = DataTask.takes | {"training_score"}

    def __init__(self, settings: TaskSettings) -> None:
        """Load, check and split the data.

        Raises:
            InputError: A setting or the data are not as they must be.
        """
        super().__init__(settings)
        where = f"task {self.name}"
        features, labels = pair_of(self.load(), "labels", where)
        data = dataset(features, labels, where, self.missing_labels, gaps=self.fills_gaps)
        self._decoder = decoder(settings.decoder or self.decoder)
        parts = self.divide(data.labels, data.classes)
        data = data._replace(features=self.informative(data.features, parts.train))
        self.data_digest = digest(data.features, data.labels, np.array(data.classes))
        data = data._replace(features=self.complete(data.features))
        data, parts = self._learned_from(data, parts)
        self.classes = data.classes
        self.outputs = self._readout.neurons if self._readout else len(data.classes)
        self._probe = self._choose_window(data, parts)
        self._set_inputs(data.features)
        self._set_parts(data.features, data.labels, parts)
        shares = np.bincount(data.labels[parts.train], minlength=len(data.classes)) / self.samples
        if not shares.all():
            unknown = data.classes[int(np.argmin(shares))]
            raise InputError(f"{where}: class {unknown!r} has no training data, only test data")
        self.score = settings.score or self.score or usual_score(shares)
        self.training_score = settings.training_score or self.training_score or self._usual()
        # A readout decides by its own output: scores of output spikes would ignore it.
        usable = [name for name, s in SCORES.items() if not (self._readout and s.reads_counts)]
        for name in (self.score, self.training_score):
            check_score(self, name, tuple(usable))
        self.chance_score = SCORES[self.training_score].constant(shares)
        self.guess_score = SCORES[self.training_score].guess(shares)

    @abstractmethod
    def load(self) -> tuple[Any, Any]:
        """Load the data.

        Returns:
            Features, (samples, features) numbers; or signals, (samples, steps, channels) numbers; or
            (samples, ticks, inputs) bool where they are spikes already. And labels, (samples,)
            whole numbers or texts.
        """

    def answers(self, workload: Workload, batch: Batch) -> scoring.Answers:
        """Return decision and latency of every network on every sample.

        Raises:
            InputError: The networks are not for this task.
        """
        self.check_fit(batch)
        if self._readout is not None:
            return self._decided(self._read(workload, batch))
        return self._answer(workload, batch)

    def class_sizes(self) -> dict[str, int]:
        """Return how many samples there are of each class, in all parts together."""
        counts = np.bincount(self._targets, minlength=len(self.classes))
        return dict(zip(self.classes, counts.tolist(), strict=True))

    def teaching(self, workload: Workload) -> Teaching:
        """Return what networks learn from; classes weigh the same where the score is of recalls."""
        inputs, labels, *_ = workload.arrays
        counts = np.bincount(labels, minlength=len(self.classes))
        weights = np.ones(len(counts))
        if self.score not in ("accuracy", "auc"):
            weights = len(labels) / (len(counts) * np.maximum(counts, 1))
        return of_classes(inputs, labels, self._decoder, weights)

    def baselines(self) -> dict[str, float]:
        """Score the majority class and scikit-learn's logistic regression on the test data."""
        if not self.has_test:
            return {}
        said = baselines.class_probabilities(self._as_loaded(), len(self.classes))
        return {name: self._score_of(probabilities) for name, probabilities in said.items()}

    def _score_of(self, probabilities: NDArray[np.float64]) -> float:
        """Score probabilities, (test samples, classes), as networks are whose spikes are shared so."""
        answers = scoring.Answers(
            probabilities.argmax(axis=1).astype(np.int32)[np.newaxis],
            np.full((1, len(probabilities)), self.ticks, np.int32),
            np.zeros((1, 2), np.int64),
            np.rint(probabilities.T * 1e6).astype(np.int32)[np.newaxis],
        )
        targets = self._parts["test"].targets
        return float(SCORES[self.score].of(answers, targets, len(self.classes))[0])

    def describe(self) -> dict[str, object]:
        """Return the task as plain values, with its classes."""
        return super().describe() | {
            "classes": list(self.classes),
            "training_score": self.training_score,
            "decoder": None if self._readout else text_of(self._decoder),
            "measured": self._probe.to_json() if self._probe else None,
        }

    def _learned_from(self, data: Dataset, parts: Parts) -> tuple[Dataset, Parts]:
        """Return samples, with their classes, and their parts as networks know them: those of the data."""
        return data, parts

    def _choose_window(self, data: Dataset, parts: Parts) -> Probe | None:
        """Set encoder and window to what suits the training data, if nobody has chosen them."""
        s = self.settings
        if s.encoder or self.encoder or s.ticks or self.ticks or data.features.ndim != 2:
            return None
        if s.readout or s.evolve_encoder:  # a reservoir's spikes, or each network's own encoder
            self.encoder, self.ticks = candidates(data.features.shape[1], len(data.classes))[0]
            return None
        if s.measured is not None:
            found = remembered(s.measured, f"task {self.name}")
        else:
            learnt = data.features[parts.train]
            values = self._fit_scaling(data.features, learnt)(learnt)
            found = probe(values, data.labels[parts.train], s.split_seed)
        self.encoder, self.ticks = found.encoder, found.ticks
        return found

    def _answer(self, workload: Workload, batch: Batch) -> scoring.Answers:
        counted = self._score_on(workload).reads_counts
        return scoring.answer(
            batch, workload.arrays[0], self.ticks, workload.size, self._decoder.target, counted
        )

    def _usual(self) -> str:
        """Choose the training score; readouts, being fitted, lose no class, and networks that learn neither."""
        if self._readout:
            return self.score
        if self.settings.learned:
            selects = self.selection_split == "selection" and self._decoder.target == 0
            return "likelihood" if selects else self.score
        by_spikes = self._decoder.target != MEMBRANE
        return usual_training_score(self.score, len(self.classes), by_spikes)

    def _score_on(self, workload: Workload) -> Score:
        selects = workload.split in ("train", "selection", "all")
        return SCORES[self.training_score if selects else self.score]

    def _scores(self, workload: Workload, answers: scoring.Answers) -> NDArray[np.float64]:
        return self._score_on(workload).of(answers, workload.arrays[1], len(self.classes))

    def _readout_targets(self, targets: NDArray[Any]) -> NDArray[np.float64]:
        one_hot: NDArray[np.float64] = np.eye(len(self.classes))[targets]
        return one_hot

    def _sample_scores(self, workload: Workload, answers: scoring.Answers) -> NDArray[np.float64]:
        """Score 1 for a right decision, 0 for a wrong one, or the credit if that is what counts."""
        labels = workload.arrays[1]
        if self._score_on(workload) is SCORES["h_credit"]:
            return credits_of(answers, labels)
        if self._score_on(workload) is SCORES["likelihood"]:
            return chances_of(answers, labels)
        right: NDArray[np.float64] = (answers.decisions == labels).astype(np.float64)
        return right

    def _sample_scores_read(self, workload: Workload, reading: Reading) -> NDArray[np.float64]:
        return self._sample_scores(workload, self._decided(reading))

    def _scores_read(self, workload: Workload, reading: Reading) -> NDArray[np.float64]:
        return self._scores(workload, self._decided(reading))

    def _decided(self, reading: Reading) -> scoring.Answers:
        """Decide for the class with the highest output of a readout, after the whole window."""
        decisions = reading.said.argmax(axis=2).astype(np.int32)
        latencies = np.full_like(decisions, self.ticks)
        return scoring.Answers(decisions, latencies, reading.sums, np.empty((0, 0, 0), np.int32))
