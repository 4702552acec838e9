"""A conventional network becomes a spiking one whose rates are the activations of its units."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.genomes import express, profile
from spikevolve.genomes.from_weights import Feed, Layer, genome_from_weights
from spikevolve.sim.simulate import simulate

ADDING: dict[str, Any] = {"soft_reset": 1, "bias": [-1, 1]}
TICKS = 200


def layers(rng: np.random.Generator, *sizes: int) -> list[Layer]:
    return [
        Layer(rng.normal(0, 1.5 / np.sqrt(rows), (rows, units)), rng.normal(0, 0.3, units))
        for rows, units in pairwise(sizes)
    ]


def activations(x: NDArray[np.float64], network: list[Layer]) -> list[NDArray[np.float64]]:
    """Of each layer, by matrix products; the last one does not rectify."""
    found = []
    for number, layer in enumerate(network):
        x = x @ layer.weights + layer.bias
        x = x if number == len(network) - 1 else np.maximum(x, 0)
        found.append(x)
    return found


def even_spikes(x: NDArray[np.float64], per_tick: float) -> NDArray[np.bool_]:
    """(ticks, features, samples): the running sum of the rate crosses a whole number."""
    sums = np.floor(np.arange(TICKS + 1)[:, np.newaxis, np.newaxis] * x.T * per_tick + 1e-9)
    return np.diff(sums, axis=0) > 0


@pytest.mark.parametrize("per_tick", [1.0, 0.5])
@pytest.mark.parametrize("sizes", [(6, 8, 3), (6, 3), (6, 10, 7, 4)])
def test_rates_are_activations_and_decisions_the_same(
    sizes: tuple[int, ...], per_tick: float
) -> None:
    rng = np.random.default_rng(5)
    network, x = layers(rng, *sizes), rng.random((200, 6))
    expected = activations(x, network)

    genome = genome_from_weights(network, Feed(x, per_tick), profile("float", ADDING))

    spikes = simulate(express(genome, profile("float", ADDING)), even_spikes(x, per_tick)).spikes
    rates = spikes.sum(axis=0).T / TICKS
    by_id = dict(zip(genome.neuron_ids.tolist(), rates.T, strict=True))
    hidden = np.array([by_id[n] for n in genome.neuron_ids[6 + sizes[-1] :].tolist()]).T
    for layer in expected[:-1]:
        wanted = layer / layer.max()
        nearest = np.abs(hidden[:, :, np.newaxis] - wanted[:, np.newaxis]).mean(axis=0).min(axis=0)
        assert nearest.max() < 0.02
    decided = rates[:, 6 : 6 + sizes[-1]].argmax(axis=1)
    assert np.mean(decided == expected[-1].argmax(axis=1)) >= 0.97


def test_integers_do_too() -> None:
    rng = np.random.default_rng(6)
    network, x = layers(rng, 6, 8, 3), rng.random((200, 6))
    chip = profile("int8", {"soft_reset": 1, "bias": [-127, 127]})

    genome = genome_from_weights(network, Feed(x, 1.0), chip)

    spikes = simulate(express(genome, chip), even_spikes(x, 1.0)).spikes
    decided = spikes[:, 6:9].sum(axis=0).argmax(axis=0)
    assert np.mean(decided == activations(x, network)[-1].argmax(axis=1)) >= 0.95


def test_only_the_first_input_of_a_feature_has_synapses() -> None:
    rng = np.random.default_rng(5)
    network, x = layers(rng, 6, 8, 3), rng.random((20, 6))

    genome = genome_from_weights(network, Feed(x, 1.0, width=2), profile("float", ADDING))

    assert genome.inputs == 12
    assert {*genome.sources[genome.sources < 12].tolist()} == {0, 2, 4, 6, 8, 10}


@pytest.mark.parametrize(
    ("name", "changes", "sentence"),
    [
        ("float", {}, r"add up what they get: say --ranges soft_reset=1 --ranges bias=\[-1,1\]$"),
        ("float", {**ADDING, "leaks": [0.5]}, "say --ranges leak=1$"),
        ("float", {**ADDING, "max_hidden": 4}, "8 hidden neurons, .* --ranges max_hidden=8"),
        (
            "float",
            {**ADDING, "weight": [-(2**-6), 2**-6]},
            r"the largest weight is .* at least 0\.0625: --ranges weight=\[-1,1\] would make room",
        ),
        ("risp", {}, r"--profile must be float, if or int8 \(it is risp\)"),
    ],
)
def test_hardware_that_cannot_do_it_is_refused(
    name: str, changes: dict[str, Any], sentence: str
) -> None:
    rng = np.random.default_rng(5)

    with pytest.raises(InputError, match=sentence):
        genome_from_weights(
            layers(rng, 6, 8, 3), Feed(rng.random((20, 6)), 1.0), profile(name, changes)
        )
