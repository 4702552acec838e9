"""RISP's JSON, in which TENNLab's framework keeps networks: reading and writing.

A file lists `Nodes` and `Edges` whose `values` are numbered by `Properties`; `Inputs` and `Outputs`
are ids of nodes; `Associated_Data` holds the processor's parameters, `proc_params`. Source: the
framework of TENNLab (github.com/TENNLab-UTK/framework-open).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..network import LONGEST, Network
from ..neurons.risp import LATE_RESET, LEAK, MIN_POTENTIAL, PARAMETERS, THRESHOLD
from ..risp_processor import RispSettings
from . import json_text
from .json_text import Ends, Synapse, assemble, entries, flag, number, shown, whole

_LARGEST = 2**29  # of a weight or threshold in a discrete network
_LARGEST_ID = 2**32 - 1
_JUST_ABOVE = 1e-7  # what RISP adds to a threshold that is not inclusive and not discrete
_DOUBLE, _INTEGER, _BOOLEAN = 68, 73, 66  # codes of the types of properties: D, I and B


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
            noise, which is not simulated.
    """
    parameters = _processor_parameters(document)
    settings = _settings(parameters)
    nodes = sorted(
        (_node_id(node, f"Nodes[{place}]", "id"), place, node)
        for place, node in enumerate(_objects(document, "Nodes"))
    )
    index = {node_id: place for place, (node_id, _, _) in enumerate(nodes)}
    if len(index) < len(nodes):
        twice = next(a[0] for a, b in pairwise(nodes) if a[0] == b[0])
        raise InputError(f"Nodes: the id {twice} stands twice; ids must be unique")
    network = assemble(
        "risp",
        "integer" if parameters["discrete"] else "float64",
        Ends(0, *(_ends(document, key, index) for key in ("Inputs", "Outputs"))),
        _rows(document, [(f"node {node_id}", node) for node_id, _, node in nodes], parameters),
        _synapses(document, index, settings, parameters["discrete"]),
    )
    names = tuple(str(node.get("name") or node_id) for node_id, _, node in nodes)
    return RispFile(network, settings, names)


def _processor_parameters(document: Mapping[str, Any]) -> dict[str, Any]:
    data = document.get("Associated_Data")
    parameters = data.get("proc_params") if isinstance(data, dict) else None
    if not isinstance(parameters, dict):
        raise InputError(
            "Associated_Data: the key 'proc_params' is missing; it must be an object, the "
            "parameters of the processor"
        )
    if parameters.get("noisy_stddev") or parameters.get("stds"):
        raise InputError("proc_params ask for noise in weights; RISP is simulated without noise")
    for key in ("discrete", "min_potential"):
        if key not in parameters:
            raise InputError(f"proc_params: the key {key!r} is missing")
    switches = {"threshold_inclusive": True, "fire_like_ravens": False}
    checked = dict(parameters)
    for key, default in (switches | {"discrete": None}).items():
        checked[key] = flag(parameters.get(key, default), f"proc_params: {key}")
    mode = checked.setdefault("leak_mode", "none")
    if mode not in ("none", "all", "configurable"):
        raise InputError(
            f"proc_params: leak_mode is {shown(mode)}; it must be none, all or configurable"
        )
    return checked


def _settings(parameters: Mapping[str, Any]) -> RispSettings:
    weights = parameters.get("weights", [])
    if not isinstance(weights, list):
        raise InputError(f"proc_params: weights is {shown(weights)}; it must be a list of numbers")
    discrete = parameters["discrete"]
    values = tuple(_charge(weight, "proc_params: a weight", discrete) for weight in weights)
    largest = max(values) if values else parameters.get("max_weight", 1)
    settings = RispSettings(
        number(parameters.get("spike_value_factor", largest), "proc_params: spike_value_factor"),
        values,
        flag(parameters.get("inputs_from_weights", False), "proc_params: inputs_from_weights"),
        flag(parameters.get("run_time_inclusive", False), "proc_params: run_time_inclusive"),
    )
    if settings.inputs_from_weights and not values:
        raise InputError("proc_params: inputs_from_weights is true; then there must be weights")
    return settings


def _objects(document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    for place, item in enumerate(entries(document, key)):
        if not isinstance(item, dict):
            raise InputError(f"{key}[{place}] is {shown(item)}; it must be an object")
    return entries(document, key)


def _node_id(item: Mapping[str, Any], where: str, key: str) -> int:
    """Return the id of a node under a key of a node or an edge."""
    return whole(item.get(key), f"{where}: {key}", 0, _LARGEST_ID)


def _ends(document: Mapping[str, Any], key: str, index: Mapping[int, int]) -> list[int]:
    ids = entries(document, key)
    for place, node_id in enumerate(ids):
        if not isinstance(node_id, int) or node_id not in index:
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
    lowest = _charge(parameters["min_potential"], "proc_params: min_potential", discrete)
    above = 0 if parameters["threshold_inclusive"] else 1 if discrete else _JUST_ABOVE
    rows = []
    for where, node in nodes:
        threshold = _charge(
            _value(places, node, where, "Threshold"), f"{where}: Threshold", discrete
        )
        leak = _value(places, node, where, "Leak") != 0 if mode == "configurable" else mode == "all"
        rows.append([threshold + above, leak, lowest, parameters["fire_like_ravens"]])
    return rows


def _synapses(
    document: Mapping[str, Any], index: Mapping[int, int], settings: RispSettings, discrete: bool
) -> list[Synapse]:
    places = _places(document, "edge_properties")
    synapses = []
    for place, edge in enumerate(_objects(document, "Edges")):
        ids = [_node_id(edge, f"Edges[{place}]", key) for key in ("from", "to")]
        where = f"edge from {ids[0]} to {ids[1]}"
        for node_id in ids:
            if node_id not in index:
                raise InputError(f"{where}: there is no node {node_id}")
        weight = _value(places, edge, where, "Weight")
        if settings.weights:
            last = len(settings.weights) - 1
            weight = settings.weights[whole(weight, f"{where}: Weight", 0, last)]
        weight = _charge(weight, f"{where}: Weight", discrete)
        delay = whole(_value(places, edge, where, "Delay"), f"{where}: Delay", 1, LONGEST)
        synapses.append(Synapse(index[ids[0]], index[ids[1]], weight, delay))
    return synapses


def _charge(value: object, name: str, discrete: bool) -> float:
    return whole(value, name, -_LARGEST, _LARGEST) if discrete else number(value, name)


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
    """Return the value that all neurons have of a parameter that RISP knows only for all of them."""
    values: NDArray[Any] = network.parameters[:, column]
    for neuron in np.flatnonzero(values != values[:1])[:1]:
        raise InputError(
            f"neuron {neuron} has {PARAMETERS[column]} {values[neuron]}, neuron 0 has {values[0]}; "
            "RISP has one for all"
        )
    value: float = values[0].item() if len(values) else 0
    return value
