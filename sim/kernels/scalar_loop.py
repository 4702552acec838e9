"""Any neuron model, one number after the other: the loop for any processor.

It shows most plainly what a kernel does, and runs without a compiler too.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import register_jitable
from numba.np.numpy_support import as_dtype
from numba.np.unsafe import ndarray as numba_ndarray

from ..batch import INPUTS, NEURONS, NUMBERS, PARAMETERS, SOURCES, STRUCTURE, SYNAPSES
from ..compile import by_type, intrinsic, kernel
from ..neurons import neuron_model
from ..neurons.neuron_model import Arriving
from .model_types import held_for_column, model_of, tick_of
from .vectors import cgutils

_NONE, _ONE = np.uint64(0), np.uint64(1)

to_fixed_tuple: Any = numba_ndarray.to_fixed_tuple  # from an array of a length that is known


class _Layout(NamedTuple):
    """Where the parts of one network begin in `Batch.structure` and `Batch.numbers`."""

    offsets: Any
    sources: Any
    delays: Any
    weights: Any
    parameters: Any


class _Place(NamedTuple):
    """A neuron in one tick, in the lanes of one word."""

    row: int  # of the raster
    neuron: int
    word: int
    lanes: int  # in this word, at most 64


class SharedWeights(NamedTuple):
    """Synapses whose weights are the same in all lanes.

    Another kind of synapse, such as one with weights of each lane's own, is another such class, with
    its own `gather`: the loop takes the one of the type that it is given.
    """

    structure: Any  # `Batch.structure`
    numbers: Any  # `Batch.numbers`
    layout: Any

    @staticmethod
    def gather(charge, synapses, raster, place):  # type: ignore[no-untyped-def]
        """Add what spikes deliver to a neuron, synapse by synapse in their order.

        Returns:
            The lanes of the word, as bits, in which any arrives.
        """
        structure, layout, due = synapses.structure, synapses.layout, _NONE
        padded = (place.lanes + 15) // 16 * 16
        first = layout.offsets + place.neuron
        for synapse in range(structure[first], structure[first + 1]):
            row = place.row - structure[layout.delays + synapse]
            arriving = raster[row, structure[layout.sources + synapse], place.word]
            if arriving != _NONE:
                _add_spikes(charge, arriving, synapses.numbers[layout.weights + synapse], padded)
                due |= arriving
        return due


@kernel()
def _layout_of(header):  # type: ignore[no-untyped-def]
    """Return the layout of the network that has this header."""
    neurons, synapses = np.int64(header[NEURONS]), np.int64(header[SYNAPSES])
    offsets, weights = np.int64(header[STRUCTURE]), np.int64(header[NUMBERS])
    sources = offsets + neurons + 1
    return _Layout(offsets, sources, sources + synapses, weights, weights + synapses)


@kernel()
def _inputs_of_neurons(header, structure, charges):  # type: ignore[no-untyped-def]
    """(neurons,) int32, the input whose charge a neuron receives, −1 for none."""
    inputs = np.full(header[NEURONS], -1, np.int32)
    if charges.shape[1] > 0:
        start = header[STRUCTURE] + header[NEURONS] + 1 + 2 * header[SYNAPSES]
        for i in range(header[INPUTS]):
            inputs[structure[start + i]] = i
    return inputs


@kernel()
def _spiked_since(raster, first, now, neuron, word):  # type: ignore[no-untyped-def]
    """Return the lanes of a word, as bits, in which a neuron spiked in rows first … now − 1."""
    spiked = _NONE
    for row in range(first, now):
        spiked |= raster[row, neuron, word]
    return spiked


@kernel(inline=True)
def _is_set(bits, lane):  # type: ignore[no-untyped-def]
    return (bits >> np.uint64(lane)) & _ONE != _NONE


# Functions that are chosen by the type of the model. Without a compiler they run as they stand; the
# decorated ones after them say what is compiled in their place.


def _neuron_at(kind: Any, numbers: Any, first: Any) -> Any:
    """Return the parameters of a neuron, by name."""
    return type(kind)(*numbers[first : first + len(kind)])


@by_type(_neuron_at, inline=True)
def _compiled_neuron_at(kind, numbers, first):  # type: ignore[no-untyped-def]
    make, count = kind.instance_class, len(kind)
    return lambda kind, numbers, first: make(*to_fixed_tuple(numbers[first:], count))


def _state_at(kind: Any, state: Any, neuron: Any, lane: Any) -> Any:
    """Return the state variables of a neuron in a lane."""
    return tuple(state[:, neuron, lane])


@by_type(_state_at, inline=True)
def _compiled_state_at(kind, state, neuron, lane):  # type: ignore[no-untyped-def]
    return lambda kind, state, neuron, lane: _load_state(kind, state, neuron, lane)


def _set_state(kind: Any, state: Any, neuron: Any, lane: Any, variables: Any) -> None:
    """Write the state variables of a neuron in a lane."""
    for number, variable in enumerate(variables):
        state[number, neuron, lane] = variable


@by_type(_set_state, inline=True)
def _compiled_set_state(kind, state, neuron, lane, variables):  # type: ignore[no-untyped-def]
    return lambda kind, state, neuron, lane, variables: _store_state(
        kind, state, neuron, lane, variables
    )


# Written as LLVM instructions: Numba counts references to slices of the state, and tests whether its
# indices are negative, which keeps loops over lanes from becoming vector code.


def _places(context: Any, builder: Any, kind: Any, state: Any, arguments: Any) -> list[Any]:
    """Return pointers to the state variables; the arguments are those of `_load_state`."""
    array = cgutils.create_struct_proxy(state)(context, builder, value=arguments[1])
    _, neurons, lanes = cgutils.unpack_tuple(builder, array.shape)
    place = builder.add(builder.mul(arguments[2], lanes), arguments[3])
    places = []
    for _ in range(model_of(kind).states):
        places.append(builder.gep(array.data, [place]))
        place = builder.add(place, builder.mul(neurons, lanes))
    return places


@intrinsic
def _load_state(typing_context, kind, state, neuron, lane):  # type: ignore[no-untyped-def]
    """Return the state variables of a neuron in a lane."""
    tuple_of: Any = types.UniTuple
    variables = tuple_of(state.dtype, model_of(kind).states)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        places = _places(context, builder, kind, state, arguments)
        return context.make_tuple(builder, variables, [builder.load(place) for place in places])

    return variables(kind, state, types.int64, types.int64), generate


@intrinsic
def _store_state(typing_context, kind, state, neuron, lane, variables):  # type: ignore[no-untyped-def]
    """Write the state variables of a neuron in a lane."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        places = _places(context, builder, kind, state, arguments)
        values = cgutils.unpack_tuple(builder, arguments[4])
        for place, value, number in zip(places, values, variables.types, strict=True):
            builder.store(context.cast(builder, value, number, state.dtype), place)
        return context.get_dummy_value()

    return types.void(kind, state, types.int64, types.int64, variables), generate


