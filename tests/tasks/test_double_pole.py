"""The double pole against Lagrange's equations, solved as a linear system in NumPy."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.tasks import TaskSettings
from spikevolve.tasks.environments.double_pole import DoublePole, DoublePoleNoVelocity

DEGREE = math.pi / 180
MASSES, LENGTHS = np.array([0.1, 0.01]), np.array([0.5, 0.05])
LIMITS = (2.4, 36 * DEGREE)
Vector = NDArray[np.float64]


def slope(state: Vector, force: float) -> Vector:
    """Time derivative: M(q) q̈ = f(q, q̇) with q = (x, θ1, θ2), uniform rods."""
    speeds, angles = state[1::2], state[2::2]
    sines, cosines = np.sin(angles), np.cos(angles)
    inertia = np.diag([1.0 + MASSES.sum(), *(4 / 3 * MASSES * LENGTHS**2)])
    inertia[0, 1:] = inertia[1:, 0] = MASSES * LENGTHS * cosines
    push = force - 0.0005 * np.sign(speeds[0])
    centrifugal = (MASSES * LENGTHS * sines * speeds[1:] ** 2).sum()
    turning = MASSES * 9.8 * LENGTHS * sines - 0.000002 * speeds[1:]
    derivative = np.empty(6)
    derivative[0::2] = speeds
    derivative[1::2] = np.linalg.solve(inertia, np.array([push + centrifugal, *turning]))
    return derivative


def runge_kutta(state: Vector, force: float, steps: int) -> Vector:
    """0.02 s in so many steps."""
    h = 0.02 / steps
    for _ in range(steps):
        k1 = slope(state, force)
        k2 = slope(state + h / 2 * k1, force)
        k3 = slope(state + h / 2 * k2, force)
        k4 = slope(state + h * k3, force)
        state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return state


def random_states(count: int) -> Vector:
    """Within the limits and somewhat beyond; the cart moves, so that friction has a direction."""
    rng = np.random.default_rng(1)
    states = rng.uniform(-1, 1, (count, 6)) * [2.6, 1.5, 0.7, 2.0, 0.7, 2.0]
    states[:, 1] += np.copysign(0.5, states[:, 1])
    return states


def test_steps_equal_lagranges_equations(advance: Any) -> None:
    task = DoublePole(TaskSettings())
    states = random_states(1000)
    actions = np.arange(1000, dtype=np.int32) % 5
    stepped = advance(task, states, actions)
    for i, state in enumerate(states):
        expected = runge_kutta(state, (-10.0, -5.0, 0.0, 5.0, 10.0)[actions[i]], 2)
        np.testing.assert_allclose(stepped.states[i], expected, rtol=0, atol=1e-12)
        outside = abs(expected[0]) > LIMITS[0] or np.abs(expected[2::2]).max() > LIMITS[1]
        assert stepped.terminated[i] == outside
    assert (stepped.rewards == 1.0).all()
    np.testing.assert_array_equal(stepped.observations, stepped.states)
    assert 0 < stepped.terminated.mean() < 1


def test_steps_are_close_to_the_true_solution(advance: Any) -> None:
    states = random_states(20)
    stepped = advance(DoublePole(TaskSettings()), states, np.full(20, 4, np.int32))
    for i, state in enumerate(states):
        expected = runge_kutta(state, 10.0, 200)
        np.testing.assert_allclose(stepped.states[i], expected, rtol=0, atol=2e-4)


def test_starts() -> None:
    task = DoublePole(TaskSettings())
    first, *others = task.workload("train", 1, 0).arrays[0]
    np.testing.assert_array_equal(first, [0, 0, 4 * DEGREE, 0, 0, 0])
    most = np.array([2.16, 1.35, 3.6 * DEGREE, 8.6 * DEGREE, 0, 0])
    assert (np.abs(others) <= most).all()
    assert len(np.unique(others, axis=0)) == 9


def test_the_test_of_generality_has_625_starts() -> None:
    test = DoublePole(TaskSettings()).workload("test", 1)
    starts = test.arrays[0]
    assert test.size == len(np.unique(starts, axis=0)) == 625
    np.testing.assert_allclose(np.unique(starts[:, 0]), [-1.944, -1.08, 0, 1.08, 1.944])
    np.testing.assert_allclose(
        np.unique(starts[:, 3]) / (8.6 * DEGREE), [-0.9, -0.5, 0, 0.5, 0.9], atol=1e-12
    )
    assert not starts[:, 4:].any()


@pytest.mark.parametrize("action", range(5))
def test_no_constant_force_is_above_chance(action: int, advance: Any) -> None:
    task = DoublePole(TaskSettings())
    states, alive = task.start(np.random.default_rng(4), 2000), np.ones(2000, np.bool_)
    steps = np.zeros(2000)
    while alive.any():
        states, _, rewards, terminated = advance(task, states, np.full(2000, action, np.int32))
        steps[alive] += rewards[alive]
        alive &= ~terminated
        states[~alive] = 3.0  # outside
    assert np.quantile(steps.reshape(-1, 10).mean(axis=1), 0.99) < task.chance_score


def test_without_velocities_only_positions_are_seen() -> None:
    task = DoublePoleNoVelocity(TaskSettings())
    assert [variable.observation for variable in task.variables] == [0, 2, 4]
    assert task.inputs == DoublePole(TaskSettings()).inputs // 2
