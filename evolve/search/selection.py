"""Who survives and who breeds, by NSGA-II or by a weighted sum, on DEAP's sorting and tournaments."""

from collections.abc import Callable, Sequence
from itertools import compress
from operator import attrgetter

import numpy as np
from deap import tools
from numpy.random import Generator
from numpy.typing import NDArray

from ...measurements import SYNAPSES
from .individual import Individual
from .random_streams import deap_randomness

#: Objectives of a feasible individual, all to be maximised: (score, −spikes, −latency).
Objectives = tuple[float, float, float]

#: Worse than any value of an objective; stands for every objective of an infeasible individual.
WORST = -1e30

#: Below any score.
LOWEST_SCORE = -1e15

#: In larger pools comparing all with all takes longer than DEAP's sorting of all of them.
_COMPARED_AT_ONCE = 400


def pareto_values(individual: Individual) -> Objectives:
    """Returns what NSGA-II compares.

    Constrained domination (Deb et al. 2002, section VI): every feasible individual dominates
    every infeasible one, among infeasible ones only the score counts. Last come those whose
    evaluation failed.
    """
    score, spikes, latency = individual.means
    if individual.feasible:
        return (score, -spikes, -latency)
    return (WORST + _visible(score), WORST, WORST)


def weighted_values(weights: Objectives) -> Callable[[Individual], Objectives]:
    """Returns the function that gives an individual its weighted sum, thrice the same value.

    Args:
        weights: Weights of score, spikes and latency; the sum is w₀·score − w₁·spikes −
            w₂·latency, below every feasible sum for infeasible individuals.
    """

    def values(individual: Individual) -> Objectives:
        score, spikes, latency = individual.means
        total = weights[0] * score - weights[1] * spikes - weights[2] * latency
        if not individual.feasible:
            total = WORST + _visible(score)
        return (total, total, total)

    return values


def _visible(score: float) -> float:
    # A score of ordinary size would vanish beside 1e30: spread the scores over the last bits' range.
    # Crowding distances want numbers, so the score of one that failed is not infinite here.
    return max(score, LOWEST_SCORE) * 1e20


def rank(individuals: Sequence[Individual], values: Callable[[Individual], Objectives]) -> None:
    """Gives every individual its front's index and its crowding distance (Deb et al. 2002).

    Args:
        individuals: At least one; their ``fitness`` and ``rank`` are written.
        values: What is compared of an individual.
    """
    for individual in individuals:
        individual.fitness.wvalues = values(individual)
    for index, front in enumerate(_fronts(individuals)):
        tools.emo.assignCrowdingDist(front)
        for individual in front:
            individual.rank = index


def _fronts(individuals: Sequence[Individual]) -> list[list[Individual]]:
    """Sorts individuals into fronts as DEAP does, in each the better score first.

    The first front is most of a population before long, and found at once; DEAP sorts the others.
    """
    if len(individuals) > _COMPARED_AT_ONCE:
        fronts: list[list[Individual]] = tools.sortLogNondominated(individuals, len(individuals))
        return fronts
    points = np.array([individual.fitness.wvalues for individual in individuals])
    unbeaten = not_dominated(points, points)
    first = sorted(compress(individuals, unbeaten), key=attrgetter("fitness.wvalues"), reverse=True)
    others = list(compress(individuals, ~unbeaten))
    return [first, *tools.sortLogNondominated(others, len(others))]


def not_dominated(points: NDArray[np.float64], by: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tells which points nobody dominates by being nowhere worse and somewhere better.

    Args:
        points: (n, objectives) float64, larger is better.
        by: (m, objectives) float64, what they are compared with.

    Returns:
        (n,) bool.
    """
    nowhere_worse = np.ones((len(by), len(points)), np.bool_)
    somewhere_better = np.zeros((len(by), len(points)), np.bool_)
    for x, y in zip(by.T, points.T, strict=True):  # far quicker than one reduction over three
        nowhere_worse &= x[:, None] >= y
        somewhere_better |= x[:, None] > y
    return np.asarray(~(nowhere_worse & somewhere_better).any(axis=0), np.bool_)


def survivors(individuals: Sequence[Individual], count: int, elites: int) -> list[Individual]:
    """Chooses the next population from ranked individuals.

    The elites are those with the best mean score; the rest come front by front, less crowded ones
    first. Of individuals with the same network only the first one is a candidate (duplicates
    would fill the fronts of a problem with ties), unless there are too few others.

    Args:
        individuals: Ranked, in order of preference where all else is equal.
        count: How many survive.
        elites: How many of them by score alone.

    Returns:
        The survivors, at most ``count``, best first.
    """
    unique = list(
        {individual.network_hash: individual for individual in reversed(individuals)}.values()
    )
    unique.reverse()
    best = sorted(unique, key=by_score)[:elites]
    chosen = {individual.id for individual in best}
    others = (individual for individual in unique if individual.id not in chosen)
    by_preference = sorted(others, key=lambda i: i.preference, reverse=True)
    kept = best + by_preference[: count - len(best)]
    if len(kept) < count:
        chosen = {individual.id for individual in kept}
        kept += [i for i in individuals if i.id not in chosen][: count - len(kept)]
    return kept


def by_score(individual: Individual) -> tuple[float, ...]:
    """Key that sorts the best mean score first.

    Ties, frequent where a score has a ceiling: fewer synapses, since smaller networks are steadier
    on data never seen, then fewer spikes, lower latency, lower id.
    """
    score, spikes, latency = individual.means
    return (-score, individual.measured[SYNAPSES], spikes, latency, *individual.id)


def parents(
    population: Sequence[Individual], count: int, tournament: int, by_merit: float, rng: Generator
) -> list[Individual]:
    """Draws parents by tournaments, with replacement.

    Some tournaments are won by the best score, whatever its cost, the others by the crowded
    comparison. A front over several objectives spreads a population thin: without the former, high
    scores are found late.

    Args:
        population: Ranked individuals.
        count: How many parents.
        tournament: Individuals per tournament, at least 1.
        by_merit: Share of the tournaments in which the score counts, in [0, 1].
        rng: The only source of chance.

    Returns:
        The parents, those by score first.
    """
    first = round(count * by_merit)
    with deap_randomness(rng):
        drawn: list[Individual] = [
            *tools.selTournament(population, first, tournament, fit_attr="merit"),
            *tools.selTournament(population, count - first, tournament, fit_attr="preference"),
        ]
    return drawn
