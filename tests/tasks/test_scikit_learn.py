"""Data that are read from scikit-learn's files, against scikit-learn's own loaders."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn import datasets

from spikevolve.errors import MachineError
from spikevolve.tasks import Classification, TaskSettings
from spikevolve.tasks.builtin.scikit_learn import BreastCancer, Digits, Iris, Wine, read_table


@pytest.mark.parametrize(
    ("task", "loader"),
    [
        (Iris, datasets.load_iris),
        (Wine, datasets.load_wine),
        (BreastCancer, datasets.load_breast_cancer),
    ],
)
def test_tables(task: type[Classification], loader: object) -> None:
    assert callable(loader)
    expected = loader()

    features, labels = task.load(object.__new__(task))
    names = [str(name).removesuffix(" (cm)").replace("_", " ") for name in expected.feature_names]

    assert list(task.feature_names) == names
    assert np.array_equal(features, expected.data)
    assert np.array_equal(labels, expected.target_names[expected.target])


def test_digits() -> None:
    expected = datasets.load_digits()

    features, labels = Digits(TaskSettings()).load()

    assert np.array_equal(features.reshape(-1, 8, 8), expected.images / 16.0)
    assert np.array_equal(labels, expected.target)
    names = [name.replace("pixel ", "pixel_").replace(",", "_") for name in Digits.feature_names]
    assert names == expected.feature_names


def test_a_missing_file_is_named() -> None:
    with pytest.raises(
        MachineError, match=r"data/weeds\.csv, data of scikit-learn's, cannot be read"
    ):
        read_table("weeds.csv")


def test_scikit_learn_is_not_imported() -> None:
    code = (
        "import sys; from spikevolve.tasks import load;"
        "load('iris'), load('digits'), load('reconstruct');"
        "print([m for m in sys.modules if m.startswith('sklearn')])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout == "[]\n"
