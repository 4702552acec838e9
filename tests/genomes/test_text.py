"""The text form: exact both ways, readable, and every mistake named with its place."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikevolve.errors import InputError
from spikevolve.genomes import Genome, Profile, from_text, profile, to_text, validate
from spikevolve.genomes.genome import assemble, io_ids

IDS = io_ids(2, 1).tolist()
CHIP = replace(profile("float", {"bias": [-1, 1]}), traits={"gain": (0.1, 1.0)})


def example() -> Genome:
    return assemble(
        (2, 1),
        [*IDS, 77],
        np.array([[0, 0, 0, 0], [0, 0, 0, 0], [1, 0.9, 0, 0.5], [2.5, 0.75, 3, -1]]),
        ([0, 1, 3, 2], [3, 3, 2, 2], [0.5, -1, 2**-10, 1], [1, 15, 4, 2]),
        (("gain", 0.1),),
    )


def test_round_trip_is_exact(chip: Profile, evolved: Any) -> None:
    for seed in range(30):
        genome = evolved(chip, seed)
        text = to_text(genome, chip)
        again, its_profile = from_text(text, "genome.json")
        assert again == genome
        assert its_profile == chip
        assert to_text(again, its_profile) == text


@given(leaks=st.lists(st.floats(0, 1, width=32), min_size=1, max_size=5, unique=True))
def test_any_leak_survives(leaks: list[float]) -> None:
    chip = profile("float", {"leaks": sorted(leak + 0.0 for leak in leaks)})
    rows = [[0] * 4] + [[1, leak, 0, 0] for leak in leaks]
    ids = [*io_ids(1, 1), *range(len(leaks) - 1)]
    genome = assemble((1, 1), ids, rows, ([], [], [], []))
    validate(genome, chip)
    assert from_text(to_text(genome, chip), "x")[0] == genome


def test_numbers_are_those_that_people_wrote() -> None:
    document = json.loads(to_text(example(), CHIP))
    assert document["schema"] == 1
    assert document["profile"]["bias"] == [-1, 1, 2**-10]
    assert document["inputs"] == [{"id": IDS[0]}, {"id": IDS[1]}]
    assert document["outputs"] == [
        {"id": IDS[2], "threshold": 1, "leak": 0.9, "refractory": 0, "bias": 0.5}
    ]
    assert document["hidden"][0]["threshold"] == 2.5
    assert document["synapses"][0] == {
        "source": IDS[2],
        "target": IDS[2],
        "weight": 1,
        "delay": 2,
    }
    assert document["synapses"][1]["weight"] == 2**-10
    assert document["traits"] == {"gain": 0.1}


def test_one_line_for_each_neuron_and_synapse() -> None:
    lines = to_text(example(), CHIP).splitlines()
    assert sum('"threshold"' in line for line in lines) == 2 + 1  # the profile has one
    assert sum('"source"' in line for line in lines) == 4


def test_order_in_the_file_does_not_matter(evolved: Any) -> None:
    genome = evolved(CHIP, 1)
    document = json.loads(to_text(genome, CHIP))
    rng = np.random.default_rng(1)
    for key in ("hidden", "synapses"):
        document[key] = [document[key][i] for i in rng.permutation(len(document[key]))]
    assert from_text(json.dumps(document), "x")[0] == genome


def test_a_file_of_the_first_version_is_read() -> None:
    profile_of_then = {
        "name": "float",
        "model": "lif",
        "arithmetic": "float32",
        "inputs": "sources",
        "weight": [-1, 1, 0.0009765625],
        "threshold": [0.0625, 4, 0.0625],
        "bias": [-1, 1, 0.0009765625],
        "leaks": [0, 0.5, 0.75, 0.9, 1],
        "delay": [1, 15, 1],
        "refractory": [0, 3, 1],
        "v_reset": 0,
        "v_min": -4,
        "soft_reset": False,
        "max_charge": 16,
        "max_hidden": 64,
        "max_synapses": 4096,
        "max_fan_in": 1024,
    }
    genome, chip = example().with_traits(()), replace(CHIP, traits={})
    document = json.loads(to_text(genome, chip)) | {"profile": profile_of_then, "schema": 1}
    assert from_text(json.dumps(document), "old.json") == (genome, chip)


Change = Callable[[dict[str, Any]], object]


def put(*path: Any) -> Change:
    """Set the value at a place of the document: keys and indices, then the value."""

    def change(document: Any) -> None:
        for key in path[:-2]:
            document = document[key]
        document[path[-2]] = path[-1]

    return change


def drop(*path: Any) -> Change:
    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        del document[path[-1]]

    return change


S0 = f"synapses\\[0\\] \\(from {IDS[2]} to {IDS[2]}\\)"
S1 = f"synapses\\[1\\] \\(from 77 to {IDS[2]}\\)"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put("synapses", 0, "source", 12345), "from 12345 to .*source 12345 is not the id"),
        (put("synapses", 0, "target", 12345), "target 12345 is not the id of a neuron"),
        (put("synapses", 0, "source", 77), f"{S1} is a duplicate"),
        (put("synapses", 0, "target", IDS[0]), f"target {IDS[0]} is an input"),
        (put("synapses", 0, "weight", float("nan")), "NaN is no number of JSON"),
        (put("synapses", 0, "weight", float("inf")), "Infinity is no number of JSON"),
        (put("synapses", 0, "weight", 10**400), f"{S0}: weight is 1000.*; it must be"),
        (put("synapses", 0, "weight", 0.3), f"{S0}: weight is 0.3; .* in steps of 0.0009765625"),
        (put("synapses", 0, "weight", "strong"), f'{S0}: weight is "strong"; it must be'),
        (put("synapses", 0, "weight", None), f"{S0}: weight is null; it must be"),
        (put("synapses", 0, "weight", True), f"{S0}: weight is true; it must be"),
        (put("synapses", 0, "delay", 0), f"{S0}: delay is 0; it must be 1 to 15"),
        (put("synapses", 0, "delay", 1.5), f"{S0}: delay is 1.5; it must be 1 to 15"),
        (put("synapses", 0, "delay", 10**30), f"{S0}: delay is 1000.*; it must be 1 to 15"),
        (put("synapses", 0, "delay", float("nan")), "NaN is no number of JSON"),
        (put("synapses", 0, "source", "a"), 'synapses\\[0\\]: source is "a"; it must be a whole'),
        (put("synapses", 0, "source", 1.5), "synapses\\[0\\]: source is 1.5; it must be a whole"),
        (drop("synapses", 0, "delay"), "synapses\\[0\\]: the key 'delay' is missing"),
        (put("synapses", 0, "wieght", 1), "synapses\\[0\\]: the key 'wieght' is unknown"),
        (put("synapses", 0, 5), "synapses\\[0\\] is 5; it must be an object"),
        (put("synapses", {}), "synapses is {}; it must be a list"),
        (put("hidden", 0, "id", IDS[0]), f"hidden\\[0\\]: id {IDS[0]} is a duplicate"),
        (put("hidden", 0, "id", -1), "hidden\\[0\\]: id is -1; it must be a whole number from 0"),
        (put("hidden", 0, "id", 2**53), "hidden\\[0\\]: id is 9007199254740992"),
        (put("hidden", 0, "id", 77.5), "hidden\\[0\\]: id is 77.5"),
        (put("hidden", 0, "threshold", 0), "hidden\\[0\\] \\(id 77\\): threshold is 0; it must be"),
        (put("hidden", 0, "leak", 0.3), "leak is 0.3; it must be one of 0, 0.5, 0.75, 0.9, 1"),
        (put("hidden", 0, "leak", float("nan")), "NaN is no number of JSON"),
        (put("hidden", 0, "leak", [1]), "leak is \\[1\\]; it must be one of"),
        (put("hidden", 0, "refractory", 9), "refractory is 9; it must be 0 to 3"),
        (put("hidden", 0, "bias", 2), "bias is 2; it must be -1 to 1"),
        (drop("hidden", 0, "leak"), "hidden\\[0\\]: the key 'leak' is missing"),
        (put("inputs", 0, "threshold", 1), "inputs\\[0\\]: the key 'threshold' is unknown"),
        (put("inputs", 0, "id", 5), f"inputs\\[0\\]: id is 5; it must be {IDS[0]}"),
        (put("inputs", []), "source .* is not the id|at least one input"),
        (put("outputs", 0, None), "outputs\\[0\\] is null; it must be an object"),
        (drop("hidden"), "genome: the key 'hidden' is missing"),
        (put("comment", "hello"), "genome: the key 'comment' is unknown"),
        (put("schema", 2), "schema is 2; this version reads 1"),
        (put("schema", True), "schema is true"),
        (drop("schema"), "schema is null"),
        (put("format", "something"), "not a genome"),
        (put("traits", []), "traits is \\[\\]; it must be an object"),
        (put("traits", "gain", 0.5), "trait gain is 0.5; it must be one of 0.1, 1"),
        (put("traits", "pitch", 1), "traits: the key 'pitch' is unknown"),
        (drop("traits", "gain"), "traits: the key 'gain' is missing"),
        (put("profile", "traits", []), "traits is \\[\\]; it must be an object"),
        (
            put("profile", "traits", "gain", [1, 0.1]),
            "trait gain is \\[1, 0.1\\]; .* rising numbers",
        ),
        (put("traits", "gain", "loud"), 'trait gain: the value is "loud"; .* finite number'),
        (put("traits", "gain", float("nan")), "NaN is no number of JSON"),
        (put("profile", 3), "profile is 3; it must be an object"),
        (put("profile", "weight", [-1, 1, 0.3]), "weight: grid is 0.3"),
        (put("profile", "max_hidden", 0), "1 hidden neurons; it must have at most 0"),
        (put("profile", "max_fan_in", 1), "has 2 incoming synapses; it must have at most 1"),
        (drop("profile", "leaks"), "profile: the key 'leak' or 'leaks' is missing"),
    ],
)
def test_every_mistake_is_named_with_file_place_value_and_what_is_allowed(
    change: Change, message: str
) -> None:
    document = json.loads(to_text(example(), CHIP))
    change(document)
    with pytest.raises(InputError, match=f"^champion.json: .*{message}"):
        from_text(json.dumps(document), "champion.json")


def test_a_truncated_file_is_refused_wherever_it_ends() -> None:
    text = to_text(example(), CHIP).rstrip()
    for length in range(len(text)):
        with pytest.raises(InputError, match=r"^x: "):
            from_text(text[:length], "x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: .*; the file must be complete JSON"),
        ("[]", "not a genome"),
        ("3", "not a genome"),
        ("{}", "not a genome"),
        ('{"format": "spikevolve genome", "format": 1}', "the key 'format' stands twice"),
        ("[" * 100_000, "JSON"),
        ("1" * 10_000, "JSON"),
    ],
)
def test_a_file_that_is_no_genome_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        from_text(text, "x")


@given(data=st.data())
def test_no_damage_raises_anything_but_an_input_error(data: st.DataObject) -> None:
    text = to_text(example(), CHIP)
    place = data.draw(st.integers(0, len(text) - 1))
    damaged = text[:place] + data.draw(st.text(max_size=3)) + text[place + 1 :]
    try:
        genome, chip = from_text(damaged, "x")
    except InputError:
        return
    validate(genome, chip)
