"""Sweeps: grids of runs, one after another, side by side and one by one; resumed, compared, and with failures."""

import json
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import spikevolve
from spikevolve.cli.main import app
from spikevolve.evolve.runs.run import start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.results.store.folder import read_commit
from spikevolve.results.store.reader import compare_tables
from spikevolve.results.store.study import begun_runs, read_study
from spikevolve.results.store.writer import open_run
from spikevolve.results.summaries.compared_runs import read_groups
from spikevolve.results.summaries.comparison import compare
from spikevolve.results.summaries.study_report import report_study

pytestmark = pytest.mark.slow  # starts runs

GRID = ["--set", "mutations=1,3", "--seeds", "1-2"]
LINE = ["iris", "--gradient", "off", "--population", "8", "--workers", "1", *GRID]
NAMES = [f"mutations-{m}-seed-{s}" for m in (1, 3) for s in (1, 2)]


def spikevolve_with(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def sweep(folder: Path, *arguments: str) -> Result:
    limits = ["--generations", "2"]
    return spikevolve_with("sweep", *LINE, *limits, "--out", str(folder), *arguments)


def assert_equal_runs(folder: Path, other: Path) -> None:
    for name in NAMES:
        assert compare_tables(folder / name, other / name) == []


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep") / "whole"
    result = sweep(folder)
    assert result.exit_code == 0, result.output
    assert "mutations 3, seed 2 (4 of 4), generation 2 of 2" in result.stdout
    assert f"The sweep is in {folder}" in result.stderr
    return folder


def test_each_run_is_that_of_its_settings_alone(whole: Path, tmp_path: Path) -> None:
    assert [run.name for run in begun_runs(whole)] == NAMES
    words = {"task": "iris", "gradient": "off", "population": 8, "workers": 1, "generations": 2}
    alone = {**words, "mutations": 3, "seed": 2, "out": str(tmp_path / "alone")}
    start(settings_from(alone), lambda _: None, threading.Event())

    assert compare_tables(whole / "mutations-3-seed-2", tmp_path / "alone") == []
    assert compare_tables(whole / "mutations-1-seed-2", tmp_path / "alone") != []


def test_the_report_has_a_row_for_each_combination_of_settings(whole: Path) -> None:
    report = report_study(whole)

    assert json.loads(spikevolve_with("report", str(whole), "--json").stdout) == report
    assert report["grid"] == {"mutations": [1, 3]}
    assert (report["runs"], report["done"], report["seeds"]) == (4, 4, [1, 2])
    scores = {
        (champion["settings"]["mutations"], champion["seed"]): champion["test_score"]
        for champion in report["champions"]
    }
    for group in report["groups"]:
        own = [scores[group["settings"]["mutations"], seed] for seed in (1, 2)]
        assert (group["runs"], group["champions"]) == (2, 2)
        assert group["mean"]["test_score"] == pytest.approx(sum(own) / 2)
    page = spikevolve_with("report", str(whole)).stdout.splitlines()
    assert page[0] == "iris, mutations 1, 3, seeds 1 to 2: 4 of 4 runs done"
    assert page[2].split()[:3] == ["mutations", "seed", "champion"]
    assert [line.split()[:2] for line in page[3:7]] == [[m, s] for m in "13" for s in "12"]
    assert [line.split()[:4] for line in page[-6:-4]] == [[m, "2", "of", "2"] for m in "13"]


def test_what_reads_studies_reads_sweeps(whole: Path) -> None:
    fronts = spikevolve.load_all(whole, "front")
    assert sorted(set(fronts["setting_mutations"])) == [1, 3]

    groups = read_groups([str(whole)])
    assert [(group.name, len(group.runs)) for group in groups] == [
        ("whole: mutations 1", 2),
        ("whole: mutations 3", 2),
    ]
    assert len([row for row in compare(groups)["tests"] if row["measure"] == "test_score"]) == 1

    assert spikevolve_with("runs", str(whole)).stdout.count("mutations-") == 4
    table = spikevolve_with("table", str(whole), "--columns", "run", "--where", "champion")
    assert table.stdout.count("mutations-") == 4


def test_the_same_line_again_goes_on_and_finds_it_done(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    shutil.copytree(whole, folder)
    shutil.rmtree(folder / NAMES[1])
    shutil.rmtree(folder / NAMES[3])
    before = (folder / NAMES[0] / "state.json").read_bytes()
    status = spikevolve_with("status", str(folder)).stdout
    assert status.splitlines()[-1] == "4 runs: 2 done, runs not begun: 2"

    refused = sweep(folder)
    assert refused.exit_code == 2
    assert "already holds a study" in refused.stderr
    assert sweep(folder, "--or-resume", "--quiet").exit_code == 0
    assert_equal_runs(folder, whole)
    assert (folder / NAMES[0] / "state.json").read_bytes() == before
    assert sweep(folder, "--or-resume", "--quiet").exit_code == 0
    assert spikevolve_with("resume", str(folder), "--quiet").exit_code == 0


def test_an_array_of_independent_processes_makes_the_same_runs(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "array"
    children = []
    for index in (4, 2):
        child = os.fork()
        if child == 0:
            os._exit(sweep(folder, "--index", str(index), "--quiet").exit_code)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]
    assert sorted(run.name for run in begun_runs(folder)) == [NAMES[1], NAMES[3]]

    assert sweep(folder, "--index", "1", "--quiet").exit_code == 0
    twice = sweep(folder, "--index", "1", "--quiet")
    assert twice.exit_code == 2
    assert f"run 1 of {folder} has begun: --or-resume goes on with it" in twice.stderr
    assert sweep(folder, "--index", "1", "--quiet", "--or-resume").exit_code == 0
    assert spikevolve_with("resume", str(folder), "--index", "3").exit_code == 0
    assert_equal_runs(folder, whole)


def test_a_run_that_fails_ends_no_other(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "one-fails"
    shutil.copytree(whole, folder)
    for name in NAMES:
        shutil.rmtree(folder / name)
    (folder / NAMES[1]).mkdir()  # somebody's folder is in the way

    result = spikevolve_with("resume", str(folder), "--quiet")

    assert result.exit_code == 1
    assert "1 of 4 runs failed, the others are done: mutations 1, seed 2: " in result.stderr
    assert "is not a run folder: it is empty" in result.stderr
    (folder / NAMES[1]).rmdir()
    assert spikevolve_with("resume", str(folder), "--quiet").exit_code == 0
    assert_equal_runs(folder, whole)


def test_side_by_side_the_runs_are_the_same_and_failures_are_said(
    whole: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "jobs"
    shutil.copytree(whole, folder)
    for name in NAMES[1:3]:
        shutil.rmtree(folder / name)
    (folder / NAMES[1]).mkdir()

    result = sweep(folder, "--or-resume", "--jobs", "2")

    assert result.exit_code == 1
    said = result.stderr.splitlines()
    assert "mutations 3, seed 1 (3 of 4): done" in said
    assert not any("(1 of 4)" in line or "(4 of 4)" in line for line in said)  # they were done
    assert "1 of 4 runs failed, the others are done: mutations 1, seed 2 (2 of 4): " in said[-1]
    assert "is not a run folder: it is empty" in said[-1]
    shutil.rmtree(folder / NAMES[1])
    shutil.copytree(whole / NAMES[1], folder / NAMES[1])
    assert_equal_runs(folder, whole)


def test_status_tells_of_all_whatever_is_wrong_with_one(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(whole, folder)
    (folder / NAMES[2] / "state.json").write_text("{")

    result = spikevolve_with("status", str(folder))

    assert result.exit_code == 0
    assert f"{folder / NAMES[2] / 'state.json'} is damaged" in result.stdout
    assert result.stdout.splitlines()[-1] == "4 runs: 3 done, 1 damaged"


def test_a_damaged_run_keeps_no_other_from_going_on(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(whole, folder)
    (folder / NAMES[0] / "run.json").write_text("{")
    shutil.rmtree(folder / NAMES[3])

    result = sweep(folder, "--or-resume", "--quiet")

    assert result.exit_code == 1
    assert "1 of 4 runs failed, the others are done: mutations 1, seed 1: " in result.stderr
    assert compare_tables(folder / NAMES[3], whole / NAMES[3]) == []


def test_a_damaged_run_is_left_out_of_what_is_said_of_the_others(
    whole: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(whole, folder)
    (folder / NAMES[0] / "state.json").write_text("{")
    why = f"{folder / NAMES[0] / 'state.json'} is damaged"

    report = report_study(folder)
    (said,) = report["damaged"]
    assert said.startswith(why)
    assert [group["champions"] for group in report["groups"]] == [1, 2]
    page = spikevolve_with("report", str(folder))
    assert page.exit_code == 0
    assert f"Left out: {why}" in page.stdout

    groups = read_groups([str(folder)])
    assert [len(group.runs) for group in groups] == [1, 2]
    assert any(note.startswith(f"Left out: {why}") for note in compare(groups)["notes"])

    further = spikevolve_with("resume", str(folder), "--generations", "3", "--quiet")
    assert further.exit_code == 1
    assert "1 of 4 runs failed, the others are done: mutations 1, seed 1: " in further.stderr
    assert [read_commit(folder / name).search["generation"] for name in NAMES[1:]] == [3] * 3


def test_a_combination_of_settings_without_a_readable_run_is_named(
    whole: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(whole, folder)
    for name in NAMES[:2]:
        (folder / name / "state.json").write_text("{")

    groups = read_groups([str(folder)])

    assert [len(group.runs) for group in groups] == [2]
    notes = compare(groups)["notes"]
    for name in NAMES[:2]:
        assert any(note.startswith(f"Left out: {folder / name}") for note in notes)


def test_a_study_without_a_readable_run_says_why(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(whole, folder)
    for name in NAMES:
        (folder / name / "state.json").write_text("{")

    result = spikevolve_with("compare", str(folder))

    assert result.exit_code == 2
    assert f"{folder / NAMES[0] / 'state.json'} is damaged" in result.stderr


@pytest.mark.parametrize("jobs", [[], ["--jobs", "2"]])
def test_a_run_that_another_process_is_at_work_on_is_left_alone(
    jobs: list[str], whole: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    shutil.copytree(whole, folder)
    shutil.rmtree(folder / NAMES[3])
    with open_run(folder / NAMES[1])[0] as writer:
        writer.commit({**read_commit(folder / NAMES[1]).search, "state": "stopped"})
        result = spikevolve_with("resume", str(folder), "--quiet", *jobs)

    assert result.exit_code == 0, result.stderr
    (said,) = result.stderr.splitlines()
    assert said.startswith("Left alone: mutations 1, seed 2")
    assert f"is being written by process {os.getpid()} on" in said
    assert compare_tables(folder / NAMES[3], whole / NAMES[3]) == []


def test_new_limits_are_those_of_all_runs(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "further"
    shutil.copytree(whole, folder)
    shutil.rmtree(folder / NAMES[3])

    resumed = spikevolve_with("resume", str(folder), "--generations", "3", "--index", "1", "-q")
    assert resumed.exit_code == 0
    assert spikevolve_with("resume", str(folder), "--generations", "3", "-q").exit_code == 0
    assert {read_commit(run).search["generation"] for run in begun_runs(folder)} == {3}
    assert len(read_study(folder).manifest["limits"]) == 2
    assert len(begun_runs(folder)) == 4


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--index", "5"], "index is 5, but it must be from 1 to the number of runs, 4"),
        (["--index", "0"], "index is 0, but it must be a whole number of at least 1"),
        (["--jobs", "0"], "jobs is 0, but it must be a whole number of at least 1"),
        (["--jobs", "2", "--index", "1"], "give one of them"),
        (["--population", "9", "--set", "population=5,6"], "population is given twice"),
        (["--set", "seeds=1-3"], "seeds is given twice, by --set and by --seeds"),
        (["--set", "generations=1,2"], "generations is given twice"),
        (["--set", "minutes=1,2"], "minutes is a limit"),
        (["--set", "mutations=2"], "mutations is given twice by --set"),
        (["--set", "populaton=5"], "there is no setting 'populaton'"),
        (["--set", "elites=many"], "elites is 'many', but it must be a whole number"),
    ],
)
def test_bad_input_is_one_sentence_and_no_folder(
    arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    result = sweep(tmp_path / "sweep", *arguments)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "a sweep needs --set or --seeds"),
        (["--seeds", "1-2", "--index", "1"], "--index needs --out"),
        (["--seeds", "1-2", "--or-resume"], "--or-resume needs --out"),
    ],
)
def test_what_a_sweep_needs_is_said(
    arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = spikevolve_with("sweep", "iris", *arguments)

    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert sentence in result.stderr


def test_jobs_and_index_are_for_studies(whole: Path) -> None:
    for option in ("--jobs", "--index"):
        result: Any = spikevolve_with("resume", str(whole / NAMES[0]), option, "1")
        assert result.exit_code == 2
        assert "is not a study" in result.stderr
