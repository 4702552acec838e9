"""Spike files of the Heidelberg Digits and Speech Commands (SHD, SSC): HDF5."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError

_KEYS = ("spikes/times", "spikes/units", "labels")


class ShdFile(NamedTuple):
    """Samples of a file.

    Attributes:
        times: Of each sample (spikes,) float64, seconds.
        units: Of each sample (spikes,) int64, the channel, 0 … 699.
        labels: (samples,) int64.
        classes: Names of the classes, in the order of their numbers; empty where the file has none.
    """

    times: list[NDArray[np.float64]]
    units: list[NDArray[np.int64]]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]


def read_shd(file: Path) -> ShdFile:
    """Read a file of samples; spikes whose time is no finite number are left out.

    The layout (Cramer et al., 2022, IEEE TNNLS 33:2744): ``spikes/times`` in seconds and
    ``spikes/units``, a list for each sample; ``labels``; and in ``extra/keys`` the classes' names.

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
            missing = [key for key in _KEYS if key not in content]
            if missing:
                raise InputError(f"{file} has no {missing[0]}; it must have {', '.join(_KEYS)}")
            times, units, labels = (content[key][:] for key in _KEYS)
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
    return ShdFile([t for t, _ in pairs], [u for _, u in pairs], labels.astype(np.int64), classes)


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
