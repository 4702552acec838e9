"""Status and report read the folder alone, while it is written and from elsewhere."""

import json
import os
import runpy
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from spikevolve.errors import InputError
from spikevolve.measurements import MEASUREMENTS
from spikevolve.results.store.reader import read_table
from spikevolve.results.store.writer import create_run, open_run
from spikevolve.results.summaries.run_names import duration
from spikevolve.results.summaries.run_report import build_report, summarize
from spikevolve.results.summaries.run_status import about_front, read_status

RUN = runpy.run_path(str(Path(__file__).with_name("run_rows.py")))
rows, MANIFEST = RUN["rows"], RUN["MANIFEST"]


def commit(folder: Path, state: dict[str, object]) -> None:
    with open_run(folder)[0] as writer:
        writer.commit(state)


def change_state(folder: Path, **changes: object) -> None:
    path = folder / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


class TestStatus:
    def test_before_the_first_commit(self, tmp_path: Path) -> None:
        with create_run(tmp_path / "run", MANIFEST):
            status = read_status(tmp_path / "run")

        assert (status.state, status.process) == ("running", "alive")
        assert (status.generation, status.evaluations, status.seconds) == (0, 0, 0)
        assert status.pid == str(os.getpid())

    @pytest.mark.parametrize(
        ("state", "shown"), [("running", "stopped"), ("stopped", "stopped"), ("done", "done")]
    )
    def test_after_the_process_has_ended(self, state: str, shown: str, tmp_path: Path) -> None:
        create_run(tmp_path / "run", MANIFEST).close()
        commit(tmp_path / "run", {**RUN["state_after"](3), "state": state})

        status = read_status(tmp_path / "run")

        assert (status.state, status.process) == (shown, "gone")
        assert (status.generation, status.evaluations, status.seconds) == (6, 42, 0.75)

    def test_a_killed_process_is_gone(self, tmp_path: Path) -> None:
        create_run(tmp_path / "run", MANIFEST).close()
        lock = {"host": os.uname().nodename, "pid": 2**22}
        (tmp_path / "run" / "lock").write_text(json.dumps(lock))

        assert read_status(tmp_path / "run").process == "gone"

    def test_from_another_machine(self, tmp_path: Path) -> None:
        create_run(tmp_path / "run", MANIFEST).close()
        commit(tmp_path / "run", {"state": "running"})
        change_state(tmp_path / "run", host="node7", pid=5)
        (tmp_path / "run" / "lock").write_text('{"host": "node7", "pid": 5}')

        status = read_status(tmp_path / "run")

        assert (status.state, status.process) == ("running", "unknown")
        assert "process 5 on node7 cannot be seen from this machine" in str(status)

    def test_the_front_of_a_run_elsewhere_is_that_of_its_last_commit(self, tmp_path: Path) -> None:
        folder = tmp_path / "run"
        create_run(folder, {**MANIFEST, "task": {"name": "iris", "has_test": True}}).close()
        commit(folder, {"state": "running", "generation": 1})
        change_state(folder, host="node7", pid=5)
        (folder / "lock").write_text('{"host": "node7", "pid": 5}')

        assert about_front(folder) == (
            "As it stands after 1 generation: the run was going on when this was saved, on node7; "
            "not yet measured on test data."
        )

    def test_the_age_is_that_of_the_last_commit(self, tmp_path: Path) -> None:
        create_run(tmp_path / "run", MANIFEST).close()
        change_state(
            tmp_path / "run", updated=(datetime.now(UTC) - timedelta(minutes=5)).isoformat()
        )

        status = read_status(tmp_path / "run")

        assert 300 <= status.age < 330
        assert "last commit 5.0 min ago" in str(status)

    def test_it_writes_nothing(self, tmp_path: Path) -> None:
        create_run(tmp_path / "run", MANIFEST).close()
        before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}

        read_status(tmp_path / "run")
        build_report(tmp_path / "run")

        assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before

    def test_a_damaged_number_is_named(self, tmp_path: Path) -> None:
        create_run(tmp_path / "run", MANIFEST).close()
        commit(tmp_path / "run", {"evaluations": "many"})

        with pytest.raises(InputError, match=r"evaluations must be a number, not 'many'"):
            read_status(tmp_path / "run")

    def test_while_another_process_writes(self, tmp_path: Path) -> None:
        """Whenever it is read, state and rows are those of one commit."""
        code = (
            "import os, runpy, sys; from pathlib import Path\n"
            f"run = runpy.run_path({str(Path(__file__).with_name('run_rows.py'))!r})\n"
            "from spikevolve.results.store.writer import create_run\n"
            "os.fsync = lambda _: None\n"
            "with create_run(Path(sys.argv[1]), run['MANIFEST']) as writer:\n"
            "    for n in range(20_000):\n"
            "        writer.append('generations', run['rows']('generations', range(n, n + 1)))\n"
            "        writer.commit({'generation': n + 1, 'state': 'running'})\n"
            "        if Path(sys.argv[2]).exists():\n"
            "            break\n"
        )
        folder, enough = tmp_path / "run", tmp_path / "enough"
        process = subprocess.Popen([sys.executable, "-c", code, str(folder), str(enough)])
        seen: set[int] = set()
        try:
            while len(seen) < 20:
                assert process.poll() is None
                if not folder.exists():
                    time.sleep(0.01)
                    continue
                before = read_status(folder).generation
                table = read_table(folder, "generations", ["generation"])
                generations = table["generation"].tolist()
                after = read_status(folder).generation
                assert generations == list(range(len(generations)))
                assert before <= len(generations) <= after
                seen.add(after)
        finally:
            enough.touch()
            status = process.wait()
        assert status == 0
        assert read_status(folder).generation >= max(seen)


