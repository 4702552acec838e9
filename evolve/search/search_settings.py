"""How to search: the settings that a search is made of."""

from dataclasses import dataclass, field

from ...genomes import InitialSettings, MutationRates, Profile
from .archives import Archive, Pareto
from .objectives import DEFAULT_OBJECTIVES, Constraint, Objective, objectives
from .selection import NSGA2, ParentSelection, SurvivorSelection, Tournament


@dataclass(frozen=True)
class SearchSettings:
    """How to search.

    Attributes:
        inputs: Number of input neurons.
        outputs: Number of output neurons.
        profile: Hardware profile that every genome obeys.
        chance_score: Individuals whose mean score is not above it are infeasible.
        fresh: Whether every generation is measured on data of its own. Then only `elites`
            survivors live on; they are measured again and their means updated.
        seed: Seed of the run, 0 … 2^64 − 1.
        population: Individuals born per generation and surviving it, at least 2.
        elites: How many survive by score alone.
        crossover: Probability that an offspring has two parents.
        mutations: Mean number of mutations of an offspring beyond the first.
        objectives: What is optimised, at least one.
        constraints: Bounds that every feasible individual keeps.
        selection: How the other survivors are chosen.
        parents: How parents are chosen.
        breeding_floor: Share of the way from chance to the best score that a parent has come, 0 to 1;
            0 lets everyone breed.
        archive: What is remembered beside the population.
        archive_evaluations: How often an individual must have been measured to be archived.
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
    crossover: float = 0.5
    mutations: float = 1.0
    objectives: tuple[Objective, ...] = objectives(DEFAULT_OBJECTIVES)
    constraints: tuple[Constraint, ...] = ()
    selection: SurvivorSelection = field(default_factory=NSGA2)
    parents: ParentSelection = field(default_factory=Tournament)
    breeding_floor: float = 0.0
    archive: Archive = field(default_factory=Pareto)
    archive_evaluations: int = 1
    initial: InitialSettings = field(default_factory=InitialSettings)
    rates: MutationRates = field(default_factory=MutationRates)