def _start(neuron: Any, state: Any) -> Any:
    start = model_of(neuron).start
    return state if start is None else start(neuron, state)


@by_type(_start, inline=True)
def _compiled_start(neuron, state):  # type: ignore[no-untyped-def]
    return model_of(neuron).start or (lambda neuron, state: state)


def _first_charge(neuron: Any, state: Any, held: Any) -> Any:
    return model_of(neuron).first_charge(neuron, state, held)


@by_type(_first_charge, inline=True)
def _compiled_first_charge(neuron, state, held):  # type: ignore[no-untyped-def]
    return model_of(neuron).first_charge


def _injected(kind: Any, charge: Any) -> Any:
    return model_of(kind).injected(charge)


@by_type(_injected, inline=True)
def _compiled_injected(kind, charge):  # type: ignore[no-untyped-def]
    injected = register_jitable(model_of(kind).injected)
    return lambda kind, charge: injected(charge)


def _tick(neuron: Any, state: Any, arriving: Any) -> Any:
    return tick_of(neuron, state[0].dtype)(neuron, state, arriving)


@by_type(_tick, inline=True)
def _compiled_tick(neuron, state, arriving):  # type: ignore[no-untyped-def]
    return tick_of(neuron, state[0])


def _gather(charge: Any, synapses: Any, raster: Any, place: Any) -> Any:
    """Add what spikes deliver; see `SharedWeights.gather`."""
    return type(synapses).gather(charge, synapses, raster, place)


@by_type(_gather)
def _compiled_gather(charge, synapses, raster, place):  # type: ignore[no-untyped-def]
    return synapses.instance_class.gather


@by_type(neuron_model.where, inline=True)
def _where(condition, chosen, other):  # type: ignore[no-untyped-def]
    return lambda condition, chosen, other: chosen if condition else other


@by_type(neuron_model.constant, inline=True)
def _constant(number, like):  # type: ignore[no-untyped-def]
    kind = as_dtype(like).type
    return lambda number, like: kind(number)


@by_type(neuron_model.differs, inline=True)
def _differs(a, b):  # type: ignore[no-untyped-def]
    return lambda a, b: a != b


@by_type(neuron_model.flushed, inline=True)
def _flushed(number):  # type: ignore[no-untyped-def]
    kind = as_dtype(number).type
    limit, none = kind(neuron_model.FLUSH), kind(0)
    return lambda number: number if abs(number) >= limit else none


@by_type(neuron_model.wrapped, inline=True)
def _wrapped(number):  # type: ignore[no-untyped-def]
    return lambda number: np.int32(number)


@by_type(neuron_model.both, inline=True)
def _both(a, b):  # type: ignore[no-untyped-def]
    return lambda a, b: a and b


