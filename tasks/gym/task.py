"""A gymnasium environment as a task."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import InputError
from ...sim.batch import NEURONS, SOURCES, Batch, unpack
from .. import fault
from ..control_encoders import Code, Variable, code, control_encoder
from ..measurements import Measurements, Totals
from ..registry import GYM
from ..spec import text_of
from ..task import Split, Task, TaskSettings, Workload, generator
from .environment import Environment, make
from .episodes import Course, live
from .spaces import actions_of, observation_bounds
from .survey import Survey, remembered, survey

MOST_LANES = 64  # environments side by side
UNLIMITED_STEPS = 1000  # after which an episode is cut off whose environment sets no limit
_TEST_STEPS = 200_000  # of the whole test, if all episodes last as long as they may


class GymnasiumTask(Task):
    """``gym:ID``: an environment of gymnasium's, vectors of numbers in and actions out.

    In every decision window the network sees the observation as spikes, and its outputs name the
    action; its state is carried on from one decision to the next. The score is the mean return.
    Episodes are reset with seeds that are drawn from (seed, split, generation or fixed). The arrays
    of a workload are these seeds, (episodes,) int64, and the two of ``Code``.

    Args:
        environment: gymnasium's id, or ``module:id``.
        settings: What the user has set.

    Attributes:
        measured: What was found by trial; settings may bring it from the beginning of the run.
        steps: Steps after which an episode is cut off.
        test_episodes: Episodes of the final test: 1,000, or fewer, 100 at least, where these could
            be more than 200,000 steps.

    Raises:
        InputError: There is no such environment or it is not for networks, a package is missing, it
            fails, or a setting is wrong.
    """

    name = "gym"
    kind = "python"
    score_range = (-np.inf, np.inf)
    has_validation = True
    ticks = 8
    episodes: int = 10
    validation_episodes: int = 100

    def __init__(self, environment: str, settings: TaskSettings) -> None:
        super().__init__(settings)
        self.name = f"{GYM}{environment}"
        self.ticks = self._at_least_one("ticks", self.ticks)
        self.episodes = self._at_least_one("episodes", self.episodes)
        self.fresh = settings.fresh_episodes is not False
        self._environment = environment
        made = make(environment)
        self._idle = [made]
        bounds = observation_bounds(made.observation_space, self.name)
        self._actions = actions_of(made.action_space, self.name, settings.decoder, self.ticks)
        self.outputs = len(self._actions.names)
        self.steps = (made.spec.max_episode_steps if made.spec else None) or UNLIMITED_STEPS
        self.test_episodes = min(1000, max(100, _TEST_STEPS // self.steps))
        self.measured = self._measure(made, bounds)
        self.chance_score, self.guess_score = self.measured[1:3]
        self.variables = [
            Variable(f"observation {number}", number, low, high)
            for number, (low, high) in enumerate(self.measured.ranges)
        ]
        self._encoder = control_encoder(settings.encoder or self._usual_encoder())
        self._code = code(self._encoder, self.variables, self.ticks)
        self.inputs = self._encoder.inputs(len(self.variables))

    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        """Draw the seeds of a split; those of training anew in every generation if ``fresh``."""
        if split != "train" or not self.fresh:
            generation = None
        sizes = {"validation": self.validation_episodes, "test": self.test_episodes}
        episodes = sizes.get(split, self.episodes)
        seeds = generator(seed, split, generation).integers(0, 2**31, episodes)
        return Workload.of(split, episodes, seeds, *self._code)

    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        """Run every network through every episode, up to 64 at a time.

        Raises:
            InputError: The networks are not for this task.
        """
        self.check_fit(batch)
        seeds, places, bounds = workload.arrays
        course = Course(
            Code(places, bounds), self.inputs, self.ticks, self.steps, self._actions, self.receive
        )
        environments = self._taken(min(len(seeds), MOST_LANES))
        returns = np.zeros((batch.networks, len(seeds)))
        totals = np.zeros((batch.networks, len(Totals._fields)), np.int64)
        for number in range(batch.networks):
            network = unpack(batch, number)
            for first in range(0, len(seeds), MOST_LANES):
                some = slice(first, first + MOST_LANES)
                lives = live(network, environments, seeds[some], course)
                returns[number, some] = lives.returns
                totals[number] += lives.totals
        self._idle.extend(environments)
        score = returns.mean(axis=1)
        neurons = batch.headers[:, NEURONS] - batch.headers[:, SOURCES]
        return Measurements.of(score, Totals(*totals.T), neurons, self.ticks)

    def describe(self) -> dict[str, object]:
        """The task as plain values, with what was measured."""
        return super().describe() | {
            "encoder": text_of(self._encoder),
            "decoder": text_of(self._actions.decoder),
            "episodes": self.episodes,
            "validation_episodes": self.validation_episodes,
            "test_episodes": self.test_episodes,
            "steps": self.steps,
            "actions": list(self._actions.names),
            "measured": self.measured._asdict(),
        }

    def _state(self) -> dict[str, object]:
        """All but the environments: a worker makes its own."""
        return self.__dict__ | {"_idle": []}

    def _taken(self, count: int) -> list[Environment]:
        """Environments that nobody uses; after a failure they are not used again."""
        taken: list[Environment] = []
        while len(taken) < count:
            try:
                taken.append(self._idle.pop())
            except IndexError:
                taken.append(make(self._environment))
        return taken

    def _measure(self, environment: Environment, bounds: NDArray[np.float64]) -> Survey:
        if self.settings.measured is not None:
            return remembered(self.settings.measured)
        try:
            return survey(environment, bounds, self._actions, self.steps, self.episodes)
        except InputError as error:
            raise InputError(f"task {self.name}: {error}") from error
        except Exception as error:
            raise InputError(f"task {self.name} raised {fault.describe(error)}") from error

    def _usual_encoder(self) -> str:
        """The flip-flop, if all variables can be negative and positive; else argyle's."""
        signed = all(low < 0.0 < high for low, high in self.measured.ranges)
        return "flip_flop:3" if signed else "argyle:neurons=3,spikes=3"

    def _at_least_one(self, option: str, otherwise: int) -> int:
        given: Any = getattr(self.settings, option)
        if given is not None and given < 1:
            raise InputError(f"task {self.name}: {option} must be at least 1 (got {given})")
        return otherwise if given is None else int(given)
