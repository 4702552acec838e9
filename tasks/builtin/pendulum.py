"""Pendulum: it must be swung up and kept upright by a torque that is too weak to lift it.

The dynamics of gymnasium's Pendulum-v1, operation by operation in gymnasium's order.

The state is (θ, θ̇) in radians, upright at 0, and seconds, float64. Settings: the torque of every
action in newton metres, which counts as float32.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ...sim.compile import kernel
from ..control.compiled_environment import OBSERVE, STEP, sine_cosine
from ..control.control_task import ContinuousControl
from ..control.episode_loop import Functions
from ..control.observation_encoder import Variable

_TURN = 2.0 * math.pi
_FASTEST = 8.0
_SECONDS = 0.05
_GRAVITY_TERM = 15.0  # 3 g / (2 l) with g = 10, l = 1
_TORQUE_TERM = np.float32(3.0)  # 3 / (m l²)
_TORQUE_COST = np.float32(0.001)


@kernel(OBSERVE)
def observe(settings, states, lanes, observations):  # type: ignore[no-untyped-def]
    """Write cos θ, sin θ and θ̇, rounded to float32."""
    for lane in range(lanes):
        sine, cosine = sine_cosine(states[0, lane])
        observations[0, lane] = np.float32(cosine)
        observations[1, lane] = np.float32(sine)
        observations[2, lane] = np.float32(states[1, lane])


@kernel(STEP)
def step(settings, states, actions, lanes, rewards, terminated):  # type: ignore[no-untyped-def]
    """Advance by 0.05 s; the reward is −(θ² + 0.1 θ̇² + 0.001 torque²), θ within ±π."""
    for lane in range(lanes):
        theta, speed = states[0, lane], states[1, lane]
        torque = np.float32(settings[actions[lane]])
        # The remainder by 2 π, never negative.
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


class Pendulum(ContinuousControl):
    """`pendulum`: gymnasium's Pendulum-v1, 200 steps; reward −(θ² + 0.1 θ̇² + 0.001 torque²).

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
        """Draw an angle uniformly within ±π, a velocity within ±1."""
        most = np.array([math.pi, 1.0])
        return rng.uniform(-most, most, (episodes, 2))

    def functions(self) -> Functions:
        """Return the compiled dynamics."""
        return Functions(observe, step)
