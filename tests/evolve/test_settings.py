"""Settings: what is refused, and who chooses what the user left open."""

import json
import math
from pathlib import Path

import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.runs.prepare import mutation_rates, prepare
from spikevolve.evolve.runs.run_folder import run_folder
from spikevolve.evolve.runs.setting_kinds import (
    Choice,
    Kind,
    Real,
    Text,
    Texts,
    Weights,
    Whole,
    YesNo,
)
from spikevolve.evolve.runs.settings import SETTINGS, Settings, settings_from
from spikevolve.genomes import MutationRates


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("population", 3, "from 4"),
        ("population", 10.5, "whole number"),
        ("population", True, "whole number"),
        ("seed", -1, "from 0"),
        ("minutes", -1.0, "at least 0"),
        ("minutes", float("nan"), "at least 0"),
        ("target", float("inf"), "a number"),
        ("crossover", 1.5, "from 0 to 1"),
        ("engine", "dask", "auto, local, ray"),
        ("selection", 3, "a text that is not empty"),
        ("constraint", "synapses <= 3", "a list of texts"),
        ("encoder", "", "not empty"),
        ("fresh_episodes", 1, "true or false"),
        ("weights", (1.0, 2.0), "three numbers"),
        ("ranges", 3, "table"),
        ("rates", 0.5, "table of mutations"),
        ("hidden", "6,3", "two such as 3,6"),
        ("hidden", -1, "from 0 to 100000"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(
    name: str, value: object, allowed: str
) -> None:
    with pytest.raises(InputError) as error:
        settings_from({"task": "iris", name: value})

    message = str(error.value)
    assert name in message
    assert repr(value) in message
    assert allowed in message


def test_an_unknown_word_is_answered_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"'popluation' \(did you mean 'population'"):
        settings_from({"task": "iris", "popluation": 10})


def test_settings_without_a_task_are_refused() -> None:
    with pytest.raises(InputError, match="no task"):
        settings_from({"seed": 3})


def test_more_elites_than_individuals_are_refused() -> None:
    with pytest.raises(InputError, match="elites is 20"):
        settings_from({"task": "iris", "elites": 20, "population": 10})


def test_the_task_chooses_what_the_user_left_open() -> None:
    chosen = Settings("iris", population=30).completed({"population": 50, "elites": 5})

    assert (chosen.population, chosen.elites, chosen.crossover) == (30, 5, 0.5)


def test_default_limits_give_way_to_any_limit_of_the_user() -> None:
    defaults = {"generations": 80, "target": 0.99}

    assert Settings("iris").completed(defaults).generations == 80
    assert Settings("iris").completed({}).generations == 200
    timed = Settings("iris", minutes=2.0).completed(defaults)
    assert (timed.generations, timed.target, timed.minutes) == (None, None, 2.0)


def test_patience_alone_leaves_the_other_default_limits() -> None:
    defaults = {"evaluations": 80, "patience": 0.3}

    patient = Settings("iris", patience=0.6).completed(defaults)
    assert (patient.patience, patient.evaluations, patient.generations) == (0.6, 80, None)
    beside = Settings("iris", patience=0.6, minutes=2.0).completed(defaults)
    assert (beside.patience, beside.evaluations, beside.minutes) == (0.6, None, 2.0)
    timed = Settings("iris", minutes=2.0).completed(defaults)
    assert (timed.patience, timed.evaluations, timed.minutes) == (None, None, 2.0)
    assert Settings("cartpole", patience=0.6).completed({}).generations == 200


def test_hidden_neurons_are_up_to_a_number_or_between_two() -> None:
    few = prepare(Settings("cartpole", hidden=4, initial="random")).search.initial
    six = prepare(Settings("cartpole", hidden="6,6", initial="dense")).search.initial

    assert (few.fewest, few.hidden, few.kind) == (None, 4, "random")
    assert (six.fewest, six.hidden, six.kind) == (6, 6, "dense")


def test_a_density_of_networks_that_are_joined_wholly_is_refused() -> None:
    with pytest.raises(InputError, match=r"density is 0.5, but dense first networks are joined"):
        Settings("cartpole", density=0.5, initial="dense")
    assert Settings("cartpole", initial="layered").completed({"density": 0.5}).density is None


