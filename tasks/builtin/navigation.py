"""Navigation: a robot must drive to a goal among round obstacles, without touching them or the walls.

The robot is a point with a heading in a square arena. Its five range sensors look to the left, half
left, ahead, half right and right: those of the maze navigator of Lehman and Stanley (2011, "Abandoning
objectives: evolution through the search for novelty alone"), without its sixth, which looks back, where
this robot does not drive.

The arena is a square of 4 by 4 cells of 1 m. The robot starts in one of the left column, the goal lies
in one of the right column, and ten of the others have an obstacle, which stays 0.1 m away from the
borders of its cell: so there is always a way, along these borders.

The return of an episode of t steps is

    (gap at the start − gap at the end) / gap at the start − t / 100 + 1 at the goal − 1 for a collision

where the gap is the distance from the robot to the edge of the goal. It is above 1 if and only if the
goal was reached, and then 2 − t / 100.

The state is (x, y, heading, x and y of the goal, gap at the start, then x, y and radius of every
obstacle) in metres and radians, float64. Settings: for each action the radians that it turns to the
left, then for each the metres that it drives.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ...sim.compile import kernel
from ..control.compiled_environment import OBSERVE, STEP, sine_cosine
from ..control.control_task import Control
from ..control.episode_loop import Functions
from ..control.observation_encoder import Variable

# State.
X, Y, HEADING, GOAL_X, GOAL_Y, START_GAP, OBSTACLES = range(7)
OBSTACLE_COUNT = 10

# Settings.
TURNS, LENGTHS = 0, 3

#: Radians from the heading to the left.
SENSOR_ANGLES = (math.pi / 2, math.pi / 4, 0.0, -math.pi / 4, -math.pi / 2)
SENSOR_RANGE = 2.0  # m
GOAL_RADIUS = 0.2  # m
_SENSORS = len(SENSOR_ANGLES)

_CELLS = 4  # in a row
SIDE = float(_CELLS)  # m
_CENTRE_OFFSET = 0.2  # m, of robot and goal from the centre of their cell, at most
_OBSTACLE_OFFSET = 0.1
_SMALLEST, _LARGEST = 0.2, 0.3  # m, radius of an obstacle
_STEPS = 100


@kernel(inline=True)
def _free_way(states, lane, angle):  # type: ignore[no-untyped-def]
    """Return the metres from the robot to what is first in a direction: an obstacle or a wall."""
    x, y = states[X, lane], states[Y, lane]
    sine, cosine = sine_cosine(angle)
    # An axis that the direction is parallel to gives infinity.
    nearest = min(
        (SIDE - x if cosine > 0.0 else x) / abs(cosine), (SIDE - y if sine > 0.0 else y) / abs(sine)
    )
    for obstacle in range(OBSTACLE_COUNT):
        row = OBSTACLES + 3 * obstacle
        to_x, to_y, radius = states[row, lane] - x, states[row + 1, lane] - y, states[row + 2, lane]
        along = to_x * cosine + to_y * sine
        aside = to_x * sine - to_y * cosine
        inside = radius * radius - aside * aside  # square of half of the chord
        contact = along - math.sqrt(max(inside, 0.0))
        is_hit = (inside > 0.0) & (along > 0.0)
        nearest = min(nearest, contact) if is_hit else nearest
    return nearest


@kernel(inline=True)
def _goal(states, lane):  # type: ignore[no-untyped-def]
    """Return the way to the goal along either axis, and its length, in metres."""
    to_x, to_y = states[GOAL_X, lane] - states[X, lane], states[GOAL_Y, lane] - states[Y, lane]
    return to_x, to_y, math.sqrt(to_x * to_x + to_y * to_y)


@kernel(OBSERVE)
def observe(settings, states, lanes, observations):  # type: ignore[no-untyped-def]
    """Write what the sensors measure, then cosine and sine of the goal's direction, and its distance."""
    for sensor in range(_SENSORS):
        for lane in range(lanes):
            way = _free_way(states, lane, states[HEADING, lane] + SENSOR_ANGLES[sensor])
            observations[sensor, lane] = min(way, SENSOR_RANGE)
    for lane in range(lanes):
        to_x, to_y, distance = _goal(states, lane)
        sine, cosine = sine_cosine(states[HEADING, lane])
        observations[_SENSORS, lane] = (to_x * cosine + to_y * sine) / distance
        observations[_SENSORS + 1, lane] = (to_y * cosine - to_x * sine) / distance
        observations[_SENSORS + 2, lane] = distance


