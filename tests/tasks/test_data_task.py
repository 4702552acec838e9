"""Data tasks end to end, against the readable simulator and plain counting."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.sim import reference
from spikevolve.sim.batch import Batch, pack, part, unpack_lanes
from spikevolve.sim.network import Network
from spikevolve.tasks import Classification, TaskSettings, load
from spikevolve.tasks.data.splits import TEST_SHARE, Stratified, cut
from spikevolve.tasks.decoders.classes import decoder as make_decoder
from spikevolve.tasks.decoders.decisions import decide_lanes
from spikevolve.tasks.workload import Workload

Networks = Callable[..., list[Network]]
Batches = Callable[..., Batch]


class Counted(NamedTuple):
    score: float
    spikes: float
    input_spikes: float
    synaptic_operations: float
    latency: float
    activation_sparsity: float
    readout_multiplications: float = 0.0


def iris(**settings: object) -> Classification:
    task = load("iris", TaskSettings(**settings))  # type: ignore[arg-type]
    assert isinstance(task, Classification)
    return task


def inputs_of(task: Classification, workload: Workload) -> NDArray[np.generic]:
    if task.input_kind == "charges":
        return workload.arrays[0]
    return unpack_lanes(workload.arrays[0], workload.size)


def count(task: Classification, network: Network, workload: Workload) -> Counted:
    """First spike decides; everything counted with loops over what the reference recorded."""
    inputs = inputs_of(task, workload)
    spikes = reference.simulate(network, inputs).spikes
    right, latencies = 0, []
    for sample, label in enumerate(workload.arrays[1]):
        fired = np.argwhere(spikes[:, network.output_neurons, sample])
        right += (fired[0][1] if len(fired) else 0) == label
        latencies.append(fired[0][0] + 1 if len(fired) else task.ticks)
    operations = sum(
        spikes[: max(0, task.ticks - delay), source].sum()
        for source, delay in zip(network.sources, network.delays, strict=True)
    )
    own = spikes[:, network.source_count :]
    n = workload.size
    return Counted(
        right / n,
        own.sum() / n,
        np.count_nonzero(inputs) / n,
        operations / n,
        float(np.mean(latencies)),
        1 - own.mean(),
    )


@pytest.mark.parametrize("encoder", ["rate:8,mirrored", "latency", "population", "charge"])
@pytest.mark.parametrize("arithmetic", ["float32", "float64", "integer"])
@pytest.mark.parametrize("split", ["train", "test"])
def test_measurements(networks_for: Networks, encoder: str, arithmetic: str, split: str) -> None:
    grid = 1.0 if arithmetic == "integer" else 2.0**-10
    task = iris(
        encoder=encoder,
        decoder="first_spike",
        arithmetic=arithmetic,
        grid=grid,
        full_charge=255.0 if arithmetic == "integer" else 1.0,
    )
    networks = networks_for(task, 6, arithmetic)
    workload = task.workload("train" if split == "train" else "test", 1)

    measured = task.evaluate(workload, pack(networks))

    expected = [count(task, network, workload) for network in networks]
    assert max(row.spikes for row in expected) > 1  # the networks do something
    for i, row in enumerate(expected):
        assert [column[i] for column in measured] == pytest.approx(list(row), rel=1e-12)


@pytest.mark.parametrize("decoder", ["first_spike", "first_to:3", "spike_count", "membrane"])
def test_answers_follow_the_decoder(networks_for: Networks, decoder: str) -> None:
    task = iris(decoder=decoder)
    networks = networks_for(task, 4)
    workload = task.workload("test", 1)

    answers = task.answers(workload, pack(networks))

    for n, network in enumerate(networks):
        recorded = reference.simulate(network, inputs_of(task, workload))
        if decoder == "membrane":
            potentials = recorded.potentials[-1, network.output_neurons]
            decisions, latencies = potentials.argmax(axis=0), np.full(workload.size, task.ticks)
        else:
            target = make_decoder(decoder).target
            decisions, latencies = decide_lanes(recorded.spikes, network.output_neurons, target)
        assert answers.decisions[n].tolist() == decisions.tolist()
        assert answers.latencies[n].tolist() == latencies.tolist()


def test_a_network_is_measured_alike_alone_and_in_any_batch(batch_for: Batches) -> None:
    task = load("iris")
    batch, workload = batch_for(task, 12), task.workload("train", 1)

    together = np.array(task.evaluate(workload, batch))
    apart = [task.evaluate(workload, part(batch, i, i + 1)) for i in range(12)]

    assert np.array_equal(together, np.concatenate(apart, axis=1))


def test_many_threads_measure_at_once(batch_for: Batches) -> None:
    task = load("digits")
    batch, workload = batch_for(task, 3), task.workload("validation", 1)
    expected = np.array(task.evaluate(workload, batch))

    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda _: task.evaluate(workload, batch), range(12)))

    assert all(np.array_equal(expected, result) for result in results)


def test_inputs_are_encoded_once() -> None:
    task = load("iris")

    assert task.workload("train", 1, 0) is task.workload("train", 2, 5)


def test_poisson_inputs_are_fresh_in_every_generation() -> None:
    task = iris(encoder="poisson")
    digests = [task.workload("train", 1, generation).digest for generation in (0, 1, 1, None)]

    assert task.fresh
    assert len(set(digests)) == 3
    assert digests[1] == digests[2]
    assert task.workload("train", 2, 1).digest != digests[1]
    assert task.workload("test", 1) is task.workload("test", 1)


def test_poisson_inputs_can_be_fixed() -> None:
    task = iris(encoder="poisson", fresh_episodes=False)

    assert not task.fresh
    assert task.workload("train", 1, 0).digest == task.workload("train", 1, 7).digest
    assert task.workload("train", 1, 0).digest != task.workload("train", 2, 0).digest


def test_scaling_sees_training_data_only() -> None:
    class Outlier(Classification):
        values = np.linspace(0, 1, 60)[:, np.newaxis]

        def load(self) -> tuple[object, object]:
            return self.values, np.arange(60) % 2

    before = Outlier(TaskSettings()).workload("train", 1).digest
    of_class = np.arange(60, dtype=np.int32) % 2
    kept = cut(Stratified(of_class, ("0", "1"), 1, ""), 60, TEST_SHARE).test
    Outlier.values = Outlier.values.copy()
    Outlier.values[kept] = 100.0

    assert Outlier(TaskSettings()).workload("train", 1).digest == before


def test_splits_follow_split_seed_and_not_seed() -> None:
    one, two = iris(split_seed=1), iris(split_seed=2)

    assert one.workload("test", 1).digest == one.workload("test", 9).digest
    assert one.workload("test", 1).digest != two.workload("test", 1).digest


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"ticks": 0}, "task iris: ticks must be a whole number of at least 1 (got 0)"),
        ({"ticks": 7}, "encoder rate needs ticks to be at least 8 (got 7)"),
        ({"encoder": "latency", "ticks": 0}, "ticks must be a whole number of at least 1"),
        ({"data": "x.csv"}, "task iris takes no data (got 'x.csv')"),
        ({"episodes": 3}, "task iris takes no episodes (got 3)"),
        ({"fresh_episodes": True}, "takes fresh_episodes with a random encoder only"),
        ({"decoder": "last"}, "unknown decoder of classes and actions 'last'"),
    ],
)
def test_refuses_settings(settings: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as refused:
        iris(**settings)
    assert message in str(refused.value)


def test_refuses_networks_for_another_task(batch_for: Batches) -> None:
    task, others = iris(encoder="rate:mirrored"), [load("gaps"), iris(encoder="charge:mirrored")]
    workload = task.workload("train", 1)

    with pytest.raises(InputError, match="task iris needs networks of 8 inputs and 3 outputs"):
        task.evaluate(workload, batch_for(others[0], 2))
    with pytest.raises(InputError, match="gives its inputs spikes: they must be sources"):
        task.evaluate(workload, batch_for(others[1], 2))


def test_has_no_test_data_where_nothing_is_held_out() -> None:
    with pytest.raises(ValueError, match="task xor has no test data"):
        load("xor").workload("test", 1)
