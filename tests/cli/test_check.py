"""``spikevolve check``: a line for each check, and an end, whatever the task does."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from spikevolve.cli.main import app
from spikevolve.tasks.contract import CHECKS

pytestmark = pytest.mark.slow  # starts processes, or compares much

TASKS = """
import os
import pathlib
from spikevolve.tasks import Classification

class Raising(Classification):
    def load(self):
        return 1 / 0

class Hanging(Classification):
    def load(self):
        pathlib.Path(__file__).with_name("hangs").touch()
        while True:
            sum([])

class Endless(Classification):
    def load(self):
        return [[i / 10] for i in range(10)], [0, 1] * 5
    def workload(self, split, seed, generation=None):
        pathlib.Path(__file__).with_name("hangs").touch()
        while True:
            sorted([seed])

class Crashing(Classification):
    def load(self):
        return [[i / 10] for i in range(10)], [0, 1] * 5
    def evaluate(self, workload, batch):
        os.kill(os.getpid(), 9)
"""


def check(*arguments: str) -> tuple[int, list[str], str]:
    result = CliRunner().invoke(app, ["check", *arguments])
    return result.exit_code, result.stdout.splitlines(), result.stderr


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(TASKS)
    return path


def test_a_sound_task() -> None:
    status, lines, _ = check("xor")

    assert status == 0
    assert lines == [f"ok    {name}" for name in ("the task loads", *CHECKS)]


def test_a_task_that_crashes(file: Path) -> None:
    status, lines, _ = check(f"{file}:Crashing")

    assert status == 2
    assert lines[-1] == (
        "wrong measurements have their shapes and ranges: the process ended by SIGKILL"
    )
    assert [line[:5].strip() for line in lines] == ["ok"] * 5 + ["wrong"]


@pytest.mark.parametrize(
    ("task", "method", "lines"), [("Hanging", "load", "13|14"), ("Endless", "workload", "21|22")]
)
def test_a_task_that_hangs(file: Path, task: str, method: str, lines: str) -> None:
    status, findings, error = check(f"{file}:{task}", "--seconds", "8")

    assert (status, error) == (2, "")
    pattern = rf"wrong .*: it took longer than 8 seconds, in {method} \(mine.py, line ({lines})\)"
    assert re.fullmatch(pattern, findings[-1])


@pytest.mark.parametrize(
    ("task", "said"), [("Hanging", "nothing had been saved yet"), ("Endless", "To go on: ")]
)
def test_a_run_of_a_task_that_hangs_ends_by_a_signal(file: Path, task: str, said: str) -> None:
    """What loads and prepares data is in the process of the search, on its main thread."""
    out = file.parent / "run"
    words = [sys.executable, "-m", "spikevolve", "run", f"{file}:{task}", "--out", str(out)]
    run = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        wait_for(lambda: (file.parent / "hangs").exists())
        run.send_signal(signal.SIGINT)
        _, errors = run.communicate(timeout=60)
    finally:
        run.kill()

    assert run.returncode == 130
    assert "Stopped at once by Ctrl-C; " in errors
    assert said in errors


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_what_a_run_takes_for_a_task_can_be_checked() -> None:
    status, lines, error = check("iris", "--readout", "ridge:neurons=4,bins=2", "--ticks", "12")
    assert (status, error) == (0, "")
    assert lines[-1].startswith("ok ")

    status, lines, error = check("iris", "--encoder", "rte")
    assert (status, lines) == (2, [])
    assert error == "Error: unknown encoder 'rte' (did you mean 'rate'?)\n"


def test_a_task_is_checked_with_the_profile_that_it_is_for() -> None:
    status, lines, error = check("iris", "--profile", "risp", "--ranges", "max_hidden=5")
    assert (status, error) == (0, "")
    assert lines[-1].startswith("ok ")

    status, lines, error = check("iris", "--profile", "int8", "--ranges", "wieght=[0, 1]")
    assert (status, lines) == (2, [])
    assert error == (
        "Error: profile int8: 'wieght' is not a field of a profile (did you mean 'weight'?)\n"
    )


def test_a_task_that_does_not_load(file: Path) -> None:
    status, lines, error = check(f"{file}:Raising")

    assert (status, lines) == (2, [])
    assert error == (
        f"Error: task '{file}:Raising': ZeroDivisionError: division by zero (mine.py, line 8)\n"
    )


def test_a_task_that_there_is_not() -> None:
    status, lines, error = check("irsi")

    assert (status, lines) == (2, [])
    assert error.startswith("Error: unknown task 'irsi' (did you mean 'iris'?)")


def test_it_says_where_episodes_are_cut_off() -> None:
    words = ["check", "gym:CliffWalking-v1", "--max-steps", "30"]

    result = CliRunner().invoke(app, words)

    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[1] == (
        "note  gym:CliffWalking-v1: 100 of 100 random episodes had not ended after 30 steps, where episodes "
        "are cut off; --max-steps says when"
    )
