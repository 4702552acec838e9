"""Ray's processes: out of reach, silent, deaf to signals, and gone when the search is."""

import ipaddress
import json
import os
import re
import runpy
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from spikevolve.errors import InputError, MachineError
from spikevolve.evolve.engines.ray import pool_process
from spikevolve.evolve.engines.ray.pool_process import end_session, living
from spikevolve.evolve.engines.ray.ray_engine import RayEngine
from spikevolve.evolve.evaluation.versions import installed_versions
from spikevolve.sim.batch import Batch
from spikevolve.tasks import load

pytestmark = pytest.mark.ray

TASKS = Path(__file__).resolve().with_name("ray_tasks.py")

batch_of: Callable[..., Batch] = runpy.run_path(str(TASKS))["batch_of"]


def measure(engine: RayEngine) -> None:
    """Checks that answers come in, and the right ones."""
    task = load(f"{TASKS}:Counting")
    answers = [a for a in engine.measure(task, task.workload("train", 7), batch_of(2, 3)) if a]
    scores = {a.start + i: score for a in answers for i, score in enumerate(a.measurements.score)}

    assert scores == pytest.approx({0: 9, 1: 10})


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's table of sockets")
def test_ray_listens_on_loopback_only_and_leaves_nothing_behind() -> None:
    engine = RayEngine(2)
    session, folder = engine._pool._process.pid, engine._pool._folder
    measure(engine)
    # Two servers, two agents, two workers, one of which may have been too late to measure.
    wait_until(lambda: len(listening(living(session))) >= 6, 90)
    addresses = listening(living(session))
    engine.close()

    assert all(address.is_loopback for address in addresses), addresses
    assert living(session) == []
    assert not folder.exists()
    engine.close()  # twice does no harm


def test_no_other_user_reaches_the_files_of_a_local_ray_nor_what_its_workers_import() -> None:
    with closing(RayEngine(1)) as engine:
        measure(engine)
        folder = engine._pool._folder

        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "work").stat().st_mode) == 0o700
        if os.getuid() == 0:  # only root may try what another user could do
            for place in (folder, folder / "ray", folder / "work"):
                assert not can_write(NOBODY, place / "numba.py")
                assert can_write(os.getuid(), place / "probe")


def test_modules_beside_rays_files_are_not_imported() -> None:
    with closing(RayEngine(1)) as engine:
        for place in (engine._pool._folder, engine._pool._folder / "ray"):
            for module in ("numba", "numpy", "pickle", "spikevolve"):
                (place / f"{module}.py").write_text("raise SystemExit('planted')")
        measure(engine)


NOBODY = 65534


def can_write(user: int, file: Path) -> bool:
    """Whether a process of a user can make a file."""
    command = ["/bin/sh", "-c", f"echo > '{file}'"]
    done = subprocess.run(command, user=user, capture_output=True, check=False, cwd="/")
    return done.returncode == 0 and file.exists()


def listening(processes: list[int]) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """Addresses on which processes listen, of all protocols that Ray uses."""
    own = {inode for process in processes for inode in sockets(process)}
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


def sockets(process: int) -> Iterator[str]:
    """Inodes of a process's open sockets; it may close some, or end, while they are read."""
    with suppress(OSError):
        for handle in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):
                yield from re.findall(r"^socket:\[(\d+)\]$", os.readlink(handle))


def test_signals_pass_ray_by_and_a_killed_search_leaves_nothing_behind(tmp_path: Path) -> None:
    said = tmp_path / "said"
    said.touch()
    for module in ("numpy", "queue", "tasks"):  # files of the user's that hide nothing
        (tmp_path / f"{module}.py").write_text("raise SystemExit('hidden')")
    driver = subprocess.Popen(
        [sys.executable, str(TASKS.with_name("ray_driver.py")), str(said)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        cwd=tmp_path,
        env=os.environ | {"HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
    )
    try:
        wait_until(lambda: said.read_text() == "ready", 180)
        [pool] = children(driver.pid)
        folder = Path(json.loads(command(pool)[-1])["folder"])
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
            os.killpg(driver.pid, number)
            time.sleep(0.2)
        wait_until(lambda: said.read_text() == "survived", 180)
        assert living(pool)
    finally:
        driver.kill()
        output, _ = driver.communicate()

    assert output == b""  # Ray's, that is
    wait_until(lambda: living(pool) == [], 60)
    assert not folder.exists()
    assert not (tmp_path / ".ray").exists()


def command(process: int) -> list[str]:
    return Path(f"/proc/{process}/cmdline").read_text().split("\0")[:-1]


def children(process: int) -> list[int]:
    return list(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))


def wait_until(happened: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.05)


@pytest.mark.parametrize("address", ["", "here", "local", "ray://127.0.0.1:10001"])
def test_a_text_that_is_no_address(address: str) -> None:
    said = f"the address of a Ray cluster is {address!r}; allowed are HOST:PORT and auto"
    check_refused(address, InputError, said)


def test_a_cluster_that_is_not_there() -> None:
    with socket.socket() as taken:  # nobody else can listen there
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        check_refused(
            address, MachineError, f"no Ray cluster answers at {address!r}: Connection refused"
        )


def test_what_listens_there_and_is_no_cluster() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        check_refused(
            address,
            MachineError,
            f"no Ray cluster answers at {address!r}: what listens there gives no answer within 4 seconds",
        )


def check_refused(address: str, error: type[Exception], said: str) -> None:
    named = pytest.raises(error, match=f"^{re.escape(said)}$")
    with closing(RayEngine(1, address)) as engine, named:
        measure(engine)


def test_a_cluster_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_process, "CONNECT_SECONDS", 180.0)
    environment = pool_process._environment(local=True)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with cluster(cpus=1) as address:
        with closing(RayEngine(address=address)) as engine:
            measure(engine)
            assert engine.workers == 1
            hanging = load(f"{TASKS}:Hanging")
            next(engine.measure(hanging, hanging.workload("train", 1), batch_of(4)))
        monkeypatch.setenv("RAY_ADDRESS", address)
        with closing(RayEngine(3, "auto")) as engine:  # the core is free again
            measure(engine)
        other = installed_versions() | {"numpy": "1.0"}
        monkeypatch.setattr(pool_process, "installed_versions", lambda: other)
        said = rf"has other versions of packages: numpy {version('numpy')} \(here 1\.0\); install"
        with closing(RayEngine(1, address)) as engine, pytest.raises(MachineError, match=said):
            measure(engine)
        with closing(RayEngine(1, address, any_versions=True)) as engine:
            measure(engine)


@contextmanager
def cluster(cpus: int) -> Generator[str]:
    """The address of a cluster that somebody else has started; on loopback by its environment."""
    folder = pool_process._make_folder()
    address = folder / "ray_current_cluster"  # a file that Ray writes when it has started
    command = [
        *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"),
        *(f"--num-cpus={cpus}", "--port=0", f"--temp-dir={folder}"),
        *("--include-dashboard=false", "--object-store-memory=100000000"),
    ]
    head = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: address.exists() and bool(address.read_text()), 180)
        yield address.read_text().strip()
    finally:
        end_session(head.pid)
        head.wait()
        shutil.rmtree(folder, ignore_errors=True)
