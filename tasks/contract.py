"""Checks of the promises that a search relies on, for any task: one function each.

The tests run these checks on our own tasks, `spikevolve check` on a user's.
"""

import pickle
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import MachineError
from ..sim.batch import Batch, part
from .task import Task, task_problem
from .user_code import describe
from .workload import SPLITS, Split, digest, measurements_problem

Check = Callable[[Task, Batch], str | None]

_SEED = 1


def run(check: Check, task: Task, batch: Batch) -> str | None:
    """Check one promise.

    Args:
        check: One of `CHECKS`.
        task: The task.
        batch: Networks for it, at least two.

    Returns:
        None, or a sentence on how the task breaks its promise; raising is one way.
    """
    try:
        return check(task, batch)
    except MachineError:
        raise
    except (Exception, SystemExit) as error:  # a user's code may call sys.exit
        return describe(error, task.modules())


def _description(task: Task, batch: Batch) -> str | None:
    """Check that sizes and scores make sense and that the description is plain values."""
    wrong = task_problem(task)
    if wrong is not None:
        return wrong
    if (task.samples > 0) != (task.data_digest is not None):
        return "data_digest must be given where there are samples, and only there"
    return None


def _loading(task: Task, batch: Batch) -> str | None:
    """Check that data are the same whenever they are loaded: a resumed run compares them."""
    if task.data_digest is None or type(task)(task.settings).data_digest == task.data_digest:
        return None
    return "load() must return the same data when it is called again"


def _workloads(task: Task, batch: Batch) -> str | None:
    """Check that every split is its own, is the same when made again, and survives pickling."""
    there = {"train": True, "validation": task.has_validation, "test": task.has_test}
    made: dict[str, Split] = {}
    for split in (split for split in SPLITS if there.get(split)):
        workload = task.workload(split, _SEED)
        if workload.split != split or workload.size < 1:
            return (
                f"workload({split!r}) must say its split and a size of at least 1 "
                f"(got {workload.split!r} and {workload.size})"
            )
        if task.workload(split, _SEED).digest != workload.digest:
            return f"workload({split!r}) must be the same when it is made again"
        if digest(*pickle.loads(pickle.dumps(workload)).arrays) != digest(*workload.arrays):
            return f"workload({split!r}) must be the same after pickling"
        if workload.digest in made:
            return f"workload({split!r}) must differ from that of {made[workload.digest]!r}"
        if split == "train" and task.samples and workload.size % task.samples:
            return (
                f"samples is {task.samples}, but the training workload has {workload.size}, which is "
                "no multiple of it"
            )
        if task.episodes is not None and len(workload.arrays[0]) != workload.size:
            return (
                f"the first array of workload({split!r}) must have a row for each of its "
                f"{workload.size} episodes (got {len(workload.arrays[0])})"
            )
        made[workload.digest] = split
    return None


def _generations(task: Task, batch: Batch) -> str | None:
    """Check that the training workload changes with the generation if, and only if, it is fresh."""
    first, second, again = (task.workload("train", _SEED, g).digest for g in (0, 1, 1))
    if second != again:
        return "workload('train') must be the same when it is made again for a generation"
    if (first != second) != task.fresh:
        return (
            f"fresh is {task.fresh}, but the training workload "
            f"{'changes' if first != second else 'does not change'} with the generation"
        )
    return None


def _measurements(task: Task, batch: Batch) -> str | None:
    """Check that there is a number for each network, all of them within their ranges."""
    measured = task.evaluate(task.workload("train", _SEED, 0), batch)
    wrong = measurements_problem(measured, batch.networks)
    if wrong is not None:
        return f"evaluate(): {wrong}"
    low, high = task.score_range
    ranges = dict.fromkeys(measured._fields, (0.0, np.inf)) | {
        "score": (low, high),
        "latency": (1, task.ticks),
        "activation_sparsity": (0.0, 1.0),
    }
    for name, column in measured._asdict().items():
        least, most = ranges[name]
        values = np.asarray(column)
        outside = values[(values < least) | (values > most)]
        if outside.size:
            return f"evaluate(): {name} is {outside[0]}, but it must lie in {least} … {most}"
    return None


def _repetition(task: Task, batch: Batch) -> str | None:
    """Check that the same networks on the same workload measure the same."""
    workload = task.workload("train", _SEED, 0)
    first, second = (task.evaluate(workload, batch) for _ in range(2))
    return _difference(np.array(first), np.array(second), "when it is called again")


def _company(task: Task, batch: Batch) -> str | None:
    """Check that a network measures the same alone as in a batch, and by the task after pickling."""
    workload = task.workload("train", _SEED, 0)
    twin = pickle.loads(pickle.dumps(task))
    pieces = [twin.evaluate(workload, part(batch, n, n + 1)) for n in range(batch.networks)]
    return _difference(
        np.array(task.evaluate(workload, batch)),
        np.concatenate(pieces, axis=1),
        "for a network alone, by the task after pickling",
    )


def _case_scores(task: Task, batch: Batch) -> str | None:
    """Check that each network has a score for each sample or episode, alone as in a batch, if any."""
    if type(task).case_scores is Task.case_scores:
        return None
    workload = task.workload("train", _SEED, 0)
    scores = np.asarray(task.case_scores(workload, batch))
    if scores.shape != (batch.networks, workload.size) or not np.isfinite(scores).all():
        return (
            f"case_scores() must return {batch.networks} x {workload.size} finite numbers, a row for "
            f"each network (got {scores.shape})"
        )
    pieces = [task.case_scores(workload, part(batch, n, n + 1)) for n in range(batch.networks)]
    return _difference(scores, np.concatenate(pieces), "for a network alone", "case_scores")


def _difference(
    first: NDArray[Any], second: NDArray[Any], when: str, what: str = "evaluate"
) -> str | None:
    same = np.array_equal(first, second) or digest(first) == digest(second)  # NaN is NaN again
    return None if same else f"{what}() must return the same {when}"


#: Checks by what they promise.
CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "sizes and scores make sense": _description,
        "loading again gives the same data": _loading,
        "every split has a workload of its own": _workloads,
        "workloads follow the generation": _generations,
        "measurements have their shapes and ranges": _measurements,
        "measuring again gives the same": _repetition,
        "company and process make no difference": _company,
        "scores of single samples or episodes have their shape": _case_scores,
    }
)
