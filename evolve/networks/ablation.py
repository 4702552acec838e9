"""What each part of a network matters: it is left out, and the rest is measured again."""

from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import numpy as np

from ...sim.network import Network, roles
from ..runs.prepared_again import NOT_NAMED, OwnCode
from .edited_networks import (
    Subject,
    measured,
    measured_whole,
    opened,
    without_neuron,
    without_synapses,
)

COLUMNS = (
    *("part", "name", "weight", "delay", "synapses"),
    *("score", "change", "spikes", "synaptic_operations", "latency"),
)


class Ablation(TypedDict):
    """What `ablate` returns: plain JSON values; null is what was not measured."""

    id: str
    score: str  # name of the score
    data: str  # what the networks were measured on
    rows: list[dict[str, Any]]  # the whole network, then one for each part that was left out


class _Without(NamedTuple):
    part: str
    name: str
    network: Network
    weight: float | None = None
    delay: int | None = None


def ablate(folder: Path, individual: str | None = None, named: OwnCode = NOT_NAMED) -> Ablation:
    """Leave out each input, each hidden neuron and each synapse of a network in turn.

    What is left is measured on validation data, or on training data where there are none; never on test
    data. An input that is left out has no synapses any more. Outputs stay.

    Args:
        folder: The run folder.
        individual: The network's id; the champion if None.
        named: The user's own code, named again.

    Returns:
        With rows of `part` (`whole`, `input`, `neuron` or `synapse`), `name`, `weight` and `delay` of a
        synapse, `synapses` that are left, measurements, and `change` of the score from that of the whole.

    Raises:
        InputError: Not a run, no such network, or the task or its data are not those of the run.
    """
    with opened(folder, individual, named) as subject:
        variants = _variants(subject)
        found = [
            measured_whole(subject),
            *measured(subject, [variant.network for variant in variants[1:]]),
        ]
        rows = [
            {
                "part": variant.part,
                "name": variant.name,
                "weight": variant.weight,
                "delay": variant.delay,
                "synapses": variant.network.synapses,
                **{name: _or_none(row[name]) for name in COLUMNS[5:] if name != "change"},
                "change": _or_none(row["score"] - found[0]["score"]),
            }
            for variant, row in zip(variants, found, strict=True)
        ]
        return Ablation(id=subject.id, score=subject.score, data=subject.data, rows=rows)


def _variants(subject: Subject) -> list[_Without]:
    """Return the whole network, then what is left without each part."""
    network, names = subject.network, subject.names
    found = [_Without("whole", "", network)]
    for neuron in network.input_neurons.tolist():
        rest = without_synapses(network, network.sources == neuron)
        found.append(_Without("input", names[neuron], rest))
    for neuron, role in enumerate(roles(network)):
        if role == "hidden":
            found.append(_Without("neuron", names[neuron], without_neuron(network, neuron)))
    for synapse, (source, target) in enumerate(
        zip(network.sources.tolist(), network.targets.tolist(), strict=True)
    ):
        rest = without_synapses(network, np.arange(network.synapses) == synapse)
        name = f"{names[source]} → {names[target]}"
        weight, delay = float(network.weights[synapse]), int(network.delays[synapse])
        found.append(_Without("synapse", name, rest, weight, delay))
    return found


def _or_none(value: float) -> float | None:
    return value if np.isfinite(value) else None
