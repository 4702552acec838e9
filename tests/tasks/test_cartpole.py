"""The cart-pole's limits and the four levels of TENNLab's benchmark.

That a step equals gymnasium's is tested with the other classic environments.
"""

import math
from typing import Any

import numpy as np
import pytest
from gymnasium.envs.classic_control import CartPoleEnv
from numpy.typing import NDArray

from spikevolve.tasks import Task, TaskSettings, load
from spikevolve.tasks.control.control_task import Control

X_LIMIT, THETA_LIMIT = 2.4, 12 * 2 * math.pi / 360
LEVELS = ("cartpole_easy", "cartpole_medium", "cartpole_hard", "cartpole_hardest")
FORCES = {"idle": 0.0, "push left": -10.0, "push right": 10.0}


def control(name: str) -> Control:
    task: Task = load(name, TaskSettings())
    assert isinstance(task, Control)
    return task


def physical(task: Control, states: NDArray[np.float64]) -> NDArray[np.float64]:
    """States of a task: those it keeps beyond the physical ones are 0."""
    more = task.start(np.random.default_rng(0), 1).shape[1] - states.shape[1]
    return np.pad(states, ((0, 0), (0, more)))


def random_states(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Within the limits and somewhat beyond, at speeds of up to 4."""
    most = np.array([1.1 * X_LIMIT, 4.0, 1.1 * THETA_LIMIT, 4.0])
    return rng.uniform(-most, most, (count, 4))


def test_boundaries_belong_to_the_inside(advance: Any) -> None:
    states = np.zeros((6, 4))
    for half, (index, limit) in enumerate(((0, X_LIMIT), (2, THETA_LIMIT))):
        outside, inside = math.nextafter(limit, math.inf), math.nextafter(limit, 0.0)
        states[3 * half : 3 * half + 3, index] = limit, inside, outside
    for sign in (1, -1):
        stepped = advance(control("cartpole"), sign * states, np.zeros(6, np.int32))
        assert stepped.terminated.tolist() == [False, False, True] * 2


def test_observations_are_rounded_to_float32(advance: Any) -> None:
    states = random_states(np.random.default_rng(2), 100)
    stepped = advance(control("cartpole"), states, np.zeros(100, np.int32))
    rounded = stepped.states.astype(np.float32).astype(np.float64)
    np.testing.assert_array_equal(stepped.observations, rounded)


@pytest.mark.parametrize("name", LEVELS)
def test_levels_have_gymnasiums_physics(name: str, advance: Any) -> None:
    task, rng = control(name), np.random.default_rng(3)
    environment: Any = CartPoleEnv()
    environment.reset(seed=0)
    states = random_states(rng, 500)
    actions = rng.integers(0, task.outputs, 500).astype(np.int32)
    stepped = advance(task, physical(task, states), actions)
    for i, (state, action) in enumerate(zip(states, actions, strict=True)):
        environment.state, environment.steps_beyond_terminated = state, None
        environment.force_mag = FORCES[task.actions[action]]
        environment.step(1)
        expected = environment.state
        np.testing.assert_allclose(stepped.states[i, :4], expected, rtol=0, atol=1e-12)
        assert stepped.terminated[i] == (abs(expected[0]) > 2.4 or abs(expected[2]) > 0.209)
    if name != "cartpole_medium":
        assert (stepped.rewards == 1.0).all()


@pytest.mark.parametrize("name", LEVELS)
def test_levels_start_in_their_ranges(name: str) -> None:
    starts = control(name).start(np.random.default_rng(1), 20_000)
    most = np.array([1.2, 0.05, 0.10475, 0.05])
    assert (np.abs(starts[:, :4]) <= most).all()
    assert not starts[:, 4:].any()
    np.testing.assert_allclose(starts[:, :4].std(axis=0), most / math.sqrt(3), rtol=0.02)
    np.testing.assert_allclose(starts[:, :4].mean(axis=0) / most, 0, atol=0.02)


def test_what_the_levels_see_and_do() -> None:
    tasks = [control(name) for name in LEVELS]
    assert [[v.observation for v in task.variables] for task in tasks] == [
        [0, 1, 2, 3],
        [0, 1, 2, 3],
        [0, 2],
        [0, 2],
    ]
    two = ("push left", "push right")
    three = ("idle", *two)
    assert [task.actions for task in tasks] == [two, three, three, two]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.74, 0.75, 0.9, 1.0])
def test_medium_scores_by_the_share_of_idle_steps(share: float, advance: Any) -> None:
    """The rewards add up, without rounding, to min(steps, steps · share / 0.75)."""
    task, rng = control("cartpole_medium"), np.random.default_rng(5)
    state, total = np.zeros((1, 6)), 0.0
    idle = rng.random(300) < share
    for step, is_idle in enumerate(idle, 1):
        state[0, :4] = 0.0  # upright again
        action = np.array([0 if is_idle else 1 + step % 2], np.int32)
        state, _, rewards, _ = advance(task, state, action)
        total += rewards[0]
        assert total == min(step, idle[:step].sum() / 0.75)
    if share < 0.7:
        assert total == pytest.approx(300 * idle.mean() / 0.75, rel=1e-12)


@pytest.mark.parametrize("name", ["cartpole", *LEVELS])
def test_no_constant_action_is_above_chance(name: str, advance: Any) -> None:
    task = control(name)
    starts = task.start(np.random.default_rng(4), 2000)
    scores = [_returns(advance, task, starts, action) for action in range(task.outputs)]
    best = max(scores, key=lambda returns: float(returns.mean()))
    assert best.mean() < task.chance_score
    assert np.quantile(best.reshape(-1, 10).mean(axis=1), 0.99) < task.chance_score


def _returns(
    advance: Any, task: Control, states: NDArray[np.float64], action: int
) -> NDArray[np.float64]:
    returns, alive = np.zeros(len(states)), np.ones(len(states), np.bool_)
    actions = np.full(len(states), action, np.int32)
    while alive.any():
        states, _, rewards, terminated = advance(task, states, actions)
        returns[alive] += rewards[alive]
        alive &= ~terminated
        states[~alive] = 3.0  # outside
    return returns
