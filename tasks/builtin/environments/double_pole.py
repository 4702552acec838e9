"""Double pole: two poles of different lengths on one cart must not fall."""

import math
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ...control.control import ContinuousControl
from ...control.episode_loop import Functions
from ...control.observation_encoder import Variable
from ...workload import Split

_DEGREE = math.pi / 180

# The angles and their speeds are those of poles in balance, not of poles that fall: on a scale of 36°
# eight steps do not tell the one from the other.
_X = Variable("x", 0, -2.4, 2.4)
_X_SPEED = Variable("x speed", 1, -1.5, 1.5)
_THETA_1 = Variable("theta 1", 2, -12 * _DEGREE, 12 * _DEGREE)
_THETA_1_SPEED = Variable("theta 1 speed", 3, -40 * _DEGREE, 40 * _DEGREE)
_THETA_2 = Variable("theta 2", 4, -12 * _DEGREE, 12 * _DEGREE)
_THETA_2_SPEED = Variable("theta 2 speed", 5, -170 * _DEGREE, 170 * _DEGREE)

_FRICTION = (0.0005, 0.000002)  # of the cart, of the hinges
_LONG_POLE, _SHORT_POLE = (0.1, 0.5), (0.01, 0.05)  # kg, half the length in m

# Of x, ẋ, θ1, θ̇1: within these bounds lie the starts of the test of generality.
_MOST = (2.16, 1.35, 3.6 * _DEGREE, 8.6 * _DEGREE)
_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)  # of the way from the lower bound to the upper


class DoublePole(ContinuousControl):
    """``double_pole``: poles of 1 m and 0.1 m on one cart, all six variables seen.

    As the neuroevolution literature has it: forces of up to ±10 N, each held for 0.02 s, limits
    |x| ≤ 2.4 m and 36° for both poles, 100,000 steps. The first training episode starts with the
    long pole at 4°, the others within the bounds of the test of generality (Gruau, Whitley and Pyeatt
    1996, "A comparison between cellular encoding and direct encoding for genetic neural networks"):
    625 starts, five values each of x, ẋ, θ1 and θ̇1, and 1,000 steps. The score is the mean number
    of steps. The best constant force, 0, lasts 27.1 steps; of sixteen starts the mean is below the
    chance score in 999 of 1,000 cases. Random forces of five values last 10.2 steps.
    """

    name = "double_pole"
    variables: tuple[Variable, ...] = (
        _X,
        _X_SPEED,
        _THETA_1,
        _THETA_1_SPEED,
        _THETA_2,
        _THETA_2_SPEED,
    )
    observed = 6
    action_range = (-10.0, 10.0)
    decoder = "bins:5"
    constants: tuple[float, ...] = (2.4, 36 * _DEGREE, *_FRICTION, *_LONG_POLE, *_SHORT_POLE)
    steps = 100_000
    training_episodes = 16  # side by side they take the time of ten
    encoder = "flip_flop:8"
    ticks = 24
    test_episodes = 625
    test_steps = 1000
    chance_score = 32.0
    guess_score = 10.2
    score_range = (1.0, 100_000.0)

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """x, ẋ, θ1 and θ̇1 uniformly within the bounds of the test of generality."""
        most = np.array([*_MOST, 0.0, 0.0])
        return rng.uniform(-most, most, (episodes, 6))

    def starts(self, split: Split, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """The classic start first in training; the 625 starts in the test."""
        if split == "test":
            values = [[(2 * share - 1) * most for share in _SHARES] for most in _MOST]
            return np.pad(np.array(list(product(*values))), ((0, 0), (0, 2)))
        drawn = self.start(rng, episodes)
        if split == "train":
            drawn[0] = (0.0, 0.0, 4 * _DEGREE, 0.0, 0.0, 0.0)
        return drawn

    def functions(self) -> Functions:
        """The dynamics, compiled."""
        from . import double_pole_dynamics  # compiles, or loads from the cache

        return Functions(double_pole_dynamics.observe, double_pole_dynamics.step)


class DoublePoleNoVelocity(DoublePole):
    """``double_pole_no_velocity``: as ``double_pole``, but only x, θ1 and θ2 are seen."""

    name = "double_pole_no_velocity"
    variables = (_X, _THETA_1, _THETA_2)
