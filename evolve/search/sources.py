"""Where candidates come from: sources by name, in the order in which they are asked.

Each generation every source is asked for candidates; most have none in most generations.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
from deap.base import Toolbox
from numpy.typing import NDArray

from ...genomes import crossover, mutate, random_genome
from .individual import Individual, IndividualId
from .random_streams import RandomStreams, Stream
from .search_settings import SearchSettings


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


class Initial:
    """Draws the whole first generation at random.

    Args:
        settings: Those of the search.
    """

    name: ClassVar[str] = "initial"

    def __init__(self, settings: SearchSettings) -> None:
        self._count = settings.population
        self._streams = RandomStreams(settings.seed, Stream.INITIAL)
        self._toolbox = Toolbox()
        self._toolbox.register(
            "genome",
            random_genome,
            settings.inputs,
            settings.outputs,
            settings.profile,
            settings.initial,
        )

    def candidates(self, opening: Opening, first: int) -> list[Individual]:
        """Return random individuals in generation 0, none later."""
        if opening.generation > 0:
            return []
        return [self._random(index) for index in range(first, first + self._count)]

    def _random(self, index: int) -> Individual:
        genome = self._toolbox.genome(self._streams.generator(0, index))
        return Individual(IndividualId(0, index), genome, operators=("random",), source=self.name)


#: As many networks breed at least, whatever their scores.
FEWEST_BREEDERS = 2


def breeders(
    opening: Opening, chance: float, share: float
) -> tuple[Sequence[Individual], NDArray[np.float64] | None]:
    """Return those of the population that may be parents, and their rows of the cases.

    A front reaches down to networks that tell next to nothing at next to no spikes. Their children are
    as far from being of use; so those that are too far below the best feasible one do not breed, unless
    too few would be left.

    Args:
        opening: The generation.
        chance: Score of chance.
        share: Share of the way from chance to the best score that a parent has come, 0 to 1; 0 lets
            everyone breed.
    """
    population, cases = opening.population, opening.cases
    feasible = [individual.score for individual in population if individual.feasible]
    if not (share and feasible):
        return population, cases
    lowest = chance + share * (max(feasible) - chance)
    near = [n for n, individual in enumerate(population) if individual.score >= lowest]
    if len(near) < FEWEST_BREEDERS:
        return population, cases
    return [population[n] for n in near], None if cases is None else cases[near]


#: The index in a generation's numbers for selection from which parents are drawn.
PARENTS = 1


class Variation:
    """Breeds as many offspring as there are individuals in a generation.

    Args:
        settings: Those of the search.
    """

    name: ClassVar[str] = "variation"

    def __init__(self, settings: SearchSettings) -> None:
        self._count, self._crossover = settings.population, settings.crossover
        self._chance, self._floor = settings.chance_score, settings.breeding_floor
        self._selections = RandomStreams(settings.seed, Stream.SELECTION)
        self._variations = RandomStreams(settings.seed, Stream.VARIATION)
        self._toolbox = Toolbox()
        self._toolbox.register("select", settings.parents.select)
        self._toolbox.register("mate", crossover, profile=settings.profile)
        self._toolbox.register(
            "mutate",
            mutate,
            profile=settings.profile,
            rates=settings.rates,
            extra=settings.mutations,
        )

    def candidates(self, opening: Opening, first: int) -> list[Individual]:
        """Return offspring, none in generation 0."""
        generation = opening.generation
        if generation == 0:
            return []
        population, cases = breeders(opening, self._chance, self._floor)
        rng = self._selections.generator(generation, PARENTS)
        parents = self._toolbox.select(population, 2 * self._count, cases=cases, rng=rng)
        pairs = zip(parents[::2], parents[1::2], strict=True)
        return [
            self._child(IndividualId(generation, n), *pair) for n, pair in enumerate(pairs, first)
        ]

    def _child(self, place: IndividualId, a: Individual, b: Individual) -> Individual:
        rng = self._variations.generator(*place)
        crossed = a is not b and rng.random() < self._crossover
        genome = self._toolbox.mate(a.genome, b.genome, rng=rng) if crossed else a.genome
        genome, operators = self._toolbox.mutate(genome, rng=rng)
        return Individual(
            id=place,
            genome=genome,
            parents=(a.id, b.id) if crossed else (a.id,),
            operators=("crossover", *operators) if crossed else operators,
            source=self.name,
        )


#: Sources by name.
SOURCES: Mapping[str, type[Initial | Variation]] = MappingProxyType(
    {cls.name: cls for cls in (Initial, Variation)}
)

__all__ = ["SOURCES", "Initial", "Opening", "Source", "Variation"]
