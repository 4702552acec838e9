"""An event camera, or dynamic vision sensor (DVS): events from images, and input spikes from events.

Events of recordings, of a silicon cochlea too, become spikes by `pooled` (pixels or channels to
inputs) and `spikes_of` (counts in a tick to spikes).
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError

Frame = NDArray[np.float64]


class Events(NamedTuple):
    """Events in order of time, then of pixel.

    Attributes:
        x: (events,) int64, column.
        y: (events,) int64, row.
        t: (events,) float64, in the unit of the times.
        polarity: (events,) bool, true for brighter.
    """

    x: NDArray[np.int64]
    y: NDArray[np.int64]
    t: NDArray[np.float64]
    polarity: NDArray[np.bool_]


class Crossings(NamedTuple):
    """Events between two frames: (events,) flat index of the pixel, time, and polarity."""

    pixel: NDArray[np.int64]
    t: NDArray[np.float64]
    polarity: NDArray[np.bool_]


def dvs(
    frames: NDArray[np.float64],
    threshold: float,
    times: NDArray[np.float64] | None = None,
    dark: float = 0.05,
) -> Events:
    """Return the events that an image sequence causes in an ideal sensor.

    A pixel has the logarithmic intensity L = ln(I + dark), which moves linearly from one frame to the
    next, and remembers the L of its last event, at first that of the first frame. Whenever L is a
    threshold C above or below that, there is an event, and what is remembered moves by C: a large
    change causes several (Gallego et al., 2022, IEEE TPAMI 44:154, section 2.4).

    Args:
        frames: (frames, height, width) intensities, ≥ 0, at least one frame.
        threshold: C, > 0.
        times: (frames,) of each frame, rising; 0, 1, … if None.
        dark: Intensity that is added, so that black has a logarithm; > 0.

    Raises:
        InputError: A wrong shape or value.
    """
    frames = np.asarray(frames, np.float64)
    if frames.ndim != 3 or 0 in frames.shape:
        raise InputError(
            f"frames must have the shape (frames, height, width), none of them 0 (got {frames.shape})"
        )
    if not (np.isfinite(frames).all() and frames.min() >= 0):
        raise InputError("frames must be finite intensities of at least 0")
    if not (threshold > 0 and dark > 0):
        raise InputError(f"threshold and dark must be above 0 (got {threshold} and {dark})")
    times = np.arange(len(frames), dtype=np.float64) if times is None else np.asarray(times)
    if times.shape != (len(frames),) or not np.all(np.diff(times) > 0):
        raise InputError(f"times must rise, one for each of {len(frames)} frames")
    found = list(crossings(np.log(frames + dark), times, threshold))
    nothing = Crossings(np.empty(0, np.int64), np.empty(0), np.empty(0, np.bool_))
    pixel, t, polarity = map(np.concatenate, zip(*(nothing, *found), strict=True))
    order = np.lexsort((pixel, t))
    y, x = np.divmod(pixel[order], frames.shape[2])
    return Events(x, y, t[order], polarity[order])


def crossings(
    levels: Iterable[Frame], times: NDArray[np.float64], threshold: float
) -> Iterator[Crossings]:
    """Find where logarithmic intensities cross thresholds, frame by frame.

    Args:
        levels: Frames of logarithmic intensities, all of one shape.
        times: (frames,), rising.
        threshold: > 0.
    """
    frames = iter(levels)
    before = next(frames).ravel()
    remembered = before.copy()
    for start, end, frame in zip(times, times[1:], frames, strict=False):
        now = frame.ravel()
        pixels = np.flatnonzero(np.abs(now - remembered) >= threshold)
        while pixels.size:
            up = now[pixels] > remembered[pixels]
            remembered[pixels] += np.where(up, threshold, -threshold)
            share = (remembered[pixels] - before[pixels]) / (now[pixels] - before[pixels])
            yield Crossings(pixels, start + (end - start) * share, up)
            pixels = pixels[np.abs(now[pixels] - remembered[pixels]) >= threshold]
        before = now


def spikes_of(counts: NDArray[np.integer], events_per_spike: int = 1) -> NDArray[np.bool_]:
    """Turn counts of events into spikes, one for every so many events, at most one in a tick.

    Args:
        counts: (…, ticks, inputs) events.
        events_per_spike: ≥ 1; what is left over counts towards the next spike.
    """
    reached = np.cumsum(counts, axis=-2) // events_per_spike
    spikes: NDArray[np.bool_] = np.diff(reached, axis=-2, prepend=0) > 0
    return spikes


def pooled(places: NDArray[np.integer], wide: int, pools: int) -> NDArray[np.integer]:
    """Return the pool of each place 0 … wide - 1: ⌊place · pools / wide⌋, neighbours together."""
    found: NDArray[np.integer] = places.astype(np.int64) * pools // wide
    return found
