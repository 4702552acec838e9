"""The process that talks to Ray: `python -m spikevolve.evolve.engines.ray.pool_main SETUP`.

Ray takes over a process: it prints, sets signal handlers, and ends the process when it has lost its
cluster for a while. So it gets one of its own, in a session of its own, where no signal meant for
the search arrives. The engine starts it and speaks to it over a pipe; it ends when the pipe is closed.
"""

import json
import os
import shutil
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import ray

from ....errors import InputError, MachineError
from .cluster import connect
from .pool import Pool
from .worker import WATCH, Reply, Worker

#: How often a folder is removed that others may still use.
_TRIES = 3


class Setup(NamedTuple):
    """What the process is told when it starts.

    Attributes:
        descriptor: Of the pipe to the engine.
        workers: As for `connect`.
        address: As for `connect`.
        folder: All files of this process and of Ray's; removed at its end.
        rays_files: As for `connect`, the folder.
        paths: As for `Worker`.
        home: As for `Worker`.
        versions: As for `Worker`.
    """

    descriptor: int
    workers: int | None
    address: str | None
    folder: str
    rays_files: str
    paths: list[str]
    home: str
    versions: dict[str, str] | None


def main(setup: Setup) -> None:
    """Run the process."""
    connection = Connection(setup.descriptor)
    try:
        connect(setup.workers, setup.address, setup.rays_files)
    except InputError as error:
        connection.send(Reply(0, "mistake", str(error)))
    except MachineError as error:
        connection.send(Reply(0, "failure", str(error)))
    else:
        remote: Any = ray.remote  # whose annotations know no groups
        actors = remote(num_cpus=1, concurrency_groups={WATCH: 1}, enable_task_events=False)(Worker)
        told = setup.paths, setup.home, setup.versions
        local = setup.address is None
        pool = Pool(connection, setup.workers, local, lambda: actors.remote(*told))
        with suppress(EOFError, OSError):  # the engine has gone
            pool.serve()
        pool.end()
    for _ in range(_TRIES):  # Ray's processes may still be making files there
        shutil.rmtree(setup.folder, ignore_errors=True)
    if setup.address is None:
        os.killpg(0, signal.SIGKILL)  # quicker than Ray's own way, and surer
    ray.shutdown()


if __name__ == "__main__":
    main(Setup(**json.loads(sys.argv[1])))
