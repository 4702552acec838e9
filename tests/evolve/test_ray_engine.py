"""Measuring with Ray: the same answers as anywhere, and what happens when something goes wrong."""

import ipaddress
import os
import re
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve import InputError, MachineError
from spikevolve.evolve import ray_process
from spikevolve.evolve.engine import Engine, LocalEngine
from spikevolve.evolve.ray_engine import RayEngine
from spikevolve.evolve.ray_process import end_session, living
from spikevolve.genomes import InitialSettings, express, profile, random_genome
from spikevolve.sim.batch import Batch, pack
from spikevolve.tasks import Task, TaskSettings, Workload, load

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


def session_of(engine: RayEngine) -> int:
    return engine._pool._process.pid


def answers(
    engine: Engine, task: Task, batch: Batch, workload: Workload | None = None
) -> NDArray[np.float64]:
    """Measurements in the order of the batch, (measurements, networks)."""
    found = np.full((6, len(batch.headers)), np.nan)
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


def test_one_worker_gives_the_answers_of_the_threads_and_leaves_nothing_behind() -> None:
    engine = RayEngine(1)
    folder = engine._pool._folder
    check_equal(engine)
    assert living(session_of(engine))
    engine.close()

    assert living(session_of(engine)) == []
    assert not folder.exists()
    engine.close()  # twice does no harm


def test_more_workers_than_cores_give_the_answers_of_the_threads_until_ray_is_lost() -> None:
    with closing(RayEngine(5)) as engine:
        check_equal(engine)
        assert engine.workers == 5
        [raylet] = [p for p in living(session_of(engine)) if command(p).endswith("raylet")]
        os.kill(raylet, signal.SIGKILL)

        for _ in range(2):
            with pytest.raises(MachineError, match=r"^Ray.* has ended unexpectedly"):
                answers(engine, user_task("Counting"), batch_of(HARMLESS))


