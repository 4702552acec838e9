"""What one search spends on a cluster: processor time of its two processes for each evaluation.

    python benchmarks/cluster.py --workers 50 --seconds 0.01 [--islands 50 --population 100]

The workers only wait, so that a few cores are enough for many of them. The search and the process that talks
to Ray (`pool`) run beside each other: each of them keeps as many CPUs busy as an evaluation has of its own
microseconds.
"""

import argparse
import os
import tempfile
import threading
import time
from pathlib import Path

from spikevolve.evolve.runs.run import start
from spikevolve.evolve.runs.run_state import Progress
from spikevolve.evolve.runs.settings import settings_from

TASK = """
import time
import numpy as np
from spikevolve.sim.batch import SYNAPSES
from spikevolve.tasks import Measurements, Task, Workload


class Waiting(Task):
    kind = "python"
    inputs = 4
    outputs = 2
    ticks = 1
    chance_score = guess_score = 0.0
    score_range = (0.0, 1.0)
    samples = 1
    data_digest = "none"
    takes = frozenset()

    def workload(self, split, seed, generation=None):
        return Workload.of(split, 1, np.zeros(1))

    def evaluate(self, workload, batch):
        time.sleep({seconds} * batch.networks)
        synapses = batch.headers[:, SYNAPSES]
        return Measurements(1 / (1 + synapses), *[synapses] * (len(Measurements._fields) - 1))
"""


def processor_seconds(process: int) -> float:
    """Processor time that a process has used so far, of all its threads."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def pool() -> int:
    """Return the process that talks to Ray for this one."""
    children = (task / "children" for task in Path("/proc/self/task").iterdir())
    [process] = [
        int(child)
        for file in children
        for child in file.read_text().split()
        if "ray.pool_main" in Path(f"/proc/{child}/cmdline").read_text()
    ]
    return process


def measure(
    workers: int, seconds: float, population: int, generations: int, islands: int | None
) -> list[list[float]]:
    """Search, and return a row for every generation: evaluations, seconds, and those of both processes."""
    rows: list[list[float]] = []

    def watch(progress: Progress) -> None:
        used = [processor_seconds(process) for process in (os.getpid(), pool())]
        rows.append([progress.evaluations, time.perf_counter(), *used])

    with tempfile.TemporaryDirectory() as folder:
        task = Path(folder) / "waiting.py"
        task.write_text(TASK.replace("{seconds}", str(seconds)))
        words = {
            "task": f"{task}:Waiting",
            "out": f"{folder}/run",
            "workers": workers,
            "population": population,
            "generations": generations,
            "islands": islands,
        }
        start(settings_from(words), watch, threading.Event())
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--workers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=0.01, help="of an evaluation")
    parser.add_argument("--population", type=int, default=1000)
    parser.add_argument("--islands", type=int, help="of so many networks each; none if not given")
    parser.add_argument("--generations", type=int, default=12)
    given = parser.parse_args()
    rows = measure(given.workers, given.seconds, given.population, given.generations, given.islands)
    first, last = (
        rows[len(rows) // 3],
        rows[-1],
    )  # the first ones start workers, and time an evaluation
    evaluations, wall, search, pool = (new - old for new, old in zip(last, first, strict=True))
    share = evaluations * given.seconds / wall / given.workers
    print(f"{evaluations:.0f} evaluations, {share:.0%} of {given.workers} workers at work")
    for name, used in (("search", search), ("pool", pool)):
        each = used / evaluations
        print(f"{name:6}  {1e6 * each:6.1f} µs an evaluation: {given.seconds / each:6.0f} CPUs")


if __name__ == "__main__":
    main()
