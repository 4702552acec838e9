"""Tasks of episodes: an environment in compiled code, and an encoder that networks see it by."""

from abc import abstractmethod
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.batch import NEURONS, SOURCES, Batch
from ..decoders.actions import continuous_decoder
from ..decoders.classes import Decoder, decoder
from ..encoded_task import EncodedTask
from ..encoders import Encoder, encoder
from ..task import TaskSettings
from ..text_form import text_of
from ..user_code import is_the_users
from ..workload import Measurements, Split, Totals, Workload, random_stream
from .compiled_environment import refuse_faults, refuse_returns
from .episode_loop import EpisodeBatch, Functions, Results, play
from .observation_encoder import Perception, Variable, perception
from .observation_spikes import directly


class EpisodicTask(EncodedTask):
    """An environment, in which networks live through episodes.

    A subclass defines `starts`, and calls `_perceive` when its `variables` are known. The starts
    are drawn from (seed, split, generation or fixed), the episode coming first, so that those of
    training, validation and test never meet. The arrays of a workload are the starts, (episodes,
    rows) float64, each followed by the memory with which the encoder begins, and
    `Perception.arrays`.

    Attributes:
        variables: What a network sees.
        ticks: Length of a decision window.
        training_episodes: Episodes of one evaluation, unless the settings give another number.
        validation_episodes: Episodes on which a champion is chosen.
        test_episodes: Episodes of the final test.
        perception: How networks perceive the variables.
        shows: What networks see: `numbers`; `bits`, all of them 0 or 1; or the `state` among several, as a 1
            among zeros.
    """

    has_validation = True
    shows: Literal["numbers", "bits", "state"] = "numbers"

    variables: tuple[Variable, ...]
    training_episodes: int = 10
    validation_episodes: int = 100
    test_episodes: int = 1000
    perception: Perception
    _encoder: Encoder

    def __init__(self, settings: TaskSettings) -> None:
        """Check the settings.

        Raises:
            InputError: A setting is out of range.
        """
        super().__init__(settings)
        self.ticks = self._at_least_one("ticks")
        self.episodes: int = self.training_episodes  # which the settings may override
        self.episodes = self._at_least_one("episodes")
        self.fresh = settings.fresh_episodes is not False

    @abstractmethod
    def starts(self, split: Split, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Draw what episodes start from: (episodes, rows) float64, an episode after the other."""

    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        """Draw the starts of a split; those of training anew in every generation if `fresh`."""
        if split != "train" or not self.fresh:
            generation = None
        sizes = {"validation": self.validation_episodes, "test": self.test_episodes}
        episodes = sizes.get(split, self.episodes)
        rng = random_stream(seed, split, generation)
        # A stream of its own: encoders that draw leave the starts as they are.
        memories = self.perception.begin(rng.spawn(1)[0], episodes)
        starts = np.asarray(self.starts(split, rng, episodes), np.float64)
        if starts.ndim != 2 or len(starts) != episodes:
            raise InputError(
                f"task {self.name}: starts have the shape {starts.shape}, but it must be "
                f"({episodes}, …), a row for each episode"
            )
        starts = np.hstack([starts, memories])
        return Workload.of(split, episodes, starts, *self.perception.arrays)

    def describe(self) -> dict[str, object]:
        """Return the task as plain values."""
        return super().describe() | {
            "encoder": text_of(self._encoder),
            "episodes": self.episodes,
            "validation_episodes": self.validation_episodes,
            "test_episodes": self.test_episodes,
            "variables": [list(variable) for variable in self.variables],
        }

    def _perceive(self, text: str) -> None:
        """Take the encoder that a text names, and with it the inputs.

        Raises:
            InputError: There is no such encoder, a setting is out of range, the window too short, or
                the range of a variable empty or infinite.
        """
        for variable in self.variables:
            if not -np.inf < variable.low < variable.high < np.inf:
                raise InputError(
                    f"task {self.name}: {variable.name} has the range {variable.low} … "
                    f"{variable.high}, but it must go from a finite number to a higher one"
                )
        self._encoder = encoder(text)
        self._publish_traits(lambda other: other.shortest(len(self.variables)) <= self.ticks)
        self.inputs = len(self.variables) * self._width()
        self.feature_names = tuple(variable.name for variable in self.variables)
        self._name_inputs(len(self.variables))
        if self._encoder.kind == "charges":
            self.input_kind = "charges"
        self._encoder_changed()

    def _encoder_changed(self) -> None:
        self.perception = perception(self._encoder, self.variables, self._setting(), self._width())


class Control(EpisodicTask):
    """An environment: in every decision window the winning output is the action.

    A subclass defines the attributes below, `start` and `functions`. The score of a network is the
    mean return of its episodes, which start in states of the environment.

    Attributes:
        observed: Number of observations of the environment, seen or not.
        actions: Names of the actions, in the order of the outputs.
        constants: Settings of the environment's compiled functions.
        steps: Steps after which an episode is cut off.
        test_steps: Steps after which an episode of the final test is cut off, if others than
            `steps`.
        encoder: Encoder of the observations, as text.
        decoder: Decoder of the outputs, as text.
        target: `Decoder.target`, of the decoder that a run chooses.
    """

    observed: int
    actions: tuple[str, ...]
    constants: tuple[float, ...]
    steps: int
    test_steps: int | None = None
    encoder: str
    decoder: str = "spike_count"

    def __init__(self, settings: TaskSettings) -> None:
        """Make the encoder's code.

        Raises:
            InputError: Something is missing, a setting is out of range, the window too short for the
                encoder, or a variable not among the observations.
        """
        super().__init__(settings)
        self._require("variables", "observed", "constants", "steps", "encoder")
        self._at_least_one("steps")
        for variable in self.variables:
            if not 0 <= variable.observation < self.observed:
                raise InputError(
                    f"task {self.name}: {variable.name} is observation {variable.observation}, but "
                    f"there are only 0 … {self.observed - 1}"
                )
        self._decoder = self._decode(settings.decoder or self.decoder)
        self.target = self._decoder.target
        self._perceive(settings.encoder or self.encoder)

    @abstractmethod
    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Draw starts: (episodes, state variables) float64, an episode after the other."""

    def starts(self, split: Split, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Return the starts of a split, drawn by `start` unless a subclass overrides this."""
        return self.start(rng, episodes)

    @abstractmethod
    def functions(self) -> Functions:
        """Return the environment's compiled functions; see `compiled_environment`."""

    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        """Measure mean return, spikes, synaptic operations and latency of every network.

        Raises:
            InputError: The networks are not for this task, or the environment shows or pays
                something that is not finite.
        """
        results = self._play(workload, batch)
        # From first to last, on every processor: NumPy's sum adds in pairs.
        score = np.cumsum(results.returns, axis=1)[:, -1] / workload.size
        neurons = batch.headers[:, NEURONS] - batch.headers[:, SOURCES]
        return Measurements.of(score, Totals(*results.totals.T), neurons, self.ticks)

    def case_scores(self, workload: Workload, batch: Batch) -> NDArray[np.float64]:
        """Return the return of every network in every episode.

        Raises:
            InputError: The networks are not for this task.
        """
        return self._play(workload, batch).returns

    def _play(self, workload: Workload, batch: Batch) -> Results:
        self.check_fit(batch)
        starts, places, bounds, senses = workload.arrays
        course = EpisodeBatch(
            settings=np.array(self.constants),
            starts=starts,
            places=places,
            bounds=bounds,
            charge=self.settings.full_charge,
            observed=self.observed,
            target=self.target,
            ticks=self.ticks,
            steps=self.test_steps or self.steps if workload.split == "test" else self.steps,
            senses=senses,
            seen=self.perception.seen,
            values=self.perception.values,
            memory=len(self.perception.memory),
            checked=int(any(map(is_the_users, self.modules()))),
        )
        functions = self._compiled()._replace(sense=self.perception.function())
        results = play(batch, functions, course)
        refuse_faults(results.faults, self.name)
        refuse_returns(results.returns, self.name)
        return results

    def describe(self) -> dict[str, object]:
        """Return the task as plain values."""
        return super().describe() | {
            "decoder": text_of(self._decoder),
            "actions": list(self.actions),
            "steps": self.steps,
        }

    def _compiled(self) -> Functions:
        """Return the environment's functions once they are known to be kernels."""
        functions = self.functions()
        # Checked here, since Numba would complain about other things. Where nothing is compiled
        # (NUMBA_DISABLE_JIT), kernels are plain functions, and so is `directly`.
        compiled = type(directly)
        for name in ("observe", "step"):
            function = getattr(functions, name, None)
            if not isinstance(function, compiled):
                raise InputError(
                    f"task {self.name}: functions() must return Functions of kernels, but its {name} "
                    f"is {getattr(function, '__name__', function)}, which is not compiled"
                )
        return functions

    def _decode(self, text: str) -> Decoder:
        """Make the decoder that a text names, and with it the outputs."""
        self._require("actions")
        self.outputs = len(self.actions)
        return decoder(text)


class ContinuousControl(Control):
    """An environment whose action is a number: outputs name one of a row of values.

    A subclass gives `action_range` instead of `actions`. The decoder makes the row, which
    follows `constants` in the settings of the compiled functions.

    Attributes:
        action_range: Lowest and highest value of an action.
        action_values: The value that each decision stands for.
    """

    decoder = "bins"
    constants: tuple[float, ...] = ()
    action_range: tuple[float, float]
    action_values: tuple[float, ...]

    def _decode(self, text: str) -> Decoder:
        self._require("action_range")
        chosen = continuous_decoder(text)
        self.action_values = chosen.values(*self.action_range, self.ticks)
        self.constants = (*type(self).constants, *self.action_values)
        self.actions = chosen.actions(*self.action_range)
        self.outputs = len(self.actions)
        return chosen

    def describe(self) -> dict[str, object]:
        """Return the task as plain values."""
        return super().describe() | {
            "action_values": [list(self.action_values)],
            "action_type": "float64",
        }
