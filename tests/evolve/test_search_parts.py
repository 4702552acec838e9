"""A search put together from named parts: what is refused, and runs with each kind of part."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.evaluation.evaluate import evaluate_cases
from spikevolve.evolve.runs.prepare import prepare, weighted_objectives
from spikevolve.evolve.runs.prepared_again import OwnCode
from spikevolve.evolve.runs.run import measure_test, resume, start
from spikevolve.evolve.runs.run_state import Progress
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.evolve.search.search import Search
from spikevolve.evolve.search.selection import Lexicographic, Tournament
from spikevolve.genomes import express
from spikevolve.results.store.folder import read_manifest
from spikevolve.results.store.reader import compare_tables, read_table
from spikevolve.sim.batch import pack

FEW = {"population": 12, "generations": 4, "workers": 1}
OWN = '''
"""Selections of a user's own."""


def keep(individuals, count, objectives):
    assert [one.name for one in objectives] == ["score", "synapses"]
    return sorted(individuals, key=lambda one: one.fitness.wvalues, reverse=True)[:count]


def breed(individuals, count, cases, rng):
    best = max(range(len(individuals)), key=lambda n: (cases[n].sum(), -n))
    return [individuals[best], *(individuals[n] for n in rng.integers(len(individuals), size=count - 1))]


