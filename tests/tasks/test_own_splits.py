"""Test data of the user's own, groups, order of time and shares, against pandas and plain counting."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spikevolve.errors import InputError
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.data.classification import Classification
from spikevolve.tasks.data.data_task import DataTask

RNG = np.random.default_rng(4)


def frame(rows: int) -> pd.DataFrame:
    values = RNG.normal(size=(rows, 3)).round(3)
    columns = pd.DataFrame(values, columns=["a", "b", "c"])
    return columns.assign(kind=np.where(values[:, 0] > 0, "up", "down"))


def task_of(file: Path, frames: dict[str, pd.DataFrame], **settings: Any) -> DataTask:
    for name, content in frames.items():
        content.to_csv(file.with_name(name), index=False)
    found = load("data", TaskSettings(data=file, **settings))
    assert isinstance(found, DataTask)
    return found


def rows_of(task: DataTask, part: str) -> list[tuple[float, ...]]:
    """Return the rows of a part, as the file has them."""
    assert task._values is not None
    return list(map(tuple, task._values[getattr(task._divided, part)].tolist()))


def rows(content: pd.DataFrame) -> list[tuple[float, ...]]:
    return list(map(tuple, content[["a", "b", "c"]].to_numpy().tolist()))


def test_test_data_are_the_file_s_whatever_the_order_of_its_columns(tmp_path: Path) -> None:
    learnt, test = frame(60), frame(31)

    task = task_of(
        tmp_path / "a.csv",
        {"a.csv": learnt, "t.csv": test[["kind", "c", "a", "b"]]},
        label="kind",
        test_data=tmp_path / "t.csv",
    )

    assert rows_of(task, "train") == rows(learnt)
    assert rows_of(task, "test") == rows(test)
    classes = test.kind.map({"down": 0, "up": 1}).tolist()
    assert task.workload("test", 1).arrays[1].tolist() == classes


def test_scaling_medians_and_categories_are_those_of_training_data(tmp_path: Path) -> None:
    learnt = frame(60).assign(colour=["red", "blue"] * 30)
    test = frame(30).assign(colour=["red", "green", "blue"] * 10) * 1
    learnt.loc[3, "b"] = np.nan
    test.loc[7, "b"] = np.nan
    test["a"] = test["a"] + 1000.0

    task = task_of(
        tmp_path / "a.csv",
        {"a.csv": learnt, "t.csv": test},
        label="kind",
        test_data=tmp_path / "t.csv",
        missing="median",
    )

    told: Any = task.describe()
    assert told["features"] == ["a", "b", "c", "colour=red"]
    assert told["scaling"]["high"][0] == pytest.approx(learnt.a.quantile(0.99))
    assert task._values is not None
    assert task._values[67, 1] == pytest.approx(learnt.b.median())


def test_of_many_samples_some_validate_but_none_of_the_test_file(tmp_path: Path) -> None:
    task = task_of(
        tmp_path / "a.csv",
        {"a.csv": frame(1100), "t.csv": frame(20)},
        label="kind",
        test_data=tmp_path / "t.csv",
    )

    told: Any = task.describe()
    assert told["splits"] == {"train": 880, "validation": 220, "test": 20}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.assign(z=1), "t.csv has the column 'z', which .*a.csv has not"),
        (lambda t: t.drop(columns="b"), "t.csv has no column 'b'"),
        (lambda t: t.drop(columns="kind"), "t.csv has no column 'kind'"),
        (
            lambda t: t.assign(kind=["tulip", *t.kind[1:]]),
            "task data: class 'tulip' has no training data, only test data",
        ),
    ],
)
def test_test_data_unlike_the_others_are_refused(tmp_path: Path, change: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        task_of(
            tmp_path / "a.csv",
            {"a.csv": frame(40), "t.csv": change(frame(20))},
            label="kind",
            test_data=tmp_path / "t.csv",
        )


@pytest.mark.parametrize("setting", [{"folds": 3}, {"held_out": 0.2}])
def test_a_test_file_and_another_split_are_refused(tmp_path: Path, setting: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="task data has test data of its own, so it takes no "):
        task_of(
            tmp_path / "a.csv",
            {"a.csv": frame(40), "t.csv": frame(9)},
            label="kind",
            test_data=tmp_path / "t.csv",
            **setting,
        )


def test_no_group_is_on_both_sides_and_none_is_a_feature(tmp_path: Path) -> None:
    patients = [f"p{n % 13}" for n in range(90)]
    content = frame(90).assign(patient=patients)[["patient", "a", "b", "c", "kind"]]

    for number in (1, 2, 3):
        task = task_of(
            tmp_path / "a.csv", {"a.csv": content}, groups="patient", folds=3, fold=number
        )
        train, test = (set(np.array(patients)[task._divided[part]]) for part in (0, 2))
        assert task.feature_names == ("a", "b", "c")
        assert not train & test
        assert len(train | test) == 13


def test_a_group_in_both_files_is_refused(tmp_path: Path) -> None:
    content = frame(40).assign(patient=np.arange(40) // 4)
    with pytest.raises(InputError, match=r"t.csv: group '3.0' of column 'patient' is in .*a.csv"):
        task_of(
            tmp_path / "a.csv",
            {"a.csv": content, "t.csv": content[12:16]},
            label="kind",
            groups="patient",
            test_data=tmp_path / "t.csv",
        )


@pytest.mark.parametrize(
    ("content", "settings", "message"),
    [
        (frame(20).assign(p=1), {"groups": "p"}, "all samples are of one group, '1'"),
        (
            frame(20).assign(p=["", *"ab" * 9, "a"]),
            {"groups": "p"},
            "line 2, column 'p': the group",
        ),
        (frame(20), {"groups": "patient"}, "a.csv has no column 'patient'"),
        (
            frame(20).assign(p=[*"ab"] * 10),
            {"groups": "p", "time_order": True},
            "by groups or in order of time, not by both",
        ),
        (
            frame(20),
            {"folds": 2, "held_out": 0.2},
            "takes folds or held_out, not both .got 2 and 0.2",
        ),
        (
            frame(20).assign(kind=["x", *"yz" * 9, "y"]),
            {},
            "class 'x' has 1 sample; .* --held-out 0",
        ),
    ],
)
def test_splits_that_cannot_be_are_refused(
    tmp_path: Path, content: pd.DataFrame, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        task_of(tmp_path / "a.csv", {"a.csv": content}, label="kind", **settings)


def test_in_order_of_time_the_last_third_is_the_test(tmp_path: Path) -> None:
    content = frame(100)

    task = task_of(tmp_path / "a.csv", {"a.csv": content}, time_order=True)

    assert rows_of(task, "train") == rows(content[:67])
    assert rows_of(task, "test") == rows(content[67:])


def test_a_table_of_four_rows_trains_on_all_of_them(tmp_path: Path) -> None:
    xor = pd.DataFrame({"a": [0, 0, 1, 1], "b": [0, 1, 0, 1], "y": [0, 1, 1, 0]})

    task = task_of(tmp_path / "xor.csv", {"xor.csv": xor}, held_out=0.0)

    assert (task.samples, task.has_test, task.baselines()) == (4, False, {})


def test_a_share_is_held_out_of_every_class(tmp_path: Path) -> None:
    content = frame(200)

    task = task_of(tmp_path / "a.csv", {"a.csv": content}, held_out=0.1)

    tested = content.kind.to_numpy()[task._divided.test]
    assert len(tested) == 20
    expected = (content.kind == "up").mean() * 20
    assert abs(np.count_nonzero(tested == "up") - expected) <= 1


def test_an_npz_of_keras_has_its_own_test_data(tmp_path: Path) -> None:
    x, y = RNG.normal(size=(50, 3)), np.arange(50) % 2
    np.savez(tmp_path / "a.npz", x_train=x[:30], y_train=y[:30, None], x_test=x[30:], y_test=y[30:])

    task = load("data", TaskSettings(data=tmp_path / "a.npz"))

    assert isinstance(task, DataTask)
    assert task._values is not None
    assert np.array_equal(task._values[task._divided.test], x[30:])
    assert task.workload("test", 1).arrays[1].tolist() == y[30:].tolist()
    with pytest.raises(InputError, match="has test data of its own, so it takes no test_data"):
        load("data", TaskSettings(data=tmp_path / "a.npz", test_data=tmp_path / "a.npz"))


def test_signals_have_test_data_of_the_same_shape(tmp_path: Path) -> None:
    x, y = RNG.normal(size=(40, 8, 2)), np.arange(40) % 2
    np.savez(tmp_path / "a.npz", x=x[:30], y=y[:30])
    np.savez(tmp_path / "t.npz", x=x[30:], y=y[30:])
    np.savez(tmp_path / "long.npz", x=x[30:, :4], y=y[30:])

    task = load("data", TaskSettings(data=tmp_path / "a.npz", test_data=tmp_path / "t.npz"))

    told: Any = task.describe()
    assert told["splits"] == {"train": 30, "validation": 0, "test": 10}
    with pytest.raises(InputError, match=r"for the test have the shape \(4, 2\), but .* \(8, 2\)"):
        load("data", TaskSettings(data=tmp_path / "a.npz", test_data=tmp_path / "long.npz"))


def test_arrays_of_0_and_1_are_spikes_only_if_said(tmp_path: Path) -> None:
    spikes = RNG.random((40, 12, 3)) < 0.3
    for kind in (np.bool_, np.uint8, np.float32):
        np.savez(tmp_path / "a.npz", x=spikes.astype(kind), y=np.arange(40) % 2)
        values = load("data", TaskSettings(data=tmp_path / "a.npz"))
        said = load("data", TaskSettings(data=tmp_path / "a.npz", as_spikes=True))

        assert values.describe()["encoder"] is not None
        assert "all values are 0 and 1; they are read as the values of signals" in values.notes[0]
        assert (said.describe()["encoder"], said.inputs, said.notes) == (None, 3, ())


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            RNG.normal(size=(20, 5, 2)),
            "spikes must be 0 and 1 in an array .samples, ticks, inputs.",
        ),
        (RNG.integers(0, 2, (20, 5)), "is a table of values, so it takes no as_spikes"),
    ],
)
def test_other_arrays_are_no_spikes(tmp_path: Path, values: Any, message: str) -> None:
    np.savez(tmp_path / "a.npz", x=values, y=np.arange(20) % 2)
    with pytest.raises(InputError, match=message):
        load("data", TaskSettings(data=tmp_path / "a.npz", as_spikes=True))


def test_images_are_flattened_and_one_hot_classes_are_numbered(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    images = rng.random((40, 3, 2, 1))
    classes = np.arange(40) % 4
    np.savez(
        tmp_path / "one_hot.npz",
        x_train=images[:28],
        y_train=np.eye(4)[classes[:28]],
        x_test=images[28:],
        y_test=np.eye(4)[classes[28:]],
    )
    np.savez(
        tmp_path / "flat.npz",
        x_train=images[:28].reshape(28, 6),
        y_train=classes[:28],
        x_test=images[28:].reshape(12, 6),
        y_test=classes[28:],
    )
    one_hot, flat = (
        load("data", TaskSettings(data=tmp_path / name)) for name in ("one_hot.npz", "flat.npz")
    )

    assert isinstance(one_hot, Classification)
    assert isinstance(flat, Classification)
    assert one_hot.features == 6
    assert one_hot.classes == flat.classes == ("0", "1", "2", "3")
    assert one_hot.data_digest == flat.data_digest


@pytest.mark.parametrize("name", ["a.csv", "a.npz", "a.parquet", "a.ts", "a.xlsx"])
def test_a_pipe_or_a_device_is_not_waited_for(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(InputError, match="cannot be read: it is a named pipe, not a file"):
        load("data", TaskSettings(data=tmp_path / name))

    (tmp_path / name).unlink()
    (tmp_path / name).symlink_to("/dev/zero")
    with pytest.raises(InputError, match="cannot be read: it is a device, not a file"):
        load("data", TaskSettings(data=tmp_path / name))
