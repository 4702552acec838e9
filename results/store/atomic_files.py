"""Files that are whole at any moment: written beside their place, then moved into it."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ...errors import InputError, MachineError

TEMPORARY = ".tmp"
_USERS = {
    errno.EACCES: "no permission",
    errno.EPERM: "not permitted",
    errno.EROFS: "the file system is read-only",
    errno.ENOTDIR: "a part of the path is a file",
    errno.EEXIST: "a part of the path is a file",
    errno.EISDIR: "it is a folder",
    errno.ENOENT: "a folder on the way does not exist",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ELOOP: "the path is a circle of links",
    errno.ENOTEMPTY: "it exists already",
}


class AlreadyThereError(InputError):
    """The folder that is to be made holds a run or a study already."""


def write_file(path: Path, data: bytes | memoryview) -> None:
    """Put `data` at `path` in one step.

    After a kill, a power failure or an error at any moment, `path` holds what it held before or
    `data`, whole. What an error leaves beside it is removed; what a kill leaves is named
    `.NAME.tmp`.

    Raises:
        OSError: Whatever the system reports.
    """
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    try:
        _write_new(temporary, data)
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    sync_folder(path.parent)


def is_free(folder: Path) -> bool:
    """Return whether a folder can be moved to a place: nothing is there, or an empty folder.

    A link stays, and so does the folder in which this process works.
    """
    if not os.path.lexists(folder):
        return True
    if os.path.islink(folder):
        return False
    try:
        return not os.listdir(folder) and not os.path.samefile(folder, os.curdir)
    except OSError:  # a file, or a folder that may not be read
        return False


def append_line(path: Path, line: str) -> None:
    """Add a line to a text file, which need not exist.

    Raises:
        OSError: Whatever the system reports.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        write_all(descriptor, f"{line}\n".encode())
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make what was moved into `folder` survive a power failure.

    Raises:
        OSError: Whatever the system reports.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems know no fsync of folders
            raise
    finally:
        os.close(descriptor)


@contextmanager
def place_of_the_user(sentence: str) -> Iterator[None]:
    """Turn a system error about a place that the user named into one sentence.

    Args:
        sentence: What cannot be done, "folder X cannot be written", say; the reason is added.

    Raises:
        InputError: The place is wrong (no permission, below a file, a name too long).
        MachineError: The machine fails (disk full, input/output error).
    """
    try:
        yield
    except OSError as error:
        if error.errno in _USERS:
            raise InputError(f"{sentence}: {_USERS[error.errno]}") from error
        raise MachineError(f"{sentence}: {_reason(error)}") from error


@contextmanager
def failing_machine(sentence: str, consequence: str) -> Iterator[None]:
    """Turn any system error into a `MachineError`: "SENTENCE: REASON; CONSEQUENCE".

    Raises:
        MachineError: On every OSError.
    """
    try:
        yield
    except OSError as error:
        raise MachineError(f"{sentence}: {_reason(error)}; {consequence}") from error


def _reason(error: OSError) -> str:
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]


def _write_new(path: Path, data: bytes | memoryview) -> None:
    path.unlink(missing_ok=True)  # what a kill has left there, or somebody's link to another file
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        write_all(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write all of something, however often the system cuts it short."""
    rest = memoryview(data).cast("B")
    while rest:
        rest = rest[os.write(descriptor, rest) :]
