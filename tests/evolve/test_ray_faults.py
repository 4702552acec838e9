"""Clusters whose nodes freeze, come and go, and networks that do harm: the tables stay the same."""

import os
import pickle
import platform
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from spikevolve.errors import MachineError
from spikevolve.evolve.engines.engine import Onlooker
from spikevolve.evolve.engines.ray import notices, pool_process
from spikevolve.evolve.engines.ray.pool_process import living
from spikevolve.evolve.engines.ray.ray_engine import RayEngine
from spikevolve.evolve.engines.ray.worker import Worker
from spikevolve.evolve.runs.prepared_again import OwnCode
from spikevolve.evolve.runs.run import resume, start
from spikevolve.evolve.runs.run_state import Progress
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.results.store.reader import compare_tables
from spikevolve.sim.batch import Batch
from spikevolve.tasks import Task, TaskSettings, load

HERE = Path(__file__).parent
TASKS = HERE / "ray_tasks.py"
HARMLESS, HARMFUL = 3, 4  # neurons

batch_of: Callable[..., Batch] = runpy.run_path(str(TASKS))["batch_of"]
nodes = runpy.run_path(str(HERE / "ray_nodes.py"))
node, wait_until = nodes["node"], nodes["wait_until"]

pytestmark = [pytest.mark.ray, pytest.mark.slow]


@pytest.fixture(scope="module", autouse=True)
def environment() -> Iterator[None]:
    """Have everything on loopback, and be patient on slow machines."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in pool_process._environment(local=True).items():
            patch.setenv(name, value)
        patch.setattr(pool_process, "CONNECT_SECONDS", 180.0)
        yield


class Cluster(NamedTuple):
    address: str
    head: Any
    further: Any


@pytest.fixture(scope="module")
def cluster(environment: None) -> Iterator[Cluster]:
    """Two nodes of one CPU each."""
    with node(1) as head, node(1, head.address()) as further:
        further.address()
        yield Cluster(head.address(), head, further)


@pytest.fixture(scope="module")
def undisturbed(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on the cluster that nobody has disturbed."""
    return run(tmp_path_factory.mktemp("undisturbed") / "run", "Slow", address=cluster.address)


def run(
    folder: Path, task: str, watch: Callable[[Progress], None] = lambda _: None, **values: Any
) -> Path:
    words = {
        "task": f"{TASKS}:{task}",
        "out": str(folder),
        "population": 40,
        "generations": 6,
        "elites": 3,
        **values,
    }
    assert start(settings_from(words), watch, threading.Event()).state == "done"
    return folder


@pytest.mark.parametrize("task", ["Slow", "SlowInThreads"])
def test_what_a_frozen_node_has_in_hand_is_measured_by_others(
    cluster: Cluster, tmp_path: Path, task: str, request: pytest.FixtureRequest
) -> None:
    if task == "Slow":
        undisturbed = request.getfixturevalue("undisturbed")
    else:
        undisturbed = run(tmp_path / "undisturbed", task, workers=1)
    times = {}

    def freeze(progress: Progress) -> None:
        times[progress.generation] = time.monotonic()
        if progress.generation == 2:  # in the middle of the next one
            threading.Timer(0.3, cluster.further.send, [signal.SIGSTOP]).start()

    try:
        folder = run(tmp_path / "run", task, freeze, address=cluster.address)
    finally:
        cluster.further.send(signal.SIGCONT)

    assert compare_tables(folder, undisturbed) == []
    assert 3 < times[3] - times[2] < 30  # alone it takes a second


def test_a_whole_job_may_be_suspended(cluster: Cluster, undisturbed: Path, tmp_path: Path) -> None:
    def suspend(progress: Progress) -> None:
        if progress.generation == 2:
            threading.Timer(0.3, send_all, [signal.SIGSTOP]).start()
            threading.Timer(8.0, send_all, [signal.SIGCONT]).start()

    def send_all(number: signal.Signals) -> None:
        for process in pools_of(os.getpid()):
            os.kill(process, number)
        cluster.head.send(number)
        cluster.further.send(number)

    folder = run(tmp_path / "run", "Slow", suspend, address=cluster.address, evaluation_seconds=3.0)

    assert compare_tables(folder, undisturbed) == []


def pools_of(process: int) -> list[int]:
    """The processes that talk to Ray for a process."""
    return [
        int(child)
        for task in Path(f"/proc/{process}/task").iterdir()
        for child in (task / "children").read_text().split()
        if "ray.pool_main" in Path(f"/proc/{child}/cmdline").read_text()
    ]


