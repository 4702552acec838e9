"""The kernels as Python and other kernels call them: a loop compiled for one model and arithmetic.

Numba tells the kernels of different models apart, in its cache too, by the stand-in that each function
here has in its closure. Machine code it links by a function's name, so that each needs one of its own:
of two with the same name, one taken from the cache and one just compiled, the wrong one could run.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import types
from numba.np.numpy_support import carray

from ..compile import RUN, STEP, intrinsic, kernel, reads, without_checks, writes
from ..neurons import MODELS
from ..neurons.neuron_model import DTYPES
from . import event_loop, scalar_loop, vector_loop
from .model_types import stand_in


def _named(function: Callable[..., Any], *parts: str) -> Callable[..., Any]:
    """Give a function a name made of parts, and return it."""
    function.__name__ = function.__qualname__ = "_".join(parts)
    return function


@cache
def scalar_run(model: str, arithmetic: str) -> Callable[..., None]:
    """Return the scalar loop for a model and an arithmetic."""
    loop = scalar_loop.loop_for(stand_in(MODELS[model]))
    return kernel(RUN[arithmetic])(_named(loop, "scalar", model, arithmetic))


@cache
def vector_run(model: str, arithmetic: str) -> Callable[..., None]:
    """Return the vector loop for a model and an arithmetic."""
    loop = vector_loop.loop_for(stand_in(MODELS[model]))
    return kernel(RUN[arithmetic])(_named(loop, "vector", model, arithmetic))


@cache
def step(model: str, arithmetic: str) -> Callable[..., bool]:
    """Return `event_loop.run` for a model and an arithmetic."""
    kind = stand_in(MODELS[model])

    def step(sizes, structure, numbers, state, inputs, fired, counts):  # type: ignore[no-untyped-def]
        return event_loop.run(kind, sizes, structure, numbers, state, inputs, fired, counts)

    return kernel(STEP[arithmetic])(_named(step, "step", model, arithmetic))


def addresses(*arrays: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return what `step_at` takes in place of arrays: where each begins, and its length."""
    return np.array([[array.ctypes.data, array.size] for array in arrays], np.int64)


@intrinsic
def _pointer(typing_context, address, number):  # type: ignore[no-untyped-def]
    """Return a pointer to numbers of a type, given as `np.float32` or the like, at an address."""
    pointer: Any = types.CPointer
    kind = pointer(number.dtype)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(kind))

    return kind(address, number), generate


@cache
def step_at(model: str, arithmetic: str) -> Callable[[int, Any, Any], bool]:
    """Return `event_loop.run` for Python, which calls it often: for arrays known by their addresses.

    It takes the address of `addresses(sizes, structure, numbers, state, counts)`, the inputs and the
    array for the outputs' spikes, and it does not check their types: the caller makes sure that the
    two are arrays of bool with two axes, and that those at the addresses still exist.
    """
    kind = stand_in(MODELS[model])
    number = DTYPES[arithmetic]

    def step_at(address, inputs, fired):  # type: ignore[no-untyped-def]
        at = carray(_pointer(address, np.int64), (5, 2))
        return event_loop.run(
            kind,
            carray(_pointer(at[0, 0], np.int64), at[0, 1]),
            carray(_pointer(at[1, 0], np.int32), at[1, 1]),
            carray(_pointer(at[2, 0], number), at[2, 1]),
            carray(_pointer(at[3, 0], number), at[3, 1]),
            inputs,
            fired,
            carray(_pointer(at[4, 0], np.int32), at[4, 1]),
        )

    signature = types.boolean(types.int64, reads(types.boolean, 2), writes(types.boolean, 2))
    return without_checks(kernel(signature)(_named(step_at, "step_at", model, arithmetic)))
