"""Acrobot, gymnasium's Acrobot-v1: two links that hang must swing their tip up by a motor between them.

Sutton (1996), "Generalization in reinforcement learning"; the equations of Sutton and Barto's book
(section 11.3 of its first edition), by one Runge–Kutta step of 0.2 s, operation by operation in
gymnasium's order. Both links are 1 m long and weigh 1 kg, with the centre of mass in the middle and a
moment of inertia of 1 kg m².

The state is (θ1, θ2, θ̇1, θ̇2) in radians and seconds, float64; θ1 = 0 hangs down, θ2 is relative to
the first link. Settings: the torque of every action in newton metres.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ...sim.compile import kernel
from ..control.compiled_environment import OBSERVE, STEP, sine_cosine
from ..control.control_task import Control
from ..control.episode_loop import Functions
from ..control.observation_encoder import Variable

_SECONDS = 0.2
_GRAVITY = 9.8
_CENTRE = 0.5
_INERTIA = 1.0
_FASTEST_1, _FASTEST_2 = 4 * math.pi, 9 * math.pi
_QUARTER = math.pi / 2.0


@kernel(OBSERVE)
def observe(settings, states, lanes, observations):  # type: ignore[no-untyped-def]
    """Write cosine and sine of θ1, those of θ2, θ̇1, θ̇2, rounded to float32."""
    for lane in range(lanes):
        sine_1, cosine_1 = sine_cosine(states[0, lane])
        sine_2, cosine_2 = sine_cosine(states[1, lane])
        observations[0, lane] = np.float32(cosine_1)
        observations[1, lane] = np.float32(sine_1)
        observations[2, lane] = np.float32(cosine_2)
        observations[3, lane] = np.float32(sine_2)
        observations[4, lane] = np.float32(states[2, lane])
        observations[5, lane] = np.float32(states[3, lane])


@kernel(inline=True)
def _along(state, slope, seconds):  # type: ignore[no-untyped-def]
    return (
        state[0] + seconds * slope[0],
        state[1] + seconds * slope[1],
        state[2] + seconds * slope[2],
        state[3] + seconds * slope[3],
    )


@kernel(inline=True)
def _slope(state, torque):  # type: ignore[no-untyped-def]
    """Return the time derivative of a state."""
    theta_1, theta_2, speed_1, speed_2 = state
    sine, cosine = sine_cosine(theta_2)
    _, upright_both = sine_cosine(theta_1 + theta_2 - _QUARTER)
    _, upright_1 = sine_cosine(theta_1 - _QUARTER)
    square = _CENTRE * _CENTRE
    d_1 = square + (1.0 + square + 2.0 * _CENTRE * cosine) + _INERTIA + _INERTIA
    d_2 = (square + _CENTRE * cosine) + _INERTIA
    phi_2 = _CENTRE * _GRAVITY * upright_both
    phi_1 = (
        -_CENTRE * (speed_2 * speed_2) * sine
        - 2.0 * _CENTRE * speed_2 * speed_1 * sine
        + (_CENTRE + 1.0) * _GRAVITY * upright_1
        + phi_2
    )
    acceleration_2 = (torque + d_2 / d_1 * phi_1 - _CENTRE * (speed_1 * speed_1) * sine - phi_2) / (
        square + _INERTIA - d_2 * d_2 / d_1
    )
    acceleration_1 = -(d_2 * acceleration_2 + phi_1) / d_1
    return speed_1, speed_2, acceleration_1, acceleration_2


@kernel(inline=True)
def _wrapped(angle):  # type: ignore[no-untyped-def]
    """Return the same angle within ±π."""
    while angle > math.pi:
        angle = angle - 2.0 * math.pi
    while angle < -math.pi:
        angle = angle + 2.0 * math.pi
    return angle


@kernel(STEP)
def step(settings, states, actions, lanes, rewards, terminated):  # type: ignore[no-untyped-def]
    """Advance by 0.2 s; the reward is -1, but 0 for the step that swings the tip above the line."""
    for lane in range(lanes):
        torque = settings[actions[lane]]
        # Tuples rather than arrays: the compiler keeps them in registers.
        start = (states[0, lane], states[1, lane], states[2, lane], states[3, lane])
        half = 0.5 * _SECONDS
        slope_1 = _slope(start, torque)
        slope_2 = _slope(_along(start, slope_1, half), torque)
        slope_3 = _slope(_along(start, slope_2, half), torque)
        slope_4 = _slope(_along(start, slope_3, _SECONDS), torque)
        for variable in range(4):
            states[variable, lane] = start[variable] + _SECONDS / 6.0 * (
                slope_1[variable]
                + 2 * slope_2[variable]
                + 2 * slope_3[variable]
                + slope_4[variable]
            )
    for lane in range(lanes):
        theta_1, theta_2 = _wrapped(states[0, lane]), _wrapped(states[1, lane])
        states[0, lane] = theta_1
        states[1, lane] = theta_2
        states[2, lane] = min(max(states[2, lane], -_FASTEST_1), _FASTEST_1)
        states[3, lane] = min(max(states[3, lane], -_FASTEST_2), _FASTEST_2)
        _, first = sine_cosine(theta_1)
        _, both = sine_cosine(theta_2 + theta_1)
        terminated[lane] = -first - both > 1.0
        rewards[lane] = 0.0 if terminated[lane] else -1.0


class Acrobot(Control):
    """`acrobot`: gymnasium's Acrobot-v1, cut off after 500 steps; reward -1 a step, 0 for the last.

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
        """Draw every variable uniformly within ±0.1, rounded to float32."""
        return rng.uniform(-0.1, 0.1, (episodes, 4)).astype(np.float32).astype(np.float64)

    def functions(self) -> Functions:
        """Return the compiled dynamics."""
        return Functions(observe, step)
