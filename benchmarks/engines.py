"""Our engines: functions of networks and input spikes that count the spikes of each network.

All samples of a network run side by side, and the spikes of all neurons that have a potential are
counted. Engines that go in steps take one sample, and count the spikes of the outputs, which they
read after every step.
"""

from collections.abc import Callable, Sequence

import numpy as np
from kernels import count_all
from numpy.typing import NDArray

from spikevolve.sim import reference
from spikevolve.sim.batch import pack, pack_lanes
from spikevolve.sim.count import counter
from spikevolve.sim.kernels.entries import model
from spikevolve.sim.network import Network
from spikevolve.sim.stepper import Stepper

Engine = Callable[[Sequence[Network], NDArray[np.bool_]], list[int]]


def by_kernel(plain: bool) -> Engine:
    """Return an engine that runs one of the two kernels on all ticks at once."""
    run = model("lif", "float32", plain=plain).run

    def count(networks: Sequence[Network], spikes: NDArray[np.bool_]) -> list[int]:
        _, headers, structure, numbers = pack(networks)
        counts = np.zeros(len(networks), np.int64)
        words = pack_lanes(spikes)
        count_all(run, counter(), headers, structure, numbers, words, spikes.shape[2], counts)
        return counts.tolist()

    return count


def by_kernel_in_steps(step: int) -> Engine:
    """Return an engine that calls the plain loops from Python for every step."""
    run = model("lif", "float32", plain=True).run

    def count_one(network: Network, spikes: NDArray[np.bool_], step: int) -> int:
        _, headers, structure, numbers = pack([network])
        words, lanes, at_once = pack_lanes(spikes), spikes.shape[2], min(step, len(spikes))
        history, no_charges = network.max_delay, np.zeros((0, 0, 0), np.float32)
        raster = np.zeros((history + at_once, network.neurons, words.shape[2]), np.uint64)
        state = np.zeros((1, network.neurons, lanes), np.float32)
        count = 0
        for start in range(0, len(words), at_once):
            raster[:history] = raster[at_once:]
            raster[history:, : network.source_count] = words[start : start + at_once]
            run(headers[0], structure, numbers, no_charges, raster, state, at_once, lanes)
            count += int(np.bitwise_count(raster[history:, network.output_neurons]).sum())
        return count

    return lambda networks, spikes: [
        count_one(network, spikes, min(step, len(spikes))) for network in networks
    ]


def by_stepper(step: int) -> Engine:
    """Return an engine that goes in steps by the stepping interface."""

    def count_one(network: Network, spikes: NDArray[np.bool_]) -> int:
        stepper, sample = Stepper(network), np.ascontiguousarray(spikes[:, :, 0])
        return sum(
            int(np.count_nonzero(stepper.run(sample[start : start + step])))
            for start in range(0, len(sample), step)
        )

    return lambda networks, spikes: [count_one(network, spikes) for network in networks]


def by_reference(only_outputs: bool) -> Engine:
    """Return an engine: the readable reference, all ticks at once."""

    def count_one(network: Network, spikes: NDArray[np.bool_]) -> int:
        fired = reference.simulate(network, spikes).spikes
        neurons = network.output_neurons if only_outputs else slice(network.source_count, None)
        return int(fired[:, neurons].sum())

    return lambda networks, spikes: [count_one(network, spikes) for network in networks]
