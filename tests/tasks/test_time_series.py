"""Signals that are made by a recipe, against the recipe in other words."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.builtin.generated import CylinderBellFunnel, MackeyGlass, series


def test_mackey_glass_follows_its_equation() -> None:
    """By the method of steps: on each interval of length τ the delayed value is known."""
    tau = 17.0
    before: Callable[[float], Any] = lambda t: 0.7206597  # noqa: E731

    def slope(t: float, x: Any) -> Any:
        delayed = before(t - tau)
        return 0.2 * delayed / (1 + delayed**10) - 0.1 * x

    times = np.arange(150) * 2.0
    expected = []
    x: Any = np.array([0.7206597])
    for k in range(18):
        solved = solve_ivp(
            slope, (k * tau, (k + 1) * tau), x, dense_output=True, rtol=1e-10, atol=1e-12
        )
        here = times[(times >= k * tau) & (times < (k + 1) * tau)]
        expected.extend(solved.sol(here)[0])
        before, x = solved.sol, solved.y[:, -1]

    assert series(150, 2.0) == pytest.approx(np.array(expected[:150]), abs=1e-4)


def test_mackey_glass_predicts_the_next_point_and_is_tested_on_what_comes_later() -> None:
    task = load("mackey_glass")
    points = series(1506, 197 / 75)
    features, targets = MackeyGlass(TaskSettings()).load()

    assert np.array_equal(features[10], points[10:16])
    assert targets[10] == points[16]
    right = [task.workload(split, 1).arrays[1] for split in ("train", "test")]
    low, high = targets[:750].min(), targets[:750].max()
    assert np.concatenate(right)[:, 0] == pytest.approx((targets - low) / (high - low))


def test_cylinder_bell_funnel() -> None:
    signals, shapes = CylinderBellFunnel(TaskSettings()).load()
    means = {shape: signals[shapes == shape, :, 0].mean(axis=0) for shape in np.unique(shapes)}

    assert signals.shape == (300, 128, 1)
    for mean in means.values():  # nothing before t = 16; E(height) from t = 32 to t = 48
        assert np.abs(mean[:15]).max() < 0.5
    assert means["cylinder"][31:48] == pytest.approx(6.0, abs=0.6)
    late, early = slice(36, 48), slice(16, 32)
    assert means["bell"][late].mean() < 3.0 < means["funnel"][late].mean()
    assert means["bell"][early].mean() < 1.0 < means["funnel"][early].mean()
    assert signals[:, :15].std() == pytest.approx(1.0, abs=0.05)
