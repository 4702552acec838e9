"""Tasks from the user's own data files."""

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any

from numpy.typing import NDArray

from ...errors import InputError
from .classification import Classification
from .files.csv_file import read_csv
from .files.numpy_parquet import read_npy, read_npz, read_parquet
from .files.ts_file import read_ts
from .samples import Loaded

Reader = Callable[[Path, str | None], Loaded]

READERS = MappingProxyType[str, Reader](
    {
        ".csv": read_csv,
        ".tsv": read_csv,
        ".txt": read_csv,
        ".parquet": read_parquet,
        ".npz": read_npz,
        ".npy": read_npy,
    }
)


class Data(Classification):
    """`data`: the user's own file, of the kind that its name's ending tells.

    A table (`.csv`, `.tsv`, `.txt`, `.parquet`) with a column of class labels, `label` or
    the last; NumPy arrays (`.npz`, `.npy`); or UCR/UEA time series (`.ts`). Beside a file
    NAME_TRAIN.ts a NAME_TEST.ts is test data.
    """

    name = "data"
    takes = Classification.takes | {"data", "label"}

    def load(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Read the file.

        Raises:
            InputError: The file is not as it must be.
        """
        file = self._file()
        if file.suffix.lower() == ".ts":
            return self._load_ts(file)
        if file.suffix.lower() not in READERS:
            raise InputError(
                f"{file}: a data file must end in {', '.join(READERS)} or .ts (got {file.suffix!r})"
            )
        return self._named(READERS[file.suffix.lower()](file, self.settings.label))

    def _named(self, loaded: Loaded) -> tuple[NDArray[Any], NDArray[Any]]:
        self.feature_names = loaded.names
        return loaded.features, loaded.labels

    def _load_ts(self, file: Path) -> tuple[NDArray[Any], NDArray[Any]]:
        if self.settings.label is not None:
            raise InputError(f"{file}: .ts files take no label (got {self.settings.label!r})")
        test = file.with_name(f"{file.stem.removesuffix('_TRAIN')}_TEST.ts")
        paired = file.stem.endswith("_TRAIN") and test.exists()
        signals, classes, counts = read_ts([file, test] if paired else [file])
        self.learnt = counts[0] if paired else None
        return signals, classes

    def _file(self) -> Path:
        if self.settings.data is None:
            raise InputError(f"task {self.name} needs data: the path of a file")
        return Path(self.settings.data)


class Csv(Data):
    """`csv`: the user's own table as text, whatever the ending of the file's name."""

    name = "csv"

    def load(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Read the file.

        Raises:
            InputError: The file, a column or a cell is not as it must be.
        """
        return self._named(read_csv(self._file(), self.settings.label))
