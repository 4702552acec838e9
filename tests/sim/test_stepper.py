"""The stepper: state carried, reset, copied; clear errors."""

import copy
import pickle
from typing import Any, cast

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.sim import reference
from spikevolve.sim.event_driven import OUTPUTS
from spikevolve.sim.kernels import entries
from spikevolve.sim.models import has_vectors
from spikevolve.sim.simulate import simulate
from spikevolve.sim.stepper import Stepper

SEED, INPUTS = 7, 4  # a random network, and its number of inputs

# The last ones are equal to NumPy's own data types, but others.
DESCRIBED = [np.dtype(kind, metadata={"of": "a test"}) for kind in ("?", "f4")]
DTYPES = ["?", "f4", "f8", "i4", ">f4", "u1", "c8", "O", "U1", *DESCRIBED]


@pytest.mark.parametrize("sources", [True, False])
@pytest.mark.parametrize("lanes", [1, 70])
def test_steps_equal_one_long_run(
    kind: tuple[str, str], sources: bool, lanes: int, random_network: Any, random_inputs: Any
) -> None:
    model, arithmetic = kind
    network = random_network(7, arithmetic, model=model, sources=sources)
    inputs = random_inputs(network, 60, lanes, 7)
    expected = reference.simulate(network, inputs)
    stepper = Stepper(network, lanes)

    for _ in range(2):
        outputs = [stepper.run(inputs[at : at + n]) for at, n in ((0, 10), (10, 0), (10, 50))]

        np.testing.assert_array_equal(
            np.concatenate(outputs), expected.spikes[:, network.output_neurons]
        )
        np.testing.assert_array_equal(stepper.potentials, expected.potentials[-1])
        stepper.reset()


def test_copies_go_their_own_way(random_network: Any, random_inputs: Any) -> None:
    network = random_network(7)
    inputs = random_inputs(network, 40, 1, 7)
    stepper = Stepper(network)
    stepper.run(inputs[:20])

    copies = [pickle.loads(pickle.dumps(stepper)), copy.deepcopy(stepper)]
    expected = stepper.run(inputs[20:])

    for other in copies:
        np.testing.assert_array_equal(other.run(inputs[20:]), expected)


def test_running_no_tick_changes_nothing(random_network: Any) -> None:
    network = random_network(7)
    stepper = Stepper(network, 3)

    assert stepper.run(np.zeros((0, network.inputs, 3), bool)).shape == (0, network.outputs, 3)
    assert not stepper.potentials.any()


def test_the_axis_of_lanes_may_be_left_out_for_one_lane(
    random_network: Any, random_inputs: Any
) -> None:
    for sources in (True, False):
        network = random_network(7, sources=sources)
        inputs = random_inputs(network, 40, 1, 7)
        short, full = Stepper(network), Stepper(network)

        np.testing.assert_array_equal(short.run(inputs[:, :, 0]), full.run(inputs)[:, :, 0])
        np.testing.assert_array_equal(short.run(3), full.run(np.zeros_like(inputs[:3]))[:, :, 0])


def test_mistakes_are_named(random_network: Any) -> None:
    network = random_network(7)
    right = np.zeros((4, network.inputs, 2), bool)

    with pytest.raises(InputError, match="lanes is 0; there must be at least 1"):
        Stepper(network, 0)
    with pytest.raises(InputError, match="ticks is -1; it must be 0 to"):
        Stepper(network).run(-1)
    with pytest.raises(InputError, match="inputs are a list; they must be a NumPy array"):
        Stepper(network).run(cast(Any, [[True]]))
    stepper = Stepper(network, 2)
    with pytest.raises(InputError, match="inputs have 1 lanes; this stepper has 2"):
        stepper.run(right[:, :, :1])
    with pytest.raises(InputError, match=rf"takes spikes of shape \(ticks, {network.inputs}, "):
        stepper.run(right[:, :-1])
    with pytest.raises(InputError, match="type bool"):
        stepper.run(right.astype(np.float32))
    charged = random_network(7, sources=False)
    charges = np.zeros((4, charged.inputs, 2), np.float32)
    charges[1, 0, 0] = np.nan
    for run in (Stepper(charged, 2).run, lambda inputs: simulate(charged, inputs)):
        with pytest.raises(InputError, match="NaN or infinity"):
            run(charges)


class Subclass(np.ndarray[Any, Any]):
    """An array that kernels do not know."""