@pytest.mark.parametrize(
    ("task", "initial", "message"),
    [
        ("cartpole", "dens", "initial: there is no 'dens' .did you mean 'dense'"),
        ("iris", "layered", "initial is 'layered', but on task iris networks learn"),
    ],
)
def test_first_networks_that_there_are_not_are_refused(
    task: str, initial: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        prepare(Settings(task, initial=initial))


def test_what_a_tournament_does_not_go_with_makes_a_run_a_single_search() -> None:
    defaults = {"searches": 6, "sources": "variation,cma_es", "heat": 50}

    usual = Settings("cartpole").completed(defaults)
    assert (usual.searches, usual.sources) == (6, "variation,cma_es")
    for asked in ({"racing": 3}, {"parents": "epsilon_lexicase"}, {"fresh_episodes": False}):
        single = Settings("cartpole", **asked).completed(defaults)
        assert (single.searches, single.sources, single.heat) == (1, None, None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sources": "variation,cma"}, "sources: there is no 'cma' .did you mean 'cma_es'"),
        ({"sources": ","}, "sources: there is no ''"),
        ({"searches": 1, "sources": "cma_es"}, "sources is 'cma_es', but there is a single"),
        ({"searches": 1, "heat": 50}, "heat is 50, but there is a single search: say --searches"),
        (
            {"searches": 1, "initial": "random,dense"},
            "initial is 'random,dense', but a single search",
        ),
        ({"searches": 4, "racing": 3}, "searches is 4, but racing is 3: a tournament has no races"),
        (
            {"searches": 4, "parents": "epsilon_lexicase"},
            "searches is 4, but parents is 'epsilon_le",
        ),
        ({"searches": 4, "fresh_episodes": False}, "searches is 4, but task cartpole has fixed"),
        ({"searches": 4, "task": "iris"}, "searches is 4, but task iris has samples"),
        (
            {"hidden": "40,40"},
            "cma_es: dense first networks of 40 hidden neurons have some 2,184 numbers",
        ),
    ],
)
def test_what_a_tournament_cannot_be_is_said_in_a_sentence(
    given: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        prepare(settings_from({"task": "cartpole", **given}))


def test_ranges_of_the_task_give_way_one_by_one() -> None:
    chosen = Settings("iris", ranges={"delay": [1, 3]}).completed(
        {"ranges": {"delay": [1, 8], "max_hidden": 5}}
    )

    assert chosen.ranges == {"delay": [1, 3], "max_hidden": 5}


def test_a_list_of_the_user_replaces_the_one_value_of_the_task() -> None:
    defaults = {"ranges": {"leak": 1.0, "thresholds": [0.5, 1.0], "soft_reset": 1}}

    chosen = Settings("iris", ranges={"leaks": [0.5, 0.9]}).completed(defaults)

    assert chosen.ranges == {"leaks": [0.5, 0.9], "thresholds": [0.5, 1.0], "soft_reset": 1}


def test_of_a_tasks_ranges_those_without_a_unit_apply_to_every_profile() -> None:
    ranges = {"direct": False, "max_hidden": 5, "delay": [1, 2], "weight": [-1, 1], "leak": 1.0}

    chosen = Settings("iris", profile="int8", ranges={"max_hidden": 7}).completed(
        {"ranges": ranges}
    )

    assert chosen.ranges == {"direct": False, "max_hidden": 7, "delay": [1, 2]}


def test_weights_are_those_of_the_user_then_of_the_task() -> None:
    defaults = {"weights": (1.0, 0.0, 0.0)}

    assert Settings("iris").completed({}).weights is None  # those of the objectives
    assert Settings("iris").completed(defaults).weights == (1.0, 0.0, 0.0)
    assert Settings("iris", weights=(1.0, 2.0, 3.0)).completed(defaults).weights == (1.0, 2.0, 3.0)
    assert Settings("iris", objectives="score,spikes").completed(defaults).weights is None


def test_an_unknown_mutation_is_answered_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"'add_synapsis' \(did you mean 'add_synapse'"):
        mutation_rates({"add_synapsis": 1.0})


def test_rates_that_are_not_named_keep_their_usual_value() -> None:
    assert mutation_rates({"add_neuron": 0.5}) == MutationRates(add_neuron=0.5)


def test_settings_survive_the_run_folder() -> None:
    settings = Settings("iris", ranges={"delay": [1, 3]}, weights=(1.0, 0.5, 0.25), minutes=1.5)

    assert settings_from(json.loads(json.dumps(settings.to_json()))) == settings


def test_the_score_reaches_the_task() -> None:
    task = prepare(Settings(task="iris", score="f1")).task

    assert task.describe()["score"] == "f1"


@pytest.mark.parametrize(
    ("kind", "accepted", "refused"),
    [
        (Whole(2, 5), [2, 5], [1, 6, 2.0, True, "2"]),
        (Real(0.5, 2.0), [0.5, 1, 2.0], [0.4, 2.1, math.nan, True, "1"]),
        (Real(), [-1e300, 0], [math.inf, -math.inf, math.nan]),
        (Choice("a", "b"), ["a", "b"], ["c", "", ["a"]]),
        (Text(), ["a"], ["", 1, ("a",)]),
        (Texts(), [("a",), ("a", "b c"), ()], ["a", ("",), ("a", 1), ["a"]]),
        (YesNo("no"), [True, False], [1, "yes"]),
        (Weights(), [(1, 2.5, 0), "score=1"], [(1, 2), (1, 2, "3"), (1, 2, math.inf), 1, ""]),
    ],
)
def test_a_kind_accepts_its_values_alone(
    kind: Kind, accepted: list[object], refused: list[object]
) -> None:
    assert [value for value in accepted if not kind.accepts(value)] == []
    assert [value for value in refused if kind.accepts(value)] == []


def test_defaults_and_fallbacks_are_values_that_their_settings_accept() -> None:
    chosen = Settings("iris").completed({})

    for setting in SETTINGS:
        value = getattr(chosen, setting.name)
        assert value is None or setting.kind.accepts(value), setting.name
        if setting.fallback is not None:
            assert value == setting.fallback, setting.name


@pytest.mark.parametrize("out", [None, "runs/first", "."])
def test_a_run_is_not_kept_where_a_job_of_ray_was_unpacked(
    out: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked = tmp_path / "session_1/runtime_resources/working_dir_files/_ray_pkg_1"
    unpacked.mkdir(parents=True)
    monkeypatch.chdir(unpacked)
    words = {"task": "iris", **({} if out is None else {"out": out})}

    with pytest.raises(
        InputError, match=r"thrown away when the job has ended: give --out the whole"
    ):
        run_folder(settings_from(words))
    assert run_folder(settings_from({**words, "out": str(tmp_path / "a")})) == tmp_path / "a"
