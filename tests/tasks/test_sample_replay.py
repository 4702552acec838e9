"""A replay shows what was measured: the same spikes, counted from the picture."""

from collections.abc import Callable

import numpy as np
import pytest

from spikevolve.sim.batch import pack, pack_lanes, unpack_lanes
from spikevolve.sim.network import Network
from spikevolve.tasks import TaskSettings, load
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
