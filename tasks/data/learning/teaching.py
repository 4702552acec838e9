"""What networks learn a data task from: its samples, and the loss of its decoder."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ....sim.batch import unpack_lanes
from ....sim.compile import read_only
from ...decoders.classes import MEMBRANE as POTENTIAL
from ...decoders.classes import Decoder
from ...decoders.numbers import Bins, NumberDecoder, Rate, SpikesOfOne
from ..scores import temperature_of
from . import losses
from .losses import Loss
from .trace import Shown

_OF_POTENTIALS = 8.0  # of those of potentials, which a spike and `v_min` keep within about ±θ


class Teaching(NamedTuple):
    """What networks learn from.

    Attributes:
        shown: The samples.
        loss: What is taken for a wrong answer.
        counts: (inputs,) float64, mean spikes of every input in a window.
        thresholds: Thresholds of networks that begin to learn, in largest weights.
    """

    shown: Shown
    loss: Loss
    counts: NDArray[np.float64]
    thresholds: float


def of_classes(
    inputs: NDArray[Any], labels: NDArray[np.int32], decoder: Decoder, weights: NDArray[np.float64]
) -> Teaching:
    """Return what networks learn to tell classes apart from.

    Args:
        inputs: As of `scoring.answer`.
        labels: (samples,) the right classes.
        decoder: How the networks decide.
        weights: (classes,) what an error in a sample of each class counts.
    """
    kinds = {0: losses.COUNT, POTENTIAL: losses.MEMBRANE}
    kind = kinds.get(decoder.target, losses.FIRST)
    temperature = _OF_POTENTIALS if kind == losses.MEMBRANE else temperature_of(len(weights))
    loss = Loss(kind, len(weights), float(max(decoder.target, 1)), temperature, 0.0)
    thresholds = 4.0 if kind == losses.MEMBRANE else 1.0  # outputs that are read do not spike
    return _teaching(inputs, labels[:, np.newaxis], None, weights[labels], loss, thresholds)


def of_numbers(
    inputs: NDArray[Any], targets: NDArray[np.float64], decoder: NumberDecoder, ticks: int
) -> Teaching:
    """Return what networks learn to predict numbers from.

    Squared errors count in shares of the numbers' variance, so that a spike has the price that it has
    beside a cross-entropy: both are about 1 where nothing is known.

    Args:
        inputs: As of `scoring.answer`.
        targets: (samples, numbers) in [0, 1].
        decoder: How the networks' spikes are read.
        ticks: Length of the window.
    """
    weights = np.ones(len(targets))
    if isinstance(decoder, Bins):
        labels = np.minimum((targets * decoder.bins).astype(np.int32), decoder.bins - 1)
        loss = Loss(losses.COUNT, decoder.bins, 1.0, temperature_of(decoder.bins), 0.0)
        return _teaching(inputs, np.maximum(labels, 0), None, weights, loss, 1.0)
    most = decoder.most if isinstance(decoder, SpikesOfOne) and decoder.most else ticks
    # Added up one by one, sample by sample: the same on every processor.
    means = np.cumsum(targets, axis=0)[-1] / len(targets)
    variance = np.cumsum((targets - means) ** 2)[-1] / targets.size
    width = 2 if isinstance(decoder, Rate) else 1
    loss = Loss(losses.NUMBERS, width, float(most), float(1.0 / max(variance, 1e-3)), 0.0)
    return _teaching(inputs, None, targets, weights, loss, 1.0)


def _teaching(
    inputs: NDArray[Any],
    labels: NDArray[np.int32] | None,
    targets: NDArray[np.float64] | None,
    weights: NDArray[np.float64],
    loss: Loss,
    thresholds: float,
) -> Teaching:
    samples = len(weights)
    packed = inputs.dtype == np.uint64
    spikes = inputs if packed else np.zeros((0, 0, 0), np.uint64)
    charges = np.zeros((0, 0, 0)) if packed else inputs
    amounts = unpack_lanes(inputs, samples) if packed else np.abs(inputs) / np.abs(inputs).max()
    shown = Shown(
        read_only(spikes),
        read_only(charges.astype(np.float32)),
        read_only(np.zeros((0, 0), np.int32) if labels is None else labels.astype(np.int32)),
        read_only((np.zeros((0, 0)) if targets is None else targets).astype(np.float32)),
        read_only(weights.astype(np.float32)),
    )
    return Teaching(shown, loss, amounts.sum(axis=(0, 2)) / samples, thresholds)
