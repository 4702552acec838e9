"""The double pole against Lagrange's equations, solved as a linear system in NumPy."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.tasks import TaskSettings, Variable
from spikevolve.tasks.builtin.double_pole import DoublePole, DoublePoleNoVelocity
from spikevolve.tasks.encoders import encoder
from spikevolve.tasks.encoders.argyle_bins_flip_flop import FlipFlop

DEGREE = math.pi / 180
MASSES, LENGTHS = np.array([0.1, 0.01]), np.array([0.5, 0.05])
LIMITS = (2.4, 36 * DEGREE)
Vector = NDArray[np.float64]


#: As the states of the tests are driven.
FIVE_FORCES = TaskSettings(decoder="bins:5")


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
    task = DoublePole(FIVE_FORCES)
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
    stepped = advance(DoublePole(FIVE_FORCES), states, np.full(20, 4, np.int32))
    for i, state in enumerate(states):
        expected = runge_kutta(state, 10.0, 200)
        np.testing.assert_allclose(stepped.states[i], expected, rtol=0, atol=2e-4)


def poles(*constants: float) -> DoublePole:
    """A task with settings of its own; its third action is no force."""
    task = DoublePole(FIVE_FORCES)
    task.constants = (*constants, *task.constants[len(constants) :])
    return task


def energy(states: Vector, length: float) -> Vector:
    """Kinetic and potential energy of cart and uniform rods, the lengths so many times the usual."""
    lengths = LENGTHS * length
    (x_speed, *_), angles, speeds = states[:, 1:2].T, states[:, 2::2], states[:, 3::2]
    moving = 0.5 * (1.0 + MASSES.sum()) * x_speed**2
    turning = MASSES * lengths * (x_speed[:, np.newaxis] * speeds * np.cos(angles))
    turning += 2 / 3 * MASSES * lengths**2 * speeds**2 + MASSES * 9.8 * lengths * np.cos(angles)
    total: Vector = moving + turning.sum(axis=1)
    return total


def test_without_friction_energy_is_kept_to_the_order_of_runge_kutta(advance: Any) -> None:
    # Lengths four times as large slow everything down by a factor of two: to the scaled system a
    # step is half as long. An error of fourth order falls to a sixteenth, or less.
    errors = []
    for length, steps in ((1, 25), (4, 50)):
        rods = [entry for rod in zip(MASSES, LENGTHS * length, strict=True) for entry in rod]
        task = poles(*LIMITS, 0.0, 0.0, *rods)
        slowness = length**0.5
        states = random_states(200) * [length, slowness, 1, 1 / slowness, 1, 1 / slowness]
        before = energy(states, length)
        for _ in range(steps):
            states = advance(task, states, np.full(200, 2, np.int32)).states
        errors.append(np.abs(energy(states, length) - before) / length)
    assert errors[0].max() < 1e-3
    assert np.median(errors[0] / errors[1]) > 15


def test_a_negligible_second_pole_leaves_the_single_poles_motion(advance: Any) -> None:
    task = poles(*LIMITS, 0.0, 0.0, 0.1, 0.5, 1e-15, 0.05)
    states = random_states(200)
    stepped = advance(task, states, np.full(200, 4, np.int32)).states

    def single(state: Vector) -> Vector:
        """Gymnasium's equations of the cart with one pole, force 10 N."""
        _, speed, angle, turning = state
        sine, cosine, total, lever = np.sin(angle), np.cos(angle), 1.1, 0.05
        push = (10.0 + lever * turning**2 * sine) / total
        angular = (9.8 * sine - cosine * push) / (0.5 * (4 / 3 - 0.1 * cosine**2 / total))
        return np.array([speed, push - lever * angular * cosine / total, turning, angular])

    state, h = states[:, :4].T, 0.01
    for _ in range(2):
        k1 = single(state)
        k2 = single(state + h / 2 * k1)
        k3 = single(state + h / 2 * k2)
        k4 = single(state + h * k3)
        state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    np.testing.assert_allclose(stepped[:, :4], state.T, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("variable", "limit"), [(0, 0), (2, 1), (4, 1)])
