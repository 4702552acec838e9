"""How fast the simulator is: CPU milliseconds for a network and all of its samples.

Run `python benchmarks/simulator.py [--workload W1] [--peers all] [--json]`, or with `--models` for a
table of all neuron models beside `lif` (`neuron_models.py`). Every engine gets the same
networks and the same input spikes, and ours must give the same number of spikes. The time is that of
one core, from the list of networks to the spikes counted, packing included; kernels are compiled
before. An engine that would take minutes is given fewer networks or ticks, and its figure is scaled.

On W1 and W2, rows say what comes on top of the kernel: `counting` spikes and synaptic operations, and
each decoder's decisions and latencies, as shares of the kernel's time.

With `--peers all` other simulators run too, in an environment of their own that is made if need be
(`peer_engines.py`). Their time is that of the simulation alone, without set-up and generation of code;
what exactly is counted stands at the top of each script in `peers/`. All their spikes are compared with
ours; where they cannot express the workload, the note says what was changed, for both.

W1 are 100 random networks of 12 inputs, 10 hidden neurons, 3 outputs and 60 synapses, 150 samples of
50 ticks each, an input spikes with p = 0.2 in a tick; W2 are 20 of 64/100/10 and 1,500 synapses, 300
samples of 64 ticks, p = 0.1; W3 is one of 200/780/20 and 20,000, one sample of 10,000 ticks, p = 0.05.
W4 is a network of W1 in a closed loop in Python: 1,000 steps of ten ticks, the outputs read after
each, so that its milliseconds per network are microseconds per step.
"""

import argparse
import json
import time
from typing import Any, NamedTuple

import counting
import neuron_models
import numpy as np
import peer_engines
from engines import Engine, by_kernel, by_kernel_in_steps, by_reference, by_stepper
from workloads import WORKLOADS, Workload, draw

BASELINE = "plain loops"


class Trial(NamedTuple):
    """An engine, how many networks and ticks of the workload it is given, and how often."""

    engine: str
    count: Engine
    networks: int
    ticks: int
    repeats: int


def trials(workload: Workload) -> list[Trial]:
    """Our engines, the plain loops first."""
    networks, ticks, step = workload.networks, workload.ticks, workload.step
    one_sample = workload.samples == 1
    plain = by_kernel_in_steps(step) if one_sample else by_kernel(plain=True)
    ours = by_stepper(step) if one_sample else by_kernel(plain=False)
    repeats = 5 if ticks * workload.synapses > 10**8 else 15
    few_ticks = min(ticks, 1_200_000 // workload.synapses)  # seconds of the reference
    return [
        Trial(BASELINE, plain, networks, ticks, repeats),
        Trial("spikevolve", ours, networks, ticks, repeats),
        Trial(
            "readable reference",
            by_reference(only_outputs=one_sample),
            min(networks, 2),
            few_ticks,
            1,
        ),
    ]


def measure(name: str) -> list[dict[str, Any]]:
    """Time every engine on a workload.

    Raises:
        RuntimeError: If an engine gives other spikes than the plain loops.
    """
    workload = WORKLOADS[name]
    networks, spikes = draw(workload)
    [baseline, *_] = tried = trials(workload)
    rows: list[dict[str, Any]] = []
    for engine, count, some, ticks, repeats in tried:
        expected = baseline.count(networks[:some], spikes[:ticks])
        times = []
        for _ in range(repeats):
            start = time.process_time()
            counts = count(networks[:some], spikes[:ticks])
            times.append(time.process_time() - start)
        if counts != expected:
            raise RuntimeError(f"{engine} gives other spikes than the plain loops on {name}")
        cpu_ms = float(np.median(times)) * 1000 / some * workload.ticks / ticks
        row = {"workload": name, "engine": engine, "cpu_ms_per_genome": cpu_ms}
        note = "" if ticks == workload.ticks else f"scaled from {ticks:,} ticks"
        rows.append(row | {"spikes": "the same", "note": note})
    return rows


def table(name: str, peers: bool) -> list[dict[str, Any]]:
    """Return the rows of a workload, with each engine's ratio to the plain loops."""
    rows = measure(name)
    if peers:
        rows += [peer_engines.measure(peer, name) for peer in peer_engines.PEERS]
    baseline = rows[0]["cpu_ms_per_genome"]
    for row in rows:
        cpu_ms = row["cpu_ms_per_genome"]
        row["ratio"] = None if cpu_ms is None else baseline / cpu_ms
    if WORKLOADS[name].samples > 1:
        rows += [row | {"ratio": None} for row in counting.measure(name)]
    return rows


def print_models(workload: str, as_json: bool) -> None:
    """Print what each neuron model takes, in milliseconds and beside `lif` in float32."""
    rows = neuron_models.measure(workload)
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{'workload':10}{'model':12}{'arithmetic':12}{'ms per genome':>14}{'times lif':>11}")
    for row in rows:
        figures = f"{row['cpu_ms_per_genome']:14.4f}{row['ratio']:11.2f}"
        print(f"{row['workload']:10}{row['model']:12}{row['arithmetic']:12}{figures}")


def main() -> None:
    """Print the table, or with --json the list of its rows."""
    parser = argparse.ArgumentParser(description="CPU milliseconds per network, all its samples.")
    parser.add_argument("--workload", choices=list(WORKLOADS), help="only this one")
    parser.add_argument("--peers", choices=["none", "all"], default="none", help="others too")
    parser.add_argument("--json", action="store_true", help="print a list of objects")
    parser.add_argument("--models", action="store_true", help="each neuron model beside lif")
    options = parser.parse_args()
    if options.models:
        print_models(options.workload or "W1", options.json)
        return
    if options.peers == "all":
        peer_engines.make_environment()
    names = [options.workload] if options.workload else list(WORKLOADS)
    rows = [row for name in names for row in table(name, options.peers == "all")]
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    heading = f"{'ms per genome':>14}{'times ' + BASELINE:>19}"
    print(f"{'workload':10}{'engine':20}{heading}  {'spikes':10}note")
    for row in rows:
        cpu_ms, ratio = (
            "–" if figure is None else f"{figure:.{digits}g}"
            for figure, digits in ((row["cpu_ms_per_genome"], 4), (row["ratio"], 3))
        )
        figures = f"{cpu_ms:>14}{ratio:>19}"
        print(f"{row['workload']:10}{row['engine']:20}{figures}  {row['spikes']:10}{row['note']}")


if __name__ == "__main__":
    main()
