"""Control tasks: workloads, settings, and what they say of a network."""

import json
import pickle
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.sim.batch import NEURONS, SOURCES, Batch, pack
from spikevolve.sim.network import Network
from spikevolve.sim.neurons.lif import PARAMETERS, THRESHOLD
from spikevolve.tasks.builtin.cartpole import CartPole, CartPoleHard
from spikevolve.tasks.control.episode_loop import (
    DECISIONS,
    LATENCY,
    OPERATIONS,
    SPIKES,
    EpisodeBatch,
    Functions,
    play,
)
from spikevolve.tasks.control.observation_encoder import Variable
from spikevolve.tasks.task import TaskSettings

SILENT = 1000.0


def network(inputs: int, outputs: int, wires: dict[int, int], threshold: float = 0.5) -> Network:
    """Sources straight to outputs, {output: input}, weight 1, delay 1."""
    neurons = inputs + outputs
    counts = np.zeros(neurons, np.int64)
    counts[[inputs + output for output in wires]] = 1
    parameters = np.zeros((neurons, len(PARAMETERS)), np.float32)
    parameters[inputs:, THRESHOLD] = threshold
    made = Network(
        model="lif",
        arithmetic="float32",
        source_count=inputs,
        input_neurons=np.arange(inputs, dtype=np.int32),
        output_neurons=np.arange(inputs, neurons, dtype=np.int32),
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        sources=np.array([wires[output] for output in sorted(wires)], np.int32),
        weights=np.ones(len(wires), np.float32),
        delays=np.ones(len(wires), np.int32),
        parameters=parameters,
    )
    made.validate()
    return made


def test_starts_are_fresh_in_every_generation_and_never_meet() -> None:
    task = CartPole(TaskSettings())
    workloads = [
        *(task.workload("train", 1, generation) for generation in (None, 0, 1, 2)),
        task.workload("train", 2, 0),
        task.workload("validation", 1),
        task.workload("test", 1),
    ]
    starts = np.concatenate([workload.arrays[0] for workload in workloads])
    assert len(np.unique(starts, axis=0)) == len(starts) == 4 * 10 + 10 + 100 + 1000
    assert len({workload.digest for workload in workloads}) == len(workloads)
    assert task.workload("train", 1, 1).digest == workloads[2].digest
    assert task.workload("test", 1, 5).digest == workloads[-1].digest


def test_fixed_starts() -> None:
    task = CartPole(TaskSettings(fresh_episodes=False))
    assert not task.fresh
    assert task.workload("train", 1, 3).digest == task.workload("train", 1).digest


def test_more_episodes_begin_with_the_same_ones() -> None:
    few = CartPoleHard(TaskSettings(episodes=3)).workload("train", 1, 4)
    many = CartPoleHard(TaskSettings(episodes=30)).workload("train", 1, 4)
    assert few.size == 3
    np.testing.assert_array_equal(few.arrays[0], many.arrays[0][:3])


def test_measurements_are_totals_by_decision(batch_for: Callable[..., Batch]) -> None:
    task = CartPole(TaskSettings(decoder="first_spike"))
    batch, workload = batch_for(task, 6), task.workload("train", 1, 0)
    measured = task.evaluate(workload, batch)
    starts, places, bounds, _ = workload.arrays
    course = EpisodeBatch(
        np.array(task.constants), starts, places, bounds, 0.0, 4, 1, task.ticks, task.steps
    )
    returns, totals, _ = play(batch, task.functions(), course)
    np.testing.assert_allclose(measured.score, returns.mean(axis=1), rtol=1e-15)
    decisions = totals[:, DECISIONS]
    np.testing.assert_array_equal(measured.spikes, totals[:, SPIKES] / decisions)
    np.testing.assert_array_equal(measured.latency, totals[:, LATENCY] / decisions)
    np.testing.assert_array_equal(measured.synaptic_operations, totals[:, OPERATIONS] / decisions)
    neurons = batch.headers[:, NEURONS] - batch.headers[:, SOURCES]
    share = totals[:, SPIKES] / (decisions * neurons * task.ticks)
    np.testing.assert_allclose(measured.activation_sparsity, 1 - share, rtol=1e-12)


