"""The one place that compiles kernels.

Every kernel is a function at module level under the decorator `kernel`. Numba keeps the machine code
on disk, in a folder of `kernel_cache`, which is a help and never a condition: a damaged cache is
made anew, and without one kernels are compiled anew in every process. `as_argument` hands a kernel
to another one at a fraction of what Numba takes for it: where a kernel takes another one as an argument
of the type `types.FunctionType(signature)`, Numba looks up its address anew in every call from Python,
which takes a third of a millisecond.
"""

import gc
import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numba.extending
import numpy as np
from numba import types
from numba.core import config as numba_config
from numba.core.registry import cpu_target
from numpy.typing import NDArray

from . import kernel_cache

config: Any = numba_config  # its attributes are made when Numba is imported

_BROKEN_CACHE = (OSError, EOFError, ValueError, AttributeError, ImportError, pickle.PickleError)


def reads(dtype: types.Type, dimensions: int = 1) -> types.Array:
    """Return the type of a C-contiguous array that a kernel only reads; read-only arrays are taken too."""
    return types.Array(dtype, dimensions, "C", readonly=True)


def writes(dtype: types.Type, dimensions: int = 1) -> types.Array:
    """Return the type of a C-contiguous array that a kernel writes."""
    return types.Array(dtype, dimensions, "C")


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Return a C-contiguous read-only view: in named tuples, kernels take arrays of just the type named."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


def _run_signature(number: types.Type) -> Any:
    return types.void(
        reads(types.int32),  # header
        reads(types.int32),  # structure
        reads(number),  # numbers
        reads(number, 3),  # charges
        writes(types.uint64, 3),  # raster
        writes(number, 3),  # state
        types.int64,  # ticks
        types.int64,  # lanes
    )


#: The type of weights, parameters, charges and state in each arithmetic.
NUMBERS: dict[str, types.Type] = {
    "float32": types.float32,
    "float64": types.float64,
    "integer": types.int32,
}

# The signature of every neuron model's kernel, for each arithmetic. A kernel that runs any model
# takes it as an argument of the type `types.FunctionType(RUN[arithmetic])`.
RUN = {arithmetic: _run_signature(number) for arithmetic, number in NUMBERS.items()}


def _step_signature(number: types.Type) -> Any:
    return types.boolean(
        writes(types.int64),  # sizes
        reads(types.int32),  # structure
        reads(number),  # numbers
        writes(number),  # state
        reads(types.boolean, 2),  # inputs
        writes(types.boolean, 2),  # fired
        writes(types.int32),  # counts
    )


# The signature of every event-driven kernel, for each arithmetic.
STEP = {arithmetic: _step_signature(number) for arithmetic, number in NUMBERS.items()}


