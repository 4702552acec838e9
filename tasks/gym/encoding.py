"""Observations as the spikes of a window, in all lanes, for the stepping interface."""

from numba import types

from ...sim.compile import kernel, reads, writes
from ..control_spikes import HIGH, INPUT, LOW, OBSERVATION, TICK


@kernel(
    types.void(
        reads(types.int32, 2),  # places
        reads(types.float64, 2),  # bounds
        reads(types.float64, 2),  # observations
        writes(types.boolean, 3),  # window
        writes(types.int64),  # sent
    )
)
def send(places, bounds, observations, window, sent):  # type: ignore[no-untyped-def]
    """Write the input spikes of a window.

    Args:
        places: ``Code.places``.
        bounds: ``Code.bounds``.
        observations: (observed variables, lanes). NaN sends nothing.
        window: (ticks, inputs, lanes), all False; written.
        sent: (lanes,), to which the number of spikes is added.
    """
    for spike in range(len(places)):
        low, high = bounds[spike, LOW], bounds[spike, HIGH]
        for lane in range(len(sent)):
            value = observations[places[spike, OBSERVATION], lane]
            if low <= value and value <= high:
                window[places[spike, TICK], places[spike, INPUT], lane] = True
                sent[lane] += 1
