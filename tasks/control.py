"""Control tasks: environments in compiled code, in which a network acts for whole episodes."""

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from .. import InputError
from ..sim.batch import NEURONS, SOURCES, Batch
from .control_decoders import continuous_decoder
from .control_encoders import Variable
from .control_perception import Perception, perception
from .decoders import Decoder, decoder
from .encoded_task import EncodedTask
from .encoders import Encoder, encoder
from .encoders.base import Setting
from .episodes import Course, Functions, play
from .measurements import Measurements, Totals
from .spec import text_of
from .task import Split, TaskSettings, Workload, generator


class Control(EncodedTask):
    """An environment: in every decision window the winning output is the action.

    A subclass says the attributes below, ``start`` and ``functions``. The score of a network is the
    mean return of its episodes. Their starts are drawn from (seed, split, generation or fixed), the
    episode coming first, so that those of training, validation and test never meet. The arrays of a
    workload are the starts, (episodes, state variables) float64, each followed by the memory with which
    the encoder begins, and the two of ``Code``.

    Attributes:
        variables: What a network sees.
        observed: Number of observations of the environment, seen or not.
        actions: Names of the actions, in the order of the outputs.
        constants: Settings of the environment's compiled functions.
        steps: Steps after which an episode is cut off.
        test_steps: The same for the final test, if it differs.
        encoder: Encoder of the observations, as text.
        decoder: Decoder of the outputs, as text.
        ticks: Length of a decision window.
        training_episodes: Episodes of one evaluation, unless the settings say otherwise.
        validation_episodes: Episodes on which a champion is chosen.
        test_episodes: Episodes of the final test.
    """

    has_validation = True

    variables: tuple[Variable, ...]
    observed: int
    actions: tuple[str, ...]
    constants: tuple[float, ...]
    steps: int
    _encoder: Encoder
    perception: Perception
    test_steps: int | None = None
    encoder: str
    decoder: str = "spike_count"
    training_episodes: int = 10
    validation_episodes: int = 100
    test_episodes: int = 1000

    def __init__(self, settings: TaskSettings) -> None:
        """Make the encoder's code.

        Raises:
            InputError: A setting is out of range, or the window too short for the encoder.
        """
        super().__init__(settings)
        self.ticks = self._at_least_one("ticks", self.ticks)
        self.episodes: int = self._at_least_one("episodes", self.training_episodes)
        self.fresh = settings.fresh_episodes is not False
        self._encoder = encoder(settings.encoder or self.encoder)
        self._decoder = self._decode(settings.decoder or self.decoder)
        self._publish_traits(lambda other: other.shortest(len(self.variables)) <= self.ticks)
        self.inputs = len(self.variables) * self._width()
        if self._encoder.kind == "charges":
            self.input_kind = "charges"
        self._encoder_changed()

    def _encoder_changed(self) -> None:
        s = self.settings
        window = Setting(self.ticks, s.arithmetic, s.grid, s.full_charge)
        self.perception = perception(self._encoder, self.variables, window, self._width())

    @abstractmethod
    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Draw starts: (episodes, state variables) float64, an episode after the other."""

    def starts(self, split: Split, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """The starts of a split; as ``start`` draws them, unless a task says otherwise."""
        return self.start(rng, episodes)

    @abstractmethod
    def functions(self) -> Functions:
        """The environment's compiled functions; see ``environments.base``."""

    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        """Draw the starts of a split; those of training anew in every generation if ``fresh``."""
        if split != "train" or not self.fresh:
            generation = None
        sizes = {"validation": self.validation_episodes, "test": self.test_episodes}
        episodes = sizes.get(split, self.episodes)
        rng = generator(seed, split, generation)
        memories = self.perception.begin(rng.spawn(1)[0], episodes)
        starts = np.hstack([self.starts(split, rng, episodes), memories])
        return Workload.of(split, episodes, starts, *self.perception.code)

    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        """Mean return, spikes, synaptic operations and latency of every network.

        Raises:
            InputError: The networks are not for this task.
        """
        self.check_fit(batch)
        starts, places, bounds = workload.arrays
        course = Course(
            settings=np.array(self.constants),
            starts=starts,
            places=places,
            bounds=bounds,
            charge=self.settings.full_charge,
            observed=self.observed,
            target=self._decoder.target,
            ticks=self.ticks,
            steps=self.test_steps or self.steps if workload.split == "test" else self.steps,
            senses=self.perception.settings,
            seen=self.perception.seen,
            values=self.perception.values,
            memory=len(self.perception.memory),
        )
        functions = self.functions()._replace(sense=self.perception.function())
        results = play(batch, functions, course)
        score = np.cumsum(results.returns, axis=1)[:, -1] / workload.size  # first to last
        neurons = batch.headers[:, NEURONS] - batch.headers[:, SOURCES]
        return Measurements.of(score, Totals(*results.totals.T), neurons, self.ticks)

    def describe(self) -> dict[str, object]:
        """The task as plain values."""
        return super().describe() | {
            "encoder": text_of(self._encoder),
            "decoder": text_of(self._decoder),
            "episodes": self.episodes,
            "validation_episodes": self.validation_episodes,
            "test_episodes": self.test_episodes,
            "steps": self.steps,
            "actions": list(self.actions),
            "variables": [list(variable) for variable in self.variables],
        }

    def _decode(self, text: str) -> Decoder:
        """Make the decoder that a text names, and with it the outputs."""
        self.outputs = len(self.actions)
        return decoder(text)

    def _at_least_one(self, option: str, otherwise: int) -> int:
        given: int | None = getattr(self.settings, option)
        if given is not None and given < 1:
            raise InputError(f"task {self.name}: {option} must be at least 1 (got {given})")
        return otherwise if given is None else given


class ContinuousControl(Control):
    """An environment whose action is a number: outputs name one of a row of values.

    A subclass gives ``action_range`` instead of ``actions``. The decoder makes the row, which
    follows ``constants`` in the settings of the compiled functions.

    Attributes:
        action_range: Lowest and highest value of an action.
    """

    decoder = "bins"
    constants: tuple[float, ...] = ()
    action_range: tuple[float, float]

    def _decode(self, text: str) -> Decoder:
        chosen = continuous_decoder(text)
        values = chosen.values(*self.action_range, self.ticks)
        self.constants = (*type(self).constants, *values)
        self.actions = chosen.actions(*self.action_range)
        self.outputs = len(self.actions)
        return chosen
