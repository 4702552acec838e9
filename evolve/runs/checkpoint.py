"""A search as plain values and back: what a killed run goes on from."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...genomes import Genome
from ..search.individual import Individual, Place
from ..search.search import Search, place
from ..search.settings import SearchSettings


def search_state(search: Search) -> dict[str, Any]:
    """Return a search as JSON values.

    Genomes are named by their hashes; they are kept once, in the run's table of genomes. An
    individual that is both in the population and in the archive is written once.
    """
    members = {i.id: i for i in (*search.population, *search.archive)}
    return {
        "generation": search.generation,
        "population": [list(individual.id) for individual in search.population],
        "archive": [list(individual.id) for individual in search.archive],
        "individuals": [_individual_state(individual) for individual in members.values()],
    }


def answers_state(answers: Mapping[int, Sequence[float]]) -> list[list[Any]]:
    """Return answers by index as JSON values: [index, measurements]."""
    return [[index, _encoded(answer)] for index, answer in sorted(answers.items())]


def restore_answers(state: Iterable[Sequence[Any]]) -> dict[int, Sequence[float]]:
    """Return the answers that `answers_state` described."""
    return {index: decoded(answer) for index, answer in state}


def genome_hashes(state: Mapping[str, Any]) -> set[str]:
    """Return the hashes of all genomes that a search state names."""
    return {entry["genome_hash"] for entry in state["individuals"]}


def restore_search(
    settings: SearchSettings, state: Mapping[str, Any], genomes: Mapping[str, Genome]
) -> Search:
    """Build the search that `search_state` described.

    Args:
        settings: The settings of that search.
        state: What `search_state` returned.
        genomes: Genomes by hash, at least those that `genome_hashes` names.
    """
    members: dict[Place, Individual] = {}
    for entry in state["individuals"]:
        individual = _individual(entry, genomes)
        place(individual, settings)
        members[individual.id] = individual

    def named(ids: Iterable[Iterable[int]]) -> list[Individual]:
        return [members[Place(*pair)] for pair in ids]

    return Search(
        settings, state["generation"], named(state["population"]), named(state["archive"])
    )


def _individual_state(individual: Individual) -> dict[str, Any]:
    return {
        "id": list(individual.id),
        "genome_hash": individual.genome.content_hash,
        "parents": [list(parent) for parent in individual.parents],
        "operators": list(individual.operators),
        "source": individual.source,
        "network_hash": individual.network_hash,
        "measured": _encoded(individual.measured),
        "evaluations": individual.evaluations,
        "means": _encoded(individual.means) if individual.evaluations > 1 else None,
        "rank": individual.rank,
        "crowding": _finite_or_none(individual.crowding),
    }


def _individual(entry: Mapping[str, Any], genomes: Mapping[str, Genome]) -> Individual:
    measured, means = decoded(entry["measured"]), entry["means"]
    individual = Individual(
        id=Place(*entry["id"]),
        genome=genomes[entry["genome_hash"]],
        parents=tuple(Place(*parent) for parent in entry["parents"]),
        operators=tuple(entry["operators"]),
        source=entry["source"],
        network_hash=entry["network_hash"],
        measured=measured,
        evaluations=entry["evaluations"],
        means=measured if means is None else decoded(means),
        rank=entry["rank"],
    )
    crowding = entry["crowding"]
    individual.fitness.crowding_dist = math.inf if crowding is None else crowding
    return individual


def _encoded(measured: Iterable[float]) -> list[float | None]:
    return [_finite_or_none(value) for value in measured]


def decoded(measured: Iterable[float | None]) -> list[float]:
    """Return measurements in which a missing one was None; it becomes NaN."""
    return [math.nan if value is None else value for value in measured]


def _finite_or_none(value: float) -> float | None:
    # JSON has no infinity and no NaN: an infinite crowding distance and a missing energy are null.
    return value if math.isfinite(value) else None