@st.composite
def arrays(draw: st.DrawFn) -> NDArray[Any]:
    """Any array: right or wrong in shape, type, values, order in memory, alignment."""
    shape = (
        draw(st.tuples(st.integers(0, 4), st.just(INPUTS), st.just(2)))
        if draw(st.booleans())
        else draw(st.lists(st.integers(0, 4), max_size=4))
    )
    dtype: Any = draw(st.sampled_from(DTYPES))
    values = draw(st.sampled_from([0, 1, -1, 0.3, 2**30, 1e30, np.nan, np.inf, -np.inf]))
    with np.errstate(all="ignore"):
        array = np.full(shape, values).astype(dtype)
    if draw(st.booleans()):
        array = np.asfortranarray(array)
    if draw(st.booleans()):
        array = np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array
    if draw(st.booleans()) and dtype != "O":
        octets = np.zeros(array.nbytes + 1, np.uint8)
        octets[1:] = np.frombuffer(array.tobytes(), np.uint8)
        array = octets[1:].view(array.dtype).reshape(array.shape)
    array.flags.writeable = draw(st.booleans())
    if array.ndim and draw(st.booleans()):
        array = array[::-1]
    kind: type[NDArray[Any]] = draw(st.sampled_from([np.ndarray, Subclass]))
    return array.view(kind)


@given(
    given=st.one_of(
        arrays(),
        st.integers(-3, 3),
        st.sampled_from([2**40, -(2**70), True, None, 1.5, "10", [[True]], np.int8(2)]),
    ),
    lanes=st.sampled_from([1, 2]),
    sources=st.booleans(),
)
@settings(deadline=None, max_examples=300)
def test_whatever_is_given_runs_or_is_refused(
    given: Any, lanes: int, sources: bool, random_network: Any
) -> None:
    network = random_network(SEED, sources=sources)
    assert network.inputs == INPUTS
    dtype = np.dtype(np.bool_ if sources else np.float32)
    if isinstance(given, np.ndarray):
        shape = given.shape if given.ndim == 3 else (*given.shape, 1)
        fits = given.dtype == dtype and shape[1:] == (INPUTS, lanes) and np.isfinite(given).all()
    else:
        fits = isinstance(given, int | np.integer) and given is not True and 0 <= given < 2**31
    stepper = Stepper(network, lanes)

    if not fits:
        with pytest.raises(InputError):
            stepper.run(given)
        return
    fired = stepper.run(given)

    if not isinstance(given, np.ndarray):
        has_lanes, inputs = lanes > 1, np.zeros((given, INPUTS, lanes), dtype)
    else:
        has_lanes, inputs = given.ndim == 3, given.reshape(len(given), INPUTS, lanes)
    expected = reference.simulate(network, inputs).spikes[:, network.output_neurons]
    np.testing.assert_array_equal(fired, expected if has_lanes else expected[:, :, 0])
    np.testing.assert_array_equal(stepper.counts, expected.sum(axis=0))


def test_a_compiled_loop_steps_a_network(random_network: Any, random_inputs: Any) -> None:
    network = random_network(7)
    stepper, other = Stepper(network), Stepper(network)
    if not has_vectors():
        with pytest.raises(InputError, match="does not run event-driven"):
            _ = stepper.event_driven
        return
    inputs = random_inputs(network, 60, 1, 7)[:, :, 0]

    total = _spikes_of_first_output(entries.step("float32"), stepper.event_driven, inputs)

    assert total == other.run(inputs)[:, 0].sum()
    np.testing.assert_array_equal(stepper.potentials, other.potentials)


@numba.njit
def _spikes_of_first_output(step: Any, network: Any, inputs: Any) -> int:
    sizes, structure, numbers, state = network
    outputs = sizes[OUTPUTS]
    fired, counts = np.empty((5, outputs), np.bool_), np.empty(outputs, np.int32)
    total = 0
    for start in range(0, len(inputs), 5):
        step(sizes, structure, numbers, state, inputs[start : start + 5], fired, counts)
        total += counts[0]
    return total


def test_a_compiled_loop_cannot_leave_the_arrays(random_network: Any) -> None:
    if not has_vectors():
        pytest.skip("this processor has no AVX2: nothing runs event-driven")
    network = random_network(7)
    events, step = Stepper(network).event_driven, entries.step("float32")
    inputs, outputs = network.inputs, network.outputs
    for ticks, sources, rows, columns, counted in (
        (2, inputs + 1, 2, outputs, outputs),
        (2, inputs, 1, outputs, outputs),
        (2, inputs, 2, outputs + 1, outputs),
        (2, inputs, 2, outputs, outputs - 1),
    ):
        given, fired = np.ones((ticks, sources), bool), np.ones((rows, columns), bool)
        counts = np.ones(counted, np.int32)
        assert not step(*events, given, fired, counts)
        assert fired.all()
        assert counts.all()