def test_nodes_that_join_are_used_and_those_that_leave_are_given_up(
    cluster: Cluster, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    task = user_task("Slow", seen)
    with closing(RayEngine(address=cluster.address)) as engine:
        check(engine, task)
        check(engine, task)
        assert engine.workers == 2 == len(processes(seen))
        with node(1, cluster.address) as third:
            third.address()
            came = time.monotonic()
            while len(processes(seen)) < 3:
                check(engine, task)
            assert time.monotonic() - came < 40  # on a quiet machine less than 10
            assert engine.workers == 3
        while engine.workers > 2:
            check(engine, task)


def test_the_tables_are_those_of_a_cluster_whose_nodes_stay(
    cluster: Cluster, undisturbed: Path, tmp_path: Path
) -> None:
    seen, measured = tmp_path / "seen", set[str]()
    with node(1, cluster.address) as third:

        def join_and_leave(progress: Progress) -> None:
            if progress.generation == 2:
                third.address()
                time.sleep(5.0)  # the pool looks every two seconds
            elif progress.generation == 4:  # in the middle of the next one
                measured.update(processes(seen))
                threading.Timer(0.2, third.end).start()

        folder = run(
            tmp_path / "run", "Slow", join_and_leave, address=cluster.address, data=str(seen)
        )

    assert len(measured) == 3
    assert compare_tables(folder, undisturbed) == []


HOG = """
import sys
import numpy as np
import ray

ray.init(address=sys.argv[1], log_to_driver=False)
held = [ray.put(np.ones(1_250_000)) for _ in range(9)]
print("90 MB of 100", flush=True)
sys.stdin.read()
"""


def test_an_object_store_that_others_have_filled_changes_nothing(
    cluster: Cluster, tmp_path: Path
) -> None:
    alone = run(tmp_path / "alone", "Large", workers=1, generations=3)
    hog = subprocess.Popen(
        [sys.executable, "-c", HOG, cluster.address], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with hog:
        assert hog.stdout is not None
        assert hog.stdout.readline() == b"90 MB of 100\n"
        folder = run(tmp_path / "run", "Large", address=cluster.address, generations=3)
        hog.kill()

    assert compare_tables(folder, alone) == []


def test_data_that_no_store_and_no_disk_can_take_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_local_fs_capacity_threshold", "0.000001")  # all disks count as full
    full = "^the task and its data do not fit into Ray's object store: "
    with node(1) as head, pytest.raises(MachineError, match=full):
        run(tmp_path / "run", "Huge", address=head.address())


def test_a_search_waits_its_turn_and_says_so(
    cluster: Cluster, undisturbed: Path, tmp_path: Path
) -> None:
    task, folder, seen = user_task("Slow", tmp_path / "seen"), tmp_path / "run", tmp_path / "seen"
    waits = "waiting for a free CPU of the Ray cluster, whose 2 are all in use"
    with closing(RayEngine(address=cluster.address)) as other:
        while len(processes(seen)) < 2:
            check(other, task)
        waiting = threading.Thread(
            target=run, args=(folder, "Slow"), kwargs={"address": cluster.address}
        )
        waiting.start()
        log = folder / "log.txt"
        wait_until(lambda: log.exists() and waits in log.read_text(), 120)
    waiting.join()

    assert compare_tables(folder, undisturbed) == []


def test_workers_that_are_all_frozen_are_waited_for(cluster: Cluster, tmp_path: Path) -> None:
    said: list[str] = []
    seen = tmp_path / "seen"
    task = user_task("Slow", seen)
    with closing(RayEngine(address=cluster.address, tell=said.append)) as engine:
        while len(processes(seen)) < 2:
            check(engine, task)
        said.clear()
        workers = [int(process) for process in processes(seen)]
        try:
            for worker in workers:
                os.kill(worker, signal.SIGSTOP)
            pieces = engine.measure(task, task.workload("train", 1), batch_of(HARMLESS))
            while "waiting for workers that do not answer" not in said:
                assert next(pieces) is None
        finally:
            for worker in workers:
                os.kill(worker, signal.SIGCONT)
        name = platform.node()
        assert (
            said[0]
            == f"workers on node {name} (127.0.0.1) do not answer: others do their work, too"
        )
        [piece] = [piece for piece in pieces if piece]
    assert piece.measurements.score == [HARMLESS + 1]


def test_a_head_that_dies_is_missed_soon_though_its_node_lives() -> None:
    task = user_task("Slow")
    with node(1) as head, closing(RayEngine(address=head.address())) as engine:
        check(engine, task)
        for process in living(head.session):
            if b"gcs_server" in Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")[0]:
                os.kill(process, signal.SIGKILL)
        died = time.monotonic()

        def work_on() -> None:
            while True:
                check(engine, task)

        lost = rf"^Ray has lost its cluster: .*'{head.address()}': Connection refused; .* resume"
        with pytest.raises(MachineError, match=lost):
            work_on()
        assert time.monotonic() - died < 45  # on a quiet machine 10; Ray itself takes 60


def test_a_run_whose_head_is_lost_goes_on_at_another(undisturbed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with node(1) as first:

        def lose(progress: Progress) -> None:
            if progress.generation == 2:
                threading.Timer(0.3, first.end).start()

        with pytest.raises(MachineError, match=r"^Ray has lost its cluster: .* resume FOLDER"):
            run(folder, "Slow", lose, address=first.address())
    with node(1) as second:
        place = {"address": second.address()}
        named = OwnCode(f"{TASKS}:Slow")
        resume(folder, lambda _: None, threading.Event(), named, place=place)

    assert compare_tables(folder, undisturbed) == []


@pytest.fixture(scope="module")
def engine(environment: None) -> Iterator[RayEngine]:
    with closing(RayEngine(2, evaluation_seconds=3.0)) as engine:
        yield engine


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Filling", "the memory of its worker process was full"),
        ("SlowHanging", "it took longer than 3 seconds"),
        ("HoldingTheLock", "it took longer than 3 seconds"),
        ("SlowCrashing", "its worker process died, 3 times in a row"),
    ],
)
def test_a_network_that_does_harm_is_found_in_its_piece(
    engine: RayEngine, tmp_path: Path, name: str, fault: str
) -> None:
    task = user_task(name, tmp_path / "seen")
    while len(processes(tmp_path / "seen")) < 2:  # from then on pieces have several networks
        check(engine, task)
    before = evaluations(tmp_path / "seen")
    faults = check(engine, task, harmful=1)

    assert faults == [fault]
    largest = 8  # networks of a piece: what was in flight is measured again, and nothing else
    assert evaluations(tmp_path / "seen") - before <= 40 + largest + 3


def test_nodes_that_are_lost_or_silent_are_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(notices, "node_name", lambda node: f"node {node}")
    told = notices.Notices(said.append)
    for node in ("one", "two"):
        told.node_works(node)
    for _ in range(2):
        told.living({"one", "other"})
        told.node_silent("one")
    told.node_answers("one")
    told.node_silent("one")

    silent = "workers on node one do not answer: others do their work, too"
    assert said == ["the Ray cluster has lost node two: others do its work", silent, silent]


def test_an_island_whose_network_hangs_is_told_of() -> None:
    worker, over = Worker([], ".", None), threading.Event()
    worker._warm = True  # else the first network may take a minute longer

    def island(task: object, data: object, argument: str, onlooker: Onlooker) -> str:
        assert onlooker.network_done is not None
        for _ in range(4):  # which take less than a second each
            time.sleep(0.3)
            onlooker.network_done()
        looked.append(worker.look())
        over.wait(60)
        return argument

    looked: list[object] = []
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(worker._apply((island, "it"), 7, 1.0)))
    thread.start()
    while (found := worker.look()) is None:
        time.sleep(0.05)
    over.set()
    thread.join()

    assert looked == [None]
    index, seconds, finished = found
    assert (index, finished) == (7, None)
    assert seconds > 1.0
    assert pickle.loads(answers[0][1])[:3] == (7, 8, "it")


