"""Encoders against their formulas, written out one value at a time."""

import math
import re
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.tasks.encoders import ENCODERS, ValueEncoder, encoder
from spikevolve.tasks.encoders.delta_step_forward import Changes
from spikevolve.tasks.encoders.encoder_kinds import Setting
from spikevolve.tasks.text_form import text_of

TICKS = 13
VALUES = np.round(np.random.default_rng(1).random((40, 3)), 3)
VALUES[0], VALUES[1], VALUES[2] = 0.0, 1.0, 0.5


def encode(
    text: str, values: NDArray[np.float64] = VALUES, ticks: int = TICKS
) -> NDArray[np.bool_]:
    spikes: NDArray[np.bool_] = encoder(text).encode(
        values, Setting(ticks), np.random.default_rng(3)
    )
    return spikes


def times(spikes: NDArray[np.bool_], feature: int, sample: int) -> list[int]:
    return np.flatnonzero(spikes[:, feature, sample]).tolist()


@pytest.mark.parametrize("count", [1, 4, 8, TICKS])
def test_rate(count: int) -> None:
    spikes = encode(f"rate:{count}")

    for sample, feature in np.ndindex(VALUES.shape):
        n = round(float(VALUES[sample, feature]) * count)  # half to even
        assert times(spikes, feature, sample) == [math.floor(k * TICKS / n) for k in range(n)]


def test_latency() -> None:
    spikes = encode("latency:9,silent_below=0.2")

    for sample, feature in np.ndindex(VALUES.shape):
        x = float(VALUES[sample, feature])
        assert times(spikes, feature, sample) == ([] if x < 0.2 else [round((1 - x) * 9)])


def test_latency_fills_the_window_by_default() -> None:
    spikes = encode("latency", np.array([[0.0, 1.0]]))

    assert times(spikes, 0, 0) == [TICKS - 1]
    assert times(spikes, 1, 0) == [0]


@pytest.mark.parametrize("fields", [3, 4, 7])
def test_population(fields: int) -> None:
    spikes = encode(f"population:{fields},beta=1.5,last=10")

    for sample, feature in np.ndindex(VALUES.shape):
        for i in range(1, fields + 1):
            centre = (2 * i - 3) / 2 * 1.0 / (fields - 2)
            sigma = 1 / 1.5 * 1.0 / (fields - 2)
            r = math.exp(-((VALUES[sample, feature] - centre) ** 2) / (2 * sigma**2))
            expected = [] if r < 0.1 else [round((1 - r) * 10)]
            assert times(spikes, feature * fields + i - 1, sample) == expected


def test_poisson_draws_with_the_probability_of_the_value() -> None:
    values = np.repeat([[0.0, 0.3, 1.0]], 2000, axis=0)

    spikes = encode("poisson:gain=0.6,offset=0.1", values)

    share = spikes.mean(axis=(0, 2))
    assert share == pytest.approx([0.1, 0.28, 0.7], abs=0.012)  # 4 standard deviations


def test_poisson_of_a_sample_does_not_depend_on_those_that_follow() -> None:
    assert np.array_equal(encode("poisson")[:, :, :5], encode("poisson", VALUES[:5]))


def test_charge() -> None:
    charges = encoder("charge:0.7").encode(VALUES, Setting(TICKS), np.random.default_rng())

    assert charges.dtype == np.float32
    for sample, feature in np.ndindex(VALUES.shape):
        expected = round(float(VALUES[sample, feature]) * 0.7 * 1024) / 1024
        assert set(charges[:, feature, sample].tolist()) == {expected}


def test_charge_is_at_most_that_of_the_profile() -> None:
    rng = np.random.default_rng()
    encoder("charge:16").encode(VALUES, Setting(TICKS, max_charge=16.0), rng)

    with pytest.raises(InputError, match=r"gain must be at most 16, max_charge .* \(got 16.5\)"):
        encoder("charge:16.5").encode(VALUES, Setting(TICKS, max_charge=16.0), rng)


