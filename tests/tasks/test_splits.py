import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.tasks.data.samples import Parts, fold, split, whole

NAMES = ("a", "b", "c", "d")


def cut(of: NDArray[np.int32], seed: int = 1) -> Parts:
    return split(of, NAMES[: of.max() + 1], seed, "task t")


def labels(*counts: int) -> NDArray[np.int32]:
    everything = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    return np.random.default_rng(5).permutation(everything)


@pytest.mark.parametrize("counts", [(50, 50, 50), (2, 3, 90), (700, 800, 99, 400), (7, 5)])
def test_parts_are_disjoint_complete_and_stratified(counts: tuple[int, ...]) -> None:
    of = labels(*counts)
    parts = cut(of)

    together = np.concatenate(parts)
    assert sorted(together.tolist()) == list(range(len(of)))
    for part, share in zip(parts, shares(len(of)), strict=True):
        for label, count in enumerate(counts):
            assert abs(np.count_nonzero(of[part] == label) - count * share) <= 1.2


def shares(samples: int) -> tuple[float, float, float]:
    rest = samples - -(-samples * 33 // 100)
    kept = 0.2 if rest > 1000 else 0.0
    return 0.67 * (1 - kept), 0.67 * kept, 0.33


def test_sizes() -> None:
    assert [len(part) for part in cut(labels(50, 50, 50))] == [100, 0, 50]
    assert [len(part) for part in cut(labels(900, 897))] == [962, 241, 594]


def test_validation_only_above_1000_training_samples() -> None:
    assert len(cut(labels(746, 746)).validation) == 0  # 999 are left
    assert len(cut(labels(1492, 4)).validation) == 201  # 1002 are left


def test_every_class_is_trained_and_tested_on() -> None:
    of = labels(2, 2, 60)
    parts = cut(of, 3)

    assert set(of[parts.train]) == set(of[parts.test]) == {0, 1, 2}


def test_the_seed_decides() -> None:
    of = labels(40, 40)

    first, again, other = (cut(of, seed).test.tolist() for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_refuses_a_class_of_one() -> None:
    message = "task t: class 'b' has 1 sample; each class needs at least 2"
    with pytest.raises(InputError, match=re.escape(message)):
        cut(labels(5, 1))


def test_whole_holds_nothing_out() -> None:
    assert [part.tolist() for part in whole(3)] == [[0, 1, 2], [], []]


@settings(deadline=None, max_examples=50)
@given(
    counts=st.lists(st.integers(6, 40), min_size=1, max_size=5),
    folds=st.integers(2, 6),
    seed=st.integers(0, 2**32 - 1),
)
def test_folds_are_stratified_and_hold_every_sample_once(
    counts: list[int], folds: int, seed: int
) -> None:
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    names = tuple(map(str, range(len(counts))))
    parts = [
        fold(labels.astype(np.int32), names, seed, "task x", (number, folds))
        for number in range(1, folds + 1)
    ]

    tested = np.concatenate([part.test for part in parts])
    assert np.array_equal(np.sort(tested), np.arange(len(labels)))
    for part in parts:
        assert np.array_equal(
            np.sort(np.concatenate([part.train, part.validation, part.test])),
            np.arange(len(labels)),
        )
    of_class = np.array([np.bincount(labels[p.test], minlength=len(counts)) for p in parts])
    assert np.ptp(of_class, axis=0).max() <= 1
    assert np.ptp(of_class.sum(axis=1)) <= 1
