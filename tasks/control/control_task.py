"""Control tasks: environments in compiled code, in which a network acts for whole episodes."""

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.batch import NEURONS, SOURCES, Batch
from ..decoders.actions import continuous_decoder
from ..decoders.classes import Decoder, decoder
from ..error_text import is_the_users
from ..network_measurements import Measurements, Totals
from ..task import TaskSettings
from ..text_form import text_of
from ..workload import Split, Workload
from .episode_loop import EpisodeBatch, Functions, Results, play
from .episodic_task import EpisodicTask
from .finite_observations import refuse_faults, refuse_returns
from .observation_spikes import directly


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
    """

    decoder = "bins"
    constants: tuple[float, ...] = ()
    action_range: tuple[float, float]

    def _decode(self, text: str) -> Decoder:
        self._require("action_range")
        chosen = continuous_decoder(text)
        values = chosen.values(*self.action_range, self.ticks)
        self.constants = (*type(self).constants, *values)
        self.actions = chosen.actions(*self.action_range)
        self.outputs = len(self.actions)
        return chosen
