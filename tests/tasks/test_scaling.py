"""Features to [0, 1], by what the training data show."""

import numpy as np
import pytest

from spikevolve.tasks.data.samples import Scaling

SIGNALS = np.random.default_rng(5).random((6, 20, 2)).round(2)


def test_scaling_of_signals_is_by_channel() -> None:
    scaled = Scaling.fit(SIGNALS)(SIGNALS)

    for channel in range(2):
        values = SIGNALS[:, :, channel].reshape(-1, 1)
        expected = Scaling.fit(values)(values).reshape(6, 20)
        assert np.array_equal(scaled[:, :, channel], expected)


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
