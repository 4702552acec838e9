"""Compiled parts of the operators and of expression: arrays in, new arrays out."""

from typing import Any, TypeVar

import numpy as np
from numba import types
from numpy.typing import NDArray

from ...sim.compile import kernel, reads

Number = TypeVar("Number", bound=np.generic)


def returns(*arrays: tuple[types.Type, int]) -> Any:
    """Type of several read-only arrays that a kernel returns, by element type and dimensions."""
    kinds = tuple(reads(dtype, dimensions) for dtype, dimensions in arrays)
    return types.Tuple(kinds)  # type: ignore[no-untyped-call]  # Numba has no annotations


@kernel()
def head(array: NDArray[Number], size: int) -> NDArray[Number]:
    """Copy the first elements; a plain loop compiles much faster than a slice."""
    copy = np.empty(size, array.dtype)
    for i in range(size):
        copy[i] = array[i]
    return copy


@kernel()
def first_columns(table: NDArray[Number], size: int) -> NDArray[Number]:
    """Copy the first columns of a table."""
    copy = np.empty((len(table), size), table.dtype)
    for row in range(len(table)):
        for i in range(size):
            copy[row, i] = table[row, i]
    return copy
