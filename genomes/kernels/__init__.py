"""Compiled parts of the operators and of expression: arrays in, new arrays out."""

from typing import Any

from numba import types

from ...sim.compile import reads


def returns(*arrays: tuple[types.Type, int]) -> Any:
    """Return the type of several read-only arrays that a kernel returns, by element type and dimensions."""
    kinds = tuple(reads(dtype, dimensions) for dtype, dimensions in arrays)
    return types.Tuple(kinds)  # type: ignore[no-untyped-call]  # Numba has no annotations
