"""A network file is read whichever of the three formats it is in."""

import json
from typing import Any

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.runs.stored_networks import network_from_text
from spikevolve.genomes import InitialSettings, express, profile, random_genome, to_text
from spikevolve.sim.formats.network_json import write_network
from spikevolve.sim.formats.risp_json import read_risp

RISP: Any = {
    "Nodes": [{"id": 4, "values": [1], "name": "eye"}, {"id": 9, "values": [2]}],
    "Edges": [{"from": 4, "to": 9, "values": [1, 2]}],
    "Inputs": [4],
    "Outputs": [9],
    "Properties": {
        "node_properties": [{"name": "Threshold", "index": 0}],
        "edge_properties": [{"name": "Weight", "index": 0}, {"name": "Delay", "index": 1}],
    },
    "Associated_Data": {"proc_params": {"discrete": True, "min_potential": 0}},
}


def test_a_genome_is_expressed() -> None:
    hardware = profile("float")
    initial = InitialSettings(hidden=4, density=0.4)
    genome = random_genome(3, 2, hardware, initial, np.random.default_rng(5))

    file = network_from_text(to_text(genome, hardware), "g.json")

    assert file.network.hash == express(genome, hardware).hash
    assert file.labels[:5] == ("i0", "i1", "i2", "o0", "o1")
    assert file.risp is None


def test_a_network_and_risp_s_are_taken_as_they_are() -> None:
    expected = read_risp(RISP)

    risp = network_from_text(json.dumps(RISP), "r.json")
    plain = network_from_text(write_network(expected.network), "n.json")

    assert risp.network.hash == plain.network.hash == expected.network.hash
    assert (risp.labels, plain.labels) == (("eye", "9"), ("i0", "o0"))
    assert (risp.risp, plain.risp) == (expected.settings, None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "x.json: line 1, column 2: "),
        (
            "{}",
            r'x.json: this is no network; it must be JSON with "format": "spikevolve genome", "',
        ),
        ('{"format": "spikevolve network"}', "x.json: network: the key 'schema' is missing"),
        ('{"format": "spikevolve genome"}', "x.json: schema is null; this version reads"),
        ('{"Nodes": [], "Edges": []}', "x.json: Associated_Data: the key 'proc_params' is missing"),
    ],
)
def test_mistakes_are_named_with_the_file(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        network_from_text(text, "x.json")
