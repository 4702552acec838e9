"""A search of a tournament among networks of inputs and outputs alone, begun anew where it gains nothing."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ....genomes.initial_genomes import untrained_genome
from ....genomes.topology import Topology
from ....measurements import SCORE
from ..cma_es import few_samples
from ..individual import Individual, by_score
from ..search_settings import SearchSettings
from .searches import NumbersSearch, from_scratch
from .settings import DIRECT, WITHOUT_HIDDEN

#: It begins anew after so many generations without a gain.
PATIENCE = 20

#: It is a gain that the best quarter of a generation's samples scores so much more, as a share of what
#: the best one before was away from chance.
GAIN = 0.05


@dataclass
class DirectSearch:
    """CMA-ES over the numbers of a network of inputs and outputs, with few samples, again and again.

    What inputs say straight to outputs is few numbers, which few samples a generation find soon, or from
    another beginning. All delays are the shortest: what is random about them would stay as it is.

    Attributes:
        island: Its number in the run.
        settings: Those of the run.
        numbers: CMA-ES since it began anew.
        spent: Networks that it has asked for.
        highest: Best mean so far of a quarter of a generation's samples; None before the first one.
        waited: Generations since then.
        proved: The best mean of before that has been measured often enough to be archived.
    """

    island: int
    settings: SearchSettings
    numbers: NumbersSearch
    spent: int = 0
    highest: float | None = None
    waited: int = 0
    proved: Individual | None = None

    def ask(self, generation: int) -> list[Individual]:
        """Return the samples, then the mean."""
        return self.numbers.ask(generation)

    def tell(self, asked: Sequence[Individual]) -> None:
        """Move the distribution, or begin anew where it has gained nothing for long."""
        self.numbers.tell(asked)
        self.spent += len(asked)
        samples = [one for one in asked[: self.numbers.cma.samples] if not one.failed]
        best = sorted(samples, key=by_score)[: self.numbers.cma.samples // 4]
        reached = sum(one.measured[SCORE] for one in best) / len(best) if best else -math.inf
        self.waited += 1
        if reached > self._enough():
            self.highest, self.waited = reached, 0
        if self.waited >= PATIENCE:
            self._begin_anew()

    def candidates(self) -> list[Individual]:
        """Return those since it began anew, and the best mean of before."""
        return self.members()

    def members(self) -> list[Individual]:
        """Return the same."""
        before = [self.proved] if self.proved else []
        return [*self.numbers.members(), *before]

    def _enough(self) -> float:
        """Return what is a gain if it is exceeded."""
        if self.highest is None:
            return -math.inf
        return self.highest + GAIN * abs(self.highest - self.settings.chance_score)

    def _begin_anew(self) -> None:
        found = [one for one in (self.proved, self.numbers.proved) if one is not None]
        self.proved = min(found, key=by_score, default=None)
        self.numbers = _numbers(self.settings, self.island)
        self.highest, self.waited = None, 0


def new_direct(settings: SearchSettings, island: int) -> DirectSearch:
    """Return a search that begins."""
    return DirectSearch(island, settings, _numbers(settings, island))


def _numbers(settings: SearchSettings, island: int) -> NumbersSearch:
    """Return CMA-ES over the numbers of inputs joined with outputs, or with a hidden neuron for each output."""
    profile = settings.profile
    layers = replace(WITHOUT_HIDDEN, hidden=0 if profile.direct else settings.outputs)
    rng = np.random.default_rng(settings.seed)  # only limits of the profile make anything random
    genome = untrained_genome(settings.inputs, settings.outputs, profile, layers, rng)
    topology = Topology(genome, profile)
    return from_scratch(settings, island, topology, few_samples(topology.size), DIRECT)
