"""Learning: a network and samples in, the network with other numbers and maybe fewer synapses out.

What a network learns is planned in stages: so many epochs each, in which its synapses become fewer, one
after the other of the least important. All chance is drawn from a generator that is handed in.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ....sim.compile import read_only
from .gradient import epoch
from .losses import Loss
from .trace import (
    EXACT,
    HIGH,
    LOW,
    REFRACTORY,
    ROUNDED,
    SECOND_MOMENT,
    STEP,
    EpochSettings,
    Numbers,
    Shown,
    Trace,
    Wiring,
    grouped,
    trace,
)


class Limits(NamedTuple):
    """What a number may be: multiples of `grid`, a power of two, from `low` to `high`."""

    low: float
    high: float
    grid: float


@dataclass(frozen=True, eq=False)
class Learner:
    """A network as learning sees it, its synapses sorted by (target, source).

    Attributes:
        sources: Number of neurons that are sources: the first ones, without a potential.
        outputs: (outputs,) int32, the neuron that is output i.
        hidden: Index of the first hidden neuron; all after it are hidden.
        ids: (neurons,) int64, handed on as they are.
        wiring: (3, synapses) int32: sources, targets, delays in ticks.
        neurons: (neurons, 8) float32, the columns that `trace` names.
        whole: Whether the arithmetic is that of integers.
        values: (5, synapses + 2 · neurons) float32, as `trace.Numbers` has them.
        weight: What weights may be.
        bias: What biases may be; equal ends where they are not learned.
        threshold: What thresholds may be; equal ends where they are not learned.
    """

    sources: int
    outputs: NDArray[np.int32]
    hidden: int
    ids: NDArray[np.int64]
    wiring: NDArray[np.int32]
    neurons: NDArray[np.float32]
    whole: bool
    values: NDArray[np.float32]
    weight: Limits
    bias: Limits
    threshold: Limits

    @property
    def synapses(self) -> int:
        """Number of synapses."""
        return int(self.wiring.shape[1])

    @property
    def weights(self) -> NDArray[np.float32]:
        """(synapses,) float32, on the grid."""
        return self.values[ROUNDED, : self.synapses]

    @property
    def biases(self) -> NDArray[np.float32]:
        """(neurons,) float32, on the grid."""
        return self.values[ROUNDED, self.synapses : self.synapses + len(self.ids)]

    @property
    def thresholds(self) -> NDArray[np.float32]:
        """(neurons,) float32, on the grid."""
        return self.values[ROUNDED, self.synapses + len(self.ids) :]


class Stage(NamedTuple):
    """Some epochs.

    Attributes:
        epochs: How many, ≥ 1.
        synapses: How many are to be left at its end; None for all.
        step: Step of Adam at its beginning, as a share of the largest weight; it falls to a twentieth.
    """

    epochs: int
    synapses: int | None
    step: float


class Manner(NamedTuple):
    """How a network learns, whatever the stage.

    Attributes:
        decay: What a step of 1 takes of a weight.
        dropout: Share of the inputs that a sample is not shown.
        spike_price: What a spike of any neuron costs, in units of the loss.
        early: Share of the loss of `Loss.early`, 0 to 1: what makes answers early.
        bias_step: Step of biases as a share of that of weights; thresholds move as biases do.
    """

    decay: float = 0.1
    dropout: float = 0.1
    spike_price: float = 0.001
    early: float = 0.0
    bias_step: float = 0.2


#: Epochs after which samples are put into other batches.
_REGROUPED = 4

#: Share of a stage in which synapses are removed, and what is left of the step at its end.
_PRUNED, _LAST_STEP = 0.5, 0.05


def learn(
    learner: Learner,
    shown: Shown,
    loss: Loss,
    stages: Sequence[Stage],
    manner: Manner,
    rng: Generator,
    given_up: Callable[[], bool],
) -> Iterator[Learner]:
    """Learn stage by stage, and yield what each stage leaves.

    Args:
        learner: What learns; it stays as it is.
        shown: What it learns from.
        loss: What it takes for a wrong answer.
        stages: In their order.
        manner: How it learns in all of them.
        rng: The only source of chance.
        given_up: Asked before every epoch; learning ends where it says so.
    """
    chance = np.array([rng.integers(1, 2**63), 0], np.uint64)
    samples, ticks = len(shown.weights), max(len(shown.spikes), len(shown.charges))
    learner = replace(learner, values=learner.values.copy())
    for stage in stages:
        begun_with = learner.synapses
        wiring, numbers, room = _compiled(learner, ticks, manner)
        for number in range(stage.epochs):
            if given_up():
                return
            wanted = _synapses_left(stage, number, begun_with)
            if wanted < learner.synapses:
                learner = pruned(learner, wanted)
                wiring, numbers, room = _compiled(learner, ticks, manner)
            if number % _REGROUPED == 0:
                groups = grouped(shown, rng.permutation(samples))
            order = rng.permutation(len(groups.members)).astype(np.int32)
            step = stage.step * _fallen(number / stage.epochs)
            # Kernels take no whole numbers here.
            pace = EpochSettings(
                *map(float, (step, manner.decay, manner.dropout, manner.spike_price))
            )
            epoch(wiring, numbers, shown, groups, order, room, pace, loss, chance)
        yield replace(learner, values=learner.values.copy())


def pruned(learner: Learner, synapses: int) -> Learner:
    """Return a network with at most so many synapses, the least important removed.

    Importance is |weight| × √(second moment of its gradient): what a weight is and what it decides
    (a diagonal form of LeCun, Denker, Solla 1989, Optimal brain damage, equation 6); |weight| decides
    between equals, as all are before anything has been learned. Hidden neurons that hear of nothing, or
    that nobody hears, leave with their synapses.
    """
    kept = np.ones(learner.synapses, np.bool_)
    surplus = learner.synapses - synapses
    if surplus > 0:
        weights = np.abs(learner.values[EXACT, : learner.synapses]).astype(np.float64)
        moments = learner.values[SECOND_MOMENT, : learner.synapses].astype(np.float64)
        kept[np.lexsort((weights, weights * np.sqrt(moments)))[:surplus]] = False
    return _without(learner, kept)


def _without(learner: Learner, kept: NDArray[np.bool_]) -> Learner:
    """Return a network with some of its synapses, and the hidden neurons that these join."""
    sources, targets, _ = learner.wiring
    neurons = len(learner.ids)
    staying = np.ones(neurons, np.bool_)
    while True:
        heard, hears = np.zeros(neurons, np.bool_), np.zeros(neurons, np.bool_)
        own = kept & (sources != targets)
        heard[sources[own]], hears[targets[own]] = True, True
        useless = staying & ~(heard & hears)
        useless[: learner.hidden] = False
        if not useless.any():
            break
        staying &= ~useless
        kept = kept & staying[sources] & staying[targets]
    if kept.all() and staying.all():
        return learner
    place = (np.cumsum(staying) - 1).astype(np.int32)
    wiring = learner.wiring[:, kept]
    wiring[:2] = place[wiring[:2]]
    everything = np.concatenate((kept, staying, staying))
    return replace(
        learner,
        ids=learner.ids[staying],
        wiring=wiring,
        neurons=learner.neurons[staying],
        values=np.ascontiguousarray(learner.values[:, everything]),
    )


def _synapses_left(stage: Stage, number: int, begun_with: int) -> int:
    """Return how many synapses an epoch of a stage leaves: geometrically fewer in its first half."""
    if stage.synapses is None or stage.synapses >= begun_with:
        return begun_with
    last = max(1, math.ceil(stage.epochs * _PRUNED))
    if number + 1 >= last:
        return stage.synapses
    ratio, left = stage.synapses / begun_with, 1.0
    # The root by repeated halving of the exponent: the C library's power differs by processor.
    share, exponent = (number + 1) / last, 0.5
    root = ratio
    for _ in range(30):
        root = math.sqrt(root)
        if share >= exponent:
            left *= root
            share -= exponent
        exponent /= 2
    return max(stage.synapses, int(begun_with * left))


def _fallen(progress: float) -> float:
    """Return what is left of a step: from 1 to a twentieth, slowly at both ends."""
    return _LAST_STEP + (1.0 - _LAST_STEP) * (1.0 - progress * progress * (3.0 - 2.0 * progress))


def _compiled(learner: Learner, ticks: int, manner: Manner) -> tuple[Wiring, Numbers, Trace]:
    """Return a network as the kernels take it; the numbers are those of the learner itself."""
    sources, targets, delays = learner.wiring
    neurons = len(learner.ids)
    order = np.argsort(sources, kind="stable").astype(np.int32)
    wiring = Wiring(
        *map(
            read_only,
            (
                np.array([learner.sources], np.int64),
                _offsets(targets, neurons),
                sources,
                delays,
                _offsets(sources, neurons),
                order,
                targets,
                learner.neurons,
                np.array([learner.whole], np.int64),
            ),
        )
    )
    numbers = Numbers(learner.values, read_only(_limits(learner, manner)))
    longest = max(1, int(delays.max(initial=1)), int(learner.neurons[:, REFRACTORY].max(initial=0)))
    return wiring, numbers, trace(ticks, longest, neurons, learner.outputs)


def _offsets(ends: NDArray[np.int32], neurons: int) -> NDArray[np.int32]:
    counts = np.bincount(ends, minlength=neurons)
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int32)


def _limits(learner: Learner, manner: Manner) -> NDArray[np.float32]:
    """Return what every number may be, and how far a step of 1 moves it; see `trace.Numbers`."""
    synapses, neurons = learner.synapses, len(learner.ids)
    unit = max(abs(learner.weight.low), abs(learner.weight.high))
    found = np.empty((5, synapses + 2 * neurons), np.float32)
    # A neuron of a low threshold moves in steps as small: the same step would change it more.
    own = np.minimum(learner.values[EXACT, synapses + neurons :], unit)
    parts = (
        (slice(0, synapses), learner.weight, own[learner.wiring[1]]),
        (slice(synapses, synapses + neurons), learner.bias, own * manner.bias_step),
        (slice(synapses + neurons, None), learner.threshold, own * manner.bias_step),
    )
    for part, allowed, step in parts:
        column = (allowed.low, allowed.high, allowed.grid, 1.0 / allowed.grid, 0.0)
        found[:, part] = np.array(column, np.float32)[:, np.newaxis]
        found[STEP, part] = step if allowed.low < allowed.high else 0.0
    for start in (synapses, synapses + neurons):
        found[STEP, start : start + learner.sources] = (
            0.0  # sources have neither bias nor threshold
        )
        found[LOW, start : start + learner.sources] = 0.0
        found[HIGH, start : start + learner.sources] = 0.0
    if learner.threshold.low == learner.threshold.high:  # each keeps its own
        own = learner.values[EXACT, synapses + neurons :]
        found[LOW, synapses + neurons :] = found[HIGH, synapses + neurons :] = own
    if learner.bias.low == learner.bias.high:
        own = learner.values[EXACT, synapses : synapses + neurons]
        found[LOW, synapses : synapses + neurons] = found[HIGH, synapses : synapses + neurons] = own
    return found
