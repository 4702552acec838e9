"""One member of a search: a genome, where it came from and what was measured of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from operator import attrgetter
from typing import ClassVar, NamedTuple

from deap.base import Fitness

from ...genomes import Genome
from ...measurements import LATENCY, SCORE, SPIKES, SYNAPSES
from ..evaluation.learn import Lesson

#: Measurements that decide between individuals of equal score, the smaller value first: smaller
#: networks are steadier on data never seen. After them the lower id, that is the older individual.
TIE_BREAKS = ("synapses", "spikes", "latency")

_TIE_BREAK_COLUMNS = (SYNAPSES, SPIKES, LATENCY)

#: What an epoch of learning costs, in evaluations: a pass forward, one backward, and the weights.
EPOCH_COST = 3.0


class IndividualId(NamedTuple):
    """Where an individual was born, generation and index; its identity for life."""

    generation: int
    position: int

    def __str__(self) -> str:
        """Return the form in which tables name an individual."""
        return f"{self.generation}-{self.position}"


class Level(IntEnum):
    """How far an individual has come towards being a solution; a higher level beats a lower one."""

    FAILED = 0
    CHANCE = 1
    VIOLATING = 2
    FEASIBLE = 3


class Standing(NamedTuple):
    """What constrained domination compares before any objective; the larger one dominates.

    Two individuals of equal standing are compared by their objectives if they are feasible, and not
    at all otherwise.

    Attributes:
        level: Failed, not above chance, violating constraints, or feasible.
        value: Among those not above chance the mean score, among those that violate constraints
            the total violation, negative; 0 of others.
    """

    level: Level
    value: float = 0.0


_NOT_YET = Standing(Level.FAILED)


class SearchFitness(Fitness):  # type: ignore[misc]  # DEAP carries no types
    """What DEAP compares: `wvalues`, all to be maximised, and `crowding_dist`.

    DEAP would check the weights of each fitness and divide by them at each reading; here the values
    are those that are compared.
    """

    weights: ClassVar[tuple[float, ...]] = ()
    values = property(attrgetter("wvalues"))

    def __init__(self, wvalues: tuple[float, ...] = ()) -> None:
        """Take what is compared."""
        self.wvalues = wvalues


@dataclass(eq=False, slots=True)
class Individual:
    """A genome in a search.

    Attributes:
        id: Generation and index at birth.
        genome: What it inherits.
        parents: Ids of its parents, none for the first generation.
        operators: Names of the operators that made it, in order.
        source: Name of the source that it came from.
        island: Number of the island, or of the search of a tournament, that it was born in; 0 in a
            single search.
        lesson: What its genome is to learn before it is measured, None where nothing, or once it has.
        epochs: Epochs of learning that made it, each of its own part of the training data.
        network_hash: Content hash of its expressed network, and of its traits if it has some.
        measured: The latest measurements, in the order of `measurements.NAMES`.
        evaluations: How often it has been measured on all episodes (more than once only on fresh
            ones); 0 of one that lost its race.
        means: Mean of each measurement over these evaluations; the score is NaN for good once one
            of them has failed.
        standing: What constrained domination compares first.
        rank: Index of its front, or place in the order, at the last selection; 0 is the best.
        fitness: What DEAP compares; its `wvalues` are the means of the objectives, negative where
            the smaller value is the better one.
    """

    id: IndividualId
    genome: Genome
    parents: tuple[IndividualId, ...] = ()
    operators: tuple[str, ...] = ()
    source: str = ""
    island: int = 0
    lesson: Lesson | None = None
    epochs: float = 0.0
    network_hash: str = ""
    measured: Sequence[float] = ()
    evaluations: int = 0
    means: Sequence[float] = ()
    standing: Standing = _NOT_YET
    rank: int = 0
    fitness: SearchFitness = field(default_factory=SearchFitness)

    def cost(self, generation: int, cached: bool) -> float:
        """Return what its row of a generation took, in evaluations.

        Args:
            generation: The generation of the row; in that of its birth it has learned, too.
            cached: Whether its measurements were known.
        """
        learned = EPOCH_COST * self.epochs if generation == self.id.generation else 0.0
        return (0.0 if cached else 1.0) + learned

    @property
    def score(self) -> float:
        """Mean score."""
        return self.means[SCORE]

    @property
    def feasible(self) -> bool:
        """Whether its mean score is above chance and its means meet every constraint."""
        return self.standing.level == Level.FEASIBLE

    @property
    def failed(self) -> bool:
        """Whether an evaluation of it has failed."""
        return self.standing.level == Level.FAILED

    @property
    def crowding(self) -> float:
        """Crowding distance within its front at the last selection."""
        return float(self.fitness.crowding_dist)

    @property
    def crowded_comparison(self) -> tuple[int, float]:
        """Crowded comparison (Deb et al. 2002, section III-B): lower front, then less crowded."""
        return (-self.rank, self.fitness.crowding_dist)

    @property
    def score_comparison(self) -> tuple[Standing, float]:
        """Comparison by mean score alone, of those that may be compared by it."""
        return (self.standing, self.means[SCORE])


def by_score(individual: Individual) -> tuple[float, ...]:
    """Return a key that sorts the best mean score first, feasible individuals before others.

    Ties, frequent where a score has a ceiling, are broken by `TIE_BREAKS`, then by the lower id.
    """
    means = individual.means
    level, value = individual.standing
    ties = (means[column] for column in _TIE_BREAK_COLUMNS)
    return (-level, -value, -means[SCORE], *ties, *individual.id)
