"""Kernels as arguments of other kernels, at a fraction of what Numba takes for it.

Where a kernel takes another one as an argument of the type `types.FunctionType(signature)`, Numba looks
up its address anew in every call from Python, which takes a third of a millisecond.
"""

from collections.abc import Callable
from typing import Any

import numba.extending
from numba import types

from .compile import config

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
