"""A replay shows what was measured: the same spikes, counted from the picture."""

from collections.abc import Callable

import numpy as np
import pytest

from spikevolve.sim import reference
from spikevolve.sim.batch import pack, pack_lanes, unpack_lanes
from spikevolve.sim.models import parameters
from spikevolve.sim.network import Network
from spikevolve.tasks import Agent, PythonTask, TaskSettings, load
from spikevolve.tasks.sample_replay import MOST_TICKS, replay
from spikevolve.tasks.task import Task
from spikevolve.tasks.workload import Workload

Networks = Callable[..., list[Network]]


def one_of_each_class(task: Task) -> Workload:
    whole = task.workload("test", 1)
    inputs, labels, injected = whole.arrays
    first = [int(np.argmax(labels == number)) for number in range(task.outputs)]
    if task.input_kind == "spikes":
        inputs = pack_lanes(np.ascontiguousarray(unpack_lanes(inputs, whole.size)[:, :, first]))
    else:
        inputs = np.ascontiguousarray(inputs[:, :, first])
    return Workload.of("test", len(first), inputs, labels[first], injected)


@pytest.mark.parametrize("encoder", ["rate", "charge"])
def test_data_are_replayed_with_the_spikes_that_were_measured(
    networks_for: Networks, encoder: str
) -> None:
    task = load("iris", TaskSettings(encoder=encoder))
    for network in networks_for(task, 10):
        shown = replay(task, network, 1)
        measured = task.evaluate(one_of_each_class(task), pack([network]))

        assert shown is not None
        assert shown.caption == "a sample of setosa, versicolor, virginica"
        assert shown.raster.shape == (3 * task.ticks, network.neurons)
        assert shown.raster[:, network.source_count :].sum() / 3 == measured.spikes[0]


def test_an_episode_is_replayed_with_the_spikes_that_were_measured(
    networks_for: Networks,
) -> None:
    task = load("cartpole")
    starts, *code = task.workload("test", 1).arrays
    first = Workload.of("test", 1, starts[:1], *code)
    whole = 0
    for network in networks_for(task, 20):
        shown = replay(task, network, 1)
        measured = task.evaluate(first, pack([network]))

        assert shown is not None
        decisions = len(shown.raster) // task.ticks
        assert shown.caption == f"the first {decisions} decisions of an episode"
        assert decisions <= MOST_TICKS / task.ticks
        if decisions == measured.score[0]:  # one reward a step: the episode ends in the picture
            whole += 1
            own = shown.raster[:, network.source_count :].sum()
            assert own / decisions == measured.spikes[0]
    assert whole > 10


class Short(PythonTask):
    """Four decisions, at rest again after the second."""

    observation = ((0.0, 1.0), (0.0, 1.0))
    outputs = 3
    chance_score = 0.0
    ticks = 10

    def episode(self, agent: Agent, rng: np.random.Generator) -> float:
        actions = []
        for step in range(4):
            actions.append(agent.act(rng.random(2)))
            if step == 1:
                agent.reset()
        return float(sum(action * 3**step for step, action in enumerate(actions)))


class Endless(Short):
    def episode(self, agent: Agent, rng: np.random.Generator) -> float:
        while True:
            agent.act(rng.random(2))


def test_an_episode_in_python_is_replayed_with_the_spikes_and_decisions_that_were_measured(
    networks_for: Networks,
) -> None:
    task = Short(TaskSettings())
    starts, *code = task.workload("test", 1).arrays
    first = Workload.of("test", 1, starts[:1], *code)
    for network in networks_for(task, 20):
        shown = replay(task, network, 1)
        measured = task.evaluate(first, pack([network]))

        assert shown is not None
        assert [window.start for window in shown.windows] == [0, 10, 20, 30]
        decided = [int(window.decided.removeprefix("o")) for window in shown.windows]
        assert sum(action * 3**step for step, action in enumerate(decided)) == measured.score[0]
        assert shown.raster[:, network.source_count :].sum() / 4 == measured.spikes[0]


def test_an_episode_without_an_end_is_shown_to_the_edge_of_the_picture(
    networks_for: Networks,
) -> None:
    task = Endless(TaskSettings())
    [network] = networks_for(task, 1)
    shown = replay(task, network, 1)

    assert shown is not None
    assert shown.raster.shape == (MOST_TICKS, network.neurons)


def test_an_environment_of_gymnasium_is_replayed_as_it_was_measured(
    networks_for: Networks,
) -> None:
    task = load("gym:CartPole-v1")
    starts, *code = task.workload("test", 1).arrays
    first = Workload.of("test", 1, starts[:1], *code)
    whole = 0
    for network in networks_for(task, 8):
        shown = replay(task, network, 1)
        measured = task.evaluate(first, pack([network]))

        assert shown is not None
        assert {window.decided for window in shown.windows} <= {"0", "1"}
        if len(shown.windows) == measured.score[0]:
            whole += 1
            own = shown.raster[:, network.source_count :].sum()
            assert own / measured.score[0] == measured.spikes[0]
    assert whole > 3


def test_windows_say_what_is_right_and_what_was_decided(networks_for: Networks) -> None:
    task = load("iris")
    whole = task.workload("test", 1)
    first = [int(np.argmax(whole.arrays[1] == number)) for number in range(3)]
    for network in networks_for(task, 10):
        shown = replay(task, network, 1)
        right = task.case_scores(whole, pack([network]))[0, first]

        assert shown is not None
        assert [window.truth for window in shown.windows] == ["setosa", "versicolor", "virginica"]
        assert [window.truth == window.decided for window in shown.windows] == right.tolist()


def test_potentials_are_those_of_the_reference_and_thresholds_those_of_the_network(
    networks_for: Networks,
) -> None:
    task = load("iris")
    for network in networks_for(task, 5):
        shown = replay(task, network, 1)
        sources = network.source_count

        assert shown is not None
        for window in shown.windows:
            ticks = slice(window.start, window.start + task.ticks)
            inputs = shown.raster[ticks, :sources, np.newaxis]
            expected = reference.simulate(network, inputs).potentials[:, :, 0]
            np.testing.assert_array_equal(shown.potentials[ticks], expected)
        assert np.isnan(shown.thresholds[:sources]).all()
        named = dict(zip(parameters(network.model), network.parameters.T, strict=True))
        np.testing.assert_array_equal(shown.thresholds[sources:], named["threshold"][sources:])
