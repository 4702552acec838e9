"""A closed generation as rows of the tables."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...genomes import genome_columns
from ...measurements import NAMES
from ..search.individual import Individual, Place
from ..search.objectives import Objective


class Episodes(NamedTuple):
    """How long an evaluation is.

    Attributes:
        all: Episodes of a whole one, None where the task has samples.
        first: Of one that ended early, None where there is no racing.
    """

    all: int | None
    first: int | None = None

    def lived_through(self, individual: Individual) -> int | None:
        """Return how many episodes an individual's means are of."""
        if self.all is None:
            return None
        return self.all * individual.evaluations if individual.evaluations else self.first


def individual_columns(
    individuals: Sequence[Individual],
    generation: int,
    survivors: set[Place],
    episodes: Episodes,
    objectives: Sequence[Objective],
) -> dict[str, Sequence[Any]]:
    """Return the rows of one generation, one per measured individual.

    Args:
        individuals: In the order of ``Search.ask``, after ``Search.tell``.
        generation: The generation that was told.
        survivors: Ids of the population after it.
        episodes: How long an evaluation is.
        objectives: What the search optimises.
    """
    count, compared = len(individuals), [objective.column for objective in objectives]
    columns: dict[str, Sequence[Any]] = {
        "generation": [generation] * count,
        "index": range(count),
        "objectives": [
            [_or_nan(i.means[column]) for column in compared] if i.evaluations else []
            for i in individuals
        ],
        "rank": [i.rank if i.evaluations else None for i in individuals],
        "feasible": [i.feasible for i in individuals],
        "survived": [i.id in survivors for i in individuals],
    }
    return columns | identity_columns(individuals) | measurement_columns(individuals, episodes)


def identity_columns(individuals: Sequence[Individual]) -> dict[str, Sequence[Any]]:
    """Return who the individuals are and where they come from."""
    return {
        "id": [str(i.id) for i in individuals],
        "birth_generation": [i.id.generation for i in individuals],
        "birth_index": [i.id.position for i in individuals],
        "source": [i.source for i in individuals],
        "parents": [[str(parent) for parent in i.parents] for i in individuals],
        "operators": [i.operators for i in individuals],
        "traits": [_traits(i) for i in individuals],
        "genome_hash": [i.genome.content_hash for i in individuals],
        "network_hash": [i.network_hash for i in individuals],
    }


def measurement_columns(
    individuals: Sequence[Individual], episodes: Episodes
) -> dict[str, Sequence[Any]]:
    """Return what was measured of individuals.

    Args:
        individuals: Measured at least once.
        episodes: How long an evaluation is.
    """
    measured = np.array([i.measured for i in individuals], np.float64).reshape(-1, len(NAMES))
    columns: dict[str, Any] = dict(zip(NAMES, measured.T, strict=True))
    columns |= {
        "genome_neurons": [len(i.genome.neuron_ids) for i in individuals],
        "genome_synapses": [len(i.genome.weights) for i in individuals],
        "mean_score": [_or_nan(i.score) for i in individuals],
        "episodes": [episodes.lived_through(i) for i in individuals],
    }
    return columns


def genome_rows(individuals: Sequence[Individual]) -> dict[str, list[Any]]:
    """Return the genomes of individuals, at least one, as rows of the table of genomes."""
    rows = [
        {"genome_hash": i.genome.content_hash, "id": str(i.id), **genome_columns(i.genome)}
        for i in individuals
    ]
    return {name: [row[name] for row in rows] for name in rows[0]}


def _or_nan(mean: float) -> float:
    """Return a mean, or NaN, which tables leave empty, if an evaluation failed."""
    return mean if math.isfinite(mean) else math.nan


def _traits(individual: Individual) -> str:
    return ",".join(f"{name}={value:.15g}" for name, value in individual.genome.traits)
