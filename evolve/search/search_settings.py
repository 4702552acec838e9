"""How to search: the settings that a search is made of."""

from dataclasses import dataclass, field
from typing import Literal

from ...genomes import Genome, InitialSettings, MutationRates, Profile
from ...tasks.data.learning.learner import Manner
from .archives import Archive, Pareto
from .objectives import DEFAULT_OBJECTIVES, Constraint, Objective, objectives
from .selection import NSGA2, ParentSelection, SurvivorSelection, Tournament
from .tournament.settings import TournamentSettings


@dataclass(frozen=True)
class LearningSettings:
    """How networks learn in a search.

    A path begins with a network of layers that are joined wholly. It learns, is pruned to the next of
    some budgets of synapses, learns on, and what it is at every stop is a candidate.

    Attributes:
        paths: Hidden neurons of the network that a path begins with, and how it learns.
        density: Share of their synapses that these networks have.
        manners: How networks learn; a child draws one, a champion takes the first.
        budgets: Synapses of the networks on a path, falling; those that it never has are left out.
        first_epochs: Epochs of the first network of a path.
        epochs: Epochs at each further stop.
        child_epochs: Epochs of a child.
        refit_epochs: Epochs of a champion on all that is not for the test.
        share: Share of the children that learn, 0 to 1.
        step: Step of Adam at the beginning of a path, in largest weights; later half of it.
    """

    paths: tuple[tuple[int, Manner], ...]
    density: float
    manners: tuple[Manner, ...]
    budgets: tuple[int, ...]
    first_epochs: int
    epochs: int
    child_epochs: int
    refit_epochs: int
    share: float
    step: float


#: How the islands of a run are joined.
Migration = Literal["ring", "random"]


@dataclass(frozen=True)
class IslandSettings:
    """How many islands a run has, and how they exchange networks.

    Attributes:
        count: Number of islands, at least 1.
        migration: Who sends to whom: `ring`, each island to the next one, or `random`, a ring in an
            order that is drawn anew at every exchange.
        interval: Generations from one exchange to the next, at least 1.
        emigrants: Networks that an island sends.
    """

    count: int
    migration: Migration = "ring"
    interval: int = 20
    emigrants: int = 1


@dataclass(frozen=True)
class SearchSettings:
    """How to search.

    Attributes:
        inputs: Number of input neurons.
        outputs: Number of output neurons.
        profile: Hardware profile that every genome obeys.
        chance_score: Individuals whose mean score is not above it are infeasible.
        luck: How far above it luck may take the score of one evaluation; the mean of n a √n-th of that.
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
        duplicates: What makes individuals count as one when survivors are chosen, a name in
            `selection.pareto_ranking.DUPLICATES`.
        parents: How parents are chosen.
        breeding_floor: Share of the way from chance to the best score that a parent has come, 0 to 1;
            0 lets everyone breed.
        archive: What is remembered beside the population.
        archive_evaluations: How often an individual must have been measured to be archived.
        initial: How the first genomes are drawn.
        rates: How often each operator is applied.
        learning: How networks learn; None where they do not.
        given: Genomes that the first generation begins with.
        tournament: How many searches a run is; None where it is a single one.
        islands: How many populations a run has; None where it is a single one.
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
    duplicates: str = "network"
    parents: ParentSelection = field(default_factory=Tournament)
    breeding_floor: float = 0.0
    archive: Archive = field(default_factory=Pareto)
    archive_evaluations: int = 1
    initial: InitialSettings = field(default_factory=InitialSettings)
    rates: MutationRates = field(default_factory=MutationRates)
    learning: LearningSettings | None = None
    given: tuple[Genome, ...] = ()
    luck: float = 0.0
    tournament: TournamentSettings | None = None
    islands: IslandSettings | None = None

    @property
    def most_newborn(self) -> int:
        """The most individuals that may be born on an island in a generation."""
        paths = 0
        if self.learning is not None:
            paths = len(self.learning.paths) * (1 + len(self.learning.budgets))
        emigrants = self.islands.emigrants if self.islands else 0
        return max(self.population + emigrants, len(self.given), paths)

    @property
    def index_stride(self) -> int:
        """Indices of a generation that an island has for its newborn: a power of ten."""
        return int(10 ** len(str(self.most_newborn)))
