"""What a network does on a sample of each class, or at the beginning of an episode, spike by spike."""

from collections.abc import Sequence
from contextlib import suppress
from functools import singledispatch
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..sim.batch import pack, unpack_lanes
from ..sim.compile import read_only
from ..sim.models import DTYPES, parameters
from ..sim.network import Network
from ..sim.simulate import simulate
from ..sim.stepper import Stepper
from .control.control_task import Control
from .control.observation_encoder import Perception
from .control.python_task import Agent, PythonTask
from .data.classification import Classification
from .data.data_task import DataTask
from .data.regression import Regression
from .decoders.decisions import decide_step
from .gym.actions import Actions
from .gym.gym_episodes import play_episodes
from .gym.gymnasium_task import GymnasiumTask
from .task import Task
from .workload import Split, Workload

MOST_TICKS = 200  # of an episode
FIRST_SAMPLES = 3  # where there are no classes
MOST_CLASSES = 12


class Window(NamedTuple):
    """The ticks of one sample or decision.

    Attributes:
        start: The first of them.
        truth: The right class; empty where there is none.
        decided: The class or action that the network decided for; empty where it decides for none.
    """

    start: int
    truth: str = ""
    decided: str = ""


class Replay(NamedTuple):
    """Spikes and potentials to look at.

    Attributes:
        raster: (ticks, neurons) bool, the spikes of all neurons.
        caption: On what.
        potentials: (ticks, neurons), after each tick; 0 of sources.
        thresholds: (neurons,) float64, potentials at which neurons spike, before any adaptation; NaN
            where there is none.
        windows: Samples or decisions, in order.
    """

    raster: NDArray[np.bool_]
    caption: str
    potentials: NDArray[Any]
    thresholds: NDArray[np.float64]
    windows: tuple[Window, ...]


@singledispatch
def replay(
    task: Task, network: Network, seed: int, readout: NDArray[np.float64] | None = None
) -> Replay | None:
    """Run a network on the first held-out sample of each class, or in a held-out episode.

    Where nothing is held out, what is for training serves. Samples follow one another, each from
    rest. Of an episode, the first decisions are shown, `MOST_TICKS` ticks at most, one decision
    at least. An episode in plain Python runs in this process.

    Args:
        task: Any task.
        network: A network for it.
        seed: Seed of the run, for episodes and random inputs.
        readout: The network's readout, as the table of a front has it, where the task has readouts.

    Returns:
        None for a task that cannot be looked into: a user's own `Task`.
    """
    return None


@replay.register
def _classes(
    task: Classification, network: Network, seed: int, readout: NDArray[np.float64] | None = None
) -> Replay:
    workload = task.workload(_split(task), seed)
    labels = workload.arrays[1]
    classes, first = np.unique(labels, return_index=True)
    classes, first = classes[:MOST_CLASSES], first[:MOST_CLASSES]
    decided = [""] * len(first)
    if not task.describe().get("readout"):
        decided = _decisions(task, workload, network, first)
    elif readout is not None:
        weights = readout.reshape(-1, len(task.classes))
        equipped = task.equip(workload, {network.hash: weights})
        decided = _decisions(task, equipped, network, first)
    truths = [task.classes[number] for number in classes]
    return _samples(task, network, workload, first, f"a sample of {', '.join(truths)}")._replace(
        windows=tuple(
            Window(place * task.ticks, *names)
            for place, names in enumerate(zip(truths, decided, strict=True))
        )
    )


def _decisions(
    task: Classification, workload: Workload, network: Network, samples: NDArray[np.int64]
) -> list[str]:
    decisions = task.answers(workload, pack([network])).decisions[0]
    return [task.classes[decisions[sample]] for sample in samples]


@replay.register
def _numbers(
    task: Regression, network: Network, seed: int, readout: NDArray[np.float64] | None = None
) -> Replay:
    workload = task.workload(_split(task), seed)
    first = np.arange(min(FIRST_SAMPLES, workload.size))
    return _samples(task, network, workload, first, f"the first {len(first)} samples")


def _samples(
    task: DataTask, network: Network, workload: Workload, samples: NDArray[np.int64], caption: str
) -> Replay:
    """Replay some samples, one after the other, each from rest."""
    inputs = workload.arrays[0]
    if task.input_kind == "spikes":
        inputs = unpack_lanes(inputs, workload.size)
    given = [np.ascontiguousarray(inputs[:, :, sample]) for sample in samples]
    windows = tuple(Window(place * task.ticks) for place in range(len(samples)))
    return _recorded(network, given, caption, windows)


