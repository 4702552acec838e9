"""Tasks from the user's own data files."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from .classification import Classification
from .files.numpy_file import read_arrays
from .files.ts_file import read_ts
from .samples import Parts
from .tables.features import TableFeatures, text_settings
from .tables.labels import label_column, labels_of_table
from .tables.prepare import Preparation
from .tables.read_table import (
    ENDINGS,
    ending_of,
    read_table,
    refuse_text_settings,
    table_of_file_of_arrays,
)
from .tables.table import Table
from .tables.text_layout import TextSettings
from .tables.typed_files import features_and_labels

#: Settings that only tables take.
_OF_TABLES = ("features", "drop", *TextSettings._fields)


class Data(Classification):
    """`data`: the user's own file, of the kind that its name's ending tells.

    A table (text, Excel, Parquet, or NumPy's arrays) with a column of class labels, `label` or
    the last; signals as arrays (`.npz`) or UCR/UEA time series (`.ts`). Beside a file
    NAME_TRAIN.ts a NAME_TEST.ts is test data.
    """

    name = "data"
    takes = Classification.takes | {"data", "label", *_OF_TABLES}

    _learnt: int | None = None  # samples of a file for training, where there is one for the test
    _columns: TableFeatures | None = None  # None where the file is no table
    _as_text = False

    def load(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Read the file.

        Raises:
            InputError: The file is not as it must be.
        """
        file = self._file()
        ending = ending_of(file)
        if ending == ".ts" and not self._as_text:
            return self._load_ts(file)
        if ending not in ENDINGS and not self._as_text:
            raise InputError(
                f"{file}: a data file must end in {', '.join(ENDINGS)} or .ts (got {file.suffix!r})"
            )
        if ending == ".npz" and not self._as_text:
            arrays = read_arrays(file)
            if isinstance(arrays, dict) and max((a.ndim for a in arrays.values()), default=0) > 2:
                return self._load_signals(file, arrays)
            refuse_text_settings(file, text_settings(self.settings))
            return self._of_table(table_of_file_of_arrays(file, arrays, self.settings.label))
        said = text_settings(self.settings)
        return self._of_table(read_table(file, said, as_text=self._as_text))

    def divide(self, strata: NDArray[np.int32], names: tuple[str, ...]) -> Parts:
        """Split by the files where there are two, else as usual."""
        if self._learnt is None:
            return super().divide(strata, names)
        if self.settings.folds is not None:
            raise InputError(
                f"task {self.name}: {self._file()} has a file of test data, so it takes no folds "
                f"(got {self.settings.folds})"
            )
        order = np.arange(len(strata))
        return Parts(order[: self._learnt], order[:0], order[self._learnt :])

    def informative(self, features: NDArray[Any], train: NDArray[np.int64]) -> NDArray[Any]:
        """Leave out columns that are constant in the training data."""
        if self._columns is None:
            return super().informative(features, train)
        kept = self._columns.fit(features, train, f"task {self.name}")
        self._preparation, self.notes = self._columns.preparation, self._columns.notes()
        return kept

    def _of_table(self, table: Table) -> tuple[NDArray[Any], NDArray[Any]]:
        label = label_column(table, self.settings.label or self._label_before(table))
        labels = labels_of_table(table, label)
        self._columns = TableFeatures(table, [label], self.settings)
        return self._columns.of(table), labels

    def _label_before(self, table: Table) -> str | None:
        """Return the column of labels that a network learned from, if it is here, too."""
        if self.settings.columns is None:
            return None
        before = Preparation.from_json(self.settings.columns).columns
        here = (c.name for c in before if c.use == "label" and c.name in table.columns)
        return next(here, None)

    def _load_signals(
        self, file: Path, arrays: dict[str, NDArray[Any]]
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return signals or spikes, (samples, …), and their labels."""
        self._refuse_settings_of_tables(file)
        features, label = features_and_labels(file, arrays, self.settings.label)
        labels = table_of_file_of_arrays(file, {"x": arrays[label], label: arrays[label]}, label)
        return arrays[features], labels_of_table(labels, label)

    def _load_ts(self, file: Path) -> tuple[NDArray[Any], NDArray[Any]]:
        if self.settings.label is not None:
            raise InputError(f"{file}: .ts files take no label (got {self.settings.label!r})")
        self._refuse_settings_of_tables(file)
        test = file.with_name(f"{file.stem.removesuffix('_TRAIN')}_TEST.ts")
        paired = file.stem.endswith("_TRAIN") and test.exists()
        files = [file, test] if paired else [file]
        signals, classes, counts = read_ts(files, gaps=self.fills_gaps)
        self._learnt = counts[0] if paired else None
        return signals, classes

    def _refuse_settings_of_tables(self, file: Path) -> None:
        for name in _OF_TABLES:
            given = getattr(self.settings, name)
            if given is not None:
                raise InputError(f"{file} is no table, so it takes no {name} (got {given!r})")

    def _file(self) -> Path:
        if self.settings.data is None:
            raise InputError(f"task {self.name} needs data: the path of a file")
        return Path(self.settings.data)

    def _state(self) -> dict[str, object]:
        """Leave out the table, which may be large."""
        return super()._state() | {"_columns": None}


class Csv(Data):
    """`csv`: the user's own table as text, whatever the ending of the file's name."""

    name = "csv"
    _as_text = True
