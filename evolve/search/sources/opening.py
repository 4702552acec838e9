"""What sources are told when a generation opens, and what they are."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ..individual import Individual


class Opening(NamedTuple):
    """A generation that opens.

    Attributes:
        generation: Its number, from 0.
        population: Survivors of the last one, none in generation 0.
        cases: (population, cases) float64, scores of the survivors in every sample or episode; None
            unless somebody asked for them.
    """

    generation: int
    population: Sequence[Individual]
    cases: NDArray[np.float64] | None = None


class Source(Protocol):
    """Makes candidates; constructed with the `SearchSettings` of a search."""

    name: ClassVar[str]

    def candidates(self, opening: Opening, first: int) -> list[Individual]:
        """Return the newborn of a generation, maybe none; asking twice gives equal ones.

        Args:
            opening: The generation.
            first: Index of the first of them; the others follow, each with the random numbers of its
                own index, so that ids and numbers of several sources never meet.
        """
        ...
