"""Cart-pole: a pole on a cart that is pushed left or right must not fall."""

import math
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from .control import Control
from .control_encoders import Variable
from .episodes import Functions

_X = Variable("x", 0, -2.4, 2.4)
_X_SPEED = Variable("x speed", 1, -2.0, 2.0)
_THETA = Variable("theta", 2, -0.209, 0.209)
_THETA_SPEED = Variable("theta speed", 3, -2.0, 2.0)


class _CartPole(Control):
    """What all cart-poles share: the physics."""

    observed = 4

    def functions(self) -> Functions:
        """The dynamics, compiled."""
        from . import cartpole_dynamics  # compiles, or loads from the cache

        return Functions(cartpole_dynamics.observe, cartpole_dynamics.step)


class CartPole(_CartPole):
    """``cartpole``: gymnasium's CartPole-v1, cut off after 500 steps; the score is the mean return.

    Limits |x| ≤ 2.4 m and |θ| ≤ 12°, starts within ±0.05 in all four variables, reward 1 a step,
    the last one included. No constant action lasts longer than 11 steps (the mean is 9.4); random
    actions last 22.3 steps.
    """

    name = "cartpole"
    variables = (_X, _X_SPEED, _THETA, _THETA_SPEED)
    actions = ("left", "right")
    constants = (2.4, 12 * 2 * math.pi / 360, -10.0, 10.0, 0.0)
    steps = 500
    encoder = "flip_flop:3"
    ticks = 8
    chance_score = 11.0
    guess_score = 22.3
    score_range = (1.0, 500.0)
    defaults = MappingProxyType(
        {
            "generations": 150,
            "by_merit": 0.0,
            "hidden": 0,
            "density": 0.1,
        }
    )

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Every variable uniformly within ±0.05."""
        return rng.uniform(-0.05, 0.05, (episodes, 4))


class CartPoleHard(_CartPole):
    """``cartpole_hard``: position and angle only, three actions, 15,000 steps (five minutes).

    The third of four levels of TENNLab's benchmark (Plank et al., 2025, J. Low Power Electron.
    Appl. 15(1):5): limits |x| ≤ 2.4 m and |θ| ≤ 0.209, starts within x ± 1.2, θ ± 0.10475, both
    speeds ± 0.05. A network sees no speeds, so it must remember. The score is the mean number of
    steps. The best constant action, idle, lasts 31.5 steps on average; of ten starts the mean is
    below the chance score in more than 999 of 1,000 cases. Random actions last 23.3 steps.
    """

    name = "cartpole_hard"
    variables = (_X, _THETA)
    actions = ("idle", "left", "right")
    constants = (2.4, 0.209, 0.0, -10.0, 10.0)
    steps = 15_000
    encoder = "flip_flop:8"
    ticks = 24
    chance_score = 50.0
    guess_score = 23.3
    score_range = (1.0, 15_000.0)
    defaults = MappingProxyType(
        {
            "minutes": 8.0,
            "by_merit": 0.0,
            # Coarse numbers: a few delays matter here, and are found sooner among fewer choices.
            "ranges": {
                "weight": [-1, 1, 0.5],
                "threshold": [0.5, 2, 0.5],
                "leaks": [0.5, 1],
                "refractory": [0, 0],
            },
        }
    )

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Uniformly within x ± 1.2, θ ± 0.10475, both speeds ± 0.05."""
        most = np.array([1.2, 0.05, 0.10475, 0.05])
        return rng.uniform(-most, most, (episodes, 4))
