"""A generation that has been measured: told to its search, and what the tables get of it."""

import math
import time
from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any, NamedTuple

import numpy as np

from ...errors import InputError
from ...genomes import Genome
from ...measurements import NAMES, SCORE
from ..search import racing
from ..search.individual import Individual, Level, by_score
from .finish import Episodes, front_members, genome_rows, individual_columns
from .run_state import Measured, Measuring, Progress, Run


class BestNetwork(NamedTuple):
    """The best score of a front as it stands; where it is empty, the best survivor.

    A newborn with a lucky first score on fresh episodes is none of the front, once that has members
    that have proved themselves: what progress shows is what a report says.

    Attributes:
        order: Sorts the best of several searches; the smallest comes first.
        level: How far it has come.
        means: Means of its measurements, in the order of `measurements.NAMES`.
    """

    order: tuple[float, ...]
    level: Level
    means: Sequence[float]


class Closed(NamedTuple):
    """A closed generation of a search.

    Attributes:
        rows: Its rows of the table of individuals, `index` counted from 0.
        genomes: Those that the table of genomes does not have yet, by the ids of individuals.
        archive_size: Members of the archive after it.
        best: The best network after it.
        seconds: Columns of the table of generations that are of kind `time`.
        gained: Whether something was gained, where the search is an island.
    """

    rows: Mapping[str, Sequence[Any]]
    genomes: Mapping[str, Genome]
    archive_size: int
    best: BestNetwork
    seconds: Mapping[str, float]
    gained: bool = False


def close_generation(run: Measuring, measured: Measured) -> Closed:
    """Tell the search what was measured in its open generation.

    Args:
        run: Where the search stands; it is moved on.
        measured: Of the open generation.

    Raises:
        InputError: The task failed for every individual: it does not work at all.
    """
    _check_some_are_measured(run, measured)
    began = time.perf_counter()
    search, generation = run.search, run.search.generation
    _tell(run, measured)
    run.rows, run.learned, run.faults, run.losers = {}, {}, {}, set()
    survivors = {individual.id for individual in search.population}
    episodes = Episodes(run.task.episodes, run.racing)
    rows = individual_columns(
        measured.individuals, generation, survivors, episodes, search.settings.objectives
    )
    rows |= {
        "cached": measured.cached,
        "cost": [
            individual.cost(generation, cached)
            for individual, cached in zip(measured.individuals, measured.cached, strict=True)
        ],
        "fault": measured.faults,
        "evaluation_seconds": measured.seconds,
    }
    seconds = {
        "variation_seconds": measured.variation_seconds,
        "kernel_seconds": measured.kernel_seconds,
        "selection_seconds": time.perf_counter() - began,
    }
    genomes = _new_genomes(run, measured.individuals)
    return Closed(rows, genomes, len(search.archive), _best(run), seconds)


def _check_some_are_measured(run: Measuring, measured: Measured) -> None:
    if None not in measured.faults:
        raise InputError(
            f"task {run.task.name} failed for every individual of generation "
            f"{run.search.generation}, for {measured.individuals[0].id}: {measured.faults[0]}"
        )


def _tell(run: Measuring, measured: Measured) -> None:
    """Tell the search of all but those that lost their race."""
    individuals, hashes, rows = measured.individuals, measured.hashes, measured.rows
    complete = measured.complete
    for n in np.flatnonzero(~np.array(complete)):
        racing.set_aside(individuals[n], hashes[n], rows[n])
    run.search.tell(
        list(compress(individuals, complete)),
        list(compress(hashes, complete)),
        list(compress(rows, complete)),
    )
    run.bound = racing.bound(rows)


def _new_genomes(run: Measuring, born: Sequence[Individual]) -> dict[str, Genome]:
    """Return the genomes that are worth keeping and not in the table yet."""
    living = {individual.genome.content_hash: individual for individual in run.search.members()}
    wanted = {i.genome.content_hash: i for i in born} | living if run.keep_all_genomes else living
    new = [individual for key, individual in wanted.items() if key not in run.kept]
    run.kept = set(living)
    return {str(individual.id): individual.genome for individual in new}


def _best(run: Measuring) -> BestNetwork:
    search = run.search
    best = min(front_members(search) or search.population, key=by_score)
    return BestNetwork((not search.archive, *by_score(best)), best.standing.level, best.means)


def count_generation(run: Run, closed: Sequence[Closed]) -> None:
    """Add what a generation took to the counts of a run.

    Args:
        run: Its counts are brought up to date.
        closed: The generation of each island, or of the one search.
    """
    run.evaluations += sum(island.rows["cached"].count(False) for island in closed)
    # Rounded once: the same sum on any version of Python.
    run.cost += math.fsum(cost for island in closed for cost in island.rows["cost"])


def record_generation(run: Run, generation: int, closed: Sequence[Closed]) -> Progress:
    """Append a closed generation to the tables.

    Args:
        run: It has counted the generation.
        generation: Its number.
        closed: The generation of each island, or of the one search.
    """
    began = time.perf_counter()
    first = 0
    for island in closed:
        count = len(island.rows["cached"])
        run.writer.append("individuals", {**island.rows, "index": range(first, first + count)})
        if island.genomes:
            run.writer.append("genomes", genome_rows(island.genomes))
        first += count
    best = min((island.best for island in closed), key=lambda one: one.order)
    row = _generation_row(run, generation, closed, best) | {
        "table_seconds": time.perf_counter() - began,
    }
    run.writer.append("generations", {name: [value] for name, value in row.items()})
    return _progress(run, generation + 1, best)


def _generation_row(
    run: Run, generation: int, closed: Sequence[Closed], best: BestNetwork
) -> dict[str, Any]:
    means = best.means if best.level == Level.FEASIBLE else [math.nan] * len(NAMES)
    faults = [fault for island in closed for fault in island.rows["fault"]]
    scores = np.concatenate([island.rows[NAMES[SCORE]] for island in closed])
    return {f"best_{name}": mean for name, mean in zip(NAMES, means, strict=True)} | {
        "generation": generation,
        "evaluations": run.evaluations,
        "cost": run.cost,
        "cached": sum(island.rows["cached"].count(True) for island in closed),
        "feasible": sum(sum(island.rows["feasible"]) for island in closed),
        "faults": len(faults) - faults.count(None),
        "archive_size": sum(island.archive_size for island in closed),
        "generation_mean_score": float(np.nanmean(scores)),
        "seconds": run.seconds,
        **{name: sum(i.seconds[name] for i in closed) for name in closed[0].seconds},
    }


#: What is said of the best network, where it is no solution yet.
_SHORT_OF = {Level.CHANCE: "not above chance", Level.VIOLATING: "outside the constraints"}


def _progress(run: Run, generations: int, best: BestNetwork) -> Progress:
    columns = [SCORE, *(objective.column for objective in run.search.settings.objectives)]
    seconds = run.seconds
    return Progress(
        generations,
        run.limits.generations,
        run.evaluations,
        run.cost,
        {NAMES[column]: best.means[column] for column in columns},
        run.score,
        evaluations_per_second=run.evaluations / max(seconds, 1e-9),
        seconds=seconds,
        seconds_left=run.limits.seconds_left(generations, run.cost, run.gain.cost, seconds),
        short_of=_SHORT_OF.get(best.level, ""),
    )
