"""The four levels of TENNLab's cart-pole benchmark.

Plank et al. (2025), J. Low Power Electron. Appl. 15(1):5. The physics are those of gymnasium's
CartPole-v1 with limits |x| ≤ 2.4 m and |θ| ≤ 0.209 and starts within x ± 1.2, θ ± 0.10475, both
speeds ± 0.05; an episode is cut off after 15,000 steps, five minutes. The score is the mean number
of steps, which ``cartpole_medium`` lowers where a network rarely idles.
"""

import numpy as np
from numpy.typing import NDArray

from ...control.control import Control
from ...control.episode_loop import Functions
from .cartpole import THETA, THETA_SPEED, X_SPEED, X

_TWO = ("left", "right")
_TWO_FORCES = (2.4, 0.209, -10.0, 10.0, 0.0)
_THREE = ("idle", "left", "right")
_THREE_FORCES = (2.4, 0.209, 0.0, -10.0, 10.0)


class _Level(Control):
    """What the levels share."""

    observed = 4
    steps = 15_000
    training_episodes = 16  # side by side they take the time of ten
    encoder = "flip_flop:8"
    ticks = 24
    score_range = (0.0, 15_000.0)

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Uniformly within x ± 1.2, θ ± 0.10475, both speeds ± 0.05."""
        most = np.array([1.2, 0.05, 0.10475, 0.05])
        return rng.uniform(-most, most, (episodes, 4))

    def functions(self) -> Functions:
        """The dynamics, compiled."""
        from . import cartpole_dynamics  # compiles, or loads from the cache

        return Functions(cartpole_dynamics.observe, cartpole_dynamics.step)


class CartPoleEasy(_Level):
    """``cartpole_easy``: position, angle and both speeds are seen; push left or right.

    No constant action lasts longer than 12 steps; random ones last 21.9.
    """

    name = "cartpole_easy"
    variables = (X, X_SPEED, THETA, THETA_SPEED)
    actions = _TWO
    constants = _TWO_FORCES
    chance_score = 12.0
    guess_score = 21.9


class CartPoleMedium(_Level):
    """``cartpole_medium``: four variables are seen; three quarters of the steps should be idle.

    An episode of n steps, a share s < 0.75 of them idle, scores n · s / 0.75. The best constant
    action, idle, scores as on ``cartpole_hard``; random actions score 10.4.
    """

    name = "cartpole_medium"
    variables = (X, X_SPEED, THETA, THETA_SPEED)
    actions = _THREE
    constants = _THREE_FORCES
    chance_score = 50.0
    guess_score = 10.4

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """As on every level; steps and idle steps are counted from 0."""
        return np.pad(super().start(rng, episodes), ((0, 0), (0, 2)))

    def functions(self) -> Functions:
        """The dynamics, compiled."""
        from . import cartpole_dynamics  # compiles, or loads from the cache

        return Functions(cartpole_dynamics.observe, cartpole_dynamics.step_idling)


class CartPoleHard(_Level):
    """``cartpole_hard``: position and angle only, three actions.

    A network sees no speeds, so it must remember. The best constant action, idle, lasts 31.5 steps
    on average; of ten starts the mean is below the chance score in more than 999 of 1,000 cases.
    Random actions last 23.3 steps.
    """

    name = "cartpole_hard"
    variables = (X, THETA)
    actions = _THREE
    constants = _THREE_FORCES
    chance_score = 50.0
    guess_score = 23.3


class CartPoleHardest(_Level):
    """``cartpole_hardest``: position and angle only, and no idling.

    Constant and random actions last as long as on ``cartpole_easy``.
    """

    name = "cartpole_hardest"
    variables = (X, THETA)
    actions = _TWO
    constants = _TWO_FORCES
    chance_score = 12.0
    guess_score = 21.9
