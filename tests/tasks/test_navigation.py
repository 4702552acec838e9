"""Navigation against a robot in plain Python, which finds what is ahead of it by walking there."""

import math
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.tasks import TaskSettings
from spikevolve.tasks.builtin import navigation
from spikevolve.tasks.builtin.navigation import Navigation, hand_written

Vector = NDArray[np.float64]
LEFT, GO, RIGHT = range(3)


class Round(NamedTuple):
    """An obstacle."""

    x: float
    y: float
    radius: float


class Robot:
    """What the module says of the task, one number at a time; shares no code and no formula with it."""

    def __init__(self, start: Vector) -> None:
        self.x, self.y, self.heading, self.goal_x, self.goal_y, _, *rest = start.tolist()
        self.obstacles = [Round(*rest[i : i + 3]) for i in range(0, len(rest), 3)]
        self.gap_at_the_start = self.gap()
        self.steps, self.collided = 0, False

    def gap(self) -> float:
        return max(0.0, math.hypot(self.goal_x - self.x, self.goal_y - self.y) - 0.2)

    def clearance(self, x: float, y: float) -> float:
        """How far it is to whatever is nearest, in any direction."""
        rounds = (math.hypot(o.x - x, o.y - y) - o.radius for o in self.obstacles)
        return min(x, 4.0 - x, y, 4.0 - y, *rounds)

    def free_way(self, degrees: float) -> float:
        """Walk as far as is certainly free, again and again, until something is touched."""
        walked, angle = 0.0, self.heading + math.radians(degrees)
        while walked < 6.0:
            clearance = self.clearance(
                self.x + walked * math.cos(angle), self.y + walked * math.sin(angle)
            )
            if clearance < 1e-10:
                break
            walked += clearance
        return walked

    def observation(self) -> list[float]:
        ranges = [min(2.0, self.free_way(degrees)) for degrees in (90, 45, 0, -45, -90)]
        bearing = math.atan2(self.goal_y - self.y, self.goal_x - self.x) - self.heading
        distance = math.hypot(self.goal_x - self.x, self.goal_y - self.y)
        return [*ranges, math.cos(bearing), math.sin(bearing), distance]

    def act(self, action: int) -> None:
        self.steps += 1
        if action != GO:
            self.heading += math.radians(15 if action == LEFT else -15)
        elif self.free_way(0) <= 0.1:
            self.collided = True
        else:
            self.x += 0.1 * math.cos(self.heading)
            self.y += 0.1 * math.sin(self.heading)

    def total(self) -> float:
        """The return of the episode so far."""
        nearer = (self.gap_at_the_start - self.gap()) / self.gap_at_the_start
        return nearer - self.steps / 100 + (self.gap() == 0.0) - self.collided


def starts(episodes: int, seed: int = 1) -> Vector:
    return Navigation(TaskSettings()).start(np.random.default_rng(seed), episodes)


def test_episodes_equal_those_of_a_robot_in_plain_python(advance: Any) -> None:
    task, rng = Navigation(TaskSettings()), np.random.default_rng(2)
    states = starts(12)
    robots, returns = [Robot(start) for start in states], np.zeros(12)
    assert [robot.gap_at_the_start for robot in robots] == pytest.approx(states[:, 5].tolist())
    for _ in range(60):
        # As they see it, but now and then at random: some arrive, others do not.
        seen = [robot.observation() for robot in robots]
        actions = np.array([hand_written(np.array(each)) for each in seen], np.int32)
        actions = np.where(rng.random(len(robots)) < 0.3, GO, actions).astype(np.int32)
        stepped = advance(task, states, actions)
        returns += stepped.rewards
        for robot, action in zip(robots, actions.tolist(), strict=True):
            robot.act(action)
        places = [[robot.x, robot.y, robot.heading] for robot in robots]
        np.testing.assert_allclose(stepped.states[:, :3], places, rtol=0, atol=1e-12)
        over = np.array([robot.collided or robot.gap() == 0.0 for robot in robots])
        np.testing.assert_array_equal(stepped.terminated, over)
        totals = [robot.total() for robot in robots]
        np.testing.assert_allclose(returns, totals, rtol=0, atol=1e-12)
        assert np.array_equal(returns > 1, [robot.gap() == 0.0 for robot in robots])
        expected = [robot.observation() for robot in robots]
        np.testing.assert_allclose(stepped.observations, expected, rtol=0, atol=1e-6)
        robots = [robot for robot, ended in zip(robots, over, strict=True) if not ended]
        states, returns = stepped.states[~over], returns[~over]
        if not robots:
            break
    assert len(robots) < 4


def before(x: float, y: float, heading: float) -> Vector:
    """A robot with the goal at (3.5, 3.5), one obstacle at (2.5, 1.5), and the others in a corner."""
    corner = [0.4, 3.6, 0.2] * (navigation.OBSTACLE_COUNT - 1)
    return np.array([[x, y, heading, 3.5, 3.5, 2.0, 2.5, 1.5, 0.25, *corner]])


