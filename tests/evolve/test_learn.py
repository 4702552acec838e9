"""Learning in runs: the same tables wherever it happens, what it costs, where there is none."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.evaluation.learn import learned
from spikevolve.evolve.networks.champion import Champion
from spikevolve.evolve.networks.network_files import export
from spikevolve.evolve.runs.prepare import Prepared, prepare
from spikevolve.evolve.runs.run import measure_test, start
from spikevolve.evolve.runs.settings import Settings, settings_from
from spikevolve.evolve.search.sources import Opening, Paths
from spikevolve.evolve.search.toolbox import search_toolbox
from spikevolve.genomes import express, from_text, validate
from spikevolve.results.store.reader import compare_tables, read_table
from spikevolve.tasks import Classification, TaskSettings

IRIS: dict[str, Any] = {"task": "iris", "population": 10, "generations": 3, "workers": 1}


def run(folder: Path, **settings: Any) -> Path:
    values = {"out": str(folder), **settings}
    assert start(settings_from(values), lambda _: None, threading.Event())[:2] == (folder, "done")
    return folder


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("learned") / "iris", **IRIS)


def operators(rows: pd.DataFrame) -> list[tuple[str, ...]]:
    return [tuple(names.split()) for names in rows["operators"]]


@pytest.mark.slow
@pytest.mark.parametrize(
    "where",
    [
        pytest.param({"workers": 3}, id="three workers"),
        pytest.param({"workers": 2, "engine": "ray"}, id="ray", marks=pytest.mark.ray),
    ],
)
def test_networks_learn_the_same_wherever_they_do(
    iris: Path, tmp_path: Path, where: dict[str, Any]
) -> None:
    other = run(tmp_path / "other", **{**IRIS, **where})

    assert compare_tables(iris, other) == []


@pytest.mark.slow
def test_a_search_begins_with_networks_that_are_pruned_more_and_more(iris: Path) -> None:
    rows = read_table(iris, "individuals")
    first = rows[rows["generation"] == 0]
    names = operators(first)

    assert set(first["source"]) == {"path"}
    assert set(names) == {("dense", "learn"), ("prune", "learn")}
    begins = [n for n, made in enumerate(names) if made[0] == "dense"]
    for begin, end in zip(begins, [*begins[1:], len(names)], strict=True):
        sizes = first["genome_synapses"].tolist()[begin:end]
        assert sizes == sorted(sizes, reverse=True)
        assert len(set(sizes)) > 4
    assert first["score"].max() > 0.9


@pytest.mark.slow
def test_an_epoch_costs_three_evaluations(iris: Path) -> None:
    settings = prepare(Settings("iris")).search.learning
    assert settings is not None
    rows = read_table(iris, "individuals")

    born = rows["birth_generation"] == rows["generation"]
    for row, new, made in zip(rows.to_dict("records"), born, operators(rows), strict=True):
        epochs = {"dense": settings.first_epochs, "prune": settings.epochs}.get(
            made[0] if made else "", settings.child_epochs
        )
        learnt = 3 * epochs if new and "learn" in made else 0
        assert row["cost"] == (not row["cached"]) + learnt
    children = rows[rows["generation"] > 0]
    shares = [("learn" in made) for made in operators(children)]
    assert 0.2 < np.mean(shares) < 0.8
    totals = read_table(iris, "generations")["cost"].tolist()
    assert totals == rows.groupby("generation")["cost"].sum().cumsum().tolist()


@pytest.mark.slow
def test_evaluations_limit_the_cost(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", **{**IRIS, "generations": None, "evaluations": 20_000})

    totals = read_table(folder, "generations")["cost"].tolist()
    assert totals[-1] >= 20_000 > (totals[-2] if len(totals) > 1 else 0)


@pytest.mark.slow
def test_without_a_gradient_nothing_is_learned(tmp_path: Path) -> None:
    rows = read_table(run(tmp_path / "run", **IRIS, gradient="off"), "individuals")

    assert not any("learn" in made for made in operators(rows))
    assert set(rows["source"][rows["generation"] == 0]) == {"initial"}
    assert (rows["cost"] == ~rows["cached"]).all()


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"task": "cartpole"}, "task cartpole has no samples with right answers to learn from"),
        (
            {"task": "iris", "profile": "izhikevich"},
            r"neurons of the model izhikevich have no gradient \(lif, if, alif, cuba_lif have\)",
        ),
        ({"task": "iris", "profile": "risp"}, "neurons of the model risp have no gradient"),
        (
            {"task": "iris", "readout": "ridge"},
            "task iris has a readout, which learns the answers",
        ),
    ],
)
def test_a_gradient_is_refused_where_there_is_none_and_not_asked_for_by_default(
    settings: dict[str, Any], reason: str
) -> None:
    with pytest.raises(
        InputError, match=f"^gradient is 'on', but {reason}.*; allowed are auto and"
    ):
        prepare(Settings(**settings, gradient="on"))
    for choice in ("auto", "off"):
        assert prepare(Settings(**settings, gradient=choice)).search.learning is None


class Spikes(Classification):
    """Data that are spikes already."""

    def load(self) -> tuple[object, object]:
        return np.random.default_rng(1).random((60, 8, 4)) < 0.3, np.arange(60) % 2


def test_noise_is_refused_on_data_that_are_spikes() -> None:
    assert Spikes(TaskSettings(jitter=0.0)).jitter == Spikes(TaskSettings()).jitter == 0.0
    with pytest.raises(
        InputError, match=r"takes no jitter, since its data are spikes \(got 0.05\)"
    ):
        Spikes(TaskSettings(jitter=0.05))


def test_where_inputs_may_not_lead_to_outputs_paths_begin_with_hidden_neurons() -> None:
    for hidden in (1, 5):
        ranges = {"direct": False, "max_hidden": 5}
        prepared = prepare(Settings("iris", hidden=5 if hidden == 5 else 0, ranges=ranges))

        born = Paths(prepared.search, search_toolbox(prepared.search)).candidates(Opening(0, ()), 0)

        assert {i.genome.hidden for i in born} == {hidden}
        assert {i.genome.synapses for i in born} == {hidden * (prepared.task.inputs + 3)}


def test_more_paths_begin_as_the_usual_ones_and_go_on_in_other_manners() -> None:
    searches = (prepare(Settings("wine", hidden=4, paths=paths)).search for paths in (None, 7))
    usual, more = (
        Paths(search, search_toolbox(search)).candidates(Opening(0, ()), 0) for search in searches
    )
    dense = [i for i in more if i.operators[0] == "dense"]
    lessons = [i.lesson for i in dense if i.lesson is not None]

    assert [i.genome.hidden for i in dense] == [0, 4, 0, 4, 0, 4, 0]
    assert len({lesson.manner for lesson in lessons}) == 3
    assert len({lesson.seed for lesson in lessons}) == 7
    assert [i.lesson for i in more[: len(usual)]] == [i.lesson for i in usual]


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        {"ranges": {"max_synapses": 20, "max_fan_in": 7}},
        {"ranges": {"direct": False, "max_hidden": 5}, "hidden": 5},
        {"profile": "int8", "ranges": {"weight": [-7, 7]}},
        {"profile": "int8", "decoder": "first_spike"},
        {"profile": "if", "encoder": "charge"},
        {"profile": "alif", "decoder": "membrane"},
        {"profile": "cuba_lif", "evolve_encoder": True},
    ],
    ids=str,
)
def test_every_genome_of_a_run_is_valid_for_its_hardware(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    folder = run(tmp_path / "run", **{**IRIS, **settings})
    chip = prepare(settings_from({**IRIS, **settings})).search.profile

    front = read_table(folder, "front")
    for one in front["id"]:
        validate(from_text(export(folder, one, "genome"), one)[0], chip)
    assert front["score"].max() > 0.5


@pytest.fixture(scope="module")
def refitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first of some runs in which learning once more was of use."""
    folder = tmp_path_factory.mktemp("refit")
    for seed in range(1, 6):
        done = run(folder / str(seed), task="digits", population=10, generations=1, seed=seed)
        front = read_table(done, "front")
        if front.loc[front["champion"], "source"].tolist() == ["refit"]:
            return done
    raise AssertionError("no champion was better for it")


