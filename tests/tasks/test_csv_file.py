from pathlib import Path
from typing import Any

import pytest

from spikevolve.errors import InputError
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.data.tables.columns import Choice, features_of_table, understand
from spikevolve.tasks.data.tables.labels import label_column, labels_of_table
from spikevolve.tasks.data.tables.read_table import read_table

ROWS = "".join(f"{i / 10},{i % 7},{'ab'[i % 2]}\n" for i in range(40))


def write(folder: Path, text: str | bytes) -> Path:
    file = folder / "flowers.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def read_csv(file: Path, label: str | None) -> tuple[Any, Any]:
    """Features and labels of a file."""
    table = read_table(file)
    name = label_column(table, label)
    columns = understand(table, Choice((name,)))
    return features_of_table(table, columns), labels_of_table(table, name)


def test_label_is_the_last_column(tmp_path: Path) -> None:
    features, labels = read_csv(write(tmp_path, "x,y,kind\n1,2e-1,a\n-3, .5 ,b\n"), None)

    assert features.tolist() == [[1.0, 0.2], [-3.0, 0.5]]
    assert labels.tolist() == ["a", "b"]


def test_label_can_be_any_column(tmp_path: Path) -> None:
    features, labels = read_csv(write(tmp_path, "x,kind,y\n1,a,2\n\n3,b,4\n"), "kind")

    assert features.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert labels.tolist() == ["a", "b"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_quotes_and_byte_order_mark(tmp_path: Path, delimiter: str) -> None:
    text = '\ufeffx|"the, kind"\r\n1|"a, ""b"""\r\n2|c\r\n'.replace("|", delimiter)

    features, labels = read_csv(write(tmp_path, text), "the, kind")

    assert features.tolist() == [[1.0], [2.0]]
    assert labels.tolist() == ['a, "b"', "c"]


def test_task(tmp_path: Path) -> None:
    file = write(tmp_path, "x,y,kind\n" + ROWS)
    task = load("csv", TaskSettings(data=file, label="kind", encoder="rate:4"))

    assert (task.inputs, task.outputs, task.samples) == (2, 2, 26)
    assert task.describe()["classes"] == ["a", "b"]


def test_names_may_be_numbers(tmp_path: Path) -> None:
    features, labels = read_csv(write(tmp_path, "0,1,kind\n5,6,a\n7,8,b\n"), None)

    assert features.tolist() == [[5.0, 6.0], [7.0, 8.0]]
    assert labels.tolist() == ["a", "b"]


def test_digest_follows_the_data(tmp_path: Path) -> None:
    text = "x,y,kind\n" + ROWS
    digests = [
        load("csv", TaskSettings(data=write(tmp_path, t))).data_digest
        for t in (text, text.replace(",", ";"), text.replace("0.1,", "0.2,", 1))
    ]

    assert digests[0] == digests[1] != digests[2]


BROKEN: dict[str, tuple[str | bytes, str | None, str]] = {
    "the label column is missing": (
        "x,y,species\n1,2,a\n2,3,b\n",
        "specie",
        "{file} has no column 'specie' (did you mean 'species'?)",
    ),
    "nothing like the label column": (
        "x,y,species\n1,2,a\n",
        "qq",
        "{file} has no column 'qq' (there are: x, y, species)",
    ),
    "a cell is no number": (
        "x,y,kind\n1,2,a\n1,tall,b\n",
        None,
        "{file}, line 3, column 'y': 'tall' is not a finite number",
    ),
    "a cell is NaN": (
        "x,y,kind\n1,nan,a\n1,2,a\n",
        None,
        "{file}, line 2, column 'y': the value is missing (got 'nan'; 1 of 2 are missing); --missing "
        "median or --missing flag fills them in",
    ),
    "a cell is infinite": (
        "x,y,kind\n1,2,a\n-inf,2,a\n",
        None,
        "{file}, line 3, column 'x': '-inf' is not a finite number",
    ),
    "a cell is empty": (
        "x,y,kind\n1,,a\n1,2,a\n",
        None,
        "{file}, line 2, column 'y': the value is missing (got ''; 1 of 2 are missing)",
    ),
    "a label is empty": (
        "x,y,kind\n1,2,\n",
        None,
        "{file}, line 2, column 'kind': the label is missing",
    ),
    "a row is short": (
        "x,y,kind\n1,2,a\n1,2\n",
        None,
        "{file}, line 3 has 2 cells; the first line names 3 columns",
    ),
    "no rows": ("x,y,kind\n", None, "{file} has no rows, only the names of its columns"),
    "nothing": ("", None, "{file} is empty; it must begin with the names of its columns"),
    "one column": ("kind\na\nb\n", None, "{file} has one column only"),
    "no text": (b"x,y\n\x001,2\n", None, "{file} is not a text file: it holds the byte 0"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_refuses_a_broken_file(tmp_path: Path, case: str) -> None:
    text, label, message = BROKEN[case]
    file = write(tmp_path, text)

    with pytest.raises(InputError) as refused:
        load("csv", TaskSettings(data=file, label=label))

    assert str(refused.value).startswith(message.format(file=file))


def test_refuses_one_class_only(tmp_path: Path) -> None:
    file = write(tmp_path, "x,kind\n1,a\n2,a\n")

    with pytest.raises(InputError, match="task csv: all samples are of one class, 'a'"):
        load("csv", TaskSettings(data=file))


def test_refuses_a_class_that_cannot_be_split(tmp_path: Path) -> None:
    file = write(tmp_path, "x,kind\n1,a\n2,a\n3,rare\n")

    with pytest.raises(InputError, match="task csv: class 'rare' has 1 sample; each class needs"):
        load("csv", TaskSettings(data=file))


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "none.csv"

    with pytest.raises(InputError, match=r"none\.csv cannot be read: No such file"):
        load("csv", TaskSettings(data=file))
    with pytest.raises(InputError, match="task csv needs data: the path of a file"):
        load("csv")
