"""Folders that are not runs, or damaged ones: one sentence that names the file."""

import json
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

from spikevolve.errors import InputError
from spikevolve.results.store.reader import read_table
from spikevolve.results.store.writer import create_run, open_run
from spikevolve.results.summaries.run_report import build_report
from spikevolve.results.summaries.run_status import read_status

RUN = runpy.run_path(str(Path(__file__).with_name("run_rows.py")))
rows, MANIFEST = RUN["rows"], RUN["MANIFEST"]


READERS: dict[str, Callable[[Path], object]] = {
    "open": open_run,
    "table": lambda folder: read_table(folder, "individuals"),
    "report": build_report,
    "status": read_status,
}


@pytest.mark.parametrize("reader", READERS)
class TestNotARun:
    def test_no_folder(self, reader: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="none is not a run folder: there is no such folder"):
            READERS[reader](tmp_path / "none")

    def test_another_folder(self, reader: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="is not a run folder: it is empty"):
            READERS[reader](tmp_path)
        assert list(tmp_path.iterdir()) == []
        (tmp_path / "notes.txt").touch()
        with pytest.raises(InputError, match=r"is not a run folder: it has no run\.json"):
            READERS[reader](tmp_path)

    def test_a_file(self, reader: str, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(InputError, match="is not a run folder"):
            READERS[reader](tmp_path / "file")

    @pytest.mark.parametrize("name", ["state.json", "run.json"])
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "it is not valid JSON"),
            (b'{"schema": 1, "blo', "it is not valid JSON"),
            (b"\xff\xfe", "it is not valid JSON"),
            (b"[" * 100_000, "it is not valid JSON"),
            (b"[1]", "it does not say its schema"),
            (b'{"schema": "1"}', "it does not say its schema"),
            (b'{"schema": 99}', "has schema 99, but this version of spikevolve reads up to"),
        ],
    )
    def test_a_damaged_json_file(
        self, reader: str, name: str, content: bytes, message: str, run: Path
    ) -> None:
        (run / name).write_bytes(content)
        with pytest.raises(InputError, match=f"{name} .*{message}"):
            READERS[reader](run)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"search": 3}, "search must be an object"),
            ({"blocks": {"individuals": "many"}}, "blocks must count the rows"),
            ({"blocks": {"individuals": [], "generations": [], "genomes": [-1]}}, "blocks must"),
            ({"updated": "yesterday"}, "updated must be a time"),
        ],
    )
    def test_a_state_that_makes_no_sense(
        self, reader: str, change: dict[str, object], message: str, run: Path
    ) -> None:
        state = json.loads((run / "state.json").read_text())
        (run / "state.json").write_text(json.dumps(state | change))
        with pytest.raises(InputError, match=f"state.json is damaged: {message}"):
            READERS[reader](run)

    def test_a_missing_state(self, reader: str, run: Path) -> None:
        (run / "state.json").unlink()
        with pytest.raises(InputError, match=r"state.json is missing: the run folder is damaged"):
            READERS[reader](run)


@pytest.mark.parametrize("reader", ["open", "table"])
class TestDamagedBlocks:
    def test_a_missing_block(self, reader: str, run: Path) -> None:
        (run / "individuals/000001.parquet").unlink()
        with pytest.raises(InputError, match=r"individuals/000001.parquet is missing"):
            READERS[reader](run)

    def test_a_truncated_block(self, reader: str, run: Path) -> None:
        path = run / "individuals/000002.parquet"
        path.write_bytes(path.read_bytes()[:-20])
        with pytest.raises(InputError, match=r"000002.parquet is damaged: it is not a whole Parq"):
            READERS[reader](run)

    def test_a_block_of_other_length(self, reader: str, run: Path) -> None:
        state = json.loads((run / "state.json").read_text())
        state["blocks"]["individuals"][1] += 1
        (run / "state.json").write_text(json.dumps(state))
        with pytest.raises(InputError, match=r"damaged: it has 14 rows, state.json counts 15"):
            READERS[reader](run)


def test_a_block_of_another_table(run: Path) -> None:
    block = (run / "genomes/000001.parquet").read_bytes()
    state = json.loads((run / "state.json").read_text())
    state["blocks"]["individuals"] = state["blocks"]["genomes"]
    (run / "state.json").write_text(json.dumps(state))
    (run / "individuals/000001.parquet").write_bytes(block)

    with pytest.raises(InputError, match=r"000001.parquet is damaged: column generation must be"):
        read_table(run, "individuals", ["generation"])


def test_genomes_of_nobody(tmp_path: Path) -> None:
    with create_run(tmp_path / "run", MANIFEST) as writer:
        writer.append("genomes", rows("genomes", [0, 1]) | {"id": ["0-1", "first"]})
        writer.commit({})

    with pytest.raises(InputError, match="genomes is damaged: an id is not GENERATION-INDEX"):
        read_table(tmp_path / "run", "genomes")


def test_a_block_with_one_flipped_bit(run: Path) -> None:
    path = run / "individuals/000001.parquet"
    content = bytearray(path.read_bytes())
    content[200] ^= 1
    path.write_bytes(content)

    with pytest.raises(InputError, match=r"000001.parquet is damaged: its rows cannot be read"):
        read_table(run, "individuals")
