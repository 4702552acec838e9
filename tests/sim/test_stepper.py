"""The stepper: state carried, reset, copied; clear errors."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikevolve import InputError
from spikevolve.sim import reference
from spikevolve.sim.simulate import simulate
from spikevolve.sim.stepper import Stepper


@pytest.mark.parametrize("sources", [True, False])
@pytest.mark.parametrize("lanes", [1, 70])
def test_steps_equal_one_long_run(
    arithmetic: str, sources: bool, lanes: int, random_network: Any, random_inputs: Any
) -> None:
    network = random_network(7, arithmetic, sources=sources)
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


def test_mistakes_are_named(random_network: Any) -> None:
    network = random_network(7)
    right = np.zeros((4, network.inputs, 2), bool)

    with pytest.raises(InputError, match="lanes is 0; there must be at least 1"):
        Stepper(network, 0)
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


@given(shape=st.lists(st.integers(0, 4), max_size=4), dtype=st.sampled_from("?fdiQ"))
@settings(deadline=None)
def test_any_shape_runs_or_is_refused(shape: list[int], dtype: str, random_network: Any) -> None:
    network = random_network(7)
    inputs = np.zeros(shape, dtype)
    fits = dtype == "?" and shape[1:] == [network.inputs, 2]

    if fits:
        Stepper(network, 2).run(inputs)
    else:
        with pytest.raises(InputError):
            Stepper(network, 2).run(inputs)
