"""Whether a genome is valid for its profile; every operator keeps it so."""

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .genome import ID_BITS, Genome, io_ids, neuron_name, synapse_name
from .profiles.hardware_profile import Profile
from .profiles.limits import exceeded
from .profiles.ranges import Allowed, Range

_DTYPES = {
    "neuron_ids": np.int64,
    "parameters": np.float32,
    "wiring": np.int32,
    "weights": np.float32,
}


def validate(genome: Genome, profile: Profile) -> None:
    """Check every value of a genome.

    Raises:
        InputError: Naming the neuron or synapse, its value and what is allowed.
    """
    _check_arrays(genome, profile)
    _check_ids(genome)
    _check_synapses(genome, profile)
    _check_parameters(genome, profile)
    if (sentence := exceeded(genome, profile)) is not None:
        raise InputError(sentence)
    _check_traits(genome, profile)


def _check_arrays(genome: Genome, profile: Profile) -> None:
    if genome.inputs < 1 or genome.outputs < 1 or genome.hidden < 0:
        raise InputError(
            f"genome has {genome.inputs} inputs, {genome.outputs} outputs and {genome.neurons} "
            "neurons; it must have at least one input and one output"
        )
    shapes: dict[str, tuple[int, ...]] = {
        "neuron_ids": (genome.neurons,),
        "parameters": (genome.neurons, len(profile.genes)),
        "wiring": (3, genome.synapses),
        "weights": (genome.synapses,),
    }
    for name, dtype in _DTYPES.items():
        array = getattr(genome, name)
        if array.dtype != dtype or array.shape != shapes[name] or not array.flags.c_contiguous:
            raise InputError(
                f"genome: {name} is {array.dtype} of shape {array.shape}; it must be "
                f"{np.dtype(dtype).name} of shape {shapes[name]}, C-contiguous"
            )


def _check_ids(genome: Genome) -> None:
    ids, first_hidden = genome.neuron_ids, genome.inputs + genome.outputs
    expected = io_ids(genome.inputs, genome.outputs)
    for neuron in np.flatnonzero(ids[:first_hidden] != expected)[:1]:
        raise InputError(
            f"{neuron_name(genome, neuron)} has id {ids[neuron]}; it must be {expected[neuron]}"
        )
    for neuron in np.flatnonzero((ids < 0) | (ids >= 2**ID_BITS))[:1]:
        raise InputError(
            f"{neuron_name(genome, neuron)} has id {ids[neuron]}; it must be from 0 to "
            f"{2**ID_BITS - 1}"
        )
    hidden = ids[first_hidden:]
    wrong = np.isin(hidden, expected)
    wrong[1:] |= hidden[1:] <= hidden[:-1]
    for i in np.flatnonzero(wrong)[:1]:
        raise InputError(
            f"{neuron_name(genome, first_hidden + i)} is a duplicate or out of order; ids must be "
            "all different, and those of hidden neurons rise"
        )


def _check_synapses(genome: Genome, profile: Profile) -> None:
    sources, targets = genome.sources, genome.targets
    ends = (("source", sources, 0), ("target", targets, profile.first_target(genome.inputs)))
    for name, indices, low in ends:
        for synapse in np.flatnonzero((indices < low) | (indices >= genome.neurons))[:1]:
            raise InputError(
                f"synapse {synapse} from {sources[synapse]} to {targets[synapse]}: {name} is "
                f"{indices[synapse]}; it must be a neuron from {low} to {genome.neurons - 1}"
            )
    if not profile.direct:
        outputs = (targets >= genome.inputs) & (targets < genome.inputs + genome.outputs)
        for synapse in np.flatnonzero((sources < genome.inputs) & outputs)[:1]:
            raise InputError(
                f"{synapse_name(genome, synapse)} is direct; it must go through hidden neurons"
            )
    pairs = targets.astype(np.int64) * genome.neurons + sources
    for synapse in np.flatnonzero(pairs[1:] <= pairs[:-1])[:1] + 1:
        raise InputError(
            f"{synapse_name(genome, synapse)} is a duplicate or out of order; synapses are sorted "
            "by (target, source), at most one for each pair"
        )
    for name, values, allowed in (
        ("weight", genome.weights, profile.weight),
        ("delay", genome.delays, profile.delay),
    ):
        for synapse in np.flatnonzero(_outside(values, allowed))[:1]:
            raise InputError(
                f"{synapse_name(genome, synapse)} has {name} {values[synapse]}; it must be "
                f"{allowed}"
            )


def _check_parameters(genome: Genome, profile: Profile) -> None:
    first = profile.first_target(genome.inputs)
    for neuron in np.flatnonzero(genome.parameters[:first].any(axis=1))[:1]:
        raise InputError(f"{neuron_name(genome, neuron)} has parameters; those of a source are 0")
    for (name, allowed), column in zip(
        profile.genes.items(), genome.parameters[first:].T, strict=True
    ):
        for row in np.flatnonzero(_outside(column, allowed))[:1]:
            raise InputError(
                f"{neuron_name(genome, first + row)} has {name} {column[row]}; it must be {allowed}"
            )


def _check_traits(genome: Genome, profile: Profile) -> None:
    names, known = [name for name, _ in genome.traits], list(profile.traits)
    if names != known:
        raise InputError(
            f"genome has the traits {', '.join(names) or 'none'}; they must be "
            f"{', '.join(known) or 'none'}"
        )
    for name, value in genome.traits:
        if value not in profile.traits[name]:
            allowed = ", ".join(f"{number:g}" for number in profile.traits[name])
            raise InputError(f"trait {name} is {value}; it must be one of {allowed}")


def _outside(
    values: NDArray[np.float32] | NDArray[np.int32], allowed: Allowed
) -> NDArray[np.bool_]:
    exact = values.astype(np.float64)
    negative_zero = (exact == 0) & np.signbit(exact)
    if isinstance(allowed, Range):
        within = (exact >= allowed.low) & (exact <= allowed.high) & (exact % allowed.grid == 0)
    else:
        within = np.isin(exact, allowed.values)
    outside: NDArray[np.bool_] = ~within | negative_zero
    return outside
