"""Events: digits that move before an event camera, and recordings from a local download (SHD, N-MNIST)."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..data.class_labels import refuse_missing
from ..data.classification import Classification
from ..data.files.event_files import ShdFile, read_atis, read_shd
from ..data.samples import Chosen
from ..data_settings import CUT_BY
from ..task import TaskSettings
from .scikit_learn import DIGITS, read_table

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


SIDE, ZOOM, DIGIT = 40, 4, 8  # pixels of the sensor and of an image before it is enlarged
FRAMES, MILLISECONDS = 61, 300.0
THRESHOLD, DARK = 0.2, 0.05
TICKS = 30
_CHUNK = 64  # digits at a time, whose frames fit into a processor's cache
_CORNERS = ((1.0, 1.0), (4.0, 1.0 + 27.0**0.5), (7.0, 1.0), (1.0, 1.0))  # 6 pixels apart


class Resolution(NamedTuple):
    """How finely networks see the sensor.

    Attributes:
        pools: Along each side of the sensor.
        events_per_spike: Events of a pool for one spike.
    """

    pools: int
    events_per_spike: int


COARSE, FINE = Resolution(5, 32), Resolution(8, 4)


class MovingDigits(Classification):
    """`moving_digits`: handwritten digits (Alpaydin, Kaynak, 1998) before an event camera; 1,797.

    As N-MNIST does with MNIST (Orchard et al., 2015, Front. Neurosci. 9:437): the image, four times
    enlarged, goes along the three sides of a triangle of 6 pixels on a sensor of 40 x 40, in 300 ms.
    `dvs` makes events of 61 frames. The sensor is pooled to 5 x 5 inputs for brighter and as many for
    darker, each of which spikes for every 32nd event, at most once in a tick of 10 ms. With a readout,
    which finds its weights at once, the inputs are 8 x 8, and spike for every fourth event.
    """

    name = "moving_digits"
    decoder = "first_to:8"
    ticks = TICKS
    takes = Classification.takes - {"encoder", "fresh_episodes"}

    def __init__(self, settings: TaskSettings) -> None:
        """Make the data; networks that learn do better when all of their spikes count, with fewer of them."""
        if settings.learned:
            self.decoder = "spike_count"
        super().__init__(settings)

    def load(self) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Make (1797, 30, 50) spikes, or (1797, 30, 128) for a readout, and load (1797,) digits."""
        return _spikes(FINE if self.settings.readout else COARSE)


@cache
def _spikes(seen: Resolution) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    table = read_table(DIGITS)
    images = table.features.reshape(-1, DIGIT, DIGIT) / 16.0
    chunks = (images[start : start + _CHUNK] for start in range(0, len(images), _CHUNK))
    events = (_events(chunk, seen.pools) for chunk in chunks)
    spikes = np.concatenate([spikes_of(counts, seen.events_per_spike) for counts in events])
    spikes.flags.writeable = False  # the cache hands the same array to every task
    return spikes, table.classes


def _events(images: NDArray[np.float64], pools: int) -> NDArray[np.int64]:
    """Count events of (images, 8, 8) by tick and input, (images, 30, 2 · pools²), brighter first."""
    times = np.linspace(0.0, MILLISECONDS, FRAMES)
    inputs = 2 * pools * pools
    along = pooled(np.arange(SIDE), SIDE, pools)
    pool = (along[:, np.newaxis] * pools + along).ravel()
    levels = (np.log(frames_at(images, *place) + DARK) for place in path())
    cells = []
    for pixel, t, brighter in crossings(levels, times, THRESHOLD):
        image, place = np.divmod(pixel, SIDE * SIDE)
        tick = np.minimum((t * (TICKS / MILLISECONDS)).astype(np.int64), TICKS - 1)
        which = pool[place] + np.where(brighter, 0, pools * pools)
        cells.append((image * TICKS + tick) * inputs + which)
    counts = np.bincount(np.concatenate(cells), minlength=len(images) * TICKS * inputs)
    return counts.reshape(len(images), TICKS, inputs)


def path() -> NDArray[np.float64]:
    """Return x and y of the image's upper left corner in each frame, (61, 2)."""
    time = np.linspace(0.0, 3.0, FRAMES)
    return np.stack(
        [np.interp(time, np.arange(4), axis) for axis in zip(*_CORNERS, strict=True)], 1
    )


def frames_at(images: NDArray[np.float64], x: float, y: float) -> NDArray[np.float64]:
    """Enlarge images of 8 x 8 with their corner at x, y, black around them: (images, 40, 40)."""
    return _along(y) @ images @ _along(x).T


def _along(start: float) -> NDArray[np.float64]:
    """Return what each pixel of an image adds to each of the sensor along one side, (40, 8).

    Bilinear twice: the image is enlarged, its border going on outside, then moved.
    """
    wide = DIGIT * ZOOM
    enlarged = _hats((np.arange(wide) + 0.5) / ZOOM - 0.5, DIGIT, border=True)
    return _hats(np.arange(SIDE) - start, wide, border=False) @ enlarged


def _hats(at: NDArray[np.floating], points: int, border: bool) -> NDArray[np.float64]:
    """Return weights of linear interpolation between points 0, 1, …, (places, points)."""
    at = np.clip(at, 0, points - 1) if border else at
    weights: NDArray[np.float64] = np.maximum(
        0.0, 1.0 - np.abs(at[:, np.newaxis] - np.arange(points))
    )
    return weights