def test_silence_is_the_first_action_after_the_whole_window() -> None:
    task = CartPole(TaskSettings())
    measured = task.evaluate(
        task.workload("train", 1, 0), pack([network(8, 2, {}), network(8, 2, {1: 0}, SILENT)])
    )
    assert measured.spikes.tolist() == [0.0, 0.0]
    assert measured.latency.tolist() == [8.0, 8.0]
    assert measured.synaptic_operations[0] == 0.0 < measured.synaptic_operations[1]
    assert measured.score[0] == measured.score[1] < task.chance_score


def test_two_synapses_balance_the_pole() -> None:
    """Push where the pole falls: left if θ̇ ≤ 0, else right."""
    task = CartPole(TaskSettings())
    good, bad = network(8, 2, {0: 6, 1: 7}), network(8, 2, {0: 7, 1: 6})
    measured = task.evaluate(task.workload("validation", 1), pack([good, bad]))
    assert measured.score[0] > 150.0
    assert measured.score[1] < task.chance_score
    assert measured.latency[0] == 2.0  # spikes of tick 0 arrive at tick 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"ticks": 6}, "flip_flop needs ticks to be at least 7 \\(got 6\\)"),
        ({"ticks": 0}, "task cartpole: ticks must be a whole number of at least 1 \\(got 0\\)"),
        (
            {"episodes": 0},
            "task cartpole: episodes must be a whole number of at least 1 \\(got 0\\)",
        ),
        (
            {"encoder": "charge:17", "max_charge": 16.0},
            "encoder charge: gain must be at most 16, max_charge of the profile \\(got 17\\)",
        ),
        ({"encoder": "morse"}, "unknown encoder 'morse'"),
        ({"decoder": "loudest"}, "unknown decoder of classes and actions 'loudest'"),
        ({"label": "x"}, "task cartpole takes no label"),
    ],
)
def test_mistakes_are_named(settings: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        CartPole(TaskSettings(**settings))  # type: ignore[arg-type]


class SideBySide(CartPole):
    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        return super().start(rng, episodes).T


class Plain(CartPole):
    def functions(self) -> Functions:
        return super().functions()._replace(step=print)


class Unseen(CartPole):
    variables = (*CartPole.variables[:3], Variable("wind", 4, -1.0, 1.0))


class Momentary(CartPole):
    steps = 0


class Blind(CartPole):
    variables = property()  # as if the class did not say them


class Backwards(CartPole):
    variables = (Variable("position", 0, 2.4, -2.4), *CartPole.variables[1:])


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (SideBySide, r": starts have the shape \(4, 10\), but it must be \(10, …\)"),
        (
            Plain,
            ": functions.. must return Functions of kernels, but its step is print, which is not",
        ),
        (Momentary, r": steps must be a whole number of at least 1 \(got 0\)"),
        (Blind, " must define variables"),
        (Unseen, r": wind is observation 4, but there are only 0 … 3"),
        (
            Backwards,
            r": position has the range 2\.4 … -2\.4, but it must go from a finite number to a",
        ),
    ],
)
def test_what_a_class_says_wrongly_is_named(
    cls: type[CartPole], message: str, batch_for: Callable[..., Batch]
) -> None:
    def use() -> None:
        task = cls(TaskSettings())
        task.evaluate(task.workload("train", 1), batch_for(task, 1))

    with pytest.raises(InputError, match=f"^task cartpole{message}"):
        use()


def test_networks_of_another_shape_are_refused() -> None:
    task = CartPoleHard(TaskSettings())
    with pytest.raises(InputError, match="4 inputs and 3 outputs \\(got 8 and 2\\)"):
        task.evaluate(task.workload("train", 1, 0), pack([network(8, 2, {})]))


def test_settings_choose_encoder_window_and_decoder() -> None:
    task = CartPoleHard(TaskSettings(encoder="argyle:4,spikes=2", ticks=9, decoder="first_to:3"))
    described = task.describe()
    assert task.inputs == 8
    assert described["encoder"] == "argyle:range=1.0,spikes=2,neurons=4"
    assert described["decoder"] == "first_to:k=3"
    assert described["ticks"] == 9
    assert json.loads(json.dumps(described)) == described


def test_pickled_tasks_measure_the_same(batch_for: Callable[..., Batch]) -> None:
    task = CartPoleHard(TaskSettings())
    batch, workload = batch_for(task, 3, "integer"), task.workload("train", 1, 0)
    copy = pickle.loads(pickle.dumps(task))
    again = copy.evaluate(pickle.loads(pickle.dumps(workload)), batch)
    np.testing.assert_array_equal(again, task.evaluate(workload, batch))
