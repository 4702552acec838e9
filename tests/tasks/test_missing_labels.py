"""Labels that are missing are refused wherever data come from, with their place and number."""

import decimal
import runpy
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spikevolve.errors import InputError
from spikevolve.tasks import Classification, Regression, Task, TaskSettings, load
from spikevolve.tasks.data.class_labels import MISSING

FILES: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("recording_files.py")))

X = np.random.default_rng(1).random((12, 2)).round(3)
WORDS = ["", "?", "nan", "NaN", "NAN", "null", "NULL", "None", "NA", "N/A", "<NA>"]
ABSENT = [None, float("nan"), pd.NA, pd.NaT, np.float32("nan"), decimal.Decimal("NaN")]


def frame(labels: Sequence[Any]) -> pd.DataFrame:
    return pd.DataFrame({"x": X[:, 0], "y": X[:, 1], "kind": pd.Series(labels, dtype=object)})


def own(labels: Any, parent: Any = Classification, **attributes: Any) -> Task:
    """A task of one's own with such labels."""
    attributes = {"name": "mine", "load": lambda self: (X, labels), **attributes}
    made = type("Mine", (parent,), attributes)(TaskSettings())
    assert isinstance(made, Task)
    return made


def as_csv(folder: Path, labels: Sequence[Any]) -> Path:
    frame(labels).to_csv(folder / "a.csv", index=False)
    return folder / "a.csv"


def as_quoted(folder: Path, labels: Sequence[Any]) -> Path:
    """Semicolons, quotation marks, and blanks in the cells."""
    rows = (f'1;" {label} ";{n}' for n, label in enumerate(labels))
    (folder / "a.tsv").write_text("\n".join(["x;kind;y", *rows]))
    return folder / "a.tsv"


def as_parquet(folder: Path, labels: Sequence[Any]) -> Path:
    frame(labels).to_parquet(folder / "a.parquet")
    return folder / "a.parquet"


def as_categories(folder: Path, labels: Sequence[Any]) -> Path:
    frame(labels).astype({"kind": "category"}).to_parquet(folder / "a.parquet")
    return folder / "a.parquet"


def as_npz(folder: Path, labels: Sequence[Any]) -> Path:
    np.savez(folder / "a.npz", X=X, kind=np.array(labels))
    return folder / "a.npz"


def as_bytes(folder: Path, labels: Sequence[Any]) -> Path:
    np.savez(folder / "a.npz", X=X, kind=np.array(labels, "S"))
    return folder / "a.npz"


def as_ts(folder: Path, labels: Sequence[Any]) -> Path:
    lines = (f"{x},{y}:{label}" for (x, y), label in zip(X, labels, strict=True))
    (folder / "a.ts").write_text("\n".join(["@classLabel true a b", "@data", *lines]))
    return folder / "a.ts"


#: The writer of a file, the place of sample n in it, and the name of the column of labels.
FORMATS: dict[str, tuple[Callable[..., Path], str, str | None]] = {
    "csv": (as_csv, "line {line}, column 'kind'", None),
    "tsv": (as_quoted, "line {line}, column 'kind'", "kind"),
    "parquet": (as_parquet, "row {row}, column 'kind'", None),
    "categories": (as_categories, "row {row}, column 'kind'", "kind"),
    "npz": (as_npz, "array 'kind', row {row}", None),
    "bytes": (as_bytes, "array 'kind', row {row}", "kind"),
    "ts": (as_ts, "line {third}", None),
}


def refused(make: Callable[[], object]) -> str:
    with pytest.raises(InputError) as error:
        make()
    return str(error.value)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("word", WORDS)
def test_files(tmp_path: Path, name: str, word: str) -> None:
    write, place, label = FORMATS[name]
    row = WORDS.index(word) % 12
    labels = ["a", "b"] * 6
    labels[row], labels[-1] = word, "?"
    settings = TaskSettings(data=write(tmp_path, labels), label=label, encoder="bins")

    where = place.format(row=row, line=row + 2, third=row + 3)
    told = f"{settings.data}, {where}: the label is missing (got {word!r}; 2 of 12 are missing)"
    assert refused(lambda: load("data", settings)) == told


@pytest.mark.parametrize("name", FORMATS)
def test_files_whose_labels_are_all_there(tmp_path: Path, name: str) -> None:
    write, _, label = FORMATS[name]
    words = ["no label", "none", "Na", "-"] * 3
    settings = TaskSettings(data=write(tmp_path, words), label=label, encoder="bins")

    task = load("data", settings)

    assert isinstance(task, Classification)
    assert sorted(task.classes) == sorted(set(words))


@pytest.mark.parametrize(
    "labels",
    [
        pd.Series(["a", None, "b", None] * 3, dtype=object),
        pd.Series([1, None, 2, None] * 3),
        pd.Series([1, None, 2, None] * 3, dtype="Int64"),
        pd.Series([True, None, False, None] * 3, dtype="boolean"),
        pd.Series(["a", None, "b", None] * 3, dtype="category"),
        pd.Series(["a", None, "b", None] * 3, dtype="string"),
    ],
    ids=lambda labels: str(labels.dtype),
)
def test_whatever_pandas_keeps(tmp_path: Path, labels: "pd.Series[Any]") -> None:
    pd.DataFrame({"x": X[:, 0], "kind": labels}).to_parquet(tmp_path / "a.parquet")
    settings = TaskSettings(data=tmp_path / "a.parquet")

    told = refused(lambda: load("data", settings))
    assert "a.parquet, row 1, column 'kind': the label is missing (got " in told
    assert told.endswith("; 6 of 12 are missing)")
    told = refused(lambda: own(labels))
    assert told.startswith("task mine: sample 1: the label is missing (got ")
    assert told.endswith("; 6 of 12 are missing)")


