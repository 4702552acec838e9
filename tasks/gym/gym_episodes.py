"""Episodes of one network in many environments: a decision window of the network advances all."""

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.network import Network
from ...sim.stepper import Stepper
from ..control.observation_encoder import Perception
from ..control.python_task import InFlight, Senses
from ..decoders.decisions import decide_step
from ..workload import Totals
from .actions import Actions
from .played_environment import PlayedEnvironment

_COUNTS = len(Totals._fields)


class EpisodeBatch(NamedTuple):
    """Inputs of `play_episodes` that do not depend on the network.

    Attributes:
        perception: How networks perceive the environment.
        inputs: Inputs of a network.
        ticks: Length of a decision window.
        steps: Steps after which an episode is cut off.
        actions: How decisions become actions.
        receive: From (ticks, inputs, lanes) spikes to what the network receives.
    """

    perception: Perception
    inputs: int
    ticks: int
    steps: int
    actions: Actions
    receive: Callable[[NDArray[Any]], NDArray[Any]]


class EpisodeResults(NamedTuple):
    """Returns of episodes, and what was counted in them.

    Attributes:
        returns: (episodes,) float64, sums of rewards.
        totals: (counts,) int64 over all episodes, in the order of `Totals`. Synaptic operations
            are those that arrive before their episode ends.
    """

    returns: NDArray[np.float64]
    totals: NDArray[np.int64]


def play_episodes(
    network: Network,
    environments: Sequence[PlayedEnvironment],
    starts: NDArray[np.float64],
    episodes: EpisodeBatch,
) -> EpisodeResults:
    """Take a network, at rest, through one episode in each of as many environments as starts.

    An environment whose episode is over waits for the others; the network goes on in its lane
    without being counted.

    Args:
        network: The network.
        environments: As many as starts, or more.
        starts: (episodes, rows) float64: the seed of the environment, then the memory with which the
            encoder begins.
        episodes: What the episodes share.

    Raises:
        InputError: An environment does not keep to gymnasium's contract, or shows or pays something that
            is not finite.
    """
    lanes, ticks = len(starts), episodes.ticks
    shape = ticks, episodes.inputs
    senses = Senses(episodes.perception, shape, network.weights.dtype, starts[:, 1:])
    stepper = Stepper(network.with_all_outputs(), lanes)
    emitted = np.zeros((network.neurons, lanes), np.int32)
    latency = np.zeros(lanes, np.int32)
    returns, totals = [0.0] * lanes, np.zeros(_COUNTS, np.int64)
    in_flight = InFlight(network, ticks)
    seeded = zip(environments, starts[:, 0], strict=False)
    shown = [environment.reset(int(seed)) for environment, seed in seeded]
    observations = np.ascontiguousarray(np.array(shown).T)
    living, step = list(range(lanes)), 0
    while living:
        step += 1
        fired = stepper.run(episodes.receive(senses.window(observations)))
        decisions, latencies = _decide(network, stepper, fired, episodes.actions)
        emitted += stepper.counts
        latency += latencies
        in_flight.remember(fired)
        actions, over = episodes.actions.take(decisions), []
        for lane in living:
            seen, reward, ended = environments[lane].step(actions[lane])
            returns[lane] += reward
            if not isfinite(returns[lane]):
                raise InputError(
                    f"the rewards add up to {returns[lane]} after {step} steps of the episode with "
                    f"seed {starts[lane, 0]:.0f}; rewards must be finite numbers"
                )
            observations[:, lane] = seen
            if ended or step == episodes.steps:
                over.append(lane)
        for lane in over:
            living.remove(lane)
            operations = emitted[:, lane] @ in_flight.synapses - in_flight.count(lane)
            spikes = emitted[network.source_count :, lane].sum()
            totals += np.array([step, spikes, senses.sent[lane], operations, latency[lane]])
    return EpisodeResults(np.array(returns), totals)


def _decide(
    network: Network, stepper: Stepper, fired: NDArray[np.bool_], actions: Actions
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return (numbers, lanes) decisions and (lanes,) ticks until all numbers are decided."""
    outputs = network.output_neurons
    if len(actions.outputs) == 1:  # nothing to stack, quickly
        decisions, latencies = decide_step(stepper, fired, outputs, actions.target)
        return decisions[np.newaxis], latencies
    parts = np.split(outputs, np.cumsum(actions.outputs)[:-1])
    decided = [decide_step(stepper, fired, part, actions.target) for part in parts]
    latest: NDArray[np.int32] = np.max([latencies for _, latencies in decided], axis=0)
    return np.stack([decisions for decisions, _ in decided]), latest
