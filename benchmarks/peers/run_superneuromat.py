"""SuperNeuroMAT: samples one after the other, delays as the chains of neurons that it makes of them.

Its leak takes a constant amount per tick, so ours cannot be had and networks are run without one. It
spikes above the threshold, so it gets the middle of the two numbers of the grid. Counted are the
input spikes, `simulate` and the reading of the spikes.
"""

import time

import numpy as np
import superneuromat
from exchange import Answer, Graph, answer
from numpy.typing import NDArray

HALF_GRID = 1 / 256
SPARSE_FROM = (
    1000  # neurons, chains included; dense and compiled is faster below (its own choice: 100)
)


def build(graph: Graph) -> superneuromat.SNN:
    """Return the network.

    Raises:
        ValueError: If a neuron leaks.
    """
    if (graph.parameters["leak"][graph.source_count :] != 1).any():
        raise ValueError("SuperNeuroMAT has no exponential leak; all must be 1")
    network = superneuromat.SNN()
    for _ in range(graph.source_count):
        network.create_neuron()
    for threshold in graph.parameters["threshold"][graph.source_count :].tolist():
        network.create_neuron(threshold=threshold - HALF_GRID, leak=0.0)
    for source, target, weight, delay in zip(
        graph.sources.tolist(),
        graph.targets.tolist(),
        graph.weights.tolist(),
        graph.delays.tolist(),
        strict=True,
    ):
        network.create_synapse(source, target, weight=weight, delay=delay)
    network.backend = "jit" if network.num_neurons < SPARSE_FROM else "cpu"
    return network


def run(
    network: superneuromat.SNN, graph: Graph, spikes: NDArray[np.bool_], step: int
) -> NDArray[np.bool_]:
    """Run a sample, (ticks, inputs), and return the spikes (ticks, neurons)."""
    for start in range(0, len(spikes), step):
        for tick, source in np.argwhere(spikes[start : start + step]).tolist():
            network.add_spike(tick, source)
        network.simulate(step)
        np.asarray(network.spike_train[-step:])[:, graph.outputs]
    return network.ispikes[:, : graph.neurons] != 0


def simulate(graph: Graph, inputs: NDArray[np.bool_], step: int) -> Answer:
    """Run all samples of a network."""
    network = build(graph)
    recorded = []
    seconds = 0.0
    for sample in range(inputs.shape[2]):
        network.reset()
        start = time.process_time()
        recorded.append(run(network, graph, inputs[..., sample], step))
        seconds += time.process_time() - start
    lanes, ticks, neurons = np.nonzero(recorded)
    potential = neurons >= graph.source_count
    return Answer(seconds, ticks[potential], neurons[potential], lanes[potential])


if __name__ == "__main__":
    answer(simulate)
