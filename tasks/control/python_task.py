"""Tasks in plain Python: episodes that a user writes, networks that are stepped through them."""

import math
from abc import abstractmethod
from collections import deque
from collections.abc import Sequence
from typing import Any, SupportsFloat

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.batch import NEURONS, SOURCES, Batch, unpack
from ...sim.compile import kernel, reads, writes
from ...sim.network import Network
from ...sim.stepper import Stepper
from ..decoders.classes import decoder
from ..decoders.decisions import decide_step
from ..task import TaskSettings
from ..text_form import text_of
from ..workload import Measurements, Split, Totals, Workload
from .control_task import EpisodicTask
from .observation_encoder import Perception, Variable
from .observation_spikes import HIGH, INPUT, LOW, OBSERVATION, TICK


class Senses:
    """An encoder in episodes side by side, with its memory of each; for environments in Python.

    Its kernels are those of compiled control.

    Args:
        perception: How networks perceive the environment.
        shape: Ticks of a window and inputs of a network.
        dtype: Of charges.
        memories: (lanes, rows) float64, with which the encoder begins in each lane.

    Attributes:
        sent: (lanes,) int64, spikes so far, or charges other than 0.
    """

    def __init__(
        self,
        perception: Perception,
        shape: tuple[int, int],
        dtype: np.dtype[Any],
        memories: NDArray[np.float64],
    ) -> None:
        lanes = len(memories)
        self._perception, self._shape, self._dtype = perception, shape, dtype
        self._sense = perception.function()
        self._memory = memories.T.copy()
        self._values = np.zeros((perception.values, lanes))
        self.sent = np.zeros(lanes, np.int64)

    def forget(self) -> None:
        """Have the next observations be the first ones of a signal; chance goes on."""
        if not self._perception.random:
            self._memory[:] = self._perception.memory[:, np.newaxis]

    def window(self, observations: NDArray[np.float64]) -> NDArray[Any]:
        """Encode observations, (observed variables, lanes), as the next window, (ticks, inputs, lanes).

        Returns:
            Bool spikes, or charges, the same in every tick.
        """
        (ticks, inputs), code, values = self._shape, self._perception.code, observations
        if self._perception.values:
            values, lanes = self._values, len(self.sent)
            senses, seen = self._perception.settings, self._perception.seen
            self._sense(senses, seen, observations, lanes, self._memory, values)
        if len(code.places) == 0:
            self.sent += ticks * np.count_nonzero(values, axis=0)
            return np.tile(values.astype(self._dtype), (ticks, 1, 1))
        window = np.zeros((ticks, inputs, len(self.sent)), np.bool_)
        _send(*code, values, window, self.sent)
        return window


@kernel(
    types.void(
        reads(types.int32, 2),  # places
        reads(types.float64, 2),  # bounds
        reads(types.float64, 2),  # values
        writes(types.boolean, 3),  # window
        writes(types.int64),  # sent
    )
)
def _send(places, bounds, values, window, sent):  # type: ignore[no-untyped-def]
    """Write the input spikes of a window.

    Args:
        places: `Code.places`.
        bounds: `Code.bounds`.
        values: (values, lanes). NaN sends nothing.
        window: (ticks, inputs, lanes), all False; written.
        sent: (lanes,), to which the number of spikes is added.
    """
    for spike in range(len(places)):
        low, high = bounds[spike, LOW], bounds[spike, HIGH]
        for lane in range(len(sent)):
            value = values[places[spike, OBSERVATION], lane]
            if low <= value and value <= high:
                window[places[spike, TICK], places[spike, INPUT], lane] = True
                sent[lane] += 1


