"""Random networks for any task."""

import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.sim import models
from spikevolve.sim.batch import Batch, pack
from spikevolve.sim.network import Network
from spikevolve.sim.neurons import izhikevich, lif
from spikevolve.tasks import Task
from spikevolve.tasks.control.control_task import Control
from spikevolve.tasks.workload import Workload


def _neurons(
    rng: np.random.Generator, arithmetic: str, count: int
) -> tuple[str, NDArray[np.float64], float]:
    """Neuron model, parameters of each neuron, the unit of weights: Izhikevich's in float64."""
    if arithmetic == "float64":
        rows = np.tile((0.02, 0.2, -65, 8, 0), (count, 1))
        rows[:, izhikevich.Izhikevich._fields.index("bias")] = rng.integers(0, 20, count)
        return "izhikevich", rows, 1.0
    integer = arithmetic == "integer"
    rows = np.zeros((count, len(lif.PARAMETERS)))
    rows[:, lif.THRESHOLD] = rng.integers(1, 10, count) * (20 if integer else 0.125)
    leaks = [lif.LEAK_WHOLE, 2, lif.LEAK_NONE] if integer else [0.0, 0.75, 0.9, 1.0]
    rows[:, lif.LEAK] = rng.choice(leaks, count)
    rows[:, lif.REFRACTORY] = rng.integers(0, 4, count)
    rows[:, lif.V_MIN] = -255 if integer else -4
    rows[:, lif.SOFT_RESET] = rng.integers(0, 2, count)
    return "lif", rows, 7 if integer else 1 / 16


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
    dtype: Any = models.DTYPES[arithmetic]
    model, rows, steps = _neurons(rng, arithmetic, neurons)
    weights = rng.integers(-8, 17, len(froms)) * steps
    rows[:sources] = 0
    network = Network(
        model=model,
        arithmetic=arithmetic,
        source_count=sources,
        input_neurons=np.arange(inputs, dtype=np.int32),
        output_neurons=np.arange(inputs, inputs + outputs, dtype=np.int32),
        offsets=np.searchsorted(targets, np.arange(neurons + 1)).astype(np.int32),
        sources=froms.astype(np.int32),
        weights=weights.astype(dtype),
        delays=rng.integers(1, 8, len(froms)).astype(np.int32),
        parameters=rows.astype(dtype),
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


Columns = list[list[float]]


@pytest.fixture
def evaluated_elsewhere(tmp_path: Path) -> Callable[[Task, Workload, Batch, Path], Columns]:
    """The measurements that another process makes with a pickled task whose file is gone."""

    def evaluate(task: Task, workload: Workload, batch: Batch, file: Path) -> Columns:
        packed = tmp_path / "work.pickle"
        packed.write_bytes(pickle.dumps((task, workload, batch)))
        file.unlink()
        code = (
            "import json, pathlib, pickle, sys\n"
            "task, *work = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())\n"
            "print(json.dumps([column.tolist() for column in task.evaluate(*work)]))\n"
        )
        command = [sys.executable, "-c", code, str(packed)]
        answer = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
        columns: Columns = json.loads(answer.stdout)
        return columns

    return evaluate


class Stepped(NamedTuple):
    """What a step made of states: (n, variables), (n, observed), (n,), (n,)."""

    states: NDArray[np.float64]
    observations: NDArray[np.float64]
    rewards: NDArray[np.float64]
    terminated: NDArray[np.bool_]


Advance = Callable[[Control, NDArray[np.float64], NDArray[np.int32]], Stepped]


@pytest.fixture
def advance() -> Advance:
    """One step of a control task from each of (n, variables) states: ``advance(task, states, actions)``."""

    def step(task: Control, states: NDArray[np.float64], actions: NDArray[np.int32]) -> Stepped:
        lanes, functions = len(states), task.functions()
        plant, settings = states.T.copy(), np.array(task.constants)
        observations, rewards = np.empty((task.observed, lanes)), np.empty(lanes)
        terminated = np.empty(lanes, np.bool_)
        functions.step(settings, plant, actions, lanes, rewards, terminated)
        functions.observe(settings, plant, lanes, observations)
        return Stepped(plant.T.copy(), observations.T, rewards, terminated)

    return step
