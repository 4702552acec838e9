"""Pendulum: it must be swung up and kept upright by a torque that is too weak to lift it."""

import math

import numpy as np
from numpy.typing import NDArray

from ...control.control import ContinuousControl
from ...control.episode_loop import Functions
from ...control.observation_encoder import Variable


class Pendulum(ContinuousControl):
    """``pendulum``: gymnasium's Pendulum-v1, 200 steps; reward −(θ² + 0.1 θ̇² + 0.001 torque²).

    Starts at any angle with a velocity within ±1. Swinging up by energy, then holding, scores
    -144.1. The best constant action, no torque, scores -1,209 on average; of sixteen starts the mean is
    below the chance score in 9,999 of 10,000 cases. Random torques of three values score -1,219.
    Three torques are enough, and five spikes a side: the same policy scores -155 with them.
    """

    name = "pendulum"
    variables = (
        Variable("cos theta", 0, -1.0, 1.0),
        Variable("sin theta", 1, -1.0, 1.0),
        Variable("theta speed", 2, -8.0, 8.0),
    )
    observed = 3
    action_range = (-2.0, 2.0)
    decoder = "bins:3"
    steps = 200
    training_episodes = 16  # side by side they take the time of ten
    encoder = "flip_flop:5"
    ticks = 16
    chance_score = -890.0
    guess_score = -1219.0
    score_range = (-200 * (math.pi**2 + 0.1 * 8**2 + 0.001 * 2**2), 0.0)

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """An angle uniformly within ±π, a velocity within ±1."""
        most = np.array([math.pi, 1.0])
        return rng.uniform(-most, most, (episodes, 2))

    def functions(self) -> Functions:
        """The dynamics, compiled."""
        from . import pendulum_dynamics  # compiles, or loads from the cache

        return Functions(pendulum_dynamics.observe, pendulum_dynamics.step)
