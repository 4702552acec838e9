"""Encoder and window that suit a table: what is chosen, by what figures, and the solver behind them."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from spikevolve.errors import InputError
from spikevolve.sim.compile import processor
from spikevolve.tasks import Classification, TaskSettings, load
from spikevolve.tasks.data.encoder_probe import FEW, candidates, probe
from spikevolve.tasks.data.logistic_regression import cross_validate, exponential, inverse

RNG = np.random.default_rng(7)
VALUES = RNG.random((400, 3))


def encoder_of(labels: NDArray[np.bool_]) -> str:
    return probe(VALUES, labels.astype(np.int32), 1).encoder


def chosen(task: str, **settings: object) -> tuple[object, int]:
    loaded = load(task, TaskSettings(**settings))  # type: ignore[arg-type]
    return loaded.describe()["encoder"], loaded.ticks


def test_the_exponential_function_is_that_of_the_platform() -> None:
    x = -np.concatenate([RNG.random(1000), 40 * RNG.random(1000), [0.0, math.log(2), 41.0]])

    assert np.allclose(exponential(x), [math.exp(value) for value in x], rtol=1e-15, atol=1e-300)
    assert np.array_equal(exponential(np.array([-60.0, -1e6])), [0.0, 0.0])


def test_the_inverse_times_the_matrix_is_one() -> None:
    root = RNG.random((20, 20))
    matrix = root @ root.T + np.eye(20)

    assert np.allclose(inverse(matrix) @ matrix, np.eye(20), atol=1e-10)


@pytest.mark.parametrize("classes", [2, 4])
def test_probabilities_are_those_of_scikit_learn(classes: int) -> None:
    labels = np.arange(120) % classes
    counts = RNG.poisson(2.0 + 3.0 * np.eye(5)[labels])
    counts[:, 4] = 3  # does not vary
    folds = RNG.permutation(np.arange(120) % 3)

    found = cross_validate(counts, labels, folds, 2.0, 2000)

    scaled = counts / np.where(counts.std(axis=0) > 0, counts.std(axis=0), 1.0)
    for fold in range(3):
        out = folds == fold
        model = LogisticRegression(C=0.5, tol=1e-10, max_iter=10_000)
        model.fit(scaled[~out], labels[~out])
        expected = model.predict_proba(scaled[out])
        if classes == 2:  # one vector of weights there, two of half its length here
            half = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000)
            expected = half.fit(scaled[~out], labels[~out]).predict_proba(scaled[out])
        assert np.allclose(found[:, out].T, expected, atol=1e-4)


def test_what_is_easy_keeps_the_usual_encoder() -> None:
    assert encoder_of(VALUES[:, 0] > 7 / 16) == "rate:8,mirrored"  # between three and four spikes
    noise = np.random.default_rng(1).normal(0.0, 0.3, len(VALUES))
    assert encoder_of(VALUES.sum(axis=1) + noise > 1.5) == "rate:8,mirrored"


def test_small_differences_get_a_finer_encoder() -> None:
    values = RNG.random((400, 3))
    values[:, 1] = values[:, 0] + 0.05 * (RNG.random(400) - 0.5)

    labels = values[:, 1] > values[:, 0]

    assert probe(values, labels.astype(np.int32), 1).encoder in ("rate:16", "rate:32")


def test_a_class_in_the_middle_of_a_range_gets_an_encoder_of_parts_of_it() -> None:
    assert encoder_of(abs(VALUES[:, 0] - 0.5) < 0.2).startswith("argyle")


def test_pixels_have_one_input_each_and_thousands_of_features_are_not_tried_on() -> None:
    assert candidates(FEW, 3)[0].encoder == "rate:8,mirrored"
    assert candidates(FEW + 1, 3)[0].encoder == "rate:8"
    assert [each.encoder for each in candidates(3000, 2)] == ["rate:8"]
    assert probe(np.ones((9, 3000)), np.arange(9, dtype=np.int32) % 2, 1).candidates == ()


def test_what_was_chosen_stands_in_the_description_with_its_figures() -> None:
    told = load("wine").describe()
    measured = told["measured"]

    assert isinstance(measured, dict)
    assert told["encoder"] == "rate:range=1.0,mirrored=true,spikes=8"
    assert (measured["encoder"], measured["ticks"]) == ("rate:8,mirrored", 10)
    assert len(measured["candidates"]) == len(candidates(13, 3))
    assert min(each["behind"] for each in measured["candidates"]) == 0.0


def test_what_was_measured_is_not_measured_again() -> None:
    measured = {"encoder": "latency:5", "ticks": 7}
    task = load("iris", TaskSettings(measured=measured))

    assert task.ticks == 7
    assert task.describe()["measured"] == measured | {"candidates": []}


@pytest.mark.parametrize("measured", [{}, {"encoder": "rate", "ticks": 0}, {"encoder": 3}])
def test_damaged_measurements_are_refused(measured: dict[str, object]) -> None:
    with pytest.raises(InputError, match="task iris: what was measured when the run began is dam"):
        load("iris", TaskSettings(measured=measured))


def test_what_the_user_chooses_is_not_measured() -> None:
    usual = "rate:range=1.0,mirrored=true,spikes=8"

    assert chosen("iris", encoder="latency") == (
        "latency:range=1.0,mirrored=false,last=-1,silent_below=0.0",
        10,
    )
    assert chosen("iris", ticks=12) == (usual, 12)
    assert load("iris", TaskSettings(ticks=12)).describe()["measured"] is None


def test_a_class_of_the_users_keeps_its_encoder_and_its_window() -> None:
    class Own(Classification):
        encoder = "population"

        def load(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
            return VALUES, VALUES[:, 0] > 0.5

    class Longer(Own):
        encoder, ticks = "", 30

    class Open(Own):
        encoder = ""

    assert Own(TaskSettings()).ticks == 10
    assert Own(TaskSettings()).describe()["measured"] is None
    assert (Longer(TaskSettings()).ticks, Longer(TaskSettings()).inputs) == (30, 6)
    assert Open(TaskSettings()).describe()["measured"] is not None


@pytest.mark.parametrize("task", ["iris", "wine", pytest.param("digits", marks=pytest.mark.slow)])
def test_the_same_table_in_a_file_gets_the_encoder_of_the_built_in_task(
    task: str, tmp_path: Path
) -> None:
    built_in = load(task)
    assert isinstance(built_in, Classification)
    features, labels = built_in.load()
    np.savez(tmp_path / "table.npz", X=features, y=labels)

    assert chosen("data", data=tmp_path / "table.npz") == chosen(task)


_MEASURED = (
    "import json; from spikevolve.tasks import load;"
    "print(json.dumps([load(name).describe()['measured'] for name in ('iris', 'breast_cancer')]))"
)


@pytest.mark.slow
def test_figures_are_the_same_on_lesser_processors() -> None:
    if "+avx2" not in processor()[2].split(","):
        pytest.skip("this processor is one of them, or of another kind")
    lesser = {
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CPU_FEATURES": "",
        "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3",
        "OPENBLAS_CORETYPE": "Nehalem",
    }
    told = subprocess.run(
        [sys.executable, "-c", _MEASURED],
        env=os.environ | lesser,
        capture_output=True,
        text=True,
        check=True,
    )

    here = [load(name).describe()["measured"] for name in ("iris", "breast_cancer")]
    assert json.loads(told.stdout) == here
