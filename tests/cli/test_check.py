"""``spikevolve check``: a line for each check, and an end, whatever the task does."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from spikevolve.cli.main import app
from spikevolve.tasks.contract import CHECKS

TASKS = """
import os
from spikevolve.tasks import Classification

class Raising(Classification):
    def load(self):
        return 1 / 0

class Hanging(Classification):
    def load(self):
        while True:
            pass

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
    assert [line[:5].strip() for line in lines] == ["ok"] * 4 + ["wrong"]


def test_a_task_that_hangs(file: Path) -> None:
    assert check(f"{file}:Hanging", "--seconds", "2") == (
        2,
        ["wrong the task loads: it took longer than 2 seconds"],
        "",
    )


def test_a_task_that_does_not_load(file: Path) -> None:
    status, lines, error = check(f"{file}:Raising")

    assert (status, lines) == (2, [])
    assert error == (
        f"Error: task '{file}:Raising': ZeroDivisionError: division by zero (mine.py, line 7)\n"
    )


def test_a_task_that_there_is_not() -> None:
    status, lines, error = check("irsi")

    assert (status, lines) == (2, [])
    assert error.startswith("Error: unknown task 'irsi' (did you mean 'iris'?)")
