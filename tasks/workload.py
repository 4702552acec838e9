"""What networks are measured on, as plain arrays, and what is measured of them."""

import hashlib
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

#: Parts of the data, or of the starts. Where networks learn and validation data are there, a search
#: measures on these as `selection`, and a champion learns once more from all that is not for the test.
Split = Literal["train", "validation", "test", "selection", "all"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test", "selection", "all")

_STREAM = 1  # keeps the random streams of tasks apart from those of variation


class Workload(NamedTuple):
    """What the networks of one generation are measured on: plain values, shipped once.

    Attributes:
        split: The part of the data, or of the starts, that it comes from.
        size: Number of samples or episodes.
        arrays: The samples or episodes; their meaning is the task's.
        digest: Hex digest of the content: equal digests, equal scores of equal networks.
    """

    split: Split
    size: int
    arrays: tuple[NDArray[Any], ...]
    digest: str

    @classmethod
    def of(cls, split: Split, size: int, *arrays: NDArray[Any]) -> Self:
        """Make a workload and its digest."""
        return cls(split, size, arrays, digest(*arrays))

    def first(self, episodes: int) -> Self:
        """Return the first episodes alone, of tasks that have `episodes`."""
        per_episode, *others = self.arrays
        return self.of(self.split, episodes, per_episode[:episodes], *others)


def random_stream(seed: int, split: Split, generation: int | None) -> np.random.Generator:
    """Return the random stream of a workload, of (run seed, split, generation or fixed).

    Draw with the sample or episode as the first axis, so that what one of them gets does not depend
    on how many follow.
    """
    key = (_STREAM, SPLITS.index(split), 0 if generation is None else generation + 1)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def digest(*arrays: NDArray[Any]) -> str:
    """Return the SHA-256 (hex) over types, shapes and values of arrays, in C order."""
    total = hashlib.sha256()
    for array in arrays:
        total.update(f"{array.dtype.str}{array.shape}".encode())
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()


class Totals(NamedTuple):
    """Counts of each network over a whole workload, (networks,) int64 each.

    Attributes:
        decisions: Samples, or decision windows over all episodes.
        spikes: Spikes of all neurons that have a potential.
        input_spikes: Spikes or non-zero charges that the encoder injects on all inputs.
        synaptic_operations: Traversals of synapses by spikes, delivered within the window.
        latency: Sum over the decisions of the ticks until decided.
    """

    decisions: NDArray[np.int64]
    spikes: NDArray[np.int64]
    input_spikes: NDArray[np.int64]
    synaptic_operations: NDArray[np.int64]
    latency: NDArray[np.int64]


class Measurements(NamedTuple):
    """Measurements of each network of a batch, (networks,) float64 each.

    Attributes:
        score: The task's own score, higher is better.
        spikes: Spikes of neurons with a potential per sample or decision.
        input_spikes: What the encoder injects per sample or decision, spikes or charges.
        synaptic_operations: Synapse traversals per sample or decision (NeuroBench: effective ACs).
        latency: Mean ticks until decided, 1 … window; an undecided sample counts the window.
        activation_sparsity: Share of (neuron with a potential, tick, sample) without a spike.
        readout_multiplications: Multiplications of a readout per sample; 0 where there is none.
    """

    score: NDArray[np.float64]
    spikes: NDArray[np.float64]
    input_spikes: NDArray[np.float64]
    synaptic_operations: NDArray[np.float64]
    latency: NDArray[np.float64]
    activation_sparsity: NDArray[np.float64]
    readout_multiplications: NDArray[np.float64]

    @classmethod
    def of(
        cls, score: NDArray[np.float64], totals: Totals, neurons: NDArray[np.int32], ticks: int
    ) -> Self:
        """Turn totals into measurements, without a readout.

        Args:
            score: (networks,) scores.
            totals: Counts over the workload; every network has made at least one decision.
            neurons: (networks,) neurons that have a potential, ≥ 1.
            ticks: Length of the window of one sample or decision.
        """
        decisions, *counts = (np.asarray(total, np.float64) for total in totals)
        spikes, input_spikes, synaptic_operations, latency = (count / decisions for count in counts)
        sparsity = 1.0 - spikes / (neurons.astype(np.float64) * ticks)
        none = np.zeros(len(score))
        return cls(score, spikes, input_spikes, synaptic_operations, latency, sparsity, none)


def measurements_problem(measured: Measurements, networks: int) -> str | None:
    """Say what is wrong with the shapes or values of measurements, None if nothing is.

    Args:
        measured: What a task returned.
        networks: How many networks it had to measure.
    """
    if not isinstance(measured, Measurements):  # a user's code returns what it likes
        return f"it returned {type(measured).__name__}, not Measurements"
    for name, column in measured._asdict().items():
        try:
            values = np.asarray(column, np.float64)
        except (TypeError, ValueError):
            return f"its {name} must be numbers (got {type(column).__name__})"
        if values.shape != (networks,):
            return f"its {name} has the shape {values.shape}, but it must be ({networks},)"
        if not np.isfinite(values).all():
            wrong = values[~np.isfinite(values)][0]
            return f"its {name} is {wrong}, but it must be a finite number"
    return None
