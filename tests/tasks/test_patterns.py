from itertools import product

import numpy as np
import pytest

from spikevolve.sim.batch import pack, unpack_lanes
from spikevolve.sim.network import Network
from spikevolve.sim.neurons import lif
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.builtin.generated import Recall, Reconstruct


def memoryless(charges: tuple[tuple[float, float, int], ...]) -> Network:
    """One input, two outputs of full leak, delays of 1: (bias, weight, refractory) of each."""
    rows = np.zeros((3, len(lif.PARAMETERS)), np.float32)
    rows[1:, lif.THRESHOLD] = 1
    rows[1:, lif.V_MIN] = -4
    rows[1:, lif.BIAS] = [bias for bias, _, _ in charges]
    rows[1:, lif.REFRACTORY] = [refractory for _, _, refractory in charges]
    network = Network(
        model="lif",
        arithmetic="float32",
        source_count=1,
        input_neurons=np.array([0], np.int32),
        output_neurons=np.array([1, 2], np.int32),
        offsets=np.array([0, 0, 1, 2], np.int32),
        sources=np.array([0, 0], np.int32),
        weights=np.array([weight for _, weight, _ in charges], np.float32),
        delays=np.ones(2, np.int32),
        parameters=rows,
    )
    network.validate()
    return network


# With λ = 0 the potential is the charge of the tick: the bias, and the weight if the input spiked
# in the tick before. Whatever weights, biases and thresholds are, an output is one of four: it
# fires or not upon a spike, and it fires or not upon silence.
KINDS = [(bias, weight) for bias in (0.0, 1.0) for weight in (-1.0, 0.0, 1.0)]


def test_gaps_cannot_be_told_without_memory() -> None:
    outputs = [(*kind, refractory) for kind in KINDS for refractory in range(4)]
    networks = [memoryless(pair) for pair in product(outputs, repeat=2)]
    task = load("gaps")

    scores = task.evaluate(task.workload("train", 1), pack(networks)).score

    assert np.all(scores == task.chance_score)


@pytest.mark.parametrize("decoder", ["first_spike", "first_to:3", "spike_count"])
def test_nor_by_other_decoders(decoder: str) -> None:
    """When counting, a refractory period is a memory: it swallows the spike after a short gap."""
    networks = [memoryless(pair) for pair in product([(*kind, 0) for kind in KINDS], repeat=2)]
    task = load("gaps", TaskSettings(decoder=decoder))

    scores = task.evaluate(task.workload("train", 1), pack(networks)).score

    assert np.all(scores == task.chance_score)


def test_gaps_patterns() -> None:
    task = load("gaps")
    workload = task.workload("train", 1)

    spikes = unpack_lanes(workload.arrays[0], 4)

    assert [np.flatnonzero(spikes[:, 0, i]).tolist() for i in range(4)] == [
        [0, 2, 4],
        [0, 2, 10],
        [0, 8, 10],
        [0, 8, 16],
    ]
    assert workload.arrays[1].tolist() == [0, 1, 1, 0]


def test_xor_patterns() -> None:
    task = load("xor", TaskSettings(encoder="latency:6"))
    workload = task.workload("train", 1)

    times = unpack_lanes(workload.arrays[0], 4).argmax(axis=0).T  # first bit, second bit, bias

    assert times.tolist() == [[6, 6, 0], [6, 0, 0], [0, 6, 0], [0, 0, 0]]
    assert workload.arrays[1].tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("name", ["xor", "gaps"])
def test_nothing_is_held_out(name: str) -> None:
    task = load(name)

    assert (task.samples, task.has_validation, task.has_test) == (4, False, False)
    assert task.chance_score == task.guess_score == 0.5


def test_recall_shows_stored_patterns_with_a_quarter_of_the_bits_flipped() -> None:
    damaged, stored = Recall(TaskSettings()).load()
    patterns = np.unique(stored, axis=0)
    distances = np.abs(damaged[:, np.newaxis] - patterns).sum(axis=2)

    assert len(patterns) == 3
    assert np.abs(damaged - stored).sum(axis=1).tolist() == [4] * len(stored)
    assert (np.sort(distances, axis=1)[:, 1] > 4).all()
    assert np.array_equal(patterns[distances.argmin(axis=1)], stored)


def test_reconstruct_wants_its_inputs_back() -> None:
    images, targets = Reconstruct(TaskSettings()).load()

    assert np.array_equal(images, targets)
    assert (images.min(), images.max()) == (0.0, 1.0)
