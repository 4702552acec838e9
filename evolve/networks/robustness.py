"""What a network bears: noise on its weights, fewer bits, lost synapses, input spikes late or lost."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...genomes.profiles.ranges import Range
from ...sim.batch import pack_lanes, unpack_lanes
from ...sim.network import Network
from ...tasks.data.data_task import DataTask
from ...tasks.workload import Workload
from ..runs.prepared_again import NOT_NAMED, OwnCode
from .edited_networks import Subject, measured, measured_whole, opened, without_synapses

COLUMNS = ("disturbance", "level", "draws", "score", "deviation", "lowest", "highest")

_Shares = (0.02, 0.05, 0.1, 0.2, 0.5)


class Disturbance(NamedTuple):
    """A way to disturb a network or its inputs.

    Attributes:
        meaning: What a level says.
        levels: Those that are tried.
        drawn: Whether chance plays a part.
    """

    meaning: str
    levels: tuple[float, ...]
    drawn: bool = True


#: All of them, in the order of the table.
DISTURBANCES: Mapping[str, Disturbance] = MappingProxyType(
    {
        "weight_noise": Disturbance("standard deviation, of the largest weight", _Shares),
        "weight_bits": Disturbance("bits of a weight", (8, 6, 5, 4, 3, 2), drawn=False),
        "dropped_synapses": Disturbance("share of the synapses", _Shares),
        "jittered_spikes": Disturbance("ticks at most, either way", (1, 2, 3, 5)),
        "lost_spikes": Disturbance("share of the input spikes", _Shares),
    }
)
_OF_INPUTS = ("jittered_spikes", "lost_spikes")


class Robustness(TypedDict):
    """What `disturb` returns: plain JSON values; null is what was not measured."""

    id: str
    score: str  # name of the score
    data: str  # what the networks were measured on
    undisturbed: float
    rows: list[dict[str, Any]]  # one for each disturbance and level
    notes: list[str]  # what could not be tried, a sentence each


def disturb(
    folder: Path,
    individual: str | None = None,
    named: OwnCode = NOT_NAMED,
    draws: int = 20,
) -> Robustness:
    """Disturb a network in each way and level, and measure it, draw by draw.

    It is measured on validation data, or on training data where there are none; never on test data.
    Weights stay on the grid and in the range of the profile. Draws are of (seed of the run, network,
    disturbance, level, number of the draw).

    Args:
        folder: The run folder.
        individual: The network's id; the champion if None.
        named: The user's own code, named again.
        draws: How many, wherever chance plays a part, at least 1.

    Returns:
        With rows of `disturbance` (see `DISTURBANCES`), `level`, `draws`, and over these the mean `score`,
        its standard `deviation` (of a sample; None for one draw), the `lowest` and the `highest`.

    Raises:
        InputError: Not a run, no such network, too few draws, or the task or its data are not those of
            the run.
    """
    if draws < 1:
        raise InputError(f"draws is {draws}; it must be at least 1")
    with opened(folder, individual, named) as subject:
        whole = measured_whole(subject)["score"]
        rows, notes = [], []
        for name, disturbance in DISTURBANCES.items():
            if name in _OF_INPUTS and not isinstance(subject.task, DataTask):
                notes.append(
                    f"{name} is left out: task {subject.task.name} makes its spikes while it runs"
                )
                continue
            for place, level in enumerate(disturbance.levels):
                rngs = list(_generators(subject, (name, place), draws if disturbance.drawn else 1))
                scores = np.array(_scores(subject, name, level, rngs), np.float64)
                rows.append({"disturbance": name, "level": level, **_summary(scores)})
        return Robustness(
            id=subject.id,
            score=subject.score,
            data=subject.data,
            undisturbed=whole,
            rows=rows,
            notes=notes,
        )


def _generators(
    subject: Subject, which: tuple[str, int], draws: int
) -> Iterator[np.random.Generator]:
    """Yield a generator for each draw."""
    name, level = which
    entropy = subject.seed, int(subject.network.hash, 16)
    for draw in range(draws):
        key = list(DISTURBANCES).index(name), level, draw
        yield np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy, spawn_key=key)))


def _scores(
    subject: Subject, name: str, level: float, rngs: list[np.random.Generator]
) -> list[float]:
    if name in _OF_INPUTS:
        change = _jittered if name == "jittered_spikes" else _lost
        scores = []
        for rng in rngs:
            disturbed = partial(change, level=level, rng=rng)
            data = with_inputs(subject.workload, disturbed)
            scores.append(measured(subject, [subject.network], data)[0]["score"])
        return scores
    edit = _EDITS[name]
    networks = [edit(subject.network, subject.profile.weight, level, rng) for rng in rngs]
    return [row["score"] for row in measured(subject, networks)]


def with_inputs(workload: Workload, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Workload:
    """Return a workload of a data task whose inputs are changed.

    Args:
        workload: Its arrays are those that `DataTask` says.
        change: Makes other inputs of the same type and shape, (ticks, inputs, samples): bool spikes, or
            charges.
    """
    inputs, targets, _, *more = workload.arrays
    packed = inputs.dtype == np.uint64
    changed = change(unpack_lanes(inputs, workload.size) if packed else inputs)
    injected = np.array([np.count_nonzero(changed)], np.int64)
    arrays = pack_lanes(changed) if packed else changed, targets, injected, *more
    return Workload.of(workload.split, workload.size, *arrays)


def noisy(network: Network, allowed: Range, level: float, rng: np.random.Generator) -> Network:
    """Add normal noise to the weights; its standard deviation is a share of the largest of them."""
    largest = np.abs(network.weights).max(initial=0)
    noise = rng.normal(0.0, 1.0, network.synapses) * level * largest
    return _with_weights(network, network.weights + noise, allowed)


def coarse(network: Network, allowed: Range, level: float, rng: np.random.Generator) -> Network:
    """Round the weights to so many bits: sign and magnitude, the largest weight being the largest."""
    largest = np.abs(network.weights).max(initial=0)
    step = largest / (2.0 ** (level - 1) - 1) or 1.0
    return _with_weights(network, np.round(network.weights / step) * step, allowed)


def thinned(network: Network, allowed: Range, level: float, rng: np.random.Generator) -> Network:
    """Drop each synapse with a probability."""
    return without_synapses(network, rng.random(network.synapses) < level)


_EDITS: Mapping[str, Callable[[Network, Range, float, np.random.Generator], Network]] = {
    "weight_noise": noisy,
    "weight_bits": coarse,
    "dropped_synapses": thinned,
}


def _with_weights(network: Network, given: NDArray[np.float64], allowed: Range) -> Network:
    """Return the network with the allowed weights that are nearest to others."""
    snapped = np.clip(np.round(given / allowed.grid) * allowed.grid, allowed.low, allowed.high)
    dtype: Any = network.weights.dtype
    return replace(network, weights=snapped.astype(dtype))


def _lost(inputs: NDArray[Any], level: float, rng: np.random.Generator) -> NDArray[Any]:
    """Lose each spike, or charge, with a probability."""
    return np.where(rng.random(inputs.shape) < level, inputs.dtype.type(0), inputs)


def _jittered(inputs: NDArray[Any], level: float, rng: np.random.Generator) -> NDArray[Any]:
    """Move each spike, or charge, by up to so many ticks, each as likely; the window's ends hold it.

    Of those that meet, one is left, the larger one of charges.
    """
    ticks, *places = np.nonzero(inputs)
    moved = ticks + rng.integers(-int(level), int(level) + 1, len(ticks))
    target = (np.clip(moved, 0, len(inputs) - 1), *places)
    values = inputs[(ticks, *places)]
    order = np.argsort(np.abs(values), kind="stable")  # the last one written stays
    found = np.zeros_like(inputs)
    found[tuple(axis[order] for axis in target)] = values[order]
    return found


def _summary(scores: NDArray[np.float64]) -> dict[str, float | int | None]:
    return {
        "draws": len(scores),
        "score": _or_none(float(scores.mean())),
        "deviation": _or_none(float(scores.std(ddof=1))) if len(scores) > 1 else None,
        "lowest": _or_none(float(scores.min())),
        "highest": _or_none(float(scores.max())),
    }


def _or_none(value: float) -> float | None:
    return value if np.isfinite(value) else None
