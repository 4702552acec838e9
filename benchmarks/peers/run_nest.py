"""NEST: `iaf_psc_delta`, samples as copies of the network, spikes from `spike_generator`s.

It computes in float64, so a potential that meets the threshold to the last bit may decide otherwise.
Counted is `nest.Run`, with the recording of spikes.
"""

import time
from typing import Any

import nest
import numpy as np
from exchange import Answer, Graph, answer
from numpy.typing import NDArray

TICK = 1.0  # ms


def neurons(graph: Graph, samples: int) -> Any:
    """Return the neurons that have a potential, sample after sample.

    A leak λ is a time constant −dt / ln λ; rest, reset and start of the potential are 0.
    """
    rows = {name: np.tile(p[graph.source_count :], samples) for name, p in graph.parameters.items()}
    leak = np.round(rows["leak"].astype(float), 6)  # 0.9 in float64, not the nearest in float32
    model = {
        "tau_m": -TICK / np.log(leak),
        "t_ref": rows["refractory"] * TICK,
        "V_th": rows["threshold"],
        "V_reset": rows["v_reset"],
    }
    rest = {"E_L": 0.0, "V_m": 0.0, "I_e": 0.0}
    return nest.Create("iaf_psc_delta", len(leak), rest | {k: v.tolist() for k, v in model.items()})


def connect(graph: Graph, sources: Any, group: Any, samples: int) -> None:
    """All synapses, for every sample."""
    first, count = graph.source_count, graph.neurons - graph.source_count
    begin = np.array(sources.tolist()).reshape(samples, first)
    end = np.array(group.tolist()).reshape(samples, count)
    ids = np.concatenate((begin, end), axis=1)
    nest.Connect(
        ids[:, graph.sources].ravel(),
        ids[:, graph.targets].ravel(),
        "one_to_one",
        {
            "weight": np.tile(graph.weights.astype(float), samples),
            "delay": np.tile(graph.delays * TICK, samples),
        },
    )


def times(inputs: NDArray[np.bool_], start: int) -> list[dict[str, list[float]]]:
    """For each source, sample after sample, when it spikes: tick t is the time t + 1 in NEST."""
    rows = inputs.transpose(2, 1, 0).reshape(-1, len(inputs))
    return [{"spike_times": (np.flatnonzero(row) + start + 1.0).tolist()} for row in rows]


def simulate(graph: Graph, inputs: NDArray[np.bool_], step: int) -> Answer:
    """Run all samples of a network."""
    ticks, _, samples = inputs.shape
    nest.ResetKernel()
    nest.set(resolution=TICK, local_num_threads=1, print_time=False)
    sources = nest.Create("spike_generator", inputs.shape[1] * samples)
    sources.set(times(inputs[:step], 0))
    group = neurons(graph, samples)
    connect(graph, sources, group, samples)
    recorder = nest.Create("spike_recorder")
    nest.Connect(group, recorder)
    outputs = nest.Create("spike_recorder", len(graph.outputs))
    if step < ticks:
        nest.Connect(group[(graph.outputs - graph.source_count).tolist()], outputs, "one_to_one")
    nest.Prepare()
    start = time.process_time()
    for tick in range(0, ticks, step):
        if tick:
            outputs.get("n_events")
            sources.set(times(inputs[tick : tick + step], tick))
        nest.Run(step * TICK)
    seconds = time.process_time() - start
    nest.Run(TICK)  # spikes of the last tick reach the recorder one later
    nest.Cleanup()
    events = recorder.get("events")
    spiked = np.rint(events["times"] / TICK).astype(int) - 1
    lanes, neuron = np.divmod(events["senders"] - group[0].global_id, len(group) // samples)
    within = spiked < ticks
    return Answer(seconds, spiked[within], (neuron + graph.source_count)[within], lanes[within])


if __name__ == "__main__":
    nest.verbosity = nest.VerbosityLevel.ERROR
    answer(simulate)
