"""Tasks from samples that are handed over: all of them are learned from, or validate; none is a test."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..task import TaskSettings
from .classification import Classification
from .data_task import DataTask
from .regression import Regression
from .splits import Parts, cut


class _Given(DataTask):
    """Samples as arrays."""

    name = "samples"

    def __init__(
        self, settings: TaskSettings, features: Any, targets: Any, names: Sequence[str] = ()
    ) -> None:
        """Check the samples.

        Args:
            settings: Settings of the task.
            features: (samples, features) numbers.
            targets: Of classes (samples,) whole numbers or texts; (samples,) or (samples, numbers)
                numbers to predict.
            names: Names of the features; empty if unknown.

        Raises:
            InputError: A setting or the data are not as they must be.
        """
        self._given = features, targets
        self.feature_names = tuple(names)
        super().__init__(settings)

    def load(self) -> tuple[Any, Any]:
        """Return the samples."""
        return self._given

    def divide(self, strata: NDArray[np.int32], names: tuple[str, ...]) -> Parts:
        """Keep nothing for the test."""
        return cut(self._manner(strata, names), len(strata), 0.0)


class ArrayClassification(_Given, Classification):
    """Samples of classes, as arrays."""


class ArrayRegression(_Given, Regression):
    """Samples with numbers to predict, as arrays."""
