"""The difference of two genomes: what one of them has, lacks, or has another value of."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from .genome import Genome
from .profiles.hardware_profile import Profile


class Change(NamedTuple):
    """One thing that two genomes differ in.

    Attributes:
        what: `neuron`, `synapse`, `weight`, `delay`, a gene such as `threshold`, or a trait.
        neurons: Ids of the neuron, or of source and target of the synapse; none for a trait.
        before: Value in the first genome: 1 for a neuron, the weight of a synapse; None if it has none.
        after: Value in the second genome, likewise.
    """

    what: str
    neurons: tuple[int, ...]
    before: float | None
    after: float | None


def difference(before: Genome, after: Genome, profile: Profile) -> list[Change]:
    """Return what changed from one genome to another, neurons first, aligned by their ids.

    A neuron or a synapse that is gone or new is one change, whatever its parameters. Both genomes must
    have as many inputs and outputs.
    """
    return [
        *_compared("neuron", _neurons(before), _neurons(after)),
        *_compared("synapse", _synapses(before, "weight"), _synapses(after, "weight"), ends=True),
        *_compared("weight", _synapses(before, "weight"), _synapses(after, "weight"), ends=False),
        *_compared("delay", _synapses(before, "delay"), _synapses(after, "delay"), ends=False),
        *(
            change
            for column, gene in enumerate(profile.genes)
            for change in _compared(
                gene, _parameters(before, column), _parameters(after, column), ends=False
            )
        ),
        *(
            Change(name, (), old, new)
            for (name, old), (_, new) in zip(before.traits, after.traits, strict=True)
            if old != new
        ),
    ]


_Values = Mapping[tuple[int, ...], float]


def _compared(what: str, before: _Values, after: _Values, ends: bool = True) -> Iterator[Change]:
    """Yield what begins or ends between two genomes, or, without `ends`, what both have otherwise."""
    for place in dict.fromkeys((*before, *after)):
        old, new = before.get(place), after.get(place)
        if (None in (old, new)) == ends and old != new:
            yield Change(what, place, old, new)


def _neurons(genome: Genome) -> _Values:
    return {(neuron,): 1.0 for neuron in genome.neuron_ids.tolist()}


def _synapses(genome: Genome, what: str) -> _Values:
    ids = genome.neuron_ids
    pairs = zip(ids[genome.sources].tolist(), ids[genome.targets].tolist(), strict=True)
    values = genome.weights if what == "weight" else genome.delays
    return dict(zip(pairs, values.tolist(), strict=True))


def _parameters(genome: Genome, column: int) -> _Values:
    values = genome.parameters[:, column].tolist()
    return {(neuron,): v for neuron, v in zip(genome.neuron_ids.tolist(), values, strict=True)}


def neuron_names(
    genome: Genome, inputs: Sequence[str] = (), outputs: Sequence[str] = ()
) -> dict[int, str]:
    """Return names by the ids of neurons; a hidden one is `h` and the last four digits of its id.

    Args:
        genome: Whose neurons they are.
        inputs: Names of the first inputs, of all of them, or of none.
        outputs: Names of the first outputs, likewise.
    """
    found = {}
    for place, neuron in enumerate(genome.neuron_ids.tolist()):
        output = place - genome.inputs
        if place < genome.inputs:
            found[neuron] = inputs[place] if place < len(inputs) else f"i{place}"
        elif output < genome.outputs:
            found[neuron] = outputs[output] if output < len(outputs) else f"o{output}"
        else:
            found[neuron] = f"h{neuron % 10_000:04}"
    return found


def described(change: Change, names: Mapping[int, str]) -> str:
    """Return a change in words: "weight of petal width → virginica 0.5 → 0.75"."""
    where = " → ".join(names.get(neuron, f"h{neuron % 10_000:04}") for neuron in change.neurons)
    if change.what in ("neuron", "synapse"):
        gone = change.after is None
        weight = (
            "" if change.what == "neuron" else f" ({change.before if gone else change.after:.4g})"
        )
        return f"{change.what} {where}{weight} {'removed' if gone else 'added'}"
    of = f" of {where}" if where else ""
    return f"{_WORDS.get(change.what, change.what)}{of} {change.before:.4g} to {change.after:.4g}"


def counted(changes: Sequence[Change]) -> str:
    """Return changes as counts: "1 neuron, 2 synapses added; 3 weights changed"; "" for none."""
    groups: dict[str, Counter[str]] = {
        "added": Counter(),
        "removed": Counter(),
        "changed": Counter(),
    }
    for change in changes:
        ends = change.what in ("neuron", "synapse")
        how = "changed" if not ends else "added" if change.before is None else "removed"
        groups[how][change.what] += 1
    parts = (
        ", ".join(_number_of(number, what) for what, number in group.items()) + f" {how}"
        for how, group in groups.items()
        if group
    )
    return "; ".join(parts)


#: What genes are called whose names are no nouns.
_WORDS = {"refractory": "refractory period"}


def _number_of(number: int, what: str) -> str:
    word = _WORDS.get(what, what)
    return f"{number} {word}{'' if number == 1 else 'es' if word.endswith('s') else 's'}"
