"""Where compiled kernels are kept: a folder in the user's cache folder, named by what they depend on.

Numba judges only by the file that holds a kernel whether its machine code is still current: code of
another file that was inlined, or a constant of one, would live on. Here other sources, versions or
processors have a folder of their own. It holds Numba's files and the lock that they are written under.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import IO

from ..posix import fcntl

_PACKAGE = Path(__file__).parent.parent
_NAME = __package__.partition(".")[0]
_BOTTOM = "sim"  # the room of the parts that all kernels use
_ROOMS = ("genomes", "sim", "tasks")  # those that have kernels

_PATIENCE = 60.0  # seconds
_KEPT = 30 * 24 * 3600  # seconds

_threads = Lock()


@cache
def folder(module: str, *versions: str) -> Path | None:
    """Return the folder for a module's kernels, made if need be; None if it cannot be written.

    Args:
        module: The module's name; its kernels use no others than those of its room and of `sim`.
        versions: What else the machine code depends on: compilers, processor.
    """
    name, _, rest = module.partition(".")
    rooms = {_BOTTOM, rest.partition(".")[0]} if name == _NAME else set(_ROOMS)
    try:
        made = _base() / f"kernels-{_fingerprint(sorted(rooms), versions)}"
        made.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=made) as probe:
            probe.write(b"0")
        os.utime(made)
        _remove_unused(made.parent)
    except (OSError, RuntimeError):
        return None
    return made


def _base() -> Path:
    """Our part of the user's cache folder, by the XDG Base Directory Specification.

    Raises:
        RuntimeError: If the user has no home.
    """
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (given if given.is_absolute() else Path.home() / ".cache") / _NAME


def _fingerprint(rooms: list[str], versions: tuple[str, ...]) -> str:
    """Hash of sources and versions."""
    digest = hashlib.blake2b(digest_size=12)
    for room in rooms:
        for source in sorted((_PACKAGE / room).rglob("*.py")):
            digest.update(f"{source.relative_to(_PACKAGE)}\0".encode())
            digest.update(source.read_bytes())
    for version in versions:
        digest.update(f"{version}\0".encode())
    return digest.hexdigest()


def _remove_unused(base: Path) -> None:
    """Remove the folders that no process has used for a month."""
    oldest = time.time() - _KEPT
    for other in base.glob("kernels-*"):
        if other.stat().st_mtime < oldest:
            shutil.rmtree(other, ignore_errors=True)


def clear(made: Path) -> None:
    """Empty a folder that holds damaged files; what another process has loaded stays with it."""
    for old in made.iterdir():
        shutil.rmtree(old, ignore_errors=True)  # leaves the lock, which is no folder


@contextmanager
def alone(made: Path) -> Iterator[None]:
    """Let one thread of one process at a time work with a folder of `folder`.

    So a kernel is compiled once, and the others find it. The lock ends with its process, however
    that ends. A process that is stopped while it compiles holds up the others for a minute at
    most, and a file system without locks does not hold up anybody: then work is done twice.
    """
    with _threads, (made / "lock").open("w") as lock:
        _wait(lock)
        try:
            yield
        finally:
            with suppress(OSError):  # a forked child may have the file open for longer
                fcntl.flock(lock, fcntl.LOCK_UN)


def _wait(lock: IO[str]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
        except OSError:
            return