def _recorded(
    network: Network, given: Sequence[NDArray[Any]], caption: str, windows: tuple[Window, ...]
) -> Replay:
    """Record a network on inputs, (ticks, inputs) each, one after the other, each from rest."""
    recordings = [simulate(network, inputs[:, :, np.newaxis]) for inputs in given]
    thresholds = np.full(network.neurons, np.nan)
    columns = parameters(network.model)
    if "threshold" in columns:
        thresholds[network.source_count :] = network.parameters[
            network.source_count :, columns.index("threshold")
        ]
    return Replay(
        np.concatenate([recording.spikes[:, :, 0] for recording in recordings]),
        caption,
        np.concatenate([recording.potentials[:, :, 0] for recording in recordings]),
        thresholds,
        windows,
    )


class _Enough(Exception):  # noqa: N818  # no error: a picture is full
    """As much of an episode has been seen as there is room for."""


class _Tape:
    """The inputs of an episode, cut where the network was brought to rest, and what it decided."""

    def __init__(self, ticks: int) -> None:
        self.ticks = ticks
        self.cuts: list[list[NDArray[Any]]] = [[]]
        self.decided: list[str] = []

    def decide(self, name: str) -> None:
        """Take a decision.

        Raises:
            _Enough: There is no room for another one.
        """
        self.decided.append(name)
        if (len(self.decided) + 1) * self.ticks > MOST_TICKS:
            raise _Enough

    def replay(self, network: Network) -> Replay:
        given = [np.concatenate(cut) for cut in self.cuts if cut]
        windows = [Window(n * self.ticks, "", name) for n, name in enumerate(self.decided)]
        caption = f"the first {len(windows)} decisions of an episode"
        return _recorded(network, given, caption, tuple(windows))


@replay.register
def _episode(
    task: Control, network: Network, seed: int, readout: NDArray[np.float64] | None = None
) -> Replay:
    starts = task.workload(_split(task), seed).arrays[0]
    stepper = Stepper(network.with_all_outputs())  # so that every neuron's spikes are returned
    environment, tape = _Environment(task, starts[0]), _Tape(task.ticks)
    with suppress(_Enough):
        while not environment.over:
            inputs = _inputs(task, environment.observe())
            tape.cuts[-1].append(inputs)
            fired = stepper.run(inputs)[:, :, np.newaxis]
            [action], _ = decide_step(stepper, fired, network.output_neurons, task.target)
            tape.decide(task.actions[int(action)])
            environment.step(int(action))
    return tape.replay(network)


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


@replay.register
def _python_episode(
    task: PythonTask, network: Network, seed: int, readout: NDArray[np.float64] | None = None
) -> Replay:
    starts, *arrays = task.workload(_split(task), seed).arrays
    tape = _Tape(task.ticks)
    agent = _TapedAgent(network, task, task.perception.as_shown(*arrays), tape)
    agent.begin(starts[0][1:])
    with suppress(_Enough):
        task.episode(agent, np.random.default_rng(int(starts[0][0])))
    return tape.replay(network)


class _TapedAgent(Agent):
    """An agent whose inputs and decisions are taped."""

    def __init__(
        self, network: Network, task: PythonTask, perception: Perception, tape: _Tape
    ) -> None:
        super().__init__(network, task, perception)
        self._tape = tape

    def reset(self) -> None:
        """Bring the network to rest."""
        super().reset()
        self._tape.cuts.append([])

    def act(self, observation: Sequence[float] | NDArray[Any]) -> int:
        """Show an observation for one window and decode the action."""
        action = super().act(observation)
        self._tape.decide(f"o{action}")  # what the output is called
        return action

    def _window(self, observation: Sequence[float] | NDArray[Any]) -> NDArray[Any]:
        inputs = super()._window(observation)
        self._tape.cuts[-1].append(inputs)
        return inputs


@replay.register
def _gymnasium_episode(
    task: GymnasiumTask, network: Network, seed: int, readout: NDArray[np.float64] | None = None
) -> Replay:
    tape = _Tape(task.ticks)

    def receive(window: NDArray[Any]) -> NDArray[Any]:
        inputs = task.receive(window)
        tape.cuts[-1].append(inputs[:, :, 0])
        return inputs

    workload = task.workload(_split(task), seed)
    environments, episodes = task.episode_inputs(workload, 1)
    taped = episodes._replace(receive=receive, actions=_TapedActions(episodes.actions, tape))
    with suppress(_Enough):
        play_episodes(network, environments, workload.arrays[0][:1], taped)
    return tape.replay(network)


class _TapedActions(Actions):
    """Actions that are taped."""

    def __init__(self, actions: Actions, tape: _Tape) -> None:
        self.__dict__ |= actions.__dict__
        self._tape = tape

    def take(self, decisions: NDArray[np.int32]) -> Sequence[Any]:
        """Return the action of each lane, from (numbers, lanes) decisions."""
        actions = super().take(decisions)
        self._tape.decide(self.text(decisions[:, 0].tolist()))
        return actions


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
