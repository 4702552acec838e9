"""Two poles of different lengths on one cart, compiled.

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

import numpy as np

from ....sim.compile import kernel
from .base import OBSERVE, STEP
from .trigonometry import sine_cosine

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
    """The state."""
    for variable in range(VARIABLES):
        for lane in range(lanes):
            observations[variable, lane] = states[variable, lane]


@kernel(inline=True)
def _pole(theta, speed, mass, length, friction):  # type: ignore[no-untyped-def]
    """Force and mass that a pole exerts, the cosine, and what θ̈ is made of besides ẍ cos θ."""
    sine, cosine = sine_cosine(theta)
    turning = friction * speed / (mass * length) + _GRAVITY * sine
    force = mass * length * (speed * speed) * sine + 0.75 * mass * cosine * turning
    return force, mass * (1.0 - 0.75 * (cosine * cosine)), cosine, turning


@kernel(inline=True)
def _slope(state, force, settings):  # type: ignore[no-untyped-def]
    """Time derivative of a state."""
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
