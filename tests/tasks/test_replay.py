"""A replay shows what was measured: the same spikes, counted from the picture."""

from collections.abc import Callable

import numpy as np
import pytest

from spikevolve.sim.batch import pack
from spikevolve.sim.network import Network
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.replay import MOST_TICKS, replay
from spikevolve.tasks.task import Task, Workload

Networks = Callable[..., list[Network]]


def first_of(task: Task, split: str) -> Workload:
    """The workload's first sample or episode alone."""
    whole = task.workload(split, 1)  # type: ignore[arg-type]
    if task.name == "iris":
        inputs, labels, _ = whole.arrays
        if task.input_kind == "spikes":
            inputs = inputs[:, :, :1] & np.uint64(1)
        else:
            inputs = np.ascontiguousarray(inputs[:, :, :1])
        return Workload.of("test", 1, inputs, labels[:1], np.array([1]))
    starts, *code = whole.arrays
    return Workload.of("test", 1, starts[:1], *code)


@pytest.mark.parametrize(
    ("name", "encoder"), [("iris", None), ("iris", "charge"), ("cartpole", None)]
)
def test_a_replay_has_the_spikes_that_were_measured(
    networks_for: Networks, name: str, encoder: str | None
) -> None:
    task = load(name, TaskSettings(encoder=encoder))
    for network in networks_for(task, 10):
        raster = replay(task, network, 1)
        measured = task.evaluate(first_of(task, "test"), pack([network]))

        assert raster is not None
        assert raster.shape[1] == network.neurons
        decisions = len(raster) / task.ticks
        if len(raster) + task.ticks <= MOST_TICKS:  # else the episode goes on
            own = raster[:, network.source_count :].sum()
            assert own / decisions == measured.spikes[0]
