"""The compiled cart-pole against gymnasium's, step by step from the same state."""

import math
from collections.abc import Iterator
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.classic_control import CartPoleEnv
from numpy.typing import NDArray

from spikevolve.tasks import cartpole_dynamics
from spikevolve.tasks.cartpole import CartPole, CartPoleHard
from spikevolve.tasks.task import TaskSettings

STEPS = 5000
X_LIMIT, THETA_LIMIT = 2.4, 12 * 2 * math.pi / 360


@pytest.fixture
def environment() -> Iterator[Any]:
    made: Any = CartPoleEnv()
    made.reset(seed=0)
    yield made
    made.close()


def theirs(
    environment: Any, state: NDArray[np.float64], action: int
) -> tuple[NDArray[np.float64], NDArray[np.float32], float, bool]:
    environment.state = state.copy()
    environment.steps_beyond_terminated = None
    observation, reward, terminated, truncated, _ = environment.step(action)
    assert not truncated
    return environment.state, observation, float(reward), terminated


def ours(
    constants: tuple[float, ...], states: NDArray[np.float64], actions: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """States, observations, rewards and terminations after a step of all (n, 4) states."""
    lanes = len(states)
    plant, settings = np.ascontiguousarray(states.T), np.array(constants)
    observations, rewards = np.empty_like(plant), np.empty(lanes)
    terminated = np.empty(lanes, np.bool_)
    cartpole_dynamics.step(settings, plant, actions, lanes, rewards, terminated)
    cartpole_dynamics.observe(settings, plant, lanes, observations)
    return plant.T, observations.T, rewards, terminated


def random_states(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Within the limits and somewhat beyond, at speeds of up to 4."""
    most = np.array([1.1 * X_LIMIT, 4.0, 1.1 * THETA_LIMIT, 4.0])
    return rng.uniform(-most, most, (count, 4))


def boundary_states() -> NDArray[np.float64]:
    """At rest on each limit and on the numbers next to it, so that the step stays there."""
    states = []
    for index, limit in ((0, X_LIMIT), (2, THETA_LIMIT)):
        for size in (limit, math.nextafter(limit, 0.0), math.nextafter(limit, math.inf)):
            for value in (size, -size):
                state = np.zeros(4)
                state[index] = value
                states.append(state)
    return np.array(states)


def test_steps_equal_gymnasium(environment: Any) -> None:
    rng = np.random.default_rng(1)
    states = np.concatenate([random_states(rng, STEPS), boundary_states()])
    actions = rng.integers(0, 2, len(states)).astype(np.int32)
    results = ours(CartPole.constants, states, actions)
    for i, state in enumerate(states):
        after, observation, reward, terminated = theirs(environment, state, int(actions[i]))
        np.testing.assert_allclose(results[0][i], after, rtol=0, atol=1e-12)
        np.testing.assert_allclose(results[1][i], observation, rtol=2e-7, atol=1e-12)
        assert results[2][i] == reward
        assert results[3][i] == terminated
    assert 0 < results[3].mean() < 1


def test_boundaries_belong_to_the_inside(environment: Any) -> None:
    states = boundary_states()
    terminated = ours(CartPole.constants, states, np.zeros(len(states), np.int32))[3]
    assert terminated.tolist() == [False, False, False, False, True, True] * 2


def test_observations_are_rounded_to_float32() -> None:
    states = random_states(np.random.default_rng(2), 100)
    after, observations, _, _ = ours(CartPole.constants, states, np.zeros(100, np.int32))
    np.testing.assert_array_equal(observations, after.astype(np.float32).astype(np.float64))


def test_hard_has_the_same_physics_and_an_idle_action(environment: Any) -> None:
    rng = np.random.default_rng(3)
    states = random_states(rng, 500)
    actions = rng.integers(0, 3, 500).astype(np.int32)
    after, _, rewards, terminated = ours(CartPoleHard.constants, states, actions)
    for i, (state, action) in enumerate(zip(states, actions, strict=True)):
        environment.force_mag = {0: 0.0, 1: -10.0, 2: 10.0}[int(action)]
        expected = theirs(environment, state, 1)[0]
        np.testing.assert_allclose(after[i], expected, rtol=0, atol=1e-12)
        assert terminated[i] == (abs(expected[0]) > 2.4 or abs(expected[2]) > 0.209)
    assert (rewards == 1.0).all()


def test_starts_are_those_of_gymnasium() -> None:
    environment = CartPoleEnv()
    task = CartPole(TaskSettings())
    for seed in range(20):
        environment.reset(seed=seed)
        start = task.start(np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed))), 1)
        np.testing.assert_array_equal(start[0], environment.state)


def test_limits_are_those_of_the_registered_environment() -> None:
    specification = gymnasium.spec("CartPole-v1")
    assert specification.max_episode_steps == CartPole.steps
    environment = CartPoleEnv()
    assert (environment.x_threshold, environment.theta_threshold_radians) == CartPole.constants[:2]


def test_hard_starts_in_its_ranges() -> None:
    starts = CartPoleHard(TaskSettings()).start(np.random.default_rng(1), 20_000)
    most = np.array([1.2, 0.05, 0.10475, 0.05])
    assert (np.abs(starts) <= most).all()
    np.testing.assert_allclose(starts.std(axis=0), most / math.sqrt(3), rtol=0.02)
    np.testing.assert_allclose(starts.mean(axis=0) / most, 0, atol=0.02)


@pytest.mark.parametrize("task", [CartPole, CartPoleHard])
def test_no_constant_action_is_above_chance(task: type[CartPole] | type[CartPoleHard]) -> None:
    made = task(TaskSettings())
    starts = made.start(np.random.default_rng(4), 2000)
    all_steps = [_steps(task.constants, starts, action) for action in range(made.outputs)]
    best = max(all_steps, key=lambda steps: float(steps.mean()))
    assert best.mean() < task.chance_score
    assert np.quantile(best.reshape(-1, 10).mean(axis=1), 0.99) < task.chance_score


def _steps(
    constants: tuple[float, ...], states: NDArray[np.float64], action: int
) -> NDArray[np.float64]:
    steps, alive = np.zeros(len(states)), np.ones(len(states), np.bool_)
    actions = np.full(len(states), action, np.int32)
    while alive.any():
        states, _, _, terminated = ours(constants, states, actions)
        steps[alive] += 1
        alive &= ~terminated
        states[~alive] = 3.0  # outside
    return steps
