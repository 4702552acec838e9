"""What Spikevolve asks of a POSIX system: file locks, kinds of files, the cores and memory of this process.

Importing it fails in one sentence on systems without them, such as Windows.
"""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from spikevolve.errors import MachineError

try:
    import fcntl
except ImportError as error:
    raise MachineError(
        "Spikevolve runs on Linux and macOS, and this system has no file locks (Python's fcntl); "
        "on Windows, run it in the Windows Subsystem for Linux"
    ) from error

__all__ = ["available_cores", "check_regular", "fcntl", "machine_memory", "read_regular"]


def available_cores() -> int:
    """Return how many cores this process may use; all of the machine where nothing restricts it."""
    if hasattr(os, "sched_getaffinity"):  # macOS lacks it
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def machine_memory() -> int:
    """Return the bytes of memory that processes here may fill: the machine's, or a container's if less."""
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for name in (
        "memory.max",
        "memory/memory.limit_in_bytes",
    ):  # of Linux's control groups, 2 and 1
        with suppress(OSError, ValueError):  # there is none, or it says "max"
            limits.append(int((Path("/sys/fs/cgroup") / name).read_text()))
    return min(limits)


_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link, which is not followed there",
}


def check_regular(path: str | Path, *, links: bool) -> None:
    """Refuse what is no regular file.

    A named pipe would wait for ever, a device would never end, and a link in a folder that was handed over
    may lead to any file of whoever reads it.

    Args:
        path: Of what is to be opened.
        links: Whether it may be a link to one, as a file that the user names may.

    Raises:
        OSError: It is something else, whose `strerror` says what; or it cannot be looked at.
    """
    mode = (os.stat if links else os.lstat)(path).st_mode
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "something else")
        raise OSError(errno.EINVAL, f"it is {kind}, not a file", str(path))


def read_regular(path: str | Path, *, links: bool) -> bytes:
    """Return what is in a regular file.

    Args:
        path: Of the file.
        links: As of `check_regular`.

    Raises:
        OSError: As `check_regular`, or the file cannot be read.
    """
    check_regular(path, links=links)
    return Path(path).read_bytes()
