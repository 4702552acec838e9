"""Sine and cosine that give the same bits on every processor.

The C library's, and NumPy's, differ in the last bit between processors. These consist of additions
and multiplications alone, in a fixed order and never fused, and are within 1 unit in the last place
of the true value.

The argument is reduced by Cody and Waite's method: x - n · π/2 with the nearest whole n, where π/2
is cut into three parts of 33 bits, of which n · part is exact, and a rest. On -π/4 … π/4, up to
rounding, the Taylor series to x¹⁷ and x¹⁶ is closer than 0.02 units in the last place.
"""

import math

import numpy as np

from ...sim.compile import kernel

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
