"""The neuron models by name: what a network of each consists of, and the kernel that runs it."""

import os
from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import InputError
from .neurons import validation

Numbers = NDArray[np.float32] | NDArray[np.float64] | NDArray[np.int32]
Number = type[np.float32] | type[np.float64] | type[np.int32]

#: The type of weights, parameters, charges and state in each arithmetic.
DTYPES: dict[str, Number] = {"float32": np.float32, "float64": np.float64, "integer": np.int32}

# Name → the module that describes the model, in `neurons` and in `reference`; its kernels are
# `kernels.MODULE_ARITHMETIC`.
_MODULES = {
    "lif": "lif",
    "if": "integrate_and_fire",
    "alif": "alif",
    "cuba_lif": "cuba_lif",
    "izhikevich": "izhikevich",
    "risp": "risp",
}
_WITHOUT_KERNELS = {"hh": "hodgkin_huxley"}


class Model(NamedTuple):
    """A neuron model in one arithmetic, ready to run.

    Attributes:
        parameters: Names of the columns of `Network.parameters`.
        states: Number of state variables of a neuron, the potential first.
        run: The compiled kernel, of the type `compile.RUN[arithmetic]`; `kernels.lif_float32.run` says
            what it does with its arguments.
        dtype: Of weights, parameters, charges and state.
    """

    parameters: tuple[str, ...]
    states: int
    run: Callable[..., None]
    dtype: Number


def names() -> tuple[str, ...]:
    """Names of the neuron models that have kernels; only these can be searched with."""
    return tuple(_MODULES)


def module_name(name: str) -> str:
    """The module that describes a neuron model, with kernels or without."""
    return (_MODULES | _WITHOUT_KERNELS)[name]


@cache
def _specification(name: str) -> ModuleType:
    """The module of `neurons` that describes a model; imported when its name is first used."""
    return import_module(f".neurons.{module_name(name)}", __package__)


def arithmetics(name: str) -> tuple[str, ...]:
    """The arithmetics that a neuron model has."""
    known: tuple[str, ...] = _specification(name).ARITHMETICS
    return known


def check_name(name: str, arithmetic: str) -> None:
    """Check that there is such a neuron model in such an arithmetic.

    Raises:
        InputError: If there is not.
    """
    known = _MODULES | _WITHOUT_KERNELS
    if name not in known:
        raise InputError(f"neuron model {name!r} is unknown; there is {', '.join(known)}")
    if arithmetic not in arithmetics(name):
        raise InputError(
            f"neuron model {name!r} has no arithmetic {arithmetic!r}; "
            f"there is {', '.join(arithmetics(name))}"
        )


def check_has_kernels(name: str) -> None:
    """Check that a neuron model has kernels.

    Raises:
        InputError: If it runs in the readable reference only.
    """
    if name in _WITHOUT_KERNELS:
        raise InputError(
            f"neuron model {name!r} has no kernels: it can be simulated, but not stepped, measured "
            f"or searched with; kernels run {', '.join(names())}"
        )


def parameters(name: str) -> tuple[str, ...]:
    """Names of the columns of `Network.parameters` in this neuron model."""
    columns: tuple[str, ...] = _specification(name).PARAMETERS
    return columns


def states(name: str) -> int:
    """Number of state variables of a neuron in this model."""
    number: int = _specification(name).STATES
    return number


def refractory_column(name: str) -> int | None:
    """The column that holds the refractory period in ticks, None if the model has none."""
    columns = parameters(name)
    return columns.index("refractory") if "refractory" in columns else None


def validate_parameters(name: str, arithmetic: str, rows: NDArray[Any], sources: int) -> None:
    """Check `Network.parameters`: its columns, zeros for sources, allowed values for the others.

    Args:
        name: The neuron model.
        arithmetic: One of `arithmetics(name)`.
        rows: (neurons, P).
        sources: Number of sources, the first rows.

    Raises:
        InputError: Naming the neuron, the parameter, its value and what is allowed.
    """
    columns = parameters(name)
    if rows.shape[1] != len(columns):
        raise InputError(
            f"network: parameters has {rows.shape[1]} columns; the model {name} has "
            f"{len(columns)}: {', '.join(columns)}"
        )
    if np.any(rows[:sources]):
        raise InputError("network: a source has parameters; the rows of sources must be 0")
    with_potential = rows[sources:]
    validation.check(rules(name, arithmetic, with_potential), columns, with_potential, sources)


def rules(name: str, arithmetic: str, rows: NDArray[Any]) -> list[validation.Rule]:
    """What each parameter of neurons with a potential must be, and which of them break it.

    Args:
        name: The neuron model.
        arithmetic: One that it has.
        rows: (neurons, P), with the columns that `parameters(name)` names.
    """
    given = validation.columns(parameters(name), rows)
    found: list[validation.Rule] = _specification(name).rules(arithmetic, given)
    return found


@cache
def model(name: str, arithmetic: str, *, plain: bool = False) -> Model:
    """The neuron model of that name; its kernel is loaded, or compiled, when first asked for.

    Where a model has a kernel written in vectors, processors with AVX2 or AVX-512 run it. All
    others run the plain loops, and so does every processor where the environment variable
    `SPIKEVOLVE_KERNELS` is `plain`. The spikes are the same.

    Args:
        name: One of `names()`.
        arithmetic: One of `arithmetics(name)`.
        plain: Take the plain loops in any case.

    Raises:
        InputError: If there is no such model or arithmetic, or it has no kernels.
    """
    check_name(name, arithmetic)
    check_has_kernels(name)
    specification = _specification(name)
    vectors = specification.HAS_VECTORS and not plain and has_vectors()
    module = f".kernels.{module_name(name)}_{arithmetic}{'_vector' if vectors else ''}"
    kernel = import_module(module, __package__)
    return Model(specification.PARAMETERS, specification.STATES, kernel.run, DTYPES[arithmetic])


@cache
def step(arithmetic: str) -> Callable[..., bool]:
    """The event-driven kernel of `lif` for one sample, loaded or compiled when first asked for.

    It is of the type `compile.STEP[arithmetic]`; `kernels.lif_event.step` says what it does.

    Args:
        arithmetic: `"float32"` or `"integer"`.
    """
    kernel = import_module(f".kernels.lif_{arithmetic}_event", __package__)
    compiled: Callable[..., bool] = kernel.step
    return compiled


def has_vectors() -> bool:
    """Whether kernels written in vectors run: see `model`."""
    from . import compile  # here, so that networks can be handled without Numba

    return os.environ.get("SPIKEVOLVE_KERNELS") != "plain" and compile.has_vectors()
