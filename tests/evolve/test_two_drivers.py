"""Two drivers on one run folder: the second is refused, or takes over from one that is frozen, which then stops."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.runs.run import resume, start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.results.store import lock
from spikevolve.results.store.folder import read_commit
from spikevolve.results.store.reader import compare_tables
from spikevolve.results.summaries.run_status import read_status

pytestmark = pytest.mark.slow  # starts runs

WORDS = {"task": "iris", "gradient": "off", "population": 8, "workers": 1}


@contextmanager
def driver(folder: Path) -> Generator["subprocess.Popen[str]"]:
    """A run that a user has started, past its first commit."""
    words = {**WORDS, "generations": 10**8}  # far more than it comes to
    options = [f"--{name}={value}" for name, value in words.items() if name != "task"]
    command = [sys.executable, "-m", "spikevolve", "run", "iris", "--quiet", *options]
    with subprocess.Popen(
        [*command, f"--out={folder}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            wait_until(lambda: folder.exists() and bool(read_commit(folder).search))
            yield process
        finally:
            process.kill()


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 180
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def go_on(folder: Path) -> int:
    """Go on for five generations; returns how many there are then."""
    generations = int(str(read_commit(folder).search["generation"])) + 5
    outcome = resume(folder, lambda _: None, threading.Event(), limits={"generations": generations})
    assert outcome.state == "done"
    return generations


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_frozen_driver_is_taken_over_from_and_writes_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    with driver(folder) as frozen:
        with pytest.raises(InputError, match=f"being written by process {frozen.pid} on "):
            go_on(folder)
        frozen.send_signal(signal.SIGSTOP)
        assert read_status(folder).state == "running"
        monkeypatch.setattr(lock, "LOOKS", 15)
        generations = go_on(folder)
        before = files(folder)

        frozen.send_signal(signal.SIGCONT)
        _, said = frozen.communicate(timeout=180)

    assert frozen.returncode == 1
    assert re.fullmatch(
        rf"Error: {folder} was taken over by \S.* while this process stood still: it writes no more\n",
        said,
    )
    assert files(folder) == before
    assert f"taken over from process {frozen.pid} on " in (folder / "log.txt").read_text()
    undisturbed = tmp_path / "undisturbed" / "run"
    settings = settings_from({**WORDS, "generations": generations, "out": str(undisturbed)})
    start(settings, lambda _: None, threading.Event())
    assert compare_tables(folder, undisturbed) == []


def test_a_driver_that_was_killed_here_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    with driver(folder) as killed:
        killed.kill()
        killed.wait()
    monkeypatch.setattr(lock, "LOOKS", 10**9)
    go_on(folder)

    assert os.listdir(folder).count("lock") == 0
    assert read_status(folder).state == "done"
