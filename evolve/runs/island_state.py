"""The state of an island as plain values, and an island restored from them; individuals go by their ids."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..search.individual import Individual
from ..search.search import Search
from ..search.search_settings import SearchSettings

#: Returns the individuals with some ids, as JSON has these.
Named = Callable[[Iterable[Iterable[int]]], list[Individual]]


def island_state(island: Search) -> dict[str, Any]:
    """Return what an island has, as JSON values."""
    return {
        "population": [list(individual.id) for individual in island.population],
        "archive": [list(individual.id) for individual in island.archive],
        "immigrants": [list(individual.id) for individual in island.immigrants],
    }


def restored_island(
    settings: SearchSettings, generation: int, number: int, state: Mapping[str, Any], named: Named
) -> Search:
    """Return the island that `island_state` described.

    Args:
        settings: Those of the run.
        generation: The open generation.
        number: Of the island, from 0.
        state: What `island_state` returned.
        named: Returns individuals by ids.

    Raises:
        ValueError: Nobody lives there, or somebody in the archive has no score.
    """
    if generation and not state["population"]:
        raise ValueError(f"nobody lives on island {number} in generation {generation}")
    if any(math.isnan(individual.score) for individual in named(state["archive"])):
        raise ValueError(f"a member of the archive of island {number} has no score")
    return Search(
        settings,
        generation,
        named(state["population"]),
        named(state["archive"]),
        island=number,
        immigrants=named(state["immigrants"]),
    )