def test_numbers_in_files_of_numpy(tmp_path: Path) -> None:
    labels = np.array([0.0, 1.0] * 6)
    labels[[4, 7]] = np.nan
    np.save(tmp_path / "a.npy", np.column_stack([X, labels]))
    np.savez(tmp_path / "a.npz", X=X, kind=labels)

    for name, place in (("a.npy", "row 4, column 2"), ("a.npz", "array 'kind', row 4")):
        told = refused(lambda name=name: load("data", TaskSettings(data=tmp_path / name)))  # type: ignore[misc]
        assert (
            told
            == f"{tmp_path / name}, {place}: the label is missing (got nan; 2 of 12 are missing)"
        )


@pytest.mark.parametrize("absent", [*ABSENT, *WORDS, *(np.bytes_(w) for w in WORDS)], ids=repr)
def test_a_load_of_ones_own(absent: object) -> None:
    for labels in (["a", "b"] * 6, [0, 1] * 6, [b"a", b"b"] * 6):
        with_gaps: list[Any] = [*labels[:3], absent, *labels[4:]]
        as_it_is = np.empty(12, object)
        as_it_is[:] = with_gaps
        told = refused(lambda as_it_is=as_it_is: own(as_it_is))  # type: ignore[misc]
        assert told.startswith("task mine: sample 3: the label is missing (got ")
        assert told.endswith("; 1 of 12 are missing)")


@pytest.mark.parametrize(
    "labels", [["a", None] * 6, ["a", np.nan] * 6, [0, np.nan] * 6, [0, None] * 6]
)
def test_lists_that_numpy_turns_into_texts_or_numbers(labels: list[Any]) -> None:
    told = refused(lambda: own(labels))
    assert told.startswith("task mine: sample 1: the label is missing (got ")
    assert told.endswith("; 6 of 12 are missing)")


def test_labels_under_a_mask() -> None:
    masked = np.ma.array([0, 1] * 6, mask=[False] * 5 + [True] + [False] * 6)
    told = "task mine: sample 5: the label is missing (got None; 1 of 12 are missing)"
    assert refused(lambda: own(masked)) == told
    assert own(np.ma.array([0, 1] * 6)).outputs == 2


def test_targets_of_ones_own() -> None:
    targets = np.arange(24.0).reshape(12, 2)
    assert own(targets, Regression).outputs == 2
    targets[[3, 8], 1] = np.nan
    assert refused(lambda: own(targets, Regression)) == (
        "task mine: sample 3: the target is missing (got nan; 2 of 24 are missing)"
    )
    for absent in (None, pd.NA):
        assert "task mine: sample 1: the target is missing" in refused(
            lambda absent=absent: own([1.0, absent] * 6, Regression)  # type: ignore[misc]
        )
    assert "targets must be finite numbers" in refused(lambda: own([1.0, np.inf] * 6, Regression))


def test_a_class_may_have_such_a_name_where_the_task_says_so() -> None:
    labels = ["None", "null", "left"] * 4
    assert own(labels, missing_labels=MISSING - {"None", "null"}).outputs == 3
    assert "sample 1: the label is missing" in refused(
        lambda: own(labels, missing_labels=MISSING - {"None"})
    )
    for gap in (None, np.nan):
        assert "sample 0: the label is missing" in refused(
            lambda gap=gap: own(np.array([gap, 1, 2] * 4, object), missing_labels=frozenset())  # type: ignore[misc]
        )


def test_recordings_of_a_camera(tmp_path: Path) -> None:
    folder = FILES["write_nmnist"](tmp_path)
    (folder / "Test" / "2").rename(folder / "Test" / "?")

    told = refused(lambda: load("nmnist", TaskSettings(data=folder)))
    assert told == (
        f"the folder of {folder / 'Test' / '?' / '00000.bin'}: the label is missing "
        "(got '?'; 2 of 6 are missing)"
    )


def test_recordings_of_spikes(tmp_path: Path) -> None:
    h5py: Any = pytest.importorskip("h5py", reason="SHD's files need h5py: spikevolve[events]")
    folder = FILES["write_shd"](tmp_path)
    task = load("shd", TaskSettings(data=folder))
    assert isinstance(task, Classification)
    assert "null" in task.classes  # German for zero

    for labels, told in (
        ([0, np.nan, 1, 2, 0, np.nan], "sample 1: the label is missing (got nan; 2 of 6 are"),
        ([0, 1, -1, 2, 0, 1], "sample 2 has the label -1; labels must be whole numbers of at"),
        ([0, 1, 1.5, 2, 0, 1], "sample 2 has the label 1.5; labels must be whole numbers of at"),
        ([b"0", b"?", b"1", b"2", b"0", b"1"], "sample 1: the label is missing (got b'?'; 1 of 6"),
        ([b"0", b"1", b"1", b"2", b"0", b"1"], "labels must be a number for each sample"),
    ):
        with h5py.File(folder / "shd_test.h5", "a") as content:
            del content["labels"]
            content["labels"] = labels
        assert told in refused(lambda: load("shd", TaskSettings(data=folder)))
