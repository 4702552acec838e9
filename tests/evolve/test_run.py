"""Whole runs: what they leave in their folders, and that nothing but the settings decides it."""

import json
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.engines.engine import LocalEngine
from spikevolve.evolve.runs import run_state
from spikevolve.evolve.runs.prepared_again import OwnCode
from spikevolve.evolve.runs.run import Watch, measure_test, resume, start
from spikevolve.evolve.runs.run_state import Progress
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.evolve.search.individual import Individual, IndividualId
from spikevolve.evolve.search.sources import Variation
from spikevolve.results.store.folder import read_baselines, read_commit, read_manifest
from spikevolve.results.store.reader import compare_tables, read_table
from spikevolve.results.summaries.report_page import summarize
from spikevolve.results.summaries.run_report import build_report
from spikevolve.tasks import load
from spikevolve.tasks.builtin.cartpole import CartPole
from spikevolve.tasks.builtin.scikit_learn import Iris

pytestmark = pytest.mark.slow  # starts runs, or compiles much

# Tiny networks with few possible numbers: some are born twice.
TINY = {
    "weight": [-1, 1, 1],
    "threshold": [1, 1],
    "delay": [1, 1],
    "refractory": [0, 0],
    "leaks": [1],
    "max_hidden": 0,
    "max_synapses": 3,
}
POISSON = {
    "task": "iris",
    "population": 30,
    "generations": 5,
    "encoder": "poisson",
    "ranges": TINY,
    "gradient": "off",
}
EPISODES = {"task": "cartpole", "population": 16, "generations": 5, "elites": 4, "racing": 3}
TRAITS = {**EPISODES, "evolve_encoder": True}


def run(folder: Path, watch: Watch = lambda _: None, **values: Any) -> Path:
    """Carries a run to its end."""
    settings = settings_from({"out": str(folder), **values})
    assert start(settings, watch, threading.Event())[:2] == (folder, "done")
    return folder


