"""The compiled loop of episodes against plain Python: the reference simulator and gymnasium."""

import math
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from gymnasium.envs.classic_control import CartPoleEnv
from numpy.typing import NDArray

from spikevolve.sim import reference
from spikevolve.sim.batch import Batch, pack, part
from spikevolve.sim.network import Network
from spikevolve.tasks.builtin import cartpole
from spikevolve.tasks.builtin.cartpole import CartPole
from spikevolve.tasks.control.episode_loop import (
    DECISIONS,
    INPUT_SPIKES,
    LATENCY,
    OPERATIONS,
    SPIKES,
    EpisodeBatch,
    Functions,
    Results,
    play,
)
from spikevolve.tasks.control.observation_encoder import code
from spikevolve.tasks.decoders.classes import MEMBRANE
from spikevolve.tasks.encoders import FlipFlop
from spikevolve.tasks.task import TaskSettings

pytestmark = pytest.mark.slow  # starts processes, or compares much

FUNCTIONS = Functions(cartpole.observe, cartpole.step)
M = 2  # spikes of an input
RANGES = [variable.high for variable in CartPole.variables]


def course(starts: NDArray[np.float64], ticks: int, steps: int, target: int = 0) -> EpisodeBatch:
    return EpisodeBatch(
        settings=np.array(CartPole.constants),
        starts=starts,
        **code(FlipFlop(M), CartPole.variables, ticks)._asdict(),
        charge=1.0,
        observed=4,
        target=target,
        ticks=ticks,
        steps=steps,
    )


def draw_starts(count: int) -> NDArray[np.float64]:
    return CartPole(TaskSettings()).start(np.random.default_rng(11), count)


class Episode(NamedTuple):
    total: float
    decisions: int
    spikes: int
    input_spikes: int
    operations: int
    latency: int


def encode(observation: NDArray[np.float32], ticks: int) -> NDArray[np.bool_]:
    """Flip-flop by its formula, (ticks, inputs)."""
    window = np.zeros((ticks, 2 * len(observation)), np.bool_)
    for i, (value, end) in enumerate(zip(observation.astype(float), RANGES, strict=True)):
        count = math.ceil(min(1.0, abs(value) / end) * M)
        window[: 3 * count : 3, 2 * i + (value > 0)] = True
    return window


def decide(fired: NDArray[np.bool_], target: int) -> tuple[int, int]:
    """Action and latency by the definition, from (ticks, outputs)."""
    counts = np.zeros(fired.shape[1], int)
    running, changed = -1, len(fired) - 1
    for tick, now in enumerate(fired):
        counts += now
        if target and (counts >= target).any():
            return int(np.argmax(counts >= target)), tick + 1
        if counts.any() and int(counts.argmax()) != running:
            running, changed = int(counts.argmax()), tick
    return max(int(counts.argmax()), 0), len(fired) if target else changed + 1


def live(
    network: Network, start: NDArray[np.float64], ticks: int, steps: int, target: int
) -> Episode:
    """One episode: gymnasium's environment, the whole past simulated anew for every decision."""
    environment: Any = CartPoleEnv()
    environment.reset(seed=0)
    environment.state = start.copy()
    observation = start.astype(np.float32)
    inputs = np.zeros((0, network.inputs), np.bool_)
    total, latency = 0.0, 0
    decisions, terminated = 0, False
    while decisions < steps and not terminated:
        inputs = np.concatenate([inputs, encode(observation, ticks)])
        given: Any = inputs[:, :, np.newaxis]
        if not network.source_count:
            given = given.astype(network.weights.dtype)
        spikes, potentials = (recorded[:, :, 0] for recorded in reference.simulate(network, given))
        if target == MEMBRANE:
            action, after = int(potentials[-1, network.output_neurons].argmax()), ticks
        else:
            action, after = decide(spikes[-ticks:, network.output_neurons], target)
        observation, reward, terminated, _, _ = environment.step(action)
        total, latency, decisions = total + float(reward), latency + after, decisions + 1
    return Episode(
        total,
        decisions,
        int(spikes[:, network.source_count :].sum()),
        int(inputs.sum()),
        operations(network, spikes),
        latency,
    )


def operations(network: Network, spikes: NDArray[np.bool_]) -> int:
    """Every spike over every synapse that arrives before the end, one by one."""
    total = 0
    for source, delay in zip(network.sources, network.delays, strict=True):
        total += int(spikes[: max(len(spikes) - int(delay), 0), source].sum())
    return total


