"""Estimators of scikit-learn."""

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris, make_regression
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import check_estimator

from spikevolve.errors import InputError
from spikevolve.evolve.networks.estimators import SpikingClassifier, SpikingRegressor

pytestmark = pytest.mark.slow  # starts runs, or compiles much

SMALL: dict[str, Any] = {"generations": 3, "population": 10, "random_state": 0}


@pytest.fixture(scope="module")
def iris() -> SpikingClassifier:
    samples, classes = load_iris(return_X_y=True, as_frame=True)
    return SpikingClassifier(**SMALL).fit(samples, classes)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", [SpikingClassifier, SpikingRegressor])
def test_scikit_learn_checks_every_convention(kind: Any) -> None:
    results = check_estimator(kind(**SMALL), on_skip=None)  # raises where a check fails

    assert len(results) > 40
    skipped = {result["check_name"] for result in results if result["status"] == "skipped"}
    assert skipped <= {"check_array_api_input"}  # wants SCIPY_ARRAY_API


def test_classes_are_those_that_were_given(iris: SpikingClassifier) -> None:
    samples, classes = load_iris(return_X_y=True, as_frame=True)

    assert iris.score(samples, classes) > 0.9
    assert iris.champion_.task.features == tuple(samples.columns)
    names = np.array(["setosa", "versicolor", "virginica"])[classes]
    named = SpikingClassifier(**SMALL).fit(samples, names)
    assert named.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert np.array_equal(named.predict(samples), named.classes_[iris.predict(samples)])


def test_cross_val_score_splits_and_searches() -> None:
    samples, classes = load_iris(return_X_y=True)

    scores = cross_val_score(SpikingClassifier(**SMALL), samples, classes, cv=3)

    assert scores.shape == (3,)
    assert scores.min() > 0.8


def test_shares_of_spikes_rank_samples(iris: SpikingClassifier) -> None:
    samples, classes = load_iris(return_X_y=True, as_frame=True)
    answers = iris.champion_.predict(samples.rename(columns=str))

    shares = iris.predict_proba(samples)

    assert np.allclose(shares.sum(axis=1), 1.0)
    assert np.array_equal(shares.argmax(axis=1), iris.predict(samples))
    spoken = answers["share 0"].notna()
    assert np.array_equal(shares[spoken, 0], answers.loc[spoken, "share 0"])
    scores = cross_val_score(clone(iris), samples, classes == 0, cv=3, scoring="roc_auc")
    assert scores.min() > 0.9


def test_a_decoder_that_counts_no_spikes_has_no_shares() -> None:
    assert not hasattr(SpikingClassifier(decoder="first_spike"), "predict_proba")
    assert hasattr(SpikingClassifier(decoder="spike_count"), "predict_proba")


def test_what_was_fitted_is_pickled_and_cloned(iris: SpikingClassifier) -> None:
    samples, _ = load_iris(return_X_y=True, as_frame=True)

    again = pickle.loads(pickle.dumps(iris))

    assert np.array_equal(again.predict(samples), iris.predict(samples))
    with pytest.raises(NotFittedError):
        clone(iris).predict(samples)


def test_the_seed_decides(iris: SpikingClassifier) -> None:
    samples, classes = load_iris(return_X_y=True, as_frame=True)

    again = SpikingClassifier(**SMALL, workers=1).fit(samples, classes)
    other = SpikingClassifier(**{**SMALL, "random_state": 1}).fit(samples, classes)

    assert again.champion_.network.hash == iris.champion_.network.hash
    assert other.champion_.network.hash != iris.champion_.network.hash


def test_settings_are_words_of_the_command_line() -> None:
    samples, classes = load_iris(return_X_y=True)
    few = SpikingClassifier(**SMALL, constraint="synapses <= 6", ranges={"max_hidden": 0})

    network = few.fit(samples, classes).champion_.network

    assert network.synapses <= 6
    assert network.hidden == 0
    assert (few.front_["synapses"] <= 6).all()
    with pytest.raises(InputError, match="population is 1"):
        SpikingClassifier(population=1).fit(samples, classes)


def test_several_numbers_are_predicted() -> None:
    samples, numbers = make_regression(120, 4, n_targets=2, noise=1.0, random_state=0)

    found = SpikingRegressor(**SMALL).fit(samples, numbers)
    alone = SpikingRegressor(**SMALL).fit(samples, numbers[:, 0])

    assert found.predict(samples).shape == (120, 2)
    assert alone.predict(samples).shape == (120,)
    low, high = numbers.min(axis=0), numbers.max(axis=0)
    assert ((found.predict(samples) >= low) & (found.predict(samples) <= high)).all()
    assert alone.score(samples, numbers[:, 0]) > 0.3


def test_where_nothing_is_learned_the_best_there_is_predicts_with_a_warning() -> None:
    samples = np.zeros((20, 2))
    classes = np.repeat([0, 1], 10)

    with pytest.warns(ConvergenceWarning, match="no network came above chance"):
        found = SpikingClassifier(**SMALL).fit(samples, classes)

    assert len(np.unique(found.predict(samples))) == 1
    assert len(found.front_) == 0
