"""Runs that are on their way, stopped or killed show their front, without a look at test data."""

import json
import math
import os
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from spikevolve.cli.main import app
from spikevolve.evolve.networks.network_files import export
from spikevolve.evolve.runs import driver, front_so_far, measure
from spikevolve.evolve.runs.run import Watch, measure_test, resume, start
from spikevolve.evolve.runs.run_state import Progress
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.results.store.folder import read_commit
from spikevolve.results.store.reader import front_generation, read_table
from spikevolve.results.summaries.report_page import summarize
from spikevolve.results.summaries.run_report import build_report
from spikevolve.results.summaries.run_status import about_front

pytestmark = pytest.mark.slow  # starts runs, or compiles much

IRIS: dict[str, Any] = {"task": "iris", "population": 20, "workers": 1, "gradient": "off"}
CARTPOLE: dict[str, Any] = {"task": "cartpole", "population": 16, "elites": 4, "workers": 1}


@pytest.fixture(autouse=True)
def commits_after_every_generation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "COMMIT_SECONDS", 0.0)


def run(folder: Path, watch: Watch = lambda _: None, **values: Any) -> Path:
    start(settings_from({"out": str(folder), **values}), watch, threading.Event())
    return folder


def stopped(folder: Path, generation: int, **values: Any) -> Path:
    """A run that somebody stops after so many generations."""
    stop = threading.Event()

    def watch(progress: Progress) -> None:
        if progress.generation == generation:
            stop.set()

    settings = settings_from({"out": str(folder), "generations": 50, **values})
    assert start(settings, watch, stop).state == "stopped"
    return folder


def spikevolve(*arguments: str) -> tuple[str, str]:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


def on_test_data(folder: Path) -> int:
    """How many values on test data its front has."""
    front = read_table(folder, "front")
    return int(front.filter(like="test_").notna().to_numpy().sum())


def archive(folder: Path) -> list[str]:
    state: dict[str, Any] = read_commit(folder).search
    return [f"{generation}-{index}" for generation, index in state["archive"]]