@pytest.mark.slow
def test_a_champion_that_was_validated_learns_once_more_from_all_that_is_not_for_the_test(
    refitted: Path,
) -> None:
    front, rows = read_table(refitted, "front"), read_table(refitted, "individuals")

    [champion] = front[front["champion"]].to_dict("records")
    assert (champion["operators"], champion["source"]) == ("refit", "refit")
    assert champion["parents"] in front["id"].tolist()
    assert champion["id"] not in rows["id"].tolist()
    assert champion["genome_hash"] in read_table(refitted, "genomes")["genome_hash"].tolist()
    assert champion["test_score"] > 0.85


@pytest.mark.slow
def test_networks_that_are_exported_are_those_that_were_measured(
    refitted: Path, iris: Path
) -> None:
    for folder in (refitted, iris):
        front = read_table(folder, "front")
        for row in front.to_dict("records"):
            genome, chip = from_text(export(folder, row["id"], "genome"), row["id"])
            assert genome.content_hash == row["genome_hash"]
            assert express(genome, chip).hash == row["network_hash"]
        champion = Champion.read(folder)
        assert champion.network.hash == front.set_index("champion")["network_hash"][True]


@pytest.mark.slow
def test_of_a_front_too_large_to_be_tested_small_networks_are_tested_too(tmp_path: Path) -> None:
    folder = run(tmp_path / "wine", task="wine", evaluations=6000)

    front = read_table(folder, "front")
    tested = front[front["test_score"].notna()]
    sizes = front.sort_values(["synapses", "score"], ascending=[True, False])
    best_of_sizes = sizes[sizes["score"] > sizes["score"].shift(fill_value=-1.0).cummax()]

    assert len(front) > len(tested) == 50
    assert tested["score"].max() == front["score"].max()
    assert best_of_sizes.iloc[0]["id"] in set(tested["id"])
    assert best_of_sizes["id"].isin(tested["id"]).mean() > 0.5


