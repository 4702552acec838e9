"""The RISP neuron: what an event does, and that nothing happens without one."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.sim import models, reference
from spikevolve.sim.network import Network
from spikevolve.sim.neurons.risp import EMPTY_EVENT
from spikevolve.sim.simulate import simulate


def neuron(
    arithmetic: str, threshold: float, leak: int = 0, min_potential: int = -8, late_reset: int = 0
) -> Network:
    """One neuron that is input and output."""
    dtype: Any = models.DTYPES[arithmetic]
    return Network(
        model="risp",
        arithmetic=arithmetic,
        source_count=0,
        input_neurons=np.zeros(1, np.int32),
        output_neurons=np.zeros(1, np.int32),
        offsets=np.zeros(2, np.int32),
        sources=np.zeros(0, np.int32),
        weights=np.zeros(0, dtype),
        delays=np.zeros(0, np.int32),
        parameters=np.array([[threshold, leak, min_potential, late_reset]], dtype),
    )


def run(network: Network, charges: list[int]) -> tuple[list[int], list[float]]:
    """Ticks of the spikes, and the potential after each tick, kernel and reference agreeing."""
    inputs: NDArray[Any] = np.array(charges, network.weights.dtype)[:, None, None]
    shown, expected = simulate(network, inputs), reference.simulate(network, inputs)
    np.testing.assert_array_equal(shown.spikes, expected.spikes)
    np.testing.assert_array_equal(shown.potentials, expected.potentials)
    return np.flatnonzero(shown.spikes[:, 0, 0]).tolist(), shown.potentials[:, 0, 0].tolist()


@pytest.fixture(params=["integer", "float64"])
def arithmetic(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_charges_add_up_to_a_spike(arithmetic: str) -> None:
    assert run(neuron(arithmetic, 5), [2, 0, 2, 1, 4]) == ([3], [2, 2, 4, 0, 4])


def test_a_leak_waits_for_the_next_event(arithmetic: str) -> None:
    assert run(neuron(arithmetic, 5, leak=1), [4, 0, 4, 5]) == ([3], [4, 4, 4, 0])


def test_the_floor_waits_for_the_next_event_and_never_clamps_a_sum(arithmetic: str) -> None:
    network = neuron(arithmetic, 5, min_potential=-3)

    assert run(network, [-9, 0, 4, -7]) == ([], [-9, -9, 1, -6])


def test_a_threshold_of_zero_answers_to_events_alone(arithmetic: str) -> None:
    assert run(neuron(arithmetic, 0), [0, EMPTY_EVENT, 0, -1, 1]) == ([1, 4], [0, 0, 0, -1, 0])


def test_a_late_reset_shows_the_charge_for_one_tick(arithmetic: str) -> None:
    network = neuron(arithmetic, 5, late_reset=1)

    assert run(network, [6, 0, 6, 6, 1]) == ([0, 2, 3], [6, 0, 6, 6, 1])


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"threshold": 2**29 + 1}, "neuron 0 has threshold 536870913.0; it must be -536870912 "),
        ({"threshold": 1, "leak": 2}, "neuron 0 has leak 2.0; it must be 0 or 1"),
        ({"threshold": 1, "min_potential": 1}, "min_potential 1.0; it must be -536870912 to 0"),
        ({"threshold": 1, "late_reset": -1}, "late_reset -1.0; it must be 0 or 1"),
        ({"threshold": np.nan}, "threshold nan"),
    ],
)
def test_mistakes_are_named(parameters: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        neuron("float64", **parameters).validate()
