"""The scores of a population in every sample or episode, for selections of parents that ask."""

import threading
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from ...sim.batch import take
from ...tasks.task import Traits
from ..evaluation.expressed import Workloads, subjects, workloads
from .run_state import Run


def population_cases(
    run: Run, data: Workloads, stop: threading.Event
) -> NDArray[np.float64] | None:
    """Score the population in every case.

    Nothing of this is kept in the run folder: the same population and data give the same scores, so a
    resumed run finds them anew. Within a process each network is scored once on the same data.

    Args:
        run: Its `case_scores` are brought up to date.
        data: Those that the population was measured on last.
        stop: Gives up when set.

    Returns:
        (population, cases) float64; NaN in the row of one whose evaluation failed. None if it was
        stopped or ran out of time.
    """
    population, bench = run.search.population, run.bench
    digest = data(()).digest
    known = run.case_scores if run.case_scores_of == digest else {}
    hashes = [individual.network_hash for individual in population]
    first = {key: index for index, key in reversed(list(enumerate(hashes))) if key not in known}
    expressed = subjects([individual.genome for individual in population], bench.profile)
    alike: dict[Traits, list[int]] = {}
    for index in sorted(first.values()):
        alike.setdefault(expressed.traits[index], []).append(index)
    for traits, group in alike.items():
        batch = take(expressed.batch, group)
        with closing(bench.engine.score_cases(bench.task, data(traits), batch)) as pieces:
            for piece in pieces:
                if piece is not None:
                    run.start_clock()
                    for index, row in zip(
                        group[piece.start : piece.stop], piece.measurements, strict=True
                    ):
                        known[hashes[index]] = row
                if stop.is_set() or run.limits.out_of_time(run.seconds):
                    return None
    run.case_scores_of, run.case_scores = digest, {key: known[key] for key in hashes}
    return np.stack([known[key] for key in hashes])


def data_of_last_generation(run: Run) -> Workloads:
    """Return the data that the last closed generation was measured on."""
    if run.data is not None:
        return run.data
    generation = run.search.generation - 1 if run.task.fresh else None
    return workloads(run.task, "train", run.search.settings.seed, generation)
