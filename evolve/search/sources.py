"""Where candidates come from: sources by name, in the order in which they are asked.

Each generation every source is asked for candidates; most have none in most generations.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
from deap.base import Toolbox
from numpy.typing import NDArray

from ...errors import InputError
from ...genomes import Genome
from ...genomes.initial_genomes import InitialSettings, untrained_genome
from ...tasks.data.learning.learner import Manner, Stage
from ..evaluation.learn import Lesson
from .individual import Individual, IndividualId
from .random_streams import RandomStreams, Stream
from .search_settings import LearningSettings, SearchSettings
from .toolbox import check_made


class Opening(NamedTuple):
    """A generation that opens.

    Attributes:
        generation: Its number, from 0.
        population: Survivors of the last one, none in the first.
        cases: (population, cases) float64, scores of the survivors in every sample or episode; None
            unless somebody asked for them.
        first: Number of the first generation of the search: 0, but in a tournament.
        first_index: Index of its first newborn: 0, but on islands.
        immigrants: Individuals of other islands that arrive.
    """

    generation: int
    population: Sequence[Individual]
    cases: NDArray[np.float64] | None = None
    first: int = 0
    first_index: int = 0
    immigrants: Sequence[Individual] = ()

    @property
    def begins(self) -> bool:
        """Whether it is the first generation of the search."""
        return self.generation == self.first


class Source(Protocol):
    """Makes candidates; constructed with the `SearchSettings` and the toolbox of a search."""

    name: ClassVar[str]

    def candidates(self, opening: Opening, first: int) -> list[Individual]:
        """Return the newborn of a generation, maybe none; asking twice gives equal ones.

        Args:
            opening: The generation.
            first: Index of the first of them; the others follow, each with the random numbers of its
                own index, so that ids and numbers of several sources never meet.
        """
        ...


class Given:
    """Begins the first generation with genomes that were given.

    Args:
        settings: Those of the search.
        toolbox: That of the search.
    """

    name: ClassVar[str] = "given"

    def __init__(self, settings: SearchSettings, toolbox: Toolbox) -> None:
        self._genomes = settings.given

    def candidates(self, opening: Opening, first: int) -> list[Individual]:
        """Return the genomes in the first generation, none later."""
        genomes = self._genomes if opening.begins else ()
        return [
            Individual(
                IndividualId(opening.generation, n), genome, operators=("given",), source=self.name
            )
            for n, genome in enumerate(genomes, first)
        ]


class Initial:
    """Draws the first generation at random, as far as nothing is given.

    Args:
        settings: Those of the search.
        toolbox: That of the search.
    """

    name: ClassVar[str] = "initial"

    def __init__(self, settings: SearchSettings, toolbox: Toolbox) -> None:
        self._settings, self._toolbox = settings, toolbox
        self._count = max(0, settings.population - len(settings.given))
        self._learned = settings.learning is not None
        self._streams = RandomStreams(settings.seed, Stream.INITIAL)

    def candidates(self, opening: Opening, first: int) -> list[Individual]:
        """Return random individuals in the first generation, none later, nor where paths begin a search."""
        if not opening.begins or self._learned:
            return []
        places = range(first, first + self._count)
        return [self._random(IndividualId(opening.generation, index)) for index in places]

    def _random(self, place: IndividualId) -> Individual:
        genome = self._toolbox.genome(self._streams.generator(*place))
        check_made(self._toolbox, "genome", genome, self._settings)
        return Individual(place, genome, operators=("random",), source=self.name)


class Paths:
    """Begins a search with networks that learn: dense ones, and what pruning leaves of them.

    Args:
        settings: Those of the search.
        toolbox: That of the search.
    """

    name: ClassVar[str] = "path"

    def __init__(self, settings: SearchSettings, toolbox: Toolbox) -> None:
        self._settings, self._learning = settings, settings.learning
        self._streams = RandomStreams(settings.seed, Stream.PATHS)

    def candidates(self, opening: Opening, first: int) -> list[Individual]:
        """Return the networks on all paths in generation 0, none later."""
        if not opening.begins or self._learning is None:
            return []
        found: list[Individual] = []
        for hidden, manner in self._learning.paths:
            found += self._path(self._learning, hidden, manner, first + len(found))
        return found

    def _path(
        self, learning: LearningSettings, hidden: int, manner: Manner, first: int
    ) -> list[Individual]:
        """Return the networks on one path, the dense one first."""
        s, rng = self._settings, self._streams.generator(0, first)
        layers = InitialSettings(hidden, learning.density)
        genome = untrained_genome(s.inputs, s.outputs, s.profile, layers, rng)
        fewer = (budget for budget in learning.budgets if budget < genome.synapses)
        stages = (
            Stage(learning.first_epochs, None, learning.step),
            *(Stage(learning.epochs, budget, learning.step / 2) for budget in fewer),
        )
        seed = int(rng.integers(2**63))
        lesson = Lesson(genome, s.profile, stages, manner, seed, fresh=True)
        return [
            Individual(
                IndividualId(0, first + number),
                genome,
                operators=("dense" if number == 0 else "prune", "learn"),
                source=self.name,
                lesson=lesson,
                epochs=stage.epochs,
            )
            for number, stage in enumerate(stages)
        ]


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


#: Largest share of its synapses that a child loses while it learns.
MOST_PRUNED = 0.4


class Variation:
    """Breeds as many offspring as there are individuals in a generation.

    Args:
        settings: Those of the search.
        toolbox: That of the search.
    """

    name: ClassVar[str] = "variation"

    def __init__(self, settings: SearchSettings, toolbox: Toolbox) -> None:
        self._settings, self._toolbox = settings, toolbox
        self._count, self._crossover = settings.population, settings.crossover
        self._learning, self._profile = settings.learning, settings.profile
        self._chance, self._floor = settings.chance_score, settings.breeding_floor
        self._selections = RandomStreams(settings.seed, Stream.SELECTION)
        self._variations = RandomStreams(settings.seed, Stream.VARIATION)

    def candidates(self, opening: Opening, first: int) -> list[Individual]:
        """Return offspring, none in the first generation."""
        generation = opening.generation
        if opening.begins:
            return []
        population, cases = breeders(opening, self._chance, self._floor)
        rng = self._selections.generator(generation, opening.first_index + PARENTS)
        parents = self._toolbox.select(population, 2 * self._count, cases=cases, rng=rng)
        pairs = zip(parents[::2], parents[1::2], strict=True)
        return [
            self._child(IndividualId(generation, n), *pair) for n, pair in enumerate(pairs, first)
        ]

    def _child(self, place: IndividualId, a: Individual, b: Individual) -> Individual:
        rng = self._variations.generator(*place)
        crossed = a is not b and rng.random() < self._crossover
        genome = self._toolbox.mate(a.genome, b.genome, rng=rng) if crossed else a.genome
        if crossed:
            check_made(self._toolbox, "mate", genome, self._settings)
        genome, operators = self._mutated(genome, rng)
        child = Individual(
            id=place,
            genome=genome,
            parents=(a.id, b.id) if crossed else (a.id,),
            operators=("crossover", *operators) if crossed else operators,
            source=self.name,
        )
        if self._learning is not None and rng.random() < self._learning.share:
            self._send_to_learn(child, self._learning, rng)
        return child

    def _mutated(self, genome: Genome, rng: np.random.Generator) -> tuple[Genome, tuple[str, ...]]:
        """Return what the toolbox makes of a genome, and the names of the operators.

        Raises:
            InputError: An operator of the user's returned something else.
        """
        made = self._toolbox.mutate(genome, rng=rng)
        try:
            child, names = made
            operators = tuple(map(str, names))
        except (TypeError, ValueError):
            raise InputError(
                "the operator 'mutate' of the toolbox must return a genome and the names of what was "
                f"done (got {type(made).__name__})"
            ) from None
        check_made(self._toolbox, "mutate", child, self._settings)
        return child, operators

    def _send_to_learn(
        self, child: Individual, learning: LearningSettings, rng: np.random.Generator
    ) -> None:
        """Give a child a lesson, in half of them with fewer synapses at its end."""
        fewer = int(child.genome.synapses * (1.0 - MOST_PRUNED * rng.random()))
        synapses = max(1, fewer) if rng.random() < 0.5 else None
        manner = learning.manners[int(rng.random() * len(learning.manners))]
        child.lesson = Lesson(
            child.genome,
            self._profile,
            (Stage(learning.child_epochs, synapses, learning.step / 2),),
            manner,
            int(rng.integers(2**63)),
        )
        child.operators += ("learn",)
        child.epochs = learning.child_epochs


class Immigration:
    """Adds copies of what comes from other islands; they are measured and selected as any newborn.

    Args:
        settings: Those of the search.
        toolbox: That of the search.
    """

    name: ClassVar[str] = "immigration"

    def __init__(self, settings: SearchSettings, toolbox: Toolbox) -> None:
        """Take what every source takes; nothing of it matters here."""

    def candidates(self, opening: Opening, first: int) -> list[Individual]:
        """Return a copy of each immigrant."""
        return [
            Individual(
                IndividualId(opening.generation, n),
                immigrant.genome,
                parents=(immigrant.id,),
                operators=("migrate",),
                source=self.name,
            )
            for n, immigrant in enumerate(opening.immigrants, first)
        ]


#: Sources by name.
SOURCES: Mapping[str, type[Given | Initial | Paths | Variation | Immigration]] = MappingProxyType(
    {cls.name: cls for cls in (Given, Initial, Paths, Variation, Immigration)}
)

__all__ = [
    "SOURCES",
    "Given",
    "Immigration",
    "Initial",
    "Opening",
    "Paths",
    "Source",
    "Variation",
]
