"""Random numbers: by place in the search only, and DEAP's never leak."""

import random

import numpy as np
import pytest

from spikevolve.evolve.search.random_streams import RandomStreams, Stream, deap_randomness


def test_each_place_has_numbers_of_its_own() -> None:
    places = [(1, Stream.VARIATION, 3, 4), (2, Stream.VARIATION, 3, 4), (1, Stream.INITIAL, 3, 4)]
    places += [(1, Stream.VARIATION, 4, 3), (1, Stream.VARIATION, 3, 5)]

    draws = {RandomStreams(*place[:2]).generator(*place[2:]).random() for place in places}

    assert len(draws) == len(places)


def test_a_place_has_the_same_numbers_whatever_was_drawn_elsewhere() -> None:
    fresh, used = RandomStreams(7, Stream.SELECTION), RandomStreams(7, Stream.SELECTION)
    used.generator(5, 1).integers(10, size=3, dtype=np.uint32)  # leaves half a word in the buffer
    used.generator(9).normal(size=7)

    assert (used.generator(2).random(5) == fresh.generator(2).random(5)).all()
    assert used.generator(2).integers(2**32) == fresh.generator(2).integers(2**32)


def test_a_new_philox_at_the_same_counter_gives_the_same_numbers() -> None:
    philox = np.random.Philox(key=[7, Stream.INITIAL], counter=[0, 0, 4, 3])

    assert (
        RandomStreams(7, Stream.INITIAL).generator(3, 4).random()
        == np.random.Generator(philox).random()
    )


def test_the_largest_seed_is_a_seed() -> None:
    assert 0 <= RandomStreams(2**63 - 1, Stream.INITIAL).generator(0).random() < 1


def test_deap_draws_from_our_generator_and_leaves_no_trace() -> None:
    before = random.getstate()
    drawn = []
    for _ in range(2):
        with deap_randomness(RandomStreams(1, Stream.SELECTION).generator(0)):
            drawn.append(random.random())

    assert drawn[0] == drawn[1]
    assert random.getstate() == before


def test_the_global_generator_comes_back_after_an_error() -> None:
    before = random.getstate()
    with (
        pytest.raises(ZeroDivisionError),
        deap_randomness(RandomStreams(1, Stream.SELECTION).generator(0)),
    ):
        _ = 1 / 0

    assert random.getstate() == before
