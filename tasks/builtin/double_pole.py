"""Double pole: two poles of different lengths on one cart must not fall.

Wieland (1991), "Evolving neural network controllers for unstable systems", with friction of the cart
and of the hinges; advanced by two Runge–Kutta steps of 0.01 s for every action. With the forces F̃
and masses m̃ that pole i exerts, g = −9.8 m/s² and half-lengths l:

    F̃ = m l θ̇² sin θ + ¾ m cos θ (μₚ θ̇ / (m l) + g sin θ)      m̃ = m (1 − ¾ cos² θ)
    ẍ = (F − μ sgn ẋ + Σ F̃) / (M + Σ m̃)
    θ̈ = −¾ (ẍ cos θ + g sin θ + μₚ θ̇ / (m l)) / l

The state is (x, ẋ, θ1, θ̇1, θ2, θ̇2) in metres, radians and seconds, float64. Settings, in SI units: the
limit of |x|, the limit of both |θ|, μ, μₚ, mass and half-length of either pole, then the force of every
action.
"""

import math
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ...sim.compile import kernel
from ..control.compiled_environment import OBSERVE, STEP, sine_cosine
from ..control.control_task import ContinuousControl
from ..control.episode_loop import Functions
from ..control.observation_encoder import Variable
from ..workload import Split

# Settings.
X_LIMIT, THETA_LIMIT, CART_FRICTION, HINGE_FRICTION = range(4)
MASS_1, LENGTH_1, MASS_2, LENGTH_2, FORCES = range(4, 9)
VARIABLES = 6  # of the state: x, ẋ, θ1, θ̇1, θ2, θ̇2

_GRAVITY = -9.8
_CART = 1.0  # kg
_SECONDS = 0.01
_STEPS = 2


@kernel(OBSERVE)
def observe(settings, states, lanes, observations):  # type: ignore[no-untyped-def]
    """Write the state."""
    for variable in range(VARIABLES):
        for lane in range(lanes):
            observations[variable, lane] = states[variable, lane]


@kernel(inline=True)
def _pole(theta, speed, mass, length, friction):  # type: ignore[no-untyped-def]
    """Return force and mass that a pole exerts, cos θ, and the terms of θ̈ other than ẍ cos θ."""
    sine, cosine = sine_cosine(theta)
    turning = friction * speed / (mass * length) + _GRAVITY * sine
    force = mass * length * (speed * speed) * sine + 0.75 * mass * cosine * turning
    return force, mass * (1.0 - 0.75 * (cosine * cosine)), cosine, turning


@kernel(inline=True)
def _slope(state, force, settings):  # type: ignore[no-untyped-def]
    """Return the time derivative of a state."""
    length_1, length_2, hinge = settings[LENGTH_1], settings[LENGTH_2], settings[HINGE_FRICTION]
    _, speed, theta_1, speed_1, theta_2, speed_2 = state
    force_1, mass_1, cosine_1, turning_1 = _pole(
        theta_1, speed_1, settings[MASS_1], length_1, hinge
    )
    force_2, mass_2, cosine_2, turning_2 = _pole(
        theta_2, speed_2, settings[MASS_2], length_2, hinge
    )
    friction = settings[CART_FRICTION] * np.sign(speed)
    acceleration = (force - friction + force_1 + force_2) / (_CART + mass_1 + mass_2)
    return (
        speed,
        acceleration,
        speed_1,
        -0.75 * (acceleration * cosine_1 + turning_1) / length_1,
        speed_2,
        -0.75 * (acceleration * cosine_2 + turning_2) / length_2,
    )


@kernel(inline=True)
def _along(state, slope, seconds):  # type: ignore[no-untyped-def]
    return (
        state[0] + seconds * slope[0],
        state[1] + seconds * slope[1],
        state[2] + seconds * slope[2],
        state[3] + seconds * slope[3],
        state[4] + seconds * slope[4],
        state[5] + seconds * slope[5],
    )


