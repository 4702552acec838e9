"""Acrobot: two links that hang, with a motor between them, must swing their tip up."""

import math

import numpy as np
from numpy.typing import NDArray

from ...control.control import Control
from ...control.episode_loop import Functions
from ...control.observation_encoder import Variable


class Acrobot(Control):
    """``acrobot``: gymnasium's Acrobot-v1, cut off after 500 steps; reward -1 a step, 0 for the last.

    Starts with all four state variables within ±0.1. No constant torque reaches the line, and
    random ones score -498.8; torque against the first link's velocity scores -84.5, gymnasium calls
    -100 solved.
    """

    name = "acrobot"
    variables = (
        Variable("cos theta 1", 0, -1.0, 1.0),
        Variable("sin theta 1", 1, -1.0, 1.0),
        Variable("cos theta 2", 2, -1.0, 1.0),
        Variable("sin theta 2", 3, -1.0, 1.0),
        Variable("theta 1 speed", 4, -4 * math.pi, 4 * math.pi),
        Variable("theta 2 speed", 5, -9 * math.pi, 9 * math.pi),
    )
    observed = 6
    actions = ("-1", "0", "+1")
    constants = (-1.0, 0.0, 1.0)
    steps = 500
    encoder = "flip_flop:3"
    ticks = 8
    chance_score = -500.0
    guess_score = -498.8
    score_range = (-500.0, 0.0)

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Every variable uniformly within ±0.1, rounded to float32."""
        return rng.uniform(-0.1, 0.1, (episodes, 4)).astype(np.float32).astype(np.float64)

    def functions(self) -> Functions:
        """The dynamics, compiled."""
        from . import acrobot_dynamics  # compiles, or loads from the cache

        return Functions(acrobot_dynamics.observe, acrobot_dynamics.step)
