"""The search as a state machine: ask for individuals, tell what was measured of them.

It knows nothing of files, clocks or engines. The same configuration and the same rows give the
same search, whatever evaluated the individuals and in whatever order the rows came back.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from deap.base import Toolbox
from numpy.typing import NDArray

from . import objectives
from .individual import Individual
from .random_streams import RandomStreams, Stream
from .search_settings import SearchSettings
from .selection.pareto_ranking import (
    DUPLICATES,
    elites_by_score,
    elites_of_sizes,
    survivors,
)
from .sources import SOURCES, Opening, Source
from .toolbox import search_toolbox

#: The index in a generation's numbers for selection from which survivors are drawn.
SURVIVORS = 0


@dataclass
class Search:
    """An evolutionary search whose generation `generation` is open: asked for, not yet told.

    Attributes:
        settings: How to search.
        generation: The open generation.
        population: Survivors of the last closed generation, elites first.
        archive: What the archive holds of all closed generations, by id.
        first: Number of its first generation: 0, but in a tournament.
        island: Its number among the islands of a run, from 0; its newborn have indices of their own,
            and with these random numbers of their own.
        immigrants: Individuals of other islands, copies of which are born in the open generation.
        toolbox: Its operators by name, DEAP's `Toolbox`; what one registers there takes their place, as
            `toolbox` says. It is no part of a run folder's state.
    """

    settings: SearchSettings
    generation: int = 0
    population: list[Individual] = field(default_factory=list)
    archive: list[Individual] = field(default_factory=list)
    first: int = 0
    island: int = 0
    immigrants: list[Individual] = field(default_factory=list)
    toolbox: Toolbox = field(init=False)

    def __post_init__(self) -> None:
        """Make sources, generators and toolbox; they hold no state between two uses."""
        s = self.settings
        self.toolbox = search_toolbox(s)
        self._sources: list[Source] = [make(s, self.toolbox) for make in SOURCES.values()]
        self._selections = RandomStreams(s.seed, Stream.SELECTION)

    @property
    def asks_for_cases(self) -> bool:
        """Whether `ask` needs the scores of the population in every sample or episode."""
        return self.settings.parents.asks_for_cases and self.generation > self.first

    @property
    def at_exchange(self) -> bool:
        """Whether it is where islands meet, if it has some: a single search is always."""
        return True

    def members(self) -> list[Individual]:
        """Return all individuals that it needs to go on, some of them perhaps twice."""
        return [*self.population, *self.archive, *self.immigrants]

    def ask(self, cases: NDArray[np.float64] | None = None) -> list[Individual]:
        """Return the individuals of the open generation that are to be measured.

        First the newborn, in order of index, then, on fresh data, the elites. Asking twice gives
        equal individuals.

        Args:
            cases: (population, cases) float64, scores of the population in every sample or episode
                of the data of the last closed generation, where `asks_for_cases` says so; NaN in the
                row of one that could not be measured.
        """
        opening = Opening(
            self.generation,
            self.population,
            cases,
            self.first,
            self._first_index,
            self.immigrants,
        )
        born: list[Individual] = []
        for source in self._sources:
            born += source.candidates(opening, self._first_index + len(born))
        for individual in born:
            individual.island = self.island
        return born + (self.population[: self.settings.elites] if self.settings.fresh else [])

    def tell(
        self,
        asked: Sequence[Individual],
        network_hashes: Sequence[str],
        rows: Sequence[Sequence[float]],
    ) -> None:
        """Close the open generation: rank, select and archive.

        Args:
            asked: What `ask` returned.
            network_hashes: Content hash of what each one was measured as.
            rows: Measurements of each one, in the order of `measurements.NAMES`; the score of
                one whose evaluation failed is NaN: it does not survive. Where nobody does, the
                population stays.
        """
        self.record(asked, network_hashes, rows)
        self.select(asked)
        self.generation += 1
        self.immigrants = []

    def record(
        self,
        asked: Sequence[Individual],
        network_hashes: Sequence[str],
        rows: Sequence[Sequence[float]],
    ) -> None:
        """Write down what was measured, as `tell` does first, and archive what has proved itself."""
        for individual, network_hash, row in zip(asked, network_hashes, rows, strict=True):
            self._record(individual, network_hash, row)
        needed = self.settings.archive_evaluations
        candidates = [i for i in asked if i.evaluations >= needed]
        self.archive = self.toolbox.archive(self.archive, candidates)

    def select(self, asked: Sequence[Individual]) -> None:
        """Choose the next population, as `tell` does then."""
        s = self.settings
        pool = list(asked) if s.fresh else self.population + list(asked)
        self.toolbox.rank(pool)
        measured = [individual for individual in pool if not individual.failed]
        rng = self._selections.generator(self.generation, self._first_index + SURVIVORS)
        kept = survivors(
            measured,
            s.population,
            s.elites,
            # A single evaluation on fresh data tells little: the best of small networks were lucky ones.
            elites_by_score if s.fresh else elites_of_sizes,
            lambda others, count: self.toolbox.survive(others, count, rng=rng),
            DUPLICATES[s.duplicates],
        )
        self.population = kept or self.population

    @property
    def _first_index(self) -> int:
        """The first of the indices that its individuals and its selections have in a generation."""
        return self.island * self.settings.index_stride

    def _record(self, individual: Individual, network_hash: str, row: Sequence[float]) -> None:
        seen = individual.evaluations
        individual.network_hash, individual.measured = network_hash, row
        pairs = zip(individual.means, row, strict=True) if seen else ()
        individual.means = [(mean * seen + new) / (seen + 1) for mean, new in pairs] or row
        individual.evaluations = seen + 1
        update_standing(individual, self.settings)


def update_standing(individual: Individual, settings: SearchSettings) -> None:
    """Write what selection compares of an individual, from its means."""
    means = individual.means
    chance = settings.chance_score + settings.luck / math.sqrt(max(1, individual.evaluations))
    individual.standing = objectives.standing(means, chance, settings.constraints)
    individual.fitness.wvalues = objectives.signed(settings.objectives, means)
