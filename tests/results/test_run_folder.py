"""Making, opening and refusing run folders."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from spikevolve.errors import InputError, MachineError
from spikevolve.results.store.folder import SCHEMA, read_commit, read_manifest
from spikevolve.results.store.lock import Lock
from spikevolve.results.store.reader import read_table
from spikevolve.results.store.writer import create_run, open_run
from spikevolve.results.summaries.run_status import read_status

RUN = runpy.run_path(str(Path(__file__).with_name("run_rows.py")))
rows, MANIFEST = RUN["rows"], RUN["MANIFEST"]


def test_a_new_run_has_its_manifest_and_no_rows(tmp_path: Path) -> None:
    with create_run(tmp_path / "deep" / "er" / "run", MANIFEST) as writer:
        folder = writer.folder

        assert folder == tmp_path / "deep" / "er" / "run"
        assert read_manifest(folder) == {"schema": SCHEMA, "run": "run", **MANIFEST}
        assert read_commit(folder).search == {}
        assert len(read_table(folder, "individuals")) == 0
    assert [path.name for path in folder.parent.iterdir()] == ["run"]


def test_the_state_comes_back_and_the_run_goes_on(run: Path) -> None:
    writer, state = open_run(run)
    with writer:
        assert state == RUN["state_after"](2)
        writer.append("individuals", rows("individuals", [40]))
        writer.commit({"generation": 5})

    assert read_commit(run).search == {"generation": 5}
    assert len(read_table(run, "individuals")) == len(RUN["numbers_after"](2)["individuals"]) + 1


def test_what_was_not_committed_is_dropped(run: Path) -> None:
    writer, _ = open_run(run)
    writer.append("individuals", rows("individuals", [40]))
    writer.close()

    assert len(read_table(run, "individuals")) == len(RUN["numbers_after"](2)["individuals"])


def test_a_closed_writer_writes_nothing(run: Path) -> None:
    writer, state = open_run(run)
    writer.close()
    writer.close()

    with pytest.raises(MachineError, match="is closed"):
        writer.commit(state)
    with pytest.raises(MachineError, match="is closed"):
        writer.write_front(rows("front", [0]))


def test_entries_of_the_manifest_are_replaced(run: Path) -> None:
    before = read_manifest(run)
    with open_run(run)[0] as writer:
        writer.change_manifest({"limits": [{"generations": 5}]})

    assert read_manifest(run) == {**before, "limits": [{"generations": 5}]}
    with pytest.raises(MachineError, match="is closed"):
        writer.change_manifest({})


def test_a_state_that_is_not_json_harms_nothing(run: Path) -> None:
    with open_run(run)[0] as writer:
        with pytest.raises(TypeError):
            writer.commit({"generation": {1, 2}})
        writer.commit({"generation": 3})

    assert read_commit(run).search == {"generation": 3}


def test_the_log_has_a_time_before_each_line(run: Path) -> None:
    lines = (run / "log.txt").read_text().splitlines()

    assert [line.split(" ", 1)[1] for line in lines] == ["step 0", "step 1"]
    assert all(line.startswith("20") for line in lines)


class TestExisting:
    def test_a_run_is_not_overwritten_and_the_message_says_how_to_resume(self, run: Path) -> None:
        with pytest.raises(InputError, match=f"already holds a run: `spikevolve resume {run}`"):
            create_run(run, MANIFEST)

    def test_nor_is_any_other_folder_or_file(self, tmp_path: Path) -> None:
        (tmp_path / "photos").mkdir()
        (tmp_path / "photos" / "one.jpg").write_text("")
        (tmp_path / "notes").write_text("mine")
        (tmp_path / "empty").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "empty")

        for name in ("photos", "notes", "link"):
            with pytest.raises(InputError, match=f"{name} already exists and is not a run"):
                create_run(tmp_path / name, MANIFEST)
        assert (tmp_path / "notes").read_text() == "mine"

    def test_an_empty_folder_is_taken(self, tmp_path: Path) -> None:
        (tmp_path / "run").mkdir()

        create_run(tmp_path / "run", MANIFEST).close()

        assert read_commit(tmp_path / "run").search == {}
        assert [path.name for path in tmp_path.iterdir()] == ["run"]

    def test_but_not_the_one_in_which_the_process_works(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "run").mkdir()
        monkeypatch.chdir(tmp_path / "run")

        with pytest.raises(InputError, match="run already exists and is not a run"):
            create_run(Path(), MANIFEST)

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")

        for place in ("file/run", "file/deep/run"):
            with pytest.raises(InputError, match=r"cannot be written: a part of the path is a fi"):
                create_run(tmp_path / place, MANIFEST)
        with pytest.raises(InputError, match="cannot be written: the name is too long"):
            create_run(tmp_path / ("x" * 300), MANIFEST)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_a_folder_without_permission(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        with pytest.raises(InputError, match="cannot be written: no permission"):
            create_run(tmp_path / "run", MANIFEST)

    def test_an_unfinished_attempt_is_cleared_away(self, tmp_path: Path) -> None:
        (tmp_path / ".run.new" / "genomes").mkdir(parents=True)
        (tmp_path / ".run.new" / ".run.json.tmp").write_text("{")

        create_run(tmp_path / "run", MANIFEST).close()

        assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_folders_that_a_copy_has_lost_are_made_again(tmp_path: Path) -> None:
    create_run(tmp_path / "run", MANIFEST).close()
    for table in RUN["TABLES"]:
        (tmp_path / "run" / table).rmdir()

    RUN["run_to_end"](tmp_path / "run")

    assert len(read_table(tmp_path / "run", "generations")) == 2 * RUN["STEPS"]


def test_files_of_the_user_stay(run: Path) -> None:
    (run / "individuals" / "notes.parquet").write_text("mine")
    (run / "notes.txt").write_text("mine")

    open_run(run)[0].close()

    assert (run / "individuals" / "notes.parquet").exists()
    assert (run / "notes.txt").exists()


class TestLock:
    def test_two_writers_of_one_process(self, run: Path) -> None:
        with (
            open_run(run)[0],
            pytest.raises(InputError, match=f"being written by process {os.getpid()} on"),
        ):
            open_run(run)
        open_run(run)[0].close()

    def test_a_writer_of_another_process(self, run: Path) -> None:
        with holding(run) as process:
            with pytest.raises(InputError, match=f"being written by process {process.pid} on"):
                open_run(run)
            assert read_status(run).process == "alive"
            process.kill()
            process.wait()
        open_run(run)[0].close()

    def test_a_run_that_is_being_made(self, tmp_path: Path) -> None:
        (tmp_path / ".run.new").mkdir()
        lock = Lock(tmp_path / ".run.new" / "lock")

        with pytest.raises(InputError, match="is being written by process"):
            create_run(tmp_path / "run", MANIFEST)
        lock.release()

    def test_a_refused_writer_leaves_the_run_alone(self, run: Path) -> None:
        leftover = run / "individuals" / "000009.parquet"
        with open_run(run)[0] as writer:
            leftover.write_text("about to be committed")
            with pytest.raises(InputError):
                open_run(run)
            assert leftover.exists()
            writer.commit({"generation": 9})


def holding(folder: Path) -> "subprocess.Popen[str]":
    """A process that has the run open and waits."""
    code = (
        "import sys, time; from pathlib import Path\n"
        "from spikevolve.results.store.writer import open_run\n"
        "writer, _ = open_run(Path(sys.argv[1])); print('open', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process
