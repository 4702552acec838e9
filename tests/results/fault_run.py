"""A run of scripted steps that meets a fault at each of its calls to the system in turn.

    python fault_run.py TEMPLATE ROOT kill|torn|full STRIDE

For n = 0, STRIDE, 2 STRIDE, …, until a run comes to its end, a child process makes the run in ROOT/n (a copy of
TEMPLATE at first, if that exists). Its call number n is its last: it is killed before that call
(`kill`), in the middle of that write (`torn`), or finds the disk full from there on (`full`).
Prints the exit statuses. A stride of 1 stops at every call.
"""

import errno
import os
import runpy
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spikevolve.errors import MachineError

RUN_TO_END = runpy.run_path(str(Path(__file__).with_name("run_rows.py")))["run_to_end"]
CALLS = {
    "kill": ("write", "fsync", "replace", "unlink", "mkdir", "rmdir", "ftruncate"),
    "torn": ("write",),
    "full": ("write", "fsync", "replace", "mkdir"),
}
REAL_WRITE = os.write
FULL = 70  # exit status of a run that ended with a MachineError


class Fault:
    """Stands before the calls of `os` and lets the fault happen at one of them."""

    def __init__(self, kind: str, at: int) -> None:
        self.kind, self.at, self.calls = kind, at, 0
        os.fsync = lambda fd: None  # slow, and nobody cuts the power
        for name in CALLS[kind]:
            setattr(os, name, self.watch(getattr(os, name)))

    def watch(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **options: Any) -> Any:
            number, self.calls = self.calls, self.calls + 1
            if number >= self.at:
                self.happen(args)
            return call(*args, **options)

        return watched

    def happen(self, args: tuple[Any, ...]) -> None:
        if self.kind == "full":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self.kind == "torn":
            descriptor, data = args
            REAL_WRITE(descriptor, data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)


def child(folder: Path, kind: str, at: int) -> int:
    """Make the run; 0 when it came to its end."""
    Fault(kind, at)
    try:
        RUN_TO_END(folder)
    except MachineError as error:
        print(error, file=sys.stderr)
        return FULL
    return 0


def main(template: Path, root: Path, kind: str, stride: int) -> None:
    RUN_TO_END(root / "loading" / "run")  # what the children need is loaded once
    statuses: list[int] = []
    while not statuses or statuses[-1] != 0:
        at = stride * len(statuses)
        (root / str(at)).mkdir(parents=True)
        folder = root / str(at) / "run"
        if template.exists():
            shutil.copytree(template, folder)
        if (process := os.fork()) == 0:
            os._exit(child(folder, kind, at))
        statuses.append(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
    print(*statuses)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
