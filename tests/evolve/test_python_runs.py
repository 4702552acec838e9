"""Runs from Python: started, stopped by a callback, resumed, and read as data frames."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.networks.run_and_resume import resume, run
from spikevolve.evolve.networks.stored_run import Run, load, load_all
from spikevolve.evolve.runs.run_folder import run_folder
from spikevolve.evolve.runs.run_state import Progress
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.results.store.reader import compare_tables
from spikevolve.tasks import Classification

SMALL: dict[str, Any] = {"population": 12, "generations": 4, "gradient": "off"}


class Corners(Classification):
    """Tell whether two numbers are both large."""

    feature_names = ("left", "right")

    def load(self) -> tuple[Any, Any]:
        features = np.random.default_rng(0).random((90, 2))
        return features, (features.min(axis=1) > 0.4).astype(int)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run("iris", out=tmp_path_factory.mktemp("runs") / "iris-1", **SMALL)


def test_a_run_has_the_words_of_the_command_line(tmp_path: Path) -> None:
    found = run(
        "iris",
        constraint="synapses <= 12",
        ranges={"max_hidden": 2},
        seed=7,
        out=str(tmp_path / "run"),
        **SMALL,
    )

    assert found.settings["constraint"] == ["synapses <= 12"]
    assert found.settings["ranges"] == {"max_hidden": 2}
    assert found.manifest["command"][:2] == ["spikevolve.run", "iris"]
    assert (found.status.state, found.status.generation) == ("done", 4)
    assert found.individuals["hidden"].max() <= 2
    assert found.individuals["seed"].unique().tolist() == [7]


def test_a_callback_gets_the_progress_and_stops_the_run(done: Run, tmp_path: Path) -> None:
    seen: list[Progress] = []

    def second(progress: Progress) -> bool:
        seen.append(progress)
        return progress.generation == 2

    stopped = run("iris", callback=second, out=tmp_path / "run", **SMALL)

    assert [progress.generation for progress in seen] == [1, 2]
    assert stopped.status.state == "stopped"
    assert len(stopped.generations) == 2
    resumed = resume(stopped.folder, callback=seen.append)
    assert [progress.generation for progress in seen] == [1, 2, 3, 4]
    assert resumed.status.state == "done"
    assert compare_tables(resumed.folder, done.folder) == []


def test_a_run_goes_on_beyond_its_end(done: Run, tmp_path: Path) -> None:
    short = run("iris", out=tmp_path / "run", **{**SMALL, "generations": 2})

    longer = resume(short.folder, generations=4)

    assert compare_tables(longer.folder, done.folder) == []
    with pytest.raises(InputError, match="has had 4 generations already"):
        resume(short.folder, generations=3)
    with pytest.raises(InputError, match=r"'generation' is no limit of a run \(did you mean 'gen"):
        resume(short.folder, generation=5)


def test_what_a_callback_raises_leaves_a_run_that_goes_on(done: Run, tmp_path: Path) -> None:
    def interrupted(progress: Progress) -> None:
        if progress.generation == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run("iris", callback=interrupted, out=tmp_path / "run", **SMALL)

    assert compare_tables(resume(tmp_path / "run").folder, done.folder) == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"populatoin": 5}, r"no setting 'populatoin' \(did you mean 'population'\?\)"),
        ({"population": 1}, "population is 1, but it must be a whole number from 4"),
        ({"folds": 3}, "folds is 3, which makes 3 runs: give fold, too, from 1 to 3"),
    ],
)
def test_wrong_words_are_refused(
    settings: dict[str, Any], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(InputError, match=said):
        run("iris", **settings)

    assert list(tmp_path.iterdir()) == []


def test_runs_of_the_same_second_have_folders_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = [Path("x")]
    for _ in range(40):  # some of them within a second
        made.append(run_folder(settings_from({"task": "__main__:Corners"})))
        made[-1].mkdir(parents=True)

    assert len(set(made)) == len(made)
    assert made[1].name.startswith("Corners-1-")


def test_a_fold_is_a_run(tmp_path: Path) -> None:
    found = run("iris", folds=3, fold=2, out=tmp_path / "run", **SMALL)

    assert found.front["fold"].unique().tolist() == [2]


def test_the_class_of_a_task_is_a_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "corners_of_mine", sys.modules[__name__])
    monkeypatch.setattr(Corners, "__module__", "corners_of_mine")

    found = run(Corners, out=tmp_path / "run", **SMALL)

    assert found.settings["task"] == "corners_of_mine:Corners"
    assert found.champion.task.features == ("left", "right")
    stopped = run(Corners, callback=lambda _: True, out=tmp_path / "stopped", **SMALL)
    assert resume(stopped.folder, task=Corners).status.state == "done"


def test_tables_are_those_of_the_folder(done: Run) -> None:
    assert len(done.individuals) == 4 * 12
    assert done.generations["generation"].tolist() == [0, 1, 2, 3]
    assert set(done.front["genome_hash"]) <= set(done.genomes["genome_hash"])
    some = done.table("individuals", ["score", "id"])
    pd.testing.assert_frame_equal(some, done.individuals[["score", "id"]])
    assert done.front.attrs["units"]["latency"] == "ticks"


def test_the_champion_is_the_one_that_the_front_names(done: Run) -> None:
    chosen = done.front[done.front["champion"]].iloc[0]

    assert done.champion.id == chosen["id"]
    assert done.champion.network.synapses == chosen["synapses"]
    assert done.network(chosen["id"]).network.hash == done.champion.network.hash


def test_a_lineage_goes_back_to_generation_0_by_parents(done: Run) -> None:
    rows = done.lineage()
    parents = dict(
        zip(done.individuals["id"], done.individuals["parents"].str.split(), strict=True)
    )

    def ancestors(individual: str) -> set[str]:
        return {individual}.union(*(ancestors(parent) for parent in parents[individual]))

    assert set(rows["id"]) == ancestors(done.champion.id)
    assert rows["id"].is_unique
    assert rows["id"].iloc[-1] == done.champion.id
    assert rows["birth_generation"].is_monotonic_increasing
    assert rows.loc[rows["parents"] == "", "birth_generation"].unique().tolist() == [0]
    own = rows.set_index("id")["steps"]
    assert own[done.champion.id] == 0
    for individual, steps in own.items():
        for parent in parents[str(individual)]:
            assert own[parent] <= steps + 1


def test_a_lineage_of_nobody_is_refused(done: Run) -> None:
    with pytest.raises(InputError, match=r"iris-1 has no individual '99-0'; ids are"):
        done.lineage("99-0")


def test_a_champion_that_was_refitted_has_ancestors(tmp_path: Path) -> None:
    # A parent in the table of individuals, and the champion in the front alone.
    found = run("iris", population=8, generations=2, gradient="off", out=tmp_path / "run")
    front = found.front.copy()
    front.loc[0, ["id", "birth_generation", "parents"]] = ["2-0", 2, front["id"].iloc[1]]
    whole = found.table
    found.table = lambda name, columns=None: (  # type: ignore[method-assign]
        front[list(columns)] if name == "front" and columns else whole(name, columns)
    )

    rows = found.lineage("2-0")

    assert rows["id"].iloc[-1] == "2-0"
    assert front["id"].iloc[1] in rows["id"].tolist()


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is not a run folder: it is empty"):
        load(tmp_path)
    with pytest.raises(InputError, match="there is no such folder"):
        load(tmp_path / "nothing")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    for seed, population in ((1, 8), (2, 8), (1, 12)):
        settings = {**SMALL, "population": population, "seed": seed}
        run("iris", out=folder / f"{population}-{seed}", **settings)
    return folder


def test_a_study_has_a_row_for_each_run_with_its_settings(study: Path) -> None:
    found = load_all(f"{study}/*")

    assert found["folder"].tolist() == [f"{study}/{name}" for name in ("12-1", "8-1", "8-2")]
    assert found["state"].tolist() == ["done"] * 3
    assert found["seed"].tolist() == [1, 1, 2]
    assert found["setting_population"].tolist() == [12, 8, 8]
    assert found["setting_gradient"].tolist() == ["off"] * 3
    assert found["champion"].all()
    for folder, score in zip(found["folder"], found["test_score"], strict=True):
        front = load(folder).front
        assert score == front.loc[front["champion"], "test_score"].item()
    assert "setting_minutes" not in found


def test_another_table_of_a_study_has_the_rows_of_all(study: Path) -> None:
    found = load_all(study, "generations", ["run", "generation", "best_score"])

    assert found["generation"].tolist() == [0, 1, 2, 3] * 3
    assert found["run"].dtype == "category"
    assert found["setting_population"].tolist() == [12] * 4 + [8] * 8
    best = load(study / "8-2").generations["best_score"].tolist()
    assert found.loc[found["run"] == "8-2", "best_score"].tolist() == best


def test_a_run_without_a_champion_has_a_row_too(tmp_path: Path) -> None:
    run("iris", constraint="score >= 2", out=tmp_path / "in vain", **SMALL)

    found = load_all(tmp_path / "*")

    assert found["state"].tolist() == ["done"]
    assert found["seed"].tolist() == [1]
    assert found["champion"].tolist() == [False]
    assert found["test_score"].isna().all()


def test_a_pattern_that_matches_nothing_or_no_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(InputError, match="matches nothing"):
        load_all(tmp_path / "iris-*")
    with pytest.raises(InputError, match="matches no folder of a run"):
        load_all(tmp_path / "*")


def test_notebooks_show_runs_champions_and_networks(done: Run) -> None:
    shown = done._repr_html_()

    assert "run iris-1" in shown
    assert f"<td>{done.champion.id}</td>" in shown
    champion = done.champion._repr_html_()
    assert "petal width" in champion
    assert "setosa, versicolor, virginica" in champion
    network = done.champion.network._repr_html_()
    assert network.count("→") == min(done.champion.network.synapses, 12)
