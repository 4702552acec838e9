"""Random networks for any task."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from spikevolve.sim.batch import Batch, pack
from spikevolve.sim.network import Network
from spikevolve.sim.neurons import lif
from spikevolve.tasks import Task


def make_network(
    rng: np.random.Generator,
    inputs: int,
    outputs: int,
    arithmetic: str = "float32",
    input_kind: str = "spikes",
) -> Network:
    """Recurrent, with self-connections, refractory periods, both resets, delays up to 7."""
    hidden, sources = int(rng.integers(0, 5)), inputs if input_kind == "spikes" else 0
    neurons = inputs + outputs + hidden
    graph = rng.random((neurons, neurons)) < 0.4  # (target, source)
    graph[:sources] = False
    targets, froms = np.nonzero(graph)
    integer = arithmetic == "integer"
    number: Any = np.int32 if integer else np.float32
    weights = (
        rng.integers(-60, 120, len(froms)) if integer else rng.integers(-8, 17, len(froms)) / 16
    )
    rows = np.zeros((neurons, len(lif.PARAMETERS)))
    rows[:, lif.THRESHOLD] = rng.integers(1, 10, neurons) * (20 if integer else 0.125)
    leaks = [lif.LEAK_WHOLE, 2, lif.LEAK_NONE] if integer else [0.0, 0.75, 0.9, 1.0]
    rows[:, lif.LEAK] = rng.choice(leaks, neurons)
    rows[:, lif.REFRACTORY] = rng.integers(0, 4, neurons)
    rows[:, lif.V_MIN] = -255 if integer else -4
    rows[:, lif.SOFT_RESET] = rng.integers(0, 2, neurons)
    rows[:sources] = 0
    network = Network(
        model="lif",
        arithmetic=arithmetic,
        source_count=sources,
        input_neurons=np.arange(inputs, dtype=np.int32),
        output_neurons=np.arange(inputs, inputs + outputs, dtype=np.int32),
        offsets=np.searchsorted(targets, np.arange(neurons + 1)).astype(np.int32),
        sources=froms.astype(np.int32),
        weights=weights.astype(number),
        delays=rng.integers(1, 8, len(froms)).astype(np.int32),
        parameters=rows.astype(number),
    )
    network.validate()
    return network


Networks = Callable[..., list[Network]]


@pytest.fixture
def networks_for() -> Networks:
    """Random networks that fit a task: ``networks_for(task, count, arithmetic="float32")``."""

    def make(task: Task, count: int, arithmetic: str = "float32") -> list[Network]:
        rng = np.random.default_rng(7)
        ends = task.inputs, task.outputs, arithmetic, task.input_kind
        return [make_network(rng, *ends) for _ in range(count)]

    return make


@pytest.fixture
def batch_for(networks_for: Networks) -> Callable[..., Batch]:
    return lambda *arguments: pack(networks_for(*arguments))