@kernel(STEP)
def step(settings, states, actions, lanes, rewards, terminated):  # type: ignore[no-untyped-def]
    """Turn, then drive; a drive that would touch something is not made, and ends the episode."""
    for lane in range(lanes):
        heading = states[HEADING, lane] + settings[TURNS + actions[lane]]
        length = settings[LENGTHS + actions[lane]]
        collided = (length > 0.0) & (_free_way(states, lane, heading) <= length)
        _, _, before = _goal(states, lane)
        sine, cosine = sine_cosine(heading)
        driven = 0.0 if collided else length
        states[X, lane] = states[X, lane] + driven * cosine
        states[Y, lane] = states[Y, lane] + driven * sine
        states[HEADING, lane] = heading
        _, _, after = _goal(states, lane)
        gap_before, gap_after = max(before - GOAL_RADIUS, 0.0), max(after - GOAL_RADIUS, 0.0)
        arrived = gap_after == 0.0
        bonus = (1.0 if arrived else 0.0) - (1.0 if collided else 0.0)
        rewards[lane] = (gap_before - gap_after) / states[START_GAP, lane] - 1.0 / _STEPS + bonus
        terminated[lane] = arrived | collided


_LEFT, _GO, _RIGHT = range(3)


def hand_written(observation: NDArray[np.float64]) -> int:
    """Return the action of a policy written by hand, to compare networks with: a number of `actions`.

    It goes where the goal is, along obstacles that are in the way.

    Args:
        observation: (8,) float64, as `observe` writes it.
    """
    _, half_left, ahead, half_right, _, goal_ahead, goal_left, _ = observation
    if ahead < 0.15:
        return _LEFT if half_left > half_right else _RIGHT
    if goal_ahead < 0.94 and (half_left if goal_left > 0.0 else half_right) > 0.3:
        return _LEFT if goal_left > 0.0 else _RIGHT
    return _GO


class Navigation(Control):
    """`navigation`: a robot among ten round obstacles on 4 × 4 m, cut off after 100 steps.

    Obstacles, goal and start are drawn anew for every episode. The robot turns by 15° or drives
    0.1 m, and its sensors reach 2 m. Of constant actions, turning scores -1 and going -1.06 on average;
    of sixteen starts the mean of either is below the chance score in 999 of 1,000 cases. Random actions
    score -1.28, turning to the goal and going there, blind to obstacles, scores 0.01, and `hand_written`
    1.56: it reaches the goal in 999 of 1,000 episodes or more, after 44 steps.
    """

    name = "navigation"
    variables = (
        Variable("left", 0, 0.0, SENSOR_RANGE),
        Variable("half left", 1, 0.0, SENSOR_RANGE),
        Variable("ahead", 2, 0.0, SENSOR_RANGE),
        Variable("half right", 3, 0.0, SENSOR_RANGE),
        Variable("right", 4, 0.0, SENSOR_RANGE),
        Variable("goal ahead", 5, -1.0, 1.0),
        Variable("goal left", 6, -1.0, 1.0),
        Variable("goal distance", 7, 0.0, SIDE),
    )
    observed = 8
    actions = ("turn left", "go", "turn right")
    constants = (math.pi / 12, 0.0, -math.pi / 12, 0.0, 0.1, 0.0)
    steps = _STEPS
    training_episodes = 16
    encoder = "argyle:4,spikes=3"
    ticks = 8
    chance_score = -0.65
    guess_score = -1.28
    score_range = (-3.1, 2.0)

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        """Draw cells, then where in them robot, goal and obstacles are, all uniformly, and a heading."""
        drawn = rng.random((episodes, 7 + _CELLS**2 + 3 * OBSTACLE_COUNT))
        first, within, order, obstacles = np.split(drawn, (3, 7, 7 + _CELLS**2), axis=1)
        rows = (first[:, :2] * _CELLS).astype(np.int64)  # of robot and goal
        taken = np.stack([rows[:, 0] * _CELLS, rows[:, 1] * _CELLS + _CELLS - 1], axis=1)
        np.put_along_axis(order, taken, 2.0, axis=1)  # last, beyond what is drawn
        cells = np.concatenate([taken, order.argsort(axis=1)[:, :OBSTACLE_COUNT]], axis=1)
        centres = np.stack([cells % _CELLS + 0.5, cells // _CELLS + 0.5], axis=2)
        centres[:, :2] += (2 * within.reshape(episodes, 2, 2) - 1) * _CENTRE_OFFSET
        rounds = obstacles.reshape(episodes, OBSTACLE_COUNT, 3)
        centres[:, 2:] += (2 * rounds[:, :, :2] - 1) * _OBSTACLE_OFFSET
        radii = _SMALLEST + rounds[:, :, 2:] * (_LARGEST - _SMALLEST)
        away = centres[:, 1] - centres[:, 0]
        gap = np.sqrt(away[:, 0] * away[:, 0] + away[:, 1] * away[:, 1]) - GOAL_RADIUS
        heading = (2 * first[:, 2] - 1) * math.pi
        parts = (
            centres[:, 0],
            heading,
            centres[:, 1],
            gap,
            np.concatenate([centres[:, 2:], radii], 2),
        )
        return np.concatenate([part.reshape(episodes, -1) for part in parts], axis=1)

    def functions(self) -> Functions:
        """Return the compiled dynamics."""
        return Functions(observe, step)
