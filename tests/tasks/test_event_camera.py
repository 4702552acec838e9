"""The event camera against its formula, one pixel and one event at a time."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.tasks.builtin.event_data import _events, dvs, frames_at, path, pooled, spikes_of

Event = tuple[float, int, int, bool]


def naive(
    frames: NDArray[np.float64], threshold: float, times: list[float], dark: float
) -> list[Event]:
    events: list[Event] = []
    for y in range(frames.shape[1]):
        for x in range(frames.shape[2]):
            levels = [math.log(value + dark) for value in frames[:, y, x]]
            memory = levels[0]
            for k in range(1, len(levels)):
                while abs(levels[k] - memory) >= threshold:
                    brighter = levels[k] > memory
                    memory += threshold if brighter else -threshold
                    share = (memory - levels[k - 1]) / (levels[k] - levels[k - 1])
                    when = times[k - 1] + share * (times[k] - times[k - 1])
                    events.append((when, y, x, brighter))
    return sorted(events)


@given(seed=st.integers(0, 10**6), threshold=st.sampled_from([0.05, 0.2, 0.7]))
def test_events(seed: int, threshold: float) -> None:
    rng = np.random.default_rng(seed)
    frames = rng.random((rng.integers(1, 6), 3, 2)) ** 3
    times = np.cumsum(rng.uniform(0.5, 2.0, len(frames)))

    events = dvs(frames, threshold, times, dark=0.1)

    expected = naive(frames, threshold, times.tolist(), 0.1)
    assert len(events.t) == len(expected)
    if expected:
        t, y, x, brighter = map(np.array, zip(*expected, strict=True))
        np.testing.assert_allclose(events.t, t, rtol=1e-12)
        assert np.array_equal(events.x, x)
        assert np.array_equal(events.y, y)
        assert np.array_equal(events.polarity, brighter)


def test_a_large_change_makes_several_events_at_even_distances() -> None:
    frames = np.array([1.0, math.e]).reshape(2, 1, 1)

    events = dvs(frames, 0.3, dark=1e-12)

    np.testing.assert_allclose(events.t, [0.3, 0.6, 0.9])
    assert events.polarity.all()


@pytest.mark.parametrize(
    ("frames", "threshold", "times", "message"),
    [
        (np.ones((2, 3)), 0.2, None, r"frames must have the shape .* \(got \(2, 3\)\)"),
        (-np.ones((2, 3, 3)), 0.2, None, "frames must be finite intensities of at least 0"),
        (np.ones((2, 3, 3)), 0.0, None, r"threshold and dark must be above 0 \(got 0.0 and 0.05\)"),
        (np.ones((2, 3, 3)), 0.2, np.zeros(2), "times must rise, one for each of 2 frames"),
    ],
)
def test_mistakes(
    frames: NDArray[np.float64], threshold: float, times: NDArray[np.float64] | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        dvs(frames, threshold, times)


@pytest.mark.parametrize("pools", [5, 8])
def test_moving_digits_are_what_the_camera_sees(pools: int) -> None:
    images = np.random.default_rng(2).random((2, 8, 8))

    counts = _events(images, pools)

    times = np.linspace(0, 300, 61)
    for image, got in zip(images, counts, strict=True):
        frames = np.concatenate([frames_at(image[np.newaxis], x, y) for x, y in path()])
        expected = np.zeros((30, 2, pools, pools), np.int64)
        for t, y, x, brighter in naive(frames, 0.2, times.tolist(), 0.05):
            expected[
                min(int(t / 10), 29), 0 if brighter else 1, y * pools // 40, x * pools // 40
            ] += 1
        assert np.array_equal(got, expected.reshape(30, -1))


def test_images_lie_enlarged_where_they_should() -> None:
    image = np.arange(64, dtype=np.float64).reshape(1, 8, 8)

    frame = frames_at(image, 5.0, 2.0)[0]
    half = frames_at(image, 5.5, 2.0)[0]

    assert frame[:2].max() == frame[34:].max() == frame[:, :5].max() == frame[:, 37:].max() == 0
    # The enlarged pixel k lies at (k + 1/2) / 4 - 1/2; rows differ by 8, columns by 1.
    assert frame[2 + 10, 5 + 13] == pytest.approx(8 * (10.5 / 4 - 0.5) + 13.5 / 4 - 0.5)
    assert frame[2, 5] == 0
    assert frame[33, 36] == 63
    np.testing.assert_allclose(half[:, 1:], (frame[:, 1:] + frame[:, :-1]) / 2)


def test_the_image_goes_three_times_six_pixels() -> None:
    steps = np.linalg.norm(np.diff(path(), axis=0), axis=1)

    np.testing.assert_allclose(steps, 0.3)
    np.testing.assert_allclose(path()[0], path()[-1])


def test_a_spike_for_every_third_event() -> None:
    counts = np.array([[2, 1], [1, 0], [0, 5], [7, 0], [0, 0]])

    assert spikes_of(counts, 3).T.tolist() == [
        [False, True, False, True, False],
        [False, False, True, False, False],
    ]
    assert np.array_equal(spikes_of(counts), counts > 0)


def test_pools_are_of_one_size() -> None:
    assert pooled(np.arange(10), 10, 5).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert pooled(np.arange(3), 3, 3).tolist() == [0, 1, 2]
