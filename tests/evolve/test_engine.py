"""How work is cut into pieces, and that the threads give every answer once."""

import itertools
import math
import threading

import numpy as np
import pytest

from spikevolve.evolve.engines import engine as local_engine
from spikevolve.evolve.engines.engine import PIECE_SECONDS, LocalEngine, piece_size
from spikevolve.sim.batch import HEADER, Batch
from spikevolve.tasks.task import Task
from spikevolve.tasks.workload import Measurements, Split, Workload


@pytest.mark.parametrize("networks", [1, 7, 100, 1000])
@pytest.mark.parametrize("workers", [1, 2, 64])
def test_unknown_costs_are_measured_one_by_one(networks: int, workers: int) -> None:
    assert piece_size(networks, workers, None) == 1


def test_slow_networks_are_handed_out_so_that_a_stop_is_prompt() -> None:
    assert piece_size(100, 2, 1.0) == 1
    assert piece_size(100, 2, 0.1) * 0.1 <= PIECE_SECONDS


def test_quick_networks_are_handed_out_in_pieces_worth_the_cost() -> None:
    assert piece_size(100, 2, 1e-5) == 50
    assert piece_size(10_000, 2, 1e-6) == 1250


@pytest.mark.parametrize(
    ("networks", "workers", "seconds"),
    list(itertools.product([1, 3, 100], [1, 2, 5], [0.0, 1e-6, 1e-3, 10.0])),
)
def test_a_piece_has_at_least_one_network_and_at_most_all(
    networks: int, workers: int, seconds: float
) -> None:
    assert 1 <= piece_size(networks, workers, seconds) <= networks


class _Witness(Task):
    """Notes which thread evaluates how many networks; the score is the number of neurons."""

    name = "witness"

    def __init__(self) -> None:
        self.seen: list[tuple[threading.Thread, int]] = []

    def workload(self, split: Split, seed: int, generation: int | None = None) -> Workload:
        return Workload.of(split, 1)

    def evaluate(self, workload: Workload, batch: Batch) -> Measurements:
        self.seen.append((threading.current_thread(), batch.networks))
        neurons = batch.headers[:, 0].astype(np.float64)
        return Measurements(*(neurons for _ in Measurements._fields))


@pytest.mark.parametrize(("quick_seconds", "on_threads"), [(0.0, True), (math.inf, False)])
def test_the_caller_measures_what_is_known_to_be_quick(
    quick_seconds: float, on_threads: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_engine, "QUICK_SECONDS", quick_seconds)
    headers = np.zeros((20, HEADER), np.int32)
    headers[:, 0] = range(20)
    batch = Batch("lif", headers, np.zeros(0, np.int32), np.zeros(0, np.float32))
    task, local = _Witness(), LocalEngine(2)

    for known in (False, True):
        task.seen.clear()
        answers = [
            a for a in local.measure(task, task.workload("train", 1), batch) if a is not None
        ]
        scores = {a.start + n: s for a in answers for n, s in enumerate(a.measurements.score)}
        assert scores == {n: float(n) for n in range(20)}
        assert sum(networks for _, networks in task.seen) == 20
        here = [networks for thread, networks in task.seen if thread is threading.current_thread()]
        assert here == ([20] if known and not on_threads else [])
    local.close()
