"""Numbers to predict from the user's files, against the files themselves."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spikevolve.errors import InputError
from spikevolve.tasks import Regression, TaskSettings, load

X = np.random.default_rng(6).normal(size=(60, 2)).round(4)
TABLE = pd.DataFrame({"y": X[:, 0] * 3 - 1, "a": X[:, 0], "b": X[:, 1], "z": X.sum(axis=1)})


def numbers_of(file: Path, **settings: Any) -> Regression:
    found = load("data", TaskSettings(data=file, **settings))
    assert isinstance(found, Regression)
    return found


def targets(task: Regression, part: int) -> Any:
    low, high = task.ends
    return low + task._targets[task._divided[part]] * (high - low)


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_a_target_column_makes_it_regression(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    TABLE.to_csv(file, index=False) if name == "a.csv" else TABLE.to_parquet(file)

    task = numbers_of(file, target_column="y", drop="z")

    assert task.feature_names == ("a", "b")
    for part in (0, 2):
        rows = task._divided[part]
        assert targets(task, part)[:, 0] == pytest.approx(TABLE.y.to_numpy()[rows])


def test_several_target_columns_are_several_numbers(tmp_path: Path) -> None:
    TABLE.to_csv(tmp_path / "a.csv", index=False)

    task = numbers_of(tmp_path / "a.csv", target_column="y,z", score="rmse")

    assert (task.numbers, task.outputs) == (2, 2)
    assert targets(task, 0)[:, 1] == pytest.approx(TABLE.z.to_numpy()[task._divided.train])


@pytest.mark.parametrize("task", ["data", "csv"])
def test_the_kind_alone_takes_the_last_column(tmp_path: Path, task: str) -> None:
    TABLE.to_csv(tmp_path / "a.csv", index=False)

    found = load(task, TaskSettings(data=tmp_path / "a.csv", kind="regression"))

    assert isinstance(found, Regression)
    assert (found.name, found.feature_names) == (task, ("a", "b", "y"))


HEAD = "@problemName x\n@timeStamps false\n@univariate true\n@targetLabel true\n@data\n"


def test_a_ts_file_that_declares_numbers_is_regression(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n + 1},{n % 5}:{n / 8}\n" for n in range(24))
    (tmp_path / "a_TRAIN.ts").write_text(HEAD + rows)
    (tmp_path / "a_TEST.ts").write_text(HEAD + "1,2,3:0.5\n2,3,4:0.25\n")

    task = numbers_of(tmp_path / "a_TRAIN.ts")

    assert targets(task, 2)[:, 0].tolist() == [0.5, 0.25]
    assert len(task._divided.train) == 24


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,2:red\n", "a.ts, line 6: 'red' is not a finite number"),
        ("1,2:?\n", r"a.ts, line 6: the target is missing \(got '\?'; 1 of 1 are missing\)"),
    ],
)
def test_targets_of_ts_files_are_numbers(tmp_path: Path, row: str, message: str) -> None:
    (tmp_path / "a.ts").write_text(HEAD + row)
    with pytest.raises(InputError, match=message):
        load("data", TaskSettings(data=tmp_path / "a.ts"))


def test_classes_are_not_asked_of_a_ts_file_with_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.ts").write_text(HEAD + "1,2:3\n")
    with pytest.raises(InputError, match=r"a\.ts has no classes, but numbers to predict; it must"):
        load("data", TaskSettings(data=tmp_path / "a.ts", kind="classification"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"target_column": "price"}, "a.csv has no column 'price'"),
        ({"target_column": "a,a b"}, "a.csv has no column 'a b'"),
        ({"target_column": "word"}, "line 2, column 'word': 'x' is not a number, as those to"),
        (
            {"target_column": "gap"},
            "line 3, column 'gap': the number to predict is missing .*1 of 60",
        ),
        ({"target_column": "y", "label": "a"}, "task data takes no label"),
        ({"target_column": "y", "kind": "classification"}, "task data takes no target_column"),
        (
            {"target_column": "y", "score": "accuracy", "drop": "gap,word"},
            "no score 'accuracy' .*mae, smape, rmse, r2",
        ),
    ],
)
def test_targets_that_are_none_are_refused(
    tmp_path: Path, settings: dict[str, Any], message: str
) -> None:
    content = TABLE.assign(word="x", gap=[1.0, np.nan, *range(58)])
    content.to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(InputError, match=message):
        load("data", TaskSettings(data=tmp_path / "a.csv", **settings))
