"""What tells candidates apart on common starts, and which synapses a network can do without."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....genomes import Genome
from ....genomes.topology import without_synapses
from ....measurements import SCORE
from ..individual import Individual, IndividualId

#: Generations after which the worse half of the candidates leaves for the first time, then twice as many.
FIRST_LOOK = 3

#: Generations on whose starts all networks without one of the synapses are compared.
ABLATIONS = 2

#: Source of networks that lack a synapse.
PRUNING = "pruning"

#: No network is pruned to fewer synapses, and of those beyond so many leave at once.
FEWEST, REMOVED = 2, 1 / 3


@dataclass
class Judging:
    """Tells candidates apart by sequential halving (Karnin, Koren, Somekh 2013).

    All live through the same starts, then the better half through twice as many further ones, until few are left.
    What a candidate scored when it was chosen does not count: of many, the best was lucky. Its record
    begins anew, unless it has proved itself before.

    Attributes:
        candidates: All of them, at least one.
        left: Those who are still in.
        keep: As soon as so many are left, it is decided.
        scores: Sums of scores here, by id.
        looks: Generations here, by id.
        look: Generation after which half of them leave.
    """

    candidates: list[Individual]
    left: list[Individual]
    keep: int
    scores: dict[IndividualId, float]
    looks: dict[IndividualId, int]
    look: int = FIRST_LOOK

    @staticmethod
    def of(candidates: Sequence[Individual], enough: int, keep: int = 1) -> "Judging":
        """Return what judges candidates, of which equal networks count as one.

        Args:
            candidates: The candidates.
            enough: Evaluations after which a record is kept.
            keep: How many are to be left.
        """
        unique = {i.network_hash: i for i in sorted(candidates, key=lambda i: i.id, reverse=True)}
        found = sorted(unique.values(), key=lambda i: i.id)
        for individual in found:
            if individual.evaluations < enough:
                individual.evaluations = 0
        ids = [i.id for i in found]
        return Judging(found, list(found), keep, dict.fromkeys(ids, 0.0), dict.fromkeys(ids, 0))

    @property
    def finished(self) -> bool:
        """Whether it is decided."""
        return len(self.left) <= self.keep and self.looks[self.left[0].id] >= FIRST_LOOK

    def ask(self, generation: int) -> list[Individual]:
        """Return those who are still in."""
        return list(self.left)

    def tell(self, asked: Sequence[Individual]) -> None:
        """Add what they scored, and let the worse half leave when it is time."""
        for individual in asked:
            score = individual.measured[SCORE]
            self.scores[individual.id] += -math.inf if math.isnan(score) else score
            self.looks[individual.id] += 1
        if self.looks[self.left[0].id] == self.look:
            ranked = self.order()[: len(self.left)]
            self.left = ranked[: max(self.keep, (len(ranked) + 1) // 2)]
            self.look += 2 * self.look

    def order(self) -> list[Individual]:
        """Return all candidates, the best first: those who stayed longer, then the better scores."""
        return sorted(self.candidates, key=self._place)

    def members(self) -> list[Individual]:
        """Return all candidates."""
        return self.candidates

    def _place(self, individual: Individual) -> tuple[float, ...]:
        looks = self.looks[individual.id]
        score = self.scores[individual.id] / max(looks, 1)
        return (-looks, -individual.standing.level, -score, *individual.id)


@dataclass
class Ablation:
    """Measures a network without each of its synapses, all on common starts.

    Attributes:
        network: The network.
        scores: (synapses,) float64, sums of the scores without each synapse.
        looks: Generations so far.
    """

    network: Individual
    scores: NDArray[np.float64]
    looks: int = 0

    @staticmethod
    def of(network: Individual) -> "Ablation":
        """Return the ablation of a network before anything is measured."""
        return Ablation(network, np.zeros(network.genome.synapses))

    @property
    def finished(self) -> bool:
        """Whether it is known which synapses matter."""
        return self.looks == ABLATIONS

    def ask(self, generation: int) -> list[Individual]:
        """Return the network without each of its synapses, in their order."""
        genome, network = self.network.genome, self.network
        every = np.eye(genome.synapses, dtype=np.bool_)
        return [
            Individual(
                IndividualId(generation, n),
                without_synapses(genome, removed),
                (network.id,),
                ("remove_synapse",),
                source=PRUNING,
                island=network.island,
            )
            for n, removed in enumerate(every)
        ]

    def tell(self, asked: Sequence[Individual]) -> None:
        """Add what was scored without each synapse."""
        scores = np.array([individual.measured[SCORE] for individual in asked])
        self.scores += np.where(np.isnan(scores), -np.inf, scores)
        self.looks += 1

    def smaller(self) -> Genome:
        """Return the genome without the third of its synapses that it misses least."""
        genome = self.network.genome
        count = max(1, int((genome.synapses - FEWEST) * REMOVED))
        removed = np.zeros(genome.synapses, np.bool_)
        removed[np.argsort(-self.scores, kind="stable")[:count]] = True
        return without_synapses(genome, removed)

    def members(self) -> list[Individual]:
        """Return the network."""
        return [self.network]
