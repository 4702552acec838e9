"""Excel's sheets as tables, written by openpyxl as Excel writes them."""

import datetime
import sys
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from spikevolve.errors import InputError
from spikevolve.tasks.data.tables.columns import Choice, features_of_table, understand
from spikevolve.tasks.data.tables.labels import labels_of_table
from spikevolve.tasks.data.tables.read_table import read_table
from spikevolve.tasks.data.tables.table import Table
from spikevolve.tasks.data.tables.text_layout import TextSettings


def sheet(folder: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    book.create_sheet("other").append(["nothing", "of", "interest"])
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def numbers(table: Table, label: str) -> list[list[float]]:
    found: list[list[float]] = features_of_table(
        table, understand(table, Choice((label,)))
    ).tolist()
    return found


def test_the_first_sheet_is_read_with_the_types_of_its_cells(tmp_path: Path) -> None:
    day = datetime.datetime(1970, 1, 3, 12)
    rows: list[list[object]] = [
        ["x", "truth", "day", "colour", "kind"],
        [1, True, day, "red", 1],
        [2.5, False, day, "green", 2],
        [3, False, day, "red", 1],
        [4, True, day, "green", 2],
    ]
    table = read_table(sheet(tmp_path, rows))

    assert list(table.columns) == rows[0]
    assert numbers(table, "kind")[:2] == [[1.0, 1.0, 2.5, 1.0], [2.5, 0.0, 2.5, 0.0]]
    assert labels_of_table(table, "kind").tolist() == [1, 2, 1, 2]


def test_blank_rows_and_columns_are_no_data_and_rows_are_counted_as_excel_does(
    tmp_path: Path,
) -> None:
    rows: list[list[object]] = [
        [],
        ["x", None, "y", "kind"],
        [],
        [1, None, 2, "a"],
        [None] * 4,
        [3, None, "oops", "b"],
    ]
    table = read_table(sheet(tmp_path, rows))

    assert list(table.columns) == ["x", "y", "kind"]
    assert table.rows == 2
    with pytest.raises(InputError) as refused:
        numbers(table, "kind")
    assert str(refused.value) == f"{table.file}, row 6, column 'y': 'oops' is not a finite number"


def test_a_column_of_several_types_is_one_of_texts(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["doors", "kind"],
        [2, "a"],
        [4.0, "b"],
        ["5more", "a"],
        ["5more", "b"],
        [2, "a"],
        [4, "b"],
    ]
    columns = understand(read_table(sheet(tmp_path, rows)), Choice(("kind",)))

    assert columns[0].features == ("doors=2", "doors=4", "doors=5more")


def test_a_sheet_without_names_has_numbered_columns(tmp_path: Path) -> None:
    file = sheet(tmp_path, [[1, 2, "a"], [3, 4, "b"], [5, 6, "a"], [7, 8, "b"]])
    table = read_table(file)

    assert list(table.columns) == ["column 1", "column 2", "column 3"]
    assert table.rows == 4
    assert "no header" in table.notes[0]
    assert read_table(file, TextSettings(no_header=False)).rows == 3


def test_what_is_missing_is_missing(tmp_path: Path) -> None:
    rows: list[list[object]] = [["x", "kind"], [1, "a"], [None, "b"], ["n/a", "a"], [4, None]]
    table = read_table(sheet(tmp_path, rows))

    assert table.columns["x"].missing.tolist() == [False, True, True, False]
    with pytest.raises(
        InputError, match=r"row 5, column 'kind': the label is missing \(got an empty cell; 1 of 4"
    ):
        labels_of_table(table, "kind")


@pytest.mark.parametrize("content", [b"", b"x,y\n1,2\n", b"PK\x03\x04 broken"])
def test_what_is_no_excel_file_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.xlsx is not an Excel file: "):
        read_table(tmp_path / "a.xlsx")


def test_a_sheet_without_anything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"a\.xlsx is empty; its first sheet must begin with the names"
    ):
        read_table(sheet(tmp_path, []))
    with pytest.raises(InputError, match=r"a\.xlsx has no rows, only the names of its columns"):
        read_table(sheet(tmp_path, [["x", "y"]]))
    with pytest.raises(InputError, match=r"b\.xlsx cannot be read: No such file"):
        read_table(tmp_path / "b.xlsx")


def test_without_openpyxl_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = sheet(tmp_path, [["x", "y"], [1, 2]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(InputError, match=r"is not installed: pip install 'spikevolve\[excel\]'"):
        read_table(file)
