"""What a network does on samples: its decisions or numbers, its latency and its spikes, sample by sample."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...sim.batch import pack, pack_lanes
from ...sim.network import Network
from ...sim.stepper import Stepper
from ...tasks.decoders.classes import Decoder
from ...tasks.decoders.decisions import decide_step
from ...tasks.decoders.numbers import NumberDecoder
from ...tasks.encoded_task import encode_samples
from ...tasks.readouts import linear_readout
from ...tasks.task import as_charges
from ...tasks.workload import random_stream
from .champion_task import ChampionTask

_SIDE_BY_SIDE = 1024  # samples


class Responses(NamedTuple):
    """What a network does on samples.

    Attributes:
        decisions: (samples,) int32, the number of the class; of regression 0.
        said: (samples, answers) float64: of classes the share of all output spikes, NaN where there are
            none, or what a readout says for each; of regression the numbers, in [0, 1].
        counts: (outputs, samples) int32, spikes of each output; (0, samples) with a readout.
        latencies: (samples,) int32, ticks until decided, 1 … window.
        spikes: (samples,) int64, of all neurons that have a potential.
    """

    decisions: NDArray[np.int32]
    said: NDArray[np.float64]
    counts: NDArray[np.int32]
    latencies: NDArray[np.int32]
    spikes: NDArray[np.int64]


def responses(network: Network, task: ChampionTask, samples: NDArray[Any]) -> Responses:
    """Run a network on samples, each from rest.

    Args:
        network: The network.
        task: How it is shown samples; with a readout, its weights are known.
        samples: As they are encoded.
    """
    rng = _draws(task)
    parts = range(0, max(len(samples), 1), _SIDE_BY_SIDE)
    found = [
        _respond(network, task, samples[start : start + _SIDE_BY_SIDE], rng) for start in parts
    ]
    decisions, said, counts, latencies, spikes = zip(*found, strict=True)
    return Responses(
        np.concatenate(decisions),
        np.concatenate(said),
        np.concatenate(counts, axis=1),
        np.concatenate(latencies),
        np.concatenate(spikes),
    )


def received(network: Network, task: ChampionTask, samples: NDArray[Any]) -> NDArray[Any]:
    """Return what inputs receive for samples: (ticks, inputs, samples) bool spikes, or charges."""
    return _received(network, task, samples, _draws(task))


def _draws(task: ChampionTask) -> np.random.Generator:
    """Return what an encoder draws from: what it does in the run's test, from the first sample on."""
    is_random = task.encoder is not None and task.encoder.random
    return random_stream(task.seed if is_random else 0, "test", None)


def _received(
    network: Network, task: ChampionTask, samples: NDArray[Any], rng: np.random.Generator
) -> NDArray[Any]:
    inputs = encode_samples(task.encoder, samples, task.setting, network.inputs, rng)
    if task.receives == "spikes":
        return inputs
    return as_charges(inputs, task.setting.arithmetic, task.setting.full_charge)


def _respond(
    network: Network, task: ChampionTask, samples: NDArray[Any], rng: np.random.Generator
) -> Responses:
    """Run the network on some samples, side by side."""
    count = len(samples)
    if not count:
        return _nothing(network, task)
    inputs, outputs = _received(network, task, samples, rng), network.output_neurons
    stepper = Stepper(network.with_all_outputs(), count)
    fired = stepper.run(inputs)
    counts = stepper.counts[outputs]
    spikes = stepper.counts[network.source_count :].sum(axis=0, dtype=np.int64)
    whole = np.full(count, task.setting.ticks, np.int32)
    if task.readout is not None:
        said = _read(network, task, inputs)
        return Responses(said.argmax(axis=1).astype(np.int32), said, counts[:0], whole, spikes)
    if isinstance(task.decoder, NumberDecoder):
        numbers = task.decoder.numbers(counts[np.newaxis], task.setting.ticks)[0]
        return Responses(np.zeros(count, np.int32), numbers, counts, whole, spikes)
    assert isinstance(task.decoder, Decoder)  # `champion_task` has seen to it
    decisions, latencies = decide_step(stepper, fired, outputs, task.decoder.target)
    total = counts.sum(axis=0)
    shares = np.where(total > 0, counts / np.maximum(total, 1), np.nan).T
    return Responses(decisions, shares, counts, latencies, spikes)


def _nothing(network: Network, task: ChampionTask) -> Responses:
    return Responses(
        np.zeros(0, np.int32),
        np.zeros((0, len(task.classes) or task.ends.shape[1])),
        np.zeros((0 if task.readout else network.outputs, 0), np.int32),
        np.zeros(0, np.int32),
        np.zeros(0, np.int64),
    )


def _read(network: Network, task: ChampionTask, inputs: NDArray[Any]) -> NDArray[np.float64]:
    """Return what the readout says, (samples, answers)."""
    assert task.readout is not None
    assert task.readout_weights is not None
    shown = pack_lanes(inputs) if task.receives == "spikes" else np.ascontiguousarray(inputs)
    window = linear_readout.Shown(shown, task.setting.ticks, inputs.shape[2])
    found = linear_readout.use(pack([network]), window, task.readout, [task.readout_weights])
    said: NDArray[np.float64] = found.said[0]
    return said
