"""Statistics of groups: hand-computed cases, definitions written out, SciPy on the same numbers."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from spikevolve.results.summaries.group_statistics import (
    holm,
    of_groups,
    of_pairs,
    quantiles,
    smallest_p,
    spread,
)

VALUES = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=8)


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_quartiles_of_five_runs() -> None:
    found = spread([5.0, 1.0, 2.0, 4.0, 3.0], rng())

    assert (found.n, found.median, found.lower_quartile, found.upper_quartile) == (5, 3, 2, 4)
    assert (found.low_95, found.high_95) == (1.0, 5.0)  # 5.8 % of resamples have it three times


def test_the_interval_of_a_median_holds_it_as_often_as_it_says() -> None:
    random = np.random.default_rng(7)
    samples = [random.exponential(size=25) for _ in range(120)]
    found = [spread(sample, rng()) for sample in samples]

    held = np.mean([f.low_95 <= math.log(2) <= f.high_95 for f in found])  # type: ignore[operator]

    assert 0.88 <= held <= 1.0


def test_what_was_never_reached_counts_as_the_worst() -> None:
    found = spread([10.0, math.inf, 20.0, math.inf, 30.0], rng())
    assert (found.median, found.lower_quartile, found.upper_quartile) == (30.0, 20.0, None)
    assert found.high_95 is None

    slow = of_groups([10.0, 20.0, 30.0], [math.inf] * 3, rng())
    assert slow.effect_size == 0.0
    assert slow.median is None
    tied = of_pairs([math.inf, 1.0], [math.inf, 2.0], rng())
    assert (tied.effect_size, tied.p) == (-1.0, 1.0)


def test_nothing_and_one_value_have_no_interval() -> None:
    assert spread([], rng()) == (0, None, None, None, None, None)
    assert spread([2.0], rng()) == (1, 2.0, 2.0, 2.0, None, None)
    assert of_pairs([], [], rng()).p is None
    assert of_groups([1.0], [], rng()).p is None
    assert of_groups([1.0], [3.0], rng())[:4] == (1, -2.0, None, None)


@given(VALUES, VALUES)
def test_vargha_delaney_is_the_share_of_pairs_that_the_first_wins(
    a: list[float], b: list[float]
) -> None:
    wins = [1.0 if x > y else 0.5 if x == y else 0.0 for x, y in product(a, b)]

    found = of_groups(a, b, rng())

    assert found.effect_size == pytest.approx(sum(wins) / len(wins))
    assert found.p == pytest.approx(stats.mannwhitneyu(a, b).pvalue)


@given(st.lists(st.tuples(*[st.integers(-5, 5).map(float)] * 2), min_size=1, max_size=8))
def test_pairs_turned_around_turn_the_effect_around(pairs: list[tuple[float, float]]) -> None:
    a, b = zip(*pairs, strict=True)

    found, turned = of_pairs(a, b, rng()), of_pairs(b, a, rng())

    assert found.effect_size == pytest.approx(-float(turned.effect_size or 0.0))
    assert found.p == pytest.approx(turned.p)
    assert found.median == np.median(np.subtract(a, b))


def test_signed_ranks_by_hand() -> None:
    # Differences 1, -2, 3, 4, 0: ranks 1, 2, 3, 4, so R+ = 8 and R- = 2; of the 16 signs of four
    # ranks 3 give a sum of 2 or less, as many 8 or more: p = 6 / 16.
    found = of_pairs([2.0, 1.0, 6.0, 8.0, 5.0], [1.0, 3.0, 3.0, 4.0, 5.0], rng())

    assert (found.n, found.median) == (5, 1.0)
    assert found.effect_size == pytest.approx(0.6)
    assert found.p == pytest.approx(6 / 16)


@pytest.mark.parametrize("pairs", [1, 2, 5, 8])
def test_the_smallest_p_is_that_of_differences_of_one_sign(pairs: int) -> None:
    found = of_pairs(np.arange(1.0, pairs + 1), np.zeros(pairs), rng())

    assert found.p == pytest.approx(smallest_p(pairs))


def test_equal_pairs_do_not_differ() -> None:
    assert of_pairs([1.0, 2.0], [1.0, 2.0], rng())[:4] == (2, 0.0, 0.0, 0.0)
    assert of_pairs([1.0, 2.0], [1.0, 2.0], rng()).p == 1.0


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, None, 0.03, 0.5]) == [
        pytest.approx(0.04),
        pytest.approx(0.09),
        None,
        pytest.approx(0.09),
        pytest.approx(0.5),
    ]
    assert holm([]) == []


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8), st.floats(0.001, 0.999))
def test_holm_rejects_what_the_steps_of_his_paper_reject(ps: list[float], alpha: float) -> None:
    rejected = set()
    for step, (p, place) in enumerate(sorted((p, place) for place, p in enumerate(ps))):
        if p * (len(ps) - step) > alpha:
            break
        rejected.add(place)

    corrected = holm(ps)

    assert {place for place, p in enumerate(corrected) if p is not None and p <= alpha} == rejected


def test_quantiles_between_a_number_and_infinity_are_not_known() -> None:
    assert quantiles(np.array([-math.inf, 1.0, 2.0]), [0.0, 0.25, 0.5, 1.0]) == [
        None,
        None,
        1.0,
        2.0,
    ]
