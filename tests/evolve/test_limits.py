"""When a search ends, and how long it has left."""

import pytest

from spikevolve.evolve.runs.run_state import PATIENCE_FLOOR, Limits


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(), None),
        (Limits(generations=10), "generations"),
        (Limits(generations=11, evaluations=1000), "evaluations"),
        (Limits(generations=11, evaluations=1001), None),
        (Limits(seconds=59.9), "minutes"),
        (Limits(seconds=60.1), None),
    ],
)
def test_the_limit_that_is_reached_is_named(limits: Limits, expected: str | None) -> None:
    assert limits.reached(generations=10, cost=1000, gained=0, seconds=60.0) == expected


@pytest.mark.parametrize(
    ("cost", "gained", "expected"),
    [
        (40_000, 30_000, "patience"),  # for a quarter nothing was gained
        (40_000, 30_001, None),
        (40_000, 0, "patience"),
        (PATIENCE_FLOOR, 0, "patience"),
        (PATIENCE_FLOOR - 1, 0, None),
        (PATIENCE_FLOOR + 500, 501, None),  # 92 % of the cost, but few evaluations
    ],
)
def test_patience_is_a_share_of_the_cost_so_far(
    cost: float, gained: float, expected: str | None
) -> None:
    limits = Limits(generations=100, patience=0.25)

    assert limits.reached(10, cost, gained, 60.0) == expected


def test_the_time_left_is_that_to_the_nearest_limit() -> None:
    limits = Limits(generations=100, evaluations=2000, seconds=600)

    assert limits.seconds_left(10, 1000, 0, 60.0) == pytest.approx(60.0)
    assert limits.seconds_left(90, 100, 0, 60.0) == pytest.approx(60 * 10 / 90)
    assert Limits(target=1.0).seconds_left(10, 1000, 0, 60.0) is None


def test_the_time_left_of_a_patient_search_is_that_without_a_further_gain() -> None:
    limits = Limits(patience=0.25)

    assert limits.seconds_left(10, 32_000, 30_000, 80.0) == pytest.approx(20.0)  # to 40,000
    assert limits.seconds_left(10, 5_000, 5_000, 10.0) == pytest.approx(10.0)  # to 10,000
    assert Limits(patience=1.0).seconds_left(10, 5_000, 5_000, 10.0) is None
