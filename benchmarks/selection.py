"""What selection costs in a generation: ``python benchmarks/selection.py [--json]``.

Two hundred individuals on a front of three objectives with ties, as searches have them, are ranked and
survive by each method, and ask to enter a full archive. Milliseconds of processor time, the median of
several generations.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np

from spikevolve.evolve.search.archives import Pareto
from spikevolve.evolve.search.individual import (
    Individual,
    IndividualId,
    Level,
    SearchFitness,
    Standing,
)
from spikevolve.evolve.search.objectives import DEFAULT_OBJECTIVES, objectives
from spikevolve.evolve.search.selection import PARENTS, SURVIVORS
from spikevolve.evolve.search.selection.pareto_ranking import elites_of_sizes, survivors
from spikevolve.measurements import NAMES

GENERATIONS = 9
POPULATION = 100
CASES = 1000
OBJECTIVES = objectives(DEFAULT_OBJECTIVES)


def generations() -> Iterator[list[Individual]]:
    """Yield generations of newborn near the same front, so that hundreds of them are not dominated."""
    rng = np.random.default_rng(1)
    for generation in range(1000):
        cost = rng.random((POPULATION, 2))
        score = np.round(np.sqrt(cost).sum(axis=1) / 2 + generation * 1e-6, 6)
        yield [
            Individual(
                IndividualId(generation, index),
                None,  # type: ignore[arg-type]  # nothing here looks at genes
                network_hash=f"{generation}-{index}",
                means=[score[index], *np.round(cost[index], 2), *[0.0] * (len(NAMES) - 3)],
                standing=Standing(Level.FEASIBLE),
                fitness=SearchFitness((score[index], *(-np.round(cost[index], 2)).tolist())),
            )
            for index in range(POPULATION)
        ]


def median(work: Callable[[], object]) -> float:
    """Return the median milliseconds of processor time of some work."""
    found = []
    for _ in range(GENERATIONS):
        began = time.process_time()
        work()
        found.append((time.process_time() - began) * 1e3)
    return statistics.median(found)


def measure() -> dict[str, float]:
    """Return milliseconds of each part."""
    newborn, archive, members = generations(), Pareto(), []
    while len(members) < archive.limit:
        members = archive.update(members, next(newborn))
    found = {"full archive": median(lambda: archive.update(members, next(newborn)))}
    pool, rng = next(newborn) + next(newborn), np.random.default_rng(1)
    for name, make in SURVIVORS.items():
        method = make()

        def survive(method: object = method) -> None:
            method.rank(pool, OBJECTIVES)
            survivors(
                pool,
                POPULATION,
                10,
                elites_of_sizes,
                lambda i, n: method.select(i, n, OBJECTIVES, rng),
            )

        found[name] = median(survive)
    cases = (np.random.default_rng(2).random((POPULATION, CASES)) < 0.8).astype(float)
    for name, make_parents in PARENTS.items():
        parents = make_parents()
        found[name] = median(
            lambda parents=parents: parents.select(pool[:POPULATION], 2 * POPULATION, cases, rng)
        )
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    found = measure()
    if parser.parse_args().json:
        print(json.dumps({"milliseconds": found}))
        return
    for name, milliseconds in found.items():
        print(f"{name:>16} {milliseconds:9.2f} ms")


if __name__ == "__main__":
    main()
