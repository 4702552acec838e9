"""The task `gym:ID`: networks in an environment of gymnasium's."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.batch import NEURONS, SOURCES, Batch, unpack
from ..control.control_task import EpisodicTask
from ..control.observation_encoder import Variable
from ..task import TaskSettings
from ..text_form import text_of
from ..user_code import describe
from ..workload import Measurements, Split, Totals, Workload
from . import GYM
from .gym_episodes import EpisodeBatch, play_episodes
from .make_environment import Environment, make, modules_behind, packages_behind
from .spaces import actions_of, observation_bounds
from .survey import Survey, remembered, survey

MOST_LANES = 64  # environments side by side
UNLIMITED_STEPS = 1000  # after which an episode is cut off whose environment sets no limit
_TEST_STEPS = 10_000_000  # of all tests, if all episodes last as long as they may


class GymnasiumTask(EpisodicTask):
    """`gym:ID`: an environment of gymnasium's, vectors of numbers in and actions out.

    In every decision window the network sees the observation as spikes, and its outputs name the
    action; its state is carried on from one decision to the next. The score is the mean return.
    Episodes start from seeds, 0 … 2³¹ - 1, with which the environment is reset.

    Args:
        environment: gymnasium's id, or `module:id`.
        settings: What the user has set.

    Attributes:
        steps: Steps after which an episode is cut off.
        measured: What was found by trial; settings may bring it from the beginning of the run.
        most_tested: 50, or fewer, 10 at least, where their episodes could be more than 10,000,000
            steps.

    Raises:
        InputError: There is no such environment or it is not for networks, a package is missing, it
            fails, or a setting is wrong.
    """

    kind = "python"
    score_range = (-np.inf, np.inf)
    ticks = 8

    def __init__(self, environment: str, settings: TaskSettings) -> None:
        self.name = f"{GYM}{environment}"
        super().__init__(settings)
        self._environment = environment
        made = make(environment)
        self._idle = [made]
        self._modules = modules_behind(made, environment.rpartition(":")[0])
        bounds = observation_bounds(made.observation_space, self.name)
        self._actions = actions_of(made.action_space, self.name, settings.decoder, self.ticks)
        self.outputs = len(self._actions.names)
        self.steps = (made.spec.max_episode_steps if made.spec else None) or UNLIMITED_STEPS
        affordable = _TEST_STEPS // (self.test_episodes * self.steps)
        self.most_tested = min(self.most_tested, max(10, affordable))
        self.measured = self._measure(made, bounds)
        self.chance_score, self.guess_score = self.measured[1:3]
        self.variables = tuple(
            Variable(f"observation {number}", number, low, high)
            for number, (low, high) in enumerate(self.measured.ranges)
        )
        self._perceive(settings.encoder or self._usual_encoder())

    def starts(self, split: Split, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Draw seeds."""
        return rng.integers(0, 2**31, (episodes, 1)).astype(np.float64)

    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        """Run every network through every episode, up to 64 at a time.

        Raises:
            InputError: The networks are not for this task, or an environment shows or pays something
                that is not finite.
        """
        returns, totals = self._play(workload, batch)
        neurons = batch.headers[:, NEURONS] - batch.headers[:, SOURCES]
        return Measurements.of(returns.mean(axis=1), Totals(*totals.T), neurons, self.ticks)

    def first_shown(self, start: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what the environment shows first from a start, (observed variables,)."""
        [environment] = self._taken(1)
        shown = environment.reset(seed=int(start[0]))[0]
        self._idle.append(environment)
        return np.array(shown, np.float64)

    def case_scores(self, workload: Workload, batch: Batch) -> NDArray[np.float64]:
        """Return the return of every network in every episode.

        Raises:
            InputError: The networks are not for this task, or an environment shows or pays something
                that is not finite.
        """
        return self._play(workload, batch)[0]

    def _play(
        self, workload: Workload, batch: Batch
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return returns, (networks, episodes), and totals of each network."""
        self.check_fit(batch)
        starts, *arrays = workload.arrays
        shown = self.perception.as_shown(*arrays)
        episodes = EpisodeBatch(
            shown, self.inputs, self.ticks, self.steps, self._actions, self.receive
        )
        environments = self._taken(min(workload.size, MOST_LANES))
        returns = np.zeros((batch.networks, workload.size))
        totals = np.zeros((batch.networks, len(Totals._fields)), np.int64)
        for number in range(batch.networks):
            network = unpack(batch, number)
            for first in range(0, workload.size, MOST_LANES):
                some = slice(first, first + MOST_LANES)
                results = play_episodes(network, environments, starts[some], episodes)
                returns[number, some] = results.returns
                totals[number] += results.totals
        self._idle.extend(environments)
        return returns, totals

    def describe(self) -> dict[str, object]:
        """Return the task as plain values, with what was measured."""
        return super().describe() | {
            "decoder": text_of(self._actions.decoder),
            "actions": list(self._actions.names),
            "action_values": self._actions.values,
            "action_type": self._actions.type,
            "steps": self.steps,
            "measured": self.measured._asdict(),
        }

    def modules(self) -> Sequence[str]:
        """Return the one that is named, and those of the environment and of its wrappers."""
        return self._modules

    def packages(self) -> Sequence[str]:
        """Return those that the environment is from, and that its modules import, such as Box2D."""
        return packages_behind(self._modules)

    def _state(self) -> dict[str, object]:
        """Return all but the environments: a worker makes its own."""
        return super()._state() | {"_idle": []}

    def _taken(self, count: int) -> list[Environment]:
        """Take environments that nobody uses; after a failure they are not used again."""
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
        except (Exception, SystemExit) as error:
            raise InputError(f"task {self.name} raised {describe(error, self._modules)}") from error

    def _usual_encoder(self) -> str:
        """Return the flip-flop, if all variables can be negative and positive; else argyle's."""
        signed = all(low < 0.0 < high for low, high in self.measured.ranges)
        return "flip_flop:3" if signed else "argyle:neurons=3,spikes=3"
