"""When a search ends, and how long it has left."""

import pytest

from spikevolve.evolve.runs.run_state import Limits


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
    assert limits.reached(generations=10, cost=1000, seconds=60.0) == expected


def test_the_time_left_is_that_to_the_nearest_limit() -> None:
    limits = Limits(generations=100, evaluations=2000, seconds=600)

    assert limits.seconds_left(10, 1000, 60.0) == pytest.approx(60.0)
    assert limits.seconds_left(90, 100, 60.0) == pytest.approx(60 * 10 / 90)
    assert Limits(target=1.0).seconds_left(10, 1000, 60.0) is None
