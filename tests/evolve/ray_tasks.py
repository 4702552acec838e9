"""A user's file of tasks that behave badly, each on networks of more than three neurons only.

The file given as ``data`` tells a task how often it has misbehaved.
"""

import ctypes
import os
import re
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any, Literal, NoReturn

import numpy as np

from spikevolve.sim.batch import HEADER, NEURONS, SYNAPSES, Batch
from spikevolve.tasks import Measurements, Task, Workload
from spikevolve.tasks.workload import Split


def batch_of(*neurons: int) -> Batch:
    """Networks with so many neurons each, nothing else said about them."""
    headers = np.zeros((len(neurons), HEADER), np.int32)
    headers[:, NEURONS] = neurons
    return Batch("lif", headers, np.empty(0, np.int32), np.empty(0, np.float32))


class Counting(Task):
    """The score is the number of neurons plus the seed."""

    kind: Literal["compiled", "python"] = "python"
    inputs = 2
    outputs = 1
    ticks = 1
    chance_score = guess_score = 0.0
    score_range = (0.0, 1e9)
    samples = 1
    data_digest = "none"
    takes = frozenset({"data"})

    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        return Workload.of(split, 1, np.full(1000, seed / 1000))

    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        neurons = batch.headers[:, NEURONS]
        if neurons.max() > 3:
            self.misbehave()
        return Measurements(*[neurons + workload.arrays[0].sum()] * len(Measurements._fields))

    def misbehave(self) -> None:
        """Nothing to be ashamed of."""


class Raising(Counting):
    def misbehave(self) -> NoReturn:
        raise OddError("no luck\n  today")


class OddError(Exception):
    """Cannot be pickled as exceptions usually are."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message

    def __str__(self) -> str:
        return self.message


class RaisingInThreads(Raising):
    kind = "compiled"


class AlwaysRaising(RaisingInThreads):
    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        self.misbehave()


class Undefined(Counting):
    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        measured = super().evaluate(workload, batch)
        neurons = batch.headers[:, NEURONS]
        return measured._replace(score=np.where(neurons > 3, np.nan, measured.score))


class Leaving(Counting):
    def misbehave(self) -> NoReturn:
        sys.exit(3)


class Hanging(Counting):
    def misbehave(self) -> NoReturn:
        while True:
            pass


class Homesick(Counting):
    def misbehave(self) -> None:
        if os.getcwd() != str(self.settings.data):
            raise OddError("far from home")


class Sleeping(Counting):
    def misbehave(self) -> None:
        time.sleep(0.5)


class Crashing(Counting):
    def misbehave(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class Hostile(Counting):
    """Ends its process at networks of 9 synapses, and fills the memory at those of 11; fewer are better."""

    inputs = 4
    outputs = 2
    score_range = (0.0, 1.0)
    takes = frozenset()

    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        synapses = batch.headers[:, SYNAPSES].astype(float)
        if (synapses == 9).any():
            os._exit(1)
        if (synapses == 11).any():
            raise MemoryError
        return Measurements(1 / (1 + synapses), *[synapses] * (len(Measurements._fields) - 1))


class CrashingTwice(Crashing):
    def misbehave(self) -> None:
        crashes = Path(self.settings.data or "")
        if crashes.stat().st_size < 2:
            with crashes.open("a") as file:
                file.write("x")
            super().misbehave()


class Empty(RaisingInThreads):
    def workload(self, split: Split, seed: int, generation: int | None = None) -> Any:
        return None


class Quitting(RaisingInThreads):
    def workload(self, split: Split, seed: int, generation: int | None = None) -> Any:
        sys.exit(0)


class Secretive(Counting):
    """Cannot be pickled."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.generator = (i for i in range(3))


class Absent(Counting):
    """Cannot be unpickled in a worker."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.home = Home(os.getpid())


class Home:
    def __init__(self, process: int) -> None:
        if process != os.getpid():
            raise RuntimeError("far from home")
        self.process = process

    def __reduce__(self) -> Any:
        return Home, (self.process,)


class Slow(Counting):
    """Takes 30 ms a network; notes the process that measures, and how many networks, in `data`."""

    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        time.sleep(0.03 * batch.networks)
        if self.settings.data:
            with Path(self.settings.data).open("a") as file:
                file.write(f"{os.getpid()} {batch.networks}\n")
        return super().evaluate(workload, batch)


class Large(Slow):
    """Has data of 40 MB."""

    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        return Workload.of(split, 1, np.full(5_000_000, seed / 5_000_000))


class Huge(Large):
    """Has more data than a store of 100 MB takes."""

    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        return Workload.of(split, 1, np.zeros(20_000_000))


class SlowInThreads(Slow):
    kind = "compiled"


class HoldingTheLock(Slow):
    """Hangs in a regular expression, which never lets go of Python's lock."""

    def misbehave(self) -> None:
        re.match(r"(a+)+$", "a" * 60 + "b")


class Sleepless(Slow):
    """Waits for ever without letting go of Python's lock, and uses no processor time."""

    def misbehave(self) -> None:
        ctypes.PyDLL(None).sleep(10_000)


class SlowCrashing(Slow):
    def misbehave(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class SlowHanging(Slow):
    def misbehave(self) -> NoReturn:
        while True:
            time.sleep(0.01)


class Filling(Slow):
    """Fills the memory, of which it lets its process have little."""

    def misbehave(self) -> None:
        used = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (used + 100 * 2**20, hard))
        try:
            filled = [bytearray(2**20) for _ in range(1000)]
            raise AssertionError(f"{len(filled)} MiB fitted in")
        finally:
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