def test_charge_in_integer_arithmetic() -> None:
    charges = encoder("charge").encode(
        VALUES, Setting(TICKS, "integer", 1.0, 127.0), np.random.default_rng()
    )

    assert charges.dtype == np.int32
    assert charges[4].T.tolist() == [[round(float(x) * 127) for x in row] for row in VALUES]


@pytest.mark.parametrize(("count", "spikes"), [(2, 1), (5, 3), (7, TICKS)])
def test_bins(count: int, spikes: int) -> None:
    window = encode(f"bins:{count},spikes={spikes}")

    for sample, feature in np.ndindex(VALUES.shape):
        chosen = min(math.floor(VALUES[sample, feature] * count), count - 1)
        for number in range(count):
            when = [math.floor(k * TICKS / spikes) for k in range(spikes)]
            expected = when if number == chosen else []
            assert times(window, feature * count + number, sample) == expected


def test_log_latency_is_the_time_in_which_a_leaky_neuron_is_charged() -> None:
    h, last, step = 0.3, 11, 1e-3  # in units of the time constant
    spikes = encode(f"log_latency:{h},last={last}")

    def charging_time(x: float) -> float:
        v, steps = 0.0, 0
        while v < h:
            v += step * (x - v)
            steps += 1
        return steps * step

    longest = charging_time(1.01 * h)
    for sample, feature in np.ndindex(VALUES.shape):
        x = max(float(VALUES[sample, feature]), 1.01 * h)
        (time,) = times(spikes, feature, sample)
        assert time == pytest.approx(last * charging_time(x) / longest, abs=0.51)


@pytest.mark.parametrize("first", [0, 1, 2])
def test_rank_order(first: int) -> None:
    spikes = encode(f"rank_order:4,first={first}")

    for sample, row in enumerate(VALUES.tolist()):
        for feature, x in enumerate(row):
            rank = sum(other > x for other in row) + row[:feature].count(x)
            expected = [4 * rank] if not first or rank < first else []
            assert times(spikes, feature, sample) == expected


def test_counted_codes_of_data_are_those_of_control() -> None:
    for text, low in (("flip_flop:4", -1.0), ("argyle:3,spikes=4", 0.0)):
        made = encoder(text)
        assert isinstance(made, ValueEncoder)
        for feature in range(VALUES.shape[1]):
            values = low + VALUES[:, feature] * (1.0 - low)
            inputs = slice(feature * made.width, (feature + 1) * made.width)
            expected = made.spikes_of(values, low, 1.0, TICKS)
            assert np.array_equal(encode(text)[:, inputs], expected)


SIGNALS = np.random.default_rng(5).random((6, 20, 2)).round(2)


def changes(text: str, up: Callable[[list[float]], list[int]]) -> None:
    """Compare an encoder of changes with a function from a signal to +1, 0, −1 for each step."""
    spikes = encode(text, SIGNALS, ticks=43)

    assert spikes.shape == (43, 4, len(SIGNALS))
    for sample, channel in np.ndindex(len(SIGNALS), 2):
        signal = up(SIGNALS[sample, :, channel].tolist())
        for number, sign in enumerate([1, -1]):
            expected = [2 * step for step, change in enumerate(signal) if change == sign]
            assert times(spikes, 2 * channel + number, sample) == expected


def test_delta() -> None:
    def sent(s: list[float]) -> list[int]:
        gaps = [s[t] - s[t - 1] if t else 0.0 for t in range(len(s))]
        return [1 if gap >= 0.3 else -1 if gap <= -0.3 else 0 for gap in gaps]

    changes("delta:0.3", sent)


def test_step_forward() -> None:
    def sent(s: list[float]) -> list[int]:
        base, spikes = s[0], []
        for value in s:
            spikes.append(1 if value > base + 0.125 else -1 if value < base - 0.125 else 0)
            base += 0.125 * spikes[-1]
        return spikes

    changes("step_forward:0.125", sent)


