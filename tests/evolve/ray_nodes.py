"""Nodes of a Ray cluster on this machine, reachable on loopback only, to be frozen and killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from spikevolve.evolve.engines.ray import pool_process
from spikevolve.evolve.engines.ray.pool_process import end_session, living

SCRIPT = Path(__file__).with_name("ray_node.py")


class Node:
    """A node of a cluster; all of its processes are in one session.

    Args:
        cpus: How many it offers.
        address: Of the cluster that it joins; None to begin one.
    """

    def __init__(self, cpus: int, address: str | None = None) -> None:
        self._folder = pool_process._make_folder()
        self._file = self._folder / "address"
        self._process = subprocess.Popen(
            [
                sys.executable,
                str(SCRIPT),
                str(self._file),
                str(cpus),
                *([address] if address else []),
            ],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def address(self) -> str:
        """Wait until it has started, and return where the cluster is."""
        wait_until(lambda: self._file.exists() and bool(self._file.read_text()), 180)
        return self._file.read_text()

    @property
    def session(self) -> int:
        """The session of all its processes."""
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        """Send a signal to all of its processes, the workers included."""
        for process in living(self._process.pid):
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def end(self) -> None:
        """Kill all of its processes, if that has not been done."""
        if self._process.returncode is not None:
            return
        end_session(self._process.pid)
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def node(cpus: int, address: str | None = None) -> Generator[Node]:
    """A node that is ended in any case."""
    started = Node(cpus, address)
    try:
        yield started
    finally:
        started.end()


def wait_until(happened: Callable[[], bool], seconds: float) -> None:
    """Wait for something to happen."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.05)
