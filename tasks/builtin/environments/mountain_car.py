"""Mountain car: a car too weak for the slope must swing itself out of a valley."""

import numpy as np
from numpy.typing import NDArray

from ...control.control import ContinuousControl, Control
from ...control.episode_loop import Functions
from ...control.observation_encoder import Variable

_POSITION = Variable("position", 0, -1.2, 0.6)
_VELOCITY = Variable("velocity", 1, -0.07, 0.07)


class MountainCar(Control):
    """``mountain_car``: gymnasium's MountainCar-v0, cut off after 200 steps; reward -1 a step.

    Starts at rest between -0.6 and -0.4. No constant action, and hardly ever random ones, reach the
    goal; pushing along the velocity scores -119.6, gymnasium calls -110 solved.
    """

    name = "mountain_car"
    variables = (_POSITION, _VELOCITY)
    observed = 2
    actions = ("left", "idle", "right")
    constants = (-0.001, 0.0, 0.001)
    steps = 200
    training_episodes = 16  # side by side they take the time of ten
    encoder = "argyle:3,spikes=3"
    ticks = 8
    chance_score = -200.0
    guess_score = -200.0
    score_range = (-200.0, -1.0)

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """A position uniformly within -0.6 … -0.4, velocity 0."""
        return np.pad(rng.uniform(-0.6, -0.4, (episodes, 1)), ((0, 0), (0, 1)))

    def functions(self) -> Functions:
        """The dynamics, compiled."""
        from . import mountain_car_dynamics  # compiles, or loads from the cache

        return Functions(mountain_car_dynamics.observe, mountain_car_dynamics.step)


class MountainCarContinuous(ContinuousControl):
    """``mountain_car_continuous``: gymnasium's MountainCarContinuous-v0, cut off after 999 steps.

    Starts as in ``mountain_car``. The reward is -0.1 · force² a step, and 100 at the goal;
    gymnasium calls 90 solved. The best constant action is no force, which scores 0;
    random ones of three values score -61.
    """

    name = "mountain_car_continuous"
    variables = (_POSITION, _VELOCITY)
    observed = 2
    action_range = (-1.0, 1.0)
    decoder = "bins:3"
    steps = 999
    encoder = "argyle:3,spikes=3"
    ticks = 8
    chance_score = 0.0
    guess_score = -61.0
    score_range = (-99.9, 100.0)

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """A position uniformly within -0.6 … -0.4, velocity 0, not yet moved."""
        return np.pad(rng.uniform(-0.6, -0.4, (episodes, 1)), ((0, 0), (0, 2)))

    def functions(self) -> Functions:
        """The dynamics, compiled."""
        from . import mountain_car_dynamics  # compiles, or loads from the cache

        return Functions(mountain_car_dynamics.observe, mountain_car_dynamics.step_continuous)
