"""The loop that connects a search, an engine and a run folder."""

import math
import threading
import time
from collections.abc import Callable, Sequence
from itertools import compress
from typing import Any

import numpy as np

from ...errors import InputError
from ...measurements import NAMES, SCORE
from ..search import racing
from ..search.gain import latest_gain
from ..search.individual import Individual, Level, by_score
from .checkpoint import gain_state, genomes_state, rows_state, search_state
from .finish import Episodes, front_members, genome_rows, individual_columns
from .front_so_far import validate_front, validated, write_front_so_far
from .measure import measure_generation
from .run_state import Measured, Progress, Run

#: Shortest time between two commits. Over a long run they come less often, a hundredth of the
#: time spent so far apart, so that the number of files stays small.
COMMIT_SECONDS = 5.0


def search_until(run: Run, watch: Callable[[Progress], None], stop: threading.Event) -> str | None:
    """Run generations until a limit is reached or somebody stops it.

    Args:
        run: Where the search stands; it is moved on.
        watch: Called after every generation.
        stop: The search stops soon after this is set.

    Returns:
        The name of the limit, or None if it was stopped. Whatever was measured is committed.
    """
    while not stop.is_set():
        limit = _limit(run, stop)
        if limit is not None:
            commit(run, "running")
            return limit
        measured = measure_generation(run, stop, _commit_if_due)
        if measured is not None:
            _check_some_are_measured(run, measured)
            watch(_close_generation(run, measured))
            _validate_if_due(run, stop)
            _commit_if_due(run)
    commit(run, "stopped")
    return None


def commit(run: Run, state: str) -> None:
    """Bring the run folder up to date, with the front as it stands; that of a run that is done is there.

    Args:
        run: What is committed: the search after its last closed generation, and the rows to the
            open one.
        state: `running`, `stopped` or `done`.
    """
    run.writer.commit(
        {
            "state": state,
            **search_state(run.search),
            "answers": rows_state(run.rows),
            "learned": genomes_state(run.learned),
            "faults": sorted(run.faults.items()),
            "bound": run.bound,
            "losers": sorted(run.losers),
            "evaluations": run.evaluations,
            "cost": run.cost,
            "gain": gain_state(run.gain),
            "seconds": run.seconds,
        }
    )
    if state != "done":
        write_front_so_far(run)
    run.committed = time.monotonic()


def _commit_if_due(run: Run) -> None:
    first = run.front_written is None and run.search.generation == 1  # now there is a front
    if first or time.monotonic() - run.committed >= _pause(run):
        commit(run, "running")


def _validate_if_due(run: Run, stop: threading.Event) -> None:
    """Validate members of the front as often as there are commits, but between generations only."""
    if time.monotonic() - run.validated_at >= _pause(run):
        validate_front(run, stop)
        run.validated_at = time.monotonic()


def _pause(run: Run) -> float:
    return max(COMMIT_SECONDS, run.seconds / 100)


def _limit(run: Run, stop: threading.Event) -> str | None:
    limit = run.limits.reached(run.search.generation, run.cost, run.gain.cost, run.seconds)
    return "target" if limit is None and _target_reached(run, stop) else limit


def _target_reached(run: Run, stop: threading.Event) -> bool:
    """Tell whether the best of the front reaches the target on the data that choose the champion.

    Further episodes take long: only one that has come so far in training lives through them. Samples
    do not, and their score in training may be another one, lower or higher.
    """
    target = run.limits.target
    if target is None:
        return False
    best = min(front_members(run.search), key=by_score, default=None)
    if best is None:
        return False
    trained = best.score >= target
    if not run.task.has_validation or (run.task.episodes and not trained):
        return trained
    return validated(run, [best], stop)[0] >= target


def _check_some_are_measured(run: Run, measured: Measured) -> None:
    """Raise InputError if the task fails for every individual: it does not work at all."""
    if None not in measured.faults:
        raise InputError(
            f"task {run.task.name} failed for every individual of generation "
            f"{run.search.generation}, for {measured.individuals[0].id}: {measured.faults[0]}"
        )


