"""RISP's JSON, read and written: what comes back, and every mistake named."""

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
    network, settings, names = read_risp(parse(text))

    assert network.hash == file.network.hash
    assert network.parameters.dtype == file.network.parameters.dtype
    assert (settings, names) == (file.settings, file.names)


@pytest.mark.parametrize("leak_mode", ["none", "all", "configurable"])
@pytest.mark.parametrize("discrete", [True, False])
@pytest.mark.parametrize("ravens", [True, False])
def test_what_is_written_comes_back(leak_mode: str, discrete: bool, ravens: bool) -> None:
    parameters = {"leak_mode": leak_mode, "discrete": discrete, "fire_like_ravens": ravens}

    assert_comes_back(read_risp(document(**parameters, threshold_inclusive=False)))


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
    (f"{PROCESSOR}.noisy_stddev", 0.5, "RISP is simulated without noise"),
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
    ("Edges.1.from", 7, "two synapses lead from neuron 2 to neuron 0"),
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
