"""The writer of a run folder: rows in, blocks out, `state.json` last.

What a reader or a resumed run sees is what the last finished `commit` wrote, whenever the process
is killed, the power fails or the disk is full.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from ...errors import InputError, MachineError
from .atomic_files import (
    TEMPORARY,
    AlreadyThereError,
    append_line,
    failing_machine,
    is_free,
    place_of_the_user,
    sync_folder,
    write_file,
)
from .folder import (
    ANSWERS,
    BASELINES,
    BLOCK_TABLES,
    FRONT,
    FRONT_GENOMES,
    LOCK,
    LOG,
    MANIFEST,
    SCHEMA,
    STATE,
    block_name,
    read_commit,
    read_manifest,
    refuse_older,
    run_values,
)
from .lock import BEING_WRITTEN, BeingWrittenError, Lock, this_host
from .reader import check_blocks
from .schema import GENERATION, RowBuffer, Values, columns_of, encode


class RunWriter:
    """The one process that writes a run folder; made by `create_run` and `open_run`.

    A context manager: leaving it closes. Not for several threads at once.
    """

    def __init__(
        self, folder: Path, lock: Lock, run: Mapping[str, Any], blocks: dict[str, list[int]]
    ) -> None:
        """Make a writer of a folder whose lock is held.

        Args:
            folder: The run folder.
            lock: Its lock; released by `close`.
            run: Values of the columns `of_run` (`folder.run_values`).
            blocks: Table → rows of the blocks that are committed.
        """
        self.folder = folder
        self._lock = lock
        self._run = run
        self._blocks = blocks
        self._buffers = {table: RowBuffer(table, run) for table in BLOCK_TABLES}
        self._usable = True
        self._safe = (
            "what was committed before is safe, "
            f"and `spikevolve resume {folder}` goes on from there"
        )

    def append(self, table: str, columns: Mapping[str, Values]) -> None:
        """Add rows to a table; the next `commit` writes them.

        The values are not copied and must not change before that. None and NaN become null.

        Args:
            table: `individuals`, `generations` or `genomes`.
            columns: One sequence or array of values for each column of the schema, all of one
                length; columns that may be null may be left out, and those `of_run`, which are
                filled in.

        Raises:
            ValueError: A column is unknown or missing, or the lengths differ.
        """
        self._buffers[table].add(columns)

    def commit(self, state: Mapping[str, object]) -> None:
        """Write the rows appended since the last commit and the search state, as one step.

        Args:
            state: The search as plain JSON values; `open_run` and `read_commit` return it. Status
                and report look at `state` ("running", "stopped" or "done"), `generation`,
                `evaluations`, `cost` and `seconds`.

        Raises:
            MachineError: A file cannot be written. The commit before stays; this writer takes no
                further commit, because nobody knows what reached the disk. Or another process has
                taken the run over, since this one stood still.
            TypeError: The state is not plain JSON; nothing is written.
            ValueError: A value does not fit its column; nothing is written.
        """
        self._check_usable()
        tables = {name: buffer.table() for name, buffer in self._buffers.items() if buffer.rows}
        blocks = {name: list(counts) for name, counts in self._blocks.items()}
        for name, table in tables.items():
            blocks[name].append(table.num_rows)
        text = _state_text(state, blocks)
        self._usable = False
        with failing_machine(f"{self.folder} cannot be written", self._safe):
            for name, table in tables.items():
                path = self.folder / name / block_name(len(blocks[name]))
                write_file(path, encode(table, columns_of(name)))
            write_file(self.folder / STATE, text)
        self._usable = True
        self._blocks = blocks
        for buffer in self._buffers.values():
            buffer.clear()

    def write_front(
        self,
        columns: Mapping[str, Values],
        generation: int | None = None,
        genomes: Mapping[str, Values] | None = None,
    ) -> None:
        """Replace the table of the front, at once and apart from commits.

        After a commit, so that the tables have the genomes of its members at any moment.

        Args:
            columns: As of `append`.
            generation: How many generations of the search it is of; None where that is not known.
            genomes: Rows of the table of genomes for members that no commit has; they stay there as
                long as this front.

        Raises:
            MachineError: A file cannot be written; the front before stays.
            ValueError: As `append` and `commit`.
        """
        self._check_usable()
        front = self._rows("front", columns)
        if generation is not None:
            front = front.replace_schema_metadata({GENERATION: str(generation)})
        path = self.folder / FRONT_GENOMES
        with failing_machine(f"{self.folder} cannot be written", self._safe):
            if genomes is not None:
                write_file(path, encode(self._rows("genomes", genomes), columns_of("genomes")))
            write_file(self.folder / FRONT, encode(front, columns_of("front")))
            if genomes is None:
                path.unlink(missing_ok=True)

    def _rows(self, table: str, columns: Mapping[str, Values]) -> pa.Table:
        buffer = RowBuffer(table, self._run)
        buffer.add(columns)
        return buffer.table()

    def change_manifest(self, changes: Mapping[str, object]) -> None:
        """Replace entries of `run.json`, at once.

        Raises:
            MachineError: The file cannot be written; the one before stays.
        """
        self._check_usable()
        text = _manifest_text({**read_manifest(self.folder), **changes})
        with failing_machine(f"{self.folder} cannot be written", self._safe):
            write_file(self.folder / MANIFEST, text)

    def write_baselines(self, scores: Mapping[str, float]) -> None:
        """Keep the scores on test data that the champion's is compared with, at once.

        Args:
            scores: By name, finite.

        Raises:
            MachineError: The file cannot be written; the one before stays.
        """
        self._write_json(BASELINES, {"test_score": dict(scores)}, indent=2)

    def write_answers(self, answers: Mapping[str, object]) -> None:
        """Keep what the champion answered on test data, at once.

        Args:
            answers: Plain JSON values, as `read_answers` returns them.

        Raises:
            MachineError: The file cannot be written; the one before stays.
        """
        self._write_json(ANSWERS, answers, indent=None)

    def _write_json(self, name: str, content: Mapping[str, object], indent: int | None) -> None:
        self._check_usable()
        whole = {"schema": SCHEMA, **content}
        text = json.dumps(whole, indent=indent, ensure_ascii=False, allow_nan=False)
        with failing_machine(f"{self.folder} cannot be written", self._safe):
            write_file(self.folder / name, f"{text}\n".encode())

    def log(self, line: str) -> None:
        """Add a line to `log.txt`, with the time before it.

        Raises:
            MachineError: The file cannot be written, or another process has taken the run over.
        """
        self._lock.check()
        with failing_machine(f"{self.folder} cannot be written", self._safe):
            append_line(self.folder / LOG, f"{_now()} {line}")

    def close(self) -> None:
        """Drop what was appended since the last commit and let the run folder go."""
        self._usable = False
        self._lock.release()

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def _check_usable(self) -> None:
        if not self._usable:
            raise MachineError(f"{self.folder} is closed, or a commit has failed: {self._safe}")
        self._lock.check()


def create_run(folder: Path, manifest: Mapping[str, object]) -> RunWriter:
    """Make a run folder that does not exist yet, or is empty; folders above it are made too.

    It appears in one step, with its manifest and an empty commit: after a kill there is a run that
    can be resumed, or none (and perhaps a hidden `.NAME.new`, which the next attempt clears away).

    Args:
        folder: The place.
        manifest: Plain JSON values for `run.json`, `settings` and `task` among them. `schema` and
            `run`, the name of the run (that of the folder), are filled in where they are absent.

    Raises:
        AlreadyThereError: There is a run (says how to resume it).
        InputError: Something else is there, or it cannot be made there; or the manifest does not say what
            run it is.
        MachineError: The disk is full, or fails otherwise.
    """
    folder = Path(folder).absolute()
    _refuse_existing(folder)
    content = {"schema": SCHEMA, "run": folder.name, **manifest}
    run = run_values(folder, content)
    fresh = folder.with_name(f".{folder.name}.new")
    with place_of_the_user(f"run folder {folder} cannot be written"):
        os.makedirs(folder.parent, exist_ok=True)
        with _another_came_first(folder):
            lock = _take_fresh(fresh)
        try:
            with _another_came_first(folder):
                _fill(fresh, content)
                os.replace(fresh, folder)
            lock.path = folder / LOCK
            sync_folder(folder.parent)
        except BaseException:  # Ctrl-C too must not leave the lock held; it is raised again
            shutil.rmtree(fresh, ignore_errors=True)
            lock.release()
            raise
    return RunWriter(folder, lock, run, {table: [] for table in BLOCK_TABLES})


def open_run(folder: Path) -> tuple[RunWriter, dict[str, object]]:
    """Open a run folder to go on writing; what no commit counts is removed.

    Returns:
        The writer, and the search state of the last commit (empty before the first).

    Raises:
        InputError: Not a run folder, damaged, of another version, being written by another process,
            or cannot be written.
        MachineError: The disk fails.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    refuse_older(folder / MANIFEST, manifest)
    folder = folder.absolute()  # from here on, since what is above calls it as the user does
    run = run_values(folder, manifest)
    with place_of_the_user(f"run folder {folder} cannot be written"):
        lock = Lock(folder / LOCK)
        try:
            commit = read_commit(folder)
            check_blocks(folder)
            _remove_leftovers(folder, commit.blocks)
        except BaseException:  # Ctrl-C too must not leave the lock held; it is raised again
            lock.release()
            raise
    writer = RunWriter(folder, lock, run, commit.blocks)
    if lock.frozen:
        host, pid = lock.frozen[:2]
        writer.log(f"taken over from process {pid} on {host}, which stood still")
    return writer, commit.search


