"""How good decisions are: scores of classes, all in [0, 1]."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..task import Task
from .scoring import Answers

Shares = NDArray[np.float64]  # (classes,) share of each class in the training data, sum 1
Labels = NDArray[np.int32]  # (samples,) the right classes

SHIFT = 0.5  # of `h_mean` and `h_credit`
_MOST_APART = 30  # spikes of two outputs, beyond which a chance is as good as 0
_EXPONENTIALS = {1.0: math.e, 0.25: 1.2840254166877414}  # of the temperatures

#: Powers of these, by products: the same on every processor. The one in the middle is 1.
_POWERS = {
    temperature: np.cumprod(np.full(2 * _MOST_APART + 1, base))
    / math.prod([base] * (_MOST_APART + 1))
    for temperature, base in _EXPONENTIALS.items()
}
FEW = 5  # classes, of which a search loses none for good


class Score(NamedTuple):
    """A score.

    Attributes:
        of: From decisions, labels and the number of classes to (networks,) scores.
        constant: From shares to the score of the best constant decision.
        guess: From shares to the score of decisions drawn at random, each class as likely; of `f1`
            what it tends to in large data.
        reads_counts: Whether it reads `Answers.counts`.
    """

    of: Callable[[Answers, Labels, int], NDArray[np.float64]]
    constant: Callable[[Shares], float]
    guess: Callable[[Shares], float]
    reads_counts: bool = False


def usual_score(shares: Shares) -> str:
    """Choose the score for classes of these sizes."""
    return "balanced_accuracy" if shares.max() > 2.0 * shares.min() else "accuracy"


def usual_training_score(score: str, classes: int, by_spikes: bool) -> str:
    """Choose what a search climbs on training data to reach a score on other data.

    Of many classes accuracy lets a search forsake some for good: a neuron that has fallen silent
    must decide many samples rightly before it stops costing more than it gains. `h_credit` rewards
    its first spikes, where it is spikes that decide.
    """
    if classes <= FEW or score not in ("accuracy", "balanced_accuracy"):
        return score
    return "h_credit" if by_spikes else "h_mean"


def _accuracy(answers: Answers, labels: Labels, classes: int) -> NDArray[np.float64]:
    """Return the share of the samples whose decision is right."""
    right: NDArray[np.float64] = (answers.decisions == labels).mean(axis=1)
    return right


def _balanced_accuracy(answers: Answers, labels: Labels, classes: int) -> NDArray[np.float64]:
    """Return the mean recall: of each class, the share of its samples whose decision is right."""
    mean: NDArray[np.float64] = _recalls(answers, labels, classes).mean(axis=1)
    return mean


def _h_mean(answers: Answers, labels: Labels, classes: int) -> NDArray[np.float64]:
    """Return the shifted harmonic mean of the K classes' recalls r, K / Σ 1/(r + s) − s, s = ½.

    1 if all decisions are right, 0 if all are wrong, and never above the mean of the recalls. It
    rises most with the recall of the class that has least; without the shift it could not tell
    apart networks that miss a class. (The geometric mean, more usual for this purpose, needs a
    logarithm, which is not the same on every processor.)
    """
    return _shifted_mean(_recalls(answers, labels, classes))


def _shifted_mean(recalls: NDArray[np.float64]) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = 1.0 / (1.0 / (recalls + SHIFT)).mean(axis=-1) - SHIFT
    return mean


def _h_credit(answers: Answers, labels: Labels, classes: int) -> NDArray[np.float64]:
    """Return the shifted harmonic mean, as `h_mean`, of the classes' mean credits.

    A sample earns half a point by the right decision, and half of the right output's share in all
    output spikes of the window (0 where there are none), whatever the decoder. So spikes count that
    decide nothing yet, and a decision counts more the clearer it is.
    """
    return _shifted_mean(_class_means(credits_of(answers, labels), labels, classes))


def credits_of(answers: Answers, labels: Labels) -> NDArray[np.float64]:
    """Return what each network earns for each sample, (networks, samples); see `h_credit`."""
    own = answers.counts[:, labels, np.arange(len(labels))]
    shares = own / np.maximum(answers.counts.sum(axis=1), 1)
    earned: NDArray[np.float64] = (shares + (answers.decisions == labels)) / 2
    return earned


def _likelihood(answers: Answers, labels: Labels, classes: int) -> NDArray[np.float64]:
    """Return 1 / (1 + cross-entropy) of the chances that the spikes of the outputs give to the classes.

    The cross-entropy is the mean of −ln of the right class's chance, see `chances_of`, every class
    counting the same. It is 0, and the score 1, where every right output has many more spikes than the
    others; it tells how sure networks are of what they get right and wrong, where accuracy only counts.
    """
    losses = -logarithms(chances_of(answers, labels))
    of_classes = _class_means(losses, labels, classes)
    # Added up one by one: the same on every processor.
    total: NDArray[np.float64] = np.cumsum(of_classes, axis=1)[:, -1] / of_classes.shape[1]
    return 1.0 / (1.0 + total)


def _even_chances(shares: Shares) -> float:
    """Return the `likelihood` of the same chance for every class, which no constant surpasses."""
    return float(1.0 / (1.0 + logarithms(np.array([len(shares)]))[0]))


def temperature_of(classes: int) -> float:
    """Return how much a spike says about so many classes, the exponent of a chance.

    Between two, a score of three quarters may be all that can be had. If a spike said too much there,
    networks that learn would have few, and uncertain samples end in ties.
    """
    return 0.25 if classes == 2 else 1.0


def chances_of(answers: Answers, labels: Labels) -> NDArray[np.float64]:
    """Return the chance of the right class, (networks, samples).

    It is the softmax of temperature × spikes of the outputs.
    """
    counts = answers.counts
    own = counts[:, labels, np.arange(len(labels))]
    powers = _POWERS[temperature_of(counts.shape[1])]
    apart = np.clip(counts - own[:, np.newaxis], -_MOST_APART, _MOST_APART) + _MOST_APART
    total = powers[apart[:, 0]]
    for output in range(1, counts.shape[1]):
        total = total + powers[apart[:, output]]
    chances: NDArray[np.float64] = powers[_MOST_APART] / total
    return chances


def logarithms(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ln x of positive numbers, the same on every processor.

    x = m · 2^k with m in [0.75, 1.5), and ln m = 2 · artanh((m − 1) / (m + 1)) by its series. So that of
    1 is 0, and numbers close to 1 lose no digits.
    """
    m, k = np.frexp(x)
    m, k = np.where(m < 0.75, 2.0 * m, m), k - (m < 0.75)
    ratio = (m - 1.0) / (m + 1.0)
    square, total = ratio * ratio, np.zeros_like(m)
    for n in range(33, 0, -2):
        total = total * square + 1.0 / n
    found: NDArray[np.float64] = 2.0 * ratio * total + k * math.log(2.0)
    return found


