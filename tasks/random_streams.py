"""Where the chance in workloads comes from: starts of episodes, and random inputs."""

import numpy as np

from .workload import SPLITS, Split

_STREAM = 1  # tells the random streams of tasks from those of variation


def generator(seed: int, split: Split, generation: int | None) -> np.random.Generator:
    """The random stream of a workload: one for each (run seed, split, generation or fixed).

    Draw with the sample or episode as the first axis, so that what one of them gets does not depend
    on how many follow.
    """
    key = (_STREAM, SPLITS.index(split), 0 if generation is None else generation + 1)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))
