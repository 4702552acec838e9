"""What a network of a task receives for one sample, or at the first decision of an episode."""

from collections.abc import Mapping
from functools import singledispatch
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.batch import unpack_lanes
from ...sim.compile import read_only
from ...sim.models import DTYPES
from ...tasks.control.control_task import Control, EpisodicTask
from ...tasks.control.python_task import Senses
from ...tasks.data.classification import Classification
from ...tasks.data.data_task import DataTask
from ...tasks.gym.gymnasium_task import GymnasiumTask
from ...tasks.task import Task
from ...tasks.workload import Split
from ..evaluation.evaluate import make_workload
from ..runs.prepare import prepare
from ..runs.settings import settings_from
from .evaluate_network import shown_to


class Encoded(NamedTuple):
    """What inputs receive in a window.

    Attributes:
        inputs: (ticks, inputs) bool spikes, or charges.
        names: Of the inputs, `i0`, … where they have none.
        said: Which sample it is, in words.
        charge: What RISP's spike of value 1 injects, where the inputs are for a network from its JSON;
            else None.
    """

    inputs: NDArray[Any]
    names: tuple[str, ...]
    said: str
    charge: float | None = None

    def table(self) -> str:
        """Return a CSV as `simulate --spikes` reads it: `input`, `tick` and, of charges, `value`."""
        places = np.argwhere(self.inputs != 0)
        if self.inputs.dtype == np.bool_:
            return "input,tick\n" + "".join(f"{i},{t}\n" for t, i in places)
        charges = (self.inputs[t, i].item() / (self.charge or 1) for t, i in places)
        rows = (f"{i},{t},{c:.17g}\n" for (t, i), c in zip(places, charges, strict=True))
        return "input,tick,value\n" + "".join(rows)


def encode_sample(words: Mapping[str, Any], number: int, network: Path | None = None) -> Encoded:
    """Encode a sample of what is held out, or of the training data where nothing is.

    Args:
        words: `task`, and settings of a run.
        number: Of the sample, or of the unseen start, 0 the first.
        network: A run folder or a file: the sample is as this network sees it.

    Raises:
        InputError: There is no such task, network or sample, or its samples cannot be told.
    """
    charge = None
    if network is None:
        prepared = prepare(settings_from(words))
        task, seed = prepared.task, prepared.settings.seed
    else:
        shown = shown_to(network, words)
        task, seed, charge = shown.task.with_traits(shown.traits), shown.seed, shown.risp_charge
    split: Split = "test" if task.has_test else "train"
    inputs, said = _received(task, split, number, seed)
    names = task.input_names or tuple(f"i{place}" for place in range(task.inputs))
    return Encoded(inputs, names, said, charge)


@singledispatch
def _received(task: Task, split: Split, number: int, seed: int) -> tuple[NDArray[Any], str]:
    """Return (ticks, inputs) spikes or charges, and which sample that is."""
    raise InputError(
        f"task {task.name} is in plain Python, which alone knows what it shows to a network"
    )


@_received.register
def _sample(task: DataTask, split: Split, number: int, seed: int) -> tuple[NDArray[Any], str]:
    workload = make_workload(task, split, seed)
    samples = len(task.right_answers(split))  # without noisy copies
    _check_number(task, number, samples, f"{'test' if split == 'test' else 'training'} samples")
    inputs, targets = workload.arrays[:2]
    if task.input_kind == "spikes":
        inputs = unpack_lanes(inputs, workload.size)
    right = task.classes[targets[number]] if isinstance(task, Classification) else "a number"
    where = "test" if split == "test" else "training"
    return inputs[:, :, number], f"{where} sample {number} of {samples}: {right}"


def _check_number(task: Task, number: int, count: int, what: str) -> None:
    if not 0 <= number < count:
        raise InputError(
            f"sample is {number}, but task {task.name} has {count} {what}, 0 to {count - 1}"
        )


def _first_decision(
    task: EpisodicTask, start: NDArray[np.float64], shown: NDArray[np.float64], number: int
) -> tuple[NDArray[Any], str]:
    """Encode what an environment shows first, (observed variables,).

    Args:
        task: The task.
        start: What the episode starts from; the memory of the encoder comes last.
        shown: The observations.
        number: Of the start.
    """
    rows = len(task.perception.memory)
    memory = start[np.newaxis, len(start) - rows :]
    dtype = np.dtype(DTYPES[task.settings.arithmetic])
    senses = Senses(task.perception, (task.ticks, task.inputs), dtype, memory)
    window = task.receive(senses.window(np.ascontiguousarray(shown[:, np.newaxis])))
    return window[:, :, 0], f"the first decision from unseen start {number}"


@_received.register
def _episode(task: Control, split: Split, number: int, seed: int) -> tuple[NDArray[Any], str]:
    starts = make_workload(task, split, seed).arrays[0]
    _check_number(task, number, len(starts), "unseen starts")
    start = starts[number]
    state = np.split(start[:, np.newaxis].copy(), [len(start) - len(task.perception.memory)])[0]
    observations = np.zeros((task.observed, 1))
    constants: Any = read_only(np.array(task.constants))
    task.functions().observe(constants, read_only(state), 1, observations)
    return _first_decision(task, start, observations[:, 0], number)


@_received.register
def _gym(task: GymnasiumTask, split: Split, number: int, seed: int) -> tuple[NDArray[Any], str]:
    starts = make_workload(task, split, seed).arrays[0]
    _check_number(task, number, len(starts), "unseen starts")
    return _first_decision(task, starts[number], task.first_shown(starts[number]), number)
