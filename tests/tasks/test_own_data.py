"""Data files of every kind, and what is said about broken ones."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.tasks import Classification, TaskSettings, load

X = np.random.default_rng(1).random((40, 3)).round(3)
Y = np.arange(40) % 2
KINDS = np.array(["a", "b"])[Y]


def task_of(file: Path, **settings: object) -> Classification:
    task = load("data", TaskSettings(data=file, **settings))  # type: ignore[arg-type]
    assert isinstance(task, Classification)
    return task


def as_csv(file: Path) -> Path:
    pd.DataFrame({"x": X[:, 0], "y": X[:, 1], "z": X[:, 2], "kind": KINDS}).to_csv(
        file, index=False
    )
    return file


def as_parquet(file: Path, label: str = "kind") -> Path:
    columns = {"x": X[:, 0], "y": X[:, 1], "z": X[:, 2], label: KINDS}
    pd.DataFrame(columns).to_parquet(file)
    return file


def test_the_same_data_in_every_format_are_the_same_task(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", X=X, y=KINDS)
    files = [as_csv(tmp_path / "a.csv"), as_parquet(tmp_path / "a.parquet"), tmp_path / "a.npz"]

    assert len({task_of(file).data_digest for file in files}) == 1
    assert task_of(files[0]).classes == ("a", "b")
    assert task_of(files[0]).inputs == 6


def test_labels_of_parquet_are_the_last_column_or_the_one_named(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": Y, "x": X[:, 0], "y": X[:, 1]})
    frame.to_parquet(tmp_path / "a.parquet")

    assert task_of(tmp_path / "a.parquet", label="n").classes == ("0", "1")
    with pytest.raises(InputError, match=r"a.parquet has no column 'm' \(there are: n, x, y\)"):
        task_of(tmp_path / "a.parquet", label="m")
    with pytest.raises(
        InputError, match=r"labels must be whole numbers or texts .*--target-column"
    ):
        task_of(tmp_path / "a.parquet")


def test_npy_has_its_labels_in_a_column(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.column_stack([Y, X]))
    np.save(tmp_path / "b.npy", np.column_stack([X, Y]))

    first, last = task_of(tmp_path / "a.npy", label="0"), task_of(tmp_path / "b.npy")
    assert first.data_digest == last.data_digest
    with pytest.raises(InputError, match=r"row 0, column 3: the label .* is not a whole number"):
        task_of(tmp_path / "a.npy")
    with pytest.raises(InputError, match=r"a.npy has no column 'x' \(there are: 0, 1, 2, 3\)"):
        task_of(tmp_path / "a.npy", label="x")


def test_npz_may_hold_spikes_and_signals(tmp_path: Path) -> None:
    spikes = np.random.default_rng(2).random((40, 12, 5)) < 0.2
    np.savez(tmp_path / "spikes.npz", first=spikes, second=Y)
    np.savez(tmp_path / "signals.npz", first=spikes + 0.5, second=Y)

    assert task_of(tmp_path / "spikes.npz", as_spikes=True).inputs == 5
    signals = task_of(tmp_path / "signals.npz", label="second", encoder="delta")
    assert (signals.inputs, signals.ticks) == (10, 12)


def test_pickles_are_refused_and_not_run(tmp_path: Path) -> None:
    things = np.empty(2, object)
    things[:] = [["a"], {}]
    np.savez(tmp_path / "a.npz", things, allow_pickle=True)
    np.save(tmp_path / "a.npy", things, allow_pickle=True)
    for name in ("a.npz", "a.npy"):
        with pytest.raises(InputError, match="cannot be read as NumPy arrays: it holds Python obj"):
            task_of(tmp_path / name)


HEAD = (
    "# comment\n@problemName x\n@timeStamps false\n@univariate false\n@classLabel true a b\n@data\n"
)


def ts_lines(signals: NDArray[np.float64]) -> str:
    return "".join(
        ":".join(",".join(map(str, channel)) for channel in signal.T) + f":{kind}\n"
        for signal, kind in zip(signals, KINDS, strict=False)
    )


def test_ts(tmp_path: Path) -> None:
    signals = X.reshape(20, 3, 2)
    np.savez(tmp_path / "a.npz", x=signals, y=KINDS[:20])
    (tmp_path / "a.ts").write_text(HEAD + ts_lines(signals))

    task = task_of(tmp_path / "a.ts", encoder="step_forward:0.05")
    assert (task.inputs, task.samples, task.ticks) == (4, 13, 10)
    assert task.data_digest == task_of(tmp_path / "a.npz", encoder="bins").data_digest


def test_short_signals_go_on_at_their_last_value(tmp_path: Path) -> None:
    (tmp_path / "a.ts").write_text(HEAD + "1,2,3:4,5:a\n6:7,8,9:b\n" * 2)
    whole = [[[1, 4], [2, 5], [3, 5]], [[6, 7], [6, 8], [6, 9]]] * 2
    np.savez(tmp_path / "a.npz", x=np.array(whole, float), y=KINDS[:4])

    digest = task_of(tmp_path / "a.ts", encoder="bins").data_digest
    assert digest == task_of(tmp_path / "a.npz", encoder="bins").data_digest


def test_a_ts_file_for_the_test_is_used(tmp_path: Path) -> None:
    signals = X.reshape(20, 3, 2)
    (tmp_path / "a_TRAIN.ts").write_text(HEAD + ts_lines(signals[:12]))
    alone = task_of(tmp_path / "a_TRAIN.ts", encoder="bins")
    (tmp_path / "a_TEST.ts").write_text(HEAD + ts_lines(signals[12:]))
    paired = task_of(tmp_path / "a_TRAIN.ts", encoder="bins")

    assert (alone.samples, alone.workload("test", 1).size) == (8, 4)
    assert (paired.samples, paired.workload("test", 1).size) == (12, 8)


def test_a_class_in_the_test_data_alone_is_refused(tmp_path: Path) -> None:
    signals = X.reshape(20, 3, 2)
    (tmp_path / "a_TRAIN.ts").write_text(HEAD + ts_lines(signals[:12]))
    (tmp_path / "a_TEST.ts").write_text(HEAD + ts_lines(signals[12:]) + "1,2,3:4,5,6:new\n")

    with pytest.raises(InputError, match="class 'new' has no training data, only test data"):
        task_of(tmp_path / "a_TRAIN.ts", encoder="bins")


def test_spikes_take_no_encoder(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=X.reshape(20, 3, 2) > 0.5, y=KINDS[:20])

    assert task_of(tmp_path / "a.npz", as_spikes=True).inputs == 2
    with pytest.raises(InputError, match=r"takes no encoder, since its data are spikes .*'rate'"):
        task_of(tmp_path / "a.npz", encoder="rate", as_spikes=True)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.pdf", b"", "a data file must end in .csv, .tsv, .txt, .data, .dat, .xlsx, .parquet, "),
        ("a.parquet", b"nothing", "a.parquet is not a Parquet file"),
        ("a.npy", b"nothing", "a.npy cannot be read as NumPy arrays: it is something else"),
        ("a.npz", b"PK\x03\x04 broken", "a.npz cannot be read as NumPy arrays"),
        ("a.ts", b"1,2:a\n", "a.ts is not a .ts file: it has no line @data"),
        ("a.ts", HEAD.encode(), "a.ts has no samples"),
        ("a.ts", HEAD.replace("false", "true", 1).encode(), "a.ts has time stamps"),
        (
            "a.ts",
            HEAD.replace("@classLabel true", "@classLabel false").encode(),
            "a.ts has no classes",
        ),
        (
            "a.ts",
            f"{HEAD}1,?:a\n".encode(),
            "a.ts, line 7: a value is missing (got '?'); --missing",
        ),
        ("a.ts", f"{HEAD}1,2:a\n1:2:b\n".encode(), "a.ts, line 8 has 2 channels; the first sample"),
        ("a.ts", f"{HEAD}1,2\n".encode(), "a.ts, line 7: there is no class after a colon"),
        ("a.ts", b"\xff\xfe", "a.ts is not a text file in UTF-8 (byte 0)"),
    ],
)
def test_broken_files(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as refused:
        task_of(tmp_path / name)
    assert message in str(refused.value)


@pytest.mark.parametrize("name", ["no.csv", "no.parquet", "no.npz", "no.npy", "no.ts"])
def test_missing_files(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=f"{name} cannot be read: No such file"):
        task_of(tmp_path / name)


def test_other_mistakes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="task data needs data: the path of a file"):
        load("data")
    np.savez(tmp_path / "a.npz", X=X, y=Y, z=Y)
    with pytest.raises(InputError, match=r"must hold two arrays, .* \(it holds: X, y, z\)"):
        task_of(tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", X=X, y=X)
    with pytest.raises(InputError, match="one of its arrays must have one dimension"):
        task_of(tmp_path / "b.npz")
    np.save(tmp_path / "a.npy", Y)
    with pytest.raises(InputError, match="must hold a matrix of numbers"):
        task_of(tmp_path / "a.npy")
    pd.DataFrame({"x": [1.0, None], "kind": ["a", "b"]}).to_parquet(tmp_path / "gap.parquet")
    with pytest.raises(InputError, match=r"row 1, column 'x': the value is missing \(got None; 1"):
        task_of(tmp_path / "gap.parquet")