def test_minutes_count_from_the_first_answer_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a clock by which compiling takes 1,000 seconds, and then each generation 10."""
    now, measure = [0.0], LocalEngine.measure

    def slow(*arguments: Any) -> Any:
        now[0] += 10.0 if now[0] else 1000.0
        yield from measure(*arguments)

    monkeypatch.setattr(run_state, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(LocalEngine, "measure", slow)
    folder = run(
        tmp_path / "run", task="xor", population=10, minutes=1.0, workers=1, gradient="off"
    )

    assert read_table(folder, "generations")["seconds"].tolist() == [0, 10, 20, 30, 40, 50]


def test_a_run_keeps_what_it_is_compared_with(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", task="iris", population=10, generations=2, workers=1)
    own = json.loads((folder / "baselines.json").read_text())["test_score"]

    assert own == load("iris").baselines()
    (folder / "baselines.json").unlink()
    measure_test(folder, threading.Event())
    assert read_baselines(folder) == own


def test_baselines_that_fail_are_noted_and_fail_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> dict[str, float]:
        raise ValueError("nothing fits")

    monkeypatch.setattr(Iris, "baselines", fail)
    folder = run(tmp_path / "run", task="iris", population=10, generations=2, workers=1)

    assert read_baselines(folder) == {}
    log = (folder / "log.txt").read_text()
    assert "the baselines of task iris could not be scored: ValueError: nothing fits" in log
    assert read_table(folder, "front")["test_score"].notna().all()


@pytest.mark.parametrize("settings", [POISSON, EPISODES], ids=["poisson", "episodes"])
def test_any_number_of_threads_gives_the_same_tables(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    alone, *others = (run(tmp_path / str(n), workers=n, **settings) for n in (1, 2, 5))

    assert settings is EPISODES or read_table(alone, "individuals")["cached"].any()
    for other in others:
        assert compare_tables(alone, other) == []


@pytest.mark.ray
@pytest.mark.parametrize(
    ("settings", "numbers"), [(POISSON, (1, 5)), (TRAITS, (2,))], ids=["poisson", "traits"]
)
def test_ray_gives_the_tables_of_the_threads(
    tmp_path: Path, settings: dict[str, Any], numbers: tuple[int, ...]
) -> None:
    threads = run(tmp_path / "threads", workers=2, **settings)
    for workers in numbers:
        cluster = run(tmp_path / f"ray-{workers}", engine="ray", workers=workers, **settings)

        assert compare_tables(threads, cluster) == []


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_no_member_of_an_iris_archive_is_at_or_below_chance(tmp_path: Path, seed: int) -> None:
    folder = run(
        tmp_path / "run", task="iris", seed=seed, generations=12, population=40, gradient="off"
    )

    front = read_table(folder, "front")
    chance = read_manifest(folder)["task"]["chance_score"]  # type: ignore[index]
    assert len(front) > 0
    assert (front["score"] > chance).all()


def test_a_run_folder_says_how_it_was_made_and_what_came_out(tmp_path: Path) -> None:
    seen: list[Progress] = []
    folder = run(
        tmp_path / "run",
        watch=seen.append,
        task="iris",
        population=20,
        generations=4,
        seed=9,
        gradient="off",
    )

    manifest = read_manifest(folder)
    assert manifest["settings"]["population"] == 20  # type: ignore[index]
    assert manifest["data_sha256"]
    assert {"python", "numpy", "deap"} <= manifest["versions"].keys()  # type: ignore[attr-defined]
    individuals = read_table(folder, "individuals")
    assert len(individuals) == 80
    assert individuals["generation"].tolist() == sorted(individuals["generation"])
    assert set(individuals["parents"].str.split().explode().dropna()) <= set(individuals["id"])
    generations = read_table(folder, "generations")
    assert generations["generation"].tolist() == [0, 1, 2, 3]
    assert generations["evaluations"].iloc[-1] == (~individuals["cached"]).sum()
    assert (
        generations["cost"].tolist()
        == individuals.groupby("generation")["cost"].sum().cumsum().tolist()
    )
    assert generations["cost"].iloc[-1] == generations["evaluations"].iloc[-1] == seen[-1].cost
    kept = set(read_table(folder, "genomes")["genome_hash"])
    assert set(individuals.loc[individuals["survived"], "genome_hash"]) <= kept
    front = read_table(folder, "front")
    assert front["champion"].sum() == 1
    assert front.loc[front["champion"], "test_score"].notna().all()
    assert [p.generation for p in seen] == [1, 2, 3, 4]
    assert read_commit(folder).search["state"] == "done"


def test_all_genomes_are_kept_on_request(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", task="xor", population=10, generations=4, genomes="all")

    kept = set(read_table(folder, "genomes")["genome_hash"])
    assert kept == set(read_table(folder, "individuals")["genome_hash"])


def test_a_target_that_no_network_reaches_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"target is 500\.5, but the scores of task cartpole end at 500"
    ):
        run(tmp_path / "run", task="cartpole", target=500.5)


def test_a_target_ends_the_search(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", task="iris", population=30, target=0.6, gradient="off")

    best = read_table(folder, "generations")["best_score"]
    assert best.iloc[-1] >= 0.6
    assert (best.iloc[:-1] < 0.6).all()


def test_a_target_is_of_validation_data_whatever_the_score_in_training(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", task="digits", population=30, target=0.25, gradient="off")

    front = read_table(folder, "front")
    assert front.loc[front["champion"], "validation_score"].item() >= 0.25
    assert read_table(folder, "generations")["best_score"].max() < 0.25


def test_a_number_of_evaluations_ends_the_search(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", task="iris", population=30, evaluations=70, gradient="off")

    evaluations = read_table(folder, "generations")["evaluations"]
    assert evaluations.iloc[-1] >= 70
    assert (evaluations.iloc[:-1] < 70).all()


def test_an_epoch_of_learning_costs_three_evaluations_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Children that have learned, some from a half of the data, are measured in two generations."""
    bred = Variation._child

    def learned(self: Variation, place: IndividualId, *parents: Individual) -> Individual:
        child = bred(self, place, *parents)
        child.epochs = 0.5 * (place.position % 3)
        return child

    monkeypatch.setattr(Variation, "_child", learned)
    settings: dict[str, Any] = {"population": 16, "elites": 4, "searches": 1}
    folder = run(tmp_path / "run", task="cartpole", evaluations=100, **settings)

    rows = read_table(folder, "individuals")
    born = rows["generation"] == rows["birth_generation"]
    bred_ones = born & (rows["source"] == "variation")
    learning = (1.5 * (rows["birth_index"] % 3)).where(bred_ones, 0.0)
    assert (~born).any()
    assert rows["cost"].tolist() == ((~rows["cached"]) + learning).tolist()
    sums = read_table(folder, "generations")["cost"]
    assert sums.iloc[-1] == rows["cost"].sum() == build_report(folder)["cost"]
    assert sums.iloc[-1] >= 100 > sums.iloc[-2]
    assert f"{(~rows['cached']).sum()} evaluations, cost {sums.iloc[-1]:,.0f}" in summarize(folder)


