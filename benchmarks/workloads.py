"""The workloads W1–W4: random networks, and random spikes on their inputs.

Delays are 1–8, weights are on a grid of 1/128 in ±1, the threshold is 1 and the leak 0.9; recurrent
synapses and self-connections occur, nothing is pruned, and no potential reaches a lower bound.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikevolve.sim import models
from spikevolve.sim.network import Network

LEAK = 0.9
UNBOUNDED = -(2.0**17)  # a potential that is never reached, and up to which the grid is exact


class Workload(NamedTuple):
    """Random networks of one size, and how many spikes come in how.

    Attributes:
        networks: Number of networks.
        inputs: Of each network, as are `hidden`, `outputs` and `synapses`.
        samples: Given to each network, side by side.
        ticks: Of each sample.
        rate: Probability that an input spikes in a tick.
        step: Ticks that are handed over at once; the outputs are read before the next are given.
    """

    networks: int
    inputs: int
    hidden: int
    outputs: int
    synapses: int
    samples: int
    ticks: int
    rate: float
    step: int


WORKLOADS = {
    "W1": Workload(100, 12, 10, 3, 60, 150, 50, 0.2, step=50),
    "W2": Workload(20, 64, 100, 10, 1500, 300, 64, 0.1, step=64),
    "W3": Workload(1, 200, 780, 20, 20_000, 1, 10_000, 0.05, step=10_000),
    "W4": Workload(1, 12, 10, 3, 60, 1, 10_000, 0.2, step=10),
}


# What the neurons of each model have for parameters; those that are not named are 0. Charges are in
# units of 1/128 of a threshold: that is 1 in integers, 1/128 in float32, 1/8 mV in Izhikevich's model.
_INTEGRATE = {"threshold": 1.0, "v_min": UNBOUNDED}
_INTEGRATE_WHOLE = {"threshold": 128, "v_min": -(2**15)}
PARAMETERS = {
    ("lif", "float32"): _INTEGRATE | {"leak": LEAK},
    ("lif", "integer"): _INTEGRATE_WHOLE | {"leak": 3},
    ("if", "float32"): _INTEGRATE,
    ("if", "integer"): _INTEGRATE_WHOLE,
    ("alif", "float32"): _INTEGRATE | {"leak": LEAK, "adaptation": 0.125, "adaptation_leak": 0.9},
    ("cuba_lif", "float32"): _INTEGRATE | {"leak": LEAK, "synaptic_leak": 0.5},
    ("izhikevich", "float64"): {"a": 0.02, "b": 0.2, "c": -65.0, "d": 8.0, "bias": 4.0},
    ("risp", "integer"): {"threshold": 128, "min_potential": -256},
    ("risp", "float64"): {"threshold": 1.0, "min_potential": -2.0},
}


def draw(
    workload: Workload, model: str = "lif", arithmetic: str = "float32"
) -> tuple[list[Network], NDArray[np.bool_]]:
    """Draw the networks, and the spikes (ticks, inputs, samples) that each of them is given."""
    rng = np.random.default_rng(1)
    networks = [random_network(workload, rng, model, arithmetic) for _ in range(workload.networks)]
    spikes = rng.random((workload.ticks, workload.inputs, workload.samples)) < workload.rate
    return networks, spikes


def random_network(
    workload: Workload, rng: np.random.Generator, model: str = "lif", arithmetic: str = "float32"
) -> Network:
    """Draw a network with so many different synapses, chosen among all that could be."""
    inputs, outputs, synapses = workload.inputs, workload.outputs, workload.synapses
    neurons = inputs + workload.hidden + outputs
    pairs = np.sort(rng.choice(neurons * (neurons - inputs), synapses, replace=False))
    targets, sources = inputs + pairs // neurons, pairs % neurons
    names, dtype = models.parameters(model), models.DTYPES[arithmetic]
    parameters = np.zeros((neurons, len(names)), dtype)
    given = PARAMETERS[model, arithmetic]
    parameters[inputs:] = [given.get(name, 0) for name in names]
    unit = 1 if arithmetic == "integer" else 1 / 8 if model == "izhikevich" else 1 / 128
    network = Network(
        model=model,
        arithmetic=arithmetic,
        source_count=inputs,
        input_neurons=np.arange(inputs, dtype=np.int32),
        output_neurons=np.arange(inputs, inputs + outputs, dtype=np.int32),
        offsets=np.searchsorted(targets, np.arange(neurons + 1)).astype(np.int32),
        sources=sources.astype(np.int32),
        weights=(rng.integers(-128, 129, synapses) * unit).astype(dtype),
        delays=rng.integers(1, 9, synapses, dtype=np.int32),
        parameters=parameters,
    )
    network.validate()
    return network
