"""Samples cut into training, validation and test data: class by class, group by group, or in order of time."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..task import TaskSettings

TEST_SHARE = 0.33
VALIDATION_SHARE = 0.2
VALIDATION_FROM = 1000  # training samples above which there is a validation part
_STREAM = 2  # keeps the draw of a split apart from other draws by the same seed

Indices = NDArray[np.int64]


class Parts(NamedTuple):
    """Indices of samples, ascending, disjoint: (training,), (validation,), (test,) int64."""

    train: Indices
    validation: Indices
    test: Indices


class Fold(NamedTuple):
    """Number of a fold, 1 the first, and of all folds, ≥ 2."""

    number: int
    folds: int


class Manner(Protocol):
    """A way to take samples out of others; indices are ascending."""

    def take(self, indices: Indices, share: float) -> tuple[Indices, Indices]:
        """Return what is left of samples, and the share of them, > 0 and < 1, that is taken out."""

    def check_held_out(self) -> None:
        """Raise InputError where no test data can be taken out of all samples."""

    def is_divisible(self, indices: Indices) -> bool:
        """Return whether some of these samples can be taken out for validation."""

    def fold(self, which: Fold) -> tuple[Indices, Indices]:
        """Return the samples to learn from, and those of a fold.

        Raises:
            InputError: There are too few samples for so many folds.
        """


def cut(manner: Manner, samples: int, held_out: float, which: Fold | None = None) -> Parts:
    """Cut so many samples into training, validation and test data.

    Args:
        manner: How samples are taken out.
        samples: Their number, ≥ 1.
        held_out: Share that is test data, 0 for none.
        which: The fold that is test data, in place of such a share.

    Raises:
        InputError: The samples cannot be cut so.
    """
    rest = np.arange(samples)
    test = validation = rest[:0]
    if which is not None:
        rest, test = manner.fold(which)
    elif held_out > 0.0:
        manner.check_held_out()
        rest, test = manner.take(rest, held_out)
    if len(rest) > VALIDATION_FROM and manner.is_divisible(rest):
        rest, validation = manner.take(rest, VALIDATION_SHARE)
    return Parts(rest, validation, test)


def asked(settings: TaskSettings, usual: float | None, task: str) -> tuple[float, Fold | None]:
    """Return the share to hold out, or the fold, that settings ask for.

    Args:
        settings: The user's.
        usual: Share where they say nothing; 0 where the task holds nothing out, None where it has test
            data already.
        task: Its name, for messages.

    Raises:
        InputError: They contradict one another, or the task.
    """
    s = settings
    if usual is None:
        for name, given in (("folds", s.folds), ("held_out", s.held_out)):
            if given is not None:
                raise InputError(
                    f"task {task} has test data of its own, so it takes no {name} (got {given:g})"
                )
        return 0.0, None
    if s.folds is None:
        return (usual if s.held_out is None else s.held_out), None
    if s.held_out is not None:
        raise InputError(
            f"task {task} takes folds or held_out, not both (got {s.folds} and {s.held_out:g})"
        )
    if not usual:
        raise InputError(f"task {task} holds nothing out, so it takes no folds (got {s.folds})")
    return 0.0, Fold(s.fold, s.folds)


def manner_of(
    settings: TaskSettings,
    strata: NDArray[np.int32],
    names: Sequence[str],
    groups: NDArray[Any] | None,
    where: str,
) -> Manner:
    """Return how samples are taken out, as settings ask; arguments as of the classes below.

    Raises:
        InputError: Groups cannot be kept together in order of time.
    """
    if settings.time_order:
        if groups is not None:
            raise InputError(f"{where}: samples are cut by groups or in order of time, not by both")
        return Ordered(len(strata), where)
    if groups is not None:
        return Grouped(groups, strata, settings.split_seed, where)
    return Stratified(strata, names, settings.split_seed, where)


class Stratified:
    """At random, class by class: every part has its share of each class.

    Folds, and the samples of a class in them, differ in size by one at most.
    """

    def __init__(
        self, labels: NDArray[np.int32], classes: Sequence[str], split_seed: int, where: str
    ) -> None:
        """Keep what samples are cut by.

        Args:
            labels: (samples,) class of each sample, 0 … classes - 1.
            classes: Names of the classes, for messages.
            split_seed: Seed of the draw, ≥ 0.
            where: Whose data these are, for messages: `task iris`.
        """
        self._labels, self._classes, self._where = labels, classes, where
        self._rng = _random(split_seed)

    def take(self, indices: Indices, share: float) -> tuple[Indices, Indices]:
        """Take a share of each class out; one of each at least stays, and of two or more one is taken."""
        taken = _allot(np.bincount(self._labels[indices]), share)
        out = []
        for label, count in enumerate(taken):
            members = indices[self._labels[indices] == label]
            out.append(self._rng.permutation(members)[:count])
        removed = np.sort(np.concatenate(out))
        return np.setdiff1d(indices, removed, assume_unique=True), removed

    def check_held_out(self) -> None:
        """Raise InputError where a class has one sample, which cannot be on both sides."""
        self._check(
            2, "one to train and one to test on; drop it, or keep no test data: --held-out 0"
        )

    def is_divisible(self, indices: Indices) -> bool:
        """Return True: a class of one sample stays to be learned."""
        return True

    def fold(self, which: Fold) -> tuple[Indices, Indices]:
        """Take one of the folds out; every sample is in one of them."""
        self._check(which.folds, f"one in each of {which.folds} folds")
        # Dealt out class by class, like cards: no fold has more than one of a class above another.
        order = np.concatenate(
            [
                self._rng.permutation(np.flatnonzero(self._labels == label))
                for label in range(len(self._classes))
            ]
        )
        test = np.sort(order[which.number - 1 :: which.folds])
        return np.setdiff1d(np.arange(len(self._labels)), test, assume_unique=True), test

    def _check(self, fewest: int, why: str) -> None:
        counts = np.bincount(self._labels, minlength=len(self._classes))
        rare = int(np.argmin(counts))
        if counts[rare] < fewest:
            what = f"class {self._classes[rare]!r} has" if len(self._classes) > 1 else "there are"
            samples = "1 sample" if counts[rare] == 1 else f"{counts[rare]} samples"
            raise InputError(
                f"{self._where}: {what} {samples}; each class needs at least {fewest}, {why}"
            )


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


class Grouped:
    """At random, whole groups: no group is in two parts, and classes have about their shares.

    Groups are dealt out from the largest, those of a size in random order, each to the part that then
    comes nearest to its share of every class.
    """

    def __init__(
        self, groups: NDArray[Any], labels: NDArray[np.int32], split_seed: int, where: str
    ) -> None:
        """Keep what samples are cut by.

        Args:
            groups: (samples,) texts or whole numbers: the group of each sample.
            labels: (samples,) class of each sample, 0, 1, ….
            split_seed: Seed of the draw, ≥ 0.
            where: Whose data these are, for messages: `task iris`.
        """
        self._groups, self._labels, self._where = groups, labels, where
        self._rng = _random(split_seed)

    def take(self, indices: Indices, share: float) -> tuple[Indices, Indices]:
        """Take groups out that have about a share of the samples."""
        part = self._deal(indices, (1.0 - share, share))
        return indices[part == 0], indices[part == 1]

    def check_held_out(self) -> None:
        """Raise InputError where all samples are of one group."""
        if len(np.unique(self._groups)) < 2:
            raise InputError(
                f"{self._where}: all samples are of one group, {_name(self._groups[0])!r}, and none may be "
                "on both sides of the split; --held-out 0 keeps no test data"
            )

    def is_divisible(self, indices: Indices) -> bool:
        """Return whether the samples are of several groups."""
        return len(np.unique(self._groups[indices])) > 1

    def fold(self, which: Fold) -> tuple[Indices, Indices]:
        """Take one of the folds out; every group is in one of them."""
        everything = np.arange(len(self._groups))
        part = self._deal(everything, (1.0 / which.folds,) * which.folds)
        tested = part == which.number - 1
        return everything[~tested], everything[tested]

    def _deal(self, indices: Indices, shares: Sequence[float]) -> NDArray[np.int64]:
        """Return of each sample the part that its group is dealt to."""
        there, of = np.unique(self._groups[indices], return_inverse=True)
        if len(there) < len(shares):
            raise InputError(
                f"{self._where}: {len(shares)} folds need a group each (there are {len(there)})"
            )
        sizes = np.zeros((len(there), int(self._labels.max()) + 1), np.int64)
        np.add.at(sizes, (of, self._labels[indices]), 1)
        order = self._rng.permutation(len(there))
        order = order[np.argsort(-sizes.sum(axis=1)[order], kind="stable")]
        dealt = _deal(sizes[order].tolist(), shares)
        part = np.empty(len(there), np.int64)
        part[order] = dealt
        return part[of]


def _deal(sizes: Sequence[Sequence[int]], shares: Sequence[float]) -> list[int]:
    """Deal groups out, one after the other, to the part that lacks most of what a group has.

    Args:
        sizes: Of each group its samples of each class; at least as many groups as parts.
        shares: Of each part its share of every class, sum 1.

    Returns:
        The part of each group; none is left without one.
    """
    totals = [sum(column) for column in zip(*sizes, strict=True)]
    lacking = [[share * total for total in totals] for share in shares]
    empty = set(range(len(shares)))
    dealt = []
    for done, size in enumerate(sizes):
        # The last groups are kept for the parts that have none yet.
        candidates = sorted(empty) if len(sizes) - done == len(empty) else range(len(shares))
        # Added up exactly: the same on every processor.
        gains = {
            p: math.fsum(n * m for n, m in zip(size, lacking[p], strict=True)) for p in candidates
        }
        best = max(candidates, key=gains.__getitem__)
        lacking[best] = [m - n for n, m in zip(size, lacking[best], strict=True)]
        empty.discard(best)
        dealt.append(best)
    return dealt


class Ordered:
    """In order of time: what is taken out is the last, and what is learned from lies before it."""

    def __init__(self, samples: int, where: str) -> None:
        """Keep the number of samples, and whose data these are, for messages."""
        self._samples, self._where = samples, where

    def take(self, indices: Indices, share: float) -> tuple[Indices, Indices]:
        """Take the last share out; at least one is taken."""
        kept = max(1, len(indices) - math.ceil(len(indices) * share))
        return indices[:kept], indices[kept:]

    def check_held_out(self) -> None:
        """Raise InputError where there is one sample."""
        if self._samples < 2:
            raise InputError(f"{self._where}: there is 1 sample; at least 2 are needed")

    def is_divisible(self, indices: Indices) -> bool:
        """Return True."""
        return True

    def fold(self, which: Fold) -> tuple[Indices, Indices]:
        """Take one of so many later parts of the time out; those before it are learned from."""
        parts = which.folds + 1
        if self._samples < parts:
            raise InputError(
                f"{self._where}: {which.folds} folds in order of time need at least {parts} samples "
                f"(there are {self._samples})"
            )
        start, end = (self._samples * n // parts for n in (which.number, which.number + 1))
        return np.arange(start), np.arange(start, end)


def _name(group: object) -> str:
    return str(group).removesuffix(".0")


def _random(split_seed: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(split_seed, spawn_key=(_STREAM,)))
