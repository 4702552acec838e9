"""A run folder survives kills and a full disk at every single call to the system.

The quick tests stop at some of the calls, the slow ones at each.
"""

import os
import runpy
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from spikevolve.results.store.folder import read_commit
from spikevolve.results.store.reader import compare_tables, read_arrow
from spikevolve.results.store.writer import create_run, open_run

pytestmark = pytest.mark.slow  # starts processes, or compares much

HERE = Path(__file__).parent
RUN = runpy.run_path(str(HERE / "run_rows.py"))
TABLES = RUN["TABLES"]
KILLED, FULL = -signal.SIGKILL, 70


ALL = pytest.param(1, marks=pytest.mark.slow, id="every call")


def faults(template: Path, root: Path, kind: str, stride: int) -> dict[int, int]:
    """The exit status of the run that was stopped at a call, by the number of the call."""
    command = [sys.executable, str(HERE / "fault_run.py"), str(template), str(root), kind]
    command.append(str(stride))
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    return {stride * n: int(status) for n, status in enumerate(done.stdout.split())}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("undisturbed") / "run"
    RUN["run_to_end"](folder)
    return folder


@pytest.fixture
def killed_in_commit(tmp_path: Path) -> Path:
    """A run with one commit, whose second one was killed after two blocks."""
    folder = tmp_path / "killed" / "run"
    with create_run(folder, RUN["MANIFEST"]) as writer:
        RUN["step"](writer, 0)
        RUN["step"](writer, 1)
        after = folder.joinpath("individuals/000002.parquet").read_bytes()
        state = folder.joinpath("state.json").read_bytes()
    shutil.rmtree(folder)
    with create_run(folder, RUN["MANIFEST"]) as writer:
        RUN["step"](writer, 0)
    folder.joinpath("individuals/000002.parquet").write_bytes(after)
    folder.joinpath("generations/.000002.parquet.tmp").write_bytes(after[:100])
    folder.joinpath(".state.json.tmp").write_bytes(state[:50])
    return folder


def check_committed(folder: Path, undisturbed: Path) -> int:
    """The rows are exactly those of the committed state; returns its number of steps."""
    state = read_commit(folder).search
    steps = int(str(state.get("generation", 0))) // 2
    assert state == (RUN["state_after"](steps) if steps else {})
    for table, numbers in RUN["numbers_after"](steps).items():
        whole = read_arrow(undisturbed, table)
        assert read_arrow(folder, table).equals(whole.slice(0, len(numbers)))
    return steps


def check_continues(folder: Path, undisturbed: Path) -> None:
    """Opening removes all that is not committed, and going on ends as the undisturbed run."""
    writer, state = open_run(folder)
    blocks = [path for path in folder.rglob("*") if path.suffix in (".parquet", ".tmp")]
    counts = [len(list((undisturbed / table).iterdir())) for table in TABLES]
    assert len(blocks) <= sum(counts) + 1
    assert not [path for path in blocks if path.suffix == ".tmp"]
    writer.close()
    steps = int(str(state.get("generation", 0))) // 2
    for table in TABLES:
        expected = sum(1 for n in range(steps) if table in RUN["sizes"](n))
        assert len(list((folder / table).iterdir())) == expected
    RUN["run_to_end"](folder)
    assert compare_tables(folder, undisturbed) == []
    assert read_commit(folder).search == RUN["state_after"](RUN["STEPS"])


@pytest.mark.parametrize("stride", [ALL, pytest.param(9, id="some calls")])
@pytest.mark.parametrize(("kind", "calls"), [("kill", 60), ("torn", 15)])
def test_a_kill_at_any_call_loses_nothing_that_was_committed(
    kind: str, calls: int, stride: int, tmp_path: Path, undisturbed: Path
) -> None:
    statuses = faults(tmp_path / "none", tmp_path / "runs", kind, stride)

    last = max(statuses)
    assert statuses.pop(last) == 0
    assert set(statuses.values()) == {KILLED}
    assert last > calls
    reached = set()
    for at in statuses:
        folder = tmp_path / "runs" / str(at) / "run"
        if folder.exists():
            reached.add(check_committed(folder, undisturbed))
            check_continues(folder, undisturbed)
        else:
            RUN["run_to_end"](folder)
            assert compare_tables(folder, undisturbed) == []
            assert [path.name for path in folder.parent.iterdir()] == ["run"]
    assert stride > 1 or reached >= set(range(RUN["STEPS"]))


@pytest.mark.parametrize("stride", [ALL, pytest.param(5, id="some calls")])
def test_a_kill_while_leftovers_are_removed(
    stride: int, tmp_path: Path, killed_in_commit: Path, undisturbed: Path
) -> None:
    statuses = faults(killed_in_commit, tmp_path / "runs", "kill", stride)

    assert statuses.pop(max(statuses)) == 0
    assert set(statuses.values()) == {KILLED}
    for at in range(0, 8, stride):
        folder = tmp_path / "runs" / str(at) / "run"
        assert check_committed(folder, undisturbed) == 1
        check_continues(folder, undisturbed)


@pytest.mark.parametrize("stride", [ALL, pytest.param(9, id="some calls")])
def test_a_full_disk_at_any_call_is_a_failing_machine(
    stride: int, tmp_path: Path, undisturbed: Path
) -> None:
    statuses = faults(tmp_path / "none", tmp_path / "runs", "full", stride)

    assert statuses.pop(max(statuses)) == 0
    assert set(statuses.values()) == {FULL}
    for at in statuses:
        folder = tmp_path / "runs" / str(at) / "run"
        if folder.exists():
            check_committed(folder, undisturbed)
            check_continues(folder, undisturbed)
        else:
            assert [path.name for path in folder.parent.iterdir()] in ([], [".run.new"])


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads Linux's /proc")
def test_files_reach_the_disk_before_what_counts_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against a power failure: file, its folder, and only then state.json and its folder."""
    calls = []

    def fsync(descriptor: int) -> None:
        calls.append(("fsync", Path(f"/proc/self/fd/{descriptor}").resolve().name))

    def replace(source: Path, target: Path, real: Any = os.replace) -> None:
        real(source, target)
        calls.append(("replace", Path(target).name))

    with create_run(tmp_path / "run", RUN["MANIFEST"]) as writer:
        monkeypatch.setattr(os, "fsync", fsync)
        monkeypatch.setattr(os, "replace", replace)
        writer.append("generations", RUN["rows"]("generations", range(3)))
        writer.commit({})

    assert calls == [
        ("fsync", ".000001.parquet.tmp"),
        ("replace", "000001.parquet"),
        ("fsync", "generations"),
        ("fsync", ".state.json.tmp"),
        ("replace", "state.json"),
        ("fsync", "run"),
    ]