class Recordings(Classification):
    """Recordings of events; training data come first, then test data, as the download has them.

    An input spikes in a tick in which there is an event at any of the places that are pooled in it.
    Ticks are those of the whole recording: a tick lasts `LENGTH` ÷ ticks, and later events are
    left out.
    """

    takes = Classification.takes - {"encoder", "fresh_episodes", *CUT_BY} | {"data"}
    decoder = "spike_count"

    LENGTH: float  # of a recording, in the unit of its times

    def _folder(self) -> Path:
        if self.settings.data is None:
            raise InputError(f"task {self.name} needs data: the folder of the download")
        folder = Path(self.settings.data)
        if not folder.is_dir():
            raise InputError(f"task {self.name}: data must be a folder (got {str(folder)!r})")
        return folder

    @classmethod
    def _spikes(
        cls, t: NDArray[Any], places: NDArray[Any], inputs: int, ticks: int
    ) -> NDArray[np.bool_]:
        """Turn events at inputs into (ticks, inputs) spikes."""
        tick = np.floor(t * (ticks / cls.LENGTH)).astype(np.int64)
        there = (tick >= 0) & (tick < ticks)
        counts = np.bincount(tick[there] * inputs + places[there], minlength=ticks * inputs)
        return spikes_of(counts.reshape(ticks, inputs))


class Shd(Recordings):
    """`shd`: spoken digits, English and German, as spikes of a model cochlea (Cramer et al., 2022).

    `data` is the folder with `shd_train.h5` and `shd_test.h5`. The 700 channels are pooled to
    70 inputs, one second to 50 ticks.
    """

    name = "shd"
    ticks = 50
    missing_labels = frozenset()  # the file names its classes; `null` is German for 0

    LENGTH, CHANNELS, POOLS = 1.0, 700, 70

    def load(self) -> tuple[NDArray[np.bool_], NDArray[Any]]:
        """Load (samples, ticks, 70) spikes, (samples,) names of the digits or their numbers.

        Raises:
            InputError: A file is missing or not as it must be.
        """
        files = [self._folder() / f"shd_{part}.h5" for part in ("train", "test")]
        ticks = self.settings.ticks or self.ticks
        parts = [read_shd(file) for file in files]
        self.learnt = len(parts[0].labels)
        spikes = [self._samples(*pair, ticks) for pair in zip(files, parts, strict=True)]
        labels = np.concatenate([part.labels for part in parts])
        return np.concatenate(spikes), _named(labels, parts[0].classes)

    @classmethod
    def read_samples(cls, file: Path, ticks: int) -> Chosen:
        """Read one file, for a window of so many ticks: (samples, ticks, 70) spikes, and labels."""
        part = read_shd(file)
        return Chosen(cls._samples(file, part, ticks), _named(part.labels, part.classes))

    @classmethod
    def _samples(cls, file: Path, part: ShdFile, ticks: int) -> NDArray[np.bool_]:
        samples = []
        for number, (t, units) in enumerate(zip(part.times, part.units, strict=True)):
            if units.size and not 0 <= units.min() <= units.max() < cls.CHANNELS:
                raise InputError(
                    f"{file}: sample {number} has a unit outside 0 … {cls.CHANNELS - 1}"
                )
            places = pooled(units, cls.CHANNELS, cls.POOLS)
            samples.append(cls._spikes(t, places, cls.POOLS, ticks))
        return np.array(samples)


def _named(labels: NDArray[np.int64], classes: tuple[str, ...]) -> NDArray[Any]:
    """Return names of classes, which some files have in the order of the labels; others have none."""
    names = np.array(classes)
    known = names.size and labels.min() >= 0 and labels.max() < names.size
    return names[labels] if known else labels


class NMnist(Recordings):
    """`nmnist`: MNIST's digits before a moving event camera (Orchard et al., 2015).

    `data` is the folder with `Train` and `Test`, in each a folder for every digit. The 34 x 34
    pixels are pooled to 8 x 8 inputs for darker and as many for brighter, 300 ms to 30 ticks.
    """

    name = "nmnist"
    ticks = 30

    LENGTH, SIDE, POOLS = 300_000.0, 34, 8

    def load(self) -> tuple[NDArray[np.bool_], NDArray[np.str_]]:
        """Load (samples, ticks, 128) spikes, (samples,) digits.

        Raises:
            InputError: A folder is missing or empty, or a file not as it must be.
        """
        ticks = self.settings.ticks or self.ticks
        parts = [self.read_samples(self._folder() / part, ticks) for part in ("Train", "Test")]
        self.learnt = len(parts[0].features)
        labels = np.concatenate([part.labels for part in parts])
        return np.concatenate([part.features for part in parts]), labels

    @classmethod
    def read_samples(cls, folder: Path, ticks: int) -> Chosen:
        """Read a folder with one of recordings for each class, for a window of so many ticks."""
        files = sorted(f for f in folder.glob("*/*.bin") if not _is_hidden(f.relative_to(folder)))
        if not files:
            raise InputError(
                f"{folder} has no recordings; it must hold a folder of .bin files for each class"
            )
        labels = [file.parent.name for file in files]
        refuse_missing(labels, lambda number: f"the folder of {files[number]}")
        return Chosen(np.array([cls._recording(file, ticks) for file in files]), np.array(labels))

    @classmethod
    def _recording(cls, file: Path, ticks: int) -> NDArray[np.bool_]:
        x, y, t, polarity = read_atis(file)
        if x.size and max(x.max(), y.max()) >= cls.SIDE:
            raise InputError(f"{file} has an event outside of {cls.SIDE} x {cls.SIDE} pixels")
        column, row = (pooled(places, cls.SIDE, cls.POOLS) for places in (x, y))
        places = (polarity * cls.POOLS + row) * cls.POOLS + column
        return cls._spikes(t, places, 2 * cls.POOLS * cls.POOLS, ticks)


def _is_hidden(file: Path) -> bool:
    """Return whether a file, or its folder, is one that systems leave behind, such as `._0.bin`."""
    return any(part.startswith(".") for part in file.parts)
