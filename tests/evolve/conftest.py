"""What the tests of this room share."""

from collections.abc import Callable

import pytest

from spikevolve.evolve.search.individual import (
    Individual,
    IndividualId,
    Level,
    SearchFitness,
    Standing,
)
from spikevolve.measurements import LATENCY, NAMES, NEURONS, SCORE, SPIKES, SYNAPSES

MakeIndividual = Callable[..., Individual]


@pytest.fixture
def individual() -> MakeIndividual:
    """Make individuals of generation 0 that have measurements but no genes."""

    def make(
        index: int,
        means: tuple[float, float, float],
        *,
        feasible: bool = True,
        synapses: int = 5,
        neurons: int = 4,
        network_hash: str | None = None,
    ) -> Individual:
        measured = [0.0] * len(NAMES)
        measured[SYNAPSES], measured[NEURONS] = synapses, neurons
        measured[SCORE], measured[SPIKES], measured[LATENCY] = score, spikes, latency = means
        standing = Standing(Level.FEASIBLE) if feasible else Standing(Level.CHANCE, score)
        return Individual(
            id=IndividualId(0, index),
            genome=None,  # type: ignore[arg-type]  # nothing here looks at genes
            network_hash=network_hash or f"network {index}",
            measured=measured,
            evaluations=1,
            means=measured,
            standing=standing,
            fitness=SearchFitness((score, -spikes, -latency)),
        )

    return make
