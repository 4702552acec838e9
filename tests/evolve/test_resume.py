"""A killed run, resumed, ends with the tables of the undisturbed one.

Every run is a process of its own that is really killed: forked, so that it need not load the
libraries again, or started as a user would. The runs have fresh episodes, an archive and
duplicates, and commit whenever an answer comes in.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spikevolve.evolve.runs import driver, run_state
from spikevolve.evolve.runs.run import resume, start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.results.store.folder import read_commit
from spikevolve.results.store.reader import compare_tables, read_table

pytestmark = pytest.mark.slow  # starts runs, or compiles much

TINY = {"weight": [-1, 1, 1], "delay": [1, 2], "leaks": [1], "max_hidden": 1, "max_synapses": 4}
FRESH = {
    "task": "cartpole",
    "population": 8,
    "elites": 3,
    "generations": 3,
    "racing": 3,
    "hidden": 0,
    "workers": 2,
    "ranges": TINY,
}
CACHED = {
    **FRESH,
    "task": "iris",
    "racing": None,
    "ranges": {**TINY, "max_synapses": 6},
    "gradient": "off",
}
SYSTEM_CALLS = ("write", "replace")  # `fsync` changes nothing that a process would read


def in_a_child(work: Callable[[], None]) -> int:
    """Runs a function in a forked process; returns its process id."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return child


def begin(folder: Path, settings: dict[str, object]) -> Callable[[], None]:
    return lambda: _committing_always(
        lambda: start(
            settings_from({**settings, "out": str(folder)}), lambda _: None, threading.Event()
        )
    )


def go_on(folder: Path) -> Callable[[], None]:
    return lambda: _committing_always(lambda: resume(folder, lambda _: None, threading.Event()))


def _committing_always(work: Callable[[], object]) -> None:
    usual, driver.COMMIT_SECONDS = driver.COMMIT_SECONDS, 0.0
    try:
        work()
    finally:
        driver.COMMIT_SECONDS = usual


def finished(work: Callable[[], None]) -> None:
    """Runs a function in a child and waits for its good end."""
    _, status = os.waitpid(in_a_child(work), 0)
    assert status == 0


