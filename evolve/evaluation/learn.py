"""The operator `learn`: a genome and training data in, genomes with other weights out.

It runs where networks are evaluated, since it costs what evaluations cost, and is the one operator that
sees data. What it returns is measured like any genome.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...genomes import Genome, Profile, Range
from ...genomes.genome import assemble
from ...tasks.data.learning import gradient, trace
from ...tasks.data.learning.learner import Learner, Limits, Manner, Stage, learn
from ...tasks.data.learning.teaching import Teaching
from ...tasks.task import Task
from ...tasks.workload import Workload

#: Neuron models that learning can follow: those with the reset of `lif`.
MODELS = ("lif", "if", "alif", "cuba_lif")

#: What a parameter is in a model that does not have it: without effect.
_WITHOUT = {"leak": 1.0, "adaptation": 0.0, "adaptation_leak": 0.0, "synaptic_leak": 0.0}

_COLUMNS = (
    "leak",
    "refractory",
    "v_reset",
    "v_min",
    "soft_reset",
    "synaptic_leak",
    "adaptation",
    "adaptation_leak",
)  # of `gradient`, in the order of its constants


#: Steps from 0 to the largest weight below which a grid is coarse, and the threshold there, in weights.
_FINE, _THRESHOLD_OF_COARSE = 16, 4.0


class Lesson(NamedTuple):
    """What a genome is to learn.

    Attributes:
        genome: What learns.
        profile: The hardware that it is valid for, and stays valid for.
        stages: Each yields a genome.
        manner: How it learns in all of them.
        seed: Of all chance.
        fresh: Whether it begins with random weights, by the mean spikes of the inputs, and usual
            neurons, instead of those of the genome.
    """

    genome: Genome
    profile: Profile
    stages: tuple[Stage, ...]
    manner: Manner
    seed: int
    fresh: bool = False


def make_ready(task: Task, workload: Workload) -> None:
    """Compile what learning a task runs on, unless that has been done."""
    gradient.make_ready(task.teaching(workload).loss.kind)


def why_not(task: Task, profile: Profile) -> str | None:
    """Say why networks of a profile cannot learn a task, None if they can."""
    if profile.model not in MODELS:
        return f"neurons of the model {profile.model} have no gradient ({', '.join(MODELS)} have)"
    return task.why_not_learned()


def learned(
    task: Task, workload: Workload, lesson: Lesson, given_up: Callable[[], bool] = lambda: False
) -> list[Genome]:
    """Return what a genome has become after each stage of a lesson.

    Args:
        task: What it learns.
        workload: Training data, for the traits of the genome.
        lesson: What is learned.
        given_up: Asked now and then; what comes back is incomplete where it says so.
    """
    teaching = task.teaching(workload)
    loss = teaching.loss._replace(early=lesson.manner.early)
    rng = np.random.Generator(np.random.Philox(key=[lesson.seed, 0]))
    learner = _learner(lesson.genome, lesson.profile)
    if lesson.fresh:
        learner = _begun(learner, teaching, lesson.profile, rng)
    stops = learn(learner, teaching.shown, loss, lesson.stages, lesson.manner, rng, given_up)
    return [_genome(stop, lesson.genome, lesson.profile) for stop in stops]


def _learner(genome: Genome, profile: Profile) -> Learner:
    """Return a genome as learning sees it."""
    first = profile.first_target(genome.inputs)
    neurons = np.zeros((genome.neurons, len(_COLUMNS)), np.float32)
    for column, name in enumerate(_COLUMNS):
        neurons[first:, column] = _parameter(genome, profile, name)[first:]
    values = np.zeros((5, genome.synapses + 2 * genome.neurons), np.float32)
    values[trace.EXACT] = np.concatenate(
        (
            genome.weights,
            _parameter(genome, profile, "bias"),
            _parameter(genome, profile, "threshold"),
        )
    )
    outputs = np.arange(genome.inputs, genome.inputs + genome.outputs, dtype=np.int32)
    return Learner(
        sources=first,
        outputs=outputs,
        hidden=genome.inputs + genome.outputs,
        ids=genome.neuron_ids,
        wiring=genome.wiring,
        neurons=neurons,
        whole=profile.arithmetic == "integer",
        values=values,
        weight=Limits(profile.weight.low, profile.weight.high, profile.weight.grid),
        bias=_limits(profile, "bias"),
        threshold=_limits(profile, "threshold"),
    )


def _parameter(genome: Genome, profile: Profile, name: str) -> NDArray[np.float32]:
    """Return (neurons,) values of a parameter of the model, inherited or shared."""
    if name in profile.columns:
        return genome.parameters[:, profile.columns[name]]
    value = profile.shared.get(name, _WITHOUT.get(name, 0.0))
    return np.full(genome.neurons, value, np.float32)


def _limits(profile: Profile, name: str) -> Limits:
    """Return what a parameter may be; equal ends where learning leaves it alone."""
    allowed = profile.genes.get(name)
    if isinstance(allowed, Range):
        return Limits(allowed.low, allowed.high, allowed.grid)
    return Limits(0.0, 0.0, 1.0)


def _begun(learner: Learner, teaching: Teaching, profile: Profile, rng: Generator) -> Learner:
    """Return a network with random weights, whose neurons receive about a threshold in a window.

    Weights are drawn with standard deviation θ ÷ norm of the mean spikes of their sources, so that the
    sum of what a neuron receives has that of θ: from inputs, and as much from hidden neurons, which
    are thought to spike once in a window. Those receive 0.7 θ beyond that: they spike for some
    samples from the beginning on.
    """
    sources, targets, _ = learner.wiring
    threshold = _usual_threshold(learner, teaching, profile)
    counts = np.ones(len(learner.ids))  # hidden neurons: about one spike in a window
    counts[: len(teaching.counts)] = teaching.counts
    hidden = (sources >= learner.hidden).astype(np.int64)
    squares, sums = np.zeros((2, len(learner.ids))), np.zeros(len(learner.ids))
    np.add.at(squares, (hidden, targets), counts[sources] ** 2)
    np.add.at(sums, targets, counts[sources])
    # The sum of twelve uniform numbers is nearly normal, and needs no logarithm.
    drawn = rng.random((learner.synapses, 12)).sum(axis=1) - 6.0
    weights = drawn * threshold / np.sqrt(np.maximum(squares, 1e-9))[hidden, targets]
    drive = 0.7 * threshold / np.maximum(sums, 1e-9)[targets]
    values = learner.values.copy()
    values[trace.EXACT, : learner.synapses] = weights + np.where(
        targets >= learner.hidden, drive, 0.0
    )
    neurons = len(learner.ids)
    if learner.bias.low < learner.bias.high:
        values[trace.EXACT, learner.synapses : learner.synapses + neurons] = 0.0
    values[trace.EXACT, learner.synapses + neurons + learner.sources :] = threshold
    return replace(learner, values=values)


def _usual_threshold(learner: Learner, teaching: Teaching, profile: Profile) -> float:
    """Return the threshold of networks that begin to learn: the largest weight, or four of them.

    Four where weights have few values, too, or most of those drawn would be rounded to 0. Where all
    neurons of the profile share a threshold, that.
    """
    unit = max(abs(learner.weight.low), abs(learner.weight.high))
    coarse = unit < _FINE * learner.weight.grid
    wanted = max(teaching.thresholds, _THRESHOLD_OF_COARSE if coarse else 0.0) * unit
    allowed = profile.genes.get("threshold")
    return profile.shared["threshold"] if allowed is None else allowed.nearest(wanted)


def _genome(learner: Learner, genome: Genome, profile: Profile) -> Genome:
    """Return what has learned as a genome, with the parameters of the genome that it was."""
    place = {int(one): n for n, one in enumerate(genome.neuron_ids)}
    parameters = genome.parameters[[place[int(one)] for one in learner.ids]]
    for name, found in (("bias", learner.biases), ("threshold", learner.thresholds)):
        if name in profile.columns:
            parameters[learner.sources :, profile.columns[name]] = found[learner.sources :]
    sources, targets, delays = learner.wiring
    return assemble(
        (genome.inputs, genome.outputs),
        learner.ids,
        parameters,
        (sources, targets, learner.weights, delays),
        genome.traits,
    )