def test_the_limits_belong_to_the_inside(variable: int, limit: int, advance: Any) -> None:
    state, no_force = np.zeros((1, 6)), np.full(1, 2, np.int32)
    state[0, variable] = -0.1
    reached = abs(advance(poles(), state, no_force).states[0, variable])
    for bound, outside in ((reached, False), (math.nextafter(reached, 0.0), True)):
        limits = [9.0, 9.0]
        limits[limit] = bound
        assert advance(poles(*limits), state, no_force).terminated.tolist() == [outside]


def test_starts() -> None:
    task = DoublePole(FIVE_FORCES)
    first, *others = task.workload("train", 1, 0).arrays[0]
    np.testing.assert_array_equal(first, [0, 0, 4 * DEGREE, 0, 0, 0])
    most = np.array([2.16, 1.35, 3.6 * DEGREE, 8.6 * DEGREE, 0, 0])
    assert (np.abs(others) <= most).all()
    assert len(np.unique(others, axis=0)) == task.episodes - 1


def test_the_test_of_generality_has_625_starts() -> None:
    test = DoublePole(FIVE_FORCES).workload("test", 1)
    starts = test.arrays[0]
    assert test.size == len(np.unique(starts, axis=0)) == 625
    np.testing.assert_allclose(np.unique(starts[:, 0]), [-1.944, -1.08, 0, 1.08, 1.944])
    np.testing.assert_allclose(
        np.unique(starts[:, 3]) / (8.6 * DEGREE), [-0.9, -0.5, 0, 0.5, 0.9], atol=1e-12
    )
    assert not starts[:, 4:].any()


@pytest.mark.parametrize("action", range(5))
def test_no_constant_force_is_above_chance(action: int, advance: Any) -> None:
    task = DoublePole(FIVE_FORCES)
    states, alive = task.start(np.random.default_rng(4), 2000), np.ones(2000, np.bool_)
    steps = np.zeros(2000)
    while alive.any():
        states, _, rewards, terminated = advance(task, states, np.full(2000, action, np.int32))
        steps[alive] += rewards[alive]
        alive &= ~terminated
        states[~alive] = 3.0  # outside
    assert np.quantile(steps.reshape(-1, 16).mean(axis=1), 0.99) < task.chance_score


def test_the_encoder_tells_enough_to_balance(advance: Any) -> None:
    # Gains of a linear-quadratic regulator of the linearised poles; both sides of a variable's count.
    gains = np.array([8.2, 6.3, 136.0, 35.4, -74.5, -6.9])
    task = DoublePole(TaskSettings())
    forces = np.array(task.action_values)
    states = np.zeros((40, 6))
    states[:, 2] = np.linspace(-4, 4, 40) * DEGREE
    for _ in range(1000):
        seen = np.stack([counted(v, states[:, v.observation]) for v in task.variables], axis=1)
        nearest = np.abs(forces - (seen @ -gains)[:, np.newaxis]).argmin(axis=1)
        stepped = advance(task, states, nearest.astype(np.int32))
        assert not stepped.terminated.any()
        states = stepped.states


def counted(variable: Variable, values: Vector) -> Vector:
    """The middle of the values for which the encoder sends what it sends for these."""
    flip_flop = encoder(DoublePole.encoder)
    assert isinstance(flip_flop, FlipFlop)
    low, high = flip_flop.range * variable.low, flip_flop.range * variable.high
    below, above = flip_flop.counts(values, low, high)
    spikes = above - below
    middle: Vector = (spikes - 0.5 * np.sign(spikes)) / flip_flop.spikes * high
    return middle


def test_without_velocities_only_positions_are_seen() -> None:
    task = DoublePoleNoVelocity(TaskSettings())
    assert [variable.observation for variable in task.variables] == [0, 2, 4]
    assert task.inputs == DoublePole(TaskSettings()).inputs // 2


def test_a_test_of_another_length_starts_anywhere_within_the_bounds() -> None:
    task = DoublePole(TaskSettings())
    task.test_episodes = 40

    starts = task.workload("test", 1).arrays[0]

    assert len(np.unique(starts[:, 0])) == 40
    assert (np.abs(starts[:, 0]) <= 2.16).all()
