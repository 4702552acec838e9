"""Status and report read the folder alone, while it is written and from elsewhere."""

import json
import os
import runpy
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from spikevolve.errors import InputError
from spikevolve.results.store.reader import read_table
from spikevolve.results.store.writer import create_run, open_run
from spikevolve.results.summaries.run_names import duration
from spikevolve.results.summaries.run_report import build_report
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
