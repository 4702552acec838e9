"""Measuring individuals: a generation, which learns first, through cache and engine; its cases; a front."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...genomes import Genome, widths
from ...measurements import SCORE
from ...sim.batch import Batch, part, take
from ...tasks.task import Traits
from ...tasks.workload import Split, Workload
from ..evaluation.evaluate import measurement_rows
from ..evaluation.expressed import ExpressedNetworks, Workloads, expressed_networks
from ..evaluation.learn import Lesson
from ..search.individual import Individual
from .run_state import Evaluator, Measured, Measuring


class Stopped(Exception):  # noqa: N818  # no error: the user's wish
    """Somebody asked the run to stop while a front was being measured."""


def measure_generation(
    run: Measuring, stop: threading.Event, answered: Callable[[], None]
) -> Measured | None:
    """Measure the open generation.

    Args:
        run: Its `rows` are filled as they come in; those already there are not measured again.
        stop: Gives up when set.
        answered: Called whenever rows have come in.

    Returns:
        None if it was stopped or ran out of time; the rows so far stay in `run.rows`.
    """
    cases = None
    if run.search.asks_for_cases:
        cases = population_cases(run, data_of_last_generation(run), stop)
        if cases is None:
            return None
    began = time.perf_counter()
    individuals, evaluator = run.search.ask(cases), run.evaluator
    if not _learn_generation(run, _learning_data(run), individuals, stop, answered):
        return None
    expressed = expressed_networks([i.genome for i in individuals], evaluator.profile)
    hashes = expressed.hashes
    varied = time.perf_counter()
    data = _current_data(run)
    known = [run.cache.get(network_hash) for network_hash in hashes]
    first = _first_of_each(hashes, known)
    seconds = [0.0] * len(individuals)
    for shown, todo in _rounds(run, data, individuals, hashes, first):
        for piece in _measured(evaluator, shown, expressed, todo):
            _enter(run, piece, whole=shown is data)
            for index in piece.indices:
                seconds[index] += piece.seconds / len(piece.rows)
            _tell(evaluator, individuals, piece)
            if piece.indices:
                run.start_clock()
            if stop.is_set() or run.limits.out_of_time(run.seconds):
                return None
            answered()
    run.start_clock()  # if all rows were known
    for network_hash, index in first.items():
        if index not in run.faults and index not in run.losers:
            run.cache.enter(network_hash, run.rows[index])
    measured_as = [first.get(network_hash) for network_hash in hashes]
    return Measured(
        individuals,
        hashes,
        rows=[
            run.rows[first[network_hash]] if row is None else row
            for network_hash, row in zip(hashes, known, strict=True)
        ],
        faults=[None if index is None else run.faults.get(index) for index in measured_as],
        complete=[index not in run.losers for index in measured_as],
        cached=[index != own for own, index in enumerate(measured_as)],
        seconds=seconds,
        variation_seconds=varied - began,
        kernel_seconds=time.perf_counter() - varied,
    )


def _learn_generation(
    run: Measuring,
    data: Workloads,
    individuals: Sequence[Individual],
    stop: threading.Event,
    answered: Callable[[], None],
) -> bool:
    """Give the newborn of the open generation the genomes that their lessons make.

    Args:
        run: Its `learned` are filled as they come in; those already there are not made again.
        data: What is learned from.
        individuals: Those of the generation; they take up what they have learned.
        stop: Gives up when set.
        answered: Called whenever something has come in.

    Returns:
        False if it was stopped or ran out of time.
    """
    for traits, lessons in _lessons_left(run, individuals).items():
        pieces = run.engine.learn(run.task, data(traits), [lesson for lesson, _ in lessons])
        with closing(pieces) as found:
            for piece in found:
                if piece is not None:
                    run.start_clock(piece.seconds)
                    _take_up(run, individuals, lessons[piece.lesson][1], piece.genomes)
                if stop.is_set() or run.limits.out_of_time(run.seconds):
                    return False
                answered()
    for index, individual in enumerate(individuals):
        if individual.lesson is not None:
            individual.genome = run.learned.get(index, individual.genome)
            individual.lesson = None
    return True


def _take_up(
    run: Measuring,
    individuals: Sequence[Individual],
    members: Sequence[int],
    genomes: Sequence[Genome],
) -> None:
    """Keep what a lesson has made of its members; where there is nothing, they stay as they were."""
    run.learned |= dict(zip(members, genomes, strict=False))
    for index in members[len(genomes) :]:
        run.note(
            f"task {run.task.name}, individual {individuals[index].id}: its worker process died while it "
            "learned, so it is measured as it was before"
        )


def _lessons_left(
    run: Measuring, individuals: Sequence[Individual]
) -> dict[Traits, list[tuple[Lesson, list[int]]]]:
    """Return lessons by the traits of their genomes, with the indices that their stages make."""
    members: dict[int, list[int]] = {}
    for index, individual in enumerate(individuals):
        if individual.lesson is not None:
            members.setdefault(id(individual.lesson), []).append(index)
    found: dict[Traits, list[tuple[Lesson, list[int]]]] = {}
    for indices in members.values():
        lesson = individuals[indices[0]].lesson
        if lesson is not None and not run.learned.keys() >= set(indices):
            found.setdefault(lesson.genome.traits, []).append((lesson, indices))
    return found


def _first_of_each(
    hashes: Sequence[str], known: Sequence[Sequence[float] | None]
) -> dict[str, int]:
    """Return the index of the first individual with each network whose row is not known yet."""
    first: dict[str, int] = {}
    for index, network_hash in enumerate(hashes):
        if known[index] is None:
            first.setdefault(network_hash, index)
    return first


def measure_on(
    evaluator: Evaluator, data: Workloads, individuals: Sequence[Individual], stop: threading.Event
) -> list[Sequence[float]]:
    """Measure individuals on validation or test data.

    Returns:
        Measurements of each, in the order of `measurements.NAMES`.

    Raises:
        Stopped: `stop` was set meanwhile.
    """
    expressed = expressed_networks(
        [individual.genome for individual in individuals], evaluator.profile
    )
    rows: list[Sequence[float]] = [()] * len(individuals)
    for piece in _measured(evaluator, data, expressed, range(len(individuals))):
        for index, row in zip(piece.indices, piece.rows, strict=True):
            rows[index] = row
        _tell(evaluator, individuals, piece)
        if stop.is_set():
            raise Stopped
    return rows


class _Piece(NamedTuple):
    """Rows that have come in, none of them where nothing has for a moment.

    Attributes:
        indices: Of the networks.
        rows: Their measurements, in the order of `measurements.NAMES`.
        faults: What went wrong, by index.
        seconds: Time that it took.
        split: Of the data.
    """

    indices: Sequence[int] = ()
    rows: Sequence[Sequence[float]] = ()
    faults: Mapping[int, str] = MappingProxyType({})
    seconds: float = 0.0
    split: Split = "train"


def _measured(
    evaluator: Evaluator, data: Workloads, expressed: ExpressedNetworks, todo: Sequence[int]
) -> Iterator[_Piece]:
    """Yield the rows piece by piece, also empty ones."""
    alike: dict[Traits, list[int]] = {}
    for index in todo:
        alike.setdefault(expressed.traits[index], []).append(index)
    for traits, group in alike.items():
        yield from _measured_alike(evaluator, data(traits), take(expressed.batch, group), group)


def _measured_alike(
    evaluator: Evaluator, workload: Workload, batch: Batch, todo: Sequence[int]
) -> Iterator[_Piece]:
    """Yield the same as `_measured`, for the batch of those that are shown the same data."""
    weigh = widths(evaluator.profile)
    with closing(evaluator.engine.measure(evaluator.task, workload, batch)) as pieces:
        for piece in pieces:
            if piece is None:
                yield _Piece()
                continue
            rows = measurement_rows(piece.measurements, part(batch, piece.start, piece.stop), weigh)
            faults = {todo[piece.start + n]: sentence for n, sentence in piece.faults.items()}
            found = todo[piece.start : piece.stop], rows.tolist(), faults
            yield _Piece(*found, piece.seconds, workload.split)


def _tell(evaluator: Evaluator, individuals: Sequence[Individual], piece: _Piece) -> None:
    """Note the task, the individual and what happened."""
    where = "" if piece.split == "train" else f" on {piece.split} data"
    for index, sentence in piece.faults.items():
        evaluator.note(
            f"task {evaluator.task.name}, individual {individuals[index].id}{where}: {sentence}"
        )


def _rounds(
    run: Measuring,
    data: Workloads,
    individuals: Sequence[Individual],
    hashes: Sequence[str],
    first: Mapping[str, int],
) -> Iterator[tuple[Workloads, list[int]]]:
    """Yield who is measured on what: racers on the first episodes, then all but losers on all.

    The first episodes are measured again with the others. Lanes make that nearly free, and the
    rows are those of a run without racing. Networks of elites do not race.
    """
    if run.racing is not None and run.bound is not None:
        elites = {h for h, i in zip(hashes, individuals, strict=True) if i.evaluations}
        racers = [i for h, i in first.items() if h not in elites and i not in run.rows]
        yield partial(_first_episodes, data, run.racing), racers
    yield data, [index for index in first.values() if index not in run.rows]


def _first_episodes(data: Workloads, episodes: int, traits: Traits) -> Workload:
    return data(traits).first(episodes)


def _enter(run: Measuring, piece: _Piece, whole: bool) -> None:
    """Keep rows; those of the first episodes only where they are faults or below the bound."""
    run.faults |= piece.faults
    for index, row in zip(piece.indices, piece.rows, strict=True):
        lost = not whole and run.bound is not None and row[SCORE] < run.bound
        if lost:
            run.losers.add(index)
        if whole or lost or index in piece.faults:
            run.rows[index] = row


def _current_data(run: Measuring) -> Workloads:
    """Return the data of the open generation; the cache forgets rows on other data."""
    if run.data is None or run.task.fresh:
        generation = run.search.generation if run.task.fresh else None
        data = run.draw(run.task.selection_split, generation)
        if run.data is not None and data(()).digest != run.data(()).digest:
            run.cache.clear()
        run.data = data
    return run.data


def _learning_data(run: Measuring) -> Workloads:
    """Return the data that the newborn of the open generation learn from."""
    generation = run.search.generation if run.task.fresh else None
    return run.draw("train", generation)


def population_cases(
    run: Measuring, data: Workloads, stop: threading.Event
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
    population, evaluator = run.search.population, run.evaluator
    digest = data(()).digest
    known = run.case_scores if run.case_scores_of == digest else {}
    hashes = [individual.network_hash for individual in population]
    first = {key: index for index, key in reversed(list(enumerate(hashes))) if key not in known}
    expressed = expressed_networks(
        [individual.genome for individual in population], evaluator.profile
    )
    alike: dict[Traits, list[int]] = {}
    for index in sorted(first.values()):
        alike.setdefault(expressed.traits[index], []).append(index)
    for traits, group in alike.items():
        batch = take(expressed.batch, group)
        with closing(evaluator.engine.score_cases(evaluator.task, data(traits), batch)) as pieces:
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


def data_of_last_generation(run: Measuring) -> Workloads:
    """Return the data that the last closed generation was measured on."""
    if run.data is not None:
        return run.data
    generation = run.search.generation - 1 if run.task.fresh else None
    return run.draw(run.task.selection_split, generation)
