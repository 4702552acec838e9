"""Decoders against the definitions, lane by lane and tick by tick in plain Python."""

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.sim.batch import pack_lanes
from spikevolve.tasks.decoders.classes import decoder
from spikevolve.tasks.decoders.decisions import decide_lanes, decider

TICKS, HISTORY = 11, 3


def decide_all(
    raster: NDArray[np.uint64],
    history: int,
    outputs: NDArray[np.int32],
    target: int,
    decisions: NDArray[np.int32],
    latencies: NDArray[np.int32],
) -> None:
    decide = decider(target, len(outputs), len(raster) - history)
    state = np.zeros((0, 0, 0), np.float32)
    decide(raster, state, outputs, history, target, len(decisions), decisions, latencies)


def first_to(fired: NDArray[np.bool_], k: int) -> tuple[int, int]:
    """Of one lane, (ticks, outputs)."""
    for tick in range(TICKS):
        for output in range(fired.shape[1]):
            if fired[tick, output] and fired[: tick + 1, output].sum() == k:
                return output, tick + 1
    totals = fired.sum(axis=0).tolist()
    return totals.index(max(totals)), TICKS


def spike_count(fired: NDArray[np.bool_]) -> tuple[int, int]:
    winner, changed = None, TICKS
    for tick in range(TICKS):
        totals = fired[: tick + 1].sum(axis=0).tolist()
        now = totals.index(max(totals)) if any(totals) else None
        if now != winner:
            winner, changed = now, tick + 1
    return winner or 0, changed


def expected(text: str, fired: NDArray[np.bool_]) -> tuple[int, int]:
    if text == "spike_count":
        return spike_count(fired)
    return first_to(fired, 1 if text == "first_spike" else int(text.partition(":")[2]))


@pytest.mark.parametrize(
    "text", ["first_spike", "first_to:1", "first_to:2", "first_to:4", "spike_count"]
)
@pytest.mark.parametrize("lanes", [1, 63, 64, 130])
@pytest.mark.parametrize("density", [0.02, 0.2, 0.6])
def test_decoders(text: str, lanes: int, density: float) -> None:
    rng = np.random.default_rng([lanes, int(density * 100)])
    spikes = rng.random((HISTORY + TICKS, 6, lanes)) < density
    outputs = np.array([4, 1, 5], np.int32)
    decisions, latencies = np.full(lanes, -9, np.int32), np.full(lanes, -9, np.int32)
    target = decoder(text).target

    decide_all(pack_lanes(spikes), HISTORY, outputs, target, decisions, latencies)
    in_python = decide_lanes(spikes[HISTORY:], outputs, target)

    for lane in range(lanes):
        wanted = expected(text, spikes[HISTORY:, outputs, lane])
        assert (decisions[lane], latencies[lane]) == wanted
        assert (in_python[0][lane], in_python[1][lane]) == wanted


@pytest.mark.parametrize("ticks", [8_190, 8_191, 20_000])
def test_long_windows(ticks: int) -> None:
    rng = np.random.default_rng(ticks)
    spikes = rng.random((ticks, 3, 20)) < 0.7
    spikes[:, :, 0], spikes[:, :, 1] = True, False
    totals = spikes.cumsum(axis=0)
    winners = totals.argmax(axis=1)
    winners[~totals.any(axis=1)] = -1
    changed = np.diff(winners, axis=0, prepend=-1) != 0
    lasts = np.where(changed.any(axis=0), ticks - changed[::-1].argmax(axis=0), ticks)
    outputs, decided = np.arange(3, dtype=np.int32), np.empty((2, 20), np.int32)

    decide_all(pack_lanes(spikes), 0, outputs, 0, *decided)

    np.testing.assert_array_equal(decided, [np.maximum(winners[-1], 0), lasts])

    goal = ticks // 2
    reached = (totals == goal).any(axis=1)
    firsts = np.where(reached.any(axis=0), reached.argmax(axis=0) + 1, ticks)
    at_first = totals[firsts - 1, :, np.arange(20)]
    decide_all(pack_lanes(spikes), 0, outputs, goal, *decided)

    np.testing.assert_array_equal(decided, [at_first.argmax(axis=1), firsts])
