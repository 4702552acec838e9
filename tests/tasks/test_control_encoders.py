"""The encoders of observations against their formulas, value by value."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve import InputError
from spikevolve.tasks.control_encoders import (
    Argyle,
    ControlEncoder,
    FlipFlop,
    Variable,
    control_encoder,
)
from spikevolve.tasks.control_spikes import encode
from spikevolve.tasks.spec import text_of

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


def encoded(
    encoder: ControlEncoder, low: float, high: float, values: NDArray[np.float64], ticks: int
) -> NDArray[np.bool_]:
    """Spikes of one variable, (values, ticks, inputs), by the compiled encoder."""
    code = encoder.code_all([Variable("x", 0, low, high)], ticks)
    columns = np.arange(encoder.inputs, dtype=np.int32)
    spikes = np.zeros((len(values), ticks, encoder.inputs), np.bool_)
    window = np.zeros((ticks, encoder.inputs, 1), np.uint64)
    for first in range(0, len(values), 64):
        observations = np.ascontiguousarray(values[np.newaxis, first : first + 64])
        lanes = observations.shape[1]
        total = encode(*code, observations, lanes, columns, window)
        for lane in range(lanes):
            spikes[first + lane] = (window[:, :, 0] >> np.uint64(lane)) & np.uint64(1)
        assert total == spikes[first : first + lanes].sum()
    return spikes


def values_around(encoder: ControlEncoder, low: float, high: float) -> NDArray[np.float64]:
    """Random values, and all ends of intervals with the numbers on either side."""
    rng = np.random.default_rng(1)
    ends = {end for spike in encoder.code(Variable("x", 0, low, high)) for end in spike[2:]}
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
    encoder: ControlEncoder,
    low: float,
    high: float,
    counts: Callable[[float], list[int]],
) -> None:
    values = values_around(encoder, low, high)
    ticks = 3 * encoder.spikes
    spikes = encoded(encoder, low, high, values, ticks)
    for value, window in zip(values, spikes, strict=True):
        expected = np.zeros((ticks, encoder.inputs), np.bool_)
        bounded = min(max(float(value), -1e9), 1e9)  # so that the formula is finite
        for number, count in enumerate(counts(bounded)):
            expected[: 3 * count : 3, number] = True
        np.testing.assert_array_equal(window, expected, err_msg=str(value))


@pytest.mark.parametrize("ends", RANGES)
@pytest.mark.parametrize("m", [1, 3, 8])
def test_flip_flop_is_its_formula(ends: tuple[float, float], m: int) -> None:
    check(FlipFlop(m), *ends, lambda value: flip_flop_counts(value, *ends, m))


@pytest.mark.parametrize("ends", [*RANGES, (0.5, 3.0)])
@pytest.mark.parametrize(("m", "neurons"), [(1, 2), (8, 4), (3, 3), (2, 7)])
def test_argyle_is_its_formula(ends: tuple[float, float], m: int, neurons: int) -> None:
    check(Argyle(m, neurons), *ends, lambda value: argyle_counts(value, *ends, m, neurons))


def test_variables_have_inputs_of_their_own() -> None:
    variables = [Variable("a", 2, -1.0, 1.0), Variable("b", 0, -2.0, 2.0)]
    code = Argyle(2, 3).code_all(variables, 4)
    inputs: dict[int, set[int]] = {0: set(), 2: set()}
    for observation, number, tick in code.places.tolist():
        inputs[observation].add(number)
        assert tick in (0, 3)
    assert inputs == {2: {0, 1, 2}, 0: {3, 4, 5}}
    assert len({tuple(place[1:]) for place in code.places.tolist()}) == len(code.places)


def test_not_a_number_sends_nothing() -> None:
    for encoder in (FlipFlop(3), Argyle(3, 3)):
        assert not encoded(encoder, -1.0, 1.0, np.array([np.nan, np.nan]), 9).any()


@pytest.mark.parametrize("text", ["flip_flop:spikes=4", "argyle:spikes=2,neurons=5"])
def test_text_form(text: str) -> None:
    assert text_of(control_encoder(text)) == text


def test_bare_values() -> None:
    assert control_encoder("flip_flop:3") == FlipFlop(3)
    assert control_encoder("argyle:5,spikes=2") == Argyle(2, 5)
    assert control_encoder("flip_flop") == FlipFlop(8)


@pytest.mark.parametrize("encoder", [FlipFlop(8), Argyle(8)])
def test_window_too_short_is_refused(encoder: ControlEncoder) -> None:
    variables = [Variable("x", 0, -1.0, 1.0)]
    encoder.code_all(variables, 22)
    with pytest.raises(InputError, match="at least 22 ticks \\(got 21\\)"):
        encoder.code_all(variables, 21)


def test_mistakes_are_named() -> None:
    with pytest.raises(InputError, match="spikes must be at least 1 \\(got 0\\)"):
        control_encoder("flip_flop:0")
    with pytest.raises(InputError, match="neurons must be at least 2 \\(got 1\\)"):
        control_encoder("argyle:1")
    with pytest.raises(InputError, match="did you mean 'argyle'"):
        control_encoder("argyl")
    with pytest.raises(InputError, match=r"x: 0\.0 … 1\.0"):
        FlipFlop(3).code_all([Variable("x", 0, 0.0, 1.0)], 9)
