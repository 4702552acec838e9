"""Studies: runs of their own for each seed and fold, averaged, resumed after a kill."""

import json
import os
import signal
import statistics
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from spikevolve.cli.main import app
from spikevolve.errors import InputError
from spikevolve.evolve.runs.run import Watch, start
from spikevolve.evolve.runs.run_state import Progress
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.evolve.runs.studies import resume_study, start_study
from spikevolve.results.store.folder import read_manifest
from spikevolve.results.store.reader import compare_tables, read_table
from spikevolve.results.store.study import begun_runs, find_runs
from spikevolve.results.summaries.run_report import build_report
from spikevolve.results.summaries.study_report import report_study

pytestmark = pytest.mark.slow  # starts runs, or compiles much

WORDS: dict[str, Any] = {
    "task": "iris",
    "folds": 3,
    "population": 10,
    "generations": 3,
    "workers": 1,
}


def begin(folder: Path, watch: Watch = lambda _: None, **values: Any) -> Path:
    settings = settings_from({**WORDS, "out": str(folder), **values})
    assert start_study(settings, watch, threading.Event())[:2] == (folder, "done")
    return folder


def spikevolve(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return begin(tmp_path_factory.mktemp("folds") / "whole")


def test_every_fold_is_a_run_tested_on_samples_of_its_own(whole: Path) -> None:
    places = [whole / f"fold-{number}" for number in (1, 2, 3)]

    splits = [read_manifest(place)["task"]["splits"] for place in places]  # type: ignore[index]
    assert splits == [{"train": 100, "validation": 0, "test": 50}] * 3
    assert compare_tables(places[0], places[1]) != []


def test_progress_says_which_fold_it_is_of(tmp_path: Path) -> None:
    seen = []

    def watch(progress: Progress) -> None:
        seen.append((progress.member, progress.generation))

    begin(tmp_path / "two", watch, folds=2, generations=2)

    assert seen == [
        (f"fold {fold} ({fold} of 2)", generation) for fold in (1, 2) for generation in (1, 2)
    ]


def test_the_report_has_mean_and_standard_deviation_of_the_champions(whole: Path) -> None:
    champions = [build_report(whole / f"fold-{n}")["champion"] for n in (1, 2, 3)]
    report = report_study(whole)

    assert json.loads(spikevolve("report", str(whole), "--json")) == report
    assert (report["task"], report["seeds"], report["folds"]) == ("iris", [1], 3)
    assert (report["runs"], report["done"]) == (3, 3)
    for name in ("test_score", "test_spikes", "test_latency", "synapses"):
        values = [float(champion[name]) for champion in champions if champion]
        assert report["mean"][name] == pytest.approx(sum(values) / 3)
        assert report["standard_deviation"][name] == pytest.approx(
            statistics.variance(values) ** 0.5
        )
    baselines = [build_report(whole / f"fold-{n}")["baselines"] for n in (1, 2, 3)]
    for name in ("logistic regression", "majority class"):
        expected = sum(scores[name] for scores in baselines) / 3
        assert report["baselines"][name] == pytest.approx(expected)
    page = spikevolve("report", str(whole))
    assert "For comparison, means on the same data: logistic regression 0.9" in page
    assert "iris, seed 1, 3 folds: 3 of 3 runs done" in page
    assert f"{report['mean']['test_score']:.4g} ± " in page


def test_a_killed_cross_validation_goes_on_with_the_unfinished_fold(
    tmp_path: Path, whole: Path
) -> None:
    folder, seen = tmp_path / "killed", iter(range(100))

    def die(_: object) -> None:
        if next(seen) == 4:  # in the second of three folds
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        try:
            begin(folder, die)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    report = report_study(folder)
    assert (report["done"], len(report["champions"])) == (1, 1)
    assert report["standard_deviation"]["test_score"] is None
    assert "runs not begun: 1" in spikevolve("status", str(folder))

    resume_study(folder, lambda _: None, threading.Event())

    for number in (1, 2, 3):
        assert compare_tables(whole / f"fold-{number}", folder / f"fold-{number}") == []


def test_a_stop_leaves_the_other_folds_for_later(tmp_path: Path) -> None:
    stop = threading.Event()
    folder = tmp_path / "stopped"
    settings = settings_from({**WORDS, "out": str(folder)})

    assert start_study(settings, lambda _: stop.set(), stop)[:2] == (folder, "stopped")
    assert sorted(place.name for place in folder.glob("fold-*")) == ["fold-1"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"task": "cartpole"}, "task cartpole takes no folds"),
        ({"task": "xor"}, "task xor holds nothing out, so it takes no folds"),
        ({"task": "mackey_glass"}, "task mackey_glass takes no folds"),
        (
            {"folds": 60},
            "task iris: class 'setosa' has 50 samples; each class needs at least 60, one in each of 60 folds",
        ),
    ],
)
def test_what_cannot_be_cut_into_folds_is_refused(
    tmp_path: Path, words: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        begin(tmp_path / "run", **words)
    assert list(tmp_path.iterdir()) == []


def test_a_fold_must_be_one_of_the_folds() -> None:
    with pytest.raises(InputError, match=r"fold is 4, but it must be from 1 to .* folds, 3"):
        settings_from({**WORDS, "fold": 4})
    with pytest.raises(InputError, match=r"fold is 1, .* which is not given"):
        settings_from({"task": "iris", "fold": 1})


def test_a_study_is_neither_begun_twice_nor_taken_for_a_run(whole: Path) -> None:
    with pytest.raises(InputError, match=f"spikevolve resume {whole}"):
        begin(whole)
    with pytest.raises(InputError, match="it is a study; name one of the runs in it"):
        read_manifest(whole)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeds") / "both"
    return begin(folder, folds=2, seeds="4,1-2", generations=2)


def test_each_seed_of_a_study_is_the_run_of_that_seed(tmp_path: Path, seeds: Path) -> None:
    names = [f"seed-{seed}-fold-{fold}" for seed in (4, 1, 2) for fold in (1, 2)]
    assert [run.name for run in begun_runs(seeds)] == names
    settings = settings_from({**WORDS, "folds": 2, "fold": 2, "seed": 4, "generations": 2})
    alone = replace(settings, out=str(tmp_path / "alone"))
    start(alone, lambda _: None, threading.Event())

    assert compare_tables(tmp_path / "alone", seeds / "seed-4-fold-2") == []
    assert compare_tables(tmp_path / "alone", seeds / "seed-4-fold-1") != []


def test_seeds_alone_share_one_split(tmp_path: Path) -> None:
    folder = begin(tmp_path / "seeds", folds=None, seeds="7-8", generations=1)

    fronts = [read_table(folder / f"seed-{seed}", "front") for seed in (7, 8)]
    found = {tuple(row) for f in fronts for row in f[["seed", "split"]].to_numpy().tolist()}
    assert found == {(7, 1), (8, 1)}
    report = report_study(folder)
    assert (report["seeds"], report["folds"], report["runs"]) == ([7, 8], None, 2)
    assert [champion["seed"] for champion in report["champions"]] == [7, 8]


def test_the_report_of_seeds_and_folds_names_both(seeds: Path) -> None:
    page = spikevolve("report", str(seeds)).splitlines()

    assert page[0] == "iris, seeds 4, 1, 2, 2 folds: 6 of 6 runs done"
    assert page[2].split()[:3] == ["seed", "fold", "champion"]
    assert [line.split()[:2] for line in page[3:9]] == [
        [str(seed), str(fold)] for seed in (4, 1, 2) for fold in (1, 2)
    ]


@pytest.mark.parametrize("seeds", ["3-1", "1,1", "1-3,2", "a", "1-", "", "-1", "1-100000000000"])
def test_seeds_that_are_none_are_refused(seeds: str) -> None:
    with pytest.raises(InputError, match=r"seeds is .*, but it must be numbers and spans such as"):
        settings_from({"task": "iris", "seeds": seeds})


def test_runs_are_found_by_folder_study_and_pattern(seeds: Path, tmp_path: Path) -> None:
    assert find_runs(seeds) == begun_runs(seeds)
    assert find_runs(f"{seeds}/seed-*-fold-2") == [seeds / f"seed-{n}-fold-2" for n in (1, 2, 4)]
    assert find_runs(f"{seeds.parent}/b*") == begun_runs(seeds)
    assert find_runs(seeds / "seed-1-fold-1") == [seeds / "seed-1-fold-1"]
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").touch()
    for given, sentence in (
        (seeds / "seed-9", "is not a run folder: there is no such folder"),
        (tmp_path / "empty", "is not a run folder: it is empty"),
        (tmp_path / "other", "is not a run folder: it has no run.json"),
        (tmp_path / "other" / "file", "is not a run folder: it is a file"),
        (f"{tmp_path}/x*", r"x\* matches nothing: it must match run folders"),
        (f"{tmp_path}/*", r"\* matches no folder of a run"),
    ):
        with pytest.raises(InputError, match=sentence):
            find_runs(given)
