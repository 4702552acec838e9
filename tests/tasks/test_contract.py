"""Every task that can be named keeps the contract, and the contract finds what is wrong."""

import runpy
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikevolve.errors import InputError, MachineError
from spikevolve.sim.batch import Batch
from spikevolve.tasks import Measurements, Task, TaskSettings, Workload, load, names
from spikevolve.tasks.catalogue import CATALOGUE
from spikevolve.tasks.contract import CHECKS, run
from spikevolve.tasks.workload import Split

pytestmark = pytest.mark.slow  # starts processes, or compares much

Batches = Callable[..., Batch]

WRITERS = runpy.run_path(str(Path(__file__).with_name("recording_files.py")))["WRITERS"]
CSV = "x,y,kind\n" + "".join(f"{i % 10},{i / 7},{'ab'[i % 2]}\n" for i in range(50))


@pytest.fixture(params=names())
def task(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Task:
    """Each built-in task as a search by default has it."""
    settings = TaskSettings(learned=True)
    if request.param in ("csv", "data"):
        file = tmp_path_factory.mktemp("data") / "data.csv"
        file.write_text(CSV)
        settings = replace(settings, data=file)
    elif request.param in WRITERS:
        folder = tmp_path_factory.mktemp("recordings")
        settings = replace(settings, data=WRITERS[request.param](folder))
    task = load(request.param, settings)
    assert task.name == request.param
    return task


@pytest.mark.parametrize("promise", CHECKS)
def test_every_task_keeps_the_contract(task: Task, promise: str, batch_for: Batches) -> None:
    assert run(CHECKS[promise], task, batch_for(task, 6)) is None


def test_the_catalogue_says_of_a_task_what_it_says_itself(task: Task) -> None:
    numbers = CATALOGUE[task.name].numbers
    if "data" in task.takes:
        assert numbers is None
        return
    assert numbers is not None
    told: Any = task.describe()
    assert numbers.unit == ("samples" if told["samples"] else "episodes")
    assert (numbers.inputs, numbers.outputs, numbers.ticks) == (
        task.inputs,
        task.outputs,
        task.ticks,
    )
    assert numbers.training == (told["samples"] or told["episodes"])
    assert numbers.test == (told["splits"]["test"] if told["samples"] else told["test_episodes"])
    assert numbers.chance_score == float(f"{task.chance_score:.4g}")
    assert numbers.guess_score == float(f"{task.guess_score:.4g}")


class Sound(Task):
    """A task that keeps every promise; the others here break one of them."""

    inputs = 2
    outputs = 2
    ticks = 4
    chance_score = guess_score = 0.5
    score_range = (0.0, 1.0)
    has_test = False

    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        return Workload.of(split, 1, np.array([seed]))

    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        return Measurements(*self.columns(batch.networks))

    def columns(self, networks: int) -> list[Any]:
        return [np.ones(networks)] * len(Measurements._fields)


class NoTicks(Sound):
    ticks = 0


class Hopeless(Sound):
    chance_score = 1.0


class Guessing(Sound):
    guess_score = 2.0


class Unwritable(Sound):
    def describe(self) -> dict[str, object]:
        return {"sizes": (1, 2)}


class SameTest(Sound):
    has_test = True

    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        return Workload(split, 1, (), "same")


class Shifting(Sound):
    samples = 1

    def __init__(self, settings: TaskSettings) -> None:
        super().__init__(settings)
        self.data_digest = np.random.default_rng().bytes(4).hex()


class Moody(Sound):
    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        return Workload.of(split, 1, np.random.default_rng().random(3))


class SecretlyFresh(Sound):
    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        return Workload.of(split, 1, np.array([generation or 0]))


class TooFewStarts(Sound):
    episodes = 2

    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        return Workload.of(split, 2, np.array([seed]))


class Misshapen(Sound):
    def columns(self, networks: int) -> list[Any]:
        return [np.ones((networks, 1)), *super().columns(networks)[1:]]


class Undefined(Sound):
    def columns(self, networks: int) -> list[Any]:
        return [np.full(networks, np.nan), *super().columns(networks)[1:]]


class Wordy(Sound):
    def columns(self, networks: int) -> list[Any]:
        column = Measurements._fields.index("activation_sparsity")
        columns = super().columns(networks)
        return [*columns[:column], ["much"] * networks, *columns[column + 1 :]]


class TooGood(Sound):
    def columns(self, networks: int) -> list[Any]:
        return [np.full(networks, 1.5), *super().columns(networks)[1:]]


class Sociable(Sound):
    def columns(self, networks: int) -> list[Any]:
        return [np.full(networks, 1 / networks), *super().columns(networks)[1:]]


class Forgetful(Sound):
    def evaluate(self, workload: Workload, batch: Batch) -> Any:
        return None


class Raising(Sound):
    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        raise KeyError(f"no {object()}")


class Leaving(Sound):
    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        sys.exit(3)


class Refusing(Sound):
    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        raise InputError("what it says itself")


@pytest.mark.parametrize(
    ("cls", "sentence"),
    [
        (NoTicks, "ticks must be a whole number of at least 1 (got 0)"),
        (Hopeless, "chance_score must lie in score_range, 0.0 … 1.0, below its end (got 1.0)"),
        (Guessing, "guess_score must lie in score_range, 0.0 … 1.0 (got 2.0)"),
        (Unwritable, "describe() must return plain JSON values"),
        (Shifting, "load() must return the same data when it is called again"),
        (SameTest, "workload('test') must differ from that of 'train'"),
        (Moody, "workload('train') must be the same when it is made again"),
        (SecretlyFresh, "fresh is False, but the training workload changes with the generation"),
        (TooFewStarts, "the first array of workload('train') must have a row for each of its 2"),
        (Misshapen, "evaluate(): its score has the shape (3, 1), but it must be (3,)"),
        (Undefined, "evaluate(): its score is nan, but it must be a finite number"),
        (Wordy, "evaluate(): its activation_sparsity must be numbers (got list)"),
        (TooGood, "evaluate(): score is 1.5, but it must lie in 0.0 … 1.0"),
        (Sociable, "evaluate() must return the same for a network alone, by the task after"),
        (Forgetful, "evaluate(): it returned NoneType, not Measurements"),
        (Raising, "KeyError: 'no <object object>' (test_contract.py, line "),
        (Leaving, "SystemExit: 3 (test_contract.py, line "),
        (Refusing, "what it says itself"),
    ],
)
def test_a_broken_promise_is_found(cls: type[Task], sentence: str, batch_for: Batches) -> None:
    broken, sound = cls(TaskSettings()), Sound(TaskSettings())
    batch = batch_for(sound, 3)

    found = [said for check in CHECKS.values() if (said := run(check, broken, batch))]

    assert found
    assert found[0].startswith(sentence)
    assert [run(check, sound, batch) for check in CHECKS.values()] == [None] * len(CHECKS)


def test_scores_that_are_no_numbers_are_not_called_different_as_well(batch_for: Batches) -> None:
    batch = batch_for(Sound(TaskSettings()), 3)

    found = [name for name, check in CHECKS.items() if run(check, Undefined(TaskSettings()), batch)]

    assert found == ["measurements have their shapes and ranges"]


def test_a_failing_machine_is_no_broken_promise(batch_for: Batches) -> None:
    def fail(*_: object) -> None:
        raise MachineError("the disk is full")

    task = Sound(TaskSettings())
    with pytest.raises(MachineError):
        run(fail, task, batch_for(task, 2))


def test_listing_names_imports_no_compiler() -> None:
    code = (
        "import sys; from spikevolve.tasks import names; names();"
        "print([m for m in ('numba', 'sklearn', 'pandas', 'ray') if m in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout == "[]\n"
