"""The one place that compiles kernels.

Every kernel is a function at module level under the decorator `kernel`. Numba keeps the machine code
on disk, but judges only by the file that holds a kernel whether it is still current: code of another
file that was inlined, or a constant of one, would live on. So the cache is a folder named by
everything that the code depends on, in the user's cache folder. Without a folder that can be
written, kernels are compiled anew in every process.
"""

import hashlib
import os
import pickle
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import llvmlite
import numba
import numba.extending
import numpy as np
from numba import types
from numba.core import config as numba_config
from numba.core.registry import cpu_target

config: Any = numba_config  # its attributes are made when Numba is imported

_ROOMS_WITH_KERNELS = ("sim", "genomes", "tasks")
_KEPT_SECONDS = 30 * 24 * 3600

_BROKEN_CACHE = (OSError, EOFError, ValueError, AttributeError, ImportError, pickle.PickleError)


def reads(dtype: types.Type, dimensions: int = 1) -> types.Array:
    """Type of a C-contiguous array that a kernel only reads; read-only arrays are taken too."""
    return types.Array(dtype, dimensions, "C", readonly=True)


def writes(dtype: types.Type, dimensions: int = 1) -> types.Array:
    """Type of a C-contiguous array that a kernel writes."""
    return types.Array(dtype, dimensions, "C")


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


# The signature of an event-driven kernel, for each arithmetic that has one.
STEP = {"float32": _step_signature(types.float32), "integer": _step_signature(types.int32)}


def kernel(
    signature: Any = None, *, inline: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: compile a function to machine code that needs no Python and releases the GIL.

    With a signature (or a list of them) it is compiled at once, or taken from the cache. Without
    one it is a part of kernels, compiled into each that calls it. No floating-point operation is
    reordered or fused. Division by zero gives infinity or NaN as in NumPy.

    Args:
        signature: Numba signature, a list of signatures, or None.
        inline: Without a signature: always a copy in place of the call. A loop over lanes becomes
            vector code only when all that it calls is in it.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        if signature is None:
            return _compile(function, None, cached=False, inline=inline)
        folder = cache_folder()
        if folder is not None and not config.DISABLE_JIT:
            try:
                with _numba_cache(folder):
                    return _compile(function, signature, cached=True)
            except _BROKEN_CACHE:
                pass  # a damaged file or a full disk must not stop a simulation
        return _compile(function, signature, cached=False)

    return decorate


def intrinsic(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: a part of kernels that is written as LLVM instructions; see Numba's `intrinsic`."""
    written: Callable[..., Any] = numba.extending.intrinsic(function)
    return written


def _compile(
    function: Callable[..., Any], signature: Any, *, cached: bool, inline: bool = False
) -> Callable[..., Any]:
    compiled: Callable[..., Any] = numba.njit(
        signature,
        cache=cached,
        nogil=True,
        fastmath=False,
        error_model="numpy",
        forceinline=inline,
    )(function)
    return compiled


@contextmanager
def _numba_cache(folder: Path) -> Iterator[None]:
    """Numba takes the folder from its configuration when a function is decorated."""
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        config.CACHE_DIR = before


@cache
def cache_folder() -> Path | None:
    """The folder of the compiled kernels, made if need be; None if it cannot be written."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = Path(base) / "spikevolve" / f"kernels-{_fingerprint()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as probe:
            probe.write(b"0")
        os.utime(folder)
        _remove_unused(folder)
    except OSError:
        return None
    return folder


def _remove_unused(folder: Path) -> None:
    """Remove the folders of other versions that no process has used for a month."""
    oldest = time.time() - _KEPT_SECONDS
    for other in folder.parent.glob("kernels-*"):
        if other.stat().st_mtime < oldest:
            shutil.rmtree(other, ignore_errors=True)


def _fingerprint() -> str:
    """Hash of all that the machine code depends on: sources, versions and the processor."""
    digest = hashlib.blake2b(digest_size=12)
    package = Path(__file__).parent.parent
    for room in _ROOMS_WITH_KERNELS:
        for source in sorted((package / room).rglob("*.py")):
            digest.update(f"{source.relative_to(package)}\0".encode())
            digest.update(source.read_bytes())
    versions = (numba.__version__, llvmlite.__version__, np.__version__)
    for part in (*versions, *processor()):
        digest.update(f"{part}\0".encode())
    return digest.hexdigest()


def processor() -> tuple[str, str, str]:
    """What kernels are compiled for: LLVM's triple, the processor's name and its features.

    It is this machine unless the variables NUMBA_CPU_NAME and NUMBA_CPU_FEATURES say otherwise.
    """
    triple, name, features = cpu_target.target_context.codegen().magic_tuple()
    return triple, name, features


def has_vectors() -> bool:
    """Whether the kernels written in vectors run here: they want AVX2, and Numba's compiler."""
    return not config.DISABLE_JIT and "+avx2" in processor()[2].split(",")
