"""Columns of files whose values have types: NumPy's arrays, Parquet's columns, data frames."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cells import column_of_texts, days_of, trimmed
from .table import Column

#: Decimals after which a float32 or float16 is looked at one by one.
_DECIMALS = 9
_EXACT = 2.0**11  # below it, narrow floats have fractions


def column_of_array(values: NDArray[Any]) -> Column | None:
    """Return a column of NumPy's (rows,) array; None if its type is neither number, truth, time nor text."""
    kind = values.dtype.kind
    if kind in "iuf":
        return Column("number", as_decimals(values), lambda row: str(values[row]))
    if kind == "b":
        return Column("yes/no", values.astype(np.float64), lambda row: str(values[row]))
    if kind == "M":
        return Column("date", days_of(values), lambda row: str(values[row]))
    if kind == "S":
        values = np.char.decode(values, "utf-8", "replace")
    return column_of_texts(trimmed(values.tolist())) if values.dtype.kind == "U" else None


def column_of_arrow(values: Any) -> Column | None:
    """Return a column of a pyarrow array; None if its type is neither number, truth, time nor text."""
    import pyarrow
    from pyarrow import types

    kind = values.type
    if types.is_dictionary(kind):
        return column_of_arrow(values.cast(kind.value_type))
    if types.is_null(kind):
        return Column("number", np.full(len(values), np.nan), lambda row: "None")
    if types.is_decimal(kind):  # by its digits, as a text file has them
        texts = [None if value is None else f"{value:f}" for value in values.to_pylist()]
        return column_of_texts(trimmed(texts))
    if types.is_boolean(kind):
        numbers = values.cast(pyarrow.int8()).to_numpy(zero_copy_only=False)
        return Column("yes/no", np.array(numbers, np.float64), lambda row: str(values[row].as_py()))
    if types.is_integer(kind) or types.is_floating(kind):
        return Column("number", _numbers(values), lambda row: str(values[row].as_py()))
    if types.is_date(kind) or types.is_timestamp(kind):
        times = values.cast(pyarrow.timestamp("us", getattr(kind, "tz", None)), safe=False)
        found = days_of(times.to_numpy(zero_copy_only=False))
        return Column("date", found, lambda row: str(values[row].as_py()))
    if types.is_binary(kind) or types.is_large_binary(kind):
        values = pyarrow.array(
            [v if v is None else v.decode("utf-8", "replace") for v in values.to_pylist()],
            pyarrow.string(),
        )
        kind = values.type
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return column_of_texts(trimmed(values.to_pylist()))
    return None


def column_of_frame(values: Any) -> Column | None:
    """Return a column of a pandas Series, whose objects may be of several types."""
    import pyarrow

    def shown(row: int) -> str:
        value = values.iloc[row]
        return repr(value) if isinstance(value, str) else str(value)

    try:
        found = column_of_arrow(pyarrow.array(values, from_pandas=True))
        return found and found._replace(shown=shown)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError):
        return column_of_texts(trimmed([_as_text(value) for value in values.tolist()]))


def _as_text(value: object) -> str | None:
    """Return what a text file would have for a value of a column of several types."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None if value is None else str(value)


def _numbers(values: Any) -> NDArray[np.float64]:
    numbers = values.to_numpy(zero_copy_only=False)
    return as_decimals(np.asarray(numbers))


def as_decimals(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return numbers as float64, those of narrower floats by their decimal digits.

    A float32 of 0.1 is 0.1 here as in a text file, and not 0.10000000149.
    """
    wide: NDArray[np.float64] = values.astype(np.float64)
    if values.dtype.kind != "f" or values.dtype.itemsize >= 8:
        return wide
    flat, narrow = wide.ravel(), values.ravel()
    left = np.flatnonzero(np.abs(flat) < _EXACT)
    others = np.flatnonzero(np.isfinite(flat) & ~(np.abs(flat) < _EXACT))
    for decimals in range(_DECIMALS + 1):
        rounded = np.round(flat[left], decimals)
        exact = rounded.astype(values.dtype) == narrow[left]
        flat[left[exact]] = rounded[exact]
        left = left[~exact]
    for number in (*left, *others):
        flat[number] = float(str(narrow[number]))
    return flat.reshape(wide.shape)
