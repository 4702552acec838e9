"""From a network to a genome, perhaps for other hardware: the reverse of expression."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..sim import models
from ..sim.network import Network
from ..sim.neurons.lif import LEAK_NONE
from .expression import parameter_rows
from .genome import Genome, assemble, io_ids, unused_id
from .profiles.hardware_profile import Profile
from .profiles.ranges import Allowed, Choice, Range
from .validation import validate

Values = NDArray[np.float64]

#: Models that integrate and fire. What one of them lacks, does nothing in the others at these values.
_FAMILY = ("lif", "if", "alif", "cuba_lif", "risp")
_NEUTRAL = {
    **{"leak": 1.0, "refractory": 0.0, "bias": 0.0, "adaptation": 0.0, "synaptic_leak": 0.0},
    **{"v_reset": 0.0, "v_min": -math.inf, "soft_reset": 0.0},
}

#: What is in units of charge, and may all be multiplied by one number: the spikes stay the same.
_CHARGES = "weight", "threshold", "bias", "adaptation", "v_reset", "v_min", "min_potential"

_NEAR = 0.005  # errors of rounding, in shares of the largest value, that want no better scale
_FAR = 2.0**60  # beyond every range


class Places(NamedTuple):
    """Which inputs and outputs of a network those of a genome are; None for new ones.

    Attributes:
        inputs: For each input of the genome the number of the network's.
        outputs: For each output of the genome the number of the network's.
    """

    inputs: Sequence[int | None]
    outputs: Sequence[int | None]


class Change(NamedTuple):
    """A value that a profile does not allow, and what it has become.

    Attributes:
        share: How far it moved, as a share of the largest value of its kind in the network.
        name: Its kind, such as `weight`.
        before: The value in the network.
        after: The value that stands for it now, in the network's units.
    """

    share: float
    name: str
    before: float
    after: float


class Converted(NamedTuple):
    """A genome made of a network.

    Attributes:
        genome: Valid for the profile.
        scale: What weights, thresholds and other charges were multiplied by.
        change: The value that was changed most; None if all of them are as they were.
        lost: Synapses that are left out since their weights became 0.
    """

    genome: Genome
    scale: float = 1.0
    change: Change | None = None
    lost: int = 0


def whole_network(genome: Genome, profile: Profile) -> Network:
    """Return the network of a genome with all of its neurons, of which expression leaves some out."""
    number: Any = models.DTYPES[profile.arithmetic]
    ends = np.arange(genome.inputs + genome.outputs, dtype=np.int32)
    parameters = parameter_rows([genome], profile).astype(number)
    parameters[: profile.first_target(genome.inputs)] = 0
    return Network(
        model=profile.model,
        arithmetic=profile.arithmetic,
        source_count=profile.first_target(genome.inputs),
        input_neurons=ends[: genome.inputs],
        output_neurons=ends[genome.inputs :],
        offsets=np.searchsorted(genome.targets, np.arange(genome.neurons + 1)).astype(np.int32),
        sources=genome.sources,
        weights=genome.weights.astype(number),
        delays=genome.delays,
        parameters=parameters,
    )


def genome_from_network(
    network: Network,
    profile: Profile,
    places: Places,
    *,
    hidden_ids: Mapping[int, int] = MappingProxyType({}),
    charge: float = 1.0,
    traits: tuple[tuple[str, float], ...] = (),
) -> Converted:
    """Make a genome of a network, in which every value is the nearest that a profile allows.

    Weights, thresholds and other charges are multiplied by one number where that brings them into
    their ranges, or nearer to their grids. Inputs and outputs without a place are left out with
    their synapses, but an output that other neurons listen to stays as a hidden neuron.

    Args:
        network: Any network.
        profile: What the hardware allows.
        places: Where its inputs and outputs go; at least one of each has a place.
        hidden_ids: Ids of hidden neurons, by index; derived from the index where there is none.
        charge: What a spike at an input injects, where inputs are neurons.
        traits: Those of the genome.

    Raises:
        InputError: The network cannot fit; says what would have to change.
    """
    _check_model(network, profile)
    _check_inputs(network, profile, charge)
    order = _order(network, places)
    first = profile.first_target(len(places.inputs))
    described = _described(network, _rows(network, places, order[first:]), profile.model)
    sources, targets, kept = _synapses(network, order, first)
    weights = network.weights[kept].astype(np.float64)
    rounding = _Rounding(_scale(profile, weights, described))
    rows = np.zeros((len(order), len(profile.genes)))
    rows[first:] = _genes(profile, described, rounding)
    _reset_new(rows, network, order, places, profile)
    new_weights = rounding.round("weight", profile.weight, weights)
    delays = rounding.round("delay", profile.delay, network.delays[kept].astype(np.float64))
    there = np.flatnonzero(new_weights)
    genome = assemble(
        (len(places.inputs), len(places.outputs)),
        _ids(places, order, hidden_ids),
        rows,
        (sources[there], targets[there], new_weights[there], delays[there]),
        traits,
    )
    check_size(genome, profile)
    validate(genome, profile)
    lost = int(np.count_nonzero(weights)) - len(there)
    return Converted(genome, rounding.scale, rounding.largest, lost)


def check_size(genome: Genome, profile: Profile) -> None:
    """Check that a genome is no larger than a profile allows.

    Raises:
        InputError: Saying which change of the profile would make room.
    """
    for name, what, count in (
        ("max_hidden", "hidden neurons", genome.hidden),
        ("max_synapses", "synapses", genome.synapses),
        ("max_fan_in", "synapses at one neuron", int(np.bincount(genome.targets).max(initial=0))),
    ):
        if count > (limit := getattr(profile, name)):
            raise InputError(
                f"the network has {count} {what}, but the profile allows {limit}; --ranges "
                f"{name}={count} would make room"
            )
    outputs = (genome.targets >= genome.inputs) & (genome.targets < genome.inputs + genome.outputs)
    if not profile.direct and np.any((genome.sources < genome.inputs) & outputs):
        raise InputError(
            "the network has synapses straight from inputs to outputs, which the profile does not "
            "allow; --ranges direct=true would"
        )


def _check_model(network: Network, profile: Profile) -> None:
    if network.model != profile.model and not {network.model, profile.model} <= {*_FAMILY}:
        raise InputError(
            f"a network of the model {network.model} has no equivalent in {profile.model}; "
            f"--profile would have to name one of the model {network.model}"
        )
    for neuron in np.intersect1d(network.input_neurons, network.output_neurons)[:1]:
        raise InputError(
            f"neuron {neuron} is an input and an output; here these are different neurons, so "
            "another one would have to be the output"
        )


def _check_inputs(network: Network, profile: Profile, charge: float) -> None:
    """Check that the network's inputs can be what the profile's are, sources or neurons."""
    if network.source_count and profile.inputs == "neurons" and profile.model not in _FAMILY:
        raise InputError("the inputs of the network are sources; --ranges inputs=sources would do")
    if network.source_count or profile.inputs == "neurons":
        return
    driven = np.isin(network.targets, network.input_neurons).any()
    if driven or not _relay(network, charge):
        raise InputError(
            "the inputs of the network are neurons that do more than pass spikes on; --ranges "
            "inputs=neurons would allow them"
        )


def _relay(network: Network, charge: float) -> bool:
    """Return whether inputs spike whenever they receive a charge, and never else."""
    if network.model not in _FAMILY:
        return False
    found = _described(network, network.input_neurons, "lif")
    idle = all(
        np.all(found[name] == 0) for name in found if name in ("bias", "refractory", "adaptation")
    )
    fires = (found["threshold"] > 0) & (found["threshold"] <= charge)
    emptied = (found["soft_reset"] == 0) | (found["threshold"] == charge)
    return idle and "synaptic_leak" not in found and bool(np.all(fires & emptied))


def _order(network: Network, places: Places) -> list[int | None]:
    """Return which of the network's each neuron of the genome is, None for new ones."""
    inputs = [None if p is None else int(network.input_neurons[p]) for p in places.inputs]
    outputs = [None if p is None else int(network.output_neurons[p]) for p in places.outputs]
    heard = network.sources[network.sources != network.targets].tolist()
    not_hidden = {*inputs, *outputs, *network.input_neurons.tolist()}
    not_hidden |= {*network.output_neurons.tolist()} - {*heard}
    hidden = [neuron for neuron in range(network.neurons) if neuron not in not_hidden]
    return [*inputs, *outputs, *hidden]


