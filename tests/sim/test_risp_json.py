"""RISP's JSON, read and written: what comes back, and every mistake named."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.sim.formats.json_text import Ends, Synapse, assemble, parse
from spikevolve.sim.formats.risp_json import RispFile, read_risp, write_risp
from spikevolve.sim.network import Network
from spikevolve.sim.risp_processor import RispProcessor, RispSettings, Spike
from spikevolve.sim.simulate import simulate

CONFORMANCE = Path(__file__).parents[3] / "shared" / "conformance" / "risp"
NETWORKS = sorted(CONFORMANCE.glob("vectors/*/network.json"))


def document(**parameters: Any) -> Any:
    """Three neurons in a row, ids 7, 2 and 5: input, hidden with a loop, output."""
    known = {"discrete": True, "min_potential": -4, "max_weight": 3, "leak_mode": "configurable"}
    return {
        "Nodes": [
            {"id": 7, "values": [1, True], "name": "in"},
            {"id": 2, "values": [2.0, 0]},
            {"id": 5, "values": [3, False]},
        ],
        "Edges": [
            {"from": 7, "to": 2, "values": [1, 2]},
            {"from": 2, "to": 2, "values": [4, -1.0]},
            {"from": 2, "to": 5, "values": [1, 1]},
        ],
        "Inputs": [7],
        "Outputs": [5],
        "Properties": {
            "node_properties": [{"name": "Threshold", "index": 0}, {"name": "Leak", "index": 1}],
            "edge_properties": [{"name": "Delay", "index": 0}, {"name": "Weight", "index": 1}],
        },
        "Associated_Data": {"proc_params": known | parameters},
    }


def test_neurons_stand_in_the_order_of_their_ids() -> None:
    network, settings, names = read_risp(document())

    assert names == ("2", "5", "in")
    assert (network.model, network.arithmetic, network.source_count) == ("risp", "integer", 0)
    assert network.input_neurons.tolist() == [2]
    assert network.output_neurons.tolist() == [1]
    edges = (network.sources, network.targets, network.weights, network.delays)
    assert [edge.tolist() for edge in edges] == [[0, 2, 0], [0, 0, 1], [-1, 2, 1], [4, 1, 1]]
    assert network.parameters.tolist() == [[2, 0, -4, 0], [3, 0, -4, 0], [1, 1, -4, 0]]
    assert settings == RispSettings(spike_value_factor=3)


def test_switches_of_the_processor() -> None:
    network, settings, _ = read_risp(
        document(
            threshold_inclusive=False,
            leak_mode="all",
            fire_like_ravens=True,
            run_time_inclusive=True,
            spike_value_factor=9,
        )
    )
    loose = read_risp(document(threshold_inclusive=False, discrete=False, leak_mode="none")).network

    assert network.parameters.tolist() == [[3, 1, -4, 1], [4, 1, -4, 1], [2, 1, -4, 1]]
    assert settings == RispSettings(spike_value_factor=9, run_time_inclusive=True)
    assert loose.parameters[0].tolist() == [2 + 1e-7, 0, -4, 0]


def test_weights_may_be_places_in_a_list() -> None:
    given = document(weights=[-2, 5], inputs_from_weights=True)
    for edge, place in zip(given["Edges"], (1, 0, 1), strict=True):
        edge["values"][1] = place

    network, settings, _ = read_risp(given)

    assert network.weights.tolist() == [-2, 5, 5]
    assert settings == RispSettings(5, (-2, 5), inputs_from_weights=True)


def assert_comes_back(file: RispFile) -> None:
    text = write_risp(file.network, file.settings, file.names)

    assert_equal_files(read_risp(parse(text)), file)


def assert_equal_files(file: RispFile, expected: RispFile) -> None:
    assert file.network.hash == expected.network.hash
    assert file.network.parameters.dtype == expected.network.parameters.dtype
    assert file[1:] == expected[1:]


@pytest.mark.parametrize("leak_mode", ["none", "all", "configurable"])
@pytest.mark.parametrize("discrete", [True, False])
@pytest.mark.parametrize("ravens", [True, False])
def test_what_is_written_comes_back(leak_mode: str, discrete: bool, ravens: bool) -> None:
    parameters = {"leak_mode": leak_mode, "discrete": discrete, "fire_like_ravens": ravens}

    assert_comes_back(read_risp(document(**parameters, threshold_inclusive=False)))


def with_text_ids(given: Any) -> None:
    """Name the nodes by their rank backwards, so that texts are in another order than numbers."""
    given["Nodes"].sort(key=lambda node: node["id"])
    texts = {node["id"]: f"n{99 - rank}" for rank, node in enumerate(given["Nodes"])}
    for node in given["Nodes"]:
        node.setdefault("name", str(node["id"]))
        node["id"] = texts[node["id"]]
    for edge in given["Edges"]:
        edge["from"], edge["to"] = texts[edge["from"]], texts[edge["to"]]
    for key in ("Inputs", "Outputs"):
        given[key] = [texts[node] for node in given[key]]


def with_float_ids(given: Any) -> None:
    for node in given["Nodes"]:
        node["id"] = float(node["id"])
    for edge in given["Edges"]:
        edge["from"], edge["to"] = float(edge["from"]), float(edge["to"])
    for key in ("Inputs", "Outputs"):
        given[key] = [float(node) for node in given[key]]


def without_noise(given: Any) -> None:
    parameters = given["Associated_Data"]["proc_params"]
    parameters |= {"noisy_stddev": 0.0, "noisy_seed": 7}
    parameters["stds"] = [0.0] * len(parameters.get("weights", []))


def with_more_fields(given: Any) -> None:
    """What TENNLab's tools add, and what people add."""
    given |= {"comment": "the best of run 7", "fitness": 0.93}
    given["Associated_Data"] |= {"app_params": {}, "label": "x"}
    given["Associated_Data"].setdefault("other", {})["app_name"] = "polebalance"
    for node in given["Nodes"]:
        node |= {"coords": [1.0, 2.0], "layer": 3}
    for edge in given["Edges"]:
        edge |= {"control_point": [0.5, 0.5], "id": 4, "name": "e"}
    given["Properties"]["network_properties"] = [{"name": "Temperature", "index": 0, "size": 1}]
    given["Network_Values"] = [20.0]


