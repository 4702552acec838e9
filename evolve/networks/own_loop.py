"""What a loop of one's own around a `Search` needs: individuals measured, or what one measured oneself."""

import math
import threading
from collections.abc import Mapping, Sequence

import numpy as np

from ...errors import InputError
from ...genomes import widths
from ...measurements import EVALUATED
from ...tasks.workload import Measurements
from ..engines.engine import LocalEngine
from ..evaluation.evaluate import measurement_rows
from ..evaluation.expressed import expressed_networks, workloads
from ..runs.measure import measure_on
from ..runs.prepare import Prepared
from ..runs.run_state import Evaluator, logger
from ..search.individual import Individual
from ..search.search import Search

#: For each individual the hash of its network; and its measurements, in the order of `NAMES`.
Told = tuple[list[str], list[Sequence[float]]]

#: What can only be known by running a network.
_MEASURED = tuple(m.name for m in EVALUATED if m.source == "task")


def measured(prepared: Prepared, search: Search, asked: Sequence[Individual]) -> Told:
    """Measure individuals on the training data of a task, on the threads of this process.

    Args:
        prepared: The task and the settings, from `prepare_search`.
        search: The search, whose generation is open.
        asked: What `search.ask` returned.

    Returns:
        What `search.tell` takes after the individuals.

    Raises:
        InputError: The task is in plain Python, which runs in worker processes only.
    """
    task, settings = prepared.task, prepared.search
    if task.kind == "python":
        raise InputError(
            f"task {task.name} is in plain Python, which may hang: `run` measures it in worker processes, "
            "and `counted` takes what you measure yourself"
        )
    generation = search.generation if task.fresh else None
    data = workloads(task, task.selection_split, settings.seed, generation)
    engine = LocalEngine(prepared.settings.workers)
    try:
        evaluator = Evaluator(engine, task, settings.profile, logger.warning)
        rows = measure_on(evaluator, data, asked, threading.Event())
    finally:
        engine.close()
    genomes = [individual.genome for individual in asked]
    return expressed_networks(genomes, settings.profile).hashes, rows


def counted(
    search: Search, asked: Sequence[Individual], found: Sequence[Mapping[str, float]]
) -> Told:
    """Add what can be counted of networks, such as their synapses, to what one has measured of them.

    Args:
        search: The search.
        asked: What `search.ask` returned.
        found: Of each individual the measurements by name: the `score`, NaN where there is none since it
            failed, and every other objective that takes running it, such as `spikes`.

    Returns:
        What `search.tell` takes after the individuals.

    Raises:
        InputError: A name is no measurement of a task, or the score or an objective is missing.
    """
    if len(found) != len(asked):
        raise InputError(
            f"measurements are of {len(found)} individuals, but {len(asked)} were asked"
        )
    needed = ["score", *(objective.name for objective in search.settings.objectives)]
    for individual, values in zip(asked, found, strict=True):
        for name in values:
            if name not in _MEASURED:
                raise InputError(
                    f"individual {individual.id}: {name!r} is not measured by running a network; these "
                    f"are: {', '.join(_MEASURED)}"
                )
        for name in needed:
            if name in _MEASURED and name not in values:
                raise InputError(
                    f"individual {individual.id} has no {name!r}, which the search goes by"
                )
    profile = search.settings.profile
    expressed = expressed_networks([individual.genome for individual in asked], profile)
    columns = ([float(values.get(name, math.nan)) for values in found] for name in _MEASURED)
    told = Measurements(**{n: np.array(c) for n, c in zip(_MEASURED, columns, strict=True)})
    rows = measurement_rows(told, expressed.batch, widths(profile))
    return expressed.hashes, rows.tolist()
