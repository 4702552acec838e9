"""Files with a network of a run: what is written of it, in each format."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...genomes import express
from ...genomes.text import to_text
from ...sim.formats.json_text import document
from ...sim.formats.network_json import write_network
from ...sim.formats.risp_json import write_risp
from ...sim.network import labels
from ...sim.risp_processor import RispSettings
from ...tasks.readouts.linear_readout import readout
from ..runs.stored_networks import CHAMPION, CHAMPION_SCHEMA, RunGenome, read_run_genome


def _genome(kept: RunGenome) -> str:
    return to_text(kept.genome, kept.profile, told_of(kept))


def _network(kept: RunGenome) -> str:
    network = express(kept.genome, kept.profile)
    return write_network(network, told_of(kept), labels(network, kept.outputs, kept.inputs))


def _champion(kept: RunGenome) -> str:
    """Return a network with all that it takes to use it, of which nothing may be missing."""
    network = express(kept.genome, kept.profile)
    names = labels(network, kept.outputs, kept.inputs)
    head = {"format": CHAMPION, "schema": CHAMPION_SCHEMA, "id": kept.id}
    return write_network(network, told_of(kept), names, head)


def _risp(kept: RunGenome) -> str:
    """RISP's JSON; a spike of value 1 is one of a source, or injects the largest weight."""
    network = express(kept.genome, kept.profile)
    factor = 1.0 if network.source_count else kept.profile.full_charge
    names = labels(network, kept.outputs, kept.inputs)
    return write_risp(network, RispSettings(factor), names, {"task": told_of(kept)})


def told_of(kept: RunGenome) -> dict[str, Any]:
    """Return what it takes to ask the network what the run asked, and to understand the answers.

    What the manifest says of the task, with the traits of this genome and, where one is kept, with
    what its readout has learnt.
    """
    told = dict(kept.task) | {"traits": dict(kept.genome.traits)}
    if told.get("input_kind") == "charges":
        told |= {"full_charge": kept.profile.full_charge, "grid": kept.profile.weight.grid}
    if kept.readout is not None:
        told["readout_weights"] = _weights(kept, kept.readout)
    return told


def _weights(kept: RunGenome, learnt: NDArray[np.float64]) -> dict[str, Any]:
    """Return what a readout says: constants, and what each spike of a neuron adds to each answer."""
    network, bins = express(kept.genome, kept.profile), readout(kept.task["readout"]).bins
    neurons = range(network.source_count, network.neurons)
    weights = learnt.reshape(len(neurons) * bins + 1, -1).tolist()
    places = [(part, neuron) for part in range(bins) for neuron in neurons]
    return {
        "constants": weights.pop(),
        "counts": [
            {"neuron": neuron, "bin": part, "weights": row}
            for (part, neuron), row in zip(places, weights, strict=True)
        ],
    }


def _readout(kept: RunGenome) -> str:
    if kept.readout is None:
        raise InputError(
            f"there is no readout of {kept.id}: only networks of the front have one, of runs with "
            "--readout, from their end on"
        )
    weights = _weights(kept, kept.readout)
    head = {
        "format": "spikevolve readout",
        "schema": 1,
        "readout": kept.task["readout"],
        "ticks": kept.task["ticks"],
        "classes": kept.task.get("classes"),
        "numbers": kept.task.get("numbers"),
        "constants": weights["constants"],
    }
    return document(head, {"counts": weights["counts"]})


FORMATS: Mapping[str, Callable[[RunGenome], str]] = {
    "champion": _champion,
    "network": _network,
    "genome": _genome,
    "risp": _risp,
    "readout": _readout,
}


def export(folder: Path, individual: str | None, name: str) -> str:
    """Return the text of a file with a network of a run.

    Args:
        folder: The run folder.
        individual: Its id; the champion if None.
        name: One of `FORMATS`.

    Raises:
        InputError: As `read_run_genome`, or the format is unknown or cannot hold the network.
    """
    if name not in FORMATS:
        raise InputError(f"format is {name!r}; it must be one of {', '.join(FORMATS)}")
    return FORMATS[name](read_run_genome(folder, individual))
