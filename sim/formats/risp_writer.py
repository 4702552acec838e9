"""Writing RISP's JSON; `risp_reader` says what it is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import InputError
from ..network import Network
from ..neurons.risp import LATE_RESET, LEAK, MIN_POTENTIAL, PARAMETERS, THRESHOLD
from ..risp_processor import RispSettings
from . import lines

_DOUBLE, _INTEGER, _BOOLEAN = 68, 73, 66  # codes of the types of properties: D, I and B


def write_risp(
    network: Network,
    settings: RispSettings,
    names: Sequence[str] = (),
    other: Mapping[str, Any] = MappingProxyType({}),
) -> str:
    """Write a network as RISP's JSON; `read_risp` gives back an equal network and equal settings.

    The ids of nodes are the indices of the neurons. RISP has no sources: a source becomes a neuron
    of threshold 1, which fires in the tick of every charge of 1 or more.

    Args:
        network: Of model `risp`.
        settings: Of its inputs.
        names: (neurons,) names of the nodes, or ().
        other: What else the file is to say, as JSON values; readers pass over it.

    Raises:
        InputError: If RISP cannot hold the network, saying why.
    """
    if network.model != "risp":
        raise InputError(
            f"a network of model {network.model} cannot be written for RISP; the model must be risp"
        )
    network = _relayed(network)
    leaks = network.parameters[:, LEAK]
    configurable = len(np.unique(leaks)) > 1
    weights = [_weight(weight, settings) for weight in network.weights.tolist()]
    head = {
        "Properties": _properties(network, weights, settings, configurable),
        "Inputs": network.input_neurons.tolist(),
        "Outputs": network.output_neurons.tolist(),
        "Network_Values": [],
        "Associated_Data": {
            "other": {"proc_name": "risp", **other},
            "proc_params": _processor_parameters(network, weights, settings),
        },
    }
    nodes, edges = _nodes(network, configurable, names), _edges(network, weights)
    return lines.document(head, {"Nodes": nodes, "Edges": edges})


def _relayed(network: Network) -> Network:
    """The network with neurons in place of its sources; what else RISP shares, they share."""
    parameters = network.parameters.copy()
    if network.source_count:
        parameters[: network.source_count] = network.parameters[-1:]
        parameters[: network.source_count, THRESHOLD] = 1
    return replace(network, source_count=0, parameters=parameters)


def _weight(weight: float, settings: RispSettings) -> float:
    """A weight as a file has it: itself, or its place in the list of weights."""
    if not settings.weights:
        return weight
    if weight not in settings.weights:
        allowed = ", ".join(f"{choice:g}" for choice in settings.weights)
        raise InputError(f"a synapse has weight {weight:g}; RISP was given the weights {allowed}")
    return settings.weights.index(weight)


def _nodes(network: Network, configurable: bool, names: Sequence[str]) -> list[dict[str, Any]]:
    nodes = []
    for neuron, row in enumerate(network.parameters.tolist()):
        node = {"id": neuron, "values": [row[THRESHOLD], row[LEAK]][: 1 + configurable]}
        nodes.append(node | ({"name": names[neuron]} if names else {}))
    return nodes


def _edges(network: Network, weights: list[float]) -> list[dict[str, Any]]:
    columns = network.sources.tolist(), network.targets.tolist(), weights, network.delays.tolist()
    return [
        {"from": source, "to": target, "values": [weight, delay]}
        for source, target, weight, delay in zip(*columns, strict=True)
    ]


def _properties(
    network: Network, weights: list[float], settings: RispSettings, configurable: bool
) -> dict[str, Any]:
    """Where each value lies, and between which bounds: those of the values themselves."""
    number = _INTEGER if network.arithmetic == "integer" else _DOUBLE
    thresholds = network.parameters[:, THRESHOLD].tolist()
    node_properties = [_property("Threshold", number, 0, thresholds)]
    if configurable:
        node_properties.append(_property("Leak", _BOOLEAN, 1, [0, 1]))
    chosen = _INTEGER if settings.weights else number
    return {
        "node_properties": node_properties,
        "edge_properties": [
            _property("Weight", chosen, 0, weights),
            _property("Delay", _INTEGER, 1, network.delays.tolist()),
        ],
        "network_properties": [],
    }


def _property(name: str, kind: int, index: int, values: list[float]) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "index": index,
        "size": 1,
        "min_value": min(values, default=1),
        "max_value": max(values, default=1),
    }


def _processor_parameters(
    network: Network, weights: list[float], settings: RispSettings
) -> dict[str, Any]:
    thresholds, leaks = network.parameters[:, THRESHOLD], np.unique(network.parameters[:, LEAK])
    weighted = (
        {"weights": list(settings.weights), "inputs_from_weights": settings.inputs_from_weights}
        if settings.weights
        else {"min_weight": min(weights, default=1), "max_weight": max(weights, default=1)}
    )
    return weighted | {
        "discrete": network.arithmetic == "integer",
        "min_potential": _same(network, MIN_POTENTIAL),
        "min_threshold": min(thresholds.tolist(), default=1),
        "max_threshold": max(thresholds.tolist(), default=1),
        "max_delay": int(network.delays.max(initial=1)),
        "leak_mode": "configurable" if len(leaks) > 1 else "all" if np.any(leaks) else "none",
        "fire_like_ravens": bool(_same(network, LATE_RESET)),
        "threshold_inclusive": True,
        "run_time_inclusive": settings.run_time_inclusive,
        "spike_value_factor": settings.spike_value_factor,
    }


def _same(network: Network, column: int) -> float:
    """The value that all neurons have of a parameter that RISP knows only for all of them."""
    values: NDArray[Any] = network.parameters[:, column]
    for neuron in np.flatnonzero(values != values[:1])[:1]:
        raise InputError(
            f"neuron {neuron} has {PARAMETERS[column]} {values[neuron]}, neuron 0 has {values[0]}; "
            "RISP has one for all"
        )
    value: float = values[0].item() if len(values) else 0
    return value
