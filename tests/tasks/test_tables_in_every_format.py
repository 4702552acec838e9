"""The same table from every format is the same task; so are its columns in another order, anywhere."""

import decimal
import locale
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spikevolve
from spikevolve.tasks import Classification, TaskSettings, load

Write = Callable[[pd.DataFrame, Path], Path]


def written(ending: str, **options: Any) -> Write:
    def write(data: pd.DataFrame, folder: Path) -> Path:
        data.to_csv(folder / f"a{ending}", index=False, encoding="utf-8", **options)
        return folder / f"a{ending}"

    return write


def as_parquet(data: pd.DataFrame, folder: Path) -> Path:
    data.to_parquet(folder / "a.parquet")
    return folder / "a.parquet"


def as_parquet_with_index(data: pd.DataFrame, folder: Path) -> Path:
    data.set_axis(np.arange(len(data))[::-1]).to_parquet(folder / "i.parquet", index=True)
    return folder / "i.parquet"


def as_csv_with_index(data: pd.DataFrame, folder: Path) -> Path:
    data.to_csv(folder / "i.csv")
    return folder / "i.csv"


def as_arrays(data: pd.DataFrame, folder: Path) -> Path:
    columns = {n: c.to_numpy() for n, c in data.items()}
    texts = {n: c.astype(str) if c.dtype == object else c for n, c in columns.items()}
    np.savez(folder / "a.npz", **texts)  # type: ignore[arg-type]
    return folder / "a.npz"


def as_excel(data: pd.DataFrame, folder: Path) -> Path:
    data.to_excel(folder / "a.xlsx", index=False)
    return folder / "a.xlsx"


FORMATS: dict[str, Write] = {
    "csv": written(".csv"),
    "csv with an index": as_csv_with_index,
    "tsv": written(".tsv", sep="\t"),
    "semicolons": written(".txt", sep=";"),
    "european": written(".dat", sep=";", decimal=","),
    "quoted": written(".data", quoting=1),
    "compressed": written(".csv.gz"),
    "parquet": as_parquet,
    "parquet with an index": as_parquet_with_index,
    "npz": as_arrays,
    "excel": as_excel,
}


def task_of(file: Path, **words: Any) -> Classification:
    task = load("data", TaskSettings(data=file, encoder="rate:8", ticks=10, **words))
    assert isinstance(task, Classification)
    return task


def digests(task: Classification) -> tuple[str | None, str, tuple[str, ...]]:
    return task.data_digest, task.workload("train", 1).digest, task.classes


def table(rows: int = 30) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "float": rng.normal(size=rows),
            "whole": rng.integers(-5, 5, rows),
            "small": rng.normal(size=rows).astype(np.float32),
            "half": rng.normal(size=rows).astype(np.float16),
            "truth": rng.random(rows) < 0.5,
            "colour": np.array(["red", "green", "deep blue"], object)[rng.integers(0, 3, rows)],
            "day": np.datetime64("2024-02-27") + rng.integers(0, 9, rows).astype("timedelta64[D]"),
            "answer": np.array(["no", "yes"], object)[rng.integers(0, 2, rows)],
            "kind": rng.integers(1, 12, rows) % 3 * 5.0 + 1,
        }
    )


@pytest.mark.parametrize("name", FORMATS)
def test_a_table_is_the_same_from_every_format(name: str, tmp_path: Path) -> None:
    data = table()
    if name == "excel":  # openpyxl writes 16 digits, and float32's 0.1 as 0.10000000149
        data = data.drop(columns=["small", "half"]).round({"float": 12})
    reference = task_of(written(".csv")(data, tmp_path))
    if name in ("parquet", "parquet with an index"):
        data["colour"] = data["colour"].astype("category")
    (tmp_path / "other").mkdir()
    task = task_of(FORMATS[name](data, tmp_path / "other"))

    assert digests(task) == digests(reference)
    assert task.feature_names == reference.feature_names
    assert task.classes == ("1", "6", "11")


@pytest.mark.parametrize("kind", ["int8", "uint16", "int32", "int64", "float16", "float32", "bool"])
@pytest.mark.parametrize("write", [as_parquet, as_arrays], ids=["parquet", "npz"])
def test_labels_of_any_type_are_the_same_classes(kind: str, write: Write, tmp_path: Path) -> None:
    data = table()[["float", "whole", "kind"]]
    data["kind"] = (data["kind"] > 1).astype(np.dtype(kind))
    text = written(".csv")(data, tmp_path)

    assert digests(task_of(write(data, tmp_path))) == digests(task_of(text))


def test_decimals_are_the_numbers_that_they_are_as_text(tmp_path: Path) -> None:
    data = table()[["float", "whole", "kind"]]
    data["float"] = data["float"].round(3)
    decimals: list[Any] = [decimal.Decimal(str(value)) for value in data["float"]]
    exact = data.assign(float=decimals)

    assert digests(task_of(as_parquet(exact, tmp_path))) == digests(
        task_of(written(".csv")(data, tmp_path))
    )


