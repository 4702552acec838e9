"""Run folders of somebody else's making: what is a link, a pipe or a device is neither read nor written."""

import os
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from spikevolve.errors import InputError
from spikevolve.posix import check_regular, read_regular
from spikevolve.results.store.folder import BLOCK_TABLES, FILES
from spikevolve.results.store.reader import read_table
from spikevolve.results.store.writer import create_run, open_run
from spikevolve.results.summaries.run_report import build_report
from spikevolve.results.summaries.run_status import read_status

RUN = runpy.run_path(str(Path(__file__).with_name("run_rows.py")))
MANIFEST = RUN["MANIFEST"]

USES: dict[str, Callable[[Path], object]] = {
    "resume": lambda folder: open_run(folder)[0].close(),
    "table": lambda folder: read_table(folder, "individuals"),
    "report": build_report,
    "status": read_status,
}


def link(path: Path, outside: Path) -> None:
    path.symlink_to(outside)


def pipe(path: Path, outside: Path) -> None:
    os.mkfifo(path)


def device(path: Path, outside: Path) -> None:
    path.symlink_to("/dev/zero")


def folder(path: Path, outside: Path) -> None:
    path.mkdir()


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file of the reader's own."""
    file = tmp_path / "precious.txt"
    file.write_text("mine")
    return file


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("put", [link, pipe, device, folder])
@pytest.mark.parametrize("name", [*FILES, "individuals/000001.parquet"])
def test_what_is_no_file_of_its_own_is_refused_and_stays_as_it_is(
    name: str, put: Callable[[Path, Path], None], use: str, run: Path, outside: Path
) -> None:
    (run / name).unlink(missing_ok=True)
    put(run / name, outside)
    if name not in FILES and use not in ("resume", "table"):
        USES[use](run)  # it looks at no individual
        return

    with pytest.raises(InputError, match=f"{name} is damaged: it is a|{name} cannot be read: it"):
        USES[use](run)

    assert outside.read_text() == "mine"


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("name", BLOCK_TABLES)
def test_a_link_in_place_of_a_folder_of_blocks_is_not_followed(
    name: str, use: str, run: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.move(run / name, other)
    (other / "000099.parquet").write_text("a block that no commit of this run counts")
    (run / name).symlink_to(other)

    with pytest.raises(InputError, match=f"{name} is damaged: it is a link, not a folder"):
        USES[use](run)

    assert (other / "000099.parquet").exists()


def test_a_link_in_place_of_a_half_written_file_is_removed_and_not_written_through(
    run: Path, outside: Path
) -> None:
    writer, _ = open_run(run)
    with writer:
        (run / ".state.json.tmp").symlink_to(outside)
        RUN["step"](writer, 2)

    assert outside.read_text() == "mine"
    assert not (run / ".state.json.tmp").is_symlink()
    assert not (run / "state.json").is_symlink()
    assert read_status(run).generation == 6


@pytest.mark.parametrize("inside", [True, False])
def test_what_a_killed_start_left_is_not_followed_where_it_is_a_link(
    inside: bool, outside: Path, tmp_path: Path
) -> None:
    fresh = tmp_path / ".new.new"
    if inside:
        fresh.mkdir()
        (fresh / "lock").symlink_to(outside)
    else:
        fresh.symlink_to(tmp_path)

    with pytest.raises(InputError, match="is in the way: it is a link, or holds one"):
        create_run(tmp_path / "new", MANIFEST)

    assert outside.read_text() == "mine"


def test_a_run_folder_may_itself_be_reached_through_a_link(run: Path, tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to(run)

    assert read_status(tmp_path / "latest").generation == read_status(run).generation


def test_a_file_that_the_user_names_may_be_a_link_but_no_pipe(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")

    assert read_regular(tmp_path / "link", links=True) == b"text"
    with pytest.raises(OSError, match="it is a link, which is not followed there"):
        check_regular(tmp_path / "link", links=False)
    with pytest.raises(OSError, match="it is a named pipe, not a file"):
        read_regular(tmp_path / "pipe", links=True)
    with pytest.raises(OSError, match="it is a device, not a file"):
        read_regular("/dev/zero", links=True)
