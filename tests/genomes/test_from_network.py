"""Networks become genomes: of their own hardware the same, of other hardware with the same spikes."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.genomes import Genome, InitialSettings, Profile, express, profile, random_genome
from spikevolve.genomes.from_network import Places, genome_from_network, whole_network
from spikevolve.sim.network import Network
from spikevolve.sim.simulate import simulate

SAME = Places((0, 1, 2), (0, 1))
TICKS = 40

#: What all models have that integrate and fire.
PLAIN: dict[str, Any] = {"leaks": [0, 1], "refractory": [0, 0], "delay": [1, 4]}


def drawn(chip: Profile, seed: int = 1) -> Genome:
    return random_genome(3, 2, chip, InitialSettings(4, 0.5), np.random.default_rng(seed))


def converted(genome: Genome, before: Profile, after: Profile, charge: float = 1.0) -> Genome:
    return genome_from_network(whole_network(genome, before), after, SAME, charge=charge).genome


def outputs_of(network: Network, spikes: NDArray[np.bool_], charge: float = 1.0) -> list[Any]:
    """Ticks and numbers of the spikes of outputs."""
    given: NDArray[Any] = spikes
    if not network.source_count:
        given = (spikes * charge).astype(network.weights.dtype)
    fired = simulate(network, given).spikes[:, network.output_neurons]
    found: list[Any] = np.argwhere(fired).tolist()
    return found


def given_spikes(seed: int = 0) -> NDArray[np.bool_]:
    return np.random.default_rng(seed).random((TICKS, 3, 8)) < 0.4


def test_a_genome_s_network_becomes_that_genome_again(chip: Profile, evolved: Any) -> None:
    genome = evolved(chip, 7)
    first = genome.inputs + genome.outputs
    ids = {n: int(genome.neuron_ids[n]) for n in range(first, genome.neurons)}

    found = genome_from_network(
        whole_network(genome, chip), chip, SAME, hidden_ids=ids, traits=genome.traits
    )

    heavy = genome.with_synapses(
        (
            np.ascontiguousarray(genome.wiring[:, genome.weights != 0]),
            genome.weights[genome.weights != 0],
        )
    )
    assert found.genome == heavy
    assert (found.scale, found.change) == (1.0, None)


def test_ids_of_hidden_neurons_are_derived_and_stay() -> None:
    chip = profile("float")
    network = express(drawn(chip), chip)

    one, other = (genome_from_network(network, chip, SAME).genome for _ in range(2))

    assert one == other
    assert one.hidden > 0


@pytest.mark.parametrize("model", ["if", "alif", "cuba_lif"])
def test_neurons_that_do_not_leak_are_the_same_in_every_model(model: str) -> None:
    before = profile("float", {**PLAIN, "leaks": [1]})
    after = profile(model, {k: v for k, v in PLAIN.items() if model != "if" or k != "leaks"})
    for seed in range(6):
        genome = drawn(before, seed)

        there = converted(genome, before, after)
        back = converted(there, after, before)

        spikes = given_spikes()
        expected = outputs_of(express(genome, before), spikes)
        assert outputs_of(express(there, after), spikes) == expected
        assert outputs_of(express(back, before), spikes) == expected


def test_integers_become_fractions_that_spike_the_same() -> None:
    coarse = {**PLAIN, "weight": [-127, 127, 1], "threshold": [8, 248, 8], "v_min": -255}
    before, after = profile("int8", coarse), profile("float", {**PLAIN, "v_min": -255 / 128})
    total = 0
    for seed in range(6):
        genome = drawn(before, seed)

        found = genome_from_network(whole_network(genome, before), after, SAME)

        expected = outputs_of(express(genome, before), given_spikes())
        assert outputs_of(express(found.genome, after), given_spikes()) == expected
        assert (found.scale, found.change) == (2.0**-7, None)
        total += len(expected)
    assert total > 100


def test_risp_becomes_a_neuron_that_leaks_all_or_nothing_and_comes_back() -> None:
    before = profile("risp", {"threshold": [1, 127]})
    after = profile("int8", {**PLAIN, "delay": [1, 15], "inputs": "neurons", "v_min": -127})
    for seed in range(6):
        genome = drawn(before, seed)

        there = converted(genome, before, after)
        back = converted(there, after, before)

        expected = outputs_of(express(genome, before), given_spikes(), 127)
        assert outputs_of(express(there, after), given_spikes(), 127) == expected
        assert outputs_of(express(back, before), given_spikes(), 127) == expected


def test_sources_become_neurons_that_pass_spikes_on_and_sources_again() -> None:
    before = profile("float", PLAIN)
    after = profile("float", {**PLAIN, "inputs": "neurons"})
    for seed in range(6):
        genome = drawn(before, seed)

        there = converted(genome, before, after)
        back = converted(there, after, before)

        expected = outputs_of(express(genome, before), given_spikes())
        assert outputs_of(express(there, after), given_spikes(), after.full_charge) == expected
        assert outputs_of(express(back, before), given_spikes()) == expected


def test_values_off_the_grid_are_rounded_and_the_largest_change_is_told() -> None:
    before, after = profile("float"), profile("float", {"weight": [-1, 1, 0.25], "delay": [1, 15]})
    genome = drawn(before)

    found = genome_from_network(whole_network(genome, before), after, SAME)

    assert found.change is not None
    assert found.change.name in ("weight", "threshold")
    assert 0 < found.change.share <= 0.125 / 0.75
    assert found.lost == genome.synapses - found.genome.synapses


def test_what_has_no_place_is_left_out_and_what_is_new_is_silent() -> None:
    chip = profile("float", {"bias": [-1, 1]})
    genome = drawn(chip)
    network = whole_network(genome, chip)

    found = genome_from_network(network, chip, Places((2, None), (None, 1, None))).genome

    assert (found.inputs, found.outputs) == (2, 3)
    assert not np.isin(found.wiring[:2], [1, 2, 4]).any()
    assert not found.parameters[[2, 4], chip.columns["bias"]].any()
    from_third = genome.weights[(genome.sources == 2) & (genome.targets == 4)]
    assert np.array_equal(found.weights[(found.sources == 0) & (found.targets == 3)], from_third)


def test_an_output_that_others_listen_to_stays_as_a_hidden_neuron() -> None:
    chip = profile("float")
    genome = drawn(chip)
    listened_to = bool(np.any((genome.sources == 3) & (genome.targets != 3)))

    found = genome_from_network(whole_network(genome, chip), chip, Places((0, 1, 2), (1,))).genome

    assert listened_to
    assert found.hidden == genome.hidden + 1


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ({}, {"max_hidden": 1}, "hidden neurons, but the profile allows 1; --ranges max_hidden="),
        ({}, {"max_synapses": 3}, "synapses, but the profile allows 3; --ranges max_synapses="),
        ({}, {"direct": False}, "--ranges direct=true would"),
        (
            {"inputs": "neurons", "threshold": [2, 4]},
            {},
            "more than pass spikes on; --ranges inputs=neurons would allow them",
        ),
    ],
)
def test_what_cannot_fit_is_refused(
    before: dict[str, object], after: dict[str, object], sentence: str
) -> None:
    chip = profile("float", before)

    with pytest.raises(InputError, match=sentence):
        converted(drawn(chip), chip, profile("float", after))


def test_other_neurons_are_refused() -> None:
    chip = profile("izhikevich")

    with pytest.raises(InputError, match="model izhikevich has no equivalent in lif"):
        converted(drawn(chip), chip, profile("float"))
