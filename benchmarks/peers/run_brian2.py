"""Brian2: our tick as a clock-driven group in float32, samples as copies of the network.

Synapses deliver after thresholds in Brian2, so a spike adds to a charge that the next tick takes,
and delays are one tick shorter. Floating-point operations are not fused, so the spikes are the same.
Counted is the run from its first tick to its end, with the recording of spikes.
"""

import time
from typing import Any

import brian2 as b2
import numpy as np
from exchange import Answer, Graph, answer
from numpy.typing import NDArray

TICK = 1 * b2.ms

MODEL = """
v : 1
charge : 1
threshold_v : 1 (constant)
leak : 1 (constant)
bias : 1 (constant)
v_reset : 1 (constant)
v_min : 1 (constant)
soft_reset : 1 (constant)
pause : second (constant)
"""
UPDATE = """
decayed = leak * v
kept = clip(decayed * int(abs(decayed) >= 2.0**-20), v_min, inf)
v = int(not_refractory) * (kept + (bias + charge)) + (1 - int(not_refractory)) * v
charge = 0
"""
RESET = "v = soft_reset * (v - threshold_v) + (1 - soft_reset) * v_reset"


def neurons(graph: Graph, samples: int) -> Any:
    """Return the neurons that have a potential, sample after sample."""
    count = graph.neurons - graph.source_count
    group = b2.NeuronGroup(
        count * samples, MODEL, threshold="v >= threshold_v", reset=RESET, refractory="pause"
    )
    group.run_regularly(UPDATE, dt=TICK, when="groups", order=1)
    rows = {name: np.tile(p[graph.source_count :], samples) for name, p in graph.parameters.items()}
    group.threshold_v = rows.pop("threshold")
    group.pause = (rows.pop("refractory") + 1) * TICK  # Brian2 counts the tick of the spike
    for name, values in rows.items():
        setattr(group, name, values)
    return group


def synapses(graph: Graph, samples: int, source: Any, group: Any, of_sources: bool) -> Any:
    """Return the synapses from the sources, or those from the other neurons, for every sample."""
    some = (graph.sources < graph.source_count) == of_sources
    first = 0 if of_sources else graph.source_count
    lanes = np.repeat(np.arange(samples), some.sum())
    kind = b2.Synapses(source, group, "weight : 1", on_pre="charge_post += weight")
    if not some.any():
        kind.active = False
        return kind
    kind.connect(
        i=lanes * (len(source) // samples) + np.tile(graph.sources[some] - first, samples),
        j=lanes * (len(group) // samples)
        + np.tile(graph.targets[some] - graph.source_count, samples),
    )
    kind.weight = np.tile(graph.weights[some], samples)
    kind.delay = np.tile(graph.delays[some] - 1, samples) * TICK
    return kind


def given_spikes(inputs: NDArray[np.bool_]) -> Any:
    """Return sources that spike at given times: (ticks, inputs, samples), sample after sample."""
    ticks, lanes, sources = np.nonzero(inputs.transpose(0, 2, 1))
    number = inputs.shape[1] * inputs.shape[2]
    return b2.SpikeGeneratorGroup(number, lanes * inputs.shape[1] + sources, ticks * TICK)


def steered(inputs: NDArray[np.bool_], step: int, outputs: Any) -> tuple[Any, Any]:
    """Return sources of one sample that are told their next `step` ticks after the outputs were read.

    Returns:
        The sources, and the operation that reads and tells, from Python, once every step.
    """
    sources = b2.NeuronGroup(
        inputs.shape[1],
        "pattern : 1",
        threshold=f"floor(pattern / 2.0**(t_in_timesteps % {step})) % 2 == 1",
        reset="",
    )
    patterns = np.tensordot(
        2.0 ** np.arange(step), inputs[..., 0].reshape(-1, step, inputs.shape[1]), axes=(0, 1)
    )
    pattern, read = sources.variables["pattern"], outputs.variables["count"]
    coming = iter(patterns)

    @b2.network_operation(dt=step * TICK, when="start")
    def turn() -> None:
        read.get_value().copy()
        pattern.set_value(next(coming))

    return sources, turn


def simulate(graph: Graph, inputs: NDArray[np.bool_], step: int) -> Answer:
    """Run all samples of a network."""
    ticks, _, samples = inputs.shape
    group = neurons(graph, samples)
    recorder = b2.SpikeMonitor(group)
    if step < ticks:
        first = int(graph.outputs.min()) - graph.source_count
        outputs = b2.SpikeMonitor(group[first : first + len(graph.outputs)], record=False)
        sources, turn = steered(inputs, step, outputs)
        extra = [outputs, turn]
    else:
        sources, extra = given_spikes(inputs), []
    started: list[float] = []

    @b2.network_operation(dt=ticks * TICK, when="start", order=-1)
    def begin() -> None:
        started.append(time.process_time())

    network = b2.Network(
        sources,
        group,
        synapses(graph, samples, sources, group, of_sources=True),
        synapses(graph, samples, group, group, of_sources=False),
        recorder,
        begin,
        *extra,
    )
    network.run(ticks * TICK)
    seconds = time.process_time() - started[0]
    lanes, neuron = np.divmod(np.asarray(recorder.i), graph.neurons - graph.source_count)
    spiked = np.rint(np.asarray(recorder.t / TICK)).astype(int)
    return Answer(seconds, spiked, neuron + graph.source_count, lanes)


if __name__ == "__main__":
    b2.defaultclock.dt = TICK
    b2.prefs.core.default_float_dtype = np.float32
    b2.prefs.codegen.cpp.extra_compile_args_gcc = [
        "-w", "-O3", "-march=native", "-ffp-contract=off", "-std=c++11",
    ]  # fmt: skip
    answer(simulate)
