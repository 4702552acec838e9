"""Reading a long run into pandas: ``python benchmarks/tables.py [--rows N] [--json]``.

Makes a table of individuals as a search on iris would, in blocks of 20,000 rows, and reads three of its
columns, then all of them, each in a process of its own. Prints processor seconds, the memory of the
data frame, and the peak memory of the process beyond what its imports take.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from spikevolve.results.store.writer import create_run

POPULATION, BLOCK = 100, 200  # networks of a generation, generations of a block
OPERATORS = ("perturb_weight", "add_synapse", "remove_synapse", "split_synapse", "rewire", "learn")
MANIFEST = {
    "settings": {"seed": 1, "split_seed": 1, "fold": None},
    "task": {"name": "iris"},
}
THREE = ("generation", "score", "synapses")
PROBE = """
import json, os, resource, sys, time
import pandas, pyarrow.parquet
from spikevolve.results.store.reader import read_table
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
read_table(sys.argv[1], "generations")
before, began = peak(), time.process_time()
frame = read_table(sys.argv[1], "individuals", json.loads(sys.argv[2]))
seconds = time.process_time() - began
frame_megabytes = frame.memory_usage(deep=True).sum() / 1e6
print(json.dumps([len(frame), seconds, frame_megabytes, peak() - before]))
"""


def individuals(first: int, generations: int) -> dict[str, Any]:
    """Return rows of some generations: scores in hundredths, random hashes, recent parents."""
    rng = np.random.default_rng(first)
    count = generations * POPULATION
    generation = np.repeat(np.arange(first, first + generations), POPULATION)
    index = np.tile(np.arange(POPULATION), generations)
    born = np.maximum(0, generation[:, None] - rng.integers(1, 40, (count, 2)))
    parents = [
        [f"{g}-{i}" for g, i in zip(row, places, strict=True)][:number]
        for row, places, number in zip(
            born.tolist(),
            rng.integers(0, POPULATION, (count, 2)).tolist(),
            rng.integers(1, 3, count).tolist(),
            strict=True,
        )
    ]
    chosen, numbers = rng.integers(0, len(OPERATORS), (count, 3)), rng.integers(1, 4, count)
    operators = [
        [OPERATORS[place] for place in row[:number]]
        for row, number in zip(chosen.tolist(), numbers.tolist(), strict=True)
    ]
    score, spikes = rng.binomial(100, 0.93, count) / 100, rng.integers(50, 900, count) / 100
    latency, synapses = rng.integers(100, 600, count) / 100, rng.integers(5, 40, count)
    neurons = rng.integers(11, 16, count)
    hashes = [rng.bytes(8).hex() for _ in range(2 * count)]
    return {
        "generation": generation,
        "index": index,
        "id": [f"{g}-{i}" for g, i in zip(generation.tolist(), index.tolist(), strict=True)],
        "birth_generation": generation,
        "birth_index": index,
        "source": ["variation"] * count,
        "parents": parents,
        "operators": operators,
        "traits": [""] * count,
        "genome_hash": hashes[:count],
        "network_hash": hashes[count:],
        "score": score,
        "mean_score": score,
        "spikes": spikes,
        "input_spikes": np.full(count, 31.37),
        "synaptic_operations": spikes * 4,
        "latency": latency,
        "activation_sparsity": 1 - spikes / ((neurons - 8) * 20),
        "connection_sparsity": 1 - synapses / (neurons * (neurons - 8)),
        "footprint": synapses * 4 + neurons * 16,
        "neurons": neurons,
        "hidden": neurons - 11,
        "synapses": synapses,
        "genome_neurons": neurons + 1,
        "genome_synapses": synapses + 2,
        "objectives": np.stack([score, -spikes, -latency], axis=1),
        "rank": rng.integers(0, 12, count),
        "feasible": rng.random(count) < 0.9,
        "survived": rng.random(count) < 0.2,
        "cached": rng.random(count) < 0.1,
        "cost": rng.integers(0, 2, count).astype(float),
        "evaluation_seconds": rng.random(count) * 1e-4,
    }


def make_run(folder: Path, rows: int) -> None:
    """Make a run folder whose table of individuals has so many rows."""
    with create_run(folder, MANIFEST) as writer:
        for first in range(0, rows // POPULATION, BLOCK):
            generations = min(BLOCK, rows // POPULATION - first)
            writer.append("individuals", individuals(first, generations))
            writer.commit({})


def measure(folder: Path, columns: tuple[str, ...] | None) -> list[float]:
    """Return rows, processor seconds, megabytes of the frame and of the process at its peak."""
    command = [sys.executable, "-c", PROBE, str(folder), json.dumps(columns)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    found: list[float] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "run"
        make_run(folder, arguments.rows)
        found = {
            "3 columns": measure(folder, THREE),
            "all columns": measure(folder, None),
        }
    if arguments.json:
        print(json.dumps(found))
        return
    print(f"{'':>12} {'rows':>10} {'processor s':>12} {'frame MB':>9} {'peak MB':>8}")
    for name, (rows, seconds, frame, peak) in found.items():
        print(f"{name:>12} {rows:>10,} {seconds:>12.2f} {frame:>9,.0f} {peak:>8,.0f}")


if __name__ == "__main__":
    main()
