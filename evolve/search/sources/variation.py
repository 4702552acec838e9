"""Offspring of the population: parents selected, crossed and mutated."""

from typing import ClassVar

from deap.base import Toolbox

from ....genomes import crossover, mutate
from ..individual import Individual, Place
from ..random_streams import Places, Stream
from ..settings import SearchSettings
from .opening import Opening

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
        self._selections = Places(settings.seed, Stream.SELECTION)
        self._variations = Places(settings.seed, Stream.VARIATION)
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
        generation, population, cases = opening
        if generation == 0:
            return []
        rng = self._selections.at(generation, PARENTS)
        parents = self._toolbox.select(population, 2 * self._count, cases=cases, rng=rng)
        pairs = zip(parents[::2], parents[1::2], strict=True)
        return [self._child(Place(generation, n), *pair) for n, pair in enumerate(pairs, first)]

    def _child(self, place: Place, a: Individual, b: Individual) -> Individual:
        rng = self._variations.at(*place)
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
