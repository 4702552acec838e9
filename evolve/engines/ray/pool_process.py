"""The process that runs `pool`, seen from the engine: started, spoken to, and ended."""

import atexit
import json
import os
import pickle
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from multiprocessing import Pipe
from pathlib import Path

from ....errors import MachineError
from ...evaluation.versions import installed_versions
from .address import check_address
from .worker import Order, Reply

#: Longest time that a local Ray may take to start.
START_SECONDS = 90.0
#: Longest time that a cluster may take to answer.
CONNECT_SECONDS = 30.0
#: After how long without its head Ray gives a cluster up, unless the environment says otherwise; by itself after 60.
HEADLESS_SECONDS = 8
#: How often a head is looked for, a second apart, when Ray has ended: it may die a little later than its node.
_LOOKS = 3
#: Longest time that the process may take to leave a cluster, and processes to die.
LEAVE_SECONDS = 3.0
#: How long `receive` waits.
HEARTBEAT_SECONDS = 0.25
#: Ray's sockets lie in the folder of its files, and a socket's path has at most 107 characters.
_LONGEST_FOLDER = 36
_PREFIX = "spikevolve-"
_HEADLESS = "RAY_gcs_rpc_server_reconnect_timeout_s"
#: In our private folder: Ray's files, in a folder that Ray opens to every user of the machine, and the
#: working folder, on which workers look for modules first, and which must stay ours alone.
_RAYS_FILES, _WORKING_FOLDER = "ray", "work"


class PoolProcess:
    """The process that runs `pool`, and the pipe to it.

    It leads a session of its own: no signal for the search reaches Ray, and what Ray starts can be
    found and ended.
    """

    def __init__(
        self, workers: int | None, address: str | None, *, any_versions: bool = False
    ) -> None:
        self._address = address
        self._folder = _make_folder()
        self._began = time.monotonic()
        self._connected = self._failed = False
        self._connection, theirs = Pipe()
        setup = {
            "descriptor": theirs.fileno(),
            "workers": workers,
            "address": address,
            "folder": str(self._folder),
            "rays_files": str(self._folder / _RAYS_FILES),
            "paths": [path for path in sys.path if path],
            "home": os.getcwd(),
            "versions": None if address is None or any_versions else installed_versions(),
        }
        with theirs, open(self._folder / "output.txt", "wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"{__package__}.pool_main", json.dumps(setup)],
                cwd=self._folder / _WORKING_FOLDER,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=os.environ | _environment(local=address is None),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        atexit.register(self.close)

    def send(self, order: Order | None) -> None:
        """Send an order, or None to give up the last one.

        Raises:
            MachineError: The process has ended.
        """
        try:
            self._connection.send_bytes(pickle.dumps(order, protocol=5))
        except OSError as error:
            raise self._ended() from error

    def receive(self) -> Reply | None:
        """Return the next reply, None if there is none for a moment.

        Raises:
            MachineError: The process has ended.
        """
        try:
            if not self._connection.poll(HEARTBEAT_SECONDS):
                return None
            reply: Reply = self._connection.recv()
        except (EOFError, OSError) as error:
            raise self._ended() from error
        self._connected = True
        return reply

    def check_start(self) -> None:
        """Tell whether there is still hope that Ray will start.

        Raises:
            MachineError: It has had its time.
        """
        seconds = START_SECONDS if self._address is None else CONNECT_SECONDS
        if time.monotonic() - self._began > seconds:
            what = (
                f"no Ray cluster at {self._address!r} answers"
                if self._address
                else "Ray does not start"
            )
            raise MachineError(f"{what} within {seconds:.0f} seconds")

    def close(self) -> None:
        """End the process and all that it has started."""
        atexit.unregister(self.close)
        self._connection.close()
        if self._process.returncode is not None:
            return
        if self._address is not None and self._connected:  # it takes its leave of the cluster
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(LEAVE_SECONDS)
        if self._process.returncode is None:
            end_session(self._process.pid)
            self._process.wait()
        if not self._failed:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _ended(self) -> MachineError:
        self._failed = True
        what = _why_gone(self._address) if self._address else None
        return MachineError(
            f"{what or 'Ray has ended unexpectedly'}; {self._folder} has what it said"
        )


def _why_gone(address: str) -> str | None:
    """Say that the head of a cluster has gone, and how to go on; None if it is there."""
    for _ in range(_LOOKS):
        try:
            check_address(address)
        except MachineError as error:
            return (
                f"Ray has lost its cluster: {error}; once there is another head, go on with "
                "`spikevolve resume FOLDER --address HOST:PORT`"
            )
        time.sleep(1.0)
    return None


def _make_folder() -> Path:
    """Make a folder that only this user can enter, its path short enough for Ray's sockets in it.

    Ray opens the folder of its files to everybody, so that one lies below.
    """
    usual = tempfile.gettempdir()
    base = usual if len(usual) + len(_PREFIX) + 8 <= _LONGEST_FOLDER else "/tmp"
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
    for name in (_RAYS_FILES, _WORKING_FOLDER):
        (folder / name).mkdir(mode=0o700)
    return folder


def _environment(*, local: bool) -> dict[str, str]:
    """Return the settings that Ray takes from the environment only."""
    settings = {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # under `uv run` workers would build their own
    }
    if paths := os.environ.get("PYTHONPATH"):  # may be relative to the working folder
        settings["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, paths.split(os.pathsep)))
    if local:
        settings |= {
            "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # despite its name: keep to loopback
            "RAY_task_events_report_interval_ms": "0",  # else Ray remembers 100,000 finished calls
            "RAY_AUTH_MODE": "token",  # other users of this machine are kept out
            "RAY_AUTH_TOKEN": secrets.token_hex(32),
        }
    else:
        settings[_HEADLESS] = os.environ.get(_HEADLESS, str(HEADLESS_SECONDS))
    return settings


def end_session(session: int) -> None:
    """Kill all processes of a session.

    Args:
        session: Process id of its leader, which must not have been waited for.
    """
    deadline = time.monotonic() + LEAVE_SECONDS
    with suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)
    while (members := living(session)) and time.monotonic() < deadline:
        for member in members:  # Ray's workers lead process groups of their own
            with suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        time.sleep(0.01)


def living(session: int) -> list[int]:
    """Return the processes of a session that have not ended; none where there is no `/proc`."""
    living = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, its_session = stat.read_text().rpartition(")")[2].split()[:4]
            if int(its_session) == session and state not in "ZX":
                living.append(int(stat.parent.name))
    return living
