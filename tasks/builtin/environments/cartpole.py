"""Cart-pole: a pole on a cart that is pushed left or right must not fall."""

import math

import numpy as np
from numpy.typing import NDArray

from ...control.control import Control
from ...control.episode_loop import Functions
from ...control.observation_encoder import Variable

X = Variable("x", 0, -2.4, 2.4)
X_SPEED = Variable("x speed", 1, -2.0, 2.0)
THETA = Variable("theta", 2, -0.209, 0.209)
THETA_SPEED = Variable("theta speed", 3, -2.0, 2.0)


class CartPole(Control):
    """``cartpole``: gymnasium's CartPole-v1, cut off after 500 steps; the score is the mean return.

    Limits |x| ≤ 2.4 m and |θ| ≤ 12°, starts within ±0.05 in all four variables, reward 1 a step,
    the last one included. No constant action lasts longer than 11 steps (the mean is 9.4); random
    actions last 22.3 steps.
    """

    name = "cartpole"
    variables = (X, X_SPEED, THETA, THETA_SPEED)
    observed = 4
    actions = ("left", "right")
    constants = (2.4, 12 * 2 * math.pi / 360, -10.0, 10.0, 0.0)
    steps = 500
    encoder = "flip_flop:3"
    ticks = 8
    chance_score = 11.0
    guess_score = 22.3
    score_range = (1.0, 500.0)

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Every variable uniformly within ±0.05."""
        return rng.uniform(-0.05, 0.05, (episodes, 4))

    def functions(self) -> Functions:
        """The dynamics, compiled."""
        from . import cartpole_dynamics  # compiles, or loads from the cache

        return Functions(cartpole_dynamics.observe, cartpole_dynamics.step)
