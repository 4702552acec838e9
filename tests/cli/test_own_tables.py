"""A user's own table, from the first look to the answers of a champion; and what is said of mistakes."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from spikevolve import Champion
from spikevolve.cli.main import app
from spikevolve.results.store.reader import read_table

pytestmark = pytest.mark.slow  # starts runs and processes

FILES = Path(__file__).parents[1] / "tasks" / "files"
DOCS = Path(__file__).parents[2] / "docs" / "data.md"


def spikevolve(*arguments: object, status: int = 0) -> str:
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exit_code == status, result.output
    return result.stdout if status == 0 else result.stderr


def patients(rows: int = 90) -> pd.DataFrame:
    """A table with a column of each kind, gaps, and one that only numbers the rows."""
    rng = np.random.default_rng(3)
    age = rng.integers(18, 80, rows).astype(float)
    data = pd.DataFrame(
        {
            "id": np.arange(1, rows + 1),
            "name": [f"Person {number}" for number in range(rows)],
            "height, in cm": rng.normal(170, 9, rows).round(1),
            "age": age,
            "colour": rng.choice(["red", "green", "blue"], rows),
            "smoker": rng.choice(["yes", "no"], rows),
            "since": pd.date_range("2020-01-01", periods=rows).strftime("%Y-%m-%d"),
            "finding": np.where(age > 50, "ill", "well"),
        }
    )
    data.loc[rng.choice(rows, rows // 8, replace=False), "age"] = np.nan
    return data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table as people in Europe write it, and a run with it."""
    made = tmp_path_factory.mktemp("own")
    patients().to_csv(made / "patients.csv", index=False, sep=";", decimal=",", encoding="cp1252")
    words = ("--missing", "flag", "--population", 20, "--generations", 4, "--workers", 1, "--quiet")
    spikevolve("run", "data", "--data", made / "patients.csv", *words, "--out", made / "run")
    return made


def test_check_says_first_what_it_has_understood(folder: Path) -> None:
    file = folder / "patients.csv"
    said = spikevolve("check", "data", "--data", file, "--missing", "flag")

    assert said.startswith(
        f"""\
{file}: cells are separated by semicolons; numbers have a decimal comma
{file}: left out: 'id' (only numbers the rows), 'name' (has 90 different texts in 90 rows, such as 'Person 0')

column         is          for a network                                          missing
id             left out    only numbers the rows
name           left out    has 90 different texts in 90 rows, such as 'Person 0'
height, in cm  number      height, in cm
age            number      age, age missing                                            11
colour         categories  colour=blue, colour=green, colour=red
smoker         yes/no      smoker
since          date        since
finding        label

classes  ill (41), well (49)
samples  60 to train, 0 to validate, 30 to test

ok    the task loads
"""
    )


def test_the_manifest_has_what_was_done_to_each_column(folder: Path) -> None:
    told = json.loads((folder / "run" / "run.json").read_text())["task"]["columns"]

    assert told["missing"] == "flag"
    columns = {column.pop("name"): column for column in told["columns"]}
    assert columns["id"] == {"use": "left out", "why": "only numbers the rows"}
    assert columns["smoker"]["values"] == ["no", "yes"]
    assert columns["colour"]["features"] == ["colour=blue", "colour=green", "colour=red"]
    assert columns["age"]["flag"] is True
    assert columns["age"]["missing"] == 11
    assert columns["finding"] == {"use": "label"}


def test_new_tables_in_any_format_and_order_get_the_same_answers(
    folder: Path, tmp_path: Path
) -> None:
    new = patients(20).drop(columns=["finding", "id", "name"]).iloc[:, ::-1]
    new.to_csv(tmp_path / "a.csv", index=False)
    new.to_csv(tmp_path / "b.txt", index=False, sep=";", decimal=",", na_rep="?")
    new.assign(smoker=new["smoker"] == "yes", since=pd.to_datetime(new["since"])).to_parquet(
        tmp_path / "c.parquet"
    )
    answers = [
        spikevolve("predict", folder / "run", tmp_path / name)
        for name in ("a.csv", "b.txt", "c.parquet")
    ]

    assert answers[0] == answers[1] == answers[2]
    frame = Champion.read(folder / "run").predict(new)
    assert frame.to_csv(index=False) == answers[0]


def test_a_missing_value_is_answered_as_the_median_with_its_flag(folder: Path) -> None:
    champion = Champion.read(folder / "run")
    told = json.loads((folder / "run" / "run.json").read_text())["task"]["columns"]["columns"]
    median = next(column["medians"][0] for column in told if column["name"] == "age")
    new = patients(8).assign(age=np.nan)

    features: dict[str, Any] = dict.fromkeys(champion.task.features, np.zeros(8))
    features["height, in cm"] = new["height, in cm"].to_numpy()
    features["age"], features["age missing"] = np.full(8, median), np.ones(8)
    for colour in ("red", "green", "blue"):
        features[f"colour={colour}"] = (new["colour"] == colour).to_numpy(float)
    features["smoker"] = (new["smoker"] == "yes").to_numpy(float)
    features["since"] = (pd.to_datetime(new["since"]) - pd.Timestamp(0)).dt.days.to_numpy(float)
    by_hand = champion.predict(np.column_stack(list(features.values())))

    pd.testing.assert_frame_equal(champion.predict(new), by_hand)


