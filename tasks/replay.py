"""What a network does on one sample, or at the beginning of one episode, spike by spike."""

from dataclasses import replace as changed
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sim.bits import unpack_lanes
from ..sim.network import Network
from ..sim.simulate import simulate
from ..sim.stepper import Stepper
from .classification import Classification
from .control import Control
from .decoders import decide_window
from .task import Split, Task

MOST_TICKS = 200  # of an episode


@singledispatch
def replay(task: Task, network: Network, seed: int) -> NDArray[np.bool_] | None:
    """Spikes of all neurons on the first sample or episode that is held out.

    Where nothing is held out it is the first one for training. Of an episode, the first decisions
    are shown, `MOST_TICKS` ticks at most, one decision at least.

    Args:
        task: Any task.
        network: A network for it.
        seed: Seed of the run, for episodes and random inputs.

    Returns:
        (ticks, neurons) bool; None for a task that cannot be looked into: a user's own `Task`, or
        episodes in plain Python, which run in worker processes only.
    """
    return None


@replay.register
def _sample(task: Classification, network: Network, seed: int) -> NDArray[np.bool_]:
    workload = task.workload(_split(task), seed)
    inputs = workload.arrays[0]
    if task.input_kind == "spikes":
        inputs = unpack_lanes(inputs, workload.size)
    first: NDArray[np.bool_] = simulate(network, inputs[:, :, :1]).spikes[:, :, 0]
    return first


@replay.register
def _episode(task: Control, network: Network, seed: int) -> NDArray[np.bool_]:
    starts, places, bounds = task.workload(_split(task), seed).arrays
    everyone = np.arange(network.neurons, dtype=np.int32)
    stepper = Stepper(changed(network, output_neurons=everyone))  # to see every spike
    environment = _Environment(task, starts[0])
    windows: list[NDArray[np.bool_]] = []
    while not environment.over and (not windows or (len(windows) + 1) * task.ticks <= MOST_TICKS):
        values = environment.observe()[places[:, 0]]
        sent = places[(bounds[:, 0] <= values) & (values < bounds[:, 1])]
        inputs = np.zeros((task.ticks, task.inputs, 1), np.bool_)
        inputs[sent[:, 2], sent[:, 1]] = True
        windows.append(stepper.run(inputs)[:, :, 0])
        action, _ = decide_window(windows[-1][:, network.output_neurons], task._decoder.target)
        environment.step(action)
    return np.concatenate(windows)


class _Environment:
    """One episode of a control task, its compiled functions called one step at a time."""

    def __init__(self, task: Control, start: NDArray[np.float64]) -> None:
        self._functions = task.functions()
        self._settings: Any = _read_only(np.array(task.constants))
        self._state = np.ascontiguousarray(start[:, np.newaxis])
        self._observations = np.zeros((task.observed, 1))
        self._over = np.zeros(1, np.bool_)

    @property
    def over(self) -> bool:
        """Whether the last step was the episode's last."""
        return bool(self._over[0])

    def observe(self) -> NDArray[np.float64]:
        """(observed variables,) of the present state."""
        state = _read_only(self._state)
        self._functions.observe(self._settings, state, 1, self._observations)
        return self._observations[:, 0]

    def step(self, action: int) -> None:
        """Take an action."""
        actions = _read_only(np.array([action], np.int32))
        self._functions.step(self._settings, self._state, actions, 1, np.zeros(1), self._over)


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view


def _split(task: Task) -> Split:
    return "test" if task.has_test else "train"
