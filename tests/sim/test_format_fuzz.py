"""Whatever a file holds, reading it gives a valid network or one sentence."""

import copy
import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from spikevolve.errors import InputError
from spikevolve.sim.formats.json_text import parse
from spikevolve.sim.formats.network_json import read_network, write_network
from spikevolve.sim.formats.risp_json import read_risp, write_risp
from spikevolve.sim.formats.spike_table import inputs_of, read_spikes
from spikevolve.sim.risp_processor import RispSettings

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.integers()
    | st.floats()
    | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to everything in a document."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()  # fmt: skip
    return [way, *(deeper for key in keys for deeper in places(value[key], (*way, key)))]


def changed(document: Any, way: tuple[Any, ...], value: Any) -> Any:
    """A copy with something else at a place; without the entry where the value is `...`."""
    if not way:
        return value
    whole = place = copy.deepcopy(document)
    for step in way[:-1]:
        place = place[step]
    if value is ...:
        del place[way[-1]]
    else:
        place[way[-1]] = value
    return whole


@given(data=st.data(), seed=st.integers(0, 9), risp=st.booleans())
@settings(deadline=None, max_examples=300)
def test_any_change_to_a_document_is_read_or_refused(
    data: st.DataObject, seed: int, risp: bool, random_network: Any
) -> None:
    network = random_network(seed, "integer", model="risp", max_hidden=3)
    uniform = network.parameters.copy()
    uniform[:, 2:] = uniform[-1, 2:]
    text = (
        write_risp(replace(network, parameters=uniform), RispSettings())
        if risp
        else write_network(network)
    )
    document = json.loads(text)
    way = data.draw(st.sampled_from(places(document)))
    value = data.draw(VALUES | st.just(...)) if way else data.draw(VALUES)

    try:
        broken = parse(json.dumps(changed(document, way, value)))
        found = read_risp(broken).network if risp else read_network(broken)
    except InputError:
        return
    found.validate()


@given(text=st.text() | VALUES.map(json.dumps) | st.lists(VALUES).map(json.dumps))
@settings(deadline=None, max_examples=300)
def test_any_text_is_a_table_or_refused(text: str, one_neuron: Any) -> None:
    for table in (text, f"input,tick\n{text}"):
        with suppress(InputError):
            inputs_of(read_spikes(table), one_neuron(sources=2), 3)


@given(
    cells=st.lists(
        st.tuples(
            st.integers(-1, 3), st.integers(-1, 4), st.sampled_from(["", "1", "x", "2.5", "inf"])
        )
    )
)
@settings(deadline=None)
def test_any_cells_are_spikes_or_refused(cells: list[Any], one_neuron: Any) -> None:
    text = "input,tick,value\n" + "".join(f"{i},{t},{v}\n" for i, t, v in cells)

    with suppress(InputError):
        assert inputs_of(read_spikes(text), one_neuron(sources=2), 3).sum() == len(cells)
