"""Presets: what published searches set, where the user and the task leave room."""

from pathlib import Path

import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.runs.prepare import prepare
from spikevolve.evolve.runs.settings import Settings
from spikevolve.genomes import MutationRates


def test_eons_is_set_as_its_authors_do() -> None:
    found = prepare(Settings(task="cartpole", preset="eons"))
    settings, rates = found.settings, found.search.rates

    assert (settings.population, settings.tournament, settings.elites) == (100, 10, 4)
    assert (settings.crossover, settings.mutations, settings.searches) == (0.5, 2.0, 1)
    assert rates.add_neuron + rates.remove_neuron == 1 == rates.add_synapse + rates.remove_synapse
    assert rates.perturb_weight / rates.perturb_delay == pytest.approx(0.65 / 0.35)
    assert rates.perturb_weight + rates.perturb_delay == rates.perturb_threshold == 2.5
    assert rates.rewire == rates.perturb_leak == 0
    assert found.search.tournament is None


def test_neat_begins_with_inputs_joined_to_outputs_and_never_removes() -> None:
    found = prepare(Settings(task="cartpole", preset="neat"))

    assert (found.settings.population, found.settings.crossover) == (150, 0.75)
    assert (found.search.initial.hidden, found.search.initial.density) == (0, 1.0)
    assert set(found.search.rates.names) == {"perturb_weight", "add_synapse", "split_synapse"}


def test_window_and_budget_of_the_task_stay() -> None:
    usual, preset = (prepare(Settings(task="cartpole", preset=p)) for p in (None, "eons"))

    assert usual.task.ticks == preset.task.ticks
    assert usual.limits == preset.limits


def test_what_the_user_says_wins() -> None:
    rates = {"add_neuron": 0.2}
    given = Settings(task="cartpole", preset="eons", population=30, elites=2, rates=rates)
    found = prepare(given)

    assert (found.settings.population, found.settings.elites) == (30, 2)
    assert (found.search.rates.add_neuron, found.search.rates.remove_neuron) == (0.2, 0.45)


def test_a_preset_does_not_learn() -> None:
    found = prepare(Settings(task="iris", preset="neat"))
    assert found.search.learning is None
    assert MutationRates().perturb_weight != found.search.rates.perturb_weight

    said = "^gradient is 'on', but the preset neat has no learning; allowed are auto and off$"
    with pytest.raises(InputError, match=said):
        prepare(Settings(task="iris", preset="neat", gradient="on"))


def test_an_unknown_preset_is_named() -> None:
    with pytest.raises(
        InputError, match=r"^preset is 'hyperneat', but it must be one of eons, neat$"
    ):
        Settings(task="iris", preset="hyperneat")


@pytest.mark.parametrize("preset", ["eons", "neat"])
def test_a_run_with_a_preset_searches(preset: str, tmp_path: Path) -> None:
    from spikevolve import run

    found = run("iris", preset=preset, generations=3, out=str(tmp_path / "run"))

    assert set(found.individuals["source"]) == {"initial", "variation"}
    assert found.champion is not None
