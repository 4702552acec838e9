"""Estimators of scikit-learn: `fit` evolves spiking networks, `predict` asks the champion.

They take scikit-learn's conventions: parameters are kept as they are given, `fit` checks them and the data,
and what it finds ends in `_`.
"""

from __future__ import annotations  # pandas is for the type checker

import tempfile
import threading
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ...tasks.data.arrays import ArrayClassification, ArrayRegression
from ...tasks.decoders.classes import SpikeCount
from ..runs.prepare import prepare_for, task_settings
from ..runs.run import start_prepared
from ..runs.settings import Settings
from .champion import Champion
from .run_and_resume import settings_of
from .stored_run import Run

if TYPE_CHECKING:
    import pandas as pd


class _SpikingEstimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn carries no types
    """What classifier and regressor share."""

    def __init__(
        self,
        *,
        generations: int | None = None,
        evaluations: int | None = None,
        minutes: float | None = None,
        population: int | None = None,
        objectives: str | None = None,
        constraint: str | Sequence[str] | None = None,
        encoder: str | None = None,
        decoder: str | None = None,
        ticks: int | None = None,
        gradient: str = "auto",
        profile: str = "float",
        ranges: Mapping[str, Any] | None = None,
        workers: int | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.generations = generations
        self.evaluations = evaluations
        self.minutes = minutes
        self.population = population
        self.objectives = objectives
        self.constraint = constraint
        self.encoder = encoder
        self.decoder = decoder
        self.ticks = ticks
        self.gradient = gradient
        self.profile = profile
        self.ranges = ranges
        self.workers = workers
        self.random_state = random_state

    def _settings(self) -> Settings:
        """Return the settings of the search, with a seed drawn from `random_state`."""
        given = {name: value for name, value in self.get_params().items() if value is not None}
        state = check_random_state(given.pop("random_state", None))
        seed = int(state.randint(2**31 - 1))
        return settings_of("samples", {**given, "seed": seed, "split_seed": seed})

    def _search(self, task: ArrayClassification | ArrayRegression, settings: Settings) -> None:
        """Evolve networks for a task, and keep the champion and the front."""
        prepared = prepare_for(task, settings)
        with tempfile.TemporaryDirectory(prefix="spikevolve-") as parent:
            folder = Path(parent) / "run"
            start_prepared(prepared, folder, lambda progress: None, threading.Event())
            run = Run(folder)
            self.front_: pd.DataFrame = run.front
            self.champion_: Champion = run.champion if len(run.front) else _best_of(run)

    def _decided(self, samples: Any) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Return the number of the class, and the numbers in [0, 1], of each sample."""
        check_is_fitted(self)
        values = validate_data(self, samples, reset=False, dtype=np.float64)
        found = self.champion_.respond(values)
        return found.decisions, found.said

    def _names(self) -> Sequence[str]:
        """Return the names of the features that `fit` has seen, none where they had none."""
        names: Sequence[str] = tuple(getattr(self, "feature_names_in_", ()))
        return names


def _counts_spikes(classifier: SpikingClassifier) -> bool:
    """Tell whether a classifier decides for the class with most spikes."""
    decoder = classifier.decoder or ArrayClassification.decoder
    return decoder.partition(":")[0] == SpikeCount.name


class SpikingClassifier(ClassifierMixin, _SpikingEstimator):  # type: ignore[misc]
    """A classifier that is an evolved spiking network.

    `fit` searches as `spikevolve run` does on the samples, none of which it keeps for a test: that is
    left to scikit-learn. With more than 1,000 of them a fifth chooses the champion.

    Args:
        generations: Generations of the search; until nothing is gained if no limit is given.
        evaluations: Evaluations of networks, an epoch of learning counting as three.
        minutes: Minutes of search; a result then depends on the machine.
        population: Networks in a generation.
        objectives: Measurements to optimise, such as `score,synapses`.
        constraint: Bounds on measurements, such as `synapses <= 10`.
        encoder: How values become spikes.
        decoder: How spikes become answers.
        ticks: Ticks of a sample.
        gradient: Whether networks learn weights by a gradient: `auto`, `on` or `off`.
        profile: Hardware profile: neuron model and ranges.
        ranges: Changes to the profile, such as `{"max_hidden": 5}`.
        workers: Threads; all cores by default. The result is the same for any number.
        random_state: Seed of the search.

    Attributes:
        champion_: The network that was found, a `Champion`.
        front_: The Pareto front, as of `Run.front`.
        classes_: (classes,) the classes, in ascending order.
        n_features_in_: Features of a sample.
        feature_names_in_: Their names, where the samples had names.
    """

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803  # scikit-learn's names
        """Evolve networks that classify samples.

        Args:
            X: (samples, features) finite numbers.
            y: (samples,) classes, two at least.

        Raises:
            ValueError: The samples are not as they must be, or a parameter is wrong.
        """
        X, y = validate_data(self, X, y, dtype=np.float64)  # noqa: N806
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        settings = self._settings()
        task = ArrayClassification(task_settings(settings), X, labels, self._names())
        self._search(task, settings)
        return self

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """Return the class of each sample, (samples,).

        Raises:
            ValueError: The samples are not as they must be.
        """
        decisions, _ = self._decided(X)
        predicted: NDArray[Any] = self.classes_[decisions]
        return predicted

    # Another decoder may decide against the majority of the spikes.
    @available_if(_counts_spikes)  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return the share of all output spikes that are those of each class, (samples, classes).

        They add up to 1, the same for each class where there is no spike. They rank samples, as
        `roc_auc` wants it, but are no calibrated probabilities.

        Raises:
            ValueError: The samples are not as they must be.
        """
        _, shares = self._decided(X)
        return np.where(np.isnan(shares), 1 / len(self.classes_), shares)


class SpikingRegressor(RegressorMixin, _SpikingEstimator):  # type: ignore[misc]
    """A regressor that is an evolved spiking network; see `SpikingClassifier` for its parameters.

    Attributes:
        champion_: The network that was found, a `Champion`.
        front_: The Pareto front, as of `Run.front`.
        n_features_in_: Features of a sample.
        feature_names_in_: Their names, where the samples had names.
    """

    def __sklearn_tags__(self) -> Any:
        """Return what scikit-learn asks: several numbers for a sample are fine."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Evolve networks that predict numbers.

        Args:
            X: (samples, features) finite numbers.
            y: (samples,) or (samples, numbers) finite numbers.

        Raises:
            ValueError: The samples are not as they must be, or a parameter is wrong.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True)  # noqa: N806
        self._one_number = np.ndim(y) == 1
        settings = self._settings()
        task = ArrayRegression(task_settings(settings), X, y, self._names())
        self._search(task, settings)
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return the numbers of each sample, (samples,) or (samples, numbers) as in `fit`.

        Raises:
            ValueError: The samples are not as they must be.
        """
        _, said = self._decided(X)
        low, high = self.champion_.task.ends
        numbers: NDArray[np.float64] = low + said * (high - low)
        return numbers[:, 0] if self._one_number else numbers


def _best_of(run: Run) -> Champion:
    """Return the best network of a run that has no champion, and warn of it."""
    warnings.warn(
        "no network came above chance: predictions are those of the best that there is; search for "
        "longer, by generations, or look at the samples",
        ConvergenceWarning,
        stacklevel=4,
    )
    rows = run.table("individuals", ["id", "mean_score", "survived", "synapses"])
    rows = rows[rows["survived"]].sort_values(
        ["mean_score", "synapses"], ascending=[False, True], kind="stable"
    )
    return run.network(str(rows["id"].iloc[0]))