def _refuse_existing(folder: Path) -> None:
    if os.path.lexists(folder / MANIFEST):
        raise AlreadyThereError(
            f"{folder} already holds a run: `spikevolve resume {folder}` goes on with it, "
            "--out chooses another folder"
        )
    if not is_free(folder):
        raise InputError(f"{folder} already exists and is not a run: --out chooses another folder")


@contextmanager
def _another_came_first(folder: Path) -> Iterator[None]:
    """Turn what fails because another process has just made the folder into the sentence that says so."""
    try:
        yield
    except OSError as error:
        _refuse_existing(folder)
        if isinstance(error, FileNotFoundError):  # another attempt has cleared ours away
            raise BeingWrittenError(
                f"{folder} {BEING_WRITTEN} another process: wait for it or stop it first"
            ) from error
        raise


def _take_fresh(fresh: Path) -> Lock:
    """Make an empty folder and take its lock; what a killed attempt left there is removed."""
    with suppress(FileExistsError):
        os.mkdir(fresh)
        return Lock(fresh / LOCK)
    if fresh.is_symlink() or (os.path.lexists(fresh / LOCK) and (fresh / LOCK).is_symlink()):
        raise InputError(f"{fresh} is in the way: it is a link, or holds one; remove it")
    old = Lock(fresh / LOCK)  # refused while another process is at it
    shutil.rmtree(fresh)
    old.release()
    os.mkdir(fresh)
    return Lock(fresh / LOCK)