def test_durations_have_the_unit_that_suits() -> None:
    shown = [duration(s) for s in (0.04, 12.4, 119, 150, 7200, 200_000)]

    assert shown == ["0.0 s", "12 s", "119 s", "2.5 min", "2.0 h", "2.3 days"]


FRONT: list[dict[str, Any]] = [
    {"id": "3-1", "score": 0.90, "spikes": 2.5, "latency": 4.0, "test_score": 0.88},
    {"id": "7-0", "score": 0.98, "spikes": 9.25, "latency": 6.5, "test_score": 0.94},
    {"id": "5-2", "score": 0.95, "spikes": 4.0, "latency": 3.0, "test_score": 0.96},
]


def finished(
    folder: Path,
    task: dict[str, object],
    front: list[dict[str, Any]],
    manifest: dict[str, Any] = MANIFEST,
) -> Path:
    with create_run(folder, {**manifest, "task": task}) as writer:
        writer.append("generations", rows("generations", range(8)))
        columns = rows("front", range(len(front)))
        for name in (n for n in columns if n.startswith(("test_", "mean_score", "episodes"))):
            columns[name] = [None] * len(front)
        for name in front[0] if front else ():
            columns[name] = [row[name] for row in front]
        columns["champion"] = [row["id"] == "5-2" for row in front]
        writer.write_front(columns)
        writer.commit({"state": "done", "generation": 7, "evaluations": 5600, "seconds": 31.5})
    return folder


