"""Features that are missing: refused, or filled in by what the training data say, wherever they come from."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.tasks import Classification, Regression, Task, TaskSettings, load
from spikevolve.tasks.data.data_task import DataTask

Y = np.arange(30) % 2


def values() -> NDArray[np.float64]:
    """(30, 3): gaps in the second feature."""
    found = np.random.default_rng(1).random((30, 3)).round(3)
    found[[0, 3, 4, 11, 12, 13, 22], 1] = np.nan
    return found


def own(features: Any, missing: str | None, parent: Any = Classification) -> Task:
    made = type("Mine", (parent,), {"name": "mine", "load": lambda self: (features, Y)})
    settings = TaskSettings(missing=missing, encoder="rate:8", ticks=40)  # type: ignore[arg-type]
    task = made(settings)
    assert isinstance(task, Task)
    return task


def loaded(task: Task) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """All features as a network receives them, but for the scaling, and the training samples."""
    assert isinstance(task, DataTask)
    assert task._values is not None
    return task._values, task._divided.train


@pytest.mark.parametrize("parent", [Classification, Regression])
def test_the_median_of_the_training_data_stands_for_what_is_missing(parent: Any) -> None:
    features, train = loaded(own(values(), "median", parent))

    median = pd.Series(values()[train, 1]).median()
    np.testing.assert_array_equal(features, np.nan_to_num(values(), nan=median))


def test_a_flag_says_what_was_missing() -> None:
    task = own(values(), "flag")

    features, _ = loaded(task)
    assert task.feature_names == ("x0", "x1", "x1 missing", "x2")
    np.testing.assert_array_equal(features[:, 2], np.isnan(values()[:, 1]))
    assert not np.isnan(features).any()


def test_a_task_of_ones_own_refuses_them_and_names_the_option() -> None:
    with pytest.raises(InputError) as refused:
        own(values(), None)
    assert str(refused.value) == (
        "task mine: sample 0, feature 1 is nan; every feature must be a finite number (--missing median "
        "or --missing flag fills them in)"
    )


def test_signals_take_the_median_of_a_channel() -> None:
    signals = np.random.default_rng(2).random((30, 4, 2))
    signals[5, 2, 1] = signals[6, 0, 1] = np.nan
    features, train = loaded(own(signals, "median"))

    median = pd.Series(signals[train, :, 1].ravel()).median()
    np.testing.assert_array_equal(features, np.nan_to_num(signals, nan=median))
    with pytest.raises(InputError, match="missing is 'flag', but signals take 'median' only"):
        own(signals, "flag")


def test_a_feature_without_any_value_is_refused() -> None:
    features = values()
    features[:, 2] = np.nan
    with pytest.raises(InputError, match="feature 'x2' has no values in the training data"):
        own(features, "median")


def test_question_marks_in_series_are_filled_in(tmp_path: Path) -> None:
    lines = [
        f"{n},?,{n + 2}:{'ab'[n % 2]}" if n == 7 else f"{n},1,2:{'ab'[n % 2]}" for n in range(12)
    ]
    (tmp_path / "a.ts").write_text("\n".join(["@classLabel true a b", "@data", *lines]))
    settings = TaskSettings(data=tmp_path / "a.ts", encoder="bins", missing="median")

    features, train = loaded(load("data", settings))

    assert features.shape == (12, 3, 1)
    numbers = [[n, np.nan if n == 7 else 1.0, n + 2.0 if n == 7 else 2.0] for n in range(12)]
    assert features[7, 1, 0] == pd.Series(np.array(numbers)[train].ravel()).median()
    with pytest.raises(
        InputError, match=r"a.ts, line 10: a value is missing \(got '\?'\); --missing"
    ):
        load("data", TaskSettings(data=tmp_path / "a.ts", encoder="bins"))


def table(file: Path) -> Path:
    data = pd.DataFrame(values(), columns=["a", "b", "c"])
    data["colour"] = ["red", "green", None] * 10
    data["kind"] = Y
    data.to_csv(file, index=False)
    return file


def test_a_table_takes_the_median_of_each_of_its_features(tmp_path: Path) -> None:
    task = load("data", TaskSettings(data=table(tmp_path / "a.csv"), missing="flag", ticks=10))

    features, train = loaded(task)
    assert task.feature_names == ("a", "b", "b missing", "c", "colour missing", "colour=red")
    assert features[0, 1] == pd.Series(values()[train, 1]).median()
    red = np.array([1.0, 0.0, np.nan] * 10)
    assert features[2, 5] == pd.Series(red[train]).median()
    np.testing.assert_array_equal(features[:, 4], np.isnan(red))


def test_gaps_outside_of_the_training_data_have_no_flag(tmp_path: Path) -> None:
    whole = load("data", TaskSettings(data=table(tmp_path / "a.csv"), missing="median", ticks=10))
    _, train = loaded(whole)
    data = pd.read_csv(tmp_path / "a.csv")
    held_out = np.setdiff1d(np.arange(30), train)
    data["b"] = np.random.default_rng(3).random(30)
    data.loc[held_out[0], "b"] = np.nan
    data.drop(columns="colour").to_csv(tmp_path / "b.csv", index=False)

    task = load("data", TaskSettings(data=tmp_path / "b.csv", missing="flag", ticks=10))

    features, _ = loaded(task)
    assert task.feature_names == ("a", "b", "c")
    assert features[held_out[0], 1] == data["b"].iloc[train].median()
