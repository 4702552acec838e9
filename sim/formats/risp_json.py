"""RISP's JSON, in which TENNLab's framework keeps networks: reading and writing.

A file lists `Nodes` and `Edges` whose `values` are numbered by `Properties`; `Inputs` and `Outputs`
are ids of nodes; `Associated_Data` holds the processor's parameters, `proc_params`. Source: the
framework of TENNLab (github.com/TENNLab-UTK/framework-open).

Ids may also be texts. What does not change what a network does is passed over: `Network_Values`, `coords`
of nodes and `control_point` of edges, any key beside those named here, bounds in `Properties`, and noise
of size 0 with its seed. An unknown parameter of the processor might change it, and is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..network import LONGEST, Network
from ..neurons.risp import LATE_RESET, LEAK, MIN_POTENTIAL, PARAMETERS, THRESHOLD
from ..risp_processor import RispSettings
from . import json_text
from .json_text import Ends, Synapse, assemble, entries, is_number, number, shown, whole
from .risp_parameters import charge_of, input_settings, processor_parameters

_LARGEST_ID = 2**32 - 1
_JUST_ABOVE = 1e-7  # what RISP adds to a threshold that is not inclusive and not discrete
_DOUBLE, _INTEGER, _BOOLEAN = 68, 73, 66  # codes of the types of properties: D, I and B


NodeId = int | str  # as a file has it


class RispFile(NamedTuple):
    """What a file of RISP's holds.

    Attributes:
        network: Of model `risp`; its neurons in the order of their ids.
        settings: What the processor's parameters say about input and time.
        names: (neurons,) the names that the file gives, else the ids.
    """

    network: Network
    settings: RispSettings
    names: tuple[str, ...]


def read_risp(document: Mapping[str, Any]) -> RispFile:
    """Read a network of RISP's.

    Args:
        document: The JSON object, as `json_text.parse` gives it.

    Raises:
        InputError: Naming the key, the node or the edge, the value and what is allowed; also for
            noise, which is not simulated, and for networks of other processors.
    """
    parameters = processor_parameters(document)
    settings = input_settings(parameters)
    nodes = _nodes_in_order(document)
    index = {node_id: place for place, node_id in enumerate(nodes)}
    network = assemble(
        "risp",
        "integer" if parameters["discrete"] else "float64",
        Ends(0, *(_ends(document, key, index) for key in ("Inputs", "Outputs"))),
        _rows(
            document, [(f"node {shown(node_id)}", nodes[node_id]) for node_id in nodes], parameters
        ),
        _synapses(document, index, settings, parameters["discrete"]),
    )
    names = tuple(str(node.get("name") or node_id) for node_id, node in nodes.items())
    return RispFile(network, settings, names)


def _nodes_in_order(document: Mapping[str, Any]) -> dict[NodeId, dict[str, Any]]:
    """Return the nodes by their ids: in the order of numbers, in that of the file if these are texts."""
    nodes: dict[NodeId, dict[str, Any]] = {}
    for place, node in enumerate(_objects(document, "Nodes")):
        node_id = _node_id(node.get("id"), f"Nodes[{place}]: id")
        if node_id in nodes:
            raise InputError(f"Nodes: the id {shown(node_id)} stands twice; ids must be unique")
        nodes[node_id] = node
    numbers = [node_id for node_id in nodes if isinstance(node_id, int)]
    if numbers and len(numbers) < len(nodes):
        text = next(node_id for node_id in nodes if isinstance(node_id, str))
        raise InputError(
            f"Nodes: there are the ids {numbers[0]} and {shown(text)}; they must be all numbers or all "
            "texts"
        )
    return {number: nodes[number] for number in sorted(numbers)} or nodes


def _objects(document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    for place, item in enumerate(entries(document, key)):
        if not isinstance(item, dict):
            raise InputError(f"{key}[{place}] is {shown(item)}; it must be an object")
    return entries(document, key)


def _node_id(value: object, where: str) -> NodeId:
    """Return the id of a node, as a node or an edge has it."""
    if isinstance(value, str) and value:
        return value
    if not is_number(value) or value % 1 or not 0 <= value <= _LARGEST_ID:
        raise InputError(
            f"{where} is {shown(value)}; it must be a whole number from 0 to {_LARGEST_ID}, or a text"
        )
    return int(value)


def _ends(document: Mapping[str, Any], key: str, index: Mapping[NodeId, int]) -> list[int]:
    ids = entries(document, key)
    for place, node_id in enumerate(ids):
        is_id = isinstance(node_id, str) or is_number(node_id)
        if not is_id or node_id not in index:
            raise InputError(f"{key}[{place}] is {shown(node_id)}; it must be the id of a node")
    return [index[node_id] for node_id in ids]


def _places(document: Mapping[str, Any], kind: str) -> dict[str, int]:
    """Return where in `values` each named property of nodes or edges lies."""
    properties = document.get("Properties")
    if not isinstance(properties, dict):
        raise InputError(f"Properties is {shown(properties)}; it must be an object")
    return {
        str(entry.get("name")): whole(entry.get("index"), f"{kind}[{place}]: index", 0, _LARGEST_ID)
        for place, entry in enumerate(_objects(properties, kind))
    }


def _value(places: Mapping[str, int], item: Mapping[str, Any], where: str, name: str) -> float:
    """Return a named value of a node or an edge; a truth value counts as 0 or 1."""
    if name not in places:
        raise InputError(f"{where}: Properties do not say where its {name} lies")
    values = item.get("values")
    if not isinstance(values, list) or places[name] >= len(values):
        raise InputError(f"{where}: values is {shown(values)}; {name} is missing in it")
    value = values[places[name]]
    return number(int(value) if isinstance(value, bool) else value, f"{where}: {name}")


def _rows(
    document: Mapping[str, Any],
    nodes: list[tuple[str, dict[str, Any]]],
    parameters: Mapping[str, Any],
) -> list[list[float]]:
    """Return the neurons' parameters; `nodes` are names for messages, and objects of the file."""
    places = _places(document, "node_properties")
    discrete, mode = parameters["discrete"], parameters["leak_mode"]
    lowest = charge_of(parameters["min_potential"], "proc_params: min_potential", discrete)
    above = 0 if parameters["threshold_inclusive"] else 1 if discrete else _JUST_ABOVE
    rows = []
    for where, node in nodes:
        threshold = charge_of(
            _value(places, node, where, "Threshold"), f"{where}: Threshold", discrete
        )
        leak = _value(places, node, where, "Leak") != 0 if mode == "configurable" else mode == "all"
        rows.append([threshold + above, leak, lowest, parameters["fire_like_ravens"]])
    return rows


