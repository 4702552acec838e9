"""One member of a search: a genome, where it came from and what was measured of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import ClassVar, NamedTuple

from deap.base import Fitness

from ...genomes import Genome


class Place(NamedTuple):
    """Where an individual was born, generation and index; its identity for life."""

    generation: int
    position: int

    def __str__(self) -> str:
        """The form in which tables name an individual."""
        return f"{self.generation}-{self.position}"


#: Score, spikes and latency of an individual whose evaluation failed: worse than any others, and
#: so in every mean that they are part of.
NO_MEANS = (-math.inf, math.inf, math.inf)


class SearchFitness(Fitness):  # type: ignore[misc]  # DEAP carries no types
    """What selection compares: DEAP's fitness, every value to be maximised.

    ``wvalues`` is written by the selection. Since all weights are 1, they are the ``values``, too;
    DEAP would check the weights of each fitness and divide by them at each reading.
    """

    weights: ClassVar[tuple[float, ...]] = (1.0, 1.0, 1.0)
    values = property(attrgetter("wvalues"))

    def __init__(self) -> None:
        """Nothing is known yet."""


@dataclass(eq=False, slots=True)
class Individual:
    """A genome in a search.

    Attributes:
        id: Generation and index at birth.
        genome: What it inherits.
        parents: Ids of its parents, none for the first generation.
        operators: Names of the operators that made it, in order.
        network_hash: Content hash of its expressed network, and of its traits if it has some.
        measured: The latest measurements, in the order of `measurements.NAMES`.
        evaluations: How often it has been measured on all episodes (more than once only on fresh
            ones); 0 of one that lost its race.
        means: Means of score, spikes and latency over these evaluations; ``NO_MEANS`` for good once
            one of them has failed.
        feasible: Whether its mean score is above the task's chance score.
        rank: Index of its Pareto front at the last selection, 0 the best.
        fitness: What DEAP compares.
    """

    id: Place
    genome: Genome
    parents: tuple[Place, ...] = ()
    operators: tuple[str, ...] = ()
    network_hash: str = ""
    measured: Sequence[float] = ()
    evaluations: int = 0
    means: tuple[float, float, float] = (0.0, 0.0, 0.0)
    feasible: bool = False
    rank: int = 0
    fitness: SearchFitness = field(default_factory=SearchFitness)

    @property
    def failed(self) -> bool:
        """Whether an evaluation of it has failed."""
        return self.means == NO_MEANS

    @property
    def crowding(self) -> float:
        """Crowding distance within its front at the last selection."""
        return float(self.fitness.crowding_dist)

    @property
    def preference(self) -> tuple[int, float]:
        """Crowded comparison (Deb et al. 2002, section III-B): lower front, then less crowded."""
        return (-self.rank, self.fitness.crowding_dist)

    @property
    def merit(self) -> float:
        """Comparison by mean score alone."""
        return self.means[0]
