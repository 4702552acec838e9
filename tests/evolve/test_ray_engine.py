"""Measuring with Ray: the same answers as anywhere, and what happens when something goes wrong."""

import os
import runpy
import shutil
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.errors import InputError, MachineError
from spikevolve.evolve.engines.engine import Engine, LocalEngine
from spikevolve.evolve.engines.ray.pool_process import living
from spikevolve.evolve.engines.ray.ray_engine import RayEngine
from spikevolve.genomes import InitialSettings, express, profile, random_genome
from spikevolve.sim.batch import Batch, pack
from spikevolve.tasks import Measurements, Task, TaskSettings, Workload, load

pytestmark = pytest.mark.ray

TASKS = Path(__file__).with_name("ray_tasks.py")
HARMLESS = 3  # neurons; networks with more make the tasks misbehave
HARMFUL = 4

batch_of: Callable[..., Batch] = runpy.run_path(str(TASKS))["batch_of"]


@pytest.fixture(scope="module")
def engine() -> Iterator[RayEngine]:
    with closing(RayEngine(2)) as engine:
        yield engine


def user_task(name: str, data: Path | None = None) -> Task:
    return load(f"{TASKS}:{name}", TaskSettings(data=data))


def answers(
    engine: Engine, task: Task, batch: Batch, workload: Workload | None = None
) -> NDArray[np.float64]:
    """Measurements in the order of the batch, (measurements, networks)."""
    found = np.full((len(Measurements._fields), len(batch.headers)), np.nan)
    for answer in engine.measure(task, workload or task.workload("train", 1, 0), batch):
        if answer is not None:
            assert np.isnan(found[:, answer.start : answer.stop]).all(), "answered twice"
            assert answer.seconds > 0
            found[:, answer.start : answer.stop] = answer.measurements
    return found


def networks_for(task: Task, count: int) -> Batch:
    rng = np.random.default_rng(1)
    chip = profile("float", {"inputs": "neurons"} if task.input_kind == "charges" else {})
    start = InitialSettings(hidden=4, density=0.3)
    genomes = [random_genome(task.inputs, task.outputs, chip, start, rng) for _ in range(count)]
    return pack([express(genome, chip) for genome in genomes])


def check_equal(engine: RayEngine) -> None:
    """Checks two generations, cut into pieces of one network and of several."""
    for name in ("iris", "cartpole"):
        task = load(name)
        batch = networks_for(task, 23)
        with closing(LocalEngine(1)) as local:
            for generation in range(2):
                workload = task.workload("train", 7, generation)
                expected = answers(local, task, batch, workload)

                assert np.array_equal(answers(engine, task, batch, workload), expected)
                assert not np.isnan(expected).any()


def test_two_workers_give_the_answers_of_the_threads(engine: RayEngine) -> None:
    check_equal(engine)


def test_one_worker_gives_the_answers_of_the_threads() -> None:
    with closing(RayEngine(1)) as engine:
        check_equal(engine)


def test_more_workers_than_cores_give_the_answers_of_the_threads_until_ray_is_lost() -> None:
    with closing(RayEngine(5)) as engine:
        check_equal(engine)
        assert engine.workers == 5
        [raylet] = [p for p in living(engine._pool._process.pid) if "raylet" in program(p)]
        os.kill(raylet, signal.SIGKILL)

        for _ in range(2):
            with pytest.raises(MachineError, match=r"^Ray.* has ended unexpectedly"):
                answers(engine, user_task("Counting"), batch_of(HARMLESS))
    shutil.rmtree(engine._pool._folder, ignore_errors=True)  # kept for the user to read


def program(process: int) -> str:
    """A process's name; it may have ended meanwhile."""
    with suppress(OSError):
        return Path(f"/proc/{process}/comm").read_text()
    return ""


def test_the_task_and_the_workload_are_sent_when_they_change(engine: RayEngine) -> None:
    batch = batch_of(2, 3, HARMFUL)
    task, other = user_task("Counting"), user_task("Counting")
    for seed, same in ((1, task), (2, task), (2, other), (1, other)):
        measured = answers(engine, same, batch, same.workload("train", seed))

        assert measured[0] == pytest.approx([2 + seed, 3 + seed, HARMFUL + seed])


def faults(engine: Engine, task: Task, batch: Batch) -> dict[int, str]:
    """What goes wrong with which network; the others are measured, and these are not."""
    found: dict[int, str] = {}
    scores = np.full(len(batch.headers), np.inf)
    for answer in engine.measure(task, task.workload("train", 1), batch):
        if answer is not None:
            scores[answer.start : answer.stop] = answer.measurements.score
            found |= {answer.start + n: sentence for n, sentence in answer.faults.items()}
    assert np.flatnonzero(np.isnan(scores)).tolist() == sorted(found)
    assert np.isfinite(scores[~np.isnan(scores)]).all()
    return found


