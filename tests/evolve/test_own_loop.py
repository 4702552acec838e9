"""A loop of one's own around a search, and operators of one's own in its toolbox."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.random import Generator

import spikevolve
from spikevolve.errors import InputError
from spikevolve.evolve.networks.own_loop import counted, measured
from spikevolve.evolve.networks.run_and_resume import prepare_search, run
from spikevolve.evolve.search.search import Search
from spikevolve.evolve.search.search_settings import SearchSettings
from spikevolve.genomes import Genome, express, mutate, profile, random_genome
from spikevolve.measurements import NAMES

CHIP = profile()
SETTINGS = SearchSettings(3, 2, CHIP, chance_score=0.0, seed=3, population=12, elites=3)


@pytest.mark.slow
def test_a_loop_of_ones_own_finds_what_a_run_finds(tmp_path: Any) -> None:
    words: dict[str, Any] = {"population": 10, "generations": 4, "gradient": "off", "seed": 5}
    prepared = prepare_search("iris", **words)
    search = Search(prepared.search)
    rows = []
    while search.generation < 4:
        asked = search.ask()
        hashes, found = measured(prepared, search, asked)
        search.tell(asked, hashes, found)
        rows += [(str(i.id), row[0]) for i, row in zip(asked, found, strict=True)]

    table = run("iris", out=tmp_path / "run", **words).individuals

    assert rows == list(zip(table["id"], table["score"], strict=True))


@pytest.mark.slow
def test_fresh_episodes_are_those_of_the_generation(tmp_path: Any) -> None:
    words: dict[str, Any] = {"population": 8, "generations": 3, "episodes": 4}
    prepared = prepare_search("cartpole", **words)
    search = Search(prepared.search)
    scores = []
    while search.generation < 3:
        asked = search.ask()
        told = measured(prepared, search, asked)
        search.tell(asked, *told)
        scores += [row[0] for row in told[1]]

    table = run("cartpole", searches=1, out=tmp_path / "run", **words).individuals

    assert scores == table["score"].tolist()


def test_what_can_be_counted_is_added_to_what_was_measured() -> None:
    search = Search(SETTINGS)
    asked = search.ask()
    networks = [express(individual.genome, CHIP) for individual in asked]
    found = [{"score": 1.0, "spikes": 2.0, "latency": 3.0} for _ in asked]

    hashes, rows = counted(search, asked, found)

    assert hashes == [network.hash for network in networks]
    for network, row in zip(networks, rows, strict=True):
        known = dict(zip(NAMES, row, strict=True))
        assert (known["score"], known["spikes"], known["latency"]) == (1.0, 2.0, 3.0)
        sizes = (network.neurons, network.hidden, network.synapses)
        assert (known["neurons"], known["hidden"], known["synapses"]) == sizes
        assert math.isnan(known["input_spikes"])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"score": 1.0, "spikes": 2.0},
            "individual 0-0 has no 'latency', which the search goes by",
        ),
        ({"score": 1.0, "synapses": 2.0}, "'synapses' is not measured by running a network"),
    ],
)
def test_measurements_that_do_not_do_are_refused(values: dict[str, float], said: str) -> None:
    search = Search(SETTINGS)
    asked = search.ask()

    with pytest.raises(InputError, match=said):
        counted(search, asked, [values] * len(asked))
    with pytest.raises(InputError, match="of 1 individuals, but 12 were asked"):
        counted(search, asked, [values])


def test_a_task_in_plain_python_is_not_measured_in_this_process() -> None:
    prepared = prepare_search("gym:CartPole-v1", population=4)
    search = Search(prepared.search)

    with pytest.raises(InputError, match="is in plain Python, which may hang"):
        measured(prepared, search, search.ask())


def test_networks_do_not_learn_in_a_loop_of_ones_own() -> None:
    with pytest.raises(InputError, match="gradient is 'on', but in a loop of your own"):
        prepare_search("iris", gradient="on")
    with pytest.raises(
        InputError, match="searches is 4, but a loop of your own is a single search"
    ):
        prepare_search("cartpole", searches=4)
    with pytest.raises(InputError, match="islands is 2, but a loop of your own is a single search"):
        prepare_search("iris", islands=2)


def two_generations(search: Search) -> list[Any]:
    """Return the individuals of generation 1, all of generation 0 being as good."""
    asked = search.ask()
    search.tell(
        asked, *counted(search, asked, [{"score": 1.0, "spikes": 1.0, "latency": 1.0}] * 12)
    )
    return search.ask()


def test_operators_of_ones_own_take_the_place_of_ours() -> None:
    search = Search(SETTINGS)
    mates = []

    def blend(a: Genome, b: Genome, rng: Generator) -> Genome:
        mates.append((a, b))
        return a

    def lift(genome: Genome, rng: Generator) -> tuple[Genome, tuple[str, ...]]:
        child, names = mutate(genome, CHIP, SETTINGS.rates, rng)
        return child, (*names, "lift")

    search.toolbox.register("mate", blend)
    search.toolbox.register("mutate", lift)
    born = two_generations(search)

    assert {child.operators[-1] for child in born} == {"lift"}
    assert len(mates) == sum(len(child.parents) == 2 for child in born) > 0


def test_first_genomes_and_parents_of_ones_own() -> None:
    search = Search(SETTINGS)
    only = random_genome(3, 2, CHIP, SETTINGS.initial, np.random.default_rng(0))

    def oldest(population: list[Any], count: int, cases: object, rng: Generator) -> list[Any]:
        return [min(population, key=lambda one: one.id)] * count

    search.toolbox.register("genome", lambda rng: only)
    search.toolbox.register("select", oldest)
    born = two_generations(search)

    assert {child.parents for child in born} == {((0, 0),)}


def test_another_search_has_a_toolbox_of_its_own() -> None:
    one, other = Search(SETTINGS), Search(SETTINGS)
    one.toolbox.register("genome", lambda rng: None)

    assert len(other.ask()) == 12


SMALL = random_genome(2, 2, CHIP, SETTINGS.initial, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("name", "operator", "said"),
    [
        ("genome", lambda rng: "ACGT", r"'genome' of the toolbox must return a Genome \(got str\)"),
        ("genome", lambda rng: SMALL, "a genome of 2 inputs and 2 outputs; the search has 3 and 2"),
        (
            "mate",
            lambda a, b, rng: (a, b),
            r"'mate' of the toolbox must return a Genome \(got tuple",
        ),
        ("mutate", lambda g, rng: g, r"a genome and the names of what was done \(got Genome\)"),
    ],
)
def test_what_operators_of_ones_own_make_is_checked(name: str, operator: Any, said: str) -> None:
    search = Search(SETTINGS)
    search.toolbox.register(name, operator)

    with pytest.raises(InputError, match=said):
        two_generations(search)


def test_a_genome_beyond_the_hardware_is_refused() -> None:
    search = Search(SETTINGS)

    def heavier(genome: Genome, rng: Generator) -> tuple[Genome, tuple[str, ...]]:
        from dataclasses import replace

        return replace(genome, weights=genome.weights + np.float32(1e6)), ("heavier",)

    search.toolbox.register("mutate", heavier)

    with pytest.raises(InputError, match=r"the operator .mutate. of the toolbox: .*weight"):
        two_generations(search)


def test_the_search_is_where_the_package_says() -> None:
    assert spikevolve.Search is Search
    assert spikevolve.counted is counted
