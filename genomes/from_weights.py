"""From the weights of a conventional network to a genome that spikes at the rates of its units.

A unit that rectifies becomes a neuron that integrates without leak and subtracts its threshold when
it spikes: over a window its spikes are its drive, none where that is negative. Each layer is divided
by the largest activation that training data cause in it, so that no neuron is driven beyond a spike
a tick: data-based normalisation, Diehl, Neil, Binas, Cook, Liu, Pfeiffer (2015), "Fast-classifying,
high-accuracy spiking deep networks through weight and threshold balancing", section III.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .from_network import check_size
from .genome import Genome, assemble, derive_id, io_ids
from .profiles.hardware_profile import Profile
from .profiles.ranges import Allowed, Choice
from .validation import validate

Values = NDArray[np.float64]

_SAMPLES = 5000  # whose activations are looked at, at most
_MARGIN = (
    0.1  # by which the weakest right output stays above silence, of the range of the strongest
)


class Layer(NamedTuple):
    """A layer of a conventional network: its units compute x @ weights + bias.

    Attributes:
        weights: (inputs, units).
        bias: (units,).
    """

    weights: Values
    bias: Values


class Feed(NamedTuple):
    """How features reach a network as spikes.

    Attributes:
        features: (samples, features) in 0 … 1, those of the training data.
        rate: Spikes a tick of a feature of 1, above 0.
        width: Inputs of a feature, of which the first has this rate; the others get no synapse.
        traits: Settings of the encoder, as the genome carries them.
    """

    features: Values
    rate: float
    width: int = 1
    traits: tuple[tuple[str, float], ...] = ()


def genome_from_weights(layers: Sequence[Layer], feed: Feed, profile: Profile) -> Genome:
    """Make a genome whose output with most spikes is the network's output with the highest value.

    All layers but the last rectify (ReLU). Outputs are moved by one constant, which changes no
    decision, so that the highest one is above 0 for all training data.

    Args:
        layers: At least one; the first has a row of weights for each feature.
        feed: What the first layer gets.
        profile: What the hardware allows.

    Raises:
        InputError: The profile has no such neurons, or no room; says what would have to change.
    """
    _check_profile(profile)
    *units, outputs = [len(layer.bias) for layer in layers]
    features = len(layers[0].weights)
    inputs = features * feed.width
    ids = [derive_id("unit", layer, n) for layer, count in enumerate(units) for n in range(count)]
    hidden = np.split(inputs + outputs + np.arange(sum(units)), np.cumsum(units))[:-1]
    below = [np.arange(features) * feed.width, *hidden]
    above = [*hidden, inputs + np.arange(outputs)]
    rows = np.zeros((inputs + outputs + sum(units), len(profile.genes)))
    synapses: list[Values] = []
    for layer, source, target in zip(_balanced(layers, feed), below, above, strict=True):
        weights = _written(layer, target, rows, profile)
        row, unit = np.nonzero(weights)
        synapses.append(np.stack([source[row], target[unit], weights[row, unit]]))
    sources, targets, charges = np.concatenate(synapses, axis=1)
    genome = assemble(
        (inputs, outputs),
        np.concatenate((io_ids(inputs, outputs), np.array(ids, np.int64))),
        rows,
        (sources, targets, charges, np.full(len(charges), profile.delay.low)),
        feed.traits,
    )
    check_size(genome, profile)
    validate(genome, profile)
    return genome


def _check_profile(profile: Profile) -> None:
    """Check that neurons can add up what they get, and lose nothing when they spike."""
    if profile.model not in ("lif", "if") or profile.inputs != "sources":
        raise InputError(
            "weights become neurons that integrate and fire, with sources as inputs: --profile must "
            f"be float, if or int8 (it is {profile.name})"
        )
    needed = {"leak": 1.0, "refractory": 0.0, "soft_reset": 1.0}
    missing = [
        f"{name}={value:g}"
        for name, value in needed.items()
        if name in profile.parameters and not _allows(profile.parameters[name], value)
    ]
    if _span(profile.parameters["bias"]) == 0:
        missing.append(f"bias=[-{profile.full_charge:g},{profile.full_charge:g}]")
    if missing:
        raise InputError(
            "weights need neurons that add up what they get: say "
            + " ".join(f"--ranges {change}" for change in missing)
        )


def _allows(allowed: Allowed | float, value: float) -> bool:
    return allowed == value if isinstance(allowed, float) else value in allowed


def _span(bias: Allowed | float) -> float:
    """Return how large a bias may be, positive or negative."""
    return 0.0 if isinstance(bias, float) else min(bias.high, -bias.low)


def _balanced(layers: Sequence[Layer], feed: Feed) -> list[Layer]:
    """Return the layers in spikes a tick instead of activations, for a threshold of 1."""
    shown = feed.features[:: -(-len(feed.features) // _SAMPLES)]
    balanced, before = [], 1.0 / feed.rate
    for layer in layers[:-1]:
        shown = np.maximum(_drive(shown, layer), 0.0)
        after = float(shown.max()) or 1.0
        balanced.append(Layer(layer.weights * (before / after), layer.bias / after))
        before = after
    highest = _drive(shown, layers[-1]).max(axis=1)
    low, high = float(highest.min()), float(highest.max())
    silent = low - _MARGIN * ((high - low) or 1.0)
    after = high - silent
    last = layers[-1]
    return [*balanced, Layer(last.weights * (before / after), (last.bias - silent) / after)]


def _drive(values: Values, layer: Layer) -> Values:
    """Return values @ weights + bias, (samples, units), added up in one order on every processor."""
    drive = np.tile(layer.bias, (len(values), 1))
    for column, weights in zip(values.T, layer.weights, strict=True):
        drive += column[:, np.newaxis] * weights
    return drive


def _written(layer: Layer, neurons: NDArray[np.int64], rows: Values, profile: Profile) -> Values:
    """Write the parameters of a layer's neurons into rows; return the weights on their grid.

    Each neuron's threshold is the largest at which its weights and its bias are within their ranges.

    Raises:
        InputError: Some are beyond them at the lowest threshold.
    """
    threshold, bias = profile.parameters["threshold"], profile.parameters["bias"]
    levels = np.array(_levels(threshold))
    fits = np.ones((len(levels), len(neurons)), np.bool_)
    for name, largest, limit in (
        (
            "weight",
            np.abs(layer.weights).max(axis=0),
            min(profile.weight.high, -profile.weight.low),
        ),
        ("bias", np.abs(layer.bias), _span(bias)),
    ):
        fits &= np.outer(levels, largest) <= limit
        if not fits[0].all():
            need = np.ceil(levels[0] * largest.max())
            raise InputError(
                f"the largest {name} is {largest.max():.3g} times the threshold, which is at least "
                f"{levels[0]:g}: --ranges {name}=[-{need:g},{need:g}] would make room"
            )
    chosen = levels[len(levels) - 1 - np.argmax(fits[::-1], axis=0)]
    usual = {"leak": 1.0, "soft_reset": 1.0}
    for gene, allowed in profile.genes.items():
        values = [allowed.nearest(usual.get(gene, 0.0))] * len(neurons)
        if gene == "threshold":
            values = chosen.tolist()
        elif gene == "bias":
            values = [allowed.nearest(value) for value in (layer.bias * chosen).tolist()]
        rows[neurons, profile.columns[gene]] = values
    charges = layer.weights * chosen
    grid = profile.weight.grid
    written: Values = np.clip(
        np.rint(charges / grid) * grid, profile.weight.low, profile.weight.high
    )
    return written


def _levels(threshold: Allowed | float) -> list[float]:
    """Return the thresholds that a profile allows, rising."""
    if isinstance(threshold, float):
        return [threshold]
    if isinstance(threshold, Choice):
        return list(threshold.values)
    return [threshold.low + step * threshold.grid for step in range(threshold.steps + 1)]
