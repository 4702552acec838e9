"""The lock of a run folder, held and wanted by real processes, of one machine and as if of several."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from spikevolve.errors import InputError, MachineError
from spikevolve.results.store import lock as module
from spikevolve.results.store.lock import Lock, holder

HOLD = """
import sys, time
from pathlib import Path
from spikevolve.results.store.lock import Lock
lock = Lock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
try:
    lock.check()
    print("still held")
except Exception as error:
    print(f"{type(error).__name__}: {error}")
lock.release()
"""


@contextmanager
def holding(path: Path) -> Generator["subprocess.Popen[str]"]:
    """A process that holds a lock until it is told a line."""
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def said(process: "subprocess.Popen[str]") -> str:
    """What it says of its lock in the end."""
    output, _ = process.communicate("\n", timeout=60)
    return output.strip()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


@pytest.fixture
def few_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKS", 15)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKS", 50)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.1)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is as if on another machine, which cannot look up the others."""
    monkeypatch.setattr(module, "_this_machine", lambda: "another machine")


@pytest.fixture
def never_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is given up for standing still."""
    monkeypatch.setattr(module, "LOOKS", 10**9)


def test_a_lock_that_was_let_go_leaves_nothing(path: Path) -> None:
    lock = Lock(path)
    lock.check()
    assert holder(path) is not None
    lock.release()
    lock.release()

    assert list(path.parent.iterdir()) == []
    assert holder(path) is None


@pytest.mark.slow
def test_an_owner_that_is_alive_is_never_given_up(path: Path, elsewhere: None) -> None:
    with holding(path) as process:
        name = f"process {process.pid} on {os.uname().nodename}"
        for _ in range(2):
            with pytest.raises(InputError, match=f"is being written by {name}: wait for it or"):
                Lock(path)
        assert said(process) == "still held"
    Lock(path).release()


def test_an_owner_that_was_killed_here_is_given_up_at_once(path: Path, never_patient: None) -> None:
    with holding(path) as process:
        process.kill()  # still a zombie
        deadline = time.monotonic() + 60
        while not holder(path).has_ended:  # type: ignore[union-attr]
            assert time.monotonic() < deadline
            time.sleep(0.01)
        Lock(path).release()


def test_a_process_that_has_the_number_of_an_old_owner_is_not_taken_for_it(
    path: Path, never_patient: None
) -> None:
    lock = Lock(path)
    content = json.loads(path.read_bytes()) | {"started": "1"}
    lock.release()
    path.write_text(json.dumps(content))

    Lock(path).release()


@pytest.mark.slow
def test_an_owner_that_was_killed_elsewhere_is_given_up_when_it_stands_still(
    path: Path, elsewhere: None, few_looks: None
) -> None:
    with holding(path) as process:
        process.kill()
        process.wait()
        lock = Lock(path)

    assert lock.frozen is not None
    assert lock.frozen.pid == process.pid
    lock.release()


@pytest.mark.slow
def test_an_owner_that_was_frozen_finds_that_the_lock_is_anothers(
    path: Path, few_looks: None
) -> None:
    with holding(path) as process:
        process.send_signal(signal.SIGSTOP)
        lock = Lock(path)
        process.send_signal(signal.SIGCONT)
        time.sleep(3 * module.BEAT_SECONDS)  # it counts again, in a file without a name
        lock.check()
        sentence = said(process)

    name = f"process {os.getpid()} on {os.uname().nodename}"
    assert sentence == (
        f"MachineError: {path.parent} was taken over by {name} while this process stood still: it "
        "writes no more"
    )
    lock.check()  # it has not let go what is not its own
    lock.release()


@pytest.mark.slow
def test_a_file_that_says_nothing_is_given_up(path: Path, quick: None) -> None:
    for text in (b"", b"{", b"[]", b'{"host": 1, "pid": "x"}', b'{"pid": -1, "host": "a"}'):
        path.write_bytes(text)
        Lock(path).release()


@pytest.mark.slow
@pytest.mark.parametrize("stale", [False, True])
@pytest.mark.parametrize("links", [False, True])
def test_of_many_that_want_it_at_once_one_has_it(
    links: bool, stale: bool, path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if stale:
        path.write_text('{"host": "another", "pid": 1}')
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    start = threading.Barrier(8)

    def wanted() -> Lock | None:
        start.wait()
        try:
            return Lock(path)
        except InputError:
            return None

    with ThreadPoolExecutor(8) as threads:
        locks = [lock for lock in threads.map(lambda _: wanted(), range(8)) if lock]

    for lock in locks:
        try:
            lock.check()
        except MachineError:
            lock.release()  # another was later, and this one knows it
            locks = [other for other in locks if other is not lock]
    [lock] = locks
    lock.check()
    lock.release()
    assert list(path.parent.iterdir()) == []


def no_links(source: Path, target: Path) -> None:
    raise PermissionError(1, "this file system knows no links")
