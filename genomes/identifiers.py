"""Ids of neurons: derived from how a neuron was born, not counted.

Equal innovations get equal ids on any island or worker, with no shared counter, so that crossover
can align genomes of different lineages by them. They serve as NEAT's innovation numbers do.
Ids have 53 bits: JSON and double precision hold them exactly.
"""

from collections.abc import Container
from functools import cache
from hashlib import blake2b
from itertools import count

import numpy as np
from numpy.typing import NDArray

ID_BITS = 53


def derive_id(birth: str, *numbers: int) -> int:
    """Derive the id that follows from how a neuron was born and the numbers that belong to that.

    The leading 53 bits of the BLAKE2b hash of the word and the numbers.
    """
    text = " ".join((birth, *map(str, numbers)))
    digest = blake2b(text.encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") >> (8 * len(digest) - ID_BITS)


def unused_id(birth: str, ancestors: tuple[int, ...], taken: Container[int]) -> int:
    """Derive the id of a new neuron, with the smallest k = 0, 1, … that gives one not yet taken.

    Args:
        birth: How it is born, such as `"split"`.
        ancestors: Ids that it is born from.
        taken: Ids in use in the genome.
    """
    return next(i for k in count() if (i := derive_id(birth, *ancestors, k)) not in taken)


@cache
def io_ids(inputs: int, outputs: int) -> NDArray[np.int64]:
    """Return the ids of inputs, then of outputs, the same in every genome: (inputs + outputs,)."""
    ids = [derive_id("input", i) for i in range(inputs)]
    ids += [derive_id("output", i) for i in range(outputs)]
    array = np.array(ids, np.int64)
    array.setflags(write=False)
    return array