def kernel(
    signature: Any = None, *, inline: bool = False, once: bool = False, allocates: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile a function to machine code that needs no Python and releases the GIL: a decorator.

    With a signature (or a list of them) it is compiled at once, or taken from the cache. Without
    one it is a part of kernels, compiled into each that calls it, and not for Python. No
    floating-point operation is reordered or fused. Division by zero gives infinity or NaN as in
    NumPy.

    Args:
        signature: Numba signature, a list of signatures, or None.
        inline: Without a signature: always a copy in place of the call. A loop over lanes becomes
            vector code only when all that it calls is in it.
        once: Without a signature: a copy in place of the call as Numba reads the code, before types are
            known. A part that is called in few places compiles in half the time so.
        allocates: Whether it may make arrays. Where it does not, nor do its parts say so, no references
            to arrays are counted: that takes several times as long as a short loop over lanes.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        if config.DISABLE_JIT:
            return function
        if signature is None:
            part: Callable[..., Any] = _numba(
                function, inline=inline, once=once, allocates=allocates
            )
            return part
        signatures = signature if isinstance(signature, list) else [signature]
        for repair in (False, True):
            folder = kernel_cache.folder(function.__module__, *_versions())
            if folder is None or not _is_in_a_file(function):
                break
            try:
                with kernel_cache.alone(folder), _numba_cache(folder):
                    if repair:
                        kernel_cache.clear(folder)
                    return _compiled(
                        _numba(function, signatures, cached=True, allocates=allocates), signatures
                    )
            except _BROKEN_CACHE:
                pass
        return _compiled(_numba(function, signatures, allocates=allocates), signatures)

    return decorate


def without_checks(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a kernel of one signature that does not look at the types of its arguments.

    A call from Python takes half as long. The caller must make sure that the types are right.
    """
    if config.DISABLE_JIT:
        return function
    [compiled] = function.overloads.values()  # type: ignore[attr-defined]
    entry: Callable[..., Any] = compiled.entry_point
    return entry


def _is_in_a_file(function: Callable[..., Any]) -> bool:
    """Return whether Numba can tell if the source has changed; a worker may not have a user's file."""
    return Path(function.__code__.co_filename).exists()


def intrinsic(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a part of kernels that is written as LLVM instructions: a decorator; see Numba's `intrinsic`."""
    written: Callable[..., Any] = numba.extending.intrinsic(function)
    return written


def by_type(
    stub: Callable[..., Any], *, inline: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Choose what kernels call in place of a function by the types of its arguments: a decorator.

    The decorated function takes these types and returns the function for them; see Numba's
    `overload`. Unlike a function that is handed over as an argument, it does not keep a kernel from
    being cached.

    Args:
        stub: The function as kernels name it; without a compiler it runs itself.
        inline: As in `kernel`.
    """
    options: Any = {"nogil": True, "fastmath": False, "error_model": "numpy", "forceinline": inline}
    chosen: Callable[[Callable[..., Any]], Callable[..., Any]] = numba.extending.overload(
        stub, jit_options=options, strict=False
    )
    return chosen


def _numba(
    function: Callable[..., Any],
    signatures: Sequence[Any] = (),
    *,
    cached: bool = False,
    inline: bool = False,
    once: bool = False,
    allocates: bool = True,
) -> Any:
    """Return Numba's function, not yet compiled; a part of kernels where there is no signature."""
    njit: Any = numba.njit  # its types leave some options out
    return njit(
        cache=cached,
        nogil=True,
        fastmath=False,
        error_model="numpy",
        forceinline=inline,
        inline="always" if once else "never",
        no_cpython_wrapper=not signatures,  # parts: entries for Python and C take long to compile
        no_cfunc_wrapper=not signatures,
        **({} if allocates else {"_nrt": False}),
    )(function)


def _compiled(function: Any, signatures: Sequence[Any]) -> Callable[..., Any]:
    """Return Numba's function, compiled or taken from the cache for these signatures and no others."""
    for number, signature in enumerate(signatures, 1):
        try:
            with _without_collecting():
                function.compile(signature)
        except _BROKEN_CACHE:
            if len(function.signatures) < number:
                raise
            # It was compiled, but could not be kept, because the disk is full for instance.
    function.disable_compile()
    compiled: Callable[..., Any] = function
    return compiled


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Keep Python from looking for garbage, which takes a twentieth of the compiler's time."""
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.enable()


@contextmanager
def _numba_cache(folder: Path) -> Iterator[None]:
    """Have Numba use a folder, which it takes from its configuration when a function is decorated."""
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        config.CACHE_DIR = before


def _versions() -> tuple[str, ...]:
    """Return what the machine code depends on beside the sources."""
    return (numba.__version__, llvmlite.__version__, np.__version__, *processor())


def processor() -> tuple[str, str, str]:
    """Return what kernels are compiled for: LLVM's triple, the processor's name and its features.

    It is this machine unless the variables NUMBA_CPU_NAME and NUMBA_CPU_FEATURES say otherwise.
    """
    triple, name, features = cpu_target.target_context.codegen().magic_tuple()
    return triple, name, features


def has_vectors() -> bool:
    """Return whether the kernels written in vectors run here: they need AVX2, and Numba's compiler."""
    return not config.DISABLE_JIT and "+avx2" in processor()[2].split(",")


_protocol: Any = types.CompileResultWAP


class _Argument(_protocol):  # type: ignore[misc]  # Numba has no annotations
    """A compiled function with its address, and the type that it has for Numba.

    Args:
        compiled: Numba's result of the compilation.
        signature: What it is called with.
    """

    def __init__(self, compiled: Any, signature: Any) -> None:
        super().__init__(compiled)
        self.type: Any = types.FunctionType(signature)


@numba.extending.typeof_impl.register(_Argument)
def _type_of(argument: _Argument, context: Any) -> Any:
    return argument.type


def as_argument(kernel: Callable[..., Any], signature: Any) -> Callable[..., Any]:
    """Return a kernel as others take it for an argument; make it once and keep it.

    Args:
        kernel: A kernel with a signature.
        signature: That signature.

    Raises:
        numba.errors.NumbaError: It has another one.
    """
    if config.DISABLE_JIT:
        return kernel
    dispatcher: Any = kernel
    argument: Callable[..., Any] = _Argument(dispatcher.get_compile_result(signature), signature)
    return argument