@pytest.mark.slow
def test_the_test_of_a_refitted_run_can_be_repeated(refitted: Path) -> None:
    before = read_table(refitted, "front")

    measure_test(refitted, threading.Event())

    pd.testing.assert_frame_equal(read_table(refitted, "front"), before)


@pytest.mark.slow
def test_a_champion_that_learns_once_more_still_meets_the_constraints(
    refitted: Path, tmp_path: Path
) -> None:
    front = read_table(refitted, "front")
    [before] = front[front["champion"]].to_dict("records")
    bound = f"spikes < {before['spikes']!r}"

    folder = run(
        tmp_path / "bound",
        task="digits",
        population=10,
        generations=1,
        seed=int(before["seed"]),
        constraint=[bound],
    )

    [champion] = read_table(folder, "front").query("champion").to_dict("records")
    assert champion["spikes"] < before["spikes"]


def test_the_same_lesson_gives_the_same_genomes() -> None:
    prepared: Prepared = prepare(Settings("iris"))
    born = Paths(prepared.search, search_toolbox(prepared.search)).candidates(Opening(0, ()), 0)
    lesson = born[0].lesson
    assert lesson is not None
    lesson = lesson._replace(stages=lesson.stages[:2])
    workload = prepared.task.workload("train", 0)
    make: Callable[..., Any] = learned

    first, second = make(prepared.task, workload, lesson), make(prepared.task, workload, lesson)
    other = make(prepared.task, workload, lesson._replace(seed=lesson.seed ^ 1))

    assert first == second
    assert len(first) == 2
    assert not {g.content_hash for g in first} & {g.content_hash for g in other}