class TestReport:
    def test_one_object_of_plain_values(self, tmp_path: Path) -> None:
        folder = finished(tmp_path / "run", {"name": "iris", "has_test": True}, FRONT)

        report = build_report(folder)

        assert json.loads(json.dumps(report, allow_nan=False)) == report
        assert (report["task"], report["seed"], report["state"]) == ("iris", 3, "done")
        assert (report["generations"], report["evaluations"], report["seconds"]) == (8, 5600, 31.5)
        assert [entry["id"] for entry in report["front"]] == ["7-0", "5-2", "3-1"]
        assert report["champion"] == report["front"][1]
        wanted = {"id", *(m.name for m in MEASUREMENTS), "test_score", "test_spikes"}
        assert wanted | {"test_latency"} <= report["front"][0].keys()
        assert report["front"][0]["test_score"] == 0.94
        assert report["front"][0]["test_latency"] is None

    @pytest.mark.parametrize(
        ("cost", "gained", "said"),
        [
            (5600.0, 4000.0, "5,600 evaluations, 32 s, still rising\n"),
            (5600.0, 3000.0, "5,600 evaluations, 32 s, standing since evaluation 3,000\n"),
            (9600.0, 7000.0, "5,600 evaluations, cost 9,600, 32 s, still rising\n"),
            (9600.0, 6000.0, "5,600 evaluations, cost 9,600, 32 s, standing since cost 6,000\n"),
        ],
    )
    def test_report_and_status_say_whether_the_search_still_gains(
        self, tmp_path: Path, cost: float, gained: float, said: str
    ) -> None:
        folder = finished(tmp_path / "run", {"name": "iris", "has_test": True}, FRONT)
        state = {"state": "done", "generation": 8, "evaluations": 5600, "seconds": 31.5}
        commit(folder, {**state, "cost": cost, "gain": {"cost": gained}})

        assert said in summarize(folder)
        assert (build_report(folder)["cost"], build_report(folder)["gained"]) == (cost, gained)
        assert said.split(", 32 s")[1].strip() in str(read_status(folder)).splitlines()[0]

    def test_what_else_scores_on_the_test_data_stands_beside_it(self, tmp_path: Path) -> None:
        folder = finished(tmp_path / "run", {"name": "iris", "has_test": True}, FRONT)
        assert build_report(folder)["baselines"] == {}
        assert "For comparison" not in summarize(folder)

        with open_run(folder)[0] as writer:
            writer.write_baselines({"logistic regression": 0.96, "majority class": 1 / 3})

        assert build_report(folder)["baselines"]["logistic regression"] == 0.96
        said = "on the same test data: logistic regression 0.960, majority class 0.333."
        assert summarize(folder).endswith(f"For comparison, {said}")

    @pytest.mark.parametrize(
        "content", ["{}", '{"schema": 2}', '{"schema": 2, "test_score": {"a": "b"}}']
    )
    def test_damaged_baselines_are_named(self, content: str, tmp_path: Path) -> None:
        folder = finished(tmp_path / "run", {"name": "iris", "has_test": True}, FRONT)
        (folder / "baselines.json").write_text(content)

        with pytest.raises(InputError, match=r"baselines\.json is damaged"):
            build_report(folder)

    def test_a_run_without_a_front(self, tmp_path: Path) -> None:
        create_run(tmp_path / "run", MANIFEST).close()

        report = build_report(tmp_path / "run")

        assert (report["front"], report["champion"], report["generations"]) == ([], None, 0)
        assert "There is no front yet" in summarize(tmp_path / "run")
        commit(tmp_path / "run", {"state": "done"})
        assert "no network came above chance." in summarize(tmp_path / "run")

    def test_the_score_of_chance_is_named_where_nothing_exceeds_it(self, tmp_path: Path) -> None:
        task = {"name": "gym:Toy-v0", "chance_score": 29.8189}
        create_run(tmp_path / "run", {**MANIFEST, "task": task}).close()
        commit(tmp_path / "run", {"state": "done"})

        assert "no network came above chance, a score of 29.82." in summarize(tmp_path / "run")

    def test_constraints_are_named_where_nothing_meets_them(self, tmp_path: Path) -> None:
        settings = {**MANIFEST["settings"], "constraint": ["synapses <= 2"]}
        create_run(tmp_path / "run", {**MANIFEST, "settings": settings}).close()
        commit(tmp_path / "run", {"state": "done"})

        assert "no network within all constraints came above chance" in summarize(tmp_path / "run")

    def test_the_summary_shows_best_front_and_test(self, tmp_path: Path) -> None:
        folder = finished(tmp_path / "run", {"name": "iris", "has_test": True}, FRONT)

        text = summarize(folder)

        assert text.startswith("iris, seed 3: done after 8 generations, 5,600 evaluations, 32 s\n")
        first = {line[:16].strip(): line[16:].split() for line in text.splitlines()}
        assert first["champion"][:4] == ["5-2", "0.95", "4", "3"]
        assert first["best score"][:4] == ["7-0", "0.98", "9.25", "6.5"]
        assert first["fewest spikes"][:4] == ["3-1", "0.9", "2.5", "4"]
        assert first["lowest latency"][:4] == ["5-2", "0.95", "4", "3"]
        assert "Pareto front: 3 networks" in text
        assert text.endswith("Tested on held-out data or unseen starts: 3 networks.")

    def test_the_summary_says_when_nothing_is_held_out(self, tmp_path: Path) -> None:
        front = [{k: v for k, v in row.items() if k != "test_score"} for row in FRONT]
        folder = finished(tmp_path / "run", {"name": "xor", "has_test": False}, front)

        text = summarize(folder)

        assert text.endswith("Nothing is held out: xor has no test data, so nothing was tested.")
        assert "test score" not in text

    def test_the_summary_says_when_the_test_is_still_to_come(self, tmp_path: Path) -> None:
        front = [{k: v for k, v in row.items() if k != "test_score"} for row in FRONT]
        folder = finished(tmp_path / "run", {"name": "iris", "has_test": True}, front)

        assert f"`spikevolve test {folder}` measures on them." in summarize(folder)

    def test_the_summary_names_the_scores(self, tmp_path: Path) -> None:
        task = {"name": "digits", "has_test": True, "score": "accuracy", "training_score": "h_mean"}
        folder = finished(tmp_path / "run", task, FRONT)
        same = finished(tmp_path / "same", {**task, "training_score": "accuracy"}, FRONT)

        two, one = summarize(folder), summarize(same)
        assert "The search went by h_mean on training data; networks are tested by acc" in two
        assert [line for line in two.splitlines() if "h_mean (training)" in line]
        assert "test accuracy" in two
        assert "training" not in one
        assert one.count("accuracy") == 4  # of training and of test, in two tables
        report = build_report(folder)
        assert (report["training_score"], report["score"]) == ("h_mean", "accuracy")

    def test_the_summary_shows_the_objectives_of_the_search(self, tmp_path: Path) -> None:
        settings = {"objectives": ["score", "footprint", "-activation_sparsity", "spikes"]}
        front = [
            {**row, "footprint": size, "activation_sparsity": sparsity}
            for row, size, sparsity in zip(FRONT, (300, 100, 200), (0.5, 0.75, 0.25), strict=True)
        ]
        manifest = {**MANIFEST, "settings": MANIFEST["settings"] | settings}
        folder = finished(tmp_path / "run", {"name": "iris", "has_test": True}, front, manifest)

        text = summarize(folder)

        heading = text.splitlines()[2].split()
        assert heading[:6] == ["id", "score", "footprint", "activation", "sparsity", "spikes"]
        best = {line[:26].strip(): line[26:].split()[0] for line in text.splitlines()[3:8]}
        assert best["lowest footprint"] == "7-0"
        assert best["lowest activation sparsity"] == "5-2"
        assert best["fewest spikes"] == "3-1"
        objectives = ["score", "footprint", "activation_sparsity", "spikes"]
        assert build_report(folder)["objectives"] == objectives

    def test_with_fresh_episodes_the_mean_counts(self, tmp_path: Path) -> None:
        means = [
            {**row, "mean_score": mean, "episodes": 90}
            for row, mean in zip(FRONT, (2, 5, 8), strict=True)
        ]
        task = {"name": "cartpole", "has_test": True, "episodes": 10}
        folder = finished(tmp_path / "run", task, means)

        assert [entry["id"] for entry in build_report(folder)["front"]] == ["5-2", "7-0", "3-1"]
        assert "mean return" in summarize(folder)
