"""Limits on the size of a genome, against counts that share no code with them."""

from collections import Counter
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from spikevolve.genomes import Genome, InitialSettings, Profile, profile, random_genome
from spikevolve.genomes.profiles.limits import exceeded, has_room_at, has_room_for


@pytest.fixture(params=range(9))
def genome(request: pytest.FixtureRequest, evolved: Any) -> Genome:
    """Genomes with a history, some with most synapses at one neuron, and one with all of them."""
    seed = request.param
    if seed == 8:
        rng = np.random.default_rng(seed)
        return random_genome(8, 1, profile(), InitialSettings(0, 0.8), rng)
    few: dict[str, int] = {"steps": 4, "inputs": 8, "outputs": 1} if seed % 2 else {}
    found: Genome = evolved(profile(), seed, **few)
    return found


def near(genome: Genome) -> list[Profile]:
    """Profiles whose limits lie just below, at and just above the sizes of a genome."""
    fan_in = max(Counter(genome.targets.tolist()).values())
    return [
        replace(
            profile(),
            max_hidden=max(genome.hidden + hidden, 0),
            max_synapses=genome.synapses + synapses,
            max_fan_in=fan_in + incoming,
        )
        for hidden, synapses, incoming in product((-1, 0, 1), repeat=3)
    ]


def test_a_limit_is_exceeded_where_a_count_says_so(genome: Genome) -> None:
    fan_in = Counter(genome.targets.tolist())
    for chip in near(genome):
        sentence = exceeded(genome, chip)
        if genome.hidden > chip.max_hidden:
            assert (
                sentence
                == f"genome has {genome.hidden} hidden neurons; it must have at most {chip.max_hidden}"
            )
        elif genome.synapses > chip.max_synapses:
            assert (
                sentence
                == f"genome has {genome.synapses} synapses; it must have at most {chip.max_synapses}"
            )
        elif max(fan_in.values()) > chip.max_fan_in:
            assert f" has {max(fan_in.values())} incoming synapses; it must have at most" in str(
                sentence
            )
        else:
            assert sentence is None


def test_there_is_room_up_to_the_limit(genome: Genome) -> None:
    fan_in = Counter(genome.targets.tolist())
    for chip in near(genome):
        for neurons, synapses in product((0, 1, 2), repeat=2):
            room = (
                genome.hidden + neurons <= chip.max_hidden
                and genome.synapses + synapses <= chip.max_synapses
            )
            assert has_room_for(genome, chip, neurons=neurons, synapses=synapses) == room
        for target in range(genome.neurons):
            assert has_room_at(genome, chip, target) == (fan_in[target] < chip.max_fan_in)