def command(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_text().split("\0")[0]


def test_the_task_and_the_workload_are_sent_when_they_change(engine: RayEngine) -> None:
    batch = batch_of(2, 3, HARMFUL)
    task, other = user_task("Counting"), user_task("Counting")
    for seed, same in ((1, task), (2, task), (2, other), (1, other)):
        measured = answers(engine, same, batch, same.workload("train", seed))

        assert measured[0] == pytest.approx([2 + seed, 3 + seed, HARMFUL + seed])


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's table of sockets")
def test_ray_listens_on_loopback_only(engine: RayEngine) -> None:
    answers(engine, user_task("Counting"), batch_of(HARMLESS))
    addresses = listening(living(session_of(engine)))

    assert len(addresses) >= 6  # two servers, two agents, two workers
    assert all(address.is_loopback for address in addresses), addresses


def listening(processes: list[int]) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """Addresses on which processes listen, of all protocols that Ray uses."""
    own = set()
    for process in processes:
        for handle in Path(f"/proc/{process}/fd").iterdir():
            own.update(re.findall(r"^socket:\[(\d+)\]$", os.readlink(handle)))
    addresses = []
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            local, state, inode = (row.split()[column] for column in (1, 3, 9))
            if state == "0A" and inode in own:
                words = bytes.fromhex(local.partition(":")[0])  # each of 32 bits, lowest byte first
                address = ipaddress.ip_address(np.frombuffer(words, "<u4").astype(">u4").tobytes())
                mapped = getattr(address, "ipv4_mapped", None)
                addresses.append(mapped or address)
    return addresses


def test_an_exception_names_the_task_and_the_place(engine: RayEngine) -> None:
    line = 1 + TASKS.read_text().splitlines().index('        raise OddError("no luck\\n  today")')
    expected = f"task Raising raised OddError: no luck today ({TASKS}, line {line})"
    with pytest.raises(InputError, match=f"^{re.escape(expected)}$"):
        answers(engine, user_task("Raising"), batch_of(HARMLESS, HARMFUL))


def test_a_task_cannot_end_its_worker(engine: RayEngine) -> None:
    with pytest.raises(InputError, match=r"^task Leaving raised SystemExit: 3 "):
        answers(engine, user_task("Leaving"), batch_of(HARMLESS, HARMFUL))


def test_an_input_error_of_a_task_is_passed_on(engine: RayEngine) -> None:
    iris = load("iris")
    foreign = batch_of(HARMLESS)
    with closing(LocalEngine(1)) as local, pytest.raises(InputError) as expected:
        answers(local, iris, foreign)
    with pytest.raises(InputError, match=f"^{re.escape(str(expected.value))}$"):
        answers(engine, iris, foreign)


def test_what_a_dead_worker_had_in_hand_is_measured_by_another(
    engine: RayEngine, tmp_path: Path
) -> None:
    crashes = tmp_path / "crashes"
    crashes.touch()
    batch = batch_of(2, HARMFUL, 3, 2, 3)
    measured = answers(engine, user_task("CrashingTwice", crashes), batch)

    assert crashes.stat().st_size == 2
    assert measured[0] == pytest.approx([3, 5, 4, 3, 4])


def test_a_network_that_kills_every_worker_is_given_up(engine: RayEngine) -> None:
    with pytest.raises(MachineError, match=r"^4 Ray workers in a row died while measuring"):
        answers(engine, user_task("Crashing"), batch_of(HARMFUL))

    assert answers(engine, user_task("Counting"), batch_of(2))[0] == pytest.approx(3)


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
    batch = batch_of(HARMLESS, HARMFUL, HARMFUL, HARMLESS)
    with within(20), closing(engine.measure(task, task.workload("train", 1), batch)) as pieces:
        assert next(piece for piece in pieces if piece).measurements.score == pytest.approx(4)
        assert next(piece for piece in pieces if piece is None) is None  # a chance to stop
        began = time.monotonic()

    assert time.monotonic() - began < 0.5
    with within(20):
        assert answers(engine, user_task("Counting"), batch_of(2))[0] == pytest.approx(3)


@contextmanager
def within(seconds: float) -> Generator[None]:
    """Fails after a time, also where everything hangs."""

    def late(*_: Any) -> None:
        raise TimeoutError(f"not done within {seconds} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_signals_pass_ray_by_and_a_killed_search_leaves_nothing_behind(tmp_path: Path) -> None:
    said = tmp_path / "said"
    said.touch()
    driver = subprocess.Popen(
        [sys.executable, str(TASKS.with_name("ray_driver.py")), str(said)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env=os.environ | {"HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
    )
    try:
        wait_until(lambda: said.read_text() == "ready", 90)
        [pool] = children(driver.pid)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
            os.killpg(driver.pid, number)
            time.sleep(0.2)
        wait_until(lambda: said.read_text() == "survived", 30)
        assert living(pool)
    finally:
        driver.kill()
        output, _ = driver.communicate()

    assert output == b""  # Ray's, that is
    wait_until(lambda: living(pool) == [], 10)
    assert not (tmp_path / ".ray").exists()


def children(process: int) -> list[int]:
    return list(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))


def wait_until(happened: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.05)


@pytest.mark.parametrize("address", ["", "here", "local", "ray://127.0.0.1:10001"])
def test_a_text_that_is_no_address(address: str) -> None:
    expected = f"the address of a Ray cluster is {address!r}; allowed are HOST:PORT and auto"
    named = pytest.raises(InputError, match=f"^{re.escape(expected)}$")
    with closing(RayEngine(1, address)) as engine, named:
        answers(engine, user_task("Counting"), batch_of(2))


def test_a_cluster_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_process, "CONNECT_SECONDS", 4.0)
    address = f"127.0.0.1:{free_port()}"
    expected = f"no Ray cluster at {address!r} answers within 4 seconds"
    named = pytest.raises(MachineError, match=f"^{re.escape(expected)}$")
    with closing(RayEngine(1, address)) as engine, within(20), named:
        answers(engine, user_task("Counting"), batch_of(2))


def test_a_cluster_that_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment = ray_process._environment(local=True)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    address = f"127.0.0.1:{free_port()}"
    with cluster(address, cpus=1):
        with closing(RayEngine(address=address)) as engine:
            check_equal(engine)
            assert engine.workers == 1
            hanging = user_task("Hanging")
            next(engine.measure(hanging, hanging.workload("train", 1), batch_of(HARMFUL)))
        with closing(RayEngine(3, address)) as engine:  # the core is free again
            check_equal(engine)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def cluster(address: str, cpus: int) -> Generator[None]:
    """A cluster that somebody else has started; on loopback by its environment."""
    folder = ray_process._make_folder()
    command = [
        *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"),
        *(f"--num-cpus={cpus}", f"--port={address.partition(':')[2]}", f"--temp-dir={folder}"),
        *("--include-dashboard=false", "--object-store-memory=100000000"),
    ]
    head = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        end_session(head.pid)
        head.wait()