@pytest.fixture(autouse=True)
def quick_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for the disk is slow, and nobody cuts the power here."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(scope="module", autouse=True)
def _loaded_kernels(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Loads what the children need once, before they are forked."""
    for values in (FRESH, CACHED):
        begin(tmp_path_factory.mktemp("loading") / "run", values)()


@pytest.fixture(params=[FRESH, CACHED], ids=["fresh", "cached"])
def settings(request: pytest.FixtureRequest) -> dict[str, object]:
    values: dict[str, object] = request.param
    return values


@pytest.fixture
def undisturbed(tmp_path: Path, settings: dict[str, object]) -> Path:
    folder = tmp_path / "undisturbed"
    finished(begin(folder, settings))
    return folder


def carry_to_the_end(folder: Path, settings: dict[str, object]) -> None:
    """Does what a user does after a kill: resumes, or starts again if there is no run yet."""
    finished(go_on(folder) if folder.exists() else begin(folder, settings))


def test_a_run_killed_at_random_moments_ends_as_if_undisturbed(
    tmp_path: Path, settings: dict[str, object], undisturbed: Path
) -> None:
    rng = np.random.default_rng(8)
    began = time.monotonic()
    finished(begin(tmp_path / "timed", settings))
    duration = time.monotonic() - began

    for attempt in range(25):  # for each of the two kinds of run
        folder = tmp_path / f"killed-{attempt}"
        child = in_a_child(begin(folder, settings))
        time.sleep(rng.uniform(0, duration))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        carry_to_the_end(folder, settings)

        assert compare_tables(undisturbed, folder) == []


def test_a_run_killed_at_every_system_call_ends_as_if_undisturbed(
    tmp_path: Path, settings: dict[str, object], undisturbed: Path
) -> None:
    fatal_call = 0
    while True:
        fatal_call += 1
        folder = tmp_path / f"killed-{fatal_call}"
        child = in_a_child(lambda: dying_at(fatal_call, begin(folder, settings)))  # noqa: B023
        _, status = os.waitpid(child, 0)
        if status == 0:
            break
        assert os.WTERMSIG(status) == signal.SIGKILL
        carry_to_the_end(folder, settings)

        assert compare_tables(undisturbed, folder) == []
    assert fatal_call > 30


def dying_at(fatal_call: int, work: Callable[[], None]) -> None:
    """Runs a function in which a call of the system kills the process, a write when half done."""
    calls = 0

    def dying(name: str) -> Callable[..., object]:
        original = getattr(os, name)

        def call(*arguments: object) -> object:
            nonlocal calls
            calls += 1
            if calls == fatal_call:
                if name == "write":
                    handle, data = arguments
                    original(handle, memoryview(data)[: len(data) // 2])  # type: ignore[arg-type]
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments)

        return call

    for name in SYSTEM_CALLS:
        setattr(os, name, dying(name))
    work()


def test_a_killed_resume_can_be_resumed(
    tmp_path: Path, settings: dict[str, object], undisturbed: Path
) -> None:
    folder = tmp_path / "killed"
    os.waitpid(in_a_child(lambda: dying_at(40, begin(folder, settings))), 0)
    os.waitpid(in_a_child(lambda: dying_at(25, go_on(folder))), 0)
    carry_to_the_end(folder, settings)

    assert compare_tables(undisturbed, folder) == []


def test_a_run_that_ends_when_nothing_is_gained_ends_there_after_a_kill_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_state, "PATIENCE_FLOOR", 40.0)
    patient = {**CACHED, "generations": 500, "patience": 0.4}
    finished(begin(tmp_path / "undisturbed", patient))
    state = read_commit(tmp_path / "undisturbed").search
    generations = read_table(tmp_path / "undisturbed", "generations")

    cost, gained = (float(at["cost"]) for at in (state, state["gain"]))  # type: ignore[index]
    assert 0 < gained <= cost - max(40.0, 0.4 * cost)
    assert 10 < len(generations) < 500

    rng = np.random.default_rng(3)
    for attempt in range(4):
        folder = tmp_path / f"killed-{attempt}"
        first, second = rng.integers(40, 400, 2).tolist()
        os.waitpid(in_a_child(lambda: dying_at(first, begin(folder, patient))), 0)  # noqa: B023
        os.waitpid(in_a_child(lambda: dying_at(second, go_on(folder))), 0)  # noqa: B023
        carry_to_the_end(folder, patient)

        assert compare_tables(tmp_path / "undisturbed", folder) == []
        assert read_commit(folder).search["gain"] == state["gain"]


def test_a_run_killed_while_its_newborn_learn_ends_as_if_undisturbed(tmp_path: Path) -> None:
    learning = {**CACHED, "ranges": {"max_hidden": 4}, "gradient": "on"}
    finished(begin(tmp_path / "undisturbed", learning))

    half_learned = 0
    for attempt in range(12):
        folder = tmp_path / f"killed-{attempt}"
        fatal_call = 12 + 4 * attempt
        os.waitpid(in_a_child(lambda: dying_at(fatal_call, begin(folder, learning))), 0)  # noqa: B023
        if folder.exists():
            state = read_commit(folder).search
            half_learned += bool(state.get("learned")) and not state["answers"]
        carry_to_the_end(folder, learning)

        assert compare_tables(tmp_path / "undisturbed", folder) == []
    assert half_learned > 2


COMMAND = [sys.executable, "-m", "spikevolve"]
SETTINGS = ["--population=30", "--generations=300", "--gradient=off"]
RUN = [*COMMAND, "run", "iris", *SETTINGS, "--quiet"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of the command that nobody disturbs."""
    folder = tmp_path_factory.mktemp("command") / "whole"
    subprocess.run([*RUN, f"--out={folder}"], check=True)
    return folder


@pytest.mark.parametrize("name", ["SIGINT", "SIGHUP", "SIGUSR2", "SIGKILL"])
def test_a_signal_to_the_command_leaves_a_run_that_resumes(
    tmp_path: Path, whole: Path, name: str
) -> None:
    stopped = tmp_path / "stopped"
    process = subprocess.Popen([*RUN, f"--out={stopped}"], stderr=subprocess.PIPE, text=True)
    while not (stopped / "run.json").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(getattr(signal, name))
    _, message = process.communicate(timeout=120)

    expected = -9 if name == "SIGKILL" else 128 + signal.Signals[name]
    assert process.returncode == expected
    if name != "SIGKILL":
        assert f"spikevolve resume {stopped}" in message
    subprocess.run([*COMMAND, "resume", str(stopped), "--quiet"], check=True)
    assert compare_tables(stopped, whole) == []