def _best_credits(classes: int) -> NDArray[np.float64]:
    """Return the (classes,) credits of the best constant decision, every spike being another's."""
    return np.where(np.arange(classes) == 0, 0.5, 0.5 / (classes - 1))


def _f1(answers: Answers, labels: Labels, classes: int) -> NDArray[np.float64]:
    """Return the macro-averaged F1, the mean over classes of 2 TP / (2 TP + FP + FN); 0 / 0 is 0."""
    right, of_class, decided = _tallies(answers, labels, classes)
    f1: NDArray[np.float64] = (2 * right / np.maximum(of_class + decided, 1)).mean(axis=1)
    return f1


def _auc(answers: Answers, labels: Labels, classes: int) -> NDArray[np.float64]:
    """Return the area under the ROC curve, one class against the rest, averaged over the classes.

    Samples are ranked by the share that the class's output has in all output spikes of the window,
    whatever the decoder; a silent network gives every class the same share. The area is the
    probability that a sample of the class ranks above one of the rest, ties counting half.
    """
    counts = answers.counts.astype(np.float64)
    total = counts.sum(axis=1, keepdims=True)
    shares = np.where(total > 0, counts / np.maximum(total, 1), 1.0 / classes)
    # A class without samples, or with all of them, has no area.
    there = [k for k in range(classes) if 0 < np.count_nonzero(labels == k) < len(labels)]
    areas = [[_area(row[k][labels == k], row[k][labels != k]) for k in there] for row in shares]
    auc: NDArray[np.float64] = np.array(areas).reshape(len(shares), -1).mean(axis=1)
    return auc


def _area(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    # The Mann–Whitney statistic, counted in whole numbers.
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left")
    not_above = np.searchsorted(ordered, positive, "right")
    return float((below + not_above).sum()) / (2 * len(positive) * len(negative))


def _recalls(answers: Answers, labels: Labels, classes: int) -> NDArray[np.float64]:
    """Return the recalls, (networks, classes that occur)."""
    return _class_means(answers.decisions == labels, labels, classes)


def _class_means(credits: NDArray[Any], labels: Labels, classes: int) -> NDArray[np.float64]:
    """Average (networks, samples) credits over a class's samples: (networks, classes that occur).

    Added up sample by sample, and in an order in memory in which NumPy adds up a row of one network
    as it does a row of many: the same on every processor, alone and in company.
    """
    networks = len(credits)
    cells = np.arange(networks)[:, np.newaxis] * classes + labels
    sums = np.bincount(cells.ravel(), credits.ravel(), networks * classes)
    of_class = np.bincount(labels, minlength=classes)
    there = np.flatnonzero(of_class)
    return np.ascontiguousarray(sums.reshape(networks, classes)[:, there] / of_class[there])


def _tallies(
    answers: Answers, labels: Labels, classes: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Count right decisions (networks, classes), samples (classes,), decisions (networks, classes)."""
    is_class = labels == np.arange(classes)[:, np.newaxis]
    decided = answers.decisions[:, np.newaxis] == np.arange(classes)[:, np.newaxis]
    return (decided & is_class).sum(axis=2), is_class.sum(axis=1), decided.sum(axis=2)


SCORES: dict[str, Score] = {
    "accuracy": Score(
        _accuracy, lambda shares: float(shares.max()), lambda shares: 1.0 / len(shares)
    ),
    "balanced_accuracy": Score(
        _balanced_accuracy, lambda shares: 1.0 / len(shares), lambda shares: 1.0 / len(shares)
    ),
    "h_mean": Score(
        _h_mean,
        lambda shares: float(_shifted_mean(np.eye(len(shares))[0])),
        lambda shares: 1.0 / len(shares),
    ),
    "h_credit": Score(
        _h_credit,
        lambda shares: float(_shifted_mean(_best_credits(len(shares)))),
        lambda shares: 1.0 / len(shares),
        reads_counts=True,
    ),
    "likelihood": Score(
        _likelihood,
        _even_chances,
        _even_chances,
        reads_counts=True,
    ),
    "f1": Score(
        _f1,
        lambda shares: float((2 * shares / (1 + shares)).max() / len(shares)),
        lambda shares: float((2 * shares / (1 + shares * len(shares))).mean()),
    ),
    "auc": Score(_auc, lambda _: 0.5, lambda _: 0.5, reads_counts=True),
}


def check_score(task: Task, name: str, there: tuple[str, ...]) -> None:
    """Raise InputError for a score that a task does not have."""
    if name not in there:
        raise InputError(
            f"task {task.name}: there is no score {name!r} (there are: {', '.join(there)})"
        )
