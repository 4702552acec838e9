"""From a file to a table, by the ending of its name."""

from pathlib import Path
from types import MappingProxyType
from typing import Any

from numpy.typing import NDArray

from ....errors import InputError
from ..files.numpy_file import read_arrays
from .table import Table
from .text_file import read_text_table
from .text_layout import FOUND_OUT, TextSettings
from .typed_files import (
    features_and_labels,
    read_excel_table,
    read_parquet_table,
    table_of_arrays,
    table_of_features,
    table_of_matrix,
)

#: Endings of tables as text, each also with `.gz` behind it.
TEXT = (".csv", ".tsv", ".txt", ".data", ".dat")
#: All endings of tables.
ENDINGS = (*TEXT, ".xlsx", ".parquet", ".npz", ".npy")

#: What of a text's layout a user may say, and which endings take it.
_SAID = MappingProxyType(
    {
        "separator": TEXT,
        "decimal": TEXT,
        "encoding": TEXT,
        "no_header": (*TEXT, ".xlsx"),
    }
)


def ending_of(file: Path) -> str:
    """Return how the name of a file ends, in small letters, `.gz` apart."""
    name = file.with_suffix("") if file.suffix.lower() == ".gz" else file
    return name.suffix.lower()


def read_table(
    file: Path, text: TextSettings = FOUND_OUT, *, label: str | None = None, as_text: bool = False
) -> Table:
    """Read a table.

    Args:
        file: A file that ends in one of `ENDINGS`.
        text: What is said of a text.
        label: The array of labels in an `.npz` file of two, whose column is the last one of the table.
        as_text: Whether it is a text whatever its name.

    Raises:
        InputError: The file is not as it must be, or is no table.
    """
    ending = ending_of(file)
    if as_text or ending in TEXT:
        return read_text_table(file, text)
    refuse_text_settings(file, text)
    if ending == ".parquet":
        return read_parquet_table(file)
    if ending == ".xlsx":
        return read_excel_table(file, no_header=text.no_header)
    if ending in (".npz", ".npy"):
        return table_of_file_of_arrays(file, read_arrays(file), label)
    raise InputError(
        f"{file}: a table must end in {', '.join(ENDINGS)} (got {ending or 'no ending'!r})"
    )


def refuse_text_settings(file: Path, text: TextSettings) -> None:
    """Raise InputError where something is said of a layout that a file, which is no text, does not have."""
    for name, value in text.said.items():
        if ending_of(file) not in _SAID[name]:
            raise InputError(
                f"{file}: {name} is for files that end in {', '.join(_SAID[name])} (got {value!r})"
            )


def table_of_file_of_arrays(
    file: Path, arrays: NDArray[Any] | dict[str, NDArray[Any]], label: str | None
) -> Table:
    """Return what NumPy's files hold as a table: a matrix, two arrays, or columns of one dimension.

    Raises:
        InputError: It is none.
    """
    if not isinstance(arrays, dict):
        return table_of_matrix(file, arrays)
    flat = all(array.ndim == 1 for array in arrays.values())
    if flat and len(arrays) > 1 and len({len(array) for array in arrays.values()}) == 1:
        return table_of_arrays(file, arrays)
    first, second = features_and_labels(file, arrays, label)
    features, labels = arrays[first], arrays[second]
    if features.ndim != 2 or labels.shape not in ((len(features),), (len(features), 1)):
        raise InputError(
            f"{file} must hold features, a row a sample, and a label for each (got {first!r} of shape "
            f"{features.shape} and {second!r} of shape {labels.shape})"
        )
    return table_of_features(file, features, first, {second: labels.ravel()})
