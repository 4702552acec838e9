"""The lock of a run folder: one writer at a time, also of several machines that share a disk.

The owner writes a token of its own into the file, and a number that it counts up every second. Whoever wants the lock
looks again and again: where the number moves it is refused; where it stands still for a hundred looks the owner is frozen
or its machine is gone, and the lock is taken over. So nothing rests on clocks, which differ between machines, nor on
locks of the file system, which not every one carries to other machines. An owner that was frozen counts on in a file
that has no name any more, and before it writes to the run it finds that the token is another's.
"""

import errno
import json
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ...errors import InputError, MachineError
from ...posix import check_regular
from .atomic_files import TEMPORARY, failing_machine, write_all

#: How often the owner counts up, and how often a waiter looks.
BEAT_SECONDS, LOOK_SECONDS = 1.0, 0.2
#: After so many looks at the same number its owner is given up.
LOOKS = 100
#: Of two that take over the same lock the one that wrote last has it; so long both wait to see who did.
SETTLE_SECONDS = 0.1
_MOST_BYTES = 4096
_NO_HARD_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


#: What is said of a run that another process is at work on, there or in another process.
BEING_WRITTEN = "is being written by"


class BeingWrittenError(InputError):
    """Another process holds the lock of a run, and is alive."""


class Holder(NamedTuple):
    """A process as the lock file describes it.

    Attributes:
        host: Name of its machine.
        pid: Its process id there.
        machine: Among whose processes this id is one, as of `_this_machine`; empty if unknown.
        started: When it started, as of `_started`; empty if unknown.
    """

    host: str
    pid: int
    machine: str = ""
    started: str = ""

    @property
    def is_here(self) -> bool:
        """Whether its process id can be looked up by this process."""
        return self.machine == _this_machine() if self.machine else self.host == this_host()

    @property
    def has_ended(self) -> bool:
        """Whether it is known to have ended; of other machines' processes that is not known."""
        if not self.is_here:
            return False
        try:
            os.kill(self.pid, 0)
        except PermissionError:  # it is another user's
            pass
        except (ProcessLookupError, OverflowError):
            return True
        now = _started(self.pid)
        return now is None or bool(self.started and now and now != self.started)


