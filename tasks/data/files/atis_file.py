"""Recordings of the ATIS event camera, as N-MNIST and N-Caltech101 keep them: ``.bin`` files."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError

_BYTES = 5  # of an event
_OVERFLOW_ROW = 240
_OVERFLOW_MICROSECONDS = 8192


class AtisEvents(NamedTuple):
    """(events,) int64 each: column, row, time in microseconds, and 1 for brighter, 0 for darker."""

    x: NDArray[np.int64]
    y: NDArray[np.int64]
    t: NDArray[np.int64]
    polarity: NDArray[np.int64]


def read_atis(file: Path) -> AtisEvents:
    """Read a recording.

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
    if data.size == 0 or data.size % _BYTES:
        raise InputError(
            f"{file} must have five bytes for each of its events, at least one (it has {data.size} "
            "bytes)"
        )
    x, y, high, middle, low = data.reshape(-1, _BYTES).T.astype(np.int64)
    late = y == _OVERFLOW_ROW
    t = ((high & 127) << 16 | middle << 8 | low) + _OVERFLOW_MICROSECONDS * np.cumsum(late)
    events = ~late
    return AtisEvents(x[events], y[events], t[events], high[events] >> 7)
