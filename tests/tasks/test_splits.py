import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.model_selection import TimeSeriesSplit

from spikevolve.errors import InputError
from spikevolve.tasks.data.splits import TEST_SHARE, Fold, Grouped, Ordered, Parts, Stratified, cut

NAMES = ("a", "b", "c", "d")


def stratified(of: NDArray[np.int32], seed: int = 1) -> Parts:
    manner = Stratified(of, NAMES[: of.max() + 1], seed, "task t")
    return cut(manner, len(of), TEST_SHARE)


def labels(*counts: int) -> NDArray[np.int32]:
    everything = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    return np.random.default_rng(5).permutation(everything)


@pytest.mark.parametrize("counts", [(50, 50, 50), (2, 3, 90), (700, 800, 99, 400), (7, 5)])
def test_parts_are_disjoint_complete_and_stratified(counts: tuple[int, ...]) -> None:
    of = labels(*counts)
    parts = stratified(of)

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
    assert [len(part) for part in stratified(labels(50, 50, 50))] == [100, 0, 50]
    assert [len(part) for part in stratified(labels(900, 897))] == [962, 241, 594]


def test_validation_only_above_1000_training_samples() -> None:
    assert len(stratified(labels(746, 746)).validation) == 0  # 999 are left
    assert len(stratified(labels(1492, 4)).validation) == 201  # 1002 are left


def test_every_class_is_trained_and_tested_on() -> None:
    of = labels(2, 2, 60)
    parts = stratified(of, 3)

    assert set(of[parts.train]) == set(of[parts.test]) == {0, 1, 2}


def test_the_seed_decides() -> None:
    of = labels(40, 40)

    first, again, other = (stratified(of, seed).test.tolist() for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_refuses_a_class_of_one() -> None:
    message = (
        "task t: class 'b' has 1 sample; each class needs at least 2, one to train and one to test on; "
        "drop it, or keep no test data: --held-out 0"
    )
    with pytest.raises(InputError, match=re.escape(message)):
        stratified(labels(5, 1))


def test_a_share_of_0_holds_nothing_out_and_takes_classes_of_one() -> None:
    manner = Stratified(np.array([0, 1, 1], np.int32), NAMES[:2], 1, "task t")

    assert [part.tolist() for part in cut(manner, 3, 0.0)] == [[0, 1, 2], [], []]


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
        cut(
            Stratified(labels.astype(np.int32), names, seed, "task x"),
            len(labels),
            0.0,
            Fold(number, folds),
        )
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


@settings(deadline=None, max_examples=50)
@given(
    sizes=st.lists(st.integers(1, 400), min_size=4, max_size=30),
    share=st.floats(0.05, 0.9),
    seed=st.integers(0, 2**32 - 1),
)
def test_no_group_is_in_two_parts(sizes: list[int], share: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = rng.permutation(np.repeat([f"g{n}" for n in range(len(sizes))], sizes))
    classes = rng.integers(0, 3, len(groups)).astype(np.int32)

    parts = cut(Grouped(groups, classes, seed, "task t"), len(groups), share)

    assert sorted(np.concatenate(parts).tolist()) == list(range(len(groups)))
    there = [set(groups[part]) for part in parts]
    assert sum(map(len, there)) == len(sizes)
    assert all(len(names) > 0 for names in (there[0], there[2]))


def test_groups_of_one_are_cut_nearly_as_classes_are() -> None:
    of = labels(300, 90)

    parts = cut(Grouped(np.arange(390), of, 1, "task t"), 390, 1 / 3)

    assert [np.count_nonzero(of[parts.test] == label) for label in (0, 1)] == [100, 30]


def test_every_group_is_tested_in_one_fold() -> None:
    groups = np.repeat(np.arange(12), 5)
    manner = [Grouped(groups, labels(30, 30), 3, "task t") for _ in range(4)]

    tested = [cut(m, 60, 0.0, Fold(n, 4)).test for n, m in enumerate(manner, 1)]

    assert sorted(np.concatenate(tested).tolist()) == list(range(60))
    assert [len(part) for part in tested] == [15, 15, 15, 15]
    assert all(len(set(groups[part])) == 3 for part in tested)


def test_refuses_test_data_of_the_only_group() -> None:
    with pytest.raises(InputError, match="task t: all samples are of one group, '0'"):
        cut(Grouped(np.zeros(9, np.int64), labels(5, 4), 1, "task t"), 9, 0.33)


def test_nothing_validates_where_one_group_is_left_to_learn_from() -> None:
    groups = np.repeat([0, 1], 1200)

    parts = cut(Grouped(groups, labels(1200, 1200), 1, "task t"), 2400, 1 / 3)

    assert [len(part) for part in parts] == [1200, 0, 1200]


def test_a_class_of_one_sample_is_learned_where_nothing_is_held_out() -> None:
    parts = cut(Stratified(labels(1100, 1), ("a", "b"), 1, "task t"), 1101, 0.0)

    assert len(parts.validation) == 220
    assert 1100 in parts.train


def test_in_order_of_time_the_last_are_the_test_and_those_before_validate() -> None:
    parts = cut(Ordered(1800, "task t"), 1800, 1 / 3)

    assert parts.train.tolist() == list(range(960))
    assert parts.validation.tolist() == list(range(960, 1200))
    assert parts.test.tolist() == list(range(1200, 1800))


def test_folds_in_order_of_time_learn_from_what_lies_before_as_scikit_learn_has_it() -> None:
    expected = TimeSeriesSplit(4).split(np.zeros(20))

    for number, (train, test) in enumerate(expected, 1):
        parts = cut(Ordered(20, "task t"), 20, 0.0, Fold(number, 4))
        assert parts.train.tolist() == train.tolist()
        assert parts.test.tolist() == test.tolist()


def test_refuses_more_folds_in_order_than_samples() -> None:
    with pytest.raises(InputError, match=r"9 folds in order of time need at least 10 samples"):
        cut(Ordered(9, "task t"), 9, 0.0, Fold(1, 9))
