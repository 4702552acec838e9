"""Where the time of a generation goes: ``python benchmarks/generation.py [TASK] [--json]``.

Runs a search with the task's defaults in a temporary folder and prints the median milliseconds of
wall time of each part of a generation, from the run's own table. The first generations, which
compile or load kernels, are left out.
"""

import argparse
import json
import tempfile
import threading
from pathlib import Path

import pandas as pd

from spikevolve.evolve.runs.run import start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.results.store.reader import read_table

WARM_UP = 20
PARTS = {
    "kernels": "kernel_seconds",
    "variation": "variation_seconds",
    "selection": "selection_seconds",
    "rows": "table_seconds",
}


def measure(task: str, generations: int, workers: int | None) -> dict[str, float]:
    """Return median milliseconds of each part of a generation, and of the whole."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "run"
        settings = {"task": task, "generations": generations, "out": str(folder)}
        start(
            settings_from(settings | ({"workers": workers} if workers else {})),
            lambda _: None,
            threading.Event(),
        )
        table = read_table(folder, "generations").iloc[WARM_UP:]
    whole = pd.Series(table["seconds"]).diff().median() * 1e3
    return {part: table[column].median() * 1e3 for part, column in PARTS.items()} | {"all": whole}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", nargs="?", default="iris")
    parser.add_argument("--generations", type=int, default=300)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    medians = measure(arguments.task, arguments.generations, arguments.workers)
    if arguments.json:
        print(json.dumps({"task": arguments.task, "milliseconds": medians}))
        return
    print(f"{arguments.task}: median milliseconds of a generation")
    for part, milliseconds in medians.items():
        print(f"{part:>10} {milliseconds:8.2f} {milliseconds / medians['all']:6.0%}")


if __name__ == "__main__":
    main()
