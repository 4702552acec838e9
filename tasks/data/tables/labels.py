"""The columns of right answers of a table, labels or numbers, the same from every format."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError
from .columns import plain, shortest
from .table import Table

#: Names that tell a column of labels where the last one cannot be it.
_LABELS = frozenset({"label", "class", "target", "species", "diagnosis", "outcome", "category"})


def label_column(table: Table, label: str | None) -> str:
    """Return the name of the column of labels, where it is not given the last one.

    If that holds numbers that are not whole and just one column has a name such as `class`, it is that.

    Raises:
        InputError: There is no column of that name, or none beside it.
    """
    if label is not None:
        table.column(label)
    if len(table.columns) < 2:
        raise InputError(f"{table.file} has one column only; features and labels are needed")
    if label is not None:
        return label
    last = list(table.columns)[-1]
    called = [name for name in table.columns if name.lower() in _LABELS]
    values = table.columns[last].values if table.columns[last].kind == "number" else None
    real = values is not None and not _whole(values[~np.isnan(values)]).all()
    return called[0] if real and len(called) == 1 else last


def numbers_of_table(table: Table, names: Sequence[str]) -> NDArray[np.float64]:
    """Return numbers to predict, (rows, numbers).

    Raises:
        InputError: There is no such column, it holds texts or dates, or a number is missing.
    """
    for name in names:
        column = table.column(name)
        if column.kind in ("text", "date"):
            row = int(np.flatnonzero(~column.missing)[0]) if not column.missing.all() else 0
            raise InputError(
                f"{table.place(row, name)}: {column.shown(row)} is not a number, as those to predict must be"
            )
        gaps = np.flatnonzero(column.missing)
        if len(gaps):
            row = int(gaps[0])
            raise InputError(
                f"{table.place(row, name)}: the number to predict is missing (got {column.shown(row)}; "
                f"{len(gaps)} of {table.rows} are missing)"
            )
    return np.stack([table.column(name).values for name in names], axis=1)


def labels_of_table(table: Table, name: str) -> NDArray[Any]:
    """Return labels, (rows,): whole numbers as int64, else texts; of yes and no `True` and `False`.

    Raises:
        InputError: A label is missing, a date, or a number that is not whole.
    """
    column = table.column(name)
    gaps = np.flatnonzero(column.missing)
    if len(gaps):
        row = int(gaps[0])
        raise InputError(
            f"{table.place(row, name)}: the label is missing (got {column.shown(row)}; {len(gaps)} of "
            f"{table.rows} are missing)"
        )
    if column.kind == "text":
        return np.array([plain(text, column.decimal) for text in column.values])
    if column.kind == "yes/no":
        return np.where(column.values == 1.0, "True", "False")
    if column.kind == "date":
        raise InputError(
            f"{table.place(0, name)}: {column.shown(0)} is a date; labels must be whole numbers or "
            "texts (--label names their column)"
        )
    odd = np.flatnonzero(~_whole(column.values))
    if len(odd):
        row = int(odd[0])
        raise InputError(
            f"{table.place(row, name)}: the label {shortest(column.values[row])} is not a whole "
            "number; labels must be whole numbers or texts (--label names their column, and "
            "--target-column one of numbers to predict)"
        )
    return column.values.astype(np.int64)


def _whole(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(rows,) whether a number is whole, and small enough for 64 bits to tell it from the next."""
    whole: NDArray[np.bool_] = (values == np.rint(values)) & (np.abs(values) <= 2**53)
    return whole
