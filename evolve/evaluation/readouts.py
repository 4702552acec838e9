"""Readouts of what is measured on validation and test data, where the task has readouts."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ...tasks.task import Task, Traits
from ...tasks.workload import Workload
from .expressed import Subject, Workloads, workloads


def fitted_readouts(
    task: Task, subjects: Sequence[Subject], seed: int
) -> dict[str, NDArray[np.float64]]:
    """Fit readouts on the training data of a run, by the hash of the subject."""
    training = workloads(task, "train", seed)
    found: dict[str, NDArray[np.float64]] = {}
    for one in subjects:
        for weights in task.readouts(training(one.traits), [one.network]).values():
            found[one.hash] = weights
    return found


def equipped(
    task: Task,
    data: Workloads,
    subjects: Sequence[Subject],
    readouts: Mapping[str, NDArray[np.float64]],
) -> Workloads:
    """Add to data the readouts of those that are to be measured on them."""

    def of(traits: Traits) -> Workload:
        alike = (one for one in subjects if one.traits == traits and one.hash in readouts)
        return task.equip(data(traits), {one.network.hash: readouts[one.hash] for one in alike})

    return of
