"""Tasks in plain Python: what their networks are shown, and what is counted on the way."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.sim import reference
from spikevolve.sim.batch import Batch, pack
from spikevolve.sim.network import Network
from spikevolve.tasks import Agent, PythonTask, TaskSettings
from spikevolve.tasks.contract import CHECKS, run
from spikevolve.tasks.encoders import ENCODERS, ValueEncoder, encoder
from spikevolve.tasks.encoders.encoder_kinds import Setting

Networks = Callable[..., list[Network]]
Batches = Callable[..., Batch]

RANGES = ((-1.0, 4.0), (-1.0, 1.0))
DECISIONS, TICKS, OUTPUTS = 6, 22, 3


class Watching(PythonTask):
    """The same observations in every episode; the score tells every decision."""

    observation = RANGES
    outputs = OUTPUTS
    chance_score = 0.0
    episodes = 2
    ticks = TICKS
    decoder = "first_spike"
    shown = np.random.default_rng(2).uniform((-1.5, -1.2), (4.5, 1.2), (DECISIONS, 2))

    def episode(self, agent: Agent, rng: np.random.Generator) -> float:
        actions = [agent.act(observation) for observation in self.shown]
        return float(sum(action * OUTPUTS**step for step, action in enumerate(actions)))


class Recorded(Watching):
    """Keeps what the networks receive."""

    def __init__(self, settings: TaskSettings) -> None:
        super().__init__(settings)
        self.windows: list[NDArray[Any]] = []

    def receive(self, inputs: NDArray[Any]) -> NDArray[Any]:
        self.windows.append(inputs[:, :, 0].copy())
        return super().receive(inputs)


class Resetting(Recorded):
    """Goes back to rest after each decision."""

    def episode(self, agent: Agent, rng: np.random.Generator) -> float:
        for observation in self.shown:
            agent.act(observation)
            agent.reset()
        return 0.0


def readable(text: str) -> NDArray[Any]:
    """What the encoder itself makes of the observations: (all ticks, inputs)."""
    made, (low, high) = encoder(text), np.array(RANGES).T
    if isinstance(made, ValueEncoder):
        sent = [
            made.spikes_of(values, *ends, TICKS)  # (ticks, width, decisions)
            for values, ends in zip(Watching.shown.T, RANGES, strict=True)
        ]
        windows = np.concatenate(sent, axis=1).transpose(2, 0, 1)
        return windows.reshape(DECISIONS * TICKS, -1)
    scaled = np.clip((Watching.shown - low) / (high - low), 0.0, 1.0)
    whole = Setting(DECISIONS * TICKS)
    return made.encode(scaled[np.newaxis], whole, np.random.default_rng())[:, :, 0]


@pytest.mark.parametrize("text", [name for name in ENCODERS if not ENCODERS[name].random])
def test_networks_are_shown_what_the_encoder_says(text: str, networks_for: Networks) -> None:
    task = Recorded(TaskSettings(encoder=text, episodes=1))

    task.evaluate(task.workload("train", 1), pack(networks_for(task, 1)))

    expected = readable(text)
    assert expected.any()
    np.testing.assert_array_equal(np.concatenate(task.windows), expected)


@pytest.mark.parametrize("text", ["rate:5,mirrored", "charge", "delta:0.2", "step_forward"])
def test_measurements_are_those_of_the_reference(text: str, networks_for: Networks) -> None:
    task = Watching(TaskSettings(encoder=text))
    networks = networks_for(task, 8)

    measured = task.evaluate(task.workload("train", 1), pack(networks))

    inputs = readable(text)
    for i, network in enumerate(networks):
        spikes = reference.simulate(network, inputs[:, :, np.newaxis]).spikes[:, :, 0]
        windows = np.split(spikes[:, network.output_neurons], DECISIONS)
        firsts = [[*np.argwhere(window), (TICKS - 1, 0)][0] for window in windows]
        assert [column[i] for column in measured[:5]] == pytest.approx(
            [
                sum(output * OUTPUTS**step for step, (_, output) in enumerate(firsts)),
                spikes[:, network.source_count :].sum() / DECISIONS,
                np.count_nonzero(inputs) / DECISIONS,
                delivered(network, spikes) / DECISIONS,
                np.mean([tick + 1 for tick, _ in firsts]),
            ],
            rel=1e-12,
        )
    assert len(set(measured.score)) > 1


def delivered(network: Network, spikes: NDArray[np.bool_]) -> int:
    """Spikes that reach the end of a synapse within (ticks, neurons) of them."""
    return sum(
        int(spikes[: len(spikes) - delay, source].sum())
        for source, delay in zip(network.sources, network.delays, strict=True)
    )


def test_a_reset_network_begins_at_rest_with_nothing_on_its_way(networks_for: Networks) -> None:
    task = Resetting(TaskSettings(encoder="rate"))
    networks = networks_for(task, 5)

    measured = task.evaluate(task.workload("train", 1), pack(networks))

    windows = np.split(readable("rate"), DECISIONS)
    for i, network in enumerate(networks):
        alone = [
            reference.simulate(network, window[:, :, np.newaxis]).spikes[:, :, 0]
            for window in windows
        ]
        spikes = sum(int(window[:, network.source_count :].sum()) for window in alone)
        operations = sum(delivered(network, window) for window in alone)
        assert measured.spikes[i] == pytest.approx(spikes / DECISIONS)
        assert measured.synaptic_operations[i] == pytest.approx(operations / DECISIONS)


@pytest.mark.parametrize("text", ["delta", "step_forward"])
def test_after_a_reset_a_signal_begins_anew(text: str, networks_for: Networks) -> None:
    task = Resetting(TaskSettings(encoder=text))
    task.evaluate(task.workload("train", 1), pack(networks_for(task, 1)))

    assert len(task.windows) == 2 * DECISIONS
    assert not np.any(task.windows)


def test_chance_goes_on_after_a_reset_and_is_the_episodes_own(networks_for: Networks) -> None:
    task = Resetting(TaskSettings(encoder="poisson:0,offset=0.5"))
    task.evaluate(task.workload("train", 1), pack(networks_for(task, 1)))

    windows = np.reshape(task.windows, (2 * DECISIONS, -1))
    share = windows.mean()
    assert abs(share - 0.5) < 4 * 0.5 / np.sqrt(windows.size)
    assert len({window.tobytes() for window in windows}) == 2 * DECISIONS


@pytest.mark.parametrize("promise", CHECKS)
@pytest.mark.parametrize("text", ["poisson", "delta"])
def test_it_keeps_the_contract(text: str, promise: str, batch_for: Batches) -> None:
    task = Watching(TaskSettings(encoder=text))
    task.score_range = (0.0, float(OUTPUTS**DECISIONS))

    assert run(CHECKS[promise], task, batch_for(task, 2)) is None


def test_a_network_is_measured_with_the_setting_that_it_has(batch_for: Batches) -> None:
    task = Watching(TaskSettings(encoder="delta:0.3", evolve_encoder=True))
    batch = batch_for(task, 4)
    assert task.traits == {"threshold": (0.05, 0.1, 0.2, 0.3, 0.4)}

    found = task.evaluate(task.with_traits((("threshold", 0.05),)).workload("train", 1), batch)

    with_it = Watching(TaskSettings(encoder="delta:0.05"))
    assert np.array_equal(found, with_it.evaluate(with_it.workload("train", 1), batch))
    assert not np.array_equal(found, task.evaluate(task.workload("train", 1), batch))
