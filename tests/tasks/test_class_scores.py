"""Scores of classification against scikit-learn's."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics

from spikevolve import InputError
from spikevolve.tasks import Classification, TaskSettings, load
from spikevolve.tasks.class_scores import SCORES, usual_score
from spikevolve.tasks.scoring import Answers

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


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "f1"])
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


def test_refuses_unknown_scores() -> None:
    with pytest.raises(InputError, match="task iris: there is no score 'mcc' \\(there are: accur"):
        load("iris", TaskSettings(score="mcc"))
    with pytest.raises(InputError, match="task cartpole takes no score"):
        load("cartpole", TaskSettings(score="f1"))
