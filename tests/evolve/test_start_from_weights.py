"""Weights of a conventional network start a search where that network is."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from spikevolve.errors import InputError
from spikevolve.evolve.runs.prepare import Prepared, prepare
from spikevolve.evolve.runs.settings import Settings
from spikevolve.genomes import express
from spikevolve.sim.batch import pack
from spikevolve.tasks.data.data_task import DataTask

RANGES: dict[str, Any] = {"soft_reset": 1, "bias": [-1, 1]}
RATES: dict[str, Any] = {"encoder": "rate:100", "ticks": 100, "decoder": "spike_count"}


def prepared(file: Path, task: str, **settings: Any) -> Prepared:
    return prepare(Settings(task, start_from=str(file), **{"ranges": RANGES, **settings}))


def saved(file: Path, *arrays: np.ndarray[Any, Any]) -> Path:
    named: dict[str, Any] = {f"{'wb'[n % 2]}{n // 2}": array for n, array in enumerate(arrays)}
    np.savez(file, **named)
    return file


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "encoder"), [("digits", "rate:100"), ("breast_cancer", "rate:100,mirrored")]
)
def test_it_decides_as_the_network_of_scikit_learn_does(
    tmp_path: Path, task: str, encoder: str
) -> None:
    data = prepare(Settings(task, split_seed=101)).task
    assert isinstance(data, DataTask)
    x, y = data._parts["train"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlp = MLPClassifier((32,), random_state=0, max_iter=400).fit(x, y)
    layers = [each for pair in zip(mlp.coefs_, mlp.intercepts_, strict=True) for each in pair]
    file = saved(tmp_path / "weights.npz", *layers)

    found = prepared(file, task, split_seed=101, **{**RATES, "encoder": encoder})

    (genome,) = found.search.given
    batch = pack([express(genome, found.search.profile)])
    accuracy = found.task.evaluate(found.task.workload("test", 1), batch).score[0]
    held_out = data._parts["test"]
    assert accuracy >= mlp.score(held_out.features, held_out.targets) - 0.02


def of_iris(*shapes: tuple[int, ...]) -> list[np.ndarray[Any, Any]]:
    return [np.full(shape, 0.1) for shape in shapes]


@pytest.mark.parametrize(
    ("shapes", "sentence"),
    [
        ([(4, 2), (2,), (2, 3)], r"must hold w0, b0, w1, b1, …, .* \(it holds w0, b0, w1\)"),
        (
            [(4, 2), (2,), (3, 3), (3,)],
            r"w1 is float64 of shape \(3, 3\); it must be .* \(2, units",
        ),
        ([(4, 2), (3,)], r"b0 is float64 of shape \(3,\)"),
        ([(4, 5), (5,)], "the weights are of 4 features and 5 classes, but task iris has 4 and 3"),
        ([(3, 3), (3,)], "the weights are of 3 features and 3 classes, but task iris has 4 and 3"),
    ],
)
def test_weights_that_do_not_fit_are_refused(
    tmp_path: Path, shapes: list[tuple[int, ...]], sentence: str
) -> None:
    file = saved(tmp_path / "w.npz", *of_iris(*shapes))

    with pytest.raises(InputError, match=sentence):
        prepared(file, "iris", **RATES)


@pytest.mark.parametrize(
    ("task", "settings", "sentence"),
    [
        ("iris", {"encoder": "latency"}, "say --encoder rate:100 --ticks 100 .the encoder is lat"),
        ("iris", {"decoder": "membrane"}, "say --decoder spike_count"),
        ("iris", {"ranges": {}, "gradient": "off"}, "say --ranges soft_reset=1 --ranges bias="),
        ("reconstruct", {}, "weights are for classes"),
        ("cartpole", {}, "weights are for classes"),
    ],
)
def test_tasks_and_hardware_that_cannot_have_them_are_refused(
    tmp_path: Path, task: str, settings: dict[str, Any], sentence: str
) -> None:
    file = saved(tmp_path / "w.npz", *of_iris((4, 3), (3,)))

    with pytest.raises(InputError, match=rf"w\.npz: .*{sentence}"):
        prepared(file, task, **settings)


def test_files_that_hold_objects_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "w.npz"
    np.savez(file, w0=np.array([{}, {}], np.object_), b0=np.zeros(2))

    with pytest.raises(InputError, match=r"w\.npz cannot be read as NumPy arrays: it holds Python"):
        prepared(file, "iris", **RATES)
