"""What networks are measured on: samples or episodes as plain arrays, made once in the driver."""

from typing import Any, Literal, NamedTuple, Self

from numpy.typing import NDArray

from .digest import digest

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


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
        """The first episodes alone, of tasks that have ``episodes``."""
        per_episode, *others = self.arrays
        return self.of(self.split, episodes, per_episode[:episodes], *others)
