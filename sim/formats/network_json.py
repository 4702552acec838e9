"""The JSON of a network: everything that it is, one line for each neuron and each synapse.

    {
      "format": "spikevolve network", "schema": 1,
      "model": "lif", "arithmetic": "float32", "sources": 1,
      "inputs": [0], "outputs": [1],
      "neurons": [
        {"neuron": 0},
        {"neuron": 1, "threshold": 1, "leak": 0.9, …}
      ],
      "synapses": [
        {"source": 0, "target": 1, "weight": 0.5, "delay": 2}
      ]
    }

The first `sources` neurons are sources and have no parameters. `inputs` and `outputs` are the
neurons that are input 0, 1, … and output 0, 1, …. Parameters are those of the model
(`models.parameters`); a boundless one is "inf" or "-inf". Synapses may stand in any order. A neuron may
have a `name`, and an object `task` may say what the network is for; they have no meaning here.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from ...errors import InputError
from .. import models
from ..network import LONGEST, Network
from . import json_text
from .json_text import Ends, Synapse, assemble, entries, entry, is_number, shown, text, whole

FORMAT = "spikevolve network"
SCHEMA = 1

_KEYS = (
    *("format", "schema", "model", "arithmetic", "sources"),
    *("inputs", "outputs", "neurons", "synapses"),
)
_BOUNDLESS = {"inf": math.inf, "-inf": -math.inf}
_INT32 = np.iinfo(np.int32)


def write_network(
    network: Network,
    task: Mapping[str, Any] | None = None,
    names: Sequence[str] = (),
    head: Mapping[str, Any] = MappingProxyType({"format": FORMAT, "schema": SCHEMA}),
) -> str:
    """Write a network as JSON; `read_network` gives back an equal one.

    Args:
        network: The network.
        task: What it is for, as JSON values.
        names: (neurons,) what they are called; () leaves names out.
        head: What the text begins with: its format and version, of a format that contains this one.

    Raises:
        InputError: If the network is not valid.
    """
    network.validate()
    genes = models.parameters(network.model)
    neurons: list[dict[str, Any]] = [{"neuron": j} for j in range(network.neurons)]
    for neuron, name in zip(neurons, names, strict=False):
        neuron["name"] = name
    for j in range(network.source_count, network.neurons):
        neurons[j] |= dict(zip(genes, map(json_text.plain, network.parameters[j]), strict=True))
    columns = (network.sources, network.targets, network.weights, network.delays)
    synapses = [
        {"source": int(s), "target": int(t), "weight": json_text.plain(w), "delay": int(d)}
        for s, t, w, d in zip(*columns, strict=True)
    ]
    values = {
        **head,
        **({} if task is None else {"task": task}),
        "model": network.model,
        "arithmetic": network.arithmetic,
        "sources": network.source_count,
        "inputs": network.input_neurons.tolist(),
        "outputs": network.output_neurons.tolist(),
    }
    return json_text.document(values, {"neurons": neurons, "synapses": synapses})


def read_network(document: Mapping[str, Any]) -> Network:
    """Read a network.

    Args:
        document: The JSON object, as `json_text.parse` gives it.

    Raises:
        InputError: Naming the key, the neuron or the synapse, the value and what is allowed.
    """
    values = entry(document, "network", _KEYS, optional=("task",))
    if values["format"] != FORMAT:
        raise InputError(f"format is {shown(values['format'])}; it must be {FORMAT!r}")
    if values["schema"] != SCHEMA or isinstance(values["schema"], bool):
        raise InputError(f"schema is {shown(values['schema'])}; this version reads {SCHEMA}")
    model, arithmetic = (text(values[key], key) for key in ("model", "arithmetic"))
    models.check_name(model, arithmetic)
    neurons = entries(document, "neurons")
    source_count = whole(values["sources"], "sources", 0, len(neurons))
    last = len(neurons) - 1
    inputs, outputs = (
        [whole(end, f"{key}[{i}]", 0, last) for i, end in enumerate(entries(document, key))]
        for key in ("inputs", "outputs")
    )
    rows = [_row(item, j, model, j < source_count, arithmetic) for j, item in enumerate(neurons)]
    synapses = [
        _synapse(s, k, last, arithmetic) for k, s in enumerate(entries(document, "synapses"))
    ]
    return assemble(model, arithmetic, Ends(source_count, inputs, outputs), rows, synapses)


def _row(neuron: object, place: int, model: str, is_source: bool, arithmetic: str) -> list[float]:
    """Return the parameters of a neuron; a source has none, and zeros in the network."""
    names = models.parameters(model)
    where = f"neurons[{place}]"
    keys = ("neuron",) if is_source else ("neuron", *names)
    values = entry(neuron, where, keys, optional=("name",))
    if not is_number(values["neuron"]) or values["neuron"] != place:
        raise InputError(
            f"{where}: neuron is {shown(values['neuron'])}; it must be {place}, its place in the list"
        )
    if is_source:
        return [0.0] * len(names)
    return [_number(values[name], f"neuron {place}: {name}", arithmetic) for name in names]


def _synapse(item: object, place: int, last: int, arithmetic: str) -> Synapse:
    where = f"synapses[{place}]"
    values = entry(item, where, Synapse._fields)
    source, target = (whole(values[k], f"{where}: {k}", 0, last) for k in ("source", "target"))
    where = f"{where} (from {source} to {target})"
    return Synapse(
        source,
        target,
        _number(values["weight"], f"{where}: weight", arithmetic),
        whole(values["delay"], f"{where}: delay", 1, LONGEST),
    )


def _number(value: Any, name: str, arithmetic: str) -> float:
    """Return a number of the arithmetic; what a parameter or weight may be is checked with the network."""
    if arithmetic == "integer":
        return whole(value, name, int(_INT32.min), int(_INT32.max))
    if isinstance(value, str) and value in _BOUNDLESS:
        return _BOUNDLESS[value]
    if not is_number(value):
        raise InputError(f'{name} is {shown(value)}; it must be a number, "inf" or "-inf"')
    return float(value)