number = 3
'''


def carry_out(folder: Path, **settings: Any) -> Path:
    given = settings_from({**FEW, **settings, "out": str(folder)})
    start(given, lambda _: None, threading.Event())
    return folder


def stopped(folder: Path, after: int, **settings: Any) -> Path:
    """Stop a run after some generations, as a signal does."""
    stop = threading.Event()

    def watch(progress: Progress) -> None:
        if progress.generation == after:
            stop.set()

    start(settings_from({**FEW, **settings, "out": str(folder)}), watch, stop)
    return folder


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"objectives": "score,spice"},
            r"objectives 'score,spice': there is no measurement 'spice'",
        ),
        ({"objectives": "score,test_score"}, "'test_score' is measured on test data"),
        ({"objectives": "score,-score"}, "'score' is given twice"),
        ({"constraint": ["synapses < "]}, "constraint 'synapses < ' must be MEASUREMENT <= NUMBER"),
        ({"constraint": ["latency < 3", "spice < 1"]}, "no measurement 'spice'"),
        ({"weights": "synapses=1"}, r"'synapses' is no objective \(the objectives are: score, sp"),
        ({"weights": "score"}, "weights 'score' must be NAME=X,…"),
        ({"weights": "score=many"}, "'many' must be a finite number"),
        ({"weights": "score=inf"}, "'inf' must be a finite number"),
        ({"weights": "score=1,score=2"}, "'score' is given twice"),
        ({"weights": (1.0, 2.0, 3.0), "objectives": "score"}, "'spikes' is no objective"),
        ({"selection": "nsga4"}, r"selection: there is no 'nsga4' \(did you mean 'nsga[23]'\?\)"),
        ({"selection": "tournament"}, "chooses parents: say --parents tournament"),
        ({"parents": "lexicographic:0.1"}, "chooses survivors: say --selection lexicographic:0.1"),
        ({"parents": "tournament:size=3"}, "is said by --tournament and --by-merit"),
        (
            {"parents": "epsilon_lexicase", "tournament": 3},
            "tournament is 3, but parents are chosen",
        ),
        (
            {"parents": "epsilon_lexicase", "by_merit": 0.5},
            "by_merit is 0.5, but parents are chosen",
        ),
        ({"selection": "lexicographic:tolerance=-1"}, "tolerance must be at least 0"),
        ({"selection": "lexicographic:spam=1"}, "lexicographic has no 'spam'"),
        ({"selection": "nsga2:3"}, "'3' is not KEY=VALUE"),
        ({"selection": "no_such_module:keep"}, "selection module 'no_such_module' cannot be imp"),
        ({"selection": "no/such/file.py:keep"}, "no/such/file.py cannot be read"),
        ({"parents": "deap.tools:selBset"}, r"no function 'selBset' \(did you mean 'selBest'\?\)"),
        ({"selection": "deap.tools:selTournament"}, r"objectives and rng \(it has 'tournsize'\)"),
    ],
)
def test_what_is_no_part_of_a_search_is_refused(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as error:
        prepare(settings_from({"task": "iris", **settings}))
    assert "\n" not in str(error.value)


def test_what_is_no_function_in_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(OWN)
    for name, sentence in (("number", "number is not a function"), ("kep", "did you mean 'keep'")):
        with pytest.raises(InputError, match=sentence):
            prepare(settings_from({"task": "iris", "selection": f"{tmp_path}/mine.py:{name}"}))


def test_weights_are_given_by_name_or_as_three_numbers() -> None:
    text = "score,spikes,latency"
    by_name = weighted_objectives(text, "score=2,spikes=0.5")
    assert [o.weight for o in by_name] == [2.0, 0.5, 0.001]
    three = weighted_objectives(text, (2.0, 0.5, 0.001))
    assert three == by_name == weighted_objectives(text, "2 0.5 0.001")
    assert weighted_objectives(text, None) == weighted_objectives(text, "score=1")


def test_the_parts_are_those_of_the_settings() -> None:
    search = prepare(
        settings_from(
            {
                "task": "iris",
                "objectives": "score,-activation_sparsity",
                "constraint": ["synapses <= 6", "score > 0.5"],
                "selection": "lexicographic:tolerance=0.01",
                "tournament": 5,
            }
        )
    ).search
    assert search.selection == Lexicographic(0.01)
    assert search.parents == Tournament(5, 0.0)  # the order has the score in it
    assert [str(c) for c in search.constraints] == ["synapses <= 6", "score > 0.5"]
    assert [(o.name, o.larger_is_better) for o in search.objectives] == [
        ("score", True),
        ("activation_sparsity", False),
    ]


def test_a_champion_meets_the_constraints(tmp_path: Path) -> None:
    folder = carry_out(
        tmp_path / "run",
        task="iris",
        objectives="score,synapses",
        constraint=["synapses <= 6", "spikes <= 40"],
        generations=25,
        gradient="off",
    )
    rows, front = read_table(folder, "individuals"), read_table(folder, "front")
    assert not rows["feasible"][rows["generation"] == 0].all()
    chance = prepare(settings_from({"task": "iris"})).task.chance_score
    within = (rows["synapses"] <= 6) & (rows["spikes"] <= 40) & (rows["mean_score"] > chance)
    assert rows["feasible"].tolist() == within.tolist()
    assert front["champion"].sum() == 1
    assert (front["synapses"] <= 6).all()
    compared = np.stack(rows["objectives"].to_list())
    assert np.array_equal(compared, rows[["mean_score", "synapses"]].to_numpy(float))


def test_a_target_is_not_reached_by_who_violates_a_constraint(tmp_path: Path) -> None:
    settings = {
        "task": "iris",
        "target": 0.5,
        "generations": 12,
        "population": 40,
        "gradient": "off",
    }
    reached = carry_out(tmp_path / "reached", **settings)
    beyond = carry_out(tmp_path / "beyond", constraint=["synapses < 0"], **settings)

    assert len(read_table(reached, "generations")) < 12
    assert len(read_table(beyond, "generations")) == 12
    assert len(read_table(beyond, "front")) == 0


@pytest.mark.parametrize("selection", ["lexicographic:0.02", "spea2", "nsga3", "weighted"])
def test_a_stopped_search_goes_on_as_if_nothing_had_happened(
    tmp_path: Path, selection: str
) -> None:
    settings = {"task": "cartpole", "selection": selection, "objectives": "score,synapses,-latency"}
    one = carry_out(tmp_path / "one", **settings)
    other = stopped(tmp_path / "other", 2, **settings)
    resume(other, lambda _: None, threading.Event())

    assert compare_tables(one, other) == []


@pytest.mark.parametrize("task", ["iris", "cartpole", "mackey_glass"])
def test_lexicase_searches_are_the_same_stopped_or_not_by_one_worker_or_two(
    tmp_path: Path, task: str
) -> None:
    learning = "auto" if task == "iris" else "off"
    settings = {"task": task, "parents": "epsilon_lexicase:cases=20", "gradient": learning}
    one = carry_out(tmp_path / "one", **settings)
    other = stopped(tmp_path / "other", 2, workers=2, **settings)
    resume(other, lambda _: None, threading.Event())

    assert compare_tables(one, other) == []
    by_tournament = carry_out(tmp_path / "third", task=task, gradient=learning)
    assert compare_tables(one, by_tournament) != []


@pytest.mark.ray
@pytest.mark.slow
def test_lexicase_by_workers_of_ray_is_the_same(tmp_path: Path) -> None:
    settings = {"task": "iris", "parents": "epsilon_lexicase:cases=20", "generations": 3}
    one = carry_out(tmp_path / "one", **settings)
    other = carry_out(tmp_path / "other", engine="ray", workers=2, **settings)

    assert compare_tables(one, other) == []


@pytest.mark.parametrize("task", ["iris", "digits", "cartpole", "mackey_glass", "recall"])
def test_case_scores_are_a_score_of_every_sample_or_episode(task: str) -> None:
    prepared = prepare(settings_from({"task": task}))
    workload = prepared.task.workload("train", 1, 0)
    first = Search(prepared.search).ask()[:5]
    batch = pack([express(one.genome, prepared.search.profile) for one in first])
    found = evaluate_cases(prepared.task, workload, batch)

    assert found.faults == {}
    assert found.measurements.shape == (5, workload.size)
    if task != "digits":  # whose score is no mean over samples
        score = prepared.task.evaluate(workload, batch).score
        np.testing.assert_allclose(found.measurements.mean(axis=1), score, rtol=1e-12)


WITHOUT = '''
import spikevolve.tasks as tasks
from spikevolve.tasks.task import Task


