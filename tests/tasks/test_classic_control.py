"""Our classic environments against gymnasium's, step by step from the same state."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.classic_control import (
    AcrobotEnv,
    CartPoleEnv,
    Continuous_MountainCarEnv,
    MountainCarEnv,
    PendulumEnv,
)
from numpy.typing import NDArray

from spikevolve.tasks import TaskSettings
from spikevolve.tasks.builtin.acrobot import Acrobot
from spikevolve.tasks.builtin.cartpole import CartPole
from spikevolve.tasks.builtin.mountain_car import MountainCar, MountainCarContinuous
from spikevolve.tasks.builtin.pendulum import Pendulum
from spikevolve.tasks.control.control_task import Control

pytestmark = pytest.mark.slow  # starts processes, or compares much

STEPS = 5000
States = NDArray[np.float64]


class Twin(NamedTuple):
    """One of our tasks and gymnasium's environment.

    ``most`` bounds random states around ``centre``; ``edges`` are values, by state variable, around
    which states are put; ``reward_error`` is how far a reward may be off.
    """

    task: type[Control]
    environment: Callable[[], Any]
    name: str
    centre: tuple[float, ...]
    most: tuple[float, ...]
    edges: dict[int, tuple[float, ...]]
    reward_error: float = 0.0
    continuous: bool = False


ANGLE = 12 * 2 * math.pi / 360
ZERO = (0.0, 0.0, 0.0, 0.0)
CART_POLE = Twin(
    CartPole,
    CartPoleEnv,
    "CartPole-v1",
    ZERO,
    (2.7, 4.0, 0.24, 4.0),
    {0: (-2.4, 2.4), 2: (-ANGLE, ANGLE)},
)
MOUNTAIN_CAR = Twin(
    MountainCar,
    MountainCarEnv,
    "MountainCar-v0",
    (-0.3, 0.0),
    (0.9, 0.07),
    {0: (-1.2, 0.5, 0.6), 1: (-0.07, 0.0, 0.07)},
)
MOUNTAIN_CAR_CONTINUOUS = Twin(
    MountainCarContinuous,
    Continuous_MountainCarEnv,
    "MountainCarContinuous-v0",
    (-0.3, 0.0),
    (0.9, 0.07),
    {0: (-1.2, 0.45, 0.6), 1: (-0.07, 0.0, 0.07)},
    1e-9,
    continuous=True,
)
ACROBOT = Twin(
    Acrobot,
    AcrobotEnv,
    "Acrobot-v1",
    ZERO,
    (math.pi, math.pi, 4 * math.pi, 9 * math.pi),
    {
        0: (-math.pi, math.pi),
        1: (-math.pi, math.pi),
        2: (-4 * math.pi, 4 * math.pi),
        3: (-9 * math.pi, 9 * math.pi),
    },
)
PENDULUM = Twin(
    Pendulum,
    PendulumEnv,
    "Pendulum-v1",
    (0.0, 0.0),
    (20.0, 8.0),
    {0: (-3 * math.pi, -math.pi, 0.0, math.pi, 3 * math.pi), 1: (-8.0, 0.0, 8.0)},
    1e-9,
    continuous=True,
)
TWINS = (CART_POLE, MOUNTAIN_CAR, MOUNTAIN_CAR_CONTINUOUS, ACROBOT, PENDULUM)


@pytest.fixture(params=TWINS, ids=[twin.name for twin in TWINS])
def twin(request: pytest.FixtureRequest) -> Twin:
    made: Twin = request.param
    return made


def make(twin: Twin) -> tuple[Control, Any]:
    environment = twin.environment()
    environment.reset(seed=0)
    return twin.task(TaskSettings()), environment


def act(twin: Twin, task: Control, action: int) -> Any:
    """Gymnasium's action for ours."""
    if not twin.continuous:
        return action
    return np.array([task.constants[action]], np.float32)


def random_states(twin: Twin, rng: np.random.Generator) -> States:
    return twin.centre + rng.uniform(-1, 1, (STEPS, len(twin.most))) * twin.most


def boundary_states(twin: Twin) -> States:
    """On each edge and on the numbers next to it, the other variables at rest or moving a little."""
    states = []
    for variable, edges in twin.edges.items():
        for edge in edges:
            for value in (edge, math.nextafter(edge, -math.inf), math.nextafter(edge, math.inf)):
                for rest in (0.0, 0.01, -0.01):
                    state = np.array(twin.centre) + rest * np.array(twin.most)
                    state[variable] = value
                    states.append(state)
    return np.array(states)


