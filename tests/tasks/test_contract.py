"""What holds for every task that can be named."""

import json
import pickle
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from spikevolve.sim.batch import Batch, part
from spikevolve.tasks import Task, TaskSettings, load, names
from spikevolve.tasks.task import SPLITS, Split

CSV = "x,y,kind\n" + "".join(f"{i % 10},{i / 7},{'ab'[i % 2]}\n" for i in range(50))


@pytest.fixture(params=names())
def task(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Task:
    settings = TaskSettings()
    if request.param in ("csv", "data"):
        file = tmp_path_factory.mktemp("data") / "data.csv"
        file.write_text(CSV)
        settings = TaskSettings(data=file)
    task = load(request.param, settings)
    assert task.name == request.param
    return task


def splits_of(task: Task) -> list[Split]:
    there = {"train": True, "validation": task.has_validation, "test": task.has_test}
    return [split for split in SPLITS if there[split]]


def test_description(task: Task) -> None:
    described = task.describe()

    assert json.loads(json.dumps(described, allow_nan=False)) == described
    assert task.inputs >= 1
    assert task.outputs >= 1
    assert task.ticks >= 1
    low, high = task.score_range
    assert low <= task.guess_score <= high
    assert low <= task.chance_score < high
    assert (task.samples > 0) == (task.data_digest is not None)


def test_workloads(task: Task) -> None:
    workloads = {split: task.workload(split, 1) for split in splits_of(task)}

    assert len({workload.digest for workload in workloads.values()}) == len(workloads)
    for split, workload in workloads.items():
        assert workload.split == split
        assert workload.size > 0
        again = pickle.loads(pickle.dumps(workload))
        assert all(map(np.array_equal, again.arrays, workload.arrays))
        assert task.workload(split, 1).digest == workload.digest
    if task.samples:
        assert workloads["train"].size == task.samples


def test_workload_is_fresh_in_every_generation_or_never(task: Task) -> None:
    digests = [task.workload("train", 1, generation).digest for generation in (0, 1, 1)]

    assert (digests[0] != digests[1]) == task.fresh
    assert digests[1] == digests[2]


def test_measurements(task: Task, batch_for: Callable[..., Batch]) -> None:
    batch = batch_for(task, 6)
    measured = task.evaluate(task.workload("train", 1, 0), batch)

    for column in measured:
        assert column.shape == (6,)
        assert column.dtype == np.float64
        assert np.all(np.isfinite(column))
    low, high = task.score_range
    assert np.all((measured.score >= low) & (measured.score <= high))
    assert np.all(np.array(measured[1:4]) >= 0)
    assert np.all((measured.latency >= 1) & (measured.latency <= task.ticks))
    assert np.all((measured.activation_sparsity >= 0) & (measured.activation_sparsity <= 1))


def test_measurements_do_not_depend_on_company_or_process(
    task: Task, batch_for: Callable[..., Batch]
) -> None:
    batch, workload = batch_for(task, 5), task.workload("train", 1, 0)
    expected = np.array(task.evaluate(workload, batch))
    twin = pickle.loads(pickle.dumps(task))

    pieces = [twin.evaluate(workload, part(batch, *ends)) for ends in ((0, 2), (2, 5))]

    assert np.array_equal(np.concatenate(pieces, axis=1), expected)


def test_listing_names_imports_no_compiler() -> None:
    code = (
        "import sys; from spikevolve.tasks import names; names();"
        "print([m for m in ('numba', 'sklearn', 'pandas', 'ray') if m in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout == "[]\n"
