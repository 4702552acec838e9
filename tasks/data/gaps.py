"""Features of which some may be missing, until the training data say what stands for them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..encoded_task import EncodedTask, unnamed
from .tables.prepare import Preparation, for_gaps


class GapsFilled(EncodedTask):
    """A task whose features may be missing, NaN, where the setting `missing` says so."""

    takes = EncodedTask.takes | {"missing"}

    _preparation: Preparation | None = None  # None where values are as they were loaded

    @property
    def fills_gaps(self) -> bool:
        """Whether features may be missing, NaN, until `complete`."""
        s = self.settings
        known = None if s.columns is None else s.columns.get("missing")
        return (s.missing if known is None else known) in ("median", "flag")

    def informative(self, features: NDArray[Any], train: NDArray[np.int64]) -> NDArray[Any]:
        """Return the features that networks receive, of all that were loaded, gaps and all.

        All of them; what fills their gaps is learned from the training data, if any are to be filled.

        Args:
            features: As loaded, NaN where they are missing.
            train: (training samples,) their rows.

        Raises:
            InputError: Gaps in signals are to be flagged, or a feature has no value in the training data.
        """
        if self.settings.columns is not None:
            self._preparation = Preparation.from_json(self.settings.columns)
        elif self.fills_gaps and features.dtype != np.bool_:
            names = tuple(map(str, self.feature_names)) or unnamed(features.shape[-1])
            where = f"task {self.name}"
            self._preparation = for_gaps(features, train, names, self.settings.missing, where)
        return features

    def complete(self, features: NDArray[Any]) -> NDArray[Any]:
        """Return features without gaps, as networks receive them, and name them."""
        if self._preparation is None:
            return features
        self.feature_names = self._preparation.features
        return self._preparation.ordered(self._preparation.complete(features))

    def describe(self) -> dict[str, object]:
        """Return the task as plain values, with what was done to each column or feature."""
        told = self._preparation.to_json() if self._preparation else None
        return super().describe() | {"columns": told}