@pytest.fixture(params=["killed", "live"])
def interrupted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A run of a process that is killed in its fifth generation, or waits there."""
    folder, (here, there) = tmp_path / "run", os.pipe()

    def watch(progress: Progress) -> None:
        if progress.generation == 5:
            if request.param == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            os.write(there, b"!")
            threading.Event().wait()

    child = os.fork()
    if child == 0:
        try:
            run(folder, watch, **IRIS, generations=50)
        finally:
            os._exit(1)
    if request.param == "killed":
        os.waitpid(child, 0)
    else:
        os.read(here, 1)
    yield folder
    if request.param == "live":
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    os.close(here)
    os.close(there)


def test_report_plot_and_export_say_what_they_look_at(interrupted: Path) -> None:
    alive = build_report(interrupted)["state"] == "running"
    doing = "the run is going on" if alive else f"stopped, and `spikevolve resume {interrupted}`"

    page, _ = spikevolve("report", str(interrupted))
    found = json.loads(spikevolve("report", str(interrupted), "--json")[0])
    drawn, about_plots = spikevolve("plot", str(interrupted))
    network, about_network = spikevolve("export", str(interrupted))

    for said in (page, about_plots, about_network):
        assert "As it stands after 4 generations: " in said
        assert doing in said
        assert "not yet measured on test data" in said
    assert re.search(rf"network +{found['champion']['id']}: ", page)
    assert "test accuracy" not in page
    assert (
        "spikevolve test" in page
    ) is not alive  # a live run cannot be tested by another process
    assert len(drawn.splitlines()) == 4
    assert json.loads(network)["format"] == "spikevolve network"
    assert on_test_data(interrupted) == 0


@pytest.mark.parametrize(
    "words",
    [
        "predict RUN docs/flowers.csv",
        "lineage RUN",
        "ablate RUN",
        "robustness RUN --draws 1",
        "evaluate RUN iris",
        "encode iris --network RUN",
    ],
)
def test_commands_on_one_network_say_what_they_look_at(
    interrupted: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])

    _, said = spikevolve(*words.replace("RUN", str(interrupted)).split())

    assert said.startswith("As it stands after 4 generations: ")


def test_the_front_of_an_interrupted_run_is_its_archive(interrupted: Path) -> None:
    front = read_table(interrupted, "front")
    rows = read_table(interrupted, "individuals").set_index("id")

    assert front["id"].tolist() == archive(interrupted)
    assert front_generation(interrupted) == read_commit(interrupted).search["generation"] == 4
    for name in ("score", "spikes", "latency", "genome_hash"):
        assert front[name].tolist() == rows.loc[front["id"], name].tolist()
    assert set(front["genome_hash"]) <= set(read_table(interrupted, "genomes")["genome_hash"])


def test_the_champion_for_now_is_the_smallest_within_a_standard_error(interrupted: Path) -> None:
    front = read_table(interrupted, "front")
    best, samples = front["score"].max(), 100  # of iris, for training
    good = front[front["score"] >= best - math.sqrt(best * (1 - best) / samples)]

    [champion] = front[front["champion"]].to_dict("records")
    assert champion["id"] in good["id"].tolist()
    assert champion["synapses"] == good["synapses"].min()


def test_no_test_column_has_a_value_before_the_run_ends(tmp_path: Path) -> None:
    folder, seen = tmp_path / "run", list[int]()

    def watch(progress: Progress) -> None:
        if (folder / "front.parquet").exists():
            seen.append(on_test_data(folder))

    run(folder, watch, **IRIS, generations=4)
    assert len(seen) >= 3  # the first commit comes after the first generation at the latest
    assert on_test_data(folder) > 0
    assert about_front(folder) is None

    resume(folder, watch, threading.Event(), limits={"generations": 6})
    assert len(seen) >= 5
    assert set(seen) == {0}
    assert on_test_data(folder) > 0


def test_a_stopped_run_that_was_tested_says_so_until_it_goes_on(tmp_path: Path) -> None:
    folder = stopped(tmp_path / "run", 2, **IRIS)
    assert str(about_front(folder)).endswith("; not yet measured on test data.")

    measure_test(folder, threading.Event())
    assert str(about_front(folder)).endswith("; measured on test data.")
    assert "test accuracy" in summarize(folder)

    resume(folder, lambda _: None, threading.Event(), limits={"generations": 2})
    assert about_front(folder) is None


def test_before_anything_is_saved_nothing_is_found(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", **IRIS, generations=1)
    (folder / "front.parquet").unlink()
    state = json.loads((folder / "state.json").read_text())
    empty: dict[str, Any] = {
        "search": {},
        "blocks": {"individuals": [], "generations": [], "genomes": []},
    }
    (folder / "state.json").write_text(json.dumps(state | empty))

    assert "There is no front yet: no generation has been saved." in summarize(folder)
    result = CliRunner().invoke(app, ["export", str(folder)])
    assert result.exit_code == 2
    assert "has no champion yet" in result.stderr


class TestValidation:
    """Cart-pole validates on a hundred further starts, which cost ten evaluations of ten."""

    def test_is_what_the_end_measures(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(front_so_far, "VALIDATION_SHARE", 100.0)
        folder = stopped(tmp_path / "run", 12, **CARTPOLE, sources="variation")
        before = read_table(folder, "front").set_index("id")["validation_score"].dropna()
        (folder / "front.parquet").unlink()  # whoever goes on knows nothing of it

        resume(folder, lambda _: None, threading.Event(), limits={"generations": 12})

        after = read_table(folder, "front").set_index("id")["validation_score"]
        assert len(before) > 2
        pd.testing.assert_series_equal(before, after[before.index])

    def test_costs_a_share_of_the_search_at_most(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        measured = list[int]()
        original = measure.measure_on

        def counting(*arguments: Any) -> Any:
            measured.append(len(arguments[2]))
            return original(*arguments)

        monkeypatch.setattr(front_so_far, "measure_on", counting)
        monkeypatch.setattr(front_so_far, "VALIDATION_SHARE", 0.25)
        folder = stopped(tmp_path / "run", 12, **CARTPOLE)

        cost = float(str(read_commit(folder).search["cost"]))
        price = 100 / read_table(folder, "individuals")["episodes"].min()
        assert 0 < sum(measured) * price <= 0.25 * cost

    def test_chooses_the_champion_for_now_with_all_its_episodes_among_the_best_in_training(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(front_so_far, "VALIDATION_SHARE", 0.25)
        folder = stopped(tmp_path / "run", 12, **CARTPOLE)
        front = read_table(folder, "front")

        known = front[front["validation_score"].notna()]
        assert 1 < len(known) < len(front)
        total = known["mean_score"] * known["episodes"] + known["validation_score"] * 100
        pooled = total / (known["episodes"] + 100)
        assert pooled[known["champion"]].tolist() == [pooled.max()]


def test_the_readout_of_the_champion_for_now_is_kept(tmp_path: Path) -> None:
    folder = stopped(tmp_path / "run", 2, **IRIS, readout="ridge:neurons=8,bins=2")
    now = json.loads(export(folder, None, "readout"))

    resume(folder, lambda _: None, threading.Event(), limits={"generations": 2})

    then = json.loads(export(folder, None, "readout"))
    np.testing.assert_array_equal(now["constants"], then["constants"])
    assert now == then


class TestFreshEpisodes:
    @pytest.mark.parametrize("generation", [2, 9])
    def test_progress_report_and_tables_show_one_score(
        self, tmp_path: Path, generation: int
    ) -> None:
        seen = list[Progress]()
        stop = threading.Event()

        def watch(progress: Progress) -> None:
            seen.append(progress)
            if progress.generation == generation:
                stop.set()

        settings = settings_from({"out": str(tmp_path / "run"), **CARTPOLE})
        start(settings, watch, stop)

        report = build_report(tmp_path / "run")
        best = report["front"][0]
        assert seen[-1].best["score"] == best["mean_score"]
        assert seen[-1].short_of == ""
        table = read_table(tmp_path / "run", "generations")
        assert table["best_score"].tolist() == [progress.best["score"] for progress in seen]

    def test_a_lucky_first_score_is_not_the_best(self, tmp_path: Path) -> None:
        folder = stopped(tmp_path / "run", 9, **CARTPOLE)
        rows = read_table(folder, "individuals")
        shown = read_table(folder, "generations")["best_score"].iloc[-1]

        survivors = rows[(rows["generation"] == 8) & rows["survived"]]
        assert survivors["mean_score"].max() >= shown
        lucky = rows[rows["episodes"] == rows["episodes"].min()]
        assert lucky["mean_score"].max() > shown


@pytest.mark.parametrize(
    ("values", "short_of"),
    [
        ({"task": "xor"}, "not above chance"),
        ({"constraint": ["synapses <= 0"]}, "outside the constraints"),
    ],
)
def test_the_best_network_is_shown_before_it_is_a_solution(
    tmp_path: Path, values: dict[str, Any], short_of: str
) -> None:
    seen = list[Progress]()

    folder = run(tmp_path / "run", seen.append, **{**IRIS, "generations": 2, **values})

    rows = read_table(folder, "individuals")
    assert [progress.short_of for progress in seen] == [short_of] * 2
    assert seen[-1].best["score"] in rows["score"].tolist()
    assert read_table(folder, "generations")["best_score"].isna().all()
    assert read_table(folder, "front").empty


def test_the_folder_is_named_when_a_run_starts(tmp_path: Path) -> None:
    words = ["run", "xor", "--generations", "1", "--population", "4"]
    said = f"The run is in {tmp_path / 'a'}\n"

    _, heard = spikevolve(*words, "--out", str(tmp_path / "a"))
    _, silence = spikevolve(*words, "--out", str(tmp_path / "b"), "--quiet")
    result = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "a")])

    assert heard == said
    assert silence == ""
    assert said not in result.stderr  # that run is another one's
