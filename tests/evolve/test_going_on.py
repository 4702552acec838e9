"""A run that goes on beyond its end has the tables of one that had these limits from the start."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from spikevolve.cli.main import app
from spikevolve.evolve.runs import driver, run_state
from spikevolve.evolve.runs.run import resume, start
from spikevolve.evolve.runs.run_state import Progress
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.evolve.runs.studies import resume_study, start_study
from spikevolve.results.store.folder import read_commit, read_manifest
from spikevolve.results.store.reader import compare_tables, read_table

pytestmark = pytest.mark.slow  # starts runs, or compiles much

TINY = {"weight": [-1, 1, 1], "delay": [1, 2], "leaks": [1], "max_hidden": 1, "max_synapses": 6}
IRIS = {"task": "iris", "population": 12, "workers": 1, "gradient": "off", "ranges": TINY}
FRESH = {**IRIS, "task": "cartpole", "elites": 3, "racing": 3}
LEARNED = {**IRIS, "gradient": "on", "ranges": {"max_hidden": 4}}


def run(folder: Path, **values: Any) -> Path:
    settings = settings_from({"out": str(folder), **values})
    assert start(settings, lambda _: None, threading.Event()).state == "done"
    return folder


def goes_on(folder: Path, **limits: Any) -> str:
    return resume(folder, lambda _: None, threading.Event(), limits=limits).state


def stopping(generation: int) -> tuple[Any, threading.Event]:
    """What watches a run and stops it, and what it stops it by."""
    stop = threading.Event()

    def watch(progress: Progress) -> None:
        if progress.generation == generation:
            stop.set()

    return watch, stop


@pytest.mark.parametrize("values", [IRIS, FRESH, LEARNED], ids=["cached", "fresh", "learned"])
def test_five_generations_and_five_more_are_ten(tmp_path: Path, values: dict[str, Any]) -> None:
    long = run(tmp_path / "long", **values, generations=10)
    short = run(tmp_path / "short", **values, generations=5)
    assert compare_tables(short, long) != []

    assert goes_on(short, generations=10) == "done"

    assert compare_tables(short, long) == []
    assert read_table(short, "front")["test_score"].notna().any()


def test_other_limits_count_from_the_start_too(tmp_path: Path) -> None:
    long = run(tmp_path / "long", **FRESH, evaluations=200)
    short = run(tmp_path / "short", **FRESH, evaluations=90)

    goes_on(short, evaluations=200)

    assert compare_tables(short, long) == []


def test_a_run_that_ended_by_the_clock_goes_on_where_it_was(tmp_path: Path) -> None:
    long = run(tmp_path / "long", **FRESH, generations=40)
    short = run(tmp_path / "short", **FRESH, minutes=0.0001)
    assert len(read_table(short, "generations")) < 40

    goes_on(short, generations=40)

    assert compare_tables(short, long) == []


def test_limits_that_are_given_take_the_place_of_all_that_a_run_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_state, "PATIENCE_FLOOR", 40.0)
    folder = run(tmp_path / "run", **IRIS, patience=0.4)
    ended = len(read_table(folder, "generations"))
    assert ended < 1_000  # the limit where nothing is said of generations

    goes_on(folder, generations=ended + 3)

    assert len(read_table(folder, "generations")) == ended + 3


def test_a_champion_that_learned_once_more_leaves_with_the_end_that_chose_it(
    tmp_path: Path,
) -> None:
    values = {"task": "digits", "population": 6, "workers": 2}
    for seed in range(1, 6):
        short = run(tmp_path / f"short-{seed}", **values, seed=seed, generations=1)
        front = read_table(short, "front").query("champion")
        if front["source"].tolist() == ["refit"]:
            break
    else:
        raise AssertionError("no champion was better for it")
    [refitted] = front["genome_hash"]
    assert refitted in read_table(short, "genomes")["genome_hash"].tolist()
    long = run(tmp_path / "long", **values, seed=seed, generations=2)

    goes_on(short, generations=2)

    assert compare_tables(short, long) == []
    gone_on, at_once = (set(read_table(each, "genomes")["genome_hash"]) for each in (short, long))
    assert gone_on == at_once  # the one that learned once more is there only if it does so again


def test_stopped_on_the_way_it_goes_on_to_its_new_end(tmp_path: Path) -> None:
    long = run(tmp_path / "long", **FRESH, generations=8)
    short = run(tmp_path / "short", **FRESH, generations=3)

    watch, stop = stopping(5)
    assert resume(short, watch, stop, limits={"generations": 8}).state == "stopped"
    assert read_table(short, "front")["test_score"].isna().all()
    assert read_commit(short).search["state"] == "stopped"
    assert goes_on(short) == "done"

    assert compare_tables(short, long) == []


def test_the_manifest_keeps_all_limits(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", **IRIS, generations=2)
    began = read_manifest(folder)

    goes_on(folder, generations=3, minutes=5.0)
    goes_on(folder, evaluations=60)

    manifest: dict[str, Any] = read_manifest(folder)
    history = [{k: v for k, v in entry.items() if k != "time"} for entry in manifest["limits"]]
    assert history == [
        {"from_generation": 0, "generations": 2},
        {"from_generation": 2, "generations": 3, "minutes": 5.0},
        {"from_generation": 3, "evaluations": 60},
    ]
    assert (manifest["settings"]["generations"], manifest["settings"]["evaluations"]) == (None, 60)
    changed = {name for name in manifest if manifest[name] != began[name]}
    assert changed == {"settings", "limits"}


def test_a_run_that_is_done_with_these_limits_stays_as_it_is(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", **IRIS, generations=2)
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}

    assert goes_on(folder, generations=2) == "done"
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


def test_limits_that_a_run_is_beyond_are_refused_in_one_sentence(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", **IRIS, generations=4)
    state: dict[str, Any] = read_commit(folder).search
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}

    def refusal(*words: str) -> str:
        result = CliRunner().invoke(app, ["resume", str(folder), *words])
        assert result.exit_code == 2
        assert result.stderr.count("\n") == 1
        return result.stderr

    counted = "; limits count from the start of a run"
    assert f"generations is 3, but {folder} has had 4 generations already{counted}" in refusal(
        "--generations", "3"
    )
    assert f"has spent {state['cost']:,.0f} already" in refusal("--evaluations", "5")
    assert "has searched for" in refusal("--minutes", "0.00001")
    assert "has a champion that scores" in refusal("--target", "0.4")
    assert "generations is 0, but it must be" in refusal("--generations", "0")
    assert "target is 2, but" in refusal("--target", "2")
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


class TestFolds:
    def begun(self, folder: Path, generations: int) -> Path:
        settings = settings_from(
            {**IRIS, "folds": 2, "out": str(folder), "generations": generations}
        )
        assert start_study(settings, lambda _: None, threading.Event()).state == "done"
        return folder

    def test_all_go_on_also_after_a_stop_between_them(self, tmp_path: Path) -> None:
        long = self.begun(tmp_path / "long", 5)
        short = self.begun(tmp_path / "short", 2)

        watch, stop = stopping(3)  # in the first fold: the second is done, with 2
        outcome = resume_study(short, watch, stop, limits={"generations": 5})
        assert outcome.state == "stopped"
        assert resume_study(short, lambda _: None, threading.Event()).state == "done"

        for fold in ("fold-1", "fold-2"):
            assert compare_tables(short / fold, long / fold) == []
        manifest = json.loads((short / "study.json").read_text())
        assert manifest["settings"]["generations"] == 5
        assert [entry["generations"] for entry in manifest["limits"]] == [2, 5]

    def test_none_goes_on_where_one_is_beyond_the_limit(self, tmp_path: Path) -> None:
        folder = self.begun(tmp_path / "run", 3)
        before = {path: path.read_bytes() for path in folder.rglob("*.*")}

        result = CliRunner().invoke(app, ["resume", str(folder), "--generations", "2"])

        assert result.exit_code == 2
        assert "has had 3 generations already" in result.stderr
        assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


def test_a_kill_between_the_commit_and_the_manifest_leaves_the_run_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run(tmp_path / "run", **IRIS, generations=3)
    before = run(tmp_path / "before", **IRIS, generations=3)
    monkeypatch.setattr(driver, "COMMIT_SECONDS", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr("spikevolve.results.store.writer.RunWriter.change_manifest", _die)
        with pytest.raises(KeyboardInterrupt):
            goes_on(folder, generations=5)

    assert goes_on(folder) == "done"
    assert compare_tables(folder, before) == []


def _die(*_: object) -> None:
    raise KeyboardInterrupt
