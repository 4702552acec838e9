"""CSV files: numbers in columns, one column of class labels."""

import csv
import math
import re
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ....errors import InputError
from ..class_labels import label_column, refuse_missing
from ..samples import Chosen, Loaded

_DELIMITERS = ",;\t"


class _Row(NamedTuple):
    line: int
    cells: list[str]


def read_csv(file: Path, label: str | None) -> Loaded:
    """Read features and labels from a CSV file.

    The first line names the columns; cells are separated by commas, semicolons or tabs, whichever
    the first line has most of. The label column is the last one if not named; all others are
    features.

    Returns:
        (samples, features) float64, (samples,) texts and the names of the features.

    Raises:
        InputError: Naming the file, line, column, value and what is allowed.
    """
    columns, rows = _read(file)
    at = label_column(file, columns, label)
    if not rows:
        raise InputError(f"{file} has no rows, only the names of its columns")
    if len(columns) < 2:
        raise InputError(f"{file} has one column only; features and labels are needed")
    features = [i for i in range(len(columns)) if i != at]
    name = columns[at]
    labels = [row.cells[at] for row in rows]
    refuse_missing(labels, lambda n: f"{file}, line {rows[n].line}, column {name!r}")
    if name in labels and all(_is_number(columns[i]) for i in features):
        raise _without_names(file, columns)
    values = [
        [_number(file, columns[i], name, row, row.cells[i]) for i in features] for row in rows
    ]
    return Loaded(np.array(values), np.array(labels), tuple(columns[i] for i in features))


def read_csv_columns(
    file: Path, choose: Callable[[list[str]], Sequence[int]], label: str | None
) -> Chosen:
    """Read some columns of a CSV file, and no others.

    Args:
        file: As of `read_csv`, but no column needs to have labels.
        choose: From the names of the columns to the numbers of those that are features.
        label: A column of labels; None reads none.

    Raises:
        InputError: As `read_csv`, or `choose` raises it.
    """
    columns, rows = _read(file)
    at = None if label is None else label_column(file, columns, label)
    features = choose(columns)
    if not rows:
        raise InputError(f"{file} has no rows, only the names of its columns")
    values = [
        [_number(file, columns[i], None, row, row.cells[i]) for i in features] for row in rows
    ]
    labels = None if at is None else np.array([row.cells[at] for row in rows])
    return Chosen(np.array(values), labels)


def _read(file: Path) -> tuple[list[str], list[_Row]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not a text file in UTF-8 (byte {error.start})") from error
    names = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
    delimiter = max(_DELIMITERS, key=names.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        rows = [_Row(reader.line_num, [c.strip() for c in cells]) for cells in reader if cells]
    except csv.Error as error:
        raise InputError(f"{file}, line {reader.line_num}: {error}") from error
    if not rows:
        raise InputError(f"{file} is empty; it must begin with the names of its columns")
    columns = rows[0].cells
    _check_columns(file, columns)
    for row in rows[1:]:
        if len(row.cells) != len(columns):
            raise InputError(
                f"{file}, line {row.line} has {len(row.cells)} cells; "
                f"the first line names {len(columns)} columns"
            )
    return columns, rows[1:]


def _check_columns(file: Path, columns: list[str]) -> None:
    if all(_is_number(name) for name in columns):
        raise _without_names(file, columns)
    for i, name in enumerate(columns):
        if not name:
            raise InputError(f"{file}: column {i + 1} has no name in the first line")
        if name in columns[:i]:
            raise InputError(f"{file}: two columns are named {name!r}")


def _without_names(file: Path, first: list[str]) -> InputError:
    return InputError(
        f"{file}: the first line must name the columns (it holds a sample: {', '.join(first)})"
    )


def _number(file: Path, column: str, labels: str | None, row: _Row, cell: str) -> float:
    if not _is_number(cell) or not math.isfinite(float(cell)):
        where = "" if labels is None else f" (labels are in column {labels!r})"
        raise InputError(
            f"{file}, line {row.line}, column {column!r}: {cell!r} is not a finite number{where}"
        )
    return float(cell)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
