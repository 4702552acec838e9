"""What holds for every engine: it finds what the task finds, wherever it does its work."""

from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Event

import numpy as np
import pytest

from spikevolve.evolve.engines.engine import Engine, LocalEngine, Onlooker
from spikevolve.evolve.evaluation.learn import learned
from spikevolve.evolve.runs.evolve_island import (
    IslandCall,
    IslandData,
    evolve_island,
    packed_island,
)
from spikevolve.evolve.runs.prepare import prepare
from spikevolve.evolve.runs.settings import Settings
from spikevolve.evolve.search.gain import Best
from spikevolve.evolve.search.search import Search
from spikevolve.evolve.search.sources import Opening, Paths
from spikevolve.evolve.search.toolbox import search_toolbox
from spikevolve.genomes import InitialSettings, express, profile, random_genome
from spikevolve.sim.batch import Batch, pack
from spikevolve.tasks import Task, load
from spikevolve.tasks.data.learning.learner import Stage


def on_ray() -> Engine:
    from spikevolve.evolve.engines.ray.ray_engine import RayEngine

    return RayEngine(2)


ENGINES = [
    pytest.param(lambda: LocalEngine(1), id="one thread"),
    pytest.param(lambda: LocalEngine(3), id="three threads"),
    pytest.param(on_ray, id="ray", marks=pytest.mark.ray),
]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    make: Callable[[], Engine] = request.param
    with closing(make()) as engine:
        yield engine


def networks_for(task: Task, count: int) -> Batch:
    chip, rng = profile("float"), np.random.default_rng(1)
    start = InitialSettings(hidden=2, density=0.4)
    genomes = [random_genome(task.inputs, task.outputs, chip, start, rng) for _ in range(count)]
    return pack([express(genome, chip) for genome in genomes])


def test_every_network_is_measured_once_and_as_the_task_measures_it(engine: Engine) -> None:
    task = load("xor")
    workload, batch = task.workload("train", 1), networks_for(task, 17)
    expected = task.evaluate(workload, batch)

    for _ in range(2):  # an engine learns how long a network takes
        pieces = [piece for piece in engine.measure(task, workload, batch) if piece is not None]

        covered = sorted(network for p in pieces for network in range(p.start, p.stop))
        assert covered == list(range(17))
        for piece in pieces:
            for found, whole in zip(piece.measurements, expected, strict=True):
                assert np.array_equal(found, whole[piece.start : piece.stop])
            assert piece.seconds > 0
            assert not piece.faults


def test_cases_are_scored_as_the_task_scores_them(engine: Engine) -> None:
    task = load("xor")
    workload, batch = task.workload("train", 1), networks_for(task, 9)
    expected = task.case_scores(workload, batch)

    for piece in engine.score_cases(task, workload, batch):
        if piece is not None:
            assert np.array_equal(piece.measurements, expected[piece.start : piece.stop])


def test_an_order_may_be_given_up_and_the_engine_closed_twice(engine: Engine) -> None:
    task = load("xor")
    workload, batch = task.workload("train", 1), networks_for(task, 5)
    given_up = engine.measure(task, workload, batch)
    next(given_up)
    given_up.close()

    found = [piece for piece in engine.measure(task, workload, batch) if piece is not None]
    assert sum(piece.stop - piece.start for piece in found) == 5
    engine.close()


def test_lessons_are_learned_as_they_are_without_an_engine(engine: Engine) -> None:
    prepared = prepare(Settings("iris", evolve_encoder=True))
    workload = prepared.task.workload("train", 0)
    born = Paths(prepared.search, search_toolbox(prepared.search)).candidates(Opening(0, ()), 0)
    whole = list({id(i.lesson): i.lesson for i in born if i.lesson is not None}.values())
    lessons = [
        lesson._replace(stages=(Stage(1, None, 0.01), Stage(1, 9, 0.01))) for lesson in whole
    ]
    expected = [learned(prepared.task, workload, lesson) for lesson in lessons]

    pieces = [p for p in engine.learn(prepared.task, workload, lessons) if p is not None]

    assert sorted(piece.lesson for piece in pieces) == list(range(len(lessons)))
    for piece in pieces:
        assert piece.genomes == expected[piece.lesson]
        assert piece.seconds > 0


def test_a_function_is_applied_as_it_is_without_an_engine(engine: Engine) -> None:
    prepared = prepare(Settings("xor", population=5, islands=3))
    task, settings = prepared.task, prepared.search
    workload = task.workload("train", 1)
    shared = IslandData(workload.digest, settings, {("train", None): {(): workload}}, False)
    islands = [packed_island(Search(settings, island=n), Best()) for n in range(3)]
    calls = [IslandCall(island, n + 1) for n, island in enumerate(islands)]
    expected = [evolve_island(task, shared, call, Onlooker(Event())) for call in calls]

    pieces = [p for p in engine.apply(task, shared, evolve_island, calls) if p is not None]

    assert sorted(piece.argument for piece in pieces) == [0, 1, 2]
    for piece in pieces:
        direct = expected[piece.argument]
        assert piece.result is not None
        assert direct is not None
        assert piece.result.island.state == direct.island.state
        assert len(piece.result.closed) == piece.argument + 1
        assert piece.seconds > 0
