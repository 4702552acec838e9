"""Linear readouts: their text form, and networks with one, fitted and used on samples."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.batch import MAX_DELAY, NEURONS, SOURCES, Batch, unpack, words
from ...sim.count import counter
from ...sim.kernels import entries
from ..text_form import parse
from ..workload import Workload


@dataclass(frozen=True)
class Ridge:
    """`ridge`: ridge regression on the spike counts of all neurons that have a potential.

    The window is cut into `bins` parts: tick t of T lies in part ⌊t · bins / T⌋. Each neuron has
    a count x in each part, a feature. The readout gives y = c + Σ W x for each class, whose target
    is 1 for its samples and 0 for others, or for each number. W and c minimise the squared error on
    the training data plus λ Σ W² (Hoerl, Kennard, 1970, Technometrics 12:55), with λ = `penalty` ·
    the mean over the features of Σ (x - mean x)², or 1 where nothing varies. The highest y is the
    class; ties go to the lowest.

    Attributes:
        neurons: Outputs of the network, ≥ 1; they are read, as hidden neurons are.
        bins: Parts of the window, ≥ 1.
        penalty: What λ is measured by, > 0.
    """

    name: ClassVar[str] = "ridge"
    main: ClassVar[str | None] = "neurons"

    neurons: int = 100
    bins: int = 4
    penalty: float = 0.03

    def __post_init__(self) -> None:
        """Check the fields; raises InputError."""
        for field in ("neurons", "bins"):
            if getattr(self, field) < 1:
                raise InputError(
                    f"readout ridge: {field} must be at least 1 (got {getattr(self, field)})"
                )
        if not self.penalty > 0:
            raise InputError(f"readout ridge: penalty must be above 0 (got {self.penalty})")


READOUTS: dict[str, type[Ridge]] = {Ridge.name: Ridge}


def readout(text: str) -> Ridge:
    """Make the readout that a text names.

    Raises:
        InputError: Unknown readout or setting, or a value out of range.
    """
    return parse(text, READOUTS, "readout")


Weights = NDArray[np.float64]  # (features + 1, answers) of a readout; the constants come last

MOST_TICKS = 2**15 - 1  # of a window; counts have 16 bits


class Shown(NamedTuple):
    """What networks are shown.

    Attributes:
        inputs: As of `scoring.answer`.
        ticks: Length of the window.
        samples: Number of samples.
    """

    inputs: NDArray[Any]
    ticks: int
    samples: int


class Reading(NamedTuple):
    """What readouts said about each sample.

    Attributes:
        said: (networks, samples, answers) float64.
        sums: (networks, 2) int64, as of `scoring.Answers`.
        multiplications: (networks,) int64, of the readout: counts other than 0, times answers.
        weights: The readout of each network.
    """

    said: NDArray[np.float64]
    sums: NDArray[np.int64]
    multiplications: NDArray[np.int64]
    weights: list[Weights]


class _Counted(NamedTuple):
    counts: NDArray[np.int16]  # (features, samples)
    sums: tuple[int, int]  # spikes, synaptic operations


def check_window(readout: Ridge, ticks: int, where: str) -> None:
    """Check that a window of so many ticks can be read.

    Args:
        readout: What is to read it.
        ticks: Length of the window.
        where: Whose window it is, for messages.

    Raises:
        InputError: It is shorter than the readout has parts, or too long to count in.
    """
    if readout.bins > ticks:
        raise InputError(
            f"{where}: bins of the readout must be at most {ticks}, the ticks of the window "
            f"(got {readout.bins})"
        )
    if ticks > MOST_TICKS:
        raise InputError(
            f"{where}: with a readout ticks must be at most {MOST_TICKS} (got {ticks})"
        )


def learn(batch: Batch, shown: Shown, readout: Ridge, targets: NDArray[np.float64]) -> Reading:
    """Fit the readout of each network; what it says of a sample is learnt from all others.

    Args:
        batch: Networks.
        shown: The training data.
        readout: The kind of readout.
        targets: (samples, answers) what should be said.
    """
    from .ridge import fit  # here, so that only who asks for a readout compiles it

    answers = targets.shape[1]
    said, weights = np.empty((batch.networks, *targets.shape)), []
    tallies = []
    for network, found in enumerate(_count(batch, shown, readout.bins)):
        weights.append(np.empty((len(found.counts) + 1, answers)))
        fit(found.counts, targets, readout.penalty, weights[-1], said[network])
        tallies.append((*found.sums, int(np.count_nonzero(found.counts))))
    return _reading(said, tallies, weights)


def use(batch: Batch, shown: Shown, readout: Ridge, weights: list[Weights]) -> Reading:
    """Use the readout of each network."""
    from .ridge import say

    said = np.empty((batch.networks, shown.samples, weights[0].shape[1]))
    tallies = []
    for network, found in enumerate(_count(batch, shown, readout.bins)):
        say(found.counts, weights[network], said[network])
        tallies.append((*found.sums, int(np.count_nonzero(found.counts))))
    return _reading(said, tallies, weights)


def equip(workload: Workload, readouts: Mapping[str, Weights]) -> Workload:
    """Return a workload with the readouts, by hash, of all networks that are to be measured on it."""
    hashes = np.array(list(readouts), np.str_)
    return Workload.of(workload.split, workload.size, *workload.arrays, hashes, *readouts.values())


def equipped(arrays: Sequence[NDArray[Any]], batch: Batch) -> list[Weights]:
    """Return the readout of each network of a batch, from the arrays with which `equip` goes on.

    Raises:
        ValueError: A network has none there.
    """
    places = {str(key): place for place, key in enumerate(arrays[0], 1)} if arrays else {}
    hashes = [unpack(batch, network).hash for network in range(batch.networks)]
    if not places.keys() >= set(hashes):
        raise ValueError(
            "a network has no readout: fit it on training data, then equip the workload"
        )
    return [arrays[places[key]] for key in hashes]


def _reading(
    said: NDArray[np.float64], tallies: list[tuple[int, int, int]], weights: list[Weights]
) -> Reading:
    counted = np.array(tallies, np.int64)
    return Reading(said, counted[:, :2], counted[:, 2] * said.shape[2], weights)


def _count(batch: Batch, shown: Shown, bins: int) -> Iterator[_Counted]:
    """Run each network from rest; the arrays of one are overwritten by the next."""
    from .ridge import count_in_bins

    model = entries.model(batch.model, batch.arithmetic)
    charges: NDArray[Any] = np.zeros((0, 0, 0), model.dtype)
    if shown.inputs.dtype != np.uint64:
        charges = shown.inputs
    structure, numbers = batch.structure, batch.numbers
    for header in batch.headers:
        neurons, sources, history = (int(header[c]) for c in (NEURONS, SOURCES, MAX_DELAY))
        raster = np.zeros((history + shown.ticks, neurons, words(shown.samples)), np.uint64)
        if sources:
            raster[history:, :sources] = shown.inputs
        state = np.zeros((model.states, neurons, shown.samples), model.dtype)
        model.run(header, structure, numbers, charges, raster, state, shown.ticks, shown.samples)
        counts = np.empty((bins * (neurons - sources), shown.samples), np.int16)
        count_in_bins(raster, history, sources, bins, counts)
        yield _Counted(counts, counter()(header, structure, raster, shown.ticks))
