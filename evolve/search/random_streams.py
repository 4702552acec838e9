"""Where every random number of a search comes from."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import numpy as np


class Stream(IntEnum):
    """What random numbers are drawn for; each purpose has a stream that no other one reads."""

    INITIAL = 0
    VARIATION = 1
    SELECTION = 2
    PATHS = 3
    CMA_ES = 4
    MIGRATION = 5


class RandomStreams:
    """Random numbers of every individual of a search, for one purpose.

    Philox is counter based (Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3): the
    run's seed and the purpose are its key, generation and index are the high half of its counter, so that the
    streams of any two individuals are disjoint (2^128 numbers each) and a draw depends on nothing that
    happened elsewhere.

    Args:
        seed: Seed of the run, 0 … 2^64 − 1.
        stream: What the numbers are for.
    """

    def __init__(self, seed: int, stream: Stream) -> None:
        self._philox = np.random.Philox(key=[seed, stream])
        self._generator = np.random.Generator(self._philox)
        start: Any = self._philox.state
        words = {name: array.tolist() for name, array in start["state"].items()}
        # NumPy reads lists three times as fast as the arrays that it gives.
        self._start = start | {"state": words, "buffer": start["buffer"].tolist()}

    def generator(self, generation: int, index: int = 0) -> np.random.Generator:
        """Return the generator, at the beginning of the numbers of a generation and index.

        There is one generator, a small part of the cost of a new one: finish with one index before
        asking for the next.

        Args:
            generation: Generation, from 0.
            index: IndividualId in the generation, from 0.
        """
        self._start["state"]["counter"][2:] = index, generation
        self._philox.state = self._start
        return self._generator


#: Held by whoever has seeded the global generators: islands may select on several threads at once.
_GLOBAL_GENERATORS = threading.Lock()


@contextmanager
def deap_randomness(rng: np.random.Generator) -> Iterator[None]:
    """Seed the global generators that DEAP draws from, and give them back as they were.

    Every function of DEAP that draws is called inside this context. Most draw from `random`, NSGA-III
    from NumPy's.

    Args:
        rng: Where the seed is drawn from.
    """
    seed = int(rng.integers(2**32))
    with _GLOBAL_GENERATORS:
        state, state_of_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        try:
            yield
        finally:
            random.setstate(state)
            np.random.set_state(state_of_numpy)  # noqa: NPY002
