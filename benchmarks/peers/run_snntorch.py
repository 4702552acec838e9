"""snnTorch: `Leaky` neurons behind a dense matrix, samples as a batch, all delays 1.

`Leaky` spikes above its threshold, so it gets the number below ours. Counted is the loop over ticks,
without gradients, on one thread.
"""

import time

import numpy as np
import snntorch
import torch
from exchange import Answer, Graph, answer
from numpy.typing import NDArray


def simulate(graph: Graph, inputs: NDArray[np.bool_], step: int) -> Answer:
    """Run all samples of a network.

    Raises:
        ValueError: If a delay is longer than a tick.
    """
    if (graph.delays > 1).any():
        raise ValueError("snnTorch has no delays; all must be 1")
    first = graph.source_count
    below = np.nextafter(graph.parameters["threshold"][first:], np.float32(0))
    layer = snntorch.Leaky(
        beta=torch.from_numpy(graph.parameters["leak"][first:].copy()),
        threshold=torch.from_numpy(below),
        reset_mechanism="zero",
        reset_delay=False,
    )
    matrix = torch.zeros(graph.neurons, graph.neurons - first)
    matrix[graph.sources, graph.targets - first] = torch.from_numpy(graph.weights)
    given = torch.from_numpy(inputs.transpose(0, 2, 1).astype(np.float32))
    ticks, samples, _ = given.shape
    recorded = torch.zeros(ticks, samples, graph.neurons - first)
    outputs = torch.from_numpy(graph.outputs - first)
    membrane = torch.zeros(samples, graph.neurons - first)
    before = torch.zeros(samples, graph.neurons)
    start = time.process_time()
    with torch.inference_mode():
        for tick in range(ticks):
            spikes, membrane = layer(before @ matrix, membrane)
            before = torch.cat((given[tick], spikes), dim=1)
            recorded[tick] = spikes
            if (tick + 1) % step == 0:
                recorded[tick + 1 - step : tick + 1, :, outputs].numpy()
    seconds = time.process_time() - start
    spiked, lanes, neurons = np.nonzero(recorded.numpy())
    return Answer(seconds, spiked, neurons + first, lanes)


if __name__ == "__main__":
    torch.set_num_threads(1)
    answer(simulate)