def in_another_order(given: Any) -> None:
    for key in ("Nodes", "Edges"):
        given[key].reverse()
    for kind in ("node_properties", "edge_properties"):
        given["Properties"][kind].reverse()


def with_fewer_fields(given: Any) -> None:
    """What has a default, or bounds nothing that is read."""
    given.pop("Network_Values", None)
    for properties in given["Properties"].values():
        for entry in properties:
            for key in ("min_value", "max_value", "size", "type"):
                entry.pop(key, None)
    parameters = given["Associated_Data"]["proc_params"]
    for key in ("min_weight", "max_delay", "min_threshold", "max_threshold"):
        parameters.pop(key, None)
    for key, default in {"leak_mode": "none", "threshold_inclusive": True}.items():
        if parameters.get(key) == default:
            del parameters[key]


VARIATIONS = [
    with_text_ids,
    with_float_ids,
    without_noise,
    with_more_fields,
    with_fewer_fields,
    in_another_order,
]


@pytest.mark.parametrize("vary", VARIATIONS, ids=lambda vary: vary.__name__)
def test_harmless_variations_change_nothing(vary: Any) -> None:
    given = document()
    vary(given)

    assert_equal_files(read_risp(given), read_risp(document()))


@pytest.mark.skipif(not NETWORKS, reason="RISP conformance vectors not found")
@pytest.mark.parametrize("vary", VARIATIONS, ids=lambda vary: vary.__name__)
def test_harmless_variations_of_published_networks_change_nothing(vary: Any) -> None:
    for path in NETWORKS:
        given = json.loads(path.read_text())
        vary(given)

        # As text again, since files are read so.
        assert_equal_files(read_risp(parse(json.dumps(given))), read_risp(parse(path.read_text())))


@pytest.mark.skipif(not NETWORKS, reason="RISP conformance vectors not found")
def test_published_networks_come_back() -> None:
    for path in NETWORKS:
        assert_comes_back(read_risp(parse(path.read_text())))


def edited(path: str, value: Any) -> Any:
    """The document with a value put at keys and indices parted by dots."""
    whole = place = document()
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in way:
        place = place[step]
    place[last] = value
    return whole


