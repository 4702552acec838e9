"""The neuron models by name: what a network of each consists of."""

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .neurons import MODELS as MODELS
from .neurons.neuron_model import DTYPES as DTYPES
from .neurons.neuron_model import Rule, check, columns

Numbers = NDArray[np.float32] | NDArray[np.float64] | NDArray[np.int32]


def names() -> tuple[str, ...]:
    """Return the names of the neuron models that have kernels; only these can be searched with."""
    return tuple(name for name, model in MODELS.items() if model.ticks)


def arithmetics(name: str) -> tuple[str, ...]:
    """Return the arithmetics that a neuron model has."""
    return MODELS[name].arithmetics


def check_name(name: str, arithmetic: str) -> None:
    """Check that there is such a neuron model in such an arithmetic.

    Raises:
        InputError: If there is not.
    """
    if name not in MODELS:
        raise InputError(f"neuron model {name!r} is unknown; there is {', '.join(MODELS)}")
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
    if name in MODELS and not MODELS[name].ticks:
        raise InputError(
            f"neuron model {name!r} has no kernels: it can be simulated, but not stepped, measured "
            f"or searched with; kernels run {', '.join(names())}"
        )


def parameters(name: str) -> tuple[str, ...]:
    """Return the names of the columns of `Network.parameters` in this neuron model."""
    return MODELS[name].parameters


def states(name: str) -> int:
    """Return the number of state variables of a neuron in this model."""
    return MODELS[name].states


def refractory_column(name: str) -> int | None:
    """Return the column that holds the refractory period in ticks, None if the model has none."""
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
    names = parameters(name)
    if rows.shape[1] != len(names):
        raise InputError(
            f"network: parameters has {rows.shape[1]} columns; the model {name} has "
            f"{len(names)}: {', '.join(names)}"
        )
    if np.any(rows[:sources]):
        raise InputError("network: a source has parameters; the rows of sources must be 0")
    with_potential = rows[sources:]
    check(rules(name, arithmetic, with_potential), names, with_potential, sources)


def rules(name: str, arithmetic: str, rows: NDArray[Any]) -> list[Rule]:
    """Return what each parameter of neurons with a potential must be, and which of them break it.

    Args:
        name: The neuron model.
        arithmetic: One that it has.
        rows: (neurons, P), with the columns that `parameters(name)` names.
    """
    return MODELS[name].rules(arithmetic, columns(parameters(name), rows))


def has_vectors() -> bool:
    """Return whether kernels written in vectors run: see `kernels.entries.model`."""
    from . import compile  # here, so that networks can be handled without Numba

    return os.environ.get("SPIKEVOLVE_KERNELS") != "plain" and compile.has_vectors()
