"""One search of a tournament: a population that varies, or CMA-ES over the numbers of one topology."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from ....genomes import Choice, Genome, Profile, Range, random_genome
from ....genomes.topology import Topology
from ..cma_es import CmaEs, Draws
from ..individual import Individual, IndividualId, by_score
from ..random_streams import RandomStreams, Stream
from ..search import Search
from ..search_settings import SearchSettings
from .settings import CMA_ES

#: Networks of a generation of CMA-ES.
SAMPLES = 30

#: Step size of CMA-ES from scratch and its smallest one, then those of a network that is polished.
FROM_SCRATCH, POLISHING = (0.5, 0.1), (0.08, 0.01)

#: Networks of a population that are candidates when searches are compared.
CANDIDATES = 3


class MemberSearch(Protocol):
    """A search of a tournament, in whose turns generations are its own.

    Attributes:
        island: Its number in the run.
        spent: Networks that it has asked for.
    """

    island: int
    spent: int

    def ask(self, generation: int) -> list[Individual]:
        """Return what is to be measured in a generation; asking twice gives equal individuals."""
        ...

    def tell(self, asked: Sequence[Individual]) -> None:
        """Go on from what was asked for, which is measured and recorded."""
        ...

    def candidates(self) -> list[Individual]:
        """Return its best networks, some of which may have been lucky."""
        ...

    def members(self) -> list[Individual]:
        """Return all individuals that it needs to go on."""
        ...


@dataclass
class PopulationSearch:
    """A population, of which the better networks breed.

    Attributes:
        island: Its number in the run.
        search: The population; its archive is not used.
        coarse: Whether it varies among few numbers.
        spent: Networks that it has asked for.
    """

    island: int
    search: Search
    coarse: bool = False
    spent: int = 0

    def ask(self, generation: int) -> list[Individual]:
        """Return the newborn, then the elites."""
        self.search.generation = generation
        asked = self.search.ask()
        for individual in asked:
            if individual.id.generation == generation:
                individual.island = self.island
        return asked

    def tell(self, asked: Sequence[Individual]) -> None:
        """Choose the next population."""
        self.search.select(asked)
        self.spent += len(asked)

    def candidates(self) -> list[Individual]:
        """Return the best scores of the population."""
        return sorted(self.search.population, key=by_score)[:CANDIDATES]

    def members(self) -> list[Individual]:
        """Return the population."""
        return self.search.population


@dataclass
class NumbersSearch:
    """CMA-ES over the weights, thresholds and leaks of one topology.

    Its samples are ranked by their scores on the starts of their generation. The mean is measured with
    them until it may be archived, then what the mean has become: it is better than the samples around it,
    and has not been chosen for its luck.

    Attributes:
        island: Number in the run of the search that it is, or whose network it polishes.
        settings: Those of the run.
        topology: Whose numbers are searched.
        cma: The distribution that samples are drawn from.
        source: Name of the source that its networks are of.
        parents: The network that is polished, if one is.
        spent: Networks that it has asked for.
        mean: The mean that was measured last.
        proved: The best of the means that have been measured often enough to be archived.
        best: The two best samples of the last generation.
    """

    island: int
    settings: SearchSettings
    topology: Topology
    cma: CmaEs
    source: str = CMA_ES
    parents: tuple[IndividualId, ...] = ()
    spent: int = 0
    mean: Individual | None = None
    proved: Individual | None = None
    best: list[Individual] = field(default_factory=list)
    _drawn: tuple[int, Draws] | None = None

    def ask(self, generation: int) -> list[Individual]:
        """Return the samples, then the mean."""
        vectors = self.cma.vectors(self._draws(generation))
        genomes = [self.topology.genome_of(vector) for vector in vectors]
        asked = [self._individual(generation, n, genome) for n, genome in enumerate(genomes)]
        if self.mean and self.mean.evaluations < self.settings.archive_evaluations:
            return [*asked, self.mean]
        mean = self.topology.genome_of(self.cma.mean)
        return [*asked, self._individual(generation, len(asked), mean, "mean")]

    def tell(self, asked: Sequence[Individual]) -> None:
        """Move the distribution towards the best samples."""
        samples, others = asked[: self.cma.samples], asked[self.cma.samples :]
        order = sorted(range(len(samples)), key=lambda n: by_score(samples[n]))
        self.cma.tell(self._draws(samples[0].id.generation), order)
        self.best = [samples[n] for n in order[:2]]
        self.mean = others[0]
        if self.mean.evaluations >= self.settings.archive_evaluations:
            self.proved = min((self.mean, self.proved or self.mean), key=by_score)
        self.spent += len(asked)

    def candidates(self) -> list[Individual]:
        """Return the best samples of the last generation, the mean, and the best one that has proved itself."""
        return self.members()

    def members(self) -> list[Individual]:
        """Return the same."""
        means = {mean.id: mean for mean in (self.mean, self.proved) if mean is not None}
        return [*self.best, *means.values()]

    def _individual(self, generation: int, index: int, genome: Genome, *further: str) -> Individual:
        return Individual(
            IndividualId(generation, index),
            genome,
            self.parents,
            (CMA_ES, *further),
            source=self.source,
            island=self.island,
        )

    def _draws(self, generation: int) -> Draws:
        """Return the draws of the open generation, made once."""
        if self._drawn is None or self._drawn[0] != generation:
            rng = RandomStreams(self.settings.seed, Stream.CMA_ES).generator(generation)
            self._drawn = generation, self.cma.draw(rng)
        return self._drawn[1]


def new_population(settings: SearchSettings, island: int, generation: int) -> PopulationSearch:
    """Return a search that begins with given and with random networks in a generation."""
    search = Search(settings, generation)
    search.first = generation
    return PopulationSearch(island, search)


def new_coarse_population(
    settings: SearchSettings, island: int, generation: int
) -> PopulationSearch:
    """Return a search among few numbers that begins with random networks in a generation."""
    coarse = replace(settings, profile=coarse_profile(settings.profile))
    member = new_population(coarse, island, generation)
    member.coarse = True
    return member


def coarse_profile(profile: Profile) -> Profile:
    """Return a profile of few numbers, all of which the profile allows, too.

    Weights are halves of the largest one; thresholds multiples of an eighth of the largest one, up to its
    half; leaks 0.5 and 1; there is no refractory period. What has other kinds of values stays as it is.
    Where a few delays and weights matter, they are found sooner among fewer.
    """
    coarse = dict(profile.parameters)
    threshold, leak = coarse.get("threshold"), coarse.get("leak")
    if isinstance(threshold, Range) and threshold.low <= (
        step := _power_of_two(threshold.high / 8)
    ):
        coarse["threshold"] = Range(step, 4 * step, max(step, threshold.grid))
    if isinstance(leak, Choice) and {0.5, 1.0} < set(leak.listed):
        coarse["leak"] = Choice((0.5, 1.0))
    refractory = coarse.get("refractory")
    if isinstance(refractory, Range) and refractory.low == 0:
        coarse["refractory"] = Range(0, 0, refractory.grid)
    weight = profile.weight
    step = max(_power_of_two(weight.high / 2), weight.grid)
    fewer = Range(math.ceil(weight.low / step) * step, math.floor(weight.high / step) * step, step)
    return replace(profile, weight=fewer, parameters=coarse)


def _power_of_two(value: float) -> float:
    """Return the largest power of two that is not above a value; that of 0 and less is 2⁻²⁰."""
    return 2.0 ** max(-20, math.frexp(value)[1] - 1 if value > 0 else -20)


def new_numbers(settings: SearchSettings, island: int, generation: int) -> NumbersSearch:
    """Return a search over the numbers of a random network, from scratch, in a generation."""
    rng = RandomStreams(settings.seed, Stream.INITIAL).generator(generation)
    genome = random_genome(
        settings.inputs, settings.outputs, settings.profile, settings.initial, rng
    )
    return from_scratch(settings, island, Topology(genome, settings.profile), SAMPLES)


def from_scratch(
    settings: SearchSettings, island: int, topology: Topology, samples: int, source: str = CMA_ES
) -> NumbersSearch:
    """Return a search over the numbers of a topology that begins with weights of 0.

    Args:
        settings: Those of the run.
        island: Number in the run of the search that it is.
        topology: Whose numbers are searched.
        samples: Networks of a generation.
        source: Name of the source that its networks are of.
    """
    cma = CmaEs.around(np.zeros(topology.size), *FROM_SCRATCH, samples)
    return NumbersSearch(island, settings, topology, cma, source)


def polishing(settings: SearchSettings, network: Individual, genome: Genome) -> NumbersSearch:
    """Return a search around the numbers of a genome.

    Args:
        settings: Those of the run.
        network: Which the genome comes from.
        genome: That network's, perhaps without some synapses.
    """
    topology = Topology(genome, settings.profile)
    cma = CmaEs.around(topology.vector(), *POLISHING, SAMPLES)
    return NumbersSearch(network.island, settings, topology, cma, parents=(network.id,))
