"""Tables of spikes and charges: CSV and JSON, and what does not fit a network."""

import json
from typing import Any

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.sim.formats.json_text import Ends, Synapse, assemble
from spikevolve.sim.formats.spike_table import inputs_of, read_spikes, ticks_needed
from spikevolve.sim.network import Network
from spikevolve.sim.neurons.risp import EMPTY_EVENT
from spikevolve.sim.risp_processor import RispSettings

TABLE = "input,tick,value\n0,3,2\n\n1 , 0 ,0.5\n0,3,\n"


def test_csv_and_json_say_the_same() -> None:
    as_json = json.dumps(
        [
            {"input": 0, "tick": 3, "value": 2},
            {"value": 0.5, "tick": 0, "input": 1},
            {"input": 0, "tick": 3.0},
        ]
    )

    rows = read_spikes(TABLE)

    assert [row[1:] for row in rows] == [(0, 3, 2.0), (1, 0, 0.5), (0, 3, None)]
    assert [row[1:] for row in read_spikes(f"  {as_json}")] == [row[1:] for row in rows]
    assert [row.where for row in rows] == ["line 2", "line 4", "line 5"]


def test_a_table_without_rows_is_no_event() -> None:
    assert read_spikes("tick,input\n") == read_spikes("[]") == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", 'line 1 is ""; it must name the columns input and tick, and may name value'),
        ("input,time\n", 'line 1 is "input,time"; it must name the columns'),
        ("input,tick,tick\n", 'line 1 is "input,tick,tick"; it must name'),
        ("input,tick\n0\n", "line 2: the number of cells is 1; it must be 2"),
        ("input,tick\n0,x\n", 'line 2: tick is "x"; it must be a whole number from 0 to 9999999'),
        ("input,tick\n,1\n", 'line 2: input is ""; it must be a whole number'),
        ("input,tick\n0,1.5\n", "line 2: tick is 1.5; it must be a whole number"),
        ("input,tick\n-1,1\n", "line 2: input is -1; it must be a whole number from 0"),
        ("input,tick,value\n0,1,nan\n", "line 2: value is NaN; it must be a finite number"),
        pytest.param(
            f"input,tick\n0,{'9' * 200_000}\n",
            "line 2: field larger than field limit .* must be CSV",
            id="a large cell",
        ),
        ("[1]", "row 0 is 1; it must be an object"),
        ('[{"input": 0}]', "row 0: the key 'tick' is missing; there must be input, tick, and may"),
        ('[{"input": 0, "tick": 1, "time": 1}]', "row 0: the key 'time' is unknown"),
        ("[", "line 1, column 2: Expecting value; the file must be complete JSON"),
    ],
)
def test_mistakes_in_a_table_are_named(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read_spikes(text)


def charged(arithmetic: str = "float32", model: str = "lif") -> Network:
    """Two input neurons, the second one an output."""
    row = [2, 1, 0, 0, 0, -4, 0] if model == "lif" else [2, 0, -4, 0]
    return assemble(model, arithmetic, Ends(0, [0, 1], [1]), [row, row], [Synapse(0, 1, 1, 6)])


def test_spikes_go_to_sources(one_neuron: Any) -> None:
    inputs = inputs_of(read_spikes("input,tick\n1,0\n0,3\n"), one_neuron(sources=2), 4)

    assert inputs.dtype == np.bool_
    assert inputs.shape == (4, 2, 1)
    assert np.argwhere(inputs).tolist() == [[0, 1, 0], [3, 0, 0]]


def test_charges_add_up() -> None:
    inputs = inputs_of(read_spikes("input,tick,value\n1,0,-1\n0,3,2\n0,3,0.5\n"), charged(), 5)

    assert inputs.dtype == np.float32
    assert inputs[:, :, 0].tolist() == [[0, -1], [0, 0], [0, 0], [2.5, 0], [0, 0]]


def test_values_of_risp_s_spikes_are_shares_of_its_factor() -> None:
    table = read_spikes("input,tick,value\n0,0,0.5\n1,0,\n0,1,0\n")

    inputs = inputs_of(table, charged("integer", "risp"), 2, RispSettings(spike_value_factor=5))

    assert inputs[:, :, 0].tolist() == [[2, 5], [EMPTY_EVENT, 0]]


def test_time_lasts_until_the_last_event_has_passed_the_longest_delay() -> None:
    assert ticks_needed(read_spikes("input,tick\n0,3\n0,2\n"), charged()) == 10
    assert ticks_needed([], charged()) == 7


SOURCES, CHARGES, WHOLE = "sources", "charges", "whole"


@pytest.mark.parametrize(
    ("kind", "line", "sentence"),
    [
        (SOURCES, "2,0,", "line 2: input is 2; the network has inputs 0 to 1"),
        (SOURCES, "0,9,", "line 2: tick is 9; with 5 ticks it must be 0 to 4"),
        (SOURCES, "0,0,2", "line 2: value is 2; inputs of this network spike, without a value"),
        (SOURCES, "0,1,\n0,1,1", "line 3: input 0 spikes twice at tick 1; once is allowed"),
        (CHARGES, "0,1,", "line 2: the value is missing; inputs of this network take charges"),
        (WHOLE, "0,1,0.5", "line 2: value is 0.5; it must be a whole number from -536870912"),
        (CHARGES, "0,1,1e300", r"input 0 receives a charge of 1e\+300 at tick 1; it must be -536"),
        ("risp", "0,1,2", "line 2: value is 2.0; it must be 0 to 1"),
    ],
)
def test_what_does_not_fit_a_network_is_named(
    kind: str, line: str, sentence: str, one_neuron: Any
) -> None:
    rows = read_spikes(f"input,tick,value\n{line}\n")
    networks = {
        SOURCES: one_neuron(sources=2),
        CHARGES: charged(),
        WHOLE: charged("integer"),
        "risp": charged("integer", "risp"),
    }

    with pytest.raises(InputError, match=sentence):
        inputs_of(rows, networks[kind], 5, RispSettings() if kind == "risp" else None)
