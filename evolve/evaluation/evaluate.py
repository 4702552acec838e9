"""Networks evaluated by a task, whatever the task does; their measurements as rows; what is known already."""

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError, MachineError
from ...genomes import Widths
from ...measurements import EVALUATED
from ...sim.batch import (
    INPUTS,
    NEURONS,
    OUTPUTS,
    SYNAPSES,
    Batch,
    connection_sparsity,
    footprint,
    part,
)
from ...tasks.task import Task
from ...tasks.user_code import describe
from ...tasks.workload import Measurements, Split, Workload, measurements_problem


class RowCache:
    """The latest rows by network hash, oldest forgotten first.

    A row is entered when it was measured, never when it was found here, so that the cache of
    a resumed run is rebuilt exactly from the last `limit` measured rows of its table.

    Args:
        limit: Largest number of rows kept.
    """

    def __init__(self, limit: int = 20_000) -> None:
        self.limit = limit
        self._rows: dict[str, Sequence[float]] = {}

    def get(self, network_hash: str) -> Sequence[float] | None:
        """Return the row for a network, or None."""
        return self._rows.get(network_hash)

    def enter(self, network_hash: str, row: Sequence[float]) -> None:
        """Remember a measured row."""
        self._rows[network_hash] = row
        if len(self._rows) > self.limit:
            del self._rows[next(iter(self._rows))]

    def clear(self) -> None:
        """Forget everything: the data have changed."""
        self._rows.clear()


def measurement_rows(measured: Measurements, batch: Batch, widths: Widths) -> NDArray[np.float64]:
    """Join what a task measured of networks with what can be counted without running them.

    Args:
        measured: Measurements of every network of the batch.
        batch: Expressed networks of genomes: inputs, outputs and hidden neurons are disjoint.
        widths: Bytes of a synapse and of a neuron on the profile's hardware.

    Returns:
        (networks, measurements) float64 in the order of `measurements.NAMES`; `energy` is NaN, since
        none of the profiles has a published cost.
    """
    headers = batch.headers
    columns = measured._asdict() | {
        "connection_sparsity": connection_sparsity(headers),
        "footprint": np.ceil(footprint(headers, widths.synapse_bytes, widths.neuron_bytes)),
        "neurons": headers[:, NEURONS],
        "hidden": headers[:, NEURONS] - headers[:, INPUTS] - headers[:, OUTPUTS],
        "synapses": headers[:, SYNAPSES],
        "energy": np.full(len(headers), np.nan),
    }
    return np.stack([np.asarray(columns[m.name], np.float64) for m in EVALUATED], axis=1)


Found = TypeVar("Found")


class Evaluation(NamedTuple, Generic[Found]):
    """What a task measured of a batch.

    Attributes:
        measurements: Of every network, or its scores in every case; NaN of those whose evaluation
            failed.
        faults: What went wrong, by the index of the network; empty if nothing did.
    """

    measurements: Found
    faults: dict[int, str]


def evaluate(task: Task, workload: Workload, batch: Batch) -> Evaluation[Measurements]:
    """Measure networks: together, or each alone if that fails, to find the one that it is due to.

    An evaluation fails if the task raises an exception, or returns wrong shapes or numbers that are
    not finite.

    Raises:
        MachineError: The task says that the machine failed.
        MemoryError: The memory is full.
    """
    try:
        measured = task.evaluate(workload, batch)
        wrong = measurements_problem(measured, batch.networks)
    except (MachineError, MemoryError):
        raise
    except (Exception, SystemExit) as error:
        wrong = describe(error, task.modules()).removeprefix(f"task {task.name}: ")
    if wrong is None:
        return Evaluation(Measurements(*(np.asarray(c, np.float64) for c in measured)), {})
    if batch.networks == 1:
        return Evaluation(nothing_measured(), {0: wrong})
    return joined([evaluate(task, workload, part(batch, n, n + 1)) for n in range(batch.networks)])


def evaluate_cases(task: Task, workload: Workload, batch: Batch) -> Evaluation[NDArray[np.float64]]:
    """Score networks in every sample or episode: together, or each alone if that fails.

    An evaluation fails if the task raises an exception, or returns a wrong shape or numbers that are
    not finite.

    Raises:
        MachineError: The task says that the machine failed.
        MemoryError: The memory is full.
    """
    scores, wrong = no_cases(workload), None
    try:
        scores = np.asarray(task.case_scores(workload, batch), np.float64)
        if scores.shape != (batch.networks, workload.size):
            wrong = f"case_scores has the shape {scores.shape}, not {batch.networks, workload.size}"
        elif not np.isfinite(scores).all():
            wrong = "case_scores has a number that is not finite"
    except (MachineError, MemoryError):
        raise
    except (Exception, SystemExit) as error:
        wrong = describe(error, task.modules()).removeprefix(f"task {task.name}: ")
    if wrong is None:
        return Evaluation(scores, {})
    if batch.networks == 1:
        return Evaluation(no_cases(workload), {0: wrong})
    return joined(
        [evaluate_cases(task, workload, part(batch, n, n + 1)) for n in range(batch.networks)]
    )


def joined(alone: Sequence[Evaluation[Found]]) -> Evaluation[Found]:
    """Join evaluations of a single network each into one of all, in their order."""
    found: Any = [evaluation.measurements for evaluation in alone]
    together: Any = (
        Measurements(*map(np.concatenate, zip(*found, strict=True)))
        if isinstance(found[0], Measurements)
        else np.concatenate(found)
    )
    faults = {n: evaluation.faults[0] for n, evaluation in enumerate(alone) if evaluation.faults}
    return Evaluation(together, faults)


def nothing_measured() -> Measurements:
    """Return the measurements of one network whose evaluation failed: all NaN."""
    return Measurements(*(np.full(1, np.nan) for _ in Measurements._fields))


def no_cases(workload: Workload) -> NDArray[np.float64]:
    """Return the scores of one network whose evaluation failed: NaN in every case."""
    return np.full((1, workload.size), np.nan)


def make_workload(task: Task, split: Split, seed: int, generation: int | None = None) -> Workload:
    """Have a task make a workload.

    Raises:
        InputError: The task raises an exception, or makes something else.
    """
    try:
        made: object = task.workload(split, seed, generation)  # a user's code returns what it likes
    except (InputError, MachineError, MemoryError):
        raise
    except (Exception, SystemExit) as error:
        raised = describe(error, task.modules())
        raise InputError(f"task {task.name}: workload({split!r}) raised {raised}") from error
    if not isinstance(made, Workload):
        raise InputError(
            f"task {task.name}: workload({split!r}) must return a Workload "
            f"(got {type(made).__name__})"
        )
    return made