def theirs(
    twin: Twin, environment: Any, state: States, action: Any
) -> tuple[States, NDArray[np.float32], float, bool]:
    """A step of gymnasium's from a state of ours."""
    environment.state = state.copy()
    if twin is MOUNTAIN_CAR_CONTINUOUS:
        environment.state = state[:2].astype(np.float32 if state[2] else np.float64)
    environment.steps_beyond_terminated = None  # of the cart-pole, which counts them
    observation, reward, terminated, truncated, _ = environment.step(action)
    assert not truncated
    return np.array(environment.state, np.float64), observation, float(reward), terminated


def test_steps_equal_gymnasium(twin: Twin, advance: Any) -> None:
    task, environment = make(twin)
    rng = np.random.default_rng(1)
    states = np.concatenate([random_states(twin, rng), boundary_states(twin)])
    if twin is MOUNTAIN_CAR_CONTINUOUS:  # float32 once it has moved
        states = np.pad(states.astype(np.float32), ((0, 0), (0, 1)), constant_values=1.0)
        states = states.astype(np.float64)
    actions = rng.integers(0, task.outputs, len(states)).astype(np.int32)
    after, observations, rewards, terminated = advance(task, states, actions)
    for i, state in enumerate(states):
        action = act(twin, task, int(actions[i]))
        expected, observation, reward, ended = theirs(twin, environment, state, action)
        np.testing.assert_allclose(after[i][: len(expected)], expected, rtol=0, atol=1e-12)
        np.testing.assert_allclose(observations[i], observation, rtol=2e-7, atol=1e-12)
        assert abs(rewards[i] - reward) <= twin.reward_error
        assert terminated[i] == ended
    assert (0 < terminated.mean() < 1) or twin is PENDULUM


def test_episodes_equal_gymnasium(twin: Twin, advance: Any) -> None:
    """From the same reset on, with random actions."""
    task, environment = make(twin)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        environment.reset(seed=seed)
        state = task.start(np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed))), 1)
        np.testing.assert_array_equal(
            state[0][: len(environment.state)], np.array(environment.state, np.float64)
        )
        for _ in range(100):
            action = rng.integers(0, task.outputs, 1).astype(np.int32)
            observation, reward, ended, _, _ = environment.step(act(twin, task, int(action[0])))
            state, observed, rewards, terminated = advance(task, state, action)
            np.testing.assert_allclose(observed[0], observation, rtol=0, atol=1e-6)
            assert abs(rewards[0] - reward) <= max(twin.reward_error, 1e-12)
            assert terminated[0] == ended
            if ended:
                break


def test_starts_are_distributed_alike(twin: Twin) -> None:
    """The same generator gives gymnasium's reset, again and again."""
    task, environment = make(twin)
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(5)))
    starts = task.start(rng, 200)
    environment.reset(seed=5)
    for start in starts:
        theirs = np.array(environment.state, np.float64)
        np.testing.assert_array_equal(start[: len(theirs)], theirs)
        environment.reset()


def test_episodes_are_cut_off_alike(twin: Twin) -> None:
    assert gymnasium.spec(twin.name).max_episode_steps == twin.task.steps


def test_actions_have_gymnasiums_range(twin: Twin) -> None:
    task, environment = make(twin)
    space = environment.action_space
    if twin.continuous:
        values = task.constants
        assert (min(values), max(values)) == (space.low[0], space.high[0])
    else:
        assert task.outputs == space.n


@pytest.mark.parametrize("twin", [t for t in TWINS if t is not CART_POLE], indirect=True)
def test_no_constant_action_is_above_chance(twin: Twin, advance: Any) -> None:
    task, _ = make(twin)
    starts = task.start(np.random.default_rng(4), 1000)
    for action in range(task.outputs):
        states, alive, returns = starts, np.ones(1000, np.bool_), np.zeros(1000)
        for _ in range(task.steps):
            states, _, rewards, terminated = advance(task, states, np.full(1000, action, np.int32))
            returns[alive] += rewards[alive]
            alive &= ~terminated
        assert returns.mean() <= task.chance_score
        assert np.quantile(returns.reshape(-1, 10).mean(axis=1), 0.99) <= task.chance_score