def test_the_weighted_sum_finds_networks_too(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", task="iris", population=30, generations=15, selection="weighted")

    assert read_table(folder, "front")["score"].max() > 0.6


def test_a_stopped_run_can_be_tested_and_resumed(tmp_path: Path) -> None:
    stop = threading.Event()

    def stop_soon(progress: Progress) -> None:
        if progress.generation == 3:
            stop.set()

    settings: dict[str, Any] = {"task": "iris", "population": 20, "generations": 6}
    folder = tmp_path / "stopped"
    outcome = start(settings_from({**settings, "out": str(folder)}), stop_soon, stop)
    assert outcome.state == "stopped"
    measure_test(folder, threading.Event())
    assert read_table(folder, "front")["test_score"].notna().any()
    assert read_commit(folder).search["state"] == "stopped"

    assert resume(folder, lambda _: None, threading.Event()).state == "done"
    assert compare_tables(folder, run(tmp_path / "undisturbed", **settings)) == []


def test_the_champion_is_among_those_few_that_a_long_test_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CartPole, "most_tested", 3)
    folder = run(tmp_path / "run", task="cartpole", searches=1, population=30, generations=30)

    front = read_table(folder, "front")
    assert len(front) > 3
    assert front["validation_score"].notna().all()
    assert front["test_score"].notna().sum() == 3
    assert front.loc[front["champion"], "test_score"].notna().all()


def test_changed_data_are_noticed(tmp_path: Path) -> None:
    rows = [f"{i % 7},{i % 5},{'ab'[i % 7 > 3]}" for i in range(60)]
    data = tmp_path / "data.csv"
    data.write_text("\n".join(["x,y,label", *rows]))
    folder = run(
        tmp_path / "run", task="csv", data=str(data), label="label", population=8, generations=2
    )
    data.write_text("\n".join(["x,y,label", *rows[1:], rows[0].replace("0", "1", 1)]))

    with pytest.raises(InputError, match=r"data of .* have changed"):
        resume(folder, lambda _: None, threading.Event())


def test_a_changed_source_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    text = (
        "from spikevolve.tasks import Classification\n\nclass Mine(Classification):\n"
        "    def load(self):\n        return [[i % 7, i % 5] for i in range(60)], [0, 1] * 30\n"
    )
    file.write_text(text)
    task = f"{file}:Mine"
    folder = run(tmp_path / "run", task=task, population=8, generations=2)
    file.write_text(f"{text}\n# changed\n")

    with pytest.raises(InputError, match=rf"^the source of {task} has changed .*`spikevolve run"):
        resume(folder, lambda _: None, threading.Event(), OwnCode(task))
    with pytest.raises(InputError, match="has changed"):
        measure_test(folder, threading.Event(), OwnCode(task))
    moved = tmp_path / "elsewhere.py"
    moved.write_text(f"{text}\n# changed\n")
    with pytest.raises(InputError, match=rf"^the source of {moved}:Mine has changed"):
        resume(folder, lambda _: None, threading.Event(), OwnCode(f"{moved}:Mine"))
    for place in (file, moved):
        place.write_text(text)
        named = OwnCode(f"{place}:Mine")
        assert resume(folder, lambda _: None, threading.Event(), named).state == "done"


def test_a_users_task_is_not_imported_because_a_folder_names_it(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", task="xor", population=8, generations=2)
    manifest = json.loads((folder / "run.json").read_text())
    manifest["settings"]["task"] = "evil.py:Task"
    (folder / "run.json").write_text(json.dumps(manifest))

    with pytest.raises(InputError, match="name it again with --task"):
        resume(folder, lambda _: None, threading.Event())
    with pytest.raises(InputError, match="not of 'iris'"):
        resume(folder, lambda _: None, threading.Event(), OwnCode("iris"))
