"""Mountain car: a car too weak for the slope must swing itself out of a valley.

Moore (1990), "Efficient memory-based learning for robot control"; the dynamics of gymnasium's
MountainCar-v0 and MountainCarContinuous-v0, operation by operation in gymnasium's order.

The state is (position, velocity), float64. The continuous car is computed in float32 by gymnasium
once it has made a step, but not in its first: a third variable, 0 at the start, records whether
it has. Settings: the force of every action.
"""

import numpy as np
from numpy.typing import NDArray

from ...sim.compile import kernel
from ..control.compiled_environment import OBSERVE, STEP, sine_cosine
from ..control.control_task import ContinuousControl, Control
from ..control.episode_loop import Functions
from ..control.observation_encoder import Variable

POSITION, VELOCITY, MOVED = range(3)  # state

_OBSERVED = 2
_LOWEST, _HIGHEST = -1.2, 0.6
_FASTEST = 0.07
_GOAL = 0.5
_GRAVITY = 0.0025

_LOWEST_32, _HIGHEST_32 = float(np.float32(_LOWEST)), float(np.float32(_HIGHEST))
_FASTEST_32 = float(np.float32(_FASTEST))
_GOAL_32 = float(np.float32(0.45))
_POWER = np.float32(0.0015)


@kernel(OBSERVE)
def observe(settings, states, lanes, observations):  # type: ignore[no-untyped-def]
    """Write position and velocity, rounded to float32."""
    for variable in range(_OBSERVED):
        for lane in range(lanes):
            observations[variable, lane] = np.float32(states[variable, lane])


@kernel(STEP)
def step(settings, states, actions, lanes, rewards, terminated):  # type: ignore[no-untyped-def]
    """Advance by a step; the reward is -1, also for the step that reaches the goal."""
    for lane in range(lanes):
        position, velocity = states[POSITION, lane], states[VELOCITY, lane]
        _, cosine = sine_cosine(3.0 * position)
        velocity = velocity + (settings[actions[lane]] + cosine * -_GRAVITY)
        velocity = min(max(velocity, -_FASTEST), _FASTEST)
        position = min(max(position + velocity, _LOWEST), _HIGHEST)
        velocity = 0.0 if (position == _LOWEST) & (velocity < 0.0) else velocity
        states[POSITION, lane] = position
        states[VELOCITY, lane] = velocity
        rewards[lane] = -1.0
        terminated[lane] = (position >= _GOAL) & (velocity >= 0.0)


@kernel(STEP)
def step_continuous(settings, states, actions, lanes, rewards, terminated):  # type: ignore[no-untyped-def]
    """Advance by a step; the reward is -0.1 · force², and 100 more for the one that reaches the goal.

    Sums of two float32 are computed in float64 and rounded, which gives the same.
    """
    for lane in range(lanes):
        position, velocity = states[POSITION, lane], states[VELOCITY, lane]
        force = np.float32(settings[actions[lane]])
        angle = 3.0 * position
        angle = np.float64(np.float32(angle)) if states[MOVED, lane] != 0.0 else angle
        _, cosine = sine_cosine(angle)
        push = np.float64(force * _POWER) - np.float64(np.float32(_GRAVITY * cosine))
        velocity = np.float64(np.float32(velocity + np.float64(np.float32(push))))
        velocity = min(max(velocity, -_FASTEST_32), _FASTEST_32)
        position = np.float64(np.float32(position + velocity))
        position = min(max(position, _LOWEST_32), _HIGHEST_32)
        velocity = 0.0 if (position == _LOWEST_32) & (velocity < 0.0) else velocity
        at_goal = (position >= _GOAL_32) & (velocity >= 0.0)
        states[POSITION, lane] = position
        states[VELOCITY, lane] = velocity
        states[MOVED, lane] = 1.0
        rewards[lane] = (100.0 if at_goal else 0.0) - np.float64(force) * np.float64(force) * 0.1
        terminated[lane] = at_goal


_POSITION = Variable("position", 0, -1.2, 0.6)
_VELOCITY = Variable("velocity", 1, -0.07, 0.07)


class MountainCar(Control):
    """`mountain_car`: gymnasium's MountainCar-v0, cut off after 200 steps; reward -1 a step.

    Starts at rest between -0.6 and -0.4. No constant action, and hardly ever random ones, reach the
    goal; pushing along the velocity scores -119.6, gymnasium calls -110 solved.
    """

    name = "mountain_car"
    variables = (_POSITION, _VELOCITY)
    observed = 2
    actions = ("push left", "idle", "push right")
    constants = (-0.001, 0.0, 0.001)
    steps = 200
    training_episodes = 16  # side by side they take the time of ten
    encoder = "argyle:4"
    ticks = 24
    chance_score = -200.0
    guess_score = -200.0
    score_range = (-200.0, -1.0)

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Draw a position uniformly within -0.6 … -0.4, velocity 0."""
        return np.pad(rng.uniform(-0.6, -0.4, (episodes, 1)), ((0, 0), (0, 1)))

    def functions(self) -> Functions:
        """Return the compiled dynamics."""
        return Functions(observe, step)


class MountainCarContinuous(ContinuousControl):
    """`mountain_car_continuous`: gymnasium's MountainCarContinuous-v0, cut off after 999 steps.

    Starts as in `mountain_car`. The reward is -0.1 · force² a step, and 100 at the goal;
    gymnasium calls 90 solved. The best constant action is no force, which scores 0;
    random ones of three values score -61.
    """

    name = "mountain_car_continuous"
    variables = (_POSITION, _VELOCITY)
    observed = 2
    action_range = (-1.0, 1.0)
    decoder = "bins:3"
    steps = 999
    encoder = "argyle:4"
    ticks = 24
    chance_score = 0.0
    guess_score = -61.0
    score_range = (-99.9, 100.0)

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Draw a position uniformly within -0.6 … -0.4, velocity 0, not yet moved."""
        return np.pad(rng.uniform(-0.6, -0.4, (episodes, 1)), ((0, 0), (0, 2)))

    def functions(self) -> Functions:
        """Return the compiled dynamics."""
        return Functions(observe, step_continuous)
