"""Who may be a parent, whatever chooses among them: networks that are not far below the best."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spikevolve.evolve.search.individual import Level, Standing
from spikevolve.evolve.search.search import Search
from spikevolve.evolve.search.search_settings import SearchSettings
from spikevolve.evolve.search.selection import EpsilonLexicase, ParentSelection, Tournament
from spikevolve.genomes import profile
from spikevolve.measurements import NAMES, SCORE

SETTINGS = SearchSettings(3, 2, profile(), chance_score=0.2, seed=3, elites=3)


def scored(scores: Sequence[float], **changes: Any) -> Search:
    """A search whose population has these scores, chance being 0.2; those below it are not feasible."""
    search = Search(replace(SETTINGS, population=len(scores), **changes))
    individuals = search.ask()
    rows = [[0.0] * len(NAMES) for _ in scores]
    for row, score in zip(rows, scores, strict=True):
        row[SCORE] = score
    search.tell(individuals, [i.genome.content_hash for i in individuals], rows)
    return search


def parents_of(search: Search, cases: Any = None) -> set[float]:
    """The scores of all that have children."""
    by_id = {individual.id: individual.score for individual in search.population}
    return {by_id[parent] for child in search.ask(cases) for parent in child.parents}


SCORES = [0.1, 0.3, 0.5, 0.59, 0.61, 0.7, 0.8, 0.9, 1.0, 0.25, 0.22, 0.4]


@pytest.mark.parametrize("parents", [Tournament(), Tournament(1, 0.0), EpsilonLexicase()])
def test_networks_far_below_the_best_do_not_breed(parents: ParentSelection) -> None:
    near = [score for score in SCORES if score >= 0.6]  # half-way from 0.2 to 1.0
    search = scored(SCORES, parents=parents, breeding_floor=0.5)
    rng = np.random.default_rng(4)

    found: set[float] = set()
    for generation in range(1, 20):
        search.generation = generation  # draws anew
        cases = rng.random((12, 6))  # everyone is the best in some case
        found |= parents_of(search, cases if search.asks_for_cases else None)

    assert min(found) >= 0.6
    assert isinstance(parents, Tournament) or found == set(near)


def test_the_cases_of_those_that_breed_go_with_them() -> None:
    search = scored(SCORES, parents=EpsilonLexicase(), breeding_floor=0.5)
    cases = np.zeros((12, 5))
    best, beaten = (
        next(n for n, one in enumerate(search.population) if one.score == score)
        for score in (0.61, 0.59)
    )
    cases[best], cases[beaten] = 1.0, 2.0

    assert parents_of(search, cases) == {0.61}


def test_all_breed_where_too_few_would_be_left_or_nobody_is_feasible() -> None:
    everyone = Tournament(1, 0.0)  # by lot
    alone = scored([0.3, 0.31, 0.32, 1.0], parents=everyone, breeding_floor=0.5)
    pair = scored([0.3, 0.31, 0.9, 1.0], parents=everyone, breeding_floor=0.5)
    below = scored([0.0, 0.1, 0.15, 0.19], parents=everyone, breeding_floor=0.5)
    free = scored([0.1, 0.31, 0.9, 1.0], parents=everyone)

    def drawn(search: Search) -> set[float]:
        found: set[float] = set()
        for search.generation in range(1, 15):
            found |= parents_of(search)
        return found

    assert drawn(alone) == {0.3, 0.31, 0.32, 1.0}
    assert drawn(pair) == {0.9, 1.0}
    assert drawn(below) == {0.0, 0.1, 0.15, 0.19}
    assert drawn(free) == {0.1, 0.31, 0.9, 1.0}


def test_small_feasible_networks_breed_although_larger_ones_that_are_not_score_higher() -> None:
    search = scored([0.32, 0.4, 0.9, 1.0], parents=Tournament(1, 0.0), breeding_floor=0.5)
    for individual in search.population:
        if individual.score > 0.5:
            individual.standing = Standing(Level.VIOLATING, -1.0)

    found: set[float] = set()
    for search.generation in range(1, 15):
        found |= parents_of(search)
    assert found == {0.32, 0.4, 0.9, 1.0}
