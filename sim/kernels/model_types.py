"""Which neuron model a loop runs: told by the type of its first argument, while Numba compiles.

Numba does not keep the code of a function that takes a function as an argument, but it keeps code for
a type. So every loop takes a stand-in for a model: a named tuple of the model's class of parameters,
whose numbers mean nothing.
"""

from typing import Any

from numba import types

from ..compile import by_type
from ..neurons import MODELS, NeuronModel
from ..neurons.neuron_model import Tick

_BY_CLASS = {model.neuron: model for model in MODELS.values()}


def stand_in(model: NeuronModel) -> Any:
    """Return what stands for a model where a loop is called."""
    return model.neuron(*[0] * len(model.parameters))


def model_of(kind: Any) -> NeuronModel:
    """Return the model of a stand-in or of a neuron's parameters, given themselves or their type."""
    is_type = isinstance(kind, types.Type)
    return _BY_CLASS[kind.instance_class if is_type else type(kind)]


def tick_of(kind: Any, number: Any) -> Tick:
    """Return the tick of a model for a type of numbers, NumPy's or Numba's."""
    name = str(number)
    return model_of(kind).ticks["integer" if name == "int32" else name]


def states_of(kind: Any) -> int:
    """Return the number of state variables."""
    return model_of(kind).states


@by_type(states_of)
def _states_of(kind):  # type: ignore[no-untyped-def]
    states = states_of(kind)
    return lambda kind: states


def held_for_column(kind: Any) -> int:
    """Return the column of the parameters that says for how many ticks a spike holds, −1 for none."""
    column = model_of(kind).held_for_column
    return -1 if column is None else column


@by_type(held_for_column)
def _held_for_column(kind):  # type: ignore[no-untyped-def]
    column = held_for_column(kind)
    return lambda kind: column