class Lock:
    """An exclusive lock, held until `release`, the end of the process, or until another takes it over.

    Attributes:
        path: Where it lies; whoever moves its folder says so here.
        frozen: The owner that stood still and from which it was taken over; usually None.
    """

    def __init__(self, path: Path) -> None:
        """Take the lock; the file is made if there is none.

        Raises:
            BeingWrittenError: Another process holds it, and is alive.
            OSError: Whatever the system reports.
        """
        self.path = path
        self.frozen: Holder | None = None
        self._token = secrets.token_hex(16)
        self._number = 0
        self._descriptor = -1
        self._released = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lock", daemon=True)
        try:
            while not (self._take_over() if os.path.lexists(path) else self._make()):
                pass  # another came first, or has let it go meanwhile
            self._thread.start()
        except BaseException:  # Ctrl-C too must not leave it held; it is raised again
            self.release()
            raise

    def check(self) -> None:
        """Check that the lock is held still.

        Raises:
            MachineError: Another process has taken it over, or the file cannot be read.
        """
        folder = self.path.parent
        with failing_machine(f"{self.path} cannot be read", "nothing was written"):
            found = _read(self.path)
        if not self._is_own(found):
            by = _name(_holder(found))
            raise MachineError(
                f"{folder} was taken over by {by} while this process stood still: it writes no more"
            )

    def release(self) -> None:
        """Let the lock go; a second call does nothing."""
        self._released.set()
        if self._descriptor < 0:
            return
        if self._thread.is_alive():  # it must not write to what is opened next
            self._thread.join()
        with suppress(OSError):
            if self._is_own(_read(self.path)):
                os.unlink(self.path)
        os.close(self._descriptor)
        self._descriptor = -1

    def _make(self) -> bool:
        """Make the file, whole; return whether no other came first."""
        with self._written() as temporary:
            try:
                os.link(temporary, self.path)
            except (FileExistsError, FileNotFoundError):  # or the owner has tidied up
                return False
            except OSError as error:
                if error.errno not in _NO_HARD_LINKS:
                    raise
                return self._has_replaced(None, temporary, SETTLE_SECONDS)
        return True

    def _take_over(self) -> bool:
        """Wait until the owner of the file is given up; return whether no other came first.

        Raises:
            BeingWrittenError: It is alive.
        """
        last, looks = None, 0
        while (found := _read(self.path)) is not None:
            owner = _holder(found)
            if last is not None and found != last:
                raise BeingWrittenError(
                    f"{self.path.parent} {BEING_WRITTEN} {_name(owner)}: wait for it or stop it first"
                )
            ended = owner is not None and owner.has_ended
            if ended or looks == LOOKS:
                self.frozen = None if ended else owner
                with self._written() as temporary:
                    settle = SETTLE_SECONDS if ended else BEAT_SECONDS
                    return self._has_replaced(found, temporary, settle)
            last, looks = found, looks + 1
            time.sleep(LOOK_SECONDS)
        return False

    def _has_replaced(self, found: bytes | None, temporary: Path, settle: float) -> bool:
        """Put the file in the place of what was found there; return whether it is still there then."""
        if _read(self.path) != found:
            return False
        with suppress(FileNotFoundError):  # the owner has tidied up
            os.replace(temporary, self.path)
            time.sleep(settle)
        return self._is_own(_read(self.path))

    @contextmanager
    def _written(self) -> Iterator[Path]:
        """Write a file beside the lock; its descriptor is kept open to count up."""
        temporary = self.path.with_name(f".{self.path.name}.{self._token}{TEMPORARY}")
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1  # to open the other may fail, and `release` closes what is open
        self._descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            write_all(self._descriptor, self._text())
            yield temporary
        finally:
            with suppress(OSError):
                os.unlink(temporary)

    def _beat(self) -> None:
        while not self._released.wait(BEAT_SECONDS):
            self._number += 1
            with suppress(OSError):
                os.pwrite(self._descriptor, self._text(), 0)
                os.close(os.dup(self._descriptor))  # a network file system sends it now

    def _text(self) -> bytes:
        own = {
            "host": this_host(),
            "pid": os.getpid(),
            "machine": _this_machine(),
            "started": _started(os.getpid()) or "",
            "token": self._token,
            "count": f"{self._number:015}",  # the same length always: it is written over itself
        }
        return json.dumps(own).encode()

    def _is_own(self, found: bytes | None) -> bool:
        return found is not None and self._token.encode() in found


def this_host() -> str:
    """Return the name of this machine, as lock and state files have it."""
    return os.uname().nodename


def holder(path: Path) -> Holder | None:
    """Return whose lock a file is; None where there is none, or where it does not say."""
    with suppress(OSError):
        return _holder(_read(path))
    return None


def _read(path: Path) -> bytes | None:
    """Return what is in a lock file; None where there is none.

    Raises:
        OSError: Whatever the system reports.
    """
    try:
        check_regular(path, links=False)
        with open(path, "rb", buffering=0) as file:
            return file.read(_MOST_BYTES)
    except OSError as error:
        if error.errno in (
            errno.ENOENT,
            errno.ESTALE,
        ):  # replaced while it was read, over a network
            return None
        raise


def _holder(found: bytes | None) -> Holder | None:
    try:
        said = json.loads(found or b"")
        machine, started = str(said.get("machine", "")), str(said.get("started", ""))
        return Holder(str(said["host"]), int(said["pid"]), machine, started)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def _name(owner: Holder | None) -> str:
    return f"process {owner.pid} on {owner.host}" if owner else "another process"


@cache
def _this_machine() -> str:
    """Return what the process ids here are unique in: a start of the machine, and a container on it."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return this_host()


def _started(pid: int) -> str | None:
    """Return when a process started, in ticks of the machine; None if it has ended, empty if unknown."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] in "ZX" else fields[19]
    except (OSError, IndexError):
        return ""
