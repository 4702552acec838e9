"""What networks are compared with, against scikit-learn and plain counting on the same split."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import scale

from spikevolve.tasks import Classification, Regression, TaskSettings, load
from spikevolve.tasks.data.splits import TEST_SHARE, Stratified, cut

LABELS = np.repeat([0, 1], [90, 60])


class Blobs(Classification):
    encoder = "rate:8"

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        rng = np.random.default_rng(5)
        return rng.normal(LABELS[:, np.newaxis], 1.0, (150, 3)), LABELS


class Late(Blobs):
    """The classes differ in how many spikes the second input gets, not in when."""

    encoder = ""

    def load(self) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:  # type: ignore[override]
        spikes = np.random.default_rng(5).random((150, 20, 2)) < 0.2
        spikes[LABELS == 1, ::2, 1] = True
        return spikes, LABELS


class Waves(Blobs):
    def load(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        signals = np.random.default_rng(5).normal(0.0, 0.1, (150, 6, 2))
        signals[LABELS == 1, 3, 1] += 1.0
        return signals, LABELS


class Line(Regression):
    def load(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        features = np.random.default_rng(5).normal(size=(150, 2))
        return features, features[:, 0] * 10.0 + 3.0


def parts() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    found = cut(Stratified(LABELS.astype(np.int32), ("0", "1"), 1, "here"), len(LABELS), TEST_SHARE)
    return np.concatenate([found.train, found.validation]), found.test


def test_classes_are_those_of_scikit_learn_on_the_same_samples() -> None:
    features, _ = Blobs(TaskSettings()).load()
    learnt, tested = parts()
    mean, deviation = features[learnt].mean(axis=0), features[learnt].std(axis=0)
    model = LogisticRegression(max_iter=1000).fit(scale(features[learnt]), LABELS[learnt])

    found = Blobs(TaskSettings()).baselines()

    expected = model.score((features[tested] - mean) / deviation, LABELS[tested])
    assert found["logistic regression"] == pytest.approx(expected)
    assert found["majority class"] == pytest.approx(np.mean(LABELS[tested] == 0))


@pytest.mark.parametrize(("score", "constant"), [("balanced_accuracy", 0.5), ("auc", 0.5)])
def test_they_are_scored_as_networks_are(score: str, constant: float) -> None:
    found = Blobs(TaskSettings(score=score)).baselines()

    assert found["majority class"] == constant
    assert 0.7 < found["logistic regression"] <= 1.0


def test_of_spikes_they_see_how_many_each_input_gets() -> None:
    assert Late(TaskSettings()).baselines()["logistic regression"] > 0.9


def test_of_signals_they_see_every_step() -> None:
    assert Waves(TaskSettings()).baselines()["logistic regression"] == 1.0


def test_of_large_data_validation_data_are_learnt_too() -> None:
    task = load("digits", TaskSettings(encoder="rate:8"))

    found = task.baselines()

    assert 0.955 < found["logistic regression"] < 0.98  # 0.967 over splits 1 to 5
    assert found["majority class"] == pytest.approx(0.1, abs=0.02)


def test_numbers_are_those_of_scikit_learn_on_the_same_samples() -> None:
    task = Line(TaskSettings())
    features, targets = task.load()
    parts = cut(Stratified(np.zeros(150, np.int32), ("all",), 1, "here"), 150, TEST_SHARE)
    mean, deviation = features[parts.train].mean(axis=0), features[parts.train].std(axis=0)
    low, high = targets[parts.train].min(), targets[parts.train].max()
    scaled = (targets - low) / (high - low)
    model = Ridge().fit((features[parts.train] - mean) / deviation, scaled[parts.train])

    said = task.baselines()

    error = abs(
        model.predict((features[parts.test] - mean) / deviation) - scaled[parts.test]
    ).mean()
    constant = abs(np.median(scaled[parts.train]) - scaled[parts.test]).mean()
    assert said["ridge regression"] == pytest.approx(1.0 - error)
    assert said["median"] == pytest.approx(1.0 - constant)


@pytest.mark.parametrize("name", ["xor", "cartpole"])
def test_there_are_none_without_test_data_or_data(name: str) -> None:
    assert load(name).baselines() == {}
