"""An island that evolves for some generations where networks are measured: state in, closed generations out.

It runs on a thread of an engine, or in a worker process, where the state travels to and from as it is kept
on disk. An island measures a network that lives on it, or is there twice in a generation, once: this is all
its memory of rows, so that it needs none to go on.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...genomes import Genome
from ...genomes.packed import PackedGenomes, pack_genomes, unpack_genomes
from ...tasks.task import Task, Traits
from ...tasks.workload import Split, Workload
from ..engines.engine import Engine, Onlooker, SerialEngine
from ..evaluation.evaluate import RowCache
from ..evaluation.expressed import Workloads
from ..search.gain import Best, Gain, latest_gain
from ..search.individual import IndividualId
from ..search.search import Search
from ..search.search_settings import SearchSettings
from .checkpoint import restored_members, search_state
from .closed_generation import Closed, close_generation
from .island_state import island_state, restored_island
from .measure import measure_generation
from .run_state import Limits, Measuring


class IslandData(NamedTuple):
    """What all islands need beside their states; the workers of an engine hold it.

    Attributes:
        digest: Of the workloads.
        settings: How to search.
        workloads: Data by split, by generation (None where all have the same), and by traits.
        keep_all_genomes: Whether the table of genomes has those of the dead, too.
    """

    digest: str
    settings: SearchSettings
    workloads: Mapping[tuple[Split, int | None], Mapping[Traits, Workload]]
    keep_all_genomes: bool

    def draw(self, split: Split, generation: int | None) -> Workloads:
        """Return the data of a split and a generation."""
        return self.workloads[split, generation].__getitem__


class TravellingIsland(NamedTuple):
    """An island on its way to a worker or back.

    Attributes:
        number: Which island, from 0.
        state: Its search as JSON values.
        genomes: Those of its individuals, in the order of the state.
        best: How good its best networks were when it gained something last.
    """

    number: int
    state: Mapping[str, Any]
    genomes: PackedGenomes | None
    best: Best


class IslandCall(NamedTuple):
    """An island, and for how many generations it is to evolve."""

    island: TravellingIsland
    generations: int


class EvolvedIsland(NamedTuple):
    """What has become of an island.

    Attributes:
        island: After these generations.
        closed: The generations, without their genomes.
        genome_ids: The ids that these have, a list for each generation.
        genomes: They themselves, in this order.
        faults: What went wrong, a sentence each.
    """

    island: TravellingIsland
    closed: list[Closed]
    genome_ids: list[list[str]]
    genomes: PackedGenomes | None
    faults: list[str]


def packed_island(search: Search, best: Best) -> TravellingIsland:
    """Return an island as it travels."""
    state = {**search_state(search), "island": island_state(search)}
    genomes = {i.genome.content_hash: i.genome for i in search.members()}
    return TravellingIsland(search.island, state, _packed(list(genomes.values())), best)


def unpacked_island(settings: SearchSettings, island: TravellingIsland) -> Search:
    """Undo `packed_island`."""
    genomes = {genome.content_hash: genome for genome in _unpacked(island.genomes)}
    members = restored_members(settings, island.state, genomes)
    return restored_island(
        settings,
        island.state["generation"],
        island.number,
        island.state["island"],
        lambda ids: [members[IndividualId(*one)] for one in ids],
    )


def closed_generations(evolved: EvolvedIsland) -> list[Closed]:
    """Return the closed generations of an island with their genomes."""
    genomes = iter(_unpacked(evolved.genomes))
    return [
        closed._replace(genomes={name: next(genomes) for name in names})
        for closed, names in zip(evolved.closed, evolved.genome_ids, strict=True)
    ]


def evolve_island(
    task: Task, data: IslandData, call: IslandCall, onlooker: Onlooker
) -> EvolvedIsland | None:
    """Evolve an island on the thread that calls.

    Args:
        task: What the networks are for.
        data: What all islands need.
        call: The island, and for how many generations.
        onlooker: Ends soon after it has given up.

    Returns:
        None if it was given up.

    Raises:
        InputError: The task failed for every individual of a generation.
    """
    return evolve_by(SerialEngine(onlooker), Limits(), task, data, call, onlooker.given_up)


def evolve_by(
    engine: Engine,
    limits: Limits,
    task: Task,
    data: IslandData,
    call: IslandCall,
    given_up: threading.Event,
) -> EvolvedIsland | None:
    """Evolve an island whose networks an engine measures; otherwise as `evolve_island`.

    Args:
        engine: Measures them.
        limits: Their seconds end it, too.
        task: As of `evolve_island`.
        data: As of `evolve_island`.
        call: As of `evolve_island`.
        given_up: Ends soon after this is set.
    """
    search, best = unpacked_island(data.settings, call.island), call.island.best
    faults: list[str] = []
    here = Measuring(
        task=task,
        search=search,
        engine=engine,
        note=faults.append,
        limits=limits,
        keep_all_genomes=data.keep_all_genomes,
        draw=data.draw,
        kept={
            individual.genome.content_hash for individual in (*search.population, *search.archive)
        },
    )
    closed: list[Closed] = []
    for _ in range(call.generations):
        here.cache = _living_rows(search, task)
        measured = measure_generation(here, given_up, _do_nothing)
        if measured is None:
            return None
        generation = close_generation(here, measured)
        now = latest_gain(search, task.samples, 0.0, Gain(0.0, best)).best
        closed.append(generation._replace(gained=now is not best))
        best = now
    return EvolvedIsland(
        packed_island(search, best),
        [one._replace(genomes={}) for one in closed],
        [list(one.genomes) for one in closed],
        _packed([genome for one in closed for genome in one.genomes.values()]),
        faults,
    )


def _living_rows(search: Search, task: Task) -> RowCache:
    """Return the rows of the networks that live on an island; none where every generation has its own data."""
    cache = RowCache()
    for individual in () if task.fresh else (*search.population, *search.archive):
        cache.enter(individual.network_hash, individual.measured)
    return cache


def _do_nothing() -> None:
    """Have nothing to do when rows have come in."""


def _packed(genomes: Sequence[Genome]) -> PackedGenomes | None:
    return pack_genomes(genomes) if genomes else None


def _unpacked(packed: PackedGenomes | None) -> list[Genome]:
    return [] if packed is None else unpack_genomes(packed)
