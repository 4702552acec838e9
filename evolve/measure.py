"""Measuring individuals: a generation through cache and engine, or a front on its own data."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..genomes import Profile, Widths, express, widths
from ..sim.batch import pack, part
from ..sim.network import Network
from ..tasks.task import Task, Workload
from .engine import Engine
from .individual import Individual
from .measurements import answer_rows
from .run_state import Measured, Run
from .search import SearchSettings


class Stopped(Exception):  # noqa: N818  # no error: the user's wish
    """Somebody asked the run to stop while a front was being measured."""


def measure_generation(
    run: Run, stop: threading.Event, answered: Callable[[Run], None]
) -> Measured | None:
    """Measures the open generation.

    Args:
        run: Its ``answers`` are filled as they come in; those already there are not measured again.
        stop: Gives up when set.
        answered: Called whenever answers have come in.

    Returns:
        None if it was stopped or ran out of time; the answers so far stay in ``run.answers``.
    """
    began = time.perf_counter()
    individuals = run.search.ask()
    profile = run.search.settings.profile
    networks = [express(i.genome, profile) for i in individuals]
    hashes = [network.hash for network in networks]
    varied = time.perf_counter()
    workload = _current_workload(run)
    known = [run.cache.get(network_hash) for network_hash in hashes]
    first: dict[str, int] = {}
    for index, network_hash in enumerate(hashes):
        if known[index] is None:
            first.setdefault(network_hash, index)
    seconds = [0.0] * len(individuals)
    todo = [index for index in first.values() if index not in run.answers]
    where = _Bench(run.engine, run.task, workload, widths(profile))
    for chosen, rows, took in _measured(where, networks, todo):
        for index, row in zip(chosen, rows, strict=True):
            run.answers[index] = row
            seconds[index] = took / len(rows)
        if stop.is_set() or run.limits.out_of_time(run.seconds):
            return None
        answered(run)
    for network_hash, index in first.items():
        run.cache.enter(network_hash, run.answers[index])
    return Measured(
        individuals,
        hashes,
        answers=[
            run.answers[first[network_hash]] if answer is None else answer
            for network_hash, answer in zip(hashes, known, strict=True)
        ],
        cached=[first.get(network_hash) != i for i, network_hash in enumerate(hashes)],
        seconds=seconds,
        variation_seconds=varied - began,
        kernel_seconds=time.perf_counter() - varied,
    )


def measure_on(
    engine: Engine,
    task: Task,
    workload: Workload,
    individuals: Sequence[Individual],
    profile: Profile,
    stop: threading.Event,
) -> list[Sequence[float]]:
    """Measures individuals on validation or test data.

    Returns:
        Measurements of each, in the order of ``measurements.COLUMNS``.

    Raises:
        Stopped: ``stop`` was set meanwhile.
    """
    networks = [express(individual.genome, profile) for individual in individuals]
    answers: list[Sequence[float]] = [()] * len(networks)
    where = _Bench(engine, task, workload, widths(profile))
    for chosen, rows, _ in _measured(where, networks, range(len(networks))):
        for index, row in zip(chosen, rows, strict=True):
            answers[index] = row
        if stop.is_set():
            raise Stopped
    return answers


def fitted_readouts(
    task: Task, individuals: Sequence[Individual], settings: SearchSettings
) -> dict[str, NDArray[np.float64]]:
    """Fits the readouts of individuals, by network hash, where the task has readouts.

    Other data than those for training are measured with these.
    """
    networks = [express(individual.genome, settings.profile) for individual in individuals]
    return task.readouts(task.workload("train", settings.seed), networks)


class _Bench(NamedTuple):
    """Where networks are measured, on what, and what their parts weigh."""

    engine: Engine
    task: Task
    workload: Workload
    widths: Widths


def _measured(
    bench: _Bench, networks: Sequence[Network], todo: Sequence[int]
) -> Iterator[tuple[Sequence[int], list[list[float]], float]]:
    """Yields indices, their answers and the time they took, piece by piece, also empty ones."""
    if not todo:
        return
    batch = pack([networks[index] for index in todo])
    with closing(bench.engine.measure(bench.task, bench.workload, batch)) as pieces:
        for piece in pieces:
            if piece is None:
                yield (), [], 0.0
                continue
            measured = part(batch, piece.start, piece.stop)
            rows = answer_rows(piece.measurements, measured, bench.widths)
            yield todo[piece.start : piece.stop], rows.tolist(), piece.seconds


def _current_workload(run: Run) -> Workload:
    """Returns the data of the open generation; the cache forgets answers on other data."""
    if run.workload is None or run.task.fresh:
        generation = run.search.generation if run.task.fresh else None
        workload = run.task.workload("train", run.search.settings.seed, generation)
        if run.workload is not None and workload.digest != run.workload.digest:
            run.cache.clear()
        run.workload = workload
    return run.workload