def test_a_text_that_is_no_category_is_none_of_them(folder: Path) -> None:
    champion = Champion.read(folder / "run")
    new = patients(8)
    shown = champion.encode(new.assign(colour="purple"))
    colours = [n for n, name in enumerate(champion.told["input_names"]) if "colour=" in name]

    per_colour = shown[:, colours].sum(axis=0)
    assert {*per_colour.ravel().tolist()} <= {0, shown.shape[0], per_colour.max()}
    red = champion.encode(new.assign(colour="red"))[:, colours]
    assert not np.array_equal(red, shown[:, colours])
    np.testing.assert_array_equal(
        np.delete(shown, colours, axis=1),
        np.delete(champion.encode(new), colours, axis=1),
    )


def test_evaluating_on_the_table_of_the_run_is_its_test(folder: Path) -> None:
    said = json.loads(
        spikevolve("evaluate", folder / "run", "data", "--data", folder / "patients.csv", "--json")
    )
    front = read_table(folder / "run", "front")

    assert said["score"] == front.loc[front["champion"], "test_score"].iloc[0]
    assert said["n"] == 30


TABLE = FILES / "plain.csv"
MISTAKES: dict[str, str] = {
    f"--data {TABLE} --separator ';'": f"{TABLE}: separator ';' separates nothing in its first lines",
    f"--data {TABLE} --separator ::": "separator is '::'; it must be one of comma, semicolon, tab, bar, "
    "space, or the sign itself",
    f"--data {TABLE} --decimal x": "decimal is 'x', but it must be one of ., ,",
    f"--data {TABLE} --decimal ,": f"{TABLE}, line 2, column 'length': '5.1' is not a finite number",
    f"--data {TABLE} --encoding klingon": "encoding is 'klingon'; it must be one that Python knows, such "
    "as utf-8, latin-1 or cp1252",
    f"--data {TABLE} --missing mean": "missing is 'mean', but it must be one of refuse, median, flag",
    f"--data {TABLE} --drop length,width": f"{TABLE} has no column that can be a feature beside 'flower' "
    "(left out: 'length' was dropped; 'width' was dropped)",
    f"--data {TABLE} --drop height": f"{TABLE} has no column 'height' (there are: length, width, flower)",
    f"--data {TABLE} --features length --drop length": "features and drop both name 'length'",
    f"--data {TABLE} --features length,flower": "features names 'flower', which is the column of the "
    "right answers",
    f"--data {TABLE} --features ,": "features is ','; it must be names of columns, such as age,height",
    f"--data {TABLE} --no-header": f"{TABLE}, line 1, column 'column 1': 'length' is not a finite number",
    f"--data {FILES / 'names.csv'} --features Name": f"{FILES / 'names.csv'}, column 'Name' has 4 "
    "different texts in 4 rows; as a feature it may have 50, and must have some of them again",
    f"--data {FILES / 'rare_class.csv'}": "task data: class 'b' has 1 sample; each class needs at least "
    "2, one to train and one to test on; drop it, or keep no test data: --held-out 0",
    f"--data {FILES / 'too_large.csv'}": f"{FILES / 'too_large.csv'}, line 3, column 'x': '1e308' is too "
    "large; numbers must lie between -1e+150 and 1e+150",
}


@pytest.mark.parametrize("line", MISTAKES)
def test_a_mistake_ends_in_one_sentence_and_leaves_no_folder(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    said = spikevolve("run", "data", *shlex.split(line), status=2)

    assert said == f"Error: {MISTAKES[line]}\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "option", ["--separator ;", "--decimal ,", "--encoding utf-8", "--no-header"]
)
def test_files_that_are_no_text_take_no_options_about_texts(option: str, tmp_path: Path) -> None:
    patients().to_parquet(tmp_path / "a.parquet")
    words = ("--data", tmp_path / "a.parquet", *option.split())

    said = spikevolve("run", "data", *words, "--out", tmp_path / "run", status=2)

    name = option.split()[0].removeprefix("--").replace("-", "_")
    assert f"a.parquet: {name} is for files that end in .csv, .tsv, .txt" in said
    assert not (tmp_path / "run").exists()


def test_a_network_keeps_its_columns(folder: Path) -> None:
    words = ("--network", folder / "run", "--data", folder / "patients.csv", "--drop", "age")

    said = spikevolve("encode", "data", *words, status=2)

    assert said == (
        "Error: drop is 'age', but what the columns are for a network was settled when its run began\n"
    )


@pytest.mark.skipif(not DOCS.exists(), reason="only a checkout has the documentation")
def test_the_example_of_the_documentation_is_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = re.findall(r"^```(?:csv)?\n(.*?)^```", DOCS.read_text(), re.DOTALL | re.MULTILINE)
    table, commands, printed = blocks[:3]
    monkeypatch.chdir(tmp_path)
    Path("patients.csv").write_text(table)

    said = spikevolve(*commands.splitlines()[0].split()[1:])
    assert said.startswith(f"{printed}\nok ")
    (sentence,) = (block for block in blocks if "the value is missing" in block)
    refused = spikevolve("run", "data", "--data", "patients.csv", status=2)
    assert refused == f"Error: {sentence}"