@pytest.mark.parametrize("name", ["rate:2", "charge", "bins"])
def test_other_encoders_show_the_steps_of_a_signal_one_after_the_other(name: str) -> None:
    spikes = encode(name, SIGNALS, ticks=43)

    for step in range(20):
        expected = encode(name, SIGNALS[:, step], ticks=2)
        assert np.array_equal(spikes[2 * step : 2 * step + 2], expected)
    assert not spikes[40:].any()


@pytest.mark.parametrize("name", ["rate", "poisson", "latency", "log_latency", "charge"])
def test_mirrored_adds_an_input_for_what_is_missing_to_one(name: str) -> None:
    both = np.stack([VALUES, 1 - VALUES], axis=2).reshape(len(VALUES), -1)

    assert np.array_equal(encode(f"{name}:mirrored"), encode(name, both))


@pytest.mark.parametrize("name", ENCODERS)
def test_shapes(name: str) -> None:
    made = encoder(name)
    shown = SIGNALS if isinstance(made, Changes) else VALUES
    ticks = made.window(shown.shape[1:])
    inputs = encode(name, shown, ticks)

    assert inputs.shape == (ticks, made.inputs(shown.shape[-1]), len(shown))
    assert inputs.flags.c_contiguous
    assert (inputs.dtype == np.bool_) == (encoder(name).kind == "spikes")


@pytest.mark.parametrize(
    ("text", "ticks"),
    [
        ("rate:8", 7),
        ("latency:6", 6),
        ("log_latency:last=6", 6),
        ("population:4,last=5", 5),
        ("rank_order:3", 6),
        ("rank_order:3,first=2", 3),
        ("bins:spikes=2", 1),
        ("flip_flop:8", 21),
        ("argyle:spikes=2", 3),
    ],
)
def test_refuses_a_window_that_is_too_short(text: str, ticks: int) -> None:
    message = f"needs ticks to be at least {ticks + 1} (got {ticks})"
    with pytest.raises(InputError, match=re.escape(message)):
        encode(text, ticks=ticks)
    encode(text, ticks=ticks + 1)


def test_refuses_signals_that_are_longer_than_the_window() -> None:
    encode("delta", SIGNALS, ticks=20)
    for name, ticks in (("delta", 19), ("rate:2", 39)):
        with pytest.raises(InputError, match=f"at least {ticks + 1}"):
            encode(name, SIGNALS, ticks)


@pytest.mark.parametrize("name", ["delta", "step_forward"])
def test_encoders_of_changes_refuse_values_that_do_not_change(name: str) -> None:
    with pytest.raises(InputError, match=f"encoder {name} is for signals"):
        encode(name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bins:1", "bins must be at least 2 (got 1)"),
        ("flip_flop:0", "spikes must be at least 1 (got 0)"),
        ("argyle:1", "neurons must be at least 2 (got 1)"),
        ("delta:0", "threshold must be above 0 (got 0.0)"),
        ("step_forward:-1", "threshold must be above 0 (got -1.0)"),
        ("log_latency:1", "threshold must be above 0 and at most 0.9 (got 1.0)"),
        ("rank_order:0", "gap must be at least 1 (got 0)"),
    ],
)
def test_refuses_settings_out_of_range(text: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        encoder(text)


@pytest.mark.parametrize(
    "name", [n for n, cls in ENCODERS.items() if issubclass(cls, ValueEncoder)]
)
@pytest.mark.parametrize("width", [0.5, 1.5])
def test_a_range_is_that_share_of_the_values_about_their_middle(name: str, width: float) -> None:
    short = "spikes=2," if "spikes" in text_of(encoder(name)) else ""
    found = encode(f"{name}:{short}range={width}")

    expected = encode(f"{name}:{short}", np.clip((VALUES - 0.5) / width + 0.5, 0.0, 1.0))
    assert (found != expected).mean() < 1e-3  # where rounding decides


def test_a_range_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match=r"encoder rate: range must be above 0 \(got 0\.0\)"):
        encoder("rate:range=0")