PROCESSOR = "Associated_Data.proc_params"
MISTAKES = [
    ("Associated_Data", {}, "Associated_Data: the key 'proc_params' is missing"),
    (f"{PROCESSOR}.discrete", 1, "proc_params: discrete is 1; it must be true or false"),
    (f"{PROCESSOR}.leak_mode", "some", 'leak_mode is "some"; it must be none, all or configurable'),
    (f"{PROCESSOR}.min_potential", 2, "min_potential 2; it must be -536870912 to 0"),
    (
        f"{PROCESSOR}.noisy_stddev",
        0.5,
        "noisy_stddev is 0.5; it must be 0, since RISP is simulated",
    ),
    (f"{PROCESSOR}.noisy_stddev", "no", 'noisy_stddev is "no"; it must be a finite number'),
    (f"{PROCESSOR}.noisy_stddev", None, "noisy_stddev is null; it must be a finite number"),
    (f"{PROCESSOR}.stds", [0, 0.1], r"stds is \[0, 0.1\]; it must be 0, since RISP is simulated"),
    (f"{PROCESSOR}.stds", [0, [0]], r"stds is \[0\]; it must be a finite number"),
    (
        f"{PROCESSOR}.input_scaling_value",
        7,
        "the key 'input_scaling_value' is unknown; there may be",
    ),
    (f"{PROCESSOR}.non_negative_charge", True, "the key 'non_negative_charge' is unknown"),
    (f"{PROCESSOR}.tracked_timesteps", 16, "the key 'tracked_timesteps' is unknown; there may be"),
    ("Associated_Data.other", {"proc_name": "caspian"}, 'proc_name is "caspian"; it must be risp'),
    (f"{PROCESSOR}.weights", 4, "weights is 4; it must be a list of numbers"),
    (
        f"{PROCESSOR}.weights",
        [1],
        r"edge from 7 to 2: Weight is 2.*; it must be a whole number fro",
    ),
    (f"{PROCESSOR}.weights", [0.5], "proc_params: a weight is 0.5; it must be a whole number from"),
    (f"{PROCESSOR}.inputs_from_weights", True, "then there must be weights"),
    (f"{PROCESSOR}.max_weight", "x", 'spike_value_factor is "x"; it must be a finite number'),
    ("Nodes", {}, r"Nodes is \{\}; it must be a list"),
    ("Nodes.1", 3, r"Nodes\[1\] is 3; it must be an object"),
    ("Nodes.1.id", -1, r"Nodes\[1\]: id is -1; it must be a whole number from 0"),
    ("Nodes.1.id", 5, "the id 5 stands twice"),
    ("Nodes.1.values", [], r"node 2: values is \[\]; Threshold is missing in it"),
    ("Nodes.1.values.0", 0.5, "node 2: Threshold is 0.5; it must be a whole number"),
    ("Edges.0.to", 9, "edge from 7 to 9: there is no node 9"),
    ("Edges.0.values.0", 0, "edge from 7 to 2: Delay is 0.0; it must be a whole number from 1"),
    ("Edges.0.values.1", None, "edge from 7 to 2: Weight is null; it must be a finite number"),
    ("Edges.1.from", 7, "edge from 7 to 2: it stands twice; a pair of nodes has at most one"),
    ("Nodes.1.id", "two", 'there are the ids 7 and "two"; they must be all numbers or all texts'),
    ("Nodes.1.id", "", r'Nodes\[1\]: id is ""; it must be a whole number .*, or a text'),
    ("Nodes.1.id", 2.5, r"Nodes\[1\]: id is 2.5; it must be a whole number .*, or a text"),
    ("Nodes.1.id", True, r"Nodes\[1\]: id is true; it must be a whole number .*, or a text"),
    ("Edges.0.to", "2", 'edge from 7 to "2": there is no node "2"'),
    ("Edges.0.from", None, r"Edges\[0\]: from is null; it must be a whole number .*, or a text"),
    ("Inputs.0", "in", r'Inputs\[0\] is "in"; it must be the id of a node'),
    ("Inputs.0", True, r"Inputs\[0\] is true; it must be the id of a node"),
    ("Inputs.0", [7], r"Inputs\[0\] is \[7\]; it must be the id of a node"),
    ("Outputs", [5, 5], "output_neurons names a neuron twice"),
    ("Properties", None, "Properties is null; it must be an object"),
    ("Properties.node_properties", [], "node 2: Properties do not say where its Threshold lies"),
]


@pytest.mark.parametrize(("path", "value", "sentence"), MISTAKES, ids=lambda m: str(m)[:30])
def test_mistakes_are_named(path: str, value: Any, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read_risp(edited(path, value))


def test_what_risp_cannot_hold_is_not_written(one_neuron: Any) -> None:
    network: Network = read_risp(document()).network
    uneven = network.parameters.copy()
    uneven[1, 2] = -3

    with pytest.raises(InputError, match="a network of model lif cannot be written for RISP"):
        write_risp(one_neuron(), RispSettings())
    with pytest.raises(
        InputError, match="neuron 1 has min_potential -3, neuron 0 has -4; RISP has"
    ):
        write_risp(replace(network, parameters=uneven), RispSettings())
    with pytest.raises(
        InputError, match="a synapse has weight -1; RISP was given the weights 1, 2"
    ):
        write_risp(network, RispSettings(weights=(1.0, 2.0)))


def test_a_network_of_nothing_comes_back() -> None:
    nothing = document() | {"Nodes": [], "Edges": [], "Inputs": [], "Outputs": []}

    network, settings, _ = read_risp(nothing)

    assert network.neurons == 0
    assert np.array_equal(network.offsets, [0])
    assert_comes_back(RispFile(network, settings, ()))


def test_sources_become_neurons_that_fire_on_every_spike() -> None:
    rng = np.random.default_rng(1)
    rows = [[0, 0, 0, 0]] * 2 + [[3, 1, -4, 0], [2, 0, -4, 0]]
    synapses = [Synapse(*ends, int(rng.integers(1, 4)), 2) for ends in ((0, 2), (1, 2), (2, 3))]
    network = assemble("risp", "integer", Ends(2, [0, 1], [3]), rows, synapses)
    spikes = rng.random((30, 2, 1)) < 0.4
    expected = simulate(network, spikes).spikes[:, :, 0]

    relayed, settings, _ = read_risp(parse(write_risp(network, RispSettings(1))))
    events = [Spike(int(i), int(t)) for t, i, _ in np.argwhere(spikes)]
    fires = RispProcessor(relayed, settings).run(30, events).fires

    assert fires == [np.flatnonzero(row).tolist() for row in expected.T]
    assert fires[3]
