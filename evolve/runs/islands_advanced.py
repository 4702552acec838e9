"""Islands of a run, which evolve in an engine for some generations at a time."""

import hashlib
import threading
import time
from collections.abc import Generator
from contextlib import closing
from itertools import product

from ...tasks.task import Traits
from ...tasks.workload import Split
from ..engines.engine import AppliedPiece
from ..search.gain import Gain
from ..search.individual import EPOCH_COST
from ..search.island_search import IslandSearch
from ..search.search_settings import SearchSettings
from .closed_generation import Closed, count_generation, record_generation
from .evolve_island import (
    EvolvedIsland,
    IslandCall,
    IslandData,
    closed_generations,
    evolve_by,
    evolve_island,
    packed_island,
    unpacked_island,
)
from .run_state import Limits, Progress, Run

#: Seconds that an island evolves before it comes back: what a kill may cost. Tables do not depend on it.
CALL_SECONDS = 3.0


def islands_advanced(run: Run, stop: threading.Event) -> Progress | None:
    """Have all islands of a run evolve for some generations, and exchange networks if it is time.

    Args:
        run: Where the search stands; it is moved on.
        stop: Gives up when set.

    Returns:
        How the search stands; None if it was stopped or ran out of time, and stands where it stood.
    """
    search = run.search
    assert isinstance(search, IslandSearch)
    generations = _generations_at_once(run, search)
    islands = [packed_island(*pair) for pair in zip(search.islands, run.bests, strict=True)]
    calls = [IslandCall(island, generations) for island in islands]
    evolved: dict[int, EvolvedIsland] = {}
    slowest = 0.0
    with closing(_evolved(run, search, calls, stop)) as pieces:
        for piece in pieces:
            if piece is not None:
                run.start_clock(piece.seconds)
                slowest = max(slowest, piece.seconds)
                if piece.result is not None:
                    evolved[piece.argument] = piece.result
            if stop.is_set() or run.limits.out_of_time(run.seconds):
                return None
    if len(evolved) < len(calls):  # one was given up
        return None
    run.island_seconds = slowest / generations
    return _recorded(run, search, [evolved[index] for index in range(len(calls))])


def _most_cost(settings: SearchSettings) -> float:
    """Return the most that a generation of an island takes after its first one, in evaluations."""
    learned = EPOCH_COST * settings.learning.child_epochs if settings.learning else 0.0
    elites = settings.elites if settings.fresh else 0
    return settings.most_newborn * (1.0 + learned) + elites


def _generations_at_once(run: Run, search: IslandSearch) -> int:
    """Choose for how many generations the islands evolve before they come back.

    No limit but a clock may be reached before the last of them, nor may it be time for an exchange.
    """
    if run.island_seconds is None:
        return 1
    most = _most_cost(search.settings) * len(search.islands)
    limits, generation = run.limits, search.generation
    left = limits.generations_left(generation, run.cost, run.gain.cost, most)
    if len(search.islands) > 1 or limits.target is not None:
        left = min(left, search.next_exchange - generation)
    return max(1, min(left, int(CALL_SECONDS / max(run.island_seconds, 1e-6))))


def _evolved(
    run: Run, search: IslandSearch, calls: list[IslandCall], stop: threading.Event
) -> Generator[AppliedPiece[EvolvedIsland | None] | None]:
    """Yield what becomes of each island, None while nothing does.

    The engine takes whole islands. One in which a network hangs or ends its worker evolves here, where the
    engine watches over each network, and finds which one it is.
    """
    data = _data(run, search, calls[0].generations)
    failed = []
    with closing(run.engine.apply(run.task, data, evolve_island, calls)) as pieces:
        for piece in pieces:
            if piece is not None and piece.fault is not None:
                failed.append(piece.argument)
            else:
                yield piece
    for index in failed:
        left = None if run.limits.seconds is None else run.limits.seconds - run.seconds
        began = time.perf_counter()
        limits = Limits(seconds=left)
        evolved = evolve_by(run.engine, limits, run.task, data, calls[index], stop)
        yield AppliedPiece(index, evolved, time.perf_counter() - began)


def _data(run: Run, search: IslandSearch, generations: int) -> IslandData:
    """Return what the islands need in the next generations, drawn here: the same on any processor."""
    task, settings, now = run.task, search.settings, search.generation
    splits: list[Split] = [task.selection_split]
    if settings.learning is not None:
        splits.append("train")
    drawn: list[int | None] = [None]
    if task.fresh:
        before = settings.parents.asks_for_cases and now > 0  # of the last closed generation
        drawn = [*range(now - before, now + generations)]
    found, total = {}, hashlib.sha256()
    for split, generation in product(splits, drawn):
        data = run.draw(split, generation)
        found[split, generation] = {traits: data(traits) for traits in _all_traits(run)}
        for workload in found[split, generation].values():
            total.update(workload.digest.encode())
    run.data = run.draw(task.selection_split, drawn[-1])  # the price of validation follows from it
    return IslandData(total.hexdigest(), settings, found, run.keep_all_genomes)


def _all_traits(run: Run) -> list[Traits]:
    """Return all traits that a genome may have."""
    traits = run.task.traits
    return [tuple(zip(traits, chosen, strict=True)) for chosen in product(*traits.values())]


def _recorded(run: Run, search: IslandSearch, evolved: list[EvolvedIsland]) -> Progress:
    """Append what the islands have closed to the tables, and go on from there."""
    for island in evolved:
        for sentence in island.faults:
            run.note(sentence)
    first = search.generation
    generations: list[tuple[Closed, ...]] = list(
        zip(*map(closed_generations, evolved), strict=True)
    )
    for generation, closed in enumerate(generations, first):
        count_generation(run, closed)
        if any(island.gained for island in closed):
            run.gain = Gain(run.cost)
        progress = record_generation(run, generation, closed)
    run.bests = [island.island.best for island in evolved]
    search.go_on([unpacked_island(search.settings, island.island) for island in evolved])
    return progress
