"""The text form of a genome: JSON that people can read, with the profile it is valid for."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from .. import InputError
from .choice import Allowed
from .fields import is_number
from .genome import Genome, assemble
from .identifiers import ID_BITS, derive
from .profile import Profile
from .validation import validate

FORMAT = "spikevolve genome"
SCHEMA = 1

_KEYS = ("format", "schema", "profile", "traits", "inputs", "outputs", "hidden", "synapses")
_GROUPS = ("inputs", "outputs", "hidden")  # of neurons, in their order in a genome
_SYNAPSE = ("source", "target", "weight", "delay")


def to_text(genome: Genome, profile: Profile) -> str:
    """Write a genome and its profile as JSON; `from_text` gives back equal ones.

    Neurons stand in the lists `inputs`, `outputs` and `hidden`, each with its id and, if it has a
    potential, its inherited parameters; a synapse names its neurons by their ids. One line for each.
    Numbers are real values: exact on the dyadic grids, those of lists with as many digits as tell
    them apart.
    """
    ids = genome.neuron_ids.tolist()
    neurons = [_neuron(genome, profile, index) for index in range(genome.neurons)]
    ends = genome.inputs + genome.outputs
    synapses = [
        {"source": ids[s], "target": ids[t], "weight": _real(w), "delay": int(d)}
        for s, t, w, d in zip(
            genome.sources, genome.targets, genome.weights, genome.delays, strict=True
        )
    ]
    lines = [f'  "format": {json.dumps(FORMAT)}', f'  "schema": {SCHEMA}']
    lines.append(f'  "profile": {json.dumps(profile.to_json(), ensure_ascii=False)}')
    lines.append(f'  "traits": {json.dumps(dict(genome.traits), ensure_ascii=False)}')
    lines.append(_list("inputs", neurons[: genome.inputs]))
    lines.append(_list("outputs", neurons[genome.inputs : ends]))
    lines.append(_list("hidden", neurons[ends:]))
    lines.append(_list("synapses", synapses))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _neuron(genome: Genome, profile: Profile, index: int) -> dict[str, float]:
    entry: dict[str, float] = {"id": int(genome.neuron_ids[index])}
    if index >= profile.first_target(genome.inputs):
        values = map(_real, genome.parameters[index])
        entry |= dict(zip(profile.genes, values, strict=True))
    return entry


def _real(number: np.float32) -> float:
    """The exact value where it is dyadic, else the shortest that float32 rounds to the number."""
    if number.is_integer():
        return int(number)
    return float(number) if (number * 2**20).is_integer() else float(str(number))


def _list(name: str, entries: list[dict[str, float]]) -> str:
    lines = ",\n".join(f"    {json.dumps(entry)}" for entry in entries)
    return f'  "{name}": [\n{lines}\n  ]' if entries else f'  "{name}": []'


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
    try:
        document = json.loads(text, object_pairs_hook=_object)
    except InputError:
        raise
    except json.JSONDecodeError as error:
        raise InputError(
            f"line {error.lineno}, column {error.colno}: {error.msg}; the file must be complete JSON"
        ) from None
    except (ValueError, RecursionError) as error:  # thousands of digits, thousands of brackets
        raise InputError(f"{error}; the file must be the JSON of a genome") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError(f'not a genome; it must be a JSON object with "format": "{FORMAT}"')
    if document.get("schema") != SCHEMA or isinstance(document["schema"], bool):
        raise InputError(f"schema is {document.get('schema')!r}; this version reads {SCHEMA}")
    return _entry(document, "genome", _KEYS)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InputError(f"the key {twice!r} stands twice in one object; each must be unique")
    return entries


def _read(document: Mapping[str, Any]) -> tuple[Genome, Profile]:
    profile = Profile.from_json(document["profile"])
    index: dict[int, int] = {}  # of a neuron in the genome, by its id
    parameters = []
    for group in _GROUPS:
        for place, entry in enumerate(_entries(document, group)):
            neuron_id, row = _read_neuron(entry, group, place, profile)
            if neuron_id in index:
                raise InputError(f"{group}[{place}]: id {neuron_id} is a duplicate; ids are unique")
            index[neuron_id] = len(index)
            parameters.append(row)
    synapses = _read_synapses(document, index, profile)
    ends = len(document["inputs"]), len(document["outputs"])
    genome = assemble(ends, list(index), parameters, synapses, _read_traits(document["traits"]))
    validate(genome, profile)
    return genome, profile


def _read_neuron(
    entry: object, group: str, place: int, profile: Profile
) -> tuple[int, list[float]]:
    where = f"{group}[{place}]"
    genes = {} if group == "inputs" and profile.inputs == "sources" else profile.genes
    values = _entry(entry, where, ("id", *genes))
    neuron_id = _whole(values["id"], f"{where}: id", 2**ID_BITS - 1)
    if group != "hidden" and neuron_id != (expected := derive(group.removesuffix("s"), place)):
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
    for place, entry in enumerate(_entries(document, "synapses")):
        where = f"synapses[{place}]"
        values = _entry(entry, where, _SYNAPSE)
        ends = [_whole(values[end], f"{where}: {end}", 2**ID_BITS - 1) for end in _SYNAPSE[:2]]
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


def _entries(document: Mapping[str, Any], key: str) -> list[Any]:
    entries = document[key]
    if not isinstance(entries, list):
        raise InputError(f"{key} is {entries!r}; it must be a list")
    return entries


def _entry(entry: object, where: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
    """An object of the file, which has exactly these keys."""
    if not isinstance(entry, dict):
        raise InputError(f"{where} is {entry!r}; it must be an object")
    for key in keys:
        if key not in entry:
            raise InputError(
                f"{where}: the key {key!r} is missing; there must be {', '.join(keys)}"
            )
    for key in entry:
        if key not in keys:
            raise InputError(
                f"{where}: the key {key!r} is unknown; there must be {', '.join(keys)}"
            )
    return entry


def _whole(value: object, name: str, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= high:
        raise InputError(f"{name} is {value!r}; it must be a whole number from 0 to {high}")
    return value


def _allowed(value: Any, where: str, name: str, allowed: Allowed) -> float:
    """A number that the profile allows."""
    if not (is_number(value) and value in allowed):
        raise InputError(f"{where}: {name} is {value!r}; it must be {allowed}")
    return float(value)


def _read_traits(traits: object) -> tuple[tuple[str, float], ...]:
    if not isinstance(traits, dict):
        raise InputError(f"traits is {traits!r}; it must be an object")
    for name, value in traits.items():
        if not is_number(value):
            raise InputError(f"trait {name}: the value is {value!r}; it must be a finite number")
    return tuple((name, float(value)) for name, value in traits.items())
