"""Observations that are not finite: found in the loop of episodes, and put into words.

No encoder has a meaning for NaN or infinity. Compared with the ends of intervals they would send
nothing, or what the end of a range sends; as charges in integer arithmetic they would become a
number that depends on the processor.
"""

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.compile import kernel

# Columns of the faults of networks; the last is the observation's value.
EPISODE, STEPS, OBSERVATION, VALUE = range(4)
FAULT = 4


@kernel()
def all_finite(observations, active):  # type: ignore[no-untyped-def]
    """Return whether (observed variables, ≥ active) float64 are finite in all lanes in use."""
    wrong = False
    for number in range(observations.shape[0]):
        for lane in range(active):
            value = observations[number, lane]
            wrong |= value - value != 0.0  # NaN for infinity and NaN, and NaN differs from 0
    return not wrong


@kernel()
def note_fault(lanes, observations, active, fault):  # type: ignore[no-untyped-def]
    """Write the first observation that is not finite to `fault`, (FAULT,) float64."""
    for lane in range(active):
        for number in range(observations.shape[0]):
            value = observations[number, lane]
            if not np.isfinite(value):
                fault[EPISODE], fault[STEPS] = lanes.episodes[lane], lanes.steps[lane]
                fault[OBSERVATION], fault[VALUE] = number, value
                return


def no_faults(networks: int) -> NDArray[np.float64]:
    """Return (networks, FAULT) float64 for networks without a fault."""
    return np.full((networks, FAULT), -1.0)


def refuse_faults(faults: NDArray[np.float64], task: str) -> None:
    """Raise for the first network that met an observation that is not finite.

    Raises:
        InputError: Naming the observation, its value, and when it came.
    """
    if faults.max() < 0.0:  # NaN is not below 0
        return
    episode, steps, number, value = faults[faults[:, EPISODE] >= 0.0][0]
    raise InputError(
        f"task {task}: observation {number:.0f} is {value} after {steps:.0f} steps of episode "
        f"{episode:.0f}; observations must be finite numbers"
    )


def refuse_returns(returns: NDArray[np.float64], task: str) -> None:
    """Raise for the first of (networks, episodes) returns that is not finite.

    Raises:
        InputError: Naming the episode and its return.
    """
    finite = np.isfinite(returns)
    if finite.all():
        return
    network, episode = np.argwhere(~finite)[0]
    raise InputError(
        f"task {task}: the rewards of episode {episode} add up to {returns[network, episode]}; "
        "rewards must be finite numbers"
    )
