"""Stratified parts of a data set: training, validation and test.

Two thirds are for training, a third (33 %) is held out for the test; where more than 1,000 samples
are left for training, a fifth of these becomes validation data, to choose the champion by. Every
part holds each class in the proportion of the whole, to within one sample.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError

TEST_SHARE = 0.33
VALIDATION_SHARE = 0.2
VALIDATION_FROM = 1000  # training samples above which there is a validation part
_STREAM = 2  # keeps the draw of a split apart from other draws by the same seed


class Parts(NamedTuple):
    """Indices of samples, ascending, disjoint: (training,), (validation,), (test,) int64."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]


def split(
    labels: NDArray[np.int32], classes: tuple[str, ...], split_seed: int, where: str
) -> Parts:
    """Cut a data set into training, validation and test data.

    Args:
        labels: (samples,) class of each sample, 0 … classes - 1.
        classes: Names of the classes, for messages.
        split_seed: Seed of the draw, ≥ 0.
        where: Whose data these are, for messages.

    Raises:
        InputError: A class with fewer than two samples cannot be in both training and test data.
    """
    counts = np.bincount(labels, minlength=len(classes))
    rare = int(np.argmin(counts))
    if counts[rare] < 2:
        raise InputError(
            f"{where}: class {classes[rare]!r} has 1 sample; each class needs at least 2, "
            "one to train and one to test on"
        )
    rng = np.random.default_rng(np.random.SeedSequence(split_seed, spawn_key=(_STREAM,)))
    rest, test = _cut(np.arange(len(labels)), labels, TEST_SHARE, rng)
    return _with_validation(rest, test, labels, rng)


def fold(
    labels: NDArray[np.int32],
    classes: tuple[str, ...],
    split_seed: int,
    where: str,
    which: tuple[int, int],
) -> Parts:
    """Take one of the stratified folds of a data set as test data; every sample is in one of them.

    Folds, and the samples of a class in them, differ in size by one at most.

    Args:
        labels: As of `split`.
        classes: As of `split`.
        split_seed: Seed of the draw, ≥ 0.
        where: Whose data these are, for messages.
        which: Number of the fold, 1 the first, and of all folds.

    Raises:
        InputError: A class has fewer samples than there are folds.
    """
    number, folds = which
    counts = np.bincount(labels, minlength=len(classes))
    rare = int(np.argmin(counts))
    if counts[rare] < folds:
        raise InputError(
            f"{where}: {folds} folds need at least {folds} samples of each class, but class "
            f"{classes[rare]!r} has {counts[rare]}"
        )
    rng = np.random.default_rng(np.random.SeedSequence(split_seed, spawn_key=(_STREAM,)))
    # Dealt out class by class, like cards: no fold has more than one of a class above another.
    order = np.concatenate(
        [rng.permutation(np.flatnonzero(labels == label)) for label in range(len(classes))]
    )
    test = np.sort(order[number - 1 :: folds])
    rest = np.setdiff1d(np.arange(len(labels)), test, assume_unique=True)
    return _with_validation(rest, test, labels, rng)


def _with_validation(
    rest: NDArray[np.int64],
    test: NDArray[np.int64],
    labels: NDArray[np.int32],
    rng: np.random.Generator,
) -> Parts:
    validation = rest[:0]
    if len(rest) > VALIDATION_FROM:
        rest, validation = _cut(rest, labels, VALIDATION_SHARE, rng)
    return Parts(rest, validation, test)


def whole(samples: int) -> Parts:
    """Take all samples for training and hold nothing out."""
    nothing = np.zeros(0, np.int64)
    return Parts(np.arange(samples), nothing, nothing)


def _cut(
    indices: NDArray[np.int64], labels: NDArray[np.int32], share: float, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Take a share of samples out, at random, class by class; at least one of each class stays."""
    counts = np.bincount(labels[indices])
    taken = _allot(counts, share)
    out = []
    for label, count in enumerate(taken):
        members = indices[labels[indices] == label]
        out.append(rng.permutation(members)[:count])
    removed = np.sort(np.concatenate(out))
    return np.setdiff1d(indices, removed, assume_unique=True), removed


def _allot(counts: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """Decide how many to take of each class: largest remainders, ties to the first class.

    Of a class with two or more samples at least one is taken, and at least one is left.
    """
    exact = counts * share
    taken = np.floor(exact).astype(np.int64)
    missing = math.ceil(counts.sum() * share) - int(taken.sum())
    taken[np.argsort(taken - exact, kind="stable")[:missing]] += 1
    limited: NDArray[np.int64] = np.clip(taken, np.minimum(1, counts - 1), counts - 1)
    return limited
