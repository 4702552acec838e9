"""The features of a task that are columns of a table, from understanding them to filling gaps."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError
from ...task import TaskSettings
from .columns import DROPPED, NOT_ASKED_FOR, Choice, Meaning, Missing, features_of_table, understand
from .names import listed_names
from .prepare import Preparation, fit
from .table import Table
from .text_layout import FOUND_OUT, TextSettings

_MOST_NOTED = 8  # columns that are left out


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
        self._text = text_settings(settings)
        self._missing: Missing = settings.missing or "refuse"
        self._known = settings.columns is not None
        self.preparation: Preparation
        self.columns: tuple[Meaning, ...]
        if settings.columns is not None:
            _refuse_other_columns(settings)
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
        fitted, kept = fit(self.columns, features[train], self._missing, where)
        self.preparation = fitted._replace(text=self._text)
        return features[:, kept]

    def notes(self) -> tuple[str, ...]:
        """Say what was found out about the file and what was left out, a sentence each."""
        left = [f"{name!r} (is {why})" for name, why in self.table.no_data.items()]
        for column in self.preparation.columns:
            if column.use == "left out" and column.why not in (NOT_ASKED_FOR, DROPPED):
                left.append(f"{column.name!r} ({column.why})")
        more = len(left) - _MOST_NOTED
        if more > 0:
            left[_MOST_NOTED:] = [f"and {more:,} more"]
        sentences = [*(["; ".join(self.table.notes)] if self.table.notes else [])]
        sentences += [f"left out: {', '.join(left)}"] if left else []
        return tuple(f"{self.table.file}: {sentence}" for sentence in sentences)


def text_settings(settings: TaskSettings) -> TextSettings:
    """Return what is said of the layout of a text: by the user, else by the run of a network."""
    s, before = settings, FOUND_OUT
    if s.columns is not None:
        before = Preparation.from_json(s.columns).text
    given = TextSettings(s.separator, s.decimal, s.encoding, s.no_header)
    return before._replace(**given.said)


def _refuse_other_columns(settings: TaskSettings) -> None:
    for name in ("features", "drop", "missing"):
        if getattr(settings, name) is not None:
            raise InputError(
                f"{name} is {getattr(settings, name)!r}, but what the columns are for a network was "
                "settled when its run began"
            )


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
