"""One writer at a time: an advisory lock on a file in the run folder.

The lock is the kernel's (`flock`), so that it ends with the process, however the process ends. The
file says who holds it, for messages and for `status` from another machine.
"""

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ...errors import InputError
from ...posix import fcntl

PATIENCE = 0.5  # seconds; `is_locked` of another process holds the lock for a moment


class Holder(NamedTuple):
    """The process that wrote the lock file last."""

    host: str
    pid: int


class Lock:
    """An exclusive lock on a file, held until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        """Take the lock; the file is made if there is none.

        Raises:
            InputError: Another process holds it.
            OSError: Whatever else the system reports.
        """
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            self._take(path)
            text = json.dumps({"host": this_host(), "pid": os.getpid()})
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, text.encode())
        except BaseException:  # Ctrl-C too must not leave the file open; it is raised again
            os.close(self._descriptor)
            raise

    def _take(self, path: Path) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() < end:
                    time.sleep(PATIENCE / 20)
                    continue
                who = holder(path)
                name = f"process {who.pid} on {who.host}" if who else "another process"
                raise InputError(
                    f"{path.parent} is being written by {name}: wait for it or stop it first"
                ) from error

    def release(self) -> None:
        """Let the lock go; a second call does nothing."""
        if self._descriptor < 0:
            return
        with suppress(OSError):  # the text is only for messages
            os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)
        self._descriptor = -1


def this_host() -> str:
    """Return the name of this machine, as lock and state files have it."""
    return os.uname().nodename


def holder(path: Path) -> Holder | None:
    """Return who took the lock last; None if nobody did, or if it was released in order."""
    try:
        content = json.loads(path.read_bytes())
        return Holder(str(content["host"]), int(content["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_locked(path: Path) -> bool:
    """Return whether a process holds the lock, as far as this machine can tell.

    On a network file system that does not carry locks, only processes of this machine are seen.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
