"""New samples for a network that is there already, from any file that a data task reads."""

from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import InputError
from .data.files.csv_file import read_csv_columns
from .data.files.numpy_parquet import read_array, read_parquet_columns
from .data.files.ts_file import read_signals
from .data.samples import Chosen

_TEXT = (".csv", ".tsv", ".txt")


def read_new_samples(
    path: Path,
    label: str | None,
    choose: Callable[[list[str]], Sequence[int]],
    shape: tuple[int, ...] | None,
    task: str,
) -> Chosen:
    """Read samples.

    Args:
        path: A table (`.csv`, `.tsv`, `.txt`, `.parquet`), arrays (`.npy`, `.npz`), signals (`.ts`), or
            recordings of events: an `.h5` file for `shd`, a folder for `nmnist`.
        label: The column, or array, of right answers; None reads none. Signals and recordings have
            theirs with them.
        choose: From the names of a table's columns to the numbers of the features' columns.
        shape: Of a sample: (features,), (steps, channels) or (ticks, inputs); None where it is unknown.
        task: Name of the task that the network is for.

    Raises:
        InputError: The file is not as it must be, lacks a column, or is of no kind that is read.
    """
    kind = path.suffix.lower()
    with_labels_only = kind in (".ts", ".h5") or path.is_dir()
    if with_labels_only and label is not None:
        raise InputError(f"{path} has its classes with it, so it takes no label (got {label!r})")
    if task == "nmnist" and path.is_dir():
        from .builtin.event_data import NMnist

        return NMnist.read_samples(path, shape[0] if shape else NMnist.ticks)
    if task == "shd" and kind == ".h5":
        from .builtin.event_data import Shd

        return Shd.read_samples(path, shape[0] if shape else Shd.ticks)
    if kind in _TEXT:
        return read_csv_columns(path, _with_name(path, choose), label)
    if kind == ".parquet":
        return read_parquet_columns(path, _with_name(path, choose), label)
    if kind in (".npy", ".npz"):
        return read_array(path, label)
    if kind == ".ts":
        return read_signals(path, shape[0] if shape and len(shape) == 2 else None)
    raise InputError(
        f"{path}: new samples must be in a file that ends in {', '.join(_TEXT)}, .parquet, .npy, .npz "
        f"or .ts (got {kind or 'no ending'!r})"
    )


def _with_name(
    path: Path, choose: Callable[[list[str]], Sequence[int]]
) -> Callable[[list[str]], Sequence[int]]:
    """Have what is wrong with the columns begin with the name of the file."""

    def chosen(columns: list[str]) -> Sequence[int]:
        try:
            return choose(columns)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None

    return chosen
