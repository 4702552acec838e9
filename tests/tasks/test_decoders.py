"""Decoders against the definitions, lane by lane and tick by tick in plain Python."""

import numpy as np
import pytest
from numba import types
from numpy.typing import NDArray

from spikevolve.sim.bits import pack_lanes
from spikevolve.sim.compile import kernel, reads, writes
from spikevolve.tasks.decoders import decide, decide_window, decoder

TICKS, HISTORY = 11, 3


@kernel(
    types.void(
        reads(types.uint64, 3),
        types.int64,
        reads(types.int32),
        types.int64,
        writes(types.int32),
        writes(types.int32),
    )
)
def decide_all(raster, history, outputs, target, decisions, latencies):  # type: ignore[no-untyped-def]
    decide(raster, history, outputs, target, len(decisions), decisions, latencies)


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

    for lane in range(lanes):
        fired = spikes[HISTORY:, outputs, lane]
        wanted = expected(text, fired)
        assert (decisions[lane], latencies[lane]) == wanted
        assert decide_window(fired, np.zeros(3), target) == wanted
