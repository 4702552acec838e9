"""What tables cost: bytes a row, memory over a long run; on rows as of iris."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikevolve.results.store.reader import read_table
from spikevolve.results.store.writer import RunWriter, create_run

pytestmark = pytest.mark.slow  # starts runs, or compiles much

POPULATION = 100
OPERATORS = ("perturb_weight", "add_synapse", "remove_synapse", "split_synapse", "rewire")
MANIFEST: dict[str, object] = {
    "settings": {"seed": 1, "split_seed": 1, "fold": None},
    "task": {"name": "iris"},
}


def hashes(rng: np.random.Generator, count: int) -> list[str]:
    return [rng.bytes(8).hex() for _ in range(count)]


def individuals(number: int) -> dict[str, Any]:
    """A generation of 100: scores and spikes in hundredths, random hashes, recent parents."""
    rng = np.random.default_rng(number)
    places = np.arange(POPULATION)
    spikes = np.rint(rng.normal(6, 2, POPULATION).clip(0.5) * 100) / 100
    score = rng.binomial(100, 0.93, POPULATION) / 100
    latency = np.rint(rng.normal(3, 1, POPULATION).clip(1) * 100) / 100
    neurons, synapses = rng.integers(11, 16, POPULATION), rng.integers(5, 40, POPULATION)
    parents = [f"{max(0, number - age)}-{i}" for i, age in enumerate(rng.integers(1, 40, 200))]
    return {
        "generation": np.full(POPULATION, number),
        "index": places,
        "id": [f"{number}-{i}" for i in places],
        "birth_generation": np.full(POPULATION, number),
        "birth_index": places,
        "source": ["variation"] * POPULATION,
        "parents": [parents[i : i + 1 + i % 2] for i in rng.integers(0, 190, POPULATION)],
        "operators": [list(rng.choice(OPERATORS, 1 + i % 3)) for i in places],
        "traits": [""] * POPULATION,
        "genome_hash": hashes(rng, POPULATION),
        "network_hash": hashes(rng, POPULATION),
        "score": score,
        "mean_score": score,
        "spikes": spikes,
        "input_spikes": np.full(POPULATION, 31.37),
        "synaptic_operations": np.rint(spikes * 400 + rng.integers(0, 100, POPULATION)) / 100,
        "latency": latency,
        "activation_sparsity": 1 - spikes / ((neurons - 8) * 20),
        "connection_sparsity": 1 - synapses / (neurons * (neurons - 8)),
        "footprint": synapses * 4 + neurons * 16,
        "neurons": neurons,
        "hidden": neurons - 11,
        "synapses": synapses,
        "genome_neurons": neurons + rng.integers(0, 3, POPULATION),
        "genome_synapses": synapses + rng.integers(0, 6, POPULATION),
        "objectives": np.stack([score, -spikes, -latency], axis=1),
        "rank": rng.integers(0, 12, POPULATION),
        "feasible": rng.random(POPULATION) < 0.9,
        "survived": rng.random(POPULATION) < 0.2,
        "cached": rng.random(POPULATION) < 0.1,
        "cost": rng.integers(0, 2, POPULATION).astype(float),
        "evaluation_seconds": rng.random(POPULATION) * 1e-4,
    }


def genomes(count: int) -> dict[str, Any]:
    """Unrelated genomes of 8 inputs, 3 outputs, 1 to 5 hidden neurons and 40 synapses."""
    rng = np.random.default_rng(count)
    ends = rng.integers(0, 2**53, 11)
    hidden = rng.integers(1, 6, count)
    return {
        "genome_hash": hashes(rng, count),
        "id": [f"{i // 20}-{i % 20}" for i in range(count)],
        "inputs": [8] * count,
        "outputs": [3] * count,
        "neuron_ids": [np.r_[ends, rng.integers(0, 2**53, h)] for h in hidden],
        "parameters": [rng.choice([0, 0.5, 0.75, 0.9, 1, 2, 3], 4 * (11 + h)) for h in hidden],
        "sources": [rng.integers(0, 11 + h, 40) for h in hidden],
        "targets": [np.sort(rng.integers(8, 11 + h, 40)) for h in hidden],
        "weights": [rng.integers(-1024, 1025, 40) / 1024 for _ in hidden],
        "delays": [rng.integers(1, 16, 40) for _ in hidden],
        "trait_names": [[]] * count,
        "trait_values": [[]] * count,
    }


def append_generations(writer: RunWriter, count: int, times: int = 1) -> None:
    for columns in [individuals(number) for number in range(count)] * times:
        writer.append("individuals", columns)


def test_ten_minutes_of_iris_stay_below_one_gigabyte(tmp_path: Path) -> None:
    """7.5 million rows, of which a fifth have a genome in the table of genomes."""
    with create_run(tmp_path / "run", MANIFEST) as writer:
        append_generations(writer, 100)
        writer.append("genomes", genomes(2000))
        writer.commit({})

    size = {
        table: (tmp_path / "run" / table / "000001.parquet").stat().st_size
        for table in ("individuals", "genomes")
    }
    assert 7.5e6 * size["individuals"] / 10_000 + 1.5e6 * size["genomes"] / 2000 < 0.75e9


def resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads Linux's /proc")
def test_memory_is_flat_over_a_million_rows(tmp_path: Path) -> None:
    used = []
    with create_run(tmp_path / "run", MANIFEST) as writer:
        for _ in range(50):
            append_generations(writer, 10, times=20)
            writer.commit({})
            used.append(resident_megabytes())

    assert max(used[10:]) < used[9] + 20
    frame = read_table(tmp_path / "run", "individuals", ["score"])
    assert len(frame) == 1_000_000


def test_many_small_blocks_are_read_as_one(tmp_path: Path) -> None:
    with create_run(tmp_path / "run", MANIFEST) as writer:
        for number in range(200):
            writer.append(
                "generations",
                {
                    "generation": [number],
                    "evaluations": [number * 100],
                    "cost": [number * 100.0],
                    "cached": [0],
                    "feasible": [0],
                    "faults": [0],
                    "archive_size": [0],
                },
            )
            writer.commit({})

    frame = read_table(tmp_path / "run", "generations")

    assert frame["evaluations"].tolist() == list(range(0, 20_000, 100))
