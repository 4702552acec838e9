"""Small files in the formats of SHD and N-MNIST.

Test modules load this file with `runpy`: pytest's importlib mode knows no sibling modules.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

CLASSES = ("zero", "one", "null")


def atis(events: Sequence[tuple[int, int, int, int]]) -> bytes:
    """(x, y, polarity, microseconds) as an event camera writes them."""
    data = bytearray()
    for x, y, polarity, t in events:
        data += bytes((x, y)) + (polarity << 23 | t).to_bytes(3, "big")
    return bytes(data)


def write_nmnist(folder: Path) -> Path:
    """Twelve recordings to learn from and six to be tested on, of three digits."""
    rng = np.random.default_rng(4)
    for part, each in (("Train", 4), ("Test", 2)):
        for digit in range(3):
            place = folder / part / str(digit)
            place.mkdir(parents=True)
            for number in range(each):
                draws = zip(
                    rng.integers(0, 12, 50) + 10 * digit,
                    rng.integers(0, 34, 50),
                    rng.integers(0, 2, 50),
                    np.sort(rng.integers(0, 310_000, 50)),
                    strict=True,
                )
                events = [(int(x), int(y), int(p), int(t)) for x, y, p, t in draws]
                (place / f"{number:05d}.bin").write_bytes(atis(events))
    return folder


def write_spikes(file: Path, samples: Sequence[tuple[Any, Any]], labels: Sequence[int]) -> None:
    """Samples of (times, units) as an SHD file has them."""
    h5py: Any = pytest.importorskip("h5py", reason="SHD's files need h5py: spikevolve[events]")
    with h5py.File(file, "w") as content:
        for key, kind, place in (("times", np.float16, 0), ("units", np.uint16, 1)):
            lists = content.create_dataset(
                f"spikes/{key}", (len(samples),), h5py.vlen_dtype(np.dtype(kind))
            )
            for number, sample in enumerate(samples):
                lists[number] = np.asarray(sample[place], kind)
        content["labels"] = np.asarray(labels, np.uint16)
        content["extra/keys"] = [name.encode() for name in CLASSES]


def write_shd(folder: Path) -> Path:
    """Twelve samples to learn from and six to be tested on, of three words."""
    rng = np.random.default_rng(5)
    for part, each in (("train", 4), ("test", 2)):
        labels = list(range(3)) * each
        samples = [
            (np.sort(rng.random(40)), rng.integers(0, 300, 40) + 200 * label) for label in labels
        ]
        write_spikes(folder / f"shd_{part}.h5", samples, labels)
    return folder


WRITERS: dict[str, Callable[[Path], Path]] = {"shd": write_shd, "nmnist": write_nmnist}
