"""What Spikevolve asks of a POSIX system: file locks, and the cores that this process may use.

Importing it fails in one sentence on systems without them, such as Windows.
"""

import os

from spikevolve.errors import MachineError

try:
    import fcntl
except ImportError as error:
    raise MachineError(
        "Spikevolve runs on Linux and macOS, and this system has no file locks (Python's fcntl); "
        "on Windows, run it in the Windows Subsystem for Linux"
    ) from error

__all__ = ["available_cores", "fcntl"]


def available_cores() -> int:
    """Return how many cores this process may use; all of the machine where nothing restricts it."""
    if hasattr(os, "sched_getaffinity"):  # macOS lacks it
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
