"""Tasks from the user's own data files: classes, numbers and anomalies."""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..task import Task, TaskSettings
from .anomaly import AnomalyDetection
from .classification import Classification
from .data_task import DataTask
from .files.ts_file import has_numbers
from .own_file import CLASSES, NUMBERS, OF_TABLES, Wanted, read_own_file
from .regression import Regression
from .tables.features import TableFeatures

_TAKES = frozenset({"data", "test_data", "kind", "as_spikes", *OF_TABLES})


class OwnData(DataTask):
    """Samples of the user's own files.

    Attributes:
        wanted: What is wanted of them.
        as_text: Whether files are text whatever their names.
    """

    wanted: ClassVar[Wanted]
    as_text: ClassVar[bool] = False

    _columns: TableFeatures | None = None  # None where the file is no table

    def load(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Read the files.

        Raises:
            InputError: A file is not as it must be.
        """
        found = read_own_file(
            self.settings, self.wanted, self.name, as_text=self.as_text, gaps=self.fills_gaps
        )
        self.learnt, self.groups = found.learnt, found.groups
        self._columns, self.notes = found.columns, found.notes
        return found.features, found.answers

    def informative(self, features: NDArray[Any], train: NDArray[np.int64]) -> NDArray[Any]:
        """Leave out columns that are constant in the training data."""
        if self._columns is None:
            return super().informative(features, train)
        kept = self._columns.fit(features, train, f"task {self.name}")
        self._preparation = self._columns.preparation
        self.notes = (*self.notes, *self._columns.notes())
        return kept

    def _state(self) -> dict[str, object]:
        """Leave out the table, which may be large."""
        return super()._state() | {"_columns": None}


class Data(OwnData, Classification):
    """`data`: the user's own file, of the kind that its name's ending tells.

    A table (text, Excel, Parquet, or NumPy's arrays) with a column of class labels, `label` or
    the last; signals as arrays (`.npz`) or UCR/UEA time series (`.ts`). Test data are those of
    `test_data`, of a NAME_TEST.ts beside a NAME_TRAIN.ts, or of x_test and y_test in an `.npz` file.
    """

    name = "data"
    wanted = CLASSES
    takes = Classification.takes | _TAKES | {"label"}

    @classmethod
    def chosen_by(cls, settings: TaskSettings) -> type[Task]:
        """Return the class of the kind that is asked for, or that a `.ts` file declares."""
        return {"regression": DataNumbers, "anomaly": DataAnomalies}.get(_kind_of(settings), cls)

    def divide(self, strata: NDArray[np.int32], names: tuple[str, ...]) -> Any:
        """Cut the samples as usual; every class must be among those to learn from.

        Raises:
            InputError: Only the test data have a class.
        """
        if self.learnt is not None:
            unknown = np.setdiff1d(strata[self.learnt :], strata[: self.learnt])
            if len(unknown):
                raise InputError(
                    f"task {self.name}: class {names[unknown[0]]!r} has no training data, only test data"
                )
        return super().divide(strata, names)


class DataNumbers(OwnData, Regression):
    """`data` where numbers are to be predicted: those of `target_column`, or of the last column."""

    name = "data"
    wanted = NUMBERS
    takes = Regression.takes | _TAKES | {"target_column"}


class DataAnomalies(OwnData, AnomalyDetection):
    """`data` where one class, `normal` or the largest, is known in training."""

    name = "data"
    wanted = CLASSES
    takes = AnomalyDetection.takes | _TAKES | {"label"}


class Csv(Data):
    """`csv`: the user's own table as text, whatever the ending of the file's name."""

    name = "csv"
    as_text = True

    @classmethod
    def chosen_by(cls, settings: TaskSettings) -> type[Task]:
        """Return the class of the kind that is asked for."""
        return {"regression": CsvNumbers, "anomaly": CsvAnomalies}.get(_kind_of(settings), cls)


class CsvNumbers(DataNumbers):
    """`csv` where numbers are to be predicted."""

    name = "csv"
    as_text = True


class CsvAnomalies(DataAnomalies):
    """`csv` where one class is known in training."""

    name = "csv"
    as_text = True


def _kind_of(settings: TaskSettings) -> str:
    if settings.kind is not None:
        return settings.kind
    if settings.target_column is not None:
        return "regression"
    numbers = settings.data is not None and has_numbers(Path(settings.data))
    return "regression" if numbers else "classification"
