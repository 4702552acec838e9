"""What a network's score is compared with: the best constant, and linear models of scikit-learn's.

They decide nothing in a search, and their last digits differ between processors.
"""

import warnings
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_ITERATIONS = 1000
_WORK = 10**11  # products, some minutes of one core: large data get fewer iterations
_FEWEST = 50


class Samples(NamedTuple):
    """The split that networks are tested by, as a linear model sees it.

    Attributes:
        learnt: (samples, features) float64, those for training and validation.
        targets: (samples,) classes, 0 … classes - 1, or (samples, numbers).
        tested: (test samples, features) float64.
    """

    learnt: Numbers
    targets: NDArray[Any]
    tested: Numbers


def flat(features: NDArray[Any]) -> Numbers:
    """Return features as a row a sample: all steps of signals, or how many spikes each input gets."""
    if features.dtype == np.bool_:
        features = features.sum(axis=1)
    return features.astype(np.float64, copy=False).reshape(len(features), -1)


def class_probabilities(samples: Samples, classes: int) -> dict[str, Numbers]:
    """Return the probabilities of classes, (test samples, classes), by the name of what says them."""
    from sklearn.linear_model import LogisticRegression  # takes a second to import

    model = LogisticRegression(max_iter=_iterations(samples, classes))
    counts = np.bincount(samples.targets, minlength=classes)
    majority = np.eye(classes)[np.full(len(samples.tested), counts.argmax())]
    fitted = _fitted(model, samples)
    return {
        "logistic regression": fitted.predict_proba(samples.tested),
        "majority class": majority,
    }


def numbers(samples: Samples) -> dict[str, Numbers]:
    """Return predicted numbers, (test samples, numbers), by the name of what says them."""
    from sklearn.linear_model import Ridge

    median = np.median(samples.targets, axis=0)
    predicted = _fitted(Ridge(), samples).predict(samples.tested)
    return {
        "ridge regression": predicted.reshape(len(samples.tested), -1),
        "median": np.tile(median, (len(samples.tested), 1)),
    }


def normality(samples: Samples) -> dict[str, Numbers]:
    """Return how normal samples are, (test samples,) in 0 … 1, by the name of what says it.

    What scikit-learn's detectors take for normal is above a half.

    Args:
        samples: Those that are learnt are normal; their targets are not read.
    """
    from sklearn.ensemble import IsolationForest
    from sklearn.svm import OneClassSVM

    models = {"isolation forest": IsolationForest(random_state=0), "one-class SVM": OneClassSVM()}
    said = {
        name: _fitted(m, samples).decision_function(samples.tested) for name, m in models.items()
    }
    return {name: 0.5 + 0.5 * d / max(float(np.abs(d).max()), 1e-300) for name, d in said.items()}


def _iterations(samples: Samples, classes: int) -> int:
    affordable = _WORK // (2 * samples.learnt.size * classes)
    return min(_ITERATIONS, max(affordable, _FEWEST))


def _fitted(model: Any, samples: Samples) -> Any:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    # One thread: scikit-learn's never end, and a process that has any cannot safely be forked.
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")  # whether it converged to the last digit is no matter
        return make_pipeline(StandardScaler(), model).fit(samples.learnt, samples.targets)
