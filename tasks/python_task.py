"""Tasks in plain Python: episodes that a user writes, networks that are stepped through them.

Slower than compiled tasks and free to do anything; such tasks run in worker processes only.
"""

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import InputError
from ..sim.batch import NEURONS, SOURCES, Batch, unpack
from ..sim.network import Network
from ..sim.stepper import Stepper
from .decoders import decide_window, decoder
from .encoders import Encoder, encoder
from .encoders.base import Setting
from .measurements import Measurements, Totals
from .random_streams import generator
from .spec import text_of
from .task import Split, Task, TaskSettings, Workload


class Agent:
    """A network in an episode: it is shown observations and says what to do.

    State is carried from one decision to the next, until ``reset``.

    Args:
        network: The network.
        task: Its encoder, decoder and window are used.
        rng: Chance for random encoders.
    """

    def __init__(self, network: Network, task: "PythonTask", rng: np.random.Generator) -> None:
        self._stepper = Stepper(network.with_all_outputs())
        self._network = network
        self._task = task
        self._rng = rng
        self.counts = np.zeros(len(Totals._fields), np.int64)
        self.reset()

    def reset(self) -> None:
        """Bring the network to rest."""
        self._stepper.reset()
        self._before = np.zeros((self._network.max_delay, self._network.neurons), np.bool_)

    def act(self, observation: Sequence[float] | NDArray[Any]) -> int:
        """Show an observation for one window and decode the action.

        Args:
            observation: (observed values,), each within its range of ``task.observation``; values
                outside are clipped.

        Returns:
            The action, 0 … outputs - 1.

        Raises:
            InputError: A wrong number of values, or one that is not a number.
        """
        values = np.asarray(observation, np.float64)
        low, high = np.array(self._task.observation, np.float64).T
        if values.shape != low.shape or np.isnan(values).any():
            raise InputError(
                f"task {self._task.name}: an observation is {len(low)} numbers "
                f"(got {values.tolist()})"
            )
        scaled = np.clip((values - low) / (high - low), 0.0, 1.0)
        return self.decide(self._task.encode(scaled, self._rng))

    def decide(self, inputs: NDArray[Any]) -> int:
        """As ``act``, for inputs that are spikes or charges already, (ticks, inputs)."""
        fired = self._stepper.run(inputs)
        outputs = self._network.output_neurons
        potentials = self._stepper.potentials[outputs, 0]
        action, latency = decide_window(fired[:, outputs], potentials, self._task.target)
        spikes = int(np.count_nonzero(fired[:, self._network.source_count :]))
        injected = int(np.count_nonzero(inputs))
        self.counts += np.array([1, spikes, injected, self._arrivals(fired), latency])
        return action

    def _arrivals(self, fired: NDArray[np.bool_]) -> int:
        """Spikes that reach the end of a synapse in this window, whenever they were sent."""
        network, history = self._network, len(self._before)
        rows = np.concatenate([self._before, fired])
        sent = np.concatenate([np.zeros((1, rows.shape[1]), np.int64), np.cumsum(rows, axis=0)])
        self._before = rows[len(fired) :]
        first = history - network.delays
        last = first + len(fired)
        return int((sent[last, network.sources] - sent[first, network.sources]).sum())


class PythonTask(Task):
    """Episodes in plain Python. A subclass says ``observation``, ``outputs``, ``chance_score`` and
    ``episode``; the score of a network is the mean over its episodes.

    Attributes:
        observation: Lowest and highest value of each observed number.
        encoder: Encoder of observations, as text.
        decoder: Decoder of actions, as text.
        ticks: Length of the window of a decision.
        episodes: Episodes a network is scored on in a generation.
        validation_episodes: Further episodes that the best network is chosen by.
        test_episodes: Unseen episodes of the test.
    """  # noqa: D205 - the first sentence names what must be given

    kind = "python"
    observation: Sequence[tuple[float, float]]
    encoder: str = "rate:mirrored"
    decoder: str = "spike_count"
    ticks: int = 10
    episodes: int = 10
    validation_episodes: int = 100
    test_episodes: int = 100
    score_range = (-math.inf, math.inf)
    has_validation = True

    def __init__(self, settings: TaskSettings) -> None:
        """Check what the class says.

        Raises:
            InputError: Something is missing, or a setting is out of range.
        """
        super().__init__(settings)
        for needed in ("observation", "outputs", "chance_score"):
            if not hasattr(self, needed):
                raise InputError(f"task {self.name} must say its {needed}")
        self.guess_score = getattr(type(self), "guess_score", self.chance_score)
        self._decoder = decoder(settings.decoder or self.decoder)
        self.target = self._decoder.target
        self._encoder: Encoder = encoder(settings.encoder or self.encoder)
        self.inputs = self._encoder.inputs(len(self.observation))
        self.input_kind = "charges" if self._encoder.kind == "charges" else self.input_kind
        self.ticks = self._at_least("ticks", self._encoder.window((len(self.observation),)))
        self.episodes = self._at_least("episodes", 1)
        self.fresh = settings.fresh_episodes is not False

    @abstractmethod
    def episode(self, agent: Agent, rng: np.random.Generator) -> float:
        """Take an agent, at rest, through one episode and score it, higher is better.

        All chance comes from ``rng``; the same one gives the same episode.
        """

    def encode(self, values: NDArray[np.float64], rng: np.random.Generator) -> NDArray[Any]:
        """Spikes or charges of one observation scaled to [0, 1]: (ticks, inputs)."""
        s = self.settings
        setting = Setting(self.ticks, s.arithmetic, s.grid, s.full_charge)
        return self.receive(self._encoder.encode(values[np.newaxis], setting, rng)[:, :, 0])

    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        """Draw a seed for each episode."""
        size = {
            "train": self.episodes,
            "validation": self.validation_episodes,
            "test": self.test_episodes,
        }[split]
        rng = generator(seed, split, generation if self.fresh else None)
        return Workload.of(split, size, rng.integers(0, 2**63, size))

    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        """Run every network through every episode."""
        self.check_fit(batch)
        networks = batch.networks
        scores = np.zeros((networks, workload.size))
        counts = np.zeros((networks, len(Totals._fields)), np.int64)
        for n in range(networks):
            network = unpack(batch, n)
            for i, seed in enumerate(workload.arrays[0]):
                scores[n, i], counted = self._run(network, int(seed))
                counts[n] += counted
        neurons = batch.headers[:, NEURONS] - batch.headers[:, SOURCES]
        return Measurements.of(scores.mean(axis=1), Totals(*counts.T), neurons, self.ticks)

    def describe(self) -> dict[str, object]:
        """The task as plain values, with its encoder, decoder and numbers of episodes."""
        return super().describe() | {
            "encoder": text_of(self._encoder),
            "decoder": text_of(self._decoder),
            "episodes": self.episodes,
            "splits": {"validation": self.validation_episodes, "test": self.test_episodes},
        }

    def _run(self, network: Network, seed: int) -> tuple[float, NDArray[np.int64]]:
        rng = np.random.default_rng(seed)
        agent = Agent(network, self, rng)
        score = float(self.episode(agent, rng))
        if math.isnan(score):
            raise InputError(f"task {self.name}: an episode scored NaN")
        if agent.counts[0] == 0:
            raise InputError(f"task {self.name}: an episode ended without a decision")
        return score, agent.counts

    def _at_least(self, option: str, low: int) -> int:
        given = getattr(self.settings, option)
        value: int = getattr(type(self), option) if given is None else given
        if value < low:
            raise InputError(f"task {self.name}: {option} must be at least {low} (got {value})")
        return value
