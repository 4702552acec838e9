"""Measuring individuals: a generation through cache and engine, or a front on its own data."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..genomes import express, widths
from ..sim.batch import pack, part
from ..sim.network import Network
from ..tasks.task import Task, Workload
from .evaluation import make_workload
from .individual import Individual
from .measurements import SCORE, answer_rows
from .run_state import Bench, Measured, Run
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
    individuals, bench = run.search.ask(), run.bench
    networks = [express(i.genome, bench.profile) for i in individuals]
    hashes = [network.hash for network in networks]
    varied = time.perf_counter()
    workload = _current_workload(run)
    known = [run.cache.get(network_hash) for network_hash in hashes]
    first: dict[str, int] = {}
    for index, network_hash in enumerate(hashes):
        if known[index] is None:
            first.setdefault(network_hash, index)
    seconds = [0.0] * len(individuals)
    for data, todo in _rounds(run, workload, individuals, hashes, first):
        for piece in _measured(bench, data, networks, todo):
            _enter(run, piece, whole=data is workload)
            for index in piece.indices:
                seconds[index] += piece.seconds / len(piece.rows)
            _tell(bench, workload, individuals, piece.faults)
            if stop.is_set() or run.limits.out_of_time(run.seconds):
                return None
            answered(run)
    for network_hash, index in first.items():
        if index not in run.faults and index not in run.losers:
            run.cache.enter(network_hash, run.answers[index])
    measured_as = [first.get(network_hash) for network_hash in hashes]
    return Measured(
        individuals,
        hashes,
        answers=[
            run.answers[first[network_hash]] if answer is None else answer
            for network_hash, answer in zip(hashes, known, strict=True)
        ],
        faults=[None if index is None else run.faults.get(index) for index in measured_as],
        complete=[index not in run.losers for index in measured_as],
        cached=[index != own for own, index in enumerate(measured_as)],
        seconds=seconds,
        variation_seconds=varied - began,
        kernel_seconds=time.perf_counter() - varied,
    )


def measure_on(
    bench: Bench, workload: Workload, individuals: Sequence[Individual], stop: threading.Event
) -> list[Sequence[float]]:
    """Measures individuals on validation or test data.

    Returns:
        Measurements of each, in the order of ``measurements.COLUMNS``.

    Raises:
        Stopped: ``stop`` was set meanwhile.
    """
    networks = [express(individual.genome, bench.profile) for individual in individuals]
    answers: list[Sequence[float]] = [()] * len(networks)
    for piece in _measured(bench, workload, networks, range(len(networks))):
        for index, row in zip(piece.indices, piece.rows, strict=True):
            answers[index] = row
        _tell(bench, workload, individuals, piece.faults)
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
    return task.readouts(make_workload(task, "train", settings.seed), networks)


class _Piece(NamedTuple):
    """Answers that have come in, none of them where nothing has for a moment.

    Attributes:
        indices: Of the networks.
        rows: Their measurements, in the order of ``measurements.COLUMNS``.
        faults: What went wrong, by index.
        seconds: Time that it took.
    """

    indices: Sequence[int] = ()
    rows: Sequence[Sequence[float]] = ()
    faults: Mapping[int, str] = MappingProxyType({})
    seconds: float = 0.0


def _measured(
    bench: Bench, workload: Workload, networks: Sequence[Network], todo: Sequence[int]
) -> Iterator[_Piece]:
    """Yields the answers piece by piece, also empty ones."""
    if not todo:
        return
    batch, weigh = pack([networks[index] for index in todo]), widths(bench.profile)
    with closing(bench.engine.measure(bench.task, workload, batch)) as pieces:
        for piece in pieces:
            if piece is None:
                yield _Piece()
                continue
            rows = answer_rows(piece.measurements, part(batch, piece.start, piece.stop), weigh)
            faults = {todo[piece.start + n]: sentence for n, sentence in piece.faults.items()}
            yield _Piece(todo[piece.start : piece.stop], rows.tolist(), faults, piece.seconds)


def _tell(
    bench: Bench, workload: Workload, individuals: Sequence[Individual], faults: Mapping[int, str]
) -> None:
    """Notes the task, the individual and what happened."""
    where = "" if workload.split == "train" else f" on {workload.split} data"
    for index, sentence in faults.items():
        bench.note(f"task {bench.task.name}, individual {individuals[index].id}{where}: {sentence}")


def _rounds(
    run: Run,
    workload: Workload,
    individuals: Sequence[Individual],
    hashes: Sequence[str],
    first: Mapping[str, int],
) -> Iterator[tuple[Workload, list[int]]]:
    """Yields who is measured on what: racers on the first episodes, then all but losers on all.

    The first episodes are measured again with the others. Lanes make that nearly free, and the
    answers are those of a run without racing. Networks of elites do not race.
    """
    if run.racing is not None and run.bound is not None:
        elites = {h for h, i in zip(hashes, individuals, strict=True) if i.evaluations}
        racers = [i for h, i in first.items() if h not in elites and i not in run.answers]
        yield workload.first(run.racing), racers
    yield workload, [index for index in first.values() if index not in run.answers]


def _enter(run: Run, piece: _Piece, whole: bool) -> None:
    """Keeps answers; those of the first episodes only where they are faults or below the bound."""
    run.faults |= piece.faults
    for index, row in zip(piece.indices, piece.rows, strict=True):
        lost = not whole and run.bound is not None and row[SCORE] < run.bound
        if lost:
            run.losers.add(index)
        if whole or lost or index in piece.faults:
            run.answers[index] = row


def _current_workload(run: Run) -> Workload:
    """Returns the data of the open generation; the cache forgets answers on other data."""
    if run.workload is None or run.task.fresh:
        generation = run.search.generation if run.task.fresh else None
        workload = make_workload(run.task, "train", run.search.settings.seed, generation)
        if run.workload is not None and workload.digest != run.workload.digest:
            run.cache.clear()
        run.workload = workload
    return run.workload