@kernel(STEP)
def step(settings, states, actions, lanes, rewards, terminated):  # type: ignore[no-untyped-def]
    """Hold a force for 0.02 s; the reward is 1, also for the step in which a limit is passed."""
    x_limit, theta_limit = settings[X_LIMIT], settings[THETA_LIMIT]
    half = 0.5 * _SECONDS
    for lane in range(lanes):
        force = settings[FORCES + actions[lane]]
        for _ in range(_STEPS):
            start = (
                states[0, lane],
                states[1, lane],
                states[2, lane],
                states[3, lane],
                states[4, lane],
                states[5, lane],
            )
            slope_1 = _slope(start, force, settings)
            slope_2 = _slope(_along(start, slope_1, half), force, settings)
            slope_3 = _slope(_along(start, slope_2, half), force, settings)
            slope_4 = _slope(_along(start, slope_3, _SECONDS), force, settings)
            for variable in range(VARIABLES):
                middle = 2.0 * slope_2[variable] + 2.0 * slope_3[variable]
                sum_of_slopes = slope_1[variable] + middle + slope_4[variable]
                states[variable, lane] = start[variable] + _SECONDS / 6.0 * sum_of_slopes
        x, theta_1, theta_2 = states[0, lane], states[2, lane], states[4, lane]
        fallen = (abs(theta_1) > theta_limit) | (abs(theta_2) > theta_limit)
        rewards[lane] = 1.0
        terminated[lane] = (abs(x) > x_limit) | fallen


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
    """`double_pole`: poles of 1 m and 0.1 m on one cart, all six variables seen.

    As the neuroevolution literature has it: forces of up to ±10 N, each held for 0.02 s, limits
    |x| ≤ 2.4 m and 36° for both poles. The first training episode starts with the long pole at 4°, the
    others within the bounds of the test of generality (Gruau, Whitley and Pyeatt 1996, "A comparison
    between cellular encoding and direct encoding for genetic neural networks"): 625 starts, five values
    each of x, ẋ, θ1 and θ̇1, and 1,000 steps. The score is the mean number of steps. (To last 100,000 from
    4° is a test of its own, in `benchmarks/search_control.py`.) The best constant force, 0, lasts 27.1 steps; of sixteen starts the mean is below the
    chance score in 999 of 1,000 cases. Random forces of three values last 9.6 steps.
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
    decoder = "bins:3"
    constants: tuple[float, ...] = (2.4, 36 * _DEGREE, *_FRICTION, *_LONG_POLE, *_SHORT_POLE)
    steps = 1000
    training_episodes = 16  # side by side they take the time of ten
    encoder = "flip_flop:8,range=2"  # the speeds of poles that are caught, too
    ticks = 24
    test_episodes = 625
    chance_score = 32.0
    guess_score = 9.6
    score_range = (1.0, 1000.0)

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Draw x, ẋ, θ1 and θ̇1 uniformly within the bounds of the test of generality."""
        most = np.array([*_MOST, 0.0, 0.0])
        return rng.uniform(-most, most, (episodes, 6))

    def starts(self, split: Split, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Return the classic start first in training, the 625 starts in a test of so many."""
        if split == "test" and episodes == len(_SHARES) ** len(_MOST):
            values = [[(2 * share - 1) * most for share in _SHARES] for most in _MOST]
            return np.pad(np.array(list(product(*values))), ((0, 0), (0, 2)))
        drawn = self.start(rng, episodes)
        if split == "train":
            drawn[0] = (0.0, 0.0, 4 * _DEGREE, 0.0, 0.0, 0.0)
        return drawn

    def functions(self) -> Functions:
        """Return the compiled dynamics."""
        return Functions(observe, step)


class DoublePoleNoVelocity(DoublePole):
    """`double_pole_no_velocity`: as `double_pole`, but only x, θ1 and θ2 are seen."""

    name = "double_pole_no_velocity"
    variables = (_X, _THETA_1, _THETA_2)
