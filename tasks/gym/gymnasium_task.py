"""The task `gym:ID`: networks in an environment of gymnasium's."""

import math
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
from .actions import Actions
from .gym_episodes import EpisodeBatch, play_episodes
from .make_environment import Recipe, modules_behind, packages_behind
from .played_environment import PlayedEnvironment
from .space_forms import Choice
from .spaces import observation_bounds, observation_form
from .survey import Survey, remembered, survey
from .wrappers import wrapping

MOST_LANES = 64  # environments side by side
UNLIMITED_STEPS = 1000  # after which an episode is cut off whose environment sets no limit
FEW_NUMBERS = 128  # of an observation, for which the usual encoder has several inputs each
#: So few numbers are shown finer, which takes as many ticks: with more of them searches of minutes lose by it.
FINE_NUMBERS, FINE_TICKS = 3, 24
_STEPS = 100  # of an evaluation, at least, if they are those of random actions
_ERRORS = 3.0  # standard errors of the mean by which luck may exceed it
_TEST_STEPS = 10_000_000  # of all tests, if all episodes last as long as they may


class GymnasiumTask(EpisodicTask):
    """`gym:ID`: an environment of gymnasium's, observations in and actions out.

    Observations become vectors as gymnasium's `flatten` makes them: of a state among several a 1 among
    zeros. In every decision window the network sees the observation as spikes, and its outputs name the
    action; its state is carried on from one decision to the next. The score is the mean return.
    Episodes start from seeds, 0 … 2³¹ - 1, with which the environment is reset.

    Args:
        environment: gymnasium's id, or `module:id`.
        settings: What the user has set.

    Attributes:
        steps: Steps after which an episode is cut off: the setting, else the environment's own limit, else
            1,000.
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
    takes = EpisodicTask.takes | {"env", "wrap", "max_steps"}

    def __init__(self, environment: str, settings: TaskSettings) -> None:
        self.name = f"{GYM}{environment}"
        super().__init__(settings)
        named = tuple(map(wrapping, settings.wrap or ()))
        self._recipe = Recipe(environment, settings.env or {}, named)
        made = self._recipe.make()
        self._modules = modules_behind(made, environment.rpartition(":")[0])
        self._form = observation_form(made.observation_space, self.name)
        self._names = tuple(self._form.names("observation"))
        if self._form.binary.all():
            self.shows = "state" if isinstance(self._form, Choice) else "bits"
        few = not self._form.binary.any() and len(self._names) <= FINE_NUMBERS
        if few and settings.ticks is None:
            self.ticks = FINE_TICKS
        usual = "first_spike" if self.shows == "state" else "spike_count"
        self._actions = Actions(made.action_space, self.name, settings.decoder, self.ticks, usual)
        self.outputs = len(self._actions.names)
        self.steps = settings.max_steps or self._recipe.limit or UNLIMITED_STEPS
        affordable = _TEST_STEPS // (self.test_episodes * self.steps)
        self.most_tested = min(self.most_tested, max(10, affordable))
        played = PlayedEnvironment(made, self._form, self._names)
        self._idle = [played]
        self.measured = self._measure(played, observation_bounds(made.observation_space))
        self.chance_score, self.guess_score = self.measured[1:3]
        self.episodes = settings.episodes or self._usual_episodes()
        self.luck = _ERRORS * self.measured.deviation / math.sqrt(self.episodes)
        self.notes = self._said_of_steps()
        self.variables = tuple(
            Variable(name, number, low, high)
            for number, (name, (low, high)) in enumerate(
                zip(self._names, self.measured.ranges, strict=True)
            )
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
        shown = environment.reset(int(start[0]))
        self._idle.append(environment)
        return shown

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
        starts = workload.arrays[0]
        environments, episodes = self.episode_inputs(workload, min(workload.size, MOST_LANES))
        returns = np.zeros((batch.networks, workload.size))
        totals = np.zeros((batch.networks, len(Totals._fields)), np.int64)
        try:
            for number in range(batch.networks):
                network = unpack(batch, number)
                for first in range(0, workload.size, MOST_LANES):
                    some = slice(first, first + MOST_LANES)
                    results = play_episodes(network, environments, starts[some], episodes)
                    returns[number, some] = results.returns
                    totals[number] += results.totals
        except BaseException:  # Ctrl-C, too; they are not used again
            for environment in environments:
                environment.close()
            raise
        self._idle.extend(environments)
        return returns, totals

    def episode_inputs(
        self, workload: Workload, lanes: int
    ) -> tuple[list[PlayedEnvironment], EpisodeBatch]:
        """Return so many environments that nobody uses, and what `play_episodes` takes besides."""
        shown = self.perception.as_shown(*workload.arrays[1:])
        episodes = EpisodeBatch(
            shown, self.inputs, self.ticks, self.steps, self._actions, self.receive
        )
        return self._taken(lanes), episodes

    def describe(self) -> dict[str, object]:
        """Return the task as plain values, with what was measured."""
        return super().describe() | {
            "decoder": text_of(self._actions.decoder),
            "actions": list(self._actions.names),
            "action_values": self._actions.values,
            "action_form": self._actions.form.to_json(),
            "observation_form": self._form.to_json(),
            "env": dict(self._recipe.arguments),
            "wrap": [wrapped.text for wrapped in self._recipe.wrappings],
            "max_steps": self.settings.max_steps,
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

    def _taken(self, count: int) -> list[PlayedEnvironment]:
        """Take environments that nobody uses; after a failure they are not used again."""
        taken: list[PlayedEnvironment] = []
        while len(taken) < count:
            try:
                taken.append(self._idle.pop())
            except IndexError:
                made = self._recipe.make()
                taken.append(PlayedEnvironment(made, self._form, self._names))
        return taken

    def _measure(self, played: PlayedEnvironment, bounds: NDArray[np.float64]) -> Survey:
        if self.settings.measured is not None:
            return remembered(self.settings.measured, len(bounds))
        try:
            return survey(played, bounds, self._actions, self.steps)
        except InputError as error:
            raise InputError(f"task {self.name}: {error}") from error
        except (Exception, SystemExit) as error:
            raise InputError(f"task {self.name} raised {describe(error, self._modules)}") from error

    def _said_of_steps(self) -> tuple[str, ...]:
        """Say it where episodes are cut off that the environment does not end."""
        cut, played = self.measured.cut_episodes, self.measured.random_episodes
        if not cut:
            return ()
        return (
            f"{self.name}: {cut} of {played} random episodes had not ended after {self.steps:,} steps, "
            "where episodes are cut off; --max-steps says when",
        )

    def _usual_episodes(self) -> int:
        """Return ten, or more where these are short: they tell little, and take little time."""
        needed = math.ceil(_STEPS / (self.measured.mean_steps or _STEPS))
        return min(max(self.training_episodes, needed), MOST_LANES)

    def _usual_encoder(self) -> str:
        """Choose by what the numbers are.

        Bits: a spike or none. Some bits, or very many numbers: spikes on one input each, none for the
        lowest value. Else the flip-flop, if all can be negative and positive, or argyle's; both are finer
        for few numbers, if the window is long enough.
        """
        if self.shows != "numbers":
            return "rate:1"
        if self._form.binary.any() or len(self.variables) > FEW_NUMBERS:
            return "rate:3"
        signed = all(low < 0.0 < high for low, high in self.measured.ranges)
        if len(self.variables) <= FINE_NUMBERS and self.ticks >= FINE_TICKS:
            return "flip_flop:8" if signed else "argyle:4"
        return "flip_flop:3" if signed else "argyle:neurons=3,spikes=3"
