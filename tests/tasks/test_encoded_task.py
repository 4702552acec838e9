"""Encoders that evolve: every setting is encoded as if it were the task's own."""

import pickle
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.sim.batch import Batch, unpack_lanes
from spikevolve.tasks import Task, TaskSettings, load
from spikevolve.tasks.control.control_task import Control
from spikevolve.tasks.data.data_task import DataTask
from spikevolve.tasks.encoded_task import EncodedTask, settings_to_try, with_fields
from spikevolve.tasks.encoders import ENCODERS
from spikevolve.tasks.workload import Workload

OWN = {"spikes": 5, "neurons": 7, "bins": 4, "fields": 5, "gap": 4, "range": 1.25}


def evolving(name: str, encoder: str | None = None, **others: Any) -> Any:
    return load(name, TaskSettings(encoder=encoder, evolve_encoder=True, **others))


def spikes_of(task: Task, workload: Workload) -> Any:
    """(ticks, inputs, samples)."""
    return unpack_lanes(workload.arrays[0], workload.size)


@pytest.mark.parametrize("name", ENCODERS)
def test_no_encoder_has_more_than_16_settings_whatever_the_user_says(name: str) -> None:
    encoder = ENCODERS[name]()
    own = {field: OWN.get(field, 0.33) for field in encoder.searched}
    tried = settings_to_try(with_fields(encoder, own))

    assert prod(map(len, tried.values())) <= 16
    for field, values in tried.items():
        assert own[field] in values
        assert {getattr(with_fields(encoder, {field: value}), field) for value in values} == {
            *values
        }


def test_traits_are_the_settings_that_fit_into_the_window() -> None:
    assert evolving("iris").traits == {"spikes": (2, 4, 8), "range": (0.5, 1, 1.5)}
    assert evolving("iris", "rate:5", ticks=7).traits["spikes"] == (2, 4, 5)
    assert evolving("cartpole", "flip_flop:3").traits["spikes"] == (2, 3)
    assert load("iris").traits == {}
    assert evolving("iris").describe()["traits"]["spikes"] == [2, 4, 8]


def test_every_setting_gives_the_workload_of_a_task_with_that_encoder() -> None:
    task: DataTask = evolving("iris", "population:4")
    assert task.inputs == 4 * 6
    for fields in task.traits["fields"]:
        for width in task.traits["range"]:
            one = task.with_traits((("fields", fields), ("range", width)))
            plain = load("iris", TaskSettings(encoder=f"population:{fields:g},range={width}"))
            for split in ("train", "test"):
                found, expected = one.workload(split, 1), plain.workload(split, 1)
                each = spikes_of(task, found).reshape(10, 4, 6, -1)
                used, unused = np.split(each, [int(fields)], axis=2)
                assert np.array_equal(
                    used.reshape(10, plain.inputs, -1), spikes_of(plain, expected)
                )
                assert not unused.any()
                assert np.array_equal(found.arrays[1], expected.arrays[1])
                assert found.arrays[2] == expected.arrays[2]


def test_control_has_the_code_of_a_task_with_that_encoder() -> None:
    task: Control = evolving("pendulum", "argyle:4,spikes=3", ticks=8)
    assert task.inputs == 3 * 6
    for neurons, width in ((3.0, 0.5), (4.0, 1.0), (6.0, 1.5)):
        text = f"argyle:{neurons:g},spikes=3,range={width}"
        plain = load("pendulum", TaskSettings(encoder=text, ticks=8))
        found = task.with_traits((("neurons", neurons), ("range", width))).workload("train", 1, 5)
        expected = plain.workload("train", 1, 5)

        variable, number = np.divmod(found.arrays[1][:, 1], 6)
        inputs = (variable * neurons + number).tolist()
        assert inputs == expected.arrays[1][:, 1].tolist()
        assert np.array_equal(found.arrays[1][:, [0, 2]], expected.arrays[1][:, [0, 2]])
        assert np.array_equal(found.arrays[0], expected.arrays[0])
        assert np.array_equal(found.arrays[2], expected.arrays[2])


@pytest.mark.parametrize("name", ["cartpole", "gym:CartPole-v1"])
@pytest.mark.parametrize(
    ("encoder", "trait", "value"),
    [("step_forward:0.02", "threshold", 0.05), ("poisson:1", "gain", 0.25), ("rate", "spikes", 4)],
)
def test_in_control_a_network_is_measured_with_the_setting_that_it_has(
    name: str, encoder: str, trait: str, value: float, batch_for: Callable[..., Batch]
) -> None:
    task: Task = evolving(name, encoder)
    batch = batch_for(task, 6)
    with_it = load(name, TaskSettings(encoder=f"{encoder.partition(':')[0]}:{value:g}"))
    assert isinstance(with_it, EncodedTask)

    found = task.evaluate(task.with_traits(((trait, value),)).workload("train", 1, 0), batch)

    expected = with_it.evaluate(with_it.workload("train", 1, 0), batch)
    assert np.array_equal(found, expected)
    assert found.input_spikes.any()


def test_each_setting_is_encoded_once() -> None:
    task = evolving("iris")
    traits = (("spikes", 2.0), ("range", 0.5))

    first = task.with_traits(traits).workload("train", 1)

    assert task.with_traits(traits).workload("train", 1) is first
    assert task.with_traits(()).workload("train", 1).digest != first.digest


def test_workers_get_no_data_of_other_settings() -> None:
    task = evolving("iris")
    size = len(pickle.dumps(task))
    task.with_traits((("spikes", 2.0), ("range", 0.5))).workload("train", 1)

    assert len(pickle.dumps(task)) == size


@pytest.mark.parametrize(
    ("task", "settings", "message"),
    [
        ("iris", {"encoder": "charge"}, "encoder charge has no settings that can evolve here"),
        ("iris", {"encoder": "rank_order:40", "ticks": 200}, None),
        ("gaps", {}, "task gaps takes no evolve_encoder"),
        ("mountain_car", {"encoder": "flip_flop", "ticks": 8}, "needs ticks to be at least 22"),
    ],
)
def test_mistakes_are_named(task: str, settings: dict[str, Any], message: str | None) -> None:
    if message is None:
        assert evolving(task, **settings).traits["gap"] == (1, 2, 3, 40)
        return
    with pytest.raises(InputError, match=message):
        evolving(task, **settings)
