"""The pendulum of gymnasium's Pendulum-v1, compiled; operation by operation in gymnasium's order.

The state is (θ, θ̇) in radians, upright at 0, and seconds, float64. Settings: the torque of every
action in newton metres, which counts as float32.
"""

import math

import numpy as np

from ....sim.compile import kernel
from .base import OBSERVE, STEP
from .trigonometry import sine_cosine

_TURN = 2.0 * math.pi
_FASTEST = 8.0
_SECONDS = 0.05
_GRAVITY_TERM = 15.0  # 3 g / (2 l) with g = 10, l = 1
_TORQUE_TERM = np.float32(3.0)  # 3 / (m l²)
_TORQUE_COST = np.float32(0.001)


@kernel(OBSERVE)
def observe(settings, states, lanes, observations):  # type: ignore[no-untyped-def]
    """Cos θ, sin θ and θ̇, rounded to float32."""
    for lane in range(lanes):
        sine, cosine = sine_cosine(states[0, lane])
        observations[0, lane] = np.float32(cosine)
        observations[1, lane] = np.float32(sine)
        observations[2, lane] = np.float32(states[1, lane])


@kernel(STEP)
def step(settings, states, actions, lanes, rewards, terminated):  # type: ignore[no-untyped-def]
    """One step of 0.05 s; the reward is −(θ² + 0.1 θ̇² + 0.001 torque²), θ within ±π."""
    for lane in range(lanes):
        theta, speed = states[0, lane], states[1, lane]
        torque = np.float32(settings[actions[lane]])
        turned = theta + math.pi
        angle = (turned - math.floor(turned / _TURN) * _TURN) - math.pi
        cost = angle * angle + 0.1 * (speed * speed)
        cost = cost + np.float64(_TORQUE_COST * (torque * torque))
        sine, _ = sine_cosine(theta)
        speed = speed + (_GRAVITY_TERM * sine + np.float64(_TORQUE_TERM * torque)) * _SECONDS
        speed = min(max(speed, -_FASTEST), _FASTEST)
        states[0, lane] = theta + speed * _SECONDS
        states[1, lane] = speed
        rewards[lane] = -cost
        terminated[lane] = False