def _close_generation(run: Run, measured: Measured) -> Progress:
    """Tell the rows to the search and appends the generation to the tables."""
    began = time.perf_counter()
    generation = run.search.generation
    _tell(run, measured)
    run.rows, run.learned, run.faults, run.losers = {}, {}, {}, set()
    costs = [
        individual.cost(generation, cached)
        for individual, cached in zip(measured.individuals, measured.cached, strict=True)
    ]
    run.evaluations += measured.cached.count(False)
    run.cost += math.fsum(costs)  # rounded once: the same sum on any version of Python
    run.gain = latest_gain(run.search, run.task.samples, run.cost, run.gain)
    selected = time.perf_counter()
    survivors = {individual.id for individual in run.search.population}
    episodes = Episodes(run.task.episodes, run.racing)
    columns = individual_columns(
        measured.individuals, generation, survivors, episodes, run.search.settings.objectives
    )
    columns |= {
        "cached": measured.cached,
        "cost": costs,
        "fault": measured.faults,
        "evaluation_seconds": measured.seconds,
    }
    run.writer.append("individuals", columns)
    _append_genomes(run, measured.individuals)
    best = _best(run)
    progress = _progress(run, best)
    means = best.means if best.feasible else [math.nan] * len(NAMES)
    row = _generation_row(run, measured, generation, means) | {
        "selection_seconds": selected - began,
        "table_seconds": time.perf_counter() - selected,
    }
    run.writer.append("generations", {name: [value] for name, value in row.items()})
    return progress


def _tell(run: Run, measured: Measured) -> None:
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


def _append_genomes(run: Run, born: Sequence[Individual]) -> None:
    """Append the genomes that are worth keeping and not in the table yet."""
    living = {i.genome.content_hash: i for i in (*run.search.population, *run.search.archive)}
    wanted = {i.genome.content_hash: i for i in born} | living if run.keep_all_genomes else living
    new = {key: individual for key, individual in wanted.items() if key not in run.kept}
    if new:
        run.writer.append("genomes", genome_rows(list(new.values())))
    run.kept = set(living)


def _generation_row(
    run: Run, measured: Measured, generation: int, best: Sequence[float]
) -> dict[str, Any]:
    return {f"best_{name}": mean for name, mean in zip(NAMES, best, strict=True)} | {
        "generation": generation,
        "evaluations": run.evaluations,
        "cost": run.cost,
        "cached": measured.cached.count(True),
        "feasible": sum(individual.feasible for individual in measured.individuals),
        "faults": len(measured.faults) - measured.faults.count(None),
        "archive_size": len(run.search.archive),
        "generation_mean_score": float(
            np.nanmean([i.measured[SCORE] for i in measured.individuals])
        ),
        "seconds": run.seconds,
        "kernel_seconds": measured.kernel_seconds,
        "variation_seconds": measured.variation_seconds,
    }


def _best(run: Run) -> Individual:
    """Return the best score of the front as it stands; where it is empty, the best survivor.

    A newborn with a lucky first score on fresh episodes is none of the front, once that has members
    that have proved themselves: what progress shows is what a report says.
    """
    return min(front_members(run.search) or run.search.population, key=by_score)


#: What is said of the best network, where it is no solution yet.
_SHORT_OF = {Level.CHANCE: "not above chance", Level.VIOLATING: "outside the constraints"}


def _progress(run: Run, best: Individual) -> Progress:
    columns = [SCORE, *(objective.column for objective in run.search.settings.objectives)]
    seconds, generation = run.seconds, run.search.generation
    return Progress(
        generation,
        run.limits.generations,
        run.evaluations,
        run.cost,
        {NAMES[column]: best.means[column] for column in columns},
        run.score,
        evaluations_per_second=run.evaluations / max(seconds, 1e-9),
        seconds=seconds,
        seconds_left=run.limits.seconds_left(generation, run.cost, run.gain.cost, seconds),
        short_of=_SHORT_OF.get(best.standing.level, ""),
    )