def _fill(folder: Path, manifest: Mapping[str, object]) -> None:
    for table in BLOCK_TABLES:
        os.mkdir(folder / table)
    write_file(folder / MANIFEST, _manifest_text(manifest))
    write_file(folder / STATE, _state_text({}, {table: [] for table in BLOCK_TABLES}))


def _manifest_text(manifest: Mapping[str, object]) -> bytes:
    return f"{json.dumps(manifest, indent=2, ensure_ascii=False)}\n".encode()


def _state_text(search: Mapping[str, object], blocks: Mapping[str, list[int]]) -> bytes:
    content = {
        "schema": SCHEMA,
        "updated": _now(),
        "host": this_host(),
        "pid": os.getpid(),
        "blocks": blocks,
        "search": search,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _remove_leftovers(folder: Path, blocks: Mapping[str, list[int]]) -> None:
    """Remove blocks that no commit counts and files that a kill left half-written."""
    for table, counts in blocks.items():
        os.makedirs(folder / table, exist_ok=True)  # copying may have lost an empty folder
        kept = {block_name(number) for number in range(1, len(counts) + 1)}
        for name in os.listdir(folder / table):
            if _is_temporary(name) or (re.fullmatch(r"\d+\.parquet", name) and name not in kept):
                os.unlink(folder / table / name)
    for name in os.listdir(folder):
        if _is_temporary(name):
            os.unlink(folder / name)


def _is_temporary(name: str) -> bool:
    return name.startswith(".") and name.endswith(TEMPORARY)
