"""The tables of encoders for control against formulas, value by value."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numba import types
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.sim.batch import unpack_lanes
from spikevolve.sim.compile import kernel, reads, writes
from spikevolve.tasks.control.observation_encoder import Variable, code, code_of, perception
from spikevolve.tasks.control.observation_spikes import encode
from spikevolve.tasks.encoders import ENCODERS, Argyle, Bins, FlipFlop, Rate, ValueEncoder
from spikevolve.tasks.encoders.encoder_kinds import Setting

RANGES = [(-2.4, 2.4), (-0.209, 0.209), (-1.2, 0.6), (-1.0, 1.0), (-1e-3, 7.0)]


def flip_flop_counts(value: float, low: float, high: float, m: int) -> list[int]:
    count = math.ceil(min(1.0, abs(value) / (-low if value <= 0 else high)) * m)
    return [count, 0] if value <= 0 else [0, count]


def argyle_counts(value: float, low: float, high: float, m: int, neurons: int) -> list[int]:
    place = (value - low) / (high - low) * (neurons - 1) * m
    region = min(max(math.floor(place), 0), (neurons - 1) * m - 1)
    k, q = divmod(region, m)
    counts = [0] * neurons
    counts[k], counts[k + 1] = m - q, q + 1
    return counts


def x_of(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0)


@kernel(
    types.int64(
        reads(types.int32, 2),  # places
        reads(types.float64, 2),  # bounds
        reads(types.float64, 2),  # observations
        types.int64,  # lanes
        reads(types.int32),  # columns
        writes(types.uint64, 3),  # window
    )
)
def encode_window(places, bounds, observations, lanes, columns, window):  # type: ignore[no-untyped-def]
    return encode(places, bounds, observations, lanes, columns, window)


def encoded(
    encoder: ValueEncoder, low: float, high: float, values: NDArray[np.float64], ticks: int
) -> NDArray[np.bool_]:
    """Spikes of one variable, (values, ticks, inputs), by the compiled encoder, up to 130 lanes."""
    table = code(encoder, [Variable("x", 0, low, high)], ticks)
    columns = np.arange(encoder.width, dtype=np.int32)
    spikes = np.zeros((len(values), ticks, encoder.width), np.bool_)
    window = np.zeros((ticks, encoder.width, 3), np.uint64)
    for first in range(0, len(values), 130):
        observations = np.ascontiguousarray(values[np.newaxis, first : first + 130])
        lanes = observations.shape[1]
        total = encode_window(*table, observations, lanes, columns, window)
        spikes[first : first + lanes] = np.moveaxis(unpack_lanes(window, lanes), 2, 0)
        assert total == spikes[first : first + lanes].sum()
    return spikes


def values_around(
    encoder: ValueEncoder, low: float, high: float, ticks: int
) -> NDArray[np.float64]:
    """Random values, and all ends of intervals with the numbers on either side."""
    rng = np.random.default_rng(1)
    spikes = code_of(encoder, Variable("x", 0, low, high), ticks)
    ends = {end for spike in spikes for end in spike[2:]}
    at = np.array([end for end in ends if math.isfinite(end)] + [0.0, low, high])
    return np.concatenate(
        [
            rng.uniform(1.5 * low, 1.5 * high, 2000),
            at,
            np.nextafter(at, -np.inf),
            np.nextafter(at, np.inf),
            [-0.0, 5e-324, -5e-324, 1e300, -1e300, np.inf, -np.inf],
        ]
    )


def check(
    encoder: ValueEncoder,
    low: float,
    high: float,
    times: Callable[[float], list[list[int]]],
) -> None:
    """Times: at which ticks each input spikes for a value."""
    ticks = 26
    values = values_around(encoder, low, high, ticks)
    spikes = encoded(encoder, low, high, values, ticks)
    for value, window in zip(values, spikes, strict=True):
        expected = np.zeros((ticks, encoder.width), np.bool_)
        bounded = min(max(float(value), -1e9), 1e9)  # so that the formula is finite
        for number, when in enumerate(times(bounded)):
            expected[when, number] = True
        np.testing.assert_array_equal(window, expected, err_msg=str(value))


def every_third(counts: list[int]) -> list[list[int]]:
    return [list(range(0, 3 * count, 3)) for count in counts]


@pytest.mark.parametrize("ends", RANGES)
@pytest.mark.parametrize("m", [1, 3, 8])
def test_flip_flop_is_its_formula(ends: tuple[float, float], m: int) -> None:
    check(FlipFlop(m), *ends, lambda value: every_third(flip_flop_counts(value, *ends, m)))


@pytest.mark.parametrize("ends", [*RANGES, (0.5, 3.0)])
@pytest.mark.parametrize(("m", "neurons"), [(1, 2), (8, 4), (3, 3), (2, 7)])
def test_argyle_is_its_formula(ends: tuple[float, float], m: int, neurons: int) -> None:
    check(
        Argyle(m, neurons),
        *ends,
        lambda value: every_third(argyle_counts(value, *ends, m, neurons)),
    )


@pytest.mark.parametrize("ends", [(-2.4, 2.4), (0.5, 3.0)])
def test_rate_is_its_formula(ends: tuple[float, float]) -> None:
    def times(value: float) -> list[list[int]]:
        x = x_of(value, *ends)
        counts = [round(side * 7) for side in (x, 1 - x)]
        return [[k * 26 // n for k in range(n)] for n in counts]

    check(Rate(7, mirrored=True), *ends, times)


@pytest.mark.parametrize("ends", [(-2.4, 2.4), (0.5, 3.0)])
def test_bins_are_their_formula(ends: tuple[float, float]) -> None:
    def times(value: float) -> list[list[int]]:
        chosen = min(math.floor(x_of(value, *ends) * 5), 4)
        return [[0, 13] if number == chosen else [] for number in range(5)]

    check(Bins(5, spikes=2), *ends, times)


@pytest.mark.parametrize(
    "kind", [cls for cls in ENCODERS.values() if issubclass(cls, ValueEncoder)]
)
@pytest.mark.parametrize("width", [0.5, 1.0, 1.5])
def test_tables_say_what_the_encoder_says(kind: type[ValueEncoder], width: float) -> None:
    encoder = kind(range=width)
    spikes = code_of(encoder, Variable("x", 0, -1.0, 3.0), 30)
    ends = np.unique([end for spike in spikes for end in spike[2:] if math.isfinite(end)])
    values = np.concatenate([np.linspace(-2.5, 5.5, 5001), ends - 1e-9, ends + 1e-9])

    sent = encoded(encoder, -1.0, 3.0, values, 30)

    assert np.array_equal(sent, encoder.spikes_of(values, -1.0, 3.0, 30).transpose(2, 0, 1))


def test_variables_have_inputs_of_their_own() -> None:
    variables = [Variable("a", 2, -1.0, 1.0), Variable("b", 0, -2.0, 2.0)]
    table = code(Argyle(2, 3), variables, 4)
    inputs: dict[int, set[int]] = {0: set(), 2: set()}
    for observation, number, tick in table.places.tolist():
        inputs[observation].add(number)
        assert tick in (0, 3)
    assert inputs == {2: {0, 1, 2}, 0: {3, 4, 5}}


def test_not_a_number_sends_nothing() -> None:
    for encoder in (FlipFlop(3), Argyle(3, 3)):
        assert not encoded(encoder, -1.0, 1.0, np.array([np.nan, np.nan]), 9).any()


@pytest.mark.parametrize("encoder", [FlipFlop(8), Argyle(8)])
def test_window_too_short_is_refused(encoder: ValueEncoder) -> None:
    variables = [Variable("x", 0, -1.0, 1.0)]
    perception(encoder, variables, Setting(22))
    with pytest.raises(InputError, match="ticks to be at least 22 \\(got 21\\)"):
        perception(encoder, variables, Setting(21))


def test_a_range_without_a_code_is_named() -> None:
    with pytest.raises(InputError, match=r"x: encoder flip_flop needs .* \(got 0\.0 … 1\.0\)"):
        code(FlipFlop(3), [Variable("x", 0, 0.0, 1.0)], 9)