def test_a_matrix_is_the_table_of_its_columns(tmp_path: Path) -> None:
    data = table()[["float", "whole", "kind"]]
    np.save(tmp_path / "a.npy", data.to_numpy(float))
    np.savez(tmp_path / "xy.npz", X=data[["float", "whole"]].to_numpy(float), y=data["kind"])
    reference = digests(task_of(written(".csv")(data, tmp_path)))

    assert digests(task_of(tmp_path / "a.npy")) == reference
    assert digests(task_of(tmp_path / "xy.npz")) == reference
    renamed = data.set_axis(["zinc", "arsenic", "kind"], axis=1)
    assert task_of(written(".csv")(renamed, tmp_path)).data_digest == reference[0]


@pytest.mark.parametrize("missing", ["median", "flag"])
def test_gaps_are_the_same_from_every_format(missing: str, tmp_path: Path) -> None:
    data = table()[["float", "small", "colour", "kind"]]
    data.loc[[3, 8, 9, 17, 20, 21], "float"] = np.nan
    data.loc[[0, 9, 11, 13], "colour"] = None
    files = [
        written(".csv")(data, tmp_path),
        written(".txt", na_rep="?", sep=";")(data, tmp_path),
        as_parquet(data, tmp_path),
    ]
    tasks = [task_of(file, missing=missing) for file in files]

    assert len({digests(task) for task in tasks}) == 1
    flags = {"float missing", "colour missing"} if missing == "flag" else set()
    assert {name for name in tasks[0].feature_names if name.endswith("missing")} == flags


@given(data=st.data())
@settings(max_examples=25)
def test_columns_in_another_order_are_the_same_task(data: Any) -> None:
    frame = table()
    order = data.draw(st.permutations(list(frame.columns)))
    with tempfile.TemporaryDirectory() as folder:
        one = task_of(written(".csv")(frame, Path(folder)))
        other = task_of(written(".tsv", sep="\t")(frame[order], Path(folder)), label="kind")

    assert one.feature_names == other.feature_names
    assert one.classes == other.classes
    for split in ("train", "test"):
        assert one.workload(split, 1).digest == other.workload(split, 1).digest


@pytest.mark.slow
def test_columns_in_another_order_give_the_same_networks(tmp_path: Path) -> None:
    data = table(60)
    files = [
        written(".csv")(data, tmp_path),
        written(".tsv", sep="\t")(data.iloc[:, ::-1], tmp_path),
    ]
    words: dict[str, Any] = {"label": "kind", "generations": 3, "population": 10, "workers": 1}
    runs = [
        spikevolve.run("data", data=str(file), out=str(tmp_path / name), **words)
        for file, name in zip(files, ("one", "other"), strict=True)
    ]

    fronts = [run.front[["id", "genome_hash", "score", "test_score"]] for run in runs]
    pd.testing.assert_frame_equal(fronts[0], fronts[1])
    features = data.drop(columns="kind")
    one, other = (run.champion for run in runs)
    pd.testing.assert_frame_equal(one.predict(features), other.predict(features.iloc[:, ::-1]))
    assert one.told["features"] == other.told["features"]
    assert one.task.features[0] == "float"
    assert other.task.features[0] == "answer"


def test_reading_depends_neither_on_the_locale_nor_on_the_folder(tmp_path: Path) -> None:
    file = written(".csv", sep=";", decimal=",")(table(), tmp_path)
    code = (
        "import sys\n"
        "from spikevolve.tasks import TaskSettings, load\n"
        "task = load('data', TaskSettings(data=sys.argv[1], encoder='rate:8', ticks=10))\n"
        "print(task.data_digest, *task.feature_names)\n"
    )
    found = set()
    for words in ("C", "de_DE.UTF-8", "tr_TR.UTF-8"):
        for folder in (tmp_path, Path("/")):
            environment = {**os.environ, "LC_ALL": words, "LANG": words, "PYTHONUTF8": "0"}
            done = subprocess.run(
                [sys.executable, "-c", code, str(file)],
                cwd=folder,
                env=environment,
                check=True,
                capture_output=True,
            )
            found.add(done.stdout)
    assert len(found) == 1


def test_reading_asks_nobody_for_the_decimal_sign_of_the_country(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(".csv")(table(), tmp_path)
    before = digests(task_of(file))
    monkeypatch.setattr(locale, "localeconv", lambda: {"decimal_point": ",", "thousands_sep": "."})
    monkeypatch.setattr(locale, "getpreferredencoding", lambda *_: "ascii")
    monkeypatch.setattr(locale, "getencoding", lambda: "ascii")

    assert digests(task_of(file)) == before
