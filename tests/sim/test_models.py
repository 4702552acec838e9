"""The registry of neuron models: what has kernels, and what is refused."""

from typing import Any

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.sim import models, reference
from spikevolve.sim.kernels import entries
from spikevolve.sim.network import Network
from spikevolve.sim.neurons.hodgkin_huxley import SQUID_AXON
from spikevolve.sim.simulate import simulate
from spikevolve.sim.stepper import Stepper


@pytest.fixture
def squid_axon(charged_neuron: Any) -> Network:
    network: Network = charged_neuron("hh", "float64", **SQUID_AXON)
    return network


def test_only_models_with_kernels_can_be_searched_with() -> None:
    assert models.names() == ("lif", "if", "alif", "cuba_lif", "izhikevich", "risp")


def test_a_model_without_kernels_is_simulated_by_the_reference(squid_axon: Network) -> None:
    current = np.full((20, 1, 2), 10.0)

    shown = simulate(squid_axon, current)

    assert shown.spikes.any()
    np.testing.assert_array_equal(
        shown.potentials, reference.simulate(squid_axon, current).potentials
    )


def test_a_model_without_kernels_is_refused_elsewhere(squid_axon: Network) -> None:
    sentence = "'hh' has no kernels: it can be simulated, but not stepped, measured or searched"

    with pytest.raises(InputError, match=sentence):
        entries.model("hh", "float64")
    with pytest.raises(InputError, match=sentence):
        Stepper(squid_axon)


def test_an_unknown_model_or_arithmetic_is_named() -> None:
    with pytest.raises(InputError, match=r"'fif' is unknown; there is lif, if, alif, .*, hh"):
        models.check_name("fif", "float32")
    with pytest.raises(InputError, match="'alif' has no arithmetic 'integer'; there is float32"):
        models.check_name("alif", "integer")
