"""Sine and cosine against whole-number arithmetic of 1,200 bits."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numba import float64, int64, void
from numpy.typing import NDArray

from spikevolve.sim.compile import kernel
from spikevolve.tasks.control import compiled_environment as trigonometry
from spikevolve.tasks.control.compiled_environment import LARGEST, sine_cosine

BITS = 1200


def arctangent_of_inverse(n: int) -> int:
    """arctan(1 / n) · 2^BITS."""
    term = total = (1 << BITS) // n
    k = 1
    while term:
        term //= -n * n
        k += 2
        total += term // k
    return total


PI = 4 * (4 * arctangent_of_inverse(5) - arctangent_of_inverse(239))  # Machin


def true_sine_cosine(x: float) -> tuple[Fraction, Fraction]:
    """By the series, after exact reduction by whole turns."""
    fraction = Fraction(x)
    argument = fraction.numerator * (1 << BITS) // fraction.denominator % (2 * PI)
    sums, term = [0, 0, 0, 0], 1 << BITS
    k = 0
    while term:
        sums[k % 4] += term
        k += 1
        term = term * argument // (k << BITS)
    return Fraction(sums[1] - sums[3], 1 << BITS), Fraction(sums[0] - sums[2], 1 << BITS)


def units_off(value: float, true: Fraction) -> float:
    return float(abs(Fraction(value) - true) / Fraction(math.ulp(value)))


@kernel(void(float64[::1], float64[::1], float64[::1], int64))
def over_array(x, sines, cosines, count):  # type: ignore[no-untyped-def]
    for i in range(count):
        sines[i], cosines[i] = sine_cosine(x[i])


def compute(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    sines, cosines = np.empty_like(x), np.empty_like(x)
    over_array(x, sines, cosines, len(x))
    return sines, cosines


def arguments() -> NDArray[np.float64]:
    rng = np.random.default_rng(1)
    quarters = np.arange(-64, 65) * (math.pi / 2)
    far = np.rint(rng.uniform(-LARGEST, LARGEST, 200) / (math.pi / 2)) * (math.pi / 2)
    near = [np.nextafter(at, to) for at in (quarters, far) for to in (-np.inf, np.inf)]
    return np.concatenate(
        [
            rng.uniform(-0.25, 0.25, 500),
            rng.uniform(-8, 8, 1000),
            rng.uniform(-LARGEST, LARGEST, 500),
            np.arange(-16, 17) * (math.pi / 4),
            quarters,
            far,
            *near,
            rng.uniform(-1, 1, 50) * 2.0 ** rng.integers(-60, 0, 50),
            [0.0, LARGEST, -LARGEST, 5e-324, 1e-300],
        ]
    )


def test_within_one_unit_in_the_last_place() -> None:
    x = arguments()
    for argument, sine, cosine in zip(x, *compute(x), strict=True):
        true_sine, true_cosine = true_sine_cosine(float(argument))
        assert units_off(sine, true_sine) <= 1.0, argument
        assert units_off(cosine, true_cosine) <= 1.0, argument


def test_vectors_remainders_and_single_values_agree() -> None:
    x = arguments()
    sines, cosines = compute(x)
    for i in range(0, len(x), 7):
        one_sine, one_cosine = compute(x[i : i + 1].copy())
        assert (one_sine[0], one_cosine[0]) == (sines[i], cosines[i])


def test_nothing_is_fused_or_reordered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python itself rounds after every operation."""
    module: Any = trigonometry
    x = arguments()
    sines, cosines = compute(x)
    for name in ("_reduce", "_difference", "_taylor"):
        monkeypatch.setattr(module, name, getattr(module, name).py_func)
    in_python = [module.sine_cosine.py_func(float(value)) for value in x]
    np.testing.assert_array_equal(sines, [pair[0] for pair in in_python])
    np.testing.assert_array_equal(cosines, [pair[1] for pair in in_python])


def test_beyond_its_range_is_not_a_number() -> None:
    x = np.array([np.nextafter(LARGEST, np.inf), -1e300, np.inf, -np.inf, np.nan])
    sines, cosines = compute(x)
    assert np.isnan(sines).all()
    assert np.isnan(cosines).all()
