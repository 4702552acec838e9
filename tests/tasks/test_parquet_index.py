"""The index that pandas keeps in a Parquet file is neither a feature nor the label."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

from spikevolve.errors import InputError
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.data.tables.columns import Choice, features_of_table, understand
from spikevolve.tasks.data.tables.labels import label_column, labels_of_table
from spikevolve.tasks.data.tables.read_table import read_table

ROWS = 12
COLUMNS: dict[str, Any] = {
    "x": np.random.default_rng(1).random(ROWS),
    "y": np.arange(ROWS) % 5,
    "kind": ["a", "b"] * (ROWS // 2),
}
NUMBERS = np.random.default_rng(2).permutation(ROWS)
WORDS = [f"flower {number}" for number in NUMBERS]

INDEXES: dict[str, pd.Index] = {
    "range": pd.RangeIndex(ROWS),
    "range of its own": pd.RangeIndex(5, 5 + 3 * ROWS, 3, name="number"),
    "numbers": pd.Index(NUMBERS),
    "named numbers": pd.Index(NUMBERS, name="number"),
    "fractions": pd.Index(NUMBERS / 7, name="time"),
    "words": pd.Index(WORDS, name="flower"),
    "categories": pd.CategoricalIndex(COLUMNS["kind"], name="sort"),
    "dates": pd.date_range("2024-01-01", periods=ROWS, name="day"),
    "the name of a column": pd.Index(NUMBERS, name="x"),
    "a number as name": pd.Index(NUMBERS, name=7),
    "several": pd.MultiIndex.from_arrays([NUMBERS, WORDS], names=["number", "flower"]),
    "several without names": pd.MultiIndex.from_arrays([NUMBERS, NUMBERS % 3]),
    "several, one with a name": pd.MultiIndex.from_arrays(
        [NUMBERS, NUMBERS % 3], names=["number", None]
    ),
}


def read_parquet(file: Path, label: str | None) -> tuple[Any, Any]:
    """Features and labels of a file."""
    table = read_table(file)
    name = label_column(table, label)
    columns = understand(table, Choice((name,)))
    return features_of_table(table, columns), labels_of_table(table, name)


def check(file: Path, data: pd.DataFrame, label: str | None) -> None:
    """Compare with the columns that pandas has for data, in their order."""
    features, labels = read_parquet(file, label)

    wanted = data.columns[-1] if label is None else label
    np.testing.assert_array_equal(features, data.drop(columns=wanted).to_numpy(float))
    assert labels.tolist() == data[wanted].tolist()


@pytest.mark.filterwarnings("ignore:The DataFrame has non-str index name")
@pytest.mark.parametrize("kind", INDEXES)
@pytest.mark.parametrize("label", [None, "kind", "y"])
def test_an_index_is_no_data(tmp_path: Path, kind: str, label: str | None) -> None:
    file = tmp_path / "a.parquet"
    data = pd.DataFrame(COLUMNS, index=INDEXES[kind])
    if label == "y":
        data = data.drop(columns="kind")
    for keep in (None, True):  # None: as columns, but for ranges
        data.to_parquet(file, index=keep)
        check(file, pd.read_parquet(file), label)


def test_rows_that_were_selected_keep_their_index(tmp_path: Path) -> None:
    data = pd.DataFrame(COLUMNS).query("y > 0").sort_values("x")
    data.to_parquet(tmp_path / "a.parquet")
    assert "__index_level_0__" in pyarrow.parquet.read_schema(tmp_path / "a.parquet").names

    check(tmp_path / "a.parquet", data, None)
    task = load("data", TaskSettings(data=tmp_path / "a.parquet", encoder="rate:4"))
    assert task.inputs == 2


@pytest.mark.parametrize("kind", ["numbers", "several without names"])
def test_an_index_of_which_pandas_words_are_lost(tmp_path: Path, kind: str) -> None:
    data = pd.DataFrame(COLUMNS, index=INDEXES[kind])
    bare = pyarrow.Table.from_pandas(data).replace_schema_metadata(None)
    pyarrow.parquet.write_table(bare, tmp_path / "a.parquet")

    check(tmp_path / "a.parquet", data, None)


def test_an_index_first_or_last_is_no_label(tmp_path: Path) -> None:
    table = pyarrow.Table.from_pandas(pd.DataFrame(COLUMNS, index=INDEXES["named numbers"]))
    for order in (["number", "x", "y", "kind"], ["x", "y", "kind", "number"]):
        pyarrow.parquet.write_table(table.select(order), tmp_path / "a.parquet")
        check(tmp_path / "a.parquet", pd.DataFrame(COLUMNS), None)


def test_an_index_that_is_named_as_label_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    pd.DataFrame(COLUMNS).set_index("kind").to_parquet(file)

    with pytest.raises(InputError) as refused:
        read_parquet(file, "kind")
    assert str(refused.value) == (
        f"{file}: column 'kind' is the index of a pandas frame, which is no data; reset_index() "
        "makes it a column"
    )
    pd.DataFrame(COLUMNS).set_index(["x", "y"]).to_parquet(file)
    with pytest.raises(InputError, match="has one column only; features and labels are needed"):
        read_parquet(file, None)


def test_columns_without_words_of_pandas_are_all_data(tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.table(COLUMNS), tmp_path / "a.parquet")
    check(tmp_path / "a.parquet", pd.DataFrame(COLUMNS), None)


@pytest.mark.parametrize("words", [b"{", b"[]", b"{}", b'{"index_columns": 3}'])
def test_words_of_pandas_that_are_damaged(tmp_path: Path, words: bytes) -> None:
    table = pyarrow.table(COLUMNS).replace_schema_metadata({b"pandas": words})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")

    with pytest.raises(InputError, match=r"a\.parquet: what pandas says of its columns is damaged"):
        read_parquet(tmp_path / "a.parquet", None)
