"""The search as a state machine: ask for individuals, tell what was measured of them.

It knows nothing of files, clocks or engines. The same configuration and the same answers give the
same search, whatever evaluated the individuals and in whatever order the answers came back.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from deap.base import Toolbox

from ...genomes import InitialSettings, MutationRates, Profile, crossover, mutate, random_genome
from ...measurements import LATENCY, SCORE, SPIKES
from . import archive, selection
from .individual import NO_MEANS, Individual, Place
from .random_streams import Places, Stream

#: The place in a generation's numbers for selection at which the tournaments draw theirs.
TOURNAMENTS = 1


@dataclass(frozen=True)
class SearchSettings:
    """How to search.

    Attributes:
        inputs: Number of input neurons.
        outputs: Number of output neurons.
        profile: Hardware profile that every genome obeys.
        chance_score: Individuals whose mean score is not above it are infeasible.
        fresh: Whether every generation is measured on data of its own. Then only ``elites``
            survivors live on; they are measured again and their means updated.
        seed: Seed of the run.
        population: Individuals born per generation and surviving it, at least 2.
        elites: How many survive by score alone.
        tournament: Individuals per tournament for a parent.
        by_merit: Share of the tournaments that the best score wins, in [0, 1]; the others are won
            by the crowded comparison of NSGA-II.
        crossover: Probability that an offspring has two parents.
        mutations: Mean number of mutations of an offspring beyond the first.
        archive_limit: Largest number of members of the Pareto archive.
        archive_evaluations: How often an individual must have been measured to be archived.
        weights: None for NSGA-II, else the weights of score, spikes and latency in a sum.
        initial: How the first genomes are drawn.
        rates: How often each operator is applied.
    """

    inputs: int
    outputs: int
    profile: Profile
    chance_score: float
    fresh: bool = False
    seed: int = 1
    population: int = 100
    elites: int = 10
    tournament: int = 2
    by_merit: float = 0.5
    crossover: float = 0.5
    mutations: float = 1.0
    archive_limit: int = 500
    archive_evaluations: int = 1
    weights: tuple[float, float, float] | None = None
    initial: InitialSettings = field(default_factory=InitialSettings)
    rates: MutationRates = field(default_factory=MutationRates)


@dataclass
class Search:
    """An evolutionary search whose generation ``generation`` is open: asked for, not yet told.

    Attributes:
        settings: How to search.
        generation: The open generation.
        population: Survivors of the last closed generation, elites first.
        archive: Pareto archive of all closed generations, by id.
    """

    settings: SearchSettings
    generation: int = 0
    population: list[Individual] = field(default_factory=list)
    archive: list[Individual] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Makes the generators; they hold no state between two uses."""
        self._initials, self._variations, self._selections = (
            Places(self.settings.seed, stream) for stream in Stream
        )

    def ask(self) -> list[Individual]:
        """Returns the individuals of the open generation that are to be measured.

        First the newborn, in order of index, then, on fresh data, the elites. Asking twice gives
        equal individuals.
        """
        if self.generation == 0:
            return [self._initial(index) for index in range(self.settings.population)]
        elites = self.population[: self.settings.elites] if self.settings.fresh else []
        return self._offspring() + elites

    def tell(
        self,
        asked: Sequence[Individual],
        network_hashes: Sequence[str],
        answers: Sequence[Sequence[float]],
    ) -> None:
        """Closes the open generation: ranks, selects and archives.

        Args:
            asked: What ``ask`` returned.
            network_hashes: Content hash of what each one was measured as.
            answers: Measurements of each one, in the order of ``measurements.NAMES``; the score of
                one whose evaluation failed is NaN: it does not survive. Where nobody does, the
                population stays.
        """
        s = self.settings
        for individual, network_hash, answer in zip(asked, network_hashes, answers, strict=True):
            self._record(individual, network_hash, answer)
        pool = list(asked) if s.fresh else self.population + list(asked)
        values = selection.weighted_values(s.weights) if s.weights else selection.pareto_values
        selection.rank(pool, values)
        candidates = [i for i in asked if i.evaluations >= s.archive_evaluations]
        self.archive = archive.update(self.archive, candidates, s.archive_limit)
        measured = [individual for individual in pool if not individual.failed]
        survivors = selection.survivors(measured, s.population, s.elites)
        self.population = survivors or self.population
        self.generation += 1

    def _record(self, individual: Individual, network_hash: str, answer: Sequence[float]) -> None:
        seen = individual.evaluations
        latest = (answer[SCORE], answer[SPIKES], answer[LATENCY])
        if math.isnan(answer[SCORE]):
            latest = NO_MEANS
        before = individual.means
        individual.measured = answer
        individual.network_hash = network_hash
        individual.evaluations = seen + 1
        individual.means = tuple(  # type: ignore[assignment]  # three, as the zipped ones
            (mean * seen + new) / (seen + 1) for mean, new in zip(before, latest, strict=True)
        )
        individual.feasible = individual.means[0] > self.settings.chance_score

    def _initial(self, index: int) -> Individual:
        s = self.settings
        rng = self._initials.at(0, index)
        genome = random_genome(s.inputs, s.outputs, s.profile, s.initial, rng)
        return Individual(Place(0, index), genome, operators=("random",))

    def _offspring(self) -> list[Individual]:
        s = self.settings
        toolbox = _toolbox(s)
        rng = self._selections.at(self.generation, TOURNAMENTS)
        parents = toolbox.select(self.population, 2 * s.population, rng=rng)
        pairs = zip(parents[::2], parents[1::2], strict=True)
        return [self._child(toolbox, index, *pair) for index, pair in enumerate(pairs)]

    def _child(self, toolbox: Toolbox, index: int, a: Individual, b: Individual) -> Individual:
        rng = self._variations.at(self.generation, index)
        crossed = a is not b and rng.random() < self.settings.crossover
        genome = toolbox.mate(a.genome, b.genome, rng=rng) if crossed else a.genome
        genome, operators = toolbox.mutate(genome, rng=rng)
        return Individual(
            id=Place(self.generation, index),
            genome=genome,
            parents=(a.id, b.id) if crossed else (a.id,),
            operators=("crossover", *operators) if crossed else operators,
        )


def _toolbox(settings: SearchSettings) -> Toolbox:
    toolbox = Toolbox()
    toolbox.register(
        "select",
        selection.parents,
        tournament=settings.tournament,
        by_merit=settings.by_merit,
    )
    toolbox.register("mate", crossover, profile=settings.profile)
    toolbox.register(
        "mutate", mutate, profile=settings.profile, rates=settings.rates, extra=settings.mutations
    )
    return toolbox
