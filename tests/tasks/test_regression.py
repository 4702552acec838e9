"""Tasks with numbers, end to end, against plain counting and formulas one value at a time."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import mean_squared_error, r2_score

from spikevolve.errors import InputError
from spikevolve.evolve.runs.champion_answers import case_interval
from spikevolve.sim import reference
from spikevolve.sim.batch import pack, unpack_lanes
from spikevolve.sim.network import Network
from spikevolve.tasks import Regression, TaskSettings
from spikevolve.tasks.data.number_scores import scores

Networks = Callable[..., list[Network]]


class Plane(Regression):
    """Two numbers that depend on two features; one of them is constant in training data."""

    ticks = 16

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        x = np.random.default_rng(1).random((60, 2))
        return x, np.stack([3.0 + x[:, 0] - 2.0 * x[:, 1], 10.0 * x[:, 1]], axis=1)


def number(text: str, counts: list[int], ticks: int) -> float:
    """In [0, 1], by the formulas of the documentation."""
    if text == "rate":
        less, more = counts
        return (1 + (more - less) / ticks) / 2
    if text == "vector":
        return counts[0] / ticks
    if text == "vector:3":
        return min(1.0, counts[0] / 3)
    return (counts.index(max(counts)) + 0.5) / 4


@pytest.mark.parametrize(
    ("text", "width"), [("rate", 2), ("vector", 1), ("vector:3", 1), ("bins:4", 4)]
)
@pytest.mark.parametrize("score", ["mae", "smape"])
def test_score(networks_for: Networks, text: str, width: int, score: str) -> None:
    task = Plane(TaskSettings(decoder=text, score=score))
    networks = networks_for(task, 5)
    workload = task.workload("train", 1)
    inputs = unpack_lanes(workload.arrays[0], workload.size)
    targets = task.load()[1]
    features, right = workload.arrays[1:][0], workload.arrays[1]
    low, high = task.ends

    measured = task.evaluate(workload, pack(networks))

    assert task.outputs == 2 * width
    assert features is right
    assert np.all(measured.latency == task.ticks)
    for network, got in zip(networks, measured.score, strict=True):
        fired = reference.simulate(network, inputs).spikes[:, network.output_neurons]
        counts = fired.sum(axis=0)
        errors = []
        for sample in range(workload.size):
            for k in range(2):
                said = number(
                    text, counts[k * width : (k + 1) * width, sample].tolist(), task.ticks
                )
                p, y = (
                    low[k] + said * (high[k] - low[k]),
                    low[k] + right[sample, k] * (high[k] - low[k]),
                )
                assert np.isclose(targets[:, k], y).any()
                if score == "mae":
                    errors.append(abs(p - y) / (high[k] - low[k]))
                else:
                    errors.append(abs(p - y) / (abs(p) + abs(y)) if p or y else 0.0)
        assert got == pytest.approx(1 - np.mean(errors))


@pytest.mark.parametrize("score", ["mae", "smape"])
def test_chance_score_is_that_of_the_best_constant_answer(score: str) -> None:
    task = Plane(TaskSettings(score=score))
    right = task.workload("train", 1).arrays[1]
    low, high = task.ends

    best = []
    for k in range(2):
        y = low[k] + right[:, k] * (high[k] - low[k])
        constants = np.linspace(low[k], high[k], 2000)[:, np.newaxis]
        size = high[k] - low[k] if score == "mae" else constants + y
        best.append((1 - abs(constants - y) / size).mean(axis=1).max())

    assert task.chance_score == pytest.approx(np.mean(best), abs=2e-3)
    assert 0.0 < task.guess_score < task.chance_score


def test_targets_are_scaled_by_training_data_only() -> None:
    class Line(Regression):
        targets = np.arange(60.0)

        def load(self) -> tuple[object, object]:
            return np.arange(60.0)[:, np.newaxis] % 7, self.targets

    before = Line(TaskSettings())
    low, high = before.ends
    learnt = low + before.workload("train", 1).arrays[1] * (high - low)
    kept = np.setdiff1d(np.arange(60), np.rint(learnt).astype(int))
    Line.targets = Line.targets.copy()
    Line.targets[kept] = 1000.0
    after = Line(TaskSettings())

    assert len(kept) == 20
    assert after.workload("train", 1).digest == before.workload("train", 1).digest
    assert after.workload("test", 1).digest != before.workload("test", 1).digest


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (np.zeros(5), "targets have shape (5, 1), but there are 6 samples"),
        (np.zeros((6, 1, 1)), "targets have shape (6, 1, 1)"),
        (np.array([0, 1, 2, np.nan, 4, 5]), "sample 3: the target is missing (got nan; 1 of 6"),
        (np.array([0, 1, 2, np.inf, 4, 5]), "targets must be finite numbers"),
        (np.array(list("abcdef")), "targets must be finite numbers (got type <U1)"),
    ],
)
def test_refuses_targets(targets: NDArray[np.generic], message: str) -> None:
    class Wrong(Regression):
        def load(self) -> tuple[object, object]:
            return np.zeros((6, 1)), targets

    with pytest.raises(InputError) as refused:
        Wrong(TaskSettings())
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"decoder": "first_spike"}, "unknown decoder of numbers 'first_spike'"),
        ({"decoder": "bins:1"}, "decoder bins: bins must be at least 2 (got 1)"),
        ({"decoder": "vector:-1"}, "decoder vector: most must be at least 0 (got -1)"),
        ({"score": "accuracy"}, "there is no score 'accuracy' (there are: "),
    ],
)
def test_refuses_settings(settings: dict[str, str], message: str) -> None:
    with pytest.raises(InputError) as refused:
        Plane(TaskSettings(**settings))  # type: ignore[arg-type]
    assert message in str(refused.value)


def said_and_right(task: Plane, networks: list[Network]) -> tuple[Any, Any]:
    """Return what each network says, (networks, samples, numbers), and the targets, in their own unit."""
    low, high = task.ends
    workload = task.workload("test", 1)
    counts = task._answer(workload, pack(networks)).counts
    said = task._decoder.numbers(counts, task.ticks)
    return low + said * (high - low), low + workload.arrays[1] * (high - low)


def test_r2_is_that_of_scikit_learn_on_the_samples_that_are_scored(networks_for: Networks) -> None:
    task = Plane(TaskSettings(score="r2"))
    networks = networks_for(task, 5)
    said, right = said_and_right(task, networks)

    got = task.evaluate(task.workload("test", 1), pack(networks)).score
    cases = task.case_scores(task.workload("test", 1), pack(networks))

    assert got.tolist() == pytest.approx([r2_score(right, s) for s in said])
    assert cases.mean(axis=1).tolist() == pytest.approx(got.tolist())
    assert task.score_range == (-np.inf, 1.0)
    assert task.chance_score == pytest.approx(0.0, abs=1e-12)


def test_rmse_is_that_of_scikit_learn_in_shares_of_the_range(networks_for: Networks) -> None:
    task = Plane(TaskSettings(score="rmse"))
    networks = networks_for(task, 5)
    said, right = said_and_right(task, networks)
    width = task.ends[1] - task.ends[0]

    got = task.evaluate(task.workload("test", 1), pack(networks)).score
    cases = task.case_scores(task.workload("test", 1), pack(networks))

    expected = [1 - mean_squared_error(right / width, s / width) ** 0.5 for s in said]
    assert got.tolist() == pytest.approx(expected)
    of_means = [task.score_of_mean(mean) for mean in cases.mean(axis=1)]
    assert of_means == pytest.approx(got.tolist())
    learnt = task.workload("train", 1).arrays[1]
    assert task.chance_score == pytest.approx(1 - np.sqrt(learnt.var(axis=0).mean()))


def test_a_number_that_never_differs_has_a_finite_r2() -> None:
    said, right = np.full((1, 4, 1), 0.5), np.zeros((4, 1))

    assert scores("r2", said, right, np.array([[3.0], [3.0]])).tolist() == [0.75]


def test_the_interval_of_rmse_ends_where_those_of_the_mean_square_do() -> None:
    squares = 1.0 - np.random.default_rng(2).random(50) ** 2
    task = Plane(TaskSettings(score="rmse"))

    found = case_interval(task, squares.tolist())

    low, high = stats.t.interval(0.95, 49, squares.mean(), stats.sem(squares))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((1 - (1 - low) ** 0.5, 1 - (1 - high) ** 0.5))
