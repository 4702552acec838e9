"""Ranges and lists of values: what they contain, and how values are drawn and moved within them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikevolve.genomes import Choice, Range

NUMBERS = st.floats(-1e3, 1e3)
RANGES = [Range(-1, 1, 0.25), Range(3, 7, 1), Range(0, 2**-9, 2**-10), Choice((0.1, 0.9, 1))]


@pytest.fixture(params=RANGES, ids=str)
def allowed(request: pytest.FixtureRequest) -> Range | Choice:
    found: Range | Choice = request.param
    return found


def values_of(allowed: Range | Choice) -> list[float]:
    if isinstance(allowed, Choice):
        return list(allowed.values)
    return [float(v) for v in np.arange(allowed.low, allowed.high + allowed.grid, allowed.grid)]


def test_what_is_allowed_contains_its_values_and_no_others(allowed: Range | Choice) -> None:
    values = values_of(allowed)
    assert len(values) == allowed.steps + 1
    assert all(value in allowed for value in values)
    others = [allowed.low - 0.25, allowed.high + 1, allowed.low + 1e-4]
    assert not any(value in allowed for value in (*others, float("nan"), float("inf"), "3", None))


def test_draws_are_uniform(allowed: Range | Choice) -> None:
    rng = np.random.default_rng(1)
    draws = [allowed.draw(rng) for _ in range(4000)]
    counts = [draws.count(value) for value in values_of(allowed)]
    assert sum(counts) == 4000
    mean = 4000 / len(counts)
    assert max(abs(count - mean) for count in counts) < 5 * mean**0.5
    for value in values_of(allowed):
        others = {allowed.draw_other(value, rng) for _ in range(200)}
        assert others == set(values_of(allowed)) - {value}


@pytest.mark.parametrize("allowed", [Range(-1, 1, 0.25), Choice((-1, 0, 0.7))], ids=str)
@given(value=NUMBERS)
def test_the_nearest_value_is_the_nearest(allowed: Range | Choice, value: float) -> None:
    nearest = allowed.nearest(value)
    assert nearest in allowed
    assert abs(nearest - value) == min(abs(v - value) for v in values_of(allowed))
    assert not (nearest == 0 and np.signbit(nearest))


@given(distance=NUMBERS, step=st.integers(0, 8))
def test_a_move_always_moves_within_the_range(distance: float, step: int) -> None:
    allowed = Range(-1, 1, 0.25)
    value = allowed.low + step * allowed.grid
    moved = allowed.moved(value, distance)
    assert moved in allowed
    assert moved != value
    if abs(distance) >= 0.25 and value + distance in (-1, -0.5, 0, 0.5, 1):
        assert moved == value + distance
