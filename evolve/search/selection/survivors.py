"""The next population: elites by score, then what a selection chooses, duplicates only to fill up."""

from collections.abc import Callable, Sequence

from ..individual import Individual, by_score

#: Chooses so many of several individuals.
Select = Callable[[Sequence[Individual], int], list[Individual]]


def survivors(
    individuals: Sequence[Individual], count: int, elites: int, select: Select
) -> list[Individual]:
    """Return the next population.

    The elites are those with the best mean score; a selection chooses the rest. Of individuals with
    the same network only the first one is a candidate (duplicates would fill the fronts of a problem
    with ties), unless there are too few others.

    Args:
        individuals: Ranked, in order of preference where all else is equal.
        count: How many survive.
        elites: How many of them by score alone.
        select: Chooses the others.

    Returns:
        At most `count` survivors, the elites first.
    """
    unique = list(
        {individual.network_hash: individual for individual in reversed(individuals)}.values()
    )
    unique.reverse()
    best = sorted(unique, key=by_score)[:elites]
    chosen = {individual.id for individual in best}
    others = [individual for individual in unique if individual.id not in chosen]
    kept = best + select(others, count - len(best))
    if len(kept) < count:
        chosen = {individual.id for individual in kept}
        kept += [i for i in individuals if i.id not in chosen][: count - len(kept)]
    return kept
