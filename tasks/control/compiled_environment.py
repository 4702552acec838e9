"""What a compiled environment is: its signatures, its sine and cosine, and what it may show."""

import math
from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.compile import kernel, reads, writes

OBSERVE: Any = types.void(
    reads(types.float64),  # settings
    reads(types.float64, 2),  # states: (state variables, lanes)
    types.int64,  # lanes in use
    writes(types.float64, 2),  # observations: (observed variables, lanes)
)
STEP: Any = types.void(
    reads(types.float64),  # settings
    writes(types.float64, 2),  # states: (state variables, lanes)
    reads(types.int32),  # actions: (lanes,)
    types.int64,  # lanes in use
    writes(types.float64),  # rewards: (lanes,)
    writes(types.boolean),  # terminated: (lanes,)
)

LARGEST = 1.0e6  # radians: beyond, the result is NaN

_PER_RADIAN = float.fromhex("0x1.45f306dc9c883p-1")  # 2 / π
_PART_1 = float.fromhex("0x1.921fb54400000p+0")
_PART_2 = float.fromhex("0x1.0b4611a600000p-34")
_PART_3 = float.fromhex("0x1.3198a2e000000p-69")
_REST = float.fromhex("0x1.b839a252049c1p-104")
_TO_WHOLE = 1.5 * 2.0**52  # added and taken away again, it leaves the nearest whole number

_S3, _S5, _S7, _S9, _S11, _S13, _S15, _S17 = (
    (-1.0) ** k / math.factorial(2 * k + 1) for k in range(1, 9)
)
_C4, _C6, _C8, _C10, _C12, _C14, _C16 = ((-1.0) ** k / math.factorial(2 * k) for k in range(2, 9))


@kernel(inline=True)
def sine_cosine(x):  # type: ignore[no-untyped-def]
    """Return (sin x, cos x), float64, each within 1 unit in the last place.

    Args:
        x: Radians, float64. The result is (NaN, NaN) for |x| > `LARGEST`, infinities and NaN.
    """
    inside = abs(x) <= LARGEST
    whole = (x * _PER_RADIAN + _TO_WHOLE) - _TO_WHOLE
    whole = whole if inside else 0.0
    high, low = _reduce(x, whole)
    sine, cosine = _taylor(high, low)
    quarters = np.int32(whole)
    swapped = (quarters & 1) != 0
    first = cosine if swapped else sine
    second = sine if swapped else cosine
    first *= 1 - (quarters & 2)  # signs by products: branches would keep loops from vectorising
    second *= 1 - ((quarters + 1) & 2)
    return (first if inside else math.nan), (second if inside else math.nan)


@kernel(inline=True)
def _reduce(x, whole):  # type: ignore[no-untyped-def]
    """Return x - whole · π/2 as the unevaluated sum of two numbers, the larger first."""
    start = x - whole * _PART_1  # exact
    after_2, error_2 = _difference(start, whole * _PART_2)
    after_3, error_3 = _difference(after_2, whole * _PART_3)
    rest = (error_2 + error_3) - whole * _REST
    high = after_3 + rest
    return high, (after_3 - high) + rest


@kernel(inline=True)
def _difference(a, b):  # type: ignore[no-untyped-def]
    """Return a - b rounded, and what rounding took away (Knuth's exact sum)."""
    rounded = a - b
    part = rounded - a
    return rounded, (a - (rounded - part)) - (b + part)


@kernel(inline=True)
def _taylor(x, tail):  # type: ignore[no-untyped-def]
    """Return sin and cos of x + tail, for |x| ≤ π/4 and a tail under a unit in the last place of x."""
    z = x * x
    s = _S7 + z * (_S9 + z * (_S11 + z * (_S13 + z * (_S15 + z * _S17))))
    s = _S3 + z * (_S5 + z * s)
    half = 0.5 * z
    sine = x + (z * x * s + tail * (1.0 - half))
    c = _C8 + z * (_C10 + z * (_C12 + z * (_C14 + z * _C16)))
    c = _C4 + z * (_C6 + z * c)
    one = 1.0 - half
    cosine = one + (((1.0 - one) - half) + (z * z * c - x * tail))
    return sine, cosine


# Columns of the faults of networks; the last is the observation's value.
EPISODE, STEPS, OBSERVATION, VALUE = range(4)
FAULT = 4


@kernel()
def all_finite(observations, active):  # type: ignore[no-untyped-def]
    """Tell whether (observed variables, ≥ active) float64 are finite in all lanes in use."""
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
