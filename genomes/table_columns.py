"""Genomes as rows of a table: the columns hold lists."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .genome import Genome, assemble


def genome_columns(genome: Genome) -> dict[str, Any]:
    """Return everything that a genome is, as one row of a table.

    Returns:
        `inputs`, `outputs`; `neuron_ids`; `parameters`, neuron by neuron; `sources`, `targets`,
        `weights`, `delays`; `trait_names`, `trait_values`. The arrays are flat.
    """
    return {
        "inputs": genome.inputs,
        "outputs": genome.outputs,
        "neuron_ids": genome.neuron_ids,
        "parameters": genome.parameters.reshape(-1),
        "sources": genome.sources,
        "targets": genome.targets,
        "weights": genome.weights,
        "delays": genome.delays,
        "trait_names": [name for name, _ in genome.traits],
        "trait_values": [value for _, value in genome.traits],
    }


def genome_from_columns(row: Mapping[Any, Any]) -> Genome:
    """Undo `genome_columns`; further keys, and lists in place of arrays, are fine."""
    names, values = row["trait_names"], row["trait_values"]
    synapses = row["sources"], row["targets"], row["weights"], row["delays"]
    return assemble(
        (int(row["inputs"]), int(row["outputs"])),
        row["neuron_ids"],
        np.asarray(row["parameters"], np.float32),
        synapses,
        tuple((str(name), float(value)) for name, value in zip(names, values, strict=True)),
    )