def _synapses(
    document: Mapping[str, Any], index: Mapping[NodeId, int], settings: RispSettings, discrete: bool
) -> list[Synapse]:
    places = _places(document, "edge_properties")
    synapses, pairs = [], set()
    for place, edge in enumerate(_objects(document, "Edges")):
        ids = [_node_id(edge.get(key), f"Edges[{place}]: {key}") for key in ("from", "to")]
        where = f"edge from {shown(ids[0])} to {shown(ids[1])}"
        for node_id in ids:
            if node_id not in index:
                raise InputError(f"{where}: there is no node {shown(node_id)}")
        if (*ids,) in pairs:
            raise InputError(f"{where}: it stands twice; a pair of nodes has at most one")
        pairs.add((*ids,))
        weight = _value(places, edge, where, "Weight")
        if settings.weights:
            last = len(settings.weights) - 1
            weight = settings.weights[whole(weight, f"{where}: Weight", 0, last)]
        weight = charge_of(weight, f"{where}: Weight", discrete)
        delay = whole(_value(places, edge, where, "Delay"), f"{where}: Delay", 1, LONGEST)
        synapses.append(Synapse(index[ids[0]], index[ids[1]], weight, delay))
    return synapses


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
            "proc_params": _parameters_to_write(network, weights, settings),
        },
    }
    nodes, edges = _nodes(network, configurable, names), _edges(network, weights)
    return json_text.document(head, {"Nodes": nodes, "Edges": edges})


def _relayed(network: Network) -> Network:
    """Return the network with neurons in place of its sources; what else RISP shares, they share."""
    parameters = network.parameters.copy()
    if network.source_count:
        parameters[: network.source_count] = network.parameters[-1:]
        parameters[: network.source_count, THRESHOLD] = 1
    return replace(network, source_count=0, parameters=parameters)


def _weight(weight: float, settings: RispSettings) -> float:
    """Return a weight as a file has it: itself, or its place in the list of weights."""
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
    """Return where each value lies, and between which bounds: those of the values themselves."""
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


def _parameters_to_write(
    network: Network, weights: list[float], settings: RispSettings
) -> dict[str, Any]:
    thresholds, leaks = network.parameters[:, THRESHOLD], np.unique(network.parameters[:, LEAK])
    weighted: dict[str, Any] = (
        {"weights": list(settings.weights), "inputs_from_weights": settings.inputs_from_weights}
        if settings.weights
        else {"min_weight": min(weights, default=1), "max_weight": max(weights, default=1)}
    )
    if not settings.inputs_from_weights:  # with it, TENNLab's RISP takes no factor
        weighted["spike_value_factor"] = settings.spike_value_factor
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
    }


def _same(network: Network, column: int) -> float:
    """Return the value that all neurons have of a parameter that RISP knows only for all of them."""
    values: NDArray[Any] = network.parameters[:, column]
    for neuron in np.flatnonzero(values != values[:1])[:1]:
        raise InputError(
            f"neuron {neuron} has {PARAMETERS[column]} {values[neuron]}, neuron 0 has {values[0]}; "
            "RISP has one for all"
        )
    value: float = values[0].item() if len(values) else 0
    return value
