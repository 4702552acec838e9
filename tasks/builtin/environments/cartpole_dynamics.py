"""The cart-pole of gymnasium's CartPole-v1, compiled.

Barto, Sutton and Anderson (1983), "Neuronlike adaptive elements that can solve difficult learning
control problems", with the corrected equations of Florian (2007), advanced by an explicit Euler step
of 0.02 s, operation by operation in gymnasium's order.

The state is (x, ẋ, θ, θ̇) in metres, radians and seconds, float64; ``step_idling`` also keeps
(steps made, idle ones among them). Settings: the limit of |x|, the limit of |θ|, then the force of
every action in newton.
"""

import numpy as np

from ....sim.compile import kernel
from .base import OBSERVE, STEP
from .trigonometry import sine_cosine

X_LIMIT, THETA_LIMIT, FORCE_0, FORCE_1, FORCE_2 = range(5)  # settings
X, X_SPEED, THETA, THETA_SPEED, STEPS, IDLE = range(6)  # state
IDLE_SHARE = 0.75  # of an episode's steps, for its full score where idling is asked for

_OBSERVED = 4
_GRAVITY = 9.8
_POLE = 0.1  # kg
_TOTAL = 0.1 + 1.0  # kg, pole and cart
_LENGTH = 0.5  # m, half the pole's
_POLE_LENGTH = _POLE * _LENGTH
_SECONDS = 0.02
_FOUR_THIRDS = 4.0 / 3.0


@kernel(OBSERVE)
def observe(settings, states, lanes, observations):  # type: ignore[no-untyped-def]
    """Observations are the state rounded to float32, as gymnasium gives it."""
    for variable in range(_OBSERVED):
        for lane in range(lanes):
            observations[variable, lane] = np.float32(states[variable, lane])


@kernel(inline=True)
def _advance(settings, states, actions, lanes, rewards, terminated):  # type: ignore[no-untyped-def]
    """The physics of a step; the reward is 1, also for the step in which a limit is passed."""
    x_limit, theta_limit = settings[X_LIMIT], settings[THETA_LIMIT]
    force_0, force_1, force_2 = settings[FORCE_0], settings[FORCE_1], settings[FORCE_2]
    for lane in range(lanes):
        x, x_speed = states[X, lane], states[X_SPEED, lane]
        theta, theta_speed = states[THETA, lane], states[THETA_SPEED, lane]
        force = force_0 if actions[lane] == 0 else (force_1 if actions[lane] == 1 else force_2)
        sine, cosine = sine_cosine(theta)
        common = (force + _POLE_LENGTH * (theta_speed * theta_speed) * sine) / _TOTAL
        theta_acceleration = (_GRAVITY * sine - cosine * common) / (
            _LENGTH * (_FOUR_THIRDS - _POLE * (cosine * cosine) / _TOTAL)
        )
        x_acceleration = common - _POLE_LENGTH * theta_acceleration * cosine / _TOTAL
        x = x + _SECONDS * x_speed
        theta = theta + _SECONDS * theta_speed
        states[X, lane] = x
        states[X_SPEED, lane] = x_speed + _SECONDS * x_acceleration
        states[THETA, lane] = theta
        states[THETA_SPEED, lane] = theta_speed + _SECONDS * theta_acceleration
        rewards[lane] = 1.0
        terminated[lane] = (abs(x) > x_limit) | (abs(theta) > theta_limit)


@kernel(STEP)
def step(settings, states, actions, lanes, rewards, terminated):  # type: ignore[no-untyped-def]
    """One step of 0.02 s; the reward is 1."""
    _advance(settings, states, actions, lanes, rewards, terminated)


@kernel(STEP)
def step_idling(settings, states, actions, lanes, rewards, terminated):  # type: ignore[no-untyped-def]
    """One step of 0.02 s, where an episode is worth less if action 0, idle, is rare in it.

    With idle share s < 0.75 an episode of n steps scores n · s / 0.75. The reward is what a step
    adds to that, and the rewards add up to the score without rounding: each is the difference of
    two numbers of which none is more than twice the other.
    """
    _advance(settings, states, actions, lanes, rewards, terminated)
    for lane in range(lanes):
        before = min(states[STEPS, lane], states[IDLE, lane] / IDLE_SHARE)
        states[STEPS, lane] += 1.0
        states[IDLE, lane] += 1.0 if actions[lane] == 0 else 0.0
        rewards[lane] = min(states[STEPS, lane], states[IDLE, lane] / IDLE_SHARE) - before
