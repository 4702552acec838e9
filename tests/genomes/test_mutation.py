"""Mutation as a whole: numbers, rates, and that it changes something."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.genomes import (
    MUTATIONS,
    InitialSettings,
    MutationRates,
    Profile,
    mutate,
    profile,
    random_genome,
    validate,
)


def test_there_is_a_rate_for_every_mutation() -> None:
    assert set(MutationRates.__dataclass_fields__) == set(MUTATIONS)
    assert MutationRates().names == tuple(MUTATIONS) == tuple(sorted(MUTATIONS))


def test_a_mutant_is_valid_and_differs(chip: Profile, evolved: Any) -> None:
    for seed in range(60):
        genome = evolved(chip, seed)
        child, names = mutate(genome, chip, MutationRates(), np.random.default_rng(seed))
        validate(child, chip)
        assert child != genome
        assert names
        assert set(names) <= set(MUTATIONS)


def test_mutations_that_undo_each_other_are_drawn_again() -> None:
    """With one weight of three values, two moves in a row often come back."""
    chip = profile("float", {"weight": [-1, 1, 1]})
    rates = only("perturb_weight")
    for seed in range(200):
        rng = np.random.default_rng(seed)
        genome = random_genome(1, 1, chip, InitialSettings(0, 0), rng)
        child, _ = mutate(genome, chip, rates, rng, extra=1.0)
        assert child != genome


def only(*names: str) -> MutationRates:
    return MutationRates(**{name: float(name in names) for name in MUTATIONS})


def test_an_operator_that_cannot_apply_is_replaced() -> None:
    chip = profile("float", {"max_hidden": 0})
    rng = np.random.default_rng(1)
    genome = random_genome(2, 1, chip, InitialSettings(0, 0.5), rng)
    rates = only("add_neuron", "remove_neuron", "perturb_bias", "perturb_leak")
    for _ in range(50):
        child, names = mutate(genome, chip, rates, rng, extra=0)
        assert names == ("perturb_leak",)
        assert child != genome


def test_an_operator_that_cannot_apply_leaves_the_others_at_their_rates() -> None:
    chip = profile("float", {"max_hidden": 0})
    rng, counts = np.random.default_rng(11), Counter[str]()
    genome = random_genome(2, 1, chip, InitialSettings(0, 0.5), rng)
    rates = only("add_neuron", "perturb_leak", "perturb_threshold")
    for _ in range(900):
        counts.update(mutate(genome, chip, rates, rng, extra=0)[1])
    assert counts["perturb_leak"] == pytest.approx(450, abs=75)
    assert counts["perturb_threshold"] == 900 - counts["perturb_leak"]


def test_where_no_operator_can_apply_the_genome_is_returned() -> None:
    rng = np.random.default_rng(2)
    genome = random_genome(2, 1, profile(), InitialSettings(0, 0.5), rng)
    assert mutate(genome, profile(), only("remove_neuron"), rng) == (genome, ())


@pytest.mark.parametrize("extra", [0.0, 1.0, 3.0])
def test_the_number_of_mutations_is_one_and_a_poisson_number(extra: float) -> None:
    rng = np.random.default_rng(3)
    genome = random_genome(4, 2, profile(), InitialSettings(3, 0.5), rng)
    counts = [
        len(mutate(genome, profile(), MutationRates(), rng, extra=extra)[1]) for _ in range(2000)
    ]
    assert np.mean(counts) == pytest.approx(1 + extra, abs=0.12)
    assert np.var(counts) == pytest.approx(extra, abs=0.4)


def test_operators_come_at_their_rates(evolved: Any) -> None:
    chip = profile("float", {"bias": [-0.5, 0.5], "v_reset": [-1, 0, 0.25]})
    chip = replace(chip, traits={"gain": (1.0, 2.0)})
    genome = evolved(chip, 4)
    rng = np.random.default_rng(4)
    rates = MutationRates(add_neuron=0.2)
    counts: Counter[str] = Counter()
    for _ in range(4000):
        counts.update(mutate(genome, chip, rates, rng, extra=0)[1])
    total = sum(getattr(rates, name) for name in MUTATIONS)
    for name in MUTATIONS:
        expected = 4000 * getattr(rates, name) / total
        assert abs(counts[name] - expected) < 5 * expected**0.5


def test_rates_that_fit_a_profile_name_what_its_neurons_have() -> None:
    rates = MutationRates()
    off = {"perturb_parameter", "perturb_trait"}
    assert set(rates.fitting(profile()).names) == set(MUTATIONS) - off
    chip = profile("float", {"leak": 0.9, "refractory": 0, "v_reset": [-1, 0, 0.25]})
    off = {"perturb_leak", "perturb_refractory", "perturb_trait"}
    assert set(rates.fitting(chip).names) == set(MUTATIONS) - off
    chip = replace(chip, traits={"gain": (1.0, 2.0), "one": (1.0,)})
    assert set(rates.fitting(chip).names) == set(MUTATIONS) - (off - {"perturb_trait"})
    with pytest.raises(InputError, match="at least one must be above 0"):
        only("perturb_leak").fitting(chip)


def test_mutation_repeats_with_its_randomness(evolved: Any) -> None:
    genome = evolved(profile(), 5)
    one, other = (
        mutate(genome, profile(), MutationRates(), np.random.default_rng(5)) for _ in range(2)
    )
    assert one == other


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ({"rewire": -1.0}, "rate of rewire is -1.0; it must be a finite number, 0 or more"),
        ({"rewire": float("nan")}, "rate of rewire is nan"),
        ({"rewire": float("inf")}, "rate of rewire is inf"),
        ({"rewire": {}}, "rate of rewire is {}; it must be a finite number, 0 or more"),
        ({"rewire": "often"}, "rate of rewire is 'often'; it must be"),
        ({"rewire": True}, "rate of rewire is True; it must be"),
        (dict.fromkeys(MUTATIONS, 0.0), "at least one must be above 0"),
    ],
)
def test_wrong_rates_are_refused(rates: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        MutationRates(**rates)
