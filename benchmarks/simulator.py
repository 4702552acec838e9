"""How fast the simulator is: CPU milliseconds for a network and all of its samples.

Run `python benchmarks/simulator.py [--workload W1] [--json]`. Every engine gets the same networks and
the same input spikes, and must give the same number of spikes. The time is that of one core, from
the list of networks to the spikes counted, packing included; kernels are compiled before.

Workloads: W1 are 100 random networks of 12 inputs, 10 hidden neurons, 3 outputs and 60 synapses, 150
samples of 50 ticks each, an input spikes with p = 0.2 in a tick; W2 are 20 of 64/100/10 and 1,500
synapses, 300 samples of 64 ticks, p = 0.1. Delays are 1–8, weights are on a grid of 1/128 in ±1, the
threshold is 1 and the leak 0.9; recurrent synapses and self-connections occur, nothing is pruned.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from spikevolve.sim import reference
from spikevolve.sim.batch import MAX_DELAY, NEURONS, pack
from spikevolve.sim.bits import pack_lanes
from spikevolve.sim.compile import RUN, kernel, reads, writes
from spikevolve.sim.count import count_spikes
from spikevolve.sim.models import model
from spikevolve.sim.network import Network
from spikevolve.sim.neurons.lif import PARAMETERS

BASELINE = "plain loops"


class Workload(NamedTuple):
    """Random networks of one size and random input spikes."""

    networks: int
    inputs: int
    hidden: int
    outputs: int
    synapses: int
    samples: int
    ticks: int
    rate: float


WORKLOADS = {
    "W1": Workload(100, 12, 10, 3, 60, 150, 50, 0.2),
    "W2": Workload(20, 64, 100, 10, 1500, 300, 64, 0.1),
}


def random_network(workload: Workload, rng: np.random.Generator) -> Network:
    """A network with so many different synapses, drawn among all that could be."""
    inputs, outputs, synapses = workload.inputs, workload.outputs, workload.synapses
    neurons = inputs + workload.hidden + outputs
    pairs = np.sort(rng.choice(neurons * (neurons - inputs), synapses, replace=False))
    targets, sources = inputs + pairs // neurons, pairs % neurons
    row = dict.fromkeys(PARAMETERS, 0.0) | {"threshold": 1.0, "leak": 0.9, "v_min": -4.0}
    parameters = np.zeros((neurons, len(PARAMETERS)), np.float32)
    parameters[inputs:] = list(row.values())
    network = Network(
        model="lif",
        arithmetic="float32",
        source_count=inputs,
        input_neurons=np.arange(inputs, dtype=np.int32),
        output_neurons=np.arange(inputs, inputs + outputs, dtype=np.int32),
        offsets=np.searchsorted(targets, np.arange(neurons + 1)).astype(np.int32),
        sources=sources.astype(np.int32),
        weights=(rng.integers(-128, 129, synapses) / 128).astype(np.float32),
        delays=rng.integers(1, 9, synapses, dtype=np.int32),
        parameters=parameters,
    )
    network.validate()
    return network


@kernel(
    types.void(
        types.FunctionType(RUN["float32"]),
        reads(types.int32, 2),
        reads(types.int32),
        reads(types.float32),
        reads(types.uint64, 3),
        types.int64,
        writes(types.int64),
    )
)
def _count_all(run, headers, structure, numbers, inputs, lanes, counts):  # type: ignore[no-untyped-def]
    """Run every network of a batch on the same input spikes, (ticks, inputs, words), and count."""
    ticks, words = inputs.shape[0], inputs.shape[2]
    no_charges = np.empty((0, 0, 0), np.float32)
    for n in range(headers.shape[0]):
        header = headers[n]
        history, neurons = np.int64(header[MAX_DELAY]), np.int64(header[NEURONS])
        raster = np.empty((history + ticks, neurons, words), np.uint64)
        raster[:history] = 0
        for tick in range(ticks):
            for source in range(inputs.shape[1]):
                for word in range(words):
                    raster[history + tick, source, word] = inputs[tick, source, word]
        state = np.zeros((1, neurons, lanes), np.float32)
        run(header, structure, numbers, no_charges, raster, state, ticks, lanes)
        counts[n] = count_spikes(header, raster, history, ticks)


def by_kernel(plain: bool) -> Callable[[Sequence[Network], NDArray[np.bool_]], list[int]]:
    """An engine: networks and input spikes to spike counts, with one of the two kernels."""
    run = model("lif", "float32", plain=plain).run

    def count(networks: Sequence[Network], spikes: NDArray[np.bool_]) -> list[int]:
        _, headers, structure, numbers = pack(networks)
        counts = np.zeros(len(networks), np.int64)
        words = pack_lanes(spikes)
        _count_all(run, headers, structure, numbers, words, spikes.shape[2], counts)
        return counts.tolist()

    return count


def by_reference(networks: Sequence[Network], spikes: NDArray[np.bool_]) -> list[int]:
    """An engine: the readable reference."""
    recordings = [reference.simulate(network, spikes) for network in networks]
    return [
        int(r.spikes[:, n.source_count :].sum()) for n, r in zip(networks, recordings, strict=True)
    ]


def measure(name: str) -> list[dict[str, Any]]:
    """Time every engine on a workload.

    Raises:
        RuntimeError: If an engine gives other spikes than the plain loops.
    """
    workload = WORKLOADS[name]
    rng = np.random.default_rng(1)
    networks = [random_network(workload, rng) for _ in range(workload.networks)]
    spikes = rng.random((workload.ticks, workload.inputs, workload.samples)) < workload.rate
    expected = by_kernel(plain=True)(networks, spikes)
    rows: list[dict[str, Any]] = []
    for engine, count, some, repeats in (
        (BASELINE, by_kernel(plain=True), len(networks), 15),
        ("spikevolve", by_kernel(plain=False), len(networks), 15),
        ("readable reference", by_reference, 2, 1),
    ):
        times = []
        for _ in range(repeats):
            start = time.process_time()
            counts = count(networks[:some], spikes)
            times.append((time.process_time() - start) / some * 1000)
        if counts != expected[:some]:
            raise RuntimeError(f"{engine} gives other spikes than the plain loops on {name}")
        time_per_network = float(np.median(times))
        rows.append({"workload": name, "engine": engine, "cpu_ms_per_genome": time_per_network})
    for row in rows:
        row["ratio"] = rows[0]["cpu_ms_per_genome"] / row["cpu_ms_per_genome"]
    return rows


def main() -> None:
    """Print the table, or with --json the list of its rows."""
    parser = argparse.ArgumentParser(description="CPU milliseconds per network, all its samples.")
    parser.add_argument("--workload", choices=list(WORKLOADS), help="only this one")
    parser.add_argument("--json", action="store_true", help="print a list of objects")
    options = parser.parse_args()
    names = [options.workload] if options.workload else list(WORKLOADS)
    rows = [row for name in names for row in measure(name)]
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{'workload':10}{'engine':22}{'ms per genome':>14}{'times ' + BASELINE:>20}")
    for row in rows:
        figures = f"{row['cpu_ms_per_genome']:14.4f}{row['ratio']:20.2f}"
        print(f"{row['workload']:10}{row['engine']:22}{figures}")


if __name__ == "__main__":
    main()