def user_task(name: str, data: Path | None = None) -> Task:
    return load(f"{TASKS}:{name}", TaskSettings(data=data))


def check(engine: RayEngine, task: Task, harmful: int = 0) -> list[str]:
    """Checks the measurements of forty harmless networks and returns the faults of the others."""
    batch = batch_of(*[HARMLESS] * 20, *[HARMFUL] * harmful, *[HARMLESS] * 20)
    scores, faults = np.full(len(batch.headers), np.inf), dict[int, str]()
    for piece in engine.measure(task, task.workload("train", 1), batch):
        if piece is not None:
            assert np.isinf(scores[piece.start : piece.stop]).all(), "measured twice"
            scores[piece.start : piece.stop] = piece.measurements.score
            faults |= {piece.start + n: sentence for n, sentence in piece.faults.items()}
    assert list(faults) == list(np.flatnonzero(np.isnan(scores))) == list(range(20, 20 + harmful))
    assert (np.delete(scores, list(faults)) == HARMLESS + 1).all()
    return list(faults.values())


def processes(seen: Path) -> set[str]:
    """Those that have measured."""
    if not seen.exists():
        return set()
    return {line.split()[0] for line in seen.read_text().splitlines()}


def evaluations(seen: Path) -> int:
    """How many networks have been evaluated, or begun to be."""
    return sum(int(line.split()[1]) for line in seen.read_text().splitlines())