@pytest.mark.parametrize(
    ("state", "ranges"),
    [
        # Towards the obstacle's centre; half left and right meet walls, at 1.5 √2 beyond the range.
        (before(1.5, 1.5, 0.0), [2.0, 2.0, 0.75, 2.0, 1.5]),
        # Upwards beside the obstacle, which is to the right; the wall on the left is 1.5 away.
        (before(1.5, 1.5, math.pi / 2), [1.5, 1.5 * 2**0.5, 2.0, 2.0, 0.75]),
        # Away from it: what is behind is not seen.
        (before(1.5, 1.5, math.pi), [1.5, 1.5 * 2**0.5, 1.5, 2.0, 2.0]),
        # A line that passes at 0.15 meets the circle at 0.2 before the middle.
        (before(1.5, 1.35, 0.0), [2.0, 1.35 * 2**0.5, 0.8, 1.35 * 2**0.5, 1.35]),
    ],
)
def test_ranges_by_hand(state: Vector, ranges: list[float], advance: Any) -> None:
    still = Navigation(TaskSettings())
    still.constants = (0.0,) * 6

    stepped = advance(still, state, np.array([GO], np.int32))

    expected = np.minimum(ranges, 2.0)
    seen = stepped.observations[0, :5]
    assert seen[[0, 2, 4]] == pytest.approx(expected[[0, 2, 4]], abs=1e-12)
    robot = Robot(state[0])
    assert seen == pytest.approx(robot.observation()[:5], abs=1e-6)


@pytest.mark.parametrize(
    ("state", "nearer", "bonus"),
    [
        (before(2.1, 1.5, 0.0), math.hypot(1.4, 2.0) - math.hypot(1.3, 2.0), 0.0),
        (before(2.2, 1.5, 0.0), 0.0, -1.0),  # 0.05 before the obstacle
        (before(2.2, 1.5, math.pi), math.hypot(1.3, 2.0) - math.hypot(1.4, 2.0), 0.0),
        (before(3.95, 1.5, 0.0), 0.0, -1.0),  # before the wall
        (before(3.5, 3.25, math.pi / 2), 0.05, 1.0),  # 0.05 before the goal's edge
    ],
)
def test_steps_by_hand(state: Vector, nearer: float, bonus: float, advance: Any) -> None:
    stepped = advance(Navigation(TaskSettings()), state, np.array([GO], np.int32))

    assert stepped.terminated[0] == (bonus != 0.0)
    assert stepped.rewards[0] == pytest.approx(nearer / 2.0 - 0.01 + bonus, abs=1e-12)


def test_there_is_always_a_way_between_the_obstacles() -> None:
    """No obstacle comes near the borders of the cells, and no cell has two things in it."""
    drawn = starts(500)
    rounds = drawn[:, navigation.OBSTACLES :].reshape(500, navigation.OBSTACLE_COUNT, 3)
    things = np.concatenate(
        [drawn[:, np.newaxis, 0:2], drawn[:, np.newaxis, 3:5], rounds[:, :, :2]], 1
    )
    cells = np.floor(things)
    border = np.abs(rounds[:, :, :2] - np.round(rounds[:, :, :2])).min(axis=2) - rounds[:, :, 2]

    assert border.min() >= 0.1 - 1e-12
    assert border.min() < 0.11
    assert all(len({*map(tuple, each)}) == len(each) for each in cells.tolist())
    assert {*cells[:, 0, 0]} == {0.0}
    assert {*cells[:, 1, 0]} == {3.0}
    assert {*cells[:, :2, 1].ravel()} == {*cells[:, 2:, 0].ravel()} == {0.0, 1.0, 2.0, 3.0}
    assert 0.15 < rounds[:, :, 2].min() < rounds[:, :, 2].max() < 0.3
    assert np.abs(drawn[:, 2]).max() <= math.pi


def test_more_episodes_begin_like_fewer() -> None:
    np.testing.assert_array_equal(starts(7)[:3], starts(3))


def returns_of(policy: Any, drawn: Vector, advance: Any) -> Vector:
    """Return of every episode; `policy` maps (n, 8) observations to n actions."""
    task, states, returns = Navigation(TaskSettings()), drawn, np.zeros(len(drawn))
    idle = Navigation(TaskSettings())
    idle.constants = (0.0,) * 6
    observations = advance(idle, states, np.zeros(len(states), np.int32)).observations
    alive = np.ones(len(drawn), np.bool_)
    for _ in range(task.steps):
        actions = np.array(policy(observations), np.int32)
        states, observations, rewards, terminated = advance(task, states, actions)
        returns[alive] += rewards[alive]
        alive &= ~terminated
    return returns


def test_the_policy_written_by_hand_reaches_the_goal(advance: Any) -> None:
    unseen = Navigation(TaskSettings()).workload("test", 1).arrays[0][:300]

    returns = returns_of(lambda seen: [*map(hand_written, seen)], unseen, advance)

    assert (returns > 1).mean() > 0.99
    assert 1.53 < returns.mean() < 1.58


def test_no_constant_action_is_above_chance_and_random_ones_are_below(advance: Any) -> None:
    drawn, task = starts(4_800), Navigation(TaskSettings())
    for action in (LEFT, GO, RIGHT):
        returns = returns_of(lambda seen, a=action: [a] * len(seen), drawn, advance)
        assert np.quantile(returns.reshape(-1, 16).mean(axis=1), 0.99) <= task.chance_score
    rng = np.random.default_rng(3)
    guesses = returns_of(lambda seen: rng.integers(0, 3, len(seen)), drawn, advance)
    assert guesses.mean() == pytest.approx(task.guess_score, abs=0.02)