class Without(Task):
    """Iris, but it says nothing of single samples."""

    name, samples, takes, has_test = "without", 1, frozenset(), False
    inputs, outputs, ticks, chance_score, guess_score, score_range = 4, 2, 5, 0.0, 0.0, (0.0, 1.0)
    data_digest = "0"

    def workload(self, split, seed, generation=None):
        raise ValueError

    def evaluate(self, workload, batch):
        raise ValueError
'''


def test_a_task_without_case_scores_refuses_a_selection_that_asks(tmp_path: Path) -> None:
    (tmp_path / "without.py").write_text(WITHOUT)
    task = f"{tmp_path}/without.py:Without"
    with pytest.raises(InputError, match=r"every sample or episode, but task without gives none$"):
        prepare(settings_from({"task": task, "parents": "epsilon_lexicase"}))
    prepare(settings_from({"task": task}))


def test_parts_of_ones_own_are_named_again_on_resume(tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text(OWN)
    own = {"selection": f"{mine}:keep", "parents": f"{mine}:breed"}
    settings = {"task": "iris", "objectives": "score,synapses", **own}
    one = carry_out(tmp_path / "one", **settings)
    other = stopped(tmp_path / "other", 2, **settings)

    def go_on(**named: Any) -> None:
        resume(other, lambda _: None, threading.Event(), OwnCode(**named))

    assert read_manifest(other)["selection_sha256"] is not None
    with pytest.raises(InputError, match=r"with selection of your own; name it again with --sel"):
        go_on(parents=own["parents"])
    with pytest.raises(InputError, match=r"with parents of your own; name it again with --par"):
        go_on(selection=own["selection"])
    with pytest.raises(InputError, match=r"is a run with selection '.*keep', not 'nsga2'"):
        go_on(**own | {"selection": "nsga2"})
    mine.write_text(OWN + "# changed\n")
    with pytest.raises(InputError, match=r"the source of the selections of .* has changed"):
        go_on(**own)
    measure_test(other, threading.Event())  # chooses nobody, so it needs none of them
    moved = tmp_path / "moved.py"
    moved.write_text(OWN)
    go_on(selection=f"{moved}:keep", parents=f"{moved}:breed")

    assert compare_tables(one, other) == []


def test_the_selections_in_the_documentation_work(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs/search.md").read_text()
    mine = tmp_path / "mine.py"
    mine.write_text(text.split("```python\n")[1].split("```")[0])
    folder = carry_out(
        tmp_path / "run", task="iris", selection=f"{mine}:keep", parents=f"{mine}:breed"
    )
    assert len(read_table(folder, "front")) > 0


def test_a_search_by_the_usual_parts_may_be_told_so_on_resume(tmp_path: Path) -> None:
    folder = stopped(tmp_path / "run", 2, task="iris")
    with pytest.raises(InputError, match=r"is a run with selection 'nsga2', not 'spea2'"):
        resume(folder, lambda _: None, threading.Event(), OwnCode(selection="spea2"))
    resume(folder, lambda _: None, threading.Event(), OwnCode(None, None, "nsga2", "tournament"))
