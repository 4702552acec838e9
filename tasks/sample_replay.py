"""What a network does on a sample of each class, or at the beginning of an episode, spike by spike."""

from functools import singledispatch
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..sim.batch import unpack_lanes
from ..sim.compile import read_only
from ..sim.models import DTYPES
from ..sim.network import Network
from ..sim.simulate import simulate
from ..sim.stepper import Stepper
from .control.control_task import Control
from .data.classification import Classification
from .data.data_task import DataTask
from .data.regression import Regression
from .decoders.decisions import decide_step
from .task import Task
from .workload import Split, Workload

MOST_TICKS = 200  # of an episode
FIRST_SAMPLES = 3  # where there are no classes


class Replay(NamedTuple):
    """Spikes to look at.

    Attributes:
        raster: (ticks, neurons) bool, the spikes of all neurons.
        caption: On what.
    """

    raster: NDArray[np.bool_]
    caption: str


@singledispatch
def replay(task: Task, network: Network, seed: int) -> Replay | None:
    """Run a network on the first held-out sample of each class, or in a held-out episode.

    Where nothing is held out, what is for training serves. Samples follow one another, each from
    rest. Of an episode, the first decisions are shown, `MOST_TICKS` ticks at most, one decision
    at least.

    Args:
        task: Any task.
        network: A network for it.
        seed: Seed of the run, for episodes and random inputs.

    Returns:
        None for a task that cannot be looked into: a user's own `Task`, or episodes in plain
        Python, which run in worker processes only.
    """
    return None


@replay.register
def _classes(task: Classification, network: Network, seed: int) -> Replay:
    workload = task.workload(_split(task), seed)
    classes, first = np.unique(workload.arrays[1], return_index=True)
    names = ", ".join(task.classes[number] for number in classes)
    return Replay(_raster(task, network, workload, first), f"a sample of {names}")


@replay.register
def _numbers(task: Regression, network: Network, seed: int) -> Replay:
    workload = task.workload(_split(task), seed)
    first = np.arange(min(FIRST_SAMPLES, workload.size))
    return Replay(_raster(task, network, workload, first), f"the first {len(first)} samples")


def _raster(
    task: DataTask, network: Network, workload: Workload, samples: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return the spikes of some samples, one after the other, (ticks, neurons)."""
    inputs = workload.arrays[0]
    if task.input_kind == "spikes":
        inputs = unpack_lanes(inputs, workload.size)
    spikes = simulate(network, np.ascontiguousarray(inputs[:, :, samples])).spikes
    return np.concatenate(list(np.moveaxis(spikes, 2, 0)))


@replay.register
def _episode(task: Control, network: Network, seed: int) -> Replay:
    starts = task.workload(_split(task), seed).arrays[0]
    stepper = Stepper(network.with_all_outputs())  # so that every neuron's spikes are returned
    environment = _Environment(task, starts[0])
    windows: list[NDArray[np.bool_]] = []
    while not environment.over and (not windows or (len(windows) + 1) * task.ticks <= MOST_TICKS):
        windows.append(stepper.run(_inputs(task, environment.observe())))
        fired = windows[-1][:, :, np.newaxis]
        [action], _ = decide_step(stepper, fired, network.output_neurons, task.target)
        environment.step(int(action))
    return Replay(np.concatenate(windows), f"the first {len(windows)} decisions of an episode")


def _inputs(task: Control, values: NDArray[np.float64]) -> NDArray[Any]:
    """Return spikes or charges for a decision, (ticks, inputs)."""
    places, bounds = task.perception.code
    if not len(places):
        return np.tile(values, (task.ticks, 1)).astype(DTYPES[task.settings.arithmetic])
    values = values[places[:, 0]]
    sent = places[(bounds[:, 0] <= values) & (values <= bounds[:, 1])]
    inputs = np.zeros((task.ticks, task.inputs), np.bool_)
    inputs[sent[:, 2], sent[:, 1]] = True
    return task.receive(inputs)


class _Environment:
    """One episode of a control task, its compiled functions called one step at a time."""

    def __init__(self, task: Control, start: NDArray[np.float64]) -> None:
        self._functions = task.functions()
        self._settings: Any = read_only(np.array(task.constants))
        self._perception, self._sense = task.perception, task.perception.function()
        variables = len(start) - len(self._perception.memory)
        self._state, self._memory = np.split(start[:, np.newaxis].copy(), [variables])
        self._observations = np.zeros((task.observed, 1))
        self._values = np.zeros((self._perception.values, 1))
        self._over = np.zeros(1, np.bool_)

    @property
    def over(self) -> bool:
        """Whether the last step was the episode's last."""
        return bool(self._over[0])

    def observe(self) -> NDArray[np.float64]:
        """Return what the network senses in the present state: (values,), or all observed variables."""
        state = read_only(self._state)
        self._functions.observe(self._settings, state, 1, self._observations)
        if not self._perception.values:
            return self._observations[:, 0]
        arrays = (self._perception.settings, self._perception.seen, self._observations)
        self._sense(*(read_only(array) for array in arrays), 1, self._memory, self._values)
        return self._values[:, 0]

    def step(self, action: int) -> None:
        """Take an action."""
        actions = read_only(np.array([action], np.int32))
        self._functions.step(self._settings, self._state, actions, 1, np.zeros(1), self._over)


def _split(task: Task) -> Split:
    return "test" if task.has_test else "train"
