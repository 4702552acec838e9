"""What networks in control perceive, against the encoders of data sets and in the whole loop."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.sim.batch import pack
from spikevolve.sim.network import Network
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.control.control_task import Control
from spikevolve.tasks.control.episode_loop import INPUT_SPIKES, SPIKES, EpisodeBatch, play
from spikevolve.tasks.control.observation_encoder import Perception, Variable, perception
from spikevolve.tasks.encoders import encoder
from spikevolve.tasks.encoders.encoder_kinds import Setting
from spikevolve.tasks.sample_replay import replay

VARIABLES = [Variable("a", 2, -1.0, 3.0), Variable("b", 0, 0.0, 2.0)]
DECISIONS, LANES, TICKS = 12, 70, 5
SETTING = Setting(TICKS, grid=2.0**-4, full_charge=3.0)
OF_THE_MOMENT = ["rank_order", "rank_order:first=3,mirrored", "charge:mirrored", "charge:0.7"]
OF_CHANGES = ["delta:0.2", "step_forward:0.2"]


@pytest.fixture
def observations() -> NDArray[np.float64]:
    """(decisions, observed variables, lanes), some beyond their ranges, some equal."""
    drawn = np.random.default_rng(3).uniform(-1.5, 3.5, (DECISIONS, 3, LANES))
    drawn[::3] = np.round(drawn[::3])
    return drawn


def scaled(observations: NDArray[np.float64]) -> NDArray[np.float64]:
    """(decisions, variables, lanes) in [0, 1]."""
    return np.clip(np.stack([(observations[:, 2] + 1) / 4, observations[:, 0] / 2], axis=1), 0, 1)


def perceived(made: Perception, observations: NDArray[np.float64], lanes: int) -> NDArray[Any]:
    """Spikes, (decisions, ticks, inputs, lanes), or charges."""
    memory = made.begin(np.random.default_rng(5), LANES).T[:, :lanes].copy()
    values, places, bounds = np.zeros((made.values, lanes)), *made.code
    windows = []
    for seen in observations:
        made.function()(made.settings, made.seen, seen[:, :lanes].copy(), lanes, memory, values)
        if len(places):
            window = np.zeros((TICKS, places[:, 1].max() + 1, lanes), np.bool_)
            for (value, number, tick), (low, high) in zip(places, bounds, strict=True):
                window[tick, number] |= (low <= values[value]) & (values[value] <= high)
            windows.append(window)
        else:
            windows.append(np.tile(values, (TICKS, 1, 1)))
    return np.array(windows)


@pytest.mark.parametrize("text", OF_THE_MOMENT)
def test_a_decision_is_encoded_as_a_sample_is(text: str, observations: NDArray[np.float64]) -> None:
    made = perception(encoder(text), VARIABLES, SETTING)
    found = perceived(made, observations, LANES)
    for window, values in zip(found, scaled(observations), strict=True):
        expected = encoder(text).encode(values.T, SETTING, np.random.default_rng())
        np.testing.assert_array_equal(window, expected)


@pytest.mark.parametrize("text", OF_CHANGES)
def test_decisions_are_encoded_as_a_signal_is(text: str, observations: NDArray[np.float64]) -> None:
    found = perceived(perception(encoder(text), VARIABLES, SETTING), observations, LANES)
    signal = scaled(observations).transpose(2, 0, 1)
    whole = SETTING._replace(ticks=TICKS * DECISIONS)
    expected = encoder(text).encode(signal, whole, np.random.default_rng())
    assert expected.any()
    np.testing.assert_array_equal(found.reshape(expected.shape), expected)


def test_poisson_spikes_come_with_their_chance_whatever_the_lanes() -> None:
    made = perception(encoder("poisson:0.8,offset=0.1,mirrored"), VARIABLES, SETTING)
    observations = np.tile(np.array([0.5, 0.0, 1.0])[:, np.newaxis], (400, 1, LANES))
    found = perceived(made, observations, LANES)
    chances = np.array([0.5, 0.5, 0.3, 0.7])  # 0.8 x + 0.1 for x = 1/2 and 1/4, and mirrored
    deviation = np.sqrt(chances * (1 - chances) / found[:, :, 0].size)
    assert (np.abs(found.mean(axis=(0, 1, 3)) - chances) < 4 * deviation).all()
    flat = found.transpose(1, 2, 3, 0).reshape(-1, 400).astype(float)
    assert np.abs(np.corrcoef(flat[:200]) - np.eye(200)).max() < 0.3  # of ticks, inputs, episodes
    np.testing.assert_array_equal(perceived(made, observations, 3), found[..., :3])


@pytest.mark.parametrize(
    "text", ["delta:0.01", "step_forward:0.01", "rank_order", "poisson", "charge"]
)
def test_the_loop_does_what_a_replay_shows(
    text: str, networks_for: Callable[..., list[Network]]
) -> None:
    task = load("cartpole", TaskSettings(encoder=text, ticks=8))
    assert isinstance(task, Control)
    workload = task.workload("test", 1)
    starts, places, bounds, senses = workload.arrays
    made = task.perception
    course = EpisodeBatch(
        settings=np.array(task.constants),
        starts=starts[:90],
        places=places,
        bounds=bounds,
        charge=1.0,
        observed=4,
        target=0,
        ticks=8,
        steps=25,
        senses=senses,
        seen=made.seen,
        values=made.values,
        memory=len(made.memory),
    )
    functions = task.functions()._replace(sense=made.function())
    spiked = 0
    for network in networks_for(task, 4):
        first = play(pack([network]), functions, course._replace(starts=starts[:1]))
        shown = replay(task, network, 1)
        assert shown is not None
        assert first.totals[0, SPIKES] == shown.raster[:, network.source_count :].sum()
        if network.source_count:
            sources = shown.raster[:, : network.source_count]
            assert first.totals[0, INPUT_SPIKES] == sources.sum()
        spiked += first.totals[0, SPIKES]
        whole = play(pack([network]), functions, course)
        for lanes in (1, 7, 64):
            other = play(pack([network]), functions, course._replace(lanes=lanes))
            np.testing.assert_array_equal(other.returns, whole.returns)
            np.testing.assert_array_equal(other.totals, whole.totals)
    assert spiked > 0


def test_a_window_too_short_is_refused() -> None:
    with pytest.raises(InputError, match=r"rank_order needs ticks to be at least 4 \(got 3\)"):
        perception(encoder("rank_order:3"), VARIABLES, SETTING._replace(ticks=3))
