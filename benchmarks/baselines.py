"""What a user has anyway: scikit-learn's classifiers on the split of a run, and the majority's class.

They learn from everything that is not test data, training and validation data together, and are judged
by the run's own score. Features are standardised by the same data; of spikes they are the counts of
each input, of signals all values. `nearest` is the one nearest neighbour in Euclidean distance, of
features as they are. Where the score is balanced, so are the classes' weights. Where a setting is
chosen (`… chosen`), it is by five inner folds: C, and for the kernel of the SVM also its width.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from spikevolve.tasks import registry
from spikevolve.tasks.data.classification import Classification
from spikevolve.tasks.data.samples import dataset
from spikevolve.tasks.task import TaskSettings

_FOLDS = 5
_SCORES = {"accuracy": accuracy_score, "balanced_accuracy": balanced_accuracy_score}


class Case(NamedTuple):
    """What the classifiers need to know of the data.

    Attributes:
        score: Name of the score.
        features: Of a sample.
    """

    score: str
    features: int

    @property
    def weights(self) -> str | None:
        """How classes are weighted: as often as each other where the score is balanced."""
        return "balanced" if self.score == "balanced_accuracy" else None


def _logistic(case: Case) -> Any:
    classifier = LogisticRegression(max_iter=2000, class_weight=case.weights)
    return make_pipeline(StandardScaler(), classifier)


def _svm(case: Case) -> Any:
    return make_pipeline(StandardScaler(), SVC(class_weight=case.weights))


def _chosen(classifier: Any, grid: dict[str, list[float]], case: Case) -> Any:
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    return GridSearchCV(classifier, grid, cv=folds, scoring=case.score)


def _logistic_chosen(case: Case) -> Any:
    grid = {"logisticregression__C": [0.01, 0.1, 1.0, 10.0, 100.0]}
    return _chosen(_logistic(case), grid, case)


def _svm_chosen(case: Case) -> Any:
    widths = [factor / case.features for factor in (0.1, 0.3, 1.0, 3.0, 10.0)]
    grid = {"svc__C": [0.1, 1.0, 10.0, 100.0], "svc__gamma": widths}
    return _chosen(_svm(case), grid, case)


#: By name.
CLASSIFIERS: dict[str, Callable[[Case], Any]] = {
    "majority": lambda case: DummyClassifier(strategy="most_frequent"),
    "logistic": _logistic,
    "logistic chosen": _logistic_chosen,
    "SVM": _svm,
    "SVM chosen": _svm_chosen,
    "nearest": lambda case: KNeighborsClassifier(1),
}


def measure(
    task: str, settings: TaskSettings, names: Sequence[str] = tuple(CLASSIFIERS)
) -> dict[str, float]:
    """Return the score of each classifier on the test data of one split.

    Args:
        task: Name of a task with classes.
        settings: Its data and its split.
        names: Some of `CLASSIFIERS`.
    """
    loaded = registry.load(task, settings)
    assert isinstance(loaded, Classification)
    features, labels = loaded.load()
    data = dataset(features, labels, f"task {task}")
    parts = loaded.divide(data.labels, data.classes)
    seen = np.concatenate([parts.train, parts.validation])
    table = as_table(data.features)
    case = Case(loaded.score, table.shape[1])
    scores = {}
    for name in names:
        classifier = CLASSIFIERS[name](case)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            classifier.fit(table[seen], data.labels[seen])
        said = classifier.predict(table[parts.test])
        scores[name] = float(_SCORES[loaded.score](data.labels[parts.test], said))
    return scores


def as_table(features: NDArray[Any]) -> NDArray[np.float64]:
    """Return a row of numbers for each sample.

    Args:
        features: (samples, features); or signals, (samples, steps, channels); or spikes,
            (samples, ticks, inputs) bool, of which the row holds each input's count.
    """
    if features.dtype == np.bool_:
        features = features.sum(axis=1)
    table: NDArray[np.float64] = features.reshape(len(features), -1).astype(np.float64)
    return table
