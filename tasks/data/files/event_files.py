"""Recordings of events: the ATIS camera's (N-MNIST, `.bin`), and SHD's and SSC's spikes (HDF5)."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError
from ..class_labels import refuse_missing

_ATIS_BYTES = 5  # of an event
_ATIS_OVERFLOW_ROW = 240
_ATIS_OVERFLOW_MICROSECONDS = 8192
_SHD_KEYS = ("spikes/times", "spikes/units", "labels")


class AtisEvents(NamedTuple):
    """(events,) int64 each: column, row, time in microseconds, and 1 for brighter, 0 for darker."""

    x: NDArray[np.int64]
    y: NDArray[np.int64]
    t: NDArray[np.int64]
    polarity: NDArray[np.int64]


class ShdFile(NamedTuple):
    """Samples of a file of the Heidelberg Digits (SHD) or Speech Commands (SSC).

    Attributes:
        times: Of each sample (spikes,) float64, seconds.
        units: Of each sample (spikes,) int64, the channel, 0 … 699.
        labels: (samples,) int64, ≥ 0.
        classes: Names of the classes, in the order of their numbers; empty where the file has none.
    """

    times: list[NDArray[np.float64]]
    units: list[NDArray[np.int64]]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]


def read_atis(file: Path) -> AtisEvents:
    """Read a recording of the ATIS event camera, as N-MNIST and N-Caltech101 keep them.

    An event has five bytes: x, y, and 24 bits, the highest first, of which the first is the polarity
    and the others are the time in microseconds. A record of row 240 is none: all times from it on
    are 8,192 microseconds later (Orchard et al., 2015, Front. Neurosci. 9:437, and their readers).

    Raises:
        InputError: The file cannot be read, is empty or truncated.
    """
    try:
        data = np.fromfile(file, np.uint8)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error
    if data.size == 0 or data.size % _ATIS_BYTES:
        raise InputError(
            f"{file} must have five bytes for each of its events, at least one (it has {data.size} "
            "bytes)"
        )
    x, y, high, middle, low = data.reshape(-1, _ATIS_BYTES).T.astype(np.int64)
    late = y == _ATIS_OVERFLOW_ROW
    t = ((high & 127) << 16 | middle << 8 | low) + _ATIS_OVERFLOW_MICROSECONDS * np.cumsum(late)
    events = ~late
    return AtisEvents(x[events], y[events], t[events], high[events] >> 7)


def read_shd(file: Path) -> ShdFile:
    """Read a file of samples; spikes whose time is no finite number are left out.

    The layout (Cramer et al., 2022, IEEE TNNLS 33:2744): `spikes/times` in seconds and
    `spikes/units`, a list for each sample; `labels`; and in `extra/keys` the classes' names.

    Raises:
        InputError: h5py is missing, the file cannot be read, or a part of it is missing or wrong.
    """
    try:
        import h5py
    except ImportError as error:
        raise InputError(
            "SHD's files are read by h5py, which is not installed: pip install 'spikevolve[events]'"
        ) from error
    try:
        with h5py.File(file, "r") as content:
            absent = [key for key in _SHD_KEYS if key not in content]
            if absent:
                raise InputError(f"{file} has no {absent[0]}; it must have {', '.join(_SHD_KEYS)}")
            times, units, labels = (content[key][:] for key in _SHD_KEYS)
            keys = content["extra/keys"][:] if "extra/keys" in content else ()
    except OSError as error:
        raise InputError(f"{file} cannot be read as HDF5: {error}") from error
    if not len(times) == len(units) == len(labels) > 0:
        raise InputError(
            f"{file} must have times, units and a label for each sample, and at least one (it has "
            f"{len(times)}, {len(units)} and {len(labels)})"
        )
    classes = tuple(key.decode() if isinstance(key, bytes) else str(key) for key in keys)
    pairs = [
        _finite(t, u, number, file) for number, (t, u) in enumerate(zip(times, units, strict=True))
    ]
    return ShdFile([t for t, _ in pairs], [u for _, u in pairs], _numbers(labels, file), classes)


def _finite(
    times: Any, units: Any, sample: int, file: Path
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    if len(times) != len(units):
        raise InputError(
            f"{file}: sample {sample} has {len(times)} times, but {len(units)} units of spikes"
        )
    t = np.asarray(times, np.float64)
    there = np.isfinite(t)
    return t[there], np.asarray(units, np.int64)[there]


def _numbers(labels: NDArray[Any], file: Path) -> NDArray[np.int64]:
    """Return the labels as numbers of classes; HDF5 may hold any type."""
    refuse_missing(labels.ravel(), lambda sample: f"{file}: sample {sample}")
    if labels.ndim != 1 or labels.dtype.kind not in "iuf":
        raise InputError(
            f"{file}: labels must be a number for each sample (got {labels.dtype} of shape "
            f"{labels.shape})"
        )
    wrong = np.flatnonzero((labels < 0) | (labels != np.rint(labels)))
    if wrong.size:
        raise InputError(
            f"{file}: sample {wrong[0]} has the label {labels[wrong[0]]}; labels must be whole "
            f"numbers of at least 0 ({wrong.size} of {len(labels)} are not)"
        )
    return labels.astype(np.int64)