class InFlight:
    """The spikes of the last windows, of which some synapses have not been crossed yet.

    Args:
        network: Any network.
        ticks: Length of a window.

    Attributes:
        synapses: (neurons,) int64, synapses that each neuron sends to.
    """

    def __init__(self, network: Network, ticks: int) -> None:
        longest = int(network.delays.max(initial=1))
        by_delay = np.zeros((longest, network.neurons), np.int64)
        np.add.at(by_delay, (network.delays - 1, network.sources), 1)
        self._reaching = np.cumsum(by_delay[::-1], axis=0)  # last row: of delay 1 or more
        self.synapses = self._reaching[-1]
        # Spikes are in flight no longer than the longest delay: so many windows, rounded up.
        self._windows: deque[NDArray[np.bool_]] = deque(maxlen=-(-longest // ticks))

    def remember(self, fired: NDArray[np.bool_]) -> None:
        """Take the spikes of the next window, (ticks, neurons, lanes)."""
        self._windows.append(fired)

    def count(self, lane: int) -> int:
        """Count the synapses that the spikes of a lane have still to cross after the last window.

        There has been a window.
        """
        spikes = np.concatenate([window[:, :, lane] for window in self._windows])
        rows = min(len(spikes), len(self._reaching))
        return int((spikes[len(spikes) - rows :] * self._reaching[-rows:]).sum())


class Agent:
    """A network in an episode: it is shown observations and decides on actions.

    State is carried from one decision to the next, until `reset`.

    Args:
        network: The network.
        task: What it is for.
        perception: How it perceives the observations.
    """

    def __init__(self, network: Network, task: "PythonTask", perception: Perception) -> None:
        self._network, self._task, self._perception = network, task, perception
        # With all outputs the stepper counts the spikes of every neuron.
        self._stepper = Stepper(network.with_all_outputs())

    def begin(self, memory: NDArray[np.float64]) -> None:
        """Take up an episode; the task calls this.

        Args:
            memory: (rows,), with which the encoder begins.
        """
        shape = self._task.ticks, self._task.inputs
        dtype = self._network.weights.dtype
        self._senses = Senses(self._perception, shape, dtype, memory[np.newaxis])
        self._decisions = self._spikes = self._operations = self._latency = 0
        self._rest()

    def reset(self) -> None:
        """Bring the network to rest; what it is shown next is the first step of a signal."""
        self._settle()
        self._senses.forget()
        self._rest()

    def act(self, observation: Sequence[float] | NDArray[Any]) -> int:
        """Show an observation for one window and decode the action.

        Args:
            observation: (observed values,), each within its range of `task.observation`; values
                outside count as its ends.

        Returns:
            The action, 0 … outputs - 1.

        Raises:
            InputError: A wrong number of values, or one that is not finite.
        """
        fired = self._stepper.run(self._window(observation))[:, :, np.newaxis]
        self._in_flight.remember(fired)
        self._emitted += self._stepper.counts[:, 0]
        outputs, target = self._network.output_neurons, self._task.target
        [action], [latency] = decide_step(self._stepper, fired, outputs, target)
        self._decisions += 1
        self._latency += int(latency)
        return int(action)

    def _window(self, observation: Sequence[float] | NDArray[Any]) -> NDArray[Any]:
        """Return what the network receives in the window of a decision, (ticks, inputs)."""
        values = np.array(observation, np.float64)
        if values.shape != (len(self._task.variables),) or not np.isfinite(values).all():
            raise InputError(
                f"task {self._task.name}: an observation is {len(self._task.variables)} finite numbers "
                f"(got {values.tolist()})"
            )
        inputs: NDArray[Any] = self._task.receive(self._senses.window(values[:, np.newaxis]))
        return inputs[:, :, 0]

    def end(self) -> NDArray[np.int64]:
        """Leave the episode, and return what was counted in it, in the order of `Totals`."""
        self._settle()
        sent = int(self._senses.sent[0])
        counts = self._decisions, self._spikes, sent, self._operations, self._latency
        return np.array(counts, np.int64)

    def _rest(self) -> None:
        self._stepper.reset()
        self._in_flight = InFlight(self._network, self._task.ticks)
        self._emitted = np.zeros(self._network.neurons, np.int64)

    def _settle(self) -> None:
        """Count the spikes since the network was at rest, and the synapses that they crossed."""
        if self._emitted.any():
            self._spikes += int(self._emitted[self._network.source_count :].sum())
            self._operations += int(self._emitted @ self._in_flight.synapses)
            self._operations -= self._in_flight.count(0)


class PythonTask(EpisodicTask):
    """Episodes in plain Python, over which the score of a network is the mean.

    A subclass defines `observation`, `outputs`, `chance_score` and `episode`.

    Attributes:
        observation: Lowest and highest value of each observed number.
        encoder: Encoder of observations, as text.
        decoder: Decoder of actions, as text.
        ticks: Length of the window of a decision.
        episodes: Episodes a network is scored on in a generation.
        validation_episodes: Further episodes that the best network is chosen by.
        test_episodes: Unseen episodes of the test.
    """

    kind = "python"
    observation: Sequence[tuple[float, float]]
    encoder: str = "rate:mirrored"
    decoder: str = "spike_count"
    ticks: int = 10
    episodes: int = 10
    validation_episodes: int = 100
    test_episodes: int = 100
    score_range = (-math.inf, math.inf)

    def __init__(self, settings: TaskSettings) -> None:
        """Check the attributes of the class.

        Raises:
            InputError: Something is missing, a setting is out of range, or the window too short for
                the encoder.
        """
        # A class may call its number of training episodes `episodes`, which the base class sets.
        self.training_episodes = self.episodes
        super().__init__(settings)
        self._require("observation", "outputs", "chance_score")
        self.guess_score = getattr(type(self), "guess_score", self.chance_score)
        self._decoder = decoder(settings.decoder or self.decoder)
        self.target = self._decoder.target
        self.variables = tuple(self._variable(n, ends) for n, ends in enumerate(self.observation))
        self._perceive(settings.encoder or self.encoder)

    @abstractmethod
    def episode(self, agent: Agent, rng: np.random.Generator) -> float:
        """Take an agent, at rest, through one episode and score it, higher is better.

        All chance comes from `rng`; the same one gives the same episode.
        """

    def starts(self, split: Split, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Draw seeds, 0 … 2⁵³ - 1."""
        return rng.integers(0, 2**53, (episodes, 1)).astype(np.float64)

    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        """Run every network through every episode."""
        scores, counts = self._run_all(workload, batch)
        neurons = batch.headers[:, NEURONS] - batch.headers[:, SOURCES]
        return Measurements.of(scores.mean(axis=1), Totals(*counts.T), neurons, self.ticks)

    def case_scores(self, workload: Workload, batch: Batch) -> NDArray[np.float64]:
        """Score every network in every episode."""
        return self._run_all(workload, batch)[0]

    def _run_all(
        self, workload: Workload, batch: Batch
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return scores, (networks, episodes), and counts of each network in the order of `Totals`."""
        self.check_fit(batch)
        networks = batch.networks
        starts, *arrays = workload.arrays
        perception = self.perception.as_shown(*arrays)
        scores = np.zeros((networks, workload.size))
        counts = np.zeros((networks, len(Totals._fields)), np.int64)
        for n in range(networks):
            agent = Agent(unpack(batch, n), self, perception)
            for i, start in enumerate(starts):
                scores[n, i], counted = self._run(agent, start)
                counts[n] += counted
        return scores, counts

    def describe(self) -> dict[str, object]:
        """Return the task as plain values."""
        return super().describe() | {"decoder": text_of(self._decoder)}

    def _run(self, agent: Agent, start: NDArray[np.float64]) -> tuple[float, NDArray[np.int64]]:
        """Score and counts of an episode; a start is its seed, then the encoder's memory."""
        rng = np.random.default_rng(int(start[0]))
        agent.begin(start[1:])
        said: object = self.episode(agent, rng)  # a user's code returns what it likes
        if not isinstance(said, SupportsFloat):
            raise InputError(f"task {self.name}: an episode must return its score (got {said!r})")
        score = float(said)
        if not math.isfinite(score):
            raise InputError(
                f"task {self.name}: an episode scored {score}, but a score must be a finite number"
            )
        counts = agent.end()
        if counts[0] == 0:
            raise InputError(f"task {self.name}: an episode ended without a decision")
        return score, counts

    def _variable(self, number: int, ends: tuple[float, float]) -> Variable:
        try:
            low, high = map(float, ends)
        except (TypeError, ValueError):
            raise InputError(
                f"task {self.name}: observation[{number}] is {ends!r}, but it must be the lowest and "
                "the highest value"
            ) from None
        return Variable(f"observation[{number}]", number, low, high)
