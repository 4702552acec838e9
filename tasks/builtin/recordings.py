"""Event data from a local download: recordings of a silicon cochlea and of an event camera."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..data.class_labels import refuse_missing
from ..data.classification import Classification
from ..data.files.event_files import read_atis, read_shd
from ..data.splits import Parts
from .event_camera import pooled, spikes_of


class Recordings(Classification):
    """Recordings of events with a split into training and test data of their own.

    An input spikes in a tick in which there is an event at any of the places that are pooled in it.
    Ticks are those of the whole recording: a tick lasts `LENGTH` ÷ ticks, and later events are
    left out.
    """

    takes = Classification.takes - {"encoder", "fresh_episodes", "folds"} | {"data"}
    decoder = "spike_count"

    LENGTH: float  # of a recording, in the unit of its times
    _learnt: int  # samples for training, the first ones

    def divide(self, strata: NDArray[np.int32], names: tuple[str, ...]) -> Parts:
        """Keep the split of the download: training data first, then test data."""
        order = np.arange(len(strata))
        return Parts(order[: self._learnt], order[:0], order[self._learnt :])

    def _folder(self) -> Path:
        if self.settings.data is None:
            raise InputError(f"task {self.name} needs data: the folder of the download")
        folder = Path(self.settings.data)
        if not folder.is_dir():
            raise InputError(f"task {self.name}: data must be a folder (got {str(folder)!r})")
        return folder

    def _spikes(self, t: NDArray[Any], places: NDArray[Any], inputs: int) -> NDArray[np.bool_]:
        """Turn events at inputs into (ticks, inputs) spikes."""
        ticks = self.settings.ticks or self.ticks
        tick = np.floor(t * (ticks / self.LENGTH)).astype(np.int64)
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
        parts = [read_shd(file) for file in files]
        self._learnt = len(parts[0].labels)
        samples = []
        for file, part in zip(files, parts, strict=True):
            for number, (t, units) in enumerate(zip(part.times, part.units, strict=True)):
                if units.size and not 0 <= units.min() <= units.max() < self.CHANNELS:
                    raise InputError(
                        f"{file}: sample {number} has a unit outside 0 … {self.CHANNELS - 1}"
                    )
                places = pooled(units, self.CHANNELS, self.POOLS)
                samples.append(self._spikes(t, places, self.POOLS))
        labels = np.concatenate([part.labels for part in parts])
        names = np.array(parts[0].classes)
        # Some files name their classes, in the order of the labels; others do not.
        known = names.size and labels.min() >= 0 and labels.max() < names.size
        return np.array(samples), names[labels] if known else labels


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
        parts = [self._files(name) for name in ("Train", "Test")]
        self._learnt = len(parts[0])
        files = parts[0] + parts[1]
        labels = [file.parent.name for file in files]
        refuse_missing(labels, lambda number: f"the folder of {files[number]}")
        return np.array([self._recording(file) for file in files]), np.array(labels)

    def _files(self, part: str) -> list[Path]:
        files = sorted((self._folder() / part).glob("*/*.bin"))
        if not files:
            raise InputError(
                f"{self._folder() / part} has no recordings; it must hold a folder of .bin files "
                "for each class"
            )
        return files

    def _recording(self, file: Path) -> NDArray[np.bool_]:
        x, y, t, polarity = read_atis(file)
        if x.size and max(x.max(), y.max()) >= self.SIDE:
            raise InputError(f"{file} has an event outside of {self.SIDE} x {self.SIDE} pixels")
        column, row = (pooled(places, self.SIDE, self.POOLS) for places in (x, y))
        places = (polarity * self.POOLS + row) * self.POOLS + column
        return self._spikes(t, places, 2 * self.POOLS * self.POOLS)
