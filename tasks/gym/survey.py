"""Trial of an environment before a search: ranges of observations, chance score, guess score.

Seeds and numbers of episodes are fixed. A run keeps what was found and uses it when it is resumed.
"""

import itertools
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from .make_environment import Environment
from .spaces import Actions

RANDOM_EPISODES = (10, 100)  # at least, at most
CONSTANT_EPISODES = (3, 30)  # of each constant action
MOST_STEPS = 20_000  # after which, in all, no episodes are added to the least
MOST_CONSTANTS = 25  # if there are more constant actions, ten are tried
_ERRORS = 3.0  # standard errors by which luck may exceed the mean


class Survey(NamedTuple):
    """Results of a trial.

    Attributes:
        ranges: Lowest and highest value of each observed variable that random play met, within the
            bounds that the environment declares, which are often far from what comes.
        chance_score: Mean return of the best constant action, and three standard errors of the
            mean over the episodes of an evaluation: what luck alone does not exceed.
        guess_score: Mean return of random actions.
        random_episodes: Episodes with random actions.
        constant_episodes: Episodes with each constant action.
    """

    ranges: list[list[float]]
    chance_score: float
    guess_score: float
    random_episodes: int
    constant_episodes: int


def survey(
    environment: Environment,
    bounds: NDArray[np.float64],
    actions: Actions,
    steps: int,
    episodes: int,
) -> Survey:
    """Try an environment out.

    Args:
        environment: The environment.
        bounds: (variables, 2), declared bounds of what it shows, which may be infinite.
        actions: How decisions become actions.
        steps: Steps after which an episode is cut off.
        episodes: Episodes of an evaluation.

    Raises:
        InputError: It shows other vectors than it declares, or something that it shows or pays is
            not finite.
    """
    trial = _Trial(environment, actions, steps, bounds)
    rng = np.random.default_rng(0)
    guesses = trial.play([None], RANDOM_EPISODES, rng)
    low, high = np.clip(trial.met, bounds[:, :1], bounds[:, 1:]).T
    margin = np.where(low == high, 1.0, 0.0)
    ranges = np.stack([low - margin, high + margin], axis=1)
    returns = trial.play(constants(actions, rng), CONSTANT_EPISODES, rng)
    best = returns[:, returns.mean(axis=0).argmax()]
    return Survey(
        ranges=ranges.tolist(),
        chance_score=float(best.mean() + _ERRORS * best.std(ddof=1) / math.sqrt(episodes)),
        guess_score=float(guesses.mean()),
        random_episodes=len(guesses),
        constant_episodes=len(returns),
    )


def remembered(found: Mapping[str, Any]) -> Survey:
    """Return the survey of which `Survey._asdict` went through JSON.

    Raises:
        InputError: It is not one.
    """
    try:
        return Survey(**found)
    except TypeError as error:
        raise InputError(f"what was measured when the run began is damaged: {error}") from error


def constants(actions: Actions, rng: np.random.Generator) -> list[NDArray[np.int32]]:
    """Return the decisions that are tried for whole episodes, (numbers, 1) each.

    All that there are, if these are few; else five with all numbers at the same place of their
    range, from one end to the other, and five that are drawn.
    """
    numbers, choices = actions.numbers, actions.choices
    if choices**numbers <= MOST_CONSTANTS:
        every = itertools.product(range(choices), repeat=numbers)
        return [np.array(decisions, np.int32)[:, np.newaxis] for decisions in every]
    places = np.linspace(0, choices - 1, min(choices, 5)).round()
    same = [np.full((numbers, 1), place, np.int32) for place in places]
    return [*same, *rng.integers(choices, size=(5, numbers, 1), dtype=np.int32)]


class _Trial:
    """Episodes in an environment, and the extremes of what they showed.

    Attributes:
        met: (variables, 2), lowest and highest value of each observed variable so far.
    """

    def __init__(
        self, environment: Environment, actions: Actions, steps: int, bounds: NDArray[np.float64]
    ) -> None:
        self._environment = environment
        self._actions = actions
        self._steps = steps
        self.met = np.tile([math.inf, -math.inf], (len(bounds), 1))

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
            if episode + 1 >= least and steps >= MOST_STEPS:
                break
        return np.array(returns)

    def _episode(
        self, policy: NDArray[np.int32] | None, seed: int, rng: np.random.Generator
    ) -> tuple[float, int]:
        """Play one episode; the sum of its rewards, and its steps."""
        actions, total, step = self._actions, 0.0, 0
        self._meet(self._environment.reset(seed=seed)[0])
        over = False
        while not over:
            decisions = policy
            if decisions is None:
                decisions = rng.integers(actions.choices, size=(actions.numbers, 1), dtype=np.int32)
            action = actions.take(decisions)[0]
            seen, reward, terminated, truncated, _ = self._environment.step(action)
            self._meet(seen)
            total += float(reward)
            step += 1
            over = terminated or truncated or step == self._steps
        if not math.isfinite(total):
            raise InputError(f"its rewards are not finite numbers (they add up to {total})")
        return total, step

    def _meet(self, observation: Any) -> None:
        declared, shape = self.met.shape[:1], np.shape(observation)
        if shape != declared:
            raise InputError(
                f"its observations have the shape {shape}, but it declares them as {declared}"
            )
        if not np.isfinite(observation).all():
            raise InputError(f"its observations are not finite numbers (got {observation})")
        np.minimum(self.met[:, 0], observation, out=self.met[:, 0])
        np.maximum(self.met[:, 1], observation, out=self.met[:, 1])
