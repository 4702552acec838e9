"""The arithmetic of learning: vector code, exponentials, logarithms; the same bits on any processor."""

import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.sim.compile import config, kernel, processor
from spikevolve.tasks.data import scores
from spikevolve.tasks.data.learning import lanes, losses
from spikevolve.tasks.data.learning.lanes import LANES

Array = NDArray[Any]
DIGESTS = Path(__file__).with_name("learned_bits.py")

ROWS, ELSEWHERE = 8, 3 * LANES  # where a row begins must not matter


@kernel("(uint32, float32[:, :, ::1], int64)")
def spread(mask, rows, at):  # type: ignore[no-untyped-def]
    lanes.spread(mask, rows, at)


@kernel("(float32[:, :, ::1], int64, float32)")
def fill(rows, at, number):  # type: ignore[no-untyped-def]
    lanes.fill(rows, at, number)


@kernel("(float32[:, :, ::1], int64, float32, float32[:, ::1], int64)")
def add_scaled(rows, at, weight, source, source_at):  # type: ignore[no-untyped-def]
    lanes.add_scaled(rows, at, weight, source, source_at)


@kernel("(float32[:, :, ::1], int64, float32[:, ::1], int64, float32[:, ::1], int64)")
def add_products(rows, at, first, first_at, second, second_at):  # type: ignore[no-untyped-def]
    lanes.add_products(rows, at, first, first_at, second, second_at)


@kernel("float32(float32[:, :, ::1], int64)")
def total(rows, at):  # type: ignore[no-untyped-def]
    return lanes.total(rows, at)


_V = "Tuple((float32[:, ::1], float32[:, ::1], float32[:, ::1]))"


@kernel(f"uint32(float32[:, :, ::1], {_V}, UniTuple(int64, 5), UniTuple(float32, 5))")
def fire(charge, v, places, neuron):  # type: ignore[no-untyped-def]
    return lanes.fire(charge, v, places, neuron)


@kernel(f"(float32[:, :, ::1], {_V}, float32[:, ::1], UniTuple(int64, 9), UniTuple(float32, 5))")
def flow_back(rows, v, charge, places, neuron):  # type: ignore[no-untyped-def]
    lanes.flow_back(rows, v, charge, places, neuron)


def numbers(rng: np.random.Generator, *shape: int) -> Array:
    """Numbers of very different size, some 0, some so small that they count as 0."""
    sizes = rng.choice([0, 1e-7, 1e-3, 1, 40], shape)
    return np.asarray(rng.normal(size=shape) * sizes, np.float32)


def check(compiled: Callable[..., Any], plain: Callable[..., Any], *arguments: Any) -> None:
    """Both return the same and leave the same in the arrays, to the last bit."""

    def copied(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(copied, value))
        return value.copy() if isinstance(value, np.ndarray) else value

    def flat(value: Any) -> list[bytes]:
        parts = value if isinstance(value, tuple) else (value,)
        return [part.tobytes() for part in parts if isinstance(part, np.ndarray)]

    mine, theirs = copied(arguments), copied(arguments)
    found, expected = compiled(*mine), plain(*theirs)
    assert np.float64(found or 0) == np.float64(expected or 0)
    assert [flat(value) for value in mine] == [flat(value) for value in theirs]


@pytest.mark.parametrize("seed", range(8))
def test_vector_code_does_what_the_plain_functions_say(seed: int) -> None:
    if config.DISABLE_JIT:
        pytest.skip("without a compiler the plain functions run themselves")
    rng = np.random.default_rng(seed)
    rows, other, more = (
        numbers(rng, 2, ROWS, LANES),
        numbers(rng, ROWS, LANES),
        numbers(rng, ROWS, LANES),
    )
    weight = np.float32(rng.normal())
    places = tuple(int(row) * LANES for row in rng.permutation(ROWS))

    check(spread, lanes.spread, np.uint32(rng.integers(2**32)), rows, ELSEWHERE)
    check(fill, lanes.fill, rows, ELSEWHERE, weight)
    check(add_scaled, lanes.add_scaled, rows, ELSEWHERE, weight, other, places[0])
    check(add_products, lanes.add_products, rows, 0, other, places[0], more, places[1])
    check(total, lanes.total, rows, ELSEWHERE)

    spikes = (rng.random((ROWS, LANES)) < 0.5).astype(np.float32)
    for soft in (0.0, 1.0):
        neuron = tuple(map(np.float32, (0.5 + rng.random(), 0.9, -rng.random(), -0.25, soft)))
        check(fire, lanes.fire, rows, (other, more, spikes), places[:5], neuron)
        inverse = (*neuron[:3], np.float32(1) / neuron[0], neuron[4])
        starts = (*(places[n] for n in range(5)), *(places[n] for n in range(3, 7)))
        check(
            flow_back,
            lanes.flow_back,
            rows,
            (other, more, spikes),
            numbers(rng, ROWS, LANES),
            starts,
            inverse,
        )


@kernel("(float64[::1], float64[:, ::1])")
def functions(x, found):  # type: ignore[no-untyped-def]
    for n in range(len(x)):
        found[0, n] = losses.exponential(x[n])
        found[1, n] = losses.logarithm(abs(x[n]))


def test_exponentials_and_logarithms_are_those_of_the_mathematical_library() -> None:
    rng = np.random.default_rng(1)
    x = np.concatenate((rng.uniform(-700, 700, 5000), rng.uniform(-2, 2, 5000)))
    near = 1 + np.ldexp(rng.uniform(-1, 1, 500), -rng.integers(1, 50, 500))
    x = np.concatenate((x, near, [1.0, 0.75, 1.5, 2.0**-999, -700.0, 700.0]))
    found = np.empty((2, len(x)))
    functions(x, found)

    np.testing.assert_allclose(found[0], [math.exp(n) for n in x], rtol=1e-14)
    np.testing.assert_allclose(found[1], [math.log(abs(n)) for n in x], rtol=1e-14)


def test_logarithms_of_scores_are_those_of_the_mathematical_library() -> None:
    rng = np.random.default_rng(2)
    near = 1 + np.ldexp(rng.uniform(-1, 1, 500), -rng.integers(1, 50, 500))
    some = rng.random(5000), np.exp(rng.uniform(-600, 60, 5000))
    x = np.concatenate((*some, near, [1.0, 0.5, 0.75, 1.5, 1e-300]))

    np.testing.assert_allclose(scores.logarithms(x), [math.log(n) for n in x], rtol=1e-14)


def digests(**variables: str) -> str:
    done = subprocess.run(
        [sys.executable, str(DIGESTS)],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_network_learns_the_same_on_lesser_processors() -> None:
    if "+avx2" not in processor()[2].split(","):
        pytest.skip("this processor is one of them, or of another kind")
    usual = digests()

    assert len(set(usual.split())) == 4
    for name, features in (("generic", ""), ("haswell", "+avx,+avx2,+fma")):
        assert digests(NUMBA_CPU_NAME=name, NUMBA_CPU_FEATURES=features) == usual
