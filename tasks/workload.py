"""What networks are measured on: samples or episodes as plain arrays, made once in the driver."""

import hashlib
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")

_STREAM = 1  # keeps the random streams of tasks apart from those of variation


class Workload(NamedTuple):
    """What the networks of one generation are measured on: plain values, shipped once.

    Attributes:
        split: The part of the data, or of the starts, that it comes from.
        size: Number of samples or episodes.
        arrays: The samples or episodes; their meaning is the task's.
        digest: Hex digest of the content: equal digests, equal scores of equal networks.
    """

    split: Split
    size: int
    arrays: tuple[NDArray[Any], ...]
    digest: str

    @classmethod
    def of(cls, split: Split, size: int, *arrays: NDArray[Any]) -> Self:
        """Make a workload and its digest."""
        return cls(split, size, arrays, digest(*arrays))

    def first(self, episodes: int) -> Self:
        """Return the first episodes alone, of tasks that have `episodes`."""
        per_episode, *others = self.arrays
        return self.of(self.split, episodes, per_episode[:episodes], *others)


def random_stream(seed: int, split: Split, generation: int | None) -> np.random.Generator:
    """Return the random stream of a workload, of (run seed, split, generation or fixed).

    Draw with the sample or episode as the first axis, so that what one of them gets does not depend
    on how many follow.
    """
    key = (_STREAM, SPLITS.index(split), 0 if generation is None else generation + 1)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def digest(*arrays: NDArray[Any]) -> str:
    """Return the SHA-256 (hex) over types, shapes and values of arrays, in C order."""
    total = hashlib.sha256()
    for array in arrays:
        total.update(f"{array.dtype.str}{array.shape}".encode())
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()
