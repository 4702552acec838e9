"""How networks and spikes reach another simulator and come back: NumPy files without pickle.

It is imported on both sides, so it needs no more than NumPy.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Graph(NamedTuple):
    """A network as plain arrays.

    Attributes:
        source_count: Neurons 0 … source_count − 1 are sources: their spikes are given.
        outputs: (outputs,) int32, the neurons that are read.
        sources: (synapses,) int32, where each synapse begins.
        targets: (synapses,) int32, where it ends.
        weights: (synapses,) float32.
        delays: (synapses,) int32, ticks ≥ 1.
        parameters: (neurons,) float32 for each parameter of `spikevolve.sim.neurons.lif`.
    """

    source_count: int
    outputs: NDArray[np.int32]
    sources: NDArray[np.int32]
    targets: NDArray[np.int32]
    weights: NDArray[np.float32]
    delays: NDArray[np.int32]
    parameters: dict[str, NDArray[np.float32]]

    @property
    def neurons(self) -> int:
        """Number of neurons, sources included."""
        return len(self.parameters["threshold"])


class Answer(NamedTuple):
    """What a simulator did with one network.

    Attributes:
        cpu_seconds: Of the simulation, without set-up and generation of code.
        ticks: (spikes,) int, of each spike of a neuron that is no source, in any order.
        neurons: (spikes,) int, the neuron that spiked.
        samples: (spikes,) int, the sample in which it did.
    """

    cpu_seconds: float
    ticks: NDArray[Any]
    neurons: NDArray[Any]
    samples: NDArray[Any]


class Gradient(NamedTuple):
    """What a simulator with automatic differentiation made of one network.

    Attributes:
        spikes: (ticks, neurons, samples) bool.
        weights: (synapses,) float32, derivatives of the mean loss.
        biases: (neurons,) float32; 0 of sources, as those of thresholds are.
        thresholds: (neurons,) float32.
    """

    spikes: NDArray[np.bool_]
    weights: NDArray[np.float32]
    biases: NDArray[np.float32]
    thresholds: NDArray[np.float32]


# A simulator: a network, input spikes (ticks, inputs, samples) bool, and the ticks of a step. It is
# to read the outputs after each step before it sees the next, unless there is one step only.
Simulate = Callable[[Graph, NDArray[np.bool_], int], Answer]

# One that differentiates: a network, input spikes, and (samples,) the outputs that are right.
Differentiate = Callable[[Graph, NDArray[np.bool_], NDArray[np.int64]], Gradient]

_ARRAYS = ("output_neurons", "sources", "targets", "weights", "delays", "parameters")


def write_job(
    path: Path,
    networks: Sequence[Any],
    parameters: Sequence[str],
    inputs: NDArray[np.bool_],
    step: int,
    labels: NDArray[np.int64] | None = None,
) -> None:
    """Write what a simulator is to run.

    Args:
        path: The file, `.npz`.
        networks: Each a `spikevolve.sim.network.Network` of model `lif` with sources.
        parameters: Names of the columns of `Network.parameters`.
        inputs: (ticks, inputs, samples), the spikes that every network is given.
        step: Ticks that are handed over at once.
        labels: (samples,) the outputs that are right, for those who differentiate.
    """
    right = np.zeros(0, np.int64) if labels is None else labels
    arrays: dict[str, Any] = {
        f"{name} {n}": getattr(network, name)
        for n, network in enumerate(networks)
        for name in ("source_count", *_ARRAYS)
    }
    shown: dict[str, Any] = {"inputs": inputs, "labels": right, "step": step}
    np.savez(path, names=parameters, networks=len(networks), **shown, **arrays)


def read_answers(path: Path) -> list[Answer]:
    """Read what came back, an answer for each network."""
    with np.load(path, allow_pickle=False) as file:
        return [
            Answer(seconds, *file[f"spikes {n}"]) for n, seconds in enumerate(file["cpu_seconds"])
        ]


def read_gradients(path: Path) -> list[Gradient]:
    """Read what came back from one that differentiates, an answer for each network."""
    with np.load(path, allow_pickle=False) as file:
        found = len(file.files) // len(Gradient._fields)
        return [Gradient(*(file[f"{name} {n}"] for name in Gradient._fields)) for n in range(found)]


def answer_gradients(differentiate: Differentiate) -> None:
    """Do what a script does that differentiates: read the job, run it, write the answers."""
    options = _options()
    with np.load(options.job, allow_pickle=False) as file:
        graphs = [_graph(file, n) for n in range(file["networks"])]
        inputs, labels = file["inputs"], file["labels"]
    arrays: dict[str, Any] = {
        f"{name} {n}": array
        for n, graph in enumerate(graphs)
        for name, array in differentiate(graph, inputs, labels)._asdict().items()
    }
    np.savez(options.answers, **arrays)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run networks in another simulator.")
    parser.add_argument("job", help="file of networks and input spikes (.npz)")
    parser.add_argument("answers", help="file to write (.npz)")
    return parser.parse_args()


def answer(simulate: Simulate) -> None:
    """Do what each script does: read the job that the command names, run it, write the answers."""
    options = _options()
    with np.load(options.job, allow_pickle=False) as file:
        graphs = [_graph(file, n) for n in range(file["networks"])]
        inputs, step = file["inputs"], int(file["step"])
    few = inputs[:1000, :, :1]
    simulate(graphs[0], few, min(step, len(few)))  # the first run of a process is slower
    answers = [simulate(graph, inputs, step) for graph in graphs]
    spikes = {
        f"spikes {n}": np.array([a.ticks, a.neurons, a.samples], np.int32)
        for n, a in enumerate(answers)
    }
    np.savez(options.answers, cpu_seconds=[a.cpu_seconds for a in answers], **spikes)


def _graph(file: Any, n: int) -> Graph:
    *arrays, parameters = (file[f"{name} {n}"] for name in _ARRAYS)
    columns = dict(zip(file["names"].tolist(), parameters.T, strict=True))
    return Graph(int(file[f"source_count {n}"]), *arrays, columns)
