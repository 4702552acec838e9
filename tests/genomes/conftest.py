"""What the tests of this room share: profiles of every kind, and genomes with a history."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from spikevolve.genomes import (
    MUTATIONS,
    PROFILES,
    Genome,
    InitialSettings,
    Profile,
    crossover,
    profile,
    random_genome,
)

MakeGenome = Callable[..., Genome]

CHIPS: Mapping[str, Profile] = PROFILES | {
    "bias": profile("float", {"bias": [-0.5, 0.5, 2**-4], "soft_reset": True}),
    "input neurons": profile("int8", {"inputs": "neurons", "bias": [-3, 9]}),
    "coarse": profile("float", {"weight": [-1, 1, 0.25], "leaks": [0.9], "delay": [1, 8]}),
    "tight": profile("float", {"max_hidden": 3, "max_synapses": 14, "max_fan_in": 4}),
    "fixed": profile(
        "int8", {"delay": [1, 1], "refractory": [0, 0], "leaks": [1.0], "threshold": [9, 9]}
    ),
    "shared": profile("int8", {"leak": 0.75, "refractory": 2, "bias": 1, "thresholds": [9, 90]}),
    "bottleneck": profile("float", {"direct": False, "max_hidden": 5, "threshold": [0.0625, 1]}),
    "traits": replace(
        profile("float"), traits={"gain": (0.25, 1 / 3, 2.5), "one": (1.0,), "fields": (3.0, 5.0)}
    ),
    "resets": profile("float", {"leak": [0, 1, 0.125], "v_reset": [-1, 0, 0.25]}),
}


@pytest.fixture(scope="session", params=CHIPS.values(), ids=list(CHIPS))
def chip(request: pytest.FixtureRequest) -> Profile:
    """Each of several profiles."""
    found: Profile = request.param
    return found


@pytest.fixture(scope="session")
def evolved() -> MakeGenome:
    """Makes a genome that has gone through random mutations and crossovers."""

    def make(
        chip: Profile, seed: int, steps: int = 40, inputs: int = 3, outputs: int = 2
    ) -> Genome:
        rng = np.random.default_rng(seed)
        settings = InitialSettings(hidden=4, density=0.3)
        first, second = (random_genome(inputs, outputs, chip, settings, rng) for _ in range(2))
        operators = list(MUTATIONS.values())
        for _ in range(steps):
            first = operators[rng.integers(len(operators))](first, chip, rng)
            second = operators[rng.integers(len(operators))](second, chip, rng)
            if rng.random() < 0.1:
                first = crossover(first, second, chip, rng)
        return first

    return make
