"""The features of a task that are columns of a table, from understanding them to filling gaps."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...task import TaskSettings
from .columns import Choice, Meaning, Missing, features_of_table, understand
from .names import listed_names
from .prepare import Preparation, fit
from .table import Table


class TableFeatures:
    """Features that are columns of a table.

    Attributes:
        table: The table.
        columns: What each of its columns is.
        preparation: How columns become features, once the training data are known: see `fit`.
    """

    def __init__(self, table: Table, targets: Sequence[str], settings: TaskSettings) -> None:
        """Find out what the columns are, or take it from `settings.columns`.

        Args:
            table: The table.
            targets: Columns of right answers.
            settings: Settings of the task.

        Raises:
            InputError: A column is not there or cannot be a feature, or a value is missing that must not be.
        """
        self.table = table
        self._missing: Missing = settings.missing or "refuse"
        self._known = settings.columns is not None
        self.preparation: Preparation
        self.columns: tuple[Meaning, ...]
        if settings.columns is not None:
            self.preparation = Preparation.from_json(settings.columns)
            self.columns = self.preparation.columns
        else:
            features = listed_names(settings.features, "features")
            choice = Choice(tuple(targets), features, listed_names(settings.drop, "drop"))
            self.columns = understand(table, choice, self._missing)

    def of(self, table: Table) -> NDArray[np.float64]:
        """Return the features of this table, or of another one with such columns, NaN where they are missing.

        Returns:
            (rows, features) float64.

        Raises:
            InputError: A column is not there, or a value is missing or is not what the column has otherwise.
        """
        return features_of_table(table, self.columns)

    def fit(
        self, features: NDArray[np.float64], train: NDArray[np.int64], where: str
    ) -> NDArray[np.float64]:
        """Leave out what is constant in the training data, and find the medians of the others.

        Args:
            features: Of `of`.
            train: (training samples,) their rows.
            where: Whose data these are, for messages.

        Returns:
            The features that are left, gaps and all.

        Raises:
            InputError: All features are constant.
        """
        if self._known:
            return features
        self.preparation, kept = fit(self.columns, features[train], self._missing, where)
        return features[:, kept]

    def complete(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what `fit` returned as a network receives it: with medians for gaps, and flags."""
        return self.preparation.complete(features)

    def notes(self) -> tuple[str, ...]:
        """Say what was found out about the file and what was left out, a sentence each."""
        file = self.table.file
        found = [f"{file}: {note}" for note in self.table.notes]
        left = [*self.table.no_data.items()]
        found += [f"{file}: column {name!r} is left out: it is {why}" for name, why in left]
        asked = "is not among the features"
        for column in self.preparation.columns:
            if column.use == "left out" and not column.why.startswith(asked):
                found.append(f"{file}: column {column.name!r} is left out: it {column.why}")
        return tuple(found)


def preparation_of(told: Mapping[str, Any], features: Sequence[str]) -> Preparation:
    """Return how columns become the features of a network, from what its file says of its task.

    Args:
        told: The description of the task. Versions before 0.2 do not say it: then each column is a number.
        features: Names of the features.

    Raises:
        InputError: The description is damaged.
    """
    if told.get("columns") is not None:
        return Preparation.from_json(told["columns"])
    return Preparation(tuple(Meaning(name, "number") for name in features))
