"""Readouts against scikit-learn's ridge regression, and against fitting again without each sample."""

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

from spikevolve.errors import InputError
from spikevolve.sim import reference
from spikevolve.sim.batch import Batch, pack, part, unpack_lanes
from spikevolve.sim.network import Network
from spikevolve.tasks import Classification, Regression, TaskSettings, Workload, load
from spikevolve.tasks.data.data_task import DataTask
from spikevolve.tasks.data.scores import SCORES
from spikevolve.tasks.readouts.ridge import fit, say

Counts = NDArray[np.int16]
PENALTY = 0.1


class Blobs(Classification):
    """Three classes of uneven sizes."""

    encoder = "rate:5"
    ticks = 7

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        rng = np.random.default_rng(3)
        labels = np.repeat([0, 1, 2], [60, 70, 50])
        return rng.random((180, 4)) + 0.4 * labels[:, np.newaxis], labels


class Plane(Regression):
    """Two numbers."""

    encoder = "rate:5"
    ticks = 9

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        x = np.random.default_rng(1).random((150, 3))
        return x, np.stack([x[:, 0] - 2.0 * x[:, 1], 10.0 * x[:, 2]], axis=1)


def strength(counts: NDArray[Any]) -> float:
    """λ, by the formula of the documentation; counts are (samples, features)."""
    scatter = ((counts - counts.mean(axis=0)) ** 2).sum(axis=0).mean()
    return PENALTY * scatter if scatter > 0 else 1.0


def draw(features: int, samples: int, most: int) -> Counts:
    """(features, samples) counts; the second feature is always silent."""
    counts = np.random.default_rng(features).integers(0, most + 1, (features, samples))
    counts[1:2] = 0
    return counts.astype(np.int16)


