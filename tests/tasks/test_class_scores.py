"""Scores of classification against scikit-learn's."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics

from spikevolve.errors import InputError
from spikevolve.sim.batch import Batch
from spikevolve.tasks import Classification, TaskSettings, load
from spikevolve.tasks.data.scores import SCORES, usual_score
from spikevolve.tasks.data.scoring import Answers

SAMPLES = 200


def answers(classes: int, rng: np.random.Generator) -> tuple[Answers, NDArray[np.int32]]:
    """Five networks: random ones, one that is right, one that is silent; uneven classes."""
    labels = np.minimum(rng.geometric(0.4, SAMPLES) - 1, classes - 1).astype(np.int32)
    labels[:classes] = np.arange(classes)
    counts = rng.integers(0, 5, (5, classes, SAMPLES)).astype(np.int32)
    counts[1] = labels == np.arange(classes)[:, np.newaxis]
    counts[2] = 0
    counts[3] += 3 * counts[1]
    decisions = counts.argmax(axis=1).astype(np.int32)
    nothing = np.zeros((5, SAMPLES), np.int32), np.zeros((5, 2), np.int64)
    return Answers(decisions, *nothing, counts), labels


@pytest.mark.parametrize("classes", [2, 3, 6])
@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("accuracy", metrics.accuracy_score),
        ("balanced_accuracy", metrics.balanced_accuracy_score),
        ("f1", lambda y, p: metrics.f1_score(y, p, average="macro", zero_division=0)),
    ],
)
def test_scores_of_decisions(name: str, reference: object, classes: int) -> None:
    given, labels = answers(classes, np.random.default_rng(classes))

    scores = SCORES[name].of(given, labels, classes)

    assert callable(reference)
    assert scores == pytest.approx([reference(labels, row) for row in given.decisions])
    assert scores[1] == 1.0


@pytest.mark.parametrize("classes", [2, 3, 6])
def test_auc(classes: int) -> None:
    given, labels = answers(classes, np.random.default_rng(classes))
    totals = given.counts.sum(axis=1, keepdims=True)
    shares = np.full(given.counts.shape, 1 / classes)
    np.divide(given.counts, totals, out=shares, where=totals > 0)

    scores = SCORES["auc"].of(given, labels, classes)

    for score, row in zip(scores, shares, strict=True):
        ranks = row[1] if classes == 2 else row.T
        expected = metrics.roc_auc_score(labels, ranks, multi_class="ovr")
        assert score == pytest.approx(expected)
    assert scores[1] == 1.0
    assert scores[2] == 0.5


@pytest.mark.parametrize("classes", [2, 3, 6])
def test_h_mean(classes: int) -> None:
    given, labels = answers(classes, np.random.default_rng(classes))

    scores = SCORES["h_mean"].of(given, labels, classes)

    for score, row in zip(scores, given.decisions, strict=True):
        recalls = metrics.recall_score(labels, row, average=None, zero_division=0)
        assert score == pytest.approx(1 / np.mean(1 / (recalls + 0.5)) - 0.5)
        assert score <= metrics.balanced_accuracy_score(labels, row) + 1e-12
    assert scores[1] == 1.0


@pytest.mark.parametrize("classes", [2, 3, 6])
def test_h_credit(classes: int) -> None:
    given, labels = answers(classes, np.random.default_rng(classes))

    scores = SCORES["h_credit"].of(given, labels, classes)

    for score, decisions, counts in zip(scores, given.decisions, given.counts, strict=True):
        credits: list[list[float]] = [[] for _ in range(classes)]
        for sample, label in enumerate(labels):
            spikes = counts[:, sample]
            share = spikes[label] / spikes.sum() if spikes.any() else 0.0
            credits[label].append(0.5 * (decisions[sample] == label) + 0.5 * share)
        assert score == pytest.approx(1 / np.mean([1 / (np.mean(c) + 0.5) for c in credits]) - 0.5)
    assert scores[1] == 1.0


@pytest.mark.parametrize("name", list(SCORES))
def test_a_network_scores_the_same_alone_to_the_last_bit(name: str) -> None:
    given, labels = answers(12, np.random.default_rng(6))

    together = SCORES[name].of(given, labels, 12)

    for n, score in enumerate(together):
        alone = given._replace(decisions=given.decisions[n : n + 1], counts=given.counts[n : n + 1])
        assert SCORES[name].of(alone, labels, 12) == score


def test_h_mean_puts_a_little_of_every_class_above_all_of_most() -> None:
    labels = np.repeat(np.arange(4), 10).astype(np.int32)
    none = np.zeros((2, 1), np.int32), np.zeros((2, 2), np.int64), np.zeros((0, 0, 0), np.int32)
    lost = np.where(labels == 0, 1, labels)
    spread = np.where(np.arange(40) % 10 < 3, (labels + 1) % 4, labels)
    answers = Answers(np.stack([lost, spread]).astype(np.int32), *none)

    accuracy, h_mean = (SCORES[name].of(answers, labels, 4) for name in ("accuracy", "h_mean"))

    assert accuracy[0] > accuracy[1]
    assert h_mean[0] < h_mean[1]


def test_h_credit_rises_with_the_first_spikes_of_a_silent_output_and_with_clearness() -> None:
    labels = np.repeat(np.arange(3), 10).astype(np.int32)
    right = (labels == np.arange(3)[:, np.newaxis]).astype(np.int32)
    lost = 6 * right
    lost[:, labels == 2] = np.array([[0], [6], [0]])  # output 1 speaks for class 2
    stirring, clear = lost + right, 8 * right + 1
    counts = np.stack([lost, stirring, clear, 2 * clear - 1])
    decisions = counts.argmax(axis=1).astype(np.int32)
    none = np.zeros((4, 1), np.int32), np.zeros((4, 2), np.int64)

    given = Answers(decisions, *none, counts)
    h_mean, h_credit = (SCORES[name].of(given, labels, 3) for name in ("h_mean", "h_credit"))

    assert h_mean[0] == h_mean[1] < h_mean[2] == h_mean[3]
    assert h_credit[0] < h_credit[1] < h_credit[2] < h_credit[3]


def test_no_constant_answer_earns_more_credit_than_the_best() -> None:
    rng = np.random.default_rng(4)
    classes = 6
    counts = rng.integers(0, 30, (500, classes))
    counts[0] = [0, *5 * [20]]
    decisions = np.where(np.arange(500) == 0, 0, counts.argmax(axis=1))
    none = np.zeros((500, 1), np.int32), np.zeros((500, 2), np.int64)
    given = Answers(
        np.tile(decisions[:, np.newaxis], classes).astype(np.int32),
        *none,
        np.repeat(counts[:, :, np.newaxis], classes, axis=2).astype(np.int32),
    )

    scores = SCORES["h_credit"].of(given, np.arange(classes, dtype=np.int32), classes)

    best = SCORES["h_credit"].constant(np.full(classes, 1 / classes))
    assert scores.max() == scores[0] == pytest.approx(best)


@pytest.mark.parametrize("classes", [2, 3, 6])
def test_likelihood(classes: int) -> None:
    given, labels = answers(classes, np.random.default_rng(classes))

    scores = SCORES["likelihood"].of(given, labels, classes)

    exponent = 0.25 if classes == 2 else 1.0
    for score, counts in zip(scores, given.counts, strict=True):
        entropy = 0.0
        for sample, label in enumerate(labels):
            powers = [math.exp(exponent * spikes) for spikes in counts[:, sample]]
            alike = np.count_nonzero(labels == label) * len(np.unique(labels))
            entropy -= math.log(powers[label] / sum(powers)) / alike
        assert score == pytest.approx(1 / (1 + entropy), rel=1e-13)
    assert scores[2] == pytest.approx(1 / (1 + math.log(classes)), rel=1e-13)  # silent


def test_likelihood_stays_within_0_and_1_however_many_spikes_there_are() -> None:
    labels, none = np.zeros(4, np.int32), (np.zeros((2, 4), np.int32), np.zeros((2, 2), np.int64))
    counts = np.zeros((2, 3, 4), np.int32)
    counts[0, 0], counts[1, 1] = 10_000, 10_000

    right, wrong = SCORES["likelihood"].of(
        Answers(np.zeros((2, 4), np.int32), *none, counts), labels, 3
    )

    assert 0 < wrong < 0.04 < 0.999 < right <= 1


def test_no_constant_answer_is_more_likely_than_the_same_chance_for_every_class() -> None:
    rng, shares = np.random.default_rng(6), np.array([0.5, 0.3, 0.2])
    labels = np.repeat(np.arange(3), [50, 30, 20]).astype(np.int32)
    counts = rng.integers(0, 5, (500, 3, 1)).astype(np.int32)
    none = np.zeros((500, 1), np.int32), np.zeros((500, 2), np.int64)
    given = Answers(
        np.repeat(counts.argmax(axis=1), 100, axis=1).astype(np.int32),
        *none,
        np.repeat(counts, 100, axis=2),
    )

    scores = SCORES["likelihood"].of(given, labels, 3)

    best = SCORES["likelihood"].constant(shares)
    assert best == pytest.approx(1 / (1 + math.log(3)), rel=1e-13)
    assert scores.max() == pytest.approx(best, rel=1e-13)
    assert SCORES["likelihood"].guess(shares) == best


def test_a_guess_earns_the_credit_of_one_class() -> None:
    rng = np.random.default_rng(5)
    labels = np.repeat(np.arange(6), 2000).astype(np.int32)
    decisions = rng.integers(0, 6, (1, len(labels))).astype(np.int32)
    counts = (decisions[:, np.newaxis] == np.arange(6)[:, np.newaxis]).astype(np.int32)
    none = np.zeros((1, 1), np.int32), np.zeros((1, 2), np.int64)

    score = SCORES["h_credit"].of(Answers(decisions, *none, counts), labels, 6)

    assert score == pytest.approx(SCORES["h_credit"].guess(np.full(6, 1 / 6)), abs=0.01)


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "h_mean", "f1"])
def test_constant_and_guess(name: str) -> None:
    rng = np.random.default_rng(3)
    labels = rng.permutation(np.repeat(np.arange(3), [6000, 3000, 1000])).astype(np.int32)
    decisions = np.stack([*(np.full(len(labels), k) for k in range(3)), rng.integers(0, 3, 10_000)])
    none = np.zeros((4, 1), np.int32), np.zeros((4, 2), np.int64), np.zeros((0, 0, 0), np.int32)
    shares = np.array([0.6, 0.3, 0.1])

    *constants, guess = SCORES[name].of(Answers(decisions.astype(np.int32), *none), labels, 3)

    assert SCORES[name].constant(shares) == pytest.approx(max(constants))
    assert SCORES[name].guess(shares) == pytest.approx(guess, abs=0.02)


def test_balanced_accuracy_where_classes_differ_by_more_than_a_factor_of_2() -> None:
    class Uneven(Classification):
        larger = 20

        def load(self) -> tuple[object, object]:
            labels = np.repeat([0, 1], [self.larger, 10])
            return np.arange(len(labels))[:, np.newaxis], labels

    assert Uneven(TaskSettings()).score == "accuracy"
    Uneven.larger = 40
    assert Uneven(TaskSettings()).score == "balanced_accuracy"
    assert Uneven(TaskSettings()).chance_score == 0.5
    assert Uneven(TaskSettings(score="accuracy")).chance_score == pytest.approx(0.8, abs=0.03)
    assert usual_score(np.array([0.5, 0.25, 0.25])) == "accuracy"


class Blocks(Classification):
    """Six classes of ten equal samples each."""

    def load(self) -> tuple[object, object]:
        labels = np.repeat(np.arange(6), 10)
        return labels[:, np.newaxis], labels


def test_many_classes_are_trained_by_h_credit_and_judged_by_accuracy() -> None:
    task = Blocks(TaskSettings())

    assert (task.training_score, task.score) == ("h_credit", "accuracy")
    assert task.describe()["training_score"] == "h_credit"
    assert Blocks(TaskSettings(decoder="membrane")).training_score == "h_mean"
    assert load("iris", TaskSettings()).describe()["training_score"] == "accuracy"
    assert Blocks(TaskSettings(training_score="f1")).training_score == "f1"
    assert Blocks(TaskSettings(score="f1")).training_score == "f1"
    assert Blocks(TaskSettings(readout="ridge")).training_score == "accuracy"


def test_training_data_are_scored_by_the_training_score_and_others_by_the_score(
    batch_for: Callable[..., Batch],
) -> None:
    task = load("digits", TaskSettings())
    assert isinstance(task, Classification)
    batch = batch_for(task, 3)

    for workload in (task.workload("train", 1), task.workload("validation", 1)):
        name = "h_credit" if workload.split == "train" else "accuracy"
        given = task.answers(workload, batch)
        expected = SCORES[name].of(given, workload.arrays[1], 10)
        assert np.array_equal(task.evaluate(workload, batch).score, expected)


def test_refuses_unknown_scores() -> None:
    with pytest.raises(InputError, match="task iris: there is no score 'mcc' \\(there are: "):
        load("iris", TaskSettings(score="mcc"))
    with pytest.raises(InputError, match="task iris: there is no score 'mcc'"):
        load("iris", TaskSettings(training_score="mcc"))
    with pytest.raises(InputError, match="task mackey_glass takes no training_score"):
        load("mackey_glass", TaskSettings(training_score="smape"))
    with pytest.raises(InputError, match="task cartpole takes no score"):
        load("cartpole", TaskSettings(score="f1"))