def _ids(
    places: Places, order: Sequence[int | None], hidden_ids: Mapping[int, int]
) -> NDArray[np.int64]:
    """Return the ids of all neurons; those that are not given are derived from their indices."""
    ends = io_ids(len(places.inputs), len(places.outputs)).tolist()
    hidden = [old for old in order[len(ends) :] if old is not None]
    taken = {*ends, *hidden_ids.values()}
    return np.array(
        [*ends, *(hidden_ids.get(old) or unused_id("given", (old,), taken) for old in hidden)],
        np.int64,
    )


def _synapses(
    network: Network, order: Sequence[int | None], first: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return sources, targets and, in the network, numbers of the synapses that stay.

    Args:
        network: The network.
        order: Which of its neurons each of the genome is.
        first: First neuron of the genome at which a synapse may end.
    """
    index = np.full(network.neurons, -1)
    for new, old in enumerate(order):
        if old is not None:
            index[old] = new
    sources, targets = index[network.sources], index[network.targets]
    kept = np.flatnonzero((sources >= 0) & (targets >= first))
    return sources[kept], targets[kept], kept


def _rows(network: Network, places: Places, order: Sequence[int | None]) -> NDArray[np.int64]:
    """Return whose parameters neurons have: their own, new ones those of an output that stays."""
    stays = next(place for place in places.outputs if place is not None)
    usual = int(network.output_neurons[stays])
    own = [usual if old is None or old < network.source_count else old for old in order]
    return np.array(own, np.int64)


def _described(network: Network, neurons: NDArray[Any], model: str) -> dict[str, Values]:
    """Return parameters of neurons by their names in a model, (neurons,) each, in its order.

    NaN stands for any value. Parameters that the model lacks follow, unless they do nothing.
    """
    rows = network.parameters[neurons].astype(np.float64)
    found = dict(zip(models.parameters(network.model), rows.T, strict=True))
    if network.model == "lif" and network.arithmetic == "integer":
        shift = found["leak"]
        found["leak"] = np.where(shift == LEAK_NONE, 1.0, 1.0 - 0.5**shift)
    if network.model == model:
        return found
    if network.model == "risp":
        leak, lowest = 1.0 - found["leak"], found["min_potential"]
        found = {"threshold": found["threshold"], "leak": leak, "v_min": lowest}
    idle = {name: np.full(len(rows), value) for name, value in _NEUTRAL.items()}
    found = {**idle, **found}
    extra = {k: found[k] for k, values in idle.items() if np.any(found[k] != values)}
    if model == "risp":
        found |= {"leak": 1.0 - found["leak"], "min_potential": found["v_min"]}
        extra.pop("v_min", None)
    anything = np.full(len(rows), np.nan)
    names = models.parameters(model)
    own = {name: found.get(name, anything) for name in names}
    return own | {name: values for name, values in extra.items() if name not in names}


class _Rounding:
    """Brings values to what a profile allows, and remembers the largest change.

    Args:
        scale: What charges are multiplied by.
    """

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.largest: Change | None = None

    def round(self, name: str, allowed: Allowed | float, values: Values) -> Values:
        """Return the nearest values that are allowed; NaN becomes the lowest one."""
        scale = self.scale if name in _CHARGES else 1.0
        scaled = values * scale
        rounded = np.array([_nearest(allowed, value) for value in scaled.tolist()])
        finite = np.abs(scaled[np.isfinite(scaled)])
        shares = np.abs(rounded - scaled) / (finite.max(initial=0.0) or 1.0)
        shares = np.where(np.isfinite(scaled), shares, 0.0)
        if shares.max(initial=0.0) > (self.largest.share if self.largest else 0.0):
            k = int(np.argmax(shares))
            share, before, after = float(shares[k]), float(values[k]), float(rounded[k] / scale)
            self.largest = Change(share, name, before, after)
        return rounded


def _nearest(allowed: Allowed | float, value: float) -> float:
    if isinstance(allowed, float):
        return allowed
    return allowed.low if math.isnan(value) else allowed.nearest(min(max(value, -_FAR), _FAR))


def _genes(profile: Profile, described: Mapping[str, Values], rounding: _Rounding) -> Values:
    """Return the inherited parameters, (neurons, genes), and round the others for their changes."""
    rounded = {
        name: rounding.round(name, profile.parameters.get(name, _NEUTRAL.get(name, 0.0)), values)
        for name, values in described.items()
    }
    neurons = len(next(iter(described.values())))
    return np.array([rounded[gene] for gene in profile.genes]).reshape(-1, neurons).T


def _reset_new(
    rows: Values,
    network: Network,
    order: Sequence[int | None],
    places: Places,
    profile: Profile,
) -> None:
    """Have new outputs be silent, and new input neurons, or those that were sources, pass spikes on."""
    inputs = len(places.inputs)
    for neuron, old in enumerate(order):
        if old is None and neuron >= inputs and "bias" in profile.genes:
            rows[neuron, profile.columns["bias"]] = _nearest(profile.genes["bias"], 0.0)
        is_new = old is None or old < network.source_count
        if is_new and neuron < inputs and profile.inputs == "neurons":
            empties = {"threshold": profile.full_charge, "leak": float(profile.model == "risp")}
            for gene, allowed in profile.genes.items():
                rows[neuron, profile.columns[gene]] = _nearest(allowed, empties.get(gene, 0.0))


def _scale(profile: Profile, weights: Values, described: Mapping[str, Values]) -> float:
    """Return what to multiply charges by: 1, a power of two or, if need be, what fills the ranges."""
    if "threshold" not in described or "threshold" not in profile.parameters or not len(weights):
        return 1.0
    threshold, bias = profile.parameters["threshold"], profile.parameters.get("bias")
    allowed = Choice((threshold,)) if isinstance(threshold, float) else threshold
    fits: list[tuple[Allowed, Values]] = [(profile.weight, weights)]
    fits.append((allowed, described["threshold"]))
    if isinstance(bias, Range) and (bias.low or bias.high) and "bias" in described:
        fits.append((bias, described["bias"]))
    largest = min(_room(*fit) for fit in fits)
    if not 0 < largest < math.inf:
        return 1.0
    by_two = math.ldexp(0.5, math.frexp(largest)[1])
    scales = [scale for scale in (1.0, by_two, largest) if scale <= largest]
    errors = [max(_error(*fit, scale) for fit in fits) for scale in scales]
    enough = max(_NEAR, 2 * min(errors))  # the first is the simplest one
    return next(s for s, error in zip(scales, errors, strict=True) if error <= enough)


def _room(allowed: Allowed, values: Values) -> float:
    """Return the largest number that values may be multiplied by to stay in a range."""
    above, below = float(values.max(initial=0.0)), float(values.min(initial=0.0))
    upwards = allowed.high / above if above > 0 else math.inf
    return min(upwards, allowed.low / below if below < 0 else math.inf)


def _error(allowed: Allowed, values: Values, scale: float) -> float:
    """Return the largest error of rounding as a share of the largest value."""
    scaled = values * scale
    rounded = np.array([allowed.nearest(value) for value in scaled.tolist()])
    return float(np.abs(rounded - scaled).max(initial=0.0) / (np.abs(scaled).max(initial=0.0) or 1))
