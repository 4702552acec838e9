"""Genomes packed into a few arrays, in which many of them travel between processes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .genome import Genome

Traits = tuple[tuple[str, float], ...]


class PackedGenomes(NamedTuple):
    """Genomes, one after another.

    Attributes:
        sizes: (genomes, 4) int64: inputs, outputs, neurons, synapses.
        neuron_ids: (all neurons,) int64.
        parameters: (all neurons, G) float32.
        wiring: (3 · all synapses,) int32; of each genome sources, targets, delays.
        weights: (all synapses,) float32.
        traits: Of each genome.
    """

    sizes: NDArray[np.int64]
    neuron_ids: NDArray[np.int64]
    parameters: NDArray[np.float32]
    wiring: NDArray[np.int32]
    weights: NDArray[np.float32]
    traits: list[Traits]


def pack_genomes(genomes: Sequence[Genome]) -> PackedGenomes:
    """Pack genomes of one profile, at least one."""
    sizes = [(g.inputs, g.outputs, g.neurons, g.synapses) for g in genomes]
    return PackedGenomes(
        np.array(sizes, np.int64),
        np.concatenate([genome.neuron_ids for genome in genomes]),
        np.concatenate([genome.parameters for genome in genomes]),
        np.concatenate([genome.wiring.reshape(-1) for genome in genomes]),
        np.concatenate([genome.weights for genome in genomes]),
        [genome.traits for genome in genomes],
    )


def unpack_genomes(packed: PackedGenomes) -> list[Genome]:
    """Undo `pack_genomes`; the genomes share the packed arrays, which become read-only."""
    arrays = packed.neuron_ids, packed.parameters, packed.wiring, packed.weights
    for array in arrays:
        array.setflags(write=False)
    neuron_ids, parameters, wiring, weights = arrays
    found: list[Genome] = []
    neuron = synapse = 0
    for (inputs, outputs, neurons, synapses), traits in zip(
        packed.sizes.tolist(), packed.traits, strict=True
    ):
        of_neurons = slice(neuron, neuron + neurons)
        of_synapses = slice(synapse, synapse + synapses)
        found.append(
            Genome(
                inputs,
                outputs,
                neuron_ids[of_neurons],
                parameters[of_neurons],
                wiring[3 * synapse : 3 * (synapse + synapses)].reshape(3, synapses),
                weights[of_synapses],
                traits,
            )
        )
        neuron, synapse = of_neurons.stop, of_synapses.stop
    return found