@by_type(neuron_model.without, inline=True)
def _without(a, b):  # type: ignore[no-untyped-def]
    return lambda a, b: a and not b


def _compiled_as_it_stands(function: Callable[..., Any]) -> None:
    by_type(function, inline=True)(lambda *types: function)


for _part in neuron_model.PARTS:
    _compiled_as_it_stands(_part)


@kernel()
def _start_all(kind, neuron, place, state, lanes):  # type: ignore[no-untyped-def]
    """Begin a window for a neuron."""
    for lane in range(lanes):
        after = _start(neuron, _state_at(kind, state, place, lane))
        _set_state(kind, state, place, lane, after)


@kernel()
def _begin(kind, neuron, state, held, charge, place):  # type: ignore[no-untyped-def]
    """Begin the sums of charges."""
    first = 64 * place.word
    for lane in range(place.lanes):
        variables = _state_at(kind, state, place.neuron, first + lane)
        charge[lane] = _first_charge(neuron, variables, _is_set(held, lane))


@kernel()
def _add_external(kind, charge, charges, number, tick, place):  # type: ignore[no-untyped-def]
    """Add the external charge of an input, none for −1; the lanes that have an event, as bits."""
    due = _NONE
    if number >= 0:
        external = charges[tick, number, 64 * place.word :]
        for lane in range(place.lanes):
            charge[lane] += _injected(kind, external[lane])
            due |= np.uint64(external[lane] != 0) << np.uint64(lane)
    return due


@kernel()
def _add_spikes(charge, arriving, weight, count):  # type: ignore[no-untyped-def]
    """Add a weight to those of the first `count` lanes of a word whose bit is set.

    Runs fastest for multiples of 16 lanes; the bits past a network's lanes are 0.
    """
    for lane in range(count):
        if _is_set(arriving, lane):
            charge[lane] += weight


@kernel()
def _fire(kind, neuron, state, place, charge, held, due):  # type: ignore[no-untyped-def]
    """Make the model's tick in the lanes of a word; the spikes as bits."""
    first = 64 * place.word
    fired = _NONE
    for lane in range(place.lanes):
        variables = _state_at(kind, state, place.neuron, first + lane)
        arriving = Arriving(charge[lane], _is_set(held, lane), _is_set(due, lane))
        after, spiked = _tick(neuron, variables, arriving)
        _set_state(kind, state, place.neuron, first + lane, after)
        fired |= np.uint64(spiked) << np.uint64(lane)
    return fired


def loop_for(kind: Any) -> Callable[..., None]:
    """Return the loop for a model, to be compiled; `kind` stands for the model, see `model_types`."""

    def run(header, structure, numbers, charges, raster, state, ticks, lanes):  # type: ignore[no-untyped-def]
        """Run one network of a batch for a window of ticks, many samples (lanes) at once.

        Let `history = len(raster) − ticks`, at least the header's MAX_DELAY; row `history + t` of the
        raster is tick t. The rows before it are the spikes of the previous window that still travel
        (zeros for a fresh sample), and the caller has written the spikes of sources into the others.

        Args:
            header: (HEADER,) int32, the network's row of `Batch.headers`.
            structure: int32, `Batch.structure`.
            numbers: float32, float64 or int32, `Batch.numbers`.
            charges: (ticks, inputs, lanes) of the type of the numbers, external charge; (0, 0, 0) where
                inputs are spikes.
            raster: (history + ticks, neurons, words) uint64, lane l is bit l % 64 of word l // 64, bits
                past the lanes are 0; the rows of this window are filled for all neurons but sources.
            state: (states, neurons, at least lanes) of the type of the numbers, the potentials first; advanced.
            ticks: Length of the window.
            lanes: Number of samples.
        """
        layout = _layout_of(header)
        synapses = SharedWeights(structure, numbers, layout)
        inputs = _inputs_of_neurons(header, structure, charges)
        history = raster.shape[0] - ticks
        charge = np.zeros(64, numbers.dtype)
        for row in range(history, raster.shape[0]):
            for neuron in range(header[SOURCES], header[NEURONS]):
                first = layout.parameters + neuron * header[PARAMETERS]
                parameters = _neuron_at(kind, numbers, first)
                if row == history:
                    _start_all(kind, parameters, neuron, state, lanes)
                held_for = np.int64(0)
                if held_for_column(kind) >= 0:
                    held_for = np.int64(numbers[first + held_for_column(kind)])
                for word in range(raster.shape[2]):
                    place = _Place(row, neuron, word, min(64, lanes - 64 * word))
                    held = _spiked_since(raster, row - held_for, row, neuron, word)
                    _begin(kind, parameters, state, held, charge, place)
                    due = _add_external(kind, charge, charges, inputs[neuron], row - history, place)
                    due |= _gather(charge, synapses, raster, place)
                    raster[row, neuron, word] = _fire(
                        kind, parameters, state, place, charge, held, due
                    )

    return run
