"""Trial of an environment before a search: ranges of observations, chance score, guess score.

Seeds and numbers of episodes are fixed. A run keeps what was found and uses it when it is resumed.
"""

import itertools
import math
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from .actions import Actions
from .played_environment import PlayedEnvironment

RANDOM_EPISODES = (10, 100)  # at least, at most
CONSTANT_EPISODES = (3, 300)  # of each constant action
MOST_STEPS = 20_000  # after which, in all, no episodes are added to the least
MOST_CONSTANTS = 25  # if there are more constant actions, ten are tried
MOST_SECONDS = 60.0  # after which, too: a reset may take a second


class Survey(NamedTuple):
    """Results of a trial.

    Attributes:
        ranges: Lowest and highest value of each observed variable that random play met, within the
            bounds that the environment declares, which are often far from what comes; 0 and 1 of
            those that are nothing else.
        chance_score: Mean return of the best constant action.
        guess_score: Mean return of random actions.
        random_episodes: Episodes with random actions.
        constant_episodes: Episodes with each constant action.
        cut_episodes: Episodes with random actions that were cut off, as they were not over.
        deviation: Standard deviation of the returns of the best constant action.
        mean_steps: Mean length of an episode with random actions; 0 in older runs, which do not say it.
    """

    ranges: list[list[float]]
    chance_score: float
    guess_score: float
    random_episodes: int
    constant_episodes: int
    cut_episodes: int = 0
    deviation: float = 0.0  # older runs have it in their chance score
    mean_steps: float = 0.0


def survey(
    environment: PlayedEnvironment,
    bounds: NDArray[np.float64],
    actions: Actions,
    steps: int,
) -> Survey:
    """Try an environment out.

    Args:
        environment: The environment.
        bounds: (variables, 2), declared bounds of what it shows, which may be infinite.
        actions: How decisions become actions.
        steps: Steps after which an episode is cut off.

    Raises:
        InputError: It does not keep to gymnasium's contract, or shows or pays something that is not
            finite.
    """
    trial = _Trial(environment, actions, steps, bounds)
    rng = np.random.default_rng(0)
    guesses = trial.play([None], RANDOM_EPISODES, rng)
    cut, mean_steps = trial.cut, trial.steps / len(guesses)
    low, high = np.clip(trial.met, bounds[:, :1], bounds[:, 1:]).T
    margin = np.where(low == high, 1.0, 0.0)
    ranges = np.stack([low - margin, high + margin], axis=1)
    ranges[environment.form.binary] = 0.0, 1.0
    returns = trial.play(constants(actions, rng), CONSTANT_EPISODES, rng)
    best = returns[:, returns.mean(axis=0).argmax()]
    return Survey(
        ranges=ranges.tolist(),
        chance_score=float(best.mean()),
        guess_score=float(guesses.mean()),
        random_episodes=len(guesses),
        constant_episodes=len(returns),
        cut_episodes=cut,
        deviation=float(best.std(ddof=1)),
        mean_steps=mean_steps,
    )


def remembered(found: Mapping[str, Any], numbers: int) -> Survey:
    """Return the survey of which `Survey._asdict` went through JSON.

    Args:
        found: The survey.
        numbers: Of an observation.

    Raises:
        InputError: It is not one, or of other observations.
    """
    try:
        survey = Survey(**found)
    except TypeError as error:
        raise InputError(f"what was measured when the run began is damaged: {error}") from error
    if len(survey.ranges) != numbers:
        raise InputError(
            f"observations have {numbers} numbers now, but had {len(survey.ranges)} when the run began"
        )
    return survey


def constants(actions: Actions, rng: np.random.Generator) -> list[NDArray[np.int32]]:
    """Return the decisions that are tried for whole episodes, (numbers, 1) each.

    All that there are, if these are few; else five with all numbers at the same place of their
    range, from one end to the other, and five that are drawn.
    """
    choices = np.array(actions.choices)
    if math.prod(actions.choices) <= MOST_CONSTANTS:
        every = itertools.product(*map(range, actions.choices))
        return [np.array(decisions, np.int32)[:, np.newaxis] for decisions in every]
    places = np.linspace(0.0, 1.0, min(5, max(actions.choices)))
    same = [_column(((choices - 1) * place).round()) for place in places]
    return [*same, *map(_column, rng.integers(choices, size=(5, len(choices)), dtype=np.int32))]


def _column(decisions: NDArray[Any]) -> NDArray[np.int32]:
    return decisions.astype(np.int32)[:, np.newaxis]


class _Trial:
    """Episodes in an environment, and the extremes of what they showed.

    Attributes:
        met: (variables, 2), lowest and highest value of each observed variable so far.
        cut: Episodes so far that were cut off.
        steps: Steps so far.
    """

    def __init__(
        self,
        environment: PlayedEnvironment,
        actions: Actions,
        steps: int,
        bounds: NDArray[np.float64],
    ) -> None:
        self._environment = environment
        self._actions = actions
        self._most_steps = steps
        self.met = np.tile([math.inf, -math.inf], (len(bounds), 1))
        self.cut = self.steps = 0
        self._began = time.monotonic()

    def play(
        self,
        policies: list[NDArray[np.int32]] | list[None],
        episodes: tuple[int, int],
        rng: np.random.Generator,
    ) -> NDArray[np.float64]:
        """Play at least and at most so many episodes with each policy.

        Args:
            policies: Decisions that never change, (numbers, 1) each, or None for random ones.
            episodes: At least, at most.
            rng: Draws seeds and random decisions.

        Returns:
            (episodes, policies) float64 returns.
        """
        least, most = episodes
        returns, steps = [], 0
        for episode in range(most):
            seed, row = int(rng.integers(2**31)), []
            for policy in policies:
                total, length = self._episode(policy, seed, rng)
                row.append(total)
                steps += length
            returns.append(row)
            if episode + 1 >= least and (steps >= MOST_STEPS or self._is_late()):
                break
        return np.array(returns)

    def _episode(
        self, policy: NDArray[np.int32] | None, seed: int, rng: np.random.Generator
    ) -> tuple[float, int]:
        """Play one episode; the sum of its rewards, and its steps."""
        actions, total, step = self._actions, 0.0, 0
        choices = np.array(actions.choices)
        self._meet(self._environment.reset(seed))
        over = False
        while not over and step < self._most_steps:
            decisions = policy
            if decisions is None:
                decisions = _column(rng.integers(choices, dtype=np.int32))
            seen, reward, over = self._environment.step(actions.take(decisions)[0])
            self._meet(seen)
            total += reward
            step += 1
        self.cut += not over
        self.steps += step
        if not math.isfinite(total):
            raise InputError(f"its rewards are not finite numbers (they add up to {total})")
        return total, step

    def _meet(self, observation: NDArray[np.float64]) -> None:
        np.minimum(self.met[:, 0], observation, out=self.met[:, 0])
        np.maximum(self.met[:, 1], observation, out=self.met[:, 1])

    def _is_late(self) -> bool:
        return time.monotonic() - self._began > MOST_SECONDS