def check(
    network: Network, starts: NDArray[np.float64], ticks: int, steps: int, target: int
) -> None:
    expected = [live(network, start, ticks, steps, target) for start in starts]
    results = play(pack([network]), FUNCTIONS, course(starts, ticks, steps, target))
    assert results.returns[0].tolist() == [episode.total for episode in expected]
    sums = np.sum([episode[1:] for episode in expected], axis=0)
    order = [DECISIONS, SPIKES, INPUT_SPIKES, OPERATIONS, LATENCY]
    assert results.totals[0, order].tolist() == sums.tolist()


@pytest.mark.parametrize("arithmetic", ["float32", "integer"])
@pytest.mark.parametrize(("ticks", "target"), [(4, 0), (6, 0), (5, 1), (6, 2), (5, MEMBRANE)])
def test_equals_plain_python(
    networks_for: Callable[..., list[Network]], arithmetic: str, ticks: int, target: int
) -> None:
    task = CartPole(TaskSettings(encoder=f"flip_flop:{M}"))
    for network in networks_for(task, 4, arithmetic):
        check(network, draw_starts(3), ticks, 11, target)


@pytest.mark.parametrize("arithmetic", ["float32", "float64", "integer"])
def test_equals_plain_python_where_inputs_are_neurons(
    networks_for: Callable[..., list[Network]], arithmetic: str
) -> None:
    task = CartPole(TaskSettings(encoder=f"flip_flop:{M}"))
    task.input_kind = "charges"
    for network in networks_for(task, 2, arithmetic):
        check(network, draw_starts(3), 5, 11, 0)


def test_episodes_end_at_the_limit_of_steps(batch_for: Callable[..., Batch]) -> None:
    task = CartPole(TaskSettings(encoder=f"flip_flop:{M}"))
    results = play(batch_for(task, 8), FUNCTIONS, course(draw_starts(20), 4, 9))
    assert results.returns.max() == 9.0
    assert (results.totals[:, DECISIONS] == results.returns.sum(axis=1)).all()


@pytest.fixture
def batch(batch_for: Callable[..., Batch]) -> Batch:
    return batch_for(CartPole(TaskSettings(encoder=f"flip_flop:{M}")), 12)


def assert_same(one: Results, other: Results) -> None:
    np.testing.assert_array_equal(one.returns, other.returns)
    np.testing.assert_array_equal(one.totals, other.totals)


@pytest.mark.parametrize("lanes", [1, 3, 16, 17, 63, 64, 65, 128, 190, 1000])
def test_any_number_of_lanes(batch: Batch, lanes: int) -> None:
    path = course(draw_starts(200), 5, 60)
    assert_same(play(batch, FUNCTIONS, path._replace(lanes=lanes)), play(batch, FUNCTIONS, path))


def test_any_order_and_number_of_episodes(batch: Batch) -> None:
    starts = draw_starts(50)
    whole = play(batch, FUNCTIONS, course(starts, 5, 60))
    order = np.random.default_rng(1).permutation(50)
    shuffled = play(batch, FUNCTIONS, course(starts[order], 5, 60))
    np.testing.assert_array_equal(shuffled.returns, whole.returns[:, order])
    np.testing.assert_array_equal(shuffled.totals, whole.totals)
    first = play(batch, FUNCTIONS, course(starts[:7], 5, 60))
    np.testing.assert_array_equal(first.returns, whole.returns[:, :7])


def test_any_split_over_threads(batch: Batch) -> None:
    path = course(draw_starts(40), 5, 60)
    whole = play(batch, FUNCTIONS, path)
    cuts = [(0, 1), (1, 5), (5, 12)]
    parts: dict[int, Results] = {}

    def work(start: int, stop: int) -> None:
        parts[start] = play(part(batch, start, stop), FUNCTIONS, path)

    threads = [threading.Thread(target=work, args=cut) for cut in cuts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    returns = np.concatenate([parts[start].returns for start, _ in cuts])
    totals = np.concatenate([parts[start].totals for start, _ in cuts])
    faults = np.concatenate([parts[start].faults for start, _ in cuts])
    assert_same(Results(returns, totals, faults), whole)


def test_read_only_arrays_are_taken(batch: Batch) -> None:
    path = course(draw_starts(5), 5, 20)
    expected = play(batch, FUNCTIONS, path)
    for array in (*batch[1:], path.starts, path.places, path.bounds):
        array.flags.writeable = False
    assert_same(play(batch, FUNCTIONS, path), expected)