def test_an_exception_is_the_fault_of_one_network_and_says_where(engine: RayEngine) -> None:
    line = 1 + TASKS.read_text().splitlines().index('        raise OddError("no luck\\n  today")')
    batch = batch_of(HARMLESS, HARMFUL, HARMLESS)

    expected = {1: f"OddError: no luck today (ray_tasks.py, line {line})"}
    for _ in range(2):  # one by one, then in pieces
        assert faults(engine, user_task("Raising"), batch) == expected
    assert faults(engine, user_task("Counting"), batch) == {}


def test_a_task_cannot_end_its_worker(engine: RayEngine) -> None:
    found = faults(engine, user_task("Leaving"), batch_of(HARMLESS, HARMFUL))

    assert found.keys() == {1}
    assert found[1].startswith("SystemExit: 3 ")


def test_threads_and_workers_find_the_same_faults(engine: RayEngine) -> None:
    task = user_task("Undefined")
    batch = batch_of(HARMFUL, HARMLESS, HARMFUL, *[HARMLESS] * 10)
    with closing(LocalEngine(1)) as local:
        for other in (engine, local, local):  # the threads: one by one, then in pieces
            assert faults(other, task, batch) == dict.fromkeys(
                (0, 2), "its score is nan, but it must be a finite number"
            )


def test_an_input_error_of_a_task_is_its_sentence(engine: RayEngine) -> None:
    iris = load("iris")
    foreign = batch_of(HARMLESS)
    with closing(LocalEngine(1)) as local:
        found = faults(local, iris, foreign)
    assert found[0].startswith("task iris needs networks of 8 inputs and 3 outputs")
    assert faults(engine, iris, foreign) == found


def test_what_a_dead_worker_had_in_hand_is_measured_by_another(
    engine: RayEngine, tmp_path: Path
) -> None:
    crashes = tmp_path / "crashes"
    crashes.touch()
    batch = batch_of(2, HARMFUL, 3, 2, 3)
    measured = answers(engine, user_task("CrashingTwice", crashes), batch)

    assert crashes.stat().st_size == 2
    assert measured[0] == pytest.approx([3, 5, 4, 3, 4])


@pytest.mark.slow
def test_a_network_that_kills_every_worker_is_given_up(engine: RayEngine) -> None:
    task, died = user_task("Crashing"), {2: "its worker process died, 3 times in a row"}

    for _ in range(2):  # one by one, then in pieces
        assert faults(engine, task, batch_of(HARMLESS, HARMLESS, HARMFUL, HARMLESS)) == died


def test_a_network_that_hangs_is_given_up_after_a_time() -> None:
    batch = batch_of(*[HARMLESS] * 8, HARMFUL, *[HARMLESS] * 4)
    with closing(RayEngine(2, evaluation_seconds=4.0)) as engine, within(200):
        found = faults(engine, user_task("Hanging"), batch)

    assert found == {8: "it took longer than 4 seconds"}


def test_a_larger_workload_may_take_longer() -> None:
    with closing(RayEngine(1, evaluation_seconds=3.0)) as engine:
        task = load("cartpole")  # ten episodes in training, 1,000 in the test
        assert engine._seconds_for(task, task.workload("train", 1)) == 3.0
        assert engine._seconds_for(task, task.workload("test", 1)) == 3.0 * 1000 / 10


def test_workers_are_in_the_working_folder_of_the_search(engine: RayEngine) -> None:
    answers(engine, user_task("Homesick", Path.cwd()), batch_of(HARMFUL))


def test_a_task_that_cannot_be_pickled(engine: RayEngine) -> None:
    with pytest.raises(InputError, match=r"^task Secretive cannot be sent to worker processes: "):
        answers(engine, user_task("Secretive"), batch_of(HARMLESS))


def test_a_task_that_cannot_be_unpickled(engine: RayEngine) -> None:
    expected = "^a Ray worker cannot load the task: RuntimeError: far from home"
    for _ in range(2):
        with pytest.raises(MachineError, match=expected):
            answers(engine, user_task("Absent"), batch_of(HARMLESS))


def test_a_hanging_task_holds_nobody_up(engine: RayEngine) -> None:
    task = user_task("Hanging")
    batch = batch_of(*[HARMLESS] * 20, *[HARMFUL] * 20)  # in two pieces at least
    with within(90), closing(engine.measure(task, task.workload("train", 1), batch)) as pieces:
        assert next(piece for piece in pieces if piece).measurements.score[0] == pytest.approx(4)
        assert next(piece for piece in pieces if piece is None) is None  # a chance to stop
    with within(90):
        assert answers(engine, user_task("Counting"), batch_of(2))[0] == pytest.approx(3)


@contextmanager
def within(seconds: float) -> Generator[None]:
    """Fails after a time, also where everything hangs."""

    def late(*_: Any) -> None:
        raise AssertionError(f"not done within {seconds} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
