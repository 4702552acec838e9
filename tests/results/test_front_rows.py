"""Which networks of a front matter, how far a front has come, and how sure a score is."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from spikevolve.results.summaries.front_rows import LISTED, knee, rows_that_matter
from spikevolve.results.summaries.hypervolume import hypervolumes
from spikevolve.results.summaries.intervals import of_mean, of_share
from spikevolve.results.summaries.run_names import compared, objectives

OBJECTIVES = objectives({"objectives": "score,spikes"})


def row(name: str, score: float, spikes: float | None, champion: bool = False) -> dict[str, Any]:
    return {
        "id": name, "score": score, "mean_score": None, "spikes": spikes, "champion": champion
    }  # fmt: skip


def test_the_knee_is_farthest_from_the_line_between_the_ends() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        x = np.sort(np.r_[0.0, rng.random(20), 1.0])
        y = np.sort(np.r_[0.0, rng.random(20), 1.0])[::-1]
        # Distance to the line x + y = 1, positive towards the ideal at (0, 0).
        expected = int(np.argmax((1 - x - y) / np.sqrt(2)))

        assert knee(np.stack([x, y], axis=1)) == expected


def test_champion_ends_and_knee_are_named() -> None:
    front = [
        row("a", 1.0, 10.0),
        row("b", 0.95, 4.0),
        row("c", 0.9, 3.9, champion=True),
        row("d", 0.8, 3.8),
    ]

    assert rows_that_matter(front, OBJECTIVES, 0.3) == {
        "a": ["best score"],
        "b": ["knee"],
        "c": ["champion"],
        "d": ["fewest spikes"],
    }


def test_a_network_near_chance_does_not_matter_unless_it_is_the_champion() -> None:
    front = [row("a", 0.9, 9.0), row("b", 0.7, 2.0), row("c", 0.5, 1.0)]
    assert rows_that_matter(front, OBJECTIVES, 0.4)["b"] == ["fewest spikes"]
    assert "c" not in rows_that_matter(front, OBJECTIVES, 0.4)  # half-way is 0.65
    front[2]["champion"] = True
    assert rows_that_matter(front, OBJECTIVES, 0.4)["c"][0] == "champion"


def test_of_a_large_front_those_far_apart_are_chosen() -> None:
    spikes = np.linspace(1, 2, 200)
    front = [row(str(n), float(s) / 2, float(s)) for n, s in enumerate(spikes)]
    chosen = rows_that_matter(front, OBJECTIVES, None)

    assert len(chosen) == LISTED
    assert list(chosen) == sorted(chosen, key=int, reverse=True)  # best score first
    places = spikes[[int(name) for name in chosen]]
    gaps = np.sort(cdist(places[:, np.newaxis], places[:, np.newaxis]), axis=1)[:, 1]
    assert gaps.min() > 1 / (2 * LISTED)


def test_a_measurement_that_is_missing_counts_as_the_worst() -> None:
    front = [row("a", 0.9, None), row("b", 0.8, 2.0)]

    assert rows_that_matter(front, OBJECTIVES, None)["b"][-1] == "fewest spikes"
    assert rows_that_matter([row("a", 0.9, None)], OBJECTIVES, None)["a"][0] == "best score"
    assert rows_that_matter([], OBJECTIVES, None) == {}


def individuals(rows: list[tuple[int, str, float, float, bool]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "generation": [r[0] for r in rows],
            "id": [r[1] for r in rows],
            "objectives": [np.array([r[3], r[2]]) for r in rows],  # spikes first, as asked
            "feasible": [r[4] for r in rows],
        }
    )


def test_hypervolumes_are_those_of_rectangles() -> None:
    """In the box from chance 0.5 to 1.0 in score, and from 10 spikes to 0."""
    table = individuals(
        [
            (0, "0-0", 0.4, 5.0, False),  # at chance: it counts for nothing
            (1, "1-0", 0.75, 5.0, True),  # half-way in both: a quarter
            (2, "1-0", 0.75, 5.0, True),
            (2, "2-0", 1.0, 10.0, True),  # the best score for most spikes: nothing more
            (3, "3-0", 0.6, 0.0, True),  # a fifth of the score, all of the spikes
            (4, "4-0", 0.5, 9.0, True),  # dominated
        ]
    )
    found = hypervolumes(table, compared({"objectives": "spikes,score"}), 0.5)

    assert found.index.tolist() == [0, 1, 2, 3, 4]
    quarter = 0.5 * 0.5
    three = quarter + 0.2 * 0.5
    assert found.tolist() == pytest.approx([0.0, quarter, quarter, three, three], abs=1e-6)


def test_a_network_measured_again_counts_by_its_latest_means() -> None:
    table = individuals(
        [
            (0, "0-0", 1.0, 0.0, True),
            (0, "0-1", 0.75, 10.0, True),
            (1, "0-0", 0.75, 5.0, True),
        ]
    )
    found = hypervolumes(table, compared({"objectives": "spikes,score"}), 0.5)

    assert found.tolist() == pytest.approx([1.0, 0.25], abs=1e-6)


@pytest.mark.parametrize(("right", "n"), [(0, 20), (13, 20), (50, 50)])
def test_the_interval_of_a_share_is_wilson_s(right: int, n: int) -> None:
    z, p = 1.959963984540054, right / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))

    found = of_share(right, n)

    assert (found.low, found.high) == pytest.approx((middle - half, middle + half), abs=1e-9)


def test_the_interval_of_a_mean_holds_it_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    found = [of_mean(rng.normal(3.0, 2.0, 8)) for _ in range(2000)]

    inside = np.mean([f is not None and f.low <= 3.0 <= f.high for f in found])
    assert inside == pytest.approx(0.95, abs=0.015)


def test_the_interval_of_a_mean_ends_where_scores_do() -> None:
    found = of_mean([0.9, 1.0, 1.0], (0.0, 1.0))

    assert found is not None
    assert found.high == 1.0
    assert of_mean([1.0]) is None


def test_of_a_long_run_two_hundred_generations_are_worked_out() -> None:
    table = individuals([(n, f"{n}-0", 0.5 + n / 2000, 5.0, True) for n in range(1000)])
    found = hypervolumes(table, compared({"objectives": "spikes,score"}), 0.5)

    assert len(found) == 200
    assert found.index[[0, -1]].tolist() == [0, 999]
    np.testing.assert_allclose(found, found.index / 999, atol=1e-6)  # of the best score seen


def test_many_objectives_have_no_hypervolume() -> None:
    names = "score,spikes,latency,synapses,hidden,neurons"
    table = individuals([(0, "0-0", 0.5, 5.0, True)])

    assert hypervolumes(table, compared({"objectives": names}), 0.5).empty
