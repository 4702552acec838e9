"""The kernels as Python and other kernels call them: loops compiled for one model, windows of a raster.

Numba tells the kernels of different models apart, in its cache too, by the stand-in that each function
here has in its closure. Machine code it links by a function's name, so that each needs one of its own:
of two with the same name, one taken from the cache and one just compiled, the wrong one could run.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.np.numpy_support import carray

from .. import models
from ..compile import RUN, STEP, intrinsic, kernel, reads, without_checks, writes
from ..count import lowest
from ..neurons import MODELS
from ..neurons.neuron_model import DTYPES, Number
from . import event_loop, scalar_loop, vector_loop
from .model_types import stand_in


class Model(NamedTuple):
    """A neuron model in one arithmetic, ready to run.

    Attributes:
        parameters: Names of the columns of `Network.parameters`.
        states: Number of state variables of a neuron, the potential first.
        run: The compiled kernel, of the type `compile.RUN[arithmetic]`; `kernels.scalar_loop.loop_for`
            says what it does with its arguments.
        dtype: Of weights, parameters, charges and state.
    """

    parameters: tuple[str, ...]
    states: int
    run: Callable[..., None]
    dtype: Number


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
def model(name: str, arithmetic: str, *, plain: bool = False) -> Model:
    """Return the neuron model of that name; its kernel is loaded, or compiled, when first asked for.

    Processors with AVX2 or AVX-512 run the loop that is written in vectors. All others run the scalar
    loop, and so does every processor where the environment variable `SPIKEVOLVE_KERNELS` is `plain`.
    The spikes are the same.

    Args:
        name: One of `models.names()`.
        arithmetic: One of `models.arithmetics(name)`.
        plain: Take the scalar loop in any case.

    Raises:
        InputError: If there is no such model or arithmetic, or it has no kernels.
    """
    models.check_name(name, arithmetic)
    models.check_has_kernels(name)
    run = (vector_run if models.has_vectors() and not plain else scalar_run)(name, arithmetic)
    return Model(models.parameters(name), models.states(name), run, DTYPES[arithmetic])


@cache
def step(arithmetic: str, name: str = "lif") -> Callable[..., bool]:
    """Return the event-driven kernel for one sample, loaded or compiled when first asked for.

    It is of the type `compile.STEP[arithmetic]`; `event_loop.run` says what it does.

    Args:
        arithmetic: One of `models.arithmetics(name)`.
        name: One of `models.names()`, but `risp`.
    """
    kind = stand_in(MODELS[name])

    def step(sizes, structure, numbers, state, inputs, fired, counts):  # type: ignore[no-untyped-def]
        return event_loop.run(kind, sizes, structure, numbers, state, inputs, fired, counts)

    return kernel(STEP[arithmetic])(_named(step, "step", name, arithmetic))


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


_ONE = np.uint64(1)


@kernel()
def _copy(source, first, target, rows):  # type: ignore[no-untyped-def]
    """Copy rows of one raster, from the first on, to the beginning of another.

    A loop, because Numba takes seconds to compile the assignment of slices.
    """
    for row in range(rows):
        for neuron in range(source.shape[1]):
            for word in range(source.shape[2]):
                target[row, neuron, word] = source[first + row, neuron, word]


def _enter(travelling, spikes, raster):  # type: ignore[no-untyped-def]
    """Begin a window: spikes of the last one, then those of sources.

    Args:
        travelling: (history, neurons, words) uint64, one bit a lane.
        spikes: (ticks, sources, lanes) bool; (0, 0, 0) where there are none.
        raster: (history + ticks, neurons, words) uint64, written.
    """
    history = len(travelling)
    _copy(travelling, 0, raster, history)
    for tick in range(spikes.shape[0]):
        for source in range(spikes.shape[1]):
            for word in range(raster.shape[2]):
                bits = np.uint64(0)
                start = 64 * word
                for lane in range(start, min(start + 64, spikes.shape[2])):
                    bits |= np.uint64(spikes[tick, source, lane]) << np.uint64(lane - start)
                raster[history + tick, source, word] = bits


def _leave(raster, outputs, travelling, fired, counts):  # type: ignore[no-untyped-def]
    """End a window: what the outputs did, and the spikes that travel on.

    Args:
        raster: (history + ticks, neurons, words) uint64, one bit a lane; bits past the
            lanes are 0.
        outputs: (outputs,) int32, the neuron that is output i.
        travelling: (history, neurons, words) uint64, written.
        fired: (ticks, outputs, lanes) bool, written.
        counts: (outputs, lanes) int32, written: how often each output spiked.
    """
    history, ticks, lanes = len(travelling), len(fired), fired.shape[2]
    for output in range(len(outputs)):
        for lane in range(lanes):
            counts[output, lane] = 0
    for tick in range(ticks):
        for output in range(len(outputs)):
            for start in range(0, lanes, 64):
                word = raster[history + tick, outputs[output], start // 64]
                for lane in range(start, min(start + 64, lanes)):
                    fired[tick, output, lane] = False
                while word != np.uint64(0):
                    lane = start + lowest(word)
                    word &= word - _ONE
                    fired[tick, output, lane] = True
                    counts[output, lane] += 1
    _copy(raster, ticks, travelling, history)


@cache
def enter() -> Callable[..., None]:
    """Return the kernel that begins a window, compiled when first asked for; see `_enter`."""
    raster, spikes = reads(types.uint64, 3), reads(types.boolean, 3)
    return kernel(types.void(raster, spikes, writes(types.uint64, 3)))(_enter)


@cache
def leave() -> Callable[..., None]:
    """Return the kernel that ends a window, compiled when first asked for; see `_leave`."""
    raster, outputs, travelling = (
        reads(types.uint64, 3),
        reads(types.int32),
        writes(types.uint64, 3),
    )
    fired, counts = writes(types.boolean, 3), writes(types.int32, 2)
    return kernel(types.void(raster, outputs, travelling, fired, counts))(_leave)
