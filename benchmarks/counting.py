"""What counting spikes and deciding cost, beside the kernel that makes the spikes."""

import time
from collections.abc import Callable
from typing import Any

from kernels import COUNTING, run_and_work
from workloads import WORKLOADS, draw

from spikevolve.sim.batch import pack, pack_lanes
from spikevolve.sim.count import counter
from spikevolve.sim.kernels.entries import model
from spikevolve.tasks.decoders.classes import decoder
from spikevolve.tasks.decoders.decisions import decider

DECODERS = ("first_spike", "first_to:3", "spike_count")

_TIMES = 50  # that it is done after each run of the kernel, which noise would hide otherwise
_REPEATS = 15


def measure(name: str) -> list[dict[str, Any]]:
    """Return a row for counting and one for each decoder, with its share of the kernel's time."""
    networks, spikes = draw(WORKLOADS[name])
    words, lanes = pack_lanes(spikes), spikes.shape[2]
    packed, run = pack(networks)[1:], model("lif", "float32").run

    def seconds(target: int, times: int) -> float:
        decide = decider(max(target, 0), networks[0].outputs, len(spikes))
        start = time.process_time()
        run_and_work(run, counter(), *packed, words, lanes, decide, target, times)
        return time.process_time() - start

    works = {"counting": COUNTING} | {text: decoder(text).target for text in DECODERS}
    alone, rows = _fastest(seconds, COUNTING, 0), []
    for work, target in works.items():
        added = (_fastest(seconds, target, _TIMES) - alone) / _TIMES
        row = {"workload": name, "engine": work, "cpu_ms_per_genome": added * 1000 / len(networks)}
        rows.append(row | {"spikes": "", "note": f"{added / alone:.1%} of the kernel's time"})
    return rows


def _fastest(seconds: Callable[[int, int], float], target: int, times: int) -> float:
    return min(seconds(target, times) for _ in range(_REPEATS))
