"""Cart-pole: a pole on a cart that is pushed left or right must not fall; TENNLab's levels of it.

The dynamics are those of gymnasium's CartPole-v1. Barto, Sutton and Anderson (1983), "Neuronlike adaptive elements that can solve difficult learning
control problems", with the corrected equations of Florian (2007), advanced by an explicit Euler step
of 0.02 s, operation by operation in gymnasium's order.

The four levels of TENNLab's benchmark (Plank et al., 2025, J. Low Power Electron. Appl. 15(1):5) have
limits |x| ≤ 2.4 m and |θ| ≤ 0.209 and starts within x ± 1.2, θ ± 0.10475, both speeds ± 0.05; an
episode is cut off after 15,000 steps, five minutes. The score is the mean number of steps, which
`cartpole_medium` lowers where a network rarely idles.

The state is (x, ẋ, θ, θ̇) in metres, radians and seconds, float64; `step_idling` also keeps
(steps made, idle ones among them). Settings: the limit of |x|, the limit of |θ|, then the force of
every action in newton.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ...sim.compile import kernel
from ..control.compiled_environment import OBSERVE, STEP, sine_cosine
from ..control.control_task import Control
from ..control.episode_loop import Functions
from ..control.observation_encoder import Variable

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
    """Write the state rounded to float32, as gymnasium gives it."""
    for variable in range(_OBSERVED):
        for lane in range(lanes):
            observations[variable, lane] = np.float32(states[variable, lane])


@kernel(inline=True)
def _advance(settings, states, actions, lanes, rewards, terminated):  # type: ignore[no-untyped-def]
    """Advance by a step; the reward is 1, also for the step in which a limit is passed."""
    # Read before the loop, and chosen without an index, so that the loop over lanes is vectorised.
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
        # An explicit Euler step: positions move by the speeds before it.
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
    """Advance by 0.02 s; the reward is 1."""
    _advance(settings, states, actions, lanes, rewards, terminated)


@kernel(STEP)
def step_idling(settings, states, actions, lanes, rewards, terminated):  # type: ignore[no-untyped-def]
    """Advance by 0.02 s, where an episode is worth less if action 0, idle, is rare in it.

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


# Names of the actions.
_TWO = ("push left", "push right")
_THREE = ("idle", "push left", "push right")

_X = Variable("x", 0, -2.4, 2.4)
_X_SPEED = Variable("x speed", 1, -2.0, 2.0)
_THETA = Variable("theta", 2, -0.209, 0.209)
_THETA_SPEED = Variable("theta speed", 3, -2.0, 2.0)


class CartPole(Control):
    """`cartpole`: gymnasium's CartPole-v1, cut off after 500 steps; the score is the mean return.

    Limits |x| ≤ 2.4 m and |θ| ≤ 12°, starts within ±0.05 in all four variables, reward 1 a step,
    the last one included. No constant action lasts longer than 11 steps (the mean is 9.4); random
    actions last 22.3 steps.
    """

    name = "cartpole"
    variables = (_X, _X_SPEED, _THETA, _THETA_SPEED)
    observed = 4
    actions = _TWO
    constants = (2.4, 12 * 2 * math.pi / 360, -10.0, 10.0, 0.0)
    steps = 500
    encoder = "flip_flop:3"
    ticks = 8
    chance_score = 11.0
    guess_score = 22.3
    score_range = (1.0, 500.0)

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Draw every variable uniformly within ±0.05."""
        return rng.uniform(-0.05, 0.05, (episodes, 4))

    def functions(self) -> Functions:
        """Return the compiled dynamics."""
        return Functions(observe, step)


# Of TENNLab's levels: the settings of the kernels.
_TWO_FORCES = (2.4, 0.209, -10.0, 10.0, 0.0)
_THREE_FORCES = (2.4, 0.209, 0.0, -10.0, 10.0)


class _Level(Control):
    """A level of TENNLab's benchmark; see the top of this file."""

    observed = 4
    steps = 15_000
    training_episodes = 16  # side by side they take the time of ten
    encoder = "flip_flop:8"
    ticks = 24
    score_range = (0.0, 15_000.0)

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Draw uniformly within x ± 1.2, θ ± 0.10475, both speeds ± 0.05."""
        most = np.array([1.2, 0.05, 0.10475, 0.05])
        return rng.uniform(-most, most, (episodes, 4))

    def functions(self) -> Functions:
        """Return the compiled dynamics."""
        return Functions(observe, step)


class CartPoleEasy(_Level):
    """`cartpole_easy`: position, angle and both speeds are seen; push left or right.

    No constant action lasts longer than 12 steps; random ones last 21.9.
    """

    name = "cartpole_easy"
    variables = (_X, _X_SPEED, _THETA, _THETA_SPEED)
    actions = _TWO
    constants = _TWO_FORCES
    chance_score = 12.0
    guess_score = 21.9


class CartPoleMedium(_Level):
    """`cartpole_medium`: four variables are seen; three quarters of the steps should be idle.

    An episode of n steps, a share s < 0.75 of them idle, scores n · s / 0.75. The best constant
    action, idle, scores as on `cartpole_hard`; random actions score 10.4.
    """

    name = "cartpole_medium"
    variables = (_X, _X_SPEED, _THETA, _THETA_SPEED)
    actions = _THREE
    constants = _THREE_FORCES
    chance_score = 50.0
    guess_score = 10.4

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Draw as on every level; steps and idle steps are counted from 0."""
        return np.pad(super().start(rng, episodes), ((0, 0), (0, 2)))

    def functions(self) -> Functions:
        """Return the compiled dynamics."""
        return Functions(observe, step_idling)


class CartPoleHard(_Level):
    """`cartpole_hard`: position and angle only, three actions.

    A network sees no speeds, so it must remember. The best constant action, idle, lasts 31.5 steps
    on average; of ten starts the mean is below the chance score in more than 999 of 1,000 cases.
    Random actions last 23.3 steps.
    """

    name = "cartpole_hard"
    variables = (_X, _THETA)
    actions = _THREE
    constants = _THREE_FORCES
    chance_score = 50.0
    guess_score = 23.3


class CartPoleHardest(_Level):
    """`cartpole_hardest`: position and angle only, and no idling.

    Constant and random actions last as long as on `cartpole_easy`.
    """

    name = "cartpole_hardest"
    variables = (_X, _THETA)
    actions = _TWO
    constants = _TWO_FORCES
    chance_score = 12.0
    guess_score = 21.9
