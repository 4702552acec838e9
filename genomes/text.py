"""A genome as text that people can read, and as rows of a table."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import InputError
from ..sim.formats import json_text
from ..sim.formats.json_text import entries, entry, load, shown, whole
from .genome import ID_BITS, Genome, assemble, derive_id
from .profiles.hardware_profile import Profile
from .profiles.ranges import Allowed
from .profiles.rules import is_number
from .validation import validate

FORMAT = "spikevolve genome"
SCHEMA = 1

_KEYS = ("format", "schema", "profile", "traits", "inputs", "outputs", "hidden", "synapses")
_GROUPS = ("inputs", "outputs", "hidden")  # of neurons, in their order in a genome
_LARGEST_ID = 2**ID_BITS - 1
_SYNAPSE = ("source", "target", "weight", "delay")


def to_text(genome: Genome, profile: Profile, task: Mapping[str, Any] | None = None) -> str:
    """Write a genome and its profile as JSON; `from_text` gives back equal ones.

    Neurons stand in the lists `inputs`, `outputs` and `hidden`, each with its id and, if it has a
    potential, its inherited parameters; a synapse names its neurons by their ids. One line for each.
    Numbers are real values: exact on the dyadic grids, those of lists with as many digits as tell
    them apart. An object `task` may say what the genome is for; reading leaves it out.
    """
    ids = genome.neuron_ids.tolist()
    neurons = [_neuron(genome, profile, index) for index in range(genome.neurons)]
    first_hidden = genome.inputs + genome.outputs
    synapses = [
        {"source": ids[s], "target": ids[t], "weight": json_text.plain(w), "delay": int(d)}
        for s, t, w, d in zip(
            genome.sources, genome.targets, genome.weights, genome.delays, strict=True
        )
    ]
    head = {
        "format": FORMAT,
        "schema": SCHEMA,
        **({} if task is None else {"task": task}),
        "profile": profile.to_json(),
        "traits": dict(genome.traits),
    }
    groups = (
        neurons[: genome.inputs],
        neurons[genome.inputs : first_hidden],
        neurons[first_hidden:],
    )
    return json_text.document(
        head, dict(zip(_GROUPS, groups, strict=True)) | {"synapses": synapses}
    )


def _neuron(genome: Genome, profile: Profile, index: int) -> dict[str, float | str]:
    neuron: dict[str, float | str] = {"id": int(genome.neuron_ids[index])}
    if index >= profile.first_target(genome.inputs):
        values = map(json_text.plain, genome.parameters[index])
        neuron |= dict(zip(profile.genes, values, strict=True))
    return neuron


def from_text(text: str, source_name: str) -> tuple[Genome, Profile]:
    """Read a genome and its profile; hidden neurons and synapses may stand in any order.

    Args:
        text: JSON as `to_text` writes it.
        source_name: Name of the file, for messages.

    Raises:
        InputError: Naming the file, the neuron or synapse, the value and what is allowed.
    """
    try:
        return _read(_parse(text))
    except InputError as error:
        raise InputError(f"{source_name}: {error}") from None


def _parse(text: str) -> Mapping[str, Any]:
    found = load(text)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise InputError(f'not a genome; it must be a JSON object with "format": "{FORMAT}"')
    schema = found.get("schema")
    if schema != SCHEMA or isinstance(schema, bool):
        raise InputError(f"schema is {shown(schema)}; this version reads {SCHEMA}")
    return entry(found, "genome", _KEYS, optional=("task",))


def _read(document: Mapping[str, Any]) -> tuple[Genome, Profile]:
    profile = Profile.from_json(document["profile"])
    index: dict[int, int] = {}  # of a neuron in the genome, by its id
    parameters = []
    for group in _GROUPS:
        for number, item in enumerate(entries(document, group)):
            neuron_id, row = _read_neuron(item, group, number, profile)
            if neuron_id in index:
                raise InputError(
                    f"{group}[{number}]: id {neuron_id} is a duplicate; ids are unique"
                )
            index[neuron_id] = len(index)
            parameters.append(row)
    synapses = _read_synapses(document, index, profile)
    io_counts = len(document["inputs"]), len(document["outputs"])
    traits = _read_traits(document["traits"], profile)
    genome = assemble(io_counts, list(index), parameters, synapses, traits)
    validate(genome, profile)
    return genome, profile


def _read_neuron(
    item: object, group: str, number: int, profile: Profile
) -> tuple[int, list[float]]:
    where = f"{group}[{number}]"
    genes = {} if group == "inputs" and profile.inputs == "sources" else profile.genes
    values = entry(item, where, ("id", *genes))
    neuron_id = whole(values["id"], f"{where}: id", 0, _LARGEST_ID)
    if group != "hidden" and neuron_id != (expected := derive_id(group.removesuffix("s"), number)):
        raise InputError(f"{where}: id is {neuron_id}; it must be {expected}, the same everywhere")
    where = f"{where} (id {neuron_id})"
    row = [_allowed(values[gene], where, gene, allowed) for gene, allowed in genes.items()]
    return neuron_id, row or [0.0] * len(profile.genes)


def _read_synapses(
    document: Mapping[str, Any], index: Mapping[int, int], profile: Profile
) -> tuple[list[int], list[int], list[float], list[float]]:
    columns: tuple[list[int], list[int], list[float], list[float]] = ([], [], [], [])
    first = profile.first_target(len(document["inputs"]))
    pairs = set()
    for number, item in enumerate(entries(document, "synapses")):
        where = f"synapses[{number}]"
        values = entry(item, where, _SYNAPSE)
        ends = [whole(values[end], f"{where}: {end}", 0, _LARGEST_ID) for end in _SYNAPSE[:2]]
        where = f"{where} (from {ends[0]} to {ends[1]})"
        for name, neuron_id in zip(_SYNAPSE, ends, strict=False):
            if neuron_id not in index:
                raise InputError(f"{where}: {name} {neuron_id} is not the id of a neuron")
        if index[ends[1]] < first:
            raise InputError(
                f"{where}: target {ends[1]} is an input; no synapse ends at an input of this profile"
            )
        if (pair := tuple(ends)) in pairs:
            raise InputError(f"{where} is a duplicate; a pair of neurons has at most one synapse")
        pairs.add(pair)
        columns[0].append(index[ends[0]])
        columns[1].append(index[ends[1]])
        columns[2].append(_allowed(values["weight"], where, "weight", profile.weight))
        columns[3].append(_allowed(values["delay"], where, "delay", profile.delay))
    return columns


def _allowed(value: Any, where: str, name: str, allowed: Allowed) -> float:
    """Check that a value is a number that the profile allows."""
    if not (is_number(value) and value in allowed):
        raise InputError(f"{where}: {name} is {shown(value)}; it must be {allowed}")
    return float(value)


def _read_traits(found: object, profile: Profile) -> tuple[tuple[str, float], ...]:
    traits = entry(found, "traits", tuple(profile.traits))
    for name, value in traits.items():
        if not is_number(value):
            raise InputError(
                f"trait {name}: the value is {shown(value)}; it must be a finite number"
            )
    return tuple((name, float(traits[name])) for name in profile.traits)


def genome_columns(genome: Genome) -> dict[str, Any]:
    """Return everything that a genome is, as one row of a table.

    Returns:
        `inputs`, `outputs`; `neuron_ids`; `parameters`, neuron by neuron; `sources`, `targets`,
        `weights`, `delays`; `trait_names`, `trait_values`. The arrays are flat.
    """
    return {
        "inputs": genome.inputs,
        "outputs": genome.outputs,
        "neuron_ids": genome.neuron_ids,
        "parameters": genome.parameters.reshape(-1),
        "sources": genome.sources,
        "targets": genome.targets,
        "weights": genome.weights,
        "delays": genome.delays,
        "trait_names": [name for name, _ in genome.traits],
        "trait_values": [value for _, value in genome.traits],
    }


def genome_from_columns(row: Mapping[Any, Any]) -> Genome:
    """Undo `genome_columns`; further keys, and lists in place of arrays, are fine.

    Raises:
        ValueError: The columns of synapses, or of traits, differ in length.
    """
    names, values = row["trait_names"], row["trait_values"]
    synapses = row["sources"], row["targets"], row["weights"], row["delays"]
    if len({*map(len, synapses)}) > 1:
        raise ValueError(f"the columns of synapses have {[*map(len, synapses)]} values")
    return assemble(
        (int(row["inputs"]), int(row["outputs"])),
        row["neuron_ids"],
        np.asarray(row["parameters"], np.float32),
        synapses,
        tuple((str(name), float(value)) for name, value in zip(names, values, strict=True)),
    )