@pytest.mark.parametrize(
    ("features", "samples", "most"),
    [(1, 2, 3), (5, 70, 4), (12, 8, 2), (3, 200, 32767), (2, 5, 0)],
)
def test_fit(features: int, samples: int, most: int) -> None:
    counts, rng = draw(features, samples, most), np.random.default_rng(1)
    targets = rng.random((samples, 3))
    weights, left_out = np.empty((features + 1, 3)), np.empty((samples, 3))
    said = np.empty((samples, 3))

    fit(counts, targets, PENALTY, weights, left_out)
    say(counts, weights, said)

    x = counts.T.astype(np.float64)
    ridge = Ridge(alpha=strength(x), solver="svd")
    expected = ridge.fit(x, targets).predict(x)
    np.testing.assert_allclose(said, expected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(weights[:-1], ridge.coef_.T, rtol=1e-6, atol=1e-12)
    for sample in range(samples):
        others = np.arange(samples) != sample
        alone = ridge.fit(x[others], targets[others]).predict(x[sample : sample + 1])
        np.testing.assert_allclose(left_out[sample], alone[0], rtol=0, atol=1e-9)


def counts_of(task: DataTask, workload: Workload, network: Network, bins: int) -> NDArray[Any]:
    """(samples, features), by the readable reference."""
    inputs = workload.arrays[0]
    if task.input_kind == "spikes":
        inputs = unpack_lanes(inputs, workload.size)
    fired = reference.simulate(network, inputs).spikes[:, network.source_count :]
    parts = [
        fired[[t for t in range(task.ticks) if t * bins // task.ticks == b]].sum(axis=0)
        for b in range(bins)
    ]
    return np.concatenate(parts).T.astype(np.float64)


@pytest.mark.parametrize("kind", [Blobs, Plane])
@pytest.mark.parametrize(
    ("bins", "encoder", "arithmetic"),
    [(1, "rate:5", "float32"), (3, "charge", "float32"), (2, "rate:5", "integer")],
)
def test_measurements_on_test_data(
    kind: type[DataTask],
    bins: int,
    encoder: str,
    arithmetic: str,
    networks_for: Callable[..., list[Network]],
) -> None:
    readout = f"ridge:neurons=6,bins={bins},penalty={PENALTY}"
    grid = 1.0 if arithmetic == "integer" else 2.0**-10
    task = kind(TaskSettings(readout=readout, encoder=encoder, arithmetic=arithmetic, grid=grid))
    networks = networks_for(task, 4, arithmetic)
    train, test = task.workload("train", 1), task.workload("test", 1)

    readouts = task.readouts(train, networks)
    measured = task.evaluate(task.equip(test, readouts), pack(networks))

    assert np.all(measured.latency == task.ticks)
    for n, network in enumerate(networks):
        x = counts_of(task, train, network, bins)
        unseen = counts_of(task, test, network, bins)
        right = test.arrays[1]
        targets = np.eye(3)[train.arrays[1]] if kind is Blobs else train.arrays[1]
        said = Ridge(alpha=strength(x), solver="svd").fit(x, targets).predict(unseen)
        if kind is Blobs:
            expected = np.mean(said.argmax(axis=1) == right)
        else:
            expected = 1 - np.minimum(np.abs(said - right), 1).mean()
        assert measured.score[n] == pytest.approx(expected, abs=1e-9)
        assert measured.readout_multiplications[n] == pytest.approx(
            np.count_nonzero(unseen) / test.size * targets.shape[1]
        )
        assert measured.spikes[n] == pytest.approx(unseen.sum() / test.size)


def test_score_on_training_data_is_that_of_leave_one_out(
    networks_for: Callable[..., list[Network]],
) -> None:
    task = Blobs(TaskSettings(readout=f"ridge:neurons=6,bins=1,penalty={PENALTY}"))
    (network,) = networks_for(task, 1)
    train = task.workload("train", 1)

    measured = task.evaluate(train, pack([network]))

    x, right = counts_of(task, train, network, 1), train.arrays[1]
    ridge, hits = Ridge(alpha=strength(x), solver="svd"), 0
    for sample in range(train.size):
        others = np.arange(train.size) != sample
        said = ridge.fit(x[others], np.eye(3)[right[others]]).predict(x[[sample]])
        hits += said.argmax() == right[sample]
    assert measured.score[0] == hits / train.size
    answers = task.answers(train, pack([network]))
    assert (answers.decisions[0] == right).sum() == hits
    assert np.all(answers.latencies == task.ticks)


def test_measurements_do_not_depend_on_company_or_process(
    batch_for: Callable[..., Batch], networks_for: Callable[..., list[Network]]
) -> None:
    task = Blobs(TaskSettings(readout="ridge:6"))
    batch, workload = batch_for(task, 5), task.workload("train", 1)
    readouts = task.readouts(workload, networks_for(task, 5))
    twin = pickle.loads(pickle.dumps(task))

    for shown in (workload, task.equip(task.workload("test", 1), readouts)):
        pieces = [twin.evaluate(shown, part(batch, *ends)) for ends in ((0, 2), (2, 5))]

        assert np.array_equal(np.concatenate(pieces, axis=1), np.array(task.evaluate(shown, batch)))


def test_test_data_want_readouts(batch_for: Callable[..., Batch]) -> None:
    task = Blobs(TaskSettings(readout="ridge:6"))

    with pytest.raises(ValueError, match="a network has no readout"):
        task.evaluate(task.workload("test", 1), batch_for(task, 2))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (TaskSettings(readout="ridge:0"), "readout ridge: neurons must be at least 1 (got 0)"),
        (TaskSettings(readout="ridge:bins=0"), "readout ridge: bins must be at least 1 (got 0)"),
        (
            TaskSettings(readout="ridge:penalty=0"),
            "readout ridge: penalty must be above 0 (got 0.0)",
        ),
        (TaskSettings(readout="rigde"), "unknown readout 'rigde' (did you mean 'ridge'?)"),
        (
            TaskSettings(readout="ridge:bins=8"),
            "task Blobs: bins of the readout must be at most 7, the ticks of the window (got 8)",
        ),
        (
            TaskSettings(readout="ridge", ticks=40000),
            "task Blobs: with a readout ticks must be at most 32767 (got 40000)",
        ),
        (
            TaskSettings(readout="ridge", decoder="first_spike"),
            "task Blobs takes a readout or a decoder, not both (got 'ridge' and 'first_spike')",
        ),
    ],
)
def test_mistakes(settings: TaskSettings, message: str) -> None:
    with pytest.raises(InputError) as caught:
        Blobs(settings)
    assert str(caught.value) == message


def test_scores_that_read_output_spikes_are_not_for_readouts() -> None:
    with pytest.raises(InputError) as caught:
        Blobs(TaskSettings(readout="ridge", score="auc"))

    start, _, there = str(caught.value).partition(" (there are: ")
    assert start == "task Blobs: there is no score 'auc'"
    usable = {name for name, score in SCORES.items() if not score.reads_counts}
    assert set(there.rstrip(")").split(", ")) == usable
    assert usable >= {"accuracy", "balanced_accuracy", "h_mean", "f1"}


def test_control_takes_no_readout() -> None:
    with pytest.raises(InputError, match=r"task cartpole takes no readout \(got 'ridge'\)"):
        load("cartpole", TaskSettings(readout="ridge"))
