"""Files with a network: those that a run exports, and those that `simulate` reads, whatever their format."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...genomes import express
from ...genomes.text import FORMAT as GENOME
from ...genomes.text import from_text, to_text
from ...sim.formats.json_text import document, parse
from ...sim.formats.network_json import FORMAT as NETWORK
from ...sim.formats.network_json import read_network, write_network
from ...sim.formats.risp_json import RispFile, read_risp, write_risp
from ...sim.network import Network, labels
from ...sim.risp_processor import RispSettings
from ...tasks.readouts.linear_readout import readout
from .run_network import RunGenome, read_run_genome


class NetworkFile(NamedTuple):
    """What a file holds.

    Attributes:
        network: A genome is expressed.
        labels: (neurons,) names: those that RISP's file has, else `i0`, `h0`, `o0`, ….
        risp: How spikes become charges, for RISP's JSON.
    """

    network: Network
    labels: tuple[str, ...]
    risp: RispSettings | None


def network_from_text(text: str, source_name: str) -> NetworkFile:
    """Read a network; what the text says decides how.

    Args:
        text: JSON of a genome, of a network, or RISP's.
        source_name: Name of the file, for messages.

    Raises:
        InputError: Naming the file, what is wrong in it and what is allowed.
    """
    try:
        document = parse(text)
        if "Nodes" in document and "Edges" in document:
            return _from_risp(read_risp(document))
        if document.get("format") == NETWORK:
            return _plain(read_network(document))
        if document.get("format") != GENOME:
            raise InputError(
                f'this is no network; it must be JSON with "format": "{GENOME}", with "format": '
                f'"{NETWORK}", or RISP\'s with "Nodes" and "Edges"'
            )
    except InputError as error:
        raise InputError(f"{source_name}: {error}") from None
    return _plain(express(*from_text(text, source_name)))


def _from_risp(file: RispFile) -> NetworkFile:
    return NetworkFile(file.network, file.names, file.settings)


def _plain(network: Network) -> NetworkFile:
    return NetworkFile(network, labels(network), None)


def _genome(kept: RunGenome) -> str:
    return to_text(kept.genome, kept.profile, _task(kept))


def _network(kept: RunGenome) -> str:
    return write_network(express(kept.genome, kept.profile), _task(kept))


def _risp(kept: RunGenome) -> str:
    """RISP's JSON; a spike of value 1 is one of a source, or injects the largest weight."""
    network = express(kept.genome, kept.profile)
    factor = 1.0 if network.source_count else kept.profile.full_charge
    names = labels(network, kept.outputs)
    return write_risp(network, RispSettings(factor), names, {"task": _task(kept)})


def _task(kept: RunGenome) -> dict[str, Any]:
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
