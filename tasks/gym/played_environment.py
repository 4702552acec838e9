"""An environment as episodes play it: vectors for observations, and gymnasium's contract held."""

import traceback
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from .space_forms import Form
from .wrappers import Environment

_OF_RESET = "two values: observation and info, a dictionary"
_OF_STEP = "five values: observation, reward, terminated, truncated, info"


class Step(NamedTuple):
    """What came of an action.

    Attributes:
        observation: (numbers,) float64, finite.
        reward: Any float.
        over: Whether the environment ends the episode, for whatever reason.
    """

    observation: NDArray[np.float64]
    reward: float
    over: bool


class PlayedEnvironment:
    """An environment, and the form of what it shows.

    Args:
        environment: The environment.
        form: Of its observations.
        names: Of the numbers of an observation.

    Attributes:
        form: Of its observations.
    """

    def __init__(self, environment: Environment, form: Form, names: tuple[str, ...]) -> None:
        self._environment, self.form, self._names = environment, form, names
        self._seed = self._steps = 0

    def close(self) -> None:
        """Let go of what the environment holds, such as a process; one that fails even then is let be."""
        with suppress(Exception):
            self._environment.close()

    def reset(self, seed: int) -> NDArray[np.float64]:
        """Begin an episode, and return what is shown first, (numbers,) float64.

        Raises:
            InputError: It does not keep to gymnasium's contract, or shows a number that is not finite.
        """
        self._seed, self._steps = seed, 0
        try:
            found: Any = self._environment.reset(seed=seed)
        except (TypeError, ValueError) as error:
            self._explain(error, "reset", _OF_RESET)
            raise
        if not (isinstance(found, tuple) and len(found) == 2 and isinstance(found[1], Mapping)):
            raise self._breach(
                f"reset() returned {_said(found)}, but gymnasium's returns {_OF_RESET}"
            )
        return self._seen(found[0])

    def step(self, action: Any) -> Step:
        """Take an action.

        Raises:
            InputError: As `reset`, or a reward is no number.
        """
        self._steps += 1
        try:
            found: Any = self._environment.step(action)
        except (TypeError, ValueError) as error:
            self._explain(error, "step", _OF_STEP)
            raise
        if not isinstance(found, tuple) or len(found) != 5:
            raise self._breach(
                f"step() returned {_said(found)}, but gymnasium's returns {_OF_STEP}"
            )
        observation, reward, terminated, truncated, _ = found
        if not isinstance(reward, float | int):
            reward = self._number(reward)
        over = self._flag(terminated, "terminated") or self._flag(truncated, "truncated")
        return Step(self._seen(observation), reward, over)

    def _explain(self, error: Exception, method: str, wanted: str) -> None:
        """Raise InputError if a wrapper of gymnasium's could not take apart what a method returned."""
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        if "unpack" in str(error) and frame.f_globals.get("__name__", "").startswith("gymnasium."):
            raise self._breach(
                f"{method}() did not return what gymnasium's does, {wanted} ({error})"
            ) from error

    def _number(self, reward: Any) -> float:
        if not hasattr(reward, "__float__") or np.ndim(reward) != 0:
            shape = f" of the shape {np.shape(reward)}" if isinstance(reward, np.ndarray) else ""
            raise self._breach(
                f"the reward of step() is of the type {type(reward).__name__}{shape}, but gymnasium's is "
                "a float"
            )
        return float(reward)

    def _flag(self, flag: Any, name: str) -> bool:
        if not isinstance(flag, bool | np.bool_ | int | np.integer):
            raise self._breach(
                f"{name} of step() is of the type {type(flag).__name__}, but gymnasium's is a bool"
            )
        return bool(flag)

    def _seen(self, observation: Any) -> NDArray[np.float64]:
        """Return an observation as a vector."""
        try:
            vector = self.form.vector(observation)
        except InputError as error:
            raise self._breach(f"{error}, as its observation_space says") from None
        finite = np.isfinite(vector)
        if not finite.all():
            number = int(finite.argmin())
            raise InputError(
                f"{self._names[number]} is {vector[number]} {self._when()}; observations must be finite "
                "numbers"
            )
        return vector

    def _breach(self, sentence: str) -> InputError:
        return InputError(f"{self._when()}, {sentence}")

    def _when(self) -> str:
        return f"after {self._steps} steps of the episode with seed {self._seed}"


def _said(found: object) -> str:
    """Return how many values were returned, or of what type."""
    if isinstance(found, tuple):
        return f"{len(found)} values" if len(found) != 1 else "1 value"
    return f"a value of the type {type(found).__name__}"
