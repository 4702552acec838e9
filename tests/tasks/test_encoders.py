"""Encoders against their formulas, written out one value at a time."""

import math
import re

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve import InputError
from spikevolve.tasks.encoders import ENCODERS, Scaling, encoder
from spikevolve.tasks.encoders.base import Setting

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


def test_charge_in_integer_arithmetic() -> None:
    charges = encoder("charge").encode(
        VALUES, Setting(TICKS, "integer", 1.0), np.random.default_rng()
    )

    assert charges.dtype == np.int32
    assert charges[4].T.tolist() == [[round(float(x) * 127) for x in row] for row in VALUES]


@pytest.mark.parametrize("name", ["rate", "poisson", "latency", "charge"])
def test_mirrored_adds_an_input_for_what_is_missing_to_one(name: str) -> None:
    both = np.stack([VALUES, 1 - VALUES], axis=2).reshape(len(VALUES), -1)

    assert np.array_equal(encode(f"{name}:mirrored"), encode(name, both))


@pytest.mark.parametrize("name", ENCODERS)
def test_shapes(name: str) -> None:
    inputs = encode(name)

    assert inputs.shape == (TICKS, encoder(name).inputs(3), len(VALUES))
    assert inputs.flags.c_contiguous
    assert (inputs.dtype == np.bool_) == (encoder(name).kind == "spikes")


@pytest.mark.parametrize(
    ("text", "ticks"), [("rate:8", 7), ("latency:6", 6), ("population:4,last=5", 5)]
)
def test_refuses_a_window_that_is_too_short(text: str, ticks: int) -> None:
    message = f"needs a window of at least {ticks + 1} ticks (got {ticks})"
    with pytest.raises(InputError, match=re.escape(message)):
        encode(text, ticks=ticks)
    encode(text, ticks=ticks + 1)


def test_scaling_maps_quantiles_of_the_training_data_to_0_and_1() -> None:
    train = np.random.default_rng(2).normal(5, 2, (500, 2))
    scaling = Scaling.fit(train)
    low, high = (np.array([np.quantile(c, q) for c in train.T]) for q in (0.01, 0.99))

    assert scaling(np.stack([low, high, (low + high) / 2])) == pytest.approx(
        np.array([[0, 0], [1, 1], [0.5, 0.5]])
    )
    assert scaling(np.array([[-100.0, 100.0]])).tolist() == [[0, 1]]


def test_scaling_of_a_rare_or_constant_feature() -> None:
    rare, constant = np.zeros(500), np.full(500, 3.0)
    rare[7] = 8.0
    scaling = Scaling.fit(np.stack([rare, constant], axis=1))

    assert scaling(np.array([[0.0, 3.0], [4.0, 9.0], [8.0, 3.0]])).tolist() == [
        [0.0, 0.5],
        [0.5, 0.5],
        [1.0, 0.5],
    ]
