"""JSON of networks: read with mistakes named, assembled in any order, written line by line."""

import json
import math
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeGuard

import numpy as np

from ...errors import InputError
from .. import models
from ..network import LARGEST_CHARGE, Network


def parse(document_text: str) -> Mapping[str, Any]:
    """Return the JSON object that a text holds.

    Raises:
        InputError: If it is not JSON, not an object, or an object has a key twice.
    """
    document = load(document_text)
    if not isinstance(document, dict):
        raise InputError(f"the file holds {shown(document)}; it must be a JSON object")
    return document


def load(document_text: str) -> Any:
    """Return the value that a text of JSON holds.

    Raises:
        InputError: If it is not JSON, or an object has a key twice.
    """
    try:
        return json.loads(document_text, object_pairs_hook=_object, parse_constant=_refuse)
    except InputError:
        raise
    except json.JSONDecodeError as error:
        raise InputError(
            f"line {error.lineno}, column {error.colno}: {error.msg}; the file must be complete JSON"
        ) from None
    except (ValueError, RecursionError) as error:  # thousands of digits, thousands of brackets
        raise InputError(f"{error}; the file must be JSON that can be read") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InputError(f"the key {twice!r} stands twice in one object; each must be unique")
    return entries


def _refuse(constant: str) -> None:
    raise InputError(f"{constant} is no number of JSON; numbers must be finite")


def shown(value: object) -> str:
    """Return a value as a message shows it: as JSON, cut short."""
    whole_text = json.dumps(value, ensure_ascii=False)
    return whole_text if len(whole_text) <= 40 else f"{whole_text[:37]}..."


def entry(
    value: object, where: str, keys: tuple[str, ...], *, optional: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    """Return an object that has these keys, perhaps the optional ones, and no others.

    Raises:
        InputError: Naming the key.
    """
    known = f"there must be {', '.join(keys) or 'none'}"
    if optional:
        known += f", and may be {', '.join(optional)}"
    if not isinstance(value, dict):
        raise InputError(f"{where} is {shown(value)}; it must be an object")
    for key in keys:
        if key not in value:
            raise InputError(f"{where}: the key {key!r} is missing; {known}")
    for key in value:
        if key not in keys and key not in optional:
            raise InputError(f"{where}: the key {key!r} is unknown; {known}")
    return value


def entries(document: Mapping[str, Any], key: str) -> list[Any]:
    """Return the list under a key.

    Raises:
        InputError: If there is none.
    """
    if key not in document:
        raise InputError(f"the key {key!r} is missing; it must be a list")
    if not isinstance(document[key], list):
        raise InputError(f"{key} is {shown(document[key])}; it must be a list")
    found: list[Any] = document[key]
    return found


def is_number(value: object) -> TypeGuard[float]:
    """Return whether a value is a number that a float can hold: not NaN, not a truth value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max


def whole(value: object, name: str, low: int, high: int) -> int:
    """Return a whole number in a range; one with the fraction 0 counts as whole.

    Raises:
        InputError: Naming it.
    """
    if not is_number(value) or value % 1 or not low <= value <= high:
        raise InputError(
            f"{name} is {shown(value)}; it must be a whole number from {low} to {high}"
        )
    return int(value)


def number(value: object, name: str) -> float:
    """Return a finite number.

    Raises:
        InputError: Naming it.
    """
    if not is_number(value):
        raise InputError(f"{name} is {shown(value)}; it must be a finite number")
    return float(value)


def flag(value: object, name: str) -> bool:
    """Return a truth value.

    Raises:
        InputError: Naming it.
    """
    if not isinstance(value, bool):
        raise InputError(f"{name} is {shown(value)}; it must be true or false")
    return value


def text(value: object, name: str) -> str:
    """Return a text.

    Raises:
        InputError: Naming it.
    """
    if not isinstance(value, str):
        raise InputError(f"{name} is {shown(value)}; it must be a text")
    return value


def document(head: Mapping[str, Any], lists: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Return a JSON object as text: a line for each key of `head`, and for each entry of each list."""
    lines = [f'  "{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in head.items()]
    for key, entries in lists.items():
        rows = ",\n".join(f"    {json.dumps(entry, ensure_ascii=False)}" for entry in entries)
        lines.append(f'  "{key}": [\n{rows}\n  ]' if entries else f'  "{key}": []')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def plain(number: Any) -> float | str:
    """Return a NumPy number as JSON has it, such that reading it gives back an equal one.

    Whole numbers stand without a fraction, those on a dyadic grid down to 2⁻²⁰ with all of their
    digits, others with as many as tell them apart in their type; infinity is "inf" or "-inf".
    """
    value = float(number)
    if not math.isfinite(value):
        return str(value)
    if value.is_integer():
        return int(value)
    if (value * 2**20).is_integer():
        return value
    short = float(str(number))
    return short if type(number)(short) == number else value


class Ends(NamedTuple):
    """Where spikes enter and leave.

    Attributes:
        source_count: Number of sources, the first neurons.
        inputs: For each input the index of its neuron.
        outputs: For each output the index of its neuron.
    """

    source_count: int
    inputs: Sequence[int]
    outputs: Sequence[int]


class Synapse(NamedTuple):
    """A synapse between two neurons, named by their indices."""

    source: int
    target: int
    weight: float
    delay: int


def assemble(
    model: str,
    arithmetic: str,
    ends: Ends,
    parameters: Sequence[Sequence[float]],
    synapses: Sequence[Synapse],
) -> Network:
    """Make a network and check it.

    Args:
        model: Name of the neuron model.
        arithmetic: Of the model.
        ends: Inputs and outputs.
        parameters: A row for each neuron, of numbers that the arithmetic can hold.
        synapses: In any order.

    Raises:
        InputError: As `Network.validate`, if a pair of neurons has two synapses, or if whole numbers
            are too large to compute with.
    """
    dtype: Any = models.DTYPES[arithmetic]
    ordered = sorted(synapses, key=lambda s: (s.target, s.source))
    for before, after in pairwise(ordered):
        if before[:2] == after[:2]:
            raise InputError(
                f"two synapses lead from neuron {after.source} to neuron {after.target}; a pair of "
                "neurons has at most one"
            )
    targets = [synapse.target for synapse in ordered]
    with np.errstate(over="ignore"):  # what becomes infinite is refused below
        weights = np.array([synapse.weight for synapse in ordered], np.float64).astype(dtype)
        rows = np.array(parameters, np.float64).astype(dtype)
    network = Network(
        model=model,
        arithmetic=arithmetic,
        source_count=ends.source_count,
        input_neurons=np.array(ends.inputs, np.int32),
        output_neurons=np.array(ends.outputs, np.int32),
        offsets=np.searchsorted(targets, np.arange(len(parameters) + 1)).astype(np.int32),
        sources=np.array([synapse.source for synapse in ordered], np.int32),
        weights=weights,
        delays=np.array([synapse.delay for synapse in ordered], np.int32),
        parameters=rows.reshape(len(parameters), len(models.parameters(model))),
    )
    network.validate()
    if arithmetic == "integer":
        _check_sums(network)
    return network


def _check_sums(network: Network) -> None:
    """Check that the charge of all synapses of a neuron fits into 32 bits beside what else it holds.

    Raises:
        InputError: If it does not.
    """
    sums = np.bincount(network.targets, np.abs(network.weights.astype(np.float64)))
    for neuron in np.flatnonzero(sums > LARGEST_CHARGE)[:1]:
        raise InputError(
            f"the weights of the synapses to neuron {neuron} add up to {sums[neuron]:.0f}, signs left "
            f"out; in integers it must be at most {LARGEST_CHARGE}"
        )
