"""Regression: numbers for each sample; a task of one's own needs to define `load` only."""

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...sim.batch import Batch
from ..decoders.classes import MEMBRANE
from ..decoders.numbers import number_decoder
from ..readouts.linear_readout import Reading
from ..task import TaskSettings
from ..text_form import text_of
from ..workload import Workload, digest
from . import baselines, scoring
from .data_task import DataTask
from .learning.teaching import Teaching, of_numbers
from .number_scores import NUMBER_SCORES, constant_score, sample_scores, scores
from .samples import FOR_GAPS, features_of, pair_of, targets_of
from .scores import check_score


class Regression(DataTask):
    """A data set with one or more numbers to predict for each sample.

    A subclass defines `load`. The targets are scaled so that the lowest of the training data is 0 and
    the highest 1, for each number by itself; decoders give numbers in [0, 1]. The score is 1 less
    an error, see `number_scores`: `mae` unless `score` names another. The targets in a workload
    are scaled, (samples, numbers) float64. For the other attributes see
    `DataTask`.

    Attributes:
        numbers: How many numbers there are to predict for a sample.
        ends: (2, numbers), the lowest and highest training targets, which 0 and 1 stand for.
    """

    decoder: str = "vector"
    score: str = "mae"
    usually_jittered = False  # it would blur the function that is to be learned

    def __init__(self, settings: TaskSettings) -> None:
        """Load, check and split the data.

        Raises:
            InputError: A setting or the data are not as they must be.
        """
        super().__init__(settings)
        where = f"task {self.name}"
        samples, loaded = pair_of(self.load(), "targets", where)
        features = features_of(samples, where, gaps=self.fills_gaps, remedy=FOR_GAPS)
        targets = targets_of(loaded, len(features), where)
        self.numbers = targets.shape[1]
        self._decoder = number_decoder(settings.decoder or self.decoder)
        spiking = self.numbers * self._decoder.width
        self.outputs = self._readout.neurons if self._readout else spiking
        self.score = settings.score or self.score
        check_score(self, self.score, tuple(NUMBER_SCORES))
        self.score_range = (NUMBER_SCORES[self.score].lowest, 1.0)
        parts = self.divide(np.zeros(len(features), np.int32), ("all",))
        features = self.informative(features, parts.train)
        self.data_digest = digest(features, targets)
        features = self.complete(features)
        self._set_inputs(features)
        learnt = targets[parts.train]
        self.ends = np.stack([learnt.min(axis=0), learnt.max(axis=0)])
        self._set_parts(features, self._scaled(targets), parts)
        self._set_chance(self._parts["train"].targets)

    @abstractmethod
    def load(self) -> tuple[Any, Any]:
        """Load the data.

        Returns:
            Features, as of `Classification`; and targets, (samples,) or (samples, numbers)
            numbers.
        """

    def baselines(self) -> dict[str, float]:
        """Score the median and scikit-learn's ridge regression on the test data."""
        if not self.has_test:
            return {}
        targets = self._parts["test"].targets
        return {
            name: float(scores(self.score, said[np.newaxis], targets, self.ends)[0])
            for name, said in baselines.numbers(self._as_loaded()).items()
        }

    def describe(self) -> dict[str, object]:
        """Return the task as plain values, with the ranges of its numbers."""
        return super().describe() | {
            "numbers": self.ends.T.tolist(),
            "decoder": None if self._readout else text_of(self._decoder),
        }

    def teaching(self, workload: Workload) -> Teaching:
        """Return what networks learn from."""
        inputs, targets, *_ = workload.arrays
        return of_numbers(inputs, targets, self._decoder, self.ticks)

    def score_of_mean(self, mean: float) -> float:
        """Return the score that a mean over samples stands for: `rmse` is of a mean of squares."""
        return float(NUMBER_SCORES[self.score].of_mean(mean))

    def _scaled(self, targets: NDArray[np.float64]) -> NDArray[np.float64]:
        width = self.ends[1] - self.ends[0]
        scaled: NDArray[np.float64] = (targets - self.ends[0]) / np.where(width == 0, 1.0, width)
        return scaled

    def _set_chance(self, targets: NDArray[np.float64]) -> None:
        """Set the scores of the best constant prediction, and of numbers drawn from 0 … 1."""
        self.chance_score = constant_score(self.score, targets, self.ends)
        drawn = np.random.default_rng(0).random((100, *targets.shape))
        self.guess_score = float(scores(self.score, drawn, targets, self.ends).mean())

    def _answer(self, workload: Workload, batch: Batch) -> scoring.Answers:
        # The latency is that of the membrane's decision, which nobody reads: the window.
        return scoring.answer(
            batch, workload.arrays[0], self.ticks, workload.size, MEMBRANE, counted=True
        )

    def _scores(self, workload: Workload, answers: scoring.Answers) -> NDArray[np.float64]:
        predicted = self._decoder.numbers(answers.counts, self.ticks)
        return scores(self.score, predicted, workload.arrays[1], self.ends)

    def _readout_targets(self, targets: NDArray[Any]) -> NDArray[np.float64]:
        return targets

    def _sample_scores(self, workload: Workload, answers: scoring.Answers) -> NDArray[np.float64]:
        said = self._decoder.numbers(answers.counts, self.ticks)
        return sample_scores(self.score, said, workload.arrays[1], self.ends)

    def _sample_scores_read(self, workload: Workload, reading: Reading) -> NDArray[np.float64]:
        return sample_scores(self.score, reading.said, workload.arrays[1], self.ends)

    def _scores_read(self, workload: Workload, reading: Reading) -> NDArray[np.float64]:
        return scores(self.score, reading.said, workload.arrays[1], self.ends)
