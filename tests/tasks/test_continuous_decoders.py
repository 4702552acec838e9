"""Decoders of continuous actions: rows of values, and the decision on windows of spikes."""

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.tasks import TaskSettings
from spikevolve.tasks.builtin.pendulum import Pendulum
from spikevolve.tasks.decoders.actions import Bins, Rate, Vector, continuous_decoder
from spikevolve.tasks.decoders.decisions import decide_lanes


def decide(fired: NDArray[np.bool_], target: int) -> tuple[int, int]:
    """Decision and latency of one sample, (ticks, outputs)."""
    outputs = np.arange(fired.shape[1], dtype=np.int32)
    [decision], [latency] = decide_lanes(fired[:, :, np.newaxis], outputs, target)
    return int(decision), int(latency)


def test_bins_span_the_range() -> None:
    assert Bins(5).values(-2.0, 2.0, 8) == (-2.0, -1.0, 0.0, 1.0, 2.0)
    assert Bins(2).values(0.0, 3.0, 8) == (0.0, 3.0)
    assert Bins(3).actions(-1.0, 1.0) == ("-1", "+0", "+1")


def test_most_spikes_name_the_bin() -> None:
    fired = np.zeros((6, 5), np.bool_)
    fired[1:3, 3] = fired[4, 1] = True
    action, latency = decide(fired, Bins(5).target)
    assert Bins(5).values(-2.0, 2.0, 6)[action] == 1.0
    assert latency == 2


def test_rate_is_the_difference_over_the_window() -> None:
    rng, decoder = np.random.default_rng(1), Rate()
    values = decoder.values(-2.0, 4.0, 9)
    for _ in range(50):
        fired = rng.random((9, 2)) < rng.random(2)
        action, latency = decide(fired, decoder.target)
        less, more = fired.sum(axis=0)
        assert values[action] == pytest.approx(1.0 + 3.0 * (more - less) / 9, abs=1e-15)
        assert latency == 9


def test_rate_of_silence_is_the_middle() -> None:
    action, _ = decide(np.zeros((7, 2), np.bool_), Rate().target)
    assert Rate().values(-1.0, 1.0, 7)[action] == 0.0


@pytest.mark.parametrize(("most", "highest"), [(0, 9), (9, 9), (4, 4), (12, 12)])
def test_vector_is_the_share_of_the_spikes_that_it_takes(most: int, highest: int) -> None:
    rng, decoder = np.random.default_rng(2), Vector(most)
    values = decoder.values(-2.0, 4.0, 9)
    for _ in range(50):
        fired = rng.random((9, 1)) < rng.random()
        action, latency = decide(fired, decoder.target)
        assert values[action] == pytest.approx(-2.0 + 6.0 * min(1.0, fired.sum() / highest))
        assert latency == 9


def test_vector_of_many_lanes() -> None:
    fired = np.random.default_rng(3).random((8, 3, 70)) < 0.4
    decisions, _ = decide_lanes(fired, np.array([2], np.int32), Vector().target)
    assert np.array_equal(decisions, fired[:, 2].sum(axis=0))


def test_the_decoder_makes_the_outputs() -> None:
    bins, rate, vector = (
        Pendulum(TaskSettings(decoder=text)) for text in ("bins:7", "rate", "vector:3")
    )
    assert (bins.outputs, rate.outputs, vector.outputs) == (7, 2, 1)
    assert len(bins.constants) == 7
    assert len(vector.constants) == vector.ticks + 1
    assert len(rate.constants) == 2 * rate.ticks + 1
    assert rate.describe()["actions"] == ["less", "more"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bins:1", "decoder bins: bins must be at least 2 \\(got 1\\)"),
        ("vector:-1", "decoder vector: most must be at least 0 \\(got -1\\)"),
        ("spike_count", "unknown decoder of continuous actions 'spike_count'"),
        ("rate:3", "rate"),
    ],
)
def test_mistakes_are_named(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        continuous_decoder(text)
