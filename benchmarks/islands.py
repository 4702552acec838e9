"""What islands cost and gain: ``python benchmarks/islands.py [TASK …] [--workers 1,2] [--repeats N]``.

Evaluations per second of one search on one thread, generation by generation, beside those of as many
islands as workers on threads and on Ray, and the ratio for each worker: 1 is what the thread does. The
first generations, which compile or load kernels, are left out. Ways take turns, and medians are shown;
on a machine that does other things meanwhile, ratios are worth more than rates. Ray's workers and the
driver want a core each.
"""

import argparse
import statistics
import tempfile
import threading
from pathlib import Path
from typing import Any

from spikevolve.evolve.runs.run import start
from spikevolve.evolve.runs.run_state import Progress
from spikevolve.evolve.runs.settings import settings_from

WARM_UP = 20
ALONE = "one search on a thread"


def rate(task: str, generations: int, **changes: Any) -> float:
    """Return evaluations per second of a run, its first generations left out."""
    seen: list[Progress] = []
    with tempfile.TemporaryDirectory() as parent:
        values = {"task": task, "gradient": "off", "generations": WARM_UP + generations, **changes}
        settings = settings_from({**values, "patience": 0.0, "out": str(Path(parent) / "run")})
        start(settings, seen.append, threading.Event())
    first = next(progress for progress in seen if progress.generation >= WARM_UP)
    last = seen[-1]
    return (last.evaluations - first.evaluations) / (last.seconds - first.seconds)


def ways(workers: list[int]) -> dict[str, dict[str, Any]]:
    """Return settings by the names of what is compared."""
    found: dict[str, dict[str, Any]] = {ALONE: {"searches": 1, "workers": 1, "engine": "local"}}
    for count in workers:
        islands = "1 island" if count == 1 else f"{count} islands"
        for engine, where in (("local", "threads"), ("ray", "Ray")):
            changes = {"islands": count, "workers": count, "engine": engine}
            found[f"{islands} on {where}"] = changes
    return found


def main() -> None:
    """Print a table for each task."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", default=["iris", "digits"], metavar="TASK")
    parser.add_argument(
        "--workers", default="1", help="numbers of islands and workers, such as 1,2"
    )
    parser.add_argument("--generations", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    compared = ways([int(count) for count in arguments.workers.split(",")])
    for task in arguments.tasks:
        rates: dict[str, list[float]] = {name: [] for name in compared}
        for _ in range(arguments.repeats):
            for name, changes in compared.items():
                rates[name].append(rate(task, arguments.generations, **changes))
        print(f"{task}: evaluations per second, and for each worker as a share of the thread's")
        for name, found in rates.items():
            each = compared[name]["workers"]
            shares = [one / (each * alone) for one, alone in zip(found, rates[ALONE], strict=True)]
            print(f"{name:>24} {statistics.median(found):10,.0f} {statistics.median(shares):6.2f}")


if __name__ == "__main__":
    main()
